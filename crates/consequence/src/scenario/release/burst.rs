//! Vessels that burst: all at once, of liquefied gas or of compressed gas.

use libm::pow;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

use super::inputs::{bounded_mass, inventory, kelvin, no_more};
use super::jet::mixture_density;
use super::stored_gas::StoredGas;
use super::{Kind, Released, Setting, Source};
use crate::Refusal;
use crate::discharge::burst::{self, expand};
use crate::explosion::vessel_burst;
use crate::units::{Kelvin, Pascal, R};
use crate::validity::positive;

/// A vessel of pressure-liquefied gas that bursts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    pub mass_kg: f64,
    pub temperature_c: f64,
}

/// A vessel of compressed gas that bursts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GasBurst {
    pub pressure_pa: f64,
    pub temperature_c: f64,
    pub volume_m3: f64,
}

impl Kind for Burst {
    fn bounded(&self) -> Result<(), Refusal> {
        bounded_mass("release.mass_kg", self.mass_kg)
    }

    fn released(&self, at: &mut Setting) -> Result<Released, Refusal> {
        let (s, air) = (at.s, at.air);
        let t_0 = kelvin("release.temperature_c", self.temperature_c)?;
        let inventory_kg = inventory(self.mass_kg)?;
        let vessel = burst::Burst { substance: s, mass: inventory_kg, t0: t_0, t_a: air.t, p_a: air.p, u10: air.u10 };
        let cloud = expand(&vessel)?;
        at.notes.merge(&cloud.notes);
        at.found.model("discharge.burst");
        at.found.assume(
            "of a burst twice the flashed share goes into the cloud, at most all; the rest is a pool, whose vapour and fire are left out",
        );
        at.found.assume("the burst is at the given temperature; at its relief pressure a vessel is hotter, and more of it is airborne");
        at.found.assume(format!(
            "its own expansion mixes the cloud to {:.0} % by volume in a half-sphere of {:.0} m",
            100.0 * cloud.y,
            cloud.radius
        ));
        let vapour = (cloud.flash / cloud.airborne).min(1.0);
        let t_b = s.boiling_point(Pascal(air.p))?.0;
        let p_0 = s.vapour_pressure(Kelvin(t_0), &mut at.notes)?.0;
        let source = Source::Burst { inventory_kg, p_0, t_0, energy_j: cloud.energy * inventory_kg, radius_m: cloud.radius };
        let density = mixture_density(s, air, t_b, vapour, &mut at.notes)?;
        Ok(Released { liquid_share: 1.0 - vapour, ..Released::at_once(cloud.substance_kg, source, t_b, density) })
    }
}

impl Kind for GasBurst {
    fn bounded(&self) -> Result<(), Refusal> {
        no_more("release.volume_m3", self.volume_m3, 1e6, "at most a million m³")
    }

    fn released(&self, at: &mut Setting) -> Result<Released, Refusal> {
        let (s, air) = (at.s, at.air);
        let t_0 = kelvin("release.temperature_c", self.temperature_c)?;
        let stored = StoredGas::of(at, self.pressure_pa, t_0)?;
        let p_0 = stored.p_0;
        let v = positive("release.volume_m3", self.volume_m3)?;
        let m = s.molar_mass().0;
        let mass = p_0 * v * m / (stored.compressibility(at) * R * t_0);
        let gamma = s.gamma_298;
        let t_b = s.boiling_point(Pascal(air.p))?.0;
        let t_e = (t_0 * pow(air.p / p_0, (gamma - 1.0) / gamma)).max(t_b);
        let density = air.p * m / (R * t_e);
        at.found.model("discharge.gas_burst");
        at.found.assume("the gas expands without heat, at most to its boiling point, and is all in the cloud at once");
        let source = Source::Burst {
            inventory_kg: mass,
            p_0,
            t_0,
            energy_j: vessel_burst::isentropic_energy(p_0, v, gamma, air.p)?,
            radius_m: libm::cbrt(3.0 * mass / density / (2.0 * PI)),
        };
        Ok(Released::at_once(mass, source, t_e, density))
    }
}
