//! The simulated gateways: each sends its points' readings once a second over MQTT, quality 1, and keeps what was not acknowledged while
//! the platform is away. What it keeps is the time, not the payload: readings are a function of time, so an hour costs eight bytes.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anlan_base::{Clock, Instant};
use rumqttc::v5;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::district::{District, Gateway, Mqtt};
use crate::leak::{Leak, Scenario};
use crate::signal::Signals;

/// Seconds that a gateway keeps for a platform that is away; older readings are lost, as in a real one.
const KEPT_S: i64 = 3600;
/// Messages sent but not acknowledged.
const IN_FLIGHT: usize = 16;
/// Readings in one message while catching up.
const BATCH: usize = 5000;
const PACKET_MAX: usize = 1 << 20;

/// What a reader of the district's instruments sees: the signals, and the leak over them.
pub struct Readings {
    district: Arc<District>,
    signals: Signals,
    scenario: Scenario,
    /// Whether a leak may touch the point.
    touched: Vec<bool>,
}

/// One value of one point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Place in `District::points`.
    pub point: usize,
    pub value: f64,
}

impl Readings {
    pub fn new(district: Arc<District>, scenario: Scenario) -> Self {
        let mut touched = vec![false; district.points.len()];
        for id in Leak::points() {
            touched[district.point(id).expect("the leak names points of the district")] = true;
        }
        Self { signals: Signals::new(&district), district, scenario, touched }
    }

    pub fn district(&self) -> &Arc<District> {
        &self.district
    }
    pub fn signals(&self) -> &Signals {
        &self.signals
    }
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    pub fn value(&self, point: usize, at: Instant) -> f64 {
        let plain = self.signals.value(point, at);
        match self.scenario.leak() {
            Some(leak) if self.touched[point] => {
                let info = &self.district.points[point];
                let scale = 10_f64.powi(i32::from(info.decimals));
                let value = (leak.overlay(&info.id, plain, at) * scale).round() / scale;
                value.clamp(info.span.0, info.span.1)
            }
            _ => plain,
        }
    }

    /// All points of a gateway at one moment.
    pub fn of<'a>(&'a self, gateway: &'a Gateway, at: Instant) -> impl Iterator<Item = Reading> + 'a {
        gateway.points.clone().map(move |point| Reading { point, value: self.value(point, at) })
    }

    /// The message a gateway sends for these moments: the interface's JSON.
    pub fn payload(&self, gateway: &Gateway, moments: impl Iterator<Item = Instant>) -> String {
        let mut json = String::from("[");
        for at in moments {
            let time = at.to_string();
            for reading in self.of(gateway, at) {
                let point = &self.district.points[reading.point];
                let (id, decimals, value) = (&point.id, usize::from(point.decimals), reading.value);
                let comma = if json.len() > 1 { "," } else { "" };
                write!(json, r#"{comma}{{"p":"{id}","t":"{time}","v":{value:.decimals$}}}"#).expect("writing to a string");
            }
        }
        json.push(']');
        json
    }
}

/// What the gateways have done so far.
#[derive(Debug, Default)]
pub struct Counts {
    pub messages: AtomicU64,
    pub acknowledged: AtomicU64,
    /// Acknowledged with a reason that says no.
    pub refused: AtomicU64,
    pub connections: AtomicU64,
}

/// Runs all gateways of the district against a listener until `shutdown`.
pub async fn publish(
    readings: Arc<Readings>,
    listener: SocketAddr,
    key: &str,
    clock: Arc<dyn Clock>,
    counts: Arc<Counts>,
    shutdown: impl Future<Output = ()> + Send,
) {
    let (stopping, stopped) = watch::channel(false);
    let mut gateways = JoinSet::new();
    let all = readings.district.gateways.len();
    for number in 0..all {
        let sender = Sender {
            readings: Arc::clone(&readings),
            number,
            // Spread over the second, so that the platform is not hit by all at once.
            phase_ms: (number * 1000 / all) as i64,
            listener,
            key: key.to_owned(),
            clock: Arc::clone(&clock),
            counts: Arc::clone(&counts),
        };
        let mut stopped = stopped.clone();
        gateways.spawn(async move {
            tokio::select! {
                () = sender.run() => {}
                _ = stopped.wait_for(|stop| *stop) => {}
            }
        });
    }
    shutdown.await;
    let _ = stopping.send(true);
    while gateways.join_next().await.is_some() {}
}

struct Sender {
    readings: Arc<Readings>,
    number: usize,
    phase_ms: i64,
    listener: SocketAddr,
    key: String,
    clock: Arc<dyn Clock>,
    counts: Arc<Counts>,
}

impl Sender {
    fn gateway(&self) -> &Gateway {
        &self.readings.district.gateways[self.number]
    }

    /// The latest second whose reading is due.
    fn tick(&self) -> i64 {
        (self.clock.now().as_ms() - self.phase_ms).div_euclid(1000)
    }

    async fn run(&self) {
        let mut unacknowledged = self.tick();
        let mut pause = Duration::from_millis(200);
        loop {
            let before = unacknowledged;
            self.connection(&mut unacknowledged).await;
            pause = if unacknowledged > before { Duration::from_millis(200) } else { (pause * 2).min(Duration::from_secs(5)) };
            tokio::time::sleep(pause).await;
        }
    }

