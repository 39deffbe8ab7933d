//! Scenarios from their sources: vessels, tanks, pipes and pools, and what of a release reaches the air.

mod common;

use anlan_consequence::Refusal;
use anlan_consequence::scenario::{Effects, FireKind, Source, run};
use common::{METHANE, PROPANE, refused, says, scenario};

#[test]
fn a_vessel_loses_pressure_and_its_toxic_cloud_is_weaker_than_its_first_rate() {
    let outcome = run(&scenario("74-82-8", METHANE)).unwrap();
    assert!(outcome.released.mean_rate_kg_s < 0.7 * outcome.released.rate_kg_s);
    assert!(says(&outcome, "the rate falls with its pressure") && says(&outcome, "worst ten minutes"));
    // The flammable cloud is that of a minute: more than the worst ten, less than the first instant.
    let r = &outcome.released;
    assert!(r.mean_rate_kg_s < r.minute_rate_kg_s && r.minute_rate_kg_s < r.rate_kg_s && says(&outcome, "worst minute"));
    // Shut after a minute there is a minute of gas.
    let shut = run(&scenario("74-82-8", &format!("{METHANE}\nisolated_after_s = 60"))).unwrap();
    assert!(shut.released.duration_s <= 60.0 && shut.released.mass_kg < outcome.released.mass_kg);
    // What the toxic cloud is fed in its time is what was released.
    assert!((shut.released.mean_rate_kg_s * shut.released.duration_s / shut.released.mass_kg - 1.0).abs() < 1e-9);
    let given = run(&scenario("74-82-8", &format!("{METHANE}\ndischarge_coefficient = 0.425"))).unwrap();
    assert!((given.released.rate_kg_s / outcome.released.rate_kg_s - 0.5).abs() < 1e-6 && says(&given, "as given"));
}

