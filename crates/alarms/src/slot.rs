//! One thing a rule watches on its point: the high side, the low side, the contact, the quality, the silence. Each has at most one
//! standing alarm.

use anlan_base::{AlarmId, RecordId};
use serde::{Deserialize, Serialize};

use crate::alarm::{Condition, Side};
use crate::latch::{Latch, Says};
use crate::rule::{Priority, Rule, Watch};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Family {
    High,
    Low,
    Contact,
    Quality,
    Silence,
}

impl Family {
    pub const fn side(self) -> Side {
        match self {
            Self::High => Side::High,
            Self::Low => Side::Low,
            Self::Contact | Self::Quality | Self::Silence => Side::Other,
        }
    }
    const fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Low => "low",
            Self::Contact => "contact",
            Self::Quality => "quality",
            Self::Silence => "silence",
        }
    }
    /// Judged by the value of a reading.
    pub const fn is_process(self) -> bool {
        matches!(self, Self::High | Self::Low | Self::Contact)
    }
}

/// The families a rule needs.
pub(crate) fn families(rule: &Rule) -> Vec<Family> {
    let mut all = Vec::new();
    match rule.watch {
        Watch::Analogue { ll, l, h, hh } => {
            if h.is_some() || hh.is_some() {
                all.push(Family::High);
            }
            if l.is_some() || ll.is_some() {
                all.push(Family::Low);
            }
        }
        Watch::Switch { .. } | Watch::Interlock { .. } | Watch::Bypass { .. } => all.push(Family::Contact),
    }
    if rule.bad_quality {
        all.push(Family::Quality);
    }
    if rule.stale {
        all.push(Family::Silence);
    }
    all
}

/// Limits of levels 1 (H, L, contact) and 2 (HH, LL).
pub(crate) fn limits(rule: &Rule, family: Family) -> [Option<f64>; 2] {
    match (rule.watch, family) {
        (Watch::Analogue { h, hh, .. }, Family::High) => [h, hh],
        (Watch::Analogue { l, ll, .. }, Family::Low) => [l, ll],
        (Watch::Switch { alarm_at } | Watch::Interlock { alarm_at } | Watch::Bypass { alarm_at }, Family::Contact) => {
            [Some(alarm_at), None]
        }
        _ => [None, None],
    }
}

/// What the value says of one level's limit. A missing limit is never met.
pub(crate) fn says(rule: &Rule, family: Family, limit: Option<f64>, v: f64) -> Says {
    let Some(limit) = limit else { return Says::Gone };
    let (present, gone) = match family {
        Family::High => (v >= limit, v < limit - rule.deadband),
        Family::Low => (v <= limit, v > limit + rule.deadband),
        _ => (v == limit, v != limit),
    };
    match (present, gone) {
        (true, _) => Says::Present,
        (false, true) => Says::Gone,
        (false, false) => Says::Between,
    }
}

/// 0: normal, 1: H, L or contact, 2: HH or LL.
pub(crate) fn level_of(rule: &Rule, family: Family, v: f64) -> u8 {
    let [lower, upper] = limits(rule, family);
    if says(rule, family, upper, v) == Says::Present { 2 } else { u8::from(says(rule, family, lower, v) == Says::Present) }
}

pub(crate) fn condition(rule: &Rule, family: Family, level: u8) -> Condition {
    match (family, level) {
        (Family::High, 2) => Condition::HH,
        (Family::High, _) => Condition::H,
        (Family::Low, 2) => Condition::LL,
        (Family::Low, _) => Condition::L,
        (Family::Contact, _) if matches!(rule.watch, Watch::Bypass { .. }) => Condition::Bypass,
        (Family::Contact, _) => Condition::State,
        (Family::Quality, _) => Condition::BadQuality,
        (Family::Silence, _) => Condition::Stale,
    }
}

pub(crate) fn priority(rule: &Rule, level: u8) -> Priority {
    if level == 2 { rule.top_priority } else { rule.priority }
}

/// The same for the same rule, point, side and onset, whoever computes it: 128-bit FNV-1a as hexadecimal text.
pub(crate) fn alarm_id(rule: &RecordId, point: u32, family: Family, onset: i64) -> AlarmId {
    let mut hash = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
    for byte in format!("{rule}\n{point}\n{}\n{onset}", family.word()).bytes() {
        hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    AlarmId(format!("{hash:032x}"))
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Slot {
    /// Index of the rule.
    pub rule: u32,
    pub family: Family,
    /// Levels 1 and 2.
    pub latches: [Latch; 2],
    /// What the alarm shows.
    pub level: u8,
    /// Highest level since the run began.
    pub peak: u8,
    /// Device time at which the present run began; only while `level` > 0.
    pub run: i64,
    /// The alarm of the present run, or of the last one while nobody acknowledged it.
    pub alarm: Option<AlarmId>,
    /// Runs found in late readings, the one that grew last at the end.
    pub lanes: Vec<Lane>,
    /// The last few runs that are over, oldest first.
    pub episodes: Vec<Episode>,
}

/// A run of late readings beyond a limit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Lane {
    pub since: i64,
    pub to: i64,
    pub held: i64,
    pub peak: u8,
    /// A normal reading after it: it does not grow past that.
    pub until: i64,
    /// When it last grew, by our clock.
    pub at: i64,
    pub told: Option<Told>,
}

/// What an alarm of late readings says: from when until when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    pub alarm: AlarmId,
    pub from: i64,
    pub to: i64,
}

/// Buffers of different age may be emptied at the same time.
pub(crate) const MAX_LANES: usize = 4;
/// A buffer that sent nothing for so long is empty.
pub(crate) const LANE_MS: i64 = 3_600_000;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Episode {
    pub from: i64,
    pub to: i64,
    pub peak: u8,
}

pub(crate) const MAX_EPISODES: usize = 8;

impl Slot {
    pub fn new(rule: u32, family: Family) -> Self {
        Self { rule, family, latches: [Latch::OFF; 2], level: 0, peak: 0, run: 0, alarm: None, lanes: Vec::new(), episodes: Vec::new() }
    }

    /// What the latches say.
    pub fn latched(&self) -> u8 {
        if self.latches[1].on { 2 } else { u8::from(self.latches[0].on) }
    }

    pub fn is_calm(&self) -> bool {
        self.level == 0 && self.lanes.is_empty() && self.latches.iter().all(Latch::is_idle)
    }

    /// As `new` made it, as far as it matters from here on.
    pub fn is_fresh(&self) -> bool {
        self.is_calm() && self.alarm.is_none() && self.episodes.is_empty()
    }

    pub fn remember(&mut self, episode: Episode) {
        if self.episodes.len() == MAX_EPISODES {
            self.episodes.remove(0);
        }
        self.episodes.push(episode);
    }
}
