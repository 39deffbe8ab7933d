//! Outlines in metres: of circles, plumes and flames, of the wedge of a turning wind, and of a field on a grid.

use libm::{cos, exp, log, sin, sqrt};
use std::collections::BTreeMap;
use std::f64::consts::PI;

/// A closed ring of points, m; the first is not repeated at the end. Frame: x downwind and y left, or east and north.
pub type Ring = Vec<[f64; 2]>;

/// A circle about a place in the wind's frame.
pub fn circle(centre: [f64; 2], radius: f64) -> Ring {
    const CORNERS: usize = 72;
    (0..CORNERS)
        .map(|k| {
            let angle = 2.0 * PI * k as f64 / CORNERS as f64;
            [centre[0] + radius * cos(angle), centre[1] + radius * sin(angle)]
        })
        .collect()
}

/// The ring of an outline (x, half-width) from near to far: out on the left, back on the right. Empty stations are left out.
pub fn plume_ring(outline: &[(f64, f64)]) -> Ring {
    let wide: Vec<(f64, f64)> = outline.iter().copied().filter(|(_, half)| *half > 0.0).collect();
    let Some(last) = outline.iter().rposition(|(_, half)| *half > 0.0) else { return Ring::new() };
    let mut ring: Ring = wide.iter().map(|(x, half)| [*x, *half]).collect();
    if let Some((x, _)) = outline.get(last + 1) {
        ring.push([*x, 0.0]);
    }
    ring.extend(wide.iter().rev().map(|(x, half)| [*x, -*half]));
    ring
}

/// The ring swept when the wind may turn by `half_angle_deg` to either side: the "possible" zone of a live map.
pub fn wedge(reach: f64, width: f64, half_angle_deg: f64) -> Ring {
    const CORNERS: usize = 24;
    let half = half_angle_deg.to_radians();
    let mut ring = vec![[0.0, -width], [0.0, width]];
    ring.extend((0..=CORNERS).map(|k| {
        let angle = half - 2.0 * half * k as f64 / CORNERS as f64;
        [reach * cos(angle), reach * sin(angle) + width * angle / half.max(1e-9)]
    }));
    ring
}

/// The outline of a region star-shaped about `centre` on the axis, where `value(x, y)` is symmetric in y and falls outwards.
///
/// A root along each of 37 rays to one side, the other mirrored; a ray starts from its neighbour's radius. Searched up to `limit` m.
pub fn star_ring(centre_x: f64, level: f64, limit: f64, value: impl Fn(f64, f64) -> f64) -> Option<Ring> {
    const RAYS: usize = 36;
    if value(centre_x, 0.0) < level {
        return None;
    }
    let mut ring = Ring::with_capacity(2 * RAYS);
    let mut last = 10.0;
    for k in 0..=RAYS {
        let (c, s) = (cos(PI * k as f64 / RAYS as f64), sin(PI * k as f64 / RAYS as f64));
        last = outermost(level, last, limit, |r| value(centre_x + r * c, r * s));
        ring.push([centre_x + last * c, last * s]);
    }
    let mirrored: Ring = ring[1..RAYS].iter().rev().map(|p| [p[0], -p[1]]).collect();
    ring.extend(mirrored);
    Some(ring)
}

/// Radius at which a value that falls outwards is `level`, to 0.2 %, between 1 mm and `limit` m; `guess` is where to look first. No figure
/// where the value has none.
///
/// Heat and pressure fall nearly as powers of the distance, so a secant in ln value over ln r needs three or four looks; it is kept within
/// a bracket and halved where it does not help.
pub fn outermost(level: f64, guess: f64, limit: f64, value: impl Fn(f64) -> f64) -> f64 {
    const LEAST: f64 = 1e-3;
    let above = |r: f64| {
        let share = value(r) / level;
        if share.is_nan() { share } else { log(share.max(1e-300)) }
    };
    let mut r = guess.clamp(LEAST, limit);
    let mut f = above(r);
    // A bracket: out while it is still passed, in while it is not.
    let (mut low, mut high) = (r, r);
    let (mut f_low, mut f_high) = (f, f);
    while f_high >= 0.0 {
        (low, f_low) = (high, f_high);
        if high >= limit {
            return limit;
        }
        high = (high * if f_high > 1.0 { 2.5 } else { 1.4 }).min(limit);
        f_high = above(high);
    }
    while f_low < 0.0 {
        (high, f_high) = (low, f_low);
        if low <= LEAST {
            return LEAST;
        }
        low = (low / if f_low < -1.0 { 2.5 } else { 1.4 }).max(LEAST);
        f_low = above(low);
    }
    if f_low.is_nan() || f_high.is_nan() {
        return f64::NAN;
    }
    for _ in 0..40 {
        if high / low < 1.002 {
            break;
        }
        let (a, b) = (log(low), log(high));
        let slope = (f_high - f_low) / (b - a);
        let root = a - f_low / slope.min(-1e-9);
        // Within the bracket, never so close to an end that the other end stays for good.
        let margin = 0.02 * (b - a);
        r = exp(root.clamp(a + margin, b - margin));
        f = above(r);
        if f.is_nan() {
            return f;
        }
        if f.abs() < 2e-3 {
            return r;
        }
        if f >= 0.0 { (low, f_low) = (r, f) } else { (high, f_high) = (r, f) }
    }
    sqrt(low * high)
}

