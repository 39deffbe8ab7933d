//! Reading one record, and dressing records with what their reader is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anlan_access::{Filter, ReadScope};
use anlan_base::{EnterpriseId, Name, RecordId};
use anlan_records::engine;
use anlan_records::kind::{Kind, Label};
use anlan_records::record::{Actor, Context, Known, Record, Task, TaskOwner};

use super::{EnterpriseBrief, HistoryItem, KindSummary, OfferView, RecordView, Reference, RegionBrief};
use crate::{App, AppError, Caller};

impl App {
    /// The kind, if this caller may see any of it; else it does not exist for them.
    pub fn kind_for(&self, caller: &Caller, kind: &str) -> Result<Arc<Kind>, AppError> {
        let kind = self.kinds.get(kind).ok_or(AppError::NotFound)?;
        let may = !self.scope(caller, &kind.id).shows_nothing() || self.may_create_somewhere(caller, kind);
        if may { Ok(kind.clone()) } else { Err(AppError::NotFound) }
    }

    pub(crate) fn may_create_somewhere(&self, caller: &Caller, kind: &Kind) -> bool {
        let holds: BTreeSet<Name> = caller.subject.posts.iter().map(|post| post.role.clone()).collect();
        engine::may_create(kind, &Actor { user: Some(caller.user.id.clone()), holds, ..Actor::default() })
    }

    pub async fn kinds_of(&self, caller: &Caller) -> Result<Vec<KindSummary>, AppError> {
        let counts = self.store.counts(&self.scopes(caller), &caller.subject, self.now()).await?;
        let mut summaries = Vec::new();
        for kind in self.kinds.by_id.values() {
            let Ok(kind) = self.kind_for(caller, &kind.id) else { continue };
            let count = counts.get(&kind.id).copied().unwrap_or_default();
            let create = self.may_create_somewhere(caller, &kind);
            // Being named in a record of some kind is possible for everybody; it fills a menu only once it has happened.
            let granted = self.policy(&kind.id).grants.iter().any(|grant| caller.subject.has_role(&grant.role));
            if !granted && !create && count.open == 0 {
                continue;
            }
            summaries.push(KindSummary { kind, create, open: count.open as u64, mine: count.mine as u64, overdue: count.overdue as u64 });
        }
        Ok(summaries)
    }

