// Written by `cargo run -p anlan-xtask -- generate` from the kinds. Change the kinds instead.

//! Equipment as the rules see it: every field that may be absent is optional.

use crate::rule::Position;
use anlan_base::Date;
use anlan_base::RecordId;
use serde::{Deserialize, Serialize};

/// Equipment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Equipment {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub r#type: Option<Type>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hazard_unit: Option<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub position: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub medium: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub capacity: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub design_pressure: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub design_temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub installed_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub special: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub registration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub inspected_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub inspect_by: Option<Date>,
}

/// Codes of `Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Type {
    #[serde(rename = "tank")]
    Tank,
    #[serde(rename = "reactor")]
    Reactor,
    #[serde(rename = "column")]
    Column,
    #[serde(rename = "vessel")]
    Vessel,
    #[serde(rename = "heat_exchanger")]
    HeatExchanger,
    #[serde(rename = "pump")]
    Pump,
    #[serde(rename = "compressor")]
    Compressor,
    #[serde(rename = "centrifuge")]
    Centrifuge,
    #[serde(rename = "boiler")]
    Boiler,
    #[serde(rename = "pipeline")]
    Pipeline,
    #[serde(rename = "loading_arm")]
    LoadingArm,
    #[serde(rename = "detector")]
    Detector,
    #[serde(rename = "weather_station")]
    WeatherStation,
    #[serde(rename = "other")]
    Other,
    /// A code that an overlay added: the rules do not know it.
    #[serde(other, skip_serializing)]
    Unlisted,
}

impl crate::rule::Typed for Equipment {
    const KIND: &'static str = "equipment";
    const VERSION: u32 = 1;
}
