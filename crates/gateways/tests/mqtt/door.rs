//! A door that stores nothing: it lets `gw-1` of enterprise CW01 in, and answers when the test says so.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anlan_gateways::{Door, Limits, Pass, Refused, Submitted, listen_within};
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::JoinHandle;

pub const TOPIC: &str = "anlan/v1/CW01/gw-1/samples";
pub const KEY: &str = "anlan-demo";

#[derive(Default)]
pub struct Heard {
    /// In the order in which `submit` was first polled.
    pub begun: Vec<Bytes>,
    pub stored: Vec<Bytes>,
    pub refused: Vec<Refused>,
}

pub struct FakeDoor {
    heard: Mutex<Heard>,
    changed: Notify,
    /// One permit lets one payload become durable.
    pub disk: Semaphore,
}

impl FakeDoor {
    pub fn heard<T>(&self, look: impl FnOnce(&Heard) -> T) -> T {
        look(&self.heard.lock().unwrap())
    }
    fn note(&self, change: impl FnOnce(&mut Heard)) {
        change(&mut self.heard.lock().unwrap());
        self.changed.notify_waiters();
    }
    /// Waits for what must come; the time limit only turns a hanging test into a failing one.
    pub async fn until(&self, what: &str, holds: impl Fn(&Heard) -> bool) {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                if self.heard(&holds) {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap_or_else(|_| panic!("never: {what}"));
    }
}

impl Door for FakeDoor {
    async fn admit(&self, user: &str, key: &[u8]) -> Option<Pass> {
        let known = user.starts_with("gw-") && key == KEY.as_bytes();
        known.then(|| Pass { gateway: user.to_owned(), enterprise_code: "CW01".into() })
    }

    async fn submit(&self, _pass: &Pass, payload: Bytes) -> Submitted {
        self.note(|heard| heard.begun.push(payload.clone()));
        if payload.starts_with(b"down") {
            return Submitted::Unavailable;
        }
        if !payload.starts_with(b"[") {
            return Submitted::Malformed;
        }
        self.disk.acquire().await.unwrap().forget();
        self.note(|heard| heard.stored.push(payload));
        Submitted::Stored
    }

    fn refused(&self, _pass: Option<&Pass>, why: Refused) {
        self.note(|heard| heard.refused.push(why));
    }
}

pub struct House {
    pub at: SocketAddr,
    pub door: Arc<FakeDoor>,
    pub close: Option<oneshot::Sender<()>>,
    pub listening: JoinHandle<()>,
}

/// A listener whose disk is free from the start.
pub async fn open() -> House {
    let house = open_with(Limits::default()).await;
    house.door.disk.add_permits(1_000_000);
    house
}

/// A listener whose disk waits for permits.
pub async fn open_with(limits: Limits) -> House {
    let door = Arc::new(FakeDoor { heard: Mutex::default(), changed: Notify::new(), disk: Semaphore::new(0) });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (close, closed) = oneshot::channel();
    let listening = tokio::spawn(listen_within(limits, listener, Arc::clone(&door), async {
        let _ = closed.await;
    }));
    House { at, door, close: Some(close), listening }
}
