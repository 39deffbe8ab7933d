//! The tamper-evident record of what was done: each event's leaf is a hash over its canonical form. Absent on purpose: storage.

mod canonical;
mod leaf;

pub use canonical::canonical;
pub use leaf::{Leaf, LeafHash, sha256_hex};
