//! A pool below its boiling point: mass transfer into the wind. Specification 03 §3; cases EVA-001…004, 010.

use libm::{cbrt, log, pow};

use crate::validity::{not_negative, positive};
use crate::{KgPerS, Metres, Note, R, Refusal, SquareMetres, Validity};

/// EPA: `k_m = 0.0025 u^0.78 (18/M_g)^(1/3)` m/s, u in m/s, M_g in g/mol.
pub fn k_m_epa(u: f64, m_g: f64) -> f64 {
    0.0025 * pow(u, 0.78) * cbrt(18.0 / m_g)
}

/// Mackay–Matsugu (default): `k_m = 0.00482 u10^0.78 D^(−0.11) Sc^(−0.67)` m/s, D pool diameter in m.
pub fn k_m_mackay_matsugu(u10: f64, d: Metres, sc: f64) -> f64 {
    0.00482 * pow(u10, 0.78) * pow(d.0, -0.11) * pow(sc, -0.67)
}

/// Evaporation rate, kg/s: `ṁ = k_m A M p_s/(R T)`; no correction for high flux.
pub fn rate(k_m: f64, a: SquareMetres, m: f64, p_s: f64, t: f64) -> Result<KgPerS, Refusal> {
    let k_m = not_negative("k_m, m/s", k_m)?;
    let a = not_negative("pool area, m²", a.0)?;
    let m = positive("molar mass, kg/mol", m)?;
    let p_s = not_negative("vapour pressure, Pa", p_s)?;
    let t = positive("pool temperature, K", t)?;
    Ok(KgPerS(k_m * a * m * p_s / (R * t)))
}

/// Stefan's factor for high mass flux when `p_s/p > 0.05`: `F_S = (p/p_s) ln(p/(p − p_s))`; held at `p_s = 0.95 p`, where the pool boils.
pub fn stefan(p_s: f64, p: f64) -> f64 {
    let x = p_s / p;
    if x <= 0.05 {
        return 1.0;
    }
    let x = x.min(0.95);
    log(1.0 / (1.0 - x)) / x
}

/// Wind used by the mass transfer: below 0.5 m/s it is held there, with a note.
pub fn wind(u10: f64, notes: &mut Validity) -> f64 {
    notes.range("evaporation", "wind at 10 m, m/s", u10, 0.5, 15.0);
    if u10 < 0.5 {
        notes.add(Note::Held { model: "evaporation", input: "wind at 10 m, m/s", given: u10, used: 0.5 });
    }
    u10.max(0.5)
}

/// EPA's shorthand, lb/min: `QR = QS · 1.4 · LFA · DF` (liquid at 1.5 m/s, 1 cm deep).
pub fn epa_shorthand_lb_min(qs_lb: f64, factor: f64, lfa: f64, df: f64) -> f64 {
    qs_lb * factor * lfa * df
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn high_vapour_pressure_raises_the_flux() {
        assert_eq!(stefan(1000.0, 101_325.0), 1.0);
        assert!((stefan(50_662.5, 101_325.0) - 1.386).abs() < 1e-3);
        assert_eq!(stefan(200_000.0, 101_325.0), stefan(0.95 * 101_325.0, 101_325.0));
    }
}
