//! `cargo run -p anlan-xtask -- generate | tidy`

use std::process::ExitCode;

use anlan_xtask::{generate, root, tidy};

const USAGE: &str = "usage: cargo run -p anlan-xtask -- generate | tidy

  generate   from the kinds: typed structs, rule table, embedded files (domains/**/*.gen.rs), pages (docs/reference/kinds)
  tidy       prove that the tree keeps its rules: dependencies, names, paths, documents";

fn main() -> ExitCode {
    let result = match std::env::args().nth(1).as_deref() {
        Some("generate") => run_generate(),
        Some("tidy") => run_tidy(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_generate() -> anyhow::Result<bool> {
    for path in generate::write(&root())? {
        println!("{path}");
    }
    Ok(true)
}

fn run_tidy() -> anyhow::Result<bool> {
    let findings = tidy::all(&root())?;
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("tidy");
    }
    Ok(findings.iter().all(|finding| finding.warning))
}
