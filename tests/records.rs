//! The contract of records over HTTP: lists, the loop of a danger between three people, refusals, idempotency, files.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use anlan_tests::client::{form, items, text};
use anlan_tests::{Client, PHOTO, Platform, now_ms, rfc3339, shared};
use serde_json::{Value, json};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A description that no other test uses, long enough for the kind.
fn summary(what: &str) -> String {
    format!("{what}：储罐区法兰渗漏，编号 T{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn today_plus(days: i64) -> String {
    rfc3339(now_ms() + 8 * 3_600_000 + days * 86_400_000)[..10].to_owned()
}

fn found(who: &Client, what: &str, source: &str, enterprise: Option<&str>) -> Value {
    let body =
        json!({"summary": summary(what), "place": "T203 东侧", "source": source, "found_on": today_plus(0), "photos": [who.photo()]});
    let mut input = json!({"body": body});
    if let Some(enterprise) = enterprise {
        input["enterprise"] = json!(enterprise);
    }
    who.create("hidden_danger", &input)
}

fn path(record: &Value) -> String {
    format!("/api/v1/records/{}/{}", text(record, "kind"), text(record, "id"))
}

fn button<'r>(record: &'r Value, action: &str) -> Option<&'r Value> {
    record["actions"].as_array().expect("actions").iter().find(|button| button["id"] == json!(action))
}

fn user_id(who: &Client) -> String {
    text(&who.me()["user"], "id").to_owned()
}

#[test]
fn a_danger_walks_its_loop_between_three_people() {
    let platform = shared();
    let [worker, safety, principal] = ["worker", "enterprise", "principal"].map(|name| platform.user(name));

    let danger = found(&worker, "员工上报", "self_inspection", None);
    assert_eq!((&danger["state"], &danger["revision"], &danger["title"]), (&json!("found"), &json!(1), &danger["body"]["summary"]));
    let number = text(&danger, "number");
    assert!(number.starts_with("YH-20") && number.len() == "YH-2026-0001".len(), "{number}");
    assert_eq!(danger["enterprise"]["id"], json!(safety.my_enterprise()));
    assert!(button(&danger, "register").is_none_or(|button| button["allowed"] == false), "a worker does not register");

    // The one who registers must say what is missing, all of it.
    let errors = safety.try_act(&danger, "register", &json!({}), None).invalid();
    assert_eq!(errors, ["body.category: needed"]);
    let danger = safety.act(&danger, "register", &json!({"category": "licences"}));
    worker.try_act(&danger, "assess", &json!({"level": "general", "risk_point": "罐区"}), None).refused(403, "not_allowed");
    let danger = safety.act(&danger, "assess", &json!({"level": "general", "risk_point": "罐区"}));
    let plan = |days: i64| json!({"responsible": user_id(&safety), "measures": "更换垫片", "rectify_by": today_plus(days)});
    assert_eq!(safety.try_act(&danger, "plan", &plan(60), None).status, 409, "longer than the settings allow");
    let danger = safety.act(&danger, "plan", &plan(10));
    assert_eq!(danger["state"], "rectifying");
    assert_eq!(danger["refs"][user_id(&safety)]["kind"], "user");
    let danger =
        safety.act(&danger, "self_accept", &json!({"photos_after": [safety.photo()], "cost": 120_000, "completed_on": today_plus(0)}));

    // Whoever did the work does not accept it, and is told why before trying.
    let seen = safety.read("hidden_danger", text(&danger, "id"));
    let close = button(&seen, "close_own").expect("the button is there");
    assert!(close["allowed"] == false && !text(close, "reason").is_empty(), "{close}");
    safety.try_act(&danger, "close_own", &json!({}), None).refused(403, "own_work");
    let closed = principal.act(&danger, "close_own", &json!({}));
    assert_eq!((&closed["state"], &closed["body"]["on_time"]), (&json!("closed"), &json!(true)));
    principal.try_act(&closed, "close_own", &json!({}), None).refused(409, "wrong_state");

    history_tells_it_all(&worker, &closed);
}

