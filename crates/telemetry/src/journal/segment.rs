//! One file of the journal: `{base:016x}.journal` = magic, version, base, checksum; then records = mark, length, checksum, payload.
//! The checksum of a record covers its position, so that a record in the wrong place is damage, not data.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, DiskFile};
use super::{JournalError, MAX_RECORD_BYTES, Position, Report};

const MAGIC: &[u8; 4] = b"ANJ\x01";
pub(super) const HEADER_BYTES: u64 = 16;
const MARK: [u8; 4] = [0xa7, b'r', b'e', b'c'];
pub(super) const RECORD_HEADER_BYTES: u64 = 12;

/// A stretch of the journal that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    pub file: String,
    /// From here to the next readable record, bytes.
    pub at: Position,
    pub bytes: u64,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} bytes at position {}", self.file, self.bytes, self.at.0)
    }
}

pub(super) struct Segment {
    pub base: u64,
    /// Bytes of records, without the header.
    pub length: u64,
    pub file: Box<dyn DiskFile>,
}

impl Segment {
    /// Positions count records only, so that the first record of a segment stands at its base.
    pub fn end(&self) -> u64 {
        self.base + self.length
    }
}

pub(super) fn name(base: u64) -> String {
    format!("{base:016x}.journal")
}

pub(super) fn path(directory: &Path, base: u64) -> PathBuf {
    directory.join(name(base))
}

fn header(base: u64) -> [u8; HEADER_BYTES as usize] {
    let mut bytes = [0; HEADER_BYTES as usize];
    bytes[..4].copy_from_slice(MAGIC);
    bytes[4..12].copy_from_slice(&base.to_le_bytes());
    let sum = crc32c::crc32c(&bytes[..12]);
    bytes[12..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

pub(super) fn has_header(bytes: &[u8], base: u64) -> bool {
    bytes.starts_with(&header(base))
}

/// A new, empty, durable segment.
pub(super) fn create(disk: &dyn Disk, directory: &Path, base: u64) -> io::Result<Segment> {
    let path = path(directory, base);
    let mut file = disk.create(&path)?;
    let made = file.append(&header(base)).and_then(|()| file.sync()).and_then(|()| disk.sync_directory(directory));
    if let Err(cause) = made {
        // A second attempt must find the name free.
        let _ = disk.remove(&path);
        return Err(cause);
    }
    Ok(Segment { base, length: 0, file })
}

pub(super) fn put_record(to: &mut Vec<u8>, position: u64, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("a record is below MAX_RECORD_BYTES");
    to.extend(MARK);
    to.extend(length.to_le_bytes());
    to.extend(checksum(position, payload).to_le_bytes());
    to.extend(payload);
}

fn checksum(position: u64, payload: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&position.to_le_bytes()), payload)
}

/// The payload of the record at `at` of the segment's records, if it is whole and stands where it was written.
pub(super) fn record(records: &[u8], base: u64, at: usize) -> Option<&[u8]> {
    let head = records.get(at..at + RECORD_HEADER_BYTES as usize)?;
    if head[..4] != MARK {
        return None;
    }
    let length = u32::from_le_bytes(head[4..8].try_into().ok()?) as usize;
    let sum = u32::from_le_bytes(head[8..12].try_into().ok()?);
    if length > MAX_RECORD_BYTES {
        return None;
    }
    let from = at + RECORD_HEADER_BYTES as usize;
    let payload = records.get(from..from + length)?;
    (checksum(base + at as u64, payload) == sum).then_some(payload)
}

/// Where the next whole record begins, looking from `at`.
pub(super) fn next_record(records: &[u8], base: u64, at: usize) -> Option<usize> {
    (at..records.len()).find(|at| records[*at] == MARK[0] && record(records, base, *at).is_some())
}

/// Finds the segments, cuts a torn end off the last one and opens it to append.
pub(super) fn recover(disk: &dyn Disk, directory: &Path) -> Result<(Vec<u64>, Segment, Report), JournalError> {
    let mut bases = list(directory)?;
    let mut report = Report::default();
    // A crash while a segment was being created leaves one without a header and without records.
    while let Some(last) = bases.last().copied() {
        let path = path(directory, last);
        let bytes = fs::read(&path).map_err(JournalError::new("read", &path))?;
        if bytes.len() as u64 > HEADER_BYTES || has_header(&bytes, last) {
            break;
        }
        disk.remove(&path).map_err(JournalError::new("remove", &path))?;
        bases.pop();
    }
    let Some(last) = bases.last().copied() else {
        let made = create(disk, directory, 0).map_err(JournalError::new("create a segment in", directory))?;
        return Ok((vec![0], made, Report { segments: 1, ..report }));
    };
    for pair in bases.windows(2) {
        let path = path(directory, pair[0]);
        let length = fs::metadata(&path).map_err(JournalError::new("read", &path))?.len().saturating_sub(HEADER_BYTES);
        if pair[0] + length < pair[1] {
            report.damaged.push(Damage { file: name(pair[0]), at: Position(pair[0] + length), bytes: pair[1] - pair[0] - length });
        }
    }
    let path = path(directory, last);
    let bytes = fs::read(&path).map_err(JournalError::new("read", &path))?;
    let records = &bytes[HEADER_BYTES as usize..];
    if !has_header(&bytes, last) {
        report.damaged.push(Damage { file: name(last), at: Position(last), bytes: 0 });
    }
    let mut at = 0;
    while at < records.len() {
        if let Some(payload) = record(records, last, at) {
            at += RECORD_HEADER_BYTES as usize + payload.len();
            continue;
        }
        // Something whole behind it: this was written and synced, and has been damaged since.
        let Some(next) = next_record(records, last, at + 1) else { break };
        report.damaged.push(Damage { file: name(last), at: Position(last + at as u64), bytes: (next - at) as u64 });
        at = next;
    }
    let mut file = disk.open(&path).map_err(JournalError::new("open", &path))?;
    if at < records.len() {
        report.cut = Some(Damage { file: name(last), at: Position(last + at as u64), bytes: (records.len() - at) as u64 });
        file.cut(HEADER_BYTES + at as u64).and_then(|()| file.sync()).map_err(JournalError::new("cut the torn end of", &path))?;
    }
    report.segments = bases.len();
    Ok((bases, Segment { base: last, length: at as u64, file }, report))
}

fn list(directory: &Path) -> Result<Vec<u64>, JournalError> {
    let mut bases = Vec::new();
    for entry in fs::read_dir(directory).map_err(JournalError::new("list", directory))? {
        let entry = entry.map_err(JournalError::new("list", directory))?;
        let base = entry.file_name().to_str().and_then(|n| n.strip_suffix(".journal")).and_then(|n| u64::from_str_radix(n, 16).ok());
        bases.extend(base);
    }
    bases.sort_unstable();
    Ok(bases)
}
