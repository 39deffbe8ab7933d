//! The business domains of the plan: kinds as data, rules as Rust, both carried by the binary.
//! Absent on purpose: storage, HTTP, the clock.

use anlan_base::{Calendar, Date, RegionPath, WorkingDay};
use anlan_records::kind::Kinds;
use anlan_records::load::{self, Finding, SourceFile};

#[path = "kinds.gen.rs"]
mod kinds;
pub mod rule;
#[path = "rules.gen.rs"]
mod rules;
#[path = "sources.gen.rs"]
mod sources_list;

pub use kinds::*;
pub use rules::rule_table;

/// The files of the kinds as they were when the binary was built.
pub fn sources() -> Vec<SourceFile> {
    sources_list::FILES.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

/// The kinds of the binary with an overlay put over them, proved.
pub fn load(overlay: &[SourceFile]) -> Result<Kinds, Vec<Finding>> {
    let kinds = load::load(&sources(), overlay, &rule_table())?;
    match warning::scheme::Scheme::read(&kinds) {
        Ok(_) => Ok(kinds),
        Err(found) => Err(vec![Finding {
            file: "warning/settings.toml".to_owned(),
            line: 1,
            found,
            allowed: "the tables and types of the file that came with the platform".to_owned(),
        }]),
    }
}

/// Working days as published: the years of the table known, others Monday to Friday.
pub fn calendar() -> Calendar {
    let mut calendar = Calendar::default();
    let mut years: std::collections::BTreeMap<i32, Vec<(Date, WorkingDay)>> = std::collections::BTreeMap::new();
    for line in include_str!("organisation/calendar.csv").lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())) {
        let mut cells = line.split(',');
        let day = cells.next().and_then(|cell| Date::parse(cell).ok()).expect("calendar.csv begins with a date");
        let works = match cells.next() {
            Some("works") => WorkingDay::Works,
            Some("rests") => WorkingDay::Rests,
            other => panic!("calendar.csv: {day} has {other:?}; allowed: works, rests"),
        };
        years.entry(day.year()).or_default().push((day, works));
    }
    for (year, days) in years {
        calendar.add_year(year, days);
    }
    calendar
}

/// A division of the administrative tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Ours, and stable: codes and names may change.
    pub id: u32,
    pub code: String,
    pub zh: String,
    pub en: String,
    /// `province`, `city`, `district`, `town` or `subdistrict`.
    pub level: String,
    pub path: RegionPath,
}

/// The tree a new installation starts with, parents first. Source and status stand in `organisation/regions.csv`.
pub fn regions() -> Vec<Region> {
    let mut all: Vec<Region> = Vec::new();
    for line in include_str!("organisation/regions.csv").lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())) {
        let cells: Vec<&str> = line.split(',').collect();
        let [id, code, zh, en, level, parent, _status] = cells[..] else { panic!("regions.csv: `{line}` has not seven cells") };
        let id = id.parse().expect("regions.csv begins with a number");
        let above = all.iter().find(|region| region.code == parent).map_or_else(RegionPath::root, |region| region.path.clone());
        let text = str::to_owned;
        all.push(Region { id, code: text(code), zh: text(zh), en: text(en), level: text(level), path: above.child(id) });
    }
    all
}

/// A group of the menus.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MenuGroup {
    pub id: String,
    pub zh: String,
    pub en: String,
    /// Pages that are no lists of records, by the name the application gives them.
    #[serde(default)]
    pub pages: Vec<String>,
    pub kinds: Vec<String>,
    /// Kinds whose saved views stand beneath them.
    #[serde(default)]
    pub views: Vec<String>,
}

/// The menus in their order, from `organisation/menus.toml`.
pub fn menus() -> Vec<MenuGroup> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        group: Vec<MenuGroup>,
    }
    toml::from_str::<File>(include_str!("organisation/menus.toml")).expect("menus.toml came with the binary").group
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn menus_name_kinds_that_exist() {
        let kinds = load(&[]).expect("the kinds are sound");
        for group in menus() {
            for kind in group.kinds.iter().chain(&group.views) {
                assert!(kinds.get(kind).is_some(), "{}: {kind}", group.id);
            }
        }
    }

    #[test]
    fn towns_lie_in_the_district() {
        let regions = regions();
        let district = regions.iter().find(|region| region.code == "320411").expect("the district is there");
        let towns: Vec<&Region> = regions.iter().filter(|region| region.code.len() == 9).collect();
        assert!(towns.len() >= 10 && towns.iter().all(|town| district.path.covers(&town.path)));
    }
}
