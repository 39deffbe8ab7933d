//! The air the cloud moves in: wind by height and its mean over a layer. Specification 06 §3.1.

use libm::{cbrt, exp, log, pow, sqrt};

use crate::meteorology::{Stability, length, mixing_height};
use crate::validity::{positive, within};
use crate::{Kelvin, Pascal, Refusal};

/// von Kármán's constant of the SLAB model.
pub const KAPPA: f64 = 0.41;

/// Weather as measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weather {
    /// Wind, m/s, at `z_m`, m.
    pub u: f64,
    pub z_m: f64,
    pub z0: f64,
    /// 1/L, 1/m; positive is stable.
    pub inverse_length: f64,
    pub t_a: f64,
    pub p: f64,
    /// Measured spread of the wind's direction, rad, for the meander; `None` takes SLAB's.
    pub sigma_theta: Option<f64>,
}

const NODES: usize = 96;
const Z_MOST: f64 = 3000.0;

/// The ambient profile with a table of layer means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ambient {
    pub u_star: f64,
    pub z0: f64,
    pub inverse_length: f64,
    /// Effective 1/L_e.
    pub inverse_length_e: f64,
    pub z_l: f64,
    pub h_mix: f64,
    pub stability: Stability,
    pub t_a: f64,
    pub p: f64,
    pub rho_a: f64,
    pub sigma_theta: Option<f64>,
    f_4m: f64,
    mean: [f64; NODES],
}

impl Ambient {
    pub fn new(w: &Weather) -> Result<Self, Refusal> {
        let u = positive("wind, m/s", w.u)?;
        let z0 = within("roughness length, m", w.z0, 1e-6, 3.0, "between 0.000001 and 3 m")?;
        let z_m = within("measuring height, m", w.z_m, 3.0 * z0, 200.0, "above three roughness lengths")?;
        let inverse_length = within("1/L, 1/m", w.inverse_length, -1.0, 1.0, "between −1 and 1")?;
        let t_a = within("air temperature, K", w.t_a, 180.0, 340.0, "between 180 and 340 K")?;
        let p = positive("ambient pressure, Pa", w.p)?;
        let stability = length::class_of(inverse_length, z0);
        let s = stability.0;
        let z_l = if s >= 4.0 { 1.0 + 0.8 * (s - 4.0) } else { exp(3.2 - 0.8 * s) };
        let mut a = Self {
            u_star: 1.0,
            z0,
            inverse_length,
            inverse_length_e: inverse_length * (1.0 + z_m.max(3.0) / z_l),
            z_l,
            h_mix: mixing_height::slab(stability),
            stability,
            t_a,
            p,
            rho_a: crate::air_density(Pascal(p), Kelvin(t_a)).0,
            sigma_theta: w.sigma_theta,
            f_4m: 0.0,
            mean: [0.0; NODES],
        };
        a.u_star = KAPPA * u / a.f(z_m);
        a.f_4m = a.f(4.0);
        a.fill_means();
        Ok(a)
    }

    /// φ_m of the gradient `du/dz = u*/(κ z) φ_m (1 − z/h_mix)`.
    pub fn phi_m(&self, z: f64) -> f64 {
        let e = self.inverse_length_e;
        if e >= 0.0 {
            return 1.0 + 5.0 * z * e / (1.0 + z / self.z_l);
        }
        let (phi_inf, gamma) = self.unstable();
        phi_inf + (1.0 - phi_inf) / sqrt(1.0 + gamma * z)
    }

    fn unstable(&self) -> (f64, f64) {
        let phi_inf = pow(1.0 - 16.0 * self.z_l * self.inverse_length_e, -0.25);
        (phi_inf, -8.0 * self.inverse_length_e / (1.0 - phi_inf))
    }

