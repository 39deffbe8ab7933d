//! After the hole: what flashes, how fine the drops are and how fast they fall; where they land is in `rain_out`. Specification 02 §7; cases DIS-008, 014.

use libm::{exp, pow};

use crate::validity::positive;
use crate::{G, Refusal};

/// Flash fraction, linear: `cp_l (T0−T_b)/ΔH_v`; zero below the boiling point. Units cancel. Refused where all would flash and more.
pub fn linear(cp_l: f64, t0: f64, t_b: f64, dh: f64) -> Result<f64, Refusal> {
    let x = superheat(cp_l, t0, t_b, dh)?;
    if x > 1.0 {
        return Err(Refusal::OutOfDomain { input: "cp_l (T0−T_b)/ΔH_v", value: x, wanted: "at most 1; use the energy form" });
    }
    Ok(x)
}

/// Superheat over heat of vaporisation; a liquid below its boiling point has none.
fn superheat(cp_l: f64, t0: f64, t_b: f64, dh: f64) -> Result<f64, Refusal> {
    let t0 = positive("T0", t0)?;
    let t_b = positive("T_b", t_b)?;
    Ok((positive("cp_l", cp_l)? * (t0 - t_b) / positive("ΔH_v", dh)?).max(0.0))
}

/// Flash fraction, energy form (default): `1 − exp(−cp_l (T0−T_b)/ΔH_v)`.
pub fn energy(cp_l: f64, t0: f64, t_b: f64, dh: f64) -> Result<f64, Refusal> {
    Ok(1.0 - exp(-superheat(cp_l, t0, t_b, dh)?))
}

/// Droplet size, m: the smaller of `We_c σ/(ρ_a u²)`, We_c = 12, and 100 µm when the liquid is more than 15 K superheated.
pub fn droplet(sigma: f64, rho_a: f64, u: f64, superheat_k: f64) -> Result<f64, Refusal> {
    let d = 12.0 * positive("surface tension, N/m", sigma)? / (positive("air density, kg/m³", rho_a)? * positive("jet speed, m/s", u)? * u);
    Ok(if superheat_k > 15.0 { d.min(100e-6) } else { d })
}

/// Terminal velocity, m/s: `u_t² = 4 g d ρ_l/(3 C_D ρ_a)`, `C_D = 24/Re (1 + 0.15 Re^0.687)`.
///
/// The same as `u_t (1 + 0.15 Re^0.687) = u_Stokes`, which rises ever steeper: Newton's rule from Stokes's speed comes down to it.
pub fn terminal_velocity(d: f64, rho_l: f64, rho_a: f64, nu: f64) -> f64 {
    let stokes = rho_l * G * d * d / (18.0 * nu * rho_a);
    let mut u = stokes;
    for _ in 0..40 {
        let drag = 0.15 * pow(u * d / nu, 0.687);
        let change = (u * (1.0 + drag) - stokes) / (1.0 + 1.687 * drag);
        u -= change;
        if change.abs() <= 1e-12 * u {
            break;
        }
    }
    u
}

/// Aerosol that stays with the cloud of an instantaneous burst: `min(1, 2 × flash)` of the inventory, flash included.
pub fn airborne_of_burst(flash: f64) -> f64 {
    (2.0 * flash).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drop_falls_as_its_drag_lets_it() {
        for d in [1e-6, 1e-5, 1e-4, 1e-3, 3e-3] {
            let (rho_l, rho_a, nu) = (1000.0, 1.2, 1.5e-5);
            let u = terminal_velocity(d, rho_l, rho_a, nu);
            let re = u * d / nu;
            let c_d = 24.0 / re * (1.0 + 0.15 * pow(re, 0.687));
            assert!((u * u / (4.0 * G * d * rho_l / (3.0 * c_d * rho_a)) - 1.0).abs() < 1e-9, "{d}");
        }
        // Rain of 1 mm falls at about 4 m/s.
        assert!((3.7..4.3).contains(&terminal_velocity(1e-3, 1000.0, 1.2, 1.5e-5)));
        assert!(linear(2000.0, 400.0, 230.0, 3e5).is_err());
        assert_eq!(energy(2000.0, 200.0, 230.0, 3e5).unwrap(), 0.0);
    }
}
