//! How strong a leak at a known place is.

use libm::{exp, log, sqrt};
use serde::{Deserialize, Serialize};

use super::{MODEL, Reading, Wind, letter_or_number};
use crate::dispersion::choice::continuous_is_dense;
use crate::dispersion::plume::Plume;
use crate::dispersion::sigma::SigmaSet;
use crate::meteorology::Stability;
use crate::validity::{positive, within};
use crate::{Note, Refusal, Validity};

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
pub(super) const MODEL_SPREAD: f64 = std::f64::consts::LN_2;
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
pub(super) fn grid_quantile(weights: &[f64], q: f64) -> f64 {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inversion::example::detectors;

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
    fn a_heavy_gas_is_said_to_need_the_dense_model() {
        let heavy = scale_known_source(&detectors(0.0), &KnownSource { densities: Some([6.0, 1.2]), ..KNOWN }).unwrap();
        assert!(heavy.dense_needed);
        let light = scale_known_source(&detectors(0.0), &KnownSource { densities: Some([1.2, 1.2]), ..KNOWN }).unwrap();
        assert!(!light.dense_needed);
        assert!(scale_known_source(&[], &KNOWN).is_err());
    }
}
