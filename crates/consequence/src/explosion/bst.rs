//! Blast of a vapour cloud by flame speed: Baker–Strehlow–Tang (specification 08 §4).

use std::sync::LazyLock;

use libm::{cbrt, exp, log, sqrt};
use serde::{Deserialize, Serialize};

use crate::validity::{positive, within};
use crate::{Refusal, Validity};

pub const MODEL: &str = "blast.baker_strehlow_tang";

/// Flame Mach numbers of the columns of both tables.
const MACH: [f64; 9] = [0.2, 0.35, 0.7, 1.0, 1.4, 2.0, 3.0, 4.0, 5.2];

struct Chart {
    /// Scaled distances of the rows.
    r: Vec<f64>,
    rows: Vec<[f64; 9]>,
}

static OVERPRESSURE: LazyLock<Chart> = LazyLock::new(|| Chart::read(include_str!("../../data/bst_overpressure.csv")));
static IMPULSE: LazyLock<Chart> = LazyLock::new(|| Chart::read(include_str!("../../data/bst_impulse.csv")));

impl Chart {
    fn read(text: &str) -> Self {
        let mut chart = Self { r: Vec::new(), rows: Vec::new() };
        for line in text.lines().skip(1).filter(|line| !line.is_empty()) {
            let mut figures = line.split(',').map(|f| f.parse::<f64>().expect("the embedded table holds figures"));
            chart.r.push(figures.next().expect("a row begins with R"));
            let mut row = [0.0; 9];
            row.iter_mut().for_each(|cell| *cell = figures.next().expect("a row has nine columns"));
            chart.rows.push(row);
        }
        chart
    }

