//! Reading the journal back, segment by segment. Damaged stretches are named and stepped over, never handed out as data.

use std::fs;
use std::path::PathBuf;

use super::segment::{self, Damage, HEADER_BYTES, RECORD_HEADER_BYTES};
use super::{Appended, JournalError, Position};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Record { at: Appended, payload: Vec<u8> },
    Damaged(Damage),
}

/// An iterator over the records; holds one segment in memory. Blocking: for the start of the program, or a thread of its own.
pub struct Reader {
    directory: PathBuf,
    /// Bases still to be read, in order.
    bases: Vec<u64>,
    from: u64,
    to: u64,
    current: Option<Open>,
}

struct Open {
    base: u64,
    bytes: Vec<u8>,
    at: usize,
}

impl Reader {
    pub(super) fn new(directory: PathBuf, mut bases: Vec<u64>, from: Position, to: Position) -> Self {
        // The segment that holds `from` is the last one that begins at or before it.
        let first = bases.partition_point(|base| *base <= from.0).saturating_sub(1);
        bases.drain(..first);
        bases.reverse();
        Self { directory, bases, from: from.0, to: to.0, current: None }
    }

    fn open_next(&mut self) -> Option<Result<(), JournalError>> {
        let base = self.bases.pop().filter(|base| *base < self.to)?;
        let path = segment::path(&self.directory, base);
        Some(fs::read(&path).map_err(JournalError::new("read", &path)).map(|mut bytes| {
            // What is behind the durable end may still be being written.
            bytes.truncate(usize::try_from(HEADER_BYTES + (self.to - base)).unwrap_or(usize::MAX));
            self.current = Some(Open { base, bytes, at: 0 });
        }))
    }
}

impl Iterator for Reader {
    type Item = Result<Entry, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(open) = &mut self.current else {
                match self.open_next()? {
                    Ok(()) => continue,
                    Err(error) => return Some(Err(error)),
                }
            };
            let records = open.bytes.get(HEADER_BYTES as usize..).unwrap_or_default();
            if open.at >= records.len() {
                self.current = None;
                continue;
            }
            let start = open.base + open.at as u64;
            if let Some(payload) = segment::record(records, open.base, open.at) {
                open.at += RECORD_HEADER_BYTES as usize + payload.len();
                if start < self.from {
                    continue;
                }
                let at = Appended { start: Position(start), end: Position(open.base + open.at as u64) };
                return Some(Ok(Entry::Record { at, payload: payload.to_vec() }));
            }
            let next = segment::next_record(records, open.base, open.at + 1).unwrap_or(records.len());
            let damage = Damage { file: segment::name(open.base), at: Position(start), bytes: (next - open.at) as u64 };
            open.at = next;
            if start + damage.bytes > self.from {
                return Some(Ok(Entry::Damaged(damage)));
            }
        }
    }
}
