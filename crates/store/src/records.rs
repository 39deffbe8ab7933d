//! Reading records: one, a page of a kind, how many, how it came to be, what its ids stand for. Every question for records takes a scope.

use std::collections::BTreeMap;

use anlan_access::{ReadScope, Subject};
use anlan_base::{Instant, Name, RecordId, RegionPath};
use anlan_records::kind::{Condition, FieldType, Kind, Kinds};
use anlan_records::record::{Body, Deed, FieldChange, Record};

use crate::StoreError;
use crate::engine::{Conn, Row, Sql, args, json, name};
use crate::filter::{self, About};
use crate::open::Store;
use crate::typed::Form;

/// What a list asks for.
#[derive(Clone, Debug)]
pub struct RecordQuery {
    pub kind: Name,
    /// From 1.
    pub page: u32,
    pub size: u32,
    /// Envelope words or typed fields, `-` for downwards; empty: the newest first. Records without the value come last either way.
    pub sort: Vec<String>,
    /// Text to look for in number, title and search fields.
    pub q: Option<String>,
    /// All must hold. Subjects: typed fields, `state` `enterprise` `sector` `park` `number` `title` `overdue` `mine`,
    /// `region` (a path: its sub-tree), ranges of `due_at` `created_at` `updated_at` `state_since`.
    pub conditions: Vec<Condition>,
    /// Only records that now refer to this one (by this field).
    pub linked_to: Option<(RecordId, Option<Name>)>,
    /// Who asks: for `mine`.
    pub subject: Option<Subject>,
    /// For `overdue`.
    pub now: Instant,
}

impl RecordQuery {
    /// The first fifty of a kind, newest first.
    pub fn of(kind: Name, now: Instant) -> Self {
        Self { kind, page: 1, size: 50, sort: Vec::new(), q: None, conditions: Vec::new(), linked_to: None, subject: None, now }
    }
}

/// An entry of a record's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub seq: i64,
    pub revision: i64,
    pub at: Instant,
    /// A user's id, or `platform` / `clock`.
    pub actor: String,
    pub action: Name,
    pub state_before: Option<Name>,
    pub state: Name,
    pub changes: Vec<FieldChange>,
    pub comment: Option<String>,
    pub leaf: Option<String>,
    /// Position in the ledger's tree, once the sequencer has given it.
    pub leaf_index: Option<i64>,
}

/// What an id stands for. `kind` is the record's kind, `user` or `organisation`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub kind: String,
    pub number: Option<String>,
    pub title: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not at their end.
    pub open: i64,
    /// With an open task of the subject.
    pub mine: i64,
    pub overdue: i64,
}

/// A record with a place on the map.
#[derive(Clone, Debug)]
pub struct Located {
    pub record: Record,
    pub lon: f64,
    pub lat: f64,
}

pub(crate) const COLUMNS: &str = "r.id, r.kind, r.kind_version, r.number, r.title, r.state, r.state_since, r.due_at, r.enterprise, r.park, \
     r.region, r.sector, r.revision, r.created_at, r.created_by, r.updated_at, r.updated_by, r.body";
const WIDTH: usize = 18;

pub(crate) fn body_text(body: &Body) -> String {
    serde_json::to_string(body).expect("a JSON object can be written")
}

pub(crate) fn decode(row: &Row, kinds: &Kinds) -> Result<Record, StoreError> {
    let id = row.text(1)?;
    let kind = kinds.get(&id).ok_or_else(|| StoreError::corrupt(format!("a record of the unknown kind `{id}`")))?;
    record(row, 0, kind)
}

