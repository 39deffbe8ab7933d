//! Which models answer for a release, and their runs.

use libm::{cbrt, sqrt};
use std::sync::Arc;

use super::boxed::Boxed;
use super::dense::{Dense, slab_cloud};
use super::levels::fraction;
use super::near_ground::NearGround;
use super::plume::FinitePlume;
use super::puff::AgedPuff;
use super::workbook::Workbook;
use super::{Answers, Dispersed, Run, TOXIC_S};
use crate::dispersion::choice::{COLD_DENSE, CONTINUOUS, INSTANTANEOUS, Lasting, Path, by_richardson, continuous, instantaneous, lasting};
use crate::dispersion::plume;
use crate::mixing::Mixing;
use crate::properties::Substance;
use crate::scenario::Findings;
use crate::scenario::describe::Description;
use crate::scenario::release::{Direction, Released, Source};
use crate::scenario::weather::Air;
use crate::units::{G, M_AIR, R};
use crate::zones::{Hazard, Level, toxic_levels};
use crate::{Note, Refusal, Validity};

/// What a run of the models is asked for: this release at this rate, down to the lowest level, a volume fraction.
pub(super) struct Asked<'a> {
    pub d: &'a Description,
    pub s: &'a Substance,
    pub air: &'a Air,
    pub r: &'a Released,
    /// Mass of the pure gas in a cubic metre, kg/m³.
    pub kg_m3: f64,
    pub lowest: f64,
}

/// Runs the models that answer for this release.
pub(in crate::scenario) fn disperse(
    d: &Description,
    s: &Substance,
    air: &Air,
    r: &Released,
    levels: &[Level],
    found: &mut Findings,
) -> Result<Dispersed, Refusal> {
    let kg_m3 = air.p * s.molar_mass().0 / (R * air.t);
    // Nothing is asked of a cloud that neither poisons nor burns.
    if levels.is_empty() {
        return Ok(Dispersed { quick: Run::default(), slow: None, duration_s: r.duration_s, kg_m3 });
    }
    let lowest = |hazard: fn(Hazard) -> bool| levels.iter().filter(|level| hazard(level.hazard)).map(fraction).reduce(f64::min);
    let (mut toxic, flammable) = (lowest(|h| h == Hazard::Toxic), lowest(|h| h != Hazard::Toxic));
    if let (Some(own), Ok(tabled)) = (toxic, toxic_levels(s)) {
        // A site's own levels may be high; risk still asks where people die.
        toxic = Some(own.min(tabled.iter().map(fraction).fold(1.0, f64::min)));
    }
    let (mean, minute) = (at_rate(r, r.mean_rate_kg_s), at_rate(r, r.minute_rate_kg_s));
    let paths = paths(s, air, &minute, found);
    // One rate answers for both unless it falls much within ten minutes, or only one kind of zone is asked for.
    let same = minute.rate_kg_s <= 1.2 * mean.rate_kg_s;
    let run = |r: &Released, lowest: f64, found: &mut Findings| Asked { d, s, air, r, kg_m3, lowest }.run(paths, found);
    Ok(match (toxic, flammable) {
        (Some(toxic), Some(flammable)) if !same => {
            found.assume(if r.duration_s < TOXIC_S {
                "the flammable cloud is that of the worst minute, the toxic one that of the mean while it lasts"
            } else {
                "the flammable cloud is that of the worst minute, the toxic one that of the worst ten minutes"
            });
            Dispersed { quick: run(&minute, flammable, found)?, slow: Some(run(&mean, toxic, found)?), duration_s: r.duration_s, kg_m3 }
        }
        (Some(toxic), None) => Dispersed { quick: run(&mean, toxic, found)?, slow: None, duration_s: r.duration_s, kg_m3 },
        (toxic, flammable) => {
            let lowest = toxic.unwrap_or(1.0).min(flammable.unwrap_or(1.0));
            Dispersed { quick: run(&minute, lowest, found)?, slow: None, duration_s: r.duration_s, kg_m3 }
        }
    })
}

/// The release at another of its rates: its jet keeps its speed, and passes a smaller area.
fn at_rate(r: &Released, rate_kg_s: f64) -> Released {
    let mut other = Released { rate_kg_s, ..*r };
    if let Source::Jet { area_m2, .. } = &mut other.source {
        *area_m2 *= rate_kg_s / r.rate_kg_s.max(1e-12);
    }
    other
}

