//! Says whether a condition of the vocabulary holds. The browser decides the same from the same cases: `cases/conditions.json`.

use std::borrow::Cow;

use serde_json::Value;

use crate::kind::{Condition, Is, Test};
use crate::record::{Body, Record};

/// Whether the condition holds for this record: its body and its state.
pub fn holds(condition: &Condition, record: &Record) -> bool {
    holds_in(condition, &record.body, &record.state)
}

/// Whether the condition holds for a body in a state: the record as it would be.
pub fn holds_in(condition: &Condition, body: &Body, state: &str) -> bool {
    holds_with(condition, &|subject| match subject {
        "state" => Some(Cow::Owned(Value::from(state))),
        field => body.get(field).map(Cow::Borrowed),
    })
}

/// The general form: `look` finds the value of a subject. Views and indicators look up envelope words, rows their own columns.
pub fn holds_with<'v>(condition: &Condition, look: &dyn Fn(&str) -> Option<Cow<'v, Value>>) -> bool {
    condition.0.iter().any(|table| table.iter().all(|test| test_holds(test, look)))
}

/// No value at all: absent, null, an empty text or an empty list. A condition sees no difference between them.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn test_holds<'v>(test: &Test, look: &dyn Fn(&str) -> Option<Cow<'v, Value>>) -> bool {
    let value = look(&test.subject).filter(|value| !is_empty(value));
    let Some(value) = value else {
        return test.is == Is::Set(false);
    };
    let any = |meets: &dyn Fn(&Value) -> bool| match &*value {
        Value::Array(items) => items.iter().any(meets),
        single => meets(single),
    };
    match &test.is {
        Is::Set(wanted) => *wanted,
        Is::OneOf(allowed) => any(&|one| allowed.iter().any(|value| same(one, value))),
        Is::Between { min, max } => any(&|one| {
            let above = min.as_ref().is_none_or(|min| compare(one, min).is_some_and(|order| order.is_ge()));
            let below = max.as_ref().is_none_or(|max| compare(one, max).is_some_and(|order| order.is_le()));
            above && below
        }),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// Numbers by size, texts (dates, times) by their characters; anything else has no order.
fn compare(a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
    match (a, b) {
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

#[cfg(test)]
mod tests {
    use anlan_base::Name;

    use super::*;

    /// Reads a condition as a kind's description writes it.
    fn condition(described: &Value) -> Condition {
        let test = |test: &Value| {
            let is = if let Some(allowed) = test["in"].as_array() {
                Is::OneOf(allowed.clone())
            } else if let Some(set) = test["set"].as_bool() {
                Is::Set(set)
            } else {
                Is::Between { min: test.get("min").cloned(), max: test.get("max").cloned() }
            };
            Test { subject: Name::of(test["field"].as_str().unwrap()), is }
        };
        let table = |table: &Value| table.as_array().unwrap().iter().map(test).collect();
        Condition(described.as_array().unwrap().iter().map(table).collect())
    }

    #[test]
    fn the_cases_shared_with_the_browser_hold() {
        let file: Value = serde_json::from_str(include_str!("../cases/conditions.json")).unwrap();
        let cases = file["cases"].as_array().unwrap();
        assert!(cases.len() >= 40);
        for case in cases {
            let holds = holds_in(&condition(&case["condition"]), case["body"].as_object().unwrap(), case["state"].as_str().unwrap());
            assert_eq!(Value::from(holds), case["holds"], "{}", case["name"]);
        }
    }
}
