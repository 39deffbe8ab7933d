//! Readings of the past, straight into sealed chunks: two hours second by second, before that a value a minute for seven days.

use std::sync::Arc;

use anlan_base::Instant;
use anlan_sim::{District, Signals};
use anlan_telemetry::{Cell, Chunk, ChunkStore, Mark, Position, Sample, Seal, encode, encode_minutes};
use anyhow::Context;

use crate::platform::Platform;

const RAW_S: i64 = 2 * 3600;
const DAYS: i64 = 7;
const CHUNK_SAMPLES: usize = 3600;
/// Points a transaction.
const GROUP: usize = 200;

pub async fn readings(platform: &Platform, district: &Arc<District>, now: Instant) -> anyhow::Result<()> {
    let numbers: Vec<u32> = district
        .points
        .iter()
        .map(|point| platform.app.point_number(&point.id).with_context(|| format!("point {}", point.id)))
        .collect::<Result<_, _>>()?;
    let places: Vec<usize> = (0..numbers.len()).collect();
    let mut encoding = Vec::new();
    for group in places.chunks(GROUP) {
        let work: Vec<(usize, u32)> = group.iter().map(|at| (*at, numbers[*at])).collect();
        let district = district.clone();
        encoding.push(tokio::task::spawn_blocking(move || {
            let signals = Signals::new(&district);
            let mut seal = Seal { sealed: Position(0), ..Seal::default() };
            for (at, number) in work {
                of_point(&signals, at, number, now, &mut seal);
            }
            seal
        }));
        // Two at a time: one per core, and no more memory than that.
        if encoding.len() >= 2 {
            platform.chunks.seal(encoding.remove(0).await?).await?;
        }
    }
    for rest in encoding {
        platform.chunks.seal(rest.await?).await?;
    }
    Ok(())
}

fn of_point(signals: &Signals, at: usize, number: u32, now: Instant, seal: &mut Seal) {
    let raw_from = now.plus_s(-RAW_S).as_ms().div_euclid(60_000) * 60_000;
    let first = Instant::from_ms(raw_from).plus_days(-DAYS);
    let cell = |t: Instant, v: f64| Cell { t, v, mark: Mark::default() };
    let minutes = (raw_from - first.as_ms()) / 60_000;
    let mut cells: Vec<Cell> = Vec::with_capacity((minutes + RAW_S + 60) as usize);
    for minute in 0..minutes {
        let start = first.plus_s(minute * 60);
        cells.push(cell(start, signals.value(at, start)));
    }
    let seconds = now.since_ms(Instant::from_ms(raw_from)) / 1000;
    cells.extend((0..seconds).map(|s| Instant::from_ms(raw_from).plus_s(s)).map(|t| cell(t, signals.value(at, t))));
    for (run, seq) in cells.chunks(CHUNK_SAMPLES).zip(1_u32..) {
        let (Some(head), Some(tail)) = (run.first(), run.last()) else { continue };
        let (data, minutes) = (encode(run), encode_minutes(run));
        seal.chunks.push(Chunk { point: number, seq, first: head.t, last: tail.t, count: run.len() as u32, data, minutes });
    }
    if let Some(last) = cells.last() {
        seal.latest.push(Sample::good(number, last.t, last.v));
    }
}
