//! One page a kind for readers: fields, states, actions, deadlines, readers, as tables.

use std::fmt::Write;

use anlan_base::Name;
use anlan_records::kind::{
    Action, After, Condition, Deadline, DeadlineFrom, DeadlineUnit, Field, FieldType, Home, Is, Kind, Kinds, Label, Need, Only, Party,
    Requirement, Who,
};
use serde_json::Value;

pub fn index(kinds: &Kinds) -> String {
    let mut text = "# 记录种类 · Kinds of records\n\n| kind | 中文 | English | domain |\n|---|---|---|---|\n".to_owned();
    for kind in kinds.by_id.values() {
        let _ = writeln!(text, "| [`{0}`](kinds/{0}.md) | {1} | {2} | `{3}` |", kind.id, kind.label.zh, kind.label.en, kind.domain);
    }
    text.push_str("\n## 角色 · Roles\n\n| role | 中文 | English | scope | never together with |\n|---|---|---|---|---|\n");
    for role in kinds.roles.values() {
        let scope = format!("{:?}", role.scope).to_lowercase();
        let _ = writeln!(text, "| `{}` | {} | {} | {scope} | {} |", role.id, role.label.zh, role.label.en, codes(&role.apart));
    }
    text
}

pub fn page(kind: &Kind, kinds: &Kinds) -> String {
    let mut text = format!("# {} · {}\n\n`{}`, version {}", kind.label.zh, kind.label.en, kind.id, kind.version);
    let home = match kind.home {
        Home::Enterprise => "an enterprise",
        Home::Region => "a region",
        Home::Platform => "the platform",
    };
    let _ = writeln!(text, ", belongs to {home}.");
    if let Some(basis) = &kind.basis {
        let _ = writeln!(text, "\nBasis: {basis}.");
    }
    text.push_str("\n## 字段 · Fields\n\n| field | 中文 | English | type | |\n|---|---|---|---|---|\n");
    for field in kind.fields.values() {
        field_line(&mut text, kind, field);
    }
    for (name, fields) in &kind.rows {
        let _ = writeln!(text, "\nRows of `{name}`:\n\n| column | 中文 | English | type | |\n|---|---|---|---|---|");
        for field in fields.values() {
            field_line(&mut text, kind, field);
        }
    }
    states(&mut text, kind, kinds);
    actions(&mut text, kind, kinds);
    deadlines(&mut text, kind, kinds);
    let readers = kind.access.read.iter().map(|reader| {
        let only: Vec<&str> = reader.only.iter().map(|only| if *only == Only::Creator { "own" } else { "assigned" }).collect();
        let role = role_label(&reader.role, kinds);
        if only.is_empty() { role } else { format!("{role} ({})", only.join(", ")) }
    });
    let _ = writeln!(text, "\n## 可见 · Read by\n\n{}.", readers.collect::<Vec<_>>().join(", "));
    text
}

fn field_line(text: &mut String, kind: &Kind, field: &Field) {
    let mut notes = Vec::new();
    match &field.required {
        Requirement::Always => notes.push("required".to_owned()),
        Requirement::When(condition) => notes.push(format!("required when {}", condition_text(condition))),
        Requirement::Never => {}
    }
    if let Some(condition) = &field.visible {
        notes.push(format!("only when {}", condition_text(condition)));
    }
    if let Some(rule) = &field.derive {
        notes.push(format!("computed by `{}/{rule}`", kind.domain));
    }
    let said = [
        (field.fixed, "never changes once set"),
        (field.unique.is_some(), "unique"),
        (field.filter, "filter"),
        (field.personal, "personal"),
    ];
    notes.extend(said.into_iter().filter(|(holds, _)| *holds).map(|(_, word)| word.to_owned()));
    let _ =
        writeln!(text, "| `{}` | {} | {} | {} | {} |", field.id, field.label.zh, field.label.en, type_text(kind, field), notes.join("; "));
}

