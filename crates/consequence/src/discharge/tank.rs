//! How a tank empties through a hole: shapes, and time to the last drop. Specification 02 §2; case DIS-002.

use libm::{acos, sqrt};
use std::f64::consts::PI;

use super::liquid;
use crate::numerics::brent;
use crate::validity::{not_negative, positive};
use crate::{G, KgPerM3, Metres, Note, Pascal, Refusal, Seconds, SquareMetres, Validity};

/// Time a vertical cylinder needs to empty under constant pad gauge pressure, s:
/// `t = A_T/(C_d A g) [ sqrt(2(P_g/ρ + g h0)) − sqrt(2 P_g/ρ) ]`.
pub fn emptying_time(c_d: f64, a: SquareMetres, a_t: SquareMetres, h0: Metres, p_g: Pascal, rho: KgPerM3) -> Result<Seconds, Refusal> {
    let c_d = positive("discharge coefficient", c_d)?;
    let a = positive("hole area, m²", a.0)?;
    let a_t = positive("tank area, m²", a_t.0)?;
    let h0 = not_negative("liquid head, m", h0.0)?;
    let p_g = not_negative("pad gauge pressure, Pa", p_g.0)?;
    let rho = positive("liquid density, kg/m³", rho.0)?;
    Ok(Seconds(a_t / (c_d * a * G) * (sqrt(2.0 * (p_g / rho + G * h0)) - sqrt(2.0 * p_g / rho))))
}

/// Shape of a tank, m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    VerticalCylinder { r: f64, height: f64 },
    HorizontalCylinder { r: f64, length: f64 },
    Sphere { r: f64 },
}

impl Shape {
    pub fn height(self) -> f64 {
        match self {
            Shape::VerticalCylinder { height, .. } => height,
            Shape::HorizontalCylinder { r, .. } | Shape::Sphere { r } => 2.0 * r,
        }
    }

    /// Volume below level `h`, m³; `h` outside the shell counts as its nearer end.
    pub fn volume(self, h: f64) -> f64 {
        let h = h.clamp(0.0, self.height());
        match self {
            Shape::VerticalCylinder { r, .. } => PI * r * r * h,
            Shape::HorizontalCylinder { r, length } => {
                length * (r * r * acos(((r - h) / r).clamp(-1.0, 1.0)) - (r - h) * sqrt((2.0 * r * h - h * h).max(0.0)))
            }
            Shape::Sphere { r } => PI * h * h * (3.0 * r - h) / 3.0,
        }
    }

    /// Level at which the tank holds `v`, m.
    pub fn level(self, v: f64) -> f64 {
        let full = self.volume(self.height());
        if v <= 0.0 {
            return 0.0;
        }
        if v >= full {
            return self.height();
        }
        brent(|h| self.volume(h) - v, 0.0, self.height(), 1e-10).unwrap_or(0.0)
    }
}

/// What holds the pressure above the liquid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pad {
    /// Open to the air.
    Open,
    /// Blanketing at constant gauge pressure, Pa.
    Constant(f64),
    /// Closed: the gas expands isothermally from this gauge pressure, Pa, and the flow may stall.
    Sealed(f64),
}

/// A tank that loses liquid through a hole in its side or floor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tank {
    pub shape: Shape,
    /// Liquid mass at the start, kg.
    pub mass: f64,
    pub rho: f64,
    pub pad: Pad,
    pub p_a: f64,
    /// Height of the hole above the floor, m.
    pub hole_height: f64,
    pub hole_area: f64,
    pub c_d: f64,
}

/// Outflow over time: rates at the ends of equal steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Outflow {
    pub step_s: f64,
    pub rate: Vec<f64>,
    /// Mass that left, kg.
    pub released: f64,
    pub notes: Validity,
}

