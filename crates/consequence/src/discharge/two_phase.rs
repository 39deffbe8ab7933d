//! Pressure-liquefied gas through a hole or stub that flashes on its way. Specification 02 §4; cases DIS-009…012.

use libm::{log, sqrt};

use crate::numerics::brent;
use crate::validity::positive;
use crate::{KgPerM2S, Refusal};

/// Stored saturated state, SI.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Saturated {
    pub t0: f64,
    /// Vapour pressure at `t0`, Pa.
    pub p0: f64,
    pub cp_l: f64,
    pub rho_l: f64,
    pub rho_v: f64,
    /// Heat of vaporisation, J/kg.
    pub dh: f64,
    /// Vapour mass fraction at the inlet.
    pub x0: f64,
}

impl Saturated {
    fn checked(&self) -> Result<&Self, Refusal> {
        positive("temperature, K", self.t0)?;
        positive("pressure, Pa", self.p0)?;
        positive("heat capacity of the liquid, J/(kg K)", self.cp_l)?;
        positive("liquid density, kg/m³", self.rho_l)?;
        positive("vapour density, kg/m³", self.rho_v)?;
        positive("heat of vaporisation, J/kg", self.dh)?;
        if self.rho_v >= self.rho_l {
            return Err(Refusal::OutOfDomain { input: "vapour density, kg/m³", value: self.rho_v, wanted: "below the liquid's" });
        }
        crate::validity::within("vapour fraction", self.x0, 0.0, 1.0, "between 0 and 1")?;
        Ok(self)
    }

    pub fn v_fg(&self) -> f64 {
        1.0 / self.rho_v - 1.0 / self.rho_l
    }

    /// `v0 = x0 v_g + (1−x0)/ρ_l`.
    pub fn v0(&self) -> f64 {
        self.x0 / self.rho_v + (1.0 - self.x0) / self.rho_l
    }

    /// `ω = x0 v_g0/v0 + cp_l T0 p0/v0 (v_fg/ΔH_v)²`.
    pub fn omega(&self) -> f64 {
        let v0 = self.v0();
        let e = self.v_fg() / self.dh;
        self.x0 / self.rho_v / v0 + self.cp_l * self.t0 * self.p0 / v0 * e * e
    }
}

/// Critical pressure ratio: `η² + (ω²−2ω)(1−η)² + 2ω² ln η + 2ω²(1−η) = 0`.
pub fn omega_critical_ratio(omega: f64) -> Result<f64, Refusal> {
    let omega = positive("ω", omega)?;
    let f = |eta: f64| {
        eta * eta
            + (omega * omega - 2.0 * omega) * (1.0 - eta) * (1.0 - eta)
            + 2.0 * omega * omega * log(eta)
            + 2.0 * omega * omega * (1.0 - eta)
    };
    brent(f, 1e-9, 1.0, 1e-12).ok_or(Refusal::NoSolution { model: "omega", why: "no critical pressure ratio" })
}

/// Mass flux of the homogeneous equilibrium model, kg/(m² s):
/// `G = sqrt(p0/v0) · sqrt( −2[ω ln η + (ω−1)(1−η)] ) / ( ω(1/η−1) + 1 )` with `η = max(η_c, p_a/p0)`.
pub fn omega_saturated(s: &Saturated, p_a: f64) -> Result<KgPerM2S, Refusal> {
    s.checked()?;
    let p_a = positive("back pressure, Pa", p_a)?;
    if p_a >= s.p0 {
        return Ok(KgPerM2S(0.0));
    }
    let omega = s.omega();
    let eta = omega_critical_ratio(omega)?.max(p_a / s.p0);
    let head = -2.0 * (omega * log(eta) + (omega - 1.0) * (1.0 - eta));
    Ok(KgPerM2S(sqrt(s.p0 / s.v0()) * sqrt(head.max(0.0)) / (omega * (1.0 / eta - 1.0) + 1.0)))
}

