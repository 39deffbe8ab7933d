//! What the table of the alarm rule cannot say: limits in order, something to watch for, and the rule's name.

use anlan_base::Refusal;
use anlan_records::record::Facts;

use super::alarm_rule::AlarmRule;

/// LL < L < H < HH, at least one limit or other condition, and either one point or one sensor type.
pub fn limits_in_order(rule: &AlarmRule, _: &Facts) -> Result<(), Refusal> {
    if rule.point.is_some() == rule.quantity.is_some() {
        return Err(Refusal::at("point_or_quantity", "body.point"));
    }
    let limits = limits(rule);
    if let Some(pair) = limits.windows(2).find(|pair| pair[0].1 >= pair[1].1) {
        return Err(Refusal::at("limits_out_of_order", format!("body.{}", pair[1].0)).with("below", pair[0].0.to_uppercase()));
    }
    let other = rule.alarm_at.is_some() || rule.bad_quality == Some(true) || rule.stale == Some(true);
    if limits.is_empty() && !other {
        return Err(Refusal::at("nothing_to_watch", "body.h"));
    }
    if !limits.is_empty() && rule.alarm_at.is_some() {
        return Err(Refusal::at("limits_or_state", "body.alarm_at"));
    }
    Ok(())
}

/// `XJ.T203.GD-0203 H 25 HH 50`: the point or sensor type, then the limits.
pub fn what_it_watches(rule: &AlarmRule, _: &Facts) -> Option<String> {
    let mut words = vec![rule.point.clone().or_else(|| rule.quantity.clone())?];
    words.extend(limits(rule).into_iter().map(|(name, limit)| format!("{} {limit}", name.to_uppercase())));
    words.extend(rule.alarm_at.map(|state| format!("= {state}")));
    Some(words.join(" "))
}

/// Those that are set, lowest first.
fn limits(rule: &AlarmRule) -> Vec<(&'static str, f64)> {
    [("ll", rule.ll), ("l", rule.l), ("h", rule.h), ("hh", rule.hh)].into_iter().filter_map(|(name, limit)| Some((name, limit?))).collect()
}
