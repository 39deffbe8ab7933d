//! Large, medium, small or micro: both limits of the trade must be reached. Source: 统计上大中小微型企业划分办法（2017）, 国统字〔2017〕213号.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
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

/// Reads `{industry, employees, revenue, assets}`: only what the trade measures is needed.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["industry", "employees", "revenue", "assets"])?;
    let code = ask.need_text("industry", "the trade, such as `industry`")?;
    let trade = trades()
        .iter()
        .find(|trade| trade.code == code)
        .ok_or_else(|| ask.unknown_code("industry", code, trades().iter().map(|trade| trade.code.as_str())))?;
    let measure = |name: &str| {
        let unit = if name == "employees" { "persons" } else { "10,000 yuan" };
        ask.exact_within(name, 0, 1_000_000_000_000, &format!("`{code}` is measured by it, in {unit}"))
    };
    let a = measure(&trade.measure_a)?;
    let b = trade.measure_b.as_deref().map(measure).transpose()?;
    let size = trade.size(a, b.unwrap_or(Exact::ZERO));
    Ok(json!({
        "size": size, "row": format!("enterprise_size:{}", trade.code), "industry_zh": trade.industry_zh, "measured": [trade.measure_a, trade.measure_b], "basis": "国统字〔2017〕213号",
        "status": trade.status,
    }))
}
