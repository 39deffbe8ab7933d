//! The house is in order: what is generated is up to date, and every rule of the tree holds.

use anlan_xtask::tidy::{self, Finding, Tree};
use anlan_xtask::{generate, root};

fn tree() -> Tree {
    Tree::read(&root()).expect("the tree can be read")
}

#[track_caller]
fn holds(findings: Vec<Finding>) {
    let lines: Vec<String> = findings.iter().filter(|finding| !finding.warning).map(ToString::to_string).collect();
    assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
}

#[test]
fn generated_files_follow_the_kinds() {
    let texts = generate::generate(&root()).expect("the kinds can be read");
    let old = generate::out_of_date(&root(), &texts).expect("the tree can be read");
    assert!(old.is_empty(), "out of date: {old:?}; run `cargo run -p anlan-xtask -- generate`");
}

#[test]
fn the_engine_names_no_kind() {
    holds(tidy::engine_names_no_kind(&tree()));
}

#[test]
fn dependencies_point_one_way() {
    holds(tidy::dependencies_point_one_way(&root()).expect("cargo knows its packages"));
}

#[test]
fn pure_crates_do_no_io() {
    holds(tidy::pure_crates_do_no_io(&tree()));
}

#[test]
fn no_file_knows_one_machine() {
    holds(tidy::no_machine_paths(&tree()));
}

#[test]
fn the_first_pages_exist() {
    holds(tidy::documents_exist(&tree()));
}

#[test]
fn links_lead_somewhere() {
    holds(tidy::links_lead_somewhere(&root(), &tree()));
}

#[test]
fn tests_that_documents_name_exist() {
    holds(tidy::named_proofs_exist(&tree()));
}

#[test]
fn whoever_is_refused_is_told_why_in_both_languages() {
    holds(tidy::refusals_have_words(&tree()));
}

#[test]
fn what_models_note_is_said_in_chinese_too() {
    holds(tidy::notes_have_words(&tree()));
}
