//! Runs every published case and trial and says how well the models do. The caller reads the files; any folder with the same schemas will do.

mod analytic;
mod dense;
mod epa;
mod fires;
pub mod metrics;
mod passive;
mod table;

use serde::Serialize;

use crate::qra::uncertainty::Dice;
use metrics::{Score, quantile, score};

/// One file of the folder.
#[derive(Debug, Clone, Copy)]
pub struct CaseFile<'a> {
    /// Name without folder: `analytic.csv`.
    pub name: &'a str,
    pub text: &'a str,
}

/// What `anlan consequence validate --json` prints.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    pub analytic: Analytic,
    pub sets: Vec<Set>,
    /// Single figures with their own limits: distances to the flammable limit, the ratio of classes.
    pub figures: Vec<Figure>,
    /// Sets none of whose files is there.
    pub left_out: Vec<String>,
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
    /// 95 % intervals of MG and FAC2 when whole trials are drawn anew.
    pub mg_interval: [f64; 2],
    pub fac2_interval: [f64; 2],
    /// The same by series, class or distance.
    pub parts: Vec<Part>,
    /// Observed and predicted values behind the score.
    pub pairs: Vec<Pair>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    pub part: String,
    #[serde(flatten)]
    pub score: Score,
}

/// One observation and what the model says there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    pub what: String,
    pub unit: &'static str,
    /// What was released once: its observations stand and fall together.
    pub trial: String,
    pub group: String,
    pub observed: f64,
    pub predicted: f64,
}

