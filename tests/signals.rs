//! From a real reading to an alarm, a warning and a task; and what becomes of readings that are not right.

use std::time::Duration;

use anlan_tests::client::{items, text};
use anlan_tests::mqtt::{Bare, mosquitto_pub, topic};
use anlan_tests::{Client, DEMO_SECRET, ENTERPRISE, ENTERPRISE2, GATEWAY, GATEWAY2, Platform, eventually, now, now_ms, rfc3339, shared};
use serde_json::{Value, json};

/// Ten times the promised second.
const SOON: Duration = Duration::from_secs(10);
const DAY_MS: i64 = 86_400_000;

/// A hazard unit with one point, watched by a rule: H 25, HH 50, no delays.
struct Watched {
    unit: String,
    point: String,
}

fn watched(safety: &Client, name: &str, rule: &Value) -> Watched {
    let unit = safety.create("hazard_unit", &json!({"body": {"name": format!("测试单元 {name}"), "category": "storage"}}));
    let unit = text(&unit, "id").to_owned();
    let point = point(safety, name, Some(&unit));
    let mut body = json!({"point": point, "h": 25, "hh": 50, "priority": "medium", "top_priority": "high"});
    body.as_object_mut().expect("an object").extend(rule.as_object().expect("an object").clone());
    safety.create("alarm_rule", &json!({"body": body}));
    Watched { unit, point }
}

/// A new point of the first enterprise, 0 to 100 %LEL.
fn point(safety: &Client, name: &str, unit: Option<&str>) -> String {
    let id = format!("{ENTERPRISE}.TEST.{name}");
    let mut new = json!({"id": id, "name": name, "enterprise": safety.my_enterprise(), "quantity": "temperature", "unit": "%LEL",
        "span": [0, 100], "period_s": 1, "kind": "analogue"});
    if let Some(unit) = unit {
        new["hazard_unit"] = json!(unit);
    }
    let point = safety.post("/api/v1/points", &new).created();
    assert_eq!(point["id"], json!(id));
    id
}

fn reading(point: &str, t_ms: i64, v: f64) -> Value {
    json!({"p": point, "t": rfc3339(t_ms), "v": v})
}

fn rows(client: &Client, point: &str, from: i64, to: i64, rest: &str) -> Vec<Value> {
    let answer = client.get(&format!("/api/v1/samples?point={point}&from={from}&to={to}{rest}")).ok();
    assert_eq!(answer["point"], json!(point));
    assert_eq!(answer["unit"], "%LEL");
    answer["rows"].as_array().expect("rows").clone()
}

fn send(client: &Client, entries: &Value) -> Value {
    let receipt = client.post("/api/v1/samples", entries).ok();
    assert_eq!(receipt["ack"], "D1");
    receipt
}

fn codes(receipt: &Value) -> Vec<String> {
    let rejected = receipt["rejected"].as_array().expect("a list");
    rejected.iter().map(|entry| format!("{} {}", entry["index"], text(entry, "code"))).collect()
}

#[test]
fn a_reading_above_hh_becomes_an_alarm_a_warning_and_a_task() {
    let platform = shared();
    for version in ["311", "5"] {
        from_reading_to_task(platform, version);
    }
}

