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

/// Friction of a Fanno flow from Mach number `ma` to 1:
/// `4fL/D = (1/γ)(1/Ma² − 1) + (γ+1)/(2γ) ln[ (γ+1)Ma²/(2+(γ−1)Ma²) ]`.
fn fanno_friction(ma: f64, gamma: f64) -> f64 {
    let ma2 = ma * ma;
    (1.0 / ma2 - 1.0) / gamma + (gamma + 1.0) / (2.0 * gamma) * log((gamma + 1.0) * ma2 / (2.0 + (gamma - 1.0) * ma2))
}

/// Pressure of a Fanno flow over that at Mach number 1: `p/p* = (1/Ma) sqrt((γ+1)/(2+(γ−1)Ma²))`.
fn fanno_pressure(ma: f64, gamma: f64) -> f64 {
    sqrt((gamma + 1.0) / (2.0 + (gamma - 1.0) * ma * ma)) / ma
}

/// Inlet Mach number when the exit is choked, from `4fL/D`.
pub fn fanno_inlet_mach(four_f_l_d: f64, gamma: f64) -> Result<f64, Refusal> {
    let x = not_negative("4fL/D", four_f_l_d)?;
    let gamma = within("γ", gamma, 1.01, 1.9, "between 1.01 and 1.9")?;
    if x < 1e-9 {
        return Ok(1.0);
    }
    // In ln Ma the friction is nearly straight, and a long pipe takes no more steps than a short one.
    let f = |log_ma: f64| fanno_friction(exp(log_ma), gamma) - x;
    brent(f, log(1e-9), 0.0, 1e-12).map(exp).ok_or(Refusal::NoSolution { model: "Fanno flow", why: "the pipe is too long" })
}

/// Loss of a sharp entrance from a vessel into a pipe, in heads of velocity.
pub const SHARP_ENTRANCE: f64 = 0.5;

/// Gas in a reservoir and the pipe it leaves by, SI.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GasPipe {
    pub p0: f64,
    pub t0: f64,
    /// Molar mass, kg/mol.
    pub m: f64,
    pub gamma: f64,
    /// Compressibility in the reservoir; 1 is ideal.
    pub z: f64,
    pub d: f64,
    pub l: f64,
    /// Fanning friction factor.
    pub f: f64,
    /// Losses of entrance and fittings in heads of velocity; [`SHARP_ENTRANCE`] for a plain nozzle.
    pub sum_k: f64,
    pub p_a: f64,
}

/// Gas out of the pipe.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GasPipeFlow {
    /// kg/s.
    pub rate: f64,
    pub choked: bool,
    /// Mach numbers at the inlet and in the exit plane.
    pub ma_in: f64,
    pub ma_exit: f64,
    /// Pressure, Pa, and temperature, K, in the exit plane.
    pub p_exit: f64,
    pub t_exit: f64,
}

