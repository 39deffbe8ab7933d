//! Regions and organisations in memory: few, read at every answer, changed rarely.

use std::collections::BTreeMap;

use anlan_base::{OrganisationId, RegionPath};
use anlan_records::kind::Label;
use anlan_store::{Organisation, Region};
use serde_json::{Value, json};

use crate::{App, AppError};

#[derive(Clone, Debug, Default)]
pub struct Regions {
    by_path: BTreeMap<RegionPath, Region>,
}

impl Regions {
    pub fn new(all: Vec<Region>) -> Self {
        Self { by_path: all.into_iter().map(|region| (region.path.clone(), region)).collect() }
    }
    /// Empty at the root.
    pub fn code_of(&self, path: &RegionPath) -> String {
        self.by_path.get(path).map_or_else(String::new, |region| region.code.clone())
    }
    pub fn name_of(&self, path: &RegionPath) -> Label {
        self.by_path.get(path).map_or_else(Label::default, |region| Label { zh: region.zh.clone(), en: region.en.clone() })
    }
    pub fn path_of(&self, code: &str) -> Option<RegionPath> {
        self.by_path.values().find(|region| region.code == code).map(|region| region.path.clone())
    }
    pub fn all(&self) -> impl Iterator<Item = &Region> {
        self.by_path.values()
    }
}

#[derive(Clone, Debug, Default)]
pub struct Organisations {
    by_id: BTreeMap<OrganisationId, Organisation>,
}

impl Organisations {
    pub fn new(all: Vec<Organisation>) -> Self {
        Self { by_id: all.into_iter().map(|organisation| (organisation.id.clone(), organisation)).collect() }
    }
    pub fn name_of(&self, id: &OrganisationId) -> String {
        self.by_id.get(id).map_or_else(String::new, |organisation| organisation.zh.clone())
    }
}

impl App {
    /// After regions or organisations changed.
    pub async fn reload_places(&self) -> Result<(), AppError> {
        let (regions, organisations) = (self.store.regions().await?, self.store.organisations(None, 100_000).await?);
        *self.regions.write().expect("no reader panics") = Regions::new(regions).into();
        *self.organisations.write().expect("no reader panics") = Organisations::new(organisations).into();
        Ok(())
    }

    pub fn regions_json(&self) -> Value {
        let regions = self.regions();
        let items: Vec<Value> = regions
            .all()
            .map(|region| {
                let parent = region.path.parent().map(|path| regions.code_of(&path)).filter(|code| !code.is_empty());
                json!({"code": region.code, "name": {"zh": region.zh, "en": region.en}, "level": region.level, "parent": parent})
            })
            .collect();
        json!({"total": items.len(), "page": 1, "size": items.len(), "items": items})
    }

    pub fn organisations_json(&self, q: Option<&str>) -> Value {
        let wanted = q.unwrap_or("").trim().to_lowercase();
        let organisations = self.organisations();
        let items: Vec<Value> = organisations
            .by_id
            .values()
            .filter(|o| wanted.is_empty() || o.zh.to_lowercase().contains(&wanted) || o.en.to_lowercase().contains(&wanted))
            .map(|o| json!({"id": o.id, "name": {"zh": o.zh, "en": o.en}, "type": o.kind}))
            .collect();
        json!({"total": items.len(), "page": 1, "size": items.len(), "items": items})
    }
}
