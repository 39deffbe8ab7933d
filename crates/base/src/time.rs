//! Instants in UTC milliseconds, dates of the district's day, and the clock as an argument. `chrono` stays inside this file.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, SecondsFormat, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// Asia/Shanghai, seconds east of UTC. Fixed: no daylight saving since 1991.
pub const ZONE_OFFSET_S: i32 = 8 * 3600;
const DAY_MS: i64 = 86_400_000;

fn zone() -> FixedOffset {
    FixedOffset::east_opt(ZONE_OFFSET_S).expect("eight hours is a valid offset")
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TimeError {
    #[error("`{0}` is not an RFC 3339 time such as 2026-11-23T10:18:22+08:00")]
    Instant(String),
    #[error("`{0}` is not a date such as 2026-11-23")]
    Date(String),
}

/// A moment, milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }
    pub const fn as_ms(self) -> i64 {
        self.0
    }
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
    pub const fn plus_s(self, s: i64) -> Self {
        self.plus_ms(s.saturating_mul(1000))
    }
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_ms(days.saturating_mul(DAY_MS))
    }
    /// Milliseconds from `earlier` to this moment; negative if it is later.
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
    /// RFC 3339 with any offset; fractions beyond the millisecond are cut off.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        DateTime::parse_from_rfc3339(text).map(|t| Self(t.timestamp_millis())).map_err(|_| TimeError::Instant(text.to_owned()))
    }
    /// The local calendar day in Asia/Shanghai.
    pub fn date(self) -> Date {
        let shifted = self.0.saturating_add(i64::from(ZONE_OFFSET_S) * 1000);
        Date::from_epoch_days(shifted.div_euclid(DAY_MS))
    }
    /// `2026-11-23 10:20:05` on the district's wall.
    pub fn local_text(self) -> String {
        match zone().timestamp_millis_opt(self.0).single() {
            Some(t) => t.format("%Y-%m-%d %H:%M:%S").to_string(),
            None => format!("{} ms", self.0),
        }
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Utc.timestamp_millis_opt(self.0).single() {
            Some(t) => f.write_str(&t.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => write!(f, "{} ms", self.0),
        }
    }
}
impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// A day of the district's calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(NaiveDate);

impl Date {
    pub fn ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let wrong = || TimeError::Date(text.to_owned());
        if text.len() != 10 {
            return Err(wrong());
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Self).map_err(|_| wrong())
    }
    pub fn year(self) -> i32 {
        self.0.year()
    }
    pub fn month(self) -> u32 {
        self.0.month()
    }
    pub fn day(self) -> u32 {
        self.0.day()
    }
    /// Days since 1970-01-01.
    pub fn epoch_days(self) -> i64 {
        i64::from(self.0.num_days_from_ce()) - 719_163
    }
    /// Saturates at the ends of the calendar, about ±262,000 years.
    pub fn from_epoch_days(days: i64) -> Self {
        let from_ce = i32::try_from(days.saturating_add(719_163));
        Self(match from_ce.ok().and_then(NaiveDate::from_num_days_from_ce_opt) {
            Some(date) => date,
            None if days < 0 => NaiveDate::MIN,
            None => NaiveDate::MAX,
        })
    }
    pub fn plus_days(self, days: i64) -> Self {
        Self::from_epoch_days(self.epoch_days().saturating_add(days))
    }
    /// The same day of a later (or earlier) month; the last day where that month is shorter.
    pub fn plus_months(self, months: i32) -> Self {
        let step = chrono::Months::new(months.unsigned_abs());
        let moved = if months < 0 { self.0.checked_sub_months(step) } else { self.0.checked_add_months(step) };
        Self(moved.unwrap_or(self.0))
    }
    /// Monday = 1 … Sunday = 7.
    pub fn weekday(self) -> u32 {
        self.0.weekday().number_from_monday()
    }
    /// 00:00 of this day in Asia/Shanghai.
    pub fn start(self) -> Instant {
        Instant(self.epoch_days() * DAY_MS - i64::from(ZONE_OFFSET_S) * 1000)
    }
    /// 24:00 of this day in Asia/Shanghai: where a deadline on this date ends.
    pub fn end(self) -> Instant {
        self.plus_days(1).start()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}
impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// The time, handed inward. Only the binary has one that reads the wall clock.
pub trait Clock: Send + Sync {
    fn now(&self) -> Instant;
}

/// A clock that moves when told to: tests and the seeding of the demo district.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    pub fn at(start: Instant) -> Self {
        Self(AtomicI64::new(start.as_ms()))
    }
    pub fn set(&self, now: Instant) {
        self.0.store(now.as_ms(), Ordering::SeqCst);
    }
    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_turns_at_shanghai_midnight() {
        let before = Instant::parse("2026-11-23T15:59:59.999Z").unwrap();
        assert_eq!(before.date().to_string(), "2026-11-23");
        assert_eq!(before.plus_ms(1).date().to_string(), "2026-11-24");
        assert_eq!(before.date().end(), before.plus_ms(1));
    }

    #[test]
    fn instants_round_trip_and_keep_milliseconds() {
        for text in ["2026-11-23T02:18:22.000Z", "1969-12-31T23:59:59.999Z", "2038-01-19T03:14:08.000Z"] {
            assert_eq!(Instant::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Instant::parse("2026-11-23T10:18:22.0009+08:00").unwrap().to_string(), "2026-11-23T02:18:22.000Z");
        assert!(Instant::parse("2026-11-23 10:18").is_err());
    }

    #[test]
    fn months_end_on_the_last_day() {
        let day = Date::parse("2027-01-31").unwrap();
        assert_eq!(day.plus_months(1).to_string(), "2027-02-28");
        assert_eq!(day.plus_months(-2).to_string(), "2026-11-30");
        assert!(Date::parse("2026-1-1").is_err() && Date::parse("2026-02-30").is_err());
    }
}
