//! The cloud of a release, by the dense model, the passive one, or both: what is breathed where, and how much of it can burn.

use libm::{cbrt, erf, exp, log, sqrt};
use std::f64::consts::PI;

use super::Findings;
use super::dense::Dense;
use super::describe::{Congestion, Description};
use super::effects::{BREATH_M, FLAMMABLE_S};
use super::passive::{AgedPuff, FinitePlume, NearGround};
use super::release::{Direction, Released, Source};
use super::weather::Air;
use super::workbook::Workbook;
use crate::dispersion::box_model::{BoxAt, BoxRun, Constants, HeavyPuff};
use crate::dispersion::choice::{COLD_DENSE, Lasting, Path, by_richardson, lasting};
use crate::dispersion::plume;
use crate::dispersion::slab::field::Passage;
use crate::dispersion::slab::{self, Closure, Cloud};
use crate::mixing::Mixing;
use crate::numerics::largest;
use crate::properties::{Burns, Substance};
use crate::units::{CP_AIR, G, M_AIR, Pascal, R};
use crate::vulnerability::{ProbitSet, ToxicProbit, toxic_probit};
use crate::zones::{Hazard, Level, Ring, flammable_levels, own_levels, plume_ring, toxic_levels};
use crate::{Note, Refusal, Validity};

/// Averaging time of a toxic zone, s; what lasts no longer than [`QUICK_S`] is asked of the largest rate, the rest of the mean one.
pub(super) const TOXIC_S: f64 = 600.0;
const QUICK_S: f64 = 60.0;
/// Stations of an outline.
pub(super) const STATIONS: usize = 64;
/// Nothing is followed farther, m.
pub(super) const FARTHEST_M: f64 = 50_000.0;
/// Factor by which concentrations scatter about the measured ones.
pub(super) const SCATTER: f64 = 2.0;

/// The models that answer for one release: for the largest rate, and for the mean of its worst ten minutes where that is another.
#[derive(Debug, Clone)]
pub(super) struct Dispersed {
    quick: Run,
    slow: Option<Run>,
    /// Mass of the pure gas in a cubic metre at the air's temperature, kg/m³.
    pub kg_m3: f64,
}

#[derive(Debug, Clone, Default)]
struct Run {
    models: Vec<Model>,
    /// Britter–McQuaid beside a dense run.
    check: Option<Workbook>,
}

/// One model and what it noted.
#[derive(Debug, Clone)]
struct Model {
    form: Form,
    notes: Validity,
}

#[derive(Debug, Clone)]
enum Form {
    Dense(Box<Dense>),
    Plume(Box<FinitePlume>),
    NearGround(Box<NearGround>),
    Puff(AgedPuff),
    Workbook(Workbook),
    Boxed(Box<BoxRun>),
}

/// Limits the zones are drawn for.
pub(super) fn levels(d: &Description, s: &Substance, r: &Released, found: &mut Findings) -> Result<Vec<Level>, Refusal> {
    let mut levels: Vec<Level> = Vec::new();
    if matches!(r.source, Source::Charge { .. }) {
        return Ok(levels);
    }
    let own = d.levels.clone().unwrap_or_default();
    match (own.toxic_ppm, toxic_levels(s)) {
        (Some(values), _) => levels.extend(own_levels(Hazard::Toxic, values)?),
        (None, Ok(toxic)) => {
            found
                .assume(format!("toxic zones by {}, one set for all colours", toxic[0].basis.split([' ', '-']).next().unwrap_or_default()));
            levels.extend(for_the_duration(s, r, own.toxic_for_the_duration, toxic, found));
        }
        (None, Err(_)) => {
            found.note(Note::LeftOut {
                model: "toxic_level",
                what: "the toxic zone: no toxic level is tabled for the substance; give levels if it is toxic",
            });
            found.assume("no toxic level is tabled for the substance: no toxic zone");
        }
    }
    match (s.lfl_pct, s.burns) {
        (Some(_), _) => {
            levels.extend(flammable_levels(s)?);
            if let (Some(lfl), Some(other)) = (s.lfl_pct, s.lfl_other_pct) {
                found.assume(format!("databases give {lfl} and {other} % as lower flammable limit; the lower draws the zone"));
            }
            if s.ufl_pct.is_none() {
                found.note(Note::Assumed {
                    model: "flammable_limits",
                    what: "the upper flammable limit is not tabled: all above the lower burns",
                });
            }
        }
        (None, Burns::No) => found.assume("the substance does not burn: no flammable zone, fire or explosion"),
        (None, _) => {
            found.note(Note::LeftOut {
                model: "flammable_limits",
                what: "fire and explosion: the substance may burn, but its lower flammable limit is not tabled; give it",
            });
            found
                .assume("no flammable limit is tabled for the substance, which may burn: no flammable zone, fire or explosion is computed");
        }
    }
    if levels.is_empty() {
        return Err(Refusal::MissingProperty { substance: s.name_en.clone(), property: "toxic level or flammable limit" });
    }
    Ok(levels)
}

