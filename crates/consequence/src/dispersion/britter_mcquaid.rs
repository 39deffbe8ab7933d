//! Britter–McQuaid workbook: a dense plume or puff in a microsecond, the check on every dense run. Specification 06 §2; cases BMQ-00x.

use libm::{cbrt, log10, pow, sqrt};
use serde::Deserialize;
use std::sync::LazyLock;

use super::choice::{Lasting, lasting};
use crate::numerics::brent;
use crate::validity::positive;
use crate::{G, Note, Refusal, Validity};

const MODEL: &str = "britter_mcquaid";

/// One piece of a printed curve: `β = m α + b` up to `alpha_max`.
#[derive(Debug, Clone, Deserialize)]
struct Piece {
    kind: String,
    #[serde(rename = "Cm_over_C0")]
    ratio: f64,
    alpha_max: f64,
    m: f64,
    b: f64,
}

/// A curve of one concentration ratio: at most four pieces.
#[derive(Debug, Clone, Copy)]
struct Curve {
    ratio: f64,
    pieces: [(f64, f64, f64); 4],
    n: usize,
}

static PLUME: LazyLock<Vec<Curve>> = LazyLock::new(|| curves("plume"));
static PUFF: LazyLock<Vec<Curve>> = LazyLock::new(|| curves("puff"));

fn curves(kind: &str) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    for piece in csv::Reader::from_reader(include_bytes!("../../data/britter_mcquaid_curves.csv").as_slice()).deserialize::<Piece>() {
        let piece = piece.expect("data/britter_mcquaid_curves.csv is read by the tests of every build");
        if piece.kind != kind {
            continue;
        }
        if curves.last().is_none_or(|c| c.ratio != piece.ratio) {
            curves.push(Curve { ratio: piece.ratio, pieces: [(0.0, 0.0, 0.0); 4], n: 0 });
        }
        let curve = curves.last_mut().expect("pushed above");
        curve.pieces[curve.n] = (piece.alpha_max, piece.m, piece.b);
        curve.n += 1;
    }
    curves
}

fn beta(curve: &Curve, alpha: f64) -> f64 {
    let pieces = &curve.pieces[..curve.n];
    let (_, m, b) = pieces.iter().find(|p| alpha <= p.0).or(pieces.last()).copied().unwrap_or_default();
    m * alpha + b
}

/// β of the printed curves at `alpha`, from the strongest concentration ratio to the weakest.
pub fn plume_betas(alpha: f64) -> impl Iterator<Item = f64> {
    PLUME.iter().map(move |c| beta(c, alpha))
}

/// As [`plume_betas`] for the puff.
pub fn puff_betas(alpha: f64) -> impl Iterator<Item = f64> {
    PUFF.iter().map(move |c| beta(c, alpha))
}

/// C_m/C_0 at `x` in lengths of the source: between curves log10 x against the ratio, linear. Nearer than the first curve
/// `near/(near + x²)`: up to `near_end` and from there interpolated (plume), or until it meets the first curve's ratio (puff, `None`).
fn ratio(curves: &[Curve], alpha: f64, x: f64, near: f64, near_end: Option<f64>) -> f64 {
    let log_x = log10(x.max(1e-6));
    let first = beta(&curves[0], alpha);
    if log_x < first {
        let at = |x: f64| near / (near + x * x);
        let Some(near_end) = near_end else { return at(x).max(curves[0].ratio) };
        let end = log10(near_end).min(first);
        if log_x <= end {
            return at(x);
        }
        let share = (log_x - end) / (first - end);
        let from = at(pow(10.0, end)).max(curves[0].ratio);
        return from + share * (curves[0].ratio - from);
    }
    for pair in curves.windows(2) {
        let (a, b) = (beta(&pair[0], alpha), beta(&pair[1], alpha));
        if log_x <= b {
            let share = if b > a { (log_x - a) / (b - a) } else { 1.0 };
            return pair[0].ratio + share * (pair[1].ratio - pair[0].ratio);
        }
    }
    let last = &curves[curves.len() - 1];
    last.ratio * pow(10.0, -2.0 * (log_x - beta(last, alpha)))
}

/// α is held within the printed curves.
fn held(alpha: f64) -> f64 {
    alpha.clamp(-1.0, 1.0)
}

