//! Where a leak is and how strong, from what detectors read. A passive plume in a steady wind; every candidate place gets its best rate.
//!
//! [`scale_known_source`] asks only how strong a leak at a known place is (specification 11 §4); [`invert`] also where it is.

use libm::{cos, erf, exp, log, sin, sqrt};
use serde::{Deserialize, Serialize};
use std::f64::consts::SQRT_2;

use crate::dispersion::choice::continuous_is_dense;
use crate::dispersion::plume::Plume;
use crate::dispersion::sigma::SigmaSet;
use crate::meteorology::Stability;
use crate::validity::{positive, within};
use crate::{Note, Refusal, Validity};

const MODEL: &str = "source_inversion";
/// Candidate places per side of the search square, and rounds of closing in.
const SIDE: usize = 41;
const ROUNDS: usize = 3;
/// Places per side of the round that asks for the rate's band.
const BAND_SIDE: usize = 21;

/// One detector: east and north of the map's origin and height, m; mean reading, kg/m³. A reading of zero tells as much as one above it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    pub east: f64,
    pub north: f64,
    pub z: f64,
    pub c: f64,
}

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

/// A class as people write it, `"D"` or `"A-B"`, or as a number, A = 1 to F = 6.
fn letter_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Stability, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(f64),
        Letters(String),
    }
    match Written::deserialize(deserializer)? {
        Written::Number(class) => Ok(Stability(class)),
        Written::Letters(text) => Stability::of(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("stability `{text}` is none of A to F, or two such as A-B"))),
    }
}

/// What somebody asks: readings, and either a square to search or a known place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub readings: Vec<Reading>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_source: Option<KnownSource>,
}

/// The answer to a [`Request`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    Found(Found),
    Scaled(Scaled),
}

