//! How high a warm plume rises. Specification 05 §7 (Briggs); cases PLR-001…003.

use libm::{cbrt, pow};

use crate::G;

/// Buoyancy flux, m⁴/s³: `F_b = g v_s r² (T_s − T_a)/T_s`.
pub fn buoyancy_flux(v_s: f64, r: f64, t_s: f64, t_a: f64) -> f64 {
    G * v_s * r * r * (t_s - t_a) / t_s
}

/// Buoyancy flux from a heat rate in W: `F_b = 8.9e-6 Q_H`.
pub fn buoyancy_flux_of_heat(q_h: f64) -> f64 {
    8.9e-6 * q_h
}

/// Final rise, m, neutral or unstable: `F_b < 55`: `21.425 F_b^0.75/u`; else `38.71 F_b^0.6/u`.
pub fn final_neutral(f_b: f64, u: f64) -> f64 {
    if f_b < 55.0 { 21.425 * pow(f_b.max(0.0), 0.75) / u } else { 38.71 * pow(f_b, 0.6) / u }
}

/// Final rise, m, stable: `s = g/T_a dθ/dz`, `Δh = 2.6 (F_b/(u s))^(1/3)`; dθ/dz = 0.02 (E), 0.035 (F) K/m.
pub fn final_stable(f_b: f64, u: f64, t_a: f64, dtheta_dz: f64) -> f64 {
    let s = G / t_a * dtheta_dz;
    2.6 * cbrt(f_b / (u * s))
}

/// Rise on the way, m: `1.6 F_b^(1/3) x^(2/3)/u`.
pub fn transitional(f_b: f64, u: f64, x: f64) -> f64 {
    1.6 * cbrt(f_b) * pow(x.max(0.0), 2.0 / 3.0) / u
}
