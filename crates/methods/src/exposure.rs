//! Exposure at work against its limits: time-weighted average, ceiling, short term, peaks, mixtures, long shifts, noise, heat. Sources: GBZ 2.1-2019, GBZ 2.2-2007.

mod agent;

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::editions;
use crate::names::{among, plain, typed};
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// Occupational exposure limits of an agent, mg/m³. For a dust `pc_twa` is total dust.
#[derive(Clone, Debug, Deserialize)]
pub struct Oel {
    /// `chemical` or `dust`.
    pub kind: String,
    pub name_zh: String,
    /// Names people use, between semicolons.
    alias_zh: String,
    pub cas: Option<String>,
    pub mac: Option<f64>,
    pub pc_twa: Option<f64>,
    pub pc_stel: Option<f64>,
    pub pc_twa_respirable: Option<f64>,
    /// 皮 through the skin, 敏 sensitising, G1 to G2B carcinogenicity after IARC; between semicolons.
    pub remark: Option<String>,
    pub status: Status,
}

pub fn limits() -> &'static [Oel] {
    static ROWS: LazyLock<Vec<Oel>> = LazyLock::new(|| table::rows(include_str!("../data/oel_gbz2_1_2019.csv")));
    &ROWS
}

impl Oel {
    fn is_called(&self, name: &str) -> bool {
        plain(&self.name_zh) == plain(name) || among(&self.alias_zh, name)
    }

    /// Where its limits stand, as every method writes it.
    pub(crate) fn place(&self) -> String {
        format!("oel_gbz2_1_2019:{}", self.name_zh)
    }
}

/// The rows that a name may mean.
fn limits_called(name: &str) -> impl Iterator<Item = &'static Oel> {
    limits().iter().filter(move |row| row.is_called(name))
}

/// The object that names the agent; where that is the input itself, its field `cas`: a refusal never points nowhere.
pub(crate) fn place(ask: &Ask) -> String {
    let here = ask.here();
    if here.is_empty() { ask.field("cas") } else { here }
}

