//! How well a figure of a table is known. A result is known no better than the worst figure in it.

use serde::{Deserialize, Serialize};

/// Ordered from the best known to the least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Two sources agree, or one source and knowledge of the standard.
    #[default]
    Verified,
    /// One open transcription.
    SingleSource,
    /// Not looked up or not found: shown as "to be confirmed".
    FromKnowledge,
}
