//! What each field takes and how it is stored.

use serde_json::{Value, json};

use super::{Desk, said};

/// Creates a sheet from each line's input; after `=` stands what is stored of it, after `!` what is refused.
fn check(lines: &str) {
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let at = line.find(" = ").or_else(|| line.find(" ! ")).unwrap_or_else(|| panic!("no outcome: {line}"));
        let (input, outcome) = (line[..at].trim(), line[at + 3..].trim());
        let input: Value = serde_json::from_str(&format!("{{{input}}}")).unwrap_or_else(|error| panic!("{line}: {error}"));
        let mut desk = Desk::new("sheet");
        let done = desk.does("clerk", "create", input.clone(), "");
        let found = match done {
            Ok(change) => {
                let stored: Vec<Value> =
                    input.as_object().unwrap().keys().map(|key| change.after.body.get(key).cloned().unwrap_or_default()).collect();
                stored.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
            }
            Err(refused) => said(&refused),
        };
        assert_eq!(found, outcome, "{line}");
    }
}

#[test]
fn texts() {
    check(
        r#"
        "name": "灭火器"                           = "灭火器"
        "name": "一二三四五六"                     = "一二三四五六"
        "name": "一"                               ! too_short at body.name
        "name": "一二三四五六七"                   ! too_long at body.name
        "name": 7                                  ! wrong_type at body.name
        "name": "  "                               = null
        "name": null                               = null
        "name": "a\u0000b"                         ! bad_form at body.name
        "story": "一行\n二行"                      = "一行\n二行"
        "phone": "13800138000"                     = "13800138000"
        "phone": "电话"                            ! bad_form at body.phone
        "card": "11010519491231002x"               = "11010519491231002X"
        "card": "110105194912310021"               ! bad_form at body.card
        "code": "9132 0411-mae5ee554q"             = "91320411MAE5EE554Q"
        "code": "91320411MAA1AA1120"               ! bad_form at body.code
        "#,
    );
}

#[test]
fn numbers() {
    check(
        r#"
        "count": 0                                 = 0
        "count": 10                                = 10
        "count": 3.0                               = 3
        "count": 11                                ! out_of_range at body.count
        "count": 3.5                               ! wrong_type at body.count
        "count": "3"                               ! wrong_type at body.count
        "share": 12.34                             = 12.34
        "share": -0.1                              = -0.1
        "share": 100                               = 100
        "share": 12.345                            ! bad_form at body.share
        "share": 0.1e-5                            ! bad_form at body.share
        "share": 100.01                            ! out_of_range at body.share
        "cost": 1234567890123                      = 1234567890123
        "cost": 0.5                                ! wrong_type at body.cost
        "cost": 9007199254740992                   ! out_of_range at body.cost
        "yes": false                               = false
        "yes": "true"                              ! wrong_type at body.yes
        "#,
    );
}

#[test]
fn times() {
    check(
        r#"
        "day": "2026-11-26"                        = "2026-11-26"
        "day": "2026-02-30"                        ! bad_form at body.day
        "day": "2019-12-31"                        ! out_of_range at body.day
        "day": 20261126                            ! wrong_type at body.day
        "time": "23:59"                            = "23:59"
        "time": "24:00"                            ! bad_form at body.time
        "time": "9:00"                             ! bad_form at body.time
        "time": "零九:00"                          ! bad_form at body.time
        "at": "2026-11-23T10:18:22.5+08:00"        = "2026-11-23T02:18:22.500Z"
        "at": "2026-11-23 10:18"                   ! bad_form at body.at
        "#,
    );
}

#[test]
fn codes_are_judged_on_their_day() {
    check(
        r#"
        "sector": "chemical"                       = "chemical"
        "sector": "mining"                         ! unknown_code at body.sector
        "marks": ["a", "c"]                        = ["a","c"]
        "marks": ["a", "b"]                        ! code_not_in_force at body.marks[1]
        "marks": ["a", "b"], "day": "2025-12-31"   = "2025-12-31" ["a","b"]
        "marks": ["a", "c"], "day": "2025-12-31"   ! code_not_in_force at body.marks[1]
        "marks": ["a", "a"]                        = ["a"]
        "marks": ["a", "c", "d", "c"]              = ["a","c","d"]
        "marks": "a"                               ! wrong_type at body.marks
        "marks": ["a", 7]                          ! wrong_type at body.marks[1]
        "marks": []                                = null
        "#,
    );
}

