//! Safety science over HTTP: an accident from its description to its zones, kept and repeated, methods by name, and what is refused.

use anlan_tests::client::{items, text};
use anlan_tests::{Answer, Client, shared};
use serde_json::{Value, json};

const RUNS: &str = "/api/v1/consequence/runs";
/// Where the chlorine is let out.
const SITE: [f64; 2] = [119.97, 31.81];

/// Two kilograms a second of chlorine from a 10 mm hole, a moderate wind from the south-east.
pub fn chlorine(name: &str) -> Value {
    json!({"name": name, "substance": "7782-50-5", "site": {"longitude": SITE[0], "latitude": SITE[1]},
        "weather": {"wind_m_s": 3.0, "wind_from_deg": 120, "stability": "D", "temperature_c": 20, "humidity": 0.6, "roughness_m": 0.1},
        "release": {"kind": "liquefied_hole", "temperature_c": 20, "hole_mm": 10, "path_m": 0, "inventory_kg": 1000, "height_m": 1}})
}

/// A scenario with one thing changed; `null` takes it away.
fn changed(path: &str, value: Value) -> Value {
    let mut scenario = chlorine("改动");
    let (parent, field) = path.rsplit_once('/').expect("a pointer");
    let parent = scenario.pointer_mut(parent).expect("a part of the scenario");
    match value {
        Value::Null => drop(parent.as_object_mut().expect("an object").remove(field)),
        value => parent[field] = value,
    }
    scenario
}

fn in_chinese(who: &Client, path: &str, body: &Value) -> Answer {
    // Replaces the harness's own language.
    let language = reqwest::header::HeaderMap::from_iter([(reqwest::header::ACCEPT_LANGUAGE, "zh-CN".parse().expect("a header"))]);
    Client::send(who.request("POST", path).headers(language).json(body))
}

/// What of a kept run is not the result itself.
fn result_of(run: &Value) -> Value {
    let mut result = run.clone();
    for about in ["id", "made_at", "made_by", "enterprise", "hazard_unit", "region"] {
        result.as_object_mut().expect("an object").remove(about);
    }
    result
}

#[test]
fn chlorine_reaches_round_its_site() {
    let who = shared().user("duty");
    let run = who.post(RUNS, &chlorine("氯气泄漏")).ok();
    assert!(run.get("id").is_none(), "nothing was kept: {run}");
    let toxic = |threat: &str| {
        let of = |reach: &&Value| reach["level"]["hazard"] == "toxic" && reach["level"]["threat"] == threat;
        run["reaches"].as_array().expect("reaches").iter().find(of).and_then(|reach| reach["reach_m"].as_f64()).expect("a toxic zone")
    };
    let (red, orange, yellow) = (toxic("red"), toxic("orange"), toxic("yellow"));
    assert!(100.0 < red && red < orange && orange < yellow, "{red} {orange} {yellow}");
    // The map: widest first, each ring round the site, and the farthest place to the north-west of it.
    let features = run["zones"]["features"].as_array().expect("features");
    assert_eq!((run["zones"]["type"].as_str(), features[0]["properties"]["threat"].as_str()), (Some("FeatureCollection"), Some("yellow")));
    for feature in features {
        let ring = feature["geometry"]["coordinates"][0][0].as_array().expect("a ring");
        let place = |p: &Value| [(p[0].as_f64().unwrap() - SITE[0]) * 94_500.0, (p[1].as_f64().unwrap() - SITE[1]) * 110_900.0];
        let far = ring.iter().map(place).max_by(|a, b| a[0].hypot(a[1]).total_cmp(&b[0].hypot(b[1]))).expect("places");
        let reach = feature["properties"]["reach_m"].as_f64().expect("a reach");
        assert!((far[0].hypot(far[1]) / reach - 1.0).abs() < 0.05, "{far:?} {reach}");
        assert!(far[0] < 0.0 && far[1] > 0.0, "downwind of a south-easter: {far:?}");
    }
    // Warnings reach every output, typed and in words.
    let warnings = run["warnings"].as_array().expect("warnings");
    assert!(!warnings.is_empty() && run["zones"]["properties"]["warnings"] == run["warnings"]);
    let in_words = |run: &Value, what: &str| run["in_words"][what].as_array().expect("sentences").clone();
    assert_eq!(in_words(&run, "warnings").len(), warnings.len());
    assert_eq!(in_words(&run, "assumptions"), *run["assumptions"].as_array().expect("assumptions"));
    assert!(text(&run, "version").contains('.') && run["models"].as_array().expect("models").contains(&json!("dispersion.slab")));

    let zh = in_chinese(&who, RUNS, &json!({"scenario": chlorine("氯气泄漏")})).ok();
    assert_eq!(zh["sha256"], run["sha256"], "in the envelope or bare, in any language: the same result");
    for sentence in in_words(&zh, "warnings").iter().chain(&in_words(&zh, "assumptions")) {
        let sentence = sentence.as_str().expect("a sentence");
        assert!(sentence.chars().any(|c| ('一'..='龥').contains(&c)), "not Chinese: {sentence}");
    }
    let nowhere = who.post(RUNS, &changed("/site", Value::Null)).ok();
    assert!(nowhere["zones"].is_null() && nowhere["reaches"] == run["reaches"]);
}

