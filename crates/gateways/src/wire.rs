//! MQTT packets as bytes, both versions behind one vocabulary. The codecs are `rumqttc`'s; framing is ours, because they answer
//! "more bytes needed" also for a complete packet that lies about its inner lengths, and refuse a v5 DISCONNECT without a reason.

use bytes::{Bytes, BytesMut};
use rumqttc::mqttbytes::v4;
use rumqttc::v5::mqttbytes::v5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V4,
    V5,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    TooLarge,
    Malformed,
}

pub(crate) struct Connect {
    pub version: Version,
    pub client_id: String,
    pub clean: bool,
    pub keep_alive_s: u16,
    pub user: String,
    pub key: String,
    pub will: Option<Will>,
    pub auth_method: bool,
}

pub(crate) struct Will {
    pub exactly_once: bool,
    pub retain: bool,
}

pub(crate) enum Packet {
    Connect(Connect),
    Publish(Publish),
    Subscribe {
        id: u16,
        filters: usize,
    },
    Unsubscribe {
        id: u16,
        filters: usize,
    },
    PingReq,
    Disconnect,
    /// A packet no client may send to this listener.
    Misplaced,
}

pub(crate) struct Publish {
    pub quality: Quality,
    pub retain: bool,
    pub alias: bool,
    pub topic: Bytes,
    pub payload: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quality {
    Unanswered,
    Acknowledged(u16),
    ExactlyOnce,
}

const CONNECT: u8 = 1;
const PUBLISH: u8 = 3;
const DISCONNECT: u8 = 14;

/// The next whole packet, at most `max` bytes with its header; `None` while it is incomplete.
pub(crate) fn take_frame(buffer: &mut BytesMut, max: usize) -> Result<Option<BytesMut>, Broken> {
    let Some(&head) = buffer.first() else { return Ok(None) };
    let (mut length, mut at) = (0_usize, 1);
    loop {
        let Some(&byte) = buffer.get(at) else { return Ok(None) };
        length |= usize::from(byte & 0x7F) << (7 * (at - 1));
        at += 1;
        if byte & 0x80 == 0 {
            break;
        }
        if at > 4 {
            return Err(Broken::Malformed);
        }
    }
    // The lower four bits are reserved, with fixed values, for all but PUBLISH.
    let flags_fit = match head >> 4 {
        PUBLISH => true,
        6 | 8 | 10 => head & 0x0F == 0b0010,
        _ => head & 0x0F == 0,
    };
    if !flags_fit {
        return Err(Broken::Malformed);
    }
    if at + length > max {
        return Err(Broken::TooLarge);
    }
    Ok((buffer.len() >= at + length).then(|| buffer.split_to(at + length)))
}

/// Which version a CONNECT asks for: `Ok(Err(level))` for one this listener does not speak.
pub(crate) fn version_of(frame: &[u8]) -> Result<Result<Version, u8>, Broken> {
    let header = 1 + frame[1..].iter().position(|byte| byte & 0x80 == 0).ok_or(Broken::Malformed)? + 1;
    let body = &frame[header..];
    if frame[0] >> 4 != CONNECT || body.len() < 3 {
        return Err(Broken::Malformed);
    }
    let name = usize::from(u16::from_be_bytes([body[0], body[1]]));
    let (protocol, level) = (body.get(2..2 + name), body.get(2 + name));
    // The lowest connect flag is reserved and zero.
    let flags = body.get(3 + name).copied().unwrap_or(1);
    match (protocol, level) {
        (Some(b"MQTT"), Some(4 | 5)) if flags & 1 == 1 => Err(Broken::Malformed),
        (Some(b"MQTT"), Some(4)) => Ok(Ok(Version::V4)),
        (Some(b"MQTT"), Some(5)) => Ok(Ok(Version::V5)),
        (Some(b"MQTT" | b"MQIsdp"), Some(&level)) => Ok(Err(level)),
        _ => Err(Broken::Malformed),
    }
}

/// Reads one complete frame.
pub(crate) fn decode(mut frame: BytesMut, version: Version) -> Result<Packet, Broken> {
    if frame[0] >> 4 == DISCONNECT {
        // Reason and properties change nothing here, and may be left out.
        return Ok(Packet::Disconnect);
    }
    let size = frame.len();
    match version {
        Version::V4 => v4::Packet::read(&mut frame, size).map_err(|_| Broken::Malformed).map(from_v4),
        Version::V5 => {
            let max = u32::try_from(size).map_err(|_| Broken::TooLarge)?;
            v5::Packet::read(&mut frame, Some(max)).map_err(|_| Broken::Malformed).map(from_v5)
        }
    }
}

fn from_v4(packet: v4::Packet) -> Packet {
    match packet {
        v4::Packet::Connect(connect) => {
            let (user, key) = connect.login.map_or_else(Default::default, |login| (login.username, login.password));
            Packet::Connect(Connect {
                version: Version::V4,
                client_id: connect.client_id,
                clean: connect.clean_session,
                keep_alive_s: connect.keep_alive,
                user,
                key,
                will: None,
                auth_method: false,
            })
        }
        v4::Packet::Publish(publish) => Packet::Publish(Publish {
            quality: match publish.qos {
                rumqttc::QoS::AtMostOnce => Quality::Unanswered,
                rumqttc::QoS::AtLeastOnce => Quality::Acknowledged(publish.pkid),
                rumqttc::QoS::ExactlyOnce => Quality::ExactlyOnce,
            },
            retain: publish.retain,
            alias: false,
            topic: publish.topic.into(),
            payload: publish.payload,
        }),
        v4::Packet::Subscribe(subscribe) => Packet::Subscribe { id: subscribe.pkid, filters: subscribe.filters.len() },
        v4::Packet::Unsubscribe(unsubscribe) => Packet::Unsubscribe { id: unsubscribe.pkid, filters: unsubscribe.topics.len() },
        v4::Packet::PingReq => Packet::PingReq,
        v4::Packet::Disconnect => Packet::Disconnect,
        _ => Packet::Misplaced,
    }
}

fn from_v5(packet: v5::Packet) -> Packet {
    use rumqttc::v5::mqttbytes::QoS;
    match packet {
        v5::Packet::Connect(connect, will, login) => {
            let (user, key) = login.map_or_else(Default::default, |login| (login.username, login.password));
            Packet::Connect(Connect {
                version: Version::V5,
                client_id: connect.client_id,
                clean: connect.clean_start,
                keep_alive_s: connect.keep_alive,
                user,
                key,
                will: will.map(|will| Will { exactly_once: will.qos == QoS::ExactlyOnce, retain: will.retain }),
                auth_method: connect.properties.is_some_and(|p| p.authentication_method.is_some()),
            })
        }
        v5::Packet::Publish(publish) => Packet::Publish(Publish {
            quality: match publish.qos {
                QoS::AtMostOnce => Quality::Unanswered,
                QoS::AtLeastOnce => Quality::Acknowledged(publish.pkid),
                QoS::ExactlyOnce => Quality::ExactlyOnce,
            },
            retain: publish.retain,
            alias: publish.properties.is_some_and(|p| p.topic_alias.is_some()),
            topic: publish.topic,
            payload: publish.payload,
        }),
        v5::Packet::Subscribe(subscribe) => Packet::Subscribe { id: subscribe.pkid, filters: subscribe.filters.len() },
        v5::Packet::Unsubscribe(unsubscribe) => Packet::Unsubscribe { id: unsubscribe.pkid, filters: unsubscribe.filters.len() },
        v5::Packet::PingReq(_) => Packet::PingReq,
        v5::Packet::Disconnect(_) => Packet::Disconnect,
        _ => Packet::Misplaced,
    }
}

/// Why a client is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turned {
    BadLogin,
    BadClientId,
    AuthMethod,
    WillQuality,
    WillRetain,
    Version,
}

