//! The type of an accident by the edition of its day, and the way from the twenty types of 1986 to the codes of 2025. Absent on purpose: choosing where several codes fit. Sources: GB 6441-1986, GB 6441-2025.

use std::sync::LazyLock;

use anlan_base::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::editions;
use crate::names::plain;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// A category of GB 6441-1986.
#[derive(Clone, Debug, Deserialize)]
pub struct Old {
    pub code: String,
    pub name_zh: String,
    pub ident: String,
    /// Codes of 2025 it may become, between semicolons.
    map_2025: String,
    pub status: Status,
}

/// A code of GB 6441-2025: `WSA1` a type, `WSA2` the severity of injuries.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct New {
    pub code: String,
    pub name_zh: String,
    pub ident: String,
    pub status: Status,
}

/// The divisions of GB/T 4754-2017, 农业 to 国际组织: each of these numbers is one.
const DIVISIONS: std::ops::RangeInclusive<u8> = 1..=97;

pub fn types_1986() -> &'static [Old] {
    static ROWS: LazyLock<Vec<Old>> = LazyLock::new(|| table::rows(include_str!("../data/accident_types_1986.csv")));
    &ROWS
}

pub fn codes_2025() -> &'static [New] {
    static ROWS: LazyLock<Vec<New>> = LazyLock::new(|| table::rows(include_str!("../data/accident_types_2025.csv")));
    &ROWS
}

impl Old {
    /// The codes of 2025 among which a person chooses.
    pub fn candidates(&self) -> Vec<&'static New> {
        self.map_2025.split(';').filter_map(|code| codes_2025().iter().find(|new| new.code == code)).collect()
    }
}

/// Reads `{occurred_on, type, convert?, chosen?, injury?, industry?}`; `type` is a code, an `ident` or the printed name.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["occurred_on", "type", "convert", "chosen", "injury", "industry"])?;
    let occurred = ask.need_date("occurred_on", "the day of the accident: it chooses the edition of GB 6441")?;
    let edition = editions::on("accident_type", occurred, ask.field("occurred_on"))?;
    let wanted = ask.need_text("type", "the accident's type: a code such as `18` or `WSA10016`, or its name")?;
    if edition.standard == "GB 6441-1986" { before_2025(&ask, occurred, wanted) } else { after_2025(&ask, occurred, wanted) }
}

fn is_called(wanted: &str, code: &str, ident: &str, name: &str) -> bool {
    wanted == code || wanted == ident || plain(wanted) == plain(name)
}

fn before_2025(ask: &Ask, occurred: Date, wanted: &str) -> Result<Value, Refusal> {
    if let Some(name) = ["injury", "industry"].into_iter().find(|name| ask.get(name).is_some()) {
        return Err(ask.contradiction(name, format!("belongs to GB 6441-2025, and on {occurred} GB 6441-1986 was in force")));
    }
    let found = types_1986().iter().find(|row| is_called(wanted, &row.code, &row.ident, &row.name_zh)).ok_or_else(|| {
        let allowed = types_1986().iter().map(|row| format!("{} {}", row.code, row.name_zh));
        ask.unknown_code("type", wanted, allowed)
    })?;
    let mut answer = json!({
        "occurred_on": occurred, "edition": "GB 6441-1986", "code": found.code, "name_zh": found.name_zh, "ident": found.ident,
        "row": format!("accident_types_1986:{}", found.code), "candidates_2025": found.candidates(), "status": found.status,
    });
    if ask.flag("convert")?.unwrap_or(false) || ask.get("chosen").is_some() {
        answer["converted"] = json!(converted(ask, found)?);
        // The map is a suggestion of ours.
        answer["status"] = json!(Status::FromKnowledge);
    }
    Ok(answer)
}

/// The code of 2025: the only candidate, or the one a person has chosen among them.
fn converted(ask: &Ask, old: &Old) -> Result<&'static New, Refusal> {
    let candidates = old.candidates();
    let listed = || candidates.iter().map(|new| format!("{} {}", new.code, new.name_zh)).collect::<Vec<_>>();
    match (ask.text("chosen")?, candidates.as_slice()) {
        (Some(code), _) => {
            let chosen = candidates.iter().find(|new| is_called(code, &new.code, &new.ident, &new.name_zh));
            chosen.copied().ok_or_else(|| ask.unknown_code("chosen", code, listed()))
        }
        (None, [only]) => Ok(only),
        (None, _) => Err(Refusal::Ambiguous { field: ask.field("chosen"), found: old.name_zh.clone(), candidates: listed().join(", ") }),
    }
}

fn after_2025(ask: &Ask, occurred: Date, wanted: &str) -> Result<Value, Refusal> {
    if let Some(name) = ["convert", "chosen"].into_iter().find(|name| ask.get(name).is_some()) {
        return Err(ask.contradiction(name, format!("is for accidents before GB 6441-2025, which was in force on {occurred}")));
    }
    let of_way = |way: &'static str| codes_2025().iter().filter(move |row| row.code.starts_with(way));
    let find = |way: &'static str, name: &str, wanted: &str| {
        let found = of_way(way).find(|row| is_called(wanted, &row.code, &row.ident, &row.name_zh));
        found.ok_or_else(|| ask.unknown_code(name, wanted, of_way(way).map(|row| format!("{} {}", row.code, row.name_zh))))
    };
    let found = find("WSA1", "type", wanted)?;
    let injury = ask.text("injury")?.map(|wanted| find("WSA2", "injury", wanted)).transpose()?;
    let industry = ask.text("industry")?.map(|class| {
        if class.len() != 4 || !class.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ask.out_of_range("industry", class, "the four digits of a class of GB/T 4754, without its letter"));
        }
        // Divisions are held, their classes not.
        match class[..2].parse() {
            Ok(division) if DIVISIONS.contains(&division) => Ok(format!("WSA3{class}")),
            _ => Err(ask.unknown_code("industry", class, ["01 … 97: the divisions of GB/T 4754-2017, the first two of the four digits"])),
        }
    });
    Ok(json!({
        "occurred_on": occurred, "edition": "GB 6441-2025", "code": found.code, "name_zh": found.name_zh, "ident": found.ident,
        "row": format!("accident_types_2025:{}", found.code), "injury": injury, "industry_code": industry.transpose()?, "status": found.status,
    }))
}