    pub async fn read(&self, caller: &Caller, kind: &Arc<Kind>, id: &RecordId) -> Result<RecordView, AppError> {
        let scope = self.scope(caller, &kind.id);
        let record = self.store.record(&scope, id).await?.filter(|record| record.kind == kind.id).ok_or(AppError::NotFound)?;
        let tasks = self.store.tasks_of(&scope, id).await?;
        let earlier = self.deeds(&scope, id).await?;
        let actor = Actor {
            user: Some(caller.user.id.clone()),
            holds: caller.subject.holds(&record.place()),
            units: caller.subject.units.clone(),
            machine: None,
        };
        let linked = self.linked_for_reading(kind, &record).await?;
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
            known: &Known::default(),
        };
        let offers = engine::offers(kind, &record, &cx);
        let offers = offers.into_iter().map(|offer| OfferView { action: offer.action.id.clone(), refusal: offer.refusal }).collect();
        let editable = engine::may_edit(kind, &record, &cx);
        let mut view = self.dress_one(caller, kind, record, &tasks).await?;
        view.roles = self.role_labels(&tasks);
        view.tasks = tasks;
        view.offers = Some(offers);
        view.editable = editable;
        Ok(view)
    }

    async fn linked_for_reading(&self, kind: &Kind, record: &Record) -> Result<BTreeMap<RecordId, Record>, AppError> {
        let mut linked = BTreeMap::new();
        if kind.with.is_empty() {
            return Ok(linked);
        }
        let mut ids = engine::references(kind, &record.body).records;
        ids.extend(record.enterprise.as_ref().map(|id| RecordId(id.0.clone())));
        for id in ids {
            // For the rules alone: what they find out is shown only as a button's reason.
            if let Some(target) = self.store.record(&ReadScope::platform(), &id).await?
                && kind.with.contains(&target.kind)
            {
                linked.insert(id, target);
            }
        }
        Ok(linked)
    }

    fn role_labels(&self, tasks: &[Task]) -> BTreeMap<Name, Label> {
        let owners = tasks.iter().flat_map(|task| &task.owners);
        owners
            .filter_map(|owner| match owner {
                TaskOwner::Role(role) => self.kinds.roles.get(role).map(|found| (role.clone(), found.label.clone())),
                _ => None,
            })
            .collect()
    }

    async fn dress_one(&self, caller: &Caller, kind: &Kind, record: Record, tasks: &[Task]) -> Result<RecordView, AppError> {
        let named = tasks.iter().flat_map(|task| &task.owners).filter_map(|owner| match owner {
            TaskOwner::User(user) => Some(user.0.clone()),
            TaskOwner::Unit(unit) => Some(unit.0.clone()),
            TaskOwner::Role(_) => None,
        });
        let extra: Vec<String> = named.collect();
        let mut views = self.dress(caller, kind, vec![record], extra).await?;
        views.pop().ok_or(AppError::NotFound)
    }

    /// Adds enterprise, region and what the ids stand for. Titles of records the caller may not read are left out.
    pub(crate) async fn dress(
        &self,
        caller: &Caller,
        kind: &Kind,
        records: Vec<Record>,
        extra: Vec<String>,
    ) -> Result<Vec<RecordView>, AppError> {
        let asked: BTreeSet<String> = extra.into_iter().collect();
        let mut ids = asked.clone();
        for record in &records {
            let refers = engine::references(kind, &record.body);
            ids.extend(refers.records.into_iter().map(|id| id.0));
            ids.extend(refers.users.into_iter().map(|id| id.0));
            ids.extend(refers.organisations.into_iter().map(|id| id.0));
        }
        let ids: Vec<String> = ids.into_iter().collect();
        let found = if ids.is_empty() { BTreeMap::new() } else { self.store.references(&ids).await? };
        let mut refs = BTreeMap::new();
        for (id, target) in found {
            let is_record = !matches!(target.kind.as_str(), "user" | "organisation");
            if is_record {
                let kind = Name::parse(&target.kind).map_err(|e| AppError::failure("read a reference", e))?;
                if self.store.record(&self.scope(caller, &kind), &RecordId(id.clone())).await?.is_none() {
                    continue;
                }
            }
            refs.insert(id, Reference { kind: target.kind, number: target.number, title: target.title });
        }
        let now = self.now();
        let regions = self.regions();
        let mut views = Vec::with_capacity(records.len());
        for record in records {
            let mentioned = engine::references(kind, &record.body);
            let mentions = |id: &String| {
                asked.contains(id)
                    || mentioned.records.contains(&RecordId(id.clone()))
                    || mentioned.users.contains(&id.as_str().into())
                    || mentioned.organisations.contains(&id.as_str().into())
            };
            let own = refs.iter().filter(|(id, _)| mentions(id)).map(|(id, found)| (id.clone(), found.clone())).collect();
            let enterprise = match &record.enterprise {
                Some(id) => self.enterprise_brief(id).await?,
                None => None,
            };
            let region = RegionBrief { code: regions.code_of(&record.region), name: regions.name_of(&record.region) };
            let mut body = record.body.clone();
            if let Some(dress) = self.dresses.get(&record.kind) {
                dress(&mut body);
            }
            views.push(RecordView {
                at: now,
                overdue: engine::overdue(&record, kind, now),
                enterprise,
                region,
                refs: own,
                offers: None,
                editable: Vec::new(),
                tasks: Vec::new(),
                roles: BTreeMap::new(),
                body,
                record,
            });
        }
        Ok(views)
    }

    /// Code and name of an enterprise. Kept in memory: every answer shows some.
    pub(crate) async fn enterprise_brief(&self, id: &EnterpriseId) -> Result<Option<EnterpriseBrief>, AppError> {
        if let Some(brief) = self.enterprises.read().expect("no reader panics").get(id) {
            return Ok(Some(brief.clone()));
        }
        let Some(record) = self.store.record(&ReadScope::platform(), &RecordId(id.0.clone())).await? else { return Ok(None) };
        let brief = EnterpriseBrief { id: id.clone(), code: text(&record, "code"), name: record.title.clone() };
        self.enterprises.write().expect("no reader panics").insert(id.clone(), brief.clone());
        Ok(Some(brief))
    }

    pub async fn history(&self, caller: &Caller, kind: &Arc<Kind>, id: &RecordId) -> Result<Vec<HistoryItem>, AppError> {
        let scope = self.scope(caller, &kind.id);
        self.store.record(&scope, id).await?.filter(|record| record.kind == kind.id).ok_or(AppError::NotFound)?;
        let events = self.store.history(&scope, id).await?;
        let people: BTreeSet<String> = events.iter().map(|event| event.actor.clone()).collect();
        let names = self.store.references(&people.into_iter().collect::<Vec<_>>()).await?;
        let items = events.into_iter().map(|event| {
            let actor_name = match event.actor.as_str() {
                "platform" | "clock" => "安澜".to_owned(),
                user => names.get(user).map_or_else(String::new, |found| found.title.clone()),
            };
            let label = match event.action.as_str() {
                "create" => kind.states.get(&kind.create.to).map(|state| state.label.clone()),
                _ => kind.actions.get(&event.action).map(|action| action.label.clone()),
            };
            HistoryItem {
                seq: event.seq,
                at: event.at,
                actor_name,
                actor: event.actor,
                label: label.unwrap_or_else(|| Label { zh: "修改".to_owned(), en: "Edit".to_owned() }),
                action: event.action,
                revision: event.revision,
                changes: event.changes,
                comment: event.comment,
                leaf_hash: event.leaf.unwrap_or_default(),
                leaf_index: event.leaf_index,
            }
        });
        Ok(items.collect())
    }

    /// What the caller may see of each kind they may see anything of.
    pub(crate) fn scopes(&self, caller: &Caller) -> Vec<(Name, ReadScope)> {
        let all = self.kinds.by_id.keys().map(|kind| (kind.clone(), self.scope(caller, kind)));
        all.filter(|(_, scope)| !matches!(scope.filter(), Filter::Any(parts) if parts.is_empty())).collect()
    }
}

pub(crate) fn text(record: &Record, field: &str) -> String {
    record.body.get(field).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
}
