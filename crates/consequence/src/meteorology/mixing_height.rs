//! Depth of the mixed layer when nobody measured it. Specification 04 §2, §7.

use libm::{pow, sin, sqrt};

use super::class::Stability;

/// SLAB's default, m: `h_mix = 130·2^(7−s)`.
pub fn slab(s: Stability) -> f64 {
    130.0 * pow(2.0, 7.0 - s.0)
}

/// GB/T 3840 for Jiangsu's region, m, within 50–3000 (from-knowledge): A–D `a_s U10/f`, E–F `b_s sqrt(U10/f)`.
pub fn gb_t_3840(s: Stability, u10: f64, latitude_deg: f64) -> f64 {
    const A_S: [f64; 4] = [0.056, 0.029, 0.020, 0.012];
    const B_S: [f64; 2] = [1.66, 0.70];
    let f = 2.0 * 7.292e-5 * sin(latitude_deg.abs().max(5.0).to_radians());
    let of = |class: usize| if class < 4 { A_S[class] * u10 / f } else { B_S[class - 4] * sqrt(u10 / f) };
    let (low, high, share) = s.between();
    (of(low) * (1.0 - share) + of(high) * share).clamp(50.0, 3000.0)
}
