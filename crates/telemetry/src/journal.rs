//! The append-only journal: nothing is acknowledged before the fsync that covers it.

/// A place in the journal: bytes written since its very first. Survives restarts; grows for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Position(pub u64);
