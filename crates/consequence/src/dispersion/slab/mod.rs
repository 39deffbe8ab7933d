//! The SLAB-like dense-gas model: a cloud averaged over depth and width, steady plume in x, then puff in time. Specification 06 §3.
//!
//! Every form follows the published SLAB equations; `Closure::Improved` changes six of them
//! (§3.8 and `docs/models/slab.md`), each for a physical reason, none fitted to a trial.

pub mod ambient;
pub mod cloud;
pub mod field;
pub mod jet;
pub mod plume;
pub mod puff;

use serde::{Deserialize, Serialize};

use libm::log;

use crate::mixing::Mixing;
use crate::properties::Substance;
use crate::validity::{positive, within};
use crate::{Kelvin, Note, Pascal, Refusal, Validity};
use ambient::Ambient;
pub use ambient::Weather;
pub use field::Cloud;

/// Which forms close the equations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closure {
    /// SLAB's own, for comparison with its decks.
    Slab,
    /// §3.8: mixing at the top by the cloud's own stability while that is the stronger, a free jet before the slab, wall-jet mixing after it;
    /// and no lift-off, no current shallower than the roughness, no widening in place.
    Improved,
}

/// What is released; SI.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Release {
    pub source: Source,
    /// Molar mass, kg/mol.
    pub m_s: f64,
    /// Heat capacities of vapour and liquid, J/(kg K).
    pub cp_s: f64,
    pub cp_l: f64,
    /// Heat of vaporisation, J/kg, boiling temperature at ambient pressure, K, liquid density, kg/m³.
    pub dh: f64,
    pub t_b: f64,
    pub rho_l: f64,
    /// Constant of the vapour pressure, K; `None` takes Clausius–Clapeyron.
    pub b_sat: Option<f64>,
    /// Temperature, K, and liquid mass fraction of what is released.
    pub t_s: f64,
    pub liquid: f64,
}

impl Release {
    /// A substance of the table, released at `t_s` K with a share `liquid` of it in droplets, into air of pressure `p`.
    ///
    /// The vapour pressure's constant is the slope of the table's own curve at the boiling point. A gas without droplets needs no property of
    /// its liquid: it does not condense when it mixes with air.
    pub fn of(s: &Substance, source: Source, t_s: f64, liquid: f64, p: f64) -> Result<Self, Refusal> {
        let mut notes = Validity::new();
        let t_b = s.boiling_point(Pascal(p))?.0;
        let slope = |notes: &mut Validity| -> Result<f64, Refusal> {
            let (low, high) = (t_b - 1.0, t_b + 1.0);
            let rise = log(s.vapour_pressure(Kelvin(high), notes)?.0 / s.vapour_pressure(Kelvin(low), notes)?.0);
            Ok(rise / (1.0 / low - 1.0 / high))
        };
        Ok(Self {
            source,
            m_s: s.molar_mass().0,
            cp_s: s.cp_gas_J_kgK,
            cp_l: if liquid > 0.0 { s.cp_liquid()? } else { s.cp_liq_J_kgK.unwrap_or(s.cp_gas_J_kgK) },
            dh: s.heat_of_vaporisation(Kelvin(t_b))?,
            t_b,
            rho_l: s.liquid_density(Kelvin(t_b), &mut notes)?.0,
            b_sat: Some(slope(&mut notes)?),
            t_s,
            liquid,
        })
    }
}

/// Where it comes from. Specification 06 §3.2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Source {
    /// Rate kg/s from an area m² for a duration s.
    Pool { q: f64, area: f64, duration: f64 },
    /// Horizontal jet at height m, expanded to ambient pressure: rate kg/s, area m² after expansion, duration s.
    HorizontalJet { q: f64, area: f64, height: f64, duration: f64 },
    /// A jet straight up from a height m; the rest as for a horizontal one.
    VerticalJet { q: f64, area: f64, height: f64, duration: f64 },
    /// Mass kg over a ground area m², at rest.
    Instantaneous { mass: f64, area: f64 },
}

const MODEL: &str = "slab";
/// Least wind at 10 m the model answers for, m/s.
pub const LEAST_WIND: f64 = 0.5;

/// Runs the model out to `x_max` m.
pub fn run(release: &Release, weather: &Weather, closure: Closure, x_max: f64) -> Result<Cloud, Refusal> {
    run_until(release, weather, closure, x_max, 0.0)
}

/// Runs the model out to `x_max` m, or until the concentration is nowhere above `least`, a volume fraction, any more.
pub fn run_until(release: &Release, weather: &Weather, closure: Closure, x_max: f64, least: f64) -> Result<Cloud, Refusal> {
    follow(release, weather, closure, x_max, least, 1.0)
}

