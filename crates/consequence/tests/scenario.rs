//! Whole scenarios: every kind runs and repeats, what is missing or impossible is refused by name, and random ones end in one or the other.

mod common;

use anlan_consequence::Refusal;
use anlan_consequence::meteorology::Stability;
use anlan_consequence::properties::substances;
use anlan_consequence::scenario::{
    Burst, Description, Direction, Effects, Outcome, ReleaseDescription, ScenarioError, Source, from_json, from_toml, presets, run,
};
use anlan_consequence::zones::{Hazard, Threat};
use common::{BENZENE, CHLORINE, KINDS, METHANE, PROPANE, WEATHER, left_out, refused, says, scenario};
use proptest::prelude::*;

#[test]
fn every_kind_of_release_runs_and_its_zones_fall_from_red_to_yellow() {
    for (cas, release, model) in KINDS {
        let outcome = run(&scenario(cas, release)).unwrap_or_else(|e| panic!("{release}: {e}"));
        assert!(outcome.models.contains(&model), "{release}: {:?}", outcome.models);
        for hazard in [Hazard::Toxic, Hazard::Flammable, Hazard::Heat, Hazard::Blast] {
            let reaches: Vec<f64> =
                [Threat::Red, Threat::Orange, Threat::Yellow].into_iter().filter_map(|t| outcome.reach(hazard, t)).collect();
            assert!(reaches.windows(2).all(|pair| pair[0] <= pair[1]), "{release}: {hazard:?} {reaches:?}");
        }
        for zone in &outcome.zones {
            assert!(
                zone.band.likely_reach_m <= 1.01 * zone.reach_m && zone.reach_m <= 1.01 * zone.band.possible_reach_m,
                "{release}: {zone:?}"
            );
            assert!(zone.averaging_s > 0.0 || zone.level.hazard == Hazard::Blast);
        }
        let r = outcome.released;
        assert!(r.mass_kg > 0.0 && r.mean_rate_kg_s <= r.rate_kg_s && r.steps.as_slice().len() <= 5);
        let told: f64 = r.steps.as_slice().iter().map(|step| step.mass()).sum();
        assert!(matches!(r.source, Source::Burst { .. }) || (told / r.mass_kg - 1.0).abs() < 0.02, "{release}: {told} of {}", r.mass_kg);
        assert!(outcome.flammable_mass_kg.is_none_or(|m| (0.0..=r.mass_kg).contains(&m)));
    }
}

#[test]
fn a_run_repeats_bit_for_bit_and_travels_as_json() {
    let description = scenario("74-98-6", PROPANE);
    let again = from_json(&serde_json::to_string(&description).unwrap()).unwrap();
    assert_eq!(description, again);
    assert_eq!(run(&description).unwrap(), run(&again).unwrap());
}

