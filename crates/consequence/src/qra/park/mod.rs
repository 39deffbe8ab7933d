//! The risk of a whole park, from one description: equipment, weather, people, targets and sources of ignition.
//!
//! Every model run becomes footprints and branches (`from_scenario`), laid on the grid, on the people and on the targets, and is dropped:
//! memory does not grow with the park. Absent on purpose: files, the clock, where threads come from.

mod checked;
mod plan;
mod report;
mod request;
mod run;

pub use report::{Contour, ParkRisk, ScenarioRisk, Societal, TargetRisk};
pub use request::{
    AirDescription, Contents, Equipment, GridDescription, IgnitionSource, OwnFrequency, OwnScenario, Park, Population, Sampling,
    TargetDescription, WeatherShare, Winds, from_json, from_toml,
};
pub use run::run;

use super::Stopped;
use crate::scenario::ScenarioError;
use crate::{Note, Refusal};

/// Why a park has no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParkError {
    #[error("the park cannot be read: {0}")]
    Unreadable(String),
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A scenario that cannot be computed is never left out silently.
    #[error("{scenario}: {source}")]
    Scenario { scenario: String, source: ScenarioError },
    #[error("the run was cancelled")]
    Cancelled,
}

impl ParkError {
    /// The refusal it is about, whichever scenario met it.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) | Self::Scenario { source: ScenarioError::Refused(refusal), .. } => Some(refusal),
            _ => None,
        }
    }
}

impl From<Stopped> for ParkError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Cancelled => Self::Cancelled,
            Stopped::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

/// What a run gathers besides its figures.
#[derive(Default)]
struct Findings {
    pub assumptions: Vec<String>,
    pub warnings: Vec<Note>,
    pub models: Vec<&'static str>,
}

impl Findings {
    pub fn assume(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.assumptions.contains(&what) {
            self.assumptions.push(what);
        }
    }

    /// Takes in what one run found.
    fn merge(&mut self, other: Self) {
        other.assumptions.into_iter().for_each(|a| self.assume(a));
        other.warnings.iter().for_each(|note| self.warn(note));
        other.models.into_iter().for_each(|model| self.model(model));
    }

    /// One note of a kind: a park of hundreds of runs leaves its range hundreds of times.
    pub fn warn(&mut self, note: &Note) {
        if !self.warnings.iter().any(|had| crate::validity::same(had, note)) {
            self.warnings.push(*note);
        }
    }

    fn model(&mut self, model: &'static str) {
        if !self.models.contains(&model) {
            self.models.push(model);
        }
    }
}
