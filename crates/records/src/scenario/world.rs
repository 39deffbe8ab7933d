//! The records of one scenario, in memory: what the store and the interface do for real, as far as a scenario can see it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anlan_base::{EnterpriseId, Instant, Name, Place, RecordId, Refusal, RegionPath, SeededIds, UserId};
use serde_json::Value;

use super::Stage;
use super::script::{Step, unquoted};
use super::words::Reader;
use crate::condition::is_empty;
use crate::engine;
use crate::kind::{FieldType, Home, Kind};
use crate::number;
use crate::record::{Actor, Body, Change, Context, Deed, Follow, Known, Machine, NewRecord, Record, Refused, Task, TaskOwner};

/// An effect may cause an effect, and that another; more is a loop.
const DEPTH: u32 = 3;
/// The bureau whose inspectors and heads the cast are.
const BUREAU: &str = "bureau";

#[derive(Clone)]
struct Play {
    name: Option<String>,
    kind: Arc<Kind>,
    record: Record,
    tasks: Vec<Task>,
    earlier: Vec<Deed>,
}

pub(super) struct World<'a> {
    stage: &'a Stage<'a>,
    /// What a bare `create` makes.
    kind: Option<Name>,
    ids: SeededIds,
    plays: Vec<Play>,
    /// The record of the step before.
    current: Option<usize>,
    counters: BTreeMap<String, i64>,
    attachments: usize,
}

/// What a step has done: to which record, and which kinds of record its effects made.
pub(super) struct Seen {
    play: usize,
    created: Vec<Name>,
}

enum Target {
    Create { kind: Arc<Kind>, name: Option<String> },
    Edit(usize),
    Act(usize, String),
}

type Happened = Result<Seen, Vec<Refusal>>;

impl<'a> World<'a> {
    pub fn new(stage: &'a Stage<'a>, kind: Option<Name>) -> Self {
        let ids = SeededIds::new(7);
        Self { stage, kind, ids, plays: Vec::new(), current: None, counters: BTreeMap::new(), attachments: 0 }
    }

    /// Does the step. The outer error is a step that makes no sense.
    pub fn perform(&mut self, step: &Step) -> Result<Happened, String> {
        let actor = self.actor(&step.person)?;
        let now = self.stage.start.start().plus_s(step.day * 86_400 + step.minute * 60);
        let target = self.target(step)?;
        let kind = match &target {
            Target::Create { kind, .. } => Arc::clone(kind),
            Target::Edit(play) | Target::Act(play, _) => Arc::clone(&self.plays[*play].kind),
        };
        let is_comment = |key: &str| matches!(key, "comment" | "reason") && !kind.fields.contains_key(key);
        let comment = step.values.iter().find(|(key, _)| is_comment(key)).map(|(_, text)| text.clone());
        let record_id = |name: &str| self.find(name).map(|play| self.plays[play].record.id.0.clone());
        let mut reader = Reader { kind: &kind, start: self.stage.start, record_id: &record_id, attachments: self.attachments };
        let body = reader.body(step.values.iter().filter(|(key, _)| !is_comment(key)));
        self.attachments = reader.attachments;
        if let (Some(Machine::Clock), Target::Act(play, action)) = (actor.machine, &target) {
            let play = &self.plays[*play];
            let due = engine::clock_action(&kind, &play.record, now, &play.earlier, self.stage.calendar);
            if due.as_deref() != Some(action) {
                return Ok(Err(vec![Refusal::new("not_due")]));
            }
        }
        let undo = (self.plays.clone(), self.counters.clone());
        let mut created = Vec::new();
        match self.decide(&actor, target, body, comment, now, 0, &mut created) {
            Ok(play) => {
                self.current = Some(play);
                Ok(Ok(Seen { play, created }))
            }
            Err(refusals) => {
                (self.plays, self.counters) = undo;
                Ok(Err(refusals))
            }
        }
    }

