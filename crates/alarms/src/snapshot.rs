//! The evaluator as bytes and back: a restart goes on exactly where the last commit stood.

use std::collections::BTreeMap;

use anlan_base::AlarmId;
use serde::{Deserialize, Serialize};

use crate::alarm::Alarm;
use crate::evaluator::{Evaluator, PointState, lay_out};
use crate::latch::Latch;
use crate::rule::{Rule, WireRule};
use crate::slot::{Episode, Family, Slot};

const VERSION: u8 = 2;

#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("the snapshot has format {0}, this program writes {VERSION}")]
    Version(u8),
    #[error("the snapshot is damaged")]
    Damaged(#[source] Option<postcard::Error>),
}

#[derive(Serialize, Deserialize)]
struct Snapshot<Slot> {
    rules: Vec<WireRule>,
    points: Vec<PointState>,
    /// Those that do something, by their place; the rules say what the others are.
    busy_slots: Vec<(u32, Slot)>,
    open: Vec<Alarm>,
}

/// A slot of format 1, whose one run of late readings did not know what it had told: such a run begins anew.
#[derive(Deserialize)]
struct Slot1 {
    rule: u32,
    family: Family,
    latches: [Latch; 2],
    level: u8,
    peak: u8,
    run: i64,
    alarm: Option<AlarmId>,
    _lane: Option<(i64, i64, i64, u8, Option<AlarmId>)>,
    episodes: Vec<Episode>,
}

impl From<Slot1> for Slot {
    fn from(old: Slot1) -> Self {
        let Slot1 { rule, family, latches, level, peak, run, alarm, episodes, .. } = old;
        Self { latches, level, peak, run, alarm, episodes, ..Self::new(rule, family) }
    }
}

fn read<S: for<'a> Deserialize<'a> + Into<Slot>>(body: &[u8]) -> Result<Snapshot<Slot>, SnapshotError> {
    let Snapshot::<S> { rules, points, busy_slots, open } = postcard::from_bytes(body).map_err(|e| SnapshotError::Damaged(Some(e)))?;
    Ok(Snapshot { rules, points, busy_slots: busy_slots.into_iter().map(|(at, slot)| (at, slot.into())).collect(), open })
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
        let snapshot = match *version {
            1 => read::<Slot1>(body)?,
            VERSION => read::<Slot>(body)?,
            other => return Err(SnapshotError::Version(other)),
        };
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

#[cfg(test)]
mod tests {
    use anlan_base::{Instant, Quality, Reading};

    use super::*;

    /// One rule above 8 with an alarm in order and a late one, written by format 1.
    const FORMAT_1: &str = "\
        01010a686967682d6c6576656c07000000010000000000002040010000000000002240000000000000000000000203a09c010000010780f9f3e2c06880f9f3e2\
        c068ffffffffffffffffff0180f9f3e2c068d088f4e2c068ffffffffffffffffff010000000000001c4000058088efe2c0680000000000001c40a0a7efe2c068\
        0000000000002140a0a4f0e2c0680000000000002340e0dcf2e2c068000000000000214080f9f3e2c0680000000000001c400100000000ffffffffffffffffff\
        010080f9f3e2c06800ffffffffffffffffff0100ffffffffffffffffff010000e0dcf2e2c0680120656539643764343335306539393464613932613031306431\
        303730616536343401a0a7efe2c068a0a7efe2c06800010120306534346361353263376539393464613932613031383730343965646164343701e0dcf2e2c068\
        80f9f3e2c06802022030653434636135326337653939346461393261303138373034396564616434370a686967682d6c6576656c070001020218323032362d31\
        312d32335430323a31333a32322e3030305a18323032362d31312d32335430323a31333a32322e3030305a00000118323032362d31312d32335430323a31343a\
        30302e3030305a010000000000002140010000000000002040012065653964376434333530653939346461393261303130643130373061653634340a68696768\
        2d6c6576656c070001020218323032362d31312d32335430323a31333a35302e3030305a18323032362d31312d32335430323a31333a35302e3030305a000001\
        18323032362d31312d32335430323a31343a30302e3030305a01000000000000234001000000000000204000";

    #[test]
    fn a_snapshot_of_the_format_before_goes_on() {
        let bytes: Vec<u8> = (0..FORMAT_1.len()).step_by(2).map(|at| u8::from_str_radix(&FORMAT_1[at..at + 2], 16).unwrap()).collect();
        let mut evaluator = Evaluator::restore(&bytes).unwrap();
        assert_eq!(evaluator.active().map(|a| a.late).collect::<Vec<_>>(), [true, false]);
        // It goes on as its last reading stood, and is written in the present format.
        let (mut out, t) = (Vec::new(), Instant::from_ms(1_795_400_060_000));
        evaluator.reading(Reading { point: 7, t, v: 8.5, q: Quality::Good }, t, &mut out);
        assert_eq!(out.len(), 1, "{out:?}");
        let again = Evaluator::restore(&evaluator.snapshot()).unwrap();
        assert_eq!(again.active().collect::<Vec<_>>(), evaluator.active().collect::<Vec<_>>());
    }
}
