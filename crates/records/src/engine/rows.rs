//! Sub-tables: rows with ids of the server's making, added, replaced, or only ever appended.

use std::borrow::Cow;

use anlan_base::{Name, Refusal};
use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::input::{Rows, default_value};
use super::values::{Checker, count_refusal};
use crate::condition::{holds_with, is_empty};
use crate::kind::{Condition, Field, Requirement};
use crate::record::Body;

pub(super) struct SubTable<'a> {
    pub checker: &'a Checker<'a>,
    pub field: &'a Field,
    /// The table of columns.
    pub of: &'a Name,
    pub append_only: bool,
    pub state: &'a Name,
}

/// The rows as they will be stored, and whether one is new.
pub(super) struct Merged {
    pub rows: Value,
    pub added: bool,
}

impl SubTable<'_> {
    /// `None` when something was wrong and has been added to `errors`.
    pub fn take(&self, how: Rows, path: &str, input: &Value, stored: Option<&Value>, errors: &mut Vec<Refusal>) -> Option<Merged> {
        let before = errors.len();
        let stored: Vec<&Body> = stored.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object).collect();
        let given = match input {
            Value::Array(rows) => rows.as_slice(),
            Value::Null => &[],
            Value::Object(_) if how == Rows::AddOne => std::slice::from_ref(input),
            _ => {
                errors.push(Refusal::at("wrong_type", path).with("wanted", "rows"));
                return None;
            }
        };
        let mut rows: Vec<Value> = Vec::new();
        let (mut seen, mut new) = (Vec::new(), Vec::new());
        for (at, row) in given.iter().enumerate() {
            let path = format!("{path}[{at}]");
            let Some(object) = row.as_object() else {
                errors.push(Refusal::at("wrong_type", path).with("wanted", "object"));
                continue;
            };
            let kept = stored.iter().copied().find(|kept| kept.get("id").is_some_and(|id| Some(id) == object.get("id")));
            let Some(row) = self.row(&path, object, kept, errors) else { continue };
            match kept {
                None => new.push(row),
                Some(kept) if seen.contains(&kept) => errors.push(Refusal::at("bad_form", format!("{path}.id")).with("form", "unique")),
                Some(kept) => {
                    if (self.append_only || how == Rows::AddOne) && row != *kept {
                        errors.push(Refusal::at(if self.append_only { "append_only" } else { "read_only" }, path));
                    }
                    seen.push(kept);
                    rows.push(Value::Object(row));
                }
            }
        }
        let added = !new.is_empty();
        if how == Rows::AddOne {
            if new.len() > 1 {
                errors.push(Refusal::at("too_many", path).with("max", 1).with("count", new.len()));
            }
            rows = stored.iter().map(|row| Value::Object((*row).clone())).collect();
        } else if self.append_only && seen.len() < stored.len() {
            errors.push(Refusal::at("append_only", path));
        }
        rows.extend(new.into_iter().map(Value::Object));
        if !rows.is_empty() && errors.len() == before {
            errors.extend(count_refusal(self.field, path, rows.len()));
        }
        (errors.len() == before).then_some(Merged { rows: Value::Array(rows), added })
    }

    fn row(&self, path: &str, input: &Body, kept: Option<&Body>, errors: &mut Vec<Refusal>) -> Option<Body> {
        let before = errors.len();
        let columns = self.columns()?;
        let mut row = Map::new();
        let id = kept.and_then(|kept| kept.get("id")).cloned();
        row.insert("id".to_owned(), id.unwrap_or_else(|| Value::from(self.checker.cx.ids.next(self.checker.cx.now))));
        for name in input.keys().filter(|name| *name != "id" && !columns.contains_key(name.as_str())) {
            errors.push(Refusal::at("unknown_field", format!("{path}.{}", name.chars().take(60).collect::<String>())));
        }
        for (name, column) in columns {
            let stored = kept.and_then(|kept| kept.get(&**name));
            let path = format!("{path}.{name}");
            match input.get(&**name).filter(|value| !is_empty(value)) {
                Some(value) => {
                    let Some(value) = self.checker.value(column, &path, value, stored, errors) else { continue };
                    if column.fixed && stored.is_some_and(|stored| *stored != value) {
                        errors.push(Refusal::at("fixed", &path));
                    }
                    row.insert(name.to_string(), value);
                }
                None if kept.is_none() && !input.contains_key(&**name) => {
                    if let Some(value) = self.default_of(column) {
                        row.insert(name.to_string(), value);
                    }
                }
                None if column.fixed && stored.is_some() => errors.push(Refusal::at("fixed", &path)),
                None => {}
            }
        }
        for (name, column) in columns {
            let shows = column.visible.as_ref().is_none_or(|condition| self.holds(condition, &row));
            let filled = row.contains_key(&**name);
            let required = match &column.required {
                Requirement::Never => false,
                Requirement::Always => true,
                Requirement::When(condition) => self.holds(condition, &row),
            };
            let said = errors[before..].iter().any(|refusal| refusal.field.as_deref() == Some(&format!("{path}.{name}")));
            if filled && !shows {
                errors.push(Refusal::at("not_visible", format!("{path}.{name}")));
            } else if required && shows && !filled && !said {
                errors.push(Refusal::at("required", format!("{path}.{name}")));
            }
        }
        (errors.len() == before).then_some(row)
    }

    fn columns(&self) -> Option<&IndexMap<Name, Field>> {
        self.checker.kind.rows.get(self.of)
    }

    fn default_of(&self, column: &Field) -> Option<Value> {
        default_value(column, None, self.checker.cx)
    }

    /// A column's condition may name its neighbours, then fields of the record.
    fn holds(&self, condition: &Condition, row: &Body) -> bool {
        holds_with(condition, &|subject| {
            let of_record = || self.checker.input.get(subject).or_else(|| self.checker.stored?.get(subject));
            match subject {
                "state" => Some(Cow::Owned(Value::from(self.state.as_str()))),
                _ => row.get(subject).or_else(of_record).map(Cow::Borrowed),
            }
        })
    }
}
