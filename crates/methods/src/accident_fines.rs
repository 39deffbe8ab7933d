//! The bands of fines after an accident, for the unit and its managers. Absent on purpose: the amount, which a person decides within the band. Source: 应急管理部令第14号; 安全生产法, articles 95, 96, 114.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::accident::{Counts, counts, grade};
use crate::ask::Ask;
use crate::editions;
use crate::exact::Exact;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// A band. Of a unit in 10,000 yuan; of a person in percent of the income of the year before.
#[derive(Clone, Debug, Deserialize)]
pub struct Band {
    pub id: String,
    /// A grade, or `any`.
    pub grade: String,
    /// `unit`, `chief`, `other_manager`, `chief_late_or_hidden`, `chief_omitted` or `unit_concealment`.
    pub target: String,
    deaths_min: Option<u64>,
    serious_min: Option<u64>,
    loss_wan_min: Option<i64>,
    pub fine_min: i64,
    pub fine_max: i64,
    aggravated_min: Option<i64>,
    aggravated_max: Option<i64>,
    pub unit: String,
    pub basis: String,
    pub status: Status,
}

/// Mildest first.
pub fn bands() -> &'static [Band] {
    static ROWS: LazyLock<Vec<Band>> = LazyLock::new(|| table::rows(include_str!("../data/accident_fines.csv")));
    &ROWS
}

const WAN: Exact = Exact::whole(10_000);

impl Band {
    fn reached(&self, counts: Counts) -> bool {
        let loss = self.loss_wan_min.and_then(|wan| Exact::whole(wan).times(WAN));
        self.deaths_min.is_some_and(|least| counts.deaths >= least)
            || self.serious_min.is_some_and(|least| counts.serious_injuries >= least)
            || loss.is_some_and(|least| counts.direct_loss_yuan >= least)
    }
}

/// The worst band of the unit that any of the three measures reaches.
pub fn band_of_unit(counts: Counts) -> &'static Band {
    bands().iter().rev().find(|band| band.target == "unit" && band.reached(counts)).expect("the mildest band begins at zero")
}

/// What decides besides the three measures; `None` where the input does not say.
struct Circumstances {
    especially_serious: Option<bool>,
    /// How the accident was concealed, as the target of the rows on it; the inner `None`: it was not.
    concealed: Option<Option<&'static str>>,
    aggravated: Option<bool>,
}

impl Circumstances {
    fn read(ask: &Ask) -> Result<Self, Refusal> {
        let ways = [("none", None), ("late_or_hidden", Some("chief_late_or_hidden")), ("omitted", Some("chief_omitted"))];
        Ok(Self {
            especially_serious: ask.flag("especially_serious")?,
            concealed: ask.word("concealed", &ways)?,
            aggravated: ask.flag("aggravated")?,
        })
    }

    /// Rows that hang on these are not taken.
    fn not_stated(&self) -> Vec<&'static str> {
        let matters = self.concealed.flatten().is_some();
        let open = [
            ("especially_serious", self.especially_serious.is_none()),
            ("concealed", self.concealed.is_none()),
            ("aggravated", matters && self.aggravated.is_none()),
        ];
        open.into_iter().filter(|(_, open)| *open).map(|(name, _)| name).collect()
    }

    /// By how much the unit's fine is multiplied (安全生产法 art. 114).
    fn times(&self) -> (i64, i64) {
        if self.especially_serious == Some(true) { (2, 5) } else { (1, 1) }
    }

    /// The range of a row on managers or concealment; `None` where the row does not apply.
    fn range(&self, band: &Band) -> Option<(i64, i64)> {
        let concealed = self.concealed.flatten();
        let applies = match band.target.as_str() {
            "chief" | "other_manager" => return Some((band.fine_min, band.fine_max)),
            // Only hiding is the unit's; a report that was forgotten is the chief's alone.
            "unit_concealment" => concealed == Some("chief_late_or_hidden"),
            target => concealed == Some(target),
        };
        let aggravated = band.aggravated_min.zip(band.aggravated_max).filter(|_| self.aggravated == Some(true));
        applies.then(|| aggravated.unwrap_or((band.fine_min, band.fine_max)))
    }
}

const FIELDS: [&str; 9] = [
    "occurred_on",
    "deaths",
    "serious_injuries",
    "direct_loss_yuan",
    "especially_serious",
    "concealed",
    "aggravated",
    "chief_income_yuan",
    "manager_income_yuan",
];

/// Reads `{occurred_on, deaths, serious_injuries, direct_loss_yuan, especially_serious?, concealed?, aggravated?, chief_income_yuan?, manager_income_yuan?}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &FIELDS)?;
    let occurred = ask.need_date("occurred_on", "the day of the accident: it chooses the order on fines")?;
    let edition = editions::on("accident_fine", occurred, ask.field("occurred_on"))?;
    let counts = counts(&ask)?;
    let grade = grade(counts);
    let circumstances = Circumstances::read(&ask)?;
    let unit = band_of_unit(counts);
    let times = circumstances.times();
    let mut fines = vec![in_yuan(unit, (unit.fine_min * times.0, unit.fine_max * times.1), times)];
    let mut statuses = vec![unit.status, edition.status];
    for band in bands().iter().filter(|band| band.target != "unit" && (band.grade == grade.code || band.grade == "any")) {
        let Some(range) = circumstances.range(band) else { continue };
        statuses.push(band.status);
        fines.push(if band.unit == "wan_yuan" { in_yuan(band, range, (1, 1)) } else { of_income(&ask, band, range)? });
    }
    Ok(json!({
        "grade": grade.code, "fines": fines, "not_stated": circumstances.not_stated(), "edition": edition.standard,
        "needs_confirmation": true, "basis": "应急管理部令第14号；安全生产法 第九十五条、第九十六条、第一百一十四条",
        "status": Status::worst(statuses),
    }))
}

fn in_yuan(band: &Band, (low, high): (i64, i64), times: (i64, i64)) -> Value {
    json!({
        "target": band.target, "row": format!("accident_fines:{}", band.id), "table_min_wan": band.fine_min, "table_max_wan": band.fine_max,
        "times": [times.0, times.1], "min_yuan": low * 10_000, "max_yuan": high * 10_000, "basis": band.basis, "status": band.status,
    })
}

fn of_income(ask: &Ask, band: &Band, (low, high): (i64, i64)) -> Result<Value, Refusal> {
    let name = if band.target == "other_manager" { "manager_income_yuan" } else { "chief_income_yuan" };
    let income = if ask.get(name).is_some() { Some(ask.yuan(name, "the income of the year before")?) } else { None };
    let share = |pct: i64| income.and_then(|income| income.times(Exact::whole(pct))?.over(Exact::whole(100)));
    Ok(json!({
        "target": band.target, "row": format!("accident_fines:{}", band.id), "min_pct_of_income": low, "max_pct_of_income": high,
        "min_yuan": share(low), "max_yuan": share(high), "waits_for": income.is_none().then_some(name), "basis": band.basis,
        "status": band.status,
    }))
}