    /// The effects' own wishes go through the same engine as the platform; a refusal undoes all.
    #[expect(clippy::too_many_arguments, reason = "a step and its effects are decided by one function")]
    fn decide(
        &mut self,
        actor: &Actor,
        target: Target,
        body: Body,
        comment: Option<String>,
        now: Instant,
        depth: u32,
        created: &mut Vec<Name>,
    ) -> Result<usize, Vec<Refusal>> {
        if depth > DEPTH {
            return Err(vec![Refusal::new("too_deep")]);
        }
        let (kind, play) = match &target {
            Target::Create { kind, .. } => (Arc::clone(kind), None),
            Target::Edit(play) | Target::Act(play, _) => (Arc::clone(&self.plays[*play].kind), Some(*play)),
        };
        let known = self.known(&kind, &body);
        let stored = play.map(|play| &self.plays[play].record);
        let linked = self.linked(&kind, stored, &body);
        let cx = Context {
            kinds: self.stage.kinds,
            actor,
            now,
            calendar: self.stage.calendar,
            ids: &self.ids,
            rules: self.stage.rules,
            tasks: play.map_or(&[], |play| &self.plays[play].tasks),
            earlier: play.map_or(&[], |play| &self.plays[play].earlier),
            linked: &linked,
            known: &known,
        };
        let decided = match (&target, stored) {
            (Target::Edit(_), Some(record)) => engine::edit(&kind, record, body, comment, &cx),
            (Target::Act(_, action), Some(record)) => engine::act(&kind, record, action, body, comment, &cx),
            _ => engine::create(&kind, NewRecord { place: self.place(kind.home), body, comment }, &cx),
        };
        let change = decided.map_err(|refused| match refused {
            Refused::Invalid(refusals) => refusals,
            Refused::WrongState(refusal) | Refused::NotAllowed(refusal) | Refused::Guard(refusal) => vec![refusal],
        })?;
        let follows = change.follows.clone();
        let name = if let Target::Create { name, .. } = target { name } else { None };
        let play = self.keep(kind, play, name, change, actor, now);
        for follow in follows {
            let platform = Actor { machine: Some(Machine::Platform), ..Actor::default() };
            let (target, body, comment) = match follow {
                Follow::Create { kind, body, comment, .. } => {
                    let kind = self.stage.kinds.get(&kind).ok_or_else(|| vec![Refusal::new("unknown_kind").with("kind", &kind)])?;
                    created.push(kind.id.clone());
                    (Target::Create { kind: Arc::clone(kind), name: None }, body, comment)
                }
                Follow::Act { record, action, body, comment } => {
                    let play = self.plays.iter().position(|play| play.record.id == record);
                    let play = play.ok_or_else(|| vec![Refusal::new("unknown_reference").with("id", &record)])?;
                    (Target::Act(play, action.to_string()), body, comment)
                }
            };
            self.decide(&platform, target, body, comment, now, depth + 1, created)?;
        }
        Ok(play)
    }

    fn keep(&mut self, kind: Arc<Kind>, play: Option<usize>, name: Option<String>, change: Change, actor: &Actor, now: Instant) -> usize {
        let mut record = change.after;
        if let (true, Some(rule)) = (change.number_wanted, &kind.number) {
            let key = format!("{}/{}", kind.id, number::scope_key(rule, now, "320411", "QY"));
            let seq = self.counters.entry(key).and_modify(|seq| *seq += 1).or_insert(1);
            record.number = Some(number::format(rule, now, "320411", "QY", *seq));
        }
        let at = play.unwrap_or(self.plays.len());
        if play.is_none() {
            self.plays.push(Play { name, kind, record: record.clone(), tasks: Vec::new(), earlier: Vec::new() });
        }
        let play = &mut self.plays[at];
        play.record = record;
        play.tasks.retain(|task| !change.closed.contains(&task.id) && !change.moved.iter().any(|moved| moved.id == task.id));
        play.tasks.extend(change.moved);
        play.tasks.extend(change.opened);
        play.earlier.push(Deed { action: change.action, actor: actor.user.clone(), at: now });
        at
    }

    fn actor(&self, person: &str) -> Result<Actor, String> {
        let machine = match person {
            "clock" => Some(Machine::Clock),
            "platform" => Some(Machine::Platform),
            _ => None,
        };
        if machine.is_some() {
            return Ok(Actor { machine, ..Actor::default() });
        }
        let Some(roles) = self.stage.cast.get(person) else {
            let cast: Vec<&str> = self.stage.cast.keys().map(String::as_str).collect();
            return Err(format!("`{person}` is not in the cast: {}", cast.join(" ")));
        };
        let supervises = roles.iter().any(|role| role.ends_with("inspector") || role.ends_with("_head"));
        let units = if supervises { BTreeSet::from([BUREAU.into()]) } else { BTreeSet::new() };
        Ok(Actor { user: Some(UserId::from(person)), holds: roles.clone(), units, machine: None })
    }

