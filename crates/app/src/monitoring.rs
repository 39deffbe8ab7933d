//! From readings to alarms to warnings: joins the journal, the history and the alarm evaluator to the typed kinds of the domains.

mod alarms;
mod gateways;
mod jobs;
mod readings;
mod rules;
mod warnings;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anlan_access::ReadScope;
use anlan_base::{Clock, Name};
use anlan_records::record::Record;
use anlan_store::Store;
use anlan_telemetry::{ChunkStore, Committed, History, Intake, Journal, OnFatal, Options, Points, Settings};
use tokio::sync::mpsc;

use crate::live::{Said, Topic};
use crate::{App, AppError, Dress};

pub use alarms::{AlarmQuery, AlarmView};
pub use gateways::{NewGateway, NewPoint, PointQuery, Position, Sender};

/// Batches that wait for the alarms; when it is full, intake waits, and nothing is dropped.
const WAITING_BATCHES: usize = 1024;
/// Older readings are refused: the raw history is kept this long.
const RETENTION_MS: i64 = 400 * 86_400_000;

/// How the journal is opened.
pub struct Telemetry {
    pub journal: PathBuf,
    /// Called once when an fsync failed: nothing may be acknowledged after it, the process has to end.
    pub on_fatal: OnFatal,
}

pub(crate) struct Monitoring {
    points: Arc<Points>,
    history: Arc<History>,
    journal: Journal,
    intake: Intake,
    desk: alarms::Desk,
    tallies: gateways::Tallies,
    keeper: warnings::Keeper,
    /// Taken by the desk when it starts.
    committed: std::sync::Mutex<Option<mpsc::Receiver<Committed>>>,
}

impl Monitoring {
    pub(crate) async fn open(
        store: &Store,
        chunks: Arc<dyn ChunkStore>,
        clock: Arc<dyn Clock>,
        telemetry: Telemetry,
    ) -> Result<Self, AppError> {
        let points = Arc::new(Points::default());
        let every = PointQuery { page: 1, size: 0, ..PointQuery::default() };
        let (stored, _) = store.points(&ReadScope::platform(), &every).await?;
        points.put(stored.into_iter().map(|stored| stored.point));
        let (journal, report) = Journal::open(&telemetry.journal, Options::default(), telemetry.on_fatal)
            .map_err(|error| AppError::failure("open the journal", error))?;
        if let Some(cut) = &report.cut {
            tracing::warn!(?cut, "the last write before the stop was cut short; it had not been acknowledged");
        }
        for damaged in &report.damaged {
            tracing::error!(?damaged, "a stretch of the journal cannot be read");
        }
        let (history, recovered) = History::recover(chunks, &journal, Settings::default())
            .await
            .map_err(|error| AppError::failure("rebuild the history", error))?;
        tracing::info!(batches = recovered.batches, samples = recovered.samples, "history rebuilt from the journal");
        let history = Arc::new(history);
        let (to_alarms, committed) = mpsc::channel(WAITING_BATCHES);
        let (intake, _ends_with_the_last_handle) = Intake::start(journal.clone(), history.clone(), clock, to_alarms);
        let tallies = gateways::Tallies::default();
        tallies.restore(&store.gateways(&ReadScope::platform()).await?);
        Ok(Self {
            points,
            history,
            journal,
            intake,
            desk: alarms::Desk::default(),
            tallies,
            keeper: warnings::Keeper::default(),
            committed: std::sync::Mutex::new(Some(committed)),
        })
    }

    pub(crate) fn points(&self) -> &Points {
        &self.points
    }

    /// A record was saved: rules, warnings and units follow from some kinds.
    pub(crate) fn record_changed(&self, app: &App, record: &Record, said: Said) {
        match record.kind.as_str() {
            // What is shown of a warning depends on who looks: the interface reads it for each listener.
            "warning" => app.hub.say(Said { topic: Topic::Warnings, ..said }),
            "hidden_danger" => {
                if let Some(unit) = record.body.get("hazard_unit").and_then(|id| id.as_str()) {
                    self.keeper.look_at(unit.into());
                }
            }
            "hazard_unit" => self.keeper.look_at(record.id.clone()),
            "alarm_rule" => self.desk.rules_changed(record.enterprise.clone()),
            _ => {}
        }
    }
}

/// Kinds whose stored rows are shown in another shape.
pub(crate) fn dresses() -> BTreeMap<Name, Dress> {
    BTreeMap::from([(Name::of("warning"), warnings::dress as Dress)])
}

impl App {
    pub(crate) fn monitoring_is_full(&self) -> bool {
        self.monitoring.history.is_full()
    }
    pub(crate) fn journal_bytes(&self) -> u64 {
        self.monitoring.journal.size_bytes()
    }
    pub(crate) fn signal_figures(&self) -> (usize, Vec<(&'static str, u64)>) {
        let all = self.monitoring.intake.all_counts();
        let sum = |of: fn(&anlan_telemetry::Counts) -> u64| all.values().map(of).sum::<u64>();
        let counts = vec![
            ("accepted", sum(|c| c.accepted)),
            ("duplicate", sum(|c| c.duplicate)),
            ("corrected", sum(|c| c.corrected)),
            ("rejected", sum(|c| c.rejected.values().sum())),
        ];
        (self.monitoring.points.read().len(), counts)
    }
}
