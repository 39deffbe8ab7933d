//! What a district may set otherwise without compiling: figures and words, and what is refused.

use anlan_base::{Date, Name};
use anlan_domains::warning::scheme::Scheme;
use anlan_records::load::SourceFile;

fn overlay(path: &str, text: &str) -> Vec<SourceFile> {
    vec![SourceFile { path: path.to_owned(), text: text.to_owned() }]
}

#[test]
fn the_delay_of_a_warning_is_a_setting() {
    let kinds = anlan_domains::load(&overlay("warning/settings.toml", "[severe_held]\nafter_s = 5\n")).expect("a figure may change");
    assert_eq!(Scheme::read(&kinds).expect("the scheme is whole").severe_held.after_s, 5);
}

#[test]
fn a_colour_that_is_none_is_refused_with_its_rule() {
    let findings =
        anlan_domains::load(&overlay("warning/settings.toml", "[severe_held]\ncolour = \"purple\"\n")).expect_err("purple is no colour");
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|line| line.starts_with("warning/settings.toml:") && line.contains("severe_held")), "{said:?}");
}

#[test]
fn a_code_of_an_overlay_is_in_the_list() {
    let rows = "code,zh,en,parent,mark,effective_from,effective_to,source,status\nlithium,锂电池,Lithium batteries,site,,2026-11-01,,,\n";
    let kinds = anlan_domains::load(&overlay("hidden_danger/codes/category.csv", rows)).expect("a row may be added");
    let kind = kinds.get("hidden_danger").expect("the kind is there");
    let row = kind.codes["category"].rows.iter().find(|row| row.code == "lithium").expect("the row is there");
    assert_eq!(row.effective_from, Date::parse("2026-11-01").ok());
}

#[test]
fn a_code_with_which_a_record_would_get_stuck_is_refused() {
    let rows = "code,zh,en,parent,mark,effective_from,effective_to,source,status\ndrone,无人机巡查,Drone patrol,,,,,,\n";
    let findings = anlan_domains::load(&overlay("hidden_danger/codes/source.csv", rows)).expect_err("nobody could close such a danger");
    assert!(findings.iter().any(|finding| finding.found.contains("no way out of the state `self_accepted`")), "{findings:?}");
}

#[test]
fn every_kind_says_who_reads_it_and_every_role_reads_something() {
    let kinds = anlan_domains::load(&[]).expect("the kinds are sound");
    for kind in kinds.by_id.values() {
        assert!(!kind.access.read.is_empty(), "{}", kind.id);
    }
    let reads = |role: &Name| kinds.by_id.values().any(|kind| kind.access.read.iter().any(|reader| reader.role == *role));
    let idle: Vec<&Name> = kinds.roles.keys().filter(|role| !reads(role)).collect();
    assert!(idle.is_empty(), "{idle:?}");
}

#[test]
fn working_days_follow_the_notice_of_the_state_council() {
    let calendar = anlan_domains::calendar();
    let works = |day: &str| calendar.works(Date::parse(day).unwrap());
    assert!(works("2026-10-10") && works("2026-02-28") && works("2026-11-23"));
    assert!(!works("2026-10-01") && !works("2026-02-23") && !works("2026-11-22"));
    assert!(calendar.knows(2026) && !calendar.knows(2027));
}
