//! Whole scenarios: what an engineer writes, what the map gets, and what bad input gets.

use anlan_consequence::explosion::bst::Confinement;
use anlan_consequence::scenario::{
    Congestion, Description, Effects, ExplosionKind, FireKind, Outcome, ScenarioError, Source, from_json, from_toml, people_reached,
    presets, run,
};
use anlan_consequence::vulnerability::{ProbitSet, toxic_probit};
use anlan_consequence::zones::{Action, Hazard, Threat};
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
    assert!(quiet.explosions.iter().all(|e| e.kind == ExplosionKind::OpenCloud));
    assert!(quiet.flammable_mass_kg.unwrap() > 1.0);
    description.congestion = vec![congested(500.0, 7, 20.0)];
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
    assert_eq!(map["properties"]["version"], anlan_consequence::scenario::VERSION);
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
    description.congestion = vec![congested(500.0, 7, 20.0)];
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

fn refused(cas: &str, release: &str) -> Refusal {
    match run(&scenario(cas, release)).unwrap_err() {
        ScenarioError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

fn says(outcome: &Outcome, what: &str) -> bool {
    outcome.assumptions.iter().any(|a| a.contains(what))
}

fn left_out(outcome: &Outcome, text: &str) -> bool {
    outcome.warnings.iter().any(|note| matches!(note, Note::LeftOut { what, .. } if what.contains(text)))
}

/// Every kind of release once, as the page of the scenario shows them.
const KINDS: [(&str, &str, &str); 12] = [
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
fn a_vessel_loses_pressure_and_its_toxic_cloud_is_weaker_than_its_first_rate() {
    let outcome = run(&scenario("74-82-8", METHANE)).unwrap();
    assert!(outcome.released.mean_rate_kg_s < 0.7 * outcome.released.rate_kg_s);
    assert!(says(&outcome, "the rate falls with its pressure") && says(&outcome, "worst ten minutes"));
    // Shut after a minute there is a minute of gas.
    let shut = run(&scenario("74-82-8", &format!("{METHANE}\nisolated_after_s = 60"))).unwrap();
    assert!(shut.released.duration_s <= 60.0 && shut.released.mass_kg < outcome.released.mass_kg);
    let given = run(&scenario("74-82-8", &format!("{METHANE}\ndischarge_coefficient = 0.425"))).unwrap();
    assert!((given.released.rate_kg_s / outcome.released.rate_kg_s - 0.5).abs() < 1e-6 && says(&given, "as given"));
}

#[test]
fn what_rains_out_is_not_in_the_cloud_and_head_drives_harder() {
    let with = |more: &str| run(&scenario("74-98-6", &format!("{PROPANE}\n{more}"))).unwrap();
    let (all, model, flashed) = (with(""), with("rain_out = 'model'"), with("rain_out = 'all_liquid'"));
    assert!(all.released.rate_kg_s >= model.released.rate_kg_s && model.released.rate_kg_s > flashed.released.rate_kg_s);
    assert_eq!(flashed.released.liquid_share, 0.0);
    assert!(with("head_m = 10").released.rate_kg_s > all.released.rate_kg_s);
    // A hole above the liquid lets vapour out: much less.
    let above = with("fill = 0.5\nhole_share = 0.95\nsurface_m2 = 20");
    assert!(above.models.contains(&"discharge.gas_orifice") && above.released.rate_kg_s < 0.3 * all.released.rate_kg_s);
    let long = with("").released.rate_kg_s;
    let stub = run(&scenario("74-98-6", &PROPANE.replace("path_m = 0", "path_m = 0.3"))).unwrap();
    assert!(stub.models.contains(&"discharge.omega") && stub.released.rate_kg_s < long);
}

#[test]
fn a_discharge_coefficient_stands_in_the_place_of_the_models_own() {
    let leak = |path: &str, more: &str| run(&scenario("74-98-6", &format!("{}\n{more}", PROPANE.replace("path_m = 0", path)))).unwrap();
    let above = "fill = 0.5\nhole_share = 0.95\nsurface_m2 = 20\n";
    for (path, more, own, told) in [
        ("path_m = 0", "", 0.61, "coefficient 0.61"),
        ("path_m = 0.08", "", 0.61, "coefficient 0.61"),
        ("path_m = 0", above, 0.85, "coefficient 0.85"),
        ("path_m = 0.3", "", 1.0, ""),
    ] {
        let none = leak(path, more);
        assert!(says(&none, told), "{path} {more}: {:?}", none.assumptions);
        let same = leak(path, &format!("{more}discharge_coefficient = {own:?}"));
        let half = leak(path, &format!("{more}discharge_coefficient = {:?}", 0.5 * own));
        assert!((same.released.rate_kg_s / none.released.rate_kg_s - 1.0).abs() < 1e-9, "{path} {more}");
        assert!((half.released.rate_kg_s / none.released.rate_kg_s - 0.5).abs() < 1e-9, "{path} {more}");
    }
    for (more, missing) in [("fill = 0.5", "release.hole_share"), ("hole_share = 0.95", "release.fill")] {
        let refused = refused("74-98-6", &format!("{PROPANE}\n{more}"));
        assert!(matches!(refused, Refusal::OutOfDomain { input, .. } if input == missing), "{refused}");
    }
}

#[test]
fn a_tanks_pool_is_fed_as_fast_as_the_tank_first_leaks() {
    let tank = "kind = 'tank_hole'\ntemperature_c = 20\ndiameter_m = 10\nlevel_m = 8\nhole_mm = 150";
    let outcome = run(&scenario("71-43-2", tank)).unwrap();
    let Source::Pool { fed_kg_s, fed_s, .. } = outcome.released.source else { panic!("{:?}", outcome.released.source) };
    let rho = 879.0;
    let first = 0.61 * std::f64::consts::PI * 0.15 * 0.15 / 4.0 * rho * libm::sqrt(2.0 * 9.81 * 8.0);
    assert!((fed_kg_s / first - 1.0).abs() < 0.01, "{fed_kg_s} {first}");
    assert!(fed_kg_s * fed_s <= 1.01 * rho * std::f64::consts::PI * 25.0 * 8.0 && says(&outcome, "first rate until"));
}

#[test]
fn what_rains_out_burns_where_it_falls() {
    let butane = "kind = 'liquefied_hole'\ntemperature_c = 8\nhole_mm = 50\npath_m = 0\ninventory_kg = 20000\nheight_m = 1";
    let with = |rain: &str| Effects::of(&scenario("106-97-8", &format!("{butane}\nrain_out = '{rain}'"))).unwrap();
    let (none, model, all) = (with("none"), with("model"), with("all_liquid"));
    let kinds = |e: &Effects| e.fires().iter().map(|fire| fire.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&none), [FireKind::Jet]);
    assert_eq!((kinds(&model), kinds(&all)), (vec![FireKind::Jet, FireKind::Pool], vec![FireKind::Jet, FireKind::Pool]));
    let pool = |e: &Effects| e.fires()[1].clone();
    assert!(pool(&all).size_m > pool(&model).size_m && pool(&model).size_m > 1.0);
    // Mass is neither lost nor gained, and ignition at the hole sees all of it.
    let r = model.released();
    assert!(((r.rate_kg_s + r.rained.unwrap().rate_kg_s) / none.released().rate_kg_s - 1.0).abs() < 1e-9);
    assert_eq!(r.outflow_kg_s, none.released().rate_kg_s);
    // Hottest where it lies.
    let at = r.rained.unwrap().at_m;
    assert!(at > 0.5 && pool(&model).heat_kw_m2(at, 0.0) > 2.0 * pool(&model).heat_kw_m2(at, 4.0 * pool(&model).size_m));
    assert!(model.assumptions().iter().any(|a| a.starts_with("what rains out burns as a pool about ")));
    assert_eq!(with("model").fires().len(), 2);
}

#[test]
fn a_spill_above_its_boiling_point_loses_nothing_and_surfaces_count() {
    let at = |celsius: i32| {
        run(&scenario("106-97-8", &format!("kind = 'spill'\nrate_kg_s = 5\nduration_s = 300\ntemperature_c = {celsius}"))).unwrap()
    };
    let (cold, hot) = (at(-5), at(20));
    assert!(says(&hot, "flashes at once") && !says(&cold, "flashes at once"));
    // Nothing is gained: at most what was spilled; what flashes is in the air at once.
    assert!(hot.released.mass_kg <= 1501.0 && hot.released.mass_kg >= cold.released.mass_kg);
    assert!(hot.released.rate_kg_s > 1.1 * cold.released.rate_kg_s, "{} {}", hot.released.rate_kg_s, cold.released.rate_kg_s);
    let on = |more: &str| {
        run(&scenario("71-43-2", &format!("kind = 'spill'\nrate_kg_s = 5\nduration_s = 300\ntemperature_c = 20\n{more}"))).unwrap()
    };
    assert!(on("surface = 'smooth_concrete'").released.rate_kg_s > on("surface = 'gravel_or_sand'").released.rate_kg_s);
    assert!(on("solar_w_m2 = 900").released.mass_kg > on("").released.mass_kg);
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
fn the_choice_of_model_is_printed_and_a_second_one_stands_beside_every_dense_zone() {
    let chlorine = run(&scenario("7782-50-5", KINDS[11].1)).unwrap();
    assert!(says(&chlorine, "dense path") && says(&chlorine, "Ri_c") && says(&chlorine, "leaves its height"));
    let beside: Vec<_> = chlorine.beside.iter().filter(|b| b.model == "dispersion.britter_mcquaid").collect();
    assert_eq!(beside.len(), 3);
    assert!(beside.iter().all(|b| b.reach_m > 100.0));
    // A trickle in a strong wind is passive, and what lies between runs both.
    let vapour = |rate: &str| {
        run(&scenario("7782-50-5", &format!("kind = 'vapour'\nrate_kg_s = {rate}\nduration_s = 900\ntemperature_c = 20\nheight_m = 0")))
    };
    assert!(says(&vapour("1e-6").unwrap(), "passive path"));
    let both = vapour("1e-4").unwrap();
    assert!(says(&both, "dense and passive path"), "{:?}", both.assumptions);
    assert!(both.models.contains(&"dispersion.slab") && both.models.contains(&"dispersion.gaussian_plume"));
}

#[test]
fn roughness_and_measured_turbulence_choose_the_spread() {
    let mut d = scenario("67-56-1", "kind = 'spill'\nrate_kg_s = 1\nduration_s = 600\ntemperature_c = 20\nbund_radius_m = 3");
    assert!(says(&run(&d).unwrap(), "open-country spread"));
    d.weather.roughness_m = 0.8;
    let urban = run(&d).unwrap();
    assert!(says(&urban, "urban spread (Briggs)"));
    d.weather.roughness_m = 0.1;
    (d.weather.u_star_m_s, d.weather.obukhov_m) = (Some(0.25), Some(60.0));
    let measured = run(&d).unwrap();
    assert!(measured.models.contains(&"dispersion.similarity_plume") && says(&measured, "u* and L are measured"));
    let lid = from_toml(&format!(
        "name = 'x'\nsubstance = '67-56-1'\n{}\nmixing_height_m = 100\nsigma_theta_deg = 12\n[release]\n{BENZENE}",
        WEATHER
            .replace(
                "stability = 'D'",
                "[weather.sky]\ncloud_tenths = 2\nlow_cloud_tenths = 0\nday = 180\nbeijing_h = 1\nlatitude = 31.8\nlongitude = 120"
            )
            .replace("temperature_c", "#")
    ));
    // The sky's table swallowed what follows: unknown words are named, never skipped.
    assert!(lid.is_err());
    let night = WEATHER.replace("    stability = 'D'\n", "").trim_end().to_owned()
        + "\nsigma_theta_deg = 12\nmixing_height_m = 300\n[weather.sky]\ncloud_tenths = 2\nlow_cloud_tenths = 0\nday = 180\nbeijing_h = 1\nlatitude = 31.8\nlongitude = 120\n";
    let d = from_toml(&format!("name = 'x'\nsubstance = '71-43-2'\n{night}[release]\n{BENZENE}")).unwrap();
    // A clear night at 3 m/s: E by GB/T 3840.
    assert_eq!(d.weather.stability.0, 5.0);
    let outcome = run(&d).unwrap();
    assert!((outcome.wedge_half_angle_deg - 1.3 * 12.0).abs() < 1e-9);
    assert_eq!(from_json(&serde_json::to_string(&d).unwrap()).unwrap(), d);
    assert!(
        from_toml(&format!("name = 'x'\nsubstance = '71-43-2'\n{}[release]\n{BENZENE}", WEATHER.replace("stability = 'D'", ""))).is_err()
    );
}

#[test]
fn in_calm_air_the_zones_are_circles() {
    let mut calm = scenario("7782-50-5", CHLORINE);
    calm.weather.wind_m_s = 0.4;
    let outcome = run(&calm).unwrap();
    assert!(outcome.warnings.iter().any(|note| matches!(note, Note::Assumed { model: "calm", .. })));
    let zone = outcome.zones.iter().find(|zone| zone.level.threat == Threat::Red).unwrap();
    assert!(zone.rings[0].iter().all(|p| (p[0].hypot(p[1]) / zone.reach_m - 1.0).abs() < 1e-9));
}

fn congested(volume_m3: f64, class: u8, downwind_m: f64) -> Congestion {
    Congestion { volume_m3, class, downwind_m, crosswind_m: 0.0, height_m: 5.0, confinement: Confinement::TwoAndAHalfD }
}

#[test]
fn only_a_congested_place_the_cloud_reaches_explodes_and_only_as_far_as_it_is_filled() {
    let blast = |places: Vec<Congestion>| {
        let mut d = scenario("74-98-6", PROPANE);
        d.congestion = places;
        run(&d).unwrap()
    };
    let strong = |o: &Outcome| o.explosions.iter().filter(|e| e.kind == ExplosionKind::Congested).cloned().collect::<Vec<_>>();
    let far = blast(vec![congested(500.0, 7, 2000.0)]);
    assert!(strong(&far).is_empty() && says(&far, "does not reach the congested volume"));
    let full = blast(vec![congested(100.0, 7, 15.0)]);
    let near = &strong(&full)[0];
    assert!(near.energy_j <= 3.5e6 * 100.0 && near.energy_j > 0.0 && near.to_6_9_kpa_bst_m.unwrap() > 0.0);
    let huge = strong(&blast(vec![congested(1e6, 7, 15.0)]));
    // No more than the flammable mass.
    assert!(huge[0].energy_j <= 1.01 * full.flammable_mass_kg.unwrap() * 46.4e6);
    let joined = blast(vec![congested(50.0, 5, 12.0), congested(50.0, 7, 18.0)]);
    assert!(strong(&joined).len() == 1 && strong(&joined)[0].class == 7 && says(&joined, "nearer than 10 m"));
    assert_eq!(strong(&blast(vec![congested(20.0, 7, 10.0), congested(20.0, 7, 40.0)])).len(), 2);
    let mut wrong = scenario("74-98-6", PROPANE);
    wrong.congestion = vec![congested(500.0, 7, f64::NAN)];
    assert!(run(&wrong).is_err());
    // One table or several are read alike.
    let one = from_toml(&format!(
        "name = 'x'\nsubstance = '74-98-6'\n{WEATHER}\n[release]\n{PROPANE}\n[congestion]\nvolume_m3 = 500\nclass = 7\ndownwind_m = 20"
    ))
    .unwrap();
    assert_eq!(one.congestion, vec![congested(500.0, 7, 20.0)]);
    let two = from_toml(&format!("name = 'x'\nsubstance = '74-98-6'\n{WEATHER}\n[release]\n{PROPANE}\n[[congestion]]\nvolume_m3 = 500\nclass = 7\ndownwind_m = 20\n[[congestion]]\nvolume_m3 = 100\nclass = 5\ndownwind_m = 60")).unwrap();
    assert_eq!(two.congestion.len(), 2);
}

#[test]
fn an_elevated_cloud_can_burn_where_the_ground_is_clear() {
    // Warm methane high up: nothing at the ground, yet flammable aloft.
    let release = "kind = 'vapour'\nrate_kg_s = 2\nduration_s = 900\ntemperature_c = 20\nheight_m = 25";
    let outcome = run(&scenario("74-82-8", release)).unwrap();
    assert_eq!(outcome.reach(Hazard::Flammable, Threat::Red), Some(0.0));
    let ground = run(&scenario("74-82-8", &release.replace("25", "0"))).unwrap().flammable_mass_kg.unwrap();
    let aloft = outcome.flammable_mass_kg.unwrap();
    assert!(aloft > 0.0 && aloft < ground, "{aloft} {ground}");
}

#[test]
fn other_fuels_than_hydrocarbons_burn_by_their_reaction() {
    let h2s = run(&scenario("7783-06-4", &PROPANE.replace("25\n", "20\n"))).unwrap();
    assert!(says(&h2s, "from the reaction"));
    assert!(h2s.warnings.iter().any(|n| matches!(n, Note::Assumed { what, .. } if what.contains("share of heat radiated"))));
    let propane = run(&scenario("74-98-6", PROPANE)).unwrap();
    assert!(!propane.warnings.iter().any(|n| matches!(n, Note::Assumed { what, .. } if what.contains("alkane"))));
    // Trichlorosilane burns, and its limit is not known: said, not passed over; phosphine lacks its upper limit.
    let silane = run(&scenario("10025-78-2", "kind = 'spill'\nrate_kg_s = 2\nduration_s = 300\ntemperature_c = 20")).unwrap();
    assert!(left_out(&silane, "may burn") && silane.flammable_mass_kg.is_none());
    let phosphine =
        run(&scenario("7803-51-2", "kind = 'vapour'\nrate_kg_s = 1\nduration_s = 300\ntemperature_c = 20\nheight_m = 0")).unwrap();
    assert!(phosphine.flammable_mass_kg.unwrap() > 0.0);
    assert!(phosphine.warnings.iter().any(|n| matches!(n, Note::Assumed { model: "flammable_limits", .. })));
}

#[test]
fn a_burst_covers_upwind_blasts_and_throws_fragments() {
    let outcome = run(&scenario("74-98-6", BURST)).unwrap();
    let flammable = outcome.zones.iter().find(|z| z.level.hazard == Hazard::Flammable).unwrap();
    let back = flammable.rings[0].iter().map(|p| p[0]).fold(0.0, f64::min);
    assert!(back < -10.0, "{back}");
    assert!(Effects::of(&scenario("74-98-6", BURST)).unwrap().flash_fire(0.5 * back, 0.0));
    assert!(outcome.reach(Hazard::Blast, Threat::Yellow).unwrap() > 20.0 && says(&outcome, "fragments"));
    assert!(outcome.flammable_mass_kg.unwrap() <= outcome.released.mass_kg);
    let pool = run(&scenario("71-43-2", BENZENE)).unwrap();
    let zone = pool.zones.iter().find(|z| z.level.hazard == Hazard::Flammable && z.level.threat == Threat::Red).unwrap();
    assert!(zone.rings[0].iter().map(|p| p[0]).fold(0.0, f64::min) < -5.0, "the pool itself lies in its zone");
    let charge = run(&scenario("74-98-6", "kind = 'explosive'\nmass_kg = 1000\ntnt_share = 0.4")).unwrap();
    // 400 kg of TNT: 6.9 kPa at about 100 m.
    let reach = charge.reach(Hazard::Blast, Threat::Yellow).unwrap();
    assert!((80.0..150.0).contains(&reach), "{reach}");
    assert!(charge.zones.iter().all(|zone| zone.level.hazard == Hazard::Blast));
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
fn levels_may_be_the_sites_own_or_those_of_the_duration() {
    let with = |more: &str| {
        run(&from_toml(&format!("name = 'x'\nsubstance = '7782-50-5'\n{WEATHER}\n[release]\n{CHLORINE}\n[levels]\n{more}")).unwrap())
    };
    let own = with("toxic_ppm = [300, 100, 30]").unwrap();
    let usual = run(&scenario("7782-50-5", CHLORINE)).unwrap();
    assert!(own.reach(Hazard::Toxic, Threat::Red).unwrap() < usual.reach(Hazard::Toxic, Threat::Red).unwrap());
    assert!(with("toxic_ppm = [30, 100, 300]").is_err());
    let scaled = with("toxic_for_the_duration = true").unwrap();
    assert!(
        says(&scaled, "n = 2.75") && scaled.reach(Hazard::Toxic, Threat::Red).unwrap() < usual.reach(Hazard::Toxic, Threat::Red).unwrap()
    );
    // Two hours of chlorine are judged by lower levels than one, and the length is told.
    let long =
        run(&scenario("7782-50-5", "kind = 'vapour'\nrate_kg_s = 0.1\nduration_s = 7200\ntemperature_c = 20\nheight_m = 0")).unwrap();
    assert!(long.zones[0].level.value < 20.0 && says(&long, "120 min"));
    assert!(long.warnings.iter().any(|n| matches!(n, Note::OutOfRange { model: "toxic_level", .. })));
}

#[test]
fn bands_are_drawn_and_the_same_seed_draws_them_again() {
    let mut d = scenario("7782-50-5", CHLORINE);
    let plain = run(&d).unwrap();
    assert!(plain.zones.iter().all(|zone| zone.band.samples == 0 && zone.band.factor == 2.0));
    let map = plain.geojson().unwrap();
    let features = map["features"].as_array().unwrap();
    for band in ["possible", "zone", "likely"] {
        assert_eq!(features.iter().filter(|f| f["properties"]["band"] == band).count(), 3, "{band}");
    }
    assert!(features.iter().all(|f| f["properties"]["warnings"].as_array().is_some_and(|w| !w.is_empty())));
    d.uncertainty = Some(anlan_consequence::scenario::Uncertainty { samples: 40, seed: 7 });
    let study = run(&d).unwrap();
    assert_eq!(study, run(&d).unwrap());
    assert!(
        study
            .zones
            .iter()
            .all(|zone| zone.band.samples >= 38 && zone.band.likely_reach_m < zone.reach_m && zone.reach_m < zone.band.possible_reach_m)
    );
    assert!(says(&study, "seed 7"));
    d.uncertainty = Some(anlan_consequence::scenario::Uncertainty { samples: 3, seed: 7 });
    assert!(run(&d).is_err());
    assert!(!left_out(&study, "samples the models refuse"));
}

#[test]
fn the_guidelines_models_are_shown_beside_the_others_where_they_differ() {
    let mut d = scenario("74-82-8", METHANE);
    d.compat_aqt3046 = true;
    let outcome = run(&d).unwrap();
    assert!(outcome.models.contains(&"jet_fire.aqt3046") && says(&outcome, "AQ/T 3046"));
    let other = outcome.beside.iter().find(|b| b.hazard == Hazard::Heat).unwrap();
    let (own, others) = (other.area_m2.unwrap(), other.other_area_m2.unwrap());
    assert!((own - others).abs() / own.max(others) > 0.2 && other.model == "jet_fire.chamberlain_points");
    assert!(outcome.reach(Hazard::Heat, Threat::Red).unwrap() < outcome.reach(Hazard::Heat, Threat::Yellow).unwrap());
}

#[test]
fn three_presets_stand_in_for_an_unknown_hole() {
    let reach = |d: &Description| run(d).unwrap().reach(Hazard::Toxic, Threat::Yellow).unwrap();
    let [small, medium, rupture] = presets(&scenario("7782-50-5", CHLORINE)).unwrap();
    assert!(small.name.ends_with("10 mm") && reach(&small) < reach(&medium));
    assert!(matches!(run(&rupture).unwrap().released.source, Source::Burst { .. }));
    for (cas, release, _) in KINDS {
        match presets(&scenario(cas, release)) {
            Ok(three) => three.iter().for_each(|d| assert!(run(d).is_ok(), "{}: {:?}", d.name, run(d).err())),
            Err(refusal) => assert!(refusal.to_string().contains("no hole"), "{refusal}"),
        }
    }
}

#[test]
fn people_are_advised_first_come_first_and_unknown_numbers_are_not_zero() {
    let places = "
        [[places]]
        name = 'school'
        kind = 'school'
        people = 400
        east_m = -1500
        north_m = 0
        [[places]]
        name = 'workshop'
        kind = 'workshop'
        east_m = -250
        north_m = 10
        [[places]]
        name = 'village upwind'
        people = 900
        east_m = 2000
        north_m = 0
        [[places]]
        name = 'by the map'
        people = 20
        longitude = 119.955
        latitude = 31.81
    ";
    let d = from_toml(&format!("name = 'x'\nsubstance = '7782-50-5'\n{WEATHER}\n[release]\n{CHLORINE}\n{places}")).unwrap();
    let outcome = run(&d).unwrap();
    let names: Vec<&str> = outcome.advice.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["workshop", "by the map", "school", "village upwind"]);
    let [workshop, _, school, village] = &outcome.advice[..] else { panic!() };
    assert!(village.action.is_none() && village.outdoors_ppm == 0.0);
    assert!(workshop.arrival_s.unwrap() < school.arrival_s.unwrap() && workshop.outdoors_ppm > school.outdoors_ppm);
    assert!(school.indoors_ppm < school.outdoors_ppm && school.dose_indoors_ppm_min < school.dose_outdoors_ppm_min);
    // Wind from the east carries west; the workshop lies north of the axis and leaves northwards.
    assert_eq!(workshop.leave_towards_deg, Some(0.0));
    assert!(matches!(people_reached(&outcome.advice), Err(Refusal::UnknownPopulation { place }) if place == "workshop"));
    let mut counted = d;
    counted.places[1].people = Some(30);
    assert_eq!(people_reached(&run(&counted).unwrap().advice).unwrap(), 450);
    counted.places[0].east_m = None;
    assert!(run(&counted).is_err());
}

/// 20 t of chlorine burst in a still night.
fn chlorine_burst() -> Effects {
    let mut d = scenario("7782-50-5", "kind = 'burst'\nmass_kg = 20000\ntemperature_c = 20");
    d.weather.wind_m_s = 2.0;
    d.weather.stability = anlan_consequence::meteorology::Stability::F;
    Effects::of(&d).unwrap()
}

#[test]
fn a_burst_kills_upwind_of_itself_and_beside_itself() {
    let burst = chlorine_burst();
    let probit = anlan_consequence::vulnerability::toxic_probit("7782-50-5", anlan_consequence::vulnerability::ProbitSet::Purple).unwrap();
    let share = |x: f64, y: f64| probit.fatality(burst.toxic_load(probit, x, y, 1.5));
    for (x, y) in [(0.0, 0.0), (-30.0, 0.0), (0.0, 60.0), (60.0, 60.0)] {
        assert!(share(x, y) > 0.5, "{x} {y}: {}", share(x, y));
    }
    // Falling outwards, upwind too.
    assert!(share(-30.0, 0.0) >= share(-80.0, 0.0) && share(-80.0, 0.0) > share(-400.0, 0.0));
    let upwind = burst.passage(-30.0).unwrap();
    assert!(upwind.arrival_s < 60.0 && (10.0..3600.0).contains(&upwind.duration_s), "{upwind:?}");
    let beside = burst.passage(1.0).unwrap();
    assert!(beside.duration_s < 3600.0, "{beside:?}");
}

#[test]
fn a_slow_vent_reaches_the_ground_like_a_fast_one() {
    // From a third of the wind's speed to three times: nowhere a jump to nothing, nowhere a cloud a kilometre wide.
    let red = |pressure_pa: f64| {
        let release = format!(
            "kind = 'gas_hole'\npressure_pa = {pressure_pa}\ntemperature_c = 20\nhole_mm = 300\ninventory_kg = 5000\nheight_m = 2\ndirection = 'vertical'"
        );
        let mut d = scenario("7782-50-5", &release);
        d.weather.wind_m_s = 6.0;
        let outcome = run(&d).unwrap();
        let zone = outcome.zones.iter().find(|z| z.level.hazard == Hazard::Toxic && z.level.threat == Threat::Yellow).unwrap();
        let wide = zone.rings.iter().flatten().map(|p| p[1].abs()).fold(0.0, f64::max);
        assert!(wide < 1000.0, "{pressure_pa}: {wide}");
        zone.reach_m
    };
    let reaches: Vec<f64> = [101_345.0, 101_400.0, 101_600.0, 102_000.0, 104_000.0, 110_000.0].into_iter().map(red).collect();
    assert!(reaches.iter().all(|r| *r > 20.0), "{reaches:?}");
    assert!(reaches.windows(2).all(|w| w[1] > 0.5 * w[0]), "{reaches:?}");
}

#[test]
fn calm_air_is_no_better_than_one_metre_a_second() {
    let reach = |wind: f64| {
        let mut d = scenario(
            "7782-50-5",
            "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 10\npath_m = 0\ninventory_kg = 1000\nheight_m = 1",
        );
        d.weather.wind_m_s = wind;
        d.weather.stability = anlan_consequence::meteorology::Stability::F;
        run(&d).unwrap().reach(Hazard::Toxic, Threat::Red).unwrap()
    };
    let at_one = reach(1.01);
    for wind in [0.99, 0.5, 0.2] {
        assert!((reach(wind) / at_one - 1.0).abs() < 0.05, "{wind}: {} against {at_one}", reach(wind));
    }
}

#[test]
fn a_long_pipe_drives_no_jet_faster_than_its_heat_can() {
    let ammonia = |length_m: f64| {
        let release = format!(
            "kind = 'liquid_pipe'\npressure_pa = 1e6\ntemperature_c = 20\ndiameter_mm = 80\nlength_m = {length_m}\ninventory_kg = 50000\nheight_m = 1"
        );
        let outcome = run(&scenario("7664-41-7", &release)).unwrap();
        match outcome.released.source {
            Source::Jet { speed_m_s, .. } => speed_m_s,
            other => panic!("{other:?}"),
        }
    };
    for length_m in [0.5, 50.0, 5000.0] {
        assert!(ammonia(length_m) < 230.0, "{length_m} m: {} m/s", ammonia(length_m));
    }
}

#[test]
fn what_no_plant_and_no_weather_has_is_refused_by_name() {
    let refused = |change: &dyn Fn(&mut anlan_consequence::scenario::Description)| {
        let mut d = scenario("74-98-6", "kind = 'burst'\nmass_kg = 1000\ntemperature_c = 20");
        change(&mut d);
        match run(&d) {
            Err(ScenarioError::Refused(why)) => why.field().unwrap_or_default().to_owned(),
            other => panic!("{:?}", other.map(|outcome| outcome.zones.len())),
        }
    };
    use anlan_consequence::scenario::{Burst, ReleaseDescription};
    let burst = |mass_kg| ReleaseDescription::Burst(Burst { mass_kg, temperature_c: 20.0 });
    assert_eq!(refused(&|d| d.release = burst(1e300)), "release.mass_kg");
    assert_eq!(refused(&|d| d.weather.wind_m_s = 1e300), "weather.wind_m_s");
    assert_eq!(refused(&|d| d.weather.u_star_m_s = Some(1e300)), "weather.u_star_m_s");
    assert_eq!(refused(&|d| d.weather.wind_height_m = f64::NAN), "weather.wind_height_m");
}

#[test]
fn a_short_cloud_is_breathed_as_dense_as_it_is() {
    let at = |rate: f64, places: &str| {
        let release = format!("kind = 'vapour'\nrate_kg_s = {rate}\nduration_s = 60\ntemperature_c = 20\nheight_m = 1");
        let d = from_toml(&format!("name = 'x'\nsubstance = '7782-50-5'\n{WEATHER}\n[release]\n{release}\n{places}")).unwrap();
        (Effects::of(&d).unwrap(), run(&d).unwrap().advice.remove(0))
    };
    let place = |east: f64, north: f64| format!("[[places]]\nname = 'p'\nkind = 'dwelling'\neast_m = {east}\nnorth_m = {north}");
    let (effects, near) = at(5.0, &place(-300.0, 0.0));
    let (stays, worst) = (near.stays_s.unwrap(), 1e6 * effects.concentration(300.0, 0.0, 1.5, 600.0));
    // All of it in a minute or in ten is the same dose.
    assert!(stays < 120.0 && near.outdoors_ppm > 4.0 * worst, "{near:?}");
    assert!((near.dose_outdoors_ppm_min / (10.0 * worst) - 1.0).abs() < 0.4, "{near:?} {worst}");
    let (_, far) = at(20.0, &place(-900.0, 0.0));
    assert!(far.indoors_ppm > 2.0 && far.action != Some(Action::Shelter), "{far:?}");
    // Three kilometres beside the axis nothing comes; nor does an arrival.
    let (_, beside) = at(20.0, &place(-900.0, 3000.0));
    assert!(beside.arrival_s.is_none() && beside.stays_s.is_none() && beside.action.is_none() && beside.outdoors_ppm < 0.5, "{beside:?}");
}

#[test]
fn a_blast_reaches_as_far_from_the_release_as_its_middle_lies_off() {
    let mut d = scenario("74-98-6", PROPANE);
    d.congestion = vec![Congestion { crosswind_m: 5.0, ..congested(500.0, 7, 20.0) }];
    let check = |d: &Description| {
        let (effects, outcome) = (Effects::of(d).unwrap(), run(d).unwrap());
        let zone = outcome.zones.iter().find(|z| z.level.hazard == Hazard::Blast && z.level.threat == Threat::Yellow).unwrap();
        let far = |rings: &[Vec<[f64; 2]>]| rings.iter().flatten().map(|p| p[0].hypot(p[1])).fold(0.0, f64::max);
        assert!((zone.reach_m / effects.farthest_overpressure_m(zone.level.value) - 1.0).abs() < 1e-9);
        for (rings, reach) in
            [(&zone.rings, zone.reach_m), (&zone.band.likely, zone.band.likely_reach_m), (&zone.band.possible, zone.band.possible_reach_m)]
        {
            assert!(rings.is_empty() || (far(rings) / reach - 1.0).abs() < 0.02, "{} {reach}", far(rings));
        }
        assert!(zone.band.likely_reach_m <= zone.reach_m && zone.reach_m <= zone.band.possible_reach_m);
    };
    check(&d);
    d.uncertainty = Some(anlan_consequence::scenario::Uncertainty { samples: 30, seed: 3 });
    check(&d);
}

#[test]
fn in_calm_air_a_place_on_any_side_may_be_reached() {
    let advice = |wind: f64| {
        let mut d = scenario(
            "7782-50-5",
            "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 10\npath_m = 0\ninventory_kg = 1000\nheight_m = 1",
        );
        d.weather.wind_m_s = wind;
        d.places = vec![
            toml::from_str("name = 'a'\neast_m = 600.0\nnorth_m = 0.0").unwrap(),
            toml::from_str("name = 'b'\neast_m = 0.0\nnorth_m = -600.0").unwrap(),
        ];
        let advice = run(&d).unwrap().advice;
        [advice[0].toxic, advice[1].toxic]
    };
    assert!(advice(0.5).iter().all(|threat| *threat == Some(Threat::Red)), "{:?}", advice(0.5));
    assert!(advice(3.0).iter().any(Option::is_none));
}

/// 200 in every build, a million with `FAULTS=long`, any other number with `SCENARIOS`.
fn how_many() -> u32 {
    let long = std::env::var("FAULTS").is_ok_and(|v| v == "long");
    std::env::var("SCENARIOS").ok().and_then(|n| n.parse().ok()).unwrap_or(if long { 1_000_000 } else { 200 })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(how_many()))]
    #[test]
    fn random_scenarios_end_in_a_result_or_a_refusal(
        substance in 0_usize..90, kind in 0_usize..10, wind in 0.1_f64..20.0, class in 1.0_f64..6.0, t_air in -20.0_f64..40.0,
        hole in 1.0_f64..300.0, t in -150.0_f64..150.0, p in 1.0e5_f64..1.0e7, mass in 1.0_f64..1.0e6, rate in 0.001_f64..100.0,
    ) {
        let all = anlan_consequence::properties::substances();
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
        description.weather.stability = anlan_consequence::meteorology::Stability(class);
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
