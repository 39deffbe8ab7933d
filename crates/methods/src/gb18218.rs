//! Identifies and grades a major hazard source after GB 18218, in the edition of its day. Absent on purpose: live inventories (q is the design maximum, 4.2.2) and sums across units.

mod edition;

use anlan_base::Date;
use serde::Serialize;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::exact::Exact;
use crate::refusal::Refusal;
use crate::status::Status;

use edition::{Category, Named};
pub use edition::{Edition, Editions, TEXTS_2018, TableTexts, Tables};

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
    /// A mixture of this substance: `Some(true)` if it has the hazard class of the pure substance (4.2.3).
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
    pub ratio: f64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Warning {
    /// β comes from the probable class of the substance: confirm it against the safety data sheet.
    BetaAssumed { field: String, chemical: String, basis: String },
    /// Several classes differ in β and the standard names no rule: the largest was taken.
    SeveralBetas { field: String, chemical: String, classes: String },
    /// The row holds under a condition that the input does not state.
    RowCondition { field: String, row: String },
}

#[derive(Clone, Debug)]
pub struct Identification {
    pub edition: String,
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
        let step = step(item, edition, tables, &mut warnings)?;
        let ratio = item.q.over(step.critical).ok_or_else(too_large)?;
        s = s.plus(ratio).ok_or_else(too_large)?;
        weighted = step.beta.times(ratio).and_then(|term| weighted.plus(term)).ok_or_else(too_large)?;
        steps.push(step);
    }
    let alpha = tables.alpha(unit.population).expect("Table 5 has no gap");
    let major = s >= Exact::ONE;
    let r = if major { Some(alpha.alpha.times(weighted).expect("α has one decimal, and the sum has room for it")) } else { None };
    let level = r.and_then(|r| tables.level(r));
    let status = steps.iter().map(|step| step.status).chain([alpha.status]).chain(level.map(|l| l.status)).max().unwrap_or_default();
    let level = level.map(|level| level.level);
    Ok(Identification { edition: edition.standard.clone(), s, r, level, alpha: alpha.alpha, steps, warnings, status })
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

/// Q and β of one entry: Table 1, else Table 2 (4.1.2); Table 3, else Table 4 (4.3.2).
fn step(item: &Inventory, edition: &Edition, tables: &Tables, warnings: &mut Vec<Warning>) -> Result<Step, Refusal> {
    let mut classes = Vec::new();
    for symbol in &item.categories {
        classes.push(tables.category(symbol).ok_or_else(|| Refusal::UnknownCode {
            field: format!("{}.category", item.field),
            found: symbol.clone(),
            allowed: tables.symbols(),
        })?);
    }
    let ratio = |critical: Exact| item.q.over(critical).map_or(f64::INFINITY, Exact::rounded);
    match substance(item, edition, tables, &classes)? {
        Some(row) => {
            if row.leaves_condition(item.name.as_deref()) {
                warnings.push(Warning::RowCondition { field: item.field.clone(), row: row.name_zh.clone() });
            }
            let beta = beta_of_named(item, row, tables, &classes, warnings);
            Ok(Step {
                chemical: item.name.clone().unwrap_or_else(|| row.name_zh.clone()),
                q: item.q,
                critical: row.critical,
                beta: beta.0,
                row: format!("table1:{}", row.seq),
                beta_row: beta.1,
                edition: edition.standard.clone(),
                status: row.status.max(beta.2),
                ratio: ratio(row.critical),
            })
        }
        None => {
            let lowest = classes.iter().min_by_key(|class| class.critical).expect("an entry without a row has a class");
            // A mixture of its own class is no longer the gas that Table 3 names.
            let by_name = (item.mixture_same_class != Some(false)).then(|| tables.toxic_called(item.cas.as_deref(), item.name.as_deref()));
            let beta = match by_name.flatten() {
                Some(toxic) => (toxic.beta, format!("table3:{}", toxic.name_zh), toxic.status),
                None => largest_beta(item, &classes, warnings),
            };
            Ok(Step {
                chemical: item
                    .name
                    .clone()
                    .or_else(|| item.cas.clone())
                    .unwrap_or_else(|| format!("{} {}", lowest.symbol, lowest.class_zh)),
                q: item.q,
                critical: lowest.critical,
                beta: beta.0,
                row: format!("table2:{}", lowest.symbol),
                beta_row: beta.1,
                edition: edition.standard.clone(),
                status: lowest.status.max(beta.2),
                ratio: ratio(lowest.critical),
            })
        }
    }
}

