//! Threat zones on the map, their outlines about a place in CGCS2000, and whether people there should leave or stay inside
//! (specification 11 §1, §2). Absent on purpose: colours of the screen, routes.

use libm::{cos, exp, log, sin, sqrt};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::f64::consts::PI;

use crate::properties::Substance;
use crate::validity::{not_negative, positive, within};
use crate::vulnerability::Shelter;
use crate::{Note, Refusal};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hazard {
    Toxic,
    Flammable,
    Heat,
    Blast,
}

/// Red is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threat {
    Red,
    Orange,
    Yellow,
}

/// A limit that draws a zone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Level {
    pub hazard: Hazard,
    pub threat: Threat,
    pub value: f64,
    pub unit: &'static str,
    /// Where the value comes from: AEGL-3, 0.6 LFL, 10 kW/m² …
    pub basis: &'static str,
}

/// Heat for 60 s of exposure, kW/m².
pub const HEAT: [Level; 3] = [
    Level { hazard: Hazard::Heat, threat: Threat::Red, value: 10.0, unit: "kW/m2", basis: "potentially lethal within 60 s" },
    Level { hazard: Hazard::Heat, threat: Threat::Orange, value: 5.0, unit: "kW/m2", basis: "second-degree burns within 60 s" },
    Level { hazard: Hazard::Heat, threat: Threat::Yellow, value: 2.0, unit: "kW/m2", basis: "pain within 60 s" },
];

/// Side-on overpressure, kPa (8, 3.5 and 1 psi).
pub const BLAST: [Level; 3] = [
    Level { hazard: Hazard::Blast, threat: Threat::Red, value: 55.2, unit: "kPa", basis: "8 psi, destruction of buildings" },
    Level { hazard: Hazard::Blast, threat: Threat::Orange, value: 24.1, unit: "kPa", basis: "3.5 psi, serious injury likely" },
    Level { hazard: Hazard::Blast, threat: Threat::Yellow, value: 6.9, unit: "kPa", basis: "1 psi, shatters glass" },
];

/// Flammable limits as volume fractions: 0.6 LFL red, 0.1 LFL yellow.
pub fn flammable_levels(substance: &Substance) -> Result<[Level; 2], Refusal> {
    let lfl = substance.lower_flammable_limit()?;
    let level =
        |threat, factor: f64, basis| Level { hazard: Hazard::Flammable, threat, value: factor * lfl, unit: "volume fraction", basis };
    Ok([level(Threat::Red, 0.6, "0.6 LFL"), level(Threat::Yellow, 0.1, "0.1 LFL")])
}

/// Toxic limits for 60 min, ppm, worst first, all of one set: AEGL, else ERPG, else PAC, else IDLH as red alone.
///
/// The first set with a worst level is taken, or the first with any. Sets are not mixed: an ERPG-1 may lie above an AEGL-2. Refused
/// where no table has a level: none is invented.
pub fn toxic_levels(s: &Substance) -> Result<Vec<Level>, Refusal> {
    const THREATS: [Threat; 3] = [Threat::Red, Threat::Orange, Threat::Yellow];
    #[rustfmt::skip]
    let sets = [
        [(s.aegl3_60_ppm, "AEGL-3 60 min"), (s.aegl2_60_ppm, "AEGL-2 60 min"), (s.aegl1_60_ppm, "AEGL-1 60 min")],
        [(s.erpg3_ppm,    "ERPG-3"),        (s.erpg2_ppm,    "ERPG-2"),        (s.erpg1_ppm,    "ERPG-1")],
        [(s.pac3_ppm,     "PAC-3"),         (s.pac2_ppm,     "PAC-2"),         (s.pac1_ppm,     "PAC-1")],
        [(s.idlh_ppm,     "IDLH"),          (None, ""),                        (None, "")],
    ];
    let set = sets.iter().find(|set| set[0].0.is_some()).or_else(|| sets.iter().find(|set| set.iter().any(|(value, _)| value.is_some())));
    let set =
        set.ok_or_else(|| Refusal::MissingProperty { substance: s.name_en.clone(), property: "a toxic level (AEGL, ERPG, PAC or IDLH)" })?;
    let level = |(threat, (value, basis)): (Threat, (Option<f64>, &'static str))| {
        Some(Level { hazard: Hazard::Toxic, threat, value: value?, unit: "ppm", basis })
    };
    Ok(THREATS.into_iter().zip(*set).filter_map(level).collect())
}

/// Limits a site draws its zones by in place of the usual ones, worst first: red, orange, yellow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnLevels {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toxic_ppm: Option<[f64; 3]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heat_kw_m2: Option<[f64; 3]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blast_kpa: Option<[f64; 3]>,
    /// Toxic levels are for 60 min. `true`: for the release's own duration by `cⁿ t = const`, where the substance's n is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub toxic_for_the_duration: bool,
}

