//! Reads a stretch of one point: sample by sample, or in steps of time.

use anlan_base::{Instant, Quality, ZONE_OFFSET_S};

use super::{History, merge, settle};
use crate::chunks::{Chunk, ChunkStoreError, Part};
use crate::codec::{self, Cell, Figures, MINUTE_MS};

/// Rows of one answer.
pub const MAX_ROWS: usize = 1_000_000;
const MAX_STEPS: i64 = 100_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agg {
    Avg,
    Min,
    Max,
    Last,
    Count,
}

impl Agg {
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "avg" => Some(Self::Avg),
            "min" => Some(Self::Min),
            "max" => Some(Self::Max),
            "last" => Some(Self::Last),
            "count" => Some(Self::Count),
            _ => None,
        }
    }
    fn of(self, figures: &Figures) -> f64 {
        match self {
            Self::Avg => figures.sum / figures.count as f64,
            Self::Min => figures.min,
            Self::Max => figures.max,
            Self::Last => figures.last,
            Self::Count => figures.count as f64,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    #[error("the answer would have more than {limit} rows")]
    TooMany { limit: usize },
    #[error("the step must be longer than zero")]
    Step,
    #[error("could not read the history")]
    Store(#[from] ChunkStoreError),
}

impl History {
    /// All samples of `[from, to)` in ascending time, flawed ones included (their quality is bad).
    pub async fn raw(&self, point: u32, from: Instant, to: Instant) -> Result<Vec<Cell>, QueryError> {
        // Memory first: rows that are sealed in between are then seen twice, never not at all.
        let newest = self.in_memory(point, from, to);
        let chunks = self.store.chunks(point, from, to, Part::Samples).await?;
        if newest.len() + chunks.iter().map(|c| c.count as usize).sum::<usize>() > MAX_ROWS {
            return Err(QueryError::TooMany { limit: MAX_ROWS });
        }
        let mut cells = merge(&chunks, from, to);
        cells.extend(newest);
        Ok(settle(cells))
    }

    /// Good samples of `[from, to)` in steps aligned to the district's wall clock. A row is the step's start and the figures in the
    /// order asked; a step without good samples has no row.
    pub async fn aggregate(
        &self,
        point: u32,
        from: Instant,
        to: Instant,
        every_ms: i64,
        aggs: &[Agg],
    ) -> Result<Vec<(Instant, Vec<f64>)>, QueryError> {
        if every_ms <= 0 {
            return Err(QueryError::Step);
        }
        if to.since_ms(from) / every_ms > MAX_STEPS {
            return Err(QueryError::TooMany { limit: MAX_STEPS as usize });
        }
        let mut steps = Steps { every_ms, rows: Vec::new() };
        let mut newest = self.in_memory(point, from, to).into_iter().peekable();
        let part = if every_ms % MINUTE_MS == 0 { Part::Minutes } else { Part::Samples };
        let mut chunks = self.store.chunks(point, from, to, part).await?;
        chunks.sort_by_key(|c| (c.first, c.seq));
        let mut rest = &chunks[..];
        while let Some(first) = rest.first() {
            // Chunks that overlap in time are read together.
            let (mut last, mut size) = (first.last, 1);
            while let Some(next) = rest.get(size).filter(|next| next.first <= last) {
                last = last.max(next.last);
                size += 1;
            }
            let (cluster, others) = rest.split_at(size);
            rest = others;
            while let Some(cell) = newest.next_if(|c| c.t < first.first) {
                steps.add_cell(&cell);
            }
            let mut inside = Vec::new();
            while let Some(cell) = newest.next_if(|c| c.t <= last) {
                inside.push(cell);
            }
            let alone = size == 1 && inside.is_empty() && first.first >= from && first.last < to;
            match alone.then(|| by_minute(first, part)).flatten() {
                Some(minutes) => minutes.iter().for_each(|m| steps.add(m.minute.saturating_mul(MINUTE_MS), &m.figures)),
                None => {
                    let mut cells = self.cells_of(cluster, last, from, to).await?;
                    cells.extend(inside);
                    settle(cells).iter().for_each(|c| steps.add_cell(c));
                }
            }
        }
        newest.for_each(|c| steps.add_cell(&c));
        Ok(steps.rows.into_iter().map(|(t, figures)| (t, aggs.iter().map(|a| a.of(&figures)).collect())).collect())
    }

    fn in_memory(&self, point: u32, from: Instant, to: Instant) -> Vec<Cell> {
        self.heads().by_point.get(point as usize).map(|head| head.between(from.as_ms(), to.as_ms())).unwrap_or_default()
    }

    /// Samples of chunks that were read with or without them.
    async fn cells_of(&self, cluster: &[Chunk], last: Instant, from: Instant, to: Instant) -> Result<Vec<Cell>, ChunkStoreError> {
        let mut whole: Vec<Chunk> = if cluster.iter().all(|c| !c.data.is_empty()) {
            cluster.to_vec()
        } else {
            self.store.chunks(cluster[0].point, cluster[0].first, last.plus_ms(1), Part::Samples).await?
        };
        whole.sort_by_key(|c| c.seq);
        Ok(merge(&whole, from.max(cluster[0].first), to.min(last.plus_ms(1))))
    }
}

fn by_minute(chunk: &Chunk, part: Part) -> Option<Vec<codec::Minute>> {
    (part == Part::Minutes && !chunk.minutes.is_empty()).then(|| codec::decode_minutes(&chunk.minutes).ok()).flatten()
}

struct Steps {
    every_ms: i64,
    rows: Vec<(Instant, Figures)>,
}

impl Steps {
    fn add_cell(&mut self, cell: &Cell) {
        if cell.mark.quality() == Quality::Good {
            self.add(cell.t.as_ms(), &Figures::of(cell.v));
        }
    }

    /// Must be called in ascending time.
    fn add(&mut self, t_ms: i64, figures: &Figures) {
        const ZONE_MS: i64 = ZONE_OFFSET_S as i64 * 1000;
        let local = t_ms.saturating_add(ZONE_MS);
        let start = Instant::from_ms((local - local.rem_euclid(self.every_ms)).saturating_sub(ZONE_MS));
        match self.rows.last_mut().filter(|(at, _)| *at == start) {
            Some((_, total)) => total.join(figures),
            None => self.rows.push((start, *figures)),
        }
    }
}
