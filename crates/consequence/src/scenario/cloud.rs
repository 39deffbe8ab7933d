//! The cloud of a release and its toxic and flammable zones, by the dense or the passive model.

use libm::{cbrt, exp, log, sqrt};

use super::Findings;
use super::describe::Air;
use super::release::{Released, Source};
use crate::dispersion::choice::{COLD_DENSE, Path, by_richardson, continuous_is_dense, instantaneous_is_dense};
use crate::dispersion::plume::{self, Plume};
use crate::dispersion::puff::Puff;
use crate::dispersion::sigma::SigmaSet;
use crate::dispersion::slab::{self, Closure, Cloud};
use crate::explosion::flammable_mass;
use crate::properties::Substance;
use crate::units::{G, Kelvin, R};
use crate::zones::{Hazard, Level, Zone, flammable_levels, plume_ring, toxic_levels};
use crate::{Note, Refusal, Validity};

/// Height of breath, m: toxic zones. Flammable zones hold at the ground.
const BREATH_M: f64 = 1.5;
/// Averaging times, s: a pocket of flammable gas burns at once; poison works over minutes.
const FLAMMABLE_S: f64 = 20.0;
const TOXIC_S: f64 = 600.0;
const STATIONS: usize = 80;

enum Model {
    Dense(Box<Cloud>),
    /// Plume, duration s, and how far upwind its virtual point lies, m: zero but for pools.
    Plume(Plume, f64, f64),
    Puff(Puff),
}

/// Adds the zones of the cloud; the flammable mass between its limits, kg, or `None` for what does not burn.
pub(super) fn disperse(s: &Substance, air: &Air, r: &Released, found: &mut Findings) -> Result<Option<f64>, Refusal> {
    let mut levels: Vec<Level> = Vec::new();
    match toxic_levels(s) {
        Ok(toxic) => levels.extend(toxic),
        Err(_) => found.assume("no toxic level is tabled for the substance: no toxic zone"),
    }
    let burns = s.lfl_pct.is_some();
    if burns {
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
    let lowest = levels.iter().map(fraction).fold(1.0, f64::min);
    let mut flammable: Option<f64> = None;
    for &dense in paths(s, air, r) {
        let model = if dense { build_dense(s, air, r, lowest, found)? } else { build_passive(s, air, r, found)? };
        for level in &levels {
            keep_larger(&mut found.zones, model.zone(s, air, level));
        }
        if let (Ok(lfl), Some(ufl)) = (s.lower_flammable_limit(), s.ufl_pct) {
            let mass = model.flammable_mass(s, air, r, lfl, ufl / 100.0)?.min(r.mass_kg);
            flammable = Some(flammable.unwrap_or(0.0).max(mass));
        }
    }
    Ok(flammable)
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
        let upwind = match r.source {
            Source::Pool { radius_m, .. } => plume::virtual_distance(SigmaSet::BriggsRural, air.stability, 2.0 * radius_m)?,
            _ => 0.0,
        };
        Model::Plume(plume, r.duration_s, upwind)
    };
    if s.mw < 20.0 && r.density_kg_m3 < 0.9 * air.rho {
        notes.add(Note::LeftOut { model: "gaussian_plume", what: "the lift of a light gas: on the ground the plume is weaker" });
    }
    found.warn(&notes);
    Ok(model)
}

/// A level as volume fraction.
fn fraction(level: &Level) -> f64 {
    match level.hazard {
        Hazard::Toxic => level.value * 1e-6,
        _ => level.value,
    }
}

impl Model {
    fn name(&self) -> &'static str {
        match self {
            Self::Dense(_) => "dispersion.slab",
            Self::Plume(..) => "dispersion.gaussian_plume",
            Self::Puff(_) => "dispersion.gaussian_puff",
        }
    }

    fn zone(&self, s: &Substance, air: &Air, level: &Level) -> Zone {
        let (z, averaging_s) = match level.hazard {
            Hazard::Toxic => (BREATH_M, TOXIC_S),
            _ => (0.0, FLAMMABLE_S),
        };
        let c = fraction(level);
        let kg_m3 = c * air.p * s.molar_mass().0 / (R * air.t);
        let mut outline = [(0.0, 0.0); STATIONS];
        let filled = match self {
            Self::Dense(cloud) => cloud.footprint(c, z, averaging_s, &mut outline),
            Self::Plume(plume, duration, _) => Plume { averaging_s, ..*plume }.footprint(kg_m3, z, Some(*duration), &mut outline),
            Self::Puff(puff) => puff_footprint(puff, kg_m3, z, &mut outline),
        };
        let outline = &mut outline[..filled.unwrap_or(0)];
        if let Self::Plume(_, _, upwind) = self
            && *upwind > 0.0
        {
            // The plume of a pool starts at a point upwind of it; what lies before the pool's centre is not there.
            for (x, half) in outline.iter_mut() {
                *x -= upwind;
                if *x < 0.0 {
                    (*x, *half) = (0.0, 0.0);
                }
            }
        }
        let ring = plume_ring(outline);
        let reach_m = ring.iter().map(|p| p[0]).fold(0.0, f64::max);
        Zone { level: *level, model: self.name(), reach_m, averaging_s, rings: if ring.len() >= 3 { vec![ring] } else { Vec::new() } }
    }

    /// Mass between the flammable limits, kg.
    fn flammable_mass(&self, s: &Substance, air: &Air, r: &Released, lfl: f64, ufl: f64) -> Result<f64, Refusal> {
        let density = air.p * s.molar_mass().0 / (R * air.t);
        match self {
            Self::Dense(cloud) => Ok(dense_flammable_mass(cloud, s.molar_mass().0, air.p, lfl, ufl)),
            Self::Plume(plume, duration, upwind) => {
                let quick = Plume { averaging_s: FLAMMABLE_S, ..*plume };
                let Some(end) = quick.reach(lfl * density, 0.0, Some(*duration)) else { return Ok(0.0) };
                let axis = |x: f64| quick.concentration(x, 0.0, r.height_m);
                let from = f64::max(*upwind, 0.1_f64.min(0.5 * end));
                flammable_mass::of_plume(r.rate_kg_s, quick.u, lfl * density, ufl * density, from, end, axis)
            }
            // All of a puff that has not yet thinned below the limit may burn.
            Self::Puff(puff) => Ok(if puff.peak(10.0, 0.0) >= lfl * density { puff.m } else { 0.0 }),
        }
    }
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

/// Outline of the largest concentrations of a passing puff: (x, half-width) in even steps of ln x.
fn puff_footprint(puff: &Puff, c: f64, z: f64, outline: &mut [(f64, f64)]) -> Option<usize> {
    let mut reach = 100_000.0;
    while puff.peak(reach, z) < c {
        reach /= 1.05;
        if reach < 1.0 {
            return None;
        }
    }
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

/// Where two models answer, the larger zone is shown.
fn keep_larger(zones: &mut Vec<Zone>, zone: Zone) {
    match zones.iter_mut().find(|had| had.level == zone.level) {
        Some(had) if had.reach_m >= zone.reach_m => {}
        Some(had) => *had = zone,
        None => zones.push(zone),
    }
}
