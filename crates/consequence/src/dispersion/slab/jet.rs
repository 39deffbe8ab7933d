//! A free jet before the slab: it draws air by its own speed until it touches the ground or the wind carries it. Specification 06 §3.8 item 0.

use libm::{atan2, cbrt, cos, sin, sqrt};
use std::f64::consts::PI;

use super::cloud::Run;
use crate::G;

/// The jet at one place: distance, height of the axis, top-hat radius, speed, whole mass flux kg/s, and its momentum along and up, N.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Free {
    pub x: f64,
    pub z: f64,
    pub r: f64,
    pub u: f64,
    pub flux: f64,
    pub along: f64,
    pub up: f64,
}

const MOST_STEPS: usize = 400;

impl Free {
    /// A jet of `flux` kg/s and `area` m² at (`x`, `z`), rising by `elevation` rad.
    pub fn new(x: f64, z: f64, area: f64, flux: f64, rho: f64, elevation: f64) -> Self {
        let u = flux / (rho * area);
        Self { x, z, r: sqrt(area / PI), u, flux, along: flux * u * cos(elevation), up: flux * u * sin(elevation) }
    }
}

/// Follows the jet until its edge touches the ground, or it is bent over and its speed within 1.5 times the wind.
///
/// Entrainment per length `2π r ρa [ 0.08 |u − u_a cosθ| sqrt(ρ/ρa) + 0.6 u_a |sinθ| ]`; momentum, enthalpy and species are conserved.
pub fn free(run: &Run, q: f64, start: &Free) -> Free {
    let a = &run.ambient;
    let mut at = *start;
    for _ in 0..MOST_STEPS {
        let u_a = a.wind(at.z.max(0.1));
        let on_the_ground = at.r >= at.z && at.up <= 0.0;
        let bent_over = at.up.abs() <= 0.6 * at.along;
        if on_the_ground || bent_over && at.u < 1.5 * u_a {
            break;
        }
        let m = q / at.flux;
        let rho = run.mixture(m, 0.0).rho;
        let theta = atan2(at.up, at.along);
        let draw = 0.08 * (at.u - u_a * cos(theta)).abs() * sqrt(rho / a.rho_a) + 0.6 * u_a * sin(theta).abs();
        let ds = 0.1 * at.r.max(0.01);
        let more = 2.0 * PI * at.r * a.rho_a * draw * ds;
        at.flux += more;
        at.along += more * u_a;
        at.up -= G * (rho - a.rho_a) * PI * at.r * at.r * ds;
        at.u = sqrt(at.along * at.along + at.up * at.up) / at.flux;
        let rho = run.mixture(q / at.flux, 0.0).rho;
        at.r = sqrt(at.flux / (PI * rho * at.u));
        at.x += ds * cos(theta);
        at.z = (at.z + ds * sin(theta)).max(0.0);
    }
    at
}

/// A vertical jet at the top of its rise after Hoot, Meroney and Peterka (§3.2 item 3):
/// `Δh = 1.32 D (w_s/u)^(1/3) (ρ_s/ρ_a)^(1/3) [w_s² ρ_s/(g D (ρ_s − ρ_a))]^(1/3)`. Diluted as the free jet is where it stops rising; a jet no
/// heavier than the air rises as that one does.
pub fn risen(run: &Run, q: f64, start: &Free) -> Free {
    let a = &run.ambient;
    let mut top = free(run, q, start);
    let rho = run.mixture(1.0, 0.0).rho;
    let (d, w) = (2.0 * start.r, start.u);
    if rho > a.rho_a {
        let u = a.wind(start.z.max(2.0));
        let rise = 1.32 * d * cbrt(w / u) * cbrt(rho / a.rho_a) * cbrt(w * w * rho / (G * d * (rho - a.rho_a)));
        top.z = start.z + rise;
        top.up = 0.0;
    }
    top
}