/// The limits of the agent that `cas` or `name` asks for.
pub(crate) fn oel(ask: &Ask) -> Result<&'static Oel, Refusal> {
    let (cas, name) = (typed(ask.text("cas")?), typed(ask.text("name")?));
    let by_cas = cas.and_then(|cas| limits().iter().find(|row| row.cas.as_deref() == Some(cas)));
    let by_name: Vec<&Oel> = name.map(|name| limits_called(name).collect()).unwrap_or_default();
    match (by_cas, by_name.as_slice()) {
        (Some(row), []) => Ok(row),
        (Some(row), named) if named.iter().any(|other| other.cas == row.cas) => Ok(row),
        (Some(row), named) => {
            let found = format!("the CAS number belongs to `{}`, the name to `{}`", row.name_zh, named[0].name_zh);
            Err(Refusal::Contradiction { field: place(ask), found })
        }
        (None, [row]) if cas.is_none() || row.cas.is_none() => Ok(row),
        (None, [row]) => {
            let own = row.cas.as_deref().unwrap_or_default();
            let found = format!("the name belongs to `{}`, whose CAS number is {own}, not {}", row.name_zh, cas.unwrap_or_default());
            Err(Refusal::Contradiction { field: place(ask), found })
        }
        (None, []) => Err(no_limit(ask, cas, name)),
        (None, several) => Err(Refusal::Ambiguous {
            field: ask.field("name"),
            found: name.unwrap_or_default().to_owned(),
            candidates: several.iter().map(|row| format!("`{}`", row.name_zh)).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// Says which agents have a name like it: a slip of the pen must not look like an agent without a limit.
fn no_limit(ask: &Ask, cas: Option<&str>, name: Option<&str>) -> Refusal {
    const MOST: usize = 8;
    let (key, asked) = match (cas, name) {
        (Some(cas), _) => ("cas", cas),
        (None, Some(name)) => ("name", name),
        (None, None) => return ask.missing("cas", "the agent's CAS number, or its `name` in GBZ 2.1"),
    };
    let alike =
        |row: &&Oel| name.is_some_and(|name| plain(&row.name_zh).contains(&plain(name)) || plain(name).contains(&plain(&row.name_zh)));
    let candidates: Vec<String> = limits().iter().filter(alike).take(MOST).map(|row| format!("`{}`", row.name_zh)).collect();
    let own = "give its own limits as `mac`, `pc_twa` or `pc_stel` in mg/m³";
    let help = if candidates.is_empty() { own.to_owned() } else { format!("meant may be {}; else {own}", candidates.join(", ")) };
    Refusal::UnknownChemical {
        field: ask.field(key),
        found: asked.to_owned(),
        standard: format!("GBZ 2.1-2019 (the {} rows held)", limits().len()),
        help,
    }
}

/// A measured concentration C_i in mg/m³ over a time t_i in hours.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub c: f64,
    pub t_h: f64,
}

/// C_TWA = Σ C_i·t_i / 8, mg/m³ (GBZ 2.1-2019, 8 h a day).
pub fn twa(samples: &[Sample]) -> f64 {
    dose(samples) / 8.0
}

/// Σ C_i·t_i, mg·h/m³.
fn dose(samples: &[Sample]) -> f64 {
    samples.iter().map(|sample| sample.c * sample.t_h).sum()
}

/// RF = (8/h)·(24 − h)/16 for a shift of h hours a day. `None` unless 8 < h < 24: a normal shift needs none.
pub fn daily_reduction(h: f64) -> Option<f64> {
    (h > 8.0 && h < 24.0).then(|| (8.0 / h) * (24.0 - h) / 16.0)
}

/// RF = (40/h)·(168 − h)/128 for h hours a week. `None` unless 40 < h < 168.
pub fn weekly_reduction(h: f64) -> Option<f64> {
    (h > 40.0 && h < 168.0).then(|| (40.0 / h) * (168.0 - h) / 128.0)
}

/// Σ C_i/L_i of agents that act on the same organ; above 1 the mixture exceeds.
pub fn mixture(ratios: &[f64]) -> f64 {
    ratios.iter().sum()
}

/// L_EX,8h = L_Aeq,Te + 10·lg(Te/8), dB(A).
pub fn noise_8h(l_aeq: f64, t_h: f64) -> f64 {
    l_aeq + 10.0 * (t_h / 8.0).log10()
}

/// dB(A); a hearing programme begins at 80.
pub const NOISE_LIMIT: f64 = 85.0;
pub const HEARING_PROGRAMME_FROM: f64 = 80.0;

/// Excursions above the limits where no PC-STEL is set (GBZ 2.1-2019).
#[derive(Clone, Copy, Debug)]
pub struct Peaks {
    /// Highest of them, mg/m³.
    pub highest: f64,
    pub longest_min: f64,
    pub times_a_day: u64,
    pub least_apart_min: f64,
}

/// Which rule on peaks is broken: up to 3 × PC-TWA there is none; above it at most 15 min, 4 times a shift, an hour apart; never above 5 × PC-TWA.
pub fn peak_faults(pc_twa: f64, peaks: Peaks) -> Vec<&'static str> {
    if above(peaks.highest, 5.0 * pc_twa) {
        return vec!["above_5_times_twa"];
    }
    if !above(peaks.highest, 3.0 * pc_twa) {
        return Vec::new();
    }
    let faults = [
        ("longer_than_15_min", above(peaks.longest_min, 15.0)),
        ("more_than_4_a_day", peaks.times_a_day > 4),
        ("less_than_1_h_apart", peaks.times_a_day > 1 && above(60.0, peaks.least_apart_min)),
    ];
    faults.into_iter().filter(|(_, broken)| *broken).map(|(code, _)| code).collect()
}

/// WBGT limits, °C, by share of contact time and labour intensity I to IV (GBZ 2.2-2007).
#[derive(Clone, Debug, Deserialize)]
struct Wbgt {
    contact_pct: f64,
    i: f64,
    ii: f64,
    iii: f64,
    iv: f64,
}

/// The WBGT limit, °C. A share between two rows takes the stricter one.
pub fn wbgt_limit(contact_pct: f64, intensity: u8) -> Option<f64> {
    static ROWS: LazyLock<Vec<Wbgt>> = LazyLock::new(|| table::rows(include_str!("../data/heat_wbgt.csv")));
    let row = ROWS.iter().filter(|row| contact_pct <= row.contact_pct).min_by(|a, b| a.contact_pct.total_cmp(&b.contact_pct))?;
    [row.i, row.ii, row.iii, row.iv].get(usize::from(intensity).checked_sub(1)?).copied()
}

/// The shift as it was stated, and the reduction it asks for.
struct Shift {
    hours: Option<f64>,
    /// RF; 1 for a normal shift and week.
    reduction: f64,
}

impl Shift {
    fn read(ask: &Ask) -> Result<Self, Refusal> {
        let hours = |name: &str, most: f64| ask.number_where(name, |h| h > 0.0 && h < most, &format!("above 0, below {most}"));
        let (day, week) = (hours("shift_h", 24.0)?, hours("week_h", 168.0)?);
        // Where both apply, the stricter one protects.
        let factors = [day.and_then(daily_reduction), week.and_then(weekly_reduction)];
        Ok(Self { hours: day, reduction: factors.into_iter().flatten().fold(1.0, f64::min) })
    }
}

/// Reads `{as_of?, shift_h?, week_h?, agents?: […], same_organ?, noise?, heat?}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["as_of", "shift_h", "week_h", "agents", "same_organ", "noise", "heat"])?;
    let mut warnings = Vec::new();
    let shift = Shift::read(&ask)?;
    let asks = ask.list("agents", &agent::FIELDS)?;
    // Chemical agents and physical ones have a standard each: only those that take part must have been in force.
    let mut editions = Vec::new();
    if !asks.is_empty() {
        editions.push(editions::asked("exposure", &ask, &mut warnings)?);
    }
    if ask.get("noise").or(ask.get("heat")).is_some() {
        editions.push(editions::asked("exposure_physical", &ask, &mut warnings)?);
    }
    let mut agents = Vec::new();
    for one in &asks {
        agents.push(agent::judge(one, &shift, &mut warnings)?);
    }
    let together = together(&ask, &asks, &agents)?;
    let (noise, heat) = (noise(&ask)?, heat(&ask)?);
    if agents.is_empty() && noise.is_none() && heat.is_none() {
        return Err(ask.missing("agents", "measured agents, `noise` or `heat`"));
    }
    let physical = [&noise, &heat].into_iter().flatten();
    let status = Status::worst(agents.iter().map(|agent| agent.status).chain(physical.clone().map(|_| Status::FromKnowledge)));
    let flag = |part: &Value| part["exceeds"] == json!(true);
    let exceeds = agents.iter().any(|agent| !agent.faults.is_empty()) || together.is_some_and(above_one) || physical.clone().any(flag);
    let not_judged: Vec<&Value> = agents.iter().flat_map(|agent| &agent.not_judged).collect();
    // What was not measured, not measured whole or could not be judged is not judged well.
    let complete = agents.iter().all(agent::Judged::is_complete);
    let verdict = if exceeds { Some(true) } else { complete.then_some(false) };
    let standards = editions.iter().map(|edition| edition.standard.as_str()).collect::<Vec<_>>().join("; ");
    Ok(json!({
        "exceeds": verdict, "complete": complete, "not_judged": not_judged, "reduction": shift.reduction, "agents": agents,
        "mixture": together, "noise": noise, "heat": heat, "as_of": ask.date("as_of")?, "edition": standards,
        "formulae": ["C_TWA = Σ C·t / 8", "RF = (8/h)·(24 − h)/16; (40/h)·(168 − h)/128", "Σ C/L ≤ 1", "L_EX,8h = L_Aeq + 10·lg(T/8)"],
        "warnings": warnings, "status": status, "basis": standards,
    }))
}

