//! Whether an incident is a 较大涉险事故, which is reported although nobody may have been hurt. Source: 安监总局令第21号, article 26.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::editions;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// One of the conditions; any one is enough.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Condition {
    pub code: String,
    pub name_zh: String,
    /// The least number; `None` where a person says yes or no.
    pub least: Option<u64>,
    pub status: Status,
}

pub fn conditions() -> &'static [Condition] {
    static ROWS: LazyLock<Vec<Condition>> = LazyLock::new(|| table::rows(include_str!("../data/serious_risk.csv")));
    &ROWS
}

/// Reads `{occurred_on, people_at_risk?, trapped_or_missing?, evacuated?, severe_pollution?, key_facilities?, other?}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let codes = conditions().iter().map(|condition| condition.code.as_str());
    let known: Vec<&str> = codes.chain(["occurred_on"]).collect();
    let ask = Ask::object(input, &known)?;
    let occurred = ask.need_date("occurred_on", "the day of the incident")?;
    let edition = editions::on("serious_risk", occurred, ask.field("occurred_on"))?;
    let mut steps = Vec::new();
    let (mut reached, mut not_stated) = (false, Vec::new());
    for condition in conditions() {
        let holds = match condition.least {
            Some(least) => ask.count(&condition.code)?.map(|found| found >= least),
            None => ask.flag(&condition.code)?,
        };
        reached |= holds == Some(true);
        if holds.is_none() {
            not_stated.push(condition.code.as_str());
        }
        let mut step = json!(condition);
        step["holds"] = json!(holds);
        steps.push(step);
    }
    if not_stated.len() == conditions().len() {
        return Err(ask.missing("people_at_risk", "how many people are at risk, trapped or evacuated, or another of the conditions"));
    }
    // What nobody has stated is not taken as no.
    let serious = if reached { Some(true) } else { not_stated.is_empty().then_some(false) };
    Ok(json!({
        "serious_risk_incident": serious, "steps": steps, "not_stated": not_stated, "edition": edition.standard,
        "basis": "安监总局令第21号 第二十六条", "status": Status::worst(conditions().iter().map(|condition| condition.status)),
    }))
}
