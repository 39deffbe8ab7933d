//! A heavy puff as a well-mixed box that slumps and drifts: fast, for Monte Carlo and where the SLAB-like run fails. Specification 06 §4.
//! Absent on purpose: a profile inside the box, heat from the ground, the passive spread after the slumping.

use libm::{cbrt, pow, sqrt};
use std::f64::consts::PI;

use crate::meteorology::profile;
use crate::mixing::Mixing;
use crate::numerics::{DormandPrince, brent};
use crate::validity::positive;
use crate::{G, KARMAN, Note, R, Refusal, Validity};

const MODEL: &str = "dispersion.box";

/// Constants of the family of box models (HEGADAS, DEGADIS): front speed 1.0–1.15, edge entrainment 0–0.6.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constants {
    /// `dR/dt = front sqrt(g' h)`.
    pub front: f64,
    /// Air through the edge over the speed of the front.
    pub edge: f64,
}

impl Default for Constants {
    fn default() -> Self {
        Self { front: 1.15, edge: 0.6 }
    }
}

/// The puff at its release and its air.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeavyPuff<'a> {
    pub mixing: &'a Mixing,
    /// Released substance, kg, and air already with it, kg.
    pub mass: f64,
    pub air: f64,
    /// Temperature of the substance, K, and its liquid share, before it met that air.
    pub t_s: f64,
    pub liquid: f64,
    /// Height over radius at the start; 1 is usual.
    pub aspect: f64,
    pub u_star: f64,
    pub inverse_length: f64,
    pub z0: f64,
    pub t_a: f64,
    pub constants: Constants,
}

/// The box at one time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BoxAt {
    pub t: f64,
    /// Middle, m downwind, radius and height, m.
    pub x: f64,
    pub radius: f64,
    pub height: f64,
    /// Air in it, kg, density, kg/m³, temperature, K.
    pub air: f64,
    pub rho: f64,
    pub temperature: f64,
    /// Share of the volume: moles of the substance, liquid included, over all.
    pub fraction: f64,
}

/// The puff over time.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxRun {
    pub course: Vec<BoxAt>,
    pub notes: Validity,
}

/// Damping of the mixing by the weight of the cloud: `φ = 0.88 + 0.099 Ri^1.04`, lighter than air `0.88/(1 + 0.65 |Ri|^0.6)`.
pub fn phi(ri: f64) -> f64 {
    if ri >= 0.0 { 0.88 + 0.099 * pow(ri, 1.04) } else { 0.88 / (1.0 + 0.65 * pow(-ri, 0.6)) }
}

/// Most points of a course.
const STATIONS: usize = 120;

