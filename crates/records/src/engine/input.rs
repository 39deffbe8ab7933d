//! Takes a form's input into the body: which fields may be given, what they become, and what is still missing afterwards.

use std::collections::BTreeSet;

use anlan_base::{EnterpriseId, Name, Refusal};
use serde_json::Value;

use super::rows;
use super::values::{Checker, is_list};
use crate::condition::{holds_in, is_empty};
use crate::kind::{Condition, Field, FieldType, Kind, Need, Requirement};
use crate::record::{Body, Context, Record};

/// How a form gives the rows of a sub-table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// The whole list: creation, editing, and actions of the platform.
    Whole,
    /// One new row: people's actions.
    AddOne,
}

/// One form: whose input, for which record, over which fields.
pub(super) struct Form<'a> {
    pub kind: &'a Kind,
    pub cx: &'a Context<'a>,
    pub before: Option<&'a Record>,
    /// The fields that may be given.
    pub fields: Vec<&'a Name>,
    pub needs: &'a [Need],
    /// Fields beside the form's that take their default now: those that no form ever asks for, at creation.
    pub silent: Vec<&'a Name>,
    pub rows: Rows,
}

/// What taking in the input found out.
#[derive(Default)]
pub(super) struct Taken {
    pub errors: Vec<Refusal>,
    /// Fields with an error of their own: nothing more is said about them.
    wrong: BTreeSet<String>,
    given: BTreeSet<String>,
    rows_added: BTreeSet<String>,
}

impl Form<'_> {
    /// Checks the input and writes what is right into `after`. Fields without value are cleared, absent ones take their defaults.
    pub fn take(&self, input: &Body, after: &mut Record) -> Taken {
        let mut taken = Taken::default();
        let stored = self.before.map(|record| &record.body);
        let checker = Checker { kind: self.kind, cx: self.cx, created_on: after.created_at.date(), input, stored };
        for (name, value) in input {
            let errors = taken.errors.len();
            self.take_field(&checker, name, value, after, &mut taken);
            if taken.errors.len() > errors {
                taken.wrong.insert(name.clone());
            }
        }
        for name in self.fields.iter().chain(&self.silent) {
            let Some(field) = self.kind.fields.get(*name) else { continue };
            let asked = !input.contains_key(&***name) && field.derive.is_none();
            let empty = asked && lacks(&after.body, name) && visible(self.kind, field, after);
            if let Some(value) = default_value(field, after.enterprise.as_ref(), self.cx).filter(|_| empty) {
                after.body.insert(name.to_string(), value);
            }
        }
        taken
    }

    fn take_field(&self, checker: &Checker, name: &str, value: &Value, after: &mut Record, taken: &mut Taken) {
        let path = format!("body.{}", name.chars().take(60).collect::<String>());
        let Some(field) = self.kind.fields.get(name) else {
            taken.errors.push(Refusal::at("unknown_field", path));
            return;
        };
        if field.derive.is_some() || !self.fields.contains(&&field.id) {
            taken.errors.push(Refusal::at("read_only", path));
            return;
        }
        let stored = checker.stored.and_then(|body| body.get(name));
        let new = if let FieldType::Rows { of, append_only } = &field.kind {
            let list = rows::SubTable { checker, field, of, append_only: *append_only, state: &after.state };
            let Some(merged) = list.take(self.rows_given(*append_only), &path, value, stored, &mut taken.errors) else { return };
            if merged.added {
                taken.rows_added.insert(name.to_owned());
            }
            merged.rows
        } else if is_empty(value) {
            Value::Null
        } else {
            let Some(new) = checker.value(field, &path, value, stored, &mut taken.errors) else { return };
            new
        };
        if field.fixed && stored.is_some_and(|stored| !is_empty(stored) && *stored != new) {
            taken.errors.push(Refusal::at("fixed", path));
            return;
        }
        if is_empty(&new) {
            if after.body.remove(name).is_some() {
                taken.given.insert(name.to_owned());
            }
        } else {
            after.body.insert(name.to_owned(), new);
            taken.given.insert(name.to_owned());
        }
    }

    /// Adds what is not acceptable as a whole: given but not visible, required or needed but empty.
    /// Until the derived fields are computed, nothing is said about fields whose conditions name one.
    pub fn complete(&self, after: &Record, derived_known: bool, taken: &mut Taken) {
        let mut errors = Vec::new();
        for (name, field) in &self.kind.fields {
            let path = || format!("body.{name}");
            if taken.wrong.contains(&**name) || (!derived_known && self.hangs_on_derived(field)) {
                continue;
            }
            let shows = visible(self.kind, field, after);
            // The form is filled in the state before; what shows only there may be given too.
            let showed = || self.before.is_some_and(|before| visible_in(self.kind, field, &after.body, &before.state));
            if taken.given.contains(&**name) && !shows && !showed() {
                errors.push((name, Refusal::at("not_visible", path())));
            }
            let required = match &field.required {
                Requirement::Never => false,
                Requirement::Always => true,
                Requirement::When(condition) => holds_in(condition, &after.body, &after.state),
            };
            if required && shows && field.derive.is_none() && lacks(&after.body, name) {
                errors.push((name, Refusal::at("required", path())));
            }
        }
        for need in self.needs {
            let names = match need {
                Need::Field(name) => std::slice::from_ref(name),
                Need::OneOf(names) => names.as_slice(),
            };
            let open: Vec<&Name> = names.iter().filter(|name| self.can_be_filled(name, after, derived_known, taken)).collect();
            let said = |name: &Name| taken.wrong.contains(&**name) || errors.iter().any(|(field, _)| *field == name);
            let met = names.iter().any(|name| said(name) || self.filled(name, after, taken));
            if let (Some(first), false) = (open.first(), met) {
                let refusal = Refusal::at("needed", format!("body.{first}"));
                let others = names.iter().map(|name| &**name).collect::<Vec<_>>().join(", ");
                errors.push((first, if names.len() > 1 { refusal.with("one_of", others) } else { refusal }));
            }
        }
        for (name, refusal) in errors {
            taken.wrong.insert(name.to_string());
            taken.errors.push(refusal);
        }
    }

    fn can_be_filled(&self, name: &Name, after: &Record, derived_known: bool, taken: &Taken) -> bool {
        self.kind.fields.get(name).is_some_and(|field| {
            let known = derived_known || !self.hangs_on_derived(field);
            known && (visible(self.kind, field, after) || taken.given.contains(&**name))
        })
    }

    /// A sub-table in a person's action needs a new row each time.
    fn filled(&self, name: &Name, after: &Record, taken: &Taken) -> bool {
        match self.kind.fields.get(name).map(|field| &field.kind) {
            Some(FieldType::Rows { append_only, .. }) if self.rows_given(*append_only) == Rows::AddOne => {
                taken.rows_added.contains(&**name)
            }
            _ => !lacks(&after.body, name),
        }
    }

    /// The platform has no form: it gives the whole table, unless rows may only be appended.
    fn rows_given(&self, append_only: bool) -> Rows {
        if self.cx.actor.machine.is_some() && !append_only { Rows::Whole } else { self.rows }
    }

    fn hangs_on_derived(&self, field: &Field) -> bool {
        let derived = |condition: &Condition| {
            condition.0.iter().flatten().any(|test| self.kind.fields.get(&test.subject).is_some_and(|field| field.derive.is_some()))
        };
        let required = match &field.required {
            Requirement::When(condition) => derived(condition),
            Requirement::Never | Requirement::Always => false,
        };
        required || conditions(self.kind, field).any(derived)
    }
}

