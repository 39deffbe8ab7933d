//! Accepts connections within stated limits, ends the older of two with one identity, and closes in good order.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;

use crate::connection;
use crate::door::{Door, Refused};

/// What one listener and one connection may take up.
#[derive(Clone, Debug)]
pub struct Limits {
    pub connections: usize,
    /// Bytes of a packet with its header.
    pub packet: usize,
    /// The same for CONNECT, whose sender nobody knows yet.
    pub connect_packet: usize,
    /// Messages taken in but not yet answered, per connection. A client that sends more waits.
    pub in_flight: usize,
    /// Until a complete CONNECT is here and its key is checked.
    pub connect_timeout: Duration,
    /// Silence that ends a connection whose client asked for no keep-alive or a longer one.
    pub idle_timeout: Duration,
    /// For a client that does not read its acknowledgements.
    pub write_timeout: Duration,
    /// For what is under way when a connection ends.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            packet: 1 << 20,
            connect_packet: 64 << 10,
            in_flight: 64,
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(30 * 60),
            write_timeout: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(5),
        }
    }
}

/// Serves gateways until `shutdown`, then stops reading, waits for what is under way (5 s at most), says goodbye and returns.
pub async fn listen<D: Door>(listener: TcpListener, door: Arc<D>, shutdown: impl Future<Output = ()> + Send) {
    listen_within(Limits::default(), listener, door, shutdown).await;
}

/// `listen` with limits of your own.
pub async fn listen_within<D: Door>(limits: Limits, listener: TcpListener, door: Arc<D>, shutdown: impl Future<Output = ()> + Send) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let (closing, closed) = watch::channel(false);
    let house = Arc::new(House { door, limits, guests: Mutex::default(), unnamed: AtomicU64::new(0), closing: closed });
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            // Ended connections are collected as they end, not only at the close.
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                    house.door.refused(None, Refused::TooManyConnections);
                    tracing::warn!(%peer, limit = house.limits.connections, "too many gateway connections");
                    continue;
                };
                let house = Arc::clone(&house);
                connections.spawn(async move {
                    connection::serve(stream, &house).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file descriptors, mostly: it passes when connections end.
                tracing::warn!(%error, "could not accept a gateway connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    let _ = closing.send(true);
    let all_gone = async { while connections.join_next().await.is_some() {} };
    // A connection that drains may still have to write; beyond that it is stuck.
    let patience = house.limits.drain_timeout + Duration::from_secs(2);
    let _ = tokio::time::timeout(patience, all_gone).await;
}

/// What all connections share.
pub(crate) struct House<D> {
    pub door: Arc<D>,
    pub limits: Limits,
    pub closing: watch::Receiver<bool>,
    guests: Mutex<HashMap<Identity, Arc<Notify>>>,
    unnamed: AtomicU64,
}

/// Client ids belong to their gateway: nobody can end a stranger's connection by taking its client id.
pub(crate) type Identity = (String, String);

impl<D> House<D> {
    fn guests(&self) -> MutexGuard<'_, HashMap<Identity, Arc<Notify>>> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A client id for a client that brought none: it has no earlier self to replace.
    pub(crate) fn fresh_id(&self) -> String {
        format!("unnamed-{}", self.unnamed.fetch_add(1, Ordering::Relaxed))
    }

    /// Registers a connection; the earlier one of the same identity is told to go.
    pub(crate) fn enter(&self, who: &Identity) -> Arc<Notify> {
        let taken_over = Arc::new(Notify::new());
        if let Some(earlier) = self.guests().insert(who.clone(), Arc::clone(&taken_over)) {
            earlier.notify_one();
        }
        taken_over
    }

    pub(crate) fn leave(&self, who: &Identity, mine: &Arc<Notify>) {
        let mut guests = self.guests();
        if guests.get(who).is_some_and(|current| Arc::ptr_eq(current, mine)) {
            guests.remove(who);
        }
    }
}
