//! Decides what creating, editing and acting on a record means: pure, everything it knows comes through [`Context`].
//! Absent on purpose: storage, revisions of others, uniqueness. It names no kind but `enterprise`, the owning organisation.

mod forms;
mod input;
mod offers;
mod parties;
pub(crate) mod refer;
mod rows;
mod values;
mod work;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use anlan_base::{AttachmentId, Instant, Name, OrganisationId, RecordId, Refusal, UserId};
use serde_json::{Map, Value};

use crate::condition::{holds, is_empty};
use crate::kind::{Action, Kind, Need};
use crate::record::{Actor, Body, Change, Context, Deed, Effect, Facts, FieldChange, Machine, NewRecord, Record, Refused, RuleTable, Task};
use input::{Form, Rows};
use parties::Scene;

pub use offers::{clock_action, clock_due, may_create, may_edit, offers};

/// The one kind the engine knows by name: its records own others, and themselves.
const ENTERPRISE: &str = "enterprise";
/// What a history shows instead of a personal value.
const HIDDEN: &str = "•";
const TITLE_CHARACTERS: usize = 120;

/// Ids a body refers to; the caller looks them up and hands back those that exist as `Known`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Records and enterprises alike.
    pub records: BTreeSet<RecordId>,
    pub users: BTreeSet<UserId>,
    pub organisations: BTreeSet<OrganisationId>,
    pub points: BTreeSet<String>,
    pub attachments: BTreeSet<AttachmentId>,
}

/// A new record with its first task. Fields outside `create.needs` and `create.asks` are refused.
pub fn create(kind: &Kind, new: NewRecord, cx: &Context) -> Result<Change, Refused> {
    let step = &kind.create;
    if !may_create(kind, cx.actor) {
        return Err(not_allowed("create"));
    }
    let id = RecordId::from(cx.ids.next(cx.now));
    let by = cx.actor.user.clone().unwrap_or_else(|| machine_user(cx.actor));
    let enterprise = if kind.id == *ENTERPRISE { Some(id.0.clone().into()) } else { new.place.enterprise };
    let after = Record {
        id,
        kind: kind.id.clone(),
        kind_version: kind.version,
        number: None,
        title: String::new(),
        state: step.to.clone(),
        state_since: cx.now,
        due_at: None,
        enterprise,
        park: new.place.park,
        region: new.place.region,
        sector: new.place.sector,
        revision: 1,
        created_at: cx.now,
        created_by: by.clone(),
        updated_at: cx.now,
        updated_by: by,
        body: Map::new(),
    };
    let form = Form {
        kind,
        cx,
        before: None,
        fields: form_fields(&step.needs, &step.asks),
        needs: &step.needs,
        silent: never_asked(kind),
        rows: Rows::Whole,
    };
    let attempt = Attempt {
        form,
        name: Name::of("create"),
        comment: new.comment,
        reason: false,
        enters: true,
        guard: step.guard.as_ref(),
        effect: step.effect.as_ref(),
        opens: &[],
        settles: &[],
    };
    let change = attempt.decide(after, &new.body)?;
    // Only now is the record there by which a party's condition is judged.
    let scene = Scene { kind, record: &change.after, tasks: &[], earlier: cx.earlier };
    if scene.any(&step.by, cx.actor) { Ok(change) } else { Err(not_allowed("create")) }
}

/// A change of fields without an action, where the state allows it. `null` clears a field.
pub fn edit(kind: &Kind, record: &Record, patch: Body, comment: Option<String>, cx: &Context) -> Result<Change, Refused> {
    let state = kind.states.get(&record.state).filter(|state| !state.edit.is_empty());
    let Some(state) = state else {
        return Err(wrong_state("edit", &record.state));
    };
    if !(Scene { kind, record, tasks: cx.tasks, earlier: cx.earlier }).any(&state.edit, cx.actor) {
        return Err(not_allowed("edit"));
    }
    let fields = state.edit_fields.as_ref().unwrap_or(&kind.create.asks).iter().collect();
    let form = Form { kind, cx, before: Some(record), fields, needs: &[], silent: Vec::new(), rows: Rows::Whole };
    let attempt = Attempt {
        form,
        name: Name::of("edit"),
        comment,
        reason: false,
        enters: false,
        guard: None,
        effect: None,
        opens: &[],
        settles: &[],
    };
    attempt.decide(record.clone(), &patch)
}

