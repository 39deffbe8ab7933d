//! What one described release does at a place: concentration, toxic load, heat and blast, each as a function of where.
//!
//! Zones, risk and advice all ask here, so that one path computes them. Frame of the wind: x downwind of the release, y left, z up, m.
//! Absent on purpose: people, frequencies, the map.

use std::borrow::Cow;

use super::blast::{self, Explosion};
use super::cloud::{self, Dispersed};
use super::describe::{self, Description};
use super::flames::{self, Fire};
use super::given;
use super::release::{Released, Source};
use super::weather::{self, Air};
use super::{Findings, ScenarioError};
use crate::dispersion::slab::field::Passage;
use crate::numerics::largest;
use crate::properties::Substance;
use crate::vulnerability::{ProbitSet, ToxicProbit};
use crate::zones::{BLAST, HEAT, Hazard, Level, own_levels};
use crate::{Note, Refusal, Validity};

/// Averaging time of a flammable cloud, s: a pocket of gas burns at once.
pub const FLAMMABLE_S: f64 = 20.0;
/// Height of breath, m.
pub const BREATH_M: f64 = 1.5;

/// Why a scenario with a reach that is not a number is refused.
pub(super) const NO_FIGURE: &str = "a reach, a mass or a pressure has no figure; it must not read as no effect";

/// One release and all it may do. Build it once, ask it anywhere.
#[derive(Debug, Clone)]
pub struct Effects {
    description: Description,
    substance: Cow<'static, Substance>,
    air: Air,
    released: Released,
    levels: Vec<Level>,
    heat_levels: [Level; 3],
    blast_levels: [Level; 3],
    dispersed: Dispersed,
    fires: Vec<Fire>,
    explosions: Vec<Explosion>,
    flammable_kg: Option<f64>,
    warnings: Vec<Note>,
    assumptions: Vec<String>,
    models: Vec<&'static str>,
}

impl Effects {
    /// Runs release, dispersion, fire and explosion of a description.
    pub fn of(description: &Description) -> Result<Self, ScenarioError> {
        Self::scaled(description, 1.0)
    }

    /// The same with every rate `by` times as large, as an uncertain discharge coefficient makes it; of no more mass than there is.
    pub(super) fn scaled(description: &Description, by: f64) -> Result<Self, ScenarioError> {
        let mut found = Findings::default();
        if let Some(site) = description.site {
            site.checked()?;
        }
        let substance = given::substance_of(description, &mut found)?;
        describe::bounded(description)?;
        let mut notes = Validity::new();
        let air = weather::air(&description.weather, &mut notes)?;
        found.warn(&notes);
        let released = description.release.released(&substance, &air, by, &mut found)?;
        let levels = cloud::levels(description, &substance, &released, &mut found)?;
        let dispersed = cloud::disperse(description, &substance, &air, &released, &levels, &mut found)?;
        let flammable_kg = match released.source {
            Source::Charge { .. } => None,
            _ => dispersed.flammable_mass(&substance, &released),
        };
        let fires = flames::fires(description, &substance, &air, &released, &mut found)?;
        let explosions = blast::explosions(description, &substance, &air, &released, &dispersed, flammable_kg, &mut found)?;
        let own = description.levels.clone().unwrap_or_default();
        let effects = Self {
            heat_levels: own.heat_kw_m2.map_or(Ok(HEAT), |values| own_levels(Hazard::Heat, values))?,
            blast_levels: own.blast_kpa.map_or(Ok(BLAST), |values| own_levels(Hazard::Blast, values))?,
            description: description.clone(),
            substance,
            air,
            released,
            levels,
            dispersed,
            fires,
            explosions,
            flammable_kg,
            warnings: found.warnings,
            assumptions: found.assumptions,
            models: found.models,
        };
        effects.figured()?;
        Ok(effects)
    }

