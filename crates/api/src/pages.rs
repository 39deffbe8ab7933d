//! Read models of single pages: the duty screen, the enterprise page, and what pickers need.

use std::sync::Arc;

use anlan_app::App;
use anlan_base::RecordId;
use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::auth::Who;
use crate::body::Json;
use crate::params::Params;
use crate::present;
use crate::problem::Problem;
use crate::session::language;

pub async fn duty(State(app): State<Arc<App>>, Who(caller): Who) -> Result<Answer<Value>, Problem> {
    Ok(Answer(app.duty_overview(&caller).await?))
}

pub async fn enterprise(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Answer<Value>, Problem> {
    let language = language(&headers);
    let overview = app.enterprise_overview(&caller, &RecordId(id)).await?;
    let record = present::record(&overview.record, &overview.kind, language);
    let groups: Vec<Value> = overview
        .groups
        .iter()
        .map(|group| {
            let items: Vec<Value> = group.items.iter().map(|view| present::record(view, &group.kind, language)).collect();
            json!({"kind": group.kind.id, "label": group.kind.label, "total": group.total, "items": items})
        })
        .collect();
    let alarms: Vec<Value> = overview.alarms.items.iter().map(present::alarm).collect();
    Ok(Answer(json!({
        "record": record, "groups": groups,
        "alarms": {"active": overview.alarms.total, "items": alarms},
        "points": overview.points, "users": overview.users,
    })))
}

pub async fn regions(State(app): State<Arc<App>>, Who(_): Who) -> Result<Answer<Value>, Problem> {
    Ok(Answer(app.regions_json()))
}

pub async fn users(State(app): State<Arc<App>>, Who(caller): Who, params: Params) -> Result<Answer<Value>, Problem> {
    let (page, size) = params.page(200)?;
    Ok(Answer(app.people(&caller, params.one("q"), params.one("enterprise"), &params.all("ids"), page, size).await?))
}

pub async fn organisations(State(app): State<Arc<App>>, Who(_): Who, params: Params) -> Result<Answer<Value>, Problem> {
    Ok(Answer(app.organisations_json(params.one("q"))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartScenario {
    name: String,
}

pub async fn scenario(State(app): State<Arc<App>>, Who(caller): Who) -> Result<Answer<Value>, Problem> {
    Ok(Answer(app.demo_scenario(&caller)?))
}

pub async fn start_scenario(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Json(input): Json<StartScenario>,
) -> Result<Answer<Value>, Problem> {
    Ok(Answer(app.start_scenario(&caller, &input.name)?))
}

pub async fn stop_scenario(State(app): State<Arc<App>>, Who(caller): Who) -> Result<StatusCode, Problem> {
    app.stop_scenario(&caller)?;
    Ok(StatusCode::NO_CONTENT)
}
