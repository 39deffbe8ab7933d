//! What leaves as a jet: of gas, or of vapour and drops of which some may rain out.

use serde::{Deserialize, Serialize};

use super::course::{Course, End};
use super::pool::{Fed, Under, under_a_jet};
use super::{Jet, Rained, Released, Setting, Source};
use crate::Refusal;
use crate::Validity;
use crate::discharge::expansion::Expanded;
use crate::discharge::gas::GasJet;
use crate::discharge::rain_out::{Drop, rain_out};
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
    /// Only what flashed stays with the jet.
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
    let own = Jet {
        rate_kg_s: course.minute,
        falls: course.minute < 0.99 * course.rate,
        speed_m_s: jet.speed,
        density_kg_m3: jet.rho,
        liquid_share: jet.liquid,
        p_0,
        t_0,
        direction,
    };
    Ok(Released { liquid_share: jet.liquid, height_m, jet: Some(own), ..Released::over(course, source, jet.t, jet.rho) })
}

/// What becomes of the drops that fall: their share of the outflow, how far from the hole, m, and the pool they make there.
struct Fate {
    lost_share: f64,
    at_m: f64,
    pool: Under,
}

/// A smaller share of the outflow than this reads as nothing: it stays with the jet.
const LEAST_SHARE: f64 = 0.005;

/// The share that falls and where, by one of the three beliefs about rain-out.
fn fallen(at: &mut Setting, jet: &Expanded, mouth: &Mouth, height: f64, rain: RainOut) -> Result<Option<(f64, f64)>, Refusal> {
    Ok(match rain {
        RainOut::None => {
            if jet.flash < 1.0 {
                at.found.assume("all droplets stay airborne (no rain-out): the upper bound of what enters the air");
            }
            None
        }
        RainOut::AllLiquid => Some((1.0 - jet.flash, 0.0)),
        RainOut::Model => {
            let air = at.air;
            let drop = Drop { substance: at.s, jet, t0: mouth.t_0, height, t_a: air.t, p_a: air.p, u_wind: air.wind(height.max(2.0)) };
            let rain = rain_out(&drop)?;
            at.notes.merge(&rain.notes);
            at.found.model("discharge.rain_out");
            if rain.touchdown_m.is_none() {
                at.found.assume("every drop evaporates before it reaches the ground");
            }
            rain.touchdown_m.map(|x| (rain.share, x))
        }
    })
}

/// The fate of the drops of a jet that is held for a while; `None` where they stay up. A share without a figure is refused by the pool.
fn fate(at: &mut Setting, course: &Course, jet: &Expanded, mouth: &Mouth, height: f64, rain: RainOut) -> Result<Option<Fate>, Refusal> {
    let fallen = fallen(at, jet, mouth, height, rain)?.filter(|(lost_share, _)| lost_share.is_nan() || *lost_share >= LEAST_SHARE);
    let Some((lost_share, at_m)) = fallen else { return Ok(None) };
    let pool = under_a_jet(at, &Fed { rate: lost_share * course.rate, duration: course.duration, t: jet.t_e })?;
    let (percent, most) = (100.0 * lost_share, pool.most_kg_s);
    at.found.assume(match rain {
        RainOut::AllLiquid => format!(
            "{percent:.0} % rains out at the foot of the hole (rain-out of all liquid); while the jet lasts its pool adds up to {most:.2} \
             kg/s of vapour to the cloud"
        ),
        _ => format!(
            "{percent:.0} % rains out about {at_m:.0} m from the hole; while the jet lasts its pool adds up to {most:.2} kg/s of vapour to \
             the cloud"
        ),
    });
    Ok(Some(Fate { lost_share, at_m, pool }))
}

/// A jet of vapour and drops, less what rains out. Its flame is its own: what rained out burns as a pool.
pub(super) fn flashed(at: &mut Setting, course: Course, jet: &Expanded, mouth: &Mouth, rain: RainOut) -> Result<Released, Refusal> {
    let (s, air) = (at.s, at.air);
    let height = not_negative("release.height_m", mouth.height_m)?;
    let outflow_kg_s = course.rate;
    let fate = fate(at, &course, jet, mouth, height, rain)?;
    let lost_share = fate.as_ref().map_or(0.0, |fate| fate.lost_share);
    let own_share = (1.0 - lost_share).max(1e-6);
    let drops_share = own_share - jet.flash.min(own_share);
    let own_vapour = 1.0 - drops_share / own_share;
    let own_rho = mixture_density(s, air, jet.t_e, own_vapour, &mut at.notes)?;
    let own = course.scaled(own_share);
    let own_kg_s = own.rate;
    let outflow = Outflow { area: own_kg_s / (own_rho * jet.u_e), speed: jet.u_e, t: jet.t_e, rho: own_rho, liquid: 1.0 - own_vapour };
    let alone = jetted(own, &outflow, mouth)?;
    let Some(Fate { at_m, pool, .. }) = fate else { return Ok(Released { outflow_kg_s, ..alone }) };
    let rates: Vec<f64> = pool.rates.iter().map(|vapour_kg_s| own_kg_s + vapour_kg_s).collect();
    let course = Course::of_pool(&rates, pool.dt, End::Known);
    let rate = course.rate;
    let vapour = (1.0 - drops_share * outflow_kg_s / rate).clamp(0.0, 1.0);
    let rho = mixture_density(s, air, jet.t_e, vapour, &mut at.notes)?;
    let rained = Some(Rained { rate_kg_s: lost_share * outflow_kg_s, at_m });
    let liquid_share = 1.0 - vapour;
    if pool.most_kg_s > own_kg_s {
        // So little momentum would make a jet as wide as a house.
        at.found.assume("most of the vapour is that of the pool: the cloud starts from it, on the ground and without the jet's momentum");
        let (fed_kg_s, fed_s) = (lost_share * outflow_kg_s, course.duration);
        let source = Source::Pool { radius_m: pool.radius_m, fed_kg_s, fed_s, bunded: false };
        return Ok(Released { outflow_kg_s, rained, liquid_share, jet: alone.jet, ..Released::over(course, source, jet.t_e, rho) });
    }
    // The pool's vapour brings no momentum.
    let speed = jet.u_e * own_kg_s / rate;
    let mixed = Outflow { area: rate / (rho * speed), speed, t: jet.t_e, rho, liquid: liquid_share };
    Ok(Released { outflow_kg_s, rained, jet: alone.jet, ..jetted(course, &mixed, mouth)? })
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
