//! What work a change opens, ends and moves: the main line's task comes from the state, side tasks from actions.

use anlan_base::{Calendar, Instant, Name, TaskId};

use super::parties::Scene;
use crate::deadlines;
use crate::kind::{Action, Kind, Repeat, SideTask};
use crate::record::{Context, Deed, Record, Task};

/// Tasks opened, ended and moved.
#[derive(Default)]
pub(super) struct Work {
    pub opened: Vec<Task>,
    pub closed: Vec<TaskId>,
    pub moved: Vec<Task>,
}

/// What the step does to work beside changing the record.
pub(super) struct Step<'a> {
    /// The state before; `None` at creation.
    pub from: Option<&'a Name>,
    /// Whether a state is entered, be it the same again.
    pub enters: bool,
    pub opens: &'a [Name],
    pub settles: &'a [Name],
}

/// When the record's present state is due.
pub(super) fn due_at(kind: &Kind, record: &Record, earlier: &[Deed], calendar: &Calendar) -> Option<Instant> {
    let deadline = kind.deadlines.get(kind.states.get(&record.state)?.due.as_ref()?)?;
    deadlines::due(deadline, record, record.state_since, earlier, calendar).map(|due| due.at)
}

/// `earlier` includes the action itself: a deadline may count from it, a task may be its actor's.
pub(super) fn plan(kind: &Kind, cx: &Context, after: &Record, step: &Step, earlier: &[Deed]) -> Work {
    let scene = Scene { kind, record: after, tasks: &[], earlier };
    let mut work = Work::default();
    main_line(&scene, cx, step, &mut work);
    for task in cx.tasks.iter().filter(|task| task.side) {
        let side = kind.tasks.get(&task.name).filter(|side| lives_on(kind, &task.name, side, step.from, &after.state));
        let Some(side) = side else {
            work.closed.push(task.id.clone());
            continue;
        };
        if step.settles.contains(&task.name) {
            work.closed.push(task.id.clone());
            if let Some(repeat) = side.repeat {
                work.opened.push(next_period(&scene, cx, task, side, repeat));
            }
            continue;
        }
        // A repeating task keeps the end of its period.
        let due_at = if side.repeat.is_some() { task.due_at } else { side_due(&scene, cx, side, task.since) };
        let now = Task { owners: scene.owners(&side.owner), due_at, ..task.clone() };
        if now != *task {
            work.moved.push(now);
        }
    }
    for name in step.opens {
        let open = cx.tasks.iter().any(|task| task.side && task.name == *name && !work.closed.contains(&task.id))
            || work.opened.iter().any(|task| task.side && task.name == *name);
        let side = kind.tasks.get(name).filter(|side| lives_on(kind, name, side, None, &after.state));
        if let Some(side) = side.filter(|_| !open) {
            work.opened.push(Task {
                id: cx.ids.next(cx.now).into(),
                name: name.clone(),
                side: true,
                owners: scene.owners(&side.owner),
                since: cx.now,
                due_at: side_due(&scene, cx, side, cx.now),
            });
        }
    }
    work
}

fn main_line(scene: &Scene, cx: &Context, step: &Step, work: &mut Work) {
    let after = scene.record;
    let state = scene.kind.states.get(&after.state);
    let waits = state.filter(|state| !state.finals && !state.standing);
    let mut open = cx.tasks.iter().filter(|task| !task.side);
    let kept = if step.enters || waits.is_none() { None } else { open.next() };
    work.closed.extend(open.map(|task| task.id.clone()));
    let Some(state) = waits else { return };
    let wanted = Task {
        id: kept.map_or_else(|| cx.ids.next(cx.now).into(), |task| task.id.clone()),
        name: after.state.clone(),
        side: false,
        owners: scene.owners(&state.owner),
        since: after.state_since,
        due_at: after.due_at,
    };
    match kept {
        None => work.opened.push(wanted),
        Some(task) if *task != wanted => work.moved.push(wanted),
        Some(_) => {}
    }
}

/// A side task lives in the states of `during`. Without `during` it ends with the record, or when the record leaves the states in which
/// somebody could settle it: work that nobody can do is nobody's.
fn lives_on(kind: &Kind, name: &Name, side: &SideTask, from: Option<&Name>, state: &Name) -> bool {
    if kind.states.get(state).is_none_or(|state| state.finals) {
        return false;
    }
    if !side.during.is_empty() {
        return side.during.contains(state);
    }
    let settles_in = |action: &Action, state: &Name| action.settles.contains(name) && action.from.contains(state);
    let can_settle = |state: &Name| kind.actions.values().any(|action| settles_in(action, state));
    can_settle(state) || !from.is_some_and(can_settle)
}

fn side_due(scene: &Scene, cx: &Context, side: &SideTask, since: Instant) -> Option<Instant> {
    let deadline = scene.kind.deadlines.get(side.due.as_ref()?)?;
    deadlines::due(deadline, scene.record, since, scene.earlier, cx.calendar).map(|due| due.at)
}

/// The same work for the first period that has not ended yet; a period done early is not asked for twice.
fn next_period(scene: &Scene, cx: &Context, done: &Task, side: &SideTask, repeat: Repeat) -> Task {
    let mut due_at = done.due_at.map_or_else(|| period_after(cx.now.date().end(), repeat), |due| period_after(due, repeat));
    while due_at <= cx.now {
        due_at = period_after(due_at, repeat);
    }
    Task {
        id: cx.ids.next(cx.now).into(),
        name: done.name.clone(),
        side: true,
        owners: scene.owners(&side.owner),
        since: cx.now,
        due_at: Some(due_at),
    }
}

/// One period later, at the end of the local day.
fn period_after(due: Instant, repeat: Repeat) -> Instant {
    let day = due.plus_ms(-1).date();
    let next = match repeat {
        Repeat::Daily => day.plus_days(1),
        Repeat::Weekly => day.plus_days(7),
        Repeat::Monthly => day.plus_months(1),
        Repeat::Quarterly => day.plus_months(3),
        Repeat::Yearly => day.plus_months(12),
    };
    next.end()
}
