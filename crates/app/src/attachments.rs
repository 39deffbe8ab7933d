//! Files: hashed and on disk before anybody is told they are safe; shown through a record that may be read, else to their uploader.

use anlan_base::{AttachmentId, Refusal};
pub use anlan_store::Attachment;
use sha2::Digest;

use crate::{App, AppError, Caller, media};

/// A file on its way out.
pub struct Outgoing {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(sha2::Sha256::digest(bytes))
}

impl App {
    pub async fn attach(&self, caller: &Caller, name: &str, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<Attachment, AppError> {
        let now = self.now();
        if bytes.as_ref().is_empty() {
            return Err(AppError::invalid(Refusal::at("required", "file")));
        }
        let mut attachment = Attachment {
            id: AttachmentId(self.ids.next(now)),
            name: media::clean_name(name),
            size: bytes.as_ref().len() as i64,
            sha256: String::new(),
            sm3: String::new(),
            media_type: media::media_type(bytes.as_ref()).to_owned(),
            uploaded_by: caller.user.id.clone(),
            uploaded_at: now,
        };
        // Until the row is committed the sweep must not take the file of the same bytes away.
        let _kept = self.files.lock().await;
        let (blobs, unique) = (self.store.blobs().clone(), attachment.id.0.clone());
        let hashed = tokio::task::spawn_blocking(move || {
            let (sha256, sm3) = (sha256(bytes.as_ref()), hex::encode(sm3::Sm3::digest(bytes.as_ref())));
            blobs.put(&sha256, &unique, bytes.as_ref()).map(|()| (sha256, sm3))
        });
        (attachment.sha256, attachment.sm3) = hashed.await.map_err(|e| AppError::failure("hash a file", e))??;
        let mut tx = self.store.write().await?;
        tx.add_attachment(&attachment).await?;
        crate::idempotency::mark_done(&mut tx, attachment.id.as_str()).await?;
        tx.commit().await?;
        Ok(attachment)
    }

    /// The description of a file the caller uploaded.
    pub async fn uploaded(&self, caller: &Caller, id: &AttachmentId) -> Result<Attachment, AppError> {
        self.store.attachment(id).await?.filter(|file| file.uploaded_by == caller.user.id).ok_or(AppError::NotFound)
    }

    pub async fn attachment(&self, caller: &Caller, id: &AttachmentId, thumb: bool) -> Result<Outgoing, AppError> {
        let found = self.store.attachment(id).await?.ok_or(AppError::NotFound)?;
        let own = found.uploaded_by == caller.user.id;
        if !own && !self.store.attachment_shown(&self.scopes(caller), id).await? {
            return Err(AppError::NotFound);
        }
        // Decoding a picture takes memory: one at a time.
        static PICTURES: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1);
        let _turn = if thumb { PICTURES.acquire().await.ok() } else { None };
        let (blobs, hash) = (self.store.blobs().clone(), found.sha256.clone());
        let read = tokio::task::spawn_blocking(move || {
            let bytes = blobs.get(&hash)?;
            Ok::<_, anlan_store::StoreError>(bytes.map(|bytes| {
                let intact = sha256(&bytes) == hash;
                let small = if thumb { media::thumbnail(&bytes) } else { None };
                (bytes, intact, small)
            }))
        });
        let (bytes, intact, small) = read.await.map_err(|e| AppError::failure("read a file", e))??.ok_or(AppError::NotFound)?;
        if !intact {
            // Damage is named and contained: bad bytes are never served as good (P07).
            return Err(AppError::failure("give out an attachment: its bytes no longer match its hash", found.sha256));
        }
        match small {
            Some(small) => Ok(Outgoing { name: found.name, media_type: "image/jpeg", bytes: small }),
            None if thumb => Err(AppError::NotFound),
            None => {
                let media_type = media::media_type(&bytes);
                Ok(Outgoing { name: found.name, media_type, bytes })
            }
        }
    }

    /// Files that no record took up within a day go.
    pub async fn sweep_attachments(&self) -> Result<(), AppError> {
        for unused in self.store.unused_attachments(self.now().plus_days(-1), 200).await? {
            let _alone = self.files.lock().await;
            let mut tx = self.store.write().await?;
            let last = tx.remove_attachment(&unused).await?;
            tx.commit().await?;
            if last {
                self.store.blobs().remove(&unused.sha256)?;
            }
        }
        Ok(())
    }
}
