//! Checks of who depends on whom.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use super::{Finding, Tree, shipped};

/// From the inside out. A crate uses its own row and the rows above it.
const ROWS: [&[&str]; 8] = [
    &["base"],
    &["records", "access", "methods", "alarms", "consequence", "geo"],
    &["domains"],
    &["telemetry", "ledger", "store", "documents", "gateways", "notify"],
    &["app"],
    &["api"],
    &["sim"],
    &["anlan"],
];
/// They compute: what they know is handed to them.
const PURE: [&str; 8] = ["base", "records", "access", "methods", "alarms", "consequence", "geo", "domains"];
/// Threads that end before their function does (`thread::scope`) are a way of computing; threads that outlive it are not.
const IO: [&str; 10] = [
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "thread::spawn",
    "thread::sleep",
    "SystemTime::now",
    "Instant::now()",
    "std::io::stdin",
    "tokio::",
];

/// The table of the architecture, held by what cargo knows.
pub fn dependencies_point_one_way(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("asking cargo for the packages")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata answers JSON")?;
    let packages = metadata["packages"].as_array().context("cargo metadata has packages")?;
    let mut findings = Vec::new();
    for package in packages {
        let name = short(&package["name"]);
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // What only tests use does not ship.
            if dependency["kind"] == "dev" || dependency["path"].is_null() {
                continue;
            }
            findings.extend(judge(name, short(&dependency["name"])));
        }
    }
    Ok(findings)
}

fn judge(from: &str, to: &str) -> Option<Finding> {
    // Outside the product: they may look at all of it.
    if matches!(from, "tests" | "xtask" | "benches") {
        return None;
    }
    let row = |name: &str| ROWS.iter().position(|row| row.contains(&name));
    match (row(from), row(to)) {
        (Some(outer), Some(inner)) if inner <= outer => None,
        (Some(_), Some(_)) => Some(Finding::error(format!("crates/{from}"), format!("depends on `{to}`, which lies further out"))),
        _ => Some(Finding::error(format!("crates/{from}"), format!("`{from}` or `{to}` has no row in the table of dependencies"))),
    }
}

fn short(name: &Value) -> &str {
    let name = name.as_str().unwrap_or_default();
    name.strip_prefix("anlan-").unwrap_or(name)
}

/// Pure crates read no file, no socket and no clock.
pub fn pure_crates_do_no_io(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pure = |path: &str| {
        let folder = path.strip_prefix("crates/").unwrap_or(path).split('/').next().unwrap_or_default();
        path.ends_with(".rs")
            && PURE.contains(&folder)
            && !path.contains("/tests/")
            // A build script runs before there is a crate.
            && !["tests.rs", "fixture.rs", "/build.rs"].iter().any(|end| path.ends_with(end))
            && !["/examples/", "/benches/"].iter().any(|part| path.contains(part))
            && !path.starts_with("domains/tests")
    };
    for (path, text) in tree.iter().filter(|(path, _)| pure(path)) {
        for (number, line) in shipped(text) {
            for word in IO.iter().filter(|word| line.contains(**word)) {
                findings.push(Finding::error(format!("{path}:{number}"), format!("`{word}` in a crate that computes only")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_may_stay_in_their_row_or_go_inwards() {
        for (from, to, allowed) in [
            ("store", "records", true),
            ("store", "telemetry", true),
            ("records", "store", false),
            ("domains", "app", false),
            ("api", "app", true),
            ("app", "api", false),
            ("api", "anlan", false),
            ("tests", "anlan", true),
            ("helpers", "base", false),
        ] {
            assert_eq!(judge(from, to).is_none(), allowed, "{from} → {to}");
        }
    }
}
