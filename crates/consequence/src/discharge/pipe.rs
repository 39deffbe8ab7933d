//! Out of pipes: liquid with friction, gas by Fanno flow, and the decay after a long line breaks. Specification 02 §6.

use libm::{exp, log, log10, pow, sqrt};

use crate::numerics::brent;
use crate::validity::{not_negative, positive, within};
use crate::{KgPerS, R, Refusal, Seconds};

/// Fanning friction factor by Haaland's explicit Darcy form over four.
pub fn fanning(relative_roughness: f64, reynolds: f64) -> f64 {
    if reynolds < 2300.0 {
        return 16.0 / reynolds.max(1e-6);
    }
    let x = -1.8 * log10(pow(relative_roughness / 3.7, 1.11) + 6.9 / reynolds);
    1.0 / (x * x) / 4.0
}

/// Liquid through a pipe, kg/s: `Δp = (4 f L/D + ΣK + 1) ρu²/2`.
pub fn liquid(dp: f64, rho: f64, d: f64, l: f64, f: f64, sum_k: f64) -> Result<KgPerS, Refusal> {
    let rho = positive("liquid density, kg/m³", rho)?;
    let d = positive("pipe diameter, m", d)?;
    let l = not_negative("pipe length, m", l)?;
    let f = positive("friction factor", f)?;
    let sum_k = not_negative("ΣK", sum_k)?;
    let dp = not_negative("pressure difference, Pa", dp)?;
    let u = sqrt(2.0 * dp / (rho * (4.0 * f * l / d + sum_k + 1.0)));
    Ok(KgPerS(rho * super::round(d) * u))
}

/// Inlet Mach number when the exit is choked:
/// `4fL/D = (1/γ)(1/Ma² − 1) + (γ+1)/(2γ) ln[ (γ+1)Ma²/(2+(γ−1)Ma²) ]`.
pub fn fanno_inlet_mach(four_f_l_d: f64, gamma: f64) -> Result<f64, Refusal> {
    let x = not_negative("4fL/D", four_f_l_d)?;
    let gamma = within("γ", gamma, 1.01, 1.9, "between 1.01 and 1.9")?;
    if x < 1e-9 {
        return Ok(1.0);
    }
    let f = |ma: f64| {
        let ma2 = ma * ma;
        (1.0 / ma2 - 1.0) / gamma + (gamma + 1.0) / (2.0 * gamma) * log((gamma + 1.0) * ma2 / (2.0 + (gamma - 1.0) * ma2)) - x
    };
    brent(f, 1e-5, 1.0, 1e-10).ok_or(Refusal::NoSolution { model: "Fanno flow", why: "the pipe is too long" })
}

/// Gas from a reservoir through a pipe with a choked end, kg/s. The inlet expands isentropically to the Fanno Mach number.
pub fn gas_choked(p0: f64, t0: f64, m: f64, gamma: f64, d: f64, l: f64, f: f64) -> Result<KgPerS, Refusal> {
    let p0 = positive("stored pressure, Pa", p0)?;
    let t0 = positive("stored temperature, K", t0)?;
    let m = positive("molar mass, kg/mol", m)?;
    let d = positive("pipe diameter, m", d)?;
    let ma = fanno_inlet_mach(4.0 * positive("friction factor", f)? * not_negative("pipe length, m", l)? / d, gamma)?;
    let t1 = t0 / (1.0 + (gamma - 1.0) / 2.0 * ma * ma);
    let p1 = p0 * pow(t1 / t0, gamma / (gamma - 1.0));
    let rho1 = p1 * m / (R * t1);
    let u1 = ma * sqrt(gamma * R * t1 / m);
    Ok(KgPerS(rho1 * u1 * super::round(d)))
}

/// Rate after the full-bore break of a long line, kg/s (Wilson's form; from-knowledge): starts at `ṁ0` and integrates to `M0`.
///
/// `t_B = 0.67 (L/c) sqrt(γ f_D L/D)`, `a = M0/(t_B ṁ0)`, `ṁ = ṁ0/(1+a) [ a e^(−t/t_B) + e^(−t t_B (ṁ0/M0)²) ]`.
pub fn wilson(rate0: f64, m0: f64, t_b: f64, t: Seconds) -> Result<KgPerS, Refusal> {
    if m0 < 0.0 {
        return Err(Refusal::NegativeInventory { mass_kg: m0 });
    }
    let rate0 = positive("first rate, kg/s", rate0)?;
    let m0 = positive("inventory, kg", m0)?;
    let t_b = positive("time constant, s", t_b)?;
    let t = not_negative("time, s", t.0)?;
    let a = m0 / (t_b * rate0);
    let slow = exp(-t / t_b);
    let fast = exp(-t * t_b * (rate0 / m0) * (rate0 / m0));
    Ok(KgPerS(rate0 / (1.0 + a) * (a * slow + fast)))
}

/// Wilson's time constant, s; `f_d` is Darcy's friction factor, `c` the speed of sound.
pub fn wilson_time(l: f64, c: f64, gamma: f64, f_d: f64, d: f64) -> Seconds {
    Seconds(0.67 * (l / c) * sqrt(gamma * f_d * l / d))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::gauss_8;

    #[test]
    fn a_broken_line_loses_its_inventory() {
        let rate = |t: f64| wilson(200.0, 40_000.0, 300.0, Seconds(t)).unwrap().0;
        assert!((rate(0.0) - 200.0).abs() < 1e-9);
        let total: f64 = (0..400).map(|i| gauss_8(rate, f64::from(i) * 10.0, f64::from(i + 1) * 10.0)).sum();
        assert!((total / 40_000.0 - 1.0).abs() < 0.01, "{total}");
    }

    #[test]
    fn a_pipe_lets_less_through_the_longer_it_is_and_as_much_as_a_hole_at_no_length() {
        let at = |l: f64| gas_choked(1e6, 290.0, 0.016, 1.3, 0.1, l, 0.005).unwrap().0;
        assert!(at(1.0) > at(10.0) && at(10.0) > at(1000.0));
        let hole = super::super::gas::orifice(
            &super::super::gas::GasHole {
                c_d: 1.0,
                a: crate::SquareMetres(super::super::round(0.1)),
                p0: crate::Pascal(1e6),
                t0: crate::Kelvin(290.0),
                m: crate::KgPerMol(0.016),
                gamma: 1.3,
                z: 1.0,
                p_a: crate::Pascal(101_325.0),
            },
            None,
        );
        assert!((at(0.0) / hole.unwrap().rate - 1.0).abs() < 1e-6);
    }
}
