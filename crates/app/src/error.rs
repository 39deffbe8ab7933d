//! Every way a use case ends other than well: expected answers with a code, and failures with a cause.

use anlan_base::Refusal;
use anlan_records::record::{Record, Refused};
use anlan_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The input, all that is wrong with it.
    #[error("invalid input: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<Refusal>),
    /// The request itself cannot be understood.
    #[error("bad request: {0}")]
    BadRequest(Refusal),
    #[error("not logged in: {0}")]
    Unauthenticated(Refusal),
    #[error("not allowed: {0}")]
    NotAllowed(Refusal),
    /// Absent, or not for this caller: the answer is the same.
    #[error("not found")]
    NotFound,
    #[error("conflict: {0}")]
    Conflict(Refusal),
    /// Somebody else was faster; the record as it is now.
    #[error("the record has moved on to revision {}", .0.revision)]
    Stale(Box<Record>),
    #[error("too large: {0}")]
    TooLarge(Refusal),
    #[error("too many attempts; try again in {retry_after_s} s")]
    TooMany { retry_after_s: u64 },
    #[error("not available now: {0}")]
    Unavailable(Refusal),
    #[error("no space left to keep it safe")]
    NoSpace,
    #[error("could not {what}")]
    Failure {
        what: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl AppError {
    pub fn failure(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failure { what, source: source.into() }
    }
    pub fn invalid(refusal: Refusal) -> Self {
        Self::Invalid(vec![refusal])
    }
}

impl From<Refused> for AppError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Invalid(all) => Self::Invalid(all),
            Refused::WrongState(why) | Refused::Guard(why) => Self::Conflict(why),
            Refused::NotAllowed(why) => Self::NotAllowed(why),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotUnique { field } => Self::invalid(Refusal::at("not_unique", field)),
            StoreError::Full => Self::NoSpace,
            other => Self::failure("use the record store", other),
        }
    }
}

/// An error with all its causes, for the log.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