/// An action of the kind: who may, from where, what it needs, where it leads.
pub fn act(kind: &Kind, record: &Record, action: &str, body: Body, comment: Option<String>, cx: &Context) -> Result<Change, Refused> {
    let Some(step) = kind.actions.get(action) else {
        return Err(Refused::WrongState(Refusal::new("wrong_state").with("action", action).with("state", &record.state)));
    };
    if !starts_here(step, record) {
        return Err(wrong_state(action, &record.state));
    }
    permitted(kind, step, record, cx)?;
    let form = Form {
        kind,
        cx,
        before: Some(record),
        fields: form_fields(&step.needs, &step.asks),
        needs: &step.needs,
        silent: Vec::new(),
        rows: Rows::AddOne,
    };
    let attempt = Attempt {
        form,
        name: step.id.clone(),
        comment,
        reason: step.reason,
        enters: step.to.is_some(),
        guard: step.guard.as_ref(),
        effect: step.effect.as_ref(),
        opens: &step.opens,
        settles: &step.settles,
    };
    attempt.decide(would_be(record, step, cx.now), &body)
}

/// The ids in a body, sub-tables included.
pub fn references(kind: &Kind, body: &Body) -> References {
    refer::references(kind, body)
}

/// Whether its time is over. A final state is never overdue.
pub fn overdue(record: &Record, kind: &Kind, now: Instant) -> bool {
    let open = kind.states.get(&record.state).is_some_and(|state| !state.finals);
    open && record.due_at.is_some_and(|due| due <= now)
}

/// Persons in person fields, and users who own an open task.
pub fn assigned(kind: &Kind, record: &Record, tasks: &[Task]) -> BTreeSet<UserId> {
    parties::assigned(kind, record, tasks)
}

fn starts_here(action: &Action, record: &Record) -> bool {
    action.from.contains(&record.state) && action.when.as_ref().is_none_or(|when| holds(when, record))
}

/// Refuses those who may not, those who would accept their own work, and settling where nothing is open.
fn permitted(kind: &Kind, action: &Action, record: &Record, cx: &Context) -> Result<(), Refused> {
    let scene = Scene { kind, record, tasks: cx.tasks, earlier: cx.earlier };
    if !scene.any(&action.by, cx.actor) {
        return Err(not_allowed(&action.id));
    }
    if scene.any(&action.not_by, cx.actor) {
        return Err(Refused::NotAllowed(Refusal::new("own_work").with("action", &action.id)));
    }
    let open = |name: &Name| cx.tasks.iter().any(|task| task.side && task.name == *name);
    if !action.settles.is_empty() && !action.settles.iter().any(open) {
        return Err(Refused::Guard(Refusal::new("no_open_task").with("action", &action.id)));
    }
    Ok(())
}

/// The record with the action's state entered and nothing filled in yet.
fn would_be(record: &Record, action: &Action, now: Instant) -> Record {
    let mut after = record.clone();
    if let Some(to) = &action.to {
        after.state = to.clone();
        after.state_since = now;
    }
    after
}

/// One create, edit or action, ready to be decided.
struct Attempt<'a> {
    form: Form<'a>,
    name: Name,
    comment: Option<String>,
    reason: bool,
    enters: bool,
    guard: Option<&'a Name>,
    effect: Option<&'a Name>,
    opens: &'a [Name],
    settles: &'a [Name],
}

impl Attempt<'_> {
    fn decide(self, mut after: Record, input: &Body) -> Result<Change, Refused> {
        let (kind, cx, before) = (self.form.kind, self.form.cx, self.form.before);
        let comment = self.comment.filter(|comment| !comment.trim().is_empty());
        let mut taken = self.form.take(input, &mut after);
        self.form.complete(&after, false, &mut taken);
        if self.reason && comment.is_none() {
            taken.errors.push(Refusal::at("reason_needed", "comment"));
        }
        // A rule computes on a body that is right; what hangs on its result is checked after it.
        if taken.errors.is_empty() {
            let earlier = with_this(cx, &self.name);
            after.due_at = work::due_at(kind, &after, &earlier, cx.calendar);
            derive(kind, &mut after, cx);
            self.form.complete(&after, true, &mut taken);
        }
        if !taken.errors.is_empty() {
            return Err(Refused::Invalid(taken.errors));
        }
        if let Some(before) = before {
            after.kind_version = kind.version;
            after.revision = before.revision + 1;
            after.updated_at = cx.now;
            after.updated_by = cx.actor.user.clone().unwrap_or_else(|| machine_user(cx.actor));
        }
        after.title = title(kind, &after.body);
        if let Some(sector) = kind.sector.as_ref().and_then(|field| after.body.get(&**field)?.as_str()) {
            after.sector = Name::parse(sector).ok().or(after.sector);
        }
        let earlier = with_this(cx, &self.name);
        after.due_at = work::due_at(kind, &after, &earlier, cx.calendar);
        let step = work::Step { from: before.map(|before| &before.state), enters: self.enters, opens: self.opens, settles: self.settles };
        let work = work::plan(kind, cx, &after, &step, &earlier);
        if let Some(guard) = self.guard {
            guard_agrees(kind, guard, &after, cx).map_err(Refused::Guard)?;
        }
        let follows = match self.effect {
            Some(name) => {
                let effect: &Effect = rule(&cx.rules.effects, kind, name);
                effect(before, &after, &facts(kind, &after, cx)).map_err(Refused::Guard)?
            }
            None => Vec::new(),
        };
        let numbered_here = kind.number.as_ref().is_some_and(|number| number.at == self.name);
        Ok(Change {
            number_wanted: numbered_here && after.number.is_none(),
            changes: changes(kind, before.map(|before| &before.body), &after.body),
            links: refer::links(kind, &after.body),
            attachments: refer::attachments(kind, &after.body),
            before: before.cloned(),
            after,
            action: self.name,
            comment,
            opened: work.opened,
            closed: work.closed,
            moved: work.moved,
            follows,
        })
    }
}

