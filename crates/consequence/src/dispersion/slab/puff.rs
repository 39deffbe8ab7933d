//! The puff, stepped in time, after an instantaneous release or when a release has ended. Specification 06 §3.5.

use libm::sqrt;

use super::ambient::KAPPA;
use super::cloud::{C_F, Middle, ROOT_3, Run, Slice, limited, ratio_power};
use super::field::{Cloud, Station};
use crate::{G, Refusal, Validity};

const MOST_STEPS: usize = 1200;

/// A cloud as the puff begins.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    pub x: f64,
    pub t: f64,
    /// Quarter of the cloud's mass, kg.
    pub r: f64,
    pub s: Slice,
    pub b: f64,
    pub heat: f64,
    /// Upward momentum of its middle.
    pub r_w: f64,
    /// Mass released, kg.
    pub mass: f64,
}

#[derive(Debug, Clone, Copy)]
struct At {
    x: f64,
    t: f64,
    r: f64,
    s: Slice,
    b: f64,
    big_bx: f64,
    bx: f64,
    u_g: f64,
    heat: f64,
    r_w: f64,
}

/// A mass at rest over a ground area.
pub fn instantaneous(run: &Run, mass: f64, area: f64, x_max: f64) -> Result<Cloud, Refusal> {
    let mixture = run.mixture(1.0, 0.0);
    let big_b = 0.5 * sqrt(area);
    let h = mass / (mixture.rho * area);
    let u_bar = run.u_bar(h, 0.0);
    let s = Slice { big_b, h, z_c: 0.0, u: 1e-3, v_g: 0.0, m: 1.0, mixture, u_bar, w_s: 0.0, u_src2: 0.0 };
    // Flat to its edge, as a square source is.
    let start = Start { x: 0.0, t: 0.0, r: 0.25 * mass, s, b: 0.9999 * big_b, heat: 0.0, r_w: 0.0, mass };
    onward(run, start, Vec::with_capacity(MOST_STEPS), 0.0, x_max, Validity::new())
}

/// From the start to `x_max`; stations are where the middle of the cloud passes.
pub fn onward(run: &Run, start: Start, mut stations: Vec<Station>, duration: f64, x_max: f64, notes: Validity) -> Result<Cloud, Refusal> {
    let s = start.s;
    let big_bx = start.r / (s.mixture.rho * s.big_b * s.h);
    let u_g = s.big_b / big_bx * s.v_g;
    let mut at =
        At { x: start.x, t: start.t, r: start.r, s, b: start.b, big_bx, bx: 0.9999 * big_bx, u_g, heat: start.heat, r_w: start.r_w };
    stations.push(at.station());
    for _ in 0..MOST_STEPS {
        if at.x >= x_max || run.thinned_out(at.s.m) {
            break;
        }
        let first = slope(run, &at);
        let dt = run.stride * time_step(&at, &first);
        let half = apply(run, start.mass, &at, &first, 0.5 * dt);
        at = apply(run, start.mass, &at, &slope(run, &half), dt);
        if !(at.r.is_finite() && at.x.is_finite()) {
            return Err(Refusal::NoSolution { model: super::MODEL, why: "the puff's equations have no finite answer" });
        }
        stations.push(at.station());
    }
    Ok(Cloud { stations, duration, ambient: run.ambient, m_s: run.mixing.m_s, m_a: run.ambient.m_a, notes })
}

impl At {
    fn station(&self) -> Station {
        Station {
            x: self.x,
            t: self.t,
            puff: true,
            big_b: self.s.big_b,
            b: self.b,
            big_bx: self.big_bx,
            bx: self.bx,
            h: self.s.h,
            z_c: self.s.z_c,
            u: self.s.u,
            m: self.s.m,
            t_k: self.s.mixture.t,
            rho: self.s.mixture.rho,
            liquid: self.s.mixture.liquid,
        }
    }
}

struct Slope {
    r: f64,
    big_b: f64,
    big_bx: f64,
    b: f64,
    bx: f64,
    g_y: f64,
    g_x: f64,
    f_y: f64,
    f_x: f64,
    f_u: f64,
    f_t: f64,
    w_c: f64,
    r_w: f64,
}

/// Such that the mass grows by at most 4 %, the width by 4 % also from rest, and the cloud moves a twentieth of its way and length.
fn time_step(at: &At, d: &Slope) -> f64 {
    let by_mass = 0.04 * at.r / d.r.max(1e-12);
    let wider = 0.04 * at.s.big_b.min(at.big_bx);
    let (v, a) = (d.big_b.max(d.big_bx), (d.g_y / at.r).max(d.g_x / at.r).max(1e-9));
    let by_width = (sqrt(v * v + 2.0 * a * wider) - v) / a;
    let by_way = 0.05 * (at.x.abs() + 2.0 * at.big_bx + 10.0) / at.s.u.max(0.1);
    by_mass.min(by_width).min(by_way).max(1e-3)
}

