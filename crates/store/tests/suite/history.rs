//! Chunks in the database behave as chunks in memory.

use anlan_base::{Instant, Quality};
use anlan_store::Chunks;
use anlan_telemetry::{Chunk, ChunkStore, Mark, MemoryChunks, Part, Position, Sample, Seal};

use crate::world::*;

both! { chunks_rest_as_in_memory }

fn chunk(point: u32, seq: u32, first: i64, last: i64, minutes: &[u8]) -> Chunk {
    let at = Instant::from_ms;
    Chunk { point, seq, first: at(first), last: at(last), count: 7, data: vec![point as u8, seq as u8, 0, 255], minutes: minutes.to_vec() }
}

async fn same(a: &dyn ChunkStore, b: &dyn ChunkStore) {
    for part in [Part::Samples, Part::Minutes] {
        for (from, to) in [(0, 1000), (100, 101), (99, 100), (250, 300), (-50, 0)] {
            for point in [1, 2, 3] {
                let (from, to) = (Instant::from_ms(from), Instant::from_ms(to));
                assert_eq!(a.chunks(point, from, to, part).await.unwrap(), b.chunks(point, from, to, part).await.unwrap(), "{from} {to}");
            }
        }
    }
    assert_eq!(a.ends().await.unwrap(), b.ends().await.unwrap());
    assert_eq!(a.latest().await.unwrap(), b.latest().await.unwrap());
    assert_eq!(a.sealed().await.unwrap(), b.sealed().await.unwrap());
}

async fn chunks_rest_as_in_memory(world: World) {
    let memory = MemoryChunks::default();
    let chunks = Chunks::open(&world.target).await.unwrap();
    same(&chunks, &memory).await;
    let mut late = Sample::good(2, Instant::from_ms(260), -0.5);
    late.mark = Mark { sent: Quality::Uncertain, flaw: None };
    let seals = [
        Seal {
            chunks: vec![chunk(1, 0, 0, 99, &[1]), chunk(1, 1, 100, 199, &[]), chunk(2, 0, 0, 250, &[2])],
            latest: vec![Sample::good(1, Instant::from_ms(199), 27.4), Sample::good(2, Instant::from_ms(250), 1e-300)],
            sealed: Position(1),
        },
        Seal { chunks: vec![chunk(1, 2, 50, 120, &[3])], latest: vec![late], sealed: Position(1 << 40) },
        Seal { chunks: vec![], latest: vec![], sealed: Position((1 << 40) + 1) },
    ];
    for seal in seals {
        chunks.seal(seal.clone()).await.unwrap();
        memory.seal(seal).await.unwrap();
        same(&chunks, &memory).await;
    }
    chunks.close().await;
    let chunks = Chunks::open(&world.target).await.unwrap();
    same(&chunks, &memory).await;
    let before = Instant::from_ms(120);
    assert_eq!(chunks.forget_before(before).await.unwrap(), memory.forget_before(before).await.unwrap());
    same(&chunks, &memory).await;
}
