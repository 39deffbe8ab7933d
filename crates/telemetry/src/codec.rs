//! The bytes of a chunk. Format 1: version, count, times (first, then differences of differences), values (decimal places, then
//! differences of scaled integers; or raw floats where decimals are not exact), marks in runs, CRC32C.
//!
//! A token is `n << 1` for the zigzag number n, or `run << 1 | 1` for a run of zeros: steady periods and standing values cost nothing.

use anlan_base::{Instant, Quality};

use crate::bytes::{Cursor, MAX_PLACES, places_of, put_i64, put_u64, scale, unscale, zigzag};
use crate::sample::Mark;

const VERSION: u8 = 1;
const RAW: u8 = 0xff;
/// More than a chunk ever holds; a longer one is damage.
const MAX_COUNT: usize = 1 << 20;
pub(crate) const MINUTE_MS: i64 = 60_000;

/// A sample without its point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    pub t: Instant,
    pub v: f64,
    pub mark: Mark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the chunk is damaged")]
pub struct DamagedChunk;

/// Figures of the good samples of one stretch of time. The first and last are by device time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    pub count: u64,
    pub min: f64,
    pub max: f64,
    pub sum: f64,
    pub last: f64,
}

impl Figures {
    pub fn of(v: f64) -> Self {
        Self { count: 1, min: v, max: v, sum: v, last: v }
    }
    /// `later` comes after this in time.
    pub fn join(&mut self, later: &Self) {
        self.count += later.count;
        self.min = self.min.min(later.min);
        self.max = self.max.max(later.max);
        self.sum += later.sum;
        self.last = later.last;
    }
}

/// The figures of one minute; it begins at `minute * 60 s` since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minute {
    pub minute: i64,
    pub figures: Figures,
}

/// Cells in ascending time, at most one per time.
pub fn encode(cells: &[Cell]) -> Vec<u8> {
    let mut to = vec![VERSION];
    put_u64(&mut to, cells.len() as u64);
    let (mut t, mut step) = (0, 0);
    put_tokens(
        &mut to,
        cells.iter().map(|c| {
            let next_step = c.t.as_ms().wrapping_sub(t);
            let change = next_step.wrapping_sub(step);
            (t, step) = (c.t.as_ms(), next_step);
            change
        }),
    );
    match common_places(cells.iter().map(|c| c.v)) {
        Some(places) => {
            to.push(places);
            let mut before = 0;
            put_tokens(
                &mut to,
                cells.iter().map(|c| {
                    let scaled = scale(c.v, places).expect("these places are exact for every value");
                    let change = scaled - before;
                    before = scaled;
                    change
                }),
            );
        }
        None => {
            to.push(RAW);
            cells.iter().for_each(|c| to.extend(c.v.to_le_bytes()));
        }
    }
    for run in cells.chunk_by(|a, b| a.mark == b.mark) {
        to.push(run[0].mark.as_byte());
        put_u64(&mut to, run.len() as u64);
    }
    close(to)
}

pub fn decode(bytes: &[u8]) -> Result<Vec<Cell>, DamagedChunk> {
    let from = open(bytes).ok_or(DamagedChunk)?;
    read_cells(from).ok_or(DamagedChunk)
}

fn read_cells(mut from: Cursor<'_>) -> Option<Vec<Cell>> {
    let count = usize::try_from(from.u64()?).ok().filter(|n| *n <= MAX_COUNT)?;
    let (mut t, mut step) = (0_i64, 0_i64);
    let mut cells = Vec::with_capacity(count);
    read_tokens(&mut from, count, |change| {
        step = step.wrapping_add(change);
        t = t.wrapping_add(step);
        cells.push(Cell { t: Instant::from_ms(t), v: 0.0, mark: Mark::default() });
    })?;
    match from.u8()? {
        RAW => {
            for cell in &mut cells {
                cell.v = from.f64()?;
            }
        }
        places @ 0..=MAX_PLACES => {
            let (mut scaled, mut at) = (0_i64, 0);
            read_tokens(&mut from, count, |change| {
                scaled = scaled.wrapping_add(change);
                cells[at].v = unscale(scaled, places);
                at += 1;
            })?;
        }
        _ => return None,
    }
    let mut at = 0;
    while at < count {
        let mark = Mark::from_byte(from.u8()?)?;
        let run = usize::try_from(from.u64()?).ok().filter(|n| (1..=count - at).contains(n))?;
        cells[at..at + run].iter_mut().for_each(|c| c.mark = mark);
        at += run;
    }
    from.0.is_empty().then_some(cells)
}

