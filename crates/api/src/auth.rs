//! Who is calling: a bearer token, or the browser's cookie with a check that the request comes from our own pages.

use std::sync::Arc;

use anlan_app::{App, AppError, Caller};
use anlan_base::Refusal;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use base64::Engine;

use crate::problem::Problem;

pub const COOKIE: &str = "anlan_session";

/// A logged-in caller.
pub struct Who(pub Caller);

impl FromRequestParts<Arc<App>> for Who {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let token = token(parts)?.ok_or_else(login_needed)?;
        let caller = app.authenticate(&token).await?.ok_or_else(login_needed)?;
        Ok(Self(caller))
    }
}

pub fn login_needed() -> Problem {
    Problem(AppError::Unauthenticated(Refusal::new("login_needed")))
}

/// The session token of a request, wherever it travels.
pub fn token(parts: &Parts) -> Result<Option<String>, Problem> {
    if let Some(bearer) = scheme(&parts.headers, "bearer") {
        return Ok(Some(bearer.to_owned()));
    }
    let Some(cookie) = cookie(&parts.headers) else { return Ok(None) };
    let reads_only = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if !reads_only && !same_site(&parts.headers) {
        return Err(Problem(AppError::NotAllowed(Refusal::new("cross_site"))));
    }
    Ok(Some(cookie.to_owned()))
}

/// The rest of an `Authorization` header of this scheme.
pub fn scheme<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let (scheme, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then(|| rest.trim())
}

/// User and password of Basic authentication.
pub fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(scheme(headers, "basic")?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.split_once(':').map(|(user, key)| (user.to_owned(), key.to_owned()))
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// A cookie goes along with requests that other sites provoke: browsers say where a request comes from, and so must it.
fn same_site(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, rest)| rest == host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn parts(method: &str, headers: &[(&str, &str)]) -> Parts {
        let request = headers.iter().fold(Request::builder().method(method).uri("/x"), |r, (n, v)| r.header(*n, *v));
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_cookie_writes_only_from_our_own_pages() {
        let ok = |method, headers: &[(&str, &str)]| matches!(token(&parts(method, headers)), Ok(Some(_)));
        let cookie = ("cookie", "a=b; anlan_session=T");
        assert!(ok("GET", &[cookie]));
        assert!(ok("POST", &[cookie, ("sec-fetch-site", "same-origin")]));
        assert!(ok("POST", &[cookie, ("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(!ok("POST", &[cookie]));
        assert!(!ok("POST", &[cookie, ("sec-fetch-site", "cross-site")]));
        assert!(!ok("POST", &[cookie, ("origin", "http://evil.example"), ("host", "127.0.0.1:8080")]));
        assert!(ok("POST", &[("authorization", "Bearer T")]));
        assert!(!ok("GET", &[("authorization", "Basic T")]));
    }
}
