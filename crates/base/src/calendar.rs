//! Working days. A year without data means Monday to Friday, and says so.

use std::collections::{BTreeMap, BTreeSet};

use crate::time::Date;

/// Rest days and make-up working days by year, as the State Council publishes them each autumn.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    years: BTreeSet<i32>,
    exceptions: BTreeMap<Date, WorkingDay>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkingDay {
    Works,
    Rests,
}

impl Calendar {
    /// Declares a year as known and gives its days that differ from Monday-to-Friday.
    pub fn add_year(&mut self, year: i32, exceptions: impl IntoIterator<Item = (Date, WorkingDay)>) {
        self.years.insert(year);
        self.exceptions.extend(exceptions);
    }

    pub fn knows(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    pub fn works(&self, day: Date) -> bool {
        match self.exceptions.get(&day) {
            Some(kind) => *kind == WorkingDay::Works,
            None => day.weekday() <= 5,
        }
    }

    /// The day on which the `days`-th working day after `from` falls; the first day does not count.
    /// The flag is false if a year without data was touched (`calendar_unknown`).
    pub fn plus_working_days(&self, from: Date, days: u32) -> (Date, bool) {
        let (mut day, mut left, mut known) = (from, days, self.knows(from.year()));
        while left > 0 {
            day = day.plus_days(1);
            known &= self.knows(day.year());
            if self.works(day) {
                left -= 1;
            }
        }
        (day, known)
    }

    /// The day on which the `days`-th working day before `from` falls; the flag as in [`Self::plus_working_days`].
    pub fn minus_working_days(&self, from: Date, days: u32) -> (Date, bool) {
        let (mut day, mut left, mut known) = (from, days, self.knows(from.year()));
        while left > 0 {
            day = day.plus_days(-1);
            known &= self.knows(day.year());
            left -= u32::from(self.works(day));
        }
        (day, known)
    }

    /// Working days after `from` up to and with `to`; none where `to` is not later. The flag as in [`Self::plus_working_days`].
    pub fn working_days_between(&self, from: Date, to: Date) -> (u32, bool) {
        let (mut day, mut count, mut known) = (from, 0, self.knows(from.year()));
        while day < to {
            day = day.plus_days(1);
            known &= self.knows(day.year());
            count += u32::from(self.works(day));
        }
        (count, known)
    }

    /// The day itself if it is a working day, else the next one.
    pub fn roll_forward(&self, mut day: Date) -> Date {
        while !self.works(day) {
            day = day.plus_days(1);
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_and_make_up_days_count() {
        let day = |text| Date::parse(text).unwrap();
        let mut calendar = Calendar::default();
        calendar.add_year(2026, [(day("2026-10-01"), WorkingDay::Rests), (day("2026-10-10"), WorkingDay::Works)]);
        assert_eq!(calendar.plus_working_days(day("2026-09-30"), 1), (day("2026-10-02"), true));
        assert_eq!(calendar.plus_working_days(day("2026-10-09"), 1), (day("2026-10-10"), true));
        assert_eq!(calendar.plus_working_days(day("2026-12-31"), 1), (day("2027-01-01"), false));
        assert_eq!(calendar.roll_forward(day("2026-11-28")), day("2026-11-30"));
        assert_eq!(calendar.minus_working_days(day("2026-10-10"), 2), (day("2026-10-08"), true));
        assert_eq!(calendar.minus_working_days(day("2026-01-01"), 1), (day("2025-12-31"), false));
        assert_eq!(calendar.working_days_between(day("2026-09-30"), day("2026-10-10")), (7, true));
        assert_eq!(calendar.working_days_between(day("2026-09-30"), day("2026-09-30")), (0, true));
    }
}
