//! A dense cloud as a scenario asks for it: the free jet before the slab begins, the slab, and the puff that passes over places upwind
//! of its middle too.

use libm::{cbrt, erf, exp, sqrt};
use std::f64::consts::PI;

use super::choice::Asked;
use super::outline::{Ellipse, STATIONS, edge, envelope, swept};
use super::passing::worst_minutes;
use super::{FARTHEST_M, Model, SCATTER};
use crate::dispersion::slab::field::{Passage, Station};
use crate::dispersion::slab::{self, Closure, Cloud};
use crate::numerics::largest;
use crate::scenario::Findings;
use crate::scenario::effects::FLAMMABLE_S;
use crate::scenario::release::{Direction, Released, Source};
use crate::units::R;
use crate::vulnerability::ToxicProbit;
use crate::zones::{Ring, plume_ring};
use crate::{Note, Refusal, Validity};

#[derive(Debug, Clone)]
pub struct Dense {
    cloud: Cloud,
    /// Ambient pressure, Pa.
    p: f64,
    near: Option<NearJet>,
}

/// The free jet from its outlet to where the slab begins: flux, radius and height grow evenly on the way (06 §3.8 item 0), a Gaussian
/// across whose middle meets the slab's own.
#[derive(Debug, Clone, Copy)]
struct NearJet {
    /// End: m downwind, height of the axis, top-hat radius, m, mass fraction of the substance, and its middle over its mean there.
    x: f64,
    z: f64,
    r: f64,
    m: f64,
    peak: f64,
    /// Outlet: height, radius, m, speed, m/s, rate, kg/s, and how long, s.
    z_0: f64,
    r_0: f64,
    u_0: f64,
    q: f64,
    duration: f64,
}

impl NearJet {
    fn of(cloud: &Cloud, r: &Released) -> Option<Self> {
        let Source::Jet { area_m2, speed_m_s, .. } = r.source else { return None };
        let first = cloud.stations.first().filter(|s| s.x > 0.0 && s.m > 0.0 && s.m < 1.0)?;
        let mean = cloud.slab_fraction(first);
        let peak = (cloud.at_station(first, 0.0, first.z_c, 0.0) / mean.max(1e-12)).clamp(1.0, 2.0);
        Some(Self {
            x: first.x,
            z: first.z_c,
            r: 2.0 * first.big_b / sqrt(PI),
            m: first.m,
            peak,
            z_0: r.height_m,
            r_0: sqrt(area_m2 / PI),
            u_0: speed_m_s,
            q: r.rate_kg_s,
            duration: cloud.duration,
        })
    }

    /// Mass fraction, radius and height of the axis at a share of the way.
    fn at(&self, share: f64) -> (f64, f64, f64) {
        let m = 1.0 / (1.0 + (1.0 / self.m - 1.0) * share);
        (m, self.r_0 + (self.r - self.r_0) * share, self.z_0 + (self.z - self.z_0) * share)
    }

    /// Middle of the jet there, volume fraction.
    fn middle(&self, m: f64, m_s: f64, m_a: f64) -> f64 {
        (self.peak * m_a * m / (m_s + (m_a - m_s) * m)).min(1.0)
    }

    /// Volume fraction, its image in the ground included.
    fn concentration(&self, cloud: &Cloud, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        // The nearest place of the axis: a jet that points up is asked for beside itself.
        let (dx, dz) = (self.x, self.z - self.z_0);
        let share = ((x * dx + (z - self.z_0) * dz) / (dx * dx + dz * dz).max(1e-12)).clamp(0.0, 1.0);
        let (m, r, axis) = self.at(share);
        let along = x - share * dx;
        let middle = self.middle(m, cloud.m_s, cloud.m_a);
        let gauss = |height: f64| exp(-self.peak * (along * along + y * y + height * height) / (r * r));
        let time = if averaging_s > 0.0 { (self.duration / averaging_s).min(1.0) } else { 1.0 };
        (middle * (gauss(z - axis) + gauss(z + axis))).min(middle) * time
    }

    /// Mass between two volume fractions, kg: `ΔM = (q/u) Δx [min(1, c_u/c) − c_l/c]`, the speed as momentum leaves it, `u = u_0 m`.
    fn flammable_mass(&self, cloud: &Cloud, lfl: f64, ufl: f64) -> f64 {
        const STEPS: usize = 60;
        let length = libm::hypot(self.x, self.z - self.z_0);
        let slice = |i: usize| {
            let (m, _, _) = self.at((i as f64 + 0.5) / STEPS as f64);
            let c = self.middle(m, cloud.m_s, cloud.m_a);
            if c > lfl { self.q / (self.u_0 * m) * (f64::min(1.0, ufl / c) - lfl / c) } else { 0.0 }
        };
        (0..STEPS).map(slice).sum::<f64>() * length / STEPS as f64
    }
}

