//! The sheet of a scenario: reads it, and opens the result line by line to inputs, rows of the tables and the edition.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Demand, InitiatingEvent, Layer, LayerStep, LayerType, NOT_LAYERS, Outcome, SAME, Scenario, analyse, initiating_events, layer_types,
    sil_band,
};
use crate::ask::Ask;
use crate::editions;
use crate::names::tag;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

#[derive(Clone, Debug, Deserialize)]
struct Tolerable {
    severity: u64,
    people_zh: String,
    per_year: f64,
    status: Status,
}

/// A line of the sheet before its running frequency is known.
struct Line {
    shown: Value,
    status: Status,
}

/// The standard whose bands the SIL is read from; it has not changed them since 2003.
const SIL_STANDARD: &str = "IEC 61511-1 / GB/T 21109.1";

/// A scenario as the input gives it, with the lines that show where its figures come from.
struct Sheet {
    scenario: Scenario,
    /// The row of the initiating event; `None`: its frequency alone was typed.
    initiator: Option<&'static InitiatingEvent>,
    event: Line,
    layers: Vec<Line>,
    limit: Line,
}

const FIELDS: [&str; 11] =
    ["as_of", "ief", "initiating_event", "length_m", "times_per_year", "loop", "uses", "modifiers", "layers", "tolerable", "severity"];
const LAYER_FIELDS: [&str; 8] = ["name", "code", "pfd", "loop", "uses", "specific", "dependable", "auditable"];

/// Reads `{as_of?, ief | initiating_event, length_m?, times_per_year?, loop?, uses?, modifiers, layers, tolerable | severity}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &FIELDS)?;
    let mut warnings = Vec::new();
    let edition = editions::asked("lopa", &ask, &mut warnings)?;
    let sheet = read(&ask, &mut warnings)?;
    let outcome = analyse(&sheet.scenario);
    // A product of a thousand small factors may leave the range of doubles: it then says nothing.
    if !(outcome.f > 0.0 && outcome.required_pfd.is_finite()) {
        return Err(ask.out_of_range("layers", "a frequency below 1e-300 a year", "layers and modifiers whose product is believable"));
    }
    let asked = ask.list("layers", &LAYER_FIELDS)?;
    for ((one, layer), step) in asked.iter().zip(&sheet.scenario.layers).zip(&outcome.steps) {
        warn_of_layer(one, layer, step, &sheet, &mut warnings)?;
    }
    warn_of_people(&asked, &sheet, &outcome, &mut warnings);
    let (ief, tolerable) = (sheet.scenario.ief, sheet.scenario.tolerable);
    let (steps, status) = steps(sheet, &outcome, &edition.standard);
    let status = status.max(edition.status);
    Ok(json!({
        "as_of": ask.date("as_of")?, "edition": edition.standard, "edition_status": edition.status,
        "basis": format!("{}; AQ/T 3054-2015 and CCPS (2001), tables; {SIL_STANDARD}", edition.standard),
        "f": outcome.f, "tolerable": tolerable, "gap": outcome.gap, "required_pfd": outcome.required_pfd, "rrf": 1.0 / outcome.required_pfd,
        "sil": sil(outcome.demand), "decision": decision(outcome.demand), "ief": ief,
        "formulae": ["f = IEF · Π modifiers · Π PFD", "required PFD = F_tol / f", "RRF = 1 / PFD"],
        "steps": steps, "warnings": warnings, "status": status,
    }))
}

fn read(ask: &Ask, warnings: &mut Vec<Value>) -> Result<Sheet, Refusal> {
    let row = event_row(ask)?;
    let (ief, event) = initiating_event(ask, row, warnings)?;
    let mut modifiers = Vec::new();
    for one in ask.list("modifiers", &["name", "value"])? {
        let value = share(&one, "value")?.ok_or_else(|| one.missing("value", "the modifier, above 0 and at most 1"))?;
        modifiers.push((one.text("name")?.unwrap_or_default().to_owned(), value));
    }
    let (mut layers, mut lines) = (Vec::new(), Vec::new());
    for one in ask.list("layers", &LAYER_FIELDS)? {
        let (layer, line) = layer(&one, warnings)?;
        layers.push(layer);
        lines.push(line);
    }
    let (tolerable, limit) = tolerable(ask)?;
    let scenario = Scenario {
        ief,
        ief_is_bpcs: row.is_some_and(|row| row.code == "bpcs_loop"),
        ief_loop: ask.text("loop")?.and_then(tag),
        ief_uses: tags(ask.texts("uses")?),
        modifiers,
        layers,
        tolerable,
    };
    Ok(Sheet { scenario, initiator: row, event, layers: lines, limit })
}