fn from_reading_to_task(platform: &Platform, version: &str) {
    let safety = platform.user("enterprise");
    let Watched { unit, point } = watched(&safety, &format!("HH-{version}"), &json!({}));
    let live = platform.user("duty").live(&format!("topics=alarms,warnings,records&points={point}"));
    let t = now_ms();
    platform.publish(version, ENTERPRISE, GATEWAY, &json!([reading(&point, t, 61.5)]).to_string());
    let acknowledged = now();

    // Acknowledged means stored: no waiting here.
    assert_eq!(rows(&safety, &point, t, t + 1, ""), [json!([t, 61.5, "good"])]);
    let latest = safety.get(&format!("/api/v1/points/latest?ids={point}")).ok();
    assert_eq!((&latest["items"][0]["p"], &latest["items"][0]["v"]), (&json!(point), &json!(61.5)));

    let said = live.wait("the alarm", SOON, |event| event.name == "alarm" && event.data["point"] == json!(point));
    println!("MQTT {version}: the alarm was on the stream {:.3} s after the acknowledgement", (now() - acknowledged).as_secs_f64());
    assert!(said.id.is_some(), "an event has a number to resume from");
    let alarm = said.data;
    let of_alarm = ["condition", "side", "priority", "state"].map(|name| text(&alarm, name).to_owned());
    assert_eq!(of_alarm, ["HH", "high", "high", "unack_active"]);
    assert_eq!((&alarm["value"], &alarm["limit"], &alarm["unit"]), (&json!(61.5), &json!(50.0), &json!("%LEL")));
    assert_eq!(alarm["raised_at"], json!(rfc3339(t)));
    let listed = safety.get(&format!("/api/v1/alarms?state=active&point={point}")).ok();
    assert_eq!((&listed["total"], &listed["items"][0]), (&json!(1), &alarm), "the stream and the list show the same");

    // The unit's warning: blue at once, orange after the configured delay, without anybody asking again.
    let of_unit = |colour: &str| {
        let (unit, colour) = (unit.clone(), colour.to_owned());
        move |event: &anlan_tests::Event| {
            event.name == "warning" && event.data["body"]["hazard_unit"] == json!(unit) && event.data["body"]["colour"] == json!(colour)
        }
    };
    let warning = live.wait("the blue warning", SOON, of_unit("blue")).data;
    assert_eq!(warning["body"]["terms"][0]["rule"], "any_alarm", "{warning}");
    assert!(warning["body"]["terms"][0]["evidence"].is_object(), "each term has its evidence: {warning}");
    let id = text(&warning, "id").to_owned();
    let orange = live.wait("the orange warning", Duration::from_secs(30), of_unit("orange")).data;
    assert_eq!(text(&orange, "id"), id, "one warning that becomes worse, not two");
    let rules: Vec<&Value> = orange["body"]["terms"].as_array().expect("terms").iter().map(|term| &term["rule"]).collect();
    assert!(rules.contains(&&json!("severe_held")), "{rules:?}");
    let shown = safety.get(&format!("/api/v1/records/warning?field.hazard_unit={unit}")).ok();
    assert_eq!((&shown["total"], &shown["items"][0]["body"]["colour"]), (&json!(1), &json!("orange")));
    assert_eq!(shown["items"][0]["refs"][&unit]["kind"], "hazard_unit");

    // Its task is with the enterprise's safety manager, and with nobody of another enterprise.
    let mine = |who: &Client| {
        let tasks = who.get("/api/v1/tasks?mine=true&kind=warning&size=200").ok();
        items(&tasks).iter().find(|task| task["record"]["id"] == json!(id)).cloned()
    };
    let task = mine(&safety).expect("the warning's task is among mine");
    assert_eq!((&task["owner"]["role"], &task["task"]), (&json!("enterprise_safety"), &json!("issued")));
    assert!(mine(&platform.user("enterprise2")).is_none() && mine(&platform.user("principal")).is_none());

    acknowledge(&safety, &live, &alarm);
}

fn acknowledge(safety: &Client, live: &anlan_tests::Live, alarm: &Value) {
    let path = format!("/api/v1/alarms/{}/ack", text(alarm, "id"));
    let acked = safety.post(&path, &json!({"comment": "已派人查看"})).ok();
    assert_eq!((&acked["state"], &acked["id"]), (&json!("acked_active"), &alarm["id"]));
    let again = safety.post(&path, &json!({})).ok();
    assert_eq!((&again["state"], &again["acked_at"]), (&json!("acked_active"), &acked["acked_at"]), "a second time changes nothing");
    let told = live.wait("the acknowledgement", SOON, |event| event.name == "alarm" && event.data["state"] == "acked_active");
    assert_eq!(told.data["id"], alarm["id"]);
    let seen = safety.get(&format!("/api/v1/alarms/{}", text(alarm, "id"))).ok();
    let events: Vec<&str> = seen["events"].as_array().expect("its events").iter().map(|event| text(event, "event")).collect();
    assert_eq!(events, ["raised", "acked"], "{seen}");
}