/// Σ C/L where the agents act on the same organ; every one of them must have a C/L.
fn together(ask: &Ask, asks: &[Ask], agents: &[agent::Judged]) -> Result<Option<f64>, Refusal> {
    let same_organ = ask.flag("same_organ")?;
    if agents.len() > 1 && same_organ.is_none() {
        return Err(ask.missing("same_organ", "whether the agents act on the same organ: then Σ C/L ≤ 1 holds for them together"));
    }
    if same_organ != Some(true) {
        return Ok(None);
    }
    let mut ratios = Vec::new();
    for (one, agent) in asks.iter().zip(agents) {
        let help = format!("the mixture needs C/L of every agent: `{}` has none", agent.agent);
        ratios.push(agent.ratio.ok_or_else(|| one.missing("samples", &help))?);
    }
    Ok(Some(mixture(&ratios)))
}

fn above_one(sum: f64) -> bool {
    above(sum, 1.0)
}

/// Decimal figures have no exact binary form; what differs by less than 10⁻⁹ is equal.
fn above(found: f64, limit: f64) -> bool {
    found > limit * (1.0 + 1e-9)
}

fn concentration(ask: &Ask, name: &str) -> Result<Option<f64>, Refusal> {
    ask.number_where(name, |c| (0.0..1e9).contains(&c), "0 or more, in mg/m³")
}

