//! How sure an individual risk is: a 5–95 % band from sampled frequencies, sources, weathers and probits (specification 10 §8).
//!
//! The same seed gives the same band. No model is run again: each case says once how it answers to a stronger source or a more sensitive
//! population, and the samples read that.

use libm::{cos, exp, log, sqrt};
use serde::Serialize;
use std::f64::consts::PI;

use super::Case;
use super::individual::{distance_bearing, share_at_polar, winds_near};
use crate::Refusal;
use crate::validity::{not_negative, within};
use crate::vulnerability::{probability, probit_of};

/// SplitMix64: small, exact on every machine.
#[derive(Clone, Copy, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Dice of one sample: the first hundred samples of a thousand are those of a hundred.
    fn of(seed: u64, sample: usize) -> Self {
        Self(Self(seed ^ (sample as u64).wrapping_mul(0xD134_2543_DE82_EF95)).next())
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

/// What is sampled, and how far it strays (one standard deviation of the logarithm unless it says otherwise).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spreads {
    /// Frequency of a scenario: 95 % within this factor. One draw for all branches and weathers of a scenario.
    pub frequency_factor: f64,
    /// Source strength by the discharge coefficient. One draw a scenario.
    pub discharge: f64,
    /// Of a flashing release the share that stays airborne is drawn evenly from this to 1. One draw a scenario.
    pub airborne_least: f64,
    /// Wind speed within a weather: dilutes clouds. One draw a weather.
    pub wind: f64,
    /// Share of the year of each weather, scaled back to the whole: how class and speed are re-weighted.
    pub weather_share: f64,
    /// Constant of the toxic and of the heat probits, in probits. One draw each.
    pub probit: f64,
}

pub const SPREADS: Spreads =
    Spreads { frequency_factor: 3.0, discharge: 0.1, airborne_least: 0.6, wind: 0.15, weather_share: 0.3, probit: 0.5 };

/// Which probit kills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    Toxic,
    Heat,
}

/// How a case kills, as far as its uncertainty goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Manner {
    /// By a probit, which moves by `per_ln_source` when the source grows by a factor e.
    Probit { harm: Harm, per_ln_source: f64 },
    /// By a fixed limit, whose distance grows with this power of the source.
    Rule { exponent: f64 },
}

/// Shifts of a probit and stretches of a distance for which a case is tabulated.
const POINTS: usize = 13;
const SHIFT: f64 = 0.5;
/// ln of the stretch, a step: the table spans a factor of 1.8 to either side.
const STRETCH: f64 = 0.1;

/// What one case adds at the target: its frequency a year and the share of events that kill there, over all winds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// Cases of one scenario share the draws of frequency and source; cases of one weather those of wind and share.
    pub scenario: usize,
    pub weather: usize,
    pub frequency_per_year: f64,
    pub manner: Manner,
    /// A cloud, which wind dilutes; not a fire or a blast.
    pub cloud: bool,
    /// The release flashes: rain-out matters.
    pub flashing: bool,
    /// Share killed by steps of the probit's shift, or of the stretch; the middle one is the best estimate.
    shares: [f64; POINTS],
}

impl Contribution {
    /// Asks a case how it answers at one place.
    ///
    /// The probit's shift acts on the share of each wind by itself, before they are summed; a stretch moves the place nearer or farther.
    pub fn of(scenario: usize, weather: usize, at: [f64; 2], case: &Case, manner: Manner, cloud: bool, flashing: bool) -> Self {
        let (r, bearing) = distance_bearing(case.source, at);
        let mut shares = [0.0; POINTS];
        match manner {
            Manner::Probit { .. } => {
                for b in winds_near(case.individual.half_width_deg(r), bearing) {
                    let rose = case.rose.share(b);
                    let p = case.individual.at(r, bearing - (b as f64 + 0.5));
                    if rose <= 0.0 || p <= 0.0 {
                        continue;
                    }
                    // A share of one is the rule of 37.5 kW/m², or far inside: it stays.
                    let probit = if p < 1.0 { probit_of(p) } else { f64::INFINITY };
                    for (i, share) in shares.iter_mut().enumerate() {
                        *share += rose * probability(probit + step(i) * SHIFT);
                    }
                }
            }
            Manner::Rule { .. } => {
                for (i, share) in shares.iter_mut().enumerate() {
                    *share = share_at_polar(r * exp(-step(i) * STRETCH), bearing, case, |p| p);
                }
            }
        }
        Self { scenario, weather, frequency_per_year: case.frequency_per_year, manner, cloud, flashing, shares }
    }

