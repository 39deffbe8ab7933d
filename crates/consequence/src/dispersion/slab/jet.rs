//! A free jet before the slab: it draws air by its own speed until it touches the ground or the wind carries it. Specification 06 §3.8 item 0.

use libm::{atan2, cos, sin, sqrt};
use std::f64::consts::PI;

use super::cloud::Run;
use crate::G;

/// The jet at one place: distance, height of the axis, top-hat radius, speed, whole mass flux kg/s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Free {
    pub x: f64,
    pub z: f64,
    pub r: f64,
    pub u: f64,
    pub flux: f64,
}

/// Follows the jet until its edge touches the ground or its speed is within 1.5 times the wind.
///
/// Entrainment per length `2π r ρa [ 0.08 |u − u_a cosθ| sqrt(ρ/ρa) + 0.6 u_a |sinθ| ]`; momentum, enthalpy and species are conserved.
pub fn free(run: &Run, q: f64, start: &Free) -> Free {
    let a = &run.ambient;
    let mut at = *start;
    let mut fall = 0.0;
    let mut along = at.flux * at.u;
    for _ in 0..400 {
        let u_a = a.wind(at.z.max(0.1));
        if at.r >= at.z || at.u < 1.5 * u_a {
            break;
        }
        let m = q / at.flux;
        let rho = run.mixture(m, 0.0).rho;
        let theta = atan2(fall, along);
        let draw = 0.08 * (at.u - u_a * cos(theta)).abs() * sqrt(rho / a.rho_a) + 0.6 * u_a * sin(theta).abs();
        let ds = 0.1 * at.r.max(0.01);
        let more = 2.0 * PI * at.r * a.rho_a * draw * ds;
        at.flux += more;
        along += more * u_a;
        fall -= G * (rho - a.rho_a) * PI * at.r * at.r * ds;
        at.u = sqrt(along * along + fall * fall) / at.flux;
        let rho = run.mixture(q / at.flux, 0.0).rho;
        at.r = sqrt(at.flux / (PI * rho * at.u));
        at.x += ds * cos(theta);
        at.z = (at.z + ds * sin(theta)).max(0.0);
    }
    at
}
