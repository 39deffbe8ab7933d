//! What is said to open browsers: a bounded stream of events with numbers to resume from. Each listener is shown only what it may read.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::Mutex;

use anlan_base::{Instant, Name, Place, Reading, UserId};
use serde_json::Value;
use tokio::sync::broadcast;

/// Events kept for `Last-Event-ID`, and the longest a slow listener may fall behind before it is told to reload.
const KEPT: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    Alarms,
    Warnings,
    Records,
    /// Nobody speaks of incidents yet; the word belongs to the fixed interface.
    Incidents,
}

impl Topic {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "alarms" => Some(Self::Alarms),
            "warnings" => Some(Self::Warnings),
            "records" => Some(Self::Records),
            "incidents" => Some(Self::Incidents),
            _ => None,
        }
    }
    /// The name of its events.
    pub fn event(self) -> &'static str {
        match self {
            Self::Alarms => "alarm",
            Self::Warnings => "warning",
            Self::Records => "record",
            Self::Incidents => "incident",
        }
    }
}

/// One thing said, and to whom it may be shown.
#[derive(Clone, Debug)]
pub struct Said {
    pub seq: u64,
    pub topic: Topic,
    /// The kind whose reading policy decides.
    pub kind: Name,
    pub place: Place,
    pub created_by: Option<UserId>,
    pub assigned: BTreeSet<UserId>,
    pub data: Value,
}

pub struct Hub {
    boot: i64,
    said: Mutex<Kept>,
    events: broadcast::Sender<Arc<Said>>,
    readings: broadcast::Sender<Arc<Vec<Reading>>>,
}

struct Kept {
    next: u64,
    last: VecDeque<Arc<Said>>,
}

/// Where a listener starts.
pub struct Listening {
    /// What it missed, oldest first; `None` if that is no longer kept and it must reload.
    pub missed: Option<Vec<Arc<Said>>>,
    pub events: broadcast::Receiver<Arc<Said>>,
    pub readings: broadcast::Receiver<Arc<Vec<Reading>>>,
}

impl Hub {
    /// `started` tells the numbering of one run of the process from the next.
    pub fn new(started: Instant) -> Self {
        let (events, _) = broadcast::channel(KEPT);
        let (readings, _) = broadcast::channel(256);
        Self { boot: started.as_ms(), said: Mutex::new(Kept { next: 1, last: VecDeque::with_capacity(KEPT) }), events, readings }
    }

    pub fn say(&self, mut said: Said) {
        let mut kept = self.said.lock().expect("no listener panics inside");
        said.seq = kept.next;
        kept.next += 1;
        let said = Arc::new(said);
        if kept.last.len() == KEPT {
            kept.last.pop_front();
        }
        kept.last.push_back(said.clone());
        // Sent under the lock, so that the order on the channel is the order of the numbers. Nobody listening is no error.
        let _ = self.events.send(said);
    }

    pub fn readings(&self, batch: Arc<Vec<Reading>>) {
        if self.readings.receiver_count() > 0 {
            let _ = self.readings.send(batch);
        }
    }

    pub fn event_id(&self, seq: u64) -> String {
        format!("{}-{seq}", self.boot)
    }

    pub fn listen(&self, last_event_id: Option<&str>) -> Listening {
        let kept = self.said.lock().expect("no listener panics inside");
        let missed = match last_event_id {
            None => Some(Vec::new()),
            Some(id) => self.seq_of(id).and_then(|seen| {
                let oldest = kept.last.front().map_or(kept.next, |said| said.seq);
                (seen + 1 >= oldest && seen < kept.next).then(|| kept.last.iter().filter(|said| said.seq > seen).cloned().collect())
            }),
        };
        Listening { missed, events: self.events.subscribe(), readings: self.readings.subscribe() }
    }

    fn seq_of(&self, id: &str) -> Option<u64> {
        let (boot, seq) = id.split_once('-')?;
        (boot.parse::<i64>().ok()? == self.boot).then(|| seq.parse().ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use anlan_base::RegionPath;

    use super::*;

    fn said() -> Said {
        let place = Place { region: RegionPath::root(), enterprise: None, park: None, sector: None };
        Said { seq: 0, topic: Topic::Alarms, kind: Name::of("k"), place, created_by: None, assigned: BTreeSet::new(), data: Value::Null }
    }

    #[test]
    fn a_listener_resumes_where_it_stopped_or_is_told_to_reload() {
        let hub = Hub::new(Instant::from_ms(5));
        (0..10).for_each(|_| hub.say(said()));
        assert_eq!(hub.listen(Some("5-7")).missed.map(|m| m.iter().map(|s| s.seq).collect::<Vec<_>>()), Some(vec![8, 9, 10]));
        assert_eq!(hub.listen(Some("5-10")).missed.map(|m| m.len()), Some(0));
        for reload in ["4-7", "5-99", "rubbish", "5-"] {
            assert!(hub.listen(Some(reload)).missed.is_none(), "{reload}");
        }
        (0..KEPT).for_each(|_| hub.say(said()));
        assert!(hub.listen(Some("5-7")).missed.is_none(), "too old");
    }
}
