//! Where people die around one source, in the frame of the wind: a polar table that is turned, never computed again.

use libm::{atan2, cos, sin, sqrt};

use super::rose::{BINS, Rose};
use crate::Refusal;
use crate::validity::positive;

/// Radii of a table. They grow with the square of the index: fine near the source, 1.25 % of the reach at its edge.
const RADII: usize = 160;
/// Half-degree angles off the axis: 0.5°, 1.5° … 179.5°; the other side is the mirror image.
const ANGLES: usize = 180;

/// Every how many degrees a smooth share is looked at, and a region.
const COARSE: usize = 5;

/// What may be relied on while a footprint is tabulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Any,
    /// Falls to either side of the axis, so that a radius ends with its first zero, unless every fifth degree beyond tells otherwise: a burst
    /// reaches upwind, too.
    Falling,
    /// Falls, and so slowly with the angle that every fifth degree tells the rest: the heat of flames.
    Smooth,
}

/// Share killed by distance and angle off the wind's axis; nobody beyond the reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Footprint {
    reach_m: f64,
    /// Where each radius begins in `share`, and one past the last: a row ends with its last share that is not zero.
    starts: Vec<u32>,
    share: Vec<f32>,
    round: bool,
}

impl Footprint {
    /// Tabulates `share(x, y)`, x downwind and y across, m; symmetric in y. `reach_m` must cover every place where somebody dies.
    ///
    /// A share that is not a number is refused: it would read as nobody killed.
    pub fn new(reach_m: f64, share: impl Fn(f64, f64) -> f64) -> Result<Self, Refusal> {
        Self::tabulated(reach_m, Shape::Any, |x, y| [share(x, y)]).map(|[one]| one)
    }

    /// The same where the share falls to either side of the axis, so that a radius ends with its first zero: clouds. See [`Shape::Falling`].
    pub fn falling(reach_m: f64, share: impl Fn(f64, f64) -> f64) -> Result<Self, Refusal> {
        Self::tabulated(reach_m, Shape::Falling, |x, y| [share(x, y)]).map(|[one]| one)
    }

    /// Everyone inside a region, nobody outside. A radius is looked at every fifth degree, its edges to the degree: what is narrower than
    /// that, and does not touch the axis, is overlooked.
    pub fn region(reach_m: f64, inside: impl Fn(f64, f64) -> bool) -> Result<Self, Refusal> {
        positive("reach_m", reach_m)?;
        let mut starts = Vec::with_capacity(RADII + 2);
        let mut share: Vec<f32> = Vec::new();
        let mut row = [false; ANGLES];
        for i in 0..=RADII {
            let r = radius(reach_m, i);
            let within = |m: usize| {
                let phi = (m as f64 + 0.5).to_radians();
                inside(r * cos(phi), r * sin(phi))
            };
            row[0] = within(0);
            let mut last = 0;
            for m in (COARSE..ANGLES).step_by(COARSE).chain([ANGLES - 1]) {
                row[m] = within(m);
                let (mut low, mut high) = (last, m);
                while row[m] != row[last] && high - low > 1 {
                    let middle = (low + high) / 2;
                    if within(middle) == row[last] { low = middle } else { high = middle }
                }
                let (before, after) = (row[last], row[m]);
                row[last..high].fill(before);
                row[high..=m].fill(after);
                last = m;
            }
            starts.push(share.len() as u32);
            let wide = row.iter().rposition(|inside| *inside).map_or(0, |last| last + 1);
            share.extend(row[..wide].iter().map(|inside| f32::from(u8::from(*inside))));
        }
        starts.push(share.len() as u32);
        Ok(Self { reach_m, starts, share, round: false })
    }