/// Levels of a site's own; refused unless each is above zero and below the one before.
pub fn own_levels(hazard: Hazard, values: [f64; 3]) -> Result<[Level; 3], Refusal> {
    let (input, unit) = match hazard {
        Hazard::Toxic => ("levels.toxic_ppm", "ppm"),
        Hazard::Flammable => ("levels.flammable", "volume fraction"),
        Hazard::Heat => ("levels.heat_kw_m2", "kW/m2"),
        Hazard::Blast => ("levels.blast_kpa", "kPa"),
    };
    let [red, orange, yellow] = values;
    for value in values {
        positive(input, value)?;
    }
    if orange >= red || yellow >= orange {
        return Err(Refusal::OutOfDomain {
            input,
            value: if orange >= red { orange } else { yellow },
            wanted: "below the level before it",
        });
    }
    let level = |threat, value| Level { hazard, threat, value, unit, basis: "the site's own level" };
    Ok([level(Threat::Red, red), level(Threat::Orange, orange), level(Threat::Yellow, yellow)])
}

/// A closed ring of points, m; the first is not repeated at the end. Frame: x downwind and y left, or east and north.
pub type Ring = Vec<[f64; 2]>;

/// One zone around the source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Zone {
    pub level: Level,
    pub model: &'static str,
    /// Farthest place downwind (or in any direction, for a ring), m; zero when the level is reached nowhere.
    pub reach_m: f64,
    /// Averaging time of a concentration or time of exposure, s.
    pub averaging_s: f64,
    /// Rings in the frame of the wind; empty when the level is reached nowhere.
    pub rings: Vec<Ring>,
    pub band: Band,
    /// Notes of the model that drew it.
    pub notes: Vec<Note>,
}

/// How sure a zone is: inside `likely` the level is passed even if the model says too much, outside `possible` it is not even if it says
/// too little or the wind turns.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Band {
    /// Factor by which the model's figures scatter about the measured ones.
    pub factor: f64,
    /// Runs behind the band: 5 % and 95 % of them; zero where the published scatter stands for them.
    pub samples: u32,
    pub likely_reach_m: f64,
    pub possible_reach_m: f64,
    pub likely: Vec<Ring>,
    pub possible: Vec<Ring>,
}

/// A circle about a place in the wind's frame.
pub fn circle(centre: [f64; 2], radius: f64) -> Ring {
    const CORNERS: usize = 72;
    (0..CORNERS)
        .map(|k| {
            let angle = 2.0 * PI * k as f64 / CORNERS as f64;
            [centre[0] + radius * cos(angle), centre[1] + radius * sin(angle)]
        })
        .collect()
}

/// The ring of an outline (x, half-width) from near to far: out on the left, back on the right. Empty stations are left out.
pub fn plume_ring(outline: &[(f64, f64)]) -> Ring {
    let wide: Vec<(f64, f64)> = outline.iter().copied().filter(|(_, half)| *half > 0.0).collect();
    let Some(last) = outline.iter().rposition(|(_, half)| *half > 0.0) else { return Ring::new() };
    let mut ring: Ring = wide.iter().map(|(x, half)| [*x, *half]).collect();
    if let Some((x, _)) = outline.get(last + 1) {
        ring.push([*x, 0.0]);
    }
    ring.extend(wide.iter().rev().map(|(x, half)| [*x, -*half]));
    ring
}

