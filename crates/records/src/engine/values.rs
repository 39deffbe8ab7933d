//! Checks one value against its field's type and gives back what is stored. Absent on purpose: sub-tables, which stand in `rows`.

use anlan_base::{AttachmentId, Date, Instant, OrganisationId, RecordId, Refusal, UserId};
use serde_json::{Map, Number, Value};

use super::forms;
use crate::kind::{Field, FieldType, Kind};
use crate::record::Context;

/// Beyond this, a JavaScript number is no longer exact.
const EXACT: i64 = (1 << 53) - 1;

/// What checking a value may look at.
pub(super) struct Checker<'a> {
    pub kind: &'a Kind,
    pub cx: &'a Context<'a>,
    pub created_on: Date,
    /// The input and what is stored: where the date stands on which a code is judged.
    pub input: &'a Map<String, Value>,
    pub stored: Option<&'a Map<String, Value>>,
}

type Checked = Result<Value, Refusal>;

impl Checker<'_> {
    /// The value as it is stored; `None` when something was wrong and has been added to `errors`.
    /// `kept` is what the record has in this place: codes and ids that stand there stay acceptable.
    pub fn value(&self, field: &Field, path: &str, input: &Value, kept: Option<&Value>, errors: &mut Vec<Refusal>) -> Option<Value> {
        if !is_list(field) {
            return self.single(field, path, input, kept).map_err(|refusal| errors.push(refusal)).ok();
        }
        let Value::Array(items) = input else {
            errors.push(wrong_type(field, path).with("wanted", "list"));
            return None;
        };
        let before = errors.len();
        let mut list: Vec<Value> = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            match self.single(field, &format!("{path}[{at}]"), item, kept) {
                // The same photo or code given twice counts once.
                Ok(value) if list.contains(&value) => {}
                Ok(value) => list.push(value),
                Err(refusal) => errors.push(refusal),
            }
        }
        if errors.len() == before {
            errors.extend(count_refusal(field, path, list.len()));
        }
        (errors.len() == before).then_some(Value::Array(list))
    }

    fn single(&self, field: &Field, path: &str, input: &Value, kept: Option<&Value>) -> Checked {
        let text = || input.as_str().ok_or_else(|| wrong_type(field, path));
        match &field.kind {
            FieldType::Text { length, form } => {
                let text = plain_text(text()?, path)?;
                let text = match form {
                    Some(form) => forms::stored(*form, text)
                        .ok_or_else(|| Refusal::at("bad_form", path).with("form", serde_json::json!(form).as_str().unwrap_or_default()))?,
                    None => text.to_owned(),
                };
                length_ok(&text, *length, path)?;
                Ok(Value::from(text))
            }
            FieldType::LongText { length } => {
                let text = plain_text(text()?, path)?;
                length_ok(text, *length, path)?;
                Ok(Value::from(text))
            }
            FieldType::Integer { range, .. } | FieldType::Money { range } => integer(field, path, input, *range),
            FieldType::Decimal { range, places, .. } => decimal(field, path, input, *range, *places),
            FieldType::YesNo => input.as_bool().map(Value::from).ok_or_else(|| wrong_type(field, path)),
            FieldType::Date { range } => {
                let date = Date::parse(text()?).map_err(|_| Refusal::at("bad_form", path).with("form", "date"))?;
                in_range(&date, range.as_ref(), path)?;
                Ok(Value::from(date.to_string()))
            }
            FieldType::Time => {
                let text = text()?;
                if is_time(text) { Ok(Value::from(text)) } else { Err(Refusal::at("bad_form", path).with("form", "time")) }
            }
            FieldType::Instant => {
                let at = Instant::parse(text()?).map_err(|_| Refusal::at("bad_form", path).with("form", "instant"))?;
                Ok(Value::from(at.to_string()))
            }
            FieldType::Choice { codes, judged_on } | FieldType::Tree { codes, judged_on } => {
                self.code(codes, judged_on.as_deref(), text()?, kept, path)
            }
            FieldType::Record { .. }
            | FieldType::Enterprise { .. }
            | FieldType::Person { .. }
            | FieldType::Organisation { .. }
            | FieldType::Point
            | FieldType::Photos { .. }
            | FieldType::Files { .. }
            | FieldType::Signature => self.reference(field, text()?, kept, path),
            FieldType::Place { .. } => place(field, path, input),
            FieldType::Rows { .. } => Err(wrong_type(field, path)),
        }
    }

    fn code(&self, list: &str, judged_on: Option<&str>, code: &str, kept: Option<&Value>, path: &str) -> Checked {
        let row = self.kind.codes.get(list).and_then(|list| list.rows.iter().find(|row| row.code == code));
        let Some(row) = row else {
            return Err(Refusal::at("unknown_code", path).with("value", shown(code)));
        };
        let day = judged_on.and_then(|field| self.date_of(field)).unwrap_or(self.created_on);
        let in_force = row.effective_from.is_none_or(|from| from <= day) && row.effective_to.is_none_or(|to| day < to);
        if in_force || holds_already(kept, code) {
            Ok(Value::from(code))
        } else {
            Err(Refusal::at("code_not_in_force", path).with("value", code).with("on", day))
        }
    }

    /// The date in another field as it will be: given now, else stored.
    fn date_of(&self, field: &str) -> Option<Date> {
        let value = self.input.get(field).or_else(|| self.stored?.get(field))?.as_str()?;
        Date::parse(value).ok().or_else(|| Instant::parse(value).ok().map(Instant::date))
    }

    fn reference(&self, field: &Field, id: &str, kept: Option<&Value>, path: &str) -> Checked {
        if holds_already(kept, id) {
            return Ok(Value::from(id));
        }
        let known = self.cx.known;
        let unknown = || Refusal::at("unknown_reference", path).with("id", shown(id));
        let exists = match &field.kind {
            FieldType::Record { kinds, .. } => {
                let (kind, _) = known.records.get(&RecordId::from(id)).ok_or_else(unknown)?;
                if !kinds.contains(kind) {
                    let allowed: Vec<&str> = kinds.iter().map(|kind| &**kind).collect();
                    return Err(Refusal::at("wrong_kind", path).with("found", kind).with("allowed", allowed.join(", ")));
                }
                true
            }
            FieldType::Enterprise { .. } => {
                let (kind, _) = known.records.get(&RecordId::from(id)).ok_or_else(unknown)?;
                if *kind != *super::ENTERPRISE {
                    return Err(Refusal::at("wrong_kind", path).with("found", kind).with("allowed", super::ENTERPRISE));
                }
                true
            }
            FieldType::Person { .. } => known.users.contains(&UserId::from(id)),
            FieldType::Organisation { .. } => known.organisations.contains(&OrganisationId::from(id)),
            FieldType::Point => known.points.contains(id),
            FieldType::Photos { accept, .. } => return self.attachment(id, accept, Some("image/"), path),
            FieldType::Files { accept } => return self.attachment(id, accept, None, path),
            FieldType::Signature => return self.attachment(id, &[], Some("image/"), path),
            _ => false,
        };
        if exists { Ok(Value::from(id)) } else { Err(unknown()) }
    }

    fn attachment(&self, id: &str, accept: &[String], family: Option<&str>, path: &str) -> Checked {
        let media = self.cx.known.attachments.get(&AttachmentId::from(id));
        let media = media.ok_or_else(|| Refusal::at("unknown_reference", path).with("id", shown(id)))?;
        let accepted = accept.is_empty() || accept.iter().any(|wanted| media_meets(media, wanted));
        if accepted && family.is_none_or(|family| media.starts_with(family)) {
            Ok(Value::from(id))
        } else {
            let wanted = if accept.is_empty() { format!("{}*", family.unwrap_or_default()) } else { accept.join(", ") };
            Err(Refusal::at("bad_form", path).with("form", "media_type").with("found", media).with("accept", wanted))
        }
    }
}

