//! Where the sun stands, by GB/T 3840-91. Specification 04 §2; cases MET-SUN*.

use libm::{asin, cos, sin};
use std::f64::consts::PI;

/// Solar elevation, degrees; `day` counts from 0 on 1 January, `beijing_h` is Beijing time, latitude and longitude in degrees.
pub fn elevation_deg(day: f64, beijing_h: f64, latitude: f64, longitude: f64) -> f64 {
    let theta = 2.0 * PI * day / 365.0;
    let delta = 0.006918 - 0.399912 * cos(theta) + 0.070257 * sin(theta) - 0.006758 * cos(2.0 * theta) + 0.000907 * sin(2.0 * theta)
        - 0.002697 * cos(3.0 * theta)
        + 0.001480 * sin(3.0 * theta);
    let phi = latitude.to_radians();
    let hour = (15.0 * beijing_h + longitude - 300.0).to_radians();
    asin((sin(phi) * sin(delta) + cos(phi) * cos(delta) * cos(hour)).clamp(-1.0, 1.0)).to_degrees()
}