/// Outflow of the first `duration`: `dM/dt = −ṁ(h(M), p)` in `steps` equal steps of the classical Runge–Kutta rule.
pub fn outflow(tank: &Tank, duration: Seconds, steps: usize) -> Result<Outflow, Refusal> {
    if tank.mass < 0.0 || tank.mass.is_nan() {
        return Err(Refusal::NegativeInventory { mass_kg: tank.mass });
    }
    let duration = positive("duration, s", duration.0)?;
    let rho = positive("liquid density, kg/m³", tank.rho)?;
    let mut notes = Validity::new();
    let full = tank.shape.volume(tank.shape.height());
    let gas0 = full - tank.mass / rho;
    if gas0 < -1e-9 * full {
        return Err(Refusal::OutOfDomain { input: "mass, kg", value: tank.mass, wanted: "no more than the tank holds" });
    }
    let rate = |m: f64| -> Result<f64, Refusal> {
        let h = tank.shape.level(m / rho) - tank.hole_height;
        if h <= 0.0 {
            return Ok(0.0);
        }
        let p_pad = match tank.pad {
            Pad::Open => tank.p_a,
            Pad::Constant(p_g) => tank.p_a + p_g,
            Pad::Sealed(p_g) => {
                let gas = (full - m / rho).max(1e-6 * full);
                (tank.p_a + p_g) * gas0.max(1e-6 * full) / gas
            }
        };
        Ok(liquid::orifice(tank.c_d, SquareMetres(tank.hole_area), KgPerM3(rho), Pascal(p_pad), Pascal(tank.p_a), Metres(h))?.0)
    };
    let n = steps.clamp(1, 10_000);
    let dt = duration / n as f64;
    let mut m = tank.mass;
    let mut rates = Vec::with_capacity(n + 1);
    rates.push(rate(m)?);
    for _ in 0..n {
        let k1 = rate(m)?;
        let k2 = rate((m - 0.5 * dt * k1).max(0.0))?;
        let k3 = rate((m - 0.5 * dt * k2).max(0.0))?;
        let k4 = rate((m - dt * k3).max(0.0))?;
        m = (m - dt * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0).max(0.0);
        rates.push(rate(m)?);
    }
    if matches!(tank.pad, Pad::Sealed(_)) && rates.last() == Some(&0.0) && tank.shape.level(m / rho) > tank.hole_height {
        notes.add(Note::LeftOut { model: "tank", what: "gurgling after the sealed tank stalls" });
    }
    Ok(Outflow { step_s: dt, rate: rates, released: tank.mass - m, notes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_and_its_volume_agree_for_every_shape() {
        for shape in
            [Shape::VerticalCylinder { r: 2.0, height: 5.0 }, Shape::HorizontalCylinder { r: 1.5, length: 8.0 }, Shape::Sphere { r: 3.0 }]
        {
            for share in [0.1, 0.5, 0.9] {
                let h = share * shape.height();
                assert!((shape.level(shape.volume(h)) - h).abs() < 1e-6, "{shape:?}");
            }
        }
    }

    #[test]
    fn a_tank_loses_what_it_loses_and_no_more_than_stands_above_the_hole() {
        let tank = Tank {
            shape: Shape::VerticalCylinder { r: 2.0, height: 5.0 },
            mass: 40_000.0,
            rho: 1000.0,
            pad: Pad::Open,
            p_a: 101_325.0,
            hole_height: 1.0,
            hole_area: 0.002,
            c_d: 0.61,
        };
        let out = outflow(&tank, Seconds(20_000.0), 2000).unwrap();
        let by_rate: f64 = out.rate.windows(2).map(|w| 0.5 * (w[0] + w[1]) * out.step_s).sum();
        assert!((by_rate / out.released - 1.0).abs() < 0.01);
        assert!((out.released - (40_000.0 - PI * 4.0 * 1000.0)).abs() < 200.0, "{}", out.released);
        assert!(matches!(outflow(&Tank { mass: -1.0, ..tank }, Seconds(10.0), 10), Err(Refusal::NegativeInventory { .. })));
    }
}
