//! Every published and worked case, run through the same door as the command line.

use std::path::Path;

use anlan_base::UnifiedCreditCode;
use serde_json::{Value, json};

fn table(file: &str) -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/published").join(file);
    std::fs::read_to_string(&path).unwrap().parse().unwrap()
}

fn entries(file: &str, key: &str) -> Vec<Value> {
    let value = serde_json::to_value(table(file)).unwrap();
    let found = value[key].as_array().unwrap().clone();
    assert!(!found.is_empty(), "{file}: no {key}");
    found
}

fn answer(method: &str, input: &Value, id: &str) -> Value {
    anlan_methods::run(method, input.clone()).unwrap_or_else(|refusal| panic!("{id}: {refusal}"))
}

/// Whatever `expect` names is in `found`; numbers to 1e-9 relative.
fn holds(expect: &Value, found: &Value, at: &str) {
    match (expect, found) {
        (Value::Object(expect), _) => {
            for (key, value) in expect {
                holds(value, found.get(key).unwrap_or(&json!("absent")), &format!("{at}.{key}"));
            }
        }
        (Value::Array(expect), Value::Array(found)) => {
            assert_eq!(expect.len(), found.len(), "{at}: {found:?}");
            for (index, value) in expect.iter().enumerate() {
                holds(value, &found[index], &format!("{at}[{index}]"));
            }
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() <= 1e-9 * a.abs(), "{at}: expected {a}, found {b}");
        }
        _ => assert_eq!(expect, found, "{at}"),
    }
}

#[test]
fn worked_cases_of_every_method() {
    for case in entries("cases.toml", "case") {
        let id = case["id"].as_str().unwrap();
        let parse = |key: &str| serde_json::from_str::<Value>(case[key].as_str().unwrap()).unwrap_or_else(|e| panic!("{id}.{key}: {e}"));
        let method = case["method"].as_str().unwrap();
        match case.get("refused") {
            Some(refused) => {
                let refusal = anlan_methods::run(method, parse("input")).expect_err(id);
                assert_eq!(json!([refusal.code(), refusal.field()]), *refused, "{id}: {refusal}");
            }
            None => holds(&parse("expect"), &answer(method, &parse("input"), id), id),
        }
    }
}

#[test]
fn gb18218_examples() {
    for example in entries("gb18218.toml", "example") {
        let id = example["id"].as_str().unwrap();
        let items = example["item"].as_array().unwrap();
        let chemical = |item: &Value| match item["ref"].as_str().unwrap().strip_prefix("table2:") {
            Some(category) => json!({ "category": category, "q_t": item["q_t"] }),
            None => json!({ "name": item["name"], "q_t": item["q_t"] }),
        };
        let input = json!({
            "as_of": "2026-11-23", "population": example["population_500m"], "chemicals": items.iter().map(chemical).collect::<Vec<_>>(),
        });
        let found = answer("gb18218", &input, id);
        assert_eq!(found["exact"]["S"], example["expected_s"], "{id}: S");
        let r = if example["expected_r"] == "n/a" { Value::Null } else { example["expected_r"].clone() };
        assert_eq!(found["exact"]["R"], r, "{id}: R, {}", example["working"]);
        assert_eq!(found["level"].as_u64().unwrap_or(0), example["expected_level"].as_u64().unwrap(), "{id}: level");
        holds(&example["expected_alpha"], &found["alpha"], id);
        for (item, step) in items.iter().zip(found["steps"].as_array().unwrap()) {
            assert_eq!(step["row"], item["ref"], "{id}");
            holds(&item["critical_t"], &step["Q"], id);
            holds(&item["beta"], &step["beta"], id);
            holds(&item["q_t"], &step["q"], id);
            assert_eq!(step["edition"], "GB 18218-2018", "{id}");
        }
    }
}

#[test]
fn lec_boundaries() {
    for case in entries("lec.toml", "case") {
        let found = answer("lec", &json!({ "l": case["l"], "e": case["e"], "c": case["c"] }), "lec");
        holds(&json!({ "D": case["expect_d"], "colour": case["expect_colour"] }), &found, &case.to_string());
    }
}

#[test]
fn lopa_examples() {
    for example in entries("lopa.toml", "example") {
        let id = example["id"].as_str().unwrap();
        let list = |key: &str, name: &str| -> Vec<Value> {
            example[key].as_array().unwrap().iter().map(|figure| json!({ name: figure })).collect()
        };
        let input = json!({
            "ief": example["ief"], "layers": list("ipls", "pfd"), "modifiers": list("modifiers", "value"), "tolerable": example["tolerable"],
        });
        let expect = json!({ "f": example["expect_f"], "required_pfd": example["expect_required_pfd"], "sil": example["expect_sil"] });
        holds(&expect, &answer("lopa", &input, id), id);
    }
}

#[test]
fn accident_boundaries() {
    for case in entries("accident.toml", "case") {
        let input = json!({
            "deaths": case["deaths"], "serious_injuries": case["serious_injuries"], "direct_loss_yuan": case["direct_loss_yuan"],
        });
        assert_eq!(answer("accident", &input, "accident")["grade"], case["expect"], "{case}");
    }
}

#[test]
fn every_cell_of_the_matrix() {
    let text = include_str!("../data/risk_matrix_5x5.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    for row in reader.deserialize::<(u8, u8, u8, String)>().map(Result::unwrap) {
        let found = answer("ls", &json!({ "l": row.0, "s": row.1 }), "ls");
        assert_eq!((found["R"].as_u64(), found["colour"].as_str()), (Some(row.2.into()), Some(row.3.as_str())), "{row:?}");
        assert_eq!(row.0 * row.1, row.2);
    }
}

#[test]
fn unified_credit_codes() {
    for valid in entries("uscc.toml", "valid") {
        assert!(UnifiedCreditCode::parse(valid["uscc"].as_str().unwrap()).is_ok(), "{valid}");
    }
    for invalid in entries("uscc.toml", "invalid") {
        let code = invalid["uscc"].as_str().unwrap();
        // Lower case is accepted, because people type it, and normalised.
        let normalised = code.chars().any(char::is_lowercase);
        assert_eq!(UnifiedCreditCode::parse(code).is_ok(), normalised, "{invalid}");
    }
}
