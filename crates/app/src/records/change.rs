//! Creating, changing, acting: one transaction from reading to saving, and only then a word to the outside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anlan_access::ReadScope;
use anlan_base::{EnterpriseId, Name, OrganisationId, Place, RecordId, Refusal, RegionPath, UserId};
use anlan_ledger::Leaf;
use anlan_records::kind::{Condition, Is, Kind, NumberScope, Test};
use anlan_records::record::{Actor, Body, Change, Context, Deed, Follow, Known, Machine, NewRecord, Record};
use anlan_records::{engine, number};
use anlan_store::{NewEvent, RecordQuery, StoreError, Tx};
use serde_json::{Value, json};

use super::RecordView;
use crate::idempotency;
use crate::live::{Said, Topic};
use crate::{App, AppError, Caller};

/// Effects may have effects, but not for ever.
const DEEPEST_FOLLOW: u32 = 3;

pub struct New {
    pub body: Body,
    pub enterprise: Option<String>,
    /// A region's code.
    pub region: Option<String>,
    pub comment: Option<String>,
}

/// Who acts: a person with their posts, or the platform itself.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    Caller(&'a Caller),
    Machine(Machine),
}

impl By<'_> {
    fn actor(&self, place: &Place) -> Actor {
        match self {
            Self::Caller(caller) => Actor {
                user: Some(caller.user.id.clone()),
                holds: caller.subject.holds(place),
                units: caller.subject.units.clone(),
                machine: None,
            },
            Self::Machine(machine) => {
                Actor { user: None, holds: BTreeSet::new(), units: BTreeSet::<OrganisationId>::new(), machine: Some(*machine) }
            }
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Caller(caller) => caller.user.id.as_str(),
            Self::Machine(Machine::Clock) => "clock",
            Self::Machine(Machine::Platform) => "platform",
        }
    }
}

/// What a transaction did, to be told once it is committed.
#[derive(Default)]
pub(crate) struct Done {
    changed: Vec<(Arc<Kind>, Record, BTreeSet<UserId>)>,
}

impl App {
    pub async fn create(&self, caller: &Caller, kind: &Arc<Kind>, new: New) -> Result<RecordView, AppError> {
        let place = self.place_of_new(caller, kind, &new.body, new.enterprise.as_deref(), new.region.as_deref()).await?;
        let id = self
            .in_one_transaction(async |tx, done| {
                let new = NewRecord { place: place.clone(), body: new.body.clone(), comment: new.comment.clone() };
                self.create_in(tx, By::Caller(caller), kind, new, done, 0).await
            })
            .await?;
        self.read(caller, kind, &id).await
    }

