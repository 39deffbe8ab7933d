//! `anlan methods`: safety arithmetic from the command line, every step shown.

use std::io::Read;

use anyhow::{Context, bail};
use clap::Args;

#[derive(Args)]
pub struct Options {
    /// Which: gb18218, lec, ls, lopa, accident, exposure and so on; a wrong name lists them all.
    method: String,
    /// On one line, for programs.
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    if !anlan_methods::METHODS.contains(&options.method.as_str()) {
        bail!("there is no method `{}`; there are: {}", options.method, anlan_methods::METHODS.join(", "));
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("could not read standard input")?;
    let input = serde_json::from_str(&text).context("standard input is not JSON")?;
    let answer = anlan_methods::run_with(&options.method, input, &anlan_domains::calendar())
        .map_err(|refusal| anyhow::anyhow!("{refusal} ({})", refusal.field()))?;
    println!("{}", if options.json { answer.to_string() } else { serde_json::to_string_pretty(&answer)? });
    Ok(())
}
