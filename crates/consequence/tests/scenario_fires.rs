//! Scenarios that burn or explode: jets, pools, balls and flash fires, and blasts of clouds, vessels and charges.

mod common;

use anlan_consequence::Note;
use anlan_consequence::scenario::{Congestion, Description, Effects, ExplosionKind, FireKind, Outcome, Uncertainty, from_toml, run};
use anlan_consequence::zones::{Hazard, Threat};
use common::{BENZENE, BURST, METHANE, PROPANE, WEATHER, congested, left_out, says, scenario};

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
    d.uncertainty = Some(Uncertainty { samples: 30, seed: 3 });
    check(&d);
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
fn a_vessel_of_nitrogen_bursts_with_its_blast_alone() {
    for (cas, release) in [
        ("7727-37-9", "kind = 'gas_burst'\npressure_pa = 2e7\ntemperature_c = 20\nvolume_m3 = 10"),
        ("7732-18-5", "kind = 'burst'\nmass_kg = 5000\ntemperature_c = 180"),
    ] {
        let outcome = run(&scenario(cas, release)).unwrap();
        assert!(outcome.zones.len() == 3 && outcome.zones.iter().all(|zone| zone.level.hazard == Hazard::Blast), "{cas}");
        assert!(outcome.reach(Hazard::Blast, Threat::Yellow).unwrap() > 5.0 && left_out(&outcome, "the cloud of the burst"), "{cas}");
    }
    // What flows for a while and does nothing is refused as before.
    let hole = "kind = 'gas_hole'\npressure_pa = 2e6\ntemperature_c = 20\nhole_mm = 10\ninventory_kg = 100\nheight_m = 1";
    assert!(run(&scenario("7727-37-9", hole)).is_err());
}

#[test]
fn a_charge_needs_no_substance_and_nothing_else_goes_without() {
    let of = |head: &str, release: &str| from_toml(&format!("name = 'x'\n{head}\n{WEATHER}\n[release]\n{release}"));
    let charge = "kind = 'explosive'\nmass_kg = 1000\ntnt_share = 0.4";
    let reach = |outcome: &Outcome| outcome.reach(Hazard::Blast, Threat::Yellow).unwrap();
    let bare = run(&of("", charge).unwrap()).unwrap();
    assert!(bare.substance == "explosive" && bare.substance_zh == "爆炸物" && bare.description.substance.is_empty());
    // TNT is in no table of gases; a substance of the table keeps its name.
    let tnt = run(&of("substance = '118-96-7'", charge).unwrap()).unwrap();
    let named = run(&of("substance = '74-98-6'", charge).unwrap()).unwrap();
    assert!(named.substance == "propane" && [reach(&tnt), reach(&named)] == [reach(&bare); 2]);
    let refused = of("", METHANE).unwrap_err();
    assert!(refused.to_string().contains("missing field `substance`"), "{refused}");
    assert!(run(&of("substance = '118-96-7'", METHANE).unwrap()).is_err());
}

#[test]
fn the_flame_of_a_line_that_loses_pressure_is_that_of_its_first_minute() {
    let line = "kind = 'gas_pipe'\npressure_pa = 6.4e6\ntemperature_c = 15\ndiameter_mm = 660\nlength_m = 20000\nheight_m = 1";
    let outcome = run(&scenario("74-82-8", line)).unwrap();
    let effects = Effects::of(&scenario("74-82-8", line)).unwrap();
    let (r, flame) = (effects.released(), &effects.fires()[0]);
    assert!(flame.burns_kg_s < 0.7 * r.rate_kg_s && flame.burns_kg_s > r.mean_rate_kg_s, "{} of {}", flame.burns_kg_s, r.rate_kg_s);
    assert!(says(&outcome, "mean rate of the first minute") && flame.duration_s == r.duration_s);
    // A rate that is held says nothing of a minute.
    assert!(!says(&run(&scenario("74-98-6", PROPANE)).unwrap(), "first minute"));
}
