//! Identifies and grades a major hazard source after GB 18218, in the edition of its day. Absent on purpose: live inventories (q is the design maximum, 4.2.2) and sums across units.

mod edition;
mod row;

use anlan_base::Date;
use serde::Serialize;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::exact::Exact;
use crate::names::typed;
use crate::refusal::Refusal;
use crate::status::Status;

pub use edition::{Edition, Editions, TEXTS_2018, TableTexts, Tables};
use row::row;

/// One unit: a production unit within its shut-off valves, a tank farm within its dike, or one building (clause 3).
#[derive(Clone, Debug)]
pub struct Unit {
    pub as_of: Date,
    /// Permanent residents within 500 m outside the plant's boundary.
    pub population: u64,
    pub inventory: Vec<Inventory>,
}

#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// Where it stands in the input, for refusals.
    pub field: String,
    pub cas: Option<String>,
    pub name: Option<String>,
    /// Symbols of Table 2. Beside a substance of Table 1 they choose its β in Table 4.
    pub categories: Vec<String>,
    /// Of a mixture with this substance: whether it has the hazard class of the pure substance (4.2.3). `None`: no mixture.
    pub mixture_same_class: Option<bool>,
    /// Design maximum, t; of a mixture its whole mass.
    pub q: Exact,
}

#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub chemical: String,
    /// Design maximum, t.
    pub q: Exact,
    /// Critical quantity, t.
    #[serde(rename = "Q")]
    pub critical: Exact,
    pub beta: Exact,
    /// Where Q stands, such as `table1:12`.
    pub row: String,
    /// Where β stands, such as `table3:氯`.
    pub beta_row: String,
    pub edition: String,
    pub status: Status,
    #[serde(rename = "q_over_Q")]
    pub ratio: Exact,
    /// β·q/Q, what the entry adds to the sum in R.
    #[serde(rename = "beta_q_over_Q")]
    pub term: Exact,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Warning {
    /// β comes from the probable class of the substance: confirm it against the safety data sheet.
    BetaAssumed { field: String, chemical: String, basis: String },
    /// The given class has a smaller β than the probable class of the substance: confirm it against the safety data sheet.
    BetaBelowDefault { field: String, chemical: String, beta: Exact, default: Exact, basis: String },
    /// Found by a name or CAS number that people use and Table 1 does not print.
    RowByUsualName { field: String, asked: String, row: String },
    /// Table 1 knows no such name, so the class decided: another spelling of a row would look the same. A CAS number settles it.
    NotInTable1ByName {
        field: String,
        name: String,
        /// Rows of this name but for its brackets.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        near: Vec<String>,
    },
    /// Several classes differ in β and the standard names no rule: the largest was taken.
    SeveralBetas { field: String, chemical: String, classes: String },
    /// The row holds under a condition that the input does not state.
    RowCondition { field: String, row: String, condition: String },
}

/// The row of Table 5 that gave α.
#[derive(Clone, Debug, Serialize)]
pub struct AlphaRow {
    /// Such as `table5:1-29`.
    pub row: String,
    pub population: u64,
    pub alpha: Exact,
    pub edition: String,
    pub status: Status,
}

/// The row of Table 6 in which R lies.
#[derive(Clone, Debug, Serialize)]
pub struct LevelRow {
    /// Such as `table6:3`.
    pub row: String,
    pub name_zh: String,
    #[serde(rename = "R")]
    pub r: Exact,
    /// r_min ≤ R < r_below.
    pub r_min: Exact,
    pub r_below: Option<Exact>,
    pub edition: String,
    pub status: Status,
}

#[derive(Clone, Debug)]
pub struct Identification {
    pub edition: String,
    pub edition_status: Status,
    /// Σ(β·q/Q).
    pub weighted: Exact,
    pub alpha_row: AlphaRow,
    /// `None` where there is no level.
    pub level_row: Option<LevelRow>,
    /// S = Σ q/Q.
    pub s: Exact,
    /// R = α·Σ(β·q/Q); only a major hazard source (S ≥ 1) has one.
    pub r: Option<Exact>,
    pub level: Option<u8>,
    pub alpha: Exact,
    pub steps: Vec<Step>,
    pub warnings: Vec<Warning>,
    pub status: Status,
}

