//! From the kinds to Rust: one typed struct a kind, the table of rules, the list of embedded files; and to a reference page a kind.
//! Absent on purpose: any decision about kinds. What is written here follows from the kind files alone.

mod reference;
mod rules;
mod sources;
mod types;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anlan_records::kind::Kinds;
use anlan_records::load::{self, SourceFile};
use anyhow::{Context, bail};

const HEAD: &str = "// Written by `cargo run -p anlan-xtask -- generate` from the kinds. Change the kinds instead.\n\n";

const PAGE_HEAD: &str = "<!-- Written by `cargo run -p anlan-xtask -- generate` from the kinds. Change the kinds instead. -->\n\n";

/// Every generated file by its path from the workspace's folder, formatted.
pub fn generate(root: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let domains = root.join("domains");
    let files = sources::files(&domains)?;
    let kinds = read_kinds(&files)?;
    let mut texts = BTreeMap::new();
    for kind in kinds.by_id.values() {
        texts.insert(format!("domains/{}/{}.gen.rs", kind.domain, kind.id), types::of(kind)?);
    }
    texts.insert("domains/kinds.gen.rs".to_owned(), types::modules(&kinds, &domains)?);
    texts.insert("domains/rules.gen.rs".to_owned(), rules::table(&kinds));
    texts.insert("domains/sources.gen.rs".to_owned(), sources::list(&files));
    let mut texts = texts
        .into_iter()
        .map(|(path, text)| Ok((path.clone(), formatted(&format!("{HEAD}{text}")).context(path)?)))
        .collect::<anyhow::Result<BTreeMap<_, _>>>()?;
    for kind in kinds.by_id.values() {
        texts.insert(format!("docs/reference/kinds/{}.md", kind.id), format!("{PAGE_HEAD}{}", reference::page(kind, &kinds)));
    }
    texts.insert("docs/reference/kinds.md".to_owned(), format!("{PAGE_HEAD}{}", reference::index(&kinds)));
    Ok(texts)
}

/// Brings the tree up to date; answers the paths that changed.
pub fn write(root: &Path) -> anyhow::Result<Vec<String>> {
    let texts = generate(root)?;
    let mut changed = Vec::new();
    for path in out_of_date(root, &texts)? {
        match texts.get(&path) {
            Some(text) => {
                let file = root.join(&path);
                std::fs::create_dir_all(file.parent().context("a file stands in a folder")?)?;
                std::fs::write(file, text).with_context(|| format!("writing {path}"))?;
            }
            None => std::fs::remove_file(root.join(&path)).with_context(|| format!("removing {path}"))?,
        }
        changed.push(path);
    }
    Ok(changed)
}

/// Files that differ from what the kinds say, are missing, or are left over.
pub fn out_of_date(root: &Path, texts: &BTreeMap<String, String>) -> anyhow::Result<Vec<String>> {
    let mut paths: Vec<String> = texts
        .iter()
        .filter(|(path, text)| std::fs::read_to_string(root.join(path)).ok().as_ref() != Some(text))
        .map(|(path, _)| path.clone())
        .collect();
    for (folder, end) in [("domains", ".gen.rs"), ("docs/reference/kinds", ".md")] {
        // Before the first run the folder is not there.
        let found = if root.join(folder).is_dir() { sources::walk(&root.join(folder))? } else { Vec::new() };
        let written = found.into_iter().map(|path| format!("{folder}/{path}")).filter(|path| path.ends_with(end));
        paths.extend(written.filter(|path| !texts.contains_key(path)));
    }
    Ok(paths)
}

fn read_kinds(files: &[SourceFile]) -> anyhow::Result<Kinds> {
    load::read(files, &[]).map_err(|findings| {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })
}

fn formatted(text: &str) -> anyhow::Result<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "max_width=140,use_small_heuristics=Max"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting rustfmt")?;
    rustfmt.stdin.take().context("rustfmt takes no input")?.write_all(text.as_bytes())?;
    let output = rustfmt.wait_with_output()?;
    if !output.status.success() {
        bail!("rustfmt refused the text:\n{text}");
    }
    String::from_utf8(output.stdout).context("rustfmt answers UTF-8")
}

/// `hidden_danger` → `HiddenDanger`
fn pascal(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
