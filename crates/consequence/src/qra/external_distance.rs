//! Which method sets the external safety distance of an installation, and the distances of the blast method (GB/T 37243-2019;
//! specification 10 §6). Absent on purpose: the distances of the design standards, which are looked up there.

use serde::{Deserialize, Serialize};

use super::criteria::Target;
use crate::effect_thresholds::{self, EffectThreshold};
use crate::explosion::{distance_to, tnt};
use crate::validity::{not_negative, positive};
use crate::{Note, Refusal, Validity};

pub const SOURCE: &str = "GB/T 37243-2019";
const MODEL: &str = "external_distance.gbt37243";

/// What decides the method.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Explosives are made, used or stored there.
    pub explosives: bool,
    /// Toxic gas, flammable gas, or liquefied flammable gas is there.
    pub toxic_or_flammable_gas: bool,
    /// Sum of largest amounts of those gases over their threshold quantities (GB 18218), each design maximum.
    pub ratio_to_thresholds: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The largest blast that can be, at a level for each target.
    AccidentConsequence,
    /// Individual and societal risk against GB 36894.
    QuantitativeRisk,
    /// GB 50160, GB 50016, GB 50489 and the others of the trade.
    DesignStandards,
}

/// The method, and which clause chose it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Choice {
    pub method: Method,
    pub clause: &'static str,
    pub why: &'static str,
    pub status: &'static str,
    pub source: &'static str,
}

/// The method of an installation: explosives go before gases, gases before everything else.
pub fn choose(unit: &Unit) -> Result<Choice, Refusal> {
    let ratio = not_negative("ratio_to_thresholds", unit.ratio_to_thresholds)?;
    let (method, clause, why) = if unit.explosives {
        (Method::AccidentConsequence, "4.2", "explosives are present")
    } else if unit.toxic_or_flammable_gas && ratio >= 1.0 {
        (Method::QuantitativeRisk, "4.3", "toxic or flammable gases reach the threshold quantities together")
    } else if unit.toxic_or_flammable_gas {
        (Method::DesignStandards, "4.4", "toxic or flammable gases stay below the threshold quantities together")
    } else {
        (Method::DesignStandards, "4.4", "neither explosives nor toxic or flammable gases are present")
    };
    Ok(Choice { method, clause, why, status: "from knowledge: check the clause against the standard before a decision", source: SOURCE })
}

/// Distance to keep from one class of targets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Distance {
    pub target: Target,
    /// Side-on overpressure at that distance, kPa.
    pub overpressure_kpa: f64,
    pub distance_m: f64,
    pub status: &'static str,
    pub source: &'static str,
}

/// The distances of the blast method, nearest target class last.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BlastDistances {
    pub distances: [Distance; 3],
    pub model: &'static str,
    pub validity: Validity,
}

/// The level of a class: 2 kPa for high-sensitivity, important and class-1 targets, 5 kPa for class 2, 9 kPa for class 3.
pub fn level(target: Target) -> &'static EffectThreshold {
    effect_thresholds::threshold(match target {
        Target::HighSensitivityImportantOrClass1 => "blast_first_tier",
        Target::Class2 => "blast_class_2",
        Target::Class3 => "blast_class_3",
    })
}

/// Distances of the blast method for the largest charge that can explode at once, as kg of TNT on the ground.
pub fn of_explosives(tnt_kg: f64) -> Result<BlastDistances, Refusal> {
    let w = positive("tnt_kg", tnt_kg)?;
    let mut validity = Validity::new();
    validity.add(Note::Assumed { model: MODEL, what: "the whole charge explodes at once on level ground; no barricade" });
    let mut distances = Vec::with_capacity(3);
    for target in [Target::HighSensitivityImportantOrClass1, Target::Class2, Target::Class3] {
        let row = level(target);
        let pressure = |r: f64| tnt::kingery_bulmash(w, r).map_or(f64::INFINITY, |blast| blast.pressure_pa / 1000.0);
        let distance_m =
            distance_to(row.value, pressure).ok_or(Refusal::NoSolution { model: MODEL, why: "no distance reaches the level" })?;
        validity.merge(&tnt::kingery_bulmash(w, distance_m)?.validity);
        distances.push(Distance { target, overpressure_kpa: row.value, distance_m, status: &row.status, source: &row.source });
    }
    let distances = distances.try_into().expect("three classes give three distances");
    Ok(BlastDistances { distances, model: tnt::MODEL, validity })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explosives_go_first_then_gases_over_their_threshold() {
        let method =
            |explosives, gas, ratio| choose(&Unit { explosives, toxic_or_flammable_gas: gas, ratio_to_thresholds: ratio }).unwrap();
        assert_eq!(method(true, true, 5.0).method, Method::AccidentConsequence);
        assert_eq!(method(false, true, 1.0).method, Method::QuantitativeRisk);
        assert_eq!(method(false, true, 0.99).method, Method::DesignStandards);
        assert_eq!(method(false, false, 9.0).method, Method::DesignStandards);
        assert_eq!(method(true, false, 0.0).clause, "4.2");
        assert!(choose(&Unit { explosives: false, toxic_or_flammable_gas: true, ratio_to_thresholds: f64::NAN }).is_err());
    }

    #[test]
    fn a_tonne_of_tnt_keeps_its_distances() {
        let found = of_explosives(1000.0).unwrap();
        let [first, second, third] = &found.distances;
        assert_eq!([first, second, third].map(|d| d.overpressure_kpa), [2.0, 5.0, 9.0]);
        // By hand beyond Z = 23.8: p = exp(6.0536 − 1.4066 ln Z), so 2 kPa lies at Z = exp((6.0536 − ln 2)/1.4066) = 45.2.
        assert!((first.distance_m / 452.0 - 1.0).abs() < 0.002, "{}", first.distance_m);
        assert!(first.distance_m > second.distance_m && second.distance_m > third.distance_m);
        assert!(found.distances.iter().all(|d| d.status == "from-knowledge"));
        // Distances go with the cube root of the charge.
        let eightfold = of_explosives(8000.0).unwrap();
        assert!((eightfold.distances[0].distance_m / first.distance_m - 2.0).abs() < 1e-4);
    }
}
