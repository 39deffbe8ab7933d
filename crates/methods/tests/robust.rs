//! Whatever arrives, a method answers or refuses: no panic, no figure that is not a number; and laws of the trees.

use std::collections::BTreeMap;

use anlan_methods::fault_tree::{FaultTree, Gate, analyse};
use anlan_methods::lopa::{self, Layer, Scenario};
use anlan_methods::{Exact, METHODS, run};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Words that lead deep into the methods, besides nonsense.
const KEYS: [&str; 62] = [
    "as_of",
    "population",
    "chemicals",
    "cas",
    "name",
    "category",
    "q_t",
    "l",
    "e",
    "c",
    "s",
    "ief",
    "layers",
    "pfd",
    "code",
    "loop",
    "uses",
    "tolerable",
    "modifiers",
    "value",
    "deaths",
    "serious_injuries",
    "direct_loss_yuan",
    "occurred_on",
    "changes",
    "on",
    "top",
    "gates",
    "events",
    "id",
    "p",
    "type",
    "inputs",
    "frequency",
    "tree",
    "outcome",
    "question",
    "p_yes",
    "yes",
    "no",
    "agents",
    "samples",
    "from",
    "nodes",
    "grade",
    "items",
    "item",
    "yuan",
    "matrix",
    "bands",
    "pauses",
    "to",
    "length",
    "unit",
    "direction",
    "processes",
    "gb18218",
    "convert",
    "detector",
    "current",
    "year",
    "peaks",
];
const TEXTS: [&str; 22] = [
    "2026-11-23",
    "2026-11-23T08:00:00+08:00",
    "7782-50-5",
    "液氯",
    "W5.1",
    "",
    "and",
    "or",
    "vote",
    "A",
    "pay_fine",
    "hearing_notice",
    "industry",
    "bpcs",
    "bpcs_loop",
    "toxic",
    "larger",
    "medical",
    "red",
    "days",
    "after",
    "99999999999999999999.5",
];

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-3..12_i32).prop_map(Value::from),
        prop::sample::select(TEXTS.to_vec()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        let object = prop::collection::vec((prop::sample::select(KEYS.to_vec()), inner.clone()), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            object.prop_map(|pairs| Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())),
        ]
    })
}

