//! A post: a role held somewhere. It covers what lies in its place.

use std::collections::BTreeSet;

use anlan_base::{EnterpriseId, Name, OrganisationId, Place, RegionPath, UserId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostScope {
    /// A region and everything below it.
    Region(RegionPath),
    Park(OrganisationId),
    Enterprise(EnterpriseId),
    Platform,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub role: Name,
    pub scope: PostScope,
    /// Empty: all sectors.
    pub sectors: Vec<Name>,
}

impl Post {
    pub fn covers(&self, place: &Place) -> bool {
        let inside = match &self.scope {
            PostScope::Region(path) => path.covers(&place.region),
            PostScope::Park(park) => place.park.as_ref() == Some(park),
            PostScope::Enterprise(own) => place.enterprise.as_ref() == Some(own),
            PostScope::Platform => true,
        };
        inside && (self.sectors.is_empty() || place.sector.as_ref().is_some_and(|sector| self.sectors.contains(sector)))
    }
}

/// A user with everything that decides about access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub user: UserId,
    pub posts: Vec<Post>,
    /// Organisations of which the user is an inspector or head.
    pub units: BTreeSet<OrganisationId>,
}

impl Subject {
    /// The roles whose post covers this place.
    pub fn holds(&self, place: &Place) -> BTreeSet<Name> {
        self.posts.iter().filter(|post| post.covers(place)).map(|post| post.role.clone()).collect()
    }

    pub fn has_role(&self, role: &str) -> bool {
        self.posts.iter().any(|post| post.role == *role)
    }

    /// The enterprises whose own people this user belongs to.
    pub fn enterprises(&self) -> impl Iterator<Item = &EnterpriseId> {
        self.posts.iter().filter_map(|post| match &post.scope {
            PostScope::Enterprise(id) => Some(id),
            _ => None,
        })
    }
}
