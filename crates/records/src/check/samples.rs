//! Every version of a kind has a sample body that still loads. Values are judged by type here; the engine judges them in full.

use anlan_base::{Date, Instant, Name};
use serde_json::{Map, Value};

use crate::kind::{Field, FieldType, Kind};
use crate::load::table::{Report, either};
use crate::load::{Finding, Loaded, Sample};
use crate::upgrade::upgrade;

pub(super) fn check(loaded: &Loaded, report: &Report) {
    for (id, kind) in &loaded.kinds.by_id {
        // A district adds a kind as one file. Data of versions that are no more must still be shown to load.
        let added = kind.file.starts_with("overlay/");
        let sampled = if added { 1..kind.version } else { 1..kind.version + 1 };
        for version in sampled {
            if !loaded.samples.iter().any(|sample| **id == *sample.kind && sample.version == version) {
                let path = format!("{}/samples/{id}.v{version}.json", kind.domain);
                report.add(loaded.trees[id].nearest(&["kind", "version"]), format!("no sample of version {version}"), path);
            }
        }
    }
    for sample in &loaded.samples {
        if loaded.kinds.get(&sample.kind).is_some_and(|kind| report.any_in(&kind.file)) {
            continue;
        }
        match loaded.kinds.get(&sample.kind) {
            Some(kind) if (1..=kind.version).contains(&sample.version) => one(kind, sample, report),
            Some(kind) => add(report, sample, "", format!("version {}", sample.version), format!("1 to {}", kind.version)),
            None => add(report, sample, "", format!("a sample of `{}`", sample.kind), either(loaded.kinds.by_id.keys().map(Name::as_str))),
        }
    }
}

/// At the line where `near` first stands as a key.
fn add(report: &Report, sample: &Sample, near: &str, found: impl Into<String>, allowed: impl Into<String>) {
    let key = format!("\"{near}\"");
    let line = sample.text.lines().position(|line| !near.is_empty() && line.contains(&key)).map_or(1, |at| at + 1);
    report.push(Finding { file: sample.path.clone(), line, found: found.into(), allowed: allowed.into() });
}

fn one(kind: &Kind, sample: &Sample, report: &Report) {
    let parsed: Map<String, Value> = match serde_json::from_str(&sample.text) {
        Ok(parsed) => parsed,
        Err(error) => {
            report.push(Finding {
                file: sample.path.clone(),
                line: error.line(),
                found: format!("no JSON object: {error}"),
                allowed: "{\"state\": …, \"body\": {…}}".to_owned(),
            });
            return;
        }
    };
    for key in parsed.keys().filter(|key| !matches!(key.as_str(), "state" | "body")) {
        add(report, sample, key, format!("key `{key}`"), "state, body");
    }
    let (Some(state), Some(body)) = (parsed.get("state").and_then(Value::as_str), parsed.get("body").and_then(Value::as_object)) else {
        add(report, sample, "", "a sample without state and body", "{\"state\": …, \"body\": {…}}");
        return;
    };
    let Ok(state) = Name::parse(state) else {
        add(report, sample, "state", format!("the state `{state}`"), "a name");
        return;
    };
    let (body, _) = match upgrade(kind, sample.version, body.clone(), state) {
        Ok(today) => today,
        Err(refusal) => {
            let near = refusal.field.as_deref().map(|field| field.trim_start_matches("body.").to_owned()).unwrap_or_default();
            let fields = kind.fields.keys().map(Name::as_str);
            let allowed = if refusal.code == "unknown_state" { either(kind.states.keys().map(Name::as_str)) } else { either(fields) };
            add(report, sample, &near, format!("`{near}` ({}), after the upgrades to version {}", refusal.code, kind.version), allowed);
            return;
        }
    };
    for (name, value) in &body {
        if let Some(Err(allowed)) = kind.fields.get(name.as_str()).map(|field| fits(kind, field, value)) {
            add(report, sample, name, format!("{value} for `{name}`"), allowed);
        }
    }
}

/// Whether a value has the field's type; else what it should be.
pub(super) fn fits(kind: &Kind, field: &Field, value: &Value) -> Result<(), String> {
    let listed = field.many || matches!(field.kind, FieldType::Photos { .. } | FieldType::Files { .. } | FieldType::Rows { .. });
    if !listed {
        return one_fits(kind, field, value);
    }
    match value.as_array() {
        Some(values) => values.iter().try_for_each(|value| one_fits(kind, field, value)),
        None => Err("a list".to_owned()),
    }
}

fn one_fits(kind: &Kind, field: &Field, value: &Value) -> Result<(), String> {
    let say = |fits: bool, allowed: &str| if fits { Ok(()) } else { Err(allowed.to_owned()) };
    let text = value.as_str();
    match &field.kind {
        FieldType::Integer { .. } | FieldType::Money { .. } => say(value.is_i64(), "a whole number"),
        FieldType::Decimal { .. } => say(value.is_number(), "a number"),
        FieldType::YesNo => say(value.is_boolean(), "true, false"),
        FieldType::Date { .. } => say(text.is_some_and(|text| Date::parse(text).is_ok()), "a date such as \"2026-11-23\""),
        FieldType::Time => say(text.is_some_and(is_time), "a time such as \"10:00\""),
        FieldType::Instant => say(text.is_some_and(|text| Instant::parse(text).is_ok()), "an RFC 3339 time"),
        FieldType::Choice { codes, .. } | FieldType::Tree { codes, .. } => {
            let rows = kind.codes.get(codes).map(|list| list.rows.as_slice()).unwrap_or_default();
            let known = rows.iter().any(|row| text == Some(row.code.as_str()));
            if known { Ok(()) } else { Err(either(rows.iter().map(|row| row.code.as_str()))) }
        }
        FieldType::Place { .. } => {
            let number = |key| value.get(key).is_some_and(Value::is_number);
            say(number("lon") && number("lat"), "{\"lon\": …, \"lat\": …}")
        }
        FieldType::Rows { of, .. } => {
            let Some(row) = value.as_object() else { return Err("a list of objects".to_owned()) };
            let columns = kind.rows.get(of);
            row.iter().filter(|(name, _)| name.as_str() != "id").try_for_each(|(name, value)| {
                match columns.and_then(|columns| columns.get(name.as_str())) {
                    Some(column) => fits(kind, column, value).map_err(|allowed| format!("for `{name}` {allowed}")),
                    None => Err(format!("the columns {}", either(columns.into_iter().flat_map(|c| c.keys()).map(Name::as_str)))),
                }
            })
        }
        _ => say(text.is_some(), "a text"),
    }
}

fn is_time(text: &str) -> bool {
    let number = |part: &str, below: u32| part.len() == 2 && part.parse::<u32>().is_ok_and(|number| number < below);
    text.split_once(':').is_some_and(|(hour, minute)| number(hour, 24) && number(minute, 60))
}
