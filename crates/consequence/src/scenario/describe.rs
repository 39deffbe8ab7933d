//! The words of a scenario; those of its weather and of its release have their own files. Pressures are absolute unless they say gauge,
//! temperatures in °C, angles clockwise from north.

use serde::{Deserialize, Serialize};

use super::given::GivenProperties;
use super::release::ReleaseDescription;
use super::weather::WeatherDescription;
use crate::Refusal;
use crate::validity::within;
use crate::zones::{OwnLevels, Site};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    pub name: String,
    /// CAS number. Only a charge may leave it out: its blast asks for no property.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub substance: String,
    /// The models of AQ/T 3046-2013 where they differ; the result then shows both.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compat_aqt3046: bool,
    /// Where the release stands, CGCS2000; without it there are zones but no map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    pub weather: WeatherDescription,
    pub release: ReleaseDescription,
    /// Properties in place of the table's, or of a substance the table does not have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substance_properties: Option<GivenProperties>,
    /// Congested volumes the cloud may reach, one table or several; without them only the open cloud explodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub congestion: Vec<Congestion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<OwnLevels>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Uncertainty>,
    /// Places to be advised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
}

/// Several tables, or one as it used to be written.
fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Congestion>, D::Error> {
    struct Both;
    impl<'de> serde::de::Visitor<'de> for Both {
        type Value = Vec<Congestion>;
        fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
            f.write_str("a congested volume or a list of them")
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut many = Vec::new();
            while let Some(one) = seq.next_element()? {
                many.push(one);
            }
            Ok(many)
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Congestion::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(|one| vec![one])
        }
    }
    deserializer.deserialize_any(Both)
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Congestion {
    pub volume_m3: f64,
    /// Multi-energy class 1–10; 7 is usual for process units.
    pub class: u8,
    /// Its middle: downwind of the source, and to the left of the wind, m.
    pub downwind_m: f64,
    #[serde(default)]
    pub crosswind_m: f64,
    /// Height of the obstacles, m.
    #[serde(default = "five")]
    pub height_m: f64,
    /// Reactivity and congestion for the second opinion by flame speed come from the substance and the class; confinement is `2.5D`.
    #[serde(default = "half_confined")]
    pub confinement: crate::explosion::bst::Confinement,
}

fn five() -> f64 {
    5.0
}
fn half_confined() -> crate::explosion::bst::Confinement {
    crate::explosion::bst::Confinement::TwoAndAHalfD
}

/// Monte Carlo over what is not known. The same seed gives the same bands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uncertainty {
    /// At most 2000.
    pub samples: u32,
    pub seed: u64,
}

/// People near by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub name: String,
    /// Metres east and north of the site, or longitude and latitude.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub east_m: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub north_m: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// `None`: nobody counted them; not the same as nobody there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    #[serde(default)]
    pub kind: PlaceKind,
    /// Speed of leaving, m/s; walking unless given.
    #[serde(default = "walking")]
    pub speed_m_s: f64,
}

fn walking() -> f64 {
    1.2
}

/// Sets how fast rooms fill and how long getting ready takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    #[default]
    Dwelling,
    OldDwelling,
    Workshop,
    School,
    Hospital,
    OpenAir,
}

/// Most congested volumes and places of one description: what a person draws by hand, and a bound on the work.
const MOST_VOLUMES: f64 = 20.0;
const MOST_PLACES: f64 = 200.0;

/// Refuses what no plant and no weather has, before any model is asked.
pub(super) fn bounded(d: &Description) -> Result<(), Refusal> {
    within("congestion", d.congestion.len() as f64, 0.0, MOST_VOLUMES, "at most 20")?;
    within("places", d.places.len() as f64, 0.0, MOST_PLACES, "at most 200")?;
    d.weather.bounded()?;
    d.release.bounded()
}
