//! When a legal period ends: calendar days, working days, months, years or hours, after an event or before it. Sources: 行政处罚法 第八十五条 and the laws in the table's `basis`.

use std::sync::LazyLock;

use anlan_base::{Calendar, Date, Instant};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ask::Ask;
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
    pub basis: String,
    pub status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
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

impl TimeLimit {
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
            (Unit::WorkingDay, Direction::Before) => Some(working_days_before(event, length, calendar)),
            (Unit::CalendarDay, Direction::After) => Some(roll(event.plus_days(i64::from(length)), calendar)),
            (Unit::CalendarDay, Direction::Before) => {
                Some(Due { on: event.plus_days(-i64::from(length)), rolled: false, calendar_unknown: false })
            }
            (Unit::Month, Direction::After) => Some(roll(event.plus_months(months(length)?), calendar)),
            // Only the limitation of prosecution counts in years; it lapses whatever day that is.
            (Unit::Year, Direction::After) => {
                let on = event.plus_months(months(length)?.checked_mul(12)?);
                Some(Due { on, rolled: false, calendar_unknown: false })
            }
            _ => None,
        }
    }

    /// For a period in hours.
    pub fn due_at(&self, event: Instant) -> Option<Instant> {
        let hours = i64::from(self.length().filter(|_| self.unit == Unit::Hour)?);
        Some(event.plus_s(if self.direction == Some(Direction::Before) { -hours * 3600 } else { hours * 3600 }))
    }
}

/// A period that ends on a day of rest runs to the next working day (rule of civil procedure).
fn roll(last: Date, calendar: &Calendar) -> Due {
    let on = calendar.roll_forward(last);
    Due { on, rolled: on != last, calendar_unknown: !calendar.knows(last.year()) || !calendar.knows(on.year()) }
}

fn working_days_before(event: Date, days: u32, calendar: &Calendar) -> Due {
    let (mut on, mut left, mut known) = (event, days, calendar.knows(event.year()));
    while left > 0 {
        on = on.plus_days(-1);
        known &= calendar.knows(on.year());
        left -= u32::from(calendar.works(on));
    }
    Due { on, rolled: false, calendar_unknown: !known }
}

/// Reads `{code, from}`: `from` is the day of the event, for hours its instant.
pub(crate) fn run(input: &Value, calendar: &Calendar) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["code", "from"])?;
    let code = ask.need_text("code", "the legal period, such as `decision_from_filing`")?;
    let periods = || time_limits().iter().filter(|limit| limit.length().is_some()).map(|limit| limit.code.as_str());
    let limit = time_limit(code).filter(|limit| limit.length().is_some()).ok_or_else(|| ask.unknown_code("code", code, periods()))?;
    let help = "the day of the event from which the period counts";
    let mut found = json!({
        "code": limit.code, "id": limit.id, "name_zh": limit.name_zh, "length": limit.length(), "basis": limit.basis, "status": limit.status,
    });
    if limit.unit == Unit::Hour {
        let text = ask.need_text("from", "the instant from which the hours count")?;
        let at = Instant::parse(text).map_err(|_| Refusal::WrongType {
            field: ask.field("from"),
            found: text.to_owned(),
            wanted: "an instant such as 2026-11-23T08:00:00+08:00".to_owned(),
        })?;
        found["due_at"] = json!(limit.due_at(at));
        return Ok(found);
    }
    let due = limit.due(ask.need_date("from", help)?, calendar).expect("a period of days has an end");
    found["due_on"] = json!(due.on);
    found["rolled"] = json!(due.rolled);
    found["calendar_unknown"] = json!(due.calendar_unknown);
    if due.rolled {
        // The roll itself is known less well than the period.
        found["status"] = json!(limit.status.max(Status::FromKnowledge));
    }
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
}
