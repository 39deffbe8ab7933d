//! The chain from one failed tank to the next.

use serde::{Deserialize, Serialize};

use super::MODEL;
use super::vessel::{Failure, Vessel, blast_threshold, failure_by_blast, failure_by_heat, heat_threshold};
use crate::validity::{not_negative, positive};
use crate::{Note, Refusal, Validity};

/// A tank on the map that may burn, be struck, and strike others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tank {
    pub vessel: Vessel,
    pub volume_m3: f64,
    /// Rated time of passive fire protection, s.
    #[serde(default)]
    pub protection_s: f64,
    /// Share of the flux that a working deluge lets through: 0.3–0.5; 1 without.
    #[serde(default = "one")]
    pub deluge: f64,
    /// When the deluge works, s after the fire began. A vessel that fails sooner under the full flux is not saved by it.
    #[serde(default)]
    pub action_s: f64,
}

fn one() -> f64 {
    1.0
}

impl Tank {
    fn checked(&self) -> Result<(), Refusal> {
        positive("volume_m3", self.volume_m3)?;
        not_negative("protection_s", self.protection_s)?;
        not_negative("action_s", self.action_s)?;
        if self.deluge == 1.0 || (0.3..=0.5).contains(&self.deluge) {
            return Ok(());
        }
        Err(Refusal::OutOfDomain { input: "deluge", value: self.deluge, wanted: "0.3 to 0.5, or 1 without a deluge" })
    }

    /// Failure under `q` kW/m² that lasts `duration_s`; `None` below the screen. The fire must last until the vessel fails.
    fn fails_by_heat(&self, q: f64, duration_s: f64) -> Result<Option<Failure>, Refusal> {
        if q < heat_threshold(self.vessel) {
            return Ok(None);
        }
        let full = failure_by_heat(self.vessel, q, self.volume_m3, self.protection_s)?;
        let failure = if self.deluge < 1.0 && full.time_s > self.action_s {
            let q = self.deluge * q;
            if q < heat_threshold(self.vessel) {
                return Ok(None);
            }
            failure_by_heat(self.vessel, q, self.volume_m3, self.protection_s)?
        } else {
            full
        };
        Ok((failure.time_s <= duration_s).then_some(failure))
    }
}

/// What one accident does to another tank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strike {
    /// Heat at the target, kW/m², and how long the fire lasts, s.
    #[serde(default)]
    pub flux_kw_m2: f64,
    #[serde(default)]
    pub duration_s: f64,
    /// Side-on overpressure at the target, Pa; zero where nothing explodes.
    #[serde(default)]
    pub overpressure_pa: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    Heat,
    Blast,
}

/// One escalation: which tank fails in its turn, how often a year, how deep in the chain, and after which.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Escalation {
    pub tank: usize,
    /// The fire that gives it most heat, or the blast that strikes it.
    pub struck_by: usize,
    /// All whose fires must burn together for it; one for a blast.
    pub together: Vec<usize>,
    pub by: By,
    pub depth: u8,
    pub frequency_per_year: f64,
    /// Probability that it fails, given those.
    pub probability: f64,
    /// Flux of the fires counted, before a deluge, kW/m²; or the overpressure, Pa.
    pub flux_kw_m2: f64,
    pub overpressure_pa: f64,
    /// Where the correlations left their range.
    pub validity: Validity,
}

/// The chain from one accident, and where it was cut.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chain {
    pub steps: Vec<Escalation>,
    /// Tanks that would fail one step deeper than chains are followed.
    pub deeper: usize,
    /// Tanks dropped because they fail more rarely than chains are followed.
    pub rarer: usize,
    pub validity: Validity,
}

/// Chains are followed this deep.
pub const DEEPEST: u8 = 3;
/// Chains rarer than this a year are dropped.
pub const RAREST: f64 = 1e-9;
/// Fires shorter than this take no vessel with them by heat, s: the screens hold for exposures of more than ten minutes.
pub const LASTING_S: f64 = 600.0;
/// More tanks than this are refused: sets of them are kept as bits.
pub const MOST_TANKS: usize = 128;

/// A tank that has failed: with which others (as bits, itself included), and how probably each did given its own cause.
struct Failed {
    tank: usize,
    with: u128,
    probability: f64,
}

