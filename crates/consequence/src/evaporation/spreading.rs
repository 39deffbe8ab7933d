//! How fast a pool grows and where it stops. Specification 03 §1.

use libm::sqrt;
use std::f64::consts::PI;

use crate::{CubicMetres, G, Metres, SquareMetres};

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
    /// Density of the water, kg/m³, and heat flux under a boiling pool, W/m²: `None` takes [`super::boiling::water_flux`].
    Water { rho_w: f64, flux: Option<f64> },
}

impl Surface {
    /// Least depth, m; on water the thickness at which a film breaks up.
    pub fn h_min(self) -> f64 {
        match self {
            Surface::Land { h_min } => h_min,
            Surface::Water { .. } => 0.0017,
        }
    }
}

/// Pool area of the EPA screen, m²: the liquid stands 1 cm deep.
pub fn epa_area(volume: CubicMetres) -> SquareMetres {
    SquareMetres(volume.0 / 0.01)
}

/// Radius of the circle with the area of a bund or of a catchment on the map, m.
pub fn equal_area_radius(area: SquareMetres) -> Metres {
    Metres(sqrt(area.0.max(0.0) / PI))
}

/// Growth of the radius, m/s. Land: `dr/dt = sqrt(2 g (h − h_min))`; water: `1.3 sqrt(g' h)`, `g' = g(ρ_w − ρ)/ρ_w`.
pub fn growth(surface: Surface, h: f64, rho: f64) -> f64 {
    match surface {
        Surface::Land { h_min } => sqrt(2.0 * G * (h - h_min).max(0.0)),
        Surface::Water { rho_w, .. } => 1.3 * sqrt((G * (rho_w - rho) / rho_w * h).max(0.0)),
    }
}
