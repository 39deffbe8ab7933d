//! `anlan bench`: figures of this machine, for people and, with `--json`, for programs. Judged in `make bench`, never in a test.

use std::sync::Arc;
use std::time::Duration;

use anlan_access::ReadScope;
use anlan_alarms::{Evaluator, Rule, Watch};
use anlan_base::{Clock, EnterpriseId, Instant, Name, Quality, Reading};
use anlan_records::kind::{Condition, Is, Test};
use anlan_sim::{District, Signals};
use anlan_store::{Chunks, RecordQuery, Target};
use anlan_telemetry::{History, Intake, Journal, Limits, Options, Point, PointKind, Points, Settings, parse_lines};
use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::clock::WallClock;
use crate::consequence::out;

#[derive(Subcommand)]
pub enum Bench {
    /// How many readings a second one core judges.
    Alarms(Output),
    /// Line protocol to durable history: points a CPU second, bytes a point, a day's roll-up.
    Telemetry(Output),
    /// Lists and saves over the demo district's records.
    Records(Output),
    /// Accident models: footprint, dense run, whole scenario, park-wide risk, source inversion.
    Consequence(Output),
}

#[derive(Args)]
pub struct Output {
    /// For programs.
    #[arg(long)]
    json: bool,
}

pub async fn run(bench: Bench) -> anyhow::Result<()> {
    let (figures, output) = match bench {
        Bench::Alarms(output) => (alarms(), output),
        Bench::Telemetry(output) => (telemetry().await?, output),
        Bench::Records(output) => (records().await?, output),
        Bench::Consequence(output) => (consequence(), output),
    };
    out::print(&if output.json { figures.to_string() } else { serde_json::to_string_pretty(&figures)? })
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = std::time::Instant::now();
    let answer = work();
    (answer, start.elapsed())
}

/// User and system time of this process so far, in seconds.
fn cpu_s() -> f64 {
    let clock_ticks = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: Vec<f64> = after_name.split_whitespace().filter_map(|field| field.parse().ok()).collect();
    // Fields 14 and 15 of proc(5); the first two are gone, and the state is no number.
    ticks.get(10).zip(ticks.get(11)).map_or(0.0, |(user, system)| (user + system) / clock_ticks)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

const POINTS: u32 = 44_000;

fn alarms() -> Value {
    let rule = |point: u32| Rule {
        deadband: 0.5,
        on_delay_ms: 2_000,
        ..Rule::new(
            format!("rule-{point}").into(),
            point,
            Watch::Analogue { ll: Some(5.0), l: Some(10.0), h: Some(80.0), hh: Some(90.0) },
            1_000,
        )
    };
    let mut evaluator = Evaluator::new();
    let mut out = Vec::new();
    let start = WallClock.now();
    evaluator.set_rules((0..POINTS).map(rule).collect(), start, &mut out);
    let mut rates = Vec::new();
    for round in 0..9_i64 {
        let ((), took) = timed(|| {
            for second in 0..10 {
                let t = start.plus_s(round * 10 + second);
                for point in 0..POINTS {
                    // One in some thirty thousand is beyond a limit, as in a plant that runs well.
                    let v = if (point as i64 * 7919 + round * 10 + second) % 30_011 == 0 { 85.0 } else { 40.0 + f64::from(point % 20) };
                    evaluator.reading(Reading { point, t, v, q: Quality::Good }, t, &mut out);
                }
                out.clear();
            }
        });
        rates.push(f64::from(POINTS) * 10.0 / took.as_secs_f64());
    }
    json!({"readings_per_s": median(rates).round(), "points": POINTS, "cores": 1})
}

async fn telemetry() -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let district = District::build(320_411);
    let signals = Signals::new(&district);
    let points = Points::default();
    points.put(district.points.iter().zip(0_u32..).map(|(point, number)| Point {
        number,
        id: point.id.clone(),
        name: point.name.clone(),
        enterprise: EnterpriseId::from("bench"),
        enterprise_code: "B".to_owned(),
        hazard_unit: None,
        quantity: point.quantity.to_owned(),
        unit: point.unit_of_measure.to_owned(),
        span: Some([point.span.0, point.span.1]),
        period_ms: 1_000,
        kind: PointKind::Analogue,
    }));
    let on_fatal = Box::new(|error: &std::io::Error| eprintln!("the journal failed: {error}"));
    let (journal, _) = Journal::open(&folder.path().join("journal"), Options::default(), on_fatal)?;
    let target = Target::folder(folder.path());
    let chunks = Arc::new(Chunks::open(&target).await?);
    let (history, _) = History::recover(chunks.clone(), &journal, Settings::default()).await?;
    let history = Arc::new(history);
    let (to_alarms, mut committed) = tokio::sync::mpsc::channel(64);
    let (intake, _) = Intake::start(journal.clone(), history.clone(), Arc::new(WallClock), to_alarms);
    tokio::spawn(async move { while committed.recv().await.is_some() {} });
    let seconds = 600_i64;
    let start = Instant::from_ms((WallClock.now().as_ms() / 1000 - seconds) * 1000);
    // The wire form is made before the clock starts: the simulator's work is not the platform's.
    let bodies: Vec<String> = (0..seconds).map(|second| lines(&district, &signals, start.plus_s(second))).collect();
    let before = cpu_s();
    let mut stored = 0_usize;
    for body in &bodies {
        let parsed = {
            let table = points.read();
            let limits = Limits { now: WallClock.now(), retention_ms: i64::MAX };
            parse_lines(body.as_bytes(), "bench", anlan_telemetry::Precision::Ms, |id| table.by_id(id).map(|p| &**p), &limits)
                .map_err(|e| anyhow::anyhow!("{e}"))?
                .parsed
        };
        stored += intake.submit("bench", parsed).await?.accepted;
    }
    history.seal_all(WallClock.now()).await?;
    let cpu = cpu_s() - before;
    let point = points.get(&district.points[0].id).context("the first point")?.number;
    let mut rollups = Vec::new();
    for _ in 0..9 {
        let from = start.plus_s(-86_400);
        let query = history.aggregate(point, from, start.plus_s(seconds), 300_000, &[anlan_telemetry::Agg::Avg]);
        let (answer, took) = timed_async(query).await;
        answer?;
        rollups.push(took.as_secs_f64() * 1000.0);
    }
    // Closed first: only then has the database folded its log into the file.
    chunks.close().await;
    let size = std::fs::metadata(folder.path().join("history.db"))?.len();
    eprintln!(
        "victoriametrics: not measured, no such peer is installed here; postgresql: the comparison belongs to the history store's own issue"
    );
    Ok(json!({
        "ours": {
            "points_per_cpu_s": (stored as f64 / cpu.max(0.01)).round(), "bytes_per_point": size as f64 / stored as f64,
            "rollup_day_ms": median(rollups), "durable": true,
        },
        "victoriametrics": null, "postgresql": null, "ratio": {"victoriametrics": null, "postgresql": null},
        "points": stored, "seconds": seconds, "commit": option_env!("ANLAN_COMMIT"), "machine": machine(),
    }))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
async fn timed_async<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let start = std::time::Instant::now();
    let answer = work.await;
    (answer, start.elapsed())
}

