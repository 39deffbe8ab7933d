//! P31: nothing of one enterprise reaches another. Twins with the same kinds of data; every route is asked for the other's.
//!
//! The rule for whatever a request may name: the answer to a foreign id, code or word is, letter by letter, the answer to one that
//! does not exist. One thing remains by design: a gateway's name is what it logs in with, so that a name is taken can be seen.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anlan_tests::client::{items, text};
use anlan_tests::{Answer, Client, ENTERPRISE, ENTERPRISE2, Event, GATEWAY2, Installation, Platform, eventually, now_ms, rfc3339};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(10);
/// In every text of the twin, and in nothing else.
const MARK: &str = "孪生乙机密";
/// Values that belong to nobody, in each form.
const NO_ID: &str = "019f0000-0000-7000-8000-00000000dead";
const NO_POINT: &str = "WA01.NOPE.1";
const NO_GATEWAY: &str = "wa01-nope";
const NO_WORD: &str = "无此文字";

/// What one of the twins has.
#[derive(Debug)]
struct Belongings {
    enterprise: String,
    code: &'static str,
    name: String,
    user: String,
    unit: String,
    danger: String,
    number: String,
    equipment: String,
    point: String,
    rule: String,
    gateway: String,
    photo: String,
    alarm: String,
    warning: String,
    run: String,
}

fn furnish(platform: &Platform, account: &str, code: &'static str, mark: &str) -> Belongings {
    let who = platform.user(account);
    let id = |record: &Value| text(record, "id").to_owned();
    let enterprise = who.my_enterprise();
    let unit = id(&who.create("hazard_unit", &json!({"body": {"name": format!("{mark}单元"), "category": "storage"}})));
    let equipment = json!({"body": {"name": format!("{mark}设备"), "tag": format!("{mark}-1"), "type": "tank", "hazard_unit": unit}});
    let equipment = id(&who.create("equipment", &equipment));
    let photo = id(&who.upload(&format!("{mark}.png"), anlan_tests::PHOTO).created());
    let position = json!({"lon": 119.9, "lat": 31.95});
    let danger = json!({"body": {"summary": format!("{mark}：法兰渗漏，需要处理"), "place": mark, "source": "self_inspection",
        "hazard_unit": unit, "photos": [photo], "position": position}});
    let danger = who.create("hidden_danger", &danger);
    let point = format!("{code}.TWIN.1");
    let new = json!({"id": point, "name": format!("{mark}测点"), "enterprise": enterprise, "hazard_unit": unit, "quantity": "temperature",
        "unit": "℃", "span": [0, 100], "period_s": 1, "kind": "analogue"});
    who.post("/api/v1/points", &new).created();
    let rule = id(&who.create("alarm_rule", &json!({"body": {"point": point, "hh": 50, "priority": "high"}})));
    let gateway = format!("{}-twin", code.to_lowercase());
    who.post("/api/v1/gateways", &json!({"id": gateway, "enterprise": enterprise})).created();
    who.post("/api/v1/samples", &json!([{"p": point, "t": rfc3339(now_ms()), "v": 77.125}])).ok();
    let first = |path: String| {
        eventually(&path, SOON, || {
            let page = who.get(&path).ok();
            items(&page).first().map(id)
        })
    };
    let alarm = first(format!("/api/v1/alarms?point={point}"));
    let warning = first(format!("/api/v1/records/warning?field.hazard_unit={unit}"));
    let run = json!({"scenario": crate::science::chlorine(mark), "store": true, "hazard_unit": unit});
    let run = id(&who.post("/api/v1/consequence/runs", &run).created());
    let shown = who.read("enterprise", &enterprise);
    Belongings {
        name: text(&shown, "title").to_owned(),
        user: text(&who.me()["user"], "id").to_owned(),
        number: text(&danger, "number").to_owned(),
        danger: id(&danger),
        enterprise,
        code,
        unit,
        equipment,
        point,
        rule,
        gateway,
        photo,
        alarm,
        warning,
        run,
    }
}

impl Belongings {
    /// Whatever would tell that they exist.
    fn traces(&self) -> Vec<&str> {
        vec![
            MARK,
            &self.enterprise,
            self.code,
            &self.name,
            &self.user,
            &self.unit,
            &self.danger,
            &self.number,
            &self.equipment,
            &self.point,
            &self.rule,
            &self.gateway,
            &self.photo,
            &self.alarm,
            &self.warning,
            &self.run,
        ]
    }

