//! The scenarios of a park: those written down, and those its equipment's classes have in the table of frequencies.

use libm::sqrt;
use serde_json::json;
use std::f64::consts::PI;

use super::request::{Contents, Equipment, Park};
use super::{Findings, ParkError};
use crate::discharge::liquid;
use crate::properties::substance;
use crate::qra::frequencies::{self, Leak, Row, Unit};
use crate::scenario::{Description, Effects, ReleaseDescription, ScenarioError, WeatherDescription};
use crate::units::{Kelvin, KgPerM3, Metres, Pascal, SquareMetres};
use crate::validity::{not_negative, positive};
use crate::{Note, Refusal, Validity};

const MODEL: &str = "risk.plan";

/// One scenario of one piece of equipment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Planned {
    pub equipment: usize,
    pub name: String,
    pub at: [f64; 2],
    pub frequency_per_year: f64,
    /// Where the frequency comes from, with its status.
    pub source: String,
    pub release: ReleaseDescription,
}

impl Planned {
    pub fn description(&self, park: &Park, weather: &WeatherDescription) -> Result<Description, ParkError> {
        let e = &park.equipment[self.equipment];
        written(json!({
            "name": self.name, "substance": e.substance, "weather": weather, "release": self.release, "congestion": e.congestion,
        }))
    }
}

/// A piece of a scenario from the words an engineer would write: whatever else it may hold takes its default.
pub(super) fn written<T: serde::de::DeserializeOwned>(words: serde_json::Value) -> Result<T, ParkError> {
    serde_json::from_value(words).map_err(|e| ParkError::Unreadable(e.to_string()))
}

/// All scenarios with a frequency above zero, equipment by equipment: the generated ones first.
pub(super) fn plan(park: &Park, weather: &WeatherDescription, found: &mut Findings) -> Result<Vec<Planned>, ParkError> {
    let mut all = Vec::new();
    for (equipment, e) in park.equipment.iter().enumerate() {
        let before = all.len();
        let named = |name: String, source: ParkError| match source {
            ParkError::Refused(refusal) => ParkError::Scenario { scenario: name, source: ScenarioError::Refused(refusal) },
            other => other,
        };
        substance(&e.substance).map_err(|refusal| named(e.name.clone(), refusal.into()))?;
        if let Some(class) = e.class {
            for own in &e.frequency {
                if !frequencies::of(class).any(|row| row.leak == own.leak) {
                    let refusal = Refusal::OutOfDomain {
                        input: "equipment.frequency",
                        value: own.value,
                        wanted: "for a leak its class has in the table",
                    };
                    return Err(named(format!("{}, {}", e.name, own.leak.name()), refusal.into()));
                }
            }
            for row in frequencies::of(class) {
                let name = format!("{}, {}", e.name, row.scenario);
                let (frequency_per_year, source) = frequency(e, row).map_err(|refusal| named(name.clone(), refusal.into()))?;
                if frequency_per_year <= 0.0 {
                    found.assume(format!("{name}: left out, its frequency is zero ({source})"));
                    continue;
                }
                match release(park, equipment, row.leak, weather).map_err(|source| named(name.clone(), source))? {
                    Some(release) => all.push(Planned { equipment, name, at: [e.east_m, e.north_m], frequency_per_year, source, release }),
                    None => {
                        found.warn(&Note::LeftOut {
                            model: MODEL,
                            what: "a scenario of the table that no model generates: describe it, or know that it is missing",
                        });
                        found.assume(format!("{name}: NOT counted, no release can be made of it; describe it as a scenario"));
                    }
                }
            }
        } else if !e.frequency.is_empty() {
            let refusal = Refusal::MissingProperty { substance: e.name.clone(), property: "the class whose frequencies are replaced" };
            return Err(refusal.into());
        }
        for own in &e.scenario {
            let name = format!("{}, {}", e.name, own.name);
            let frequency_per_year =
                not_negative("frequency_per_year", own.frequency_per_year).map_err(|refusal| named(name.clone(), refusal.into()))?;
            if frequency_per_year > 0.0 {
                let at = [e.east_m, e.north_m];
                all.push(Planned { equipment, name, at, frequency_per_year, source: own.source.clone(), release: own.release });
            } else {
                found.assume(format!("{name}: left out, its frequency is zero ({})", own.source));
            }
        }
        if e.class.is_none() && e.scenario.is_empty() {
            let refusal = Refusal::MissingProperty { substance: e.name.clone(), property: "a class or a scenario" };
            return Err(refusal.into());
        }
        if all.len() == before {
            found.assume(format!("{}: adds no scenario", e.name));
        }
    }
    Ok(all)
}

/// Frequency a year of a row, by how much of the equipment there is.
fn frequency(e: &Equipment, row: &Row) -> Result<(f64, String), Refusal> {
    let own = e.frequency.iter().find(|own| own.leak == row.leak);
    let (value, source) = match own {
        Some(own) => (not_negative("equipment.frequency", own.value)?, format!("{} (the site's own)", own.source)),
        None => (row.frequency, format!("{} ({})", row.source, row.status)),
    };
    let missing = |property| Refusal::MissingProperty { substance: e.name.clone(), property };
    let times = match row.unit {
        Unit::PerYear | Unit::PerPackage => 1.0,
        Unit::PerMetreYear => positive("length_m", e.length_m.ok_or_else(|| missing("length_m"))?)?,
        Unit::PerHour => positive("hours_per_year", e.hours_per_year.ok_or_else(|| missing("hours_per_year"))?)?,
    };
    Ok((value * times * positive("count", e.count)?, source))
}