#[test]
fn a_kept_run_is_listed_read_and_repeated_bit_for_bit() {
    let who = shared().user("enterprise");
    let unit = text(&who.create("hazard_unit", &json!({"body": {"name": "液氯库", "category": "storage"}})), "id").to_owned();
    let new = json!({"scenario": chlorine("液氯库，10 mm 孔"), "store": true, "hazard_unit": unit});
    let key = format!("run-{}", std::process::id());
    let keep = |body: &Value| Client::send(who.request("POST", RUNS).header("idempotency-key", &key).json(body));
    let kept = keep(&new).created();
    assert_eq!(keep(&new).created(), kept, "sent twice, kept once");
    keep(&json!({"scenario": chlorine("另一个"), "store": true})).refused(409, "idempotency_mismatch");
    assert_eq!(
        (&kept["hazard_unit"]["id"], &kept["enterprise"]["id"], &kept["hazard_unit"]["title"]),
        (&json!(unit), &json!(who.my_enterprise()), &json!("液氯库")),
        "a unit brings its enterprise"
    );
    assert_eq!(kept["made_by"]["id"], who.me()["user"]["id"]);

    let id = text(&kept, "id");
    let read = who.get(&format!("{RUNS}/{id}")).ok();
    assert_eq!(read, kept);
    let again = who.post(RUNS, &chlorine("液氯库，10 mm 孔")).ok();
    assert_eq!(result_of(&read), result_of(&again), "kept or not, the result is the same");
    let page = who.get(&format!("{RUNS}?hazard_unit={unit}")).ok();
    assert_eq!((page["total"].as_u64(), items(&page)[0]["sha256"].clone()), (Some(1), kept["sha256"].clone()));
    assert!(items(&page)[0].get("zones").is_none() && items(&page)[0]["name"] == "液氯库，10 mm 孔");

    let repeated = who.post(&format!("{RUNS}/{id}/repeat"), &json!({})).ok();
    assert_eq!(
        repeated,
        json!({"same": true, "sha256": kept["sha256"], "stored_sha256": kept["sha256"], "version": kept["version"], "stored_version": kept["version"]})
    );
}