/// Brings an old body up to the kind's version.
pub(crate) fn record(row: &Row, at: usize, kind: &Kind) -> Result<Record, StoreError> {
    let region = row.text(at + 10)?;
    let mut record = Record {
        id: row.text(at)?.into(),
        kind: kind.id.clone(),
        kind_version: u32::try_from(row.int(at + 2)?).map_err(|_| StoreError::corrupt("a kind version out of range"))?,
        number: row.opt_text(at + 3)?,
        title: row.text(at + 4)?,
        state: row.name(at + 5)?,
        state_since: row.instant(at + 6)?,
        due_at: row.opt_instant(at + 7)?,
        enterprise: row.opt_text(at + 8)?.map(Into::into),
        park: row.opt_text(at + 9)?.map(Into::into),
        region: RegionPath::parse(&region).ok_or_else(|| StoreError::corrupt(format!("`{region}` is no path of regions")))?,
        sector: row.opt_text(at + 11)?.as_deref().map(name).transpose()?,
        revision: row.int(at + 12)?,
        created_at: row.instant(at + 13)?,
        created_by: row.text(at + 14)?.into(),
        updated_at: row.instant(at + 15)?,
        updated_by: row.text(at + 16)?.into(),
        body: json(&row.text(at + 17)?)?,
    };
    if record.kind_version < kind.version {
        let (body, state) = anlan_records::upgrade::upgrade(kind, record.kind_version, record.body, record.state)
            .map_err(|refusal| StoreError::corrupt(format!("{} {} cannot be upgraded: {refusal}", kind.id, record.id)))?;
        (record.body, record.state, record.kind_version) = (body, state, kind.version);
    }
    Ok(record)
}

pub(crate) async fn by_id(conn: &mut Conn, sql: Sql, kinds: &Kinds) -> Result<BTreeMap<RecordId, Record>, StoreError> {
    let rows = conn.fetch("read linked records", sql).await?;
    rows.iter().map(|row| decode(row, kinds).map(|record| (record.id.clone(), record))).collect()
}

pub(crate) async fn deeds(conn: &mut Conn, record: &RecordId) -> Result<Vec<Deed>, StoreError> {
    let sql = Sql::new("SELECT e.action, e.actor, e.at FROM event e WHERE e.record = $1 ORDER BY e.revision", args![record]);
    let rows = conn.fetch("read earlier actions", sql).await?;
    rows.iter()
        .map(|row| {
            let actor = row.text(1)?;
            let actor = (!matches!(actor.as_str(), "platform" | "clock")).then(|| actor.into());
            Ok(Deed { action: row.name(0)?, actor, at: row.instant(2)? })
        })
        .collect()
}

impl Store {
    pub async fn record(&self, scope: &ReadScope, id: &RecordId) -> Result<Option<Record>, StoreError> {
        let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM record r WHERE r.id = $1 AND "), args![id]);
        sql.append(filter::scope(scope));
        self.read().await?.first("read a record", sql).await?.map(|row| decode(&row, self.kinds())).transpose()
    }

    /// The kind of a record, so that the policy to ask is known. Says nothing else of it.
    pub async fn kind_of(&self, id: &RecordId) -> Result<Option<Name>, StoreError> {
        let sql = Sql::new("SELECT r.kind FROM record r WHERE r.id = $1", args![id]);
        self.read().await?.first("read a record's kind", sql).await?.map(|row| row.name(0)).transpose()
    }

    /// What the platform knew at that moment. Who may see it is decided by the record as it is today.
    pub async fn record_at(&self, scope: &ReadScope, id: &RecordId, at: Instant) -> Result<Option<Record>, StoreError> {
        let mut sql = Sql::new(
            "SELECT r.id, r.kind, v.kind_version, v.number, v.title, v.state, v.state_since, v.due_at, v.enterprise, v.park, v.region, v.sector,
             v.revision, r.created_at, r.created_by, v.valid_from, v.updated_by, v.body FROM record r JOIN record_version v ON v.record = r.id
             WHERE r.id = $1 AND v.valid_from <= $2 AND (v.valid_to IS NULL OR v.valid_to > $2) AND ",
            args![id, at],
        );
        sql.append(filter::scope(scope)).raw(" ORDER BY v.revision DESC LIMIT 1");
        self.read().await?.first("read an earlier record", sql).await?.map(|row| decode(&row, self.kinds())).transpose()
    }

