//! One struct a kind, one a sub-table, one enum a short code list.

use std::collections::BTreeMap;
use std::path::Path;

use anlan_base::Name;
use anlan_records::kind::{CodeList, Field, FieldType, Kind, Kinds};
use indexmap::IndexMap;

use super::{pascal, sources};

/// Longer lists, and those whose codes are no words, stay text: nobody matches on them one by one.
const LONGEST_ENUM: usize = 24;

pub fn of(kind: &Kind) -> anyhow::Result<String> {
    let mut text = format!("//! {} as the rules see it: every field that may be absent is optional.\n\n", kind.label.en);
    let mut body = structure(kind, &kind.id, &kind.fields, &kind.label.en, false);
    for (name, fields) in &kind.rows {
        body.push_str(&structure(kind, name, fields, &format!("A row of `{name}`."), true));
    }
    for (name, list) in enums(kind) {
        body.push_str(&enumeration(&name, list));
    }
    for id in ["AttachmentId", "Date", "EnterpriseId", "Instant", "OrganisationId", "RecordId", "UserId"] {
        if body.contains(id) {
            text.push_str(&format!("use anlan_base::{id};\n"));
        }
    }
    text.push_str("use serde::{Deserialize, Serialize};\n");
    if body.contains("<Position>") {
        text.push_str("use crate::rule::Position;\n");
    }
    text.push('\n');
    body.push_str(&format!(
        "impl crate::rule::Typed for {} {{\n    const KIND: &'static str = {:?};\n    const VERSION: u32 = {};\n}}\n",
        pascal(&kind.id),
        kind.id.as_str(),
        kind.version
    ));
    Ok(text + &body)
}

fn structure(kind: &Kind, name: &str, fields: &IndexMap<Name, Field>, doc: &str, row: bool) -> String {
    let doc = if doc.ends_with('.') { doc.to_owned() } else { format!("{doc}.") };
    let mut text =
        format!("/// {doc}\n#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]\npub struct {} {{\n", pascal(name));
    if row {
        text.push_str("    #[serde(skip_serializing_if = \"Option::is_none\", default)]\n    pub id: Option<String>,\n");
    }
    for field in fields.values() {
        let one = rust_type(kind, field);
        let list = field.many || matches!(field.kind, FieldType::Photos { .. } | FieldType::Files { .. } | FieldType::Rows { .. });
        let (empty, whole) = if list { ("Vec::is_empty", format!("Vec<{one}>")) } else { ("Option::is_none", format!("Option<{one}>")) };
        text.push_str(&format!("    #[serde(skip_serializing_if = \"{empty}\", default)]\n    pub {}: {whole},\n", word(&field.id)));
    }
    text + "}\n\n"
}

fn rust_type(kind: &Kind, field: &Field) -> String {
    match &field.kind {
        FieldType::Text { .. } | FieldType::LongText { .. } | FieldType::Time | FieldType::Point => "String".to_owned(),
        FieldType::Integer { .. } | FieldType::Money { .. } => "i64".to_owned(),
        FieldType::Decimal { .. } => "f64".to_owned(),
        FieldType::YesNo => "bool".to_owned(),
        FieldType::Date { .. } => "Date".to_owned(),
        FieldType::Instant => "Instant".to_owned(),
        FieldType::Choice { codes, .. } | FieldType::Tree { codes, .. } => match kind.codes.get(codes) {
            Some(list) if is_enum(list) => pascal(list_name(codes)),
            _ => "String".to_owned(),
        },
        FieldType::Record { .. } => "RecordId".to_owned(),
        FieldType::Enterprise { .. } => "EnterpriseId".to_owned(),
        FieldType::Person { .. } => "UserId".to_owned(),
        FieldType::Organisation { .. } => "OrganisationId".to_owned(),
        FieldType::Place { .. } => "Position".to_owned(),
        FieldType::Photos { .. } | FieldType::Files { .. } | FieldType::Signature => "AttachmentId".to_owned(),
        FieldType::Rows { of, .. } => pascal(of),
    }
}

/// The short lists that the fields use, by name.
fn enums(kind: &Kind) -> BTreeMap<String, &CodeList> {
    kind.codes.iter().filter(|(_, list)| is_enum(list)).map(|(name, list)| (list_name(name).to_owned(), list)).collect()
}

fn is_enum(list: &CodeList) -> bool {
    list.rows.len() <= LONGEST_ENUM && list.rows.iter().all(|row| Name::parse(&row.code).is_ok())
}

fn list_name(codes: &str) -> &str {
    codes.rsplit('/').next().unwrap_or(codes)
}

fn enumeration(name: &str, list: &CodeList) -> String {
    let name = pascal(name);
    let mut text =
        format!("/// Codes of `{name}`.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]\npub enum {name} {{\n");
    for row in &list.rows {
        let variant = pascal(&row.code);
        text.push_str(&format!("    #[serde(rename = {:?})]\n    {variant},\n", row.code));
    }
    text.push_str(
        "    /// A code that an overlay added: the rules do not know it.\n    #[serde(other, skip_serializing)]\n    Unlisted,\n}\n\n",
    );
    text
}

fn word(name: &str) -> String {
    let reserved = ["type", "use", "move", "match", "where", "ref", "loop", "in", "for", "if", "final", "box", "do", "try", "abstract"];
    if reserved.contains(&name) { format!("r#{name}") } else { name.to_owned() }
}

/// The modules: a domain has its kinds and the Rust files that stand beside them.
pub fn modules(kinds: &Kinds, domains: &Path) -> anyhow::Result<String> {
    let mut of_domain: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    for kind in kinds.by_id.values() {
        of_domain.entry(&kind.domain).or_default().push(&kind.id);
    }
    let mut text = "//! The domains: typed kinds and the rules that stand beside them.\n\n".to_owned();
    for (domain, ids) in of_domain {
        let same = ids.contains(&domain);
        if same {
            text.push_str("#[expect(clippy::module_inception, reason = \"the domain is named after its leading kind\")]\n");
        }
        text.push_str(&format!("pub mod {domain} {{\n"));
        for id in &ids {
            text.push_str(&format!("    #[path = \"{id}.gen.rs\"]\n    pub mod {id};\n"));
        }
        for path in sources::walk(&domains.join(domain.as_str()))? {
            if let Some(stem) = path.strip_suffix(".rs").filter(|stem| !stem.ends_with(".gen") && !stem.contains('/')) {
                text.push_str(&format!("    pub mod {stem};\n"));
            }
        }
        for id in &ids {
            text.push_str(&format!("    pub use {id}::{};\n", pascal(id)));
        }
        text.push_str("}\n\n");
    }
    Ok(text)
}
