//! What a sender is told, and that it is true: once, durable, handed to the alarms, whatever arrives together.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anlan_base::ManualClock;
use proptest::prelude::*;

use super::*;
use crate::batch::{Replayed, replay};
use crate::chunks::MemoryChunks;
use crate::history::Settings;
use crate::journal::{Disk, DiskFile, Options, RealDisk};

const NOW: i64 = 1_795_400_000_000;

struct Site {
    intake: Intake,
    history: Arc<History>,
    journal: Journal,
    alarms: mpsc::Receiver<Committed>,
    worker: JoinHandle<()>,
}

async fn open(directory: &Path, disk: Arc<dyn Disk>, queue: usize) -> Site {
    let options = Options { segment_bytes: 1 << 20, gather: Duration::ZERO };
    let (journal, _) = Journal::open_on(disk, directory, options, Box::new(|_| ())).unwrap();
    let settings = Settings { chunk_samples: 20, stagger: 1, keep_samples: 3, ..Settings::default() };
    let (history, _) = History::recover(Arc::new(MemoryChunks::default()), &journal, settings).await.unwrap();
    let history = Arc::new(history);
    let (to_alarms, alarms) = mpsc::channel(queue);
    let clock = Arc::new(ManualClock::at(Instant::from_ms(NOW)));
    let (intake, worker) = Intake::start(journal.clone(), history.clone(), clock, to_alarms);
    Site { intake, history, journal, alarms, worker }
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

fn sample(point: u32, s: i64, v: f64) -> Sample {
    Sample::good(point, Instant::from_ms(NOW - 1_000_000 + s * 1000), v)
}

fn parsed(samples: &[Sample]) -> Parsed {
    Parsed { samples: samples.to_vec(), rejected: Vec::new() }
}

fn told(receipt: &Receipt) -> (usize, usize, usize) {
    (receipt.accepted, receipt.duplicate, receipt.corrected)
}

/// Everything the journal would give back after a crash.
fn on_disk(journal: &Journal) -> Vec<Sample> {
    let batches = replay(journal, Position(0)).flat_map(|entry| match entry.unwrap() {
        Replayed::Batches { batches, .. } => batches,
        Replayed::Damaged(damage) => panic!("{damage}"),
    });
    batches.flat_map(|b| b.samples).collect()
}

#[test]
fn the_receipt_tells_new_from_duplicate_from_corrected() {
    run(async {
        let directory = tempfile::tempdir().unwrap();
        let mut site = open(directory.path(), Arc::new(RealDisk), 64).await;
        let check = async |samples: &[Sample], expected: (usize, usize, usize)| {
            assert_eq!(told(&site.intake.submit("gw", parsed(samples)).await.unwrap()), expected);
        };
        check(&[sample(1, 0, 1.0), sample(1, 1, 1.0)], (2, 0, 0)).await;
        check(&[sample(1, 0, 1.0), sample(1, 2, 1.0)], (1, 1, 0)).await;
        check(&[sample(1, 0, 2.0)], (0, 0, 1)).await;
        check(&[sample(1, 0, 2.0)], (0, 1, 0)).await;
        check(&[sample(1, 3, 1.0), sample(1, 3, 1.0), sample(1, 3, 2.0)], (1, 1, 1)).await;
        check(&[], (0, 0, 0)).await;
        // The alarms got exactly what was new or corrected, in order, and where to go on reading.
        let mut handed = Vec::new();
        while let Ok(committed) = site.alarms.try_recv() {
            handed.extend(committed.batches.iter().flat_map(|b| b.samples.clone()));
            assert!(committed.position <= site.journal.durable());
        }
        assert_eq!(handed, on_disk(&site.journal));
        assert_eq!(handed.len(), 6);
    });
}

#[test]
fn late_samples_are_compared_with_what_is_sealed() {
    run(async {
        let directory = tempfile::tempdir().unwrap();
        let site = open(directory.path(), Arc::new(RealDisk), 64).await;
        let even: Vec<_> = (0..50).map(|n| sample(1, n * 2, 1.0)).collect();
        site.intake.submit("gw", parsed(&even)).await.unwrap();
        assert!(site.history.seal_due(Instant::from_ms(NOW)).await.unwrap().samples > 20);
        let late = [sample(1, 4, 1.0), sample(1, 5, 1.0), sample(1, 6, 3.0), sample(1, -5, 1.0)];
        assert_eq!(told(&site.intake.submit("gw", parsed(&late)).await.unwrap()), (2, 1, 1));
        assert_eq!(told(&site.intake.submit("gw", parsed(&late)).await.unwrap()), (0, 4, 0));
        site.history.seal_all(Instant::from_ms(NOW)).await.unwrap();
        assert_eq!(told(&site.intake.submit("gw", parsed(&late)).await.unwrap()), (0, 4, 0));
    });
}

#[test]
fn rejections_are_passed_on_and_counted_for_the_sender() {
    run(async {
        let directory = tempfile::tempdir().unwrap();
        let site = open(directory.path(), Arc::new(RealDisk), 64).await;
        let rejected = vec![Rejected { index: 0, code: Code::BadTime }, Rejected { index: 2, code: Code::BadTime }];
        let with_both = Parsed { samples: vec![sample(1, 0, 1.0)], rejected: rejected.clone() };
        assert_eq!(site.intake.submit("gw", with_both).await.unwrap().rejected, rejected);
        let counts = site.intake.counts("gw");
        assert_eq!((counts.accepted, counts.rejected.get(&Code::BadTime), counts.lag_ms), (1, Some(&2), Some(1_000_000)));
        assert_eq!(site.intake.counts("other"), Counts::default());
    });
}

#[test]
fn p08_the_same_samples_from_many_senders_at_once_count_once() {
    run(async {
        let directory = tempfile::tempdir().unwrap();
        let mut site = open(directory.path(), Arc::new(RealDisk), 1024).await;
        let sealing = tokio::spawn({
            let history = site.history.clone();
            async move {
                loop {
                    history.seal_due(Instant::from_ms(NOW)).await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
        });
        let senders: Vec<_> = (0..8_i64)
            .map(|sender| {
                let intake = site.intake.clone();
                tokio::spawn(async move {
                    let mut total = Receipt::default();
                    for part in 0..40_i64 {
                        // Everybody sends all of it, each in an order of its own.
                        let part = (part * 7 + sender * 5) % 40;
                        let samples: Vec<_> = (0..10).map(|n| sample(u32::try_from(n % 2).unwrap(), part * 10 + n, 1.0)).collect();
                        let receipt = intake.submit(&format!("gw{sender}"), parsed(&samples)).await.unwrap();
                        total.accepted += receipt.accepted;
                        total.duplicate += receipt.duplicate;
                        total.corrected += receipt.corrected;
                    }
                    total
                })
            })
            .collect();
        let mut total = (0, 0, 0);
        for sender in senders {
            let receipt = sender.await.unwrap();
            total = (total.0 + receipt.accepted, total.1 + receipt.duplicate, total.2 + receipt.corrected);
        }
        sealing.abort();
        assert_eq!(total, (400, 7 * 400, 0));
        assert_eq!(on_disk(&site.journal).len(), 400);
        let mut handed = 0;
        while let Ok(committed) = site.alarms.try_recv() {
            handed += committed.batches.iter().map(|b| b.samples.len()).sum::<usize>();
        }
        assert_eq!(handed, 400);
        for point in 0..2 {
            let cells = site.history.raw(point, Instant::from_ms(0), Instant::from_ms(NOW)).await.unwrap();
            assert_eq!(cells.len(), 200);
        }
    });
}

#[test]
fn when_the_alarms_cannot_follow_intake_waits_and_drops_nothing() {
    run(async {
        let directory = tempfile::tempdir().unwrap();
        let mut site = open(directory.path(), Arc::new(RealDisk), 1).await;
        let answers: Vec<_> = (0..20)
            .map(|s| {
                let intake = site.intake.clone();
                tokio::spawn(async move { intake.submit("gw", parsed(&[sample(1, s, 1.0)])).await })
            })
            .collect();
        let mut handed = 0;
        while handed < 20 {
            let committed = site.alarms.recv().await.unwrap();
            handed += committed.batches.len();
        }
        for answer in answers {
            assert_eq!(told(&answer.await.unwrap().unwrap()), (1, 0, 0));
        }
        drop(site.intake);
        site.worker.await.unwrap();
    });
}

/// A disk that is full or failing at the flip of a switch, and counts fsyncs.
#[derive(Default)]
struct Switches {
    full: AtomicBool,
    failing: AtomicBool,
    /// Bytes written and bytes covered by an fsync.
    written: AtomicU64,
    synced: AtomicU64,
}
struct SwitchedDisk(Arc<Switches>);
struct SwitchedFile(Arc<Switches>, Box<dyn DiskFile>);

impl Disk for SwitchedDisk {
    fn create(&self, path: &Path) -> std::io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(SwitchedFile(self.0.clone(), RealDisk.create(path)?)))
    }
    fn open(&self, path: &Path) -> std::io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(SwitchedFile(self.0.clone(), RealDisk.open(path)?)))
    }
    fn remove(&self, path: &Path) -> std::io::Result<()> {
        RealDisk.remove(path)
    }
    fn sync_directory(&self, path: &Path) -> std::io::Result<()> {
        RealDisk.sync_directory(path)
    }
}
impl DiskFile for SwitchedFile {
    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if self.0.full.load(Ordering::SeqCst) {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        self.0.written.fetch_add(bytes.len() as u64, Ordering::SeqCst);
        self.1.append(bytes)
    }
    fn sync(&mut self) -> std::io::Result<()> {
        if self.0.failing.load(Ordering::SeqCst) {
            return Err(std::io::Error::other("EIO"));
        }
        self.1.sync()?;
        self.0.synced.store(self.0.written.load(Ordering::SeqCst), Ordering::SeqCst);
        Ok(())
    }
    fn cut(&mut self, length: u64) -> std::io::Result<()> {
        self.1.cut(length)
    }
}

