//! What a rule watches on one point. An `alarm_rule` record that covers many points is given as one `Rule` per point.

use anlan_base::{RecordId, Refusal};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    Low,
    Medium,
    High,
    Highest,
}

impl Priority {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Highest => "highest",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High, Self::Highest].into_iter().find(|p| p.as_str() == word)
    }
}

/// What makes the alarm, in the point's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Watch {
    /// Limits are inclusive: the alarm stands at `v >= h`, `v <= l`.
    Analogue { ll: Option<f64>, l: Option<f64>, h: Option<f64>, hh: Option<f64> },
    /// The contact stands at this value.
    Switch { alarm_at: f64 },
    /// The interlock is in this state (tripped).
    Interlock { alarm_at: f64 },
    /// Somebody bypassed a protection: the point has this value.
    Bypass { alarm_at: f64 },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub id: RecordId,
    pub point: u32,
    pub watch: Watch,
    /// An alarm at `h` clears below `h - deadband`, at `l` above `l + deadband`.
    pub deadband: f64,
    /// How long, in device time, the condition must hold before the alarm is raised.
    pub on_delay_ms: i64,
    /// How long it must be gone before the alarm returns.
    pub off_delay_ms: i64,
    pub priority: Priority,
    /// Of HH and LL.
    pub top_priority: Priority,
    /// How often the point normally delivers.
    pub period_ms: i64,
    /// Raise an alarm of its own while the instrument reports bad quality.
    pub bad_quality: bool,
    /// Raise an alarm of its own when a point that once delivered falls silent.
    pub stale: bool,
}

impl Rule {
    /// A rule without limits, delays and instrument alarms, to be filled in.
    pub fn new(id: RecordId, point: u32, watch: Watch, period_ms: i64) -> Self {
        Self {
            id,
            point,
            watch,
            deadband: 0.0,
            on_delay_ms: 0,
            off_delay_ms: 0,
            priority: Priority::High,
            top_priority: Priority::Highest,
            period_ms,
            bad_quality: false,
            stale: false,
        }
    }

    /// For how long the clock may go on counting a delay after a reading: three periods, at least 5 s.
    pub const fn grace_ms(&self) -> i64 {
        let three = self.period_ms.saturating_mul(3);
        if three > 5_000 { three } else { 5_000 }
    }

    /// Silence after which a point is stale: three periods, at least 60 s.
    pub const fn stale_ms(&self) -> i64 {
        let three = self.period_ms.saturating_mul(3);
        if three > 60_000 { three } else { 60_000 }
    }

    /// Finite limits in the order LL < L < H < HH inside the span, nothing negative.
    pub fn check(&self, span: Option<[f64; 2]>) -> Result<(), Refusal> {
        let Watch::Analogue { ll, l, h, hh } = self.watch else { return Ok(()) };
        let named: Vec<(&str, f64)> = [("ll", ll), ("l", l), ("h", h), ("hh", hh)].into_iter().filter_map(|(n, v)| Some((n, v?))).collect();
        for (name, limit) in &named {
            let inside = span.is_none_or(|[low, high]| *limit >= low && *limit <= high);
            if !limit.is_finite() || !inside {
                return Err(Refusal::at("out_of_range", format!("body.{name}")));
            }
        }
        for pair in named.windows(2) {
            if pair[0].1 >= pair[1].1 {
                return Err(Refusal::at("limits_out_of_order", format!("body.{}", pair[1].0)).with("below", pair[0].0));
            }
        }
        let negative = |v: f64| !v.is_finite() || v < 0.0;
        if negative(self.deadband) {
            return Err(Refusal::at("out_of_range", "body.deadband"));
        }
        if self.on_delay_ms < 0 || self.off_delay_ms < 0 {
            return Err(Refusal::at("out_of_range", if self.on_delay_ms < 0 { "body.on_delay_s" } else { "body.off_delay_s" }));
        }
        Ok(())
    }
}

/// A rule as it stands in a snapshot: the tagged form of `Watch` needs a self-describing format.
#[derive(Serialize, Deserialize)]
pub(crate) struct WireRule {
    id: RecordId,
    point: u32,
    watch: (u8, [Option<f64>; 4]),
    deadband: f64,
    delays_ms: (i64, i64),
    priorities: (Priority, Priority),
    period_ms: i64,
    bad_quality: bool,
    stale: bool,
}

impl From<&Rule> for WireRule {
    fn from(rule: &Rule) -> Self {
        let contact = |kind, alarm_at| (kind, [Some(alarm_at), None, None, None]);
        Self {
            id: rule.id.clone(),
            point: rule.point,
            watch: match rule.watch {
                Watch::Analogue { ll, l, h, hh } => (0, [ll, l, h, hh]),
                Watch::Switch { alarm_at } => contact(1, alarm_at),
                Watch::Interlock { alarm_at } => contact(2, alarm_at),
                Watch::Bypass { alarm_at } => contact(3, alarm_at),
            },
            deadband: rule.deadband,
            delays_ms: (rule.on_delay_ms, rule.off_delay_ms),
            priorities: (rule.priority, rule.top_priority),
            period_ms: rule.period_ms,
            bad_quality: rule.bad_quality,
            stale: rule.stale,
        }
    }
}

impl From<WireRule> for Rule {
    fn from(wire: WireRule) -> Self {
        let (kind, [first, l, h, hh]) = wire.watch;
        // No number at all equals an alarm state that is not a number.
        let alarm_at = first.unwrap_or(f64::NAN);
        Self {
            id: wire.id,
            point: wire.point,
            watch: match kind {
                0 => Watch::Analogue { ll: first, l, h, hh },
                1 => Watch::Switch { alarm_at },
                2 => Watch::Interlock { alarm_at },
                _ => Watch::Bypass { alarm_at },
            },
            deadband: wire.deadband,
            on_delay_ms: wire.delays_ms.0,
            off_delay_ms: wire.delays_ms.1,
            priority: wire.priorities.0,
            top_priority: wire.priorities.1,
            period_ms: wire.period_ms,
            bad_quality: wire.bad_quality,
            stale: wire.stale,
        }
    }
}