#[test]
fn a_kept_run_is_seen_by_who_sees_what_it_is_about() {
    let platform = shared();
    let [own, colleague, other, inspector] = ["enterprise", "principal", "enterprise2", "inspector"].map(|name| platform.user(name));
    let keep = |about: Value| {
        let mut new = json!({"scenario": chlorine("谁看得见"), "store": true});
        new.as_object_mut().expect("an object").extend(about.as_object().expect("an object").clone());
        text(&own.post(RUNS, &new).created(), "id").to_owned()
    };
    let linked = keep(json!({"enterprise": own.my_enterprise()}));
    let unlinked = keep(json!({}));
    let sees = |who: &Client, id: &str| {
        let listed = items(&who.get(&format!("{RUNS}?size=200")).ok()).iter().any(|run| run["id"] == id);
        for path in [format!("{RUNS}/{id}"), format!("{RUNS}/{id}/repeat")] {
            let answer = if path.ends_with("repeat") { who.post(&path, &json!({})) } else { who.get(&path) };
            assert_eq!(answer.status, if listed { 200 } else { 404 }, "{path}");
        }
        listed
    };
    for (who, name, expected) in [
        (&own, "its maker", [true, true]),
        (&colleague, "of the same enterprise", [true, false]),
        (&inspector, "of the district", [true, false]),
        (&other, "another enterprise", [false, false]),
    ] {
        assert_eq!([sees(who, &linked), sees(who, &unlinked)], expected, "{name}");
    }
    // Nobody links to what they may not see, or to what does not belong together.
    let about = |name: &str, id: &str| json!({"scenario": chlorine("连"), "store": true, name: id});
    other.post(RUNS, &about("enterprise", &own.my_enterprise())).refused(404, "not_found");
    other.post(RUNS, &about("hazard_unit", &linked)).refused(404, "not_found");
    let mut wrong = about("enterprise", &other.my_enterprise());
    let unit = inspector.get(&format!("/api/v1/records/hazard_unit?enterprise={}", own.my_enterprise())).ok();
    wrong["hazard_unit"] = items(&unit)[0]["id"].clone();
    assert_eq!(inspector.post(RUNS, &wrong).invalid(), ["hazard_unit: not_of_enterprise"]);
    let mut unkept = about("enterprise", &own.my_enterprise());
    unkept["store"] = json!(false);
    assert_eq!(own.post(RUNS, &unkept).invalid(), ["enterprise: only_when_kept"]);
}

