//! P01: no answer leaves before the fsync that covers it. A preloaded shim writes down writes, syncs and socket traffic in one order;
//! every acknowledgement is then traced back to the bytes of its reading in the journal.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anlan_tests::mqtt::{Bare, topic};
use anlan_tests::{DEMO_SECRET, ENTERPRISE, GATEWAY, Installation, now_ms, rfc3339};
use base64::Engine;
use serde_json::json;

const POINT: &str = "CW01.ORDER.1";
/// Readings of each sender; two senders speak MQTT, two JSON, one line protocol.
const EACH: usize = 60;

/// The compiled shim, or `None` and a loud word where there is no C compiler.
fn shim(folder: &Path) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("shim/order.c");
    let library = folder.join("order.so");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").output();
    match compiled {
        Ok(output) if output.status.success() => Some(library),
        Ok(output) => panic!("the shim does not compile: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => {
            eprintln!("SKIPPED LOUDLY: no C compiler ({error}); the order of acknowledgements and fsyncs was not tested");
            None
        }
    }
}

/// A value that the journal keeps as the eight bytes of a float, and that no other reading has.
fn value(k: usize) -> f64 {
    let v = 10.0 + (k + 1) as f64 * std::f64::consts::PI / 7919.0;
    assert!((v * 1e6).fract() != 0.0);
    v
}

#[test]
fn p01_nothing_is_acknowledged_before_its_fsync() {
    let Some((good, acked)) = run(false) else { return };
    assert_eq!(good.acks, acked, "every acknowledgement the senders got is in the order");
    assert!(
        good.early.is_empty(),
        "{} of {} acknowledgements came before their fsync:\n{}",
        good.early.len(),
        good.acks,
        good.early.join("\n")
    );
    println!("p01: {} acknowledgements, {} journal writes, {} syncs, 0 early", good.acks, good.writes, good.syncs);
    // With the syncs left out the same check must fail, or it proves nothing.
    let Some((bad, acked)) = run(true) else { return };
    assert_eq!((bad.acks, bad.early.len()), (acked, acked), "the negative control");
}

/// Runs the senders against a platform under the shim; gives what the order shows, and how many acknowledgements arrived.
fn run(without_sync: bool) -> Option<(Order, usize)> {
    let mut installation = Installation::demo();
    let library = shim(installation.path("x").parent().expect("a folder"))?;
    let log = installation.path("order.log");
    let environment = &mut installation.start.environment;
    environment.insert("LD_PRELOAD".to_owned(), library.to_str().expect("a plain path").to_owned());
    environment.insert("ORDER_LOG".to_owned(), log.to_str().expect("a plain path").to_owned());
    if without_sync {
        environment.insert("ORDER_NO_SYNC".to_owned(), "1".to_owned());
    }
    let platform = installation.run();
    let safety = platform.user("enterprise");
    let point = json!({"id": POINT, "name": "次序", "enterprise": ENTERPRISE, "quantity": "level", "unit": "m", "span": [0, 100], "period_s": 1,
        "kind": "analogue"});
    safety.post("/api/v1/points", &point).created();
    let t = now_ms() - 3_600_000;
    let http: SocketAddr = platform.base().trim_start_matches("http://").parse().expect("an address");
    let mqtt = platform.mqtt();
    let acked = thread::scope(|scope| {
        let senders = [
            scope.spawn(|| over_mqtt(mqtt, "order-1", 0, t)),
            scope.spawn(|| over_mqtt(mqtt, "order-2", EACH, t)),
            scope.spawn(|| over_http(http, "/api/v1/samples", 2 * EACH, &|k| json_entry(k, t))),
            // The same readings as the sender before: a duplicate, too, is acknowledged only when the first is safe.
            scope.spawn(|| over_http(http, "/api/v1/samples", 2 * EACH, &|k| json_entry(k, t))),
            scope.spawn(|| {
                over_http(http, "/write?precision=ms", 3 * EACH, &|k| format!("{GATEWAY} {POINT}={:?} {}", value(k), t + k as i64))
            }),
        ];
        senders.into_iter().map(|sender| sender.join().expect("no sender fails")).sum()
    });
    platform.kill();
    let text = fs::read_to_string(&log).expect("the shim has written");
    Some((Order::read(&text), acked))
}

fn json_entry(k: usize, t: i64) -> String {
    format!(r#"[{{"p":"{POINT}","t":"{}","v":{:?}}}]"#, rfc3339(t + k as i64), value(k))
}

/// Several under way at once.
fn over_mqtt(at: SocketAddr, client: &str, first: usize, t: i64) -> usize {
    let mut bare = Bare::connect(at, client, GATEWAY, DEMO_SECRET).expect("it is let in");
    let to = topic(ENTERPRISE, GATEWAY);
    let mut acked = 0;
    for k in (first..first + EACH).step_by(5) {
        for k in k..k + 5 {
            bare.publish(&to, json_entry(k, t).as_bytes()).expect("it listens");
        }
        for _ in 0..5 {
            bare.acknowledged().expect("an acknowledgement");
            acked += 1;
        }
    }
    acked
}

/// One connection that carries nothing else, so that the n-th answer on it belongs to the n-th request.
fn over_http(at: SocketAddr, path: &str, first: usize, body: &dyn Fn(usize) -> String) -> usize {
    let mut stream = TcpStream::connect(at).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    let key = base64::engine::general_purpose::STANDARD.encode(format!("{GATEWAY}:{DEMO_SECRET}"));
    for k in first..first + EACH {
        let body = body(k);
        let request =
            format!("POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Basic {key}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(request.as_bytes()).expect("it reads");
        let answer = read_answer(&mut stream);
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    }
    EACH
}

fn read_answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let n = stream.read(&mut buffer).expect("an answer");
        assert!(n > 0, "the connection ended: {}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if body.len() >= length.unwrap_or(0) {
            return text;
        }
    }
}