fn type_text(kind: &Kind, field: &Field) -> String {
    let mut text = field.kind.word().replace('_', " ");
    if field.many {
        text.push_str(", many");
    }
    match &field.kind {
        FieldType::Integer { unit: Some(unit), .. } | FieldType::Decimal { unit: Some(unit), .. } => text.push_str(&format!(", {unit}")),
        FieldType::Choice { codes, .. } | FieldType::Tree { codes, .. } => match kind.codes.get(codes) {
            Some(list) if list.rows.len() <= 12 => {
                let rows: Vec<String> = list.rows.iter().map(|row| format!("`{}` {}", row.code, row.label.zh)).collect();
                text.push_str(&format!(": {}", rows.join(", ")));
            }
            Some(list) => text.push_str(&format!(": {} codes of `{codes}`", list.rows.len())),
            None => {}
        },
        FieldType::Record { kinds, .. } => text.push_str(&format!(" of {}", codes(kinds))),
        FieldType::Rows { of, .. } => text.push_str(&format!(" of `{of}`")),
        _ => {}
    }
    text
}

fn states(text: &mut String, kind: &Kind, kinds: &Kinds) {
    text.push_str("\n## 状态 · States\n\n| state | 中文 | English | whose work | deadline |\n|---|---|---|---|---|\n");
    for state in kind.states.values() {
        let owner = match (state.finals, state.standing) {
            (true, _) => "final".to_owned(),
            (_, true) => "—".to_owned(),
            _ => parties(&state.owner, kind, kinds),
        };
        let due = state.due.as_ref().map(|due| format!("`{due}`")).unwrap_or_default();
        let _ = writeln!(text, "| `{}` | {} | {} | {owner} | {due} |", state.id, state.label.zh, state.label.en);
    }
}

fn actions(text: &mut String, kind: &Kind, kinds: &Kinds) {
    text.push_str("\n## 动作 · Actions\n\n| action | 中文 | English | from → to | who | needs | |\n|---|---|---|---|---|---|---|\n");
    let _ = writeln!(
        text,
        "| `create` | 新建 | Create | → `{}` | {} | {} | {} |",
        kind.create.to,
        parties(&kind.create.by, kind, kinds),
        needs(&kind.create.needs),
        kind.create.guard.as_ref().map(|guard| format!("rule `{}/{guard}`", kind.domain)).unwrap_or_default()
    );
    for action in kind.actions.values() {
        let to = action.to.as_ref().map_or_else(String::new, |to| format!(" → `{to}`"));
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {}{to} | {} | {} | {} |",
            action.id,
            action.label.zh,
            action.label.en,
            codes(&action.from),
            parties(&action.by, kind, kinds),
            needs(&action.needs),
            notes(kind, kinds, action)
        );
    }
}

fn notes(kind: &Kind, kinds: &Kinds, action: &Action) -> String {
    let mut notes = Vec::new();
    if let Some(when) = &action.when {
        notes.push(format!("when {}", condition_text(when)));
    }
    if action.reason {
        notes.push("with a reason".to_owned());
    }
    if !action.not_by.is_empty() {
        notes.push(format!("not by {}", parties(&action.not_by, kind, kinds)));
    }
    if let Some(guard) = &action.guard {
        notes.push(format!("rule `{}/{guard}`", kind.domain));
    }
    if let Some(deadline) = &action.at {
        notes.push(format!("when `{deadline}` passes"));
    }
    notes.extend(action.opens.iter().map(|task| format!("opens `{task}`")));
    notes.extend(action.settles.iter().map(|task| format!("settles `{task}`")));
    notes.join("; ")
}

fn deadlines(text: &mut String, kind: &Kind, kinds: &Kinds) {
    if kind.deadlines.is_empty() {
        return;
    }
    text.push_str("\n## 期限 · Deadlines\n\n| deadline | time | from | overdue: told |\n|---|---|---|---|\n");
    for (name, deadline) in &kind.deadlines {
        let told: Vec<String> = deadline
            .escalate
            .iter()
            .map(|step| format!("after {} d {}", step.after, parties(std::slice::from_ref(&step.to), kind, kinds)))
            .collect();
        let _ = writeln!(text, "| `{name}` | {} | {} | {} |", after(deadline), from(deadline), told.join("; "));
    }
}

