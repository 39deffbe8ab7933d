//! The engine's specification: which input is taken, who may act, what work follows.

mod flow;
mod invariants;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use anlan_base::{Calendar, EnterpriseId, Instant, Name, Place, RegionPath, SeededIds, UserId, WorkingDay};
use serde_json::Value;

use crate::engine;
use crate::kind::{Kind, Kinds};
use crate::load::{SourceFile, read};
use crate::record::{Actor, Body, Change, Context, Deed, Follow, Known, Machine, NewRecord, Record, Refused, RuleTable, Task};

/// Monday, 09:00 on the district's wall.
pub(super) const START: &str = "2026-11-23T01:00:00Z";

/// One record and everything the engine may know beside it.
pub(super) struct Desk {
    pub kinds: Kinds,
    pub kind: Arc<Kind>,
    pub rules: RuleTable,
    pub calendar: Calendar,
    pub ids: SeededIds,
    pub known: Known,
    pub now: Instant,
    pub record: Option<Record>,
    pub tasks: Vec<Task>,
    pub earlier: Vec<Deed>,
}

impl Desk {
    pub fn new(kind: &str) -> Self {
        let kinds = kinds();
        let kind = Arc::clone(kinds.get(kind).expect("a fixture"));
        let mut calendar = Calendar::default();
        calendar
            .add_year(2026, [("2026-11-25", WorkingDay::Rests), ("2026-11-28", WorkingDay::Works)].map(|(day, works)| (date(day), works)));
        let ids = SeededIds::new(1);
        let now = Instant::parse(START).unwrap();
        Self { kinds, kind, rules: rules(), calendar, ids, known: known(), now, record: None, tasks: Vec::new(), earlier: Vec::new() }
    }

    /// Moves the clock on to a time of a later day, counted from the start.
    pub fn at(&mut self, day: i64, time: &str) -> &mut Self {
        let (hour, minute) = time.split_once(':').unwrap();
        let minutes: i64 = hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap();
        self.now = date("2026-11-23").plus_days(day).start().plus_s(minutes * 60);
        self
    }

    pub fn with<R>(&self, actor: &Actor, ask: impl FnOnce(&Context) -> R) -> R {
        ask(&Context {
            kinds: &self.kinds,
            actor,
            now: self.now,
            calendar: &self.calendar,
            ids: &self.ids,
            rules: &self.rules,
            tasks: &self.tasks,
            earlier: &self.earlier,
            linked: &BTreeMap::new(),
            known: &self.known,
        })
    }

    /// Creates, edits or acts, and keeps the outcome.
    pub fn does(&mut self, who: &str, action: &str, body: Value, comment: &str) -> Result<Change, Refused> {
        let actor = actor(who);
        let body = match body {
            Value::Object(body) => body,
            _ => Body::new(),
        };
        let comment = Some(comment.to_owned());
        let change = self.with(&actor, |cx| match (&self.record, action) {
            (_, "create") => engine::create(&self.kind, NewRecord { place: place(), body, comment }, cx),
            (Some(record), "edit") => engine::edit(&self.kind, record, body, comment, cx),
            (Some(record), action) => engine::act(&self.kind, record, action, body, comment, cx),
            (None, _) => panic!("no record yet"),
        })?;
        self.keep(&change, &actor);
        Ok(change)
    }

    pub fn keep(&mut self, change: &Change, actor: &Actor) {
        self.tasks.retain(|task| !change.closed.contains(&task.id) && change.moved.iter().all(|moved| moved.id != task.id));
        self.tasks.extend(change.moved.iter().chain(&change.opened).cloned());
        self.earlier.push(Deed { action: change.action.clone(), actor: actor.user.clone(), at: self.now });
        self.record = Some(change.after.clone());
    }

    pub fn record(&self) -> &Record {
        self.record.as_ref().expect("a record")
    }
}

pub(crate) fn kinds() -> Kinds {
    static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
        let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
        let files = [
            file("works/sheet.kind.toml", include_str!("../../fixtures/engine/sheet.kind.toml")),
            file("works/permit.kind.toml", include_str!("../../fixtures/engine/permit.kind.toml")),
            file("works/codes/criteria.csv", include_str!("../../fixtures/engine/criteria.csv")),
        ];
        read(&files, &[]).unwrap_or_else(|findings| panic!("{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
    });
    KINDS.clone()
}

