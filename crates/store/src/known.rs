//! Which of the ids in a body exist, so that the engine can refuse the rest.

use anlan_base::{AttachmentId, RecordId, UserId};
use anlan_records::engine::References;
use anlan_records::record::Known;

use crate::StoreError;
use crate::engine::{Sql, args};
use crate::filter;
use crate::tx::Tx;

impl Tx {
    /// Attachments count only if this user uploaded them or `record` already has them; disabled users are still known.
    pub async fn known(&mut self, wanted: &References, actor: Option<&UserId>, record: Option<&RecordId>) -> Result<Known, StoreError> {
        let mut known = Known::default();
        if !wanted.records.is_empty() {
            let mut sql = Sql::new("SELECT id, kind, enterprise FROM record WHERE ", vec![]);
            sql.append(filter::one_of("id", &wanted.records));
            for row in self.conn.fetch("look up records", sql).await? {
                known.records.insert(row.text(0)?.into(), (row.name(1)?, row.opt_text(2)?.map(Into::into)));
            }
        }
        if !wanted.users.is_empty() {
            let mut sql = Sql::new("SELECT id FROM app_user WHERE ", vec![]);
            sql.append(filter::one_of("id", &wanted.users));
            known.users =
                self.conn.fetch("look up users", sql).await?.iter().map(|row| row.text(0).map(Into::into)).collect::<Result<_, _>>()?;
        }
        if !wanted.organisations.is_empty() {
            let mut sql = Sql::new("SELECT id FROM organisation WHERE ", vec![]);
            sql.append(filter::one_of("id", &wanted.organisations));
            let rows = self.conn.fetch("look up organisations", sql).await?;
            known.organisations = rows.iter().map(|row| row.text(0).map(Into::into)).collect::<Result<_, _>>()?;
        }
        if !wanted.points.is_empty() {
            let mut sql = Sql::new("SELECT id FROM point WHERE ", vec![]);
            sql.append(filter::one_of("id", &wanted.points));
            known.points = self.conn.fetch("look up points", sql).await?.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?;
        }
        if !wanted.attachments.is_empty() {
            let mut sql = Sql::new(
                "SELECT a.id, a.media_type FROM attachment a WHERE (a.uploaded_by = $1
                 OR EXISTS (SELECT 1 FROM record_attachment u WHERE u.attachment = a.id AND u.record = $2)) AND ",
                args![actor, record],
            );
            sql.append(filter::one_of("a.id", &wanted.attachments));
            for row in self.conn.fetch("look up attachments", sql).await? {
                known.attachments.insert(AttachmentId(row.text(0)?), row.text(1)?);
            }
        }
        Ok(known)
    }
}
