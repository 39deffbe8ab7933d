//! HAZOP worksheets: nodes, deviations from the table of guide words, causes, consequences, safeguards, ranks and recommendations. Absent on purpose: conclusions, which the team draws. Source: IEC 61882, GB/T 35320-2017.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use anlan_base::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::colours::Colour;
use crate::ls::Matrix;
use crate::names::typed;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct GuideWord {
    pub code: String,
    pub en: String,
    pub zh: String,
    pub meaning_zh: String,
    pub status: Status,
}

/// A parameter under a guide word, as a deviation from the design intent.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Deviation {
    pub parameter: String,
    pub parameter_zh: String,
    pub guide_word: String,
    pub deviation_zh: String,
    pub status: Status,
}

pub fn guide_words() -> &'static [GuideWord] {
    static ROWS: LazyLock<Vec<GuideWord>> = LazyLock::new(|| table::rows(include_str!("../data/hazop_guide_words.csv")));
    &ROWS
}

/// The usual combinations; others are allowed.
pub fn deviations() -> &'static [Deviation] {
    static ROWS: LazyLock<Vec<Deviation>> = LazyLock::new(|| table::rows(include_str!("../data/hazop_deviations.csv")));
    &ROWS
}

#[derive(Clone, Debug)]
pub struct Worksheet {
    pub nodes: Vec<Node>,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub name: String,
    pub intent: String,
    /// Parameters the team decided to study: every usual deviation of them wants a row.
    pub parameters: Vec<String>,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub field: String,
    pub parameter: String,
    pub guide_word: String,
    /// Not credible, with the reason: then the row needs nothing else.
    pub not_credible: Option<String>,
    pub causes: Vec<String>,
    pub consequences: Vec<String>,
    pub safeguards: Vec<String>,
    pub severity: Option<u8>,
    /// Likelihood without and with the safeguards.
    pub likelihood_before: Option<u8>,
    pub likelihood_after: Option<u8>,
    pub recommendations: Vec<Recommendation>,
    pub note: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Recommendation {
    pub text: String,
    pub owner: Option<String>,
    pub due_on: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub field: String,
    pub code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
}

/// The ranks of a row: before and after its safeguards. `None` until the team has ranked it.
pub fn rank(row: &Row, matrix: &Matrix) -> (Option<Colour>, Option<Colour>) {
    let colour = |likelihood: Option<u8>| Some(matrix.cell(likelihood?, row.severity?)?.colour);
    (colour(row.likelihood_before), colour(row.likelihood_after))
}

/// What is missing or cannot be right. An empty answer means: complete, not: safe.
pub fn validate(sheet: &Worksheet, matrix: &Matrix) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, node) in sheet.nodes.iter().enumerate() {
        let here = format!("nodes[{at}]");
        let mut say = |field: String, code, what: Option<String>| findings.push(Finding { field, code, what });
        if node.intent.trim().is_empty() {
            say(format!("{here}.intent"), "design_intent_missing", None);
        }
        if node.parameters.iter().all(|name| name.trim().is_empty()) && node.rows.is_empty() {
            say(format!("{here}.parameters"), "nothing_studied", None);
        }
        for usual in deviations().iter().filter(|usual| node.parameters.contains(&usual.parameter)) {
            let studied = node.rows.iter().any(|row| row.parameter == usual.parameter && row.guide_word == usual.guide_word);
            if !studied {
                say(format!("{here}.rows"), "deviation_not_studied", Some(format!("{}/{}", usual.parameter, usual.guide_word)));
            }
        }
        let mut seen = BTreeSet::new();
        for row in &node.rows {
            if !seen.insert((&row.parameter, &row.guide_word, &row.causes)) {
                say(row.field.clone(), "row_twice", None);
            }
            findings_of_row(row, matrix, &mut say);
        }
    }
    findings
}