/// Inputs that are right, to be broken at one place.
fn right(method: &str) -> Value {
    match method {
        "accident" => {
            json!({ "deaths": 2, "serious_injuries": 0, "direct_loss_yuan": 5, "occurred_on": "2026-03-01", "road_or_fire": false, "changes": [{ "on": "2026-03-02", "deaths": 3, "serious_injuries": 0, "direct_loss_yuan": 5 }] })
        }
        "accident_fines" => {
            json!({ "occurred_on": "2026-03-01", "deaths": 3, "serious_injuries": 0, "direct_loss_yuan": "5.55", "especially_serious": true, "concealed": "hidden", "chief_acts": ["left_post"], "chief_income_yuan": 100, "manager_income_yuan": 50 })
        }
        "accident_investigation" => json!({ "occurred_on": "2026-03-01", "grade": "larger", "submitted_on": "2026-04-01" }),
        "accident_reports" => {
            json!({ "grade": "larger", "accident_occurred_at": "2026-03-01T08:00:00+08:00", "county_informed_at": "2026-03-01T09:00:00+08:00", "casualty_changed_at": "2026-03-02T08:00:00+08:00", "road_or_fire": false })
        }
        "accident_type" => json!({ "occurred_on": "2026-03-01", "type": "18", "chosen": "WSA10018" }),
        "bow_tie" => {
            json!({ "top": "T", "threats": [{ "name": "t", "frequency": 0.1, "barriers": [{ "id": "b", "pfd": 0.1 }] }], "consequences": [{ "name": "c", "probability": 0.5 }] })
        }
        "colours" => {
            json!({ "enterprises": [{ "name": "A", "source_levels": [1], "units": [{ "name": "U", "points": [{ "name": "P", "colour": "red" }] }] }] })
        }
        "deadline" => json!({ "code": "pay_fine", "from": "2026-11-23" }),
        "direct_loss" => {
            json!({ "occurred_on": "2026-07-01", "items": [{ "item": "medical", "yuan": 1.5 }, { "item": "rescue_labour", "yuan": 2, "paid_by": "government" }], "work_loss": { "lost_days": 1, "profit_yuan": 2, "employees": 3, "working_days": 250 } })
        }
        "enterprise_size" => json!({ "industry": "industry", "employees": 10, "revenue": 20 }),
        "event_tree" => {
            json!({ "frequency": 0.1, "tree": { "question": "q", "p_yes": 0.2, "yes": { "outcome": "a" }, "no": { "outcome": "b" } } })
        }
        "exposure" => {
            json!({ "shift_h": 12, "agents": [{ "cas": "71-43-2", "samples": [{ "c": 1, "t_h": 4 }] }], "noise": { "l_aeq": 80, "t_h": 8 }, "heat": { "wbgt": 25, "contact_pct": 50, "intensity": 2 } })
        }
        "fault_tree" => {
            json!({ "top": "T", "gates": [{ "id": "T", "type": "vote", "at_least": 2, "inputs": ["A", "B", "C"] }], "events": [{ "id": "A", "p": 0.1 }, { "id": "B", "p": 0.2 }, { "id": "C", "p": 0.3 }] })
        }
        "gas_alarm" => json!({ "detector": "toxic", "cas": "7782-50-5", "level1": 1, "level2": 2 }),
        "gb18218" => {
            json!({ "as_of": "2026-11-23", "population": 3, "chemicals": [{ "cas": "7782-50-5", "q_t": 12.5 }, { "name": "液化某气（LNG）", "categories": ["W2", "J3"], "q_t": 1 }] })
        }
        "hazop" => {
            json!({ "nodes": [{ "name": "N", "intent": "i", "parameters": ["level"], "rows": [{ "parameter": "level", "guide_word": "more", "causes": ["a"], "consequences": ["b"], "severity": 5, "likelihood_before": 3, "likelihood_after": 2, "recommendations": [{ "text": "x" }] }] }] })
        }
        "indicators" => {
            json!({ "current": { "deaths": 1, "gdp_yuan": 10 }, "base": { "deaths": 2 }, "years_elapsed": 1, "years_total": 5 })
        }
        "key_supervision" => {
            json!({ "as_of": "2026-11-23", "chemicals": [{ "cas": "7782-50-5" }], "processes": ["P03"], "gb18218": [{ "S": 2, "level": 3, "major_hazard_source": true, "status": "verified" }] })
        }
        "late_fee" => {
            json!({ "fine_yuan": "10.10", "due_on": "2026-11-01", "paid_on": "2026-11-20", "pauses": [{ "from": "2026-11-05", "to": "2026-11-06" }, { "from": "2026-11-06" }] })
        }
        "lec" => json!({ "l": 3, "e": 6, "c": 40 }),
        "lopa" => {
            json!({ "ief": 0.1, "modifiers": [{ "value": 0.5 }], "layers": [{ "pfd": 0.1, "loop": "L" }, { "code": "bpcs" }], "severity": 4 })
        }
        "ls" => json!({ "l": 3, "s": 4 }),
        "matrix" => json!({ "likelihood": 3, "severity": 4, "matrix": vec![vec!["red"; 5]; 5] }),
        "serious_risk" => json!({ "occurred_on": "2026-03-01", "people_at_risk": 12, "other": false }),
        "uscc" => json!({ "code": "91320411MAA1AA112Q" }),
        "working_days" => json!({ "from": "2026-11-27", "length": 3, "unit": "working_days", "direction": "after" }),
        other => panic!("`{other}` wants an input here"),
    }
}

/// Figures that an answer always has as numbers; `*` goes through a list. JSON has no NaN: it would arrive as null.
fn promised(method: &str) -> &'static [&'static str] {
    match method {
        "accident_fines" => &["fines/0/min_yuan", "fines/0/max_yuan"],
        "accident_investigation" => &["steps/*/length", "steps/*/extended_days"],
        "accident_reports" => &["reports/*/limit_minutes"],
        "bow_tie" => &["frequency", "threats/*/frequency", "consequences/*/frequency"],
        "deadline" => &["length"],
        "direct_loss" => &["direct_loss_yuan", "indirect_loss_yuan", "parts/*/yuan", "steps/*/yuan"],
        "event_tree" => &["frequency", "sequences/*/probability", "sequences/*/frequency"],
        "exposure" => &["reduction"],
        "fault_tree" => &["exact", "upper_bound", "rare_event", "importance/*/birnbaum", "importance/*/fussell_vesely"],
        "gb18218" => {
            &["S", "alpha", "steps/*/q", "steps/*/Q", "steps/*/beta", "steps/*/q_over_Q", "steps/*/beta_q_over_Q", "alpha_row/alpha"]
        }
        "late_fee" => &["late_fee_yuan", "total_yuan", "days_counted", "daily_yuan", "uncapped_yuan"],
        "lec" => &["D", "risk_level", "steps/*/value"],
        "lopa" => &["f", "gap", "required_pfd", "rrf", "ief", "tolerable"],
        "ls" => &["R", "L", "S"],
        "matrix" => &["score", "cells/*/score"],
        _ => &[],
    }
}

