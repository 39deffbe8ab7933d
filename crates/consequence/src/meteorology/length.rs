//! From class to Monin–Obukhov length and back, and u* and L from routine data. Specification 04 §3, §5.

use libm::{log, log10, pow, sqrt};

use super::class::Stability;
use super::profile;
use crate::numerics::brent;
use crate::validity::{positive, within};
use crate::{G, KARMAN, Refusal};

/// 1/L by the TNO form for whole classes, between them linear; `z0` in m is held to 0.001–0.5 by the caller.
pub fn inverse_length_tno(s: Stability, z0: f64) -> f64 {
    let z0 = z0.clamp(1e-5, 0.8);
    let of = |class: usize| match class {
        0 => log10(z0 / 1117.0) / 33.162,
        1 => log10(z0 / 11.46) / 32.258,
        2 => log10(z0 / 1.324) / 51.787,
        3 => 0.0,
        4 => log10(z0 / 1.262) / -48.33,
        _ => log10(z0 / 19.36) / -31.325,
    };
    let (low, high, share) = s.between();
    (of(low) * (1.0 - share) + of(high) * share).clamp(-0.2, 0.2)
}

/// 1/L, 1/m, by the continuous map of the SLAB model.
pub fn inverse_length_slab(s: Stability, z0: f64) -> f64 {
    let sigma = (s.0.clamp(1.0, 6.0) - 4.0).abs();
    if sigma == 0.0 {
        return 0.0;
    }
    let a1 = 0.0081 * pow(z0, -0.3044);
    let (a2, a3) = if z0 > 0.0111 {
        (0.0385 * pow(z0, -0.1715), 0.0875 * pow(z0, -0.1028))
    } else {
        let a2 = a1 + 0.0137 * pow(z0, -0.1715) + 0.0218;
        (a2, a2 + 0.0557)
    };
    let n2 = log(a2 / a1) / log(2.0);
    let n3 = log(a3 / a1) / log(3.0);
    let n_inf = 2.0 * n3 - n2;
    let delta = n2 - n_inf;
    let of = |sigma: f64| {
        if sigma < 2.0 {
            a1 * pow(sigma, n2)
        } else {
            let x = sigma.min(3.5) - 2.0;
            a1 * pow(sigma.min(3.5), n_inf + delta / (1.0 + x * x))
        }
    };
    if s.0 < 4.0 { -of(sigma) } else { of(sigma) }
}

/// Continuous class whose SLAB map gives this 1/L, by bisection; beyond A or F the end.
pub fn class_of(inverse_length: f64, z0: f64) -> Stability {
    if inverse_length <= inverse_length_slab(Stability::A, z0) {
        return Stability::A;
    }
    if inverse_length >= inverse_length_slab(Stability::F, z0) {
        return Stability::F;
    }
    let (mut low, mut high) = (1.0, 6.0);
    for _ in 0..50 {
        let mid = 0.5 * (low + high);
        if inverse_length_slab(Stability(mid), z0) < inverse_length { low = mid } else { high = mid }
    }
    Stability(0.5 * (low + high))
}

/// u* and 1/L.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turbulence {
    pub u_star: f64,
    pub inverse_length: f64,
}

/// From wind at `z_m` and sensible heat flux `h`, W/m², up positive: `L = −ρ cp T u*³/(k g H)` with the profile, by one bracketed root.
pub fn from_heat_flux(u: f64, z_m: f64, z0: f64, h: f64, t: f64, rho: f64) -> Result<Turbulence, Refusal> {
    let u = positive("wind, m/s", u)?;
    let z0 = positive("roughness length, m", z0)?;
    let z_m = within("measuring height, m", z_m, 2.0 * z0, 300.0, "above twice the roughness length")?;
    let inverse = |u_star: f64| -KARMAN * G * h / (rho * crate::CP_AIR * t * u_star * u_star * u_star);
    let f = |u_star: f64| profile::wind(u_star, z_m, z0, inverse(u_star).clamp(-1.0, 1.0)) - u;
    let neutral = KARMAN * u / log(z_m / z0);
    let u_star = brent(f, 0.3 * neutral, 3.0 * neutral, 1e-8)
        .ok_or(Refusal::NoSolution { model: "u* and L from the heat flux", why: "too stable for this wind" })?;
    Ok(Turbulence { u_star, inverse_length: inverse(u_star) })
}

/// At night, from wind and cloud fraction `n` (0…1): `θ* = 0.09(1 − 0.5 N²)`, `u* = ½ C_D u [1 + sqrt(1 − (2u0/(√C_D u))²)]`.
///
/// Below the critical wind u* and θ* are scaled by `u/u_cr`. Status from-knowledge.
pub fn at_night(u: f64, z_m: f64, z0: f64, n: f64, t: f64) -> Result<Turbulence, Refusal> {
    let u = positive("wind, m/s", u)?;
    let z0 = positive("roughness length, m", z0)?;
    let n = within("cloud fraction", n, 0.0, 1.0, "between 0 and 1")?;
    let theta_star = 0.09 * (1.0 - 0.5 * n * n);
    let c_d = KARMAN / log(z_m / z0);
    let u0 = sqrt(4.7 * z_m * G * theta_star / t);
    let u_cr = 2.0 * u0 / sqrt(c_d);
    let scale = (u / u_cr).min(1.0);
    let x = 2.0 * u0 / (sqrt(c_d) * u.max(u_cr));
    let u_star = 0.5 * c_d * u.max(u_cr) * (1.0 + sqrt((1.0 - x * x).max(0.0))) * scale;
    Ok(Turbulence { u_star, inverse_length: KARMAN * G * theta_star * scale / (t * u_star * u_star) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_and_its_length_lead_to_one_another() {
        for z0 in [0.0002, 0.003, 0.03, 0.3] {
            for s in [1.2, 2.0, 3.5, 4.0, 4.7, 5.9] {
                let back = class_of(inverse_length_slab(Stability(s), z0), z0);
                assert!((back.0 - s).abs() < 0.02, "{z0} {s} {}", back.0);
            }
        }
        // Deck 1a of the SLAB manual: 1/L = 0.0665 over water is class E to F.
        assert!(class_of(0.0665, 0.0002).0 > 4.5);
    }

    #[test]
    fn a_clear_night_is_stable_and_a_hot_day_unstable() {
        let night = at_night(3.0, 10.0, 0.03, 0.0, 283.0).unwrap();
        assert!(night.inverse_length > 0.0 && night.u_star > 0.05 && night.u_star < 0.3);
        let day = from_heat_flux(3.0, 10.0, 0.03, 200.0, 303.0, 1.16).unwrap();
        assert!(day.inverse_length < 0.0);
        assert!(from_heat_flux(0.5, 10.0, 0.03, -200.0, 283.0, 1.2).is_err());
    }
}
