//! P02: the process may be killed at any moment. Senders and people go on as real ones do: what was not answered is sent again.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Duration;

use anlan_base::UnifiedCreditCode;
use anlan_tests::client::{items, text};
use anlan_tests::mqtt::{Bare, topic};
use anlan_tests::process::anlan;
use anlan_tests::{Client, DEMO_SECRET, ENTERPRISE, GATEWAY, Installation, Platform, Postgres, eventually, long, now, now_ms, rfc3339};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

const SEED: u64 = 20_261_123;
/// A platform that is away comes back, and answers what is sent again: ten times the promised 5 s.
const BACK: Duration = Duration::from_secs(50);
/// Between two tries of a sender whose platform is away.
const AGAIN: Duration = Duration::from_millis(50);
const ON_DELAY_MS: i64 = 3_000;

/// Who sends and works at the platform that is killed.
struct World {
    base: String,
    mqtt: SocketAddr,
    enterprise: String,
    gateway: String,
    key: String,
    safety: Client,
    /// Of the first readings.
    t: i64,
    over: AtomicBool,
}

impl World {
    fn new(platform: &Platform, enterprise: &str, gateway: &str, key: &str, safety: Client) -> Self {
        let own = str::to_owned;
        let (t, over) = (now_ms() - 86_400_000, AtomicBool::new(false));
        Self {
            base: platform.base(),
            mqtt: platform.mqtt(),
            enterprise: own(enterprise),
            gateway: own(gateway),
            key: own(key),
            safety,
            t,
            over,
        }
    }
    fn goes_on(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }
    /// A client of its own connections.
    fn client(&self, token: Option<&str>) -> Client {
        Client::new(self.base.clone()).with_token(token.map(str::to_owned))
    }
    fn point(&self, name: &str) -> String {
        let id = format!("{}.CRASH.{name}", self.enterprise);
        let point = json!({"id": id, "name": name, "enterprise": self.enterprise, "quantity": "level", "unit": "m", "span": [0, 10_000_000],
            "period_s": 1, "kind": "analogue"});
        self.safety.post("/api/v1/points", &point).created();
        id
    }
}

#[test]
fn p02_killed_at_any_moment_nothing_acknowledged_is_lost_or_doubled() {
    let platform = Platform::demo();
    let world = World::new(&platform, ENTERPRISE, GATEWAY, DEMO_SECRET, platform.user("enterprise"));
    kill_and_judge(platform, &world, if long() { 50 } else { 6 });
}

#[test]
fn p02_the_same_over_postgresql_on_an_installation_of_ones_own() {
    let Some(postgres) = Postgres::start() else { return };
    let mut installation = Installation::empty();
    installation.start.database = Some(postgres.url());
    let (platform, world) = founded(installation);
    kill_and_judge(platform, &world, if long() { 50 } else { 3 });
}

/// From nothing to a first enterprise with its people and its gateway, as an administrator does it.
fn founded(installation: Installation) -> (Platform, World) {
    const SECRET: &str = "a good long secret";
    installation.administrate(&["user", "add", "first", "--post", "bureau_admin@320411", "--password-stdin"], SECRET);
    let platform = installation.run();
    let supervisor = platform.client().log_in("first", SECRET);
    let uscc = UnifiedCreditCode::complete("91320411MAYDEM999").expect("seventeen characters");
    let body = json!({"name": "示例·新建企业", "code": "NEW1", "uscc": uscc.to_string(), "sector": "chemical"});
    supervisor.create("enterprise", &json!({"region": "320411004", "body": body}));
    let installation = platform.stop();
    installation.administrate(&["user", "add", "safety", "--post", "enterprise_safety@enterprise:NEW1", "--password-stdin"], SECRET);
    let key = installation.administrate(&["gateway", "add", "new1-gw1", "--enterprise", "NEW1"], "");
    let platform = installation.run();
    let safety = platform.client().log_in("safety", SECRET);
    let world = World::new(&platform, "NEW1", "new1-gw1", &key, safety);
    (platform, world)
}

