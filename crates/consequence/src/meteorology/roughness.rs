//! Roughness of the ground, and the ground a town lifts up. Specification 04 §4.

use crate::validity::positive;
use crate::{Metres, Refusal};

/// A surface, its roughness length, m, and the range of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surface {
    pub name: &'static str,
    pub z0: f64,
    pub low: f64,
    pub high: f64,
}

#[rustfmt::skip]
pub const SURFACES: [Surface; 7] = [
    Surface { name: "open water, wind below 10 m/s",        z0: 0.0002, low: 0.0002, high: 0.0002 },
    Surface { name: "mud flat, snow, playa",                z0: 0.002,  low: 0.0005, high: 0.005 },
    Surface { name: "short grass",                          z0: 0.01,   low: 0.01,   high: 0.01 },
    Surface { name: "farmland",                             z0: 0.05,   low: 0.03,   high: 0.1 },
    Surface { name: "bushes, hedges, low industry",         z0: 0.4,    low: 0.3,    high: 0.5 },
    Surface { name: "chemical park, suburb",                z0: 0.7,    low: 0.5,    high: 1.0 },
    Surface { name: "city centre",                          z0: 2.0,    low: 1.0,    high: 3.0 },
];

/// Displacement and roughness of built-up blocks of height `h`: `d ≈ 0.7 H`, `z0 ≈ 0.1 H`. Heights count from `d` on.
pub fn blocks(h: Metres) -> Result<(Metres, Metres), Refusal> {
    let h = positive("height of the blocks, m", h.0)?;
    Ok((Metres(0.7 * h), Metres(0.1 * h)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_surface_lies_within_its_range() {
        assert!(SURFACES.iter().all(|s| s.low <= s.z0 && s.z0 <= s.high));
        let (d, z0) = blocks(Metres(10.0)).unwrap();
        assert!((d.0 - 7.0).abs() < 1e-12 && (z0.0 - 1.0).abs() < 1e-12);
    }
}