    /// Log of the value between rows (log R) and columns (linear in Mach). Before the first row the value stays, after the last
    /// one it goes on with the last slope.
    fn value(&self, scaled: f64, mach: f64) -> f64 {
        let column = MACH.windows(2).position(|pair| mach <= pair[1]).unwrap_or(MACH.len() - 2);
        let f = ((mach - MACH[column]) / (MACH[column + 1] - MACH[column])).clamp(0.0, 1.0);
        let log_at = |row: usize| (1.0 - f) * log(self.rows[row][column]) + f * log(self.rows[row][column + 1]);
        if scaled <= self.r[0] {
            return exp(log_at(0));
        }
        let row = self.r.windows(2).position(|pair| scaled <= pair[1]).unwrap_or(self.r.len() - 2);
        let g = (log(scaled) - log(self.r[row])) / (log(self.r[row + 1]) - log(self.r[row]));
        exp((1.0 - g) * log_at(row) + g * log_at(row + 1))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confinement {
    #[serde(rename = "2D")]
    TwoD,
    #[serde(rename = "2.5D")]
    TwoAndAHalfD,
    #[serde(rename = "3D")]
    ThreeD,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Low,
    Medium,
    High,
}

/// Flame Mach number by confinement, fuel reactivity and congestion (Pierorazio et al. 2005; DDT counts as 5.2).
#[rustfmt::skip]
pub fn flame_mach(confinement: Confinement, reactivity: Level, congestion: Level) -> f64 {
    const DDT: f64 = 5.2;
    use Confinement::{ThreeD, TwoAndAHalfD, TwoD};
    use Level::{High, Low, Medium};
    let [low, medium, high] = match (confinement, reactivity) {
        (TwoD, High)           => [0.59,  DDT,  DDT],
        (TwoD, Medium)         => [0.47,  0.66, 1.6],
        (TwoD, Low)            => [0.079, 0.47, 0.66],
        (TwoAndAHalfD, High)   => [0.47,  DDT,  DDT],
        (TwoAndAHalfD, Medium) => [0.29,  0.55, 1.0],
        (TwoAndAHalfD, Low)    => [0.053, 0.35, 0.50],
        (ThreeD, High)         => [0.36,  DDT,  DDT],
        (ThreeD, Medium)       => [0.11,  0.44, 0.50],
        (ThreeD, Low)          => [0.026, 0.23, 0.34],
    };
    match congestion { Low => low, Medium => medium, High => high }
}

/// Reactivity of a fuel: hydrogen, acetylene, ethylene oxide and propylene oxide high; methane and carbon monoxide low; others medium.
pub fn reactivity(cas: &str) -> Level {
    match cas {
        "1333-74-0" | "74-86-2" | "75-21-8" | "75-56-9" => Level::High,
        "74-82-8" | "630-08-0" => Level::Low,
        _ => Level::Medium,
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blast {
    /// R = r (p_a/E)^(1/3), E with the ground's reflection.
    pub scaled_distance: f64,
    /// Side-on overpressure, Pa.
    pub pressure_pa: f64,
    /// Side-on impulse, Pa·s.
    pub impulse_pa_s: f64,
    pub validity: Validity,
}

/// Scaled distance with the energy counted `ground_factor` times (2 for a cloud on the ground). Case EXP-012.
pub fn scaled_distance(r: f64, e: f64, p_a: f64, ground_factor: f64) -> f64 {
    r * cbrt(p_a / (ground_factor * e))
}

/// Blast at `r` m from the centre of a ground cloud of energy `e` J whose flame runs at Mach `mach`. Case EXP-013.
///
/// Tables are read from digitised curves, ±15 %; 0.15 ≤ R ≤ 9 and 0.2 ≤ Mach ≤ 5.2, outside noted. A slower flame than 0.2 is taken as 0.2.
pub fn blast(e: f64, mach: f64, r: f64, p_a: f64, t_a: f64) -> Result<Blast, Refusal> {
    let e = positive("e", e)?;
    let r = positive("r", r)?;
    let p_a = positive("p_a", p_a)?;
    let t_a = positive("t_a", t_a)?;
    let mach = within("mach", mach, 0.001, 6.0, "a flame Mach number to 6")?;
    let scaled = scaled_distance(r, e, p_a, 2.0);
    let mut validity = Validity::new();
    validity.range(MODEL, "scaled_distance", scaled, 0.15, 9.0);
    validity.range(MODEL, "mach", mach, MACH[0], MACH[8]);
    let c0 = sqrt(1.4 * 287.05 * t_a);
    let pressure_pa = OVERPRESSURE.value(scaled, mach) * p_a;
    // The chart gives i c0/(E^(1/3) p0^(2/3)), with the doubled energy.
    let impulse_pa_s = IMPULSE.value(scaled, mach) * cbrt(2.0 * e) * cbrt(p_a * p_a) / c0;
    Ok(Blast { scaled_distance: scaled, pressure_pa, impulse_pa_s, validity })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faster_flames_and_shorter_distances_blast_harder() {
        for r in [20.0, 60.0, 200.0, 1000.0, 3000.0] {
            // Curves of fast flames run together; digitising leaves a few per cent of noise.
            let slow = blast(7.3e9, 0.3, r, 101325.0, 288.15).unwrap().pressure_pa;
            let fast = blast(7.3e9, 1.4, r, 101325.0, 288.15).unwrap().pressure_pa;
            assert!(fast > slow);
            assert!(
                blast(7.3e9, 0.5, 1.3 * r, 101325.0, 288.15).unwrap().pressure_pa
                    < blast(7.3e9, 0.5, r, 101325.0, 288.15).unwrap().pressure_pa * 1.001
            );
        }
    }

    #[test]
    fn the_speed_table_is_the_embedded_one() {
        let text = include_str!("../../data/bst_flame_speed.csv");
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let confinement = match cells[0] {
                "2D" => Confinement::TwoD,
                "2.5D" => Confinement::TwoAndAHalfD,
                _ => Confinement::ThreeD,
            };
            let reactivity = match cells[1] {
                "high" => Level::High,
                "medium" => Level::Medium,
                _ => Level::Low,
            };
            for (cell, congestion) in cells[2..5].iter().zip([Level::Low, Level::Medium, Level::High]) {
                let printed = if *cell == "DDT" { 5.2 } else { cell.parse().unwrap() };
                assert_eq!(flame_mach(confinement, reactivity, congestion), printed, "{line}");
            }
        }
    }

    #[test]
    fn leaving_the_chart_is_noted() {
        assert!(!blast(7.3e9, 0.1, 100.0, 101325.0, 288.15).unwrap().validity.is_empty());
        assert!(!blast(7.3e9, 0.5, 5000.0, 101325.0, 288.15).unwrap().validity.is_empty());
        assert!(blast(7.3e9, 0.5, 100.0, 101325.0, 288.15).unwrap().validity.is_empty());
    }
}
