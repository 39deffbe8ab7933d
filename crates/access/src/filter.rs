//! What a list may show, as a value: the store turns it into SQL, `admits` decides it for one record. Both follow the same tree.

use std::collections::BTreeSet;

use anlan_base::{EnterpriseId, Name, OrganisationId, Place, RegionPath, UserId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    Everything,
    /// Empty: nothing.
    Any(Vec<Filter>),
    All(Vec<Filter>),
    Region(RegionPath),
    Park(OrganisationId),
    Enterprise(EnterpriseId),
    Sector(Vec<Name>),
    CreatedBy(UserId),
    /// Named in a person field, or owner of an open task by name.
    AssignedTo(UserId),
}

/// What a record shows of itself to a filter.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub place: &'a Place,
    pub created_by: &'a UserId,
    pub assigned: &'a BTreeSet<UserId>,
}

impl Filter {
    pub fn admits(&self, facts: &Facts) -> bool {
        match self {
            Self::Everything => true,
            Self::Any(parts) => parts.iter().any(|part| part.admits(facts)),
            Self::All(parts) => parts.iter().all(|part| part.admits(facts)),
            Self::Region(path) => path.covers(&facts.place.region),
            Self::Park(park) => facts.place.park.as_ref() == Some(park),
            Self::Enterprise(id) => facts.place.enterprise.as_ref() == Some(id),
            Self::Sector(sectors) => facts.place.sector.as_ref().is_some_and(|sector| sectors.contains(sector)),
            Self::CreatedBy(user) => facts.created_by == user,
            Self::AssignedTo(user) => facts.assigned.contains(user),
        }
    }
}

/// Proof that a policy was asked. Only this crate makes one, and every query for records wants one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadScope {
    filter: Filter,
}

impl ReadScope {
    pub(crate) fn of(filter: Filter) -> Self {
        Self { filter }
    }

    /// The platform's own reading: alarms, deadlines, rebuilding. Never on behalf of a user.
    pub fn platform() -> Self {
        Self { filter: Filter::Everything }
    }

    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    pub fn shows_nothing(&self) -> bool {
        matches!(&self.filter, Filter::Any(parts) if parts.is_empty())
    }
}
