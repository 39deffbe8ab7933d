//! The cloud of a release, by the dense model, the passive one, or both: what is breathed where, and how much of it can burn.

use libm::{cbrt, erf, exp, log, sqrt};

use super::Findings;
use super::describe::Air;
use super::effects::{BREATH_M, FLAMMABLE_S};
use super::release::{Released, Source};
use crate::dispersion::choice::{COLD_DENSE, Path, by_richardson, continuous_is_dense, instantaneous_is_dense};
use crate::dispersion::plume::{self, Plume};
use crate::dispersion::puff::Puff;
use crate::dispersion::sigma::SigmaSet;
use crate::dispersion::slab::field::Passage;
use crate::dispersion::slab::{self, Closure, Cloud};
use crate::explosion::flammable_mass;
use crate::properties::Substance;
use crate::units::{G, Kelvin, R};
use crate::vulnerability::ToxicProbit;
use crate::zones::{Hazard, Level, Ring, Zone, flammable_levels, plume_ring, toxic_levels};
use crate::{Note, Refusal, Validity};

/// Averaging time of a toxic zone, s.
const TOXIC_S: f64 = 600.0;
const STATIONS: usize = 80;

/// The models that answer for one release.
#[derive(Debug, Clone)]
pub(super) struct Dispersed {
    models: Vec<Model>,
    /// Mass of the pure gas in a cubic metre at the air's temperature, kg/m³.
    pub kg_m3: f64,
}

#[derive(Debug, Clone)]
enum Model {
    Dense(Box<Cloud>),
    Plume(FinitePlume),
    Puff(Puff),
}

/// A plume, its duration s, and how far upwind its virtual point lies, m: zero but for pools.
#[derive(Debug, Clone, Copy)]
struct FinitePlume {
    plume: Plume,
    duration_s: f64,
    upwind_m: f64,
}

/// Limits the zones are drawn for.
pub(super) fn levels(s: &Substance, r: &Released, found: &mut Findings) -> Result<Vec<Level>, Refusal> {
    let mut levels: Vec<Level> = Vec::new();
    match toxic_levels(s) {
        Ok(toxic) => levels.extend(toxic),
        Err(_) => found.assume("no toxic level is tabled for the substance: no toxic zone"),
    }
    if s.lfl_pct.is_some() {
        levels.extend(flammable_levels(s)?);
    } else {
        found.assume("no flammable limit is tabled for the substance: no flammable zone, fire or explosion");
    }
    if levels.is_empty() {
        return Err(Refusal::MissingProperty { substance: s.name_en.clone(), property: "toxic level or flammable limit" });
    }
    if levels.iter().any(|level| level.hazard == Hazard::Toxic) && (r.duration_s - 3600.0).abs() > 1.0 {
        found.warnings.push(Note::Assumed { model: "toxic_level", what: "levels for 60 minutes hold, though the release lasts otherwise" });
    }
    Ok(levels)
}

/// A level as volume fraction.
pub(super) fn fraction(level: &Level) -> f64 {
    match level.hazard {
        Hazard::Toxic => level.value * 1e-6,
        _ => level.value,
    }
}

/// Height, m, and averaging time, s, at which a level's zone is drawn.
pub(super) fn sampled(level: &Level) -> (f64, f64) {
    match level.hazard {
        Hazard::Toxic => (BREATH_M, TOXIC_S),
        _ => (0.0, FLAMMABLE_S),
    }
}

/// Runs the models that answer for this release.
pub(super) fn disperse(s: &Substance, air: &Air, r: &Released, levels: &[Level], found: &mut Findings) -> Result<Dispersed, Refusal> {
    let lowest = levels.iter().map(fraction).fold(1.0, f64::min);
    let mut models = Vec::with_capacity(2);
    for &dense in paths(s, air, r) {
        models.push(if dense { build_dense(s, air, r, lowest, found)? } else { build_passive(s, air, r, found)? });
    }
    Ok(Dispersed { models, kg_m3: air.p * s.molar_mass().0 / (R * air.t) })
}

