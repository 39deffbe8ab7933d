//! Source terms with random input: an answer without NaN that keeps its mass, or a refusal; never a panic.

mod common;

use anlan_consequence::Refusal;
use anlan_consequence::discharge::burst::{Burst, expand};
use anlan_consequence::discharge::liquefied::{LiquefiedHole, through_hole};
use anlan_consequence::discharge::pipe::{GasPipe, gas};
use anlan_consequence::discharge::rain_out::{Drop, rain_out};
use anlan_consequence::discharge::tank::{Pad, Shape, Tank, outflow};
use anlan_consequence::discharge::vessel::{Boiling, boil_down};
use anlan_consequence::evaporation::boiling::GROUNDS;
use anlan_consequence::evaporation::pool::{Spill, pool};
use anlan_consequence::evaporation::spreading::Surface;
use anlan_consequence::properties::{Substance, substances};
use anlan_consequence::units::Seconds;
use common::decades;
use proptest::prelude::*;

const P_A: f64 = 101_325.0;

fn any_substance() -> impl Strategy<Value = &'static Substance> {
    (0..substances().len()).prop_map(|i| &substances()[i])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_pool_keeps_its_mass(
        s in any_substance(), rate in decades(-2.0, 3.0), duration_s in decades(0.0, 3.6), t_in in 150.0_f64..420.0, t_air in 250.0_f64..315.0,
        u10 in 0.1_f64..20.0, solar in 0.0_f64..900.0, bund in prop::option::of(0.3_f64..30.0), ground in 0_usize..5, water in any::<bool>(),
        drain_kg_s in 0.0_f64..1.0, followed in decades(1.5, 4.0),
    ) {
        let surface = if water { Surface::Water { rho_w: 1000.0, flux: None } } else { Surface::Land { h_min: 0.01 } };
        let spill = Spill {
            substance: s, rate, duration_s, t_in, surface, r_bund: bund, ground: GROUNDS[ground], t_ground: t_air, t_air, p_a: P_A, u10, solar,
            drain_kg_s,
        };
        match pool(&spill, followed) {
            Ok(done) => {
                let spilled = rate * duration_s.min(followed);
                let last = done.course[done.course.len() - 1];
                let found = last.mass + done.evaporated + done.drained + done.flash_kg_s * duration_s.min(followed);
                // What is left of a dry pool is a thousandth.
                prop_assert!((found / spilled - 1.0).abs() < 5e-3, "{found} of {spilled}: {spill:?}");
                for at in &done.course {
                    prop_assert!(at.vapour.is_finite() && at.vapour >= 0.0 && at.radius.is_finite() && at.temperature > 40.0, "{at:?} {spill:?}");
                }
                prop_assert!(done.upper_bound >= done.course.iter().map(|at| at.vapour).fold(0.0, f64::max));
                let told: f64 = done.steps().iter().map(|step| step.mass()).sum();
                prop_assert!(told.is_finite() && told >= 0.0);
            }
            Err(Refusal::NoSolution { model, why }) => prop_assert!(false, "{model}: {why}: {spill:?}"),
            Err(_) => {}
        }
    }

    #[test]
    fn a_liquefied_vessel_leaks_and_its_drops_land_somewhere(
        s in any_substance(), t0 in 200.0_f64..380.0, fill in 0.01_f64..1.0, hole_share in 0.0_f64..1.0, d in decades(-3.0, -0.3),
        path in prop_oneof![Just(0.0), 0.0_f64..0.5], height in 0.0_f64..20.0, t_a in 250.0_f64..315.0, u_wind in 0.0_f64..15.0,
    ) {
        let area = std::f64::consts::PI * d * d / 4.0;
        let hole = LiquefiedHole { substance: s, t0, p0: None, fill, hole_share, head: 0.0, surface: 10.0, area, path, d, p_a: P_A };
        if let Ok(stream) = through_hole(&hole) {
            let jet = stream.jet;
            prop_assert!(stream.rate > 0.0 && jet.u_e > 0.0 && jet.rho_e > 0.0 && (0.0..=1.0).contains(&jet.flash), "{stream:?} {hole:?}");
            prop_assert!((jet.rho_e * jet.u_e * jet.a_e / stream.rate - 1.0).abs() < 1e-6, "{stream:?}");
            let rain = rain_out(&Drop { substance: s, jet: &jet, t0, height, t_a, p_a: P_A, u_wind });
            prop_assert!(!matches!(rain, Err(Refusal::NoSolution { .. })), "{rain:?} {hole:?}");
            if let Ok(rain) = rain {
                prop_assert!((0.0..=1.0 - jet.flash + 1e-12).contains(&rain.share) && rain.touchdown_m.is_none_or(|x| x >= 0.0), "{rain:?}");
            }
        }
    }

    #[test]
    fn a_burst_has_a_cloud(s in any_substance(), mass in decades(0.0, 5.5), t0 in 200.0_f64..400.0, t_a in 250.0_f64..315.0, u10 in 0.0_f64..20.0) {
        match expand(&Burst { substance: s, mass, t0, t_a, p_a: P_A, u10 }) {
            Ok(cloud) => {
                prop_assert!(cloud.radius > 0.0 && cloud.rho > 0.0 && cloud.t > 100.0 && cloud.y > 0.0 && cloud.y <= 1.0, "{cloud:?}");
                prop_assert!((cloud.substance_kg / mass - cloud.airborne).abs() < 1e-9);
            }
            Err(Refusal::NoSolution { model, why }) => prop_assert!(false, "{model}: {why}: {} {t0} {t_a}", s.name_en),
            Err(_) => {}
        }
    }

    #[test]
    fn a_boiling_vessel_ends_somewhere(
        s in any_substance(), t0 in 200.0_f64..350.0, liquid in decades(0.0, 5.0), area in decades(-6.0, -1.5), q_wall in prop_oneof![Just(0.0), decades(2.0, 5.0)],
        duration in decades(1.0, 4.5),
    ) {
        let vessel = Boiling { substance: s, liquid, t0, volume: liquid / 300.0, c_d: 0.85, hole_area: area, p_a: P_A, q_wall };
        if let Ok(out) = boil_down(&vessel, Seconds(duration), 50) {
            prop_assert!(out.released >= 0.0 && out.released <= liquid && out.course.len() == 51, "{out:?}");
            prop_assert!(out.course.iter().all(|at| at.rate.is_finite() && at.temperature > 50.0), "{out:?}");
        }
    }

    #[test]
    fn a_tank_and_a_pipe_stay_sane(
        fill in 0.0_f64..1.0, hole in 0.0_f64..1.2, area in decades(-6.0, -1.0), gauge in 0.0_f64..5e5, pad in 0_usize..3, shape in 0_usize..3,
        duration in decades(0.0, 6.0), p0 in decades(5.01, 7.3), l in decades(-1.0, 5.0), d in decades(-2.0, 0.0), gamma in 1.05_f64..1.7,
    ) {
        let shape = [Shape::VerticalCylinder { r: 2.0, height: 5.0 }, Shape::HorizontalCylinder { r: 1.5, length: 8.0 }, Shape::Sphere { r: 3.0 }][shape];
        let mass = 800.0 * fill * shape.volume(shape.height());
        let pad = [Pad::Open, Pad::Constant(gauge), Pad::Sealed(gauge)][pad];
        let tank = Tank { shape, mass, rho: 800.0, pad, p_a: P_A, hole_height: hole * shape.height(), hole_area: area, c_d: 0.61 };
        let out = outflow(&tank, Seconds(duration), 50).unwrap();
        prop_assert!(out.released >= 0.0 && out.released <= mass * (1.0 + 1e-9), "{out:?} {tank:?}");
        prop_assert!(out.rate.len() == 51 && out.rate.iter().all(|r| r.is_finite() && *r >= 0.0), "{out:?} {tank:?}");
        let pipe = GasPipe { p0, t0: 290.0, m: 0.03, gamma, z: 1.0, d, l, f: 0.005, sum_k: 0.5, p_a: P_A };
        let flow = gas(&pipe).unwrap_or_else(|e| panic!("{e}: {pipe:?}"));
        prop_assert!(flow.rate.is_finite() && flow.rate >= 0.0 && (flow.p_exit > 0.999 * P_A), "{flow:?} {pipe:?}");
    }
}
