//! One accident from its description to its zones: release, dispersion, fire and blast, with every assumption named.
//! Absent on purpose: population, frequencies (`qra`), the clock.

mod cloud;
mod describe;
mod effects;
mod flames;
mod release;

pub use describe::{Congestion, Description, ReleaseDescription, WeatherDescription};
pub use effects::{BREATH_M, Effects, FLAMMABLE_S};
pub use flames::{Explosion, Fire, FireKind};
pub use release::{Released, Source};

use serde::Serialize;
use serde_json::{Value, json};

use crate::meteorology::direction::{sigma_theta_deg, wedge_half_angle_deg};
use crate::properties;
use crate::zones::{self, Site, Zone};
use crate::{Note, Refusal, Validity};

/// Version of the models, printed with every result: a result is repeated bit for bit by the same version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Why a scenario has no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScenarioError {
    #[error("the scenario cannot be read: {0}")]
    Unreadable(String),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Reads a scenario written in TOML. Unknown and missing fields are named.
pub fn from_toml(text: &str) -> Result<Description, ScenarioError> {
    toml::from_str(text).map_err(|e| ScenarioError::Unreadable(e.to_string()))
}

/// Reads a scenario written in JSON, the same fields.
pub fn from_json(text: &str) -> Result<Description, ScenarioError> {
    serde_json::from_str(text).map_err(|e| ScenarioError::Unreadable(e.to_string()))
}

/// What a run found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    pub description: Description,
    pub substance: &'static str,
    pub substance_zh: &'static str,
    pub released: Released,
    /// Flammable mass of the cloud between its limits, kg; `None` for what cannot burn.
    pub flammable_mass_kg: Option<f64>,
    pub zones: Vec<Zone>,
    /// Where models left their range, held values or left something out.
    pub warnings: Vec<Note>,
    pub assumptions: Vec<String>,
    /// Models that took part.
    pub models: Vec<&'static str>,
    pub version: &'static str,
    /// Half-angle of the wind's wandering, degrees: the "possible" zone lies within it.
    pub wedge_half_angle_deg: f64,
}

/// The results a run gathers as it goes.
#[derive(Default)]
struct Findings {
    warnings: Vec<Note>,
    assumptions: Vec<String>,
    models: Vec<&'static str>,
}

impl Findings {
    fn model(&mut self, model: &'static str) {
        if !self.models.contains(&model) {
            self.models.push(model);
        }
    }
    fn warn(&mut self, validity: &Validity) {
        for note in validity.iter() {
            if !self.warnings.contains(note) {
                self.warnings.push(*note);
            }
        }
    }
    fn assume(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.assumptions.contains(&what) {
            self.assumptions.push(what);
        }
    }
}

/// Runs a scenario: the same description and version give the same bits on every machine.
pub fn run(description: &Description) -> Result<Outcome, ScenarioError> {
    let effects = Effects::of(description)?;
    let mut zones: Vec<Zone> = effects.levels().iter().map(|level| effects.dispersed().zone(level)).collect();
    effects.fires().iter().for_each(|fire| fire.zones(&mut zones));
    effects.explosions().iter().for_each(|explosion| explosion.zones(&mut zones));
    let substance = properties::substance(&description.substance)?;
    Ok(Outcome {
        description: description.clone(),
        substance: &substance.name_en,
        substance_zh: &substance.name_zh,
        released: *effects.released(),
        flammable_mass_kg: effects.flammable_mass_kg(),
        zones,
        warnings: effects.warnings().to_vec(),
        assumptions: effects.assumptions().to_vec(),
        models: effects.models().to_vec(),
        version: VERSION,
        wedge_half_angle_deg: wedge_half_angle_deg(sigma_theta_deg(effects.air().stability)),
    })
}

impl Outcome {
    /// Zones as GeoJSON about the scenario's site, each followed by what the whole result carries. Refused without a site.
    pub fn geojson(&self) -> Result<Value, Refusal> {
        let site: Site = self.description.site.ok_or(Refusal::NoSolution { model: "geojson", why: "the scenario names no site" })?;
        let mut collection = zones::geojson(&self.zones, site, self.description.weather.wind_from_deg);
        collection["properties"] = json!({
            "name": self.description.name, "substance": self.substance, "substance_zh": self.substance_zh, "released": self.released,
            "warnings": self.warnings, "assumptions": self.assumptions, "models": self.models, "version": self.version,
            "wedge_half_angle_deg": self.wedge_half_angle_deg,
        });
        Ok(collection)
    }

    /// Farthest reach of a hazard's zone of a colour, m; zero if reached nowhere, `None` if it was not asked.
    pub fn reach(&self, hazard: zones::Hazard, threat: zones::Threat) -> Option<f64> {
        let of = |zone: &&Zone| zone.level.hazard == hazard && zone.level.threat == threat;
        self.zones.iter().filter(of).map(|zone| zone.reach_m).reduce(f64::max)
    }
}
