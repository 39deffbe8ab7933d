//! Safety science for callers: a method by its name, an accident from its description to its zones, and runs that are kept.
//! Figures are computed off the threads that answer requests, two at a time.

mod runs;
mod scenario;

use std::sync::Arc;

use anlan_base::Refusal;
pub use anlan_methods::{METHODS, example};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::{App, AppError};

pub use runs::{NewRun, Repeated, RunQuery, RunView};
pub use scenario::{Computed, read_description, refused_by_model};

/// At once: a run takes a processor for itself, and readings come first.
const AT_ONCE: usize = 2;
/// Waiting for their turn; the next is told to come again.
const WAITING: usize = 32;

/// Who may compute now, and who may wait for it.
pub(crate) struct Desk {
    admitted: Semaphore,
    turns: Semaphore,
}

impl Default for Desk {
    fn default() -> Self {
        Self { admitted: Semaphore::new(AT_ONCE + WAITING), turns: Semaphore::new(AT_ONCE) }
    }
}

impl Desk {
    /// Waits for its turn and computes. Once begun it goes on, also if nobody waits for it any more.
    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let busy = || AppError::Unavailable(Refusal::new("busy"));
        let _admitted = self.admitted.try_acquire().map_err(|_| busy())?;
        let _turn = self.turns.acquire().await.map_err(|_| busy())?;
        tokio::task::spawn_blocking(work).await.map_err(|error| AppError::failure("compute", error))
    }
}

impl App {
    /// The answer of a method to an input, both as JSON. A deadline counts by the platform's calendar.
    pub async fn run_method(self: &Arc<Self>, method: &str, input: Value) -> Result<Value, AppError> {
        let method = METHODS.into_iter().find(|known| *known == method).ok_or(AppError::NotFound)?;
        let app = self.clone();
        let work = move || anlan_methods::run_with(method, input, &app.calendar);
        self.science.compute(work).await?.map_err(|why| AppError::invalid(why.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn two_compute_some_wait_and_the_next_is_told_to_come_again() {
        let (desk, running, most) = (Arc::new(Desk::default()), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let gate = Arc::new(std::sync::Mutex::new(gate));
        let work = || {
            let (running, most, gate) = (running.clone(), most.clone(), gate.clone());
            move || {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                gate.lock().unwrap().recv().unwrap();
                running.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let all: Vec<_> = (0..AT_ONCE + WAITING)
            .map(|_| {
                let (desk, work) = (desk.clone(), work());
                tokio::spawn(async move { desk.compute(work).await })
            })
            .collect();
        while desk.admitted.available_permits() > 0 || running.load(Ordering::SeqCst) < AT_ONCE {
            tokio::task::yield_now().await;
        }
        assert!(matches!(desk.compute(|| ()).await, Err(AppError::Unavailable(why)) if why.code == "busy"));
        for _ in 0..all.len() {
            open.send(()).unwrap();
        }
        for one in all {
            one.await.unwrap().unwrap();
        }
        assert_eq!(most.load(Ordering::SeqCst), AT_ONCE);
        desk.compute(|| ()).await.unwrap();
        assert!(matches!(desk.compute(|| panic!("a bug in a model")).await, Err(AppError::Failure { .. })));
        desk.compute(|| ()).await.unwrap();
    }
}
