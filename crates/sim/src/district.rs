//! The fictitious district: who there is, what stands where, what is measured. Plain data, the same for the same seed.

use std::collections::BTreeMap;

use anlan_base::{Date, UnifiedCreditCode};

use crate::geo::LonLat;
use crate::signal::Profile;
use crate::{enterprises, people, points, units};

/// The code of the demo district, and of the town that holds the chemical park.
pub(crate) const DISTRICT_CODE: &str = "320411";
pub(crate) const PARK_TOWN_CODE: &str = "320411004";

pub struct District {
    pub seed: u64,
    pub regions: Vec<Region>,
    pub organisations: Vec<Organisation>,
    /// The first two are those of the demo accounts.
    pub enterprises: Vec<EnterpriseSeat>,
    pub units: Vec<HazardUnit>,
    pub equipment: Vec<Equipment>,
    pub gateways: Vec<Gateway>,
    /// Points of one gateway stand together.
    pub points: Vec<Point>,
    pub rules: Vec<AlarmRule>,
    /// The demo accounts first.
    pub people: Vec<Person>,
    by_id: BTreeMap<String, usize>,
}

impl District {
    pub fn build(seed: u64) -> Self {
        let regions = enterprises::regions();
        let enterprises = enterprises::enterprises(seed);
        let (units, equipment) = units::units(seed, &enterprises);
        let (gateways, points) = points::points(seed, &enterprises, &units, &equipment);
        let rules = points::rules(&points, &units);
        let (organisations, people) = people::people(&regions, &enterprises);
        let by_id = points.iter().enumerate().map(|(at, point)| (point.id.clone(), at)).collect();
        Self { seed, regions, organisations, enterprises, units, equipment, gateways, points, rules, people, by_id }
    }

    /// Where in `points` this one stands.
    pub fn point(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }
    pub fn enterprise(&self, code: &str) -> Option<&EnterpriseSeat> {
        self.enterprises.iter().find(|enterprise| enterprise.code == code)
    }
    pub fn person(&self, username: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.username == username)
    }
}

/// Codes of GB/T 2260 and the statistical codes of towns.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// 1 province, 2 city, 3 district, 4 town or subdistrict.
    pub level: u8,
    pub parent: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Organisation {
    pub key: String,
    pub zh: String,
    pub en: String,
    /// `bureau`, `section`, `committee`, `town_office`, `park`, `rescue_team`, `store`.
    pub kind: &'static str,
    pub region: &'static str,
}

/// An enterprise as its record will say; field names as in the kind.
#[derive(Clone, Debug)]
pub struct EnterpriseSeat {
    pub code: String,
    pub name: String,
    pub uscc: UnifiedCreditCode,
    pub region: &'static str,
    pub address: String,
    pub position: LonLat,
    /// Division of GB/T 4754-2017.
    pub industry: &'static str,
    /// The trade in plain words, as on the demo map.
    pub trade: String,
    pub sector: &'static str,
    pub scale: &'static str,
    pub employees: u32,
    pub founded_on: Date,
    pub risk_level: &'static str,
    pub risk_reason: String,
    pub key_processes: bool,
    pub key_chemicals: bool,
    /// The plot in the chemical park: `P08`.
    pub plot: Option<String>,
    pub legal_representative: String,
    pub principal: String,
    pub safety_contact: String,
    pub safety_phone: String,
    pub(crate) hazard_level: u8,
}

impl EnterpriseSeat {
    pub fn in_park(&self) -> bool {
        self.plot.is_some()
    }
}

