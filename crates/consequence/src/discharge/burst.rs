//! A vessel of pressure-liquefied gas that bursts: what goes into the cloud and how much air it has drawn in when its expansion is spent.
//! Specification 02 §7. Absent on purpose: moisture of the air, the blast and the fragments (`explosion::vessel_burst`).

use libm::{cbrt, exp, log, sqrt};
use std::f64::consts::PI;

use super::{flash, liquefied};
use crate::mixing::Mixing;
use crate::numerics::brent;
use crate::properties::Substance;
use crate::validity::{not_negative, positive};
use crate::{G, Kelvin, M_AIR, Note, Pascal, Refusal, Validity, air_density};

const MODEL: &str = "discharge.burst";
/// How thin the cloud is when it stops mixing by itself.
const END: &str = "share by volume of the substance in its cloud when the burst no longer drives it apart";
/// Least share of the moles at the end of the expansion: typical are 5–10 %.
const LEAST_FRACTION: f64 = 0.05;

/// The vessel and its air.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burst<'a> {
    pub substance: &'a Substance,
    /// Inventory, kg, and its temperature, K; the pressure is that of its vapour.
    pub mass: f64,
    pub t0: f64,
    pub t_a: f64,
    pub p_a: f64,
    pub u10: f64,
}

/// The cloud when its own expansion no longer mixes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurstCloud {
    /// Share of the inventory that flashed, and that went into the cloud: `min(1, 2 × flash)`.
    pub flash: f64,
    pub airborne: f64,
    /// Energy of expansion, J/kg: `E = h0 − h_a − (p0 − p_a) v0` along the isentrope; and speed of expansion, m/s: `0.8 sqrt(2E)`.
    pub energy: f64,
    pub u_exp: f64,
    /// Released substance in the cloud and air drawn in, kg.
    pub substance_kg: f64,
    pub air_kg: f64,
    /// Half-sphere on the ground: radius, m.
    pub radius: f64,
    /// Temperature, K, density, kg/m³, share of the substance that is liquid, and its share of the moles.
    pub t: f64,
    pub rho: f64,
    pub liquid: f64,
    pub y: f64,
    /// Speed at the edge then, m/s.
    pub u_end: f64,
    pub notes: Validity,
}

