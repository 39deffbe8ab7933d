//! Checks of the files' text.

use super::{Finding, Tree, shipped};

/// What the engine is made of: these folders, and the parts of app and api that serve records of any kind.
const ENGINE: [&str; 6] =
    ["crates/records/src/", "crates/access/src/", "crates/store/src/", "crates/documents/src/", "web/src/records/", "web/src/fields/"];
const RECORD_PARTS: [&str; 2] = ["crates/app/src/record", "crates/api/src/record"];
/// The owning organisation of every record: the engine may know it.
const OWNER: &str = "enterprise";
/// Points and alarms carry the id of their unit: in the store it is a column of theirs, and not the kind.
const COLUMNS_OF_POINTS: [&str; 1] = ["hazard_unit"];
const LONGEST_FILE: usize = 600;

/// A kind costs one file only as long as no generic code knows it by name.
pub fn engine_names_no_kind(tree: &Tree) -> Vec<Finding> {
    let kinds: Vec<&str> = tree
        .iter()
        .filter_map(|(path, _)| path.strip_prefix("domains/")?.strip_suffix(".kind.toml")?.split('/').next_back())
        .filter(|id| *id != OWNER)
        .collect();
    let mut findings = Vec::new();
    for (path, text) in tree.iter().filter(|(path, _)| is_engine(path)) {
        for (number, line) in shipped(text) {
            for kind in kinds.iter().filter(|kind| quotes(line, kind) || (says(line, kind) && !is_column(path, kind))) {
                findings.push(Finding::error(format!("{path}:{number}"), format!("the engine names the kind `{kind}`")));
            }
        }
    }
    findings
}

fn is_engine(path: &str) -> bool {
    let source = [".rs", ".ts", ".tsx", ".sql"].iter().any(|end| path.ends_with(end));
    let test = ["tests.rs", "fixture.rs", ".test.ts", ".test.tsx"].iter().any(|end| path.ends_with(end)) || path.contains("/tests/");
    source && !test && ENGINE.iter().chain(&RECORD_PARTS).any(|folder| path.starts_with(folder))
}

fn is_column(path: &str, kind: &str) -> bool {
    path.starts_with("crates/store/") && COLUMNS_OF_POINTS.contains(&kind)
}

fn quotes(line: &str, kind: &str) -> bool {
    ["\"", "'", "`"].iter().any(|quote| line.contains(&format!("{quote}{kind}{quote}")))
}

/// As a word of its own, if no everyday word: `equipment` and `warning` may stand in a sentence.
fn says(line: &str, kind: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    kind.contains('_') && line.split(|c| !word(c)).any(|token| token == kind)
}

/// Nobody else has this machine's folders.
pub fn no_machine_paths(tree: &Tree) -> Vec<Finding> {
    let folders: Vec<String> = ["home", "root", "work", "Users"].iter().map(|folder| format!("/{folder}/")).collect();
    let mut findings = Vec::new();
    for (path, text) in tree.iter().filter(|(path, _)| !path.ends_with(".lock") && !path.ends_with("package-lock.json")) {
        for (index, line) in text.lines().enumerate() {
            let machine = folders.iter().find(|folder| {
                // Part of an address or of a longer path is somebody else's folder, and fine.
                line.match_indices(folder.as_str())
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-}$*".contains(c)))
            });
            if let Some(folder) = machine {
                findings.push(Finding::error(format!("{path}:{}", index + 1), format!("a path of one machine (`{folder}…`)")));
            }
        }
    }
    findings
}

/// Both first pages, the map, and one page a domain.
pub fn documents_exist(tree: &Tree) -> Vec<Finding> {
    let mut wanted: Vec<String> =
        ["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"].map(str::to_owned).to_vec();
    for (path, _) in tree.iter() {
        // A domain is a folder with kinds, or the one with the roles.
        let folder = path.strip_prefix("domains/").and_then(|rest| rest.split_once('/'));
        if let Some((domain, _)) = folder.filter(|(_, file)| file.ends_with(".kind.toml") || *file == "roles.toml") {
            wanted.push(format!("domains/{domain}/README.md"));
        }
    }
    wanted.sort();
    wanted.dedup();
    wanted.into_iter().filter(|path| !tree.has(path)).map(|path| Finding::error(path, "is missing")).collect()
}

