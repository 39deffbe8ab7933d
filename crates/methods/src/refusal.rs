//! Why a method gives no figure: what is missing or wrong, where, and what would help.

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("`{field}` is missing: {help}")]
    Required { field: String, help: String },
    #[error("`{field}` should be {wanted}, not {found}")]
    WrongType { field: String, found: String, wanted: String },
    #[error("`{field}` is {found}; allowed: {allowed}")]
    OutOfRange { field: String, found: String, allowed: String },
    #[error("`{field}` is `{found}`; known: {allowed}")]
    UnknownCode { field: String, found: String, allowed: String },
    #[error("`{field}` is not known here; known: {allowed}")]
    UnknownField { field: String, allowed: String },
    #[error("`{found}` at `{field}` stands in no table of {standard}: {help}")]
    UnknownChemical { field: String, found: String, standard: String, help: String },
    #[error("`{found}` at `{field}` fits several rows: {candidates}; give the full name of the one that is meant")]
    Ambiguous { field: String, found: String, candidates: String },
    #[error("`{field}`: {found}")]
    Contradiction { field: String, found: String },
    #[error("on {date} {standard} was in force, and its tables are not held: {help}")]
    EditionNotHeld { field: String, date: String, standard: String, help: String },
    #[error("`{field}` needs more than {limit} {unit}: {help}")]
    TooLarge { field: String, limit: u64, unit: String, help: String },
}

impl Refusal {
    /// Stable, snake case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Required { .. } => "required",
            Self::WrongType { .. } => "wrong_type",
            Self::OutOfRange { .. } => "not_allowed_value",
            Self::UnknownCode { .. } => "unknown_code",
            Self::UnknownField { .. } => "unknown_field",
            Self::UnknownChemical { .. } => "unknown_chemical",
            Self::Ambiguous { .. } => "ambiguous",
            Self::Contradiction { .. } => "contradiction",
            Self::EditionNotHeld { .. } => "edition_not_held",
            Self::TooLarge { .. } => "too_large",
        }
    }

    /// Path into the input such as `chemicals[2].q_t`.
    pub fn field(&self) -> &str {
        match self {
            Self::Required { field, .. }
            | Self::WrongType { field, .. }
            | Self::OutOfRange { field, .. }
            | Self::UnknownCode { field, .. }
            | Self::UnknownField { field, .. }
            | Self::UnknownChemical { field, .. }
            | Self::Ambiguous { field, .. }
            | Self::Contradiction { field, .. }
            | Self::EditionNotHeld { field, .. }
            | Self::TooLarge { field, .. } => field,
        }
    }
}

/// The parts travel as arguments for the interface's own words, and the whole sentence as `text` where it has none.
impl From<Refusal> for anlan_base::Refusal {
    fn from(refusal: Refusal) -> Self {
        let whole = Self::at(refusal.code(), refusal.field()).with("text", &refusal);
        match refusal {
            Refusal::Required { help, .. } => whole.with("help", help),
            Refusal::WrongType { found, wanted, .. } => whole.with("found", found).with("wanted", wanted),
            Refusal::OutOfRange { found, allowed, .. } | Refusal::UnknownCode { found, allowed, .. } => {
                whole.with("found", found).with("allowed", allowed)
            }
            Refusal::UnknownField { allowed, .. } => whole.with("allowed", allowed),
            Refusal::UnknownChemical { found, standard, help, .. } => {
                whole.with("found", found).with("standard", standard).with("help", help)
            }
            Refusal::Ambiguous { found, candidates, .. } => whole.with("found", found).with("candidates", candidates),
            Refusal::Contradiction { found, .. } => whole.with("found", found),
            Refusal::EditionNotHeld { date, standard, help, .. } => whole.with("date", date).with("standard", standard).with("help", help),
            Refusal::TooLarge { limit, unit, help, .. } => whole.with("limit", limit).with("unit", unit).with("help", help),
        }
    }
}
