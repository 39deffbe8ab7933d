//! What a little more of an input may do to a zone: a little. A model that lets a cloud lift off, land or widen at a step of its own shows
//! here as a zone that is suddenly a tenth as long.

mod common;

use anlan_consequence::meteorology::Stability;
use anlan_consequence::scenario::{Description, run};
use anlan_consequence::zones::{Hazard, Threat};
use common::{left_out, says, scenario};

/// Reaches of the red and the yellow toxic zone, m, in wind `u` of class `class`.
fn toxic(cas: &str, release: &str, u: f64, class: f64) -> (f64, f64) {
    let mut d: Description = scenario(cas, release);
    (d.weather.wind_m_s, d.weather.stability) = (u, Stability(class));
    let outcome = run(&d).unwrap();
    let reach = |threat| outcome.reach(Hazard::Toxic, threat).unwrap();
    (reach(Threat::Red), reach(Threat::Yellow))
}

/// No neighbour differs by more than `factor`.
fn smooth(what: &str, reaches: &[(f64, f64)], factor: f64) {
    for pair in reaches.windows(2) {
        for (a, b) in [(pair[0].0, pair[1].0), (pair[0].1, pair[1].1)] {
            assert!(a.max(b) < 30.0 || a.max(b) / a.min(b) < factor, "{what}: {reaches:?}");
        }
    }
}

#[test]
fn cold_ammonia_that_is_lighter_than_air_stays_a_danger() {
    let vapour = |celsius: i32| format!("kind = 'vapour'\nrate_kg_s = 2.5\nduration_s = 1800\ntemperature_c = {celsius}\nheight_m = 1");
    let by_temperature: Vec<_> = (-32..40).step_by(4).map(|t| toxic("7664-41-7", &vapour(t), 3.0, 4.0)).collect();
    smooth("ammonia by temperature", &by_temperature, 1.2);
    assert!(by_temperature[0].0 > 200.0, "{by_temperature:?}");
    assert!(says(&run(&scenario("7664-41-7", &vapour(-32))).unwrap(), "not taken to rise"));
    // The pool of a cold tank, by night.
    let tank = "kind = 'tank_hole'\ntemperature_c = -34\ndiameter_m = 20\nlevel_m = 15\nhole_mm = 100\npool.bund_radius_m = 25";
    assert!(toxic("7664-41-7", tank, 2.0, 6.0).0 > 1000.0);
    // Methane is heavier than the air below about −110 °C.
    let methane = |celsius: i32| {
        let vapour = format!("kind = 'vapour'\nrate_kg_s = 2.5\nduration_s = 1800\ntemperature_c = {celsius}\nheight_m = 1");
        let reach = run(&scenario("74-82-8", &vapour)).unwrap().reach(Hazard::Flammable, Threat::Yellow).unwrap();
        (reach, reach)
    };
    smooth("methane by temperature", &(-160..20).step_by(10).map(methane).collect::<Vec<_>>(), 1.4);
}

#[test]
fn how_high_a_leak_is_changes_its_zone_little() {
    for (u, class) in [(0.6, 6.0), (1.0, 6.0), (1.5, 6.0), (3.0, 6.0), (3.0, 4.0)] {
        let gas = |dm: i32| {
            let height = f64::from(dm) / 10.0;
            toxic(
                "7783-06-4",
                &format!("kind = 'vapour'\nrate_kg_s = 0.5\nduration_s = 1800\ntemperature_c = 20\nheight_m = {height}"),
                u,
                class,
            )
        };
        smooth(&format!("hydrogen sulphide in {u} m/s by height"), &(80..110).step_by(3).map(gas).collect::<Vec<_>>(), 1.1);
        let liquid = |dm: i32| {
            let height = f64::from(dm) / 10.0;
            let words = "kind = 'liquefied_hole'\ntemperature_c = -30\nhole_mm = 50\npath_m = 0.2\nhead_m = 5\ninventory_kg = 30000";
            toxic("7664-41-7", &format!("{words}\nheight_m = {height}"), u.max(1.0), class)
        };
        smooth(&format!("ammonia in {u} m/s by height"), &(0..10).map(liquid).collect::<Vec<_>>(), 1.3);
    }
}

