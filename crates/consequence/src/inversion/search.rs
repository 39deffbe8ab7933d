//! Where a leak is and how strong: every candidate place of a square with its best rate.

use libm::{exp, log, sqrt};
use serde::{Deserialize, Serialize};

use super::known::{MODEL_SPREAD, grid_quantile};
use super::{MODEL, Reading, Wind, letter_or_number};
use crate::dispersion::plume::Plume;
use crate::dispersion::sigma::SigmaSet;
use crate::meteorology::Stability;
use crate::validity::{positive, within};
use crate::{Note, Refusal, Validity};

/// Candidate places per side of the search square, and rounds of closing in.
const SIDE: usize = 41;
const ROUNDS: usize = 3;
/// Places per side of the round that asks for the rate's band.
const BAND_SIDE: usize = 21;
/// Rates a leak may have, kg/s: from what only a nose finds to the rupture of the widest pipe. Every step of the logarithm is as likely.
const LEAST_RATE: f64 = 1e-6;
const MOST_RATE: f64 = 1e3;
/// Steps of the rate's logarithm: to find the best, and fine enough for the band of twenty detectors.
const COARSE: usize = 84;
const FINE: usize = 415;
/// Spread of ln(observed/predicted) of a detector: 30 % of what it reads.
const READING_SPREAD: f64 = 0.3;
/// Half of what a place anywhere in the square would spread: beyond it the readings tell little of the place.
const OPEN_SPREAD: f64 = 0.41;
/// A band wider than this is no estimate.
const OPEN_RATE: f64 = 100.0;

/// Wind and search square.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Wind, m/s.
    pub u: f64,
    /// Where the wind comes from, degrees clockwise from north.
    pub wind_from_deg: f64,
    #[serde(deserialize_with = "letter_or_number")]
    pub stability: Stability,
    /// Time over which the readings are means, s.
    pub averaging_s: f64,
    /// Height of the release, m.
    pub h: f64,
    /// Centre and half side of the square that holds the source, m.
    pub centre: (f64, f64),
    pub half: f64,
    /// Least reading a detector tells from nothing, kg/m³.
    pub threshold: f64,
}

/// The best source, how far around it the readings allow, and how well it explains them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    pub east: f64,
    pub north: f64,
    /// kg/s.
    pub rate: f64,
    /// 5–95 % of the rate over the places and rates the readings allow, kg/s.
    pub rate_low: f64,
    pub rate_high: f64,
    /// Spread of the places that explain the readings nearly as well, m.
    pub spread_m: f64,
    /// Share of the readings' square that stays unexplained, 0…1.
    pub unexplained: f64,
    pub notes: Validity,
}

