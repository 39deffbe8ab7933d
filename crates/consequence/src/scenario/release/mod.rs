//! From the description of a leak to what enters the air. Each kind of release has its file: its words, their bounds, and its model.

mod burst;
mod course;
mod explosive;
mod gas_hole;
mod gas_pipe;
mod inputs;
mod jet;
mod liquefied_hole;
mod liquid_pipe;
mod pool;
mod spill;
mod stored_gas;
mod tank_hole;
mod vapour;

pub use burst::{Burst, GasBurst};
pub use course::RateCurve;
pub use explosive::Explosive;
pub use gas_hole::GasHole;
pub use gas_pipe::GasPipe;
pub(super) use inputs::kelvin;
pub use jet::{Direction, RainOut};
pub use liquefied_hole::LiquefiedHole;
pub use liquid_pipe::LiquidPipe;
pub use pool::{Basin, Ground, Surface};
pub use spill::Spill;
pub use tank_hole::TankHole;
pub use vapour::Vapour;

use serde::{Deserialize, Serialize};

use self::course::Course;
use super::Findings;
use super::weather::Air;
use crate::properties::Substance;
use crate::{Refusal, Validity};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReleaseDescription {
    GasHole(GasHole),
    GasPipe(GasPipe),
    LiquefiedHole(LiquefiedHole),
    TankHole(TankHole),
    LiquidPipe(LiquidPipe),
    Spill(Spill),
    Burst(Burst),
    GasBurst(GasBurst),
    Vapour(Vapour),
    Explosive(Explosive),
}

/// What each kind of release answers for itself.
trait Kind {
    /// Refuses what no plant has, before any model is asked.
    fn bounded(&self) -> Result<(), Refusal> {
        Ok(())
    }

    fn released(&self, at: &mut Setting) -> Result<Released, Refusal>;
}

/// What leaks into which air, and what was found on the way.
struct Setting<'a> {
    s: &'a Substance,
    air: &'a Air,
    found: &'a mut Findings,
    notes: Validity,
}

impl ReleaseDescription {
    fn kind(&self) -> &dyn Kind {
        match self {
            Self::GasHole(of) => of,
            Self::GasPipe(of) => of,
            Self::LiquefiedHole(of) => of,
            Self::TankHole(of) => of,
            Self::LiquidPipe(of) => of,
            Self::Spill(of) => of,
            Self::Burst(of) => of,
            Self::GasBurst(of) => of,
            Self::Vapour(of) => of,
            Self::Explosive(of) => of,
        }
    }

    pub(super) fn bounded(&self) -> Result<(), Refusal> {
        self.kind().bounded()
    }

    pub(super) fn released(&self, s: &Substance, air: &Air, found: &mut Findings) -> Result<Released, Refusal> {
        let mut at = Setting { s, air, found, notes: Validity::new() };
        let released = self.kind().released(&mut at)?;
        at.found.warn(&at.notes);
        Ok(released)
    }
}

/// What enters the air.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Released {
    pub source: Source,
    /// Airborne rate at its largest, kg/s: the flammable cloud and the jet fire. Zero for a burst.
    pub rate_kg_s: f64,
    /// Its mean over the worst ten minutes, kg/s: the toxic cloud.
    pub mean_rate_kg_s: f64,
    /// How long, s, and all of it, kg.
    pub duration_s: f64,
    pub mass_kg: f64,
    /// After expansion to ambient pressure.
    pub temperature_k: f64,
    /// Mass share that is liquid droplets.
    pub liquid_share: f64,
    /// Density of vapour and droplets together, kg/m³.
    pub density_kg_m3: f64,
    pub height_m: f64,
    /// The rate over time.
    pub steps: RateCurve,
    /// What leaves at its largest, airborne or not, kg/s: what is lit at the hole. Zero for a burst.
    #[serde(skip)]
    pub outflow_kg_s: f64,
    /// What falls out of a jet onto the ground.
    #[serde(skip)]
    pub rained: Option<Rained>,
}

/// Liquid that rains out of a jet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rained {
    pub rate_kg_s: f64,
    /// How far downwind of the hole, m.
    pub at_m: f64,
}

