//! Clients that others wrote.

use std::time::Duration;

use rumqttc::v5;
use tokio::process::Command;

use crate::door::{KEY, TOPIC, open, open_with};
use anlan_gateways::{Limits, Refused};

#[tokio::test]
async fn rumqttc_speaks_3_1_1() {
    let house = open().await;
    let mut options = rumqttc::MqttOptions::new("r4", "127.0.0.1", house.at.port());
    options.set_credentials("gw-1", KEY).set_keep_alive(Duration::from_secs(5)).set_inflight(64);
    let (client, mut events) = rumqttc::AsyncClient::new(options, 200);
    for n in 0..200 {
        client.publish(TOPIC, rumqttc::QoS::AtLeastOnce, false, format!("[{n}]")).await.unwrap();
    }
    let mut acked = 0;
    while acked < 200 {
        if let rumqttc::Event::Incoming(rumqttc::Packet::PubAck(_)) = events.poll().await.unwrap() {
            acked += 1;
        }
    }
    house.door.until("all stored", |heard| heard.stored.len() == 200).await;
}

#[tokio::test]
async fn rumqttc_speaks_5_and_reads_the_refusal() {
    use v5::mqttbytes::v5::{Packet, PubAckReason};
    let house = open().await;
    let mut options = v5::MqttOptions::new("r5", "127.0.0.1", house.at.port());
    options.set_credentials("gw-1", KEY).set_keep_alive(Duration::from_secs(5));
    let (client, mut events) = v5::AsyncClient::new(options, 200);
    let quality = v5::mqttbytes::QoS::AtLeastOnce;
    for n in 0..100 {
        client.publish(TOPIC, quality, false, format!("[{n}]")).await.unwrap();
    }
    client.publish("anlan/v1/CW02/gw-1/samples", quality, false, "[1]").await.unwrap();
    let mut reasons = Vec::new();
    while reasons.len() < 101 {
        if let v5::Event::Incoming(Packet::PubAck(ack)) = events.poll().await.unwrap() {
            reasons.push(ack.reason);
        }
    }
    assert_eq!(reasons.pop(), Some(PubAckReason::NotAuthorized));
    assert!(reasons.iter().all(|reason| *reason == PubAckReason::Success));
}

/// What is not acknowledged when the platform closes comes again to its successor.
#[tokio::test]
async fn a_gateway_sends_again_what_was_not_acknowledged() {
    let limits = Limits { drain_timeout: Duration::from_millis(100), ..Limits::default() };
    let mut house = open_with(limits).await;
    let mut options = rumqttc::MqttOptions::new("again", "127.0.0.1", house.at.port());
    options.set_credentials("gw-1", KEY).set_keep_alive(Duration::from_secs(5));
    let (client, mut events) = rumqttc::AsyncClient::new(options, 10);
    client.publish(TOPIC, rumqttc::QoS::AtLeastOnce, false, "[1]").await.unwrap();
    let pump = async {
        loop {
            if events.poll().await.is_err() {
                break;
            }
        }
    };
    let close = async {
        house.door.until("begun", |heard| heard.begun.len() == 1).await;
        house.close.take().unwrap().send(()).unwrap();
    };
    tokio::join!(pump, close);
    house.listening.await.unwrap();
    assert!(house.door.heard(|heard| heard.stored.is_empty()));
    // The client's event loop has moved the message to its pending list.
    assert_eq!(events.pending.len(), 1);
}

#[tokio::test]
async fn mosquitto_pub_speaks_both_versions() {
    let Some(mosquitto) = mosquitto_pub().await else { return };
    let house = open().await;
    for (version, quality) in [("mqttv311", "1"), ("mqttv5", "1"), ("mqttv311", "0"), ("mqttv5", "0")] {
        let payload = format!("[\"{version} {quality}\"]");
        let sent = run(&mosquitto, house.at.port(), &["-V", version, "-q", quality, "-t", TOPIC, "-m", &payload, "-P", KEY]).await;
        assert!(sent.status.success(), "{version} {quality}: {sent:?}");
        house.door.until(&payload, |heard| heard.stored.iter().any(|stored| stored == payload.as_bytes())).await;
    }
    let refused = run(&mosquitto, house.at.port(), &["-V", "mqttv5", "-q", "1", "-t", TOPIC, "-m", "[]", "-P", "wrong"]).await;
    assert!(!refused.status.success());
    let foreign = ["-V", "mqttv5", "-q", "1", "-t", "anlan/v1/CW02/gw-1/samples", "-m", "[9]", "-P", KEY, "-d"];
    let told = run(&mosquitto, house.at.port(), &foreign).await;
    let words = format!("{}{}", String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(words.contains("RC:135") || words.to_lowercase().contains("not authorized"), "{words}");
    assert_eq!(house.door.heard(|heard| heard.refused.clone()), [Refused::WrongKey, Refused::ForeignTopic]);
}

async fn run(program: &str, port: u16, arguments: &[&str]) -> std::process::Output {
    let command = Command::new(program).args(["-h", "127.0.0.1", "-p", &port.to_string(), "-u", "gw-1"]).args(arguments).output();
    tokio::time::timeout(Duration::from_secs(20), command).await.expect("mosquitto_pub should end").unwrap()
}

async fn mosquitto_pub() -> Option<String> {
    let name = "mosquitto_pub";
    if Command::new(name).arg("--help").output().await.is_ok() {
        return Some(name.to_owned());
    }
    eprintln!("SKIPPED: mosquitto_pub is not installed (Debian: mosquitto-clients); two versions of one client stay untested");
    None
}
