//! Checks of what the documents say: links lead somewhere, and a test that is named as proof exists.

use std::path::Path;

use super::{Finding, Tree};

/// Relative links of every page, pictures included.
pub fn links_lead_somewhere(root: &Path, tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in pages(tree) {
        let folder = root.join(path).parent().map(Path::to_owned).unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            for target in
                line.split("](").skip(1).chain(line.split("src=\"").skip(1)).filter_map(|rest| rest.split([')', '"', '#', ' ']).next())
            {
                let outside = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
                if !outside && !folder.join(target).exists() {
                    findings.push(Finding::error(format!("{path}:{}", number + 1), format!("the link `{target}` leads nowhere")));
                }
            }
        }
    }
    findings
}

/// `path::name` in a page is a promise that this test is there; on a model's page, that this function or constant is in that file of the crate.
pub fn named_proofs_exist(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in pages(tree) {
        for (number, line) in text.lines().enumerate() {
            for (file, test) in line.split('`').skip(1).step_by(2).filter_map(proof) {
                let model = path.starts_with("docs/models/");
                let name = test.rsplit("::").next().unwrap_or(test);
                let place = |at: &str| at == file || model && at.starts_with("crates/") && at.ends_with(&format!("/{file}"));
                let words = if model {
                    vec![format!("fn {name}("), format!("fn {name}<"), format!(" {name}: ")]
                } else {
                    vec![format!("fn {name}(")]
                };
                let there = tree.iter().any(|(at, text)| place(at) && words.iter().any(|word| text.contains(word)));
                if !there {
                    findings.push(Finding::error(format!("{path}:{}", number + 1), format!("there is no `{test}` in `{file}`")));
                }
            }
        }
    }
    findings
}

fn proof(code: &str) -> Option<(&str, &str)> {
    code.split_once("::").filter(|(file, _)| file.contains('/') && file.ends_with(".rs"))
}

fn pages(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.iter().filter(|(path, _)| path.ends_with(".md"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_that_is_gone_is_found() {
        let check = |page: &str| {
            let files = [("ARCHITECTURE.md", page), ("tests/records.rs", "#[test]\nfn it_holds() {}")];
            named_proofs_exist(&Tree(files.map(|(path, text)| (path.to_owned(), text.to_owned())).to_vec())).len()
        };
        assert_eq!(check("| it holds | `tests/records.rs::it_holds` |"), 0);
        assert_eq!(check("| it holds | `tests/records.rs::it_held` |"), 1);
        assert_eq!(check("| it holds | `tests/gone.rs::it_holds` |"), 1);
        assert_eq!(check("`App::act` and `file::name`"), 0, "code, not a test");
    }
}
