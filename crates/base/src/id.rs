//! Typed ids. Records, users and the rest are UUIDv7 as text; names in the kinds' vocabulary match `[a-z][a-z0-9_]{0,40}`.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::time::Instant;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);
        impl $name {
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self { Self(text.to_owned()) }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self { Self(text) }
        }
    )+};
}

id!(
    /// A record of any kind.
    RecordId,
    /// The record of kind `enterprise` that owns other records.
    EnterpriseId,
    UserId,
    OrganisationId,
    TaskId,
    AttachmentId,
    EventId,
    /// A function of rule, side and onset, so that a re-evaluation is the same alarm.
    AlarmId,
    /// A stored run of a model.
    ModelRunId,
);

impl From<EnterpriseId> for RecordId {
    fn from(id: EnterpriseId) -> Self {
        Self(id.0)
    }
}

/// A word of the kinds' vocabulary: kind, field, state, action, role, deadline, code list.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(Arc<str>);

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a name: a lower-case letter, then at most 40 lower-case letters, digits or `_`")]
pub struct NameError(pub String);

impl Name {
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let mut bytes = text.bytes();
        let head = bytes.next().is_some_and(|b| b.is_ascii_lowercase());
        let tail = bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if head && tail && text.len() <= 41 { Ok(Self(Arc::from(text))) } else { Err(NameError(text.to_owned())) }
    }

    /// For names written in the program itself; panics on a bad one.
    pub fn of(text: &str) -> Self {
        Self::parse(text).expect("a literal name is well formed")
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0)
    }
}
impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}
impl std::ops::Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}
impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}
impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

/// Where new ids come from. The binary gives a random source, tests and the demo a seeded one.
pub trait Ids: Send + Sync {
    fn next(&self, now: Instant) -> String;
}

/// UUIDv7 text from a time and ten bytes of randomness.
pub fn uuid_v7(now: Instant, random: [u8; 10]) -> String {
    let ms = u64::try_from(now.as_ms()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid().to_string()
}

/// Repeatable ids for tests and the demo district.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    count: AtomicU64,
}

impl SeededIds {
    pub fn new(seed: u64) -> Self {
        Self { seed, count: AtomicU64::new(0) }
    }
}

impl Ids for SeededIds {
    fn next(&self, now: Instant) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mixed = split_mix(self.seed ^ count.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut random = [0_u8; 10];
        random[..8].copy_from_slice(&mixed.to_be_bytes());
        random[8..].copy_from_slice(&split_mix(mixed ^ count).to_be_bytes()[..2]);
        uuid_v7(now, random)
    }
}

/// SplitMix64, Steele et al. 2014: the usual way to spread a counter over 64 bits.
fn split_mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_lower_case_words() {
        for good in ["a", "hidden_danger", "k9"] {
            assert!(Name::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "A", "9a", "a-b", "隐患", &"a".repeat(42)] {
            assert!(Name::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn seeded_ids_repeat_and_differ() {
        let (a, b) = (SeededIds::new(7), SeededIds::new(7));
        let now = Instant::from_ms(1_790_000_000_000);
        let first: Vec<_> = (0..1000).map(|_| a.next(now)).collect();
        let again: Vec<_> = (0..1000).map(|_| b.next(now)).collect();
        assert_eq!(first, again);
        assert_eq!(first.iter().collect::<std::collections::BTreeSet<_>>().len(), 1000);
    }
}
