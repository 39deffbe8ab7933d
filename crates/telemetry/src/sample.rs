//! A reading as it is stored: the sender's words unchanged, and why we distrust it if we do.

use anlan_base::{Instant, Quality, Reading};

/// Why a sample that was taken in counts as bad whatever its sender says. Such a sample enters neither latest values nor aggregates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// The value lies outside the point's span.
    OutOfSpan,
    /// The device time was more than five minutes ahead of our clock.
    Ahead,
}

impl Flaw {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OutOfSpan => "out_of_span",
            Self::Ahead => "ahead",
        }
    }
}

/// Quality as sent plus our own finding, in one byte for storage. Two samples with the same words are the same sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mark {
    pub sent: Quality,
    pub flaw: Option<Flaw>,
}

impl Mark {
    pub const fn as_byte(self) -> u8 {
        let sent = match self.sent {
            Quality::Good => 0,
            Quality::Uncertain => 1,
            Quality::Bad => 2,
        };
        let flaw = match self.flaw {
            None => 0,
            Some(Flaw::OutOfSpan) => 1,
            Some(Flaw::Ahead) => 2,
        };
        sent | flaw << 2
    }
    pub const fn from_byte(byte: u8) -> Option<Self> {
        let sent = match byte & 3 {
            0 => Quality::Good,
            1 => Quality::Uncertain,
            2 => Quality::Bad,
            _ => return None,
        };
        let flaw = match byte >> 2 {
            0 => None,
            1 => Some(Flaw::OutOfSpan),
            2 => Some(Flaw::Ahead),
            _ => return None,
        };
        Some(Self { sent, flaw })
    }
    /// What readers are told.
    pub const fn quality(self) -> Quality {
        match self.flaw {
            Some(_) => Quality::Bad,
            None => self.sent,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    pub point: u32,
    /// Device time.
    pub t: Instant,
    pub v: f64,
    pub mark: Mark,
}

impl Sample {
    pub fn good(point: u32, t: Instant, v: f64) -> Self {
        Self { point, t, v, mark: Mark::default() }
    }
    pub fn quality(&self) -> Quality {
        self.mark.quality()
    }
    /// What alarms judge; `None` for a time ahead of the clock, which would make every honest reading after it look late.
    pub fn reading(&self) -> Option<Reading> {
        (self.mark.flaw != Some(Flaw::Ahead)).then(|| Reading { point: self.point, t: self.t, v: self.v, q: self.quality() })
    }
    /// The same point and time are given; says whether the sender also said the same.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.v == other.v && self.mark.sent == other.mark.sent
    }
}
