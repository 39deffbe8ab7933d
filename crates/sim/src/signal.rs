//! The value of any point at any time, as a pure function of seed, point and time: a level, a slow drift, a daily cycle, noise, and now
//! and then an excursion beyond a limit, so that alarms live.

use std::f64::consts::TAU;

use anlan_base::{Instant, ZONE_OFFSET_S};

use crate::district::District;
use crate::random::{key, mix, unit};

/// How one point behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Profile {
    pub base: f64,
    /// Half the difference between afternoon and dawn.
    pub daily: f64,
    /// How far it wanders within hours.
    pub drift: f64,
    /// Largest deviation from one reading to the next.
    pub noise: f64,
    pub shape: Shape,
    pub excursion: Option<Excursion>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Plain,
    /// Never below zero, and mostly at it.
    Gas,
    /// Degrees of a compass.
    Compass,
    /// Zero or one.
    Contact,
}

/// A visit beyond a limit, at most one in each half day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Excursion {
    pub chance: f64,
    /// Most visits end between these …
    pub low: f64,
    pub high: f64,
    /// … a few reach this.
    pub extreme: f64,
}

/// Share of excursions that reach the extreme.
const EXTREME_SHARE: f64 = 0.07;
/// Share of excursions that last hours: somebody has to come and repair something.
const LONG_SHARE: f64 = 0.25;
const SLOT_S: i64 = 12 * 3600;
const RISE_S: f64 = 90.0;
const FALL_S: f64 = 150.0;
const DAY_S: f64 = 86_400.0;

/// Sixty readings in one: what a minute of history holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minute {
    pub count: u32,
    pub min: f64,
    pub max: f64,
    pub sum: f64,
    pub last: f64,
}

/// The signals of a district's points, by their place in `District::points`.
pub struct Signals {
    channels: Vec<Channel>,
}

struct Channel {
    key: u64,
    profile: Profile,
    span: (f64, f64),
    scale: f64,
    /// Seconds by which this point's day is out of step with the sun's.
    shift_s: f64,
}

impl Signals {
    pub fn new(district: &District) -> Self {
        let channel = |point: &crate::district::Point| {
            let key = key(district.seed, &point.id);
            Channel {
                key,
                profile: point.profile,
                span: point.span,
                scale: 10_f64.powi(i32::from(point.decimals)),
                shift_s: unit(mix(key)) * 3600.0,
            }
        };
        Self { channels: district.points.iter().map(channel).collect() }
    }

    pub fn len(&self) -> usize {
        self.channels.len()
    }
    pub fn is_empty(&self) -> bool {
        self.channels.is_empty()
    }

    /// The reading at this moment, rounded to the display's decimals and inside the span.
    pub fn value(&self, point: usize, at: Instant) -> f64 {
        let channel = &self.channels[point];
        channel.shown(channel.smooth(at) + channel.noise(at))
    }

    /// The aggregate of the minute that begins at `start`, from its two ends: a minute is short against everything but the noise, whose
    /// extremes 60 readings come close to.
    pub fn minute(&self, point: usize, start: Instant) -> Minute {
        let channel = &self.channels[point];
        let end = start.plus_s(59);
        let (first, last) = (channel.smooth(start), channel.smooth(end));
        let (low, high) = if first < last { (first, last) } else { (last, first) };
        let ripple = channel.profile.noise * 0.9;
        let (min, max) = (channel.shown(low - ripple), channel.shown(high + ripple));
        let mean = channel.shown(0.5 * (first + last)).clamp(min, max);
        let last = channel.shown(last + channel.noise(end)).clamp(min, max);
        Minute { count: 60, min, max, sum: mean * 60.0, last }
    }

    /// Whether the point is beyond a limit on purpose now.
    pub fn in_excursion(&self, point: usize, at: Instant) -> bool {
        self.channels[point].excursion(at).is_some_and(|(ramp, _)| ramp >= 1.0)
    }