/// The models to run: dense (true), passive (false), or both where the criteria do not decide.
fn paths(s: &Substance, air: &Air, r: &Released) -> &'static [bool] {
    let g0 = G * (r.density_kg_m3 - air.rho) / air.rho;
    let cold = COLD_DENSE.contains(&s.cas.as_str()) && (r.liquid_share > 0.0 || r.temperature_k < air.t - 20.0);
    if cold {
        return &[true];
    }
    if let Source::Burst { .. } = r.source {
        let dense = instantaneous_is_dense(g0, r.mass_kg / r.density_kg_m3, air.u10);
        return if dense { &[true] } else { &[false] };
    }
    let v0 = r.rate_kg_s / r.density_kg_m3;
    let d_s = match r.source {
        Source::Pool { radius_m, .. } => 2.0 * radius_m,
        _ => sqrt(v0 / air.u10),
    };
    if r.liquid_share > 0.0 {
        return &[true];
    }
    if !continuous_is_dense(g0, v0, air.u10, d_s) {
        return &[false];
    }
    match by_richardson(g0, v0, air.u_star, d_s) {
        Path::Passive => &[false],
        Path::Both => &[true, false],
        Path::Dense => &[true],
    }
}

fn build_dense(s: &Substance, air: &Air, r: &Released, lowest: f64, found: &mut Findings) -> Result<Model, Refusal> {
    let mut notes = Validity::new();
    let source = match r.source {
        Source::Jet { area_m2, .. } => {
            slab::Source::HorizontalJet { q: r.rate_kg_s, area: area_m2, height: r.height_m, duration: r.duration_s }
        }
        Source::Pool { radius_m, .. } => {
            slab::Source::Pool { q: r.rate_kg_s, area: std::f64::consts::PI * radius_m * radius_m, duration: r.duration_s }
        }
        Source::Vapour => {
            // Without momentum the vapour enters as from a patch it fills at the speed of the wind.
            let area = r.rate_kg_s / (r.density_kg_m3 * air.u10);
            slab::Source::Pool { q: r.rate_kg_s, area, duration: r.duration_s }
        }
        Source::Burst { .. } => {
            // A cloud as high as its radius.
            let radius = cbrt(r.mass_kg / r.density_kg_m3 / std::f64::consts::PI);
            slab::Source::Instantaneous { mass: r.mass_kg, area: std::f64::consts::PI * radius * radius }
        }
    };
    let release = slab::Release {
        source,
        m_s: s.molar_mass().0,
        cp_s: s.cp_gas_J_kgK,
        cp_l: s.cp_liquid()?,
        dh: s.hvap_Tb_J_kg,
        t_b: s.t_boil_K,
        rho_l: s.liquid_density(Kelvin(s.t_boil_K), &mut notes)?.0,
        b_sat: None,
        t_s: r.temperature_k,
        liquid: r.liquid_share,
    };
    let weather = slab::Weather {
        u: air.u10,
        z_m: 10.0,
        z0: air.z0,
        inverse_length: air.inverse_length,
        t_a: air.t,
        p: air.p,
        humidity: air.rh,
        sigma_theta: None,
    };
    // Far enough for the lowest level, without following the cloud over the horizon: lengthened while the level is still exceeded.
    let mut x_max = 1_000.0;
    let cloud = loop {
        let cloud = slab::run(&release, &weather, Closure::Improved, x_max)?;
        if x_max >= 50_000.0 || cloud.concentration(0.95 * x_max, 0.0, 0.0, TOXIC_S) < lowest {
            break cloud;
        }
        x_max *= 4.0;
    };
    notes.merge(&cloud.notes);
    found.warn(&notes);
    found.model("dispersion.slab");
    Ok(Model::Dense(Box::new(cloud)))
}

fn build_passive(s: &Substance, air: &Air, r: &Released, found: &mut Findings) -> Result<Model, Refusal> {
    let mut notes = Validity::new();
    plume::always(&mut notes);
    let u = air.wind(r.height_m.max(2.0));
    let model = if let Source::Burst { .. } = r.source {
        found.model("dispersion.gaussian_puff");
        Model::Puff(Puff { m: r.mass_kg, u, h: r.height_m, stability: air.stability, sigmas: SigmaSet::CcpsPuff, h_mix: None })
    } else {
        found.model("dispersion.gaussian_plume");
        let plume = Plume {
            q: r.rate_kg_s,
            u,
            h: r.height_m,
            stability: air.stability,
            sigmas: SigmaSet::BriggsRural,
            h_mix: None,
            averaging_s: TOXIC_S,
        };
        notes.merge(&plume.checked()?);
        let upwind_m = match r.source {
            Source::Pool { radius_m, .. } => plume::virtual_distance(SigmaSet::BriggsRural, air.stability, 2.0 * radius_m)?,
            _ => 0.0,
        };
        Model::Plume(FinitePlume { plume, duration_s: r.duration_s, upwind_m })
    };
    if s.mw < 20.0 && r.density_kg_m3 < 0.9 * air.rho {
        notes.add(Note::LeftOut { model: "gaussian_plume", what: "the lift of a light gas: on the ground the plume is weaker" });
    }
    found.warn(&notes);
    Ok(model)
}