/// Mass flux of a liquid stored above its vapour pressure, kg/(m² s): the incompressible fall to `p_sat` joins the flashing.
///
/// Low subcooling when `p_sat > 2ω_s/(1+2ω_s)·p0`, else liquid with back pressure `p_sat`.
pub fn omega_subcooled(s: &Saturated, p0: f64, p_a: f64) -> Result<KgPerM2S, Refusal> {
    s.checked()?;
    let p_sat = s.p0;
    if p0 <= p_sat {
        return omega_saturated(s, p_a);
    }
    let omega_s = s.cp_l * s.t0 * p_sat * s.rho_l * (s.v_fg() / s.dh) * (s.v_fg() / s.dh);
    let high = p_sat < 2.0 * omega_s / (1.0 + 2.0 * omega_s) * p0;
    if high || p_a >= p_sat {
        return Ok(KgPerM2S(sqrt(2.0 * s.rho_l * (p0 - p_sat.max(p_a)).max(0.0))));
    }
    let g = omega_saturated(s, p_a)?.0;
    Ok(KgPerM2S(sqrt(g * g + 2.0 * s.rho_l * (p0 - p_sat))))
}

/// Fauske's equilibrium rate, kg/(m² s), for a flow path of 0.1 m or more: `G = ΔH_v/v_fg · sqrt(1/(T0 cp_l))`.
pub fn fauske(dh: f64, v_fg: f64, t0: f64, cp_l: f64) -> Result<KgPerM2S, Refusal> {
    let dh = positive("heat of vaporisation, J/kg", dh)?;
    let v_fg = positive("v_fg, m³/kg", v_fg)?;
    let t0 = positive("temperature, K", t0)?;
    let cp_l = positive("heat capacity of the liquid, J/(kg K)", cp_l)?;
    Ok(KgPerM2S(dh / v_fg * sqrt(1.0 / (t0 * cp_l))))
}

/// Shorter paths, not in equilibrium: `G = ΔH_v/(v_fg sqrt(T cp_l N))`, `N = ΔH_v²/(2 Δp ρ_l K² v_fg² T cp_l) + L/0.1`, K = 0.61.
pub fn non_equilibrium(s: &Saturated, length_m: f64, p_a: f64) -> Result<KgPerM2S, Refusal> {
    s.checked()?;
    let l = crate::validity::not_negative("path length, m", length_m)?;
    let dp = s.p0 - p_a;
    if dp <= 0.0 {
        return Ok(KgPerM2S(0.0));
    }
    const K: f64 = 0.61;
    let v_fg = s.v_fg();
    let n = s.dh * s.dh / (2.0 * dp * s.rho_l * K * K * v_fg * v_fg * s.t0 * s.cp_l) + (l / 0.1).min(1.0);
    Ok(KgPerM2S(s.dh / (v_fg * sqrt(s.t0 * s.cp_l * n))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMMONIA: Saturated = Saturated { t0: 293.15, p0: 857_000.0, cp_l: 4740.0, rho_l: 610.3, rho_v: 5.988, dh: 1_186_000.0, x0: 0.0 };

    #[test]
    fn the_path_length_leads_from_liquid_to_equilibrium() {
        let hole = non_equilibrium(&AMMONIA, 0.0, 101_325.0).unwrap().0;
        let liquid = 0.61 * sqrt(2.0 * 610.3 * (857_000.0 - 101_325.0));
        assert!((hole / liquid - 1.0).abs() < 1e-9);
        let stub = non_equilibrium(&AMMONIA, 0.1, 101_325.0).unwrap().0;
        assert!(stub < hole && stub > 4000.0);
    }

    #[test]
    fn subcooling_only_adds_flow() {
        let saturated = omega_saturated(&AMMONIA, 101_325.0).unwrap().0;
        let mut last = saturated;
        for p0 in [900_000.0, 1.2e6, 2.0e6, 5.0e6] {
            let g = omega_subcooled(&AMMONIA, p0, 101_325.0).unwrap().0;
            assert!(g > last, "{p0}: {g} after {last}");
            last = g;
        }
    }
}