/// Rings where a gridded field reaches `level`, in metres, by marching squares. Axes `[row][column]`; beyond the edge the field is 0.
pub fn contours(values: &[f64], columns: usize, rows: usize, origin: [f64; 2], cell_m: f64, level: f64) -> Vec<Ring> {
    let at = |c: i64, r: i64| -> f64 {
        if c < 0 || r < 0 || c >= columns as i64 || r >= rows as i64 { 0.0 } else { values[r as usize * columns + c as usize] }
    };
    // Each square leads from an edge it is entered by to one it is left by, with the higher ground on the left.
    // Edges are named by their lower-left node and whether they run east (0) or north (1).
    type Edge = (i64, i64, u8);
    let mut next: BTreeMap<Edge, Edge> = BTreeMap::new();
    for r in -1..rows as i64 {
        for c in -1..columns as i64 {
            let corners = [at(c, r), at(c + 1, r), at(c + 1, r + 1), at(c, r + 1)];
            let code = corners.iter().enumerate().fold(0_u8, |code, (i, v)| code | (u8::from(*v >= level) << i));
            let [south, east, north, west] = [(c, r, 0), (c + 1, r, 1), (c, r + 1, 0), (c, r, 1)];
            let mut link = |from: Edge, to: Edge| next.insert(from, to);
            let middle_high = corners.iter().sum::<f64>() / 4.0 >= level;
            match code {
                1 => drop(link(south, west)),
                2 => drop(link(east, south)),
                3 => drop(link(east, west)),
                4 => drop(link(north, east)),
                5 if middle_high => drop((link(south, east), link(north, west))),
                5 => drop((link(south, west), link(north, east))),
                6 => drop(link(north, south)),
                7 => drop(link(north, west)),
                8 => drop(link(west, north)),
                9 => drop(link(south, north)),
                10 if middle_high => drop((link(east, north), link(west, south))),
                10 => drop((link(east, south), link(west, north))),
                11 => drop(link(east, north)),
                12 => drop(link(west, east)),
                13 => drop(link(south, east)),
                14 => drop(link(west, south)),
                _ => {}
            }
        }
    }
    let place = |(c, r, way): Edge| -> [f64; 2] {
        let (a, b) = (at(c, r), if way == 0 { at(c + 1, r) } else { at(c, r + 1) });
        let f = if (b - a).abs() > 0.0 { ((level - a) / (b - a)).clamp(0.0, 1.0) } else { 0.5 };
        let (dc, dr) = if way == 0 { (f, 0.0) } else { (0.0, f) };
        [origin[0] + (c as f64 + dc) * cell_m, origin[1] + (r as f64 + dr) * cell_m]
    };
    let mut rings = Vec::new();
    while let Some((start, mut edge)) = next.pop_first() {
        let mut ring = vec![place(start)];
        while edge != start {
            ring.push(place(edge));
            let Some(following) = next.remove(&edge) else { break };
            edge = following;
        }
        if ring.len() >= 3 {
            rings.push(ring);
        }
    }
    rings
}

pub(super) fn signed_area(ring: &[[f64; 2]]) -> f64 {
    let Some(origin) = ring.first() else { return 0.0 };
    let from = |p: &[f64; 2]| [p[0] - origin[0], p[1] - origin[1]];
    ring.windows(2).map(|pair| (from(&pair[0]), from(&pair[1]))).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use libm::hypot;

    #[test]
    fn contours_close_around_a_hill_and_leave_out_its_crater() {
        let (n, cell) = (61, 10.0);
        let hill = |radius: f64| -> Vec<f64> {
            (0..n * n)
                .map(|i| {
                    let (x, y) = ((i % n) as f64 * cell - 300.0, (i / n) as f64 * cell - 300.0);
                    200.0 - (hypot(x, y) - radius).abs()
                })
                .collect()
        };
        let rings = contours(&hill(0.0), n, n, [-300.0, -300.0], cell, 100.0);
        assert_eq!(rings.len(), 1);
        assert!(rings[0].iter().all(|p| (hypot(p[0], p[1]) - 100.0).abs() < 2.0));
        assert!(signed_area(&rings[0]).abs() > 0.0);
        assert_eq!(contours(&hill(150.0), n, n, [-300.0, -300.0], cell, 100.0).len(), 2);
        assert!(contours(&hill(0.0), n, n, [-300.0, -300.0], cell, 900.0).is_empty());
    }

    #[test]
    fn a_field_that_reaches_the_edge_is_closed_there() {
        let rings = contours(&[1.0; 9], 3, 3, [0.0, 0.0], 1.0, 0.5);
        assert_eq!(rings.len(), 1);
        assert_eq!(rings[0].len(), 12);
    }

    #[test]
    fn a_round_field_has_a_round_outline() {
        let ring = star_ring(5.0, 1.0, 1000.0, |x, y| 10_000.0 / ((x - 5.0) * (x - 5.0) + y * y).max(1e-9)).unwrap();
        assert!(ring.iter().all(|p| (hypot(p[0] - 5.0, p[1]) - 100.0).abs() < 0.2));
        // A flame has a wall: inside it the value stands still.
        let wall = |x: f64, y: f64| if hypot(x, y) < 30.0 { 50.0 } else { 2.0 };
        assert!(star_ring(0.0, 10.0, 1000.0, wall).unwrap().iter().all(|p| (hypot(p[0], p[1]) - 30.0).abs() < 0.1));
        let looks = std::cell::Cell::new(0);
        outermost(1.0, 80.0, 5000.0, |r| {
            looks.set(looks.get() + 1);
            10_000.0 / (r * r)
        });
        assert!(looks.get() <= 4, "{}", looks.get());
        assert_eq!(star_ring(0.0, 1.0, 1000.0, |_, _| 0.5), None);
        assert!(outermost(1.0, 80.0, 5000.0, |_| f64::NAN).is_nan());
        assert!(outermost(1.0, 80.0, 5000.0, |r| if r > 90.0 { f64::NAN } else { 10_000.0 / (r * r) }).is_nan());
    }
}
