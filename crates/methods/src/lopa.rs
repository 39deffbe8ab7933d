//! Layers of protection (LOPA): f = IEF · Π modifiers · Π PFD, credit only to layers that are independent, and the SIL that closes the gap. Sources: GB/T 32857-2016, AQ/T 3054-2015, IEC 61511-1.

mod sheet;

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::status::Status;
use crate::table;

pub(crate) use sheet::run;

/// A typical initiating event; the frequency per year, per 100 m of pipe and year, per lift or per opportunity as `unit` says.
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

/// A level of IEC 61511-1, low demand mode: pfd_min ≤ PFD < pfd_max.
#[derive(Clone, Debug, Deserialize)]
pub struct SilBand {
    pub sil: u8,
    pub pfd_min: f64,
    pub pfd_max: f64,
    pub status: Status,
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

/// Layers that act through the BPCS: its own function, and people who read its displays and alarms.
const THROUGH_BPCS: [&str; 2] = ["bpcs", "human_alarm_40min"];

#[derive(Clone, Debug)]
pub struct Scenario {
    /// Initiating event frequency IEF, 1/a.
    pub ief: f64,
    /// Whether it is a control loop of the BPCS that fails.
    pub ief_is_bpcs: bool,
    /// The control loop whose failure is the initiating event, spelt as everywhere in the scenario; so is equipment.
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

impl Layer {
    fn through_bpcs(&self) -> bool {
        self.code.as_deref().is_some_and(|code| THROUGH_BPCS.contains(&code))
    }

    fn is_human(&self) -> bool {
        layer_types().iter().any(|row| self.code.as_ref() == Some(&row.code) && row.kind == "human")
    }
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
    /// It acts through the BPCS, and nobody says that its loop is another one than the initiator's or an earlier layer's.
    LoopNotStated,
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
    let initiator_unknown = scenario.ief_is_bpcs && scenario.ief_loop.is_none();
    let own_unknown = layer.control_loop.is_none() && (scenario.ief_is_bpcs || scenario.ief_loop.is_some());
    if layer.through_bpcs() && (initiator_unknown || own_unknown) {
        return Some(NoCredit::LoopNotStated);
    }
    let another = credited.iter().find(|earlier| earlier.through_bpcs());
    if layer.through_bpcs() && another.is_some_and(|earlier| layer.control_loop.is_none() || earlier.control_loop.is_none()) {
        return Some(NoCredit::LoopNotStated);
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

pub fn sil_bands() -> &'static [SilBand] {
    static BANDS: LazyLock<Vec<SilBand>> = LazyLock::new(|| table::rows(include_str!("../data/lopa_sil.csv")));
    &BANDS
}

/// The band that holds the required PFD; `None` at 0.1 and above, where no SIL is needed, and below 10⁻⁵.
pub fn sil_band(required_pfd: f64) -> Option<&'static SilBand> {
    let reaches = |limit: f64| required_pfd >= limit * (1.0 - SAME);
    sil_bands().iter().find(|band| reaches(band.pfd_min)).filter(|band| !reaches(band.pfd_max))
}

/// What the required PFD asks for (low demand mode).
pub fn demand(required_pfd: f64) -> Demand {
    let highest = sil_bands().iter().map(|band| band.pfd_max).fold(0.0, f64::max);
    match sil_band(required_pfd) {
        Some(band) if band.sil <= 3 => Demand::Sil(band.sil),
        None if required_pfd >= highest * (1.0 - SAME) => Demand::NoSil,
        _ => Demand::Redesign,
    }
}