/// Levels for 60 min at another duration by `cⁿ t = const`: for shorter ones when asked, for longer ones always; n is the probit's.
fn for_the_duration(s: &Substance, r: &Released, asked: bool, levels: Vec<Level>, found: &mut Findings) -> Vec<Level> {
    let minutes = r.duration_s / 60.0;
    if (minutes - 60.0).abs() < 0.02 {
        return levels;
    }
    let n = toxic_probit(&s.cas, ProbitSet::Purple).or_else(|| toxic_probit(&s.cas, ProbitSet::Ccps)).map(|probit| probit.n);
    let scaled = |n: f64, minutes: f64| {
        let factor = libm::pow(60.0 / minutes, 1.0 / n);
        levels.iter().map(|level| Level { value: level.value * factor, ..*level }).collect()
    };
    if minutes > 60.0 {
        found.note(Note::OutOfRange { model: "toxic_level", input: "duration of the release, min", value: minutes, low: 0.0, high: 60.0 });
    }
    match n {
        Some(n) if minutes > 60.0 || asked => {
            found.assume(format!("toxic levels scaled from 60 to {:.0} min by c^n t, n = {n} of the probit", minutes.max(10.0)));
            scaled(n, minutes.max(10.0))
        }
        _ => {
            found.note(Note::Assumed { model: "toxic_level", what: "levels for 60 minutes hold, though the release lasts otherwise" });
            levels
        }
    }
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
pub(super) fn disperse(
    d: &Description,
    s: &Substance,
    air: &Air,
    r: &Released,
    levels: &[Level],
    found: &mut Findings,
) -> Result<Dispersed, Refusal> {
    let kg_m3 = air.p * s.molar_mass().0 / (R * air.t);
    if matches!(r.source, Source::Charge { .. }) {
        return Ok(Dispersed { quick: Run::default(), slow: None, kg_m3 });
    }
    let lowest = |hazard: fn(Hazard) -> bool| levels.iter().filter(|level| hazard(level.hazard)).map(fraction).reduce(f64::min);
    let (mut toxic, flammable) = (lowest(|h| h == Hazard::Toxic), lowest(|h| h != Hazard::Toxic));
    if let (Some(own), Ok(tabled)) = (toxic, toxic_levels(s)) {
        // A site's own levels may be high; risk still asks where people die.
        toxic = Some(own.min(tabled.iter().map(fraction).fold(1.0, f64::min)));
    }
    let paths = paths(s, air, r, found);
    let mean = Released { rate_kg_s: r.mean_rate_kg_s, ..*r };
    // One rate answers for both unless it falls much within ten minutes, or only one kind of zone is asked for.
    let same = r.rate_kg_s <= 1.2 * r.mean_rate_kg_s;
    let build = |r: &Released, lowest: f64, found: &mut Findings| build(d, s, air, r, paths, lowest, kg_m3, found);
    Ok(match (toxic, flammable) {
        (Some(toxic), Some(flammable)) if !same => {
            found.assume("the flammable cloud is that of the largest rate, the toxic one that of the worst ten minutes");
            Dispersed { quick: build(r, flammable, found)?, slow: Some(build(&mean, toxic, found)?), kg_m3 }
        }
        (Some(toxic), None) => Dispersed { quick: build(&mean, toxic, found)?, slow: None, kg_m3 },
        (toxic, flammable) => {
            let lowest = toxic.unwrap_or(1.0).min(flammable.unwrap_or(1.0));
            Dispersed { quick: build(r, lowest, found)?, slow: None, kg_m3 }
        }
    })
}

/// The models to run: dense (true), passive (false), or both where the criteria do not decide or disagree.
fn paths(s: &Substance, air: &Air, r: &Released, found: &mut Findings) -> &'static [bool] {
    let g0 = G * (r.density_kg_m3 - air.rho) / air.rho;
    let cold = COLD_DENSE.contains(&s.cas.as_str()) && (r.liquid_share > 0.0 || r.temperature_k < air.t - 20.0);
    if cold {
        found.assume("dense path: a cold or aerosol release of a substance whose gas is light");
        return &[true];
    }
    if r.liquid_share > 0.0 {
        found.assume("dense path: the release carries droplets");
        return &[true];
    }
    if g0 <= 0.0 {
        found.assume("passive path: the release is no heavier than air");
        return &[false];
    }
    let (criterion, limit, richardson) = if let Source::Burst { .. } = r.source {
        let v0 = r.mass_kg / r.density_kg_m3;
        (sqrt(g0 * v0) / (air.u10 * cbrt(v0)), 0.20, g0 * cbrt(v0) / (air.u_star * air.u_star))
    } else {
        let v0 = r.rate_kg_s / r.density_kg_m3;
        let d_s = match r.source {
            Source::Pool { radius_m, .. } => 2.0 * radius_m,
            _ => sqrt(v0 / air.u10),
        };
        let u3 = |u: f64| u * u * u;
        (cbrt(g0 * v0 / (u3(air.u10) * d_s)), 0.15, g0 * v0 / (u3(air.u_star) * d_s))
    };
    // Bursts: the same thresholds on g0' V^(1/3)/u*², from-knowledge.
    let by_ri = by_richardson(richardson, 1.0, 1.0, 1.0);
    let (name, paths): (&str, &'static [bool]) = match (criterion >= limit, by_ri) {
        (true, Path::Dense) => ("dense path", &[true]),
        (false, Path::Passive) => ("passive path", &[false]),
        _ => ("dense and passive path, the larger shown", &[true, false]),
    };
    found
        .assume(format!("{name}: Britter–McQuaid criterion {criterion:.2} (dense from {limit}), Ri_c {richardson:.1} (both from 1 to 30)"));
    paths
}

