//! Logging in and out, and what a caller is told about themselves.

use std::sync::Arc;

use anlan_app::{App, AppError};
use anlan_base::Refusal;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::auth::{COOKIE, Who};
use crate::body::{AnyJson, Json};
use crate::problem::Problem;

#[derive(Deserialize)]
pub struct LogIn {
    username: String,
    password: String,
    /// Second factor; accepted and ignored for accounts without one.
    #[serde(default)]
    #[expect(dead_code, reason = "part of the fixed interface; second factors come with a later issue")]
    otp: Option<String>,
}

pub async fn log_in(State(app): State<Arc<App>>, Json(input): Json<LogIn>) -> Result<Response, Problem> {
    if input.username.chars().count() > 100 || input.password.len() > 1000 {
        return Err(Problem(AppError::Unauthenticated(Refusal::new("bad_credentials"))));
    }
    let login = app.log_in(&input.username, input.password).await?;
    let posts = app.post_views(&login.caller).await?;
    let user = &login.caller.user;
    let body = json!({
        "token": login.token, "expires_at": login.expires_at,
        "user": {"id": user.id, "name": user.name, "username": user.username, "posts": posts},
    });
    let seconds = login.expires_at.since_ms(app.now()) / 1000;
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}", login.token);
    let mut response = axum::Json(body).into_response();
    response.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_str(&cookie).expect("a hex token is a valid header"));
    Ok(response)
}

pub async fn log_out(State(app): State<Arc<App>>, Who(caller): Who) -> Result<Response, Problem> {
    app.log_out(&caller).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    response.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_str(&gone).expect("a literal header"));
    Ok(response)
}

pub async fn me(State(app): State<Arc<App>>, Who(caller): Who) -> Result<axum::Json<Value>, Problem> {
    let (open, overdue) = app.task_counts(&caller).await?;
    let (posts, menus) = (app.post_views(&caller).await?, app.menus(&caller).await?);
    let user = &caller.user;
    Ok(axum::Json(json!({
        "user": {"id": user.id, "name": user.name, "username": user.username},
        "posts": posts, "menus": menus, "open_tasks": open, "overdue_tasks": overdue, "unread": 0, "demo": app.is_demo(),
    })))
}

pub async fn preference(State(app): State<Arc<App>>, Who(caller): Who, Path(key): Path<String>) -> Result<axum::Json<Value>, Problem> {
    Ok(axum::Json(app.preference(&caller, &key).await?.unwrap_or(Value::Null)))
}

pub async fn set_preference(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Path(key): Path<String>,
    AnyJson(value): AnyJson,
) -> Result<StatusCode, Problem> {
    app.set_preference(&caller, &key, value).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn demo_accounts(State(app): State<Arc<App>>) -> Result<axum::Json<Value>, Problem> {
    Ok(axum::Json(app.demo_accounts().await?))
}

/// Language of the answer, for handlers that need it.
pub fn language(headers: &HeaderMap) -> crate::messages::Language {
    crate::messages::Language::of(headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()))
}
