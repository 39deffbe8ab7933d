//! An alarm, its states, and what happens to it. Names are those of ISA-18.2 as the alarm model lists them.

use std::fmt;

use anlan_base::{AlarmId, Instant, RecordId, UserId};
use serde::{Deserialize, Serialize};

use crate::rule::Priority;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmState {
    UnackActive,
    AckedActive,
    RtnUnack,
    Normal,
    Shelved,
    SuppressedByDesign,
    OutOfService,
}

impl AlarmState {
    pub const ALL: [Self; 7] =
        [Self::UnackActive, Self::AckedActive, Self::RtnUnack, Self::Normal, Self::Shelved, Self::SuppressedByDesign, Self::OutOfService];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnackActive => "unack_active",
            Self::AckedActive => "acked_active",
            Self::RtnUnack => "rtn_unack",
            Self::Normal => "normal",
            Self::Shelved => "shelved",
            Self::SuppressedByDesign => "suppressed_by_design",
            Self::OutOfService => "out_of_service",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
    /// What `state=active` lists: whatever still asks for somebody.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::UnackActive | Self::AckedActive | Self::RtnUnack)
    }
    /// The condition stands now.
    pub const fn is_standing(self) -> bool {
        matches!(self, Self::UnackActive | Self::AckedActive)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    High,
    Low,
    Other,
}

impl Side {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Low => "low",
            Self::Other => "other",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Condition {
    HH,
    H,
    L,
    LL,
    #[serde(rename = "stale")]
    Stale,
    #[serde(rename = "bad_quality")]
    BadQuality,
    #[serde(rename = "state")]
    State,
    #[serde(rename = "bypass")]
    Bypass,
}

impl Condition {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HH => "HH",
            Self::H => "H",
            Self::L => "L",
            Self::LL => "LL",
            Self::Stale => "stale",
            Self::BadQuality => "bad_quality",
            Self::State => "state",
            Self::Bypass => "bypass",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    pub id: AlarmId,
    pub rule: RecordId,
    pub point: u32,
    pub side: Side,
    pub condition: Condition,
    pub priority: Priority,
    pub state: AlarmState,
    /// Device time of the reading with which the condition began; for `stale`, when the silence became too long.
    pub onset: Instant,
    /// The onset plus the on-delay that was served.
    pub raised_at: Instant,
    pub acked_at: Option<Instant>,
    pub acked_by: Option<UserId>,
    pub returned_at: Option<Instant>,
    /// The reading that raised or last escalated it. None for `stale`.
    pub value: Option<f64>,
    /// The limit (or the alarm state) it met. None for `stale` and `bad_quality`.
    pub limit: Option<f64>,
    /// Found in data older than what had already been judged.
    pub late: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    Raised,
    Escalated,
    Deescalated,
    Returned,
    Reraised,
    Acked,
    Closed,
}

impl Event {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Escalated => "escalated",
            Self::Deescalated => "deescalated",
            Self::Returned => "returned",
            Self::Reraised => "reraised",
            Self::Acked => "acked",
            Self::Closed => "closed",
        }
    }
}

/// What happened, with the whole alarm as it stands afterwards. An alarm that is both returned and acknowledged is `closed`:
/// its state is `normal` and the evaluator forgets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    pub alarm: Alarm,
    pub event: Event,
    /// Device time where a reading caused it, else the clock's.
    pub at: Instant,
}

impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.at, self.event.as_str(), self.alarm.condition.as_str(), self.alarm.state.as_str())
    }
}
