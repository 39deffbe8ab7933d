//! Filling a demo district: the same use cases as ever, with the clock as the caller moves it, many steps a transaction, and nothing said
//! to the live stream.

use std::collections::{BTreeMap, BTreeSet};

use anlan_access::{Post, ReadScope};
use anlan_alarms::{Alarm, AlarmState};
use anlan_base::{AttachmentId, EnterpriseId, Instant, Name, Place, RecordId, UserId};
use anlan_records::record::{Body, Machine, NewRecord};
use anlan_store::{AlarmEvent, Organisation, Region, Tx};

use crate::people::NewUser;
use crate::records::change::{By, Done};
use crate::{App, AppError, Caller, password};

/// Steps a transaction: long enough to be fast, short enough to show progress.
const BATCH: usize = 250;

/// One thing somebody did. `story` names the record it is about; its `create` step makes it.
pub struct Step {
    pub at: Instant,
    pub story: u64,
    /// A username, or nobody: the platform.
    pub actor: Option<String>,
    pub kind: Name,
    /// `create`, or an action.
    pub action: Name,
    /// Where a new record belongs.
    pub place: Option<Place>,
    pub body: Body,
    pub comment: Option<String>,
}

pub struct Seeder<'a> {
    app: &'a App,
    callers: BTreeMap<String, Caller>,
    files: BTreeMap<(String, &'static str), AttachmentId>,
    /// The record of each story.
    made: BTreeMap<u64, RecordId>,
    abandoned: BTreeSet<u64>,
}

