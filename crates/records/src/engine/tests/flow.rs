//! What following a procedure means: who may, what work opens and ends, when it is due.

use anlan_base::Instant;
use serde_json::{Value, json};

use super::{Desk, actor, said};
use crate::engine;
use crate::record::{Task, TaskOwner};

/// A permit in `issued`, guarded by `guard`, checked by the bureau.
fn issued(level: &str) -> Desk {
    let mut desk = Desk::new("permit");
    desk.does("worker", "create", json!({ "work": "动火", "level": level }), "").unwrap();
    desk.at(0, "10:00").does("boss", "issue", json!({ "guardian": "guard", "unit": "bureau", "ends_on": "2026-11-27" }), "").unwrap();
    desk
}

fn refusal(desk: &mut Desk, who: &str, action: &str, body: Value) -> String {
    desk.does(who, action, body, "").map_or_else(|refused| said(&refused), |change| format!("done: {}", change.after.state))
}

/// Owners of a task in one line.
fn owners(task: &Task) -> String {
    let text = |owner: &TaskOwner| match owner {
        TaskOwner::Role(role) => role.to_string(),
        TaskOwner::User(user) => format!("user {user}"),
        TaskOwner::Unit(unit) => format!("unit {unit}"),
    };
    task.owners.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// Open work, one line a task: name, owners, last moment on the district's wall.
fn work(desk: &Desk) -> Vec<String> {
    let due = |due: Option<Instant>| due.map_or("never".to_owned(), |due| due.plus_ms(-1).local_text()[..16].to_owned());
    desk.tasks.iter().map(|task| format!("{}: {} until {}", task.name, owners(task), due(task.due_at))).collect()
}

#[test]
fn a_permit_from_request_to_acceptance() {
    let mut desk = Desk::new("permit");
    let change = desk.does("worker", "create", json!({ "work": "动火\n作业", "level": "small" }), "").unwrap();
    assert_eq!((change.after.revision, change.after.title.as_str(), change.number_wanted), (1, "动火 作业", false));
    // Wednesday the 25th is a rest day here, so the second working day after Monday is Thursday.
    assert_eq!(work(&desk), ["asked: boss until 2026-11-26 23:59"]);

    let change = desk.at(0, "10:00").does("boss", "issue", json!({ "guardian": "guard", "unit": "bureau" }), " ").unwrap();
    assert!(change.number_wanted && change.comment.is_none());
    assert_eq!(change.closed.len(), 1);
    // A month after issuing is Wednesday the 23rd of December.
    assert_eq!(work(&desk), ["issued: user guard, unit bureau until 2026-12-23 23:59", "check: unit bureau, boss until 2026-11-30 23:59"]);

    // The end that people set comes before the proposal; the 29th is a Sunday, so it ends on Monday.
    desk.does("guard", "extend", json!({ "extensions": { "until": "2026-11-29", "why": "下雨" } }), "").unwrap();
    assert_eq!(work(&desk)[2], "extension: boss until 2026-11-23 11:29");
    let change = desk.does("boss", "grant", json!({ "ends_on": "2026-11-29" }), "").unwrap();
    assert_eq!((change.opened.len(), change.closed.len(), change.moved.len()), (0, 1, 1));
    assert_eq!(work(&desk)[1], "issued: user guard, unit bureau until 2026-11-30 23:59");
    assert_eq!(desk.record().due_at, change.moved[0].due_at);

    // A weekly check done early asks again a week after its own end, not after today.
    desk.at(3, "09:00").does("inspector", "check", json!({}), "").unwrap();
    assert!(work(&desk).contains(&"check: unit bureau, boss until 2026-12-07 23:59".to_owned()), "{:?}", work(&desk));

    let change = desk.at(8, "09:00").does("guard", "finish", json!({ "photos": ["a.jpg"] }), "").unwrap();
    assert_eq!(work(&desk), ["finished: user boss until 2026-12-02 20:59"], "36 hours exactly; checks end with the work");
    assert_eq!((&change.after.body["late"], change.after.revision), (&json!(true), 6));
    assert_eq!(change.attachments.len(), 1);
    assert_eq!(change.links.iter().map(|link| link.field.as_str()).collect::<Vec<_>>(), ["guardian", "unit"]);

    let change = desk.does("boss", "accept", json!({}), "").unwrap();
    assert_eq!((desk.tasks.len(), change.after.due_at), (0, None));
    assert_eq!(refusal(&mut desk, "boss", "accept", json!({})), "wrong_state");
}

#[test]
fn each_refusal_has_its_code() {
    let mut desk = Desk::new("permit");
    assert_eq!(refusal(&mut desk, "guard", "create", json!({ "work": "x" })), "not_allowed");
    assert_eq!(
        refusal(&mut desk, "worker", "create", json!({ "ends_on": "2026-11-27" })),
        "read_only at body.ends_on; required at body.work"
    );
    assert_eq!(refusal(&mut desk, "boss_b", "create", json!({ "work": "动火", "level": "small" })), "done: asked");
    let issue = json!({ "guardian": "guard" });
    assert_eq!(refusal(&mut desk, "worker", "issue", issue.clone()), "not_allowed");
    assert_eq!(refusal(&mut desk, "boss_b", "issue", issue.clone()), "own_work", "whoever asked may not issue");
    assert_eq!(refusal(&mut desk, "boss", "issue", json!({})), "needed at body.guardian");
    assert_eq!(
        refusal(&mut desk, "boss", "issue", json!({ "guardian": "guard", "ends_on": "2027-07-01" })),
        "too_long_a_time at body.ends_on"
    );
    assert_eq!(refusal(&mut desk, "boss", "refuse", json!({})), "reason_needed at comment");
    assert_eq!(refusal(&mut desk, "boss", "finish", json!({})), "wrong_state");
    assert_eq!(refusal(&mut desk, "boss", "nothing", json!({})), "wrong_state");
    assert_eq!(refusal(&mut desk, "boss", "expire", json!({})), "not_allowed", "only the clock");
    assert_eq!(refusal(&mut desk, "boss", "issue", issue), "done: issued");

    assert_eq!(refusal(&mut desk, "boss", "grant", json!({ "ends_on": "2026-12-01" })), "no_open_task");
    assert_eq!(refusal(&mut desk, "boss", "edit", json!({ "level": "large" })), "wrong_state", "nothing may be edited here");
    assert_eq!(refusal(&mut desk, "inspector", "check", json!({})), "not_allowed", "no unit is named");
    assert_eq!(refusal(&mut desk, "worker", "finish", json!({})), "needed at body.photos");
    assert_eq!(refusal(&mut desk, "worker", "finish", json!({ "papers": ["d.pdf"] })), "done: finished");
    assert_eq!(refusal(&mut desk, "worker", "accept", json!({})), "own_work");
    assert_eq!(refusal(&mut desk, "inspector", "accept_large", json!({})), "wrong_state", "its condition does not hold");
}

#[test]
fn editing_is_open_where_the_state_says_so() {
    let mut desk = Desk::new("permit");
    desk.does("worker", "create", json!({ "work": "动火", "level": "small" }), "").unwrap();
    assert_eq!(refusal(&mut desk, "worker_b", "edit", json!({ "level": "large" })), "not_allowed");
    assert_eq!(refusal(&mut desk, "worker", "edit", json!({ "work": "高处" })), "read_only at body.work", "only what `asks` has");
    let change = desk.does("worker", "edit", json!({ "level": "large" }), "写错了").unwrap();
    assert_eq!((change.after.revision, change.action.as_str(), change.comment.as_deref()), (2, "edit", Some("写错了")));
    // A large permit may take a working day longer: the open task moves with the code.
    assert_eq!((change.opened.len(), change.closed.len()), (0, 0));
    assert_eq!(work(&desk), ["asked: boss until 2026-11-27 23:59"]);

    let fields = |who: &str| desk.with(&actor(who), |cx| engine::may_edit(&desk.kind, desk.record(), cx));
    assert_eq!(fields("worker"), ["level", "guardian", "photos"]);
    assert!(fields("boss").is_empty());
}

#[test]
fn buttons_carry_their_reason() {
    let offers = |desk: &Desk, who: &str| -> Vec<String> {
        let offers = desk.with(&actor(who), |cx| engine::offers(&desk.kind, desk.record(), cx));
        let text = |refusal: &Option<anlan_base::Refusal>| refusal.as_ref().map_or("allowed".to_owned(), |refusal| refusal.code.clone());
        offers.iter().map(|offer| format!("{} {}", offer.action.id, text(&offer.refusal))).collect()
    };
    let mut desk = issued("small");
    assert_eq!(
        offers(&desk, "boss"),
        ["refuse allowed", "extend not_allowed", "grant no_open_task", "check allowed", "finish not_allowed"]
    );
    desk.does("worker", "finish", json!({ "photos": ["a.jpg"] }), "").unwrap();
    assert_eq!(offers(&desk, "worker"), ["accept own_work"], "an action whose condition fails is no button");

    // A guard about a field of the action's own form leaves the button open; any other guard closes it.
    let mut desk = Desk::new("permit");
    desk.does("worker", "create", json!({ "work": "动火" }), "").unwrap();
    for (field, wanted) in [("body.ends_on", "allowed"), ("body.work", "never")] {
        let guard = move |_: &crate::record::Record, _: &crate::record::Facts| Err(anlan_base::Refusal::at("never", field));
        desk.rules.guards.insert("works/not_too_long".to_owned(), std::sync::Arc::new(guard));
        assert_eq!(offers(&desk, "boss")[0], format!("issue {wanted}"));
    }
}

#[test]
fn an_effect_wants_the_next_record() {
    let mut desk = issued("large");
    assert_eq!(work(&desk)[0], "issued: user guard, boss, unit bureau until 2026-11-27 23:59");
    desk.does("guard", "finish", json!({ "photos": ["a.jpg"] }), "").unwrap();
    let change = desk.does("inspector", "accept_large", json!({}), "").unwrap();
    assert_eq!(change.follows.len(), 1);
}

#[test]
fn the_clock_acts_when_a_deadline_has_passed() {
    let due = |desk: &Desk| engine::clock_action(&desk.kind, desk.record(), desk.now, &desk.earlier, &desk.calendar);
    let mut desk = Desk::new("permit");
    desk.does("worker", "create", json!({ "work": "动火", "level": "small" }), "").unwrap();
    assert_eq!(due(desk.at(3, "23:59")), None);
    assert!(!engine::overdue(desk.record(), &desk.kind, desk.now));
    assert_eq!(due(desk.at(4, "00:00")).unwrap(), "expire");
    assert!(engine::overdue(desk.record(), &desk.kind, desk.now));
    desk.does("clock", "expire", json!({}), "").unwrap();
    assert!(due(&desk).is_none() && !engine::overdue(desk.record(), &desk.kind, desk.now), "a final state is never overdue");

    // An action that leaves the state happens once.
    let mut desk = issued("small");
    assert_eq!(due(desk.at(11, "00:00")).unwrap(), "nudge");
    desk.does("clock", "nudge", json!({}), "").unwrap();
    assert_eq!(due(desk.at(20, "00:00")), None);
}

#[test]
fn a_task_follows_the_person_in_the_field() {
    let mut desk = issued("small");
    let assigned = |desk: &Desk| engine::assigned(&desk.kind, desk.record(), &desk.tasks);
    assert_eq!(assigned(&desk), ["guard".into()].into());
    desk.does("boss", "refuse", json!({}), "换人").unwrap();
    assert_eq!(work(&desk).len(), 1, "the weekly check ends outside its states");
    desk.does("worker", "edit", json!({ "guardian": "worker_b" }), "").unwrap();
    desk.at(1, "09:00").does("boss", "issue", json!({}), "").unwrap();
    assert_eq!(owners(&desk.tasks[0]), "user worker_b, unit bureau");
    assert_eq!(assigned(&desk), ["worker_b".into()].into());
    assert_eq!(refusal(&mut desk, "guard", "finish", json!({ "photos": ["a.jpg"] })), "not_allowed");
}

#[test]
fn a_side_task_without_states_ends_where_nobody_can_settle_it() {
    let mut desk = issued("small");
    desk.does("guard", "extend", json!({ "extensions": [{ "until": "2026-12-01", "why": "下雨" }] }), "").unwrap();
    let change = desk.does("guard", "extend", json!({ "extensions": [{ "until": "2026-12-02", "why": "刮风" }] }), "").unwrap();
    assert!(change.opened.is_empty(), "one extension at a time");
    assert_eq!(change.after.body["extensions"].as_array().unwrap().len(), 2);
    assert_eq!(refusal(&mut desk, "guard", "extend", json!({})), "needed at body.extensions", "each request is a new row");
    desk.does("guard", "finish", json!({ "photos": ["a.jpg"] }), "").unwrap();
    assert_eq!(work(&desk).len(), 1);
}

#[test]
fn references_are_collected_for_looking_up() {
    let desk = Desk::new("sheet");
    let body = json!({
        "other": "sheet-1", "owner": "enterprise-1", "people": ["worker", "boss"], "unit": "bureau", "point": "XJ.T203",
        "photos": ["a.jpg"], "signature": "b.png", "lines": [{ "by": "guard" }, 7], "log": { "by": "worker_b" }, "name": "x", "nothing": "y"
    });
    let found = engine::references(&desk.kind, body.as_object().unwrap());
    assert_eq!(found.records, ["sheet-1".into(), "enterprise-1".into()].into());
    assert_eq!(found.users, ["worker", "boss", "guard", "worker_b"].map(Into::into).into());
    assert_eq!((found.organisations, found.points), (["bureau".into()].into(), ["XJ.T203".to_owned()].into()));
    assert_eq!(found.attachments, ["a.jpg".into(), "b.png".into()].into());
}

#[test]
fn the_sector_and_title_come_from_their_fields() {
    let mut desk = Desk::new("sheet");
    let change = desk.does("clerk", "create", json!({ "sector": "metal" }), "").unwrap();
    assert_eq!((change.after.sector.as_deref(), change.after.title.as_str()), (Some("metal"), "样表"));
    let change = desk.does("clerk", "edit", json!({ "name": "泵房", "sector": null }), "").unwrap();
    assert_eq!((change.after.sector.as_deref(), change.after.title.as_str()), (Some("metal"), "泵房"));
}