    /// F(z) of `u = (u*/κ) F`.
    pub fn f(&self, z: f64) -> f64 {
        let z1 = std::f64::consts::E * self.z0;
        let z = z.clamp(0.0, self.h_mix);
        if z >= z1 {
            return self.f_above(z);
        }
        // Below e·z0 a quadratic through the origin, matched in value and slope.
        let f1 = self.f_above(z1);
        let slope = self.phi_m(z1) * (1.0 - z1 / self.h_mix) / z1;
        let b = (slope - f1 / z1) / z1;
        let a = f1 / z1 - b * z1;
        a * z + b * z * z
    }

    fn f_above(&self, z: f64) -> f64 {
        let (z0, h, z_l, e) = (self.z0, self.h_mix, self.z_l, self.inverse_length_e);
        if e >= -1e-9 {
            let e = e.max(0.0);
            return log(z / z0) - (z - z0) / h + 5.0 * z_l * e * ((1.0 + z_l / h) * log((z + z_l) / (z0 + z_l)) - (z - z0) / h);
        }
        let (phi, gamma) = self.unstable();
        let v = sqrt(1.0 + gamma * z);
        let v0 = sqrt(1.0 + gamma * z0);
        log(z / z0) - phi * (z - z0) / h - 2.0 * (1.0 - phi) * (log((1.0 + v) / (1.0 + v0)) + (v - v0) / (gamma * h))
    }

    pub fn wind(&self, z: f64) -> f64 {
        self.u_star / KAPPA * self.f(z)
    }

    pub fn f_4m(&self) -> f64 {
        self.f_4m
    }

    /// Table of `(1/z)∫₀ᶻ u dz` at heights spaced evenly in ln z, by Simpson's rule between neighbours.
    fn fill_means(&mut self) {
        let mut integral = 0.0;
        let mut below = 0.0;
        for i in 0..NODES {
            let z = Self::node(i);
            let step = z - below;
            integral += step / 6.0 * (self.wind(below) + 4.0 * self.wind(0.5 * (below + z)) + self.wind(z));
            self.mean[i] = (integral / z).min(self.wind(z));
            below = z;
        }
    }

    fn node(i: usize) -> f64 {
        1e-3 * pow(Z_MOST / 1e-3, i as f64 / (NODES - 1) as f64)
    }

    /// Mean wind from the ground to `z`.
    fn mean_to(&self, z: f64) -> f64 {
        let place = (log(z.clamp(1e-3, Z_MOST) / 1e-3) / log(Z_MOST / 1e-3)) * (NODES - 1) as f64;
        let i = (place as usize).min(NODES - 2);
        let share = place - i as f64;
        self.mean[i] * (1.0 - share) + self.mean[i + 1] * share
    }

    /// Mean wind over the layer from `bottom` to `top`, never above the wind at its top.
    pub fn mean_wind(&self, bottom: f64, top: f64) -> f64 {
        let mean = if bottom <= 0.0 || top - bottom < 0.02 * top {
            self.mean_to(top)
        } else {
            (top * self.mean_to(top) - bottom * self.mean_to(bottom)) / (top - bottom)
        };
        mean.min(self.wind(top)).max(1e-3)
    }

    /// Meander factor F_t(t) = ((t + 10 e^{−t/10})/900)^0.2.
    pub fn f_t(t: f64) -> f64 {
        pow((t + 10.0 * exp(-t / 10.0)) / 900.0, 0.2)
    }

    /// S of the sideways mixing: `1/(1 + r·10/L)` stable, `1 − r·10/L` unstable, `r = sqrt((u*/u(2 m))/0.086)`.
    pub fn sideways(&self) -> f64 {
        let r = sqrt(self.u_star / self.wind(2.0).max(1e-3) / 0.086);
        let x = r * 10.0 * self.inverse_length;
        if x >= 0.0 { 1.0 / (1.0 + x) } else { 1.0 - x }
    }
}

/// Cube root of a value that rounding may have left below zero.
pub fn third_root(x: f64) -> f64 {
    cbrt(x.max(0.0))
}