fn slope(run: &Run, at: &At) -> Slope {
    let a = &run.ambient;
    let s = &at.s;
    let mix = run.mix(s);
    let rho = s.mixture.rho;
    let dense = rho - a.rho_a;
    let share = a.u_star / s.u_bar;
    let drag = C_F * mix.d_u * mix.d_u.abs();
    let area = s.big_b * at.big_bx;
    let friction = |v: f64| {
        let current = share * 0.5 * v;
        let air = a.rho_a / rho * 0.5 * v;
        rho * area * (current * current + C_F * air * air)
    };
    let bed = share * share * s.u * s.u - a.u_star * a.u_star;
    // Along the wind the air's spread and its shear.
    let v_ax = run.v_a(s.u_bar, at.big_bx);
    let z_r = (0.5 * s.h).max(a.z0);
    let shear = 0.6 * a.u_star / KAPPA * a.phi_m(z_r) * z_r / (z_r + a.z0) * (1.0 - z_r / a.h_mix).max(0.0);
    let v_ex = sqrt(v_ax * v_ax + shear * shear);
    let lofted = s.lofted();
    let clear = run.clears_the_ground(s.h);
    let (v_g, u_g) = (clear * s.v_g, clear * at.u_g);
    let middle = run.middle(s);
    let free = middle == Middle::Free;
    let w_c = match middle {
        Middle::Free => at.r_w / at.r,
        Middle::Drifts => 0.0,
        Middle::Lies => -(v_g / s.big_b + u_g / at.big_bx) * s.z_c,
    };
    let pull = if lofted { 0.0 } else { 0.75 * G * dense * s.h * s.h };
    Slope {
        r: ROOT_3 * a.rho_a * ((v_ex * s.big_b + mix.v_e * at.big_bx) * s.h + mix.w_e * area),
        big_b: ROOT_3 * a.rho_a / rho * mix.v_e + v_g,
        big_bx: ROOT_3 * a.rho_a / rho * v_ex + u_g,
        b: v_g * at.b / s.big_b,
        bx: u_g * at.bx / at.big_bx,
        g_y: pull * at.big_bx,
        g_x: pull * s.big_b,
        f_y: if lofted { 0.0 } else { friction(s.v_g) },
        f_x: if lofted { 0.0 } else { friction(at.u_g) },
        f_u: -rho * (area * bed - (area + (s.big_b + at.big_bx) * s.h) * drag),
        f_t: if lofted { 0.0 } else { rho * area * mix.v_h * run.cp(s.m) * (a.t_a - s.mixture.t) },
        w_c,
        r_w: if free { -G * dense * area * s.h - f64::from(lofted) * rho * s.h * C_F * at.big_bx * w_c * w_c.abs() } else { 0.0 },
    }
}

fn apply(run: &Run, mass: f64, at: &At, d: &Slope, dt: f64) -> At {
    let a = &run.ambient;
    let s0 = &at.s;
    let r = at.r + d.r * dt;
    let m = (mass / (4.0 * r)).clamp(0.0, 1.0);
    let gap = at.r * run.cp(s0.m) * (a.t_a - s0.mixture.t);
    let heat = at.heat + if d.f_t * gap > 0.0 { limited(gap, (d.f_t * dt).abs()) } else { 0.0 };
    let mixture = run.mixture(m, heat / r);
    let rho = mixture.rho;
    let (h0, b0, bx0) = (s0.h, s0.big_b, at.big_bx);
    let g_y = bx0 * h0 / (h0 * (bx0 + b0) + 2.0 * b0 * bx0);
    let g_x = g_y * b0 / bx0;
    let wide = ratio_power(s0.mixture.rho, rho, g_y);
    let long = ratio_power(s0.mixture.rho, rho, g_x);
    let big_b = (b0 + d.big_b * dt) * wide;
    let big_bx = (bx0 + d.big_bx * dt) * long;
    let b = ((at.b + d.b * dt) * wide).min(0.9999 * big_b);
    let bx = ((at.bx + d.bx * dt) * long).min(0.9999 * big_bx);
    let current = |v: f64, g: f64, f: f64| {
        let e = if v > 0.0 { at.r * v / (at.r * v + f * dt) } else { 1.0 };
        (e * (at.r * v + g * dt) / r).max(0.0)
    };
    let v_g = current(s0.v_g, d.g_y, d.f_y);
    let u_g = current(at.u_g, d.g_x, d.f_x);
    let momentum = at.r * (s0.u - (1.0 - s0.m) * s0.u_bar) + limited(at.r * (s0.u_bar - s0.u), (d.f_u * dt).abs());
    let h = r / (rho * big_b * big_bx);
    let z_c = (s0.z_c + d.w_c * dt).max(0.0);
    let u_bar = run.u_bar(h, z_c);
    let u = ((1.0 - m) * u_bar + momentum / r).max(1e-3);
    let mut s = Slice { big_b, h, z_c, u, v_g, m, mixture, u_bar, w_s: 0.0, u_src2: 0.0 };
    if !s0.lofted() && run.middle(&Slice { z_c: 0.0, ..s }) == Middle::Lies {
        s.z_c = z_c.min(0.5 * h);
    }
    let r_w = if run.middle(&s) == Middle::Free { at.r_w + d.r_w * dt } else { 0.0 };
    At { x: at.x + 0.5 * (s0.u + u) * dt, t: at.t + dt, r, s, b, big_bx, bx, u_g, heat, r_w }
}
