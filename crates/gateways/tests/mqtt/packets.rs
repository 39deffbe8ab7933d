//! The protocol, packet by packet.

use std::time::Duration;

use anlan_gateways::{Limits, Refused};

use crate::door::{TOPIC, open, open_with};
use crate::raw::{Hello, Raw, packet, text};

#[tokio::test]
async fn an_acknowledgement_waits_for_the_disk_and_keeps_the_order() {
    let house = open_with(Limits::default()).await;
    for hello in [Hello::default(), Hello::v5()] {
        let (mut gateway, _) = Raw::connect(house.at, hello).await;
        gateway.publish(7, b"[1]").await;
        gateway.publish(8, b"garbage").await;
        gateway.publish(9, b"[2]").await;
        house.door.until("three begun", |heard| heard.begun.len() % 3 == 0 && !heard.begun.is_empty()).await;
        assert!(gateway.silent().await, "8 is known to be garbage, but 7 is older and not yet on disk");
        house.door.disk.add_permits(1);
        gateway.expect_ack(7).await;
        let garbage = gateway.read().await.unwrap();
        assert!(garbage.1 == [0, 8] || garbage.1 == [0, 8, 0x99, 0], "{garbage:?}");
        assert!(gateway.silent().await);
        house.door.disk.add_permits(1);
        gateway.expect_ack(9).await;
    }
    assert_eq!(house.door.heard(|heard| heard.refused.clone()), [Refused::BadPayload; 2]);
}

#[tokio::test]
async fn sixty_four_messages_are_under_way_at_once_and_the_next_waits() {
    let house = open_with(Limits::default()).await;
    let mut gateway = Raw::v4(house.at).await;
    for id in 1..=70 {
        gateway.publish(id, format!("[{id}]").as_bytes()).await;
    }
    house.door.until("64 begun", |heard| heard.begun.len() == 64).await;
    house.door.disk.add_permits(1);
    gateway.expect_ack(1).await;
    house.door.until("the 65th begun", |heard| heard.begun.len() == 65).await;
    house.door.disk.add_permits(69);
    for id in 2..=70 {
        gateway.expect_ack(id).await;
    }
    let in_order: Vec<_> = (1..=70).map(|id| format!("[{id}]").into_bytes()).collect();
    assert_eq!(house.door.heard(|heard| heard.begun.iter().map(|p| p.to_vec()).collect::<Vec<_>>()), in_order);
}

#[tokio::test]
async fn version_5_is_told_the_limits() {
    let house = open().await;
    let (_raw, ack) = Raw::connect(house.at, Hello { client: "", keep_alive_s: 0, ..Hello::v5() }).await;
    let has = |property: &[u8]| ack.windows(property.len()).any(|window| window == property);
    assert_eq!(ack[..2], [0, 0], "no session, welcome");
    assert!(has(&[33, 0, 64]), "receive maximum");
    assert!(has(&[36, 1]), "maximum quality of service");
    assert!(has(&[37, 0]), "nothing is retained");
    assert!(has(&[39, 0, 0x10, 0, 0]), "maximum packet size");
    assert!(has(&[17, 0, 0, 0, 0]), "no session outlives the connection");
    assert!(has(&[19, 0x04, 0xB0]), "keep-alive of 20 min, as the client asked for none");
    assert!(has(b"\x12\x00\x09unnamed-0"), "assigned client id");
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let house = open().await;
    for (hello, code) in [
        (Hello { key: "wrong", ..Hello::default() }, 5),
        (Hello { user: "stranger", ..Hello::default() }, 5),
        (Hello { user: "", key: "", ..Hello::default() }, 5),
        (Hello { key: "wrong", ..Hello::v5() }, 0x86),
        (Hello { user: "stranger", ..Hello::v5() }, 0x86),
    ] {
        let (mut raw, ack) = Raw::connect(house.at, hello).await;
        assert_eq!(ack[..2], [0, code]);
        raw.expect_closed().await;
    }
    assert_eq!(house.door.heard(|heard| heard.refused.clone()), [Refused::WrongKey; 5]);
}

#[tokio::test]
async fn other_versions_and_nameless_sessions_are_refused() {
    let house = open().await;
    for (hello, code) in [
        (Hello { level: 3, ..Hello::default() }, 1),
        (Hello { level: 6, ..Hello::default() }, 0x84),
        (Hello { client: "", clean: false, ..Hello::default() }, 2),
    ] {
        let (mut raw, ack) = Raw::connect(house.at, hello).await;
        assert_eq!(ack[..2], [0, code]);
        raw.expect_closed().await;
    }
}