#[test]
fn references_exist() {
    check(
        r#"
        "other": "sheet-1"                         = "sheet-1"
        "other": "sheet-2"                         ! unknown_reference at body.other
        "other": "permit-1"                        ! wrong_kind at body.other
        "owner": "enterprise-1"                    = "enterprise-1"
        "owner": "sheet-1"                         ! wrong_kind at body.owner
        "people": ["worker", "boss"]               = ["worker","boss"]
        "people": ["worker", "ghost"]              ! unknown_reference at body.people[1]
        "people": ["worker", "worker"]             ! too_few at body.people
        "people": ["worker", "worker_b", "boss", "guard"] ! too_many at body.people
        "unit": "bureau"                           = "bureau"
        "unit": "worker"                           ! unknown_reference at body.unit
        "point": "XJ.T203"                         = "XJ.T203"
        "point": "XJ.T999"                         ! unknown_reference at body.point
        "photos": ["a.jpg", "b.png"]               = ["a.jpg","b.png"]
        "photos": ["a.jpg", "b.png", "c.jpg"]      ! too_many at body.photos
        "photos": ["d.pdf"]                        ! bad_form at body.photos[0]
        "papers": ["d.pdf"]                        = ["d.pdf"]
        "papers": ["a.jpg"]                        ! bad_form at body.papers[0]
        "papers": ["e.pdf"]                        ! unknown_reference at body.papers[0]
        "signature": "b.png"                       = "b.png"
        "signature": ["b.png"]                     ! wrong_type at body.signature
        "place": {"lon": 119.97, "lat": 31.81}     = {"lat":31.81,"lon":119.97}
        "place": {"lon": 190, "lat": 31}           ! out_of_range at body.place.lon
        "place": {"lon": 119}                      ! wrong_type at body.place.lat
        "place": {"lon": 1, "lat": 2, "alt": 3}    ! unknown_field at body.place.alt
        "#,
    );
}

#[test]
fn all_mistakes_are_said_at_once() {
    check(
        r#"
        "name": "一", "count": 11, "nothing": 1    ! out_of_range at body.count; too_short at body.name; unknown_field at body.nothing
        "sum": 3                                   ! read_only at body.sum
        "copies": 3                                ! read_only at body.copies
        "count": 5, "yes": true                    ! required at body.hidden
        "count": 5, "yes": false                   = 5 false
        "hidden": "x", "yes": true                 = "x" true
        "hidden": "x"                              ! not_visible at body.hidden
        "big": "x"                                 ! not_visible at body.big
        "#,
    );
}

#[test]
fn what_hangs_on_a_derived_field_is_checked_after_deriving() {
    let lines = json!([{ "what": "泵", "amount": 60, "why": "坏" }, { "what": "阀", "amount": 40 }]);
    let mut desk = Desk::new("sheet");
    let refused = desk.does("clerk", "create", json!({ "lines": lines }), "").unwrap_err();
    assert_eq!(said(&refused), "required at body.big");
    let change = desk.does("clerk", "create", json!({ "lines": lines, "big": "更换" }), "").unwrap();
    assert_eq!((&change.after.body["sum"], &change.after.body["big"]), (&json!(100), &json!("更换")));
}

#[test]
fn defaults_fill_what_the_form_left_open() {
    let mut desk = Desk::new("sheet");
    let change = desk.does("clerk", "create", json!({ "made_by": null }), "").unwrap();
    assert_eq!(Value::Object(change.after.body), json!({ "copies": 1, "found_on": "2026-11-23" }), "an explicit null stays empty");
    let change = desk.does("clerk", "create", json!({ "found_on": "2026-11-20" }), "").unwrap();
    assert_eq!(Value::Object(change.after.body), json!({ "copies": 1, "found_on": "2026-11-20", "made_by": "clerk" }));
}

