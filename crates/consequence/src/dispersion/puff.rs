//! Gaussian puff of an instantaneous release. Specification 05 §5; case GAU-010.

use libm::{exp, pow};
use std::f64::consts::PI;

use super::plume::vertical;
use super::sigma::SigmaSet;
use crate::meteorology::Stability;

/// A puff and its weather. Frame: x downwind from the release, m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Puff {
    /// Mass, kg.
    pub m: f64,
    pub u: f64,
    pub h: f64,
    pub stability: Stability,
    pub sigmas: SigmaSet,
    pub h_mix: Option<f64>,
}

impl Puff {
    /// Concentration, kg/m³, `t` seconds after the release; the spread is that at the travelled distance `u t`:
    /// `c = M/((2π)^1.5 σx σy σz) exp(−(x−ut)²/2σx²) exp(−y²/2σy²) V`.
    pub fn concentration(&self, x: f64, y: f64, z: f64, t: f64) -> f64 {
        let Some(s) = self.sigmas.at(self.u * t, self.stability) else { return 0.0 };
        let along = (x - self.u * t) / s.x;
        let across = y / s.y;
        self.m / (pow(2.0 * PI, 1.5) * s.x * s.y * s.z)
            * exp(-0.5 * along * along)
            * exp(-0.5 * across * across)
            * vertical(z, self.h, s.z, self.h_mix)
    }

    /// Largest concentration that passes `x` on the centre line: when the middle is there.
    pub fn peak(&self, x: f64, z: f64) -> f64 {
        self.concentration(x, 0.0, z, x / self.u)
    }

    /// `∫c dt` as the puff passes, kg s/m³.
    pub fn dose(&self, x: f64, y: f64, z: f64) -> f64 {
        let Some(s) = self.sigmas.at(x, self.stability) else { return 0.0 };
        self.m / (2.0 * PI * self.u * s.y * s.z) * exp(-0.5 * (y / s.y) * (y / s.y)) * vertical(z, self.h, s.z, self.h_mix)
    }
}

/// Longest step between the puffs of a changing wind, s: `Δt ≤ 0.3 σy/u`.
pub fn longest_step(sigma_y: f64, u: f64) -> f64 {
    0.3 * sigma_y / u
}
