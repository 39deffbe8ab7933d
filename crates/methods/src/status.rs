//! How well a figure is known. A result is known no better than the worst figure in it.

use serde::{Deserialize, Serialize};

/// Ordered from the best known to the least. There is no default: whoever gives a figure says how well it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Two sources agree, or one source and knowledge of the standard.
    Verified,
    /// Typed by the user, who answers for it.
    Given,
    /// One open transcription.
    SingleSource,
    /// Not looked up or not found: shown as "to be confirmed".
    FromKnowledge,
}

impl Status {
    /// The worst of the figures in a result; [`Self::Given`] where no table took part and all were typed.
    pub fn worst(figures: impl IntoIterator<Item = Self>) -> Self {
        figures.into_iter().max().unwrap_or(Self::Given)
    }
}
