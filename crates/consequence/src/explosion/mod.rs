//! Blast from vapour clouds, explosives and bursting vessels. Absent on purpose: dust explosions, fragments' rings on a map.
//!
//! Overpressures are side-on, Pa. The three methods differ by a factor two as a rule (specification 08 §4): show more than one.

pub mod bst;
pub mod effects;
pub mod flammable_mass;
pub mod multi_energy;
pub mod tnt;
pub mod vessel_burst;

use crate::{Refusal, validity::positive};
use libm::{exp, log};

/// Farthest distance at which a pressure that falls with distance still reaches `p` Pa, m; `None` where it never does, and no figure where
/// the pressure has none.
///
/// Bisection on ln r between 0.1 m and 100 km, to a relative 1e-6.
pub fn distance_to(p: f64, pressure_at: impl Fn(f64) -> f64) -> Option<f64> {
    let (mut low, mut high) = (log(0.1), log(1e5));
    let (near, far) = (pressure_at(0.1), pressure_at(1e5));
    if near.is_nan() || far.is_nan() {
        return Some(f64::NAN);
    }
    if near < p {
        return None;
    }
    if far >= p {
        return Some(1e5);
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let pressure = pressure_at(exp(middle));
        if pressure.is_nan() {
            return Some(f64::NAN);
        }
        if pressure >= p {
            low = middle;
        } else {
            high = middle;
        }
        if high - low < 1e-6 {
            break;
        }
    }
    Some(exp(0.5 * (low + high)))
}

/// Distance to 1 psi of the EPA's off-site guidance, m: `D = 17 (0.1 M H_c/H_TNT)^(1/3)`. Case EXP-020.
pub fn epa_distance_1psi(m: f64, h_c: f64, yield_: f64, h_tnt: f64) -> Result<f64, Refusal> {
    positive("m", m)?;
    positive("h_c", h_c)?;
    Ok(17.0 * libm::cbrt(yield_ * m * h_c / h_tnt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pressure_without_a_figure_is_no_distance() {
        assert!((distance_to(1.0, |r| 10.0 / r).unwrap() - 10.0).abs() < 1e-4);
        assert_eq!(distance_to(1e6, |r| 10.0 / r), None);
        assert!(distance_to(1.0, |_| f64::NAN).unwrap().is_nan());
        assert!(distance_to(1.0, |r| if r > 5.0 { f64::NAN } else { 10.0 / r }).unwrap().is_nan());
        assert!(distance_to(1.0, |r| if (5.0..20.0).contains(&r) { f64::NAN } else { 10.0 / r }).is_some());
    }
}
