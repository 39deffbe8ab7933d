//! Share of heat radiation that reaches a receptor through humid air (specification 07 §2).

use libm::{exp, log, log10, pow};

/// Vapour pressure of water at saturation, Pa. Specification 07 §2, valid about 270–320 K.
pub fn saturated_water_pa(t_a: f64) -> f64 {
    exp(25.897 - 5319.4 / t_a)
}

/// Transmissivity after Bagster: `τ = 2.02 (p_w X)^−0.09`, at most 1. Best for `p_w X` of 1e4–1e5 Pa·m.
///
/// `rh` relative humidity 0–1, `t_a` air temperature K, `x` path length m. Dry air or no path transmits everything.
pub fn bagster(rh: f64, t_a: f64, x: f64) -> f64 {
    let p_w_x = rh * saturated_water_pa(t_a) * x;
    if p_w_x <= 0.0 {
        return 1.0;
    }
    f64::min(2.02 * pow(p_w_x, -0.09), 1.0)
}

/// Transmissivity after Wayne, from water vapour (`X_H`) and carbon dioxide (`X_C`) along the path; 10–1000 m, at most 1.
///
/// The saturation pressure enters in mmHg, not Pa. Check of the specification: 293 K, 50 %, 100 m gives 0.709.
pub fn wayne(rh: f64, t_a: f64, x: f64) -> f64 {
    const PA_PER_MMHG: f64 = 133.322;
    let p_sat_mmhg = saturated_water_pa(t_a) / PA_PER_MMHG;
    let x_h = rh * p_sat_mmhg * x * 288.651 / t_a;
    let x_c = 273.0 * x / t_a;
    if x_h <= 0.0 || x_c <= 0.0 {
        return 1.0;
    }
    let lh = log10(x_h);
    let lc = log10(x_c);
    let tau = 1.006 - 0.01171 * lh - 0.02368 * lh * lh - 0.03188 * lc + 0.001164 * lc * lc;
    tau.clamp(0.0, 1.0)
}

/// Transmissivity of AQ/T 3046-2013 (E.59) for jet fires: `τ = 1 − 0.0565 ln r`, kept within 0–1. `r` distance m.
pub fn aqt3046(r: f64) -> f64 {
    (1.0 - 0.0565 * log(r)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_formulae_agree_at_a_hundred_metres() {
        // Specification 07 §2: 293 K, 50 %, 100 m.
        assert!((wayne(0.5, 293.0, 100.0) - 0.709).abs() < 0.002);
        assert!((bagster(0.5, 293.0, 100.0) - 0.707).abs() < 0.002);
    }

    #[test]
    fn longer_and_damper_paths_transmit_less() {
        for x in [10.0, 50.0, 200.0, 900.0] {
            assert!(bagster(0.6, 293.0, x) >= bagster(0.6, 293.0, 1.5 * x));
            assert!(bagster(0.3, 293.0, x) >= bagster(0.9, 293.0, x));
            assert!(wayne(0.6, 293.0, x) >= wayne(0.6, 293.0, 1.5 * x));
        }
        assert_eq!(bagster(0.0, 293.0, 100.0), 1.0);
        assert_eq!(bagster(0.5, 293.0, 0.0), 1.0);
    }
}
