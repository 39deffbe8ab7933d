//! The table from the names of rules in kind files to functions in `rules.rs`.

use std::collections::BTreeSet;

use anlan_records::kind::{Kind, Kinds};

pub fn table(kinds: &Kinds) -> String {
    let lines: BTreeSet<String> = kinds.by_id.values().flat_map(|kind| of(kind)).collect();
    let mut text = "use anlan_records::record::RuleTable;\nuse crate::rule::{derive, effect, guard};\n\n\
        /// The functions that the kinds name, each on the typed record.\npub fn rule_table() -> RuleTable {\nlet mut table = RuleTable::default();\n"
        .to_owned();
    if !lines.iter().any(|line| line.contains(", effect(")) {
        text = text.replace("derive, effect, guard", "derive, guard");
    }
    for line in lines {
        text.push_str(&line);
    }
    text + "table\n}\n"
}

fn of(kind: &Kind) -> Vec<String> {
    let guards = kind.actions.values().filter_map(|action| action.guard.as_ref()).chain(&kind.create.guard).map(|rule| ("guard", rule));
    let effects = kind.actions.values().filter_map(|action| action.effect.as_ref()).chain(&kind.create.effect).map(|rule| ("effect", rule));
    let derives = kind.fields.values().filter_map(|field| field.derive.as_ref()).map(|rule| ("derive", rule));
    let line = |(word, rule): (&str, &anlan_base::Name)| {
        let domain = &kind.domain;
        format!("table.{word}s.insert(\"{domain}/{rule}\".to_owned(), {word}(crate::{domain}::rules::{rule}));\n")
    };
    guards.chain(effects).chain(derives).map(line).collect()
}
