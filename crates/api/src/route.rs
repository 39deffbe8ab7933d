//! The route registry: one row a route. The router, the OpenAPI document, the parameter check and the access matrix are all read from it.

use std::sync::Arc;

use anlan_app::App;
use axum::Router;
use axum::extract::{RawQuery, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;

use crate::params::Params;
use crate::problem::Problem;

/// Who may call at all. What a caller then may see or do is decided behind it, record by record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Anyone,
    LoggedIn,
    /// A gateway's key, or a user who may send readings.
    Sender,
}

/// Which query parameters it knows. Any other is refused by name.
#[derive(Clone, Copy, Debug)]
pub enum Query {
    Only(&'static [&'static str]),
    /// Those, and every `field.NAME` that the kind can filter by; checked where the kind is known.
    List(&'static [&'static str]),
    /// Foreign protocols bring parameters we ignore.
    Any,
}

pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    /// `operationId`, and the key of its words in the OpenAPI document.
    pub id: &'static str,
    pub what: &'static str,
    pub who: Who,
    pub query: Query,
    /// Name of the request's schema.
    pub body: Option<&'static str>,
    pub status: u16,
    /// Another status of the same answer.
    pub also: Option<u16>,
    /// Name of the answer's schema.
    pub answer: Option<&'static str>,
    pub handler: MethodRouter<Arc<App>>,
}

impl Route {
    pub fn new(method: &'static str, path: &'static str, id: &'static str, what: &'static str, handler: MethodRouter<Arc<App>>) -> Self {
        Self {
            method,
            path,
            id,
            what,
            who: Who::LoggedIn,
            query: Query::Only(&[]),
            body: None,
            status: 200,
            also: None,
            answer: None,
            handler,
        }
    }
    pub fn who(self, who: Who) -> Self {
        Self { who, ..self }
    }
    pub fn query(self, names: &'static [&'static str]) -> Self {
        Self { query: Query::Only(names), ..self }
    }
    pub fn list_query(self, names: &'static [&'static str]) -> Self {
        Self { query: Query::List(names), ..self }
    }
    pub fn any_query(self) -> Self {
        Self { query: Query::Any, ..self }
    }
    pub fn takes(self, schema: &'static str) -> Self {
        Self { body: Some(schema), ..self }
    }
    pub fn answers(self, status: u16, schema: &'static str) -> Self {
        Self { status, answer: Some(schema), ..self }
    }
    pub fn also(self, status: u16) -> Self {
        Self { also: Some(status), ..self }
    }
    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

pub fn router(routes: Vec<Route>) -> Router<Arc<App>> {
    routes.into_iter().fold(Router::new(), |router, route| {
        let query = route.query;
        let checked =
            route.handler.layer(middleware::from_fn(move |raw: RawQuery, request: Request, next: Next| check(query, raw, request, next)));
        router.route(route.path, checked)
    })
}

async fn check(query: Query, RawQuery(raw): RawQuery, request: Request, next: Next) -> Response {
    let known = match query {
        Query::Any => return next.run(request).await,
        Query::Only(names) | Query::List(names) => names,
    };
    let params = match Params::parse(raw.as_deref().unwrap_or("")) {
        Ok(params) => params,
        Err(problem) => return problem.into_response(),
    };
    let by_field = matches!(query, Query::List(_));
    let stranger = params.names().find(|name| !(known.contains(name) || by_field && name.starts_with("field.")));
    match stranger {
        Some(name) => Problem::unknown_parameter(name).into_response(),
        None => next.run(request).await,
    }
}
