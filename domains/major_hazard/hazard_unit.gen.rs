// Written by `cargo run -p anlan-xtask -- generate` from the kinds. Change the kinds instead.

//! Hazard unit as the rules see it: every field that may be absent is optional.

use crate::rule::Position;
use anlan_base::Date;
use anlan_base::UserId;
use serde::{Deserialize, Serialize};

/// Hazard unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HazardUnit {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub category: Option<Category>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit_type: Option<UnitType>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub position: Option<Position>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub chemicals: Vec<Chemical>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub people_within_500m: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub s_value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub r_value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub level: Option<Level>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub identified_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub chief: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub technical: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub operation: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub filed_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub filing_number: Option<String>,
}

/// A row of `chemical`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chemical {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub chemical: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cas: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub design_quantity: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub critical_quantity: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub beta: Option<f64>,
}

/// Codes of `Category`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Category {
    #[serde(rename = "production")]
    Production,
    #[serde(rename = "storage")]
    Storage,
    /// A code that an overlay added: the rules do not know it.
    #[serde(other, skip_serializing)]
    Unlisted,
}

/// Codes of `Level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Level {
    #[serde(rename = "level_1")]
    Level1,
    #[serde(rename = "level_2")]
    Level2,
    #[serde(rename = "level_3")]
    Level3,
    #[serde(rename = "level_4")]
    Level4,
    /// A code that an overlay added: the rules do not know it.
    #[serde(other, skip_serializing)]
    Unlisted,
}

/// Codes of `UnitType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum UnitType {
    #[serde(rename = "process_unit")]
    ProcessUnit,
    #[serde(rename = "tank_farm")]
    TankFarm,
    #[serde(rename = "warehouse")]
    Warehouse,
    #[serde(rename = "loading")]
    Loading,
    /// A code that an overlay added: the rules do not know it.
    #[serde(other, skip_serializing)]
    Unlisted,
}

impl crate::rule::Typed for HazardUnit {
    const KIND: &'static str = "hazard_unit";
    const VERSION: u32 = 1;
}
