//! The one way in: judge what is new, journal it, apply it, hand it to the alarms, and only then answer.
//!
//! One task does this for groups of submissions, in order; so the same sample from two senders at once counts once, and
//! everything that waits while the disk works shares the next fsync.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use anlan_base::{Clock, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::batch::{Batch, encode_batches};
use crate::history::{Class, History};
use crate::journal::{AppendError, Journal, Position};
use crate::judge::{Code, Parsed, Rejected};
use crate::sample::Sample;

/// Submissions waiting; more are refused as busy.
const QUEUE: usize = 4_096;
/// Submissions and samples in one group.
const MAX_GROUP: usize = 512;
const MAX_GROUP_SAMPLES: usize = 200_000;
/// Tries to judge a group while sealing goes on.
const MAX_LOOKUPS: usize = 20;

/// The answer to a sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    pub accepted: usize,
    pub duplicate: usize,
    pub corrected: usize,
    pub rejected: Vec<Rejected>,
}

/// Nothing of the submission was stored; the sender should try again later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    #[error("too much is waiting to be stored")]
    Busy,
    #[error("the disk is full")]
    Full,
    #[error("the stored history cannot be read to compare with")]
    Unavailable,
    /// Whether it was stored is unknown; the program is about to restart.
    #[error("samples cannot be made durable")]
    Failed,
    #[error("the intake is closed")]
    Closed,
}

/// What one group added, durable and applied. The alarms get it before the senders get their answers.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Reading the journal from here gives what comes after it: the position to keep with the evaluator's snapshot.
    pub position: Position,
    /// One batch per submission, without duplicates, in the order of the journal.
    pub batches: Vec<Arc<Batch>>,
}

/// Counts of one sender since the start of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub accepted: u64,
    pub duplicate: u64,
    pub corrected: u64,
    pub rejected: BTreeMap<Code, u64>,
    pub last_received_at: Option<Instant>,
    /// How old the newest sample of the last submission was when it came, ms.
    pub lag_ms: Option<i64>,
}

struct Submission {
    sender: String,
    parsed: Parsed,
    answer: oneshot::Sender<Result<Receipt, IntakeError>>,
}

/// A cheap handle; the intake ends when the last one is gone and all that was submitted is answered.
#[derive(Clone)]
pub struct Intake {
    queue: mpsc::Sender<Submission>,
    history: Arc<History>,
    counts: Arc<Mutex<HashMap<String, Counts>>>,
}

impl Intake {
    /// `alarms` is never skipped: when it is full, intake waits. The task fails only if its receiver is gone.
    pub fn start(
        journal: Journal,
        history: Arc<History>,
        clock: Arc<dyn Clock>,
        alarms: mpsc::Sender<Committed>,
    ) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let counts = Arc::new(Mutex::new(HashMap::new()));
        let worker = Worker { journal, history: history.clone(), clock, alarms, counts: counts.clone() };
        (Self { queue, history, counts }, tokio::spawn(worker.run(waiting)))
    }

    /// Stores what the parsers let through. Answers after the fsync; rejected entries are part of the answer, not an error.
    pub async fn submit(&self, sender: &str, parsed: Parsed) -> Result<Receipt, IntakeError> {
        if self.history.is_full() {
            return Err(IntakeError::Busy);
        }
        let (answer, answered) = oneshot::channel();
        let submission = Submission { sender: sender.to_owned(), parsed, answer };
        self.queue.try_send(submission).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => IntakeError::Busy,
            mpsc::error::TrySendError::Closed(_) => IntakeError::Closed,
        })?;
        answered.await.unwrap_or(Err(IntakeError::Failed))
    }

    pub fn counts(&self, sender: &str) -> Counts {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).get(sender).cloned().unwrap_or_default()
    }

    pub fn all_counts(&self) -> BTreeMap<String, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(k, v)| (k.clone(), v.clone())).collect()
    }
}

struct Worker {
    journal: Journal,
    history: Arc<History>,
    clock: Arc<dyn Clock>,
    alarms: mpsc::Sender<Committed>,
    counts: Arc<Mutex<HashMap<String, Counts>>>,
}

impl Worker {
    async fn run(self, mut waiting: mpsc::Receiver<Submission>) {
        let mut group = Vec::new();
        while let Some(first) = waiting.recv().await {
            let mut samples = first.parsed.samples.len();
            group.push(first);
            while group.len() < MAX_GROUP && samples < MAX_GROUP_SAMPLES {
                let Ok(next) = waiting.try_recv() else { break };
                samples += next.parsed.samples.len();
                group.push(next);
            }
            self.store(&mut group).await;
        }
    }

