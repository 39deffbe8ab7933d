//! What the journal promises, with the disk failing at each place.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use proptest::prelude::*;

use super::*;

fn small() -> Options {
    Options { segment_bytes: 200, gather: Duration::ZERO }
}

fn open(directory: &Path) -> (Journal, Report) {
    Journal::open(directory, small(), Box::new(|e| panic!("{e}"))).unwrap()
}

fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn payload(n: usize) -> Vec<u8> {
    format!("record {n} ").repeat(1 + n % 4).into_bytes()
}

fn write(journal: &Journal, range: std::ops::Range<usize>) -> Vec<Appended> {
    block(async {
        let mut at = Vec::new();
        for n in range {
            at.push(journal.append(payload(n)).await.unwrap());
        }
        at
    })
}

fn records(journal: &Journal, from: Position) -> (Vec<Vec<u8>>, Vec<Damage>) {
    let (mut found, mut damaged) = (Vec::new(), Vec::new());
    for entry in journal.read(from) {
        match entry.unwrap() {
            Entry::Record { payload, .. } => found.push(payload),
            Entry::Damaged(damage) => damaged.push(damage),
        }
    }
    (found, damaged)
}

/// The journal directory's files, as a crash would leave them.
fn copy(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.path().join(file.file_name())).unwrap();
    }
    to
}

fn last_segment(directory: &Path) -> PathBuf {
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files.pop().unwrap()
}

#[test]
fn what_was_appended_is_read_back_from_any_position() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, report) = open(directory.path());
    assert_eq!(report, Report { segments: 1, ..Report::default() });
    let at = write(&journal, 0..30);
    for (n, appended) in at.iter().enumerate() {
        let rest: Vec<_> = (n..30).map(payload).collect();
        assert_eq!(records(&journal, appended.start).0, rest);
        assert_eq!(records(&journal, appended.end).0, rest[1..]);
        assert_eq!(records(&journal, Position(appended.start.0 + 1)).0, rest[1..], "a position inside a record begins at the next");
    }
    assert!(fs::read_dir(directory.path()).unwrap().count() > 3, "segments are closed when they are full");
}

#[test]
fn a_restart_continues_where_it_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let first = write(&open(directory.path()).0, 0..10);
    let (journal, report) = open(directory.path());
    assert_eq!((report.cut, report.damaged.len()), (None, 0));
    assert_eq!(journal.durable(), first[9].end);
    assert_eq!(write(&journal, 10..20)[0].start, first[9].end);
    assert_eq!(records(&journal, Position(0)).0, (0..20).map(payload).collect::<Vec<_>>());
}

#[test]
fn segments_before_a_position_go_and_the_rest_stays() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, _) = open(directory.path());
    let at = write(&journal, 0..30);
    assert_eq!(journal.drop_before(Position(0)).unwrap(), 0);
    assert!(journal.drop_before(at[15].start).unwrap() > 0);
    assert_eq!(records(&journal, at[15].start).0, (15..30).map(payload).collect::<Vec<_>>());
    journal.drop_before(Position(u64::MAX)).unwrap();
    drop(journal);
    let (journal, report) = open(directory.path());
    assert_eq!((report.segments, report.damaged.len()), (1, 0));
    assert_eq!(journal.durable(), at[29].end);
}

#[test]
fn p03_a_tail_cut_at_any_byte_loses_only_what_was_cut() {
    let directory = tempfile::tempdir().unwrap();
    let at = write(&open(directory.path()).0, 0..12);
    let tail = last_segment(directory.path());
    let whole = fs::read(&tail).unwrap();
    let base = u64::from_str_radix(tail.file_stem().unwrap().to_str().unwrap(), 16).unwrap();
    for length in 0..=whole.len() {
        let crashed = copy(directory.path());
        fs::write(last_segment(crashed.path()), &whole[..length]).unwrap();
        let (journal, report) = open(crashed.path());
        let reach = base + (length as u64).saturating_sub(HEADER_BYTES);
        let kept = at.iter().filter(|a| a.end.0 <= reach).count();
        assert_eq!(records(&journal, Position(0)), ((0..kept).map(payload).collect(), vec![]), "cut to {length} bytes");
        assert_eq!(report.damaged, []);
        let again = write(&journal, 100..101);
        assert_eq!(again[0].start, at[kept - 1].end, "the next record stands where the torn one stood");
        assert_eq!(records(&journal, again[0].start).0, [payload(100)]);
    }
}

#[test]
fn p07_a_flipped_bit_is_named_and_never_served() {
    let directory = tempfile::tempdir().unwrap();
    write(&open(directory.path()).0, 0..14);
    let all: Vec<_> = (0..14).map(payload).collect();
    let mut files: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    files.sort();
    for file in files {
        let length = fs::read(directory.path().join(&file)).unwrap().len();
        for at in 0..length {
            let crashed = copy(directory.path());
            let path = crashed.path().join(&file);
            let mut bytes = fs::read(&path).unwrap();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&path, bytes).unwrap();
            let (journal, report) = open(crashed.path());
            let (found, damaged) = records(&journal, Position(0));
            let in_header = (at as u64) < HEADER_BYTES;
            assert!(found.iter().all(|r| all.contains(r)));
            assert_eq!(found.len(), if in_header { 14 } else { 13 }, "{file:?} byte {at}");
            let named = damaged.iter().chain(&report.cut).chain(&report.damaged).all(|d| Some(d.file.as_str()) == file.to_str());
            assert!(named && (in_header || !damaged.is_empty() || report.cut.is_some()), "{file:?} byte {at}: {damaged:?} {report:?}");
        }
    }
}

/// A disk on which the next write or fsync can be made to fail.
#[derive(Default)]
struct Faulty {
    fail_write: AtomicBool,
    full: AtomicBool,
    fail_sync: AtomicBool,
    syncs: AtomicUsize,
}