#[tokio::test]
async fn anothers_topic_is_refused() {
    let house = open().await;
    for (topic, code, why) in [
        ("anlan/v1/CW02/gw-1/samples", 0x87, Refused::ForeignTopic),
        ("anlan/v1/CW01/gw-2/samples", 0x87, Refused::ForeignTopic),
        ("anlan/v1/CW01/gw-1", 0x90, Refused::BadTopic),
        ("elsewhere", 0x90, Refused::BadTopic),
    ] {
        let mut old = Raw::v4(house.at).await;
        old.publish_to(topic, 1, b"[1]").await;
        old.expect_closed().await;
        let mut new = Raw::v5(house.at).await;
        new.publish_to(topic, 1, b"[1]").await;
        new.expect(0x40, &[0, 1, code, 0]).await;
        new.publish(2, b"[2]").await;
        new.expect_ack(2).await;
        house.door.until("two refusals", |heard| heard.refused.iter().filter(|r| **r == why).count() >= 2).await;
    }
    let stored = house.door.heard(|heard| heard.stored.clone());
    assert_eq!(stored, ["[2]"; 4], "nothing of the refused messages");
}

#[tokio::test]
async fn a_malformed_payload_costs_only_itself() {
    let house = open().await;
    let mut old = Raw::v4(house.at).await;
    old.publish(1, b"{not json").await;
    old.expect_ack(1).await;
    old.publish(2, b"[1]").await;
    old.expect_ack(2).await;
    let mut new = Raw::v5(house.at).await;
    new.publish(1, b"").await;
    new.expect(0x40, &[0, 1, 0x99, 0]).await;
    new.publish(2, b"[1]").await;
    new.expect_ack(2).await;
}

#[tokio::test]
async fn without_storage_there_is_no_acknowledgement() {
    let house = open().await;
    let mut old = Raw::v4(house.at).await;
    old.publish(1, b"[1]").await;
    old.publish(2, b"down").await;
    old.publish(3, b"[3]").await;
    old.expect_ack(1).await;
    old.expect_closed().await;
    let mut new = Raw::v5(house.at).await;
    new.publish(2, b"down").await;
    new.expect(0xE0, &[0x89, 0]).await;
}

#[tokio::test]
async fn a_packet_is_at_most_one_mebibyte() {
    let house = open().await;
    // Fixed header 4, topic length 2, packet id 2 (3.1.1), property length 1 (5).
    let room = (1 << 20) - 4 - 2 - TOPIC.len() - 2;
    let mut old = Raw::v4(house.at).await;
    old.publish(1, &vec![b'['; room]).await;
    old.expect_ack(1).await;
    old.publish(2, &vec![b'['; room + 1]).await;
    old.expect_closed().await;
    let mut new = Raw::v5(house.at).await;
    new.publish(1, &vec![b'['; room - 1]).await;
    new.expect_ack(1).await;
    new.publish(2, &vec![b'['; room]).await;
    new.expect(0xE0, &[0x95, 0]).await;
    house.door.until("both refused", |heard| heard.refused == [Refused::PacketTooLarge; 2]).await;
    assert_eq!(house.door.heard(|heard| heard.stored.len()), 2);
}

#[tokio::test]
async fn what_this_listener_lacks_ends_the_connection_with_the_reason() {
    let house = open().await;
    let mut body = Vec::new();
    text(&mut body, TOPIC);
    let (mut plain, mut alias) = (body.clone(), body);
    plain.extend_from_slice(&[0, 1, 0]);
    alias.extend_from_slice(&[0, 1, 3, 35, 0, 1]);
    for (bytes, reason) in [
        (packet(0x34, &plain), 0x9B),
        (packet(0x33, &plain), 0x9A),
        (packet(0x32, &alias), 0x94),
        (packet(0xF0, &[0x18, 0]), 0x81),
        (packet(0x20, &[0, 0, 0]), 0x82),
        (Hello::v5().bytes(), 0x82),
    ] {
        let mut new = Raw::v5(house.at).await;
        new.send(&bytes).await;
        new.expect(0xE0, &[reason, 0]).await;
        new.expect_closed().await;
    }
    let mut old = Raw::v4(house.at).await;
    old.send(&packet(0x34, &plain[..plain.len() - 1])).await;
    old.expect_closed().await;
}

#[tokio::test]
async fn nobody_subscribes() {
    let house = open().await;
    let mut old = Raw::v4(house.at).await;
    let mut body = vec![0, 5];
    text(&mut body, "anlan/#");
    body.push(1);
    old.send(&packet(0x82, &body)).await;
    old.expect(0x90, &[0, 5, 0x80]).await;
    let mut new = Raw::v5(house.at).await;
    let mut body = vec![0, 5, 0];
    text(&mut body, "anlan/#");
    body.push(1);
    new.send(&packet(0x82, &body)).await;
    new.expect(0x90, &[0, 5, 0, 0x87]).await;
    new.publish(6, b"[1]").await;
    new.expect_ack(6).await;
}

