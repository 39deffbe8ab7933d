//! The weather of a scenario, as it is written and as the models take it.

use serde::{Deserialize, Serialize};

use crate::meteorology::calm::usable_wind;
use crate::meteorology::{Stability, class, direction, length, profile, sun};
use crate::units::{KgPerM3, MPerS, Metres, P0, air_density};
use crate::validity::{not_negative, positive, within};
use crate::{Kelvin, Note, Pascal, Refusal, Validity};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WeatherWords")]
pub struct WeatherDescription {
    pub wind_m_s: f64,
    /// Where the wind comes from, degrees clockwise from north.
    pub wind_from_deg: f64,
    pub wind_height_m: f64,
    /// Continuous class: A = 1 … F = 6. Follows from `sky` or from `obukhov_m` where it is not given.
    #[serde(serialize_with = "letter")]
    pub stability: Stability,
    pub temperature_c: f64,
    /// Relative humidity 0–1.
    pub humidity: f64,
    pub roughness_m: f64,
    pub pressure_pa: f64,
    /// Measured friction velocity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub u_star_m_s: Option<f64>,
    /// Measured Monin–Obukhov length; large is neutral, negative unstable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obukhov_m: Option<f64>,
    /// Measured spread of the wind's direction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sigma_theta_deg: Option<f64>,
    /// Height of an inversion; without it there is no lid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mixing_height_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sky: Option<Sky>,
}

impl WeatherDescription {
    /// Refuses what no weather has, before any model is asked.
    pub(super) fn bounded(&self) -> Result<(), Refusal> {
        within("weather.wind_m_s", self.wind_m_s, 0.0, 100.0, "0 to 100 m/s")?;
        within("weather.wind_height_m", self.wind_height_m, 0.01, 500.0, "0.01 to 500 m")?;
        within("weather.roughness_m", self.roughness_m, 1e-6, 3.0, "between 0.000001 and 3 m")?;
        if let Some(u_star) = self.u_star_m_s {
            within("weather.u_star_m_s", u_star, 1e-4, 10.0, "0.0001 to 10 m/s")?;
        }
        Ok(())
    }
}

/// Cloud and time, from which the class of GB/T 3840-91 follows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sky {
    /// Tenths of the sky, all clouds and low ones.
    pub cloud_tenths: f64,
    pub low_cloud_tenths: f64,
    /// Days after 1 January, and Beijing time in hours.
    pub day: f64,
    pub beijing_h: f64,
    pub latitude: f64,
    pub longitude: f64,
}

impl Sky {
    /// Class by the wind at 10 m; the sun below the horizon is night.
    pub fn stability(&self, u10: f64) -> Stability {
        let elevation = sun::elevation_deg(self.day, self.beijing_h, self.latitude, self.longitude);
        let radiation = class::radiation_class(self.cloud_tenths, self.low_cloud_tenths, (elevation > 0.0).then_some(elevation));
        class::gb_t_3840(u10, radiation)
    }
}

/// The weather as written: the class may be left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeatherWords {
    wind_m_s: f64,
    wind_from_deg: f64,
    #[serde(default = "ten")]
    wind_height_m: f64,
    stability: Option<String>,
    temperature_c: f64,
    humidity: f64,
    roughness_m: f64,
    #[serde(default = "atmosphere")]
    pressure_pa: f64,
    u_star_m_s: Option<f64>,
    obukhov_m: Option<f64>,
    sigma_theta_deg: Option<f64>,
    mixing_height_m: Option<f64>,
    sky: Option<Sky>,
}

fn ten() -> f64 {
    10.0
}
fn atmosphere() -> f64 {
    P0
}

impl TryFrom<WeatherWords> for WeatherDescription {
    type Error = String;