#[derive(Clone, Debug)]
pub struct HazardUnit {
    /// Unique in the district: enterprise code, dash, unit code.
    pub key: String,
    pub enterprise: String,
    pub code: String,
    pub name: String,
    /// `production` or `storage`.
    pub category: &'static str,
    /// `process_unit`, `tank_farm`, `warehouse`.
    pub unit_type: &'static str,
    pub place: String,
    pub position: LonLat,
    pub chemicals: Vec<StoredChemical>,
    pub people_within_500m: u32,
    /// Rounded to six decimals, from the quantities of `chemicals`.
    pub s_value: f64,
    pub r_value: f64,
    /// `level_1` … `level_4` where S ≥ 1.
    pub level: Option<&'static str>,
    pub identified_on: Date,
    /// Usernames of the three responsible persons; empty where there is no level.
    pub chief: Option<String>,
    pub technical: Option<String>,
    pub operation: Option<String>,
    pub filed_on: Option<Date>,
    pub filing_number: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct StoredChemical {
    pub chemical: &'static str,
    pub cas: &'static str,
    /// t, one decimal.
    pub design_quantity: f64,
    pub critical_quantity: f64,
    pub beta: f64,
}

#[derive(Clone, Debug)]
pub struct Equipment {
    pub enterprise: String,
    /// Key of its hazard unit.
    pub unit: Option<String>,
    pub tag: String,
    pub name: String,
    /// `tank`, `reactor`, `vessel`, `weather_station`, `other`.
    pub kind: &'static str,
    pub place: String,
    pub position: LonLat,
    pub medium: Option<&'static str>,
    /// m³.
    pub capacity: Option<f64>,
    pub design_pressure: Option<f64>,
    pub design_temperature: Option<f64>,
    pub installed_on: Date,
    /// Special equipment under the law of that name: pressure vessels.
    pub special: bool,
    pub inspect_by: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mqtt {
    V4,
    V5,
}

#[derive(Clone, Debug)]
pub struct Gateway {
    pub id: String,
    pub enterprise: String,
    pub mqtt: Mqtt,
    /// Its points: a range of `District::points`.
    pub points: std::ops::Range<usize>,
}

impl Gateway {
    /// The topic it may publish to.
    pub fn topic(&self) -> String {
        format!("anlan/v1/{}/{}/samples", self.enterprise, self.id)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointKind {
    Analogue,
    Switch,
    Interlock,
    Bypass,
}

impl PointKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Analogue => "analogue",
            Self::Switch => "switch",
            Self::Interlock => "interlock",
            Self::Bypass => "bypass",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Point {
    pub id: String,
    pub name: String,
    pub enterprise: String,
    pub unit: Option<String>,
    /// Tag of the equipment it sits on.
    pub equipment: String,
    /// Code of the quantity: `combustible_gas`, `level`, …
    pub quantity: &'static str,
    pub unit_of_measure: &'static str,
    pub span: (f64, f64),
    pub period_s: u32,
    pub kind: PointKind,
    pub decimals: u8,
    pub position: LonLat,
    pub(crate) profile: Profile,
    pub(crate) limits: Option<Limits>,
}

/// Alarm limits in the point's unit; `alarm_at` for points that are not analogue.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Limits {
    pub ll: Option<f64>,
    pub l: Option<f64>,
    pub h: Option<f64>,
    pub hh: Option<f64>,
    pub alarm_at: Option<f64>,
    pub deadband: f64,
    pub on_delay_s: f64,
    pub priority: &'static str,
    pub top_priority: Option<&'static str>,
}

/// An alarm rule as its record will say; field names as in the kind.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmRule {
    pub enterprise: String,
    pub point: String,
    pub hh: Option<f64>,
    pub h: Option<f64>,
    pub l: Option<f64>,
    pub ll: Option<f64>,
    pub alarm_at: Option<f64>,
    pub stale: bool,
    pub deadband: f64,
    pub on_delay_s: f64,
    pub off_delay_s: f64,
    pub priority: &'static str,
    pub top_priority: Option<&'static str>,
}

/// Where a post lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    Region(&'static str),
    /// Code of the enterprise.
    Enterprise(String),
    Platform,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub username: String,
    pub name: String,
    pub title: String,
    /// One post: a role over a place.
    pub role: &'static str,
    pub at: At,
    /// Keys of organisations.
    pub units: Vec<String>,
    /// Shown on the log-in page of the demo.
    pub listed: bool,
}
