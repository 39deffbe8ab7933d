//! Words that several kinds of release share, checked.

use std::f64::consts::PI;

use super::course::LONGEST_S;
use crate::Refusal;
use crate::discharge::coefficient::{Opening, default_c_d};
use crate::units::SquareMetres;
use crate::validity::{positive, within};

/// Roughness of a steel pipe, mm, where none is written.
pub(super) fn rough() -> f64 {
    0.045
}

pub(in crate::scenario) fn kelvin(name: &'static str, celsius: f64) -> Result<f64, Refusal> {
    Ok(within(name, celsius, -270.0, 1500.0, "a temperature in °C")? + 273.15)
}

/// The discharge coefficient given, or that of the opening; and the sentence that says which.
pub(super) fn coefficient(given: Option<f64>, opening: Opening) -> Result<(f64, String), Refusal> {
    match given {
        Some(c_d) => Ok((
            within("release.discharge_coefficient", c_d, 0.05, 1.0, "between 0.05 and 1")?,
            format!("discharge coefficient {c_d}, as given"),
        )),
        None => {
            let c_d = default_c_d(opening);
            Ok((c_d, format!("discharge coefficient {c_d}: none was given")))
        }
    }
}

pub(super) fn area(hole_mm: f64) -> Result<SquareMetres, Refusal> {
    let d = within("release.hole_mm", hole_mm, 0.1, 3000.0, "0.1 to 3000 mm")? / 1000.0;
    Ok(SquareMetres(PI * d * d / 4.0))
}

pub(super) fn diameter(diameter_mm: f64) -> Result<f64, Refusal> {
    Ok(within("release.diameter_mm", diameter_mm, 1.0, 3000.0, "1 to 3000 mm")? / 1000.0)
}

pub(super) fn inventory(mass_kg: f64) -> Result<f64, Refusal> {
    if mass_kg < 0.0 {
        return Err(Refusal::NegativeInventory { mass_kg });
    }
    positive("release.inventory_kg", mass_kg)
}

/// When the leak ends whatever is left, s.
pub(super) fn shut(isolated_after_s: Option<f64>) -> Result<f64, Refusal> {
    Ok(isolated_after_s.map_or(Ok(LONGEST_S), |s| positive("release.isolated_after_s", s))?.min(LONGEST_S))
}

/// What no plant has is refused before any model is asked; what is not a number or too small is left to the model's own words.
pub(super) fn no_more(input: &'static str, value: f64, most: f64, wanted: &'static str) -> Result<(), Refusal> {
    if value > most { within(input, value, 0.0, most, wanted).map(drop) } else { Ok(()) }
}

pub(super) fn bounded_mass(input: &'static str, kg: f64) -> Result<(), Refusal> {
    no_more(input, kg, 1e9, "at most a million tonnes")
}

pub(super) fn bounded_rate(kg_s: f64) -> Result<(), Refusal> {
    no_more("release.rate_kg_s", kg_s, 1e6, "at most 1,000 t/s")
}
