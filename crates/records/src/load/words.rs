//! The words that many tables share: conditions, parties, needs, number patterns, sets of records.

use std::fmt;

use anlan_base::Name;
use serde_json::Value;

use super::table::{Report, Table, either};
use super::tree::{Node, Val};
use crate::kind::{Condition, During, Is, Need, NumberPart, NumberRule, NumberScope, Only, Party, Reader, RecordSet, Test, Who};

/// A table, all entries of which hold; or a list of tables, one of which holds.
pub(crate) fn condition(node: &Node, report: &Report) -> Condition {
    let tables: Vec<&Node> = match &node.value {
        Val::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    if tables.is_empty() {
        report.add(node, "an empty condition", "a table of tests, or a list of such tables");
    }
    Condition(tables.into_iter().map(|table| conjunction(table, report)).collect())
}

fn conjunction(node: &Node, report: &Report) -> Vec<Test> {
    let Some(entries) = node.table().filter(|entries| !entries.is_empty()) else {
        report.add(node, format!("{} as a condition", node.found()), "{ field = value, … }, or a list of such tables");
        return Vec::new();
    };
    let test = |(key, node): (&String, &Node)| {
        let Ok(subject) = Name::parse(key) else {
            report.add(
                node,
                format!("`{key}` in a condition"),
                "a field, `state`, or in views and indicators overdue, mine, region, enterprise, sector",
            );
            return None;
        };
        Some(Test { subject, is: is(node, report)? })
    };
    entries.iter().filter_map(test).collect()
}

fn is(node: &Node, report: &Report) -> Option<Is> {
    let scalar = |node: &Node| !matches!(node.value, Val::List(_) | Val::Table(_));
    match &node.value {
        Val::List(items) if !items.is_empty() && items.iter().all(scalar) => Some(Is::OneOf(items.iter().map(Node::json).collect())),
        Val::Table(_) => {
            let table = Table::of(node, "a test", report)?;
            let set = table.get("set").map(|_| table.flag("set"));
            let (min, max) = (table.get("min").map(Node::json), table.get("max").map(Node::json));
            table.done();
            match (set, min, max) {
                (Some(set), None, None) => Some(Is::Set(set)),
                (None, None, None) | (Some(_), _, _) => {
                    report.add(node, "a table as a test", "{ set = true }, { set = false }, { min = …, max = … }");
                    None
                }
                (None, min, max) => {
                    let bound = |v: &Option<Value>| v.as_ref().is_none_or(|v| v.is_number() || v.is_string());
                    if !bound(&min) || !bound(&max) {
                        report.add(node, "a bound that is no number and no date", "{ min = …, max = … } with numbers or dates");
                    }
                    Some(Is::Between { min, max })
                }
            }
        }
        _ if scalar(node) => Some(Is::OneOf(vec![node.json()])),
        _ => {
            report.add(node, format!("{} as a test", node.found()), "a value, a list of values, { set = … }, { min = …, max = … }");
            None
        }
    }
}

const WHO: &str = "a role, creator, assigned, person:FIELD, actor:ACTION, unit:FIELD, clock, platform";

fn who(node: &Node, report: &Report) -> Option<Who> {
    let name = |text: &str| Name::parse(text).ok();
    let who = node.text().and_then(|text| match text.split_once(':') {
        Some(("person", field)) => name(field).map(Who::Person),
        Some(("actor", action)) => name(action).map(Who::Actor),
        Some(("unit", field)) => name(field).map(Who::Unit),
        Some(_) => None,
        None => match text {
            "creator" => Some(Who::Creator),
            "assigned" => Some(Who::Assigned),
            "clock" => Some(Who::Clock),
            "platform" => Some(Who::Platform),
            role => name(role).map(Who::Role),
        },
    });
    if who.is_none() {
        report.add(node, format!("{} as a party", node.found()), WHO);
    }
    who
}

/// As the kind file writes it.
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => write!(f, "{role}"),
            Self::Creator => f.write_str("creator"),
            Self::Assigned => f.write_str("assigned"),
            Self::Person(field) => write!(f, "person:{field}"),
            Self::Actor(action) => write!(f, "actor:{action}"),
            Self::Unit(field) => write!(f, "unit:{field}"),
            Self::Clock => f.write_str("clock"),
            Self::Platform => f.write_str("platform"),
        }
    }
}

/// `"role"`, `"person:field"`, …, or `{ who, when }`.
pub(crate) fn party(node: &Node, report: &Report) -> Option<Party> {
    if node.table().is_none() {
        return who(node, report).map(|who| Party { who, when: None });
    }
    let table = Table::of(node, "a party", report)?;
    let party = table.need("who").and_then(|node| who(node, report));
    let when = table.get("when").map(|node| condition(node, report));
    table.done();
    party.map(|who| Party { who, when })
}

pub(crate) fn parties(nodes: &[Node], report: &Report) -> Vec<Party> {
    nodes.iter().filter_map(|node| party(node, report)).collect()
}

