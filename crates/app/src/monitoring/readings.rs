//! Readings on their way in and out: judged, stored, answered; asked for, and shown only to those who may see their enterprise.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anlan_access::ReadScope;
use anlan_base::{EnterpriseId, Instant, Place, Quality, RecordId, Refusal};
use anlan_store::PointQuery;
use anlan_telemetry::{
    Agg, IntakeError, Limits, Parsed, Point, Precision, QueryError, Receipt, Sample, Unreadable, parse_json, parse_lines,
};
use serde_json::{Value, json};

use super::RETENTION_MS;
use super::gateways::Sender;
use crate::{App, AppError, Caller};

impl App {
    /// The contract's JSON. The answer comes after the fsync.
    pub async fn take_json(&self, sender: &Sender, body: &[u8]) -> Result<Receipt, AppError> {
        let parsed = {
            let table = self.monitoring.points.read();
            let own = |id: &str| table.by_id(id).map(|point| &**point).filter(|point| sender.enterprises.contains(&point.enterprise));
            parse_json(body, own, &self.limits()).map_err(unreadable)?
        };
        self.take(sender, parsed).await
    }

    /// Line protocol. `Some` says what was wrong, after the good ones are safe.
    pub async fn take_lines(&self, sender: &Sender, body: &[u8], precision: &str) -> Result<Option<String>, AppError> {
        let precision = Precision::parse(precision)
            .ok_or_else(|| AppError::BadRequest(Refusal::at("bad_parameter", "precision").with("name", "precision")))?;
        let lines = {
            let table = self.monitoring.points.read();
            let own = |id: &str| table.by_id(id).map(|point| &**point).filter(|point| sender.enterprises.contains(&point.enterprise));
            parse_lines(body, &sender.name, precision, own, &self.limits()).map_err(unreadable)?
        };
        let partial = lines.partial_write();
        self.take(sender, lines.parsed).await?;
        Ok(partial)
    }

    async fn take(&self, sender: &Sender, parsed: Parsed) -> Result<Receipt, AppError> {
        let newest = parsed.samples.iter().map(|sample| sample.t).max();
        let receipt = self.monitoring.intake.submit(&sender.name, parsed).await.map_err(not_stored)?;
        self.tally(sender, &receipt, newest);
        Ok(receipt)
    }

    fn limits(&self) -> Limits {
        Limits { now: self.now(), retention_ms: RETENTION_MS }
    }

    /// Readings of a point over `[from, to)`.
    pub async fn samples(
        &self,
        caller: &Caller,
        point: &str,
        from: Instant,
        to: Instant,
        every_ms: Option<i64>,
        aggregates: &[&str],
    ) -> Result<Value, AppError> {
        let point = self.point_shown(caller, point).await?.ok_or(AppError::NotFound)?;
        // A long answer takes memory: a few at a time.
        static ANSWERS: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(2);
        let _turn = ANSWERS.acquire().await.ok();
        let rows: Vec<Value> = match every_ms {
            None => {
                let cells = self.monitoring.history.raw(point.number, from, to).await.map_err(not_read)?;
                cells.into_iter().map(|cell| json!([cell.t.as_ms(), cell.v, cell.mark.quality()])).collect()
            }
            Some(every_ms) => {
                let bad = |name: &&str| {
                    Agg::parse(name).ok_or_else(|| AppError::BadRequest(Refusal::at("bad_parameter", "agg").with("name", "agg")))
                };
                let names: &[&str] = if aggregates.is_empty() { &["avg"] } else { aggregates };
                let aggs = names.iter().map(bad).collect::<Result<Vec<_>, _>>()?;
                let steps = self.monitoring.history.aggregate(point.number, from, to, every_ms, &aggs).await.map_err(not_read)?;
                let row = |(t, values): (Instant, Vec<f64>)| {
                    let count_at = |at: usize| aggs[at] == Agg::Count;
                    let mut row = vec![json!(t.as_ms())];
                    row.extend(values.into_iter().enumerate().map(|(at, v)| if count_at(at) { json!(v as u64) } else { json!(v) }));
                    Value::Array(row)
                };
                steps.into_iter().map(row).collect()
            }
        };
        Ok(json!({"point": point.id, "unit": point.unit, "rows": rows}))
    }

