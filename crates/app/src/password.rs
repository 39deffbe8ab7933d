//! Passwords: argon2id, a few at a time, and the same work whether the user exists or not.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::AppError;

/// Each verification holds 19 MiB; more at once would only queue on two cores.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// A place among those who may try now. Taken before failures are counted, so that many tries at once are counted too.
pub async fn turn() -> SemaphorePermit<'static> {
    AT_ONCE.acquire().await.expect("the semaphore is never closed")
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("the parameters of OWASP's first recommendation are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

pub fn hash(password: &str) -> Result<String, AppError> {
    argon2()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|e| AppError::failure("hash a password", e.to_string()))
}

/// Whether `password` is the one behind `stored`. Without a stored hash it works as long and says no.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool, AppError> {
    tokio::task::spawn_blocking(move || {
        let known = stored.is_some();
        let text = stored.unwrap_or_else(|| decoy().to_owned());
        let parsed = PasswordHash::new(&text).map_err(|e| AppError::failure("read a password hash", e.to_string()))?;
        Ok(argon2().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await
    .map_err(|e| AppError::failure("verify a password", e))?
}

fn decoy() -> &'static str {
    static DECOY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    DECOY.get_or_init(|| hash("no user has this password").expect("hashing with fixed parameters succeeds"))
}