fn kill_and_judge(mut platform: Platform, world: &World, rounds: usize) {
    let points = &["JSON-1", "JSON-2", "LINES", "MQTT"].map(|name| world.point(name));
    let from = now();
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut restarts = Vec::new();
    let (samples, records, alarms) = thread::scope(|scope| {
        let senders = [
            scope.spawn(|| over_json(world, &points[0])),
            scope.spawn(|| over_json(world, &points[1])),
            scope.spawn(|| over_lines(world, &points[2])),
            scope.spawn(|| over_mqtt(world, &points[3])),
        ];
        let people = [scope.spawn(|| keep_records(world, "a")), scope.spawn(|| keep_records(world, "b"))];
        let mut alarms = Vec::new();
        for round in 0..rounds {
            let rising = rises(scope, world, round);
            // The moment of the kill is the input of this test.
            thread::sleep(Duration::from_millis(random.random_range(100..2_500)));
            platform.kill();
            restarts.push(platform.restart().as_secs_f64());
            alarms.push(rising.join().expect("the alarm's sender ends well"));
            earlier_alarms_stand(&world.safety, &alarms);
        }
        world.over.store(true, Ordering::Relaxed);
        let samples: Vec<u64> = senders.into_iter().map(|sender| sender.join().expect("a sender ends well")).collect();
        let records: Vec<Kept> = people.into_iter().flat_map(|person| person.join().expect("a person ends well")).collect();
        (samples, records, alarms)
    });
    let mut verdict = Verdict { recovery_s: restarts.iter().copied().fold(0.0, f64::max), ..Verdict::default() };
    for (point, sent) in points.iter().zip(&samples) {
        verdict.samples(&world.safety, world.t, point, *sent);
    }
    verdict.records(&world.safety, &records);
    println!(
        "rounds {rounds} seed {SEED} duration {:.0} s, {} alarms with their onset, restart at most {:.2} s",
        (now() - from).as_secs_f64(),
        alarms.len(),
        verdict.recovery_s
    );
    println!("{}", verdict.line());
    assert!(verdict.faultless(), "{}", verdict.line());
    assert!(samples.iter().all(|sent| *sent > 50) && records.len() > 5, "{samples:?} {}", records.len());
    assert!(!long() || verdict.recovery_s <= 5.0, "a restart took {:.2} s", verdict.recovery_s);
    let metrics = platform.client().get("/metrics").text();
    assert!(metrics.lines().any(|line| line == "anlan_ledger_gaps 0"), "P40: {metrics}");
    the_verdict_can_fail(&world.safety, world.t, &points[0], samples[0]);
}

/// Tries until the platform has answered `try_it`.
fn until_answered<T>(what: &str, mut try_it: impl FnMut() -> Option<T>) -> T {
    let until = now() + BACK;
    loop {
        if let Some(answer) = try_it() {
            return answer;
        }
        assert!(now() < until, "no answer to {what} within {BACK:?}");
        thread::sleep(AGAIN);
    }
}

/// The k-th reading of a point is k, k milliseconds after the beginning: whatever is stored tells by itself whether it is right.
fn entry(world: &World, point: &str, k: u64) -> Value {
    json!([{"p": point, "t": rfc3339(world.t + k as i64), "v": k}])
}

/// Gives how many readings were acknowledged: the first so many.
fn over_json(world: &World, point: &str) -> u64 {
    let client = world.client(None);
    let mut k = 0;
    while world.goes_on() {
        let receipt = until_answered("a reading", || {
            let request =
                client.request("POST", "/api/v1/samples").basic_auth(&world.gateway, Some(&world.key)).json(&entry(world, point, k));
            Client::try_send(request).ok().filter(|answer| answer.status == 200)
        });
        let receipt = receipt.json();
        assert_eq!(receipt["accepted"].as_u64().zip(receipt["duplicate"].as_u64()).map(|(new, again)| new + again), Some(1), "{receipt}");
        k += 1;
    }
    k
}

fn over_lines(world: &World, point: &str) -> u64 {
    let client = world.client(None);
    let mut k = 0;
    while world.goes_on() {
        until_answered("a line", || {
            let line = format!("{} {point}={k} {}", world.gateway, world.t + k as i64);
            let request = client.request("POST", "/write?precision=ms").basic_auth(&world.gateway, Some(&world.key)).body(line);
            Client::try_send(request).ok().filter(|answer| answer.status == 204)
        });
        k += 1;
    }
    k
}

fn over_mqtt(world: &World, point: &str) -> u64 {
    let to = topic(&world.enterprise, &world.gateway);
    let (mut k, mut connection) = (0, None);
    while world.goes_on() {
        until_answered("a message", || {
            let mut bare = connection.take().or_else(|| Bare::connect(world.mqtt, "crash", &world.gateway, &world.key).ok())?;
            let sent = bare.publish(&to, entry(world, point, k).to_string().as_bytes());
            let acknowledged = sent.and_then(|id| Ok(bare.acknowledged()? == id)).ok()?;
            assert!(acknowledged, "an acknowledgement of something else");
            connection = Some(bare);
            Some(())
        });
        k += 1;
    }
    k
}

/// A record that a person was told is safe.
struct Kept {
    id: String,
    number: String,
    summary: String,
    place: String,
}

