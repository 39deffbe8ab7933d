//! A client of the HTTP interface: one person, or nobody, or a gateway.

use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::{Client as Http, RequestBuilder, multipart};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::live::Live;

#[derive(Clone)]
pub struct Client {
    http: Http,
    base: String,
    token: Option<String>,
}

/// An answer, kept with the question for messages.
#[derive(Clone, Debug)]
pub struct Answer {
    pub asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Client {
    pub fn new(base: String) -> Self {
        let http = Http::builder().no_proxy().timeout(Duration::from_secs(60)).build().expect("an HTTP client without TLS");
        Self { http, base, token: None }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    /// The same client as somebody else: a bearer token, or nobody.
    pub fn with_token(&self, token: Option<String>) -> Self {
        Self { token, ..self.clone() }
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Logs in; the answer is judged by the caller.
    pub fn try_log_in(&self, username: &str, password: &str) -> Answer {
        self.post("/api/v1/session", &json!({"username": username, "password": password}))
    }

    #[track_caller]
    pub fn log_in(&self, username: &str, password: &str) -> Self {
        let session = self.try_log_in(username, password).ok();
        self.with_token(Some(session["token"].as_str().expect("a session has a token").to_owned()))
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self.http.request(method, format!("{}{path}", self.base)).header("accept-language", "en");
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends it. `Err` only if no answer came: then nobody knows whether it happened.
    pub fn try_send(request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let (client, request) = request.build_split();
        let request = request?;
        let asked = format!("{} {}", request.method(), request.url());
        let response = client.execute(request)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { asked, status, headers, bytes: response.bytes()?.to_vec() })
    }

    #[track_caller]
    pub fn send(request: RequestBuilder) -> Answer {
        Self::try_send(request).unwrap_or_else(|error| panic!("no answer: {error:?}"))
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        Self::send(self.request("GET", path))
    }
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        Self::send(self.request("POST", path).json(body))
    }
    #[track_caller]
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        Self::send(self.request("PATCH", path).json(body))
    }
    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        Self::send(self.request("DELETE", path))
    }

    #[track_caller]
    pub fn upload(&self, name: &str, bytes: &[u8]) -> Answer {
        Self::send(self.request("POST", "/api/v1/attachments").multipart(form(name, bytes)))
    }

    /// Id of a small uploaded picture.
    #[track_caller]
    pub fn photo(&self) -> String {
        let uploaded = self.upload("before.png", crate::PHOTO).created();
        uploaded["id"].as_str().expect("an attachment has an id").to_owned()
    }

    #[track_caller]
    pub fn create(&self, kind: &str, input: &Value) -> Value {
        self.post(&format!("/api/v1/records/{kind}"), input).created()
    }

    #[track_caller]
    pub fn read(&self, kind: &str, id: &str) -> Value {
        self.get(&format!("/api/v1/records/{kind}/{id}")).ok()
    }

    /// Takes a step with the revision as the caller sees it now.
    #[track_caller]
    pub fn try_act(&self, record: &Value, action: &str, body: &Value, comment: Option<&str>) -> Answer {
        let (kind, id) = (text(record, "kind"), text(record, "id"));
        let revision = match self.get(&format!("/api/v1/records/{kind}/{id}")) {
            seen if seen.status == 200 => seen.json()["revision"].clone(),
            _ => record["revision"].clone(),
        };
        let mut input = json!({"revision": revision, "body": body});
        if let Some(comment) = comment {
            input["comment"] = json!(comment);
        }
        self.post(&format!("/api/v1/records/{kind}/{id}/actions/{action}"), &input)
    }

    #[track_caller]
    pub fn act(&self, record: &Value, action: &str, body: &Value) -> Value {
        self.try_act(record, action, body, None).ok()
    }

    /// The live stream; `query` as in the address.
    #[track_caller]
    pub fn live(&self, query: &str) -> Live {
        Live::open(self, query, None)
    }

    #[track_caller]
    pub fn me(&self) -> Value {
        self.get("/api/v1/me").ok()
    }

    /// Id of the enterprise in the caller's first post.
    #[track_caller]
    pub fn my_enterprise(&self) -> String {
        text(&self.me()["posts"][0]["scope"], "id").to_owned()
    }
}

pub fn form(name: &str, bytes: &[u8]) -> multipart::Form {
    let part =
        multipart::Part::bytes(bytes.to_vec()).file_name(name.to_owned()).mime_str("application/octet-stream").expect("a media type");
    multipart::Form::new().part("file", part)
}

/// A text member that must be there.
#[track_caller]
pub fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no text `{name}` in {value}"))
}

/// The items of a page.
#[track_caller]
pub fn items(page: &Value) -> &Vec<Value> {
    page["items"].as_array().unwrap_or_else(|| panic!("no items in {page}"))
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("{} answered {} with no JSON: {}", self.asked, self.status, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    #[track_caller]
    pub fn status(&self, wanted: u16) -> &Self {
        assert_eq!(self.status, wanted, "{}: {}", self.asked, self.text());
        self
    }

    #[track_caller]
    pub fn ok(&self) -> Value {
        self.status(200).json()
    }

    #[track_caller]
    pub fn created(&self) -> Value {
        self.status(201).json()
    }

    /// A problem of this status and code, in the fixed form.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        self.status(status);
        let problem = self.json();
        assert_eq!(problem["code"], code, "{}: {problem}", self.asked);
        let media_type = self.header("content-type").unwrap_or("");
        assert!(media_type.starts_with("application/problem+json"), "{}: {media_type}", self.asked);
        for member in ["type", "title", "detail"] {
            assert!(!text(&problem, member).is_empty(), "{}: {problem}", self.asked);
        }
        assert_eq!(problem["status"], status, "{}: {problem}", self.asked);
        assert_ne!(problem["detail"], code, "the words are missing: {problem}");
        problem
    }

    /// `field: code` of everything wrong with the input, sorted.
    #[track_caller]
    pub fn invalid(&self) -> Vec<String> {
        let problem = self.refused(422, "invalid");
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("no errors in {problem}"));
        let mut all: Vec<String> = errors.iter().map(|e| format!("{}: {}", e["field"].as_str().unwrap_or("-"), text(e, "code"))).collect();
        all.sort();
        all
    }
}
