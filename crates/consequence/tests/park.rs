//! A whole park: what an engineer writes, what comes out, and that it is what a hand would add up.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use anlan_consequence::qra::Progress;
use anlan_consequence::qra::criteria::Zone;
use anlan_consequence::qra::park::{Park, ParkError, ParkRisk, from_json, from_toml, run};
use anlan_consequence::scenario::{BREATH_M, Effects};
use anlan_consequence::vulnerability::{ProbitSet, toxic_probit};
use anlan_consequence::{Note, Refusal};

const EXAMPLE: &str = include_str!("../../../examples/park.toml");

fn risk(park: &Park, threads: usize) -> Result<ParkRisk, ParkError> {
    let cancel = AtomicBool::new(false);
    run(park, threads, Progress { tell: &|_, _| (), cancel: &cancel })
}

/// One piece of equipment at the origin, one weather, wind from everywhere alike, one target 100 m to the north-east.
fn small(equipment: &str, rest: &str) -> Park {
    from_toml(&format!(
        "name = 'small'
         installation = 'new'
         grid = {{ west_m = -200, south_m = -200, cell_m = 20, columns = 21, rows = 21 }}
         ignition = []
         {rest}
         [air]
         humidity = 0.6
         roughness_m = 0.1
         [winds]
         day = [1, 1, 1, 1]
         night = [1, 1, 1, 1]
         [[weather]]
         stability = 'D'
         wind_m_s = 3
         temperature_c = 20
         day = 1
         night = 1
         [[target]]
         name = 'target'
         east_m = 70.71
         north_m = 70.71
         class = 'class3'
         [[equipment]]
         name = 'V-1'
         east_m = 0
         north_m = 0
         {equipment}"
    ))
    .unwrap()
}

const CHLORINE: &str = "substance = '7782-50-5'
    [[equipment.scenario]]
    name = 'hole'
    frequency_per_year = 1e-5
    source = 'made up'
    release = { kind = 'liquefied_hole', temperature_c = 20, hole_mm = 10, path_m = 0, inventory_kg = 1000, height_m = 1 }";

const PROPANE: &str = "substance = '74-98-6'
    [[equipment.scenario]]
    name = 'burst'
    frequency_per_year = 1e-5
    source = 'made up'
    release = { kind = 'burst', mass_kg = 20000, temperature_c = 25 }";

const HUNDRED: &str =
    "population = [{ name = 'huts', east_m = 70.71, north_m = 70.71, day = 100, night = 100, outdoors_day = 1, outdoors_night = 1 }]";
const NOBODY: &str = "population = [{ name = 'huts', east_m = 70.71, north_m = 70.71, day = 0, night = 0 }]";

fn effects(park: &Park) -> Effects {
    let e = &park.equipment[0];
    let w = &park.weather[0];
    let text = format!(
        "name = 'x'\nsubstance = '{}'\n[weather]\nwind_m_s = {}\nwind_from_deg = 0\nstability = '{}'\ntemperature_c = {}\nhumidity = {}\nroughness_m = {}\n[release]\nkind = 'vapour'\nrate_kg_s = 1\nduration_s = 1\ntemperature_c = 1\nheight_m = 0",
        e.substance, w.wind_m_s, w.stability, w.temperature_c, park.air.humidity, park.air.roughness_m
    );
    let mut description = anlan_consequence::scenario::from_toml(&text).unwrap();
    description.release = e.scenario[0].release;
    Effects::of(&description).unwrap()
}

/// Mean over all directions of `share` at 100 m, by 7200 winds.
fn around(share: impl Fn(f64, f64) -> f64) -> f64 {
    (0..7200).map(|k| (f64::from(k) * 0.05).to_radians()).map(|a| share(100.0 * a.cos(), 100.0 * a.sin())).sum::<f64>() / 7200.0
}

#[test]
fn a_toxic_leak_is_its_frequency_times_the_mean_of_the_probit() {
    let park = small(CHLORINE, HUNDRED);
    let found = risk(&park, 2).unwrap();
    let e = effects(&park);
    let probit = toxic_probit("7782-50-5", ProbitSet::Purple).unwrap();
    let wanted = 1e-5 * around(|x, y| probit.fatality(e.toxic_load(probit, x, y, BREATH_M)));
    let target = &found.targets[0];
    assert!(wanted > 1e-8 && (target.per_year / wanted - 1.0).abs() < 0.02, "{} {wanted}", target.per_year);
    // A hundred people outdoors at the same place die as often as one, each.
    let societal = found.societal.as_ref().unwrap();
    assert!((societal.deaths_per_year / (100.0 * target.per_year) - 1.0).abs() < 1e-6);
    assert!(target.band.p05 < target.per_year && target.per_year < target.band.p95 && target.band.samples >= 500);
    assert_eq!(target.ranking[0].scenario, "V-1, hole");
    assert!(target.status.contains("from knowledge"));
}

