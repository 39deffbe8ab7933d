//! Which combinations of the values that conditions name can occur in which state.
//!
//! Found by walking: from creation, through every action whose conditions hold, with every value its form may leave. Codes that no
//! condition names are alike and stand for each other; so do numbers and dates between two bounds. A field of many values counts with
//! one of them: more of them only make more conditions hold. Where it is unsure it assumes that a combination can occur.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use anlan_base::{Date, Name};
use serde_json::Value;

use super::names::names_of;
use super::{Proof, subjects};
use crate::condition::holds_with;
use crate::kind::{Action, Condition, Field, FieldType, Is, Kind, Need, Party, Requirement};
use crate::load::codes_of;

/// One index into the values of each axis.
pub(super) type World = Vec<u16>;

/// More combinations than this nobody can have thought through.
pub(super) const LIMIT: usize = 20_000;

/// A field that conditions name, and the values worth telling apart. The first is: no value.
struct Axis<'a> {
    field: &'a Field,
    values: Vec<Option<Value>>,
}

pub(super) struct Worlds<'a> {
    kind: &'a Kind,
    axes: Vec<Axis<'a>>,
    pub by_state: BTreeMap<&'a Name, BTreeSet<World>>,
}

impl<'a> Worlds<'a> {
    /// `Err` with their number if there are too many combinations.
    pub fn of(p: &Proof<'a>) -> Result<Self, usize> {
        let axes = axes(p.kind);
        let count = axes.iter().fold(1_usize, |count, axis| count.saturating_mul(axis.values.len()));
        if count > LIMIT {
            return Err(count);
        }
        let mut worlds = Self { kind: p.kind, axes, by_state: BTreeMap::new() };
        worlds.walk();
        Ok(worlds)
    }

    pub fn in_state(&self, state: &Name) -> impl Iterator<Item = &World> {
        self.by_state.get(state).into_iter().flatten()
    }

