//! Files that belong to records: taken in once, given out only to those who may see the record.

use std::sync::Arc;

use anlan_app::attachments::Attachment;
use anlan_app::{App, AppError};
use anlan_base::{AttachmentId, Refusal};
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::json;

use crate::auth::Who;
use crate::params::{Params, bad};
use crate::problem::Problem;
use crate::records::{answered, once};

pub const MAX_BYTES: usize = 20 * 1024 * 1024;

pub async fn upload(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let mut form = form.map_err(|_| no_form())?;
    let mut file: Option<(String, Bytes)> = None;
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        if part.name() == Some("file") && file.is_none() {
            let name = part.file_name().unwrap_or("file").to_owned();
            file = Some((name, part.bytes().await.map_err(unreadable)?));
        }
    }
    let (name, bytes) = file.ok_or_else(|| bad("file"))?;
    let digest = anlan_app::attachments::sha256(&bytes);
    let once = once(&headers, "POST /attachments".to_owned(), &json!({"name": name, "sha256": digest}))?;
    let show = |file: Attachment| {
        (201, json!({"id": file.id, "name": file.name, "size": file.size, "sha256": file.sha256, "sm3": file.sm3, "type": file.media_type}))
    };
    let work = async { app.attach(&caller, &name, bytes).await.map(show) };
    let reread = |id| async { app.uploaded(&caller, &AttachmentId(id)).await.map(show) };
    Ok(answered(app.once(&caller, once, work, reread).await?))
}

pub async fn download(State(app): State<Arc<App>>, Who(caller): Who, Path(id): Path<String>, params: Params) -> Result<Response, Problem> {
    let thumb = match params.one("size") {
        None => false,
        Some("thumb") => true,
        Some(_) => return Err(bad("size")),
    };
    let file = app.attachment(&caller, &AttachmentId(id), thumb).await?;
    let mut response = file.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    // Only pictures are shown in the page; anything else is saved, and never run.
    let inline = file.media_type.starts_with("image/");
    let encoded: String = file
        .name
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b"-_.".contains(&b) { (b as char).to_string() } else { format!("%{b:02X}") })
        .collect();
    let disposition = format!("{}; filename*=UTF-8''{encoded}", if inline { "inline" } else { "attachment" });
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).expect("percent-encoded"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}

fn unreadable(error: MultipartError) -> Problem {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Problem(AppError::TooLarge(Refusal::new("too_large").with("limit", "20 MiB")));
    }
    no_form()
}

fn no_form() -> Problem {
    Problem(AppError::BadRequest(Refusal::new("wrong_media_type").with("wanted", "multipart/form-data")))
}
