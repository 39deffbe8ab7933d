//! Wind by height. Specification 04 §4; cases MET-W*.

use libm::{atan, exp, log, pow};
use std::f64::consts::FRAC_PI_2;

use super::class::Stability;
use crate::validity::{positive, within};
use crate::{KARMAN, MPerS, Metres, Refusal};

/// Where the stable forms meet: a little beyond the 1 of the source, because the published case MET-WF uses `−5ζ` at 1.09.
const JOINT: f64 = 1.2;

/// Stability correction ψ_m(ζ), ζ = z/L. Stable `−5ζ`; beyond Holtslag–de Bruin; unstable Businger–Dyer.
pub fn psi_m(zeta: f64) -> f64 {
    if zeta >= 0.0 {
        if zeta <= JOINT {
            return -5.0 * zeta;
        }
        // Joined to −5ζ, so that the wind has no step there.
        let far = |z: f64| -0.7 * z - 0.75 * (z - 10.72) * exp(-0.35 * z) - 8.04;
        return far(zeta) - far(JOINT) - 5.0 * JOINT;
    }
    let a = pow(1.0 - 16.0 * zeta, 0.25);
    2.0 * log((1.0 + a) / 2.0) + log((1.0 + a * a) / 2.0) - 2.0 * atan(a) + FRAC_PI_2
}

/// `ln(z/z0) − ψ_m(z/L) + ψ_m(z0/L)`.
pub fn shape(z: f64, z0: f64, inverse_length: f64) -> f64 {
    log(z / z0) - psi_m(z * inverse_length) + psi_m(z0 * inverse_length)
}

/// Wind, m/s: `u(z) = u*/k [ ln(z/z0) − ψ_m(z/L) + ψ_m(z0/L) ]`; not below zero.
pub fn wind(u_star: f64, z: f64, z0: f64, inverse_length: f64) -> f64 {
    (u_star / KARMAN * shape(z.max(z0), z0, inverse_length)).max(0.0)
}

/// u* from wind `u` at `z_m`, m/s.
pub fn friction_velocity(u: MPerS, z_m: Metres, z0: Metres, inverse_length: f64) -> Result<MPerS, Refusal> {
    let u = positive("wind, m/s", u.0)?;
    let z0 = positive("roughness length, m", z0.0)?;
    let z_m = within("measuring height, m", z_m.0, 1.5 * z0, 300.0, "above the roughness")?;
    Ok(MPerS(KARMAN * u / shape(z_m, z0, inverse_length).max(0.1)))
}

#[rustfmt::skip]
const RURAL: [f64; 6] = [0.07, 0.07, 0.10, 0.15, 0.35, 0.55];
#[rustfmt::skip]
const URBAN: [f64; 6] = [0.15, 0.15, 0.20, 0.25, 0.30, 0.30];

/// Power law when only a class is known, z to 200 m: `u = u_r (z/z_r)^p`.
pub fn power_law(u_r: f64, z_r: f64, z: f64, s: Stability, urban: bool) -> f64 {
    let table = if urban { &URBAN } else { &RURAL };
    let (low, high, share) = s.between();
    let p = table[low] * (1.0 - share) + table[high] * share;
    u_r * pow(z.clamp(0.1, 200.0) / z_r, p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_has_no_step_and_grows_with_height() {
        for inverse_length in [-0.1, -0.01, 0.0, 0.02, 0.1, 0.3] {
            let mut last = 0.0;
            for i in 1..200 {
                let u = wind(0.2, 0.03 * f64::from(i) * 3.0, 0.03, inverse_length);
                assert!(u >= last && u - last < 2.5, "{inverse_length} {i}");
                last = u;
            }
        }
        assert!((psi_m(1.2) - psi_m(1.200_001)).abs() < 1e-4);
    }
}
