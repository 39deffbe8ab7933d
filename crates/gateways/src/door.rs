//! What the listener needs from the platform behind it: who may enter, and whether a payload is safe.

use std::future::Future;

use bytes::Bytes;

/// The platform as a gateway sees it.
pub trait Door: Send + Sync + 'static {
    /// The gateway's pass if name and key belong together. Must take the same time whether or not the gateway exists.
    fn admit(&self, user: &str, key: &[u8]) -> impl Future<Output = Option<Pass>> + Send;

    /// Resolves when the payload's samples are durable, or cannot be. Polled first in the order of arrival, so that of two
    /// corrections of one reading the later wins; many may be under way at once.
    fn submit(&self, pass: &Pass, payload: Bytes) -> impl Future<Output = Submitted> + Send;

    /// Something was turned away; to be counted on the gateway, if one is known.
    fn refused(&self, pass: Option<&Pass>, why: Refused);
}

/// Proof of admission: which gateway speaks, and for which enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    pub gateway: String,
    pub enterprise_code: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// On disk, also when single entries were rejected and counted.
    Stored,
    /// Not a list of samples; nothing was stored. The door has counted nothing: the listener reports it through `refused`.
    Malformed,
    /// The platform cannot store now. No acknowledgement goes out, so the gateway keeps the message and sends it again.
    Unavailable,
}

/// Why something was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refused {
    WrongKey,
    TooManyConnections,
    /// No complete CONNECT in time.
    NoConnect,
    /// Bytes that are no MQTT packet, or a packet where it may not stand.
    BadPacket,
    PacketTooLarge,
    /// A quality of service or option this listener does not have.
    NotSupported,
    /// The samples topic of another enterprise or another gateway.
    ForeignTopic,
    /// Not a samples topic at all.
    BadTopic,
    BadPayload,
    /// Silent for one and a half times its keep-alive.
    Silent,
}

impl Refused {
    /// Stable snake case, for counters.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongKey => "wrong_key",
            Self::TooManyConnections => "too_many_connections",
            Self::NoConnect => "no_connect",
            Self::BadPacket => "bad_packet",
            Self::PacketTooLarge => "packet_too_large",
            Self::NotSupported => "not_supported",
            Self::ForeignTopic => "foreign_topic",
            Self::BadTopic => "bad_topic",
            Self::BadPayload => "bad_payload",
            Self::Silent => "silent",
        }
    }
}
