//! `[fields]` and `[rows.NAME]`: one field a line, each type with its own attributes.

use anlan_base::{Date, Name};
use indexmap::IndexMap;

use super::table::{Table, real_of};
use super::tree::{Node, Val};
use super::words::condition;
use crate::kind::{Field, FieldType, Form, Requirement, Unique, Within};

const TYPES: [&str; 21] = [
    "text",
    "long_text",
    "integer",
    "decimal",
    "money",
    "yes_no",
    "date",
    "time",
    "instant",
    "choice",
    "tree",
    "record",
    "enterprise",
    "person",
    "organisation",
    "point",
    "place",
    "photos",
    "files",
    "signature",
    "rows",
];
const FORMS: [(&str, Form); 6] = [
    ("phone", Form::Phone),
    ("id_card", Form::IdCard),
    ("uscc", Form::Uscc),
    ("email", Form::Email),
    ("url", Form::Url),
    ("plate", Form::Plate),
];
const WITHIN: [(&str, Within); 2] = [("enterprise", Within::Enterprise), ("region", Within::Region)];
const UNIQUE: [(&str, Unique); 2] = [("kind", Unique::Kind), ("enterprise", Unique::Enterprise)];

/// Where a field stands: what it may be differs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Body,
    /// A column of a sub-table: no rows within rows, no derive, no personal data.
    Row,
}

pub(crate) fn rows(table: &Table) -> IndexMap<Name, IndexMap<Name, Field>> {
    table.named("rows", |name, inner| {
        Some(super::table::named(inner.node, &format!("rows.{name}"), inner.report, |id, table| field(id, table, Level::Row)))
    })
}

/// `None`, with a finding, if the type is missing or unknown: then nothing can be said of the other keys.
pub(crate) fn field(id: &Name, table: Table, level: Level) -> Option<Field> {
    let word = table.need("type").and_then(|node| table.as_word("type", node, &TYPES.map(|word| (word, word))))?;
    if level == Level::Row {
        refuse_in_row(&table, word);
    }
    let shape = Shape::read(word, &table);
    let required = match table.get("required") {
        None => Requirement::Never,
        Some(Node { value: Val::Flag(true), .. }) => Requirement::Always,
        Some(Node { value: Val::Flag(false), .. }) => Requirement::Never,
        Some(node) => Requirement::When(condition(node, table.report)),
    };
    let field = Field {
        id: id.clone(),
        label: table.label(),
        help: table.help(),
        group: table.name("group"),
        kind: shape.kind,
        span: span(&table),
        many: shape.many,
        min: shape.min,
        max: shape.max,
        required,
        visible: table.get("visible").map(|node| condition(node, table.report)),
        default: table.get("default").map(Node::json),
        fixed: table.flag("fixed"),
        unique: table.word("unique", &UNIQUE),
        search: table.flag("search"),
        index: table.flag("index"),
        filter: table.flag("filter"),
        personal: table.flag("personal"),
        derive: table.name("derive"),
    };
    if let (Some(min), Some(max)) = (field.min, field.max)
        && min > max
    {
        table.report.add(table.node, format!("min {min} above max {max} in field `{id}`"), "min ≤ max");
    }
    table.done();
    Some(field)
}

fn refuse_in_row(table: &Table, word: &str) {
    let at = |key| table.node.nearest(&[key]);
    if word == "rows" {
        table.report.add(at("type"), "rows within rows", "any other type");
    }
    if table.get("derive").is_some() {
        table.report.add(at("derive"), "`derive` in a row", "derived fields stand in [fields]");
    }
    if table.flag("personal") {
        table.report.add(at("personal"), "`personal` in a row", "personal fields stand in [fields]");
    }
}

fn span(table: &Table) -> Option<u8> {
    let span = table.whole("span")?;
    if !matches!(span, 4 | 6 | 12) {
        table.report.add(table.node.nearest(&["span"]), format!("span {span}"), "4, 6, 12");
    }
    Some(span)
}