impl Request {
    pub fn answer(&self) -> Result<Answer, Refusal> {
        match (&self.search, &self.known_source) {
            (Some(search), None) => invert(&self.readings, search).map(Answer::Found),
            (None, Some(known)) => scale_known_source(&self.readings, known).map(Answer::Scaled),
            _ => Err(Refusal::NoSolution { model: MODEL, why: "give either a square to search or a known source" }),
        }
    }
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
    let mut spread = 0.0;
    for round in 0..ROUNDS {
        let (mut sum, mut sum_e, mut sum_n, mut sum_2) = (0.0, 0.0, 0.0, 0.0);
        let step = 2.0 * half / (SIDE - 1) as f64;
        for i in 0..SIDE {
            for j in 0..SIDE {
                let (east, north) = (centre.0 - half + step * i as f64, centre.1 - half + step * j as f64);
                let (rate, rest, _) = misfit(east, north);
                if rate > 0.0 && rest < best.0 {
                    best = (rest, east, north, rate);
                }
                if round == 0 && rate > 0.0 {
                    // Weighted against the first best; a common factor drops out of the spread.
                    let p = exp(-0.5 * rest.min(1400.0));
                    sum += p;
                    sum_e += p * east;
                    sum_n += p * north;
                    sum_2 += p * (east * east + north * north);
                }
            }
        }
        if round == 0 && sum > 0.0 {
            spread = sqrt((sum_2 / sum - (sum_e / sum) * (sum_e / sum) - (sum_n / sum) * (sum_n / sum)).max(step * step / 12.0));
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
    // Once more over all places the readings allow, now for the rate. A misfit larger than the detectors' own errors is the model's:
    // errors grow until the best place fits as well as it should.
    let free = (readings.len() as f64 - 3.0).max(1.0);
    let scale = f64::max(best.0 / free, 1.0);
    let half = 3.0 * spread;
    let step = 2.0 * half / (BAND_SIDE - 1) as f64;
    let mut rates = Vec::with_capacity(BAND_SIDE * BAND_SIDE);
    for i in 0..BAND_SIDE {
        for j in 0..BAND_SIDE {
            let (rate, rest, spread) = misfit(best.1 - half + step * i as f64, best.2 - half + step * j as f64);
            if rate > 0.0 {
                rates.push((exp(-0.5 * ((rest - best.0) / scale).clamp(0.0, 1400.0)), rate, spread * sqrt(scale)));
            }
        }
    }
    let (rate_low, rate_high) = (quantile(&rates, 0.05).min(best.3), quantile(&rates, 0.95).max(best.3));
    Ok(Found { east: best.1, north: best.2, rate: best.3, rate_low, rate_high, spread_m: spread, unexplained, notes })
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

/// The wind's frame on the map.
struct Wind {
    from_sin: f64,
    from_cos: f64,
}

impl Wind {
    fn from(deg: f64) -> Self {
        Self { from_sin: sin(deg.to_radians()), from_cos: cos(deg.to_radians()) }
    }

    /// Downwind is away from where the wind comes from; left of it is positive.
    fn frame(&self, east: f64, north: f64) -> (f64, f64) {
        (-(east * self.from_sin + north * self.from_cos), east * self.from_cos - north * self.from_sin)
    }
}

/// A leak at a known place, the rate somebody expects of it, and the wind.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownSource {
    pub east: f64,
    pub north: f64,
    /// Height of the release, m.
    pub h: f64,
    /// Expected rate, kg/s: of the scenario, or of the hole somebody reports.
    pub expected_rate: f64,
    pub u: f64,
    pub wind_from_deg: f64,
    #[serde(deserialize_with = "letter_or_number")]
    pub stability: Stability,
    pub averaging_s: f64,
    /// How far the measured direction may be off, degrees (one standard deviation).
    #[serde(default = "ten_degrees")]
    pub wind_sigma_deg: f64,
    /// Least reading a detector tells from nothing, kg/m³.
    pub threshold: f64,
    /// Density of the gas where it enters the air and of the air, kg/m³: to tell whether the passive plume is the right model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub densities: Option<[f64; 2]>,
}

fn ten_degrees() -> f64 {
    10.0
}

/// The rate the readings and the expectation allow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scaled {
    /// Most probable rate, and 5–95 % of it, kg/s.
    pub rate: f64,
    pub rate_low: f64,
    pub rate_high: f64,
    /// Rate over the expected one.
    pub factor: f64,
    /// Most probable offset of the wind, degrees clockwise.
    pub wind_offset_deg: f64,
    /// Root of the mean square of ln(observed/predicted) at the best; a factor of two is 0.69.
    pub misfit: f64,
    pub plume_evaluations: usize,
    /// The passive plume is the wrong model: the gas is heavy enough to spread by its weight.
    pub dense_needed: bool,
    pub notes: Validity,
}

/// Plumes evaluated at most: bounds the time whatever the number of detectors.
const EVALUATIONS: usize = 5_000;
/// Spread of ln(observed/predicted) of the plume itself: half its predictions lie within a factor of two (specification 12).
const MODEL_SPREAD: f64 = std::f64::consts::LN_2;
/// Rates tried, over a factor of 3⁴ to either side of the expected one.
const RATES: usize = 161;
const PRIOR_FACTOR: f64 = 3.0;

/// Rate of a leak at a known place: least squares of ln(observed/predicted) over one factor on the rate, σ = ln 3 about what is expected,
/// and one offset of the wind's direction (specification 11 §4).
///
/// Observed and predicted below the detectors' threshold count as the threshold, so that a silent detector outside the plume says nothing
/// and one inside says that the rate is small. The plume is evaluated at most 5 000 times; the posterior is summed over a grid of offsets and
/// rates, so the band needs no sampling and is the same on every machine.
pub fn scale_known_source(readings: &[Reading], source: &KnownSource) -> Result<Scaled, Refusal> {
    positive("u", source.u)?;
    positive("threshold", source.threshold)?;
    let expected = positive("expected_rate", source.expected_rate)?;
    let wind_sigma = within("wind_sigma_deg", source.wind_sigma_deg, 0.1, 45.0, "0.1 to 45 degrees")?;
    within("stability", source.stability.0, 1.0, 6.0, "a class A–F")?;
    if readings.is_empty() || readings.len() > EVALUATIONS / 10 {
        return Err(Refusal::OutOfDomain { input: "readings", value: readings.len() as f64, wanted: "1 to 500 detectors" });
    }
    if let Some(bad) = readings.iter().find(|r| !(r.c.is_finite() && r.c >= 0.0 && r.east.is_finite() && r.north.is_finite())) {
        return Err(Refusal::OutOfDomain { input: "reading, kg/m³", value: bad.c, wanted: "zero or more, at a place" });
    }
    let unit = Plume {
        q: 1.0,
        u: source.u,
        h: source.h,
        stability: source.stability,
        sigmas: SigmaSet::BriggsRural,
        h_mix: None,
        averaging_s: source.averaging_s,
    };
    let mut notes = unit.checked()?;
    notes.add(Note::Assumed { model: MODEL, what: "one steady source at the given place, a passive plume over level ground" });
    notes.add(Note::Assumed { model: MODEL, what: "the plume itself is off by a factor of two (one standard deviation of the logarithm)" });
    if readings.iter().all(|r| r.c < source.threshold) {
        notes.add(Note::LeftOut { model: MODEL, what: "no detector reads above its threshold: the rate is bounded from above only" });
    }
    // An odd number of offsets, so that the measured wind itself is one of them.
    let offsets = (EVALUATIONS / readings.len()).clamp(9, 251) / 2 * 2 - 1;
    let observed: Vec<f64> = readings.iter().map(|r| log(r.c.max(source.threshold))).collect();
    let floor = log(source.threshold);
    let mut ln_k = vec![0.0; readings.len()];
    let rate_of = |j: usize| log(expected) + 4.0 * log(PRIOR_FACTOR) * (2.0 * j as f64 / (RATES - 1) as f64 - 1.0);
    let mut best = (f64::INFINITY, 0.0, 0, 0.0);
    let mut weights = [0.0; RATES];
    // Weights are kept relative to the least cost so far, so that none is lost to underflow.
    let mut reference = f64::INFINITY;
    for i in 0..offsets {
        let deviation = 3.0 * (2.0 * i as f64 / (offsets - 1) as f64 - 1.0);
        let offset = deviation * wind_sigma;
        let wind = Wind::from(source.wind_from_deg + offset);
        for (ln_k, r) in ln_k.iter_mut().zip(readings) {
            let (x, y) = wind.frame(r.east - source.east, r.north - source.north);
            *ln_k = log(unit.concentration(x, y, r.z));
        }
        for (j, weight) in weights.iter_mut().enumerate() {
            let ln_q = rate_of(j);
            let squares: f64 = ln_k.iter().zip(&observed).map(|(k, o)| (o - (k + ln_q).max(floor)) * (o - (k + ln_q).max(floor))).sum();
            let prior = (ln_q - log(expected)) / log(PRIOR_FACTOR);
            let cost = 0.5 * (squares / (MODEL_SPREAD * MODEL_SPREAD) + prior * prior + deviation * deviation);
            if cost < best.0 {
                best = (cost, offset, j, sqrt(squares / readings.len() as f64));
            }
            if reference.is_infinite() {
                reference = cost;
            }
            *weight += exp((reference - cost).clamp(-700.0, 700.0));
        }
        if best.0 < reference - 50.0 {
            let shift = exp((best.0 - reference).max(-700.0));
            weights.iter_mut().for_each(|w| *w *= shift);
            reference = best.0;
        }
    }
    let rate = exp(rate_of(best.2));
    let (low, high) = (grid_quantile(&weights, 0.05), grid_quantile(&weights, 0.95));
    let at = |place: f64| exp(rate_of(0) + (rate_of(1) - rate_of(0)) * place);
    if best.2 == 0 || best.2 == RATES - 1 {
        notes.add(Note::Held { model: MODEL, input: "rate, kg/s", given: expected, used: rate });
    }
    if best.3 > 2.0 * MODEL_SPREAD {
        notes.add(Note::LeftOut { model: MODEL, what: "one steady plume does not explain these readings" });
    }
    let dense_needed = match source.densities {
        Some([gas, air]) => {
            positive("densities", gas)?;
            positive("densities", air)?;
            let v_0 = rate / gas;
            let dense = continuous_is_dense(crate::units::G * (gas - air) / air, v_0, source.u, sqrt(v_0 / source.u));
            if dense {
                let what = "a gas so heavy at this rate spreads by its weight: the dense model would be needed, the rate may be off by more than its band";
                notes.add(Note::LeftOut { model: MODEL, what });
            }
            dense
        }
        None => {
            notes.add(Note::LeftOut {
                model: MODEL,
                what: "the gas's density is not given: whether the dense model would be needed is not known",
            });
            false
        }
    };
    Ok(Scaled {
        rate,
        rate_low: at(low).min(rate),
        rate_high: at(high).max(rate),
        factor: rate / expected,
        wind_offset_deg: best.1,
        misfit: best.3,
        plume_evaluations: offsets * readings.len(),
        dense_needed,
        notes,
    })
}

/// The place, in steps of the grid, below which a share `q` of the weights lies.
fn grid_quantile(weights: &[f64], q: f64) -> f64 {
    let all: f64 = weights.iter().sum();
    let mut sum = 0.0;
    for (j, w) in weights.iter().enumerate() {
        if sum + w >= q * all {
            return j as f64 - 0.5 + if *w > 0.0 { (q * all - sum) / w } else { 0.5 };
        }
        sum += w;
    }
    (weights.len() - 1) as f64
}

fn weight(r: &Reading, search: &Search) -> f64 {
    let error = (0.3 * r.c).max(search.threshold);
    1.0 / (error * error)
}

#[cfg(test)]
mod tests {
    use super::*;

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