#[test]
fn an_alarm_keeps_its_delay_and_its_deadband() {
    let platform = shared();
    let safety = platform.user("enterprise");
    let point = watched(&safety, "BAND", &json!({"deadband": 2, "on_delay_s": 2})).point;
    let t = now_ms() - 60_000;
    let state = || {
        let found = safety.get(&format!("/api/v1/alarms?point={point}")).ok();
        items(&found).iter().map(|alarm| format!("{} {}", text(alarm, "condition"), text(alarm, "state"))).collect::<Vec<_>>()
    };
    let send_at = |s: i64, v: f64| send(&safety, &json!([reading(&point, t + s * 1000, v)]));
    send_at(0, 26.0);
    send_at(1, 20.0);
    send_at(2, 26.0);
    send_at(3, 26.0);
    assert_eq!(state(), [""; 0], "not yet for two seconds");
    send_at(4, 26.0);
    eventually("the alarm after its delay", SOON, || (state() == ["H unack_active"]).then_some(()));
    send_at(5, 24.0);
    send_at(6, 23.5);
    send_at(7, 23.1);
    send_at(8, 22.9);
    eventually("the return below the deadband", SOON, || (state() == ["H rtn_unack"]).then_some(()));
    let found = safety.get(&format!("/api/v1/alarms?point={point}")).ok();
    assert_eq!(found["items"][0]["raised_at"], json!(rfc3339(t + 4000)));
    assert_eq!(found["items"][0]["returned_at"], json!(rfc3339(t + 8000)), "inside the deadband it stood");
    let id = text(&found["items"][0], "id").to_owned();
    safety.post(&format!("/api/v1/alarms/{id}/ack"), &json!({})).ok();
    assert_eq!(state(), ["H normal"]);
}

#[test]
fn a_bad_entry_is_turned_away_alone() {
    let platform = shared();
    let safety = platform.user("enterprise");
    let (point, t) = (point(&safety, "ENTRIES", None), now_ms() - 3_600_000);
    let at = rfc3339(t);
    let foreign = platform
        .user("enterprise2")
        .get(&format!("/api/v1/points?enterprise={}&size=1", platform.user("enterprise2").my_enterprise()))
        .ok();
    let foreign = text(&foreign["items"][0], "id");
    let body = format!(
        r#"[{{"p":"{point}","t":"{at}","v":1}},
            {{"p":"{ENTERPRISE}.TEST.NONE","t":"{at}","v":1}},
            {{"p":"{foreign}","t":"{at}","v":1}},
            {{"t":"{at}","v":1}},
            {{"p":"{point}","t":"{at}","v":null}},
            {{"p":"{point}","t":"{at}","v":"27.4"}},
            {{"p":"{point}","t":"{at}","v":true}},
            {{"p":"{point}","t":"{at}","v":NaN}},
            {{"p":"{point}","t":"{at}","v":-Infinity}},
            {{"p":"{point}","t":"{at}","v":1e999}},
            {{"p":"{point}","t":"yesterday","v":1}},
            {{"p":"{point}","t":"1999-12-31T23:59:59Z","v":1}},
            {{"p":"{point}","t":"2101-01-01T00:00:00Z","v":1}},
            {{"p":"{point}","v":1}},
            {{"p":"{point}","t":"2001-01-01T00:00:00Z","v":1}},
            {{"p":"{point}","t":"{}","v":2.5,"q":"uncertain"}}]"#,
        rfc3339(t + 1)
    );
    let request = safety.request("POST", "/api/v1/samples").header("content-type", "application/json").body(body);
    let receipt = Client::send(request).ok();
    assert_eq!((&receipt["accepted"], &receipt["duplicate"], &receipt["corrected"]), (&json!(2), &json!(0), &json!(0)));
    let expected = [
        "1 unknown_point",
        "2 unknown_point",
        "3 unknown_point",
        "4 bad_value",
        "5 bad_value",
        "6 bad_value",
        "7 bad_value",
        "8 bad_value",
        "9 bad_value",
        "10 bad_time",
        "11 bad_time",
        "12 bad_time",
        "13 bad_time",
        "14 too_old",
    ];
    assert_eq!(codes(&receipt), expected);
    assert_eq!(rows(&safety, &point, t, t + DAY_MS, ""), [json!([t, 1.0, "good"]), json!([t + 1, 2.5, "uncertain"])]);
}