/// What the type says: its own attributes, and how many values it takes.
struct Shape {
    kind: FieldType,
    many: bool,
    min: Option<usize>,
    max: Option<usize>,
}

impl Shape {
    fn read(word: &str, t: &Table) -> Self {
        let one = |kind| Self { kind, many: false, min: None, max: None };
        let counted = |kind, many| Self { kind, many, min: t.whole("min"), max: t.whole("max") };
        match word {
            "text" => one(FieldType::Text { length: length(t), form: t.word("form", &FORMS) }),
            "long_text" => one(FieldType::LongText { length: length(t) }),
            "integer" => one(FieldType::Integer { range: wholes(t), unit: t.text("unit") }),
            "decimal" => one(FieldType::Decimal { range: t.pair("range", "numbers", real_of), places: places(t), unit: t.text("unit") }),
            "money" => one(FieldType::Money { range: wholes(t) }),
            "yes_no" => one(FieldType::YesNo),
            "date" => {
                let day = |node: &Node| node.text().and_then(|text| Date::parse(text).ok());
                one(FieldType::Date { range: t.pair("range", "dates", day) })
            }
            "time" => one(FieldType::Time),
            "instant" => one(FieldType::Instant),
            "choice" => Self { many: t.flag("many"), ..one(FieldType::Choice { codes: codes(t), judged_on: t.name("judged_on") }) },
            "tree" => Self { many: t.flag("many"), ..one(FieldType::Tree { codes: codes(t), judged_on: t.name("judged_on") }) },
            "record" => counted(FieldType::Record { kinds: t.name_or_names("kind"), inverse: inverse(t) }, t.flag("many")),
            "enterprise" => counted(FieldType::Enterprise { inverse: inverse(t) }, t.flag("many")),
            "person" => counted(FieldType::Person { inverse: inverse(t) }, t.flag("many")),
            "organisation" => counted(FieldType::Organisation { inverse: inverse(t) }, t.flag("many")),
            "point" => Self { many: t.flag("many"), ..one(FieldType::Point) },
            "place" => one(FieldType::Place { within: t.word("within", &WITHIN) }),
            "photos" => counted(FieldType::Photos { camera: t.flag("camera"), accept: t.texts("accept") }, false),
            "files" => counted(FieldType::Files { accept: t.texts("accept") }, false),
            "signature" => one(FieldType::Signature),
            "rows" => counted(FieldType::Rows { of: t.need_name("of"), append_only: t.flag("append_only") }, false),
            _ => unreachable!("`{word}` is in TYPES but has no shape"),
        }
    }
}

fn length(t: &Table) -> Option<(usize, usize)> {
    t.pair("length", "numbers of characters", |node| match node.value {
        Val::Whole(number) => usize::try_from(number).ok(),
        _ => None,
    })
}

fn wholes(t: &Table) -> Option<(i64, i64)> {
    t.pair("range", "whole numbers", |node| match node.value {
        Val::Whole(number) => Some(number),
        _ => None,
    })
}

/// Without `places` nothing that a decimal may hold is cut off.
fn places(t: &Table) -> u8 {
    let places = t.whole("places").unwrap_or(6);
    if places > 6 {
        t.report.add(t.node.nearest(&["places"]), format!("places {places}"), "0 to 6");
    }
    places
}

/// `level`, or another domain's `organisation/town`.
fn codes(t: &Table) -> String {
    let name = t.need_text("codes");
    let parts: Vec<_> = name.split('/').collect();
    if !name.is_empty() && (parts.len() > 2 || parts.iter().any(|part| Name::parse(part).is_err())) {
        t.report.add(t.node.nearest(&["codes"]), format!("the code list `{name}`"), "NAME of this domain, or DOMAIN/NAME");
    }
    name
}

fn inverse(t: &Table) -> Option<crate::kind::Label> {
    t.label_at("inverse_zh", "inverse_en")
}
