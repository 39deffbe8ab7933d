//! A CSV file as rows that know their file, so that a bad cell is named.

use std::collections::BTreeMap;

use super::{BadCases, CaseFile};

/// The columns each file must have; its cells may be empty where a figure is not known.
#[rustfmt::skip]
const COLUMNS: [(&str, &[&str]); 9] = [
    ("analytic.csv", &["case_id", "module", "model", "quantity", "inputs_json", "expected", "tol_rel", "tol_abs"]),
    ("prairie_grass_runs.csv", &["trial", "q_g_s", "release_height_m", "receptor_height_m", "u_star_m_s", "L_m", "h_mix_m",
        "sigma_theta_deg", "z0_m", "stability_from_L"]),
    ("prairie_grass_arcs.csv", &["trial", "x_m", "c_max_mg_m3"]),
    ("dense_trials.csv", &["trial", "series", "substance", "release_type", "rate_kg_s", "duration_s", "mass_kg", "release_height_m",
        "nozzle_d_m", "source_area_m2", "storage_T_K", "u_m_s", "z_u_m", "T_air_K", "p_air_Pa", "rh_pct", "stability", "L_m", "z0_m"]),
    ("dense_trials_obs.csv", &["trial", "x_m", "z_m", "quantity", "value", "unit", "averaging"]),
    ("slab_decks.csv", &["deck", "x_m", "c_max_vol_frac", "t_of_max_s", "cloud_duration_s", "tol_rel"]),
    ("epa_oca_tables.csv", &["table", "terrain", "duration_min", "stability", "u_m_s", "lookup", "endpoint_mg_L", "distance_mi"]),
    ("jet_fire_radiometers.csv", &["test", "m_kg_s", "p_stag_Pa", "T_stag_K", "u_wind_m_s", "T_air_K", "RH", "x_m_along_release",
        "y_m_crosswise", "z_m_rel_to_nozzle", "flux_kW_m2_max_orientation"]),
    ("pool_fire_sep.csv", &["test", "fuel", "diameter_m", "burn_rate_kg_m2_s", "sep_low_kW_m2", "sep_high_kW_m2", "u_wind_m_s"]),
];

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
    let needed = COLUMNS.iter().find(|(name, _)| *name == file.name).map_or(&[][..], |(_, columns)| columns);
    // A column under another name would read as cells that are all empty.
    if let Some(column) = needed.iter().find(|column| !header.iter().any(|has| has.trim() == **column)) {
        return Err(bad(format!("has no column `{column}`")));
    }
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
