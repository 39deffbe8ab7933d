//! Layers of protection (LOPA): f = IEF · Π modifiers · Π PFD, credit only to layers that are independent, and the SIL that closes the gap. Sources: GB/T 32857-2016, AQ/T 3054-2015, IEC 61511-1.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// A typical initiating event; the frequency per year, per lift or per opportunity as `unit` says.
#[derive(Clone, Debug, Deserialize)]
pub struct InitiatingEvent {
    pub code: String,
    pub name_zh: String,
    #[serde(rename = "frequency_default")]
    pub frequency: f64,
    pub range_high: f64,
    pub range_low: f64,
    pub unit: String,
    pub status: Status,
}

/// A typical layer. `kind` is passive, active or human.
#[derive(Clone, Debug, Deserialize)]
pub struct LayerType {
    pub code: String,
    pub name_zh: String,
    pub kind: String,
    #[serde(rename = "pfd_default")]
    pub pfd: f64,
    pub range_high: f64,
    pub range_low: f64,
    pub status: Status,
}

#[derive(Clone, Debug, Deserialize)]
struct SilBand {
    sil: u8,
    pfd_min: f64,
    pfd_max: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct Tolerable {
    severity: u64,
    per_year: f64,
    status: Status,
}

pub fn initiating_events() -> &'static [InitiatingEvent] {
    static ROWS: LazyLock<Vec<InitiatingEvent>> = LazyLock::new(|| table::rows(include_str!("../data/lopa_initiating_events.csv")));
    &ROWS
}

pub fn layer_types() -> &'static [LayerType] {
    static ROWS: LazyLock<Vec<LayerType>> = LazyLock::new(|| table::rows(include_str!("../data/lopa_ipl_pfd.csv")));
    &ROWS
}

/// What is never an independent layer, however well it is done.
pub const NOT_LAYERS: [&str; 8] =
    ["training", "procedure", "normal_testing", "maintenance", "communication", "sign", "fire_brigade", "insurance"];

#[derive(Clone, Debug)]
pub struct Scenario {
    /// Initiating event frequency IEF, 1/a.
    pub ief: f64,
    /// The control loop whose failure is the initiating event.
    pub ief_loop: Option<String>,
    /// Equipment whose failure is the initiating event.
    pub ief_uses: Vec<String>,
    /// Enabling and conditional modifiers, each in (0, 1].
    pub modifiers: Vec<(String, f64)>,
    pub layers: Vec<Layer>,
    /// Tolerable frequency F_tol, 1/a.
    pub tolerable: f64,
}

