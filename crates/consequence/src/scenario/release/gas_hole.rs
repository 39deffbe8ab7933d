//! Gas through a hole in its vessel.

use serde::{Deserialize, Serialize};

use super::inputs::{area, bounded_mass, coefficient, inventory, kelvin};
use super::jet::{Direction, Mouth, Outflow, jetted};
use super::stored_gas::StoredGas;
use super::{Kind, Released, Setting};
use crate::Refusal;
use crate::discharge::coefficient::Opening;
use crate::discharge::gas::{self, Condensing};
use crate::units::Pascal;

/// Gas under pressure through a hole in its vessel, which blows down.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GasHole {
    pub pressure_pa: f64,
    pub temperature_c: f64,
    pub hole_mm: f64,
    pub inventory_kg: f64,
    pub height_m: f64,
    /// When the leak is shut, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolated_after_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discharge_coefficient: Option<f64>,
    #[serde(default)]
    pub direction: Direction,
}

impl Kind for GasHole {
    fn bounded(&self) -> Result<(), Refusal> {
        bounded_mass("release.inventory_kg", self.inventory_kg)
    }

    fn released(&self, at: &mut Setting) -> Result<Released, Refusal> {
        let t_0 = kelvin("release.temperature_c", self.temperature_c)?;
        let stored = StoredGas::of(at, self.pressure_pa, t_0)?;
        let (c_d, said) = coefficient(self.discharge_coefficient, Opening::GasRounded)?;
        at.found.assume(said);
        let hole = stored.through(at, c_d, at.by * area(self.hole_mm)?.0);
        let jet = gas::orifice(&hole, Some(&Condensing::of(at.s, Pascal(at.air.p))?))?;
        at.notes.merge(&jet.notes);
        at.found.model("discharge.gas_orifice");
        let course = stored.blow_down(at, inventory(self.inventory_kg)?, jet.rate, self.isolated_after_s)?;
        let mouth = Mouth { p_0: stored.p_0, t_0, direction: self.direction, height_m: self.height_m };
        jetted(course, &Outflow::of(&jet), &mouth)
    }
}
