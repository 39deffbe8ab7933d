//! What is taken in and what is turned away, entry by entry: the same for every way in.

use anlan_base::{Instant, Quality};

use crate::points::Point;
use crate::sample::{Flaw, Mark, Sample};

/// Beyond this a device time counts as wrong.
pub const AHEAD_MS: i64 = 5 * 60_000;
/// 2000-01-01T00:00:00Z and 2101-01-01T00:00:00Z.
const YEARS_MS: std::ops::Range<i64> = 946_684_800_000..4_133_980_800_000;

/// Why one entry was turned away. The words are stable: senders and gateway counters show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    UnknownPoint,
    BadValue,
    BadTime,
    TooOld,
}

impl Code {
    pub const ALL: [Self; 4] = [Self::UnknownPoint, Self::BadValue, Self::BadTime, Self::TooOld];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownPoint => "unknown_point",
            Self::BadValue => "bad_value",
            Self::BadTime => "bad_time",
            Self::TooOld => "too_old",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Place in the request, from 0.
    pub index: usize,
    pub code: Code,
}

/// A whole request that cannot be read; nothing of it is stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the body is not well-formed JSON at byte {at}")]
    Malformed { at: usize },
    #[error("the body must be an array of samples")]
    NotAnArray,
    #[error("more than {limit} entries in one request")]
    TooMany { limit: usize },
    #[error("more than {limit} bytes in one request")]
    TooLarge { limit: usize },
}

impl Unreadable {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "malformed",
            Self::NotAnArray => "not_an_array",
            Self::TooMany { .. } => "too_many_entries",
            Self::TooLarge { .. } => "too_large",
        }
    }
}

/// A request taken apart: what may be stored, in the order sent, and what may not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    pub samples: Vec<Sample>,
    pub rejected: Vec<Rejected>,
}

/// The clock and the retention at the time of the request.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub now: Instant,
    pub retention_ms: i64,
}

impl Limits {
    /// `point`, `v` and `t` are `None` if they could not be read (or, for the point, not be found among the sender's own).
    pub fn judge(&self, point: Option<&Point>, t: Option<Instant>, v: Option<f64>, q: Option<Quality>) -> Result<Sample, Code> {
        let point = point.ok_or(Code::UnknownPoint)?;
        let v = v.filter(|v| v.is_finite()).ok_or(Code::BadValue)?;
        let sent = q.ok_or(Code::BadValue)?;
        let t = t.filter(|t| YEARS_MS.contains(&t.as_ms())).ok_or(Code::BadTime)?;
        let age_ms = self.now.since_ms(t);
        if age_ms > self.retention_ms {
            return Err(Code::TooOld);
        }
        let flaw = if -age_ms > AHEAD_MS {
            Some(Flaw::Ahead)
        } else if point.span.is_some_and(|[low, high]| v < low || v > high) {
            Some(Flaw::OutOfSpan)
        } else {
            None
        };
        Ok(Sample { point: point.number, t, v, mark: Mark { sent, flaw } })
    }
}

impl Parsed {
    pub(crate) fn take(&mut self, index: usize, judged: Result<Sample, Code>) {
        match judged {
            Ok(sample) => self.samples.push(sample),
            Err(code) => self.rejected.push(Rejected { index, code }),
        }
    }
}

/// RFC 3339 to milliseconds; the common shapes without the detour over a calendar library.
pub fn parse_time(text: &str) -> Option<Instant> {
    fast_time(text.as_bytes()).or_else(|| Instant::parse(text).ok())
}

fn fast_time(b: &[u8]) -> Option<Instant> {
    if b.len() < 20 || b[4] != b'-' || b[7] != b'-' || b[10] != b'T' || b[13] != b':' || b[16] != b':' {
        return None;
    }
    let (year, month, day) = (digits(&b[0..4])?, digits(&b[5..7])?, digits(&b[8..10])?);
    let (hour, minute, second) = (digits(&b[11..13])?, digits(&b[14..16])?, digits(&b[17..19])?);
    let days_in_month = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=days_in_month).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut rest = &b[19..];
    let mut ms = 0;
    if let [b'.', fraction @ ..] = rest {
        let length = fraction.iter().take_while(|c| c.is_ascii_digit()).count();
        if length == 0 {
            return None;
        }
        for (place, weight) in [100, 10, 1].into_iter().enumerate().take(length) {
            ms += i64::from(fraction[place] - b'0') * weight;
        }
        rest = &fraction[length..];
    }
    let offset_min = match rest {
        [b'Z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let offset = hours * 60 + minutes;
            if *sign == b'-' { -offset } else { offset }
        }
        _ => return None,
    };
    // Days from civil, Howard Hinnant: the year begins in March, so that the leap day comes last.
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
    let minutes = (days * 24 + hour) * 60 + minute - offset_min;
    Some(Instant::from_ms((minutes * 60 + second) * 1000 + ms))
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_fast_way_reads_what_the_calendar_reads() {
        for text in [
            "2026-11-23T10:18:22.000+08:00",
            "2026-11-23T10:18:22Z",
            "2024-02-29T23:59:59.9999-05:30",
            "2000-01-01T00:00:00.5Z",
            "1969-12-31T23:59:59.999Z",
            "2100-12-31T23:59:59Z",
        ] {
            assert_eq!(fast_time(text.as_bytes()), Instant::parse(text).ok(), "{text}");
        }
        for bad in [
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T10:18:22",
            "2026-11-23T10:18:22.Z",
            "",
            "now",
        ] {
            assert_eq!(parse_time(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_the_same_answer_both_ways(text in "(19|20|21)[0-9]{2}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,6})?(Z|[+-][0-2][0-9]:[0-6][0-9])?") {
            if let Some(fast) = fast_time(text.as_bytes()) {
                prop_assert_eq!(Some(fast), Instant::parse(&text).ok());
            }
        }
    }
}
