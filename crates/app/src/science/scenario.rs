//! From a described accident, as JSON, to its result in canonical form; what cannot be computed is refused with the field it lies in.

use anlan_base::Refusal;
use anlan_consequence::scenario::{self, Description, ScenarioError};
use anlan_ledger::{canonical, sha256_hex};
use serde_json::Value;

use crate::AppError;

mod refusal;

/// What a run found. The same description and version give the same text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Computed {
    pub name: String,
    /// Canonical JSON.
    pub description: String,
    /// Canonical JSON: the outcome, its zones as a map (`zones`, null without a site) and as a table (`reaches`).
    pub result: String,
    pub sha256: String,
    pub version: String,
}

/// Samples of one request: a second or two of work. A longer study belongs to the command line.
const MOST_SAMPLES: u32 = 200;

/// `at` is where the scenario stands in the request: empty, or `scenario.`.
pub(super) fn compute(input: &Value, at: &str) -> Result<Computed, AppError> {
    // A run starts from the canonical text, so that its repetition reads the very same numbers.
    compute_text(canonical(input), at)
}

pub(super) fn compute_text(text: String, at: &str) -> Result<Computed, AppError> {
    let inside = |refusal: Refusal| {
        let field = format!("{at}{}", refusal.field.as_deref().unwrap_or_default());
        let field = field.trim_end_matches('.').to_owned();
        Refusal { field: (!field.is_empty()).then_some(field), ..refusal }
    };
    let refused = |refusal| AppError::invalid(inside(refusal));
    let description = read(&text).map_err(refused)?;
    let typed = |why: &anlan_consequence::Refusal| refused_by_model(why, Some(&description));
    if let Some(study) = description.uncertainty.filter(|study| study.samples > MOST_SAMPLES) {
        let (input, value) = ("uncertainty.samples", f64::from(study.samples));
        return Err(refused(typed(&anlan_consequence::Refusal::OutOfDomain { input, value, wanted: "20 to 200 in a request" })));
    }
    let outcome = match scenario::run(&description) {
        Ok(outcome) => outcome,
        Err(ScenarioError::Refused(why)) => return Err(refused(typed(&why))),
        Err(ScenarioError::Unreadable(why)) => return Err(refused(Refusal::new("unreadable").with("why", why))),
    };
    let map = match description.site {
        Some(_) => outcome.geojson().map_err(|why| refused(typed(&why)))?,
        None => Value::Null,
    };
    let mut result = serde_json::to_value(&outcome).map_err(|error| AppError::failure("write a result", error))?;
    let mut reaches = std::mem::replace(&mut result["zones"], map);
    for zone in reaches.as_array_mut().into_iter().flatten() {
        // Drawn on the map; without a site there is no place to draw them.
        zone.as_object_mut().map(|zone| zone.remove("rings"));
        for outline in ["likely", "possible"] {
            zone["band"].as_object_mut().map(|band| band.remove(outline));
        }
    }
    result["reaches"] = reaches;
    let result = canonical(&result);
    Ok(Computed {
        name: description.name,
        sha256: sha256_hex(result.as_bytes()),
        version: outcome.version.to_owned(),
        description: text,
        result,
    })
}

/// The result with its parts in their places again.
pub(super) fn parsed(result: &str) -> Result<Value, AppError> {
    serde_json::from_str(result).map_err(|error| AppError::failure("read a result", error))
}

fn read(text: &str) -> Result<Description, Refusal> {
    if !text.starts_with('{') {
        return Err(no_object(text));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| unread(&error, &serde_json::from_str(text).unwrap_or_default()))
}

/// Serde would take the items of a list for the fields, one by one.
fn no_object(text: &str) -> Refusal {
    Refusal::new("wrong_type").with("found", text.chars().take(60).collect::<String>()).with("wanted", "an object")
}

fn unread<E: std::fmt::Display>(error: &serde_path_to_error::Error<E>, written: &Value) -> Refusal {
    let path = error.path().to_string();
    refusal::complaint(if path == "." { "" } else { &path }, &error.inner().to_string(), written)
}

/// What somebody wrote, a scenario or a park, in its own shape; what does not fit is refused by its field.
pub fn read_description<T: serde::de::DeserializeOwned>(written: &Value) -> Result<T, Refusal> {
    if !written.is_object() {
        return Err(no_object(&written.to_string()));
    }
    serde_path_to_error::deserialize(written).map_err(|error| unread(&error, written))
}

