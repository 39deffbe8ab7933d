//! The cloud of a release, by the dense model, the passive one, or both: what is breathed where, and how much of it can burn. Each model
//! has its file, in which it answers all that is asked of a cloud.

mod boxed;
mod choice;
mod dense;
mod levels;
mod near_ground;
mod outline;
mod passing;
mod plume;
mod puff;
mod workbook;

pub(super) use choice::disperse;
pub(super) use levels::{fraction, levels, sampled};
pub(super) use workbook::Workbook;

use libm::sqrt;
use std::fmt::Debug;
use std::sync::Arc;

use super::describe::Congestion;
use super::effects::FLAMMABLE_S;
use super::release::Released;
use crate::Validity;
use crate::dispersion::slab::field::Passage;
use crate::numerics::largest;
use crate::properties::Substance;
use crate::vulnerability::ToxicProbit;
use crate::zones::Ring;

/// Averaging time of a toxic zone, s; what lasts no longer than [`QUICK_S`] is asked of the rate of the worst minute, the rest of the mean one.
const TOXIC_S: f64 = 600.0;
const QUICK_S: f64 = 60.0;
/// Nothing is followed farther, m.
pub(in crate::scenario) const FARTHEST_M: f64 = 50_000.0;
/// Factor by which concentrations scatter about the measured ones.
pub(super) const SCATTER: f64 = 2.0;

/// A model of a cloud and what is asked of it. Frame of the wind, m; concentrations as volume fractions.
trait Model: Debug + Send + Sync {
    fn name(&self) -> &'static str;

    /// Largest in time at a place, mean of its worst `averaging_s`.
    fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64;

    fn passage(&self, x: f64) -> Option<Passage>;

    /// `Σ cⁿ Δt` of the worst minutes the probit counts, in its unit; `to_unit` turns volume fractions into it.
    fn load(&self, probit: &ToxicProbit, to_unit: &dyn Fn(f64) -> f64, x: f64, y: f64, z: f64) -> f64;

    /// Farthest x with `c` on the axis.
    fn reach(&self, c: f64, z: f64, averaging_s: f64) -> Option<f64>;

    /// Outline of `c`; empty where it is not reached.
    fn ring(&self, c: f64, z: f64, averaging_s: f64) -> Ring;

    /// Mass between two volume fractions at one instant, kg.
    fn flammable_mass(&self, lfl: f64, ufl: f64) -> f64;
}

/// The models that answer for one release: for its worst minute, and for its worst ten where that is another.
#[derive(Debug, Clone)]
pub(super) struct Dispersed {
    quick: Run,
    slow: Option<Run>,
    /// Of the release, s; zero for a burst.
    duration_s: f64,
    /// Mass of the pure gas in a cubic metre at the air's temperature, kg/m³.
    pub kg_m3: f64,
}

#[derive(Debug, Clone, Default)]
struct Run {
    answers: Vec<Answers>,
    /// Britter–McQuaid beside a dense run.
    check: Option<Workbook>,
}

/// One model and what it noted.
#[derive(Debug, Clone)]
struct Answers {
    model: Arc<dyn Model>,
    notes: Validity,
}

impl Run {
    fn models(&self) -> impl Iterator<Item = &dyn Model> {
        self.answers.iter().map(|of| of.model.as_ref())
    }

    fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        // Near its source a Gaussian cloud is denser than the pure gas. NaN stays NaN.
        largest(self.models().map(|model| model.concentration(x, y, z, averaging_s))).clamp(0.0, 1.0)
    }
}

impl Dispersed {
    fn run(&self, averaging_s: f64) -> &Run {
        self.slow.as_ref().filter(|_| averaging_s > QUICK_S).unwrap_or(&self.quick)
    }

    /// A pocket that can burn is there while the release lasts, however short that is: it is not averaged with the air after it.
    fn averaged(&self, averaging_s: f64) -> f64 {
        if averaging_s <= FLAMMABLE_S && self.duration_s > 0.0 { averaging_s.min(self.duration_s) } else { averaging_s }
    }

