//! Which rows of the tables give an entry its critical quantity Q and its correction factor β.

use super::edition::{Category, Found, Named};
use super::{Edition, Inventory, Step, Tables, Warning};
use crate::exact::Exact;
use crate::names::cas_checks;
use crate::refusal::Refusal;
use crate::status::Status;

/// Where Q and β of an entry stand.
pub struct Row {
    chemical: String,
    pub critical: Exact,
    row: String,
    pub beta: Exact,
    beta_row: String,
    status: Status,
}

impl Row {
    pub fn step(self, q: Exact, ratio: Exact, term: Exact, edition: &Edition) -> Step {
        let Self { chemical, critical, row, beta, beta_row, status } = self;
        Step { chemical, q, critical, beta, row, beta_row, edition: edition.standard.clone(), status, ratio, term }
    }
}

/// Q and β of one entry: Table 1, else Table 2 (4.1.2); Table 3, else Table 4 (4.3.2).
pub fn row(item: &Inventory, edition: &Edition, tables: &Tables, warnings: &mut Vec<Warning>) -> Result<Row, Refusal> {
    let mut classes = Vec::new();
    for symbol in &item.categories {
        classes.push(tables.category(symbol).ok_or_else(|| Refusal::UnknownCode {
            field: format!("{}.category", item.field),
            found: symbol.clone(),
            allowed: tables.symbols(),
        })?);
    }
    Ok(match substance(item, edition, tables, &classes)? {
        Some((named, found)) => row_by_name(item, named, found, tables, &classes, warnings),
        None => row_by_class(item, tables, &classes, warnings),
    })
}

fn row_by_name(item: &Inventory, named: &Named, found: Status, tables: &Tables, classes: &[&Category], warnings: &mut Vec<Warning>) -> Row {
    if found != Status::Verified {
        let asked = item.name.clone().or_else(|| item.cas.clone()).unwrap_or_default();
        warnings.push(Warning::RowByUsualName { field: item.field.clone(), asked, row: named.name_zh.clone() });
    }
    if let Some(condition) = named.open_condition(item.name.as_deref()) {
        let (field, row, condition) = (item.field.clone(), named.name_zh.clone(), condition.to_owned());
        warnings.push(Warning::RowCondition { field, row, condition });
    }
    let (beta, beta_row, status) = beta_of_named(item, named, tables, classes, warnings);
    Row {
        chemical: item.name.clone().unwrap_or_else(|| named.name_zh.clone()),
        critical: named.critical,
        row: format!("table1:{}", named.seq),
        beta,
        beta_row,
        status: named.status.max(status).max(found),
    }
}

fn row_by_class(item: &Inventory, tables: &Tables, classes: &[&Category], warnings: &mut Vec<Warning>) -> Row {
    let lowest = classes.iter().min_by_key(|class| class.critical).expect("an entry without a row has a class");
    // A mixture of its own class is no longer the gas that Table 3 names.
    let by_name = (item.mixture_same_class != Some(false)).then(|| tables.toxic_called(item.cas.as_deref(), item.name.as_deref()));
    let (beta, beta_row, status) = match by_name.flatten() {
        Some(toxic) => (toxic.beta, format!("table3:{}", toxic.name_zh), toxic.status),
        None => largest_beta(item, classes, warnings),
    };
    let overlooked = overlooked(item, tables);
    let status = if overlooked.is_some() { Status::FromKnowledge } else { status };
    warnings.extend(overlooked);
    let named = item.name.clone().or_else(|| item.cas.clone());
    Row {
        chemical: named.unwrap_or_else(|| format!("{} {}", lowest.symbol, lowest.class_zh)),
        critical: lowest.critical,
        row: format!("table2:{}", lowest.symbol),
        beta,
        beta_row,
        status: lowest.status.max(status),
    }
}

/// A substance of Table 1 under another spelling would look like one that Table 1 does not know: only a CAS number rules it out.
fn overlooked(item: &Inventory, tables: &Tables) -> Option<Warning> {
    let name = item.name.clone().filter(|_| item.cas.is_none() && item.mixture_same_class != Some(false))?;
    if tables.toxic_called(None, Some(&name)).is_some() {
        return None;
    }
    let near = tables.near(&name).iter().map(|row| row.name_zh.clone()).collect();
    Some(Warning::NotInTable1ByName { field: format!("{}.name", item.field), name, near })
}

