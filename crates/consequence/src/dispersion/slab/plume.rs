//! Steady plume, stepped in x from a pool or a jet until half the release is in the cloud. Specification 06 §3.2, §3.3.

use libm::{acos, cos, exp, sqrt};

use super::cloud::{C_F, Middle, ROOT_3, Run, Slice, layer, limited, ratio_power};
use super::field::{Cloud, Station};
use super::{Closure, jet, puff};
use crate::{G, Note, Refusal, Validity};

/// Steps in the source and least growth of the distance per step beyond it.
const SOURCE_STEPS: usize = 80;
const GROWTH: f64 = 0.05;
/// Most growth of mass or width in a step beyond the source.
const MOST_GROWTH: f64 = 0.1;
const MOST_STEPS: usize = 6000;
const MOST_STATIONS: usize = 1200;
const MOST_ROUNDS: usize = 40;

/// The plume at x: half mass flux R, half-width B, core b, height of the centre, speeds, and what is carried.
#[derive(Debug, Clone, Copy)]
struct At {
    x: f64,
    r: f64,
    s: Slice,
    b: f64,
    /// Downward momentum of the centre R w_c.
    r_w: f64,
    /// Ground heat taken up, W (half).
    heat: f64,
    /// Mass in the cloud, kg.
    q_mass: f64,
}

/// Source of one run: rate and, for a pool, half-width.
#[derive(Debug, Clone, Copy)]
struct From {
    q: f64,
    duration: f64,
    b_s: Option<f64>,
    /// End of the enhanced friction and the length it relaxes over.
    x_src: f64,
    relax: f64,
    u_src2: f64,
}

/// A pool: finds the smallest footprint that the cloud can be carried through, then runs on.
pub fn from_pool(run: &Run, q: f64, area: f64, duration: f64, x_max: f64) -> Result<Cloud, Refusal> {
    let geometric = 0.5 * sqrt(area);
    let mut notes = Validity::new();
    let mut b_s = geometric;
    if over_pool(run, q, duration, b_s, None).is_none() {
        // Upwind spreading in low wind: the smallest footprint with a root everywhere.
        let mut low = b_s;
        let mut high = b_s;
        for _ in 0..40 {
            high *= 1.3;
            if over_pool(run, q, duration, high, None).is_some() {
                break;
            }
            low = high;
        }
        for _ in 0..7 {
            let mid = 0.5 * (low + high);
            if over_pool(run, q, duration, mid, None).is_some() { high = mid } else { low = mid }
        }
        b_s = high;
        notes.add(Note::Held { model: super::MODEL, input: "half-width of the source, m (spreads upwind)", given: geometric, used: b_s });
    }
    let mut stations = Vec::with_capacity(MOST_STATIONS);
    let (at, from) = over_pool(run, q, duration, b_s, Some(&mut stations))
        .ok_or(Refusal::NoSolution { model: super::MODEL, why: "the wind cannot carry so much vapour from a pool" })?;
    beyond(run, at, from, stations, x_max, notes)
}

/// Through the source region; `None` where the cubic has no root.
fn over_pool(run: &Run, q: f64, duration: f64, b_s: f64, mut keep: Option<&mut Vec<Station>>) -> Option<(At, From)> {
    let a = &run.ambient;
    let h_e = layer(a.z0);
    let u_bar = run.u_bar(h_e, 0.0);
    let rho_s = run.mixture(1.0, 0.0).rho;
    let w_s = q / (rho_s * 4.0 * b_s * b_s);
    let mut from = From { q, duration, b_s: Some(b_s), x_src: b_s, relax: b_s, u_src2: 0.0 };
    let mixture = run.mixture(0.0, 0.0);
    let s = Slice { big_b: b_s, h: h_e, z_c: 0.0, u: u_bar, v_g: 0.0, m: 0.0, mixture, u_bar, w_s, u_src2: 0.0 };
    // A square source is flat to its edge.
    let mut at = At { x: -b_s, r: mixture.rho * u_bar * b_s * h_e, s, b: 0.9999 * b_s, r_w: 0.0, heat: 0.0, q_mass: 0.0 };
    let steps = (SOURCE_STEPS as f64 / run.stride) as usize;
    let dx = 2.0 * b_s / steps as f64;
    for _ in 0..steps {
        at = step(run, &from, &at, dx)?;
        if let Some(stations) = keep.as_deref_mut() {
            stations.push(at.station(&from));
        }
    }
    let share = a.u_star / at.s.u_bar;
    from.u_src2 = share * share * (at.s.u * at.s.u + 0.25 * at.s.v_g * at.s.v_g) + 0.05 * w_s * at.s.u_bar;
    at.s.w_s = 0.0;
    Some((at, from))
}

