//! The live stream: server-sent events, only what the caller may read, resumable by number.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anlan_app::live::{Said, Topic};
use anlan_app::{App, AppError, Caller};
use anlan_base::{RecordId, Refusal};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::Event;
use futures_util::Stream;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::auth::Who;
use crate::messages::Language;
use crate::params::{Params, bad};
use crate::present;
use crate::problem::Problem;
use crate::session::language;

/// The pages turn amber when they heard nothing for 5 s; a quiet district must not look like a broken line.
const TICK: Duration = Duration::from_secs(2);
/// A revoked session hears nothing more after this long.
const RECHECK: Duration = Duration::from_secs(3);

pub async fn stream(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    params: Params,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let mut topics = BTreeSet::new();
    for name in params.all("topics").into_iter().flat_map(|names| names.split(',')).filter(|name| !name.is_empty()) {
        let topic = Topic::parse(name).ok_or_else(|| Problem(AppError::BadRequest(Refusal::new("bad_topic").with("name", name))))?;
        topics.insert(topic);
    }
    let ids: Vec<&str> = params.all("points").into_iter().flat_map(|ids| ids.split(',')).filter(|id| !id.is_empty()).collect();
    if ids.len() > 200 {
        return Err(bad("points"));
    }
    let points = app.watchable(&caller, &ids).await?;
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let (to, stream) = mpsc::channel(256);
    tokio::spawn(speak(app, caller, topics, points, last, language(&headers), to));
    Ok(Sse::new(ReceiverStream::new(stream)))
}

async fn speak(
    app: Arc<App>,
    mut caller: Caller,
    topics: BTreeSet<Topic>,
    mut points: std::collections::BTreeMap<u32, String>,
    last: Option<String>,
    language: Language,
    to: mpsc::Sender<Result<Event, Infallible>>,
) {
    let mut listening = app.hub().listen(last.as_deref());
    let hello = match listening.missed.take() {
        Some(missed) => {
            for said in missed {
                if topics.contains(&said.topic)
                    && let Some(event) = event(&app, &caller, &said, language).await
                    && to.send(Ok(event)).await.is_err()
                {
                    return;
                }
            }
            Event::default().comment("listening")
        }
        None => Event::default().event("reset").data("{}"),
    };
    if to.send(Ok(hello)).await.is_err() {
        return;
    }
    let mut tick = tokio::time::interval(TICK);
    let mut recheck = tokio::time::interval(RECHECK);
    loop {
        let next = tokio::select! {
            said = listening.events.recv() => match said {
                Ok(said) if topics.contains(&said.topic) => match event(&app, &caller, &said, language).await {
                    Some(event) => event,
                    None => continue,
                },
                Ok(_) => continue,
                Err(RecvError::Lagged(_)) => Event::default().event("reset").data("{}"),
                Err(RecvError::Closed) => return,
            },
            batch = listening.readings.recv(), if !points.is_empty() => match batch {
                Ok(batch) => {
                    for reading in batch.iter() {
                        if let Some(id) = points.get(&reading.point) {
                            let data = json!({"p": id, "t": reading.t, "v": reading.v, "q": reading.q});
                            if to.send(Ok(Event::default().event("sample").data(data.to_string()))).await.is_err() {
                                return;
                            }
                        }
                    }
                    continue;
                }
                // A slow reader misses samples of the trend, never an alarm; the trend reloads from history.
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return,
            },
            _ = tick.tick() => Event::default().event("tick").data(json!({"at": app.now()}).to_string()).comment("still here"),
            _ = recheck.tick() => match app.still_valid(&caller).await {
                Ok(Some(now)) => {
                    let ids: Vec<String> = points.into_values().collect();
                    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                    points = app.watchable(&now, &ids).await.unwrap_or_default();
                    caller = now;
                    continue;
                }
                Ok(None) => return,
                // The database is away for a moment: what was allowed three seconds ago is not shown on a guess.
                Err(_) => return,
            },
            () = app.stopping() => return,
        };
        if to.send(Ok(next)).await.is_err() {
            return;
        }
    }
}

/// What this caller is told, if anything. Warnings carry what a GET would show this caller now.
async fn event(app: &App, caller: &Caller, said: &Said, language: Language) -> Option<Event> {
    if !app.may_hear(caller, said) {
        return None;
    }
    let data = match said.topic {
        Topic::Warnings => {
            let kind = app.kind_for(caller, &said.kind).ok()?;
            let view = app.read(caller, &kind, &RecordId::from(said.data["id"].as_str()?)).await.ok()?;
            present::record(&view, &kind, language).to_string()
        }
        Topic::Alarms | Topic::Records | Topic::Incidents => said.data.to_string(),
    };
    Some(Event::default().id(app.hub().event_id(said.seq)).event(said.topic.event()).data(data))
}