/// The row of Table 1 that holds, or `None` where the classes decide.
fn substance<'t>(item: &Inventory, edition: &Edition, tables: &'t Tables, classes: &[&Category]) -> Result<Option<&'t Named>, Refusal> {
    if let Some(cas) = item.cas.as_deref().filter(|cas| !cas_checks(cas)) {
        // A slip of the finger must not turn a substance of Table 1 into one that its class judges.
        return Err(Refusal::UnknownChemical {
            field: format!("{}.cas", item.field),
            found: cas.to_owned(),
            standard: edition.standard.clone(),
            help: "its check digit is wrong: look the CAS number up again, or leave it out and give the hazard category of Table 2"
                .to_owned(),
        });
    }
    let by_cas = item.cas.as_deref().map(|cas| tables.by_cas(cas));
    let by_name = item.name.as_deref().map(|name| tables.by_name(name));
    let found = match (by_cas, by_name) {
        // The name tells apart rows that share a CAS number; a name that only people use does not hide what the number says.
        (Some(cas), Some(name)) if !cas.is_empty() && !name.is_empty() => {
            let both: Vec<_> = name.iter().filter(|row| cas.iter().any(|other| other.seq == row.seq)).copied().collect();
            if both.is_empty() {
                let found = format!("the CAS number belongs to `{}`, the name to `{}`", cas[0].name_zh, name[0].name_zh);
                return Err(Refusal::Contradiction { field: item.field.clone(), found });
            }
            both
        }
        (Some(cas), _) if !cas.is_empty() => cas,
        (_, Some(name)) => name,
        (Some(cas), None) => cas,
        (None, None) => Vec::new(),
    };
    let asked = item.cas.as_deref().or(item.name.as_deref());
    let (key, asked) = (if item.cas.is_some() { "cas" } else { "name" }, asked.unwrap_or_default());
    let field = format!("{}.{key}", item.field);
    if item.mixture_same_class == Some(false) {
        // 4.2.3: a mixture of another class than the pure substance is judged by its own class.
        if classes.is_empty() {
            let help = "the mixture's own hazard category of Table 2, because its class differs from the pure substance's (4.2.3)";
            return Err(Refusal::Required { field: format!("{}.category", item.field), help: help.to_owned() });
        }
        return Ok(None);
    }
    match (found.as_slice(), classes.is_empty()) {
        ([row], _) => Ok(Some(row)),
        ([], false) => Ok(None),
        ([], true) if asked.is_empty() => {
            Err(Refusal::Required { field: item.field.clone(), help: "one of `cas`, `name`, `category`".to_owned() })
        }
        ([], true) => Err(Refusal::UnknownChemical {
            field,
            found: asked.to_owned(),
            standard: edition.standard.clone(),
            help: "check the CAS number or the name, or give the hazard category of Table 2, such as W5.1, from the safety data sheet"
                .to_owned(),
        }),
        (several, _) => Err(Refusal::Ambiguous {
            field,
            found: asked.to_owned(),
            candidates: several.iter().map(|row| format!("`{}`", row.name_zh)).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// Whether the last digit of a CAS number is the sum of the others, weighted 1, 2, 3 … from the right, modulo 10.
fn cas_checks(cas: &str) -> bool {
    let parts: Vec<&str> = cas.split('-').collect();
    let [first, second, check] = parts.as_slice() else { return false };
    let lengths = (2..=7).contains(&first.len()) && second.len() == 2 && check.len() == 1;
    if !lengths || !parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit())) {
        return false;
    }
    let digits = first.bytes().chain(second.bytes()).rev().map(|b| u32::from(b - b'0'));
    let sum: u32 = digits.zip(1..).map(|(digit, weight)| digit * weight).sum();
    check.bytes().all(|b| u32::from(b - b'0') == sum % 10)
}

/// β, where it stands, and how well it is known.
type Beta = (Exact, String, Status);

fn beta_of_named(item: &Inventory, row: &Named, tables: &Tables, classes: &[&Category], warnings: &mut Vec<Warning>) -> Beta {
    if let Some(toxic) = tables.toxic(row) {
        return (toxic.beta, format!("table3:{}", toxic.name_zh), toxic.status);
    }
    if !classes.is_empty() {
        return largest_beta(item, classes, warnings);
    }
    let default = tables.default_beta(row).expect("every row of Table 1 has a probable class");
    if default.status != Status::Verified {
        let (field, chemical, basis) = (item.field.clone(), row.name_zh.clone(), default.basis.clone());
        warnings.push(Warning::BetaAssumed { field, chemical, basis });
    }
    (default.beta, default.basis.clone(), default.status)
}

/// The largest β of several classes: cautious, because the standard names no rule for them.
fn largest_beta(item: &Inventory, classes: &[&Category], warnings: &mut Vec<Warning>) -> Beta {
    let largest = classes.iter().max_by_key(|class| class.beta).expect("there is a class");
    let differ = classes.iter().any(|class| class.beta != largest.beta);
    if differ {
        let symbols = classes.iter().map(|class| class.symbol.as_str()).collect::<Vec<_>>().join(", ");
        let chemical = item.name.clone().or_else(|| item.cas.clone()).unwrap_or_else(|| symbols.clone());
        warnings.push(Warning::SeveralBetas { field: item.field.clone(), chemical, classes: symbols });
    }
    let status = if differ { Status::FromKnowledge } else { largest.status };
    (largest.beta, format!("table4:{}", largest.symbol), status)
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
        let mixture_same_class = match (entry.flag("mixture")?.unwrap_or(false), entry.flag("same_class")?) {
            (true, None) => {
                return Err(entry.missing("same_class", "whether the mixture has the hazard class of the pure substance (4.2.3)"));
            }
            (true, same) => same,
            (false, _) => None,
        };
        let q = entry.exact("q_t", "the design maximum in tonnes (4.2.2); a live inventory does not replace it")?;
        inventory.push(Inventory {
            field: entry.field("").trim_end_matches('.').to_owned(),
            cas: typed(entry.text("cas")?),
            name: typed(entry.text("name")?),
            categories,
            mixture_same_class,
            q,
        });
    }
    Ok(Unit { as_of, population, inventory })
}

/// An empty cell of a form is no answer.
fn typed(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let found = identify(&read(input)?, Editions::built_in())?;
    Ok(json!({
        "S": found.s,
        "R": found.r,
        "level": found.level,
        "alpha": found.alpha,
        "steps": found.steps,
        "exact": { "S": found.s.to_string(), "R": found.r.map(|r| r.to_string()) },
        "edition": found.edition,
        "status": found.status,
        "warnings": found.warnings,
    }))
}
