//! Logging in and out, the brake on guessing, and a clean end when the process is told to stop.

use std::thread;
use std::time::Duration;

use anlan_tests::client::text;
use anlan_tests::mqtt::{Bare, topic};
use anlan_tests::{DEMO_SECRET, ENTERPRISE, GATEWAY, Platform, eventually, now, now_ms, rfc3339, shared};
use serde_json::json;

/// Ten times the promised 5 s.
const REVOKED: Duration = Duration::from_secs(50);

#[test]
fn p33_a_session_that_is_ended_is_ended_everywhere() {
    let platform = shared();
    let session = platform.client().try_log_in("enterprise", DEMO_SECRET).ok();
    assert_eq!(session["user"]["username"], "enterprise");
    assert_eq!(session["user"]["posts"][0]["role"], "enterprise_safety");
    let client = platform.client().with_token(Some(text(&session, "token").to_owned()));
    let other = platform.client().log_in("enterprise", DEMO_SECRET);
    let live = client.live("topics=records");
    let from = now();
    client.delete("/api/v1/session").status(204);
    client.get("/api/v1/me").refused(401, "login_needed");
    live.closed(REVOKED);
    println!("p33: the open stream ended {:.1} s after the session", (now() - from).as_secs_f64());
    other.get("/api/v1/me").status(200);
}

#[test]
fn the_cookie_works_for_our_own_pages_only() {
    let platform = shared();
    let answer = platform.client().try_log_in("worker", DEMO_SECRET);
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let pair = cookie.split(';').next().expect("name and value").to_owned();
    let with = |method: &str, path: &str, site: Option<&str>| {
        let mut request = platform.client().request(method, path).header("cookie", &pair);
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        anlan_tests::Client::send(request)
    };
    assert_eq!(with("GET", "/api/v1/me", None).status, 200);
    with("DELETE", "/api/v1/session", Some("cross-site")).refused(403, "cross_site");
    with("DELETE", "/api/v1/session", None).refused(403, "cross_site");
    with("DELETE", "/api/v1/session", Some("same-origin")).status(204);
    with("GET", "/api/v1/me", None).refused(401, "login_needed");
}

#[test]
fn guessing_is_slowed_and_tells_nothing() {
    let platform = Platform::demo();
    let nobody = platform.client();
    let wrong = nobody.try_log_in("inspector", "wrong").refused(401, "bad_credentials");
    let unknown = nobody.try_log_in("nobody-of-that-name", "wrong").refused(401, "bad_credentials");
    assert_eq!(text(&wrong, "detail"), text(&unknown, "detail"));
    for account in ["inspector", "nobody-of-that-name"] {
        let braked = eventually("the brake", Duration::from_secs(60), || {
            let answer = nobody.try_log_in(account, "wrong");
            if answer.status == 429 { Some(answer) } else { (answer.status != 401).then(|| panic!("{}", answer.text())) }
        });
        braked.refused(429, "too_many");
        let seconds: u64 = braked.header("retry-after").and_then(|text| text.parse().ok()).expect("Retry-After in seconds");
        assert!((1..=900).contains(&seconds), "{seconds}");
    }
    // The right password is not tried either, and nobody else is braked.
    nobody.try_log_in("inspector", DEMO_SECRET).refused(429, "too_many");
    nobody.log_in("inspector2", DEMO_SECRET);
    for body in [json!({}), json!({"username": "inspector"}), json!([])] {
        assert_eq!(nobody.post("/api/v1/session", &body).status, 400);
    }
}

#[test]
fn the_time_of_a_refusal_does_not_tell_whether_the_user_exists() {
    let platform = Platform::demo();
    let nobody = platform.client();
    let time = |name: &str| {
        let from = now();
        nobody.try_log_in(name, "wrong").refused(401, "bad_credentials");
        now() - from
    };
    // Medians of a few, each user below the brake.
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    time("warm-up");
    let known = median(["leader", "duty", "head", "town", "grid"].map(time).to_vec());
    let unknown = median(["leade", "dut", "hea", "tow", "gri"].map(time).to_vec());
    let ratio = known.as_secs_f64() / unknown.as_secs_f64();
    println!("a known user {known:?}, an unknown one {unknown:?}");
    assert!((0.3..3.0).contains(&ratio), "known {known:?}, unknown {unknown:?}: one of them skips the hash");
}

#[test]
fn preferences_stay_with_their_user() {
    let platform = shared();
    let (mine, other) = (platform.user("principal"), platform.user("worker"));
    assert_eq!(mine.get("/api/v1/me/preferences/columns.test").ok(), json!(null));
    let put = mine.request("PUT", "/api/v1/me/preferences/columns.test").json(&json!(["level", "number"]));
    anlan_tests::Client::send(put).status(204);
    assert_eq!(mine.get("/api/v1/me/preferences/columns.test").ok(), json!(["level", "number"]));
    assert_eq!(other.get("/api/v1/me/preferences/columns.test").ok(), json!(null));
}

#[test]
fn p62_told_to_stop_it_drains_and_ends_well() {
    let mut platform = Platform::demo();
    let safety = platform.user("enterprise");
    let point = format!("{ENTERPRISE}.STOP.1");
    let new = json!({"id": point, "name": "停机", "enterprise": ENTERPRISE, "quantity": "level", "unit": "m", "span": [0, 100], "period_s": 1,
        "kind": "analogue"});
    safety.post("/api/v1/points", &new).created();
    let live = safety.live("topics=records,alarms");
    let t = now_ms() - 3_600_000;
    let (at, to) = (platform.mqtt(), topic(ENTERPRISE, GATEWAY));
    let sending = {
        let point = point.clone();
        thread::spawn(move || {
            let mut acked = Vec::new();
            let Ok(mut bare) = Bare::connect(at, "stopper", GATEWAY, DEMO_SECRET) else { return acked };
            for i in 0..100_000_i64 {
                let payload = json!([{"p": point, "t": rfc3339(t + i), "v": 1}]).to_string();
                let sent = bare.publish(&to, payload.as_bytes()).and_then(|_| bare.acknowledged());
                if sent.is_err() {
                    break;
                }
                acked.push(t + i);
            }
            acked
        })
    };
    eventually("readings under way", Duration::from_secs(20), || {
        let rows = safety.get(&format!("/api/v1/samples?point={point}&from={t}&to={}", t + 100_000)).ok()["rows"].as_array().map(Vec::len);
        (rows > Some(20)).then_some(())
    });
    let from = now();
    platform.signal(libc::SIGTERM);
    let status = platform.ended(Duration::from_secs(100));
    let took = now() - from;
    assert!(status.success(), "{status}: {}", platform.log());
    let acked = sending.join().expect("no panic");
    live.closed(Duration::from_secs(5));
    println!("p62: acked {} exit 0 after {:.1} s", acked.len(), took.as_secs_f64());
    assert!(took <= Duration::from_secs(10) || !anlan_tests::long(), "{took:?}");
    platform.restart();
    let rows = platform.user("enterprise").get(&format!("/api/v1/samples?point={point}&from={t}&to={}", t + 100_001)).ok()["rows"].clone();
    let kept: std::collections::BTreeSet<i64> = rows.as_array().expect("rows").iter().map(|row| row[0].as_i64().expect("a time")).collect();
    let lost: Vec<&i64> = acked.iter().filter(|t| !kept.contains(t)).collect();
    assert!(lost.is_empty() && acked.len() > 20, "acked {} lost {}", acked.len(), lost.len());
}
