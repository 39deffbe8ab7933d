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

/// Ratio p/p0 of the greatest flux of a little subcooled liquid, `η_s = p_sat/p0`, found where Leung's flux has no slope:
/// `(ω + 1/ω − 2)/(2η_s) η² − 2(ω−1)η + ω η_s ln(η/η_s) + 3/2 ω η_s − 1 = 0`.
pub fn subcooled_critical_ratio(omega_s: f64, eta_s: f64) -> Result<f64, Refusal> {
    let omega = positive("ω", omega_s)?;
    let eta_s = crate::validity::within("η_s", eta_s, 1e-6, 1.0, "between 0 and 1")?;
    let f = |eta: f64| {
        (omega + 1.0 / omega - 2.0) / (2.0 * eta_s) * eta * eta - 2.0 * (omega - 1.0) * eta
            + omega * eta_s * log(eta / eta_s)
            + 1.5 * omega * eta_s
            - 1.0
    };
    // From much subcooling on the flux is greatest where the liquid would begin to flash.
    if f(eta_s) <= 0.0 {
        return Ok(eta_s);
    }
    brent(f, 1e-9 * eta_s, eta_s, 1e-12).ok_or(Refusal::NoSolution { model: "omega", why: "no critical pressure ratio" })
}

/// Mass flux of a liquid stored at `p0` above its vapour pressure, kg/(m² s); `s` is the saturated state at its temperature.
///
/// Leung, little subcooled, `p_sat > 2ω_s/(1+2ω_s)·p0`, at the η of the greatest flux or at the back pressure:
/// `G = sqrt(ρ p0) · sqrt( 2(1−η_s) + 2[ω η_s ln(η_s/η) − (ω−1)(η_s−η)] ) / ( ω(η_s/η−1) + 1 )`.
/// Much subcooled, liquid with back pressure `p_sat`: `G = sqrt(2ρ(p0 − p_sat))`. The two meet at the limit.
///
/// Source: J. C. Leung, Chem. Eng. Progress 92(12) (1996) 28–50; M. A. Grolmes, J. C. Leung, CEP 81(8) (1985) 47–52.
pub fn omega_subcooled(s: &Saturated, p0: f64, p_a: f64) -> Result<KgPerM2S, Refusal> {
    s.checked()?;
    let p0 = positive("stored pressure, Pa", p0)?;
    let p_a = positive("back pressure, Pa", p_a)?;
    let p_sat = s.p0;
    if p0 <= p_sat {
        return omega_saturated(s, p_a);
    }
    if s.x0 > 0.0 {
        return Err(Refusal::OutOfDomain { input: "vapour fraction", value: s.x0, wanted: "zero in a subcooled liquid" });
    }
    if p_a >= p_sat {
        return Ok(KgPerM2S(sqrt(2.0 * s.rho_l * (p0 - p_a).max(0.0))));
    }
    let omega = s.omega();
    let eta_s = p_sat / p0;
    let eta = subcooled_critical_ratio(omega, eta_s)?.max(p_a / p0);
    let head = 2.0 * (1.0 - eta_s) + 2.0 * (omega * eta_s * log(eta_s / eta) - (omega - 1.0) * (eta_s - eta));
    Ok(KgPerM2S(sqrt(s.rho_l * p0) * sqrt(head.max(0.0)) / (omega * (eta_s / eta - 1.0) + 1.0)))
}

/// Fauske's equilibrium rate, kg/(m² s), for a flow path of 0.1 m or more: `G = ΔH_v/v_fg · sqrt(1/(T0 cp_l))`.
pub fn fauske(dh: f64, v_fg: f64, t0: f64, cp_l: f64) -> Result<KgPerM2S, Refusal> {
    let dh = positive("heat of vaporisation, J/kg", dh)?;
    let v_fg = positive("v_fg, m³/kg", v_fg)?;
    let t0 = positive("temperature, K", t0)?;
    let cp_l = positive("heat capacity of the liquid, J/(kg K)", cp_l)?;
    Ok(KgPerM2S(dh / v_fg * sqrt(1.0 / (t0 * cp_l))))
}

/// Coefficient of the sharp entrance.
const K: f64 = 0.61;