#[allow(clippy::too_many_arguments)] // What a run of all models needs, once.
fn build(
    d: &Description,
    s: &Substance,
    air: &Air,
    r: &Released,
    paths: &[bool],
    lowest: f64,
    kg_m3: f64,
    found: &mut Findings,
) -> Result<Run, Refusal> {
    let mut run = Run::default();
    for &dense in paths {
        let model = if dense {
            let book = Workbook::of(r, air, kg_m3);
            // Its plume says nothing of a cloud that is over before it gets there.
            run.check = Some(book).filter(|_| r.duration_s == 0.0 || r.duration_s > 120.0);
            dense_or_workbook(s, air, r, lowest, book, found)?
        } else {
            passive(d, s, air, r, kg_m3, found)?
        };
        found.model(model.name());
        found.warn(&model.notes);
        run.models.push(model);
    }
    Ok(run)
}

/// The dense model; where it finds no solution the workbook stands in, and says so (06 §4).
fn dense_or_workbook(s: &Substance, air: &Air, r: &Released, lowest: f64, book: Workbook, found: &mut Findings) -> Result<Model, Refusal> {
    let mut notes = Validity::new();
    match dense(s, air, r, lowest, found, &mut notes) {
        Ok(cloud) => {
            notes.merge(&cloud.notes);
            // Farther than a few source lengths, or the comparison is one of sources.
            let (own, other) = (cloud.reach(lowest, 0.0, TOXIC_S).unwrap_or(0.0), book.reach(lowest).unwrap_or(0.0));
            found.model(Workbook::MODEL);
            let steady = matches!(lasting(r.duration_s, air.u10, own.max(other)), Lasting::Continuous) || r.duration_s == 0.0;
            if steady && own > 50.0 && other > 50.0 && !(1.0 / 3.0..=3.0).contains(&(own / other)) {
                notes.add(Note::OutOfRange {
                    model: "dispersion.slab",
                    input: "reach over that of Britter–McQuaid",
                    value: own / other,
                    low: 1.0 / 3.0,
                    high: 3.0,
                });
            }
            Ok(Model { form: Form::Dense(Box::new(Dense::of(cloud, r))), notes })
        }
        Err(Refusal::NoSolution { .. }) => {
            // SLAB-like → box (puffs only) → Britter–McQuaid.
            if let Source::Burst { .. } = r.source
                && let Ok(boxed) = box_run(s, air, r)
            {
                notes.merge(&boxed.notes);
                notes.add(Note::LeftOut { model: "dispersion.slab", what: "the dense model found no solution: the box model stands in" });
                return Ok(Model { form: Form::Boxed(Box::new(boxed)), notes });
            }
            notes.add(Note::LeftOut {
                model: "dispersion.slab",
                what: "the dense model found no solution: Britter–McQuaid stands in, factor 2",
            });
            Ok(Model { form: Form::Workbook(book), notes })
        }
        Err(other) => Err(other),
    }
}

