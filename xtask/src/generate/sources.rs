//! Which files of `domains/` the binary carries.

use std::path::Path;

use anlan_records::load::SourceFile;
use anyhow::Context;

/// Paths below `folder`, with `/`, sorted.
pub fn walk(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut waiting = vec![String::new()];
    while let Some(inside) = waiting.pop() {
        for entry in std::fs::read_dir(folder.join(&inside)).with_context(|| format!("reading {}", folder.join(&inside).display()))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
            if entry.file_type()?.is_dir() {
                waiting.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The files that say what the kinds are. Papers, seeds for the demo and Rust are not among them.
pub fn files(domains: &Path) -> anyhow::Result<Vec<SourceFile>> {
    let carried = walk(domains)?.into_iter().filter(|path| is_carried(path));
    carried
        .map(|path| {
            let text = std::fs::read_to_string(domains.join(&path)).with_context(|| format!("reading {path}"))?;
            Ok(SourceFile { path, text })
        })
        .collect()
}

fn is_carried(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        [_, file] => file.ends_with(".kind.toml") || matches!(file, "settings.toml" | "roles.toml"),
        [_, "codes", file] => file.ends_with(".csv"),
        [_, "samples", file] => file.ends_with(".json"),
        [_, "scenarios", file] => file.ends_with(".scenario"),
        _ => false,
    }
}

pub fn list(files: &[SourceFile]) -> String {
    let mut text = "/// Path from `domains/`, and text.\npub(crate) const FILES: &[(&str, &str)] = &[\n".to_owned();
    for file in files {
        text.push_str(&format!("({:?}, include_str!({:?})),\n", file.path, file.path));
    }
    text + "];\n"
}