#[test]
fn a_substance_the_table_lacks_runs_with_given_properties() {
    let given = "
        [substance_properties]
        name = 'ethyl something'
        formula = 'C4H8O2'
        molar_mass_g_mol = 88.1
        boiling_point_c = 77
        heat_of_vaporisation_j_kg = 365000
        liquid_density_kg_m3 = 900
        liquid_heat_capacity_j_kg_k = 1930
        gas_heat_capacity_j_kg_k = 1290
        heat_of_combustion_j_kg = 23800000
        lfl_pct = 2.0
        ufl_pct = 12.8
    ";
    let text = |given: &str| format!("name = 'x'\nsubstance = '0-00-0'\n{WEATHER}\n[release]\n{BENZENE}\n{given}");
    let outcome = run(&from_toml(&text(given)).unwrap()).unwrap();
    // What has no toxic level has no toxic zone, which is left out and not absent.
    assert!(left_out(&outcome, "no toxic level is tabled") && outcome.reach(Hazard::Toxic, Threat::Yellow).is_none());
    assert!(outcome.substance == "ethyl something" && says(&outcome, "given in the description") && says(&outcome, "Guldberg"));
    // Ethyl acetate of the table is what was described.
    let tabled = run(&scenario("141-78-6", BENZENE)).unwrap();
    let reach = |o: &Outcome| o.reach(Hazard::Flammable, Threat::Yellow).unwrap();
    assert!((reach(&outcome) / reach(&tabled) - 1.0).abs() < 0.35, "{} {}", reach(&outcome), reach(&tabled));
    let lacking = run(&from_toml(&text(&given.replace("molar_mass_g_mol = 88.1", ""))).unwrap()).unwrap_err();
    assert!(lacking.to_string().contains("molar_mass_g_mol"), "{lacking}");
    assert!(run(&from_toml(&text("")).unwrap()).unwrap_err().to_string().contains("give its properties"));
    // One figure in place of the table's.
    let silane = format!(
        "name = 'x'\nsubstance = '10025-78-2'\n{WEATHER}\n[release]\nkind = 'spill'\nrate_kg_s = 2\nduration_s = 300\ntemperature_c = 20\n[substance_properties]\nlfl_pct = 1.2\nufl_pct = 90.5\nheat_of_combustion_j_kg = 4e6"
    );
    let burning = run(&from_toml(&silane).unwrap()).unwrap();
    assert!(burning.reach(Hazard::Flammable, Threat::Red).unwrap() > 0.0);
    // A gas needs no heat capacity of its liquid.
    assert!(run(&scenario("10035-10-6", "kind = 'vapour'\nrate_kg_s = 1\nduration_s = 300\ntemperature_c = 20\nheight_m = 0")).is_ok());
}

#[test]
fn three_presets_stand_in_for_an_unknown_hole() {
    let reach = |d: &Description| run(d).unwrap().reach(Hazard::Toxic, Threat::Yellow).unwrap();
    let [small, medium, rupture] = presets(&scenario("7782-50-5", CHLORINE)).unwrap();
    assert!(small.name.ends_with("10 mm") && reach(&small) < reach(&medium));
    assert!(matches!(run(&rupture).unwrap().released.source, Source::Burst { .. }));
    // A hole in a pipe points where the pipe's own break did.
    let pipe =
        "kind = 'liquid_pipe'\npressure_pa = 1.5e6\ntemperature_c = 25\ndiameter_mm = 80\nlength_m = 20\ninventory_kg = 9000\nheight_m = 1";
    let [up, ..] = presets(&scenario("74-98-6", &format!("{pipe}\ndirection = 'vertical'"))).unwrap();
    assert!(matches!(up.release, ReleaseDescription::LiquefiedHole(hole) if hole.direction == Direction::Vertical), "{up:?}");
    for (cas, release, _) in KINDS {
        match presets(&scenario(cas, release)) {
            Ok(three) => three.iter().for_each(|d| assert!(run(d).is_ok(), "{}: {:?}", d.name, run(d).err())),
            Err(refusal) => assert!(refusal.to_string().contains("no hole"), "{refusal}"),
        }
    }
}

#[test]
fn bad_input_gets_a_refusal_that_names_it() {
    assert!(matches!(refused("1-2-3", CHLORINE), Refusal::UnknownCas { .. }));
    assert!(matches!(
        refused("7782-50-5", &CHLORINE.replace("inventory_kg = 1000", "inventory_kg = -5")),
        Refusal::NegativeInventory { .. }
    ));
    assert!(matches!(refused("74-82-8", CHLORINE), Refusal::AboveCriticalPoint { .. }));
    let cold = refused("7782-50-5", &CHLORINE.replace("temperature_c = 20", "temperature_c = -60"));
    assert!(cold.to_string().contains("spill"), "{cold}");
    let mut still = scenario("7782-50-5", CHLORINE);
    still.weather.wind_m_s = 0.0;
    assert!(matches!(run(&still), Err(ScenarioError::Refused(Refusal::WindBelowRange { .. }))));
    let unread = from_toml("name = 'x'\nsubstance = '7782-50-5'").unwrap_err();
    assert!(unread.to_string().contains("weather"), "{unread}");
    let mut nowhere = scenario("7782-50-5", CHLORINE);
    nowhere.site = None;
    assert!(run(&nowhere).unwrap().geojson().is_err());
}

