//! What leaves as a jet: of gas, or of vapour and drops of which some may rain out.

use serde::{Deserialize, Serialize};

use super::course::Course;
use super::pool::{Fed, under_a_jet};
use super::{Rained, Released, Setting, Source};
use crate::Refusal;
use crate::Validity;
use crate::discharge::expansion::Expanded;
use crate::discharge::gas::GasJet;
use crate::discharge::rain_out::{Drop, rain_out};
use crate::numerics::largest;
use crate::properties::Substance;
use crate::scenario::weather::Air;
use crate::units::{Kelvin, R};
use crate::validity::not_negative;

/// Which way a jet points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// With the wind: the worst for those downwind.
    #[default]
    Horizontal,
    Vertical,
    /// Against the ground, which takes its momentum.
    Down,
}

/// What becomes of the droplets of a flashing jet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RainOut {
    /// All stay in the air: the most that enters it.
    #[default]
    None,
    /// As the drop model says.
    Model,
    /// Only what flashed stays in the air.
    AllLiquid,
}

/// What a jet leaves by: stagnation pressure, Pa, and temperature, K, behind it, where it points and how high, m.
pub(super) struct Mouth {
    pub p_0: f64,
    pub t_0: f64,
    pub direction: Direction,
    pub height_m: f64,
}

/// A jet at ambient pressure: area, m², speed, m/s, temperature, K, density, kg/m³, and the mass share that is droplets.
pub(super) struct Outflow {
    pub area: f64,
    pub speed: f64,
    pub t: f64,
    pub rho: f64,
    pub liquid: f64,
}

impl Outflow {
    pub fn of(jet: &GasJet) -> Self {
        Self { area: jet.a_e, speed: jet.u_e, t: jet.t_e, rho: jet.rho_e, liquid: jet.liquid }
    }
}

pub(super) fn jetted(course: Course, jet: &Outflow, mouth: &Mouth) -> Result<Released, Refusal> {
    let Mouth { p_0, t_0, direction, height_m } = *mouth;
    let source = Source::Jet { area_m2: jet.area, speed_m_s: jet.speed, p_0, t_0, direction };
    let height_m = not_negative("release.height_m", height_m)?;
    Ok(Released { liquid_share: jet.liquid, height_m, ..Released::over(course, source, jet.t, jet.rho) })
}

/// A jet of vapour and drops, less what rains out.
pub(super) fn flashed(at: &mut Setting, course: Course, jet: &Expanded, mouth: &Mouth, rain: RainOut) -> Result<Released, Refusal> {
    let (s, air) = (at.s, at.air);
    let height = not_negative("release.height_m", mouth.height_m)?;
    let outflow_kg_s = course.rate;
    let (mut at_m, mut pool) = (0.0, Vec::new());
    let lost = match rain {
        RainOut::None => {
            if jet.flash < 1.0 {
                at.found.assume("all droplets stay airborne (no rain-out): the upper bound of what enters the air");
            }
            0.0
        }
        RainOut::AllLiquid => {
            at.found.assume("only what flashed stays in the air (rain-out of all liquid): the lower bound of what enters it");
            1.0 - jet.flash
        }
        RainOut::Model => {
            let drop = Drop { substance: s, jet, t0: mouth.t_0, height, t_a: air.t, p_a: air.p, u_wind: air.wind(height.max(2.0)) };
            let fallen = rain_out(&drop)?;
            at.notes.merge(&fallen.notes);
            at.found.model("discharge.rain_out");
            if let Some(x) = fallen.touchdown_m {
                let fed = Fed { rate: fallen.share * outflow_kg_s, duration: course.duration, t: jet.t_e };
                pool = under_a_jet(at, &fed)?;
                at.found.assume(format!(
                    "{:.0} % rains out about {x:.0} m from the hole; while the jet lasts its pool adds up to {:.2} kg/s of vapour to the cloud",
                    100.0 * fallen.share,
                    largest(pool.iter().copied())
                ));
            } else {
                at.found.assume("every drop evaporates before it reaches the ground");
            }
            at_m = fallen.touchdown_m.unwrap_or(0.0);
            fallen.share
        }
    };
    let stays = (1.0 - lost).max(1e-6);
    let drops = stays - jet.flash.min(stays);
    let (own, mut course) = (stays * outflow_kg_s, course.scaled(stays));
    if pool.len() > 1 {
        let dt = course.duration / (pool.len() - 1) as f64;
        course = Course::of(&pool.iter().map(|vapour| own + vapour).collect::<Vec<f64>>(), dt);
    }
    let vapour = (1.0 - drops * outflow_kg_s / course.rate).clamp(0.0, 1.0);
    let rho = mixture_density(s, air, jet.t_e, vapour, &mut at.notes)?;
    // The pool's vapour brings no momentum.
    let speed = jet.u_e * own / course.rate;
    let airborne = Outflow { area: course.rate / (rho * speed), speed, t: jet.t_e, rho, liquid: 1.0 - vapour };
    let rained = (lost > 0.0).then_some(Rained { rate_kg_s: lost * outflow_kg_s, at_m });
    Ok(Released { outflow_kg_s, rained, ..jetted(course, &airborne, mouth)? })
}

/// Density at `t` of vapour (share `x`) with droplets, kg/m³.
pub(super) fn mixture_density(s: &Substance, air: &Air, t: f64, x: f64, notes: &mut Validity) -> Result<f64, Refusal> {
    let gas = x * R * t / (air.p * s.molar_mass().0);
    if x >= 1.0 {
        return Ok(1.0 / gas);
    }
    let rho_l = s.liquid_density(Kelvin(t), notes)?.0;
    Ok(1.0 / (gas + (1.0 - x) / rho_l))
}
