//! Days without a law: so many working days, days or months after or before a day, or how many lie between two. Absent on purpose: which period the law sets, see `deadline`.

use anlan_base::{Calendar, Date};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::status::Status;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    WorkingDays,
    Days,
    Months,
}

/// A hundred years: nobody counts further.
const MOST_DAYS: u32 = 36_525;

/// Reads `{from, length, unit, direction}` or `{from, to}`. The first day does not count.
pub(crate) fn run(input: &Value, calendar: &Calendar) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["from", "to", "length", "unit", "direction"])?;
    let from = ask.need_date("from", "the day of the event; it does not count itself")?;
    match ask.date("to")? {
        Some(to) => between(&ask, from, to, calendar),
        None => end(&ask, from, calendar),
    }
}

fn between(ask: &Ask, from: Date, to: Date, calendar: &Calendar) -> Result<Value, Refusal> {
    if let Some(name) = ["length", "unit", "direction"].into_iter().find(|name| ask.get(name).is_some()) {
        return Err(ask.contradiction(name, "either the days up to `to` are counted, or a `length` is added"));
    }
    let days = to.epoch_days() - from.epoch_days();
    if !(0..=i64::from(MOST_DAYS)).contains(&days) {
        return Err(ask.out_of_range("to", to, &format!("{from} or later, at most {MOST_DAYS} days")));
    }
    let (working_days, known) = calendar.working_days_between(from, to);
    Ok(json!({
        "from": from, "to": to, "days": days, "working_days": working_days, "rest_days": days - i64::from(working_days),
        "calendar_unknown": !known, "status": status(known),
    }))
}

fn end(ask: &Ask, from: Date, calendar: &Calendar) -> Result<Value, Refusal> {
    let unit = ask.word("unit", &[("working_days", Unit::WorkingDays), ("days", Unit::Days), ("months", Unit::Months)])?;
    let unit = unit.ok_or_else(|| ask.missing("unit", "`working_days`, `days` or `months`"))?;
    let after = ask.word("direction", &[("after", true), ("before", false)])?;
    let after = after.ok_or_else(|| ask.missing("direction", "`after` the event, or `before` it"))?;
    let most = if unit == Unit::Months { 1_200 } else { MOST_DAYS };
    let length = match ask.need_count("length", "how many, or `to` for the days up to a day")? {
        found if found <= u64::from(most) => found as u32,
        found => return Err(ask.out_of_range("length", found, &format!("0 to {most}"))),
    };
    let signed = if after { i64::from(length) } else { -i64::from(length) };
    let (on, mut known) = match (unit, after) {
        (Unit::WorkingDays, true) => calendar.plus_working_days(from, length),
        (Unit::WorkingDays, false) => calendar.minus_working_days(from, length),
        (Unit::Days, _) => (from.plus_days(signed), true),
        (Unit::Months, _) => (from.plus_months(signed as i32), true),
    };
    // Whether the day rolls is the law's to say: both are shown.
    let next = calendar.roll_forward(on);
    if unit != Unit::WorkingDays {
        known = calendar.knows(on.year()) && calendar.knows(next.year());
    }
    Ok(json!({
        "from": from, "length": length, "on": on, "works": calendar.works(on), "next_working_day": next, "calendar_unknown": !known,
        "status": status(known),
    }))
}

/// The calendar is handed in by the platform; without its year Monday to Friday is only a guess.
fn status(known: bool) -> Status {
    if known { Status::Given } else { Status::FromKnowledge }
}
