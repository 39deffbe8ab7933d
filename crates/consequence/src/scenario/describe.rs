//! The words of a scenario and the air they describe. Pressures are absolute unless they say gauge, temperatures in °C, angles clockwise
//! from north.

use serde::{Deserialize, Serialize};

use super::given::GivenProperties;
use crate::discharge::coefficient::Opening;
use crate::evaporation::boiling::{self, GROUNDS};
use crate::meteorology::calm::usable_wind;
use crate::meteorology::{Stability, class, direction, length, profile, sun};
use crate::units::{KgPerM3, MPerS, Metres, P0, air_density};
use crate::validity::{not_negative, positive, within};
use crate::zones::{OwnLevels, Site};
use crate::{Kelvin, Note, Pascal, Refusal, Validity};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    pub name: String,
    /// CAS number.
    pub substance: String,
    /// The models of AQ/T 3046-2013 where they differ; the result then shows both.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compat_aqt3046: bool,
    /// Where the release stands, CGCS2000; without it there are zones but no map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    pub weather: WeatherDescription,
    pub release: ReleaseDescription,
    /// Properties in place of the table's, or of a substance the table does not have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substance_properties: Option<GivenProperties>,
    /// Congested volumes the cloud may reach, one table or several; without them only the open cloud explodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub congestion: Vec<Congestion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<OwnLevels>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Uncertainty>,
    /// Places to be advised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
}

/// Several tables, or one as it used to be written.
fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Congestion>, D::Error> {
    struct Both;
    impl<'de> serde::de::Visitor<'de> for Both {
        type Value = Vec<Congestion>;
        fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
            f.write_str("a congested volume or a list of them")
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut many = Vec::new();
            while let Some(one) = seq.next_element()? {
                many.push(one);
            }
            Ok(many)
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Congestion::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(|one| vec![one])
        }
    }
    deserializer.deserialize_any(Both)
}

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
            (Some(text), _, _) => Stability::of(text).ok_or_else(|| format!("stability `{text}` is none of A to F, or two such as A-B"))?,
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

/// Which way a jet points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// With the wind: the worst for those downwind.
    #[default]
    Horizontal,
    Vertical,
    /// Against the ground, which takes its momentum.
    Down,
}

/// What becomes of the droplets of a flashing jet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RainOut {
    /// All stay in the air: the most that enters it.
    #[default]
    None,
    /// As the drop model says.
    Model,
    /// Only what flashed stays in the air.
    AllLiquid,
}

/// What a pool lies on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    SmoothConcrete,
    #[default]
    Paved,
    GravelOrSand,
    Grass,
    Water,
}

/// What is under the surface: sets the heat that reaches a cold pool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    #[default]
    Average,
    DrySand,
    MoistSand,
    HeavyConcrete,
    Gravel,
}

impl Ground {
    pub(super) fn row(self) -> boiling::Ground {
        GROUNDS[match self {
            Self::Average => 0,
            Self::DrySand => 1,
            Self::MoistSand => 2,
            Self::HeavyConcrete => 3,
            Self::Gravel => 4,
        }]
    }
}

/// Where a liquid that reaches the ground spreads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basin {
    /// Radius of the bund, m; without it the pool runs out to its least depth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bund_radius_m: Option<f64>,
    #[serde(default)]
    pub surface: Surface,
    #[serde(default)]
    pub ground: Ground,
    /// Solar radiation on the pool, W/m².
    #[serde(default)]
    pub solar_w_m2: f64,
}