/// The chain from a failed tank, breadth first: `f₂ = f₁ P_escal`, down to 1e-9 a year or three steps.
///
/// `strike(from, to)` is what tank `from`, failing, does to tank `to`. Blasts act one by one. Fluxes of fires that burn together are added:
/// of the strongest fires as many are taken as give the greatest frequency, which is that of **all of them** burning: the first accident's
/// times the probability of every failure on the way to each. Only fires that last count. A tank fails once, in the shallowest step that
/// reaches the screen; of its ways of failing the most frequent is told, a lower bound of their sum.
pub fn escalate(tanks: &[Tank], first: usize, frequency_per_year: f64, strike: impl Fn(usize, usize) -> Strike) -> Result<Chain, Refusal> {
    positive("frequency_per_year", frequency_per_year)?;
    if first >= tanks.len() {
        return Err(Refusal::OutOfDomain { input: "first", value: first as f64, wanted: "one of the tanks" });
    }
    if tanks.len() > MOST_TANKS {
        return Err(Refusal::OutOfDomain { input: "tanks", value: tanks.len() as f64, wanted: "at most 128" });
    }
    for tank in tanks {
        tank.checked()?;
    }
    let mut failed = vec![Failed { tank: first, with: 1 << first, probability: 1.0 }];
    let mut chain = Chain { steps: Vec::new(), deeper: 0, rarer: 0, validity: Validity::new() };
    for depth in 1..=DEEPEST + 1 {
        let mut struck = Vec::new();
        for (target, tank) in tanks.iter().enumerate() {
            if failed.iter().any(|f| f.tank == target) {
                continue;
            }
            let Some(step) = worst(tank, target, depth, &failed, frequency_per_year, &strike)? else { continue };
            if step.frequency_per_year < RAREST {
                chain.rarer += 1;
            } else if depth > DEEPEST {
                chain.deeper += 1;
            } else {
                struck.push(step);
            }
        }
        if struck.is_empty() {
            break;
        }
        // What is too rare after this step may be less so with more fires: only the last count stands.
        chain.rarer = 0;
        for step in struck {
            let with = step.together.iter().fold(1 << step.tank, |with, t| with | set_of(&failed, *t));
            failed.push(Failed { tank: step.tank, with, probability: step.probability });
            chain.validity.merge(&step.validity);
            chain.steps.push(step);
        }
    }
    if chain.deeper > 0 {
        chain.validity.add(Note::LeftOut { model: MODEL, what: "the chain goes on beyond three steps" });
    }
    if chain.rarer > 0 {
        chain.validity.add(Note::LeftOut { model: MODEL, what: "further tanks fail less often than 1e-9 a year" });
    }
    Ok(chain)
}

fn set_of(failed: &[Failed], tank: usize) -> u128 {
    failed.iter().find(|f| f.tank == tank).map_or(0, |f| f.with)
}

/// Probability, given the first accident, that all of a set have failed.
fn all_failed(failed: &[Failed], with: u128) -> f64 {
    failed.iter().filter(|f| with & (1 << f.tank) != 0).map(|f| f.probability).product()
}

