//! What is possible now, before anybody has filled in a form: buttons with their reasons, editable fields, deadlines that act by themselves.

use anlan_base::{Calendar, Instant, Name, Refusal};

use super::{form_fields, guard_agrees, input, permitted, starts_here, would_be};
use crate::condition::is_empty;
use crate::deadlines;
use crate::engine::parties::Scene;
use crate::kind::{Action, Kind, Who};
use crate::record::{Actor, Context, Deed, Machine, Offer, Record, Refused};

/// The buttons of a record: actions of its state whose `when` holds, each with the reason why this actor may not press it.
/// Actions that only the clock or the platform does are no buttons.
pub fn offers<'k>(kind: &'k Kind, record: &Record, cx: &Context) -> Vec<Offer<'k>> {
    let here = kind.actions.values().filter(|action| !by_machine_alone(action) && starts_here(action, record));
    here.map(|action| Offer { action, refusal: refusal(kind, action, record, cx) }).collect()
}

fn refusal(kind: &Kind, action: &Action, record: &Record, cx: &Context) -> Option<Refusal> {
    match permitted(kind, action, record, cx) {
        Ok(()) => {}
        Err(Refused::NotAllowed(refusal) | Refused::WrongState(refusal) | Refused::Guard(refusal)) => return Some(refusal),
        Err(Refused::Invalid(refusals)) => return refusals.into_iter().next(),
    }
    let guard = action.guard.as_ref()?;
    let refusal = guard_agrees(kind, guard, &would_be(record, action, cx.now), cx).err()?;
    // What the action's own form can still put right is no reason to close it.
    let fields = form_fields(&action.needs, &action.asks);
    let of_form = |path: &str| {
        let name = path.strip_prefix("body.").unwrap_or(path).split(['.', '[']).next();
        fields.iter().any(|field| Some(field.as_str()) == name)
    };
    if refusal.field.as_deref().is_some_and(of_form) { None } else { Some(refusal) }
}

fn by_machine_alone(action: &Action) -> bool {
    action.by.iter().all(|party| matches!(party.who, Who::Clock | Who::Platform))
}

/// Whether the actor's roles allow creating a record of this kind here. Conditions of parties are judged with the form.
pub fn may_create(kind: &Kind, actor: &Actor) -> bool {
    kind.create.by.iter().any(|party| match &party.who {
        Who::Role(role) => actor.holds.contains(role),
        Who::Clock => actor.machine == Some(Machine::Clock),
        Who::Platform => actor.machine == Some(Machine::Platform),
        Who::Creator | Who::Assigned | Who::Person(_) | Who::Actor(_) | Who::Unit(_) => false,
    })
}

/// The fields this actor may change now without an action, in the order of the form.
pub fn may_edit(kind: &Kind, record: &Record, cx: &Context) -> Vec<Name> {
    let Some(state) = kind.states.get(&record.state) else { return Vec::new() };
    if !(Scene { kind, record, tasks: cx.tasks, earlier: cx.earlier }).any(&state.edit, cx.actor) {
        return Vec::new();
    }
    let editable = |name: &&Name| {
        kind.fields.get(*name).is_some_and(|field| {
            let settled = field.fixed && record.body.get(&***name).is_some_and(|value| !is_empty(value));
            field.derive.is_none() && !settled && input::visible(kind, field, record)
        })
    };
    state.edit_fields.as_ref().unwrap_or(&kind.create.asks).iter().filter(editable).cloned().collect()
}

/// The action that the clock has to do now, if any: the one whose deadline passed first.
pub fn clock_action(kind: &Kind, record: &Record, now: Instant, earlier: &[Deed], calendar: &Calendar) -> Option<Name> {
    clock_due(kind, record, earlier, calendar).filter(|(at, _)| *at <= now).map(|(_, action)| action)
}

/// When the clock next has something to do on this record, and which action that is.
pub fn clock_due(kind: &Kind, record: &Record, earlier: &[Deed], calendar: &Calendar) -> Option<(Instant, Name)> {
    let by_clock = |action: &&Action| action.by.iter().any(|party| party.who == Who::Clock) && starts_here(action, record);
    let due = kind.actions.values().filter(by_clock).filter_map(|action| {
        let deadline = kind.deadlines.get(action.at.as_ref()?)?;
        let at = deadlines::due(deadline, record, record.state_since, earlier, calendar)?.at;
        // An action that leaves the state as it is happens once for each passing of its deadline.
        let done = action.to.is_none() && earlier.iter().any(|deed| deed.action == action.id && deed.at >= at);
        (!done).then(|| (at, action.id.clone()))
    });
    due.min_by_key(|(at, _)| *at)
}
