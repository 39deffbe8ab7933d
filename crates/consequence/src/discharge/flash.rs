//! After the hole: what flashes, how fine the drops are, how fast they fall and what rains out. Specification 02 §7; cases DIS-008, 014.

use libm::{exp, pow, sqrt};

use crate::validity::positive;
use crate::{G, Refusal};

/// Flash fraction, linear: `cp_l (T0−T_b)/ΔH_v`, within 0…1. Units cancel.
pub fn linear(cp_l: f64, t0: f64, t_b: f64, dh: f64) -> Result<f64, Refusal> {
    Ok((positive("cp_l", cp_l)? * (t0 - t_b) / positive("ΔH_v", dh)?).clamp(0.0, 1.0))
}

/// Flash fraction, energy form (default): `1 − exp(−cp_l (T0−T_b)/ΔH_v)`.
pub fn energy(cp_l: f64, t0: f64, t_b: f64, dh: f64) -> Result<f64, Refusal> {
    let x = positive("cp_l", cp_l)? * (t0 - t_b) / positive("ΔH_v", dh)?;
    Ok((1.0 - exp(-x)).clamp(0.0, 1.0))
}

/// Droplet size, m: the smaller of `We_c σ/(ρ_a u²)`, We_c = 12, and 100 µm when the liquid is more than 15 K superheated.
pub fn droplet(sigma: f64, rho_a: f64, u: f64, superheat_k: f64) -> Result<f64, Refusal> {
    let d = 12.0 * positive("surface tension, N/m", sigma)? / (positive("air density, kg/m³", rho_a)? * positive("jet speed, m/s", u)? * u);
    Ok(if superheat_k > 15.0 { d.min(100e-6) } else { d })
}

/// Terminal velocity, m/s: `u_t² = 4 g d ρ_l/(3 C_D ρ_a)`, `C_D = 24/Re (1 + 0.15 Re^0.687)`, by fixed point.
pub fn terminal_velocity(d: f64, rho_l: f64, rho_a: f64, nu: f64) -> f64 {
    let stokes = rho_l * G * d * d / (18.0 * nu * rho_a);
    let mut u = stokes.min(10.0);
    for _ in 0..60 {
        let re = (u * d / nu).max(1e-12);
        let c_d = 24.0 / re * (1.0 + 0.15 * pow(re, 0.687));
        let next = sqrt(4.0 * G * d * rho_l / (3.0 * c_d * rho_a));
        if (next - u).abs() < 1e-10 * u {
            break;
        }
        u = sqrt(u * next);
    }
    u
}

/// Share of the liquid that rains out of a horizontal jet at height `h`, m: a droplet falls at `u_t`, m/s, while it shrinks by the
/// d² law over its life `life_s`. Published models disagree by a factor three.
pub fn rain_out(h: f64, u_t: f64, life_s: f64) -> f64 {
    // The largest drop falls h in t = h/u_t on average; (1 − t/τ)^1.5 of its mass is left then.
    let t = h / u_t.max(1e-9);
    let left = (1.0 - t / life_s.max(1e-9)).max(0.0);
    pow(left, 1.5)
}

/// Aerosol that stays with the cloud of an instantaneous burst: `min(1, 2 × flash)` of the inventory, flash included.
pub fn airborne_of_burst(flash: f64) -> f64 {
    (2.0 * flash).clamp(0.0, 1.0)
}
