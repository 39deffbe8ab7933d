//! Every scenario file of every domain, played through the engine with the real kinds and rules.

use anlan_base::{Date, Name};
use anlan_records::scenario::{self, Stage};

#[test]
fn every_scenario_goes_as_written() {
    let kinds = anlan_domains::load(&[]).unwrap_or_else(|findings| {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!("\n{}\n", lines.join("\n"))
    });
    let (rules, calendar, cast) = (anlan_domains::rule_table(), anlan_domains::calendar(), scenario::usual_cast(&kinds));
    // A Monday without rest days in the weeks that follow.
    let start = Date::parse("2026-11-02").unwrap();
    let stage = Stage { kinds: &kinds, rules: &rules, cast: &cast, start, calendar: &calendar };
    let mut failures = Vec::new();
    for file in anlan_domains::sources().iter().filter(|file| file.path.ends_with(".scenario")) {
        let domain = Name::of(file.path.split('/').next().unwrap_or_default());
        let outcome = scenario::run(&stage, &domain, &file.path, &file.text);
        println!("{}: {} scenarios, {} failures", file.path, outcome.scenarios, outcome.failures.len());
        assert!(outcome.scenarios > 0, "{} holds no scenario", file.path);
        failures.extend(outcome.failures.iter().map(ToString::to_string));
    }
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}
