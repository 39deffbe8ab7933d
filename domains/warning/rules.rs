//! What the table of the warning cannot say: its colour and sentence from its terms, and when it may close.

use anlan_base::Refusal;
use anlan_records::record::Facts;

use super::warning::{Colour, Warning};

/// The worst colour among the terms.
pub fn worst_term(warning: &Warning, _: &Facts) -> Option<Colour> {
    warning.terms.iter().filter_map(|term| term.colour).min_by_key(|colour| severity(*colour))
}

/// The worst colour it ever had: who confirms depends on it, and a warning that was worse than blue does not vanish by itself.
pub fn worst_so_far(warning: &Warning, _: &Facts) -> Option<Colour> {
    [warning.peak, warning.colour].into_iter().flatten().min_by_key(|colour| severity(*colour))
}

/// What its worst term says, in Chinese.
pub fn what_it_says(warning: &Warning, _: &Facts) -> Option<String> {
    let worst = warning.terms.iter().min_by_key(|term| term.colour.map_or(u8::MAX, severity))?;
    worst.text.clone().or_else(|| worst.rule.clone())
}

/// A warning closes when no condition holds any more.
pub fn conditions_are_gone(warning: &Warning, _: &Facts) -> Result<(), Refusal> {
    if warning.cleared_at.is_some() { Ok(()) } else { Err(Refusal::new("conditions_still_hold")) }
}

/// Red is 0.
pub fn severity(colour: Colour) -> u8 {
    match colour {
        Colour::Red => 0,
        Colour::Orange => 1,
        Colour::Yellow => 2,
        Colour::Blue => 3,
        Colour::Unlisted => 4,
    }
}