fn history_tells_it_all(worker: &Client, closed: &Value) {
    let history = worker.get(&format!("{}/history", path(closed))).ok();
    let steps: Vec<&str> = items(&history).iter().map(|event| text(event, "action")).collect();
    assert_eq!(steps, ["create", "register", "assess", "plan", "self_accept", "close_own"]);
    let sequence: Vec<i64> = items(&history).iter().map(|event| event["seq"].as_i64().expect("a number")).collect();
    assert!(sequence.is_sorted(), "{sequence:?}");
    for event in items(&history) {
        assert_eq!(text(&event["leaf"], "hash").len(), 64, "{event}");
        assert!(!text(&event["actor"], "name").is_empty(), "{event}");
    }
    let assessed = items(&history)[2]["changes"].as_array().expect("changes");
    assert!(assessed.contains(&json!({"field": "level", "from": null, "to": "general"})), "{assessed:?}");
}

#[test]
fn an_inspectors_danger_is_reviewed_by_an_inspector() {
    let platform = shared();
    let [inspector, inspector2, safety] = ["inspector", "inspector2", "enterprise"].map(|name| platform.user(name));
    let body = json!({"body": {"summary": summary("检查发现"), "source": "authority_inspection"}});
    assert_eq!(inspector.post("/api/v1/records/hidden_danger", &body).invalid(), ["enterprise: enterprise_needed"]);
    let danger = found(&inspector, "检查发现", "authority_inspection", Some(&safety.my_enterprise()));
    let danger = inspector.act(&danger, "register", &json!({"category": "licences"}));
    let danger = inspector.act(&danger, "assess", &json!({"level": "general", "risk_point": "罐区"}));
    let plan = json!({"responsible": user_id(&safety), "measures": "更换垫片", "rectify_by": today_plus(5)});
    inspector.try_act(&danger, "plan", &plan, None).refused(403, "not_allowed");
    safety.act(&danger, "plan", &plan);
    let done = json!({"photos_after": [safety.photo()], "cost": 0, "completed_on": today_plus(0)});
    safety.act(&danger, "self_accept", &done);
    safety.try_act(&danger, "close_own", &json!({}), None).refused(409, "wrong_state");
    let danger = safety.act(&danger, "submit_review", &json!({}));
    let task = |who: &Client| {
        let tasks = who.get("/api/v1/tasks?mine=true&kind=hidden_danger&size=200").ok();
        items(&tasks).iter().any(|task| task["record"]["id"] == danger["id"])
    };
    assert!(task(&inspector) && task(&inspector2) && !task(&safety), "the review is the inspectors'");
    let one = json!({"review_record": "现场复查合格", "reviewers": [user_id(&inspector)]});
    assert_eq!(inspector2.try_act(&danger, "pass_review", &one, None).invalid(), ["body.reviewers: too_few"]);
    let back = inspector.try_act(&danger, "return_work", &json!({"rectify_by": today_plus(8)}), None);
    assert_eq!(back.invalid(), ["comment: reason_needed"]);
    inspector.try_act(&danger, "return_work", &json!({"rectify_by": today_plus(8)}), Some("仍有渗漏")).ok();
    safety.act(&danger, "self_accept", &done);
    safety.act(&danger, "submit_review", &json!({}));
    let two = json!({"review_record": "现场复查合格", "reviewers": [user_id(&inspector), user_id(&inspector2)]});
    assert_eq!(inspector2.act(&danger, "pass_review", &two)["state"], "closed");
    assert!(!task(&inspector), "its work is done");
}

