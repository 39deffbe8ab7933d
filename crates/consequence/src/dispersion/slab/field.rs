//! The concentration around the averaged cloud, and what an instrument that averages over a time would read. Specification 06 §3.6.

use libm::{erf, exp, log, sqrt};
use std::f64::consts::PI;

use super::ambient::Ambient;
use super::cloud::A2;
use crate::Validity;

/// The cloud where its middle is at `x`, `t` seconds after the start. Frame: x downwind from the source centre, m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Station {
    pub x: f64,
    pub t: f64,
    pub puff: bool,
    pub big_b: f64,
    pub b: f64,
    pub big_bx: f64,
    pub bx: f64,
    pub h: f64,
    pub z_c: f64,
    pub u: f64,
    /// Mass fraction of the released substance.
    pub m: f64,
    pub t_k: f64,
    pub rho: f64,
    pub liquid: f64,
}

/// A whole run.
#[derive(Debug, Clone, PartialEq)]
pub struct Cloud {
    pub stations: Vec<Station>,
    pub duration: f64,
    pub ambient: Ambient,
    pub m_s: f64,
    pub m_a: f64,
    pub notes: Validity,
}

/// How the cloud passes a place, s after the release began.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Passage {
    pub arrival_s: f64,
    pub peak_s: f64,
    /// From the front to the rear: the release's own duration, or the cloud's length over its speed.
    pub duration_s: f64,
}

impl Cloud {
    /// When the cloud passes `x`, m: a plume arrives with the air that left first and lasts as long as its source, a puff is as long as
    /// its averaged half-length says. `None` where it never comes.
    pub fn passage(&self, x: f64) -> Option<Passage> {
        let covers = (self.duration == 0.0).then(|| self.covers(x)).flatten();
        let Some(s) = self.at(x) else { return covers };
        Some(if s.puff {
            let duration_s = 2.0 * s.big_bx / s.u.max(1e-3);
            match covers {
                // Where a burst hardly moves its length over its speed says nothing; how long it lies there does.
                Some(covers) if duration_s > 1.5 * covers.duration_s => covers,
                _ => Passage { arrival_s: (s.t - 0.5 * duration_s).max(0.0), peak_s: s.t, duration_s },
            }
        } else {
            // A station's t is when the middle of a release that had just ended would be there: twice the way of the first air.
            let travel_s = 0.5 * s.t.max(0.0);
            Passage { arrival_s: travel_s, peak_s: travel_s + 0.5 * self.duration, duration_s: self.duration }
        })
    }

    /// From when to when a burst's cloud lies over `x`, upwind of its start too.
    fn covers(&self, x: f64) -> Option<Passage> {
        let over = |s: &&Station| (x - s.x).abs() <= s.big_bx;
        let first = self.stations.iter().find(over)?;
        let last = self.stations.iter().rfind(over)?;
        let nearest = self.stations.iter().min_by(|a, b| (a.x - x).abs().total_cmp(&(b.x - x).abs()))?;
        Some(Passage { arrival_s: first.t, peak_s: nearest.t.max(first.t), duration_s: (last.t - first.t).max(1.0) })
    }

    /// Mean volume fraction of the slab: `c = M_a m/(M_s + (M_a − M_s) m)`.
    pub fn slab_fraction(&self, s: &Station) -> f64 {
        self.m_a * s.m / (self.m_s + (self.m_a - self.m_s) * s.m)
    }

