//! What loads, in which order, and what an overlay may change.

use std::sync::Arc;

use super::{Finding, SourceFile, load, read};
use crate::fixture;
use crate::kind::{After, Condition, FieldType, Is, Kind, Kinds, Need, NumberPart, Party, Test, Who};
use crate::record::RuleTable;
use anlan_base::Name;

fn lines(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}

fn with_overlay(path: &str, text: &str) -> Result<Kinds, Vec<String>> {
    let overlay = [SourceFile { path: path.to_owned(), text: text.to_owned() }];
    load(&fixture::small(), &overlay, &RuleTable::default()).map_err(|findings| lines(&findings))
}

/// The kind after an overlay over its own file.
fn patched(text: &str) -> Arc<Kind> {
    let kinds = with_overlay("work/permit.kind.toml", &format!("[kind]\nid = \"permit\"\n{text}")).unwrap();
    Arc::clone(kinds.get("permit").unwrap())
}

/// Findings of an overlay over the kind's own file, without the file's name; its third line is the first of `text`.
fn refused(text: &str, expected: &str) {
    let found = with_overlay("work/permit.kind.toml", &format!("[kind]\nid = \"permit\"\n{text}")).err().unwrap_or_default();
    let found: Vec<&str> = found.iter().map(|line| line.trim_start_matches("overlay/work/permit.kind.toml:")).collect();
    assert_eq!(found, expected.lines().collect::<Vec<_>>(), "{text}");
}

#[test]
fn the_example_means_what_it_says() {
    let kinds = load(&fixture::files(), &[], &fixture::rules()).unwrap();
    let danger = kinds.get("hidden_danger").unwrap();
    assert_eq!((danger.fields.len(), danger.states.len(), danger.actions.len()), (33, 12, 18));
    let number = danger.number.as_ref().unwrap();
    let expected = [NumberPart::Literal("YH-".into()), NumberPart::Year, NumberPart::Literal("-".into()), NumberPart::Seq { width: 4 }];
    assert_eq!(number.parts, expected);
    let of = |subject: &str, value: &str| Test { subject: Name::of(subject), is: Is::OneOf(vec![value.into()]) };
    let assessed = &danger.states["assessed"].owner[1];
    let when = Some(Condition(vec![vec![of("level", "major")]]));
    assert_eq!(*assessed, Party { who: Who::Role(Name::of("enterprise_principal")), when });
    let either = danger.actions["submit_review"].when.as_ref().unwrap();
    assert_eq!((either.0.len(), either.0[0].clone()), (2, vec![of("level", "major")]));
    let last = danger.actions["register"].needs.last();
    assert_eq!(last, Some(&Need::OneOf(vec![Name::of("photos"), Name::of("papers")])));
    assert_eq!(danger.codes["major_criteria"].file, "hidden_danger/codes/major_criteria.csv");
    assert_eq!(danger.codes["level"].file, "hidden_danger/hidden_danger.kind.toml");
}

#[test]
fn order_in_the_file_is_kept() {
    let kinds = load(&fixture::small(), &[], &RuleTable::default()).unwrap();
    let permit = kinds.get("permit").unwrap();
    let ids = |names: Vec<&Name>| names.into_iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(ids(permit.fields.keys().take(5).collect()), ["work", "grade", "area", "begins_on", "hours"]);
    assert_eq!(ids(permit.states.keys().collect()), ["asked", "open", "done", "closed"]);
    assert_eq!(ids(permit.actions.keys().take(3).collect()), ["allow", "allow_special", "ask_back"]);
    assert_eq!(ids(kinds.roles.keys().collect()), ["worker", "safety", "principal"]);
}

#[test]
fn all_mistakes_of_all_files_come_at_once_and_in_order() {
    let mut files = fixture::small();
    for file in &mut files {
        file.text = file.text.replace("tone = \"working\"", "tone = \"busy\"").replace("range = [1, 24]", "range = 24");
        file.text = file.text.replace("scope = \"enterprise\"", "scope = \"house\"").replace("plant,,2020", "quay,,2020");
    }
    let found = load(&files, &[], &RuleTable::default()).unwrap_err();
    let places: Vec<String> = found.iter().map(|finding| format!("{}:{}", finding.file, finding.line)).collect();
    let expected = [
        "organisation/roles.toml:4",
        "organisation/roles.toml:8",
        "organisation/roles.toml:12",
        "work/codes/area.csv:3",
        "work/permit.kind.toml:19",
        "work/permit.kind.toml:40",
    ];
    assert_eq!(places, expected, "{:#?}", lines(&found));
}

#[test]
fn a_kind_stands_once() {
    let mut files = fixture::small();
    let twin = files.iter().find(|file| file.path.ends_with("permit.kind.toml")).unwrap().text.clone();
    files.push(SourceFile { path: "gate/permit.kind.toml".to_owned(), text: twin.replace("codes = \"area\"", "codes = \"work/area\"") });
    let found = read(&files, &[]).unwrap_err();
    assert_eq!(
        lines(&found),
        ["gate/permit.kind.toml:2: found the kind `permit` a second time; allowed: one; the other stands in work/permit.kind.toml"]
    );
}

