//! View factors of flames: the closed form for an upright cylinder, and patches for a tilted cylinder or frustum seen from anywhere.

use libm::{atan, cos, sin, sqrt};
use std::f64::consts::PI;

/// View factors from a target element on the ground to an upright cylinder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CylinderView {
    /// Target plane vertical, facing the axis.
    pub vertical: f64,
    /// Target plane horizontal, facing up.
    pub horizontal: f64,
    /// Target turned to where it sees most: `sqrt(F_h² + F_v²)`.
    pub maximum: f64,
}

/// View factors of an upright cylinder of height `h_m` and radius `r_m` from a ground target `x_m` from its axis.
/// `None` at or inside the flame's surface. Specification 07 §1 (Mudan 1984), cases FIR-005, 006.
pub fn upright_cylinder(x_m: f64, h_m: f64, r_m: f64) -> Option<CylinderView> {
    if !(x_m > r_m && r_m > 0.0 && h_m >= 0.0) {
        return None;
    }
    let h = h_m / r_m;
    let s = x_m / r_m;
    let a1 = (h * h + s * s + 1.0) / (2.0 * s);
    let b1 = (1.0 + s * s) / (2.0 * s);
    let root_a = sqrt(a1 * a1 - 1.0);
    let root_b = sqrt(b1 * b1 - 1.0);
    let atan_a = atan(sqrt((a1 + 1.0) * (s - 1.0) / ((a1 - 1.0) * (s + 1.0))));
    let atan_b = atan(sqrt((b1 + 1.0) * (s - 1.0) / ((b1 - 1.0) * (s + 1.0))));
    let horizontal = ((b1 - 1.0 / s) / root_b * atan_b - (a1 - 1.0 / s) / root_a * atan_a) / PI;
    let vertical = (atan(h / sqrt(s * s - 1.0)) / s - h / s * atan(sqrt((s - 1.0) / (s + 1.0))) + a1 * h / (s * root_a) * atan_a) / PI;
    Some(CylinderView { vertical, horizontal, maximum: sqrt(horizontal * horizontal + vertical * vertical) })
}

/// A flame as a frustum about a straight axis. Frame: x downwind, y left, z up, m.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frustum {
    /// Centre of the lower end.
    pub base: [f64; 3],
    /// Unit vector from base to tip.
    pub axis: [f64; 3],
    pub length_m: f64,
    pub base_radius_m: f64,
    pub tip_radius_m: f64,
}

impl Frustum {
    /// A cylinder standing at the origin, leaning `tilt_rad` from the vertical towards +x.
    pub fn tilted_cylinder(radius_m: f64, length_m: f64, tilt_rad: f64) -> Self {
        Self { base: [0.0, 0.0, 0.0], axis: [sin(tilt_rad), 0.0, cos(tilt_rad)], length_m, base_radius_m: radius_m, tip_radius_m: radius_m }
    }

    /// Surface of the mantle, m², without the two ends.
    pub fn mantle_area_m2(&self) -> f64 {
        let rise = self.tip_radius_m - self.base_radius_m;
        PI * (self.base_radius_m + self.tip_radius_m) * sqrt(self.length_m * self.length_m + rise * rise)
    }

    /// Whether a point lies inside the flame.
    pub fn contains(&self, p: [f64; 3]) -> bool {
        let d = sub(p, self.base);
        let along = dot(d, self.axis);
        if along < 0.0 || along > self.length_m {
            return false;
        }
        let radius = self.base_radius_m + (self.tip_radius_m - self.base_radius_m) * along / self.length_m.max(1e-9);
        dot(d, d) - along * along < radius * radius
    }