fn alpha_notes(alpha: f64) -> Validity {
    let mut notes = Validity::new();
    notes.range(MODEL, "α", alpha, -1.0, 1.0);
    if held(alpha) != alpha {
        notes.add(Note::Held { model: MODEL, input: "α", given: alpha, used: held(alpha) });
    }
    notes
}

/// A continuous dense release at ambient pressure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DensePlume {
    /// Volume rate, m³/s, density, kg/m³, and temperature, K, of the source.
    pub v0: f64,
    pub rho0: f64,
    pub t0: f64,
    pub u10: f64,
    pub rho_a: f64,
    pub t_a: f64,
}

impl DensePlume {
    pub fn checked(&self) -> Result<Validity, Refusal> {
        positive("volume rate, m³/s", self.v0)?;
        positive("source density, kg/m³", self.rho0)?;
        positive("source temperature, K", self.t0)?;
        positive("air density, kg/m³", self.rho_a)?;
        positive("air temperature, K", self.t_a)?;
        if self.u10.is_nan() || self.u10 < 0.5 {
            return Err(Refusal::WindBelowRange { wind_m_s: self.u10, least_m_s: 0.5 });
        }
        Ok(alpha_notes(self.alpha()))
    }

    /// `g0' = g (ρ0 − ρa)/ρa`.
    pub fn g0(&self) -> f64 {
        G * ((self.rho0 - self.rho_a) / self.rho_a).max(1e-6)
    }

    /// `α = 0.2 log10( g0'² V̇0/u10⁵ )`.
    pub fn alpha(&self) -> f64 {
        let g0 = self.g0();
        0.2 * log10(g0 * g0 * self.v0 / pow(self.u10, 5.0))
    }

    /// `D = sqrt(V̇0/u10)`, m.
    pub fn scale(&self) -> f64 {
        sqrt(self.v0 / self.u10)
    }

    /// C_m/C_0 by volume at `x`, with the correction for a cold source: `C = C'/(C' + (1 − C') T_0/T_a)`.
    pub fn ratio(&self, x: f64) -> f64 {
        let c = ratio(&PLUME, held(self.alpha()), x / self.scale(), 306.0, Some(30.0));
        c / (c + (1.0 - c) * self.t0 / self.t_a)
    }

    /// Distance at which the ratio falls to `c`, m.
    pub fn reach(&self, c: f64) -> Option<f64> {
        let d = self.scale();
        brent(|log_x| self.ratio(d * pow(10.0, log_x)) - c, -2.0, 6.0, 1e-9).map(|log_x| d * pow(10.0, log_x))
    }

    /// Half-width, m, and height, m, at `x` ≥ 0; and how far the cloud goes upwind, m. Flat profile inside.
    pub fn extent(&self, x: f64) -> (f64, f64, f64) {
        let d = self.scale();
        let l_b = self.v0 * self.g0() / (self.u10 * self.u10 * self.u10);
        let half = d + 8.0 * l_b + 2.5 * cbrt(l_b * x.max(0.0) * x.max(0.0));
        let height = self.v0 / (2.0 * self.u10 * half * self.ratio(x).max(1e-12));
        (half, height, d / 2.0 + 2.0 * l_b)
    }
}

/// An instantaneous dense release at ambient pressure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DensePuff {
    /// Volume, m³, and density, kg/m³.
    pub v0: f64,
    pub rho0: f64,
    pub u10: f64,
    pub rho_a: f64,
}

impl DensePuff {
    pub fn checked(&self) -> Result<Validity, Refusal> {
        positive("volume, m³", self.v0)?;
        positive("source density, kg/m³", self.rho0)?;
        positive("air density, kg/m³", self.rho_a)?;
        if self.u10.is_nan() || self.u10 < 0.5 {
            return Err(Refusal::WindBelowRange { wind_m_s: self.u10, least_m_s: 0.5 });
        }
        Ok(alpha_notes(self.alpha()))
    }

    pub fn g0(&self) -> f64 {
        G * ((self.rho0 - self.rho_a) / self.rho_a).max(1e-6)
    }

    /// `α = 0.5 log10( g0' V0^(1/3)/u10² )`.
    pub fn alpha(&self) -> f64 {
        0.5 * log10(self.g0() * cbrt(self.v0) / (self.u10 * self.u10))
    }

