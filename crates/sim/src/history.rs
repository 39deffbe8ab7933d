//! What happened before the demo began: the dangers of past weeks with a few major ones, and the alarms that past excursions raised.

use anlan_base::Instant;

use crate::district::{AlarmRule, District};
use crate::operators::answer_alarm;
use crate::signal::Signals;
use crate::story::{Pace, Story, Teller, stories};
use crate::texts::MAJOR_FINDINGS;

const MAJOR_IDS: u64 = 1 << 41;

/// Enterprise, unit, place in the list of major findings, days ago, days of treatment. One is closed, one under review, two in treatment.
const MAJOR_PLAN: [(&str, &str, usize, i64, f64); 4] =
    [("HC01", "HC01-U1", 1, 51, 30.0), ("WA01", "WA01-U2", 2, 26, 45.0), ("YX01", "YX01-U1", 3, 12, 40.0), ("CW01", "CW01-U3", 0, 5, 3.2)];

/// Stories that began in the `days` before `now`, in the order of their beginning. Their later steps may lie after `now`: those are for
/// the operators.
pub fn history(district: &District, now: Instant, days: u32) -> Vec<Story> {
    let from = now.date().plus_days(-i64::from(days)).start();
    let mut all = stories(district, Pace::Days, from, now);
    for (number, (enterprise, unit, finding, days_ago, treatment)) in MAJOR_PLAN.iter().enumerate() {
        let begins = now.date().plus_days(-days_ago).start().plus_s(14 * 3600 + 32 * 60);
        if begins < from {
            continue;
        }
        let enterprise = district.enterprise(enterprise).expect("the plan names enterprises of the district");
        let teller = Teller::new(district, Pace::Days, MAJOR_IDS + number as u64);
        all.push(teller.major(enterprise, unit, &MAJOR_FINDINGS[*finding], begins, *treatment));
    }
    all.sort_by_key(|story| (story.begins(), story.id));
    all
}

/// An alarm of the past, as the evaluator would have seen it.
#[derive(Clone, Debug, PartialEq)]
pub struct PastAlarm {
    pub point: String,
    /// `HH`, `H`, `state` or `bypass`.
    pub condition: &'static str,
    pub priority: &'static str,
    /// The first reading beyond the limit.
    pub onset: Instant,
    /// The on-delay later.
    pub raised_at: Instant,
    pub returned_at: Option<Instant>,
    pub acked_at: Option<Instant>,
    /// Username.
    pub acked_by: Option<String>,
    pub value: f64,
    pub limit: f64,
}

/// The alarms raised in `[from, to)`, oldest first; those that stand at `to` have no return.
pub fn past_alarms(district: &District, signals: &Signals, from: Instant, to: Instant) -> Vec<PastAlarm> {
    let mut all = Vec::new();
    for rule in &district.rules {
        let at = district.point(&rule.point).expect("rules name points of the district");
        for (start, end) in signals.excursions(at, from, to) {
            all.extend(alarm(district, signals, rule, at, (start, end), to));
        }
    }
    all.sort_by(|a, b| (a.raised_at, &a.point).cmp(&(b.raised_at, &b.point)));
    all
}

fn alarm(
    district: &District,
    signals: &Signals,
    rule: &AlarmRule,
    at: usize,
    (start, end): (Instant, Instant),
    to: Instant,
) -> Option<PastAlarm> {
    let limit = rule.h.or(rule.alarm_at)?;
    let seconds = |count: i64| (0..count).map(|s| start.plus_s(s));
    let onset = seconds(600).find(|t| signals.value(at, *t) >= limit)?;
    let raised_at = onset.plus_ms((rule.on_delay_s * 1000.0) as i64);
    // On the plateau the value changes little: a look after the rise says which limit was passed.
    let value = signals.value(at, start.plus_s(120));
    let (condition, limit, priority) = match (rule.hh, rule.alarm_at) {
        (Some(hh), _) if value >= hh => ("HH", hh, rule.top_priority.unwrap_or(rule.priority)),
        (_, Some(state)) => (if district.points[at].kind == crate::PointKind::Bypass { "bypass" } else { "state" }, state, rule.priority),
        _ => ("H", limit, rule.priority),
    };
    if raised_at >= to {
        return None;
    }
    let returned = (0..600).map(|s| end.plus_s(-s)).find(|t| signals.value(at, *t) >= limit - rule.deadband).map(|t| t.plus_s(1));
    let answer = answer_alarm(district, &rule.point, onset);
    let acked_at = answer.as_ref().map(|answer| answer.at).filter(|at| *at < to);
    Some(PastAlarm {
        point: rule.point.clone(),
        condition,
        priority,
        onset,
        raised_at,
        returned_at: returned.filter(|at| *at < to),
        acked_by: acked_at.and(answer).map(|answer| answer.by),
        acked_at,
        value,
        limit,
    })
}
