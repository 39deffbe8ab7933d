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

/// From here on the criterion calls a continuous and an instantaneous release dense.
pub const CONTINUOUS: f64 = 0.15;
pub const INSTANTANEOUS: f64 = 0.20;

/// `(g0' V̇0/(u10³ D_s))^(1/3)`.
pub fn continuous(g0: f64, v0: f64, u10: f64, d_s: f64) -> f64 {
    cbrt(g0 * v0 / (u10 * u10 * u10 * d_s))
}

/// `(g0' V0)^(1/2)/(u10 V0^(1/3))`.
pub fn instantaneous(g0: f64, v0: f64, u10: f64) -> f64 {
    sqrt(g0 * v0) / (u10 * cbrt(v0))
}

/// Continuous: dense if the criterion is at least [`CONTINUOUS`].
pub fn continuous_is_dense(g0: f64, v0: f64, u10: f64, d_s: f64) -> bool {
    g0 > 0.0 && continuous(g0, v0, u10, d_s) >= CONTINUOUS
}

/// Instantaneous: dense if the criterion is at least [`INSTANTANEOUS`].
pub fn instantaneous_is_dense(g0: f64, v0: f64, u10: f64) -> bool {
    g0 > 0.0 && instantaneous(g0, v0, u10) >= INSTANTANEOUS
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

/// How a release of some duration looks from a distance (Britter–McQuaid's rule).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lasting {
    Continuous,
    Instantaneous,
    /// Take the smaller concentration of both.
    Between,
}

/// `t_rel u10/x ≥ 2.5` continuous, `≤ 0.6` instantaneous. The SLAB-like model needs no such rule.
pub fn lasting(t_rel_s: f64, u10: f64, x: f64) -> Lasting {
    let travelled = t_rel_s * u10 / x;
    if travelled >= 2.5 {
        Lasting::Continuous
    } else if travelled <= 0.6 {
        Lasting::Instantaneous
    } else {
        Lasting::Between
    }
}

/// Substances that go through the dense path with a cold or aerosol source although their gas is light: NH3, HF, methane, ethylene.
pub const COLD_DENSE: [&str; 4] = ["7664-41-7", "7664-39-3", "74-82-8", "74-85-1"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_continuous_near_by_and_instantaneous_far_away() {
        assert_eq!(lasting(600.0, 3.0, 500.0), Lasting::Continuous);
        assert_eq!(lasting(600.0, 3.0, 1_500.0), Lasting::Between);
        assert_eq!(lasting(600.0, 3.0, 5_000.0), Lasting::Instantaneous);
    }
}