    /// The cloud as its middle passes `x`, between neighbouring stations; `None` upwind of the first and beyond the last.
    pub fn at(&self, x: f64) -> Option<Station> {
        let i = self.stations.partition_point(|s| s.x <= x);
        if i == 0 || self.stations.is_empty() {
            return None;
        }
        if i == self.stations.len() {
            let last = self.stations[i - 1];
            return (x <= last.x).then_some(last);
        }
        let (p, n) = (&self.stations[i - 1], &self.stations[i]);
        let share = (x - p.x) / (n.x - p.x).max(1e-12);
        if p.puff != n.puff {
            return Some(if share < 0.5 { *p } else { *n });
        }
        let mix = |a: f64, b: f64| a + share * (b - a);
        let m = if p.m > 0.0 && n.m > 0.0 { exp(mix(log(p.m), log(n.m))) } else { mix(p.m, n.m) };
        Some(Station {
            x,
            t: mix(p.t, n.t),
            puff: p.puff,
            big_b: mix(p.big_b, n.big_b),
            b: mix(p.b, n.b),
            big_bx: mix(p.big_bx, n.big_bx),
            bx: mix(p.bx, n.bx),
            h: mix(p.h, n.h),
            z_c: mix(p.z_c, n.z_c),
            u: mix(p.u, n.u),
            m,
            t_k: mix(p.t_k, n.t_k),
            rho: mix(p.rho, n.rho),
            liquid: mix(p.liquid, n.liquid),
        })
    }

    /// Largest volume fraction in time at (x, y, z), averaged over `t_av` seconds (0: instantaneous).
    pub fn concentration(&self, x: f64, y: f64, z: f64, t_av: f64) -> f64 {
        self.at(x).map_or(0.0, |s| self.at_station(&s, y, z, t_av))
    }

    /// `C = c · f_x · f_y · f_z`, within 0…1; what has no figure stays without one.
    pub fn at_station(&self, s: &Station, y: f64, z: f64, t_av: f64) -> f64 {
        let c = self.slab_fraction(s) * self.along(s, t_av) * self.across(s, y, t_av) * vertical(s, z);
        c.clamp(0.0, 1.0)
    }

    /// Time factor: a short release does not fill the averaging time; a puff passes.
    fn along(&self, s: &Station, t_av: f64) -> f64 {
        if !s.puff {
            return if t_av > 0.0 { (self.duration / t_av).min(1.0) } else { 1.0 };
        }
        let beta = sqrt(((s.big_bx * s.big_bx - s.bx * s.bx) / 3.0).max(1e-12));
        let peak = s.big_bx / s.bx * erf(s.bx / (sqrt(2.0) * beta));
        let span = s.u * t_av;
        if span < 1e-3 * s.big_bx {
            return peak;
        }
        let g = |u: f64| u * erf(u) + exp(-u * u) / sqrt(PI);
        let z_plus = (s.bx + 0.5 * span) / (sqrt(2.0) * beta);
        let z_minus = (s.bx - 0.5 * span) / (sqrt(2.0) * beta);
        (s.big_bx / s.bx * sqrt(2.0) * beta * (g(z_plus) - g(z_minus)) / span).min(peak)
    }

    /// `f_y = (B/2b) [ erf((y+b)/(√2β)) − erf((y−b)/(√2β)) ]`, widened by the meander.
    fn across(&self, s: &Station, y: f64, t_av: f64) -> f64 {
        let beta = self.beta(s, t_av);
        let root = sqrt(2.0) * beta;
        s.big_b / (2.0 * s.b) * (erf((y + s.b) / root) - erf((y - s.b) / root))
    }

    /// β with meander: `β_c² = β² + [ (F_t(min(t_av, t_cloud))/F_t(0))² − 1 ] σ_y0²`.
    fn beta(&self, s: &Station, t_av: f64) -> f64 {
        let beta2 = ((s.big_b * s.big_b - s.b * s.b) / 3.0).max(1e-12);
        if t_av <= 0.0 || s.x <= 0.0 {
            return sqrt(beta2);
        }
        let t_cloud = self.duration.max(2.0 * s.big_bx / s.u);
        let f_0 = Ambient::f_t(0.0);
        let growth = Ambient::f_t(t_av.min(t_cloud)) / f_0;
        let sigma = match self.ambient.sigma_theta {
            Some(sigma_theta) => sigma_theta * f_0 * s.x,
            None => 2.0 * 0.08 * f_0 * self.ambient.sideways / A2 * (sqrt(1.0 + A2 * s.x) - 1.0),
        };
        sqrt(beta2 + (growth * growth - 1.0) * sigma * sigma)
    }

