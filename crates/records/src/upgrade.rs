//! Turns a body and state of an older version of a kind into today's.

use anlan_base::{Name, Refusal};

use crate::kind::Kind;
use crate::record::Body;

/// The body and state as the kind's present version has them: renames, drops, sets and state changes of each version since, in order.
///
/// Fails with `newer_version` for a body from the future, `unknown_field` or `unknown_state` where no upgrade accounts for a leftover.
pub fn upgrade(kind: &Kind, from_version: u32, mut body: Body, mut state: Name) -> Result<(Body, Name), Refusal> {
    if from_version > kind.version {
        return Err(Refusal::new("newer_version").with("version", from_version).with("known", kind.version));
    }
    let mut steps: Vec<_> = kind.upgrades.iter().filter(|step| step.to > from_version && step.to <= kind.version).collect();
    steps.sort_by_key(|step| step.to);
    for step in steps {
        // All renames of one step happen at once, so that two fields may swap their names.
        let moved: Vec<_> =
            step.rename.iter().filter_map(|(old, new)| body.remove(&**old).map(|value| (new.to_string(), value))).collect();
        body.extend(moved);
        for field in &step.drop {
            body.remove(&**field);
        }
        for (field, value) in &step.set {
            body.insert(field.to_string(), value.clone());
        }
        if let Some(new) = step.states.get(&state) {
            state = new.clone();
        }
    }
    if let Some(field) = body.keys().find(|field| !kind.fields.contains_key(field.as_str())) {
        return Err(Refusal::at("unknown_field", format!("body.{field}")));
    }
    if !kind.states.contains_key(&state) {
        return Err(Refusal::at("unknown_state", "state").with("state", &state));
    }
    Ok((body, state))
}
