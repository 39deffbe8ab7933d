//! Direct economic loss of an accident, item by item, in the edition of its day; and the loss of work, which is indirect. Sources: GB 6721-1986, GB 6721-2025.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::editions;
use crate::exact::Exact;
use crate::names::plain;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// An item of cost.
#[derive(Clone, Debug, Deserialize)]
pub struct Item {
    pub standard: String,
    /// `Ed1` to `Ed5`; `Ei` is indirect.
    pub part: String,
    pub part_zh: String,
    pub code: String,
    pub name_zh: String,
    #[serde(deserialize_with = "table::yes")]
    pub direct: bool,
    /// Direct only as far as the enterprise pays it.
    #[serde(deserialize_with = "table::yes")]
    pub asks_payer: bool,
    pub status: Status,
}

pub fn items() -> &'static [Item] {
    static ROWS: LazyLock<Vec<Item>> = LazyLock::new(|| table::rows(include_str!("../data/direct_loss.csv")));
    &ROWS
}

/// An amount under an item, as it counts.
struct Entry {
    item: &'static Item,
    yuan: Exact,
    direct: bool,
}

/// Vw = DL·M/(S·D), yuan. `None` where a divisor is zero or the figure does not fit.
pub fn work_loss(lost_days: Exact, profit_yuan: Exact, employees: Exact, working_days: Exact) -> Option<Exact> {
    lost_days.times(profit_yuan)?.over(employees.times(working_days)?)
}

/// Reads `{occurred_on, items: [{item, yuan, paid_by?}], work_loss?: {lost_days, profit_yuan, employees, working_days}}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["occurred_on", "items", "work_loss"])?;
    let occurred = ask.need_date("occurred_on", "the day of the accident: it chooses the edition of GB 6721")?;
    let edition = editions::on("direct_loss", occurred, ask.field("occurred_on"))?;
    let mut entries = Vec::new();
    for one in ask.list("items", &["item", "yuan", "paid_by"])? {
        entries.push(entry(&one, &edition.standard)?);
    }
    let work = work(&ask)?;
    if entries.is_empty() && work.is_none() {
        return Err(ask.missing("items", "the amounts by item, such as `medical` or 医疗费, in yuan"));
    }
    let too_large = || ask.out_of_range("items", "a sum that does not fit", "amounts of money");
    let sum = |part: &dyn Fn(&Entry) -> bool| {
        let chosen = entries.iter().filter(|entry| part(entry));
        chosen.clone().try_fold(Exact::ZERO, |sum, entry| sum.plus(entry.yuan)).ok_or_else(too_large)
    };
    let direct = sum(&|entry| entry.direct)?;
    let indirect = sum(&|entry| !entry.direct)?.plus(work.unwrap_or_default()).ok_or_else(too_large)?;
    let mut parts: Vec<Value> = Vec::new();
    for item in items().iter().filter(|item| item.standard == edition.standard && item.direct) {
        if parts.iter().all(|part| part["part"] != json!(item.part)) {
            let yuan = sum(&|entry| entry.direct && entry.item.part == item.part)?;
            parts.push(json!({ "part": item.part, "part_zh": item.part_zh, "yuan": yuan }));
        }
    }
    let given = |item: &Item| entries.iter().any(|entry| entry.item.code == item.code);
    let open = items().iter().filter(|item| item.standard == edition.standard && item.direct && !given(item));
    let not_given: Vec<&str> = open.map(|item| item.name_zh.as_str()).collect();
    let statuses = entries.iter().map(|entry| entry.item.status).chain([edition.status]);
    Ok(json!({
        "direct_loss_yuan": direct, "indirect_loss_yuan": indirect, "work_loss_yuan": work, "parts": parts,
        "formulae": ["Ed = Σ parts", "Vw = DL·M/(S·D)"],
        "steps": entries.iter().map(shown).collect::<Vec<_>>(), "not_given": not_given,
        "exact": { "direct_loss_yuan": direct.to_string(), "direct_loss_wan_yuan": direct.over(Exact::whole(10_000)).map(|wan| wan.to_string()), "indirect_loss_yuan": indirect.to_string() },
        "edition": edition.standard, "basis": edition.standard, "status": Status::worst(statuses),
    }))
}

fn shown(entry: &Entry) -> Value {
    let Entry { item, yuan, direct } = entry;
    json!({
        "part": item.part, "item": item.code, "name_zh": item.name_zh, "row": format!("direct_loss:{}:{}", item.standard, item.code),
        "yuan": yuan, "direct": direct, "edition": item.standard, "status": item.status,
    })
}

fn entry(one: &Ask, standard: &str) -> Result<Entry, Refusal> {
    let wanted = one.need_text("item", "the item of cost, such as `medical` or 医疗费")?;
    let of_edition = || items().iter().filter(|item| item.standard == standard);
    let item = of_edition().find(|item| item.code == wanted || plain(&item.name_zh) == plain(wanted)).ok_or_else(|| {
        let allowed = of_edition().map(|item| format!("{} {}", item.code, item.name_zh));
        one.unknown_code("item", wanted, allowed)
    })?;
    let yuan = one.yuan("yuan", "the amount in yuan")?;
    let payer = one.word("paid_by", &[("enterprise", true), ("government", false)])?;
    let direct = match (item.asks_payer, payer) {
        (true, None) => {
            let help = "`enterprise` or `government`: of the rescue costs only what the enterprise pays is direct loss";
            return Err(one.missing("paid_by", help));
        }
        (true, Some(enterprise)) => enterprise,
        (false, Some(false)) => return Err(one.contradiction("paid_by", "only rescue costs are asked for who paid them")),
        (false, _) => item.direct,
    };
    Ok(Entry { item, yuan, direct })
}

fn work(ask: &Ask) -> Result<Option<Exact>, Refusal> {
    const MOST: i64 = 1_000_000_000;
    let Some(one) = ask.inner("work_loss", &["lost_days", "profit_yuan", "employees", "working_days"])? else { return Ok(None) };
    let days = one.exact_within("lost_days", 0, MOST, "DL, the lost working days (GB 15499)")?;
    let profit = one.yuan("profit_yuan", "M, the profit of the year before (GB 6721-1986: profit and taxes)")?;
    let employees = one.exact_within("employees", 1, MOST, "S, the average number of employees of the year before")?;
    let working = one.exact_within("working_days", 1, 366, "D, the statutory working days of the year before")?;
    let too_large = || one.out_of_range("lost_days", days, "figures whose product is believable");
    work_loss(days, profit, employees, working).map(Some).ok_or_else(too_large)
}