    /// A page and how many there are in all.
    pub async fn records(&self, scope: &ReadScope, query: &RecordQuery) -> Result<(Vec<Record>, i64), StoreError> {
        let matching = self.matching(scope, query)?;
        let kind = self.kinds().get(&query.kind).ok_or_else(|| StoreError::bad(&query.kind, "no such kind"))?;
        let mut page = Sql::default();
        page.raw("SELECT ").raw(COLUMNS).append(matching.clone());
        self.order(kind, &query.sort, &mut page)?;
        let offset = i64::from(query.page.max(1) - 1) * i64::from(query.size);
        page.raw(" LIMIT ").bind(query.size).raw(" OFFSET ").bind(offset);
        let mut conn = self.read().await?;
        let rows = conn.fetch("list records", page).await?;
        let records = rows.iter().map(|row| record(row, 0, kind)).collect::<Result<Vec<_>, _>>()?;
        let whole = offset == 0 && records.len() < query.size as usize;
        let total = if whole { records.len() as i64 } else { conn.number("count records", counting(matching)).await? };
        Ok((records, total))
    }

    pub async fn count(&self, scope: &ReadScope, query: &RecordQuery) -> Result<i64, StoreError> {
        let matching = self.matching(scope, query)?;
        self.read().await?.number("count records", counting(matching)).await
    }

    /// How many by value of a single-valued typed text field, or of `state` `enterprise` `region` `sector`. `None`: those without.
    pub async fn count_by(&self, scope: &ReadScope, query: &RecordQuery, by: &str) -> Result<BTreeMap<Option<String>, i64>, StoreError> {
        let column = match by {
            "state" | "enterprise" | "region" | "sector" => format!("r.{by}"),
            _ => match self.typed(&query.kind)?.column(by) {
                Some(column) if column.form == Form::Text => format!("k.{}", column.name),
                _ => return Err(StoreError::bad(by, "it cannot be counted by")),
            },
        };
        let mut sql = Sql::default();
        sql.raw("SELECT ").raw(&column).raw(", COUNT(*)").append(self.matching(scope, query)?).raw(" GROUP BY ").raw(&column);
        self.read().await?.fetch("count records by a field", sql).await?.iter().map(|row| Ok((row.opt_text(0)?, row.int(1)?))).collect()
    }

    /// Sum of a number field over the matching records, in the field's stored unit (a decimal: times 10^places).
    pub async fn sum(&self, scope: &ReadScope, query: &RecordQuery, field: &str) -> Result<i64, StoreError> {
        let column = self.typed(&query.kind)?.column(field).filter(|c| matches!(c.form, Form::Integer | Form::Scaled(_)));
        let column = column.ok_or_else(|| StoreError::bad(field, "it cannot be added up"))?;
        let mut sql = Sql::default();
        // PostgreSQL adds big integers up to a numeric.
        sql.raw("SELECT CAST(COALESCE(SUM(k.").raw(&column.name).raw("), 0) AS BIGINT)").append(self.matching(scope, query)?);
        self.read().await?.number("add up a field", sql).await
    }

    /// Open, mine and overdue of each kind, as far as its scope shows them.
    pub async fn counts(
        &self,
        scopes: &[(Name, ReadScope)],
        subject: &Subject,
        now: Instant,
    ) -> Result<BTreeMap<Name, Counts>, StoreError> {
        let mut sql = Sql::default();
        sql.raw("SELECT r.kind, COUNT(*), ");
        for (at, part) in [filter::mine(subject), filter::overdue(now)].into_iter().enumerate() {
            sql.raw(if at > 0 { ", " } else { "" }).raw("CAST(SUM(CASE WHEN ").append(part).raw(" THEN 1 ELSE 0 END) AS BIGINT)");
        }
        sql.raw(" FROM record r WHERE r.is_final = 0 AND ").append(filter::any_kind(scopes)).raw(" GROUP BY r.kind");
        let rows = self.read().await?.fetch("count open records", sql).await?;
        rows.iter().map(|row| Ok((row.name(0)?, Counts { open: row.int(1)?, mine: row.int(2)?, overdue: row.int(3)? }))).collect()
    }

