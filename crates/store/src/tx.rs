//! A write transaction: what it can read of itself, numbers without gaps, commit.

use std::collections::BTreeMap;
use std::sync::Arc;

use anlan_access::ReadScope;
use anlan_base::{Name, RecordId};
use anlan_records::kind::Kinds;
use anlan_records::record::{Deed, Record, Task};

use crate::StoreError;
use crate::engine::{Conn, Sql, args};
use crate::typed::TypedKinds;
use crate::{filter, records, tasks};

/// Begun by `Store::write`. Dropped without `commit`, it leaves nothing.
pub struct Tx {
    pub(crate) conn: Conn,
    pub(crate) kinds: Arc<Kinds>,
    pub(crate) typed: Arc<TypedKinds>,
}

impl Tx {
    /// Durable when this returns `Ok`. After an error nobody knows: read before saying yes or no.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.conn.commit().await
    }

    /// The record as it is now, kept from others until the transaction ends.
    pub async fn record(&mut self, scope: &ReadScope, id: &RecordId) -> Result<Option<Record>, StoreError> {
        let mut sql = Sql::new(&format!("SELECT {} FROM record r WHERE r.id = $1 AND ", records::COLUMNS), args![id]);
        sql.append(filter::scope(scope));
        if self.conn.is_postgres() {
            sql.raw(" FOR UPDATE OF r");
        }
        let row = self.conn.first("read a record", sql).await?;
        row.map(|row| records::decode(&row, &self.kinds)).transpose()
    }

    /// Open tasks of the record.
    pub async fn tasks(&mut self, record: &RecordId) -> Result<Vec<Task>, StoreError> {
        tasks::of_record(&mut self.conn, record).await
    }

    /// Earlier actions on the record, oldest first.
    pub async fn deeds(&mut self, record: &RecordId) -> Result<Vec<Deed>, StoreError> {
        records::deeds(&mut self.conn, record).await
    }

    /// The records of these kinds that this one refers to: for its rules, whoever acts.
    pub async fn linked(&mut self, record: &RecordId, kinds: &[Name]) -> Result<BTreeMap<RecordId, Record>, StoreError> {
        let mut sql = Sql::new(
            &format!(
                "SELECT {} FROM record r WHERE EXISTS (SELECT 1 FROM link l WHERE l.record = $1 AND l.to_record = r.id AND l.until_revision IS NULL)
                 AND ",
                records::COLUMNS
            ),
            args![record],
        );
        sql.append(filter::one_of("r.kind", kinds));
        records::by_id(&mut self.conn, sql, &self.kinds).await
    }

    /// These records, of these kinds: what a body not yet saved refers to.
    pub async fn named(&mut self, ids: &[RecordId], kinds: &[Name]) -> Result<BTreeMap<RecordId, Record>, StoreError> {
        let mut sql = Sql::default();
        sql.raw("SELECT ").raw(records::COLUMNS).raw(" FROM record r WHERE ").append(filter::one_of("r.id", ids));
        sql.raw(" AND ").append(filter::one_of("r.kind", kinds));
        records::by_id(&mut self.conn, sql, &self.kinds).await
    }

    /// The next number of this series. Others who want one wait until this transaction ends, so that an undone one leaves no gap.
    pub async fn next_seq(&mut self, kind: &Name, scope_key: &str) -> Result<i64, StoreError> {
        let sql = Sql::new(
            "INSERT INTO number_seq (kind, scope, last) VALUES ($1, $2, 1)
             ON CONFLICT (kind, scope) DO UPDATE SET last = number_seq.last + 1 RETURNING last",
            args![kind, scope_key],
        );
        self.conn.number("give a number", sql).await
    }
}
