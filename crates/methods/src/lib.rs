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

/// The methods that answer by name, on the command line and over HTTP.
pub const METHODS: [&str; 26] = [
    "accident",
    "accident_fines",
    "accident_investigation",
    "accident_reports",
    "accident_type",
    "bow_tie",
    "colours",
    "deadline",
    "direct_loss",
    "enterprise_size",
    "event_tree",
    "exposure",
    "fault_tree",
    "gas_alarm",
    "gb18218",
    "hazop",
    "indicators",
    "key_supervision",
    "late_fee",
    "lec",
    "lopa",
    "ls",
    "matrix",
    "serious_risk",
    "uscc",
    "working_days",
];

/// As [`run_with`], without a calendar: what counts working days says `calendar_unknown`.
pub fn run(method: &str, input: Value) -> Result<Value, Refusal> {
    run_with(method, input, &Calendar::default())
}

/// The answer of one method to one input, both as JSON.
pub fn run_with(method: &str, input: Value, calendar: &Calendar) -> Result<Value, Refusal> {
    match method {
        "accident" => accident::run(&input),
        "accident_fines" => accident_fines::run(&input),
        "accident_investigation" => accident_investigation::run(&input, calendar),
        "accident_reports" => accident_reports::run(&input),
        "accident_type" => accident_type::run(&input),
        "bow_tie" => bow_tie::run(&input),
        "colours" => colours::run(&input),
        "deadline" => deadlines::run(&input, calendar),
        "direct_loss" => direct_loss::run(&input),
        "enterprise_size" => enterprise_size::run(&input),
        "event_tree" => event_tree::run(&input),
        "exposure" => exposure::run(&input),
        "fault_tree" => fault_tree::run(&input),
        "gas_alarm" => gas_alarm::run(&input),
        "gb18218" => gb18218::run(&input),
        "hazop" => hazop::run(&input),
        "indicators" => indicators::run(&input),
        "key_supervision" => key_supervision::run(&input),
        "late_fee" => late_fee::run(&input),
        "lec" => lec::run(&input),
        "lopa" => lopa::run(&input),
        "ls" => ls::run(&input),
        "matrix" => matrix::run(&input),
        "serious_risk" => serious_risk::run(&input),
        "uscc" => uscc::run(&input),
        "working_days" => working_days::run(&input, calendar),
        _ => Err(Refusal::UnknownCode { field: "method".to_owned(), found: method.to_owned(), allowed: METHODS.join(", ") }),
    }
}