    /// Refuses what has no figure: it would be drawn as no zone.
    fn figured(&self) -> Result<(), Refusal> {
        let clouds = self.levels.iter().map(|level| {
            let (z, averaging_s) = cloud::sampled(level);
            self.dispersed.reach(cloud::fraction(level), z, averaging_s)
        });
        let heat = self.heat_levels.iter().map(|level| self.farthest_heat_m(level.value));
        let blast = self.blast_levels.iter().map(|level| self.farthest_overpressure_m(level.value));
        let all = largest(clouds.chain(heat).chain(blast).chain(self.flammable_kg));
        if all.is_nan() { Err(Refusal::NoSolution { model: "scenario", why: NO_FIGURE }) } else { Ok(()) }
    }

    pub fn description(&self) -> &Description {
        &self.description
    }

    pub fn substance(&self) -> &Substance {
        &self.substance
    }

    /// What enters the air.
    pub fn released(&self) -> &Released {
        &self.released
    }

    /// Limits of the toxic and flammable zones.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// Limits of the zones of heat, kW/m², and of blast, kPa.
    pub fn heat_levels(&self) -> &[Level; 3] {
        &self.heat_levels
    }

    pub fn blast_levels(&self) -> &[Level; 3] {
        &self.blast_levels
    }

    /// Mass between the flammable limits, kg, when it is largest; `None` for what cannot burn.
    pub fn flammable_mass_kg(&self) -> Option<f64> {
        self.flammable_kg
    }

    /// Where models left their range, held values or left something out.
    pub fn warnings(&self) -> &[Note] {
        &self.warnings
    }

    pub fn assumptions(&self) -> &[String] {
        &self.assumptions
    }

    pub fn models(&self) -> &[&'static str] {
        &self.models
    }

    /// Largest volume fraction in time, averaged over `averaging_s`; of several models the larger.
    pub fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        self.dispersed.concentration(x, y, z, averaging_s)
    }

    /// Volume fraction of the toxic cloud at the height of breath, mean of its worst `averaging_s`, which may be short.
    pub fn breathed(&self, x: f64, y: f64, averaging_s: f64) -> f64 {
        self.dispersed.breathed(x, y, BREATH_M, averaging_s)
    }

    /// When the cloud comes to `x`, is strongest and has passed; `None` where it never comes.
    pub fn passage(&self, x: f64) -> Option<Passage> {
        self.dispersed.passage(x)
    }

    /// A volume fraction in the unit of a set of probits: mg/m³ or ppm.
    pub fn in_unit_of(&self, set: ProbitSet, fraction: f64) -> f64 {
        match set {
            ProbitSet::Purple => fraction * self.dispersed.kg_m3 * 1e6,
            ProbitSet::Ccps => fraction * 1e6,
        }
    }

    /// Toxic load outdoors, `Σ cⁿ Δt` in the probit's unit and minutes, over its longest exposure at the worst.
    pub fn toxic_load(&self, probit: &ToxicProbit, x: f64, y: f64, z: f64) -> f64 {
        self.dispersed.load(probit, |fraction| self.in_unit_of(probit.set, fraction), x, y, z)
    }

    /// Whether a place lies in the cloud that burns at once: above the lower flammable limit on the ground, or not known to be below it.
    pub fn flash_fire(&self, x: f64, y: f64) -> bool {
        let over = |lfl: f64| {
            let c = self.concentration(x, y, 0.0, FLAMMABLE_S);
            c >= lfl || c.is_nan()
        };
        self.flammable_kg.is_some() && self.substance.lower_flammable_limit().is_ok_and(over)
    }

    /// The fires of an ignition at the source; which of them happens is the caller's event tree.
    pub fn fires(&self) -> &[Fire] {
        &self.fires
    }

    /// Heat on a person at a place, kW/m²: of the fires the hottest there.
    pub fn heat_kw_m2(&self, x: f64, y: f64) -> f64 {
        largest(self.fires.iter().map(|fire| fire.heat_kw_m2(x, y)))
    }

    /// The explosions of the cloud and of a bursting vessel.
    pub fn explosions(&self) -> &[Explosion] {
        &self.explosions
    }

    /// Side-on overpressure at a place, kPa: of the explosions the strongest there.
    pub fn overpressure_kpa(&self, x: f64, y: f64) -> f64 {
        largest(self.explosions.iter().map(|explosion| explosion.overpressure_kpa(x, y)))
    }

    /// Farthest place downwind with this volume fraction at height `z`, m; zero where there is none.
    pub fn farthest_concentration_m(&self, fraction: f64, z: f64, averaging_s: f64) -> f64 {
        self.dispersed.reach(fraction, z, averaging_s)
    }

    /// Farthest place on the axis with this toxic load at the height of breath, m. The load falls beyond the first 10 m.
    pub fn farthest_load_m(&self, probit: &ToxicProbit, load: f64) -> f64 {
        farthest(|x| self.toxic_load(probit, x, 0.0, BREATH_M), load)
    }

    /// Farthest place in any direction with this heat, m.
    pub fn farthest_heat_m(&self, kw_m2: f64) -> f64 {
        largest(self.fires.iter().map(|fire| fire.reach_m(kw_m2)))
    }

    /// Farthest place in any direction with this overpressure, m from the release.
    pub fn farthest_overpressure_m(&self, kpa: f64) -> f64 {
        largest(self.explosions.iter().map(|explosion| explosion.farthest_m(kpa)))
    }

    /// Everything beyond this distance, m, is outside every zone: what a table of footprints must cover.
    pub fn farthest_m(&self) -> f64 {
        let cloud = self.levels.iter().map(|level| {
            let (z, averaging_s) = cloud::sampled(level);
            self.farthest_concentration_m(cloud::fraction(level), z, averaging_s)
        });
        let (heat, blast) = (self.heat_levels[2].value, self.blast_levels[2].value);
        largest(cloud.chain([self.farthest_heat_m(heat), self.farthest_overpressure_m(blast)]))
    }

    /// The lower flammable limit, volume fraction.
    pub fn lower_flammable_limit(&self) -> Result<f64, Refusal> {
        self.substance.lower_flammable_limit()
    }

    pub(super) fn air(&self) -> &Air {
        &self.air
    }

    pub(super) fn dispersed(&self) -> &Dispersed {
        &self.dispersed
    }
}

