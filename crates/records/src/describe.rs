//! A kind told to the browser and to outsiders: one description for lists, forms, details and buttons, with the JSON Schema of the body.

mod schema;

use anlan_base::Name;
use serde_json::{Map, Value, json};

pub use self::schema::json_schema;
use crate::kind::{Action, CodeRow, Condition, Field, FieldType, Group, Is, Kind, Kinds, Label, Need, Requirement, State, Test, View};
use crate::load::codes_of;

/// Optional keys are absent rather than null.
pub fn describe(kind: &Kind, kinds: &Kinds) -> Value {
    let mut out = Object::of(&kind.id, &kind.label);
    out.put("version", json!(kind.version));
    out.put("domain", json!(kind.domain));
    out.maybe("help", kind.help.as_ref().map(label));
    out.maybe("icon", kind.icon.as_ref().map(|icon| json!(icon)));
    out.maybe("basis", kind.basis.as_ref().map(|basis| json!(basis)));
    out.put("home", json!(kind.home));
    out.maybe("title", kind.title.as_ref().map(|title| json!(title)));
    out.maybe("sector", kind.sector.as_ref().map(|sector| json!(sector)));
    out.put("groups", kind.groups.iter().map(|(id, it)| group(id, it)).collect());
    out.put("fields", kind.fields.values().map(|it| field(kind, it)).collect());
    out.put("states", kind.states.values().map(state).collect());
    out.put("create", json!({ "needs": needs(&kind.create.needs), "asks": kind.create.asks }));
    out.put("actions", kind.actions.values().map(action).collect());
    out.put("tasks", kind.tasks.iter().map(|(id, task)| Object::of(id, &task.label).done()).collect());
    out.put("list", json!({ "columns": kind.list.columns, "filters": kind.list.filters, "sort": kind.list.sort }));
    out.put("views", kind.views.iter().map(|(id, it)| view(id, it)).collect());
    out.put("documents", kind.documents.iter().map(|(id, it)| Object::of(id, &it.label).with("formats", json!(it.formats))).collect());
    out.put("indicators", kind.indicators.iter().map(|(id, it)| Object::of(id, &it.label).with("unit", json!(it.unit))).collect());
    out.put("inverse", inverse(kind, kinds));
    out.with("schema", json_schema(kind))
}

/// A JSON object in the making.
#[derive(Default)]
struct Object(Map<String, Value>);

