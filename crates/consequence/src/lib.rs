//! Accident consequences a safety engineer can check with the book in hand: one model a file, the source's symbols. Absent on purpose: I/O, the wall clock, maps, the platform's own transcendental functions.

pub mod domino;
pub mod explosion;
pub mod fire;
pub mod qra;
pub mod units;
pub mod validity;
pub mod vulnerability;

pub use units::*;
pub use validity::{Note, Refusal, Validity};