/// The box model of a burst, with the air of its own expansion left out.
fn box_run(s: &Substance, air: &Air, r: &Released) -> Result<BoxRun, Refusal> {
    let t_b = s.boiling_point(Pascal(air.p))?;
    let dh = s.heat_of_vaporisation(t_b)?;
    let m_s = s.molar_mass().0;
    let mixing = Mixing {
        m_s,
        m_a: M_AIR,
        cp_s: s.cp_gas_J_kgK,
        cp_l: s.cp_liq_J_kgK.unwrap_or(s.cp_gas_J_kgK),
        cp_a: CP_AIR,
        dh,
        t_b: t_b.0,
        b: dh * m_s / R,
        rho_l: s.liquid_density(t_b, &mut Validity::new())?.0,
        p: air.p,
        q_a: 0.0,
    };
    let puff = HeavyPuff {
        mixing: &mixing,
        mass: r.mass_kg,
        air: 0.0,
        t_s: r.temperature_k,
        liquid: r.liquid_share,
        aspect: 1.0,
        u_star: air.u_star,
        inverse_length: air.inverse_length,
        z0: air.z0,
        t_a: air.t,
        constants: Constants::default(),
    };
    puff.run(FARTHEST_M)
}

fn dense(s: &Substance, air: &Air, r: &Released, lowest: f64, found: &mut Findings, notes: &mut Validity) -> Result<Cloud, Refusal> {
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
    slab::run_until(&release, &weather, Closure::Improved, FARTHEST_M, lowest / (1.25 * SCATTER))
}

fn passive(d: &Description, s: &Substance, air: &Air, r: &Released, kg_m3: f64, found: &mut Findings) -> Result<Model, Refusal> {
    let mut notes = Validity::new();
    plume::always(&mut notes);
    if s.mw < 20.0 && r.density_kg_m3 < 0.9 * air.rho {
        notes.add(Note::LeftOut { model: "gaussian_plume", what: "the lift of a light gas: on the ground the plume is weaker" });
    }
    if let Source::Burst { radius_m, .. } = r.source {
        return Ok(Model { form: Form::Puff(AgedPuff::of(r, air, radius_m, kg_m3)?), notes });
    }
    let duration = r.mass_kg / r.rate_kg_s.max(1e-12);
    let small = matches!(r.source, Source::Pool { radius_m, .. } if radius_m <= 5.0) || !matches!(r.source, Source::Pool { .. });
    if air.measured && r.height_m <= 5.0 && small && !d.compat_aqt3046 {
        let near = NearGround::of(r, air, duration, &mut notes)?;
        found.assume("similarity plume near the ground: u* and L are measured");
        return Ok(Model { form: Form::NearGround(Box::new(near)), notes });
    }
    if matches!(r.source, Source::Jet { direction: Direction::Vertical | Direction::Down, .. }) {
        notes.add(Note::LeftOut { model: "gaussian_plume", what: "the jet's own direction and momentum" });
    }
    let finite = FinitePlume::of(r, air, duration, d.compat_aqt3046)?;
    notes.merge(&finite.checked()?);
    found.assume(format!(
        "{}; wind of {:.1} m/s at the plume's height",
        if d.compat_aqt3046 {
            "urban spread as AQ/T 3046-2013 prints it"
        } else if finite.urban() {
            "urban spread (Briggs) to 2 km, TNO beyond: the roughness is that of a built-up place"
        } else {
            "open-country spread (Briggs) to 2 km, ISC3 beyond"
        },
        finite.wind()
    ));
    Ok(Model { form: Form::Plume(Box::new(finite)), notes })
}

