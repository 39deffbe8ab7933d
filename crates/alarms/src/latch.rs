//! Delays in device time: a latch goes on when its condition has held for the on-delay, and off when it has been gone for the
//! off-delay. Time the instrument did not vouch for is not counted.

use serde::{Deserialize, Serialize};

pub(crate) const NEVER: i64 = i64::MIN;

/// How far a point's readings reach, and how far the clock may carry them on.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Timeline {
    /// Device time of the last reading, and when it came by our clock.
    pub t: i64,
    pub at: i64,
    /// Device time at which counting stopped because a reading came that says nothing; `NEVER` if none did.
    pub frozen: i64,
}

impl Timeline {
    pub const EMPTY: Self = Self { t: NEVER, at: NEVER, frozen: NEVER };

    /// Up to here the last reading is taken to stand.
    fn horizon(&self, grace_ms: i64) -> i64 {
        if self.frozen == NEVER { self.t.saturating_add(grace_ms) } else { self.frozen }
    }
    /// The device time until which delays count, once the device has reached `t`.
    pub fn reach(&self, t: i64, grace_ms: i64) -> i64 {
        t.min(self.horizon(grace_ms))
    }
    /// The same, by our clock. The device's clock may be wrong, but it runs as fast as ours.
    pub fn reach_now(&self, now: i64, grace_ms: i64) -> i64 {
        let passed = now.saturating_sub(self.at).max(0);
        self.reach(self.t.saturating_add(passed), grace_ms)
    }
    /// Time before `t` that does not count.
    pub fn lost_until(&self, t: i64, grace_ms: i64) -> i64 {
        if self.t == NEVER { 0 } else { t.saturating_sub(self.horizon(grace_ms)).max(0) }
    }
    pub fn freeze(&mut self, t: i64, grace_ms: i64) {
        if self.frozen == NEVER && self.t != NEVER {
            self.frozen = t.clamp(self.t, self.t.saturating_add(grace_ms));
        }
    }
}

/// What a reading says about the condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    Present,
    /// Neither: inside the dead-band, or not to be trusted with clearing.
    Between,
    Gone,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Latch {
    pub on: bool,
    /// Since when readings ask for the other position; `NEVER` while they do not.
    pub since: i64,
    /// How much of the time since then did not count; 0 while `since` is `NEVER`.
    pub lost: i64,
    /// With which reading the condition began that put it on; `NEVER` while off.
    pub onset: i64,
}

impl Latch {
    pub const OFF: Self = Self { on: false, since: NEVER, lost: 0, onset: NEVER };

    pub fn is_idle(&self) -> bool {
        !self.on && self.since == NEVER
    }

    /// Starts, continues or stops the delay towards the other position.
    pub fn hear(&mut self, t: i64, says: Says) {
        let asks = match says {
            Says::Present => !self.on,
            Says::Gone => self.on,
            // While off, the dead-band counts as gone: the limit itself must be held.
            Says::Between => false,
        };
        if !asks {
            (self.since, self.lost) = (NEVER, 0);
        } else if self.since == NEVER {
            (self.since, self.lost) = (t, 0);
        }
    }

    /// When it will change if nothing else is heard.
    pub fn due(&self, on_delay_ms: i64, off_delay_ms: i64) -> Option<i64> {
        let delay = if self.on { off_delay_ms } else { on_delay_ms };
        (self.since != NEVER).then(|| self.since.saturating_add(self.lost).saturating_add(delay.max(0)))
    }

    pub fn flip(&mut self) {
        self.on = !self.on;
        self.onset = if self.on { self.since } else { NEVER };
        (self.since, self.lost) = (NEVER, 0);
    }

    pub fn lose(&mut self, ms: i64) {
        if self.since != NEVER {
            self.lost = self.lost.saturating_add(ms);
        }
    }
}
