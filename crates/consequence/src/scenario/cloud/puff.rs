//! A passive puff that begins with a size.

use libm::{erf, exp, log, pow, sqrt};
use std::f64::consts::PI;

use super::Model;
use super::outline::{Ellipse, envelope, farthest, swept};
use super::passing::{passing, worst_minutes};
use crate::Refusal;
use crate::dispersion::plume::{self, vertical};
use crate::dispersion::puff::Puff;
use crate::dispersion::sigma::{SigmaSet, Spread};
use crate::dispersion::slab::field::Passage;
use crate::numerics::largest;
use crate::scenario::release::Released;
use crate::scenario::weather::Air;
use crate::vulnerability::ToxicProbit;
use crate::zones::Ring;

/// A puff that has a size when it starts.
#[derive(Debug, Clone, Copy)]
pub struct AgedPuff {
    puff: Puff,
    /// How far upwind a point puff would have started, m.
    upwind_m: f64,
    /// Mass of the pure gas in a cubic metre, kg/m³.
    kg_m3: f64,
}

impl AgedPuff {
    /// As wide as the half-sphere it starts with: `σy = R/2.15`, as the virtual source of a pool; never denser than the pure gas.
    pub fn of(r: &Released, air: &Air, radius_m: f64, kg_m3: f64) -> Result<Self, Refusal> {
        let puff = Puff {
            m: r.mass_kg,
            u: air.wind(r.height_m.max(2.0)),
            h: r.height_m,
            stability: air.stability,
            sigmas: SigmaSet::CcpsPuff,
            h_mix: air.h_mix,
        };
        let mut upwind_m = plume::virtual_distance(SigmaSet::CcpsPuff, air.stability, 2.0 * radius_m)?.max(0.1);
        while puff.peak(upwind_m, 0.0) > kg_m3 && upwind_m < 1e4 {
            upwind_m *= 1.1;
        }
        Ok(Self { puff, upwind_m, kg_m3 })
    }

    fn spread(&self, x: f64) -> Spread {
        let x = (x.max(0.0) + self.upwind_m).max(1e-2);
        self.puff.sigmas.at(x, self.puff.stability).unwrap_or(Spread { x: 1.0, y: 1.0, z: 1.0 })
    }

    /// Peak as the middle passes `x ≥ 0`, kg/m³, mean of the worst `averaging_s`.
    fn middle(&self, x: f64, z: f64, averaging_s: f64) -> f64 {
        let s = self.spread(x);
        let peak = self.puff.m / (pow(2.0 * PI, 1.5) * s.x * s.y * s.z) * vertical(z, self.puff.h, s.z, self.puff.h_mix);
        let half = self.puff.u * averaging_s / (2.0 * sqrt(2.0) * s.x);
        if half < 0.05 { peak } else { peak * sqrt(PI) / 2.0 * erf(half) / half }
    }

    /// Largest in time, kg/m³: as the middle passes; upwind of the start, as it starts.
    fn mass_concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        let s = self.spread(x);
        let behind = x.min(0.0) / s.x;
        self.middle(x.max(0.0), z, averaging_s) * exp(-0.5 * ((y / s.y) * (y / s.y) + behind * behind))
    }

    /// Outlines at `c`, kg/m³, as it travels.
    fn ellipses(&self, c: f64, z: f64, averaging_s: f64) -> Vec<Ellipse> {
        let Some(last) = farthest(|x| self.middle(x, z, averaging_s), c) else {
            // Even where its middle stands at the start it may be over the level.
            let start = self.middle(0.0, z, averaging_s);
            return if start > c || start.is_nan() { vec![self.ellipse(0.0, c, z, averaging_s)] } else { Vec::new() };
        };
        const INSTANTS: usize = 48;
        let first = 0.01 * last;
        let at = |i: usize| first * pow(100.0, i as f64 / (INSTANTS - 1) as f64);
        std::iter::once(0.0).chain((0..INSTANTS).map(at)).map(|x| self.ellipse(x, c, z, averaging_s)).collect()
    }

    fn ellipse(&self, x: f64, c: f64, z: f64, averaging_s: f64) -> Ellipse {
        let s = self.spread(x);
        let ratio = self.middle(x, z, averaging_s) / c;
        let widths = if ratio <= 1.0 { 0.0 } else { sqrt(2.0 * log(ratio)) };
        (x, widths * s.x, widths * s.y)
    }
}

