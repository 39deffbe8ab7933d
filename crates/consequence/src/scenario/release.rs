//! From the description of a leak to what enters the air.

use libm::sqrt;
use serde::Serialize;
use std::f64::consts::PI;

use super::Findings;
use super::describe::{Air, Description, ReleaseDescription, kelvin};
use crate::discharge::{flash, gas, liquid, two_phase};
use crate::evaporation::boiling::GROUNDS;
use crate::evaporation::pool::{Spill, pool};
use crate::evaporation::spreading::Surface;
use crate::properties::Substance;
use crate::units::{Kelvin, KgPerM3, Metres, Pascal, R, SquareMetres};
use crate::validity::{not_negative, positive};
use crate::{Refusal, Validity};

/// What enters the air.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Released {
    pub source: Source,
    /// Airborne rate, kg/s (zero for a burst), how long, s, and all of it, kg.
    pub rate_kg_s: f64,
    pub duration_s: f64,
    pub mass_kg: f64,
    /// After expansion to ambient pressure.
    pub temperature_k: f64,
    /// Mass share that is liquid droplets.
    pub liquid_share: f64,
    /// Density of vapour and droplets together, kg/m³.
    pub density_kg_m3: f64,
    pub height_m: f64,
}

/// How it enters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// A jet of this area after expansion; stagnation pressure and temperature for the flame.
    Jet { area_m2: f64, p_0: f64, t_0: f64 },
    /// A pool of this radius, and the liquid fed to it, kg/s.
    Pool { radius_m: f64, fed_kg_s: f64, bunded: bool },
    /// All at once; the inventory and its temperature for the fireball.
    Burst { inventory_kg: f64, t_0: f64 },
    /// Vapour without momentum.
    Vapour,
}

const LONGEST_S: f64 = 3600.0;

pub(super) fn release(d: &Description, s: &Substance, air: &Air, found: &mut Findings) -> Result<Released, Refusal> {
    let mut notes = Validity::new();
    let released = match d.release {
        ReleaseDescription::GasHole { pressure_pa, temperature_c, hole_mm, inventory_kg, height_m, isolated_after_s } => {
            let t_0 = kelvin("release.temperature_c", temperature_c)?;
            let p_0 = crate::validity::within("release.pressure_pa", pressure_pa, air.p * 1.0001, 1e9, "absolute, above ambient pressure")?;
            let hole = gas::GasHole {
                c_d: 0.85,
                a: area(hole_mm)?,
                p0: Pascal(p_0),
                t0: Kelvin(t_0),
                m: s.molar_mass(),
                gamma: s.gamma_298,
                z: s.compressibility(Kelvin(t_0), Pascal(p_0)),
                p_a: Pascal(air.p),
            };
            let jet = gas::orifice(&hole, Some(&gas::Condensing::of(s, Pascal(air.p))?))?;
            notes.merge(&jet.notes);
            found.model("discharge.gas_orifice");
            found.assume(
                "discharge coefficient 0.85; the initial rate is held until the inventory is gone, the leak is shut or an hour is over",
            );
            let (duration_s, mass_kg) = until_gone(inventory(inventory_kg)?, jet.rate, isolated_after_s)?;
            Released {
                source: Source::Jet { area_m2: jet.a_e, p_0, t_0 },
                rate_kg_s: jet.rate,
                duration_s,
                mass_kg,
                temperature_k: jet.t_e,
                liquid_share: jet.liquid,
                density_kg_m3: jet.rho_e,
                height_m: not_negative("release.height_m", height_m)?,
            }
        }
        ReleaseDescription::LiquefiedHole { temperature_c, hole_mm, path_m, inventory_kg, height_m, isolated_after_s } => {
            let t_0 = kelvin("release.temperature_c", temperature_c)?;
            let stored = superheated(s, t_0, air, &mut notes)?;
            let a = area(hole_mm)?;
            let rate = if path_m > 0.0 {
                found.model("discharge.two_phase_non_equilibrium");
                two_phase::non_equilibrium(&stored, path_m, air.p)?.0 * a.0
            } else {
                found.model("discharge.liquid_orifice");
                liquid::orifice(0.61, a, KgPerM3(stored.rho_l), Pascal(stored.p0), Pascal(air.p), Metres(0.0))?.0
            };
            let flash = flash::energy(stored.cp_l, t_0, s.t_boil_K, stored.dh)?;
            found.assume("all droplets stay airborne (no rain-out): the upper bound of what enters the air");
            found.assume(
                "no liquid head above the hole; the initial rate is held until the inventory is gone, the leak is shut or an hour is over",
            );
            let (duration_s, mass_kg) = until_gone(inventory(inventory_kg)?, rate, isolated_after_s)?;
            let density = mixture_density(s, air, flash, &mut notes)?;
            // Momentum of the vena contracta; the flashing jet keeps it while it expands.
            let u = sqrt(2.0 * (stored.p0 - air.p) / stored.rho_l);
            Released {
                source: Source::Jet { area_m2: rate / (density * u), p_0: stored.p0, t_0 },
                rate_kg_s: rate,
                duration_s,
                mass_kg,
                temperature_k: s.t_boil_K,
                liquid_share: 1.0 - flash,
                density_kg_m3: density,
                height_m: not_negative("release.height_m", height_m)?,
            }
        }
        ReleaseDescription::Spill { rate_kg_s, duration_s, temperature_c, bund_radius_m } => {
            let spilled = positive("release.rate_kg_s", rate_kg_s)?;
            let spill = Spill {
                substance: s,
                rate: spilled,
                duration_s: positive("release.duration_s", duration_s)?.min(LONGEST_S),
                t_in: kelvin("release.temperature_c", temperature_c)?,
                surface: Surface::Land { h_min: 0.010 },
                r_bund: bund_radius_m,
                ground: GROUNDS[0],
                t_ground: air.t,
                t_air: air.t,
                p_a: air.p,
                u10: air.u10,
                solar: 0.0,
                drain_kg_s: 0.0,
            };
            found.model("evaporation.pool");
            found.assume("paved or concrete ground at air temperature, pool 10 mm deep at least, no sunshine; the vapour rate is the mean of the first ten minutes");
            let course = pool(&spill, 600.0)?;
            notes.merge(&course.notes);
            let widest = course.course.iter().copied().max_by(|a, b| a.radius.total_cmp(&b.radius));
            let widest = widest.ok_or(Refusal::NoSolution { model: "evaporation.pool", why: "the pool has no course" })?;
            let rate = positive("evaporation rate, kg/s", course.mean_10_min)?;
            Released {
                source: Source::Pool { radius_m: widest.radius.max(0.1), fed_kg_s: spilled, bunded: bund_radius_m.is_some() },
                rate_kg_s: rate,
                duration_s: spill.duration_s.max(600.0),
                mass_kg: rate * spill.duration_s.max(600.0),
                temperature_k: widest.temperature,
                liquid_share: 0.0,
                density_kg_m3: air.p * s.molar_mass().0 / (R * widest.temperature),
                height_m: 0.0,
            }
        }
        ReleaseDescription::Burst { mass_kg, temperature_c } => {
            let t_0 = kelvin("release.temperature_c", temperature_c)?;
            let inventory_kg = inventory(mass_kg)?;
            let stored = superheated(s, t_0, air, &mut notes)?;
            let flash = flash::energy(stored.cp_l, t_0, s.t_boil_K, stored.dh)?;
            let airborne = flash::airborne_of_burst(flash);
            found.model("discharge.burst");
            found.assume("of a burst twice the flashed share goes into the cloud, at most all; the rest stays as liquid and is left out");
            let vapour = (flash / airborne).min(1.0);
            Released {
                source: Source::Burst { inventory_kg, t_0 },
                rate_kg_s: 0.0,
                duration_s: 0.0,
                mass_kg: airborne * inventory_kg,
                temperature_k: s.t_boil_K,
                liquid_share: 1.0 - vapour,
                density_kg_m3: mixture_density(s, air, vapour, &mut notes)?,
                height_m: 0.0,
            }
        }
        ReleaseDescription::Vapour { rate_kg_s, duration_s, temperature_c, height_m } => {
            let t = kelvin("release.temperature_c", temperature_c)?;
            let rate = positive("release.rate_kg_s", rate_kg_s)?;
            let duration_s = positive("release.duration_s", duration_s)?;
            Released {
                source: Source::Vapour,
                rate_kg_s: rate,
                duration_s,
                mass_kg: rate * duration_s,
                temperature_k: t,
                liquid_share: 0.0,
                density_kg_m3: air.p * s.molar_mass().0 / (R * t),
                height_m: not_negative("release.height_m", height_m)?,
            }
        }
    };
    found.warn(&notes);
    Ok(released)
}

