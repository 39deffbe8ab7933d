//! Where a model's frame lies on the earth, and zones as GeoJSON.

use libm::{cos, sin, sqrt};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Zone;
use super::rings::{Ring, signed_area};
use crate::Refusal;
use crate::validity::within;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Note;
    use crate::zones::{Band, HEAT, Level, circle};

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
}
