//! The scenarios of a park: those written down, and those its equipment's classes have in the table of frequencies.

use libm::{pow, sqrt};
use serde_json::json;
use std::f64::consts::PI;

use super::request::{Contents, Equipment, Park};
use super::{Findings, ParkError};
use crate::discharge::coefficient::{Opening, default_c_d};
use crate::discharge::gas::{self, GasHole};
use crate::discharge::{liquefied, liquid};
use crate::properties::{Substance, substance};
use crate::qra::frequencies::{self, Leak, Row, Unit};
use crate::scenario::{Description, ReleaseDescription, ScenarioError, WeatherDescription};
use crate::units::{Kelvin, KgPerM3, Metres, Pascal, R, SquareMetres};
use crate::validity::{not_negative, positive, within};
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
                match release(e, row.leak, weather, found).map_err(|source| named(name.clone(), source))? {
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
            let frequency_per_year = at_most_yearly("scenario.frequency_per_year", own.frequency_per_year)
                .map_err(|refusal| named(name.clone(), refusal.into()))?;
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
    Ok((at_most_yearly("equipment.frequency", value * times)? * positive("count", e.count)?, source))
}

/// Refuses a frequency of one piece that no plant would run with: a slip of the exponent, or what happens in operation.
fn at_most_yearly(input: &'static str, per_year: f64) -> Result<f64, Refusal> {
    within(input, per_year, 0.0, 1.0, "0 to 1 a year: what leaks more often is operation, no failure")
}