    /// Records with a place in this field, at most `limit`.
    pub async fn located(&self, scope: &ReadScope, query: &RecordQuery, field: &str, limit: u32) -> Result<Vec<Located>, StoreError> {
        let column = self.typed(&query.kind)?.column(field).filter(|column| column.form == Form::Place);
        let column = column.ok_or_else(|| StoreError::bad(field, "it is no place"))?;
        let kind = self.kinds().get(&query.kind).ok_or_else(|| StoreError::bad(&query.kind, "no such kind"))?;
        let (lon, lat) = (&column.name, column.latitude());
        let mut sql = Sql::default();
        sql.raw("SELECT ").raw(COLUMNS).raw(&format!(", k.{lon}, k.{lat}")).append(self.matching(scope, query)?);
        sql.raw(&format!(" AND k.{lon} IS NOT NULL AND k.{lat} IS NOT NULL ORDER BY r.id DESC LIMIT ")).bind(limit);
        let rows = self.read().await?.fetch("read records with a place", sql).await?;
        rows.iter().map(|row| Ok(Located { record: record(row, 0, kind)?, lon: row.real(WIDTH)?, lat: row.real(WIDTH + 1)? })).collect()
    }

    /// Looks for the text in number, title and search fields of several kinds; best match unranked, newest change first.
    pub async fn search(&self, scopes: &[(Name, ReadScope)], q: &str, limit: u32) -> Result<Vec<Record>, StoreError> {
        let mut sql = Sql::default();
        sql.raw("SELECT ").raw(COLUMNS).raw(" FROM record r WHERE ").append(filter::contains("r.search", q));
        sql.raw(" AND ").append(filter::any_kind(scopes)).raw(" ORDER BY r.updated_at DESC, r.id LIMIT ").bind(limit);
        self.read().await?.fetch("search", sql).await?.iter().map(|row| decode(row, self.kinds())).collect()
    }

    /// Everything done to the record, oldest first; empty where the scope does not show it.
    pub async fn history(&self, scope: &ReadScope, id: &RecordId) -> Result<Vec<Event>, StoreError> {
        let mut sql = Sql::new(&format!("{EVENTS} WHERE e.record = $1 AND "), args![id]);
        sql.append(filter::scope(scope)).raw(" ORDER BY e.revision");
        self.read().await?.fetch("read a history", sql).await?.iter().map(event).collect()
    }

    /// Who entered which state when: records of a kind that came into one of `states` in `[from, to)`, with the moment.
    pub async fn entered(
        &self,
        scope: &ReadScope,
        kind: &Name,
        states: &[Name],
        from: Instant,
        to: Instant,
    ) -> Result<Vec<(RecordId, Instant)>, StoreError> {
        let mut sql = Sql::new(
            "SELECT e.record, e.at FROM event e JOIN record r ON r.id = e.record
             WHERE e.kind = $1 AND e.at >= $2 AND e.at < $3 AND (e.state_before IS NULL OR e.state_before <> e.state) AND ",
            args![kind, from, to],
        );
        sql.append(filter::one_of("e.state", states)).raw(" AND ").append(filter::scope(scope)).raw(" ORDER BY e.at, e.seq");
        let rows = self.read().await?.fetch("read changes of state", sql).await?;
        rows.iter().map(|row| Ok((row.text(0)?.into(), row.instant(1)?))).collect()
    }

    /// What these ids stand for: records, users and organisations. The caller got them from a record it may read.
    pub async fn references(&self, ids: &[String]) -> Result<BTreeMap<String, Reference>, StoreError> {
        let mut found = BTreeMap::new();
        let mut conn = self.read().await?;
        for chunk in ids.chunks(500) {
            let mut sql = Sql::default();
            sql.raw("SELECT id, kind, number, title FROM record WHERE ").append(filter::one_of("id", chunk));
            sql.raw(" UNION ALL SELECT id, 'user', NULL, name FROM app_user WHERE ").append(filter::one_of("id", chunk));
            sql.raw(" UNION ALL SELECT id, 'organisation', NULL, zh FROM organisation WHERE ").append(filter::one_of("id", chunk));
            for row in conn.fetch("look up references", sql).await? {
                found.insert(row.text(0)?, Reference { kind: row.text(1)?, number: row.opt_text(2)?, title: row.text(3)? });
            }
        }
        Ok(found)
    }

