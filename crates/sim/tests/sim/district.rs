//! Who there is and what stands where.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::UnifiedCreditCode;
use anlan_sim::{At, District, PointKind, alpha};

use crate::district;

fn unique<'a>(words: impl Iterator<Item = &'a str>) -> usize {
    words.collect::<BTreeSet<_>>().len()
}

#[test]
fn enterprises_are_those_of_the_map() {
    let all = &district().enterprises;
    assert_eq!(all.len(), 169);
    assert_eq!((all[0].name.as_str(), all[1].name.as_str()), ("示例·澄湾化工", "示例·苇岸化工"));
    assert_eq!(unique(all.iter().map(|e| e.code.as_str())), 169);
    assert_eq!(unique(all.iter().map(|e| e.uscc.as_str())), 169);
    let mut levels = BTreeMap::new();
    for enterprise in all {
        let code = &enterprise.code;
        assert!((2..=16).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()), "{code}");
        assert!(UnifiedCreditCode::parse(enterprise.uscc.as_str()).is_ok());
        assert!(enterprise.name.starts_with("示例"));
        assert!(district().regions.iter().any(|region| region.code == enterprise.region && region.level == 4));
        assert_eq!(enterprise.in_park(), enterprise.region == "320411004" && enterprise.plot.is_some(), "the park lies in one town");
        *levels.entry(enterprise.risk_level).or_insert(0) += 1;
    }
    assert_eq!(levels, BTreeMap::from([("red", 1), ("orange", 21), ("yellow", 69), ("blue", 78)]));
    assert_eq!(all.iter().filter(|enterprise| enterprise.in_park()).count(), 19);
}

#[test]
fn every_town_with_a_cell_has_enterprises() {
    let towns: BTreeSet<_> = district().enterprises.iter().map(|enterprise| enterprise.region).collect();
    assert_eq!(towns.len(), 10, "{towns:?}");
}

#[test]
fn hazard_units_follow_from_their_quantities() {
    let units = &district().units;
    let mut levels = BTreeMap::new();
    for unit in units {
        let ratio = |q: f64, critical: f64| q / critical;
        let s: f64 = unit.chemicals.iter().map(|c| ratio(c.design_quantity, c.critical_quantity)).sum();
        let r: f64 = alpha(unit.people_within_500m)
            * unit.chemicals.iter().map(|c| c.beta * ratio(c.design_quantity, c.critical_quantity)).sum::<f64>();
        assert!((s - unit.s_value).abs() < 1e-6 && (r - unit.r_value).abs() < 1e-6, "{}", unit.key);
        assert_eq!(unit.level.is_some(), unit.s_value >= 1.0, "{}", unit.key);
        assert_eq!(unit.chief.is_some(), unit.level.is_some());
        for person in [&unit.chief, &unit.technical, &unit.operation].into_iter().flatten() {
            assert!(district().person(person).is_some(), "{person}");
        }
        *levels.entry(unit.level.unwrap_or("none")).or_insert(0) += 1;
    }
    let major: i32 = levels.iter().filter(|(level, _)| **level != "none").map(|(_, count)| count).sum();
    assert!(major >= 14, "{levels:?}");
    assert_eq!(levels["level_1"], 1);
    assert_eq!(levels["level_2"], 5);
    let farm = units.iter().find(|unit| unit.key == "CW01-U2").unwrap();
    assert_eq!((farm.name.as_str(), farm.level), ("苯乙烯罐区", Some("level_1")));
}

#[test]
fn points_carry_ids_units_and_limits_that_the_interface_accepts() {
    let district = district();
    assert!(district.points.len() >= 2000, "{}", district.points.len());
    assert_eq!(unique(district.points.iter().map(|point| point.id.as_str())), district.points.len());
    for point in &district.points {
        assert!(point.id.len() <= 64 && point.id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "{}", point.id);
        assert!(point.id.starts_with(&format!("{}.", point.enterprise)));
        assert!(point.span.0 < point.span.1 && point.period_s == 1);
    }
    let detector = &district.points[district.point("CW01.T203.GD-0203").expect("the detector of the leak")];
    assert_eq!((detector.quantity, detector.unit_of_measure, detector.span), ("combustible_gas", "%LEL", (0.0, 100.0)));
    assert_eq!(detector.unit.as_deref(), Some("CW01-U2"));
    let kinds: BTreeSet<_> = district.points.iter().map(|point| point.kind.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["analogue", "switch", "interlock", "bypass"]));
    for weather in ["wind_speed", "wind_direction", "ambient_temperature", "humidity"] {
        assert!(district.points.iter().any(|point| point.equipment == "WS01" && point.quantity == weather), "{weather}");
    }
}

