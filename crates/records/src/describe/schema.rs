//! The JSON Schema (2020-12) of a kind's body: what outsiders generate types and forms from. The engine judges more than a schema can say.

use anlan_base::Name;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::kind::{Condition, Field, FieldType, Form, Is, Kind, Requirement, Test};
use crate::load::codes_of;

pub fn json_schema(kind: &Kind) -> Value {
    let mut schema = object(kind, &kind.fields);
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!(kind.label.zh));
    let rules: Vec<Value> = kind.fields.values().filter_map(|field| conditional(kind, field)).collect();
    if !rules.is_empty() {
        schema.insert("allOf".to_owned(), Value::Array(rules));
    }
    Value::Object(schema)
}

fn object(kind: &Kind, fields: &IndexMap<Name, Field>) -> Map<String, Value> {
    let properties: Map<String, Value> = fields.values().map(|field| (field.id.to_string(), property(kind, field))).collect();
    let required: Vec<&Name> = fields.values().filter(|field| always(kind, field)).map(|field| &field.id).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

/// Required whatever else holds: nothing can hide it.
fn always(kind: &Kind, field: &Field) -> bool {
    let group = field.group.as_ref().and_then(|group| kind.groups.get(group));
    matches!(field.required, Requirement::Always) && field.visible.is_none() && group.is_none_or(|group| group.visible.is_none())
}

fn property(kind: &Kind, field: &Field) -> Value {
    let mut schema = one(kind, field);
    if field.many {
        schema = Map::from_iter([("type".to_owned(), json!("array")), ("items".to_owned(), Value::Object(schema))]);
    }
    if schema.get("type") == Some(&json!("array")) {
        if let Some(min) = field.min {
            schema.insert("minItems".to_owned(), json!(min));
        }
        if let Some(max) = field.max {
            schema.insert("maxItems".to_owned(), json!(max));
        }
    }
    schema.insert("title".to_owned(), json!(field.label.zh));
    if field.derive.is_some() {
        schema.insert("readOnly".to_owned(), json!(true));
    }
    Value::Object(schema)
}

fn one(kind: &Kind, field: &Field) -> Map<String, Value> {
    let mut schema = match &field.kind {
        FieldType::Text { length, form } => {
            let mut schema = text(*length);
            match form {
                Some(Form::Email) => schema["format"] = json!("email"),
                Some(Form::Url) => schema["format"] = json!("uri"),
                Some(Form::Phone | Form::IdCard | Form::Uscc | Form::Plate) | None => {}
            }
            schema
        }
        FieldType::LongText { length } => text(*length),
        FieldType::Integer { range, .. } | FieldType::Money { range } => match range {
            Some((low, high)) => json!({ "type": "integer", "minimum": low, "maximum": high }),
            None => json!({ "type": "integer" }),
        },
        FieldType::Decimal { range, .. } => match range {
            Some((low, high)) => json!({ "type": "number", "minimum": low, "maximum": high }),
            None => json!({ "type": "number" }),
        },
        FieldType::YesNo => json!({ "type": "boolean" }),
        FieldType::Date { .. } => json!({ "type": "string", "format": "date" }),
        FieldType::Time => json!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" }),
        FieldType::Instant => json!({ "type": "string", "format": "date-time" }),
        FieldType::Choice { .. } | FieldType::Tree { .. } => {
            let list = codes_of(field).and_then(|name| kind.codes.get(name));
            let codes: Vec<&str> = list.into_iter().flat_map(|list| &list.rows).map(|row| row.code.as_str()).collect();
            json!({ "type": "string", "enum": codes })
        }
        FieldType::Place { .. } => json!({
            "type": "object",
            "properties": {
                "lon": { "type": "number", "minimum": -180, "maximum": 180 },
                "lat": { "type": "number", "minimum": -90, "maximum": 90 },
            },
            "required": ["lon", "lat"],
            "additionalProperties": false,
        }),
        FieldType::Photos { .. } | FieldType::Files { .. } => json!({ "type": "array", "items": { "type": "string" } }),
        FieldType::Rows { of, .. } => {
            let mut row = kind.rows.get(of).map(|columns| object(kind, columns)).unwrap_or_default();
            if let Some(Value::Object(properties)) = row.get_mut("properties") {
                properties.insert("id".to_owned(), json!({ "type": "string" }));
            }
            json!({ "type": "array", "items": row })
        }
        FieldType::Record { .. }
        | FieldType::Enterprise { .. }
        | FieldType::Person { .. }
        | FieldType::Organisation { .. }
        | FieldType::Point
        | FieldType::Signature => json!({ "type": "string" }),
    };
    schema.as_object_mut().map(std::mem::take).unwrap_or_default()
}

fn text(length: Option<(usize, usize)>) -> Value {
    match length {
        Some((low, high)) => json!({ "type": "string", "minLength": low, "maxLength": high }),
        None => json!({ "type": "string" }),
    }
}

/// `required` under a condition that the body alone decides.
fn conditional(kind: &Kind, field: &Field) -> Option<Value> {
    let Requirement::When(when) = &field.required else { return None };
    Some(json!({ "if": condition(kind, when)?, "then": { "required": [field.id] } }))
}

fn condition(kind: &Kind, condition: &Condition) -> Option<Value> {
    let table = |tests: &Vec<Test>| Some(json!({ "allOf": tests.iter().map(|one| test(kind, one)).collect::<Option<Vec<_>>>()? }));
    Some(json!({ "anyOf": condition.0.iter().map(table).collect::<Option<Vec<_>>>()? }))
}

fn test(kind: &Kind, test: &Test) -> Option<Value> {
    let field = kind.fields.get(&test.subject)?;
    let meets = match &test.is {
        Is::Set(true) => return Some(json!({ "required": [field.id] })),
        Is::Set(false) => return Some(json!({ "not": { "required": [field.id] } })),
        Is::OneOf(values) => json!({ "enum": values }),
        Is::Between { min, max } => {
            let number = |bound: &Option<Value>| bound.as_ref().is_none_or(Value::is_number);
            if !number(min) || !number(max) {
                return None;
            }
            let bounds = [("minimum", min), ("maximum", max)];
            bounds.into_iter().filter_map(|(key, bound)| Some((key.to_owned(), bound.clone()?))).collect::<Map<_, _>>().into()
        }
    };
    let meets = if field.many { json!({ "contains": meets }) } else { meets };
    Some(json!({ "properties": { field.id.as_str(): meets }, "required": [field.id] }))
}