/// Largest inventory that is believed, t.
const MOST_T: i64 = 1_000_000_000;

/// S, R and level of a unit (clauses 4.2 and 4.3), compared unrounded.
pub fn identify(unit: &Unit, editions: &Editions) -> Result<Identification, Refusal> {
    let (edition, tables) = in_force(editions, unit.as_of)?;
    if unit.inventory.is_empty() {
        let help = "the hazardous chemicals of the unit, each with its design maximum `q_t` in tonnes";
        return Err(Refusal::Required { field: "chemicals".to_owned(), help: help.to_owned() });
    }
    let mut steps = Vec::with_capacity(unit.inventory.len());
    let mut warnings = Vec::new();
    let (mut s, mut weighted) = (Exact::ZERO, Exact::ZERO);
    for item in &unit.inventory {
        let too_large = || Refusal::OutOfRange {
            field: format!("{}.q_t", item.field),
            found: item.q.to_string(),
            allowed: format!("0 to {MOST_T} t, at most 18 decimals"),
        };
        if item.q.is_negative() || item.q > Exact::whole(MOST_T) {
            return Err(too_large());
        }
        let row = row(item, edition, tables, &mut warnings)?;
        let ratio = item.q.over(row.critical).ok_or_else(too_large)?;
        let term = row.beta.times(ratio).ok_or_else(too_large)?;
        s = s.plus(ratio).ok_or_else(too_large)?;
        weighted = weighted.plus(term).ok_or_else(too_large)?;
        steps.push(row.step(item.q, ratio, term, edition));
    }
    let alpha_row = alpha_row(unit.population, edition, tables);
    let alpha = alpha_row.alpha;
    let major = s >= Exact::ONE;
    let r = if major { Some(alpha.times(weighted).expect("α has one decimal, and the sum has room for it")) } else { None };
    let level = r.and_then(|r| tables.level(r));
    let level_row = r.zip(level).map(|(r, level)| LevelRow {
        row: format!("table6:{}", level.level),
        name_zh: level.name_zh.clone(),
        r,
        r_min: level.r_min,
        r_below: tables.level_ends(level),
        edition: edition.standard.clone(),
        status: level.status,
    });
    let rows = steps.iter().map(|step| step.status).chain([alpha_row.status, edition.status]);
    let status = Status::worst(rows.chain(level.map(|level| level.status)));
    let level = level.map(|level| level.level);
    let (edition, edition_status) = (edition.standard.clone(), edition.status);
    Ok(Identification { edition, edition_status, s, r, level, alpha, weighted, alpha_row, level_row, steps, warnings, status })
}

fn alpha_row(population: u64, edition: &Edition, tables: &Tables) -> AlphaRow {
    let found = tables.alpha(population).expect("Table 5 has no gap");
    let row = match found.population_max {
        Some(max) if max == found.population_min => format!("table5:{max}"),
        Some(max) => format!("table5:{}-{max}", found.population_min),
        None => format!("table5:{}+", found.population_min),
    };
    AlphaRow { row, population, alpha: found.alpha, edition: edition.standard.clone(), status: found.status }
}

/// The level after Table 6 for recorded S and R, in the edition of the day; `None` where S < 1.
///
/// Before GB 18218-2018 the annex of 40号令 set the same limits: such a day, or none, is judged by the nearest edition held.
pub fn level_of(s: Exact, r: Exact, on: Option<Date>) -> Option<u8> {
    (s >= Exact::ONE).then(|| Editions::built_in().levels_on(on).level(r).map(|level| level.level))?
}

/// The level shown for a whole plant: that of its worst unit. Product convention, not in the standard.
pub fn worst_level(units: &[Identification]) -> Option<u8> {
    units.iter().filter_map(|unit| unit.level).min()
}

