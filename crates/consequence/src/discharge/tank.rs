//! How a tank empties through a hole: shapes, time to the last drop, and the gas that follows it. Specification 02 §2; case DIS-002.

use libm::{acos, sqrt};
use std::f64::consts::PI;

use super::gas::{self, GasHole};
use super::{liquid, vessel};
use crate::numerics::{DormandPrince, brent};
use crate::validity::{not_negative, positive};
use crate::{G, Kelvin, KgPerM3, KgPerMol, Metres, Note, Pascal, Refusal, Seconds, SquareMetres, Validity};

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
    /// When the liquid fell to the hole, s; from then on gas leaves, see [`gas_after`].
    pub at_hole_s: Option<f64>,
    /// Gas above the liquid then or at the end: volume, m³, and absolute pressure, Pa.
    pub gas_volume: f64,
    pub gas_pressure: f64,
    pub notes: Validity,
}

/// Least gas above the liquid of a sealed tank, as a share of the tank.
const LEAST_GAS: f64 = 1e-6;

impl Tank {
    fn gas0(&self) -> f64 {
        self.shape.volume(self.shape.height()) - self.mass / self.rho
    }

    /// Absolute pressure above `m` kg of liquid, Pa.
    fn pad_pressure(&self, m: f64) -> f64 {
        match self.pad {
            Pad::Open => self.p_a,
            Pad::Constant(p_g) => self.p_a + p_g,
            Pad::Sealed(p_g) => {
                let full = self.shape.volume(self.shape.height());
                let gas = (full - m / self.rho).max(LEAST_GAS * full);
                (self.p_a + p_g) * self.gas0().max(LEAST_GAS * full) / gas
            }
        }
    }

    fn rate(&self, m: f64) -> Result<f64, Refusal> {
        let h = self.shape.level(m / self.rho) - self.hole_height;
        if h <= 0.0 {
            return Ok(0.0);
        }
        let (p_pad, a) = (Pascal(self.pad_pressure(m)), SquareMetres(self.hole_area));
        Ok(liquid::orifice(self.c_d, a, KgPerM3(self.rho), p_pad, Pascal(self.p_a), Metres(h))?.0)
    }
}

/// Outflow of the first `duration`, told at the ends of `steps` equal steps: `dM/dt = −ṁ(h(M), p)`.
pub fn outflow(tank: &Tank, duration: Seconds, steps: usize) -> Result<Outflow, Refusal> {
    if tank.mass < 0.0 || tank.mass.is_nan() {
        return Err(Refusal::NegativeInventory { mass_kg: tank.mass });
    }
    let duration = positive("duration, s", duration.0)?;
    let rho = positive("liquid density, kg/m³", tank.rho)?;
    let hole_height = not_negative("height of the hole, m", tank.hole_height)?;
    let mut notes = Validity::new();
    let full = tank.shape.volume(tank.shape.height());
    if tank.gas0() < -1e-9 * full {
        return Err(Refusal::OutOfDomain { input: "mass, kg", value: tank.mass, wanted: "no more than the tank holds" });
    }
    if matches!(tank.pad, Pad::Sealed(_)) && tank.gas0() < LEAST_GAS * full {
        notes.add(Note::Held { model: "tank", input: "gas above the liquid, m³", given: tank.gas0(), used: LEAST_GAS * full });
    }
    let n = steps.clamp(1, 10_000);
    let dt = duration / n as f64;
    let first = tank.rate(tank.mass)?;
    let mut rates = Vec::with_capacity(n + 1);
    rates.push(first);
    // The rate ends in a corner at the hole, which the mass reaches but does not cross: a thousandth of what can leave is "there".
    let below = rho * tank.shape.volume(hole_height);
    let at_hole = below + 1e-3 * (tank.mass - below).max(0.0);
    let mut at_hole_s = (tank.mass <= below).then_some(0.0);
    let mut m = tank.mass;
    let mut solver = DormandPrince::new(0.0, [m], 0.01 * dt, duration, 1e-5, [1e-6 * tank.mass.max(1e-9)]);
    while at_hole_s.is_none() && solver.t < duration {
        let step = solver.step(duration, |_, y| Ok::<_, Refusal>([-tank.rate(y[0].max(0.0))?]))?;
        let Some(step) = step else { break };
        at_hole_s = step.event(|_, y| y[0] - at_hole);
        let until = at_hole_s.unwrap_or(solver.t);
        while rates.len() <= n && dt * rates.len() as f64 <= until + 1e-9 * duration {
            rates.push(tank.rate(step.at(dt * rates.len() as f64)[0].max(0.0))?);
        }
        m = step.at(until)[0];
    }
    if at_hole_s.is_some() {
        m = m.min(tank.mass).min(below.min(tank.mass));
    }
    rates.resize(n + 1, 0.0);
    if matches!(tank.pad, Pad::Sealed(_)) && at_hole_s.is_none() && tank.rate(m)? < 1e-3 * first {
        notes.add(Note::LeftOut { model: "tank", what: "gurgling after the sealed tank stalls" });
    }
    Ok(Outflow {
        step_s: dt,
        rate: rates,
        released: tank.mass - m,
        at_hole_s,
        gas_volume: full - m / rho,
        gas_pressure: tank.pad_pressure(m),
        notes,
    })
}

