//! Where a leak is and how strong, from what detectors read. A passive plume in a steady wind; every candidate place gets its best rate.
//!
//! [`scale_known_source`] asks only how strong a leak at a known place is (specification 11 §4); [`invert`] also where it is.

mod known;
mod search;

pub use known::{KnownSource, Scaled, scale_known_source};
pub use search::{Found, Search, invert};

use libm::{cos, sin};
use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::meteorology::Stability;

const MODEL: &str = "source_inversion";

/// One detector: east and north of the map's origin and height, m; mean reading, kg/m³. A reading of zero tells as much as one above it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    pub east: f64,
    pub north: f64,
    pub z: f64,
    pub c: f64,
}

/// A class as people write it, `"D"` or `"A-B"`, or as a number, A = 1 to F = 6.
fn letter_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Stability, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(f64),
        Letters(String),
    }
    match Written::deserialize(deserializer)? {
        Written::Number(class) => Ok(Stability(class)),
        Written::Letters(text) => Stability::of(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("stability `{text}` is none of A to F, or two such as A-B"))),
    }
}

/// What somebody asks: readings, and either a square to search or a known place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub readings: Vec<Reading>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_source: Option<KnownSource>,
}

/// The answer to a [`Request`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    Found(Found),
    Scaled(Scaled),
}

impl Request {
    pub fn answer(&self) -> Result<Answer, Refusal> {
        match (&self.search, &self.known_source) {
            (Some(search), None) => invert(&self.readings, search).map(Answer::Found),
            (None, Some(known)) => scale_known_source(&self.readings, known).map(Answer::Scaled),
            _ => Err(Refusal::NoSolution { model: MODEL, why: "give either a square to search or a known source" }),
        }
    }
}

/// The wind's frame on the map.
struct Wind {
    from_sin: f64,
    from_cos: f64,
}

impl Wind {
    fn from(deg: f64) -> Self {
        Self { from_sin: sin(deg.to_radians()), from_cos: cos(deg.to_radians()) }
    }

    /// Downwind is away from where the wind comes from; left of it is positive.
    fn frame(&self, east: f64, north: f64) -> (f64, f64) {
        (-(east * self.from_sin + north * self.from_cos), east * self.from_cos - north * self.from_sin)
    }
}

/// Readings the tests of this folder look at.
#[cfg(test)]
mod example {
    use super::Reading;
    use crate::dispersion::plume::Plume;
    use crate::dispersion::sigma::SigmaSet;
    use crate::meteorology::Stability;

    /// Twenty detectors in the lee of a source at (−60, 35) of 0.4 kg/s; `noise` is the share their readings stray.
    pub fn detectors(noise: f64) -> Vec<Reading> {
        let plume =
            Plume { q: 0.4, u: 3.0, h: 1.0, stability: Stability::D, sigmas: SigmaSet::BriggsRural, h_mix: None, averaging_s: 600.0 };
        (0..20)
            .map(|i| {
                let (east, north) = (50.0 + 70.0 * f64::from(i % 4), -60.0 + 45.0 * f64::from(i / 4));
                let stray = 1.0 + noise * (f64::from(i * 7 % 5) - 2.0) / 2.0;
                let c = plume.concentration(east + 60.0, north - 35.0, 1.5) * stray;
                Reading { east, north, z: 1.5, c: if c < 1e-8 { 0.0 } else { c } }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_from_json() {
        let request: Request = serde_json::from_str(
            r#"{"readings": [{"east": 100, "north": 0, "z": 1.5, "c": 2e-6}],
                "known_source": {"east": 0, "north": 0, "h": 1, "expected_rate": 0.5, "u": 3, "wind_from_deg": 270, "stability": "D",
                                 "averaging_s": 600, "threshold": 1e-8}}"#,
        )
        .unwrap();
        assert!(matches!(request.answer(), Ok(Answer::Scaled(_))));
        assert!(Request { known_source: None, ..request }.answer().is_err());
    }

    #[test]
    fn the_example_is_answered() {
        let request: Request = serde_json::from_str(include_str!("../../../../examples/readings.json")).unwrap();
        let Ok(Answer::Scaled(found)) = request.answer() else { panic!("a rate was asked for") };
        assert!(found.rate_low < found.rate && found.rate < found.rate_high && found.misfit < known::MODEL_SPREAD, "{found:?}");
    }
}