struct FaultyDisk(Arc<Faulty>);
struct FaultyFile(Arc<Faulty>, Box<dyn DiskFile>);

impl Disk for FaultyDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        if self.0.full.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(Box::new(FaultyFile(self.0.clone(), RealDisk.create(path)?)))
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(FaultyFile(self.0.clone(), RealDisk.open(path)?)))
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }
    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync_directory(path)
    }
}

impl DiskFile for FaultyFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.0.full.load(Ordering::SeqCst) {
            self.1.append(&bytes[..bytes.len() / 2])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        if self.0.fail_write.swap(false, Ordering::SeqCst) {
            return Err(io::Error::other("EIO"));
        }
        self.1.append(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.0.syncs.fetch_add(1, Ordering::SeqCst);
        if self.0.fail_sync.swap(false, Ordering::SeqCst) {
            return Err(io::Error::other("EIO"));
        }
        self.1.sync()
    }
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.1.cut(length)
    }
}

fn open_faulty(directory: &Path) -> (Journal, Arc<Faulty>, Arc<AtomicUsize>) {
    let (faulty, fatal) = (Arc::new(Faulty::default()), Arc::new(AtomicUsize::new(0)));
    let count = fatal.clone();
    let on_fatal = Box::new(move |_: &io::Error| _ = count.fetch_add(1, Ordering::SeqCst));
    let (journal, _) = Journal::open_on(Arc::new(FaultyDisk(faulty.clone())), directory, small(), on_fatal).unwrap();
    (journal, faulty, fatal)
}

#[test]
fn p05_after_a_failed_fsync_nothing_is_acknowledged_again() {
    for kind in ["fsync", "write"] {
        let directory = tempfile::tempdir().unwrap();
        let (journal, faulty, fatal) = open_faulty(directory.path());
        let before = write(&journal, 0..1);
        let switch = if kind == "fsync" { &faulty.fail_sync } else { &faulty.fail_write };
        switch.store(true, Ordering::SeqCst);
        block(async {
            for n in 1..4 {
                assert!(matches!(journal.append(payload(n)).await, Err(AppendError::Failed(_))), "{kind} {n}");
            }
        });
        assert_eq!(fatal.load(Ordering::SeqCst), 1, "told once");
        assert_eq!(journal.durable(), before[0].end);
        drop(journal);
        assert_eq!(records(&open(directory.path()).0, Position(0)).0[0], payload(0));
    }
}

#[test]
fn p06_a_full_disk_refuses_cleanly_and_heals() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, faulty, fatal) = open_faulty(directory.path());
    let mut kept = 0;
    for _ in 0..10 {
        write(&journal, kept..kept + 2);
        kept += 2;
        faulty.full.store(true, Ordering::SeqCst);
        block(async {
            for _ in 0..2 {
                assert!(matches!(journal.append(payload(99)).await, Err(AppendError::Full)));
            }
        });
        faulty.full.store(false, Ordering::SeqCst);
    }
    assert_eq!(fatal.load(Ordering::SeqCst), 0);
    let all: Vec<_> = (0..kept).map(payload).collect();
    assert_eq!(records(&journal, Position(0)), (all.clone(), vec![]));
    drop(journal);
    let (journal, report) = open(directory.path());
    assert_eq!((records(&journal, Position(0)), report.cut), ((all, vec![]), None));
}

#[test]
fn waiting_appends_share_one_fsync() {
    let directory = tempfile::tempdir().unwrap();
    let faulty = Arc::new(Faulty::default());
    let options = Options { segment_bytes: 1 << 20, gather: Duration::from_millis(50) };
    let (journal, _) = Journal::open_on(Arc::new(FaultyDisk(faulty.clone())), directory.path(), options, Box::new(|_| ())).unwrap();
    let before = faulty.syncs.load(Ordering::SeqCst);
    block(async {
        let all: Vec<_> = (0..200)
            .map(|n| {
                tokio::spawn({
                    let journal = journal.clone();
                    async move { journal.append(payload(n)).await }
                })
            })
            .collect();
        for one in all {
            one.await.unwrap().unwrap();
        }
    });
    let syncs = faulty.syncs.load(Ordering::SeqCst) - before;
    assert!(syncs <= 3, "{syncs} fsyncs for 200 appends");
    assert_eq!(records(&journal, Position(0)).0.len(), 200);
}

#[test]
fn a_record_beyond_the_limit_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, _) = open(directory.path());
    block(async {
        assert!(matches!(journal.append(vec![0; MAX_RECORD_BYTES + 1]).await, Err(AppendError::TooLarge { .. })));
        journal.append(vec![0; MAX_RECORD_BYTES]).await.unwrap();
    });
    assert_eq!(records(&journal, Position(0)).0[0].len(), MAX_RECORD_BYTES);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: (ProptestConfig::default().cases / 4).max(1), failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_bytes_in_the_directory_are_survived(tail in proptest::collection::vec(any::<u8>(), 0..300), marks in proptest::collection::vec(0_usize..300, 0..5)) {
        let directory = tempfile::tempdir().unwrap();
        write(&open(directory.path()).0, 0..3);
        let path = last_segment(directory.path());
        let mut bytes = fs::read(&path).unwrap();
        let mut tail = tail;
        for at in marks {
            if at + 4 <= tail.len() {
                tail[at..at + 4].copy_from_slice(&[0xa7, b'r', b'e', b'c']);
            }
        }
        bytes.extend(tail);
        fs::write(&path, bytes).unwrap();
        let (journal, _) = open(directory.path());
        prop_assert_eq!(records(&journal, Position(0)).0, (0..3).map(payload).collect::<Vec<_>>());
    }
}
