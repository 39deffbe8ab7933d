//! Two engines, one set of queries: text with `$n` places, values apart from it, rows read by position.

use anlan_base::{Instant, Name};
use sqlx::{AssertSqlSafe, Executor, PgConnection, Postgres, Row as _, Sqlite, SqliteConnection, Transaction};

use crate::StoreError;

/// A value on its way into a query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Val {
    Int(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

macro_rules! into_val {
    ($($from:ty, $as:ident, $with:expr;)+) => {$(
        impl From<$from> for Val {
            fn from(value: $from) -> Self {
                #[allow(clippy::redundant_closure_call, reason = "the closure is the table's third column")]
                Self::$as(Some(($with)(value)))
            }
        }
        impl From<Option<$from>> for Val {
            fn from(value: Option<$from>) -> Self {
                Self::$as(value.map($with))
            }
        }
    )+};
}
into_val! {
    i64, Int, |v| v;
    u32, Int, i64::from;
    bool, Int, i64::from;
    Instant, Int, Instant::as_ms;
    f64, Real, |v| v;
    String, Text, |v| v;
    &str, Text, str::to_owned;
    &String, Text, String::clone;
    &Name, Text, |v: &Name| v.as_str().to_owned();
    &anlan_base::RecordId, Text, |v: &anlan_base::RecordId| v.0.clone();
    &anlan_base::EnterpriseId, Text, |v: &anlan_base::EnterpriseId| v.0.clone();
    &anlan_base::UserId, Text, |v: &anlan_base::UserId| v.0.clone();
    &anlan_base::OrganisationId, Text, |v: &anlan_base::OrganisationId| v.0.clone();
    &anlan_base::TaskId, Text, |v: &anlan_base::TaskId| v.0.clone();
    &anlan_base::AttachmentId, Text, |v: &anlan_base::AttachmentId| v.0.clone();
    &anlan_base::AlarmId, Text, |v: &anlan_base::AlarmId| v.0.clone();
    &anlan_base::ModelRunId, Text, |v: &anlan_base::ModelRunId| v.0.clone();
    &anlan_base::RegionPath, Text, |v: &anlan_base::RegionPath| v.as_str().to_owned();
    Vec<u8>, Blob, |v| v;
    &[u8], Blob, <[u8]>::to_vec;
}

macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::engine::Val::from($value)),*] };
}
pub(crate) use args;

/// A query as it grows: program text and checked identifiers in `text`, everything else in `args`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sql {
    text: String,
    args: Vec<Val>,
}

impl Sql {
    /// Text with places `$1`, `$2` … and their values.
    pub fn new(text: &str, args: Vec<Val>) -> Self {
        Self { text: text.to_owned(), args }
    }

    /// Program text, or an identifier from `typed`: never a value.
    pub fn raw(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A place for this value.
    pub fn bind(&mut self, value: impl Into<Val>) -> &mut Self {
        self.args.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.args.len().to_string());
        self
    }

    /// `($1, $2, …)`; `(NULL)` when there is none, which equals nothing.
    pub fn list<V: Into<Val>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.raw("(");
        let mut any = false;
        for value in values {
            if any {
                self.raw(", ");
            }
            any = true;
            self.bind(value);
        }
        self.raw(if any { ")" } else { "NULL)" })
    }

    /// Several rows in one insert: `(…), (…)`.
    pub fn rows(&mut self, rows: impl IntoIterator<Item = Vec<Val>>) -> &mut Self {
        for (at, row) in rows.into_iter().enumerate() {
            if at > 0 {
                self.raw(", ");
            }
            self.list(row);
        }
        self
    }

    /// Another query behind this one, its places renumbered.
    pub fn append(&mut self, other: Sql) -> &mut Self {
        let shift = self.args.len();
        let mut rest = other.text.as_str();
        while let Some(at) = rest.find('$') {
            let digits = rest[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
            self.text.push_str(&rest[..=at]);
            let place: usize = rest[at + 1..at + 1 + digits].parse().expect("`$` is only written before a number");
            self.text.push_str(&(place + shift).to_string());
            rest = &rest[at + 1 + digits..];
        }
        self.text.push_str(rest);
        self.args.extend(other.args);
        self
    }
}

/// One row of an answer, read by position.
pub(crate) enum Row {
    Lite(sqlx::sqlite::SqliteRow),
    Pg(sqlx::postgres::PgRow),
}

macro_rules! getters {
    ($($name:ident: $type:ty;)+) => {$(
        pub fn $name(&self, at: usize) -> Result<$type, StoreError> {
            match self {
                Self::Lite(row) => row.try_get(at),
                Self::Pg(row) => row.try_get(at),
            }
            .map_err(|source| StoreError::Failed { doing: "read a column", source })
        }
    )+};
}
impl Row {
    getters! {
        int: i64;
        opt_int: Option<i64>;
        real: f64;
        opt_real: Option<f64>;
        text: String;
        opt_text: Option<String>;
        blob: Vec<u8>;
        opt_blob: Option<Vec<u8>>;
    }

    pub fn flag(&self, at: usize) -> Result<bool, StoreError> {
        Ok(self.int(at)? != 0)
    }

    pub fn name(&self, at: usize) -> Result<Name, StoreError> {
        name(&self.text(at)?)
    }

    pub fn instant(&self, at: usize) -> Result<Instant, StoreError> {
        self.int(at).map(Instant::from_ms)
    }

    pub fn opt_instant(&self, at: usize) -> Result<Option<Instant>, StoreError> {
        Ok(self.opt_int(at)?.map(Instant::from_ms))
    }
}

