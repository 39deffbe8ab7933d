//! Gas through a hole, choked or not, and the jet it makes. Specification 02 §3; cases DIS-004…007.

use libm::{pow, sqrt};

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
    pub notes: Validity,
}

/// Pressure ratio below which the flow is choked: `r_c = (2/(γ+1))^(γ/(γ−1))`.
pub fn critical_ratio(gamma: f64) -> f64 {
    pow(2.0 / (gamma + 1.0), gamma / (gamma - 1.0))
}

/// Mass rate and expanded jet. `t_boil` floors the temperature after expansion.
pub fn orifice(hole: &GasHole, t_boil: Option<Kelvin>) -> Result<GasJet, Refusal> {
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
        return Ok(GasJet { rate: 0.0, choked: false, t_t: t0, p_t: p_a, u_e: 0.0, t_e: t0, rho_e, a_e: a, notes });
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
    let floor = t_boil.map_or(20.0, |t| t.0);
    if t_e < floor {
        notes.add(Note::LeftOut { model: "gas jet", what: "condensation after expansion; the temperature is held at the boiling point" });
        t_e = floor;
    }
    let rho_e = p_a * m / (R * t_e);
    let a_e = rate / (rho_e * u_e);
    Ok(GasJet { rate, choked, t_t, p_t, u_e, t_e, rho_e, a_e, notes })
}
