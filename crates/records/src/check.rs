//! Proves of loaded kinds what can be proved before anybody uses them: names exist and are used, no record gets stuck, no duty is nobody's.
//!
//! A file whose reading failed is not judged further, and what one file says of another only once all were read: one mistake is one
//! finding. Absent on purpose: what a guard may refuse, since guards are code and have their own tests.

mod fields;
mod flow;
mod names;
mod samples;
mod together;
mod worlds;

use anlan_base::Name;
use indexmap::IndexMap;

use crate::kind::{Condition, Field, FieldType, Kind};
use crate::load::Loaded;
use crate::load::table::{Report, either};
use crate::load::tree::Node;
use crate::record::RuleTable;

/// Columns, filters and sorts besides the fields.
pub(crate) const ENVELOPE: [&str; 10] =
    ["number", "title", "enterprise", "region", "sector", "state", "owner", "due_at", "created_at", "updated_at"];

pub(crate) fn check(loaded: &Loaded, rules: &RuleTable, report: &Report) {
    for (id, kind) in &loaded.kinds.by_id {
        if report.any_in(&kind.file) {
            continue;
        }
        let proof = Proof { loaded, report, kind, tree: &loaded.trees[id] };
        names::check(&proof);
        fields::check(&proof);
        if !report.any_in(&kind.file) {
            flow::check(&proof);
        }
    }
    if loaded.complete {
        together::check(loaded, rules, report);
        samples::check(loaded, report);
    }
}

/// One kind under proof.
struct Proof<'a> {
    loaded: &'a Loaded,
    report: &'a Report,
    kind: &'a Kind,
    tree: &'a Node,
}

impl<'a> Proof<'a> {
    fn add(&self, path: &[&str], found: impl Into<String>, allowed: impl Into<String>) {
        self.report.add(self.tree.nearest(path), found, allowed);
    }

    fn known<'m, T>(&self, path: &[&str], what: &str, name: &Name, among: &'m IndexMap<Name, T>) -> Option<&'m T> {
        let entry = among.get(name);
        if entry.is_none() {
            self.add(path, format!("the {what} `{name}`"), either(among.keys().map(Name::as_str)));
        }
        entry
    }

    fn field(&self, path: &[&str], name: &Name) -> Option<&'a Field> {
        self.known(path, "field", name, &self.kind.fields)
    }

    /// A field whose type is one of these words.
    fn field_of(&self, path: &[&str], name: &Name, words: &[&str]) -> Option<&'a Field> {
        let field = self.field(path, name)?;
        let fits = words.contains(&field.kind.word());
        if !fits {
            self.add(path, format!("the {} `{name}`", field.kind.word()), format!("a field of type {}", either(words)));
        }
        fits.then_some(field)
    }

    fn role(&self, path: &[&str], role: &Name) {
        if self.loaded.complete {
            self.known(path, "role", role, &self.loaded.kinds.roles);
        }
    }
}

/// Has a typed column, or can have one.
fn has_column(field: &Field) -> bool {
    field.index || field.filter
}

fn can_have_column(field: &Field) -> bool {
    use FieldType::{Files, Photos, Place, Rows, Signature};
    !matches!(field.kind, Photos { .. } | Files { .. } | Signature | Place { .. } | Rows { .. })
}

fn subjects(condition: &Condition) -> impl Iterator<Item = &Name> {
    condition.0.iter().flatten().map(|test| &test.subject)
}

#[cfg(test)]
mod tests;
