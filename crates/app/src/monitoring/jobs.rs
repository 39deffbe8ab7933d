//! What runs beside the requests until the process ends: alarms, warnings, sealing, deadlines, the ledger's sequencer, sweeping.

use std::sync::Arc;
use std::time::Duration;

use crate::error::chain;
use crate::{App, AppError};

impl App {
    pub(crate) async fn start_monitoring(self: &Arc<Self>) -> Result<(), AppError> {
        let committed = self.monitoring.committed.lock().expect("no holder panics").take();
        if let Some(committed) = committed {
            self.start_desk(committed).await?;
        }
        tokio::spawn(self.clone().keep_warnings());
        self.every(Duration::from_secs(5), "seal the history", |app| async move { app.seal_history().await });
        self.every(Duration::from_secs(2), "run deadlines", |app| async move { app.run_deadlines().await.map(drop) });
        self.every(Duration::from_millis(500), "number the ledger's leaves", |app| async move { app.number_leaves().await });
        self.every(Duration::from_secs(5), "save the gateways' counts", |app| async move { app.save_tallies().await });
        self.every(Duration::from_secs(600), "sweep", |app| async move { app.sweep().await });
        Ok(())
    }

    /// A job that fails is logged and tried again at its next turn.
    fn every<F>(self: &Arc<Self>, period: Duration, what: &'static str, job: impl Fn(Arc<Self>) -> F + Send + 'static)
    where
        F: Future<Output = Result<(), AppError>> + Send,
    {
        let app = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = tokio::time::sleep(period) => {}
                    () = app.stopping() => return,
                }
                if let Err(error) = job(app.clone()).await {
                    tracing::error!(job = what, error = %chain(&error), "a background job failed");
                }
            }
        });
    }

    async fn seal_history(&self) -> Result<(), AppError> {
        loop {
            let sealed = self.monitoring.history.seal_due(self.now()).await.map_err(|e| AppError::failure("seal the history", e))?;
            let keep = sealed.position.min(self.oldest_needed_by_alarms().await?);
            self.monitoring.journal.drop_before(keep).map_err(|e| AppError::failure("drop old journal segments", e))?;
            if !sealed.more {
                return Ok(());
            }
        }
    }

    async fn number_leaves(&self) -> Result<(), AppError> {
        if self.store.ledger_state().await?.0 == 0 {
            return Ok(());
        }
        let mut tx = self.store.write().await?;
        tx.sequence_leaves(1000).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn sweep(&self) -> Result<(), AppError> {
        self.sweep_attachments().await?;
        self.sweep_requests().await?;
        let mut tx = self.store.write().await?;
        tx.sweep_sessions(self.now(), self.now().plus_days(-1)).await?;
        tx.commit().await?;
        Ok(())
    }
}