fn follow(release: &Release, weather: &Weather, closure: Closure, x_max: f64, least: f64, stride: f64) -> Result<Cloud, Refusal> {
    let x_max = within("distance, m", x_max, 1.0, 100_000.0, "between 1 m and 100 km")?;
    let ambient = Ambient::new(weather)?;
    let u10 = ambient.wind(10.0);
    if u10 < LEAST_WIND {
        return Err(Refusal::WindBelowRange { wind_m_s: u10, least_m_s: LEAST_WIND });
    }
    let mixing = mixing(release, &ambient)?;
    let mut notes = Validity::new();
    notes.range(MODEL, "wind at 10 m, m/s", u10, 1.5, 20.0);
    notes.range(MODEL, "roughness length, m", weather.z0, 1e-4, 0.3);
    notes.add(Note::LeftOut { model: MODEL, what: "obstacles, fences and slopes" });
    // By molar mass it could be neon as well.
    if (release.m_s - 0.020).abs() < 3e-4 && release.t_b > 200.0 {
        notes.add(Note::LeftOut { model: MODEL, what: "HF chemistry: distances may be wrong by a factor 2" });
    }
    let run = cloud::Run { ambient, mixing, closure, stride, least, h_s: mixing.source_enthalpy(release.liquid, release.t_s, weather.t_a) };
    let mut cloud = match release.source {
        Source::Pool { q, area, duration } => plume::from_pool(
            &run,
            positive("rate, kg/s", q)?,
            positive("source area, m²", area)?,
            positive("duration, s", duration)?,
            x_max,
        )?,
        Source::HorizontalJet { q, area, height, duration } => {
            within("height, m", height, 0.0, 200.0, "between 0 and 200 m")?;
            let (q, area) = (positive("rate, kg/s", q)?, positive("jet area, m²", area)?);
            plume::from_jet(&run, q, area, height, 0.0, positive("duration, s", duration)?, x_max)?
        }
        Source::VerticalJet { q, area, height, duration } => {
            within("height, m", height, 0.0, 200.0, "between 0 and 200 m")?;
            let (q, area) = (positive("rate, kg/s", q)?, positive("jet area, m²", area)?);
            plume::from_jet(&run, q, area, height, std::f64::consts::FRAC_PI_2, positive("duration, s", duration)?, x_max)?
        }
        Source::Instantaneous { mass, area } => {
            if mass < 0.0 {
                return Err(Refusal::NegativeInventory { mass_kg: mass });
            }
            puff::instantaneous(&run, positive("mass, kg", mass)?, positive("source area, m²", area)?, x_max)?
        }
    };
    cloud.notes.merge(&notes);
    let end = cloud.stations.last().map_or(0.0, |s| s.x);
    if end < x_max && !cloud.stations.last().is_some_and(|s| run.thinned_out(s.m)) {
        cloud.notes.add(Note::Held { model: MODEL, input: "farthest distance, m", given: x_max, used: end });
    }
    Ok(cloud)
}

