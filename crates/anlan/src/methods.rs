//! `anlan methods`: safety arithmetic from the command line, every step shown.

use std::io::Read;

use anlan_api::messages::Language;
use anlan_base::Instant;
use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};

use crate::consequence::out::{self, Refused};

#[derive(Args)]
pub struct Options {
    /// Which: gb18218, lec, ls, lopa, accident, exposure and so on; without it, all of them with their names.
    method: Option<String>,
    /// Prints an input the method answers, to begin your own with.
    #[arg(long)]
    example: bool,
    /// On one line, for programs; a refusal as JSON on standard error.
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let refused = |refused: Refused| refused.tell(options.json);
    let Some(method) = options.method.as_deref() else { return out::print(&all(options.json)) };
    let Some(example) = anlan_methods::example(method) else {
        let known = anlan_methods::METHODS.join(", ");
        let message = format!("there is no method `{method}`; there are: {known}");
        let details = json!({"found": method, "allowed": known});
        return Err(refused(Refused { details, ..Refused::new("unknown_code", Some("method"), message) }));
    };
    if options.example {
        return out::print(example.trim_end());
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("could not read standard input")?;
    let input =
        serde_json::from_str(&text).map_err(|why| refused(Refused::new("bad_json", None, format!("standard input is not JSON: {why}"))))?;
    let answer = anlan_methods::run_with(method, input, &anlan_domains::calendar()).map_err(|refusal| {
        let message = if options.json { refusal.to_string() } else { format!("{refusal} ({})", refusal.field()) };
        // Its parts travel as arguments; the whole sentence is the message.
        let anlan_base::Refusal { code, field, mut args } = refusal.into();
        args.remove("text");
        refused(Refused { details: json!(args), ..Refused::new(&code, field.as_deref(), message) })
    })?;
    out::print(&if options.json { answer.to_string() } else { serde_json::to_string_pretty(&local(answer))? })
}

/// Every method, a line each: how to call it, and what it is called.
fn all(json: bool) -> String {
    let name = |id: &str| (Language::Zh.method(id), Language::En.method(id));
    let methods = anlan_methods::METHODS.iter().map(|id| (*id, name(id)));
    if json {
        return Value::from_iter(methods.map(|(id, (zh, en))| json!({"id": id, "label": {"zh": zh, "en": en}}))).to_string();
    }
    let lines = methods.map(|(id, (zh, en))| format!("{id:<24}{en} · {zh}"));
    lines.chain([String::new(), "An input to begin with: anlan methods NAME --example".to_owned()]).collect::<Vec<_>>().join("\n")
}

/// What a person reads has the time of the clock on the wall; programs keep UTC.
fn local(answer: Value) -> Value {
    match answer {
        Value::String(text) if text.ends_with('Z') => Instant::parse(&text).map_or(Value::String(text), |at| json!(at.local_text())),
        Value::Array(items) => items.into_iter().map(local).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, local(value))).collect(),
        other => other,
    }
}
