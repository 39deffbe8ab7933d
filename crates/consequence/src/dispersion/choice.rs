//! Which dispersion model answers: passive, dense, or both. Specification 06 §1.

use libm::{cbrt, pow, sqrt};
use serde::Serialize;

/// The path a release takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    Passive,
    /// Run both and show the larger.
    Both,
    Dense,
}

/// Continuous: dense if `(g0' V̇0/(u10³ D_s))^(1/3) ≥ 0.15`.
pub fn continuous_is_dense(g0: f64, v0: f64, u10: f64, d_s: f64) -> bool {
    g0 > 0.0 && cbrt(g0 * v0 / (u10 * u10 * u10 * d_s)) >= 0.15
}

/// Instantaneous: dense if `(g0' V0)^(1/2)/(u10 V0^(1/3)) ≥ 0.20`.
pub fn instantaneous_is_dense(g0: f64, v0: f64, u10: f64) -> bool {
    g0 > 0.0 && sqrt(g0 * v0) / (u10 * cbrt(v0)) >= 0.20
}

/// Second criterion: `Ri_c = g0' V̇0/(u*³ D_s)`; over 30 dense, 1–30 both, below passive (thresholds from-knowledge).
pub fn by_richardson(g0: f64, v0: f64, u_star: f64, d_s: f64) -> Path {
    let ri = g0 * v0 / (pow(u_star, 3.0) * d_s);
    if ri > 30.0 {
        Path::Dense
    } else if ri >= 1.0 {
        Path::Both
    } else {
        Path::Passive
    }
}

/// Substances that go through the dense path with a cold or aerosol source although their gas is light: NH3, HF, methane, ethylene.
pub const COLD_DENSE: [&str; 4] = ["7664-41-7", "7664-39-3", "74-82-8", "74-85-1"];