/// The release of one way of failing; `None` where no model makes one of it.
fn release(e: &Equipment, leak: Leak, weather: &WeatherDescription, found: &mut Findings) -> Result<Option<ReleaseDescription>, ParkError> {
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
            let hole = |hole_mm: f64, isolated_after_s: Option<f64>| {
                written(json!({
                    "kind": "liquefied_hole", "temperature_c": temperature_c, "hole_mm": hole_mm, "path_m": 0.0,
                    "inventory_kg": inventory_kg, "height_m": height_m, "isolated_after_s": isolated_after_s,
                }))
            };
            match leak {
                Leak::Instantaneous => written(json!({"kind": "burst", "mass_kg": inventory_kg, "temperature_c": temperature_c})),
                Leak::TenMinutes => {
                    let area = liquefied_area(e, temperature_c, inventory_kg / TEN_MINUTES_S, weather)?;
                    hole(mm_across(area), None)
                }
                _ => hole(hole_mm(bore_mm)?, Some(isolated_after_s)),
            }
        }
        Contents::Gas { pressure_pa, temperature_c, inventory_kg, height_m, bore_mm, isolated_after_s } => {
            let p_0 = within("contents.pressure_pa", pressure_pa, weather.pressure_pa * 1.0001, 1e9, "absolute, above ambient pressure")?;
            let stored = Stored { s: substance(&e.substance)?, p_0, t_0: kelvin(temperature_c)? };
            let inventory_kg = positive("contents.inventory_kg", inventory_kg)?;
            let hole = |hole_mm: f64, isolated_after_s: Option<f64>| {
                written(json!({
                    "kind": "gas_hole", "pressure_pa": pressure_pa, "temperature_c": temperature_c, "hole_mm": hole_mm,
                    "inventory_kg": inventory_kg, "height_m": height_m, "isolated_after_s": isolated_after_s,
                }))
            };
            match leak {
                Leak::Instantaneous => written(json!({
                    "kind": "gas_burst", "pressure_pa": pressure_pa, "temperature_c": temperature_c,
                    "volume_m3": stored.volume_m3(inventory_kg),
                })),
                Leak::TenMinutes => {
                    found.assume("gas within ten minutes: through a hole by which the vessel just comes down to the pressure of the air");
                    hole(mm_across(stored.area_that_empties(inventory_kg, TEN_MINUTES_S, weather.pressure_pa)?), None)
                }
                _ => hole(hole_mm(bore_mm)?, Some(isolated_after_s)),
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

fn kelvin(temperature_c: f64) -> Result<f64, Refusal> {
    Ok(within("contents.temperature_c", temperature_c, -270.0, 1500.0, "a temperature in °C")? + 273.15)
}

fn mm_across(area_m2: f64) -> f64 {
    1000.0 * sqrt(4.0 * area_m2 / PI)
}

/// Area of a hole of 10 mm, m²: the rate of a hole goes with its area, so that one rate tells all others.
const TEN_MM_M2: f64 = PI * 1e-4 / 4.0;

/// Hole through which liquefied gas leaves at `rate`: it is held until the inventory is gone.
fn liquefied_area(e: &Equipment, temperature_c: f64, rate: f64, weather: &WeatherDescription) -> Result<f64, Refusal> {
    let hole = liquefied::LiquefiedHole {
        substance: substance(&e.substance)?,
        t0: kelvin(temperature_c)?,
        p0: None,
        fill: 1.0,
        hole_share: 0.0,
        head: 0.0,
        surface: 1.0,
        area: TEN_MM_M2,
        path: 0.0,
        d: 0.01,
        p_a: weather.pressure_pa,
    };
    Ok(TEN_MM_M2 * positive("contents.inventory_kg", rate)? / liquefied::through_hole(&hole)?.rate)
}

/// Gas in its vessel.
struct Stored {
    s: &'static Substance,
    p_0: f64,
    t_0: f64,
}

impl Stored {
    fn compressibility(&self) -> f64 {
        self.s.compressibility(Kelvin(self.t_0), Pascal(self.p_0))
    }

    fn volume_m3(&self, inventory_kg: f64) -> f64 {
        inventory_kg * self.compressibility() * R * self.t_0 / (self.p_0 * self.s.molar_mass().0)
    }

    /// Hole by which the vessel comes down to the pressure of the air in `t`: the rate falls with the pressure, so the first one is larger
    /// than the mean. The closed form is that of `scenario/release/stored_gas.rs::blow_down`.
    fn area_that_empties(&self, inventory_kg: f64, t: f64, p_a: f64) -> Result<f64, Refusal> {
        let hole = GasHole {
            c_d: default_c_d(Opening::GasRounded),
            a: SquareMetres(TEN_MM_M2),
            p0: Pascal(self.p_0),
            t0: Kelvin(self.t_0),
            m: self.s.molar_mass(),
            gamma: self.s.gamma_298,
            z: self.compressibility(),
            p_a: Pascal(p_a),
        };
        let n = (self.s.gamma_298 - 1.0) / 2.0;
        let first = (pow(p_a / self.p_0, -n / self.s.gamma_298) - 1.0) / n * inventory_kg / t;
        Ok(TEN_MM_M2 * first / gas::orifice(&hole, None)?.rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Effects, Released, Source};

    /// What the generated release of a vessel lets go.
    fn released(substance: &str, contents: &str, leak: Leak) -> Released {
        let air = "name = 'x'
            installation = 'new'
            [air]
            humidity = 0.6
            roughness_m = 0.1
            [winds]
            day = [1, 1, 1, 1]
            night = [1, 1, 1, 1]
            [[weather]]
            stability = 'D'
            wind_m_s = 3
            temperature_c = 20
            day = 1
            night = 1
            [[equipment]]
            name = 'V-1'
            east_m = 0
            north_m = 0
            class = 'pressurised_vessel'";
        let park = super::super::from_toml(&format!("{air}\nsubstance = '{substance}'\ncontents = {contents}")).unwrap();
        let mut found = Findings::default();
        let airs = super::super::checked::airs(&park).unwrap();
        let planned = plan(&park, &airs[0].description, &mut found).unwrap();
        let wanted = frequencies::of(park.equipment[0].class.unwrap()).find(|row| row.leak == leak).unwrap();
        let one = planned.iter().find(|p| p.name.ends_with(wanted.scenario.as_str())).unwrap();
        *Effects::of(&one.description(&park, &airs[0].description).unwrap()).unwrap().released()
    }

    #[test]
    fn ten_minutes_let_all_out_that_the_pressure_drives_and_no_later() {
        let gas = released("74-82-8", "{ state = 'gas', pressure_pa = 6e6, temperature_c = 20, inventory_kg = 1000 }", Leak::TenMinutes);
        // What stays at the pressure of the air: (1/59)^(1/1.3), a twenty-fifth.
        assert!((0.94..0.97).contains(&(gas.mass_kg / 1000.0)), "{gas:?}");
        assert!(gas.duration_s > 400.0 && gas.duration_s <= 600.0 && gas.rate_kg_s > 2.0 * gas.mean_rate_kg_s, "{gas:?}");
        let chlorine = "{ state = 'liquefied', temperature_c = 20, inventory_kg = 5000 }";
        let liquid = released("7782-50-5", chlorine, Leak::TenMinutes);
        assert!((liquid.duration_s / 600.0 - 1.0).abs() < 1e-3 && (liquid.mass_kg / 5000.0 - 1.0).abs() < 1e-3, "{liquid:?}");
    }

    #[test]
    fn gas_let_go_at_once_is_a_burst_of_all_of_it() {
        let gas = released("74-82-8", "{ state = 'gas', pressure_pa = 6e6, temperature_c = 20, inventory_kg = 1000 }", Leak::Instantaneous);
        assert!(matches!(gas.source, Source::Burst { inventory_kg, .. } if (inventory_kg / 1000.0 - 1.0).abs() < 1e-6), "{gas:?}");
        assert!((gas.mass_kg / 1000.0 - 1.0).abs() < 1e-6);
    }
}
