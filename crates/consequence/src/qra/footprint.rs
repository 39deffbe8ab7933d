//! Where people die around one source, in the frame of the wind: a polar table that is turned, never computed again.

use libm::{cos, sin, sqrt};

use super::rose::{BINS, Rose};
use crate::Refusal;
use crate::validity::positive;

/// Radii of a table. They grow with the square of the index: fine near the source, 1.25 % of the reach at its edge.
const RADII: usize = 160;
/// Half-degree angles off the axis: 0.5°, 1.5° … 179.5°; the other side is the mirror image.
const ANGLES: usize = 180;

/// Share killed by distance and angle off the wind's axis; nobody beyond the reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Footprint {
    reach_m: f64,
    /// Angles of each radius that are not zero throughout.
    support: Vec<usize>,
    /// `[radius][angle]`, `ANGLES` a row.
    share: Vec<f32>,
    round: bool,
}

impl Footprint {
    /// Tabulates `share(x, y)`, x downwind and y across, m; symmetric in y. `reach_m` must cover every place where somebody dies.
    pub fn new(reach_m: f64, share: impl Fn(f64, f64) -> f64) -> Result<Self, Refusal> {
        positive("reach_m", reach_m)?;
        let mut table = vec![0.0_f32; (RADII + 1) * ANGLES];
        let mut support = vec![0; RADII + 1];
        for i in 0..=RADII {
            let r = radius(reach_m, i);
            for m in 0..ANGLES {
                let phi = (m as f64 + 0.5).to_radians();
                let p = share(r * cos(phi), r * sin(phi)).clamp(0.0, 1.0);
                if p > 0.0 {
                    table[i * ANGLES + m] = p as f32;
                    support[i] = m + 1;
                }
            }
        }
        Ok(Self { reach_m, support, share: table, round: false })
    }

    /// A footprint that is the same on every side: fireballs, blasts.
    pub fn round(reach_m: f64, share: impl Fn(f64) -> f64) -> Result<Self, Refusal> {
        positive("reach_m", reach_m)?;
        let mut table = vec![0.0_f32; (RADII + 1) * ANGLES];
        for i in 0..=RADII {
            table[i * ANGLES..(i + 1) * ANGLES].fill(share(radius(reach_m, i)).clamp(0.0, 1.0) as f32);
        }
        Ok(Self { reach_m, support: vec![ANGLES; RADII + 1], share: table, round: true })
    }

    /// Nobody dies.
    pub fn none() -> Self {
        Self { reach_m: 0.0, support: vec![0; RADII + 1], share: vec![0.0; (RADII + 1) * ANGLES], round: true }
    }

    pub fn reach_m(&self) -> f64 {
        self.reach_m
    }

    /// Share killed at `r` m and `phi` degrees off the axis, between the table's points linear.
    pub fn at(&self, r: f64, phi: f64) -> f64 {
        if r > self.reach_m || self.reach_m == 0.0 {
            return 0.0;
        }
        let away = ((phi + 180.0).rem_euclid(360.0) - 180.0).abs();
        let a = (away - 0.5).clamp(0.0, ANGLES as f64 - 1.0);
        let (i, f) = radius_index(r, self.reach_m);
        let m = (a as usize).min(ANGLES - 2);
        let g = a - m as f64;
        let row = |i: usize| {
            let at = i * ANGLES + m;
            (1.0 - g) * f64::from(self.share[at]) + g * f64::from(self.share[at + 1])
        };
        (1.0 - f) * row(i) + f * row(i + 1)
    }

