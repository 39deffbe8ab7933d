//! Accident consequences a safety engineer can check with the book in hand: one model a file, the source's symbols. Absent on purpose: I/O, the wall clock, maps, the platform's own transcendental functions.

pub mod bench;
pub mod discharge;
pub mod dispersion;
pub mod domino;
pub mod effect_thresholds;
pub mod evaporation;
pub mod explosion;
pub mod fire;
pub mod inversion;
pub mod meteorology;
pub mod mixing;
pub mod numerics;
pub mod properties;
pub mod qra;
pub mod scenario;
pub mod units;
pub mod validate;
pub mod validity;
pub mod vulnerability;
pub mod zones;

pub use units::*;
pub use validity::{Note, Refusal, Validity};
