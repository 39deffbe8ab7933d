//! Gateways and measuring points: who may send, and what is measured.

use anlan_access::ReadScope;
use anlan_base::{EnterpriseId, Instant, RecordId};
use anlan_telemetry::{Point, PointKind};

use crate::StoreError;
use crate::engine::{Row, Sql, args, json};
use crate::filter;
use crate::open::Store;
use crate::tx::Tx;

#[derive(Clone, Debug, PartialEq)]
pub struct Gateway {
    pub number: u32,
    pub id: String,
    pub enterprise: EnterpriseId,
    pub key_hash: String,
    pub created_at: Instant,
    pub last_seen: Option<Instant>,
    /// Accepted, duplicate, corrected and each rejection, as its owner counts them.
    pub counters: serde_json::Value,
}

/// A measuring point with what only the records' side knows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPoint {
    pub point: Point,
    pub equipment: Option<RecordId>,
    /// Longitude and latitude, CGCS2000.
    pub position: Option<(f64, f64)>,
}

#[derive(Clone, Debug, Default)]
pub struct PointQuery {
    pub enterprise: Option<EnterpriseId>,
    pub hazard_unit: Option<RecordId>,
    pub quantity: Option<String>,
    /// In id or name.
    pub q: Option<String>,
    /// From 1; with `size` 0: all.
    pub page: u32,
    pub size: u32,
}

const GATEWAY: &str = "SELECT g.num, g.id, g.enterprise, g.key_hash, g.created_at, g.last_seen, g.counters FROM gateway g";
/// The record `r` is the point's enterprise: it decides who sees the point.
const POINT: &str = "SELECT p.num, p.id, p.name, p.enterprise, c.code, p.hazard_unit, p.quantity, p.unit, p.span_lo, p.span_hi, p.period_ms, \
     p.kind, p.equipment, p.lon, p.lat";
const POINT_FROM: &str = " FROM point p JOIN record r ON r.id = p.enterprise JOIN enterprise_code c ON c.enterprise = p.enterprise WHERE ";

fn number(row: &Row, at: usize) -> Result<u32, StoreError> {
    u32::try_from(row.int(at)?).map_err(|_| StoreError::corrupt("a point's number out of range"))
}

fn gateway(row: &Row) -> Result<Gateway, StoreError> {
    Ok(Gateway {
        number: number(row, 0)?,
        id: row.text(1)?,
        enterprise: row.text(2)?.into(),
        key_hash: row.text(3)?,
        created_at: row.instant(4)?,
        last_seen: row.opt_instant(5)?,
        counters: json(&row.text(6)?)?,
    })
}

fn point(row: &Row) -> Result<StoredPoint, StoreError> {
    let kind = row.text(11)?;
    let point = Point {
        number: number(row, 0)?,
        id: row.text(1)?,
        name: row.text(2)?,
        enterprise: row.text(3)?.into(),
        enterprise_code: row.text(4)?,
        hazard_unit: row.opt_text(5)?.map(Into::into),
        quantity: row.text(6)?,
        unit: row.text(7)?,
        span: row.opt_real(8)?.zip(row.opt_real(9)?).map(|(low, high)| [low, high]),
        period_ms: row.int(10)?,
        kind: PointKind::parse(&kind).ok_or_else(|| StoreError::corrupt(format!("`{kind}` is no kind of point")))?,
    };
    Ok(StoredPoint { point, equipment: row.opt_text(12)?.map(Into::into), position: row.opt_real(13)?.zip(row.opt_real(14)?) })
}

impl Store {
    /// For the check of its key: no scope, nobody has been recognised yet.
    pub async fn gateway(&self, id: &str) -> Result<Option<Gateway>, StoreError> {
        let sql = Sql::new(&format!("{GATEWAY} WHERE g.id = $1"), args![id]);
        self.read().await?.first("read a gateway", sql).await?.as_ref().map(gateway).transpose()
    }

