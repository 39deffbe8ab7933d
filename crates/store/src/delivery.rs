//! Doing things once: answers kept under an idempotency key, messages kept until they are delivered, leaves numbered in order.

use anlan_base::Instant;

use crate::StoreError;
use crate::engine::{Sql, args, json};
use crate::open::Store;
use crate::tx::Tx;

/// What a request with a key finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Nobody used the key: go on, and finish it in the transaction of the work.
    New,
    /// The first is still at work.
    Running,
    /// The first one's answer.
    Done { status: u16, body: String },
    /// The key was used for another request.
    Mismatch,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub id: i64,
    pub topic: String,
    pub payload: serde_json::Value,
    pub at: Instant,
    pub tries: i64,
}

impl Tx {
    /// `scope` = user and route. A first that began before `abandoned_before` and never finished is taken over. Commit at once,
    /// so that others see it running.
    pub async fn begin_request(
        &mut self,
        scope: &str,
        key: &str,
        request_hash: &str,
        now: Instant,
        abandoned_before: Instant,
    ) -> Result<Begun, StoreError> {
        let sql = Sql::new(
            "INSERT INTO idempotency (scope, key, request, state, status, body, at) VALUES ($1, $2, $3, 'running', NULL, NULL, $4)
             ON CONFLICT (scope, key) DO UPDATE SET at = excluded.at
             WHERE idempotency.state = 'running' AND idempotency.request = excluded.request AND idempotency.at < $5",
            args![scope, key, request_hash, now, abandoned_before],
        );
        if self.conn.run("begin a request", sql).await? == 1 {
            return Ok(Begun::New);
        }
        let sql = Sql::new("SELECT request, state, status, body FROM idempotency WHERE scope = $1 AND key = $2", args![scope, key]);
        let Some(row) = self.conn.first("look for the first request", sql).await? else { return Ok(Begun::Running) };
        Ok(match (row.text(0)? == request_hash, row.text(1)? == "done") {
            (false, _) => Begun::Mismatch,
            (true, false) => Begun::Running,
            (true, true) => {
                let status =
                    u16::try_from(row.opt_int(2)?.unwrap_or_default()).map_err(|_| StoreError::corrupt("a status out of range"))?;
                Begun::Done { status, body: row.opt_text(3)?.unwrap_or_default() }
            }
        })
    }

    pub async fn finish_request(&mut self, scope: &str, key: &str, status: u16, body: &str) -> Result<(), StoreError> {
        let sql = Sql::new(
            "UPDATE idempotency SET state = 'done', status = $1, body = $2 WHERE scope = $3 AND key = $4",
            args![u32::from(status), body, scope, key],
        );
        self.conn.run("keep an answer", sql).await.map(|_| ())
    }

    /// The work was refused and may be tried again under the same key. Work that is done stays done, even if its answer could not be made.
    pub async fn forget_request(&mut self, scope: &str, key: &str) -> Result<(), StoreError> {
        let sql = Sql::new("DELETE FROM idempotency WHERE scope = $1 AND key = $2 AND state = 'running'", args![scope, key]);
        self.conn.run("forget a request", sql).await.map(|_| ())
    }

    /// Nobody is at work on them any more: the only process that could be has just started.
    pub async fn forget_running_requests(&mut self) -> Result<u64, StoreError> {
        self.conn.run("forget unfinished requests", Sql::new("DELETE FROM idempotency WHERE state = 'running'", args![])).await
    }

    pub async fn forget_requests_before(&mut self, before: Instant) -> Result<u64, StoreError> {
        self.conn.run("forget old requests", Sql::new("DELETE FROM idempotency WHERE at < $1", args![before])).await
    }

    /// Delivered: gone from the outbox.
    pub async fn delivered(&mut self, ids: &[i64]) -> Result<(), StoreError> {
        let mut sql = Sql::new("DELETE FROM outbox WHERE id IN ", vec![]);
        sql.list(ids.iter().copied());
        self.conn.run("take messages out of the outbox", sql).await.map(|_| ())
    }

    pub async fn retry_later(&mut self, id: i64, next_at: Instant) -> Result<(), StoreError> {
        let sql = Sql::new("UPDATE outbox SET tries = tries + 1, next_at = $1 WHERE id = $2", args![next_at, id]);
        self.conn.run("put off a message", sql).await.map(|_| ())
    }

    /// Gives the next places in the ledger's tree to leaves that have none, in the order of their events. One sequencer at a time:
    /// a second waits. Says how many it placed.
    pub async fn sequence_leaves(&mut self, limit: u32) -> Result<u64, StoreError> {
        if self.conn.is_postgres() {
            self.conn.fetch("take the sequencer's lock", Sql::new("SELECT pg_advisory_xact_lock($1)", args![SEQUENCER_LOCK])).await?;
        }
        let sql = Sql::new(
            "UPDATE leaf SET tree_index = n.place FROM (
               SELECT w.event AS event, (SELECT COALESCE(MAX(tree_index) + 1, 0) FROM leaf) + ROW_NUMBER() OVER (ORDER BY w.event) - 1 AS place
               FROM (SELECT event FROM leaf WHERE tree_index IS NULL ORDER BY event LIMIT $1) w
             ) n WHERE leaf.event = n.event",
            args![limit],
        );
        self.conn.run("number the ledger's leaves", sql).await
    }
}

const SEQUENCER_LOCK: i64 = 0x006c_6561_6600;

impl Store {
    /// Messages of a topic whose time has come, in order.
    pub async fn due_messages(&self, topic: &str, now: Instant, limit: u32) -> Result<Vec<Message>, StoreError> {
        let sql = Sql::new(
            "SELECT id, topic, payload, at, tries FROM outbox WHERE topic = $1 AND next_at <= $2 ORDER BY id LIMIT $3",
            args![topic, now, limit],
        );
        let rows = self.read().await?.fetch("read the outbox", sql).await?;
        rows.iter()
            .map(|row| {
                Ok(Message { id: row.int(0)?, topic: row.text(1)?, payload: json(&row.text(2)?)?, at: row.instant(3)?, tries: row.int(4)? })
            })
            .collect()
    }

    /// How many leaves wait for their place, and how many events and leaves lack their other half (always 0).
    pub async fn ledger_state(&self) -> Result<(i64, i64), StoreError> {
        let sql = Sql::new(
            "SELECT (SELECT COUNT(*) FROM leaf WHERE tree_index IS NULL),
             (SELECT COUNT(*) FROM event e LEFT JOIN leaf f ON f.event = e.seq WHERE f.event IS NULL)
             + (SELECT COUNT(*) FROM leaf f LEFT JOIN event e ON e.seq = f.event WHERE e.seq IS NULL)",
            vec![],
        );
        let row = self.read().await?.first("look at the ledger", sql).await?;
        row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
    }
}
