//! The generic record engine: reads kinds, decides actions. It names no kind but `enterprise`, the owning organisation.
//! Absent on purpose: storage, HTTP, the clock, randomness.

mod check;
#[cfg(test)]
mod fixture;
pub mod condition;
pub mod deadlines;
pub mod engine;
pub mod kind;
pub mod load;
pub mod number;
pub mod record;
pub mod scenario;
pub mod upgrade;