    /// Several footprints from one look at each place, for groups of people the same effect kills differently. The shape holds for all.
    pub fn tabulated<const N: usize>(reach_m: f64, shape: Shape, shares: impl Fn(f64, f64) -> [f64; N]) -> Result<[Self; N], Refusal> {
        positive("reach_m", reach_m)?;
        let mut all = [(); N].map(|()| Self { reach_m, starts: Vec::with_capacity(RADII + 2), share: Vec::new(), round: false });
        let mut rows = [[0.0_f32; ANGLES]; N];
        let every = if shape == Shape::Smooth { COARSE } else { 1 };
        for i in 0..=RADII {
            let r = radius(reach_m, i);
            rows.iter_mut().for_each(|row| row.fill(0.0));
            let mut last = 0;
            let mut whole = shape == Shape::Any;
            for m in (0..ANGLES).step_by(every).chain((every > 1).then_some(ANGLES - 1)) {
                let phi = (m as f64 + 0.5).to_radians();
                let mut nobody = true;
                for (row, p) in rows.iter_mut().zip(shares(r * cos(phi), r * sin(phi))) {
                    let p = checked(p)? as f32;
                    nobody &= p <= 0.0;
                    let before = row[last];
                    for (k, between) in row[last..=m].iter_mut().enumerate().skip(1) {
                        *between = before + (p - before) * k as f32 / (m - last) as f32;
                    }
                    row[m] = p;
                }
                last = m;
                if nobody && !whole {
                    let dies = |m: usize| {
                        let phi = (m as f64 + 0.5).to_radians();
                        shares(r * cos(phi), r * sin(phi)).iter().any(|p| *p > 0.0 || p.is_nan())
                    };
                    if !(m + 1..ANGLES).step_by(COARSE).any(dies) {
                        break;
                    }
                    whole = true;
                }
            }
            for (footprint, row) in all.iter_mut().zip(&rows) {
                let wide = row.iter().rposition(|p| *p > 0.0).map_or(0, |last| last + 1);
                footprint.starts.push(footprint.share.len() as u32);
                footprint.share.extend_from_slice(&row[..wide]);
            }
        }
        all.iter_mut().for_each(|footprint| footprint.starts.push(footprint.share.len() as u32));
        Ok(all)
    }

    /// A footprint that is the same on every side: fireballs, blasts.
    pub fn round(reach_m: f64, share: impl Fn(f64) -> f64) -> Result<Self, Refusal> {
        positive("reach_m", reach_m)?;
        let mut table = Vec::with_capacity(RADII + 1);
        for i in 0..=RADII {
            table.push(checked(share(radius(reach_m, i)))? as f32);
        }
        Ok(Self { reach_m, starts: (0..=RADII as u32 + 1).collect(), share: table, round: true })
    }

    /// Nobody dies.
    pub fn none() -> Self {
        Self { reach_m: 0.0, starts: vec![0; RADII + 2], share: Vec::new(), round: true }
    }

    /// Killed by one or by the other, which are the same people: at each place the larger share.
    pub fn either(&self, other: &Self) -> Result<Self, Refusal> {
        if other.is_none() {
            return Ok(self.clone());
        }
        if self.is_none() {
            return Ok(other.clone());
        }
        let reach = self.reach_m.max(other.reach_m);
        if self.round && other.round {
            return Self::round(reach, |r| self.at(r, 0.0).max(other.at(r, 0.0)));
        }
        Self::new(reach, |x, y| {
            let (r, phi) = (sqrt(x * x + y * y), atan2(y, x).to_degrees());
            // The last radius is the reach itself, give or take a rounding.
            self.at(r.min(reach), phi).max(other.at(r.min(reach), phi))
        })
    }

    /// The same with every share multiplied by `factor`, 0–1.
    pub fn times(&self, factor: f64) -> Self {
        Self { share: self.share.iter().map(|p| (f64::from(*p) * factor) as f32).collect(), ..self.clone() }
    }

    pub fn reach_m(&self) -> f64 {
        self.reach_m
    }

    pub fn is_none(&self) -> bool {
        self.share.is_empty()
    }

    fn row(&self, i: usize) -> &[f32] {
        &self.share[self.starts[i] as usize..self.starts[i + 1] as usize]
    }

    /// Angles to either side of the axis beyond which nobody dies at `r` m, whole degrees.
    pub fn half_width_deg(&self, r: f64) -> usize {
        if r > self.reach_m || self.is_none() {
            0
        } else if self.round {
            ANGLES
        } else {
            let (i, _) = radius_index(r, self.reach_m);
            (self.row(i).len().max(self.row(i + 1).len()) + 1).min(ANGLES)
        }
    }

