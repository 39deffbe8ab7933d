//! The highest set points of gas detectors, whether given ones keep to them, and the conversions between their units. Source: GB/T 50493-2019, clause 5.5.2.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::editions;
use crate::exposure::{Oel, oel, place};
use crate::names::{plain, typed};
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

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

/// What conversions need of a gas.
#[derive(Clone, Debug, Deserialize)]
pub struct Gas {
    pub name_zh: String,
    pub cas: String,
    /// g/mol.
    pub molar_mass: Option<f64>,
    lel_vol_pct: Option<f64>,
    alt_lel_vol_pct: Option<f64>,
    pub idlh_ppm: Option<f64>,
    lel_status: Option<Status>,
    idlh_status: Option<Status>,
}

pub fn gases() -> &'static [Gas] {
    static ROWS: LazyLock<Vec<Gas>> = LazyLock::new(|| table::rows(include_str!("../data/gas_properties.csv")));
    &ROWS
}

impl Gas {
    /// The lower of two published limits, %VOL: an alarm then comes sooner.
    pub fn lel_vol_pct(&self) -> Option<f64> {
        self.lel_vol_pct.into_iter().chain(self.alt_lel_vol_pct).reduce(f64::min)
    }
}

/// Litres a mole of gas fills at 101.325 kPa: 24.04 at 20 °C, 24.45 at 25 °C.
pub fn molar_volume(temperature_c: f64) -> Option<f64> {
    [(20.0, 24.04), (25.0, 24.45)].into_iter().find(|(t, _)| *t == temperature_c).map(|(_, volume)| volume)
}

/// mg/m³ = ppm·M/V.
pub fn mg_m3_of_ppm(ppm: f64, molar_mass: f64, molar_volume: f64) -> f64 {
    ppm * molar_mass / molar_volume
}

/// %LEL = %VOL / LEL · 100.
pub fn pct_lel_of_vol(vol_pct: f64, lel_vol_pct: f64) -> f64 {
    vol_pct / lel_vol_pct * 100.0
}

/// A figure of the gas, where it stands, and how well it is known.
struct Figure {
    value: f64,
    row: Option<String>,
    status: Status,
}

impl Figure {
    fn given(value: f64) -> Self {
        Self { value, row: None, status: Status::Given }
    }

    fn shown(&self, name: &str, unit: &str) -> Value {
        json!({ "figure": name, "value": self.value, "unit": unit, "row": self.row, "status": self.status })
    }
}

/// The figures an input gives, or those of its gas, and the lines that show them.
struct Reader<'a> {
    ask: &'a Ask<'a>,
    steps: Vec<Value>,
    statuses: Vec<Status>,
    warnings: Vec<Value>,
}