/// The ring swept when the wind may turn by `half_angle_deg` to either side: the "possible" zone of a live map.
pub fn wedge(reach: f64, width: f64, half_angle_deg: f64) -> Ring {
    const CORNERS: usize = 24;
    let half = half_angle_deg.to_radians();
    let mut ring = vec![[0.0, -width], [0.0, width]];
    ring.extend((0..=CORNERS).map(|k| {
        let angle = half - 2.0 * half * k as f64 / CORNERS as f64;
        [reach * cos(angle), reach * sin(angle) + width * angle / half.max(1e-9)]
    }));
    ring
}

/// The outline of a region star-shaped about `centre` on the axis, where `value(x, y)` is symmetric in y and falls outwards.
///
/// A root along each of 37 rays to one side, the other mirrored; a ray starts from its neighbour's radius. Searched up to `limit` m.
pub fn star_ring(centre_x: f64, level: f64, limit: f64, value: impl Fn(f64, f64) -> f64) -> Option<Ring> {
    const RAYS: usize = 36;
    if value(centre_x, 0.0) < level {
        return None;
    }
    let mut ring = Ring::with_capacity(2 * RAYS);
    let mut last = 10.0;
    for k in 0..=RAYS {
        let (c, s) = (cos(PI * k as f64 / RAYS as f64), sin(PI * k as f64 / RAYS as f64));
        last = outermost(level, last, limit, |r| value(centre_x + r * c, r * s));
        ring.push([centre_x + last * c, last * s]);
    }
    let mirrored: Ring = ring[1..RAYS].iter().rev().map(|p| [p[0], -p[1]]).collect();
    ring.extend(mirrored);
    Some(ring)
}

/// Radius at which a value that falls outwards is `level`, to 0.2 %, between 1 mm and `limit` m; `guess` is where to look first. No figure
/// where the value has none.
///
/// Heat and pressure fall nearly as powers of the distance, so a secant in ln value over ln r needs three or four looks; it is kept within
/// a bracket and halved where it does not help.
pub fn outermost(level: f64, guess: f64, limit: f64, value: impl Fn(f64) -> f64) -> f64 {
    const LEAST: f64 = 1e-3;
    let above = |r: f64| {
        let share = value(r) / level;
        if share.is_nan() { share } else { log(share.max(1e-300)) }
    };
    let mut r = guess.clamp(LEAST, limit);
    let mut f = above(r);
    // A bracket: out while it is still passed, in while it is not.
    let (mut low, mut high) = (r, r);
    let (mut f_low, mut f_high) = (f, f);
    while f_high >= 0.0 {
        (low, f_low) = (high, f_high);
        if high >= limit {
            return limit;
        }
        high = (high * if f_high > 1.0 { 2.5 } else { 1.4 }).min(limit);
        f_high = above(high);
    }
    while f_low < 0.0 {
        (high, f_high) = (low, f_low);
        if low <= LEAST {
            return LEAST;
        }
        low = (low / if f_low < -1.0 { 2.5 } else { 1.4 }).max(LEAST);
        f_low = above(low);
    }
    if f_low.is_nan() || f_high.is_nan() {
        return f64::NAN;
    }
    for _ in 0..40 {
        if high / low < 1.002 {
            break;
        }
        let (a, b) = (log(low), log(high));
        let slope = (f_high - f_low) / (b - a);
        let root = a - f_low / slope.min(-1e-9);
        // Within the bracket, never so close to an end that the other end stays for good.
        let margin = 0.02 * (b - a);
        r = exp(root.clamp(a + margin, b - margin));
        f = above(r);
        if f.is_nan() {
            return f;
        }
        if f.abs() < 2e-3 {
            return r;
        }
        if f >= 0.0 { (low, f_low) = (r, f) } else { (high, f_high) = (r, f) }
    }
    sqrt(low * high)
}

