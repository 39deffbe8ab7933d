//! Reads one table key by key. What was asked for is what is allowed: any other key is a finding.

use std::cell::RefCell;

use anlan_base::Name;
use indexmap::IndexMap;

use super::Finding;
use super::tree::{Node, Val};
use crate::kind::Label;

/// Collects every mistake, so that an author sees them all at once.
#[derive(Default)]
pub(crate) struct Report(RefCell<Vec<Finding>>);

impl Report {
    pub fn add(&self, at: &Node, found: impl Into<String>, allowed: impl Into<String>) {
        self.push(Finding { file: at.file.to_string(), line: at.line, found: found.into(), allowed: allowed.into() });
    }
    pub fn push(&self, finding: Finding) {
        self.0.borrow_mut().push(finding);
    }
    pub fn extend(&self, findings: impl IntoIterator<Item = Finding>) {
        self.0.borrow_mut().extend(findings);
    }
    pub fn any_in(&self, file: &str) -> bool {
        self.0.borrow().iter().any(|finding| finding.file == file)
    }
    pub fn count(&self) -> usize {
        self.0.borrow().len()
    }
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }
    /// By file and line, each once.
    pub fn sorted(self) -> Vec<Finding> {
        let mut findings = self.0.into_inner();
        findings.sort();
        findings.dedup();
        findings
    }
}

/// `a, b, c`: how a message lists what is allowed.
pub(crate) fn either<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    words.into_iter().map(|w| w.as_ref().to_owned()).collect::<Vec<_>>().join(", ")
}

pub(crate) struct Table<'a> {
    pub node: &'a Node,
    entries: &'a IndexMap<String, Node>,
    asked: RefCell<Vec<&'static str>>,
    pub report: &'a Report,
    what: String,
}

/// Stands where a compulsory name is missing. The finding about it stops the load, so nobody ever sees it.
fn missing() -> Name {
    Name::of("missing")
}

impl<'a> Table<'a> {
    /// `None`, with a finding, if this is no table.
    pub fn of(node: &'a Node, what: impl Into<String>, report: &'a Report) -> Option<Self> {
        let what = what.into();
        let Some(entries) = node.table() else {
            report.add(node, format!("{} for {what}", node.found()), "a table");
            return None;
        };
        Some(Self { node, entries, asked: RefCell::default(), report, what })
    }