impl Reader<'_> {
    /// A typed limit that lets an alarm come later than the table's is said; a stricter one is anybody's right.
    fn against_the_table(&mut self, name: &str, typed: f64, held: f64, row: &str, status: Status) {
        // Decimal figures have no exact binary form.
        if typed > held * (1.0 + 1e-9) {
            let field = self.ask.field(name);
            let warning =
                json!({ "code": "typed_limit_laxer", "field": field, "typed": typed, "held": held, "row": row, "status": status });
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }

    fn take(&mut self, figure: Figure, name: &str, unit: &str) -> f64 {
        let step = figure.shown(name, unit);
        if !self.steps.contains(&step) {
            self.steps.push(step);
        }
        self.statuses.push(figure.status);
        figure.value
    }

    fn above_zero(&self, name: &str) -> Result<Option<f64>, Refusal> {
        self.ask.number_where(name, |n| (1e-9..1e9).contains(&n), "above 0")
    }

    /// The gas that `cas` or `name` means; where they mean two, none.
    fn gas(&self) -> Result<Option<&'static Gas>, Refusal> {
        let (cas, name) = (typed(self.ask.text("cas")?), typed(self.ask.text("name")?));
        let by_cas = cas.and_then(|cas| gases().iter().find(|gas| gas.cas == cas));
        let by_name = name.and_then(|name| gases().iter().find(|gas| plain(&gas.name_zh) == plain(name)));
        match (cas, by_cas, by_name) {
            (Some(_), Some(gas), Some(other)) if gas.cas != other.cas => {
                let found = format!("the CAS number belongs to `{}`, the name to `{}`", gas.name_zh, other.name_zh);
                Err(Refusal::Contradiction { field: place(self.ask), found })
            }
            (Some(cas), None, Some(other)) => {
                let found = format!("the name belongs to `{}`, whose CAS number is {}, not {cas}", other.name_zh, other.cas);
                Err(Refusal::Contradiction { field: place(self.ask), found })
            }
            // The limits know more names than the table of gases.
            (Some(_), ..) if name.is_some() => match oel(self.ask) {
                Err(refusal @ Refusal::Contradiction { .. }) => Err(refusal),
                _ => Ok(by_cas),
            },
            _ => Ok(by_cas.or(by_name)),
        }
    }

    /// Of the input, else of the gas; `name` is the input's field.
    fn figure(&mut self, name: &str, unit: &str, of: impl Fn(&Gas) -> Option<(f64, Status)>, help: &str) -> Result<f64, Refusal> {
        let own = self.above_zero(name)?.map(Figure::given);
        let row = |gas: &Gas| of(gas).map(|(value, status)| Figure { value, row: Some(format!("gas_properties:{}", gas.name_zh)), status });
        let found = own.or(self.gas()?.and_then(row)).ok_or_else(|| self.ask.missing(name, help))?;
        Ok(self.take(found, name, unit))
    }

    fn molar_mass(&mut self) -> Result<f64, Refusal> {
        let of = |gas: &Gas| gas.molar_mass.map(|mass| (mass, Status::FromKnowledge));
        self.figure("molar_mass", "g/mol", of, "the molar mass in g/mol: this gas is not held")
    }

    fn lel(&mut self) -> Result<f64, Refusal> {
        let of = |gas: &Gas| Some((gas.lel_vol_pct()?, gas.lel_status.unwrap_or(Status::FromKnowledge)));
        if let (Some(own), Some(gas)) = (self.above_zero("lel_vol_pct")?, self.gas()?)
            && let Some((held, status)) = of(gas)
        {
            self.against_the_table("lel_vol_pct", own, held, &format!("gas_properties:{}", gas.name_zh), status);
        }
        self.figure("lel_vol_pct", "%VOL", of, "the lower explosive limit in %VOL: this gas is not held")
    }

    /// At 20 °C unless the input says 25: the line shows which.
    fn molar_volume(&mut self) -> Result<f64, Refusal> {
        let temperature = self.ask.number("temperature_c")?.unwrap_or(20.0);
        let volume = molar_volume(temperature).ok_or_else(|| self.ask.out_of_range("temperature_c", temperature, "20 or 25"))?;
        let row = Some(format!("molar volume at {temperature} °C, 101.325 kPa"));
        Ok(self.take(Figure { value: volume, row, status: Status::Verified }, "molar_volume", "L/mol"))
    }

    /// A typed figure that no line shows was not used: it would be lost without a word.
    fn nothing_unused(&self) -> Result<(), Refusal> {
        let shown = |name: &str| self.steps.iter().any(|step| step["figure"] == json!(name));
        for (field, figure) in [("molar_mass", "molar_mass"), ("lel_vol_pct", "lel_vol_pct"), ("temperature_c", "molar_volume")] {
            if !shown(figure) {
                refuse(self.ask, &[field], "is not needed for these units")?;
            }
        }
        Ok(())
    }

    fn mg_m3_per_ppm(&mut self) -> Result<f64, Refusal> {
        Ok(mg_m3_of_ppm(1.0, self.molar_mass()?, self.molar_volume()?))
    }
}

/// Fields that say nothing in a conversion.
const OF_A_DETECTOR: [&str; 12] =
    ["as_of", "detector", "level1", "level2", "deficiency", "excess", "unit", "mac", "pc_twa", "pc_stel", "idlh", "range_insufficient"];

const FIELDS: [&str; 18] = [
    "as_of",
    "detector",
    "cas",
    "name",
    "mac",
    "pc_twa",
    "pc_stel",
    "idlh",
    "range_insufficient",
    "level1",
    "level2",
    "deficiency",
    "excess",
    "unit",
    "molar_mass",
    "lel_vol_pct",
    "temperature_c",
    "convert",
];