impl Dense {
    pub fn of(cloud: Cloud, r: &Released, p: f64) -> Self {
        let near = NearJet::of(&cloud, r);
        Self { cloud, p, near }
    }

    fn near_at(&self, x: f64) -> Option<&NearJet> {
        self.near.as_ref().filter(|near| x >= 0.0 && x < near.x)
    }

    /// `Σ cⁿ Δt` over the instants of a burst's cloud, the worst counted first: upwind and beside it too, where no middle ever passes.
    fn load_of_burst(&self, probit: &ToxicProbit, to_unit: &dyn Fn(f64) -> f64, x: f64, y: f64, z: f64) -> f64 {
        const INSTANTS: usize = 96;
        let cloud = &self.cloud;
        let stations = &cloud.stations;
        let stride = stations.len().div_ceil(INSTANTS).max(1);
        let mut steps = [(0.0, 0.0); INSTANTS];
        for (i, step) in steps.iter_mut().enumerate() {
            let (now, next) = (i * stride, ((i + 1) * stride).min(stations.len().saturating_sub(1)));
            let (Some(s), Some(later)) = (stations.get(now), stations.get(next)) else { break };
            let from_middle = x - s.x;
            if from_middle.abs() > s.bx + 3.0 * beta_x(s) {
                continue;
            }
            // The meander of the whole passage spreads the instant's peak across the wind.
            let passage_s = (2.0 * s.big_bx / s.u.max(0.1)).clamp(FLAMMABLE_S, 3600.0);
            let averaged = cloud.at_station(s, 0.0, z, passage_s);
            if averaged > 0.0 {
                let across = cloud.at_station(s, y, z, passage_s) / averaged;
                let c = cloud.at_station(s, 0.0, z, 0.0) * across * profile_x(s, from_middle);
                *step = (to_unit(c.clamp(0.0, 1.0)), (later.t - s.t) / 60.0);
            }
        }
        steps.sort_by(|a, b| b.0.total_cmp(&a.0));
        probit.load_of(steps)
    }

    /// Farthest x in the free jet, where the slab is below the level already.
    fn near_reach(&self, c: f64, z: f64, averaging_s: f64) -> Option<f64> {
        let near = self.near.as_ref()?;
        const LOOKS: usize = 40;
        let at = |i: usize| near.x * (i as f64 + 0.5) / LOOKS as f64;
        (0..LOOKS).rev().map(at).find(|x| near.concentration(&self.cloud, *x, 0.0, z, averaging_s) >= c)
    }

    /// Outlines of a puff at a level, at most 20 instants; without their widths where only the reach is asked for.
    fn puffs(&self, c: f64, z: f64, averaging_s: f64, wide: bool) -> Vec<Ellipse> {
        let cloud = &self.cloud;
        let peaks = cloud.stations.iter().map(|s| (s, cloud.at_station(s, 0.0, z, averaging_s)));
        let over: Vec<(&Station, f64)> = peaks.filter(|(_, peak)| *peak > c).collect();
        let step = (over.len() / 18).max(1);
        let picked = over.iter().step_by(step).chain(over.last());
        picked
            .map(|&(s, peak)| {
                let half_x = edge(s.bx + 4.0 * beta_x(s), |x| peak * profile_x(s, x) >= c);
                let half_y = if wide { cloud.half_width(s.x, z, c, averaging_s) } else { 0.0 };
                (s.x, half_x, half_y)
            })
            .collect()
    }
}

