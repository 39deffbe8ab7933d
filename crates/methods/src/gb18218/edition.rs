//! The tables of GB 18218, edition by edition: which one was in force on a day, and which row a substance stands in.

use std::sync::LazyLock;

use anlan_base::Date;
use serde::Deserialize;

use crate::exact::Exact;
use crate::names::{among, bare, plain};
use crate::status::Status;
use crate::table;

/// Every edition known by its dates of force; the tables of an early one may not be held.
pub struct Editions(Vec<Edition>);

pub struct Edition {
    pub standard: String,
    pub from: Date,
    /// The first day on which it is no longer in force.
    pub until: Option<Date>,
    pub tables: Option<Tables>,
    pub status: Status,
}

/// Tables 1 to 6.
pub struct Tables {
    named: Vec<Named>,
    usual: Vec<Usual>,
    categories: Vec<Category>,
    toxic: Vec<Toxic>,
    defaults: Vec<DefaultBeta>,
    pub alphas: Vec<Alpha>,
    pub levels: Vec<Level>,
}

/// The six tables as CSV.
pub struct TableTexts<'t> {
    pub table1: &'t str,
    /// What people call the substances of Table 1 besides; in no edition.
    pub usual_names: &'t str,
    pub table2_4: &'t str,
    pub table3: &'t str,
    pub beta_defaults: &'t str,
    pub table5: &'t str,
    pub table6: &'t str,
}

/// Table 1: a substance named by the standard.
#[derive(Debug, Deserialize)]
pub struct Named {
    pub seq: u32,
    pub name_zh: String,
    alias_zh: String,
    pub cas: String,
    #[serde(rename = "critical_t")]
    pub critical: Exact,
    pub status: Status,
    /// What must hold for the row beside the name, such as a content.
    #[serde(rename = "condition_zh")]
    pub condition: Option<String>,
}

/// A name or CAS number in common use that Table 1 does not print.
#[derive(Debug, Deserialize)]
struct Usual {
    seq: u32,
    alias_zh: String,
    cas: String,
    status: Status,
}

/// The rows of Table 1 that a name or number means, and how well that is known.
pub struct Found<'t> {
    pub rows: Vec<&'t Named>,
    pub status: Status,
}

/// Tables 2 and 4: a category of hazard.
#[derive(Debug, Deserialize)]
pub struct Category {
    pub symbol: String,
    pub class_zh: String,
    #[serde(rename = "critical_t")]
    pub critical: Exact,
    pub beta: Exact,
    pub status: Status,
}

/// Table 3: the correction factor of a named toxic gas.
#[derive(Debug, Deserialize)]
pub struct Toxic {
    pub name_zh: String,
    pub cas: String,
    pub beta: Exact,
    pub status: Status,
}

/// Which class of Table 4 a substance of Table 1 most probably belongs to.
#[derive(Debug, Deserialize)]
pub struct DefaultBeta {
    seq: u32,
    #[serde(rename = "beta_default")]
    pub beta: Exact,
    pub basis: String,
    pub status: Status,
}

/// Table 5.
#[derive(Debug, Deserialize)]
pub struct Alpha {
    pub population_min: u64,
    pub population_max: Option<u64>,
    pub alpha: Exact,
    pub status: Status,
}

/// Table 6, worst level first.
#[derive(Debug, Deserialize)]
pub struct Level {
    pub level: u8,
    pub name_zh: String,
    pub r_min: Exact,
    pub status: Status,
}

#[derive(Deserialize)]
struct InForce {
    standard: String,
    from: Date,
    until: Option<Date>,
    /// The folder of this edition's tables.
    tables: Option<String>,
    status: Status,
}

impl Editions {
    pub fn new(editions: Vec<Edition>) -> Self {
        Self(editions)
    }

