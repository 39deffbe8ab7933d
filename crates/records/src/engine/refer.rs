//! Which ids a body holds: for looking them up beforehand, for links, for attachments.

use std::collections::BTreeSet;

use anlan_base::{AttachmentId, Name, RecordId};
use serde_json::Value;

use super::References;
use crate::kind::{Field, FieldType, Kind};
use crate::record::{Body, Link, LinkTarget};

/// Every id in the body with its field, columns of sub-tables included; the name is that of the top-level field.
pub(crate) fn each<'b>(kind: &Kind, body: &'b Body, visit: &mut dyn FnMut(&Name, &Field, &'b str)) {
    for (name, field) in &kind.fields {
        let Some(value) = body.get(&**name) else { continue };
        let FieldType::Rows { of, .. } = &field.kind else {
            visit_ids(field, value, &mut |id| visit(name, field, id));
            continue;
        };
        let Some(columns) = kind.rows.get(of) else { continue };
        // One new row of an action may stand without a list round it.
        let rows = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for row in rows.iter().filter_map(Value::as_object) {
            for (column_name, column) in columns {
                if let Some(value) = row.get(&**column_name) {
                    visit_ids(column, value, &mut |id| visit(name, column, id));
                }
            }
        }
    }
}

fn visit_ids<'b>(field: &Field, value: &'b Value, visit: &mut dyn FnMut(&'b str)) {
    use FieldType as T;
    let holds_ids = matches!(
        field.kind,
        T::Record { .. }
            | T::Enterprise { .. }
            | T::Person { .. }
            | T::Organisation { .. }
            | T::Point
            | T::Photos { .. }
            | T::Files { .. }
            | T::Signature
    );
    if holds_ids {
        let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        list.iter().filter_map(Value::as_str).for_each(visit);
    }
}

pub(super) fn references(kind: &Kind, body: &Body) -> References {
    let mut found = References::default();
    each(kind, body, &mut |_, field, id| {
        match field.kind {
            FieldType::Record { .. } | FieldType::Enterprise { .. } => found.records.insert(id.into()),
            FieldType::Person { .. } => found.users.insert(id.into()),
            FieldType::Organisation { .. } => found.organisations.insert(id.into()),
            FieldType::Point => found.points.insert(id.to_owned()),
            _ => found.attachments.insert(id.into()),
        };
    });
    found
}

pub(super) fn links(kind: &Kind, body: &Body) -> Vec<Link> {
    let mut links = BTreeSet::new();
    each(kind, body, &mut |name, field, id| {
        let to = match field.kind {
            FieldType::Record { .. } | FieldType::Enterprise { .. } => LinkTarget::Record(RecordId::from(id)),
            FieldType::Person { .. } => LinkTarget::User(id.into()),
            FieldType::Organisation { .. } => LinkTarget::Organisation(id.into()),
            _ => return,
        };
        links.insert(Link { field: name.clone(), to });
    });
    links.into_iter().collect()
}

pub(super) fn attachments(kind: &Kind, body: &Body) -> BTreeSet<AttachmentId> {
    references(kind, body).attachments
}
