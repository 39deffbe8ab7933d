//! Whether a unit or enterprise is under key supervision (两重点一重大): a key chemical, a key process, or a major hazard source. Sources: 安监总管三〔2009〕116号, 〔2011〕95号, 〔2013〕3号, 〔2013〕12号; GB 18218.

use std::sync::LazyLock;

use anlan_base::Date;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::ask::Ask;
use crate::names::{among, cas_checks, plain, typed};
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// One of the 74 key chemicals; aliases and CAS numbers between semicolons.
#[derive(Clone, Debug, Deserialize)]
pub struct KeyChemical {
    pub seq: u32,
    pub name_zh: String,
    alias_zh: String,
    cas: String,
    pub batch: u8,
    pub listed_from: Date,
    pub status: Status,
}

/// One of the 18 key processes.
#[derive(Clone, Debug, Deserialize)]
pub struct KeyProcess {
    pub code: String,
    pub name_zh: String,
    pub ident: String,
    pub batch: u8,
    pub listed_from: Date,
    pub status: Status,
}

pub fn chemicals() -> &'static [KeyChemical] {
    static ROWS: LazyLock<Vec<KeyChemical>> = LazyLock::new(|| table::rows(include_str!("../data/key_chemicals.csv")));
    &ROWS
}

pub fn processes() -> &'static [KeyProcess] {
    static ROWS: LazyLock<Vec<KeyProcess>> = LazyLock::new(|| table::rows(include_str!("../data/key_processes.csv")));
    &ROWS
}

/// Part of the answer: the rows that hold, and whether any does. `None`: nobody has said.
#[derive(Default)]
struct Part {
    holds: Option<bool>,
    steps: Vec<Value>,
    statuses: Vec<Status>,
    warnings: Vec<Value>,
}

impl Part {
    fn of(steps: Vec<Value>, statuses: Vec<Status>) -> Self {
        let holds = steps.iter().any(|step| step["holds"] == json!(true));
        Self { holds: Some(holds), steps, statuses, warnings: Vec::new() }
    }
}

/// Reads `{as_of, chemicals?: [{cas | name}], processes?: [text], gb18218?: [result]}`.
///
/// A part that is left out is not judged; an empty list says that there is none.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["as_of", "chemicals", "processes", "gb18218"])?;
    let as_of = ask.need_date("as_of", "the day on which it is judged: the lists grew in 2011 and 2013")?;
    let parts = [
        ("key_chemical", chemicals_of(&ask, as_of)?, "chemicals"),
        ("key_process", processes_of(&ask, as_of)?, "processes"),
        ("major_hazard_source", sources_of(&ask)?, "gb18218"),
    ];
    let not_stated: Vec<&str> = parts.iter().filter(|(_, part, _)| part.holds.is_none()).map(|(_, _, field)| *field).collect();
    if not_stated.len() == parts.len() {
        return Err(
            ask.missing("chemicals", "the chemicals, the `processes`, or results of method `gb18218`; an empty list where there is none")
        );
    }
    let any = parts.iter().any(|(_, part, _)| part.holds == Some(true));
    let flag = if any { Some(true) } else { not_stated.is_empty().then_some(false) };
    let status = Status::worst(parts.iter().flat_map(|(_, part, _)| part.statuses.iter().copied()));
    let mut found = json!({
        "key_supervision": flag, "as_of": as_of, "not_stated": not_stated,
        "basis": "安监总管三〔2009〕116号、〔2011〕95号、〔2013〕3号、〔2013〕12号；GB 18218", "status": status,
    });
    let (mut steps, mut warnings) = (Vec::new(), Vec::new());
    for (name, part, _) in parts {
        found[name] = json!(part.holds);
        steps.extend(part.steps);
        warnings.extend(part.warnings);
    }
    found["steps"] = json!(steps);
    found["warnings"] = json!(warnings);
    Ok(found)
}

