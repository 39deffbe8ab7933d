//! Safety arithmetic an expert can check with the book in hand: one method a file, the standard's symbols, every step shown. Absent on purpose: I/O, the clock, legal conclusions.

pub mod accident;
mod ask;
pub mod bow_tie;
pub mod colours;
pub mod deadlines;
pub mod enterprise_size;
pub mod event_tree;
mod exact;
pub mod exposure;
pub mod fault_tree;
pub mod gas_alarm;
pub mod gb18218;
pub mod hazop;
pub mod indicators;
pub mod lec;
pub mod lopa;
pub mod ls;
mod refusal;
mod status;
mod table;

use anlan_base::Calendar;
use serde_json::Value;

pub use exact::Exact;
pub use refusal::Refusal;
pub use status::Status;

/// The methods that answer by name, on the command line and over HTTP.
pub const METHODS: [&str; 15] = [
    "accident",
    "bow_tie",
    "colours",
    "deadline",
    "enterprise_size",
    "event_tree",
    "exposure",
    "fault_tree",
    "gas_alarm",
    "gb18218",
    "hazop",
    "indicators",
    "lec",
    "lopa",
    "ls",
];

/// As [`run_with`], without a calendar: a deadline in working days says `calendar_unknown`.
pub fn run(method: &str, input: Value) -> Result<Value, Refusal> {
    run_with(method, input, &Calendar::default())
}

/// The answer of one method to one input, both as JSON.
pub fn run_with(method: &str, input: Value, calendar: &Calendar) -> Result<Value, Refusal> {
    match method {
        "accident" => accident::run(&input),
        "bow_tie" => bow_tie::run(&input),
        "colours" => colours::run(&input),
        "deadline" => deadlines::run(&input, calendar),
        "enterprise_size" => enterprise_size::run(&input),
        "event_tree" => event_tree::run(&input),
        "exposure" => exposure::run(&input),
        "fault_tree" => fault_tree::run(&input),
        "gas_alarm" => gas_alarm::run(&input),
        "gb18218" => gb18218::run(&input),
        "hazop" => hazop::run(&input),
        "indicators" => indicators::run(&input),
        "lec" => lec::run(&input),
        "lopa" => lopa::run(&input),
        "ls" => ls::run(&input),
        _ => Err(Refusal::UnknownCode { field: "method".to_owned(), found: method.to_owned(), allowed: METHODS.join(", ") }),
    }
}