/// Reports dangers and corrects their place; each request with a key, repeated until it is answered.
fn keep_records(world: &World, who: &str) -> Vec<Kept> {
    let client = world.client(world.safety.token());
    let mut kept = Vec::new();
    let keyed = |method: &str, path: &str, key: &str, body: &Value| {
        until_answered(key, || {
            let request = client.request(method, path).header("idempotency-key", key).json(body);
            let answer = Client::try_send(request).ok()?;
            let under_way = answer.status == 503 || answer.status == 409 && answer.json()["code"] == "in_progress";
            (!under_way).then_some(answer)
        })
    };
    while world.goes_on() {
        let (key, place) = (format!("crash-{who}-{}", kept.len()), format!("{} 号位", kept.len()));
        let summary = format!("断电演练 {key}：记录不得丢失或重复");
        let input = json!({"body": {"summary": summary, "source": "self_inspection"}});
        let made = keyed("POST", "/api/v1/records/hidden_danger", &key, &input).created();
        let id = text(&made, "id").to_owned();
        let change = json!({"revision": made["revision"], "body": {"place": place}});
        let changed = keyed("PATCH", &format!("/api/v1/records/hidden_danger/{id}"), &format!("{key}-place"), &change).ok();
        assert_eq!((&changed["revision"], &changed["body"]["place"]), (&json!(2), &json!(place)));
        kept.push(Kept { id, number: text(&made, "number").to_owned(), summary, place });
    }
    kept
}

/// A point that is above HH from now on, with an on-delay that the kill falls into: one alarm, raised when the delay was served.
struct Rising {
    point: String,
    alarm: String,
    acked_at: Value,
}

fn rises<'scope>(scope: &'scope Scope<'scope, '_>, world: &'scope World, round: usize) -> ScopedJoinHandle<'scope, Rising> {
    let point = world.point(&format!("RISE-{round}"));
    let rule = json!({"body": {"point": point, "hh": 80, "on_delay_s": ON_DELAY_MS / 1000, "priority": "high"}});
    world.safety.create("alarm_rule", &rule);
    let t = now_ms();
    let first = json!([{"p": point, "t": rfc3339(t), "v": 90}]);
    world.safety.post("/api/v1/samples", &first).ok();
    scope.spawn(move || {
        let client = world.client(world.safety.token());
        let answered = |request: &dyn Fn() -> reqwest::blocking::RequestBuilder| {
            until_answered("the rising point", || Client::try_send(request()).ok().filter(|answer| answer.status == 200)).json()
        };
        // A reading every half second of the device's time, however late it arrives.
        for k in 1..=10 {
            let entries = json!([{"p": point, "t": rfc3339(t + k * 500), "v": 90}]);
            answered(&|| client.request("POST", "/api/v1/samples").json(&entries));
        }
        let path = format!("/api/v1/alarms?point={point}");
        let alarm = eventually("the alarm after its delay", BACK, || items(&answered(&|| client.request("GET", &path))).first().cloned());
        assert_eq!(text(&alarm, "raised_at"), rfc3339(t + ON_DELAY_MS), "the onset is the first reading, whatever happened since");
        let id = text(&alarm, "id").to_owned();
        let acked = answered(&|| client.request("POST", &format!("/api/v1/alarms/{id}/ack")).json(&json!({})));
        Rising { point, alarm: id, acked_at: acked["acked_at"].clone() }
    })
}

fn earlier_alarms_stand(safety: &Client, alarms: &[Rising]) {
    for rising in alarms {
        let found = safety.get(&format!("/api/v1/alarms?point={}", rising.point)).ok();
        let seen: Vec<_> = items(&found).iter().map(|alarm| (text(alarm, "id"), text(alarm, "state"), &alarm["acked_at"])).collect();
        assert_eq!(seen, [(&*rising.alarm, "acked_active", &rising.acked_at)], "{}", rising.point);
    }
}

#[derive(Default)]
struct Verdict {
    acked: u64,
    lost: u64,
    duplicate: u64,
    phantom: u64,
    torn: u64,
    misordered: u64,
    recovery_s: f64,
}

impl Verdict {
    /// The first `sent` readings were acknowledged; one more may have been under way.
    fn samples(&mut self, client: &Client, t: i64, point: &str, sent: u64) {
        let answer = client.get(&format!("/api/v1/samples?point={point}&from={}&to={}", t - 1000, t + sent as i64 + 100_000)).ok();
        let rows = answer["rows"].as_array().expect("rows");
        let (mut seen, mut last) = (BTreeSet::new(), i64::MIN);
        for row in rows {
            let (at, v) = (row[0].as_i64().expect("a time"), row[1].as_f64().expect("a value"));
            let k = at - t;
            self.misordered += u64::from(at < last);
            last = at;
            self.duplicate += u64::from(!seen.insert(k));
            self.phantom += u64::from(!(0..=sent as i64).contains(&k));
            self.torn += u64::from(v != k as f64);
        }
        self.acked += sent;
        self.lost += (0..sent as i64).filter(|k| !seen.contains(k)).count() as u64;
    }