fn numbers_stand(method: &str, answer: &Value) {
    fn walk(value: &Value, path: &str, whole: &str) {
        let Some((first, rest)) = path.split_once('/').or((!path.is_empty()).then_some((path, ""))) else {
            return assert!(value.is_number(), "{whole} is {value}");
        };
        match (first, value) {
            ("*", Value::Array(items)) => items.iter().for_each(|item| walk(item, rest, whole)),
            (_, Value::Array(items)) => walk(&items[first.parse::<usize>().unwrap()], rest, whole),
            _ => walk(&value[first], rest, whole),
        }
    }
    promised(method).iter().for_each(|path| walk(answer, path, path));
    let status = answer["status"].as_str();
    assert!(
        status.is_some_and(|status| ["verified", "given", "single-source", "from-knowledge"].contains(&status)),
        "{method}: {status:?}"
    );
    // What an answer may leave out is a number where it stands.
    let optional = |value: &Value, names: &[&str]| names.iter().all(|name| value.get(*name).is_none_or(Value::is_number));
    assert!(method != "gas_alarm" || optional(answer, &["result", "level1_max", "level2_max"]), "{answer}");
    for agent in answer["agents"].as_array().into_iter().flatten() {
        assert!(optional(agent, &["c_twa", "c_shift", "twa_limit", "highest", "mac", "c_stel", "stel"]), "{agent}");
    }
    // A figure of an indicator is missing only where its denominator is zero, and says so.
    for row in answer["indicators"].as_array().into_iter().flatten() {
        assert_eq!(row["value"].is_null(), row["shown"] == "n/a", "{row}");
    }
    for step in answer["steps"].as_array().into_iter().flatten().filter(|_| method == "lopa") {
        let figure = ["f", "value"].into_iter().any(|name| step[name].is_number());
        assert!(figure, "{step}");
    }
}

/// Every place of an input.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, inner)| places(inner, format!("{at}/{key}"), found)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, inner)| places(inner, format!("{at}/{index}"), found)),
        _ => {}
    }
    found.push(at);
}

#[test]
fn every_method_answers_its_right_input() {
    for method in METHODS {
        let answer = run(method, right(method)).unwrap_or_else(|refusal| panic!("{method}: {refusal}"));
        numbers_stand(method, &answer);
    }
    for method in METHODS {
        let example = serde_json::from_str(anlan_methods::example(method).unwrap()).unwrap();
        let answer = run(method, example).unwrap_or_else(|refusal| panic!("{method}: {refusal}"));
        assert!(answer["status"].is_string(), "{method}: {answer}");
    }
    assert_eq!(anlan_methods::example("astrology"), None);
    let refusal = run("astrology", json!({})).unwrap_err();
    assert_eq!((refusal.code(), refusal.field()), ("unknown_code", "method"));
    assert!(refusal.to_string().contains("gb18218"));
}

#[test]
fn a_refusal_travels_as_the_interface_speaks_them() {
    let refusal = anlan_base::Refusal::from(run("lec", json!({ "l": 3, "e": 6 })).unwrap_err());
    assert_eq!((refusal.code.as_str(), refusal.field.as_deref()), ("required", Some("c")));
    assert_eq!(refusal.args["text"], "`c` is missing: the consequence of an accident");
}

#[test]
fn a_tree_beyond_reading_is_refused_and_a_wide_one_is_not() {
    let event = |at: usize| json!({ "id": format!("e{at}"), "p": 0.001 });
    let gate = |id: String, kind: &str, inputs: Vec<String>| json!({ "id": id, "type": kind, "inputs": inputs });
    let name = |at: usize| format!("e{at}");
    let wide = json!({ "top": "T", "events": (0..1_000).map(event).collect::<Vec<_>>(), "gates": [gate("T".into(), "or", (0..1_000).map(name).collect())] });
    assert_eq!(run("fault_tree", wide).unwrap()["cut_sets"].as_array().unwrap().len(), 1_000);
    let branches = (0..12).map(|at| gate(format!("G{at}"), "or", (3 * at..3 * at + 3).map(name).collect()));
    let top = gate("T".into(), "and", (0..12).map(|at| format!("G{at}")).collect());
    let deep = json!({ "top": "T", "events": (0..36).map(event).collect::<Vec<_>>(), "gates": branches.chain([top]).collect::<Vec<_>>() });
    assert_eq!(run("fault_tree", deep).unwrap_err().code(), "too_large");
}

