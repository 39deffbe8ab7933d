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
    /// Every rate `by` times as large: what an uncertain discharge does. What is let go at once has none.
    by: f64,
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

    /// The release with every rate `by` times as large. No more than there is leaves: a vessel empties sooner, a full bund gives off as
    /// much as before.
    pub(super) fn released(&self, s: &Substance, air: &Air, by: f64, found: &mut Findings) -> Result<Released, Refusal> {
        let mut at = Setting { s, air, found, notes: Validity::new(), by };
        let released = self.kind().released(&mut at)?;
        at.found.warn(&at.notes);
        Ok(released)
    }
}

/// What enters the air.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Released {
    pub source: Source,
    /// Airborne rate at its largest, kg/s. Zero for a burst.
    pub rate_kg_s: f64,
    /// Its mean over the worst minute, kg/s: the flammable cloud, which needs as long to form.
    #[serde(skip)]
    pub minute_rate_kg_s: f64,
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
    /// The jet itself, without the vapour of the pool under it: what its flame burns.
    #[serde(skip)]
    pub jet: Option<Jet>,
}

/// A jet at ambient pressure by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jet {
    /// Mean of its first minute, kg/s, and whether that is less than its first instant.
    pub rate_kg_s: f64,
    pub falls: bool,
    pub speed_m_s: f64,
    pub density_kg_m3: f64,
    pub liquid_share: f64,
    /// Stagnation pressure, Pa, and temperature, K.
    pub p_0: f64,
    pub t_0: f64,
    pub direction: Direction,
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
            minute_rate_kg_s: course.minute,
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
            jet: None,
        }
    }

    /// Of a mass that has no rate.
    fn at_once(mass_kg: f64, source: Source, temperature_k: f64, density_kg_m3: f64) -> Self {
        let none = Course { rate: 0.0, mean: 0.0, minute: 0.0, duration: 0.0, mass: mass_kg, steps: RateCurve::default() };
        Self::over(none, source, temperature_k, density_kg_m3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::substance;
    use crate::scenario::from_toml;
    use crate::scenario::weather;

    /// A release as it is written, `by` times as large.
    fn released(cas: &str, release: &str, by: f64) -> Released {
        let at = "[weather]\nwind_m_s = 3\nwind_from_deg = 90\nstability = 'D'\ntemperature_c = 20\nhumidity = 0.6\nroughness_m = 0.1";
        let d = from_toml(&format!("name = 'x'\nsubstance = '{cas}'\n{at}\n[release]\n{release}")).unwrap();
        let air = weather::air(&d.weather, &mut Validity::new()).unwrap();
        d.release.released(substance(cas).unwrap(), &air, by, &mut Findings::default()).unwrap()
    }

    #[test]
    fn more_of_a_release_is_no_more_than_there_is() {
        let both = |cas: &str, release: &str| (released(cas, release, 1.0), released(cas, release, 2.0));
        let hole = "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 25\npath_m = 0\ninventory_kg = 2000\nheight_m = 1";
        let (once, twice) = both("74-98-6", hole);
        assert!((twice.rate_kg_s / once.rate_kg_s - 2.0).abs() < 1e-9 && (twice.mass_kg / 2000.0 - 1.0).abs() < 1e-9, "{twice:?}");
        assert!((twice.duration_s / once.duration_s - 0.5).abs() < 1e-9);
        let vessel = "kind = 'gas_hole'\npressure_pa = 4e6\ntemperature_c = 15\nhole_mm = 50\ninventory_kg = 500\nheight_m = 1";
        let (once, twice) = both("74-82-8", vessel);
        assert!((twice.rate_kg_s / once.rate_kg_s - 2.0).abs() < 1e-9 && (twice.mass_kg / once.mass_kg - 1.0).abs() < 1e-9);
        let line = "kind = 'gas_pipe'\npressure_pa = 4e6\ntemperature_c = 15\ndiameter_mm = 200\nlength_m = 5000\nheight_m = 1";
        let (once, twice) = both("74-82-8", line);
        assert!((twice.rate_kg_s / once.rate_kg_s - 2.0).abs() < 1e-9 && twice.mass_kg < 1.05 * once.mass_kg);
    }

    #[test]
    fn a_full_bund_gives_off_no_more_for_being_fed_faster() {
        let spill = |bund: &str, by: f64| {
            released("71-43-2", &format!("kind = 'spill'\nrate_kg_s = 10\nduration_s = 600\ntemperature_c = 20\n{bund}"), by)
        };
        let radius = |r: &Released| match r.source {
            Source::Pool { radius_m, fed_kg_s, .. } => (radius_m, fed_kg_s),
            other => panic!("{other:?}"),
        };
        let (once, twice) = (spill("bund_radius_m = 5", 1.0), spill("bund_radius_m = 5", 2.0));
        assert!((twice.rate_kg_s / once.rate_kg_s - 1.0).abs() < 0.1, "{} {}", once.rate_kg_s, twice.rate_kg_s);
        assert!(radius(&twice).0 == radius(&once).0 && radius(&twice).1 == 2.0 * radius(&once).1 && twice.outflow_kg_s == 20.0);
        let (once, twice) = (spill("", 1.0), spill("", 2.0));
        assert!(twice.rate_kg_s > 1.5 * once.rate_kg_s && radius(&twice).0 > 1.3 * radius(&once).0);
    }

    #[test]
    fn what_is_let_go_at_once_has_no_rate_to_vary() {
        let burst = |by: f64| released("74-98-6", "kind = 'burst'\nmass_kg = 900\ntemperature_c = 25", by);
        assert_eq!(burst(1.0), burst(2.0));
    }

    #[test]
    fn an_hour_is_an_hour_and_a_leak_that_is_shut_ends_then() {
        let shut = released(
            "74-82-8",
            "kind = 'gas_hole'\npressure_pa = 4e6\ntemperature_c = 15\nhole_mm = 5\ninventory_kg = 50000\nheight_m = 1\nisolated_after_s = 600",
            1.0,
        );
        assert!((shut.duration_s - 600.0).abs() < 1e-6 && (shut.mean_rate_kg_s * 600.0 / shut.mass_kg - 1.0).abs() < 1e-9);
        let hour = "kind = 'spill'\nrate_kg_s = 10\nduration_s = 3600\ntemperature_c = 20\nbund_radius_m = 20";
        assert_eq!(released("71-43-2", hour, 1.0).duration_s, 3600.0);
    }
}