#[test]
fn everything_wrong_with_an_input_is_said_at_once() {
    let safety = shared().user("enterprise");
    let create = |body: Value| safety.post("/api/v1/records/hidden_danger", &json!({"body": body}));
    let long = "长".repeat(501);
    let cases = [
        (json!({}), vec!["body.source: required", "body.summary: required"]),
        (json!({"summary": "短", "source": "self_inspection"}), vec!["body.summary: too_short"]),
        (
            json!({"summary": long, "source": "magic", "found_on": "today"}),
            vec!["body.found_on: bad_form", "body.source: unknown_code", "body.summary: too_long"],
        ),
        (
            json!({"summary": 5, "source": 7, "photos": "x"}),
            vec!["body.photos: wrong_type", "body.source: wrong_type", "body.summary: wrong_type"],
        ),
        (json!({"summary": summary("x"), "source": "self_inspection", "colour": 1}), vec!["body.colour: unknown_field"]),
        (json!({"summary": summary("x"), "source": "self_inspection", "on_time": true}), vec!["body.on_time: read_only"]),
        (
            json!({"summary": summary("x"), "source": "self_inspection", "hazard_unit": "x", "photos": ["y"]}),
            vec!["body.hazard_unit: unknown_reference", "body.photos[0]: unknown_reference"],
        ),
        (
            json!({"summary": summary("x"), "source": "self_inspection", "informant_phone": "13900000000"}),
            vec!["body.informant_phone: read_only"],
        ),
        (
            json!({"summary": summary("x"), "source": "self_inspection", "position": {"lon": 500, "lat": 0}}),
            vec!["body.position.lon: out_of_range"],
        ),
    ];
    for (body, expected) in cases {
        let shown: String = body.to_string().chars().take(200).collect();
        let answer = create(body);
        assert_eq!(answer.status, 422, "{shown}: {}", answer.text());
        let found: Vec<String> = answer.invalid();
        assert_eq!(found, expected, "{shown}");
    }
    let danger = found(&safety, "行的路径", "self_inspection", None);
    safety.act(&danger, "register", &json!({"category": "licences"}));
    safety.act(&danger, "assess", &json!({"level": "general", "risk_point": "罐区"}));
    let plan = json!({"responsible": user_id(&safety), "measures": "更换垫片", "rectify_by": today_plus(20)});
    safety.act(&danger, "plan", &plan);
    let rows = json!({"extensions": [{"until": today_plus(25), "why": "备件未到"}, {"until": "soon"}]});
    let errors = safety.try_act(&danger, "request_extension", &rows, None).invalid();
    assert_eq!(errors, ["body.extensions[1].until: bad_form", "body.extensions[1].why: required"]);
}

#[test]
fn two_people_at_one_record_do_not_overwrite_each_other() {
    let platform = shared();
    let (worker, safety) = (platform.user("worker"), platform.user("enterprise"));
    let danger = found(&worker, "并发修改", "self_inspection", None);
    let edit =
        |who: &Client, revision: i64, place: &str| who.patch(&path(&danger), &json!({"revision": revision, "body": {"place": place}}));
    let mine = edit(&worker, 1, "西侧").ok();
    assert_eq!((&mine["revision"], &mine["body"]["place"]), (&json!(2), &json!("西侧")));
    let late = edit(&safety, 1, "北侧").refused(409, "stale_revision");
    assert_eq!((&late["record"]["revision"], &late["record"]["body"]["place"]), (&json!(2), &json!("西侧")), "with the record as it is");
    assert_eq!(edit(&safety, 2, "北侧").ok()["revision"], 3);
    let cleared = safety.patch(&path(&danger), &json!({"revision": 3, "body": {"place": null}})).ok();
    assert!(cleared["body"].get("place").is_none_or(Value::is_null), "null clears: {cleared}");
    let fixed = safety.patch(&path(&danger), &json!({"revision": 4, "body": {"source": "expert"}}));
    assert_eq!(fixed.invalid(), ["body.source: fixed"]);
    assert_eq!(safety.read("hidden_danger", text(&danger, "id"))["revision"], 4, "a refusal changes nothing");

    // Both at the same moment: one wins, one is told.
    let statuses: Vec<u16> = thread::scope(|scope| {
        let racers: Vec<_> =
            ["东", "南", "西", "北"].map(|side| scope.spawn(move || edit(&safety_of(platform), 4, side).status)).into_iter().collect();
        racers.into_iter().map(|racer| racer.join().expect("no panic")).collect()
    });
    assert_eq!((statuses.iter().filter(|s| **s == 200).count(), statuses.iter().filter(|s| **s == 409).count()), (1, 3), "{statuses:?}");
}

fn safety_of(platform: &Platform) -> Client {
    platform.user("enterprise")
}

