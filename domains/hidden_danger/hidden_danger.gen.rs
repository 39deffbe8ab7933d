// Written by `cargo run -p anlan-xtask -- generate` from the kinds. Change the kinds instead.

//! Hidden danger as the rules see it: every field that may be absent is optional.

use crate::rule::Position;
use anlan_base::AttachmentId;
use anlan_base::Date;
use anlan_base::OrganisationId;
use anlan_base::RecordId;
use anlan_base::UserId;
use serde::{Deserialize, Serialize};

/// Hidden danger.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HiddenDanger {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub position: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hazard_unit: Option<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub found_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub informant_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub category: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub photos: Vec<AttachmentId>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub papers: Vec<AttachmentId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub level: Option<Level>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub criteria: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub risk_point: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub present_state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub harm: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub responsible: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub measures: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub funds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rectify_by: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub contingency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub interim: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub scheme: Vec<AttachmentId>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub extensions: Vec<Extension>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub photos_after: Vec<AttachmentId>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub proof: Vec<AttachmentId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cost: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub completed_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub on_time: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub supervising_unit: Option<OrganisationId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub supervision_level: Option<SupervisionLevel>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub removal_notice: Vec<AttachmentId>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reviewers: Vec<UserId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub review_record: Option<String>,
}

/// A row of `extension`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<String>,
}

/// Codes of `Level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Level {
    #[serde(rename = "general")]
    General,
    #[serde(rename = "major")]
    Major,
    /// A code that an overlay added: the rules do not know it.
    #[serde(other, skip_serializing)]
    Unlisted,
}

/// Codes of `Source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Source {
    #[serde(rename = "self_inspection")]
    SelfInspection,
    #[serde(rename = "authority_inspection")]
    AuthorityInspection,
    #[serde(rename = "expert")]
    Expert,
    #[serde(rename = "third_party")]
    ThirdParty,
    #[serde(rename = "tip_off")]
    TipOff,
    #[serde(rename = "monitoring_alarm")]
    MonitoringAlarm,
    #[serde(rename = "higher_authority")]
    HigherAuthority,
    #[serde(rename = "accident")]
    Accident,
    /// A code that an overlay added: the rules do not know it.
    #[serde(other, skip_serializing)]
    Unlisted,
}

/// Codes of `SupervisionLevel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SupervisionLevel {
    #[serde(rename = "district")]
    District,
    #[serde(rename = "city")]
    City,
    #[serde(rename = "province")]
    Province,
    /// A code that an overlay added: the rules do not know it.
    #[serde(other, skip_serializing)]
    Unlisted,
}

impl crate::rule::Typed for HiddenDanger {
    const KIND: &'static str = "hidden_danger";
    const VERSION: u32 = 1;
}
