//! What the platform tests stand on: a real `anlan` process, clients of all its interfaces, and waiting with a deadline.
//! Absent on purpose: anything of the platform's own code, except the words for times.

#[path = "harness/client.rs"]
pub mod client;
#[path = "harness/live.rs"]
pub mod live;
#[path = "harness/mqtt.rs"]
pub mod mqtt;
#[path = "harness/postgres.rs"]
pub mod postgres;
#[path = "harness/process.rs"]
pub mod process;
#[path = "harness/wait.rs"]
pub mod wait;

pub use client::{Answer, Client};
pub use live::{Event, Live};
pub use postgres::Postgres;
pub use process::{Installation, Platform, Start, binary, shared};
pub use wait::{eventually, now, now_ms, rfc3339};

/// Password of the demo's accounts and key of its gateways.
pub const DEMO_SECRET: &str = "anlan-demo";
/// The first and the second demo enterprise, and their gateways.
pub const ENTERPRISE: &str = "CW01";
pub const ENTERPRISE2: &str = "WA01";
pub const GATEWAY: &str = "cw01-gw1";
pub const GATEWAY2: &str = "wa01-gw1";
/// A small picture.
pub const PHOTO: &[u8] = include_bytes!("../crates/sim/data/photo_before.png");

/// Whether the long sets are asked for: `make faults`.
pub fn long() -> bool {
    std::env::var("FAULTS").is_ok_and(|which| which == "long")
}
