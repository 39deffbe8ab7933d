//! The surcharge on a fine that is paid late: 3 % of it a day, never more than the fine, and none while a remedy runs. Sources: 行政处罚法, articles 72 and 73; 行政强制法, article 45.

use anlan_base::Date;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::deadlines::in_force;
use crate::exact::Exact;
use crate::refusal::Refusal;
use crate::status::Status;

/// Days on which a remedy (reconsideration or litigation) ran, both ends included.
#[derive(Clone, Copy, Debug)]
pub struct Pause {
    pub from: Date,
    pub to: Date,
}

/// Days after `due` up to and with `paid`, without those on which a remedy ran.
pub fn late_days(due: Date, paid: Date, pauses: &[Pause]) -> i64 {
    let first = due.plus_days(1);
    // Remedies may overlap: each day counts once.
    let mut sorted = pauses.to_vec();
    sorted.sort_by_key(|pause| pause.from);
    let (mut paused, mut reached) = (0, due);
    for pause in sorted {
        let (from, to) = (pause.from.max(first).max(reached.plus_days(1)), pause.to.min(paid));
        if from <= to {
            paused += days(from, to) + 1;
            reached = to;
        }
    }
    (days(due, paid).max(0)) - paused
}

fn days(from: Date, to: Date) -> i64 {
    to.epoch_days() - from.epoch_days()
}

/// Reads `{fine_yuan, due_on, paid_on, pauses: [{from, to?}]}`; a pause without `to` still runs.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["fine_yuan", "due_on", "paid_on", "pauses"])?;
    let fine = ask.yuan("fine_yuan", "the fine in yuan")?;
    let due = ask.need_date("due_on", "the last day on which the fine could be paid: method `deadline`, `pay_fine`")?;
    let paid = ask.need_date("paid_on", "the day of payment, or the day for which the surcharge is wanted")?;
    let (rate, cap) = (in_force("late_fee_rate", due, ask.field("due_on"))?, in_force("late_fee_cap", due, ask.field("due_on"))?);
    let mut pauses = Vec::new();
    for one in ask.list("pauses", &["from", "to"])? {
        let from = one.need_date("from", "the first day of reconsideration or litigation")?;
        let to = one.date("to")?.unwrap_or(paid);
        if to < from && one.get("to").is_some() {
            return Err(one.out_of_range("to", to, &format!("{from} or later")));
        }
        pauses.push(Pause { from, to });
    }
    let counted = late_days(due, paid, &pauses);
    let in_all = days(due, paid).max(0);
    let too_large = || ask.out_of_range("fine_yuan", fine, "an amount of money");
    let daily = fine.times(rate.figure()).ok_or_else(too_large)?;
    let uncapped = daily.times(Exact::whole(counted)).ok_or_else(too_large)?;
    let most = fine.times(cap.figure()).ok_or_else(too_large)?;
    let exact = uncapped.min(most);
    // Money is paid in fen; no law says how to round, so half a fen upwards, and the answer says so (product convention).
    let fee = exact.to_places(2).ok_or_else(too_large)?;
    let mut warnings = Vec::new();
    if ask.get("pauses").is_none() && in_all > 0 {
        warnings.push(json!({ "code": "remedies_not_stated", "field": ask.field("pauses") }));
    }
    let row = |limit: &crate::deadlines::TimeLimit| json!({ "row": format!("time_limits:{}", limit.id), "name_zh": limit.name_zh, "value": limit.figure(), "basis": limit.basis, "status": limit.status });
    Ok(json!({
        "late_fee_yuan": fee, "total_yuan": fine.plus(fee), "days_late": in_all, "days_paused": in_all - counted, "days_counted": counted,
        "daily_yuan": daily, "uncapped_yuan": uncapped, "capped": uncapped > most, "steps": [row(rate), row(cap)],
        "formulae": ["fee = min(fine · 3 % · days, fine), half a fen upwards"], "rounded_to_fen": fee != exact,
        "exact": { "late_fee_yuan": exact.to_string(), "total_yuan": fine.plus(exact).map(|total| total.to_string()) },
        "basis": "行政处罚法 第七十二条、第七十三条；行政强制法 第四十五条", "warnings": warnings,
        "status": Status::worst([rate.status, cap.status]),
    }))
}
