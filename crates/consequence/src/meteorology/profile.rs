//! Wind by height. Specification 04 §4; cases MET-W*.

use libm::{atan, exp, log, pow, sqrt};
use serde::{Deserialize, Serialize};
use std::f64::consts::FRAC_PI_2;

use super::class::Stability;
use crate::validity::{not_negative, positive, within};
use crate::{KARMAN, MPerS, Metres, Note, Refusal, Validity};

/// Where the stable forms meet: a little beyond the 1 of the source, because the published case MET-WF uses `−5ζ` at 1.09.
const JOINT: f64 = 1.2;

/// Stability correction ψ_m(ζ), ζ = z/L. Stable `−5ζ`; beyond Holtslag–de Bruin `−0.7ζ − (0.75ζ − 10.72)e^(−0.35ζ) − 10.72`; unstable
/// Businger–Dyer.
///
/// The specification prints Holtslag–de Bruin with the bracket elsewhere, `0.75(ζ − 10.72)` and 8.04; the form here is that of the
/// original (Holtslag, de Bruin 1988, J. Appl. Meteorol. 27, 689), which leaves ζ = 0 with the slope −5.2 of the other branch instead of
/// −4.3. It is shifted by its difference from `−5ζ` at the joint, so that the wind has no step there.
pub fn psi_m(zeta: f64) -> f64 {
    if zeta >= 0.0 {
        if zeta <= JOINT {
            return -5.0 * zeta;
        }
        let far = |z: f64| -0.7 * z - (0.75 * z - 10.72) * exp(-0.35 * z) - 10.72;
        return far(zeta) - far(JOINT) - 5.0 * JOINT;
    }
    let a = pow(1.0 - 16.0 * zeta, 0.25);
    2.0 * log((1.0 + a) / 2.0) + log((1.0 + a * a) / 2.0) - 2.0 * atan(a) + FRAC_PI_2
}

/// Stability correction of temperature ψ_h(ζ): stable as ψ_m; unstable `2 ln((1 + sqrt(1 − 16ζ))/2)`.
pub fn psi_h(zeta: f64) -> f64 {
    if zeta >= 0.0 { psi_m(zeta) } else { 2.0 * log((1.0 + sqrt(1.0 - 16.0 * zeta)) / 2.0) }
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

/// Whose exponents of the power law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exponents {
    /// The specification's own.
    Usual,
    /// CCPS 1999: steeper at night in towns.
    Ccps,
    /// GB/T 3840-91.
    GbT3840,
}

/// Rows of the printed tables, A–F: open country, town.
#[rustfmt::skip]
const EXPONENTS: [(Exponents, [f64; 6], [f64; 6]); 3] = [
    (Exponents::Usual,   [0.07, 0.07, 0.10, 0.15, 0.35, 0.55], [0.15, 0.15, 0.20, 0.25, 0.30, 0.30]),
    (Exponents::Ccps,    [0.07, 0.07, 0.10, 0.15, 0.35, 0.55], [0.15, 0.15, 0.20, 0.25, 0.40, 0.60]),
    (Exponents::GbT3840, [0.07, 0.07, 0.10, 0.15, 0.25, 0.25], [0.10, 0.15, 0.20, 0.25, 0.30, 0.30]),
];

/// Exponent of the power law; between classes linear.
pub fn exponent(s: Stability, urban: bool, exponents: Exponents) -> f64 {
    let row = EXPONENTS.iter().find(|row| row.0 == exponents).unwrap_or(&EXPONENTS[0]);
    let table = if urban { &row.2 } else { &row.1 };
    let (low, high, share) = s.between();
    table[low] * (1.0 - share) + table[high] * share
}

/// Power law when only a class is known: `u = u_r (z/z_r)^p`. Below 0.1 m and above 200 m the wind is that of the limit, with a note.
pub fn power_law(u_r: f64, z_r: f64, z: f64, p: f64, notes: &mut Validity) -> Result<f64, Refusal> {
    let u_r = not_negative("wind, m/s", u_r)?;
    let z_r = positive("measuring height, m", z_r)?;
    let z = not_negative("height, m", z)?;
    let used = z.clamp(0.1, 200.0);
    if used != z {
        notes.add(Note::Held { model: "power_law", input: "height, m", given: z, used });
    }
    Ok(u_r * pow(used / z_r, p))
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

    #[test]
    fn exponents_follow_their_tables_and_heights_are_held_with_a_note() {
        assert_eq!(exponent(Stability::F, true, Exponents::Ccps), 0.60);
        assert_eq!(exponent(Stability(4.5), false, Exponents::GbT3840), 0.20);
        let mut notes = Validity::new();
        let high = power_law(4.0, 10.0, 300.0, 0.15, &mut notes).unwrap();
        assert!((high - power_law(4.0, 10.0, 200.0, 0.15, &mut Validity::new()).unwrap()).abs() < 1e-12 && !notes.is_empty());
        assert!(power_law(-1.0, 10.0, 10.0, 0.15, &mut notes).is_err());
    }
}
