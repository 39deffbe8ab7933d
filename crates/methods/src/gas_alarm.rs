//! The highest set points of gas detectors, and whether given ones keep to them. Source: GB/T 50493-2019, clause 5.5.2.

use serde::Serialize;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::exposure::{Oel, oel};
use crate::refusal::Refusal;
use crate::status::Status;

/// The highest level 1 and level 2, in the detector's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SetPoints {
    pub level1_max: f64,
    pub level2_max: f64,
}

/// 25 and 50 %LEL.
pub const COMBUSTIBLE: SetPoints = SetPoints { level1_max: 25.0, level2_max: 50.0 };
/// 1 and 2 LEL·m, for detectors that look along a line.
pub const COMBUSTIBLE_LINE: SetPoints = SetPoints { level1_max: 1.0, level2_max: 2.0 };
/// Deficiency below 19.5 %VOL, excess above 23.5 %VOL.
pub const OXYGEN: (f64, f64) = (19.5, 23.5);

/// 100 and 200 % of the occupational limit: MAC, else PC-TWA, else PC-STEL, in mg/m³.
pub fn toxic(limits: &Oel) -> Option<SetPoints> {
    let limit = limits.mac.or(limits.pc_twa).or(limits.pc_stel)?;
    Some(SetPoints { level1_max: limit, level2_max: 2.0 * limit })
}

/// 5 and 10 % of IDLH, where the detector cannot measure as low as the occupational limit.
pub fn toxic_by_idlh(idlh: f64) -> SetPoints {
    SetPoints { level1_max: 0.05 * idlh, level2_max: 0.10 * idlh }
}

impl SetPoints {
    /// What is wrong with the set points of a detector, if anything.
    pub fn faults(&self, level1: f64, level2: f64) -> Vec<&'static str> {
        // Decimal set points have no exact binary form.
        let above = |point: f64, most: f64| point > most * (1.0 + 1e-9);
        let faults = [
            ("level1_above_limit", above(level1, self.level1_max)),
            ("level2_above_limit", above(level2, self.level2_max)),
            ("levels_not_ascending", level1 >= level2),
        ];
        faults.into_iter().filter(|(_, wrong)| *wrong).map(|(code, _)| code).collect()
    }
}

/// Reads `{detector: "combustible" | "combustible_line" | "toxic" | "oxygen", cas?, idlh?, level1?, level2?}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["detector", "cas", "name", "idlh", "level1", "level2"])?;
    let (points, unit, row, status) = match ask.need_text("detector", "`combustible`, `combustible_line`, `toxic` or `oxygen`")? {
        "combustible" => (COMBUSTIBLE, "%LEL", None, Status::Verified),
        "combustible_line" => (COMBUSTIBLE_LINE, "LEL·m", None, Status::Verified),
        "toxic" => match ask.number_where("idlh", |idlh| idlh > 0.0 && idlh < 1e9, "above 0, in the detector's unit")? {
            Some(idlh) => (toxic_by_idlh(idlh), "as idlh", None, Status::Verified),
            None => {
                let limits = oel(&ask)?;
                let points = toxic(limits).ok_or_else(|| ask.missing("idlh", "this substance has no occupational limit: give its IDLH"))?;
                (points, "mg/m³", Some(limits.name_zh.as_str()), limits.status)
            }
        },
        "oxygen" => {
            let (deficiency, excess) = OXYGEN;
            let basis = "GB/T 50493-2019 5.5.2";
            return Ok(json!({ "deficiency": deficiency, "excess": excess, "unit": "%VOL", "basis": basis, "status": Status::Verified }));
        }
        other => return Err(ask.unknown_code("detector", other, ["combustible", "combustible_line", "toxic", "oxygen"])),
    };
    let set = |name: &str| ask.number_where(name, |point| point > 0.0 && point < 1e9, "above 0");
    let faults = match (set("level1")?, set("level2")?) {
        (Some(level1), Some(level2)) => Some(points.faults(level1, level2)),
        (None, None) => None,
        (Some(_), None) => return Err(ask.missing("level2", "both set points, or none")),
        (None, Some(_)) => return Err(ask.missing("level1", "both set points, or none")),
    };
    Ok(json!({
        "level1_max": points.level1_max, "level2_max": points.level2_max, "unit": unit, "row": row, "faults": faults,
        "basis": "GB/T 50493-2019 5.5.2", "status": status,
    }))
}