    /// Twenty detectors in the lee of a source at (−60, 35) of 0.4 kg/s; `noise` is the share their readings stray.
    fn detectors(noise: f64) -> Vec<Reading> {
        let plume =
            Plume { q: 0.4, u: 3.0, h: 1.0, stability: Stability::D, sigmas: SigmaSet::BriggsRural, h_mix: None, averaging_s: 600.0 };
        (0..20)
            .map(|i| {
                let (east, north) = (50.0 + 70.0 * f64::from(i % 4), -60.0 + 45.0 * f64::from(i / 4));
                let stray = 1.0 + noise * (f64::from(i * 7 % 5) - 2.0) / 2.0;
                let c = plume.concentration(east + 60.0, north - 35.0, 1.5) * stray;
                Reading { east, north, z: 1.5, c: if c < 1e-8 { 0.0 } else { c } }
            })
            .collect()
    }

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

    const KNOWN: KnownSource = KnownSource {
        east: -60.0,
        north: 35.0,
        h: 1.0,
        expected_rate: 1.0,
        u: 3.0,
        wind_from_deg: 270.0,
        stability: Stability::D,
        averaging_s: 600.0,
        wind_sigma_deg: 10.0,
        threshold: 1e-8,
        densities: None,
    };

    #[test]
    fn a_known_source_is_scaled_to_what_is_read() {
        let found = scale_known_source(&detectors(0.0), &KNOWN).unwrap();
        assert!((found.rate / 0.4 - 1.0).abs() < 0.1 && found.wind_offset_deg.abs() < 2.0, "{found:?}");
        assert!(found.rate_low < 0.4 && 0.4 < found.rate_high && found.rate_high / found.rate_low < 3.0, "{found:?}");
        assert!(found.plume_evaluations <= 5_000 && found.plume_evaluations > 4_000);
        assert!((found.factor - found.rate).abs() < 1e-12);
    }