    /// One connection, until it breaks. `unacknowledged` is the first second the platform has not confirmed.
    async fn connection(&self, unacknowledged: &mut i64) {
        let (link, mut news) = self.connect();
        let topic = self.gateway().topic();
        let per_batch = (BATCH / self.gateway().points.len().max(1)).clamp(1, 60) as i64;
        let (mut next, mut in_flight) = (None, VecDeque::new());
        loop {
            let tick = self.tick();
            *unacknowledged = (*unacknowledged).max(tick - KEPT_S);
            if let Some(first) = next.map(|next: i64| next.max(*unacknowledged))
                && first <= tick
                && in_flight.len() < IN_FLIGHT
            {
                let last = tick.min(first + per_batch - 1);
                let moments = (first..=last).map(|second| Instant::from_ms(second * 1000 + self.phase_ms));
                if !link.send(&topic, self.readings.payload(self.gateway(), moments)) {
                    return;
                }
                self.counts.messages.fetch_add(1, Ordering::Relaxed);
                in_flight.push_back(last + 1);
                next = Some(last + 1);
                continue;
            }
            let until_next_ms = (1000 - (self.clock.now().as_ms() - self.phase_ms).rem_euclid(1000)) as u64;
            tokio::select! {
                news = news.recv() => match news {
                    Some(News::Connected) => {
                        self.counts.connections.fetch_add(1, Ordering::Relaxed);
                        next = Some(*unacknowledged);
                    }
                    Some(News::Acknowledged { taken }) => {
                        let counter = if taken { &self.counts.acknowledged } else { &self.counts.refused };
                        counter.fetch_add(1, Ordering::Relaxed);
                        // The listener acknowledges in order.
                        if let Some(upto) = in_flight.pop_front() {
                            *unacknowledged = upto;
                        }
                    }
                    None => return,
                },
                () = tokio::time::sleep(Duration::from_millis(until_next_ms)) => {}
            }
        }
    }

    /// A new client; what its predecessor had not got through is sent anew by us, so no session is wanted.
    fn connect(&self) -> (Link, mpsc::Receiver<News>) {
        let gateway = self.gateway();
        let (host, port) = (self.listener.ip().to_string(), self.listener.port());
        let (tell, news) = mpsc::channel(2 * IN_FLIGHT);
        let link = match gateway.mqtt {
            Mqtt::V4 => {
                let mut options = rumqttc::MqttOptions::new(&gateway.id, host, port);
                options.set_credentials(&gateway.id, &self.key).set_keep_alive(Duration::from_secs(20));
                options.set_max_packet_size(PACKET_MAX, PACKET_MAX).set_inflight(IN_FLIGHT as u16);
                let (client, events) = rumqttc::AsyncClient::new(options, 2 * IN_FLIGHT);
                Link { client: Client::V4(client), pump: tokio::spawn(pump_v4(events, tell)) }
            }
            Mqtt::V5 => {
                let mut options = v5::MqttOptions::new(&gateway.id, host, port);
                options.set_credentials(&gateway.id, &self.key).set_keep_alive(Duration::from_secs(20));
                options.set_max_packet_size(Some(PACKET_MAX as u32));
                let (client, events) = v5::AsyncClient::new(options, 2 * IN_FLIGHT);
                Link { client: Client::V5(client), pump: tokio::spawn(pump_v5(events, tell)) }
            }
        };
        (link, news)
    }
}

enum News {
    Connected,
    Acknowledged { taken: bool },
}

enum Client {
    V4(rumqttc::AsyncClient),
    V5(v5::AsyncClient),
}

struct Link {
    client: Client,
    pump: JoinHandle<()>,
}

impl Link {
    fn send(&self, topic: &str, payload: String) -> bool {
        match &self.client {
            Client::V4(client) => client.try_publish(topic, rumqttc::QoS::AtLeastOnce, false, payload).is_ok(),
            Client::V5(client) => client.try_publish(topic, v5::mqttbytes::QoS::AtLeastOnce, false, payload).is_ok(),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

/// Moves packets until the connection breaks. A task of its own, because a half-done step of the event loop must not be dropped.
async fn pump_v4(mut events: rumqttc::EventLoop, tell: mpsc::Sender<News>) {
    loop {
        let news = match events.poll().await {
            Ok(rumqttc::Event::Incoming(rumqttc::Packet::ConnAck(_))) => News::Connected,
            Ok(rumqttc::Event::Incoming(rumqttc::Packet::PubAck(_))) => News::Acknowledged { taken: true },
            Ok(_) => continue,
            Err(error) => return tracing::debug!(%error, "a simulated gateway lost its connection"),
        };
        if tell.send(news).await.is_err() {
            return;
        }
    }
}

async fn pump_v5(mut events: v5::EventLoop, tell: mpsc::Sender<News>) {
    use v5::mqttbytes::v5::{Packet, PubAckReason};
    loop {
        let news = match events.poll().await {
            Ok(v5::Event::Incoming(Packet::ConnAck(_))) => News::Connected,
            Ok(v5::Event::Incoming(Packet::PubAck(ack))) => News::Acknowledged { taken: ack.reason == PubAckReason::Success },
            Ok(_) => continue,
            Err(error) => return tracing::debug!(%error, "a simulated gateway lost its connection"),
        };
        if tell.send(news).await.is_err() {
            return;
        }
    }
}
