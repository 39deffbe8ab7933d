//! The published domino cases: every analytic row of module `domino`.

mod cases;

use anlan_consequence::domino::{Vessel, failure_by_heat};

#[test]
fn analytic_cases() {
    cases::run("domino", |case| {
        let vessel = match case.model.as_str() {
            "ttf_atmospheric" => Vessel::Atmospheric,
            "ttf_pressurised" => Vessel::Pressurised,
            _ => return None,
        };
        let failure = failure_by_heat(vessel, case.number("q_kW_m2"), case.number("V_m3"), 0.0).unwrap();
        Some(vec![failure.time_s, failure.probability])
    });
}