pub(crate) fn name(text: &str) -> Result<Name, StoreError> {
    Name::parse(text).map_err(|error| StoreError::corrupt(error.to_string()))
}

/// JSON as the database keeps it.
pub(crate) fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::corrupt(error.to_string()))
}

/// A connection in use, of either engine.
pub(crate) enum Conn {
    Lite(sqlx::pool::PoolConnection<Sqlite>),
    Pg(sqlx::pool::PoolConnection<Postgres>),
    LiteTx(Transaction<'static, Sqlite>),
    PgTx(Transaction<'static, Postgres>),
}

enum Live<'c> {
    Lite(&'c mut SqliteConnection),
    Pg(&'c mut PgConnection),
}

/// Builds the engine's own argument list: the two types have nothing in common but the method's name.
macro_rules! query {
    ($engine:ty, $arguments:ty, $sql:expr) => {{
        use sqlx::Arguments as _;
        let mut arguments = <$arguments>::default();
        for value in $sql.args {
            match value {
                Val::Int(v) => arguments.add(v),
                Val::Real(v) => arguments.add(v),
                Val::Text(v) => arguments.add(v),
                Val::Blob(v) => arguments.add(v),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        sqlx::query_with::<$engine, _>(AssertSqlSafe($sql.text), arguments)
    }};
}

impl Conn {
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Pg(_) | Self::PgTx(_))
    }

    fn live(&mut self) -> Live<'_> {
        match self {
            Self::Lite(conn) => Live::Lite(conn),
            Self::Pg(conn) => Live::Pg(conn),
            Self::LiteTx(tx) => Live::Lite(tx),
            Self::PgTx(tx) => Live::Pg(tx),
        }
    }

    /// Durable when this returns `Ok`. After an error nobody knows.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::LiteTx(tx) => tx.commit().await,
            Self::PgTx(tx) => tx.commit().await,
            Self::Lite(_) | Self::Pg(_) => return Ok(()),
        }
        .map_err(|error| StoreError::of("commit", error))
    }

    /// Number of rows changed.
    pub async fn run(&mut self, doing: &'static str, sql: Sql) -> Result<u64, StoreError> {
        self.try_run(sql).await.map_err(|error| StoreError::of(doing, error))
    }

    async fn try_run(&mut self, sql: Sql) -> Result<u64, sqlx::Error> {
        match self.live() {
            Live::Lite(conn) => {
                let query = query!(Sqlite, sqlx::sqlite::SqliteArguments, sql);
                Ok(conn.execute(query).await?.rows_affected())
            }
            Live::Pg(conn) => {
                let query = query!(Postgres, sqlx::postgres::PgArguments, sql);
                Ok(conn.execute(query).await?.rows_affected())
            }
        }
    }

    /// Statements that need no answer, in order. SQLite takes them in one step: each step is a hop to its thread.
    pub async fn run_all(&mut self, doing: &'static str, statements: Vec<Sql>) -> Result<(), StoreError> {
        if self.is_postgres() {
            for sql in statements {
                self.run(doing, sql).await?;
            }
            return Ok(());
        }
        let mut joined = Sql::default();
        for sql in statements {
            joined.append(sql).raw(";");
        }
        self.run(doing, joined).await.map(|_| ())
    }

    /// Text without values, perhaps several statements: for the schema.
    pub async fn script(&mut self, doing: &'static str, text: String) -> Result<(), StoreError> {
        let done = match self.live() {
            Live::Lite(conn) => conn.execute(sqlx::raw_sql(AssertSqlSafe(text))).await.map(|_| ()),
            Live::Pg(conn) => conn.execute(sqlx::raw_sql(AssertSqlSafe(text))).await.map(|_| ()),
        };
        done.map_err(|error| StoreError::of(doing, error))
    }

    pub async fn fetch(&mut self, doing: &'static str, sql: Sql) -> Result<Vec<Row>, StoreError> {
        self.try_fetch(sql).await.map_err(|error| StoreError::of(doing, error))
    }

    async fn try_fetch(&mut self, sql: Sql) -> Result<Vec<Row>, sqlx::Error> {
        match self.live() {
            Live::Lite(conn) => {
                let query = query!(Sqlite, sqlx::sqlite::SqliteArguments, sql);
                Ok(conn.fetch_all(query).await?.into_iter().map(Row::Lite).collect())
            }
            Live::Pg(conn) => {
                let query = query!(Postgres, sqlx::postgres::PgArguments, sql);
                Ok(conn.fetch_all(query).await?.into_iter().map(Row::Pg).collect())
            }
        }
    }

    pub async fn first(&mut self, doing: &'static str, sql: Sql) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch(doing, sql).await?.into_iter().next())
    }

    /// The single number a query answers; 0 where it answers nothing.
    pub async fn number(&mut self, doing: &'static str, sql: Sql) -> Result<i64, StoreError> {
        self.first(doing, sql).await?.map_or(Ok(0), |row| row.int(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appended_places_are_renumbered() {
        let mut sql = Sql::new("a = $1", args![1_i64]);
        sql.append(Sql::new(" AND b = $1 AND c IN ($2, $1)", args!["x", 2_i64])).raw(" AND d = ").bind(true);
        assert_eq!(sql.text, "a = $1 AND b = $2 AND c IN ($3, $2) AND d = $4");
        assert_eq!(sql.args.len(), 4);
        let mut none = Sql::default();
        none.raw("x IN ").list(Vec::<i64>::new());
        assert_eq!(none.text, "x IN (NULL)");
    }
}
