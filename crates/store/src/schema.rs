//! The schema, as an ordered list of steps. Written once in SQLite's words; `in_postgres` says what PostgreSQL calls the same things.
//!
//! Times are milliseconds since 1970, ids are text, JSON is text that no query looks into.

use crate::StoreError;
use crate::engine::{Conn, Sql, args};

/// A step that has been applied somewhere is never edited: add another.
pub(crate) const STEPS: &[&str] = &[FIRST, MODEL_RUNS];

/// Any number, the same in all releases: who migrates holds it.
const MIGRATION_LOCK: i64 = 0x0061_6e6c_616e;

const FIRST: &str = "
CREATE TABLE kind_state (
  kind TEXT PRIMARY KEY, version INTEGER NOT NULL, shape TEXT NOT NULL, tables TEXT NOT NULL
) STRICT;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE region (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, zh TEXT NOT NULL, en TEXT NOT NULL, level TEXT NOT NULL, path TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE organisation (
  id TEXT PRIMARY KEY, zh TEXT NOT NULL, en TEXT NOT NULL, type TEXT NOT NULL, region TEXT NOT NULL
) STRICT;
CREATE TABLE app_user (
  id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, name TEXT NOT NULL, title TEXT, password TEXT NOT NULL,
  disabled INTEGER NOT NULL, demo INTEGER NOT NULL
) STRICT;

CREATE TABLE record (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, kind_version INTEGER NOT NULL, number TEXT, title TEXT NOT NULL,
  state TEXT NOT NULL, state_since INTEGER NOT NULL, is_final INTEGER NOT NULL, due_at INTEGER,
  enterprise TEXT REFERENCES record(id), park TEXT REFERENCES organisation(id), region TEXT NOT NULL, sector TEXT,
  revision INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL, updated_at INTEGER NOT NULL, updated_by TEXT NOT NULL,
  search TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX record_number ON record(kind, number);
CREATE INDEX record_region ON record(kind, region);
CREATE INDEX record_enterprise ON record(enterprise, kind);
CREATE INDEX record_due ON record(kind, due_at);
CREATE INDEX record_updated ON record(kind, updated_at);
CREATE INDEX record_created ON record(kind, created_at);
CREATE TABLE record_version (
  record TEXT NOT NULL REFERENCES record(id), revision INTEGER NOT NULL, kind_version INTEGER NOT NULL, number TEXT, title TEXT NOT NULL,
  state TEXT NOT NULL, state_since INTEGER NOT NULL, due_at INTEGER, enterprise TEXT, park TEXT, region TEXT NOT NULL, sector TEXT,
  updated_by TEXT NOT NULL, body TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER,
  PRIMARY KEY (record, revision)
) STRICT;
CREATE TABLE link (
  id INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL REFERENCES record(id), field TEXT NOT NULL,
  to_record TEXT REFERENCES record(id), to_user TEXT REFERENCES app_user(id), to_organisation TEXT REFERENCES organisation(id),
  from_revision INTEGER NOT NULL, until_revision INTEGER,
  CHECK ((CASE WHEN to_record IS NULL THEN 0 ELSE 1 END) + (CASE WHEN to_user IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN to_organisation IS NULL THEN 0 ELSE 1 END) = 1)
) STRICT;
CREATE INDEX link_from ON link(record);
CREATE INDEX link_to_record ON link(to_record) WHERE to_record IS NOT NULL;
CREATE INDEX link_to_user ON link(to_user) WHERE to_user IS NOT NULL;
CREATE INDEX link_to_organisation ON link(to_organisation) WHERE to_organisation IS NOT NULL;

CREATE TABLE task (
  id TEXT PRIMARY KEY, record TEXT NOT NULL REFERENCES record(id), name TEXT NOT NULL, side INTEGER NOT NULL,
  since INTEGER NOT NULL, due_at INTEGER, closed_at INTEGER
) STRICT;
CREATE INDEX task_open ON task(record) WHERE closed_at IS NULL;
CREATE INDEX task_due ON task(due_at) WHERE closed_at IS NULL;
CREATE TABLE task_owner (
  task TEXT NOT NULL REFERENCES task(id), who TEXT NOT NULL CHECK (who IN ('role', 'user', 'unit')), name TEXT NOT NULL,
  PRIMARY KEY (task, who, name)
) STRICT;
CREATE INDEX task_owner_name ON task_owner(who, name);

CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL REFERENCES record(id), kind TEXT NOT NULL, revision INTEGER NOT NULL,
  action TEXT NOT NULL, actor TEXT NOT NULL, at INTEGER NOT NULL, state_before TEXT, state TEXT NOT NULL, changes TEXT NOT NULL, comment TEXT,
  UNIQUE (record, revision)
) STRICT;
CREATE INDEX event_at ON event(kind, at);
CREATE TABLE leaf (event INTEGER PRIMARY KEY REFERENCES event(seq), hash TEXT NOT NULL, tree_index INTEGER UNIQUE) STRICT;
CREATE INDEX leaf_waiting ON leaf(event) WHERE tree_index IS NULL;
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload TEXT NOT NULL, at INTEGER NOT NULL,
  tries INTEGER NOT NULL, next_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_next ON outbox(topic, next_at);
CREATE TABLE idempotency (
  scope TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('running', 'done')),
  status INTEGER, body TEXT, at INTEGER NOT NULL, PRIMARY KEY (scope, key)
) STRICT;
CREATE INDEX idempotency_at ON idempotency(at);
CREATE TABLE number_seq (kind TEXT NOT NULL, scope TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (kind, scope)) STRICT;
CREATE TABLE enterprise_code (enterprise TEXT PRIMARY KEY REFERENCES record(id), code TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE attachment (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, sm3 TEXT NOT NULL, media_type TEXT NOT NULL,
  uploaded_by TEXT NOT NULL, uploaded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachment_sha256 ON attachment(sha256);
CREATE TABLE record_attachment (
  record TEXT NOT NULL REFERENCES record(id), attachment TEXT NOT NULL REFERENCES attachment(id), PRIMARY KEY (record, attachment)
) STRICT;
CREATE INDEX record_attachment_back ON record_attachment(attachment);

CREATE TABLE post (
  id INTEGER PRIMARY KEY AUTOINCREMENT, holder TEXT NOT NULL REFERENCES app_user(id), role TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('region', 'park', 'enterprise', 'platform')), place TEXT NOT NULL, sectors TEXT NOT NULL
) STRICT;
CREATE INDEX post_holder ON post(holder);
CREATE INDEX post_role ON post(role, scope, place);
CREATE TABLE unit_member (
  organisation TEXT NOT NULL REFERENCES organisation(id), member TEXT NOT NULL REFERENCES app_user(id), PRIMARY KEY (member, organisation)
) STRICT;
CREATE TABLE session (
  token_hash TEXT PRIMARY KEY, holder TEXT NOT NULL REFERENCES app_user(id), created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  last_seen INTEGER NOT NULL
) STRICT;
CREATE INDEX session_holder ON session(holder);
CREATE TABLE preference (
  holder TEXT NOT NULL REFERENCES app_user(id), name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (holder, name)
) STRICT;
CREATE TABLE login_attempt (id INTEGER PRIMARY KEY AUTOINCREMENT, who TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX login_attempt_who ON login_attempt(who, at);

CREATE TABLE gateway (
  num INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, enterprise TEXT NOT NULL REFERENCES record(id), key_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL, last_seen INTEGER, counters TEXT NOT NULL
) STRICT;
CREATE TABLE point (
  num INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, enterprise TEXT NOT NULL REFERENCES record(id),
  hazard_unit TEXT REFERENCES record(id), equipment TEXT REFERENCES record(id), quantity TEXT NOT NULL, unit TEXT NOT NULL,
  span_lo REAL, span_hi REAL, period_ms INTEGER NOT NULL, kind TEXT NOT NULL, lon REAL, lat REAL
) STRICT;
CREATE INDEX point_enterprise ON point(enterprise);
CREATE INDEX point_hazard_unit ON point(hazard_unit);
CREATE TABLE alarm (
  id TEXT PRIMARY KEY, rule TEXT NOT NULL REFERENCES record(id), point INTEGER NOT NULL REFERENCES point(num),
  side TEXT NOT NULL, condition TEXT NOT NULL, priority TEXT NOT NULL, state TEXT NOT NULL, onset INTEGER NOT NULL,
  raised_at INTEGER NOT NULL, acked_at INTEGER, acked_by TEXT, returned_at INTEGER, value REAL, alarm_limit REAL, late INTEGER NOT NULL
) STRICT;
CREATE INDEX alarm_state ON alarm(state, raised_at);
CREATE INDEX alarm_point ON alarm(point, raised_at);
CREATE INDEX alarm_raised ON alarm(raised_at);
CREATE TABLE alarm_event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, alarm TEXT NOT NULL REFERENCES alarm(id), at INTEGER NOT NULL, what TEXT NOT NULL,
  state TEXT NOT NULL, actor TEXT, value REAL, comment TEXT
) STRICT;
CREATE INDEX alarm_event_alarm ON alarm_event(alarm);
CREATE INDEX alarm_event_at ON alarm_event(at);
CREATE TABLE evaluator_snapshot (part TEXT PRIMARY KEY, state BLOB NOT NULL, position TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
";

/// Runs of models that somebody keeps: not records, but beside one.
const MODEL_RUNS: &str = "
CREATE TABLE model_run (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, made_at INTEGER NOT NULL, made_by TEXT NOT NULL REFERENCES app_user(id),
  enterprise TEXT REFERENCES record(id), hazard_unit TEXT REFERENCES record(id), region TEXT,
  description TEXT NOT NULL, result TEXT NOT NULL, sha256 TEXT NOT NULL, version TEXT NOT NULL
) STRICT;
CREATE INDEX model_run_made_by ON model_run(made_by, made_at);
CREATE INDEX model_run_enterprise ON model_run(enterprise, made_at);
CREATE INDEX model_run_hazard_unit ON model_run(hazard_unit, made_at);
";

/// The same text in PostgreSQL's words. Byte order for text, so that ranges over paths and sorting agree with SQLite.
pub(crate) fn in_postgres(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_uppercase()) {
        // A word is taken whole: `TEXT` is replaced, `CONTEXT` would not be.
        out.push_str(&rest[..start]);
        let word_end = rest[start..].find(|c: char| !c.is_ascii_alphabetic()).map_or(rest.len(), |at| start + at);
        match &rest[start..word_end] {
            "TEXT" => out.push_str("TEXT COLLATE \"C\""),
            "INTEGER" => out.push_str("BIGINT"),
            "REAL" => out.push_str("DOUBLE PRECISION"),
            "BLOB" => out.push_str("BYTEA"),
            "AUTOINCREMENT" => out.push_str("GENERATED ALWAYS AS IDENTITY"),
            "STRICT" => {}
            word => out.push_str(word),
        }
        rest = &rest[word_end..];
    }
    out.push_str(rest);
    out
}

/// One migrates, others wait. SQLite's write transaction is such a lock already.
pub(crate) async fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    if conn.is_postgres() {
        conn.fetch("take the migration lock", Sql::new("SELECT pg_advisory_xact_lock($1)", args![MIGRATION_LOCK])).await?;
    }
    Ok(())
}

