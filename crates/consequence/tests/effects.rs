//! Fire, blast and people for any input: a finite figure in its bounds, or a refusal; never NaN, never negative.

use anlan_consequence::domino::{Vessel, failure_by_blast, failure_by_heat};
use anlan_consequence::explosion::{bst, multi_energy, tnt};
use anlan_consequence::fire::{fireball, jet, pool};
use anlan_consequence::vulnerability::{Exposed, ProbitSet, blast_fatality, heat_fatality, toxic_probit};
use proptest::prelude::*;

fn share(p: f64) -> bool {
    (0.0..=1.0).contains(&p)
}

proptest! {

    #[test]
    fn pool_fires(d in 0.1_f64..200.0, flux in 0.005_f64..0.3, wind in 0.0_f64..30.0, rh in 0.0_f64..1.0, x in -500.0_f64..500.0, y in 0.0_f64..500.0) {
        for kind in [pool::FlameKind::Lng, pool::FlameKind::Sooty, pool::FlameKind::LightHydrocarbon] {
            let fire = pool::pool_fire(&pool::PoolFireInput { diameter_m: d, mass_flux: flux, h_c: 45e6, kind, wind_m_s: wind, t_a: 288.0, rh, rho_a: 1.2 }).unwrap();
            let q = fire.flux_kw_m2([x, y, 1.5]);
            prop_assert!(q.is_finite() && q >= 0.0 && q <= fire.emissive_power_kw_m2 * 1.000001, "{q}");
            prop_assert!((q - fire.flux_kw_m2([x, -y, 1.5])).abs() <= 1e-9 * q, "left is as right: {q}");
        }
    }

    #[test]
    fn jet_fires(m in 0.01_f64..500.0, p in 1.02e5_f64..2e7, t in 150.0_f64..400.0, mw in 0.002_f64..0.1, gamma in 1.05_f64..1.67, wind in 0.0_f64..30.0, x in -200.0_f64..300.0, y in 0.0_f64..300.0) {
        for direction in [jet::JetDirection::Horizontal, jet::JetDirection::Vertical] {
            let fire = jet::jet_fire(&jet::JetFireInput {
                mass_rate_kg_s: m, p_0: p, t_0: t, mw, gamma, h_c: 45e6, fuel: jet::JetFuel::of_molar_mass(mw, false),
                stoichiometric_fraction: jet::alkane_stoichiometric_fraction(mw), direction, wind_m_s: wind, t_a: 288.0, p_a: 101_325.0, rh: 0.6,
            }).unwrap();
            prop_assert!(fire.length_m.is_finite() && fire.length_m > 0.0);
            for q in [fire.flux_kw_m2([x, y, 0.0]), fire.solid_flame_flux_kw_m2([x, y, 0.0])] {
                prop_assert!(q.is_finite() && q >= 0.0, "{q} {fire:?}");
            }
        }
    }

    #[test]
    fn fireballs_and_blasts_weaken_with_distance(m in 1.0_f64..1e6, r in 1.0_f64..5e3) {
        let ball = fireball::fireball(&fireball::FireballInput { mass_kg: m, h_c: 46e6, radiated_share: 0.3, t_a: 293.0, rh: 0.5 }).unwrap();
        prop_assert!(ball.flux_kw_m2(r).is_finite() && (ball.flux_kw_m2(2.0 * r) <= ball.flux_kw_m2(r) || r < ball.size.diameter_m));
        let (near, far) = (tnt::kingery_bulmash(m, r).unwrap(), tnt::kingery_bulmash(m, 1.5 * r).unwrap());
        prop_assert!(far.pressure_pa <= near.pressure_pa && far.pressure_pa > 0.0);
        let e = m * 46e6 * 0.05;
        for class in 1..=10 {
            let (near, far) = (multi_energy::blast(e, class, r, 101_325.0, 288.0).unwrap(), multi_energy::blast(e, class, 1.5 * r, 101_325.0, 288.0).unwrap());
            prop_assert!(far.pressure_pa <= near.pressure_pa && far.impulse_pa_s.is_finite());
        }
        for mach in [0.1, 0.4, 1.2, 5.2] {
            let (near, far) = (bst::blast(e, mach, r, 101_325.0, 288.0).unwrap(), bst::blast(e, mach, 1.5 * r, 101_325.0, 288.0).unwrap());
            prop_assert!(far.pressure_pa <= near.pressure_pa * 1.001 && far.impulse_pa_s.is_finite());
        }
    }

    #[test]
    fn shares_are_shares(q in -5.0_f64..500.0, t in 0.0_f64..3600.0, p in 0.0_f64..1e6, c in -1.0_f64..1e6, v in 0.1_f64..1e5) {
        for who in [Exposed::Individual, Exposed::Outdoors, Exposed::Indoors] {
            prop_assert!(share(heat_fatality(q, t, who)) && share(blast_fatality(p, who)));
        }
        let chlorine = toxic_probit("7782-50-5", ProbitSet::Purple).unwrap();
        prop_assert!(share(chlorine.fatality(chlorine.load(c, t / 60.0))));
        for vessel in [Vessel::Atmospheric, Vessel::Pressurised, Vessel::Elongated, Vessel::Auxiliary] {
            prop_assert!(share(failure_by_blast(vessel, p)));
            match failure_by_heat(vessel, q, v, 0.0) {
                Ok(failure) => prop_assert!(failure.time_s > 0.0 && share(failure.probability)),
                Err(_) => prop_assert!(q <= 0.0),
            }
        }
    }
}
