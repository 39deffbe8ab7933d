//! From a described accident, as JSON, to its result in canonical form; what cannot be computed is refused with the field it lies in.

use anlan_base::Refusal;
use anlan_consequence::scenario::{self, Description, ScenarioError};
use anlan_ledger::{canonical, sha256_hex};
use serde_json::Value;

use crate::AppError;

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
    // Serde would take the items of a list for the fields, one by one.
    if !text.starts_with('{') {
        return Err(Refusal::new("wrong_type").with("found", text.chars().take(60).collect::<String>()).with("wanted", "an object"));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        complaint(if path == "." { "" } else { &path }, &error.inner().to_string())
    })
}

/// What serde says in words, as a code and a field. What it says otherwise stays in its words.
fn complaint(path: &str, words: &str) -> Refusal {
    // The place in the text helps nobody: it is not the text the caller wrote.
    let words = words.rsplit_once(" at line ").map_or(words, |(words, _)| words);
    let below = |field: &str| if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
    // Serde names the field itself in some shapes, and only its parent in others.
    let at = |field: &str| if path.rsplit('.').next() == Some(field) { path.to_owned() } else { below(field) };
    let quoted = |before: &str| words.strip_prefix(before)?.strip_prefix('`')?.split_once('`');
    let allowed = |rest: &str| rest.trim_start_matches(", expected ").trim_start_matches("one of ").to_owned();
    if let Some((field, rest)) = quoted("missing field ") {
        let help = rest.strip_prefix(": ").map_or_else(|| format!("`{field}`"), str::to_owned);
        return Refusal::at("required", at(field)).with("help", help);
    }
    if let Some((field, rest)) = quoted("unknown field ") {
        return Refusal::at("unknown_field", at(field)).with("allowed", allowed(rest));
    }
    if let Some((found, rest)) = quoted("unknown variant ") {
        // The only words to choose from are the kinds of release.
        return Refusal::at("unknown_code", at("kind")).with("found", found).with("allowed", allowed(rest));
    }
    if let Some((found, wanted)) = words.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected ")) {
        let wanted = match wanted {
            "f64" => "a number",
            "u8" | "u32" | "u64" => "a whole number",
            "a string" => "a text",
            "a boolean" => "true or false",
            _ if wanted.starts_with("struct ") || wanted.contains(" enum ") => "an object",
            other => other,
        };
        let found = found.split(['`', '"']).nth(1).unwrap_or(found);
        return Refusal::at("wrong_type", path).with("found", found).with("wanted", wanted);
    }
    Refusal::at("unreadable", path).with("why", words)
}

/// A model's refusal with the parts that its sentence needs. Figures are rounded: they are read by people.
pub(super) fn typed(why: &anlan_consequence::Refusal) -> Refusal {
    let mut refusal = Refusal::new(why.code()).with("text", why);
    refusal.field = why.field().map(str::to_owned);
    for (name, value) in why.details() {
        let figure = value.parse::<f64>().ok().filter(|figure| figure.is_finite());
        refusal = refusal.with(name, figure.map_or(value, |figure| six_figures(figure).to_string()));
    }
    refusal
}

fn six_figures(figure: f64) -> f64 {
    format!("{figure:.5e}").parse().unwrap_or(figure)
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
        check("", json!([1]), "-: wrong_type");
        check("", json!("chlorine"), "-: wrong_type");
    }

    #[test]
    fn words_that_say_more_are_kept() {
        let mut input = chlorine();
        input["weather"]["stability"] = json!("G");
        let said = refused(&input, "");
        assert!(said.starts_with("weather") && said.ends_with(": unreadable"), "{said}");
        let refusal = complaint("weather", "missing field `stability`: give the class or `sky` at line 1 column 9");
        assert_eq!((refusal.field.as_deref(), refusal.args["help"].as_str()), (Some("weather.stability"), "give the class or `sky`"));
        let refusal = complaint("congestion", "invalid type: string \"x\", expected a congested volume or a list of them");
        assert_eq!((refusal.args["found"].as_str(), refusal.args["wanted"].as_str()), ("x", "a congested volume or a list of them"));
        assert_eq!(complaint("weather", "something else").args["why"], "something else");
    }

    #[test]
    fn what_cannot_be_computed_is_refused_by_field() {
        check("/substance", json!("0-00-0"), "substance: unknown_cas");
        check("/substance", json!("7803-51-2"), "substance: missing_property");
        check("/weather/wind_m_s", json!(0.01), "weather.wind_m_s: wind_below_range");
        check("/release/temperature_c", json!(200), "release.temperature_c: above_critical_point");
        check("/release/inventory_kg", json!(-1), "release.inventory_kg: negative_inventory");
        check("/weather/humidity", json!(60), "weather.humidity: out_of_domain");
    }

    #[test]
    fn every_refusal_of_a_model_keeps_its_parts() {
        let why = anlan_consequence::Refusal::UnknownPopulation { place: "places[2].people".to_owned() };
        let refusal = typed(&why);
        assert_eq!((refusal.code.as_str(), refusal.field.as_deref()), ("unknown_population", Some("places[2].people")));
        let why = anlan_consequence::Refusal::AboveCriticalPoint { temperature_k: 20.0 + 273.15 + 1e-9, critical_k: 416.865_4 };
        assert_eq!((typed(&why).args["temperature_k"].as_str(), typed(&why).args["critical_k"].as_str()), ("293.15", "416.865"));
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