/// Shorter paths, not in equilibrium: `G = ΔH_v/(v_fg sqrt(T cp_l N))`, `N = ΔH_v²/(2 Δp ρ_l K² v_fg² T cp_l) + L/0.1`, K = 0.61.
pub fn non_equilibrium(s: &Saturated, length_m: f64, p_a: f64) -> Result<KgPerM2S, Refusal> {
    s.checked()?;
    let l = crate::validity::not_negative("path length, m", length_m)?;
    let dp = s.p0 - p_a;
    if dp <= 0.0 {
        return Ok(KgPerM2S(0.0));
    }
    let v_fg = s.v_fg();
    let n = s.dh * s.dh / (2.0 * dp * s.rho_l * K * K * v_fg * v_fg * s.t0 * s.cp_l) + (l / 0.1).min(1.0);
    Ok(KgPerM2S(s.dh / (v_fg * sqrt(s.t0 * s.cp_l * n))))
}

/// What presses the liquid beyond its vapour pressure through a sharp entrance, on top of the flux `g` of the saturated liquid, kg/(m² s):
/// `G² = g² + 2 ρ_l K² (p0 − p_sat)`; with [`non_equilibrium`] and no path it is the liquid's orifice from p0.
///
/// Source: CCPS, Guidelines for Chemical Process Quantitative Risk Analysis, 2nd ed. (2000), §2.1 (after Fauske and Epstein); from-knowledge.
pub fn pressed(g: KgPerM2S, s: &Saturated, p0: f64) -> Result<KgPerM2S, Refusal> {
    let excess = (positive("stored pressure, Pa", p0)? - s.p0).max(0.0);
    Ok(KgPerM2S(sqrt(g.0 * g.0 + 2.0 * s.rho_l * K * K * excess)))
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
    fn subcooling_only_adds_flow_and_without_a_step() {
        let at = |p0: f64| omega_subcooled(&AMMONIA, p0, 101_325.0).unwrap().0;
        let saturated = omega_saturated(&AMMONIA, 101_325.0).unwrap().0;
        assert!((at(857_000.1) / saturated - 1.0).abs() < 1e-4, "{} {saturated}", at(857_000.1));
        // Steps of 0.1 kPa through the change of branch at 887.3 kPa.
        let mut last = at(860_000.0);
        for i in 1..=1400 {
            let g = at(860_000.0 + 100.0 * f64::from(i));
            assert!(g > last && g < 1.01 * last, "{i}: {g} after {last}");
            last = g;
        }
        for p0 in [1.2e6, 2.0e6, 5.0e6] {
            let g = at(p0);
            assert!(g > last, "{p0}: {g} after {last}");
            last = g;
        }
    }

    #[test]
    fn a_little_subcooled_ammonia_flows_as_leung_has_it() {
        // Within 0.7 %: the constants of ammonia behind the printed figures differ in the last digit.
        for (p0, leung) in [(865_000.0, 5418.0), (875_000.0, 5598.0), (886_000.0, 5978.0)] {
            let g = omega_subcooled(&AMMONIA, p0, 101_325.0).unwrap().0;
            assert!((g / leung - 1.0).abs() < 0.007, "{p0}: {g} against {leung}");
        }
    }

    #[test]
    fn the_flux_is_greatest_at_the_critical_ratio() {
        let (omega, eta_s) = (14.0, 0.98);
        let flux = |eta: f64| {
            let head = 2.0 * (1.0 - eta_s) + 2.0 * (omega * eta_s * log(eta_s / eta) - (omega - 1.0) * (eta_s - eta));
            sqrt(head) / (omega * (eta_s / eta - 1.0) + 1.0)
        };
        let eta = subcooled_critical_ratio(omega, eta_s).unwrap();
        assert!(flux(eta) > flux(0.999 * eta) && flux(eta) > flux((1.001 * eta).min(eta_s)));
        assert_eq!(subcooled_critical_ratio(14.0, 0.9).unwrap(), 0.9);
        assert!((subcooled_critical_ratio(10.0, 1.0).unwrap() - omega_critical_ratio(10.0).unwrap()).abs() < 1e-6);
    }
}
