//! Records, tasks and alarms as the fixed interface shows them.

use anlan_app::records::{RecordView, TaskView};
use anlan_base::Instant;
use anlan_records::kind::{Kind, Label, Need};
use anlan_records::record::{Record, TaskOwner};
use serde_json::{Map, Value, json};

use crate::messages::Language;

/// Without anything that needs looking up: the record inside a `stale_revision`.
pub fn bare(record: &Record) -> Value {
    json!({
        "id": record.id, "kind": record.kind, "number": record.number, "title": record.title, "state": record.state,
        "due_at": record.due_at, "revision": record.revision, "created_at": record.created_at, "updated_at": record.updated_at,
        "body": record.body,
    })
}

pub fn record(view: &RecordView, kind: &Kind, language: Language) -> Value {
    let record = &view.record;
    let mut out = Map::new();
    out.insert("id".into(), json!(record.id));
    out.insert("kind".into(), json!(record.kind));
    out.insert("number".into(), json!(record.number));
    out.insert("title".into(), json!(record.title));
    out.insert("state".into(), json!(record.state));
    if let Some(state) = kind.states.get(&record.state) {
        out.insert("state_label".into(), json!(state.label));
        out.insert("state_tone".into(), json!(state.tone));
    }
    if let Some(enterprise) = &view.enterprise {
        out.insert("enterprise".into(), json!({"id": enterprise.id, "code": enterprise.code, "name": enterprise.name}));
    }
    out.insert("region".into(), json!(view.region.code));
    out.insert("region_name".into(), json!(view.region.name));
    if let Some(sector) = &record.sector {
        out.insert("sector".into(), json!(sector));
    }
    out.insert("due_at".into(), json!(record.due_at));
    out.insert("overdue".into(), json!(view.overdue));
    out.insert("revision".into(), json!(record.revision));
    out.insert("created_at".into(), json!(record.created_at));
    out.insert("updated_at".into(), json!(record.updated_at));
    out.insert("body".into(), json!(view.body));
    let refs: Map<String, Value> = view
        .refs
        .iter()
        .map(|(id, target)| (id.clone(), json!({"kind": target.kind, "number": target.number, "title": target.title})))
        .collect();
    out.insert("refs".into(), Value::Object(refs));
    if let Some(offers) = &view.offers {
        let actions = offers.iter().filter_map(|offer| Some((kind.actions.get(&offer.action)?, offer))).map(|(action, offer)| {
            let mut button = json!({
                "id": action.id, "label": action.label, "allowed": offer.refusal.is_none(),
                "needs": needs(&action.needs), "asks": action.asks,
                "reason_needed": action.reason, "grave": action.grave,
            });
            if let Some(why) = &offer.refusal {
                button["reason"] = json!(language.refusal(why));
            }
            button
        });
        out.insert("actions".into(), actions.collect::<Vec<Value>>().into());
        out.insert("editable".into(), json!(view.editable));
        let tasks: Vec<Value> = view
            .tasks
            .iter()
            .map(|task| {
                let label =
                    if task.side { kind.tasks.get(&task.name).map(|t| &t.label) } else { kind.states.get(&task.name).map(|s| &s.label) };
                let owners: Vec<Value> = task.owners.iter().map(|owner| owner_json(owner, view)).collect();
                json!({"task": task.name, "label": label, "side": task.side, "owners": owners, "since": task.since, "due_at": task.due_at,
                   "overdue": task.due_at.is_some_and(|due| due <= view.at)})
            })
            .collect();
        out.insert("tasks".into(), json!(tasks));
    }
    Value::Object(out)
}

fn owner_json(owner: &TaskOwner, view: &RecordView) -> Value {
    match owner {
        TaskOwner::Role(role) => json!({"role": role, "label": view.roles.get(role)}),
        TaskOwner::User(user) => json!({"user": user, "label": title(view, user.as_str())}),
        TaskOwner::Unit(unit) => json!({"unit": unit, "label": title(view, unit.as_str())}),
    }
}

fn title(view: &RecordView, id: &str) -> Label {
    let name = view.refs.get(id).map_or(String::new(), |target| target.title.clone());
    Label { zh: name.clone(), en: name }
}

pub fn needs(needs: &[Need]) -> Value {
    needs
        .iter()
        .map(|need| match need {
            Need::Field(field) => json!(field),
            Need::OneOf(fields) => json!(fields),
        })
        .collect()
}

pub fn task(view: &TaskView, now: Instant) -> Value {
    let owner = match &view.owner {
        TaskOwner::Role(role) => json!({"role": role}),
        TaskOwner::User(user) => json!({"user": user}),
        TaskOwner::Unit(unit) => json!({"unit": unit}),
    };
    json!({
        "id": view.id,
        "record": {"id": view.record, "kind": view.kind, "number": view.number, "title": view.title},
        "task": view.task, "label": view.label, "owner": owner, "enterprise": view.enterprise_name,
        "since": view.since, "due_at": view.due_at, "overdue": view.due_at.is_some_and(|due| due <= now),
    })
}

pub use anlan_app::present::alarm;
