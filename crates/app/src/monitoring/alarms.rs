//! The alarm desk: one task owns the evaluators, reads what the intake committed, and lets nothing be said before it is saved.
//! Evaluators are kept by enterprise; alarms, their events and the journal position they follow from commit together.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use anlan_access::ReadScope;
use anlan_alarms::{Alarm, AlarmState, Evaluator, Transition};
use anlan_base::{AlarmId, EnterpriseId, Instant, RecordId, Refusal, UserId};
use anlan_store::{AlarmEvent, AlarmQuery as StoreQuery, Snapshot, StoredAlarm};
use anlan_telemetry::{Batch, Committed, Position, Replayed, replay};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::error::chain;
use crate::live::{Said, Topic};
use crate::records::{EnterpriseBrief, Page};
use crate::{App, AppError, Caller, present};

/// Delays are counted by the clock this often.
const TICK: Duration = Duration::from_millis(250);
/// Without a transition, progress is still saved this often: it bounds the replay after a crash.
const SAVE_EVERY_MS: i64 = 5_000;

/// An alarm with what a reader wants to see beside it.
#[derive(Clone, Debug)]
pub struct AlarmView {
    pub alarm: Alarm,
    pub point: String,
    pub point_name: String,
    pub quantity: String,
    pub unit: String,
    pub enterprise: EnterpriseBrief,
    pub hazard_unit: Option<(RecordId, String)>,
    pub position: Option<Value>,
    pub rule_title: String,
}

#[derive(Clone, Debug, Default)]
pub struct AlarmQuery {
    /// States, or `active`: whatever still asks for somebody.
    pub states: Vec<String>,
    pub enterprises: Vec<String>,
    pub points: Vec<String>,
    pub priorities: Vec<String>,
    pub hazard_units: Vec<String>,
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    pub page: u32,
    pub size: u32,
}

struct Acknowledgement {
    alarm: AlarmId,
    enterprise: EnterpriseId,
    by: UserId,
    comment: Option<String>,
    done: oneshot::Sender<()>,
}

/// How others reach the desk.
#[derive(Default)]
pub(crate) struct Desk {
    acknowledgements: OnceLock<mpsc::Sender<Acknowledgement>>,
    /// Enterprises whose rules changed.
    stale: Mutex<BTreeSet<EnterpriseId>>,
    wake: Notify,
    /// Where the slowest partition's snapshot stands: the journal is needed from there.
    saved: Mutex<Option<Position>>,
}

impl Desk {
    pub(crate) fn rules_changed(&self, enterprise: Option<EnterpriseId>) {
        self.stale.lock().expect("no holder panics").extend(enterprise);
        self.wake.notify_one();
    }
}

struct Partition {
    evaluator: Evaluator,
    /// Read up to here.
    position: Position,
    /// Something was read since the snapshot.
    moved: bool,
    /// Happened, not yet saved.
    pending: Vec<Happened>,
}

struct Happened {
    transition: Transition,
    by: Option<UserId>,
    comment: Option<String>,
}

impl Partition {
    /// Lets the evaluator work and keeps what came of it until it is saved.
    fn evaluate(&mut self, work: impl FnOnce(&mut Evaluator, &mut Vec<Transition>)) {
        let mut transitions = Vec::new();
        work(&mut self.evaluator, &mut transitions);
        self.pending.extend(transitions.into_iter().map(|transition| Happened { transition, by: None, comment: None }));
    }
}

struct Evaluators {
    by_enterprise: BTreeMap<EnterpriseId, Partition>,
    saved_at: Instant,
    /// Everything before this has been evaluated; groups behind it still wait in the channel.
    read_to: Position,
    /// Saved, not yet said.
    unsaid: VecDeque<AlarmId>,
}

impl App {
    /// Restores the evaluators, replays the journal, and goes on.
    pub(crate) async fn start_desk(self: &Arc<Self>, committed: mpsc::Receiver<Committed>) -> Result<(), AppError> {
        let mut evaluators = self.restore_evaluators().await?;
        self.save_and_say(&mut evaluators, true).await?;
        let (to_desk, acknowledgements) = mpsc::channel(256);
        // Set once: the desk is started once.
        let _ = self.monitoring.desk.acknowledgements.set(to_desk);
        tokio::spawn(self.clone().run_desk(evaluators, committed, acknowledgements));
        Ok(())
    }

