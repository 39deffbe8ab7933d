//! Reading an input: every field is asked for by name, and a wrong one is refused with its path.

use anlan_base::{Date, Instant};
use serde_json::{Map, Value};

use crate::exact::Exact;
use crate::refusal::Refusal;

/// An object of the input and the path that leads to it.
pub struct Ask<'v> {
    fields: &'v Map<String, Value>,
    path: String,
}

impl<'v> Ask<'v> {
    /// Fields outside `known` are refused: a misspelt field must not pass as a missing one.
    pub fn object(value: &'v Value, known: &[&str]) -> Result<Self, Refusal> {
        Self::at(value, String::new(), known)
    }

    fn at(value: &'v Value, path: String, known: &[&str]) -> Result<Self, Refusal> {
        let Value::Object(fields) = value else { return Err(wrong(if path.is_empty() { "input" } else { &path }, value, "an object")) };
        let ask = Self { fields, path };
        match fields.keys().find(|key| !known.contains(&key.as_str())) {
            Some(stranger) => Err(Refusal::UnknownField { field: ask.field(stranger), allowed: known.join(", ") }),
            None => Ok(ask),
        }
    }

    pub fn field(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// `null` counts as absent.
    pub fn get(&self, name: &str) -> Option<&'v Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    pub fn missing(&self, name: &str, help: &str) -> Refusal {
        Refusal::Required { field: self.field(name), help: help.to_owned() }
    }

    pub fn out_of_range(&self, name: &str, found: impl ToString, allowed: &str) -> Refusal {
        Refusal::OutOfRange { field: self.field(name), found: found.to_string(), allowed: allowed.to_owned() }
    }

    pub fn unknown_code(&self, name: &str, found: &str, allowed: impl IntoIterator<Item = impl AsRef<str>>) -> Refusal {
        let allowed: Vec<String> = allowed.into_iter().map(|code| code.as_ref().to_owned()).collect();
        Refusal::UnknownCode { field: self.field(name), found: found.to_owned(), allowed: allowed.join(", ") }
    }