/// A jet at height `height`, of area `area` after expansion, rising by `elevation` rad.
///
/// SLAB starts a horizontal jet as a slab at 1 m, and lets a vertical one first rise by Hoot, Meroney and Peterka; both draw air on the way
/// up as a free jet does.
pub fn from_jet(run: &Run, q: f64, area: f64, height: f64, elevation: f64, duration: f64, x_max: f64) -> Result<Cloud, Refusal> {
    let mixture = run.mixture(1.0, 0.0);
    let start = match run.closure {
        Closure::Slab if elevation == 0.0 => jet::Free::new(1.0, height, area, q, mixture.rho, 0.0),
        Closure::Slab => jet::risen(run, q, &jet::Free::new(0.0, height, area, q, mixture.rho, elevation)),
        Closure::Improved => jet::free(run, q, &jet::Free::new(0.0, height, area, q, mixture.rho, elevation)),
    };
    let m = q / start.flux;
    let mixture = run.mixture(m, 0.0);
    // Equal mass, momentum and enthalpy in a square section of the slab; one that hardly moves along is at once carried at a tenth of the wind.
    let along = start.along.max(0.1 * start.flux * run.ambient.wind(start.z.max(0.1)));
    let section = start.flux * start.flux / (mixture.rho * along);
    let big_b = 0.5 * sqrt(section);
    let h = 2.0 * big_b;
    let z_c = start.z.max(0.0);
    let u_bar = run.u_bar(h, z_c);
    let s = Slice { big_b, h, z_c, u: along / start.flux, v_g: 0.0, m, mixture, u_bar, w_s: 0.0, u_src2: 0.0 };
    let at = At {
        x: start.x,
        r: 0.5 * start.flux,
        s,
        b: 0.9 * big_b,
        r_w: 0.5 * start.up,
        heat: 0.0,
        q_mass: q * start.x / (start.u + 1e-9) * 0.5,
    };
    let from = From { q, duration, b_s: None, x_src: start.x, relax: 1.0, u_src2: 0.0 };
    let stations = Vec::with_capacity(MOST_STATIONS);
    beyond(run, at, from, stations, x_max, Validity::new())
}

/// From the end of the source to the transition, then as a puff.
fn beyond(run: &Run, mut at: At, from: From, mut stations: Vec<Station>, x_max: f64, notes: Validity) -> Result<Cloud, Refusal> {
    let x_near = from.b_s.unwrap_or(0.0);
    stations.push(at.station(&from));
    for _ in 0..MOST_STEPS {
        if at.x >= x_max || stations.len() >= MOST_STATIONS || run.thinned_out(at.s.m) {
            break;
        }
        let mut dx = (GROWTH * (at.x + x_near)).max(0.02);
        if at.s.lofted() && at.r_w < 0.0 {
            // Where a sinking cloud meets the ground is found to a twentieth of its height.
            dx = dx.min((0.05 * at.s.h * at.s.u * at.r / -at.r_w).max(0.02));
        }
        let dx = run.stride * dx;
        at = step(run, &from, &at, dx).ok_or(Refusal::NoSolution { model: super::MODEL, why: "the plume stops beyond its source" })?;
        let far = stations.last().is_none_or(|last| worth_keeping(last, &at));
        if far {
            stations.push(at.station(&from));
        }
        if at.q_mass >= 0.5 * from.q * from.duration {
            if !far {
                stations.push(at.station(&from));
            }
            let r = from.q * from.duration / (4.0 * at.s.m);
            let (heat, r_w) = (at.heat / at.r * r, at.r_w / at.r * r);
            let start = puff::Start { x: at.x, t: from.duration, r, s: at.s, b: at.b, heat, r_w, mass: from.q * from.duration };
            return puff::onward(run, start, stations, from.duration, x_max, notes);
        }
    }
    if stations.last().is_some_and(|last| last.x < at.x) {
        stations.push(at.station(&from));
    }
    Ok(Cloud { stations, duration: from.duration, ambient: run.ambient, m_s: run.mixing.m_s, m_a: run.ambient.m_a, notes })
}

/// Small steps are kept once they come to something: a twentieth of the way, or of the mixture.
fn worth_keeping(last: &Station, at: &At) -> bool {
    at.x >= last.x + (0.04 * last.x.abs()).max(0.02) || at.s.m < 0.95 * last.m || (at.s.z_c - last.z_c).abs() > 0.05 * at.s.h.max(at.s.z_c)
}

