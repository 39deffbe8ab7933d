//! `anlan methods`: safety arithmetic from the command line, every step shown.

use std::io::Read;

use anyhow::Context;
use clap::Args;
use serde_json::json;

use crate::consequence::out::{self, Refused};

#[derive(Args)]
pub struct Options {
    /// Which: gb18218, lec, ls, lopa, accident, exposure and so on; a wrong name lists them all.
    method: String,
    /// On one line, for programs; a refusal as JSON on standard error.
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let refused = |refused: Refused| refused.tell(options.json);
    if !anlan_methods::METHODS.contains(&options.method.as_str()) {
        let known = anlan_methods::METHODS.join(", ");
        let message = format!("there is no method `{}`; there are: {known}", options.method);
        let details = json!({"found": options.method, "allowed": known});
        return Err(refused(Refused { details, ..Refused::new("unknown_code", Some("method"), message) }));
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("could not read standard input")?;
    let input =
        serde_json::from_str(&text).map_err(|why| refused(Refused::new("bad_json", None, format!("standard input is not JSON: {why}"))))?;
    let answer = anlan_methods::run_with(&options.method, input, &anlan_domains::calendar()).map_err(|refusal| {
        let message = if options.json { refusal.to_string() } else { format!("{refusal} ({})", refusal.field()) };
        // Its parts travel as arguments; the whole sentence is the message.
        let anlan_base::Refusal { code, field, mut args } = refusal.into();
        args.remove("text");
        refused(Refused { details: json!(args), ..Refused::new(&code, field.as_deref(), message) })
    })?;
    out::print(&if options.json { answer.to_string() } else { serde_json::to_string_pretty(&answer)? })
}