    pub fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Editions> = LazyLock::new(|| {
            let edition = |row: InForce| Edition {
                tables: row.tables.as_deref().map(|folder| Tables::parse(texts(folder))),
                from: row.from,
                until: row.until,
                standard: row.standard,
                status: row.status,
            };
            Editions(table::rows(include_str!("../../data/gb18218_editions.csv")).into_iter().map(edition).collect())
        });
        &BUILT_IN
    }

    /// The edition in force on a day; the latest begun where two overlap.
    pub fn on(&self, day: Date) -> Option<&Edition> {
        self.0.iter().filter(|e| e.from <= day && e.until.is_none_or(|until| day < until)).max_by_key(|e| e.from)
    }

    /// Table 6 on a day; for a day before the first held edition, or none, that of the edition nearest to it.
    pub(super) fn levels_on(&self, day: Option<Date>) -> &Tables {
        let held = || self.0.iter().filter_map(|edition| Some((edition.from, edition.tables.as_ref()?)));
        let begun = held().filter(|(from, _)| day.is_none_or(|day| *from <= day)).max_by_key(|(from, _)| *from);
        begun.or_else(|| held().min_by_key(|(from, _)| *from)).expect("an edition is held").1
    }
}

/// An edition computes with the tables of its own folder: one without texts here does not start.
fn texts(folder: &str) -> &'static TableTexts<'static> {
    match folder {
        "gb18218_2018" => &TEXTS_2018,
        other => panic!("gb18218_editions.csv names the folder `{other}`, and its tables are not compiled in"),
    }
}

/// GB 18218-2018, in force since 2019-03-01.
pub const TEXTS_2018: TableTexts<'static> = TableTexts {
    table1: include_str!("../../data/gb18218_2018/table1.csv"),
    usual_names: include_str!("../../data/gb18218_2018/usual_names.csv"),
    table2_4: include_str!("../../data/gb18218_2018/table2_4.csv"),
    table3: include_str!("../../data/gb18218_2018/table3.csv"),
    beta_defaults: include_str!("../../data/gb18218_2018/beta_defaults.csv"),
    table5: include_str!("../../data/gb18218_2018/table5_alpha.csv"),
    table6: include_str!("../../data/gb18218_2018/table6_levels.csv"),
};

impl Tables {
    pub fn parse(texts: &TableTexts) -> Self {
        Self {
            named: table::rows(texts.table1),
            usual: table::rows(texts.usual_names),
            categories: table::rows(texts.table2_4),
            toxic: table::rows(texts.table3),
            defaults: table::rows(texts.beta_defaults),
            alphas: table::rows(texts.table5),
            levels: table::rows(texts.table6),
        }
    }