    async fn restore_evaluators(&self) -> Result<Evaluators, AppError> {
        let beginning = self.monitoring.journal.durable();
        let mut by_enterprise = BTreeMap::new();
        let mut rules = self.rules_by_enterprise(None).await?;
        // Whoever has no rule left may still have an alarm that waits for somebody.
        for partition in self.store.snapshot_partitions().await? {
            rules.entry(EnterpriseId(partition)).or_default();
        }
        for (enterprise, rules) in rules {
            let (evaluator, position) = match self.store.snapshot(enterprise.as_str()).await? {
                Some(snapshot) => {
                    let evaluator =
                        Evaluator::restore(&snapshot.state).map_err(|e| AppError::failure("read an evaluator's snapshot", e))?;
                    (evaluator, snapshot.position)
                }
                None => (Evaluator::default(), beginning),
            };
            let mut partition = Partition { evaluator, position, moved: false, pending: Vec::new() };
            partition.evaluate(|evaluator, out| evaluator.set_rules(rules, self.now(), out));
            by_enterprise.insert(enterprise, partition);
        }
        let mut evaluators = Evaluators { by_enterprise, saved_at: self.now(), read_to: beginning, unsaid: VecDeque::new() };
        let from = evaluators.by_enterprise.values().map(|partition| partition.position).min().unwrap_or(beginning);
        for entry in replay(&self.monitoring.journal, from) {
            match entry.map_err(|e| AppError::failure("replay the journal for the alarms", e))? {
                Replayed::Damaged(damage) => tracing::error!(?damage, "a stretch of the journal cannot be read; its alarms are not known"),
                Replayed::Batches { at, batches } => {
                    // The batches of one record stand at the same place: it is read only after the last of them.
                    let last = batches.len().saturating_sub(1);
                    for (n, batch) in batches.iter().enumerate() {
                        self.evaluate(&mut evaluators, batch, Some(at.start), if n == last { at.end } else { at.start });
                    }
                }
            }
        }
        for partition in evaluators.by_enterprise.values_mut() {
            partition.evaluator.resume(self.now());
        }
        Ok(evaluators)
    }

