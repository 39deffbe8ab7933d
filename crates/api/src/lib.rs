//! The only HTTP: the route registry, the OpenAPI document, the live stream, and how an error becomes a status.

mod alarms;
mod attachments;
mod auth;
mod body;
mod kinds;
mod live;
pub mod messages;
pub mod openapi;
mod ops;
mod pages;
mod params;
mod phrases;
mod present;
mod problem;
mod records;
pub mod route;
mod routes;
mod science;
mod session;
mod signals;
mod web;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anlan_app::{App, AppError};
use anlan_base::Refusal;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::problem::{Carried, Problem};

pub use routes::routes;

/// The whole interface over one platform.
pub fn router(app: Arc<App>) -> Router {
    route::router(routes())
        .fallback(web::page)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(attachments::MAX_BYTES + 64 * 1024))
        .layer(middleware::from_fn(finish))
        .with_state(app)
}

async fn wrong_method() -> Problem {
    Problem(AppError::BadRequest(Refusal::new("wrong_method")))
}

/// Gives each request an id, writes problems out in the caller's language, and sets the headers every answer carries.
async fn finish(request: Request, next: Next) -> Response {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let id = format!("r{:x}", COUNT.fetch_add(1, Ordering::Relaxed));
    let language = session::language(request.headers());
    let api = request.uri().path().starts_with("/api/");
    // PostgreSQL keeps no NUL in a text: such an address names nothing.
    if request.uri().path_and_query().is_some_and(|address| address.as_str().contains("%00")) {
        return problem::write(&AppError::BadRequest(Refusal::new("bad_encoding")), language, &id);
    }
    // A client that hangs up must not stop what it began: between a commit and what follows from it there is no safe place to stop.
    let mut response = match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(panic) => problem::write(&AppError::failure("answer a request", panic), language, &id),
    };
    if let Some(Carried(error)) = response.extensions().get::<Carried>() {
        response = problem::write(error, language, &id);
    } else if response.status().is_client_error() && !response.headers().contains_key(header::CONTENT_TYPE) {
        // An extractor of the framework refused: same form as our own refusals.
        response = match response.status().as_u16() {
            404 | 405 => problem::write(&AppError::NotFound, language, &id),
            413 => problem::write(&AppError::TooLarge(Refusal::new("too_large").with("limit", "20 MiB")), language, &id),
            _ => response,
        };
    }
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name)
            && let Ok(value) = HeaderValue::from_str(value)
        {
            headers.insert(name, value);
        }
    };
    set("x-request-id", &id);
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "same-origin");
    set("cross-origin-opener-policy", "same-origin");
    set("permissions-policy", "camera=(self), geolocation=(self), microphone=()");
    set("content-security-policy", web::CONTENT_SECURITY_POLICY);
    if api {
        set("cache-control", "no-store");
    }
    response
}

/// For answers made outside the router.
pub fn unavailable() -> Response {
    let error = AppError::Unavailable(Refusal::new("starting"));
    problem::write(&error, messages::Language::Zh, "-").into_response()
}
