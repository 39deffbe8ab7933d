//! Readings in and out: gateways, points, JSON samples, line protocol. The answer to a write is sent after the fsync that covers it.

use std::sync::Arc;

use anlan_app::monitoring::{NewGateway, NewPoint, PointQuery, Sender};
use anlan_app::{App, AppError};
use anlan_base::Refusal;
use axum::Json as Answer;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::auth::{self, Who};
use crate::body::{self, Json};
use crate::params::{Params, bad};
use crate::problem::Problem;

const MAX_BYTES: usize = 4 * 1024 * 1024;

pub async fn add_gateway(State(app): State<Arc<App>>, Who(caller): Who, Json(input): Json<NewGateway>) -> Result<Response, Problem> {
    let (id, key) = app.add_gateway(&caller, input).await?;
    Ok((StatusCode::CREATED, Answer(json!({"id": id, "key": key}))).into_response())
}

pub async fn gateway(State(app): State<Arc<App>>, Who(caller): Who, Path(id): Path<String>) -> Result<Answer<Value>, Problem> {
    Ok(Answer(app.gateway(&caller, &id).await?))
}

pub async fn gateways(State(app): State<Arc<App>>, Who(caller): Who, params: Params) -> Result<Answer<Value>, Problem> {
    let (page, size) = params.page(200)?;
    Ok(Answer(app.gateways(&caller, params.one("enterprise"), page, size).await?))
}

pub async fn points(State(app): State<Arc<App>>, Who(caller): Who, params: Params) -> Result<Answer<Value>, Problem> {
    let (page, size) = params.page(200)?;
    let query = PointQuery {
        enterprise: params.one("enterprise").map(Into::into),
        hazard_unit: params.one("hazard_unit").map(Into::into),
        quantity: params.one("quantity").map(str::to_owned),
        q: params.one("q").map(str::to_owned),
        page,
        size,
    };
    Ok(Answer(app.points(&caller, &query).await?))
}

pub async fn add_point(State(app): State<Arc<App>>, Who(caller): Who, Json(input): Json<NewPoint>) -> Result<Response, Problem> {
    let point = app.add_point(&caller, input).await?;
    Ok((StatusCode::CREATED, Answer(point)).into_response())
}

pub async fn latest(State(app): State<Arc<App>>, Who(caller): Who, params: Params) -> Result<Answer<Value>, Problem> {
    let ids: Vec<&str> = params.all("ids").into_iter().flat_map(|ids| ids.split(',')).filter(|id| !id.is_empty()).collect();
    if ids.len() > 500 {
        return Err(bad("ids"));
    }
    Ok(Answer(app.latest(&caller, &params.all("enterprise"), params.one("hazard_unit"), &ids).await?))
}

pub async fn samples(State(app): State<Arc<App>>, Who(caller): Who, params: Params) -> Result<Answer<Value>, Problem> {
    let point = params.one("point").ok_or_else(|| bad("point"))?;
    let (from, to) = (params.instant("from")?.ok_or_else(|| bad("from"))?, params.instant("to")?.ok_or_else(|| bad("to"))?);
    let every_ms = params.one("every").map(|text| duration_ms(text).ok_or_else(|| bad("every"))).transpose()?;
    let aggregates: Vec<&str> = params.all("agg").into_iter().flat_map(|names| names.split(',')).collect();
    Ok(Answer(app.samples(&caller, point, from, to, every_ms, &aggregates).await?))
}

/// `30s`, `5m`, `1h`, `1d`: from one second to 31 days.
fn duration_ms(text: &str) -> Option<i64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let ms = digits.parse::<i64>().ok()?.checked_mul(unit)?;
    (1000..=31 * 86_400_000).contains(&ms).then_some(ms)
}

pub async fn write_samples(State(app): State<Arc<App>>, request: Request) -> Result<Answer<Value>, Problem> {
    let (parts, content) = request.into_parts();
    let sender = match auth::basic(&parts.headers) {
        Some((gateway, key)) => app.gateway_sender(&gateway, key.as_bytes()).await?.ok_or_else(bad_key)?,
        None => {
            let token = auth::token(&parts)?.ok_or_else(auth::login_needed)?;
            let caller = app.authenticate(&token).await?.ok_or_else(auth::login_needed)?;
            app.user_sender(&caller)?
        }
    };
    let bytes = body::read(content, MAX_BYTES).await?;
    let receipt = app.take_json(&sender, &bytes).await?;
    Ok(Answer(json!({
        "accepted": receipt.accepted, "duplicate": receipt.duplicate, "corrected": receipt.corrected,
        "rejected": receipt.rejected.iter().map(|r| json!({"index": r.index, "code": r.code.as_str()})).collect::<Vec<_>>(),
        "ack": "D1",
    })))
}

/// InfluxDB 1.x line protocol. A bad line is answered after the good ones are safe.
pub async fn write_lines(State(app): State<Arc<App>>, params: Params, headers: HeaderMap, content: Body) -> Result<Response, Problem> {
    let sender = line_sender(&app, &params, &headers).await?.ok_or_else(bad_key)?;
    let bytes = body::read(content, MAX_BYTES).await?;
    match app.take_lines(&sender, &bytes, params.one("precision").unwrap_or("ns")).await? {
        None => Ok(StatusCode::NO_CONTENT.into_response()),
        Some(partial) => Ok((StatusCode::BAD_REQUEST, Answer(json!({"error": partial}))).into_response()),
    }
}

async fn line_sender(app: &Arc<App>, params: &Params, headers: &HeaderMap) -> Result<Option<Sender>, Problem> {
    let pair = if let Some(basic) = auth::basic(headers) {
        Some(basic)
    } else if let Some(token) = auth::scheme(headers, "token") {
        token.split_once(':').map(|(user, key)| (user.to_owned(), key.to_owned()))
    } else {
        params.one("u").zip(params.one("p")).map(|(user, key)| (user.to_owned(), key.to_owned()))
    };
    match pair {
        Some((gateway, key)) => Ok(app.gateway_sender(&gateway, key.as_bytes()).await?),
        None => Ok(None),
    }
}

fn bad_key() -> Problem {
    Problem(AppError::Unauthenticated(Refusal::new("bad_gateway_key")))
}

pub async fn ping() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use super::duration_ms;

    #[test]
    fn spans_have_a_unit_and_bounds() {
        assert_eq!(duration_ms("5m"), Some(300_000));
        assert_eq!(duration_ms("31d"), Some(2_678_400_000));
        for bad in ["", "5", "m", "0s", "-5m", "32d", "5w", "99999999999999999999s"] {
            assert_eq!(duration_ms(bad), None, "{bad}");
        }
    }
}