/// Whether the field shows on the record as it is: its own condition and its group's.
pub(super) fn visible(kind: &Kind, field: &Field, record: &Record) -> bool {
    visible_in(kind, field, &record.body, &record.state)
}

fn visible_in(kind: &Kind, field: &Field, body: &Body, state: &Name) -> bool {
    conditions(kind, field).all(|condition| holds_in(condition, body, state))
}

fn conditions<'k>(kind: &'k Kind, field: &'k Field) -> impl Iterator<Item = &'k Condition> {
    let group = field.group.as_ref().and_then(|group| kind.groups.get(group));
    group.and_then(|group| group.visible.as_ref()).into_iter().chain(&field.visible)
}

fn lacks(body: &Body, name: &Name) -> bool {
    body.get(&**name).is_none_or(is_empty)
}

/// A value, or one of the words that stand for today, now, the actor and the actor's enterprise.
pub(super) fn default_value(field: &Field, enterprise: Option<&EnterpriseId>, cx: &Context) -> Option<Value> {
    let default = field.default.as_ref()?;
    let value = match (&field.kind, default.as_str()) {
        (FieldType::Date { .. }, Some("today")) => Value::from(cx.now.date().to_string()),
        (FieldType::Instant, Some("now")) => Value::from(cx.now.to_string()),
        (FieldType::Time, Some("now")) => Value::from(cx.now.local_text().get(11..16)?),
        (FieldType::Person { .. }, Some("me")) => Value::from(cx.actor.user.as_ref()?.as_str()),
        (FieldType::Enterprise { .. } | FieldType::Record { .. }, Some("my_enterprise")) => Value::from(enterprise?.as_str()),
        _ => default.clone(),
    };
    Some(if is_list(field) && !value.is_array() { Value::Array(vec![value]) } else { value })
}