    fn records(&mut self, client: &Client, kept: &[Kept]) {
        let mut numbers = BTreeMap::<&str, u64>::new();
        for record in kept {
            self.acked += 2;
            *numbers.entry(&record.number).or_default() += 1;
            let answer = client.get(&format!("/api/v1/records/hidden_danger/{}", record.id));
            if answer.status != 200 {
                self.lost += 2;
                continue;
            }
            let now = answer.json();
            let whole = now["body"]["summary"] == json!(record.summary) && now["number"] == json!(record.number);
            self.torn += u64::from(!whole);
            self.lost += u64::from(now["body"]["place"] != json!(record.place));
            let history = client.get(&format!("/api/v1/records/hidden_danger/{}/history", record.id)).ok();
            let steps: Vec<&str> = items(&history).iter().map(|event| text(event, "action")).collect();
            self.duplicate += steps.len().saturating_sub(2) as u64;
            self.torn += u64::from(items(&history).iter().any(|event| text(&event["leaf"], "hash").len() != 64));
        }
        self.duplicate += numbers.values().map(|n| n - 1).sum::<u64>();
        // Whoever made a record twice would have it twice in the list.
        let found = client.get(&format!("/api/v1/records/hidden_danger?size=1&q={}", "%E6%96%AD%E7%94%B5%E6%BC%94%E7%BB%83")).ok();
        let listed = found["total"].as_u64().expect("a total");
        self.duplicate += listed.saturating_sub(kept.len() as u64);
        self.lost += (kept.len() as u64).saturating_sub(listed);
    }

    fn faultless(&self) -> bool {
        [self.lost, self.duplicate, self.phantom, self.torn, self.misordered] == [0; 5]
    }

    fn line(&self) -> String {
        format!(
            "acked {} lost {} duplicate {} phantom {} torn {} misordered {} gaps-unreported 0 recovery-s {:.2}",
            self.acked, self.lost, self.duplicate, self.phantom, self.torn, self.misordered, self.recovery_s
        )
    }
}

/// The control: a claim of more than was sent, and of another beginning, is found out.
fn the_verdict_can_fail(safety: &Client, t: i64, point: &str, sent: u64) {
    let judge = |t: i64, sent: u64| {
        let mut verdict = Verdict::default();
        verdict.samples(safety, t, point, sent);
        verdict
    };
    assert!(judge(t, sent + 5).lost >= 4 && judge(t, sent - 5).phantom >= 4 && judge(t - 1, sent).torn >= sent - 1);
}

#[test]
fn a_data_folder_belongs_to_one_process_at_a_time() {
    let platform = Platform::demo();
    let data = platform.data();
    let data = data.to_str().expect("a plain path");
    for arguments in [
        &["serve", "--data", data, "--listen", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"][..],
        &["user", "add", "x", "--post", "inspector@320411", "--password-stdin", "--data", data],
        &["migrate", "--data", data],
    ] {
        let (code, _, said) = anlan(arguments, "a good long secret");
        assert!(code == Some(1) && said.contains(data), "{arguments:?}: {code:?} {said}");
    }
    platform.user("enterprise").get("/api/v1/me").status(200);
    // A kill leaves no lock behind.
    let mut platform = platform;
    platform.kill();
    platform.restart();
}

#[test]
fn data_of_a_newer_version_are_not_touched() {
    let kind = |version: u32| {
        format!(
            "[kind]\nid = \"visit\"\nversion = {version}\nzh = \"来访\"\nen = \"Visit\"\nhome = \"enterprise\"\n[fields]\nguest = {{ type = \"text\", zh = \"来客\", \
             en = \"Guest\", required = true }}\n[create]\nto = \"noted\"\nby = [\"enterprise_worker\"]\nasks = [\"guest\"]\n[states]\nnoted = {{ zh = \"已记\", \
             en = \"Noted\", tone = \"done\", final = true }}\n[access]\nread = [\"enterprise_worker\"]\n"
        )
    };
    let sample = r#"{"state": "noted", "body": {"guest": "来客甲"}}"#;
    let mut installation = Installation::empty();
    let files =
        |version: u32| [("gate/visit.kind.toml".to_owned(), kind(version)), ("gate/samples/visit.v1.json".to_owned(), sample.to_owned())];
    let lay = |installation: &mut Installation, version: u32| {
        let files = files(version);
        installation.overlay(&files.each_ref().map(|(path, text)| (path.as_str(), text.as_str())));
    };
    lay(&mut installation, 2);
    let mut installation = installation.run().stop();
    lay(&mut installation, 1);
    let (code, said) = installation.refuses();
    assert!(code == Some(1) && said.contains("visit") && said.contains("newer"), "{code:?} {said}");
    lay(&mut installation, 2);
    installation.run();
}
