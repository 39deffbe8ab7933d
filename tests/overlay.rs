//! A district's own kinds: one more kind as one file, one more field as one line, and mistakes named by file and line.

use std::time::Duration;

use anlan_tests::client::{items, text};
use anlan_tests::process::anlan;
use anlan_tests::{Client, Installation};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(10);

/// Hot-work permits as a district might write them, without a line of code.
const HOT_WORK: &str = r#"[kind]
id = "hot_work"
version = 1
zh = "动火作业"
en = "Hot work"
home = "enterprise"
title = "place"
number = { pattern = "DH-{year}-{seq:3}", scope = ["year"], at = "create" }
basis = "GB 30871-2022 (from-knowledge)"
[groups]
work = { zh = "作业", en = "Work" }
[fields]
place = { type = "text", zh = "动火部位", en = "Place", group = "work", length = [2, 100], required = true, search = true }
grade = { type = "choice", codes = "grade", zh = "级别", en = "Grade", group = "work", required = true, filter = true }
measures = { type = "long_text", zh = "安全措施", en = "Measures", group = "work" }
on = { type = "date", zh = "作业日期", en = "On", group = "work", required = true, filter = true }
position = { type = "place", zh = "坐标", en = "Position", group = "work" }
[choices.grade]
special = { zh = "特级", en = "Special", mark = "red" }
first = { zh = "一级", en = "First", mark = "orange" }
second = { zh = "二级", en = "Second", mark = "yellow" }
[create]
to = "asked"
by = ["enterprise_worker", "enterprise_safety"]
asks = ["place", "grade", "on", "position"]
[states]
asked = { zh = "申请", en = "Asked", tone = "waiting", owner = ["enterprise_safety"], due = "decide", edit = ["enterprise_worker"] }
allowed = { zh = "许可", en = "Allowed", tone = "working", owner = ["enterprise_worker"], due = "work" }
done = { zh = "完工", en = "Done", tone = "done", final = true }
refused = { zh = "不予许可", en = "Refused", tone = "void", final = true }
[actions]
allow = { zh = "许可", en = "Allow", from = ["asked"], to = "allowed", by = ["enterprise_safety"], needs = ["measures"], accepts = true, not_by = ["creator"] }
refuse = { zh = "不予许可", en = "Refuse", from = ["asked"], to = "refused", by = ["enterprise_safety"], reason = true }
finish = { zh = "完工", en = "Finish", from = ["allowed"], to = "done", by = ["enterprise_worker", "enterprise_safety"] }
[deadlines]
decide = { after = 4, unit = "hours" }
work = { after = 1, unit = "days" }
[list]
columns = ["grade", "number", "title", "enterprise", "on", "state"]
filters = ["grade", "on"]
[access]
read = ["enterprise_safety", { who = "enterprise_worker", only = ["creator", "assigned"] }, "inspector"]
"#;
/// One line a field, in the shipped kind of the same name.
const MORE: &str = "[kind]\nid = \"hidden_danger\"\n[fields]\nspecial_watch = { type = \"choice\", codes = \"level\", zh = \"重点关注\", en = \"Watched\", group = \"assessment\", filter = true }\n";

fn with_overlay() -> Installation {
    let mut installation = Installation::demo();
    installation.overlay(&[("permits/hot_work.kind.toml", HOT_WORK), ("hidden_danger/hidden_danger.kind.toml", MORE)]);
    installation
}

