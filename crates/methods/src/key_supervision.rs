//! Whether a unit or enterprise is under key supervision (两重点一重大): a key chemical, a key process, or a major hazard source. Sources: 安监总管三〔2009〕116号, 〔2011〕95号, 〔2013〕3号, 〔2013〕12号; GB 18218.

use std::sync::LazyLock;

use anlan_base::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::names::{among, bare, cas_checks, plain, typed};
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

impl KeyChemical {
    /// The substances of a row as the list prints them: `氟化氢、氢氟酸` names two, `苯（含粗苯）` one.
    fn is_printed(&self, name: &str) -> bool {
        let row = plain(&self.name_zh);
        let without_bracket = |part: &str| part.strip_suffix(')').and_then(|part| part.rsplit_once('(')).map(|(part, _)| part.to_owned());
        let called = |part: &str| part == name || without_bracket(part).as_deref() == Some(name);
        called(&row) || row.split('、').any(called)
    }

    /// How well it is known that a CAS number or name is of this row; `None`: it is not. Second numbers and aliases are from knowledge.
    fn by_cas(&self, cas: &str) -> Option<Status> {
        let first = self.cas.split(';').next() == Some(cas);
        among(&self.cas, cas).then_some(if first { Status::Verified } else { Status::FromKnowledge })
    }

    fn by_name(&self, name: &str) -> Option<Status> {
        if self.is_printed(&plain(name)) {
            return Some(Status::Verified);
        }
        let usual = among(&self.alias_zh, name) || bare(name).iter().any(|form| self.is_printed(form) || among(&self.alias_zh, form));
        usual.then_some(Status::FromKnowledge)
    }
}

/// Part of the answer: the rows that hold, and whether any does. `None`: it cannot be said.
#[derive(Default)]
struct Part {
    stated: bool,
    holds: Option<bool>,
    steps: Vec<Value>,
    statuses: Vec<Status>,
    warnings: Vec<Value>,
}

impl Part {
    fn of(steps: Vec<Value>, statuses: Vec<Status>) -> Self {
        let open = steps.iter().any(|step| step["holds"].is_null());
        let holds = steps.iter().any(|step| step["holds"] == json!(true));
        Self { stated: true, holds: (holds || !open).then_some(holds), steps, statuses, warnings: Vec::new() }
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
    let not_stated: Vec<&str> = parts.iter().filter(|(_, part, _)| !part.stated).map(|(_, _, field)| *field).collect();
    if not_stated.len() == parts.len() {
        return Err(
            ask.missing("chemicals", "the chemicals, the `processes`, or results of method `gb18218`; an empty list where there is none")
        );
    }
    let any = parts.iter().any(|(_, part, _)| part.holds == Some(true));
    let none = parts.iter().all(|(_, part, _)| part.holds == Some(false));
    let flag = (any || none).then_some(any);
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
    let (mut steps, mut statuses, mut warnings) = (Vec::new(), vec![Status::Verified], Vec::new());
    for one in ask.list("chemicals", &["cas", "name"])? {
        let found = chemical(&one)?;
        let (cas, name) = (typed(one.text("cas")?), typed(one.text("name")?));
        let (holds, status) = match found {
            Some((row, status)) if row.listed_from <= as_of => (Some(true), status),
            // The days of listing are from knowledge.
            Some(_) => (Some(false), Status::FromKnowledge),
            None if cas.is_some() => (Some(false), Status::Verified),
            None => {
                // Another spelling of a listed name would look the same.
                warnings.push(json!({ "code": "looked_up_by_name_only", "field": one.field("name"), "name": name }));
                (None, Status::FromKnowledge)
            }
        };
        let row = found.map(|(row, _)| row);
        statuses.push(status);
        steps.push(json!({
            "kind": "key_chemical", "asked": name.or(cas), "holds": holds, "row": row.map(|row| format!("key_chemicals:{}", row.seq)),
            "name_zh": row.map(|row| &row.name_zh), "batch": row.map(|row| row.batch), "status": status,
        }));
    }
    Ok(Part { warnings, ..Part::of(steps, statuses) })
}

/// By CAS number first, then by name; with how well the row is known to be meant.
fn chemical(one: &Ask) -> Result<Option<(&'static KeyChemical, Status)>, Refusal> {
    let (cas, name) = (typed(one.text("cas")?), typed(one.text("name")?));
    if cas.is_none() && name.is_none() {
        return Err(Refusal::Required { field: one.here(), help: "`cas` or `name`".to_owned() });
    }
    if let Some(cas) = cas.filter(|cas| !cas_checks(cas)) {
        return Err(one.contradiction("cas", format!("the check digit of `{cas}` is wrong: look it up again, or give the name alone")));
    }
    let by_cas = cas.and_then(|cas| chemicals().iter().find_map(|row| Some((row, row.by_cas(cas)?))));
    let best = |name: &str| chemicals().iter().filter_map(|row| Some((row, row.by_name(name)?))).min_by_key(|(_, status)| *status);
    let by_name = name.and_then(best);
    let (row, found) = match (by_cas, by_name) {
        (Some((a, _)), Some((b, _))) if a.seq != b.seq => {
            let found = format!("the CAS number belongs to `{}`, the name to `{}`", a.name_zh, b.name_zh);
            return Err(Refusal::Contradiction { field: one.here(), found });
        }
        (Some((row, number)), Some((_, called))) => (row, number.min(called)),
        (Some(found), None) => found,
        // The name is of the list and the number is not: the number may be another one in use.
        (None, Some((row, called))) => (row, if cas.is_some() { Status::FromKnowledge } else { called }),
        (None, None) => return Ok(None),
    };
    Ok(Some((row, found.max(row.status))))
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
        let (step, status) = source(result, format!("gb18218[{at}]"))?;
        statuses.push(status);
        steps.push(step);
    }
    Ok(Part::of(steps, statuses))
}

/// A unit is a source where S ≥ 1, compared unrounded when the result was made: `major_hazard_source` says so, and S is rounded.
fn source(result: &Value, field: String) -> Result<(Value, Status), Refusal> {
    let read = || {
        let fields = result.as_object().filter(|fields| fields.contains_key("level"))?;
        let level = match &fields["level"] {
            Value::Null => None,
            level => Some(level.as_u64().filter(|level| (1..=4).contains(level))?),
        };
        let flag = match fields.get("major_hazard_source") {
            None | Some(Value::Null) => None,
            Some(flag) => Some(flag.as_bool()?),
        };
        let status: Status = serde_json::from_value(fields.get("status")?.clone()).ok()?;
        Some((fields.get("S")?.as_f64()?, level, flag, status))
    };
    let (s, level, flag, status) = read().ok_or_else(|| Refusal::WrongType {
        field: field.clone(),
        found: "something else".to_owned(),
        wanted: "a result of method `gb18218`, with S, level and status".to_owned(),
    })?;
    // S just below 1 is rounded to 1; only the flag then tells.
    let rounded_up = flag == Some(false) && s == 1.0;
    let major = s >= 1.0 && !rounded_up;
    if s < 0.0 || level.is_some() != major || flag.is_some_and(|flag| flag != major) {
        let found = "S, level and `major_hazard_source` contradict each other: S ≥ 1 has a level, S < 1 has none".to_owned();
        return Err(Refusal::Contradiction { field, found });
    }
    let edition = result.get("edition");
    let step = json!({ "kind": "major_hazard_source", "holds": major, "S": s, "level": level, "edition": edition, "status": status });
    Ok((step, status))
}
