//! Large, medium, small or micro: both limits of the trade must be reached. Source: 统计上大中小微型企业划分办法（2017）, 国统字〔2017〕213号.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::editions;
use crate::exact::Exact;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// The limits of a trade. Employees in persons, revenue and assets in 10,000 yuan.
#[derive(Clone, Debug, Deserialize)]
pub struct Trade {
    pub code: String,
    pub industry_zh: String,
    pub measure_a: String,
    /// Some trades have one measure only.
    pub measure_b: Option<String>,
    large_a: Exact,
    large_b: Option<Exact>,
    medium_a: Exact,
    medium_b: Option<Exact>,
    small_a: Exact,
    small_b: Option<Exact>,
    pub status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    Micro,
    Small,
    Medium,
    Large,
}

pub fn trades() -> &'static [Trade] {
    static ROWS: LazyLock<Vec<Trade>> = LazyLock::new(|| table::rows(include_str!("../data/enterprise_size.csv")));
    &ROWS
}

impl Trade {
    /// The largest class whose lower limits are all reached; `b` counts only where the trade has a second measure.
    pub fn size(&self, a: Exact, b: Exact) -> Size {
        let classes = [
            (Size::Large, self.large_a, self.large_b),
            (Size::Medium, self.medium_a, self.medium_b),
            (Size::Small, self.small_a, self.small_b),
        ];
        let reached = |(_, least_a, least_b): &(Size, Exact, Option<Exact>)| a >= *least_a && least_b.is_none_or(|least| b >= least);
        classes.into_iter().find(reached).map_or(Size::Micro, |(size, ..)| size)
    }
}

/// What an enterprise may be measured by, and the unit.
const MEASURES: [(&str, &str); 3] = [("employees", "persons"), ("revenue", "10,000 yuan"), ("assets", "10,000 yuan")];

/// Reads `{as_of?, industry, employees, revenue, assets}`: what the trade measures is needed, and nothing else.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["as_of", "industry", "employees", "revenue", "assets"])?;
    let mut warnings = Vec::new();
    let edition = editions::asked("enterprise_size", &ask, &mut warnings)?;
    let code = ask.need_text("industry", "the trade, such as `industry`")?;
    let trade = trades()
        .iter()
        .find(|trade| trade.code == code)
        .ok_or_else(|| ask.unknown_code("industry", code, trades().iter().map(|trade| trade.code.as_str())))?;
    let a = measured(&ask, &trade.measure_a, code)?;
    let b = trade.measure_b.as_deref().map(|name| measured(&ask, name, code)).transpose()?;
    let counts = |name: &str| trade.measure_a == name || trade.measure_b.as_deref() == Some(name);
    if let Some((name, _)) = MEASURES.into_iter().find(|(name, _)| ask.get(name).is_some() && !counts(name)) {
        return Err(ask.contradiction(name, format!("`{code}` is not measured by it")));
    }
    let size = trade.size(a, b.unwrap_or(Exact::ZERO));
    let limits_a = [Some(trade.large_a), Some(trade.medium_a), Some(trade.small_a)];
    let limits_b = [trade.large_b, trade.medium_b, trade.small_b];
    let steps: Vec<Value> = [(Some(&trade.measure_a), Some(a), limits_a), (trade.measure_b.as_ref(), b, limits_b)]
        .into_iter()
        .filter_map(|(name, value, limits)| Some(step(trade, name?, value?, limits)))
        .collect();
    Ok(json!({
        "size": size, "row": format!("enterprise_size:{}", trade.code), "industry_zh": trade.industry_zh,
        "measured": [trade.measure_a, trade.measure_b], "steps": steps, "as_of": ask.date("as_of")?, "edition": edition.standard,
        "basis": edition.standard, "warnings": warnings, "status": Status::worst([trade.status, edition.status]),
    }))
}

fn unit_of(measure: &str) -> &'static str {
    MEASURES.into_iter().find(|(name, _)| *name == measure).map(|(_, unit)| unit).expect("the table knows three measures")
}

fn measured(ask: &Ask, name: &str, trade: &str) -> Result<Exact, Refusal> {
    let found = ask.exact_within(name, 0, 1_000_000_000_000, &format!("`{trade}` is measured by it, in {}", unit_of(name)))?;
    if name == "employees" && !found.is_whole() {
        return Err(ask.out_of_range(name, found, "a whole number"));
    }
    Ok(found)
}

/// What was given beside the limits of the trade, and the class this measure alone would reach.
fn step(trade: &Trade, name: &str, value: Exact, limits: [Option<Exact>; 3]) -> Value {
    let [large, medium, small] = limits;
    let classes = [(Size::Large, large), (Size::Medium, medium), (Size::Small, small)];
    let reached = classes.into_iter().find(|(_, least)| least.is_some_and(|least| value >= least)).map_or(Size::Micro, |(size, _)| size);
    json!({
        "measure": name, "value": value, "unit": unit_of(name), "limits": { "large": large, "medium": medium, "small": small },
        "reaches": reached, "row": format!("enterprise_size:{}", trade.code), "status": trade.status,
    })
}
