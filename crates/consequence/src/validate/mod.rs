//! Runs every published case and trial and says how well the models do. The caller reads the files; any folder with the same schemas will do.

mod analytic;
mod dense;
mod epa;
mod fires;
pub mod metrics;
mod passive;
mod table;

use serde::Serialize;

use metrics::{Score, score};

/// One file of the folder.
#[derive(Debug, Clone, Copy)]
pub struct CaseFile<'a> {
    /// Name without folder: `analytic.csv`.
    pub name: &'a str,
    pub text: &'a str,
}

/// What `anlan consequence validate --json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub analytic: Analytic,
    pub sets: Vec<Set>,
    /// Single figures with their own limits: distances to the flammable limit, the ratio of classes.
    pub figures: Vec<Figure>,
    /// What falls short of a "must"; empty when all is well.
    pub missed: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Analytic {
    pub passed: usize,
    pub failed: usize,
    pub failures: Vec<String>,
}

/// Scores of one set of observations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Set {
    pub set: &'static str,
    #[serde(flatten)]
    pub score: Score,
    /// Observed and predicted values behind the score.
    #[serde(skip)]
    pub pairs: Vec<Pair>,
}

/// One observation and what the model says there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    pub what: String,
    pub observed: f64,
    pub predicted: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    pub figure: &'static str,
    pub value: f64,
    pub must: (f64, f64),
    pub target: (f64, f64),
}

/// A file that cannot be read as what its name says.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{file}: {why}")]
pub struct BadCases {
    pub file: String,
    pub why: String,
}

/// Limits a set must keep: FAC2 at least, MG between, VG at most, median |ln| at most.
struct Must {
    set: &'static str,
    fac2: f64,
    mg: (f64, f64),
    vg: f64,
    median: f64,
}

const ANY: f64 = f64::INFINITY;
#[rustfmt::skip]
const MUSTS: [Must; 6] = [
    Must { set: "prairie_grass_arcs", fac2: 0.80, mg: (0.80, 1.25), vg: 1.45, median: ANY },
    Must { set: "dense_trials",       fac2: 0.50, mg: (0.67, 1.50), vg: 3.30, median: ANY },
    Must { set: "slab_decks",         fac2: 1.00, mg: (0.85, 1.15), vg: 1.05, median: 0.15 },
    Must { set: "epa_oca",            fac2: 0.0,  mg: (0.0, ANY),   vg: ANY,  median: 0.5 },
    Must { set: "jet_radiometers",    fac2: 0.85, mg: (0.0, ANY),   vg: ANY,  median: ANY },
    Must { set: "pool_sep",           fac2: 1.00, mg: (0.0, ANY),   vg: ANY,  median: ANY },
];