/// Rings where a gridded field reaches `level`, in metres, by marching squares. Axes `[row][column]`; beyond the edge the field is 0.
pub fn contours(values: &[f64], columns: usize, rows: usize, origin: [f64; 2], cell_m: f64, level: f64) -> Vec<Ring> {
    let at = |c: i64, r: i64| -> f64 {
        if c < 0 || r < 0 || c >= columns as i64 || r >= rows as i64 { 0.0 } else { values[r as usize * columns + c as usize] }
    };
    // Each square leads from an edge it is entered by to one it is left by, with the higher ground on the left.
    // Edges are named by their lower-left node and whether they run east (0) or north (1).
    type Edge = (i64, i64, u8);
    let mut next: BTreeMap<Edge, Edge> = BTreeMap::new();
    for r in -1..rows as i64 {
        for c in -1..columns as i64 {
            let corners = [at(c, r), at(c + 1, r), at(c + 1, r + 1), at(c, r + 1)];
            let code = corners.iter().enumerate().fold(0_u8, |code, (i, v)| code | (u8::from(*v >= level) << i));
            let [south, east, north, west] = [(c, r, 0), (c + 1, r, 1), (c, r + 1, 0), (c, r, 1)];
            let mut link = |from: Edge, to: Edge| next.insert(from, to);
            let middle_high = corners.iter().sum::<f64>() / 4.0 >= level;
            match code {
                1 => drop(link(south, west)),
                2 => drop(link(east, south)),
                3 => drop(link(east, west)),
                4 => drop(link(north, east)),
                5 if middle_high => drop((link(south, east), link(north, west))),
                5 => drop((link(south, west), link(north, east))),
                6 => drop(link(north, south)),
                7 => drop(link(north, west)),
                8 => drop(link(west, north)),
                9 => drop(link(south, north)),
                10 if middle_high => drop((link(east, north), link(west, south))),
                10 => drop((link(east, south), link(west, north))),
                11 => drop(link(east, north)),
                12 => drop(link(west, east)),
                13 => drop(link(south, east)),
                14 => drop(link(west, south)),
                _ => {}
            }
        }
    }
    let place = |(c, r, way): Edge| -> [f64; 2] {
        let (a, b) = (at(c, r), if way == 0 { at(c + 1, r) } else { at(c, r + 1) });
        let f = if (b - a).abs() > 0.0 { ((level - a) / (b - a)).clamp(0.0, 1.0) } else { 0.5 };
        let (dc, dr) = if way == 0 { (f, 0.0) } else { (0.0, f) };
        [origin[0] + (c as f64 + dc) * cell_m, origin[1] + (r as f64 + dr) * cell_m]
    };
    let mut rings = Vec::new();
    while let Some((start, mut edge)) = next.pop_first() {
        let mut ring = vec![place(start)];
        while edge != start {
            ring.push(place(edge));
            let Some(following) = next.remove(&edge) else { break };
            edge = following;
        }
        if ring.len() >= 3 {
            rings.push(ring);
        }
    }
    rings
}

/// Where a model's frame lies on the earth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// Degrees, CGCS2000.
    pub longitude: f64,
    pub latitude: f64,
}

impl Site {
    pub fn checked(&self) -> Result<(), Refusal> {
        within("longitude", self.longitude, -180.0, 180.0, "degrees from -180 to 180")?;
        within("latitude", self.latitude, -85.0, 85.0, "degrees from -85 to 85").map(drop)
    }