/// A model's refusal with the parts of its sentence; of a scenario also with the field as it is written there.
pub fn refused_by_model(why: &anlan_consequence::Refusal, description: Option<&Description>) -> Refusal {
    let refusal = refusal::typed(why);
    match description {
        Some(description) => refusal::placed(refusal, description),
        None => refusal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn chlorine() -> Value {
        json!({"name": "氯气", "substance": "7782-50-5",
            "weather": {"wind_m_s": 3, "wind_from_deg": 120, "stability": "D", "temperature_c": 20, "humidity": 0.6, "roughness_m": 0.1},
            "release": {"kind": "liquefied_hole", "temperature_c": 20, "hole_mm": 10, "path_m": 0, "inventory_kg": 1000, "height_m": 1}})
    }

    fn refused(input: &Value, at: &str) -> String {
        match compute(input, at) {
            Err(AppError::Invalid(all)) => all.iter().map(|r| format!("{}: {}", r.field.as_deref().unwrap_or("-"), r.code)).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn check(path: &str, value: Value, expected: &str) {
        let mut input = chlorine();
        match (path.rsplit_once('/'), value) {
            (Some((parent, field)), Value::Null) => drop(input.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(field)),
            (Some((parent, field)), value) => input.pointer_mut(parent).unwrap()[field] = value,
            (None, value) => input = value,
        }
        assert_eq!(refused(&input, ""), expected);
        assert_eq!(refused(&input, "scenario."), format!("scenario.{expected}").replace("scenario.-", "scenario"));
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_field() {
        check("/name", Value::Null, "name: required");
        check("/weather/humidity", Value::Null, "weather.humidity: required");
        check("/weather/humidity", json!("wet"), "weather.humidity: wrong_type");
        check("/weather/moisture", json!(1), "weather.moisture: unknown_field");
        check("/colour", json!("red"), "colour: unknown_field");
        check("/release/hole_mm", Value::Null, "release.hole_mm: required");
        check("/release/hole_m", json!(1), "release.hole_m: unknown_field");
        check("/release/kind", json!("meteorite"), "release.kind: unknown_code");
        check("/release/kind", Value::Null, "release.kind: required");
        check("/release", json!("a hole"), "release: wrong_type");
        check("/release/hole_mm", json!("10 mm"), "release.hole_mm: wrong_type");
        check("/release/hole_mm", json!([10]), "release.hole_mm: wrong_type");
        check("/release/direction", json!("sideways"), "release.direction: unknown_code");
        check("/weather/stability", json!("G"), "weather.stability: unknown_code");
        check("/site", json!({"longitude": 120}), "site.latitude: required");
        check("/site", json!({"longitude": 120, "latitude": "north"}), "site.latitude: wrong_type");
        check("/places", json!([{"name": "school", "kind": "castle"}]), "places[0].kind: unknown_code");
        check("/congestion", json!({"volume_m3": "big", "class": 7, "downwind_m": 10}), "congestion.volume_m3: wrong_type");
        check("", json!([1]), "-: wrong_type");
        check("", json!("chlorine"), "-: wrong_type");
    }

    #[test]
    fn what_cannot_be_computed_is_refused_by_field() {
        check("/substance", json!("0-00-0"), "substance: unknown_cas");
        check("/substance", json!("7803-51-2"), "substance: missing_property");
        check("/weather/wind_m_s", json!(0.01), "weather.wind_m_s: wind_below_range");
        check("/release/temperature_c", json!(200), "release.temperature_c: above_critical_point");
        check("/release/inventory_kg", json!(-1), "release.inventory_kg: negative_inventory");
        check("/weather/humidity", json!(60), "weather.humidity: out_of_domain");
        check("/site", json!({"longitude": 120, "latitude": 89}), "site.latitude: out_of_domain");
        check("/places", json!([{"name": "a", "east_m": 1, "north_m": 1}, {"name": "b"}]), "places[1]: required");
        check("/places", json!([{"name": "a", "longitude": 120, "latitude": 31}]), "site: required");
        check(
            "/places",
            json!([{"name": "a", "east_m": 1, "north_m": 1}, {"name": "b", "east_m": 1e9, "north_m": 1}]),
            "places[1].east_m: out_of_domain",
        );
    }

    #[test]
    fn the_same_description_gives_the_same_bits_in_any_order() {
        let one = compute(&chlorine(), "").unwrap();
        let mut turned = chlorine();
        let name = turned.as_object_mut().unwrap().remove("name").unwrap();
        turned["name"] = name;
        assert_eq!(compute(&turned, "scenario.").unwrap(), one);
        assert_eq!(compute_text(one.description.clone(), "").unwrap(), one);
        let result = parsed(&one.result).unwrap();
        assert_eq!(canonical(&result), one.result, "what is read back is what was written");
        assert!(result["zones"].is_null() && result["reaches"].as_array().is_some_and(|all| !all.is_empty()));
    }
}
