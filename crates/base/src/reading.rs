//! One reading of one measuring point: what telemetry stores and alarms judge.

use serde::{Deserialize, Serialize};

use crate::time::Instant;

/// How far the sender trusts the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    #[default]
    Good,
    Uncertain,
    Bad,
}

impl Quality {
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "good" => Some(Self::Good),
            "uncertain" => Some(Self::Uncertain),
            "bad" => Some(Self::Bad),
            _ => None,
        }
    }
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Uncertain => "uncertain",
            Self::Bad => "bad",
        }
    }
}

/// `t` is the device's time, `v` in the point's unit. A point is known inside by its number, outside by its text id.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    pub point: u32,
    pub t: Instant,
    pub v: f64,
    pub q: Quality,
}