    /// The latest reading of the points asked for, or of an enterprise.
    pub async fn latest(&self, caller: &Caller, enterprises: &[&str], hazard_unit: Option<&str>, ids: &[&str]) -> Result<Value, AppError> {
        let mut wanted: Vec<Arc<Point>> = Vec::new();
        if ids.is_empty() {
            for enterprise in enterprises {
                if self.sees_enterprise(caller, &(*enterprise).into()).await? {
                    let table = self.monitoring.points.read();
                    let of_unit =
                        |point: &Point| hazard_unit.is_none_or(|unit| point.hazard_unit.as_ref().is_some_and(|own| own.as_str() == unit));
                    wanted.extend(table.iter().filter(|point| point.enterprise.as_str() == *enterprise && of_unit(point)).cloned());
                }
            }
            if let (true, Some(unit)) = (enterprises.is_empty(), hazard_unit) {
                let query = PointQuery { hazard_unit: Some(unit.into()), page: 1, size: 500, ..PointQuery::default() };
                let (points, _) = self.store.points(&self.scope(caller, "enterprise"), &query).await?;
                wanted.extend(points.into_iter().map(|stored| Arc::new(stored.point)));
            }
        } else {
            for id in ids {
                wanted.extend(self.point_shown(caller, id).await?);
            }
        }
        wanted.sort_by(|a, b| a.id.cmp(&b.id));
        let latest = self.monitoring.history.latest_of(wanted.iter().map(|point| point.number));
        let items: Vec<Value> = wanted
            .iter()
            .zip(latest)
            .map(|(point, sample)| {
                json!({
                    "p": point.id, "name": point.name, "quantity": point.quantity, "unit": point.unit, "hazard_unit": point.hazard_unit,
                    "t": sample.map(|s| s.t), "v": sample.map(|s| s.v), "q": sample.map(|s| s.quality()),
                    "stale": !sample.is_some_and(|s| self.is_fresh(point, &s)),
                })
            })
            .collect();
        Ok(json!({"total": items.len(), "page": 1, "size": items.len(), "items": items}))
    }

    /// Number and id of those of these points that the caller may watch.
    pub async fn watchable(&self, caller: &Caller, ids: &[&str]) -> Result<BTreeMap<u32, String>, AppError> {
        let mut shown = BTreeMap::new();
        for id in ids {
            if let Some(point) = self.point_shown(caller, id).await? {
                shown.insert(point.number, point.id.clone());
            }
        }
        Ok(shown)
    }

    pub(crate) async fn may_read_point(&self, caller: &Caller, id: &str) -> Result<bool, AppError> {
        Ok(self.point_shown(caller, id).await?.is_some())
    }

    async fn point_shown(&self, caller: &Caller, id: &str) -> Result<Option<Arc<Point>>, AppError> {
        let Some(point) = self.monitoring.points.get(id) else { return Ok(None) };
        Ok(self.sees_enterprise(caller, &point.enterprise).await?.then_some(point))
    }

    pub(crate) async fn sees_enterprise(&self, caller: &Caller, id: &EnterpriseId) -> Result<bool, AppError> {
        Ok(self.store.record(&self.scope(caller, "enterprise"), &RecordId(id.0.clone())).await?.is_some())
    }

    /// Every point the caller may see: whether it delivers, and what its latest reading is worth. `None`: never delivered.
    pub(crate) async fn points_now(&self, caller: &Caller) -> Result<Vec<(Arc<Point>, bool, Option<Quality>)>, AppError> {
        let all: Vec<Arc<Point>> = self.monitoring.points.read().iter().cloned().collect();
        let owners: BTreeSet<EnterpriseId> = all.iter().map(|point| point.enterprise.clone()).collect();
        let mut shown = BTreeSet::new();
        for owner in owners {
            if self.sees_enterprise(caller, &owner).await? {
                shown.insert(owner);
            }
        }
        let mine: Vec<Arc<Point>> = all.into_iter().filter(|point| shown.contains(&point.enterprise)).collect();
        let latest = self.monitoring.history.latest_of(mine.iter().map(|point| point.number));
        let state = |(point, sample): (Arc<Point>, Option<Sample>)| {
            let fresh = sample.is_some_and(|sample| self.is_fresh(&point, &sample));
            (point, fresh, sample.map(|sample| sample.quality()))
        };
        Ok(mine.into_iter().zip(latest).map(state).collect())
    }

    pub(crate) fn latest_of(&self, point: u32) -> Option<Sample> {
        self.monitoring.history.latest(point)
    }

    /// Younger than three periods, at least a minute: the same patience as the stale alarm's.
    fn is_fresh(&self, point: &Point, sample: &Sample) -> bool {
        self.now().since_ms(sample.t) < (3 * point.period_ms).max(60_000)
    }

    /// Where the point's enterprise stands: who may hear of its alarms.
    pub(crate) async fn place_of(&self, enterprise: &EnterpriseId) -> Result<Option<Place>, AppError> {
        let record = self.store.record(&ReadScope::platform(), &RecordId(enterprise.0.clone())).await?;
        Ok(record.map(|record| record.place()))
    }
}

fn unreadable(why: Unreadable) -> AppError {
    match &why {
        Unreadable::TooMany { limit } => AppError::TooLarge(Refusal::new("too_many_entries").with("limit", limit)),
        Unreadable::TooLarge { limit } => {
            AppError::TooLarge(Refusal::new("too_large").with("limit", format!("{} MiB", limit / 1024 / 1024)))
        }
        _ => AppError::BadRequest(Refusal::new("bad_json").with("why", &why)),
    }
}

fn not_stored(error: IntakeError) -> AppError {
    match error {
        IntakeError::Full => AppError::NoSpace,
        IntakeError::Busy => AppError::TooMany { retry_after_s: 1 },
        other => AppError::failure("store readings", other),
    }
}

fn not_read(error: QueryError) -> AppError {
    match error {
        QueryError::TooMany { limit } => AppError::TooLarge(Refusal::new("too_many_entries").with("limit", limit)),
        other => AppError::failure("read the history", other),
    }
}