/// Reads `{as_of?, detector: "combustible" | "combustible_line" | "toxic" | "oxygen", cas?, unit?, level1?, level2?, …}`, or `{convert: {value, from, to}, cas? | molar_mass? | lel_vol_pct?}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &FIELDS)?;
    let mut warnings = Vec::new();
    let mut reader = Reader { ask: &ask, steps: Vec::new(), statuses: Vec::new(), warnings: Vec::new() };
    // Whatever is asked, a CAS number and a name of two gases are refused.
    reader.gas()?;
    if let Some(one) = ask.inner("convert", &["value", "from", "to"])? {
        refuse(&ask, &OF_A_DETECTOR, "belongs to a detector, not to a conversion")?;
        return convert(&mut reader, &one);
    }
    let edition = editions::asked("gas_alarm", &ask, &mut warnings)?;
    let detector = ask.need_text("detector", "`combustible`, `combustible_line`, `toxic` or `oxygen`, or a `convert`")?;
    if detector != "toxic" {
        refuse(&ask, &["mac", "pc_twa", "pc_stel", "idlh", "range_insufficient"], "belongs to a toxic detector")?;
    }
    if detector == "toxic" && ask.flag("range_insufficient")? == Some(true) {
        refuse(&ask, &["mac", "pc_twa", "pc_stel"], "does not count where the detector's range is insufficient: IDLH sets the levels")?;
    }
    let mut found = match detector {
        "combustible" => judged(&mut reader, COMBUSTIBLE, "%LEL", &["%LEL", "vol%"])?,
        "combustible_line" => judged(&mut reader, COMBUSTIBLE_LINE, "LEL·m", &["LEL·m"])?,
        "toxic" => {
            let points = toxic_points(&mut reader)?;
            judged(&mut reader, points, "mg/m³", &["mg/m³", "ppm"])?
        }
        "oxygen" => oxygen(&ask)?,
        other => return Err(ask.unknown_code("detector", other, ["combustible", "combustible_line", "toxic", "oxygen"])),
    };
    reader.nothing_unused()?;
    warnings.append(&mut reader.warnings);
    found["detector"] = json!(detector);
    found["as_of"] = json!(ask.date("as_of")?);
    found["edition"] = json!(edition.standard);
    found["basis"] = json!(format!("{} 5.5.2", edition.standard));
    found["row"] = reader.steps.iter().find(|step| step["figure"] == json!("oel")).map_or(Value::Null, |step| step["row"].clone());
    found["steps"] = json!(reader.steps);
    found["warnings"] = json!(warnings);
    found["status"] = json!(Status::worst(reader.statuses.into_iter().chain([edition.status])));
    Ok(found)
}

/// What would be lost without a word is refused.
fn refuse(ask: &Ask, names: &[&str], why: &str) -> Result<(), Refusal> {
    match names.iter().find(|name| ask.get(name).is_some()) {
        Some(name) => Err(ask.contradiction(name, why)),
        None => Ok(()),
    }
}

/// Limits of a toxic gas in mg/m³: of the occupational limit, or of IDLH where the detector's range does not reach down to it.
fn toxic_points(reader: &mut Reader) -> Result<SetPoints, Refusal> {
    let ask = reader.ask;
    let insufficient = ask.flag("range_insufficient")?;
    if ask.get("idlh").is_some() && insufficient != Some(true) {
        let help = "`true` if the detector cannot measure as low as the occupational limit: only then IDLH sets the levels";
        return Err(match insufficient {
            None => ask.missing("range_insufficient", help),
            Some(_) => ask.contradiction("idlh", "sets the levels only where the detector's range is insufficient"),
        });
    }
    if insufficient == Some(true) {
        let of = |gas: &Gas| Some((gas.idlh_ppm?, gas.idlh_status.unwrap_or(Status::FromKnowledge)));
        if let Some(own) = reader.above_zero("idlh")? {
            // Held in ppm: compared at 20 °C where the molar mass is held too.
            let gas = reader.gas()?;
            if let Some(((ppm, status), (gas, mass))) = gas.and_then(of).zip(gas.and_then(|gas| Some((gas, gas.molar_mass?)))) {
                let held = mg_m3_of_ppm(ppm, mass, 24.04);
                reader.against_the_table("idlh", own, held, &format!("gas_properties:{}", gas.name_zh), status);
            }
            return Ok(toxic_by_idlh(reader.take(Figure::given(own), "idlh", "mg/m³")));
        }
        let ppm = reader.figure("idlh", "ppm", of, "the IDLH in mg/m³: none is held for this gas")?;
        return Ok(toxic_by_idlh(ppm * reader.mg_m3_per_ppm()?));
    }
    let mut own = None;
    for name in ["mac", "pc_twa", "pc_stel"] {
        own = own.or(reader.above_zero(name)?.map(|value| (name, value)));
    }
    let figure = match own {
        Some((name, own)) => {
            match oel(ask) {
                Ok(limits) => {
                    let held = toxic(limits).expect("every row held has a limit").level1_max;
                    reader.against_the_table(name, own, held, &limits.place(), limits.status);
                }
                Err(refusal @ Refusal::Contradiction { .. }) => return Err(refusal),
                Err(_) => {}
            }
            Figure::given(own)
        }
        None => {
            let limits = oel(ask)?;
            let value = toxic(limits).expect("every row held has a limit").level1_max;
            Figure { value, row: Some(limits.place()), status: limits.status }
        }
    };
    let limit = reader.take(figure, "oel", "mg/m³");
    Ok(SetPoints { level1_max: limit, level2_max: 2.0 * limit })
}

