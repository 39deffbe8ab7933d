//! How much comes out: through a hole, a pipe or a broken line, as liquid, gas or both. Specification 02.

pub mod burst;
pub mod coefficient;
pub mod duration;
pub mod expansion;
pub mod flash;
pub mod gas;
pub mod liquefied;
pub mod liquid;
pub mod pipe;
pub mod rain_out;
pub mod tank;
pub mod two_phase;
pub mod vessel;

use std::f64::consts::PI;

/// Area of a round hole, m².
pub fn round(d_m: f64) -> f64 {
    PI * d_m * d_m / 4.0
}
