//! From the plane of the outlet to ambient pressure: speed, flash, density and area of a jet of liquid. Specification 02 §3, §7.

use libm::{log, sqrt};
use std::f64::consts::PI;

use super::flash;
use crate::properties::Substance;
use crate::validity::positive;
use crate::{Kelvin, Note, Pascal, R, Refusal, Validity};

/// What passes the plane of the outlet: rate, kg/s, area of the stream, m², and there its density, kg/m³, and pressure, Pa.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlet {
    pub q: f64,
    pub area: f64,
    pub rho: f64,
    pub p: f64,
}

impl Outlet {
    /// A hole in a wall, too thin for flashing: the liquid narrows to `C_d A` and stands at ambient pressure there.
    pub fn hole(q: f64, c_d: f64, a: f64, rho_l: f64, p_a: f64) -> Self {
        Self { q, area: c_d * a, rho: rho_l, p: p_a }
    }

    /// The end of a pipe or nozzle: a nearly saturated liquid fills it and leaves near its vapour pressure.
    pub fn nozzle(q: f64, a: f64, rho_l: f64, p_sat: f64) -> Self {
        Self { q, area: a, rho: rho_l, p: p_sat }
    }
}

/// The stream at ambient pressure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expanded {
    /// Speed, m/s: `u_e = q/(ρ A) + (p − p_a) A/q`.
    pub u_e: f64,
    /// Mass share that is vapour.
    pub flash: f64,
    /// Temperature, K: the boiling point, unless the liquid was colder.
    pub t_e: f64,
    /// Density of vapour and droplets together, kg/m³.
    pub rho_e: f64,
    /// Area `q/(ρ_e u_e)`, m², and the diameter of a circle of it, m.
    pub a_e: f64,
    pub d_e: f64,
    pub notes: Validity,
}

/// The liquid `s` of temperature `t0`, K, from the outlet to `p_a`; vapour share by the energy form of the flash.
pub fn two_phase(outlet: &Outlet, s: &Substance, t0: f64, p_a: f64) -> Result<Expanded, Refusal> {
    let q = positive("rate, kg/s", outlet.q)?;
    let area = positive("outlet area, m²", outlet.area)?;
    let rho = positive("density in the outlet, kg/m³", outlet.rho)?;
    let p = positive("pressure in the outlet, Pa", outlet.p)?;
    let t0 = positive("stored temperature, K", t0)?;
    let p_a = positive("ambient pressure, Pa", p_a)?;
    let mut notes = Validity::new();
    let t_b = s.boiling_point(Pascal(p_a))?.0;
    let u_e = q / (rho * area) + (p - p_a).max(0.0) * area / q;
    let flash = flash::energy(s.cp_liquid()?, t0, t_b, s.heat_of_vaporisation(Kelvin(t_b))?)?;
    let t_e = t0.min(t_b);
    // No more than the heat of the flash can drive: `½ u² ≤ ½ u_0² + cp_l [(T0 − T_b) − T_b ln(T0/T_b)]`. A long pipe has used up its pressure.
    let u_0 = q / (rho * area);
    let most = sqrt(u_0 * u_0 + 2.0 * s.cp_liquid()? * ((t0 - t_e) - t_e * log(t0 / t_e)).max(0.0) + 2.0 * ((p - p_a) / rho).max(0.0));
    let u_e = if u_e > most {
        notes.add(Note::Held { model: "discharge.expansion", input: "speed of the expanded jet, m/s", given: u_e, used: most });
        most
    } else {
        u_e
    };
    let rho_v = p_a * s.molar_mass().0 / (R * t_e);
    let rho_l = s.liquid_density(Kelvin(t_e), &mut notes)?.0;
    let rho_e = 1.0 / (flash / rho_v + (1.0 - flash) / rho_l);
    let a_e = q / (rho_e * u_e);
    Ok(Expanded { u_e, flash, t_e, rho_e, a_e, d_e: sqrt(4.0 * a_e / PI), notes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::substance;

    #[test]
    fn a_hole_keeps_the_speed_of_its_liquid_and_a_nozzle_gains_by_pressure() {
        let ammonia = substance("7664-41-7").unwrap();
        let (p0, p_a, rho_l, a) = (857_000.0, 101_325.0, 610.0, 1e-4);
        let v = sqrt(2.0 * (p0 - p_a) / rho_l);
        let q = 0.61 * a * rho_l * v;
        let hole = two_phase(&Outlet::hole(q, 0.61, a, rho_l, p_a), ammonia, 293.15, p_a).unwrap();
        assert!((hole.u_e / v - 1.0).abs() < 1e-12);
        let q = 5300.0 * a;
        let nozzle = two_phase(&Outlet::nozzle(q, a, rho_l, p0), ammonia, 293.15, p_a).unwrap();
        assert!((nozzle.u_e - (5300.0 / 610.0 + (p0 - p_a) / 5300.0)).abs() < 1e-9);
        assert!((0.15..0.22).contains(&hole.flash) && (hole.a_e * hole.rho_e * hole.u_e / (0.61 * a * rho_l * v) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_cold_liquid_does_not_flash() {
        let benzene = substance("71-43-2").unwrap();
        let out = two_phase(&Outlet::hole(1.0, 0.61, 1e-4, 870.0, 101_325.0), benzene, 298.0, 101_325.0).unwrap();
        assert_eq!(out.flash, 0.0);
        assert!(out.t_e == 298.0 && out.rho_e > 800.0);
    }
}
