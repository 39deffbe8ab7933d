//! Why a scenario is refused: what serde and the models say, as a code, the field as the caller wrote it, and the parts of the sentence.

use anlan_base::Refusal;
use anlan_consequence::properties::{Substance, substances};
use anlan_consequence::scenario::Description;
use serde_json::Value;

const CLASSES: &str = "a class A to F, or two such as A-B";

/// What serde says in words, as a code and a field. What it says otherwise stays in its words. `written` is the whole description.
pub(super) fn complaint(path: &str, words: &str, written: &Value) -> Refusal {
    // The place in the text helps nobody: it is not the text the caller wrote.
    let words = words.rsplit_once(" at line ").map_or(words, |(words, _)| words);
    // Serde names the field itself in some shapes, and in others (a tagged kind, one or many) only what it lies in.
    let whole = part(written, path);
    let below = |field: &str| if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
    let at = |field: &str| if path.rsplit('.').next() == Some(field) { path.to_owned() } else { below(field) };
    let find = |is: &dyn Fn(&str, &Value) -> bool| whole.and_then(|whole| inside(whole, is)).map(|field| below(&field));
    let quoted = |before: &str| words.strip_prefix(before)?.strip_prefix('`')?.split_once('`');
    let allowed = |rest: &str| rest.trim_start_matches(", expected ").trim_start_matches("one of ").to_owned();
    if let Some((field, rest)) = quoted("missing field ") {
        let help = rest.strip_prefix(": ").map_or_else(|| format!("`{field}`"), str::to_owned);
        return Refusal::at("required", at(field)).with("help", help);
    }
    if let Some((field, rest)) = quoted("unknown field ") {
        let place = find(&|name, _| name == field).unwrap_or_else(|| at(field));
        return Refusal::at("unknown_field", place).with("allowed", allowed(rest));
    }
    if let Some((found, rest)) = quoted("unknown variant ") {
        let place = match whole {
            Some(Value::String(_)) => path.to_owned(),
            _ => find(&|_, value| value == found).unwrap_or_else(|| at("kind")),
        };
        return Refusal::at("unknown_code", place).with("found", found).with("allowed", allowed(rest));
    }
    if let Some((found, _)) = quoted("stability ") {
        return Refusal::at("unknown_code", at("stability")).with("found", found).with("allowed", CLASSES);
    }
    let mistaken = words.strip_prefix("invalid type: ").or_else(|| words.strip_prefix("invalid value: "));
    if let Some((said, wanted)) = mistaken.and_then(|rest| rest.rsplit_once(", expected ")) {
        let wanted = match wanted {
            "f64" => "a number",
            "u8" | "u32" | "u64" => "a whole number",
            "a string" => "a text",
            "a boolean" => "true or false",
            _ if wanted.starts_with("struct ") || wanted.contains(" enum ") => "an object",
            other => other,
        };
        let place = match whole {
            Some(Value::Object(_) | Value::Array(_)) if !matches!(said, "map" | "sequence") || wanted != "an object" => {
                find(&|_, value| described(value).iter().any(|words| words == said))
            }
            _ => None,
        };
        let found = said.split(['`', '"']).nth(1).unwrap_or(said);
        return Refusal::at("wrong_type", place.as_deref().unwrap_or(path)).with("found", found).with("wanted", wanted);
    }
    Refusal::at("unreadable", path).with("why", words)
}

/// How serde describes a value that it did not expect.
fn described(value: &Value) -> Vec<String> {
    match value {
        Value::Null => vec!["null".to_owned(), "unit value".to_owned()],
        Value::Bool(yes) => vec![format!("boolean `{yes}`")],
        Value::Number(n) => vec![format!("integer `{n}`"), format!("floating point `{n}`")],
        Value::String(text) => vec![format!("string {text:?}")],
        Value::Array(_) => vec!["sequence".to_owned()],
        Value::Object(_) => vec!["map".to_owned()],
    }
}

/// What stands at a path such as `places[1].kind`.
fn part<'v>(written: &'v Value, path: &str) -> Option<&'v Value> {
    let keys = path.split(['.', '[']).map(|key| key.trim_end_matches(']')).filter(|key| !key.is_empty());
    keys.into_iter().try_fold(written, |at, key| match key.parse::<usize>() {
        Ok(index) if at.is_array() => at.get(index),
        _ => at.get(key),
    })
}

