//! The words of a scenario and the air they describe. Pressures are absolute, temperatures in °C, angles clockwise from north.

use serde::{Deserialize, Serialize};

use crate::meteorology::{Stability, length, profile};
use crate::units::{KgPerM3, MPerS, Metres, P0, air_density};
use crate::validity::{positive, within};
use crate::zones::Site;
use crate::{Kelvin, Pascal, Refusal};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    pub name: String,
    /// CAS number.
    pub substance: String,
    /// Where the release stands, CGCS2000; without it there are zones but no map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    pub weather: WeatherDescription,
    pub release: ReleaseDescription,
    /// Congested volume the cloud may reach; without it no blast is computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub congestion: Option<Congestion>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeatherDescription {
    pub wind_m_s: f64,
    /// Where the wind comes from, degrees clockwise from north.
    pub wind_from_deg: f64,
    #[serde(default = "ten")]
    pub wind_height_m: f64,
    /// Continuous class: A = 1 … F = 6.
    #[serde(with = "letter")]
    pub stability: Stability,
    pub temperature_c: f64,
    /// Relative humidity 0–1.
    pub humidity: f64,
    pub roughness_m: f64,
    #[serde(default = "atmosphere")]
    pub pressure_pa: f64,
}

fn ten() -> f64 {
    10.0
}
fn atmosphere() -> f64 {
    P0
}

/// Stability as people write it: `"D"`, `"A-B"`.
mod letter {
    use super::Stability;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub fn serialize<S: Serializer>(s: &Stability, serializer: S) -> Result<S::Ok, S::Error> {
        let low = s.0.floor();
        let name = |s: f64| Stability(s).letter();
        if s.0 == low {
            name(s.0).to_string().serialize(serializer)
        } else {
            format!("{}-{}", name(low), name(low + 1.0)).serialize(serializer)
        }
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Stability, D::Error> {
        let text = String::deserialize(deserializer)?;
        Stability::of(&text).ok_or_else(|| D::Error::custom(format!("stability `{text}` is none of A to F, or two such as A-B")))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReleaseDescription {
    /// Gas under pressure through a hole.
    GasHole {
        pressure_pa: f64,
        temperature_c: f64,
        hole_mm: f64,
        inventory_kg: f64,
        height_m: f64,
        /// When the leak is shut, s.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        isolated_after_s: Option<f64>,
    },
    /// Pressure-liquefied gas through a hole (`path_m` 0) or a stub below the liquid level.
    LiquefiedHole {
        temperature_c: f64,
        hole_mm: f64,
        path_m: f64,
        inventory_kg: f64,
        height_m: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        isolated_after_s: Option<f64>,
    },
    /// Liquid that forms a pool on paved ground.
    Spill {
        rate_kg_s: f64,
        duration_s: f64,
        temperature_c: f64,
        /// Radius of the bund, m; without it the pool runs out to 10 mm.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bund_radius_m: Option<f64>,
    },
    /// A vessel of pressure-liquefied gas that bursts.
    Burst { mass_kg: f64, temperature_c: f64 },
    /// Vapour at a known rate.
    Vapour { rate_kg_s: f64, duration_s: f64, temperature_c: f64, height_m: f64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Congestion {
    pub volume_m3: f64,
    /// Multi-energy class 1–10; 7 is usual for process units.
    pub class: u8,
    /// Downwind of the source, m.
    pub downwind_m: f64,
}

/// The air of a run, checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Air {
    pub t: f64,
    pub p: f64,
    pub rh: f64,
    pub rho: f64,
    pub z0: f64,
    pub u10: f64,
    pub u_star: f64,
    pub inverse_length: f64,
    pub stability: Stability,
}

pub(super) fn kelvin(name: &'static str, celsius: f64) -> Result<f64, Refusal> {
    Ok(within(name, celsius, -270.0, 1500.0, "a temperature in °C")? + 273.15)
}

pub(super) fn air(w: &WeatherDescription) -> Result<Air, Refusal> {
    let t = within("weather.temperature_c", w.temperature_c, -60.0, 60.0, "-60 to 60 °C")? + 273.15;
    let p = within("weather.pressure_pa", w.pressure_pa, 50_000.0, 110_000.0, "50 to 110 kPa")?;
    let rh = within("weather.humidity", w.humidity, 0.0, 1.0, "between 0 and 1")?;
    within("weather.wind_from_deg", w.wind_from_deg, 0.0, 360.0, "0 to 360 degrees")?;
    let z0 = positive("weather.roughness_m", w.roughness_m)?;
    let inverse_length = length::inverse_length_slab(w.stability, z0);
    let u_star = profile::friction_velocity(MPerS(w.wind_m_s), Metres(w.wind_height_m), Metres(z0), inverse_length)?.0;
    let u10 = profile::wind(u_star, 10.0, z0, inverse_length);
    let KgPerM3(rho) = air_density(Pascal(p), Kelvin(t));
    Ok(Air { t, p, rh, rho, z0, u10, u_star, inverse_length, stability: w.stability })
}

impl Air {
    pub fn wind(&self, z: f64) -> f64 {
        profile::wind(self.u_star, z, self.z0, self.inverse_length)
    }
}
