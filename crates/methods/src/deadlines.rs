//! When a legal period ends: calendar days, working days, months, years or hours, after an event or before it. Sources: 行政处罚法 第八十五条 and the laws in the table's `basis`.

use std::sync::LazyLock;

use anlan_base::{Calendar, Date, Instant};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::exact::Exact;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// A legal figure; only those with a direction are periods.
#[derive(Clone, Debug, Deserialize)]
pub struct TimeLimit {
    pub id: String,
    pub code: String,
    pub name_zh: String,
    value: String,
    pub unit: Unit,
    pub direction: Option<Direction>,
    /// A party's period, which a day of rest prolongs. One that limits the authority, or a validity, is not prolonged.
    #[serde(deserialize_with = "table::yes")]
    pub rolls: bool,
    pub basis: String,
    /// The first day of the text.
    pub effective_from: Date,
    /// The day another text took its place whose clauses are not held.
    pub replaced_on: Option<Date>,
    pub status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    CalendarDay,
    WorkingDay,
    Month,
    Year,
    Hour,
    Yuan,
    Ratio,
    RatioPerDay,
    Bool,
    DayOffset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The period ends so long after the event.
    After,
    /// What it limits must be done so long before the event.
    Before,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub on: Date,
    /// The last day was no working day, so the period runs to the next one.
    pub rolled: bool,
    /// A year without a calendar was touched: Monday to Friday counted as working days.
    pub calendar_unknown: bool,
}

pub fn time_limits() -> &'static [TimeLimit] {
    static ROWS: LazyLock<Vec<TimeLimit>> = LazyLock::new(|| table::rows(include_str!("../data/time_limits.csv")));
    &ROWS
}

pub fn time_limit(code: &str) -> Option<&'static TimeLimit> {
    time_limits().iter().find(|limit| limit.code == code || limit.id == code)
}

/// The row on a day: what happens then is judged by the text in force then. `field` is where the day stands in the input.
pub(crate) fn in_force(code: &str, day: Date, field: String) -> Result<&'static TimeLimit, Refusal> {
    let limit = time_limit(code).expect("the code stands in the table");
    limit.judges(day, field).map(|()| limit)
}

impl TimeLimit {
    /// Refuses a day before the text: the older one is not held.
    pub(crate) fn judges(&self, day: Date, field: String) -> Result<(), Refusal> {
        if day >= self.effective_from {
            return Ok(());
        }
        Err(Refusal::EditionNotHeld {
            field,
            date: day.to_string(),
            standard: format!("a text before `{}`", self.basis),
            help: format!("the text held is in force since {}: take the period from the text of that day", self.effective_from),
        })
    }

    /// Whether another text had taken its place on a day.
    pub fn replaced(&self, day: Date) -> bool {
        self.replaced_on.is_some_and(|replaced| day >= replaced)
    }

    /// The figure, whatever its unit.
    pub fn figure(&self) -> Exact {
        Exact::parse(&self.value).expect("the table's figures parse")
    }

    /// The period's length in its unit; `None` where the figure is none.
    pub fn length(&self) -> Option<u32> {
        self.direction.and_then(|_| self.value.parse().ok())
    }

    /// The last day of the period. The day of the event itself does not count.
    ///
    /// `None` for a figure that is no period of days: money, a share, hours.
    pub fn due(&self, event: Date, calendar: &Calendar) -> Option<Due> {
        let (length, direction) = (self.length()?, self.direction?);
        let months = |months: u32| i32::try_from(months).ok();
        match (self.unit, direction) {
            (Unit::WorkingDay, Direction::After) => {
                let (on, known) = calendar.plus_working_days(event, length);
                Some(Due { on, rolled: false, calendar_unknown: !known })
            }
            (Unit::WorkingDay, Direction::Before) => {
                let (on, known) = calendar.minus_working_days(event, length);
                Some(Due { on, rolled: false, calendar_unknown: !known })
            }
            (Unit::CalendarDay, Direction::After) => Some(self.end(event.plus_days(i64::from(length)), calendar)),
            (Unit::CalendarDay, Direction::Before) => {
                Some(Due { on: event.plus_days(-i64::from(length)), rolled: false, calendar_unknown: false })
            }
            (Unit::Month, Direction::After) => Some(self.end(event.plus_months(months(length)?), calendar)),
            (Unit::Year, Direction::After) => Some(self.end(event.plus_months(months(length)?.checked_mul(12)?), calendar)),
            _ => None,
        }
    }

    /// A party's period that ends on a day of rest runs to the next working day (rule of civil procedure).
    fn end(&self, last: Date, calendar: &Calendar) -> Due {
        if !self.rolls {
            return Due { on: last, rolled: false, calendar_unknown: false };
        }
        let on = calendar.roll_forward(last);
        Due { on, rolled: on != last, calendar_unknown: !calendar.knows(last.year()) || !calendar.knows(on.year()) }
    }