/// Searches the square in three rounds, each around the best of the last, and weighs places and rates together.
///
/// The misfit of a place and a rate is `Σ [ln(o/p)/0.3]²`, observed and predicted at least the detectors' threshold: a place upwind
/// explains nothing, whatever its rate. Before the readings every place of the square and every step of the rate's logarithm is as likely.
pub fn invert(readings: &[Reading], search: &Search) -> Result<Found, Refusal> {
    positive("wind, m/s", search.u)?;
    positive("search half side, m", search.half)?;
    let threshold = positive("threshold, kg/m³", search.threshold)?;
    within("stability", search.stability.0, 1.0, 6.0, "a class A–F")?;
    let unit = Plume {
        q: 1.0,
        u: search.u,
        h: search.h,
        stability: search.stability,
        sigmas: SigmaSet::BriggsRural,
        h_mix: None,
        averaging_s: search.averaging_s,
    };
    let mut notes = unit.checked()?;
    if let Some(bad) = readings.iter().find(|r| !(r.c.is_finite() && r.c >= 0.0)) {
        return Err(Refusal::OutOfDomain { input: "reading, kg/m³", value: bad.c, wanted: "zero or more" });
    }
    let above = readings.iter().filter(|r| r.c >= threshold).count();
    if above < 3 {
        return Err(Refusal::NoSolution { model: MODEL, why: "fewer than three detectors read above their threshold" });
    }
    notes.add(Note::Assumed { model: MODEL, what: "one steady source, a passive plume over level ground" });
    notes.add(Note::Assumed { model: MODEL, what: "any rate from 1 mg/s to 1 t/s is possible, every step of its logarithm as likely" });
    let mut fit = Fit {
        unit,
        wind: Wind::from(search.wind_from_deg),
        readings,
        observed: readings.iter().map(|r| log(r.c.max(threshold))).collect(),
        floor: log(threshold),
        ln_k: vec![0.0; readings.len()],
    };
    let (mut centre, mut half) = (search.centre, search.half);
    let mut best = (f64::INFINITY, centre.0, centre.1, 0.0);
    // The first round sees the whole square: its places and their misfits tell how sure the place is.
    let mut square = Vec::with_capacity(SIDE * SIDE);
    for round in 0..ROUNDS {
        let step = 2.0 * half / (SIDE - 1) as f64;
        for i in 0..SIDE {
            for j in 0..SIDE {
                let (east, north) = (centre.0 - half + step * i as f64, centre.1 - half + step * j as f64);
                // Closing in near an edge must not leave the square.
                if f64::max((east - search.centre.0).abs(), (north - search.centre.1).abs()) > search.half * (1.0 + 1e-9)
                    || !fit.at(east, north)
                {
                    continue;
                }
                let (misfit, ln_q) = fit.best_rate();
                if misfit < best.0 {
                    best = (misfit, east, north, ln_q);
                }
                if round == 0 {
                    square.push((misfit, east, north));
                }
            }
        }
        if !best.0.is_finite() {
            return Err(Refusal::NoSolution { model: MODEL, why: "no place in the square is upwind of what was read" });
        }
        centre = (best.1, best.2);
        half = 2.0 * step;
    }
    let (least, east, north, ln_q) = best;
    // A misfit larger than the detectors' own errors is the model's: errors grow until the best place fits as well as it should.
    let free = (readings.len() as f64 - 3.0).max(1.0);
    let scale = f64::max(least / free, 1.0);
    let likely = |misfit: f64| exp(-0.5 * ((misfit - least) / scale).max(0.0));
    let mut rates = [0.0; FINE];
    let mut places = Vec::with_capacity(square.len());
    for (misfit, e, n) in square {
        // A place whose best rate is out of the question has no likelier one.
        if likely(misfit) > 1e-9 && fit.at(e, n) {
            places.push((fit.weigh(&likely, &mut rates), e - east, n - north));
        }
    }
    let spread_m = spread(places.into_iter()).max(2.0 * search.half / (SIDE - 1) as f64 / sqrt(12.0));
    // Once more, closer, over the places of the square that the readings allow, now for the rate.
    let span = |best: f64, centre: f64| {
        let low = (best - 3.0 * spread_m).max(centre - search.half);
        (low, ((best + 3.0 * spread_m).min(centre + search.half) - low) / (BAND_SIDE - 1) as f64)
    };
    let ((west, step_e), (south, step_n)) = (span(east, search.centre.0), span(north, search.centre.1));
    rates.fill(0.0);
    for i in 0..BAND_SIDE * BAND_SIDE {
        if fit.at(west + step_e * (i / BAND_SIDE) as f64, south + step_n * (i % BAND_SIDE) as f64) {
            fit.weigh(&likely, &mut rates);
        }
    }
    // The band of the best place alone lies about its rate; that of all places may lie to one side of it.
    let mut own = [0.0; FINE];
    fit.at(east, north);
    fit.weigh(&likely, &mut own);
    let of = |weights: &[f64], q: f64| exp(ln_rate(grid_quantile(weights, q), FINE));
    let rate = exp(ln_q);
    let rate_low = of(&rates, 0.05).min(of(&own, 0.05)).min(rate);
    let rate_high = of(&rates, 0.95).max(of(&own, 0.95)).max(rate);
    let unexplained = fit.unexplained(rate, threshold);
    if unexplained > 0.5 || sqrt(scale) * READING_SPREAD > 2.0 * MODEL_SPREAD {
        notes.add(Note::LeftOut { model: MODEL, what: "one steady plume does not explain these readings" });
    }
    if spread_m > OPEN_SPREAD * search.half {
        notes.add(Note::LeftOut {
            model: MODEL,
            what: "the readings do not tell the place: much of the square explains them nearly as well",
        });
    }
    if rate_high > OPEN_RATE * rate_low {
        notes.add(Note::LeftOut { model: MODEL, what: "the readings do not tell the rate: its band is wider than a factor of a hundred" });
    }
    Ok(Found { east, north, rate, rate_low, rate_high, spread_m, unexplained, notes })
}

