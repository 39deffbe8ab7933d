//! Kind files → [`Kinds`]. Every mistake of every file is reported at once, with file, line, what was found and what is allowed.
//! Absent on purpose: the file system (the caller hands over texts) and the proofs, which are in `check`.

mod codes;
mod fields;
mod kind_file;
mod overlay;
pub(crate) mod table;
pub(crate) mod tree;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use anlan_base::Name;
use indexmap::IndexMap;

use self::table::{Report, either};
use self::tree::Node;
use crate::kind::{CodeList, Field, FieldType, Kind, Kinds, Role};
use crate::record::RuleTable;

/// One file of the domains, or of an overlay with the same layout.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Relative to the folder of the domains: `hidden_danger/hidden_danger.kind.toml`.
    pub path: String,
    pub text: String,
}

/// A mistake in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub file: String,
    pub line: usize,
    pub found: String,
    pub allowed: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: found {}; allowed: {}", self.file, self.line, self.found, self.allowed)
    }
}

/// Reads all kinds, puts the overlay over them and proves what can be proved. Kinds keep the order of `files`, the overlay's own come last.
pub fn load(files: &[SourceFile], overlay: &[SourceFile], rules: &RuleTable) -> Result<Kinds, Vec<Finding>> {
    let report = Report::default();
    let loaded = Loaded::read(files, overlay, &report);
    crate::check::check(&loaded, rules, &report);
    finish(loaded, report)
}

/// Reads without proving: for the generator that writes the rule table which the proofs need.
pub fn read(files: &[SourceFile], overlay: &[SourceFile]) -> Result<Kinds, Vec<Finding>> {
    let report = Report::default();
    let loaded = Loaded::read(files, overlay, &report);
    finish(loaded, report)
}

fn finish(loaded: Loaded, report: Report) -> Result<Kinds, Vec<Finding>> {
    if report.is_empty() { Ok(loaded.kinds) } else { Err(report.sorted()) }
}

/// What the files hold, with enough of their text kept to say where a mistake stands.
pub(crate) struct Loaded {
    pub kinds: Kinds,
    /// Each kind's file as merged with the overlay.
    pub trees: IndexMap<Name, Node>,
    pub roles: Option<Node>,
    pub samples: Vec<Sample>,
    /// CSV lists by domain and name: file, and whether a field uses it.
    pub lists: BTreeMap<(Name, String), (CodeList, bool)>,
    /// `hidden_danger/documents/listing_notice.typ`.
    pub documents: BTreeSet<String>,
    /// No file failed: what one file says of another can be judged.
    pub complete: bool,
}

/// `samples/<kind>.v<N>.json`
pub(crate) struct Sample {
    pub path: String,
    pub kind: String,
    pub version: u32,
    pub text: String,
}

