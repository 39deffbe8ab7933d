// Written by `cargo run -p anlan-xtask -- generate` from the kinds. Change the kinds instead.

//! Warning as the rules see it: every field that may be absent is optional.

use anlan_base::AttachmentId;
use anlan_base::Instant;
use anlan_base::RecordId;
use anlan_base::UserId;
use serde::{Deserialize, Serialize};

/// Warning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hazard_unit: Option<RecordId>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub terms: Vec<Term>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub colour: Option<Colour>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub peak: Option<Colour>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cleared_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub measures: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub handler: Option<UserId>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub photos: Vec<AttachmentId>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub proof: Vec<AttachmentId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub readings: Option<String>,
}

/// A row of `term`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Term {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub colour: Option<Colour>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text_en: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alarm: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub point: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub condition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub danger: Option<RecordId>,
}

/// Codes of `Colour`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Colour {
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

impl crate::rule::Typed for Warning {
    const KIND: &'static str = "warning";
    const VERSION: u32 = 1;
}