#[derive(Clone, Debug, Default)]
pub struct Layer {
    pub name: String,
    /// A code of the table of layers, or of `NOT_LAYERS`.
    pub code: Option<String>,
    pub pfd: f64,
    /// The BPCS loop it acts through.
    pub control_loop: Option<String>,
    /// Sensors, logic and final elements it needs.
    pub uses: Vec<String>,
    /// Whether it is specific, dependable and auditable; independence is judged here.
    pub specific: Option<bool>,
    pub dependable: Option<bool>,
    pub auditable: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoCredit {
    /// Training, procedures, testing, signs, outside help: no layer at all.
    NotALayer,
    /// Its loop is the one whose failure starts the scenario.
    OwnLoop,
    /// The same BPCS loop has credit already.
    LoopCountedOnce,
    /// It needs equipment whose failure starts the scenario.
    SharesWithInitiator,
    /// It needs equipment of an earlier layer.
    SharesWithLayer,
    NotSpecific,
    NotDependable,
    NotAuditable,
}

#[derive(Clone, Debug, Serialize)]
pub struct LayerStep {
    pub layer: String,
    pub pfd: f64,
    pub credited: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<NoCredit>,
    /// Frequency after this layer, 1/a.
    pub f: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// f ≤ F_tol.
    NoGap,
    /// A gap that a function without a SIL may close: required PFD ≥ 0.1.
    NoSil,
    Sil(u8),
    /// Below SIL 3 the process industry redesigns.
    Redesign,
}

#[derive(Clone, Debug)]
pub struct Outcome {
    /// Frequency with all credited layers, 1/a.
    pub f: f64,
    /// f / F_tol.
    pub gap: f64,
    /// F_tol / f: what a further safety instrumented function must reach.
    pub required_pfd: f64,
    pub demand: Demand,
    pub steps: Vec<LayerStep>,
}

/// Decimal inputs have no exact binary form; what differs by less is equal.
const SAME: f64 = 1e-9;

pub fn analyse(scenario: &Scenario) -> Outcome {
    let mut f = scenario.ief * scenario.modifiers.iter().map(|(_, modifier)| modifier).product::<f64>();
    let mut credited: Vec<&Layer> = Vec::new();
    let mut steps = Vec::new();
    for layer in &scenario.layers {
        let reason = no_credit(layer, scenario, &credited);
        if reason.is_none() {
            f *= layer.pfd;
            credited.push(layer);
        }
        steps.push(LayerStep { layer: layer.name.clone(), pfd: layer.pfd, credited: reason.is_none(), reason, f });
    }
    let required_pfd = scenario.tolerable / f;
    let demand = if f <= scenario.tolerable * (1.0 + SAME) { Demand::NoGap } else { demand(required_pfd) };
    Outcome { f, gap: f / scenario.tolerable, required_pfd, demand, steps }
}

fn no_credit(layer: &Layer, scenario: &Scenario, credited: &[&Layer]) -> Option<NoCredit> {
    if layer.code.as_deref().is_some_and(|code| NOT_LAYERS.contains(&code)) {
        return Some(NoCredit::NotALayer);
    }
    let fails =
        [(layer.specific, NoCredit::NotSpecific), (layer.dependable, NoCredit::NotDependable), (layer.auditable, NoCredit::NotAuditable)];
    if let Some((_, reason)) = fails.into_iter().find(|(holds, _)| *holds == Some(false)) {
        return Some(reason);
    }
    if let Some(own) = &layer.control_loop {
        if scenario.ief_loop.as_ref() == Some(own) {
            return Some(NoCredit::OwnLoop);
        }
        if credited.iter().any(|earlier| earlier.control_loop.as_ref() == Some(own)) {
            return Some(NoCredit::LoopCountedOnce);
        }
    }
    let shares = |others: &[String]| layer.uses.iter().any(|one| others.contains(one));
    if shares(&scenario.ief_uses) {
        return Some(NoCredit::SharesWithInitiator);
    }
    credited.iter().any(|earlier| shares(&earlier.uses)).then_some(NoCredit::SharesWithLayer)
}

/// The SIL whose band holds the required PFD (low demand mode).
pub fn demand(required_pfd: f64) -> Demand {
    static BANDS: LazyLock<Vec<SilBand>> = LazyLock::new(|| table::rows(include_str!("../data/lopa_sil.csv")));
    let reaches = |limit: f64| required_pfd >= limit * (1.0 - SAME);
    let highest = BANDS.iter().map(|band| band.pfd_max).fold(0.0, f64::max);
    if reaches(highest) {
        return Demand::NoSil;
    }
    match BANDS.iter().find(|band| reaches(band.pfd_min)) {
        Some(band) if band.sil <= 3 => Demand::Sil(band.sil),
        _ => Demand::Redesign,
    }
}

/// Reads `{ief | initiating_event, loop, uses, modifiers, layers, tolerable | severity}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["ief", "initiating_event", "loop", "uses", "modifiers", "layers", "tolerable", "severity"])?;
    let mut sources = Vec::new();
    let mut warnings = Vec::new();
    let ief = initiating_frequency(&ask, &mut sources)?;
    let mut modifiers = Vec::new();
    for one in ask.list("modifiers", &["name", "value"])? {
        let value = share(&one, "value")?.ok_or_else(|| one.missing("value", "the modifier, above 0 and at most 1"))?;
        modifiers.push((one.text("name")?.unwrap_or_default().to_owned(), value));
    }
    let mut layers = Vec::new();
    for one in ask.list("layers", &["name", "code", "pfd", "loop", "uses", "specific", "dependable", "auditable"])? {
        layers.push(layer(&one, &mut sources, &mut warnings)?);
    }
    let tolerable = tolerable(&ask, &mut sources)?;
    let scenario = Scenario {
        ief,
        ief_loop: ask.text("loop")?.map(str::to_owned),
        ief_uses: ask.texts("uses")?.into_iter().map(str::to_owned).collect(),
        modifiers,
        layers,
        tolerable,
    };
    let outcome = analyse(&scenario);
    // A product of a thousand small factors may leave the range of doubles: it then says nothing.
    if !(outcome.f > 0.0 && outcome.required_pfd.is_finite()) {
        return Err(ask.out_of_range("layers", "a frequency below 1e-300 a year", "layers and modifiers whose product is believable"));
    }
    let sil = match outcome.demand {
        Demand::NoGap | Demand::NoSil => json!(0),
        Demand::Sil(sil) => json!(sil),
        Demand::Redesign => Value::Null,
    };
    let decision = match outcome.demand {
        Demand::NoGap => "no_gap",
        Demand::NoSil => "no_sil",
        Demand::Sil(_) => "sil",
        Demand::Redesign => "redesign",
    };
    let status = sources.iter().map(|(_, _, status)| *status).max().unwrap_or_default();
    let sources: Vec<Value> = sources.iter().map(|(field, row, status)| json!({ "field": field, "row": row, "status": status })).collect();
    let modifiers: Vec<Value> = scenario.modifiers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    Ok(json!({
        "f": outcome.f, "tolerable": tolerable, "gap": outcome.gap, "required_pfd": outcome.required_pfd, "rrf": 1.0 / outcome.required_pfd,
        "sil": sil, "decision": decision, "ief": ief, "modifiers": modifiers, "steps": outcome.steps, "sources": sources,
        "warnings": warnings, "status": status,
    }))
}