/// What a file is, by its path.
enum Place<'a> {
    Kind { domain: Name, stem: &'a str },
    Codes { domain: Name, name: &'a str },
    Settings { domain: Name },
    Roles,
    Sample { kind: &'a str, version: u32 },
    Document,
    Scenario,
    Other,
}

const LAYOUT: &str =
    "DOMAIN/KIND.kind.toml, DOMAIN/codes/NAME.csv, DOMAIN/settings.toml, organisation/roles.toml, DOMAIN/samples/KIND.vN.json";

fn place(path: &str) -> Place<'_> {
    let parts: Vec<&str> = path.split('/').collect();
    let Some(domain) = parts.first().and_then(|domain| Name::parse(domain).ok()) else { return Place::Other };
    match parts[1..] {
        ["roles.toml"] if domain == "organisation" => Place::Roles,
        ["settings.toml"] => Place::Settings { domain },
        [file] => file.strip_suffix(".kind.toml").map_or(Place::Other, |stem| Place::Kind { domain, stem }),
        ["codes", file] => file.strip_suffix(".csv").map_or(Place::Other, |name| Place::Codes { domain, name }),
        ["samples", file] => {
            let sample = file.strip_suffix(".json").and_then(|stem| stem.rsplit_once(".v"));
            match sample.and_then(|(kind, version)| Some((kind, version.parse().ok()?))) {
                Some((kind, version)) => Place::Sample { kind, version },
                None => Place::Other,
            }
        }
        ["documents", _] => Place::Document,
        ["scenarios", _] => Place::Scenario,
        _ => Place::Other,
    }
}

/// The trees before they are understood.
#[derive(Default)]
struct Raw<'a> {
    kinds: Vec<(Name, &'a str, Node)>,
    settings: IndexMap<Name, Node>,
    failed: bool,
}

impl Loaded {
    fn read(files: &[SourceFile], overlay: &[SourceFile], report: &Report) -> Self {
        let mut raw = Raw::default();
        let mut loaded = Self {
            kinds: Kinds::default(),
            trees: IndexMap::new(),
            roles: None,
            samples: Vec::new(),
            lists: BTreeMap::new(),
            documents: BTreeSet::new(),
            complete: true,
        };
        for source in files {
            loaded.take(source, &source.path, &mut raw, report);
        }
        for source in overlay {
            loaded.lay_over(source, files, &mut raw, report);
        }
        for (domain, node) in &raw.settings {
            if let serde_json::Value::Object(settings) = node.json() {
                loaded.kinds.settings.insert(domain.clone(), settings);
            }
        }
        if let Some(roles) = &loaded.roles {
            loaded.kinds.roles = table::named(roles, "roles", report, |id, table| Some(kind_file::role(id, table)) as Option<Role>);
        }
        for (domain, stem, tree) in raw.kinds {
            loaded.understand(&domain, stem, tree, report);
        }
        loaded.complete = !raw.failed && report.is_empty();
        loaded
    }

    /// `shown` is what findings call the file.
    fn take<'a>(&mut self, source: &'a SourceFile, shown: &str, raw: &mut Raw<'a>, report: &Report) {
        match place(&source.path) {
            Place::Kind { domain, stem } => {
                if let Some(tree) = tree_of(source, shown, raw, report) {
                    raw.kinds.push((domain, stem, tree));
                }
            }
            Place::Codes { domain, name } => {
                self.lists.insert((domain, name.to_owned()), (codes::csv_list(shown, &source.text, report), false));
            }
            Place::Settings { domain } => {
                if let Some(tree) = tree_of(source, shown, raw, report) {
                    raw.settings.insert(domain, tree);
                }
            }
            Place::Roles => self.roles = tree_of(source, shown, raw, report),
            Place::Sample { kind, version } => {
                self.samples.push(Sample { path: shown.to_owned(), kind: kind.to_owned(), version, text: source.text.clone() });
            }
            Place::Document => {
                self.documents.insert(source.path.clone());
            }
            Place::Scenario | Place::Other => {}
        }
    }

    /// An overlay's file either changes a shipped one of the same path or stands for itself.
    fn lay_over<'a>(&mut self, source: &'a SourceFile, files: &[SourceFile], raw: &mut Raw<'a>, report: &Report) {
        let shown = format!("overlay/{}", source.path);
        match place(&source.path) {
            Place::Kind { domain, stem } => {
                let Some(tree) = tree_of(source, &shown, raw, report) else { return };
                let id = |tree: &Node| tree.child("kind").and_then(|kind| kind.child("id")).and_then(Node::text).map(str::to_owned);
                match raw.kinds.iter_mut().find(|(_, _, base)| id(base) == id(&tree)) {
                    Some((_, _, base)) => overlay::patch_kind(base, &tree, report),
                    None => {
                        overlay::refuse_rules(&tree, report);
                        raw.kinds.push((domain, stem, tree));
                    }
                }
            }
            Place::Codes { domain, name } => match self.lists.get_mut(&(domain, name.to_owned())) {
                Some((list, _)) => codes::overlay_list(list, &shown, &source.text, report),
                None => self.take(source, &shown, raw, report),
            },
            Place::Settings { domain } => {
                let Some(tree) = tree_of(source, &shown, raw, report) else { return };
                match raw.settings.get_mut(&domain) {
                    Some(base) => overlay::patch_settings(base, &tree, "", report),
                    None => {
                        raw.settings.insert(domain, tree);
                    }
                }
            }
            Place::Roles => {
                if let (Some(tree), Some(base)) = (tree_of(source, &shown, raw, report), &mut self.roles) {
                    overlay::patch_roles(base, &tree, report);
                }
            }
            Place::Sample { .. } | Place::Document | Place::Scenario if files.iter().all(|file| file.path != source.path) => {
                self.take(source, &shown, raw, report);
            }
            _ => report.push(Finding {
                file: shown,
                line: 1,
                found: "a file that an overlay may not have".to_owned(),
                allowed: LAYOUT.to_owned(),
            }),
        }
    }

    fn understand(&mut self, domain: &Name, stem: &str, tree: Node, report: &Report) {
        let Some(mut kind) = kind_file::read(&tree, domain, report) else { return };
        let id_at = tree.nearest(&["kind", "id"]);
        if let Some(other) = id_at.text().filter(|id| Name::parse(id).is_ok() && *id != stem) {
            report.add(id_at, format!("the id `{other}` in the file `{stem}.kind.toml`"), "the file's name");
        }
        self.join_lists(&mut kind, &tree, report);
        match self.kinds.by_id.get(&kind.id) {
            Some(other) => {
                report.add(id_at, format!("the kind `{}` a second time", kind.id), format!("one; the other stands in {}", other.file))
            }
            None => {
                self.trees.insert(kind.id.clone(), tree);
                self.kinds.by_id.insert(kind.id.clone(), Arc::new(kind));
            }
        }
    }

    /// Finds the code list of each field, in the kind file or among the CSV files.
    fn join_lists(&mut self, kind: &mut Kind, tree: &Node, report: &Report) {
        let body = kind.fields.values().map(|field| (vec!["fields", field.id.as_str(), "codes"], field));
        let rows = kind
            .rows
            .iter()
            .flat_map(|(row, fields)| fields.values().map(move |field| (vec!["rows", row.as_str(), field.id.as_str(), "codes"], field)));
        let mut found: Vec<(String, CodeList)> = Vec::new();
        for (path, field) in body.chain(rows) {
            let Some(name) = codes_of(field) else { continue };
            let key = match name.split_once('/') {
                Some((domain, list)) => Name::parse(domain).ok().map(|domain| (domain, list.to_owned())),
                None => Some((kind.domain.clone(), name.to_owned())),
            };
            let at = tree.nearest(&path);
            match (kind.codes.contains_key(name), key.as_ref().and_then(|key| self.lists.get_mut(key))) {
                (true, None) => {}
                (true, Some((list, _))) => {
                    report.add(at, format!("the code list `{name}` twice"), format!("[choices.{name}] or {}, not both", list.file));
                }
                (false, Some((list, used))) => {
                    *used = true;
                    found.push((name.to_owned(), list.clone()));
                }
                (false, None) => {
                    let own = kind.codes.keys().cloned();
                    let of_domain = self.lists.keys().filter(|(domain, _)| *domain == kind.domain).map(|(_, list)| list.clone());
                    report.add(at, format!("the code list `{name}`"), either(own.chain(of_domain)));
                }
            }
        }
        kind.codes.extend(found);
    }
}

fn tree_of(source: &SourceFile, shown: &str, raw: &mut Raw, report: &Report) -> Option<Node> {
    match Node::parse(shown, &source.text) {
        Ok(tree) => Some(tree),
        Err(findings) => {
            raw.failed = true;
            report.extend(findings);
            None
        }
    }
}

/// The code list a field names, if its type has one.
pub(crate) fn codes_of(field: &Field) -> Option<&str> {
    match &field.kind {
        FieldType::Choice { codes, .. } | FieldType::Tree { codes, .. } => Some(codes),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