/// The one field in `whole` that is meant; `None` where none or several could be.
fn inside(whole: &Value, is: &dyn Fn(&str, &Value) -> bool) -> Option<String> {
    fn walk(whole: &Value, at: &str, is: &dyn Fn(&str, &Value) -> bool, found: &mut Vec<String>) {
        for (name, value) in whole.as_object().into_iter().flatten() {
            let place = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            if is(name, value) {
                found.push(place);
            } else {
                walk(value, &place, is, found);
            }
        }
    }
    let mut found = Vec::new();
    walk(whole, "", is, &mut found);
    if found.len() == 1 { found.pop() } else { None }
}

/// A model's refusal with the parts that its sentence needs. Figures are rounded: they are read by people.
pub(super) fn typed(why: &anlan_consequence::Refusal) -> Refusal {
    let mut refusal = Refusal::new(why.code()).with("text", why);
    refusal.field = why.field().map(str::to_owned);
    for (name, value) in why.details() {
        let figure = value.parse::<f64>().ok().filter(|figure| figure.is_finite());
        let Some(figure) = figure else {
            refusal = if name == "substance" { named(refusal, &value) } else { refusal.with(name, value) };
            continue;
        };
        // A temperature is read in °C.
        refusal = match name.strip_suffix("_k") {
            Some(stem) => refusal.with(name, tenth(figure)).with(&format!("{stem}_c"), tenth(figure - 273.15)),
            None => refusal.with(name, six_figures(figure)),
        };
    }
    if let anlan_consequence::Refusal::UnknownCas { cas } = why
        && let Some(known) = called(cas)
    {
        refusal = refusal.with("number", &known.cas);
    }
    refusal
}

/// A substance by the name a model says, and in Chinese where the table has it.
fn named(refusal: Refusal, name: &str) -> Refusal {
    let chinese = substances().iter().find(|s| s.name_en == name).map_or(name, |s| &s.name_zh);
    refusal.with("substance", name).with("substance_zh", chinese)
}

/// The substance of the table with this name. 液氯 and 氯气 are 氯.
fn called(name: &str) -> Option<&'static Substance> {
    let name = name.trim();
    let exact = substances().iter().find(|s| s.name_zh == name || s.name_en.eq_ignore_ascii_case(name));
    exact.or_else(|| {
        let bare = name.trim_start_matches("液化").trim_start_matches('液');
        let bare = bare.strip_suffix('气').unwrap_or(bare);
        substances().iter().find(|s| !bare.is_empty() && s.name_zh == bare)
    })
}

/// What lies in the description, as the caller wrote it: a model knows neither which place it was nor what it stands in.
pub(super) fn placed(mut refusal: Refusal, description: &Description) -> Refusal {
    if refusal.code == "no_solution"
        && let Some(asked) = asked_for(refusal.args.get("why").map_or("", String::as_str), description)
    {
        return asked;
    }
    let value = |refusal: &Refusal| refusal.args.get("value").and_then(|value| value.parse::<f64>().ok());
    refusal.field = refusal.field.take().and_then(|field| match field.as_str() {
        "longitude" | "latitude" => Some(format!("site.{field}")),
        _ if field.contains([' ', ',']) => None,
        _ => {
            let Some(name) = field.strip_prefix("places.") else { return Some(field) };
            let has = |place: &Value| place[name].as_f64().map(six_figures) == value(&refusal);
            let index = description.places.iter().position(|place| serde_json::to_value(place).is_ok_and(|place| has(&place)));
            Some(index.map_or_else(|| field.clone(), |index| format!("places[{index}].{name}")))
        }
    });
    // The sentence names the field as it is written in the description.
    if let (Some(field), Some(input)) = (&refusal.field, refusal.args.get_mut("input")) {
        input.clone_from(field);
    }
    refusal
}