#[tokio::test]
async fn garbage_ends_its_connection_and_no_other() {
    let house = open().await;
    let (mut witness, _) = Raw::connect(house.at, Hello { client: "witness", ..Hello::default() }).await;
    for noise in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0x10, 0xFF, 0xFF, 0xFF, 0xFF], &[0xC0, 0x00], &[0x00], &[0xFF; 300]] {
        let mut raw = Raw::dial(house.at).await;
        raw.send(noise).await;
        if noise.len() > 1 {
            raw.expect_closed().await;
        }
    }
    // A length that lies inside a complete packet: the topic is said to be longer than the packet.
    let mut liar = Raw::v4(house.at).await;
    liar.send(&packet(0x32, &[0x00, 0xFF, b'a', 0, 1])).await;
    liar.expect_closed().await;
    let mut liar = Raw::v5(house.at).await;
    liar.send(&packet(0x30, &[0x00, 0x01, b'a', 0x80])).await;
    liar.expect(0xE0, &[0x81, 0]).await;
    witness.publish(1, b"[1]").await;
    witness.expect_ack(1).await;
}

#[tokio::test]
async fn silence_beyond_the_keep_alive_ends_the_connection() {
    let house = open().await;
    let (mut old, _) = Raw::connect(house.at, Hello { keep_alive_s: 1, ..Hello::default() }).await;
    let (mut new, _) = Raw::connect(house.at, Hello { keep_alive_s: 1, client: "n", ..Hello::v5() }).await;
    assert!(old.silent().await && new.silent().await, "a ping is answered");
    new.expect(0xE0, &[0x8D, 0]).await;
    old.expect_closed().await;
    assert_eq!(house.door.heard(|heard| heard.refused.clone()), [Refused::Silent; 2]);
}

#[tokio::test]
async fn whoever_never_says_hello_is_shown_out() {
    let limits = Limits { connect_timeout: Duration::from_millis(100), ..Limits::default() };
    let house = open_with(limits).await;
    let mut mute = Raw::dial(house.at).await;
    let mut slow = Raw::dial(house.at).await;
    slow.send(&Hello::default().bytes()[..9]).await;
    mute.expect_closed().await;
    slow.expect_closed().await;
    house.door.until("both counted", |heard| heard.refused == [Refused::NoConnect; 2]).await;
}

#[tokio::test]
async fn connections_are_limited() {
    let house = open_with(Limits { connections: 1, ..Limits::default() }).await;
    let mut first = Raw::v4(house.at).await;
    Raw::dial(house.at).await.expect_closed().await;
    assert_eq!(house.door.heard(|heard| heard.refused.clone()), [Refused::TooManyConnections]);
    assert!(first.silent().await);
}

#[tokio::test]
async fn a_second_connection_with_one_identity_ends_the_first() {
    let house = open_with(Limits::default()).await;
    let mut first = Raw::v5(house.at).await;
    first.publish(1, b"[1]").await;
    house.door.until("begun", |heard| heard.begun.len() == 1).await;
    let (mut stranger, _) = Raw::connect(house.at, Hello { user: "gw-2", ..Hello::v5() }).await;
    assert!(first.silent().await, "another gateway's client of the same name ends nothing");
    let mut second = Raw::v5(house.at).await;
    house.door.disk.add_permits(1);
    first.expect_ack(1).await;
    first.expect(0xE0, &[0x8E, 0]).await;
    first.expect_closed().await;
    assert!(second.silent().await && stranger.silent().await);
}

#[tokio::test]
async fn the_last_words_of_a_leaving_client_are_kept() {
    let house = open_with(Limits::default()).await;
    let mut gateway = Raw::v4(house.at).await;
    gateway.publish(0, b"[1]").await;
    gateway.send(&[0xE0, 0x00]).await;
    drop(gateway);
    house.door.until("begun", |heard| heard.begun.len() == 1).await;
    house.door.disk.add_permits(1);
    house.door.until("stored", |heard| heard.stored == ["[1]"]).await;
}

#[tokio::test]
async fn closing_waits_for_the_disk_and_says_goodbye() {
    let mut house = open_with(Limits::default()).await;
    let mut old = Raw::v4(house.at).await;
    let (mut new, _) = Raw::connect(house.at, Hello { client: "n", ..Hello::v5() }).await;
    old.publish(1, b"[1]").await;
    new.publish(1, b"[2]").await;
    house.door.until("begun", |heard| heard.begun.len() == 2).await;
    house.close.take().unwrap().send(()).unwrap();
    house.door.disk.add_permits(2);
    old.expect_ack(1).await;
    old.expect_closed().await;
    new.expect_ack(1).await;
    new.expect(0xE0, &[0x8B, 0]).await;
    drop((old, new));
    house.listening.await.unwrap();
    assert!(tokio::net::TcpStream::connect(house.at).await.is_err(), "the port is free again");
}