#[test]
fn p08_the_same_reading_is_stored_once_and_a_correction_in_its_place() {
    let platform = shared();
    let safety = platform.user("enterprise");
    let (point, t) = (point(&safety, "TWICE", None), now_ms() - 7_200_000);
    let counts = |receipt: Value| ["accepted", "duplicate", "corrected"].map(|name| receipt[name].as_u64().expect("a count"));
    assert_eq!(counts(send(&safety, &json!([reading(&point, t, 1.0), reading(&point, t + 1000, 2.0)]))), [2, 0, 0]);
    assert_eq!(
        counts(send(&safety, &json!([reading(&point, t, 1.0), reading(&point, t, 1.0), reading(&point, t - 1000, 0.5)]))),
        [1, 2, 0]
    );
    assert_eq!(counts(send(&safety, &json!([reading(&point, t, 1.5)]))), [0, 0, 1]);
    // The same instant in another zone, and finer than a millisecond.
    let local = json!([{"p": point, "t": rfc3339(t + 8 * 3_600_000).replace('Z', "+08:00"), "v": 1.5}]);
    assert_eq!(counts(send(&safety, &local)), [0, 1, 0]);
    let expected = [json!([t - 1000, 0.5, "good"]), json!([t, 1.5, "good"]), json!([t + 1000, 2.0, "good"])];
    assert_eq!(rows(&safety, &point, t - 1000, t + 1001, ""), expected);
    assert_eq!(rows(&safety, &point, t - 1000, t + 1000, "").len(), 2, "`to` is exclusive");
}

#[test]
fn readings_out_of_span_or_from_the_future_are_kept_as_bad_and_nothing_more() {
    let platform = shared();
    let safety = platform.user("enterprise");
    let point = watched(&safety, "BAD", &json!({})).point;
    let t = now_ms() - 10_000;
    let entries = json!([reading(&point, t, 10.0), reading(&point, t + 1000, 250.0), reading(&point, t + 3_600_000, 99.0),
        {"p": point, "t": rfc3339(t - 1000), "v": 98.0, "q": "bad"}]);
    let receipt = send(&safety, &entries);
    assert_eq!((&receipt["accepted"], codes(&receipt).len()), (&json!(4), 0));
    let stored = rows(&safety, &point, t - 1000, t + DAY_MS, "");
    let qualities: Vec<&str> = stored.iter().map(|row| row[2].as_str().expect("a quality")).collect();
    assert_eq!(qualities, ["bad", "good", "bad", "bad"]);
    let latest = safety.get(&format!("/api/v1/points/latest?ids={point}")).ok();
    assert_eq!((&latest["items"][0]["v"], &latest["items"][0]["t"]), (&json!(10.0), &json!(rfc3339(t))));
    let figures = rows(&safety, &point, t - DAY_MS, t + 2 * DAY_MS, "&every=1d&agg=count,max");
    let total: u64 = figures.iter().map(|row| row[1].as_u64().unwrap_or_else(|| row[1].as_f64().expect("a count") as u64)).sum();
    assert_eq!(total, 1, "{figures:?}");
    assert_eq!(safety.get(&format!("/api/v1/alarms?point={point}")).ok()["total"], 0);
}

#[test]
fn figures_are_aligned_to_local_time() {
    let platform = shared();
    let safety = platform.user("enterprise");
    let point = point(&safety, "FIGURES", None);
    // Local midnight, 16:00 UTC, of three days ago.
    let midnight = (now_ms() + 8 * 3_600_000).div_euclid(DAY_MS) * DAY_MS - 8 * 3_600_000 - 3 * DAY_MS;
    let entries: Vec<Value> =
        [(-1, 50.0), (0, 10.0), (59_999, 30.0), (300_000, 5.0)].iter().map(|(at, v)| reading(&point, midnight + at, *v)).collect();
    send(&safety, &json!(entries));
    let (from, to) = (midnight - DAY_MS, midnight + DAY_MS);
    let figures = |rest: &str| -> Vec<Vec<f64>> {
        let numbers = |row: &Value| row.as_array().expect("a row").iter().map(|n| n.as_f64().expect("a number")).collect();
        rows(&safety, &point, from, to, rest).iter().map(numbers).collect()
    };
    let day = |at: i64| at as f64;
    assert_eq!(
        figures("&every=1d&agg=avg,min,max,last,count"),
        [vec![day(midnight - DAY_MS), 50.0, 50.0, 50.0, 50.0, 1.0], vec![day(midnight), 15.0, 5.0, 30.0, 5.0, 3.0]]
    );
    assert_eq!(
        figures("&every=5m&agg=count,max"),
        [vec![day(midnight - 300_000), 1.0, 50.0], vec![day(midnight), 2.0, 30.0], vec![day(midnight + 300_000), 1.0, 5.0]]
    );
    let ask = |rest: &str| safety.get(&format!("/api/v1/samples?point={point}&from={from}&to={to}{rest}"));
    ask("&every=5w&agg=avg").refused(400, "bad_parameter");
    ask("&every=0s&agg=avg").refused(400, "bad_parameter");
    assert_eq!(ask("&every=5m&agg=median").status, 400);
    ask("&color=red").refused(400, "unknown_parameter");
    safety.get(&format!("/api/v1/samples?from={from}&to={to}")).refused(400, "bad_parameter");
}