#[test]
fn another_domains_code_list_is_named_with_its_domain() {
    let mut files = fixture::small();
    for file in &mut files {
        file.text = file.text.replace("codes = \"area\"", "codes = \"site/area\"");
        file.path = file.path.replace("work/codes", "site/codes");
    }
    let kinds = load(&files, &[], &RuleTable::default()).map_err(|findings| lines(&findings)).unwrap();
    assert_eq!(kinds.get("permit").unwrap().codes["site/area"].rows.len(), 2);
}

#[test]
fn an_overlay_changes_labels() {
    let permit = patched(
        "zh = \"危险作业票\"\n[states]\nopen = { zh = \"进行中\" }\n[choices.grade]\nplain = { en = \"Ordinary\" }\n\
         [fields]\nwork = { help_zh = \"写清楚\", help_en = \"Be precise\" }\n",
    );
    assert_eq!((permit.label.zh.as_str(), permit.label.en.as_str()), ("危险作业票", "Work permit"));
    assert_eq!(permit.states["open"].label.zh, "进行中");
    assert_eq!(permit.codes["grade"].rows[0].label.en, "Ordinary");
    assert_eq!(permit.fields["work"].help.as_ref().unwrap().en, "Be precise");
    assert_eq!(permit.file, "work/permit.kind.toml");
}

#[test]
fn an_overlay_changes_deadline_figures() {
    let permit = patched(
        "[deadlines]\ndecide = { after = { special = 48 } }\nfinish = { remind = [2, 1], escalate = [{ after = 3, to = \"principal\" }] }\n",
    );
    let After::ByCode { by, .. } = &permit.deadlines["decide"].after else { panic!("by code") };
    assert_eq!((by["plain"], by["special"]), (4, 48));
    assert_eq!((&permit.deadlines["finish"].remind, permit.deadlines["finish"].escalate[0].after), (&vec![2, 1], 3));
    refused(
        "[deadlines]\ntest = { after = 4, unit = \"days\" }\n",
        "4: found `deadlines.test.unit` in an overlay; allowed: figures: after, remind, escalate to the same parties",
    );
    refused(
        "[deadlines]\ndecide = { after = 4 }\n",
        "4: found the number 4 for `deadlines.decide.after` in an overlay; allowed: a table as before",
    );
    refused(
        "[deadlines]\nlunch = { after = 1, unit = \"hours\" }\n",
        "4: found a new deadline `lunch` in an overlay; allowed: figures of the deadlines that are there",
    );
    refused(
        "[deadlines]\nfinish = { escalate = [{ after = 3, to = \"safety\" }] }\n",
        "4: found `deadlines.finish.escalate` in an overlay; allowed: figures: after, remind, escalate to the same parties",
    );
}

#[test]
fn an_overlay_adds_fields_which_creation_asks() {
    let permit = patched(
        "[fields]\nbadge = { type = \"text\", zh = \"工牌\", en = \"Badge\" }\ncolour = { type = \"choice\", codes = \"colour\", zh = \"颜色\", en = \"Colour\" }\n\
         [choices.colour]\nblue = { zh = \"蓝\", en = \"Blue\" }\n[rows.test]\ndepth = { type = \"integer\", zh = \"深度\", en = \"Depth\" }\n",
    );
    assert!(matches!(permit.fields["badge"].kind, FieldType::Text { .. }));
    assert_eq!(permit.create.asks.iter().rev().take(2).rev().map(Name::as_str).collect::<Vec<_>>(), ["badge", "colour"]);
    assert!(permit.rows["test"].contains_key("depth"));
}

/// A new code must not leave a record without a way out either.
#[test]
fn an_overlay_is_proved_too() {
    let found = with_overlay(
        "work/permit.kind.toml",
        "[kind]\nid = \"permit\"\n[choices.grade]\nhuge = { zh = \"特大\", en = \"Huge\" }\n[deadlines]\ndecide = { after = { huge = 72 } }\n",
    );
    assert!(
        found.as_ref().err().is_some_and(|lines| lines[0].contains("no way out of the state `asked` with `grade` = huge")),
        "{found:?}"
    );
}

