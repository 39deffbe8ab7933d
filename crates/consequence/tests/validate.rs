//! The models against published cases and trials: what issue and specification demand, run on every build.

use std::path::Path;

use anlan_consequence::validate::{CaseFile, Report, validate};

fn report() -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/published/consequence");
    let mut files: Vec<(String, String)> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "csv" || e == "json"))
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    let files: Vec<CaseFile> = files.iter().map(|(name, text)| CaseFile { name, text }).collect();
    validate(&files).unwrap()
}

#[test]
fn every_must_figure_is_met() {
    let report = report();
    println!("{}", report.table());
    for set in &report.sets {
        for pair in set.pairs.iter().filter(|_| std::env::var("PAIRS").is_ok_and(|name| name == set.set)) {
            println!("{:<28} {:>12.5} {:>12.5}  {:.2}", pair.what, pair.observed, pair.predicted, pair.predicted / pair.observed);
        }
    }
    assert_eq!(report.analytic.failures, Vec::<String>::new());
    assert!(report.passes(), "{:#?}", report.missed);
}