#[test]
fn a_burst_is_a_ball_and_else_a_flash() {
    let park = small(PROPANE, HUNDRED);
    let found = risk(&park, 2).unwrap();
    // 20 t ignite directly in 0.7 of the cases, of which 0.7 are fireballs; the target stands under the ball. The rest burn as a flash fire.
    let e = effects(&park);
    let flash = around(|x, y| f64::from(u8::from(e.flash_fire(x, y))));
    let wanted = 1e-5 * 0.7 * (0.7 + 0.3 * flash);
    assert!((found.targets[0].per_year / wanted - 1.0).abs() < 0.02, "{} {wanted}", found.targets[0].per_year);
    // Below the limit of a class-3 target of a new installation, 1e-5.
    assert!(found.targets[0].acceptable && found.targets[0].limit_per_year == 1e-5);
    // 0.49e-5 a year a hundred people die together.
    let societal = found.societal.unwrap();
    let hundred = societal.curve.iter().find(|(n, _)| *n == 100.0).unwrap().1;
    assert!(hundred >= 0.49e-5 && (hundred / wanted - 1.0).abs() < 0.05, "{hundred}");
    assert_eq!(societal.verdict, Zone::Alarp);
    assert!((societal.most_deaths - 100.0).abs() < 1e-3);
}

#[test]
fn a_charge_kills_within_its_thirty_kilopascal_whatever_the_wind() {
    for cas in ["7782-50-5", "74-98-6"] {
        let charge = format!(
            "substance = '{cas}'
            [[equipment.scenario]]
            name = 'charge'
            frequency_per_year = 1e-5
            source = 'made up'
            release = {{ kind = 'explosive', mass_kg = 1000, tnt_share = 1 }}"
        );
        let found = risk(&small(&charge, NOBODY), 2).unwrap();
        let at = |east: f64| found.individual.per_year[10 * 21 + ((east + 200.0) / 20.0) as usize];
        // 30 kPa of a tonne of TNT lie near 60 m.
        assert!((at(40.0) / 1e-5 - 1.0).abs() < 1e-5, "{}", at(40.0));
        assert_eq!(at(100.0), 0.0);
    }
}

#[test]
fn a_congested_volume_beside_the_wind_is_refused() {
    let beside =
        PROPANE.replacen("[[equip", "congestion = [{ volume_m3 = 3000, class = 7, downwind_m = 30, crosswind_m = 20 }]\n[[equip", 1);
    let refused = risk(&small(&beside, NOBODY), 1).unwrap_err();
    assert!(refused.to_string().contains("congestion.crosswind_m"), "{refused}");
    assert!(risk(&small(&beside.replace("crosswind_m = 20", "crosswind_m = 0"), NOBODY), 1).is_ok());
}

#[test]
fn a_place_of_twice_the_frequency_has_twice_the_risk() {
    let (one, two) = (small(CHLORINE, NOBODY), small(&CHLORINE.replace("1e-5", "2e-5"), NOBODY));
    let (one, two) = (risk(&one, 2).unwrap(), risk(&two, 2).unwrap());
    assert!(one.individual.per_year.iter().zip(&two.individual.per_year).all(|(a, b)| (2.0 * a - b).abs() <= 1e-9 * b));
    assert!((two.targets[0].per_year / one.targets[0].per_year - 2.0).abs() < 1e-9);
}

#[test]
fn under_an_even_rose_the_risk_is_the_same_on_every_side() {
    let found = risk(&small(CHLORINE, NOBODY), 2).unwrap();
    let grid = &found.individual;
    let at = |c: usize, r: usize| grid.per_year[r * 21 + c];
    for k in 0..10 {
        let (a, b, c, d) = (at(10 + k, 10), at(10 - k, 10), at(10, 10 + k), at(10, 10 - k));
        assert!([b, c, d].iter().all(|x| (x - a).abs() <= 1e-5 * a), "{k}: {a} {b} {c} {d}");
    }
}