/// Every line of the sheet in the order of the formula, each with f after it; and the worst status of all.
fn steps(sheet: Sheet, outcome: &Outcome, edition: &str) -> (Vec<Value>, Status) {
    let Sheet { scenario, event, layers, limit, .. } = sheet;
    let mut f = scenario.ief;
    let mut statuses = vec![event.status];
    let mut steps = vec![event.shown];
    steps[0]["f"] = json!(f);
    for (name, value) in &scenario.modifiers {
        f *= value;
        statuses.push(Status::Given);
        steps.push(json!({ "kind": "modifier", "name": name, "value": value, "status": Status::Given, "f": f }));
    }
    for (line, step) in layers.into_iter().zip(&outcome.steps) {
        statuses.push(line.status);
        steps.push(judged(line.shown, step));
    }
    for line in [limit, sil_line(outcome)] {
        statuses.push(line.status);
        steps.push(line.shown);
    }
    for step in &mut steps {
        // What comes from a table names the edition it is read after; what was typed has none.
        if step.get("row").is_some() && step.get("edition").is_none() {
            step["edition"] = json!(edition);
        }
    }
    (steps, Status::worst(statuses))
}

/// A layer's line with what became of it.
fn judged(mut shown: Value, step: &LayerStep) -> Value {
    shown["pfd"] = json!(step.pfd);
    shown["credited"] = json!(step.credited);
    shown["credited_pfd"] = json!(if step.credited { step.pfd } else { 1.0 });
    if let Some(reason) = step.reason {
        shown["reason"] = json!(reason);
    }
    shown["f"] = json!(step.f);
    shown
}

fn share(ask: &Ask, name: &str) -> Result<Option<f64>, Refusal> {
    ask.number_where(name, |p| p > 0.0 && p <= 1.0, "above 0, at most 1")
}

fn above_zero(ask: &Ask, name: &str, unit: &str) -> Result<Option<f64>, Refusal> {
    ask.number_where(name, |f| (1e-12..=1e6).contains(&f), &format!("1e-12 to 1e6 {unit}"))
}

fn tags(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().filter_map(tag).collect()
}

fn event_row(ask: &Ask) -> Result<Option<&'static InitiatingEvent>, Refusal> {
    let Some(code) = ask.text("initiating_event")? else { return Ok(None) };
    let row = initiating_events().iter().find(|row| row.code == code);
    let codes = || initiating_events().iter().map(|row| row.code.as_str());
    row.map(Some).ok_or_else(|| ask.unknown_code("initiating_event", code, codes()))
}

/// A length or number that nothing is multiplied by would be lost without a word.
fn refuse_units(ask: &Ask, wanted: Option<&str>) -> Result<(), Refusal> {
    match ["length_m", "times_per_year"].into_iter().find(|name| ask.get(name).is_some() && wanted != Some(name)) {
        Some(name) => Err(ask.contradiction(name, "the initiating event is not known in this unit")),
        None => Ok(()),
    }
}

/// How many of the row's units there are in a year of this scenario: 100 m of pipe, lifts, opportunities. `None` until it is said.
fn units(ask: &Ask, row: &InitiatingEvent) -> Result<Option<f64>, Refusal> {
    let wanted = match row.unit.as_str() {
        "per_year" => None,
        "per_100m_year" => Some("length_m"),
        _ => Some("times_per_year"),
    };
    refuse_units(ask, wanted)?;
    Ok(match row.unit.as_str() {
        "per_year" => Some(1.0),
        "per_100m_year" => above_zero(ask, "length_m", "m")?.map(|length| length / 100.0),
        _ => above_zero(ask, "times_per_year", "a year")?,
    })
}

