//! Blast of a congested part of a cloud by the multi-energy method of TNO (specification 08 §3).

use std::sync::LazyLock;

use libm::{cbrt, pow, sqrt};
use serde::{Deserialize, Serialize};

use crate::validity::{positive, within};
use crate::{Note, Refusal, Validity};

pub const MODEL: &str = "blast.multi_energy";

/// Heat in a cubic metre of stoichiometric hydrocarbon–air mixture, J/m³. Case EXP-010.
pub const STOICHIOMETRIC_ENERGY: f64 = 3.5e6;

/// A fitted class curve: `p/p0 = min(plateau, a1 R^−n1)`, beyond `r_break` `a2 R^−n2`; flat within `r_plateau`. Fit ±20 %.
#[derive(Debug, Deserialize)]
struct Curve {
    class: u8,
    p_plateau: f64,
    r_plateau: f64,
    a1: f64,
    n1: f64,
    r_break: Option<f64>,
    a2: Option<f64>,
    n2: Option<f64>,
}

static CURVES: LazyLock<Vec<Curve>> = LazyLock::new(|| {
    let text = include_str!("../../data/tno_multi_energy_fit.csv");
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(|row| row.expect("the embedded table is whole")).collect()
});

/// Blast at a receptor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blast {
    /// r̄ = r (p_a/E)^(1/3).
    pub scaled_distance: f64,
    /// Side-on overpressure, Pa.
    pub pressure_pa: f64,
    /// Length of the positive phase, s.
    pub duration_s: f64,
    /// `i = ½ p t_p`, Pa·s.
    pub impulse_pa_s: f64,
    pub validity: Validity,
}

/// Energy of a congested volume filled with stoichiometric mixture, J; EXP-010. One cloud's volume is not doubled for the ground.
pub fn energy(volume_m3: f64) -> f64 {
    STOICHIOMETRIC_ENERGY * volume_m3
}

/// Largest volume the flammable mass can fill at stoichiometric mixture, m³: `V = M_fl/(ρ_g c_st)`, `c_st` volume fraction.
pub fn stoichiometric_volume(flammable_kg: f64, gas_density: f64, c_st: f64) -> f64 {
    flammable_kg / (gas_density * c_st)
}

/// Scaled distance `r̄ = r (p_a/E)^(1/3)`.
pub fn scaled_distance(r: f64, e: f64, p_a: f64) -> f64 {
    r * cbrt(p_a / e)
}

/// Blast at `r` m from the centre of a volume of energy `e` J, strength class 1–10, ambient `p_a` Pa and `t_a` K. Case EXP-011.
pub fn blast(e: f64, class: u8, r: f64, p_a: f64, t_a: f64) -> Result<Blast, Refusal> {
    let e = positive("e", e)?;
    let r = positive("r", r)?;
    let p_a = positive("p_a", p_a)?;
    let t_a = positive("t_a", t_a)?;
    within("class", f64::from(class), 1.0, 10.0, "a class from 1 to 10")?;
    let scaled = scaled_distance(r, e, p_a);
    let curve = CURVES.iter().find(|c| c.class == class).expect("ten classes are tabled");
    let ratio = curve.pressure_ratio(scaled);
    let c0 = sqrt(1.4 * 287.05 * t_a);
    let duration_s = scaled_duration(class, scaled) * cbrt(e / p_a) / c0;
    let pressure_pa = ratio * p_a;
    let mut validity = Validity::new();
    validity.range(MODEL, "scaled_distance", scaled, 0.1, 100.0);
    validity.add(Note::Assumed { model: MODEL, what: "positive phase from a coarse reading of the duration chart" });
    Ok(Blast { scaled_distance: scaled, pressure_pa, duration_s, impulse_pa_s: 0.5 * pressure_pa * duration_s, validity })
}

impl Curve {
    fn pressure_ratio(&self, scaled: f64) -> f64 {
        if scaled <= self.r_plateau {
            return self.p_plateau;
        }
        let ratio = match (self.r_break, self.a2, self.n2) {
            (Some(at), Some(a2), Some(n2)) if scaled > at => a2 * pow(scaled, -n2),
            _ => self.a1 * pow(scaled, -self.n1),
        };
        ratio.min(self.p_plateau)
    }
}

