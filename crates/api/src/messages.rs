//! The server's own words, Chinese first. A code without a message shows itself, and a test finds it.

use std::sync::OnceLock;

use anlan_base::Refusal;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Zh,
    En,
}

impl Language {
    /// From `Accept-Language`: English only if it is asked for before Chinese.
    pub fn of(header: Option<&str>) -> Self {
        let Some(header) = header else { return Self::Zh };
        for part in header.split(',') {
            let tag = part.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
            if tag.starts_with("zh") {
                return Self::Zh;
            }
            if tag.starts_with("en") {
                return Self::En;
            }
        }
        Self::Zh
    }

    pub fn say(self, id: &str, args: &[(&str, &str)]) -> String {
        self.find(id, args).unwrap_or_else(|| id.to_owned())
    }

    pub fn refusal(self, refusal: &Refusal) -> String {
        let args: Vec<(&str, &str)> = refusal.args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.say(&refusal.code, &args)
    }

    /// A short title: the code's own, or that of the status.
    pub fn title(self, code: &str, status: u16) -> String {
        self.find(&format!("title-{code}"), &[]).or_else(|| self.find(&format!("title-{status}"), &[])).unwrap_or_else(|| code.to_owned())
    }

    fn find(self, id: &str, args: &[(&str, &str)]) -> Option<String> {
        let bundle = self.bundle();
        let pattern = bundle.get_message(&id.replace('_', "-"))?.value()?;
        let mut values = FluentArgs::new();
        for (name, value) in args {
            values.set(*name, *value);
        }
        let mut errors = Vec::new();
        Some(bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned())
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        static ZH: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
        static EN: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
        match self {
            Self::Zh => ZH.get_or_init(|| bundle("zh-CN", include_str!("../messages/zh.ftl"))),
            Self::En => EN.get_or_init(|| bundle("en", include_str!("../messages/en.ftl"))),
        }
    }
}

fn bundle(tag: &str, text: &str) -> FluentBundle<FluentResource> {
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(_, errors)| panic!("messages/{tag}: {errors:?}"));
    let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().expect("a literal language tag")]);
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).unwrap_or_else(|errors| panic!("messages/{tag}: {errors:?}"));
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<&str> {
        text.lines().filter(|l| !l.starts_with(['#', ' ', '\t'])).filter_map(|l| l.split_once(" =")).map(|(id, _)| id).collect()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        assert_eq!(ids(include_str!("../messages/zh.ftl")), ids(include_str!("../messages/en.ftl")));
    }

    #[test]
    fn chinese_comes_first() {
        assert_eq!(Language::of(None), Language::Zh);
        assert_eq!(Language::of(Some("fr, en;q=0.8, zh;q=0.7")), Language::En);
        assert_eq!(Language::of(Some("zh-CN,zh;q=0.9,en;q=0.8")), Language::Zh);
        assert_eq!(Language::En.say("too_many", &[("seconds", "30")]), "Too many attempts. Try again in 30 seconds.");
        assert_eq!(Language::Zh.say("no_such_code", &[]), "no_such_code");
    }
}
