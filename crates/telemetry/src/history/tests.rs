//! The history against a plain map: whatever the order of arrival, sealing and restarts, the same samples come out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use anlan_base::{Quality, ZONE_OFFSET_S};
use proptest::prelude::*;

use super::*;
use crate::batch::{Batch, encode_batches};
use crate::chunks::{Answer, End, MemoryChunks};
use crate::journal::Options;
use crate::sample::{Flaw, Mark};

const DAY: i64 = 1_795_363_200_000; // 2026-11-23T00:00+08:00

struct Bench {
    store: Arc<MemoryChunks>,
    directory: tempfile::TempDir,
    journal: Journal,
    history: History,
    model: BTreeMap<(u32, i64), Cell>,
    now: Instant,
}

fn small() -> Settings {
    Settings { chunk_samples: 5, stagger: 3, keep_samples: 2, max_wait_ms: 1_000_000, max_unsealed: 1000 }
}

impl Bench {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Arc::new(MemoryChunks::default());
        let (journal, history) = Self::start(&directory, store.clone()).await;
        Self { store, directory, journal, history, model: BTreeMap::new(), now: Instant::from_ms(DAY) }
    }

    async fn start(directory: &tempfile::TempDir, store: Arc<dyn ChunkStore>) -> (Journal, History) {
        let options = Options { segment_bytes: 300, gather: std::time::Duration::ZERO };
        let (journal, _) = Journal::open(directory.path(), options, Box::new(|_| ())).unwrap();
        let (history, recovered) = History::recover(store, &journal, small()).await.unwrap();
        assert_eq!(recovered.damaged, []);
        (journal, history)
    }

    async fn classes(&self, samples: &[Sample]) -> Vec<Class> {
        let fetched = self.history.fetch_for(samples).await.unwrap();
        self.history.classify(samples, &fetched).expect("nothing was sealed meanwhile")
    }

    /// As intake does it: judge, journal, apply.
    async fn take(&mut self, samples: &[Sample]) {
        for sample in samples {
            let key = (sample.point, sample.t.as_ms());
            let cell = Cell { t: sample.t, v: sample.v, mark: sample.mark };
            let expected = match self.model.get(&key) {
                None => Class::New,
                Some(old) if old.v == cell.v && old.mark.sent == cell.mark.sent => Class::Duplicate,
                Some(_) => Class::Corrected,
            };
            assert_eq!(self.classes(&[*sample]).await, [expected]);
            if expected != Class::Duplicate {
                self.model.insert(key, cell);
                let batch = Batch { sender: "gw".into(), received_at: self.now, samples: vec![*sample] };
                let at = self.journal.append(encode_batches(std::slice::from_ref(&batch))).await.unwrap();
                self.history.apply(&batch.samples, at.start, at.end, self.now);
            }
        }
    }

    async fn seal(&self) {
        let sealed = self.history.seal_due(self.now).await.unwrap();
        self.journal.drop_before(sealed.position).unwrap();
    }

    async fn restart(mut self) -> Self {
        drop(self.history);
        drop(self.journal);
        (self.journal, self.history) = Self::start(&self.directory, self.store.clone()).await;
        self
    }

    async fn compare(&self, point: u32, from: i64, to: i64) {
        let (from_t, to_t) = (Instant::from_ms(from), Instant::from_ms(to));
        let cells: Vec<Cell> = if from < to { self.model.range((point, from)..(point, to)).map(|(_, c)| *c).collect() } else { Vec::new() };
        assert_eq!(self.history.raw(point, from_t, to_t).await.unwrap(), cells);
        for every in [1_000, 7_000, 60_000, 120_000, 86_400_000] {
            let mut steps: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
            for c in cells.iter().filter(|c| c.mark.quality() == Quality::Good) {
                let zone = i64::from(ZONE_OFFSET_S) * 1000;
                steps.entry((c.t.as_ms() + zone).div_euclid(every) * every - zone).or_default().push(c.v);
            }
            let aggs = [Agg::Count, Agg::Min, Agg::Max, Agg::Last, Agg::Avg];
            let found = self.history.aggregate(point, from_t, to_t, every, &aggs).await.unwrap();
            assert_eq!(found.len(), steps.len(), "every {every}");
            for ((t, row), (start, values)) in found.iter().zip(&steps) {
                let fold = |f: fn(f64, f64) -> f64| values.iter().copied().reduce(f).unwrap();
                let exact = [values.len() as f64, fold(f64::min), fold(f64::max), *values.last().unwrap()];
                assert_eq!((t.as_ms(), &row[..4]), (*start, &exact[..]), "every {every}");
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                assert!((row[4] - mean).abs() <= 1e-9 * mean.abs().max(1.0), "every {every}: {} for {mean}", row[4]);
            }
        }
        let newest = self.model.range((point, i64::MIN)..=(point, i64::MAX)).rev().find(|(_, c)| c.mark.flaw.is_none());
        let flawed_since = self.model.range((point, i64::MIN)..=(point, i64::MAX)).next_back().is_some_and(|(_, c)| c.mark.flaw.is_some());
        if !flawed_since {
            assert_eq!(self.history.latest(point).map(|s| (s.t, s.v)), newest.map(|(_, c)| (c.t, c.v)));
        }
    }
}

fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

#[derive(Clone, Debug)]
enum Step {
    Take(Vec<Sample>),
    Wait(i64),
    Seal,
    SealAll,
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let mark = prop_oneof![
        6 => Just(Mark::default()),
        1 => Just(Mark { sent: Quality::Bad, flaw: None }),
        1 => Just(Mark { sent: Quality::Uncertain, flaw: None }),
        1 => Just(Mark { sent: Quality::Good, flaw: Some(Flaw::OutOfSpan) }),
    ];
    let sample = (0_u32..3, 0_i64..200, -50_i64..50, mark).prop_map(|(point, s, v, mark)| Sample {
        point,
        t: Instant::from_ms(DAY + s * 1000),
        v: v as f64 / 4.0,
        mark,
    });
    let run = (0_u32..3, 0_i64..150, 1_i64..40, -50_i64..50).prop_map(|(point, from, length, v)| {
        (from..from + length).map(|s| Sample::good(point, Instant::from_ms(DAY + s * 1000), (v + s % 5) as f64 / 10.0)).collect::<Vec<_>>()
    });
    let step = prop_oneof![
        5 => proptest::collection::vec(sample, 1..8).prop_map(Step::Take),
        4 => run.prop_map(Step::Take),
        1 => (0_i64..2_000_000).prop_map(Step::Wait),
        3 => Just(Step::Seal),
        1 => Just(Step::SealAll),
        1 => Just(Step::Restart),
    ];
    proptest::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: (ProptestConfig::default().cases / 3).max(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn history_equals_a_plain_map(steps in steps(), from in 0_i64..200, length in 0_i64..220) {
        block(async {
            let mut bench = Bench::new().await;
            for step in steps {
                match step {
                    Step::Take(samples) => bench.take(&samples).await,
                    Step::Wait(ms) => bench.now = bench.now.plus_ms(ms),
                    Step::Seal => bench.seal().await,
                    Step::SealAll => _ = bench.history.seal_all(bench.now).await.unwrap(),
                    Step::Restart => bench = bench.restart().await,
                }
            }
            for point in 0..3 {
                bench.compare(point, DAY - 1, DAY + 300_000).await;
                bench.compare(point, DAY + from * 1000, DAY + (from + length) * 1000).await;
            }
        });
    }
}

#[test]
fn a_day_begins_at_shanghai_midnight() {
    block(async {
        let mut bench = Bench::new().await;
        let at = |ms: i64, v: f64| Sample::good(0, Instant::from_ms(DAY + ms), v);
        bench.take(&[at(-1, 1.0), at(0, 2.0), at(86_399_999, 4.0), at(86_400_000, 8.0)]).await;
        let days = bench
            .history
            .aggregate(0, Instant::from_ms(DAY - 1), Instant::from_ms(DAY + 86_400_001), 86_400_000, &[Agg::Avg])
            .await
            .unwrap();
        let rows: Vec<_> = days.into_iter().map(|(t, row)| ((t.as_ms() - DAY) / 86_400_000, row[0])).collect();
        assert_eq!(rows, [(-1, 1.0), (0, 3.0), (1, 8.0)]);
    });
}

#[test]
fn the_journal_is_dropped_only_as_far_as_it_is_sealed() {
    block(async {
        let mut bench = Bench::new().await;
        let at = |point, s: i64| Sample::good(point, Instant::from_ms(DAY + s * 1000), s as f64);
        bench.take(&[at(1, 0)]).await;
        for s in 0..100 {
            bench.take(&[at(0, s)]).await;
            bench.seal().await;
        }
        assert_eq!(bench.journal.oldest(), Position(0), "point 1 has a sample at the very beginning");
        bench = bench.restart().await;
        bench.compare(1, DAY, DAY + 1000).await;
        let sealed = bench.history.seal_all(bench.now).await.unwrap();
        assert_eq!(sealed.position, bench.journal.durable());
        assert!(bench.journal.drop_before(sealed.position).unwrap() > 5);
        bench = bench.restart().await;
        bench.compare(0, DAY, DAY + 200_000).await;
        bench.compare(1, DAY, DAY + 200_000).await;
    });
}

/// A database that is away.
struct Away(MemoryChunks, AtomicBool);

impl ChunkStore for Away {
    fn seal(&self, seal: Seal) -> Answer<'_, ()> {
        if self.1.load(Ordering::SeqCst) {
            return Box::pin(async { Err(ChunkStoreError { doing: "write chunks", source: "away".into() }) });
        }
        self.0.seal(seal)
    }
    fn chunks(&self, point: u32, from: Instant, to: Instant, part: Part) -> Answer<'_, Vec<Chunk>> {
        self.0.chunks(point, from, to, part)
    }
    fn ends(&self) -> Answer<'_, Vec<End>> {
        self.0.ends()
    }
    fn latest(&self) -> Answer<'_, Vec<Sample>> {
        self.0.latest()
    }
    fn sealed(&self) -> Answer<'_, Position> {
        self.0.sealed()
    }
    fn forget_before(&self, before: Instant) -> Answer<'_, u64> {
        self.0.forget_before(before)
    }
}