impl FinitePlume {
    fn averaged(&self, averaging_s: f64) -> Plume {
        Plume { averaging_s: averaging_s.max(20.0), ..self.plume }
    }

    /// kg/m³, largest in time: a short release neither fills the plume's length nor the averaging time.
    fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        let plume = self.averaged(averaging_s);
        let x = x + self.upwind_m;
        plume.concentration(x, y, z) * plume.finite_share(x, self.duration_s)
    }
}

impl Dispersed {
    pub fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        let of = |model: &Model| match model {
            Model::Dense(cloud) => cloud.concentration(x, y, z, averaging_s),
            Model::Plume(_) if x <= 0.0 => 0.0,
            Model::Plume(plume) => (plume.concentration(x, y, z, averaging_s) / self.kg_m3).min(1.0),
            Model::Puff(puff) => (puff.concentration(x, y, z, x / puff.u) / self.kg_m3).min(1.0),
        };
        self.models.iter().map(of).fold(0.0, f64::max)
    }

    /// Of the model that brings the cloud first. Passive: the front runs at 1.5 times the wind (11 §2).
    pub fn passage(&self, x: f64) -> Option<Passage> {
        let of = |model: &Model| match model {
            Model::Dense(cloud) => cloud.passage(x),
            _ if x <= 0.0 => None,
            Model::Plume(FinitePlume { plume, duration_s, .. }) => {
                let arrival_s = x / (1.5 * plume.u);
                // The rear is stretched as the front is: it passes when the last air is there.
                let peak_s = x / plume.u + 0.5 * duration_s;
                Some(Passage { arrival_s, peak_s, duration_s: x / plume.u + duration_s - arrival_s })
            }
            Model::Puff(puff) => {
                let spread = puff.sigmas.at(x, puff.stability)?;
                let arrival_s = x / (1.5 * puff.u);
                Some(Passage { arrival_s, peak_s: x / puff.u, duration_s: (x + 3.0 * spread.x) / puff.u - arrival_s })
            }
        };
        self.models.iter().filter_map(of).min_by(|a, b| a.arrival_s.total_cmp(&b.arrival_s))
    }

    /// `Σ cⁿ Δt` of the worst minutes the probit counts, in its unit; `to_unit` turns volume fractions into it.
    pub fn load(&self, probit: &ToxicProbit, to_unit: impl Fn(f64) -> f64, x: f64, y: f64, z: f64) -> f64 {
        let of = |model: &Model| match model {
            Model::Dense(cloud) => dense_load(cloud, probit, &to_unit, x, y, z),
            _ if x <= 0.0 => 0.0,
            Model::Plume(finite) => {
                let averaging_s = finite.duration_s.clamp(FLAMMABLE_S, 3600.0);
                let c = finite.averaged(averaging_s).concentration(x + finite.upwind_m, y, z) / self.kg_m3;
                let plume = finite.averaged(averaging_s);
                let share = plume.finite_share(x + finite.upwind_m, finite.duration_s);
                if share > 0.98 {
                    return probit.load(to_unit(c.min(1.0)), finite.duration_s / 60.0);
                }
                let sigma = plume.spread(x + finite.upwind_m).map_or(0.0, |s| s.x);
                let half_s = 0.5 * finite.duration_s + 3.0 * sigma / plume.u;
                let root = sqrt(2.0) * sigma;
                let at = |t: f64| {
                    let front = erf((plume.u * (t + 0.5 * finite.duration_s)) / root);
                    let rear = erf((plume.u * (t - 0.5 * finite.duration_s)) / root);
                    to_unit((c * 0.5 * (front - rear)).clamp(0.0, 1.0))
                };
                worst_minutes(probit, half_s, at)
            }
            Model::Puff(puff) => {
                let Some(spread) = puff.sigmas.at(x, puff.stability) else { return 0.0 };
                let middle = x / puff.u;
                let half_s = (3.0 * spread.x / puff.u).min(middle);
                worst_minutes(probit, half_s, |t| to_unit((puff.concentration(x, y, z, middle + t) / self.kg_m3).min(1.0)))
            }
        };
        self.models.iter().map(of).fold(0.0, f64::max)
    }

    /// Farthest x with this volume fraction on the axis, m; zero where it is nowhere reached.
    pub fn reach(&self, c: f64, z: f64, averaging_s: f64) -> f64 {
        self.models.iter().filter_map(|model| self.reach_of(model, c, z, averaging_s)).fold(0.0, f64::max)
    }

    fn reach_of(&self, model: &Model, c: f64, z: f64, averaging_s: f64) -> Option<f64> {
        match model {
            Model::Dense(cloud) => cloud.reach(c, z, averaging_s),
            Model::Plume(finite) => {
                let plume = finite.averaged(averaging_s);
                plume.reach(c * self.kg_m3, z, Some(finite.duration_s)).map(|x| (x - finite.upwind_m).max(0.0))
            }
            Model::Puff(puff) => puff_reach(puff, c * self.kg_m3, z),
        }
    }

    /// The zone of a level: of the models the one that reaches farther.
    pub fn zone(&self, level: &Level) -> Zone {
        let (z, averaging_s) = sampled(level);
        let c = fraction(level);
        let reach = |model: &&Model| self.reach_of(model, c, z, averaging_s).unwrap_or(0.0);
        let Some(model) = self.models.iter().max_by(|a, b| reach(a).total_cmp(&reach(b))) else {
            return Zone { level: *level, model: "", reach_m: 0.0, averaging_s, rings: Vec::new() };
        };
        let ring = self.ring(model, c, z, averaging_s);
        let reach_m = ring.iter().map(|p| p[0]).fold(0.0, f64::max);
        Zone { level: *level, model: model.name(), reach_m, averaging_s, rings: if ring.len() >= 3 { vec![ring] } else { Vec::new() } }
    }

    fn ring(&self, model: &Model, c: f64, z: f64, averaging_s: f64) -> Ring {
        let mut outline = [(0.0, 0.0); STATIONS];
        let filled = match model {
            Model::Dense(cloud) => cloud.footprint(c, z, averaging_s, &mut outline),
            Model::Plume(finite) => finite.averaged(averaging_s).footprint(c * self.kg_m3, z, Some(finite.duration_s), &mut outline),
            Model::Puff(puff) => puff_footprint(puff, c * self.kg_m3, z, &mut outline),
        };
        let outline = &mut outline[..filled.unwrap_or(0)];
        if let Model::Plume(finite) = model
            && finite.upwind_m > 0.0
        {
            // The plume of a pool starts at a point upwind of it; what lies before the pool's centre is not there.
            for (x, half) in outline.iter_mut() {
                *x -= finite.upwind_m;
                if *x < 0.0 {
                    (*x, *half) = (0.0, 0.0);
                }
            }
        }
        plume_ring(outline)
    }

    /// Mass between the flammable limits, kg, at most what was released; `None` for what cannot burn.
    pub fn flammable_mass(&self, s: &Substance, air: &Air, r: &Released) -> Result<Option<f64>, Refusal> {
        let (Ok(lfl), Some(ufl)) = (s.lower_flammable_limit(), s.ufl_pct) else { return Ok(None) };
        let ufl = ufl / 100.0;
        let mut largest = 0.0;
        for model in &self.models {
            let mass = match model {
                Model::Dense(cloud) => dense_flammable_mass(cloud, s.molar_mass().0, air.p, lfl, ufl),
                Model::Plume(finite) => {
                    let quick = finite.averaged(FLAMMABLE_S);
                    let (lfl, ufl) = (lfl * self.kg_m3, ufl * self.kg_m3);
                    match quick.reach(lfl, 0.0, Some(finite.duration_s)) {
                        None => 0.0,
                        Some(end) => {
                            let axis = |x: f64| quick.concentration(x, 0.0, r.height_m);
                            let from = f64::max(finite.upwind_m, 0.1_f64.min(0.5 * end));
                            flammable_mass::of_plume(r.rate_kg_s, quick.u, lfl, ufl, from, end, axis)?
                        }
                    }
                }
                // All of a puff that has not yet thinned below the limit may burn.
                Model::Puff(puff) => {
                    if puff.peak(10.0, 0.0) >= lfl * self.kg_m3 {
                        puff.m
                    } else {
                        0.0
                    }
                }
            };
            largest = f64::max(largest, mass.min(r.mass_kg));
        }
        Ok(Some(largest))
    }
}

