//! Vapour at a known rate.

use serde::{Deserialize, Serialize};

use super::course::Course;
use super::inputs::{bounded_rate, kelvin};
use super::{Kind, Released, Setting, Source};
use crate::Refusal;
use crate::units::{Pascal, R};
use crate::validity::{not_negative, positive};

/// Vapour at a known rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vapour {
    pub rate_kg_s: f64,
    pub duration_s: f64,
    pub temperature_c: f64,
    pub height_m: f64,
}

impl Kind for Vapour {
    fn bounded(&self) -> Result<(), Refusal> {
        bounded_rate(self.rate_kg_s)
    }

    fn released(&self, at: &mut Setting) -> Result<Released, Refusal> {
        let (s, air) = (at.s, at.air);
        let t = kelvin("release.temperature_c", self.temperature_c)?;
        let t_b = s.boiling_point(Pascal(air.p))?.0;
        if t < t_b - 0.5 {
            return Err(Refusal::WrongPhase {
                substance: s.name_en.clone(),
                temperature_k: t,
                pressure_pa: air.p,
                wanted: "a vapour without air",
                help: "describe the liquid it comes from as a spill",
            });
        }
        let rate = at.by * positive("release.rate_kg_s", self.rate_kg_s)?;
        let duration = positive("release.duration_s", self.duration_s)?;
        let height_m = not_negative("release.height_m", self.height_m)?;
        let density = air.p * s.molar_mass().0 / (R * t);
        Ok(Released { height_m, ..Released::over(Course::held(duration, rate), Source::Vapour, t, density) })
    }
}
