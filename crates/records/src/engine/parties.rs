//! Who may and who must: parties of the vocabulary, seen from one record.

use std::collections::BTreeSet;

use anlan_base::{Name, OrganisationId, UserId};
use serde_json::Value;

use crate::condition::holds;
use crate::kind::{FieldType, Kind, Party, Who};
use crate::record::{Actor, Body, Deed, Machine, Record, Task, TaskOwner};

/// One record with what happened to it: what a party is judged by.
pub(super) struct Scene<'a> {
    pub kind: &'a Kind,
    pub record: &'a Record,
    pub tasks: &'a [Task],
    pub earlier: &'a [Deed],
}

impl Scene<'_> {
    pub fn any(&self, parties: &[Party], actor: &Actor) -> bool {
        parties.iter().any(|party| self.is(party, actor))
    }

    fn is(&self, party: &Party, actor: &Actor) -> bool {
        let applies = party.when.as_ref().is_none_or(|when| holds(when, self.record));
        let user = |test: &dyn Fn(&UserId) -> bool| actor.user.as_ref().is_some_and(test);
        applies
            && match &party.who {
                Who::Role(role) => actor.holds.contains(role),
                Who::Creator => user(&|user| *user == self.record.created_by),
                Who::Assigned => user(&|user| assigned(self.kind, self.record, self.tasks).contains(user)),
                Who::Person(field) => user(&|user| ids(&self.record.body, field).any(|id| id == user.as_str())),
                Who::Actor(action) => user(&|user| last_actor(self.earlier, action) == Some(user)),
                Who::Unit(field) => ids(&self.record.body, field).any(|id| actor.units.contains(&OrganisationId::from(id))),
                Who::Clock => actor.machine == Some(Machine::Clock),
                Who::Platform => actor.machine == Some(Machine::Platform),
            }
    }

    /// Whose work it is, in the order of the file, each once.
    pub fn owners(&self, parties: &[Party]) -> Vec<TaskOwner> {
        let mut owners: Vec<TaskOwner> = Vec::new();
        for party in parties.iter().filter(|party| party.when.as_ref().is_none_or(|when| holds(when, self.record))) {
            let found: Vec<TaskOwner> = match &party.who {
                Who::Role(role) => vec![TaskOwner::Role(role.clone())],
                Who::Creator => vec![TaskOwner::User(self.record.created_by.clone())],
                Who::Assigned => persons(self.kind, self.record).into_iter().map(TaskOwner::User).collect(),
                Who::Person(field) => ids(&self.record.body, field).map(|id| TaskOwner::User(id.into())).collect(),
                Who::Actor(action) => last_actor(self.earlier, action).cloned().map(TaskOwner::User).into_iter().collect(),
                Who::Unit(field) => ids(&self.record.body, field).map(|id| TaskOwner::Unit(id.into())).collect(),
                Who::Clock | Who::Platform => Vec::new(),
            };
            for owner in found {
                if !owners.contains(&owner) {
                    owners.push(owner);
                }
            }
        }
        owners
    }
}

/// Persons in person fields, and users who own an open task.
pub(super) fn assigned(kind: &Kind, record: &Record, tasks: &[Task]) -> BTreeSet<UserId> {
    let owners = tasks.iter().flat_map(|task| &task.owners).filter_map(|owner| match owner {
        TaskOwner::User(user) => Some(user.clone()),
        TaskOwner::Role(_) | TaskOwner::Unit(_) => None,
    });
    persons(kind, record).into_iter().chain(owners).collect()
}

fn persons(kind: &Kind, record: &Record) -> BTreeSet<UserId> {
    let mut persons = BTreeSet::new();
    super::refer::each(kind, &record.body, &mut |_, field, id| {
        if matches!(field.kind, FieldType::Person { .. }) {
            persons.insert(UserId::from(id));
        }
    });
    persons
}

fn last_actor<'a>(earlier: &'a [Deed], action: &Name) -> Option<&'a UserId> {
    earlier.iter().rev().find(|deed| deed.action == *action)?.actor.as_ref()
}

/// The one id or the ids in a field.
fn ids<'a>(body: &'a Body, field: &Name) -> impl Iterator<Item = &'a str> {
    let value = body.get(&**field);
    let list = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    list.iter().filter_map(Value::as_str)
}
