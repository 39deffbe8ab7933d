//! What the table of the hidden danger cannot say: how long a period may be, when an extension is asked in time, when a case may follow.

use anlan_base::{Date, Refusal};
use anlan_records::record::Facts;

use super::hidden_danger::HiddenDanger;

/// A general danger is rectified within the longest period, counted from its assessment, and not in the past.
pub fn within_longest_period(danger: &HiddenDanger, cx: &Facts) -> Result<(), Refusal> {
    let Some(rectify_by) = danger.rectify_by else { return Ok(()) };
    if rectify_by < cx.today {
        return Err(Refusal::at("deadline_in_the_past", "body.rectify_by").with("today", cx.today));
    }
    let assessed_on = last_day_of(cx, "assess").unwrap_or(cx.today);
    let latest = assessed_on.plus_days(days(cx, "longest_general_days"));
    if rectify_by > latest {
        return Err(Refusal::at("period_too_long", "body.rectify_by").with("latest", latest));
    }
    Ok(())
}

/// An extension is asked for so many days before the deadline, for a later day than that.
pub fn asked_in_time(danger: &HiddenDanger, cx: &Facts) -> Result<(), Refusal> {
    let (Some(rectify_by), Some(asked)) = (danger.rectify_by, danger.extensions.last()) else { return Ok(()) };
    let last_day = rectify_by.plus_days(-days(cx, "extension_asked_days_before"));
    if cx.today > last_day {
        return Err(Refusal::new("asked_too_late").with("last_day", last_day));
    }
    if asked.until.is_some_and(|until| until <= rectify_by) {
        let row = danger.extensions.len() - 1;
        return Err(Refusal::at("not_later", format!("body.extensions[{row}].until")).with("rectify_by", rectify_by));
    }
    Ok(())
}

/// Whether the work was completed on or before its deadline; `None` while it is not completed.
pub fn rectified_on_time(danger: &HiddenDanger, _: &Facts) -> Option<bool> {
    Some(danger.completed_on? <= danger.rectify_by?)
}

/// A listed danger leaves the list in public: its closing needs the notice of removal.
pub fn removal_published(danger: &HiddenDanger, _: &Facts) -> Result<(), Refusal> {
    if danger.supervision_level.is_some() && danger.removal_notice.is_empty() {
        return Err(Refusal::at("removal_not_published", "body.removal_notice"));
    }
    Ok(())
}

/// A case may follow a failed review, or a deadline that passed without an extension. What is neither late nor failed is no case yet.
pub fn may_become_case(danger: &HiddenDanger, cx: &Facts) -> Result<(), Refusal> {
    let reviewed = cx.earlier.iter().any(|deed| matches!(deed.action.as_str(), "submit_review" | "return_work"));
    let overdue = danger.rectify_by.is_some_and(|rectify_by| cx.today > rectify_by);
    if reviewed || overdue {
        return Ok(());
    }
    let refusal = Refusal::new("not_yet_a_case");
    Err(match danger.rectify_by {
        Some(rectify_by) => refusal.with("rectify_by", rectify_by),
        None => refusal,
    })
}

fn last_day_of(cx: &Facts, action: &str) -> Option<Date> {
    cx.earlier.iter().rfind(|deed| deed.action == *action).map(|deed| deed.at.date())
}

fn days(cx: &Facts, setting: &str) -> i64 {
    cx.settings.get(setting).and_then(serde_json::Value::as_i64).unwrap_or_else(|| panic!("hidden_danger/settings.toml has `{setting}`"))
}
