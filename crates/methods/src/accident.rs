//! The grade of an accident by deaths, serious injuries and direct loss, and how it changes while the counts may. Source: 国务院令第493号, articles 3, 13, 20, 29, 32.

use std::sync::LazyLock;

use anlan_base::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::editions;
use crate::exact::Exact;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// A grade and the least of each measure that reaches it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Grade {
    pub code: String,
    pub name_zh: String,
    pub deaths_min: u64,
    /// Acute industrial poisoning counts as serious injury.
    pub serious_injuries_min: u64,
    pub direct_loss_yuan_min: Exact,
    pub investigated_by_zh: String,
    pub reported_up_to_zh: String,
    pub status: Status,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub deaths: u64,
    pub serious_injuries: u64,
    pub direct_loss_yuan: Exact,
}

/// Counts as they stood from a day on.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub on: Date,
    pub counts: Counts,
}

#[derive(Clone, Debug)]
pub struct Graded {
    pub on: Date,
    pub counts: Counts,
    /// What the grade rests on: the casualties as they stood at the end of the window, and the loss as it is known.
    pub judged: Counts,
    pub grade: &'static Grade,
    /// Whether its casualties count: they came within the window of article 13, or are those that counted before.
    pub counted: bool,
}

/// Worst first.
pub fn grades() -> &'static [Grade] {
    static GRADES: LazyLock<Vec<Grade>> = LazyLock::new(|| table::rows(include_str!("../data/accident_grades.csv")));
    &GRADES
}

/// The worst grade that any of the three measures reaches (article 3).
pub fn grade(counts: Counts) -> &'static Grade {
    let reaches = |grade: &&Grade| {
        counts.deaths >= grade.deaths_min
            || counts.serious_injuries >= grade.serious_injuries_min
            || counts.direct_loss_yuan >= grade.direct_loss_yuan_min
    };
    grades().iter().find(reaches).expect("the general grade begins at zero")
}

/// Which measures bring an accident into its grade.
pub fn decisive(counts: Counts, grade: &Grade) -> Vec<&'static str> {
    let reached = |found: u64, least: u64| found > 0 && found >= least;
    let loss = counts.direct_loss_yuan;
    let measures = [
        ("deaths", reached(counts.deaths, grade.deaths_min)),
        ("serious_injuries", reached(counts.serious_injuries, grade.serious_injuries_min)),
        ("direct_loss", !loss.is_zero() && loss >= grade.direct_loss_yuan_min),
    ];
    measures.into_iter().filter(|(_, reached)| *reached).map(|(name, _)| name).collect()
}

/// The last day on which a changed count of casualties changes the grade: 30 days after the accident, 7 for road and fire (article 13).
pub fn window_ends(occurred: Date, road_or_fire: bool) -> Date {
    occurred.plus_days(if road_or_fire { 7 } else { 30 })
}

/// The grade after each change, in order of time. After the window casualties leave the grade alone; a loss found later still counts.
pub fn regrade(occurred: Date, road_or_fire: bool, mut changes: Vec<Change>) -> Vec<Graded> {
    changes.sort_by_key(|change| change.on);
    let until = window_ends(occurred, road_or_fire);
    let mut judged = Counts::default();
    let mut graded = Vec::new();
    for Change { on, counts } in changes {
        let counted = on <= until || (counts.deaths, counts.serious_injuries) == (judged.deaths, judged.serious_injuries);
        judged = if counted { counts } else { Counts { direct_loss_yuan: counts.direct_loss_yuan, ..judged } };
        graded.push(Graded { on, counts, judged, grade: grade(judged), counted });
    }
    graded
}

/// Reads `{deaths, serious_injuries, direct_loss_yuan, occurred_on?, road_or_fire?, changes?: [{on, deaths, …}]}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["deaths", "serious_injuries", "direct_loss_yuan", "occurred_on", "road_or_fire", "changes"])?;
    let first = counts(&ask)?;
    let entries = ask.list("changes", &["on", "deaths", "serious_injuries", "direct_loss_yuan"])?;
    let Some(occurred) = ask.date("occurred_on")? else {
        if !entries.is_empty() {
            return Err(ask.missing("occurred_on", "the day of the accident: counts change the grade for 30 days, for road and fire 7"));
        }
        let edition = editions::only("accident_grade");
        let mut found = answer(first, grade(first), edition);
        found["warnings"] = json!([{ "code": "occurred_on_not_stated", "edition": edition.standard, "from": edition.from }]);
        return Ok(found);
    };
    let edition = editions::on("accident_grade", occurred, ask.field("occurred_on"))?;
    let help = "whether it was a road or fire accident: then counts change the grade for 7 days instead of 30";
    let road_or_fire = ask.flag("road_or_fire")?.ok_or_else(|| ask.missing("road_or_fire", help))?;
    let mut changes = vec![Change { on: occurred, counts: first }];
    for entry in &entries {
        let on = entry.need_date("on", "the day from which these counts hold")?;
        if on < occurred {
            return Err(entry.out_of_range("on", on, &format!("{occurred} or later")));
        }
        changes.push(Change { on, counts: counts(entry)? });
    }
    let graded = regrade(occurred, road_or_fire, changes);
    let last = graded.last().expect("the day of the accident is a step");
    let mut found = answer(last.judged, last.grade, edition);
    found["window_ends_on"] = json!(window_ends(occurred, road_or_fire));
    found["history"] = graded.iter().map(step).collect();
    found["warnings"] =
        graded.iter().filter(|step| !step.counted).map(|step| json!({ "code": "after_the_window", "on": step.on })).collect();
    Ok(found)
}

fn step(step: &Graded) -> Value {
    let Graded { on, counts, judged, grade, counted } = step;
    json!({
        "on": on, "deaths": counts.deaths, "serious_injuries": counts.serious_injuries, "direct_loss_yuan": counts.direct_loss_yuan,
        "judged": { "deaths": judged.deaths, "serious_injuries": judged.serious_injuries, "direct_loss_yuan": judged.direct_loss_yuan },
        "grade": grade.code, "counted": counted,
    })
}

fn answer(counts: Counts, grade: &Grade, edition: &editions::Edition) -> Value {
    json!({
        "grade": grade.code, "grade_zh": grade.name_zh, "decisive": decisive(counts, grade), "investigated_by_zh": grade.investigated_by_zh,
        "reported_up_to_zh": grade.reported_up_to_zh, "row": grade, "exact": { "direct_loss_yuan": counts.direct_loss_yuan.to_string() },
        "edition": edition.standard, "basis": "国务院令第493号 第三条", "status": grade.status.max(edition.status), "warnings": [],
    })
}

/// The three measures, each of which must be given.
pub(crate) fn counts(ask: &Ask) -> Result<Counts, Refusal> {
    Ok(Counts {
        deaths: ask.need_count("deaths", "how many people died; 0 if nobody did")?,
        serious_injuries: ask.need_count("serious_injuries", "how many were seriously injured or acutely poisoned; 0 if nobody was")?,
        direct_loss_yuan: ask.yuan("direct_loss_yuan", "the direct economic loss in yuan (GB 6721)")?,
    })
}

/// What a grade's code means; refused with the codes if there is none of this name.
pub(crate) fn grade_called(ask: &Ask, name: &str) -> Result<&'static Grade, Refusal> {
    let code = ask.need_text(name, "the grade: `general`, `larger`, `major` or `especially_major`")?;
    let codes = || grades().iter().map(|grade| grade.code.as_str());
    grades().iter().find(|grade| grade.code == code).ok_or_else(|| ask.unknown_code(name, code, codes()))
}