#[test]
fn p01_p05_p06_an_answer_means_synced_a_full_disk_refuses_and_a_failed_one_never_answers_again() {
    run(async {
        let directory = tempfile::tempdir().unwrap();
        let switches = Arc::new(Switches::default());
        let site = open(directory.path(), Arc::new(SwitchedDisk(switches.clone())), 64).await;
        for s in 0..10 {
            site.intake.submit("gw", parsed(&[sample(1, s, 1.0)])).await.unwrap();
            assert_eq!(switches.synced.load(Ordering::SeqCst), switches.written.load(Ordering::SeqCst), "no answer before the fsync");
        }
        switches.full.store(true, Ordering::SeqCst);
        assert_eq!(site.intake.submit("gw", parsed(&[sample(1, 10, 1.0)])).await, Err(IntakeError::Full));
        assert_eq!(
            told(&site.intake.submit("gw", parsed(&[sample(1, 9, 1.0)])).await.unwrap()),
            (0, 1, 0),
            "what is stored needs no space"
        );
        assert_eq!(site.history.latest(1).unwrap().t, sample(1, 9, 1.0).t, "a refused sample is not seen");
        switches.full.store(false, Ordering::SeqCst);
        assert_eq!(told(&site.intake.submit("gw", parsed(&[sample(1, 10, 1.0)])).await.unwrap()), (1, 0, 0));
        switches.failing.store(true, Ordering::SeqCst);
        assert_eq!(site.intake.submit("gw", parsed(&[sample(1, 11, 1.0)])).await, Err(IntakeError::Failed));
        switches.failing.store(false, Ordering::SeqCst);
        assert_eq!(site.intake.submit("gw", parsed(&[sample(1, 12, 1.0)])).await, Err(IntakeError::Failed));
        assert_eq!(site.history.latest(1).unwrap().t, sample(1, 10, 1.0).t);
        assert_eq!(site.intake.counts("gw").accepted, 11);
    });
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: (ProptestConfig::default().cases / 10).max(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn p08_any_number_of_copies_in_any_order_are_stored_once(
        sends in proptest::collection::vec(proptest::collection::vec((0_u32..2, 0_i64..60, 0_i64..2), 1..20), 1..20),
    ) {
        run(async {
            let directory = tempfile::tempdir().unwrap();
            let site = open(directory.path(), Arc::new(RealDisk), 1024).await;
            let mut model: BTreeMap<(u32, i64), f64> = BTreeMap::new();
            for (n, send) in sends.iter().enumerate() {
                let samples: Vec<_> = send.iter().map(|(p, s, v)| sample(*p, *s, *v as f64)).collect();
                let mut expected = (0, 0, 0);
                for (p, s, v) in send {
                    match model.insert((*p, *s), *v as f64) {
                        None => expected.0 += 1,
                        Some(old) if old == *v as f64 => expected.1 += 1,
                        Some(_) => expected.2 += 1,
                    }
                }
                assert_eq!(told(&site.intake.submit("gw", parsed(&samples)).await.unwrap()), expected);
                if n % 3 == 0 {
                    site.history.seal_due(Instant::from_ms(NOW)).await.unwrap();
                }
            }
            for point in 0..2 {
                let found = site.history.raw(point, Instant::from_ms(0), Instant::from_ms(NOW)).await.unwrap();
                let wanted: Vec<_> = model.range((point, i64::MIN)..=(point, i64::MAX)).map(|(_, v)| *v).collect();
                assert_eq!(found.iter().map(|c| c.v).collect::<Vec<_>>(), wanted);
            }
        });
    }
}