    /// Largest view factor any orientation of a small target at `p` has of the flame, 0–1; 1 inside it.
    ///
    /// The flame's skin is cut into 24 × 16 patches and two ends of 24 × 4; each seen patch adds `cosθ₁ dA/(π r²)` along its line
    /// of sight, and the length of the sum is the factor of the best turned target. Within 2 % of the closed form from half a
    /// radius outside the surface; nearer, where a patch is no longer small, the value is capped at 1.
    pub fn maximum_view_factor(&self, p: [f64; 3]) -> f64 {
        if self.contains(p) {
            return 1.0;
        }
        const AROUND: usize = 24;
        const ALONG: usize = 16;
        const ACROSS: usize = 4;
        let (u, v) = perpendicular(self.axis);
        let slope = (self.tip_radius_m - self.base_radius_m) / self.length_m.max(1e-9);
        let lean = 1.0 / sqrt(1.0 + slope * slope);
        let step = self.length_m / ALONG as f64;
        let turn = 2.0 * PI / AROUND as f64;
        let mut sum = [0.0; 3];
        for k in 0..AROUND {
            let angle = (k as f64 + 0.5) * turn;
            let out = add(scale(u, cos(angle)), scale(v, sin(angle)));
            // The mantle's normal leans back along the axis when the frustum widens.
            let normal = scale(add(out, scale(self.axis, -slope)), lean);
            // All patches of a line along the mantle lie in one plane: seen from p, or not.
            let line = add(self.base, scale(out, self.base_radius_m));
            let seen = if dot(sub(p, line), normal) > 0.0 { ALONG } else { 0 };
            for i in 0..seen {
                let along = (i as f64 + 0.5) * step;
                let radius = self.base_radius_m + slope * along;
                let at = add(self.base, add(scale(self.axis, along), scale(out, radius)));
                add_patch(&mut sum, p, at, normal, turn * radius * step / lean);
            }
            for (centre, facing, radius) in [
                (self.base, scale(self.axis, -1.0), self.base_radius_m),
                (add(self.base, scale(self.axis, self.length_m)), self.axis, self.tip_radius_m),
            ] {
                let width = radius / ACROSS as f64;
                let seen = if dot(sub(p, centre), facing) > 0.0 { ACROSS } else { 0 };
                for j in 0..seen {
                    let r = (j as f64 + 0.5) * width;
                    add_patch(&mut sum, p, add(centre, scale(out, r)), facing, turn * r * width);
                }
            }
        }
        sqrt(dot(sum, sum)).min(1.0)
    }
}

fn add_patch(sum: &mut [f64; 3], target: [f64; 3], patch: [f64; 3], normal: [f64; 3], area: f64) {
    let to_target = sub(target, patch);
    let facing = dot(to_target, normal);
    // The ground hides what lies below it from a target above it.
    if facing <= 0.0 || (patch[2] < 0.0 && target[2] >= 0.0) {
        return;
    }
    let r2 = dot(to_target, to_target).max(1e-9);
    // cosθ₁ dA/(π r²) along the unit line of sight; near by, where a patch is no point, that of a disc, A/(π r² + A).
    let weight = facing * area / (r2 * (PI * r2 + area));
    for i in 0..3 {
        sum[i] -= to_target[i] * weight;
    }
}

fn perpendicular(axis: [f64; 3]) -> ([f64; 3], [f64; 3]) {
    // The crosswind direction is never parallel to an axis in the wind's plane; fall back for the rest.
    let help = if axis[1].abs() < 0.9 { [0.0, 1.0, 0.0] } else { [1.0, 0.0, 0.0] };
    let u = cross(help, axis);
    let u = scale(u, 1.0 / sqrt(dot(u, u)));
    (u, cross(axis, u))
}

fn add(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}
fn sub(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}
fn scale(a: [f64; 3], k: f64) -> [f64; 3] {
    [a[0] * k, a[1] * k, a[2] * k]
}
fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_agree_with_the_closed_form() {
        for (x, h, r) in [(50.0, 30.0, 10.0), (100.0, 50.0, 10.0), (20.0, 30.0, 10.0), (300.0, 40.0, 15.0)] {
            let closed = upright_cylinder(x, h, r).unwrap().maximum;
            let patches = Frustum::tilted_cylinder(r, h, 0.0).maximum_view_factor([x, 0.0, 0.0]);
            assert!((patches / closed - 1.0).abs() < 0.02, "X={x} H={h} R={r}: {patches} against {closed}");
        }
    }

    #[test]
    fn a_flame_leaning_towards_the_target_is_seen_larger() {
        let target = [60.0, 0.0, 0.0];
        let upright = Frustum::tilted_cylinder(10.0, 30.0, 0.0).maximum_view_factor(target);
        let leaning = Frustum::tilted_cylinder(10.0, 30.0, 0.8).maximum_view_factor(target);
        let away = Frustum::tilted_cylinder(10.0, 30.0, -0.8).maximum_view_factor(target);
        assert!(leaning > upright && upright > away);
    }

    #[test]
    fn the_view_is_the_same_from_left_and_right_and_shrinks_with_distance() {
        let flame = Frustum::tilted_cylinder(8.0, 25.0, 0.5);
        let mut last = 1.0;
        for x in [10.0, 20.0, 40.0, 80.0, 160.0, 1000.0] {
            let f = flame.maximum_view_factor([x, 12.0, 1.0]);
            assert!((f - flame.maximum_view_factor([x, -12.0, 1.0])).abs() < 1e-12);
            assert!(f <= last && f > 0.0);
            last = f;
        }
    }

    #[test]
    fn inside_the_flame_everything_is_flame() {
        assert_eq!(Frustum::tilted_cylinder(8.0, 25.0, 0.0).maximum_view_factor([0.0, 0.0, 5.0]), 1.0);
        assert_eq!(upright_cylinder(8.0, 25.0, 8.0), None);
    }
}