fn findings_of_row(row: &Row, matrix: &Matrix, say: &mut impl FnMut(String, &'static str, Option<String>)) {
    let at = |name: &str| format!("{}.{name}", row.field);
    if let Some(reason) = &row.not_credible {
        if reason.trim().is_empty() {
            say(at("not_credible"), "reason_missing", None);
        }
        return;
    }
    for (name, list) in [("causes", &row.causes), ("consequences", &row.consequences)] {
        if list.is_empty() {
            say(at(name), "missing", None);
        }
    }
    for (name, value) in
        [("severity", row.severity), ("likelihood_before", row.likelihood_before), ("likelihood_after", row.likelihood_after)]
    {
        if value.is_none() {
            say(at(name), "not_ranked", None);
        }
    }
    if row.likelihood_after > row.likelihood_before && row.likelihood_before.is_some() {
        say(at("likelihood_after"), "safeguards_raise_the_risk", None);
    }
    if row.likelihood_after < row.likelihood_before && row.likelihood_after.is_some() && row.safeguards.is_empty() {
        say(at("safeguards"), "lower_risk_without_safeguard", None);
    }
    let (_, after) = rank(row, matrix);
    if after >= Some(Colour::Orange) && row.recommendations.is_empty() {
        say(at("recommendations"), "high_risk_without_recommendation", None);
    }
    for (index, one) in row.recommendations.iter().enumerate() {
        let one_at = |name: &str| at(&format!("recommendations[{index}].{name}"));
        if one.owner.is_none() {
            say(one_at("owner"), "missing", None);
        }
        if one.due_on.is_none() {
            say(one_at("due_on"), "missing", None);
        }
    }
}

/// Parameters of rows and nodes that the table does not know: allowed, but no usual deviations can be asked of them.
fn unknown_parameters(sheet: &Worksheet) -> Vec<Finding> {
    let known = |name: &str| deviations().iter().any(|usual| usual.parameter == name);
    let warn = |field: String, name: &str| Finding { field, code: "parameter_unknown", what: Some(name.to_owned()) };
    let mut found = Vec::new();
    for (at, node) in sheet.nodes.iter().enumerate() {
        let of_node = node.parameters.iter().enumerate().filter(|(_, name)| !known(name));
        found.extend(of_node.map(|(index, name)| warn(format!("nodes[{at}].parameters[{index}]"), name)));
        let of_rows = node.rows.iter().filter(|row| !known(&row.parameter));
        found.extend(of_rows.map(|row| warn(format!("{}.parameter", row.field), &row.parameter)));
    }
    found
}

/// Reads `{nodes: [{name, intent, parameters, rows: [{parameter, guide_word, …}]}], matrix?}`; ranks the rows and lists the findings.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["nodes", "matrix"])?;
    let sheet = worksheet(&ask)?;
    let matrix = Matrix::asked(&ask)?;
    let all = || sheet.nodes.iter().flat_map(|node| node.rows.iter().map(move |row| (node, row)));
    let mut rows: Vec<_> = all().map(|(node, row)| (rank(row, &matrix), node, row)).collect();
    // The worst first: a reader starts where the risk is.
    rows.sort_by_key(|((before, after), ..)| std::cmp::Reverse((*after, *before)));
    let findings = validate(&sheet, &matrix);
    let statuses = matrix.cells().iter().map(|cell| cell.status).chain(deviations().iter().map(|usual| usual.status));
    Ok(json!({
        "rows": rows.iter().map(|(ranks, node, row)| shown(*ranks, node, row)).collect::<Vec<_>>(),
        "recommendations": all().map(|(_, row)| row.recommendations.len()).sum::<usize>(), "complete": findings.is_empty(),
        "findings": findings, "warnings": unknown_parameters(&sheet), "own_matrix": matrix.is_own(), "basis": "IEC 61882; GB/T 35320-2017",
        "status": Status::worst(statuses),
    }))
}

fn shown((before, after): (Option<Colour>, Option<Colour>), node: &Node, row: &Row) -> Value {
    let usual = deviations().iter().find(|usual| usual.parameter == row.parameter && usual.guide_word == row.guide_word);
    json!({
        "field": row.field, "node": node.name, "parameter": row.parameter, "guide_word": row.guide_word,
        "deviation_zh": usual.map(|usual| &usual.deviation_zh), "not_credible": row.not_credible, "causes": row.causes,
        "consequences": row.consequences, "safeguards": row.safeguards, "severity": row.severity,
        "likelihood_before": row.likelihood_before, "likelihood_after": row.likelihood_after, "before": before, "after": after,
        "recommendations": row.recommendations, "note": row.note,
    })
}

fn worksheet(ask: &Ask) -> Result<Worksheet, Refusal> {
    const ROW: [&str; 11] = [
        "parameter",
        "guide_word",
        "not_credible",
        "causes",
        "consequences",
        "safeguards",
        "severity",
        "likelihood_before",
        "likelihood_after",
        "recommendations",
        "note",
    ];
    let mut nodes = Vec::new();
    for one in ask.list("nodes", &["name", "intent", "parameters", "rows"])? {
        let mut rows = Vec::new();
        for row in one.list("rows", &ROW)? {
            rows.push(read_row(&row)?);
        }
        nodes.push(Node {
            name: need(&one, "name", "the node's name")?,
            intent: typed(one.text("intent")?).unwrap_or_default().to_owned(),
            parameters: one.texts("parameters")?.into_iter().map(|name| name.trim().to_owned()).collect(),
            rows,
        });
    }
    if nodes.is_empty() {
        return Err(ask.missing("nodes", "at least one node"));
    }
    Ok(Worksheet { nodes })
}

fn read_row(row: &Ask) -> Result<Row, Refusal> {
    let guide_word = row.need_text("guide_word", "the guide word, such as `more`")?;
    if !guide_words().iter().any(|known| known.code == guide_word) {
        return Err(row.unknown_code("guide_word", guide_word, guide_words().iter().map(|known| known.code.as_str())));
    }
    let mut recommendations = Vec::new();
    for one in row.list("recommendations", &["text", "owner", "due_on"])? {
        recommendations.push(Recommendation {
            text: need(&one, "text", "what is recommended")?,
            owner: typed(one.text("owner")?).map(str::to_owned),
            due_on: one.date("due_on")?,
        });
    }
    Ok(Row {
        field: row.here(),
        parameter: need(row, "parameter", "the parameter, such as `pressure`")?,
        guide_word: guide_word.to_owned(),
        not_credible: row.text("not_credible")?.map(str::to_owned),
        causes: texts(row, "causes")?,
        consequences: texts(row, "consequences")?,
        safeguards: texts(row, "safeguards")?,
        severity: row.one_to_five("severity")?,
        likelihood_before: row.one_to_five("likelihood_before")?,
        likelihood_after: row.one_to_five("likelihood_after")?,
        recommendations,
        note: row.text("note")?.map(str::to_owned),
    })
}

/// A blank is no answer.
fn need(ask: &Ask, name: &str, help: &str) -> Result<String, Refusal> {
    typed(ask.text(name)?).map(str::to_owned).ok_or_else(|| ask.missing(name, help))
}

/// Blank lines of a list say nothing.
fn texts(ask: &Ask, name: &str) -> Result<Vec<String>, Refusal> {
    Ok(ask.texts(name)?.into_iter().filter_map(|text| typed(Some(text))).map(str::to_owned).collect())
}