    fn target(&self, step: &Step) -> Result<Target, String> {
        if step.action == "create" {
            let (kind, name) = match step.words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                [] => (None, None),
                [kind] => (Some(kind), None),
                ["as", name] => (None, Some(name)),
                [kind, "as", name] => (Some(kind), Some(name)),
                _ => return Err("`create`, `create KIND`, `create KIND as NAME`".to_owned()),
            };
            let id = kind.or(self.kind.as_deref()).ok_or("the domain has several kinds: say `create KIND`")?;
            let kind = self.stage.kinds.get(id).ok_or_else(|| format!("there is no kind `{id}`"))?;
            return Ok(Target::Create { kind: Arc::clone(kind), name: name.map(str::to_owned) });
        }
        if let Some(word) = step.words.first() {
            return Err(format!("`{word}` is neither key=value nor an expectation"));
        }
        let (play, action) = match step.action.split_once('.') {
            Some((name, action)) => (self.find(name), action),
            None => (self.current, step.action.as_str()),
        };
        let play = play.ok_or("there is no record yet on which to act")?;
        if action == "edit" {
            return Ok(Target::Edit(play));
        }
        let kind = &self.plays[play].kind;
        if kind.actions.contains_key(action) {
            Ok(Target::Act(play, action.to_owned()))
        } else {
            let known: Vec<&str> = kind.actions.keys().map(|name| name.as_str()).collect();
            Err(format!("`{}` has no action `{action}`; it has: {}", kind.id, known.join(" ")))
        }
    }

    /// The record with this name, or the latest of this kind.
    fn find(&self, name: &str) -> Option<usize> {
        let named = self.plays.iter().rposition(|play| play.name.as_deref() == Some(name));
        named.or_else(|| self.plays.iter().rposition(|play| play.kind.id == *name))
    }

    fn place(&self, home: Home) -> Place {
        let owner = self.plays.iter().find(|play| play.record.enterprise.as_ref().is_some_and(|id| id.0 == play.record.id.0));
        let enterprise = owner.map_or_else(|| EnterpriseId::from("enterprise"), |play| EnterpriseId(play.record.id.0.clone()));
        let district = RegionPath::root().child(1);
        match home {
            Home::Enterprise => Place { region: district.child(2), enterprise: Some(enterprise), park: None, sector: None },
            Home::Region => Place { region: district, enterprise: None, park: None, sector: None },
            Home::Platform => Place { region: RegionPath::root(), enterprise: None, park: None, sector: None },
        }
    }

    /// Whatever a name stands for exists, except `unknown` and people outside the cast.
    fn known(&self, kind: &Kind, body: &Body) -> Known {
        let mut known = Known::default();
        engine::refer::each(kind, body, &mut |_, field, id| {
            if id == "unknown" {
                return;
            }
            let made = self.plays.iter().find(|play| play.record.id.as_str() == id);
            let is = |kind: &Name| made.map_or_else(|| (kind.clone(), None), |p| (p.kind.id.clone(), p.record.enterprise.clone()));
            match &field.kind {
                FieldType::Record { kinds, .. } => {
                    if let Some(first) = kinds.first() {
                        known.records.insert(id.into(), is(first));
                    }
                }
                FieldType::Enterprise { .. } => {
                    known.records.insert(id.into(), is(&Name::of("enterprise")));
                }
                FieldType::Person { .. } if self.stage.cast.contains_key(id) => {
                    known.users.insert(id.into());
                }
                FieldType::Person { .. } => {}
                FieldType::Organisation { .. } => {
                    known.organisations.insert(id.into());
                }
                FieldType::Point => {
                    known.points.insert(id.to_owned());
                }
                _ => {
                    known.attachments.insert(id.into(), media_type(id).to_owned());
                }
            }
        });
        known
    }

    /// Records of the kinds named in `with` that the body or the envelope points to.
    fn linked(&self, kind: &Kind, stored: Option<&Record>, body: &Body) -> BTreeMap<RecordId, Record> {
        let mut ids = engine::references(kind, body).records;
        if let Some(record) = stored {
            ids.extend(engine::references(kind, &record.body).records);
        }
        ids.extend(self.place(kind.home).enterprise.map(RecordId::from));
        let with = self.plays.iter().filter(|play| kind.with.contains(&play.kind.id) && ids.contains(&play.record.id));
        with.map(|play| (play.record.id.clone(), play.record.clone())).collect()
    }

    /// Whether one part of the expectation holds; else what is there instead.
    pub fn check(&self, seen: &Seen, part: &str) -> Result<(), String> {
        let play = &self.plays[seen.play];
        let holds = if part == "no task" {
            play.tasks.is_empty()
        } else if let Some(task) = part.strip_prefix("task ") {
            let (owner, until) = task.split_once(" until ").unwrap_or((task, ""));
            let mine = play.tasks.iter().filter(|task| task.owners.iter().any(|who| owner_text(who) == owner.trim()));
            mine.into_iter().any(|task| until.is_empty() || self.is_due(task.due_at, until))
        } else if let Some(due) = part.strip_prefix("due ") {
            self.is_due(play.record.due_at, due)
        } else if let Some(kind) = part.strip_prefix("creates ") {
            seen.created.iter().any(|created| *created == *kind.trim())
        } else if let Some((field, value)) = part.split_once('=') {
            return self.check_value(play, field.trim(), &unquoted(value.trim()));
        } else {
            play.record.state == *part
        };
        if holds { Ok(()) } else { Err(self.describe(seen)) }
    }

    fn check_value(&self, play: &Play, name: &str, wanted: &str) -> Result<(), String> {
        let record = &play.record;
        let envelope = match name {
            "number" => Some(record.number.clone().unwrap_or_default()),
            "title" => Some(record.title.clone()),
            "sector" => Some(record.sector.as_ref().map(ToString::to_string).unwrap_or_default()),
            _ => None,
        };
        let Some(field) = play.kind.fields.get(name) else {
            return match envelope {
                Some(found) if found == wanted => Ok(()),
                Some(found) => Err(format!("{name}={found}")),
                None => Err(format!("`{}` has no field `{name}`", play.kind.id)),
            };
        };
        let found = record.body.get(name).filter(|value| !is_empty(value)).cloned().unwrap_or_default();
        // Lists of attachments and rows are counted.
        let counted = matches!(field.kind, FieldType::Photos { .. } | FieldType::Files { .. } | FieldType::Rows { .. });
        if counted && wanted.parse().is_ok_and(|count: usize| found.as_array().map_or(0, Vec::len) == count) {
            return Ok(());
        }
        let record_id = |name: &str| self.find(name).map(|play| self.plays[play].record.id.0.clone());
        let mut reader = Reader { kind: &play.kind, start: self.stage.start, record_id: &record_id, attachments: self.attachments };
        let wanted = reader.value(field, wanted);
        let same = found == wanted || matches!((found.as_f64(), wanted.as_f64()), (Some(a), Some(b)) if a == b);
        if same { Ok(()) } else { Err(format!("{name}={}", value_text(&found))) }
    }

    fn is_due(&self, due: Option<Instant>, wanted: &str) -> bool {
        let Some(due) = due else { return wanted.trim() == "never" };
        let nothing = |_: &str| None;
        let Some(kind) = self.plays.first().map(|play| &play.kind) else { return false };
        let reader = Reader { kind, start: self.stage.start, record_id: &nothing, attachments: 0 };
        match (reader.day(wanted), reader.instant(wanted)) {
            (Some(day), _) => day.end() == due,
            (None, Some(at)) => at == due,
            (None, None) => false,
        }
    }

    /// The record as an expectation would have to describe it.
    pub fn describe(&self, seen: &Seen) -> String {
        let play = &self.plays[seen.play];
        let mut parts = vec![play.record.state.to_string()];
        for task in &play.tasks {
            let owners: Vec<&str> = task.owners.iter().map(owner_text).collect();
            let owners = if owners.is_empty() { "nobody".to_owned() } else { owners.join("|") };
            parts.push(format!("task {owners} until {}", self.due_text(task.due_at)));
        }
        parts.push(format!("due {}", self.due_text(play.record.due_at)));
        parts.extend(seen.created.iter().map(|kind| format!("creates {kind}")));
        parts.join(", ")
    }

    fn due_text(&self, due: Option<Instant>) -> String {
        let Some(due) = due else { return "never".to_owned() };
        let days = |date: anlan_base::Date| date.epoch_days() - self.stage.start.epoch_days();
        let last = due.plus_ms(-1).date();
        if last.end() == due {
            format!("day {}", days(last))
        } else {
            format!("day {} {}", days(due.date()), due.local_text().get(11..16).unwrap_or_default())
        }
    }
}

pub(super) fn refused_text(refusals: &[Refusal]) -> String {
    let texts: Vec<String> = refusals.iter().map(|refusal| format!("refused {refusal}")).collect();
    texts.join("; ")
}

fn owner_text(owner: &TaskOwner) -> &str {
    match owner {
        TaskOwner::Role(role) => role,
        TaskOwner::User(user) => user.as_str(),
        TaskOwner::Unit(unit) => unit.as_str(),
    }
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("png") => "image/png",
        Some("pdf") => "application/pdf",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("mp4") => "video/mp4",
        _ => "image/jpeg",
    }
}
