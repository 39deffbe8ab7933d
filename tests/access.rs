//! P30: who may do what. The matrix is written out from the kinds for experts to read, and the running platform is held against it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anlan_base::Name;
use anlan_records::kind::{Action, Condition, Is, Kind, Kinds, Label, Need, Only, Party, Test, Who};
use anlan_tests::client::{items, text};
use anlan_tests::{Client, Platform, shared};
use serde_json::{Value, json};

/// Compares with a file of `golden/`; `UPDATE_GOLDEN=1` writes it.
#[track_caller]
fn golden(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, now).expect("the golden file can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let differing = kept.lines().zip(now.lines()).enumerate().find(|(_, (kept, now))| kept != now);
    let first =
        differing.map_or_else(|| "one has more lines".to_owned(), |(at, (kept, now))| format!("line {}:\n- {kept}\n+ {now}", at + 1));
    assert!(kept == now, "golden/{name} no longer says what is so (UPDATE_GOLDEN=1 writes it anew; read the difference). {first}");
}

#[test]
fn p30_the_access_matrix_is_as_experts_have_read_it() {
    let kinds = anlan_domains::load(&[]).expect("the kinds are sound");
    let mut out = String::from(
        "Who may do what, written out from the kinds. 谁可以做什么，由业务类型生成。\nA role acts where its post covers the record. 岗位须覆盖该记录。\n",
    );
    for kind in kinds.by_id.values() {
        of_kind(&mut out, kind, &kinds);
    }
    for role in kinds.roles.values() {
        let _ = writeln!(out, "\n{} {}", role.label.zh, role.id);
        for kind in kinds.by_id.values() {
            let may = by_role(kind, &role.id);
            if !may.is_empty() {
                let _ = writeln!(out, "  {}: {}", kind.label.zh, may.join("、"));
            }
        }
    }
    golden("access.txt", &out);
}

fn of_kind(out: &mut String, kind: &Kind, kinds: &Kinds) {
    let _ = writeln!(out, "\n== {} {} ==", kind.label.zh, kind.id);
    let readers: Vec<String> = kind
        .access
        .read
        .iter()
        .map(|reader| {
            let only: Vec<&str> =
                reader.only.iter().map(|only| if *only == Only::Creator { "本人登记的" } else { "指派给本人的" }).collect();
            let name = role_name(kinds, &reader.role);
            if only.is_empty() { name } else { format!("{name}（仅{}）", only.join("或")) }
        })
        .collect();
    let _ = writeln!(out, "read 查看: {}", readers.join(", "));
    let _ = writeln!(out, "create 新建 → {}: {}", state(kind, &kind.create.to), parties(&kind.create.by, kinds));
    for found in kind.states.values().filter(|state| !state.edit.is_empty()) {
        let fields = found.edit_fields.as_ref().map_or_else(String::new, |fields| format!(" ({})", names(fields)));
        let _ = writeln!(out, "edit 修改 [{}]{fields}: {}", found.label.zh, parties(&found.edit, kinds));
    }
    for action in kind.actions.values() {
        let _ = writeln!(out, "{}", of_action(kind, action, kinds));
    }
    for (word, roles) in [("unmask 查看个人信息", &kind.access.unmask), ("export 导出", &kind.access.export)] {
        if !roles.is_empty() {
            let _ = writeln!(out, "{word}: {}", roles.iter().map(|role| role_name(kinds, role)).collect::<Vec<_>>().join(", "));
        }
    }
}

fn of_action(kind: &Kind, action: &Action, kinds: &Kinds) -> String {
    let from: Vec<String> = action.from.iter().map(|from| state(kind, from)).collect();
    let to = action.to.as_ref().map_or_else(String::new, |to| format!(" → {}", state(kind, to)));
    let mut line = format!("{} {} [{}{to}]: {}", action.id, action.label.zh, from.join("/"), parties(&action.by, kinds));
    if !action.not_by.is_empty() {
        let _ = write!(line, "; 回避: {}", parties(&action.not_by, kinds));
    }
    if let Some(when) = &action.when {
        let _ = write!(line, "; 当 {}", condition(when));
    }
    let needs: Vec<String> = action
        .needs
        .iter()
        .map(|need| match need {
            Need::Field(field) => field.to_string(),
            Need::OneOf(fields) => format!("({})", fields.iter().map(Name::as_str).collect::<Vec<_>>().join(" 或 ")),
        })
        .collect();
    for (word, rest) in [("须填", needs.join(" ")), ("须附理由", if action.reason { "是".to_owned() } else { String::new() })] {
        if !rest.is_empty() {
            let _ = write!(line, "; {word} {rest}");
        }
    }
    line
}

