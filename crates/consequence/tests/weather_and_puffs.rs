//! Weather and puffs with random input: finite answers, or a refusal; never a panic.

mod common;

use anlan_consequence::dispersion::box_model::{Constants, HeavyPuff};
use anlan_consequence::dispersion::britter_mcquaid::DensePuff;
use anlan_consequence::dispersion::puff::{Drift, WindFrom};
use anlan_consequence::dispersion::sigma::SigmaSet;
use anlan_consequence::evaporation::steps::RateStep;
use anlan_consequence::meteorology::radiation::{Observation, turbulence};
use anlan_consequence::meteorology::{Stability, length};
use anlan_consequence::mixing::Mixing;
use anlan_consequence::properties::substances;
use anlan_consequence::{Refusal, Validity};
use common::decades;
use proptest::prelude::*;

proptest! {

    #[test]
    fn a_heavy_puff_thins_out(
        i in 0_usize..90, mass in decades(0.0, 5.5), air in prop_oneof![Just(0.0), 0.1_f64..20.0], liquid in prop_oneof![Just(0.0), 0.0_f64..1.0],
        u_star in 0.03_f64..1.0, inverse_length in -0.1_f64..0.1, z0 in decades(-4.0, 0.0), t_a in 250.0_f64..315.0,
    ) {
        let s = &substances()[i % substances().len()];
        let Ok(mixing) = Mixing::of(s, 101_325.0) else { return Ok(()) };
        let t_s = if liquid > 0.0 { s.t_boil_K } else { s.t_boil_K.max(t_a) };
        let puff = HeavyPuff {
            mixing: &mixing, mass, air: air * mass, t_s, liquid, aspect: 1.0, u_star, inverse_length, z0, t_a, constants: Constants::default(),
        };
        match puff.run(2000.0) {
            Ok(run) => {
                prop_assert!(run.course.iter().all(|b| b.fraction.is_finite() && b.radius.is_finite() && b.x >= 0.0), "{} {puff:?}", s.name_en);
                // The stepper keeps 1e-4 a step; a puff that stands still may waver by that.
                prop_assert!(run.course.windows(2).all(|w| w[1].fraction <= w[0].fraction * 1.001));
                prop_assert!(run.peak(50.0).is_none_or(|c| (0.0..=1.0).contains(&c)));
            }
            Err(Refusal::NoSolution { model, why }) => prop_assert!(false, "{model}: {why}: {} {puff:?}", s.name_en),
            Err(_) => {}
        }
    }

    #[test]
    fn puffs_drift(u in 0.1_f64..20.0, turn in 0.0_f64..360.0, class in 1.0_f64..6.0, then in 1.0_f64..6.0, t in 0.0_f64..3000.0, x in -3000.0_f64..3000.0) {
        let wind = [
            WindFrom { at: 0.0, u, from_deg: 270.0, stability: Stability(class) },
            WindFrom { at: 600.0, u, from_deg: turn, stability: Stability(then) },
        ];
        let release = [RateStep { from: 0.0, to: 300.0, rate: 1.0 }, RateStep { from: 300.0, to: 900.0, rate: 0.2 }];
        for sigmas in [SigmaSet::BriggsRural, SigmaSet::Isc3Rural, SigmaSet::Tno { z0: 0.1 }] {
            let drift = Drift { release: &release, wind: &wind, h: 1.0, sigmas, h_mix: None, nearest: 300.0 };
            match drift.at(t) {
                Ok(train) => {
                    let c = train.concentration(x, 0.5 * x, 1.5);
                    prop_assert!(c.is_finite() && c >= 0.0 && train.mean_distance().is_finite(), "{c} {drift:?}");
                    let mass: f64 = train.puffs.iter().map(|p| p.m).sum();
                    let left = t.min(300.0) + 0.2 * (t - 300.0).clamp(0.0, 600.0);
                    prop_assert!((mass - left).abs() < 1e-6 * left.max(1.0), "{mass} of {left}");
                }
                Err(refusal) => prop_assert!(u < 0.5, "{refusal}"),
            }
        }
        let puff = DensePuff { v0: 10.0 * x.abs() + 1.0, rho0: 1.3 + u, u10: u, rho_a: 1.2 };
        if puff.checked().is_ok() {
            let t = puff.arrival(5.0, x.abs());
            prop_assert!(t.is_finite() && t >= 0.0);
        }
    }

    #[test]
    fn stability_follows_from_any_weather(
        u in 0.2_f64..20.0, z0 in decades(-4.0, 0.0), elevation_deg in -60.0_f64..85.0, n in 0.0_f64..1.0, t in 250.0_f64..315.0, d_theta in -3.0_f64..6.0,
    ) {
        let mut notes = Validity::new();
        let o = Observation { u, z_m: 10.0, z0, elevation_deg, n, t, rho: 1.2 };
        let by_sun = turbulence(&o, &mut notes);
        prop_assert!(by_sun.as_ref().is_ok_and(|got| got.u_star > 0.0 && got.inverse_length.is_finite()), "{by_sun:?} {o:?}");
        let by_tower = length::from_temperature_difference(u, 10.0, z0, d_theta, 2.0, 10.0, t, &mut notes);
        prop_assert!(by_tower.as_ref().is_ok_and(|got| got.u_star > 0.0 && got.inverse_length * d_theta >= 0.0), "{by_tower:?} {d_theta} {o:?}");
    }
}
