//! Gaussian puff of an instantaneous release, and a train of puffs in a wind that turns. Specification 05 §5; case GAU-010.

use libm::{cos, exp, pow, sin, sqrt};
use std::f64::consts::PI;

use super::plume::vertical;
use super::sigma::SigmaSet;
use crate::evaporation::steps::RateStep;
use crate::meteorology::Stability;
use crate::numerics::brent;
use crate::validity::{not_negative, positive};
use crate::{Note, Refusal, Validity};

const MODEL: &str = "gaussian_puff";

/// A puff and its weather. Frame: x downwind from the release, m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Puff {
    /// Mass, kg.
    pub m: f64,
    pub u: f64,
    pub h: f64,
    pub stability: Stability,
    pub sigmas: SigmaSet,
    pub h_mix: Option<f64>,
}

impl Puff {
    /// Refuses what has no answer; the notes say what lies outside the range.
    pub fn checked(&self) -> Result<Validity, Refusal> {
        not_negative("mass, kg", self.m)?;
        not_negative("height, m", self.h)?;
        if let Some(h_mix) = self.h_mix {
            positive("mixing height, m", h_mix)?;
        }
        if self.u.is_nan() || self.u < 0.5 {
            return Err(Refusal::WindBelowRange { wind_m_s: self.u, least_m_s: 0.5 });
        }
        self.sigmas.checked()?;
        let mut notes = Validity::new();
        notes.range(MODEL, "wind, m/s", self.u, 1.0, 50.0);
        Ok(notes)
    }

    /// Concentration, kg/m³, `t` seconds after the release; the spread is that at the travelled distance `u t`:
    /// `c = M/((2π)^1.5 σx σy σz) exp(−(x−ut)²/2σx²) exp(−y²/2σy²) V`.
    pub fn concentration(&self, x: f64, y: f64, z: f64, t: f64) -> f64 {
        let Some(s) = self.sigmas.at(self.u * t, self.stability) else { return 0.0 };
        let along = (x - self.u * t) / s.x;
        let across = y / s.y;
        self.m / (pow(2.0 * PI, 1.5) * s.x * s.y * s.z)
            * exp(-0.5 * along * along)
            * exp(-0.5 * across * across)
            * vertical(z, self.h, s.z, self.h_mix)
    }

    /// Largest concentration that passes `x` on the centre line: when the middle is there.
    pub fn peak(&self, x: f64, z: f64) -> f64 {
        self.concentration(x, 0.0, z, x / self.u)
    }

    /// `∫c dt` as the puff passes, kg s/m³.
    pub fn dose(&self, x: f64, y: f64, z: f64) -> f64 {
        let Some(s) = self.sigmas.at(x, self.stability) else { return 0.0 };
        self.m / (2.0 * PI * self.u * s.y * s.z) * exp(-0.5 * (y / s.y) * (y / s.y)) * vertical(z, self.h, s.z, self.h_mix)
    }
}

/// Longest step between the puffs of a changing wind, s: `Δt ≤ 0.3 σy/u`.
pub fn longest_step(sigma_y: f64, u: f64) -> f64 {
    0.3 * sigma_y / u
}

/// The wind from a time on, until the next entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindFrom {
    /// s.
    pub at: f64,
    pub u: f64,
    /// Where it comes from, degrees clockwise from north.
    pub from_deg: f64,
    pub stability: Stability,
}

/// A release in a wind that changes. Frame: east, north, m from the source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift<'a> {
    pub release: &'a [RateStep],
    /// In rising order of time; the first holds before its time too.
    pub wind: &'a [WindFrom],
    pub h: f64,
    pub sigmas: SigmaSet,
    pub h_mix: Option<f64>,
    /// Nearest distance that matters, m: it sets how close the puffs follow one another, `Δt ≤ 0.3 σy/u` there.
    pub nearest: f64,
}

/// One puff on its way: mass, kg, place, m, and spread, m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drifting {
    pub m: f64,
    pub east: f64,
    pub north: f64,
    pub spread: (f64, f64),
}