fn chemicals_of(ask: &Ask, as_of: Date) -> Result<Part, Refusal> {
    if ask.get("chemicals").is_none() {
        return Ok(Part::default());
    }
    let listed: Vec<_> = chemicals().iter().filter(|row| row.listed_from <= as_of).collect();
    let (mut steps, mut statuses, mut warnings) = (Vec::new(), vec![Status::Verified], Vec::new());
    for one in ask.list("chemicals", &["cas", "name"])? {
        let row = chemical(&one, &listed)?;
        let (cas, name) = (typed(one.text("cas")?), typed(one.text("name")?));
        if row.is_none() && cas.is_none() {
            // Another spelling of a listed name would look the same.
            warnings.push(json!({ "code": "looked_up_by_name_only", "field": one.field("name"), "name": name }));
        }
        let status = row.map_or(Status::Verified, |row| row.status);
        statuses.push(status);
        steps.push(json!({
            "kind": "key_chemical", "asked": name.or(cas), "holds": row.is_some(), "row": row.map(|row| format!("key_chemicals:{}", row.seq)),
            "name_zh": row.map(|row| &row.name_zh), "batch": row.map(|row| row.batch), "status": status,
        }));
    }
    Ok(Part { warnings, ..Part::of(steps, statuses) })
}

/// By CAS number first, then by name.
fn chemical<'r>(one: &Ask, listed: &[&'r KeyChemical]) -> Result<Option<&'r KeyChemical>, Refusal> {
    let (cas, name) = (typed(one.text("cas")?), typed(one.text("name")?));
    if cas.is_none() && name.is_none() {
        return Err(Refusal::Required { field: one.here(), help: "`cas` or `name`".to_owned() });
    }
    if let Some(cas) = cas.filter(|cas| !cas_checks(cas)) {
        return Err(one.contradiction("cas", format!("the check digit of `{cas}` is wrong: look it up again, or give the name alone")));
    }
    let by_cas = cas.and_then(|cas| listed.iter().find(|row| among(&row.cas, cas)));
    let by_name = name.and_then(|name| listed.iter().find(|row| plain(&row.name_zh) == plain(name) || among(&row.alias_zh, name)));
    match (by_cas, by_name) {
        (Some(a), Some(b)) if a.seq != b.seq => Err(Refusal::Contradiction {
            field: one.here(),
            found: format!("the CAS number belongs to `{}`, the name to `{}`", a.name_zh, b.name_zh),
        }),
        (a, b) => Ok(a.or(b).copied()),
    }
}

fn processes_of(ask: &Ask, as_of: Date) -> Result<Part, Refusal> {
    if ask.get("processes").is_none() {
        return Ok(Part::default());
    }
    let (mut steps, mut statuses) = (Vec::new(), vec![Status::Verified]);
    for asked in ask.texts("processes")? {
        let bare = |name: &str| plain(name).replace("工艺", "");
        let is_called = |row: &&KeyProcess| row.code == asked || row.ident == asked || bare(&row.name_zh) == bare(asked);
        // A process under another name must not pass as none: only the listed ones and an empty list are understood.
        let row = processes().iter().find(is_called).ok_or_else(|| {
            let allowed = processes().iter().map(|row| format!("{} {}", row.code, row.name_zh));
            ask.unknown_code("processes", asked, allowed)
        })?;
        let listed = row.listed_from <= as_of;
        statuses.push(row.status);
        steps.push(json!({
            "kind": "key_process", "asked": asked, "holds": listed, "row": format!("key_processes:{}", row.code), "name_zh": row.name_zh,
            "batch": row.batch, "status": row.status,
        }));
    }
    Ok(Part::of(steps, statuses))
}

fn sources_of(ask: &Ask) -> Result<Part, Refusal> {
    let results = match ask.get("gb18218") {
        None => return Ok(Part::default()),
        Some(Value::Array(results)) => results.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    let (mut steps, mut statuses) = (Vec::new(), vec![Status::Verified]);
    for (at, result) in results.iter().enumerate() {
        let fields = result.as_object().filter(|fields| fields.contains_key("level") && fields.contains_key("S"));
        let refuse = || Refusal::WrongType {
            field: format!("gb18218[{at}]"),
            found: "something else".to_owned(),
            wanted: "a result of method `gb18218`, with S, level and status".to_owned(),
        };
        let (step, status) = fields.and_then(source).ok_or_else(refuse)?;
        statuses.push(status);
        steps.push(step);
    }
    Ok(Part::of(steps, statuses))
}

/// A unit is a source where it has a level: S ≥ 1, compared unrounded when the result was made.
fn source(result: &Map<String, Value>) -> Option<(Value, Status)> {
    let level = match &result["level"] {
        Value::Null => None,
        level => Some(level.as_u64().filter(|level| (1..=4).contains(level))?),
    };
    let s = result["S"].as_f64()?;
    let status: Status = serde_json::from_value(result.get("status")?.clone()).ok()?;
    let step = json!({
        "kind": "major_hazard_source", "holds": level.is_some(), "S": s, "level": level, "edition": result.get("edition"), "status": status,
    });
    Some((step, status))
}