    /// The footprint averaged over all winds of a rose.
    pub fn turned(&self, rose: &Rose) -> Turned {
        let mut share = vec![0.0_f32; (RADII + 1) * (BINS + 1)];
        let mut sums = [0.0_f64; BINS];
        let turns = rose.turns();
        for i in 0..=RADII {
            let row = &self.share[i * ANGLES..i * ANGLES + self.support[i]];
            if self.round {
                sums.fill(row.first().map_or(0.0, |p| f64::from(*p)));
            } else {
                sums.fill(0.0);
                for (m, p) in row.iter().enumerate() {
                    let p = f64::from(*p);
                    // A place at bearing j is m + ½ degrees off the axis of clouds in bins j − m − 1 and j + m.
                    let left = &turns[BINS - m - 1..2 * BINS - m - 1];
                    let right = &turns[BINS + m..2 * BINS + m];
                    for ((sum, a), b) in sums.iter_mut().zip(left).zip(right) {
                        *sum += p * (a + b);
                    }
                }
            }
            let out = &mut share[i * (BINS + 1)..(i + 1) * (BINS + 1)];
            for (out, sum) in out.iter_mut().zip(&sums) {
                *out = *sum as f32;
            }
            out[BINS] = out[0];
        }
        Turned { reach_m: self.reach_m, share }
    }
}

fn radius(reach_m: f64, i: usize) -> f64 {
    let f = i as f64 / RADII as f64;
    reach_m * f * f
}

fn radius_index(r: f64, reach_m: f64) -> (usize, f64) {
    let at = RADII as f64 * sqrt(r / reach_m);
    let i = (at as usize).min(RADII - 1);
    (i, at - i as f64)
}

/// A footprint over all winds, by distance and bearing from the source: the risk per event.
#[derive(Clone, Debug, PartialEq)]
pub struct Turned {
    reach_m: f64,
    /// `[radius][bearing]`, bearings 0…360 degrees, the last as the first.
    share: Vec<f32>,
}

impl Turned {
    /// Share killed at `r` m and `bearing` degrees (0–360) from the source, over all winds.
    pub fn at(&self, r: f64, bearing: f64) -> f64 {
        if r > self.reach_m || self.reach_m == 0.0 {
            return 0.0;
        }
        let (i, f) = radius_index(r, self.reach_m);
        let j = (bearing as usize).min(BINS - 1);
        let g = bearing - j as f64;
        let row = |i: usize| {
            let at = i * (BINS + 1) + j;
            (1.0 - g) * f64::from(self.share[at]) + g * f64::from(self.share[at + 1])
        };
        (1.0 - f) * row(i) + f * row(i + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plume() -> Footprint {
        Footprint::new(1000.0, |x, y| if x > 0.0 { libm::exp(-x / 300.0 - y * y / (0.02 * x * x)) } else { 0.0 }).unwrap()
    }

    #[test]
    fn the_table_returns_what_was_put_in() {
        let f = plume();
        assert!((f.at(300.0, 0.5) - libm::exp(-1.0)).abs() < 0.01);
        assert_eq!(f.at(300.0, 7.0), f.at(300.0, -7.0));
        assert_eq!(f.at(1001.0, 0.0), 0.0);
        assert_eq!(f.at(300.0, 180.0), 0.0);
    }

    #[test]
    fn turning_keeps_the_mean_over_the_circle() {
        let mut sectors = vec![1.0; 16];
        sectors[3] = 9.0;
        let rose = Rose::from_sectors(&sectors).unwrap();
        let f = plume();
        let turned = f.turned(&rose);
        let before: f64 = (0..360).map(|b| f.at(250.0, f64::from(b) + 0.5)).sum();
        let after: f64 = (0..360).map(|b| turned.at(250.0, f64::from(b))).sum();
        assert!((before / after - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_round_footprint_does_not_turn() {
        let f = Footprint::round(100.0, |r| 1.0 - r / 100.0).unwrap();
        let turned = f.turned(&Rose::from_sectors(&[5.0, 1.0, 1.0, 1.0]).unwrap());
        assert_eq!(turned.at(50.0, 10.0), turned.at(50.0, 200.0));
        assert!((turned.at(50.0, 10.0) - 0.5).abs() < 1e-3);
    }
}