#[test]
fn a_turned_rose_turns_the_risk() {
    let park = |day: &str| {
        let mut park = small(CHLORINE, NOBODY);
        park.winds.day = day.split(',').map(|s| s.trim().parse().unwrap()).collect();
        park.winds.night = park.winds.day.clone();
        risk(&park, 2).unwrap().individual.per_year
    };
    let (a, b) = (park("9, 1, 1, 1"), park("1, 9, 1, 1"));
    for r in 0..21 {
        for c in 0..21 {
            // A quarter turn clockwise takes (east, north) to (north, -east).
            let (from, to) = (a[r * 21 + c], b[(20 - c) * 21 + r]);
            assert!((from - to).abs() <= 1e-5 * from.max(1e-30), "{c} {r}: {from} {to}");
        }
    }
}

#[test]
fn unknown_people_are_refused_and_an_empty_place_is_not() {
    let unknown = risk(&small(CHLORINE, ""), 1).unwrap_err();
    assert!(matches!(unknown, ParkError::Refused(Refusal::UnknownPopulation { .. })), "{unknown}");
    let half_known = risk(&small(CHLORINE, &HUNDRED.replace("night = 100, ", "")), 1).unwrap_err();
    assert!(matches!(&half_known, ParkError::Refused(Refusal::UnknownPopulation { place }) if place == "huts"), "{half_known}");
    assert!(risk(&small(CHLORINE, "population = []"), 1).is_err());
    let empty = risk(&small(CHLORINE, NOBODY), 1).unwrap().societal.unwrap();
    assert_eq!((empty.verdict, empty.deaths_per_year), (Zone::Acceptable, 0.0));
    let not_asked = risk(&small(CHLORINE, "societal = false"), 1).unwrap();
    assert_eq!(not_asked.societal, None);
    assert!(not_asked.assumptions.iter().any(|a| a.contains("not asked for")));
}

#[test]
fn what_cannot_be_computed_is_named_and_never_left_out() {
    let bad = risk(&small(&CHLORINE.replace("temperature_c = 20", "temperature_c = -60"), NOBODY), 1).unwrap_err();
    assert!(bad.to_string().contains("V-1, hole"), "{bad}");
    let missing = risk(
        &small(
            "substance = '7782-50-5'\nclass = 'pipe_75_to_150'\ncontents = { state = 'liquefied', temperature_c = 20, inventory_kg = 100, bore_mm = 100 }",
            NOBODY,
        ),
        1,
    );
    assert!(missing.unwrap_err().to_string().contains("length_m"));
    assert!(from_toml("name = 'x'\nnonsense = 1").is_err());
    let relief =
        "substance = '7782-50-5'\nclass = 'relief_device'\ncontents = { state = 'liquefied', temperature_c = 20, inventory_kg = 100 }";
    let left_out = risk(&small(relief, NOBODY), 1).unwrap();
    assert!(left_out.assumptions.iter().any(|a| a.contains("NOT counted")));
    let mut shares = small(CHLORINE, NOBODY);
    shares.weather[0].day = 0.5;
    assert!(risk(&shares, 1).is_err());
    let mut coarse = small(CHLORINE, NOBODY);
    coarse.grid.as_mut().unwrap().cell_m = 80.0;
    assert!(risk(&coarse, 1).is_err());
    coarse.grid.as_mut().unwrap().cell_m = 40.0;
    assert!(risk(&coarse, 1).unwrap().warnings.iter().any(|w| matches!(w, Note::OutOfRange { model: "risk.grid", .. })));
}

#[test]
fn a_class_brings_its_scenarios_and_the_sites_own_frequencies_go_before() {
    let vessel = "substance = '7782-50-5'
        class = 'pressurised_vessel'
        count = 2
        contents = { state = 'liquefied', temperature_c = 20, inventory_kg = 1000 }
        frequency = [{ leak = 'hole_10_mm', value = 3e-6, source = 'own record' }, { leak = 'instantaneous', value = 0, source = 'buried' }]";
    let found = risk(&small(vessel, NOBODY), 2).unwrap();
    let listed: Vec<(f64, bool)> = found.scenarios.iter().map(|s| (s.frequency_per_year, s.source.contains("own record"))).collect();
    assert_eq!(listed, [(1e-6, false), (6e-6, true)]);
    assert!(found.scenarios[0].source.contains("from-knowledge"));
    assert!(found.assumptions.iter().any(|a| a.contains("buried")));
    assert!(found.assumptions.iter().any(|a| a.contains("beyond its edge")));
}

