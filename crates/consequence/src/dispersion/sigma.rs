//! Spread of a passive cloud by distance and stability: Briggs, ISC3, TNO, CCPS. Specification 05 §2; cases SIG-*.

use libm::{exp, log, pow, sqrt, tan};
use serde::{Deserialize, Serialize};

use crate::meteorology::Stability;
use crate::validity::within;
use crate::{Note, Refusal, Validity};

/// A set of curves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SigmaSet {
    /// Briggs 1973, open country; 10 min; best below 2 km.
    BriggsRural,
    /// Briggs 1973, town. `compat_aqt3046` uses 0.0001 where AQ/T 3046 prints it for σz in classes A and B, a probable misprint.
    BriggsUrban { compat_aqt3046: bool },
    /// ISC3 (Pasquill–Gifford), open country, x ≥ 100 m.
    Isc3Rural,
    /// TNO (CPR 14E), 10 min; σz is multiplied by `(10 z0)^(0.53 x^−0.22)`.
    Tno { z0: f64 },
    /// TNO puff: σy half of the plume's, σx = 0.13 x.
    TnoPuff { z0: f64 },
    /// CCPS 1999, instantaneous.
    CcpsPuff,
}

/// Spread, m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}

/// `y = a x (1 + b x)^c`, Briggs; rows A–F of (σy; σz).
type BriggsRow = ((f64, f64, f64), (f64, f64, f64));
#[rustfmt::skip]
const BRIGGS_RURAL: [BriggsRow; 6] = [
    ((0.22, 0.0001, -0.5), (0.20,  0.0,    0.0)),
    ((0.16, 0.0001, -0.5), (0.12,  0.0,    0.0)),
    ((0.11, 0.0001, -0.5), (0.08,  0.0002, -0.5)),
    ((0.08, 0.0001, -0.5), (0.06,  0.0015, -0.5)),
    ((0.06, 0.0001, -0.5), (0.03,  0.0003, -1.0)),
    ((0.04, 0.0001, -0.5), (0.016, 0.0003, -1.0)),
];
#[rustfmt::skip]
const BRIGGS_URBAN: [BriggsRow; 6] = [
    ((0.32, 0.0004, -0.5), (0.24, 0.001,   0.5)),
    ((0.32, 0.0004, -0.5), (0.24, 0.001,   0.5)),
    ((0.22, 0.0004, -0.5), (0.20, 0.0,     0.0)),
    ((0.16, 0.0004, -0.5), (0.14, 0.0003, -0.5)),
    ((0.11, 0.0004, -0.5), (0.08, 0.0015, -0.5)),
    ((0.11, 0.0004, -0.5), (0.08, 0.0015, -0.5)),
];
/// `a x^b`: σy, σz of TNO, rows A–F.
#[rustfmt::skip]
const TNO: [(f64, f64, f64, f64); 6] = [
    (0.527, 0.865, 0.28, 0.90),
    (0.371, 0.866, 0.23, 0.85),
    (0.209, 0.897, 0.22, 0.80),
    (0.128, 0.905, 0.20, 0.76),
    (0.098, 0.902, 0.15, 0.73),
    (0.065, 0.902, 0.12, 0.67),
];
#[rustfmt::skip]
const CCPS_PUFF: [(f64, f64, f64, f64); 6] = [
    (0.18, 0.92, 0.60, 0.75),
    (0.14, 0.92, 0.53, 0.73),
    (0.10, 0.92, 0.34, 0.71),
    (0.06, 0.92, 0.15, 0.70),
    (0.04, 0.92, 0.10, 0.65),
    (0.02, 0.89, 0.05, 0.61),
];
/// Rows (x_max, a, b) of σz, and c, d of σy.
type Isc3Class = (&'static [(f64, f64, f64)], f64, f64);
/// ISC3 σz = a x^b, x in km, up to `x_max`; σy = 465.11628 x tan(0.017453293 (c − d ln x)).
#[rustfmt::skip]
const ISC3: [Isc3Class; 6] = [
    (&[(0.1, 122.8, 0.9447), (0.15, 158.08, 1.0542), (0.2, 170.22, 1.0932), (0.25, 179.52, 1.1262), (0.3, 217.41, 1.2644),
       (0.4, 258.89, 1.4094), (0.5, 346.75, 1.7283), (f64::INFINITY, 453.85, 2.1166)], 24.167, 2.5334),
    (&[(0.2, 90.673, 0.93198), (0.4, 98.483, 0.98332), (f64::INFINITY, 109.3, 1.0971)], 18.333, 1.8096),
    (&[(f64::INFINITY, 61.141, 0.91465)], 12.5, 1.0857),
    (&[(0.3, 34.459, 0.86974), (1.0, 32.093, 0.81066), (3.0, 32.093, 0.64403), (10.0, 33.504, 0.60486), (30.0, 36.65, 0.56589),
       (f64::INFINITY, 44.053, 0.51179)], 8.333, 0.72382),
    (&[(0.1, 24.26, 0.8366), (0.3, 23.331, 0.81956), (1.0, 21.628, 0.7566), (2.0, 21.628, 0.63077), (4.0, 22.534, 0.57154),
       (10.0, 24.703, 0.50527), (20.0, 26.97, 0.46713), (40.0, 35.42, 0.37615), (f64::INFINITY, 47.618, 0.29592)], 6.25, 0.54287),
    (&[(0.2, 15.209, 0.81558), (0.7, 14.457, 0.78407), (1.0, 13.953, 0.68465), (2.0, 13.953, 0.63227), (3.0, 14.823, 0.54503),
       (7.0, 16.187, 0.4649), (15.0, 17.836, 0.41507), (30.0, 22.651, 0.32681), (60.0, 27.074, 0.27436),
       (f64::INFINITY, 34.219, 0.21716)], 4.1667, 0.36191),
];

impl SigmaSet {
    /// Spread at distance `x`, m; between classes ln σ is linear in s. `x` ≤ 0 has no spread.
    pub fn at(self, x: f64, s: Stability) -> Option<Spread> {
        if !(x > 0.0 && x.is_finite()) {
            return None;
        }
        let (low, high, share) = s.between();
        let (y0, z0) = self.of_class(x, low);
        if share == 0.0 {
            return Some(self.with_x(x, y0, z0));
        }
        let (y1, z1) = self.of_class(x, high);
        let mix = |a: f64, b: f64| exp((1.0 - share) * log(a) + share * log(b));
        Some(self.with_x(x, mix(y0, y1), mix(z0, z1)))
    }

    fn with_x(self, x: f64, y: f64, z: f64) -> Spread {
        let along = if matches!(self, SigmaSet::TnoPuff { .. }) { 0.13 * x } else { y };
        Spread { x: along, y, z }
    }

    fn of_class(self, x: f64, class: usize) -> (f64, f64) {
        let briggs = |(a, b, c): (f64, f64, f64)| match c {
            0.0 => a * x,
            -0.5 => a * x / sqrt(1.0 + b * x),
            0.5 => a * x * sqrt(1.0 + b * x),
            _ => a * x / (1.0 + b * x),
        };
        let rough = |z0: f64| pow(10.0 * z0, 0.53 * pow(x, -0.22));
        match self {
            SigmaSet::BriggsRural => {
                let (y, z) = BRIGGS_RURAL[class];
                (briggs(y), briggs(z))
            }
            SigmaSet::BriggsUrban { compat_aqt3046 } => {
                let (y, mut z) = BRIGGS_URBAN[class];
                if compat_aqt3046 && class < 2 {
                    z.1 = 0.0001;
                }
                (briggs(y), briggs(z))
            }
            SigmaSet::Isc3Rural => {
                let (rows, c, d) = ISC3[class];
                let km = x / 1000.0;
                // The curves start at 1 m; nearer the angle would leave its range.
                let angle = 0.017453293 * (c - d * log(km.max(1e-3)));
                let row = rows.iter().find(|row| km <= row.0).unwrap_or(&rows[rows.len() - 1]);
                (465.11628 * km * tan(angle), (row.1 * pow(km, row.2)).min(5000.0))
            }
            SigmaSet::Tno { z0 } => {
                let (a, b, c, d) = TNO[class];
                (a * pow(x, b), c * pow(x, d) * rough(z0))
            }
            SigmaSet::TnoPuff { z0 } => {
                let (a, b, c, d) = TNO[class];
                (0.5 * a * pow(x, b), c * pow(x, d) * rough(z0))
            }
            SigmaSet::CcpsPuff => {
                let (a, b, c, d) = CCPS_PUFF[class];
                (a * pow(x, b), c * pow(x, d))
            }
        }
    }
}

/// Exponent of the averaging time up to an hour, and beyond it (0.25–0.3).
const UP_TO_AN_HOUR: f64 = 0.2;
const BEYOND: f64 = 0.275;
/// Shortest averaging time told apart, s.
const SHORTEST_S: f64 = 20.0;

/// Factor on σy for another averaging time: `(t/t_ref)^0.2` from 20 s to 1 h, beyond it growing with `t^0.275`. Case GAU-030.
///
/// Shorter times are held at 20 s; [`averaging_notes`] says so.
pub fn averaging_factor(t_s: f64, t_ref_s: f64) -> f64 {
    let t = t_s.max(SHORTEST_S);
    pow(t.min(3600.0) / t_ref_s, UP_TO_AN_HOUR) * pow((t / 3600.0).max(1.0), BEYOND)
}

/// What [`averaging_factor`] holds or stretches.
pub fn averaging_notes(t_s: f64, notes: &mut Validity) {
    notes.range("averaging_time", "averaging time, s", t_s, SHORTEST_S, 3600.0);
    if t_s < SHORTEST_S {
        notes.add(Note::Held { model: "averaging_time", input: "averaging time, s", given: t_s, used: SHORTEST_S });
    }
}

impl SigmaSet {
    /// Refuses a set without an answer.
    pub fn checked(self) -> Result<Self, Refusal> {
        if let SigmaSet::Tno { z0 } | SigmaSet::TnoPuff { z0 } = self {
            within("roughness length, m", z0, 1e-5, 10.0, "0.00001 to 10 m")?;
        }
        Ok(self)
    }

    /// Notes where the curves are used at a distance they were not made for: Briggs 0.1–10 km, ISC3 from 100 m.
    pub fn notes_at(self, x: f64, notes: &mut Validity) {
        let (model, low, high) = match self {
            SigmaSet::BriggsRural | SigmaSet::BriggsUrban { .. } => ("sigma.briggs", 100.0, 10_000.0),
            SigmaSet::Isc3Rural => ("sigma.isc3", 100.0, 100_000.0),
            SigmaSet::Tno { .. } | SigmaSet::TnoPuff { .. } => ("sigma.tno", 100.0, 100_000.0),
            SigmaSet::CcpsPuff => ("sigma.ccps_puff", 100.0, 10_000.0),
        };
        notes.range(model, "distance, m", x, low, high);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averaging_over_hours_widens_the_plume_without_a_step() {
        assert!((averaging_factor(3600.0, 600.0) - pow(6.0, 0.2)).abs() < 1e-12);
        assert!((averaging_factor(3600.1, 600.0) / averaging_factor(3600.0, 600.0) - 1.0).abs() < 1e-4);
        assert!(averaging_factor(28_800.0, 600.0) > pow(48.0, 0.2));
        let mut notes = Validity::new();
        averaging_notes(10.0, &mut notes);
        assert_eq!(notes.iter().count(), 2);
    }

    #[test]
    fn distances_outside_the_curves_are_noted() {
        for (set, x, noted) in
            [(SigmaSet::BriggsRural, 50.0, true), (SigmaSet::BriggsRural, 500.0, false), (SigmaSet::Isc3Rural, 99.0, true)]
        {
            let mut notes = Validity::new();
            set.notes_at(x, &mut notes);
            assert_eq!(!notes.is_empty(), noted, "{set:?} {x}");
        }
        assert!(SigmaSet::Tno { z0: 0.0 }.checked().is_err());
    }
}
