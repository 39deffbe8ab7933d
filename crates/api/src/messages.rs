//! The server's own words, Chinese first. A code without a message shows itself, and a test finds it.

use std::borrow::Cow;
use std::sync::OnceLock;

use anlan_base::Refusal;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use serde_json::Value;

use crate::phrases;

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

    /// The fuller sentence where the refusal brings what that needs, as the methods' do.
    pub fn refusal(self, refusal: &Refusal) -> String {
        let values: Vec<(&str, Cow<str>)> = refusal.args.iter().map(|(name, value)| (name.as_str(), self.phrase(value))).collect();
        let args: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_ref())).collect();
        self.attribute(&refusal.code, "full", &args).unwrap_or_else(|| self.say(&refusal.code, &args))
    }

    /// A phrase that a model or a method wrote in English.
    pub fn phrase(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Zh => phrases::in_chinese(text),
            Self::En => Cow::Borrowed(text),
        }
    }

    /// A model's note as a sentence.
    pub fn note(self, note: &Value) -> String {
        let values: Vec<(&str, String)> =
            note.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), self.part(value))).collect();
        let args: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let id = format!("note-{}", note["note"].as_str().unwrap_or_default());
        self.find(&id, &args).unwrap_or_else(|| note.to_string())
    }

    fn part(self, value: &Value) -> String {
        match value {
            Value::String(text) => self.phrase(text).into_owned(),
            // Four figures are enough to read.
            Value::Number(number) => {
                number.as_f64().and_then(|x| format!("{x:.3e}").parse::<f64>().ok()).map_or_else(|| number.to_string(), |x| x.to_string())
            }
            other => other.to_string(),
        }
    }

    /// A method's name; its id where it has none yet.
    pub fn method(self, id: &str) -> String {
        self.find(&format!("method-{id}"), &[]).unwrap_or_else(|| id.to_owned())
    }

    /// A short title: the code's own, or that of the status.
    pub fn title(self, code: &str, status: u16) -> String {
        self.find(&format!("title-{code}"), &[]).or_else(|| self.find(&format!("title-{status}"), &[])).unwrap_or_else(|| code.to_owned())
    }

    fn find(self, id: &str, args: &[(&str, &str)]) -> Option<String> {
        let bundle = self.bundle();
        let pattern = bundle.get_message(&id.replace('_', "-"))?.value()?;
        Some(bundle.format_pattern(pattern, Some(&arguments(args)), &mut Vec::new()).into_owned())
    }

    /// `None` also where an argument is missing.
    fn attribute(self, id: &str, name: &str, args: &[(&str, &str)]) -> Option<String> {
        let bundle = self.bundle();
        let attribute = bundle.get_message(&id.replace('_', "-"))?.get_attribute(name)?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(attribute.value(), Some(&arguments(args)), &mut errors).into_owned();
        errors.is_empty().then_some(text)
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

fn arguments<'a>(args: &[(&'a str, &'a str)]) -> FluentArgs<'a> {
    args.iter().map(|(name, value)| (*name, *value)).collect()
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

    /// Messages, and their attributes as `    .name`.
    fn ids(text: &str) -> Vec<&str> {
        let lines = text.lines().filter(|l| !l.starts_with(['#', '\t']) && (!l.starts_with(' ') || l.starts_with("    .")));
        lines.filter_map(|l| l.split_once(" =")).map(|(id, _)| id).collect()
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

    #[test]
    fn every_method_has_a_name_in_both_languages() {
        let nameless: Vec<&str> = anlan_app::science::METHODS.into_iter().filter(|id| Language::Zh.method(id) == *id).collect();
        assert!(nameless.is_empty(), "messages/*.ftl want `method-…` of {nameless:?}");
        assert_eq!(Language::En.method("no_such_method"), "no_such_method");
    }

    #[test]
    fn every_note_is_a_sentence() {
        use anlan_consequence::Note;
        let all = [
            Note::OutOfRange { model: "slab", input: "wind at 10 m, m/s", value: 0.123_456, low: 0.5, high: 20.0 },
            Note::Held { model: "slab", input: "wind at 10 m, m/s", given: 0.2, used: 0.5 },
            Note::LeftOut { model: "slab", what: "obstacles, fences and slopes; water vapour of the air" },
            Note::Assumed { model: "toxic_level", what: "levels for 60 minutes hold, though the release lasts otherwise" },
        ];
        let said = |language: Language| all.map(|note| language.note(&serde_json::to_value(note).unwrap()));
        assert_eq!(said(Language::Zh)[0], "重气扩散（SLAB）：10 m 处风速（m/s）为 0.1235，超出模型的验证范围 0.5 至 20。");
        for (zh, en) in said(Language::Zh).iter().zip(said(Language::En)) {
            assert!(!zh.contains('{') && !zh.contains("slab") && !en.contains('{'), "{zh} {en}");
        }
    }

    #[test]
    fn a_refusal_with_its_parts_says_more() {
        let bare = Refusal::new("required");
        assert_eq!(Language::Zh.refusal(&bare), "必填。");
        let helped = bare.with("help", "how many people died; 0 if nobody did");
        assert_eq!(Language::Zh.refusal(&helped), "缺少此项：死亡人数；没有则填 0。");
        assert_eq!(Language::En.refusal(&helped), "Missing: how many people died; 0 if nobody did.");
    }
}
