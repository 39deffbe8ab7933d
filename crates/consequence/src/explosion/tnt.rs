//! Blast of an equivalent charge of TNT: Kingery–Bulmash for a hemispherical surface burst, and the chart fit of Crowl and Louvar
//! (specification 08 §2).
//!
//! Over-predicts near and under-predicts far for gas clouds; meant for explosives, EPA comparability and an upper near-field bound.

use std::sync::LazyLock;

use libm::{cbrt, exp, log, sqrt};
use serde::Deserialize;

use crate::units::P0;
use crate::validity::positive;
use crate::{Refusal, Validity};

pub const MODEL: &str = "blast.kingery_bulmash";

/// Blast energy of TNT, J/kg (EPA; AQ/T 3046 and CCPS 4.5e6–4.7e6).
pub const H_TNT: f64 = 4.68e6;

/// Mass of TNT with the blast of a burning cloud, kg: `W = η M H_c/H_TNT`; η 0.03–0.10 (EPA 0.1).
pub fn equivalent_mass(yield_: f64, m: f64, h_c: f64) -> f64 {
    yield_ * m * h_c / H_TNT
}

/// One printed row: `ln y = A + B lnZ + C ln²Z + D ln³Z + E ln⁴Z` for `Z_min ≤ Z ≤ Z_max`.
#[derive(Debug, Deserialize)]
struct Fit {
    quantity: String,
    #[serde(rename = "Z_min")]
    z_min: f64,
    #[serde(rename = "Z_max")]
    z_max: f64,
    #[serde(rename = "A")]
    a: f64,
    #[serde(rename = "B")]
    b: f64,
    #[serde(rename = "C")]
    c: f64,
    #[serde(rename = "D")]
    d: f64,
    #[serde(rename = "E")]
    e: f64,
}

static PRESSURE: LazyLock<Vec<Fit>> = LazyLock::new(|| fits("p_so_kPa"));
static IMPULSE: LazyLock<Vec<Fit>> = LazyLock::new(|| fits("i_so_kPams"));

fn fits(quantity: &str) -> Vec<Fit> {
    let text = include_str!("../../data/kingery_bulmash_simplified.csv");
    let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize::<Fit>();
    rows.map(|row| row.expect("the embedded table is whole")).filter(|row| row.quantity == quantity).collect()
}

impl Fit {
    fn value(&self, z: f64) -> f64 {
        let l = log(z);
        exp(self.a + l * (self.b + l * (self.c + l * (self.d + l * self.e))))
    }
}

/// Overpressure and impulse of a charge, with where they left the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blast {
    /// Side-on overpressure, Pa.
    pub pressure_pa: f64,
    /// Side-on impulse, Pa·s.
    pub impulse_pa_s: f64,
    pub validity: Validity,
}

/// Kingery–Bulmash blast of `w` kg TNT on the ground at `r` m. Cases EXP-002…005.
///
/// `Z = r/W^(1/3)`, 0.2–198.5 m/kg^⅓ for the pressure, to 158.7 for the impulse. Nearer, the value at the end of the table is
/// kept; farther, the last row (a power of Z) goes on; both are noted.
pub fn kingery_bulmash(w: f64, r: f64) -> Result<Blast, Refusal> {
    let w_third = cbrt(positive("w", w)?);
    let z = positive("r", r)? / w_third;
    let mut validity = Validity::new();
    validity.range(MODEL, "Z", z, 0.2, 198.5);
    let pressure_pa = at(&PRESSURE, z) * 1000.0;
    // kPa·ms is Pa·s.
    let impulse_pa_s = at(&IMPULSE, z) * w_third;
    Ok(Blast { pressure_pa, impulse_pa_s, validity })
}

fn at(fits: &[Fit], z: f64) -> f64 {
    let z = z.max(fits[0].z_min);
    let fit = fits.iter().find(|fit| z <= fit.z_max).unwrap_or_else(|| fits.last().expect("the table has rows"));
    fit.value(z)
}

/// Overpressure after the chart fit of Crowl and Louvar, Pa. Case EXP-001.
///
/// `p/p_a = 1616 (1 + (Z/4.5)²)/( sqrt(1 + (Z/0.048)²) sqrt(1 + (Z/0.32)²) sqrt(1 + (Z/1.35)²) )`.
pub fn crowl_louvar(w: f64, r: f64) -> Result<f64, Refusal> {
    let z = positive("r", r)? / cbrt(positive("w", w)?);
    let root = |scale: f64| sqrt(1.0 + (z / scale) * (z / scale));
    Ok(P0 * 1616.0 * (1.0 + (z / 4.5) * (z / 4.5)) / (root(0.048) * root(0.32) * root(1.35)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressure_and_impulse_fall_with_distance_across_the_printed_rows() {
        let mut last = (f64::INFINITY, f64::INFINITY);
        for i in 0..200 {
            let r = 0.25 * libm::pow(1.035, f64::from(i)) * 10.0;
            let blast = kingery_bulmash(1000.0, r).unwrap();
            // The printed rows join within a few per cent.
            assert!(blast.pressure_pa < last.0 * 1.01 && blast.pressure_pa > 0.0, "r = {r}");
            if r > 24.0 {
                assert!(blast.impulse_pa_s < last.1 * 1.02, "r = {r}");
            }
            last = (blast.pressure_pa, blast.impulse_pa_s);
        }
    }

    #[test]
    fn a_thousandfold_charge_reaches_ten_times_as_far() {
        let near = kingery_bulmash(1.0, 10.0).unwrap();
        let far = kingery_bulmash(1000.0, 100.0).unwrap();
        assert!((near.pressure_pa / far.pressure_pa - 1.0).abs() < 1e-9);
        assert!((10.0 * near.impulse_pa_s / far.impulse_pa_s - 1.0).abs() < 1e-9);
    }

    #[test]
    fn outside_the_table_the_result_says_so() {
        assert!(kingery_bulmash(1.0, 0.1).unwrap().validity.iter().count() == 1);
        assert!(kingery_bulmash(1.0, 300.0).unwrap().validity.iter().count() == 1);
        assert!(kingery_bulmash(1.0, 30.0).unwrap().validity.is_empty());
        assert!(kingery_bulmash(0.0, 30.0).is_err());
    }
}