    pub async fn edit(
        &self,
        caller: &Caller,
        kind: &Arc<Kind>,
        id: &RecordId,
        revision: i64,
        body: Body,
        comment: Option<String>,
    ) -> Result<RecordView, AppError> {
        self.change(caller, kind, id, revision, None, body, comment).await
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "an action has a record, a revision, a name, fields and a reason; a struct would only rename them"
    )]
    pub async fn act(
        &self,
        caller: &Caller,
        kind: &Arc<Kind>,
        id: &RecordId,
        action: &str,
        revision: i64,
        body: Body,
        comment: Option<String>,
    ) -> Result<RecordView, AppError> {
        let action = kind.actions.get(action).ok_or_else(|| AppError::BadRequest(Refusal::new("unknown_action").with("action", action)))?;
        self.change(caller, kind, id, revision, Some(&action.id), body, comment).await
    }

    #[expect(clippy::too_many_arguments, reason = "see `act`")]
    async fn change(
        &self,
        caller: &Caller,
        kind: &Arc<Kind>,
        id: &RecordId,
        revision: i64,
        action: Option<&Name>,
        body: Body,
        comment: Option<String>,
    ) -> Result<RecordView, AppError> {
        self.in_one_transaction(async |tx, done| {
            let scope = self.scope(caller, &kind.id);
            let record = tx.record(&scope, id).await?.filter(|record| record.kind == kind.id).ok_or(AppError::NotFound)?;
            if record.revision != revision {
                return Err(AppError::Stale(Box::new(record)));
            }
            self.change_in(tx, By::Caller(caller), kind, record, action, body.clone(), comment.clone(), done, 0).await
        })
        .await?;
        self.read(caller, kind, id).await
    }

    /// The platform acts or, without an action, edits on its own behalf: warnings, deadlines.
    pub(crate) async fn change_as(&self, machine: Machine, id: &RecordId, action: Option<&Name>, body: Body) -> Result<(), AppError> {
        self.in_one_transaction(async |tx, done| {
            let record = tx.record(&ReadScope::platform(), id).await?.ok_or(AppError::NotFound)?;
            let kind = self.kinds.get(&record.kind).cloned().ok_or(AppError::NotFound)?;
            self.change_in(tx, By::Machine(machine), &kind, record, action, body.clone(), None, done, 0).await
        })
        .await
    }

    pub(crate) async fn create_as(&self, machine: Machine, kind: &Arc<Kind>, place: Place, body: Body) -> Result<RecordId, AppError> {
        self.in_one_transaction(async |tx, done| {
            let new = NewRecord { place: place.clone(), body: body.clone(), comment: None };
            self.create_in(tx, By::Machine(machine), kind, new, done, 0).await
        })
        .await
    }

    /// Commits what `work` did, then tells those who listen. A refusal undoes all of it.
    async fn in_one_transaction<T>(&self, work: impl AsyncFnOnce(&mut Tx, &mut Done) -> Result<T, AppError>) -> Result<T, AppError> {
        let mut tx = self.store.write().await?;
        let mut done = Done::default();
        let answer = work(&mut tx, &mut done).await?;
        if let Some((_, record, _)) = done.changed.first() {
            idempotency::mark_done(&mut tx, record.id.as_str()).await?;
        }
        tx.commit().await?;
        self.announce(done);
        Ok(answer)
    }

    pub(crate) async fn create_in(
        &self,
        tx: &mut Tx,
        by: By<'_>,
        kind: &Arc<Kind>,
        new: NewRecord,
        done: &mut Done,
        depth: u32,
    ) -> Result<RecordId, AppError> {
        let actor = by.actor(&new.place);
        let known = self.known(tx, by, kind, &new.body, None).await?;
        let linked = self.linked(tx, kind, &new.body, new.place.enterprise.as_ref()).await?;
        let cx = Context {
            kinds: &self.kinds,
            actor: &actor,
            now: self.now(),
            calendar: &self.calendar,
            ids: &*self.ids,
            rules: &self.rules,
            tasks: &[],
            earlier: &[],
            linked: &linked,
            known: &known,
        };
        let change = engine::create(kind, new, &cx)?;
        let id = change.after.id.clone();
        self.finish(tx, by, kind, change, done, depth).await?;
        Ok(id)
    }

    #[expect(clippy::too_many_arguments, reason = "see `act`")]
    pub(crate) async fn change_in(
        &self,
        tx: &mut Tx,
        by: By<'_>,
        kind: &Arc<Kind>,
        record: Record,
        action: Option<&Name>,
        body: Body,
        comment: Option<String>,
        done: &mut Done,
        depth: u32,
    ) -> Result<(), AppError> {
        let actor = by.actor(&record.place());
        let (tasks, earlier) = (tx.tasks(&record.id).await?, tx.deeds(&record.id).await?);
        let mut refers = record.body.clone();
        refers.extend(body.clone());
        let known = self.known(tx, by, kind, &body, Some(&record)).await?;
        let linked = self.linked(tx, kind, &refers, record.enterprise.as_ref()).await?;
        let cx = Context {
            kinds: &self.kinds,
            actor: &actor,
            now: self.now(),
            calendar: &self.calendar,
            ids: &*self.ids,
            rules: &self.rules,
            tasks: &tasks,
            earlier: &earlier,
            linked: &linked,
            known: &known,
        };
        let change = match action {
            Some(action) => engine::act(kind, &record, action, body, comment, &cx)?,
            None => engine::edit(kind, &record, body, comment, &cx)?,
        };
        self.finish(tx, by, kind, change, done, depth).await
    }

    /// Number, leaf, save, and then what the effects asked for: all inside the caller's transaction.
    async fn finish(
        &self,
        tx: &mut Tx,
        by: By<'_>,
        kind: &Arc<Kind>,
        mut change: Change,
        done: &mut Done,
        depth: u32,
    ) -> Result<(), AppError> {
        if change.number_wanted
            && let Some(rule) = &kind.number
        {
            let region = self.regions().code_of(&change.after.region);
            let needs_code = rule.scope.contains(&NumberScope::Enterprise);
            let enterprise = match &change.after.enterprise {
                Some(id) if needs_code => self.enterprise_brief(id).await?.map_or_else(String::new, |brief| brief.code),
                _ => String::new(),
            };
            let scope = number::scope_key(rule, change.after.updated_at, &region, &enterprise);
            let seq = tx.next_seq(&kind.id, &scope).await?;
            change.after.number = Some(number::format(rule, change.after.updated_at, &region, &enterprise, seq));
        }
        if kind.title.is_none() {
            change.after.title = match &change.after.number {
                Some(number) => format!("{} {number}", kind.label.zh),
                None => kind.label.zh.clone(),
            };
        }
        let changes = json!(change.changes);
        let body = Value::Object(change.after.body.clone());
        let attachments = tx.attachment_hashes(&change.attachments).await?;
        let leaf = Leaf {
            record: &change.after.id,
            kind: &kind.id,
            version: kind.version,
            revision: change.after.revision,
            action: &change.action,
            actor: by.name(),
            at: change.after.updated_at,
            changes: &changes,
            body: &body,
            attachments: &attachments,
        };
        let hash = leaf.hash();
        let event = NewEvent { actor: by.name(), at: change.after.updated_at, leaf: &hash, announce: false };
        match tx.save(&change, &event).await {
            Err(StoreError::Stale { .. }) => {
                let current = tx.record(&ReadScope::platform(), &change.after.id).await?.ok_or(AppError::NotFound)?;
                return Err(AppError::Stale(Box::new(current)));
            }
            other => other?,
        }
        if kind.id == *"enterprise" {
            // The short code leads to the enterprise: points and gateways are named by it.
            let id = EnterpriseId(change.after.id.0.clone());
            tx.set_enterprise_code(&id, &super::view::text(&change.after, "code")).await?;
        }
        let tasks = tx.tasks(&change.after.id).await?;
        let assigned = engine::assigned(kind, &change.after, &tasks);
        done.changed.push((kind.clone(), change.after, assigned));
        for follow in change.follows {
            self.follow(tx, follow, done, depth + 1).await?;
        }
        Ok(())
    }

    async fn follow(&self, tx: &mut Tx, follow: Follow, done: &mut Done, depth: u32) -> Result<(), AppError> {
        if depth > DEEPEST_FOLLOW {
            return Err(AppError::failure("follow an effect", format!("effects are nested deeper than {DEEPEST_FOLLOW}")));
        }
        let by = By::Machine(Machine::Platform);
        match follow {
            Follow::Create { kind, place, body, comment } => {
                let kind = self.kinds.get(&kind).cloned().ok_or(AppError::NotFound)?;
                Box::pin(self.create_in(tx, by, &kind, NewRecord { place, body, comment }, done, depth)).await.map(drop)
            }
            Follow::Act { record, action, body, comment } => {
                let record = tx.record(&ReadScope::platform(), &record).await?.ok_or(AppError::NotFound)?;
                let kind = self.kinds.get(&record.kind).cloned().ok_or(AppError::NotFound)?;
                Box::pin(self.change_in(tx, by, &kind, record, Some(&action), body, comment, done, depth)).await
            }
        }
    }

    /// Looks up every id the body refers to; what the actor may not see does not exist for them.
    async fn known(&self, tx: &mut Tx, by: By<'_>, kind: &Kind, body: &Body, record: Option<&Record>) -> Result<Known, AppError> {
        let wanted = engine::references(kind, body);
        let By::Caller(caller) = by else { return Ok(tx.known(&wanted, None, record.map(|r| &r.id)).await?) };
        let mut known = tx.known(&wanted, Some(&caller.user.id), record.map(|r| &r.id)).await?;
        let found: Vec<(RecordId, Name)> = known.records.iter().map(|(id, (kind, _))| (id.clone(), kind.clone())).collect();
        for (id, kind) in found {
            if tx.record(&self.scope(caller, &kind), &id).await?.is_none() {
                known.records.remove(&id);
            }
        }
        for id in known.users.clone() {
            if !self.may_name(tx, caller, &id).await? {
                known.users.remove(&id);
            }
        }
        for id in known.points.clone() {
            if !self.may_read_point(caller, &id).await? {
                known.points.remove(&id);
            }
        }
        Ok(known)
    }

    /// Linked records of the kinds that the rules may read.
    async fn linked(
        &self,
        tx: &mut Tx,
        kind: &Kind,
        body: &Body,
        enterprise: Option<&EnterpriseId>,
    ) -> Result<BTreeMap<RecordId, Record>, AppError> {
        if kind.with.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut ids: Vec<RecordId> = engine::references(kind, body).records.into_iter().collect();
        ids.extend(enterprise.map(|id| RecordId(id.0.clone())));
        Ok(tx.named(&ids, &kind.with).await?)
    }

    /// Where a new record shall belong: asked for, or the only place the caller's posts leave open.
    async fn place_of_new(
        &self,
        caller: &Caller,
        kind: &Kind,
        body: &Body,
        enterprise: Option<&str>,
        region: Option<&str>,
    ) -> Result<Place, AppError> {
        use anlan_records::kind::Home;
        match kind.home {
            Home::Platform => Ok(Place { region: RegionPath::root(), enterprise: None, park: None, sector: None }),
            Home::Region => {
                let code = region.ok_or_else(|| AppError::invalid(Refusal::at("region_needed", "region")))?;
                let path = self.regions().path_of(code).ok_or_else(|| AppError::invalid(Refusal::at("unknown_region", "region")))?;
                Ok(Place { region: path, enterprise: None, park: park_of(body), sector: None })
            }
            Home::Enterprise => {
                let own: BTreeSet<&EnterpriseId> = caller.subject.enterprises().collect();
                let id = match enterprise {
                    Some(id) => EnterpriseId::from(id),
                    None if own.len() == 1 => own.into_iter().next().cloned().unwrap_or_else(|| EnterpriseId::from("")),
                    None => return Err(AppError::invalid(Refusal::at("enterprise_needed", "enterprise"))),
                };
                let unknown = || AppError::invalid(Refusal::at("unknown_enterprise", "enterprise"));
                let kind = self.kinds.get("enterprise").ok_or_else(unknown)?;
                let record = self.store.record(&self.scope(caller, &kind.id), &RecordId(id.0)).await?.ok_or_else(unknown)?;
                if record.kind != kind.id {
                    return Err(unknown());
                }
                Ok(record.place())
            }
        }
    }

    fn announce(&self, done: Done) {
        for (kind, record, assigned) in done.changed {
            if kind.id == *"enterprise" {
                self.enterprises.write().expect("no reader panics").remove(&EnterpriseId(record.id.0.clone()));
            }
            let brief =
                json!({"kind": record.kind, "id": record.id, "number": record.number, "state": record.state, "revision": record.revision});
            let said = Said {
                seq: 0,
                topic: Topic::Records,
                kind: kind.id.clone(),
                place: record.place(),
                created_by: Some(record.created_by.clone()),
                assigned,
                data: brief,
            };
            self.hub.say(said.clone());
            self.monitoring.record_changed(self, &record, said);
        }
    }

    /// Deadlines that act by themselves.
    pub async fn run_deadlines(&self) -> Result<u32, AppError> {
        let (mut acted, now) = (0, self.now());
        for kind in self.kinds.by_id.values().filter(|kind| kind.actions.values().any(|action| action.at.is_some())) {
            for record in self.open_records(kind).await? {
                let earlier = self.deeds(&ReadScope::platform(), &record.id).await?;
                let Some(action) = engine::clock_action(kind, &record, now, &earlier, &self.calendar) else { continue };
                match self.change_as(Machine::Clock, &record.id, Some(&action), Body::new()).await {
                    Ok(()) => acted += 1,
                    // Somebody acted in between: the clock has nothing to do any more.
                    Err(AppError::Conflict(_) | AppError::Stale(_) | AppError::NotFound) => {}
                    Err(failure @ AppError::Failure { .. }) => return Err(failure),
                    // One record that refuses must not keep the others waiting.
                    Err(refused) => tracing::error!(record = %record.id, %action, error = %refused, "the clock was refused"),
                }
            }
        }
        Ok(acted)
    }

    /// All records of a kind that are not at their end.
    pub(crate) async fn open_records(&self, kind: &Kind) -> Result<Vec<Record>, AppError> {
        let open = kind.states.values().filter(|state| !state.finals).map(|state| json!(state.id)).collect();
        let mut query = RecordQuery::of(kind.id.clone(), self.now());
        query.conditions = vec![Condition(vec![vec![Test { subject: Name::of("state"), is: Is::OneOf(open) }]])];
        query.size = 500;
        let mut all = Vec::new();
        loop {
            let (page, total) = self.store.records(&ReadScope::platform(), &query).await?;
            let done = page.is_empty();
            all.extend(page);
            if done || all.len() as i64 >= total {
                return Ok(all);
            }
            query.page += 1;
        }
    }

    /// Earlier actions on a record, oldest first.
    pub(crate) async fn deeds(&self, scope: &ReadScope, id: &RecordId) -> Result<Vec<Deed>, AppError> {
        let events = self.store.history(scope, id).await?;
        let deed = |event: anlan_store::Event| {
            let machine = matches!(event.actor.as_str(), "platform" | "clock");
            Deed { action: event.action, actor: (!machine).then_some(UserId(event.actor)), at: event.at }
        };
        Ok(events.into_iter().map(deed).collect())
    }
}

/// An enterprise in a park is covered by the park's posts, and all its records with it.
pub(crate) fn park_of(body: &Body) -> Option<OrganisationId> {
    body.get("park").and_then(Value::as_str).map(OrganisationId::from)
}
