//! The scripted leak: a flange of the styrene tank T203 gives way. A pure overlay on the signals, started and stopped at an instant.

use std::sync::{Arc, PoisonError, RwLock};

use anlan_base::Instant;

use crate::signal::smoothstep;

/// What the leak does to a point. Gas detectors answer later and less the farther they are.
#[derive(Clone, Copy)]
enum Effect {
    /// Rises to `peak` within `rise_s`, `delay_s` after the start.
    Gas { delay_s: f64, rise_s: f64, peak: f64 },
    /// Falls by `per_s`, at most to `floor`.
    Falls { per_s: f64, floor: f64 },
}

const EFFECTS: [(&str, Effect); 9] = [
    // H (25) after half a minute, HH (50) after about one.
    ("CW01.T203.GD-0203", Effect::Gas { delay_s: 4.0, rise_s: 85.0, peak: 72.0 }),
    ("CW01.T203.GD-0213", Effect::Gas { delay_s: 30.0, rise_s: 120.0, peak: 58.0 }),
    ("CW01.T202.GD-0202", Effect::Gas { delay_s: 55.0, rise_s: 150.0, peak: 36.0 }),
    ("CW01.T202.GD-0212", Effect::Gas { delay_s: 90.0, rise_s: 180.0, peak: 21.0 }),
    ("CW01.T201.GD-0201", Effect::Gas { delay_s: 110.0, rise_s: 200.0, peak: 14.0 }),
    ("CW01.T203.LI-0203", Effect::Falls { per_s: 0.0012, floor: 0.6 }),
    ("CW01.T203.PI-0203", Effect::Falls { per_s: 0.00006, floor: 0.0008 }),
    ("CW01.T203.FI-0203", Effect::Falls { per_s: 0.6, floor: 0.0 }),
    ("CW01.T203.TI-0203", Effect::Falls { per_s: 0.004, floor: 8.0 }),
];

/// Gas that no longer flows is gone after minutes; the tank is filled up again within half an hour.
const CLEARING_S: f64 = 240.0;
const REFILL_S: f64 = 1800.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leak {
    pub started: Instant,
    pub stopped: Option<Instant>,
}

impl Leak {
    /// The points that feel it.
    pub fn points() -> impl Iterator<Item = &'static str> {
        EFFECTS.iter().map(|(point, _)| *point)
    }

    /// The reading during and after the leak, from what it would have been without; rounding and span are the caller's.
    pub fn overlay(&self, point: &str, plain: f64, at: Instant) -> f64 {
        match EFFECTS.iter().find(|(touched, _)| *touched == point) {
            Some((_, effect)) => self.apply(*effect, plain, at),
            None => plain,
        }
    }

    fn apply(&self, effect: Effect, plain: f64, at: Instant) -> f64 {
        let since_s = |start: Instant| at.since_ms(start) as f64 / 1000.0;
        let running_s = since_s(self.started);
        if running_s < 0.0 {
            return plain;
        }
        let (flowed_s, stopped_s) = match self.stopped {
            Some(stop) if at > stop => (stop.since_ms(self.started) as f64 / 1000.0, since_s(stop)),
            _ => (running_s, 0.0),
        };
        match effect {
            Effect::Gas { delay_s, rise_s, peak } => {
                let reached = peak * smoothstep((flowed_s - delay_s) / rise_s);
                // The cloud sways in the wind.
                let sway = 1.0 + 0.06 * (running_s / 9.0).sin() * (running_s / 23.0).cos();
                plain + reached * sway * (1.0 - smoothstep(stopped_s / CLEARING_S))
            }
            Effect::Falls { per_s, floor } => {
                let lost = (per_s * flowed_s).min((plain - floor).max(0.0));
                plain - lost * (1.0 - smoothstep(stopped_s / REFILL_S))
            }
        }
    }
}

/// The switch on the screen: shared by whoever starts the leak and whoever publishes readings.
#[derive(Clone, Debug, Default)]
pub struct Scenario(Arc<RwLock<Option<Leak>>>);

impl Scenario {
    /// Starts the leak; one that runs goes on.
    pub fn start(&self, at: Instant) {
        let mut leak = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !leak.is_some_and(|leak| leak.stopped.is_none()) {
            *leak = Some(Leak { started: at, stopped: None });
        }
    }

    pub fn stop(&self, at: Instant) {
        if let Some(leak) = self.0.write().unwrap_or_else(PoisonError::into_inner).as_mut()
            && leak.stopped.is_none()
        {
            leak.stopped = Some(at);
        }
    }

    pub fn leak(&self) -> Option<Leak> {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_running(&self) -> bool {
        self.leak().is_some_and(|leak| leak.stopped.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DETECTOR: &str = "CW01.T203.GD-0203";

    #[test]
    fn the_detector_passes_h_then_hh_within_about_a_minute_and_clears_after_the_stop() {
        let start = Instant::from_ms(1_790_000_000_000);
        let leak = Leak { started: start, stopped: Some(start.plus_s(300)) };
        let at = |s: i64| leak.overlay(DETECTOR, 2.0, start.plus_s(s));
        let first = |limit: f64| (0..300).find(|s| at(*s) >= limit).unwrap();
        assert_eq!(at(-1), 2.0);
        assert!((20..45).contains(&first(25.0)), "H after {} s", first(25.0));
        assert!((45..75).contains(&first(50.0)), "HH after {} s", first(50.0));
        assert!((200..300).all(|s| at(s) > 60.0 && at(s) < 90.0));
        assert_eq!(at(300 + 241), 2.0);
    }

    #[test]
    fn level_and_pressure_fall_and_strangers_feel_nothing() {
        let start = Instant::from_ms(0);
        let leak = Leak { started: start, stopped: None };
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(near(leak.overlay("CW01.T203.LI-0203", 8.0, start.plus_s(600)), 8.0 - 0.72));
        assert!(near(leak.overlay("CW01.T203.PI-0203", 0.012, start.plus_s(3600)), 0.0008), "but not below what is outside");
        assert_eq!(leak.overlay("WA01.T101.TI-0101", 19.0, start.plus_s(600)), 19.0);
    }

    #[test]
    fn a_second_start_does_not_begin_anew_and_a_stopped_leak_can_return() {
        let scenario = Scenario::default();
        let at = Instant::from_ms;
        scenario.stop(at(1));
        assert_eq!(scenario.leak(), None);
        scenario.start(at(10));
        scenario.start(at(20));
        assert_eq!(scenario.leak(), Some(Leak { started: at(10), stopped: None }));
        scenario.stop(at(30));
        scenario.stop(at(40));
        assert_eq!(scenario.leak(), Some(Leak { started: at(10), stopped: Some(at(30)) }));
        scenario.start(at(50));
        assert!(scenario.is_running());
    }
}
