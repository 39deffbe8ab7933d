//! Pressure-liquefied gas through a hole or a stub.

use serde::{Deserialize, Serialize};

use super::course::Course;
use super::inputs::{area, bounded_mass, coefficient, inventory, kelvin};
use super::jet::{Direction, Mouth, RainOut, flashed};
use super::{Kind, Released, Setting};
use crate::Refusal;
use crate::discharge::coefficient::{Opening, default_c_d};
use crate::discharge::liquefied::{self, Phase};
use crate::units::Kelvin;
use crate::validity::{not_negative, positive, within};

/// Pressure-liquefied gas through a hole (`path_m` 0) or a stub below the liquid level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiquefiedHole {
    pub temperature_c: f64,
    pub hole_mm: f64,
    pub path_m: f64,
    pub inventory_kg: f64,
    pub height_m: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolated_after_s: Option<f64>,
    /// Liquid above the hole, m.
    #[serde(default)]
    pub head_m: f64,
    /// Stored pressure where it is above that of the vapour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressure_pa: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discharge_coefficient: Option<f64>,
    #[serde(default)]
    pub direction: Direction,
    #[serde(default)]
    pub rain_out: RainOut,
    /// Share of the vessel that is liquid, and height of the hole in it, 0–1: a hole above the liquid lets gas or froth out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hole_share: Option<f64>,
    /// Surface of the liquid in the vessel, m²; needed with `fill` and `hole_share`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surface_m2: Option<f64>,
}

impl Kind for LiquefiedHole {
    fn bounded(&self) -> Result<(), Refusal> {
        bounded_mass("release.inventory_kg", self.inventory_kg)
    }

    fn released(&self, at: &mut Setting) -> Result<Released, Refusal> {
        let s = at.s;
        let hole = self.hole(at)?;
        let (t_0, path) = (hole.t0, hole.path);
        let mut stream = liquefied::through_hole(&hole)?;
        // What the model of each phase already has in its rate; one that is given stands in its place.
        let opening = match stream.phase {
            Phase::Gas => Some(Opening::GasRounded),
            Phase::Liquid if path < 0.1 => Some(Opening::LiquidSharp),
            Phase::Liquid | Phase::TwoPhase => None,
        };
        if self.discharge_coefficient.is_some() || opening.is_some() {
            let (c_d, said) = coefficient(self.discharge_coefficient, opening.unwrap_or(Opening::PipeRupture))?;
            let by = c_d / opening.map_or(1.0, default_c_d);
            stream.wider(by);
            let thin = stream.phase == Phase::Liquid && path < 2.0 * hole.d;
            at.found.assume(if thin && path < 0.1 && self.discharge_coefficient.is_none() {
                format!("discharge coefficient {c_d} for a hole in the wall: none was given")
            } else {
                said
            });
        }
        stream.wider(at.by);
        at.notes.merge(&stream.notes);
        at.found.model(match (stream.phase, path) {
            (Phase::Gas, _) => "discharge.gas_orifice",
            (Phase::TwoPhase, _) => "discharge.omega_swollen",
            (Phase::Liquid, p) if p >= 0.1 => "discharge.omega",
            (Phase::Liquid, p) if p >= 2.0 * hole.d => "discharge.two_phase_non_equilibrium",
            _ => "discharge.liquid_orifice",
        });
        at.found.assume("the first rate is held until the inventory is gone, the leak is shut or an hour is over");
        let course = Course::until_gone(inventory(self.inventory_kg)?, stream.rate, self.isolated_after_s)?;
        let p_0 = hole.p0.unwrap_or(s.vapour_pressure(Kelvin(t_0), &mut at.notes)?.0);
        let mouth = Mouth { p_0, t_0, direction: self.direction, height_m: self.height_m };
        flashed(at, course, &stream.jet, &mouth, self.rain_out)
    }
}

impl LiquefiedHole {
    /// The vessel and the hole as the model wants them.
    fn hole<'a>(&self, at: &Setting<'a>) -> Result<liquefied::LiquefiedHole<'a>, Refusal> {
        let t_0 = kelvin("release.temperature_c", self.temperature_c)?;
        let a = area(self.hole_mm)?.0;
        let head = not_negative("release.head_m", self.head_m)?;
        let path = not_negative("release.path_m", self.path_m)?;
        let alone = |input| Refusal::OutOfDomain { input, value: f64::NAN, wanted: "given: fill and hole_share tell nothing alone" };
        let above = match (self.fill, self.hole_share) {
            (Some(_), None) => return Err(alone("release.hole_share")),
            (None, Some(_)) => return Err(alone("release.fill")),
            (fill, _) => fill.is_some(),
        };
        Ok(liquefied::LiquefiedHole {
            substance: at.s,
            t0: t_0,
            p0: self.pressure_pa.map(|p| positive("release.pressure_pa", p)).transpose()?,
            fill: self.fill.map_or(Ok(1.0), |f| within("release.fill", f, 0.0, 1.0, "between 0 and 1"))?,
            hole_share: if above { self.hole_share.unwrap_or(0.0) } else { 0.0 },
            head,
            surface: if above {
                self.surface_m2.ok_or(Refusal::OutOfDomain {
                    input: "release.surface_m2",
                    value: f64::NAN,
                    wanted: "given with fill and hole_share: the vapour swells the liquid over it",
                })?
            } else {
                1.0
            },
            area: a,
            path,
            d: self.hole_mm / 1000.0,
            p_a: at.air.p,
        })
    }
}
