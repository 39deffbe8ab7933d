//! Gaussian plume of a steady or finite release, with ground and lid. Specification 05 §1, §4, §6, §9; cases GAU-00x, 020.

use libm::{erf, exp, log, pow, sqrt};
use std::f64::consts::PI;

use super::sigma::{SigmaSet, Spread, averaging_factor, averaging_notes};
use crate::evaporation::steps::RateStep;
use crate::meteorology::Stability;
use crate::numerics::{brent, gauss_8};
use crate::validity::{not_negative, positive};
use crate::{Note, Refusal, Validity};

const MODEL: &str = "gaussian_plume";
/// No reach is looked for beyond this, m.
const FARTHEST: f64 = 100_000.0;

/// A steady point source and its weather. Frame: x downwind, y across to the left, z up, m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plume {
    /// Rate, kg/s.
    pub q: f64,
    /// Wind at the plume's height, m/s.
    pub u: f64,
    /// Effective height, m.
    pub h: f64,
    pub stability: Stability,
    pub sigmas: SigmaSet,
    /// Height of a lid, m.
    pub h_mix: Option<f64>,
    /// Averaging time, s; 600 is that of the curves.
    pub averaging_s: f64,
}

/// `V`: reflection by the ground and, where there is one, by the lid. Terms are added until the next adds less than 1e-6.
pub fn vertical(z: f64, h: f64, sigma_z: f64, h_mix: Option<f64>) -> f64 {
    let pair = |shift: f64| {
        let direct = (z - h + shift) / sigma_z;
        let mirrored = (z + h + shift) / sigma_z;
        exp(-0.5 * direct * direct) + exp(-0.5 * mirrored * mirrored)
    };
    let mut v = pair(0.0);
    let Some(h_mix) = h_mix else { return v };
    if sigma_z > 1.2 * h_mix {
        // Well mixed below the lid: the profile is flat.
        return sqrt(2.0 * PI) * sigma_z / h_mix;
    }
    for j in 1..=20 {
        let shift = 2.0 * f64::from(j) * h_mix;
        let added = pair(shift) + pair(-shift);
        v += added;
        if added < 1e-6 * v {
            break;
        }
    }
    v
}

impl Plume {
    /// Refuses what has no answer; the notes say what lies outside the range.
    pub fn checked(&self) -> Result<Validity, Refusal> {
        not_negative("rate, kg/s", self.q)?;
        positive("wind, m/s", self.u)?;
        not_negative("height, m", self.h)?;
        positive("averaging time, s", self.averaging_s)?;
        if let Some(h_mix) = self.h_mix {
            positive("mixing height, m", h_mix)?;
        }
        if self.u < 0.5 {
            return Err(Refusal::WindBelowRange { wind_m_s: self.u, least_m_s: 0.5 });
        }
        let mut notes = Validity::new();
        notes.range(MODEL, "wind, m/s", self.u, 1.0, 50.0);
        averaging_notes(self.averaging_s, &mut notes);
        self.sigmas.checked()?;
        Ok(notes)
    }

    /// Notes of a result at `x`, m: curves outside their distances, a reach that was not followed further.
    pub fn notes_at(&self, x: f64, notes: &mut Validity) {
        self.sigmas.notes_at(x, notes);
        if x >= FARTHEST {
            notes.add(Note::Held { model: MODEL, input: "reach, m", given: x, used: FARTHEST });
        }
    }

    /// Spread at `x`, with the averaging time.
    pub fn spread(&self, x: f64) -> Option<Spread> {
        let mut spread = self.sigmas.at(x, self.stability)?;
        if self.averaging_s != 600.0 {
            spread.y *= averaging_factor(self.averaging_s, 600.0);
        }
        Some(spread)
    }

    /// Concentration, kg/m³: `c = Q/(2π u σy σz) e^{−y²/2σy²} V`. Zero where x ≤ 0: diffusion against the wind is ignored.
    pub fn concentration(&self, x: f64, y: f64, z: f64) -> f64 {
        let Some(s) = self.spread(x) else { return 0.0 };
        let across = exp(-0.5 * (y / s.y) * (y / s.y));
        self.q / (2.0 * PI * self.u * s.y * s.z) * across * vertical(z, self.h, s.z, self.h_mix)
    }