impl Dispersed {
    fn run(&self, averaging_s: f64) -> &Run {
        self.slow.as_ref().filter(|_| averaging_s > QUICK_S).unwrap_or(&self.quick)
    }

    pub fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        self.concentration_of(self.run(averaging_s), x, y, z, averaging_s)
    }

    /// Of the toxic cloud, however short the time: only its run is followed down to toxic levels.
    pub fn breathed(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        self.concentration_of(self.run(TOXIC_S), x, y, z, averaging_s)
    }

    fn concentration_of(&self, run: &Run, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        let of = |model: &Model| match &model.form {
            Form::Dense(dense) => dense.concentration(x, y, z, averaging_s),
            Form::Plume(plume) => plume.concentration(x, y, z, averaging_s) / self.kg_m3,
            Form::NearGround(near) => near.concentration(x, y, z, averaging_s) / self.kg_m3,
            Form::Puff(puff) => puff.concentration(x, y, z, averaging_s) / self.kg_m3,
            Form::Workbook(book) => book.concentration(x, y, z),
            Form::Boxed(boxed) => in_box(boxed, x, y, z),
        };
        // Near its source a Gaussian cloud is denser than the pure gas. NaN stays NaN.
        largest(run.models.iter().map(of)).clamp(0.0, 1.0)
    }

    /// Of the model that brings the cloud first. Passive: the front runs at 1.5 times the wind (11 §2).
    pub fn passage(&self, x: f64) -> Option<Passage> {
        let of = |model: &Model| match &model.form {
            Form::Dense(dense) => dense.passage(x),
            Form::Plume(plume) => passing(x, plume.wind(), plume.duration_s(), 0.0),
            Form::NearGround(near) => passing(x, near.wind_at(x), near.duration_s(), 0.0),
            Form::Puff(aged) => passing(x, aged.puff.u, 0.0, aged.spread(x).x),
            Form::Workbook(book) => passing(x, book.wind(), book.duration_s(), 0.0),
            Form::Boxed(boxed) => box_passage(boxed, x),
        };
        self.run(TOXIC_S).models.iter().filter_map(of).min_by(|a, b| a.arrival_s.total_cmp(&b.arrival_s))
    }

    /// `Σ cⁿ Δt` of the worst minutes the probit counts, in its unit; `to_unit` turns volume fractions into it.
    pub fn load(&self, probit: &ToxicProbit, to_unit: impl Fn(f64) -> f64, x: f64, y: f64, z: f64) -> f64 {
        let unit = |kg_m3: f64| to_unit((kg_m3 / self.kg_m3).clamp(0.0, 1.0));
        let of = |model: &Model| match &model.form {
            Form::Dense(dense) => dense.load(probit, &to_unit, x, y, z),
            Form::Plume(plume) => {
                let averaging_s = plume.duration_s().clamp(FLAMMABLE_S, 3600.0);
                let c = plume.steady(x, y, z, averaging_s);
                finite_load(probit, c, plume.duration_s(), plume.spread(x, averaging_s).x, plume.wind(), unit)
            }
            Form::NearGround(near) => {
                let averaging_s = near.duration_s().clamp(FLAMMABLE_S, 3600.0);
                let c = near.steady(x, y, z, averaging_s);
                finite_load(probit, c, near.duration_s(), near.sigma_y(x, averaging_s), near.wind_at(x), unit)
            }
            Form::Puff(aged) => {
                let sigma = aged.spread(x).x;
                let u = aged.puff.u;
                let c = aged.concentration(x, y, z, 0.0);
                worst_minutes(probit, 3.0 * sigma / u, |t| unit(c * exp(-0.5 * (u * t / sigma) * (u * t / sigma))))
            }
            Form::Workbook(book) => probit.load(to_unit(book.concentration(x, y, z)), book.passing_s(x) / 60.0),
            Form::Boxed(boxed) => {
                let minutes = box_passage(boxed, x).map_or(0.0, |passage| passage.duration_s / 60.0);
                probit.load(to_unit(in_box(boxed, x, y, z)), minutes)
            }
        };
        largest(self.run(TOXIC_S).models.iter().map(of))
    }

    /// Farthest x with this volume fraction on the axis, m; zero where it is nowhere reached.
    pub fn reach(&self, c: f64, z: f64, averaging_s: f64) -> f64 {
        largest(self.run(averaging_s).models.iter().filter_map(|model| self.reach_of(model, c, z, averaging_s)))
    }

    fn reach_of(&self, model: &Model, c: f64, z: f64, averaging_s: f64) -> Option<f64> {
        match &model.form {
            Form::Dense(dense) => dense.reach(c, z, averaging_s),
            Form::Plume(plume) => plume.reach(c * self.kg_m3, z, averaging_s),
            Form::NearGround(near) => near.reach(c * self.kg_m3, z, averaging_s),
            Form::Puff(puff) => puff.reach(c * self.kg_m3, z, averaging_s),
            Form::Workbook(book) => book.reach(c),
            Form::Boxed(boxed) => envelope(&boxes(boxed, c)).map(|ends| ends.1),
        }
    }

    /// Outline of a volume fraction: of the models the one that reaches farther, its name and its notes. Empty where it is not reached.
    pub fn outline(&self, c: f64, z: f64, averaging_s: f64) -> (Ring, &'static str, Validity) {
        let reach = |model: &&Model| self.reach_of(model, c, z, averaging_s).unwrap_or(0.0);
        match self.run(averaging_s).models.iter().max_by(|a, b| reach(a).total_cmp(&reach(b))) {
            Some(model) => (self.ring(model, c, z, averaging_s), model.name(), model.notes),
            None => (Ring::new(), "", Validity::new()),
        }
    }

    /// Reach by the workbook beside a dense run, m.
    pub fn check_reach(&self, c: f64, averaging_s: f64) -> Option<f64> {
        self.run(averaging_s).check.as_ref()?.reach(c)
    }

    fn ring(&self, model: &Model, c: f64, z: f64, averaging_s: f64) -> Ring {
        let kg = c * self.kg_m3;
        let mut outline = [(0.0, 0.0); STATIONS];
        match &model.form {
            Form::Dense(dense) => dense.ring(c, z, averaging_s),
            Form::Plume(plume) => {
                along(&mut outline, plume.reach(kg, z, averaging_s), plume.upwind_edge(), |x| plume.half_width(x, z, kg, averaging_s))
            }
            Form::NearGround(near) => along(&mut outline, near.reach(kg, z, averaging_s), 0.0, |x| near.half_width(x, z, kg, averaging_s)),
            Form::Puff(puff) => swept(&puff.ellipses(kg, z, averaging_s)),
            Form::Workbook(book) => along(&mut outline, book.reach(c), book.upwind_edge(), |x| book.half_width(x, c)),
            Form::Boxed(boxed) => swept(&boxes(boxed, c)),
        }
    }

    /// Mass between the flammable limits at one instant, kg, when it is largest; at most what was released. `None` for what cannot burn.
    pub fn flammable_mass(&self, s: &Substance, air: &Air, r: &Released) -> Option<f64> {
        let lfl = s.lower_flammable_limit().ok()?;
        let ufl = s.upper_flammable_limit().unwrap_or(1.0);
        let (kg_l, kg_u) = (lfl * self.kg_m3, ufl * self.kg_m3);
        let of = |model: &Model| match &model.form {
            Form::Dense(dense) => dense.flammable_mass(s.molar_mass().0, air.p, lfl, ufl),
            Form::Plume(plume) => plume.flammable_mass(kg_l, kg_u),
            Form::NearGround(near) => near.flammable_mass(kg_l, kg_u),
            Form::Puff(puff) => puff.flammable_mass(kg_l, kg_u),
            Form::Workbook(book) => book.flammable_mass(lfl, ufl),
            // All of it, while the box is between the limits.
            Form::Boxed(boxed) => f64::from(u8::from(boxed.course.iter().any(|b| (lfl..=ufl).contains(&b.fraction)))) * r.mass_kg,
        };
        let most = largest(self.quick.models.iter().map(of));
        Some(if most.is_nan() { most } else { most.min(r.mass_kg) })
    }

    /// Part of a congested volume that lies in the cloud above a volume fraction, m³, by a grid over where the two may meet.
    pub fn volume_above(&self, c: f64, place: &Congestion) -> f64 {
        const ACROSS: usize = 8;
        const UP: usize = 4;
        let half = 0.5 * sqrt(place.volume_m3 / place.height_m);
        let reach = self.reach(c, 0.0, FLAMMABLE_S).max(self.reach(c, 0.5 * place.height_m, FLAMMABLE_S));
        // A cloud is seldom wider than it is long, nor longer upwind than downwind.
        let span = |middle: f64, low: f64, high: f64| ((middle - half).max(low), (middle + half).min(high));
        let (x0, x1) = span(place.downwind_m, -reach, reach);
        let (y0, y1) = span(place.crosswind_m, -reach, reach);
        if x1 <= x0 || y1 <= y0 {
            return 0.0;
        }
        let at = |i: usize, n: usize| (i as f64 + 0.5) / n as f64;
        let mut inside = 0;
        for i in 0..ACROSS {
            for j in 0..ACROSS {
                for k in 0..UP {
                    let (x, y) = (x0 + (x1 - x0) * at(i, ACROSS), y0 + (y1 - y0) * at(j, ACROSS));
                    inside += usize::from(self.concentration(x, y, place.height_m * at(k, UP), FLAMMABLE_S) >= c);
                }
            }
        }
        inside as f64 / (ACROSS * ACROSS * UP) as f64 * (x1 - x0) * (y1 - y0) * place.height_m
    }

    /// Middle of the flammable cloud on its axis, m downwind.
    pub fn flammable_middle(&self, lfl: f64) -> f64 {
        0.5 * self.reach(lfl, 0.0, FLAMMABLE_S)
    }
}