#[test]
fn the_same_key_happens_once() {
    let platform = shared();
    let safety = platform.user("enterprise");
    let keyed = |who: &Client, key: &str, body: &Value| {
        Client::send(who.request("POST", "/api/v1/records/hidden_danger").header("idempotency-key", key).json(body))
    };
    let words = summary("只发生一次");
    let input = json!({"body": {"summary": words, "source": "self_inspection"}});
    let first = keyed(&safety, "k1", &input).created();
    assert_eq!(keyed(&safety, "k1", &input).created(), first, "the same answer");
    let other = json!({"body": {"summary": summary("另一个请求"), "source": "self_inspection"}});
    keyed(&safety, "k1", &other).refused(409, "idempotency_mismatch");
    let by_worker = keyed(&platform.user("worker"), "k1", &input).created();
    assert_ne!(by_worker["id"], first["id"], "a key belongs to its user");
    // A refusal is no answer to keep: corrected, the same key works.
    assert_eq!(keyed(&safety, "k2", &json!({"body": {"summary": "短", "source": "self_inspection"}})).status, 422);
    keyed(&safety, "k2", &other).created();

    let act = |key: &str| {
        let act = safety.request("PATCH", &path(&first)).header("idempotency-key", key);
        Client::send(act.json(&json!({"revision": 1, "body": {"place": "泵房"}})))
    };
    let changed = act("k3").ok();
    assert_eq!(act("k3").ok(), changed, "and not stale");
    act("k4").refused(409, "stale_revision");

    // Many at once: one record, and everybody hears of that one or that it is under way.
    let (key, words) = ("k5", summary("同时"));
    let input = json!({"body": {"summary": words, "source": "self_inspection"}});
    let answers: Vec<_> = thread::scope(|scope| {
        let racers: Vec<_> = (0..8).map(|_| scope.spawn(|| keyed(&safety, key, &input))).collect();
        racers.into_iter().map(|racer| racer.join().expect("no panic")).collect()
    });
    for answer in &answers {
        assert!(answer.status == 201 || answer.json()["code"] == "in_progress", "{}", answer.text());
    }
    let page = safety.get(&format!("/api/v1/records/hidden_danger?q={}", encode(&words))).ok();
    assert_eq!(page["total"], 1);
    assert!(answers.iter().filter(|a| a.status == 201).all(|a| a.json()["id"] == page["items"][0]["id"]));
    let file = |bytes: &[u8]| {
        Client::send(safety.request("POST", "/api/v1/attachments").header("idempotency-key", "k6").multipart(form("a.png", bytes)))
    };
    let uploaded = file(PHOTO).created();
    assert_eq!(file(PHOTO).created()["id"], uploaded["id"]);
    file(b"other bytes").refused(409, "idempotency_mismatch");
}

