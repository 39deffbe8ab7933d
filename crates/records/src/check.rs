//! Proves of loaded kinds what can be proved before anybody uses them.

use crate::load::Loaded;
use crate::load::table::Report;
use crate::record::RuleTable;

pub(crate) fn check(_loaded: &Loaded, _rules: &RuleTable, _report: &Report) {}
