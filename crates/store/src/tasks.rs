//! Open work: of a record, of a person, across all kinds.

use std::collections::BTreeMap;

use anlan_access::{ReadScope, Subject};
use anlan_base::{EnterpriseId, Instant, Name, RecordId};
use anlan_records::record::{Task, TaskOwner};

use crate::StoreError;
use crate::engine::{Conn, Row, Sql, args};
use crate::filter;
use crate::open::Store;

/// Whose tasks.
#[derive(Clone, Debug)]
pub enum TasksOf {
    /// Those the subject may do: theirs by name, by a role whose post covers the record, or by unit.
    Mine(Subject),
    /// All open tasks of records that these scopes show.
    Shown(Vec<(Name, ReadScope)>),
}

#[derive(Clone, Debug)]
pub struct TaskQuery {
    pub of: TasksOf,
    pub overdue: bool,
    pub kind: Option<Name>,
    pub now: Instant,
    /// From 1.
    pub page: u32,
    pub size: u32,
}

/// An open task with the record it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenTask {
    pub task: Task,
    pub record: RecordId,
    pub kind: Name,
    pub number: Option<String>,
    pub title: String,
    pub enterprise: Option<EnterpriseId>,
    pub overdue: bool,
}

const COLUMNS: &str = "t.id, t.record, t.name, t.side, t.since, t.due_at";

fn task(row: &Row) -> Result<Task, StoreError> {
    Ok(Task {
        id: row.text(0)?.into(),
        name: row.name(2)?,
        side: row.flag(3)?,
        owners: Vec::new(),
        since: row.instant(4)?,
        due_at: row.opt_instant(5)?,
    })
}

/// Fills in the owners, in a stable order.
async fn with_owners<'t>(conn: &mut Conn, tasks: impl Iterator<Item = &'t mut Task>) -> Result<(), StoreError> {
    let mut tasks: BTreeMap<String, &mut Task> = tasks.map(|task| (task.id.0.clone(), task)).collect();
    if tasks.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::default();
    sql.raw("SELECT o.task, o.who, o.name FROM task_owner o WHERE ").append(filter::one_of("o.task", tasks.keys()));
    sql.raw(" ORDER BY o.task, o.who, o.name");
    for row in conn.fetch("read task owners", sql).await? {
        let Some(task) = tasks.get_mut(&row.text(0)?) else { continue };
        task.owners.push(match row.text(1)?.as_str() {
            "role" => TaskOwner::Role(row.name(2)?),
            "user" => TaskOwner::User(row.text(2)?.into()),
            _ => TaskOwner::Unit(row.text(2)?.into()),
        });
    }
    Ok(())
}

pub(crate) async fn of_record(conn: &mut Conn, record: &RecordId) -> Result<Vec<Task>, StoreError> {
    let mut sql = Sql::default();
    sql.raw("SELECT ").raw(COLUMNS).raw(" FROM task t WHERE t.closed_at IS NULL AND t.record = ").bind(record);
    sql.raw(" ORDER BY t.side, t.since, t.id");
    let mut found = conn.fetch("read tasks", sql).await?.iter().map(task).collect::<Result<Vec<_>, _>>()?;
    with_owners(conn, found.iter_mut()).await?;
    Ok(found)
}

impl Store {
    /// Open tasks of one record, whose reader has already been decided.
    pub async fn tasks_of(&self, scope: &ReadScope, record: &RecordId) -> Result<Vec<Task>, StoreError> {
        let mut shown = Sql::new("SELECT COUNT(*) FROM record r WHERE r.id = $1 AND ", args![record]);
        shown.append(filter::scope(scope));
        let mut conn = self.read().await?;
        if conn.number("look for a record", shown).await? == 0 {
            return Ok(Vec::new());
        }
        of_record(&mut conn, record).await
    }

    /// A page, the most pressing first, and how many there are in all.
    pub async fn tasks(&self, query: &TaskQuery) -> Result<(Vec<OpenTask>, i64), StoreError> {
        let matching = matching(query);
        let mut page = Sql::default();
        page.raw("SELECT ").raw(COLUMNS).raw(", r.kind, r.number, r.title, r.enterprise").append(matching.clone());
        page.raw(" ORDER BY t.due_at NULLS LAST, t.since, t.id LIMIT ").bind(query.size);
        page.raw(" OFFSET ").bind(i64::from(query.page.max(1) - 1) * i64::from(query.size));
        let mut conn = self.read().await?;
        let mut found = Vec::new();
        for row in conn.fetch("list tasks", page).await? {
            let task = task(&row)?;
            let overdue = task.due_at.is_some_and(|due| due <= query.now);
            let (record, kind) = (row.text(1)?.into(), row.name(6)?);
            found.push(OpenTask {
                task,
                record,
                kind,
                number: row.opt_text(7)?,
                title: row.text(8)?,
                enterprise: row.opt_text(9)?.map(Into::into),
                overdue,
            });
        }
        with_owners(&mut conn, found.iter_mut().map(|open| &mut open.task)).await?;
        let mut count = Sql::new("SELECT COUNT(*)", vec![]);
        count.append(matching);
        Ok((found, conn.number("count tasks", count).await?))
    }

    /// How many open tasks match, and how many of them are overdue: the figures beside the bell.
    pub async fn task_totals(&self, query: &TaskQuery) -> Result<(i64, i64), StoreError> {
        let mut sql =
            Sql::new("SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN t.due_at <= $1 THEN 1 ELSE 0 END), 0) AS BIGINT)", args![query.now]);
        sql.append(matching(query));
        let row = self.read().await?.first("count tasks", sql).await?;
        row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
    }
}

fn matching(query: &TaskQuery) -> Sql {
    let mut sql = Sql::default();
    sql.raw(" FROM task t JOIN record r ON r.id = t.record WHERE t.closed_at IS NULL AND ");
    sql.append(match &query.of {
        TasksOf::Mine(subject) => filter::owned(subject),
        TasksOf::Shown(scopes) => filter::any_kind(scopes),
    });
    if query.overdue {
        sql.raw(" AND t.due_at <= ").bind(query.now);
    }
    if let Some(kind) = &query.kind {
        sql.raw(" AND r.kind = ").bind(kind);
    }
    sql
}
