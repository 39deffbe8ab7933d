//! Exposure at work against its limits: time-weighted average, ceiling, short term, peaks, mixtures, long shifts, noise, heat. Sources: GBZ 2.1-2019, GBZ 2.2-2007.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// Occupational exposure limits of an agent, mg/m³. For a dust `pc_twa` is total dust.
#[derive(Clone, Debug, Deserialize)]
pub struct Oel {
    /// `chemical` or `dust`.
    pub kind: String,
    pub name_zh: String,
    pub cas: Option<String>,
    pub mac: Option<f64>,
    pub pc_twa: Option<f64>,
    pub pc_stel: Option<f64>,
    pub pc_twa_respirable: Option<f64>,
    pub status: Status,
}

pub fn limits() -> &'static [Oel] {
    static ROWS: LazyLock<Vec<Oel>> = LazyLock::new(|| table::rows(include_str!("../data/oel_gbz2_1_2019.csv")));
    &ROWS
}

/// The limits of the agent that `cas` or `name` asks for.
pub(crate) fn oel(ask: &Ask) -> Result<&'static Oel, Refusal> {
    let (cas, name) = (ask.text("cas")?, ask.text("name")?);
    let fits = |row: &&Oel| match (cas, name) {
        (Some(cas), _) => row.cas.as_deref() == Some(cas),
        (None, Some(name)) => row.name_zh == name,
        (None, None) => false,
    };
    let (key, asked) = match (cas, name) {
        (Some(cas), _) => ("cas", cas),
        (None, Some(name)) => ("name", name),
        (None, None) => return Err(ask.missing("cas", "the agent's CAS number, or its `name` in GBZ 2.1")),
    };
    limits().iter().find(fits).ok_or_else(|| Refusal::UnknownChemical {
        field: ask.field(key),
        found: asked.to_owned(),
        standard: "GBZ 2.1-2019 (the 75 rows held)".to_owned(),
        help: "give its own limits as `mac`, `pc_twa` or `pc_stel` in mg/m³".to_owned(),
    })
}

/// A measured concentration C_i in mg/m³ over a time t_i in hours.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub c: f64,
    pub t_h: f64,
}