    /// ` FROM … WHERE …` of a query.
    fn matching(&self, scope: &ReadScope, query: &RecordQuery) -> Result<Sql, StoreError> {
        let typed = self.typed(&query.kind)?;
        let about = About { typed, now: query.now, subject: query.subject.as_ref() };
        let mut sql =
            Sql::new(&format!(" FROM record r JOIN {} k ON k.record = r.id WHERE r.kind = $1 AND ", typed.table), args![&query.kind]);
        sql.append(filter::scope(scope));
        for condition in &query.conditions {
            sql.raw(" AND ").append(filter::condition(condition, &about)?);
        }
        if let Some(q) = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            sql.raw(" AND ").append(filter::contains("r.search", q));
        }
        if let Some((to, field)) = &query.linked_to {
            sql.raw(" AND EXISTS (SELECT 1 FROM link l WHERE l.record = r.id AND l.until_revision IS NULL AND l.to_record = ").bind(to);
            if let Some(field) = field {
                sql.raw(" AND l.field = ").bind(field);
            }
            sql.raw(")");
        }
        Ok(sql)
    }

    fn order(&self, kind: &Kind, keys: &[String], sql: &mut Sql) -> Result<(), StoreError> {
        let newest = ["-created_at".to_owned()];
        sql.raw(" ORDER BY ");
        for key in if keys.is_empty() { &newest } else { keys } {
            let (word, down) = key.strip_prefix('-').map_or((key.as_str(), false), |word| (word, true));
            self.sort_key(kind, word, sql)?;
            sql.raw(if down { " DESC NULLS LAST, " } else { " ASC NULLS LAST, " });
        }
        // Pages neither repeat nor skip a record.
        sql.raw("r.id");
        Ok(())
    }

    fn sort_key(&self, kind: &Kind, word: &str, sql: &mut Sql) -> Result<(), StoreError> {
        match word {
            "number" | "title" | "region" | "sector" | "due_at" | "created_at" | "updated_at" | "state_since" => {
                sql.raw("r.").raw(word);
            }
            "enterprise" => {
                sql.raw("(SELECT e.title FROM record e WHERE e.id = r.enterprise)");
            }
            // States and short code lists sort as they stand in the kind: the order on the screen.
            "state" => in_order("r.state", kind.states.keys().map(Name::as_str), sql),
            field => {
                let Some(column) = self.typed(&kind.id)?.column(field).filter(|c| !matches!(c.form, Form::Place | Form::Presence)) else {
                    return Err(StoreError::bad(field, "lists cannot be sorted by it"));
                };
                let column_name = format!("k.{}", column.name);
                let codes = match kind.fields.get(field).map(|field| &field.kind) {
                    Some(FieldType::Choice { codes, .. }) => kind.codes.get(codes).filter(|list| (1..=40).contains(&list.rows.len())),
                    _ => None,
                };
                match codes {
                    Some(list) => in_order(&column_name, list.rows.iter().map(|row| row.code.as_str()), sql),
                    None => {
                        sql.raw(&column_name);
                    }
                }
            }
        }
        Ok(())
    }
}

fn in_order<'a>(column: &str, values: impl Iterator<Item = &'a str>, sql: &mut Sql) {
    sql.raw("CASE ").raw(column);
    for (at, value) in values.enumerate() {
        sql.raw(" WHEN ").bind(value).raw(" THEN ").raw(&at.to_string());
    }
    sql.raw(" END");
}

fn counting(matching: Sql) -> Sql {
    let mut sql = Sql::new("SELECT COUNT(*)", vec![]);
    sql.append(matching);
    sql
}

const EVENTS: &str =
    "SELECT e.seq, e.revision, e.at, e.actor, e.action, e.state_before, e.state, e.changes, e.comment, f.hash, f.tree_index
    FROM event e JOIN record r ON r.id = e.record LEFT JOIN leaf f ON f.event = e.seq";

fn event(row: &Row) -> Result<Event, StoreError> {
    Ok(Event {
        seq: row.int(0)?,
        revision: row.int(1)?,
        at: row.instant(2)?,
        actor: row.text(3)?,
        action: row.name(4)?,
        state_before: row.opt_text(5)?.as_deref().map(name).transpose()?,
        state: row.name(6)?,
        changes: json(&row.text(7)?)?,
        comment: row.opt_text(8)?,
        leaf: row.opt_text(9)?,
        leaf_index: row.opt_int(10)?,
    })
}
