//! The plane geometry of a cloud: how far a level reaches, and the ring around it.

use libm::{exp, log, sqrt};
use std::f64::consts::PI;

use super::FARTHEST_M;
use crate::numerics::largest;
use crate::zones::{Ring, plume_ring};

/// Stations of an outline.
pub(super) const STATIONS: usize = 64;

/// Farthest x at which a concentration that falls with distance is still `c`, to 0.1 %; beyond [`FARTHEST_M`] it is that. No figure where a
/// concentration has none.
pub(super) fn farthest(at: impl Fn(f64) -> f64, c: f64) -> Option<f64> {
    let mut far = FARTHEST_M;
    let most = at(far);
    if most.is_nan() {
        return Some(f64::NAN);
    }
    if most >= c {
        return Some(far);
    }
    while far > 0.1 {
        let near = far / 1.12;
        let there = at(near);
        if there.is_nan() {
            return Some(f64::NAN);
        }
        if there >= c {
            let (mut low, mut high) = (near, far);
            while high / low > 1.0005 {
                let middle = sqrt(low * high);
                let between = at(middle);
                if between.is_nan() {
                    return Some(f64::NAN);
                }
                if between >= c { low = middle } else { high = middle }
            }
            return Some(low);
        }
        far = near;
    }
    None
}

/// A puff's outline at one instant: its middle downwind, and half its length and width where the level is passed.
pub(super) type Ellipse = (f64, f64, f64);

/// Where a value that falls outwards stops holding, to a thousandth of `far`.
pub(super) fn edge(far: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, far);
    for _ in 0..10 {
        let middle = 0.5 * (low + high);
        if holds(middle) { low = middle } else { high = middle }
    }
    low
}

/// From where upwind to where downwind the outlines reach; no figures where one of them has none.
pub(super) fn envelope(ellipses: &[Ellipse]) -> Option<(f64, f64)> {
    if ellipses.iter().any(|(x, a, _)| (x + a).is_nan()) {
        return Some((f64::NAN, f64::NAN));
    }
    let from = ellipses.iter().map(|(x, a, _)| x - a).reduce(f64::min)?;
    let to = ellipses.iter().map(|(x, a, _)| x + a).reduce(f64::max)?;
    Some((from, to))
}

/// The ring around all instants of a puff: the places it passes over, upwind of its start too.
pub(super) fn swept(ellipses: &[Ellipse]) -> Ring {
    let Some((from, to)) = envelope(ellipses) else { return Ring::new() };
    let mut outline = [(0.0, 0.0); STATIONS];
    let n = outline.len();
    for (i, place) in outline.iter_mut().enumerate() {
        // Denser towards both ends.
        let share = 0.5 * (1.0 - libm::cos(PI * i as f64 / (n - 1) as f64));
        let x = from + (to - from) * share;
        let half = |(middle, a, b): &Ellipse| {
            let t = (x - middle) / a.max(1e-9);
            if t.abs() < 1.0 { b * sqrt(1.0 - t * t) } else { 0.0 }
        };
        *place = (x, largest(ellipses.iter().map(half)));
    }
    let mut ring: Ring = vec![[from, 0.0]];
    ring.extend(outline.iter().filter(|(_, half)| *half > 0.0).map(|(x, half)| [*x, *half]));
    ring.push([to, 0.0]);
    ring.extend(outline.iter().rev().filter(|(_, half)| *half > 0.0).map(|(x, half)| [*x, -*half]));
    ring
}

/// Ring of a plume from `from` (the upwind edge of its source) to `reach`: stations even over the source, then in ln x.
pub(super) fn along(reach: Option<f64>, from: f64, half: impl Fn(f64) -> f64) -> Ring {
    let Some(reach) = reach.filter(|reach| *reach > 0.0 || reach.is_nan()) else { return Ring::new() };
    if reach.is_nan() {
        return vec![[f64::NAN, 0.0]; 3];
    }
    let mut outline = [(0.0, 0.0); STATIONS];
    let n = outline.len();
    let over = if from < 0.0 { n / 4 } else { 0 };
    let near = (reach * 1e-3).clamp(0.1, 1.0).min(0.5 * reach);
    let step = log(reach / near) / (n - over - 1) as f64;
    for (i, place) in outline.iter_mut().enumerate() {
        let x = if i < over { from * (1.0 - i as f64 / over as f64) } else { near * exp(step * (i - over) as f64) };
        *place = (x, half(x));
    }
    if let Some(last) = outline.last_mut() {
        *last = (reach, 0.0);
    }
    plume_ring(&outline)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_figure_has_no_reach() {
        assert!((farthest(|x| 100.0 / x, 1.0).unwrap() / 100.0 - 1.0).abs() < 0.001);
        assert_eq!(farthest(|_| 0.0, 1.0), None);
        assert!(farthest(|_| f64::NAN, 1.0).unwrap().is_nan());
        assert!(farthest(|x| if x < 500.0 { f64::NAN } else { 100.0 / x }, 1.0).unwrap().is_nan());
    }
}
