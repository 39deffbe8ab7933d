//! Turns the words of a step into the JSON that a form would send, field by field.

use anlan_base::{Date, Instant};
use serde_json::{Map, Value};

use super::script::minute_of;
use crate::kind::{Field, FieldType, Kind};
use crate::record::Body;

/// What words may refer to.
pub(super) struct Reader<'a> {
    pub kind: &'a Kind,
    pub start: Date,
    /// The id of the record with this name, if the scenario made one.
    pub record_id: &'a dyn Fn(&str) -> Option<String>,
    /// Attachments made so far.
    pub attachments: usize,
}

impl Reader<'_> {
    /// The input of the form. `rows.column=value` words gather into one new row.
    pub fn body<'v>(&mut self, values: impl Iterator<Item = &'v (String, String)>) -> Body {
        let mut body = Map::new();
        for (key, text) in values {
            match key.split_once('.') {
                Some((table, column)) => {
                    let value = self.column(table, column, text);
                    let rows = body.entry(table.to_owned()).or_insert_with(|| Value::Array(vec![Value::Object(Map::new())]));
                    if let Some(row) = rows.get_mut(0).and_then(Value::as_object_mut) {
                        row.insert(column.to_owned(), value);
                    }
                }
                None => {
                    let kind = self.kind;
                    let value = kind.fields.get(key.as_str()).map_or_else(|| Value::from(text.as_str()), |field| self.value(field, text));
                    body.insert(key.clone(), value);
                }
            }
        }
        body
    }

    fn column(&mut self, table: &str, column: &str, text: &str) -> Value {
        let kind = self.kind;
        let Some(FieldType::Rows { of, .. }) = kind.fields.get(table).map(|field| &field.kind) else { return Value::from(text) };
        match kind.rows.get(of).and_then(|columns| columns.get(column)) {
            Some(field) => self.value(field, text),
            None => Value::from(text),
        }
    }

    pub fn value(&mut self, field: &Field, text: &str) -> Value {
        if text.is_empty() {
            return Value::Null;
        }
        let json = text.starts_with(['[', '{']).then(|| serde_json::from_str(text).ok()).flatten();
        if let Some(json) = json {
            return self.with_dates(field, json);
        }
        let made = match &field.kind {
            FieldType::Photos { .. } => Some("jpg"),
            FieldType::Files { .. } => Some("pdf"),
            FieldType::Signature => Some("png"),
            _ => None,
        };
        if let (Some(extension), Ok(count)) = (made, text.parse::<usize>()) {
            let mut ids: Vec<Value> = (0..count.min(100)).map(|_| self.attachment(extension)).collect();
            let single = matches!(field.kind, FieldType::Signature).then(|| ids.pop()).flatten();
            return single.unwrap_or(Value::Array(ids));
        }
        if field.many || made == Some("jpg") || made == Some("pdf") {
            return text.split(',').map(|one| self.single(field, one.trim())).collect();
        }
        self.single(field, text)
    }

    fn single(&self, field: &Field, text: &str) -> Value {
        let plain = || Value::from(text);
        match &field.kind {
            FieldType::Integer { .. } | FieldType::Decimal { .. } | FieldType::Money { .. } => {
                serde_json::from_str(text).ok().filter(Value::is_number).unwrap_or_else(plain)
            }
            FieldType::YesNo => match text {
                "true" | "yes" => Value::Bool(true),
                "false" | "no" => Value::Bool(false),
                _ => plain(),
            },
            FieldType::Date { .. } => self.day(text).map_or_else(plain, |day| Value::from(day.to_string())),
            FieldType::Instant => self.instant(text).map_or_else(plain, |at| Value::from(at.to_string())),
            FieldType::Record { .. } | FieldType::Enterprise { .. } => (self.record_id)(text).map_or_else(plain, Value::from),
            FieldType::Place { .. } => {
                let degrees: Option<Vec<f64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
                match degrees.as_deref() {
                    Some([lon, lat]) => serde_json::json!({ "lon": lon, "lat": lat }),
                    _ => plain(),
                }
            }
            _ => plain(),
        }
    }

    /// `day 3`, also before the start: `day -3`.
    pub fn day(&self, text: &str) -> Option<Date> {
        text.strip_prefix("day ")?.trim().parse().ok().map(|days| self.start.plus_days(days))
    }

    /// `day 3 14:00`.
    pub fn instant(&self, text: &str) -> Option<Instant> {
        let (day, time) = text.rsplit_once(' ')?;
        Some(self.day(day)?.start().plus_s(minute_of(time)? * 60))
    }

    fn attachment(&mut self, extension: &str) -> Value {
        self.attachments += 1;
        Value::from(format!("attachment-{}.{extension}", self.attachments))
    }

    /// JSON as written, but with `day N` for dates and names for records.
    fn with_dates(&self, field: &Field, json: Value) -> Value {
        match (&field.kind, json) {
            (FieldType::Rows { of, .. }, Value::Array(rows)) => {
                rows.into_iter().map(|row| if let Value::Object(row) = row { self.row(of, row) } else { row }).collect()
            }
            (FieldType::Rows { of, .. }, Value::Object(row)) => self.row(of, row),
            (_, Value::Array(items)) => items.into_iter().map(|item| self.with_dates(field, item)).collect(),
            (
                FieldType::Date { .. } | FieldType::Instant | FieldType::Record { .. } | FieldType::Enterprise { .. },
                Value::String(text),
            ) => self.single(field, &text),
            (_, json) => json,
        }
    }

    fn row(&self, table: &str, row: Map<String, Value>) -> Value {
        let columns = self.kind.rows.get(table);
        let value = |name: &str, value: Value| match columns.and_then(|columns| columns.get(name)) {
            Some(column) => self.with_dates(column, value),
            None => value,
        };
        Value::Object(row.into_iter().map(|(name, json)| (name.clone(), value(&name, json))).collect())
    }
}
