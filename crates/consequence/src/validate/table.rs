//! A CSV file as rows that know their file, so that a bad cell is named.

use std::collections::BTreeMap;

use super::{BadCases, CaseFile};

/// Rows of one file.
pub struct Table {
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    file: String,
    line: usize,
    cells: BTreeMap<String, String>,
}

pub fn read(file: CaseFile) -> Result<Table, BadCases> {
    let bad = |why: String| BadCases { file: file.name.to_owned(), why };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file.text.as_bytes());
    let header = reader.headers().map_err(|e| bad(e.to_string()))?.clone();
    let mut rows = Vec::new();
    for (i, record) in reader.records().enumerate() {
        let record = record.map_err(|e| bad(e.to_string()))?;
        let cells = header.iter().zip(record.iter()).map(|(k, v)| (k.trim().to_owned(), v.trim().to_owned())).collect();
        rows.push(Row { file: file.name.to_owned(), line: i + 2, cells });
    }
    Ok(Table { rows })
}

impl Row {
    /// The cell's text; empty if the column is absent.
    pub fn text(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    pub fn number(&self, column: &str) -> Result<f64, BadCases> {
        self.maybe(column)?.ok_or_else(|| self.bad(format!("{column} is empty")))
    }

    pub fn maybe(&self, column: &str) -> Result<Option<f64>, BadCases> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| self.bad(format!("{column} = `{text}` is no figure")))
    }

    pub fn bad(&self, why: impl std::fmt::Display) -> BadCases {
        BadCases { file: self.file.clone(), why: format!("line {}: {why}", self.line) }
    }
}