/// All puffs at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Train {
    pub puffs: Vec<Drifting>,
    h: f64,
    h_mix: Option<f64>,
    pub notes: Validity,
}

/// Most puffs of a train.
const MOST_PUFFS: usize = 2000;

impl Drift<'_> {
    /// The puffs that have left by `t`, each moved by the wind it met; its spread grows by dσ/ds of the class it is in, along its path.
    pub fn at(&self, t: f64) -> Result<Train, Refusal> {
        positive("nearest distance, m", self.nearest)?;
        not_negative("height, m", self.h)?;
        not_negative("time, s", t)?;
        self.sigmas.checked()?;
        let mut notes = Validity::new();
        let Some(first) = self.wind.first() else {
            return Err(Refusal::OutOfDomain { input: "wind", value: 0.0, wanted: "known from some time on" });
        };
        for wind in self.wind {
            if wind.u.is_nan() || wind.u < 0.5 {
                return Err(Refusal::WindBelowRange { wind_m_s: wind.u, least_m_s: 0.5 });
            }
        }
        if self.wind.windows(2).any(|w| w[1].at <= w[0].at) {
            return Err(Refusal::OutOfDomain { input: "wind", value: first.at, wanted: "in rising order of time" });
        }
        let fastest = self.wind.iter().map(|w| w.u).fold(0.0, f64::max);
        let narrowest =
            self.wind.iter().filter_map(|w| self.sigmas.at(self.nearest, w.stability)).map(|s| s.y).fold(f64::INFINITY, f64::min);
        let mut dt = longest_step(narrowest, fastest);
        let lasted: f64 = self.release.iter().map(|step| (step.to.min(t) - step.from).max(0.0)).sum();
        if lasted / dt > MOST_PUFFS as f64 {
            notes.add(Note::Held { model: MODEL, input: "time between puffs, s", given: dt, used: lasted / MOST_PUFFS as f64 });
            dt = lasted / MOST_PUFFS as f64;
        }
        let mut puffs = Vec::with_capacity((lasted / dt.max(1e-9)) as usize + self.release.len() + 1);
        for step in self.release {
            let end = step.to.min(t);
            if end <= step.from {
                continue;
            }
            let n = ((end - step.from) / dt).ceil().max(1.0) as usize;
            let share = (end - step.from) / n as f64;
            for i in 0..n {
                puffs.push(self.followed(step.rate * share, step.from + (i as f64 + 0.5) * share, t)?);
            }
        }
        Ok(Train { puffs, h: self.h, h_mix: self.h_mix, notes })
    }

    /// A puff that left at `from`, at time `t`.
    fn followed(&self, m: f64, from: f64, t: f64) -> Result<Drifting, Refusal> {
        let mut puff = Drifting { m, east: 0.0, north: 0.0, spread: (0.0, 0.0) };
        // How far the class it is in would have carried it for its spread: across and up.
        let (mut class, mut far) = (None, (0.0, 0.0));
        for (i, wind) in self.wind.iter().enumerate() {
            let start = if i == 0 { from } else { wind.at.max(from) };
            let end = self.wind.get(i + 1).map_or(t, |next| next.at.min(t));
            if end <= start {
                continue;
            }
            let path = wind.u * (end - start);
            let to = wind.from_deg.to_radians() + PI;
            puff.east += path * sin(to);
            puff.north += path * cos(to);
            if class.is_some_and(|class| class != wind.stability) {
                far = (self.as_far(puff.spread.0, wind.stability, |s| s.y), self.as_far(puff.spread.1, wind.stability, |s| s.z));
            }
            class = Some(wind.stability);
            far = (far.0 + path, far.1 + path);
            let at = |x: f64| {
                let none = Refusal::NoSolution { model: MODEL, why: "the curves give no spread" };
                self.sigmas.at(x, wind.stability).ok_or(none)
            };
            puff.spread = (at(far.0)?.y.max(puff.spread.0), at(far.1)?.z.max(puff.spread.1));
        }
        Ok(puff)
    }

    /// Distance at which class `s` alone spreads as far, m. A class that never does spreads no further.
    fn as_far(&self, sigma: f64, s: Stability, of: fn(super::sigma::Spread) -> f64) -> f64 {
        brent(|x| self.sigmas.at(x, s).map_or(-sigma, |spread| of(spread) - sigma), 1e-3, 1e6, 1e-6).unwrap_or(1e6)
    }
}