/// What the listener tells a v5 client that is let in.
pub(crate) struct Welcome {
    pub receive_max: u16,
    pub packet_max: u32,
    pub keep_alive_s: Option<u16>,
    pub assigned_id: Option<String>,
}

pub(crate) fn welcome(out: &mut BytesMut, version: Version, welcome: Welcome) {
    match version {
        Version::V4 => must(v4::ConnAck::new(v4::ConnectReturnCode::Success, false).write(out).is_ok()),
        Version::V5 => {
            let properties = v5::ConnAckProperties {
                session_expiry_interval: Some(0),
                receive_max: Some(welcome.receive_max),
                max_qos: Some(1),
                retain_available: Some(0),
                max_packet_size: Some(welcome.packet_max),
                assigned_client_identifier: welcome.assigned_id,
                topic_alias_max: None,
                reason_string: None,
                user_properties: Vec::new(),
                wildcard_subscription_available: Some(0),
                subscription_identifiers_available: Some(0),
                shared_subscription_available: Some(0),
                server_keep_alive: welcome.keep_alive_s,
                response_information: None,
                server_reference: None,
                authentication_method: None,
                authentication_data: None,
            };
            let ack = v5::ConnAck { session_present: false, code: v5::ConnectReturnCode::Success, properties: Some(properties) };
            must(ack.write(out).is_ok());
        }
    }
}