/// Scores the models on the files given; a set whose files are absent is left out.
pub fn validate(files: &[CaseFile]) -> Result<Report, BadCases> {
    let find = |name: &str| files.iter().find(|f| f.name == name).copied();
    let mut report = Report { analytic: Analytic::default(), sets: Vec::new(), figures: Vec::new(), missed: Vec::new() };
    if let Some(file) = find("analytic.csv") {
        report.analytic = analytic::run(&table::read(file)?)?;
    }
    if let (Some(runs), Some(arcs)) = (find("prairie_grass_runs.csv"), find("prairie_grass_arcs.csv")) {
        push(&mut report, "prairie_grass_arcs", passive::prairie_grass(&table::read(runs)?, &table::read(arcs)?)?);
    }
    if let (Some(trials), Some(observed)) = (find("dense_trials.csv"), find("dense_trials_obs.csv")) {
        let (pairs, figures) = dense::trials(&table::read(trials)?, &table::read(observed)?)?;
        push(&mut report, "dense_trials", pairs);
        report.figures.extend(figures);
    }
    if let (Some(decks), Some(inputs)) = (find("slab_decks.csv"), find("slab_decks_inputs.json")) {
        let (pairs, beyond) = dense::decks(&table::read(decks)?, inputs)?;
        for row in beyond {
            report.missed.push(format!("slab_decks: {row} outside its tolerance"));
        }
        push(&mut report, "slab_decks", pairs);
    }
    if let Some(file) = find("epa_oca_tables.csv") {
        let pairs = epa::distances(&table::read(file)?)?;
        let near: Vec<Pair> = pairs.iter().filter(|p| p.observed <= 5000.0).cloned().collect();
        let value = score(near.iter().map(|p| (p.observed, p.predicted))).median_abs_ln;
        report.figures.push(Figure { figure: "EPA tables below 5 km, median |ln|", value, must: (0.0, 0.5), target: (0.0, 0.25) });
        push(&mut report, "epa_oca", pairs);
    }
    if let Some(file) = find("jet_fire_radiometers.csv") {
        push(&mut report, "jet_radiometers", fires::radiometers(&table::read(file)?)?);
    }
    if let Some(file) = find("pool_fire_sep.csv") {
        push(&mut report, "pool_sep", fires::emissive_power(&table::read(file)?)?);
    }
    report.missed.extend(report.analytic.failures.iter().map(|f| format!("analytic: {f}")));
    for set in &report.sets {
        let Some(must) = MUSTS.iter().find(|m| m.set == set.set) else { continue };
        let s = &set.score;
        let mut miss =
            |what: &str, value: f64, limit: String| report.missed.push(format!("{}: {what} {value:.3}, must be {limit}", set.set));
        if s.fac2 < must.fac2 {
            miss("FAC2", s.fac2, format!("≥ {}", must.fac2));
        }
        if !(must.mg.0..=must.mg.1).contains(&s.mg) {
            miss("MG", s.mg, format!("{}–{}", must.mg.0, must.mg.1));
        }
        if s.vg > must.vg {
            miss("VG", s.vg, format!("≤ {}", must.vg));
        }
        if s.median_abs_ln > must.median {
            miss("median |ln|", s.median_abs_ln, format!("≤ {}", must.median));
        }
    }
    for f in &report.figures {
        if !(f.must.0..=f.must.1).contains(&f.value) {
            report.missed.push(format!("{}: {:.3}, must be {}–{}", f.figure, f.value, f.must.0, f.must.1));
        }
    }
    Ok(report)
}

fn push(report: &mut Report, set: &'static str, pairs: Vec<Pair>) {
    if !pairs.is_empty() {
        report.sets.push(Set { set, score: score(pairs.iter().map(|p| (p.observed, p.predicted))), pairs });
    }
}

impl Report {
    /// No "must" was missed.
    pub fn passes(&self) -> bool {
        self.missed.is_empty()
    }

    /// The table a person reads.
    pub fn table(&self) -> String {
        use std::fmt::Write;
        let mut out = String::new();
        let a = &self.analytic;
        let _ = writeln!(out, "analytic cases: {} passed, {} failed", a.passed, a.failed);
        let _ =
            writeln!(out, "{:<20} {:>4} {:>6} {:>6} {:>6} {:>7} {:>7} {:>9}", "set", "n", "FAC2", "MG", "VG", "FB", "NMSE", "median|ln|");
        for set in &self.sets {
            let s = &set.score;
            let _ = writeln!(
                out,
                "{:<20} {:>4} {:>6.3} {:>6.3} {:>6.3} {:>7.3} {:>7.3} {:>9.3}",
                set.set, s.n, s.fac2, s.mg, s.vg, s.fb, s.nmse, s.median_abs_ln
            );
        }
        for f in &self.figures {
            let _ =
                writeln!(out, "{:<36} {:>9.3}   must {}–{}, target {}–{}", f.figure, f.value, f.must.0, f.must.1, f.target.0, f.target.1);
        }
        for miss in &self.missed {
            let _ = writeln!(out, "MISSED {miss}");
        }
        out
    }
}
