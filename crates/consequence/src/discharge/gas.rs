//! Gas through a hole, choked or not, and the jet it makes. Specification 02 §3; cases DIS-004…007.

use libm::{pow, sqrt};

use crate::properties::Substance;
use crate::validity::{positive, within};
use crate::{Kelvin, KgPerMol, Note, Pascal, R, Refusal, SquareMetres, Validity};

/// Stored gas and the hole it leaves by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GasHole {
    pub c_d: f64,
    pub a: SquareMetres,
    pub p0: Pascal,
    pub t0: Kelvin,
    pub m: KgPerMol,
    pub gamma: f64,
    /// Compressibility at the stored state; 1 is ideal.
    pub z: f64,
    pub p_a: Pascal,
}

/// Gas after the hole, expanded to ambient pressure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GasJet {
    /// Mass rate, kg/s.
    pub rate: f64,
    pub choked: bool,
    /// Throat temperature, K, and pressure, Pa.
    pub t_t: f64,
    pub p_t: f64,
    /// Speed, m/s, temperature, K, density, kg/m³, and area, m², after expansion.
    pub u_e: f64,
    pub t_e: f64,
    pub rho_e: f64,
    pub a_e: f64,
    /// Mass share that condensed on expansion.
    pub liquid: f64,
    pub notes: Validity,
}

/// What a vapour needs to know to condense: boiling temperature, K, heat of vaporisation, J/kg, and density of the liquid, kg/m³.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Condensing {
    pub t_b: f64,
    pub dh: f64,
    pub rho_l: f64,
}

impl Condensing {
    /// At ambient pressure `p_a`.
    pub fn of(s: &Substance, p_a: Pascal) -> Result<Self, Refusal> {
        let t_b = s.boiling_point(p_a)?;
        Ok(Self { t_b: t_b.0, dh: s.heat_of_vaporisation(t_b)?, rho_l: s.liquid_density(t_b, &mut Validity::new())?.0 })
    }
}

/// Pressure ratio below which the flow is choked: `r_c = (2/(γ+1))^(γ/(γ−1))`.
pub fn critical_ratio(gamma: f64) -> f64 {
    pow(2.0 / (gamma + 1.0), gamma / (gamma - 1.0))
}

/// Mass rate and expanded jet. A vapour that expansion cools to its boiling point stays there, and what heat is missing condenses:
/// `c_p (T0 − T_b) + y ΔH_v = u_e²/2`.
pub fn orifice(hole: &GasHole, condensing: Option<&Condensing>) -> Result<GasJet, Refusal> {
    let c_d = positive("discharge coefficient", hole.c_d)?;
    let a = positive("hole area, m²", hole.a.0)?;
    let p0 = positive("stored pressure, Pa", hole.p0.0)?;
    let t0 = positive("stored temperature, K", hole.t0.0)?;
    let m = positive("molar mass, kg/mol", hole.m.0)?;
    let gamma = within("γ", hole.gamma, 1.01, 1.9, "between 1.01 and 1.9")?;
    let z = positive("compressibility", hole.z)?;
    let p_a = positive("ambient pressure, Pa", hole.p_a.0)?;
    let mut notes = Validity::new();
    let r_c = critical_ratio(gamma);
    let r = p_a / p0;
    if r >= 1.0 {
        let rho_e = p_a * m / (z * R * t0);
        return Ok(GasJet { rate: 0.0, choked: false, t_t: t0, p_t: p_a, u_e: 0.0, t_e: t0, rho_e, a_e: a, liquid: 0.0, notes });
    }
    let choked = r <= r_c;
    let rate = if choked {
        c_d * a * p0 * sqrt(gamma * m / (z * R * t0) * pow(2.0 / (gamma + 1.0), (gamma + 1.0) / (gamma - 1.0)))
    } else {
        c_d * a * p0 * sqrt(2.0 * m / (z * R * t0) * gamma / (gamma - 1.0) * (pow(r, 2.0 / gamma) - pow(r, (gamma + 1.0) / gamma)))
    };
    let t_t = if choked { 2.0 * t0 / (gamma + 1.0) } else { t0 * pow(r, (gamma - 1.0) / gamma) };
    let p_t = if choked { r_c * p0 } else { p_a };
    let cp = gamma / (gamma - 1.0) * R / m;
    let u_t = if choked { sqrt(gamma * z * R * t_t / m) } else { sqrt(2.0 * cp * (t0 - t_t)) };
    let u_e = u_t + (p_t - p_a) * a * c_d / rate;
    let mut t_e = t0 - u_e * u_e / (2.0 * cp);
    let mut liquid = 0.0;
    let mut rho_l = f64::INFINITY;
    if let Some(c) = condensing
        && t_e < c.t_b
    {
        liquid = ((u_e * u_e / 2.0 - cp * (t0 - c.t_b)) / positive("heat of vaporisation, J/kg", c.dh)?).clamp(0.0, 1.0);
        t_e = c.t_b;
        rho_l = positive("liquid density, kg/m³", c.rho_l)?;
    } else if t_e < COLDEST_K {
        notes.add(Note::Held { model: "discharge.gas", input: "temperature after expansion, K", given: t_e, used: COLDEST_K });
        t_e = COLDEST_K;
    }
    let rho_e = 1.0 / ((1.0 - liquid) * R * t_e / (p_a * m) + liquid / rho_l);
    let a_e = rate / (rho_e * u_e);
    Ok(GasJet { rate, choked, t_t, p_t, u_e, t_e, rho_e, a_e, liquid, notes })
}

/// Coldest gas after an expansion, K: below it nothing but hydrogen and helium is a gas.
const COLDEST_K: f64 = 20.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::substance;

    #[test]
    fn a_saturated_vapour_condenses_a_little_and_keeps_its_energy() {
        let chlorine = substance("7782-50-5").unwrap();
        let hole = GasHole {
            c_d: 0.85,
            a: SquareMetres(1e-4),
            p0: Pascal(680_000.0),
            t0: Kelvin(293.15),
            m: chlorine.molar_mass(),
            gamma: chlorine.gamma_298,
            z: 0.9,
            p_a: Pascal(101_325.0),
        };
        let c = Condensing::of(chlorine, Pascal(101_325.0)).unwrap();
        let jet = orifice(&hole, Some(&c)).unwrap();
        assert_eq!(jet.t_e, c.t_b);
        assert!((0.01..0.3).contains(&jet.liquid), "{}", jet.liquid);
        let cp = hole.gamma / (hole.gamma - 1.0) * R / hole.m.0;
        assert!((cp * (293.15 - c.t_b) + jet.liquid * c.dh - jet.u_e * jet.u_e / 2.0).abs() < 1.0);
        assert!(jet.rho_e > 101_325.0 * hole.m.0 / (R * c.t_b));
        let warm = orifice(&GasHole { t0: Kelvin(500.0), ..hole }, Some(&c)).unwrap();
        assert_eq!(warm.liquid, 0.0);
    }
}
