//! One agent: its limits, what was measured of it, and what follows. A measurement without a limit is named, never passed over.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Oel, Peaks, Sample, Shift, above, concentration, dose, limits_called, oel, peak_faults, twa};
use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::status::Status;

pub const FIELDS: [&str; 10] = ["cas", "name", "mac", "pc_twa", "pc_stel", "respirable", "samples", "highest", "c_stel", "peaks"];

#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    pub agent: String,
    /// Where the limits stand; `None` where they were typed.
    row: Option<String>,
    /// 皮, 敏, G1 …, as in the table.
    remark: Option<String>,
    /// Σ C·t / 8, mg/m³: this one is compared with `twa_limit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    c_twa: Option<f64>,
    /// Σ C·t over the hours of a long shift, mg/m³: shown beside it, because practice differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    c_shift: Option<f64>,
    pc_twa: Option<f64>,
    /// After the reduction of a long shift.
    #[serde(skip_serializing_if = "Option::is_none")]
    twa_limit: Option<f64>,
    /// Highest concentration given anywhere, mg/m³: compared with MAC.
    #[serde(skip_serializing_if = "Option::is_none")]
    highest: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mac: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    c_stel: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stel: Option<f64>,
    pub faults: Vec<&'static str>,
    /// Measured, but there is no limit for it or not enough to judge it by.
    pub not_judged: Vec<Value>,
    /// Limits for which nothing was measured, or `peaks`, the rule that stands in for a PC-STEL.
    not_measured: Vec<&'static str>,
    /// Hours of the shift without a sample, where the verdict needs them.
    #[serde(skip_serializing_if = "Option::is_none")]
    unsampled_h: Option<f64>,
    /// C/L, for the mixture.
    pub ratio: Option<f64>,
    pub status: Status,
}

struct Limits {
    name: String,
    row: Option<String>,
    remark: Option<String>,
    mac: Option<f64>,
    pc_twa: Option<f64>,
    pc_stel: Option<f64>,
    status: Status,
}

struct Measured {
    samples: Vec<Sample>,
    highest: Option<f64>,
    c_stel: Option<f64>,
    peaks: Option<Peaks>,
}

impl Measured {
    fn read(ask: &Ask) -> Result<Self, Refusal> {
        let (samples, peaks) = (samples(ask)?, peaks(ask)?);
        Ok(Self { samples, highest: concentration(ask, "highest")?, c_stel: concentration(ask, "c_stel")?, peaks })
    }

    /// A ceiling holds at every moment, whichever way it was measured.
    fn largest(&self) -> Option<f64> {
        let samples = self.samples.iter().map(|sample| sample.c);
        samples.chain(self.highest).chain(self.c_stel).chain(self.peaks.map(|peaks| peaks.highest)).reduce(f64::max)
    }

    fn hours(&self) -> f64 {
        self.samples.iter().map(|sample| sample.t_h).sum()
    }
}

pub fn judge(ask: &Ask, shift: &Shift, warnings: &mut Vec<Value>) -> Result<Judged, Refusal> {
    let limits = limits_of(ask, warnings)?;
    let measured = Measured::read(ask)?;
    if measured.largest().is_none() {
        return Err(nothing_measured(ask, &limits));
    }
    let hours = measured.hours();
    if above(hours, 8.0) && shift.hours.is_none() {
        return Err(
            ask.missing("samples", "they cover more than 8 h: give the shift's hours as `shift_h`, because a long shift lowers PC-TWA")
        );
    }
    let mut judged = Judged {
        twa_limit: limits.pc_twa.map(|limit| limit * shift.reduction),
        c_twa: (!measured.samples.is_empty()).then(|| twa(&measured.samples)),
        c_shift: shift.hours.filter(|h| *h > 8.0 && !measured.samples.is_empty()).map(|h| dose(&measured.samples) / h),
        agent: limits.name,
        row: limits.row,
        remark: limits.remark,
        pc_twa: limits.pc_twa,
        highest: measured.largest(),
        mac: limits.mac,
        c_stel: measured.c_stel,
        stel: limits.pc_stel,
        faults: Vec::new(),
        not_judged: Vec::new(),
        not_measured: Vec::new(),
        unsampled_h: None,
        ratio: None,
        status: limits.status,
    };
    let covered = shift.hours.unwrap_or(8.0);
    if judged.c_twa.is_some() && above(covered, hours) {
        // A ceiling that was measured as such stands without the samples.
        let by_samples = judged.pc_twa.is_some() || (judged.mac.is_some() && measured.highest.is_none());
        judged.unsampled_h = by_samples.then_some(covered - hours);
        warnings.push(json!({ "code": "unsampled_hours_count_as_zero", "field": ask.field("samples"), "hours": hours, "of": covered }));
    }
    judged.ceiling();
    judged.average(ask, shift, warnings);
    judged.short_term(ask, &measured);
    judged.peaks(ask, &measured);
    if judged.ratio.is_some_and(|ratio| !ratio.is_finite()) {
        return Err(ask.out_of_range("pc_twa", 0, "a limit above 0"));
    }
    Ok(judged)
}