impl App {
    pub fn seeder(&self) -> Seeder<'_> {
        Seeder { app: self, callers: BTreeMap::new(), files: BTreeMap::new(), made: BTreeMap::new(), abandoned: BTreeSet::new() }
    }

    pub async fn put_places(&self, regions: &[Region], organisations: &[Organisation]) -> Result<(), AppError> {
        let mut tx = self.store.write().await?;
        for region in regions {
            tx.put_region(region).await?;
        }
        for organisation in organisations {
            tx.put_organisation(organisation).await?;
        }
        tx.commit().await?;
        self.reload_places().await
    }

    /// Users who share one password: it is hashed once.
    pub async fn put_users(&self, users: Vec<(NewUser, Vec<Post>, Vec<anlan_base::OrganisationId>)>, secret: &str) -> Result<(), AppError> {
        let secret = secret.to_owned();
        let hash =
            tokio::task::spawn_blocking(move || password::hash(&secret)).await.map_err(|e| AppError::failure("hash a password", e))??;
        let mut tx = self.store.write().await?;
        for (user, posts, units) in users {
            let id = self.add_user_in(&mut tx, user, &hash, &posts).await?;
            for unit in units {
                tx.join_unit(&id, &unit).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// A user as a caller, without a log-in: for simulated people in a demo district, and nowhere else.
    pub async fn simulated(&self, username: &str) -> Result<Caller, AppError> {
        let (user, _) = self.store.user_by_name(username).await?.ok_or(AppError::NotFound)?;
        let subject = self.store.subject(&user.id).await?.ok_or(AppError::NotFound)?;
        Ok(Caller::simulated(crate::User { id: user.id, username: user.username, name: user.name }, subject))
    }

    /// Alarms that were before the platform watched, with their events.
    pub async fn put_past_alarms(&self, alarms: &[Alarm]) -> Result<(), AppError> {
        for chunk in alarms.chunks(BATCH) {
            let mut tx = self.store.write().await?;
            for alarm in chunk {
                put_past_alarm(&mut tx, alarm).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}

async fn put_past_alarm(tx: &mut Tx, alarm: &Alarm) -> Result<(), AppError> {
    tx.put_alarm(alarm).await?;
    let mut events = vec![(alarm.raised_at, "raised", AlarmState::UnackActive, None)];
    if let Some(at) = alarm.acked_at {
        events.push((at, "acked", AlarmState::AckedActive, alarm.acked_by.clone()));
    }
    if let Some(at) = alarm.returned_at {
        events.push((at, "returned", alarm.state, None));
    }
    events.sort_by_key(|(at, ..)| *at);
    for (at, what, state, actor) in events {
        let event =
            AlarmEvent { seq: 0, alarm: alarm.id.clone(), at, what: what.to_owned(), state, actor, value: alarm.value, comment: None };
        tx.add_alarm_event(&event).await?;
    }
    Ok(())
}

impl Seeder<'_> {
    pub async fn caller(&mut self, username: &str) -> Result<&Caller, AppError> {
        if !self.callers.contains_key(username) {
            let caller = self.app.simulated(username).await?;
            self.callers.insert(username.to_owned(), caller);
        }
        self.callers.get(username).ok_or(AppError::NotFound)
    }

    pub async fn user(&mut self, username: &str) -> Result<UserId, AppError> {
        Ok(self.caller(username).await?.user.id.clone())
    }

    pub fn made(&self, story: u64) -> Option<&RecordId> {
        self.made.get(&story)
    }

    /// A file of this person's, uploaded once.
    pub async fn file(&mut self, username: &str, name: &'static str, bytes: &'static [u8]) -> Result<AttachmentId, AppError> {
        let key = (username.to_owned(), name);
        if let Some(id) = self.files.get(&key) {
            return Ok(id.clone());
        }
        let app = self.app;
        let saved = app.attach(self.caller(username).await?, name, bytes).await?;
        self.files.insert(key, saved.id.clone());
        Ok(saved.id)
    }

    /// Plays steps in the order given. What is refused ends its story; the reasons come back.
    pub async fn play(&mut self, steps: &[Step], set_clock: impl Fn(Instant)) -> Result<Vec<String>, AppError> {
        let mut refused = Vec::new();
        for step in steps {
            if let Some(actor) = &step.actor {
                self.caller(actor).await?;
            }
        }
        for batch in steps.chunks(BATCH) {
            let mut tx = self.app.store.write().await?;
            let mut done = Done::default();
            for step in batch.iter() {
                if self.abandoned.contains(&step.story) {
                    continue;
                }
                set_clock(step.at);
                if let Err(error) = self.one(&mut tx, step, &mut done).await {
                    if matches!(error, AppError::Failure { .. } | AppError::NoSpace) {
                        return Err(error);
                    }
                    refused.push(format!("{} {} by {}: {error}", step.kind, step.action, step.actor.as_deref().unwrap_or("platform")));
                    self.abandoned.insert(step.story);
                }
            }
            tx.commit().await?;
        }
        Ok(refused)
    }

    async fn one(&mut self, tx: &mut Tx, step: &Step, done: &mut Done) -> Result<(), AppError> {
        let kind = self.app.kinds.get(&step.kind).cloned().ok_or(AppError::NotFound)?;
        let by = match &step.actor {
            Some(actor) => By::Caller(self.callers.get(actor).ok_or(AppError::NotFound)?),
            None => By::Machine(Machine::Platform),
        };
        if step.action == "create" {
            let place = step.place.clone().ok_or(AppError::NotFound)?;
            let new = NewRecord { place, body: step.body.clone(), comment: step.comment.clone() };
            let id = self.app.create_in(tx, by, &kind, new, done, 0).await?;
            self.made.insert(step.story, id);
            return Ok(());
        }
        let id = self.made.get(&step.story).cloned().ok_or(AppError::NotFound)?;
        let record = tx.record(&ReadScope::platform(), &id).await?.ok_or(AppError::NotFound)?;
        self.app.change_in(tx, by, &kind, record, Some(&step.action), step.body.clone(), step.comment.clone(), done, 0).await
    }

    /// Where an enterprise's records belong.
    pub async fn place_of(&self, enterprise: &EnterpriseId) -> Result<Place, AppError> {
        self.app.place_of(enterprise).await?.ok_or(AppError::NotFound)
    }
}

impl App {
    /// Points of one enterprise, as the platform.
    pub async fn seed_points(&self, enterprise: &EnterpriseId, points: Vec<crate::monitoring::NewPoint>) -> Result<(), AppError> {
        self.put_points(enterprise, points).await.map(drop)
    }

    /// The number under which the history keeps a point.
    pub fn point_number(&self, id: &str) -> Option<u32> {
        self.monitoring.points().get(id).map(|point| point.number)
    }
}
