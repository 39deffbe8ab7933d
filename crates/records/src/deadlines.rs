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

#[cfg(test)]
mod tests {
    use anlan_base::{Name, RegionPath, WorkingDay};
    use indexmap::IndexMap;
    use serde_json::json;

    use super::*;

    /// A record created on Friday the 20th, in its state since Monday the 23rd of November 2026, 09:00 both.
    fn record(body: Value) -> Record {
        let at = |text| Instant::parse(text).unwrap();
        Record {
            id: "r".into(),
            kind: Name::of("k"),
            kind_version: 1,
            number: None,
            title: String::new(),
            state: Name::of("s"),
            state_since: at("2026-11-23T09:00:00+08:00"),
            due_at: None,
            enterprise: None,
            park: None,
            region: RegionPath::root(),
            sector: None,
            revision: 1,
            created_at: at("2026-11-20T09:00:00+08:00"),
            created_by: "u".into(),
            updated_at: at("2026-11-23T09:00:00+08:00"),
            updated_by: "u".into(),
            body: body.as_object().cloned().unwrap_or_default(),
        }
    }

    fn after(count: u32, unit: DeadlineUnit) -> Deadline {
        let after = After::Fixed(count);
        Deadline { after, unit, from: DeadlineFrom::Entered, field: None, roll: false, remind: Vec::new(), escalate: Vec::new() }
    }

    /// The last minute of the deadline on the district's wall.
    fn end(deadline: &Deadline, body: Value) -> String {
        let mut calendar = Calendar::default();
        calendar.add_year(2026, [(Date::parse("2026-11-25").unwrap(), WorkingDay::Rests)]);
        let record = record(body);
        let earlier = ["2026-11-21T10:00:00+08:00", "2026-11-22T10:00:00+08:00"].map(|at| Deed {
            action: Name::of("assess"),
            actor: None,
            at: Instant::parse(at).unwrap(),
        });
        match due(deadline, &record, record.state_since, &earlier, &calendar) {
            Some(due) => format!("{}{}", &due.at.plus_ms(-1).local_text(), if due.calendar_known { "" } else { " calendar unknown" }),
            None => "never".to_owned(),
        }
    }

    #[test]
    fn days_end_with_their_day_and_hours_on_the_minute() {
        use DeadlineUnit::*;
        for (count, unit, wanted) in [
            (90, Minutes, "2026-11-23 10:29:59"),
            (36, Hours, "2026-11-24 20:59:59"),
            (0, Days, "2026-11-23 23:59:59"),
            (1, Days, "2026-11-24 23:59:59"),
            (2, WorkingDays, "2026-11-26 23:59:59"), // the 25th is a rest day in this calendar
            (30, WorkingDays, "2027-01-05 23:59:59 calendar unknown"),
            (3, Months, "2027-02-23 23:59:59"),
            (2, Years, "2028-11-23 23:59:59"),
        ] {
            assert_eq!(end(&after(count, unit), json!({})), wanted, "{count} {unit:?}");
        }
    }

    #[test]
    fn it_counts_from_what_the_kind_says() {
        let from = |from: DeadlineFrom| Deadline { from, ..after(1, DeadlineUnit::Days) };
        assert_eq!(end(&from(DeadlineFrom::Created), json!({})), "2026-11-21 23:59:59");
        assert_eq!(end(&from(DeadlineFrom::Action(Name::of("assess"))), json!({})), "2026-11-23 23:59:59", "its latest");
        assert_eq!(end(&from(DeadlineFrom::Action(Name::of("report"))), json!({})), "never");
        assert_eq!(end(&from(DeadlineFrom::Field(Name::of("tested_on"))), json!({ "tested_on": "2026-02-28" })), "2026-03-01 23:59:59");
        assert_eq!(end(&from(DeadlineFrom::Field(Name::of("tested_on"))), json!({})), "never");
        let hours = Deadline { from: DeadlineFrom::Field(Name::of("at")), ..after(2, DeadlineUnit::Hours) };
        assert_eq!(end(&hours, json!({ "at": "2026-11-23T12:00:00Z" })), "2026-11-23 21:59:59");
    }

    #[test]
    fn a_code_gives_the_figure_and_people_may_set_the_date() {
        let by = IndexMap::from([("general".to_owned(), 30), ("major".to_owned(), 90)]);
        let by_level = Deadline { after: After::ByCode { field: Name::of("level"), by }, ..after(0, DeadlineUnit::Days) };
        assert_eq!(end(&by_level, json!({ "level": "general" })), "2026-12-23 23:59:59");
        assert_eq!(end(&by_level, json!({ "level": "major" })), "2027-02-21 23:59:59");
        assert_eq!(end(&by_level, json!({ "level": "other" })), "never");
        assert_eq!(end(&by_level, json!({})), "never");

        let set = Deadline { field: Some(Name::of("rectify_by")), ..by_level };
        assert_eq!(end(&set, json!({ "level": "general" })), "2026-12-23 23:59:59", "the proposal");
        assert_eq!(end(&set, json!({ "level": "general", "rectify_by": "2026-11-29" })), "2026-11-29 23:59:59");
        assert_eq!(end(&set, json!({ "rectify_by": "2026-11-29T12:00:00Z" })), "2026-11-29 19:59:59");
        let rolls = Deadline { roll: true, ..set };
        assert_eq!(end(&rolls, json!({ "rectify_by": "2026-11-29" })), "2026-11-30 23:59:59", "a Sunday moves to Monday");
    }
}
