//! A park as an engineer writes it, in TOML or JSON.
//!
//! The air and the weathers repeat words of a scenario's weather, but not all of them and some apart: they stay a table of their own, in
//! which an unknown word is refused.

use serde::{Deserialize, Serialize};

use super::ParkError;
use crate::P0;
use crate::qra::criteria::{Installation, Target};
use crate::qra::frequencies::{Class, Leak};
use crate::qra::from_scenario::{Indoors, SignedProbit};
use crate::qra::ignition::{Place, SourceKind};
use crate::scenario::{Congestion, ReleaseDescription};
use crate::zones::Site;

/// A park as an engineer writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Park {
    pub name: String,
    /// Where east 0, north 0 lies, CGCS2000; without it there are contours in metres but no map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    /// Whether the installations are new (or renewed) or in service: it sets the limits.
    pub installation: Installation,
    /// Without one: 25 m cells to 1 km beyond the equipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridDescription>,
    pub air: AirDescription,
    pub winds: Winds,
    pub weather: Vec<WeatherShare>,
    pub equipment: Vec<Equipment>,
    /// Where people are. Missing is unknown, and refused; an empty place is written with zeros. See `societal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<Vec<Population>>,
    /// `false` leaves societal risk out, and then the population may be unknown.
    #[serde(default = "yes")]
    pub societal: bool,
    #[serde(default)]
    pub target: Vec<TargetDescription>,
    /// Sources of ignition. Missing is unknown: then the installation itself counts as one, within every flammable cloud. `[]` is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignition: Option<Vec<IgnitionSource>>,
    #[serde(default)]
    pub indoors: Indoors,
    #[serde(default)]
    pub uncertainty: Sampling,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridDescription {
    /// Centre of the south-west cell, m.
    pub west_m: f64,
    pub south_m: f64,
    pub cell_m: f64,
    pub columns: usize,
    pub rows: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AirDescription {
    /// Relative humidity 0–1.
    pub humidity: f64,
    pub roughness_m: f64,
    #[serde(default = "atmosphere")]
    pub pressure_pa: f64,
    #[serde(default = "ten")]
    pub wind_height_m: f64,
}

fn atmosphere() -> f64 {
    P0
}
fn ten() -> f64 {
    10.0
}

/// How often the wind blows from where: equal sectors, the first centred on north, clockwise; 12 or 16 as a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Winds {
    pub day: Vec<f64>,
    pub night: Vec<f64>,
    /// Share of the year that is day: people at work, doors open.
    #[serde(default = "day_share")]
    pub day_share: f64,
}

/// Day from 8:00 to 18:30 (Purple Book, from-knowledge).
fn day_share() -> f64 {
    0.44
}

/// One weather and its share of the days and of the nights; each adds up to one over all weathers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeatherShare {
    /// `"D"`, or two letters such as `"A-B"`.
    pub stability: String,
    pub wind_m_s: f64,
    pub temperature_c: f64,
    #[serde(default)]
    pub day: f64,
    #[serde(default)]
    pub night: f64,
    /// Its own rose, where the station's statistics tell one by class and speed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rose: Option<Vec<f64>>,
}

/// Equipment at one place: its scenarios are written down, or made from its class and contents, or both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equipment {
    pub name: String,
    pub east_m: f64,
    pub north_m: f64,
    /// CAS number.
    pub substance: String,
    /// Class in the table of failure frequencies: its rows become scenarios.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<Contents>,
    /// How many of them, how long, or how busy: what the table's unit asks for.
    #[serde(default = "one")]
    pub count: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_m: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_per_year: Option<f64>,
    /// The site's own frequencies instead of the table's, in the table's unit.
    #[serde(default)]
    pub frequency: Vec<OwnFrequency>,
    #[serde(default)]
    pub scenario: Vec<OwnScenario>,
    #[serde(default)]
    pub place: Place,
    /// Probability of direct ignition instead of the table's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct_ignition: Option<f64>,
    /// Of a substance both toxic and flammable, the share of releases that are taken as toxic only.
    #[serde(default = "half")]
    pub toxic_share: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toxic_probit: Option<SignedProbit>,
    /// Congested volumes its flammable clouds may reach, downwind whatever the wind.
    #[serde(default)]
    pub congestion: Vec<Congestion>,
}

fn one() -> f64 {
    1.0
}
fn half() -> f64 {
    0.5
}

/// What is inside, as far as the scenarios of a class need it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum Contents {
    /// Gas liquefied by pressure.
    Liquefied {
        temperature_c: f64,
        inventory_kg: f64,
        #[serde(default = "one")]
        height_m: f64,
        /// Bore of the pipe, or of the largest connection.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bore_mm: Option<f64>,
        #[serde(default = "half_hour")]
        isolated_after_s: f64,
    },
    Gas {
        pressure_pa: f64,
        temperature_c: f64,
        inventory_kg: f64,
        #[serde(default = "one")]
        height_m: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bore_mm: Option<f64>,
        #[serde(default = "half_hour")]
        isolated_after_s: f64,
    },
    /// Liquid below its boiling point, with this much of it above the hole.
    Liquid {
        temperature_c: f64,
        inventory_kg: f64,
        head_m: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bund_radius_m: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bore_mm: Option<f64>,
        #[serde(default = "half_hour")]
        isolated_after_s: f64,
    },
}

/// A release is followed for half an hour, if nobody says when it is shut.
fn half_hour() -> f64 {
    1800.0
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnFrequency {
    pub leak: Leak,
    /// In the table's unit; zero leaves the leak out.
    pub value: f64,
    /// Where the figure comes from.
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnScenario {
    pub name: String,
    pub frequency_per_year: f64,
    /// Where the frequency comes from.
    pub source: String,
    pub release: ReleaseDescription,
}

/// People at a place, or spread evenly over a square.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    pub name: String,
    pub east_m: f64,
    pub north_m: f64,
    /// Side of the square, m; 0 is a point.
    #[serde(default)]
    pub across_m: f64,
    /// How many by day and by night; missing is unknown, and refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub night: Option<f64>,
    /// Share of them outdoors; a residential area's without (Purple Book).
    #[serde(default = "outdoors_day")]
    pub outdoors_day: f64,
    #[serde(default = "outdoors_night")]
    pub outdoors_night: f64,
}

fn outdoors_day() -> f64 {
    1.0 - crate::vulnerability::share_indoors(false)
}
fn outdoors_night() -> f64 {
    1.0 - crate::vulnerability::share_indoors(true)
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetDescription {
    pub name: String,
    pub east_m: f64,
    pub north_m: f64,
    pub class: Target,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IgnitionSource {
    pub name: String,
    pub east_m: f64,
    pub north_m: f64,
    #[serde(default)]
    pub radius_m: f64,
    /// A row of the table, or
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SourceKind>,
    /// the probability that one ignites a cloud within a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<f64>,
    /// Vehicles, persons, sites, lengths of 100 m.
    #[serde(default = "one")]
    pub count: f64,
    /// Share of the days and nights it is there.
    #[serde(default = "one")]
    pub day: f64,
    #[serde(default = "one")]
    pub night: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sampling {
    pub samples: usize,
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { samples: 1000, seed: 1 }
    }
}

/// Reads a park written in TOML. Unknown and missing fields are named.
pub fn from_toml(text: &str) -> Result<Park, ParkError> {
    toml::from_str(text).map_err(|e| ParkError::Unreadable(e.to_string()))
}

/// Reads a park written in JSON, the same fields.
pub fn from_json(text: &str) -> Result<Park, ParkError> {
    serde_json::from_str(text).map_err(|e| ParkError::Unreadable(e.to_string()))
}