pub(crate) fn rules() -> RuleTable {
    let mut rules = RuleTable::default();
    let amount = |row: &Value| row["amount"].as_i64();
    rules.derives.insert(
        "works/sum_of_lines".to_owned(),
        Arc::new(move |sheet, _| {
            let lines = sheet.body.get("lines")?.as_array()?;
            Some(Value::from(lines.iter().filter_map(amount).sum::<i64>()))
        }),
    );
    rules.derives.insert(
        "works/is_late".to_owned(),
        Arc::new(|permit, facts| {
            let ends_on = permit.body.get("ends_on")?.as_str()?;
            (permit.state == *"finished").then(|| Value::Bool(facts.today.to_string().as_str() > ends_on))
        }),
    );
    rules.guards.insert(
        "works/not_too_long".to_owned(),
        Arc::new(|permit, _| match permit.body.get("ends_on").and_then(Value::as_str) {
            Some(day) if day > "2027-06-30" => Err(anlan_base::Refusal::at("too_long_a_time", "body.ends_on")),
            _ => Ok(()),
        }),
    );
    rules.effects.insert(
        "works/ask_for_the_next".to_owned(),
        Arc::new(|before, after, _| {
            assert!(before.is_some_and(|before| before.state == *"finished") && after.state == *"closed");
            let body = serde_json::json!({ "work": "下一道工序" });
            let body = body.as_object().cloned().unwrap_or_default();
            Ok(vec![Follow::Create { kind: Name::of("permit"), place: after.place(), body, comment: None }])
        }),
    );
    rules
}

/// `worker`, `boss`, `clerk` … are role and user in one; `boss_b` is another holder; `inspector` belongs to the bureau.
pub(super) fn actor(who: &str) -> Actor {
    let machine = match who {
        "clock" => Some(Machine::Clock),
        "platform" => Some(Machine::Platform),
        _ => None,
    };
    if machine.is_some() {
        return Actor { machine, ..Actor::default() };
    }
    let role = who.split('_').next().unwrap();
    let units = if role == "inspector" { BTreeSet::from(["bureau".into()]) } else { BTreeSet::new() };
    Actor { user: Some(UserId::from(who)), holds: BTreeSet::from([Name::of(role)]), units, machine: None }
}

fn known() -> Known {
    Known {
        records: BTreeMap::from([
            ("sheet-1".into(), (Name::of("sheet"), None)),
            ("permit-1".into(), (Name::of("permit"), None)),
            ("enterprise-1".into(), (Name::of("enterprise"), None)),
        ]),
        users: ["worker", "worker_b", "boss", "guard"].map(UserId::from).into(),
        organisations: BTreeSet::from(["bureau".into()]),
        points: BTreeSet::from(["XJ.T203".to_owned()]),
        attachments: [("a.jpg", "image/jpeg"), ("b.png", "image/png"), ("c.jpg", "image/jpeg"), ("d.pdf", "application/pdf")]
            .map(|(id, media)| (id.into(), media.to_owned()))
            .into(),
    }
}

pub(super) fn place() -> Place {
    Place { region: RegionPath::root().child(1), enterprise: Some(EnterpriseId::from("enterprise-1")), park: None, sector: None }
}

pub(super) fn date(text: &str) -> anlan_base::Date {
    anlan_base::Date::parse(text).unwrap()
}

/// Every refusal as `code at path`, in one line.
pub(super) fn said(refused: &Refused) -> String {
    let list = match refused {
        Refused::Invalid(list) => list.as_slice(),
        Refused::WrongState(one) | Refused::NotAllowed(one) | Refused::Guard(one) => std::slice::from_ref(one),
    };
    let text = |refusal: &anlan_base::Refusal| match &refusal.field {
        Some(field) => format!("{} at {field}", refusal.code),
        None => refusal.code.clone(),
    };
    list.iter().map(text).collect::<Vec<_>>().join("; ")
}
