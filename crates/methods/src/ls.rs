//! Risk by likelihood and severity on a 5×5 matrix: R = L·S (风险矩阵).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::colours::Colour;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// A field of the matrix.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Cell {
    pub likelihood: u8,
    pub severity: u8,
    pub score: u8,
    pub colour: Colour,
    pub level_name_zh: String,
    pub risk_level: u8,
    pub status: Status,
}

/// What one of the five likelihoods or severities means.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Word {
    pub factor: String,
    pub value: u8,
    /// `people`, `property` or `stop` for a severity.
    pub aspect: Option<String>,
    pub label_zh: String,
    pub status: Status,
}

/// Twenty-five fields, complete, and nowhere paler for a higher likelihood or severity.
pub struct Matrix(Vec<Cell>);

impl Matrix {
    /// The commonest matrix of the provincial guides.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Matrix> = LazyLock::new(|| {
            Matrix::new(table::rows(include_str!("../data/risk_matrix_5x5.csv"))).expect("the compiled-in matrix is whole and monotonic")
        });
        &BUILT_IN
    }

    /// A matrix of an enterprise's own.
    pub fn new(cells: Vec<Cell>) -> Result<Self, Refusal> {
        let matrix = Self(cells);
        let refuse = |found: String| Err(Refusal::Contradiction { field: "matrix".to_owned(), found });
        if matrix.0.len() != 25 {
            return refuse(format!("a 5×5 matrix has 25 cells, this one {}", matrix.0.len()));
        }
        for likelihood in 1..=5 {
            for severity in 1..=5 {
                let Some(cell) = matrix.cell(likelihood, severity) else {
                    return refuse(format!("there is no cell for likelihood {likelihood} and severity {severity}"));
                };
                let below = [matrix.cell(likelihood - 1, severity), matrix.cell(likelihood, severity - 1)];
                if below.into_iter().flatten().any(|lower| lower.colour > cell.colour) {
                    return refuse(format!("likelihood {likelihood}, severity {severity} is paler than a lower cell"));
                }
            }
        }
        Ok(matrix)
    }

    pub fn cell(&self, likelihood: u8, severity: u8) -> Option<&Cell> {
        self.0.iter().find(|cell| cell.likelihood == likelihood && cell.severity == severity)
    }
}

pub fn words() -> &'static [Word] {
    static WORDS: LazyLock<Vec<Word>> = LazyLock::new(|| table::rows(include_str!("../data/ls_words.csv")));
    &WORDS
}

/// Reads `{l, s}`, or `{l, people, property, stop}`: the worst aspect is the severity.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["l", "s", "people", "property", "stop"])?;
    let one_to_five = |name: &str| match ask.count(name)? {
        Some(found @ 1..=5) => Ok(Some(found as u8)),
        Some(found) => Err(ask.out_of_range(name, found, "1 to 5")),
        None => Ok(None),
    };
    let l = one_to_five("l")?.ok_or_else(|| ask.missing("l", "the likelihood, 1 to 5"))?;
    let mut s = one_to_five("s")?;
    for aspect in ["people", "property", "stop"] {
        s = s.max(one_to_five(aspect)?);
    }
    let s = s.ok_or_else(|| ask.missing("s", "the severity, 1 to 5, or one of `people`, `property`, `stop`"))?;
    let cell = Matrix::built_in().cell(l, s).expect("the matrix is whole");
    let steps: Vec<_> = words()
        .iter()
        .filter(|word| (word.factor == "likelihood" && word.value == l) || (word.factor == "severity" && word.value == s))
        .collect();
    Ok(json!({
        "R": cell.score, "L": l, "S": s, "colour": cell.colour, "risk_level": cell.risk_level, "label_zh": cell.level_name_zh,
        "steps": steps, "status": cell.status,
    }))
}
