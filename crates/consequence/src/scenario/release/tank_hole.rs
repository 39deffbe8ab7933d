//! Liquid below its boiling point out of a tank.

use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

use super::inputs::{area, coefficient, kelvin, no_more, shut};
use super::pool::{Basin, Fed, pooled};
use super::{Kind, Released, Setting};
use crate::Refusal;
use crate::discharge::coefficient::Opening;
use crate::discharge::tank::{self, Pad, Shape, Tank};
use crate::units::{Kelvin, Pascal, Seconds};
use crate::validity::{not_negative, positive, within};

/// Liquid below its boiling point out of a hole in an upright tank, open or blanketed; it forms a pool.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TankHole {
    pub temperature_c: f64,
    pub diameter_m: f64,
    /// Liquid above the tank's floor, and the hole above it.
    pub level_m: f64,
    #[serde(default)]
    pub hole_height_m: f64,
    pub hole_mm: f64,
    /// Gauge pressure of the blanketing; zero is open.
    #[serde(default)]
    pub pad_pa: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolated_after_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discharge_coefficient: Option<f64>,
    #[serde(default)]
    pub pool: Basin,
}

impl Kind for TankHole {
    fn bounded(&self) -> Result<(), Refusal> {
        no_more("release.diameter_m", self.diameter_m, 300.0, "at most 300 m")?;
        no_more("release.level_m", self.level_m, 100.0, "at most 100 m")
    }

    fn released(&self, at: &mut Setting) -> Result<Released, Refusal> {
        let (s, air) = (at.s, at.air);
        let t_0 = kelvin("release.temperature_c", self.temperature_c)?;
        let t_b = s.boiling_point(Pascal(air.p))?.0;
        if t_0 >= t_b {
            return Err(Refusal::WrongPhase {
                substance: s.name_en.clone(),
                temperature_k: t_0,
                pressure_pa: air.p,
                wanted: "a liquid below its boiling point",
                help: "describe it as a liquefied_hole",
            });
        }
        let rho = s.liquid_density(Kelvin(t_0), &mut at.notes)?.0;
        let level = positive("release.level_m", self.level_m)?;
        let pad = not_negative("release.pad_pa", self.pad_pa)?;
        let (c_d, said) = coefficient(self.discharge_coefficient, Opening::LiquidSharp)?;
        at.found.assume(said);
        let r = 0.5 * positive("release.diameter_m", self.diameter_m)?;
        let tank = Tank {
            shape: Shape::VerticalCylinder { r, height: level },
            mass: PI * r * r * level * rho,
            rho,
            pad: if pad > 0.0 { Pad::Constant(pad) } else { Pad::Open },
            p_a: air.p,
            hole_height: within("release.hole_height_m", self.hole_height_m, 0.0, level, "between the floor and the level")?,
            hole_area: at.by * area(self.hole_mm)?.0,
            c_d,
        };
        let until = shut(self.isolated_after_s)?;
        let out = tank::outflow(&tank, Seconds(until), 120)?;
        at.notes.merge(&out.notes);
        at.found.model("discharge.tank");
        at.found.assume(if pad > 0.0 { "the blanketing keeps its pressure" } else { "the tank is open to the air" });
        // The mean would make the pool, and the fire on it, too small.
        let rate = positive("outflow, kg/s", if out.released > 0.0 { out.rate[0] } else { 0.0 })?;
        at.found.assume("the pool is fed at the first rate until all that leaves the tank is in it");
        pooled(at, &Fed { rate, duration: out.released / rate, t: t_0 }, &self.pool)
    }
}