    /// Longitude and latitude of a place `east`, `north` m away, to 1e-7 degrees (1 cm).
    ///
    /// On the plane that touches the ellipsoid of CGCS2000 (a = 6 378 137 m, 1/f = 298.257222101); error below 1 m within 10 km.
    pub fn at(&self, east: f64, north: f64) -> [f64; 2] {
        const A: f64 = 6_378_137.0;
        const F: f64 = 1.0 / 298.257_222_101;
        const E2: f64 = F * (2.0 - F);
        let radii = |latitude: f64| {
            let s = sin(latitude.to_radians());
            let w2 = 1.0 - E2 * s * s;
            let n = A / sqrt(w2);
            (n * (1.0 - E2) / w2, n)
        };
        // The meridian's radius halfway there, and the parallel's at the goal.
        let first = self.latitude + (north / radii(self.latitude).0).to_degrees();
        let latitude = self.latitude + (north / radii(0.5 * (self.latitude + first)).0).to_degrees();
        let longitude = self.longitude + (east / (radii(latitude).1 * cos(latitude.to_radians()))).to_degrees();
        let round = |degrees: f64| libm::round(degrees * 1e7) / 1e7;
        [round(longitude), round(latitude)]
    }
}

impl Site {
    /// East and north of the site, m, of a longitude and latitude: the inverse of [`Site::at`] by two corrections.
    pub fn offset(&self, longitude: f64, latitude: f64) -> [f64; 2] {
        // Metres in a degree of the sphere are near enough to begin with; each correction leaves a millionth of the error.
        const DEGREE_M: f64 = 111_320.0;
        let shrink = cos(latitude.to_radians()).max(0.05);
        let (mut east, mut north) = (0.0, 0.0);
        for _ in 0..4 {
            let [lon, lat] = self.at(east, north);
            east += (longitude - lon) * DEGREE_M * shrink;
            north += (latitude - lat) * DEGREE_M;
        }
        [east, north]
    }
}

/// Turns a place in the wind's frame (x downwind, y left) to east and north. `wind_from_deg`: clockwise from north.
pub fn downwind_to_map(p: [f64; 2], wind_from_deg: f64) -> [f64; 2] {
    let bearing = (wind_from_deg + 180.0).to_radians();
    let (s, c) = (sin(bearing), cos(bearing));
    [p[0] * s - p[1] * c, p[0] * c + p[1] * s]
}

/// The way back: east and north to the wind's frame.
pub fn map_to_downwind(p: [f64; 2], wind_from_deg: f64) -> [f64; 2] {
    let bearing = (wind_from_deg + 180.0).to_radians();
    let (s, c) = (sin(bearing), cos(bearing));
    [p[0] * s + p[1] * c, -p[0] * c + p[1] * s]
}

/// A ring as GeoJSON positions, closed.
fn positions(ring: &Ring, site: Site, wind_from_deg: f64) -> Value {
    let mut places: Vec<[f64; 2]> = ring
        .iter()
        .map(|p| {
            let [east, north] = downwind_to_map(*p, wind_from_deg);
            site.at(east, north)
        })
        .collect();
    if signed_area(&places) < 0.0 {
        // GeoJSON wants outer rings counter-clockwise.
        places.reverse();
    }
    places.extend(places.first().copied());
    json!(places)
}

fn signed_area(ring: &[[f64; 2]]) -> f64 {
    let Some(origin) = ring.first() else { return 0.0 };
    let from = |p: &[f64; 2]| [p[0] - origin[0], p[1] - origin[1]];
    ring.windows(2).map(|pair| (from(&pair[0]), from(&pair[1]))).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>() / 2.0
}

