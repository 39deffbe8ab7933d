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
    /// `unit`, `chief`, `other_manager`, `chief_misconduct`, `chief_omitted` or `unit_concealment`.
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

/// How an accident was kept from the authority.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Concealed {
    No,
    Late,
    Hidden,
    False,
    Omitted,
}

/// What the chief did at the accident besides (安全生产法 art. 110).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    NoRescue,
    LeftPost,
    Absconded,
}

/// What decides besides the three measures; `None` where the input does not say.
struct Circumstances {
    especially_serious: Option<bool>,
    concealed: Option<Concealed>,
    /// An empty list says that there was none.
    acts: Option<Vec<Act>>,
    aggravated: Option<bool>,
}

impl Circumstances {
    fn read(ask: &Ask) -> Result<Self, Refusal> {
        use Concealed::{False, Hidden, Late, No, Omitted};
        let ways = [("none", No), ("late", Late), ("hidden", Hidden), ("false", False), ("omitted", Omitted)];
        Ok(Self {
            especially_serious: ask.flag("especially_serious")?,
            concealed: ask.word("concealed", &ways)?,
            acts: acts(ask)?,
            aggravated: ask.flag("aggravated")?,
        })
    }

    fn concealed_as(&self, ways: &[Concealed]) -> bool {
        self.concealed.is_some_and(|found| ways.contains(&found))
    }

    /// Rows that hang on these are not taken.
    fn not_stated(&self) -> Vec<&'static str> {
        let matters = self.concealed.is_some_and(|found| found != Concealed::No) || self.acts.as_ref().is_some_and(|acts| !acts.is_empty());
        let open = [
            ("especially_serious", self.especially_serious.is_none()),
            ("concealed", self.concealed.is_none()),
            ("chief_acts", self.acts.is_none()),
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
        let applies = match band.target.as_str() {
            "chief" | "other_manager" => return Some((band.fine_min, band.fine_max)),
            // Only hiding and lying are the unit's too; a late or forgotten report is the chief's alone.
            "unit_concealment" => self.concealed_as(&[Concealed::Hidden, Concealed::False]),
            "chief_misconduct" => {
                let acted = self.acts.as_ref().is_some_and(|acts| !acts.is_empty());
                acted || self.concealed_as(&[Concealed::Late, Concealed::Hidden, Concealed::False])
            }
            "chief_omitted" => self.concealed_as(&[Concealed::Omitted]),
            other => unreachable!("accident_fines.csv has the target `{other}`"),
        };
        let aggravated = band.aggravated_min.zip(band.aggravated_max).filter(|_| self.aggravated == Some(true));
        applies.then(|| aggravated.unwrap_or((band.fine_min, band.fine_max)))
    }

    /// 国务院令第493号 art. 36 also names absconding beside hiding; whether the unit is fined for it, the rows held do not say.
    fn warnings(&self, ask: &Ask) -> Vec<Value> {
        let absconded = self.acts.as_ref().is_some_and(|acts| acts.contains(&Act::Absconded));
        let warned = absconded && !self.concealed_as(&[Concealed::Hidden, Concealed::False]);
        let warning =
            json!({ "code": "unit_fine_for_absconding_not_held", "field": ask.field("chief_acts"), "basis": "国务院令第493号 第三十六条" });
        warned.then_some(warning).into_iter().collect()
    }
}

fn acts(ask: &Ask) -> Result<Option<Vec<Act>>, Refusal> {
    const ACTS: [(&str, Act); 3] = [("no_rescue", Act::NoRescue), ("left_post", Act::LeftPost), ("absconded", Act::Absconded)];
    if ask.get("chief_acts").is_none() {
        return Ok(None);
    }
    let act = |word: &str| {
        let found = ACTS.iter().find(|(known, _)| *known == word).map(|(_, act)| *act);
        found.ok_or_else(|| ask.unknown_code("chief_acts", word, ACTS.map(|(known, _)| known)))
    };
    ask.texts("chief_acts")?.into_iter().map(act).collect::<Result<_, _>>().map(Some)
}

const FIELDS: [&str; 10] = [
    "occurred_on",
    "deaths",
    "serious_injuries",
    "direct_loss_yuan",
    "especially_serious",
    "concealed",
    "chief_acts",
    "aggravated",
    "chief_income_yuan",
    "manager_income_yuan",
];

/// Reads `{occurred_on, deaths, serious_injuries, direct_loss_yuan, especially_serious?, concealed?, chief_acts?, aggravated?, chief_income_yuan?, manager_income_yuan?}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &FIELDS)?;
    let occurred = ask.need_date("occurred_on", "the day of the accident: it chooses the order on fines")?;
    let edition = editions::on("accident_fine", occurred, ask.field("occurred_on"))?;
    let counts = counts(&ask)?;
    if counts == Counts::default() {
        // The mildest band begins at zero of each measure, not at zero of all.
        return Err(ask.contradiction("direct_loss_yuan", "no death, no serious injury and no loss: say what harm the accident did"));
    }
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
        "grade": grade.code, "fines": fines, "not_stated": circumstances.not_stated(),
        "warnings": circumstances.warnings(&ask), "edition": edition.standard,
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