impl Object {
    fn of(id: &Name, name: &Label) -> Self {
        let mut object = Self::default();
        object.put("id", json!(id));
        object.put("label", label(name));
        object
    }
    fn put(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }
    fn maybe(&mut self, key: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }
    /// Only where it is true.
    fn flag(&mut self, key: &str, flag: bool) {
        self.maybe(key, flag.then_some(Value::Bool(true)));
    }
    fn with(mut self, key: &str, value: Value) -> Value {
        self.put(key, value);
        self.done()
    }
    fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// A row from a legal text that has no English is shown in Chinese.
fn label(label: &Label) -> Value {
    let en = if label.en.is_empty() { &label.zh } else { &label.en };
    json!({ "zh": label.zh, "en": en })
}

/// One of the lists holds; a list holds if all its tests do.
fn condition(condition: &Condition) -> Value {
    condition.0.iter().map(|table| table.iter().map(test).collect::<Value>()).collect()
}

fn test(test: &Test) -> Value {
    let mut out = Object::default();
    out.put("field", json!(test.subject));
    match &test.is {
        Is::OneOf(values) => out.put("in", json!(values)),
        Is::Set(set) => out.put("set", json!(set)),
        Is::Between { min, max } => {
            out.maybe("min", min.clone());
            out.maybe("max", max.clone());
        }
    }
    out.done()
}

fn group(id: &Name, group: &Group) -> Value {
    let mut out = Object::of(id, &group.label);
    out.maybe("visible", group.visible.as_ref().map(condition));
    out.done()
}

fn field(kind: &Kind, field: &Field) -> Value {
    let mut out = Object::of(&field.id, &field.label);
    out.put("type", json!(field.kind.word()));
    out.maybe("help", field.help.as_ref().map(label));
    out.maybe("group", field.group.as_ref().map(|group| json!(group)));
    out.maybe("span", field.span.map(Value::from));
    out.put("many", json!(field.many));
    out.maybe("min", field.min.map(Value::from));
    out.maybe("max", field.max.map(Value::from));
    out.put(
        "required",
        match &field.required {
            Requirement::Never => Value::Bool(false),
            Requirement::Always => Value::Bool(true),
            Requirement::When(when) => condition(when),
        },
    );
    out.maybe("visible", field.visible.as_ref().map(condition));
    out.maybe("default", field.default.clone());
    out.flag("fixed", field.fixed);
    out.flag("personal", field.personal);
    out.put("derived", json!(field.derive.is_some()));
    out.put("search", json!(field.search));
    out.put("index", json!(field.index || field.filter));
    out.put("filter", json!(field.filter));
    of_type(&mut out, kind, field);
    out.done()
}

fn of_type(out: &mut Object, kind: &Kind, field: &Field) {
    match &field.kind {
        FieldType::Text { length, form } => {
            out.maybe("length", length.map(|pair| json!(pair)));
            out.maybe("form", form.map(|form| json!(form)));
        }
        FieldType::LongText { length } => out.maybe("length", length.map(|pair| json!(pair))),
        FieldType::Integer { range, unit } => {
            out.maybe("range", range.map(|pair| json!(pair)));
            out.maybe("unit", unit.as_ref().map(|unit| json!(unit)));
        }
        FieldType::Decimal { range, places, unit } => {
            out.maybe("range", range.map(|pair| json!(pair)));
            out.put("places", json!(places));
            out.maybe("unit", unit.as_ref().map(|unit| json!(unit)));
        }
        FieldType::Money { range } => out.maybe("range", range.map(|pair| json!(pair))),
        FieldType::Date { range } => out.maybe("range", range.map(|pair| json!(pair))),
        FieldType::Choice { judged_on, .. } | FieldType::Tree { judged_on, .. } => {
            let list = codes_of(field).and_then(|name| kind.codes.get(name));
            out.put("codes", list.into_iter().flat_map(|list| &list.rows).map(code).collect());
            out.maybe("judged_on", judged_on.as_ref().map(|day| json!(day)));
        }
        FieldType::Record { kinds, .. } => out.put("kinds", json!(kinds)),
        FieldType::Place { within } => out.maybe("within", within.map(|within| json!(within))),
        FieldType::Photos { camera, accept } => {
            out.flag("camera", *camera);
            out.maybe("accept", (!accept.is_empty()).then(|| json!(accept)));
        }
        FieldType::Files { accept } => out.maybe("accept", (!accept.is_empty()).then(|| json!(accept))),
        FieldType::Rows { of, append_only } => {
            let columns = kind.rows.get(of);
            out.put("columns", columns.into_iter().flat_map(|columns| columns.values()).map(|column| self::field(kind, column)).collect());
            out.flag("append_only", *append_only);
        }
        FieldType::YesNo
        | FieldType::Time
        | FieldType::Instant
        | FieldType::Enterprise { .. }
        | FieldType::Person { .. }
        | FieldType::Organisation { .. }
        | FieldType::Point
        | FieldType::Signature => {}
    }
}

fn code(row: &CodeRow) -> Value {
    let mut out = Object::default();
    out.put("code", json!(row.code));
    out.put("label", label(&row.label));
    out.maybe("parent", row.parent.as_ref().map(|parent| json!(parent)));
    out.maybe("mark", row.mark.map(|mark| json!(mark)));
    out.maybe("from", row.effective_from.map(|day| json!(day)));
    out.maybe("to", row.effective_to.map(|day| json!(day)));
    out.maybe("source", row.source.as_ref().map(|source| json!(source)));
    out.maybe("status", row.status.as_ref().map(|status| json!(status)));
    out.done()
}

fn state(state: &State) -> Value {
    let mut out = Object::of(&state.id, &state.label);
    out.put("tone", json!(state.tone));
    out.put("final", json!(state.finals));
    out.with("standing", json!(state.standing))
}

/// A field, or a list of which one must be filled.
fn needs(needs: &[Need]) -> Value {
    let need = |need: &Need| match need {
        Need::Field(name) => json!(name),
        Need::OneOf(names) => json!(names),
    };
    needs.iter().map(need).collect()
}

fn action(action: &Action) -> Value {
    let mut out = Object::of(&action.id, &action.label);
    out.maybe("help", action.help.as_ref().map(label));
    out.put("from", json!(action.from));
    out.maybe("to", action.to.as_ref().map(|to| json!(to)));
    out.put("needs", needs(&action.needs));
    out.put("asks", json!(action.asks));
    out.maybe("when", action.when.as_ref().map(condition));
    out.put("reason", json!(action.reason));
    out.put("grave", json!(action.grave));
    out.put("accepts", json!(action.accepts));
    out.with("settles", json!(action.settles))
}

fn view(id: &Name, view: &View) -> Value {
    let mut out = Object::of(id, &view.label);
    out.maybe("where", view.filter.as_ref().map(condition));
    out.put("sort", json!(view.sort));
    out.with("columns", json!(view.columns))
}

/// Fields of other kinds that point here and say what this side calls it.
fn inverse(kind: &Kind, kinds: &Kinds) -> Value {
    let pointing = |field: &Field| match &field.kind {
        FieldType::Record { kinds, inverse } if kinds.contains(&kind.id) => inverse.clone(),
        FieldType::Enterprise { inverse } if kind.id == "enterprise" => inverse.clone(),
        _ => None,
    };
    let of_kind = |other: &Kind| {
        let links = other.fields.values().filter_map(|field| Some((field, pointing(field)?)));
        links.map(|(field, name)| json!({ "kind": other.id, "field": field.id, "label": label(&name) })).collect::<Vec<_>>()
    };
    kinds.by_id.values().flat_map(|other| of_kind(other)).collect()
}

#[cfg(test)]
mod tests;