pub(crate) fn turn_away(out: &mut BytesMut, version: Version, why: Turned) {
    match version {
        Version::V4 => {
            let code = match why {
                Turned::BadLogin => v4::ConnectReturnCode::NotAuthorized,
                Turned::BadClientId => v4::ConnectReturnCode::BadClientId,
                _ => v4::ConnectReturnCode::RefusedProtocolVersion,
            };
            must(v4::ConnAck::new(code, false).write(out).is_ok());
        }
        Version::V5 => {
            let code = match why {
                Turned::BadLogin => v5::ConnectReturnCode::BadUserNamePassword,
                Turned::BadClientId => v5::ConnectReturnCode::ClientIdentifierNotValid,
                Turned::AuthMethod => v5::ConnectReturnCode::BadAuthenticationMethod,
                Turned::WillQuality => v5::ConnectReturnCode::QoSNotSupported,
                Turned::WillRetain => v5::ConnectReturnCode::RetainNotSupported,
                Turned::Version => v5::ConnectReturnCode::UnsupportedProtocolVersion,
            };
            must(v5::ConnAck { session_present: false, code, properties: None }.write(out).is_ok());
        }
    }
}

/// The answer to a QoS 1 message. 3.1.1 knows only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Taken,
    NotAuthorized,
    BadTopic,
    BadPayload,
}

pub(crate) fn puback(out: &mut BytesMut, version: Version, id: u16, verdict: Verdict) {
    match version {
        Version::V4 => must(v4::PubAck::new(id).write(out).is_ok()),
        Version::V5 => {
            let reason = match verdict {
                Verdict::Taken => v5::PubAckReason::Success,
                Verdict::NotAuthorized => v5::PubAckReason::NotAuthorized,
                Verdict::BadTopic => v5::PubAckReason::TopicNameInvalid,
                Verdict::BadPayload => v5::PubAckReason::PayloadFormatInvalid,
            };
            must(v5::PubAck { pkid: id, reason, properties: None }.write(out).is_ok());
        }
    }
}

/// Nobody subscribes here: every filter fails.
pub(crate) fn suback(out: &mut BytesMut, version: Version, id: u16, filters: usize) {
    match version {
        Version::V4 => must(v4::SubAck::new(id, vec![v4::SubscribeReasonCode::Failure; filters]).write(out).is_ok()),
        Version::V5 => {
            let return_codes = vec![v5::SubscribeReasonCode::NotAuthorized; filters];
            must(v5::SubAck { pkid: id, return_codes, properties: None }.write(out).is_ok());
        }
    }
}

pub(crate) fn unsuback(out: &mut BytesMut, version: Version, id: u16, filters: usize) {
    match version {
        Version::V4 => must(v4::UnsubAck::new(id).write(out).is_ok()),
        Version::V5 => {
            let reasons = vec![v5::UnsubAckReason::NoSubscriptionExisted; filters];
            must(v5::UnsubAck { pkid: id, reasons, properties: None }.write(out).is_ok());
        }
    }
}

pub(crate) fn pong(out: &mut BytesMut) {
    out.extend_from_slice(&[0xD0, 0x00]);
}