impl Model {
    fn name(&self) -> &'static str {
        match self.form {
            Form::Dense(_) => "dispersion.slab",
            Form::Plume(_) => "dispersion.gaussian_plume",
            Form::NearGround(_) => "dispersion.similarity_plume",
            Form::Puff(_) => "dispersion.gaussian_puff",
            Form::Workbook(_) => Workbook::MODEL,
            Form::Boxed(_) => "dispersion.box",
        }
    }
}

/// Volume fraction at a place while a box stands over it, the largest.
fn in_box(run: &BoxRun, x: f64, y: f64, z: f64) -> f64 {
    let over = |b: &&BoxAt| (x - b.x) * (x - b.x) + y * y <= b.radius * b.radius && z <= b.height.max(2.0);
    largest(run.course.iter().filter(over).map(|b| b.fraction))
}

fn box_passage(run: &BoxRun, x: f64) -> Option<Passage> {
    let over = |b: &&BoxAt| (x - b.x).abs() <= b.radius;
    let (first, last) = (run.course.iter().find(over)?, run.course.iter().rfind(over)?);
    Some(Passage { arrival_s: first.t, peak_s: first.t, duration_s: last.t - first.t })
}

fn boxes(run: &BoxRun, c: f64) -> Vec<Ellipse> {
    run.course.iter().filter(|b| b.fraction >= c).map(|b| (b.x, b.radius, b.radius)).collect()
}

