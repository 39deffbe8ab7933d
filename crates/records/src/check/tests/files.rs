//! The same for code lists, samples, roles, rules and templates.

use super::{KIND, check_in, findings, with};
use crate::fixture;
use crate::load::{SourceFile, load};
use crate::record::RuleTable;

#[test]
fn code_lists() {
    let check = |right: &str, wrong: &str, expected: &str| check_in("work/codes/area.csv", right, wrong, expected);
    check(
        "code,zh,en",
        "code,en,zh",
        "1: found the header `code, en, zh, parent, mark, effective_from, effective_to, source, status`; allowed: code,zh,…",
    );
    check(
        "plant,厂区,Plant,,,,,,",
        "plant,厂区,Plant",
        "2: found 3 cells; allowed: 9 cells: …\n3: found the parent `plant`; allowed: another code of this list",
    );
    check("tank_farm,罐区", "plant,罐区", "3: found code `plant` a second time; allowed: each code once\n3: found the parent `plant`; …");
    check("厂区,Plant", "厂区,", "2: found code `plant` without `en` and without `source`; allowed: an English label; …");
    check("plant,厂区", "plant,", "2: found code `plant` without `zh`; allowed: a Chinese label");
    check(
        "plant,厂区,Plant",
        "the plant,厂区,Plant",
        "2: found the code `the plant`; allowed: a code without blanks\n3: found the parent `plant`; …",
    );
    check("Tank farm,plant", "Tank farm,quay", "3: found the parent `quay`; allowed: another code of this list");
    check("plant,,2020-01-01,", "plant,black,2020-01-01,", "3: found the mark `black`; allowed: red, orange, yellow, blue");
    check("2020-01-01,", "2020-1-1,", "3: found `2020-1-1`; allowed: a date such as 2026-11-23, or nothing");
    check("2020-01-01,", "2020-01-01,2019-01-01", "3: found code `tank_farm` ends on 2019-01-01, before it begins on 2020-01-01; …");
    check("code,zh", "# 摘录\ncode,zh", "");
}

#[test]
fn samples() {
    let check = |right: &str, wrong: &str, expected: &str| check_in("work/samples/permit.v1.json", right, wrong, expected);
    check("{\n", "[\n", "1: found no JSON object: …");
    check(
        "\"state\": \"open\"",
        "\"state\": \"opened\"",
        "2: found `state` (unknown_state), after the upgrades to version 1; allowed: asked, open, done, closed",
    );
    check("\"state\"", "\"stage\"", "1: found a sample without state and body; …\n2: found key `stage`; allowed: state, body");
    check("\"hours\": 4", "\"hours\": \"4\"", "3: found \"4\" for `hours`; allowed: a whole number");
    check("\"special\"", "\"huge\"", "3: found \"huge\" for `grade`; allowed: plain, special");
    check("\"gas\": 0.25", "\"gas\": \"low\"", "3: found [{\"gas\":\"low\",\"id\":\"r1\"}] for `tests`; allowed: for `gas` a number");
    check("\"hours\": 4", "\"hour\": 4", "3: found `hour` (unknown_field), after the upgrades to version 1; allowed: work, …");
}

/// A sample of an older version must load through the upgrades.
#[test]
fn old_samples_are_upgraded() {
    let files = |upgrade: &str| {
        let mut files = with(KIND, "version = 1", "version = 2");
        let file = files.iter_mut().find(|file| file.path == KIND).unwrap();
        file.text.push_str(upgrade);
        let old = files.iter_mut().find(|file| file.path.ends_with("v1.json")).unwrap();
        let new = SourceFile { path: "work/samples/permit.v2.json".to_owned(), text: old.text.clone() };
        old.text = old.text.replace("\"hours\"", "\"length\"").replace("\"open\"", "\"running\"");
        files.push(new);
        files
    };
    let found = findings(&files(""));
    assert!(found[0].starts_with("work/samples/permit.v1.json:3: found `length` (unknown_field)"), "{found:?}");
    let upgrade = "[[upgrade]]\nto = 2\nrename = { length = \"hours\" }\nstates = { running = \"open\" }\n";
    assert_eq!(findings(&files(upgrade)), Vec::<String>::new());
}

#[test]
fn what_nothing_uses() {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let with_file = |new: SourceFile| findings(&[fixture::small(), vec![new]].concat()).join("\n");
    let header = "code,zh,en,parent,mark,effective_from,effective_to,source,status\nnorth,北,North,,,,,,\n";
    let unused = "work/codes/side.csv:1: found a code list that no field uses; allowed: a field with `codes`";
    assert_eq!(with_file(file("work/codes/side.csv", header)), unused);
    let stray = "work/samples/licence.v1.json:1: found a sample of `licence`; allowed: permit";
    assert_eq!(with_file(file("work/samples/licence.v1.json", "{}")), stray);
    let templates = "work/documents/ticket.typ:1: found a template that no kind names; allowed: `template` of a document\n\
                     work/permit.kind.toml:70: found the template work/documents/slip.typ; allowed: work/documents/ticket.typ";
    assert_eq!(with_file(file("work/documents/ticket.typ", "")), templates);
    assert_eq!(with_file(file("work/documents/slip.typ", "")), "");
    check_in(
        "organisation/roles.toml",
        "[principal]",
        "[guest]\nzh = \"访客\"\nen = \"Guest\"\nscope = \"district\"\n[principal]",
        "12: found `district` for `scope` of `roles.guest`; allowed: enterprise, region, platform",
    );
    check_in(
        "organisation/roles.toml",
        "[principal]",
        "[guest]\nzh = \"访客\"\nen = \"Guest\"\nscope = \"region\"\n[principal]",
        "9: found the role `guest`, which no kind names; allowed: roles that a kind names, or that are kept apart",
    );
    let mut rules = RuleTable::default();
    rules.guards.insert("work/gas_is_low".to_owned(), std::sync::Arc::new(|_, _| Ok(())));
    let found = load(&fixture::small(), &[], &rules).unwrap_err();
    assert_eq!(
        found[0].to_string(),
        "work/rules.rs:1: found the guard `gas_is_low`, which no kind names; allowed: rules that a kind names"
    );
}