#[test]
fn threads_change_no_bit_and_json_says_the_same() {
    let mut park = small(CHLORINE, HUNDRED);
    let more = small(PROPANE, HUNDRED);
    park.equipment.extend(more.equipment);
    park.ignition = None;
    let one = risk(&park, 1).unwrap();
    assert_eq!(one, risk(&park, 3).unwrap());
    let again = from_json(&serde_json::to_string(&park).unwrap()).unwrap();
    assert_eq!(one, risk(&again, 2).unwrap());
}

#[test]
fn the_example_park_runs() {
    let park = from_toml(EXAMPLE).unwrap();
    let found = risk(&park, 2).unwrap();
    assert_eq!(found.targets.len(), 3);
    assert!(found.targets.iter().all(|t| t.per_year > 0.0 && t.band.p05 <= t.band.median && t.band.median <= t.band.p95));
    let societal = found.societal.as_ref().unwrap();
    assert!(societal.deaths_per_year > 0.0);
    assert!(societal.curve.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 >= pair[1].1));
    let sum: f64 = found.scenarios.iter().map(|s| s.deaths_per_year.unwrap()).sum();
    assert!((sum / societal.deaths_per_year - 1.0).abs() < 1e-9);
    assert!(found.contours.windows(2).all(|pair| pair[0].per_year > pair[1].per_year));
    let map = found.geojson().unwrap();
    for feature in map["features"].as_array().unwrap() {
        if feature["geometry"]["type"] == "MultiPolygon" {
            let ring = feature["geometry"]["coordinates"][0][0].as_array().unwrap();
            assert_eq!(ring.first(), ring.last());
        }
    }
    // A scenario says what it rests on itself, once.
    for s in &found.scenarios {
        assert!(!s.assumptions.is_empty() && s.assumptions.iter().all(|a| found.assumptions.contains(a)), "{}", s.name);
    }
}

#[test]
fn a_run_tells_how_far_it_is_and_can_be_cancelled() {
    let park = small(CHLORINE, NOBODY);
    let cancel = AtomicBool::new(false);
    let told = Mutex::new(Vec::new());
    let tell = |done: usize, all: usize| {
        told.lock().unwrap().push((done, all));
        cancel.store(true, Ordering::Relaxed);
    };
    let many = Park { equipment: vec![park.equipment[0].clone(); 80], ..park };
    let stopped = run(&many, 2, Progress { tell: &tell, cancel: &cancel });
    assert_eq!(stopped.unwrap_err(), ParkError::Cancelled);
    let told = told.into_inner().unwrap();
    assert!(told.len() == 1 && told[0].0 < told[0].1, "{told:?}");
}

#[test]
fn roses_of_different_sectors_are_refused_by_name() {
    let mut park = small(CHLORINE, NOBODY);
    park.winds.day = vec![1.0; 15];
    park.winds.night = vec![1.0; 16];
    let refused = risk(&park, 1).unwrap_err();
    assert!(refused.to_string().starts_with("winds.night = 16"), "{refused}");
}

#[test]
fn a_leak_several_times_a_year_is_refused_by_name() {
    let often = risk(&small(&CHLORINE.replace("1e-5", "5"), NOBODY), 1).unwrap_err();
    assert!(often.to_string().contains("scenario.frequency_per_year = 5"), "{often}");
    let vessel = "substance = '7782-50-5'
        class = 'pressurised_vessel'
        count = 2
        contents = { state = 'liquefied', temperature_c = 20, inventory_kg = 1000 }
        frequency = [{ leak = 'hole_10_mm', value = 5, source = 'a slip' }]";
    let often = risk(&small(vessel, NOBODY), 1).unwrap_err();
    assert!(often.to_string().contains("equipment.frequency = 5"), "{often}");
}

#[test]
fn equipment_outside_the_grid_is_noted() {
    let outside = |park: &Park| {
        let noted = |w: &Note| matches!(w, Note::LeftOut { model: "risk.grid", what } if what.starts_with("equipment stands outside"));
        risk(park, 1).unwrap().warnings.iter().any(noted)
    };
    let mut park = small(CHLORINE, NOBODY);
    assert!(!outside(&park));
    park.equipment[0].east_m = 205.0;
    assert!(!outside(&park), "within the last cell");
    park.equipment[0].east_m = 250.0;
    assert!(outside(&park));
}