/// A cloud whose front runs at 1.5 times the wind and whose rear passes with the last air, `sigma` long.
fn passing(x: f64, u: f64, duration_s: f64, sigma: f64) -> Option<Passage> {
    if x <= 0.0 {
        // A burst lies upwind of its middle as well until the wind takes it away.
        let reaches = 3.0 * sigma;
        let lies = sigma > 0.0 && duration_s == 0.0 && -x < reaches;
        return lies.then(|| Passage { arrival_s: 0.0, peak_s: 0.0, duration_s: (reaches + x) / u });
    }
    let arrival_s = x / (1.5 * u);
    let end_s = (x + 3.0 * sigma) / u + duration_s;
    Some(Passage { arrival_s, peak_s: x / u + 0.5 * duration_s, duration_s: end_s - arrival_s })
}

/// Load of a steady concentration `c`, kg/m³, that a release of `t_d` s brings past, its ends blurred by `sigma`.
fn finite_load(probit: &ToxicProbit, c: f64, t_d: f64, sigma: f64, u: f64, unit: impl Fn(f64) -> f64) -> f64 {
    if c <= 0.0 {
        return 0.0;
    }
    let root = sqrt(2.0) * sigma.max(1e-6);
    if erf(u * t_d / (2.0 * root)) > 0.98 {
        return probit.load(unit(c), t_d / 60.0);
    }
    let half_s = 0.5 * t_d + 3.0 * sigma / u;
    worst_minutes(probit, half_s, |t| unit(c * 0.5 * (erf(u * (t + 0.5 * t_d) / root) - erf(u * (t - 0.5 * t_d) / root))))
}

