//! One accident from its description to its zones: release, dispersion, fire and blast, with every assumption named.
//! Absent on purpose: population, frequencies (`qra`), the clock.

mod bands;
mod blast;
mod cloud;
mod describe;
mod effects;
mod flames;
mod given;
mod places;
mod presets;
mod release;
mod weather;

pub use blast::{Explosion, ExplosionKind, ExplosionReport};
pub use describe::{Congestion, Description, Place, PlaceKind, Uncertainty};
pub use effects::{BREATH_M, Effects, FLAMMABLE_S};
pub use flames::{Fire, FireKind};
pub use given::GivenProperties;
pub use places::{PlaceAdvice, people_reached};
pub use presets::presets;
pub use release::{
    Basin, Burst, Direction, Explosive, GasBurst, GasHole, GasPipe, Ground, LiquefiedHole, LiquidPipe, RainOut, RateCurve,
    ReleaseDescription, Released, Source, Spill, Surface, TankHole, Vapour,
};
pub use weather::{Sky, WeatherDescription};

use serde::Serialize;
use serde_json::{Value, json};

use crate::meteorology::direction::wedge_half_angle_deg;
use crate::zones::{self, Hazard, Site, Threat, Zone};
use crate::{Note, Refusal, Validity};

/// Version of the models, printed with every result: a result is repeated bit for bit by the same version. Behind the `+` a digest of the
/// models' sources and tables, so that no two states of them share one.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "+", env!("MODELS"));

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
    whole(toml::from_str(text).map_err(|e| ScenarioError::Unreadable(e.to_string()))?)
}

/// Reads a scenario written in JSON, the same fields.
pub fn from_json(text: &str) -> Result<Description, ScenarioError> {
    whole(serde_json::from_str(text).map_err(|e| ScenarioError::Unreadable(e.to_string()))?)
}

/// Only a charge needs no substance.
fn whole(d: Description) -> Result<Description, ScenarioError> {
    if d.substance.is_empty() && !matches!(d.release, ReleaseDescription::Explosive(_)) {
        return Err(ScenarioError::Unreadable("missing field `substance`".to_owned()));
    }
    Ok(d)
}

/// What a run found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    pub description: Description,
    pub substance: String,
    pub substance_zh: String,
    pub released: Released,
    /// Flammable mass of the cloud between its limits, kg; `None` for what cannot burn.
    pub flammable_mass_kg: Option<f64>,
    pub zones: Vec<Zone>,
    pub fires: Vec<FireReport>,
    pub explosions: Vec<ExplosionReport>,
    /// A second model beside the first, zone by zone.
    pub beside: Vec<Beside>,
    /// What the places named in the description should do, first come first.
    pub advice: Vec<PlaceAdvice>,
    /// Where models left their range, held values or left something out.
    pub warnings: Vec<Note>,
    pub assumptions: Vec<String>,
    /// Models that took part.
    pub models: Vec<&'static str>,
    pub version: &'static str,
    /// Half-angle of the wind's wandering, degrees: the "possible" zone lies within it.
    pub wedge_half_angle_deg: f64,
}

/// A fire in figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FireReport {
    pub kind: FireKind,
    pub model: &'static str,
    /// Length of a flame, diameter of a pool or a fireball, m.
    pub size_m: f64,
    pub duration_s: f64,
}

/// What another model says of a zone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Beside {
    pub hazard: Hazard,
    pub threat: Threat,
    pub model: &'static str,
    pub reach_m: f64,
    /// Of the zone and of the other model's, m²; only where both drew one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_m2: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_area_m2: Option<f64>,
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
        if !model.is_empty() && !self.models.contains(&model) {
            self.models.push(model);
        }
    }
    fn note(&mut self, note: Note) {
        if !self.warnings.contains(&note) {
            self.warnings.push(note);
        }
    }
    fn warn(&mut self, validity: &Validity) {
        validity.iter().for_each(|note| self.note(*note));
    }
    fn assume(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.assumptions.contains(&what) {
            self.assumptions.push(what);
        }
    }
}

/// On a way longer than this, m, the weather seldom stays what it was.
const FAR_M: f64 = 10_000.0;

