//! A client that speaks bytes, to say what no library says.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::door::{KEY, TOPIC};

pub struct Raw {
    stream: TcpStream,
    v5: bool,
}

pub fn packet(head: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![head];
    let mut length = body.len();
    loop {
        let more = length >= 128;
        bytes.push((length % 128) as u8 | if more { 0x80 } else { 0 });
        length /= 128;
        if !more {
            break;
        }
    }
    bytes.extend_from_slice(body);
    bytes
}

pub fn text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u16).to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}

pub struct Hello<'a> {
    pub level: u8,
    pub client: &'a str,
    pub user: &'a str,
    pub key: &'a str,
    pub keep_alive_s: u16,
    pub clean: bool,
}

impl Default for Hello<'_> {
    fn default() -> Self {
        Self { level: 4, client: "c", user: "gw-1", key: KEY, keep_alive_s: 60, clean: true }
    }
}

impl Hello<'_> {
    pub fn v5() -> Self {
        Self { level: 5, ..Self::default() }
    }
    pub fn bytes(&self) -> Vec<u8> {
        let mut body = Vec::new();
        text(&mut body, if self.level == 3 { "MQIsdp" } else { "MQTT" });
        body.extend_from_slice(&[self.level, 0xC0 | if self.clean { 2 } else { 0 }]);
        body.extend_from_slice(&self.keep_alive_s.to_be_bytes());
        if self.level == 5 {
            body.push(0);
        }
        text(&mut body, self.client);
        text(&mut body, self.user);
        text(&mut body, self.key);
        packet(0x10, &body)
    }
}

impl Raw {
    pub async fn dial(at: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(at).await.unwrap(), v5: false }
    }
    /// Connects and reads CONNACK: the client and the bytes after its fixed header.
    pub async fn connect(at: SocketAddr, hello: Hello<'_>) -> (Self, Vec<u8>) {
        let mut raw = Self::dial(at).await;
        raw.v5 = hello.level == 5;
        raw.send(&hello.bytes()).await;
        let (head, body) = raw.read().await.expect("an answer to CONNECT");
        assert_eq!(head, 0x20);
        (raw, body)
    }
    pub async fn v4(at: SocketAddr) -> Self {
        let (raw, ack) = Self::connect(at, Hello::default()).await;
        assert_eq!(ack, [0, 0]);
        raw
    }
    pub async fn v5(at: SocketAddr) -> Self {
        let (raw, ack) = Self::connect(at, Hello::v5()).await;
        assert_eq!(ack[..2], [0, 0]);
        raw
    }
    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }
    pub async fn publish(&mut self, id: u16, payload: &[u8]) {
        self.publish_to(TOPIC, id, payload).await;
    }
    /// Quality 1, or 0 where `id` is 0.
    pub async fn publish_to(&mut self, topic: &str, id: u16, payload: &[u8]) {
        let mut body = Vec::new();
        text(&mut body, topic);
        if id > 0 {
            body.extend_from_slice(&id.to_be_bytes());
        }
        if self.v5 {
            body.push(0);
        }
        body.extend_from_slice(payload);
        self.send(&packet(if id > 0 { 0x32 } else { 0x30 }, &body)).await;
    }
    /// The next packet's first byte and body; `None` once the listener has closed.
    pub async fn read(&mut self) -> Option<(u8, Vec<u8>)> {
        let reading = async {
            let head = self.stream.read_u8().await.ok()?;
            let length = self.stream.read_u8().await.ok()?;
            assert!(length < 128, "the listener's packets are short");
            let mut body = vec![0; usize::from(length)];
            self.stream.read_exact(&mut body).await.ok()?;
            Some((head, body))
        };
        tokio::time::timeout(Duration::from_secs(20), reading).await.expect("the listener should answer or close")
    }
    pub async fn expect(&mut self, head: u8, body: &[u8]) {
        assert_eq!(self.read().await, Some((head, body.to_vec())));
    }
    pub async fn expect_ack(&mut self, id: u16) {
        self.expect(0x40, &id.to_be_bytes()).await;
    }
    pub async fn expect_closed(&mut self) {
        assert_eq!(self.read().await, None);
    }
    /// Whether nothing has come so far, everything the listener could do at once being done.
    pub async fn silent(&mut self) -> bool {
        // A ping is answered after all that can be answered before it.
        self.send(&[0xC0, 0x00]).await;
        self.read().await == Some((0xD0, Vec::new()))
    }
}
