//! The browser application, from inside the binary. Without it, a plain page says how to build it.

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::problem::Problem;

/// Style attributes are the one exception: the component library positions its pop-ups with them.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
     form-action 'self'; object-src 'none'";

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

pub async fn page(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || path == "attachments" || path.starts_with("attachments/") {
        return Problem(anlan_app::AppError::NotFound).into_response();
    }
    if !path.is_empty()
        && let Some(response) = file(path, &headers)
    {
        return response;
    }
    // A path without an extension is a page of the application; its router shows it.
    if path.rsplit('/').next().is_some_and(|last| last.contains('.')) {
        return Problem(anlan_app::AppError::NotFound).into_response();
    }
    file("index.html", &headers).unwrap_or_else(|| (StatusCode::OK, Html(NOT_BUILT)).into_response())
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or("");
    let packed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(encoding, _)| accepts.split(',').any(|part| part.split(';').next().is_some_and(|name| name.trim() == *encoding)))
        .find_map(|(encoding, ending)| Dist::get(&format!("{path}{ending}")).map(|file| (file, Some(encoding))));
    let (file, encoding) = match packed {
        Some(found) => found,
        None => (Dist::get(path)?, None),
    };
    let mut response = file.data.into_owned().into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    // Built files carry a hash in their name and never change under it.
    let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    Some(response)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "geojson" => "application/geo+json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

const NOT_BUILT: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>安澜 Anlan</title>\
<h1>安澜 Anlan</h1><p>平台正在运行，但此程序未包含网页界面。请在安装 Node 20 后运行 <code>make web</code> 再重新编译。</p>\
<p lang=\"en\">The platform is running, but this binary was built without the browser application. \
Install Node 20, run <code>make web</code>, and build again. The interface is described at <a href=\"/openapi.json\">/openapi.json</a>.</p></html>";
