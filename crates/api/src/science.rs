//! Safety science: methods by name, and accidents from their description to their zones, computed or kept.

use std::sync::Arc;

use anlan_app::App;
use anlan_app::records::Page;
use anlan_app::science::{METHODS, NewRun, RunQuery, RunView};
use anlan_base::{ModelRunId, Refusal};
use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::auth::Who;
use crate::body::{AnyJson, SmallJson, object};
use crate::messages::Language;
use crate::params::Params;
use crate::problem::Problem;
use crate::records::{answered, once};
use crate::session::language;

/// A scenario is some hundred bytes; whatever is much longer is none.
const SCENARIO_KIB: usize = 64;

pub async fn methods(Who(_): Who) -> Answer<Value> {
    let label = |id: &str, language: Language| language.method(id);
    let items: Vec<Value> =
        METHODS.iter().map(|id| json!({"id": id, "label": {"zh": label(id, Language::Zh), "en": label(id, Language::En)}})).collect();
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

/// What stands round a scenario.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    scenario: Value,
    #[serde(default)]
    store: bool,
    #[serde(default)]
    hazard_unit: Option<String>,
    #[serde(default)]
    enterprise: Option<String>,
}

impl Envelope {
    /// A scenario has no field `scenario`: without one it comes bare.
    fn open(input: Value) -> Result<(NewRun, bool), Problem> {
        if input.get("scenario").is_none() {
            return Ok((NewRun { scenario: input, ..NewRun::default() }, false));
        }
        let Self { scenario, store, hazard_unit, enterprise } = object(input)?;
        for (name, given) in [("hazard_unit", &hazard_unit), ("enterprise", &enterprise)] {
            if given.is_some() && !store {
                return Err(Problem(anlan_app::AppError::invalid(Refusal::at("only_when_kept", name))));
            }
        }
        Ok((NewRun { scenario, at: "scenario.", hazard_unit, enterprise }, store))
    }
}

pub async fn run_scenario(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    headers: HeaderMap,
    SmallJson(input): SmallJson<SCENARIO_KIB>,
) -> Result<Response, Problem> {
    let language = language(&headers);
    let once = once(&headers, "POST /consequence/runs".to_owned(), &input)?;
    let (new, store) = Envelope::open(input)?;
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
