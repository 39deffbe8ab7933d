//! The work whose speed is promised, as closures a caller with a clock can time; this crate reads none.

use std::sync::atomic::AtomicBool;

use crate::dispersion::plume::Plume;
use crate::dispersion::sigma::SigmaSet;
use crate::dispersion::slab::{self, Closure};
use crate::inversion::{self, Reading, Search};
use crate::meteorology::{Stability, length};
use crate::qra::footprint::Footprint;
use crate::qra::individual::{Grid, risk_grid};
use crate::qra::rose::Rose;
use crate::qra::{Case, Progress};
use crate::scenario::{Description, from_toml, run};

/// One piece of work and the time it may take.
pub struct Bench {
    /// Its key in the figures: the work and its unit, `_ms` or `_s`.
    pub figure: &'static str,
    pub what: &'static str,
    /// s per call, on as many cores as it has threads.
    pub limit_s: f64,
    pub threads: usize,
    /// Does the work and returns a figure of it, so that nothing is optimised away.
    pub run: Box<dyn FnMut() -> f64>,
}

/// A chlorine leak on a district map: what the full-scenario figure is taken with.
pub const SCENARIO: &str = "
name = 'chlorine, 10 mm hole'
substance = '7782-50-5'
[site]
longitude = 119.97
latitude = 31.81
[weather]
wind_m_s = 3.0
wind_from_deg = 120
stability = 'D'
temperature_c = 20
humidity = 0.6
roughness_m = 0.1
[release]
kind = 'liquefied_hole'
temperature_c = 20
hole_mm = 10
path_m = 0
inventory_kg = 1000
height_m = 1
";

pub fn benches() -> Vec<Bench> {
    let plume = Plume { q: 1.0, u: 3.0, h: 2.0, stability: Stability::D, sigmas: SigmaSet::BriggsRural, h_mix: None, averaging_s: 600.0 };
    let description: Description = from_toml(SCENARIO).expect("the scenario is read by the tests of every build");
    vec![
        Bench {
            figure: "gaussian_footprint_ms",
            what: "outline of a Gaussian plume, 80 stations",
            limit_s: 1e-4,
            threads: 1,
            run: Box::new(move || {
                let mut outline = [(0.0, 0.0); 80];
                plume.footprint(1e-5, 1.5, Some(600.0), &mut outline);
                outline[40].1
            }),
        },
        Bench { figure: "dense_run_ms", what: "SLAB-like run to 5 km", limit_s: 1e-3, threads: 1, run: Box::new(dense) },
        Bench {
            figure: "full_scenario_ms",
            what: "a described leak to zones on the map",
            limit_s: 5e-3,
            threads: 1,
            run: Box::new(move || {
                let map = run(&description).ok().and_then(|outcome| outcome.geojson().ok());
                map.map_or(f64::NAN, |map| map["features"].as_array().map_or(0.0, |f| f.len() as f64))
            }),
        },
        Bench {
            figure: "qra_grid_s",
            what: "risk of 1,000 scenario-weathers × 36 directions on 200 × 200 cells",
            limit_s: 10.0,
            threads: 2,
            run: Box::new(|| risk(1000, 2)),
        },
        Bench {
            figure: "inversion_ms",
            what: "a source from the readings of 20 detectors",
            limit_s: 50e-3,
            threads: 1,
            run: Box::new(invert),
        },
    ]
}

/// Chlorine boiling off a pool at 5 kg/s, followed to 5 km.
fn dense() -> f64 {
    let release = slab::Release {
        source: slab::Source::Pool { q: 5.0, area: 50.0, duration: 600.0 },
        m_s: 0.0709,
        cp_s: 480.0,
        cp_l: 940.0,
        dh: 287_000.0,
        t_b: 239.2,
        rho_l: 1558.0,
        b_sat: None,
        t_s: 239.2,
        liquid: 0.0,
    };
    let weather = slab::Weather {
        u: 3.0,
        z_m: 10.0,
        z0: 0.1,
        inverse_length: length::inverse_length_slab(Stability::D, 0.1),
        t_a: 293.15,
        p: crate::P0,
        humidity: 0.0,
        sigma_theta: None,
    };
    slab::run(&release, &weather, Closure::Improved, 5_000.0).map_or(f64::NAN, |cloud| cloud.concentration(1_000.0, 0.0, 1.5, 600.0))
}

/// Twenty detectors in the lee of 0.4 kg/s.
fn invert() -> f64 {
    let plume = Plume { q: 0.4, u: 3.0, h: 1.0, stability: Stability::D, sigmas: SigmaSet::BriggsRural, h_mix: None, averaging_s: 600.0 };
    let readings: Vec<Reading> = (0..20)
        .map(|i| {
            let (east, north) = (50.0 + 70.0 * f64::from(i % 4), -60.0 + 45.0 * f64::from(i / 4));
            Reading { east, north, z: 1.5, c: plume.concentration(east + 60.0, north - 35.0, 1.5) }
        })
        .collect();
    let search = Search {
        u: plume.u,
        wind_from_deg: 270.0,
        stability: plume.stability,
        averaging_s: plume.averaging_s,
        h: plume.h,
        centre: (0.0, 0.0),
        half: 400.0,
        threshold: 1e-8,
    };
    inversion::invert(&readings, &search).map_or(f64::NAN, |found| found.rate)
}

/// Risk of `n` scenario-weathers from ten places, plumes of 200 m to 3 km, on 200 × 200 cells of 25 m.
pub fn risk(n: usize, threads: usize) -> f64 {
    let sectors: Vec<f64> = (0..36).map(|k| 1.0 + f64::from(k % 7)).collect();
    let rose = Rose::from_sectors(&sectors).expect("shares are positive");
    let footprints: Vec<Footprint> = (0..n)
        .map(|i| {
            let reach = 200.0 + 2_800.0 * i as f64 / n as f64;
            let share = move |x: f64, y: f64| if x <= 0.0 { 0.0 } else { libm::exp(-3.0 * x / reach - y * y / (0.03 * x * x)) };
            Footprint::new(reach, |x, y| if share(x, y) > 1e-3 { share(x, y) } else { 0.0 }).expect("the reach is positive")
        })
        .collect();
    let cases: Vec<Case> = footprints
        .iter()
        .enumerate()
        .map(|(i, footprint)| Case {
            frequency_per_year: 1e-6,
            source: [(i * 10 / n) as f64 * 100.0 - 500.0, 0.0],
            rose: &rose,
            individual: footprint,
            outdoors: footprint,
            indoors: footprint,
        })
        .collect();
    let grid = Grid { origin: [-2_500.0, -2_500.0], cell_m: 25.0, columns: 200, rows: 200 };
    let cancel = AtomicBool::new(false);
    let risk = risk_grid(grid, &cases, threads, Progress { tell: &|_, _| (), cancel: &cancel });
    risk.map_or(f64::NAN, |risk| risk.per_year.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bench_has_work_to_do() {
        for mut bench in benches().into_iter().filter(|bench| bench.limit_s < 1.0) {
            assert!((bench.run)().is_finite(), "{}", bench.figure);
        }
        assert!(risk(12, 2) > 0.0);
    }
}
