//! A liquid on the ground: what it lies on, what flashes at once, and what its pool gives off.

use serde::{Deserialize, Serialize};

use super::course::{Course, End, LONGEST_S, WORST_S};
use super::{Released, Setting, Source};
use crate::Refusal;
use crate::evaporation::boiling::{self, GROUNDS};
use crate::evaporation::pool::{Pool, Spill, pool};
use crate::evaporation::spreading;
use crate::units::{Pascal, R};
use crate::validity::{not_negative, positive};

/// What a pool lies on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    SmoothConcrete,
    #[default]
    Paved,
    GravelOrSand,
    Grass,
    Water,
}

impl Surface {
    /// As the pool spreads on it, and in words.
    fn row(self) -> (spreading::Surface, &'static str) {
        match self {
            Self::SmoothConcrete => (spreading::Surface::Land { h_min: 0.005 }, "smooth concrete, pool 5 mm deep at least"),
            Self::Paved => (spreading::Surface::Land { h_min: 0.010 }, "paved ground, pool 10 mm deep at least"),
            Self::GravelOrSand => (spreading::Surface::Land { h_min: 0.0225 }, "gravel or sand, pool 22 mm deep at least"),
            Self::Grass => (spreading::Surface::Land { h_min: 0.015 }, "grass, pool 15 mm deep at least"),
            Self::Water => (spreading::Surface::Water { rho_w: 1000.0, flux: None }, "water"),
        }
    }
}

/// What is under the surface: sets the heat that reaches a cold pool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    #[default]
    Average,
    DrySand,
    MoistSand,
    HeavyConcrete,
    Gravel,
}

impl Ground {
    fn row(self) -> boiling::Ground {
        GROUNDS[match self {
            Self::Average => 0,
            Self::DrySand => 1,
            Self::MoistSand => 2,
            Self::HeavyConcrete => 3,
            Self::Gravel => 4,
        }]
    }
}

/// Where a liquid that reaches the ground spreads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basin {
    /// Radius of the bund, m; without it the pool runs out to its least depth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bund_radius_m: Option<f64>,
    #[serde(default)]
    pub surface: Surface,
    #[serde(default)]
    pub ground: Ground,
    /// Solar radiation on the pool, W/m².
    #[serde(default)]
    pub solar_w_m2: f64,
}

/// The liquid that feeds a pool: rate, kg/s, for how long, s, and its temperature, K.
pub(super) struct Fed {
    pub rate: f64,
    pub duration: f64,
    pub t: f64,
}

/// The pool of what is fed to a basin, followed for `until` s.
fn followed(at: &mut Setting, fed: &Fed, basin: &Basin, until: f64) -> Result<Pool, Refusal> {
    let spill = Spill {
        substance: at.s,
        rate: fed.rate,
        duration_s: fed.duration,
        t_in: fed.t,
        surface: basin.surface.row().0,
        r_bund: basin.bund_radius_m.map(|r| positive("release.bund_radius_m", r)).transpose()?,
        ground: basin.ground.row(),
        t_ground: at.air.t,
        t_air: at.air.t,
        p_a: at.air.p,
        u10: at.air.u10,
        solar: not_negative("release.solar_w_m2", basin.solar_w_m2)?,
        drain_kg_s: 0.0,
    };
    at.found.model("evaporation.pool");
    let pool = pool(&spill, until)?;
    at.notes.merge(&pool.notes);
    Ok(pool)
}

/// The pool under a jet.
pub(super) struct Under {
    /// Vapour, kg/s, at even steps of `dt` s from the first drop to the last.
    pub rates: Vec<f64>,
    pub dt: f64,
    /// The most over a minute, kg/s.
    pub most_kg_s: f64,
    /// Widest radius, m.
    pub radius_m: f64,
}

/// What the pool under a jet gives off while it is fed.
pub(super) fn under_a_jet(at: &mut Setting, fed: &Fed) -> Result<Under, Refusal> {
    let pool = followed(at, fed, &Basin::default(), fed.duration)?;
    let dt = pool.course.get(1).map(|at| at.t).ok_or(NO_COURSE)?;
    let rates: Vec<f64> = pool.course.iter().map(|at| at.vapour + pool.flash_kg_s).collect();
    let most_kg_s = Course::of_pool(&rates, dt, End::Known).rate;
    Ok(Under { rates, dt, most_kg_s, radius_m: pool.widest().max(0.1) })
}

const NO_COURSE: Refusal = Refusal::NoSolution { model: "evaporation.pool", why: "the pool has no course" };

/// What flashes of the liquid at once, and its pool.
pub(super) fn pooled(at: &mut Setting, fed: &Fed, basin: &Basin) -> Result<Released, Refusal> {
    let (s, air) = (at.s, at.air);
    let Fed { rate, duration, .. } = *fed;
    let followed = followed(at, fed, basin, LONGEST_S)?;
    let named = basin.surface.row().1;
    if followed.flash_share > 0.0 {
        at.found.assume(format!(
            "{:.0} % of the spilled liquid flashes at once and joins the cloud; the rest boils as a pool",
            100.0 * followed.flash_share
        ));
    }
    let course = &followed.course;
    let widest = course.iter().max_by(|a, b| a.radius.total_cmp(&b.radius));
    let widest = widest.ok_or(NO_COURSE)?;
    let dt = course.get(1).map_or(LONGEST_S, |at| at.t);
    let rates: Vec<f64> = course.iter().map(|at| at.vapour + if at.t < duration { followed.flash_kg_s } else { 0.0 }).collect();
    let over_time = Course::of_pool(&rates, dt, End::Open);
    positive("evaporation rate, kg/s", over_time.mean)?;
    at.found.assume(if over_time.duration > WORST_S {
        format!("{named}, ground at air temperature; the toxic cloud is that of the pool's worst ten minutes")
    } else {
        format!("{named}, ground at air temperature; the toxic cloud is that of the pool's mean rate")
    });
    at.found.assume(format!("without the cooling by evaporation the pool would give {:.2} kg/s at most", followed.upper_bound));
    // The vapour is as warm as the pool when it is widest; what flashed as warm as the boiling point.
    let t = if followed.flash_share > 0.0 { s.boiling_point(Pascal(air.p))?.0 } else { widest.temperature };
    let fed_kg_s = rate - followed.flash_kg_s;
    let source = Source::Pool { radius_m: widest.radius.max(0.1), fed_kg_s, fed_s: duration, bunded: basin.bund_radius_m.is_some() };
    Ok(Released { outflow_kg_s: rate, ..Released::over(over_time, source, t, air.p * s.molar_mass().0 / (R * t)) })
}