fn initiating_event(ask: &Ask, row: Option<&InitiatingEvent>, warnings: &mut Vec<Value>) -> Result<(f64, Line), Refusal> {
    let own = above_zero(ask, "ief", "a year")?;
    let Some(row) = row else {
        refuse_units(ask, None)?;
        let help = "the initiating event's frequency per year, or an `initiating_event` of the table";
        let ief = own.ok_or_else(|| ask.missing("ief", help))?;
        let shown = json!({ "kind": "initiating_event", "value": ief, "unit": "per_year", "status": Status::Given });
        return Ok((ief, Line { shown, status: Status::Given }));
    };
    let units = units(ask, row)?;
    let (ief, status) = match (own, units) {
        (Some(own), _) => (own, Status::Given),
        (None, Some(units)) => (row.frequency * units, row.status),
        (None, None) if row.unit == "per_100m_year" => {
            return Err(
                ask.missing("length_m", &format!("`{}` is known for 100 m of pipe and a year: give the length in metres", row.code))
            );
        }
        (None, None) => {
            let unit = row.unit.replace('_', " ");
            let help = format!("`{}` is known {unit}: give the frequency per year, or `times_per_year`, how often that happens", row.code);
            return Err(ask.missing("ief", &help));
        }
    };
    match units.map(|units| [row.range_low * units, row.range_high * units]) {
        Some(range) if own.is_some() => warn_outside("ief", ask.field("ief"), ief, range, warnings),
        None => warnings.push(json!({ "code": "range_not_compared", "field": ask.field("ief"), "unit": row.unit })),
        Some(_) => {}
    }
    let shown = json!({
        "kind": "initiating_event", "code": row.code, "name_zh": row.name_zh, "row": format!("initiating_events:{}", row.code), "value": ief,
        "unit": "per_year", "table_value": row.frequency, "table_unit": row.unit, "units": units, "range": [row.range_low, row.range_high],
        "row_status": row.status, "status": status,
    });
    Ok((ief, Line { shown, status }))
}

fn warn_outside(what: &str, field: String, found: f64, [low, high]: [f64; 2], warnings: &mut Vec<Value>) {
    let code = if found < low * (1.0 - SAME) {
        format!("{what}_below_published_range")
    } else if found > high * (1.0 + SAME) {
        format!("{what}_above_published_range")
    } else {
        return;
    };
    warnings.push(json!({ "code": code, "field": field, "found": found, "range_low": low, "range_high": high }));
}

fn layer(one: &Ask, warnings: &mut Vec<Value>) -> Result<(Layer, Line), Refusal> {
    let code = one.text("code")?;
    let own = share(one, "pfd")?;
    let row: Option<&LayerType> = code.and_then(|code| layer_types().iter().find(|row| row.code == code));
    let never = code.is_some_and(|code| NOT_LAYERS.contains(&code));
    let (pfd, status) = match (own, row, code) {
        (_, None, Some(code)) if !never => {
            return Err(one.unknown_code("code", code, layer_types().iter().map(|row| row.code.as_str()).chain(NOT_LAYERS)));
        }
        (Some(own), ..) => (own, Status::Given),
        (None, Some(row), _) => (row.pfd, row.status),
        (None, None, _) if never => (1.0, Status::Verified),
        (None, None, _) => return Err(one.missing("pfd", "the probability of failure on demand, or a `code` of the table of layers")),
    };
    if let Some(row) = row.filter(|_| own.is_some()) {
        warn_outside("pfd", one.field("pfd"), pfd, [row.range_low, row.range_high], warnings);
    }
    let name = one.text("name")?.or(row.map(|row| row.name_zh.as_str())).or(code).unwrap_or_default().to_owned();
    let mut shown = json!({ "kind": "layer", "layer": name, "status": status });
    if let Some(code) = code {
        shown["code"] = json!(code);
    }
    if let Some(row) = row {
        shown["row"] = json!(format!("ipl_pfd:{}", row.code));
        shown["table_pfd"] = json!(row.pfd);
        shown["range"] = json!([row.range_low, row.range_high]);
        shown["row_status"] = json!(row.status);
    }
    let layer = Layer {
        name,
        code: code.map(str::to_owned),
        pfd,
        control_loop: one.text("loop")?.and_then(tag),
        uses: tags(one.texts("uses")?),
        specific: one.flag("specific")?,
        dependable: one.flag("dependable")?,
        auditable: one.flag("auditable")?,
    };
    Ok((layer, Line { shown, status }))
}

/// Credit that rests on what nobody said is named; so is credit that fails for want of a loop's name.
fn warn_of_layer(one: &Ask, layer: &Layer, step: &LayerStep, sheet: &Sheet, warnings: &mut Vec<Value>) -> Result<(), Refusal> {
    // Behind a frequency that was only typed may stand the loop of the layer.
    let initiator_open = sheet.initiator.is_none() && sheet.scenario.ief_loop.is_none();
    let own_open = step.credited && layer.through_bpcs() && layer.control_loop.is_none();
    if step.reason == Some(super::NoCredit::LoopNotStated) || (initiator_open && own_open) {
        warnings.push(json!({ "code": "loop_not_stated", "field": one.field("loop"), "layer": step.layer }));
    }
    let mut missing = Vec::new();
    for name in ["specific", "dependable", "auditable"] {
        if one.flag(name)?.is_none() {
            missing.push(name);
        }
    }
    if step.credited && !missing.is_empty() {
        warnings.push(json!({ "code": "independence_not_stated", "field": one.here(), "layer": step.layer, "missing": missing }));
    }
    Ok(())
}