fn names(all: &[Name]) -> String {
    all.iter().map(Name::as_str).collect::<Vec<_>>().join(" ")
}

fn state(kind: &Kind, id: &Name) -> String {
    kind.states.get(id).map_or_else(|| id.to_string(), |state| state.label.zh.clone())
}

fn role_name(kinds: &Kinds, id: &Name) -> String {
    format!("{} {id}", kinds.roles.get(id).map_or(Label::default(), |role| role.label.clone()).zh)
}

fn parties(all: &[Party], kinds: &Kinds) -> String {
    let one = |party: &Party| {
        let who = match &party.who {
            Who::Role(role) => role_name(kinds, role),
            Who::Creator => "登记人".to_owned(),
            Who::Assigned => "被指派人".to_owned(),
            Who::Person(field) => format!("字段 {field} 中的人"),
            Who::Actor(action) => format!("上次做 {action} 的人"),
            Who::Unit(field) => format!("字段 {field} 中单位的执法人员和负责人"),
            Who::Clock => "时钟".to_owned(),
            Who::Platform => "平台".to_owned(),
        };
        party.when.as_ref().map_or(who.clone(), |when| format!("{who}（当 {}）", condition(when)))
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn condition(condition: &Condition) -> String {
    let test = |test: &Test| match &test.is {
        Is::OneOf(values) => {
            let values: Vec<String> = values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
            format!("{} = {}", test.subject, values.join("|"))
        }
        Is::Set(set) => format!("{} {}", test.subject, if *set { "已填" } else { "未填" }),
        Is::Between { min, max } => format!("{} 在 {min:?} 至 {max:?}", test.subject),
    };
    condition.0.iter().map(|all| all.iter().map(test).collect::<Vec<_>>().join(" 且 ")).collect::<Vec<_>>().join(" 或 ")
}

fn by_role(kind: &Kind, role: &Name) -> Vec<String> {
    let mut may = Vec::new();
    if let Some(reader) = kind.access.read.iter().find(|reader| reader.role == *role) {
        may.push(if reader.only.is_empty() { "查看" } else { "查看与本人有关的" }.to_owned());
    }
    let mine = |parties: &[Party]| parties.iter().any(|party| party.who == Who::Role(role.clone()));
    if mine(&kind.create.by) {
        may.push("新建".to_owned());
    }
    if kind.states.values().any(|state| mine(&state.edit)) {
        may.push("修改".to_owned());
    }
    may.extend(kind.actions.values().filter(|action| mine(&action.by)).map(|action| action.label.zh.clone()));
    may
}

#[test]
fn the_browser_is_built_against_this_interface() {
    let served = shared().client().get("/openapi.json").ok();
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../web/openapi.json")).expect("web/openapi.json is committed");
    let kept: serde_json::Value = serde_json::from_str(&kept).expect("web/openapi.json is JSON");
    assert!(
        served == kept,
        "web/openapi.json is out of date: save /openapi.json of a running platform there, then `npm run generate` in web/"
    );
}

#[test]
fn the_operations_are_as_written_down() {
    let document = shared().client().get("/openapi.json").ok();
    let mut out = String::from("Every operation of the interface: who, what it takes, what it answers.\n\n");
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let parameters = operation["parameters"].as_array().expect("parameters").iter();
            let query: Vec<&str> =
                parameters.filter(|parameter| parameter["in"] == "query").map(|parameter| text(parameter, "name")).collect();
            let query = if query.is_empty() { String::new() } else { format!(" ?{}", query.join("&")) };
            let security: BTreeSet<&String> =
                operation["security"].as_array().expect("security").iter().filter_map(|one| one.as_object()?.keys().next()).collect();
            let who = if security.is_empty() { "anyone".to_owned() } else { security.into_iter().cloned().collect::<Vec<_>>().join("|") };
            let body = &operation["requestBody"]["content"];
            let takes = body
                .as_object()
                .and_then(|content| content.iter().next())
                .map_or_else(String::new, |(media, of)| format!(" takes {}", name_of(&of["schema"], media)));
            let answers: Vec<String> = operation["responses"]
                .as_object()
                .expect("responses")
                .iter()
                .filter(|(status, _)| *status != "default")
                .map(|(status, answer)| {
                    format!("{status} {}", name_of(&answer["content"]["application/json"]["schema"], "")).trim().to_owned()
                })
                .collect();
            let _ = writeln!(
                out,
                "{} {path}{query}\n    {} by {who}{takes}, answers {}",
                method.to_uppercase(),
                text(operation, "operationId"),
                answers.join(", ")
            );
        }
    }
    golden("operations.txt", &out);
}