/// Whether the field's JSON is a list. A signature is one attachment, photos and files always a list.
pub(super) fn is_list(field: &Field) -> bool {
    field.many || matches!(field.kind, FieldType::Photos { .. } | FieldType::Files { .. } | FieldType::Rows { .. })
}

/// Too few or too many entries.
pub(super) fn count_refusal(field: &Field, path: &str, count: usize) -> Option<Refusal> {
    if let Some(min) = field.min.filter(|min| count < *min) {
        return Some(Refusal::at("too_few", path).with("min", min).with("count", count));
    }
    field.max.filter(|max| count > *max).map(|max| Refusal::at("too_many", path).with("max", max).with("count", count))
}

fn wrong_type(field: &Field, path: &str) -> Refusal {
    Refusal::at("wrong_type", path).with("wanted", field.kind.word())
}

/// Input as it may stand in a message.
fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

fn holds_already(kept: Option<&Value>, id: &str) -> bool {
    match kept {
        Some(Value::String(one)) => one == id,
        Some(Value::Array(many)) => many.iter().any(|one| one.as_str() == Some(id)),
        _ => false,
    }
}

/// PostgreSQL cannot store a NUL, and no person types one.
fn plain_text<'t>(text: &'t str, path: &str) -> Result<&'t str, Refusal> {
    if text.contains('\0') { Err(Refusal::at("bad_form", path).with("form", "text")) } else { Ok(text) }
}

