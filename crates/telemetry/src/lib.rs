//! Samples from the wire to durable history: points, parsers, journal, chunks, queries, and the one intake path. Absent on purpose: HTTP, MQTT, SQL.

mod chunks;
mod journal;
mod sample;

pub use chunks::{Answer, Chunk, ChunkStore, ChunkStoreError, End, MemoryChunks, Part, Seal};
pub use journal::Position;
pub use sample::{Flaw, Mark, Sample};
