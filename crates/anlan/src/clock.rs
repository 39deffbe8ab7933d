//! The wall clock and the operating system's randomness: the only place that reads them.

use anlan_base::{Clock, Ids, Instant, uuid_v7};

pub struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock that everything else is given")]
    fn now(&self) -> Instant {
        match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => Instant::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
            Err(before) => Instant::from_ms(-i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX)),
        }
    }
}

pub struct RandomIds;

impl Ids for RandomIds {
    fn next(&self, now: Instant) -> String {
        let mut random = [0_u8; 10];
        getrandom::fill(&mut random).expect("the operating system gives randomness");
        uuid_v7(now, random)
    }
}
