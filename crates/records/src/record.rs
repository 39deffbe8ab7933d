//! A record and what happens to it: what the engine is given and what it decides. The store keeps these, the interface shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anlan_base::{
    AttachmentId, Calendar, Date, EnterpriseId, Ids, Instant, Name, OrganisationId, Place, RecordId, Refusal, RegionPath, TaskId, UserId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kind::Kinds;

pub type Body = Map<String, Value>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub id: RecordId,
    pub kind: Name,
    pub kind_version: u32,
    pub number: Option<String>,
    pub title: String,
    pub state: Name,
    /// When it entered this state.
    pub state_since: Instant,
    pub due_at: Option<Instant>,
    /// For a kind that is itself the owning organisation: its own id.
    pub enterprise: Option<EnterpriseId>,
    pub park: Option<OrganisationId>,
    pub region: RegionPath,
    pub sector: Option<Name>,
    pub revision: i64,
    pub created_at: Instant,
    pub created_by: UserId,
    pub updated_at: Instant,
    pub updated_by: UserId,
    pub body: Body,
}

impl Record {
    pub fn place(&self) -> Place {
        Place { region: self.region.clone(), enterprise: self.enterprise.clone(), park: self.park.clone(), sector: self.sector.clone() }
    }
}

/// Who acts, seen from this record: the roles of those of their posts that cover it.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    pub user: Option<UserId>,
    pub holds: BTreeSet<Name>,
    /// Organisations of which the actor is an inspector or head: for `unit:FIELD`.
    pub units: BTreeSet<OrganisationId>,
    /// `Some(Clock)` when a deadline acts, `Some(Platform)` when a domain does; then `user` is `None`.
    pub machine: Option<Machine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Machine {
    Clock,
    Platform,
}

/// What the engine may know besides the record: read by the caller beforehand, so that deciding is pure.
pub struct Context<'a> {
    pub kinds: &'a Kinds,
    pub actor: &'a Actor,
    pub now: Instant,
    pub calendar: &'a Calendar,
    pub ids: &'a dyn Ids,
    pub rules: &'a RuleTable,
    /// Open tasks of the record.
    pub tasks: &'a [Task],
    /// Earlier actions on the record, oldest first.
    pub earlier: &'a [Deed],
    /// Linked records of the kinds named in `with`, by id.
    pub linked: &'a BTreeMap<RecordId, Record>,
    /// Every id that the new body refers to and that exists and may be referred to by this actor.
    pub known: &'a Known,
}

/// Ids that exist, as the caller looked them up: the engine refuses `unknown_reference` for any other.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Record id → its kind and enterprise.
    pub records: BTreeMap<RecordId, (Name, Option<EnterpriseId>)>,
    pub users: BTreeSet<UserId>,
    pub organisations: BTreeSet<OrganisationId>,
    pub points: BTreeSet<String>,
    /// Attachment → its media type. Only those the actor uploaded or that this record already has.
    pub attachments: BTreeMap<AttachmentId, String>,
}

/// An earlier action.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    pub action: Name,
    pub actor: Option<UserId>,
    pub at: Instant,
}

/// Open work: the main line's (its name is the state) or a side task's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub id: TaskId,
    /// The state, or the side task's name.
    pub name: Name,
    /// True for a side task.
    pub side: bool,
    pub owners: Vec<TaskOwner>,
    pub since: Instant,
    pub due_at: Option<Instant>,
}

/// Whose work: any one of a record's task owners may do it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskOwner {
    /// Holders of this role whose post covers the record.
    Role(Name),
    User(UserId),
    /// Inspectors and heads of this organisation.
    Unit(OrganisationId),
}

/// What a user or the platform asks to be created.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// Where it shall belong. For `home = "enterprise"`: the enterprise's place; `region`: the region asked for; `platform`: the root.
    pub place: Place,
    pub body: Body,
    pub comment: Option<String>,
}

/// The whole consequence of a successful create, patch or action. The caller stores it in one transaction.
#[derive(Clone, Debug)]
pub struct Change {
    pub before: Option<Record>,
    /// `number` is still empty where `number_wanted` says so.
    pub after: Record,
    /// `create`, `edit`, or the action's name.
    pub action: Name,
    pub comment: Option<String>,
    pub changes: Vec<FieldChange>,
    pub number_wanted: bool,
    pub opened: Vec<Task>,
    pub closed: Vec<TaskId>,
    /// Tasks whose due time or owners moved.
    pub moved: Vec<Task>,
    pub links: Vec<Link>,
    pub attachments: BTreeSet<AttachmentId>,
    pub follows: Vec<Follow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    pub field: String,
    pub from: Value,
    pub to: Value,
}

/// A reference held in the body, as the link table keeps it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    pub field: Name,
    pub to: LinkTarget,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkTarget {
    Record(RecordId),
    User(UserId),
    Organisation(OrganisationId),
}

/// What an effect wants done elsewhere: through the same engine, in the same transaction.
#[derive(Clone, Debug)]
pub enum Follow {
    Create { kind: Name, place: Place, body: Body, comment: Option<String> },
    Act { record: RecordId, action: Name, body: Body, comment: Option<String> },
}

/// What a rule may ask for.
pub struct Facts<'a> {
    pub actor: &'a Actor,
    pub now: Instant,
    pub today: Date,
    pub calendar: &'a Calendar,
    /// Of the kind's own domain.
    pub settings: &'a Map<String, Value>,
    pub linked: &'a BTreeMap<RecordId, Record>,
    pub earlier: &'a [Deed],
    /// The record's own envelope, as it would be: deadlines live here, not in the body.
    pub record: &'a Record,
}

pub type Guard = Arc<dyn Fn(&Record, &Facts) -> Result<(), Refusal> + Send + Sync>;
pub type Derive = Arc<dyn Fn(&Record, &Facts) -> Option<Value> + Send + Sync>;
pub type Effect = Arc<dyn Fn(Option<&Record>, &Record, &Facts) -> Result<Vec<Follow>, Refusal> + Send + Sync>;

/// The Rust functions that kind files name, by `domain/function`. The table is generated from the kinds.
#[derive(Clone, Default)]
pub struct RuleTable {
    pub guards: BTreeMap<String, Guard>,
    pub derives: BTreeMap<String, Derive>,
    pub effects: BTreeMap<String, Effect>,
}

impl RuleTable {
    /// How the table names a rule of a domain.
    pub fn key(domain: &Name, rule: &Name) -> String {
        format!("{domain}/{rule}")
    }
}

/// Why the engine says no.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// All that is wrong with the input, at once.
    Invalid(Vec<Refusal>),
    /// The action does not start from this state (or its `when` does not hold).
    WrongState(Refusal),
    /// The actor may not: `not_allowed`, `own_work`.
    NotAllowed(Refusal),
    /// A guard or a side-task rule said no.
    Guard(Refusal),
}

/// A button: what it is, whether this actor may press it now, and why not.
#[derive(Clone, Debug)]
pub struct Offer<'k> {
    pub action: &'k crate::kind::Action,
    pub refusal: Option<Refusal>,
}