fn after(deadline: &Deadline) -> String {
    let unit = match deadline.unit {
        DeadlineUnit::Minutes => "min",
        DeadlineUnit::Hours => "h",
        DeadlineUnit::Days => "days",
        DeadlineUnit::WorkingDays => "working days",
        DeadlineUnit::Months => "months",
        DeadlineUnit::Years => "years",
    };
    let time = match &deadline.after {
        After::Fixed(count) => format!("{count} {unit}"),
        After::ByCode { field, by } => {
            let counts: Vec<String> = by.iter().map(|(code, count)| format!("`{code}` {count}")).collect();
            format!("{} {unit} by `{field}`", counts.join(", "))
        }
    };
    match &deadline.field {
        Some(field) => format!("`{field}`, proposed {time}"),
        None => time,
    }
}

fn from(deadline: &Deadline) -> String {
    match &deadline.from {
        DeadlineFrom::Entered => "the state or task began".to_owned(),
        DeadlineFrom::Created => "created".to_owned(),
        DeadlineFrom::Action(action) => format!("latest `{action}`"),
        DeadlineFrom::Field(field) => format!("`{field}`"),
    }
}

fn parties(parties: &[Party], kind: &Kind, kinds: &Kinds) -> String {
    let label = |field: &Name| kind.fields.get(field).map_or_else(|| field.to_string(), |field| words(&field.label));
    let done = |action: &Name| kind.actions.get(action).map_or_else(|| action.to_string(), |action| words(&action.label));
    let texts = parties.iter().map(|party| {
        let who = match &party.who {
            Who::Role(role) => role_label(role, kinds),
            Who::Creator => "creator".to_owned(),
            Who::Assigned => "assigned".to_owned(),
            Who::Person(field) => format!("the person in {}", label(field)),
            Who::Actor(action) => format!("whoever did {}", done(action)),
            Who::Unit(field) => format!("the unit in {}", label(field)),
            Who::Clock => "the clock".to_owned(),
            Who::Platform => "the platform".to_owned(),
        };
        match &party.when {
            Some(when) => format!("{who} (when {})", condition_text(when)),
            None => who,
        }
    });
    texts.collect::<Vec<_>>().join(", ")
}

fn role_label(role: &Name, kinds: &Kinds) -> String {
    kinds.roles.get(role).map_or_else(|| role.to_string(), |role| words(&role.label))
}

fn words(label: &Label) -> String {
    format!("{} {}", label.zh, label.en)
}

fn needs(needs: &[Need]) -> String {
    let texts = needs.iter().map(|need| match need {
        Need::Field(field) => format!("`{field}`"),
        Need::OneOf(fields) => fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(" or "),
    });
    texts.collect::<Vec<_>>().join(", ")
}

fn condition_text(condition: &Condition) -> String {
    let test = |is: &Is, subject: &Name| match is {
        Is::OneOf(values) => format!("`{subject}` is {}", values.iter().map(value_text).collect::<Vec<_>>().join(" or ")),
        Is::Set(true) => format!("`{subject}` is set"),
        Is::Set(false) => format!("`{subject}` is not set"),
        Is::Between { min, max } => {
            let bound = |word: &str, value: &Option<Value>| value.as_ref().map(|value| format!("{word} {}", value_text(value)));
            let bounds: Vec<String> = [bound("at least", min), bound("at most", max)].into_iter().flatten().collect();
            format!("`{subject}` is {}", bounds.join(" and "))
        }
    };
    let tables =
        condition.0.iter().map(|table| table.iter().map(|entry| test(&entry.is, &entry.subject)).collect::<Vec<_>>().join(" and "));
    tables.collect::<Vec<_>>().join(", or ")
}

fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

fn codes(names: &[Name]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
