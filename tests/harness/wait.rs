//! Waiting for what must come, never for time to pass; and the wall clock of the tests.

use std::thread;
use std::time::{Duration, Instant};

use anlan_base::Instant as Moment;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

#[expect(clippy::disallowed_methods, reason = "deadlines of tests are of the real clock")]
pub fn now() -> Instant {
    Instant::now()
}

/// Milliseconds since 1970: readings carry the time of the device, which here is the test.
#[expect(clippy::disallowed_methods, reason = "the platform under test reads the wall clock too")]
pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("the clock stands after 1970");
    i64::try_from(since.as_millis()).expect("within the range of i64")
}

pub fn rfc3339(ms: i64) -> String {
    Moment::from_ms(ms).to_string()
}

/// Looks again and again until `look` sees it; past the deadline the test fails, saying what it waited for.
#[track_caller]
pub fn eventually<T>(what: &str, deadline: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let until = now() + deadline;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(now() < until, "waited {deadline:?} in vain for {what}");
        thread::sleep(LOOK);
    }
}