/// The cloud at the end of its expansion.
///
/// What bursts keeps its radial momentum while air joins it, `m u_exp = (m + m_a) u`, until it is no faster than the wind or than it falls
/// apart by its weight, `u = max(sqrt(g' R), u10)`: from there the dispersion model knows the entrainment. Held, with a note, at the 5 % of
/// the moles that clouds of bursts typically have at least, so that a flammable cloud is not thinned away here. Status from-knowledge.
pub fn expand(burst: &Burst) -> Result<BurstCloud, Refusal> {
    let s = burst.substance;
    let mass = positive("inventory, kg", burst.mass)?;
    let t0 = positive("stored temperature, K", burst.t0)?;
    let t_a = positive("air temperature, K", burst.t_a)?;
    let p_a = positive("ambient pressure, Pa", burst.p_a)?;
    let u10 = not_negative("wind at 10 m, m/s", burst.u10)?;
    let mut notes = Validity::new();
    let (p0, t_b) = liquefied::boiling(s, t0, p_a, &mut notes)?;
    let cp_l = s.cp_liquid()?;
    let dh = s.heat_of_vaporisation(Kelvin(t_b))?;
    let rho_l0 = s.liquid_density(Kelvin(t0), &mut notes)?.0;
    let flash = flash::energy(cp_l, t0, t_b, dh)?;
    let airborne = flash::airborne_of_burst(flash);
    // h0 − h_a at constant entropy: cp (T0 − T_b) − T_b cp ln(T0/T_b).
    let energy = (cp_l * (t0 - t_b) - t_b * cp_l * log(t0 / t_b) - (p0 - p_a) / rho_l0).max(0.0);
    let u_exp = 0.8 * sqrt(2.0 * energy);
    let m_s = s.molar_mass().0;
    let mixing = Mixing::of(s, p_a)?;
    let liquid_source = 1.0 - (flash / airborne).min(1.0);
    let m = airborne * mass;
    let rho_a = air_density(Pascal(p_a), Kelvin(t_a)).0;
    let state = |air_per_kg: f64| {
        let mixture = mixing.with_air(1.0 / (1.0 + air_per_kg), liquid_source, t_b, t_a)?;
        let radius = cbrt(3.0 * m * (1.0 + air_per_kg) / mixture.rho / (2.0 * PI));
        let slump = sqrt((G * (mixture.rho - rho_a) / rho_a * radius).max(0.0));
        Ok::<_, Refusal>((mixture, radius, slump.max(u10)))
    };
    let gap = |log_air: f64| {
        let air = exp(log_air);
        state(air).map_or(f64::NAN, |(_, _, least)| u_exp / (1.0 + air) - least)
    };
    let air_per_kg = match brent(gap, log(1e-3), log(1e3), 1e-8) {
        Some(log_air) => exp(log_air),
        None => {
            notes.add(Note::LeftOut { model: MODEL, what: "air drawn in: the expansion is weaker than the fall of the cloud" });
            1e-3
        }
    };
    let most = M_AIR / m_s * (1.0 / LEAST_FRACTION - 1.0);
    if air_per_kg > most {
        let given = 1.0 / (1.0 + air_per_kg * m_s / M_AIR);
        notes.add(Note::Held { model: MODEL, input: END, given, used: LEAST_FRACTION });
    }
    let air_per_kg = air_per_kg.min(most);
    let (mixture, radius, least) = state(air_per_kg)?;
    let u_end = (u_exp / (1.0 + air_per_kg)).max(least);
    notes.add(Note::Assumed {
        model: MODEL,
        what: "twice the flashed share goes into the cloud; it keeps its radial momentum until it is as slow as its fall or the wind",
    });
    notes.range(MODEL, END, mixture.y, LEAST_FRACTION - 1e-9, 0.15);
    Ok(BurstCloud {
        flash,
        airborne,
        energy,
        u_exp,
        substance_kg: m,
        air_kg: air_per_kg * m,
        radius,
        t: mixture.t,
        rho: mixture.rho,
        liquid: mixture.liquid,
        y: mixture.y,
        u_end,
        notes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::P0;
    use crate::properties::substance;

    #[test]
    fn a_burst_ends_at_some_per_cent_colder_and_heavier_than_air() {
        for (cas, mass) in [("74-98-6", 20_000.0), ("7782-50-5", 10_000.0), ("7664-41-7", 50_000.0)] {
            let burst = Burst { substance: substance(cas).unwrap(), mass, t0: 293.15, t_a: 293.15, p_a: P0, u10: 3.0 };
            let cloud = expand(&burst).unwrap();
            assert!((0.0499..0.15).contains(&cloud.y), "{cas}: {cloud:?}");
            assert!(cloud.t < 293.15 && cloud.rho > 1.2 && cloud.radius > 10.0, "{cas}: {cloud:?}");
            assert!((cloud.u_exp / (1.0 + cloud.air_kg / cloud.substance_kg) / cloud.u_end - 1.0).abs() < 1e-4);
            let volume = (cloud.substance_kg + cloud.air_kg) / cloud.rho;
            assert!((volume / (2.0 / 3.0 * PI * cloud.radius * cloud.radius * cloud.radius) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_cold_liquid_does_not_burst_into_a_cloud() {
        let cold = Burst { substance: substance("71-43-2").unwrap(), mass: 1000.0, t0: 293.0, t_a: 293.0, p_a: P0, u10: 3.0 };
        assert!(matches!(expand(&cold), Err(Refusal::WrongPhase { .. })));
    }
}
