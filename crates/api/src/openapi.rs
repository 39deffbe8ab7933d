//! The OpenAPI 3.1 document, built as data from the route registry and the kinds: what is not in the registry is not in it, and the other way round.

use std::sync::Arc;

use anlan_app::App;
use anlan_records::describe::json_schema;
use anlan_records::kind::Kinds;
use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use crate::route::{Query, Route, Who};
use crate::routes::routes;

pub async fn document(State(app): State<Arc<App>>) -> Json<Value> {
    Json(describe(app.kinds()))
}

pub fn describe(kinds: &Kinds) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes() {
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        item[route.method] = operation(&route, kinds);
    }
    let mut schemas = fixed_schemas();
    for (id, kind) in &kinds.by_id {
        schemas.insert(format!("{}_body", id), json_schema(kind));
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Anlan 安澜", "version": env!("CARGO_PKG_VERSION"), "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
                 "description": "Work-safety supervision and emergency response. Times are RFC 3339 in UTC; errors are application/problem+json."},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": crate::auth::COOKIE},
                "gateway": {"type": "http", "scheme": "basic", "description": "Gateway id and key."},
            },
        },
    })
}

fn operation(route: &Route, kinds: &Kinds) -> Value {
    let mut parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            let schema = match name {
                "kind" => json!({"type": "string", "enum": kinds.by_id.keys().collect::<Vec<_>>()}),
                _ => json!({"type": "string"}),
            };
            json!({"name": name, "in": "path", "required": true, "schema": schema})
        })
        .collect();
    if let Query::Only(names) | Query::List(names) = route.query {
        parameters.extend(names.iter().map(|name| json!({"name": name, "in": "query", "schema": parameter_schema(name)})));
    }
    if matches!(route.query, Query::List(_)) {
        parameters.push(json!({"name": "field.NAME", "in": "query", "schema": {"type": "string"},
            "description": "Any filter field of the kind; a repeated parameter means any of its values; .from and .to give ranges."}));
    }
    let answer = match route.answer {
        Some(schema) => json!({"description": "Done.", "content": {"application/json": {"schema": reference(schema)}}}),
        None => json!({"description": "Done."}),
    };
    let problem = json!({"description": "A problem.", "content": {"application/problem+json": {"schema": reference("Problem")}}});
    let mut responses = json!({"default": problem});
    for status in std::iter::once(route.status).chain(route.also) {
        responses[status.to_string()] = answer.clone();
    }
    let mut operation = json!({
        "operationId": route.id, "summary": route.what, "parameters": parameters,
        "responses": responses,
        "security": match route.who {
            Who::Anyone => json!([]),
            Who::LoggedIn => json!([{"bearer": []}, {"cookie": []}]),
            Who::Sender => json!([{"gateway": []}, {"bearer": []}, {"cookie": []}]),
        },
    });
    if let Some(schema) = route.body {
        operation["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": reference(schema)}}});
    }
    if route.id == "attach" {
        operation["requestBody"] = json!({"required": true, "content": {"multipart/form-data": {"schema":
            {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}}}}}});
    }
    operation
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

fn parameter_schema(name: &str) -> Value {
    match name {
        "page" => json!({"type": "integer", "minimum": 1, "default": 1}),
        "size" => json!({"type": "string"}),
        "mine" | "overdue" => json!({"type": "boolean"}),
        _ if name.ends_with(".from") || name.ends_with(".to") => json!({"type": "string", "format": "date-time"}),
        _ => json!({"type": "string"}),
    }
}

fn page_of(item: &str) -> Value {
    json!({"type": "object", "required": ["items", "total", "page", "size"], "properties": {
        "items": {"type": "array", "items": reference(item)}, "total": {"type": "integer"}, "page": {"type": "integer"}, "size": {"type": "integer"}}})
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties})
}

fn described(mut schema: Value, what: &str) -> Value {
    schema["description"] = json!(what);
    schema
}

/// Held against what the models refuse by `tests/science.rs`.
const RELEASE_KINDS: [&str; 10] =
    ["gas_hole", "gas_pipe", "liquefied_hole", "tank_hole", "liquid_pipe", "spill", "burst", "gas_burst", "vapour", "explosive"];

