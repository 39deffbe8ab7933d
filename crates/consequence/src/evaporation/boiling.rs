//! A pool that boils on the ground. Specification 03 §2; case EVA-020.

use libm::sqrt;
use std::f64::consts::PI;

use crate::validity::positive;
use crate::{KgPerS, Refusal, Seconds, SquareMetres};

/// Thermal conductivity, W/(m K), and diffusivity, m²/s, of a ground. Rows of the specification's table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ground {
    pub name: &'static str,
    pub k: f64,
    pub alpha: f64,
    pub status: &'static str,
}

#[rustfmt::skip]
pub const GROUNDS: [Ground; 5] = [
    Ground { name: "average or wet soil, concrete", k: 0.92, alpha: 4.16e-7, status: "verified" },
    Ground { name: "dry sandy soil",                k: 0.28, alpha: 2.15e-7, status: "from-knowledge" },
    Ground { name: "moist sand",                    k: 0.59, alpha: 3.3e-7,  status: "from-knowledge" },
    Ground { name: "concrete, heavy",               k: 1.28, alpha: 7.2e-7,  status: "verified" },
    Ground { name: "gravel",                        k: 2.5,  alpha: 1.1e-6,  status: "from-knowledge" },
];

/// Boiling rate, kg/s: `q = k (T_g − T_p)/sqrt(π α t)`, `ṁ = q A/ΔH_v`. Zero where the ground is no warmer.
pub fn ground_conduction(ground: (f64, f64), t_g: f64, t_p: f64, t: Seconds, dh: f64, a: SquareMetres) -> Result<KgPerS, Refusal> {
    let k = positive("conductivity, W/(m K)", ground.0)?;
    let alpha = positive("diffusivity, m²/s", ground.1)?;
    let t = positive("time since wetting, s", t.0)?;
    let dh = positive("heat of vaporisation, J/kg", dh)?;
    let q = k * (t_g - t_p).max(0.0) / sqrt(PI * alpha * t);
    Ok(KgPerS(q * a.0 / dh))
}
