//! What an overlay folder may do to a shipped kind: labels, code rows, deadline figures, and fields that need no rule. Anything else is a finding.

use super::table::{Report, either};
use super::tree::{Node, Val};

const LABELS: [&str; 6] = ["zh", "en", "help_zh", "help_en", "inverse_zh", "inverse_en"];

/// Merges a kind file of the overlay into the kind of the same id.
pub(crate) fn patch_kind(base: &mut Node, overlay: &Node, report: &Report) {
    let Some(tables) = overlay.table() else { return };
    for (name, patch) in tables {
        match name.as_str() {
            "kind" => patch_head(base, patch, report),
            "groups" | "states" | "actions" | "tasks" | "views" | "documents" | "indicators" => labels_of_each(base, name, patch, report),
            "fields" => patch_fields(base, patch, report),
            "rows" => patch_rows(base, patch, report),
            "choices" => patch_choices(base, patch, report),
            "deadlines" => patch_deadlines(base, patch, report),
            _ => report.add(
                patch,
                format!("`{name}` in an overlay"),
                "kind, groups, fields, rows, choices, states, actions, tasks, deadlines, views, documents, indicators",
            ),
        }
    }
}

/// A kind that only the overlay has must do without rules: they are compiled in.
pub(crate) fn refuse_rules(root: &Node, report: &Report) {
    let refuse = |node: Option<&Node>, key: &str| {
        if let Some(rule) = node.and_then(|node| node.child(key)) {
            report.add(rule, format!("the rule {} in an overlay", rule.found()), "kinds and fields that need no rule");
        }
    };
    for field in root.child("fields").and_then(Node::table).into_iter().flat_map(|fields| fields.values()) {
        refuse(Some(field), "derive");
    }
    let actions = root.child("actions").and_then(Node::table).into_iter().flat_map(|actions| actions.values());
    for doer in actions.chain(root.child("create")) {
        refuse(Some(doer), "guard");
        refuse(Some(doer), "effect");
    }
}