impl Model for AgedPuff {
    fn name(&self) -> &'static str {
        "dispersion.gaussian_puff"
    }

    fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        self.mass_concentration(x, y, z, averaging_s) / self.kg_m3
    }

    fn passage(&self, x: f64) -> Option<Passage> {
        passing(x, self.puff.u, 0.0, self.spread(x).x)
    }

    fn load(&self, probit: &ToxicProbit, to_unit: &dyn Fn(f64) -> f64, x: f64, y: f64, z: f64) -> f64 {
        let sigma = self.spread(x).x;
        let u = self.puff.u;
        let c = self.mass_concentration(x, y, z, 0.0);
        let unit = |kg: f64| to_unit((kg / self.kg_m3).clamp(0.0, 1.0));
        worst_minutes(probit, 3.0 * sigma / u, |t| unit(c * exp(-0.5 * (u * t / sigma) * (u * t / sigma))))
    }

    fn reach(&self, c: f64, z: f64, averaging_s: f64) -> Option<f64> {
        envelope(&self.ellipses(c * self.kg_m3, z, averaging_s)).map(|ends| ends.1)
    }

    fn ring(&self, c: f64, z: f64, averaging_s: f64) -> Ring {
        swept(&self.ellipses(c * self.kg_m3, z, averaging_s))
    }

    /// When it is largest: the share of a Gaussian cloud between two shells.
    ///
    /// `F(r) = erf(r/√2) − √(2/π) r e^(−r²/2)`, `r² = 2 ln(c_0/c)`.
    fn flammable_mass(&self, lfl: f64, ufl: f64) -> f64 {
        let (kg_l, kg_u) = (lfl * self.kg_m3, ufl * self.kg_m3);
        let within = |ratio: f64| {
            if ratio <= 1.0 {
                return 0.0;
            }
            let r = sqrt(2.0 * log(ratio));
            erf(r / sqrt(2.0)) - sqrt(2.0 / PI) * r * exp(-0.5 * r * r)
        };
        let at = |x: f64| {
            let c0 = self.middle(x, self.puff.h, 0.0);
            self.puff.m * (within(c0 / kg_l) - within(c0 / kg_u))
        };
        largest((0..60).map(|i| at(pow(1.2, f64::from(i)) - 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meteorology::Stability;

    fn puff() -> AgedPuff {
        let puff = Puff { m: 1000.0, u: 3.0, h: 0.0, stability: Stability::D, sigmas: SigmaSet::CcpsPuff, h_mix: None };
        AgedPuff { puff, upwind_m: 100.0, kg_m3: 1.0 }
    }

    #[test]
    fn the_mass_of_a_puff_between_its_limits_agrees_with_a_sum_over_its_volume() {
        let p = puff();
        let s = p.spread(0.0);
        let c0 = p.middle(0.0, 0.0, 0.0);
        // Choose limits that the puff straddles at its start, and count cells there.
        let (lfl, ufl) = (0.1 * c0, 0.4 * c0);
        let n = 60;
        let mut mass = 0.0;
        for i in 0..n {
            for j in 0..n {
                for k in 0..n {
                    let at = |i: usize| 4.0 * (i as f64 + 0.5) / n as f64;
                    let c = c0 * exp(-0.5 * (at(i) * at(i) + at(j) * at(j) + at(k) * at(k)));
                    if (lfl..=ufl).contains(&c) {
                        mass += 4.0 * c * s.x * s.y * s.z * (4.0 / n as f64).powi(3);
                    }
                }
            }
        }
        let within = |ratio: f64| {
            let r = sqrt(2.0 * log(ratio));
            erf(r / sqrt(2.0)) - sqrt(2.0 / PI) * r * exp(-0.5 * r * r)
        };
        let closed = p.puff.m * (within(c0 / lfl) - within(c0 / ufl));
        assert!((mass / closed - 1.0).abs() < 0.02, "{mass} {closed}");
        assert!(p.flammable_mass(lfl, ufl) >= closed * 0.999 && p.flammable_mass(lfl, ufl) <= 1000.0);
        assert_eq!(p.flammable_mass(2.0 * c0, 3.0 * c0), 0.0);
    }

    #[test]
    fn a_puff_without_a_figure_has_no_reach_either() {
        let lost = AgedPuff { puff: Puff { m: f64::NAN, ..puff().puff }, ..puff() };
        assert!(lost.reach(1e-3, 0.0, 600.0).unwrap().is_nan() && lost.flammable_mass(0.01, 0.1).is_nan());
    }

    #[test]
    fn a_puff_that_starts_with_a_size_covers_places_upwind() {
        let p = puff();
        assert!(p.concentration(-5.0, 0.0, 0.0, 0.0) > 0.0 && p.concentration(-5.0, 0.0, 0.0, 0.0) < p.concentration(0.0, 0.0, 0.0, 0.0));
        let ellipses = p.ellipses(0.1 * p.middle(0.0, 0.0, 0.0), 0.0, 0.0);
        assert!(ellipses[0].0 - ellipses[0].1 < -5.0);
        assert!(p.concentration(0.0, 0.0, 0.0, 600.0) < p.concentration(0.0, 0.0, 0.0, 0.0));
    }
}