impl Model for Dense {
    fn name(&self) -> &'static str {
        "dispersion.slab"
    }

    /// Largest in time at a place, upwind of a burst too: there the cloud is nearest when it is young.
    fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        let cloud = &self.cloud;
        if let Some(near) = self.near_at(x) {
            return near.concentration(cloud, x, y, z, averaging_s);
        }
        if cloud.duration > 0.0 {
            return cloud.concentration(x, y, z, averaging_s);
        }
        // Of a cloud that is longer than its way, the largest at a place need not be when its middle passes.
        let passing = cloud.concentration(x, y, z, averaging_s);
        let stations = cloud.stations.iter().step_by((cloud.stations.len() / 48).max(1));
        let over = stations.filter(|s| (x - s.x).abs() <= s.bx + 3.0 * beta_x(s));
        largest(over.map(|s| cloud.at_station(s, y, z, averaging_s) * profile_x(s, x - s.x)).chain([passing]))
    }

    fn passage(&self, x: f64) -> Option<Passage> {
        if let Some(near) = self.near_at(x) {
            let first = self.cloud.passage(self.cloud.stations.first()?.x)?;
            return Some(Passage { arrival_s: first.arrival_s * x / near.x, ..first });
        }
        self.cloud.passage(x)
    }

    /// Load as the cloud passes: steady while its source lasts, or along the puff's own profile.
    fn load(&self, probit: &ToxicProbit, to_unit: &dyn Fn(f64) -> f64, x: f64, y: f64, z: f64) -> f64 {
        let cloud = &self.cloud;
        let lasting_s = cloud.duration.clamp(FLAMMABLE_S, 3600.0);
        if self.near_at(x).is_some() {
            return probit.load(to_unit(self.concentration(x, y, z, lasting_s.min(cloud.duration))), cloud.duration / 60.0);
        }
        if cloud.duration == 0.0 {
            return self.load_of_burst(probit, to_unit, x, y, z);
        }
        let Some(s) = cloud.at(x) else { return 0.0 };
        if !s.puff {
            return probit.load(to_unit(cloud.at_station(&s, y, z, lasting_s)), cloud.duration / 60.0);
        }
        let u = s.u.max(1e-3);
        // The meander of the whole passage spreads the instant's peak across the wind.
        let passage_s = (2.0 * s.big_bx / u).clamp(FLAMMABLE_S, 3600.0);
        let averaged = cloud.at_station(&s, 0.0, z, passage_s);
        if averaged <= 0.0 {
            return 0.0;
        }
        let peak = cloud.at_station(&s, 0.0, z, 0.0) * cloud.at_station(&s, y, z, passage_s) / averaged;
        worst_minutes(probit, (s.bx + 3.0 * beta_x(&s)) / u, |t| to_unit((peak * profile_x(&s, u * t)).clamp(0.0, 1.0)))
    }

    fn reach(&self, c: f64, z: f64, averaging_s: f64) -> Option<f64> {
        if self.cloud.duration == 0.0 {
            return envelope(&self.puffs(c, z, averaging_s, false)).map(|ends| ends.1);
        }
        self.cloud.reach(c, z, averaging_s).or_else(|| self.near_reach(c, z, averaging_s))
    }

    fn ring(&self, c: f64, z: f64, averaging_s: f64) -> Ring {
        if self.cloud.duration == 0.0 {
            return swept(&self.puffs(c, z, averaging_s, true));
        }
        let mut outline = [(0.0, 0.0); STATIONS];
        let Some(near) = &self.near else {
            let filled = self.cloud.footprint(c, z, averaging_s, &mut outline).unwrap_or(0);
            return plume_ring(&outline[..filled]);
        };
        // A quarter of the stations on the free jet, the rest on the slab.
        const NEAR: usize = STATIONS / 4;
        let end = self.near_reach(c, z, averaging_s);
        for (i, place) in outline[..NEAR].iter_mut().enumerate() {
            let x = end.unwrap_or(0.0) * i as f64 / (NEAR - 1) as f64;
            let over = |y: f64| near.concentration(&self.cloud, x, y, z, averaging_s) >= c;
            *place = (x, if end.is_some() && over(0.0) { edge(3.0 * near.r.max(near.r_0), over) } else { 0.0 });
        }
        let filled = self.cloud.footprint(c, z, averaging_s, &mut outline[NEAR..]).unwrap_or(0);
        if filled == 0
            && let Some(end) = end
        {
            outline[NEAR] = (end, 0.0);
        }
        plume_ring(&outline[..NEAR + filled.max(usize::from(end.is_some()))])
    }

    /// The standing plume, or the puff when most of it can burn; not both, which are other times.
    fn flammable_mass(&self, lfl: f64, ufl: f64) -> f64 {
        let cloud = &self.cloud;
        const ALONG: usize = 40;
        const ACROSS: usize = 10;
        const UP: usize = 8;
        // Mass per length at a station, both sides.
        let slice = |s: &Station, share: f64| {
            let (wide, high) = (2.0 * s.big_b, 2.0 * s.h.max(s.z_c));
            let (dy, dz) = (wide / ACROSS as f64, high / UP as f64);
            let gas = self.p * cloud.m_s / (R * s.t_k);
            let mut mass = 0.0;
            for j in 0..ACROSS {
                for k in 0..UP {
                    let c = share * cloud.at_station(s, (j as f64 + 0.5) * dy, (k as f64 + 0.5) * dz, 0.0);
                    if (lfl..=ufl).contains(&c) {
                        mass += 2.0 * c * gas * dy * dz;
                    }
                }
            }
            mass
        };
        let over = |s: &Station| cloud.at_station(s, 0.0, cloud.height_of_maximum(s), 0.0) >= lfl;
        let plume_end = cloud.stations.iter().filter(|s| !s.puff && over(s)).map(|s| s.x).fold(f64::NEG_INFINITY, f64::max);
        let mut plume = self.near.as_ref().map_or(0.0, |near| near.flammable_mass(cloud, lfl, ufl));
        if let Some(first) = cloud.stations.first().map(|s| s.x)
            && plume_end > first
        {
            let dx = (plume_end - first) / ALONG as f64;
            let stations = (0..ALONG).filter_map(|i| cloud.at(first + (i as f64 + 0.5) * dx));
            plume += stations.map(|s| slice(&s, 1.0) * dx).sum::<f64>();
        }
        let puffs: Vec<&Station> = cloud.stations.iter().filter(|s| s.puff && over(s)).collect();
        let step = (puffs.len() / 16).max(1);
        let puff = puffs.iter().step_by(step).map(|s| {
            let half = s.bx + 3.0 * beta_x(s);
            const HALVES: usize = 8;
            let dx = half / HALVES as f64;
            (0..HALVES).map(|i| 2.0 * slice(s, profile_x(s, (i as f64 + 0.5) * dx)) * dx).sum::<f64>()
        });
        largest(puff.chain([plume]))
    }
}

