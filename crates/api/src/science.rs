//! Safety science: methods by name, and accidents from their description to their zones, computed or kept.

use std::sync::Arc;

use anlan_app::records::Page;
use anlan_app::science::{METHODS, NewRun, RunQuery, RunView, example};
use anlan_app::{App, AppError};
use anlan_base::{ModelRunId, Refusal};
use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::auth::Who;
use crate::body::{AnyJson, SmallJson};
use crate::messages::Language;
use crate::params::Params;
use crate::problem::Problem;
use crate::records::{answered, once};
use crate::session::language;

/// A scenario is some hundred bytes; whatever is much longer is none.
const SCENARIO_KIB: usize = 64;

pub async fn methods(Who(_): Who) -> Answer<Value> {
    let items: Vec<Value> = METHODS
        .iter()
        .map(|id| {
            let example: Value = example(id).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
            json!({"id": id, "label": {"zh": Language::Zh.method(id), "en": Language::En.method(id)}, "example": example})
        })
        .collect();
    Answer(json!({"total": items.len(), "page": 1, "size": items.len(), "items": items}))
}

pub async fn run_method(
    State(app): State<Arc<App>>,
    Who(_): Who,
    Path(method): Path<String>,
    AnyJson(input): AnyJson,
) -> Result<Answer<Value>, Problem> {
    Ok(Answer(app.run_method(&method, input).await?))
}

/// What stands round a scenario: it, whether it is kept, and what it is about.
const ENVELOPE: [&str; 4] = ["scenario", "store", "hazard_unit", "enterprise"];

/// The scenario, and whether it is kept. A scenario has none of the envelope's fields: without any of them it comes bare.
fn open(input: Value) -> Result<(NewRun, bool), Refusal> {
    let Value::Object(mut fields) = input else { return Ok((NewRun { scenario: input, ..NewRun::default() }, false)) };
    if !ENVELOPE.iter().any(|name| fields.contains_key(*name)) {
        return Ok((NewRun { scenario: Value::Object(fields), ..NewRun::default() }, false));
    }
    let Some(scenario) = fields.remove("scenario") else {
        return Err(Refusal::at("required", "scenario").with("help", "the scenario, with `store` beside it"));
    };
    let wrong = |name: &str, found: &Value, wanted: &str| {
        let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        Refusal::at("wrong_type", name).with("found", found).with("wanted", wanted)
    };
    let store = match fields.remove("store") {
        None => false,
        Some(Value::Bool(store)) => store,
        Some(other) => return Err(wrong("store", &other, "true or false")),
    };
    let mut about = |name: &str| match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(_)) if !store => Err(Refusal::at("only_when_kept", name)),
        Some(Value::String(id)) => Ok(Some(id)),
        Some(other) => Err(wrong(name, &other, "a text")),
    };
    let (hazard_unit, enterprise) = (about("hazard_unit")?, about("enterprise")?);
    if let Some(name) = fields.keys().next() {
        let allowed = ENVELOPE.map(|name| format!("`{name}`")).join(", ");
        return Err(Refusal::at("unknown_field", name).with("allowed", allowed));
    }
    Ok((NewRun { scenario, at: "scenario.", hazard_unit, enterprise }, store))
}

pub async fn run_scenario(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    headers: HeaderMap,
    SmallJson(input): SmallJson<SCENARIO_KIB>,
) -> Result<Response, Problem> {
    let language = language(&headers);
    let once = once(&headers, "POST /consequence/runs".to_owned(), &input)?;
    let (new, store) = open(input).map_err(AppError::invalid)?;
    if !store {
        let (computed, result) = app.run_scenario(new).await?;
        let about = Map::from_iter([("name".to_owned(), json!(computed.name)), ("sha256".to_owned(), json!(computed.sha256))]);
        return Ok(answered((200, whole(about, result, language))));
    }
    let work = async { app.keep_run(&caller, new).await.map(|view| (201, kept(view, language))) };
    let reread = |id| async { app.kept_run(&caller, &ModelRunId(id)).await.map(|view| (201, kept(view, language))) };
    Ok(answered(app.once(&caller, once, work, reread).await?))
}

pub async fn runs(State(app): State<Arc<App>>, Who(caller): Who, params: Params) -> Result<Answer<Value>, Problem> {
    let (page, size) = params.page(200)?;
    let owned = |name: &str| params.all(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let query = RunQuery { enterprises: owned("enterprise"), hazard_units: owned("hazard_unit"), page, size };
    let Page { items, total } = app.kept_runs(&caller, &query).await?;
    let items: Vec<Value> = items.iter().map(|view| Value::Object(about(view))).collect();
    Ok(Answer(json!({"items": items, "total": total, "page": page, "size": size})))
}

pub async fn run(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Answer<Value>, Problem> {
    Ok(Answer(kept(app.kept_run(&caller, &ModelRunId(id)).await?, language(&headers))))
}

pub async fn repeat(State(app): State<Arc<App>>, Who(caller): Who, Path(id): Path<String>) -> Result<Answer<Value>, Problem> {
    Ok(Answer(json!(app.repeat_run(&caller, &ModelRunId(id)).await?)))
}

fn about(view: &RunView) -> Map<String, Value> {
    let run = &view.run;
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| out.insert(name.to_owned(), value);
    put("id", json!(run.id));
    put("name", json!(run.name));
    put("made_at", json!(run.made_at));
    put("made_by", json!({"id": run.made_by, "name": run.made_by_name}));
    if let Some(enterprise) = &view.enterprise {
        put("enterprise", json!(enterprise));
    }
    if let Some(unit) = &run.hazard_unit {
        put("hazard_unit", json!({"id": unit, "title": run.hazard_unit_title}));
    }
    if let Some(region) = &view.region {
        put("region", json!(region));
    }
    put("sha256", json!(run.sha256));
    put("version", json!(run.version));
    out
}

fn kept(mut view: RunView, language: Language) -> Value {
    let result = view.result.take().unwrap_or_else(|| json!({}));
    whole(about(&view), result, language)
}

/// The result as it was computed, what is known about the run, and the result's notes in words.
fn whole(about: Map<String, Value>, mut result: Value, language: Language) -> Value {
    let each =
        |name: &str, say: &dyn Fn(&Value) -> String| -> Vec<String> { result[name].as_array().into_iter().flatten().map(say).collect() };
    let warnings = each("warnings", &|note| language.note(note));
    let assumptions = each("assumptions", &|text| language.phrase(text.as_str().unwrap_or_default()).into_owned());
    result["in_words"] = json!({"warnings": warnings, "assumptions": assumptions});
    if let Value::Object(result) = &mut result {
        result.extend(about);
    }
    result
}