#[test]
fn contradictions_of_phase_and_negative_lengths_are_refused() {
    let phase = |cas: &str, release: &str, help: &str| match refused(cas, release) {
        Refusal::WrongPhase { help: said, .. } => assert!(said.contains(help), "{said}"),
        other => panic!("{release}: {other}"),
    };
    // Chlorine at 2 MPa and 20 °C is liquid; ethanol vapour at 20 °C is not a vapour; butane at 25 °C boils in an open tank.
    phase("7782-50-5", &METHANE.replace("4.0e6", "2.0e6").replace("15", "20"), "liquefied_hole");
    phase("64-17-5", "kind = 'vapour'\nrate_kg_s = 1\nduration_s = 60\ntemperature_c = 20\nheight_m = 0", "spill");
    phase("106-97-8", "kind = 'tank_hole'\ntemperature_c = 25\ndiameter_m = 5\nlevel_m = 4\nhole_mm = 50", "liquefied_hole");
    phase(
        "74-98-6",
        "kind = 'liquid_pipe'\npressure_pa = 3e5\ntemperature_c = 25\ndiameter_mm = 50\nlength_m = 10\ninventory_kg = 500\nheight_m = 1",
        "gas_pipe",
    );
    for (cas, release, field) in [
        ("71-43-2", BENZENE.replace("= 10", "= -10").replace("rate_kg_s = -10", "rate_kg_s = 10"), "release.bund_radius_m"),
        ("74-98-6", PROPANE.replace("path_m = 0", "path_m = -1"), "release.path_m"),
        ("74-98-6", format!("{PROPANE}\nhead_m = -2"), "release.head_m"),
        ("74-98-6", format!("{PROPANE}\ndischarge_coefficient = 1.4"), "release.discharge_coefficient"),
    ] {
        assert_eq!(refused(cas, &release).field(), Some(field), "{release}");
    }
}

#[test]
fn what_no_plant_and_no_weather_has_is_refused_by_name() {
    let refused = |change: &dyn Fn(&mut Description)| {
        let mut d = scenario("74-98-6", "kind = 'burst'\nmass_kg = 1000\ntemperature_c = 20");
        change(&mut d);
        match run(&d) {
            Err(ScenarioError::Refused(why)) => why.field().unwrap_or_default().to_owned(),
            other => panic!("{:?}", other.map(|outcome| outcome.zones.len())),
        }
    };
    let burst = |mass_kg| ReleaseDescription::Burst(Burst { mass_kg, temperature_c: 20.0 });
    assert_eq!(refused(&|d| d.release = burst(1e300)), "release.mass_kg");
    let other = |cas: &str, words: &str| refused(&|d| *d = scenario(cas, words));
    let pipe =
        "kind = 'gas_pipe'\npressure_pa = 5e5\ntemperature_c = 20\ndiameter_mm = 100\nlength_m = 50\nheight_m = 1\ninventory_kg = 1e300";
    assert_eq!(other("74-82-8", pipe), "release.inventory_kg");
    let tank = "kind = 'tank_hole'\ntemperature_c = 20\ndiameter_m = 1e9\nlevel_m = 8\nhole_mm = 100";
    assert_eq!(other("71-43-2", tank), "release.diameter_m");
    assert_eq!(refused(&|d| d.weather.wind_m_s = 1e300), "weather.wind_m_s");
    assert_eq!(refused(&|d| d.weather.u_star_m_s = Some(1e300)), "weather.u_star_m_s");
    assert_eq!(refused(&|d| d.weather.wind_height_m = f64::NAN), "weather.wind_height_m");
}

