//! A charge declared as explosive.

use serde::{Deserialize, Serialize};

use super::course::Course;
use super::inputs::{bounded_mass, inventory};
use super::{Kind, Released, Setting, Source};
use crate::Refusal;
use crate::validity::within;

/// A charge declared as explosive: its blast only.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explosive {
    pub mass_kg: f64,
    /// Mass of TNT per mass: 1 for TNT, 0.25–0.42 for ammonium nitrate.
    pub tnt_share: f64,
}

impl Kind for Explosive {
    fn bounded(&self) -> Result<(), Refusal> {
        bounded_mass("release.mass_kg", self.mass_kg)
    }

    fn released(&self, at: &mut Setting) -> Result<Released, Refusal> {
        let share = within("release.tnt_share", self.tnt_share, 0.01, 2.0, "kg of TNT per kg, 0.01 to 2")?;
        let tnt_kg = inventory(self.mass_kg)? * share;
        at.found.assume("a declared charge: its blast only, no cloud and no fire");
        Ok(Released::over(Course::held(0.0, 0.0), Source::Charge { tnt_kg }, at.air.t, at.air.rho))
    }
}