    /// Answers every submission of the group and leaves it empty.
    async fn store(&self, group: &mut Vec<Submission>) {
        let received_at = self.clock.now();
        let (mut receipts, batches) = match self.judge(group, received_at).await {
            Ok(judged) => judged,
            Err(error) => return refuse(group, &error),
        };
        if !batches.is_empty()
            && let Err(error) = self.commit(batches).await
        {
            return refuse(group, &error);
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (submission, receipt) in group.drain(..).zip(receipts.drain(..)) {
            let lag_ms = submission.parsed.samples.iter().map(|s| received_at.since_ms(s.t)).min();
            counts.entry(submission.sender).or_default().add(&receipt, received_at, lag_ms);
            // A sender that hung up had no acknowledgement; when it sends again these are duplicates.
            let _ = submission.answer.send(Ok(receipt));
        }
    }

    /// Receipts in the order of the group, and the batches that hold something to store.
    async fn judge(&self, group: &[Submission], received_at: Instant) -> Result<(Vec<Receipt>, Vec<Batch>), IntakeError> {
        let all: Vec<Sample> = group.iter().flat_map(|s| s.parsed.samples.iter().copied()).collect();
        let mut classes = None;
        for _ in 0..MAX_LOOKUPS {
            let fetched = self.history.fetch_for(&all).await.map_err(|error| {
                tracing::warn!(error = &error as &dyn std::error::Error, "late samples cannot be compared with what is stored");
                IntakeError::Unavailable
            })?;
            classes = self.history.classify(&all, &fetched);
            if classes.is_some() {
                break;
            }
        }
        let mut classes = classes.ok_or(IntakeError::Busy)?.into_iter();
        // What earlier submissions of this group say counts as already stored.
        let mut said: HashMap<(u32, i64), Sample> = HashMap::with_capacity(all.len());
        let (mut receipts, mut batches) = (Vec::with_capacity(group.len()), Vec::new());
        for submission in group {
            let mut receipt = Receipt { rejected: submission.parsed.rejected.clone(), ..Receipt::default() };
            let mut samples = Vec::with_capacity(submission.parsed.samples.len());
            for sample in &submission.parsed.samples {
                let stored = classes.next().expect("there is a class for every sample");
                let class = match said.insert((sample.point, sample.t.as_ms()), *sample) {
                    None => stored,
                    Some(before) if before.says_the_same(sample) => Class::Duplicate,
                    Some(_) => Class::Corrected,
                };
                match class {
                    Class::New => receipt.accepted += 1,
                    Class::Duplicate => receipt.duplicate += 1,
                    Class::Corrected => receipt.corrected += 1,
                }
                if class != Class::Duplicate {
                    samples.push(*sample);
                }
            }
            if !samples.is_empty() {
                batches.push(Batch { sender: submission.sender.clone(), received_at, samples });
            }
            receipts.push(receipt);
        }
        Ok((receipts, batches))
    }

    /// Journal, history, alarms, in this order. An error means that nothing was applied.
    async fn commit(&self, batches: Vec<Batch>) -> Result<(), IntakeError> {
        let at = self.journal.append(encode_batches(&batches)).await.map_err(|error| match error {
            AppendError::Full | AppendError::TooLarge { .. } => IntakeError::Full,
            AppendError::Failed(_) => IntakeError::Failed,
            AppendError::Closed => IntakeError::Closed,
        })?;
        for batch in &batches {
            self.history.apply(&batch.samples, at.start, at.end, batch.received_at);
        }
        let committed = Committed { position: at.end, batches: batches.into_iter().map(Arc::new).collect() };
        self.alarms.send(committed).await.map_err(|_| {
            tracing::error!("nobody takes samples for the alarms any more");
            IntakeError::Failed
        })
    }
}

impl Counts {
    fn add(&mut self, receipt: &Receipt, received_at: Instant, lag_ms: Option<i64>) {
        self.accepted += receipt.accepted as u64;
        self.duplicate += receipt.duplicate as u64;
        self.corrected += receipt.corrected as u64;
        for rejected in &receipt.rejected {
            *self.rejected.entry(rejected.code).or_default() += 1;
        }
        self.last_received_at = Some(received_at);
        self.lag_ms = lag_ms.or(self.lag_ms);
    }
}

fn refuse(group: &mut Vec<Submission>, error: &IntakeError) {
    for submission in group.drain(..) {
        let _ = submission.answer.send(Err(error.clone()));
    }
}

#[cfg(test)]
mod tests;
