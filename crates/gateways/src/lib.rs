//! How devices reach the platform: an MQTT 3.1.1 and 5 listener that takes samples in and acknowledges them when they are safe.
//! Absent on purpose: subscriptions, retained messages and sessions (it is no broker), the meaning of a payload, storage.

mod connection;
mod door;
mod listener;
mod pipeline;
mod topic;
mod wire;

pub use door::{Door, Pass, Refused, Submitted};
pub use listener::{Limits, listen, listen_within};