/// Tells a v5 client why the connection ends; 3.1.1 has no such packet.
pub(crate) fn disconnect(out: &mut BytesMut, version: Version, reason: v5::DisconnectReasonCode) {
    if version == Version::V5 {
        // Not the codec's: it writes an empty property list but does not count it in. Some clients read only the form with one.
        out.extend_from_slice(&[0xE0, 0x02, reason as u8, 0x00]);
    }
}

/// Writing to memory fails only for packets beyond MQTT's own limits, which none of ours reaches.
fn must(written: bool) {
    debug_assert!(written, "a small packet is always written");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(bytes: &[u8]) -> Result<Option<BytesMut>, Broken> {
        take_frame(&mut BytesMut::from(bytes), 64)
    }

    #[test]
    fn frames_are_whole_and_bounded() {
        assert_eq!(frame(&[]), Ok(None));
        assert_eq!(frame(&[0xC0]), Ok(None));
        assert_eq!(frame(&[0xC0, 0x00, 0xC0]), Ok(Some(BytesMut::from(&[0xC0_u8, 0x00][..]))));
        assert_eq!(frame(&[0x30, 0x05, 0x00]), Ok(None), "three bytes still to come");
        assert_eq!(frame(&[0x30, 0x3F]), Err(Broken::TooLarge), "65 bytes with its header");
        assert_eq!(frame(&[0x30, 0xFF, 0xFF, 0xFF, 0xFF]), Err(Broken::Malformed), "the length has at most four bytes");
        assert_eq!(frame(&[0xC1, 0x00]), Err(Broken::Malformed), "reserved flags");
        assert_eq!(frame(&[0x80, 0x00]), Err(Broken::Malformed), "SUBSCRIBE carries 0010");
    }

    #[test]
    fn the_version_is_read_from_connect() {
        let connect = |name: &[u8], level: u8, flags: u8| {
            let mut bytes = vec![0x10, (6 + name.len()) as u8, 0, name.len() as u8];
            bytes.extend_from_slice(name);
            bytes.extend_from_slice(&[level, flags, 0, 10]);
            version_of(&bytes)
        };
        assert_eq!(connect(b"MQTT", 4, 2), Ok(Ok(Version::V4)));
        assert_eq!(connect(b"MQTT", 5, 2), Ok(Ok(Version::V5)));
        assert_eq!(connect(b"MQIsdp", 3, 2), Ok(Err(3)));
        assert_eq!(connect(b"MQTT", 9, 2), Ok(Err(9)));
        assert_eq!(connect(b"HTTP", 4, 2), Err(Broken::Malformed));
        assert_eq!(connect(b"MQTT", 4, 3), Err(Broken::Malformed), "reserved connect flag");
        assert_eq!(version_of(&[0xC0, 0x00]), Err(Broken::Malformed));
        assert_eq!(version_of(&[0x10, 0x02, 0x00, 0x04]), Err(Broken::Malformed));
    }

    /// No sequence of bytes may panic a codec: every packet type, every length, bodies of small numbers that look like lengths.
    #[test]
    fn no_frame_panics_a_codec() {
        let mut state = 1_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u8
        };
        let mut read = 0;
        for round in 0..60_000_u32 {
            let head = random();
            let length = usize::from(random() % 40);
            let mut bytes = vec![head, length as u8];
            for _ in 0..length {
                let small = round % 3 != 0;
                bytes.push(if small { random() % 45 } else { random() });
            }
            if let Ok(Some(whole)) = take_frame(&mut BytesMut::from(&bytes[..]), 1024) {
                let _ = version_of(&whole);
                for version in [Version::V4, Version::V5] {
                    read += usize::from(decode(whole.clone(), version).is_ok());
                }
            }
        }
        assert!(read > 100, "the noise should also hit valid packets, or it proves little: {read}");
    }

    #[test]
    fn a_v5_disconnect_counts_its_properties_in() {
        let mut out = BytesMut::new();
        disconnect(&mut out, Version::V5, v5::DisconnectReasonCode::PacketTooLarge);
        assert_eq!(&out[..], [0xE0, 0x02, 0x95, 0x00]);
        disconnect(&mut out, Version::V4, v5::DisconnectReasonCode::PacketTooLarge);
        assert_eq!(out.len(), 4, "3.1.1 has no such packet");
    }
}
