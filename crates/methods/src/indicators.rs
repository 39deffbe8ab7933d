//! Statistical indicators of accidents: rates, the cumulative drop against a base year, and whether a plan's target is on its way. A zero denominator has no rate.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::exact::Exact;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// value = numerator / denominator · factor; without a denominator it counts.
#[derive(Clone, Debug, Deserialize)]
pub struct Indicator {
    pub code: String,
    pub name_zh: String,
    pub numerator: String,
    pub denominator: Option<String>,
    pub factor: i64,
    pub unit_zh: String,
    /// Cumulative drop the plan asks for, %.
    pub target_drop_pct: Option<Exact>,
    pub status: Status,
}

pub fn indicators() -> &'static [Indicator] {
    static ROWS: LazyLock<Vec<Indicator>> = LazyLock::new(|| table::rows(include_str!("../data/indicators.csv")));
    &ROWS
}

/// `None` ("n/a") where the denominator is zero.
pub fn rate(numerator: Exact, denominator: Exact, factor: i64) -> Option<Exact> {
    numerator.over(denominator)?.times(Exact::whole(factor))
}

/// (base − current) / base · 100; `None` ("n/a") where the base is zero.
pub fn cumulative_drop_pct(base: Exact, current: Exact) -> Option<Exact> {
    base.minus(current)?.over(base)?.times(Exact::whole(100))
}

/// Whether the drop has reached its share of the target, counted evenly over the years (product convention).
pub fn on_track(drop_pct: Exact, target_pct: Exact, years_elapsed: u32, years_total: u32) -> Option<bool> {
    let share = Exact::whole(i64::from(years_elapsed)).over(Exact::whole(i64::from(years_total)))?;
    Some(drop_pct >= target_pct.times(share)?)
}

/// Reads `{current: {deaths, …}, base?: {…}, years_elapsed?, years_total?}` and answers every indicator that the figures allow.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["current", "base", "years_elapsed", "years_total"])?;
    let current = figures(&ask, "current")?.ok_or_else(|| ask.missing("current", "the figures of the period, such as `deaths`"))?;
    let base = figures(&ask, "base")?;
    let years = |name: &str| match ask.count(name)? {
        Some(found @ 0..=100) => Ok(Some(found as u32)),
        Some(found) => Err(ask.out_of_range(name, found, "0 to 100")),
        None => Ok(None),
    };
    let (elapsed, total) = (years("years_elapsed")?, years("years_total")?);
    let mut rows = Vec::new();
    for indicator in indicators() {
        let Some(now) = value(indicator, &current) else { continue };
        let before = base.as_ref().and_then(|base| value(indicator, base));
        let drop = before.flatten().zip(now).and_then(|(before, now)| cumulative_drop_pct(before, now));
        let track = match (drop, indicator.target_drop_pct, elapsed, total) {
            (Some(drop), Some(target), Some(elapsed), Some(total)) => on_track(drop, target, elapsed, total),
            _ => None,
        };
        rows.push(json!({
            "indicator": indicator.code, "name_zh": indicator.name_zh, "value": now, "unit_zh": indicator.unit_zh,
            "cumulative_drop_pct": drop, "target_drop_pct": indicator.target_drop_pct, "on_track": track, "status": indicator.status,
        }));
    }
    if rows.is_empty() {
        return Err(ask.missing("current", "figures that an indicator needs, such as `deaths` and `gdp_yuan`"));
    }
    Ok(json!({ "indicators": rows }))
}

/// The outer `None`: the figures are not given; the inner one: the denominator is zero.
fn value(indicator: &Indicator, figures: &BTreeMap<&str, Exact>) -> Option<Option<Exact>> {
    let numerator = *figures.get(indicator.numerator.as_str())?;
    match &indicator.denominator {
        None => Some(Some(numerator)),
        Some(name) => Some(rate(numerator, *figures.get(name.as_str())?, indicator.factor)),
    }
}

fn figures(ask: &Ask, name: &str) -> Result<Option<BTreeMap<&'static str, Exact>>, Refusal> {
    let mut known: Vec<&'static str> =
        indicators().iter().flat_map(|row| [Some(row.numerator.as_str()), row.denominator.as_deref()]).flatten().collect();
    known.sort_unstable();
    known.dedup();
    let Some(inner) = ask.inner(name, &known)? else { return Ok(None) };
    let mut found = BTreeMap::new();
    for key in known {
        if inner.get(key).is_some() {
            found.insert(key, inner.exact_within(key, 0, 1_000_000_000_000_000, "")?);
        }
    }
    Ok(Some(found))
}