/// Every code with which people are refused has a sentence in both languages.
pub fn refusals_have_words(tree: &Tree) -> Vec<Finding> {
    let messages: Vec<(&str, Vec<&str>)> = tree
        .iter()
        .filter(|(path, _)| path.starts_with("crates/api/messages/") && path.ends_with(".ftl"))
        .map(|(path, text)| (path, text.lines().filter_map(|line| line.split_once(" = ")).map(|(id, _)| id).collect()))
        .collect();
    let mut findings = Vec::new();
    for (path, text) in tree.iter().filter(|(path, _)| path.ends_with(".rs") && speaks_to_people(path)) {
        let own = codes_of_an_enum(text);
        for (number, line) in shipped(text) {
            let calls = ["Refusal::new(\"", "Refusal::at(\""].iter().flat_map(|call| line.split(call).skip(1));
            let arm = own.contains(&number).then(|| line.split("=> \"").nth(1)).flatten();
            for code in calls.chain(arm).filter_map(|rest| rest.split('"').next()) {
                let id = code.replace('_', "-");
                let missing = messages.iter().filter(|(_, ids)| !ids.contains(&id.as_str()));
                findings.extend(
                    missing.map(|(file, _)| Finding::error(format!("{path}:{number}"), format!("`{code}` has no sentence in {file}"))),
                );
            }
        }
    }
    findings
}

/// The lines of `fn code` where a crate has refusals of its own: its arms name the codes.
fn codes_of_an_enum(text: &str) -> std::ops::Range<usize> {
    let lines = || shipped(text).skip_while(|(_, line)| !line.starts_with("impl Refusal {"));
    let Some((from, _)) = lines().find(|(_, line)| line.contains("fn code(&self)")) else { return 0..0 };
    let end = lines().find(|(number, line)| *number > from && *line == "    }").map_or(from, |(number, _)| number);
    from..end
}

/// What models say beside their figures reaches people: in Chinese as well.
pub fn notes_have_words(tree: &Tree) -> Vec<Finding> {
    const PHRASES: &str = "crates/api/messages/phrases.txt";
    let known: Vec<&str> = tree
        .iter()
        .filter(|(path, _)| *path == PHRASES)
        .flat_map(|(_, text)| text.lines().filter_map(|line| line.split_once(" | ")).map(|(phrase, _)| phrase))
        .collect();
    let mut findings = Vec::new();
    // Benchmarks and validation speak to those who build the models.
    let of_results = |path: &str| {
        let model = path.strip_prefix("crates/consequence/src/").filter(|_| path.ends_with(".rs"));
        model.is_some_and(|file| !file.starts_with("bench") && !file.starts_with("validate"))
    };
    for (path, text) in tree.iter().filter(|(path, _)| of_results(path)) {
        let text: String = shipped(text).map(|(_, line)| format!("{line}\n")).collect();
        for call in ["what: ", "why: ", ".assume(", ".assume(format!(", "assumptions.push(", "assumptions.push(format!("] {
            let literals = text.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
            for phrase in literals.map(with_places).filter(|phrase| !known.contains(&phrase.as_str())) {
                findings.push(Finding::error(path, format!("`{phrase}` has no row in {PHRASES}")));
            }
        }
    }
    findings
}

/// `{filled:.0} m³` is written `{} m³` in the table.
fn with_places(phrase: &str) -> String {
    let mut parts = phrase.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + "{}" + part.split_once('}').map_or(part, |(_, rest)| rest))
}

