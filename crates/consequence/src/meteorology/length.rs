//! From class to Monin–Obukhov length and back, and u* and L from routine data. Specification 04 §3, §5.

use libm::{log, log10, pow, sqrt};

use super::class::Stability;
use super::profile;
use crate::numerics::brent;
use crate::validity::{positive, within};
use crate::{G, KARMAN, Note, Refusal, Validity};

/// 1/L, 1/m, by the TNO form for whole classes, between them linear. For z0 of 0.001 to 0.5 m, outside with a note; held at 0.8 m, and
/// at |L| of 5 m, where the printed curves blow up.
pub fn inverse_length_tno(s: Stability, z0: f64, notes: &mut Validity) -> f64 {
    notes.range("tno_length", "roughness length, m", z0, 0.001, 0.5);
    let used = z0.clamp(1e-5, 0.8);
    if used != z0 {
        notes.add(Note::Held { model: "tno_length", input: "roughness length, m", given: z0, used });
    }
    let of = |class: usize| match class {
        0 => log10(used / 1117.0) / 33.162,
        1 => log10(used / 11.46) / 32.258,
        2 => log10(used / 1.324) / 51.787,
        3 => 0.0,
        4 => log10(used / 1.262) / -48.33,
        _ => log10(used / 19.36) / -31.325,
    };
    let (low, high, share) = s.between();
    held("tno_length", of(low) * (1.0 - share) + of(high) * share, 0.2, notes)
}

