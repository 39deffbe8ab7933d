//! Fireball of a bursting vessel of liquefied gas: size, duration, emissive power and flux (specification 07 §4).

use libm::{exp, pow, sqrt};
use std::f64::consts::PI;

use super::transmissivity;
use crate::validity::positive;
use crate::{Note, Refusal, Validity};

pub const MODEL: &str = "fireball.ccps";

/// Largest diameter, m, and duration, s, of a fireball.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FireballSize {
    pub diameter_m: f64,
    pub duration_s: f64,
}

/// CCPS: `D = 5.8 M^(1/3)`; `t = 0.45 M^(1/3)` below 30 t, else `2.6 M^(1/6)`. `m` burning mass kg. Cases FIR-010, 011.
pub fn size_ccps(m: f64) -> FireballSize {
    let cube = pow(m, 1.0 / 3.0);
    FireballSize { diameter_m: 5.8 * cube, duration_s: if m < 30_000.0 { 0.45 * cube } else { 2.6 * pow(m, 1.0 / 6.0) } }
}

/// TNO: `D = 6.48 M^0.325`, `t = 0.852 M^0.26`. Cases FIR-010t, 011t.
pub fn size_tno(m: f64) -> FireballSize {
    FireballSize { diameter_m: 6.48 * pow(m, 0.325), duration_s: 0.852 * pow(m, 0.26) }
}

/// Share of heat radiated by burst pressure: `χ = 0.27 p^0.32`, p in MPa, kept within 0.25–0.4.
pub fn radiated_share(burst_pressure_pa: f64) -> f64 {
    (0.27 * pow(burst_pressure_pa / 1e6, 0.32)).clamp(0.25, 0.4)
}

/// Distance to the 5 kW/m² · 40 s dose of the EPA's off-site guidance, m. Case FIR-013.
///
/// `L = sqrt(2.2 τ R H_c M^0.67/(4π q))`, `q = (3.42e6/t)^0.75`, `t` the CCPS duration; the exponent 0.67 is the EPA's.
pub fn epa_distance(m: f64, h_c: f64, radiated_share: f64, tau: f64) -> f64 {
    let t = size_ccps(m).duration_s;
    let q = pow(3.42e6 / t, 0.75);
    sqrt(2.2 * tau * radiated_share * h_c * pow(m, 0.67) / (4.0 * PI * q))
}

/// What a fireball needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FireballInput {
    /// Burning mass: flashing and aerosol share, up to the whole inventory of pressure-liquefied gas, kg.
    pub mass_kg: f64,
    pub h_c: f64,
    /// χ; [`radiated_share`] of the burst pressure, or 0.3.
    pub radiated_share: f64,
    pub t_a: f64,
    /// Relative humidity 0–1.
    pub rh: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fireball {
    pub size: FireballSize,
    /// Height of the centre, 0.75 D.
    pub height_m: f64,
    pub emissive_power_kw_m2: f64,
    pub validity: Validity,
    rh: f64,
    t_a: f64,
}

/// A fireball (CCPS solid sphere). Valid for 0.1–600 t; emissive power at most 350 kW/m², and a note when the cap bites.
pub fn fireball(input: &FireballInput) -> Result<Fireball, Refusal> {
    let m = positive("mass_kg", input.mass_kg)?;
    let h_c = positive("h_c", input.h_c)?;
    let chi = positive("radiated_share", input.radiated_share)?;
    let size = size_ccps(m);
    let d = size.diameter_m;
    let e = chi * m * h_c / (PI * d * d * size.duration_s) / 1000.0;
    let mut validity = Validity::new();
    validity.range(MODEL, "mass_kg", m, 100.0, 600_000.0);
    if e > 350.0 {
        validity.add(Note::Held { model: MODEL, input: "emissive_power_kw_m2", given: e, used: 350.0 });
    }
    Ok(Fireball { size, height_m: 0.75 * d, emissive_power_kw_m2: e.min(350.0), validity, rh: input.rh, t_a: input.t_a })
}

impl Fireball {
    /// View factor of a target facing the centre, `F = (D/2L)²`, from ground distance `x` m; at most 1.
    pub fn view_factor(&self, x: f64) -> f64 {
        let l = self.slant_m(x);
        f64::min(pow(self.size.diameter_m / (2.0 * l), 2.0), 1.0)
    }

    /// Transmissivity to ground distance `x` m, over `L − D/2` (Bagster).
    pub fn transmissivity(&self, x: f64) -> f64 {
        transmissivity::bagster(self.rh, self.t_a, f64::max(self.slant_m(x) - self.size.diameter_m / 2.0, 0.0))
    }

    /// Flux at ground distance `x` m, kW/m²: `q = τ E F`. Case FIR-012.
    pub fn flux_kw_m2(&self, x: f64) -> f64 {
        self.transmissivity(x) * self.emissive_power_kw_m2 * self.view_factor(x)
    }

    fn slant_m(&self, x: f64) -> f64 {
        sqrt(x * x + self.height_m * self.height_m)
    }
}

/// Mass that takes part in a fireball, kg: flashed vapour and as much again as aerosol, up to the inventory.
///
/// `flash = 1 − exp(−cp (T − T_b)/ΔH_v)`; above a third, everything burns (02 §7 and 07 §4).
pub fn burning_mass(inventory_kg: f64, cp_liquid: f64, t_store: f64, t_boil: f64, h_vap: f64) -> f64 {
    let flash = 1.0 - exp(-cp_liquid * (t_store - t_boil).max(0.0) / h_vap);
    let share = if flash > 1.0 / 3.0 { 1.0 } else { 2.0 * flash };
    inventory_kg * share.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn propane(mass_kg: f64) -> Fireball {
        fireball(&FireballInput { mass_kg, h_c: 46e6, radiated_share: 0.3, t_a: 293.15, rh: 0.5 }).unwrap()
    }

    #[test]
    fn more_mass_reaches_farther_and_flux_falls_with_distance() {
        let (small, large) = (propane(5_000.0), propane(50_000.0));
        let mut last = f64::INFINITY;
        for x in [100.0, 200.0, 400.0, 800.0] {
            assert!(large.flux_kw_m2(x) > small.flux_kw_m2(x));
            assert!(small.flux_kw_m2(x) < last);
            last = small.flux_kw_m2(x);
        }
    }

    #[test]
    fn the_cap_and_the_range_are_told() {
        assert!(!propane(50.0).validity.is_empty());
        let hot = fireball(&FireballInput { mass_kg: 1e5, h_c: 46e6, radiated_share: 0.4, t_a: 293.15, rh: 0.5 }).unwrap();
        assert!(hot.validity.iter().any(|note| matches!(note, Note::Held { used, .. } if *used == 350.0)));
        assert!(propane(1e5).emissive_power_kw_m2 <= 350.0);
    }

    #[test]
    fn a_negative_inventory_is_refused() {
        let refused = fireball(&FireballInput { mass_kg: -1.0, h_c: 46e6, radiated_share: 0.3, t_a: 293.15, rh: 0.5 }).unwrap_err();
        assert!(refused.to_string().contains("mass_kg"));
    }

    #[test]
    fn strongly_superheated_gas_burns_whole() {
        assert_eq!(burning_mass(1000.0, 2700.0, 320.0, 231.0, 430e3), 1000.0);
        assert_eq!(burning_mass(1000.0, 2700.0, 220.0, 231.0, 430e3), 0.0);
    }
}
