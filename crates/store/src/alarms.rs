//! Alarms, what happened to them, and how far the evaluator has read: committed together.

use anlan_access::ReadScope;
use anlan_alarms::{Alarm, AlarmState};
use anlan_base::{AlarmId, EnterpriseId, Instant, RecordId, UserId};
use anlan_telemetry::Position;
use serde::de::DeserializeOwned;

use crate::StoreError;
use crate::engine::{Row, Sql, args, json};
use crate::filter;
use crate::open::Store;
use crate::tx::Tx;

/// An alarm with what a reader wants to see beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAlarm {
    pub alarm: Alarm,
    pub point_id: String,
    pub point_name: String,
    pub quantity: String,
    pub unit: String,
    pub hazard_unit: Option<RecordId>,
    pub position: Option<(f64, f64)>,
    pub enterprise: EnterpriseId,
    pub enterprise_title: String,
    pub rule_title: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AlarmEvent {
    pub seq: i64,
    pub alarm: AlarmId,
    pub at: Instant,
    /// `raised`, `acked`, `returned` … or `comment`.
    pub what: String,
    pub state: AlarmState,
    /// `None`: the platform.
    pub actor: Option<UserId>,
    pub value: Option<f64>,
    pub comment: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct AlarmQuery {
    /// Of each list: any of these; empty: any at all.
    pub states: Vec<AlarmState>,
    pub enterprises: Vec<EnterpriseId>,
    /// Text ids.
    pub points: Vec<String>,
    pub hazard_units: Vec<RecordId>,
    pub priorities: Vec<String>,
    pub raised_from: Option<Instant>,
    pub raised_to: Option<Instant>,
    /// From 1.
    pub page: u32,
    pub size: u32,
}

/// Where the evaluator of a partition stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub state: Vec<u8>,
    pub position: Position,
    pub at: Instant,
}

/// The record `r` is the alarm's enterprise: it decides who sees the alarm.
const ALARM: &str = "SELECT a.id, a.rule, a.point, a.side, a.condition, a.priority, a.state, a.onset, a.raised_at, a.acked_at, a.acked_by, \
     a.returned_at, a.value, a.alarm_limit, a.late, p.id, p.name, p.quantity, p.unit, p.hazard_unit, p.lon, p.lat, r.id, r.title, u.title";
const FROM: &str =
    " FROM alarm a JOIN point p ON p.num = a.point JOIN record r ON r.id = p.enterprise JOIN record u ON u.id = a.rule WHERE ";

/// A word of a type that reads itself from JSON text.
fn word<T: DeserializeOwned>(text: String) -> Result<T, StoreError> {
    let complaint = format!("`{text}` is no word of an alarm");
    serde_json::from_value(serde_json::Value::String(text)).map_err(|_| StoreError::corrupt(complaint))
}

fn alarm(row: &Row) -> Result<StoredAlarm, StoreError> {
    let alarm = Alarm {
        id: row.text(0)?.into(),
        rule: row.text(1)?.into(),
        point: u32::try_from(row.int(2)?).map_err(|_| StoreError::corrupt("a point's number out of range"))?,
        side: word(row.text(3)?)?,
        condition: word(row.text(4)?)?,
        priority: word(row.text(5)?)?,
        state: word(row.text(6)?)?,
        onset: row.instant(7)?,
        raised_at: row.instant(8)?,
        acked_at: row.opt_instant(9)?,
        acked_by: row.opt_text(10)?.map(Into::into),
        returned_at: row.opt_instant(11)?,
        value: row.opt_real(12)?,
        limit: row.opt_real(13)?,
        late: row.flag(14)?,
    };
    Ok(StoredAlarm {
        alarm,
        point_id: row.text(15)?,
        point_name: row.text(16)?,
        quantity: row.text(17)?,
        unit: row.text(18)?,
        hazard_unit: row.opt_text(19)?.map(Into::into),
        position: row.opt_real(20)?.zip(row.opt_real(21)?),
        enterprise: row.text(22)?.into(),
        enterprise_title: row.text(23)?,
        rule_title: row.text(24)?,
    })
}

impl Store {
    /// The scope is that of the kind `enterprise`: who sees the enterprise sees its alarms.
    pub async fn alarm(&self, scope: &ReadScope, id: &AlarmId) -> Result<Option<StoredAlarm>, StoreError> {
        let mut sql = Sql::new(&format!("{ALARM}{FROM}a.id = $1 AND "), args![id]);
        sql.append(filter::scope(scope));
        self.read().await?.first("read an alarm", sql).await?.as_ref().map(alarm).transpose()
    }

    /// A page, the latest first, and how many in all.
    pub async fn alarms(&self, scope: &ReadScope, query: &AlarmQuery) -> Result<(Vec<StoredAlarm>, i64), StoreError> {
        let matching = matching(scope, query);
        let mut page = Sql::new(ALARM, vec![]);
        page.append(matching.clone()).raw(" ORDER BY a.raised_at DESC, a.id LIMIT ").bind(query.size);
        page.raw(" OFFSET ").bind(i64::from(query.page.max(1) - 1) * i64::from(query.size));
        let mut conn = self.read().await?;
        let found = conn.fetch("list alarms", page).await?.iter().map(alarm).collect::<Result<Vec<_>, _>>()?;
        let mut count = Sql::new("SELECT COUNT(*)", vec![]);
        count.append(matching);
        Ok((found, conn.number("count alarms", count).await?))
    }

    pub async fn count_alarms(&self, scope: &ReadScope, query: &AlarmQuery) -> Result<i64, StoreError> {
        let mut count = Sql::new("SELECT COUNT(*)", vec![]);
        count.append(matching(scope, query));
        self.read().await?.number("count alarms", count).await
    }