#[test]
fn what_is_too_large_or_no_list_is_refused_whole() {
    let platform = shared();
    let safety = platform.user("enterprise");
    let (point, t) = (point(&safety, "LARGE", None), now_ms() - 50_000_000);
    let entries = |n: i64| json!((0..n).map(|i| reading(&point, t + i, 1.0)).collect::<Vec<_>>());
    assert_eq!(safety.post("/api/v1/samples", &entries(10_001)).status, 413);
    assert_eq!(rows(&safety, &point, t, t + 20_000, "").len(), 0, "nothing of it is kept");
    assert_eq!(send(&safety, &entries(10_000))["accepted"], 10_000);
    let padded = format!("[{}]", " ".repeat(4 * 1024 * 1024));
    let send_raw = |body: &str| Client::send(safety.request("POST", "/api/v1/samples").body(body.to_owned()));
    assert_eq!(send_raw(&padded).status, 413);
    for bad in ["", "[", "{}", "null", "[1,]", r#"[{"p":"a"}"#, "[]x"] {
        let answer = send_raw(bad);
        assert_eq!(answer.status, 400, "{bad}: {}", answer.text());
    }
    assert_eq!(send_raw("[]").ok()["accepted"], 0);
    assert_eq!(codes(&send_raw("[1,\"a\",[]]").ok()), ["0 unknown_point", "1 unknown_point", "2 unknown_point"]);
}

#[test]
fn who_may_send_and_for_whom() {
    let platform = shared();
    let safety = platform.user("enterprise");
    let (point, t) = (point(&safety, "SENDERS", None), now_ms() - 90_000_000);
    let entry = |at: i64| json!([reading(&point, t + at, 1.0)]);
    let as_gateway = |gateway: &str, key: &str, body: &Value| {
        Client::send(platform.client().request("POST", "/api/v1/samples").basic_auth(gateway, Some(key)).json(body))
    };
    assert_eq!(as_gateway(GATEWAY, DEMO_SECRET, &entry(0)).ok()["accepted"], 1);
    assert_eq!(codes(&as_gateway(GATEWAY2, DEMO_SECRET, &entry(1)).ok()), ["0 unknown_point"]);
    as_gateway(GATEWAY, "wrong", &entry(2)).refused(401, "bad_gateway_key");
    as_gateway("no-such-gateway", DEMO_SECRET, &entry(2)).refused(401, "bad_gateway_key");
    platform.client().post("/api/v1/samples", &entry(3)).refused(401, "login_needed");
    for role in ["worker", "principal", "inspector", "sysadmin"] {
        platform.user(role).post("/api/v1/samples", &entry(4)).refused(403, "not_allowed");
    }
    assert_eq!(codes(&platform.user("enterprise2").post("/api/v1/samples", &entry(5)).ok()), ["0 unknown_point"]);
    assert_eq!(rows(&safety, &point, t, t + 1000, ""), [json!([t, 1.0, "good"])]);

    // A gateway of one's own.
    let new = platform.user("enterprise").post("/api/v1/gateways", &json!({"id": "cw01-test", "enterprise": ENTERPRISE})).created();
    let key = text(&new, "key");
    assert_eq!(as_gateway("cw01-test", key, &entry(6)).ok()["accepted"], 1);
    assert_eq!(as_gateway("cw01-test", key, &entry(6)).ok()["duplicate"], 1);
    as_gateway("cw01-test", key, &json!([{"p": point, "t": "x", "v": 1}, {"p": "?", "t": rfc3339(t), "v": 1}])).ok();
    let state = safety.get("/api/v1/gateways/cw01-test").ok();
    assert_eq!((&state["state"], &state["accepted"], &state["duplicate"]), (&json!("online"), &json!(1), &json!(1)), "{state}");
    assert_eq!(state["rejected"], json!({"bad_time": 1, "unknown_point": 1}));
    assert!(!state.to_string().contains(key), "a key is shown once");
    safety.post("/api/v1/gateways", &json!({"id": "cw01-test", "enterprise": ENTERPRISE})).refused(409, "exists_already");
    safety.post("/api/v1/gateways", &json!({"id": "a b", "enterprise": ENTERPRISE})).refused(422, "invalid");
    platform.user("worker").post("/api/v1/gateways", &json!({"id": "w", "enterprise": ENTERPRISE})).refused(403, "not_allowed");
}

