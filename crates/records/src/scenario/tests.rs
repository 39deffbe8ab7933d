//! Scenarios play, and a failed one says where, what was expected and what was found.

use std::collections::BTreeSet;

use anlan_base::{Calendar, Date, Name, WorkingDay};

use super::{Cast, Outcome, Stage, run, usual_cast};
use crate::engine::tests;
use crate::fixture;
use crate::load::load;

fn permits(text: &str) -> Outcome {
    let kinds = tests::kinds();
    let person = |name: &str, role: &str| (name.to_owned(), BTreeSet::from([Name::of(role)]));
    let people = ["worker", "boss", "guard", "inspector"].map(|role| [person(role, role), person(&format!("{role}_b"), role)]);
    let cast: Cast = people.into_iter().flatten().collect();
    let day = |text| Date::parse(text).unwrap();
    let mut calendar = Calendar::default();
    calendar.add_year(2026, [(day("2026-12-26"), WorkingDay::Works)]);
    let stage = Stage { kinds: &kinds, rules: &tests::rules(), cast: &cast, start: day("2026-11-23"), calendar: &calendar };
    run(&stage, &Name::of("works"), "works/scenarios/permit.scenario", text)
}

fn failures(outcome: &Outcome) -> String {
    outcome.failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_small_loop_plays() {
    let outcome = permits(include_str!("../../fixtures/engine/permit.scenario"));
    assert_eq!((outcome.scenarios, failures(&outcome).as_str()), (4, ""));
}

#[test]
fn the_vocabularys_example_plays() {
    let rules = fixture::rules();
    let kinds = load(&fixture::files(), &[], &rules).unwrap();
    let cast = usual_cast(&kinds);
    let (start, calendar) = (Date::parse("2026-11-23").unwrap(), Calendar::default());
    let stage = Stage { kinds: &kinds, rules: &rules, cast: &cast, start, calendar: &calendar };
    let text = include_str!("../../fixtures/engine/hidden_danger.scenario");
    let outcome = run(&stage, &Name::of("hidden_danger"), "hidden_danger/scenarios/major.scenario", text);
    assert_eq!((outcome.scenarios, failures(&outcome).as_str()), (2, ""));
}

/// Plays one scenario of these lines; what it fails with, without the file's name.
fn fails_with(lines: &str) -> String {
    failures(&permits(lines)).replace("works/scenarios/permit.scenario:", "")
}

#[test]
fn a_failure_says_where_what_was_expected_and_what_was_found() {
    let first = "a title\nday 0 09:00  worker  create  work=\"动火\" level=small";
    for (lines, wanted) in [
        (" -> issued", "2\n  expected  issued    (a title)\n  found     asked, task boss until day 2, due day 2"),
        (" -> asked, due day 3", "2\n  expected  asked, due day 3    (a title)\n  found     asked, task boss until day 2, due day 2"),
        (" -> asked, task worker", "2\n  expected  asked, task worker    (a title)\n  found     asked, task boss until day 2, due day 2"),
        (" -> level=large", "2\n  expected  level=large    (a title)\n  found     level=small"),
        (" refused needed", "2\n  expected  refused needed    (a title)\n  found     asked, task boss until day 2, due day 2"),
        (" count=1 -> asked", "2\n  expected  asked    (a title)\n  found     refused unknown_field at body.count"),
        (
            " -> asked\nday 0 10:00 boss isue -> issued",
            "3\n  expected  day 0 10:00 boss isue -> issued    (a title)\n  found     `permit` has no action `isue`; it has: \
             issue refuse extend grant check finish accept accept_large expire nudge",
        ),
        (
            " -> asked\nday 0 10:00 nobody issue -> issued",
            "3\n  expected  day 0 10:00 nobody issue -> issued    (a title)\n  found     `nobody` is not in the cast: \
             boss boss_b guard guard_b inspector inspector_b worker worker_b",
        ),
        ("\nday 0 08:00 boss issue -> issued", "3\n  expected  steps in the order of time\n  found     day 0 08:00 boss issue -> issued"),
        (
            "\nboss issue -> issued",
            "3\n  expected  day N HH:MM  person  action  key=value …  -> state, …  or  refused CODE\n  found     boss issue -> issued",
        ),
    ] {
        assert_eq!(fails_with(&format!("{first}{lines}")), wanted);
    }
    assert_eq!(
        fails_with("day 0 09:00 worker create work=x -> asked"),
        "1\n  expected  the title of a scenario before its first step\n  found     day 0 09:00 worker create work=x -> asked"
    );
}

#[test]
fn a_failed_scenario_does_not_stop_the_next() {
    let outcome = permits("one\nday 0 09:00 worker create work=x -> closed\n\ntwo\nday 0 09:00 worker create work=x -> asked\n");
    assert_eq!((outcome.scenarios, outcome.failures.len()), (2, 1));
}

#[test]
fn every_role_has_its_people() {
    let kinds = load(&fixture::files(), &[], &fixture::rules()).unwrap();
    let cast = usual_cast(&kinds);
    for (person, role) in [
        ("worker", "enterprise_worker"),
        ("safety_b", "enterprise_safety"),
        ("principal", "enterprise_principal"),
        ("inspector_a", "inspector"),
        ("head", "bureau_head"),
        ("town", "town_officer"),
        ("committee", "committee_office"),
        ("duty_officer_c", "duty_officer"),
    ] {
        assert_eq!(cast[person], BTreeSet::from([Name::of(role)]), "{person}");
    }
}
