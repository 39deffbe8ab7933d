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