    fn try_from(w: WeatherWords) -> Result<Self, String> {
        let stability = match (&w.stability, w.obukhov_m, w.sky) {
            (Some(text), _, _) => {
                Stability::of(text).ok_or_else(|| format!("stability `{text}` is none of A to F, or two neighbours such as A-B"))?
            }
            (None, Some(l), _) => length::class_of(1.0 / l, w.roughness_m),
            (None, None, Some(sky)) => sky.stability(w.wind_m_s),
            (None, None, None) => return Err("missing field `stability`: give the class, `sky`, or `obukhov_m`".to_owned()),
        };
        Ok(Self {
            wind_m_s: w.wind_m_s,
            wind_from_deg: w.wind_from_deg,
            wind_height_m: w.wind_height_m,
            stability,
            temperature_c: w.temperature_c,
            humidity: w.humidity,
            roughness_m: w.roughness_m,
            pressure_pa: w.pressure_pa,
            u_star_m_s: w.u_star_m_s,
            obukhov_m: w.obukhov_m,
            sigma_theta_deg: w.sigma_theta_deg,
            mixing_height_m: w.mixing_height_m,
            sky: w.sky,
        })
    }
}

/// Stability as people write it: `"D"`, `"A-B"`.
fn letter<S: serde::Serializer>(s: &Stability, serializer: S) -> Result<S::Ok, S::Error> {
    let low = s.0.floor();
    let name = |s: f64| Stability(s).letter();
    if s.0 == low {
        name(s.0).to_string().serialize(serializer)
    } else {
        format!("{}-{}", name(low), name(low + 1.0)).serialize(serializer)
    }
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
    /// u* and L were measured.
    pub measured: bool,
    /// Measured spread of the wind's direction, rad.
    pub sigma_theta: Option<f64>,
    pub h_mix: Option<f64>,
    /// How far calm air wanders, degrees.
    pub wander_deg: Option<f64>,
    /// The wind has a direction; in calm air zones are circles.
    pub direction_known: bool,
}

/// Wind below which nothing can be told from an anemometer that has stopped, m/s.
const STILL_M_S: f64 = 0.1;

pub(super) fn air(w: &WeatherDescription, notes: &mut Validity) -> Result<Air, Refusal> {
    let t = within("weather.temperature_c", w.temperature_c, -60.0, 60.0, "-60 to 60 °C")? + 273.15;
    let p = within("weather.pressure_pa", w.pressure_pa, 50_000.0, 110_000.0, "50 to 110 kPa")?;
    let rh = within("weather.humidity", w.humidity, 0.0, 1.0, "between 0 and 1")?;
    within("weather.wind_from_deg", w.wind_from_deg, 0.0, 360.0, "0 to 360 degrees")?;
    let z0 = positive("weather.roughness_m", w.roughness_m)?;
    // An anemometer that stands still reads zero too: no calm-air circle is drawn from that.
    if (0.0..STILL_M_S).contains(&w.wind_m_s) && w.u_star_m_s.is_none() {
        return Err(Refusal::WindBelowRange { wind_m_s: w.wind_m_s, least_m_s: STILL_M_S });
    }
    within("weather.stability", w.stability.0, 1.0, 6.0, "from A to F")?;
    let measured_l = w.obukhov_m.map(|l| {
        if l.is_finite() && l.abs() >= 1.0 {
            Ok(1.0 / l)
        } else {
            Err(Refusal::OutOfDomain { input: "weather.obukhov_m", value: l, wanted: "at least 1 m in size" })
        }
    });
    let inverse_length = measured_l.unwrap_or_else(|| Ok(length::inverse_length_slab(w.stability, z0)))?;
    let u_star = match w.u_star_m_s {
        Some(u_star) => positive("weather.u_star_m_s", u_star)?,
        None => profile::friction_velocity(MPerS(w.wind_m_s), Metres(w.wind_height_m), Metres(z0), inverse_length)?.0,
    };
    let measured_u10 = profile::wind(u_star, 10.0, z0, inverse_length);
    let calm = usable_wind(measured_u10, notes)?;
    let (u10, u_star) = (calm.u10, u_star * calm.u10 / measured_u10);
    let stability = if w.obukhov_m.is_some() { length::class_of(inverse_length, z0) } else { w.stability };
    let sigma_theta = match w.sigma_theta_deg {
        Some(deg) => Some(within("weather.sigma_theta_deg", deg, 0.1, 90.0, "0.1 to 90 degrees")?.to_radians()),
        None => None,
    };
    // In calm air the plume wanders as a whole; what is in it at any one time is not thinner for that, and the circle covers where it may go.
    let wander_deg = calm.sigma_theta_deg;
    let class = |low: f64, high: f64, notes: &mut Validity| notes.range("weather", "wind at 10 m with this class, m/s", u10, low, high);
    match stability.0 {
        s if s < 1.5 => class(0.0, 3.0, notes),
        s if s < 2.5 || (4.5..5.5).contains(&s) => class(0.0, 6.0, notes),
        s if s >= 5.5 => class(0.0, 3.0, notes),
        _ => {}
    }
    let apart = |a: Stability, b: Stability| (a.0 - b.0).abs() > 0.75;
    if apart(stability, w.stability) {
        let what = "the class that follows from the measured Obukhov length; the class that is written is another and was not used";
        notes.add(Note::Assumed { model: "weather", what });
    } else if w.sky.is_some_and(|sky| apart(sky.stability(u10), stability)) {
        let what = "the class that is written or measured; cloud and time of day make another, which was not used";
        notes.add(Note::Assumed { model: "weather", what });
    }
    let h_mix = w.mixing_height_m.map(|h| within("weather.mixing_height_m", h, 20.0, 5000.0, "20 to 5000 m")).transpose()?;
    if let Some(sky) = w.sky {
        within("weather.sky.cloud_tenths", sky.cloud_tenths, 0.0, 10.0, "0 to 10 tenths")?;
        within("weather.sky.low_cloud_tenths", sky.low_cloud_tenths, 0.0, 10.0, "0 to 10 tenths")?;
        not_negative("weather.sky.day", sky.day)?;
    }
    let KgPerM3(rho) = air_density(Pascal(p), Kelvin(t));
    let measured = w.u_star_m_s.is_some() && w.obukhov_m.is_some();
    let direction_known = calm.direction_known;
    Ok(Air { t, p, rh, rho, z0, u10, u_star, inverse_length, stability, measured, sigma_theta, wander_deg, h_mix, direction_known })
}