/// Whoever starts a scenario, or has failed to stop it, does not stop it either: people are independent only where `uses` says who they are.
fn warn_of_people(asked: &[Ask], sheet: &Sheet, outcome: &Outcome, warnings: &mut Vec<Value>) {
    const HUMAN: [&str; 2] = ["operator_routine", "loto"];
    let initiator = sheet.initiator.filter(|row| HUMAN.contains(&row.code.as_str()));
    let mut earlier: Vec<&Layer> = Vec::new();
    let credited = asked.iter().zip(&sheet.scenario.layers).zip(&outcome.steps).filter(|(_, step)| step.credited);
    for ((one, layer), _) in credited.filter(|((_, layer), _)| layer.is_human()) {
        let open = |others: &[String]| layer.uses.is_empty() || others.is_empty();
        if let Some(row) = initiator.filter(|_| open(&sheet.scenario.ief_uses)) {
            let code = "human_layer_beside_human_initiator";
            warnings.push(json!({ "code": code, "field": one.field("uses"), "layer": layer.name, "initiating_event": row.code }));
        }
        if let Some(first) = earlier.iter().find(|first| open(&first.uses)) {
            let code = "second_human_layer";
            warnings.push(json!({ "code": code, "field": one.field("uses"), "layer": layer.name, "earlier": first.name }));
        }
        earlier.push(layer);
    }
}

fn tolerable(ask: &Ask) -> Result<(f64, Line), Refusal> {
    static ROWS: LazyLock<Vec<Tolerable>> = LazyLock::new(|| table::rows(include_str!("../../data/lopa_tolerable.csv")));
    let own = above_zero(ask, "tolerable", "a year")?;
    let of = |severity| ROWS.iter().find(|row| row.severity == severity).ok_or_else(|| ask.out_of_range("severity", severity, "1 to 5"));
    let row = ask.count("severity")?.map(of).transpose()?;
    let help = "the tolerable frequency per year of the enterprise, or a `severity` 1 to 5 for the illustrative default";
    let (value, status) = match (own, row) {
        (Some(own), _) => (own, Status::Given),
        (None, Some(row)) => (row.per_year, row.status),
        (None, None) => return Err(ask.missing("tolerable", help)),
    };
    let mut shown = json!({ "kind": "tolerable", "value": value, "unit": "per_year", "status": status });
    if let Some(row) = row {
        shown["row"] = json!(format!("tolerable:{}", row.severity));
        shown["name_zh"] = json!(row.people_zh);
        shown["table_value"] = json!(row.per_year);
        shown["row_status"] = json!(row.status);
        shown["edition"] = json!("illustrative default of no standard");
    }
    Ok((value, Line { shown, status }))
}

fn sil_line(outcome: &Outcome) -> Line {
    let band = sil_band(outcome.required_pfd).filter(|_| outcome.demand != Demand::NoGap);
    // Outside the bands the decision rests on their ends.
    let status = Status::worst(super::sil_bands().iter().map(|band| band.status));
    let mut shown = json!({
        "kind": "sil", "row": band.map_or_else(|| format!("sil:{}", decision(outcome.demand)), |band| format!("sil:{}", band.sil)),
        "required_pfd": outcome.required_pfd, "f": outcome.f, "gap": outcome.gap, "sil": sil(outcome.demand), "decision": decision(outcome.demand),
        "edition": SIL_STANDARD, "status": status,
    });
    if let Some(band) = band {
        shown["range"] = json!([band.pfd_min, band.pfd_max]);
    }
    Line { shown, status }
}

fn sil(demand: Demand) -> Option<u8> {
    match demand {
        Demand::NoGap | Demand::NoSil => Some(0),
        Demand::Sil(sil) => Some(sil),
        Demand::Redesign => None,
    }
}

fn decision(demand: Demand) -> &'static str {
    match demand {
        Demand::NoGap => "no_gap",
        Demand::NoSil => "no_sil",
        Demand::Sil(_) => "sil",
        Demand::Redesign => "redesign",
    }
}
