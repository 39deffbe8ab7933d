//! How often equipment fails, and how: the embedded base table by class of equipment (Purple Book ch. 3, from-knowledge; a site has its own).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    PressurisedVessel,
    ProcessVessel,
    /// Single containment.
    AtmosphericTank,
    FullContainmentTank,
    #[serde(rename = "pipe_below_75")]
    PipeBelow75,
    #[serde(rename = "pipe_75_to_150")]
    Pipe75To150,
    #[serde(rename = "pipe_above_150")]
    PipeAbove150,
    Pump,
    CannedPump,
    /// Dangerous contents in the shell.
    HeatExchanger,
    ReliefDevice,
    LoadingArm,
    LoadingHose,
    PressurisedTanker,
    AtmosphericTanker,
    PackagedToxic,
    Warehouse,
}

/// A way in which contents are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leak {
    /// All at once.
    Instantaneous,
    /// All within ten minutes, at a steady rate.
    TenMinutes,
    #[serde(rename = "hole_10_mm")]
    Hole10Mm,
    /// Both ends open.
    FullBore,
    /// A hole of a tenth of the diameter, at most 50 mm.
    TenthOfBore,
    LargestConnection,
    /// A relief device at its full rate.
    Relief,
    HandlingSpill,
    Fire,
}

/// What a frequency counts: it is multiplied by the metres, hours or packages a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    #[serde(rename = "/yr")]
    PerYear,
    #[serde(rename = "/m/yr")]
    PerMetreYear,
    #[serde(rename = "/h")]
    PerHour,
    #[serde(rename = "/package handled")]
    PerPackage,
}

/// One row of `data/failure_frequencies.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub class: Class,
    pub leak: Leak,
    pub equipment: String,
    pub scenario: String,
    pub frequency: f64,
    pub unit: Unit,
    pub status: String,
    pub source: String,
}

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let text = include_str!("../../data/failure_frequencies.csv");
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(|row| row.expect("the embedded table is whole")).collect()
});

/// The whole table, in its order.
pub fn all() -> &'static [Row] {
    &TABLE
}

/// The ways in which a class of equipment fails, worst first.
pub fn of(class: Class) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.class == class)
}

impl Class {
    /// As the descriptions and the table write it.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

impl Leak {
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_fails_somehow_and_every_figure_has_a_status() {
        assert_eq!(all().len(), 34);
        assert!(all().iter().all(|row| row.frequency > 0.0 && !row.status.is_empty() && !row.source.is_empty()));
        let vessel: Vec<(Leak, f64)> = of(Class::PressurisedVessel).map(|row| (row.leak, row.frequency)).collect();
        assert_eq!(vessel, [(Leak::Instantaneous, 5e-7), (Leak::TenMinutes, 5e-7), (Leak::Hole10Mm, 1e-5)]);
        assert!(of(Class::Pipe75To150).all(|row| row.unit == Unit::PerMetreYear));
    }

    #[test]
    fn a_way_of_failing_occurs_once_a_class() {
        for (i, row) in all().iter().enumerate() {
            assert!(all()[..i].iter().all(|other| (other.class, other.leak) != (row.class, row.leak)), "{row:?}");
        }
        assert_eq!(Class::Pipe75To150.name(), "pipe_75_to_150");
    }
}
