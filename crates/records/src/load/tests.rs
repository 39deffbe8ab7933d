//! Kind files that load, and the findings of those that do not.

use super::{Finding, load};
use crate::fixture;

fn lines(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

#[test]
fn the_example_loads() {
    let kinds = load(&fixture::files(), &[], &fixture::rules()).map_err(|findings| lines(&findings)).unwrap();
    let danger = kinds.get("hidden_danger").unwrap();
    assert_eq!(danger.fields.len(), 33);
}