impl At {
    fn station(&self, from: &From) -> Station {
        Station {
            x: self.x,
            t: 2.0 * self.q_mass / from.q,
            puff: false,
            big_b: self.s.big_b,
            b: self.b,
            big_bx: 0.0,
            bx: 0.0,
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

/// Changes per metre.
struct Slope {
    r: f64,
    big_b: f64,
    b: f64,
    /// Gravity on the current, friction on it, friction on the speed, heat from the ground.
    g: f64,
    f_v: f64,
    f_u: f64,
    f_t: f64,
    w_c: f64,
    r_w: f64,
    q_mass: f64,
}

fn slope(run: &Run, from: &From, at: &At) -> Slope {
    let a = &run.ambient;
    let mut s = at.s;
    s.u_src2 = if from.u_src2 > 0.0 && at.x > from.x_src {
        let share = a.u_star / s.u_bar;
        let u_i2 = share * share * (s.u * s.u + 0.25 * s.v_g * s.v_g);
        u_i2 + (from.u_src2 - u_i2) * exp(-(at.x - from.x_src) / from.relax)
    } else {
        0.0
    };
    let mix = run.mix(&s);
    let rho = s.mixture.rho;
    let lofted = s.lofted();
    let source = from.b_s.filter(|b_s| at.x < *b_s - 1e-9);
    let g = if lofted || (source.is_some() && rho <= a.rho_a) { 0.0 } else { 0.75 * G * (rho - a.rho_a) * s.h * s.h };
    let share = a.u_star / s.u_bar;
    let v_half = 0.5 * s.v_g;
    let drag = C_F * mix.d_u * mix.d_u.abs();
    let (f_u, f_v, f_t) = if lofted {
        (rho * (2.0 * s.big_b + s.h) * drag, 0.0, 0.0)
    } else {
        let bed = share * share * s.u * s.u - a.u_star * a.u_star;
        let current = share * v_half;
        let air = a.rho_a / rho * v_half;
        (
            -rho * (s.big_b * bed - (s.big_b + s.h) * drag),
            rho * s.big_b * (current * current + C_F * air * air),
            rho * s.big_b * mix.v_h * run.cp(s.m) * (a.t_a - s.mixture.t),
        )
    };
    let v_g = if source.is_some() { s.v_g } else { run.clears_the_ground(s.h) * s.v_g };
    let middle = if source.is_some() { Middle::Drifts } else { run.middle(&s) };
    let free = middle == Middle::Free;
    let w_c = match middle {
        Middle::Free => at.r_w / at.r,
        Middle::Drifts => 0.0,
        Middle::Lies => -v_g * s.z_c / s.big_b,
    };
    let lift = if free { -G * (rho - a.rho_a) * s.big_b * s.h - f64::from(lofted) * rho * s.h * C_F * w_c * w_c.abs() } else { 0.0 };
    Slope {
        r: ROOT_3 * a.rho_a * (mix.v_e * s.h + mix.w_e * s.big_b) + source.map_or(0.0, |b_s| from.q / (4.0 * b_s)),
        big_b: (ROOT_3 * a.rho_a / rho * mix.v_e + v_g) / s.u,
        b: v_g * at.b / (s.big_b * s.u),
        g,
        f_v,
        f_u,
        f_t,
        w_c: w_c / s.u,
        r_w: lift,
        q_mass: 2.0 * rho * s.big_b * s.h * s.m,
    }
}

/// One step of at most `dx` by the midpoint rule; frictions can pull to rest, never past it. Where a cloud that hardly moves spreads, the
/// step is the way in which its mass or width grows by [`MOST_GROWTH`].
fn step(run: &Run, from: &From, at: &At, dx: f64) -> Option<At> {
    let first = slope(run, from, at);
    let limit = |value: f64, per_m: f64| if per_m > 0.0 { run.stride * MOST_GROWTH * value / per_m } else { f64::INFINITY };
    let dx =
        if from.b_s.is_some_and(|b_s| at.x < b_s - 1e-9) { dx } else { dx.min(limit(at.r, first.r)).min(limit(at.s.big_b, first.big_b)) };
    let half = apply(run, from, at, &first, 0.5 * dx)?;
    let middle = slope(run, from, &half);
    apply(run, from, at, &middle, dx)
}

fn apply(run: &Run, from: &From, at: &At, d: &Slope, dx: f64) -> Option<At> {
    let a = &run.ambient;
    let x = at.x + dx;
    let s0 = &at.s;
    let r = at.r + d.r * dx;
    let m = match from.b_s {
        Some(b_s) if x < b_s => from.q * (x + b_s) / (4.0 * b_s * r),
        _ => from.q / (2.0 * r),
    }
    .clamp(0.0, 1.0);
    // Ground heat cannot pass the air's temperature.
    let gap = at.r * run.cp(s0.m) * (a.t_a - s0.mixture.t);
    let heat = at.heat + if d.f_t * gap > 0.0 { limited(gap, (d.f_t * dx).abs()) } else { 0.0 };
    let mixture = run.mixture(m, heat / r);
    let rho = mixture.rho;
    let stretch = ratio_power(s0.mixture.rho, rho, s0.h / (s0.h + 2.0 * s0.big_b));
    let in_source = from.b_s.is_some_and(|b_s| x <= b_s);
    // Inside the source new vapour, not thinning, changes the density: the width stays with the footprint.
    let stretch = if in_source { 1.0 } else { stretch };
    let mut big_b = (s0.big_b + d.big_b * dx) * stretch;
    let mut b = ((at.b + d.b * dx) * stretch).min(0.9999 * big_b);
    let drive = d.g * dx + at.r * s0.v_g;
    let e_v = if at.r * s0.v_g > 0.0 { at.r * s0.v_g / (at.r * s0.v_g + d.f_v * dx) } else { 1.0 };
    let v_g = (e_v * drive / r).max(0.0);
    let lofted0 = s0.lofted();
    let alpha = if !lofted0 && rho > a.rho_a { 0.25 } else { 0.0 };
    let alpha0 = if !lofted0 && s0.mixture.rho > a.rho_a { 0.25 } else { 0.0 };
    let s_0 = at.r * (s0.u - (1.0 - s0.m) * s0.u_bar) + 0.5 * alpha0 * G * (s0.mixture.rho - a.rho_a) * s0.big_b * s0.h * s0.h;
    let s_f = limited(at.r * (s0.u_bar - s0.u), (d.f_u * dx).abs());
    let pressed = alpha * G * (rho - a.rho_a) * r / (2.0 * rho * rho);
    let mut u = s0.u;
    let z_c = (s0.z_c + d.w_c * dx).max(0.0);
    // U, h and Ū hold each other: the secant method on U, from the damped step (U U_new²)^(1/3).
    let (mut h, mut u_bar);
    let mut before: Option<(f64, f64)> = None;
    let mut rounds = 0;
    loop {
        h = r / (rho * u * big_b);
        u_bar = run.u_bar(h, z_c);
        let u_e = (1.0 - m) * u_bar + (s_0 + s_f) / r;
        // Too narrow for the wind: a pool takes a larger footprint, a cloud beyond its source widens in place as far as the ground lets it.
        let most = 4.0 / 27.0 * u_e * u_e * u_e;
        let mut u_g3 = pressed / big_b;
        if !in_source && u_g3 > most && u_e > 0.0 {
            match run.closure {
                Closure::Slab => {
                    let wider = 1.0001 * u_g3 / most;
                    big_b *= wider;
                    b *= wider;
                    u_g3 /= wider;
                    before = None;
                }
                Closure::Improved => u_g3 = 0.9999 * most,
            }
        }
        let new = largest_root(u_e, u_g3)?;
        let gap = new - u;
        rounds += 1;
        if gap.abs() < 1e-5 * u || rounds == MOST_ROUNDS {
            break;
        }
        let next = match before {
            Some((u_0, gap_0)) if gap != gap_0 => u - gap * (u - u_0) / (gap - gap_0),
            _ => libm::cbrt(u * new * new),
        };
        before = Some((u, gap));
        u = next.clamp(0.5 * u, 2.0 * u);
    }
    if h > 2.0 * big_b {
        let narrow = big_b;
        big_b = sqrt(r / (2.0 * rho * u));
        h = 2.0 * big_b;
        b *= big_b / narrow;
    }
    let mut s = Slice { big_b, h, z_c, u, v_g, m, mixture, u_bar, w_s: s0.w_s, u_src2: 0.0 };
    // A cloud that lies on the ground keeps its middle in its lower half.
    if !lofted0 && run.middle(&Slice { z_c: 0.0, ..s }) == Middle::Lies {
        s.z_c = z_c.min(0.5 * h);
    }
    let r_w = if run.middle(&s) == Middle::Free { at.r_w + d.r_w * dx } else { 0.0 };
    let at = At { x, r, s, b, r_w, heat, q_mass: at.q_mass + d.q_mass * dx };
    (at.r.is_finite() && u.is_finite() && big_b.is_finite()).then_some(at)
}

/// Largest root of `U³ − U_e U² + U_g³ = 0`: `U = (U_e/3)(1 + 2 cos(φ/3))`, `cos φ = 1 − 27U_g³/(2U_e³)`.
fn largest_root(u_e: f64, u_g3: f64) -> Option<f64> {
    if u_e <= 0.0 {
        return None;
    }
    let c = 1.0 - 27.0 * u_g3 / (2.0 * u_e * u_e * u_e);
    (c >= -1.0).then(|| u_e / 3.0 * (1.0 + 2.0 * cos(acos(c.min(1.0)) / 3.0)))
}
