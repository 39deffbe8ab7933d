//! The expert's test: reads scenario files (KINDS §7) and plays them in memory through the engine.
//!
//! A block of lines is one scenario: its title, then steps. A step is `day N HH:MM  person  action  key=value …` and what must follow:
//! `-> state, task OWNER until day N, due day N, field=value, no task, creates KIND`, or `refused CODE`, perhaps `refused CODE body.field`.
//! - `create` makes a record of the domain's own kind, or of the kind the file is named after; `create KIND as NAME` of any other.
//!   An action goes to the record of the step before; `NAME.action` and `KIND.action` to that record. `edit` changes fields.
//! - `photos=2` makes two attachments; `until="day 3"` and `at="day 3 14:00"` count from the start; lists have commas; `field=` clears;
//!   `rows.column=value` fills one new row; a value in brackets is JSON. `comment=` or `reason=` is the comment.
//! - Persons are the cast's; `clock` and `platform` act as themselves. Records and organisations may have any name but `unknown`.

mod script;
mod words;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anlan_base::{Calendar, Date, Name};

use crate::kind::Kinds;
use crate::record::RuleTable;
use script::{Expect, Step};
use world::World;

/// Who plays: a person's name and the roles that cover every record of the scenario.
pub type Cast = BTreeMap<String, BTreeSet<Name>>;

/// Where scenarios are played: the kinds and rules, the cast, the date of `day 0`, the working days.
pub struct Stage<'a> {
    pub kinds: &'a Kinds,
    pub rules: &'a RuleTable,
    pub cast: &'a Cast,
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

/// One person for each role, under the role's id and its short name, alone and as `_a` `_b` `_c`:
/// `safety_a` and `safety_b` are two people with the role `enterprise_safety`.
pub fn usual_cast(kinds: &Kinds) -> Cast {
    let mut cast = Cast::new();
    let mut add = |name: &str, role: &Name| {
        for suffix in ["", "_a", "_b", "_c"] {
            cast.entry(format!("{name}{suffix}")).or_insert_with(|| BTreeSet::from([role.clone()]));
        }
    };
    for role in kinds.roles.keys() {
        add(role, role);
    }
    for role in kinds.roles.keys() {
        let short = role.strip_prefix("enterprise_").or_else(|| role.strip_prefix("bureau_")).unwrap_or(role);
        add(short.strip_suffix("_officer").or_else(|| short.strip_suffix("_office")).unwrap_or(short), role);
    }
    cast
}

/// Plays every scenario of one file of a domain. `file` is its path: messages show it, and its name may name the kind.
/// A scenario ends with its first failure, the next one is played all the same.
pub fn run(stage: &Stage, domain: &Name, file: &str, text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    let fail = |line: usize, expected: String, found: String| Failure { file: file.to_owned(), line, expected, found };
    let scenarios = match script::parse(text) {
        Ok(scenarios) => scenarios,
        Err(wrong) => {
            outcome.failures.push(fail(wrong.line, wrong.expected, wrong.found));
            return outcome;
        }
    };
    for scenario in scenarios {
        outcome.scenarios += 1;
        let mut world = World::new(stage, default_kind(stage.kinds, domain, file));
        for step in &scenario.steps {
            if let Err((expected, found)) = play(&mut world, step) {
                outcome.failures.push(fail(step.line, format!("{expected}    ({})", scenario.title), found));
                break;
            }
        }
    }
    outcome
}

/// The kind that a bare `create` makes: the one the file is named after, else the domain's own, else its only one.
fn default_kind(kinds: &Kinds, domain: &Name, file: &str) -> Option<Name> {
    let name = file.rsplit('/').next().unwrap_or(file);
    let own: Vec<&Name> = kinds.by_id.values().filter(|kind| kind.domain == *domain).map(|kind| &kind.id).collect();
    let named = own.iter().filter(|id| name.starts_with(id.as_str())).max_by_key(|id| id.len());
    let same = own.iter().find(|id| **id == domain);
    let only = own.first().filter(|_| own.len() == 1);
    named.or(same).or(only).map(|id| (*id).clone())
}

/// Plays one step; the error is what was expected and what was found.
fn play(world: &mut World, step: &Step) -> Result<(), (String, String)> {
    let happened = world.perform(step).map_err(|wrong| (step.text.clone(), wrong))?;
    match (&step.expect, happened) {
        (Expect::Refused { code, field }, Err(refusals)) => {
            let meets = refusals.iter().any(|r| r.code == *code && (field.is_none() || r.field == *field));
            if meets { Ok(()) } else { Err((step.expect.to_string(), world::refused_text(&refusals))) }
        }
        (Expect::Refused { .. }, Ok(seen)) => Err((step.expect.to_string(), world.describe(&seen))),
        (Expect::Done(_), Err(refusals)) => Err((step.expect.to_string(), world::refused_text(&refusals))),
        (Expect::Done(parts), Ok(seen)) => {
            parts.iter().try_for_each(|part| world.check(&seen, part)).map_err(|found| (step.expect.to_string(), found))
        }
    }
}

#[cfg(test)]
mod tests;