/// How it enters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// A jet of this area and speed after expansion; stagnation pressure and temperature for the flame.
    Jet { area_m2: f64, speed_m_s: f64, p_0: f64, t_0: f64, direction: Direction },
    /// A pool of this radius, and the liquid fed to it: kg/s, and for how long, s.
    Pool { radius_m: f64, fed_kg_s: f64, fed_s: f64, bunded: bool },
    /// All at once: inventory, its pressure and temperature for the fireball, energy of expansion for the blast, J; the half-sphere the
    /// cloud fills when its own expansion is spent, m.
    Burst { inventory_kg: f64, p_0: f64, t_0: f64, energy_j: f64, radius_m: f64 },
    /// Vapour without momentum.
    Vapour,
    /// A charge: kg of TNT with the same blast.
    Charge { tnt_kg: f64 },
}

impl Released {
    /// Of a rate over time: without droplets, at the ground, all of it airborne.
    fn over(course: Course, source: Source, temperature_k: f64, density_kg_m3: f64) -> Self {
        Self {
            source,
            rate_kg_s: course.rate,
            mean_rate_kg_s: course.mean,
            duration_s: course.duration,
            mass_kg: course.mass,
            temperature_k,
            liquid_share: 0.0,
            density_kg_m3,
            height_m: 0.0,
            steps: course.steps,
            outflow_kg_s: course.rate,
            rained: None,
        }
    }

    /// Of a mass that has no rate.
    fn at_once(mass_kg: f64, source: Source, temperature_k: f64, density_kg_m3: f64) -> Self {
        let none = Course { rate: 0.0, mean: 0.0, duration: 0.0, mass: mass_kg, steps: RateCurve::default() };
        Self::over(none, source, temperature_k, density_kg_m3)
    }

    /// Every rate and mass `by` times as large. What is let go at once has no rate: it stays as it is.
    pub(super) fn scaled(self, by: f64) -> Self {
        if by == 1.0 || matches!(self.source, Source::Burst { .. } | Source::Charge { .. }) {
            return self;
        }
        let mut scaled =
            Self { rate_kg_s: self.rate_kg_s * by, mean_rate_kg_s: self.mean_rate_kg_s * by, mass_kg: self.mass_kg * by, ..self };
        scaled.steps = scaled.steps.scaled(by);
        scaled.outflow_kg_s *= by;
        if let Some(rained) = &mut scaled.rained {
            rained.rate_kg_s *= by;
        }
        match &mut scaled.source {
            Source::Jet { area_m2, .. } => *area_m2 *= by,
            Source::Pool { radius_m, fed_kg_s, bunded, .. } => {
                *fed_kg_s *= by;
                // A bund holds its edge; on open ground the surface goes with what is fed to it.
                if !*bunded {
                    *radius_m *= libm::sqrt(by);
                }
            }
            Source::Vapour | Source::Burst { .. } | Source::Charge { .. } => {}
        }
        scaled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_of_a_release_is_more_of_its_source_and_all_at_once_stays_all() {
        let of = |source| Released::over(Course::held(100.0, 4.0), source, 293.0, 2.0).scaled(2.0);
        let pool = |bunded| Source::Pool { radius_m: 5.0, fed_kg_s: 10.0, fed_s: 100.0, bunded };
        let (free, held) = (of(pool(false)), of(pool(true)));
        assert!((free.rate_kg_s, free.mass_kg, free.outflow_kg_s) == (8.0, 800.0, 8.0));
        assert!(matches!(free.source, Source::Pool { radius_m, fed_kg_s: 20.0, .. } if (radius_m * radius_m - 50.0).abs() < 1e-9));
        assert!(matches!(held.source, Source::Pool { radius_m: 5.0, fed_kg_s: 20.0, .. }));
        let burst = Source::Burst { inventory_kg: 900.0, p_0: 1e6, t_0: 293.0, energy_j: 1e7, radius_m: 9.0 };
        assert_eq!(of(burst), Released::over(Course::held(100.0, 4.0), burst, 293.0, 2.0));
    }
}