fn entries_mut<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut indexmap::IndexMap<String, Node>> {
    match &mut node.value {
        Val::Table(entries) => match &mut entries.get_mut(key)?.value {
            Val::Table(inner) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

/// The table at `key`, made if it is not there.
fn table_at<'a>(base: &'a mut Node, key: &str, like: &Node) -> Option<&'a mut indexmap::IndexMap<String, Node>> {
    let Val::Table(entries) = &mut base.value else { return None };
    let node = entries.entry(key.to_owned()).or_insert_with(|| Node { value: Val::Table(indexmap::IndexMap::new()), ..like.clone() });
    match &mut node.value {
        Val::Table(inner) => Some(inner),
        _ => None,
    }
}

fn patch_head(base: &mut Node, patch: &Node, report: &Report) {
    if let (Some(head), Some(new)) = (entries_mut(base, "kind"), patch.table()) {
        for (key, node) in new {
            if LABELS[..4].contains(&key.as_str()) {
                head.insert(key.clone(), node.clone());
            } else if head.get(key) != Some(node) {
                report.add(node, format!("`kind.{key}` in an overlay"), format!("id as it is, {}", either(&LABELS[..4])));
            }
        }
    }
}

/// Only labels may differ from what stands there.
fn labels(base: &mut Node, patch: &Node, what: &str, report: &Report) {
    let (Val::Table(base), Some(new)) = (&mut base.value, patch.table()) else {
        report.add(patch, format!("{} for `{what}` in an overlay", patch.found()), "a table of labels");
        return;
    };
    for (key, node) in new {
        if LABELS.contains(&key.as_str()) {
            base.insert(key.clone(), node.clone());
        } else if base.get(key) != Some(node) {
            report.add(node, format!("`{what}.{key}` in an overlay"), either(LABELS));
        }
    }
}

fn labels_of_each(base: &mut Node, table: &str, patch: &Node, report: &Report) {
    for (name, node) in patch.table().into_iter().flatten() {
        match entries_mut(base, table).and_then(|entries| entries.get_mut(name)) {
            Some(entry) => labels(entry, node, &format!("{table}.{name}"), report),
            None => report.add(node, format!("a new entry `{table}.{name}` in an overlay"), "labels of what is there"),
        }
    }
}

/// A field that an overlay adds is asked at creation: no shipped action knows of it.
fn patch_fields(base: &mut Node, patch: &Node, report: &Report) {
    let mut added = Vec::new();
    let Some(fields) = table_at(base, "fields", patch) else { return };
    for (name, node) in patch.table().into_iter().flatten() {
        match fields.get_mut(name) {
            Some(field) => labels(field, node, &format!("fields.{name}"), report),
            None => {
                if let Some(rule) = node.child("derive") {
                    report.add(rule, format!("the rule {} in an overlay", rule.found()), "fields that need no rule");
                    continue;
                }
                fields.insert(name.clone(), node.clone());
                added.push(Node { value: Val::Text(name.clone()), ..node.clone() });
            }
        }
    }
    if let Some(create) = entries_mut(base, "create").filter(|_| !added.is_empty()) {
        let asks = create.entry("asks".to_owned()).or_insert_with(|| Node { value: Val::List(Vec::new()), ..patch.clone() });
        if let Val::List(items) = &mut asks.value {
            items.extend(added);
        }
    }
}

fn patch_rows(base: &mut Node, patch: &Node, report: &Report) {
    let Some(rows) = table_at(base, "rows", patch) else { return };
    for (name, node) in patch.table().into_iter().flatten() {
        match rows.get_mut(name).map(|row| &mut row.value) {
            Some(Val::Table(columns)) => {
                for (id, column) in node.table().into_iter().flatten() {
                    match columns.get_mut(id) {
                        Some(old) => labels(old, column, &format!("rows.{name}.{id}"), report),
                        None => {
                            columns.insert(id.clone(), column.clone());
                        }
                    }
                }
            }
            _ => {
                rows.insert(name.clone(), node.clone());
            }
        }
    }
}

fn patch_choices(base: &mut Node, patch: &Node, report: &Report) {
    let Some(lists) = table_at(base, "choices", patch) else { return };
    for (name, node) in patch.table().into_iter().flatten() {
        match lists.get_mut(name).map(|list| &mut list.value) {
            Some(Val::Table(codes)) => {
                for (code, row) in node.table().into_iter().flatten() {
                    match codes.get_mut(code) {
                        Some(old) => labels(old, row, &format!("choices.{name}.{code}"), report),
                        None => {
                            codes.insert(code.clone(), row.clone());
                        }
                    }
                }
            }
            _ => {
                lists.insert(name.clone(), node.clone());
            }
        }
    }
}

fn patch_deadlines(base: &mut Node, patch: &Node, report: &Report) {
    for (name, node) in patch.table().into_iter().flatten() {
        let Some(Val::Table(deadline)) = entries_mut(base, "deadlines").and_then(|all| all.get_mut(name)).map(|node| &mut node.value)
        else {
            report.add(node, format!("a new deadline `{name}` in an overlay"), "figures of the deadlines that are there");
            continue;
        };
        for (key, new) in node.table().into_iter().flatten() {
            let old = deadline.get_mut(key);
            match (key.as_str(), old) {
                ("after", Some(old)) => figures(old, new, name, report),
                ("remind", _) => {
                    deadline.insert(key.clone(), new.clone());
                }
                ("escalate", Some(old)) if same_parties(old, new) => *old = new.clone(),
                (_, old) if old.as_deref() == Some(new) => {}
                _ => report.add(
                    new,
                    format!("`deadlines.{name}.{key}` in an overlay"),
                    "figures: after, remind, escalate to the same parties",
                ),
            }
        }
    }
}

/// A number for a number; by code, a number for each code named.
fn figures(old: &mut Node, new: &Node, deadline: &str, report: &Report) {
    match (&mut old.value, &new.value) {
        (Val::Table(old), Val::Table(new)) => old.extend(new.iter().map(|(code, node)| (code.clone(), node.clone()))),
        (Val::Whole(_), Val::Whole(_)) => *old = new.clone(),
        _ => {
            report.add(new, format!("{} for `deadlines.{deadline}.after` in an overlay", new.found()), format!("{} as before", old.found()))
        }
    }
}

fn same_parties(old: &Node, new: &Node) -> bool {
    let parties = |node: &Node| match &node.value {
        Val::List(steps) => Some(steps.iter().map(|step| step.child("to").cloned()).collect::<Vec<_>>()),
        _ => None,
    };
    parties(old) == parties(new)
}

/// Settings keep their names and types.
pub(crate) fn patch_settings(base: &mut Node, patch: &Node, path: &str, report: &Report) {
    let (Val::Table(base), Some(new)) = (&mut base.value, patch.table()) else { return };
    for (key, node) in new {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match base.get_mut(key) {
            Some(old) if matches!((&old.value, &node.value), (Val::Table(_), Val::Table(_))) => patch_settings(old, node, &full, report),
            Some(old) if same_type(&old.value, &node.value) => *old = node.clone(),
            Some(old) => report.add(node, format!("{} for the setting `{full}`", node.found()), format!("like {}", old.found())),
            None => report.add(node, format!("the setting `{full}`"), either(base.keys())),
        }
    }
}

fn same_type(a: &Val, b: &Val) -> bool {
    use Val::{Flag, List, Real, Text, Whole};
    matches!((a, b), (Text(_), Text(_)) | (Whole(_), Whole(_)) | (Real(_), Real(_) | Whole(_)) | (Flag(_), Flag(_)) | (List(_), List(_)))
}

/// Roles: labels only.
pub(crate) fn patch_roles(base: &mut Node, patch: &Node, report: &Report) {
    let Val::Table(roles) = &mut base.value else { return };
    for (name, node) in patch.table().into_iter().flatten() {
        match roles.get_mut(name) {
            Some(role) => labels(role, node, name, report),
            None => report.add(node, format!("a new role `{name}` in an overlay"), either(roles.keys())),
        }
    }
}