impl Model {
    fn name(&self) -> &'static str {
        match self {
            Self::Dense(_) => "dispersion.slab",
            Self::Plume(_) => "dispersion.gaussian_plume",
            Self::Puff(_) => "dispersion.gaussian_puff",
        }
    }
}

/// Load as a dense cloud passes: steady while its source lasts, or along the puff's own profile.
fn dense_load(cloud: &Cloud, probit: &ToxicProbit, to_unit: &impl Fn(f64) -> f64, x: f64, y: f64, z: f64) -> f64 {
    let Some(s) = cloud.at(x) else { return 0.0 };
    if !s.puff {
        let c = cloud.at_station(&s, y, z, cloud.duration.clamp(FLAMMABLE_S, 3600.0));
        return probit.load(to_unit(c), cloud.duration / 60.0);
    }
    let u = s.u.max(1e-3);
    let beta = sqrt(((s.big_bx * s.big_bx - s.bx * s.bx) / 3.0).max(1e-12));
    let root = sqrt(2.0) * beta;
    let profile = |along: f64| erf((along + s.bx) / root) - erf((along - s.bx) / root);
    let middle = profile(0.0).max(1e-12);
    let half_s = (s.bx + 3.0 * beta) / u;
    let peak = cloud.at_station(&s, y, z, 0.0);
    // The meander of the whole passage, as a share of the instant's peak.
    let spread = if peak > 0.0 {
        let averaged = cloud.at_station(&s, y, z, (2.0 * s.big_bx / u).clamp(FLAMMABLE_S, 3600.0));
        let on_axis = cloud.at_station(&s, 0.0, z, 0.0);
        let on_axis_averaged = cloud.at_station(&s, 0.0, z, (2.0 * s.big_bx / u).clamp(FLAMMABLE_S, 3600.0));
        if on_axis_averaged > 0.0 { averaged / on_axis_averaged * on_axis / peak } else { 1.0 }
    } else {
        1.0
    };
    worst_minutes(probit, half_s, |t| to_unit((peak * spread * profile(u * t) / middle).clamp(0.0, 1.0)))
}