/// C_TWA = Σ C_i·t_i / 8, mg/m³ (GBZ 2.1-2019, 8 h a day).
pub fn twa(samples: &[Sample]) -> f64 {
    samples.iter().map(|sample| sample.c * sample.t_h).sum::<f64>() / 8.0
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

/// Which rule on peaks is broken: at most 3 × PC-TWA for 15 min, 4 times a day, an hour apart, and never above 5 × PC-TWA.
pub fn peak_faults(pc_twa: f64, peaks: Peaks) -> Vec<&'static str> {
    if peaks.highest > 5.0 * pc_twa {
        return vec!["above_5_times_twa"];
    }
    let excursion = peaks.highest > 3.0 * pc_twa;
    let faults = [
        ("above_3_times_twa", excursion),
        ("longer_than_15_min", peaks.longest_min > 15.0),
        ("more_than_4_a_day", peaks.times_a_day > 4),
        ("less_than_1_h_apart", peaks.times_a_day > 1 && peaks.least_apart_min < 60.0),
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

#[derive(Clone, Debug, Serialize)]
struct Judged {
    agent: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    c_twa: Option<f64>,
    /// After the reduction of a long shift.
    #[serde(skip_serializing_if = "Option::is_none")]
    twa_limit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mac: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stel: Option<f64>,
    faults: Vec<&'static str>,
    /// C/L, for the mixture.
    ratio: Option<f64>,
    status: Status,
}

/// Reads `{shift_h?, week_h?, agents?: […], same_organ?, noise?, heat?}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["shift_h", "week_h", "agents", "same_organ", "noise", "heat"])?;
    let hours = |name: &str, most: f64| ask.number_where(name, |h| h > 0.0 && h < most, &format!("above 0, below {most}"));
    let day = hours("shift_h", 24.0)?.and_then(daily_reduction);
    let week = hours("week_h", 168.0)?.and_then(weekly_reduction);
    // Where both apply, the stricter one protects.
    let reduction = day.into_iter().chain(week).fold(1.0, f64::min);
    let mut agents = Vec::new();
    for one in ask.list("agents", &["cas", "name", "mac", "pc_twa", "pc_stel", "respirable", "samples", "highest", "c_stel", "peaks"])? {
        agents.push(agent(&one, reduction)?);
    }
    let same_organ = ask.flag("same_organ")?;
    if agents.len() > 1 && same_organ.is_none() {
        return Err(ask.missing("same_organ", "whether the agents act on the same organ: then Σ C/L ≤ 1 holds for them together"));
    }
    let together = (same_organ == Some(true)).then(|| mixture(&agents.iter().filter_map(|agent| agent.ratio).collect::<Vec<_>>()));
    let noise = noise(&ask)?;
    let heat = heat(&ask)?;
    if agents.is_empty() && noise.is_none() && heat.is_none() {
        return Err(ask.missing("agents", "measured agents, `noise` or `heat`"));
    }
    let status = agents.iter().map(|agent| agent.status).max().unwrap_or_default().max(Status::FromKnowledge);
    let flag = |part: &Option<Value>| part.as_ref().is_some_and(|part| part["exceeds"] == json!(true));
    let exceeds = agents.iter().any(|agent| !agent.faults.is_empty()) || together.is_some_and(above_one) || flag(&noise) || flag(&heat);
    Ok(json!({
        "exceeds": exceeds, "reduction": reduction, "agents": agents, "mixture": together, "noise": noise, "heat": heat, "status": status,
        "basis": "GBZ 2.1-2019; GBZ 2.2-2007",
    }))
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

fn agent(ask: &Ask, reduction: f64) -> Result<Judged, Refusal> {
    let own = [concentration(ask, "mac")?, concentration(ask, "pc_twa")?, concentration(ask, "pc_stel")?];
    let (name, mac, pc_twa, pc_stel, status) = if own.iter().any(Option::is_some) {
        let name = ask.text("name")?.or(ask.text("cas")?).unwrap_or_default().to_owned();
        (name, own[0], own[1], own[2], Status::Verified)
    } else {
        let row = oel(ask)?;
        let respirable = ask.flag("respirable")?.unwrap_or(false);
        if respirable && row.pc_twa_respirable.is_none() {
            return Err(ask.missing("pc_twa", "no limit for the respirable fraction of this dust is held"));
        }
        let pc_twa = if respirable { row.pc_twa_respirable } else { row.pc_twa };
        (row.name_zh.clone(), row.mac, pc_twa, row.pc_stel, row.status)
    };
    let mut samples = Vec::new();
    for one in ask.list("samples", &["c", "t_h"])? {
        samples.push(Sample {
            c: concentration(&one, "c")?.ok_or_else(|| one.missing("c", "the concentration in mg/m³"))?,
            t_h: one
                .number_where("t_h", |t| t > 0.0 && t <= 24.0, "above 0, at most 24 h")?
                .ok_or_else(|| one.missing("t_h", "its hours"))?,
        });
    }
    if samples.iter().map(|sample| sample.t_h).sum::<f64>() > 24.0 {
        return Err(ask.out_of_range("samples", "more than 24 h", "the hours of one day"));
    }
    let mut faults = Vec::new();
    let (highest, c_stel) = (concentration(ask, "highest")?, concentration(ask, "c_stel")?);
    let mut ratio = None;
    let mut judged = 0;
    if let (Some(mac), Some(found)) = (mac, highest) {
        judged += 1;
        ratio = Some(found / mac);
        faults.extend(above(found, mac).then_some("above_mac"));
    }
    let twa_limit = pc_twa.map(|limit| limit * reduction);
    let c_twa = (!samples.is_empty()).then(|| twa(&samples));
    if let (Some(limit), Some(found)) = (twa_limit, c_twa) {
        judged += 1;
        ratio = Some(found / limit);
        faults.extend(above(found, limit).then_some("above_pc_twa"));
    }
    if let (Some(limit), Some(found)) = (pc_stel, c_stel) {
        judged += 1;
        faults.extend(above(found, limit).then_some("above_pc_stel"));
    }
    if let (Some(pc_twa), None, Some(one)) =
        (pc_twa, pc_stel, ask.inner("peaks", &["highest", "longest_min", "times_a_day", "least_apart_min"])?)
    {
        judged += 1;
        let need = |name: &str| {
            one.number_where(name, |n| (0.0..1e9).contains(&n), "0 or more")?.ok_or_else(|| one.missing(name, "the peaks are judged by it"))
        };
        let times_a_day = one.need_count("times_a_day", "how many peaks there were")?;
        let least_apart_min = if times_a_day > 1 { need("least_apart_min")? } else { f64::INFINITY };
        faults.extend(peak_faults(
            pc_twa,
            Peaks { highest: need("highest")?, longest_min: need("longest_min")?, times_a_day, least_apart_min },
        ));
    }
    if judged == 0 {
        let help = match (mac, pc_twa) {
            (Some(_), _) => "`highest`, the highest concentration in mg/m³: this agent has a MAC",
            (None, Some(_)) => "`samples` of concentration and hours: this agent has a PC-TWA",
            (None, None) => "`c_stel`, the 15-minute concentration in mg/m³: this agent has a PC-STEL",
        };
        return Err(ask.missing(if mac.is_some() { "highest" } else { "samples" }, help));
    }
    if ratio.is_some_and(|ratio| !ratio.is_finite()) {
        return Err(ask.out_of_range("pc_twa", 0, "a limit above 0"));
    }
    Ok(Judged { agent: name, c_twa, twa_limit, mac, stel: pc_stel, faults, ratio, status })
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
    Ok(Some(json!({ "l_ex_8h": level, "limit": NOISE_LIMIT, "exceeds": above(level, NOISE_LIMIT), "hearing_programme": programme })))
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
    Ok(Some(json!({ "wbgt": wbgt, "limit": limit, "exceeds": above(wbgt, limit) })))
}
