//! One mistake at a time in a kind that is otherwise clean, and all that is found: line, what stands there, what is allowed.

mod files;

use crate::fixture;
use crate::load::{SourceFile, load};
use crate::record::RuleTable;

const KIND: &str = "work/permit.kind.toml";

fn findings(files: &[SourceFile]) -> Vec<String> {
    match load(files, &[], &RuleTable::default()) {
        Ok(_) => Vec::new(),
        Err(findings) => findings.iter().map(ToString::to_string).collect(),
    }
}

/// Puts `wrong` where `right` stands in one file of the small fixture.
fn with(path: &str, right: &str, wrong: &str) -> Vec<SourceFile> {
    let mut files = fixture::small();
    let file = files.iter_mut().find(|file| file.path == path).expect("the file is there");
    assert!(file.text.contains(right), "`{right}` stands in {path}");
    file.text = file.text.replacen(right, wrong, 1);
    files
}

/// `expected` has a line for each finding; `…` at its end leaves out the rest.
fn check(right: &str, wrong: &str, expected: &str) {
    check_in(KIND, right, wrong, expected);
}

fn check_in(path: &str, right: &str, wrong: &str, expected: &str) {
    let found = findings(&with(path, right, wrong));
    let found: Vec<&str> = found.iter().map(|line| line.strip_prefix(&format!("{path}:")).unwrap_or(line)).collect();
    let meets = |found: &str, expected: &str| match expected.strip_suffix('…') {
        Some(start) => found.starts_with(start),
        _ => found == expected,
    };
    let expected: Vec<&str> = expected.lines().collect();
    let all = found.len() == expected.len() && found.iter().zip(&expected).all(|(found, expected)| meets(found, expected));
    assert!(all, "`{right}` → `{wrong}`\nfound\n{}\nexpected\n{}", found.join("\n"), expected.join("\n"));
}

#[test]
fn both_fixtures_are_clean() {
    assert_eq!(findings(&fixture::small()), Vec::<String>::new());
    let example = load(&fixture::files(), &[], &fixture::rules());
    assert_eq!(example.err(), None);
}

