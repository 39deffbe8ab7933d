//! Whether a fire or a blast takes the next vessel with it, and the chain that follows (specification 11 §3; Cozzani, Landucci; from-knowledge).

use libm::{exp, log, pow};
use serde::{Deserialize, Serialize};

use crate::validity::{not_negative, positive};
use crate::vulnerability::probability;
use crate::{Note, Refusal, Validity};

pub const MODEL: &str = "domino.cozzani_landucci";

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
        Vessel::Atmospheric | Vessel::Auxiliary => 15.0,
        Vessel::Pressurised | Vessel::Elongated => 45.0,
    }
}

/// Overpressure below which a vessel is not expected to fail, Pa.
pub fn blast_threshold(vessel: Vessel) -> f64 {
    match vessel {
        Vessel::Atmospheric | Vessel::Auxiliary => 22_000.0,
        Vessel::Pressurised => 20_000.0,
        Vessel::Elongated => 31_000.0,
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

/// A tank on the map that may burn, be struck, and strike others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tank {
    pub vessel: Vessel,
    pub volume_m3: f64,
    pub protection_s: f64,
    /// Share of the flux that a working deluge lets through: 0.3–0.5; 1 without.
    pub deluge: f64,
}

/// One escalation: which tank fails in its turn, how often a year, how deep in the chain, and after which.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Escalation {
    pub tank: usize,
    pub struck_by: usize,
    pub depth: u8,
    pub frequency_per_year: f64,
    pub probability: f64,
    /// Flux of all tanks then burning, kW/m².
    pub flux_kw_m2: f64,
}

/// Chains are followed this deep.
pub const DEEPEST: u8 = 3;
/// Chains rarer than this a year are dropped.
pub const RAREST: f64 = 1e-9;

/// The chain from a burning tank, breadth first: `f₂ = f₁ P_escal`, down to 1e-9 a year or three steps.
///
/// `flux(from, to)` is the heat tank `from` on fire casts on tank `to`, kW/m². Fluxes of fires burning together are added.
/// A tank fails once, in the shallowest step that reaches the screen.
pub fn escalate(
    tanks: &[Tank],
    first: usize,
    frequency_per_year: f64,
    flux: impl Fn(usize, usize) -> f64,
) -> Result<Vec<Escalation>, Refusal> {
    positive("frequency_per_year", frequency_per_year)?;
    if first >= tanks.len() {
        return Err(Refusal::OutOfDomain { input: "first", value: first as f64, wanted: "one of the tanks" });
    }
    let mut burning: Vec<(usize, f64)> = vec![(first, frequency_per_year)];
    let mut steps = Vec::new();
    for depth in 1..=DEEPEST {
        let mut struck = Vec::new();
        for (target, tank) in tanks.iter().enumerate() {
            if burning.iter().any(|(tank, _)| *tank == target) {
                continue;
            }
            let q: f64 = tank.deluge * burning.iter().map(|(from, _)| flux(*from, target)).sum::<f64>();
            if q < heat_threshold(tank.vessel) {
                continue;
            }
            let failure = failure_by_heat(tank.vessel, q, tank.volume_m3, tank.protection_s)?;
            // It follows the fire that gives it most heat, and that fire's frequency.
            let (struck_by, f) = burning.iter().copied().fold((first, f64::NAN), |best, (from, f)| {
                if best.1.is_nan() || flux(from, target) > flux(best.0, target) { (from, f) } else { best }
            });
            let frequency = f * failure.probability;
            if frequency >= RAREST {
                struck.push(Escalation {
                    tank: target,
                    struck_by,
                    depth,
                    frequency_per_year: frequency,
                    probability: failure.probability,
                    flux_kw_m2: q,
                });
            }
        }
        if struck.is_empty() {
            break;
        }
        burning.extend(struck.iter().map(|step| (step.tank, step.frequency_per_year)));
        steps.extend(struck);
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TANK: Tank = Tank { vessel: Vessel::Atmospheric, volume_m3: 1000.0, protection_s: 0.0, deluge: 1.0 };

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

    #[test]
    fn a_row_of_tanks_burns_down_from_neighbour_to_neighbour() {
        // Only the neighbour is near enough; the chain stops after three steps.
        let tanks = [TANK; 6];
        let flux = |from: usize, to: usize| if from.abs_diff(to) == 1 { 30.0 } else { 0.0 };
        let chain = escalate(&tanks, 0, 1e-4, flux).unwrap();
        assert_eq!(chain.iter().map(|s| (s.tank, s.struck_by, s.depth)).collect::<Vec<_>>(), [(1, 0, 1), (2, 1, 2), (3, 2, 3)]);
        assert!(chain.windows(2).all(|pair| pair[1].frequency_per_year <= pair[0].frequency_per_year));
    }

    #[test]
    fn a_deluge_breaks_the_chain() {
        let tanks = [TANK, Tank { deluge: 0.4, ..TANK }];
        assert!(escalate(&tanks, 0, 1e-4, |_, _| 30.0).unwrap().is_empty());
    }
}
