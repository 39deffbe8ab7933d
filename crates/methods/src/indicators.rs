//! Statistical indicators: rates, the cumulative drop against a base year, and whether the plan's targets are reached. A zero denominator has no rate.

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
    /// Whether the numerator counts some of what the denominator counts: then the rate is 100 % at most.
    #[serde(deserialize_with = "table::yes")]
    pub part: bool,
    pub unit_zh: String,
    /// Cumulative drop the plan asks for, %.
    pub target_drop_pct: Option<Exact>,
    /// Least value the plan asks for, %.
    pub target_min_pct: Option<Exact>,
    pub status: Status,
}

/// The plan's years, and the year its drops are counted against.
pub const PLAN: std::ops::RangeInclusive<u64> = 2016..=2020;
pub const BASE_YEAR: u64 = 2015;

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

/// How far the plan has come; `applies` is false outside its years.
struct Progress {
    applies: bool,
    elapsed: Option<u32>,
    total: Option<u32>,
}

/// Reads `{year?, current: {deaths, …}, base?: {…}, years_elapsed?, years_total?}` and answers every indicator that the figures allow.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["year", "current", "base", "years_elapsed", "years_total"])?;
    let current = figures(&ask, "current")?.ok_or_else(|| ask.missing("current", "the figures of the period, such as `deaths`"))?;
    let base = figures(&ask, "base")?;
    let mut warnings = Vec::new();
    let progress = progress(&ask, &mut warnings)?;
    let mut rows = Vec::new();
    let mut statuses = Vec::new();
    for indicator in indicators() {
        let Some(now) = value(indicator, &current) else { continue };
        let before = base.as_ref().and_then(|base| value(indicator, base));
        statuses.push(indicator.status);
        rows.push(row(indicator, now, before, &progress));
    }
    if rows.is_empty() {
        return Err(ask.missing("current", "figures that an indicator needs, such as `deaths` and `gdp_yuan`"));
    }
    Ok(json!({
        "year": ask.count("year")?, "targets_apply": progress.applies, "indicators": rows, "warnings": warnings,
        "formulae": ["value = numerator / denominator · factor", "drop = (base − current) / base · 100 %"],
        "basis": "常州市新北区安全生产“十三五”规划（2016—2020）；GB 6441-2025 附录A", "status": Status::worst(statuses),
    }))
}

fn row(indicator: &Indicator, now: Option<Exact>, before: Option<Option<Exact>>, progress: &Progress) -> Value {
    let drop = before.flatten().zip(now).and_then(|(before, now)| cumulative_drop_pct(before, now));
    let target_drop = indicator.target_drop_pct.filter(|_| progress.applies);
    let target_min = indicator.target_min_pct.filter(|_| progress.applies);
    let track = match (drop, target_drop, progress.elapsed, progress.total) {
        (Some(drop), Some(target), Some(elapsed), Some(total)) => on_track(drop, target, elapsed, total),
        _ => None,
    };
    let shown = |figure: Option<Exact>| figure.map_or("n/a".to_owned(), Exact::shown);
    json!({
        "indicator": indicator.code, "name_zh": indicator.name_zh, "row": format!("indicators:{}", indicator.code), "value": now,
        "shown": shown(now), "unit_zh": indicator.unit_zh, "cumulative_drop_pct": drop, "drop_shown": before.map(|_| shown(drop)),
        "exact": { "value": now.map(|now| now.to_string()), "cumulative_drop_pct": drop.map(|drop| drop.to_string()) },
        "target_drop_pct": target_drop, "on_track": track, "target_min_pct": target_min,
        "reached": now.zip(target_min).map(|(now, target)| now >= target), "status": indicator.status,
    })
}

/// The plan's targets hold in 2016–2020; a year tells how much of it has passed.
fn progress(ask: &Ask, warnings: &mut Vec<Value>) -> Result<Progress, Refusal> {
    let years = |name: &str| match ask.count(name)? {
        Some(found @ 0..=100) => Ok(Some(found as u32)),
        Some(found) => Err(ask.out_of_range(name, found, "0 to 100")),
        None => Ok(None),
    };
    let (elapsed, total) = (years("years_elapsed")?, years("years_total")?);
    if let Some((elapsed, total)) = elapsed.zip(total).filter(|(elapsed, total)| elapsed > total) {
        return Err(ask.out_of_range("years_elapsed", elapsed, &format!("0 to {total}")));
    }
    let Some(year) = ask.count("year")? else {
        let plan = format!("{}-{}", PLAN.start(), PLAN.end());
        warnings.push(json!({ "code": "year_not_stated", "field": ask.field("year"), "targets_hold_in": plan }));
        return Ok(Progress { applies: true, elapsed, total });
    };
    if !(1949..=2200).contains(&year) {
        return Err(ask.out_of_range("year", year, "1949 to 2200"));
    }
    if !PLAN.contains(&year) {
        let plan = format!("{}-{}", PLAN.start(), PLAN.end());
        warnings.push(json!({ "code": "no_target_for_this_year", "year": year, "targets_hold_in": plan }));
        return Ok(Progress { applies: false, elapsed, total });
    }
    let of_year = ((year - BASE_YEAR) as u32, (PLAN.end() - BASE_YEAR) as u32);
    for (name, given, own) in [("years_elapsed", elapsed, of_year.0), ("years_total", total, of_year.1)] {
        if given.is_some_and(|given| given != own) {
            return Err(ask.contradiction(name, format!("the year {year} is year {} of {} of the plan", of_year.0, of_year.1)));
        }
    }
    Ok(Progress { applies: true, elapsed: Some(of_year.0), total: Some(of_year.1) })
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
            let figure = inner.exact_within(key, 0, 1_000_000_000_000_000, "")?;
            if !figure.is_whole() && counts(key) {
                return Err(inner.out_of_range(key, figure, "a whole number"));
            }
            found.insert(key, figure);
        }
    }
    for row in indicators().iter().filter(|row| row.part) {
        let (part, whole) = (found.get(row.numerator.as_str()), row.denominator.as_deref().and_then(|name| found.get(name)));
        if let Some((part, whole)) = part.zip(whole).filter(|(part, whole)| part > whole) {
            let allowed = format!("at most {whole}, because it is a part of `{}`", row.denominator.as_deref().unwrap_or_default());
            return Err(inner.out_of_range(&row.numerator, part, &allowed));
        }
    }
    Ok(Some(found))
}

/// People, accidents, employers are counted: of them there are whole ones only. Money, tonnes and averages are measured.
fn counts(figure: &str) -> bool {
    indicators().iter().any(|row| row.numerator == figure || (row.part && row.denominator.as_deref() == Some(figure)))
}