/// Load of a passage from `−half_s` to `half_s` about its middle in 20 steps, the worst counted first.
pub(super) fn worst_minutes(probit: &ToxicProbit, half_s: f64, at: impl Fn(f64) -> f64) -> f64 {
    const STEPS: usize = 20;
    let dt = 2.0 * half_s / STEPS as f64;
    let mut steps = [0.0; STEPS];
    for (i, c) in steps.iter_mut().enumerate() {
        *c = at(-half_s + (i as f64 + 0.5) * dt);
    }
    steps.sort_by(|a, b| b.total_cmp(a));
    probit.load_of(steps.iter().map(|c| (*c, dt / 60.0)))
}

/// A puff's outline at one instant: its middle downwind, and half its length and width where the level is passed.
pub(super) type Ellipse = (f64, f64, f64);

/// Where a value that falls outwards stops holding, to a thousandth of `far`.
pub(super) fn edge(far: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, far);
    for _ in 0..10 {
        let middle = 0.5 * (low + high);
        if holds(middle) { low = middle } else { high = middle }
    }
    low
}

/// From where upwind to where downwind the outlines reach; no figures where one of them has none.
pub(super) fn envelope(ellipses: &[Ellipse]) -> Option<(f64, f64)> {
    if ellipses.iter().any(|(x, a, _)| (x + a).is_nan()) {
        return Some((f64::NAN, f64::NAN));
    }
    let from = ellipses.iter().map(|(x, a, _)| x - a).reduce(f64::min)?;
    let to = ellipses.iter().map(|(x, a, _)| x + a).reduce(f64::max)?;
    Some((from, to))
}

/// The ring around all instants of a puff: the places it passes over, upwind of its start too.
pub(super) fn swept(ellipses: &[Ellipse]) -> Ring {
    let Some((from, to)) = envelope(ellipses) else { return Ring::new() };
    let mut outline = [(0.0, 0.0); STATIONS];
    let n = outline.len();
    for (i, place) in outline.iter_mut().enumerate() {
        // Denser towards both ends.
        let share = 0.5 * (1.0 - libm::cos(PI * i as f64 / (n - 1) as f64));
        let x = from + (to - from) * share;
        let half = |(middle, a, b): &Ellipse| {
            let t = (x - middle) / a.max(1e-9);
            if t.abs() < 1.0 { b * sqrt(1.0 - t * t) } else { 0.0 }
        };
        *place = (x, ellipses.iter().map(half).fold(0.0, f64::max));
    }
    let mut ring: Ring = vec![[from, 0.0]];
    ring.extend(outline.iter().filter(|(_, half)| *half > 0.0).map(|(x, half)| [*x, *half]));
    ring.push([to, 0.0]);
    ring.extend(outline.iter().rev().filter(|(_, half)| *half > 0.0).map(|(x, half)| [*x, -*half]));
    ring
}

/// Ring of a plume from `from` (the upwind edge of its source) to `reach`: stations even over the source, then in ln x.
fn along(outline: &mut [(f64, f64)], reach: Option<f64>, from: f64, half: impl Fn(f64) -> f64) -> Ring {
    let Some(reach) = reach.filter(|reach| *reach > 0.0 || reach.is_nan()) else { return Ring::new() };
    if reach.is_nan() {
        return vec![[f64::NAN, 0.0]; 3];
    }
    let n = outline.len();
    let over = if from < 0.0 { n / 4 } else { 0 };
    let near = (reach * 1e-3).clamp(0.1, 1.0).min(0.5 * reach);
    let step = log(reach / near) / (n - over - 1) as f64;
    for (i, place) in outline.iter_mut().enumerate() {
        let x = if i < over { from * (1.0 - i as f64 / over as f64) } else { near * exp(step * (i - over) as f64) };
        *place = (x, half(x));
    }
    if let Some(last) = outline.last_mut() {
        *last = (reach, 0.0);
    }
    plume_ring(outline)
}