#[test]
fn p10_while_the_database_is_away_everything_stays_readable_and_is_sealed_later() {
    block(async {
        let directory = tempfile::tempdir().unwrap();
        let store = Arc::new(Away(MemoryChunks::default(), AtomicBool::new(true)));
        let (journal, history) = Bench::start(&directory, store.clone()).await;
        let samples: Vec<_> = (0..50).map(|s| Sample::good(0, Instant::from_ms(DAY + s * 1000), s as f64)).collect();
        let now = Instant::from_ms(DAY);
        for part in samples.chunks(10) {
            history.apply(part, journal.durable(), journal.durable(), now);
            assert!(history.seal_due(now).await.is_err());
        }
        assert_eq!(count(&history).await, 50);
        let again = history.fetch_for(&samples).await.unwrap();
        assert!(history.classify(&samples, &again).unwrap().iter().all(|c| *c == Class::Duplicate));
        store.1.store(false, Ordering::SeqCst);
        let sealed = history.seal_all(now).await.unwrap();
        assert_eq!(sealed.samples, 50);
        assert_eq!((store.0.size().1, count(&history).await), (50, 50));
    });
}

async fn count(history: &History) -> usize {
    history.raw(0, Instant::from_ms(DAY), Instant::from_ms(DAY + 3_600_000)).await.unwrap().len()
}

#[test]
fn intake_is_told_when_too_much_waits() {
    block(async {
        let bench = Bench::new().await;
        let samples: Vec<_> = (0..1000).map(|s| Sample::good(0, Instant::from_ms(DAY + s), 0.0)).collect();
        bench.history.apply(&samples[..999], Position(0), Position(0), bench.now);
        assert!(!bench.history.is_full());
        bench.history.apply(&samples, Position(0), Position(0), bench.now);
        assert!(bench.history.is_full());
        bench.history.seal_all(bench.now).await.unwrap();
        assert!(!bench.history.is_full());
    });
}