fn mixing(release: &Release, ambient: &Ambient) -> Result<Mixing, Refusal> {
    let m_s = within("molar mass, kg/mol", release.m_s, 0.001, 1.0, "between 0.001 and 1 kg/mol")?;
    let dh = positive("heat of vaporisation, J/kg", release.dh)?;
    positive("source temperature, K", release.t_s)?;
    within("liquid fraction", release.liquid, 0.0, 1.0, "between 0 and 1")?;
    Ok(Mixing {
        m_s,
        m_a: crate::M_AIR,
        q_a: ambient.q_a,
        cp_s: positive("heat capacity of the vapour, J/(kg K)", release.cp_s)?,
        cp_l: positive("heat capacity of the liquid, J/(kg K)", release.cp_l)?,
        cp_a: crate::CP_AIR,
        dh,
        t_b: positive("boiling temperature, K", release.t_b)?,
        b: release.b_sat.unwrap_or(dh * m_s / crate::R),
        rho_l: positive("liquid density, kg/m³", release.rho_l)?,
        p: ambient.p,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discharge::round;

    const WEATHER: Weather =
        Weather { u: 3.0, z_m: 10.0, z0: 0.03, inverse_length: 0.02, t_a: 293.0, p: crate::P0, humidity: 0.6, sigma_theta: None };

    fn chlorine(source: Source, liquid: f64) -> Release {
        Release::of(crate::properties::substance("7782-50-5").unwrap(), source, 239.2, liquid, crate::P0).unwrap()
    }

    fn sources() -> [Release; 4] {
        [
            chlorine(Source::Pool { q: 5.0, area: 50.0, duration: 600.0 }, 0.0),
            chlorine(Source::HorizontalJet { q: 5.0, area: 0.006, height: 1.0, duration: 600.0 }, 0.8),
            chlorine(Source::VerticalJet { q: 5.0, area: 0.006, height: 3.0, duration: 600.0 }, 0.8),
            chlorine(Source::Instantaneous { mass: 2000.0, area: 60.0 }, 0.8),
        ]
    }

    #[test]
    fn a_station_without_a_figure_has_no_reach() {
        let mut cloud = follow(&sources()[0], &WEATHER, Closure::Slab, 1000.0, 0.0, 1.0).unwrap();
        assert!(cloud.reach(1e-3, 0.0, 600.0).unwrap().is_finite());
        // Beyond the level's reach nothing else would tell of it.
        cloud.stations.last_mut().unwrap().m = f64::NAN;
        assert!(cloud.reach(1e-3, 0.0, 600.0).unwrap().is_nan());
    }

    #[test]
    fn half_the_step_changes_less_than_a_hundredth() {
        for release in sources() {
            for closure in [Closure::Slab, Closure::Improved] {
                for z0 in [0.03, 0.3] {
                    let weather = Weather { z0, ..WEATHER };
                    let [one, half] = [1.0, 0.5].map(|stride| follow(&release, &weather, closure, 3000.0, 0.0, stride).unwrap());
                    for x in [100.0, 500.0, 2000.0] {
                        let ratio = one.maximum(x, 600.0) / half.maximum(x, 600.0);
                        assert!((ratio - 1.0).abs() < 0.01, "{:?} {closure:?} z0 {z0} {x} m: {ratio}", release.source);
                    }
                }
            }
        }
    }

    #[test]
    fn a_run_that_may_stop_early_says_the_same_as_far_as_it_goes() {
        for release in sources() {
            let whole = run(&release, &WEATHER, Closure::Improved, 20_000.0).unwrap();
            let early = run_until(&release, &WEATHER, Closure::Improved, 20_000.0, 1e-4).unwrap();
            assert!(early.stations.len() < whole.stations.len());
            assert_eq!(early.reach(1e-4, 1.5, 0.0), whole.reach(1e-4, 1.5, 0.0));
        }
    }

    #[test]
    fn a_free_jet_draws_air_as_measured() {
        // Far from the nozzle the flux grows by 0.32 x/d_eq (§3.8 item 0).
        let ambient = Ambient::new(&Weather { u: 0.5, z_m: 10.0, inverse_length: 0.0, ..WEATHER }).unwrap();
        let release = chlorine(Source::HorizontalJet { q: 10.0, area: 0.1, height: 1.0, duration: 600.0 }, 0.0);
        let mixing = mixing(&Release { m_s: ambient.m_a, cp_s: crate::CP_AIR, ..release }, &ambient).unwrap();
        let run = cloud::Run { ambient, mixing, closure: Closure::Improved, stride: 1.0, least: 0.0, h_s: 0.0 };
        let q = 10.0;
        let start = jet::Free::new(0.0, 50.0, round(0.3), q, ambient.rho_a, 0.0);
        let d_eq = libm::sqrt(4.0 * q / (std::f64::consts::PI * ambient.rho_a * start.u));
        let end = jet::free(&run, q, &start);
        let growth = (end.flux / q - 1.0) / (end.x / d_eq);
        assert!((0.24..0.40).contains(&growth), "{growth} over {} diameters", end.x / d_eq);
    }

    #[test]
    fn a_vertical_jet_comes_down_farther_off_and_weaker() {
        let [_, across, up, _] = sources();
        let near = |r: &Release| run(r, &WEATHER, Closure::Improved, 3000.0).unwrap().concentration(20.0, 0.0, 1.5, 600.0);
        assert!(near(&up) < 0.7 * near(&across), "{} {}", near(&up), near(&across));
    }

    #[test]
    fn what_is_lighter_than_air_rises() {
        let hydrogen = crate::properties::substance("1333-74-0").unwrap();
        let source = Source::HorizontalJet { q: 1.0, area: 0.3, height: 1.0, duration: 600.0 };
        let release = Release::of(hydrogen, source, 293.0, 0.0, crate::P0).unwrap();
        let cloud = run(&release, &WEATHER, Closure::Improved, 1000.0).unwrap();
        assert!(cloud.at(500.0).unwrap().z_c > 20.0, "{:?}", cloud.at(500.0));
    }

    #[test]
    fn damp_air_warms_a_cold_cloud() {
        let methane = crate::properties::substance("74-82-8").unwrap();
        let release = Release::of(methane, Source::Instantaneous { mass: 1.0, area: 1.0 }, 111.7, 0.0, crate::P0).unwrap();
        let state = |humidity: f64| {
            let ambient = Ambient::new(&Weather { humidity, ..WEATHER }).unwrap();
            let mixing = mixing(&release, &ambient).unwrap();
            let cold = 0.3 * mixing.source_enthalpy(0.0, 111.7, WEATHER.t_a);
            mixing.state(0.3, cold, WEATHER.t_a).unwrap()
        };
        let (dry, damp) = (state(0.0), state(0.9));
        // 0.7 kg of air at 20 °C and 90 % holds 9 g of water, whose condensation warms a kilogram by some 16 K.
        assert!((damp.t - dry.t - 16.0).abs() < 3.0, "{} {}", dry.t, damp.t);
        assert!(damp.rho < dry.rho);
    }
}