    /// Share killed at `r` m and `phi` degrees off the axis, between the table's points linear.
    pub fn at(&self, r: f64, phi: f64) -> f64 {
        if r > self.reach_m || self.is_none() {
            return 0.0;
        }
        let (i, f) = radius_index(r, self.reach_m);
        if self.round {
            return (1.0 - f) * f64::from(self.share[i]) + f * f64::from(self.share[i + 1]);
        }
        let away = ((phi + 180.0).rem_euclid(360.0) - 180.0).abs();
        let a = (away - 0.5).clamp(0.0, ANGLES as f64 - 1.0);
        let m = (a as usize).min(ANGLES - 2);
        let g = a - m as f64;
        let row = |i: usize| {
            let row = self.row(i);
            let share = |m: usize| row.get(m).map_or(0.0, |p| f64::from(*p));
            (1.0 - g) * share(m) + g * share(m + 1)
        };
        (1.0 - f) * row(i) + f * row(i + 1)
    }

    /// The footprint averaged over all winds of a rose.
    pub fn turned(&self, rose: &Rose) -> Turned {
        let mut share = vec![0.0_f32; (RADII + 1) * (BINS + 1)];
        let mut sums = [0.0_f64; BINS];
        let turns = rose.turns();
        for i in 0..=RADII {
            let row = self.row(i);
            if self.round {
                let all: f64 = turns[..BINS].iter().sum();
                sums.fill(row.first().map_or(0.0, |p| f64::from(*p)) * all);
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

fn checked(share: f64) -> Result<f64, Refusal> {
    if share.is_nan() {
        return Err(Refusal::OutOfDomain { input: "share of deaths", value: share, wanted: "a number" });
    }
    Ok(share.clamp(0.0, 1.0))
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
    fn a_share_that_is_not_a_number_is_refused() {
        assert!(Footprint::new(100.0, |x, _| if x > 50.0 { f64::NAN } else { 0.5 }).is_err());
        assert!(Footprint::round(100.0, |_| f64::NAN).is_err());
    }

    #[test]
    fn a_falling_footprint_is_the_same_table() {
        let share = |x: f64, y: f64| if x > 0.0 && y.abs() < 0.1 * x { 1.0 - 10.0 * y.abs() / x } else { 0.0 };
        let (full, falling) = (Footprint::new(700.0, share).unwrap(), Footprint::falling(700.0, share).unwrap());
        assert_eq!(full, falling);
        assert!((6..=8).contains(&full.half_width_deg(300.0)));
        assert_eq!(full.at(300.0, 8.0), 0.0);
        assert!((full.times(0.1).at(300.0, 1.0) / full.at(300.0, 1.0) - 0.1).abs() < 1e-6);
    }

    #[test]
    fn a_region_is_the_same_table_as_its_yes_or_no() {
        let inside = |x: f64, y: f64| x > 0.0 && y.abs() < 0.3 * x;
        let one = |x: f64, y: f64| f64::from(u8::from(inside(x, y)));
        assert_eq!(Footprint::region(400.0, inside).unwrap(), Footprint::falling(400.0, one).unwrap());
    }

    #[test]
    fn a_lobe_upwind_is_not_lost() {
        // A cloud that also reaches 20° to either side of straight upwind.
        let inside = |x: f64, y: f64| (x > 0.0 && y.abs() < 0.3 * x) || (x < 0.0 && y.abs() < 0.364 * -x);
        let one = |x: f64, y: f64| f64::from(u8::from(inside(x, y)));
        let wanted = Footprint::new(400.0, one).unwrap();
        assert_eq!(Footprint::region(400.0, inside).unwrap(), wanted);
        assert_eq!(Footprint::falling(400.0, one).unwrap(), wanted);
        assert_eq!(wanted.at(200.0, 170.0), 1.0);
    }

    #[test]
    fn of_two_ends_at_once_the_deadlier_counts() {
        let ball = Footprint::round(100.0, |_| 1.0).unwrap();
        let both = plume().either(&ball).unwrap();
        assert_eq!(both.at(50.0, 170.0), 1.0);
        assert!((both.at(500.0, 0.5) - plume().at(500.0, 0.5)).abs() < 1e-3);
        assert_eq!(both.at(500.0, 170.0), 0.0);
        assert_eq!(Footprint::none().either(&ball).unwrap(), ball);
    }

    #[test]
    fn a_round_footprint_does_not_turn() {
        let f = Footprint::round(100.0, |r| 1.0 - r / 100.0).unwrap();
        let turned = f.turned(&Rose::from_sectors(&[5.0, 1.0, 1.0, 1.0]).unwrap());
        assert_eq!(turned.at(50.0, 10.0), turned.at(50.0, 200.0));
        assert!((turned.at(50.0, 10.0) - 0.5).abs() < 1e-3);
    }
}
