//! Attachments: the bytes as files named by their SHA-256, written once; who uploaded them and which records hold them in the database.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anlan_access::ReadScope;
use anlan_base::{AttachmentId, Instant, Name, UserId};

use crate::StoreError;
use crate::engine::{Row, Sql, args};
use crate::filter;
use crate::open::Store;
use crate::tx::Tx;

#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    pub id: AttachmentId,
    pub name: String,
    pub size: i64,
    pub sha256: String,
    pub sm3: String,
    pub media_type: String,
    pub uploaded_by: UserId,
    pub uploaded_at: Instant,
}

/// A folder of write-once files. Blocking: call it from a blocking thread.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    pub(crate) fn open(folder: PathBuf) -> Result<Self, StoreError> {
        let fresh = folder.join("fresh");
        fs::create_dir_all(&fresh).map_err(StoreError::io("make the attachments folder"))?;
        // What a killed process left half written belongs to nobody.
        for left in fs::read_dir(&fresh).map_err(StoreError::io("read the attachments folder"))?.flatten() {
            fs::remove_file(left.path()).map_err(StoreError::io("remove a half-written attachment"))?;
        }
        Ok(Self { folder })
    }

    /// Where the file of this hash is, or would be.
    pub fn path(&self, sha256: &str) -> PathBuf {
        self.folder.join(sha256.get(..2).unwrap_or("xx")).join(sha256)
    }

    /// On disk, name and all, when this returns. `unique` tells writers of the same bytes apart.
    pub fn put(&self, sha256: &str, unique: &str, bytes: &[u8]) -> Result<(), StoreError> {
        if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(StoreError::bad("sha256", "64 hex digits"));
        }
        let path = self.path(sha256);
        if path.exists() {
            return Ok(());
        }
        let parent = path.parent().expect("a blob lies in a folder");
        fs::create_dir_all(parent).map_err(StoreError::io("make an attachments folder"))?;
        let fresh = self.folder.join("fresh").join(unique.replace(['/', '\\', '.'], "_"));
        let written = write_synced(&fresh, bytes).and_then(|()| fs::rename(&fresh, &path));
        if let Err(error) = written {
            // Best effort: the next start sweeps the folder anyway.
            fs::remove_file(&fresh).ok();
            return Err(StoreError::io("write an attachment")(error));
        }
        sync_folder(parent).and_then(|()| sync_folder(&self.folder)).map_err(StoreError::io("sync the attachments folder"))
    }

    /// `None`: there is no such file.
    pub fn get(&self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match fs::read(self.path(sha256)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("read an attachment")(error)),
        }
    }

    pub fn remove(&self, sha256: &str) -> Result<(), StoreError> {
        match fs::remove_file(self.path(sha256)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io("remove an attachment")(error)),
            _ => Ok(()),
        }
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

const COLUMNS: &str = "a.id, a.name, a.size, a.sha256, a.sm3, a.media_type, a.uploaded_by, a.uploaded_at";

fn attachment(row: &Row) -> Result<Attachment, StoreError> {
    Ok(Attachment {
        id: row.text(0)?.into(),
        name: row.text(1)?,
        size: row.int(2)?,
        sha256: row.text(3)?,
        sm3: row.text(4)?,
        media_type: row.text(5)?,
        uploaded_by: row.text(6)?.into(),
        uploaded_at: row.instant(7)?,
    })
}

impl Store {
    /// What is known of an attachment; whether the caller may read it is `attachment_shown` or its uploader.
    pub async fn attachment(&self, id: &AttachmentId) -> Result<Option<Attachment>, StoreError> {
        let sql = Sql::new(&format!("SELECT {COLUMNS} FROM attachment a WHERE a.id = $1"), args![id]);
        self.read().await?.first("read an attachment", sql).await?.as_ref().map(attachment).transpose()
    }

    /// Whether some record that these scopes show holds the attachment.
    pub async fn attachment_shown(&self, scopes: &[(Name, ReadScope)], id: &AttachmentId) -> Result<bool, StoreError> {
        let mut sql =
            Sql::new("SELECT COUNT(*) FROM record_attachment a JOIN record r ON r.id = a.record WHERE a.attachment = $1 AND ", args![id]);
        sql.append(filter::any_kind(scopes));
        Ok(self.read().await?.number("look for an attachment's records", sql).await? > 0)
    }

    /// Uploaded before then and never saved in a record.
    pub async fn unused_attachments(&self, before: Instant, limit: u32) -> Result<Vec<Attachment>, StoreError> {
        let sql = Sql::new(
            &format!(
                "SELECT {COLUMNS} FROM attachment a WHERE a.uploaded_at < $1
                 AND NOT EXISTS (SELECT 1 FROM record_attachment u WHERE u.attachment = a.id) ORDER BY a.uploaded_at LIMIT $2"
            ),
            args![before, limit],
        );
        self.read().await?.fetch("look for unused attachments", sql).await?.iter().map(attachment).collect()
    }
}

impl Tx {
    /// After its bytes are in `Blobs`.
    pub async fn add_attachment(&mut self, new: &Attachment) -> Result<(), StoreError> {
        let sql = Sql::new(
            "INSERT INTO attachment (id, name, size, sha256, sm3, media_type, uploaded_by, uploaded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![&new.id, &new.name, new.size, &new.sha256, &new.sm3, &new.media_type, &new.uploaded_by, new.uploaded_at],
        );
        self.conn.run("save an attachment", sql).await.map(|_| ())
    }

    /// True if no other attachment has the same bytes: then, after the commit, the file may go too.
    pub async fn remove_attachment(&mut self, gone: &Attachment) -> Result<bool, StoreError> {
        self.conn.run("remove an attachment", Sql::new("DELETE FROM attachment WHERE id = $1", args![&gone.id])).await?;
        let left = Sql::new("SELECT COUNT(*) FROM attachment WHERE sha256 = $1", args![&gone.sha256]);
        Ok(self.conn.number("look for other users of a file", left).await? == 0)
    }

    /// SHA-256 of these attachments, in the order of their ids: what a ledger leaf binds.
    pub async fn attachment_hashes(&mut self, ids: impl IntoIterator<Item = &AttachmentId>) -> Result<Vec<String>, StoreError> {
        let mut sql = Sql::new("SELECT a.sha256 FROM attachment a WHERE a.id IN ", vec![]);
        sql.list(ids).raw(" ORDER BY a.id");
        self.conn.fetch("read attachment hashes", sql).await?.iter().map(|row| row.text(0)).collect()
    }
}