    /// C_m/C_0 as the puff passes `x`.
    pub fn ratio(&self, x: f64) -> f64 {
        ratio(&PUFF, held(self.alpha()), x / cbrt(self.v0), 3.24, None)
    }

    /// Radius, m, `t` seconds after the release: `R² = R0² + 1.2 t sqrt(g0' V0)`.
    pub fn radius(&self, r0: f64, t: f64) -> f64 {
        sqrt(r0 * r0 + 1.2 * t * sqrt(self.g0() * self.v0))
    }
    /// When the edge of the cloud arrives at `x`, s after the release: `x = 0.4 u10 t + R(t)`; at once within the source.
    pub fn arrival(&self, r0: f64, x: f64) -> f64 {
        if x <= r0 {
            return 0.0;
        }
        // (x − a t)² = R0² + b t, the smaller root without the difference of nearly equal numbers.
        let a = 0.4 * self.u10;
        let b = 1.2 * sqrt(self.g0() * self.v0);
        let c = x * x - r0 * r0;
        let half = 2.0 * a * x + b;
        2.0 * c / (half + sqrt((half * half - 4.0 * a * a * c).max(0.0)))
    }

    /// Where the middle of the cloud is `t` seconds after the release, m: it moves at `0.4 u10`.
    pub fn middle(&self, t: f64) -> f64 {
        0.4 * self.u10 * t
    }
}

/// C_m/C_0 at `x` of a release of `plume.v0` for `t_rel` s: as plume, as puff of all its volume, or the smaller of both.
pub fn ratio_of_finite(plume: &DensePlume, t_rel_s: f64, x: f64) -> Result<f64, Refusal> {
    let t_rel = positive("duration, s", t_rel_s)?;
    let x = positive("distance, m", x)?;
    plume.checked()?;
    let puff = DensePuff { v0: plume.v0 * t_rel, rho0: plume.rho0, u10: plume.u10, rho_a: plume.rho_a };
    Ok(match lasting(t_rel, plume.u10, x) {
        Lasting::Continuous => plume.ratio(x),
        Lasting::Instantaneous => puff.ratio(x),
        Lasting::Between => plume.ratio(x).min(puff.ratio(x)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concentration_falls_all_the_way() {
        for u10 in [1.0, 3.0, 8.0] {
            let plume = DensePlume { v0: 10.0, rho0: 3.0, t0: 290.0, u10, rho_a: 1.2, t_a: 290.0 };
            let mut last = 1.0;
            for i in 1..400 {
                let c = plume.ratio(f64::from(i) * f64::from(i));
                assert!(c <= last * 1.000_001 && c >= 0.0, "{u10} {i}: {c} after {last}");
                last = c;
            }
        }
    }

    #[test]
    fn calm_air_is_refused() {
        let plume = DensePlume { v0: 10.0, rho0: 3.0, t0: 290.0, u10: 0.1, rho_a: 1.2, t_a: 290.0 };
        assert!(matches!(plume.checked(), Err(Refusal::WindBelowRange { .. })));
    }

    #[test]
    fn a_puff_arrives_when_its_edge_does() {
        let puff = DensePuff { v0: 2000.0, rho0: 2.4, u10: 3.0, rho_a: 1.2 };
        for x in [20.0, 100.0, 1000.0] {
            let t = puff.arrival(7.0, x);
            assert!((puff.middle(t) + puff.radius(7.0, t) - x).abs() < 1e-6 * x, "{x} {t}");
        }
        assert_eq!(puff.arrival(7.0, 5.0), 0.0);
        assert!(matches!(DensePuff { u10: 0.0, ..puff }.checked(), Err(Refusal::WindBelowRange { .. })));
        assert!(!DensePuff { u10: 0.6, v0: 1e5, ..puff }.checked().unwrap().is_empty());
    }

    #[test]
    fn a_short_release_is_never_stronger_than_a_long_one() {
        let plume = DensePlume { v0: 10.0, rho0: 3.0, t0: 290.0, u10: 3.0, rho_a: 1.2, t_a: 290.0 };
        for x in [300.0, 1000.0, 1400.0] {
            assert!(ratio_of_finite(&plume, 300.0, x).unwrap() <= plume.ratio(x));
        }
        assert!(ratio_of_finite(&plume, 0.0, 100.0).is_err());
    }
}
