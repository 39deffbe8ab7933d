//! The generic record engine: reads kinds, decides actions. It names no kind but `enterprise`, the owning organisation.
//! Absent on purpose: storage, HTTP, the clock, randomness.

mod check;
pub mod condition;
pub mod deadlines;
pub mod describe;
pub mod engine;
#[cfg(test)]
mod fixture;
pub mod kind;
pub mod load;
pub mod number;
pub mod record;
pub mod scenario;
pub mod upgrade;
