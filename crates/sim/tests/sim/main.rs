//! The fictitious district as its users meet it.

mod district;
mod publishing;
mod signals;
mod stories;

use std::sync::{Arc, OnceLock};

use anlan_base::Instant;
use anlan_sim::District;

/// The usual seed, built once.
fn district() -> &'static Arc<District> {
    static DISTRICT: OnceLock<Arc<District>> = OnceLock::new();
    DISTRICT.get_or_init(|| Arc::new(District::build(320_411)))
}

/// A Monday morning.
fn now() -> Instant {
    Instant::parse("2026-11-23T10:20:05+08:00").expect("a time")
}