impl Train {
    /// Concentration at a place, kg/m³: the sum of the puffs, σx = σy.
    pub fn concentration(&self, east: f64, north: f64, z: f64) -> f64 {
        let of = |p: &Drifting| {
            let (y, sz) = p.spread;
            if y <= 0.0 {
                return 0.0;
            }
            let (de, dn) = ((east - p.east) / y, (north - p.north) / y);
            p.m / (pow(2.0 * PI, 1.5) * y * y * sz) * exp(-0.5 * (de * de + dn * dn)) * vertical(z, self.h, sz, self.h_mix)
        };
        self.puffs.iter().map(of).sum()
    }

    /// Mean distance of the mass from the source, m.
    pub fn mean_distance(&self) -> f64 {
        let mass: f64 = self.puffs.iter().map(|p| p.m).sum();
        if mass <= 0.0 {
            return 0.0;
        }
        self.puffs.iter().map(|p| p.m * sqrt(p.east * p.east + p.north * p.north)).sum::<f64>() / mass
    }
}

#[cfg(test)]
mod tests {
    use super::super::plume::Plume;
    use super::*;

    const WEST: WindFrom = WindFrom { at: 0.0, u: 4.0, from_deg: 270.0, stability: Stability::D };
    const STEADY: [RateStep; 1] = [RateStep { from: 0.0, to: 1200.0, rate: 1.0 }];

    fn drift<'a>(wind: &'a [WindFrom]) -> Drift<'a> {
        Drift { release: &STEADY, wind, h: 2.0, sigmas: SigmaSet::BriggsRural, h_mix: None, nearest: 200.0 }
    }

    #[test]
    fn in_a_steady_wind_the_train_is_the_plume() {
        let train = drift(&[WEST]).at(600.0).unwrap();
        let plume =
            Plume { q: 1.0, u: 4.0, h: 2.0, stability: Stability::D, sigmas: SigmaSet::BriggsRural, h_mix: None, averaging_s: 600.0 };
        for (x, y) in [(300.0, 0.0), (800.0, 40.0)] {
            let ratio = train.concentration(x, y, 1.5) / plume.concentration(x, y, 1.5);
            assert!((ratio - 1.0).abs() < 0.05, "{x} {y}: {ratio}");
        }
        let mass: f64 = train.puffs.iter().map(|p| p.m).sum();
        assert!((mass - 600.0).abs() < 1e-9);
    }

    #[test]
    fn the_cloud_turns_with_the_wind_and_grows_on() {
        let turned = [WEST, WindFrom { at: 300.0, from_deg: 180.0, stability: Stability::F, ..WEST }];
        let train = drift(&turned).at(600.0).unwrap();
        let oldest = train.puffs[0];
        assert!((oldest.east - 1200.0).abs() < 30.0 && (oldest.north - 1200.0).abs() < 30.0, "{oldest:?}");
        let before = drift(&turned).at(300.0).unwrap().puffs[0].spread;
        assert!(oldest.spread.0 > before.0 && oldest.spread.1 >= before.1);
        // As much as F adds, which is less than D would have.
        let in_d = drift(&[WEST]).at(600.0).unwrap().puffs[0].spread;
        assert!(oldest.spread.0 < in_d.0);
        assert!(drift(&[]).at(10.0).is_err());
        assert!(matches!(drift(&[WindFrom { u: 0.0, ..WEST }]).at(10.0), Err(Refusal::WindBelowRange { .. })));
    }

    #[test]
    fn no_wind_is_refused() {
        let still = Puff { m: 1.0, u: 0.0, h: 0.0, stability: Stability::D, sigmas: SigmaSet::CcpsPuff, h_mix: None };
        assert!(matches!(still.checked(), Err(Refusal::WindBelowRange { .. })));
        assert!(Puff { u: 3.0, ..still }.checked().unwrap().is_empty());
    }
}
