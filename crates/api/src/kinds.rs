//! What kinds there are for this caller, and their descriptions.

use std::sync::Arc;

use anlan_app::App;
use anlan_records::describe::describe;
use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::auth::Who;
use crate::problem::Problem;

pub async fn list(State(app): State<Arc<App>>, Who(caller): Who) -> Result<Json<Value>, Problem> {
    let kinds = app.kinds_of(&caller).await?;
    let items: Vec<Value> = kinds
        .iter()
        .map(|summary| {
            let kind = &summary.kind;
            json!({
                "id": kind.id, "domain": kind.domain, "label": kind.label, "icon": kind.icon, "create": summary.create,
                "counts": {"open": summary.open, "mine": summary.mine, "overdue": summary.overdue},
            })
        })
        .collect();
    Ok(Json(json!({"total": items.len(), "page": 1, "size": items.len(), "items": items})))
}

pub async fn one(State(app): State<Arc<App>>, Who(caller): Who, Path(kind): Path<String>) -> Result<Json<Value>, Problem> {
    let kind = app.kind_for(&caller, &kind)?;
    Ok(Json(describe(&kind, app.kinds())))
}
