//! The layers of the demo map as this crate needs them: features with properties, centres, and which polygon holds a point.

use serde_json::{Map, Value};

/// Degrees, CGCS2000.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LonLat {
    pub lon: f64,
    pub lat: f64,
}

pub(crate) struct Feature {
    properties: Map<String, Value>,
    /// A point, or the outer ring of a polygon.
    ring: Vec<LonLat>,
}

/// Reads a layer that is part of the program; a broken one is a mistake of ours.
pub(crate) fn layer(text: &str) -> Vec<Feature> {
    let collection: Value = serde_json::from_str(text).expect("a layer of the demo map is GeoJSON");
    let features = collection["features"].as_array().expect("a layer has features");
    features.iter().map(feature).collect()
}

fn feature(value: &Value) -> Feature {
    let geometry = &value["geometry"];
    let coordinates = &geometry["coordinates"];
    let ring = match geometry["type"].as_str() {
        Some("Point") => vec![position(coordinates)],
        Some("Polygon") => coordinates[0].as_array().expect("a polygon has a ring").iter().map(position).collect(),
        other => panic!("the demo map's layers read here have points and polygons, not {other:?}"),
    };
    Feature { properties: value["properties"].as_object().cloned().unwrap_or_default(), ring }
}

fn position(value: &Value) -> LonLat {
    let number = |at: usize| value[at].as_f64().expect("a coordinate is a number");
    LonLat { lon: number(0), lat: number(1) }
}

impl Feature {
    pub(crate) fn text(&self, name: &str) -> &str {
        self.properties.get(name).and_then(Value::as_str).unwrap_or_default()
    }
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.properties.get(name).and_then(Value::as_u64).unwrap_or_default()
    }
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.properties.get(name).and_then(Value::as_bool).unwrap_or_default()
    }
    /// The middle of the corners, to the sixth decimal (0.1 m).
    pub(crate) fn centre(&self) -> LonLat {
        let closed = self.ring.len() > 1 && self.ring.first() == self.ring.last();
        let corners = &self.ring[..self.ring.len() - usize::from(closed)];
        let mean = |of: fn(&LonLat) -> f64| corners.iter().map(of).sum::<f64>() / corners.len() as f64;
        LonLat { lon: round6(mean(|p| p.lon)), lat: round6(mean(|p| p.lat)) }
    }
    /// Even-odd rule.
    pub(crate) fn holds(&self, at: LonLat) -> bool {
        let mut inside = false;
        for (a, b) in self.ring.iter().zip(self.ring.iter().cycle().skip(1)) {
            let crosses = (a.lat > at.lat) != (b.lat > at.lat);
            if crosses && at.lon < (b.lon - a.lon) * (at.lat - a.lat) / (b.lat - a.lat) + a.lon {
                inside = !inside;
            }
        }
        inside
    }
}

impl LonLat {
    /// Moved by metres, for a detector beside its tank.
    pub(crate) fn moved(self, east_m: f64, north_m: f64) -> Self {
        const M_PER_DEGREE: f64 = 111_320.0;
        let lon = self.lon + east_m / (M_PER_DEGREE * self.lat.to_radians().cos());
        Self { lon: round6(lon), lat: round6(self.lat + north_m / M_PER_DEGREE) }
    }
    pub(crate) fn distance_squared(self, other: Self) -> f64 {
        let east = (self.lon - other.lon) * self.lat.to_radians().cos();
        east * east + (self.lat - other.lat).powi(2)
    }
}

fn round6(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}