proptest! {
    #[test]
    fn nonsense_is_refused_and_breaks_nothing(method in prop::sample::select(METHODS.to_vec()), input in anything()) {
        if let Ok(answer) = run(method, input) {
            numbers_stand(method, &answer);
        }
    }

    #[test]
    fn an_input_broken_at_one_place_breaks_nothing(method in prop::sample::select(METHODS.to_vec()), at in any::<prop::sample::Index>(), new in anything()) {
        let mut input = right(method);
        let mut found = Vec::new();
        places(&input, String::new(), &mut found);
        *input.pointer_mut(&found[at.index(found.len())]).unwrap() = new;
        if let Ok(answer) = run(method, input) {
            numbers_stand(method, &answer);
        }
    }

    #[test]
    fn fractions_obey_their_laws(a in -1_000_000_i64..1_000_000, b in 1_i64..1_000_000, c in -1_000_000_i64..1_000_000, d in 1_i64..1_000_000) {
        let (x, y) = (Exact::whole(a).over(Exact::whole(b)).unwrap(), Exact::whole(c).over(Exact::whole(d)).unwrap());
        prop_assert_eq!(x.plus(y), y.plus(x));
        prop_assert_eq!(x.times(y), y.times(x));
        prop_assert_eq!(x.plus(y).unwrap().minus(y), Some(x));
        prop_assert_eq!(x.cmp(&y), (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b))));
        prop_assert!((x.rounded() - a as f64 / b as f64).abs() <= 1e-15 * x.rounded().abs());
    }

    #[test]
    fn another_layer_never_raises_the_frequency(ief in 1e-6..10.0_f64, pfds in prop::collection::vec(1e-4..=1.0_f64, 0..6), last in 1e-4..=1.0_f64) {
        let layer = |pfd: f64| Layer { pfd, ..Layer::default() };
        let mut scenario = Scenario { ief, ief_is_bpcs: false, ief_loop: None, ief_uses: vec![], modifiers: vec![], layers: pfds.into_iter().map(layer).collect(), tolerable: 1e-5 };
        let before = lopa::analyse(&scenario);
        scenario.layers.push(layer(last));
        let after = lopa::analyse(&scenario);
        prop_assert!(after.f <= before.f);
        prop_assert!(after.required_pfd >= before.required_pfd);
    }

    #[test]
    fn a_trees_bound_lies_above_its_exact_value(ps in prop::collection::vec(0.0..=1.0_f64, 6), gates in prop::collection::vec((1..4_usize, prop::collection::vec(0..6_usize, 3)), 3)) {
        let events: BTreeMap<String, f64> = ps.iter().enumerate().map(|(at, p)| (format!("e{at}"), *p)).collect();
        let mut tree = FaultTree { top: "g2".into(), gates: BTreeMap::new(), events };
        for (at, (least, inputs)) in gates.into_iter().enumerate() {
            // Each gate also takes the gate before it.
            let mut inputs: Vec<String> = inputs.into_iter().map(|event| format!("e{event}")).collect();
            inputs.extend(at.checked_sub(1).map(|before| format!("g{before}")));
            tree.gates.insert(format!("g{at}"), Gate { at_least: least, inputs });
        }
        let found = analyse(&tree).unwrap();
        let by_hand = enumerate(&tree);
        prop_assert!((found.exact - by_hand).abs() < 1e-12, "exact {} by hand {by_hand}", found.exact);
        prop_assert!(found.upper_bound >= found.exact - 1e-12);
        prop_assert!(found.rare_event >= found.upper_bound - 1e-12);
        prop_assert!(found.importance.iter().all(|one| one.birnbaum >= -1e-12 && one.fussell_vesely <= 1.0 + 1e-12));
    }
}

/// The top event's probability by going through every combination of basic events.
fn enumerate(tree: &FaultTree) -> f64 {
    fn occurs(tree: &FaultTree, name: &str, state: &BTreeMap<&String, bool>) -> bool {
        match tree.gates.get(name) {
            Some(gate) => gate.inputs.iter().filter(|input| occurs(tree, input, state)).count() >= gate.at_least,
            None => state[&name.to_owned()],
        }
    }
    (0..1_u32 << tree.events.len())
        .map(|bits| {
            let state: BTreeMap<&String, bool> = tree.events.keys().enumerate().map(|(at, event)| (event, bits >> at & 1 == 1)).collect();
            let weight: f64 = tree.events.iter().map(|(event, p)| if state[event] { *p } else { 1.0 - p }).product();
            if occurs(tree, &tree.top, &state) { weight } else { 0.0 }
        })
        .sum()
}