    /// Concentration `t` seconds after the start of a release of `t_d` seconds, kg/m³ (Palazzi), σx = σy:
    /// `c = c_plume ½ [ erf((x − u max(0, t−t_d))/(√2 σx)) − erf((x − u t)/(√2 σx)) ]`.
    pub fn concentration_at(&self, x: f64, y: f64, z: f64, t: f64, t_d: f64) -> f64 {
        let Some(s) = self.spread(x) else { return 0.0 };
        let to = erf((x - self.u * (t - t_d).max(0.0)) / (sqrt(2.0) * s.x));
        let from = erf((x - self.u * t) / (sqrt(2.0) * s.x));
        (self.concentration(x, y, z) * 0.5 * (to - from)).max(0.0)
    }

    /// Share of the steady value that a release of `t_d` seconds reaches at `x`: `erf(u t_d/(2√2 σx))`.
    pub fn finite_share(&self, x: f64, t_d: f64) -> f64 {
        self.spread(x).map_or(0.0, |s| erf(self.u * t_d / (2.0 * sqrt(2.0) * s.x)))
    }

    /// `∫cⁿ dt` at a place, (kg/m³)ⁿ s; n = 1 is exact, else 20 intervals between `(x − 3σx)/u` and `(x + 3σx)/u + t_d`.
    pub fn load(&self, x: f64, y: f64, z: f64, t_d: f64, n: f64) -> f64 {
        if n == 1.0 {
            return self.concentration(x, y, z) * t_d;
        }
        let Some(s) = self.spread(x) else { return 0.0 };
        let from = ((x - 3.0 * s.x) / self.u).max(0.0);
        let to = (x + 3.0 * s.x) / self.u + t_d;
        let dt = (to - from) / 20.0;
        let at = |i: i32| pow(self.concentration_at(x, y, z, from + f64::from(i) * dt, t_d), n);
        let inner: f64 = (1..20).map(at).sum();
        (0.5 * (at(0) + at(20)) + inner) * dt
    }

    /// Concentration `t` seconds after the start of a release told in steps, kg/m³: their plumes one over the other. `q` is that of the steps.
    pub fn concentration_of_steps(&self, steps: &[RateStep], x: f64, y: f64, z: f64, t: f64) -> f64 {
        let of = |step: &RateStep| Plume { q: step.rate, ..*self }.concentration_at(x, y, z, t - step.from, step.to - step.from);
        steps.iter().map(of).sum()
    }

    /// `∫cⁿ dt` of a release told in steps, (kg/m³)ⁿ s: n = 1 is exact, else 40 intervals while the cloud passes.
    pub fn load_of_steps(&self, steps: &[RateStep], x: f64, y: f64, z: f64, n: f64) -> f64 {
        let (Some(first), Some(last), Some(s)) = (steps.first(), steps.last(), self.spread(x)) else { return 0.0 };
        if n == 1.0 {
            let unit = Plume { q: 1.0, ..*self }.concentration(x, y, z);
            return unit * steps.iter().map(RateStep::mass).sum::<f64>();
        }
        let from = first.from + ((x - 3.0 * s.x) / self.u).max(0.0);
        let to = last.to + (x + 3.0 * s.x) / self.u;
        let dt = (to - from) / 40.0;
        let at = |i: i32| pow(self.concentration_of_steps(steps, x, y, z, from + f64::from(i) * dt), n);
        (0.5 * (at(0) + at(40)) + (1..40).map(at).sum::<f64>()) * dt
    }

    /// Largest concentration a release told in steps brings to a place, kg/m³: looked for as the middle and the end of each step pass.
    pub fn peak_of_steps(&self, steps: &[RateStep], x: f64, y: f64, z: f64) -> f64 {
        let passes = |at: f64| self.concentration_of_steps(steps, x, y, z, at + x / self.u);
        steps.iter().map(|s| passes(0.5 * (s.from + s.to)).max(passes(s.to))).fold(0.0, f64::max)
    }