#[test]
fn a_point_is_named_after_its_enterprise_and_well_described() {
    let platform = shared();
    let safety = platform.user("enterprise");
    let good = json!({"id": format!("{ENTERPRISE}.TEST.P"), "name": "P", "enterprise": safety.my_enterprise(), "quantity": "temperature",
        "unit": "℃", "span": [0, 1], "period_s": 1, "kind": "analogue"});
    let with = |name: &str, value: Value| {
        let mut point = good.clone();
        point[name] = value;
        safety.post("/api/v1/points", &point)
    };
    for (name, value) in [
        ("id", json!("WA01.TEST.P")),
        ("id", json!(format!("{ENTERPRISE}.{}", "x".repeat(64)))),
        ("id", json!(format!("{ENTERPRISE}.测"))),
        ("name", json!("")),
        ("span", json!([1, 0])),
        ("period_s", json!(0)),
        ("kind", json!("magic")),
        ("hazard_unit", json!("no-such-unit")),
    ] {
        let errors = with(name, value.clone()).invalid();
        assert!(errors[0].starts_with(name), "{name} = {value}: {errors:?}");
    }
    with("colour", json!("red")).refused(400, "bad_json");
    safety.post("/api/v1/points", &good).created();
    safety.post("/api/v1/points", &good).refused(409, "exists_already");
    let found = safety.get(&format!("/api/v1/points?q={ENTERPRISE}.TEST.P&quantity=temperature")).ok();
    assert!(items(&found).iter().any(|point| point["id"] == good["id"]), "{found}");
}

#[test]
fn line_protocol_as_influxdb_senders_speak_it() {
    let platform = shared();
    let safety = platform.user("enterprise");
    let (point, t) = (point(&safety, "LINES", None), now_ms() - 100_000_000);
    let nobody = platform.client();
    let write = |query: &str, lines: &str| nobody.request("POST", &format!("/write?{query}")).body(lines.to_owned());
    let line = |at: i64| format!("{GATEWAY} {point}={} {}", 10 + at, t + at);
    // The three ways of saying who one is.
    Client::send(write("precision=ms&db=any&rp=any&consistency=one", &line(0)).basic_auth(GATEWAY, Some(DEMO_SECRET))).status(204);
    Client::send(write(&format!("precision=ms&u={GATEWAY}&p={DEMO_SECRET}"), &line(1))).status(204);
    Client::send(write("precision=ms", &line(2)).header("authorization", format!("Token {GATEWAY}:{DEMO_SECRET}"))).status(204);
    let auth = |request: reqwest::blocking::RequestBuilder| Client::send(request.basic_auth(GATEWAY, Some(DEMO_SECRET)));
    auth(write("precision=s", &format!("{GATEWAY} {point}=20 {}", t / 1000 + 60))).status(204);
    auth(write("", &format!("{GATEWAY},site=a {point}=21 {}", (t / 1000 + 61) * 1_000_000_000))).status(204);
    let stored = rows(&safety, &point, t, t + 70_000, "");
    let values: Vec<f64> = stored.iter().map(|row| row[1].as_f64().expect("a value")).collect();
    assert_eq!(values, [10.0, 11.0, 12.0, 20.0, 21.0]);

    let partial = auth(write("precision=ms", &format!("{}\nthis is no line\n{}", line(3), line(4))));
    assert!(partial.status == 400 && partial.text().contains("partial write"), "{}", partial.text());
    assert_eq!(rows(&safety, &point, t + 3, t + 5, "").len(), 2, "the good ones are safe");
    let foreign = auth(write("precision=ms", &format!("{GATEWAY} {ENTERPRISE2}.X=1 {t}")));
    assert!(foreign.status == 400 && foreign.text().contains("partial write"), "{}", foreign.text());

    for refused in
        [write("precision=ms", &line(5)), write(&format!("precision=ms&u={GATEWAY}&p=no"), &line(5)), write("", "").bearer_auth("x")]
    {
        Client::send(refused).status(401);
    }
    assert_eq!(rows(&safety, &point, t + 5, t + 6, "").len(), 0);
    nobody.get("/ping").status(204);
}

