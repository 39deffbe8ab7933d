//! Risk by likelihood and severity on a 5×5 matrix: R = L·S (风险矩阵).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::colours::{self, Colour};
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

impl Cell {
    /// A cell of an enterprise's own matrix: the colour is typed, the level is what the colour stands for.
    fn own(likelihood: u8, severity: u8, colour: Colour) -> Self {
        let level = colours::levels().iter().find(|level| level.colour == colour).expect("every colour has a level");
        let (level_name_zh, risk_level) = (level.name_zh.clone(), level.risk_level);
        Self { likelihood, severity, score: likelihood * severity, colour, level_name_zh, risk_level, status: Status::Given }
    }
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

/// A matrix, and whether the input brought it.
pub(crate) enum Asked {
    BuiltIn(&'static Matrix),
    Own(Matrix),
}

impl Asked {
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }
}

impl std::ops::Deref for Asked {
    type Target = Matrix;
    fn deref(&self) -> &Matrix {
        match self {
            Self::BuiltIn(matrix) => matrix,
            Self::Own(matrix) => matrix,
        }
    }
}

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

    /// The matrix of the input: five rows for likelihood 1 to 5, each with the colours for severity 1 to 5; else the built-in one.
    pub(crate) fn asked<'v>(ask: &Ask<'v>) -> Result<Asked, Refusal> {
        let Some(value) = ask.get("matrix") else { return Ok(Asked::BuiltIn(Self::built_in())) };
        // The refusal leads to the row or the cell.
        let five = |value: &'v Value, path: String, allowed: &str| -> Result<&'v [Value], Refusal> {
            let found = match value.as_array() {
                Some(items) if items.len() == 5 => return Ok(items),
                Some(items) => format!("{} entries", items.len()),
                None => "something else".to_owned(),
            };
            Err(Refusal::OutOfRange { field: path, found, allowed: allowed.to_owned() })
        };
        let at = ask.field("matrix");
        let rows = five(value, at.clone(), "five rows, likelihood 1 to 5, of five colours, severity 1 to 5")?;
        let mut cells = Vec::new();
        for (row, likelihood) in rows.iter().zip(1..) {
            let path = format!("{at}[{}]", likelihood - 1);
            for (cell, severity) in five(row, path.clone(), "five colours, severity 1 to 5")?.iter().zip(1..) {
                let colour = cell.as_str().and_then(Colour::parse).ok_or_else(|| Refusal::UnknownCode {
                    field: format!("{path}[{}]", severity - 1),
                    found: cell.as_str().map_or_else(|| "something else".to_owned(), |text| text.chars().take(60).collect()),
                    allowed: "red, orange, yellow, blue".to_owned(),
                })?;
                cells.push(Cell::own(likelihood, severity, colour));
            }
        }
        Self::new(cells).map(Asked::Own).map_err(|refusal| match refusal {
            Refusal::Contradiction { found, .. } => ask.contradiction("matrix", found),
            other => other,
        })
    }

    pub(crate) fn cells(&self) -> &[Cell] {
        &self.0
    }

    pub fn cell(&self, likelihood: u8, severity: u8) -> Option<&Cell> {
        self.0.iter().find(|cell| cell.likelihood == likelihood && cell.severity == severity)
    }
}

pub fn words() -> &'static [Word] {
    static WORDS: LazyLock<Vec<Word>> = LazyLock::new(|| table::rows(include_str!("../data/ls_words.csv")));
    &WORDS
}

/// Reads `{l, s, matrix?}`, or `{l, people, property, stop, matrix?}`: the worst aspect is the severity.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["l", "s", "people", "property", "stop", "matrix"])?;
    let l = ask.one_to_five("l")?.ok_or_else(|| ask.missing("l", "the likelihood, 1 to 5"))?;
    let mut s = ask.one_to_five("s")?;
    let mut aspects = Vec::new();
    for aspect in ["people", "property", "stop"] {
        let found = ask.one_to_five(aspect)?;
        aspects.extend(found.map(|found| (aspect, found)));
        s = s.max(found);
    }
    let s = s.ok_or_else(|| ask.missing("s", "the severity, 1 to 5, or one of `people`, `property`, `stop`"))?;
    let matrix = Matrix::asked(&ask)?;
    let cell = matrix.cell(l, s).expect("the matrix is whole");
    let deciding: Vec<&str> = aspects.iter().filter(|(_, found)| *found == s).map(|(name, _)| *name).collect();
    let decides = |aspect: &Option<String>| deciding.is_empty() || aspect.as_deref().is_some_and(|aspect| deciding.contains(&aspect));
    let steps: Vec<_> = words()
        .iter()
        .filter(|word| {
            (word.factor == "likelihood" && word.value == l) || (word.factor == "severity" && word.value == s && decides(&word.aspect))
        })
        .collect();
    let status = Status::worst(steps.iter().map(|word| word.status).chain([cell.status]));
    Ok(json!({
        "R": cell.score, "L": l, "S": s, "colour": cell.colour, "risk_level": cell.risk_level, "label_zh": cell.level_name_zh,
        "formulae": ["R = L·S", "S = max(people, property, stop)"], "own_matrix": matrix.is_own(), "cell": cell, "steps": steps,
        "status": status,
    }))
}