#[test]
fn the_head() {
    check(
        r#"id = "permit""#,
        r#"id = "Permit""#,
        "2: found `Permit` for `id` of `kind`; allowed: a name: a lower-case letter, then at most 40 …",
    );
    check(r#"id = "permit""#, r#"id = "licence""#, "2: found the id `licence` in the file `permit.kind.toml`; allowed: the file's name");
    check(
        r#"en = "Work permit""#,
        r#"colour = "red""#,
        "1: found `kind` without `en`; allowed: `en = …`
5: found key `colour` in `kind`; allowed: basis, en, help_en, help_zh, home, icon, id, …",
    );
    check("version = 1", "version = 2", "3: found no sample of version 2; allowed: work/samples/permit.v2.json");
    check(
        r#"home = "enterprise""#,
        r#"home = "district""#,
        "6: found `district` for `home` of `kind`; allowed: enterprise, region, platform",
    );
    check(
        r#"title = "work""#,
        r#"title = "grade""#,
        "7: found the choice `grade`; allowed: a field of type text, long_text
62: found the column `work`; allowed: the title, fields with `index` or `filter`, …",
    );
    check(
        r#"title = "work""#,
        r#"title = "phone""#,
        "21: found the personal field `phone` in the title; allowed: fields that are not personal
62: found the column `work`; allowed: the title, fields with `index` or `filter`, …",
    );
    check(
        r#""ZY-{year}-{seq:4}""#,
        r#""ZY-{seq:4}""#,
        "8: found the scope `year`, which the pattern does not show; allowed: `{year}` in the pattern, or no such scope",
    );
    check(
        r#""ZY-{year}-{seq:4}""#,
        r#""ZY-{year}""#,
        "8: found the pattern `ZY-{year}`; allowed: literals, {year}, {month}, {region}, {enterprise} …",
    );
    check(
        r#""ZY-{year}-{seq:4}""#,
        r#""ZY-{year}-{day}-{seq:4}""#,
        "8: found the pattern `ZY-{year}-{day}-{seq:4}`; allowed: literals, {year}, {month}, {region}, {enterprise} …",
    );
    check(
        r#"at = "create" }"#,
        r#"at = "allowed" }"#,
        "8: found the action `allowed`; allowed: create, allow, allow_special, ask_back, test, finish, accept",
    );
    check("[groups]", "[group]", "10: found key `group` in the kind file; allowed: access, actions, choices, create, deadlines, …");
    check("[kind]", "[kind", "1: found no TOML: unclosed table, expected `]`; allowed: TOML 1.0");
    check("version = 1", "version = 0", "3: found version 0; allowed: 1 or more");
    check(
        r#"title = "work""#,
        r#"title = "work"
with = ["enterprise", "hazard_unit"]"#,
        "8: found `hazard_unit`, which no field reaches; allowed: kinds of a `record` or `enterprise` field",
    );
    check(
        r#"scope = ["year"]"#,
        r#"scope = ["year", "region"]"#,
        "8: found the scope `region`, which the pattern does not show; allowed: `{region}` in the pattern, or no such scope",
    );
}

#[test]
fn fields_and_rows() {
    check(
        r#"type = "text", zh = "作业内容""#,
        r#"type = "string", zh = "作业内容""#,
        "15: found `string` for `type` of `fields.work`; allowed: text, long_text, integer, decimal, money, yes_no, …",
    );
    check(
        r#"en = "Hours", unit"#,
        r#"en = "Hours", length = [1, 2], unit"#,
        "19: found key `length` in `fields.hours`; allowed: default, derive, en, filter, fixed, group, …",
    );
    check(r#"en = "Hours", unit"#, r#"en = " ", unit"#, "19: found ` ` for `en` of `fields.hours`; allowed: a text that is not empty");
    check(r#"group = "plan", length"#, r#"group = "plans", length"#, "15: found the group `plans`; allowed: plan, special");
    check(
        "length = [2, 100]",
        "length = [100, 2]",
        "15: found a list for `length` of `fields.work`; allowed: [low, high] of numbers of characters, the lower first",
    );
    check(
        "range = [1, 24]",
        "range = [1, 24.5]",
        "19: found a list for `range` of `fields.hours`; allowed: [low, high] of whole numbers, the lower first",
    );
    check(r#"codes = "grade""#, r#"codes = "grades""#, "16: found the code list `grades`; allowed: grade, area");
    check(r#"codes = "area""#, r#"codes = "other/area""#, "17: found the code list `other/area`; allowed: grade, area");
    check(r#"default = "today""#, r#"default = "tomorrow""#, r#"18: found the default "tomorrow"; allowed: a date such as "2026-11-23""#);
    check(
        r#"type = "photos", zh"#,
        r#"type = "photos", index = true, zh"#,
        "24: found `index` or `filter` on the photos `photos`; allowed: types of one value or of ids",
    );
    check(
        r#"type = "person", zh"#,
        r#"type = "person", search = true, zh"#,
        "20: found `search` on the person `guardian`; allowed: text, long_text",
    );
    check(
        r#"type = "person", zh"#,
        r#"type = "person", min = 2, zh"#,
        "20: found `min` or `max` on the single value `guardian`; allowed: `many = true`",
    );
    check(
        r#"form = "phone""#,
        r#"form = "telephone""#,
        "21: found `telephone` for `form` of `fields.phone`; allowed: phone, id_card, uscc, email, url, plate",
    );
    check(
        "personal = true }",
        "personal = true, search = true }",
        "21: found the personal field `phone` in `search`; allowed: fields that are not personal",
    );
    check(
        "hours = {",
        "number = {",
        "19: found a field named `number`; allowed: any other name: the record's envelope has this one
36: found the field `hours`; allowed: work, grade, area, begins_on, number, guardian, …",
    );
    check(
        r#"of = "test""#,
        r#"of = "tests""#,
        r#"23: found the rows `tests`; allowed: test
25: found the rows `test`, which no field uses; allowed: a field with `type = "rows"` and `of`"#,
    );
    check("places = 2", "places = 9", "26: found places 9; allowed: 0 to 6");
    check(
        r#"note = { type = "text""#,
        r#"note = { type = "text", personal = true"#,
        "27: found `personal` in a row; allowed: personal fields stand in [fields]",
    );
    check(
        "[rows.test]",
        r#"[rows.spare]
x = { type = "date", zh = "日", en = "Day" }
[rows.test]"#,
        r#"25: found the rows `spare`, which no field uses; allowed: a field with `type = "rows"` and `of`"#,
    );
    check(
        r#"mark = "red""#,
        r#"mark = "pink""#,
        "30: found `pink` for `mark` of `choices.grade.special`; allowed: red, orange, yellow, blue",
    );
    check(
        r#"special = { zh = "特殊", en = "Special", mark"#,
        r#"special = { zh = "特殊", mark"#,
        "30: found `choices.grade.special` without `en`; allowed: `en = …`",
    );
    check(r#"zh = "作业内容", "#, "", "15: found `fields.work` without `zh`; allowed: `zh = …`");
    check(
        r#"unit = "h", "#,
        r#"unit = "h", personal = true, unique = "kind", "#,
        "19: found the personal field `hours` in `unique`; allowed: fields that are not personal",
    );
    check(
        r#"area = { type = "tree", codes"#,
        r#"area = { type = "tree", judged_on = "hours", codes"#,
        "17: found the integer `hours`; allowed: a field of type date",
    );
    check(
        r#"guardian = { type = "person""#,
        r#"guardian = { type = "record", kind = "person""#,
        "20: found the kind `person`; allowed: permit",
    );
    check(
        r#"special = { zh = "特殊", en = "Special", visible"#,
        r#"spare = { zh = "备用", en = "Spare" }
special = { zh = "特殊", en = "Special", visible"#,
        "12: found the group `spare` without a field; allowed: groups that fields name",
    );
    check(
        "[choices.grade]",
        r#"[choices.area]
north = { zh = "北", en = "North" }
[choices.grade]"#,
        "17: found the code list `area` twice; allowed: [choices.area] or work/codes/area.csv, not both",
    );
    check(
        "[choices.grade]",
        r#"[choices.side]
north = { zh = "北", en = "North" }
[choices.grade]"#,
        "28: found the code list `side`, which no field uses; allowed: a field with `codes`",
    );
    check(r#"help_zh = "按作业标准", "#, "", "16: found only one of `help_zh` and `help_en` in `fields.grade`; allowed: both or neither");
    check(r#"unit = "h", "#, r#"unit = "h", span = 5, "#, "19: found span 5; allowed: 4, 6, 12");
}

#[test]
fn conditions() {
    check(
        r#"visible = { grade = "special" }"#,
        r#"visible = { grade = "major" }"#,
        r#"12: found "major" for `grade` in a condition; allowed: plain, special"#,
    );
    check(
        r#"visible = { grade = "special" }"#,
        r#"visible = { level = "special" }"#,
        "12: found `level` in a condition; allowed: a field, state",
    );
    check(r#"visible = { grade = "special" }"#, "visible = { mine = true }", "12: found `mine` in a condition; allowed: a field, state");
    check(
        r#"visible = { grade = "special" }"#,
        "visible = { hours = { min = 1, most = 2 } }",
        "12: found key `most` in a test; allowed: max, min, set",
    );
    check(
        r#"visible = { grade = "special" }"#,
        "visible = { work = { min = 1 } }",
        "12: found 1 for `work` in a condition; allowed: no bounds for a text",
    );
    check(
        r#"visible = { grade = "special" }"#,
        "visible = []",
        "12: found an empty condition; allowed: a table of tests, or a list of such tables",
    );
}

#[test]
fn creation_and_parties() {
    check(r#"to = "asked""#, r#"to = "askd""#, "33: found the state `askd`; allowed: asked, open, done, closed");
    check(r#"by = ["worker"]"#, "by = []", "32: found an empty `by` of `create`; allowed: at least one entry");
    check(r#"by = ["worker"]"#, r#"by = ["workers"]"#, "34: found the role `workers`; allowed: worker, safety, principal");
    check(
        r#"by = ["worker"]"#,
        r#"by = ["person:guardians"]"#,
        "34: found the field `guardians`; allowed: work, grade, area, begins_on, hours, guardian, …",
    );
    check(r#"by = ["worker"]"#, r#"by = ["unit:guardian"]"#, "34: found the person `guardian`; allowed: a field of type organisation");
    check(
        r#"by = ["worker"]"#,
        r#"by = ["friend:guardian"]"#,
        "34: found `friend:guardian` as a party; allowed: a role, creator, assigned, person:FIELD, …",
    );
    check(
        r#"by = ["worker"]"#,
        r#"by = [{ who = "worker", if = { grade = "plain" } }]"#,
        "34: found key `if` in a party; allowed: when, who",
    );
    check(
        r#"needs = ["work", "grade"]"#,
        r#"needs = ["work"]"#,
        "39: found no way out of the state `asked` with `grade` empty; allowed: an action that leaves, for every combination of …",
    );
    check(
        r#"needs = ["work", "grade"]"#,
        r#"needs = ["work", ["grade"]]"#,
        r#"35: found a list of fewer than two fields within `needs`; allowed: ["one", "or_the_other"]"#,
    );
}

#[test]
fn states_and_ways() {
    check(
        r#"tone = "working""#,
        r#"tone = "green""#,
        "40: found `green` for `tone` of `states.open`; allowed: waiting, working, returned, done, void",
    );
    check(
        r#"owner = ["worker"], due = "finish""#,
        r#"owner = ["worker"]"#,
        "40: found the state `open` without `due`; allowed: due = DEADLINE, or final, or standing
57: found the deadline `finish`, which nothing uses; allowed: `due` of a state or task, `at` of an action",
    );
    check(
        r#"owner = ["worker"], due = "finish""#,
        r#"due = "finish""#,
        "40: found the state `open` without `owner`; allowed: owner = [PARTY, …], or final, or standing",
    );
    check(
        r#"owner = ["worker"], due = "finish""#,
        r#"owner = ["principal"], due = "finish""#,
        "40: found the owner `principal` of the state `open`, who can do nothing there; allowed: owners with an action from this state",
    );
    check(
        r#"owner = ["safety", { who"#,
        "owner = [{ who",
        "39: found no owner in the state `asked` with `grade` = plain; allowed: an owner for every combination",
    );
    check(
        r#"tone = "done", final = true"#,
        r#"tone = "done", final = true, due = "accept""#,
        "42: found owner or due in the state `closed`, which waits for nobody; allowed: neither owner nor due",
    );
    check(
        r#"tone = "done", final = true"#,
        r#"tone = "done""#,
        "42: found the state `closed` without `owner`; allowed: owner = [PARTY, …], or final, or standing",
    );
    check(
        r#"due = "decide" }"#,
        r#"due = "decision" }"#,
        "39: found the deadline `decision`; allowed: decide, finish, accept, test
56: found the deadline `decide`, which nothing uses; allowed: `due` of a state or task, `at` of an action",
    );
    check(
        "closed = {",
        r#"lost = { zh = "丢失", en = "Lost", tone = "void", final = true }
closed = {"#,
        "42: found the state `lost`, which is never reached; allowed: `to` of create or of an action from a reached state",
    );
    check(
        r#"when = { grade = "plain" } }"#,
        r#"when = { grade = "plain", hours = { max = 8 } } }"#,
        "39: found no way out of the state `asked` with `grade` = plain, `hours` empty; allowed: an action that leaves, for every combination of …",
    );
    check(
        r#"when = { grade = "plain" } }"#,
        r#"when = [{ grade = "plain", hours = { max = 8 } }, { grade = "plain", hours = { min = 9 } }] }"#,
        "39: found no way out of the state `asked` with `grade` = plain, `hours` empty; allowed: an action that leaves, for every combination of …",
    );
    check(
        r#"when = { grade = "plain" } }"#,
        r#"when = { grade = "special", area = "plant" } }"#,
        "39: found no way out of the state `asked` with `grade` = plain, `area` empty; allowed: an action that leaves, for every combination of …",
    );
    check(
        r#"needs = ["risks", "guardian"]"#,
        r#"needs = ["risks", "guardian", "grade"]"#,
        "46: found `allow_special` needs `risks`, which is not visible whenever the action is open; allowed: fields that are visible under the action's `when`",
    );
    check(
        r#"when = { grade = "special" }, needs = ["risks", "guardian"]"#,
        r#"needs = ["risks", "guardian"]"#,
        "46: found `allow_special` needs `risks`, which is not visible whenever the action is open; allowed: fields that are visible under the action's `when`",
    );
    check(
        r#"from = ["done"], to"#,
        r#"from = ["done", "closed"], to"#,
        "50: found a way out of the final state `closed`; allowed: states that are not final",
    );
    check(
        r#"from = ["open"], to = "done""#,
        r#"from = ["open"], to = "open""#,
        "39: found the state `asked`, from which no final or standing state is reached; allowed: a way to the end
40: found no way out of the state `open`; allowed: an action that leaves, for every combination of …
40: found the state `open`, from which no final or standing state is reached; allowed: a way to the end
41: found the state `done`, which is never reached; allowed: `to` of create or of an action from a reached state
42: found the state `closed`, which is never reached; allowed: `to` of create or of an action from a reached state",
    );
}

#[test]
fn actions_and_tasks() {
    check(
        r#"not_by = ["actor:finish"]"#,
        r#"not_by = ["safety"]"#,
        "50: found `accept`, which nobody may do: each of `by` is in `not_by`; allowed: another holder in `by`",
    );
    check(
        r#"by = ["safety"], accepts"#,
        r#"by = ["actor:finish"], accepts"#,
        "50: found `accept`, which nobody may do: each of `by` is in `not_by`; allowed: another holder in `by`",
    );
    check(
        r#"settles = ["gas_test"]"#,
        r#"settles = ["gas_tests"]"#,
        "48: found the task `gas_tests`; allowed: gas_test
53: found the task `gas_test`, which nothing settles; allowed: an action with `settles`",
    );
    check(
        r#"repeat = "daily""#,
        r#"repeat = "hourly""#,
        "53: found `hourly` for `repeat` of `tasks.gas_test`; allowed: daily, weekly, monthly, quarterly, yearly",
    );
    check(r#"by = ["worker"] }"#, r#"by = ["clock"] }"#, r#"49: found one of `by = ["clock"]` and `at`; allowed: both or neither"#);
    check(
        r#"finish = { zh = "完工""#,
        r#"edit = { zh = "完工""#,
        "49: found an action named `edit`; allowed: any other name: the history uses this one
50: found the action `finish`; allowed: allow, allow_special, ask_back, test, edit, accept",
    );
    check("reason = true", r#"guard = "asked_kindly""#, "47: found the guard `asked_kindly`; allowed: no guard in this domain");
    check(r#", not_by = ["actor:finish"]"#, "", r#"50: found `accepts` without `not_by`; allowed: not_by = ["actor:ACTION", …]: whose …"#);
    check(r#" repeat = "daily","#, "", "53: found the task `gas_test`, which nothing opens; allowed: an action with `opens`, or `repeat`");
    check(
        r#", during = ["open"] }
"#,
        " }
",
        "53: found `repeat` without `during`; allowed: during = [STATE, …]",
    );
    check(
        r#"needs = ["tests"], settles"#,
        r#"needs = ["test"], settles"#,
        "48: found the field `test`; allowed: work, grade, area, begins_on, hours, guardian, …",
    );
}

#[test]
fn deadlines() {
    check("{ plain = 4, special = 24 }", "{ plain = 4 }", "56: found no figure for `special`; allowed: a figure for each code of the list");
    check("{ plain = 4, special = 24 }", "{ plain = 4, special = 24, huge = 48 }", "56: found the code `huge`; allowed: plain, special");
    check(
        r#"after = 8, unit = "hours""#,
        r#"after = 8, unit = "shifts""#,
        "59: found `shifts` for `unit` of `deadlines.test`; allowed: minutes, hours, days, working_days, months, years",
    );
    check(
        "test = { after",
        r#"spare = { after = 1, unit = "days" }
test = { after"#,
        "59: found the deadline `spare`, which nothing uses; allowed: `due` of a state or task, `at` of an action",
    );
    check("field:begins_on", "field:hours", "57: found the integer `hours`; allowed: a field of type date, instant");
    check(
        r#", by = "grade", unit"#,
        ", unit",
        "56: found `after` by code without `by`; allowed: `by = FIELD`, the choice whose codes these are",
    );
    check("after = 8, unit", r#"after = 8, by = "grade", unit"#, "59: found `by` with one `after` for all; allowed: { code = number, … }");
}

#[test]
fn lists_papers_figures_and_access() {
    check(
        r#""number", "work", "due_at""#,
        r#""number", "work", "due_at", "hours""#,
        "62: found the column `hours`; allowed: the title, fields with `index` or `filter`, …",
    );
    check(
        r#""number", "work", "due_at""#,
        r#""number", "work", "due_at", "title", "enterprise", "region", "sector", "state", "owner""#,
        "62: found 10 columns; allowed: at most 8",
    );
    check(
        r#"filters = ["grade"]"#,
        r#"filters = ["begins_on"]"#,
        "63: found the filter `begins_on`; allowed: fields with `filter = true`, number, title, …",
    );
    check(r#""-due_at""#, r#""-hours""#, "64: found the sort `-hours`; allowed: fields with `index` or `filter`, number, title, …");
    check(
        "where = { overdue = true }",
        r#"where = { overdue = "yes" }"#,
        "67: found the test of `overdue`; allowed: true or false for overdue and mine, words for the others",
    );
    check(r#"formats = ["pdf"]"#, r#"formats = ["odt"]"#, "70: found `odt` for `formats` of `documents.slip`; allowed: pdf, docx");
    check(r#"states = ["open"] }"#, r#"states = ["opened"] }"#, "70: found the state `opened`; allowed: asked, open, done, closed");
    check(r#"during = "created""#, r#"during = "always""#, "73: found `always` for `during`; allowed: created, field:FIELD, action:ACTION");
    check(
        r#"unit = "1", count"#,
        r#"unit = "%", count"#,
        "73: found `%` without `of`; allowed: of = { … }, the whole of which this is a part",
    );
    check(
        r#"count = { during = "created" }"#,
        r#"count = { during = "created" }, sum = { field = "hours" }"#,
        "73: found an indicator that does not say what it counts; allowed: one of `count` and `sum`",
    );
    check(r#"split = ["grade"]"#, r#"split = ["work"]"#, "73: found the split `work`; allowed: fields with `index` or `filter`, region, …");
    check(
        r#"read = ["worker","#,
        r#"read = ["creator","#,
        "76: found `creator` among the readers; allowed: a role; `only` narrows to creator, assigned",
    );
    check(
        r#"unmask = ["safety"]"#,
        r#"unmask = ["safety"]
public = ["phone"]"#,
        "78: found the personal field `phone`; allowed: fields that are not personal",
    );
    check(
        r#"unmask = ["safety"]"#,
        r#"unmask = ["safety"]
[[upgrade]]
to = 3"#,
        "78: found an upgrade to version 3; allowed: each version from 2 to 1 once",
    );
    check(r#"unmask = ["safety"]"#, r#"mask = ["safety"]"#, "77: found key `mask` in `access`; allowed: export, public, read, unmask");
    check(
        r#"principal", when = { grade = "special" } }"#,
        r#"principal", when = { grade = "plain" } }"#,
        "39: found the owner `principal` of the state `asked`, who can do nothing there; allowed: owners with an action from this state",
    );
}

/// A choice that was made three states earlier is still made; one that may be cleared on the way is not.
#[test]
fn choices_are_followed_through_the_states() {
    let split = r#"finish = { zh = "完工", en = "Finish", from = ["open"], to = "done", by = ["worker"], when = { grade = "plain" } }
finish_special = { zh = "完工", en = "Finish special work", from = ["open"], to = "done", by = ["worker"], when = { grade = "special" } }"#;
    let whole = r#"finish = { zh = "完工", en = "Finish", from = ["open"], to = "done", by = ["worker"] }"#;
    check(whole, split, "");
    let mut cleared = with(KIND, whole, split);
    for file in cleared.iter_mut().filter(|file| file.path == KIND) {
        file.text = file.text.replace(r#"needs = ["tests"]"#, r#"needs = ["tests"], asks = ["grade"]"#);
    }
    let expected = "no way out of the state `open` with `grade` empty";
    assert!(findings(&cleared)[0].contains(expected), "{:?}", findings(&cleared));
}

/// A rule may answer with nothing, unless its field says `required`: then the rule's own tests hold it to that.
#[test]
fn derived_fields_are_anything() {
    let files = |required: &str| {
        let mut files = with(KIND, r#"needs = ["work", "grade"]"#, r#"needs = ["work"]"#);
        let file = files.iter_mut().find(|file| file.path == KIND).unwrap();
        file.text = file.text.replace(r#"codes = "grade", "#, &format!(r#"codes = "grade", derive = "worst", {required}"#));
        files
    };
    let mut rules = RuleTable::default();
    rules.derives.insert("work/worst".to_owned(), std::sync::Arc::new(|_, _| None));
    let found =
        |files: &[SourceFile]| load(files, &[], &rules).err().unwrap_or_default().iter().map(ToString::to_string).collect::<String>();
    assert!(found(&files("")).contains("no way out of the state `asked` with `grade` empty"));
    assert_eq!(found(&files("required = true, ")), "");
}

/// More than anybody can have thought through is refused rather than assumed to be right.
#[test]
fn too_many_combinations() {
    let choices: String = (0..5).map(|n| format!("area_{n} = {{ type = \"integer\", zh = \"数\", en = \"Number\" }}\n")).collect();
    let tests: Vec<String> = (0..5).map(|n| format!("area_{n} = [1, 3, 5]")).collect();
    let mut files = with(KIND, "[rows.test]", &format!("{choices}[rows.test]"));
    let file = files.iter_mut().find(|file| file.path == KIND).unwrap();
    file.text = file.text.replace("when = { grade = \"plain\" } }", &format!("when = {{ {} }} }}", tests.join(", ")));
    assert_eq!(
        findings(&files),
        ["work/permit.kind.toml:49: found 98304 combinations of the values that conditions name; allowed: at most 20000"]
    );
}
