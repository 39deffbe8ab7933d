//! Proves what a compiler does not: the engine names no kind, dependencies point one way, pure crates stay pure, no machine's paths, documents exist and tell the truth where a program can see it.

mod dependencies;
mod documents;
mod sources;

use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

pub use dependencies::{dependencies_point_one_way, pure_crates_do_no_io};
pub use documents::{links_lead_somewhere, named_proofs_exist};
pub use sources::{documents_exist, engine_names_no_kind, files_are_short, no_machine_paths, notes_have_words, refusals_have_words};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `path` or `path:line`.
    pub place: String,
    pub what: String,
    /// Said, but no reason to fail.
    pub warning: bool,
}

impl Finding {
    fn error(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into(), warning: false }
    }
    fn warning(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { warning: true, ..Self::error(place, what) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.warning { "warning: " } else { "" };
        write!(f, "{}: {word}{}", self.place, self.what)
    }
}

pub fn all(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let tree = Tree::read(root)?;
    let mut findings = engine_names_no_kind(&tree);
    findings.extend(dependencies_point_one_way(root)?);
    findings.extend(pure_crates_do_no_io(&tree));
    findings.extend(no_machine_paths(&tree));
    findings.extend(documents_exist(&tree));
    findings.extend(links_lead_somewhere(root, &tree));
    findings.extend(named_proofs_exist(&tree));
    findings.extend(refusals_have_words(&tree));
    findings.extend(notes_have_words(&tree));
    findings.extend(files_are_short(&tree));
    Ok(findings)
}

/// The text files under version control or about to be: path from the workspace's folder, and text.
pub struct Tree(Vec<(String, String)>);

impl Tree {
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let git = Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
            .current_dir(root)
            .output()
            .context("asking git for the files")?;
        ensure!(git.status.success(), "git ls-files failed: {}", String::from_utf8_lossy(&git.stderr));
        let paths = String::from_utf8(git.stdout).context("git answers UTF-8 paths")?;
        // A file that is deleted but not yet committed, or that is no text, has nothing to check.
        let texts = paths
            .split('\0')
            .filter(|path| !path.is_empty())
            .filter_map(|path| Some((path.to_owned(), std::fs::read_to_string(root.join(path)).ok()?)));
        Ok(Self(texts.collect()))
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    fn has(&self, wanted: &str) -> bool {
        self.iter().any(|(path, _)| path == wanted)
    }
}

/// The lines of a Rust or TypeScript file that ship: without comments, and up to the tests at its end.
fn shipped(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
    lines.enumerate().map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
}