    pub fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        self.run(averaging_s).concentration(x, y, z, self.averaged(averaging_s))
    }

    /// Of the toxic cloud, however short the time: only its run is followed down to toxic levels.
    pub fn breathed(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        self.run(TOXIC_S).concentration(x, y, z, averaging_s)
    }

    /// Of the model that brings the cloud first. Passive: the front runs at 1.5 times the wind (11 §2).
    pub fn passage(&self, x: f64) -> Option<Passage> {
        let passages = self.run(TOXIC_S).models().filter_map(|model| model.passage(x));
        passages.min_by(|a, b| a.arrival_s.total_cmp(&b.arrival_s))
    }

    /// `Σ cⁿ Δt` of the worst minutes the probit counts, in its unit; `to_unit` turns volume fractions into it.
    pub fn load(&self, probit: &ToxicProbit, to_unit: impl Fn(f64) -> f64, x: f64, y: f64, z: f64) -> f64 {
        largest(self.run(TOXIC_S).models().map(|model| model.load(probit, &to_unit, x, y, z)))
    }

    /// Farthest x with this volume fraction on the axis, m; zero where it is nowhere reached.
    pub fn reach(&self, c: f64, z: f64, averaging_s: f64) -> f64 {
        let averaged_s = self.averaged(averaging_s);
        largest(self.run(averaging_s).models().filter_map(|model| model.reach(c, z, averaged_s)))
    }

    /// Outline of a volume fraction: of the models the one that reaches farther, its name and its notes. Empty where it is not reached.
    pub fn outline(&self, c: f64, z: f64, averaging_s: f64) -> (Ring, &'static str, Validity) {
        let averaged_s = self.averaged(averaging_s);
        let reach = |of: &&Answers| of.model.reach(c, z, averaged_s).unwrap_or(0.0);
        match self.run(averaging_s).answers.iter().max_by(|a, b| reach(a).total_cmp(&reach(b))) {
            Some(Answers { model, notes }) => (model.ring(c, z, averaged_s), model.name(), *notes),
            None => (Ring::new(), "", Validity::new()),
        }
    }

    /// Reach by the workbook beside a dense run, m.
    pub fn check_reach(&self, c: f64, averaging_s: f64) -> Option<f64> {
        self.run(averaging_s).check.as_ref()?.axis_reach(c)
    }

    /// Mass between the flammable limits at one instant, kg, when it is largest; at most what was released. `None` for what cannot burn.
    pub fn flammable_mass(&self, s: &Substance, r: &Released) -> Option<f64> {
        let lfl = s.lower_flammable_limit().ok()?;
        let ufl = s.upper_flammable_limit().unwrap_or(1.0);
        let most = largest(self.quick.models().map(|model| model.flammable_mass(lfl, ufl)));
        Some(if most.is_nan() { most } else { most.min(r.mass_kg) })
    }

    /// Part of a congested volume that lies in the cloud above a volume fraction, m³, by a grid over where the two may meet.
    pub fn volume_above(&self, c: f64, place: &Congestion) -> f64 {
        const ACROSS: usize = 8;
        const UP: usize = 4;
        let half = 0.5 * sqrt(place.volume_m3 / place.height_m);
        let reach = largest([self.reach(c, 0.0, FLAMMABLE_S), self.reach(c, 0.5 * place.height_m, FLAMMABLE_S)]);
        // A cloud is seldom wider than it is long, nor longer upwind than downwind.
        let span = |middle: f64, low: f64, high: f64| ((middle - half).max(low), (middle + half).min(high));
        let (x0, x1) = span(place.downwind_m, -reach, reach);
        let (y0, y1) = span(place.crosswind_m, -reach, reach);
        if reach.is_nan() {
            return f64::NAN;
        }
        if x1 <= x0 || y1 <= y0 {
            return 0.0;
        }
        let at = |i: usize, n: usize| (i as f64 + 0.5) / n as f64;
        let mut inside = 0;
        for i in 0..ACROSS {
            for j in 0..ACROSS {
                for k in 0..UP {
                    let (x, y) = (x0 + (x1 - x0) * at(i, ACROSS), y0 + (y1 - y0) * at(j, ACROSS));
                    let there = self.concentration(x, y, place.height_m * at(k, UP), FLAMMABLE_S);
                    // Not known to be outside is inside.
                    inside += usize::from(there >= c || there.is_nan());
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