fn encode(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[test]
fn lists_page_sort_filter_and_refuse_what_they_do_not_know() {
    let safety = shared().user("enterprise");
    let tag = summary("列表");
    let ids: Vec<String> = (0..5)
        .map(|_| {
            text(&safety.create("hidden_danger", &json!({"body": {"summary": format!("{tag} 之一"), "source": "self_inspection"}})), "id")
                .to_owned()
        })
        .collect();
    let list = |rest: &str| safety.get(&format!("/api/v1/records/hidden_danger?q={}{rest}", encode(&tag)));
    let of = |page: &Value| items(page).iter().map(|record| text(record, "id").to_owned()).collect::<Vec<_>>();
    let all = list("&sort=created_at").ok();
    assert_eq!((of(&all), &all["total"], &all["page"], &all["size"]), (ids.clone(), &json!(5), &json!(1), &json!(50)));
    let mut backwards = ids.clone();
    backwards.reverse();
    assert_eq!(of(&list("&sort=-created_at").ok()), backwards);
    let paged: Vec<String> = (1..=3).flat_map(|page| of(&list(&format!("&sort=created_at&size=2&page={page}")).ok())).collect();
    assert_eq!(paged, ids, "each once");
    assert_eq!(list("&page=9").ok()["items"], json!([]));
    assert_eq!(list("&state=found&state=closed").ok()["total"], 5);
    assert_eq!(list("&state=closed").ok()["total"], 0);
    assert_eq!(list("&field.source=self_inspection&field.source=expert").ok()["total"], 5);
    assert_eq!(list(&format!("&field.found_on.from={}&field.found_on.to={}", today_plus(-1), today_plus(1))).ok()["total"], 5);
    assert_eq!(list(&format!("&field.found_on.from={}", today_plus(2))).ok()["total"], 0);
    assert_eq!(list("&region=320411").ok()["total"], 5);
    assert_eq!(list("&region=999999").ok()["total"], 0);
    assert_eq!(list("&overdue=true").ok()["total"], 0);
    assert_eq!(list("&view=mine").ok()["total"], 5, "found ones wait for the safety manager");
    assert!(items(&all)[0].get("actions").is_none(), "a list carries no buttons");
    for (bad, code) in [
        ("&colour=red", "unknown_parameter"),
        ("&field.nothing=1", "unknown_parameter"),
        ("&field.measures=x", "unknown_parameter"),
        ("&as_of=2026-01-01", "unknown_parameter"),
        ("&size=201", "bad_parameter"),
        ("&size=0", "bad_parameter"),
        ("&page=0", "bad_parameter"),
        ("&page=x", "bad_parameter"),
        ("&overdue=maybe", "bad_parameter"),
        ("&sort=nothing", "bad_parameter"),
        ("&field.found_on.from=soon", "bad_parameter"),
        ("&view=nothing", "unknown_view"),
        ("&q=%ff", "bad_encoding"),
    ] {
        list(bad).refused(400, code);
    }
}

#[test]
fn tasks_lie_with_whoever_must_act() {
    let platform = shared();
    let (worker, safety) = (platform.user("worker"), platform.user("enterprise"));
    let before = safety.me()["open_tasks"].as_i64().expect("a count");
    let danger = found(&worker, "待办", "self_inspection", None);
    let tasks = safety.get("/api/v1/tasks?mine=true&kind=hidden_danger&size=200").ok();
    let task = items(&tasks).iter().find(|task| task["record"]["id"] == danger["id"]).expect("it waits for me").clone();
    assert_eq!((&task["task"], &task["owner"], &task["overdue"]), (&json!("found"), &json!({"role": "enterprise_safety"}), &json!(false)));
    assert_eq!(task["record"]["number"], danger["number"]);
    assert!(task["since"].is_string() && task["due_at"].is_string(), "{task}");
    assert!(safety.me()["open_tasks"].as_i64() > Some(before), "the badge counts it");
    let mine = worker.get("/api/v1/tasks?mine=true&size=200").ok();
    assert!(items(&mine).iter().all(|task| task["record"]["id"] != danger["id"]), "not the worker's");
    safety.get("/api/v1/tasks?whose=me").refused(400, "unknown_parameter");
}

#[test]
fn a_file_is_for_those_who_read_its_record() {
    let platform = shared();
    let [worker, safety, foreign, inspector] = ["worker", "enterprise", "enterprise2", "inspector"].map(|name| platform.user(name));
    let file = worker.upload("渗漏 1.png", PHOTO).created();
    assert_eq!((&file["name"], &file["size"], &file["type"]), (&json!("渗漏 1.png"), &json!(PHOTO.len()), &json!("image/png")));
    assert!(text(&file, "sha256").len() == 64 && text(&file, "sm3").len() == 64);
    let url = format!("/attachments/{}", text(&file, "id"));
    assert_eq!(worker.get(&url).status(200).bytes, PHOTO, "byte for byte");
    assert_eq!(safety.get(&url).status, 404, "not in a record yet: only its uploader");
    let input = json!({"body": {"summary": summary("带照片"), "source": "self_inspection", "photos": [file["id"]]}});
    worker.create("hidden_danger", &input);
    let shown = safety.get(&url);
    assert_eq!(shown.status(200).header("content-type"), Some("image/png"));
    assert_eq!(inspector.get(&url).status, 200);
    let small = safety.get(&format!("{url}?size=thumb"));
    assert_eq!(small.status(200).header("content-type"), Some("image/jpeg"));
    for query in ["", "?size=thumb"] {
        foreign.get(&format!("{url}{query}")).refused(404, "not_found");
    }
    platform.client().get(&url).refused(401, "login_needed");
    safety.get(&format!("{url}?size=huge")).refused(400, "bad_parameter");
    // Somebody else's file cannot be taken into a record of one's own.
    let stolen = json!({"body": {"summary": summary("借用"), "source": "self_inspection", "photos": [file["id"]]}});
    assert_eq!(foreign.post("/api/v1/records/hidden_danger", &stolen).invalid(), ["body.photos[0]: unknown_reference"]);
    // What looks like a page is saved, never shown.
    let page = worker.upload("x.html", b"<script>alert(1)</script>").created();
    let answer = worker.get(&format!("/attachments/{}", text(&page, "id")));
    assert!(answer.header("content-disposition").is_some_and(|how| how.starts_with("attachment")), "{:?}", answer.headers);
    assert!(answer.header("content-type").is_none_or(|kind| !kind.contains("html")));
    assert_eq!(worker.upload("empty", b"").invalid(), ["file: required"]);
    // A little above the limit: a sender that is cut off in the middle may not hear why.
    let large = vec![b'x'; 20 * 1024 * 1024 + 66 * 1024];
    assert_eq!(worker.upload("large", &large).status, 413);
    worker.post("/api/v1/attachments", &json!({})).refused(400, "wrong_media_type");
}

#[test]
fn what_cannot_be_understood_is_refused_and_changes_nothing() {
    // An expert reads what they reported themselves, and here reports nothing.
    let (expert, safety) = (shared().user("expert"), shared().user("enterprise"));
    let total = || expert.get("/api/v1/records/hidden_danger?size=1").ok()["total"].clone();
    let before = total();
    let raw = |bytes: Vec<u8>, kind: &str| {
        Client::send(expert.request("POST", "/api/v1/records/hidden_danger").header("content-type", kind).body(bytes))
    };
    let json_of = |text: &str| raw(text.as_bytes().to_vec(), "application/json");
    json_of("{").refused(400, "bad_json");
    json_of("[]").refused(400, "bad_json");
    json_of("{\"body\":[]}").refused(400, "bad_json");
    json_of("{\"body\":{},\"extra\":1}").refused(400, "bad_json");
    json_of(&format!("{{\"body\":{{\"summary\":{}1{}}}}}", "[".repeat(40), "]".repeat(40))).refused(400, "too_deep");
    raw(b"{\"body\":{\"summary\":\"\xff\xfe\"}}".to_vec(), "application/json").refused(400, "bad_encoding");
    raw(b"a=b".to_vec(), "application/x-www-form-urlencoded").refused(400, "wrong_media_type");
    json_of(&format!("{{\"body\":{{\"summary\":\"{}\"}}}}", "x".repeat(1_100_000))).refused(413, "too_large");
    let gbk = b"{\"body\":{\"summary\":\"\xd2\xfe\xbb\xbc\"}}".to_vec();
    raw(gbk, "application/json").refused(400, "bad_encoding");

    let danger = found(&safety, "误用", "self_inspection", None);
    safety.get("/api/v1/records/dragon").refused(404, "not_found");
    safety.post("/api/v1/records/dragon", &json!({"body": {}})).refused(404, "not_found");
    safety.get("/api/v1/kinds/dragon").refused(404, "not_found");
    safety.get("/api/v1/records/hidden_danger/nothing").refused(404, "not_found");
    safety.get(&format!("/api/v1/records/equipment/{}", text(&danger, "id"))).refused(404, "not_found");
    safety.post(&format!("{}/actions/fly", path(&danger)), &json!({"revision": 1})).refused(400, "unknown_action");
    safety.post(&format!("{}/actions/assess", path(&danger)), &json!({"revision": 1, "body": {}})).refused(409, "wrong_state");
    safety.post(&format!("{}/actions/register", path(&danger)), &json!({"body": {}})).refused(400, "bad_json");
    safety.post(&format!("{}/actions/register", path(&danger)), &json!({"revision": "1"})).refused(400, "bad_json");
    // Only what the action asks for may be given along with it.
    let more = safety.try_act(&danger, "register", &json!({"category": "licences", "measures": "x"}), None);
    assert_eq!(more.status, 422, "{}", more.text());
    safety.get("/api/v1/nothing").refused(404, "not_found");
    for later in ["/api/v1/export/hidden_danger.xlsx", "/api/v1/search?q=x", "/api/v1/alarms/figures"] {
        assert_eq!(safety.get(later).status, 404, "{later} is not built");
    }
    assert_eq!(safety.read("hidden_danger", text(&danger, "id"))["revision"], 1);
    assert_eq!(total(), before);
    let anonymous = safety.with_token(None);
    anonymous.get("/api/v1/records/hidden_danger").refused(401, "login_needed");
    safety.with_token(Some("0".repeat(64))).get("/api/v1/me").refused(401, "login_needed");
}

#[test]
fn the_caller_reads_the_answer_in_their_language() {
    let safety = shared().user("enterprise");
    let detail = |language: &str| {
        let request = safety.request("GET", "/api/v1/records/hidden_danger/nothing");
        let mut request = request.build().expect("a request");
        request.headers_mut().insert("accept-language", language.parse().expect("a header"));
        let answer =
            reqwest::blocking::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().and_then(|http| http.execute(request));
        let problem: Value = answer.and_then(|answer| answer.json()).expect("a problem");
        text(&problem, "detail").to_owned()
    };
    assert!(detail("zh-CN").chars().any(|c| c > '\u{4e00}'));
    assert!(detail("en").is_ascii());
}
