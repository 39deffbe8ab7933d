//! The rate of a release over time.

use serde::Serialize;

use super::inputs::shut;
use crate::Refusal;
use crate::evaporation::steps::{Curve, MOST_STEPS, RateStep, steps};
use crate::numerics::largest;
use crate::validity::positive;

/// Nothing is followed longer, s.
pub(super) const LONGEST_S: f64 = 3600.0;
/// Time over which a toxic rate is averaged, s.
const WORST_S: f64 = 600.0;

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

/// A rate over time: largest, mean of the worst ten minutes, duration, mass.
pub(super) struct Course {
    pub rate: f64,
    pub mean: f64,
    pub duration: f64,
    pub mass: f64,
    pub steps: RateCurve,
}

impl Course {
    pub fn held(duration: f64, rate: f64) -> Self {
        Self { rate, mean: rate, duration, mass: rate * duration, steps: RateCurve::of(&[rate, rate], duration) }
    }

    /// One rate until the inventory is gone, the leak is shut or an hour is over.
    pub fn until_gone(inventory_kg: f64, rate: f64, isolated_after_s: Option<f64>) -> Result<Self, Refusal> {
        let rate = positive("release rate, kg/s", rate)?;
        Ok(Self::held((inventory_kg / rate).min(shut(isolated_after_s)?), rate))
    }

    /// Of rates at the ends of even steps of `dt` s.
    pub fn of(rates: &[f64], dt: f64) -> Self {
        let mass: Vec<f64> = rates.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]) * dt).collect();
        let total: f64 = mass.iter().sum();
        let window = (libm::round(WORST_S / dt) as usize).clamp(1, mass.len().max(1));
        let worst = largest(mass.windows(window).map(|some| some.iter().sum())) / (window as f64 * dt);
        let rate = largest(rates.iter().copied());
        // What dribbles after 99 % counts as the end.
        let mut got = 0.0;
        let last = mass.iter().position(|m| {
            got += m;
            got >= 0.99 * total
        });
        let duration = last.map_or(0.0, |i| (i + 1) as f64 * dt);
        // A release shorter than the window has its own mean.
        let mean = largest([worst, total / duration.max(dt)]).min(rate);
        Self { rate, mean, duration, mass: total, steps: RateCurve::of(rates, dt) }
    }

    /// Every rate and the mass `by` times as large.
    pub fn scaled(self, by: f64) -> Self {
        Self { rate: self.rate * by, mean: self.mean * by, mass: self.mass * by, steps: self.steps.scaled(by), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_falling_rate_is_told_in_at_most_five_steps_of_its_mass() {
        let rates: Vec<f64> = (0..=300).map(|i| 10.0 * libm::exp(-f64::from(i) / 60.0)).collect();
        let course = Course::of(&rates, 1.0);
        let told = course.steps.as_slice();
        assert!((3..=5).contains(&told.len()));
        assert!((told.iter().map(|step| step.mass()).sum::<f64>() / course.mass - 1.0).abs() < 1e-6);
        assert!(told.windows(2).all(|pair| pair[0].rate > pair[1].rate), "{told:?}");
        assert!(course.rate == 10.0 && course.mean < 10.0 && course.mean > course.mass / 300.0);
    }

    #[test]
    fn a_held_rate_is_one_step() {
        let course = Course::held(120.0, 3.0);
        let told = course.steps.as_slice();
        assert!(told.len() == 1 && told[0].rate == 3.0 && told[0].to == 120.0 && course.mass == 360.0, "{told:?}");
    }
}