    pub fn get(&self, key: &'static str) -> Option<&'a Node> {
        self.asked.borrow_mut().push(key);
        self.entries.get(key)
    }

    pub fn need(&self, key: &'static str) -> Option<&'a Node> {
        let node = self.get(key);
        if node.is_none() {
            self.report.add(self.node, format!("{} without `{key}`", self.what), format!("`{key} = …`"));
        }
        node
    }

    /// Reports every key that nobody asked for.
    pub fn done(self) {
        let mut asked = self.asked.into_inner();
        asked.sort_unstable();
        asked.dedup();
        for (key, node) in self.entries {
            if !asked.contains(&key.as_str()) {
                self.report.add(node, format!("key `{key}` in {}", self.what), either(&asked));
            }
        }
    }

    fn wrong(&self, node: &Node, key: &str, allowed: impl Into<String>) {
        self.report.add(node, format!("{} for `{key}` of {}", node.found(), self.what), allowed);
    }

    fn as_text(&self, key: &str, node: &Node) -> Option<String> {
        match node.text() {
            Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
            _ => {
                self.wrong(node, key, "a text that is not empty");
                None
            }
        }
    }

    pub fn text(&self, key: &'static str) -> Option<String> {
        self.get(key).and_then(|node| self.as_text(key, node))
    }
    pub fn need_text(&self, key: &'static str) -> String {
        self.need(key).and_then(|node| self.as_text(key, node)).unwrap_or_default()
    }

    pub fn as_name(&self, key: &str, node: &Node) -> Option<Name> {
        let name = node.text().and_then(|text| Name::parse(text).ok());
        if name.is_none() {
            self.wrong(node, key, "a name: a lower-case letter, then at most 40 lower-case letters, digits or `_`");
        }
        name
    }
    pub fn name(&self, key: &'static str) -> Option<Name> {
        self.get(key).and_then(|node| self.as_name(key, node))
    }
    pub fn need_name(&self, key: &'static str) -> Name {
        self.need(key).and_then(|node| self.as_name(key, node)).unwrap_or_else(missing)
    }
    pub fn names(&self, key: &'static str) -> Vec<Name> {
        self.list(key).into_iter().flatten().filter_map(|node| self.as_name(key, node)).collect()
    }
    /// One name, or a list of names.
    pub fn name_or_names(&self, key: &'static str) -> Vec<Name> {
        match self.need(key) {
            Some(node @ Node { value: Val::Text(_), .. }) => self.as_name(key, node).into_iter().collect(),
            Some(_) => self.names(key),
            None => Vec::new(),
        }
    }
    pub fn texts(&self, key: &'static str) -> Vec<String> {
        self.list(key).into_iter().flatten().filter_map(|node| self.as_text(key, node)).collect()
    }

    pub fn list(&self, key: &'static str) -> Option<&'a [Node]> {
        let node = self.get(key)?;
        match &node.value {
            Val::List(items) => Some(items),
            _ => {
                self.wrong(node, key, "a list");
                None
            }
        }
    }
    /// A list that must have something in it.
    pub fn need_list(&self, key: &'static str) -> &'a [Node] {
        self.need(key);
        let items = self.list(key);
        if items.is_some_and(<[Node]>::is_empty) {
            self.report.add(self.node, format!("an empty `{key}` of {}", self.what), "at least one entry");
        }
        items.unwrap_or_default()
    }

    pub fn flag(&self, key: &'static str) -> bool {
        match self.get(key) {
            Some(Node { value: Val::Flag(flag), .. }) => *flag,
            Some(node) => {
                self.wrong(node, key, "true, false");
                false
            }
            None => false,
        }
    }

    pub fn as_whole<T: TryFrom<i64>>(&self, key: &str, node: &Node) -> Option<T> {
        let number = match node.value {
            Val::Whole(number) => T::try_from(number).ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(node, key, "a whole number in range");
        }
        number
    }
    pub fn whole<T: TryFrom<i64>>(&self, key: &'static str) -> Option<T> {
        self.get(key).and_then(|node| self.as_whole(key, node))
    }
    pub fn wholes<T: TryFrom<i64>>(&self, key: &'static str) -> Vec<T> {
        self.list(key).into_iter().flatten().filter_map(|node| self.as_whole(key, node)).collect()
    }
    pub fn real(&self, key: &'static str) -> Option<f64> {
        let node = self.get(key)?;
        let number = real_of(node);
        if number.is_none() {
            self.wrong(node, key, "a number");
        }
        number
    }

    /// `[low, high]`, low first.
    pub fn pair<T: PartialOrd>(&self, key: &'static str, allowed: &str, read: impl Fn(&Node) -> Option<T>) -> Option<(T, T)> {
        let node = self.get(key)?;
        let ends = match &node.value {
            Val::List(items) => items.iter().map(read).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        let pair = match ends.map(<[T; 2]>::try_from) {
            Some(Ok([low, high])) if low <= high => Some((low, high)),
            _ => None,
        };
        if pair.is_none() {
            self.wrong(node, key, format!("[low, high] of {allowed}, the lower first"));
        }
        pair
    }

    pub fn as_word<T: Copy>(&self, key: &str, node: &Node, words: &[(&str, T)]) -> Option<T> {
        let meant = node.text().and_then(|text| words.iter().find(|(word, _)| *word == text));
        if meant.is_none() {
            self.wrong(node, key, either(words.iter().map(|(word, _)| *word)));
        }
        meant.map(|(_, value)| *value)
    }
    pub fn word<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        self.get(key).and_then(|node| self.as_word(key, node, words))
    }
    pub fn need_word<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> T {
        self.need(key).and_then(|node| self.as_word(key, node, words)).unwrap_or(words[0].1)
    }

    /// Both languages, compulsory.
    pub fn label(&self) -> Label {
        Label { zh: self.need_text("zh"), en: self.need_text("en") }
    }
    /// Both languages or neither.
    pub fn label_at(&self, zh: &'static str, en: &'static str) -> Option<Label> {
        match (self.text(zh), self.text(en)) {
            (None, None) => None,
            (Some(zh), Some(en)) => Some(Label { zh, en }),
            _ => {
                self.report.add(self.node, format!("only one of `{zh}` and `{en}` in {}", self.what), "both or neither");
                None
            }
        }
    }
    pub fn help(&self) -> Option<Label> {
        self.label_at("help_zh", "help_en")
    }

    pub fn inner(&self, key: &'static str) -> Option<Table<'a>> {
        self.get(key).and_then(|node| Table::of(node, format!("`{key}`"), self.report))
    }

    /// A table of named entries, in file order: `[fields]`, `[states]`, …
    pub fn named<T>(&self, key: &'static str, read: impl FnMut(&Name, Table<'a>) -> Option<T>) -> IndexMap<Name, T> {
        self.get(key).map(|node| named(node, key, self.report, read)).unwrap_or_default()
    }
}

pub(crate) fn named<'a, T>(
    node: &'a Node,
    what: &str,
    report: &'a Report,
    mut read: impl FnMut(&Name, Table<'a>) -> Option<T>,
) -> IndexMap<Name, T> {
    let Some(entries) = node.table() else {
        report.add(node, format!("{} for `{what}`", node.found()), "a table");
        return IndexMap::new();
    };
    let mut named = IndexMap::new();
    for (key, entry) in entries {
        let Ok(name) = Name::parse(key) else {
            report.add(
                entry,
                format!("the id `{key}` in `{what}`"),
                "a lower-case letter, then at most 40 lower-case letters, digits or `_`",
            );
            continue;
        };
        if let Some(value) = Table::of(entry, format!("`{what}.{key}`"), report).and_then(|table| read(&name, table)) {
            named.insert(name, value);
        }
    }
    named
}

pub(crate) fn real_of(node: &Node) -> Option<f64> {
    match node.value {
        // Exact up to 2^53; limits of measured quantities are far below.
        Val::Whole(number) => Some(number as f64),
        Val::Real(number) => Some(number),
        _ => None,
    }
}