    /// Concentration from a square ground source of side `2b`, kg/m³: exact across, 8-point Gauss along.
    pub fn from_area(&self, b: f64, x: f64, y: f64, z: f64) -> f64 {
        let from = -b;
        let to = b.min(x - 1e-3);
        if to <= from {
            return 0.0;
        }
        let per_length = |at: f64| {
            let Some(s) = self.spread(x - at) else { return 0.0 };
            let across = (erf((y + b) / (sqrt(2.0) * s.y)) - erf((y - b) / (sqrt(2.0) * s.y))) / (4.0 * b);
            self.q / (2.0 * b) / (sqrt(2.0 * PI) * self.u * s.z) * across * vertical(z, self.h, s.z, self.h_mix)
        };
        gauss_8(per_length, from, to)
    }

    /// Farthest x on the centre line at height `z` where the concentration is `c`, m, at most 100 km (see [`Self::notes_at`]); `None` if it is
    /// nowhere reached.
    pub fn reach(&self, c: f64, z: f64, t_d: Option<f64>) -> Option<f64> {
        let at = |x: f64| self.concentration(x, 0.0, z) * t_d.map_or(1.0, |t_d| self.finite_share(x, t_d));
        // From far to near: the first place that is over is the reach.
        let mut far = FARTHEST;
        if at(far) >= c {
            return Some(far);
        }
        for _ in 0..240 {
            let near = far / 1.08;
            if at(near) >= c {
                return brent(|x| log(at(exp(x)).max(1e-300) / c), log(near), log(far), 1e-8).map(exp);
            }
            far = near;
        }
        None
    }

    /// Outline of the area over `c` at height `z`: (x, half-width), m, from near to far in `stations` steps of ln x.
    pub fn footprint(&self, c: f64, z: f64, t_d: Option<f64>, outline: &mut [(f64, f64)]) -> Option<usize> {
        let reach = self.reach(c, z, t_d)?;
        let n = outline.len();
        if n < 2 {
            return None;
        }
        let near = (reach * 1e-3).clamp(0.1, 1.0).min(0.5 * reach);
        let step = log(reach / near) / (n - 1) as f64;
        for (i, place) in outline.iter_mut().enumerate() {
            let x = near * exp(step * i as f64);
            let axis = self.concentration(x, 0.0, z) * t_d.map_or(1.0, |t_d| self.finite_share(x, t_d));
            let sigma_y = self.spread(x).map_or(0.0, |s| s.y);
            let half = if axis > c { sigma_y * sqrt(2.0 * log(axis / c)) } else { 0.0 };
            *place = (x, half);
        }
        Some(n)
    }
}

/// Notes every passive result carries.
pub fn always(notes: &mut Validity) {
    notes.add(Note::LeftOut { model: MODEL, what: "diffusion against the wind, buildings and slopes" });
}