fn area(hole_mm: f64) -> Result<SquareMetres, Refusal> {
    let d = crate::validity::within("release.hole_mm", hole_mm, 0.1, 3000.0, "0.1 to 3000 mm")? / 1000.0;
    Ok(SquareMetres(PI * d * d / 4.0))
}

fn inventory(mass_kg: f64) -> Result<f64, Refusal> {
    if mass_kg < 0.0 {
        return Err(Refusal::NegativeInventory { mass_kg });
    }
    positive("release.inventory_kg", mass_kg)
}

fn until_gone(inventory_kg: f64, rate: f64, isolated_after_s: Option<f64>) -> Result<(f64, f64), Refusal> {
    let rate = positive("release rate, kg/s", rate)?;
    let shut = isolated_after_s.map_or(Ok(LONGEST_S), |s| positive("release.isolated_after_s", s))?;
    let duration = (inventory_kg / rate).min(shut).min(LONGEST_S);
    Ok((duration, duration * rate))
}

fn superheated(s: &Substance, t_0: f64, air: &Air, notes: &mut Validity) -> Result<two_phase::Saturated, Refusal> {
    let p0 = s.vapour_pressure(Kelvin(t_0), notes)?.0;
    if p0 <= air.p {
        return Err(Refusal::OutOfDomain {
            input: "release.temperature_c",
            value: t_0 - 273.15,
            wanted: "above the boiling point for a liquefied gas; describe a colder liquid as a spill",
        });
    }
    Ok(two_phase::Saturated {
        t0: t_0,
        p0,
        cp_l: s.cp_liquid()?,
        rho_l: s.liquid_density(Kelvin(t_0), notes)?.0,
        rho_v: p0 * s.molar_mass().0 / (s.compressibility(Kelvin(t_0), Pascal(p0)) * R * t_0),
        dh: s.heat_of_vaporisation(Kelvin(t_0))?,
        x0: 0.0,
    })
}

/// Density at the boiling point of vapour (share `x`) with droplets, kg/m³.
fn mixture_density(s: &Substance, air: &Air, x: f64, notes: &mut Validity) -> Result<f64, Refusal> {
    let rho_v = air.p * s.molar_mass().0 / (R * s.t_boil_K);
    let rho_l = s.liquid_density(Kelvin(s.t_boil_K), notes)?.0;
    Ok(1.0 / (x / rho_v + (1.0 - x) / rho_l))
}