/// Scaled duration `t̄`: strong classes 0.3 near to 0.5 far, weak classes up to 4 near (08 §3, from-knowledge).
fn scaled_duration(class: u8, scaled: f64) -> f64 {
    match class {
        1..=3 => 4.0 - f64::from(class - 1),
        4 => 1.5,
        5 => 0.9,
        _ => 0.3 + 0.2 * (scaled / 10.0).clamp(0.0, 1.0),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstruction {
    High,
    Low,
    None,
}

/// Strength class by ignition, obstruction and confinement, as a range (Kinsella; from-knowledge). Take the upper end to be safe.
pub fn kinsella(strong_ignition: bool, obstruction: Obstruction, confined: bool) -> (u8, u8) {
    match (strong_ignition, obstruction, confined) {
        (true, Obstruction::High, _) => (7, 10),
        (true, Obstruction::Low, true) => (5, 7),
        (true, Obstruction::Low, false) => (4, 6),
        (true, Obstruction::None, true) => (4, 6),
        (true, Obstruction::None, false) => (4, 5),
        (false, Obstruction::High, true) => (5, 7),
        (false, Obstruction::High, false) => (4, 5),
        (false, Obstruction::Low, true) => (3, 5),
        (false, Obstruction::Low, false) => (2, 3),
        (false, Obstruction::None, true) => (1, 2),
        (false, Obstruction::None, false) => (1, 1),
    }
}

/// A congested part of the plant. Frame of the map: metres east and north.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Volume {
    pub centre: [f64; 2],
    pub energy_j: f64,
    pub class: u8,
    pub radius_m: f64,
}

/// Joins volumes nearer than 10 m to one (energies added, stronger class); the rest stand alone (08 §3).
pub fn join_near(volumes: &[Volume]) -> Vec<Volume> {
    let mut joined: Vec<Volume> = volumes.to_vec();
    let mut i = 0;
    while i < joined.len() {
        let near = (i + 1..joined.len()).find(|&j| {
            let (dx, dy) = (joined[i].centre[0] - joined[j].centre[0], joined[i].centre[1] - joined[j].centre[1]);
            sqrt(dx * dx + dy * dy) - joined[i].radius_m - joined[j].radius_m < 10.0
        });
        let Some(j) = near else {
            i += 1;
            continue;
        };
        let (a, b) = (joined[i], joined.remove(j));
        let energy_j = a.energy_j + b.energy_j;
        let share = b.energy_j / energy_j;
        joined[i] = Volume {
            centre: [a.centre[0] + share * (b.centre[0] - a.centre[0]), a.centre[1] + share * (b.centre[1] - a.centre[1])],
            energy_j,
            class: a.class.max(b.class),
            radius_m: cbrt(a.radius_m * a.radius_m * a.radius_m + b.radius_m * b.radius_m * b.radius_m),
        };
        // The grown volume may now touch one that stood apart before.
        i = 0;
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stronger_classes_blast_harder_and_distance_weakens() {
        for r in [10.0, 30.0, 100.0, 300.0, 1000.0] {
            let mut last = 0.0;
            for class in 1..=10 {
                let p = blast(7.3e9, class, r, 101325.0, 288.15).unwrap().pressure_pa;
                assert!(p >= last * 0.999, "class {class} at {r} m");
                assert!(p >= blast(7.3e9, class, 1.2 * r, 101325.0, 288.15).unwrap().pressure_pa);
                last = p;
            }
        }
    }

    #[test]
    fn eightfold_energy_reaches_twice_as_far() {
        let a = blast(1e9, 7, 100.0, 101325.0, 288.15).unwrap();
        let b = blast(8e9, 7, 200.0, 101325.0, 288.15).unwrap();
        assert!((a.pressure_pa / b.pressure_pa - 1.0).abs() < 1e-9);
        assert!((2.0 * a.impulse_pa_s / b.impulse_pa_s - 1.0).abs() < 1e-9);
    }

    #[test]
    fn there_is_no_eleventh_class() {
        assert!(blast(1e9, 11, 100.0, 101325.0, 288.15).is_err());
        assert!(blast(1e9, 0, 100.0, 101325.0, 288.15).is_err());
    }

    #[test]
    fn neighbours_within_ten_metres_are_one_source() {
        let at = |x: f64| Volume { centre: [x, 0.0], energy_j: 1e9, class: 5, radius_m: 10.0 };
        let joined = join_near(&[at(0.0), Volume { class: 7, ..at(25.0) }, at(200.0)]);
        assert_eq!(joined.len(), 2);
        assert_eq!((joined[0].energy_j, joined[0].class, joined[0].centre[0]), (2e9, 7, 12.5));
    }
}