    /// Each record with its kind.
    fn records(&self) -> [(&'static str, &str); 6] {
        [
            ("enterprise", &self.enterprise),
            ("hazard_unit", &self.unit),
            ("hidden_danger", &self.danger),
            ("equipment", &self.equipment),
            ("alarm_rule", &self.rule),
            ("warning", &self.warning),
        ]
    }
}

/// One request, once with something foreign and once with something that does not exist.
struct Question {
    method: &'static str,
    foreign: (String, Value),
    nothing: (String, Value),
    /// What was asked for: it may be echoed.
    asked: (String, &'static str),
    /// The path itself names it.
    in_path: bool,
}

fn ask(client: &Client, method: &str, path: &str, body: &Value) -> Answer {
    let request = client.request(method, path);
    Client::send(if body.is_null() { request } else { request.json(body) })
}

/// Every operation of the OpenAPI document: method, path, names of its query parameters.
fn operations(platform: &Platform) -> Vec<(String, String, Vec<String>)> {
    let document = platform.client().get("/openapi.json").ok();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let parameters = operation["parameters"].as_array().expect("parameters").iter();
            let query = parameters.filter(|parameter| parameter["in"] == "query").map(|parameter| text(parameter, "name").to_owned());
            all.push((method.to_uppercase(), path.clone(), query.collect()));
        }
    }
    assert!(all.len() > 35, "{all:?}");
    all
}

/// The questions that reach for the twin's, made from the operations. A route that names something this does not know fails the test.
fn questions(platform: &Platform, twin: &Belongings) -> Vec<Question> {
    let kinds = platform.user("enterprise").get("/api/v1/kinds").ok();
    let kinds: BTreeMap<String, Value> = items(&kinds)
        .iter()
        .map(|kind| (text(kind, "id").to_owned(), platform.user("enterprise").get(&format!("/api/v1/kinds/{}", text(kind, "id"))).ok()))
        .collect();
    let mut all = Vec::new();
    for (method, path, query) in operations(platform) {
        let method: &'static str = match method.as_str() {
            "GET" => "GET",
            "POST" => "POST",
            "PATCH" => "PATCH",
            "PUT" => "PUT",
            "DELETE" => "DELETE",
            other => panic!("a method nobody thought of: {other}"),
        };
        let body = if method == "GET" || method == "DELETE" { Value::Null } else { json!({}) };
        let change = json!({"revision": 1, "body": {}, "comment": "x"});
        let mut by_path = |template: &str, foreign: &str, nothing: &'static str, body: &Value| {
            all.push(Question {
                method,
                foreign: (template.replace("{id}", foreign), body.clone()),
                nothing: (template.replace("{id}", nothing), body.clone()),
                asked: (foreign.to_owned(), nothing),
                in_path: true,
            });
        };
        match path.as_str() {
            "/api/v1/records/{kind}/{id}/actions/{action}" => {
                for (kind, id) in twin.records() {
                    for action in kinds[kind]["actions"].as_array().expect("actions") {
                        let path = path.replace("{kind}", kind).replace("{action}", text(action, "id"));
                        by_path(&path, id, NO_ID, &change);
                    }
                }
            }
            _ if path.starts_with("/api/v1/records/{kind}/{id}") => {
                let body = if body.is_null() { body } else { change };
                for (of, id) in twin.records() {
                    // Also under a wrong kind.
                    for kind in [of, "hidden_danger"] {
                        by_path(&path.replace("{kind}", kind), id, NO_ID, &body);
                    }
                }
            }
            "/api/v1/enterprises/{id}/overview" => by_path(&path, &twin.enterprise, NO_ID, &body),
            "/api/v1/gateways/{id}" => by_path(&path, &twin.gateway, NO_GATEWAY, &body),
            "/attachments/{id}" => {
                by_path(&path, &twin.photo, NO_ID, &body);
                by_path(&format!("{path}?size=thumb"), &twin.photo, NO_ID, &body);
            }
            "/api/v1/alarms/{id}" | "/api/v1/alarms/{id}/ack" => by_path(&path, &twin.alarm, NO_ID, &body),
            "/api/v1/consequence/runs/{id}" | "/api/v1/consequence/runs/{id}/repeat" => by_path(&path, &twin.run, NO_ID, &body),
            _ if path.contains("{id}") => panic!("{path} names something this test does not know: teach it"),
            _ => {}
        }
        if method == "GET" && !path.contains("{id}") && path != "/api/v1/live" {
            lists(&path, &query, &kinds, twin, &mut all);
        }
    }
    writes(twin, &mut all);
    all
}

