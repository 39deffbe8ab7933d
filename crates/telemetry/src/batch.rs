//! Committed batches of samples, the bytes they take in the journal, and reading them back from there.

use anlan_base::Instant;

use crate::bytes::{Cursor, places_of, put_i64, put_u64, scale, unscale};
use crate::journal::{Appended, Damage, Entry, Journal, JournalError, Position};
use crate::sample::{Mark, Sample};

const VERSION: u8 = 1;
/// Marks a value written as the eight bytes of a float.
const RAW: u8 = 0xff;

#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Who sent it: a gateway's name, or a user's id.
    pub sender: String,
    pub received_at: Instant,
    pub samples: Vec<Sample>,
}

/// The batches of one group commit as one journal record: all of them or none.
pub fn encode_batches(batches: &[Batch]) -> Vec<u8> {
    let mut to = vec![VERSION];
    put_u64(&mut to, batches.len() as u64);
    batches.iter().for_each(|b| b.encode(&mut to));
    to
}

/// `None` if these are not the bytes of batches of this version.
pub fn decode_batches(bytes: &[u8]) -> Option<Vec<Batch>> {
    let mut from = Cursor(bytes);
    if from.u8()? != VERSION {
        return None;
    }
    let count = from.u64()?;
    let batches = (0..count).map(|_| Batch::decode(&mut from)).collect::<Option<_>>()?;
    from.0.is_empty().then_some(batches)
}

#[derive(Clone, Debug, PartialEq)]
pub enum Replayed {
    Batches {
        at: Appended,
        batches: Vec<Batch>,
    },
    /// Acknowledged samples that cannot be read any more.
    Damaged(Damage),
}

/// The batches from a position on, up to what is durable now. Blocking, as `Journal::read`.
pub fn replay(journal: &Journal, from: Position) -> impl Iterator<Item = Result<Replayed, JournalError>> + use<> {
    journal.read(from).map(|entry| {
        Ok(match entry? {
            Entry::Damaged(damage) => Replayed::Damaged(damage),
            Entry::Record { at, payload } => match decode_batches(&payload) {
                Some(batches) => Replayed::Batches { at, batches },
                None => Replayed::Damaged(Damage { file: "a record of another version".into(), at: at.start, bytes: payload.len() as u64 }),
            },
        })
    })
}

impl Batch {
    fn encode(&self, to: &mut Vec<u8>) {
        put_u64(to, self.sender.len() as u64);
        to.extend(self.sender.as_bytes());
        put_i64(to, self.received_at.as_ms());
        put_u64(to, self.samples.len() as u64);
        let (mut point, mut t) = (0_i64, self.received_at.as_ms());
        for s in &self.samples {
            put_i64(to, i64::from(s.point) - point);
            put_i64(to, s.t.as_ms().wrapping_sub(t));
            (point, t) = (i64::from(s.point), s.t.as_ms());
            to.push(s.mark.as_byte());
            match places_of(s.v).and_then(|places| Some((places, scale(s.v, places)?))) {
                Some((places, scaled)) => {
                    to.push(places);
                    put_i64(to, scaled);
                }
                None => {
                    to.push(RAW);
                    to.extend(s.v.to_le_bytes());
                }
            }
        }
    }

    fn decode(from: &mut Cursor<'_>) -> Option<Self> {
        let length = usize::try_from(from.u64()?).ok()?;
        let sender = String::from_utf8(from.take(length)?.to_vec()).ok()?;
        let received_at = Instant::from_ms(from.i64()?);
        let count = usize::try_from(from.u64()?).ok()?;
        // A sample takes at least five bytes: a wrong count must not reserve memory.
        let mut samples = Vec::with_capacity(count.min(from.0.len() / 5));
        let (mut point, mut t) = (0_i64, received_at.as_ms());
        for _ in 0..count {
            point = point.checked_add(from.i64()?)?;
            t = t.wrapping_add(from.i64()?);
            let mark = Mark::from_byte(from.u8()?)?;
            let v = match from.u8()? {
                RAW => from.f64()?,
                places @ 0..=crate::bytes::MAX_PLACES => unscale(from.i64()?, places),
                _ => return None,
            };
            samples.push(Sample { point: u32::try_from(point).ok()?, t: Instant::from_ms(t), v, mark });
        }
        Some(Self { sender, received_at, samples })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn batches_come_back(
            sender in ".{0,20}",
            received in any::<i64>(),
            rows in proptest::collection::vec((any::<u32>(), any::<i64>(), proptest::num::f64::NORMAL | proptest::num::f64::ZERO, 0_u8..11), 0..50),
        ) {
            let samples = rows.into_iter().filter_map(|(point, t, v, mark)| {
                Some(Sample { point, t: Instant::from_ms(t), v, mark: Mark::from_byte(mark)? })
            }).collect();
            let batch = Batch { sender, received_at: Instant::from_ms(received), samples };
            let batches = vec![batch.clone(), batch];
            prop_assert_eq!(decode_batches(&encode_batches(&batches)), Some(batches));
        }

        #[test]
        fn other_bytes_are_refused_quietly(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode_batches(&bytes);
            let mut versioned = vec![VERSION];
            versioned.extend(&bytes);
            let _ = decode_batches(&versioned);
        }
    }
}
