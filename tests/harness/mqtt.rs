//! Gateways: mosquitto's own command line, and a bare MQTT 3.1.1 client that shows each acknowledgement.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Output};
use std::time::Duration;

/// What `mosquitto_pub` said and how it ended.
pub struct Published {
    pub code: Option<i32>,
    pub said: String,
}

impl Published {
    #[track_caller]
    pub fn acknowledged(&self) {
        assert!(self.code == Some(0) && self.said.is_empty(), "mosquitto_pub ended with {:?}: {}", self.code, self.said);
    }
}

/// One message of quality 1 by mosquitto's client; `version` is 311 or 5.
#[track_caller]
pub fn mosquitto_pub(at: SocketAddr, version: &str, gateway: &str, key: &str, topic: &str, payload: &str) -> Published {
    let mut command = Command::new("timeout");
    command.args(["20", "mosquitto_pub", "-q", "1", "-V", if version == "5" { "mqttv5" } else { "mqttv311" }]);
    command.args(["-h", &at.ip().to_string(), "-p", &at.port().to_string(), "-i", &format!("test-{gateway}")]);
    command.args(["-u", gateway, "-P", key, "-t", topic, "-m", payload]);
    let Output { status, stdout, stderr } = command.output().expect("mosquitto_pub is installed (scripts/tools.sh)");
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    Published { code: status.code(), said: said.trim().to_owned() }
}

pub fn topic(enterprise: &str, gateway: &str) -> String {
    format!("anlan/v1/{enterprise}/{gateway}/samples")
}

/// A connection of MQTT 3.1.1 whose every byte the test knows.
pub struct Bare {
    stream: TcpStream,
    next_id: u16,
}

impl Bare {
    pub fn connect(at: SocketAddr, client_id: &str, gateway: &str, key: &str) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&at, Duration::from_secs(5))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.set_nodelay(true)?;
        let mut bare = Self { stream, next_id: 0 };
        let mut rest = Vec::new();
        put_text(&mut rest, b"MQTT");
        // Level 4; user name, password, clean session; keep-alive 60 s.
        rest.extend([4, 0b1100_0010, 0, 60]);
        for text in [client_id, gateway, key] {
            put_text(&mut rest, text.as_bytes());
        }
        bare.stream.write_all(&packet(0x10, &rest))?;
        match bare.packet()? {
            (0x20, answer) if answer.get(1) == Some(&0) => Ok(bare),
            (kind, answer) => Err(io::Error::other(format!("not let in: {kind:#x} {answer:?}"))),
        }
    }

    /// Sends a message of quality 1 and gives its packet id.
    pub fn publish(&mut self, topic: &str, payload: &[u8]) -> io::Result<u16> {
        self.next_id = self.next_id % 60_000 + 1;
        let mut rest = Vec::new();
        put_text(&mut rest, topic.as_bytes());
        rest.extend(self.next_id.to_be_bytes());
        rest.extend(payload);
        self.stream.write_all(&packet(0x32, &rest))?;
        Ok(self.next_id)
    }

    /// Waits for the next PUBACK.
    pub fn acknowledged(&mut self) -> io::Result<u16> {
        match self.packet()? {
            (0x40, id) if id.len() == 2 => Ok(u16::from_be_bytes([id[0], id[1]])),
            (kind, rest) => Err(io::Error::other(format!("not a PUBACK: {kind:#x} {rest:?}"))),
        }
    }

    /// The next packet: its first byte and what follows the length.
    pub fn packet(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let mut byte = [0];
        self.stream.read_exact(&mut byte)?;
        let kind = byte[0];
        let (mut length, mut shift) = (0_usize, 0);
        loop {
            self.stream.read_exact(&mut byte)?;
            length |= usize::from(byte[0] & 0x7f) << shift;
            shift += 7;
            if byte[0] & 0x80 == 0 {
                break;
            }
        }
        let mut rest = vec![0; length];
        self.stream.read_exact(&mut rest)?;
        Ok((kind, rest))
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }
}

fn put_text(to: &mut Vec<u8>, text: &[u8]) {
    to.extend(u16::try_from(text.len()).expect("a short text").to_be_bytes());
    to.extend(text);
}

fn packet(kind: u8, rest: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    let mut length = rest.len();
    loop {
        let more = length > 0x7f;
        out.push((length & 0x7f) as u8 | if more { 0x80 } else { 0 });
        length >>= 7;
        if !more {
            break;
        }
    }
    out.extend(rest);
    out
}