/// Every parameter of every list, with a value of the twin's.
fn lists(path: &str, query: &[String], kinds: &BTreeMap<String, Value>, twin: &Belongings, all: &mut Vec<Question>) {
    let of_kind: Vec<String> =
        if path.contains("{kind}") { kinds.keys().map(|kind| path.replace("{kind}", kind)).collect() } else { vec![path.to_owned()] };
    let times = if query.iter().any(|name| name == "from") && path.ends_with("samples") {
        format!("&from={}&to={}", now_ms() - 86_400_000, now_ms() + 86_400_000)
    } else {
        String::new()
    };
    for path in of_kind {
        let mut with = |name: &str, foreign: &str, nothing: &'static str| {
            let ask = |value: &str| format!("{path}?{name}={}{times}", encode(value));
            all.push(Question {
                method: "GET",
                foreign: (ask(foreign), Value::Null),
                nothing: (ask(nothing), Value::Null),
                asked: (foreign.to_owned(), nothing),
                in_path: false,
            });
        };
        for name in query {
            match name.as_str() {
                "enterprise" => {
                    with(name, &twin.enterprise, NO_ID);
                    with(name, twin.code, "ZZ99");
                }
                "hazard_unit" => with(name, &twin.unit, NO_ID),
                "point" => with(name, &twin.point, NO_POINT),
                "ids" if path.ends_with("users") => with(name, &twin.user, NO_ID),
                "ids" => with(name, &twin.point, NO_POINT),
                "q" => {
                    with(name, MARK, NO_WORD);
                    with(name, &twin.name, NO_WORD);
                    with(name, &twin.number, "YH-1999-0001");
                }
                "field.NAME" => {
                    let kind = path.rsplit('/').next().unwrap_or_default();
                    for field in kinds[kind]["fields"].as_array().expect("fields").iter().filter(|field| field["filter"] == true) {
                        let name = format!("field.{}", text(field, "id"));
                        match text(field, "type") {
                            "record" => with(&name, &twin.unit, NO_ID),
                            "point" => with(&name, &twin.point, NO_POINT),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// Bodies that refer to the twin's.
fn writes(twin: &Belongings, all: &mut Vec<Question>) {
    let mut post = |path: &str, foreign: &str, nothing: &'static str, body: &dyn Fn(&str) -> Value| {
        all.push(Question {
            method: "POST",
            foreign: (path.to_owned(), body(foreign)),
            nothing: (path.to_owned(), body(nothing)),
            asked: (foreign.to_owned(), nothing),
            in_path: false,
        });
    };
    let danger = |name: &'static str| {
        move |value: &str| {
            let mut body = json!({"summary": "一条足够长的隐患描述文字", "source": "self_inspection"});
            body[name] = if name == "photos" { json!([value]) } else { json!(value) };
            json!({"body": body})
        }
    };
    post("/api/v1/records/hidden_danger", &twin.unit, NO_ID, &danger("hazard_unit"));
    post("/api/v1/records/hidden_danger", &twin.photo, NO_ID, &danger("photos"));
    for kind in ["hidden_danger", "hazard_unit", "equipment", "alarm_rule", "warning", "enterprise"] {
        post(
            &format!("/api/v1/records/{kind}"),
            &twin.enterprise,
            NO_ID,
            &|value| json!({"enterprise": value, "body": {"summary": "一条足够长的隐患描述"}}),
        );
    }
    post("/api/v1/records/alarm_rule", &twin.point, NO_POINT, &|value| json!({"body": {"point": value, "hh": 5, "priority": "low"}}));
    post("/api/v1/records/hazard_unit", &twin.user, NO_ID, &|value| json!({"body": {"name": "x", "category": "storage", "chief": value}}));
    post("/api/v1/samples", &twin.point, NO_POINT, &|value| json!([{"p": value, "t": "2026-01-01T00:00:00Z", "v": 1}]));
    for value in [(&*twin.enterprise, NO_ID), (twin.code, "ZZ99")] {
        post("/api/v1/gateways", value.0, value.1, &|value| json!({"id": "some-new-gateway", "enterprise": value}));
    }
    let point = |name: &'static str| {
        move |value: &str| {
            let mut point = json!({"id": "CW01.NEW.1", "name": "x", "enterprise": ENTERPRISE, "quantity": "level", "unit": "m", "span": [0, 1],
                "period_s": 1, "kind": "analogue"});
            point[name] = json!(value);
            point
        }
    };
    post("/api/v1/points", &twin.unit, NO_ID, &point("hazard_unit"));
    post("/api/v1/points", &twin.equipment, NO_ID, &point("equipment"));
    post("/api/v1/points", &twin.enterprise, NO_ID, &point("enterprise"));
    let run = |name: &'static str| {
        move |value: &str| {
            let mut run = json!({"scenario": crate::science::chlorine("氯气"), "store": true});
            run[name] = json!(value);
            run
        }
    };
    post("/api/v1/consequence/runs", &twin.unit, NO_ID, &run("hazard_unit"));
    post("/api/v1/consequence/runs", &twin.enterprise, NO_ID, &run("enterprise"));
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b"-._".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// The answer without what differs between any two answers, and with `from` read as `to`.
fn judged(answer: &Answer, from: &str, to: &str) -> String {
    let text = answer.text().replace(from, to);
    match serde_json::from_str::<Value>(&text) {
        Ok(mut value) => {
            for changing in ["request_id", "at"] {
                value.as_object_mut().and_then(|object| object.remove(changing));
            }
            format!("{} {value}", answer.status)
        }
        Err(_) => format!("{} {text}", answer.status),
    }
}

/// Totals and figures of everything the caller may list.
fn figures(platform: &Platform, who: &Client) -> BTreeMap<String, Value> {
    let kinds = who.get("/api/v1/kinds").ok();
    let mut all = BTreeMap::from([("kinds".to_owned(), json!(items(&kinds).iter().map(|kind| &kind["counts"]).collect::<Vec<_>>()))]);
    let me = who.me();
    all.insert("tasks of mine".to_owned(), json!([me["open_tasks"], me["overdue_tasks"]]));
    for (method, path, _) in operations(platform) {
        let whole = path.contains("{id}") || path.contains("{key}") || path == "/api/v1/live";
        if method != "GET" || whole {
            continue;
        }
        let paths = if path.contains("{kind}") {
            items(&kinds).iter().map(|kind| path.replace("{kind}", text(kind, "id"))).collect()
        } else {
            vec![path]
        };
        for path in paths {
            let answer = who.get(&path);
            if answer.status == 200
                && let Ok(mut value) = serde_json::from_slice::<Value>(&answer.bytes)
            {
                if path.ends_with("duty/overview") {
                    // These change with time alone.
                    for changing in ["at", "points", "enterprises", "weather"] {
                        value.as_object_mut().expect("an object").remove(changing);
                    }
                    all.insert(path, value);
                } else if let Some(total) = value.get("total") {
                    all.insert(path, total.clone());
                } else if let Some(features) = value["features"].as_array() {
                    all.insert(path, json!(features.len()));
                }
            }
        }
    }
    assert!(all.len() > 15, "{all:?}");
    all
}

#[test]
fn p31_an_enterprise_learns_nothing_of_its_twin() {
    let mut installation = Installation::demo();
    // The demo's log-in page lists its accounts to everybody.
    installation.start.serve = true;
    let platform = installation.run();
    furnish(&platform, "enterprise", ENTERPRISE, "孪生甲");
    let people = ["enterprise", "principal", "worker"].map(|name| platform.user(name));
    let before: Vec<_> = people.iter().map(|who| figures(&platform, who)).collect();
    let points = format!("{ENTERPRISE2}.TWIN.1,{ENTERPRISE}.TWIN.1");
    let live = |who: &Client| who.live(&format!("topics=alarms,warnings,records&points={points}"));
    let (streams, witness) = (people.each_ref().map(live), live(&platform.user("inspector")));

    let twin = furnish(&platform, "enterprise2", ENTERPRISE2, MARK);
    // By now the stream has had its say: the witness heard the last of it.
    let of_twin = |event: &Event| event.data["id"] == json!(twin.warning);
    witness.wait("the twin's warning", SOON, |event| event.name == "warning" && of_twin(event));

    for (who, before) in people.iter().zip(&before) {
        assert_eq!(&figures(&platform, who), before, "counts tell of the twin");
    }
    let questions = questions(&platform, &twin);
    let mut leaks = BTreeSet::new();
    for (who, account) in people.iter().zip(["enterprise", "principal", "worker"]) {
        for question in &questions {
            interrogate(who, account, question, &twin, &mut leaks);
        }
        for (path, answer) in everything(&platform, who) {
            leaks.extend(traces_in(&answer, &twin).map(|trace| format!("{account}: {path} shows {trace}")));
        }
    }
    for stream in streams {
        for event in stream.heard() {
            let said = event.data.to_string();
            leaks.extend(
                twin.traces()
                    .into_iter()
                    .filter(|trace| said.contains(trace))
                    .map(|trace| format!("the live stream shows {trace}: {said}")),
            );
        }
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.iter().cloned().collect::<Vec<_>>().join("\n"));
    println!("p31: {} questions to each of {} people, 0 leaks", questions.len(), people.len());
    the_control_sees_it_all(&platform, &twin, &questions);
}

fn interrogate(who: &Client, account: &str, question: &Question, twin: &Belongings, leaks: &mut BTreeSet<String>) {
    let foreign = ask(who, question.method, &question.foreign.0, &question.foreign.1);
    let nothing = ask(who, question.method, &question.nothing.0, &question.nothing.1);
    let (asked, absent) = (&question.asked.0, question.asked.1);
    let (seen, unseen) = (judged(&foreign, asked, absent), judged(&nothing, asked, absent));
    if seen != unseen {
        let shown = |text: &str| text.chars().take(300).collect::<String>();
        leaks.insert(format!(
            "{account}: {} {} {} tells it exists:\n    {}\n    {}",
            question.method,
            question.foreign.0,
            question.foreign.1,
            shown(&seen),
            shown(&unseen)
        ));
    }
    if question.in_path && foreign.status != 404 {
        leaks.insert(format!("{account}: {} {} answers {}", question.method, question.foreign.0, foreign.status));
    }
    leaks.extend(
        twin.traces()
            .into_iter()
            .filter(|trace| trace != asked && seen.contains(trace))
            .map(|trace| format!("{account}: {} shows {trace}", question.foreign.0)),
    );
}

/// All that can be read without naming anything.
fn everything(platform: &Platform, who: &Client) -> Vec<(String, Answer)> {
    let kinds = who.get("/api/v1/kinds").ok();
    let mut all = Vec::new();
    for (method, path, query) in operations(platform) {
        if method != "GET" || path.contains("{id}") || path.contains("{key}") || path == "/api/v1/live" {
            continue;
        }
        let size = if query.iter().any(|name| name == "size") { "?size=200" } else { "" };
        let paths = if path.contains("{kind}") {
            items(&kinds).iter().map(|kind| path.replace("{kind}", text(kind, "id"))).collect()
        } else {
            vec![path]
        };
        all.extend(paths.into_iter().map(|path| (path.clone(), who.get(&format!("{path}{size}")))));
    }
    all
}

fn traces_in<'t>(answer: &Answer, twin: &'t Belongings) -> impl Iterator<Item = &'t str> {
    let said = answer.text();
    twin.traces().into_iter().filter(move |trace| said.contains(trace))
}

/// If somebody who may see it did not, the questions above would prove nothing.
fn the_control_sees_it_all(platform: &Platform, twin: &Belongings, questions: &[Question]) {
    let inspector = platform.user("inspector");
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut reached = 0;
    for question in questions.iter().filter(|question| question.method == "GET") {
        let answer = ask(&inspector, "GET", &question.foreign.0, &Value::Null);
        if question.in_path && answer.status == 200 {
            reached += 1;
        }
        seen.extend(traces_in(&answer, twin));
    }
    let unseen: Vec<&str> = twin.traces().into_iter().filter(|trace| !seen.contains(trace)).collect();
    assert!(unseen.is_empty(), "the inspector should see {unseen:?}");
    assert!(reached >= 15, "the inspector opens what is the twin's: {reached}");
    let gateway = platform.user("enterprise2").get(&format!("/api/v1/gateways/{GATEWAY2}"));
    assert_eq!(gateway.status, 200);
}