/// Zones as a GeoJSON FeatureCollection, widest first so that the worst is drawn on top. Zones reached nowhere have no feature.
///
/// A feature's `band` is `possible`, `zone` or `likely`; each carries the notes of its model.
pub fn geojson(zones: &[Zone], site: Site, wind_from_deg: f64) -> Value {
    let mut order: Vec<&Zone> = zones.iter().collect();
    order.sort_by(|a, b| b.level.threat.cmp(&a.level.threat).then(a.level.hazard.cmp(&b.level.hazard)));
    let feature = |zone: &Zone, band: &str, rings: &[Ring], reach_m: f64| {
        let polygons: Vec<Value> = rings.iter().map(|ring| json!([positions(ring, site, wind_from_deg)])).collect();
        json!({
            "type": "Feature",
            "geometry": {"type": "MultiPolygon", "coordinates": polygons},
            "properties": {
                "hazard": zone.level.hazard, "threat": zone.level.threat, "value": zone.level.value, "unit": zone.level.unit,
                "basis": zone.level.basis, "model": zone.model, "band": band, "reach_m": libm::round(reach_m * 10.0) / 10.0,
                "averaging_s": zone.averaging_s, "factor": zone.band.factor, "samples": zone.band.samples, "warnings": zone.notes,
            },
        })
    };
    let mut features = Vec::with_capacity(3 * order.len());
    for band in ["possible", "zone", "likely"] {
        for zone in &order {
            let (rings, reach_m) = match band {
                "possible" => (&zone.band.possible, zone.band.possible_reach_m),
                "zone" => (&zone.rings, zone.reach_m),
                _ => (&zone.band.likely, zone.band.likely_reach_m),
            };
            if !rings.is_empty() {
                features.push(feature(zone, band, rings, reach_m));
            }
        }
    }
    json!({"type": "FeatureCollection", "features": features})
}

/// What people at a place should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Across the wind, before the cloud comes.
    Evacuate,
    /// Inside with windows shut; leave and air the rooms once the cloud has passed.
    Shelter,
    /// Neither is safe alone: fetch them, earliest arrival and most people first.
    Assist,
}

/// What the advice needs to know about a place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exposure {
    /// Arrival of the cloud's front (5 % level), s after the release, and how long it stays, s.
    pub arrival_s: f64,
    pub duration_s: f64,
    /// Concentration outdoors and the level not to be passed indoors (AEGL-2, or half of AEGL-3), same unit.
    pub outdoors: f64,
    pub bearable: f64,
    /// Way out of the zone, m, at walking (1.2) or driving (3–8) speed, m/s; whether it leads through the zone.
    pub way_m: f64,
    pub speed_m_s: f64,
    pub through_zone: bool,
    /// Warning (300) and getting ready (300–900), s.
    pub warning_s: f64,
    pub preparing_s: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Advice {
    pub action: Action,
    /// Time to be out of the zone, s.
    pub evacuation_s: f64,
    /// Highest concentration indoors, and as a share of that outdoors.
    pub indoors: f64,
    pub indoor_share: f64,
}

/// Evacuate when everyone is out before 0.7 of the arrival time by a way clear of the cloud; else shelter when the cloud stays under an
/// hour and the rooms stay bearable; else assist.
pub fn advise(place: &Exposure, shelter: &Shelter) -> Result<Advice, Refusal> {
    let arrival_s = not_negative("arrival_s", place.arrival_s)?;
    let duration_s = not_negative("duration_s", place.duration_s)?;
    let outdoors = not_negative("outdoors", place.outdoors)?;
    let speed = positive("speed_m_s", place.speed_m_s)?;
    let bearable = positive("bearable", place.bearable)?;
    let evacuation_s = place.warning_s + place.preparing_s + not_negative("way_m", place.way_m)? / speed;
    let indoors = shelter.peak(outdoors, arrival_s, arrival_s + duration_s);
    let action = if evacuation_s < 0.7 * arrival_s && !place.through_zone {
        Action::Evacuate
    } else if duration_s < 3600.0 && indoors < bearable {
        Action::Shelter
    } else {
        Action::Assist
    };
    let indoor_share = if outdoors > 0.0 { indoors / outdoors } else { 0.0 };
    Ok(Advice { action, evacuation_s, indoors, indoor_share })
}