    /// By id, where the scope shows their enterprise.
    pub async fn gateways(&self, scope: &ReadScope) -> Result<Vec<Gateway>, StoreError> {
        let mut sql = Sql::new(&format!("{GATEWAY} JOIN record r ON r.id = g.enterprise WHERE "), vec![]);
        sql.append(filter::scope(scope)).raw(" ORDER BY g.id");
        self.read().await?.fetch("list gateways", sql).await?.iter().map(gateway).collect()
    }

    /// A page by id and how many in all. The scope is that of the kind `enterprise`: who sees the enterprise sees its points.
    pub async fn points(&self, scope: &ReadScope, query: &PointQuery) -> Result<(Vec<StoredPoint>, i64), StoreError> {
        let mut matching = Sql::new(POINT_FROM, vec![]);
        matching.append(filter::scope(scope));
        if let Some(enterprise) = &query.enterprise {
            matching.raw(" AND p.enterprise = ").bind(enterprise);
        }
        if let Some(unit) = &query.hazard_unit {
            matching.raw(" AND p.hazard_unit = ").bind(unit);
        }
        if let Some(quantity) = &query.quantity {
            matching.raw(" AND p.quantity = ").bind(quantity);
        }
        if let Some(q) = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            let ways = [filter::contains("lower(p.id)", q), filter::contains("lower(p.name)", q)];
            matching.raw(" AND ").append(filter::joined(ways, " OR ", "1 = 0"));
        }
        let mut page = Sql::new(POINT, vec![]);
        page.append(matching.clone()).raw(" ORDER BY p.id");
        if query.size > 0 {
            page.raw(" LIMIT ").bind(query.size).raw(" OFFSET ").bind(i64::from(query.page.max(1) - 1) * i64::from(query.size));
        }
        let mut conn = self.read().await?;
        let found = conn.fetch("list points", page).await?.iter().map(point).collect::<Result<Vec<_>, _>>()?;
        let mut count = Sql::new("SELECT COUNT(*)", vec![]);
        count.append(matching);
        Ok((found, conn.number("count points", count).await?))
    }
}

impl Tx {
    /// Its number in the database comes back; the one in `new` is not looked at.
    pub async fn add_gateway(&mut self, new: &Gateway) -> Result<u32, StoreError> {
        let sql = Sql::new(
            "INSERT INTO gateway (id, enterprise, key_hash, created_at, last_seen, counters) VALUES ($1, $2, $3, $4, $5, $6) RETURNING num",
            args![&new.id, &new.enterprise, &new.key_hash, new.created_at, new.last_seen, new.counters.to_string()],
        );
        let row = self.conn.first("add a gateway", sql).await?;
        row.map_or_else(|| Err(StoreError::corrupt("a new gateway has no number")), |row| number(&row, 0))
    }

    pub async fn set_gateway_counters(
        &mut self,
        id: &str,
        last_seen: Option<Instant>,
        counters: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let sql = Sql::new("UPDATE gateway SET last_seen = $1, counters = $2 WHERE id = $3", args![last_seen, counters.to_string(), id]);
        self.conn.run("save a gateway's counters", sql).await.map(|_| ())
    }

    /// Its number in the database comes back; the one in `new` is not looked at. The enterprise must have its code already.
    pub async fn add_point(&mut self, new: &StoredPoint) -> Result<u32, StoreError> {
        let p = &new.point;
        let mut sql = Sql::new(
            "INSERT INTO point (id, name, enterprise, hazard_unit, equipment, quantity, unit, span_lo, span_hi, period_ms, kind, lon, lat) VALUES ",
            vec![],
        );
        sql.list(args![
            &p.id,
            &p.name,
            &p.enterprise,
            p.hazard_unit.as_ref(),
            new.equipment.as_ref(),
            &p.quantity,
            &p.unit,
            p.span.map(|span| span[0]),
            p.span.map(|span| span[1]),
            p.period_ms,
            p.kind.as_str(),
            new.position.map(|position| position.0),
            new.position.map(|position| position.1),
        ]);
        sql.raw(" RETURNING num");
        let row = self.conn.first("add a point", sql).await?;
        row.map_or_else(|| Err(StoreError::corrupt("a new point has no number")), |row| number(&row, 0))
    }
}
