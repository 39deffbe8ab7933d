//! The append-only journal: nothing is acknowledged before the fsync that covers it.
//!
//! A directory of segments. One thread writes; everything that waits while it writes shares its next fsync. Absent on purpose:
//! what the records mean.

mod disk;
mod read;
mod segment;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

pub use disk::{Disk, DiskFile, RealDisk};
pub use read::{Entry, Reader};
pub use segment::Damage;
use segment::{HEADER_BYTES, RECORD_HEADER_BYTES, Segment};

/// A place in the journal: bytes written since its very first. Survives restarts; grows for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Position(pub u64);

/// A record that is now on disk: reading from `start` gives it, reading from `end` gives what comes after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    pub start: Position,
    pub end: Position,
}

/// Largest payload of one record.
pub const MAX_RECORD_BYTES: usize = 16 * 1024 * 1024;
/// Appends waiting for the writer; more callers wait before they are queued.
const QUEUE: usize = 1024;
/// One write is not gathered beyond this.
const MAX_GROUP_BYTES: usize = 8 * 1024 * 1024;

#[derive(Clone, Debug)]
pub struct Options {
    /// A segment that reaches this is closed and the next one begun.
    pub segment_bytes: u64,
    /// How long the writer waits for company before it writes. Zero: only for what came during the last fsync.
    pub gather: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { segment_bytes: 64 * 1024 * 1024, gather: Duration::from_millis(2) }
    }
}

/// Why an append was not taken. After any of these the record is not in the journal, except `Failed`: then nobody knows.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    #[error("the disk of the journal is full")]
    Full,
    #[error("a record of {bytes} bytes is larger than the journal takes")]
    TooLarge { bytes: usize },
    /// A write or fsync failed. No append of this process will be acknowledged any more.
    #[error("the journal failed and needs a restart")]
    Failed(#[source] Arc<io::Error>),
    #[error("the journal is closed")]
    Closed,
}

#[derive(Debug, thiserror::Error)]
#[error("could not {doing} {}", path.display())]
pub struct JournalError {
    pub doing: &'static str,
    pub path: PathBuf,
    #[source]
    pub source: io::Error,
}

impl JournalError {
    fn new(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self { doing, path, source }
    }
}

/// What opening found; to be logged and shown by `doctor`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub segments: usize,
    /// A last write that a crash cut short, now removed. It had not been acknowledged.
    pub cut: Option<Damage>,
    /// Acknowledged data that can no longer be read.
    pub damaged: Vec<Damage>,
}

/// Told once, from the writer's thread, when the journal fails: the binary exits with 1 and is restarted.
pub type OnFatal = Box<dyn FnOnce(&io::Error) + Send>;

struct Waiting {
    payload: Vec<u8>,
    answer: oneshot::Sender<Result<Appended, AppendError>>,
}

/// A cheap handle; the writer ends when the last one is gone.
#[derive(Clone)]
pub struct Journal {
    queue: mpsc::Sender<Waiting>,
    shared: Arc<Shared>,
}

struct Shared {
    directory: PathBuf,
    disk: Arc<dyn Disk>,
    durable: AtomicU64,
    /// Bases of all segments, in order; the last is the one being written.
    bases: Mutex<Vec<u64>>,
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("directory", &self.shared.directory).field("durable", &self.durable()).finish_non_exhaustive()
    }
}

impl Journal {
    pub fn open(directory: &Path, options: Options, on_fatal: OnFatal) -> Result<(Self, Report), JournalError> {
        Self::open_on(Arc::new(RealDisk), directory, options, on_fatal)
    }