/// 200 in every build, a million with `FAULTS=long`, any other number with `SCENARIOS`.
fn how_many() -> u32 {
    std::env::var("SCENARIOS").ok().and_then(|n| n.parse().ok()).unwrap_or(if common::long() { 1_000_000 } else { 200 })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: how_many(), failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn random_scenarios_end_in_a_result_or_a_refusal(
        substance in 0_usize..90, kind in 0_usize..10, wind in 0.1_f64..20.0, class in 1.0_f64..6.0, t_air in -20.0_f64..40.0,
        hole in 1.0_f64..300.0, t in -150.0_f64..150.0, p in 1.0e5_f64..1.0e7, mass in 1.0_f64..1.0e6, rate in 0.001_f64..100.0,
    ) {
        let all = substances();
        let release = match kind {
            0 => format!("kind = 'gas_hole'\npressure_pa = {p:?}\ntemperature_c = {t:?}\nhole_mm = {hole:?}\ninventory_kg = {mass:?}\nheight_m = 2"),
            1 => format!("kind = 'liquefied_hole'\ntemperature_c = {t:?}\nhole_mm = {hole:?}\npath_m = 0.05\ninventory_kg = {mass:?}\nheight_m = 2"),
            2 => format!("kind = 'spill'\nrate_kg_s = {rate:?}\nduration_s = 300\ntemperature_c = {t:?}"),
            3 => format!("kind = 'burst'\nmass_kg = {mass:?}\ntemperature_c = {t:?}"),
            4 => format!("kind = 'gas_pipe'\npressure_pa = {p:?}\ntemperature_c = {t:?}\ndiameter_mm = {hole:?}\nlength_m = {rate:?}\nheight_m = 1"),
            5 => format!("kind = 'liquid_pipe'\npressure_pa = {p:?}\ntemperature_c = {t:?}\ndiameter_mm = {hole:?}\nlength_m = {rate:?}\ninventory_kg = {mass:?}\nheight_m = 1"),
            6 => format!("kind = 'tank_hole'\ntemperature_c = {t:?}\ndiameter_m = 6\nlevel_m = {rate:?}\nhole_mm = {hole:?}\npad_pa = 2000"),
            7 => format!("kind = 'gas_burst'\npressure_pa = {p:?}\ntemperature_c = {t:?}\nvolume_m3 = {rate:?}"),
            8 => format!("kind = 'liquefied_hole'\ntemperature_c = {t:?}\nhole_mm = {hole:?}\npath_m = 0.2\ninventory_kg = {mass:?}\nheight_m = 3\nrain_out = 'model'\ndirection = 'vertical'"),
            _ => format!("kind = 'vapour'\nrate_kg_s = {rate:?}\nduration_s = 300\ntemperature_c = {t:?}\nheight_m = {}", (hole / 50.0).floor()),
        };
        let mut description = scenario(&all[substance % all.len()].cas, &release);
        description.weather.wind_m_s = wind;
        description.weather.temperature_c = t_air;
        description.weather.stability = Stability(class);
        if let Ok(outcome) = run(&description) {
            for zone in &outcome.zones {
                prop_assert!(zone.reach_m.is_finite() && zone.reach_m >= 0.0, "{zone:?}");
                let rings = zone.rings.iter().chain(&zone.band.likely).chain(&zone.band.possible);
                prop_assert!(rings.flatten().flatten().all(|m| m.is_finite()), "{:?} {:?}", zone.level, zone.rings);
                prop_assert!(zone.band.possible_reach_m.is_finite() && zone.band.possible_reach_m >= 0.99 * zone.reach_m, "{zone:?}");
            }
            prop_assert!(outcome.flammable_mass_kg.is_none_or(|m| m.is_finite() && m >= 0.0 && m <= outcome.released.mass_kg * 1.001));
            let effects = Effects::of(&description).unwrap();
            for (x, y) in [(0.0, 0.0), (-20.0, 5.0), (30.0, 2.0), (400.0, -30.0), (5000.0, 0.0)] {
                let c = effects.concentration(x, y, 1.5, 600.0);
                prop_assert!((0.0..=1.0).contains(&c), "{c}");
                prop_assert!(effects.heat_kw_m2(x, y).is_finite() && effects.overpressure_kpa(x, y).is_finite());
                prop_assert!(effects.passage(x).is_none_or(|p| p.arrival_s >= 0.0 && p.duration_s.is_finite()));
            }
        }
    }
}
