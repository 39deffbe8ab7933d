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
        let moved: Vec<_> = step.rename.iter().filter_map(|(old, new)| body.remove(&**old).map(|value| (new.to_string(), value))).collect();
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::engine::tests::kinds;

    #[test]
    fn an_old_body_goes_through_every_version_since() {
        let kinds = kinds();
        let permit = kinds.get("permit").unwrap();
        let up = |version: u32, body: Value, state: &str| {
            upgrade(permit, version, body.as_object().unwrap().clone(), Name::of(state))
                .map(|(body, state)| format!("{} {state}", Value::Object(body)))
                .map_err(|refusal| refusal.to_string())
        };
        let ok = |text: &str| Ok(text.to_owned());
        let first = json!({ "job": "动火", "guard": "u1", "weather": "晴" });
        assert_eq!(up(1, first.clone(), "applied"), ok(r#"{"guardian":"u1","level":"small","work":"动火"} asked"#));
        assert_eq!(up(2, json!({ "work": "动火" }), "done"), ok(r#"{"level":"small","work":"动火"} finished"#));
        assert_eq!(up(3, json!({ "work": "动火", "level": "large" }), "issued"), ok(r#"{"level":"large","work":"动火"} issued"#));
        assert_eq!(up(2, first, "asked"), Err("unknown_field at body.guard".to_owned()));
        assert_eq!(up(3, json!({}), "applied"), Err("unknown_state at state state=applied".to_owned()));
        assert_eq!(up(4, json!({}), "asked"), Err("newer_version known=3 version=4".to_owned()));
    }
}