    async fn run_desk(
        self: Arc<Self>,
        mut evaluators: Evaluators,
        mut committed: mpsc::Receiver<Committed>,
        mut acknowledgements: mpsc::Receiver<Acknowledgement>,
    ) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let mut told = Vec::new();
            tokio::select! {
                group = committed.recv() => {
                    let Some(group) = group else { return };
                    self.take_group(&mut evaluators, &group);
                    // What came meanwhile shares the commit.
                    for _ in 0..64 {
                        let Ok(group) = committed.try_recv() else { break };
                        self.take_group(&mut evaluators, &group);
                    }
                }
                acknowledgement = acknowledgements.recv() => {
                    let Some(acknowledgement) = acknowledgement else { return };
                    told.push(self.take_acknowledgement(&mut evaluators, acknowledgement));
                }
                () = self.monitoring.desk.wake.notified() => self.take_rules(&mut evaluators).await,
                _ = tick.tick() => {
                    let now = self.now();
                    for partition in evaluators.by_enterprise.values_mut() {
                        partition.evaluate(|evaluator, out| evaluator.tick(now, out));
                    }
                    let again = !self.monitoring.desk.stale.lock().expect("no holder panics").is_empty();
                    if again {
                        self.take_rules(&mut evaluators).await;
                    }
                }
            }
            let mut wait_ms = 50;
            while let Err(error) = self.save_and_say(&mut evaluators, false).await {
                // The database is away. Nothing was said yet; the batches wait in their bounded channel and the intake with them.
                tracing::error!(error = %chain(&error), "could not save alarms; trying again");
                tokio::time::sleep(Duration::from_millis(wait_ms)).await;
                wait_ms = (wait_ms * 2).min(2_000);
            }
            for done in told {
                // The caller may have gone away.
                let _ = done.send(());
            }
        }
    }

    fn take_group(&self, evaluators: &mut Evaluators, group: &Committed) {
        evaluators.read_to = evaluators.read_to.max(group.position);
        for batch in &group.batches {
            self.evaluate(evaluators, batch, None, group.position);
            // Without those ahead of the clock: they are never anybody's latest value.
            self.hub.readings(Arc::new(batch.samples.iter().filter_map(|sample| sample.reading()).collect()));
        }
    }

    /// `start` is where the batch stands in the journal during a replay: partitions that have read it already skip it.
    fn evaluate(&self, evaluators: &mut Evaluators, batch: &Batch, start: Option<Position>, end: Position) {
        let table = self.monitoring.points.read();
        for sample in &batch.samples {
            let Some(point) = table.by_number(sample.point) else { continue };
            let Some(partition) = evaluators.by_enterprise.get_mut(&point.enterprise) else { continue };
            if start.is_some_and(|start| start < partition.position) {
                continue;
            }
            partition.moved = true;
            if let Some(reading) = sample.reading() {
                partition.evaluate(|evaluator, out| evaluator.reading(reading, batch.received_at, out));
            }
        }
        drop(table);
        for partition in evaluators.by_enterprise.values_mut() {
            if start.is_none_or(|start| start >= partition.position) {
                partition.position = partition.position.max(end);
            }
        }
    }

    fn take_acknowledgement(&self, evaluators: &mut Evaluators, wanted: Acknowledgement) -> oneshot::Sender<()> {
        // Unknown or acknowledged before: nothing happens, and the caller is shown the alarm as it is.
        if let Some(partition) = evaluators.by_enterprise.get_mut(&wanted.enterprise)
            && let Ok(Some(transition)) = partition.evaluator.ack(&wanted.alarm, self.now(), &wanted.by)
        {
            partition.pending.push(Happened { transition, by: Some(wanted.by), comment: wanted.comment });
        }
        wanted.done
    }

    async fn take_rules(&self, evaluators: &mut Evaluators) {
        let stale = std::mem::take(&mut *self.monitoring.desk.stale.lock().expect("no holder panics"));
        for enterprise in stale {
            match self.rules_by_enterprise(Some(&enterprise)).await {
                Ok(mut rules) => {
                    let position = evaluators.read_to;
                    if !evaluators.by_enterprise.contains_key(&enterprise) {
                        // Its beginning is saved with this turn: what is acknowledged from now on is replayed from here.
                        evaluators.saved_at = Instant::from_ms(0);
                    }
                    let partition = evaluators.by_enterprise.entry(enterprise.clone()).or_insert_with(|| Partition {
                        evaluator: Evaluator::default(),
                        position,
                        moved: true,
                        pending: Vec::new(),
                    });
                    let now = self.now();
                    partition.moved = true;
                    partition.evaluate(|evaluator, out| evaluator.set_rules(rules.remove(&enterprise).unwrap_or_default(), now, out));
                }
                Err(error) => {
                    tracing::error!(error = %chain(&error), %enterprise, "could not read alarm rules; trying again with the next tick");
                    self.monitoring.desk.stale.lock().expect("no holder panics").insert(enterprise);
                }
            }
        }
    }

    /// One transaction for all that happened; afterwards the live stream and the warnings hear of it.
    async fn save_and_say(&self, evaluators: &mut Evaluators, all: bool) -> Result<(), AppError> {
        let now = self.now();
        let save_progress = all || now.since_ms(evaluators.saved_at) >= SAVE_EVERY_MS;
        let touched: Vec<&EnterpriseId> = evaluators
            .by_enterprise
            .iter()
            .filter(|(_, partition)| !partition.pending.is_empty() || (save_progress && (partition.moved || all)))
            .map(|(enterprise, _)| enterprise)
            .collect();
        if touched.is_empty() {
            if save_progress {
                evaluators.saved_at = now;
                self.note_saved(evaluators);
            }
            return self.say_what_is_saved(evaluators).await;
        }
        let mut tx = self.store.write().await?;
        for enterprise in &touched {
            let partition = &evaluators.by_enterprise[*enterprise];
            for happened in &partition.pending {
                let Transition { alarm, event, at } = &happened.transition;
                tx.put_alarm(alarm).await?;
                let event = AlarmEvent {
                    seq: 0,
                    alarm: alarm.id.clone(),
                    at: *at,
                    what: event.as_str().to_owned(),
                    state: alarm.state,
                    actor: happened.by.clone(),
                    value: alarm.value,
                    comment: happened.comment.clone(),
                };
                tx.add_alarm_event(&event).await?;
            }
            let snapshot = Snapshot { state: partition.evaluator.snapshot(), position: partition.position, at: now };
            tx.put_snapshot(enterprise.as_str(), &snapshot).await?;
        }
        tx.commit().await?;
        for partition in evaluators.by_enterprise.values_mut() {
            for happened in std::mem::take(&mut partition.pending) {
                if !evaluators.unsaid.contains(&happened.transition.alarm.id) {
                    evaluators.unsaid.push_back(happened.transition.alarm.id);
                }
            }
            if save_progress {
                partition.moved = false;
            }
        }
        if save_progress {
            evaluators.saved_at = now;
            self.note_saved(evaluators);
        }
        self.say_what_is_saved(evaluators).await
    }

    /// An alarm leaves the list only when it has been said: a failure in between says the rest with the next turn.
    async fn say_what_is_saved(&self, evaluators: &mut Evaluators) -> Result<(), AppError> {
        while let Some(id) = evaluators.unsaid.front() {
            self.say_alarm(id).await?;
            evaluators.unsaid.pop_front();
        }
        Ok(())
    }

    /// A partition without readings has nothing to replay: it counts as read up to where the others are.
    fn note_saved(&self, evaluators: &Evaluators) {
        let oldest = evaluators.by_enterprise.values().map(|partition| partition.position).min();
        *self.monitoring.desk.saved.lock().expect("no holder panics") = Some(oldest.unwrap_or_else(|| self.monitoring.journal.durable()));
    }

    async fn say_alarm(&self, id: &AlarmId) -> Result<(), AppError> {
        let Some(stored) = self.store.alarm(&ReadScope::platform(), id).await? else { return Ok(()) };
        if let Some(unit) = &stored.hazard_unit {
            self.monitoring.keeper.look_at(unit.clone());
        }
        let Some(place) = self.place_of(&stored.enterprise).await? else { return Ok(()) };
        let view = self.alarm_view(stored).await?;
        self.hub.say(Said {
            seq: 0,
            topic: Topic::Alarms,
            kind: anlan_base::Name::of("enterprise"),
            place,
            created_by: None,
            assigned: BTreeSet::new(),
            data: present::alarm(&view),
        });
        Ok(())
    }

    /// The journal may be dropped before this position as far as the alarms are concerned.
    pub(crate) async fn oldest_needed_by_alarms(&self) -> Result<Position, AppError> {
        Ok(self.monitoring.desk.saved.lock().expect("no holder panics").unwrap_or_default())
    }

    pub(crate) async fn reload_rules_of(&self, enterprise: &EnterpriseId) -> Result<(), AppError> {
        self.monitoring.desk.rules_changed(Some(enterprise.clone()));
        Ok(())
    }

    pub async fn alarms(&self, caller: &Caller, query: &AlarmQuery) -> Result<Page<AlarmView>, AppError> {
        let mut states = Vec::new();
        for word in &query.states {
            if word == "active" {
                states.extend(AlarmState::ALL.into_iter().filter(|state| state.is_open()));
            } else {
                let bad = || AppError::BadRequest(Refusal::at("bad_parameter", "state").with("name", "state"));
                states.push(AlarmState::parse(word).ok_or_else(bad)?);
            }
        }
        let wanted = StoreQuery {
            states,
            enterprises: query.enterprises.iter().map(|id| id.as_str().into()).collect(),
            points: query.points.clone(),
            hazard_units: query.hazard_units.iter().map(|id| id.as_str().into()).collect(),
            priorities: query.priorities.clone(),
            raised_from: query.from,
            raised_to: query.to,
            page: query.page,
            size: query.size,
        };
        let (found, total) = self.store.alarms(&self.scope(caller, "enterprise"), &wanted).await?;
        let mut items = Vec::with_capacity(found.len());
        for stored in found {
            items.push(self.alarm_view(stored).await?);
        }
        Ok(Page { items, total: total as u64 })
    }

    /// An alarm with its events.
    pub async fn alarm(&self, caller: &Caller, id: &AlarmId) -> Result<(AlarmView, Vec<Value>), AppError> {
        let scope = self.scope(caller, "enterprise");
        let stored = self.store.alarm(&scope, id).await?.ok_or(AppError::NotFound)?;
        let events = self.store.alarm_events(&scope, id).await?;
        let people: Vec<String> = events.iter().filter_map(|event| event.actor.as_ref()).map(|id| id.0.clone()).collect();
        let names = self.store.references(&people).await?;
        let events = events.into_iter().map(|event| {
            let name = event.actor.as_ref().and_then(|id| names.get(id.as_str())).map(|found| found.title.clone());
            json!({
                "at": event.at, "event": event.what, "state": event.state, "value": event.value, "comment": event.comment,
                "actor": event.actor.map(|id| json!({"id": id, "name": name})),
            })
        });
        Ok((self.alarm_view(stored).await?, events.collect()))
    }

    /// Says that somebody has seen it. A second time is no error.
    pub async fn acknowledge(&self, caller: &Caller, id: &AlarmId, comment: Option<String>) -> Result<AlarmView, AppError> {
        let scope = self.scope(caller, "enterprise");
        let stored = self.store.alarm(&scope, id).await?.ok_or(AppError::NotFound)?;
        let place = self.place_of(&stored.enterprise).await?.ok_or(AppError::NotFound)?;
        let holds = caller.subject.holds(&place);
        if !self.acknowledging_roles().iter().any(|role| holds.contains(role.as_str())) {
            return Err(AppError::NotAllowed(Refusal::new("not_allowed")));
        }
        if comment.as_ref().is_some_and(|comment| comment.chars().count() > 500) {
            return Err(AppError::invalid(Refusal::at("too_long", "comment").with("max", 500)));
        }
        let waits = matches!(stored.alarm.state, AlarmState::UnackActive | AlarmState::RtnUnack);
        if waits {
            let (done, told) = oneshot::channel();
            let wanted =
                Acknowledgement { alarm: id.clone(), enterprise: stored.enterprise.clone(), by: caller.user.id.clone(), comment, done };
            let starting = || AppError::Unavailable(Refusal::new("starting"));
            let desk = self.monitoring.desk.acknowledgements.get().ok_or_else(starting)?;
            desk.send(wanted).await.map_err(|_| starting())?;
            told.await.map_err(|_| starting())?;
        }
        let stored = self.store.alarm(&scope, id).await?.ok_or(AppError::NotFound)?;
        self.alarm_view(stored).await
    }

    /// `monitoring/settings.toml`: whose word counts as having seen an alarm.
    fn acknowledging_roles(&self) -> Vec<String> {
        let settings = self.kinds.settings.get("monitoring");
        let roles = settings.and_then(|settings| settings.get("acknowledging_roles")).and_then(Value::as_array);
        roles.map(|roles| roles.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect()).unwrap_or_default()
    }

    async fn alarm_view(&self, stored: StoredAlarm) -> Result<AlarmView, AppError> {
        let brief = self.enterprise_brief(&stored.enterprise).await?;
        let hazard_unit = match &stored.hazard_unit {
            Some(id) => {
                let found = self.store.references(std::slice::from_ref(&id.0)).await?;
                found.get(id.as_str()).map(|found| (id.clone(), found.title.clone()))
            }
            None => None,
        };
        Ok(AlarmView {
            point: stored.point_id,
            point_name: stored.point_name,
            quantity: stored.quantity,
            unit: stored.unit,
            enterprise: brief.unwrap_or(EnterpriseBrief { id: stored.enterprise, code: String::new(), name: stored.enterprise_title }),
            hazard_unit,
            position: stored.position.map(|(lon, lat)| json!({"lon": lon, "lat": lat})),
            rule_title: stored.rule_title,
            alarm: stored.alarm,
        })
    }

    /// Whether the caller may hear what was said.
    pub fn may_hear(&self, caller: &Caller, said: &Said) -> bool {
        use anlan_access::{Facts, facts_admitted};
        let nobody = UserId::from("");
        let created_by = said.created_by.as_ref().unwrap_or(&nobody);
        facts_admitted(&caller.subject, self.policy(&said.kind), &Facts { place: &said.place, created_by, assigned: &said.assigned })
    }
}
