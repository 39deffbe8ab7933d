//! Saving a change: the record, its version, typed fields, links, tasks, event, leaf, papers and announcement, all or nothing.

use std::collections::BTreeSet;

use anlan_base::{Instant, RecordId};
use anlan_ledger::LeafHash;
use anlan_records::record::{Change, Link, LinkTarget, Record, Task, TaskOwner};
use serde_json::json;

use crate::StoreError;
use crate::engine::{Sql, Val, args};
use crate::records::body_text;
use crate::tx::Tx;
use crate::typed::TypedKind;

/// Who did it, when, and the leaf that binds it.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    /// A user's id, or `platform` / `clock`.
    pub actor: &'a str,
    pub at: Instant,
    pub leaf: &'a LeafHash,
    /// Put a `record` message {kind, id, number, state, revision} into the outbox.
    pub announce: bool,
}

impl Tx {
    /// `change.after` with its number already in it. Refuses if somebody else saved since `change.before` was read.
    pub async fn save(&mut self, change: &Change, event: &NewEvent<'_>) -> Result<(), StoreError> {
        let after = &change.after;
        let typed = self.typed.clone();
        let typed = typed.get(&after.kind)?;
        let mut statements = Vec::with_capacity(16);
        match &change.before {
            None => statements.push(insert_record(after, typed)),
            Some(before) => {
                if self.conn.run("save a record", update_record(before, after, typed)).await? == 0 {
                    let now = Sql::new("SELECT revision FROM record WHERE id = $1", args![&after.id]);
                    let current = self.conn.first("read a revision", now).await?.map(|row| row.int(0)).transpose()?;
                    return Err(StoreError::Stale { current });
                }
                statements.push(Sql::new(
                    "UPDATE record_version SET valid_to = $1 WHERE record = $2 AND revision = $3",
                    args![after.updated_at, &after.id, before.revision],
                ));
            }
        }
        statements.push(insert_version(after));
        statements.extend(typed.write(after, change.before.as_ref())?);
        if !change.before.as_ref().is_some_and(|before| typed.links_stand(before, after)) {
            self.links(change, &mut statements).await?;
        }
        tasks(change, event.at, &mut statements);
        statements.push(insert_event(change, event));
        statements.push(Sql::new(
            "INSERT INTO leaf (event, hash, tree_index) SELECT seq, $1, NULL FROM event WHERE record = $2 AND revision = $3",
            args![&event.leaf.0, &after.id, after.revision],
        ));
        if !change.attachments.is_empty() {
            let mut sql = Sql::new("INSERT INTO record_attachment (record, attachment) VALUES ", vec![]);
            sql.rows(change.attachments.iter().map(|id| args![&after.id, id])).raw(" ON CONFLICT DO NOTHING");
            statements.push(sql);
        }
        if event.announce {
            let news =
                json!({"kind": after.kind, "id": after.id, "number": after.number, "state": after.state, "revision": after.revision});
            statements.push(insert_message("record", &news, event.at));
        }
        self.conn.run_all("save a record", statements).await.map_err(|error| match error {
            StoreError::NotUnique { field } => not_unique(typed, field),
            other => other,
        })
    }

    async fn links(&mut self, change: &Change, statements: &mut Vec<Sql>) -> Result<(), StoreError> {
        let (record, revision) = (&change.after.id, change.after.revision);
        let wanted: BTreeSet<&Link> = change.links.iter().collect();
        let mut kept = BTreeSet::new();
        if change.before.is_some() {
            let sql = Sql::new(
                "SELECT id, field, to_record, to_user, to_organisation FROM link WHERE record = $1 AND until_revision IS NULL",
                args![record],
            );
            let mut gone = Vec::new();
            for row in self.conn.fetch("read links", sql).await? {
                let to = match (row.opt_text(2)?, row.opt_text(3)?, row.opt_text(4)?) {
                    (Some(id), _, _) => LinkTarget::Record(id.into()),
                    (_, Some(id), _) => LinkTarget::User(id.into()),
                    (_, _, id) => LinkTarget::Organisation(id.unwrap_or_default().into()),
                };
                let link = Link { field: row.name(1)?, to };
                if wanted.contains(&link) {
                    kept.insert(link);
                } else {
                    gone.push(row.int(0)?);
                }
            }
            if !gone.is_empty() {
                let mut sql = Sql::new("UPDATE link SET until_revision = $1 WHERE id IN ", args![revision]);
                sql.list(gone);
                statements.push(sql);
            }
        }
        let fresh: Vec<_> = wanted.into_iter().filter(|link| !kept.contains(*link)).map(|link| link_row(record, link, revision)).collect();
        if !fresh.is_empty() {
            let mut sql = Sql::new("INSERT INTO link (record, field, to_record, to_user, to_organisation, from_revision) VALUES ", vec![]);
            sql.rows(fresh);
            statements.push(sql);
        }
        Ok(())
    }

    /// A message for whoever drains this topic, committed with the rest.
    pub async fn enqueue(&mut self, topic: &str, payload: &serde_json::Value, at: Instant) -> Result<(), StoreError> {
        self.conn.run("put a message into the outbox", insert_message(topic, payload, at)).await.map(|_| ())
    }
}

fn not_unique(typed: &TypedKind, complaint: String) -> StoreError {
    let field = match typed.unique_field(&complaint) {
        Some(field) => format!("body.{field}"),
        None if complaint.contains("record_number") || complaint.contains("record.number") => "number".to_owned(),
        None => complaint,
    };
    StoreError::NotUnique { field }
}

