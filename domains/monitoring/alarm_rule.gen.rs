// Written by `cargo run -p anlan-xtask -- generate` from the kinds. Change the kinds instead.

//! Alarm rule as the rules see it: every field that may be absent is optional.

use serde::{Deserialize, Serialize};

/// Alarm rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlarmRule {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub point: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub quantity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hh: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub h: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub l: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ll: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alarm_at: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bad_quality: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stale: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deadband: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub on_delay_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub off_delay_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub priority: Option<Priority>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub top_priority: Option<Priority>,
}

/// Codes of `Priority`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Priority {
    #[serde(rename = "low")]
    Low,
    #[serde(rename = "medium")]
    Medium,
    #[serde(rename = "high")]
    High,
    #[serde(rename = "highest")]
    Highest,
    /// A code that an overlay added: the rules do not know it.
    #[serde(other, skip_serializing)]
    Unlisted,
}

impl crate::rule::Typed for AlarmRule {
    const KIND: &'static str = "alarm_rule";
    const VERSION: u32 = 1;
}
