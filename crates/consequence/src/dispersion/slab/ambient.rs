//! The air the cloud moves in: wind by height and its mean over a layer. Specification 06 §3.1.

use libm::{cbrt, exp, log, pow, sqrt};

use crate::meteorology::{Stability, length, mixing_height};
use crate::mixing::water_saturation;
use crate::validity::{positive, within};
use crate::{M_AIR, M_WATER, R, Refusal};

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
    /// Relative humidity, 0…1; 0 is dry air.
    pub humidity: f64,
    /// Measured spread of the wind's direction, rad, for the meander; `None` takes SLAB's.
    pub sigma_theta: Option<f64>,
}

/// Heights of the tables: 16 between each power of two and the next, so that a height's place in them is read off its bits.
const LEAST_EXPONENT: u64 = 1023 - 10;
const OCTAVES: usize = 22;
const NODES: usize = 16 * OCTAVES + 1;
const BASE: u64 = LEAST_EXPONENT << 4;

fn node(i: usize) -> f64 {
    f64::from_bits((BASE + i as u64) << 48)
}

/// Value at `z` of a table over the nodes, linear in between; below the first node and above the last it is theirs.
fn look_up(table: &[f64; NODES], z: f64) -> f64 {
    if z.is_nan() {
        return f64::NAN;
    }
    let z = z.clamp(node(0), node(NODES - 1) * (1.0 - f64::EPSILON));
    let bits = z.to_bits();
    let i = ((bits >> 48) - BASE) as usize;
    let share = (bits & 0xFFFF_FFFF_FFFF) as f64 / (1_u64 << 48) as f64;
    table[i] + share * (table[i + 1] - table[i])
}

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
    /// Water vapour, kg per kg of moist air, and that air's molar mass, kg/mol.
    pub q_a: f64,
    pub m_a: f64,
    pub sigma_theta: Option<f64>,
    /// S of the sideways mixing, and `a1 = 0.08 S F_t(0)`.
    pub sideways: f64,
    pub a1: f64,
    f_4m: f64,
    /// φ∞ and γ of the unstable profile.
    phi_inf: f64,
    gamma: f64,
    /// F(z), and the mean wind below z, m/s.
    f: [f64; NODES],
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
        let humidity = within("relative humidity", w.humidity, 0.0, 1.0, "between 0 and 1")?;
        let stability = length::class_of(inverse_length, z0);
        let s = stability.0;
        let z_l = if s >= 4.0 { 1.0 + 0.8 * (s - 4.0) } else { exp(3.2 - 0.8 * s) };
        let inverse_length_e = inverse_length * (1.0 + z_m.max(3.0) / z_l);
        let (phi_inf, gamma) = if inverse_length_e < 0.0 {
            let phi_inf = pow(1.0 - 16.0 * z_l * inverse_length_e, -0.25);
            (phi_inf, -8.0 * inverse_length_e / (1.0 - phi_inf))
        } else {
            (1.0, 0.0)
        };
        let y_w = humidity * water_saturation(t_a) * crate::P0 / p;
        let m_a = y_w * M_WATER + (1.0 - y_w) * M_AIR;
        let mut a = Self {
            u_star: 1.0,
            z0,
            inverse_length,
            inverse_length_e,
            z_l,
            h_mix: mixing_height::slab(stability),
            stability,
            t_a,
            p,
            rho_a: p * m_a / (R * t_a),
            q_a: y_w * M_WATER / m_a,
            m_a,
            sigma_theta: w.sigma_theta,
            sideways: 1.0,
            a1: 0.0,
            f_4m: 0.0,
            phi_inf,
            gamma,
            f: [0.0; NODES],
            mean: [0.0; NODES],
        };
        a.u_star = KAPPA * u / a.exact_f(z_m);
        a.fill_tables();
        a.f_4m = a.f(4.0);
        // S: `1/(1 + r·10/L)` stable, `1 − r·10/L` unstable, `r = sqrt((u*/u(2 m))/0.086)`.
        let x = sqrt(a.u_star / a.wind(2.0).max(1e-3) / 0.086) * 10.0 * inverse_length;
        a.sideways = if x >= 0.0 { 1.0 / (1.0 + x) } else { 1.0 - x };
        a.a1 = 0.08 * a.sideways * Self::f_t(0.0);
        Ok(a)
    }

    /// φ_m of the gradient `du/dz = u*/(κ z) φ_m (1 − z/h_mix)`.
    pub fn phi_m(&self, z: f64) -> f64 {
        let e = self.inverse_length_e;
        if e >= 0.0 {
            return 1.0 + 5.0 * z * e / (1.0 + z / self.z_l);
        }
        self.phi_inf + (1.0 - self.phi_inf) / sqrt(1.0 + self.gamma * z)
    }

    /// F(z) of `u = (u*/κ) F`, from its table.
    pub fn f(&self, z: f64) -> f64 {
        look_up(&self.f, z) * (z * (1.0 / node(0))).min(1.0)
    }

    fn exact_f(&self, z: f64) -> f64 {
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
        let (phi, gamma) = (self.phi_inf, self.gamma);
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

    /// F and `(1/z)∫₀ᶻ u dz` at the nodes, the integral by Simpson's rule between neighbours.
    fn fill_tables(&mut self) {
        let mut integral = 0.0;
        let (mut below, mut u_below) = (0.0, 0.0);
        for i in 0..NODES {
            let z = node(i);
            self.f[i] = self.exact_f(z);
            let u = self.u_star / KAPPA * self.f[i];
            let middle = self.u_star / KAPPA * self.exact_f(0.5 * (below + z));
            integral += (z - below) / 6.0 * (u_below + 4.0 * middle + u);
            self.mean[i] = (integral / z).min(u);
            (below, u_below) = (z, u);
        }
    }

    /// Mean wind from the ground to `z`.
    fn mean_to(&self, z: f64) -> f64 {
        look_up(&self.mean, z)
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
}

/// Cube root of a value that rounding may have left below zero.
pub fn third_root(x: f64) -> f64 {
    cbrt(x.max(0.0))
}
