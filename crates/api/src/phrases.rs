//! What models and methods say in English, in Chinese: whole phrases from a table, since they are written where they arise and have no codes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../messages/phrases.txt")));

struct Table {
    whole: HashMap<&'static str, &'static str>,
    /// With places `{}` for figures and ids.
    patterns: Vec<(&'static str, &'static str)>,
}

/// The phrase in Chinese, or as it is where the table has none.
pub fn in_chinese(text: &str) -> Cow<'_, str> {
    if let Some(found) = TABLE.whole.get(text) {
        return Cow::Borrowed(found);
    }
    TABLE.patterns.iter().find_map(|(pattern, chinese)| fill(chinese, &places(pattern, text)?)).map_or(Cow::Borrowed(text), Cow::Owned)
}

impl Table {
    fn read(text: &'static str) -> Self {
        let rows = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" | "));
        let (patterns, whole): (Vec<_>, Vec<_>) = rows.partition(|(phrase, _)| phrase.contains("{}"));
        Self { whole: whole.into_iter().collect(), patterns }
    }
}

/// What stands in the pattern's places, if the text is of that pattern.
fn places<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let end = if parts.peek().is_none() { rest.len().checked_sub(part.len())? } else { rest.find(part)? };
        let (place, after) = rest.split_at_checked(end)?;
        found.push(place);
        rest = after.strip_prefix(part)?;
    }
    Some(found)
}

/// `None` where something stands in a place that is neither a figure or an id, which have no spaces, nor a phrase of the table.
fn fill(chinese: &str, places: &[&str]) -> Option<String> {
    let mut parts = chinese.split("{}");
    let mut out = parts.next()?.to_owned();
    for (part, place) in parts.zip(places) {
        match TABLE.whole.get(place) {
            Some(phrase) => out.push_str(phrase),
            None if place.is_empty() || place.contains(' ') => return None,
            None => out.push_str(place),
        }
        out.push_str(part);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_and_patterns_are_found_and_the_rest_stays() {
        assert_eq!(in_chinese("above zero"), "大于零");
        assert_eq!(in_chinese("0 to 100"), "0 至 100");
        assert_eq!(in_chinese("a way to nowhere"), "a way to nowhere");
        assert_eq!(in_chinese("leads back to itself through G1"), "经 G1 又回到自身");
        assert_eq!(in_chinese("the id `氯` is given twice"), "编号 `氯` 重复");
        assert_eq!(in_chinese("李 to"), "李 to");
        assert_eq!(in_chinese("dense path; wind of 3.1 m/s at the plume's height"), "重气路径；烟羽高度处风速 3.1 m/s");
        assert_eq!(
            in_chinese("a strange path; wind of 3.1 m/s at the plume's height"),
            "a strange path; wind of 3.1 m/s at the plume's height"
        );
    }

    #[test]
    fn each_place_is_kept_and_each_phrase_stands_once() {
        let table = Table::read(include_str!("../messages/phrases.txt"));
        for (pattern, chinese) in &table.patterns {
            assert_eq!(pattern.matches("{}").count(), chinese.matches("{}").count(), "{pattern}");
        }
        let rows = include_str!("../messages/phrases.txt").lines().filter(|line| !line.starts_with('#') && line.contains(" | ")).count();
        assert_eq!(table.whole.len() + table.patterns.len(), rows, "a phrase stands twice");
    }
}