    /// Excursions of a point that begin in `[from, to)`: their beginning and end.
    pub fn excursions(&self, point: usize, from: Instant, to: Instant) -> Vec<(Instant, Instant)> {
        let channel = &self.channels[point];
        let (first, last) = (slot_of(from), slot_of(to));
        let visits = (first..=last).filter_map(|slot| channel.visit(slot));
        let spans =
            visits.map(|visit| (Instant::from_ms((visit.start_s * 1000.0) as i64), Instant::from_ms((visit.end_s * 1000.0) as i64)));
        spans.filter(|(start, _)| *start >= from && *start < to).collect()
    }
}

fn slot_of(at: Instant) -> i64 {
    at.as_ms().div_euclid(SLOT_S * 1000)
}

struct Visit {
    start_s: f64,
    end_s: f64,
    target: f64,
}

impl Channel {
    /// Everything but the noise.
    fn smooth(&self, at: Instant) -> f64 {
        let profile = &self.profile;
        let t_s = at.as_ms() as f64 / 1000.0;
        let mut value = profile.base;
        if profile.drift > 0.0 {
            value += profile.drift * (0.7 * self.wander(t_s, 3.1 * 3600.0, 1) + 0.3 * self.wander(t_s, 17.0 * 60.0, 2));
        }
        if profile.daily > 0.0 {
            // Warmest at 15:00 local time.
            let hour = (t_s + f64::from(ZONE_OFFSET_S) - 9.0 * 3600.0 + self.shift_s) / DAY_S;
            value += profile.daily * (TAU * hour).sin();
        }
        match (profile.shape, self.excursion(at)) {
            (Shape::Contact, Some((ramp, _))) => f64::from(u8::from(ramp > 0.0)),
            (Shape::Contact, None) => profile.base,
            (_, Some((ramp, target))) => value + (target - value) * ramp,
            (_, None) => value,
        }
    }

    fn noise(&self, at: Instant) -> f64 {
        if self.profile.noise == 0.0 { 0.0 } else { self.profile.noise * (2.0 * unit(mix(self.key ^ at.as_ms() as u64)) - 1.0) }
    }

    /// In [-1, 1]: random heights every `period_s`, joined smoothly.
    fn wander(&self, t_s: f64, period_s: f64, octave: u64) -> f64 {
        let at = t_s / period_s;
        let step = at.floor();
        let height = |step: f64| 2.0 * unit(mix(self.key ^ mix(step as i64 as u64 ^ (octave << 60)))) - 1.0;
        let part = smoothstep(at - step);
        height(step) * (1.0 - part) + height(step + 1.0) * part
    }

    /// How far into an excursion, 0 to 1, and where it leads. Visits stay inside their half day, so one look suffices.
    fn excursion(&self, at: Instant) -> Option<(f64, f64)> {
        let visit = self.visit(slot_of(at))?;
        let t_s = at.as_ms() as f64 / 1000.0;
        if t_s < visit.start_s || t_s >= visit.end_s {
            return None;
        }
        let rising = smoothstep(((t_s - visit.start_s) / RISE_S).min(1.0));
        let falling = smoothstep(((visit.end_s - t_s) / FALL_S).min(1.0));
        Some((rising.min(falling), visit.target))
    }

    fn visit(&self, slot: i64) -> Option<Visit> {
        let excursion = self.profile.excursion?;
        let draw = |number: u64| unit(mix(self.key ^ mix(slot as u64 ^ (number << 56))));
        if draw(1) >= excursion.chance {
            return None;
        }
        let length_s = if draw(2) < LONG_SHARE { 2.5 * 3600.0 + 6.0 * 3600.0 * draw(3) } else { 300.0 + 1500.0 * draw(3) };
        let start_s = (slot * SLOT_S) as f64 + draw(4) * (SLOT_S as f64 - length_s);
        let target = if draw(5) < EXTREME_SHARE { excursion.extreme } else { excursion.low + (excursion.high - excursion.low) * draw(6) };
        Some(Visit { start_s, end_s: start_s + length_s, target })
    }

    fn shown(&self, value: f64) -> f64 {
        let value = match self.profile.shape {
            Shape::Compass => value.rem_euclid(360.0),
            // A detector at rest shows zero most of the time.
            Shape::Gas => (value - 0.3 * self.profile.noise).max(0.0),
            Shape::Plain | Shape::Contact => value,
        };
        ((value * self.scale).round() / self.scale).clamp(self.span.0, self.span.1)
    }
}

pub(crate) fn smoothstep(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}
