//! The platform's calendar, year by year, against the State Council's notices.

use std::collections::BTreeMap;
use std::path::Path;

use anlan_base::{Calendar, Date, WorkingDay};
use serde_json::{Value, json};

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// As `anlan-domains` reads it.
fn calendar() -> Calendar {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../domains/organisation/calendar.csv");
    let mut years: BTreeMap<i32, Vec<(Date, WorkingDay)>> = BTreeMap::new();
    for line in std::fs::read_to_string(path).unwrap().lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())) {
        let cells: Vec<&str> = line.split(',').collect();
        let works = if cells[1] == "works" { WorkingDay::Works } else { WorkingDay::Rests };
        // A row says something only where the day differs from Monday to Friday.
        assert_eq!(works == WorkingDay::Works, day(cells[0]).weekday() > 5, "{line}");
        years.entry(day(cells[0]).year()).or_default().push((day(cells[0]), works));
    }
    let mut calendar = Calendar::default();
    years.into_iter().for_each(|(year, days)| calendar.add_year(year, days));
    calendar
}

/// Holidays from the first day to the last, and single make-up days.
fn published(year: i32, holidays: &[(&str, &str)], make_up: &[&str]) {
    let calendar = calendar();
    assert!(calendar.knows(year));
    let date = |month_day: &str| day(&format!("{year}-{month_day}"));
    let mut differ = 0;
    for (first, last) in holidays {
        let mut on = date(first);
        while on <= date(last) {
            assert!(!calendar.works(on), "{on} rests");
            differ += u32::from(on.weekday() <= 5);
            on = on.plus_days(1);
        }
    }
    for on in make_up.iter().map(|text| date(text)) {
        assert!(calendar.works(on), "{on} is a make-up day");
        differ += 1;
    }
    // Nothing else differs: the working days of the year are those of Monday to Friday, less the holidays, and the make-up days.
    let last = date("12-31");
    let (mut on, mut found) = (date("01-01"), 0);
    while on <= last {
        found += u32::from(calendar.works(on) != (on.weekday() <= 5));
        on = on.plus_days(1);
    }
    assert_eq!(found, differ, "days of {year} that differ");
}

#[test]
fn days_of_2024() {
    let holidays = [
        ("01-01", "01-01"),
        ("02-10", "02-17"),
        ("04-04", "04-06"),
        ("05-01", "05-05"),
        ("06-08", "06-10"),
        ("09-15", "09-17"),
        ("10-01", "10-07"),
    ];
    published(2024, &holidays, &["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"]);
    assert!(calendar().works(day("2024-02-09")), "the eve was recommended, not published as a holiday");
}

#[test]
fn days_of_2025() {
    let holidays = [("01-01", "01-01"), ("01-28", "02-04"), ("04-04", "04-06"), ("05-01", "05-05"), ("05-31", "06-02"), ("10-01", "10-08")];
    published(2025, &holidays, &["01-26", "02-08", "04-27", "09-28", "10-11"]);
}

#[test]
fn periods_across_a_holiday_are_known_in_held_years_and_say_so_in_others() {
    let count = |from: &str, to: &str| -> Value {
        anlan_methods::run_with("working_days", json!({ "from": from, "to": to }), &calendar()).unwrap()
    };
    let golden_week = count("2025-09-30", "2025-10-11");
    assert_eq!((&golden_week["working_days"], &golden_week["calendar_unknown"]), (&json!(3), &json!(false)));
    let spring = count("2024-02-09", "2024-02-19");
    assert_eq!((&spring["working_days"], &spring["status"]), (&json!(2), &json!("given")));
    assert_eq!(count("2023-09-28", "2023-10-09")["calendar_unknown"], json!(true));
}