#[test]
fn a_kind_of_ones_own_has_everything_the_shipped_ones_have() {
    let platform = with_overlay().run();
    let [worker, safety, foreign, inspector, leader] =
        ["worker", "enterprise", "enterprise2", "inspector", "leader"].map(|name| platform.user(name));

    // In menus, lists of kinds and the description, for those who read it; for others it does not exist.
    let knows = |who: &Client| items(&who.get("/api/v1/kinds").ok()).iter().any(|kind| kind["id"] == "hot_work");
    assert!(knows(&worker) && knows(&safety) && knows(&inspector) && !knows(&leader));
    assert!(safety.me()["menus"].to_string().contains("/records/hot_work"));
    leader.get("/api/v1/kinds/hot_work").refused(404, "not_found");
    leader.get("/api/v1/records/hot_work").refused(404, "not_found");
    let form = worker.get("/api/v1/kinds/hot_work").ok();
    let fields: Vec<&str> = form["fields"].as_array().expect("fields").iter().map(|field| text(field, "id")).collect();
    assert_eq!(fields, ["place", "grade", "measures", "on", "position"]);
    assert_eq!(form["create"]["asks"], json!(["place", "grade", "on", "position"]));
    assert_eq!(form["label"], json!({"zh": "动火作业", "en": "Hot work"}));
    let document = platform.client().get("/openapi.json").ok();
    assert!(document["components"]["schemas"]["hot_work_body"]["properties"]["grade"].is_object());
    assert!(document.to_string().contains(r#""hot_work""#), "among the kinds of the paths");

    let asked =
        |place: &str| json!({"body": {"place": place, "grade": "first", "on": "2026-11-24", "position": {"lon": 119.9, "lat": 31.9}}});
    assert_eq!(
        worker.post("/api/v1/records/hot_work", &json!({"body": {"grade": "third"}})).invalid(),
        ["body.grade: unknown_code", "body.on: required", "body.place: required"]
    );
    let live = inspector.live("topics=records");
    let permit = worker.create("hot_work", &asked("T203 顶部平台"));
    assert!(text(&permit, "number").starts_with("DH-20") && text(&permit, "number").ends_with("-001"), "{permit}");
    let own = worker.create("hot_work", &asked("换热器 E101"));
    assert!(text(&own, "number").ends_with("-002"));
    let id = text(&permit, "id").to_owned();
    live.wait("the permit", SOON, |event| event.data["id"] == json!(id) && event.data["kind"] == "hot_work");

    // List, search, filter, map, tasks.
    let total = |who: &Client, query: &str| who.get(&format!("/api/v1/records/hot_work?{query}")).ok()["total"].clone();
    assert_eq!([total(&safety, ""), total(&safety, "field.grade=first&q=E101"), total(&foreign, "")], [json!(2), json!(1), json!(0)]);
    assert_eq!(safety.get("/api/v1/features/hot_work").ok()["features"].as_array().map(Vec::len), Some(2));
    let tasks = safety.get("/api/v1/tasks?mine=true&kind=hot_work").ok();
    assert_eq!(tasks["total"], 2);
    assert!(items(&tasks)[0]["due_at"].is_string());
    foreign.get(&format!("/api/v1/records/hot_work/{id}")).refused(404, "not_found");

    // The loop, with its refusals.
    worker.try_act(&permit, "allow", &json!({"measures": "x"}), None).refused(403, "not_allowed");
    assert_eq!(safety.try_act(&permit, "allow", &json!({}), None).invalid(), ["body.measures: needed"]);
    assert_eq!(safety.try_act(&permit, "refuse", &json!({}), None).invalid(), ["comment: reason_needed"]);
    let allowed = safety.act(&permit, "allow", &json!({"measures": "清洗置换，专人监护"}));
    assert_eq!((&allowed["state"], &allowed["state_label"]["zh"]), (&json!("allowed"), &json!("许可")));
    let mine = safety.create("hot_work", &asked("泵房"));
    safety.try_act(&mine, "allow", &json!({"measures": "x"}), None).refused(403, "own_work");
    assert_eq!(worker.act(&allowed, "finish", &json!({}))["state"], "done");
    let history = safety.get(&format!("/api/v1/records/hot_work/{id}/history")).ok();
    let steps: Vec<&str> = items(&history).iter().map(|event| text(event, "action")).collect();
    assert_eq!(steps, ["create", "allow", "finish"]);
    assert!(items(&history).iter().all(|event| text(&event["leaf"], "hash").len() == 64));

    one_more_field(&safety);
    // It survives a restart, and the data of a kind that is no longer there keep the platform from starting blindly.
    let platform = platform.stop().run();
    assert_eq!(platform.user("worker").read("hot_work", &id)["state"], "done");
}

fn one_more_field(safety: &Client) {
    let form = safety.get("/api/v1/kinds/hidden_danger").ok();
    let field =
        form["fields"].as_array().expect("fields").iter().find(|field| field["id"] == "special_watch").expect("the new field").clone();
    assert_eq!(field["label"]["zh"], "重点关注");
    let body = json!({"summary": "一条需要重点关注的隐患", "source": "self_inspection", "special_watch": "major"});
    let danger = safety.create("hidden_danger", &json!({"body": body}));
    assert_eq!(danger["body"]["special_watch"], "major");
    let found = safety.get("/api/v1/records/hidden_danger?field.special_watch=major").ok();
    assert_eq!((&found["total"], &found["items"][0]["id"]), (&json!(1), &danger["id"]), "old records do not have it, and are still there");
    let all = safety.get("/api/v1/records/hidden_danger?size=1").ok();
    assert!(all["total"].as_u64() > Some(1));
}

fn checked(files: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut installation = Installation::empty();
    installation.overlay(files);
    let dir = installation.path("overlay");
    let (code, out, err) = anlan(&["check", "--overlay", dir.to_str().expect("a plain path")], "");
    (code, format!("{out}{err}"))
}

#[test]
fn check_names_file_line_what_was_found_and_what_is_allowed() {
    let (code, out, err) = anlan(&["check"], "");
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("hidden_danger") && out.contains("warning"), "{out}");
    let (code, said) = checked(&[("permits/hot_work.kind.toml", HOT_WORK)]);
    assert_eq!(code, Some(0), "{said}");

    let line_of = |needle: &str| HOT_WORK.lines().position(|line| line.contains(needle)).expect("it is in the file") + 1;
    let kind = "permits/hot_work.kind.toml";
    for (from, to, at, found) in [
        ("type = \"long_text\"", "type = \"longtext\"", "measures = {", "longtext"),
        ("codes = \"grade\"", "codes = \"grades\"", "grade = {", "grades"),
        ("to = \"allowed\"", "to = \"alowed\"", "allow = {", "alowed"),
        ("by = [\"enterprise_safety\"], reason", "by = [\"safety\"], reason", "refuse = {", "safety"),
        ("needs = [\"measures\"]", "needs = [\"measure\"]", "allow = {", "measure"),
        ("due = \"decide\"", "due = \"decided\"", "asked = {", "decided"),
        ("tone = \"done\"", "tone = \"green\"", "done = {", "green"),
        ("unit = \"hours\"", "unit = \"fortnights\"", "decide = {", "fortnights"),
        ("home = \"enterprise\"", "home = \"house\"", "home = ", "house"),
        ("length = [2, 100]", "length = [100, 2]", "place = {", "length"),
        ("columns = [\"grade\"", "columns = [\"grad\"", "columns = ", "grad"),
    ] {
        assert!(HOT_WORK.contains(from), "{from}");
        let (code, said) = checked(&[(kind, &HOT_WORK.replace(from, to))]);
        assert_eq!(code, Some(1), "{to}: {said}");
        let place = format!("{kind}:{}: ", line_of(at));
        let line = said.lines().find(|line| line.contains(&place) && line.contains(found));
        assert!(line.is_some_and(|line| line.contains("allowed: ")), "{to}: wanted {place}…{found}…allowed: …, got\n{said}");
    }
    // A record that could never leave a state; a rule that is not compiled in; a shipped kind whose actions change.
    let stuck = HOT_WORK.replace("from = [\"allowed\"]", "from = [\"asked\"]");
    for (files, found) in [
        ([(kind, stuck.as_str())], "allowed"),
        (
            [("hidden_danger/hidden_danger.kind.toml", "[kind]\nid = \"hidden_danger\"\n[actions]\nregister = { by = [\"inspector\"] }\n")],
            "actions.register.by",
        ),
        (
            [(
                "hidden_danger/hidden_danger.kind.toml",
                "[kind]\nid = \"hidden_danger\"\n[fields]\nx = { type = \"yes_no\", zh = \"x\", en = \"x\", derive = \"rectified_on_time\" }\n",
            )],
            "rectified_on_time",
        ),
        ([("hidden_danger/settings.toml", "longest_general_day = 5\n")], "longest_general_day"),
        ([(kind, "[kind\n")], kind),
    ] {
        let (code, said) = checked(&files);
        assert!(code == Some(1) && said.contains(found), "{found}: {said}");
    }
}

#[test]
fn a_platform_does_not_start_with_mistakes_in_its_kinds() {
    let mut installation = Installation::empty();
    installation.overlay(&[("permits/hot_work.kind.toml", &HOT_WORK.replace("long_text", "longtext"))]);
    let (code, said) = installation.refuses();
    assert!(code == Some(1) && said.contains("hot_work.kind.toml:15: ") && said.contains("longtext"), "{code:?} {said}");
    assert!(!installation.data().join("records.db").exists(), "nothing was written");
}

#[test]
fn exit_codes_tell_success_refusal_and_misuse_apart() {
    for (arguments, wanted) in [
        (&["--version"][..], 0),
        (&["check"], 0),
        (&["check", "--overlay", "/no/such/folder"], 1),
        (&["serve"], 1),
        (&["serve", "--colour", "red"], 2),
        (&["fly"], 2),
        (&[], 2),
    ] {
        let (code, out, err) = anlan(arguments, "");
        assert_eq!(code, Some(wanted), "{arguments:?}: {out}{err}");
        assert!(wanted == 0 || (out.is_empty() && !err.is_empty()), "{arguments:?} explains itself on standard error: {out}");
    }
}

#[test]
fn an_administrator_adds_people_and_gateways_on_a_stopped_installation() {
    let installation = Installation::demo();
    let data = installation.data();
    let data = data.to_str().expect("a plain path");
    let add = |name: &str, post: &str, password: &str| {
        anlan(&["user", "add", name, "--post", post, "--password-stdin", "--data", data], password)
    };
    assert_eq!(add("new_inspector", "inspector@320411/chemical", "a good long secret").0, Some(0));
    assert_eq!(add("new_safety", "enterprise_safety@enterprise:WA01", "a good long secret\n").0, Some(0));
    for (name, post, password, why) in [
        ("short", "inspector@320411", "short", "too_short"),
        ("wrong", "emperor@320411", "a good long secret", "emperor"),
        ("wrong", "inspector@999999", "a good long secret", "inspector@999999"),
        ("wrong", "inspector@enterprise:WA01", "a good long secret", "wrong_scope"),
        ("inspector", "inspector@320411", "a good long secret", "inspector"),
    ] {
        let (code, _, said) = add(name, post, password);
        assert!(code == Some(1) && said.contains(why), "{name} {post}: {code:?} {said}");
    }
    let both = ["user", "add", "both", "--post", "system_admin@platform", "--post", "auditor@platform", "--password-stdin", "--data", data];
    let (code, _, said) = anlan(&both, "a good long secret");
    assert!(code == Some(1) && said.contains("roles_apart"), "three powers stay apart: {said}");
    let (code, key, _) = anlan(&["gateway", "add", "wa01-gw9", "--enterprise", "WA01", "--data", data], "");
    assert_eq!(code, Some(0));

    let platform = installation.run();
    let safety = platform.client().log_in("new_safety", "a good long secret");
    assert_eq!(safety.my_enterprise(), platform.user("enterprise2").my_enterprise());
    let inspector = platform.client().log_in("new_inspector", "a good long secret");
    let seen = inspector.get("/api/v1/records/enterprise?size=200").ok();
    assert!(
        !items(&seen).is_empty() && items(&seen).iter().all(|enterprise: &Value| enterprise["sector"] == "chemical"),
        "a post of one sector"
    );
    let send = platform.client().request("POST", "/api/v1/samples").basic_auth("wa01-gw9", Some(key.trim())).json(&json!([]));
    Client::send(send).ok();
}