/// What has happened, this action included.
fn with_this(cx: &Context, action: &Name) -> Vec<Deed> {
    let mut deeds = cx.earlier.to_vec();
    deeds.push(Deed { action: action.clone(), actor: cx.actor.user.clone(), at: cx.now });
    deeds
}

/// Computes the derived fields in the order of the file, each seeing those before it.
fn derive(kind: &Kind, after: &mut Record, cx: &Context) {
    for (name, field) in &kind.fields {
        let Some(function) = &field.derive else { continue };
        let function = rule(&cx.rules.derives, kind, function);
        match function(after, &facts(kind, after, cx)).filter(|value| !is_empty(value)) {
            Some(value) => after.body.insert(name.to_string(), value),
            None => after.body.remove(&**name),
        };
    }
}

fn guard_agrees(kind: &Kind, guard: &Name, after: &Record, cx: &Context) -> Result<(), Refusal> {
    rule(&cx.rules.guards, kind, guard)(after, &facts(kind, after, cx))
}

/// `anlan check` has proved that every named rule exists; a missing one is a bug of the build.
fn rule<'r, R>(table: &'r std::collections::BTreeMap<String, R>, kind: &Kind, name: &Name) -> &'r R {
    let key = RuleTable::key(&kind.domain, name);
    table.get(&key).unwrap_or_else(|| panic!("{} names the rule `{key}`, which the rule table lacks", kind.file))
}

fn facts<'a>(kind: &Kind, record: &'a Record, cx: &'a Context) -> Facts<'a> {
    static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    Facts {
        actor: cx.actor,
        now: cx.now,
        today: cx.now.date(),
        calendar: cx.calendar,
        settings: cx.kinds.settings.get(&kind.domain).unwrap_or(&NONE),
        linked: cx.linked,
        earlier: cx.earlier,
        record,
    }
}

fn form_fields<'k>(needs: &'k [Need], asks: &'k [Name]) -> Vec<&'k Name> {
    let needed = needs.iter().flat_map(|need| match need {
        Need::Field(name) => std::slice::from_ref(name),
        Need::OneOf(names) => names.as_slice(),
    });
    needed.chain(asks).collect()
}

/// Fields that no action's form and no creation form asks for: their defaults are set at creation.
fn never_asked(kind: &Kind) -> Vec<&Name> {
    let forms = kind.actions.values().map(|action| form_fields(&action.needs, &action.asks));
    let asked: BTreeSet<&Name> = forms.flatten().collect();
    kind.fields.keys().filter(|name| !asked.contains(name)).collect()
}

/// The title field's text on one line, or the kind's name where it has none.
fn title(kind: &Kind, body: &Body) -> String {
    let text = kind.title.as_ref().and_then(|field| body.get(&**field)?.as_str()).map(str::trim).filter(|text| !text.is_empty());
    let text = text.unwrap_or(&kind.label.zh);
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TITLE_CHARACTERS).collect()
}

/// What changed, field by field in the order of the file; personal values never show.
fn changes(kind: &Kind, before: Option<&Body>, after: &Body) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    for (name, field) in &kind.fields {
        let from = before.and_then(|body| body.get(&**name)).cloned().unwrap_or_default();
        let to = after.get(&**name).cloned().unwrap_or_default();
        if from == to {
            continue;
        }
        let shown = |value: Value| if field.personal && !value.is_null() { Value::from(HIDDEN) } else { value };
        changes.push(FieldChange { field: name.to_string(), from: shown(from), to: shown(to) });
    }
    changes
}

/// Whom the history names when no person acted.
fn machine_user(actor: &Actor) -> UserId {
    match actor.machine {
        Some(Machine::Clock) => UserId::from("clock"),
        Some(Machine::Platform) | None => UserId::from("platform"),
    }
}

fn not_allowed(action: &str) -> Refused {
    Refused::NotAllowed(Refusal::new("not_allowed").with("action", action))
}

fn wrong_state(action: &str, state: &Name) -> Refused {
    Refused::WrongState(Refusal::new("wrong_state").with("action", action).with("state", state))
}

#[cfg(test)]
pub(crate) mod tests;
