//! From a kind's own words to the policy that decides who reads it. Whoever may act, may read.

use anlan_access::{Grant, KindPolicy, Relation};
use anlan_records::kind::{Kind, Only, Party, Who};

pub fn of(kind: &Kind) -> KindPolicy {
    let mut policy = KindPolicy::default();
    for reader in &kind.access.read {
        let only = reader.only.iter().map(|only| match only {
            Only::Creator => Relation::Creator,
            Only::Assigned => Relation::Assigned,
        });
        policy.grants.push(Grant { role: reader.role.clone(), only: only.collect() });
    }
    let acting = kind.actions.values().flat_map(|action| &action.by);
    let owning = kind.states.values().flat_map(|state| state.owner.iter().chain(&state.edit));
    let tasks = kind.tasks.values().flat_map(|task| &task.owner);
    for Party { who, .. } in acting.chain(owning).chain(tasks) {
        match who {
            Who::Role(role) if policy.grants.iter().all(|grant| grant.role != *role) => {
                policy.grants.push(Grant { role: role.clone(), only: Vec::new() });
            }
            Who::Creator => policy.creator = true,
            Who::Assigned | Who::Person(_) => policy.assigned = true,
            _ => {}
        }
    }
    policy
}