/// Figures that come from a table: field, row, status.
type Sources = Vec<(String, String, Status)>;

fn share(ask: &Ask, name: &str) -> Result<Option<f64>, Refusal> {
    ask.number_where(name, |p| p > 0.0 && p <= 1.0, "above 0, at most 1")
}

fn above_zero(ask: &Ask, name: &str) -> Result<Option<f64>, Refusal> {
    ask.number_where(name, |f| (1e-12..=1e6).contains(&f), "1e-12 to 1e6 a year")
}

fn initiating_frequency(ask: &Ask, sources: &mut Sources) -> Result<f64, Refusal> {
    let given = above_zero(ask, "ief")?;
    let Some(code) = ask.text("initiating_event")? else {
        return given.ok_or_else(|| ask.missing("ief", "the initiating event's frequency per year, or an `initiating_event` of the table"));
    };
    let codes = || initiating_events().iter().map(|row| row.code.as_str());
    let row = initiating_events().iter().find(|row| row.code == code).ok_or_else(|| ask.unknown_code("initiating_event", code, codes()))?;
    if let Some(own) = given {
        return Ok(own);
    }
    if row.unit != "per_year" {
        let help = format!("`{code}` is known {}: multiply it by how often that happens in a year", row.unit.replace('_', " "));
        return Err(ask.missing("ief", &help));
    }
    sources.push((ask.field("initiating_event"), format!("initiating_events:{code}"), row.status));
    Ok(row.frequency)
}

fn layer(one: &Ask, sources: &mut Sources, warnings: &mut Vec<Value>) -> Result<Layer, Refusal> {
    let code = one.text("code")?;
    let given = share(one, "pfd")?;
    let known = code.and_then(|code| layer_types().iter().find(|row| row.code == code));
    let never = code.is_some_and(|code| NOT_LAYERS.contains(&code));
    let pfd = match (given, known, code) {
        (_, None, Some(code)) if !never => {
            return Err(one.unknown_code("code", code, layer_types().iter().map(|row| row.code.as_str()).chain(NOT_LAYERS)));
        }
        (Some(own), _, _) => own,
        (None, Some(row), _) => {
            sources.push((one.field("code"), format!("ipl_pfd:{}", row.code), row.status));
            row.pfd
        }
        (None, None, _) if never => 1.0,
        (None, None, _) => return Err(one.missing("pfd", "the probability of failure on demand, or a `code` of the table of layers")),
    };
    if let Some(row) = known.filter(|row| pfd < row.range_low * (1.0 - SAME)) {
        warnings.push(json!({ "code": "pfd_below_published_range", "field": one.field("pfd"), "pfd": pfd, "range_low": row.range_low }));
    }
    Ok(Layer {
        name: one.text("name")?.or(known.map(|row| row.name_zh.as_str())).or(code).unwrap_or_default().to_owned(),
        code: code.map(str::to_owned),
        pfd,
        control_loop: one.text("loop")?.map(str::to_owned),
        uses: one.texts("uses")?.into_iter().map(str::to_owned).collect(),
        specific: one.flag("specific")?,
        dependable: one.flag("dependable")?,
        auditable: one.flag("auditable")?,
    })
}

fn tolerable(ask: &Ask, sources: &mut Sources) -> Result<f64, Refusal> {
    static ROWS: LazyLock<Vec<Tolerable>> = LazyLock::new(|| table::rows(include_str!("../data/lopa_tolerable.csv")));
    if let Some(own) = above_zero(ask, "tolerable")? {
        return Ok(own);
    }
    let severity = ask.count("severity")?.ok_or_else(|| {
        ask.missing("tolerable", "the tolerable frequency per year of the enterprise, or a `severity` 1 to 5 for the illustrative default")
    })?;
    let row = ROWS.iter().find(|row| row.severity == severity).ok_or_else(|| ask.out_of_range("severity", severity, "1 to 5"))?;
    sources.push((ask.field("severity"), format!("tolerable:{severity}"), row.status));
    Ok(row.per_year)
}
