//! JSON bodies from outside: a type, a size, an encoding, a depth; then a value.

use anlan_app::AppError;
use anlan_base::Refusal;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::problem::Problem;

const MAX_BYTES: usize = 1024 * 1024;
const MAX_DEPTH: usize = 32;

/// A JSON object of the wanted shape.
pub struct Json<T>(pub T);

/// Any JSON value: what a page stores for itself, or what is looked at more closely later.
pub struct AnyJson(pub Value);

/// Any JSON value of at most so many KiB.
pub struct SmallJson<const KIB: usize>(pub Value);

impl<S: Send + Sync> FromRequest<S> for AnyJson {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        take(request, MAX_BYTES).await.map(Self)
    }
}

impl<S: Send + Sync, const KIB: usize> FromRequest<S> for SmallJson<KIB> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        take(request, KIB * 1024).await.map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        object(take(request, MAX_BYTES).await?).map(Self)
    }
}

/// The value as a struct of ours. A list is none, even if its items would fit the fields one by one.
pub fn object<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    if !value.is_object() {
        return Err(bad_json("expected an object"));
    }
    serde_json::from_value(value).map_err(|e| bad_json(&e.to_string()))
}

async fn take(request: Request, limit: usize) -> Result<Value, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("").to_ascii_lowercase();
    if !kind.is_empty() && !kind.starts_with("application/json") {
        return Err(Problem(AppError::BadRequest(Refusal::new("wrong_media_type").with("wanted", "application/json"))));
    }
    let bytes = read(request.into_body(), limit).await?;
    let bytes = if bytes.is_empty() { Bytes::from_static(b"{}") } else { bytes };
    parse(&bytes)
}

pub async fn read(body: Body, limit: usize) -> Result<Bytes, Problem> {
    to_bytes(body, limit).await.map_err(|_| Problem(AppError::TooLarge(Refusal::new("too_large").with("limit", size_text(limit)))))
}

pub fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::bad_request("bad_encoding"))?;
    // PostgreSQL keeps no NUL in a text, so nobody gets one in.
    if text.contains("\\u0000") {
        return Err(Problem::bad_request("bad_encoding"));
    }
    if depth(text) > MAX_DEPTH {
        return Err(Problem(AppError::BadRequest(Refusal::new("too_deep").with("limit", MAX_DEPTH))));
    }
    serde_json::from_str(text).map_err(|e| bad_json(&e.to_string()))
}

pub fn bad_json(why: &str) -> Problem {
    Problem(AppError::BadRequest(Refusal::new("bad_json").with("why", why)))
}

fn size_text(bytes: usize) -> String {
    format!("{} KiB", bytes / 1024)
}

/// Nesting, counted before anything is built.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for b in text.bytes() {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_only_outside_strings() {
        assert_eq!(depth(r#"{"a":["[[[[",{"b":"\"{{"}]}"#), 3);
        assert!(parse("[".repeat(33).as_bytes()).is_err());
        assert!(parse(b"\xff").is_err() && parse(b"{").is_err() && parse(b"{\"a\":1e999}").is_err());
    }
}