/// The good samples' figures minute by minute; empty if the samples themselves are about as short.
pub fn minutes(cells: &[Cell]) -> Vec<Minute> {
    let mut minutes: Vec<Minute> = Vec::new();
    for cell in cells.iter().filter(|c| c.mark.quality() == Quality::Good) {
        let minute = cell.t.as_ms().div_euclid(MINUTE_MS);
        match minutes.last_mut().filter(|m| m.minute == minute) {
            Some(last) => last.figures.join(&Figures::of(cell.v)),
            None => minutes.push(Minute { minute, figures: Figures::of(cell.v) }),
        }
    }
    minutes
}

pub fn encode_minutes(cells: &[Cell]) -> Vec<u8> {
    const WORTH: usize = 8;
    let rows = minutes(cells);
    if rows.len() * WORTH > cells.len() {
        return Vec::new();
    }
    let mut to = vec![VERSION];
    put_u64(&mut to, rows.len() as u64);
    // Of every sample, not only of the figures: the sum has the places of its terms.
    let places = common_places(cells.iter().filter(|c| c.mark.quality() == Quality::Good).map(|c| c.v));
    to.push(places.unwrap_or(RAW));
    let (mut minute, mut min) = (0, 0);
    for Minute { minute: at, figures } in &rows {
        put_i64(&mut to, at - minute);
        minute = *at;
        put_u64(&mut to, figures.count);
        match places {
            Some(places) => {
                let whole = |v| scale(v, places).expect("these places are exact for every figure");
                let (low, high, last) = (whole(figures.min), whole(figures.max), whole(figures.last));
                put_i64(&mut to, low - min);
                put_i64(&mut to, high - low);
                put_i64(&mut to, last - low);
                min = low;
            }
            None => [figures.min, figures.max, figures.last].iter().for_each(|v| to.extend(v.to_le_bytes())),
        }
        // The sum as its distance from count × min, in the same decimals, which is small and nearly always exact.
        let above = places.and_then(|p| {
            let scaled = ((figures.sum - figures.min * figures.count as f64) * 10_f64.powi(i32::from(p))).round();
            (scaled.abs() < (1_i64 << 50) as f64).then_some(scaled as i64)
        });
        match above {
            Some(above) => {
                to.push(1);
                put_i64(&mut to, above);
            }
            None => {
                to.push(0);
                to.extend(figures.sum.to_le_bytes());
            }
        }
    }
    close(to)
}

pub fn decode_minutes(bytes: &[u8]) -> Result<Vec<Minute>, DamagedChunk> {
    let from = open(bytes).ok_or(DamagedChunk)?;
    read_minutes(from).ok_or(DamagedChunk)
}

fn read_minutes(mut from: Cursor<'_>) -> Option<Vec<Minute>> {
    let count = usize::try_from(from.u64()?).ok().filter(|n| *n <= MAX_COUNT)?;
    let places = match from.u8()? {
        RAW => None,
        places @ 0..=MAX_PLACES => Some(places),
        _ => return None,
    };
    let (mut minute, mut low) = (0_i64, 0_i64);
    let mut rows = Vec::with_capacity(count.min(from.0.len()));
    for _ in 0..count {
        minute = minute.wrapping_add(from.i64()?);
        let count = from.u64()?;
        let (min, max, last) = match places {
            Some(places) => {
                low = low.wrapping_add(from.i64()?);
                let (high, last) = (low.wrapping_add(from.i64()?), low.wrapping_add(from.i64()?));
                (unscale(low, places), unscale(high, places), unscale(last, places))
            }
            None => (from.f64()?, from.f64()?, from.f64()?),
        };
        let sum = match (from.u8()?, places) {
            (1, Some(places)) => min * count as f64 + unscale(from.i64()?, places),
            (0, _) => from.f64()?,
            _ => return None,
        };
        rows.push(Minute { minute, figures: Figures { count, min, max, sum, last } });
    }
    from.0.is_empty().then_some(rows)
}

/// The fewest decimal places with which every value is exact; `None` if some are not decimals.
fn common_places(values: impl Iterator<Item = f64> + Clone) -> Option<u8> {
    let most = values.clone().try_fold(0, |most, v| Some(places_of(v)?.max(most)))?;
    // A value exact with few places may be too large, or come back a bit off, with more.
    values.clone().all(|v| scale(v, most).is_some()).then_some(most)
}

fn put_tokens(to: &mut Vec<u8>, numbers: impl Iterator<Item = i64>) {
    let mut zeros = 0_u64;
    for n in numbers {
        if n == 0 {
            zeros += 1;
            continue;
        }
        if zeros > 0 {
            put_u64(to, zeros << 1 | 1);
            zeros = 0;
        }
        let n = zigzag(n);
        if n < 1 << 63 {
            put_u64(to, n << 1);
        } else {
            // A run of no zeros announces a number that has no bit to spare.
            put_u64(to, 1);
            put_u64(to, n);
        }
    }
    if zeros > 0 {
        put_u64(to, zeros << 1 | 1);
    }
}

