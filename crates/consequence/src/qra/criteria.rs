//! The risk a target or society may bear: GB 36894-2018.

use serde::{Deserialize, Serialize};

use super::societal::{Event, fn_curve};
use crate::Refusal;

pub const SOURCE: &str = "GB 36894-2018";

/// How well the limit of a target is known: it goes wherever the limit goes.
pub fn status(target: Target) -> &'static str {
    match target {
        Target::HighSensitivityImportantOrClass1 => "two secondary texts agree; not seen in the standard itself",
        Target::Class2 | Target::Class3 => "from knowledge: check against the standard before a decision",
    }
}

/// How well the lines of the F–N diagram are known.
pub const SOCIETAL_STATUS: &str = "verified: the points at N = 10 and the slope, by a second source";

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

/// The worst zone a whole F–N curve of (N, F) touches; `None` for an empty curve, which alone does not tell whether anybody was asked about.
/// [`judge`] does.
pub fn judge_curve(curve: &[(f64, f64)]) -> Option<Zone> {
    curve.iter().map(|(n, f)| societal_zone(*n, *f)).max()
}

/// The worst zone of all events: acceptable when people were given and nobody dies, refused when there are no events because nobody was given.
pub fn judge(events: &[Event]) -> Result<Zone, Refusal> {
    if events.is_empty() {
        return Err(Refusal::UnknownPopulation { place: "population".into() });
    }
    Ok(judge_curve(&fn_curve(events)).unwrap_or(Zone::Acceptable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_the_embedded_table() {
        let text = include_str!("../../data/risk_criteria_gb36894.csv");
        let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
        assert!(rows.len() >= 3);
        for (row, target) in rows.iter().zip([Target::HighSensitivityImportantOrClass1, Target::Class2, Target::Class3]) {
            assert_eq!(row[3].parse(), Ok(individual_limit(target, Installation::New)));
            assert_eq!(row[4].parse(), Ok(individual_limit(target, Installation::InService)));
        }
    }

    #[test]
    fn beyond_a_thousand_deaths_nothing_is_tolerable() {
        assert_eq!(societal_zone(1001.0, 1e-12), Zone::Intolerable);
        assert_eq!(societal_zone(1000.0, 1e-9), Zone::Acceptable);
        assert_eq!(judge_curve(&[(1.0, 1e-6), (10.0, 5e-5)]), Some(Zone::Alarp));
    }

    #[test]
    fn nobody_asked_about_is_not_acceptable_but_nobody_there_is() {
        assert_eq!(judge_curve(&[]), None);
        assert!(matches!(judge(&[]), Err(Refusal::UnknownPopulation { .. })));
        assert_eq!(judge(&[Event { frequency_per_year: 1e-3, deaths: 0.0 }]), Ok(Zone::Acceptable));
        assert_eq!(judge(&[Event { frequency_per_year: 1e-3, deaths: 20.0 }]), Ok(Zone::Intolerable));
    }

    #[test]
    fn the_status_says_what_the_table_says() {
        let text = include_str!("../../data/risk_criteria_gb36894.csv");
        let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
        for (row, target) in rows.iter().zip([Target::HighSensitivityImportantOrClass1, Target::Class2, Target::Class3]) {
            assert_eq!(row[5].contains("two secondary texts"), status(target).contains("two secondary texts"));
        }
    }
}