#[test]
fn a_thin_cloud_that_is_a_little_lighter_than_the_night_air_does_not_leave_the_ground() {
    let hf =
        |hole: u32| format!("kind = 'liquefied_hole'\ntemperature_c = 40\nhole_mm = {hole}\npath_m = 0\ninventory_kg = 5000\nheight_m = 1");
    let by_hole: Vec<_> = [5, 10, 15, 20].map(|hole| toxic("7664-39-3", &hf(hole), 2.0, 6.0)).into();
    assert!(by_hole.windows(2).all(|pair| pair[1].0 > pair[0].0 && pair[1].1 >= pair[0].1), "{by_hole:?}");
    // One part in a million is reached far beyond forty-four; a rising plume would end at once.
    assert!(by_hole[3].1 > 3.0 * by_hole[3].0, "{by_hole:?}");
    let mut far = scenario("7664-39-3", &hf(20));
    (far.weather.wind_m_s, far.weather.stability) = (2.0, Stability(6.0));
    assert!(left_out(&run(&far).unwrap(), "beyond 50 km"));
    // A stiller night reaches farther than a windier evening.
    assert!(toxic("7664-39-3", &hf(20), 2.0, 6.0).0 > toxic("7664-39-3", &hf(20), 3.0, 5.0).0);
}

#[test]
fn the_humidity_of_the_night_does_not_lift_a_cold_cloud() {
    let spill = "kind = 'spill'\nrate_kg_s = 20\nduration_s = 600\ntemperature_c = -162";
    let vapour = "kind = 'vapour'\nrate_kg_s = 10\nduration_s = 1800\ntemperature_c = -160\nheight_m = 0";
    let burst = "kind = 'gas_burst'\npressure_pa = 4e6\ntemperature_c = 20\nvolume_m3 = 50";
    for release in [spill, vapour, burst] {
        for (u, class) in [(1.5, 6.0), (2.0, 6.0), (2.5, 6.0), (3.0, 4.0)] {
            let humid = |percent: i32| {
                let mut d = scenario("74-82-8", release);
                (d.weather.wind_m_s, d.weather.stability, d.weather.humidity) = (u, Stability(class), f64::from(percent) / 100.0);
                let outcome = run(&d).unwrap();
                let reach = |threat| outcome.reach(Hazard::Flammable, threat).unwrap();
                (reach(Threat::Red), reach(Threat::Yellow))
            };
            smooth(&format!("{release} in {u} m/s by humidity"), &(30..=100).step_by(5).map(humid).collect::<Vec<_>>(), 1.6);
        }
    }
}

#[test]
fn a_short_release_burns_too() {
    let vessel = |kg: u32| {
        let words = "kind = 'gas_hole'\npressure_pa = 4e6\ntemperature_c = 20\nhole_mm = 100\nheight_m = 1";
        let outcome = run(&scenario("74-85-1", &format!("{words}\ninventory_kg = {kg}"))).unwrap();
        outcome.reach(Hazard::Flammable, Threat::Red).unwrap()
    };
    // In a few seconds, not thinned by the air after it.
    assert!(vessel(50) > 30.0 && vessel(50) < vessel(100) && vessel(100) < vessel(800), "{} {} {}", vessel(50), vessel(100), vessel(800));
    // A short line: its worst minute is no weaker than its worst ten.
    let line = "kind = 'gas_pipe'\npressure_pa = 15e5\ntemperature_c = 20\ndiameter_mm = 100\nlength_m = 100\nheight_m = 1";
    let released = run(&scenario("7783-06-4", line)).unwrap().released;
    assert!(released.minute_rate_kg_s >= released.mean_rate_kg_s, "{released:?}");
}
