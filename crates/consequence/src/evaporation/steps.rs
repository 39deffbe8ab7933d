//! A rate over time told in a few constant steps, for dispersion. Specification 03 §5.

use serde::Serialize;

/// Most steps of a curve.
pub const MOST_STEPS: usize = 5;
/// Share of the mass that may come at another time than the curve has it, before a further step is taken.
const MISPLACED: f64 = 0.05;
/// Most samples of a curve that are told apart; longer curves are read at every second, third … sample.
const SAMPLES: usize = 101;

/// A constant rate from one time to another, s and kg/s.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct RateStep {
    pub from: f64,
    pub to: f64,
    pub rate: f64,
}

impl RateStep {
    pub fn mass(&self) -> f64 {
        self.rate * (self.to - self.from)
    }
}

/// At most [`MOST_STEPS`] steps, one after another; the mass is that of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Steps {
    steps: [RateStep; MOST_STEPS],
    n: usize,
    /// Share of the mass that comes at another time than the curve has it.
    pub misplaced: f64,
}

impl Steps {
    pub fn as_slice(&self) -> &[RateStep] {
        &self.steps[..self.n]
    }

    pub fn iter(&self) -> impl Iterator<Item = &RateStep> {
        self.as_slice().iter()
    }
}

/// A rate known at even times: `n` samples from `from`, s, `dt` apart.
pub struct Curve<F> {
    pub from: f64,
    pub dt: f64,
    pub rate: F,
    pub n: usize,
}

/// The fewest steps, at most five, that misplace less than 5 % of the mass; between them the ends that leave the least squares.
///
/// A step holds the mean of its time, so the mass is kept. Dynamic programming over the ends, as for piecewise constant fits in general.
pub fn steps<F: Fn(usize) -> f64>(curve: &Curve<F>) -> Steps {
    if curve.n < 2 || curve.dt <= 0.0 {
        return Steps::default();
    }
    let stride = (curve.n - 1).div_ceil(SAMPLES - 1);
    let n = (curve.n - 1) / stride;
    let dt = curve.dt * stride as f64;
    // Mass of each interval over its time (trapezium), and running sums of it and of its square.
    let mut rate = [0.0; SAMPLES];
    let mut sum = [0.0; SAMPLES];
    let mut square = [0.0; SAMPLES];
    for i in 0..n {
        let inner: f64 = (1..stride).map(|k| (curve.rate)(i * stride + k)).sum();
        rate[i] = (0.5 * ((curve.rate)(i * stride) + (curve.rate)((i + 1) * stride)) + inner) / stride as f64;
        sum[i + 1] = sum[i] + rate[i];
        square[i + 1] = square[i] + rate[i] * rate[i];
    }
    if sum[n] <= 0.0 {
        return Steps::default();
    }
    let mean = |a: usize, b: usize| (sum[b] - sum[a]) / (b - a) as f64;
    let cost = |a: usize, b: usize| (square[b] - square[a] - (sum[b] - sum[a]) * mean(a, b)).max(0.0);
    // best[k][b]: least cost of the first b intervals in k + 1 steps, and where the last of them begins.
    let mut best = [[(f64::INFINITY, 0_usize); SAMPLES]; MOST_STEPS];
    for b in 1..=n {
        best[0][b] = (cost(0, b), 0);
        for k in 1..MOST_STEPS {
            for a in k..b {
                let c = best[k - 1][a].0 + cost(a, b);
                if c < best[k][b].0 {
                    best[k][b] = (c, a);
                }
            }
        }
    }
    let mut out = Steps::default();
    for k in 0..MOST_STEPS.min(n) {
        out.n = k + 1;
        out.misplaced = 0.0;
        let mut b = n;
        for step in (0..=k).rev() {
            let a = best[step][b].1;
            let held = mean(a, b);
            // Half of what differs: it leaves one time and comes at another.
            out.misplaced += (a..b).map(|i| 0.5 * (rate[i] - held).abs()).sum::<f64>() / sum[n];
            out.steps[step] = RateStep { from: curve.from + dt * a as f64, to: curve.from + dt * b as f64, rate: held };
            b = a;
        }
        if out.misplaced < MISPLACED {
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decaying_rate_is_told_in_five_steps_of_the_same_mass() {
        let rate = |i: usize| libm::exp(-(i as f64) / 60.0);
        let told = steps(&Curve { from: 0.0, dt: 10.0, rate, n: 201 });
        let mass: f64 = told.iter().map(RateStep::mass).sum();
        let exact = 600.0 * (1.0 - libm::exp(-2000.0 / 600.0));
        assert!((mass / exact - 1.0).abs() < 1e-3, "{mass} {exact}");
        assert!(told.iter().count() <= 5 && told.misplaced < 0.10, "{told:?}");
        assert!(told.as_slice().windows(2).all(|w| w[0].to == w[1].from && w[0].rate > w[1].rate));
    }

    #[test]
    fn a_constant_rate_is_one_step_and_a_jump_is_two() {
        let one = steps(&Curve { from: 0.0, dt: 1.0, rate: |_| 2.0, n: 101 });
        assert_eq!(one.as_slice(), [RateStep { from: 0.0, to: 100.0, rate: 2.0 }]);
        let two = steps(&Curve { from: 0.0, dt: 1.0, rate: |i| if i <= 50 { 2.0 } else { 1.0 }, n: 101 });
        assert_eq!(two.iter().count(), 2);
        assert!(steps(&Curve { from: 0.0, dt: 1.0, rate: |_| 0.0, n: 101 }).as_slice().is_empty());
    }
}
