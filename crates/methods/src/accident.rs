//! The grade of an accident by deaths, serious injuries and direct loss, and how it changes while the counts may. Source: 国务院令第493号, articles 3, 13, 20, 29, 32.

use std::sync::LazyLock;

use anlan_base::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
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
    pub direct_loss_yuan_min: u64,
    pub investigated_by_zh: String,
    pub reported_up_to_zh: String,
    pub status: Status,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub deaths: u64,
    pub serious_injuries: u64,
    /// Whole yuan.
    pub direct_loss_yuan: u64,
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
    pub grade: &'static Grade,
    /// Whether the change came within the window of article 13.
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
    let measures = [
        ("deaths", reached(counts.deaths, grade.deaths_min)),
        ("serious_injuries", reached(counts.serious_injuries, grade.serious_injuries_min)),
        ("direct_loss", reached(counts.direct_loss_yuan, grade.direct_loss_yuan_min)),
    ];
    measures.into_iter().filter(|(_, reached)| *reached).map(|(name, _)| name).collect()
}

/// The last day on which a changed count of casualties changes the grade: 30 days after the accident, 7 for road and fire (article 13).
pub fn window_ends(occurred: Date, road_or_fire: bool) -> Date {
    occurred.plus_days(if road_or_fire { 7 } else { 30 })
}

/// The grade after each change, in order of time. A change after the window is kept and leaves the grade alone.
pub fn regrade(occurred: Date, road_or_fire: bool, mut changes: Vec<Change>) -> Vec<Graded> {
    changes.sort_by_key(|change| change.on);
    let until = window_ends(occurred, road_or_fire);
    let mut last = grade(Counts::default());
    let mut graded = Vec::new();
    for change in changes {
        let counted = change.on <= until;
        if counted {
            last = grade(change.counts);
        }
        graded.push(Graded { on: change.on, counts: change.counts, grade: last, counted });
    }
    graded
}

/// Reads `{deaths, serious_injuries, direct_loss_yuan, occurred_on?, road_or_fire?, changes?: [{on, deaths, …}]}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["deaths", "serious_injuries", "direct_loss_yuan", "occurred_on", "road_or_fire", "changes"])?;
    let first = counts(&ask)?;
    let entries = ask.list("changes", &["on", "deaths", "serious_injuries", "direct_loss_yuan"])?;
    let occurred = ask.date("occurred_on")?;
    let Some(occurred) = occurred else {
        if !entries.is_empty() {
            return Err(ask.missing("occurred_on", "the day of the accident: counts change the grade for 30 days, for road and fire 7"));
        }
        return Ok(answer(first, grade(first)));
    };
    let road_or_fire = match ask.flag("road_or_fire")? {
        Some(kind) => kind,
        None if entries.is_empty() => false,
        None => return Err(ask.missing("road_or_fire", "whether it was a road or fire accident: 7 days instead of 30")),
    };
    let mut changes = vec![Change { on: occurred, counts: first }];
    for entry in &entries {
        let on = entry.need_date("on", "the day from which these counts hold")?;
        if on < occurred {
            return Err(entry.out_of_range("on", on, &format!("{occurred} or later")));
        }
        changes.push(Change { on, counts: counts(entry)? });
    }
    let graded = regrade(occurred, road_or_fire, changes);
    let decides = graded.iter().rev().find(|step| step.counted).expect("the day of the accident lies in its window");
    let mut found = answer(decides.counts, decides.grade);
    found["window_ends_on"] = json!(window_ends(occurred, road_or_fire));
    let step = |step: &Graded| json!({ "on": step.on, "deaths": step.counts.deaths, "serious_injuries": step.counts.serious_injuries, "direct_loss_yuan": step.counts.direct_loss_yuan, "grade": step.grade.code, "counted": step.counted });
    found["history"] = graded.iter().map(step).collect();
    found["warnings"] =
        graded.iter().filter(|step| !step.counted).map(|step| json!({ "code": "after_the_window", "on": step.on })).collect();
    Ok(found)
}

fn answer(counts: Counts, grade: &Grade) -> Value {
    json!({
        "grade": grade.code, "grade_zh": grade.name_zh, "decisive": decisive(counts, grade), "investigated_by_zh": grade.investigated_by_zh,
        "reported_up_to_zh": grade.reported_up_to_zh, "basis": "国务院令第493号 第三条", "status": grade.status, "warnings": [],
    })
}

fn counts(ask: &Ask) -> Result<Counts, Refusal> {
    Ok(Counts {
        deaths: ask.need_count("deaths", "how many people died; 0 if nobody did")?,
        serious_injuries: ask.need_count("serious_injuries", "how many were seriously injured or acutely poisoned; 0 if nobody was")?,
        direct_loss_yuan: ask.need_count("direct_loss_yuan", "the direct economic loss in whole yuan (GB 6721)")?,
    })
}
