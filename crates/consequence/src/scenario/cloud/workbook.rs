//! Britter–McQuaid as a scenario asks for it: beside every dense run, and in its place where that finds no solution.

use libm::{cbrt, pow};

use super::Model;
use super::outline::along;
use super::passing::passing;
use crate::dispersion::britter_mcquaid::{DensePlume, DensePuff};
use crate::dispersion::slab::field::Passage;
use crate::numerics::brent;
use crate::scenario::release::{Released, Source};
use crate::scenario::weather::Air;
use crate::vulnerability::ToxicProbit;
use crate::zones::Ring;

/// The workbook's plume or puff of one release.
#[derive(Debug, Clone, Copy)]
pub struct Workbook {
    form: Form,
    /// Density of the released mixture and of its pure gas in the air's warmth, kg/m³.
    rho0: f64,
    kg_m3: f64,
    duration_s: f64,
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Plume(DensePlume),
    Puff(DensePuff),
}

impl Workbook {
    pub const MODEL: &str = "dispersion.britter_mcquaid";

    pub fn of(r: &Released, air: &Air, kg_m3: f64) -> Self {
        let form = if let Source::Burst { .. } = r.source {
            Form::Puff(DensePuff { v0: r.mass_kg / r.density_kg_m3, rho0: r.density_kg_m3, u10: air.u10, rho_a: air.rho })
        } else {
            // The correction for a cold source is in `fraction`, which holds for droplets too.
            Form::Plume(DensePlume {
                v0: r.rate_kg_s / r.density_kg_m3,
                rho0: r.density_kg_m3,
                t0: air.t,
                u10: air.u10,
                rho_a: air.rho,
                t_a: air.t,
            })
        };
        let duration_s = r.mass_kg / r.rate_kg_s.max(1e-12);
        Self { form, rho0: r.density_kg_m3, kg_m3, duration_s }
    }

    fn ratio(&self, x: f64) -> f64 {
        match &self.form {
            Form::Plume(plume) => plume.ratio(x.max(0.0)),
            Form::Puff(puff) => puff.ratio(x.max(0.0)),
        }
    }

    /// Moles of substance over all where the mixture is diluted to `ratio` by volume: `r ρ0/(r ρ0 + (1−r) p M/(R T_a))`.
    fn fraction(&self, ratio: f64) -> f64 {
        let own = ratio * self.rho0;
        own / (own + (1.0 - ratio) * self.kg_m3)
    }

    fn wind(&self) -> f64 {
        match &self.form {
            Form::Plume(plume) => plume.u10,
            // The middle of a puff moves at 0.4 of the wind.
            Form::Puff(puff) => 0.4 * puff.u10,
        }
    }

    fn duration_s(&self) -> f64 {
        if matches!(self.form, Form::Puff(_)) { 0.0 } else { self.duration_s }
    }

    /// How long the cloud stands at `x`, s.
    fn passing_s(&self, x: f64) -> f64 {
        match &self.form {
            Form::Plume(_) => self.duration_s,
            Form::Puff(_) => 2.0 * self.half(x) / self.wind().max(0.1),
        }
    }

    fn half(&self, x: f64) -> f64 {
        match &self.form {
            Form::Plume(plume) => plume.extent(x).0,
            Form::Puff(puff) => puff.radius(0.5 * cbrt(puff.v0), x.max(0.0) / self.wind().max(0.1)),
        }
    }

    fn upwind_edge(&self) -> f64 {
        match &self.form {
            Form::Plume(plume) => -plume.extent(0.0).2,
            Form::Puff(puff) => -0.5 * cbrt(puff.v0),
        }
    }

    /// Height of the cloud at `x`, m, at least that of people.
    fn height(&self, x: f64) -> f64 {
        match &self.form {
            Form::Plume(plume) => plume.extent(x).1.max(2.0),
            Form::Puff(puff) => {
                let r = self.half(x);
                (puff.v0 / (std::f64::consts::PI * r * r * self.ratio(x).max(1e-12))).max(2.0)
            }
        }
    }

    /// Farthest x with this volume fraction, m.
    pub fn axis_reach(&self, c: f64) -> Option<f64> {
        let start = self.fraction(self.ratio(0.1));
        if start.is_nan() {
            return Some(start);
        }
        if start < c {
            return None;
        }
        let gap = |log_x: f64| self.fraction(self.ratio(pow(10.0, log_x))) - c;
        brent(gap, -1.0, 6.0, 1e-6).map(|log_x| pow(10.0, log_x))
    }

    fn half_width(&self, x: f64, c: f64) -> f64 {
        if self.fraction(self.ratio(x)) >= c { self.half(x) } else { 0.0 }
    }
}

impl Model for Workbook {
    fn name(&self) -> &'static str {
        Self::MODEL
    }

    /// Flat inside the cloud, zero outside.
    fn concentration(&self, x: f64, y: f64, z: f64, _averaging_s: f64) -> f64 {
        if x < self.upwind_edge() || y.abs() > self.half(x) || z > self.height(x) { 0.0 } else { self.fraction(self.ratio(x)) }
    }

    fn passage(&self, x: f64) -> Option<Passage> {
        passing(x, self.wind(), self.duration_s(), 0.0)
    }

    fn load(&self, probit: &ToxicProbit, to_unit: &dyn Fn(f64) -> f64, x: f64, y: f64, z: f64) -> f64 {
        probit.load(to_unit(self.concentration(x, y, z, 0.0)), self.passing_s(x) / 60.0)
    }

    fn reach(&self, c: f64, _z: f64, _averaging_s: f64) -> Option<f64> {
        self.axis_reach(c)
    }

    fn ring(&self, c: f64, _z: f64, _averaging_s: f64) -> Ring {
        along(self.axis_reach(c), self.upwind_edge(), |x| self.half_width(x, c))
    }

    /// All that has left the source and not yet thinned below the lower.
    fn flammable_mass(&self, lfl: f64, ufl: f64) -> f64 {
        let (Some(far), near) = (self.axis_reach(lfl), self.axis_reach(ufl).unwrap_or(0.0)) else { return 0.0 };
        match &self.form {
            Form::Plume(plume) => plume.v0 * plume.rho0 * (far - near) / plume.u10,
            Form::Puff(puff) => puff.v0 * puff.rho0,
        }
    }
}
