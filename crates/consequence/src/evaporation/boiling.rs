//! A pool that boils on the ground. Specification 03 §2; case EVA-020.

use libm::sqrt;
use std::f64::consts::PI;

use crate::properties::Substance;
use crate::validity::positive;
use crate::{KgPerS, Refusal, Seconds, SquareMetres};

/// Thermal conductivity, W/(m K), and diffusivity, m²/s, of a ground. Rows of the specification's table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ground {
    pub name: &'static str,
    pub k: f64,
    pub alpha: f64,
    /// The liquid seeps in and meets three times the surface.
    pub percolating: bool,
    pub status: &'static str,
}

#[rustfmt::skip]
pub const GROUNDS: [Ground; 5] = [
    Ground { name: "average or wet soil, concrete", k: 0.92, alpha: 4.16e-7, percolating: false, status: "verified" },
    Ground { name: "dry sandy soil",                k: 0.28, alpha: 2.15e-7, percolating: true,  status: "from-knowledge" },
    Ground { name: "moist sand",                    k: 0.59, alpha: 3.3e-7,  percolating: false, status: "from-knowledge" },
    Ground { name: "concrete, heavy",               k: 1.28, alpha: 7.2e-7,  percolating: false, status: "verified" },
    Ground { name: "gravel",                        k: 2.5,  alpha: 1.1e-6,  percolating: true,  status: "from-knowledge" },
];

impl From<(f64, f64)> for Ground {
    /// A ground known by its conductivity, W/(m K), and diffusivity, m²/s, alone.
    fn from((k, alpha): (f64, f64)) -> Self {
        Ground { name: "as given", k, alpha, percolating: false, status: "given" }
    }
}

impl Ground {
    /// Heat of one square metre wetted one second ago, per degree: `k/sqrt(π α)`, three times that where the liquid percolates.
    pub fn effusivity(&self) -> Result<f64, Refusal> {
        let k = positive("conductivity, W/(m K)", self.k)?;
        let alpha = positive("diffusivity, m²/s", self.alpha)?;
        Ok(k / sqrt(PI * alpha) * if self.percolating { 3.0 } else { 1.0 })
    }
}

/// Heat flux from water under a boiling pool, W/m²: the range observed and the value to use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaterFlux {
    pub low: f64,
    pub nominal: f64,
    pub high: f64,
}

/// Film boiling on water, 25–35 kW/m². LNG by its measured mass flux, 0.085 (unconfined) to 0.167 kg/(m² s) (large spills, the value used:
/// the trials imply about that); up to 150 kW/m² was seen.
pub fn water_flux(s: &Substance) -> WaterFlux {
    if s.cas == METHANE {
        return WaterFlux { low: 0.085 * s.hvap_Tb_J_kg, nominal: 0.167 * s.hvap_Tb_J_kg, high: 150_000.0 };
    }
    WaterFlux { low: 25_000.0, nominal: 30_000.0, high: 35_000.0 }
}

const METHANE: &str = "74-82-8";

/// Heat from water to a liquid that does not boil on it, per degree, W/(m² K) (from-knowledge).
pub const WATER_CONVECTION: f64 = 500.0;

/// Most rings of ground that are told apart by when they were wetted.
const RINGS: usize = 48;

/// When the ground under a growing pool was wetted: rings from the middle outward, on the stack.
///
/// Gives `∫ dA/sqrt(t − t_r)`, so that the ground's heat is `k ΔT/sqrt(π α)` times it. Within a ring the area is taken to have grown evenly.
#[derive(Debug, Clone, Copy)]
pub struct Rings {
    /// (area within the outer edge, m², first wetted, last wetted, s).
    rings: [(f64, f64, f64); RINGS],
    n: usize,
    /// Time of the last entry, s.
    t: f64,
}

impl Rings {
    pub fn new(t: f64) -> Self {
        Self { rings: [(0.0, 0.0, 0.0); RINGS], n: 0, t }
    }

