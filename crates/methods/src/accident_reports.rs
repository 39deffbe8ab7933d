//! Who reports an accident to whom, and until when: the clock of 国务院令第493号 and 安监总局令第21号, row by row.

use std::sync::LazyLock;

use anlan_base::{Date, Instant};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::accident::{grade_called, window_ends};
use crate::ask::Ask;
use crate::editions;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// One duty to report.
#[derive(Clone, Debug, Deserialize)]
pub struct Duty {
    pub id: String,
    pub who_zh: String,
    pub to_whom_zh: String,
    /// Such as `unit_head_informed`.
    pub start_event: String,
    /// 0: at once.
    pub limit_minutes: i64,
    /// Due every so many minutes until it is over.
    #[serde(deserialize_with = "table::yes")]
    pub repeats: bool,
    /// Grades, and `serious_risk_incident`, between semicolons.
    applies_to: String,
    pub content_zh: String,
    pub basis: String,
    pub effective_from: Date,
    pub status: Status,
}

pub fn duties() -> &'static [Duty] {
    static ROWS: LazyLock<Vec<Duty>> = LazyLock::new(|| table::rows(include_str!("../data/accident_reports.csv")));
    &ROWS
}

impl Duty {
    pub fn applies(&self, incident: &str, day: Date) -> bool {
        self.effective_from <= day && self.applies_to.split(';').any(|one| one == incident)
    }
}

const EVENTS: [&str; 8] = [
    "accident_occurred",
    "unit_head_informed",
    "county_informed",
    "city_informed",
    "province_informed",
    "ministry_informed",
    "first_report",
    "casualty_changed",
];

/// The older name of `county_informed_at`.
const DEPARTMENT: &str = "department_informed_at";

/// Reads `{accident_occurred_at, grade | serious_risk_incident: true, road_or_fire?, unit_head_informed_at?, county_informed_at?, city_informed_at?, province_informed_at?, ministry_informed_at?, first_report_at?, casualty_changed_at?}`.
///
/// Each level of the authority reports on from the moment at which it was informed itself.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let known: Vec<String> = EVENTS.iter().map(|event| format!("{event}_at")).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).chain([DEPARTMENT, "grade", "serious_risk_incident", "road_or_fire"]).collect();
    let ask = Ask::object(input, &known)?;
    let occurred = ask.instant("accident_occurred_at")?.ok_or_else(|| ask.missing("accident_occurred_at", "when it happened"))?;
    let edition = editions::on("accident_report", occurred.date(), ask.field("accident_occurred_at"))?;
    let incidents = incidents(&ask)?;
    if incidents.contains(&"serious_risk_incident") {
        // The word is of 安监总局令第21号: before it there was no such incident to report.
        editions::on("serious_risk", occurred.date(), ask.field("accident_occurred_at"))?;
    }
    let mut window = None;
    if let Some(changed) = ask.instant("casualty_changed_at")? {
        let help = "whether it was a road or fire accident: changed counts are reported for 7 days instead of 30";
        let ends = window_ends(occurred.date(), ask.flag("road_or_fire")?.ok_or_else(|| ask.missing("road_or_fire", help))?);
        window = Some((ends, changed.date() <= ends));
    }
    let mut rows = Vec::new();
    let mut statuses = vec![edition.status];
    for duty in duties().iter().filter(|duty| incidents.iter().any(|one| duty.applies(one, occurred.date()))) {
        let late = duty.start_event == "casualty_changed" && window.is_some_and(|(_, counts)| !counts);
        if !late {
            statuses.push(duty.status);
            rows.push(row(&ask, duty, occurred)?);
        }
    }
    let mut waits: Vec<&Value> = Vec::new();
    for event in rows.iter().filter(|row| row["due_at"].is_null()).map(|row| &row["waits_for"]) {
        if !waits.contains(&event) {
            waits.push(event);
        }
    }
    Ok(json!({
        "incidents": incidents, "reports": rows, "waits_for": waits, "counts_change_until": window.map(|(ends, _)| ends),
        "edition": edition.standard, "basis": edition.standard, "status": Status::worst(statuses),
    }))
}

fn incidents(ask: &Ask) -> Result<Vec<&'static str>, Refusal> {
    let graded = if ask.get("grade").is_some() { Some(grade_called(ask, "grade")?.code.as_str()) } else { None };
    let risk = ask.flag("serious_risk_incident")?.unwrap_or(false).then_some("serious_risk_incident");
    let found: Vec<&str> = graded.into_iter().chain(risk).collect();
    if found.is_empty() {
        return Err(
            ask.missing("grade", "the accident's grade as it stands, or `serious_risk_incident`: true where nobody has been hurt yet")
        );
    }
    Ok(found)
}

fn row(ask: &Ask, duty: &Duty, occurred: Instant) -> Result<Value, Refusal> {
    let name = format!("{}_at", duty.start_event);
    let (field, start) = start(ask, &name)?;
    if start.is_some_and(|start| start < occurred) {
        return Err(ask.out_of_range(field, start.unwrap_or_default(), &format!("{occurred} or later, when the accident happened")));
    }
    Ok(json!({
        "id": duty.id, "who_zh": duty.who_zh, "to_whom_zh": duty.to_whom_zh, "content_zh": duty.content_zh, "start_event": duty.start_event,
        "from": start, "limit_minutes": duty.limit_minutes, "repeats": duty.repeats,
        "due_at": start.map(|start| start.plus_s(duty.limit_minutes * 60)), "waits_for": start.is_none().then_some(name),
        "basis": duty.basis, "status": duty.status,
    }))
}

/// When the clock of a row starts, and the field that says so.
fn start<'n>(ask: &Ask, name: &'n str) -> Result<(&'n str, Option<Instant>), Refusal> {
    let (own, older) = (ask.instant(name)?, if name == "county_informed_at" { ask.instant(DEPARTMENT)? } else { None });
    match (own, older) {
        (Some(own), Some(older)) if own != older => {
            Err(ask.contradiction(DEPARTMENT, "is the older name of `county_informed_at`, and they differ"))
        }
        (None, Some(_)) => Ok((DEPARTMENT, older)),
        _ => Ok((name, own)),
    }
}
