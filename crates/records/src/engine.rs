//! Decides what creating, editing and acting on a record means: pure, everything it knows comes through [`Context`].
//! Absent on purpose: storage, revisions of others, uniqueness. It names no kind but `enterprise`, the owning organisation.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::{AttachmentId, Calendar, Instant, Name, OrganisationId, RecordId, UserId};

use crate::kind::Kind;
use crate::record::{Actor, Body, Change, Context, Deed, NewRecord, Offer, Record, Refused, Task};

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

pub fn create(kind: &Kind, new: NewRecord, cx: &Context) -> Result<Change, Refused> {
    let _ = (kind, new, cx);
    unimplemented!()
}
pub fn edit(kind: &Kind, record: &Record, patch: Body, comment: Option<String>, cx: &Context) -> Result<Change, Refused> {
    let _ = (kind, record, patch, comment, cx);
    unimplemented!()
}
pub fn act(kind: &Kind, record: &Record, action: &str, body: Body, comment: Option<String>, cx: &Context) -> Result<Change, Refused> {
    let _ = (kind, record, action, body, comment, cx);
    unimplemented!()
}
pub fn offers<'k>(kind: &'k Kind, record: &Record, cx: &Context) -> Vec<Offer<'k>> {
    let _ = (kind, record, cx);
    unimplemented!()
}
pub fn may_create(kind: &Kind, actor: &Actor) -> bool {
    let _ = (kind, actor);
    unimplemented!()
}
pub fn may_edit(kind: &Kind, record: &Record, cx: &Context) -> Vec<Name> {
    let _ = (kind, record, cx);
    unimplemented!()
}
pub fn references(kind: &Kind, body: &Body) -> References {
    let _ = (kind, body);
    unimplemented!()
}
pub fn overdue(record: &Record, kind: &Kind, now: Instant) -> bool {
    let _ = (record, kind, now);
    unimplemented!()
}
/// The calendar is needed: a deadline may count working days.
pub fn clock_action(kind: &Kind, record: &Record, now: Instant, earlier: &[Deed], calendar: &Calendar) -> Option<Name> {
    let _ = (kind, record, now, earlier, calendar);
    unimplemented!()
}
/// When the platform next has to look at this record on its own, and for which action.
pub fn clock_due(kind: &Kind, record: &Record, earlier: &[Deed], calendar: &Calendar) -> Option<(Instant, Name)> {
    let _ = (kind, record, earlier, calendar);
    unimplemented!()
}
pub fn assigned(kind: &Kind, record: &Record, tasks: &[Task]) -> BTreeSet<UserId> {
    let _ = (kind, record, tasks);
    unimplemented!()
}
type _Unused = BTreeMap<(), ()>;
