//! When something is due: a deadline of the vocabulary, counted from a moment of the record. Absent on purpose: reminding, escalating.

use anlan_base::{Calendar, Date, Instant};
use serde_json::Value;

use crate::kind::{After, Deadline, DeadlineFrom, DeadlineUnit};
use crate::record::{Body, Deed, Record};

/// The end of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub at: Instant,
    /// False if working days were counted in a year whose calendar is not known.
    pub calendar_known: bool,
}

/// When the deadline ends, or `None` while what it counts from (an action, a field, a code) is missing.
/// `since` is when the state or task began. A date that people set comes before the proposal.
pub fn due(deadline: &Deadline, record: &Record, since: Instant, earlier: &[Deed], calendar: &Calendar) -> Option<Due> {
    let set = deadline.field.as_ref().and_then(|field| moment(record.body.get(&**field)?));
    match set {
        Some(Moment::Day(day)) => Some(end_of(day, deadline.roll, calendar, true)),
        Some(Moment::Instant(at)) => Some(Due { at, calendar_known: true }),
        None => proposal(deadline, record, since, earlier, calendar),
    }
}

/// What the deadline proposes where people may set the date themselves; else the deadline itself.
pub fn proposal(deadline: &Deadline, record: &Record, since: Instant, earlier: &[Deed], calendar: &Calendar) -> Option<Due> {
    let from = match &deadline.from {
        DeadlineFrom::Entered => Moment::Instant(since),
        DeadlineFrom::Created => Moment::Instant(record.created_at),
        DeadlineFrom::Action(name) => Moment::Instant(earlier.iter().rev().find(|deed| deed.action == *name)?.at),
        DeadlineFrom::Field(name) => moment(record.body.get(&**name)?)?,
    };
    let count = figure(&deadline.after, &record.body)?;
    let end = |day: Date, known: bool| Some(end_of(day, deadline.roll, calendar, known));
    match deadline.unit {
        DeadlineUnit::Minutes => Some(Due { at: from.instant().plus_s(i64::from(count) * 60), calendar_known: true }),
        DeadlineUnit::Hours => Some(Due { at: from.instant().plus_s(i64::from(count) * 3600), calendar_known: true }),
        DeadlineUnit::Days => end(from.day().plus_days(i64::from(count)), true),
        DeadlineUnit::WorkingDays => {
            let (day, known) = calendar.plus_working_days(from.day(), count);
            end(day, known)
        }
        DeadlineUnit::Months => end(from.day().plus_months(i32::try_from(count).ok()?), true),
        DeadlineUnit::Years => end(from.day().plus_months(i32::try_from(count).ok()?.checked_mul(12)?), true),
    }
}

fn figure(after: &After, body: &Body) -> Option<u32> {
    match after {
        After::Fixed(count) => Some(*count),
        After::ByCode { field, by } => by.get(body.get(&**field)?.as_str()?).copied(),
    }
}

/// A date deadline ends with its local day, or with the next working day where it rolls.
fn end_of(day: Date, roll: bool, calendar: &Calendar, known: bool) -> Due {
    let day = if roll { calendar.roll_forward(day) } else { day };
    Due { at: day.end(), calendar_known: known && (!roll || calendar.knows(day.year())) }
}

/// What a date or instant field holds.
enum Moment {
    Day(Date),
    Instant(Instant),
}

impl Moment {
    fn day(&self) -> Date {
        match self {
            Self::Day(day) => *day,
            Self::Instant(at) => at.date(),
        }
    }
    fn instant(&self) -> Instant {
        match self {
            Self::Day(day) => day.start(),
            Self::Instant(at) => *at,
        }
    }
}

fn moment(value: &Value) -> Option<Moment> {
    let text = value.as_str()?;
    Date::parse(text).map(Moment::Day).or_else(|_| Instant::parse(text).map(Moment::Instant)).ok()
}
