//! Moves samples from memory into chunks, a few points at a time, so that nothing ever stalls on all of them.

use anlan_base::Instant;

use super::History;
use super::head::{Head, Row, granule_start};
use crate::chunks::{Chunk, ChunkStoreError, Seal};
use crate::codec::{self, Cell};
use crate::journal::Position;

/// Points in one transaction.
const MAX_POINTS: usize = 512;
/// Samples in one chunk.
const MAX_CHUNK: usize = 3_600;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    pub chunks: usize,
    pub samples: usize,
    /// The journal is no longer needed before this position.
    pub position: Position,
    /// Other points are due too: seal again soon.
    pub more: bool,
}

impl History {
    /// Seals the points that are due. Call it every few seconds, and again at once while there is `more`; afterwards the journal
    /// may be dropped before `position`, as far as alarms no longer need it either.
    pub async fn seal_due(&self, now: Instant) -> Result<Sealed, ChunkStoreError> {
        self.seal(now, false).await
    }

    /// Seals everything, for an orderly stop or an export.
    pub async fn seal_all(&self, now: Instant) -> Result<Sealed, ChunkStoreError> {
        let mut total = self.seal(now, true).await?;
        while total.more {
            let next = self.seal(now, true).await?;
            total = Sealed { chunks: total.chunks + next.chunks, samples: total.samples + next.samples, ..next };
        }
        Ok(total)
    }

    async fn seal(&self, now: Instant, everything: bool) -> Result<Sealed, ChunkStoreError> {
        let mut unfinished = self.sealing.lock().await;
        let (seal, more) = match unfinished.take() {
            // It failed, or nobody knows whether it did: the same again.
            Some(seal) => (seal, true),
            None => self.prepare(now, everything),
        };
        let sealed =
            Sealed { chunks: seal.chunks.len(), samples: seal.chunks.iter().map(|c| c.count as usize).sum(), position: seal.sealed, more };
        if seal.chunks.is_empty() {
            return Ok(sealed);
        }
        let points: Vec<u32> = seal.chunks.iter().map(|c| c.point).collect();
        // Left in place if the caller gives up waiting: rows stay readable and the next call tries again.
        *unfinished = Some(seal.clone());
        self.store.seal(seal).await?;
        *unfinished = None;
        let mut heads = self.heads();
        for point in points {
            let head = heads.of(point);
            let gone = head.sealing.len() + head.late_sealing.len();
            (head.sealing, head.late_sealing) = (Vec::new(), Vec::new());
            head.generation = head.generation.wrapping_add(1);
            heads.unsealed -= gone;
        }
        Ok(sealed)
    }

    /// Takes due rows out of the heads and encodes them.
    fn prepare(&self, now: Instant, everything: bool) -> (Seal, bool) {
        let mut heads = self.heads();
        let mut seal = Seal::default();
        let (mut points, mut more) = (0, false);
        for (head, point) in heads.by_point.iter_mut().zip(0_u32..) {
            let Some(since) = head.waiting_since else { continue };
            let spread = spread(point, self.settings.stagger);
            let waited = everything || now.since_ms(since) > self.settings.max_wait_ms + spread as i64 * 1000;
            let many = head.rows.len() >= self.settings.chunk_samples + self.settings.keep_samples + spread;
            let many_late = head.late.len() >= self.settings.chunk_samples;
            if !(waited || many || many_late) {
                continue;
            }
            if points == MAX_POINTS {
                more = true;
                break;
            }
            points += 1;
            if many_late || waited {
                head.late_sealing = take_late(head);
                let rows = std::mem::take(&mut head.late_sealing);
                put_chunk(&mut seal, head, point, &rows);
                head.late_sealing = rows;
            }
            if many || waited {
                let keep = if waited { 0 } else { self.settings.keep_samples };
                let count = (head.rows.len() - keep.min(head.rows.len())).min(MAX_CHUNK);
                let rows: Vec<Row> = head.rows.drain(..count).collect();
                if let Some(last) = rows.last() {
                    head.through = last.t;
                }
                put_chunk(&mut seal, head, point, &rows);
                head.sealing = rows;
            }
            head.refresh_waiting(now);
            more |= everything && head.waiting_since.is_some();
            seal.latest.extend(head.latest.map(|row| row.sample(point)));
        }
        let oldest = heads.by_point.iter().map(|h| h.oldest_granule).min().unwrap_or(u32::MAX);
        seal.sealed = granule_start(oldest).min(heads.applied);
        (seal, more)
    }
}

fn take_late(head: &mut Head) -> Vec<Row> {
    let rest = head.late.keys().nth(MAX_CHUNK).copied().map(|t| head.late.split_off(&t)).unwrap_or_default();
    std::mem::replace(&mut head.late, rest).into_values().collect()
}

fn put_chunk(seal: &mut Seal, head: &mut Head, point: u32, rows: &[Row]) {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
    let cells: Vec<Cell> = rows.iter().map(Row::cell).collect();
    head.seq += 1;
    seal.chunks.push(Chunk {
        point,
        seq: head.seq,
        first: Instant::from_ms(first.t),
        last: Instant::from_ms(last.t),
        count: u32::try_from(cells.len()).expect("a chunk is far smaller"),
        data: codec::encode(&cells),
        minutes: codec::encode_minutes(&cells),
    });
}

/// A number below `most` of each point's own.
fn spread(point: u32, most: usize) -> usize {
    (point.wrapping_mul(2_654_435_761) >> 16) as usize % most.max(1)
}
