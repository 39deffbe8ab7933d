//! Opening the store: which engine, where the files are, one process a folder, the schema brought up to date.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anlan_records::kind::Kinds;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Postgres, Sqlite};

use crate::StoreError;
use crate::engine::{Conn, Sql};
use crate::files::Blobs;
use crate::schema;
use crate::tx::Tx;
use crate::typed::{self, TypedKind};

/// Where the data is.
#[derive(Clone, Debug)]
pub struct Target {
    /// Records and all the rest: `None` is `records.db` in the folder, else the address of a PostgreSQL database.
    pub postgres: Option<String>,
    /// Attachments, and in embedded mode the databases.
    pub folder: PathBuf,
}

impl Target {
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self { postgres: None, folder: folder.into() }
    }

    pub fn postgres(url: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        Self { postgres: Some(url.into()), folder: folder.into() }
    }
}

/// One process a data folder. Held for as long as the value lives; the operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct DataFolder {
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if need be.
    pub fn lock(dir: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(dir).map_err(StoreError::io("make the data folder"))?;
        let file = File::options().create(true).truncate(false).write(true).open(dir.join("lock"));
        let file = file.map_err(StoreError::io("open the data folder's lock file"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _lock: file }),
            Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::InUse { dir: dir.to_owned() }),
            Err(std::fs::TryLockError::Error(error)) => Err(StoreError::io("lock the data folder")(error)),
        }
    }
}

/// The only door to the database. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    db: Db,
    kinds: Arc<Kinds>,
    typed: Arc<typed::TypedKinds>,
    blobs: Blobs,
}

pub(crate) enum Db {
    /// SQLite has one writer at a time: one connection. Readers cannot write by mistake.
    Lite { write: sqlx::Pool<Sqlite>, read: sqlx::Pool<Sqlite> },
    /// Two pools, so that a writer that also reads never waits for other writers to give a connection back.
    Pg { write: sqlx::Pool<Postgres>, read: sqlx::Pool<Postgres> },
}

impl Db {
    /// `file` is the database's in the folder, in embedded mode.
    pub async fn open(target: &Target, file: &str) -> Result<Self, StoreError> {
        std::fs::create_dir_all(&target.folder).map_err(StoreError::io("make the data folder"))?;
        match &target.postgres {
            None => open_sqlite(&target.folder.join(file)).await,
            Some(url) => open_postgres(url).await,
        }
    }

    pub async fn write(&self) -> Result<Conn, StoreError> {
        let begin = |error| StoreError::of("begin a transaction", error);
        Ok(match self {
            Self::Lite { write, .. } => Conn::LiteTx(write.begin_with("BEGIN IMMEDIATE").await.map_err(begin)?),
            Self::Pg { write, .. } => Conn::PgTx(write.begin().await.map_err(begin)?),
        })
    }

    pub async fn read(&self) -> Result<Conn, StoreError> {
        let wait = |error| StoreError::of("wait for a reader", error);
        Ok(match self {
            Self::Lite { read, .. } => Conn::Lite(read.acquire().await.map_err(wait)?),
            Self::Pg { read, .. } => Conn::Pg(read.acquire().await.map_err(wait)?),
        })
    }

    pub async fn close(&self) {
        match self {
            Self::Lite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Self::Pg { write, read } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

impl Store {
    pub async fn open(target: &Target, kinds: Arc<Kinds>) -> Result<Self, StoreError> {
        let db = Db::open(target, "records.db").await?;
        let typed = Arc::new(typed::TypedKinds::of(&kinds)?);
        let blobs = Blobs::open(target.folder.join("attachments"))?;
        let store = Self(Arc::new(Inner { db, kinds, typed, blobs }));
        store.bring_up_to_date().await?;
        Ok(store)
    }

    async fn bring_up_to_date(&self) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        schema::lock(&mut tx.conn).await?;
        schema::migrate(&mut tx.conn, "schema_step", schema::STEPS).await?;
        typed::bring_up_to_date(&mut tx.conn, &self.0.kinds, &self.0.typed).await?;
        tx.commit().await?;
        self.refresh_statistics().await
    }

    /// Without statistics the planner takes the wrong index: call at start (done by `open`), after imports and daily.
    pub async fn refresh_statistics(&self) -> Result<(), StoreError> {
        let (mut conn, text) = match &self.0.db {
            Db::Lite { write, .. } => {
                let conn = write.acquire().await.map_err(|error| StoreError::of("wait for the writer", error))?;
                (Conn::Lite(conn), "PRAGMA optimize = 0x10002")
            }
            Db::Pg { write, .. } => {
                let conn = write.acquire().await.map_err(|error| StoreError::of("wait for a connection", error))?;
                (Conn::Pg(conn), "ANALYZE")
            }
        };
        conn.script("refresh the planner's statistics", text.to_owned()).await
    }

    /// A write transaction: nothing of it shows until `commit`, and dropping it undoes all.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        let conn = self.0.db.write().await?;
        Ok(Tx { conn, kinds: self.0.kinds.clone(), typed: self.0.typed.clone() })
    }

    pub(crate) async fn read(&self) -> Result<Conn, StoreError> {
        self.0.db.read().await
    }

    pub fn kinds(&self) -> &Arc<Kinds> {
        &self.0.kinds
    }

    pub(crate) fn typed(&self, kind: &str) -> Result<&TypedKind, StoreError> {
        self.0.typed.get(kind)
    }

    /// The bytes of attachments.
    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// `sqlite` or `postgresql`.
    pub fn engine(&self) -> &'static str {
        match self.0.db {
            Db::Lite { .. } => "sqlite",
            Db::Pg { .. } => "postgresql",
        }
    }

    /// Whether the database answers: for readiness.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read().await?.number("ask the database", Sql::new("SELECT CAST(1 AS BIGINT)", vec![])).await.map(|_| ())
    }

    /// Waits for those at work, then closes; SQLite folds its log back into the file.
    pub async fn close(&self) {
        self.0.db.close().await;
    }
}

async fn open_sqlite(file: &Path) -> Result<Db, StoreError> {
    let failed = |error| StoreError::of("open the database file", error);
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .statement_cache_capacity(300)
        .pragma("cache_size", "-65536")
        .disable_statement_logging();
    let write = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    let write = write.connect_with(options.clone()).await.map_err(failed)?;
    let read = SqlitePoolOptions::new().max_connections(4).idle_timeout(None).max_lifetime(None);
    let read = read.connect_with(options.read_only(true).create_if_missing(false)).await.map_err(failed)?;
    Ok(Db::Lite { write, read })
}

async fn open_postgres(url: &str) -> Result<Db, StoreError> {
    let failed = |error| StoreError::of("connect to the database", error);
    let options = PgConnectOptions::from_str(url).map_err(failed)?.statement_cache_capacity(300).disable_statement_logging();
    let pool = || PgPoolOptions::new().max_connections(8).connect_with(options.clone());
    Ok(Db::Pg { write: pool().await.map_err(failed)?, read: pool().await.map_err(failed)? })
}
