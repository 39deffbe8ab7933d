//! Levels of heat, blast and gas with a known effect: the embedded table, by key. Absent on purpose: the site's own levels.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// One row of `data/effect_thresholds.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectThreshold {
    pub key: String,
    pub hazard: String,
    pub value: f64,
    pub unit: String,
    pub effect: String,
    pub status: String,
    pub source: String,
}

static TABLE: LazyLock<Vec<EffectThreshold>> = LazyLock::new(|| {
    let text = include_str!("../data/effect_thresholds.csv");
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(|row| row.expect("the embedded table is whole")).collect()
});

/// The whole table, in its order.
pub fn all() -> &'static [EffectThreshold] {
    &TABLE
}

/// The row of a key that is in the table.
pub fn threshold(key: &str) -> &'static EffectThreshold {
    TABLE.iter().find(|row| row.key == key).expect("keys are those of the embedded table")
}

/// The value of a row, in its unit.
pub fn value(key: &str) -> f64 {
    threshold(key).value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_values_positive() {
        for (i, row) in all().iter().enumerate() {
            assert!(row.value > 0.0 && !row.status.is_empty(), "{}", row.key);
            assert!(all()[..i].iter().all(|other| other.key != row.key), "{}", row.key);
        }
    }

    #[test]
    fn zones_are_drawn_at_the_levels_of_the_table() {
        use crate::zones::{BLAST, HEAT};
        let values = |keys: [&str; 3]| keys.map(value);
        assert_eq!(HEAT.map(|level| level.value), values(["heat_zone_red", "heat_burn", "heat_zone_yellow"]));
        assert_eq!(BLAST.map(|level| level.value), values(["blast_zone_red", "blast_zone_orange", "blast_zone_yellow"]));
    }
}