/// Logarithm of a rate by its place on a grid of `n`.
fn ln_rate(place: f64, n: usize) -> f64 {
    log(LEAST_RATE) + log(MOST_RATE / LEAST_RATE) * (place / (n - 1) as f64).clamp(0.0, 1.0)
}

/// The readings against a plume from one place.
struct Fit<'a> {
    unit: Plume,
    wind: Wind,
    readings: &'a [Reading],
    /// Logarithms of what was read and of the threshold, kg/m³.
    observed: Vec<f64>,
    floor: f64,
    /// Of 1 kg/s from the place asked last.
    ln_k: Vec<f64>,
}

impl Fit<'_> {
    /// Asks from here on for this place; `false` where nothing of it comes to any detector.
    fn at(&mut self, east: f64, north: f64) -> bool {
        let mut comes = false;
        for (ln_k, r) in self.ln_k.iter_mut().zip(self.readings) {
            let (x, y) = self.wind.frame(r.east - east, r.north - north);
            let k = self.unit.concentration(x, y, r.z);
            comes |= k > 0.0;
            *ln_k = log(k);
        }
        comes
    }

    fn misfit(&self, ln_q: f64) -> f64 {
        let off = |(k, o): (&f64, &f64)| (o - (k + ln_q).max(self.floor)) / READING_SPREAD;
        self.ln_k.iter().zip(&self.observed).map(off).map(|d| d * d).sum()
    }

    /// Least misfit of the place, and the logarithm of its rate.
    fn best_rate(&self) -> (f64, f64) {
        let mut best = (f64::INFINITY, 0.0);
        let mut ask = |ln_q: f64| {
            let misfit = self.misfit(ln_q);
            if misfit < best.0 {
                best = (misfit, ln_q);
            }
            best.1
        };
        let mut near = 0.0;
        for j in 0..COARSE {
            near = ask(ln_rate(j as f64, COARSE));
        }
        // Among the same detectors in the plume the misfit is a parabola: its foot is the mean.
        let (mut sum, mut n) = (0.0, 0.0);
        for (k, o) in self.ln_k.iter().zip(&self.observed).filter(|(k, _)| **k + near > self.floor) {
            sum += o - k;
            n += 1.0;
        }
        if n > 0.0 {
            ask((sum / n).clamp(log(LEAST_RATE), log(MOST_RATE)));
        }
        best
    }

    /// Adds the weights of all rates of the place; returns their sum.
    fn weigh(&self, likely: &impl Fn(f64) -> f64, rates: &mut [f64; FINE]) -> f64 {
        let mut sum = 0.0;
        for (j, rate) in rates.iter_mut().enumerate() {
            let w = likely(self.misfit(ln_rate(j as f64, FINE)));
            *rate += w;
            sum += w;
        }
        sum
    }

    /// Share of the readings' square, each over its error, that a rate leaves unexplained.
    fn unexplained(&self, rate: f64, threshold: f64) -> f64 {
        let (mut rest, mut all) = (0.0, 0.0);
        for (k, r) in self.ln_k.iter().zip(self.readings) {
            let error = (READING_SPREAD * r.c).max(threshold);
            let (c, off) = (r.c / error, (r.c - rate * exp(*k)) / error);
            rest += off * off;
            all += c * c;
        }
        (rest / all).clamp(0.0, 1.0)
    }
}

