//! The rate of a release over time.

use serde::Serialize;

use super::inputs::shut;
use crate::Refusal;
use crate::evaporation::steps::{Curve, MOST_STEPS, RateStep, steps};
use crate::numerics::largest;
use crate::validity::positive;

/// Nothing is followed longer, s.
pub(super) const LONGEST_S: f64 = 3600.0;
/// Time over which a toxic rate is averaged, s, and that of a flame whose heat hurts within a minute.
pub(super) const WORST_S: f64 = 600.0;
const MINUTE_S: f64 = 60.0;

/// A rate over time in at most five constant steps.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RateCurve {
    steps: [RateStep; MOST_STEPS],
    n: usize,
}

impl RateCurve {
    pub fn as_slice(&self) -> &[RateStep] {
        &self.steps[..self.n]
    }

    /// Of rates at the ends of even steps of `dt` s.
    fn of(rates: &[f64], dt: f64) -> Self {
        let told = steps(&Curve { from: 0.0, dt, rate: |i: usize| rates[i], n: rates.len() });
        let mut curve = Self { n: told.as_slice().len(), ..Self::default() };
        curve.steps[..curve.n].copy_from_slice(told.as_slice());
        curve
    }

    pub(super) fn scaled(mut self, by: f64) -> Self {
        self.steps.iter_mut().for_each(|step| step.rate *= by);
        self
    }
}

impl Serialize for RateCurve {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.as_slice())
    }
}

/// How a curve of rates ends.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum End {
    /// At its last instant: it is shut.
    Known,
    /// It is followed no longer. Where it only dribbles by then, what came after 99 % of the mass was no release any more.
    Open,
}

/// A rate over time: largest, mean of the worst ten minutes, of the first minute, duration, mass.
pub(super) struct Course {
    pub rate: f64,
    pub mean: f64,
    pub minute: f64,
    pub duration: f64,
    pub mass: f64,
    pub steps: RateCurve,
}

impl Course {
    pub fn held(duration: f64, rate: f64) -> Self {
        Self { rate, mean: rate, minute: rate, duration, mass: rate * duration, steps: RateCurve::of(&[rate, rate], duration) }
    }

    /// One rate until the inventory is gone, the leak is shut or an hour is over.
    pub fn until_gone(inventory_kg: f64, rate: f64, isolated_after_s: Option<f64>) -> Result<Self, Refusal> {
        let rate = positive("release rate, kg/s", rate)?;
        Ok(Self::held((inventory_kg / rate).min(shut(isolated_after_s)?), rate))
    }

    /// Of rates at the ends of even steps of `dt` s.
    pub fn of(rates: &[f64], dt: f64, end: End) -> Self {
        let mass: Vec<f64> = rates.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]) * dt).collect();
        let total: f64 = mass.iter().sum();
        let window = (libm::round(WORST_S / dt) as usize).clamp(1, mass.len().max(1));
        let worst = largest(mass.windows(window).map(|some| some.iter().sum())) / (window as f64 * dt);
        let rate = largest(rates.iter().copied());
        let mut got = 0.0;
        let spent = |m: &f64| {
            got += m;
            got >= 0.99 * total
        };
        let flows = end == End::Known || rates.last().is_some_and(|last| last * mass.len() as f64 * dt > 0.05 * total);
        let steps = if flows { mass.len() } else { mass.iter().position(spent).map_or(0, |i| i + 1) };
        let duration = steps as f64 * dt;
        // A release shorter than the window has its own mean.
        let mean = largest([worst, total / duration.max(dt)]).min(rate);
        // A step longer than what is left of the minute gives its share of it.
        let (mut first, mut left) = (0.0, f64::min(MINUTE_S, duration));
        let minute_s = left;
        for m in &mass {
            first += m * (left / dt).clamp(0.0, 1.0);
            left -= dt;
        }
        // A minute is never weaker than ten.
        let minute = if minute_s > 0.0 { (first / minute_s).clamp(mean, rate) } else { rate };
        Self { rate, mean, minute, duration, mass: total, steps: RateCurve::of(rates, dt) }
    }

    /// Of a pool: the first instants of one that is still a drop jump, and a flammable cloud needs a minute to form.
    pub fn of_pool(rates: &[f64], dt: f64, end: End) -> Self {
        let mut course = Self::of(rates, dt, end);
        let window = (libm::round(MINUTE_S / dt) as usize).clamp(1, rates.len().max(1));
        course.rate = largest(rates.windows(window).map(|some| some.iter().sum::<f64>() / window as f64).chain([course.mean]));
        course.minute = course.rate;
        course
    }

    /// Every rate and the mass `by` times as large.
    pub fn scaled(self, by: f64) -> Self {
        Self {
            rate: self.rate * by,
            mean: self.mean * by,
            minute: self.minute * by,
            mass: self.mass * by,
            steps: self.steps.scaled(by),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_falling_rate_is_told_in_at_most_five_steps_of_its_mass() {
        let rates: Vec<f64> = (0..=300).map(|i| 10.0 * libm::exp(-f64::from(i) / 60.0)).collect();
        let course = Course::of(&rates, 1.0, End::Known);
        let told = course.steps.as_slice();
        assert!((3..=5).contains(&told.len()));
        assert!((told.iter().map(|step| step.mass()).sum::<f64>() / course.mass - 1.0).abs() < 1e-6);
        assert!(told.windows(2).all(|pair| pair[0].rate > pair[1].rate), "{told:?}");
        assert!(course.rate == 10.0 && course.duration == 300.0 && (course.mean * 300.0 / course.mass - 1.0).abs() < 1e-9);
        assert!((course.minute / (10.0 * (1.0 - libm::exp(-1.0))) - 1.0).abs() < 1e-3, "{}", course.minute);
        // In steps longer than a minute too.
        let coarse = Course::of(&[10.0, 4.0, 2.0], 120.0, End::Known);
        assert!((coarse.minute - 7.0).abs() < 1e-9 && coarse.duration == 240.0, "{}", coarse.minute);
    }

    #[test]
    fn only_what_dribbles_is_cut() {
        for end in [End::Known, End::Open] {
            let even = Course::of(&[3.0; 201], 18.0, end);
            assert_eq!((even.rate, even.mean, even.duration), (3.0, 3.0, 3600.0));
        }
        let dries: Vec<f64> = (0..=300).map(|i| 10.0 * libm::exp(-f64::from(i) / 20.0)).collect();
        assert!(Course::of(&dries, 1.0, End::Open).duration < 100.0 && Course::of(&dries, 1.0, End::Known).duration == 300.0);
        // A jump at the start is no rate of a minute.
        let jump: Vec<f64> = std::iter::once(500.0).chain([5.0; 600]).collect();
        assert!(Course::of(&jump, 1.0, End::Known).rate == 500.0 && Course::of_pool(&jump, 1.0, End::Known).rate < 14.0);
    }

    #[test]
    fn a_held_rate_is_one_step() {
        let course = Course::held(120.0, 3.0);
        let told = course.steps.as_slice();
        assert!(told.len() == 1 && told[0].rate == 3.0 && told[0].to == 120.0 && course.mass == 360.0, "{told:?}");
    }
}
