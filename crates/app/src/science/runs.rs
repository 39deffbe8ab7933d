//! Runs that are kept: whoever may see the hazard unit or the enterprise they are about sees them, an unlinked one only its maker.

use anlan_access::ReadScope;
use anlan_base::{EnterpriseId, ModelRunId, Name, RecordId, Refusal, RegionPath};
use anlan_ledger::sha256_hex;
use anlan_records::record::Record;
use anlan_store::{ModelRun, ModelRunQuery, RunScope, StoredRun};
use serde_json::Value;

use super::scenario::{self, Computed};
use crate::idempotency::mark_done;
use crate::records::{EnterpriseBrief, Page};
use crate::{App, AppError, Caller};

/// The kinds a run can be about, the nearest first.
const UNIT: &str = "hazard_unit";
const OWNER: &str = "enterprise";
const LONGEST_NAME: usize = 200;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct NewRun {
    pub scenario: Value,
    /// Where the scenario stands in the request: empty, or `scenario.`.
    pub at: &'static str,
    pub hazard_unit: Option<String>,
    pub enterprise: Option<String>,
}

/// A kept run with what a reader wants to see beside it.
#[derive(Clone, Debug)]
pub struct RunView {
    pub run: ModelRun,
    pub enterprise: Option<EnterpriseBrief>,
    /// Code of the region in which it lay.
    pub region: Option<String>,
    /// `None` in lists.
    pub result: Option<Value>,
}

#[derive(Clone, Debug, Default)]
pub struct RunQuery {
    pub enterprises: Vec<String>,
    pub hazard_units: Vec<String>,
    pub page: u32,
    pub size: u32,
}

/// What came of computing a kept run once more.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Repeated {
    /// Bit for bit.
    pub same: bool,
    pub sha256: String,
    pub stored_sha256: String,
    pub version: String,
    pub stored_version: String,
}

/// The records a run is about.
#[derive(Default)]
struct About {
    enterprise: Option<EnterpriseId>,
    hazard_unit: Option<RecordId>,
    region: Option<RegionPath>,
}

/// Runs one person may keep: none is ever taken away, so that what a decision rests on stays.
const MOST_KEPT: i64 = 1_000;

impl App {
    /// Computes and keeps nothing.
    pub async fn run_scenario(&self, new: NewRun) -> Result<(Computed, Value), AppError> {
        let computed = self.science.compute(move || scenario::compute(&new.scenario, new.at)).await??;
        let result = scenario::parsed(&computed.result)?;
        Ok((computed, result))
    }

    /// Computes and keeps.
    pub async fn keep_run(&self, caller: &Caller, new: NewRun) -> Result<RunView, AppError> {
        let about = self.about(caller, new.hazard_unit.as_deref(), new.enterprise.as_deref()).await?;
        name_fits(&new)?;
        let (computed, _) = self.run_scenario(new).await?;
        let now = self.now();
        let run = ModelRun {
            id: ModelRunId(self.ids.next(now)),
            name: computed.name,
            made_at: now,
            made_by: caller.user.id.clone(),
            made_by_name: String::new(),
            enterprise: about.enterprise,
            hazard_unit: about.hazard_unit,
            hazard_unit_title: None,
            region: about.region,
            sha256: computed.sha256,
            version: computed.version,
        };
        let id = run.id.clone();
        let mut tx = self.store.write().await?;
        if tx.model_runs_kept_by(&caller.user.id).await? >= MOST_KEPT {
            return Err(AppError::Conflict(Refusal::new("too_many_kept").with("limit", MOST_KEPT)));
        }
        tx.add_model_run(&StoredRun { run, description: computed.description, result: computed.result }).await?;
        mark_done(&mut tx, id.as_str()).await?;
        tx.commit().await?;
        self.kept_run(caller, &id).await
    }