fn in_force(editions: &Editions, day: Date) -> Result<(&Edition, &Tables), Refusal> {
    let not_held = |standard: &str| Refusal::EditionNotHeld {
        field: "as_of".to_owned(),
        date: day.to_string(),
        standard: standard.to_owned(),
        help: "ask for a day of GB 18218-2018 (2019-03-01 or later), or enter the assessment of that time by hand".to_owned(),
    };
    let edition = editions.on(day).ok_or_else(|| not_held("no edition known here"))?;
    let tables = edition.tables.as_ref().ok_or_else(|| not_held(&edition.standard))?;
    Ok((edition, tables))
}

/// Reads `{as_of, population, chemicals: [{cas | name | category, q_t}]}`.
pub fn read(input: &Value) -> Result<Unit, Refusal> {
    let ask = Ask::object(input, &["as_of", "population", "chemicals"])?;
    let as_of = ask.need_date("as_of", "the day on which the unit is judged: it chooses the edition of GB 18218")?;
    let population =
        ask.need_count("population", "the permanent residents within 500 m outside the plant's boundary; α depends on it (Table 5)")?;
    let mut inventory = Vec::new();
    for entry in ask.list("chemicals", &["cas", "name", "category", "categories", "mixture", "same_class", "q_t"])? {
        let mut categories: Vec<String> = entry.texts("categories")?.into_iter().map(str::to_owned).collect();
        categories.extend(entry.text("category")?.map(str::to_owned));
        let same_class = entry.flag("same_class")?;
        let mixture_same_class = match (entry.flag("mixture")?, same_class) {
            (Some(true), None) => {
                return Err(entry.missing("same_class", "whether the mixture has the hazard class of the pure substance (4.2.3)"));
            }
            (None, Some(_)) => return Err(entry.missing("mixture", "whether the entry is a mixture: `same_class` speaks of one (4.2.3)")),
            (Some(false), Some(_)) => return Err(entry.contradiction("same_class", "is said of what is no mixture")),
            (_, same_class) => same_class,
        };
        let q = entry.exact("q_t", "the design maximum in tonnes (4.2.2); a live inventory does not replace it")?;
        inventory.push(Inventory {
            field: entry.here(),
            cas: typed(entry.text("cas")?).map(str::to_owned),
            name: typed(entry.text("name")?).map(str::to_owned),
            categories,
            mixture_same_class,
            q,
        });
    }
    Ok(Unit { as_of, population, inventory })
}

pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let unit = read(input)?;
    let found = identify(&unit, Editions::built_in())?;
    let exact = |number: Exact| number.to_string();
    let formulae = [
        json!({ "symbol": "S", "formula": "S = Σ q/Q", "clause": "4.2.1", "value": exact(found.s), "limit": "S ≥ 1" }),
        json!({ "symbol": "α", "formula": "Table 5", "clause": "4.3.2", "value": exact(found.alpha) }),
        json!({ "symbol": "Σ", "formula": "Σ (β·q/Q)", "clause": "4.3.2", "value": exact(found.weighted) }),
        json!({ "symbol": "R", "formula": "R = α·Σ(β·q/Q)", "clause": "4.3.2", "value": found.r.map(exact) }),
    ];
    Ok(json!({
        "as_of": unit.as_of,
        "S": found.s,
        "R": found.r,
        "major_hazard_source": found.r.is_some(),
        "level": found.level,
        "alpha": found.alpha,
        "steps": found.steps,
        "alpha_row": found.alpha_row,
        "level_row": found.level_row,
        "formulae": formulae,
        "exact": { "S": exact(found.s), "R": found.r.map(exact), "beta_q_over_Q": exact(found.weighted) },
        "edition": found.edition,
        "edition_status": found.edition_status,
        "basis": format!("{} 4.1.2, 4.2, 4.3", found.edition),
        "status": found.status,
        "warnings": found.warnings,
    }))
}
