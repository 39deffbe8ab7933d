//! Samples from the wire to durable history: points, parsers, journal, chunks, queries, and the one intake path. Absent on purpose: HTTP, MQTT, SQL.

mod batch;
mod bytes;
mod chunks;
mod codec;
mod entry;
mod history;
mod intake;
mod journal;
mod judge;
mod line;
mod points;
mod sample;

pub use batch::{Batch, Replayed, decode_batches, encode_batches, replay};
pub use chunks::{Answer, Chunk, ChunkStore, ChunkStoreError, End, MemoryChunks, Part, Seal};
pub use codec::{Cell, DamagedChunk, Figures, Minute, decode, decode_minutes, encode, encode_minutes};
pub use entry::{MAX_BYTES, MAX_ENTRIES, parse_json};
pub use history::{Agg, Class, Fetched, History, QueryError, RecoverError, Recovered, Sealed, Settings};
pub use intake::{Committed, Counts, Intake, IntakeError, Receipt};
pub use journal::{
    AppendError, Appended, Damage, Disk, DiskFile, Entry as JournalEntry, Journal, JournalError, MAX_RECORD_BYTES, OnFatal, Options,
    Position, Reader, RealDisk, Report,
};
pub use judge::{AHEAD_MS, Code, Limits, Parsed, Rejected, Unreadable, parse_time};
pub use line::{Lines, MAX_FIELDS, Precision, parse_lines};
pub use points::{Point, PointKind, PointTable, Points, is_enterprise_code, is_point_id};
pub use sample::{Flaw, Mark, Sample};