    pub fn text(&self, name: &str) -> Result<Option<&'v str>, Refusal> {
        self.get(name).map(|value| value.as_str().ok_or_else(|| wrong(&self.field(name), value, "a text"))).transpose()
    }

    pub fn need_text(&self, name: &str, help: &str) -> Result<&'v str, Refusal> {
        self.text(name)?.ok_or_else(|| self.missing(name, help))
    }

    pub fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        self.get(name).map(|value| value.as_bool().ok_or_else(|| wrong(&self.field(name), value, "true or false"))).transpose()
    }

    /// A number, or a text that holds one.
    ///
    /// A text is taken digit by digit. A JSON number has passed through serde_json before: whole ones of 64 bits are kept, others
    /// are the nearest double and come back as its shortest decimal. Up to 15 digits that is what was written; who has more, such as
    /// an amount of money beyond 10¹³ yuan with its fen, sends a text.
    pub fn exact(&self, name: &str, help: &str) -> Result<Exact, Refusal> {
        self.exact_if_given(name)?.ok_or_else(|| self.missing(name, help))
    }

    pub fn exact_if_given(&self, name: &str) -> Result<Option<Exact>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let found = match value {
            Value::Number(number) => Exact::parse(&number.to_string()),
            Value::String(text) => Exact::parse(text.trim()),
            _ => None,
        };
        found.map(Some).ok_or_else(|| wrong(&self.field(name), value, "a number of at most 18 decimals"))
    }

    /// An exact number from `low` to `high`.
    pub fn exact_within(&self, name: &str, low: i64, high: i64, help: &str) -> Result<Exact, Refusal> {
        let found = self.exact(name, help)?;
        if found < Exact::whole(low) || found > Exact::whole(high) {
            return Err(self.out_of_range(name, found, &format!("{low} to {high}")));
        }
        Ok(found)
    }

    /// An amount of money, yuan and fen: 0 to 10¹⁴ with at most two decimals.
    pub fn yuan(&self, name: &str, help: &str) -> Result<Exact, Refusal> {
        const MOST: i64 = 100_000_000_000_000;
        let found = self.exact_within(name, 0, MOST, help)?;
        match found.times(Exact::whole(100)) {
            Some(fen) if fen.is_whole() => Ok(found),
            _ => Err(self.out_of_range(name, found, "whole fen: at most two decimals")),
        }
    }

    pub fn number(&self, name: &str) -> Result<Option<f64>, Refusal> {
        let finite = |value: &Value| value.as_f64().filter(|number| number.is_finite());
        self.get(name).map(|value| finite(value).ok_or_else(|| wrong(&self.field(name), value, "a number"))).transpose()
    }

    /// A number for which `fits` holds; `allowed` says so in words.
    pub fn number_where(&self, name: &str, fits: impl Fn(f64) -> bool, allowed: &str) -> Result<Option<f64>, Refusal> {
        match self.number(name)? {
            Some(found) if !fits(found) => Err(self.out_of_range(name, found, allowed)),
            found => Ok(found),
        }
    }

    pub fn probability(&self, name: &str) -> Result<Option<f64>, Refusal> {
        self.number_where(name, |p| (0.0..=1.0).contains(&p), "0 to 1")
    }

    pub fn need_probability(&self, name: &str, help: &str) -> Result<f64, Refusal> {
        self.probability(name)?.ok_or_else(|| self.missing(name, help))
    }

    pub fn count(&self, name: &str) -> Result<Option<u64>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(value) if value.as_f64().is_some_and(|n| n < 0.0) => Err(self.out_of_range(name, value, "0 or more")),
            Some(value) => value.as_u64().map(Some).ok_or_else(|| wrong(&self.field(name), value, "a whole number")),
        }
    }

    pub fn need_count(&self, name: &str, help: &str) -> Result<u64, Refusal> {
        self.count(name)?.ok_or_else(|| self.missing(name, help))
    }

    pub fn date(&self, name: &str) -> Result<Option<Date>, Refusal> {
        let parse = |text: &str| Date::parse(text).ok().filter(|date| (1900..=2200).contains(&date.year()));
        let refuse = |value| wrong(&self.field(name), value, "a date such as 2026-11-23, from 1900 to 2200");
        self.get(name).map(|value| value.as_str().and_then(parse).ok_or_else(|| refuse(value))).transpose()
    }

    pub fn instant(&self, name: &str) -> Result<Option<Instant>, Refusal> {
        let refuse = |value| wrong(&self.field(name), value, "an instant such as 2026-11-23T08:00:00+08:00, from 1900 to 2200");
        let parse = |text: &str| Instant::parse(text).ok().filter(|at| (1900..=2200).contains(&at.date().year()));
        self.get(name).map(|value| value.as_str().and_then(parse).ok_or_else(|| refuse(value))).transpose()
    }

    /// One of a few words; `None` where the field is absent.
    pub fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        found.map(Some).ok_or_else(|| self.unknown_code(name, text, words.iter().map(|(word, _)| *word)))
    }

    /// A whole number from 1 to 5, the scale of a risk matrix.
    pub fn one_to_five(&self, name: &str) -> Result<Option<u8>, Refusal> {
        match self.count(name)? {
            Some(found @ 1..=5) => Ok(Some(found as u8)),
            Some(found) => Err(self.out_of_range(name, found, "1 to 5")),
            None => Ok(None),
        }
    }

    /// Where this object stands in the input, such as `chemicals[2]`.
    pub fn here(&self) -> String {
        self.path.clone()
    }

    pub fn contradiction(&self, name: &str, found: impl ToString) -> Refusal {
        Refusal::Contradiction { field: self.field(name), found: found.to_string() }
    }

    pub fn need_date(&self, name: &str, help: &str) -> Result<Date, Refusal> {
        self.date(name)?.ok_or_else(|| self.missing(name, help))
    }

    /// The objects of a list; absent means none. At most 1,000: nobody checks a longer one by hand.
    pub fn list(&self, name: &str, known: &[&str]) -> Result<Vec<Ask<'v>>, Refusal> {
        let path = self.field(name);
        self.items(name)?.iter().enumerate().map(|(at, item)| Ask::at(item, format!("{path}[{at}]"), known)).collect()
    }

    pub fn texts(&self, name: &str) -> Result<Vec<&'v str>, Refusal> {
        let path = self.field(name);
        let text = |(at, item): (usize, &'v Value)| item.as_str().ok_or_else(|| wrong(&format!("{path}[{at}]"), item, "a text"));
        self.items(name)?.iter().enumerate().map(text).collect()
    }

    fn items(&self, name: &str) -> Result<&'v [Value], Refusal> {
        const MOST: usize = 1_000;
        match self.get(name) {
            None => Ok(&[]),
            Some(Value::Array(items)) if items.len() > MOST => {
                Err(Refusal::OutOfRange { field: self.field(name), found: format!("{} entries", items.len()), allowed: format!("{MOST}") })
            }
            Some(Value::Array(items)) => Ok(items),
            Some(other) => Err(wrong(&self.field(name), other, "a list")),
        }
    }

    pub fn inner(&self, name: &str, known: &[&str]) -> Result<Option<Ask<'v>>, Refusal> {
        self.get(name).map(|value| Ask::at(value, self.field(name), known)).transpose()
    }
}

fn wrong(field: &str, found: &Value, wanted: &str) -> Refusal {
    let mut found = found.to_string();
    if found.chars().count() > 60 {
        found = found.chars().take(60).chain(['…']).collect();
    }
    Refusal::WrongType { field: field.to_owned(), found, wanted: wanted.to_owned() }
}
