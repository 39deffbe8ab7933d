//! Whether a vessel fails: by heat in time, by blast at once, and the screens below which it is not asked.

use libm::{exp, log, pow};
use serde::{Deserialize, Serialize};

use super::MODEL;
use crate::effect_thresholds::value;
use crate::validity::{not_negative, positive};
use crate::vulnerability::probability;
use crate::{Note, Refusal, Validity};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vessel {
    Atmospheric,
    Pressurised,
    /// Columns and the like; by heat counted as pressurised.
    Elongated,
    /// Pumps, small process equipment; by heat counted as atmospheric.
    Auxiliary,
}

/// Time until a vessel in fire fails, and how probable it is that it fails before help acts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Failure {
    pub time_s: f64,
    pub probability: f64,
    pub validity: Validity,
}

/// Failure of a vessel of `v` m³ under `q` kW/m². Cases DOM-001, 001p.
///
/// Atmospheric `ln ttf = −1.128 ln q − 2.667e-5 V + 9.877`, pressurised `ln ttf = −0.947 ln q + 8.835 V^0.032`, ttf in s;
/// `Pr = 12.54 − 1.847 ln(ttf [min])`. `protection_s` is the rated time of passive fire protection, added to ttf.
pub fn failure_by_heat(vessel: Vessel, q: f64, v: f64, protection_s: f64) -> Result<Failure, Refusal> {
    let q = positive("q", q)?;
    let v = positive("v", v)?;
    let protection_s = not_negative("protection_s", protection_s)?;
    let ln_ttf = match vessel {
        Vessel::Atmospheric | Vessel::Auxiliary => -1.128 * log(q) - 2.667e-5 * v + 9.877,
        Vessel::Pressurised | Vessel::Elongated => -0.947 * log(q) + 8.835 * pow(v, 0.032),
    };
    let time_s = exp(ln_ttf) + protection_s;
    let mut validity = Validity::new();
    match vessel {
        Vessel::Atmospheric | Vessel::Auxiliary => validity.range(MODEL, "v", v, 25.0, 17_500.0),
        Vessel::Pressurised | Vessel::Elongated => validity.range(MODEL, "v", v, 5.0, 250.0),
    }
    if q < heat_threshold(vessel) {
        validity.add(Note::OutOfRange { model: MODEL, input: "q", value: q, low: heat_threshold(vessel), high: 200.0 });
    }
    Ok(Failure { time_s, probability: probability(12.54 - 1.847 * log(time_s / 60.0)), validity })
}

/// Flux below which a vessel is not expected to fail within minutes, kW/m² (screen of Cozzani et al. 2006).
pub fn heat_threshold(vessel: Vessel) -> f64 {
    match vessel {
        Vessel::Atmospheric | Vessel::Auxiliary => value("domino_heat_atmospheric"),
        Vessel::Pressurised | Vessel::Elongated => value("domino_heat_pressurised"),
    }
}

/// Overpressure below which a vessel is not expected to fail, Pa.
pub fn blast_threshold(vessel: Vessel) -> f64 {
    1000.0
        * match vessel {
            Vessel::Atmospheric | Vessel::Auxiliary => value("domino_blast_atmospheric"),
            Vessel::Pressurised => value("domino_blast_pressurised"),
            Vessel::Elongated => value("domino_blast_elongated"),
        }
}

/// Probability that a vessel is damaged by a blast of `p` Pa: a probit each (Pa).
pub fn failure_by_blast(vessel: Vessel, p: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    let (a, b) = match vessel {
        Vessel::Atmospheric => (-18.96, 2.44),
        Vessel::Pressurised => (-42.44, 4.33),
        Vessel::Elongated => (-28.07, 3.16),
        Vessel::Auxiliary => (-17.79, 2.18),
    };
    probability(a + b * log(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hotter_fires_fail_a_vessel_sooner_and_protection_delays_it() {
        let at = |q| failure_by_heat(Vessel::Atmospheric, q, 1000.0, 0.0).unwrap();
        assert!(at(40.0).time_s < at(20.0).time_s && at(40.0).probability > at(20.0).probability);
        let clad = failure_by_heat(Vessel::Atmospheric, 40.0, 1000.0, 3600.0).unwrap();
        assert_eq!(clad.time_s, at(40.0).time_s + 3600.0);
        assert!(clad.probability < at(40.0).probability);
        assert!(!at(10.0).validity.is_empty());
    }

    #[test]
    fn stronger_blasts_fail_more_vessels() {
        for vessel in [Vessel::Atmospheric, Vessel::Pressurised, Vessel::Elongated, Vessel::Auxiliary] {
            assert!(failure_by_blast(vessel, 50_000.0) > failure_by_blast(vessel, 20_000.0));
            assert_eq!(failure_by_blast(vessel, 0.0), 0.0);
        }
    }
}