    /// The caller must see what the run is to be about; a unit brings its enterprise.
    async fn about(&self, caller: &Caller, unit: Option<&str>, enterprise: Option<&str>) -> Result<About, AppError> {
        let unit = match unit {
            Some(id) => Some(self.visible(caller, UNIT, id).await?),
            None => None,
        };
        let enterprise = match enterprise {
            Some(id) => Some(self.visible(caller, OWNER, id).await?),
            None => None,
        };
        let named = enterprise.as_ref().map(|record| EnterpriseId(record.id.0.clone()));
        Ok(match (unit, enterprise) {
            (Some(unit), _) if named.is_some() && unit.enterprise != named => {
                return Err(AppError::invalid(Refusal::at("not_of_enterprise", UNIT)));
            }
            (Some(unit), _) => About { enterprise: unit.enterprise, hazard_unit: Some(unit.id), region: Some(unit.region) },
            (None, Some(enterprise)) => About { enterprise: named, hazard_unit: None, region: Some(enterprise.region) },
            (None, None) => About::default(),
        })
    }

    async fn visible(&self, caller: &Caller, kind: &str, id: &str) -> Result<Record, AppError> {
        let found = self.store.record(&self.scope(caller, kind), &RecordId::from(id)).await?;
        found.filter(|record| record.kind == *kind).ok_or(AppError::NotFound)
    }

    fn run_scopes(&self, caller: &Caller) -> [(Name, ReadScope); 2] {
        [UNIT, OWNER].map(|kind| (Name::of(kind), self.scope(caller, kind)))
    }

    async fn stored_run(&self, caller: &Caller, id: &ModelRunId) -> Result<StoredRun, AppError> {
        let scopes = self.run_scopes(caller);
        let scope = RunScope { about: &scopes, maker: &caller.user.id };
        self.store.model_run(&scope, id).await?.ok_or(AppError::NotFound)
    }

    pub async fn kept_run(&self, caller: &Caller, id: &ModelRunId) -> Result<RunView, AppError> {
        let stored = self.stored_run(caller, id).await?;
        if sha256_hex(stored.result.as_bytes()) != stored.run.sha256 {
            // Damage is named and contained: a damaged result is never served as a good one (P07).
            return Err(AppError::failure("give out a model run: its result no longer matches its hash", id.0.clone()));
        }
        let result = scenario::parsed(&stored.result)?;
        Ok(RunView { result: Some(result), ..self.run_view(stored.run).await? })
    }

    pub async fn kept_runs(&self, caller: &Caller, query: &RunQuery) -> Result<Page<RunView>, AppError> {
        let scopes = self.run_scopes(caller);
        let wanted = ModelRunQuery {
            enterprises: query.enterprises.iter().map(|id| id.as_str().into()).collect(),
            hazard_units: query.hazard_units.iter().map(|id| id.as_str().into()).collect(),
            page: query.page,
            size: query.size,
        };
        let (found, total) = self.store.model_runs(&RunScope { about: &scopes, maker: &caller.user.id }, &wanted).await?;
        let mut items = Vec::with_capacity(found.len());
        for run in found {
            items.push(self.run_view(run).await?);
        }
        Ok(Page { items, total: total as u64 })
    }

    async fn run_view(&self, run: ModelRun) -> Result<RunView, AppError> {
        let enterprise = match &run.enterprise {
            Some(id) => self.enterprise_brief(id).await?,
            None => None,
        };
        let region = run.region.as_ref().map(|path| self.regions().code_of(path));
        Ok(RunView { run, enterprise, region, result: None })
    }

    /// Computes a kept run again from its description, with the models of today.
    pub async fn repeat_run(&self, caller: &Caller, id: &ModelRunId) -> Result<Repeated, AppError> {
        let StoredRun { run, description, .. } = self.stored_run(caller, id).await?;
        let again = self.science.compute(move || scenario::compute_text(description, "description.")).await??;
        Ok(Repeated {
            same: again.sha256 == run.sha256,
            sha256: again.sha256,
            stored_sha256: run.sha256,
            version: again.version,
            stored_version: run.version,
        })
    }
}

/// A kept run is found again by its name.
fn name_fits(new: &NewRun) -> Result<(), AppError> {
    // Without a name, or with something else for one, the description itself is refused.
    let Some(name) = new.scenario["name"].as_str() else { return Ok(()) };
    let at = |code| Refusal::at(code, format!("{}name", new.at));
    let refusal = if name.trim().is_empty() {
        at("required")
    } else if name.chars().count() > LONGEST_NAME {
        at("too_long").with("max", LONGEST_NAME)
    } else if name.chars().any(char::is_control) {
        at("bad_form").with("form", "line")
    } else {
        return Ok(());
    };
    Err(AppError::invalid(refusal))
}
