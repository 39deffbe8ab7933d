//! Checks a unified social credit code and takes it apart. The organisation code within it has a check character of its own, which some issued codes do not satisfy: that only warns. Sources: GB 32100-2015, GB 11714-1997.

use std::sync::LazyLock;

use anlan_base::{UnifiedCreditCode, UsccError};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::editions;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// What the first two characters mean.
#[derive(Clone, Debug, Deserialize)]
struct Body {
    department: String,
    department_zh: String,
    kind: String,
    kind_zh: String,
    status: Status,
}

fn bodies() -> &'static [Body] {
    static ROWS: LazyLock<Vec<Body>> = LazyLock::new(|| table::rows(include_str!("../data/uscc_departments.csv")));
    &ROWS
}

/// Reads `{code}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["code"])?;
    let text = ask.need_text("code", "the unified social credit code, 18 characters")?;
    let edition = editions::only("uscc");
    let common = json!({ "edition": edition.standard, "basis": "GB 32100-2015；GB 11714-1997", "warnings": [], "status": edition.status });
    let mut found = common;
    match UnifiedCreditCode::parse(text) {
        Ok(code) => {
            found["valid"] = json!(true);
            found["code"] = json!(code.as_str());
            let (parts, body, warnings) = parts(&code);
            // Known no better than the name of the body among the parts.
            found["status"] = json!(Status::worst(body.into_iter().chain([edition.status])));
            found["parts"] = parts;
            found["warnings"] = json!(warnings);
        }
        Err(fault) => {
            found["valid"] = json!(false);
            found["code"] = json!(text);
            found["fault"] = shown(&fault);
        }
    }
    Ok(found)
}

fn shown(fault: &UsccError) -> Value {
    let text = fault.to_string();
    match fault {
        UsccError::Length(length) => json!({ "code": "length", "found": length, "expected": 18, "text": text }),
        UsccError::Character(character) => json!({ "code": "character", "found": character, "text": text }),
        UsccError::Check { expected, found } => json!({ "code": "check", "found": found, "expected": expected, "text": text }),
    }
}

fn parts(code: &UnifiedCreditCode) -> (Value, Option<Status>, Vec<Value>) {
    let [department, kind, division, organisation, check] = code.parts();
    let body = bodies().iter().find(|body| body.department == department && body.kind == kind);
    let mut warnings = Vec::new();
    if body.is_none() {
        warnings.push(json!({ "code": "body_unknown", "found": format!("{department}{kind}") }));
    }
    let expected = code.organisation_check();
    if !organisation.ends_with(expected) {
        warnings.push(json!({ "code": "organisation_code_check", "found": organisation, "expected": expected }));
    }
    let parts = json!({
        "department": department, "department_zh": body.map(|body| &body.department_zh), "kind": kind,
        "kind_zh": body.map(|body| &body.kind_zh), "body_status": body.map(|body| body.status), "division": division,
        "organisation_code": organisation, "check": check,
    });
    (parts, body.map(|body| body.status), warnings)
}
