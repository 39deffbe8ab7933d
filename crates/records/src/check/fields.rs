//! What the attributes of a field promise each other.

use anlan_base::Name;
use indexmap::IndexMap;
use serde_json::Value;

use super::names::{Over, condition, test_of_field};
use super::{ENVELOPE, Proof, can_have_column, subjects};
use crate::kind::{Condition, Field, FieldType, Requirement};
use crate::load::codes_of;
use crate::load::table::either;

pub(super) fn check(p: &Proof) {
    for (id, field) in &p.kind.fields {
        let path = ["fields", id.as_str()];
        reserved(p, &path, field);
        attributes(p, &path, field);
        references(p, &path, field, &p.kind.fields);
        privacy(p, &path, field);
        for (key, when) in conditions(field) {
            condition(p, &["fields", id, key], when, Over::Record);
        }
    }
    for (row, columns) in &p.kind.rows {
        if !p.kind.fields.values().any(|field| matches!(&field.kind, FieldType::Rows { of, .. } if of == row)) {
            p.add(&["rows", row], format!("the rows `{row}`, which no field uses"), "a field with `type = \"rows\"` and `of`");
        }
        for (id, field) in columns {
            let path = ["rows", row.as_str(), id.as_str()];
            attributes(p, &path, field);
            references(p, &path, field, columns);
            if *id == "id" {
                p.add(&path, "a column named `id`", "any other name: the server gives each row an `id`");
            }
            for (key, when) in conditions(field) {
                row_condition(p, &["rows", row, id, key], when, columns);
            }
        }
    }
    for name in p.tree.child("choices").and_then(|choices| choices.table()).into_iter().flat_map(IndexMap::keys) {
        let mut fields = p.kind.fields.values().chain(p.kind.rows.values().flat_map(IndexMap::values));
        if !fields.any(|field| codes_of(field) == Some(name)) {
            p.add(&["choices", name], format!("the code list `{name}`, which no field uses"), "a field with `codes`");
        }
    }
}

fn conditions(field: &Field) -> impl Iterator<Item = (&'static str, &Condition)> {
    let required = match &field.required {
        Requirement::When(when) => Some(("required", when)),
        Requirement::Always | Requirement::Never => None,
    };
    field.visible.as_ref().map(|when| ("visible", when)).into_iter().chain(required)
}

/// A condition within a row speaks of that row.
fn row_condition(p: &Proof, path: &[&str], when: &Condition, columns: &IndexMap<Name, Field>) {
    for subject in subjects(when).filter(|subject| !columns.contains_key(*subject)) {
        p.add(path, format!("`{subject}` in a condition"), either(columns.keys().map(Name::as_str)));
    }
    for test in when.0.iter().flatten() {
        if let Some(field) = columns.get(&test.subject) {
            test_of_field(p, path, field, &test.is);
        }
    }
}

/// A field must not hide a word of the envelope, except the two that feed it.
fn reserved(p: &Proof, path: &[&str], field: &Field) {
    let id = field.id.as_str();
    let feeds =
        (id == "title" && p.kind.title.as_ref() == Some(&field.id)) || (id == "sector" && p.kind.sector.as_ref() == Some(&field.id));
    if (ENVELOPE.contains(&id) || matches!(id, "id" | "revision" | "overdue" | "mine")) && !feeds {
        p.add(path, format!("a field named `{id}`"), "any other name: the record's envelope has this one");
    }
}

fn attributes(p: &Proof, path: &[&str], field: &Field) {
    let id = &field.id;
    let at = |key| [path, &[key]].concat();
    let word = field.kind.word();
    if (field.index || field.filter) && !can_have_column(field) {
        p.add(path, format!("`index` or `filter` on the {word} `{id}`"), "types of one value or of ids");
    }
    if field.search && !matches!(word, "text" | "long_text") {
        p.add(&at("search"), format!("`search` on the {word} `{id}`"), "text, long_text");
    }
    if field.unique.is_some()
        && !matches!(word, "text" | "integer" | "date" | "record" | "enterprise" | "person" | "organisation" | "point")
    {
        p.add(&at("unique"), format!("`unique` on the {word} `{id}`"), "text, integer, date, ids");
    }
    let countable = field.many || matches!(word, "photos" | "files" | "rows");
    if (field.min.is_some() || field.max.is_some()) && !countable {
        p.add(path, format!("`min` or `max` on the single value `{id}`"), "`many = true`");
    }
    if field.derive.is_some() && (field.default.is_some() || field.fixed) {
        p.add(path, format!("default or fixed on the derived field `{id}`"), "a rule fills it, after each change");
    }
    if let Some(default) = &field.default
        && let Err(allowed) = default_fits(p, field, default)
    {
        p.add(&at("default"), format!("the default {default}"), allowed);
    }
}

fn default_fits(p: &Proof, field: &Field, default: &Value) -> Result<(), String> {
    match (&field.kind, default.as_str()) {
        (FieldType::Date { .. }, Some("today")) | (FieldType::Instant | FieldType::Time, Some("now")) => Ok(()),
        (FieldType::Person { .. }, Some("me")) | (FieldType::Enterprise { .. }, Some("my_enterprise")) => Ok(()),
        (FieldType::Person { .. }, _) => Err("me".to_owned()),
        (FieldType::Enterprise { .. }, _) => Err("my_enterprise".to_owned()),
        _ => super::samples::fits(p.kind, field, default),
    }
}

fn references(p: &Proof, path: &[&str], field: &Field, beside: &IndexMap<Name, Field>) {
    let at = |key| [path, &[key]].concat();
    if let Some(group) = &field.group {
        p.known(&at("group"), "group", group, &p.kind.groups);
    }
    match &field.kind {
        FieldType::Choice { judged_on: Some(day), .. } | FieldType::Tree { judged_on: Some(day), .. }
            if !beside.get(day).is_some_and(|other| matches!(other.kind, FieldType::Date { .. })) =>
        {
            p.field_of(&at("judged_on"), day, &["date"]);
        }
        FieldType::Record { kinds, .. } if p.loaded.complete => {
            for kind in kinds {
                p.known(&at("kind"), "kind", kind, &p.loaded.kinds.by_id);
            }
        }
        FieldType::Rows { of, .. } => {
            p.known(&at("of"), "rows", of, &p.kind.rows);
        }
        _ => {}
    }
}

/// Personal data stays out of every place where it would be found in clear.
fn privacy(p: &Proof, path: &[&str], field: &Field) {
    if !field.personal {
        return;
    }
    let id = &field.id;
    let shown = [
        ("the title", p.kind.title.as_ref() == Some(id)),
        ("`search`", field.search),
        ("`index` or `filter`", field.index || field.filter),
        ("`unique`", field.unique.is_some()),
    ];
    for (place, _) in shown.iter().filter(|(_, shows)| *shows) {
        p.add(path, format!("the personal field `{id}` in {place}"), "fields that are not personal");
    }
}