    pub fn by_cas(&self, cas: &str) -> Found<'_> {
        let printed: Vec<_> = self.named.iter().filter(|row| row.cas.split(';').any(|known| known == cas)).collect();
        if printed.is_empty() { self.usually(|usual| among(&usual.cas, cas)) } else { Found { rows: printed, status: Status::Verified } }
    }

    /// Rows of this name as the standard prints it, else as people call it, else without the words for its state or grade.
    pub fn by_name(&self, name: &str) -> Found<'_> {
        let rows = self.printed(name);
        if !rows.is_empty() {
            return Found { rows, status: Status::Verified };
        }
        let usual = self.usually(|usual| among(&usual.alias_zh, name));
        if !usual.rows.is_empty() {
            return usual;
        }
        let mut forms = bare(name).into_iter();
        forms.find_map(|form| self.called(&form)).unwrap_or(Found { rows: Vec::new(), status: Status::FromKnowledge })
    }

    /// Rows that a name would mean but for what stands in its brackets, such as another content.
    pub fn near(&self, name: &str) -> Vec<&Named> {
        let name = plain(name);
        match name.split_once(['(', '[']) {
            Some((before, _)) if !before.is_empty() => self.by_name(before).rows,
            _ => Vec::new(),
        }
    }

    fn called(&self, form: &str) -> Option<Found<'_>> {
        let printed = self.printed(form);
        let found = if printed.is_empty() {
            self.usually(|usual| among(&usual.alias_zh, form))
        } else {
            Found { rows: printed, status: Status::FromKnowledge }
        };
        (!found.rows.is_empty()).then_some(found)
    }

    /// Rows of exactly this name or synonym; if there are none, rows whose name is this one but for a condition in brackets.
    fn printed(&self, name: &str) -> Vec<&Named> {
        let wanted = plain(name);
        let exact: Vec<_> = self.named.iter().filter(|row| row.names().any(|known| plain(known) == wanted)).collect();
        if !exact.is_empty() {
            return exact;
        }
        self.named.iter().filter(|row| row.unconditional() == wanted).collect()
    }

    fn usually(&self, is_called: impl Fn(&Usual) -> bool) -> Found<'_> {
        let usual: Vec<_> = self.usual.iter().filter(|usual| is_called(usual)).collect();
        let rows = self.named.iter().filter(|row| usual.iter().any(|usual| usual.seq == row.seq)).collect();
        Found { rows, status: Status::worst(usual.iter().map(|usual| usual.status)) }
    }

    pub fn category(&self, symbol: &str) -> Option<&Category> {
        self.categories.iter().find(|row| row.symbol.eq_ignore_ascii_case(symbol))
    }

    pub fn symbols(&self) -> String {
        self.categories.iter().map(|row| row.symbol.as_str()).collect::<Vec<_>>().join(", ")
    }

    pub fn toxic(&self, row: &Named) -> Option<&Toxic> {
        self.toxic.iter().find(|toxic| row.cas.split(';').any(|cas| cas == toxic.cas))
    }

    /// Table 3 also names a gas (carbon monoxide) that Table 1 does not.
    pub fn toxic_called(&self, cas: Option<&str>, name: Option<&str>) -> Option<&Toxic> {
        self.toxic.iter().find(|toxic| cas == Some(&toxic.cas) || name.is_some_and(|name| plain(name) == plain(&toxic.name_zh)))
    }

    pub fn default_beta(&self, row: &Named) -> Option<&DefaultBeta> {
        self.defaults.iter().find(|default| default.seq == row.seq)
    }

    pub fn alpha(&self, population: u64) -> Option<&Alpha> {
        self.alphas.iter().find(|row| row.population_min <= population && row.population_max.is_none_or(|max| population <= max))
    }

    pub fn level(&self, r: Exact) -> Option<&Level> {
        self.levels.iter().find(|row| r >= row.r_min)
    }

    /// R of the next worse level: where a level ends.
    pub fn level_ends(&self, level: &Level) -> Option<Exact> {
        self.levels.iter().filter(|row| row.level < level.level).map(|row| row.r_min).min()
    }
}

