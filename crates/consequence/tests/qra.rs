//! The published risk cases: every analytic row of module `qra`.

mod cases;

use anlan_consequence::qra::Case;
use anlan_consequence::qra::criteria::{Zone, societal_zone};
use anlan_consequence::qra::footprint::Footprint;
use anlan_consequence::qra::individual::contributions;
use anlan_consequence::qra::rose::Rose;
use anlan_consequence::qra::societal::{Event, frequency_of};

fn case(id: &str) -> cases::Case {
    cases::analytic("qra").into_iter().find(|case| case.id == id).unwrap()
}

#[test]
fn every_row_is_tested_here() {
    let ids: Vec<String> = cases::analytic("qra").into_iter().map(|case| case.id).collect();
    assert_eq!(ids, ["QRA-001", "QRA-002", "QRA-003"]);
}

#[test]
fn qra_001_frequency_of_n_or_more_deaths() {
    let case = case("QRA-001");
    let scenarios = case.inputs["scenarios"].as_array().unwrap();
    let events: Vec<Event> =
        scenarios.iter().map(|s| Event { frequency_per_year: s["f"].as_f64().unwrap(), deaths: s["N"].as_f64().unwrap() }).collect();
    for (n, wanted) in [1.0, 10.0, 30.0, 100.0].into_iter().zip(&case.expected) {
        let wanted: f64 = wanted.parse().unwrap();
        assert!((frequency_of(&events, n) / wanted - 1.0).abs() < 1e-9, "F({n})");
    }
}

#[test]
fn qra_002_zones_of_gb_36894() {
    let case = case("QRA-002");
    let points = case.inputs["points"].as_array().unwrap();
    for (point, wanted) in points.iter().zip(&case.expected) {
        let zone = match societal_zone(point[0].as_f64().unwrap(), point[1].as_f64().unwrap()) {
            Zone::Acceptable => "acceptable",
            Zone::Alarp => "ALARP",
            Zone::Intolerable => "intolerable",
        };
        assert_eq!(zone, wanted, "{point}");
    }
}

#[test]
fn qra_003_one_cloud_and_an_even_rose() {
    // A cloud 30 degrees wide to 400 m, 1e-5 a year, an even rose of twelve sectors; the target stands at 300 m, sector 3.
    let rose = Rose::from_sectors(&[1.0; 12]).unwrap();
    let cloud = Footprint::new(400.0, |x, y| if x > 0.0 && y.atan2(x).abs().to_degrees() < 15.0 { 1.0 } else { 0.0 }).unwrap();
    let none = Footprint::none();
    let cloud = Case { frequency_per_year: 1e-5, source: [0.0, 0.0], rose: &rose, individual: &cloud, outdoors: &none, indoors: &none };
    let bearing = 90.0_f64.to_radians();
    let ir = contributions([300.0 * bearing.sin(), 300.0 * bearing.cos()], &[cloud])[0];
    assert!((ir / 8.33333e-7 - 1.0).abs() < 1e-6, "{ir}");
}
