//! What the files say of each other: roles, rules, code lists and templates are there, and each is used.

use std::collections::BTreeSet;

use anlan_base::Name;

use crate::kind::{Kind, Party, Who};
use crate::load::table::{Report, either};
use crate::load::{Finding, Loaded};
use crate::record::RuleTable;

pub(super) fn check(loaded: &Loaded, rules: &RuleTable, report: &Report) {
    roles(loaded, report);
    rule_names(loaded, rules, report);
    for (list, used) in loaded.lists.values() {
        if !used {
            report.push(at_top(&list.file, "a code list that no field uses", "a field with `codes`"));
        }
    }
    templates(loaded, report);
}

fn at_top(file: &str, found: impl Into<String>, allowed: impl Into<String>) -> Finding {
    Finding { file: file.to_owned(), line: 1, found: found.into(), allowed: allowed.into() }
}

/// A role is used where a kind names it, or where it is kept apart from another.
fn roles(loaded: &Loaded, report: &Report) {
    let roles = &loaded.kinds.roles;
    let mut used: BTreeSet<&Name> = BTreeSet::new();
    for kind in loaded.kinds.by_id.values() {
        let access = &kind.access;
        used.extend(parties(kind).filter_map(|party| match &party.who {
            Who::Role(role) => Some(role),
            _ => None,
        }));
        used.extend(access.read.iter().map(|reader| &reader.role).chain(&access.unmask).chain(&access.export));
    }
    let Some(tree) = &loaded.roles else { return };
    for (id, role) in roles {
        for other in &role.apart {
            if !roles.contains_key(other) || other == id {
                report.add(
                    tree.nearest(&[id, "apart"]),
                    format!("the role `{other}`"),
                    either(roles.keys().filter(|r| *r != id).map(Name::as_str)),
                );
            }
        }
        if !used.contains(id) && role.apart.is_empty() && !roles.values().any(|other| other.apart.contains(id)) {
            report.add(
                tree.nearest(&[id]),
                format!("the role `{id}`, which no kind names"),
                "roles that a kind names, or that are kept apart",
            );
        }
    }
}

fn parties(kind: &Kind) -> impl Iterator<Item = &Party> {
    let of_states = kind.states.values().flat_map(|state| state.owner.iter().chain(&state.edit));
    let of_actions = kind.actions.values().flat_map(|action| action.by.iter().chain(&action.not_by));
    let of_tasks = kind.tasks.values().flat_map(|task| &task.owner);
    let of_deadlines = kind.deadlines.values().flat_map(|deadline| deadline.escalate.iter().map(|step| &step.to));
    kind.create.by.iter().chain(of_states).chain(of_actions).chain(of_tasks).chain(of_deadlines)
}

/// Each rule that a kind names is in the table, each rule in the table is named by a kind of its domain.
fn rule_names(loaded: &Loaded, rules: &RuleTable, report: &Report) {
    let mut named: [BTreeSet<String>; 3] = Default::default();
    let known: [BTreeSet<&String>; 3] = [rules.guards.keys().collect(), rules.derives.keys().collect(), rules.effects.keys().collect()];
    const WHAT: [&str; 3] = ["guard", "derive", "effect"];
    for (id, kind) in &loaded.kinds.by_id {
        let tree = &loaded.trees[id];
        let mut look = |what: usize, rule: &Option<Name>, path: &[&str]| {
            let Some(rule) = rule else { return };
            let full = format!("{}/{rule}", kind.domain);
            if !known[what].contains(&full) {
                let prefix = format!("{}/", kind.domain);
                let own = known[what].iter().filter_map(|name| name.strip_prefix(&prefix));
                let own: Vec<&str> = own.collect();
                let allowed = if own.is_empty() { format!("no {} in this domain", WHAT[what]) } else { either(own) };
                report.add(tree.nearest(&[path, &[WHAT[what]]].concat()), format!("the {} `{rule}`", WHAT[what]), allowed);
            }
            named[what].insert(full);
        };
        look(0, &kind.create.guard, &["create"]);
        look(2, &kind.create.effect, &["create"]);
        for (name, action) in &kind.actions {
            look(0, &action.guard, &["actions", name]);
            look(2, &action.effect, &["actions", name]);
        }
        for (name, field) in &kind.fields {
            look(1, &field.derive, &["fields", name]);
        }
    }
    for what in 0..3 {
        for rule in known[what].iter().filter(|rule| !named[what].contains(**rule)) {
            let (domain, name) = rule.split_once('/').unwrap_or(("", rule));
            report.push(at_top(
                &format!("{domain}/rules.rs"),
                format!("the {} `{name}`, which no kind names", WHAT[what]),
                "rules that a kind names",
            ));
        }
    }
}

/// Only a domain that has a `documents` folder is held to it.
fn templates(loaded: &Loaded, report: &Report) {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (id, kind) in &loaded.kinds.by_id {
        let folder = format!("{}/documents/", kind.domain);
        let has_folder = loaded.documents.iter().any(|path| path.starts_with(&folder));
        for (name, document) in &kind.documents {
            for format in &document.formats {
                let extension = if format == "pdf" { "typ" } else { format };
                let path = format!("{folder}{}.{extension}", document.template);
                if has_folder && !loaded.documents.contains(&path) {
                    let there = loaded.documents.iter().filter(|path| path.starts_with(&folder));
                    report.add(loaded.trees[id].nearest(&["documents", name, "template"]), format!("the template {path}"), either(there));
                }
                used.insert(path);
            }
        }
    }
    for path in loaded.documents.difference(&used) {
        report.push(at_top(path, "a template that no kind names", "`template` of a document"));
    }
}