    #[test]
    fn a_wind_read_wrongly_is_turned_back() {
        let found = scale_known_source(&detectors(0.0), &KnownSource { wind_from_deg: 262.0, ..KNOWN }).unwrap();
        assert!((found.wind_offset_deg - 8.0).abs() < 2.5, "{found:?}");
        assert!((found.rate / 0.4).max(0.4 / found.rate) < 1.3, "{found:?}");
    }

    #[test]
    fn with_little_to_go_by_the_expectation_stands_and_the_band_is_wide() {
        // One silent detector far off the axis says nothing: the prior's own band, a factor of 3^1.645 to either side.
        let aside = [Reading { east: -60.0, north: 500.0, z: 1.5, c: 0.0 }];
        let found = scale_known_source(&aside, &KNOWN).unwrap();
        assert!((found.rate - 1.0).abs() < 0.05, "{found:?}");
        assert!((found.rate_high / 6.1 - 1.0).abs() < 0.1 && (found.rate_low * 6.1 - 1.0).abs() < 0.1, "{found:?}");
        // One silent detector on the axis of a wind that is known says that the leak is small; else the wind may have turned.
        let inside = [Reading { east: 40.0, north: 35.0, z: 1.5, c: 0.0 }];
        assert!(scale_known_source(&inside, &KnownSource { wind_sigma_deg: 0.1, ..KNOWN }).unwrap().rate < 0.1);
        assert!(scale_known_source(&inside, &KNOWN).unwrap().wind_offset_deg.abs() > 5.0);
    }

    #[test]
    fn a_request_is_read_from_json() {
        let request: Request = serde_json::from_str(
            r#"{"readings": [{"east": 100, "north": 0, "z": 1.5, "c": 2e-6}],
                "known_source": {"east": 0, "north": 0, "h": 1, "expected_rate": 0.5, "u": 3, "wind_from_deg": 270, "stability": "D",
                                 "averaging_s": 600, "threshold": 1e-8}}"#,
        )
        .unwrap();
        assert!(matches!(request.answer(), Ok(Answer::Scaled(_))));
        assert!(Request { known_source: None, ..request }.answer().is_err());
    }

    #[test]
    fn the_example_is_answered() {
        let request: Request = serde_json::from_str(include_str!("../../../examples/readings.json")).unwrap();
        let Ok(Answer::Scaled(found)) = request.answer() else { panic!("a rate was asked for") };
        assert!(found.rate_low < found.rate && found.rate < found.rate_high && found.misfit < MODEL_SPREAD, "{found:?}");
    }

    #[test]
    fn a_heavy_gas_is_said_to_need_the_dense_model() {
        let heavy = scale_known_source(&detectors(0.0), &KnownSource { densities: Some([6.0, 1.2]), ..KNOWN }).unwrap();
        assert!(heavy.dense_needed);
        let light = scale_known_source(&detectors(0.0), &KnownSource { densities: Some([1.2, 1.2]), ..KNOWN }).unwrap();
        assert!(!light.dense_needed);
        assert!(scale_known_source(&[], &KNOWN).is_err());
    }

    #[test]
    fn too_few_readings_are_refused() {
        let mut quiet = detectors(0.0);
        quiet.iter_mut().skip(2).for_each(|r| r.c = 0.0);
        assert!(matches!(invert(&quiet[10..], &SEARCH), Err(Refusal::NoSolution { .. })));
    }
}