/// Gas from a reservoir through a pipe: isentropic to the inlet, then adiabatic with friction (Fanno). Choked where the pressure of the
/// choked exit is not below ambient, `p* ≥ p_a`; else the exit stands at `p_a` and is slower than sound. Losses count as friction.
pub fn gas(pipe: &GasPipe) -> Result<GasPipeFlow, Refusal> {
    let p0 = positive("stored pressure, Pa", pipe.p0)?;
    let t0 = positive("stored temperature, K", pipe.t0)?;
    let m = positive("molar mass, kg/mol", pipe.m)?;
    let gamma = within("γ", pipe.gamma, 1.01, 1.9, "between 1.01 and 1.9")?;
    let z = positive("compressibility", pipe.z)?;
    let d = positive("pipe diameter, m", pipe.d)?;
    let p_a = positive("ambient pressure, Pa", pipe.p_a)?;
    let x = 4.0 * positive("friction factor", pipe.f)? * not_negative("pipe length, m", pipe.l)? / d + not_negative("ΣK", pipe.sum_k)?;
    if p_a >= p0 {
        return Ok(GasPipeFlow { rate: 0.0, choked: false, ma_in: 0.0, ma_exit: 0.0, p_exit: p_a, t_exit: t0 });
    }
    let warm = |ma: f64| 1.0 + (gamma - 1.0) / 2.0 * ma * ma;
    let p1 = |ma: f64| p0 * pow(warm(ma), -gamma / (gamma - 1.0));
    let of = |ma_in: f64, ma_exit: f64, choked: bool| {
        let t1 = t0 / warm(ma_in);
        let rho1 = p1(ma_in) * m / (z * R * t1);
        let u1 = ma_in * sqrt(gamma * z * R * t1 / m);
        let p_exit = p1(ma_in) * fanno_pressure(ma_exit, gamma) / fanno_pressure(ma_in, gamma);
        GasPipeFlow { rate: rho1 * u1 * super::round(d), choked, ma_in, ma_exit, p_exit, t_exit: t0 / warm(ma_exit) }
    };
    let ma_choked = fanno_inlet_mach(x, gamma)?;
    let choked = of(ma_choked, 1.0, true);
    if choked.p_exit >= p_a {
        return Ok(choked);
    }
    // Exit Mach number that leaves the friction of the pipe behind an inlet at `ma`.
    let exit = |ma: f64| fanno_inlet_mach((fanno_friction(ma, gamma) - x).max(0.0), gamma).unwrap_or(1.0);
    let f = |log_ma: f64| {
        let ma = exp(log_ma);
        of(ma, exit(ma), false).p_exit - p_a
    };
    if f(log(ma_choked)) >= 0.0 {
        // Choked to within the accuracy of the friction's root: the end stands at ambient pressure at the speed of sound.
        return Ok(GasPipeFlow { p_exit: p_a, ..choked });
    }
    let ma_in = brent(f, log(1e-5 * ma_choked), log(ma_choked), 1e-10)
        .map(exp)
        .ok_or(Refusal::NoSolution { model: "Fanno flow", why: "no inlet speed ends at ambient pressure" })?;
    // Slower than sound the end stands at ambient pressure; the root is only as near as rounding lets it.
    Ok(GasPipeFlow { p_exit: p_a, ..of(ma_in, exit(ma_in), false) })
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

/// Rate after a break of a line that is fed from its other end until it is shut in at `shut_in`, kg/s: Wilson's decay and the pump.
pub fn wilson_fed(rate0: f64, m0: f64, t_b: f64, pump: f64, shut_in: Seconds, t: Seconds) -> Result<KgPerS, Refusal> {
    let pump = not_negative("pump rate, kg/s", pump)?;
    let own = wilson(rate0, m0, t_b, t)?.0;
    Ok(KgPerS(own + if t.0 < shut_in.0 { pump } else { 0.0 }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::gauss_8;

    #[test]
    fn a_line_that_is_just_about_choked_has_a_rate() {
        let line = GasPipe {
            p0: 8_081_069.215_211_35,
            t0: 290.0,
            m: 0.03,
            gamma: 1.411_824_639_355_037_5,
            z: 1.0,
            d: 0.031_885_521_974_961_285,
            l: 5_941.907_487_816_164,
            f: 0.005,
            sum_k: 0.5,
            p_a: 101_325.0,
        };
        let rate = |p0: f64| gas(&GasPipe { p0, ..line }).unwrap();
        let (below, at, above) = (rate(0.99 * line.p0), rate(line.p0), rate(1.01 * line.p0));
        assert!(below.rate < at.rate && at.rate < above.rate && !below.choked && above.choked, "{below:?} {at:?} {above:?}");
        assert!((at.p_exit / line.p_a - 1.0).abs() < 1e-6 && (at.rate / below.rate - 1.01).abs() < 2e-3, "{at:?}");
    }

    #[test]
    fn a_broken_line_loses_its_inventory() {
        let rate = |t: f64| wilson(200.0, 40_000.0, 300.0, Seconds(t)).unwrap().0;
        assert!((rate(0.0) - 200.0).abs() < 1e-9);
        let total: f64 = (0..400).map(|i| gauss_8(rate, f64::from(i) * 10.0, f64::from(i + 1) * 10.0)).sum();
        assert!((total / 40_000.0 - 1.0).abs() < 0.01, "{total}");
        let fed = |t: f64| wilson_fed(200.0, 40_000.0, 300.0, 15.0, Seconds(600.0), Seconds(t)).unwrap().0;
        assert!((fed(599.0) - rate(599.0) - 15.0).abs() < 1e-9 && fed(601.0) == rate(601.0));
    }

    const PIPE: GasPipe =
        GasPipe { p0: 1e6, t0: 290.0, m: 0.016, gamma: 1.3, z: 1.0, d: 0.1, l: 10.0, f: 0.005, sum_k: 0.0, p_a: 101_325.0 };

    #[test]
    fn a_pipe_lets_less_through_the_longer_it_is_and_as_much_as_a_hole_at_no_length() {
        let at = |l: f64| gas(&GasPipe { l, ..PIPE }).unwrap().rate;
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
        assert!(gas(&GasPipe { sum_k: SHARP_ENTRANCE, ..PIPE }).unwrap().rate < at(10.0));
        let real = gas(&GasPipe { z: 0.81, ..PIPE }).unwrap().rate;
        assert!((real / at(10.0) - 1.0 / 0.9).abs() < 1e-9, "as one over the root of Z");
    }

    #[test]
    fn a_long_pipe_from_low_pressure_is_not_choked_at_its_end() {
        let slow = GasPipe { p0: 150_000.0, l: 500.0, ..PIPE };
        let flow = gas(&slow).unwrap();
        assert!(!flow.choked && flow.ma_exit < 1.0 && (flow.p_exit / 101_325.0 - 1.0).abs() < 1e-6, "{flow:?}");
        // So slow that the gas is nearly incompressible: Δp = (4fL/D + 1) ρu²/2 at the mean density.
        let rho = 0.5 * (150_000.0 + 101_325.0) * 0.016 / (R * 290.0);
        let plain = sqrt(2.0 * rho * (150_000.0 - 101_325.0) / (4.0 * 0.005 * 500.0 / 0.1 + 1.0)) * super::super::round(0.1);
        assert!((flow.rate / plain - 1.0).abs() < 0.02, "{} {plain}", flow.rate);
        // No step where the exit stops being choked.
        let mut last = 0.0;
        for i in 0..400 {
            let rate = gas(&GasPipe { p0: 102_000.0 + 5_000.0 * f64::from(i), ..slow }).unwrap().rate;
            assert!(rate > last, "{i}");
            last = rate;
        }
        let (a, b) = (gas(&GasPipe { l: 0.0, p0: 185_600.0, ..slow }).unwrap(), gas(&GasPipe { l: 0.0, p0: 185_700.0, ..slow }).unwrap());
        assert!(!a.choked && b.choked && (b.rate / a.rate - 1.0).abs() < 2e-3, "{a:?} {b:?}");
        assert_eq!(gas(&GasPipe { p0: 101_325.0, ..PIPE }).unwrap().rate, 0.0);
    }
}
