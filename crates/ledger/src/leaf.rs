//! One leaf a business event: what is hashed, and the hash.

use anlan_base::{Instant, Name, RecordId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::canonical::canonical;

/// What is bound together: change the record, the actor, the time or an attachment, and the hash differs.
#[derive(Clone, Debug)]
pub struct Leaf<'a> {
    pub record: &'a RecordId,
    pub kind: &'a Name,
    pub version: u32,
    pub revision: i64,
    pub action: &'a Name,
    /// A user's id, or `platform` / `clock`.
    pub actor: &'a str,
    pub at: Instant,
    pub changes: &'a Value,
    pub body: &'a Value,
    /// SHA-256 of each attachment, in the order of their ids.
    pub attachments: &'a [String],
}

/// Lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafHash(pub String);

impl Leaf<'_> {
    pub fn hash(&self) -> LeafHash {
        let entry = json!({
            "record": self.record, "kind": self.kind, "version": self.version, "revision": self.revision,
            "action": self.action, "actor": self.actor, "at": self.at, "changes": self.changes,
            "body_sha256": sha256_hex(canonical(self.body).as_bytes()), "attachments": self.attachments,
        });
        LeafHash(sha256_hex(canonical(&entry).as_bytes()))
    }
}

pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts() {
        let (record, kind, action) = (RecordId::from("r"), Name::of("k"), Name::of("create"));
        let (changes, body, attachments) = (json!([]), json!({"a": 1}), vec!["00".to_owned()]);
        let leaf = Leaf {
            record: &record,
            kind: &kind,
            version: 1,
            revision: 1,
            action: &action,
            actor: "u",
            at: Instant::from_ms(0),
            changes: &changes,
            body: &body,
            attachments: &attachments,
        };
        let hash = leaf.hash();
        assert_eq!(hash, leaf.hash());
        let other_body = json!({"a": 2});
        for other in [
            Leaf { revision: 2, ..leaf.clone() },
            Leaf { actor: "v", ..leaf.clone() },
            Leaf { at: Instant::from_ms(1), ..leaf.clone() },
            Leaf { body: &other_body, ..leaf.clone() },
            Leaf { attachments: &[], ..leaf.clone() },
        ] {
            assert_ne!(hash, other.hash());
        }
    }
}