fn fixed_schemas() -> Map<String, Value> {
    let text = || json!({"type": "string"});
    let time = || json!({"type": "string", "format": "date-time"});
    let time_or_null = || json!({"type": ["string", "null"], "format": "date-time"});
    let whole = || json!({"type": "integer"});
    let yes_no = || json!({"type": "boolean"});
    let label = || reference("Label");
    let number = || json!({"type": "number"});
    let free = || json!({"type": "object", "additionalProperties": true});
    let list = |of: Value| json!({"type": "array", "items": of});
    let congested = object(
        &["volume_m3", "class", "downwind_m"],
        json!({"volume_m3": number(), "class": described(whole(), "Multi-energy class 1 to 10."), "downwind_m": number(), "crosswind_m": number(),
            "height_m": number(), "confinement": text()}),
    );
    let all = [
        ("Label", object(&["zh", "en"], json!({"zh": text(), "en": text()}))),
        (
            "Problem",
            object(
                &["type", "title", "status", "code", "detail"],
                json!({
            "type": text(), "title": text(), "status": whole(), "code": text(), "detail": text(), "field": text(), "help": text(), "request_id": text(),
            "errors": list(object(&["code", "message"], json!({"field": text(), "code": text(), "message": text()}))),
            "record": free()}),
            ),
        ),
        ("Readiness", object(&["ready", "checks"], json!({"ready": yes_no(), "checks": free()}))),
        ("LogIn", object(&["username", "password"], json!({"username": text(), "password": text(), "otp": text()}))),
        ("Session", object(&["token", "expires_at", "user"], json!({"token": text(), "expires_at": time(), "user": free()}))),
        (
            "Me",
            object(
                &["user", "posts", "menus", "open_tasks", "overdue_tasks", "unread"],
                json!({
            "user": free(), "posts": list(free()), "menus": list(free()), "open_tasks": whole(), "overdue_tasks": whole(), "unread": whole(), "demo": yes_no()}),
            ),
        ),
        (
            "KindSummary",
            object(
                &["id", "domain", "label"],
                json!({
            "id": text(), "domain": text(), "label": label(), "icon": {"type": ["string", "null"]}, "create": yes_no(),
            "counts": object(&["open", "mine", "overdue"], json!({"open": whole(), "mine": whole(), "overdue": whole()}))}),
            ),
        ),
        ("KindPage", page_of("KindSummary")),
        ("Kind", free()),
        ("Brief", object(&["id", "code", "name"], json!({"id": text(), "code": text(), "name": text()}))),
        (
            "Action",
            object(
                &["id", "label", "allowed", "needs", "asks"],
                json!({
            "id": text(), "label": label(), "allowed": yes_no(), "reason": text(), "needs": list(json!({})), "asks": list(text()),
            "reason_needed": yes_no(), "grave": yes_no()}),
            ),
        ),
        (
            "Record",
            object(
                &["id", "kind", "title", "state", "overdue", "revision", "created_at", "updated_at", "body", "refs"],
                json!({
            "id": text(), "kind": text(), "number": {"type": ["string", "null"]}, "title": text(), "state": text(), "state_label": label(), "state_tone": text(),
            "enterprise": reference("Brief"), "region": text(), "region_name": label(), "sector": text(), "due_at": time_or_null(), "overdue": yes_no(),
            "revision": whole(), "created_at": time(), "updated_at": time(), "body": free(), "refs": free(),
            "actions": list(reference("Action")), "editable": list(text()), "tasks": list(free())}),
            ),
        ),
        ("RecordPage", page_of("Record")),
        ("CreateRecord", object(&["body"], json!({"body": free(), "enterprise": text(), "region": text(), "comment": text()}))),
        ("ChangeRecord", object(&["revision"], json!({"revision": whole(), "body": free(), "comment": text()}))),
        (
            "Event",
            object(
                &["seq", "at", "actor", "action", "changes", "leaf"],
                json!({
            "seq": whole(), "at": time(), "actor": free(), "action": text(), "label": label(), "revision": whole(),
            "changes": list(free()), "comment": {"type": ["string", "null"]}, "leaf": free()}),
            ),
        ),
        ("HistoryPage", page_of("Event")),
        (
            "FeatureCollection",
            object(&["type", "features"], json!({"type": {"const": "FeatureCollection"}, "features": list(free()), "truncated": yes_no()})),
        ),
        (
            "Task",
            object(
                &["id", "record", "task", "owner", "since", "overdue"],
                json!({
            "id": text(), "record": free(), "task": text(), "label": label(), "owner": free(), "since": time(), "due_at": time_or_null(), "overdue": yes_no()}),
            ),
        ),
        ("TaskPage", page_of("Task")),
        (
            "Attachment",
            object(
                &["id", "name", "size", "sha256", "sm3", "type"],
                json!({
            "id": text(), "name": text(), "size": whole(), "sha256": text(), "sm3": text(), "type": text()}),
            ),
        ),
        ("Method", object(&["id", "label", "example"], json!({"id": text(), "label": label(), "example": reference("MethodInput")}))),
        ("MethodPage", page_of("Method")),
        ("MethodInput", described(free(), "The method's own input, the same as on standard input of `anlan methods`.")),
        ("MethodAnswer", described(free(), "The method's own answer, with its steps.")),
        (
            "Scenario",
            described(
                object(
                    &["name", "weather", "release"],
                    json!({
                "name": text(), "substance": described(text(), "CAS number; only an explosive charge needs none."),
                "site": described(object(&["longitude", "latitude"], json!({"longitude": number(), "latitude": number()})),
                    "Where the release stands, degrees, CGCS2000; without it there are reaches but no map."),
                "weather": described(object(&["wind_m_s", "wind_from_deg", "temperature_c", "humidity", "roughness_m"], json!({
                    "wind_m_s": number(), "wind_from_deg": described(number(), "Where the wind comes from, clockwise from north."),
                    "wind_height_m": number(), "stability": described(text(), "A to F, or two such as A-B."), "temperature_c": number(),
                    "humidity": described(number(), "0 to 1."), "roughness_m": number(), "pressure_pa": number(),
                    "u_star_m_s": number(), "obukhov_m": number(), "sigma_theta_deg": number(), "mixing_height_m": number(),
                    "sky": object(&["cloud_tenths", "low_cloud_tenths", "day", "beijing_h", "latitude", "longitude"], json!({
                        "cloud_tenths": number(), "low_cloud_tenths": number(), "day": described(number(), "Days after 1 January."),
                        "beijing_h": number(), "latitude": number(), "longitude": number()}))})),
                    "The class may be left out where `sky` or `obukhov_m` gives it."),
                "release": described(json!({"type": "object", "required": ["kind"], "additionalProperties": true, "properties":
                    {"kind": {"enum": RELEASE_KINDS}}}),
                    "What else it needs depends on its kind; what is missing is named in the refusal. Each kind with an example: docs/models/scenario.md."),
                "substance_properties": described(free(), "Properties in place of the table's, or of a substance the table does not have."),
                "congestion": described(json!({"anyOf": [congested, list(congested.clone())]}), "Volumes the cloud may reach; without them only the open cloud explodes."),
                "levels": described(object(&[], json!({"toxic_ppm": list(number()), "heat_kw_m2": list(number()), "blast_kpa": list(number()),
                    "toxic_for_the_duration": yes_no()})), "Red, orange and yellow of one's own, falling."),
                "uncertainty": described(object(&["samples", "seed"], json!({"samples": described(whole(), "20 to 2000."), "seed": whole()})),
                    "Bands by Monte Carlo; without it the models' published scatter."),
                "places": described(list(object(&["name"], json!({"name": text(), "east_m": number(), "north_m": number(), "longitude": number(),
                    "latitude": number(), "people": whole(), "speed_m_s": number(),
                    "kind": {"enum": ["dwelling", "old_dwelling", "workshop", "school", "hospital", "open_air"]}}))), "Places to be advised."),
                "compat_aqt3046": described(yes_no(), "The models of AQ/T 3046-2013 where they differ; the result shows both.")}),
                ),
                "A described accident; a field that is not known is refused by name.",
            ),
        ),
        (
            "NewConsequenceRun",
            described(
                json!({"anyOf": [reference("Scenario"), object(&["scenario"], json!({
                    "scenario": reference("Scenario"),
                    "store": described(yes_no(), "Keep it; `Idempotency-Key` is honoured then."),
                    "hazard_unit": described(text(), "Id of the unit a kept run is about; brings its enterprise."),
                    "enterprise": described(text(), "Id of the enterprise a kept run is about.")}))]}),
                "The scenario itself, or an envelope round it. At most 64 KiB.",
            ),
        ),
        (
            "ConsequenceRunSummary",
            object(
                &["id", "name", "made_at", "made_by", "sha256", "version"],
                json!({
            "id": text(), "name": text(), "made_at": time(), "made_by": object(&["id", "name"], json!({"id": text(), "name": text()})),
            "enterprise": reference("Brief"), "hazard_unit": object(&["id", "title"], json!({"id": text(), "title": text()})),
            "region": text(), "sha256": text(), "version": text()}),
            ),
        ),
        ("ConsequenceRunPage", page_of("ConsequenceRunSummary")),
        (
            "ConsequenceRun",
            described(
                object(
                    &[
                        "name",
                        "sha256",
                        "version",
                        "description",
                        "substance",
                        "substance_zh",
                        "released",
                        "zones",
                        "reaches",
                        "warnings",
                        "assumptions",
                        "models",
                        "in_words",
                    ],
                    json!({
                "id": text(), "name": text(), "made_at": time(), "made_by": object(&["id", "name"], json!({"id": text(), "name": text()})),
                "enterprise": reference("Brief"), "hazard_unit": object(&["id", "title"], json!({"id": text(), "title": text()})),
                "region": text(), "sha256": described(text(), "Of the result in canonical form (RFC 8785)."), "version": described(text(), "Of the models."),
                "description": reference("Scenario"), "substance": text(), "substance_zh": text(), "released": free(),
                "flammable_mass_kg": {"type": ["number", "null"]}, "wedge_half_angle_deg": number(),
                "zones": described(json!({"anyOf": [reference("FeatureCollection"), {"type": "null"}]}), "Round the site; null where the scenario names none."),
                "reaches": list(object(&["level", "model", "reach_m", "averaging_s"], json!({
                    "level": object(&["hazard", "threat", "value", "unit", "basis"], json!({
                        "hazard": {"enum": ["toxic", "flammable", "heat", "blast"]}, "threat": {"enum": ["red", "orange", "yellow"]},
                        "value": number(), "unit": text(), "basis": text()})),
                    "model": text(), "reach_m": number(), "averaging_s": number(),
                    "band": described(free(), "How far the zone likely and possibly reaches, and why.")}))),
                "warnings": list(json!({"type": "object", "required": ["note"], "additionalProperties": true, "properties":
                    {"note": {"enum": ["out_of_range", "held", "left_out", "assumed", "more"]}, "model": text()}})),
                "assumptions": list(text()), "models": list(text()), "advice": list(free()),
                "in_words": described(object(&["warnings", "assumptions"], json!({"warnings": list(text()), "assumptions": list(text())})),
                    "The same, one for one, as sentences in the caller's language.")}),
                ),
                "A kept run also has its id, who made it when, and what it is about.",
            ),
        ),
        (
            "Repetition",
            object(
                &["same", "sha256", "stored_sha256", "version", "stored_version"],
                json!({"same": yes_no(), "sha256": text(), "stored_sha256": text(), "version": text(), "stored_version": text()}),
            ),
        ),
        ("NewGateway", object(&["id", "enterprise"], json!({"id": text(), "enterprise": text()}))),
        ("GatewayKey", object(&["id", "key"], json!({"id": text(), "key": text()}))),
        ("Gateway", free()),
        (
            "Point",
            object(
                &["id", "name", "enterprise", "quantity", "unit", "span", "period_s", "kind"],
                json!({
            "id": text(), "name": text(), "enterprise": text(), "hazard_unit": text(), "quantity": text(), "unit": text(),
            "span": {"type": "array", "items": number(), "minItems": 2, "maxItems": 2}, "period_s": number(),
            "kind": {"enum": ["analogue", "switch", "interlock", "bypass"]}}),
            ),
        ),
        ("PointPage", page_of("Point")),
        (
            "SampleList",
            list(object(&["p", "t", "v"], json!({"p": text(), "t": time(), "v": number(), "q": {"enum": ["good", "uncertain", "bad"]}}))),
        ),
        (
            "Receipt",
            object(
                &["accepted", "duplicate", "corrected", "rejected", "ack"],
                json!({
            "accepted": whole(), "duplicate": whole(), "corrected": whole(), "ack": text(),
            "rejected": list(object(&["index", "code"], json!({"index": whole(), "code": {"enum": ["unknown_point", "bad_value", "bad_time", "too_old"]}})))}),
            ),
        ),
        ("Samples", object(&["point", "unit", "rows"], json!({"point": text(), "unit": text(), "rows": list(list(json!({})))}))),
        (
            "Alarm",
            object(
                &["id", "rule", "point", "side", "condition", "priority", "state", "raised_at", "value", "limit", "unit"],
                json!({
            "id": text(), "rule": text(), "point": text(), "side": {"enum": ["high", "low", "other"]},
            "condition": {"enum": ["HH", "H", "L", "LL", "rate", "deviation", "stale", "bad_quality", "state", "bypass"]},
            "priority": {"enum": ["low", "medium", "high", "highest"]},
            "state": {"enum": ["unack_active", "acked_active", "rtn_unack", "normal", "shelved", "suppressed_by_design", "out_of_service"]},
            "raised_at": time(), "acked_at": time(), "returned_at": time(), "value": {"type": ["number", "null"]}, "limit": {"type": ["number", "null"]}, "unit": text(),
            "point_name": text(), "quantity": text(), "enterprise": reference("Brief"), "hazard_unit": free(), "position": free()}),
            ),
        ),
        ("AlarmPage", page_of("Alarm")),
        ("Acknowledge", object(&[], json!({"comment": text()}))),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_schema_that_is_named_exists() {
        let schemas = fixed_schemas();
        for route in routes() {
            for name in [route.body, route.answer].into_iter().flatten() {
                assert!(schemas.contains_key(name), "{} names {name}", route.id);
            }
        }
    }

    #[test]
    fn operation_ids_and_paths_are_unique() {
        let (mut ids, mut places) = (BTreeSet::new(), BTreeSet::new());
        for route in routes() {
            assert!(ids.insert(route.id), "{} twice", route.id);
            assert!(places.insert((route.method, route.path)), "{} {} twice", route.method, route.path);
        }
    }
}
