//! Whether a fire or a blast takes the next vessel with it, and the chain that follows (specification 11 §3; Cozzani, Landucci; from-knowledge).

use libm::{exp, log, pow};
use serde::{Deserialize, Serialize};

use crate::effect_thresholds::value;
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

/// A tank farm as somebody writes it down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Farm {
    pub tanks: Vec<Tank>,
    /// Which fails first, counted from 0, and how often a year.
    pub first: usize,
    pub frequency_per_year: f64,
    /// What one does to another; pairs that are not named do nothing.
    pub strikes: Vec<NamedStrike>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedStrike {
    pub from: usize,
    pub to: usize,
    #[serde(flatten)]
    pub strike: Strike,
}

impl Farm {
    pub fn escalate(&self) -> Result<Chain, Refusal> {
        for s in &self.strikes {
            if s.from >= self.tanks.len() || s.to >= self.tanks.len() {
                return Err(Refusal::OutOfDomain { input: "strikes", value: s.from.max(s.to) as f64, wanted: "between two of the tanks" });
            }
        }
        let strike = |from, to| self.strikes.iter().find(|s| s.from == from && s.to == to).map_or_else(Strike::default, |s| s.strike);
        escalate(&self.tanks, self.first, self.frequency_per_year, strike)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TANK: Tank = Tank { vessel: Vessel::Atmospheric, volume_m3: 1000.0, protection_s: 0.0, deluge: 1.0, action_s: 0.0 };

    fn heat(flux_kw_m2: f64) -> Strike {
        Strike { flux_kw_m2, duration_s: 7200.0, overpressure_pa: 0.0 }
    }

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

    #[test]
    fn the_example_farm_burns_from_tank_to_tank() {
        let farm: Farm = serde_json::from_str(include_str!("../../../examples/tanks.json")).unwrap();
        let steps = farm.escalate().unwrap().steps;
        // The small tank follows the first; the wet one is saved from the fire, but the sphere's blast strikes it.
        assert_eq!(
            steps.iter().map(|s| (s.tank, s.by, s.depth)).collect::<Vec<_>>(),
            [(2, By::Heat, 1), (3, By::Heat, 2), (1, By::Blast, 3)],
            "{steps:?}"
        );
    }

    #[test]
    fn a_farm_is_read_and_run() {
        let farm: Farm = serde_json::from_str(
            r#"{"tanks": [{"vessel": "atmospheric", "volume_m3": 1000}, {"vessel": "atmospheric", "volume_m3": 1000}], "first": 0,
                "frequency_per_year": 1e-4, "strikes": [{"from": 0, "to": 1, "flux_kw_m2": 30, "duration_s": 7200}]}"#,
        )
        .unwrap();
        assert_eq!(farm.escalate().unwrap().steps.len(), 1);
    }
}
