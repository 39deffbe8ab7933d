//! Whole scenarios: what an engineer writes, what the map gets, and what bad input gets.

use anlan_consequence::scenario::{Description, Effects, FireKind, ScenarioError, from_json, from_toml, run};
use anlan_consequence::vulnerability::{ProbitSet, toxic_probit};
use anlan_consequence::zones::{Hazard, Threat};
use anlan_consequence::{Note, Refusal};
use proptest::prelude::*;

const WEATHER: &str = "
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

fn scenario(cas: &str, release: &str) -> Description {
    from_toml(&format!("name = 'test'\nsubstance = '{cas}'\n{WEATHER}\n[release]\n{release}")).unwrap()
}

const CHLORINE: &str = "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 10\npath_m = 0\ninventory_kg = 1000\nheight_m = 1";
const PROPANE: &str = "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 25\npath_m = 0\ninventory_kg = 20000\nheight_m = 1";
const METHANE: &str = "kind = 'gas_hole'\npressure_pa = 4.0e6\ntemperature_c = 15\nhole_mm = 50\ninventory_kg = 5000\nheight_m = 1.5";
const BENZENE: &str = "kind = 'spill'\nrate_kg_s = 10\nduration_s = 600\ntemperature_c = 20\nbund_radius_m = 10";
const BURST: &str = "kind = 'burst'\nmass_kg = 20000\ntemperature_c = 25";

#[test]
fn a_chlorine_leak_draws_three_toxic_zones_and_no_fire() {
    let outcome = run(&scenario("7782-50-5", CHLORINE)).unwrap();
    let [red, orange, yellow] = [Threat::Red, Threat::Orange, Threat::Yellow].map(|t| outcome.reach(Hazard::Toxic, t).unwrap());
    assert!(red > 50.0 && red < orange && orange < yellow, "{red} {orange} {yellow}");
    assert_eq!(outcome.reach(Hazard::Heat, Threat::Red), None);
    assert!(outcome.models.contains(&"dispersion.slab"));
    assert!(outcome.warnings.iter().any(|note| matches!(note, Note::Assumed { model: "toxic_level", .. })));
}

#[test]
fn a_propane_leak_burns_as_a_jet_and_explodes_where_congested() {
    let mut description = scenario("74-98-6", PROPANE);
    let quiet = run(&description).unwrap();
    assert!(quiet.reach(Hazard::Heat, Threat::Red).unwrap() > 10.0);
    assert!(quiet.reach(Hazard::Flammable, Threat::Red).unwrap() < quiet.reach(Hazard::Flammable, Threat::Yellow).unwrap());
    assert_eq!(quiet.reach(Hazard::Blast, Threat::Yellow), None);
    assert!(quiet.assumptions.iter().any(|a| a.contains("no congested volume")));
    assert!(quiet.flammable_mass_kg.unwrap() > 1.0);
    description.congestion = Some(anlan_consequence::scenario::Congestion { volume_m3: 500.0, class: 7, downwind_m: 20.0 });
    assert!(run(&description).unwrap().reach(Hazard::Blast, Threat::Yellow).unwrap() > 30.0);
}

#[test]
fn a_methane_leak_a_benzene_pool_and_a_bursting_sphere_have_their_fires() {
    for (cas, release, model) in [
        ("74-82-8", METHANE, "jet_fire.chamberlain_points"),
        ("71-43-2", BENZENE, "pool_fire.thomas_aga"),
        ("74-98-6", BURST, "fireball.ccps"),
    ] {
        let outcome = run(&scenario(cas, release)).unwrap();
        assert!(outcome.models.contains(&model), "{:?}", outcome.models);
        let [red, yellow] = [Threat::Red, Threat::Yellow].map(|t| outcome.reach(Hazard::Heat, t).unwrap());
        assert!(red > 0.0 && red < yellow, "{model}: {red} {yellow}");
    }
}

