//! How sure an individual risk is: a 5–95 % band from sampled frequencies and probits, the same for the same seed (specification 10 §8).

use libm::{cos, exp, log, sqrt};
use serde::Serialize;
use std::f64::consts::PI;

use crate::Refusal;
use crate::validity::{positive, within};
use crate::vulnerability::{probability, probit_of};

/// SplitMix64: small, exact on every machine.
#[derive(Clone, Copy, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Even on (0, 1].
    pub fn even(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal (Box–Muller).
    pub fn normal(&mut self) -> f64 {
        let (a, b) = (self.even(), self.even());
        sqrt(-2.0 * log(a)) * cos(2.0 * PI * b)
    }
}

/// What one case adds at the target: its frequency a year and the share of events that kill there, over all winds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    pub frequency_per_year: f64,
    pub share: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Band {
    pub best: f64,
    pub p05: f64,
    pub median: f64,
    pub p95: f64,
    pub samples: usize,
}

/// Band of an individual risk. At least 500 samples; the same seed gives the same band.
///
/// Frequencies are log-normal with a 95 % factor of 3, drawn anew for each case; the probit's constant moves by ±0.5 (one standard
/// deviation) together for all. The probit shift acts on the share over all winds, an approximation near the edge of a cloud.
/// Weather and source uncertainty enter as cases of their own.
pub fn individual_band(contributions: &[Contribution], samples: usize, seed: u64) -> Result<Band, Refusal> {
    let samples = within("samples", samples as f64, 500.0, 1e6, "500 to a million")? as usize;
    for c in contributions {
        within("share", c.share, 0.0, 1.0, "between 0 and 1")?;
        if c.frequency_per_year != 0.0 {
            positive("frequency_per_year", c.frequency_per_year)?;
        }
    }
    let best = contributions.iter().map(|c| c.frequency_per_year * c.share).sum();
    let ln_factor = log(3.0) / 1.645;
    let probits: Vec<f64> = contributions.iter().map(|c| probit_of(c.share)).collect();
    let mut dice = Dice::new(seed);
    let mut drawn: Vec<f64> = (0..samples)
        .map(|_| {
            let shift = 0.5 * dice.normal();
            let mut risk = 0.0;
            for (c, probit) in contributions.iter().zip(&probits) {
                let f = c.frequency_per_year * exp(ln_factor * dice.normal());
                if c.share > 0.0 {
                    risk += f * if c.share < 1.0 { probability(probit + shift) } else { 1.0 };
                }
            }
            risk
        })
        .collect();
    drawn.sort_by(f64::total_cmp);
    let at = |q: f64| drawn[((samples - 1) as f64 * q + 0.5) as usize];
    Ok(Band { best, p05: at(0.05), median: at(0.5), p95: at(0.95), samples })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_holds_the_best_estimate_and_repeats() {
        let cases = [Contribution { frequency_per_year: 1e-5, share: 0.1 }, Contribution { frequency_per_year: 1e-6, share: 1.0 }];
        let band = individual_band(&cases, 2000, 7).unwrap();
        assert!(band.p05 < band.best && band.best < band.p95);
        assert_eq!(band, individual_band(&cases, 2000, 7).unwrap());
        assert_ne!(band, individual_band(&cases, 2000, 8).unwrap());
    }

    #[test]
    fn one_certain_case_spreads_by_the_factor_of_three() {
        let band = individual_band(&[Contribution { frequency_per_year: 1e-5, share: 1.0 }], 20_000, 1).unwrap();
        assert!((band.p95 / band.median / 3.0 - 1.0).abs() < 0.1);
        assert!((band.median / band.p05 / 3.0 - 1.0).abs() < 0.1);
    }

    #[test]
    fn too_few_samples_are_refused() {
        assert!(individual_band(&[], 100, 1).is_err());
    }
}
