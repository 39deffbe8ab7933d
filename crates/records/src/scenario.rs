//! The expert's test: reads scenario files (KINDS §7) and plays them in memory through the engine.

use std::fmt;

use anlan_base::{Calendar, Date, Name};

use crate::kind::Kinds;
use crate::record::RuleTable;

/// Where scenarios are played: the kinds and rules, the date of `day 0`, the working days.
pub struct Stage<'a> {
    pub kinds: &'a Kinds,
    pub rules: &'a RuleTable,
    pub start: Date,
    pub calendar: &'a Calendar,
}

/// What a scenario file said and what happened instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub file: String,
    pub line: usize,
    pub expected: String,
    pub found: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}\n  expected  {}\n  found     {}", self.file, self.line, self.expected, self.found)
    }
}

/// How many scenarios the file holds and what went wrong, in the order of the lines.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub scenarios: usize,
    pub failures: Vec<Failure>,
}

/// Plays every scenario of one file of a domain.
pub fn run(stage: &Stage, domain: &Name, file: &str, text: &str) -> Outcome {
    let _ = (stage, domain, file, text);
    unimplemented!("played below")
}
