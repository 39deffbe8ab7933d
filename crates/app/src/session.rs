//! Logging in: opaque tokens of which only a hash is kept, ended everywhere at once, and a brake on guessing.

use anlan_access::{PostScope, Subject};
use anlan_base::{Instant, Refusal, UserId};
use anlan_ledger::sha256_hex;
use anlan_store::Session;
use serde_json::{Value, json};

use crate::{App, AppError, password};

/// A working day; a browser left alone asks again the next morning.
const SESSION_MS: i64 = 12 * 3600 * 1000;
/// Prolonged when used, but not written at each request.
const TOUCH_AFTER_MS: i64 = 5 * 60 * 1000;
/// After this many failures in the window, wait.
const FREE_TRIES: i64 = 5;
const WINDOW_MS: i64 = 15 * 60 * 1000;

#[derive(Clone, Debug)]
pub struct User {
    pub id: UserId,
    pub username: String,
    pub name: String,
}

/// A logged-in person with everything that decides about access.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user: User,
    pub subject: Subject,
    token_hash: String,
}

impl Caller {
    pub(crate) fn simulated(user: User, subject: Subject) -> Self {
        Self { user, subject, token_hash: String::new() }
    }
}

pub struct Login {
    pub token: String,
    pub expires_at: Instant,
    pub caller: Caller,
}

impl App {
    pub async fn log_in(&self, username: &str, password: String) -> Result<Login, AppError> {
        let _turn = password::turn().await;
        let now = self.now();
        let (failures, last) = self.store.login_failures(username, now.plus_ms(-WINDOW_MS)).await?;
        if failures >= FREE_TRIES {
            // Doubles with each further failure, from 5 s to the whole window.
            let wait_ms = (5_000_i64 << (failures - FREE_TRIES).min(8)).min(WINDOW_MS);
            let left_ms = last.unwrap_or(now).plus_ms(wait_ms).since_ms(now);
            if left_ms > 0 {
                return Err(AppError::TooMany { retry_after_s: (left_ms as u64).div_ceil(1000) });
            }
        }
        let found = self.store.user_by_name(username).await?.filter(|(user, _)| !user.disabled);
        let stored = found.as_ref().map(|(_, hash)| hash.clone());
        let right = password::verify(password, stored).await?;
        let mut tx = self.store.write().await?;
        let Some((user, _)) = found.filter(|_| right) else {
            tx.note_login_failure(username, now).await?;
            tx.commit().await?;
            return Err(AppError::Unauthenticated(Refusal::new("bad_credentials")));
        };
        let token = self.secret();
        let token_hash = sha256_hex(token.as_bytes());
        let session = Session { user: user.id.clone(), created_at: now, expires_at: now.plus_ms(SESSION_MS), last_seen: now };
        tx.clear_login_failures(username).await?;
        tx.add_session(&token_hash, &session).await?;
        let subject = tx.subject(&user.id).await?;
        tx.commit().await?;
        let user = User { id: user.id, username: user.username, name: user.name };
        Ok(Login { token, expires_at: session.expires_at, caller: Caller { user, subject, token_hash } })
    }

    /// Reads the session and the posts afresh each time: what is revoked is revoked with the next request, on every node.
    pub async fn authenticate(&self, token: &str) -> Result<Option<Caller>, AppError> {
        self.caller_of(&sha256_hex(token.as_bytes())).await
    }

    /// The caller as they are now, or nobody any more: for streams that outlive a request.
    pub async fn still_valid(&self, caller: &Caller) -> Result<Option<Caller>, AppError> {
        self.caller_of(&caller.token_hash).await
    }

    async fn caller_of(&self, token_hash: &str) -> Result<Option<Caller>, AppError> {
        let now = self.now();
        let Some(session) = self.store.session(token_hash, now).await? else { return Ok(None) };
        let (Some(user), Some(subject)) = (self.store.user(&session.user).await?, self.store.subject(&session.user).await?) else {
            return Ok(None);
        };
        if now.since_ms(session.last_seen) > TOUCH_AFTER_MS {
            let mut tx = self.store.write().await?;
            tx.touch_session(token_hash, now, now.plus_ms(SESSION_MS)).await?;
            tx.commit().await?;
        }
        let user = User { id: user.id, username: user.username, name: user.name };
        Ok(Some(Caller { user, subject, token_hash: token_hash.to_owned() }))
    }

    pub async fn log_out(&self, caller: &Caller) -> Result<(), AppError> {
        let mut tx = self.store.write().await?;
        tx.end_session(&caller.token_hash).await?;
        tx.commit().await?;
        Ok(())
    }

    /// 256 bits that nobody can guess.
    pub(crate) fn secret(&self) -> String {
        let mut bytes = [0_u8; 32];
        (self.randomness)(&mut bytes);
        hex::encode(bytes)
    }

    /// The caller's posts with the words a screen shows.
    pub async fn post_views(&self, caller: &Caller) -> Result<Vec<Value>, AppError> {
        let mut views = Vec::new();
        for post in &caller.subject.posts {
            let label = self.kinds.roles.get(&post.role).map(|role| &role.label);
            let scope = match &post.scope {
                PostScope::Region(path) => {
                    let regions = self.regions();
                    json!({"type": "region", "code": regions.code_of(path), "name": regions.name_of(path).zh})
                }
                PostScope::Park(id) => json!({"type": "park", "id": id, "name": self.organisations().name_of(id)}),
                PostScope::Enterprise(id) => {
                    let brief = self.enterprise_brief(id).await?;
                    json!({"type": "enterprise", "id": id, "code": brief.as_ref().map(|b| &b.code), "name": brief.as_ref().map(|b| &b.name)})
                }
                PostScope::Platform => json!({"type": "platform"}),
            };
            views.push(json!({"role": post.role, "role_label": label, "scope": scope, "sectors": post.sectors}));
        }
        Ok(views)
    }

    /// What the caller's pages remember: columns, saved views, mute.
    pub async fn preference(&self, caller: &Caller, key: &str) -> Result<Option<Value>, AppError> {
        Ok(self.store.preference(&caller.user.id, &preference_key(key)?).await?)
    }

    pub async fn set_preference(&self, caller: &Caller, key: &str, value: Value) -> Result<(), AppError> {
        let key = preference_key(key)?;
        if value.to_string().len() > 64 * 1024 {
            return Err(AppError::TooLarge(Refusal::new("too_large").with("limit", "64 KiB")));
        }
        let mut tx = self.store.write().await?;
        tx.set_preference(&caller.user.id, &key, &value).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn preference_key(key: &str) -> Result<String, AppError> {
    let fine = (1..=100).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-:".contains(&b));
    if fine { Ok(key.to_owned()) } else { Err(AppError::BadRequest(Refusal::new("bad_id"))) }
}
