//! Records of any kind: read, list, create, change, act. Load, let the engine decide, save in one transaction, announce.

pub(crate) mod change;
mod list;
mod view;

use anlan_base::{EnterpriseId, Instant, Name, RecordId, Refusal, TaskId};
use anlan_records::kind::{Kind, Label};
use anlan_records::record::{Body, FieldChange, Record, Task, TaskOwner};
use std::collections::BTreeMap;
use std::sync::Arc;

pub use change::New;
pub use list::ListRequest;

/// A record with everything its reader is shown.
#[derive(Clone, Debug)]
pub struct RecordView {
    pub record: Record,
    /// The body as it is shown: references kept, rows dressed up where the kind's domain does so.
    pub body: Body,
    pub at: Instant,
    pub overdue: bool,
    pub enterprise: Option<EnterpriseBrief>,
    pub region: RegionBrief,
    /// What the ids in the body and the tasks refer to, as far as the caller may know.
    pub refs: BTreeMap<String, Reference>,
    /// `None` in lists.
    pub offers: Option<Vec<OfferView>>,
    pub editable: Vec<Name>,
    pub tasks: Vec<Task>,
    /// Labels of the roles that own tasks.
    pub roles: BTreeMap<Name, Label>,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct EnterpriseBrief {
    pub id: EnterpriseId,
    pub code: String,
    pub name: String,
}

#[derive(Clone, Debug)]
pub struct RegionBrief {
    pub code: String,
    pub name: Label,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// A kind, or `user`, `organisation`.
    pub kind: String,
    pub number: Option<String>,
    pub title: String,
}

#[derive(Clone, Debug)]
pub struct OfferView {
    pub action: Name,
    pub refusal: Option<Refusal>,
}

#[derive(Clone, Debug)]
pub struct KindSummary {
    pub kind: Arc<Kind>,
    pub create: bool,
    pub open: u64,
    pub mine: u64,
    pub overdue: u64,
}

#[derive(Clone, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub total: u64,
}

#[derive(Clone, Debug)]
pub struct TaskView {
    pub id: TaskId,
    pub record: RecordId,
    pub kind: Name,
    pub number: Option<String>,
    pub title: String,
    pub task: Name,
    pub label: Label,
    pub owner: TaskOwner,
    pub enterprise_name: Option<String>,
    pub since: Instant,
    pub due_at: Option<Instant>,
}

#[derive(Clone, Debug)]
pub struct HistoryItem {
    pub seq: i64,
    pub at: Instant,
    pub actor: String,
    pub actor_name: String,
    pub action: Name,
    pub label: Label,
    pub revision: i64,
    pub changes: Vec<FieldChange>,
    pub comment: Option<String>,
    pub leaf_hash: String,
    pub leaf_index: Option<i64>,
}
