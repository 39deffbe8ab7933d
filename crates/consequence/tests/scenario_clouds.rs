//! Scenarios through the air: which model spreads the cloud, how far it reaches, and what calm and elevation do to it.

mod common;

use anlan_consequence::Note;
use anlan_consequence::meteorology::Stability;
use anlan_consequence::scenario::{Effects, from_json, from_toml, run};
use anlan_consequence::vulnerability::{ProbitSet, toxic_probit};
use anlan_consequence::zones::{Hazard, Threat};
use common::{BENZENE, CHLORINE, KINDS, WEATHER, says, scenario};

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
    assert!(lid.unwrap_err().to_string().contains("unknown field `humidity`"));
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

#[test]
fn calm_air_is_no_better_than_one_metre_a_second() {
    let reach = |wind: f64| {
        let mut d = scenario("7782-50-5", CHLORINE);
        d.weather.wind_m_s = wind;
        d.weather.stability = Stability::F;
        run(&d).unwrap().reach(Hazard::Toxic, Threat::Red).unwrap()
    };
    let at_one = reach(1.01);
    for wind in [0.99, 0.5, 0.2] {
        assert!((reach(wind) / at_one - 1.0).abs() < 0.05, "{wind}: {} against {at_one}", reach(wind));
    }
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

/// 20 t of chlorine burst in a still night.
fn chlorine_burst() -> Effects {
    let mut d = scenario("7782-50-5", "kind = 'burst'\nmass_kg = 20000\ntemperature_c = 20");
    d.weather.wind_m_s = 2.0;
    d.weather.stability = Stability::F;
    Effects::of(&d).unwrap()
}

#[test]
fn a_burst_kills_upwind_of_itself_and_beside_itself() {
    let burst = chlorine_burst();
    let probit = toxic_probit("7782-50-5", ProbitSet::Purple).unwrap();
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
