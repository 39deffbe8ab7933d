// Written by `cargo run -p anlan-xtask -- generate` from the kinds. Change the kinds instead.

//! Enterprise as the rules see it: every field that may be absent is optional.

use crate::rule::Position;
use anlan_base::Date;
use anlan_base::OrganisationId;
use serde::{Deserialize, Serialize};

/// Enterprise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Enterprise {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub uscc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub industry: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sector: Option<Sector>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scale: Option<Scale>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub employees: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub founded_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub position: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub park: Option<OrganisationId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub risk_level: Option<RiskLevel>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub risk_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key_processes: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key_chemicals: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legal_representative: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub principal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub safety_contact: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub safety_phone: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub licences: Vec<Licence>,
}

/// A row of `licence`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Licence {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub what: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub valid_from: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub valid_until: Option<Date>,
}

/// Codes of `RiskLevel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RiskLevel {
    #[serde(rename = "red")]
    Red,
    #[serde(rename = "orange")]
    Orange,
    #[serde(rename = "yellow")]
    Yellow,
    #[serde(rename = "blue")]
    Blue,
    /// A code that an overlay added: the rules do not know it.
    #[serde(other, skip_serializing)]
    Unlisted,
}

/// Codes of `Scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scale {
    #[serde(rename = "large")]
    Large,
    #[serde(rename = "medium")]
    Medium,
    #[serde(rename = "small")]
    Small,
    #[serde(rename = "micro")]
    Micro,
    /// A code that an overlay added: the rules do not know it.
    #[serde(other, skip_serializing)]
    Unlisted,
}

/// Codes of `Sector`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sector {
    #[serde(rename = "chemical")]
    Chemical,
    #[serde(rename = "industry_trade")]
    IndustryTrade,
    #[serde(rename = "construction")]
    Construction,
    #[serde(rename = "transport")]
    Transport,
    #[serde(rename = "fireworks")]
    Fireworks,
    #[serde(rename = "gas")]
    Gas,
    #[serde(rename = "warehousing")]
    Warehousing,
    #[serde(rename = "crowded_places")]
    CrowdedPlaces,
    #[serde(rename = "farm_machinery")]
    FarmMachinery,
    #[serde(rename = "other")]
    Other,
    /// A code that an overlay added: the rules do not know it.
    #[serde(other, skip_serializing)]
    Unlisted,
}

impl crate::rule::Typed for Enterprise {
    const KIND: &'static str = "enterprise";
    const VERSION: u32 = 1;
}
