//! Records of any kind: list, read, create, change, act, history.

use std::sync::Arc;

use anlan_app::App;
use anlan_app::idempotency::Request as Once;
use anlan_app::records::{ListRequest, New, RecordView};
use anlan_base::{Instant, RecordId};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::auth::Who;
use crate::body::{AnyJson, object};
use crate::params::{Params, bad};
use crate::present;
use crate::problem::Problem;
use crate::session::language;

pub const LIST_PARAMETERS: &[&str] = &[
    "page",
    "size",
    "sort",
    "q",
    "state",
    "enterprise",
    "region",
    "sector",
    "overdue",
    "mine",
    "view",
    "due_at.from",
    "due_at.to",
    "created_at.from",
    "created_at.to",
    "updated_at.from",
    "updated_at.to",
];

pub async fn list(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Path(kind): Path<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<axum::Json<Value>, Problem> {
    let request = list_request(&params, 200)?;
    let kind = app.kind_for(&caller, &kind)?;
    let page = app.list(&caller, &kind, &request).await?;
    let language = language(&headers);
    let items: Vec<Value> = page.items.iter().map(|view| present::record(view, &kind, language)).collect();
    Ok(axum::Json(json!({"items": items, "total": page.total, "page": request.page, "size": request.size})))
}

pub fn list_request(params: &Params, most: u32) -> Result<ListRequest, Problem> {
    let (page, size) = params.page(most)?;
    let mut request = ListRequest { page, size, ..ListRequest::default() };
    request.sort = params.all("sort").iter().flat_map(|s| s.split(',')).map(str::to_owned).collect();
    request.q = params.one("q").map(str::to_owned);
    if request.q.as_ref().is_some_and(|q| q.chars().count() > 100) {
        return Err(bad("q"));
    }
    let owned = |name: &str| params.all(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
    request.states = owned("state");
    request.enterprises = owned("enterprise");
    request.regions = owned("region");
    request.sectors = owned("sector");
    request.view = params.one("view").map(str::to_owned);
    request.overdue = params.flag("overdue")?;
    request.mine = params.flag("mine")?;
    for word in ["due_at", "created_at", "updated_at"] {
        let (from, to) = (params.instant(&format!("{word}.from"))?, params.instant(&format!("{word}.to"))?);
        if from.is_some() || to.is_some() {
            request.spans.push((word, from, to));
        }
    }
    for (name, value) in params.pairs().filter(|(_, value)| !value.is_empty()) {
        if let Some(field) = name.strip_prefix("field.") {
            request.fields.push((field.to_owned(), value.to_owned()));
        }
    }
    Ok(request)
}

pub async fn read(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<axum::Json<Value>, Problem> {
    let kind = app.kind_for(&caller, &kind)?;
    let view = app.read(&caller, &kind, &RecordId(id)).await?;
    Ok(axum::Json(present::record(&view, &kind, language(&headers))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateInput {
    body: Map<String, Value>,
    #[serde(default)]
    enterprise: Option<String>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    comment: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeInput {
    revision: i64,
    #[serde(default)]
    body: Map<String, Value>,
    #[serde(default)]
    comment: Option<String>,
}

pub async fn create(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Path(kind): Path<String>,
    headers: HeaderMap,
    AnyJson(input): AnyJson,
) -> Result<Response, Problem> {
    let kind = app.kind_for(&caller, &kind)?;
    let once = once(&headers, format!("POST /records/{}", kind.id), &input)?;
    let parsed: CreateInput = object(input)?;
    let language = language(&headers);
    let new = New { body: parsed.body, enterprise: parsed.enterprise, region: parsed.region, comment: parsed.comment };
    let show = |view: &RecordView| (201, present::record(view, &kind, language));
    let work = async { app.create(&caller, &kind, new).await.map(|view| show(&view)) };
    let reread = |id| async { app.read(&caller, &kind, &RecordId(id)).await.map(|view| show(&view)) };
    Ok(answered(app.once(&caller, once, work, reread).await?))
}

pub async fn edit(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
    AnyJson(input): AnyJson,
) -> Result<Response, Problem> {
    change(app, caller, kind, id, None, headers, input).await
}

pub async fn act(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Path((kind, id, action)): Path<(String, String, String)>,
    headers: HeaderMap,
    AnyJson(input): AnyJson,
) -> Result<Response, Problem> {
    change(app, caller, kind, id, Some(action), headers, input).await
}

async fn change(
    app: Arc<App>,
    caller: anlan_app::Caller,
    kind: String,
    id: String,
    action: Option<String>,
    headers: HeaderMap,
    input: Value,
) -> Result<Response, Problem> {
    let kind = app.kind_for(&caller, &kind)?;
    let route =
        format!("{} /records/{}/{id}/{}", if action.is_some() { "POST" } else { "PATCH" }, kind.id, action.as_deref().unwrap_or(""));
    let once = once(&headers, route, &input)?;
    let parsed: ChangeInput = object(input)?;
    let language = language(&headers);
    let id = RecordId(id);
    let show = |view: &RecordView| (200, present::record(view, &kind, language));
    let work = async {
        let view = match &action {
            Some(action) => app.act(&caller, &kind, &id, action, parsed.revision, parsed.body, parsed.comment).await?,
            None => app.edit(&caller, &kind, &id, parsed.revision, parsed.body, parsed.comment).await?,
        };
        Ok(show(&view))
    };
    let reread = |id| async { app.read(&caller, &kind, &RecordId(id)).await.map(|view| show(&view)) };
    Ok(answered(app.once(&caller, once, work, reread).await?))
}

/// The caller's wish that this happen once, if there is one.
pub fn once(headers: &HeaderMap, route: String, input: &Value) -> Result<Option<Once>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= 200).ok_or_else(|| bad("Idempotency-Key"))?;
    Ok(Some(Once::new(route, key, input)))
}

pub fn answered((status, body): (u16, Value)) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

pub async fn history(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Path((kind, id)): Path<(String, String)>,
) -> Result<axum::Json<Value>, Problem> {
    let kind = app.kind_for(&caller, &kind)?;
    let events = app.history(&caller, &kind, &RecordId(id)).await?;
    let items: Vec<Value> = events
        .iter()
        .map(|event| {
            json!({
                "seq": event.seq, "at": event.at, "actor": {"id": event.actor, "name": event.actor_name}, "action": event.action,
                "label": event.label, "revision": event.revision, "changes": event.changes, "comment": event.comment,
                "leaf": {"hash": event.leaf_hash, "index": event.leaf_index},
            })
        })
        .collect();
    Ok(axum::Json(json!({"total": items.len(), "page": 1, "size": items.len(), "items": items})))
}

pub async fn tasks(State(app): State<Arc<App>>, Who(caller): Who, params: Params) -> Result<axum::Json<Value>, Problem> {
    let (page, size) = params.page(200)?;
    let (mine, overdue) = (params.flag("mine")?, params.flag("overdue")?);
    let kind = params.one("kind").map(str::to_owned);
    let now: Instant = app.now();
    let found = app.tasks(&caller, mine.unwrap_or(false), overdue, kind.as_deref(), page, size).await?;
    let items: Vec<Value> = found.items.iter().map(|task| present::task(task, now)).collect();
    Ok(axum::Json(json!({"items": items, "total": found.total, "page": page, "size": size})))
}

pub async fn features(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Path(kind): Path<String>,
    params: Params,
) -> Result<axum::Json<Value>, Problem> {
    let kind = app.kind_for(&caller, &kind)?;
    let request = list_request(&params, 200)?;
    Ok(axum::Json(app.features(&caller, &kind, &request).await?))
}