#[test]
fn what_is_missing_or_impossible_is_named_with_what_would_help() {
    let who = shared().user("duty");
    // What is wrong, where, its code, and what the sentence says in both languages.
    for (path, value, expected, zh, en) in [
        ("/substance", json!("0000-00-0"), "substance: unknown_cas", "CAS 号 0000-00-0", "CAS number 0000-00-0"),
        ("/substance", json!("氯气"), "substance: unknown_cas", "该物质请填 7782-50-5", "write 7782-50-5 for this substance"),
        ("/substance", json!("7803-51-2"), "substance: missing_property", "液体比热容", "heat capacity of the liquid"),
        ("/weather/wind_m_s", json!(0.01), "weather.wind_m_s: wind_below_range", "静风范围圈", "calm-weather circle"),
        ("/release/temperature_c", json!(200), "release.temperature_c: above_critical_point", "按气体泄漏描述", "release as one of gas"),
        ("/release/temperature_c", json!(200), "release.temperature_c: above_critical_point", "温度 200 °C（473.2 K）", "200 °C (473.2 K)"),
        (
            "/release/temperature_c",
            json!(-60),
            "release.temperature_c: wrong_phase",
            "下，氯不是高于沸点的液体；",
            "chlorine is not a liquid above",
        ),
        ("/release/inventory_kg", json!(-1), "release.inventory_kg: negative_inventory", "检查液位计", "check the gauge"),
        ("/weather/humidity", json!(60), "weather.humidity: out_of_domain", "0 与 1 之间", "between 0 and 1"),
        ("/weather/humidity", Value::Null, "weather.humidity: required", "`humidity`", "`humidity`"),
        ("/weather/humidity", json!("wet"), "weather.humidity: wrong_type", "应为数字", "a number, not wet"),
        ("/weather/mist", json!(1), "weather.mist: unknown_field", "roughness_m", "roughness_m"),
        ("/release/hole_mm", json!("10 mm"), "release.hole_mm: wrong_type", "应为数字，现为 10 mm", "a number, not 10 mm"),
        (
            "/weather/stability",
            json!("G"),
            "weather.stability: unknown_code",
            "没有“G”；可用：A 至 F 级",
            "“G” is not known; known: a class A to F",
        ),
        ("/site/latitude", json!(89), "site.latitude: out_of_domain", "−85 至 85 度", "degrees from -85 to 85"),
        ("/places", json!([{"name": "school"}]), "places[0]: required", "缺少此项：地点须给出", "Missing: a place needs east_m"),
        (
            "/levels",
            json!({"toxic_ppm": [1, 2, 3]}),
            "levels.toxic_ppm: out_of_domain",
            "应为低于前一级的阈值",
            "below the level before it",
        ),
        ("/release/kind", json!("meteorite"), "release.kind: unknown_code", "liquefied_hole", "liquefied_hole"),
    ] {
        let scenario = changed(path, value);
        assert_eq!(who.post(RUNS, &scenario).invalid(), [expected]);
        let inside = who.post(RUNS, &json!({"scenario": scenario, "store": true})).invalid();
        assert_eq!(inside, [format!("scenario.{expected}")], "in the envelope");
        for (answer, words) in [(in_chinese(&who, RUNS, &scenario), zh), (who.post(RUNS, &scenario), en)] {
            let problem = answer.status(422).json();
            let message = text(&problem["errors"][0], "message");
            assert!(message.contains(words) && problem["detail"] == message, "{message}");
        }
    }
    // Only what is kept needs a name to be found by.
    for (name, code) in [(" ", "required"), ("a\nb", "bad_form"), (&"长".repeat(201), "too_long")] {
        let named = json!({"scenario": chlorine(name), "store": true});
        assert_eq!(who.post(RUNS, &named).invalid(), [format!("scenario.name: {code}")]);
    }
    let refused = |body: &str, status: u16, code: &str| {
        let request = who.request("POST", RUNS).header("content-type", "application/json").body(body.to_owned());
        Client::send(request).refused(status, code);
    };
    refused("{", 400, "bad_json");
    for (body, expected, zh) in [
        (json!({"scenario": chlorine("多一项"), "stored": true}), "stored: unknown_field", "没有这个字段；可用：`scenario`"),
        (json!({"scenario": chlorine("文字"), "store": "yes"}), "store: wrong_type", "应为true 或 false，现为 yes"),
        (json!({"scenario": chlorine("数字"), "store": true, "enterprise": 7}), "enterprise: wrong_type", "应为文字，现为 7"),
        (json!({"store": true}), "scenario: required", "缺少此项：场景"),
    ] {
        assert_eq!(who.post(RUNS, &body).invalid(), [expected]);
        let message = in_chinese(&who, RUNS, &body).status(422).json()["errors"][0]["message"].clone();
        assert!(message.as_str().is_some_and(|message| message.contains(zh)), "{message}");
    }
    refused("[1]", 422, "invalid");
    refused(&format!(r#"{{"name":"{}"}}"#, "x".repeat(64 * 1024)), 413, "too_large");
    shared().client().post(RUNS, &chlorine("谁")).refused(401, "login_needed");
}

#[test]
fn methods_answer_by_name() {
    let who = shared().user("duty");
    let page = who.get("/api/v1/methods").ok();
    let named = |id: &str| items(&page).iter().find(|method| method["id"] == id).map(|method| method["label"].clone());
    assert_eq!(page["total"], items(&page).len());
    assert_eq!(named("lec"), Some(json!({"zh": "作业条件危险性分析（LEC）", "en": "LEC risk assessment"})));

    let unit = json!({"as_of": "2026-11-23", "population": 120, "chemicals": [{"cas": "7782-50-5", "q_t": 12.5}]});
    let answer = who.post("/api/v1/methods/gb18218", &unit).ok();
    assert_eq!((answer["S"].as_f64(), answer["alpha"].as_f64()), (Some(2.5), Some(2.0)), "{answer}");
    // R = α β q/Q = 2 · 4 · 2.5.
    assert_eq!((answer["R"].as_f64(), answer["level"].as_u64()), (Some(20.0), Some(3)), "{answer}");
    assert_eq!((answer["steps"][0]["Q"].as_f64(), answer["steps"][0]["beta"].as_f64()), (Some(5.0), Some(4.0)), "{answer}");

    let mut nobody_counted = unit.clone();
    nobody_counted.as_object_mut().expect("an object").remove("population");
    assert_eq!(who.post("/api/v1/methods/gb18218", &nobody_counted).invalid(), ["population: required"]);
    let problem = in_chinese(&who, "/api/v1/methods/gb18218", &nobody_counted).status(422).json();
    assert_eq!(problem["errors"][0]["message"], "缺少此项：厂区边界外 500 m 内的常住人口；α 取决于此（表 5）。");
    let negative = json!({"as_of": "2026-11-23", "population": 120, "chemicals": [{"cas": "7782-50-5", "q_t": -1}]});
    assert_eq!(who.post("/api/v1/methods/gb18218", &negative).invalid(), ["chemicals[0].q_t: not_allowed_value"]);
    let unknown = json!({"as_of": "2026-11-23", "population": 120, "chemicals": [{"name": "无此物质", "q_t": 1}]});
    assert_eq!(who.post("/api/v1/methods/gb18218", &unknown).invalid(), ["chemicals[0].name: unknown_chemical"]);

    // The platform's calendar is handed in: 3 October 2026 lies in the holidays, which end on the 7th.
    let due = who.post("/api/v1/methods/deadline", &json!({"code": "pay_fine", "from": "2026-09-18"})).ok();
    assert_eq!((text(&due, "due_on"), &due["calendar_unknown"]), ("2026-10-08", &json!(false)), "{due}");

    who.post("/api/v1/methods/astrology", &json!({})).refused(404, "not_found");
    who.get("/api/v1/methods/gb18218").refused(400, "wrong_method");
    shared().client().post("/api/v1/methods/gb18218", &unit).refused(401, "login_needed");
}

#[test]
fn the_document_names_every_kind_of_release() {
    let who = shared().user("duty");
    let document = who.get("/openapi.json").ok();
    let kinds = &document["components"]["schemas"]["Scenario"]["properties"]["release"]["properties"]["kind"]["enum"];
    let refused = who.post(RUNS, &changed("/release/kind", json!("no such kind")));
    let message = refused.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
    let named: Vec<&str> = kinds.as_array().expect("kinds").iter().filter_map(Value::as_str).collect();
    assert!(named.iter().all(|kind| message.contains(kind)), "{message}");
    // Every kind between quotes or commas of the refusal stands in the document.
    let known = message.split(|c: char| !(c.is_ascii_lowercase() || c == '_')).filter(|word| word.contains('_') || named.contains(word));
    assert!(known.clone().all(|kind| named.contains(&kind)), "{message}");
    assert_eq!(known.count(), named.len(), "{message}");
}

/// What a program gets from the command line: exit code and one line of JSON.
fn command(words: &[&str], input: &str) -> (Option<i32>, Value) {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut child = Command::new(anlan_tests::binary())
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    child.stdin.take().expect("an input").write_all(input.as_bytes()).expect("the input is taken");
    let output = child.wait_with_output().expect("it ends");
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
}

#[test]
fn programs_read_the_command_line_by_exit_code_and_keys() {
    let (code, report) = command(&["consequence", "validate", "--json"], "");
    assert_eq!((code, &report["analytic"]["failed"]), (Some(0), &json!(0)));
    for set in report["sets"].as_array().expect("sets") {
        let keys = ["set", "n", "fac2", "mg", "vg", "fb", "nmse", "median_abs_ln"];
        assert!(keys.iter().all(|key| !set[key].is_null()), "{set}");
    }
    let unit = r#"{"as_of":"2026-11-23","population":120,"chemicals":[{"cas":"7782-50-5","q_t":12.5}]}"#;
    let (code, answer) = command(&["methods", "gb18218", "--json"], unit);
    assert_eq!((code, &answer["S"], &answer["R"], &answer["level"]), (Some(0), &json!(2.5), &json!(20), &json!(3)), "{answer}");
    assert_eq!(command(&["methods", "gb18218", "--json"], "{}").0, Some(1));
    assert_eq!(command(&["consequence", "run", "no-such-file.toml"], "").0, Some(1));
    assert_eq!(command(&["consequence", "fly"], "").0, Some(2));
}
