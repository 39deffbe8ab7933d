//! role × kind × relation → what may be read. Acting is decided by the engine from the roles that cover the record; whoever may act, may read.

use anlan_base::Name;

use crate::filter::{Facts, Filter, ReadScope};
use crate::post::{PostScope, Subject};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    Creator,
    Assigned,
}

/// A role may read the records its post covers; with `only`, just those it stands in such a relation to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub role: Name,
    pub only: Vec<Relation>,
}

/// The reading policy of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindPolicy {
    pub grants: Vec<Grant>,
    /// Some action is open to whoever created the record, whatever their role.
    pub creator: bool,
    /// Some action is open to persons named in the record.
    pub assigned: bool,
}

/// What `subject` may see of a kind.
pub fn read_scope(subject: &Subject, policy: &KindPolicy) -> ReadScope {
    let relation = |relation: Relation| match relation {
        Relation::Creator => Filter::CreatedBy(subject.user.clone()),
        Relation::Assigned => Filter::AssignedTo(subject.user.clone()),
    };
    let mut any = Vec::new();
    for post in &subject.posts {
        let Some(grant) = policy.grants.iter().find(|grant| grant.role == post.role) else { continue };
        let mut all = Vec::new();
        match &post.scope {
            PostScope::Region(path) => all.push(Filter::Region(path.clone())),
            PostScope::Park(park) => all.push(Filter::Park(park.clone())),
            PostScope::Enterprise(id) => all.push(Filter::Enterprise(id.clone())),
            PostScope::Platform => {}
        }
        if !post.sectors.is_empty() {
            all.push(Filter::Sector(post.sectors.clone()));
        }
        if !grant.only.is_empty() {
            all.push(Filter::Any(grant.only.iter().map(|only| relation(*only)).collect()));
        }
        any.push(match all.len() {
            0 => return ReadScope::of(Filter::Everything),
            1 => all.swap_remove(0),
            _ => Filter::All(all),
        });
    }
    if policy.creator {
        any.push(relation(Relation::Creator));
    }
    if policy.assigned {
        any.push(relation(Relation::Assigned));
    }
    any.dedup();
    ReadScope::of(Filter::Any(any))
}

/// The same rule for one record.
pub fn facts_admitted(subject: &Subject, policy: &KindPolicy, facts: &Facts) -> bool {
    read_scope(subject, policy).filter().admits(facts)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use anlan_base::{EnterpriseId, OrganisationId, Place, RegionPath, UserId};

    use super::*;
    use crate::post::Post;

    fn place(region: &str, enterprise: &str) -> Place {
        Place {
            region: RegionPath::parse(region).unwrap(),
            enterprise: Some(EnterpriseId::from(enterprise)),
            park: Some(OrganisationId::from("park")),
            sector: Some(Name::of("chemical")),
        }
    }

    fn holder(role: &str, scope: PostScope, sectors: &[&str]) -> Subject {
        let post = Post { role: Name::of(role), scope, sectors: sectors.iter().map(|s| Name::of(s)).collect() };
        Subject { user: UserId::from("u"), posts: vec![post], units: BTreeSet::new() }
    }

    fn policy() -> KindPolicy {
        let grant = |role: &str, only: &[Relation]| Grant { role: Name::of(role), only: only.to_vec() };
        KindPolicy {
            grants: vec![
                grant("inspector", &[]),
                grant("safety", &[]),
                grant("worker", &[Relation::Creator, Relation::Assigned]),
                grant("auditor", &[]),
            ],
            creator: false,
            assigned: false,
        }
    }

    #[track_caller]
    fn sees(subject: &Subject, place: &Place, created_by: &str, assigned: &[&str], expected: bool) {
        let (created_by, assigned) = (UserId::from(created_by), assigned.iter().map(|u| UserId::from(*u)).collect());
        assert_eq!(facts_admitted(subject, &policy(), &Facts { place, created_by: &created_by, assigned: &assigned }), expected);
    }

    #[test]
    fn posts_see_their_place_and_nothing_beside_it() {
        let here = place("/1/2/3/", "e1");
        let region = |path: &str| PostScope::Region(RegionPath::parse(path).unwrap());
        sees(&holder("inspector", region("/1/2/"), &[]), &here, "x", &[], true);
        sees(&holder("inspector", region("/1/4/"), &[]), &here, "x", &[], false);
        sees(&holder("inspector", region("/1/2/"), &["fire"]), &here, "x", &[], false);
        sees(&holder("inspector", region("/1/2/"), &["chemical"]), &here, "x", &[], true);
        sees(&holder("inspector", PostScope::Park("park".into()), &[]), &here, "x", &[], true);
        sees(&holder("safety", PostScope::Enterprise("e1".into()), &[]), &here, "x", &[], true);
        sees(&holder("safety", PostScope::Enterprise("e2".into()), &[]), &here, "x", &[], false);
        sees(&holder("stranger", PostScope::Platform, &[]), &here, "u", &["u"], false);
        sees(&holder("auditor", PostScope::Platform, &[]), &here, "x", &[], true);
    }

    #[test]
    fn a_worker_sees_what_they_reported_or_must_do() {
        let worker = holder("worker", PostScope::Enterprise("e1".into()), &[]);
        let here = place("/1/", "e1");
        sees(&worker, &here, "x", &[], false);
        sees(&worker, &here, "u", &[], true);
        sees(&worker, &here, "x", &["u"], true);
        sees(&worker, &place("/1/", "e2"), "u", &["u"], false);
    }
}
