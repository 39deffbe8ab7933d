//! Reads the published cases and compares a model with them: each value within its own tolerance.
#![allow(dead_code, reason = "each test binary uses its share")]

use std::collections::BTreeMap;
use std::path::PathBuf;

pub struct Row(BTreeMap<String, String>);

impl Row {
    pub fn text(&self, column: &str) -> &str {
        self.0.get(column).unwrap_or_else(|| panic!("column {column}"))
    }
    pub fn number(&self, column: &str) -> f64 {
        self.maybe(column).unwrap_or_else(|| panic!("a figure in {column}"))
    }
    pub fn maybe(&self, column: &str) -> Option<f64> {
        let text = self.text(column);
        (!text.is_empty()).then(|| text.parse().unwrap_or_else(|_| panic!("{column} = {text} is no figure")))
    }
}

pub fn rows(file: &str) -> Vec<Row> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/published/consequence").join(file);
    let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    reader.deserialize().map(|row| Row(row.unwrap())).collect()
}

pub struct Case {
    pub id: String,
    pub model: String,
    pub inputs: serde_json::Value,
    pub expected: Vec<String>,
    tol_rel: f64,
    tol_abs: f64,
}

impl Case {
    pub fn number(&self, name: &str) -> f64 {
        self.inputs[name].as_f64().unwrap_or_else(|| panic!("{}: input {name}", self.id))
    }
    pub fn text(&self, name: &str) -> &str {
        self.inputs[name].as_str().unwrap_or_else(|| panic!("{}: input {name}", self.id))
    }
}

/// The rows of `analytic.csv` of a module.
pub fn analytic(module: &str) -> Vec<Case> {
    rows("analytic.csv")
        .into_iter()
        .filter(|row| row.text("module") == module)
        .map(|row| Case {
            id: row.text("case_id").to_owned(),
            model: row.text("model").to_owned(),
            inputs: serde_json::from_str(row.text("inputs_json")).unwrap(),
            expected: row.text("expected").split(';').map(str::to_owned).collect(),
            tol_rel: row.maybe("tol_rel").unwrap_or(0.0),
            tol_abs: row.maybe("tol_abs").unwrap_or(0.0),
        })
        .collect()
}

/// Runs every row of a module and reports all misses at once; `None` from `model` says the model is not there, which is a miss.
pub fn run(module: &str, model: impl Fn(&Case) -> Option<Vec<f64>>) {
    let cases = analytic(module);
    assert!(!cases.is_empty(), "no cases of {module}");
    let mut missed = Vec::new();
    for case in &cases {
        let Some(got) = model(case) else {
            missed.push(format!("{} {}: no such model", case.id, case.model));
            continue;
        };
        assert_eq!(got.len(), case.expected.len(), "{}", case.id);
        for (got, wanted) in got.iter().zip(&case.expected) {
            let wanted: f64 = wanted.parse().unwrap();
            if got.is_nan() || (got - wanted).abs() > f64::max(case.tol_rel * wanted.abs(), case.tol_abs) {
                missed.push(format!("{} {}: {got} against {wanted}", case.id, case.model));
            }
        }
    }
    assert!(missed.is_empty(), "{} of {} missed:\n{}", missed.len(), cases.len(), missed.join("\n"));
}

pub fn within_factor(got: f64, wanted: f64, factor: f64) -> bool {
    (1.0 / factor..=factor).contains(&(got / wanted))
}