/// Farthest x, to 0.5 %, where `value` still reaches `level`; searched from 50 km inwards. No figure where a value has none.
fn farthest(value: impl Fn(f64) -> f64, level: f64) -> f64 {
    let mut far = 50_000.0;
    let most = value(far);
    if most.is_nan() {
        return f64::NAN;
    }
    if most >= level {
        return far;
    }
    while far > 1.0 {
        let near = far / 1.2;
        let there = value(near);
        if there.is_nan() {
            return f64::NAN;
        }
        if there >= level {
            let (mut low, mut high) = (near, far);
            while high / low > 1.005 {
                let middle = libm::sqrt(low * high);
                let between = value(middle);
                if between.is_nan() {
                    return f64::NAN;
                }
                if between >= level { low = middle } else { high = middle }
            }
            return low;
        }
        far = near;
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_without_a_figure_is_refused() {
        let description = crate::scenario::from_toml(crate::bench::SCENARIO).unwrap();
        let effects = Effects::of(&description).unwrap();
        assert!(effects.figured().is_ok());
        let lost = Effects { flammable_kg: Some(f64::NAN), ..effects };
        assert!(matches!(lost.figured(), Err(Refusal::NoSolution { .. })));
    }

    #[test]
    fn a_value_without_a_figure_is_no_reach() {
        assert!((farthest(|x| 100.0 / x, 1.0) / 100.0 - 1.0).abs() < 0.01);
        assert_eq!(farthest(|_| 0.0, 1.0), 0.0);
        assert!(farthest(|_| f64::NAN, 1.0).is_nan());
        assert!(farthest(|x| if x < 500.0 { f64::NAN } else { 100.0 / x }, 1.0).is_nan());
    }
}
