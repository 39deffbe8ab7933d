//! The 5×5 risk matrix itself: the cell of a likelihood and a severity, and all cells, built in or of an enterprise's own. The words of the scales belong to `ls`.

use serde_json::{Value, json};

use crate::ask::Ask;
use crate::ls::Matrix;
use crate::refusal::Refusal;
use crate::status::Status;

/// Reads `{likelihood, severity, matrix?}`; `matrix` has five rows (likelihood 1 to 5) of five colours (severity 1 to 5).
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["likelihood", "severity", "matrix"])?;
    let matrix = Matrix::asked(&ask)?;
    let need = |name: &str| ask.one_to_five(name)?.ok_or_else(|| ask.missing(name, "1 to 5"));
    let (likelihood, severity) = (need("likelihood")?, need("severity")?);
    let cell = matrix.cell(likelihood, severity).expect("the matrix is whole");
    // Only the built-in matrix has rows of a table.
    let row = (!matrix.is_own()).then(|| format!("risk_matrix_5x5:{likelihood}/{severity}"));
    Ok(json!({
        "cell": cell, "score": cell.score, "colour": cell.colour, "row": row,
        "cells": matrix.cells(), "own_matrix": matrix.is_own(), "status": Status::worst([cell.status]),
    }))
}
