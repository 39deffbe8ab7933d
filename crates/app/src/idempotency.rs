//! A request with an `Idempotency-Key` happens once. That it happened commits with the work itself, so that a crash cannot double it;
//! the answer is kept for 24 h and given again.

use std::future::Future;

use anlan_base::Refusal;
use anlan_ledger::{canonical, sha256_hex};
use anlan_store::{Begun, Tx};
use serde_json::Value;

use crate::{App, AppError, Caller};

/// A first request that has not answered by then died with its process.
const ABANDONED_MS: i64 = 60_000;

pub struct Request {
    route: String,
    key: String,
    digest: String,
}

impl Request {
    pub fn new(route: String, key: &str, input: &Value) -> Self {
        Self { route, key: key.to_owned(), digest: sha256_hex(canonical(input).as_bytes()) }
    }
}

/// Where the running request's key is kept; the transaction that does its work marks it done.
#[derive(Clone)]
struct Running {
    scope: String,
    key: String,
}

tokio::task_local! {
    static RUNNING: Running;
}

/// Called by every transaction that does a request's work, before it commits: `made` is the id of what it made or changed.
pub(crate) async fn mark_done(tx: &mut Tx, made: &str) -> Result<(), AppError> {
    if let Ok(running) = RUNNING.try_with(Clone::clone) {
        tx.finish_request(&running.scope, &running.key, 0, made).await?;
    }
    Ok(())
}

impl App {
    /// Runs `work`, or gives the answer it gave before. If the process died between the work and the answer, `reread` makes the answer
    /// from what the work made. Without a request it just runs.
    pub async fn once<R>(
        &self,
        caller: &Caller,
        request: Option<Request>,
        work: impl Future<Output = Result<(u16, Value), AppError>>,
        reread: impl FnOnce(String) -> R,
    ) -> Result<(u16, Value), AppError>
    where
        R: Future<Output = Result<(u16, Value), AppError>>,
    {
        let Some(request) = request else { return work.await };
        let running = Running { scope: format!("{} {}", caller.user.id, request.route), key: request.key };
        let now = self.now();
        let mut tx = self.store.write().await?;
        let begun = tx.begin_request(&running.scope, &running.key, &request.digest, now, now.plus_ms(-ABANDONED_MS)).await?;
        tx.commit().await?;
        match begun {
            Begun::New => {}
            Begun::Done { status: 0, body } => return reread(body).await,
            Begun::Done { status, body } => {
                return serde_json::from_str(&body).map(|body| (status, body)).map_err(|e| AppError::failure("read a kept answer", e));
            }
            Begun::Running => return Err(AppError::Conflict(Refusal::new("in_progress"))),
            Begun::Mismatch => return Err(AppError::Conflict(Refusal::new("idempotency_mismatch"))),
        }
        let outcome = RUNNING.scope(running.clone(), work).await;
        let mut tx = self.store.write().await?;
        match &outcome {
            Ok((status, body)) => tx.finish_request(&running.scope, &running.key, *status, &body.to_string()).await?,
            // A refusal changed nothing: the same key may try again with what was missing.
            Err(_) => tx.forget_request(&running.scope, &running.key).await?,
        }
        tx.commit().await?;
        outcome
    }

    /// At the start: whoever was at work on them died with the process before this one. One process serves an installation today;
    /// several on one database will have to tell their own from each other's.
    pub(crate) async fn free_unfinished_requests(&self) -> Result<(), AppError> {
        let mut tx = self.store.write().await?;
        tx.forget_running_requests().await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keys older than a day are free again.
    pub async fn sweep_requests(&self) -> Result<(), AppError> {
        let mut tx = self.store.write().await?;
        tx.forget_requests_before(self.now().plus_days(-1)).await?;
        tx.commit().await?;
        Ok(())
    }
}
