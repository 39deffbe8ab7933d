//! Where a record stands in the order of supervision: what a post covers or does not cover.

use serde::{Deserialize, Serialize};

use crate::{EnterpriseId, Name, OrganisationId, RegionPath};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub region: RegionPath,
    pub enterprise: Option<EnterpriseId>,
    pub park: Option<OrganisationId>,
    pub sector: Option<Name>,
}
