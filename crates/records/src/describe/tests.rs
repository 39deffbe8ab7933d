//! The small kind as it is told, word for word: whoever changes the description sees here what browsers will see.

use serde_json::{Value, json};

use super::{describe, json_schema};
use crate::fixture;
use crate::load::load;
use crate::record::RuleTable;

#[test]
fn the_small_kind_is_described_as_before() {
    let kinds = load(&fixture::small(), &[], &RuleTable::default()).expect("the small kind is clean");
    let described = describe(kinds.get("permit").unwrap(), &kinds);
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/permit.description.json");
    if std::env::var_os("ANLAN_WRITE_GOLDEN").is_some() {
        std::fs::write(golden, serde_json::to_string_pretty(&described).unwrap() + "\n").unwrap();
    }
    let before: Value = serde_json::from_str(&std::fs::read_to_string(golden).unwrap()).unwrap();
    assert_eq!(described, before, "run with ANLAN_WRITE_GOLDEN=1 if the change is meant");
}

#[test]
fn order_on_the_screen_is_order_in_the_file() {
    let kinds = load(&fixture::files(), &[], &fixture::rules()).unwrap();
    let described = describe(kinds.get("hidden_danger").unwrap(), &kinds);
    let ids = |of: &str| described[of].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids("groups"), ["discovery", "assessment", "treatment", "supervision", "review"]);
    assert_eq!(ids("fields")[..4], ["summary", "place", "position", "hazard_unit"]);
    assert_eq!(ids("actions")[..3], ["register", "dismiss", "assess"]);
    assert_eq!(ids("views"), ["mine", "overdue"]);
}

#[test]
fn a_linked_kind_names_its_other_side() {
    let kinds = load(&fixture::files(), &[], &fixture::rules()).unwrap();
    let inverse = |kind: &str| describe(kinds.get(kind).unwrap(), &kinds)["inverse"].clone();
    let dangers = json!([{ "kind": "hidden_danger", "field": "hazard_unit", "label": { "zh": "隐患", "en": "Hidden dangers" } }]);
    assert_eq!(inverse("hazard_unit"), dangers);
    assert_eq!(inverse("hidden_danger"), json!([]));
}

#[test]
fn a_legal_row_without_english_is_shown_in_chinese() {
    let kinds = load(&fixture::files(), &[], &fixture::rules()).unwrap();
    let described = describe(kinds.get("hidden_danger").unwrap(), &kinds);
    let criteria = described["fields"].as_array().unwrap().iter().find(|field| field["id"] == "criteria").unwrap();
    let first = &criteria["codes"][0];
    assert_eq!(first["label"]["en"], first["label"]["zh"]);
    assert_eq!((&first["from"], first.get("to")), (&json!("2017-11-13"), None::<&Value>));
}

#[test]
fn the_schema_knows_conditional_duties() {
    let kinds = load(&fixture::files(), &[], &fixture::rules()).unwrap();
    let schema = json_schema(kinds.get("hidden_danger").unwrap());
    assert_eq!(schema["required"], json!(["summary", "found_on", "source"]));
    let major = json!({ "anyOf": [{ "allOf": [{ "properties": { "level": { "enum": ["major"] } }, "required": ["level"] }] }] });
    assert_eq!(schema["allOf"], json!([{ "if": major, "then": { "required": ["criteria"] } }]));
    assert_eq!(
        schema["properties"]["reviewers"],
        json!({ "type": "array", "items": { "type": "string" }, "minItems": 2, "title": "复查人员" })
    );
    assert_eq!(schema["properties"]["on_time"]["readOnly"], json!(true));
}
