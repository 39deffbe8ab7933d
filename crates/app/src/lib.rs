//! Use cases: load, decide, save, announce. Everything comes in through [`Setup`]: the store, the clock, ids, randomness.
//! Absent on purpose: HTTP, device protocols, the wall clock, configuration files.

pub mod attachments;
mod demo;
mod error;
pub mod idempotency;
pub mod live;
mod media;
pub mod monitoring;
pub mod overview;
mod password;
pub mod people;
mod places;
mod policy;
pub mod present;
mod readiness;
pub mod records;
pub mod science;
pub mod seeding;
mod session;

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use anlan_access::{KindPolicy, ReadScope, read_scope};
use anlan_base::{Calendar, Clock, EnterpriseId, Ids, Instant, Name};
use anlan_records::kind::Kinds;
use anlan_records::record::{Body, RuleTable};
use anlan_store::Store;
use anlan_telemetry::ChunkStore;

pub use error::{AppError, chain};
pub use session::{Caller, Login, User};

use crate::live::Hub;
use crate::monitoring::Monitoring;
use crate::places::{Organisations, Regions};
use crate::records::EnterpriseBrief;

/// Fills a buffer with bytes nobody can guess.
pub type Randomness = Arc<dyn Fn(&mut [u8]) + Send + Sync>;
/// Rewrites a stored body into what the interface shows, for kinds whose fixed shape says more than rows can.
pub type Dress = fn(&mut Body);

/// What the platform is made of; the binary brings the real things, tests others.
pub struct Setup {
    pub kinds: Arc<Kinds>,
    pub rules: RuleTable,
    pub calendar: Calendar,
    pub store: Store,
    /// Where sealed readings rest.
    pub chunks: Arc<dyn ChunkStore>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub randomness: Randomness,
    /// The scripted scenarios of a demo district; `None` anywhere else.
    pub demo: Option<Arc<dyn Scenarios>>,
    /// How the journal is opened.
    pub telemetry: monitoring::Telemetry,
}

/// What a demo district can be made to do.
pub trait Scenarios: Send + Sync {
    /// `false`: there is no such scenario.
    fn start(&self, name: &str) -> bool;
    fn stop(&self);
    fn running(&self) -> Option<String>;
}

pub struct App {
    kinds: Arc<Kinds>,
    rules: RuleTable,
    policies: BTreeMap<Name, KindPolicy>,
    dresses: BTreeMap<Name, Dress>,
    calendar: Calendar,
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    randomness: Randomness,
    hub: Hub,
    regions: RwLock<Arc<Regions>>,
    organisations: RwLock<Arc<Organisations>>,
    enterprises: RwLock<BTreeMap<EnterpriseId, EnterpriseBrief>>,
    monitoring: Monitoring,
    demo: Option<Arc<dyn Scenarios>>,
    science: science::Desk,
    stopping: tokio::sync::watch::Sender<bool>,
    /// Held while files and their rows are brought in line.
    files: tokio::sync::Mutex<()>,
}

impl App {
    /// Reads what is kept in memory. Nothing runs yet: a demo district is filled before `run`.
    pub async fn open(setup: Setup) -> Result<Arc<Self>, AppError> {
        let policies = setup.kinds.by_id.iter().map(|(id, kind)| (id.clone(), policy::of(kind))).collect();
        let now = setup.clock.now();
        let monitoring = Monitoring::open(&setup.store, setup.chunks, setup.clock.clone(), setup.telemetry).await?;
        let app = Arc::new(Self {
            policies,
            dresses: monitoring::dresses(),
            hub: Hub::new(now),
            regions: RwLock::default(),
            organisations: RwLock::default(),
            enterprises: RwLock::default(),
            monitoring,
            demo: setup.demo,
            science: science::Desk::default(),
            stopping: tokio::sync::watch::Sender::new(false),
            files: tokio::sync::Mutex::new(()),
            kinds: setup.kinds,
            rules: setup.rules,
            calendar: setup.calendar,
            store: setup.store,
            clock: setup.clock,
            ids: setup.ids,
            randomness: setup.randomness,
        });
        app.reload_places().await?;
        app.free_unfinished_requests().await?;
        Ok(app)
    }

    /// Replays the journal, and then watches, warns and works until `stop`.
    pub async fn run(self: &Arc<Self>) -> Result<(), AppError> {
        self.start_monitoring().await
    }

    pub fn kinds(&self) -> &Kinds {
        &self.kinds
    }
    pub fn store(&self) -> &Store {
        &self.store
    }
    pub fn hub(&self) -> &Hub {
        &self.hub
    }
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
    pub fn is_demo(&self) -> bool {
        self.demo.is_some()
    }

    /// Resolves when the process is told to end: streams close, jobs stop.
    pub async fn stopping(&self) {
        let mut signal = self.stopping.subscribe();
        // An error means the sender is gone, and with it the platform.
        let _ = signal.wait_for(|stop| *stop).await;
    }
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    pub(crate) fn regions(&self) -> Arc<Regions> {
        self.regions.read().expect("no writer panics").clone()
    }
    pub(crate) fn organisations(&self) -> Arc<Organisations> {
        self.organisations.read().expect("no writer panics").clone()
    }
    pub(crate) fn policy(&self, kind: &str) -> &KindPolicy {
        static NOBODY: KindPolicy = KindPolicy { grants: Vec::new(), creator: false, assigned: false };
        self.policies.get(kind).unwrap_or(&NOBODY)
    }
    /// What this caller may see of a kind.
    pub(crate) fn scope(&self, caller: &Caller, kind: &str) -> ReadScope {
        read_scope(&caller.subject, self.policy(kind))
    }
}
