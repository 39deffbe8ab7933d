//! The example of the vocabulary's page with small code lists, for tests.

use std::fs;
use std::path::Path;

use crate::load::SourceFile;
use crate::record::RuleTable;

/// Every file of the vocabulary's example.
pub(crate) fn files() -> Vec<SourceFile> {
    under("domains")
}

/// Every file of a small kind that uses most of the vocabulary and no rule.
pub(crate) fn small() -> Vec<SourceFile> {
    under("small")
}

fn under(folder: &str) -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).expect("the fixtures are there") {
        let path = entry.expect("the fixtures can be read").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let relative = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            files.push(SourceFile { path: relative, text: fs::read_to_string(&path).expect("text") });
        }
    }
}

/// The rules the example names; each agrees with everything.
pub(crate) fn rules() -> RuleTable {
    let mut rules = RuleTable::default();
    for guard in ["within_longest_period", "asked_in_time", "removal_published", "may_become_case"] {
        rules.guards.insert(format!("hidden_danger/{guard}"), std::sync::Arc::new(|_, _| Ok(())));
    }
    rules.derives.insert("hidden_danger/rectified_on_time".to_owned(), std::sync::Arc::new(|_, _| None));
    rules
}