/// Radius kept clear before anything is known, m (ERG-style; from-knowledge, a site's own table goes before).
pub fn first_isolation_m(large: bool, toxic: bool) -> f64 {
    match (large, toxic) {
        (false, false) => 60.0,
        (false, true) => 100.0,
        (true, false) => 300.0,
        (true, true) => 1000.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::substance;
    use libm::hypot;

    #[test]
    fn levels_come_from_one_set_and_fall_from_red_to_yellow_for_every_substance() {
        let mut none = 0;
        for s in crate::properties::substances() {
            let Ok(levels) = toxic_levels(s) else {
                none += 1;
                continue;
            };
            let set = |level: &Level| level.basis.split('-').next().map(str::to_owned);
            assert!(
                levels.windows(2).all(|pair| pair[0].value > pair[1].value && pair[0].threat < pair[1].threat),
                "{}: {levels:?}",
                s.name_en
            );
            assert!(levels.iter().all(|level| set(level) == set(&levels[0])), "{}: {levels:?}", s.name_en);
        }
        assert_eq!(none, 2, "nitrogen and water");
        let of = |cas| toxic_levels(substance(cas).unwrap()).unwrap();
        assert_eq!((of("7782-50-5")[0].value, of("7782-50-5")[0].basis), (20.0, "AEGL-3 60 min"));
        // Phenol has no AEGL-3: the whole ERPG set stands in.
        assert!(of("108-95-2").len() == 3 && of("108-95-2").iter().all(|level| level.basis.starts_with("ERPG")));
        assert_eq!(of("124-38-9")[0].basis, "IDLH");
    }

    #[test]
    fn a_sites_own_levels_must_fall() {
        assert_eq!(own_levels(Hazard::Heat, [37.5, 12.5, 4.0]).unwrap()[1].value, 12.5);
        assert!(own_levels(Hazard::Toxic, [10.0, 20.0, 1.0]).is_err());
        assert!(own_levels(Hazard::Blast, [30.0, 10.0, 0.0]).is_err());
    }

    #[test]
    fn wind_from_the_west_carries_east() {
        let [east, north] = downwind_to_map([100.0, 0.0], 270.0);
        assert!((east - 100.0).abs() < 1e-9 && north.abs() < 1e-9);
        let [east, north] = downwind_to_map([0.0, 10.0], 270.0);
        assert!(east.abs() < 1e-9 && (north - 10.0).abs() < 1e-9, "left of an eastward wind is north");
    }

    #[test]
    fn a_place_on_the_map_is_found_again() {
        let site = Site { longitude: 119.97, latitude: 31.81 };
        let [lon, lat] = site.at(1234.0, -567.0);
        let [east, north] = site.offset(lon, lat);
        assert!((east - 1234.0).abs() < 0.1 && (north + 567.0).abs() < 0.1, "{east} {north}");
        let [x, y] = map_to_downwind(downwind_to_map([300.0, -40.0], 73.0), 73.0);
        assert!((x - 300.0).abs() < 1e-9 && (y + 40.0).abs() < 1e-9);
    }

    #[test]
    fn a_kilometre_on_the_map_is_a_kilometre() {
        let site = Site { longitude: 119.97, latitude: 31.81 };
        let [lon, lat] = site.at(0.0, 1000.0);
        // A degree of latitude at 31.8° is 110.869 km on this ellipsoid.
        assert!(((lat - 31.81) * 110_869.0 - 1000.0).abs() < 1.0 && lon == 119.97);
        let [lon, _] = site.at(1000.0, 0.0);
        // A degree of longitude there is 94.69 km.
        assert!(((lon - 119.97) * 94_690.0 - 1000.0).abs() < 1.0, "{}", (lon - 119.97) * 94_690.0);
    }

    #[test]
    fn contours_close_around_a_hill_and_leave_out_its_crater() {
        let (n, cell) = (61, 10.0);
        let hill = |radius: f64| -> Vec<f64> {
            (0..n * n)
                .map(|i| {
                    let (x, y) = ((i % n) as f64 * cell - 300.0, (i / n) as f64 * cell - 300.0);
                    200.0 - (hypot(x, y) - radius).abs()
                })
                .collect()
        };
        let rings = contours(&hill(0.0), n, n, [-300.0, -300.0], cell, 100.0);
        assert_eq!(rings.len(), 1);
        assert!(rings[0].iter().all(|p| (hypot(p[0], p[1]) - 100.0).abs() < 2.0));
        assert!(signed_area(&rings[0]).abs() > 0.0);
        assert_eq!(contours(&hill(150.0), n, n, [-300.0, -300.0], cell, 100.0).len(), 2);
        assert!(contours(&hill(0.0), n, n, [-300.0, -300.0], cell, 900.0).is_empty());
    }

    #[test]
    fn a_field_that_reaches_the_edge_is_closed_there() {
        let rings = contours(&[1.0; 9], 3, 3, [0.0, 0.0], 1.0, 0.5);
        assert_eq!(rings.len(), 1);
        assert_eq!(rings[0].len(), 12);
    }

    #[test]
    fn features_are_closed_rings_with_the_worst_on_top() {
        let zone = |level: Level, radius| Zone {
            level,
            model: "m",
            reach_m: radius,
            averaging_s: 60.0,
            rings: vec![circle([0.0, 0.0], radius)],
            band: Band::default(),
            notes: vec![Note::More],
        };
        let collection = geojson(&[zone(HEAT[0], 50.0), zone(HEAT[2], 150.0)], Site { longitude: 120.0, latitude: 32.0 }, 90.0);
        let features = collection["features"].as_array().unwrap();
        assert_eq!(features[1]["properties"]["threat"], "red");
        assert_eq!(
            (&features[1]["properties"]["band"], &features[1]["properties"]["warnings"][0]["note"]),
            (&json!("zone"), &json!("more"))
        );
        let ring = features[0]["geometry"]["coordinates"][0][0].as_array().unwrap();
        assert_eq!(ring.first(), ring.last());
        assert_eq!(ring.len(), 73);
    }

    #[test]
    fn a_round_field_has_a_round_outline() {
        let ring = star_ring(5.0, 1.0, 1000.0, |x, y| 10_000.0 / ((x - 5.0) * (x - 5.0) + y * y).max(1e-9)).unwrap();
        assert!(ring.iter().all(|p| (hypot(p[0] - 5.0, p[1]) - 100.0).abs() < 0.2));
        // A flame has a wall: inside it the value stands still.
        let wall = |x: f64, y: f64| if hypot(x, y) < 30.0 { 50.0 } else { 2.0 };
        assert!(star_ring(0.0, 10.0, 1000.0, wall).unwrap().iter().all(|p| (hypot(p[0], p[1]) - 30.0).abs() < 0.1));
        let looks = std::cell::Cell::new(0);
        outermost(1.0, 80.0, 5000.0, |r| {
            looks.set(looks.get() + 1);
            10_000.0 / (r * r)
        });
        assert!(looks.get() <= 4, "{}", looks.get());
        assert_eq!(star_ring(0.0, 1.0, 1000.0, |_, _| 0.5), None);
        assert!(outermost(1.0, 80.0, 5000.0, |_| f64::NAN).is_nan());
        assert!(outermost(1.0, 80.0, 5000.0, |r| if r > 90.0 { f64::NAN } else { 10_000.0 / (r * r) }).is_nan());
    }

    #[test]
    fn advice_depends_on_time_and_tightness() {
        let place = Exposure {
            arrival_s: 3600.0,
            duration_s: 1200.0,
            outdoors: 100.0,
            bearable: 20.0,
            way_m: 600.0,
            speed_m_s: 1.2,
            through_zone: false,
            warning_s: 300.0,
            preparing_s: 600.0,
        };
        let room = Shelter::default();
        assert_eq!(advise(&place, &room).unwrap().action, Action::Evacuate);
        assert_eq!(advise(&Exposure { through_zone: true, ..place }, &room).unwrap().action, Action::Shelter);
        assert_eq!(advise(&Exposure { arrival_s: 300.0, ..place }, &room).unwrap().action, Action::Shelter);
        assert_eq!(advise(&Exposure { arrival_s: 300.0, duration_s: 7200.0, ..place }, &room).unwrap().action, Action::Assist);
        assert_eq!(advise(&Exposure { arrival_s: 300.0, bearable: 1.0, ..place }, &room).unwrap().action, Action::Assist);
        assert!(advise(&Exposure { bearable: 0.0, ..place }, &room).is_err());
        assert!(advise(&place, &room).unwrap().indoor_share < 1.0);
    }
}