fn lines(district: &District, signals: &Signals, at: Instant) -> String {
    let mut body = String::new();
    for (group, points) in district.points.chunks(100).enumerate() {
        body.push_str("bench ");
        for (n, point) in points.iter().enumerate() {
            let value = signals.value(group * 100 + n, at);
            body.push_str(&format!("{}{}={value}", if n > 0 { "," } else { "" }, point.id));
        }
        body.push_str(&format!(" {}\n", at.as_ms()));
    }
    body
}

async fn records() -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let kinds = Arc::new(crate::check::kinds(None)?);
    let district = Arc::new(District::build(320_411));
    let data = folder.path().join("data");
    crate::demo::seed::district(&data, kinds.clone(), &district).await?;
    let store = anlan_store::Store::open(&Target::folder(&data), kinds).await?;
    let scope = ReadScope::platform();
    let danger = |tests: Vec<Test>| {
        let mut query = RecordQuery::of(Name::of("hidden_danger"), WallClock.now());
        query.conditions = if tests.is_empty() { Vec::new() } else { vec![Condition(vec![tests])] };
        query
    };
    let level = || Test { subject: Name::of("level"), is: Is::OneOf(vec![json!("general")]) };
    let overdue = || Test { subject: Name::of("overdue"), is: Is::OneOf(vec![json!(true)]) };
    let mut text = danger(Vec::new());
    text.q = Some("探测器".to_owned());
    let queries =
        [("first_page", danger(Vec::new())), ("by_level", danger(vec![level()])), ("overdue", danger(vec![overdue()])), ("text", text)];
    let mut measured = Vec::new();
    let mut rows = 0;
    for (name, query) in queries {
        let mut times = Vec::new();
        for _ in 0..100 {
            let (answer, took) = timed_async(store.records(&scope, &query)).await;
            let (_, total) = answer?;
            rows = rows.max(total);
            times.push(took.as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        measured.push(json!({"name": name, "median_ms": times[50], "p99_ms": times[98]}));
    }
    Ok(json!({"rows": rows, "backend": store.engine(), "queries": measured, "machine": machine()}))
}

/// Medians, in the unit each figure's name ends in.
fn consequence() -> Value {
    if cfg!(debug_assertions) {
        eprintln!("this is a debug build, many times slower: the promises are those of a release build");
    }
    let mut figures = serde_json::Map::new();
    for mut bench in anlan_consequence::bench::benches() {
        // A long work is not repeated as often as a short one.
        let rounds = if bench.limit_s >= 1.0 { 3 } else { 201 };
        let scale = if bench.figure.ends_with("_ms") { 1000.0 } else { 1.0 };
        let figure = scale * median((0..rounds).map(|_| timed(&mut bench.run).1.as_secs_f64()).collect());
        let (name, promised) = (bench.figure, bench.limit_s * scale);
        let verdict = if figure <= promised { "kept" } else { "MISSED" };
        eprintln!("{name}: {figure:.4}, promised {promised} on {} core(s): {verdict}; {}", bench.threads, bench.what);
        figures.insert(bench.figure.to_owned(), json!(figure));
    }
    figures.insert("machine".to_owned(), json!(machine()));
    Value::Object(figures)
}

fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).map_or("", |rest| rest.trim_start_matches([' ', '\t', ':']));
    format!("{} × {model}", std::thread::available_parallelism().map_or(1, usize::from))
}