impl Judged {
    /// Whether every limit was measured, over the whole shift, and judged: only then may it be called kept.
    pub fn is_complete(&self) -> bool {
        self.not_judged.is_empty() && self.not_measured.is_empty() && self.unsampled_h.is_none()
    }

    fn ceiling(&mut self) {
        if let (Some(mac), Some(found)) = (self.mac, self.highest) {
            self.faults.extend(above(found, mac).then_some("above_mac"));
            self.ratio = Some(found / mac);
        }
    }

    fn average(&mut self, ask: &Ask, shift: &Shift, warnings: &mut Vec<Value>) {
        match (self.twa_limit, self.c_twa) {
            (Some(limit), Some(found)) => {
                self.faults.extend(above(found, limit).then_some("above_pc_twa"));
                self.ratio = Some(self.ratio.unwrap_or(0.0).max(found / limit));
                if let Some(c_shift) =
                    self.c_shift.filter(|c_shift| shift.reduction < 1.0 && above(found, limit) && !above(*c_shift, limit))
                {
                    warnings.push(json!({
                        "code": "averages_disagree", "field": ask.here(), "c_twa": found, "c_shift": c_shift, "limit": limit, "compared": "c_twa",
                    }));
                }
            }
            (Some(_), None) => self.not_measured.push("pc_twa"),
            (None, Some(_)) if self.mac.is_none() => self.say(ask.field("samples"), "no_pc_twa"),
            (None, _) => {}
        }
    }

    fn short_term(&mut self, ask: &Ask, measured: &Measured) {
        match (self.stel, measured.c_stel) {
            (Some(limit), Some(found)) => self.faults.extend(above(found, limit).then_some("above_pc_stel")),
            (Some(_), None) => self.not_measured.push("pc_stel"),
            (None, Some(_)) if self.mac.is_none() => self.say(ask.field("c_stel"), "no_pc_stel"),
            (None, _) => {}
        }
    }

    /// Only where there is a PC-TWA and no PC-STEL, and only if the average keeps its limit (GBZ 2.1-2019).
    fn peaks(&mut self, ask: &Ask, measured: &Measured) {
        let height = measured.peaks.map(|peaks| peaks.highest).into_iter().chain(measured.highest).reduce(f64::max);
        let Some(height) = height else {
            // Typed limits are all there are; the table's agents without a PC-STEL have the rule on peaks instead.
            if self.row.is_some() && self.pc_twa.is_some() && self.stel.is_none() && measured.c_stel.is_none() {
                self.not_measured.push("peaks");
            }
            return;
        };
        let field = ask.field(if measured.peaks.is_some() { "peaks" } else { "highest" });
        let (pc_twa, mac) = (self.pc_twa, self.mac);
        let Some(pc_twa) = pc_twa.filter(|_| self.stel.is_none()) else {
            if mac.is_none() {
                self.say(field, if self.stel.is_some() { "pc_stel_wants_c_stel" } else { "no_mac" });
            }
            return;
        };
        match measured.peaks {
            Some(peaks) => self.faults.extend(peak_faults(pc_twa, Peaks { highest: height, ..peaks })),
            None if above(height, 5.0 * pc_twa) => self.faults.push("above_5_times_twa"),
            // Without its length, number and distance an excursion cannot be judged.
            None if above(height, 3.0 * pc_twa) => self.say(field.clone(), "peaks_not_described"),
            None => {}
        }
        if self.c_twa.is_none() {
            self.say(field, "average_not_measured");
        }
        self.status = self.status.max(Status::FromKnowledge);
    }

    fn say(&mut self, field: String, why: &'static str) {
        self.not_judged.push(json!({ "field": field, "why": why }));
    }
}