/// A model that "found no solution" because something was not given asks for it.
fn asked_for(why: &str, description: &Description) -> Option<Refusal> {
    let required = |field: String| Refusal::at("required", field).with("help", why);
    match why {
        "a longitude needs the scenario's site" | "the scenario names no site" => Some(required("site".to_owned())),
        "a place needs east_m and north_m, or longitude and latitude" => {
            let whole = |place: &anlan_consequence::scenario::Place| {
                matches!(
                    (place.east_m, place.north_m, place.longitude, place.latitude),
                    (Some(_), Some(_), None, None) | (None, None, Some(_), Some(_))
                )
            };
            let index = description.places.iter().position(|place| !whole(place));
            Some(required(index.map_or_else(|| "places".to_owned(), |index| format!("places[{index}]"))))
        }
        "the given formula cannot be read" => Some(Refusal::at("unreadable", "substance_properties.formula").with("why", why)),
        _ => None,
    }
}

fn six_figures(figure: f64) -> f64 {
    format!("{figure:.5e}").parse().unwrap_or(figure)
}

fn tenth(figure: f64) -> f64 {
    // No minus before a zero.
    (figure * 10.0).round() / 10.0 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_that_say_more_are_kept() {
        let complaint = |path: &str, words: &str| complaint(path, words, &Value::Null);
        let refusal = complaint("weather", "missing field `stability`: give the class or `sky` at line 1 column 9");
        assert_eq!((refusal.field.as_deref(), refusal.args["help"].as_str()), (Some("weather.stability"), "give the class or `sky`"));
        let refusal = complaint("congestion", "invalid type: string \"x\", expected a congested volume or a list of them");
        assert_eq!((refusal.args["found"].as_str(), refusal.args["wanted"].as_str()), ("x", "a congested volume or a list of them"));
        assert_eq!(complaint("weather", "something else").args["why"], "something else");
    }

    #[test]
    fn a_field_serde_does_not_name_is_looked_up_where_only_one_can_be_meant() {
        let written = json!({"release": {"kind": "tank_hole", "hole_mm": "big", "pool": {"surface": "lava", "depth": 1}, "level_m": true}});
        let field = |words: &str| complaint("release", words, &written).field.unwrap_or_default();
        assert_eq!(field("invalid type: string \"big\", expected f64"), "release.hole_mm");
        assert_eq!(field("invalid type: boolean `true`, expected f64"), "release.level_m");
        assert_eq!(field("unknown variant `lava`, expected one of `paved`, `grass`"), "release.pool.surface");
        assert_eq!(field("unknown field `depth`, expected one of `surface`"), "release.pool.depth");
        let twice = json!({"release": {"hole_mm": "big", "level_m": "big"}});
        assert_eq!(complaint("release", "invalid type: string \"big\", expected f64", &twice).field.as_deref(), Some("release"));
    }

    #[test]
    fn every_refusal_of_a_model_keeps_its_parts() {
        let why = anlan_consequence::Refusal::UnknownPopulation { place: "places[2].people".to_owned() };
        let refusal = typed(&why);
        assert_eq!((refusal.code.as_str(), refusal.field.as_deref()), ("unknown_population", Some("places[2].people")));
        let why = anlan_consequence::Refusal::AboveCriticalPoint { temperature_k: 273.15 - 1e-9, critical_k: 416.865_4 };
        let of = |name: &str| typed(&why).args[name].clone();
        assert_eq!([of("temperature_k"), of("temperature_c"), of("critical_k"), of("critical_c")], ["273.1", "0", "416.9", "143.7"]);
        let why = anlan_consequence::Refusal::MissingProperty { substance: "chlorine".to_owned(), property: "lower flammable limit" };
        assert_eq!(typed(&why).args["substance_zh"], "氯");
    }

    #[test]
    fn a_name_in_place_of_a_number_is_told_its_number() {
        let number = |cas: &str| typed(&anlan_consequence::Refusal::UnknownCas { cas: cas.to_owned() }).args.get("number").cloned();
        for name in ["氯", "氯气", "液氯", " Chlorine "] {
            assert_eq!(number(name).as_deref(), Some("7782-50-5"), "{name}");
        }
        assert_eq!((number("光气").as_deref(), number("0-00-0"), number("气"), number("")), (Some("75-44-5"), None, None, None));
    }
}
