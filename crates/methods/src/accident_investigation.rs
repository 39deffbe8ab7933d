//! Until when an accident is investigated, the report approved and the rectification evaluated. Sources: 国务院令第493号, articles 29 and 32; 安全生产法, article 86.

use anlan_base::{Calendar, Date};
use serde_json::{Value, json};

use crate::accident::grade_called;
use crate::ask::Ask;
use crate::deadlines::{TimeLimit, in_force, time_limit};
use crate::refusal::Refusal;
use crate::status::Status;

/// A period of the table from an event on, with the days by which it was prolonged.
struct Period {
    limit: &'static TimeLimit,
    /// The row that says how far it may be prolonged.
    extension: Option<&'static TimeLimit>,
    from: Option<Date>,
    /// Technical appraisal, which does not count (article 27).
    appraisal_days: u32,
    extended_days: u32,
}

impl Period {
    fn due_on(&self, calendar: &Calendar) -> Option<Date> {
        let due = self.limit.due(self.from?, calendar)?;
        Some(due.on.plus_days(i64::from(self.appraisal_days) + i64::from(self.extended_days)))
    }

    fn shown(&self, event: &str, calendar: &Calendar) -> Value {
        let due_on = self.due_on(calendar);
        json!({
            "code": self.limit.code, "row": format!("time_limits:{}", self.limit.id), "name_zh": self.limit.name_zh, "event": event,
            "from": self.from, "length": self.limit.length(), "unit": self.limit.unit, "appraisal_days": self.appraisal_days,
            "extended_days": self.extended_days,
            "extension_most_days": self.extension.and_then(TimeLimit::length), "due_on": due_on,
            "waits_for": due_on.is_none().then_some(event), "basis": self.limit.basis, "status": self.limit.status,
        })
    }
}

/// Reads `{occurred_on, grade, extension_days?, appraisal_days?, submitted_on?, approval_extension_days?, approved_on?}`.
pub(crate) fn run(input: &Value, calendar: &Calendar) -> Result<Value, Refusal> {
    let known = ["occurred_on", "grade", "extension_days", "appraisal_days", "submitted_on", "approval_extension_days", "approved_on"];
    let ask = Ask::object(input, &known)?;
    let occurred = ask.need_date("occurred_on", "the day of the accident: the investigation counts from it")?;
    let grade = grade_called(&ask, "grade")?;
    let especially = grade.code == "especially_major";
    let row = |code: &str, day: Date, field: &str| in_force(code, day, ask.field(field));

    let extension = row("investigation_extension", occurred, "occurred_on")?;
    let appraisal = days(&ask, "appraisal_days", 3_650)?;
    let report = Period {
        limit: row("investigation_report", occurred, "occurred_on")?,
        extension: Some(extension),
        from: Some(occurred),
        appraisal_days: appraisal,
        extended_days: days(&ask, "extension_days", extension.length().unwrap_or(0))?,
    };
    let submitted = later(&ask, "submitted_on", occurred)?;
    let approval = Period {
        limit: row(if especially { "investigation_approval_especially_major" } else { "investigation_approval" }, occurred, "occurred_on")?,
        extension: if especially { Some(row("investigation_approval_extension", occurred, "occurred_on")?) } else { None },
        from: submitted,
        appraisal_days: 0,
        extended_days: days(&ask, "approval_extension_days", if especially { 30 } else { 0 })?,
    };
    let approved = later(&ask, "approved_on", submitted.unwrap_or(occurred))?;
    // By the law of the day of approval; until then by the present one. Where that law is not held, the other steps stand.
    let present = time_limit("rectification_evaluation").expect("the code stands in the table");
    let (limit, not_held) = match approved.map(|day| row("rectification_evaluation", day, "approved_on")) {
        Some(Err(refusal)) => (present, Some(refusal)),
        Some(Ok(limit)) => (limit, None),
        None => (present, None),
    };
    let evaluation = Period { limit, extension: None, from: approved, appraisal_days: 0, extended_days: 0 };
    let mut steps = vec![report.shown("occurred_on", calendar), approval.shown("submitted_on", calendar)];
    let mut statuses = vec![report.limit.status, approval.limit.status];
    let mut warnings = Vec::new();
    match not_held {
        None => {
            steps.push(evaluation.shown("approved_on", calendar));
            statuses.push(evaluation.limit.status);
        }
        Some(refusal) => {
            let refused = json!({ "code": refusal.code(), "field": refusal.field(), "text": refusal.to_string() });
            steps.push(json!({
                "code": evaluation.limit.code, "row": null, "name_zh": evaluation.limit.name_zh, "event": "approved_on",
                "from": evaluation.from, "due_on": null, "waits_for": null, "refused": refused,
            }));
            warnings.push(json!({ "code": refusal.code(), "field": refusal.field(), "step": evaluation.limit.code }));
        }
    }
    let appraised = (appraisal > 0).then_some(Status::FromKnowledge);
    Ok(json!({
        "grade": grade.code, "investigated_by_zh": grade.investigated_by_zh,
        "steps": steps, "warnings": warnings,
        "basis": "国务院令第493号 第二十七条、第二十九条、第三十二条；安全生产法 第八十六条",
        "status": Status::worst(statuses.into_iter().chain(appraised)),
    }))
}

fn days(ask: &Ask, name: &str, most: u32) -> Result<u32, Refusal> {
    match ask.count(name)?.unwrap_or(0) {
        found if found <= u64::from(most) => Ok(found as u32),
        found => Err(ask.out_of_range(name, found, &format!("0 to {most} days"))),
    }
}

fn later(ask: &Ask, name: &str, than: Date) -> Result<Option<Date>, Refusal> {
    match ask.date(name)? {
        Some(found) if found < than => Err(ask.out_of_range(name, found, &format!("{than} or later"))),
        found => Ok(found),
    }
}