/// 1/L within ±`most`, with a note where it was beyond.
fn held(model: &'static str, inverse: f64, most: f64, notes: &mut Validity) -> f64 {
    let used = inverse.clamp(-most, most);
    if used != inverse {
        notes.add(Note::Held { model, input: "1/L, 1/m", given: inverse, used });
    }
    used
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

const FLUX: &str = "length.heat_flux";
/// Largest 1/L told, 1/m: nearer the ground than 1 m the theory says nothing.
const MOST: f64 = 1.0;

/// From wind at `z_m` and sensible heat flux `h`, W/m², up positive: `L = −ρ cp T u*³/(k g H)` with the profile, by one bracketed root.
/// |1/L| is held at 1, with a note.
pub fn from_heat_flux(u: f64, z_m: f64, z0: f64, h: f64, t: f64, rho: f64, notes: &mut Validity) -> Result<Turbulence, Refusal> {
    let u = positive("wind, m/s", u)?;
    let z0 = positive("roughness length, m", z0)?;
    let z_m = within("measuring height, m", z_m, 2.0 * z0, 300.0, "above twice the roughness length")?;
    let t = positive("air temperature, K", t)?;
    let rho = positive("air density, kg/m³", rho)?;
    let inverse = |u_star: f64| -KARMAN * G * h / (rho * crate::CP_AIR * t * u_star * u_star * u_star);
    let f = |u_star: f64| profile::wind(u_star, z_m, z0, inverse(u_star).clamp(-MOST, MOST)) - u;
    let neutral = KARMAN * u / log(z_m / z0);
    let u_star = brent(f, 0.3 * neutral, 3.0 * neutral, 1e-8)
        .ok_or(Refusal::NoSolution { model: "u* and L from the heat flux", why: "too stable for this wind" })?;
    Ok(Turbulence { u_star, inverse_length: held(FLUX, inverse(u_star), MOST, notes) })
}

/// From wind at `z_m` and the difference of potential temperature between `z1` and `z2` > `z1`, K:
/// `θ* = k Δθ/[ln(z2/z1) − ψ_h(z2/L) + ψ_h(z1/L)]`, `L = T u*²/(k g θ*)`, by one bracketed root. |1/L| is held at 0.5, with a note.
#[allow(clippy::too_many_arguments, reason = "one observation of a tower")]
pub fn from_temperature_difference(
    u: f64,
    z_m: f64,
    z0: f64,
    d_theta: f64,
    z1: f64,
    z2: f64,
    t: f64,
    notes: &mut Validity,
) -> Result<Turbulence, Refusal> {
    let u = positive("wind, m/s", u)?;
    let z0 = positive("roughness length, m", z0)?;
    let z_m = within("measuring height, m", z_m, 2.0 * z0, 300.0, "above twice the roughness length")?;
    let t = positive("air temperature, K", t)?;
    let z1 = positive("lower height, m", z1)?;
    let z2 = within("upper height, m", z2, 1.01 * z1, 300.0, "above the lower one")?;
    let d_theta = within("temperature difference, K", d_theta, -20.0, 20.0, "between −20 and 20 K")?;
    if d_theta == 0.0 {
        return Ok(Turbulence { u_star: KARMAN * u / profile::shape(z_m, z0, 0.0), inverse_length: 0.0 });
    }
    const MOST: f64 = 0.5;
    let u_star = |l: f64| KARMAN * u / profile::shape(z_m, z0, l).max(0.1);
    let gap = |l: f64| {
        let theta_star = KARMAN * d_theta / (log(z2 / z1) - profile::psi_h(z2 * l) + profile::psi_h(z1 * l));
        l - KARMAN * G * theta_star / (t * u_star(l) * u_star(l))
    };
    let (near, far) = (1e-7_f64.copysign(d_theta), MOST.copysign(d_theta));
    let l = match brent(gap, near, far, 1e-8) {
        Some(l) => l,
        None if gap(near).abs() < 1e-6 => near,
        None => held("length.temperature_difference", far * 1.000_001, MOST, notes),
    };
    Ok(Turbulence { u_star: u_star(l), inverse_length: l })
}

/// At night, from wind and cloud fraction `n` (0…1): `θ* = 0.09(1 − 0.5 N²)`, `u* = ½ C_D u [1 + sqrt(1 − (2u0/(√C_D u))²)]`.
///
/// Below the critical wind u* and θ* are scaled by `u/u_cr`, with a note. Status from-knowledge.
pub fn at_night(u: f64, z_m: f64, z0: f64, n: f64, t: f64, notes: &mut Validity) -> Result<Turbulence, Refusal> {
    let u = positive("wind, m/s", u)?;
    let z0 = positive("roughness length, m", z0)?;
    let z_m = within("measuring height, m", z_m, 2.0 * z0, 300.0, "above twice the roughness length")?;
    let t = positive("air temperature, K", t)?;
    let n = within("cloud fraction", n, 0.0, 1.0, "between 0 and 1")?;
    let theta_star = 0.09 * (1.0 - 0.5 * n * n);
    let c_d = KARMAN / log(z_m / z0);
    let u0 = sqrt(4.7 * z_m * G * theta_star / t);
    let u_cr = 2.0 * u0 / sqrt(c_d);
    let scale = (u / u_cr).min(1.0);
    notes.range("length.night", "wind, m/s", u, u_cr, 50.0);
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
        let mut notes = Validity::new();
        let night = at_night(3.0, 10.0, 0.03, 0.0, 283.0, &mut notes).unwrap();
        assert!(night.inverse_length > 0.0 && night.u_star > 0.05 && night.u_star < 0.3);
        let day = from_heat_flux(3.0, 10.0, 0.03, 200.0, 303.0, 1.16, &mut notes).unwrap();
        assert!(day.inverse_length < 0.0);
        assert!(from_heat_flux(0.5, 10.0, 0.03, -200.0, 283.0, 1.2, &mut notes).is_err());
    }

    #[test]
    fn a_held_length_is_told() {
        let mut notes = Validity::new();
        let hot = from_heat_flux(0.3, 10.0, 0.001, 400.0, 303.0, 1.16, &mut notes).unwrap();
        assert!(hot.inverse_length == -1.0 && !notes.is_empty(), "{hot:?}");
        let mut notes = Validity::new();
        inverse_length_tno(Stability::C, 2.0, &mut notes);
        assert!(notes.iter().any(|n| matches!(n, Note::Held { .. })));
    }

    #[test]
    fn the_difference_of_temperature_gives_back_the_length_it_came_from() {
        for inverse in [-0.1, -0.01, 0.005, 0.05] {
            let (u_star, t, z0) = (0.25, 288.0, 0.03);
            let u = profile::wind(u_star, 10.0, z0, inverse);
            let theta_star = inverse * t * u_star * u_star / (KARMAN * G);
            let d_theta = theta_star / KARMAN * (log(5.0) - profile::psi_h(10.0 * inverse) + profile::psi_h(2.0 * inverse));
            let got = from_temperature_difference(u, 10.0, z0, d_theta, 2.0, 10.0, t, &mut Validity::new()).unwrap();
            assert!((got.inverse_length / inverse - 1.0).abs() < 1e-5 && (got.u_star / u_star - 1.0).abs() < 1e-6, "{got:?}");
        }
    }
}
