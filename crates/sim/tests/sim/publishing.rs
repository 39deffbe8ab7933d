//! The simulated gateways against the platform's own listener.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anlan_base::{Clock, Instant};
use anlan_gateways::{Door, Pass, Refused, Submitted, listen};
use anlan_sim::{Counts, Readings, Scenario, publish};
use bytes::Bytes;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::{district, now};

/// Runs from a fixed moment, a hundred times as fast as the wall.
struct FastClock(tokio::time::Instant);

impl Clock for FastClock {
    fn now(&self) -> Instant {
        now().plus_ms(self.0.elapsed().as_millis() as i64 * 100)
    }
}

#[derive(Default)]
struct Sink {
    /// Seconds received, by gateway.
    seconds: Mutex<BTreeMap<String, BTreeSet<String>>>,
    away: AtomicBool,
}

impl Sink {
    fn all_have(&self, least: usize) -> bool {
        let seconds = self.seconds.lock().unwrap();
        seconds.len() == district().gateways.len() && seconds.values().all(|seconds| seconds.len() >= least)
    }
}

impl Door for Sink {
    async fn admit(&self, user: &str, key: &[u8]) -> Option<Pass> {
        let gateway = district().gateways.iter().find(|gateway| gateway.id == user && key == b"anlan-demo")?;
        Some(Pass { gateway: gateway.id.clone(), enterprise_code: gateway.enterprise.clone() })
    }
    async fn submit(&self, pass: &Pass, payload: Bytes) -> Submitted {
        if self.away.load(Ordering::SeqCst) {
            return Submitted::Unavailable;
        }
        let Ok(Value::Array(entries)) = serde_json::from_slice(&payload) else { return Submitted::Malformed };
        for entry in &entries {
            let point = entry["p"].as_str().unwrap();
            assert!(
                point.starts_with(&pass.enterprise_code) && entry["v"].is_number() && Instant::parse(entry["t"].as_str().unwrap()).is_ok()
            );
        }
        let times = entries.iter().map(|entry| entry["t"].as_str().unwrap().to_owned());
        self.seconds.lock().unwrap().entry(pass.gateway.clone()).or_default().extend(times);
        Submitted::Stored
    }
    fn refused(&self, pass: Option<&Pass>, why: Refused) {
        panic!("{pass:?} {why:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_gateway_delivers_every_second_even_across_an_outage() {
    let readings = Arc::new(Readings::new(district().clone(), Scenario::default()));
    let sink = Arc::new(Sink::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (close, closed) = oneshot::channel::<()>();
    let listening = tokio::spawn(listen(listener, Arc::clone(&sink), async {
        let _ = closed.await;
    }));
    let (stop, stopped) = oneshot::channel::<()>();
    let (clock, counts) = (Arc::new(FastClock(tokio::time::Instant::now())), Arc::new(Counts::default()));
    let publishing = tokio::spawn({
        let (readings, clock, counts) = (Arc::clone(&readings), clock.clone(), Arc::clone(&counts));
        async move {
            publish(readings, at, "anlan-demo", clock, counts, async {
                let _ = stopped.await;
            })
            .await;
        }
    });
    let delivered = |least: usize| {
        let sink = Arc::clone(&sink);
        async move {
            let waiting = async {
                loop {
                    if sink.all_have(least) {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("all gateways deliver");
        }
    };
    delivered(20).await;
    sink.away.store(true, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(300)).await;
    sink.away.store(false, Ordering::SeqCst);
    let so_far = sink.seconds.lock().unwrap().values().map(BTreeSet::len).max().unwrap();
    delivered(so_far + 60).await;
    stop.send(()).unwrap();
    publishing.await.unwrap();
    close.send(()).unwrap();
    listening.await.unwrap();
    for (gateway, seconds) in sink.seconds.lock().unwrap().iter() {
        let ms: Vec<_> = seconds.iter().map(|t| Instant::parse(t).unwrap().as_ms()).collect();
        assert!(ms.windows(2).all(|pair| pair[1] - pair[0] == 1000), "{gateway} left a gap");
    }
    assert_eq!(counts.refused.load(Ordering::Relaxed), 0);
    assert!(counts.connections.load(Ordering::Relaxed) as usize > district().gateways.len(), "the outage broke connections");
}