    fn area(&self) -> f64 {
        self.rings[..self.n].last().map_or(0.0, |r| r.0)
    }

    /// Notes that the pool covers `area`, m², at `t`. A pool that draws back leaves cooled ground behind.
    pub fn wet(&mut self, area: f64, t: f64) {
        let from = self.t;
        self.t = t;
        let had = self.area();
        if area <= had {
            return;
        }
        if area < 1.02 * had {
            let last = &mut self.rings[self.n - 1];
            (last.0, last.2) = (area, t);
            return;
        }
        if self.n == RINGS {
            for i in 0..RINGS / 2 {
                let (inner, outer) = (self.rings[2 * i], self.rings[2 * i + 1]);
                self.rings[i] = (outer.0, inner.1, outer.2);
            }
            self.n = RINGS / 2;
        }
        self.rings[self.n] = (area, from, t);
        self.n += 1;
    }

    /// `∫ dA/sqrt(t − t_r)` over a pool of `area`, m² s^−½; ground beyond the last entry has been wetted since then.
    pub fn sum(&self, area: f64, t: f64) -> f64 {
        let evenly = |da: f64, from: f64, to: f64| {
            let (a, b) = (sqrt((t - from).max(1e-9)), sqrt((t - to).max(0.0)));
            // ΔA/Δt · 2(√a − √b), without the difference of nearly equal roots.
            2.0 * da / (a + b)
        };
        let (mut inner, mut sum) = (0.0, 0.0);
        for &(outer, from, to) in &self.rings[..self.n] {
            if inner >= area {
                return sum;
            }
            let edge = outer.min(area);
            let share = (edge - inner) / (outer - inner);
            sum += evenly(edge - inner, from, from + share * (to - from));
            inner = outer;
        }
        if area > inner {
            sum += evenly(area - inner, self.t, t);
        }
        sum
    }
}

/// Boiling rate, kg/s: `q = k (T_g − T_p)/sqrt(π α t)`, `ṁ = q A/ΔH_v`. Zero where the ground is no warmer.
pub fn ground_conduction(ground: (f64, f64), t_g: f64, t_p: f64, t: Seconds, dh: f64, a: SquareMetres) -> Result<KgPerS, Refusal> {
    let k = positive("conductivity, W/(m K)", ground.0)?;
    let alpha = positive("diffusivity, m²/s", ground.1)?;
    let t = positive("time since wetting, s", t.0)?;
    let dh = positive("heat of vaporisation, J/kg", dh)?;
    let q = k * (t_g - t_p).max(0.0) / sqrt(PI * alpha * t);
    Ok(KgPerS(q * a.0 / dh))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ground_wetted_late_is_warmer() {
        // r ∝ √t: the area grows evenly and the heat is 4/3... of a pool that lay there from the start is 2 here, as ∫dτ/√(t−τ) = 2√t.
        let mut rings = Rings::new(0.0);
        for i in 1..=500 {
            rings.wet(f64::from(i), f64::from(i));
        }
        assert!((rings.sum(500.0, 500.0) / (2.0 * sqrt(500.0)) - 1.0).abs() < 1e-3, "{}", rings.sum(500.0, 500.0));
        // At once: A/√t.
        let mut rings = Rings::new(0.0);
        rings.wet(500.0, 0.0);
        assert!((rings.sum(500.0, 100.0) - 50.0).abs() < 1e-9);
        // Half of it drew back.
        assert!((rings.sum(250.0, 100.0) - 25.0).abs() < 1e-9);
    }

    #[test]
    fn water_gives_lng_what_was_measured() {
        let lng = water_flux(crate::properties::substance("74-82-8").unwrap());
        assert!((80_000.0..90_000.0).contains(&lng.nominal) && lng.low > 40_000.0);
        assert_eq!(water_flux(crate::properties::substance("74-98-6").unwrap()).nominal, 30_000.0);
    }
}