/// Brings the schema to this program's version; `table` remembers the steps. Runs inside the caller's transaction, under `lock`.
pub(crate) async fn migrate(conn: &mut Conn, table: &str, steps: &[&str]) -> Result<(), StoreError> {
    ddl(conn, &format!("CREATE TABLE IF NOT EXISTS {table} (step INTEGER PRIMARY KEY, checksum TEXT NOT NULL) STRICT")).await?;
    let sql = Sql::new(&format!("SELECT step, checksum FROM {table} ORDER BY step"), vec![]);
    let rows = conn.fetch("read the schema's version", sql).await?;
    let known = steps.len() as i64;
    for row in &rows {
        let (step, checksum) = (row.int(0)?, row.text(1)?);
        let Some(text) = usize::try_from(step - 1).ok().and_then(|at| steps.get(at)) else {
            return Err(StoreError::Newer { what: "the schema".to_owned(), found: step, known });
        };
        if checksum != anlan_ledger::sha256_hex(text.as_bytes()) {
            return Err(StoreError::ChangedStep { step });
        }
    }
    for (at, text) in steps.iter().enumerate().skip(rows.len()) {
        ddl(conn, text).await?;
        let done = Sql::new(
            &format!("INSERT INTO {table} (step, checksum) VALUES ($1, $2)"),
            args![at as i64 + 1, anlan_ledger::sha256_hex(text.as_bytes())],
        );
        conn.run("note a schema step", done).await?;
    }
    Ok(())
}

pub(crate) async fn ddl(conn: &mut Conn, text: &str) -> Result<(), StoreError> {
    let text = if conn.is_postgres() { in_postgres(text) } else { text.to_owned() };
    conn.script("change the schema", text).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgres_gets_its_own_words() {
        assert_eq!(
            in_postgres("CREATE TABLE t (n INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b REAL, c BLOB) STRICT;"),
            "CREATE TABLE t (n BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a TEXT COLLATE \"C\", b DOUBLE PRECISION, c BYTEA) ;"
        );
    }
}