    /// Height of the largest concentration: on the ground if `z_c ≤ σ`, else the root of `z = z_c (1−E)/(1+E)`, `E = e^{−2 z z_c/σ²}`.
    pub fn height_of_maximum(&self, s: &Station) -> f64 {
        let sigma = sigma_z(s);
        if s.z_c <= sigma {
            return 0.0;
        }
        let mut z = s.z_c;
        for _ in 0..60 {
            let e = exp(-2.0 * z * s.z_c / (sigma * sigma));
            z = s.z_c * (1.0 - e) / (1.0 + e);
        }
        z
    }

    /// Largest concentration at `x` over all heights on the centre line.
    pub fn maximum(&self, x: f64, t_av: f64) -> f64 {
        self.at(x).map_or(0.0, |s| self.at_station(&s, 0.0, self.height_of_maximum(&s), t_av))
    }

    /// Farthest x on the centre line at height `z` with volume fraction `c`, m; the end of the run if it is over there, no figure where a
    /// station on the way has none.
    pub fn reach(&self, c: f64, z: f64, t_av: f64) -> Option<f64> {
        let value = |s: &Station| self.at_station(s, 0.0, z, t_av);
        let over = self.stations.iter().rposition(|s| {
            let here = value(s);
            here >= c || here.is_nan()
        })?;
        let p = &self.stations[over];
        if value(p).is_nan() {
            return Some(f64::NAN);
        }
        let Some(n) = self.stations.get(over + 1) else { return Some(p.x) };
        let (cp, cn) = (log(value(p)), log(value(n).max(1e-300)));
        Some(p.x + (n.x - p.x) * ((cp - log(c)) / (cp - cn).max(1e-12)).clamp(0.0, 1.0))
    }

    /// Half-width of the area over `c` at `x` and `z`, m.
    pub fn half_width(&self, x: f64, z: f64, c: f64, t_av: f64) -> f64 {
        let Some(s) = self.at(x) else { return 0.0 };
        if self.at_station(&s, 0.0, z, t_av) <= c {
            return 0.0;
        }
        let far = s.b + 8.0 * self.beta(&s, t_av);
        crate::numerics::brent(|y| self.at_station(&s, y, z, t_av) - c, 0.0, far, 1e-6).unwrap_or(far)
    }

    /// Outline of the area over `c` at `z`: (x, half-width) in even steps of ln distance; how many were filled.
    pub fn footprint(&self, c: f64, z: f64, t_av: f64, outline: &mut [(f64, f64)]) -> Option<usize> {
        let reach = self.reach(c, z, t_av)?;
        let first = self.stations.first()?.x;
        let n = outline.len();
        if n < 2 || reach <= first {
            return None;
        }
        if reach.is_nan() {
            outline.fill((f64::NAN, 0.0));
            return Some(n);
        }
        let near = 0.01 * (reach - first);
        for (i, place) in outline.iter_mut().enumerate() {
            let d = if i == 0 { 0.0 } else { near * exp(log(100.0) * (i - 1) as f64 / (n - 2).max(1) as f64) };
            let x = (first + d).min(reach);
            *place = (x, self.half_width(x, z, c, t_av));
        }
        Some(n)
    }
}

/// Grounded `σ = (h − z_c)/√3`, lofted `σ = h/(2√3)`.
pub fn sigma_z(s: &Station) -> f64 {
    let root_3 = super::cloud::ROOT_3;
    if s.z_c > 0.5 * s.h { s.h / (2.0 * root_3) } else { (s.h - s.z_c) / root_3 }
}

/// `f_z = h/(√(2π) σ) [ e^{−(z−z_c)²/2σ²} + e^{−(z+z_c)²/2σ²} ]`.
fn vertical(s: &Station, z: f64) -> f64 {
    let sigma = sigma_z(s).max(1e-6);
    let down = (z - s.z_c) / sigma;
    let up = (z + s.z_c) / sigma;
    s.h / (sqrt(2.0 * PI) * sigma) * (exp(-0.5 * down * down) + exp(-0.5 * up * up))
}