    /// For a period in hours.
    pub fn due_at(&self, event: Instant) -> Option<Instant> {
        let hours = i64::from(self.length().filter(|_| self.unit == Unit::Hour)?);
        Some(event.plus_s(if self.direction == Some(Direction::Before) { -hours * 3600 } else { hours * 3600 }))
    }
}

/// Reads `{code, from}`: `from` is the day of the event, for hours its instant.
pub(crate) fn run(input: &Value, calendar: &Calendar) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["code", "from"])?;
    let code = ask.need_text("code", "the legal period, such as `decision_from_filing`")?;
    let periods = || time_limits().iter().filter(|limit| limit.length().is_some()).map(|limit| limit.code.as_str());
    let limit = time_limit(code).filter(|limit| limit.length().is_some()).ok_or_else(|| ask.unknown_code("code", code, periods()))?;
    let mut found = json!({
        "code": limit.code, "id": limit.id, "row": format!("time_limits:{}", limit.id), "name_zh": limit.name_zh, "length": limit.length(),
        "unit": limit.unit, "direction": limit.direction, "rolls": limit.rolls, "basis": limit.basis, "effective_from": limit.effective_from,
        "replaced_on": limit.replaced_on, "row_status": limit.status,
    });
    let mut status = limit.status;
    let day = if limit.unit == Unit::Hour {
        let at = ask.instant("from")?.ok_or_else(|| ask.missing("from", "the instant from which the hours count"))?;
        found["due_at"] = json!(limit.due_at(at));
        at.date()
    } else {
        let day = ask.need_date("from", "the day of the event from which the period counts")?;
        let due = limit.due(day, calendar).expect("a period of days has an end");
        found["due_on"] = json!(due.on);
        found["rolled"] = json!(due.rolled);
        found["calendar_unknown"] = json!(due.calendar_unknown);
        // The roll is known less well than the period, and Monday to Friday is only a guess.
        if due.rolled || due.calendar_unknown {
            status = Status::FromKnowledge;
        }
        day
    };
    limit.judges(day, ask.field("from"))?;
    let mut warnings = Vec::new();
    if limit.replaced(day) {
        // What the new text says is not held: the figure is the old one.
        warnings.push(json!({ "code": "text_replaced", "replaced_on": limit.replaced_on, "basis": limit.basis }));
        status = Status::FromKnowledge;
    }
    found["warnings"] = json!(warnings);
    found["status"] = json!(status);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use anlan_base::WorkingDay;

    use super::*;

    #[test]
    fn holidays_and_make_up_days_move_a_deadline_and_a_known_calendar_says_so() {
        let day = |text| Date::parse(text).unwrap();
        let mut calendar = Calendar::default();
        let holidays = (1..=7).filter_map(|d| Date::ymd(2026, 10, d)).map(|d| (d, WorkingDay::Rests));
        calendar.add_year(2026, holidays.chain([(day("2026-10-10"), WorkingDay::Works)]));
        for (code, event, on, rolled) in [
            // Thursday 8, Friday 9 and the make-up Saturday 10 October work.
            ("reconsideration_review", "2026-09-29", "2026-10-12", false),
            ("spot_collect_handover", "2026-10-08", "2026-10-10", false),
            // Fifteen days after 18 September is 3 October, in the holidays.
            ("pay_fine", "2026-09-18", "2026-10-08", true),
            ("hearing_notice", "2026-10-12", "2026-09-25", false),
        ] {
            let due = time_limit(code).unwrap().due(day(event), &calendar).unwrap();
            assert_eq!(due, Due { on: day(on), rolled, calendar_unknown: false }, "{code}");
        }
        assert!(time_limit("pay_fine").unwrap().due(day("2026-12-30"), &calendar).unwrap().calendar_unknown);
    }

    /// From Monday 23 November 2026 with the weekends of 2026 and 2027 known: where each period of days ends, and each of hours.
    #[test]
    fn every_row_of_the_table() {
        let day = |text| Date::parse(text).unwrap();
        let mut calendar = Calendar::default();
        (2020..=2033).for_each(|year| calendar.add_year(year, []));
        let expected: Vec<(&str, &str)> = include_str!("../../../tests/published/methods/time_limits.csv")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split_once(',').unwrap())
            .collect();
        assert_eq!(expected.len(), time_limits().len());
        for (limit, (code, ends)) in time_limits().iter().zip(expected) {
            let found = match (limit.length(), limit.unit) {
                (None, _) => "no period".to_owned(),
                (Some(_), Unit::Hour) => limit.due_at(day("2026-11-23").start()).unwrap().local_text(),
                (Some(_), _) => limit.due(day("2026-11-23"), &calendar).unwrap().on.to_string(),
            };
            assert_eq!((limit.code.as_str(), found.as_str()), (code, ends));
            assert!(limit.effective_from <= day("2026-11-23") && limit.figure() > Exact::ZERO, "{code}");
        }
        let codes: std::collections::BTreeSet<_> = time_limits().iter().map(|limit| &limit.code).collect();
        assert_eq!(codes.len(), time_limits().len());
    }
}
