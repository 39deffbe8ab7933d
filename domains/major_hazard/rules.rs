//! The level of a unit from its recorded S and R. Absent on purpose: computing S and R from the chemicals.

use anlan_records::record::Facts;

use super::hazard_unit::{HazardUnit, Level};

/// `None` where S < 1: such a unit is no major hazard source and has no level.
///
/// Source: GB 18218-2018, 4.2.1 and Table 6.
pub fn level_of_unit(unit: &HazardUnit, _: &Facts) -> Option<Level> {
    let (s, r) = (unit.s_value?, unit.r_value?);
    (s >= 1.0).then_some(if r >= 100.0 {
        Level::Level1
    } else if r >= 50.0 {
        Level::Level2
    } else if r >= 10.0 {
        Level::Level3
    } else {
        Level::Level4
    })
}
