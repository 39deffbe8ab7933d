//! Sealed telemetry history: a file of its own in embedded mode, so that its writes never wait for records; else beside the records.

use anlan_base::Instant;
use anlan_telemetry::{Answer, Chunk, ChunkStore, ChunkStoreError, End, Mark, Part, Position, Sample, Seal};

use crate::StoreError;
use crate::engine::{Row, Sql, args};
use crate::open::{Db, Target};
use crate::schema;

const STEPS: &[&str] = &["
CREATE TABLE chunk (
  point INTEGER NOT NULL, seq INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, samples INTEGER NOT NULL,
  minutes BLOB NOT NULL, data BLOB NOT NULL, PRIMARY KEY (point, seq)
) STRICT;
CREATE INDEX chunk_time ON chunk(point, last_at, first_at);
CREATE INDEX chunk_age ON chunk(last_at);
CREATE TABLE latest (point INTEGER PRIMARY KEY, at INTEGER NOT NULL, value REAL NOT NULL, mark INTEGER NOT NULL) STRICT;
CREATE TABLE sealed (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL) STRICT;
"];
/// Rows in one insert: well below both engines' limit of values.
const ROWS: usize = 500;

/// Chunks in the database.
pub struct Chunks {
    db: Db,
}

impl Chunks {
    /// Brings its tables up to date.
    pub async fn open(target: &Target) -> Result<Self, StoreError> {
        let db = Db::open(target, "history.db").await?;
        let mut conn = db.write().await?;
        schema::lock(&mut conn).await?;
        schema::migrate(&mut conn, "history_step", STEPS).await?;
        conn.commit().await?;
        Ok(Self { db })
    }

    pub async fn close(&self) {
        self.db.close().await;
    }

    async fn write_seal(&self, seal: Seal) -> Result<(), StoreError> {
        let mut conn = self.db.write().await?;
        for chunks in seal.chunks.chunks(ROWS) {
            let mut sql = Sql::new("INSERT INTO chunk (point, seq, first_at, last_at, samples, minutes, data) VALUES ", vec![]);
            sql.rows(chunks.iter().map(|c| args![c.point, c.seq, c.first, c.last, c.count, c.minutes.as_slice(), c.data.as_slice()]));
            sql.raw(
                " ON CONFLICT (point, seq) DO UPDATE SET first_at = excluded.first_at, last_at = excluded.last_at, samples = excluded.samples,
                 minutes = excluded.minutes, data = excluded.data",
            );
            conn.run("write chunks", sql).await?;
        }
        for samples in seal.latest.chunks(ROWS) {
            let mut sql = Sql::new("INSERT INTO latest (point, at, value, mark) VALUES ", vec![]);
            sql.rows(samples.iter().map(|s| args![s.point, s.t, s.v, u32::from(s.mark.as_byte())]));
            sql.raw(" ON CONFLICT (point) DO UPDATE SET at = excluded.at, value = excluded.value, mark = excluded.mark");
            conn.run("write latest samples", sql).await?;
        }
        let position = i64::try_from(seal.sealed.0).map_err(|_| StoreError::corrupt("a journal position out of range"))?;
        let sql = Sql::new(
            "INSERT INTO sealed (one, position) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET position = excluded.position",
            args![position],
        );
        conn.run("write the sealed position", sql).await?;
        conn.commit().await
    }

    async fn read_chunks(&self, point: u32, from: Instant, to: Instant, part: Part) -> Result<Vec<Chunk>, StoreError> {
        let data = match part {
            Part::Samples => "data",
            Part::Minutes => "CASE WHEN length(minutes) = 0 THEN data END",
        };
        let sql = Sql::new(
            &format!(
                "SELECT point, seq, first_at, last_at, samples, minutes, {data} FROM chunk
                 WHERE point = $1 AND last_at >= $2 AND first_at < $3 ORDER BY seq"
            ),
            args![point, from, to],
        );
        let rows = self.db.read().await?.fetch("read chunks", sql).await?;
        rows.iter()
            .map(|row| {
                Ok(Chunk {
                    point: small(row, 0)?,
                    seq: small(row, 1)?,
                    first: row.instant(2)?,
                    last: row.instant(3)?,
                    count: small(row, 4)?,
                    minutes: row.blob(5)?,
                    data: row.opt_blob(6)?.unwrap_or_default(),
                })
            })
            .collect()
    }

    async fn read_ends(&self) -> Result<Vec<End>, StoreError> {
        let sql = Sql::new("SELECT point, MAX(last_at), MAX(seq) FROM chunk GROUP BY point ORDER BY point", vec![]);
        let rows = self.db.read().await?.fetch("read where chunks end", sql).await?;
        rows.iter().map(|row| Ok(End { point: small(row, 0)?, last: row.instant(1)?, seq: small(row, 2)? })).collect()
    }

    async fn read_latest(&self) -> Result<Vec<Sample>, StoreError> {
        let sql = Sql::new("SELECT point, at, value, mark FROM latest ORDER BY point", vec![]);
        let rows = self.db.read().await?.fetch("read latest samples", sql).await?;
        rows.iter()
            .map(|row| {
                let mark = u8::try_from(row.int(3)?).ok().and_then(Mark::from_byte);
                let mark = mark.ok_or_else(|| StoreError::corrupt("a sample's mark out of range"))?;
                Ok(Sample { point: small(row, 0)?, t: row.instant(1)?, v: row.real(2)?, mark })
            })
            .collect()
    }

    async fn read_sealed(&self) -> Result<Position, StoreError> {
        let position = self.db.read().await?.number("read the sealed position", Sql::new("SELECT position FROM sealed", vec![])).await?;
        u64::try_from(position).map(Position).map_err(|_| StoreError::corrupt("a journal position out of range"))
    }

    async fn remove_before(&self, before: Instant) -> Result<u64, StoreError> {
        let mut conn = self.db.write().await?;
        let gone = conn.run("forget chunks", Sql::new("DELETE FROM chunk WHERE last_at < $1", args![before])).await?;
        conn.commit().await?;
        Ok(gone)
    }
}

fn small(row: &Row, at: usize) -> Result<u32, StoreError> {
    u32::try_from(row.int(at)?).map_err(|_| StoreError::corrupt("a chunk's number out of range"))
}

/// `doing` in the words of the trait; the cause below it.
fn answer<'a, T: 'a>(doing: &'static str, work: impl Future<Output = Result<T, StoreError>> + Send + 'a) -> Answer<'a, T> {
    Box::pin(async move { work.await.map_err(|source| ChunkStoreError { doing, source: Box::new(source) }) })
}

impl ChunkStore for Chunks {
    fn seal(&self, seal: Seal) -> Answer<'_, ()> {
        answer("seal history", self.write_seal(seal))
    }
    fn chunks(&self, point: u32, from: Instant, to: Instant, part: Part) -> Answer<'_, Vec<Chunk>> {
        answer("read history", self.read_chunks(point, from, to, part))
    }
    fn ends(&self) -> Answer<'_, Vec<End>> {
        answer("read where history ends", self.read_ends())
    }
    fn latest(&self) -> Answer<'_, Vec<Sample>> {
        answer("read the latest samples", self.read_latest())
    }
    fn sealed(&self) -> Answer<'_, Position> {
        answer("read how far history is sealed", self.read_sealed())
    }
    fn forget_before(&self, before: Instant) -> Answer<'_, u64> {
        answer("forget old history", self.remove_before(before))
    }
}
