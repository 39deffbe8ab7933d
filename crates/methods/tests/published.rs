//! Every published and worked case, run through the same door as the command line.

use std::path::Path;

use anlan_base::{Calendar, UnifiedCreditCode};
use serde_json::{Value, json};

fn table(file: &str) -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/published/methods").join(file);
    std::fs::read_to_string(&path).unwrap().parse().unwrap()
}

fn entries(file: &str, key: &str) -> Vec<Value> {
    let value = serde_json::to_value(table(file)).unwrap();
    let found = value[key].as_array().unwrap().clone();
    assert!(!found.is_empty(), "{file}: no {key}");
    found
}

/// Monday to Friday, as if published so: a year without a calendar lowers the status of what counts working days.
fn calendar() -> Calendar {
    let mut calendar = Calendar::default();
    (2024..=2027).for_each(|year| calendar.add_year(year, []));
    calendar
}

fn answer(method: &str, input: &Value, id: &str) -> Value {
    anlan_methods::run_with(method, input.clone(), &calendar()).unwrap_or_else(|refusal| panic!("{id}: {refusal}"))
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
            "as_of": "2016-12-31", "ief": example["ief"], "layers": list("ipls", "pfd"), "modifiers": list("modifiers", "value"), "tolerable": example["tolerable"],
        });
        let expect = json!({
            "f": example["expect_f"], "required_pfd": example["expect_required_pfd"], "sil": example["expect_sil"], "status": "given",
        });
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
        assert_eq!(answer("uscc", &json!({ "code": valid["uscc"] }), "uscc")["valid"], json!(true));
    }
    for invalid in entries("uscc.toml", "invalid") {
        let code = invalid["uscc"].as_str().unwrap();
        assert_eq!(answer("uscc", &json!({ "code": code }), code)["valid"], json!(code.chars().any(char::is_lowercase)), "{invalid}");
        // Lower case is accepted, because people type it, and normalised.
        let normalised = code.chars().any(char::is_lowercase);
        assert_eq!(UnifiedCreditCode::parse(code).is_ok(), normalised, "{invalid}");
    }
}

#[test]
fn every_cell_of_the_heat_table() {
    // GBZ 2.2-2007: share of contact time, then intensity I to IV.
    for (share, limits) in [(100, [30, 28, 26, 25]), (75, [31, 29, 28, 26]), (50, [32, 30, 29, 28]), (25, [33, 32, 31, 30])] {
        for (limit, intensity) in limits.into_iter().zip(1..) {
            let at = |wbgt: f64| json!({ "heat": { "wbgt": wbgt, "contact_pct": share, "intensity": intensity } });
            holds(&json!({ "exceeds": false, "heat": { "limit": limit } }), &answer("exposure", &at(f64::from(limit)), "heat"), "heat");
            holds(&json!({ "exceeds": true }), &answer("exposure", &at(f64::from(limit) + 0.1), "heat"), "heat");
        }
    }
}

/// Limits of D that no product of printed scores hits are tested on the bands themselves.
#[test]
fn lec_bands_end_where_they_are_printed() {
    use anlan_methods::{Exact, lec};
    for (d, colour) in [
        ("320.000001", "red"),
        ("320", "orange"),
        ("160", "orange"),
        ("159.999999", "yellow"),
        ("70", "yellow"),
        ("69.999999", "blue"),
        ("20", "blue"),
        ("0", "blue"),
    ] {
        let band = lec::band(Exact::parse(d).unwrap(), lec::bands()).unwrap();
        assert_eq!(band.colour.name(), colour, "D = {d}");
    }
}

#[test]
fn every_step_of_the_fines_order_begins_where_it_is_printed() {
    // 14号令 articles 14 to 17: deaths, serious injuries, loss in 10,000 yuan, least and most fine in 10,000 yuan.
    for (deaths, injured, loss_wan, low, high) in [
        (0, 0, 1, 30, 50),
        (0, 2, 299, 30, 50),
        (1, 0, 0, 50, 70),
        (0, 3, 0, 50, 70),
        (0, 0, 300, 50, 70),
        (2, 0, 0, 70, 100),
        (0, 6, 0, 70, 100),
        (3, 0, 0, 100, 120),
        (5, 0, 0, 120, 150),
        (7, 0, 0, 150, 200),
        (10, 0, 0, 200, 400),
        (13, 0, 0, 400, 600),
        (15, 0, 0, 600, 1000),
        (30, 0, 0, 1000, 1200),
        (40, 0, 0, 1200, 1500),
        (50, 0, 0, 1500, 2000),
        (0, 150, 0, 1500, 2000),
        (0, 0, 20_000, 1500, 2000),
    ] {
        let input = json!({
            "occurred_on": "2026-03-01", "deaths": deaths, "serious_injuries": injured, "direct_loss_yuan": i64::from(loss_wan) * 10_000,
        });
        let found = answer("accident_fines", &input, "fines");
        holds(&json!({ "target": "unit", "min_yuan": low * 10_000, "max_yuan": high * 10_000 }), &found["fines"][0], &input.to_string());
    }
}
