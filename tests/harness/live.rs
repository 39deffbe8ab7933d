//! A listener of the live stream.

use std::io::{BufRead, BufReader};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use reqwest::blocking::{Client as Http, Response};
use serde_json::Value;

use crate::client::Client;
use crate::wait::now;

#[derive(Clone, Debug)]
pub struct Event {
    pub id: Option<String>,
    pub name: String,
    pub data: Value,
}

pub struct Live {
    events: Receiver<Event>,
}

impl Live {
    /// Opened when this returns: the platform has said its first words, so nothing that follows is missed.
    #[track_caller]
    pub fn open(client: &Client, query: &str, last_event_id: Option<&str>) -> Self {
        let http = Http::builder().no_proxy().timeout(None).build().expect("an HTTP client without TLS");
        let mut request = http.get(format!("{}/api/v1/live?{query}", client.base()));
        if let Some(token) = client.token() {
            request = request.bearer_auth(token);
        }
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let response = request.send().unwrap_or_else(|error| panic!("no live stream: {error:?}"));
        assert_eq!(response.status().as_u16(), 200, "live stream: {}", response.text().unwrap_or_default());
        let (say, events) = channel();
        let (greet, greeted) = channel();
        thread::spawn(move || read(response, &say, &greet));
        greeted.recv_timeout(Duration::from_secs(30)).expect("the live stream speaks at once");
        Self { events }
    }

    /// The first event that `wanted` likes; others are passed over.
    #[track_caller]
    pub fn wait(&self, what: &str, deadline: Duration, mut wanted: impl FnMut(&Event) -> bool) -> Event {
        let until = now() + deadline;
        let mut passed = Vec::new();
        loop {
            match self.events.recv_timeout(until.saturating_duration_since(now())) {
                Ok(event) if wanted(&event) => return event,
                Ok(event) => passed.push(format!("{} {}", event.name, event.data)),
                Err(RecvTimeoutError::Timeout) => panic!("waited {deadline:?} in vain for {what} on the live stream; heard {passed:#?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("the live stream ended before {what}; heard {passed:#?}"),
            }
        }
    }

    /// Everything heard by now.
    pub fn heard(&self) -> Vec<Event> {
        self.events.try_iter().collect()
    }

    /// Waits for the platform to close the stream; gives what it said until then.
    #[track_caller]
    pub fn closed(&self, deadline: Duration) -> Vec<Event> {
        let until = now() + deadline;
        let mut said = Vec::new();
        loop {
            match self.events.recv_timeout(until.saturating_duration_since(now())) {
                Ok(event) => said.push(event),
                Err(RecvTimeoutError::Timeout) => panic!("the live stream is still open after {deadline:?}"),
                Err(RecvTimeoutError::Disconnected) => return said,
            }
        }
    }
}

fn read(response: Response, say: &Sender<Event>, greet: &Sender<()>) {
    let mut event = Event { id: None, name: String::new(), data: Value::Null };
    let mut data = String::new();
    for line in BufReader::new(response).lines() {
        let Ok(line) = line else { return };
        // Nobody may be waiting any more.
        let _ = greet.send(());
        match line.split_once(':') {
            Some(("id", id)) => event.id = Some(id.trim().to_owned()),
            Some(("event", name)) => event.name = name.trim().to_owned(),
            Some(("data", text)) => data.push_str(text.trim_start()),
            _ if line.is_empty() => {
                event.data = serde_json::from_str(&data).unwrap_or(Value::Null);
                data.clear();
                if !event.name.is_empty() && say.send(event.clone()).is_err() {
                    return;
                }
                event = Event { id: None, name: String::new(), data: Value::Null };
            }
            _ => {}
        }
    }
}