    /// What happened to an alarm the caller may see, in order.
    pub async fn alarm_events(&self, scope: &ReadScope, id: &AlarmId) -> Result<Vec<AlarmEvent>, StoreError> {
        let mut sql = Sql::new(
            "SELECT e.seq, e.alarm, e.at, e.what, e.state, e.actor, e.value, e.comment FROM alarm_event e JOIN alarm a ON a.id = e.alarm
             JOIN point p ON p.num = a.point JOIN record r ON r.id = p.enterprise WHERE e.alarm = $1 AND ",
            args![id],
        );
        sql.append(filter::scope(scope)).raw(" ORDER BY e.seq");
        let rows = self.read().await?.fetch("read an alarm's events", sql).await?;
        rows.iter()
            .map(|row| {
                Ok(AlarmEvent {
                    seq: row.int(0)?,
                    alarm: row.text(1)?.into(),
                    at: row.instant(2)?,
                    what: row.text(3)?,
                    state: word(row.text(4)?)?,
                    actor: row.opt_text(5)?.map(Into::into),
                    value: row.opt_real(6)?,
                    comment: row.opt_text(7)?,
                })
            })
            .collect()
    }

    /// Every partition that has a snapshot.
    pub async fn snapshot_partitions(&self) -> Result<Vec<String>, StoreError> {
        let sql = Sql::new("SELECT part FROM evaluator_snapshot ORDER BY part", args![]);
        self.read().await?.fetch("list the evaluator's snapshots", sql).await?.iter().map(|row| row.text(0)).collect()
    }

    pub async fn snapshot(&self, partition: &str) -> Result<Option<Snapshot>, StoreError> {
        let sql = Sql::new("SELECT state, position, at FROM evaluator_snapshot WHERE part = $1", args![partition]);
        let row = self.read().await?.first("read the evaluator's snapshot", sql).await?;
        row.map(|row| Ok(Snapshot { state: row.blob(0)?, position: json(&row.text(1)?)?, at: row.instant(2)? })).transpose()
    }
}

fn matching(scope: &ReadScope, query: &AlarmQuery) -> Sql {
    let mut sql = Sql::new(FROM, vec![]);
    sql.append(filter::scope(scope));
    if !query.states.is_empty() {
        sql.raw(" AND ").append(filter::one_of("a.state", query.states.iter().map(|state| state.as_str())));
    }
    if !query.enterprises.is_empty() {
        sql.raw(" AND ").append(filter::one_of("r.id", &query.enterprises));
    }
    if !query.points.is_empty() {
        sql.raw(" AND ").append(filter::one_of("p.id", &query.points));
    }
    if !query.hazard_units.is_empty() {
        sql.raw(" AND ").append(filter::one_of("p.hazard_unit", &query.hazard_units));
    }
    if !query.priorities.is_empty() {
        sql.raw(" AND ").append(filter::one_of("a.priority", &query.priorities));
    }
    if let Some(from) = query.raised_from {
        sql.raw(" AND a.raised_at >= ").bind(from);
    }
    if let Some(to) = query.raised_to {
        sql.raw(" AND a.raised_at < ").bind(to);
    }
    sql
}

impl Tx {
    /// New, or as it stands now: its id is a function of rule, side and the onset first told, so that a re-evaluation meets the same row.
    pub async fn put_alarm(&mut self, alarm: &Alarm) -> Result<(), StoreError> {
        let mut sql = Sql::new(
            "INSERT INTO alarm (id, rule, point, side, condition, priority, state, onset, raised_at, acked_at, acked_by, returned_at, value,
             alarm_limit, late) VALUES ",
            vec![],
        );
        sql.list(args![
            &alarm.id,
            &alarm.rule,
            alarm.point,
            alarm.side.as_str(),
            alarm.condition.as_str(),
            alarm.priority.as_str(),
            alarm.state.as_str(),
            alarm.onset,
            alarm.raised_at,
            alarm.acked_at,
            alarm.acked_by.as_ref(),
            alarm.returned_at,
            alarm.value,
            alarm.limit,
            alarm.late,
        ]);
        sql.raw(
            " ON CONFLICT (id) DO UPDATE SET condition = excluded.condition, priority = excluded.priority, state = excluded.state,
             onset = excluded.onset, raised_at = excluded.raised_at, acked_at = excluded.acked_at, acked_by = excluded.acked_by, returned_at = excluded.returned_at,
             value = excluded.value, alarm_limit = excluded.alarm_limit, late = excluded.late",
        );
        self.conn.run("save an alarm", sql).await.map(|_| ())
    }

    /// The event's `seq` is given by the database.
    pub async fn add_alarm_event(&mut self, event: &AlarmEvent) -> Result<(), StoreError> {
        let sql = Sql::new(
            "INSERT INTO alarm_event (alarm, at, what, state, actor, value, comment) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![&event.alarm, event.at, &event.what, event.state.as_str(), event.actor.as_ref(), event.value, event.comment.as_ref()],
        );
        self.conn.run("save an alarm's event", sql).await.map(|_| ())
    }

    pub async fn put_snapshot(&mut self, partition: &str, snapshot: &Snapshot) -> Result<(), StoreError> {
        let position = serde_json::to_string(&snapshot.position).expect("a position is JSON");
        let sql = Sql::new(
            "INSERT INTO evaluator_snapshot (part, state, position, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (part) DO UPDATE SET state = excluded.state, position = excluded.position, at = excluded.at",
            args![partition, snapshot.state.clone(), position, snapshot.at],
        );
        self.conn.run("save the evaluator's snapshot", sql).await.map(|_| ())
    }
}