impl HeavyPuff<'_> {
    fn at(&self, t: f64, radius: f64, air: f64, x: f64, rho_a: f64) -> Result<(BoxAt, f64), Refusal> {
        let m = self.mass / (self.mass + air.max(0.0));
        let mixture = if m >= 1.0 - 1e-9 {
            let gas = R * self.t_s / (self.mixing.p * self.mixing.m_s);
            let rho = 1.0 / ((1.0 - self.liquid) * gas + self.liquid / self.mixing.rho_l);
            crate::mixing::Mixture { t: self.t_s, liquid: self.liquid, rho, y: 1.0 }
        } else {
            self.mixing.with_air(m, self.liquid, self.t_s, self.t_a)?
        };
        let volume = (self.mass + air.max(0.0)) / mixture.rho;
        let height = volume / (PI * radius * radius);
        let g1 = G * (mixture.rho - rho_a) / rho_a;
        let at = BoxAt { t, x, radius, height, air, rho: mixture.rho, temperature: mixture.t, fraction: mixture.y };
        Ok((at, g1))
    }

    /// Follows the puff until its edge has passed `x_max`, m, or an hour is over.
    ///
    /// `dR/dt = front sqrt(g' h)`; air through the top `W_e = κ u*/φ(Ri)`, `Ri = g' h/u*²`, and through the edge `edge dR/dt`; the box
    /// takes the momentum of the air it draws in, at the wind of half its height.
    pub fn run(&self, x_max: f64) -> Result<BoxRun, Refusal> {
        let mass = positive("mass, kg", self.mass)?;
        let air0 = crate::validity::not_negative("air drawn in, kg", self.air)?;
        let aspect = positive("height over radius", self.aspect)?;
        let u_star = positive("u*, m/s", self.u_star)?;
        let z0 = positive("roughness length, m", self.z0)?;
        let t_a = positive("air temperature, K", self.t_a)?;
        let x_max = positive("farthest distance, m", x_max)?;
        let rho_a = self.mixing.p * self.mixing.m_a / (R * t_a);
        let mut notes = Validity::new();
        notes.add(Note::LeftOut { model: MODEL, what: "heat from the ground, and the passive spread of a cloud that no longer slumps" });
        let (first, g0) = self.at(0.0, 1.0, air0, 0.0, rho_a)?;
        let r0 = cbrt(first.height / aspect);
        notes.range(MODEL, "Richardson number at the start", g0 * aspect * r0 / (u_star * u_star), 1.0, 1e6);
        // R, air, x, momentum along the wind.
        let right_side = |_: f64, y: &[f64; 4]| -> Result<[f64; 4], Refusal> {
            let (b, g1) = self.at(0.0, y[0], y[1], y[2], rho_a)?;
            let spread = self.constants.front * sqrt((g1 * b.height).max(0.0));
            let ri = g1 * b.height / (u_star * u_star);
            let top = KARMAN * u_star / phi(ri);
            let air = rho_a * (PI * y[0] * y[0] * top + 2.0 * PI * y[0] * b.height * self.constants.edge * spread);
            let wind = profile::wind(u_star, (0.5 * b.height).max(2.0 * z0), z0, self.inverse_length);
            Ok([spread, air, y[3] / (mass + y[1].max(0.0)), air * wind])
        };
        const HOUR: f64 = 3600.0;
        let mut solver =
            DormandPrince::new(0.0, [r0, air0, 0.0, 0.0], 0.01, HOUR / 10.0, 1e-4, [1e-3 * r0, 1e-3 * mass, 1e-2, 1e-3 * mass]);
        let mut course = Vec::with_capacity(STATIONS);
        course.push(self.at(0.0, r0, air0, 0.0, rho_a)?.0);
        while solver.t < HOUR && solver.y[2] + solver.y[0] < x_max && course.len() < STATIONS {
            let Some(_) = solver.step(HOUR, right_side)? else {
                return Err(Refusal::NoSolution { model: MODEL, why: "the box cannot be followed" });
            };
            let y = solver.y;
            course.push(self.at(solver.t, y[0], y[1], y[2], rho_a)?.0);
        }
        let last = course[course.len() - 1];
        if last.x + last.radius < x_max {
            notes.add(Note::Held { model: MODEL, input: "farthest distance, m", given: x_max, used: last.x + last.radius });
        }
        let ri = G * (last.rho - rho_a) / rho_a * last.height / (u_star * u_star);
        notes.range(MODEL, "Richardson number at the end", ri, 1.0, 1e6);
        Ok(BoxRun { course, notes })
    }
}

impl BoxRun {
    /// Largest concentration that comes to `x`, m, as a share of the volume: that of the box as its front arrives. `None` beyond the run.
    pub fn peak(&self, x: f64) -> Option<f64> {
        let front = |b: &BoxAt| b.x + b.radius;
        let first = self.course.first()?;
        if x <= front(first) {
            return Some(first.fraction);
        }
        self.course.windows(2).find(|w| front(&w[0]) <= x && x <= front(&w[1])).map(|w| {
            let share = (x - front(&w[0])) / (front(&w[1]) - front(&w[0])).max(1e-12);
            // Between steps the concentration falls as a power of time: straight in its logarithm.
            libm::exp((1.0 - share) * libm::log(w[0].fraction) + share * libm::log(w[1].fraction))
        })
    }

