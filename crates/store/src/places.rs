//! Regions, organisations, the short codes of enterprises, and named settings of the installation.

use std::collections::BTreeMap;

use anlan_base::{EnterpriseId, OrganisationId, RegionPath};

use crate::StoreError;
use crate::engine::{Row, Sql, args, json};
use crate::filter;
use crate::open::Store;
use crate::tx::Tx;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The last part of its path.
    pub id: u32,
    /// Administrative code such as `320411004`.
    pub code: String,
    pub zh: String,
    pub en: String,
    pub level: String,
    pub path: RegionPath,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub id: OrganisationId,
    pub zh: String,
    pub en: String,
    pub kind: String,
    pub region: RegionPath,
}

fn path(row: &Row, at: usize) -> Result<RegionPath, StoreError> {
    let text = row.text(at)?;
    RegionPath::parse(&text).ok_or_else(|| StoreError::corrupt(format!("`{text}` is no path of regions")))
}

fn organisation(row: &Row) -> Result<Organisation, StoreError> {
    Ok(Organisation { id: row.text(0)?.into(), zh: row.text(1)?, en: row.text(2)?, kind: row.text(3)?, region: path(row, 4)? })
}

impl Store {
    /// Parents before their children.
    pub async fn regions(&self) -> Result<Vec<Region>, StoreError> {
        let sql = Sql::new("SELECT id, code, zh, en, level, path FROM region ORDER BY path", vec![]);
        let rows = self.read().await?.fetch("read regions", sql).await?;
        rows.iter()
            .map(|row| {
                let id = u32::try_from(row.int(0)?).map_err(|_| StoreError::corrupt("a region id out of range"))?;
                Ok(Region { id, code: row.text(1)?, zh: row.text(2)?, en: row.text(3)?, level: row.text(4)?, path: path(row, 5)? })
            })
            .collect()
    }

    pub async fn organisations(&self, q: Option<&str>, limit: u32) -> Result<Vec<Organisation>, StoreError> {
        let mut sql = Sql::new("SELECT o.id, o.zh, o.en, o.type, o.region FROM organisation o WHERE 1 = 1", vec![]);
        if let Some(q) = q.map(str::trim).filter(|q| !q.is_empty()) {
            let ways = [filter::contains("lower(o.zh)", q), filter::contains("lower(o.en)", q)];
            sql.raw(" AND ").append(filter::joined(ways, " OR ", "1 = 0"));
        }
        sql.raw(" ORDER BY o.zh, o.id LIMIT ").bind(limit);
        self.read().await?.fetch("list organisations", sql).await?.iter().map(organisation).collect()
    }

    pub async fn enterprise_by_code(&self, code: &str) -> Result<Option<EnterpriseId>, StoreError> {
        let sql = Sql::new("SELECT enterprise FROM enterprise_code WHERE code = $1", args![code]);
        self.read().await?.first("look up an enterprise's code", sql).await?.map(|row| row.text(0).map(EnterpriseId)).transpose()
    }

    /// Short code of each enterprise that has one.
    pub async fn enterprise_codes(&self) -> Result<BTreeMap<EnterpriseId, String>, StoreError> {
        let rows =
            self.read().await?.fetch("read enterprise codes", Sql::new("SELECT enterprise, code FROM enterprise_code", vec![])).await?;
        rows.iter().map(|row| Ok((EnterpriseId(row.text(0)?), row.text(1)?))).collect()
    }

    pub async fn setting(&self, name: &str) -> Result<Option<serde_json::Value>, StoreError> {
        let sql = Sql::new("SELECT value FROM setting WHERE name = $1", args![name]);
        self.read().await?.first("read a setting", sql).await?.map(|row| json(&row.text(0)?)).transpose()
    }
}

impl Tx {
    /// New, or under another name or code.
    pub async fn put_region(&mut self, region: &Region) -> Result<(), StoreError> {
        let sql = Sql::new(
            "INSERT INTO region (id, code, zh, en, level, path) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET code = excluded.code, zh = excluded.zh, en = excluded.en, level = excluded.level",
            args![region.id, &region.code, &region.zh, &region.en, &region.level, &region.path],
        );
        self.conn.run("save a region", sql).await.map(|_| ())
    }

    pub async fn put_organisation(&mut self, organisation: &Organisation) -> Result<(), StoreError> {
        let sql = Sql::new(
            "INSERT INTO organisation (id, zh, en, type, region) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET zh = excluded.zh, en = excluded.en, type = excluded.type, region = excluded.region",
            args![&organisation.id, &organisation.zh, &organisation.en, &organisation.kind, &organisation.region],
        );
        self.conn.run("save an organisation", sql).await.map(|_| ())
    }

    /// `NotUnique` if another enterprise has the code.
    pub async fn set_enterprise_code(&mut self, enterprise: &EnterpriseId, code: &str) -> Result<(), StoreError> {
        let sql = Sql::new(
            "INSERT INTO enterprise_code (enterprise, code) VALUES ($1, $2) ON CONFLICT (enterprise) DO UPDATE SET code = excluded.code",
            args![enterprise, code],
        );
        self.conn.run("save an enterprise's code", sql).await.map(|_| ())
    }

    pub async fn set_setting(&mut self, name: &str, value: &serde_json::Value) -> Result<(), StoreError> {
        let sql = Sql::new(
            "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            args![name, value.to_string()],
        );
        self.conn.run("save a setting", sql).await.map(|_| ())
    }
}
