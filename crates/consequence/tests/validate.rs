//! The models against published cases and trials: what issue and specification demand, run on every build.

use std::path::Path;

use anlan_consequence::validate::{CaseFile, Report, validate};

fn texts() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/published/consequence");
    let mut files: Vec<(String, String)> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "csv" || e == "json"))
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The models on those of the published files whose names `which` takes.
fn scored(texts: &[(String, String)], which: impl Fn(&str) -> bool) -> Report {
    let files: Vec<CaseFile> = texts.iter().filter(|(name, _)| which(name)).map(|(name, text)| CaseFile { name, text }).collect();
    validate(&files).unwrap()
}

fn report() -> Report {
    scored(&texts(), |_| true)
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

/// Specification 12: FAC2 may fall by 0.02 and VG rise by 5 % from one change to the next, never more unseen.
#[test]
fn no_set_is_scored_worse_than_before() {
    let report = report();
    for row in csv::Reader::from_reader(include_str!("scores.csv").as_bytes()).records().map(Result::unwrap) {
        let (fac2, vg): (f64, f64) = (row[1].parse().unwrap(), row[2].parse().unwrap());
        let set = report.sets.iter().find(|set| set.set == &row[0]).unwrap_or_else(|| panic!("{} is scored", &row[0]));
        assert!(set.score.fac2 >= fac2 - 0.02, "{}: FAC2 {} was {fac2}", set.set, set.score.fac2);
        assert!(set.score.vg <= 1.05 * vg, "{}: VG {} was {vg}", set.set, set.score.vg);
    }
}

#[test]
fn a_folder_without_cases_does_not_pass() {
    assert!(!validate(&[]).unwrap().passes());
}

#[test]
fn a_file_without_a_usable_pair_does_not_pass() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/published/consequence/jet_fire_radiometers.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let header = text.lines().find(|line| !line.starts_with('#')).unwrap();
    let report = validate(&[CaseFile { name: "jet_fire_radiometers.csv", text: header }]).unwrap();
    assert_eq!(report.missed.iter().filter(|miss| *miss == "jet_radiometers: no pairs").count(), 1, "{:?}", report.missed);
}

#[test]
fn a_folder_of_rubbish_does_not_pass() {
    let of = |text: &str| validate(&[CaseFile { name: "analytic.csv", text }]);
    assert_eq!(of("rubbish,,,\"").unwrap_err().to_string(), "analytic.csv: has no column `case_id`");
    let header = "case_id,module,model,quantity,inputs_json,expected,unit,tol_rel,tol_abs,status,source";
    assert!(of(header).unwrap().missed.contains(&"analytic: no cases".to_owned()));
    let text = header.replace("tol_rel", "tolerance");
    assert_eq!(of(&text).unwrap_err().to_string(), "analytic.csv: has no column `tol_rel`");
}

#[test]
fn half_a_pair_is_a_miss_and_an_absent_set_is_named() {
    let texts = texts();
    for (there, gone, set) in [
        ("dense_trials.csv", "dense_trials_obs.csv", "dense_trials"),
        ("slab_decks.csv", "slab_decks_inputs.json", "slab_decks"),
        ("prairie_grass_arcs.csv", "prairie_grass_runs.csv", "prairie_grass_arcs"),
    ] {
        let report = scored(&texts, |name| name == there || name == "pool_fire_sep.csv");
        assert_eq!(report.missed, [format!("{set}: {gone} is absent")]);
    }
    let report = scored(&texts, |name| name == "pool_fire_sep.csv");
    assert!(report.passes(), "{:?}", report.missed);
    let table = report.table();
    assert!(table.contains("left out: analytic (analytic.csv is absent)"), "{table}");
    assert!(table.contains("left out: slab_decks (slab_decks.csv and slab_decks_inputs.json are absent)"), "{table}");
}

/// Limits that stood in the program would judge another folder's observations by these.
#[test]
fn the_limits_of_a_distance_are_those_of_its_observations() {
    let mut texts = texts();
    texts.retain(|(name, _)| name.starts_with("dense_trials"));
    let figure = |texts: &[(String, String)]| {
        let report = scored(texts, |_| true);
        report.figures.into_iter().find(|f| f.figure.starts_with("Burro 8")).unwrap()
    };
    let published = figure(&texts);
    assert_eq!((published.must, published.target), ((157.0, 910.0), (314.0, 455.0)));
    let (_, observed) = &mut texts[1];
    *observed = observed.replace("distance_to_5vol%,455", "distance_to_5vol%,1000");
    let changed = figure(&texts);
    assert_eq!((changed.must, changed.target), ((157.0, 2000.0), (314.0, 1000.0)));
}
