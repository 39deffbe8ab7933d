//! What can go wrong in the store: refusals that a caller answers, and failures with their cause.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else saved first. `None`: the record is gone.
    #[error("the record is no longer at the revision it was read with")]
    Stale { current: Option<i64> },
    /// Another record of the kind (or of the enterprise) has this value already.
    #[error("`{field}` must be unique")]
    NotUnique { field: String },
    #[error("something refers to an id that does not exist, or is still referred to")]
    UnknownReference,
    #[error("the disk or the database has no space left")]
    Full,
    /// Two writers were in each other's way: the same again may well succeed.
    #[error("the database is busy")]
    Busy,
    #[error("the data folder {} is in use by another process", dir.display())]
    InUse { dir: PathBuf },
    #[error("the data is from a newer version of this program: {what} is at {found}, this program knows up to {known}")]
    Newer { what: String, found: i64, known: i64 },
    #[error("schema step {step} was applied with another text than this program has")]
    ChangedStep { step: i64 },
    /// A list was asked for a field or value it cannot be filtered or sorted by.
    #[error("`{subject}` cannot be asked for like this: {why}")]
    BadQuery { subject: String, why: String },
    #[error("stored data cannot be read: {what}")]
    Corrupt { what: String },
    #[error("could not {doing}")]
    Failed { doing: &'static str, source: sqlx::Error },
    #[error("could not {doing}")]
    Io { doing: &'static str, source: std::io::Error },
}

impl StoreError {
    pub(crate) fn bad(subject: &str, why: impl Into<String>) -> Self {
        Self::BadQuery { subject: subject.to_owned(), why: why.into() }
    }

    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }

    pub(crate) fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io { doing, source },
        }
    }

    /// Tells the expected refusals of a database from its failures.
    pub(crate) fn of(doing: &'static str, source: sqlx::Error) -> Self {
        if let sqlx::Error::Database(error) = &source {
            if error.is_unique_violation() {
                // PostgreSQL names the index, SQLite the columns: `UNIQUE constraint failed: k_tank.f_code`.
                let field = error.constraint().unwrap_or_else(|| error.message()).to_owned();
                return Self::NotUnique { field };
            }
            if error.is_foreign_key_violation() {
                return Self::UnknownReference;
            }
            // SQLITE_BUSY, and PostgreSQL's deadlock_detected and serialization_failure.
            if matches!(error.code().as_deref(), Some("5" | "40P01" | "40001")) {
                return Self::Busy;
            }
            // SQLITE_FULL, and PostgreSQL's disk_full.
            if matches!(error.code().as_deref(), Some("13" | "53100")) {
                return Self::Full;
            }
        }
        match source {
            sqlx::Error::PoolTimedOut => Self::Busy,
            source => Self::Failed { doing, source },
        }
    }
}