#[test]
fn the_map_gets_closed_rings_downwind_of_the_site() {
    let outcome = run(&scenario("7782-50-5", CHLORINE)).unwrap();
    let map = outcome.geojson().unwrap();
    for feature in map["features"].as_array().unwrap() {
        let ring = feature["geometry"]["coordinates"][0][0].as_array().unwrap();
        assert_eq!(ring.first(), ring.last());
        // Wind from the east: everything but the source's own width lies west of the site.
        assert!(ring.iter().all(|p| p[0].as_f64().unwrap() < 119.9702), "{feature}");
    }
    assert!(map["properties"]["assumptions"].as_array().unwrap().iter().any(|a| a.as_str().unwrap().contains("rain-out")));
    assert_eq!(map["properties"]["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_run_repeats_bit_for_bit_and_travels_as_json() {
    let description = scenario("74-98-6", PROPANE);
    let again = from_json(&serde_json::to_string(&description).unwrap()).unwrap();
    assert_eq!(description, again);
    assert_eq!(run(&description).unwrap(), run(&again).unwrap());
}

#[test]
fn bad_input_gets_a_refusal_that_names_it() {
    let refused = |cas: &str, release: &str| match run(&scenario(cas, release)).unwrap_err() {
        ScenarioError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    };
    assert!(matches!(refused("1-2-3", CHLORINE), Refusal::UnknownCas { .. }));
    assert!(matches!(
        refused("7782-50-5", &CHLORINE.replace("inventory_kg = 1000", "inventory_kg = -5")),
        Refusal::NegativeInventory { .. }
    ));
    assert!(matches!(refused("74-82-8", CHLORINE), Refusal::AboveCriticalPoint { .. }));
    let cold = refused("7782-50-5", &CHLORINE.replace("temperature_c = 20", "temperature_c = -60"));
    assert!(cold.to_string().contains("spill"), "{cold}");
    let mut calm = scenario("7782-50-5", CHLORINE);
    calm.weather.wind_m_s = 0.2;
    assert!(matches!(run(&calm), Err(ScenarioError::Refused(Refusal::WindBelowRange { .. }))));
    let unread = from_toml("name = 'x'\nsubstance = '7782-50-5'").unwrap_err();
    assert!(unread.to_string().contains("weather"), "{unread}");
    let mut nowhere = scenario("7782-50-5", CHLORINE);
    nowhere.site = None;
    assert!(run(&nowhere).unwrap().geojson().is_err());
}

#[test]
fn a_larger_hole_reaches_farther() {
    let reach = |hole: &str| {
        run(&scenario("7782-50-5", &CHLORINE.replace("hole_mm = 10", hole))).unwrap().reach(Hazard::Toxic, Threat::Red).unwrap()
    };
    assert!(reach("hole_mm = 5") < reach("hole_mm = 10"));
    assert!(reach("hole_mm = 10") < reach("hole_mm = 15"));
}

#[test]
fn effects_at_a_place_agree_with_the_zones_drawn_from_them() {
    let description = scenario("7782-50-5", CHLORINE);
    let (effects, outcome) = (Effects::of(&description).unwrap(), run(&description).unwrap());
    let red = outcome.reach(Hazard::Toxic, Threat::Red).unwrap();
    assert!(effects.concentration(0.98 * red, 0.0, 1.5, 600.0) >= 20e-6 && effects.concentration(1.05 * red, 0.0, 1.5, 600.0) < 20e-6);
    assert!((effects.farthest_concentration_m(20e-6, 1.5, 600.0) / red - 1.0).abs() < 0.02);
    assert!(effects.farthest_m() >= outcome.reach(Hazard::Toxic, Threat::Yellow).unwrap());
    let probit = toxic_probit("7782-50-5", ProbitSet::Purple).unwrap();
    let load = |x: f64, y: f64| effects.toxic_load(probit, x, y, 1.5);
    assert!(load(100.0, 0.0) > load(200.0, 0.0) && load(200.0, 0.0) > load(200.0, 60.0));
    assert!((load(effects.farthest_load_m(probit, load(200.0, 0.0)), 0.0) / load(200.0, 0.0) - 1.0).abs() < 0.1);
    // Steady while it lasts: the load is that of the concentration for the release's duration.
    let minutes = effects.released().duration_s.min(1800.0) / 60.0;
    let c = effects.in_unit_of(ProbitSet::Purple, effects.concentration(100.0, 0.0, 1.5, effects.released().duration_s));
    assert!((load(100.0, 0.0) / probit.load(c, minutes) - 1.0).abs() < 0.01);
    assert!(effects.passage(100.0).unwrap().arrival_s < effects.passage(400.0).unwrap().arrival_s);
    assert!(effects.fires().is_empty() && !effects.flash_fire(20.0, 0.0) && effects.heat_kw_m2(20.0, 0.0) == 0.0);
}

#[test]
fn a_flammable_release_has_its_fire_flash_and_blast_at_a_place() {
    let mut description = scenario("74-98-6", PROPANE);
    description.congestion = Some(anlan_consequence::scenario::Congestion { volume_m3: 500.0, class: 7, downwind_m: 20.0 });
    let effects = Effects::of(&description).unwrap();
    let fire = &effects.fires()[0];
    assert_eq!(fire.kind, FireKind::Jet);
    assert_eq!(effects.heat_kw_m2(40.0, 10.0), fire.heat_kw_m2(40.0, 10.0));
    assert!(effects.heat_kw_m2(40.0, 40.0) < effects.heat_kw_m2(40.0, 10.0));
    assert!(effects.flash_fire(10.0, 0.0) && !effects.flash_fire(10.0, 500.0));
    assert!(effects.overpressure_kpa(40.0, 0.0) > effects.overpressure_kpa(80.0, 0.0));
    let edge = effects.farthest_overpressure_m(6.9);
    assert!((effects.overpressure_kpa(edge, 0.0) / 6.9 - 1.0).abs() < 0.01);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn random_scenarios_end_in_a_result_or_a_refusal(
        substance in 0_usize..90, kind in 0_usize..5, wind in 0.1_f64..20.0, class in 1.0_f64..6.0, t_air in -20.0_f64..40.0,
        hole in 1.0_f64..300.0, t in -150.0_f64..150.0, p in 1.0e5_f64..1.0e7, mass in 1.0_f64..1.0e6, rate in 0.001_f64..100.0,
    ) {
        let all = anlan_consequence::properties::substances();
        let release = match kind {
            0 => format!("kind = 'gas_hole'\npressure_pa = {p:?}\ntemperature_c = {t:?}\nhole_mm = {hole:?}\ninventory_kg = {mass:?}\nheight_m = 2"),
            1 => format!("kind = 'liquefied_hole'\ntemperature_c = {t:?}\nhole_mm = {hole:?}\npath_m = 0.05\ninventory_kg = {mass:?}\nheight_m = 2"),
            2 => format!("kind = 'spill'\nrate_kg_s = {rate:?}\nduration_s = 300\ntemperature_c = {t:?}"),
            3 => format!("kind = 'burst'\nmass_kg = {mass:?}\ntemperature_c = {t:?}"),
            _ => format!("kind = 'vapour'\nrate_kg_s = {rate:?}\nduration_s = 300\ntemperature_c = {t:?}\nheight_m = 0"),
        };
        let mut description = scenario(&all[substance % all.len()].cas, &release);
        description.weather.wind_m_s = wind;
        description.weather.temperature_c = t_air;
        description.weather.stability = anlan_consequence::meteorology::Stability(class);
        if let Ok(outcome) = run(&description) {
            for zone in &outcome.zones {
                prop_assert!(zone.reach_m.is_finite() && zone.reach_m >= 0.0, "{zone:?}");
                prop_assert!(zone.rings.iter().flatten().flatten().all(|m| m.is_finite()), "{:?} {:?}", zone.level, zone.rings);
            }
            prop_assert!(outcome.flammable_mass_kg.is_none_or(|m| m.is_finite() && m >= 0.0));
        }
    }
}