fn name_of(schema: &Value, otherwise: &str) -> String {
    schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or(otherwise).to_owned()
}

/// Where the town's and the grid's officers of the demo have their posts.
const PARK_TOWN: &str = "320411004";
/// The demo's account of each role that has one.
const ACCOUNTS: [(&str, &str); 17] = [
    ("leader", "district_leader"),
    ("duty", "duty_officer"),
    ("supervisor", "bureau_admin"),
    ("head", "bureau_head"),
    ("inspector", "inspector"),
    ("town", "town_officer"),
    ("grid", "grid_officer"),
    ("enterprise", "enterprise_safety"),
    ("principal", "enterprise_principal"),
    ("worker", "enterprise_worker"),
    ("expert", "expert"),
    ("third_party", "third_party"),
    ("rescue", "rescue_team_leader"),
    ("storekeeper", "store_keeper"),
    ("sysadmin", "system_admin"),
    ("secadmin", "security_admin"),
    ("auditor", "auditor"),
];

#[test]
fn p30_the_platform_does_as_the_matrix_says() {
    let platform = shared();
    let kinds = anlan_domains::load(&[]).expect("the kinds are sound");
    let records = one_of_each_state(platform, &kinds);
    let enterprise = platform.user("enterprise").my_enterprise();
    let (mut judged, mut wrong) = (0, Vec::new());
    for (account, role) in ACCOUNTS {
        let who = platform.user(account);
        for kind in kinds.by_id.values() {
            judged += 1;
            wrong.extend(kind_as_matrix(&who, role, kind, &enterprise));
            for record in records.iter().filter(|record| record["kind"] == json!(kind.id)) {
                judged += judge_record(&who, role, kind, record, covers(role, record, &enterprise), &mut wrong);
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {judged}:\n{}", wrong.len(), wrong.join("\n"));
    println!("p30: {judged} cases of {} roles, {} kinds, {} states", ACCOUNTS.len(), kinds.by_id.len(), records.len());
    assert!(judged > 800 && records.len() >= 15, "{judged} {}", records.len());
}

/// A record for each state that some record has, of the first demo enterprise where it has one, read by one who reads everything.
fn one_of_each_state(platform: &Platform, kinds: &Kinds) -> Vec<Value> {
    let (auditor, own) = (platform.user("auditor"), platform.user("enterprise").my_enterprise());
    let mut all = Vec::new();
    for kind in kinds.by_id.values() {
        for state in kind.states.keys() {
            let first =
                |rest: &str| items(&auditor.get(&format!("/api/v1/records/{}?state={state}&size=1{rest}", kind.id)).ok()).first().cloned();
            let found = [first(&format!("&enterprise={own}")), first(&format!("&region={PARK_TOWN}")), first("")];
            all.extend(found.into_iter().flatten().take(2));
        }
    }
    all
}

/// Whether a post of this role, as the demo gives it, covers the record.
fn covers(role: &str, record: &Value, enterprise: &str) -> bool {
    match role {
        _ if role.starts_with("enterprise_") => record["enterprise"]["id"] == json!(enterprise),
        "town_officer" | "grid_officer" => record["region"] == json!(PARK_TOWN),
        _ => true,
    }
}

fn kind_as_matrix(who: &Client, role: &str, kind: &Kind, enterprise: &str) -> Vec<String> {
    let role_is = |party: &Party| party.who == Who::Role(Name::of(role));
    let creates = kind.create.by.iter().any(role_is);
    let reads = kind.access.read.iter().any(|reader| *reader.role == *role);
    // Some kinds are open to persons they name, whoever those are: then the kind can be seen, though no record.
    let personal = |party: &Party| matches!(party.who, Who::Creator | Who::Assigned | Who::Person(_));
    let named = kind.actions.values().any(|action| action.by.iter().any(personal))
        || kind.states.values().any(|state| state.edit.iter().any(personal));
    let mut wrong = Vec::new();
    let seen = who.get(&format!("/api/v1/kinds/{}", kind.id)).status;
    if (seen == 200) != (creates || reads) && !(named && seen == 200) {
        wrong.push(format!("{role} gets {seen} for the kind {}", kind.id));
    }
    let made =
        who.post(&format!("/api/v1/records/{}", kind.id), &json!({"body": {}, "enterprise": enterprise, "region": PARK_TOWN})).status;
    // Wrong input for those who may, a refusal for those who may not; nothing is made either way.
    let expected: &[u16] = match (creates, seen) {
        (true, _) => &[422, 409],
        (false, 200) => &[403],
        (false, _) => &[404],
    };
    if !expected.contains(&made) {
        wrong.push(format!("{role} gets {made} for a new {}", kind.id));
    }
    wrong
}

fn judge_record(who: &Client, role: &str, kind: &Kind, record: &Value, covered: bool, wrong: &mut Vec<String>) -> usize {
    let (id, state) = (text(record, "id"), text(record, "state"));
    let path = format!("/api/v1/records/{}/{id}", kind.id);
    let reader = kind.access.read.iter().find(|reader| covered && *reader.role == *role);
    let answer = who.get(&path);
    let expected: &[u16] = match reader {
        Some(reader) if reader.only.is_empty() => &[200],
        Some(_) => &[200, 404],
        None => &[404],
    };
    if !expected.contains(&answer.status) {
        wrong.push(format!("{role} gets {} for {} in {state}", answer.status, kind.id));
    }
    let shown = if answer.status == 200 { answer.json() } else { Value::Null };
    let mut judged = 1;
    // What cannot be read answers every step alike.
    let steps = if answer.status == 404 { 1 } else { kind.actions.len() };
    for action in kind.actions.values().take(steps) {
        judged += 1;
        let plain = action.by.iter().filter_map(|party| match &party.who {
            Who::Role(of) => Some((&**of == role, party.when.is_some())),
            _ => None,
        });
        let mine: Vec<bool> = plain.filter(|(mine, _)| *mine).map(|(_, conditional)| conditional).collect();
        let related = action.by.iter().any(|party| !matches!(party.who, Who::Role(_) | Who::Clock | Who::Platform));
        let button = shown["actions"].as_array().and_then(|all| all.iter().find(|button| button["id"] == json!(action.id)));
        let allowed = button.is_some_and(|button| button["allowed"] == true);
        let place = format!("{role}: {} on {} in {state}", action.id, kind.id);
        if !covered || mine.is_empty() && !related {
            if allowed {
                wrong.push(format!("{place} is offered"));
            }
            let tried =
                who.post(&format!("{path}/actions/{}", action.id), &json!({"revision": record["revision"], "body": {}, "comment": "x"}));
            let fine: &[u16] = if answer.status == 404 { &[404] } else { &[403, 409] };
            if !fine.contains(&tried.status) {
                wrong.push(format!("{place} answers {}: {}", tried.status, tried.text()));
            }
        } else if let Some(button) = button.filter(|_| mine.contains(&false)) {
            let reason = button["reason"].as_str().unwrap_or_default();
            if !allowed && reason == "Your post cannot take this step." {
                wrong.push(format!("{place} should be offered: {button}"));
            }
        }
    }
    judged
}
