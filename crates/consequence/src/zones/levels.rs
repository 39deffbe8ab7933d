//! The limits that draw zones: toxic, flammable, heat and blast, or a site's own.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::properties::Substance;
use crate::validity::positive;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hazard {
    Toxic,
    Flammable,
    Heat,
    Blast,
}

/// Red is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threat {
    Red,
    Orange,
    Yellow,
}

/// A limit that draws a zone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Level {
    pub hazard: Hazard,
    pub threat: Threat,
    pub value: f64,
    pub unit: &'static str,
    /// Where the value comes from: AEGL-3, 0.6 LFL, 10 kW/m² …
    pub basis: &'static str,
}

/// Heat for 60 s of exposure, kW/m².
pub const HEAT: [Level; 3] = [
    Level { hazard: Hazard::Heat, threat: Threat::Red, value: 10.0, unit: "kW/m2", basis: "potentially lethal within 60 s" },
    Level { hazard: Hazard::Heat, threat: Threat::Orange, value: 5.0, unit: "kW/m2", basis: "second-degree burns within 60 s" },
    Level { hazard: Hazard::Heat, threat: Threat::Yellow, value: 2.0, unit: "kW/m2", basis: "pain within 60 s" },
];

/// Side-on overpressure, kPa (8, 3.5 and 1 psi).
pub const BLAST: [Level; 3] = [
    Level { hazard: Hazard::Blast, threat: Threat::Red, value: 55.2, unit: "kPa", basis: "8 psi, destruction of buildings" },
    Level { hazard: Hazard::Blast, threat: Threat::Orange, value: 24.1, unit: "kPa", basis: "3.5 psi, serious injury likely" },
    Level { hazard: Hazard::Blast, threat: Threat::Yellow, value: 6.9, unit: "kPa", basis: "1 psi, shatters glass" },
];

/// Flammable limits as volume fractions: 0.6 LFL red, 0.1 LFL yellow.
pub fn flammable_levels(substance: &Substance) -> Result<[Level; 2], Refusal> {
    let lfl = substance.lower_flammable_limit()?;
    let level =
        |threat, factor: f64, basis| Level { hazard: Hazard::Flammable, threat, value: factor * lfl, unit: "volume fraction", basis };
    Ok([level(Threat::Red, 0.6, "0.6 LFL"), level(Threat::Yellow, 0.1, "0.1 LFL")])
}

/// Toxic limits for 60 min, ppm, worst first, all of one set: AEGL, else ERPG, else PAC, else IDLH as red alone.
///
/// The first set with a worst level is taken, or the first with any. Sets are not mixed: an ERPG-1 may lie above an AEGL-2. Refused
/// where no table has a level: none is invented.
pub fn toxic_levels(s: &Substance) -> Result<Vec<Level>, Refusal> {
    const THREATS: [Threat; 3] = [Threat::Red, Threat::Orange, Threat::Yellow];
    #[rustfmt::skip]
    let sets = [
        [(s.aegl3_60_ppm, "AEGL-3 60 min"), (s.aegl2_60_ppm, "AEGL-2 60 min"), (s.aegl1_60_ppm, "AEGL-1 60 min")],
        [(s.erpg3_ppm,    "ERPG-3"),        (s.erpg2_ppm,    "ERPG-2"),        (s.erpg1_ppm,    "ERPG-1")],
        [(s.pac3_ppm,     "PAC-3"),         (s.pac2_ppm,     "PAC-2"),         (s.pac1_ppm,     "PAC-1")],
        [(s.idlh_ppm,     "IDLH"),          (None, ""),                        (None, "")],
    ];
    let set = sets.iter().find(|set| set[0].0.is_some()).or_else(|| sets.iter().find(|set| set.iter().any(|(value, _)| value.is_some())));
    let set =
        set.ok_or_else(|| Refusal::MissingProperty { substance: s.name_en.clone(), property: "a toxic level (AEGL, ERPG, PAC or IDLH)" })?;
    let level = |(threat, (value, basis)): (Threat, (Option<f64>, &'static str))| {
        Some(Level { hazard: Hazard::Toxic, threat, value: value?, unit: "ppm", basis })
    };
    Ok(THREATS.into_iter().zip(*set).filter_map(level).collect())
}

/// Limits a site draws its zones by in place of the usual ones, worst first: red, orange, yellow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnLevels {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toxic_ppm: Option<[f64; 3]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heat_kw_m2: Option<[f64; 3]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blast_kpa: Option<[f64; 3]>,
    /// Toxic levels are for 60 min. `true`: for the release's own duration by `cⁿ t = const`, where the substance's n is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub toxic_for_the_duration: bool,
}

/// Levels of a site's own; refused unless each is above zero and below the one before.
pub fn own_levels(hazard: Hazard, values: [f64; 3]) -> Result<[Level; 3], Refusal> {
    let (input, unit) = match hazard {
        Hazard::Toxic => ("levels.toxic_ppm", "ppm"),
        Hazard::Flammable => ("levels.flammable", "volume fraction"),
        Hazard::Heat => ("levels.heat_kw_m2", "kW/m2"),
        Hazard::Blast => ("levels.blast_kpa", "kPa"),
    };
    let [red, orange, yellow] = values;
    for value in values {
        positive(input, value)?;
    }
    if orange >= red || yellow >= orange {
        return Err(Refusal::OutOfDomain {
            input,
            value: if orange >= red { orange } else { yellow },
            wanted: "below the level before it",
        });
    }
    let level = |threat, value| Level { hazard, threat, value, unit, basis: "the site's own level" };
    Ok([level(Threat::Red, red), level(Threat::Orange, orange), level(Threat::Yellow, yellow)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::substance;

    #[test]
    fn levels_come_from_one_set_and_fall_from_red_to_yellow_for_every_substance() {
        let mut none = 0;
        for s in crate::properties::substances() {
            let Ok(levels) = toxic_levels(s) else {
                none += 1;
                continue;
            };
            let set = |level: &Level| level.basis.split('-').next().map(str::to_owned);
            assert!(
                levels.windows(2).all(|pair| pair[0].value > pair[1].value && pair[0].threat < pair[1].threat),
                "{}: {levels:?}",
                s.name_en
            );
            assert!(levels.iter().all(|level| set(level) == set(&levels[0])), "{}: {levels:?}", s.name_en);
        }
        assert_eq!(none, 2, "nitrogen and water");
        let of = |cas| toxic_levels(substance(cas).unwrap()).unwrap();
        assert_eq!((of("7782-50-5")[0].value, of("7782-50-5")[0].basis), (20.0, "AEGL-3 60 min"));
        // Phenol has no AEGL-3: the whole ERPG set stands in.
        assert!(of("108-95-2").len() == 3 && of("108-95-2").iter().all(|level| level.basis.starts_with("ERPG")));
        assert_eq!(of("124-38-9")[0].basis, "IDLH");
    }

    #[test]
    fn a_sites_own_levels_must_fall() {
        assert_eq!(own_levels(Hazard::Heat, [37.5, 12.5, 4.0]).unwrap()[1].value, 12.5);
        assert!(own_levels(Hazard::Toxic, [10.0, 20.0, 1.0]).is_err());
        assert!(own_levels(Hazard::Blast, [30.0, 10.0, 0.0]).is_err());
    }
}