    /// As `open`, on a disk that tests can let fail.
    pub fn open_on(disk: Arc<dyn Disk>, directory: &Path, options: Options, on_fatal: OnFatal) -> Result<(Self, Report), JournalError> {
        std::fs::create_dir_all(directory).map_err(JournalError::new("create", directory))?;
        let (bases, last, report) = segment::recover(&*disk, directory)?;
        let shared =
            Arc::new(Shared { directory: directory.to_owned(), disk, durable: AtomicU64::new(last.end()), bases: Mutex::new(bases) });
        let (queue, waiting) = mpsc::channel(QUEUE);
        let writer = Writer { shared: shared.clone(), options, segment: last, failed: None, on_fatal: Some(on_fatal) };
        std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || writer.run(waiting))
            .map_err(JournalError::new("start the writer of", directory))?;
        Ok((Self { queue, shared }, report))
    }

    /// Resolves after the fsync that covers the record, never before.
    pub async fn append(&self, payload: Vec<u8>) -> Result<Appended, AppendError> {
        if payload.len() > MAX_RECORD_BYTES {
            return Err(AppendError::TooLarge { bytes: payload.len() });
        }
        let (answer, answered) = oneshot::channel();
        self.queue.send(Waiting { payload, answer }).await.map_err(|_| AppendError::Closed)?;
        answered.await.unwrap_or(Err(AppendError::Closed))
    }

    /// Everything before this position is on disk.
    pub fn durable(&self) -> Position {
        Position(self.shared.durable.load(Ordering::Acquire))
    }

    /// The oldest position that is still kept.
    pub fn oldest(&self) -> Position {
        Position(self.shared.bases().first().copied().unwrap_or(0))
    }

    /// Reads the records that start at or after `from`, up to what is durable now.
    pub fn read(&self, from: Position) -> Reader {
        Reader::new(self.shared.directory.clone(), self.shared.bases().clone(), from, self.durable())
    }

    /// Removes segments that lie wholly before `before`. Says how many.
    pub fn drop_before(&self, before: Position) -> Result<usize, JournalError> {
        let mut bases = self.shared.bases();
        let mut dropped = 0;
        while bases.len() > 1 && bases[1] <= before.0 {
            let path = segment::path(&self.shared.directory, bases[0]);
            self.shared.disk.remove(&path).map_err(JournalError::new("remove", &path))?;
            bases.remove(0);
            dropped += 1;
        }
        Ok(dropped)
    }

    /// Bytes the journal takes on disk.
    pub fn size_bytes(&self) -> u64 {
        self.durable().0.saturating_sub(self.oldest().0)
    }
}

impl Shared {
    fn bases(&self) -> std::sync::MutexGuard<'_, Vec<u64>> {
        self.bases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Writer {
    shared: Arc<Shared>,
    options: Options,
    segment: Segment,
    failed: Option<Arc<io::Error>>,
    on_fatal: Option<OnFatal>,
}

impl Writer {
    fn run(mut self, mut waiting: mpsc::Receiver<Waiting>) {
        let mut group: Vec<Waiting> = Vec::new();
        let mut bytes = Vec::new();
        while let Some(first) = waiting.blocking_recv() {
            let mut size = first.payload.len();
            group.push(first);
            if !self.options.gather.is_zero() && waiting.is_empty() {
                std::thread::sleep(self.options.gather);
            }
            while size < MAX_GROUP_BYTES {
                let Ok(next) = waiting.try_recv() else { break };
                size += next.payload.len();
                group.push(next);
            }
            let outcome = match &self.failed {
                Some(cause) => Err(AppendError::Failed(cause.clone())),
                None => self.commit(&group, &mut bytes),
            };
            let mut start = self.segment.end() - if outcome.is_ok() { bytes.len() as u64 } else { 0 };
            for Waiting { payload, answer } in group.drain(..) {
                let end = start + RECORD_HEADER_BYTES + payload.len() as u64;
                // A caller that went away had no acknowledgement and loses none.
                let _ = answer.send(outcome.clone().map(|()| Appended { start: Position(start), end: Position(end) }));
                start = end;
            }
        }
    }

    /// Writes and syncs the whole group, or leaves the segment as it was.
    fn commit(&mut self, group: &[Waiting], bytes: &mut Vec<u8>) -> Result<(), AppendError> {
        if self.segment.end() - self.segment.base >= self.options.segment_bytes
            && let Err(cause) = self.rotate()
        {
            return Err(self.refuse(cause));
        }
        bytes.clear();
        for Waiting { payload, .. } in group {
            segment::put_record(bytes, self.segment.end() + bytes.len() as u64, payload);
        }
        if let Err(cause) = self.segment.file.append(bytes) {
            // What was written of it must not stand before the next record. It was never acknowledged.
            return Err(match self.segment.file.cut(HEADER_BYTES + self.segment.length) {
                Ok(()) => self.refuse(cause),
                Err(worse) => self.fail(worse),
            });
        }
        // After a failed fsync the kernel may have dropped the pages: a second, successful one would prove nothing.
        self.segment.file.sync().map_err(|cause| self.fail(cause))?;
        self.segment.length += bytes.len() as u64;
        self.shared.durable.store(self.segment.end(), Ordering::Release);
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        let next = segment::create(&*self.shared.disk, &self.shared.directory, self.segment.end())?;
        self.shared.bases().push(next.base);
        self.segment = next;
        Ok(())
    }

    fn refuse(&mut self, cause: io::Error) -> AppendError {
        let full = matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge);
        if full { AppendError::Full } else { self.fail(cause) }
    }

    fn fail(&mut self, cause: io::Error) -> AppendError {
        let cause = Arc::new(cause);
        self.failed = Some(cause.clone());
        tracing::error!(error = %cause, "the journal failed; no sample will be acknowledged any more");
        if let Some(tell) = self.on_fatal.take() {
            tell(&cause);
        }
        AppendError::Failed(cause)
    }
}

#[cfg(test)]
mod tests;