#[test]
fn alarm_limits_stand_in_order_inside_the_span() {
    let district = district();
    for rule in &district.rules {
        let point = &district.points[district.point(&rule.point).unwrap()];
        let limits: Vec<f64> = [rule.ll, rule.l, rule.h, rule.hh].into_iter().flatten().collect();
        assert!(limits.windows(2).all(|pair| pair[0] < pair[1]), "{rule:?}");
        assert!(limits.iter().all(|limit| (point.span.0..=point.span.1).contains(limit)), "{rule:?}");
        assert_eq!(rule.alarm_at.is_some(), point.kind != PointKind::Analogue, "{rule:?}");
        assert_eq!(limits.is_empty(), rule.alarm_at.is_some(), "{rule:?}");
    }
    let leak = district.rules.iter().find(|rule| rule.point == "CW01.T203.GD-0203").unwrap();
    assert_eq!((leak.h, leak.hh, leak.top_priority), (Some(25.0), Some(50.0), Some("highest")));
}

#[test]
fn gateways_share_out_the_points() {
    let district = district();
    let mut next = 0;
    for gateway in &district.gateways {
        assert_eq!(gateway.points.start, next);
        next = gateway.points.end;
        assert!(district.points[gateway.points.clone()].iter().all(|point| point.enterprise == gateway.enterprise));
    }
    assert_eq!(next, district.points.len());
    let parks = district.enterprises.iter().filter(|enterprise| enterprise.in_park()).count();
    assert!(district.gateways.len() > parks, "every park enterprise and a few others");
}

#[test]
fn the_demo_accounts_are_those_of_the_interface() {
    let district = district();
    let first = At::Enterprise(district.enterprises[0].code.clone());
    let second = At::Enterprise(district.enterprises[1].code.clone());
    let (whole, town) = (At::Region("320411"), At::Region("320411004"));
    for (username, role, at) in [
        ("leader", "district_leader", &whole),
        ("duty", "duty_officer", &whole),
        ("supervisor", "bureau_admin", &whole),
        ("head", "bureau_head", &whole),
        ("inspector", "inspector", &whole),
        ("inspector2", "inspector", &whole),
        ("town", "town_officer", &town),
        ("grid", "grid_officer", &town),
        ("enterprise", "enterprise_safety", &first),
        ("principal", "enterprise_principal", &first),
        ("worker", "enterprise_worker", &first),
        ("enterprise2", "enterprise_safety", &second),
        ("expert", "expert", &whole),
        ("third_party", "third_party", &whole),
        ("rescue", "rescue_team_leader", &whole),
        ("storekeeper", "store_keeper", &whole),
        ("sysadmin", "system_admin", &At::Platform),
        ("secadmin", "security_admin", &At::Platform),
        ("auditor", "auditor", &At::Platform),
    ] {
        let person = district.person(username).unwrap_or_else(|| panic!("{username}"));
        assert_eq!((person.role, &person.at, person.listed), (role, at, true), "{username}");
    }
    assert_eq!(district.people.iter().filter(|person| person.listed).count(), 19);
    assert_eq!(unique(district.people.iter().map(|person| person.username.as_str())), district.people.len());
    for person in &district.people {
        assert!(person.name.starts_with("示例"), "{}", person.name);
        assert!(person.units.iter().all(|unit| district.organisations.iter().any(|o| o.key == *unit)), "{}", person.username);
    }
}

#[test]
fn one_seed_gives_one_district() {
    let (again, other) = (District::build(320_411), District::build(1));
    let print = |d: &District| format!("{:?}{:?}{:?}{:?}{:?}", d.enterprises, d.units, d.equipment, d.points, d.rules);
    assert_eq!(print(district()), print(&again));
    assert_ne!(print(district()), print(&other));
}
