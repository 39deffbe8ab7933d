//! Where sealed history rests: the trait the database implements, and a store in memory for tests. The bytes inside are `codec`'s affair.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use anlan_base::Instant;

use crate::journal::Position;
use crate::sample::Sample;

/// A run of samples of one point, never changed once written. Late and corrected samples come in chunks of their own with a
/// higher `seq`; where chunks overlap in time, the higher `seq` wins. Key: (point, seq).
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    pub point: u32,
    /// Rises by one with each chunk of the point.
    pub seq: u32,
    /// Device time of the first and of the last sample, both inclusive.
    pub first: Instant,
    pub last: Instant,
    pub count: u32,
    /// The samples, see `codec`. Empty when only the minutes were asked for.
    pub data: Vec<u8>,
    /// Per-minute figures of the good samples; empty where they would not be shorter than the samples. Always read.
    pub minutes: Vec<u8>,
}

/// One transaction: new chunks, the newest sample of each point that changed, and the journal position before which everything
/// is now in chunks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seal {
    pub chunks: Vec<Chunk>,
    pub latest: Vec<Sample>,
    pub sealed: Position,
}

/// How far a point's chunks reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    pub point: u32,
    /// The greatest `last` and the greatest `seq` of its chunks.
    pub last: Instant,
    pub seq: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `data` and `minutes`.
    Samples,
    /// Only `minutes`; `data` is read too where `minutes` is empty.
    Minutes,
}

#[derive(Debug, thiserror::Error)]
#[error("could not {doing}")]
pub struct ChunkStoreError {
    /// "write chunks", "read chunks" and so on.
    pub doing: &'static str,
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ChunkStoreError>> + Send + 'a>>;

/// Chunks in a database. All or nothing per call; `seal` returns after the commit. A seal whose outcome is unknown comes again
/// with the same keys and must then change nothing.
pub trait ChunkStore: Send + Sync + 'static {
    fn seal(&self, seal: Seal) -> Answer<'_, ()>;
    /// Chunks of the point with `first < to` and `last >= from`, in the order of `seq`.
    fn chunks(&self, point: u32, from: Instant, to: Instant, part: Part) -> Answer<'_, Vec<Chunk>>;
    /// Of every point that has chunks.
    fn ends(&self) -> Answer<'_, Vec<End>>;
    /// The newest sample of every point, as last sealed.
    fn latest(&self) -> Answer<'_, Vec<Sample>>;
    /// The position of the last seal; zero before the first.
    fn sealed(&self) -> Answer<'_, Position>;
    /// Forgets chunks whose `last` is older: the retention. Says how many.
    fn forget_before(&self, before: Instant) -> Answer<'_, u64>;
}

/// Chunks in memory, for tests and the simulator.
#[derive(Debug, Default)]
pub struct MemoryChunks(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    chunks: BTreeMap<(u32, u32), Chunk>,
    latest: BTreeMap<u32, Sample>,
    sealed: Position,
}

impl MemoryChunks {
    fn with<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
    /// Bytes of all chunks, and the samples in them.
    pub fn size(&self) -> (usize, u64) {
        self.with(|m| m.chunks.values().fold((0, 0), |(b, n), c| (b + c.data.len() + c.minutes.len(), n + u64::from(c.count))))
    }
    fn answer<'a, T: Send + 'a>(&self, work: impl FnOnce(&mut Memory) -> T) -> Answer<'a, T> {
        let value = self.with(work);
        Box::pin(async move { Ok(value) })
    }
}

impl ChunkStore for MemoryChunks {
    fn seal(&self, seal: Seal) -> Answer<'_, ()> {
        self.answer(|m| {
            m.chunks.extend(seal.chunks.into_iter().map(|c| ((c.point, c.seq), c)));
            m.latest.extend(seal.latest.into_iter().map(|s| (s.point, s)));
            m.sealed = seal.sealed;
        })
    }
    fn chunks(&self, point: u32, from: Instant, to: Instant, part: Part) -> Answer<'_, Vec<Chunk>> {
        self.answer(|m| {
            let mut found: Vec<Chunk> = m
                .chunks
                .range((point, 0)..=(point, u32::MAX))
                .map(|(_, c)| c)
                .filter(|c| c.first < to && c.last >= from)
                .cloned()
                .collect();
            if part == Part::Minutes {
                found.iter_mut().filter(|c| !c.minutes.is_empty()).for_each(|c| c.data.clear());
            }
            found
        })
    }
    fn ends(&self) -> Answer<'_, Vec<End>> {
        self.answer(|m| {
            let mut ends: BTreeMap<u32, End> = BTreeMap::new();
            for c in m.chunks.values() {
                let end = ends.entry(c.point).or_insert(End { point: c.point, last: c.last, seq: c.seq });
                end.last = end.last.max(c.last);
                end.seq = end.seq.max(c.seq);
            }
            ends.into_values().collect()
        })
    }
    fn latest(&self) -> Answer<'_, Vec<Sample>> {
        self.answer(|m| m.latest.values().copied().collect())
    }
    fn sealed(&self) -> Answer<'_, Position> {
        self.answer(|m| m.sealed)
    }
    fn forget_before(&self, before: Instant) -> Answer<'_, u64> {
        self.answer(|m| {
            let had = m.chunks.len();
            m.chunks.retain(|_, c| c.last >= before);
            (had - m.chunks.len()) as u64
        })
    }
}