/// Scenarios are read by experts, who know the codes; tests refuse as they please.
fn speaks_to_people(path: &str) -> bool {
    let product = path.starts_with("domains/") || path.starts_with("crates/");
    product && !["/tests", "tests.rs", "/scenario/", "xtask/"].iter().any(|part| path.contains(part))
}

/// One question a file: a long one probably answers two.
pub fn files_are_short(tree: &Tree) -> Vec<Finding> {
    let written = |path: &str| {
        [".rs", ".ts", ".tsx", ".css"].iter().any(|end| path.ends_with(end)) && !path.contains(".gen.") && !path.contains("/generated/")
    };
    tree.iter()
        .filter(|(path, text)| written(path) && text.lines().count() > LONGEST_FILE)
        .map(|(path, text)| {
            Finding::warning(path, format!("{} lines; about {LONGEST_FILE} is enough for one question", text.lines().count()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        Tree(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn a_kind_named_in_the_engine_is_found_and_in_its_tests_allowed() {
        let kinds =
            [("domains/a/hidden_danger.kind.toml", ""), ("domains/b/warning.kind.toml", ""), ("domains/c/enterprise.kind.toml", "")];
        let check = |path: &str, text: &str| {
            let mut files = kinds.to_vec();
            files.push((path, text));
            engine_names_no_kind(&tree(&files)).len()
        };
        assert_eq!(check("crates/records/src/engine.rs", "if kind.id == \"hidden_danger\" {"), 1);
        assert_eq!(check("crates/app/src/records.rs", "fn open(hidden_danger: &Record)"), 1);
        assert_eq!(check("web/src/fields/text/Edit.tsx", "kind === 'warning'"), 1);
        assert_eq!(check("crates/records/src/engine.rs", "// such as hidden_danger\nlet warning = enterprise;"), 0);
        assert_eq!(check("crates/records/src/engine.rs", "#[cfg(test)]\nmod tests { \"hidden_danger\" }"), 0);
        assert_eq!(check("crates/app/src/monitoring.rs", "\"hidden_danger\""), 0, "typed kinds may be named where a domain is served");
    }

    #[test]
    fn a_refusal_without_words_is_found_also_in_an_enum_of_a_crate() {
        let words = ("crates/api/messages/zh.ftl", "too-hot = 过热。\nno-gauge = 无计。\n");
        let check = |text: &str| refusals_have_words(&tree(&[words, ("crates/methods/src/refusal.rs", text)])).len();
        let own = |code: &str| {
            format!(
                "impl Refusal {{\n    pub fn code(&self) -> &str {{\n        match self {{\n            Self::A => \"{code}\",\n        }}\n    }}\n    fn x() {{ A => \"y\" }}\n}}\n"
            )
        };
        assert_eq!((check(&own("too_hot")), check(&own("too_cold"))), (0, 1));
        assert_eq!(check("Refusal::new(\"no_gauge\"), Refusal::at(\"no_pipe\", \"x\")"), 1);
    }

    #[test]
    fn a_note_without_chinese_is_found() {
        let table = ("crates/api/messages/phrases.txt", "{} m³ burn | {} m³ 燃烧\nslopes | 坡地\n");
        let check = |text: &str| notes_have_words(&tree(&[table, ("crates/consequence/src/a.rs", text)])).len();
        assert_eq!(check("Note::LeftOut { model: MODEL, what: \"slopes\" }; f.assume(format!(\n  \"{m:.0} m³ burn\"))"), 0);
        assert_eq!(check("f.assume(\"fog\"); Note::Assumed { model: MODEL, what: \"haze\" }"), 2);
    }

    #[test]
    fn machine_paths_are_found_and_addresses_are_not() {
        let check = |line: &str| no_machine_paths(&tree(&[("a.md", line)])).len();
        let home = format!("/{}/", "home");
        assert_eq!(check(&format!("see {home}me/anlan")), 1);
        assert_eq!(check(&format!("https://example.org{home}page")), 0);
        assert_eq!(check("a/b/c and /var/lib"), 0);
    }
}