/// What the shim's log shows.
struct Order {
    acks: usize,
    writes: usize,
    syncs: usize,
    /// Acknowledgements that left before an fsync covered their reading.
    early: Vec<String>,
}

/// A stream of bytes, and after which of its bytes which number stands.
#[derive(Default)]
struct Stream {
    bytes: Vec<u8>,
    /// Length so far, number.
    marks: Vec<(usize, u64)>,
}

impl Stream {
    fn push(&mut self, seq: u64, bytes: &[u8]) {
        self.bytes.extend(bytes);
        self.marks.push((self.bytes.len(), seq));
    }
    /// The number under which the byte at `at` was written down.
    fn seq_at(&self, at: usize) -> u64 {
        self.marks[self.marks.partition_point(|(end, _)| *end <= at)].1
    }
    fn find(&self, needle: &[u8]) -> Option<usize> {
        self.bytes.windows(needle.len()).position(|window| window == needle)
    }
}

impl Order {
    fn read(log: &str) -> Self {
        let (mut journals, mut received, mut sent) =
            (BTreeMap::<&str, Stream>::new(), BTreeMap::<&str, Stream>::new(), BTreeMap::<&str, Stream>::new());
        let mut syncs: Vec<(&str, u64, u64)> = Vec::new();
        for line in log.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let number = |at: usize| words[at].parse::<u64>().expect("a number");
            match words[0] {
                "W" => journals.entry(words[2]).or_default().push(number(1), &unhex(words[3])),
                "R" => received.entry(words[2]).or_default().push(number(1), &unhex(words[3])),
                "A" => sent.entry(words[2]).or_default().push(number(1), &unhex(words[3])),
                "S" => syncs.push((words[3], number(2), number(1))),
                other => panic!("an unknown line {other}"),
            }
        }
        let mut order =
            Self { acks: 0, writes: journals.values().map(|journal| journal.marks.len()).sum(), syncs: syncs.len(), early: Vec::new() };
        for (connection, input) in &received {
            let Some(output) = sent.get(connection) else { continue };
            for (value, left) in acknowledgements(input, output) {
                order.acks += 1;
                let found = journals.iter().find_map(|(path, journal)| {
                    let last = journal.find(&value.to_le_bytes())? + 7;
                    Some((*path, journal.seq_at(last)))
                });
                let covered = found
                    .is_some_and(|(path, written)| syncs.iter().any(|(of, began, ended)| *of == path && *began > written && *ended < left));
                if !covered {
                    order
                        .early
                        .push(format!("{connection}: {value:?} was acknowledged at {left}, written at {:?}", found.map(|(_, at)| at)));
                }
            }
        }
        order
    }
}

/// The readings of one connection that were acknowledged, each with the number at which the answer left.
fn acknowledgements(input: &Stream, output: &Stream) -> Vec<(f64, u64)> {
    if input.bytes.starts_with(b"POST /api/v1/samples ") || input.bytes.starts_with(b"POST /write?") {
        let values = values_in(&input.bytes);
        let answers = output.bytes.windows(11).enumerate().filter(|(_, window)| *window == b"HTTP/1.1 20").map(|(at, _)| output.seq_at(at));
        return values.into_iter().zip(answers).collect();
    }
    if input.bytes.first() == Some(&0x10) {
        let published: BTreeMap<[u8; 2], f64> = packets(&input.bytes)
            .filter(|(_, kind, _)| kind & 0xf0 == 0x30)
            .filter_map(|(_, _, rest)| {
                let topic = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
                Some(([rest[2 + topic], rest[3 + topic]], *values_in(&rest[4 + topic..]).first()?))
            })
            .collect();
        let acknowledged = packets(&output.bytes).filter(|(_, kind, _)| *kind == 0x40);
        return acknowledged.filter_map(|(at, _, id)| Some((*published.get(&[id[0], id[1]])?, output.seq_at(at)))).collect();
    }
    Vec::new()
}

/// Every number after `"v":` or after `=` of our point.
fn values_in(bytes: &[u8]) -> Vec<f64> {
    let text = String::from_utf8_lossy(bytes);
    let line = format!("{POINT}=");
    let mut all = Vec::new();
    for mark in ["\"v\":", &line] {
        for (at, _) in text.match_indices(mark) {
            let number: String = text[at + mark.len()..].chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            all.push(number.parse().expect("a number"));
        }
    }
    all
}

/// Where each packet begins, its first byte, and what follows the length.
fn packets(bytes: &[u8]) -> impl Iterator<Item = (usize, u8, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (from, kind) = (at, *bytes.get(at)?);
        let (mut length, mut shift) = (0_usize, 0);
        at += 1;
        loop {
            let byte = *bytes.get(at)?;
            at += 1;
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let rest = bytes.get(at..at + length)?;
        at += length;
        Some((from, kind, rest))
    })
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |b: u8| (b as char).to_digit(16).expect("a hex digit") as u8;
    text.as_bytes().chunks(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1])).collect()
}