#[test]
fn rows_get_ids_and_say_where_they_are_wrong() {
    let mut desk = Desk::new("sheet");
    let wrong = json!({ "lines": [{ "what": "泵" }, { "amount": "x", "colour": 1 }, 7, { "what": "阀", "amount": 50, "by": "ghost" }] });
    let refused = desk.does("clerk", "create", wrong, "").unwrap_err();
    assert_eq!(
        said(&refused),
        "unknown_field at body.lines[1].colour; wrong_type at body.lines[1].amount; required at body.lines[1].what; \
         wrong_type at body.lines[2]; unknown_reference at body.lines[3].by; required at body.lines[3].why"
    );

    desk.does("clerk", "create", json!({ "lines": [{ "what": "泵" }, { "what": "阀", "id": "mine" }] }), "").unwrap();
    let lines = desk.record().body["lines"].clone();
    assert_eq!(lines[0]["amount"], 1, "the column's default");
    let ids = [lines[0]["id"].as_str().unwrap(), lines[1]["id"].as_str().unwrap()];
    assert!(ids[0] != ids[1] && ids[1] != "mine", "the server gives the ids");

    // Editing gives the whole table: rows named by their id are changed, others added, missing ones removed.
    let table = json!([{ "id": ids[1], "what": "阀", "amount": 2 }, { "what": "管" }]);
    desk.does("clerk", "edit", json!({ "lines": table }), "").unwrap();
    let lines = desk.record().body["lines"].clone();
    assert_eq!((&lines[0]["id"], &lines[0]["amount"], &lines[1]["what"]), (&json!(ids[1]), &json!(2), &json!("管")));

    // A person's action adds one row, as an object or a list of one; the platform gives the whole table.
    desk.does("clerk", "add", json!({ "lines": { "what": "表" } }), "").unwrap();
    assert_eq!(desk.record().body["lines"].as_array().unwrap().len(), 3);
    for (who, rows, said_of) in [
        ("clerk", json!([{ "what": "a" }]), "too_many at body.lines"),
        ("clerk", json!([{ "what": "a" }, { "what": "b" }]), "too_many at body.lines"),
        ("clerk", json!([]), "needed at body.lines"),
        ("clerk", json!([{ "id": ids[1], "what": "改" }]), "read_only at body.lines[0]"),
        ("platform", json!({ "what": "a" }), "wrong_type at body.lines"),
    ] {
        assert_eq!(said(&desk.does(who, "add", json!({ "lines": rows }), "").unwrap_err()), said_of, "{who} {rows}");
    }
    desk.does("platform", "add", json!({ "lines": [{ "what": "a" }, { "what": "b" }] }), "").unwrap();
    assert_eq!(desk.record().body["sum"], 2);
}

#[test]
fn rows_that_may_only_be_appended_stay() {
    let mut desk = Desk::new("sheet");
    desk.does("clerk", "create", json!({ "log": [{ "what": "一" }] }), "").unwrap();
    let first = desk.record().body["log"][0].clone();
    for (rows, what) in [(json!([]), "all removed"), (json!(null), "cleared"), (json!([{ "what": "二" }]), "the first one missing")] {
        assert_eq!(said(&desk.does("clerk", "edit", json!({ "log": rows }), "").unwrap_err()), "append_only at body.log", "{what}");
    }
    let mut altered = first.clone();
    altered["what"] = json!("改");
    assert_eq!(said(&desk.does("clerk", "edit", json!({ "log": [altered] }), "").unwrap_err()), "append_only at body.log[0]");
    desk.does("clerk", "edit", json!({ "log": [first, { "what": "二" }] }), "").unwrap();
    assert_eq!(desk.record().body["log"].as_array().unwrap().len(), 2);
}

#[test]
fn a_record_keeps_what_it_has() {
    let mut desk = Desk::new("sheet");
    let first = json!({ "day": "2025-06-01", "marks": ["a", "b"], "once": "K1", "people": ["worker", "boss"], "phone": "12350" });
    desk.does("clerk", "create", first, "").unwrap();
    desk.known.users.clear();
    // The code ended and the person left: both may stay while something is added.
    let change =
        desk.does("clerk", "edit", json!({ "day": "2026-06-01", "marks": ["a", "b", "c"], "people": ["boss", "worker"] }), "").unwrap();
    assert_eq!(change.after.body["marks"], json!(["a", "b", "c"]));
    assert_eq!(change.changes.iter().map(|change| change.field.as_str()).collect::<Vec<_>>(), ["day", "marks", "people"]);
    assert_eq!(
        said(&desk.does("clerk", "edit", json!({ "once": "K2", "people": ["guard", "worker"] }), "").unwrap_err()),
        "fixed at body.once; unknown_reference at body.people[0]"
    );
    assert_eq!(said(&desk.does("clerk", "edit", json!({ "once": null }), "").unwrap_err()), "fixed at body.once");
    desk.does("clerk", "edit", json!({ "once": "K1" }), "").unwrap();

    let change = desk.does("clerk", "edit", json!({ "phone": null }), "").unwrap();
    assert!(!change.after.body.contains_key("phone"));
    assert_eq!((&change.changes[0].from, &change.changes[0].to), (&json!("•"), &Value::Null), "a personal value never shows");
}