/// The models to run: dense (true), passive (false), or both where the criteria do not decide or disagree.
fn paths(s: &Substance, air: &Air, r: &Released, found: &mut Findings) -> &'static [bool] {
    let g0 = G * (r.density_kg_m3 - air.rho) / air.rho;
    let cold = r.liquid_share > 0.0 || r.temperature_k < air.t - 1.0;
    if s.molar_mass().0 < M_AIR && cold && (g0 <= 0.0 || r.liquid_share > 0.0) {
        // Cold, or drops that cool what they evaporate into, make a light gas heavy; whether they suffice the mixture tells.
        match densest(s, air, r) {
            Some(rho) if rho <= air.rho => {
                found.assume("passive path: cold as it is, the gas is heavier than the air at no dilution; it is not taken to rise");
                return &[false];
            }
            Some(rho) if rho <= BARELY_DENSE * air.rho => {
                found.assume("dense and passive path, the larger shown: the cold gas is barely heavier than the air");
                return &[true, false];
            }
            _ => {}
        }
    }
    if COLD_DENSE.contains(&s.cas.as_str()) && (r.liquid_share > 0.0 || r.temperature_k < air.t - 20.0) {
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
        (instantaneous(g0, v0, air.u10), INSTANTANEOUS, g0 * cbrt(v0) / (air.u_star * air.u_star))
    } else {
        let v0 = r.rate_kg_s / r.density_kg_m3;
        let d_s = match r.source {
            Source::Pool { radius_m, .. } => 2.0 * radius_m,
            _ => sqrt(v0 / air.u10),
        };
        (continuous(g0, v0, air.u10, d_s), CONTINUOUS, g0 * v0 / (air.u_star * air.u_star * air.u_star * d_s))
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

/// A mixture no denser than this, over the air's density, may as well mix as it would without weight.
const BARELY_DENSE: f64 = 1.10;

/// Density of the release at its densest, pure or mixed with air, kg/m³.
fn densest(s: &Substance, air: &Air, r: &Released) -> Option<f64> {
    let mixing = Mixing::of(s, air.p).ok()?;
    let mixed = |step: i32| Some(mixing.with_air(libm::pow(0.8, f64::from(step)), r.liquid_share, r.temperature_k, air.t).ok()?.rho);
    (1..24).map(mixed).try_fold(r.density_kg_m3, |most, rho| Some(f64::max(most, rho?)))
}

impl Asked<'_> {
    fn run(&self, paths: &[bool], found: &mut Findings) -> Result<Run, Refusal> {
        let mut run = Run::default();
        for &dense in paths {
            let answers = if dense {
                let book = Workbook::of(self.r, self.air, self.kg_m3);
                // Its plume says nothing of a cloud that is over before it gets there.
                run.check = Some(book).filter(|_| self.r.duration_s == 0.0 || self.r.duration_s > 120.0);
                self.dense_or_workbook(book, found)?
            } else {
                self.passive(found)?
            };
            found.model(answers.model.name());
            found.warn(&answers.notes);
            run.answers.push(answers);
        }
        Ok(run)
    }

    /// The dense model; where it finds no solution the workbook stands in, and says so (06 §4).
    fn dense_or_workbook(&self, book: Workbook, found: &mut Findings) -> Result<Answers, Refusal> {
        let Self { s, air, r, lowest, .. } = *self;
        let mut notes = Validity::new();
        match slab_cloud(self, found, &mut notes) {
            Ok(cloud) => {
                notes.merge(&cloud.notes);
                // Where both end within a few source lengths the comparison is one of sources.
                let (own, other) = (cloud.reach(lowest, 0.0, TOXIC_S).unwrap_or(0.0), book.axis_reach(lowest).unwrap_or(0.0));
                found.model(Workbook::MODEL);
                let steady = matches!(lasting(r.duration_s, air.u10, own.max(other)), Lasting::Continuous) || r.duration_s == 0.0;
                let collapsed = r.duration_s > 0.0 && own < other / 3.0;
                if (steady || collapsed) && own.max(other) > 50.0 && !(1.0 / 3.0..=3.0).contains(&(own / other)) {
                    notes.add(Note::OutOfRange {
                        model: "dispersion.slab",
                        input: "reach over that of Britter–McQuaid",
                        value: own / other,
                        low: 1.0 / 3.0,
                        high: 3.0,
                    });
                }
                Ok(Answers { model: Arc::new(Dense::of(cloud, r, air.p)), notes })
            }
            Err(Refusal::NoSolution { .. }) => {
                // SLAB-like → box (puffs only) → Britter–McQuaid.
                if let Source::Burst { .. } = r.source
                    && let Ok(boxed) = Boxed::of(s, air, r)
                {
                    notes.merge(boxed.notes());
                    notes.add(Note::LeftOut {
                        model: "dispersion.slab",
                        what: "the dense model found no solution: the box model stands in",
                    });
                    return Ok(Answers { model: Arc::new(boxed), notes });
                }
                notes.add(Note::LeftOut {
                    model: "dispersion.slab",
                    what: "the dense model found no solution: Britter–McQuaid stands in, factor 2",
                });
                Ok(Answers { model: Arc::new(book), notes })
            }
            Err(other) => Err(other),
        }
    }

    fn passive(&self, found: &mut Findings) -> Result<Answers, Refusal> {
        let Self { d, s, air, r, kg_m3, .. } = *self;
        let mut notes = Validity::new();
        plume::always(&mut notes);
        if s.mw < 20.0 && r.density_kg_m3 < 0.9 * air.rho {
            notes.add(Note::LeftOut { model: "gaussian_plume", what: "the lift of a light gas: on the ground the plume is weaker" });
        }
        if let Source::Burst { radius_m, .. } = r.source {
            return Ok(Answers { model: Arc::new(AgedPuff::of(r, air, radius_m, kg_m3)?), notes });
        }
        let duration = r.mass_kg / r.rate_kg_s.max(1e-12);
        let small = matches!(r.source, Source::Pool { radius_m, .. } if radius_m <= 5.0) || !matches!(r.source, Source::Pool { .. });
        if air.measured && r.height_m <= 5.0 && small && !d.compat_aqt3046 {
            let near = NearGround::of(r, air, duration, kg_m3, &mut notes)?;
            found.assume("similarity plume near the ground: u* and L are measured");
            return Ok(Answers { model: Arc::new(near), notes });
        }
        if matches!(r.source, Source::Jet { direction: Direction::Vertical | Direction::Down, .. }) {
            notes.add(Note::LeftOut { model: "gaussian_plume", what: "the jet's own direction and momentum" });
        }
        let finite = FinitePlume::of(r, air, duration, kg_m3, d.compat_aqt3046)?;
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
        Ok(Answers { model: Arc::new(finite), notes })
    }
}