/// Upwind distance of a virtual point whose σy there is `D/4.3`, m (EPA). Refused where no curve is as wide within 100 km.
pub fn virtual_distance(sigmas: SigmaSet, s: Stability, d: f64) -> Result<f64, Refusal> {
    let d = positive("source diameter, m", d)?;
    brent(|x| sigmas.at(x, s).map_or(-1.0, |spread| spread.y) - d / 4.3, 1e-4, FARTHEST, 1e-8)
        .ok_or(Refusal::NoSolution { model: MODEL, why: "the source is wider than the plume ever becomes" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plume() -> Plume {
        Plume { q: 2.0, u: 4.0, h: 10.0, stability: Stability::D, sigmas: SigmaSet::BriggsRural, h_mix: None, averaging_s: 600.0 }
    }

    #[test]
    fn the_mass_that_leaves_crosses_every_arc() {
        for x in [50.0, 400.0, 3000.0] {
            let p = plume();
            let s = p.spread(x).unwrap();
            let flux = gauss_8(|y| gauss_8(|z| p.concentration(x, y, z), 0.0, 10.0 + 5.0 * s.z), -5.0 * s.y, 5.0 * s.y) * p.u;
            assert!((flux / p.q - 1.0).abs() < 0.02, "{x}: {flux}");
        }
    }

    #[test]
    fn a_cloud_is_symmetric_and_grows_with_the_rate() {
        let p = plume();
        assert_eq!(p.concentration(300.0, 20.0, 1.5), p.concentration(300.0, -20.0, 1.5));
        let twice = Plume { q: 4.0, ..p };
        assert_eq!(twice.concentration(300.0, 5.0, 1.5), 2.0 * p.concentration(300.0, 5.0, 1.5));
        assert!(twice.reach(1e-4, 1.5, None) > p.reach(1e-4, 1.5, None));
    }

    #[test]
    fn a_long_release_is_a_plume_and_a_short_one_less() {
        let p = plume();
        let c = p.concentration(500.0, 0.0, 0.0);
        assert!((p.finite_share(500.0, 3600.0) - 1.0).abs() < 1e-9);
        assert!(p.finite_share(500.0, 10.0) < 0.5);
        assert!((p.concentration_at(500.0, 0.0, 0.0, 1000.0, 2000.0) / c - 1.0).abs() < 1e-6);
        assert!((p.load(500.0, 0.0, 0.0, 600.0, 1.0) - 600.0 * c).abs() < 1e-12);
    }

    #[test]
    fn the_outline_closes_at_the_reach() {
        let mut outline = [(0.0, 0.0); 80];
        let p = plume();
        p.footprint(1e-5, 1.5, None, &mut outline).unwrap();
        let reach = p.reach(1e-5, 1.5, None).unwrap();
        assert!((outline[79].0 / reach - 1.0).abs() < 1e-6 && outline[79].1 < 0.05 * reach);
        assert!(outline.iter().all(|(x, half)| x.is_finite() && *half >= 0.0));
    }

    #[test]
    fn no_wind_is_refused_and_little_wind_is_noted() {
        assert!(matches!(Plume { u: 0.2, ..plume() }.checked(), Err(Refusal::WindBelowRange { .. })));
        assert!(!Plume { u: 0.7, ..plume() }.checked().unwrap().is_empty());
        assert!(plume().checked().unwrap().is_empty());
    }

    #[test]
    fn steps_add_up_to_what_they_release() {
        let p = Plume { q: 0.0, ..plume() };
        let steps = [RateStep { from: 0.0, to: 300.0, rate: 3.0 }, RateStep { from: 300.0, to: 900.0, rate: 1.0 }];
        let unit = Plume { q: 1.0, ..p }.concentration(500.0, 0.0, 0.0);
        assert!((p.load_of_steps(&steps, 500.0, 0.0, 0.0, 1.0) / (unit * 1500.0) - 1.0).abs() < 1e-12);
        let rough: f64 = (0..4000).map(|i| p.concentration_of_steps(&steps, 500.0, 0.0, 0.0, f64::from(i) * 0.5) * 0.5).sum();
        assert!((rough / (unit * 1500.0) - 1.0).abs() < 1e-3, "{rough}");
        assert!((p.peak_of_steps(&steps, 500.0, 0.0, 0.0) / (3.0 * unit) - 1.0).abs() < 0.02);
        let squared = p.load_of_steps(&steps, 500.0, 0.0, 0.0, 2.0);
        assert!((squared / (unit * unit * (9.0 * 300.0 + 600.0)) - 1.0).abs() < 0.1, "{squared}");
    }

    #[test]
    fn a_virtual_point_lies_where_the_plume_is_as_wide_as_the_source() {
        let x = virtual_distance(SigmaSet::BriggsRural, Stability::D, 43.0).unwrap();
        assert!((SigmaSet::BriggsRural.at(x, Stability::D).unwrap().y - 10.0).abs() < 1e-6);
        assert!(virtual_distance(SigmaSet::BriggsRural, Stability::F, 1e6).is_err());
    }
}
