//! The risk a target or society may bear: GB 36894-2018.

use serde::{Deserialize, Serialize};

/// Status of the figures: the first tier and the lines are confirmed by two secondary texts; the other tiers are from knowledge.
pub const SOURCE: &str = "GB 36894-2018";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// High-sensitivity, important, and class-1 general targets.
    HighSensitivityImportantOrClass1,
    Class2,
    Class3,
}

/// Whether the installation is new (or renewed) or in service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Installation {
    New,
    InService,
}

/// Individual risk a target may bear, per year.
#[rustfmt::skip]
pub fn individual_limit(target: Target, installation: Installation) -> f64 {
    let (new, in_service) = match target {
        Target::HighSensitivityImportantOrClass1 => (3e-7, 3e-6),
        Target::Class2                           => (3e-6, 1e-5),
        Target::Class3                           => (1e-5, 3e-5),
    };
    match installation { Installation::New => new, Installation::InService => in_service }
}

/// Where a point of the F–N curve lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    Acceptable,
    /// Between the lines: as low as reasonably practicable.
    Alarp,
    Intolerable,
}

/// Zone of `f` accidents a year with `n` deaths or more. Case QRA-002.
///
/// Intolerable above `F = 1e-3/N` and, at any frequency, beyond 1000 deaths; acceptable up to `F = 1e-5/N`. On a line, the milder zone.
pub fn societal_zone(n: f64, f: f64) -> Zone {
    if f <= 0.0 || n < 1.0 {
        Zone::Acceptable
    } else if n > 1000.0 || f > 1e-3 / n {
        Zone::Intolerable
    } else if f > 1e-5 / n {
        Zone::Alarp
    } else {
        Zone::Acceptable
    }
}

/// The worst zone a whole F–N curve of (N, F) touches.
pub fn judge_curve(curve: &[(f64, f64)]) -> Zone {
    curve.iter().map(|(n, f)| societal_zone(*n, *f)).max().unwrap_or(Zone::Acceptable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_the_embedded_table() {
        let text = include_str!("../../data/risk_criteria_gb36894.csv");
        let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
        for (row, target) in rows.iter().zip([Target::HighSensitivityImportantOrClass1, Target::Class2, Target::Class3]) {
            assert_eq!(row[3].parse(), Ok(individual_limit(target, Installation::New)));
            assert_eq!(row[4].parse(), Ok(individual_limit(target, Installation::InService)));
        }
    }

    #[test]
    fn beyond_a_thousand_deaths_nothing_is_tolerable() {
        assert_eq!(societal_zone(1001.0, 1e-12), Zone::Intolerable);
        assert_eq!(societal_zone(1000.0, 1e-9), Zone::Acceptable);
        assert_eq!(judge_curve(&[(1.0, 1e-6), (10.0, 5e-5)]), Zone::Alarp);
        assert_eq!(judge_curve(&[]), Zone::Acceptable);
    }
}
