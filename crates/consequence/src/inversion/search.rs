//! Where a leak is and how strong: every candidate place of a square with its best rate.

use libm::{erf, exp, sqrt};
use serde::{Deserialize, Serialize};
use std::f64::consts::SQRT_2;

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

/// Wind and search square.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    pub u: f64,
    /// Where the wind comes from, degrees clockwise from north.
    pub wind_from_deg: f64,
    #[serde(deserialize_with = "letter_or_number")]
    pub stability: Stability,
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

/// Searches the square in three rounds, each around the best of the last.
///
/// For a place the rate is that of least squares, `q = Σ w c K/Σ w K²` with `K` the plume of 1 kg/s; a reading's error is 30 % of it and
/// never below the detector's threshold.
pub fn invert(readings: &[Reading], search: &Search) -> Result<Found, Refusal> {
    positive("wind, m/s", search.u)?;
    positive("search half side, m", search.half)?;
    positive("threshold, kg/m³", search.threshold)?;
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
    if readings.iter().any(|r| !r.c.is_finite() || r.c < 0.0) {
        return Err(Refusal::OutOfDomain { input: "reading, kg/m³", value: f64::NAN, wanted: "zero or more" });
    }
    let above = readings.iter().filter(|r| r.c >= search.threshold).count();
    if above < 3 {
        return Err(Refusal::NoSolution { model: MODEL, why: "fewer than three detectors read above their threshold" });
    }
    notes.add(Note::Assumed { model: MODEL, what: "one steady source, a passive plume over level ground" });
    let wind = Wind::from(search.wind_from_deg);
    let total: f64 = readings.iter().map(|r| weight(r, search) * r.c * r.c).sum();
    // Misfit, best rate and the spread of the rate at a place.
    let misfit = |east: f64, north: f64| -> (f64, f64, f64) {
        let (mut ck, mut kk) = (0.0, 0.0);
        for r in readings {
            let (x, y) = wind.frame(r.east - east, r.north - north);
            let k = unit.concentration(x, y, r.z);
            let w = weight(r, search);
            ck += w * r.c * k;
            kk += w * k * k;
        }
        if kk <= 0.0 { (0.0, total, 0.0) } else { (ck / kk, total - ck * ck / kk, 1.0 / sqrt(kk)) }
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
                let (rate, rest, _) = misfit(east, north);
                if rate > 0.0 && rest < best.0 {
                    best = (rest, east, north, rate);
                }
                if round == 0 && rate > 0.0 {
                    square.push((rest, east, north));
                }
            }
        }
        if !best.0.is_finite() {
            return Err(Refusal::NoSolution { model: MODEL, why: "no place in the square is upwind of what was read" });
        }
        centre = (best.1, best.2);
        half = 2.0 * step;
    }
    let unexplained = (best.0 / total).clamp(0.0, 1.0);
    if unexplained > 0.5 {
        notes.add(Note::LeftOut { model: MODEL, what: "one steady plume does not explain these readings" });
    }
    // A misfit larger than the detectors' own errors is the model's: errors grow until the best place fits as well as it should.
    let free = (readings.len() as f64 - 3.0).max(1.0);
    let scale = f64::max(best.0 / free, 1.0);
    let likely = |rest: f64| exp(-0.5 * ((rest - best.0) / scale).clamp(0.0, 1400.0));
    let spread = spread(square.iter().map(|(rest, east, north)| (likely(*rest), *east - best.1, *north - best.2)))
        .max(2.0 * search.half / (SIDE - 1) as f64 / sqrt(12.0));
    // Once more over all places the readings allow, now for the rate.
    let half = 3.0 * spread;
    let step = 2.0 * half / (BAND_SIDE - 1) as f64;
    let mut rates = Vec::with_capacity(BAND_SIDE * BAND_SIDE);
    for i in 0..BAND_SIDE {
        for j in 0..BAND_SIDE {
            let (rate, rest, spread) = misfit(best.1 - half + step * i as f64, best.2 - half + step * j as f64);
            if rate > 0.0 {
                rates.push((likely(rest), rate, spread * sqrt(scale)));
            }
        }
    }
    let (rate_low, rate_high) = (quantile(&rates, 0.05).min(best.3), quantile(&rates, 0.95).max(best.3));
    Ok(Found { east: best.1, north: best.2, rate: best.3, rate_low, rate_high, spread_m: spread, unexplained, notes })
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

/// The rate below which a share `q` of a mixture of (weight, mean, spread) lies; never below zero.
fn quantile(rates: &[(f64, f64, f64)], q: f64) -> f64 {
    let all: f64 = rates.iter().map(|(w, ..)| w).sum();
    let top = rates.iter().map(|(_, m, s)| m + 6.0 * s).fold(0.0, f64::max);
    let (mut low, mut high) = (0.0, top);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let below: f64 = rates.iter().map(|(w, m, s)| w * 0.5 * (1.0 + erf((middle - m) / (SQRT_2 * s.max(1e-300))))).sum();
        if below < q * all { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

fn weight(r: &Reading, search: &Search) -> f64 {
    let error = (0.3 * r.c).max(search.threshold);
    1.0 / (error * error)
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
    fn too_few_readings_are_refused() {
        let mut quiet = detectors(0.0);
        quiet.iter_mut().skip(2).for_each(|r| r.c = 0.0);
        assert!(matches!(invert(&quiet[10..], &SEARCH), Err(Refusal::NoSolution { .. })));
    }
}
