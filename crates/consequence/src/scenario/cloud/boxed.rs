//! The box of a burst, where the dense model finds no solution.

use super::outline::{Ellipse, envelope, swept};
use super::{FARTHEST_M, Model};
use crate::dispersion::box_model::{BoxAt, BoxRun, Constants, HeavyPuff};
use crate::dispersion::slab::field::Passage;
use crate::mixing::Mixing;
use crate::numerics::largest;
use crate::properties::Substance;
use crate::scenario::release::Released;
use crate::scenario::weather::Air;
use crate::vulnerability::ToxicProbit;
use crate::zones::Ring;
use crate::{Refusal, Validity};

#[derive(Debug)]
pub struct Boxed {
    run: BoxRun,
    mass_kg: f64,
}

impl Boxed {
    /// With the air of its own expansion left out.
    pub fn of(s: &Substance, air: &Air, r: &Released) -> Result<Self, Refusal> {
        let mixing = Mixing::of(s, air.p)?;
        let puff = HeavyPuff {
            mixing: &mixing,
            mass: r.mass_kg,
            air: 0.0,
            t_s: r.temperature_k,
            liquid: r.liquid_share,
            aspect: 1.0,
            u_star: air.u_star,
            inverse_length: air.inverse_length,
            z0: air.z0,
            t_a: air.t,
            constants: Constants::default(),
        };
        Ok(Self { run: puff.run(FARTHEST_M)?, mass_kg: r.mass_kg })
    }

    pub fn notes(&self) -> &Validity {
        &self.run.notes
    }

    fn outlines(&self, c: f64) -> Vec<Ellipse> {
        self.run.course.iter().filter(|b| b.fraction >= c).map(|b| (b.x, b.radius, b.radius)).collect()
    }
}

impl Model for Boxed {
    fn name(&self) -> &'static str {
        "dispersion.box"
    }

    /// The largest while a box stands over the place.
    fn concentration(&self, x: f64, y: f64, z: f64, _averaging_s: f64) -> f64 {
        let over = |b: &&BoxAt| (x - b.x) * (x - b.x) + y * y <= b.radius * b.radius && z <= b.height.max(2.0);
        largest(self.run.course.iter().filter(over).map(|b| b.fraction))
    }

    fn passage(&self, x: f64) -> Option<Passage> {
        let over = |b: &&BoxAt| (x - b.x).abs() <= b.radius;
        let (first, last) = (self.run.course.iter().find(over)?, self.run.course.iter().rfind(over)?);
        Some(Passage { arrival_s: first.t, peak_s: first.t, duration_s: last.t - first.t })
    }

    fn load(&self, probit: &ToxicProbit, to_unit: &dyn Fn(f64) -> f64, x: f64, y: f64, z: f64) -> f64 {
        let minutes = self.passage(x).map_or(0.0, |passage| passage.duration_s / 60.0);
        probit.load(to_unit(self.concentration(x, y, z, 0.0)), minutes)
    }

    fn reach(&self, c: f64, _z: f64, _averaging_s: f64) -> Option<f64> {
        envelope(&self.outlines(c)).map(|ends| ends.1)
    }

    fn ring(&self, c: f64, _z: f64, _averaging_s: f64) -> Ring {
        swept(&self.outlines(c))
    }

    /// All of it, while the box is between the limits.
    fn flammable_mass(&self, lfl: f64, ufl: f64) -> f64 {
        f64::from(u8::from(self.run.course.iter().any(|b| (lfl..=ufl).contains(&b.fraction)))) * self.mass_kg
    }
}