    /// Farthest x that sees the share `c`, m; `None` if none does. Refused where the run ends before: follow the puff farther.
    pub fn reach(&self, c: f64) -> Result<Option<f64>, Refusal> {
        let c = positive("concentration", c)?;
        let (Some(first), Some(last)) = (self.course.first(), self.course.last()) else { return Ok(None) };
        if first.fraction < c {
            return Ok(None);
        }
        let short = Refusal::NoSolution { model: MODEL, why: "the run ends before the concentration is as low; follow the puff farther" };
        if last.fraction > c {
            return Err(short);
        }
        brent(|x| self.peak(x).map_or(f64::NAN, |f| f - c), 0.0, last.x + last.radius, 1e-6).map(Some).ok_or(short)
    }
}

#[cfg(test)]
mod tests {
    use super::super::britter_mcquaid::DensePuff;
    use super::*;
    use crate::{CP_AIR, M_AIR, P0};

    /// Freon and nitrogen twice as heavy as air, as at Thorney Island.
    const THORNEY: Mixing = Mixing {
        m_s: 2.0 * M_AIR,
        m_a: M_AIR,
        q_a: 0.0,
        cp_s: 700.0,
        cp_l: 1000.0,
        cp_a: CP_AIR,
        dh: 1.65e5,
        t_b: 150.0,
        b: 1.65e5 * 2.0 * M_AIR / R,
        rho_l: 1400.0,
        p: P0,
    };

    fn puff(u_star: f64) -> HeavyPuff<'static> {
        let rho = P0 * 2.0 * M_AIR / (R * 288.0);
        HeavyPuff {
            mixing: &THORNEY,
            mass: 2000.0 * rho,
            air: 0.0,
            t_s: 288.0,
            liquid: 0.0,
            aspect: 1.5,
            u_star,
            inverse_length: 0.0,
            z0: 0.01,
            t_a: 288.0,
            constants: Constants::default(),
        }
    }

    #[test]
    fn the_box_keeps_its_substance_and_thins_out() {
        let p = puff(0.15);
        let run = p.run(2000.0).unwrap();
        let rho_air = P0 * M_AIR / (R * 288.0);
        for b in &run.course {
            let moles = b.fraction * PI * b.radius * b.radius * b.height * P0 / (R * b.temperature);
            assert!((moles * THORNEY.m_s / p.mass - 1.0).abs() < 1e-6, "{b:?}");
            assert!(b.rho >= rho_air);
        }
        for w in run.course.windows(2) {
            assert!(w[1].fraction < w[0].fraction && w[1].radius >= w[0].radius && w[1].x >= w[0].x);
        }
        assert!(run.course.len() < STATIONS, "{}", run.course.len());
    }

    #[test]
    fn the_box_agrees_with_the_workbook_within_its_factor() {
        let run = puff(0.17).run(3000.0).unwrap();
        // u* = 0.17 m/s over 1 cm: 2.9 m/s at 10 m.
        let workbook = DensePuff { v0: 2000.0, rho0: 2.45, u10: 2.9, rho_a: 1.225 };
        for x in [100.0, 200.0, 400.0, 800.0] {
            let ratio = run.peak(x).unwrap() / workbook.ratio(x);
            assert!((0.4..2.5).contains(&ratio), "{x} m: {ratio}");
        }
        let x = run.reach(0.02).unwrap().unwrap();
        assert!(run.reach(1e-9).is_err() && run.reach(1.5).unwrap().is_none());
        assert!((run.peak(x).unwrap() / 0.02 - 1.0).abs() < 1e-3);
    }

    #[test]
    fn weight_damps_mixing_and_lightness_helps_it() {
        assert!(phi(10.0) > phi(1.0) && phi(1.0) > phi(0.0) && phi(0.0) > phi(-1.0));
        assert!(puff(0.0).run(100.0).is_err());
    }
}