impl Named {
    fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name_zh.as_str()).chain(self.alias_zh.split(';').filter(|name| !name.is_empty()))
    }

    fn unconditional(&self) -> String {
        let name = plain(&self.name_zh);
        name.split(['(', '[']).next().unwrap_or_default().to_owned()
    }

    /// The condition of the row, where `name` does not state it.
    pub fn open_condition(&self, name: Option<&str>) -> Option<&str> {
        let says = |name: &str, condition: &str| plain(name) == plain(&self.name_zh) || plain(name).contains(&plain(condition));
        self.condition.as_deref().filter(|condition| name.is_none_or(|name| !says(name, condition)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seqs(found: &Found) -> Vec<u32> {
        found.rows.iter().map(|row| row.seq).collect()
    }

    #[test]
    fn names_are_found_as_people_type_them() {
        let tables = Tables::parse(&TEXTS_2018);
        for (name, rows) in [
            ("液氯", vec![12]),
            ("氯化氢", vec![11]),
            ("氯化氢（无水）", vec![11]),
            (" 光气 ", vec![6]),
            ("tnt", vec![35]),
            ("硝酸铵", vec![43, 44]),
            ("硝化棉", vec![37, 38, 39, 40, 41]),
            ("天然气", vec![49]),
            ("1,3-丁二烯", vec![47]),
            ("盐酸", vec![]),
        ] {
            assert_eq!(seqs(&tables.by_name(name)), rows, "{name}");
        }
        assert_eq!(seqs(&tables.by_cas("74-98-6")), [52]);
    }

    #[test]
    fn usual_names_and_words_for_a_state_find_the_row_and_are_known_less_well() {
        let tables = Tables::parse(&TEXTS_2018);
        for (name, row) in [
            ("无水氟化氢", 20),
            ("氟化氢（无水）", 20),
            ("无水氟化氢(AHF)", 20),
            ("溶解乙炔", 54),
            ("液氢", 51),
            ("无水氨", 1),
            ("无水液氨", 1),
            ("液溴", 28),
            ("lpg", 52),
            ("液化石油气（LPG）", 52),
            ("液化天然气", 49),
            ("丙烷", 52),
            ("正丁烷", 52),
            ("硫化氢气体", 10),
            ("工业酒精", 67),
            ("环氧丙烷", 63),
            ("三乙基铝", 74),
        ] {
            let found = tables.by_name(name);
            assert_eq!((seqs(&found), found.status), (vec![row], Status::FromKnowledge), "{name}");
        }
        assert_eq!(seqs(&tables.by_name("工业硝酸铵")), [43, 44]);
        // A solution is another substance: its row is only near.
        for name in ["氟化氢（40%水溶液）", "甲醛（37%溶液）", "氢氟酸", "氨水", "工业氨水", "异丁烷", "光", "液", "无水", "液体（液化的）"]
        {
            assert!(tables.by_name(name).rows.is_empty(), "{name}");
        }
        assert_eq!(tables.near("甲醛（37%溶液）").iter().map(|row| row.seq).collect::<Vec<_>>(), [8]);
        for (cas, row) in [("8006-61-9", 66), ("584-84-9", 23), ("97-93-8", 74)] {
            let found = tables.by_cas(cas);
            assert_eq!((seqs(&found), found.status), (vec![row], Status::FromKnowledge), "{cas}");
        }
    }

    #[test]
    fn usual_names_are_nobody_elses_and_their_numbers_check() {
        let tables = Tables::parse(&TEXTS_2018);
        for usual in &tables.usual {
            assert_eq!(usual.status, Status::FromKnowledge);
            assert!(tables.named.iter().any(|row| row.seq == usual.seq), "{usual:?}");
            for name in usual.alias_zh.split(';').filter(|name| !name.is_empty()) {
                assert!(tables.printed(name).is_empty(), "{name} is printed");
                assert_eq!(tables.usual.iter().filter(|other| among(&other.alias_zh, name)).count(), 1, "{name}");
            }
            for cas in usual.cas.split(';').filter(|cas| !cas.is_empty()) {
                assert!(crate::names::cas_checks(cas), "{cas}");
                assert!(!tables.named.iter().any(|row| among(&row.cas, cas)), "{cas} is printed");
            }
        }
    }

    #[test]
    fn every_row_of_table_1_has_a_default_and_every_gas_of_table_3_but_carbon_monoxide_is_named() {
        let tables = Tables::parse(&TEXTS_2018);
        assert_eq!((tables.named.len(), tables.categories.len(), tables.toxic.len()), (85, 24, 14));
        assert!(tables.named.iter().all(|row| tables.default_beta(row).is_some()));
        assert_eq!(tables.named.iter().filter(|row| tables.toxic(row).is_some()).count(), 13);
        assert_eq!(tables.toxic_called(None, Some("一氧化碳")).map(|toxic| toxic.beta), Some(Exact::whole(2)));
    }

    #[test]
    fn no_two_editions_share_a_folder_of_tables() {
        let rows: Vec<InForce> = table::rows(include_str!("../../data/gb18218_editions.csv"));
        let mut folders: Vec<_> = rows.iter().filter_map(|row| row.tables.as_deref()).collect();
        let held = folders.len();
        folders.sort_unstable();
        folders.dedup();
        assert_eq!((held, folders.len()), (Editions::built_in().0.iter().filter(|edition| edition.tables.is_some()).count(), held));
    }
}
