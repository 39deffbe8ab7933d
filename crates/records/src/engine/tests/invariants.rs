//! Whatever people and programs send, in whatever order: nothing panics, and a record's work stays in order.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Desk, actor};
use crate::engine;
use crate::record::{Change, Refused};

const WHO: [&str; 8] = ["worker", "worker_b", "boss", "boss_b", "guard", "inspector", "clock", "platform"];
const ACTIONS: [&str; 12] =
    ["edit", "issue", "refuse", "extend", "grant", "check", "finish", "accept", "accept_large", "expire", "nudge", "nothing"];
const FIELDS: [&str; 11] = ["work", "level", "guardian", "unit", "ends_on", "extensions", "photos", "papers", "late", "id", "谁"];

/// Sensible values often enough to get somewhere, nonsense otherwise.
fn value() -> impl Strategy<Value = Value> {
    let sensible = prop::sample::select(vec![
        json!("动火"),
        json!("small"),
        json!("large"),
        json!("guard"),
        json!("worker"),
        json!("bureau"),
        json!("2026-12-01"),
        json!(["a.jpg"]),
        json!(["d.pdf"]),
        json!([{ "until": "2026-12-05", "why": "下雨" }]),
        json!({ "until": "2026-12-05", "why": "下雨" }),
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from)
    ];
    let nonsense = leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(("(id|until|why|.)", inner), 0..3).prop_map(|pairs| pairs.into_iter().collect()),
        ]
    });
    prop_oneof![4 => sensible, 1 => nonsense]
}

fn body() -> impl Strategy<Value = Value> {
    prop::collection::vec((prop::sample::select(&FIELDS[..]), value()), 0..4).prop_map(|pairs| pairs.into_iter().collect())
}

/// What usually brings a record on, so that random walks reach every state.
fn helpful(action: &str) -> Value {
    match action {
        "issue" => json!({ "level": "large", "guardian": "guard", "unit": "bureau" }),
        "extend" => json!({ "extensions": { "until": "2026-12-05", "why": "下雨" } }),
        "grant" => json!({ "ends_on": "2026-12-05" }),
        "finish" => json!({ "photos": ["a.jpg"] }),
        _ => json!({}),
    }
}

fn orderly(desk: &Desk, change: &Change) {
    let record = desk.record();
    let state = &desk.kind.states[&record.state];
    match &change.before {
        Some(before) => assert_eq!(record.revision, before.revision + 1, "the revision rises by one"),
        None => assert_eq!(record.revision, 1),
    }
    let main: Vec<_> = desk.tasks.iter().filter(|task| !task.side).collect();
    assert!(main.len() <= 1, "one main task at most");
    assert_eq!(main.is_empty(), state.finals, "work as long as it is not over");
    assert!(!state.finals || desk.tasks.is_empty(), "nothing is left to do in a final state");
    assert!(main.iter().all(|task| task.name == record.state && task.due_at == record.due_at));
    let mut ids: Vec<_> = desk.tasks.iter().map(|task| &task.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), desk.tasks.len(), "every task once");
    let mut names: Vec<_> = desk.tasks.iter().filter(|task| task.side).map(|task| &task.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), desk.tasks.iter().filter(|task| task.side).count(), "a side task is open once");
    assert!(record.body.values().all(|value| !crate::condition::is_empty(value)), "no empty value is stored");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_walks_keep_a_record_in_order(
        first in body(),
        steps in prop::collection::vec((prop::sample::select(&WHO[..]), prop::sample::select(&ACTIONS[..]), prop::option::of(body()), 0_i64..40, ".{0,2}"), 1..30),
    ) {
        let mut desk = Desk::new("permit");
        if desk.does("worker", "create", first, "").is_err() {
            desk.does("worker", "create", json!({ "work": "动火" }), "").unwrap();
        }
        for (who, action, body, hours, comment) in steps {
            desk.now = desk.now.plus_s(hours * 3600);
            let before = desk.record().clone();
            let was_final = desk.kind.states[&before.state].finals;
            let body = body.unwrap_or_else(|| helpful(action));
            let offered = desk.with(&actor(who), |cx| {
                engine::offers(&desk.kind, &before, cx).iter().any(|offer| offer.action.id == *action && offer.refusal.is_none())
            });
            match desk.does(who, action, body, &comment) {
                Ok(change) => {
                    prop_assert!(!was_final, "a final state takes nothing");
                    prop_assert!(offered || action == "edit" || matches!(who, "clock" | "platform"), "{who} did {action}, which was no button");
                    orderly(&desk, &change);
                }
                Err(refused) => {
                    prop_assert_eq!(desk.record(), &before);
                    if offered {
                        prop_assert!(matches!(refused, Refused::Invalid(_) | Refused::Guard(_)), "an open button fails by its form alone");
                    }
                }
            }
        }
    }

    #[test]
    fn no_input_makes_the_engine_panic(input in prop::collection::vec((prop::sample::select(vec![
        "name", "phone", "card", "code", "count", "share", "cost", "yes", "day", "time", "at", "sector", "marks", "other", "people", "place",
        "photos", "signature", "lines", "log", "hidden", "once", "found_on", "big", "sum",
    ]), value()), 0..6)) {
        let mut desk = Desk::new("sheet");
        let input: Value = input.into_iter().collect();
        let created = desk.does("clerk", "create", input.clone(), "");
        if created.is_ok() {
            let again = desk.does("clerk", "edit", input, "");
            prop_assert!(again.is_ok() || matches!(again, Err(Refused::Invalid(_))));
        }
    }
}