/// `"role"`, or `{ who, only = ["creator", "assigned"] }`.
pub(crate) fn reader(node: &Node, report: &Report) -> Option<Reader> {
    let role = |node: &Node| match who(node, report)? {
        Who::Role(role) => Some(role),
        _ => {
            report.add(node, format!("{} among the readers", node.found()), "a role; `only` narrows to creator, assigned");
            None
        }
    };
    if node.table().is_none() {
        return role(node).map(|role| Reader { role, only: Vec::new() });
    }
    let table = Table::of(node, "a reader", report)?;
    let who = table.need("who").and_then(role);
    const ONLY: [(&str, Only); 2] = [("creator", Only::Creator), ("assigned", Only::Assigned)];
    let only = table.list("only").into_iter().flatten().filter_map(|node| table.as_word("only", node, &ONLY)).collect();
    table.done();
    who.map(|role| Reader { role, only })
}

/// A field, or a list of fields of which one must be filled.
pub(crate) fn needs(table: &Table) -> Vec<Need> {
    let need = |node: &Node| match &node.value {
        Val::List(items) if items.len() < 2 => {
            table.report.add(node, "a list of fewer than two fields within `needs`", "[\"one\", \"or_the_other\"]");
            None
        }
        Val::List(items) => Some(Need::OneOf(items.iter().filter_map(|item| table.as_name("needs", item)).collect())),
        _ => table.as_name("needs", node).map(Need::Field),
    };
    table.list("needs").into_iter().flatten().filter_map(need).collect()
}

pub(crate) const SCOPES: [(&str, NumberScope); 4] =
    [("year", NumberScope::Year), ("month", NumberScope::Month), ("region", NumberScope::Region), ("enterprise", NumberScope::Enterprise)];

pub(crate) fn number(node: &Node, report: &Report) -> Option<NumberRule> {
    let table = Table::of(node, "`number`", report)?;
    let pattern = table.need_text("pattern");
    let parts = pattern_parts(&pattern);
    if parts.is_none() {
        let at = node.nearest(&["pattern"]);
        report.add(
            at,
            format!("the pattern `{pattern}`"),
            "literals, {year}, {month}, {region}, {enterprise} and one {seq:N} with N from 1 to 9",
        );
    }
    let scope = table.list("scope").into_iter().flatten().filter_map(|node| table.as_word("scope", node, &SCOPES)).collect();
    let at = table.name("at").unwrap_or_else(|| Name::of("create"));
    table.done();
    Some(NumberRule { parts: parts?, scope, at })
}

fn pattern_parts(pattern: &str) -> Option<Vec<NumberPart>> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        if open > 0 {
            parts.push(NumberPart::Literal(rest[..open].to_owned()));
        }
        let close = open + rest[open..].find('}')?;
        parts.push(match &rest[open + 1..close] {
            "year" => NumberPart::Year,
            "month" => NumberPart::Month,
            "region" => NumberPart::Region,
            "enterprise" => NumberPart::Enterprise,
            seq => NumberPart::Seq { width: seq.strip_prefix("seq:")?.parse().ok().filter(|width| (1..=9).contains(width))? },
        });
        rest = &rest[close + 1..];
    }
    if !rest.is_empty() {
        parts.push(NumberPart::Literal(rest.to_owned()));
    }
    let literals_ok = parts.iter().all(|part| !matches!(part, NumberPart::Literal(text) if text.contains('}')));
    let one_seq = parts.iter().filter(|part| matches!(part, NumberPart::Seq { .. })).count() == 1;
    (literals_ok && one_seq).then_some(parts)
}

/// `created`, `field:X`, `action:X`.
fn during(node: &Node, report: &Report) -> Option<During> {
    let during = node.text().and_then(|text| match text.split_once(':') {
        None if text == "created" => Some(During::Created),
        Some(("field", name)) => Name::parse(name).ok().map(During::Field),
        Some(("action", name)) => Name::parse(name).ok().map(During::Action),
        _ => None,
    });
    if during.is_none() {
        report.add(node, format!("{} for `during`", node.found()), "created, field:FIELD, action:ACTION");
    }
    during
}

/// `{ where, during }`; with `summed`, also the `field` to add up.
pub(crate) fn record_set(table: &Table, summed: bool) -> (RecordSet, Option<Name>) {
    let filter = table.get("where").map(|node| condition(node, table.report));
    let during = table.get("during").and_then(|node| during(node, table.report));
    let field = if summed { Some(table.need_name("field")) } else { None };
    (RecordSet { filter, during }, field)
}

/// `-due_at`: an id with an optional minus.
pub(crate) fn sort(table: &Table) -> Vec<String> {
    let key = |node: &Node| {
        let text = node.text().filter(|text| Name::parse(text.strip_prefix('-').unwrap_or(text)).is_ok());
        if text.is_none() {
            table.report.add(
                node,
                format!("{} for `sort`", node.found()),
                either(["a field or envelope word", "a minus before it sorts downwards"]),
            );
        }
        text.map(str::to_owned)
    };
    table.list("sort").into_iter().flatten().filter_map(key).collect()
}
