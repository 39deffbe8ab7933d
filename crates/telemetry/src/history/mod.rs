//! Every sample of every point: the newest in memory, the rest in chunks, late and corrected ones merged in when read.
//! What is only in memory is also in the journal, which is kept until the chunks are written.

mod head;
mod query;
mod seal;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anlan_base::Instant;

use self::head::{Head, Row, granule};
use crate::batch::{Replayed, replay};
use crate::chunks::{Chunk, ChunkStore, ChunkStoreError, Part, Seal};
use crate::codec::{self, Cell};
use crate::journal::{Damage, Journal, JournalError, Position};
use crate::sample::Sample;
pub use query::{Agg, QueryError};
pub use seal::Sealed;

#[derive(Clone, Debug)]
pub struct Settings {
    /// A point's samples are sealed when it has this many and a few more.
    pub chunk_samples: usize,
    /// Points fall due up to this many samples later (or as many seconds), each at its own time.
    pub stagger: usize,
    /// So many of the newest stay in memory, for samples that come out of order.
    pub keep_samples: usize,
    /// Samples of slow points are sealed after this time even if they are few.
    pub max_wait_ms: i64,
    /// Samples that may wait in memory while the database is away; beyond it intake refuses.
    pub max_unsealed: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { chunk_samples: 300, stagger: 128, keep_samples: 30, max_wait_ms: 3_600_000, max_unsealed: 20_000_000 }
    }
}

/// What a sample is in the light of what is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    New,
    /// The same point, time, value and quality.
    Duplicate,
    /// The same point and time with another value or quality.
    Corrected,
}

#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    #[error("could not rebuild the history from the chunks")]
    Chunks(#[from] ChunkStoreError),
    #[error("could not rebuild the history from the journal")]
    Journal(#[from] JournalError),
}

/// What the journal gave back after a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    pub batches: usize,
    pub samples: usize,
    /// Stretches that could not be read.
    pub damaged: Vec<Damage>,
}

pub struct History {
    store: Arc<dyn ChunkStore>,
    settings: Settings,
    heads: Mutex<Heads>,
    /// One seal at a time; holds one that failed, to be tried again as it was.
    sealing: tokio::sync::Mutex<Option<Seal>>,
}

#[derive(Debug, Default)]
struct Heads {
    by_point: Vec<Head>,
    /// Rows in memory.
    unsealed: usize,
    /// Everything before this journal position has been applied.
    applied: Position,
}

/// Cells read from the chunks to judge late samples by.
#[derive(Debug, Default)]
pub struct Fetched(HashMap<u32, FetchedPoint>);

#[derive(Debug)]
struct FetchedPoint {
    generation: u32,
    from: Instant,
    to: Instant,
    cells: Vec<Cell>,
}

impl History {
    /// Rebuilds what was in memory: chunks say how far they reach, the journal has the rest.
    pub async fn recover(store: Arc<dyn ChunkStore>, journal: &Journal, settings: Settings) -> Result<(Self, Recovered), RecoverError> {
        let sealed = store.sealed().await?;
        let mut heads = Heads { applied: journal.durable(), ..Heads::default() };
        for end in store.ends().await? {
            let head = heads.of(end.point);
            (head.through, head.seq) = (end.last.as_ms(), end.seq);
        }
        for sample in store.latest().await? {
            heads.of(sample.point).latest = Some(Row::new(&sample, 0));
        }
        let mut recovered = Recovered::default();
        for entry in replay(journal, sealed) {
            match entry? {
                Replayed::Damaged(damage) => recovered.damaged.push(damage),
                Replayed::Batches { at, batches } => {
                    recovered.batches += batches.len();
                    for batch in batches {
                        heads.apply(&batch.samples, at.start, batch.received_at);
                        recovered.samples += batch.samples.len();
                    }
                }
            }
        }
        let history = Self { store, settings, heads: Mutex::new(heads), sealing: tokio::sync::Mutex::new(None) };
        history.drop_what_is_in_chunks().await?;
        Ok((history, recovered))
    }

    /// The journal reaches further back than the chunks need; what it repeats is not late.
    async fn drop_what_is_in_chunks(&self) -> Result<(), ChunkStoreError> {
        let points: Vec<(u32, Instant, Instant)> = {
            let heads = self.heads();
            let late = heads.by_point.iter().zip(0_u32..).filter_map(|(head, point)| {
                let (first, _) = head.late.first_key_value()?;
                let (last, _) = head.late.last_key_value()?;
                Some((point, Instant::from_ms(*first), Instant::from_ms(last.saturating_add(1))))
            });
            late.collect()
        };
        for (point, from, to) in points {
            let stored = self.stored_cells(point, from, to).await?;
            let mut heads = self.heads();
            let head = heads.of(point);
            let before = head.late.len();
            for cell in stored {
                if head.late.get(&cell.t.as_ms()).is_some_and(|row| row.cell() == cell) {
                    head.late.remove(&cell.t.as_ms());
                }
            }
            let gone = before - head.late.len();
            if let Some(since) = head.waiting_since {
                head.refresh_waiting(since);
            }
            heads.unsealed -= gone;
        }
        Ok(())
    }