/// Gas above the liquid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PadGas {
    pub m: KgPerMol,
    pub gamma: f64,
    pub t: Kelvin,
    /// Discharge coefficient of the hole for gas.
    pub c_d: f64,
}

/// Gas leaving `t` after the liquid has fallen to the hole, kg/s: none from an open tank, a steady stream where blanketing keeps the
/// pressure, the blow-down of the gas space where the tank is closed. `None` if the liquid never got there.
///
/// Above a boiling liquid use [`vessel::boil_down`].
pub fn gas_after(tank: &Tank, out: &Outflow, pad: &PadGas, t: Seconds) -> Result<Option<f64>, Refusal> {
    if out.at_hole_s.is_none() {
        return Ok(None);
    }
    let hole = GasHole {
        c_d: pad.c_d,
        a: SquareMetres(tank.hole_area),
        p0: Pascal(out.gas_pressure),
        t0: pad.t,
        m: pad.m,
        gamma: pad.gamma,
        z: 1.0,
        p_a: Pascal(tank.p_a),
    };
    Ok(Some(match tank.pad {
        Pad::Open => 0.0,
        Pad::Constant(_) => gas::orifice(&hole, None)?.rate,
        Pad::Sealed(_) => vessel::blowdown(&hole, out.gas_volume, t)?.rate,
    }))
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

    #[test]
    fn the_course_agrees_with_the_closed_form_and_gas_follows_the_liquid() {
        let tank = Tank {
            shape: Shape::VerticalCylinder { r: 2.0, height: 5.0 },
            mass: 40_000.0,
            rho: 1000.0,
            pad: Pad::Constant(50_000.0),
            p_a: 101_325.0,
            hole_height: 0.0,
            hole_area: 0.002,
            c_d: 0.61,
        };
        let h0 = 40.0 / (PI * 4.0);
        let a_t = SquareMetres(PI * 4.0);
        let closed = emptying_time(0.61, SquareMetres(0.002), a_t, Metres(h0), Pascal(50_000.0), KgPerM3(1000.0)).unwrap().0;
        let out = outflow(&tank, Seconds(2.0 * closed), 200).unwrap();
        assert!((out.at_hole_s.unwrap() / closed - 1.0).abs() < 2e-3, "{:?} {closed}", out.at_hole_s);
        assert!((out.released - 40_000.0).abs() < 1.0 && out.rate.len() == 201 && out.rate[200] == 0.0);
        let nitrogen = PadGas { m: KgPerMol(0.028), gamma: 1.4, t: Kelvin(293.0), c_d: 0.62 };
        let gas = |tank: &Tank, t: f64| {
            let out = outflow(tank, Seconds(4.0 * closed), 200).unwrap();
            gas_after(tank, &out, &nitrogen, Seconds(t)).unwrap()
        };
        assert!(gas(&tank, 0.0).unwrap() > 0.1 && gas(&tank, 100.0) == gas(&tank, 0.0));
        assert_eq!(gas(&Tank { pad: Pad::Open, ..tank }, 10.0), Some(0.0));
        let sealed = Tank { pad: Pad::Sealed(400_000.0), ..tank };
        assert!(gas(&sealed, 60.0) < gas(&sealed, 0.0));
        // Too little pressure to empty it: it stalls above the hole.
        let stalled = outflow(&Tank { pad: Pad::Sealed(1_000.0), ..tank }, Seconds(20_000.0), 200).unwrap();
        assert!(stalled.at_hole_s.is_none() && !stalled.notes.is_empty());
    }
}