#[test]
fn p54_a_gateway_speaks_only_for_itself() {
    let platform = shared();
    let safety = platform.user("enterprise");
    let (point, t) = (point(&safety, "SPEAKS", None), now_ms() - 110_000_000);
    let payload = json!([reading(&point, t, 1.0)]).to_string();
    let send = |version: &str, key: &str, to: &str| mosquitto_pub(platform.mqtt(), version, GATEWAY, key, to, &payload);
    for version in ["311", "5"] {
        let wrong = send(version, "wrong", &topic(ENTERPRISE, GATEWAY));
        assert!(wrong.code != Some(0) && wrong.said.contains("Connection"), "{version}: {:?} {}", wrong.code, wrong.said);
        for foreign in [topic(ENTERPRISE2, GATEWAY), topic(ENTERPRISE, GATEWAY2), topic(ENTERPRISE2, GATEWAY2), "anlan/v1/x".to_owned()] {
            let refused = send(version, DEMO_SECRET, &foreign);
            assert!(refused.code != Some(0) || !refused.said.is_empty(), "{version} to {foreign} was taken");
        }
    }
    let refused = send("5", DEMO_SECRET, &topic(ENTERPRISE2, GATEWAY2));
    assert!(refused.said.contains("Not authorized"), "reason 0x87: {}", refused.said);
    assert_eq!(rows(&safety, &point, t, t + 1, "").len(), 0);

    // A payload that is none is acknowledged, counted, and the connection goes on.
    let counted = |code: &str| safety.get(&format!("/api/v1/gateways/{GATEWAY}")).ok()["rejected"][code].as_u64().unwrap_or(0);
    let before = (counted("bad_payload"), counted("unknown_point"));
    let mut bare = Bare::connect(platform.mqtt(), "bare", GATEWAY, DEMO_SECRET).expect("it is let in");
    let own = topic(ENTERPRISE, GATEWAY);
    for body in ["not json", &json!([reading("nowhere", t, 1.0)]).to_string(), &payload] {
        let id = bare.publish(&own, body.as_bytes()).expect("it listens");
        assert_eq!(bare.acknowledged().expect("an acknowledgement"), id);
    }
    assert_eq!((counted("bad_payload"), counted("unknown_point")), (before.0 + 1, before.1 + 1));
    assert_eq!(rows(&safety, &point, t, t + 1, "").len(), 1);
    // Bytes that are no packet end it.
    bare.raw(&[0x30, 0xff, 0xff, 0xff, 0xff, 0x01]).expect("the bytes leave");
    assert!(bare.packet().is_err(), "the connection is closed");
    let mut large = Bare::connect(platform.mqtt(), "large", GATEWAY, DEMO_SECRET).expect("it is let in");
    // The platform may close while the bytes are still on their way.
    let _ = large.publish(&own, &vec![b' '; (1 << 20) + 1]);
    assert!(large.acknowledged().is_err(), "above 1 MiB");
}

#[test]
fn a_listener_resumes_where_it_stopped() {
    let platform = shared();
    let safety = platform.user("enterprise");
    let live = safety.live("topics=records");
    let make = |name: &str| text(&safety.create("hazard_unit", &json!({"body": {"name": name, "category": "storage"}})), "id").to_owned();
    let first = make("续传一");
    let event = live.wait("the first record", SOON, |event| event.data["id"] == json!(first));
    assert_eq!(["kind", "state"].map(|name| text(&event.data, name).to_owned()), ["hazard_unit", "in_use"]);
    drop(live);
    let missed = make("续传二");
    let resumed = anlan_tests::Live::open(&safety, "topics=records", event.id.as_deref());
    resumed.wait("what it missed", SOON, |event| event.data["id"] == json!(missed));
    let stale = anlan_tests::Live::open(&safety, "topics=records", Some("1-1"));
    stale.wait("the word to reload", SOON, |event| event.name == "reset");
    safety.get("/api/v1/live?topics=gossip").refused(400, "bad_topic");
    platform.client().get("/api/v1/live?topics=alarms").refused(401, "login_needed");
}
