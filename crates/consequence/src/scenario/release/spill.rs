//! Liquid that reaches the ground at a known rate.

use serde::{Deserialize, Serialize};

use super::course::LONGEST_S;
use super::inputs::{bounded_rate, kelvin};
use super::pool::{Basin, Fed, Ground, Surface, pooled};
use super::{Kind, Released, Setting};
use crate::Refusal;
use crate::validity::positive;

/// Liquid that reaches the ground at a known rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spill {
    pub rate_kg_s: f64,
    pub duration_s: f64,
    pub temperature_c: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bund_radius_m: Option<f64>,
    #[serde(default)]
    pub surface: Surface,
    #[serde(default)]
    pub ground: Ground,
    #[serde(default)]
    pub solar_w_m2: f64,
}

impl Kind for Spill {
    fn bounded(&self) -> Result<(), Refusal> {
        bounded_rate(self.rate_kg_s)
    }

    fn released(&self, at: &mut Setting) -> Result<Released, Refusal> {
        let rate = at.by * positive("release.rate_kg_s", self.rate_kg_s)?;
        let duration = positive("release.duration_s", self.duration_s)?.min(LONGEST_S);
        let t = kelvin("release.temperature_c", self.temperature_c)?;
        let Self { bund_radius_m, surface, ground, solar_w_m2, .. } = *self;
        pooled(at, &Fed { rate, duration, t }, &Basin { bund_radius_m, surface, ground, solar_w_m2 })
    }
}
