//! For those who run it: alive, ready, metrics.

use std::sync::Arc;

use anlan_app::App;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

pub async fn alive() -> &'static str {
    "alive\n"
}

pub async fn ready(State(app): State<Arc<App>>) -> Response {
    let checks = app.readiness().await;
    let ready = checks.iter().all(|check| check.ok);
    let body: serde_json::Map<String, serde_json::Value> =
        checks.into_iter().map(|check| (check.name.to_owned(), json!({"ok": check.ok, "detail": check.detail}))).collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({"ready": ready, "checks": body}))).into_response()
}

pub async fn metrics(State(app): State<Arc<App>>) -> Response {
    let text = app.metrics_text().await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
