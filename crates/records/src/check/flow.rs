//! No record gets stuck: each state is reached, each waiting state has an owner who can act and a way out in every combination that can occur.
//!
//! An edit that would open a way out does not count: a record must not depend on somebody noticing.

use std::collections::BTreeSet;

use anlan_base::Name;

use super::names::names_of;
use super::worlds::{LIMIT, World, Worlds};
use super::{Proof, subjects};
use crate::kind::{Action, Kind, Need, Party, State};

pub(super) fn check(p: &Proof) {
    let before = p.report.count();
    let reached = reached(p.kind);
    for id in p.kind.states.keys().filter(|id| !reached.contains(*id)) {
        p.add(&["states", id], format!("the state `{id}`, which is never reached"), "`to` of create or of an action from a reached state");
    }
    let leading_home = leading_home(p.kind);
    for id in p.kind.states.keys().filter(|id| !leading_home.contains(*id)) {
        p.add(&["states", id], format!("the state `{id}`, from which no final or standing state is reached"), "a way to the end");
    }
    let worlds = match Worlds::of(p) {
        Ok(worlds) => worlds,
        Err(count) => {
            p.add(&["actions"], format!("{count} combinations of the values that conditions name"), format!("at most {LIMIT}"));
            return;
        }
    };
    let waiting = || p.kind.states.values().filter(|state| !state.finals && !state.standing);
    for state in waiting() {
        way_out(p, &worlds, state);
    }
    // Beyond a state in which records get stuck, everything looks unreachable: that would be the same mistake again.
    if p.report.count() > before {
        return;
    }
    for id in p.kind.states.keys().filter(|id| worlds.in_state(id).next().is_none()) {
        p.add(
            &["states", id],
            format!("the state `{id}`, which no combination of choices reaches"),
            "conditions that can hold on the way here",
        );
    }
    for state in waiting() {
        owners(p, &worlds, state);
    }
    for action in p.kind.actions.values() {
        doable(p, &worlds, action);
        needs_seen(p, &worlds, action);
    }
}

/// From creation, whatever the conditions.
fn reached(kind: &Kind) -> BTreeSet<&Name> {
    let mut reached = BTreeSet::from([&kind.create.to]);
    loop {
        let next = kind.actions.values().filter(|action| action.from.iter().any(|from| reached.contains(from)));
        let more: Vec<&Name> = next.filter_map(|action| action.to.as_ref()).filter(|to| !reached.contains(to)).collect();
        if more.is_empty() {
            return reached;
        }
        reached.extend(more);
    }
}

/// The states from which a final or standing one can be reached, and these themselves.
fn leading_home(kind: &Kind) -> BTreeSet<&Name> {
    let mut home: BTreeSet<&Name> = kind.states.values().filter(|state| state.finals || state.standing).map(|state| &state.id).collect();
    loop {
        let leading = kind.actions.values().filter(|action| action.to.as_ref().is_some_and(|to| home.contains(to)));
        let more: Vec<&Name> = leading.flat_map(|action| &action.from).filter(|from| !home.contains(from)).collect();
        if more.is_empty() {
            return home;
        }
        home.extend(more);
    }
}

fn leaving<'a>(kind: &'a Kind, state: &'a State) -> impl Iterator<Item = &'a Action> {
    kind.actions.values().filter(|action| action.from.contains(&state.id) && action.to.as_ref().is_some_and(|to| *to != state.id))
}

fn way_out(p: &Proof, worlds: &Worlds, state: &State) {
    let stuck: Vec<&World> =
        worlds.in_state(&state.id).filter(|world| !leaving(p.kind, state).any(|action| worlds.enabled(action, &state.id, world))).collect();
    if let Some(world) = stuck.first() {
        let named = leaving(p.kind, state).flat_map(|action| {
            action.when.iter().chain(action.by.iter().filter_map(|party| party.when.as_ref())).flat_map(subjects).collect::<Vec<_>>()
        });
        let with = worlds.describe(world, &named.collect());
        let with = if with.is_empty() { String::new() } else { format!(" with {with}") };
        p.add(
            &["states", &state.id],
            format!("no way out of the state `{}`{with}", state.id),
            "an action that leaves, for every combination of the choices that conditions name",
        );
    }
}

fn owners(p: &Proof, worlds: &Worlds, state: &State) {
    let path = ["states", state.id.as_str(), "owner"];
    if let Some(world) = worlds.in_state(&state.id).find(|world| !state.owner.iter().any(|owner| worlds.applies(owner, &state.id, world))) {
        let named = state.owner.iter().filter_map(|owner| owner.when.as_ref()).flat_map(subjects);
        p.add(
            &path,
            format!("no owner in the state `{}` with {}", state.id, worlds.describe(world, &named.collect())),
            "an owner for every combination",
        );
    }
    let can_act = |owner: &Party| {
        worlds.in_state(&state.id).filter(|world| worlds.applies(owner, &state.id, world)).any(|world| {
            let open = p.kind.actions.values().filter(|action| action.from.contains(&state.id) && worlds.enabled(action, &state.id, world));
            open.flat_map(|action| &action.by).any(|party| party.who == owner.who && worlds.applies(party, &state.id, world))
        })
    };
    for owner in state.owner.iter().filter(|owner| !can_act(owner)) {
        p.add(
            &path,
            format!("the owner `{}` of the state `{}`, who can do nothing there", owner.who, state.id),
            "owners with an action from this state",
        );
    }
}

fn doable(p: &Proof, worlds: &Worlds, action: &Action) {
    let any = |from: &Name| worlds.in_state(from).any(|world| worlds.enabled(action, from, world));
    if !action.from.iter().any(any) {
        p.add(
            &["actions", &action.id],
            format!("the action `{}`, whose conditions never hold in its states", action.id),
            "conditions that can hold there",
        );
    }
}

/// A field that must be filled must be there to fill.
fn needs_seen(p: &Proof, worlds: &Worlds, action: &Action) {
    let mut hidden: Vec<&Need> = Vec::new();
    for from in &action.from {
        for world in worlds.in_state(from).filter(|world| worlds.enabled(action, from, world)) {
            for after in worlds.after_action(action, from, world) {
                let seen = |name: &Name| worlds.visible(name, action.to.as_ref().unwrap_or(from), &after) != Some(false);
                hidden.extend(action.needs.iter().filter(|need| !names_of(need).iter().any(seen)));
                hidden.dedup();
            }
        }
    }
    for need in hidden {
        let names: Vec<&str> = names_of(need).iter().map(Name::as_str).collect();
        p.add(
            &["actions", &action.id, "needs"],
            format!("`{}` needs `{}`, which is not visible whenever the action is open", action.id, names.join("` or `")),
            "fields that are visible under the action's `when`",
        );
    }
}
