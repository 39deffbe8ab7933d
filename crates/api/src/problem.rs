//! The one place where a refusal or failure becomes an HTTP answer: `application/problem+json`, in the caller's language.

use anlan_app::{AppError, chain};
use anlan_base::Refusal;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::messages::Language;
use crate::present;

/// What a handler answers when it does not answer well. The language is filled in by `answer`, which knows the caller's.
#[derive(Debug)]
pub struct Problem(pub AppError);

impl<E: Into<AppError>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl Problem {
    pub fn bad_request(code: &str) -> Self {
        Self(AppError::BadRequest(Refusal::new(code)))
    }
    pub fn unknown_parameter(name: &str) -> Self {
        Self(AppError::BadRequest(Refusal::new("unknown_parameter").with("name", name)))
    }
}

/// The error travels as an extension, so that the layer that knows the language can write it out.
#[derive(Clone)]
pub struct Carried(pub std::sync::Arc<AppError>);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = status(&self.0).into_response();
        response.extensions_mut().insert(Carried(std::sync::Arc::new(self.0)));
        response
    }
}

pub fn status(error: &AppError) -> StatusCode {
    match error {
        AppError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::BadRequest(_) => StatusCode::BAD_REQUEST,
        AppError::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        AppError::NotAllowed(_) => StatusCode::FORBIDDEN,
        AppError::NotFound => StatusCode::NOT_FOUND,
        AppError::Conflict(_) | AppError::Stale(_) => StatusCode::CONFLICT,
        AppError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        AppError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        AppError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        AppError::NoSpace => StatusCode::INSUFFICIENT_STORAGE,
        AppError::Failure { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Writes the answer out. A failure is logged here, once, with its whole chain, under the id that the caller is shown.
pub fn write(error: &AppError, language: Language, request_id: &str) -> Response {
    let status = status(error);
    let code = code(error);
    let detail = match error {
        AppError::Failure { .. } => {
            tracing::error!(request_id, error = %chain(error), "a request failed");
            language.say("failure", &[("id", request_id)])
        }
        AppError::TooMany { retry_after_s } => language.say("too_many", &[("seconds", &retry_after_s.to_string())]),
        AppError::BadRequest(why)
        | AppError::Unauthenticated(why)
        | AppError::NotAllowed(why)
        | AppError::Conflict(why)
        | AppError::TooLarge(why)
        | AppError::Unavailable(why) => language.refusal(why),
        AppError::Invalid(all) if all.len() == 1 => language.refusal(&all[0]),
        _ => language.say(&code, &[]),
    };
    let mut body = Map::new();
    body.insert("type".into(), json!(format!("urn:anlan:problem:{code}")));
    body.insert("title".into(), json!(language.title(&code, status.as_u16())));
    body.insert("status".into(), json!(status.as_u16()));
    body.insert("code".into(), json!(code));
    body.insert("detail".into(), json!(detail));
    body.insert("request_id".into(), json!(request_id));
    match error {
        AppError::Invalid(all) => {
            let errors: Vec<Value> =
                all.iter().map(|r| json!({"field": r.field, "code": r.code, "message": language.refusal(r)})).collect();
            body.insert("errors".into(), json!(errors));
        }
        AppError::Stale(record) => {
            body.insert("record".into(), present::bare(record));
        }
        AppError::BadRequest(why) | AppError::Conflict(why) | AppError::NotAllowed(why) => {
            if let Some(field) = &why.field {
                body.insert("field".into(), json!(field));
            }
        }
        _ => {}
    }
    let mut response = (status, Value::Object(body).to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json; charset=utf-8"));
    if let AppError::TooMany { retry_after_s } = error {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after_s));
    }
    if matches!(error, AppError::Unauthenticated(_)) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn code(error: &AppError) -> String {
    match error {
        AppError::Invalid(_) => "invalid".to_owned(),
        AppError::BadRequest(why)
        | AppError::Unauthenticated(why)
        | AppError::NotAllowed(why)
        | AppError::Conflict(why)
        | AppError::TooLarge(why)
        | AppError::Unavailable(why) => why.code.clone(),
        AppError::NotFound => "not_found".to_owned(),
        AppError::Stale(_) => "stale_revision".to_owned(),
        AppError::TooMany { .. } => "too_many".to_owned(),
        AppError::NoSpace => "no_space".to_owned(),
        AppError::Failure { .. } => "failure".to_owned(),
    }
}