/// The limits in the unit the input asks for, and what is wrong with its set points.
fn judged(reader: &mut Reader, points: SetPoints, own_unit: &str, units: &[&str]) -> Result<Value, Refusal> {
    let ask = reader.ask;
    let unit = ask.text("unit")?.unwrap_or(own_unit);
    if !units.contains(&unit) {
        return Err(ask.unknown_code("unit", unit, units));
    }
    refuse(ask, &["deficiency", "excess"], "belongs to an oxygen detector")?;
    let scale = match unit {
        "ppm" => 1.0 / reader.mg_m3_per_ppm()?,
        "vol%" => reader.lel()? / 100.0,
        _ => 1.0,
    };
    let points = SetPoints { level1_max: points.level1_max * scale, level2_max: points.level2_max * scale };
    let faults = match (reader.above_zero("level1")?, reader.above_zero("level2")?) {
        (Some(level1), Some(level2)) => Some(points.faults(level1, level2)),
        (None, None) => None,
        (Some(_), None) => return Err(ask.missing("level2", "both set points, or none")),
        (None, Some(_)) => return Err(ask.missing("level1", "both set points, or none")),
    };
    reader.statuses.push(Status::Verified);
    Ok(json!({ "level1_max": points.level1_max, "level2_max": points.level2_max, "unit": unit, "faults": faults }))
}

/// Deficiency alarms at 19.5 %VOL or sooner, excess at 23.5 or sooner.
fn oxygen(ask: &Ask) -> Result<Value, Refusal> {
    refuse(ask, &["level1", "level2", "unit"], "an oxygen detector has the set points `deficiency` and `excess`, in %VOL")?;
    let (low, high) = OXYGEN;
    let set = |name: &str| ask.number_where(name, |point| (0.0..=100.0).contains(&point), "0 to 100 %VOL");
    let (deficiency, excess) = (set("deficiency")?, set("excess")?);
    let mut faults = Vec::new();
    faults.extend(deficiency.filter(|point| *point < low).map(|_| "deficiency_below_limit"));
    faults.extend(excess.filter(|point| *point > high).map(|_| "excess_above_limit"));
    faults.extend(deficiency.zip(excess).filter(|(low, high)| low >= high).map(|_| "levels_not_ascending"));
    let given = deficiency.or(excess).is_some();
    Ok(json!({ "deficiency": low, "excess": high, "unit": "%VOL", "faults": given.then_some(faults) }))
}

fn convert(reader: &mut Reader, one: &Ask) -> Result<Value, Refusal> {
    let value = one.number_where("value", |n| (0.0..1e9).contains(&n), "0 or more")?;
    let value = value.ok_or_else(|| one.missing("value", "the figure to convert"))?;
    let from = one.need_text("from", "`ppm`, `mg/m³`, `vol%` or `%LEL`")?;
    let to = one.need_text("to", "`ppm`, `mg/m³`, `vol%` or `%LEL`")?;
    let (result, formula) = match (from, to) {
        ("ppm", "mg/m³") => (value * reader.mg_m3_per_ppm()?, "mg/m³ = ppm·M/V"),
        ("mg/m³", "ppm") => (value / reader.mg_m3_per_ppm()?, "ppm = mg/m³·V/M"),
        ("vol%", "%LEL") => (pct_lel_of_vol(value, reader.lel()?), "%LEL = %VOL / LEL · 100"),
        ("%LEL", "vol%") => (value * reader.lel()? / 100.0, "%VOL = %LEL · LEL / 100"),
        ("vol%", "ppm") => (value * 10_000.0, "ppm = %VOL · 10⁴"),
        ("ppm", "vol%") => (value / 10_000.0, "%VOL = ppm / 10⁴"),
        _ => return Err(one.unknown_code("to", to, ["ppm ↔ mg/m³", "vol% ↔ %LEL", "vol% ↔ ppm"])),
    };
    reader.nothing_unused()?;
    Ok(json!({
        "value": value, "from": from, "to": to, "result": result, "formulae": [formula], "steps": reader.steps, "warnings": reader.warnings,
        "status": Status::worst(reader.statuses.iter().copied().chain([Status::Given])),
    }))
}
