//! The level of a unit from its recorded S and R. Absent on purpose: computing S and R from the chemicals, and Table 6, which `anlan_methods` holds.

use anlan_methods::{Exact, gb18218};
use anlan_records::record::Facts;

use super::hazard_unit::{HazardUnit, Level};

/// `None` where S < 1: such a unit is no major hazard source and has no level.
///
/// Source: GB 18218-2018, 4.2.1 and Table 6, in the edition of the day of identification; compared as the decimals that were recorded.
pub fn level_of_unit(unit: &HazardUnit, _: &Facts) -> Option<Level> {
    match gb18218::level_of(recorded(unit.s_value?)?, recorded(unit.r_value?)?, unit.identified_on)? {
        1 => Some(Level::Level1),
        2 => Some(Level::Level2),
        3 => Some(Level::Level3),
        4 => Some(Level::Level4),
        other => panic!("Table 6 has the levels 1 to 4, not {other}"),
    }
}

/// The decimal of at most six places that a person recorded: the shortest one that reads back as the same double.
fn recorded(figure: f64) -> Option<Exact> {
    Exact::parse(&figure.to_string())
}