/// The most frequent way in which a tank fails after those that have; `None` if none reaches the screens.
fn worst(
    tank: &Tank,
    target: usize,
    depth: u8,
    failed: &[Failed],
    f_1: f64,
    strike: &impl Fn(usize, usize) -> Strike,
) -> Result<Option<Escalation>, Refusal> {
    let mut best: Option<Escalation> = None;
    let mut keep = |step: Escalation| {
        if best.as_ref().is_none_or(|had| step.frequency_per_year > had.frequency_per_year) {
            best = Some(step);
        }
    };
    let mut fires: Vec<(usize, Strike)> = Vec::new();
    for from in failed {
        let s = strike(from.tank, target);
        not_negative("flux_kw_m2", s.flux_kw_m2)?;
        not_negative("overpressure_pa", s.overpressure_pa)?;
        if s.duration_s > LASTING_S && s.flux_kw_m2 > 0.0 {
            fires.push((from.tank, s));
        }
        if s.overpressure_pa >= blast_threshold(tank.vessel) {
            let probability = failure_by_blast(tank.vessel, s.overpressure_pa);
            keep(Escalation {
                tank: target,
                struck_by: from.tank,
                together: vec![from.tank],
                by: By::Blast,
                depth,
                frequency_per_year: f_1 * all_failed(failed, from.with) * probability,
                probability,
                flux_kw_m2: 0.0,
                overpressure_pa: s.overpressure_pa,
                validity: Validity::new(),
            });
        }
    }
    fires.sort_by(|a, b| b.1.flux_kw_m2.total_cmp(&a.1.flux_kw_m2));
    let (mut q, mut duration_s, mut with) = (0.0, f64::INFINITY, 0);
    for n in 0..fires.len() {
        let (from, s) = fires[n];
        q += s.flux_kw_m2;
        // The sum lasts as long as the shortest of them.
        duration_s = f64::min(duration_s, s.duration_s);
        with |= set_of(failed, from);
        let Some(failure) = tank.fails_by_heat(q, duration_s)? else { continue };
        keep(Escalation {
            tank: target,
            struck_by: fires[0].0,
            together: fires[..=n].iter().map(|(from, _)| *from).collect(),
            by: By::Heat,
            depth,
            frequency_per_year: f_1 * all_failed(failed, with) * failure.probability,
            probability: failure.probability,
            flux_kw_m2: q,
            overpressure_pa: 0.0,
            validity: failure.validity,
        });
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TANK: Tank = Tank { vessel: Vessel::Atmospheric, volume_m3: 1000.0, protection_s: 0.0, deluge: 1.0, action_s: 0.0 };

    fn heat(flux_kw_m2: f64) -> Strike {
        Strike { flux_kw_m2, duration_s: 7200.0, overpressure_pa: 0.0 }
    }

    #[test]
    fn a_row_of_tanks_burns_down_from_neighbour_to_neighbour() {
        // Only the neighbour is near enough; the chain stops after three steps and says so.
        let tanks = [TANK; 6];
        let strike = |from: usize, to: usize| heat(if from.abs_diff(to) == 1 { 30.0 } else { 0.0 });
        let chain = escalate(&tanks, 0, 1e-4, strike).unwrap();
        assert_eq!(chain.steps.iter().map(|s| (s.tank, s.struck_by, s.depth)).collect::<Vec<_>>(), [(1, 0, 1), (2, 1, 2), (3, 2, 3)]);
        assert!(chain.steps.windows(2).all(|pair| pair[1].frequency_per_year <= pair[0].frequency_per_year));
        assert_eq!(chain.deeper, 1);
        assert!(chain.validity.iter().any(|note| matches!(note, Note::LeftOut { .. })));
        let p = chain.steps[0].probability;
        assert!((chain.steps[2].frequency_per_year / (1e-4 * p * p * p) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn where_two_fires_are_needed_both_must_burn() {
        // Tank 1 is heated by tank 0 alone; tank 2 only by both: 9 and 9 kW/m² pass the screen of 15 together.
        let strike = |from: usize, to: usize| match (from, to) {
            (0, 1) => heat(17.0),
            (_, 2) => heat(9.0),
            _ => heat(0.0),
        };
        let chain = escalate(&[TANK; 3], 0, 1e-4, strike).unwrap();
        let [one, two] = chain.steps.as_slice() else { panic!("{chain:?}") };
        assert_eq!((two.tank, two.together.as_slice(), two.depth), (2, [0, 1].as_slice(), 2));
        assert!((two.frequency_per_year / (1e-4 * one.probability * two.probability) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_fireball_is_too_short_to_heat_a_vessel_through_but_its_blast_strikes() {
        let ball = Strike { flux_kw_m2: 200.0, duration_s: 10.0, overpressure_pa: 0.0 };
        assert!(escalate(&[TANK; 2], 0, 1e-4, |_, _| ball).unwrap().steps.is_empty());
        let burst = Strike { overpressure_pa: 40_000.0, ..ball };
        let chain = escalate(&[TANK; 2], 0, 1e-4, |_, _| burst).unwrap();
        assert_eq!((chain.steps[0].by, chain.steps[0].tank), (By::Blast, 1));
        assert!((chain.steps[0].probability / failure_by_blast(Vessel::Atmospheric, 40_000.0) - 1.0).abs() < 1e-12);
        let weak = Strike { overpressure_pa: 21_000.0, ..ball };
        assert!(escalate(&[TANK; 2], 0, 1e-4, |_, _| weak).unwrap().steps.is_empty());
    }

    #[test]
    fn a_fire_that_is_out_before_the_vessel_fails_takes_nothing() {
        let at = failure_by_heat(Vessel::Atmospheric, 16.0, 1000.0, 0.0).unwrap();
        let strike = |duration_s| move |_: usize, _: usize| Strike { flux_kw_m2: 16.0, duration_s, overpressure_pa: 0.0 };
        assert!(at.time_s > LASTING_S);
        assert!(escalate(&[TANK; 2], 0, 1e-4, strike(at.time_s - 1.0)).unwrap().steps.is_empty());
        assert_eq!(escalate(&[TANK; 2], 0, 1e-4, strike(at.time_s + 1.0)).unwrap().steps.len(), 1);
    }

    #[test]
    fn a_deluge_breaks_the_chain_if_it_comes_in_time() {
        let wet = |deluge, action_s| [TANK, Tank { deluge, action_s, ..TANK }];
        assert!(escalate(&wet(0.4, 0.0), 0, 1e-4, |_, _| heat(30.0)).unwrap().steps.is_empty());
        let full = failure_by_heat(Vessel::Atmospheric, 30.0, 1000.0, 0.0).unwrap();
        assert!(!escalate(&wet(0.4, full.time_s + 1.0), 0, 1e-4, |_, _| heat(30.0)).unwrap().steps.is_empty());
        assert!(escalate(&wet(0.1, 0.0), 0, 1e-4, |_, _| heat(30.0)).is_err(), "a deluge that lets a tenth through is not believed");
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        assert!(escalate(&[TANK; 2], 0, 1e-4, |_, _| heat(f64::NAN)).is_err());
        assert!(failure_by_blast(Vessel::Atmospheric, f64::NAN).is_nan());
    }

    #[test]
    fn a_rare_chain_is_dropped_and_counted() {
        let chain = escalate(&[TANK; 2], 0, 1e-9, |_, _| heat(17.0)).unwrap();
        assert_eq!((chain.steps.len(), chain.rarer), (0, 1));
    }
}