/// Load of a passage from `−half_s` to `half_s` about its middle in 20 steps, the worst counted first.
fn worst_minutes(probit: &ToxicProbit, half_s: f64, at: impl Fn(f64) -> f64) -> f64 {
    const STEPS: usize = 20;
    let dt = 2.0 * half_s / STEPS as f64;
    let mut steps = [0.0; STEPS];
    for (i, c) in steps.iter_mut().enumerate() {
        *c = at(-half_s + (i as f64 + 0.5) * dt);
    }
    steps.sort_by(|a, b| b.total_cmp(a));
    probit.load_of(steps.iter().map(|c| (*c, dt / 60.0)))
}

/// Σ C ρ over a grid of 40 stations × 10 across × 8 up, both sides.
fn dense_flammable_mass(cloud: &Cloud, m_s: f64, p: f64, lfl: f64, ufl: f64) -> f64 {
    let (Some(end), Some(first)) = (cloud.reach(lfl, 0.0, 0.0), cloud.stations.first().map(|s| s.x)) else { return 0.0 };
    const ALONG: usize = 40;
    const ACROSS: usize = 10;
    const UP: usize = 8;
    let mut mass = 0.0;
    let dx = (end - first) / ALONG as f64;
    for i in 0..ALONG {
        let x = first + (i as f64 + 0.5) * dx;
        let Some(s) = cloud.at(x) else { continue };
        let (wide, high) = (2.0 * s.big_b, 2.0 * s.h.max(s.z_c));
        let (dy, dz) = (wide / ACROSS as f64, high / UP as f64);
        let gas = p * m_s / (R * s.t_k);
        for j in 0..ACROSS {
            for k in 0..UP {
                let c = cloud.at_station(&s, (j as f64 + 0.5) * dy, (k as f64 + 0.5) * dz, 0.0);
                if (lfl..=ufl).contains(&c) {
                    mass += 2.0 * c * gas * dx * dy * dz;
                }
            }
        }
    }
    mass
}

fn puff_reach(puff: &Puff, c: f64, z: f64) -> Option<f64> {
    let mut reach = 100_000.0;
    while puff.peak(reach, z) < c {
        reach /= 1.05;
        if reach < 1.0 {
            return None;
        }
    }
    Some(reach)
}

/// Outline of the largest concentrations of a passing puff: (x, half-width) in even steps of ln x.
fn puff_footprint(puff: &Puff, c: f64, z: f64, outline: &mut [(f64, f64)]) -> Option<usize> {
    let reach = puff_reach(puff, c, z)?;
    let n = outline.len();
    let near = (reach * 1e-3).max(0.1);
    let step = log(reach / near) / (n - 1) as f64;
    for (i, place) in outline.iter_mut().enumerate() {
        let x = near * exp(step * i as f64);
        let axis = puff.peak(x, z);
        let sigma = puff.sigmas.at(x, puff.stability).map_or(0.0, |s| s.y);
        *place = (x, if axis > c { sigma * sqrt(2.0 * log(axis / c)) } else { 0.0 });
    }
    Some(n)
}