/// Root of the mean square distance of weighted places from their middle; 0 without weights.
fn spread(places: impl Iterator<Item = (f64, f64, f64)>) -> f64 {
    let (mut sum, mut sum_e, mut sum_n, mut sum_2) = (0.0, 0.0, 0.0, 0.0);
    for (p, east, north) in places {
        sum += p;
        sum_e += p * east;
        sum_n += p * north;
        sum_2 += p * (east * east + north * north);
    }
    if sum <= 0.0 {
        return 0.0;
    }
    sqrt((sum_2 / sum - (sum_e / sum) * (sum_e / sum) - (sum_n / sum) * (sum_n / sum)).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inversion::example::detectors;

    const SEARCH: Search = Search {
        u: 3.0,
        wind_from_deg: 270.0,
        stability: Stability::D,
        averaging_s: 600.0,
        h: 1.0,
        centre: (0.0, 0.0),
        half: 400.0,
        threshold: 1e-8,
    };

    #[test]
    fn a_source_is_found_where_it_is() {
        let found = invert(&detectors(0.0), &SEARCH).unwrap();
        assert!((found.east + 60.0).abs() < 10.0 && (found.north - 35.0).abs() < 3.0, "{found:?}");
        assert!((found.rate / 0.4 - 1.0).abs() < 0.15, "{found:?}");
    }

    #[test]
    fn readings_that_stray_still_lead_near_it() {
        let found = invert(&detectors(0.3), &SEARCH).unwrap();
        assert!((found.east + 60.0).hypot(found.north - 35.0) < 60.0, "{found:?}");
        assert!((0.2..0.8).contains(&found.rate), "{found:?}");
    }

    #[test]
    fn the_band_on_the_rate_holds_the_truth_and_widens_with_noise() {
        let (clean, noisy) = (invert(&detectors(0.0), &SEARCH).unwrap(), invert(&detectors(0.3), &SEARCH).unwrap());
        for found in [&clean, &noisy] {
            assert!(found.rate_low <= found.rate && found.rate <= found.rate_high, "{found:?}");
            assert!(found.rate_low < 0.4 && 0.4 < found.rate_high, "{found:?}");
        }
        assert!(clean.rate_high / clean.rate_low > 1.05, "{clean:?}");
    }

    #[test]
    fn what_strays_widens_the_place_and_clean_readings_leave_the_grids_own_spread() {
        let spread = |noise: f64| invert(&detectors(noise), &SEARCH).unwrap().spread_m;
        let floor = 20.0 / sqrt(12.0);
        assert!((spread(0.0) - floor).abs() < 1e-9, "{}", spread(0.0));
        assert!(spread(0.9) > 1.1 * floor, "{}", spread(0.9));
    }

    #[test]
    fn four_readings_give_a_band_a_plant_can_have_and_say_what_they_leave_open() {
        let readings = [(120.0, 5.0, 2.1e-5), (130.0, 40.0, 1e-6), (260.0, -10.0, 5.4e-6), (90.0, -90.0, 0.0)]
            .map(|(east, north, c)| Reading { east, north, z: 1.5, c });
        let found = invert(&readings, &Search { wind_from_deg: 265.0, half: 200.0, ..SEARCH }).unwrap();
        assert!(found.rate_low < 0.95 * found.rate && found.rate < 0.95 * found.rate_high, "{found:?}");
        assert!(found.rate_high < 100.0, "{found:?}");
        let says =
            |found: &Found, what: &str| found.notes.iter().any(|n| matches!(n, Note::LeftOut { what: said, .. } if said.contains(what)));
        assert_eq!(says(&found, "do not tell the rate"), found.rate_high > 100.0 * found.rate_low, "{found:?}");
        assert_eq!(says(&found, "do not tell the place"), found.spread_m > 0.41 * 200.0, "{found:?}");
        // Readings that no plume has: alike on all sides.
        let alike =
            [(100.0, 0.0), (-100.0, 0.0), (0.0, 100.0), (0.0, -100.0)].map(|(east, north)| Reading { east, north, z: 1.5, c: 1e-5 });
        let open = invert(&alike, &Search { half: 200.0, ..SEARCH }).unwrap();
        assert!(says(&open, "do not tell the place") && says(&open, "do not tell the rate"), "{open:?}");
        assert!(open.rate_low >= LEAST_RATE && open.rate_high <= MOST_RATE * 1.001, "{open:?}");
    }

    #[test]
    fn the_place_lies_in_the_square() {
        // The source, at (−60, 35), is outside.
        let found = invert(&detectors(0.0), &Search { centre: (150.0, 0.0), half: 100.0, ..SEARCH }).unwrap();
        assert!((found.east - 150.0).abs() <= 100.0 + 1e-6 && found.north.abs() <= 100.0 + 1e-6, "{found:?}");
    }

    #[test]
    fn too_few_readings_are_refused() {
        let mut quiet = detectors(0.0);
        quiet.iter_mut().skip(2).for_each(|r| r.c = 0.0);
        assert!(matches!(invert(&quiet[10..], &SEARCH), Err(Refusal::NoSolution { .. })));
    }
}
