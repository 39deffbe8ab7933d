//! What the tests of several subjects share: described releases, what a result says of itself, and random figures.
#![allow(dead_code, reason = "each test binary uses its share")]

use anlan_consequence::explosion::bst::Confinement;
use anlan_consequence::scenario::{Congestion, Description, Outcome, ScenarioError, from_toml, run};
use anlan_consequence::{Note, Refusal};
use proptest::prelude::*;

pub const WEATHER: &str = "
    [site]
    longitude = 119.97
    latitude = 31.81
    [weather]
    wind_m_s = 3.0
    wind_from_deg = 90
    stability = 'D'
    temperature_c = 20
    humidity = 0.6
    roughness_m = 0.1
";

pub fn scenario(cas: &str, release: &str) -> Description {
    from_toml(&format!("name = 'test'\nsubstance = '{cas}'\n{WEATHER}\n[release]\n{release}")).unwrap()
}

pub const CHLORINE: &str = "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 10\npath_m = 0\ninventory_kg = 1000\nheight_m = 1";
pub const PROPANE: &str = "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 25\npath_m = 0\ninventory_kg = 20000\nheight_m = 1";
pub const METHANE: &str = "kind = 'gas_hole'\npressure_pa = 4.0e6\ntemperature_c = 15\nhole_mm = 50\ninventory_kg = 5000\nheight_m = 1.5";
pub const BENZENE: &str = "kind = 'spill'\nrate_kg_s = 10\nduration_s = 600\ntemperature_c = 20\nbund_radius_m = 10";
pub const BURST: &str = "kind = 'burst'\nmass_kg = 20000\ntemperature_c = 25";

pub fn refused(cas: &str, release: &str) -> Refusal {
    match run(&scenario(cas, release)).unwrap_err() {
        ScenarioError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

pub fn says(outcome: &Outcome, what: &str) -> bool {
    outcome.assumptions.iter().any(|a| a.contains(what))
}

pub fn left_out(outcome: &Outcome, text: &str) -> bool {
    outcome.warnings.iter().any(|note| matches!(note, Note::LeftOut { what, .. } if what.contains(text)))
}

/// Every kind of release once, as the page of the scenario shows them.
pub const KINDS: [(&str, &str, &str); 12] = [
    ("7782-50-5", CHLORINE, "dispersion.slab"),
    ("74-82-8", METHANE, "discharge.gas_orifice"),
    ("74-98-6", PROPANE, "discharge.liquid_orifice"),
    ("71-43-2", BENZENE, "evaporation.pool"),
    ("74-98-6", BURST, "fireball.ccps"),
    ("74-82-8", "kind = 'gas_burst'\npressure_pa = 2e7\ntemperature_c = 25\nvolume_m3 = 2", "blast.vessel_burst"),
    (
        "74-82-8",
        "kind = 'gas_pipe'\npressure_pa = 4e6\ntemperature_c = 15\ndiameter_mm = 200\nlength_m = 5000\nheight_m = 1",
        "discharge.pipe_wilson",
    ),
    (
        "74-82-8",
        "kind = 'gas_pipe'\npressure_pa = 2e6\ntemperature_c = 15\ndiameter_mm = 50\nlength_m = 20\ninventory_kg = 800\nheight_m = 1",
        "discharge.pipe_fanno",
    ),
    (
        "106-97-8",
        "kind = 'liquid_pipe'\npressure_pa = 1e6\ntemperature_c = 25\ndiameter_mm = 80\nlength_m = 100\ninventory_kg = 20000\nheight_m = 1",
        "discharge.pipe_flashing",
    ),
    (
        "110-54-3",
        "kind = 'liquid_pipe'\npressure_pa = 6e5\ntemperature_c = 20\ndiameter_mm = 50\nlength_m = 50\ninventory_kg = 5000\nheight_m = 1",
        "discharge.pipe_liquid",
    ),
    (
        "110-54-3",
        "kind = 'tank_hole'\ntemperature_c = 20\ndiameter_m = 10\nlevel_m = 8\nhole_mm = 50\npool.bund_radius_m = 15",
        "discharge.tank",
    ),
    ("7782-50-5", "kind = 'vapour'\nrate_kg_s = 1\nduration_s = 600\ntemperature_c = 20\nheight_m = 10", "dispersion.slab"),
];

pub fn congested(volume_m3: f64, class: u8, downwind_m: f64) -> Congestion {
    Congestion { volume_m3, class, downwind_m, crosswind_m: 0.0, height_m: 5.0, confinement: Confinement::TwoAndAHalfD }
}

/// 10^`low` … 10^`high`.
pub fn decades(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low..high).prop_map(|x| 10_f64.powf(x))
}

/// Whether the long sets are asked for: `FAULTS=long`.
pub fn long() -> bool {
    std::env::var("FAULTS").is_ok_and(|v| v == "long")
}