impl Air {
    pub fn wind(&self, z: f64) -> f64 {
        profile::wind(self.u_star, z, self.z0, self.inverse_length)
    }

    /// Spread of the wind's direction, degrees: of calm air, measured, else by class.
    pub fn sigma_theta_deg(&self) -> f64 {
        if let Some(wander) = self.wander_deg {
            return wander;
        }
        self.sigma_theta.map_or_else(|| direction::sigma_theta_deg(self.stability), f64::to_degrees)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the weather with these lines notes of its class, and the class that is used.
    fn noted(more: &str) -> (Vec<&'static str>, f64) {
        let d: WeatherDescription =
            toml::from_str(&format!("wind_m_s = 3\nwind_from_deg = 90\ntemperature_c = 20\nhumidity = 0.6\nroughness_m = 0.1\n{more}"))
                .unwrap();
        let mut notes = Validity::new();
        let air = air(&d, &mut notes).unwrap();
        let what = |note: &Note| match note {
            Note::Assumed { model: "weather", what } => Some(*what),
            _ => None,
        };
        (notes.iter().filter_map(what).collect(), air.stability.0)
    }

    #[test]
    fn of_two_classes_that_differ_the_one_used_is_named() {
        let night = "sky = { cloud_tenths = 1, low_cloud_tenths = 0, day = 180, beijing_h = 1, latitude = 32, longitude = 120 }";
        let (sky, used) = noted(&format!("stability = 'A'\n{night}"));
        assert!(used == 1.0 && sky.len() == 1 && sky[0].starts_with("the class that is written"), "{sky:?}");
        let (length, used) = noted("stability = 'A'\nobukhov_m = 10");
        assert!(used > 5.0 && length.len() == 1 && length[0].starts_with("the class that follows from the measured"), "{length:?}");
        assert!(noted(night).0.is_empty() && noted("obukhov_m = 10").0.is_empty() && noted("stability = 'D'").0.is_empty());
    }

    #[test]
    fn two_classes_are_neighbours() {
        let pair = |text: &str| {
            toml::from_str::<WeatherDescription>(&format!(
                "wind_m_s = 3\nwind_from_deg = 90\ntemperature_c = 20\nhumidity = 0.6\nroughness_m = 0.1\nstability = '{text}'"
            ))
        };
        assert_eq!(pair("C-D").unwrap().stability.0, 3.5);
        for text in ["A-D", "F-A"] {
            assert!(pair(text).unwrap_err().to_string().contains(&format!("stability `{text}`")));
        }
    }
}