fn length_ok(text: &str, length: Option<(usize, usize)>, path: &str) -> Result<(), Refusal> {
    let Some((min, max)) = length else { return Ok(()) };
    let count = text.chars().count();
    let refusal = |code: &str| Refusal::at(code, path).with("min", min).with("max", max).with("length", count);
    match count {
        _ if count < min => Err(refusal("too_short")),
        _ if count > max => Err(refusal("too_long")),
        _ => Ok(()),
    }
}

fn in_range<T: PartialOrd + std::fmt::Display>(value: &T, range: Option<&(T, T)>, path: &str) -> Result<(), Refusal> {
    match range {
        Some((min, max)) if value < min || value > max => Err(Refusal::at("out_of_range", path).with("min", min).with("max", max)),
        _ => Ok(()),
    }
}

fn integer(field: &Field, path: &str, input: &Value, range: Option<(i64, i64)>) -> Checked {
    // A browser may write 5 as 5.0.
    let whole = |f: f64| (f.fract() == 0.0 && f.abs() <= EXACT as f64).then_some(f as i64);
    let number = input.as_i64().or_else(|| input.as_f64().and_then(whole)).ok_or_else(|| wrong_type(field, path))?;
    in_range(&number, Some(&range.unwrap_or((-EXACT, EXACT))), path)?;
    Ok(Value::from(number))
}

fn decimal(field: &Field, path: &str, input: &Value, range: Option<(f64, f64)>, places: u8) -> Checked {
    let number = input.as_f64().filter(|number| number.is_finite()).ok_or_else(|| wrong_type(field, path))?;
    in_range(&number, range.as_ref(), path)?;
    // The stored form is an integer scaled by 10^places: both have to be exact.
    let largest = EXACT as f64 / 10_f64.powi(i32::from(places));
    in_range(&number, Some(&(-largest, largest)), path)?;
    let digits = number.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if digits > usize::from(places) {
        return Err(Refusal::at("bad_form", path).with("form", "decimal").with("places", places));
    }
    let stored = if number.fract() == 0.0 { Number::from(number as i64) } else { Number::from_f64(number).expect("finite") };
    Ok(Value::Number(stored))
}

fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let two = |at: usize| bytes[at..at + 2].iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')));
    bytes.len() == 5 && bytes[2] == b':' && two(0).is_some_and(|h| h < 24) && two(3).is_some_and(|m| m < 60)
}

fn place(field: &Field, path: &str, input: &Value) -> Checked {
    let object = input.as_object().ok_or_else(|| wrong_type(field, path))?;
    if let Some(extra) = object.keys().find(|key| !matches!(key.as_str(), "lon" | "lat")) {
        return Err(Refusal::at("unknown_field", format!("{path}.{}", shown(extra))));
    }
    let axis = |name: &str, limit: f64| {
        let path = format!("{path}.{name}");
        let degrees = object.get(name).and_then(Value::as_f64).ok_or_else(|| Refusal::at("wrong_type", &path).with("wanted", "degrees"))?;
        in_range(&degrees, Some(&(-limit, limit)), &path)?;
        Ok(degrees)
    };
    Ok(serde_json::json!({ "lon": axis("lon", 180.0)?, "lat": axis("lat", 90.0)? }))
}

/// `image/*`, `application/pdf`, or the bare `pdf`.
fn media_meets(media: &str, wanted: &str) -> bool {
    match wanted.split_once('/') {
        Some((family, "*")) => media.split('/').next() == Some(family),
        Some(_) => media == wanted,
        None => media.rsplit('/').next() == Some(wanted.trim_start_matches('.')),
    }
}