fn rough() -> f64 {
    0.045
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReleaseDescription {
    /// Gas under pressure through a hole in its vessel, which blows down.
    GasHole {
        pressure_pa: f64,
        temperature_c: f64,
        hole_mm: f64,
        inventory_kg: f64,
        height_m: f64,
        /// When the leak is shut, s.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        isolated_after_s: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        discharge_coefficient: Option<f64>,
        #[serde(default)]
        direction: Direction,
    },
    /// Gas out of a broken pipe: from a vessel through `length_m` of it, or, without an inventory, out of the line itself.
    GasPipe {
        pressure_pa: f64,
        temperature_c: f64,
        diameter_mm: f64,
        length_m: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inventory_kg: Option<f64>,
        height_m: f64,
        #[serde(default = "rough")]
        roughness_mm: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        isolated_after_s: Option<f64>,
        #[serde(default)]
        direction: Direction,
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
        /// Liquid above the hole, m.
        #[serde(default)]
        head_m: f64,
        /// Stored pressure where it is above that of the vapour.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pressure_pa: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        discharge_coefficient: Option<f64>,
        #[serde(default)]
        direction: Direction,
        #[serde(default)]
        rain_out: RainOut,
        /// Share of the vessel that is liquid, and height of the hole in it, 0–1: a hole above the liquid lets gas or froth out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fill: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hole_share: Option<f64>,
        /// Surface of the liquid in the vessel, m²; needed with `fill` and `hole_share`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        surface_m2: Option<f64>,
    },
    /// Liquid below its boiling point out of a hole in an upright tank, open or blanketed; it forms a pool.
    TankHole {
        temperature_c: f64,
        diameter_m: f64,
        /// Liquid above the tank's floor, and the hole above it.
        level_m: f64,
        #[serde(default)]
        hole_height_m: f64,
        hole_mm: f64,
        /// Gauge pressure of the blanketing; zero is open.
        #[serde(default)]
        pad_pa: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        isolated_after_s: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        discharge_coefficient: Option<f64>,
        #[serde(default)]
        pool: Basin,
    },
    /// Liquid out of a broken pipe. Below its boiling point it forms a pool, above it a flashing jet.
    LiquidPipe {
        pressure_pa: f64,
        temperature_c: f64,
        diameter_mm: f64,
        length_m: f64,
        inventory_kg: f64,
        height_m: f64,
        #[serde(default = "rough")]
        roughness_mm: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        isolated_after_s: Option<f64>,
        #[serde(default)]
        direction: Direction,
        #[serde(default)]
        pool: Basin,
    },
    /// Liquid that reaches the ground at a known rate.
    Spill {
        rate_kg_s: f64,
        duration_s: f64,
        temperature_c: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bund_radius_m: Option<f64>,
        #[serde(default)]
        surface: Surface,
        #[serde(default)]
        ground: Ground,
        #[serde(default)]
        solar_w_m2: f64,
    },
    /// A vessel of pressure-liquefied gas that bursts.
    Burst { mass_kg: f64, temperature_c: f64 },
    /// A vessel of compressed gas that bursts.
    GasBurst { pressure_pa: f64, temperature_c: f64, volume_m3: f64 },
    /// Vapour at a known rate.
    Vapour { rate_kg_s: f64, duration_s: f64, temperature_c: f64, height_m: f64 },
    /// A charge declared as explosive: its blast only.
    Explosive {
        mass_kg: f64,
        /// Mass of TNT per mass: 1 for TNT, 0.25–0.42 for ammonium nitrate.
        tnt_share: f64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Congestion {
    pub volume_m3: f64,
    /// Multi-energy class 1–10; 7 is usual for process units.
    pub class: u8,
    /// Its middle: downwind of the source, and to the left of the wind, m.
    pub downwind_m: f64,
    #[serde(default)]
    pub crosswind_m: f64,
    /// Height of the obstacles, m.
    #[serde(default = "five")]
    pub height_m: f64,
    /// Reactivity and congestion for the second opinion by flame speed come from the substance and the class; confinement is `2.5D`.
    #[serde(default = "half_confined")]
    pub confinement: crate::explosion::bst::Confinement,
}

fn five() -> f64 {
    5.0
}
fn half_confined() -> crate::explosion::bst::Confinement {
    crate::explosion::bst::Confinement::TwoAndAHalfD
}

/// Monte Carlo over what is not known. The same seed gives the same bands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uncertainty {
    /// At most 2000.
    pub samples: u32,
    pub seed: u64,
}

/// People near by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub name: String,
    /// Metres east and north of the site, or longitude and latitude.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub east_m: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub north_m: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// `None`: nobody counted them; not the same as nobody there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    #[serde(default)]
    pub kind: PlaceKind,
    /// Speed of leaving, m/s; walking unless given.
    #[serde(default = "walking")]
    pub speed_m_s: f64,
}

fn walking() -> f64 {
    1.2
}

/// Sets how fast rooms fill and how long getting ready takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    #[default]
    Dwelling,
    OldDwelling,
    Workshop,
    School,
    Hospital,
    OpenAir,
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

pub(super) fn kelvin(name: &'static str, celsius: f64) -> Result<f64, Refusal> {
    Ok(within(name, celsius, -270.0, 1500.0, "a temperature in °C")? + 273.15)
}

/// The discharge coefficient given, or that of the opening; and the sentence that says which.
pub(super) fn coefficient(given: Option<f64>, opening: Opening) -> Result<(f64, String), Refusal> {
    match given {
        Some(c_d) => Ok((
            within("release.discharge_coefficient", c_d, 0.05, 1.0, "between 0.05 and 1")?,
            format!("discharge coefficient {c_d}, as given"),
        )),
        None => {
            let c_d = crate::discharge::coefficient::default_c_d(opening);
            Ok((c_d, format!("discharge coefficient {c_d}: none was given")))
        }
    }
}

/// Most congested volumes and places of one description: what a person draws by hand, and a bound on the work.
const MOST_VOLUMES: f64 = 20.0;
const MOST_PLACES: f64 = 200.0;

/// Refuses what no plant and no weather has, before any model is asked.
pub(super) fn bounded(d: &Description) -> Result<(), Refusal> {
    within("congestion", d.congestion.len() as f64, 0.0, MOST_VOLUMES, "at most 20")?;
    within("places", d.places.len() as f64, 0.0, MOST_PLACES, "at most 200")?;
    let w = &d.weather;
    within("weather.wind_m_s", w.wind_m_s, 0.0, 100.0, "0 to 100 m/s")?;
    within("weather.wind_height_m", w.wind_height_m, 0.01, 500.0, "0.01 to 500 m")?;
    within("weather.roughness_m", w.roughness_m, 1e-6, 3.0, "between 0.000001 and 3 m")?;
    if let Some(u_star) = w.u_star_m_s {
        within("weather.u_star_m_s", u_star, 1e-4, 10.0, "0.0001 to 10 m/s")?;
    }
    let no_more =
        |input, value: f64, most: f64, wanted| if value > most { within(input, value, 0.0, most, wanted).map(drop) } else { Ok(()) };
    match d.release {
        ReleaseDescription::Burst { mass_kg, .. } | ReleaseDescription::Explosive { mass_kg, .. } => {
            no_more("release.mass_kg", mass_kg, 1e9, "at most a million tonnes")
        }
        ReleaseDescription::GasBurst { volume_m3, .. } => no_more("release.volume_m3", volume_m3, 1e6, "at most a million m³"),
        ReleaseDescription::GasHole { inventory_kg, .. }
        | ReleaseDescription::LiquefiedHole { inventory_kg, .. }
        | ReleaseDescription::LiquidPipe { inventory_kg, .. } => {
            no_more("release.inventory_kg", inventory_kg, 1e9, "at most a million tonnes")
        }
        ReleaseDescription::Spill { rate_kg_s, .. } | ReleaseDescription::Vapour { rate_kg_s, .. } => {
            no_more("release.rate_kg_s", rate_kg_s, 1e6, "at most 1,000 t/s")
        }
        ReleaseDescription::GasPipe { .. } | ReleaseDescription::TankHole { .. } => Ok(()),
    }
}

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
    let other = w.sky.map(|sky| sky.stability(u10)).or(w.obukhov_m.map(|_| stability));
    if other.is_some_and(|other| (other.0 - w.stability.0).abs() > 0.75) {
        notes.add(Note::LeftOut {
            model: "weather",
            what: "the sky, or the length that was measured, says another class than the one written",
        });
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