/// Runs the slab for what is asked.
pub(super) fn slab_cloud(asked: &Asked, found: &mut Findings, notes: &mut Validity) -> Result<Cloud, Refusal> {
    let Asked { s, air, r, lowest, .. } = *asked;
    let duration = r.mass_kg / r.rate_kg_s.max(1e-12);
    // Without momentum the vapour enters as from a patch it fills at the speed of the wind.
    let patch = |u: f64| r.rate_kg_s / (r.density_kg_m3 * u);
    let source = match r.source {
        Source::Jet { direction: Direction::Down, .. } => {
            notes.add(Note::Assumed { model: "dispersion.slab", what: "a jet at the ground loses its momentum there" });
            slab::Source::Pool { q: r.rate_kg_s, area: patch(air.u10), duration }
        }
        Source::Jet { area_m2: area, direction: Direction::Vertical, .. } => {
            slab::Source::VerticalJet { q: r.rate_kg_s, area, height: r.height_m, duration }
        }
        Source::Jet { area_m2: area, .. } => slab::Source::HorizontalJet { q: r.rate_kg_s, area, height: r.height_m, duration },
        Source::Pool { radius_m, .. } => slab::Source::Pool { q: r.rate_kg_s, area: PI * radius_m * radius_m, duration },
        Source::Vapour if r.height_m > 0.5 => {
            found.assume("the vapour leaves its height at the speed of the wind");
            slab::Source::HorizontalJet { q: r.rate_kg_s, area: patch(air.wind(r.height_m).max(0.5)), height: r.height_m, duration }
        }
        Source::Vapour => slab::Source::Pool { q: r.rate_kg_s, area: patch(air.u10), duration },
        Source::Burst { .. } | Source::Charge { .. } => {
            // A cloud as high as its radius.
            let radius = cbrt(r.mass_kg / r.density_kg_m3 / PI);
            slab::Source::Instantaneous { mass: r.mass_kg, area: PI * radius * radius }
        }
    };
    let release = slab::Release::of(s, source, r.temperature_k, r.liquid_share, air.p)?;
    let weather = slab::Weather {
        u: air.u10,
        z_m: 10.0,
        z0: air.z0,
        inverse_length: air.inverse_length,
        t_a: air.t,
        p: air.p,
        humidity: air.rh,
        sigma_theta: air.sigma_theta,
    };
    if air.h_mix.is_some() {
        notes.add(Note::LeftOut { model: "dispersion.slab", what: "the given mixing height: the model takes its own by class" });
    }
    // Beyond the lowest level by what its band may ask for.
    let cloud = slab::run_until(&release, &weather, Closure::Improved, FARTHEST_M, lowest / (1.25 * SCATTER))?;
    match cloud.stations.last() {
        // A list that is full before the cloud is thin would end its zone.
        Some(last) if last.x < 0.99 * FARTHEST_M && cloud.maximum(last.x, 0.0) > lowest => {
            Err(Refusal::NoSolution { model: "slab", why: "the cloud could not be followed to its end" })
        }
        _ => Ok(cloud),
    }
}

fn beta_x(s: &Station) -> f64 {
    sqrt(((s.big_bx * s.big_bx - s.bx * s.bx) / 3.0).max(1e-12))
}

/// Along-wind profile of a puff, 1 in its middle.
fn profile_x(s: &Station, from_middle: f64) -> f64 {
    let root = sqrt(2.0) * beta_x(s);
    let at = |x: f64| erf((x + s.bx) / root) - erf((x - s.bx) / root);
    at(from_middle) / at(0.0).max(1e-12)
}