#[test]
fn what_rains_out_is_not_in_the_cloud_and_head_drives_harder() {
    let with = |more: &str| run(&scenario("74-98-6", &format!("{PROPANE}\n{more}"))).unwrap();
    let (all, model, flashed) = (with(""), with("rain_out = 'model'"), with("rain_out = 'all_liquid'"));
    assert!(all.released.rate_kg_s >= model.released.rate_kg_s && model.released.rate_kg_s > flashed.released.rate_kg_s);
    assert_eq!(flashed.released.liquid_share, 0.0);
    // Every drop of propane stays up: nothing is said of a pool.
    assert!(!says(&model, "rains out") && model.fires.len() == 1 && says(&flashed, "rains out at the foot of the hole"));
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
        assert_eq!(says(&none, "coefficient"), !told.is_empty(), "{path} {more}: {:?}", none.assumptions);
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
    // Ignition at the hole sees all that leaves it. The pool gives part of what rains out back to the cloud, and no momentum.
    let (r, whole) = (model.released(), none.released());
    assert_eq!(r.outflow_kg_s, whole.rate_kg_s);
    let own = whole.rate_kg_s - r.rained.unwrap().rate_kg_s;
    assert!(r.rate_kg_s > 1.01 * own && r.rate_kg_s < whole.rate_kg_s && r.mass_kg < whole.mass_kg, "{r:?}");
    // Hottest where it lies.
    let at = r.rained.unwrap().at_m;
    assert!(at > 0.5 && pool(&model).heat_kw_m2(at, 0.0) > 2.0 * pool(&model).heat_kw_m2(at, 4.0 * pool(&model).size_m));
    assert!(model.assumptions().iter().any(|a| a.starts_with("what rains out burns as a pool about ")));
    // Of ammonia a third falls: the jet stays one, and the pool's vapour takes of its momentum.
    let ammonia = "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 81\npath_m = 0\ninventory_kg = 20000\nheight_m = 0.8";
    let effects = Effects::of(&scenario("7664-41-7", &format!("{ammonia}\nrain_out = 'model'"))).unwrap();
    let (r, jet) = (effects.released(), effects.released().jet.unwrap());
    let Source::Jet { speed_m_s, .. } = r.source else { panic!("{:?}", r.source) };
    assert!((r.rate_kg_s * speed_m_s / (jet.rate_kg_s * jet.speed_m_s) - 1.0).abs() < 1e-9 && jet.rate_kg_s < r.rate_kg_s);
    assert!(jet.liquid_share > r.liquid_share && jet.density_kg_m3 > r.density_kg_m3);
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
    // A puddle is dry before ten minutes are over: nothing is said of the worst ten.
    let puddle =
        run(&scenario("74-82-8", "kind = 'spill'\nrate_kg_s = 5\nduration_s = 5\ntemperature_c = -162\nsurface = 'water'")).unwrap();
    assert!(puddle.released.duration_s < 600.0, "{}", puddle.released.duration_s);
    assert!(says(&puddle, "the pool's mean rate") && !says(&puddle, "pool's worst ten minutes"));
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
fn what_rains_out_burns_once() {
    for (celsius, hole_mm) in [(8.0, 10.0), (8.0, 50.0), (3.0, 25.0), (0.5, 25.0), (20.0, 25.0)] {
        for rain in ["none", "model", "all_liquid"] {
            let butane = format!(
                "kind = 'liquefied_hole'\ntemperature_c = {celsius}\nhole_mm = {hole_mm}\npath_m = 0\ninventory_kg = 20000\nheight_m = 1\n\
                 rain_out = '{rain}'"
            );
            let effects = Effects::of(&scenario("106-97-8", &butane)).unwrap();
            let burns: f64 = effects.fires().iter().map(|fire| fire.burns_kg_s).sum();
            let outflow = effects.released().outflow_kg_s;
            assert!(burns <= 1.0001 * outflow && burns > 0.5 * outflow, "{celsius} °C, {hole_mm} mm, {rain}: {burns} of {outflow}");
        }
    }
    // Liquid on the ground makes the flame of the jet shorter, however much vapour its pool gives off.
    let flame = |rain: &str| {
        let butane = "kind = 'liquefied_hole'\ntemperature_c = 8\nhole_mm = 10\npath_m = 0\ninventory_kg = 20000\nheight_m = 1";
        Effects::of(&scenario("106-97-8", &format!("{butane}\nrain_out = '{rain}'"))).unwrap().fires()[0].size_m
    };
    let [none, model, all] = ["none", "model", "all_liquid"].map(flame);
    assert!(all < model && model < 0.6 * none, "{none} {model} {all}");
}

#[test]
fn where_the_pool_gives_most_of_the_vapour_the_cloud_starts_from_it() {
    let butane =
        "kind = 'liquefied_hole'\ntemperature_c = 0.5\nhole_mm = 25\npath_m = 0\ninventory_kg = 20000\nheight_m = 1\nrain_out = 'model'";
    let outcome = run(&scenario("106-97-8", butane)).unwrap();
    let r = outcome.released;
    assert!(matches!(r.source, Source::Pool { radius_m, bunded: false, .. } if radius_m > 1.0) && r.height_m == 0.0, "{r:?}");
    assert!(says(&outcome, "the cloud starts from it, on the ground"));
    let jet = r.jet.unwrap();
    assert!(jet.speed_m_s > 1.0 && jet.rate_kg_s < r.rate_kg_s, "{jet:?}");
    // A pool fire, and the little flame of the vapour that flashed.
    assert!(outcome.fires.iter().any(|fire| fire.kind == FireKind::Pool));
}

#[test]
fn all_liquid_on_the_ground_has_its_pool_too() {
    let chlorine = "kind = 'liquefied_hole'\ntemperature_c = -25\nhole_mm = 10\npath_m = 0\ninventory_kg = 1000\nheight_m = 1";
    let of = |rain: &str| run(&scenario("7782-50-5", &format!("{chlorine}\nrain_out = '{rain}'"))).unwrap();
    let (model, all) = (of("model"), of("all_liquid"));
    assert!(says(&model, "rains out about") && says(&all, "at the foot of the hole"), "{:?}", model.assumptions);
    let red = |outcome: &anlan_consequence::scenario::Outcome| {
        outcome.reach(anlan_consequence::zones::Hazard::Toxic, anlan_consequence::zones::Threat::Red).unwrap()
    };
    assert!((red(&all) / red(&model) - 1.0).abs() < 0.2, "{} {}", red(&all), red(&model));
}

#[test]
fn a_share_that_reads_as_nothing_is_not_told() {
    let mut told = 0;
    for i in 0..40 {
        let celsius = 14.0 + 0.025 * f64::from(i);
        let butane = format!(
            "kind = 'liquefied_hole'\ntemperature_c = {celsius:?}\nhole_mm = 50\npath_m = 0\ninventory_kg = 20000\nheight_m = 1\nrain_out = 'model'"
        );
        let outcome = run(&scenario("106-97-8", &butane)).unwrap();
        assert!(!says(&outcome, "0.00 kg/s") && !outcome.assumptions.iter().any(|a| a.starts_with("0 % rains out")), "{celsius} °C");
        told += usize::from(says(&outcome, "% rains out"));
    }
    assert!((1..40).contains(&told), "{told}");
}

#[test]
fn a_hole_that_lets_half_through_rains_out_as_one_of_half_the_area() {
    let share = |hole_mm: f64, more: &str| {
        let ammonia =
            format!("kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = {hole_mm:?}\npath_m = 0\ninventory_kg = 20000\nheight_m = 0.8");
        let effects = Effects::of(&scenario("7664-41-7", &format!("{ammonia}\nrain_out = 'model'\n{more}"))).unwrap();
        effects.released().rained.unwrap().rate_kg_s / effects.released().outflow_kg_s
    };
    let (narrow, half) = (share(81.0 / libm::sqrt(2.0), ""), share(81.0, "discharge_coefficient = 0.305"));
    assert!((half / narrow - 1.0).abs() < 1e-3 && half < 0.95 * share(81.0, ""), "{half} {narrow}");
}
