//! Safety arithmetic an expert can check with the book in hand: one method a file, the standard's symbols, every step shown. Absent on purpose: I/O, the clock, legal conclusions.

pub mod accident;
pub mod accident_fines;
mod accident_investigation;
pub mod accident_reports;
pub mod accident_type;
mod ask;
pub mod bow_tie;
pub mod colours;
pub mod deadlines;
pub mod direct_loss;
mod editions;
pub mod enterprise_size;
pub mod event_tree;
mod exact;
pub mod exposure;
pub mod fault_tree;
pub mod gas_alarm;
pub mod gb18218;
pub mod hazop;
pub mod indicators;
pub mod key_supervision;
pub mod late_fee;
pub mod lec;
pub mod lopa;
pub mod ls;
mod matrix;
mod names;
mod refusal;
pub mod serious_risk;
mod status;
mod table;
mod uscc;
mod working_days;

use anlan_base::Calendar;
use serde_json::Value;

pub use exact::Exact;
pub use refusal::Refusal;
pub use status::Status;

/// Answers one input.
type Run = fn(&Value, &Calendar) -> Result<Value, Refusal>;

/// Names, what they run, and an input that each answers: `data/examples/NAME.json`.
macro_rules! methods {
    ($($name:ident: $run:expr,)+) => {
        /// The methods that answer by name, on the command line and over HTTP.
        pub const METHODS: [&str; [$(stringify!($name)),+].len()] = [$(stringify!($name)),+];
        const RUNS: [(Run, &str); METHODS.len()] =
            [$(($run, include_str!(concat!("../data/examples/", stringify!($name), ".json")))),+];
    };
}

methods! {
    accident: |input, _| accident::run(input),
    accident_fines: |input, _| accident_fines::run(input),
    accident_investigation: |input, calendar| accident_investigation::run(input, calendar),
    accident_reports: |input, _| accident_reports::run(input),
    accident_type: |input, _| accident_type::run(input),
    bow_tie: |input, _| bow_tie::run(input),
    colours: |input, _| colours::run(input),
    deadline: |input, calendar| deadlines::run(input, calendar),
    direct_loss: |input, _| direct_loss::run(input),
    enterprise_size: |input, _| enterprise_size::run(input),
    event_tree: |input, _| event_tree::run(input),
    exposure: |input, _| exposure::run(input),
    fault_tree: |input, _| fault_tree::run(input),
    gas_alarm: |input, _| gas_alarm::run(input),
    gb18218: |input, _| gb18218::run(input),
    hazop: |input, _| hazop::run(input),
    indicators: |input, _| indicators::run(input),
    key_supervision: |input, _| key_supervision::run(input),
    late_fee: |input, _| late_fee::run(input),
    lec: |input, _| lec::run(input),
    lopa: |input, _| lopa::run(input),
    ls: |input, _| ls::run(input),
    matrix: |input, _| matrix::run(input),
    serious_risk: |input, _| serious_risk::run(input),
    uscc: |input, _| uscc::run(input),
    working_days: |input, calendar| working_days::run(input, calendar),
}

fn named(method: &str) -> Option<(Run, &'static str)> {
    METHODS.iter().position(|name| *name == method).map(|at| RUNS[at])
}

/// As [`run_with`], without a calendar: what counts working days says `calendar_unknown`.
pub fn run(method: &str, input: Value) -> Result<Value, Refusal> {
    run_with(method, input, &Calendar::default())
}

/// The answer of one method to one input, both as JSON.
pub fn run_with(method: &str, input: Value, calendar: &Calendar) -> Result<Value, Refusal> {
    match named(method) {
        Some((run, _)) => run(&input, calendar),
        None => Err(Refusal::UnknownCode { field: "method".to_owned(), found: method.to_owned(), allowed: METHODS.join(", ") }),
    }
}

/// An input that the method answers, as JSON, to begin one's own with.
pub fn example(method: &str) -> Option<&'static str> {
    named(method).map(|(_, example)| example)
}