/// The row of Table 1 that holds and how well it is known to be the one; `None` where the classes decide.
fn substance<'t>(
    item: &Inventory,
    edition: &Edition,
    tables: &'t Tables,
    classes: &[&Category],
) -> Result<Option<(&'t Named, Status)>, Refusal> {
    let unknown = |field: &str, found: &str, help: &str| Refusal::UnknownChemical {
        field: format!("{}.{field}", item.field),
        found: found.to_owned(),
        standard: edition.standard.clone(),
        help: help.to_owned(),
    };
    if let Some(cas) = item.cas.as_deref().filter(|cas| !cas_checks(cas)) {
        // A slip of the finger must not turn a substance of Table 1 into one that its class judges.
        let help = "its check digit is wrong: look the CAS number up again, or leave it out and give the hazard category of Table 2";
        return Err(unknown("cas", cas, help));
    }
    let found = named(item, tables)?;
    if item.mixture_same_class == Some(false) {
        // 4.2.3: a mixture of another class than the pure substance is judged by its own class.
        if classes.is_empty() {
            let help = "the mixture's own hazard category of Table 2, because its class differs from the pure substance's (4.2.3)";
            return Err(Refusal::Required { field: format!("{}.category", item.field), help: help.to_owned() });
        }
        return Ok(None);
    }
    let key = if item.cas.is_some() { "cas" } else { "name" };
    let asked = item.cas.as_deref().or(item.name.as_deref()).unwrap_or_default();
    match (found.rows.as_slice(), classes.is_empty()) {
        ([row], _) => Ok(Some((row, found.status))),
        ([], false) => Ok(None),
        ([], true) if asked.is_empty() => {
            Err(Refusal::Required { field: item.field.clone(), help: "one of `cas`, `name`, `category`".to_owned() })
        }
        ([], true) => Err(unknown(
            key,
            asked,
            "check the CAS number or the name, or give the hazard category of Table 2, such as W5.1, from the safety data sheet; \
             leave a substance out that fits no class of Table 2: it does not count (4.1.2)",
        )),
        (several, _) => Err(Refusal::Ambiguous {
            field: format!("{}.{key}", item.field),
            found: asked.to_owned(),
            candidates: several.iter().map(|row| format!("`{}`", row.name_zh)).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// The rows of Table 1 that CAS number and name mean together.
fn named<'t>(item: &Inventory, tables: &'t Tables) -> Result<Found<'t>, Refusal> {
    let none = || Found { rows: Vec::new(), status: Status::Verified };
    let by_cas = item.cas.as_deref().map_or_else(none, |cas| tables.by_cas(cas));
    let by_name = item.name.as_deref().map_or_else(none, |name| tables.by_name(name));
    let contradiction = |found: String| Err(Refusal::Contradiction { field: item.field.clone(), found });
    let Some(cas) = item.cas.as_deref() else { return Ok(by_name) };
    let toxic = tables.toxic_called(None, item.name.as_deref());
    if let Some(gas) = toxic.filter(|gas| by_name.rows.is_empty() && gas.cas != cas) {
        return contradiction(format!("the name belongs to `{}`, whose CAS number is {}, not {cas}", gas.name_zh, gas.cas));
    }
    if by_cas.rows.is_empty() {
        // Some rows of Table 1 have no CAS number: there the name decides alone.
        return match by_name.rows.iter().find(|row| !row.cas.is_empty()) {
            Some(row) => contradiction(format!("the name belongs to `{}`, whose CAS number is {}, not {cas}", row.name_zh, row.cas)),
            None => Ok(by_name),
        };
    }
    if by_name.rows.is_empty() {
        // A name that only people use does not hide what the number says.
        return Ok(by_cas);
    }
    // The name tells apart rows that share a CAS number.
    let both: Vec<_> = by_name.rows.iter().filter(|row| by_cas.rows.iter().any(|other| other.seq == row.seq)).copied().collect();
    if both.is_empty() {
        return contradiction(format!("the CAS number belongs to `{}`, the name to `{}`", by_cas.rows[0].name_zh, by_name.rows[0].name_zh));
    }
    // One of the two as the standard prints it is enough.
    Ok(Found { rows: both, status: by_cas.status.min(by_name.status) })
}

/// β, where it stands, and how well it is known.
type Beta = (Exact, String, Status);

fn beta_of_named(item: &Inventory, row: &Named, tables: &Tables, classes: &[&Category], warnings: &mut Vec<Warning>) -> Beta {
    if let Some(toxic) = tables.toxic(row) {
        return (toxic.beta, format!("table3:{}", toxic.name_zh), toxic.status);
    }
    let default = tables.default_beta(row).expect("every row of Table 1 has a probable class");
    if !classes.is_empty() {
        let (beta, beta_row, status) = largest_beta(item, classes, warnings);
        if beta >= default.beta {
            return (beta, beta_row, status);
        }
        let (field, chemical) = (format!("{}.category", item.field), row.name_zh.clone());
        warnings.push(Warning::BetaBelowDefault { field, chemical, beta, default: default.beta, basis: default.basis.clone() });
        return (beta, beta_row, Status::FromKnowledge);
    }
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
