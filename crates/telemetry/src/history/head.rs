//! What one point has in memory: the newest samples, those on their way into chunks, and late ones.

use std::collections::BTreeMap;

use anlan_base::Instant;

use crate::codec::Cell;
use crate::journal::Position;
use crate::sample::{Mark, Sample};

/// A sample in memory, 24 bytes. `granule` is where in the journal it stands, in steps of 64 KiB, rounded down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub t: i64,
    pub v: f64,
    pub granule: u32,
    pub mark: Mark,
}

const GRANULE_BITS: u32 = 16;

pub(super) fn granule(position: Position) -> u32 {
    u32::try_from(position.0 >> GRANULE_BITS).unwrap_or(u32::MAX)
}

pub(super) const fn granule_start(granule: u32) -> Position {
    Position((granule as u64) << GRANULE_BITS)
}

impl Row {
    pub fn new(sample: &Sample, granule: u32) -> Self {
        Self { t: sample.t.as_ms(), v: sample.v, granule, mark: sample.mark }
    }
    pub fn cell(&self) -> Cell {
        Cell { t: Instant::from_ms(self.t), v: self.v, mark: self.mark }
    }
    pub fn sample(&self, point: u32) -> Sample {
        Sample { point, t: Instant::from_ms(self.t), v: self.v, mark: self.mark }
    }
}

#[derive(Debug)]
pub(super) struct Head {
    /// Newer than `through`, in ascending time.
    pub rows: Vec<Row>,
    /// Up to `through`, not yet in chunks.
    pub late: BTreeMap<i64, Row>,
    /// Rows now being written; readable until the commit.
    pub sealing: Vec<Row>,
    pub late_sealing: Vec<Row>,
    /// Greatest device time in a chunk or on its way there.
    pub through: i64,
    /// Of the last chunk, 0 before the first.
    pub seq: u32,
    /// Rises whenever rows leave memory for the chunks: what was read from the chunks before is then incomplete.
    pub generation: u32,
    /// Newest sample without a flaw.
    pub latest: Option<Row>,
    /// When the oldest row of `rows` and `late` arrived.
    pub waiting_since: Option<Instant>,
    /// Least granule of `rows` and `late`; `u32::MAX` if there are none.
    pub oldest_granule: u32,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            late: BTreeMap::new(),
            sealing: Vec::new(),
            late_sealing: Vec::new(),
            through: i64::MIN,
            seq: 0,
            generation: 0,
            latest: None,
            waiting_since: None,
            oldest_granule: u32::MAX,
        }
    }
}

impl Head {
    /// Puts the row in its place, over what stood there. Says how many more rows are now in memory.
    pub fn put(&mut self, row: Row, received_at: Instant) -> usize {
        self.waiting_since.get_or_insert(received_at);
        self.oldest_granule = self.oldest_granule.min(row.granule);
        let added = if row.t <= self.through {
            usize::from(self.late.insert(row.t, row).is_none())
        } else if self.rows.last().is_none_or(|last| last.t < row.t) {
            self.rows.push(row);
            1
        } else {
            match self.rows.binary_search_by_key(&row.t, |r| r.t) {
                Ok(at) => {
                    self.rows[at] = row;
                    0
                }
                Err(at) => {
                    self.rows.insert(at, row);
                    1
                }
            }
        };
        self.note_latest(row);
        added
    }

    fn note_latest(&mut self, row: Row) {
        let newest = self.latest.map_or(i64::MIN, |latest| latest.t);
        if row.mark.flaw.is_none() && row.t >= newest {
            self.latest = Some(row);
        } else if row.t == newest {
            // The newest value was corrected into one we distrust: the one before it counts.
            self.latest = self.rows.iter().rev().chain(self.sealing.iter().rev()).find(|r| r.mark.flaw.is_none()).copied();
        }
    }

    pub fn get(&self, t: i64) -> Option<&Row> {
        if t > self.through {
            return find(&self.rows, t);
        }
        self.late.get(&t).or_else(|| find(&self.late_sealing, t)).or_else(|| find(&self.sealing, t))
    }

    /// Everything in memory with `from <= t < to`, in ascending time, each time once.
    pub fn between(&self, from: i64, to: i64) -> Vec<Cell> {
        let mut found: BTreeMap<i64, Cell> = BTreeMap::new();
        for rows in [&self.sealing, &self.late_sealing] {
            found.extend(slice(rows, from, to).iter().map(|r| (r.t, r.cell())));
        }
        if from < to {
            found.extend(self.late.range(from..to).map(|(t, r)| (*t, r.cell())));
        }
        let mut cells: Vec<Cell> = found.into_values().collect();
        // Rows lie behind `through`, all others before it.
        cells.extend(slice(&self.rows, from, to).iter().map(Row::cell));
        cells
    }

    pub fn refresh_waiting(&mut self, now: Instant) {
        self.oldest_granule = self.rows.iter().chain(self.late.values()).map(|r| r.granule).min().unwrap_or(u32::MAX);
        self.waiting_since = (self.oldest_granule != u32::MAX).then_some(now);
    }
}

fn find(rows: &[Row], t: i64) -> Option<&Row> {
    // The newest are asked for most often.
    match rows.last() {
        Some(last) if t > last.t => None,
        _ => rows.binary_search_by_key(&t, |r| r.t).ok().map(|at| &rows[at]),
    }
}

fn slice(rows: &[Row], from: i64, to: i64) -> &[Row] {
    let first = rows.partition_point(|r| r.t < from);
    let end = rows.partition_point(|r| r.t < to);
    rows.get(first..end).unwrap_or_default()
}
