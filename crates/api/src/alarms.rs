//! Alarms: the list of those the caller may see, and their acknowledgement.

use std::sync::Arc;

use anlan_app::App;
use anlan_app::monitoring::AlarmQuery;
use anlan_base::AlarmId;
use axum::Json as Answer;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::auth::Who;
use crate::body::Json;
use crate::params::Params;
use crate::present;
use crate::problem::Problem;

pub async fn list(State(app): State<Arc<App>>, Who(caller): Who, params: Params) -> Result<Answer<Value>, Problem> {
    let (page, size) = params.page(200)?;
    let owned = |name: &str| params.all(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let query = AlarmQuery {
        states: owned("state"),
        enterprises: owned("enterprise"),
        points: owned("point"),
        priorities: owned("priority"),
        hazard_units: owned("hazard_unit"),
        from: params.instant("from")?,
        to: params.instant("to")?,
        page,
        size,
    };
    let found = app.alarms(&caller, &query).await?;
    let items: Vec<Value> = found.items.iter().map(present::alarm).collect();
    Ok(Answer(json!({"items": items, "total": found.total, "page": page, "size": size})))
}

pub async fn one(State(app): State<Arc<App>>, Who(caller): Who, Path(id): Path<String>) -> Result<Answer<Value>, Problem> {
    let (view, events) = app.alarm(&caller, &AlarmId(id)).await?;
    let mut out = present::alarm(&view);
    out["events"] = events.into();
    Ok(Answer(out))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    #[serde(default)]
    comment: Option<String>,
}

pub async fn acknowledge(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Path(id): Path<String>,
    Json(input): Json<Acknowledge>,
) -> Result<Answer<Value>, Problem> {
    let view = app.acknowledge(&caller, &AlarmId(id), input.comment).await?;
    Ok(Answer(present::alarm(&view)))
}
