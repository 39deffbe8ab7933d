//! A TOML file as a tree in which every value knows its file and line: what the loader reads and what an overlay is merged into.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Finding;

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub file: Arc<str>,
    pub line: usize,
    pub value: Val,
}

/// Dates and times are texts here: the field's type says how to read them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Val {
    Text(String),
    Whole(i64),
    Real(f64),
    Flag(bool),
    List(Vec<Node>),
    Table(IndexMap<String, Node>),
}

/// Two values are alike wherever they stand.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Node {
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let lines = Lines::of(file, text);
        let (root, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(lines.node(0, lines.table(root.get_ref())));
        }
        let finding = |e: &toml::de::Error| Finding {
            file: file.to_owned(),
            line: lines.line(e.span().map_or(0, |span| span.start)),
            found: format!("no TOML: {}", e.message()),
            allowed: "TOML 1.0".to_owned(),
        };
        Err(errors.iter().map(finding).collect())
    }

    pub fn table(&self) -> Option<&IndexMap<String, Self>> {
        match &self.value {
            Val::Table(entries) => Some(entries),
            _ => None,
        }
    }

    pub fn child(&self, key: &str) -> Option<&Self> {
        self.table().and_then(|entries| entries.get(key))
    }

    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Val::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The innermost node on this path that exists.
    pub fn nearest(&self, path: &[&str]) -> &Self {
        match path.split_first().and_then(|(key, rest)| self.child(key).map(|next| (next, rest))) {
            Some((next, rest)) => next.nearest(rest),
            None => self,
        }
    }

    /// How a message calls what stands here.
    pub fn found(&self) -> String {
        match &self.value {
            Val::Text(text) => format!("`{text}`"),
            Val::Whole(number) => format!("the number {number}"),
            Val::Real(number) => format!("the number {number}"),
            Val::Flag(flag) => format!("{flag}"),
            Val::List(_) => "a list".to_owned(),
            Val::Table(_) => "a table".to_owned(),
        }
    }

    pub fn json(&self) -> Value {
        match &self.value {
            Val::Text(text) => Value::from(text.as_str()),
            Val::Whole(number) => Value::from(*number),
            Val::Real(number) => Value::from(*number),
            Val::Flag(flag) => Value::from(*flag),
            Val::List(items) => items.iter().map(Self::json).collect(),
            Val::Table(entries) => entries.iter().map(|(key, node)| (key.clone(), node.json())).collect(),
        }
    }
}

/// Where the lines of a text begin.
struct Lines {
    file: Arc<str>,
    starts: Vec<usize>,
}

impl Lines {
    fn of(file: &str, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1));
        Self { file: Arc::from(file), starts: starts.collect() }
    }

    /// Counted from 1.
    fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    fn node(&self, offset: usize, value: Val) -> Node {
        Node { file: Arc::clone(&self.file), line: self.line(offset), value }
    }

    fn table(&self, table: &DeTable) -> Val {
        // A table begins where its key stands: its own span may begin elsewhere, after a `[header]`.
        let entry = |(key, value): (&Spanned<std::borrow::Cow<str>>, &Spanned<DeValue>)| {
            (key.get_ref().to_string(), self.node(key.span().start, self.value(value.get_ref())))
        };
        Val::Table(table.iter().map(entry).collect())
    }

    fn value(&self, value: &DeValue) -> Val {
        match value {
            DeValue::String(text) => Val::Text(text.to_string()),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(whole) => Val::Whole(whole),
                Err(_) => Val::Text(number.to_string()),
            },
            DeValue::Float(number) => match number.as_str().parse::<f64>() {
                Ok(real) if real.is_finite() => Val::Real(real),
                _ => Val::Text(number.to_string()),
            },
            DeValue::Boolean(flag) => Val::Flag(*flag),
            DeValue::Datetime(moment) => Val::Text(moment.to_string()),
            DeValue::Array(items) => Val::List(items.iter().map(|item| self.node(item.span().start, self.value(item.get_ref()))).collect()),
            DeValue::Table(table) => self.table(table),
        }
    }
}