    /// Reads what is needed to judge these samples; usually nothing, because samples mostly come in order.
    pub async fn fetch_for(&self, samples: &[Sample]) -> Result<Fetched, ChunkStoreError> {
        let wanted = {
            let heads = self.heads();
            let mut wanted: HashMap<u32, (u32, Instant, Instant)> = HashMap::new();
            for sample in samples {
                let Some(head) = heads.by_point.get(sample.point as usize) else { continue };
                if sample.t.as_ms() <= head.through && head.get(sample.t.as_ms()).is_none() {
                    let range = wanted.entry(sample.point).or_insert((head.generation, sample.t, sample.t));
                    *range = (range.0, range.1.min(sample.t), range.2.max(sample.t));
                }
            }
            wanted
        };
        let mut fetched = HashMap::new();
        for (point, (generation, from, last)) in wanted {
            let to = last.plus_ms(1);
            fetched.insert(point, FetchedPoint { generation, from, to, cells: self.stored_cells(point, from, to).await? });
        }
        Ok(Fetched(fetched))
    }

    /// The class of each sample against what is stored, or `None` if something was sealed meanwhile and must be fetched again.
    pub fn classify(&self, samples: &[Sample], fetched: &Fetched) -> Option<Vec<Class>> {
        let heads = self.heads();
        let mut classes = Vec::with_capacity(samples.len());
        for sample in samples {
            let Some(head) = heads.by_point.get(sample.point as usize) else {
                classes.push(Class::New);
                continue;
            };
            let t = sample.t.as_ms();
            let known = match head.get(t) {
                Some(row) => Some(row.sample(sample.point)),
                None if t > head.through => None,
                None => {
                    let stored = fetched
                        .0
                        .get(&sample.point)
                        .filter(|f| f.generation == head.generation && f.from <= sample.t && sample.t < f.to)?;
                    let at = stored.cells.binary_search_by_key(&sample.t, |c| c.t).ok();
                    at.map(|at| Sample { point: sample.point, t: sample.t, v: stored.cells[at].v, mark: stored.cells[at].mark })
                }
            };
            classes.push(match known {
                None => Class::New,
                Some(known) if known.says_the_same(sample) => Class::Duplicate,
                Some(_) => Class::Corrected,
            });
        }
        Some(classes)
    }

    /// Takes in samples that are on disk in the journal at `start`; everything before `end` is then applied.
    pub fn apply(&self, samples: &[Sample], start: Position, end: Position, received_at: Instant) {
        let mut heads = self.heads();
        heads.apply(samples, start, received_at);
        heads.applied = heads.applied.max(end);
    }

    /// Whether so much waits in memory that nothing more should be taken in.
    pub fn is_full(&self) -> bool {
        self.heads().unsealed >= self.settings.max_unsealed
    }

    /// The newest sample without a flaw. Its quality may be bad if the sender said so.
    pub fn latest(&self, point: u32) -> Option<Sample> {
        self.heads().by_point.get(point as usize)?.latest.map(|row| row.sample(point))
    }

    /// As `latest`, for many points at once and in their order.
    pub fn latest_of(&self, points: impl IntoIterator<Item = u32>) -> Vec<Option<Sample>> {
        let heads = self.heads();
        points.into_iter().map(|p| heads.by_point.get(p as usize)?.latest.map(|row| row.sample(p))).collect()
    }

    fn heads(&self) -> MutexGuard<'_, Heads> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the chunks have of a point in `[from, to)`, in ascending time, each time once.
    async fn stored_cells(&self, point: u32, from: Instant, to: Instant) -> Result<Vec<Cell>, ChunkStoreError> {
        let chunks = self.store.chunks(point, from, to, Part::Samples).await?;
        Ok(merge(&chunks, from, to))
    }
}

impl Heads {
    fn of(&mut self, point: u32) -> &mut Head {
        let at = point as usize;
        if self.by_point.len() <= at {
            self.by_point.resize_with(at + 1, Head::default);
        }
        &mut self.by_point[at]
    }

    fn apply(&mut self, samples: &[Sample], start: Position, received_at: Instant) {
        let granule = granule(start);
        for sample in samples {
            let added = self.of(sample.point).put(Row::new(sample, granule), received_at);
            self.unsealed += added;
        }
    }
}

/// Cells of several chunks in `[from, to)`: where two have the same time, the later chunk's stands.
fn merge(chunks: &[Chunk], from: Instant, to: Instant) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::with_capacity(chunks.iter().map(|c| c.count as usize).sum());
    for chunk in chunks {
        match codec::decode(&chunk.data) {
            Ok(decoded) => cells.extend(decoded.into_iter().filter(|c| from <= c.t && c.t < to)),
            // Contained: the other chunks are still served, the damage stands in the log by name.
            Err(_) => tracing::error!(point = chunk.point, seq = chunk.seq, first = %chunk.first, last = %chunk.last, "a chunk is damaged"),
        }
    }
    settle(cells)
}

/// Sorts by time; of several cells of one time the last given stays.
fn settle(mut cells: Vec<Cell>) -> Vec<Cell> {
    if cells.is_sorted_by(|a, b| a.t < b.t) {
        return cells;
    }
    cells.sort_by_key(|c| c.t);
    let mut kept: Vec<Cell> = Vec::with_capacity(cells.len());
    for cell in cells {
        match kept.last_mut().filter(|last| last.t == cell.t) {
            Some(last) => *last = cell,
            None => kept.push(cell),
        }
    }
    kept
}

#[cfg(test)]
mod tests;