impl Pair {
    fn new(what: String, observed: f64, predicted: f64) -> Self {
        Self { what, unit: "volume fraction", trial: String::new(), group: String::new(), observed, predicted }
    }
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

/// Scores the models on the files given; a set whose files are absent is left out and named, half of a set is a miss.
pub fn validate(files: &[CaseFile]) -> Result<Report, BadCases> {
    let mut report = Report::default();
    if let Some([file]) = given(&mut report, files, "analytic", ["analytic.csv"]) {
        report.analytic = analytic::run(&table::read(file)?)?;
        if report.analytic.passed + report.analytic.failed == 0 {
            report.missed.push("analytic: no cases".to_owned());
        }
    }
    if let Some([runs, arcs]) = given(&mut report, files, "prairie_grass_arcs", ["prairie_grass_runs.csv", "prairie_grass_arcs.csv"]) {
        push(&mut report, "prairie_grass_arcs", passive::prairie_grass(&table::read(runs)?, &table::read(arcs)?)?);
    }
    if let Some([trials, observed]) = given(&mut report, files, "dense_trials", ["dense_trials.csv", "dense_trials_obs.csv"]) {
        let (pairs, figures) = dense::trials(&table::read(trials)?, &table::read(observed)?)?;
        push(&mut report, "dense_trials", pairs);
        report.figures.extend(figures);
    }
    if let Some([decks, inputs]) = given(&mut report, files, "slab_decks", ["slab_decks.csv", "slab_decks_inputs.json"]) {
        let (pairs, beyond) = dense::decks(&table::read(decks)?, inputs)?;
        for row in beyond {
            report.missed.push(format!("slab_decks: {row} outside its tolerance"));
        }
        push(&mut report, "slab_decks", pairs);
    }
    if let Some([file]) = given(&mut report, files, "epa_oca", ["epa_oca_tables.csv"]) {
        let pairs = epa::distances(&table::read(file)?)?;
        let near: Vec<Pair> = pairs.iter().filter(|p| p.observed <= 5000.0).cloned().collect();
        if !near.is_empty() {
            let value = score(near.iter().map(|p| (p.observed, p.predicted))).median_abs_ln;
            report.figures.push(Figure { figure: "EPA tables below 5 km, median |ln|", value, must: (0.0, 0.5), target: (0.0, 0.25) });
        }
        push(&mut report, "epa_oca", pairs);
    }
    if let Some([file]) = given(&mut report, files, "jet_radiometers", ["jet_fire_radiometers.csv"]) {
        push(&mut report, "jet_radiometers", fires::radiometers(&table::read(file)?)?);
    }
    if let Some([file]) = given(&mut report, files, "pool_sep", ["pool_fire_sep.csv"]) {
        let (pairs, beyond) = fires::emissive_power(&table::read(file)?)?;
        report.missed.extend(beyond.into_iter().map(|fire| format!("pool_sep: {fire}")));
        push(&mut report, "pool_sep", pairs);
    }
    if report.sets.is_empty() && report.analytic.passed + report.analytic.failed == 0 && report.missed.is_empty() {
        report.missed.push("no file of published cases was found".to_owned());
    }
    report.missed.extend(report.analytic.failures.iter().map(|f| format!("analytic: {f}")));
    for set in &report.sets {
        let Some(must) = MUSTS.iter().find(|m| m.set == set.set) else { continue };
        let s = &set.score;
        if s.n == 0 {
            report.missed.push(format!("{}: no pairs", set.set));
            continue;
        }
        let mut miss =
            |what: &str, value: f64, limit: String| report.missed.push(format!("{}: {what} {value:.3}, must be {limit}", set.set));
        // No number is in no range.
        if !(must.fac2..).contains(&s.fac2) {
            miss("FAC2", s.fac2, format!("≥ {}", must.fac2));
        }
        if !(must.mg.0..=must.mg.1).contains(&s.mg) {
            miss("MG", s.mg, format!("{}–{}", must.mg.0, must.mg.1));
        }
        if !(..=must.vg).contains(&s.vg) {
            miss("VG", s.vg, format!("≤ {}", must.vg));
        }
        if !(..=must.median).contains(&s.median_abs_ln) {
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

/// The files of a set, if all are there.
fn given<'a, const N: usize>(
    report: &mut Report,
    files: &[CaseFile<'a>],
    set: &'static str,
    names: [&'static str; N],
) -> Option<[CaseFile<'a>; N]> {
    let found = names.map(|name| files.iter().find(|f| f.name == name).copied());
    let absent: Vec<&str> = names.iter().zip(&found).filter(|(_, file)| file.is_none()).map(|(name, _)| *name).collect();
    if absent.len() == N {
        let are = if N == 1 { "is" } else { "are" };
        report.left_out.push(format!("{set} ({} {are} absent)", absent.join(" and ")));
    } else if !absent.is_empty() {
        report.missed.push(format!("{set}: {} is absent", absent.join(" and ")));
    }
    let found: Vec<CaseFile> = found.into_iter().flatten().collect();
    found.try_into().ok()
}

fn push(report: &mut Report, set: &'static str, pairs: Vec<Pair>) {
    let Some(unit) = pairs.iter().map(|p| p.unit).find(|unit| *unit != "m").or(pairs.first().map(|p| p.unit)) else {
        report.missed.push(format!("{set}: no pairs"));
        return;
    };
    let of = |pairs: &mut dyn Iterator<Item = &Pair>| score(pairs.map(|p| (p.observed, p.predicted)));
    // A mean of metres and concentrations means nothing: FB and NMSE are those of the concentrations.
    let alike = of(&mut pairs.iter().filter(|p| p.unit == unit));
    let whole = Score { fb: alike.fb, nmse: alike.nmse, ..of(&mut pairs.iter()) };
    let mut groups: Vec<&str> = Vec::new();
    for pair in &pairs {
        if !pair.group.is_empty() && !groups.contains(&pair.group.as_str()) {
            groups.push(&pair.group);
        }
    }
    let part = |group: &str| Part { part: group.to_owned(), score: of(&mut pairs.iter().filter(|p| p.group == group)) };
    let parts = groups.into_iter().map(part).collect();
    let (mg_interval, fac2_interval) = intervals(&pairs);
    report.sets.push(Set { set, score: whole, mg_interval, fac2_interval, parts, pairs });
}

/// 95 % intervals of MG and FAC2 by bootstrap over trials; the same draws on every machine.
fn intervals(pairs: &[Pair]) -> ([f64; 2], [f64; 2]) {
    const DRAWS: usize = 400;
    let mut trials: Vec<(&str, Vec<(f64, f64)>)> = Vec::new();
    for pair in pairs {
        let values = (pair.observed, pair.predicted);
        match trials.iter_mut().find(|(name, _)| *name == pair.trial) {
            Some((_, trial)) => trial.push(values),
            None => trials.push((&pair.trial, vec![values])),
        }
    }
    let mut dice = Dice::new(12);
    let (mut mg, mut fac2) = (Vec::with_capacity(DRAWS), Vec::with_capacity(DRAWS));
    for _ in 0..DRAWS {
        let draw = |_| &trials[((dice.even() * trials.len() as f64) as usize).min(trials.len() - 1)].1;
        let drawn: Vec<&Vec<(f64, f64)>> = (0..trials.len()).map(draw).collect();
        let s = score(drawn.into_iter().flatten().copied());
        mg.push(s.mg);
        fac2.push(s.fac2);
    }
    let band = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        [quantile(&values, 0.025), quantile(&values, 0.975)]
    };
    (band(mg), band(fac2))
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
            writeln!(out, "{:<26} {:>4} {:>6} {:>6} {:>6} {:>7} {:>7} {:>9}", "set", "n", "FAC2", "MG", "VG", "FB", "NMSE", "median|ln|");
        for set in &self.sets {
            let mut line = |name: &str, s: &Score| {
                let _ = writeln!(
                    out,
                    "{name:<26} {:>4} {:>6.3} {:>6.3} {:>6.3} {:>7.3} {:>7.3} {:>9.3}",
                    s.n, s.fac2, s.mg, s.vg, s.fb, s.nmse, s.median_abs_ln
                );
            };
            line(set.set, &set.score);
            if set.parts.len() > 1 {
                set.parts.iter().for_each(|part| line(&format!("  {}", part.part), &part.score));
            }
            let ([m0, m1], [f0, f1]) = (set.mg_interval, set.fac2_interval);
            let _ = writeln!(out, "  95 % over trials: MG {m0:.2}–{m1:.2}, FAC2 {f0:.2}–{f1:.2}");
        }
        for f in &self.figures {
            let _ =
                writeln!(out, "{:<36} {:>9.3}   must {}–{}, target {}–{}", f.figure, f.value, f.must.0, f.must.1, f.target.0, f.target.1);
        }
        for set in &self.left_out {
            let _ = writeln!(out, "left out: {set}");
        }
        for miss in &self.missed {
            let _ = writeln!(out, "MISSED {miss}");
        }
        out
    }
}
