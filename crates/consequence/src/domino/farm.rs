//! A tank farm as somebody writes it down, and its chain.

use serde::{Deserialize, Serialize};

use super::{Chain, Strike, Tank, escalate};
use crate::Refusal;

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
    use crate::domino::By;

    #[test]
    fn the_example_farm_burns_from_tank_to_tank() {
        let farm: Farm = serde_json::from_str(include_str!("../../../../examples/tanks.json")).unwrap();
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
