//! Between the engine's records and the typed ones that rules take.

use std::sync::Arc;

use anlan_base::Refusal;
use anlan_records::record::{Body, Derive, Effect, Facts, Follow, Guard, Record};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A kind as a Rust struct. The engine has checked the body before a rule sees it.
pub trait Typed: DeserializeOwned + Serialize {
    const KIND: &'static str;
    const VERSION: u32;

    fn read(body: &Body) -> Result<Self, Refusal> {
        serde_json::from_value(Value::Object(body.clone())).map_err(|error| Refusal::new("wrong_type").with("detail", error))
    }

    /// The body as the interface takes it; `None` where a field has a code that only an overlay knows.
    fn body(&self) -> Option<Body> {
        match serde_json::to_value(self) {
            Ok(Value::Object(body)) => Some(body),
            _ => None,
        }
    }
}

/// A position, CGCS2000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Position {
    pub lon: f64,
    pub lat: f64,
}

pub fn guard<T: Typed + 'static>(rule: fn(&T, &Facts) -> Result<(), Refusal>) -> Guard {
    Arc::new(move |record: &Record, facts: &Facts| rule(&T::read(&record.body)?, facts))
}

pub fn derive<T: Typed + 'static, V: Serialize + 'static>(rule: fn(&T, &Facts) -> Option<V>) -> Derive {
    Arc::new(move |record: &Record, facts: &Facts| serde_json::to_value(rule(&T::read(&record.body).ok()?, facts)?).ok())
}

/// What follows elsewhere from a change: the record before (none at creation) and after.
pub type TypedEffect<T> = fn(Option<&T>, &T, &Facts) -> Result<Vec<Follow>, Refusal>;

pub fn effect<T: Typed + 'static>(rule: TypedEffect<T>) -> Effect {
    Arc::new(move |before: Option<&Record>, after: &Record, facts: &Facts| {
        let before = before.map(|record| T::read(&record.body)).transpose()?;
        rule(before.as_ref(), &T::read(&after.body)?, facts)
    })
}
