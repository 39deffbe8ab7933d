//! The work of the simulated people, held against the kind's own file: every step must be an action that its actor may do then.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Date;
use anlan_sim::{At, Operators, Pace, Person, Story, WarningSeen, answer_alarm, answer_warning, history, resolve, stories};
use serde_json::{Map, Value};

use crate::{district, now};

const DOMAIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../domains/hidden_danger");

struct Kind {
    file: toml::Table,
}

impl Kind {
    fn read() -> Self {
        let text = std::fs::read_to_string(format!("{DOMAIN}/hidden_danger.kind.toml")).expect("the kind's file");
        Self { file: text.parse().expect("TOML") }
    }
    fn action(&self, name: &str) -> &toml::Table {
        let table = if name == "create" { &self.file["create"] } else { &self.file["actions"][name] };
        table.as_table().unwrap()
    }
}

fn codes(file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(format!("{DOMAIN}/codes/{file}.csv")).expect("a code list");
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn words(value: Option<&toml::Value>) -> Vec<&str> {
    value.and_then(|list| list.as_array()).into_iter().flatten().filter_map(|word| word.as_str()).collect()
}

/// The condition of one alternative: each field has one of its values.
fn holds(when: Option<&toml::Value>, body: &Map<String, Value>) -> bool {
    let one = |table: &toml::Table| {
        table.iter().all(|(field, want)| {
            let have = body.get(field).and_then(Value::as_str);
            match want {
                toml::Value::String(word) => have == Some(word),
                toml::Value::Array(list) => list.iter().any(|word| word.as_str() == have),
                toml::Value::Table(test) => have.is_some() == test["set"].as_bool().unwrap(),
                _ => false,
            }
        })
    };
    match when {
        None => true,
        Some(toml::Value::Table(table)) => one(table),
        Some(toml::Value::Array(any)) => any.iter().any(|table| one(table.as_table().unwrap())),
        Some(_) => false,
    }
}

fn may(who: &str, person: &Person, body: &Map<String, Value>) -> bool {
    match who.split_once(':') {
        Some(("person", field)) => body.get(field).and_then(Value::as_str) == Some(&format!("@user:{}", person.username)),
        Some(("unit", field)) => {
            let unit = body.get(field).and_then(Value::as_str).and_then(|word| word.strip_prefix("@organisation:"));
            unit.is_some_and(|unit| person.units.iter().any(|own| own == unit)) && ["inspector", "bureau_head"].contains(&person.role)
        }
        _ => person.role == who,
    }
}

fn check(kind: &Kind, story: &Story) -> String {
    let (mut state, mut body) = (String::new(), Map::new());
    let enterprise = district().enterprise(&story.enterprise).expect("an enterprise of the district");
    for (at, step) in story.steps.iter().enumerate() {
        let told = || format!("{} of story {} in state `{state}`: {step:?}", step.action, story.id);
        assert!(at == 0 || step.at > story.steps[at - 1].at, "time goes on: {}", told());
        assert_eq!(step.action == "create", at == 0);
        let action = kind.action(step.action);
        assert!(at == 0 || words(action.get("from")).contains(&state.as_str()), "{}", told());
        let person = district().person(&step.actor).unwrap_or_else(|| panic!("{}", told()));
        let covers = match &person.at {
            At::Enterprise(code) => *code == story.enterprise,
            At::Region(code) => *code == "320411" || *code == enterprise.region,
            At::Platform => false,
        };
        assert!(covers, "{}", told());
        assert!(holds(action.get("when"), &body), "{}", told());
        let by = action["by"].as_array().unwrap().iter().any(|by| match by {
            toml::Value::String(who) => may(who, person, &body),
            toml::Value::Table(by) => may(by["who"].as_str().unwrap(), person, &body) && holds(by.get("when"), &body),
            _ => false,
        });
        assert!(by, "{}", told());
        body.extend(step.body.clone());
        for need in action.get("needs").and_then(|needs| needs.as_array()).into_iter().flatten() {
            let given = match need {
                toml::Value::Array(any) => any.iter().any(|field| body.contains_key(field.as_str().unwrap())),
                field => body.contains_key(field.as_str().unwrap()),
            };
            assert!(given, "{need} for {}", told());
        }
        assert_eq!(action.get("reason").is_some(), step.comment.is_some(), "{}", told());
        if let Some(to) = action.get("to") {
            state = to.as_str().unwrap().to_owned();
        }
    }
    let field_names: BTreeSet<_> = kind.file["fields"].as_table().unwrap().keys().collect();
    assert!(body.keys().all(|name| field_names.contains(name)), "{body:?}");
    assert!((10..=500).contains(&body["summary"].as_str().unwrap().chars().count()));
    state
}

#[test]
fn every_step_is_one_that_the_kind_allows() {
    let kind = Kind::read();
    let categories: BTreeSet<_> = codes("category").into_iter().map(|row| row["code"].clone()).collect();
    let criteria: BTreeMap<_, _> = codes("major_criteria").into_iter().map(|row| (row["code"].clone(), row)).collect();
    let mut all = history(district(), now(), 60);
    all.extend(stories(district(), Pace::Minutes, now(), now().plus_s(24 * 3600)));
    for story in &all {
        check(&kind, story);
        for step in &story.steps {
            if let Some(category) = step.body.get("category") {
                assert!(categories.contains(category.as_str().unwrap()), "{category}");
            }
            for code in step.body.get("criteria").and_then(Value::as_array).into_iter().flatten() {
                let row = &criteria[code.as_str().unwrap()];
                let found = story.begins().date().to_string();
                assert!(row["effective_from"] <= found && (row["effective_to"].is_empty() || found < row["effective_to"]), "{row:?}");
            }
            if step.action == "plan" {
                let by = Date::parse(step.body["rectify_by"].as_str().unwrap()).unwrap();
                assert!(by >= step.at.date() && by <= step.at.date().plus_days(29), "within the longest period");
            }
            if step.action == "request_extension" {
                let until = step.body["extensions"][0]["until"].as_str().unwrap();
                assert!(until > story.steps.iter().find(|s| s.action == "plan").unwrap().body["rectify_by"].as_str().unwrap());
            }
        }
    }
}

#[test]
fn sixty_days_leave_a_plausible_desk() {
    let all = history(district(), now(), 60);
    assert!((1100..1500).contains(&all.len()), "{}", all.len());
    assert_eq!(all.iter().filter(|story| story.major).count(), 4);
    let (mut open, mut overdue, mut open_major) = (0, 0, 0);
    for story in &all {
        let done: Vec<_> = story.steps.iter().filter(|step| step.at <= now()).collect();
        let last = done.last().unwrap().action;
        if ["close_own", "pass_review", "dismiss"].contains(&last) {
            continue;
        }
        open += 1;
        open_major += i32::from(story.major);
        let accepted = done.iter().any(|step| step.action == "self_accept");
        let by =
            done.iter().rev().find_map(|step| step.body.get("rectify_by")).and_then(Value::as_str).map(|day| Date::parse(day).unwrap());
        overdue += i32::from(!accepted && by.is_some_and(|by| by < now().date()));
    }
    assert!((90..190).contains(&open), "{open} open");
    assert!((3..=16).contains(&overdue), "{overdue} overdue");
    assert_eq!(open_major, 3);
    assert_eq!(all, history(district(), now(), 60), "the same for the same seed");
}

#[test]
fn operators_do_each_step_once_in_its_time() {
    let mut operators = Operators::new(district().clone(), history(district(), now(), 60), now());
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    let (mut created, mut closed) = (BTreeSet::new(), 0);
    for minute in 1..=180 {
        let at = now().plus_s(minute * 60);
        for intent in operators.due(at) {
            assert!(intent.step.at > now() && intent.step.at <= at);
            *seen.entry(intent.story).or_insert(0) += 1;
            if intent.step.action == "create" {
                assert!(created.insert(intent.story), "created once");
            } else if seen[&intent.story] > 1 || !created.contains(&intent.story) {
                closed += i32::from(matches!(intent.step.action, "close_own" | "pass_review"));
            }
        }
    }
    assert!((30..=60).contains(&created.len()), "{} found in three hours", created.len());
    assert!(closed > 15, "{closed} closed in three hours");
    let abandoned = *created.last().unwrap();
    operators.abandon(abandoned);
    assert!(operators.due(now().plus_s(6 * 3600)).iter().all(|intent| intent.story != abandoned));
}

#[test]
fn alarms_and_warnings_are_answered_but_not_those_of_the_leak() {
    let district = district();
    let answer = answer_alarm(district, "WA01.T101.TI-0101", now()).unwrap();
    assert!(answer.at > now() && answer.by == "enterprise2");
    assert_eq!(answer_alarm(district, "CW01.T203.GD-0203", now()), None);
    assert_eq!(answer_alarm(district, "nowhere", now()), None);
    let mut warning =
        WarningSeen { id: "w1", enterprise: "WA01", unit: "WA01-U1", state: "issued", state_since: now(), peak: "yellow", cleared: true };
    let mut path = Vec::new();
    for state in ["issued", "received", "verifying", "handling", "feedback", "confirmed_cleared", "closed"] {
        warning.state = state;
        path.push(answer_warning(district, &warning).map(|step| (step.by, step.action)));
    }
    let by = |who: &str, action| Some((who.to_owned(), action));
    let safety = "enterprise2";
    let expected = [
        by(safety, "receive"),
        by(safety, "verify"),
        by(safety, "handle"),
        by(safety, "feed_back"),
        by("town", "confirm"),
        by(safety, "close"),
        None,
    ];
    assert_eq!(path, expected);
    warning.unit = "CW01-U2";
    warning.state = "issued";
    assert_eq!(answer_warning(district, &warning), None);
}

#[test]
fn references_are_replaced_everywhere() {
    let Value::Object(body) = serde_json::json!({ "a": "@user:x", "b": ["@paper", 3], "c": { "d": "plain" } }) else { unreachable!() };
    let resolved = resolve(&body, &mut |word| format!("<{word}>"));
    assert_eq!(Value::Object(resolved), serde_json::json!({ "a": "<user:x>", "b": ["<paper>", 3], "c": { "d": "plain" } }));
}