    /// A case that kills by a fixed share whatever the source.
    pub fn fixed(scenario: usize, weather: usize, frequency_per_year: f64, share: f64) -> Self {
        let manner = Manner::Rule { exponent: 0.0 };
        Self { scenario, weather, frequency_per_year, manner, cloud: false, flashing: false, shares: [share; POINTS] }
    }

    pub fn share(&self) -> f64 {
        self.shares[POINTS / 2]
    }

    pub fn risk_per_year(&self) -> f64 {
        self.frequency_per_year * self.share()
    }

    /// Whether it kills anybody, in any sample.
    pub fn matters(&self) -> bool {
        self.shares.iter().any(|share| *share > 0.0)
    }

    /// Between the table's points linear; held at its ends.
    fn read(&self, steps: f64) -> f64 {
        let at = (steps + (POINTS / 2) as f64).clamp(0.0, (POINTS - 1) as f64);
        let i = (at as usize).min(POINTS - 2);
        let f = at - i as f64;
        (1.0 - f) * self.shares[i] + f * self.shares[i + 1]
    }
}

fn step(i: usize) -> f64 {
    i as f64 - (POINTS / 2) as f64
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Band {
    pub best: f64,
    pub p05: f64,
    pub median: f64,
    pub p95: f64,
    pub samples: usize,
    /// Largest relative change of the three figures from half the samples to all.
    pub change: f64,
    /// The change stays within 10 %.
    pub converged: bool,
}

/// Samples are doubled until the band stands, up to this many.
const MOST_SAMPLES: usize = 32_000;
const CONVERGED: f64 = 0.10;

/// Band of an individual risk. At least 500 samples, doubled until half of them give the same band within 10 %.
///
/// `weathers` are the shares of the year of the weathers the contributions name; empty when weather is not sampled. See [`SPREADS`].
/// Approximations: a source's strength moves a toxic or heat probit by a constant, and a fixed limit's distance by a power; wind speed acts as
/// a weaker source; stability moves by re-weighting the weathers that were run, never beyond them; averaging time is not sampled; a
/// probit case adds nothing beyond its footprint's edge, however sensitive the population (the report says so).
pub fn individual_band(contributions: &[Contribution], weathers: &[f64], samples: usize, seed: u64) -> Result<Band, Refusal> {
    let mut samples = within("samples", samples as f64, 500.0, 1e6, "500 to a million")? as usize;
    for c in contributions {
        for share in c.shares {
            within("share", share, 0.0, 1.0 + 1e-9, "between 0 and 1")?;
        }
        not_negative("frequency_per_year", c.frequency_per_year)?;
        if !weathers.is_empty() && c.weather >= weathers.len() {
            return Err(Refusal::OutOfDomain { input: "weather", value: c.weather as f64, wanted: "one of the weathers" });
        }
    }
    for share in weathers {
        not_negative("weather share", *share)?;
    }
    let best = contributions.iter().map(Contribution::risk_per_year).sum();
    let scenarios = contributions.iter().map(|c| c.scenario + 1).max().unwrap_or(0);
    let all = contributions.iter().map(|c| c.weather + 1).max().unwrap_or(0).max(weathers.len());
    let mut draw = Draw { per_scenario: vec![[0.0; 3]; scenarios], per_weather: vec![[0.0, 1.0]; all], shifts: [0.0; 2] };
    let mut drawn: Vec<f64> = Vec::with_capacity(samples);
    loop {
        for sample in drawn.len()..samples {
            draw.again(&mut Dice::of(seed, sample), weathers);
            drawn.push(draw.risk(contributions));
        }
        let half = quantiles(&drawn[..samples / 2]);
        let whole = quantiles(&drawn);
        let change = half.iter().zip(&whole).map(|(h, w)| if *w > 0.0 { (h / w - 1.0).abs() } else { 0.0 }).fold(0.0, f64::max);
        if change <= CONVERGED || 2 * samples > MOST_SAMPLES {
            let [p05, median, p95] = whole;
            return Ok(Band { best, p05, median, p95, samples, change, converged: change <= CONVERGED });
        }
        samples *= 2;
    }
}

/// One sample of everything that strays.
struct Draw {
    /// Factor of the frequency, ln of the source by the hole, ln of it by rain-out.
    per_scenario: Vec<[f64; 3]>,
    /// ln of the wind's factor, factor of the weather's share.
    per_weather: Vec<[f64; 2]>,
    /// Of the toxic and the heat probits.
    shifts: [f64; 2],
}

impl Draw {
    fn again(&mut self, dice: &mut Dice, weathers: &[f64]) {
        let ln_factor = log(SPREADS.frequency_factor) / 1.645;
        for s in &mut self.per_scenario {
            let airborne = SPREADS.airborne_least + (1.0 - SPREADS.airborne_least) * dice.even();
            *s = [exp(ln_factor * dice.normal()), SPREADS.discharge * dice.normal(), log(airborne)];
        }
        for w in &mut self.per_weather {
            *w = [SPREADS.wind * dice.normal(), exp(SPREADS.weather_share * dice.normal())];
        }
        let before: f64 = weathers.iter().sum();
        let after: f64 = weathers.iter().zip(&self.per_weather).map(|(share, w)| share * w[1]).sum();
        let back = if after > 0.0 { before / after } else { 1.0 };
        for (i, w) in self.per_weather.iter_mut().enumerate() {
            w[1] = if i < weathers.len() { w[1] * back } else { 1.0 };
        }
        self.shifts = [SPREADS.probit * dice.normal(), SPREADS.probit * dice.normal()];
    }

    fn risk(&self, contributions: &[Contribution]) -> f64 {
        let [toxic, heat] = self.shifts;
        let mut risk = 0.0;
        for c in contributions {
            let [frequency, discharge, airborne] = self.per_scenario[c.scenario];
            let [wind, weather] = self.per_weather[c.weather];
            let ln_source = discharge + if c.flashing { airborne } else { 0.0 } - if c.cloud { wind } else { 0.0 };
            let share = match c.manner {
                Manner::Probit { harm, per_ln_source } => {
                    let own = if harm == Harm::Toxic { toxic } else { heat };
                    c.read((own + per_ln_source * ln_source) / SHIFT)
                }
                Manner::Rule { exponent } => c.read(exponent * ln_source / STRETCH),
            };
            risk += c.frequency_per_year * frequency * weather * share;
        }
        risk
    }
}

/// The 5, 50 and 95 % points.
fn quantiles(drawn: &[f64]) -> [f64; 3] {
    let mut sorted = drawn.to_vec();
    sorted.sort_by(f64::total_cmp);
    [0.05, 0.5, 0.95].map(|q| sorted[((sorted.len() - 1) as f64 * q + 0.5) as usize])
}

#[cfg(test)]
mod tests {
    use super::super::footprint::Footprint;
    use super::super::rose::Rose;
    use super::*;

    #[test]
    fn the_band_holds_the_best_estimate_and_repeats() {
        let cases = [Contribution::fixed(0, 0, 1e-5, 0.1), Contribution::fixed(1, 0, 1e-6, 1.0)];
        let band = individual_band(&cases, &[], 2000, 7).unwrap();
        assert!(band.p05 < band.best && band.best < band.p95);
        assert_eq!(band, individual_band(&cases, &[], 2000, 7).unwrap());
        assert_ne!(band, individual_band(&cases, &[], 2000, 8).unwrap());
        assert!(band.converged && band.change <= 0.10);
    }

    #[test]
    fn one_certain_case_spreads_by_the_factor_of_three() {
        let band = individual_band(&[Contribution::fixed(0, 0, 1e-5, 1.0)], &[], 20_000, 1).unwrap();
        assert!((band.p95 / band.median / 3.0 - 1.0).abs() < 0.1);
        assert!((band.median / band.p05 / 3.0 - 1.0).abs() < 0.1);
    }

    #[test]
    fn branches_of_one_scenario_are_not_averaged_away() {
        // Forty weathers of one scenario are as uncertain as one; forty scenarios are not.
        let of = |scenario: fn(usize) -> usize| {
            let cases: Vec<Contribution> = (0..40).map(|i| Contribution::fixed(scenario(i), 0, 1e-6, 0.5)).collect();
            let band = individual_band(&cases, &[], 8000, 3).unwrap();
            band.p95 / band.p05
        };
        assert!((of(|_| 0) / 9.0 - 1.0).abs() < 0.1, "{}", of(|_| 0));
        assert!(of(|i| i) < 2.0);
    }

    #[test]
    fn a_probit_shifts_and_a_rule_does_not() {
        let rose = Rose::uniform();
        let half = Footprint::round(100.0, |_| 0.02).unwrap();
        let none = Footprint::none();
        let case = Case { frequency_per_year: 1e-5, source: [0.0, 0.0], rose: &rose, individual: &half, outdoors: &none, indoors: &none };
        let band = |manner| {
            let c = Contribution::of(0, 0, [10.0, 0.0], &case, manner, false, false);
            assert!((c.share() - 0.02).abs() < 1e-6);
            let band = individual_band(&[c], &[], 8000, 5).unwrap();
            band.p95 / band.p05
        };
        assert!((band(Manner::Rule { exponent: 1.0 }) / 9.0 - 1.0).abs() < 0.1);
        assert!(band(Manner::Probit { harm: Harm::Toxic, per_ln_source: 0.0 }) > 15.0);
    }

    #[test]
    fn a_limit_just_out_of_reach_is_reached_in_some_samples() {
        let rose = Rose::uniform();
        let ball = Footprint::round(100.0, |_| 1.0).unwrap();
        let none = Footprint::none();
        let case = Case { frequency_per_year: 1e-5, source: [0.0, 0.0], rose: &rose, individual: &ball, outdoors: &none, indoors: &none };
        let c = Contribution::of(0, 0, [105.0, 0.0], &case, Manner::Rule { exponent: 0.6 }, true, false);
        assert!(c.share() == 0.0 && c.matters());
        let band = individual_band(&[c], &[1.0], 4000, 5).unwrap();
        assert!(band.best == 0.0 && band.p95 > 0.0);
    }

    #[test]
    fn weathers_are_weighed_anew_but_stay_a_whole_year() {
        // Two weathers that kill alike: re-weighting changes nothing.
        let alike = [Contribution::fixed(0, 0, 0.7e-5, 1.0), Contribution::fixed(0, 1, 0.3e-5, 1.0)];
        let apart = [Contribution::fixed(0, 0, 0.7e-5, 0.0), Contribution::fixed(0, 1, 0.3e-5, 1.0)];
        let ratio = |cases: &[Contribution]| {
            let band = individual_band(cases, &[0.7, 0.3], 8000, 2).unwrap();
            band.p95 / band.p05
        };
        assert!((ratio(&alike) / 9.0 - 1.0).abs() < 0.1);
        assert!(ratio(&apart) > 1.1 * ratio(&alike));
    }

    #[test]
    fn too_few_samples_are_refused() {
        assert!(individual_band(&[], &[], 100, 1).is_err());
        assert!(individual_band(&[Contribution::fixed(0, 5, 1e-5, 1.0)], &[1.0], 500, 1).is_err());
    }
}