fn read_tokens(from: &mut Cursor<'_>, count: usize, mut each: impl FnMut(i64)) -> Option<()> {
    let mut left = count;
    while left > 0 {
        let token = from.u64()?;
        if token == 1 {
            each(from.i64()?);
            left -= 1;
        } else if token & 1 == 0 {
            each(crate::bytes::unzigzag(token >> 1));
            left -= 1;
        } else {
            let run = usize::try_from(token >> 1).ok().filter(|run| *run <= left)?;
            (0..run).for_each(|_| each(0));
            left -= run;
        }
    }
    Some(())
}

fn close(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = crc32c::crc32c(&bytes);
    bytes.extend(sum.to_le_bytes());
    bytes
}

fn open(bytes: &[u8]) -> Option<Cursor<'_>> {
    let (body, sum) = bytes.split_last_chunk::<4>()?;
    if crc32c::crc32c(body) != u32::from_le_bytes(*sum) {
        return None;
    }
    let mut from = Cursor(body);
    (from.u8()? == VERSION).then_some(from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn steady(values: impl Iterator<Item = f64>) -> Vec<Cell> {
        values
            .enumerate()
            .map(|(n, v)| Cell { t: Instant::from_ms(1_795_000_000_000 + n as i64 * 1000), v, mark: Mark::default() })
            .collect()
    }

    #[test]
    fn a_steady_sensor_takes_about_a_byte_a_sample() {
        // A level that wanders by a few centimetres, and a gas detector that shows nothing.
        let mut state = 1_u64;
        let mut level = 750_i64;
        let wander = steady((0..600).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            level += (state >> 61) as i64 - 3;
            level as f64 / 100.0
        }));
        let bytes = encode(&wander).len() + encode_minutes(&wander).len();
        assert!(bytes < 900, "{bytes} bytes for 600 samples");
        assert_eq!(decode(&encode(&wander)), Ok(wander));
        let silent = steady((0..600).map(|_| 0.0));
        assert!(encode(&silent).len() < 32, "{}", encode(&silent).len());
    }

    #[test]
    fn p07_every_flipped_bit_is_found() {
        let cells = steady((0..40).map(|n| f64::from(n) * 0.1));
        for bytes in [encode(&cells), encode_minutes(&cells)] {
            for at in 0..bytes.len() * 8 {
                let mut bad = bytes.clone();
                bad[at / 8] ^= 1 << (at % 8);
                assert!(decode(&bad).is_err() && decode_minutes(&bad).is_err());
            }
        }
    }

    fn cells() -> impl Strategy<Value = Vec<Cell>> {
        let value = prop_oneof![(-100_000_i64..100_000).prop_map(|n| n as f64 / 100.0), proptest::num::f64::NORMAL, Just(0.0), Just(-0.0)];
        let time = prop_oneof![0_i64..200_000, any::<i64>()];
        proptest::collection::btree_map(time, (value, 0_u8..11), 0..80).prop_map(|rows| {
            rows.into_iter().filter_map(|(t, (v, mark))| Some(Cell { t: Instant::from_ms(t), v, mark: Mark::from_byte(mark)? })).collect()
        })
    }

    proptest! {
        #[test]
        fn chunks_come_back(cells in cells()) {
            prop_assert_eq!(decode(&encode(&cells)), Ok(cells));
        }

        #[test]
        fn minutes_come_back(values in proptest::collection::vec(-10_000_i64..10_000, 8..400)) {
            let cells = steady(values.iter().map(|n| if n % 7 == 0 { *n as f64 / 100.0 } else { *n as f64 }));
            let bytes = encode_minutes(&cells);
            if !bytes.is_empty() {
                for (ours, theirs) in decode_minutes(&bytes).unwrap().iter().zip(minutes(&cells)) {
                    prop_assert!((ours.figures.sum - theirs.figures.sum).abs() < 1e-6);
                    prop_assert_eq!(Figures { sum: 0.0, ..ours.figures }, Figures { sum: 0.0, ..theirs.figures });
                    prop_assert_eq!(ours.minute, theirs.minute);
                }
            }
        }

        #[test]
        fn other_bytes_are_refused_quietly(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let closed = { let mut b = vec![VERSION]; b.extend(bytes); close(b) };
            let _ = (decode(&closed), decode_minutes(&closed));
        }
    }
}
