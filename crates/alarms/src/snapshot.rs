//! The evaluator as bytes and back: a restart goes on exactly where the last commit stood.

use std::collections::BTreeMap;

use anlan_base::AlarmId;
use serde::{Deserialize, Serialize};

use crate::alarm::Alarm;
use crate::evaluator::{Evaluator, PointState, lay_out};
use crate::rule::{Rule, WireRule};
use crate::slot::Slot;

const VERSION: u8 = 1;

#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("the snapshot has format {0}, this program writes {VERSION}")]
    Version(u8),
    #[error("the snapshot is damaged")]
    Damaged(#[source] Option<postcard::Error>),
}

#[derive(Serialize, Deserialize)]
struct Snapshot {
    rules: Vec<WireRule>,
    points: Vec<PointState>,
    /// Those that do something, by their place; the rules say what the others are.
    busy_slots: Vec<(u32, Slot)>,
    open: Vec<Alarm>,
}

impl Evaluator {
    pub fn snapshot(&self) -> Vec<u8> {
        let snapshot = Snapshot {
            rules: self.rules.iter().map(WireRule::from).collect(),
            points: self.points.clone(),
            busy_slots: (0_u32..).zip(&self.slots).filter(|(_, slot)| !slot.is_fresh()).map(|(at, slot)| (at, slot.clone())).collect(),
            open: self.open.values().cloned().collect(),
        };
        let bytes = vec![VERSION];
        postcard::to_extend(&snapshot, bytes).expect("every part of a snapshot can be written")
    }

    /// The evaluator with the rules it had; call `set_rules` if they have changed since.
    pub fn restore(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let (version, body) = bytes.split_first().ok_or(SnapshotError::Damaged(None))?;
        if *version != VERSION {
            return Err(SnapshotError::Version(*version));
        }
        let snapshot: Snapshot = postcard::from_bytes(body).map_err(|e| SnapshotError::Damaged(Some(e)))?;
        let rules: Vec<Rule> = snapshot.rules.into_iter().map(Rule::from).collect();
        let (slots, ranges) = lay_out(&rules);
        let (mut points, mut slots) = (snapshot.points, slots);
        if !points.iter().map(|p| p.point).eq(ranges.iter().map(|(point, _)| *point)) {
            return Err(SnapshotError::Damaged(None));
        }
        for (point, (_, range)) in points.iter_mut().zip(ranges) {
            point.slots = range;
        }
        for (at, busy) in snapshot.busy_slots {
            let slot = slots.get_mut(at as usize).filter(|s| (s.rule, s.family) == (busy.rule, busy.family));
            *slot.ok_or(SnapshotError::Damaged(None))? = busy;
        }
        let open: BTreeMap<AlarmId, Alarm> = snapshot.open.into_iter().map(|a| (a.id.clone(), a)).collect();
        let mut evaluator = Self { rules, points, slots, open, ..Self::default() };
        evaluator.rebuild();
        Ok(evaluator)
    }
}