fn noise(ask: &Ask) -> Result<Option<Value>, Refusal> {
    let Some(one) = ask.inner("noise", &["l_aeq", "t_h"])? else { return Ok(None) };
    let l_aeq = one.number_where("l_aeq", |l| (0.0..=200.0).contains(&l), "0 to 200 dB(A)")?;
    let t_h = one.number_where("t_h", |t| t > 0.0 && t <= 24.0, "above 0, at most 24 h")?;
    let level = noise_8h(
        l_aeq.ok_or_else(|| one.missing("l_aeq", "the equivalent level during work, dB(A)"))?,
        t_h.ok_or_else(|| one.missing("t_h", "the hours of work a day"))?,
    );
    let programme = level >= HEARING_PROGRAMME_FROM;
    Ok(Some(json!({
        "l_ex_8h": level, "limit": NOISE_LIMIT, "exceeds": above(level, NOISE_LIMIT), "hearing_programme": programme,
        "edition": "GBZ 2.2-2007", "status": Status::FromKnowledge,
    })))
}

fn heat(ask: &Ask) -> Result<Option<Value>, Refusal> {
    let Some(one) = ask.inner("heat", &["wbgt", "contact_pct", "intensity"])? else { return Ok(None) };
    let wbgt = one.number_where("wbgt", |t| (-50.0..=80.0).contains(&t), "-50 to 80 °C")?;
    let contact = one.number_where("contact_pct", |share| share > 0.0 && share <= 100.0, "above 0, at most 100 %")?;
    let intensity = match one.need_count("intensity", "the labour intensity, 1 to 4")? {
        found @ 1..=4 => found as u8,
        found => return Err(one.out_of_range("intensity", found, "1 to 4")),
    };
    let wbgt = wbgt.ok_or_else(|| one.missing("wbgt", "the WBGT index, °C"))?;
    let contact = contact.ok_or_else(|| one.missing("contact_pct", "the share of contact time, %"))?;
    let limit = wbgt_limit(contact, intensity).expect("the table reaches 100 %");
    Ok(Some(json!({
        "wbgt": wbgt, "contact_pct": contact, "intensity": intensity, "limit": limit, "exceeds": above(wbgt, limit),
        "edition": "GBZ 2.2-2007", "status": Status::FromKnowledge,
    })))
}
