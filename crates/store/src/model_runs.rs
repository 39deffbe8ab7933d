//! Runs of models that somebody kept: what was asked, what came out, and the record it is about, which decides who sees it.

use anlan_access::ReadScope;
use anlan_base::{EnterpriseId, Instant, ModelRunId, Name, RecordId, RegionPath, UserId};

use crate::StoreError;
use crate::engine::{Row, Sql, args};
use crate::filter;
use crate::open::Store;
use crate::tx::Tx;

/// A run as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRun {
    pub id: ModelRunId,
    pub name: String,
    pub made_at: Instant,
    pub made_by: UserId,
    pub made_by_name: String,
    pub enterprise: Option<EnterpriseId>,
    pub hazard_unit: Option<RecordId>,
    /// Title of the hazard unit.
    pub hazard_unit_title: Option<String>,
    /// Where the record it is about lay when it was made.
    pub region: Option<RegionPath>,
    /// Of the canonical result.
    pub sha256: String,
    /// Of the models.
    pub version: String,
}

/// With what was asked and what came out, both as canonical JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRun {
    pub run: ModelRun,
    pub description: String,
    pub result: String,
}

/// What somebody may see of them: those about records of these scopes, and their own that are about nothing.
#[derive(Clone, Copy, Debug)]
pub struct RunScope<'a> {
    pub about: &'a [(Name, ReadScope)],
    pub maker: &'a UserId,
}

#[derive(Clone, Debug, Default)]
pub struct ModelRunQuery {
    /// Of each list: any of these; empty: any at all.
    pub enterprises: Vec<EnterpriseId>,
    pub hazard_units: Vec<RecordId>,
    /// From 1.
    pub page: u32,
    pub size: u32,
}

const RUN: &str = "SELECT m.id, m.name, m.made_at, m.made_by, u.name, m.enterprise, m.hazard_unit, \
     CASE WHEN m.hazard_unit IS NULL THEN NULL ELSE r.title END, m.region, m.sha256, m.version";
/// The record `r` is the nearest one it is about: the unit before its enterprise.
const FROM: &str = " FROM model_run m JOIN app_user u ON u.id = m.made_by LEFT JOIN record r ON r.id = COALESCE(m.hazard_unit, m.enterprise) \
     WHERE ";

fn run(row: &Row) -> Result<ModelRun, StoreError> {
    let region = |text: String| RegionPath::parse(&text).ok_or_else(|| StoreError::corrupt(format!("`{text}` is no path of regions")));
    Ok(ModelRun {
        id: row.text(0)?.into(),
        name: row.text(1)?,
        made_at: row.instant(2)?,
        made_by: row.text(3)?.into(),
        made_by_name: row.text(4)?,
        enterprise: row.opt_text(5)?.map(Into::into),
        hazard_unit: row.opt_text(6)?.map(Into::into),
        hazard_unit_title: row.opt_text(7)?,
        region: row.opt_text(8)?.map(region).transpose()?,
        sha256: row.text(9)?,
        version: row.text(10)?,
    })
}

fn seen(scope: &RunScope) -> Sql {
    let own = Sql::new("(m.hazard_unit IS NULL AND m.enterprise IS NULL AND m.made_by = $1)", args![scope.maker]);
    filter::joined([filter::any_kind(scope.about), own], " OR ", "1 = 0")
}

impl Store {
    pub async fn model_run(&self, scope: &RunScope<'_>, id: &ModelRunId) -> Result<Option<StoredRun>, StoreError> {
        let mut sql = Sql::new(&format!("{RUN}, m.description, m.result{FROM}m.id = $1 AND "), args![id]);
        sql.append(seen(scope));
        let row = self.read().await?.first("read a model run", sql).await?;
        row.map(|row| Ok(StoredRun { run: run(&row)?, description: row.text(11)?, result: row.text(12)? })).transpose()
    }

    /// A page, the latest first, and how many in all.
    pub async fn model_runs(&self, scope: &RunScope<'_>, query: &ModelRunQuery) -> Result<(Vec<ModelRun>, i64), StoreError> {
        let mut matching = Sql::new(FROM, vec![]);
        matching.append(seen(scope));
        if !query.enterprises.is_empty() {
            matching.raw(" AND ").append(filter::one_of("m.enterprise", &query.enterprises));
        }
        if !query.hazard_units.is_empty() {
            matching.raw(" AND ").append(filter::one_of("m.hazard_unit", &query.hazard_units));
        }
        let mut page = Sql::new(RUN, vec![]);
        page.append(matching.clone()).raw(" ORDER BY m.made_at DESC, m.id DESC LIMIT ").bind(query.size);
        page.raw(" OFFSET ").bind(i64::from(query.page.max(1) - 1) * i64::from(query.size));
        let mut conn = self.read().await?;
        let found = conn.fetch("list model runs", page).await?.iter().map(run).collect::<Result<Vec<_>, _>>()?;
        let mut count = Sql::new("SELECT COUNT(*)", vec![]);
        count.append(matching);
        Ok((found, conn.number("count model runs", count).await?))
    }
}

impl Tx {
    /// A run is written once and never changed. The names in it are not stored: they are looked up when it is read.
    pub async fn add_model_run(&mut self, stored: &StoredRun) -> Result<(), StoreError> {
        let run = &stored.run;
        let mut sql = Sql::new(
            "INSERT INTO model_run (id, name, made_at, made_by, enterprise, hazard_unit, region, description, result, sha256, version) VALUES ",
            vec![],
        );
        sql.list(args![
            &run.id,
            &run.name,
            run.made_at,
            &run.made_by,
            run.enterprise.as_ref(),
            run.hazard_unit.as_ref(),
            run.region.as_ref(),
            &stored.description,
            &stored.result,
            &run.sha256,
            &run.version,
        ]);
        self.conn.run("keep a model run", sql).await.map(|_| ())
    }

    /// How many runs somebody has kept so far.
    pub async fn model_runs_kept_by(&mut self, maker: &UserId) -> Result<i64, StoreError> {
        let sql = Sql::new("SELECT COUNT(*) FROM model_run WHERE made_by = $1", args![maker]);
        self.conn.number("count kept model runs", sql).await
    }
}