fn limits_of(ask: &Ask, warnings: &mut Vec<Value>) -> Result<Limits, Refusal> {
    let own = |name: &str| ask.number_where(name, |c| (1e-9..1e9).contains(&c), "above 0, in mg/m³");
    let [mac, pc_twa, pc_stel] = [own("mac")?, own("pc_twa")?, own("pc_stel")?];
    if mac.or(pc_twa).or(pc_stel).is_some() {
        if ask.flag("respirable")?.is_some() {
            return Err(ask.contradiction("respirable", "chooses between the limits of the table, and the limits are typed"));
        }
        against_the_table(ask, [("mac", mac), ("pc_twa", pc_twa), ("pc_stel", pc_stel)], warnings)?;
        let name = ask.text("name")?.or(ask.text("cas")?).unwrap_or_default().to_owned();
        return Ok(Limits { name, row: None, remark: None, mac, pc_twa, pc_stel, status: Status::Given });
    }
    let row = oel(ask)?;
    let respirable = ask.flag("respirable")?.unwrap_or(false);
    if respirable && row.pc_twa_respirable.is_none() {
        return Err(ask.missing("pc_twa", "no limit for the respirable fraction of this dust is held"));
    }
    let pc_twa = if respirable { row.pc_twa_respirable } else { row.pc_twa };
    Ok(Limits {
        name: row.name_zh.clone(),
        row: Some(row.place()),
        remark: row.remark.clone(),
        mac: row.mac,
        pc_twa,
        pc_stel: row.pc_stel,
        status: row.status,
    })
}

/// Typed limits of an agent that the table knows: a laxer one, or one left out, is said; a stricter one is anybody's right.
fn against_the_table(ask: &Ask, typed: [(&'static str, Option<f64>); 3], warnings: &mut Vec<Value>) -> Result<(), Refusal> {
    let rows = match oel(ask) {
        Ok(row) => vec![row],
        Err(refusal @ Refusal::Contradiction { .. }) => return Err(refusal),
        // A name of several dusts: what is laxer than each of them is lax.
        Err(Refusal::Ambiguous { found, .. }) => limits_called(&found).collect(),
        Err(_) => Vec::new(),
    };
    let figures: [fn(&Oel) -> Option<f64>; 3] = [|row| row.mac, |row| row.pc_twa, |row| row.pc_stel];
    for ((name, typed), figure) in typed.into_iter().zip(figures) {
        let held: Option<Vec<(f64, &Oel)>> = rows.iter().map(|row| Some((figure(row)?, *row))).collect();
        let Some((held, row)) = held.and_then(|held| held.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))) else { continue };
        let code = match typed {
            Some(typed) if above(typed, held) => "typed_limit_laxer",
            None => "table_limit_left_out",
            Some(_) => continue,
        };
        warnings.push(json!({
            "code": code, "field": ask.field(name), "typed": typed, "held": held, "row": row.place(), "status": row.status,
        }));
    }
    Ok(())
}

fn samples(ask: &Ask) -> Result<Vec<Sample>, Refusal> {
    let mut samples = Vec::new();
    for one in ask.list("samples", &["c", "t_h"])? {
        let c = concentration(&one, "c")?.ok_or_else(|| one.missing("c", "the concentration in mg/m³"))?;
        let t_h = one.number_where("t_h", |t| t > 0.0 && t <= 24.0, "above 0, at most 24 h")?;
        samples.push(Sample { c, t_h: t_h.ok_or_else(|| one.missing("t_h", "its hours"))? });
    }
    if above(samples.iter().map(|sample| sample.t_h).sum::<f64>(), 24.0) {
        return Err(ask.out_of_range("samples", "more than 24 h", "the hours of one day"));
    }
    Ok(samples)
}

fn peaks(ask: &Ask) -> Result<Option<Peaks>, Refusal> {
    let Some(one) = ask.inner("peaks", &["highest", "longest_min", "times_a_day", "least_apart_min"])? else { return Ok(None) };
    let need = |name: &str| {
        one.number_where(name, |n| (0.0..1e9).contains(&n), "0 or more")?.ok_or_else(|| one.missing(name, "the peaks are judged by it"))
    };
    let times_a_day = one.need_count("times_a_day", "how many peaks there were")?;
    let least_apart_min = if times_a_day > 1 { need("least_apart_min")? } else { f64::INFINITY };
    Ok(Some(Peaks { highest: need("highest")?, longest_min: need("longest_min")?, times_a_day, least_apart_min }))
}

fn nothing_measured(ask: &Ask, limits: &Limits) -> Refusal {
    let help = match (limits.mac, limits.pc_twa) {
        (Some(_), _) => "`highest`, the highest concentration in mg/m³: this agent has a MAC",
        (None, Some(_)) => "`samples` of concentration and hours: this agent has a PC-TWA",
        (None, None) => "`c_stel`, the 15-minute concentration in mg/m³: this agent has a PC-STEL",
    };
    ask.missing(if limits.mac.is_some() { "highest" } else { "samples" }, help)
}
