//! Scenarios on the map: rings and bands, a site's own levels, and what people there are advised.

mod common;

use anlan_consequence::scenario::{Effects, Uncertainty, from_toml, people_reached, run};
use anlan_consequence::zones::{Action, Hazard, Threat};
use anlan_consequence::{Note, Refusal};
use common::{CHLORINE, WEATHER, left_out, says, scenario};

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
    d.uncertainty = Some(Uncertainty { samples: 40, seed: 7 });
    let study = run(&d).unwrap();
    assert_eq!(study, run(&d).unwrap());
    assert!(
        study
            .zones
            .iter()
            .all(|zone| zone.band.samples >= 38 && zone.band.likely_reach_m < zone.reach_m && zone.reach_m < zone.band.possible_reach_m)
    );
    assert!(says(&study, "seed 7"));
    d.uncertainty = Some(Uncertainty { samples: 3, seed: 7 });
    assert!(run(&d).is_err());
    assert!(!left_out(&study, "samples the models refuse"));
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
fn in_calm_air_a_place_on_any_side_may_be_reached() {
    let advice = |wind: f64| {
        let mut d = scenario("7782-50-5", CHLORINE);
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