/// The envelope as it goes into `record` and, but for a few, into `record_version`.
fn insert_record(after: &Record, typed: &TypedKind) -> Sql {
    let mut sql = Sql::new(
        "INSERT INTO record (id, kind, kind_version, number, title, state, state_since, is_final, due_at, enterprise, park, region, sector,
         revision, created_at, created_by, updated_at, updated_by, search, body) VALUES ",
        vec![],
    );
    sql.list(args![
        &after.id,
        &after.kind,
        after.kind_version,
        after.number.as_ref(),
        &after.title,
        &after.state,
        after.state_since,
        typed.finals.contains(&after.state),
        after.due_at,
        after.enterprise.as_ref(),
        after.park.as_ref(),
        &after.region,
        after.sector.as_ref(),
        after.revision,
        after.created_at,
        &after.created_by,
        after.updated_at,
        &after.updated_by,
        typed.search_text(after.number.as_deref(), &after.title, &after.body),
        body_text(&after.body),
    ]);
    sql
}

fn update_record(before: &Record, after: &Record, typed: &TypedKind) -> Sql {
    Sql::new(
        "UPDATE record SET kind_version = $1, number = $2, title = $3, state = $4, state_since = $5, is_final = $6, due_at = $7, enterprise = $8,
         park = $9, region = $10, sector = $11, revision = $12, updated_at = $13, updated_by = $14, search = $15, body = $16
         WHERE id = $17 AND revision = $18",
        args![
            after.kind_version,
            after.number.as_ref(),
            &after.title,
            &after.state,
            after.state_since,
            typed.finals.contains(&after.state),
            after.due_at,
            after.enterprise.as_ref(),
            after.park.as_ref(),
            &after.region,
            after.sector.as_ref(),
            after.revision,
            after.updated_at,
            &after.updated_by,
            typed.search_text(after.number.as_deref(), &after.title, &after.body),
            body_text(&after.body),
            &after.id,
            before.revision,
        ],
    )
}

fn insert_version(after: &Record) -> Sql {
    let mut sql = Sql::new(
        "INSERT INTO record_version (record, revision, kind_version, number, title, state, state_since, due_at, enterprise, park, region, sector,
         updated_by, body, valid_from, valid_to) VALUES ",
        vec![],
    );
    sql.list(args![
        &after.id,
        after.revision,
        after.kind_version,
        after.number.as_ref(),
        &after.title,
        &after.state,
        after.state_since,
        after.due_at,
        after.enterprise.as_ref(),
        after.park.as_ref(),
        &after.region,
        after.sector.as_ref(),
        &after.updated_by,
        body_text(&after.body),
        after.updated_at,
        None::<Instant>,
    ]);
    sql
}

fn insert_event(change: &Change, event: &NewEvent) -> Sql {
    let after = &change.after;
    let mut sql =
        Sql::new("INSERT INTO event (record, kind, revision, action, actor, at, state_before, state, changes, comment) VALUES ", vec![]);
    sql.list(args![
        &after.id,
        &after.kind,
        after.revision,
        &change.action,
        event.actor,
        event.at,
        change.before.as_ref().map(|before| &before.state),
        &after.state,
        serde_json::to_string(&change.changes).expect("changes are JSON"),
        change.comment.as_ref(),
    ]);
    sql
}

fn insert_message(topic: &str, payload: &serde_json::Value, at: Instant) -> Sql {
    Sql::new("INSERT INTO outbox (topic, payload, at, tries, next_at) VALUES ($1, $2, $3, 0, $3)", args![topic, payload.to_string(), at])
}

fn link_row(record: &RecordId, link: &Link, revision: i64) -> Vec<Val> {
    let (mut to_record, mut to_user, mut to_organisation) = (None, None, None);
    match &link.to {
        LinkTarget::Record(id) => to_record = Some(id),
        LinkTarget::User(id) => to_user = Some(id),
        LinkTarget::Organisation(id) => to_organisation = Some(id),
    }
    args![record, &link.field, to_record, to_user, to_organisation, revision]
}

fn tasks(change: &Change, at: Instant, statements: &mut Vec<Sql>) {
    if !change.closed.is_empty() {
        let mut sql = Sql::new("UPDATE task SET closed_at = $1 WHERE closed_at IS NULL AND id IN ", args![at]);
        sql.list(&change.closed);
        statements.push(sql);
    }
    for task in &change.moved {
        let sql = "UPDATE task SET since = $1, due_at = $2 WHERE id = $3";
        statements.push(Sql::new(sql, args![task.since, task.due_at, &task.id]));
        statements.push(Sql::new("DELETE FROM task_owner WHERE task = $1", args![&task.id]));
    }
    if !change.opened.is_empty() {
        let mut sql = Sql::new("INSERT INTO task (id, record, name, side, since, due_at) VALUES ", vec![]);
        sql.rows(change.opened.iter().map(|task| args![&task.id, &change.after.id, &task.name, task.side, task.since, task.due_at]));
        statements.push(sql);
    }
    let owners: Vec<_> = change.opened.iter().chain(&change.moved).flat_map(owner_rows).collect();
    if !owners.is_empty() {
        let mut sql = Sql::new("INSERT INTO task_owner (task, who, name) VALUES ", vec![]);
        sql.rows(owners);
        statements.push(sql);
    }
}

fn owner_rows(task: &Task) -> impl Iterator<Item = Vec<Val>> {
    let owners: BTreeSet<&TaskOwner> = task.owners.iter().collect();
    owners.into_iter().map(|owner| match owner {
        TaskOwner::Role(role) => args![&task.id, "role", role],
        TaskOwner::User(user) => args![&task.id, "user", user],
        TaskOwner::Unit(unit) => args![&task.id, "unit", unit],
    })
}
