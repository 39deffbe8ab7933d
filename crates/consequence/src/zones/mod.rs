//! Threat zones on the map, their outlines about a place in CGCS2000, and whether people there should leave or stay inside
//! (specification 11 §1, §2). Absent on purpose: colours of the screen, routes.

mod advice;
mod levels;
mod map;
mod rings;

pub use advice::{Action, Advice, Exposure, advise, first_isolation_m};
pub use levels::{BLAST, HEAT, Hazard, Level, OwnLevels, Threat, flammable_levels, own_levels, toxic_levels};
pub use map::{Site, downwind_to_map, geojson, map_to_downwind};
pub use rings::{Ring, circle, contours, outermost, plume_ring, star_ring, wedge};

use serde::Serialize;

use crate::Note;

/// One zone around the source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Zone {
    pub level: Level,
    pub model: &'static str,
    /// Farthest place downwind (or in any direction, for a ring), m; zero when the level is reached nowhere.
    pub reach_m: f64,
    /// Averaging time of a concentration or time of exposure, s.
    pub averaging_s: f64,
    /// Rings in the frame of the wind; empty when the level is reached nowhere.
    pub rings: Vec<Ring>,
    pub band: Band,
    /// Notes of the model that drew it.
    pub notes: Vec<Note>,
}

/// How sure a zone is: inside `likely` the level is passed even if the model says too much, outside `possible` it is not even if it says
/// too little or the wind turns.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Band {
    /// Factor by which the model's figures scatter about the measured ones.
    pub factor: f64,
    /// Runs behind the band: 5 % and 95 % of them; zero where the published scatter stands for them.
    pub samples: u32,
    pub likely_reach_m: f64,
    pub possible_reach_m: f64,
    pub likely: Vec<Ring>,
    pub possible: Vec<Ring>,
}
