// Written by `cargo run -p anlan-xtask -- generate` from the kinds. Change the kinds instead.

use crate::rule::{derive, guard};
use anlan_records::record::RuleTable;

/// The functions that the kinds name, each on the typed record.
pub fn rule_table() -> RuleTable {
    let mut table = RuleTable::default();
    table.derives.insert("hidden_danger/rectified_on_time".to_owned(), derive(crate::hidden_danger::rules::rectified_on_time));
    table.derives.insert("major_hazard/level_of_unit".to_owned(), derive(crate::major_hazard::rules::level_of_unit));
    table.derives.insert("monitoring/what_it_watches".to_owned(), derive(crate::monitoring::rules::what_it_watches));
    table.derives.insert("warning/what_it_says".to_owned(), derive(crate::warning::rules::what_it_says));
    table.derives.insert("warning/worst_so_far".to_owned(), derive(crate::warning::rules::worst_so_far));
    table.derives.insert("warning/worst_term".to_owned(), derive(crate::warning::rules::worst_term));
    table.guards.insert("enterprise/code_is_well_formed".to_owned(), guard(crate::enterprise::rules::code_is_well_formed));
    table.guards.insert("hidden_danger/asked_in_time".to_owned(), guard(crate::hidden_danger::rules::asked_in_time));
    table.guards.insert("hidden_danger/may_become_case".to_owned(), guard(crate::hidden_danger::rules::may_become_case));
    table.guards.insert("hidden_danger/removal_published".to_owned(), guard(crate::hidden_danger::rules::removal_published));
    table.guards.insert("hidden_danger/within_longest_period".to_owned(), guard(crate::hidden_danger::rules::within_longest_period));
    table.guards.insert("monitoring/limits_in_order".to_owned(), guard(crate::monitoring::rules::limits_in_order));
    table.guards.insert("warning/conditions_are_gone".to_owned(), guard(crate::warning::rules::conditions_are_gone));
    table
}