#[test]
fn an_overlay_changes_nothing_else() {
    refused("version = 2\n", "3: found `kind.version` in an overlay; allowed: id as it is, zh, en, help_zh, help_en");
    refused(
        "[states]\nopen = { due = \"accept\" }\n",
        "4: found `states.open.due` in an overlay; allowed: zh, en, help_zh, help_en, inverse_zh, inverse_en",
    );
    refused(
        "[actions]\nallow = { by = [\"worker\"] }\n",
        "4: found `actions.allow.by` in an overlay; allowed: zh, en, help_zh, help_en, inverse_zh, inverse_en",
    );
    refused(
        "[actions]\nskip = { zh = \"跳过\", en = \"Skip\" }\n",
        "4: found a new entry `actions.skip` in an overlay; allowed: labels of what is there",
    );
    refused(
        "[fields]\nwork = { required = false }\n",
        "4: found `fields.work.required` in an overlay; allowed: zh, en, help_zh, help_en, inverse_zh, inverse_en",
    );
    refused(
        "[choices.grade]\nplain = { mark = \"blue\" }\n",
        "4: found `choices.grade.plain.mark` in an overlay; allowed: zh, en, help_zh, help_en, inverse_zh, inverse_en",
    );
    refused(
        "[fields]\nodd = { type = \"yes_no\", zh = \"单\", en = \"Odd\", derive = \"is_odd\" }\n",
        "4: found the rule `is_odd` in an overlay; allowed: fields that need no rule",
    );
    let access = "[access]\nread = [\"worker\"]\n";
    refused(
        access,
        "3: found `access` in an overlay; allowed: kind, groups, fields, rows, choices, states, actions, tasks, deadlines, views, documents, indicators",
    );
}

#[test]
fn an_overlay_adds_a_kind_that_needs_no_rule() {
    let text = "[kind]\nid = \"visit\"\nversion = 1\nzh = \"来访\"\nen = \"Visit\"\nhome = \"enterprise\"\n\
        [fields]\nguest = { type = \"text\", zh = \"来客\", en = \"Guest\", required = true }\n\
        [create]\nto = \"noted\"\nby = [\"worker\"]\nneeds = [\"guest\"]\n\
        [states]\nnoted = { zh = \"已记\", en = \"Noted\", tone = \"done\", final = true }\n[access]\nread = [\"worker\"]\n";
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let sample = file("gate/samples/visit.v1.json", "{ \"state\": \"noted\", \"body\": { \"guest\": \"来客甲\" } }");
    let with = |text: &str| load(&fixture::small(), &[file("gate/visit.kind.toml", text), sample.clone()], &RuleTable::default());
    let kinds = with(text).map_err(|findings| lines(&findings)).unwrap();
    assert_eq!(kinds.by_id.keys().map(Name::as_str).collect::<Vec<_>>(), ["permit", "visit"]);
    load(&fixture::small(), &[file("gate/visit.kind.toml", text)], &RuleTable::default())
        .map_err(|findings| lines(&findings))
        .expect("one file is enough");
    let ruled = text.replace("needs = [\"guest\"]", "needs = [\"guest\"]\nguard = \"is_polite\"");
    let found = lines(&with(&ruled).unwrap_err());
    assert_eq!(
        found[0],
        "overlay/gate/visit.kind.toml:13: found the rule `is_polite` in an overlay; allowed: kinds and fields that need no rule"
    );
}

#[test]
fn an_overlay_adds_and_ends_codes() {
    let header = "code,zh,en,parent,mark,effective_from,effective_to,source,status\n";
    let kinds = with_overlay("work/codes/area.csv", &format!("{header}tank_farm,,,,,,2027-01-01,,\nquay,码头,Quay,plant,,,,,\n")).unwrap();
    let rows = &kinds.get("permit").unwrap().codes["area"].rows;
    assert_eq!((rows.len(), rows[1].label.zh.as_str()), (3, "罐区"));
    assert_eq!(rows[1].effective_to.map(|day| day.to_string()), Some("2027-01-01".to_owned()));
    let moved = with_overlay("work/codes/area.csv", &format!("{header}tank_farm,,,,red,,,,\n"));
    let expected = "overlay/work/codes/area.csv:2: found another meaning for code `tank_farm`; allowed: new zh, en or effective_to; the other cells empty or as they were";
    assert_eq!(moved.err(), Some(vec![expected.to_owned()]));
}

#[test]
fn an_overlay_changes_settings_and_role_labels() {
    let kinds = with_overlay("work/settings.toml", "longest_hours = 12\n").unwrap();
    assert_eq!(kinds.settings["work"]["longest_hours"], 12);
    assert_eq!(kinds.settings["work"]["colours"]["late"], "red");
    let kinds = with_overlay("organisation/roles.toml", "[worker]\nzh = \"职工\"\n").unwrap();
    assert_eq!(kinds.roles["worker"].label.zh, "职工");
    let found = |path: &str, text: &str| with_overlay(path, text).unwrap_err();
    assert_eq!(
        found("work/settings.toml", "longest = 1\n"),
        ["overlay/work/settings.toml:1: found the setting `longest`; allowed: longest_hours, colours"]
    );
    assert_eq!(
        found("work/settings.toml", "colours = { late = 3 }\n"),
        ["overlay/work/settings.toml:1: found the number 3 for the setting `colours.late`; allowed: like `red`"]
    );
    assert_eq!(
        found("organisation/roles.toml", "[guest]\nzh = \"访客\"\n"),
        ["overlay/organisation/roles.toml:1: found a new role `guest` in an overlay; allowed: worker, safety, principal"]
    );
    assert!(
        found("work/rules.rs", "")[0]
            .starts_with("overlay/work/rules.rs:1: found a file that an overlay may not have; allowed: DOMAIN/KIND.kind.toml")
    );
}
