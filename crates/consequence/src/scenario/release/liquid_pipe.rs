//! Liquid out of a broken pipe.

use libm::sqrt;
use serde::{Deserialize, Serialize};

use super::course::Course;
use super::inputs::{bounded_mass, diameter, inventory, kelvin, rough};
use super::jet::{Direction, Mouth, RainOut, flashed};
use super::pool::{Basin, Fed, pooled};
use super::{Kind, Released, Setting};
use crate::discharge::expansion::{Outlet, two_phase as expanded};
use crate::discharge::pipe::{self, SHARP_ENTRANCE};
use crate::discharge::{liquefied, round, two_phase};
use crate::units::Kelvin;
use crate::validity::{not_negative, within};
use crate::{Note, Refusal};

/// Liquid out of a broken pipe. Below its boiling point it forms a pool, above it a flashing jet.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiquidPipe {
    pub pressure_pa: f64,
    pub temperature_c: f64,
    pub diameter_mm: f64,
    pub length_m: f64,
    pub inventory_kg: f64,
    pub height_m: f64,
    #[serde(default = "rough")]
    pub roughness_mm: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolated_after_s: Option<f64>,
    #[serde(default)]
    pub direction: Direction,
    #[serde(default)]
    pub pool: Basin,
}

impl Kind for LiquidPipe {
    fn bounded(&self) -> Result<(), Refusal> {
        bounded_mass("release.inventory_kg", self.inventory_kg)
    }

    fn released(&self, at: &mut Setting) -> Result<Released, Refusal> {
        let (s, air) = (at.s, at.air);
        let t_0 = kelvin("release.temperature_c", self.temperature_c)?;
        let p_0 = within("release.pressure_pa", self.pressure_pa, air.p * 1.0001, 1e9, "absolute, above ambient pressure")?;
        let dia = diameter(self.diameter_mm)?;
        let l = not_negative("release.length_m", self.length_m)?;
        let f = pipe::fanning(not_negative("release.roughness_mm", self.roughness_mm)? / 1000.0 / dia, 1e6);
        let p_sat = s.vapour_pressure(Kelvin(t_0), &mut at.notes)?.0;
        let rho = s.liquid_density(Kelvin(t_0), &mut at.notes)?.0;
        if p_0 < p_sat {
            return Err(Refusal::WrongPhase {
                substance: s.name_en.clone(),
                temperature_k: t_0,
                pressure_pa: p_0,
                wanted: "a liquid",
                help: "describe it as a gas_pipe, or give the pressure that keeps it liquid",
            });
        }
        let friction = at.by * pipe::liquid(p_0 - p_sat.max(air.p), rho, dia, l, f, SHARP_ENTRANCE)?.0;
        at.found.assume(format!("sharp entrance to the pipe; Fanning friction factor {f:.4}"));
        if p_sat <= air.p {
            at.found.model("discharge.pipe_liquid");
            let course = Course::until_gone(inventory(self.inventory_kg)?, friction, self.isolated_after_s)?;
            return pooled(at, &Fed { rate: course.rate, duration: course.duration, t: t_0 }, &self.pool);
        }
        let stored = liquefied::saturated(s, t_0, air.p, &mut at.notes)?;
        let critical = at.by * two_phase::omega_subcooled(&stored, p_0, air.p)?.0 * round(dia);
        // Friction takes what drives the flow before it flashes; where it leaves none the mixture is driven by its own vapour.
        let own = at.by * two_phase::omega_saturated(&stored, air.p)?.0 * round(dia) / sqrt(1.0 + 4.0 * f * l / dia);
        let rate = critical.min(sqrt(friction * friction + own * own));
        at.found.model("discharge.pipe_flashing");
        at.notes.add(Note::Assumed {
            model: "discharge.pipe_flashing",
            what: "friction lowers the equilibrium flow as in a liquid pipe; from-knowledge",
        });
        let jet = expanded(&Outlet::nozzle(rate, round(dia), rho, p_sat), s, t_0, air.p)?;
        at.notes.merge(&jet.notes);
        let course = Course::until_gone(inventory(self.inventory_kg)?, rate, self.isolated_after_s)?;
        let mouth = Mouth { p_0, t_0, direction: self.direction, height_m: self.height_m };
        flashed(at, course, &jet, &mouth, RainOut::None)
    }
}