/// Runs a scenario: the same description and version give the same bits on every machine.
pub fn run(description: &Description) -> Result<Outcome, ScenarioError> {
    let effects = Effects::of(description)?;
    let mut zones = bands::zones(&effects)?;
    let (mut assumptions, mut warnings) = (effects.assumptions().to_vec(), effects.warnings().to_vec());
    if zones.iter().any(|zone| zone.reach_m >= 0.99 * cloud::FARTHEST_M) {
        warnings.push(Note::LeftOut { model: "zones", what: "what lies beyond 50 km: the zone may reach farther" });
    } else if zones.iter().any(|zone| zone.reach_m > FAR_M) {
        warnings.push(Note::Assumed { model: "zones", what: "the weather stays as it is while the cloud is more than 10 km on its way" });
    }
    if let Some(study) = &description.uncertainty {
        let ran = bands::sampled_bands(description, &effects, study, &mut zones)?;
        if let Some((note, how_many)) = bands::refused(ran, study.samples) {
            warnings.push(note);
            assumptions.push(how_many);
        }
        assumptions
            .push(format!("bands from {ran} runs (seed {}): wind, class, discharge, rain-out and the scatter of the models", study.seed));
    } else if !zones.is_empty() {
        assumptions.push("bands from the published scatter of the models, a factor at each zone".to_owned());
    }
    let mut beside = beside_dense(&effects, &zones);
    if description.compat_aqt3046 {
        beside.extend(beside_default(description, &zones)?);
    }
    let fires = effects.fires().iter();
    Ok(Outcome {
        description: description.clone(),
        substance: effects.substance().name_en.clone(),
        substance_zh: effects.substance().name_zh.clone(),
        released: *effects.released(),
        flammable_mass_kg: effects.flammable_mass_kg(),
        fires: fires
            .map(|fire| FireReport { kind: fire.kind, model: fire.model, size_m: fire.size_m, duration_s: fire.duration_s })
            .collect(),
        explosions: effects.explosions().iter().map(Explosion::report).collect(),
        beside,
        advice: places::advice(&effects)?,
        zones,
        warnings,
        assumptions,
        models: effects.models().to_vec(),
        version: VERSION,
        wedge_half_angle_deg: wedge_half_angle_deg(effects.air().sigma_theta_deg()),
    })
}

/// Britter–McQuaid beside every zone of the dense model (06 §2: the check on every dense run).
fn beside_dense(effects: &Effects, zones: &[Zone]) -> Vec<Beside> {
    let of = |zone: &Zone| {
        let fraction = match zone.level.hazard {
            Hazard::Toxic => zone.level.value * 1e-6,
            Hazard::Flammable => zone.level.value,
            _ => return None,
        };
        let reach_m = effects.dispersed().check_reach(fraction, zone.averaging_s)?;
        let (hazard, threat) = (zone.level.hazard, zone.level.threat);
        Some(Beside { hazard, threat, model: cloud::Workbook::MODEL, reach_m, area_m2: None, other_area_m2: None })
    };
    zones.iter().filter_map(of).collect()
}

/// The default models beside those of AQ/T 3046, where a zone's area differs by more than a fifth (10 §7).
fn beside_default(description: &Description, zones: &[Zone]) -> Result<Vec<Beside>, ScenarioError> {
    let default = Effects::of(&Description { compat_aqt3046: false, ..description.clone() })?;
    let area = |zone: &Zone| zone.rings.iter().map(bands::area).sum::<f64>();
    let mut beside = Vec::new();
    for (zone, other) in zones.iter().zip(bands::zones(&default)?) {
        let (own, others) = (area(zone), area(&other));
        if zone.level == other.level && bands::apart(own, others) > 0.2 {
            beside.push(Beside {
                hazard: zone.level.hazard,
                threat: zone.level.threat,
                model: other.model,
                reach_m: other.reach_m,
                area_m2: Some(own),
                other_area_m2: Some(others),
            });
        }
    }
    Ok(beside)
}

impl Outcome {
    /// Zones as GeoJSON about the scenario's site, each followed by what the whole result carries. Refused without a site.
    pub fn geojson(&self) -> Result<Value, Refusal> {
        let site: Site = self.description.site.ok_or(Refusal::NoSolution { model: "geojson", why: "the scenario names no site" })?;
        let mut collection = zones::geojson(&self.zones, site, self.description.weather.wind_from_deg);
        collection["properties"] = json!({
            "name": self.description.name, "substance": self.substance, "substance_zh": self.substance_zh, "released": self.released,
            "warnings": self.warnings, "assumptions": self.assumptions, "models": self.models, "version": self.version,
            "wedge_half_angle_deg": self.wedge_half_angle_deg, "beside": self.beside, "advice": self.advice,
            "fires": self.fires, "explosions": self.explosions,
        });
        Ok(collection)
    }

    /// Farthest reach of a hazard's zone of a colour, m; zero if reached nowhere, `None` if it was not asked.
    pub fn reach(&self, hazard: Hazard, threat: Threat) -> Option<f64> {
        let of = |zone: &&Zone| zone.level.hazard == hazard && zone.level.threat == threat;
        self.zones.iter().filter(of).map(|zone| zone.reach_m).reduce(f64::max)
    }
}