/// The release of one way of failing; `None` where no model makes one of it.
fn release(park: &Park, equipment: usize, leak: Leak, weather: &WeatherDescription) -> Result<Option<ReleaseDescription>, ParkError> {
    let e = &park.equipment[equipment];
    let Some(contents) = e.contents else {
        return Err(Refusal::MissingProperty { substance: e.name.clone(), property: "contents" }.into());
    };
    const TEN_MINUTES_S: f64 = 600.0;
    if matches!(leak, Leak::Relief | Leak::HandlingSpill | Leak::Fire) {
        return Ok(None);
    }
    let bore_mm = |bore: Option<f64>| -> Result<f64, Refusal> {
        bore.ok_or_else(|| Refusal::MissingProperty { substance: e.name.clone(), property: "bore_mm" }).and_then(|b| positive("bore_mm", b))
    };
    let hole_mm = |bore: Option<f64>| -> Result<f64, Refusal> {
        Ok(match leak {
            Leak::FullBore | Leak::LargestConnection => bore_mm(bore)?,
            Leak::TenthOfBore => (0.1 * bore_mm(bore)?).min(50.0),
            _ => 10.0,
        })
    };
    match contents {
        Contents::Liquefied { temperature_c, inventory_kg, height_m, bore_mm, isolated_after_s } => {
            let hole = |hole_mm: f64, isolated_after_s: f64| {
                written::<ReleaseDescription>(json!({
                    "kind": "liquefied_hole", "temperature_c": temperature_c, "hole_mm": hole_mm, "path_m": 0.0,
                    "inventory_kg": inventory_kg, "height_m": height_m, "isolated_after_s": isolated_after_s,
                }))
            };
            match leak {
                Leak::Instantaneous => written(json!({"kind": "burst", "mass_kg": inventory_kg, "temperature_c": temperature_c})),
                Leak::TenMinutes => {
                    hole(hole_of(park, equipment, hole(10.0, TEN_MINUTES_S)?, inventory_kg / TEN_MINUTES_S, weather)?, TEN_MINUTES_S)
                }
                _ => hole(hole_mm(bore_mm)?, isolated_after_s),
            }
        }
        Contents::Gas { pressure_pa, temperature_c, inventory_kg, height_m, bore_mm, isolated_after_s } => {
            let hole = |hole_mm: f64, isolated_after_s: f64| {
                written::<ReleaseDescription>(json!({
                    "kind": "gas_hole", "pressure_pa": pressure_pa, "temperature_c": temperature_c, "hole_mm": hole_mm,
                    "inventory_kg": inventory_kg, "height_m": height_m, "isolated_after_s": isolated_after_s,
                }))
            };
            // A cloud of gas let go at once: its contents leave within ten seconds.
            let emptied_in = |s: f64| hole(hole_of(park, equipment, hole(10.0, s)?, inventory_kg / s, weather)?, s);
            match leak {
                Leak::Instantaneous => emptied_in(10.0),
                Leak::TenMinutes => emptied_in(TEN_MINUTES_S),
                _ => hole(hole_mm(bore_mm)?, isolated_after_s),
            }
        }
        Contents::Liquid { temperature_c, inventory_kg, head_m, bund_radius_m, bore_mm, isolated_after_s } => {
            let inventory_kg = positive("inventory_kg", inventory_kg)?;
            let spill = |rate_kg_s: f64, duration_s: f64| {
                let mut words = json!({"kind": "spill", "rate_kg_s": rate_kg_s, "duration_s": duration_s, "temperature_c": temperature_c});
                if let Some(radius) = bund_radius_m {
                    words["bund_radius_m"] = json!(radius);
                }
                written(words)
            };
            match leak {
                // The bund is full within a minute.
                Leak::Instantaneous => spill(inventory_kg / 60.0, 60.0),
                Leak::TenMinutes => spill(inventory_kg / TEN_MINUTES_S, TEN_MINUTES_S),
                _ => {
                    let d = hole_mm(bore_mm)? / 1000.0;
                    let mut notes = Validity::new();
                    let rho = substance(&e.substance)?.liquid_density(Kelvin(temperature_c + 273.15), &mut notes)?.0;
                    let head = positive("head_m", head_m)?;
                    let p = Pascal(weather.pressure_pa);
                    let rate = liquid::orifice(0.61, SquareMetres(PI * d * d / 4.0), KgPerM3(rho), p, p, Metres(head))?.0;
                    spill(rate, (inventory_kg / rate).min(isolated_after_s))
                }
            }
        }
    }
    .map(Some)
}

/// Hole through which `rate` leaves: the rate of a hole goes with its area.
fn hole_of(park: &Park, equipment: usize, ten_mm: ReleaseDescription, rate: f64, weather: &WeatherDescription) -> Result<f64, ParkError> {
    let name = &park.equipment[equipment].name;
    let planned = Planned { equipment, name: name.clone(), at: [0.0; 2], frequency_per_year: 0.0, source: String::new(), release: ten_mm };
    let description = planned.description(park, weather)?;
    let effects = Effects::of(&description).map_err(|source| ParkError::Scenario { scenario: name.clone(), source })?;
    Ok(10.0 * sqrt(positive("rate", rate)? / effects.released().outflow_kg_s))
}
