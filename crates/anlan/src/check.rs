//! `anlan check`: the kinds of this binary with an overlay on top, proved sound; and loading them for everybody else.

use std::path::{Path, PathBuf};

use anlan_records::kind::Kinds;
use anlan_records::load::SourceFile;
use clap::Args;

#[derive(Args)]
pub struct Options {
    /// Your own kinds and changes to ours.
    #[arg(long, value_name = "DIR")]
    overlay: Option<PathBuf>,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let kinds = kinds(options.overlay.as_deref())?;
    println!("{} kinds are sound: {}", kinds.by_id.len(), kinds.by_id.keys().map(|id| id.as_str()).collect::<Vec<_>>().join(", "));
    Ok(())
}

/// The kinds, or every mistake in them, one a line.
pub fn kinds(overlay: Option<&Path>) -> anyhow::Result<Kinds> {
    let overlay = match overlay {
        Some(dir) => read_folder(dir)?,
        None => Vec::new(),
    };
    anlan_domains::load(&overlay).map_err(|findings| {
        let lines: Vec<String> = findings.iter().map(|finding| format!("  {finding}")).collect();
        anyhow::anyhow!("the kinds have {} mistakes:\n{}", findings.len(), lines.join("\n"))
    })
}

fn read_folder(dir: &Path) -> anyhow::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|e| anyhow::anyhow!("could not read the overlay {}: {e}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let wanted = path.extension().is_some_and(|e| ["toml", "csv", "json", "scenario"].iter().any(|known| e == *known));
            if wanted {
                let text = std::fs::read_to_string(&path).map_err(|e| anyhow::anyhow!("could not read {}: {e}", path.display()))?;
                let relative = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                files.push(SourceFile { path: relative, text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}