    fn walk(&mut self) {
        let kind = self.kind;
        let mut todo: Vec<(&'a Name, World)> = Vec::new();
        let create = &kind.create;
        for start in self.starts() {
            todo.extend(
                self.after(&start, &create.to, &self.form(&create.needs, &create.asks), &create.needs).into_iter().map(|w| (&create.to, w)),
            );
        }
        let mut done: BTreeSet<(usize, &Name, World)> = BTreeSet::new();
        while let Some((state, world)) = todo.pop() {
            if !self.by_state.entry(state).or_default().insert(world.clone()) {
                continue;
            }
            for (at, action) in kind.actions.values().enumerate() {
                if !action.from.contains(state) || !self.enabled(action, state, &world) {
                    continue;
                }
                let form = self.form(&action.needs, &action.asks);
                // What the form may change makes no difference to where it leads.
                if done.insert((at, state, self.masked(&world, &form))) {
                    let to = action.to.as_ref().unwrap_or(state);
                    todo.extend(self.after(&world, to, &form, &action.needs).into_iter().map(|w| (to, w)));
                }
            }
            if let Some(spec) = kind.states.get(state).filter(|spec| !spec.edit.is_empty()) {
                let form = self.form(&[], spec.edit_fields.as_ref().unwrap_or(&create.asks));
                if done.insert((usize::MAX, state, self.masked(&world, &form))) {
                    todo.extend(self.after(&world, state, &form, &[]).into_iter().map(|w| (state, w)));
                }
            }
        }
    }

    /// Before the form of creation is filled: nothing, or the defaults.
    fn starts(&self) -> Vec<World> {
        let mut starts = vec![vec![0; self.axes.len()]];
        for (at, axis) in self.axes.iter().enumerate() {
            if let Some(default) = &axis.field.default {
                let known = axis.values.iter().position(|value| value.as_ref() == Some(default));
                let index = known.unwrap_or(axis.values.len() - 1) as u16;
                let with: Vec<World> = starts.iter().map(|world| with(world, at, index)).collect();
                starts.extend(with);
            }
        }
        starts
    }

    /// The axes that a form may change. Derived fields follow of themselves: to anything, or to anything but nothing where they are required.
    fn form(&self, needs: &[Need], asks: &[Name]) -> Vec<usize> {
        let asked: BTreeSet<&Name> = needs.iter().flat_map(names_of).chain(asks).collect();
        let free = |axis: &Axis| asked.contains(&axis.field.id) || axis.field.derive.is_some();
        self.axes.iter().enumerate().filter(|(_, axis)| free(axis)).map(|(at, _)| at).collect()
    }

    fn masked(&self, world: &World, form: &[usize]) -> World {
        let mut masked = world.clone();
        for at in form.iter().filter(|at| !self.axes[**at].field.fixed) {
            masked[*at] = 0;
        }
        masked
    }

    /// What an action leaves, if the rules derive what they derived before.
    pub fn after_action(&self, action: &Action, state: &Name, world: &World) -> Vec<World> {
        let to = action.to.as_ref().unwrap_or(state);
        let form: Vec<usize> =
            self.form(&action.needs, &action.asks).into_iter().filter(|at| self.axes[*at].field.derive.is_none()).collect();
        self.after(world, to, &form, &action.needs)
    }

    /// Every world that filling this form can leave.
    fn after(&self, world: &World, to: &Name, form: &[usize], needs: &[Need]) -> Vec<World> {
        let mut worlds = vec![world.clone()];
        for at in form {
            let axis = &self.axes[*at];
            if axis.field.fixed && world[*at] != 0 {
                continue;
            }
            worlds = worlds.iter().flat_map(|world| (0..axis.values.len()).map(|index| with(world, *at, index as u16))).collect();
        }
        worlds.retain(|world| self.lawful(to, world, needs));
        worlds
    }

    /// What the engine checks after every write, as far as the axes tell.
    fn lawful(&self, state: &Name, world: &World, needs: &[Need]) -> bool {
        let axis_of = |name: &Name| self.axes.iter().position(|axis| axis.field.id == *name);
        let met = |need: &Need| {
            let values: Vec<Option<bool>> = names_of(need).iter().map(|name| axis_of(name).map(|at| world[at] != 0)).collect();
            values.iter().any(|filled| *filled != Some(false))
        };
        let required = |axis: &Axis| match &axis.field.required {
            Requirement::Never => false,
            Requirement::Always => true,
            Requirement::When(when) => self.holds(when, state, world) == Some(true),
        };
        needs.iter().all(met)
            && self
                .axes
                .iter()
                .enumerate()
                .all(|(at, axis)| world[at] != 0 || !required(axis) || self.visible(&axis.field.id, state, world) != Some(true))
    }

    pub fn enabled(&self, action: &Action, state: &Name, world: &World) -> bool {
        let possible = |when: &Condition| self.holds(when, state, world) != Some(false);
        action.when.as_ref().is_none_or(possible) && action.by.iter().any(|party| self.applies(party, state, world))
    }

    pub fn applies(&self, party: &Party, state: &Name, world: &World) -> bool {
        party.when.as_ref().is_none_or(|when| self.holds(when, state, world) != Some(false))
    }

    /// A field is seen where its group and its own condition let it.
    pub fn visible(&self, field: &Name, state: &Name, world: &World) -> Option<bool> {
        let Some(field) = self.kind.fields.get(field) else { return Some(true) };
        let group = field.group.as_ref().and_then(|group| self.kind.groups.get(group)).and_then(|group| group.visible.as_ref());
        let mut each = [group, field.visible.as_ref()].into_iter().flatten().map(|when| self.holds(when, state, world));
        each.try_fold(true, |seen, holds| Some(seen && holds?))
    }

    /// `None`: it names something that is no axis.
    fn holds(&self, when: &Condition, state: &Name, world: &World) -> Option<bool> {
        let axis_of = |name: &str| self.axes.iter().position(|axis| axis.field.id == *name);
        if subjects(when).any(|subject| *subject != "state" && axis_of(subject).is_none()) {
            return None;
        }
        Some(holds_with(when, &|subject| match axis_of(subject) {
            Some(at) => self.axes[at].values[usize::from(world[at])].as_ref().map(Cow::Borrowed),
            None => Some(Cow::Owned(Value::from(state.as_str()))),
        }))
    }

    /// `level = general, source empty`, for a message; only the axes that `relevant` names.
    pub fn describe(&self, world: &World, relevant: &BTreeSet<&Name>) -> String {
        let named = self.axes.iter().zip(world).filter(|(axis, _)| relevant.contains(&axis.field.id));
        let words = named.map(|(axis, index)| match &axis.values[usize::from(*index)] {
            None => format!("`{}` empty", axis.field.id),
            Some(Value::Bool(true)) if !matches!(axis.field.kind, FieldType::YesNo) => format!("`{}` set", axis.field.id),
            Some(Value::String(text)) => format!("`{}` = {text}", axis.field.id),
            Some(value) => format!("`{}` = {value}", axis.field.id),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

fn with(world: &World, at: usize, index: u16) -> World {
    let mut world = world.clone();
    world[at] = index;
    world
}

/// The fields that decide who may do what, and whether a needed field is seen.
fn axes(kind: &Kind) -> Vec<Axis<'_>> {
    let of_parties = |parties: &'_ [Party]| parties.iter().filter_map(|party| party.when.clone()).collect::<Vec<_>>();
    let mut conditions: Vec<Condition> = Vec::new();
    for state in kind.states.values() {
        conditions.extend(of_parties(&state.owner));
    }
    for action in kind.actions.values() {
        conditions.extend(action.when.clone());
        conditions.extend(of_parties(&action.by));
        for name in action.needs.iter().flat_map(names_of) {
            let field = kind.fields.get(name);
            conditions.extend(field.and_then(|field| field.visible.clone()));
            conditions.extend(field.and_then(|field| kind.groups.get(field.group.as_ref()?)?.visible.clone()));
        }
    }
    let tests: Vec<_> = conditions.iter().flat_map(|condition| &condition.0).flatten().collect();
    let named = kind.fields.values().filter(|field| tests.iter().any(|test| test.subject == field.id));
    let axis =
        |field| Axis { field, values: values(kind, field, tests.iter().filter(|test| test.subject == field.id).map(|test| &test.is)) };
    named.map(axis).collect()
}

/// No value, each value that a test names, and one that stands for each kind of other value.
fn values<'t>(kind: &Kind, field: &Field, tests: impl Iterator<Item = &'t Is>) -> Vec<Option<Value>> {
    let mut named: Vec<Value> = Vec::new();
    for is in tests {
        match is {
            Is::Set(_) => {}
            Is::OneOf(values) => named.extend(values.iter().cloned()),
            Is::Between { min, max } => named.extend([min, max].into_iter().flatten().cloned()),
        }
    }
    named.sort_by(|a, b| a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal).then_with(|| a.as_str().cmp(&b.as_str())));
    named.dedup();
    let others: Vec<Value> = match &field.kind {
        FieldType::Choice { .. } | FieldType::Tree { .. } => {
            let list = codes_of(field).and_then(|name| kind.codes.get(name));
            let codes = list.into_iter().flat_map(|list| &list.rows).map(|row| Value::from(row.code.as_str()));
            codes.filter(|code| !named.contains(code)).take(1).collect()
        }
        FieldType::YesNo => {
            named = vec![Value::from(true), Value::from(false)];
            Vec::new()
        }
        FieldType::Integer { .. } | FieldType::Decimal { .. } | FieldType::Money { .. } => around_numbers(&named),
        FieldType::Date { .. } => around_dates(&named),
        // Whatever is not named: it is set, and equals nothing.
        _ => vec![Value::from(true)],
    };
    std::iter::once(None).chain(named.into_iter().chain(others).map(Some)).collect()
}

fn around_numbers(bounds: &[Value]) -> Vec<Value> {
    let numbers: Vec<f64> = bounds.iter().filter_map(Value::as_f64).collect();
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return vec![Value::from(0)] };
    let between = numbers.windows(2).map(|pair| f64::midpoint(pair[0], pair[1]));
    std::iter::once(first - 1.0).chain(between).chain([last + 1.0]).map(Value::from).collect()
}

fn around_dates(bounds: &[Value]) -> Vec<Value> {
    let days: Vec<Date> = bounds.iter().filter_map(|day| Date::parse(day.as_str()?).ok()).collect();
    let shifted = days.iter().flat_map(|day| [day.plus_days(-1), day.plus_days(1)]);
    let around: Vec<Value> = shifted.map(|day| Value::from(day.to_string())).filter(|day| !bounds.contains(day)).collect();
    if around.is_empty() { vec![Value::from(true)] } else { around }
}
