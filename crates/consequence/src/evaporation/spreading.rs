//! How fast a pool grows and where it stops. Specification 03 §1.

use libm::sqrt;

use crate::G;

/// Least depth of a pool on a surface, m (from-knowledge; editable).
#[rustfmt::skip]
pub const LEAST_DEPTH: [(&str, f64); 4] = [
    ("smooth concrete", 0.005),
    ("rough or paved",  0.010),
    ("gravel or sand",  0.0225),
    ("grass",           0.015),
];

/// What the pool lies on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Surface {
    /// Least depth, m.
    Land { h_min: f64 },
    /// Density of the water, kg/m³.
    Water { rho_w: f64 },
}

/// Growth of the radius, m/s. Land: `dr/dt = sqrt(2 g (h − h_min))`; water: `1.3 sqrt(g' h)`, `g' = g(ρ_w − ρ)/ρ_w`.
pub fn growth(surface: Surface, h: f64, rho: f64) -> f64 {
    match surface {
        Surface::Land { h_min } => sqrt(2.0 * G * (h - h_min).max(0.0)),
        Surface::Water { rho_w } => 1.3 * sqrt((G * (rho_w - rho) / rho_w * h).max(0.0)),
    }
}
