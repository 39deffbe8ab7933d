//! The SLAB-like dense-gas model: a cloud averaged over depth and width, steady plume in x, then puff in time. Specification 06 §3.
//!
//! Every form follows the published SLAB equations; `Closure::Improved` changes three of them (§3.8), each for a physical reason.

pub mod ambient;
pub mod cloud;
pub mod field;
pub mod jet;
pub mod plume;
pub mod puff;

use serde::{Deserialize, Serialize};

use crate::mixing::Mixing;
use crate::validity::{positive, within};
use crate::{Note, Refusal, Validity};
use ambient::Ambient;
pub use ambient::Weather;
pub use field::Cloud;

/// Which forms close the equations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closure {
    /// SLAB's own, for comparison with its decks.
    Slab,
    /// §3.8: entrainment at the top by the cloud's own stability, a free jet before the slab, wall-jet mixing after it.
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

/// Where it comes from. Specification 06 §3.2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Source {
    /// Rate kg/s from an area m² for a duration s.
    Pool { q: f64, area: f64, duration: f64 },
    /// Horizontal jet at height m, expanded to ambient pressure: rate kg/s, area m² after expansion, duration s.
    HorizontalJet { q: f64, area: f64, height: f64, duration: f64 },
    /// Mass kg over a ground area m², at rest.
    Instantaneous { mass: f64, area: f64 },
}

const MODEL: &str = "slab";
/// Least wind at 10 m the model answers for, m/s.
pub const LEAST_WIND: f64 = 0.5;

/// Runs the model out to `x_max` m.
pub fn run(release: &Release, weather: &Weather, closure: Closure, x_max: f64) -> Result<Cloud, Refusal> {
    let x_max = within("distance, m", x_max, 1.0, 100_000.0, "between 1 m and 100 km")?;
    let ambient = Ambient::new(weather)?;
    let u10 = ambient.wind(10.0);
    if u10 < LEAST_WIND {
        return Err(Refusal::WindBelowRange { wind_m_s: u10, least_m_s: LEAST_WIND });
    }
    let mixing = mixing(release, weather)?;
    let mut notes = Validity::new();
    notes.range(MODEL, "wind at 10 m, m/s", u10, 1.5, 20.0);
    notes.range(MODEL, "roughness length, m", weather.z0, 1e-4, 0.3);
    notes.add(Note::LeftOut { model: MODEL, what: "obstacles, fences and slopes; water vapour of the air" });
    if (release.m_s - 0.020).abs() < 3e-4 {
        notes.add(Note::LeftOut { model: MODEL, what: "HF chemistry: distances may be wrong by a factor 2" });
    }
    let run = cloud::Run { ambient, mixing, closure, h_s: mixing.source_enthalpy(release.liquid, release.t_s, weather.t_a) };
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
            plume::from_jet(&run, q, area, height, positive("duration, s", duration)?, x_max)?
        }
        Source::Instantaneous { mass, area } => {
            if mass < 0.0 {
                return Err(Refusal::NegativeInventory { mass_kg: mass });
            }
            puff::instantaneous(&run, positive("mass, kg", mass)?, positive("source area, m²", area)?, x_max)?
        }
    };
    cloud.notes.merge(&notes);
    Ok(cloud)
}

fn mixing(release: &Release, weather: &Weather) -> Result<Mixing, Refusal> {
    let m_s = within("molar mass, kg/mol", release.m_s, 0.001, 1.0, "between 0.001 and 1 kg/mol")?;
    let dh = positive("heat of vaporisation, J/kg", release.dh)?;
    positive("source temperature, K", release.t_s)?;
    within("liquid fraction", release.liquid, 0.0, 1.0, "between 0 and 1")?;
    Ok(Mixing {
        m_s,
        m_a: crate::M_AIR,
        cp_s: positive("heat capacity of the vapour, J/(kg K)", release.cp_s)?,
        cp_l: positive("heat capacity of the liquid, J/(kg K)", release.cp_l)?,
        cp_a: crate::CP_AIR,
        dh,
        t_b: positive("boiling temperature, K", release.t_b)?,
        b: release.b_sat.unwrap_or(dh * m_s / crate::R),
        rho_l: positive("liquid density, kg/m³", release.rho_l)?,
        p: positive("ambient pressure, Pa", weather.p)?,
    })
}
