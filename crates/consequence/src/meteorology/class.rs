//! Stability classes from observation: Pasquill's table and that of GB/T 3840-91. Specification 04 §1, §2.

use serde::{Deserialize, Serialize};

/// Stability, continuous: A = 1 … F = 6. Between the letters the models interpolate, so that a live map does not jump.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stability(pub f64);

impl Stability {
    pub const A: Self = Self(1.0);
    pub const B: Self = Self(2.0);
    pub const C: Self = Self(3.0);
    pub const D: Self = Self(4.0);
    pub const E: Self = Self(5.0);
    pub const F: Self = Self(6.0);

    /// The class of a letter, or halfway between two neighbours (`A-B`).
    pub fn of(text: &str) -> Option<Self> {
        let one = |c: &str| match c {
            "A" => Some(1.0),
            "B" => Some(2.0),
            "C" => Some(3.0),
            "D" => Some(4.0),
            "E" => Some(5.0),
            "F" => Some(6.0),
            _ => None,
        };
        match text.split_once(['-', '–']) {
            None => one(text).map(Self),
            // Halfway between A and D would be a class nobody wrote.
            Some((a, b)) => one(a).zip(one(b)).filter(|(a, b)| (b - a).abs() == 1.0).map(|(a, b)| Self((a + b) / 2.0)),
        }
    }

    pub fn letter(self) -> char {
        match self.0 {
            s if s < 1.5 => 'A',
            s if s < 2.5 => 'B',
            s if s < 3.5 => 'C',
            s if s < 4.5 => 'D',
            s if s < 5.5 => 'E',
            _ => 'F',
        }
    }

    /// The class below, the class above, and how far between them (0…1).
    pub fn between(self) -> (usize, usize, f64) {
        let s = self.0.clamp(1.0, 6.0) - 1.0;
        let low = (s as usize).min(5);
        (low, (low + 1).min(5), s - low as f64)
    }
}

/// Sky of Pasquill's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sky {
    Strong,
    Moderate,
    Slight,
    NightCloudy,
    NightClear,
    Overcast,
}

const PASQUILL: [(f64, [f64; 5]); 5] = [
    // strong moderate slight night≥4/8 night≤3/8
    (2.0, [1.0, 1.5, 2.0, 5.0, 6.0]),
    (3.0, [1.5, 2.0, 3.0, 5.0, 6.0]),
    (5.0, [2.0, 2.5, 3.0, 4.0, 5.0]),
    (6.0, [3.0, 3.5, 4.0, 4.0, 4.0]),
    (f64::INFINITY, [3.0, 4.0, 4.0, 4.0, 4.0]),
];

/// Class by Pasquill's table from the wind at 10 m and the sky.
pub fn pasquill(u10: f64, sky: Sky) -> Stability {
    let column = match sky {
        Sky::Strong => 0,
        Sky::Moderate => 1,
        Sky::Slight => 2,
        Sky::NightCloudy => 3,
        Sky::NightClear => 4,
        Sky::Overcast => return Stability::D,
    };
    let row = PASQUILL.iter().find(|(below, _)| u10 < *below).unwrap_or(&PASQUILL[4]);
    Stability(row.1[column])
}

/// Sky of Pasquill's table from the sun's elevation, degrees, and cloud in eighths. `low_broken` says that five to seven eighths are low
/// cloud, which lowers the insolation by a step.
///
/// Strong above 60°, slight 15–35°, moderate between; a lower sun warms too little and is as an overcast sky (so the hours about sunrise
/// and sunset are neutral). Eight eighths are overcast by day and night.
pub fn sky(elevation_deg: f64, cloud_eighths: f64, low_broken: bool) -> Sky {
    if cloud_eighths >= 8.0 {
        return Sky::Overcast;
    }
    if elevation_deg <= 0.0 {
        return if cloud_eighths >= 4.0 { Sky::NightCloudy } else { Sky::NightClear };
    }
    let step = match elevation_deg {
        h if h > 60.0 => 0,
        h if h > 35.0 => 1,
        h if h >= 15.0 => 2,
        _ => 3,
    };
    match step + usize::from(low_broken) {
        0 => Sky::Strong,
        1 => Sky::Moderate,
        2 => Sky::Slight,
        _ => Sky::Overcast,
    }
}

const RADIATION: [[i8; 5]; 5] = [
    // night ≤15° 15–35° 35–65° >65°
    [-2, -1, 1, 2, 3],
    [-1, 0, 1, 2, 3],
    [-1, 0, 0, 1, 1],
    [0, 0, 0, 0, 1],
    [0, 0, 0, 0, 0],
];
const GB_T_3840: [(f64, [f64; 6]); 5] = [
    // +3 +2 +1 0 −1 −2
    (2.0, [1.0, 1.5, 2.0, 4.0, 5.0, 6.0]),
    (3.0, [1.5, 2.0, 3.0, 4.0, 5.0, 6.0]),
    (5.0, [2.0, 2.5, 3.0, 4.0, 4.0, 5.0]),
    (6.0, [3.0, 3.5, 4.0, 4.0, 4.0, 4.0]),
    (f64::INFINITY, [4.0, 4.0, 4.0, 4.0, 4.0, 4.0]),
];

/// Radiation class of GB/T 3840-91 from cloud in tenths (total, low) and solar elevation in degrees; `None` elevation is night.
pub fn radiation_class(total: f64, low: f64, elevation_deg: Option<f64>) -> i8 {
    let row = if total >= 8.0 && low >= 8.0 {
        4
    } else if low > 4.0 {
        3
    } else if total >= 8.0 {
        2
    } else if total > 4.0 {
        1
    } else {
        0
    };
    let column = match elevation_deg {
        None => 0,
        Some(h) if h <= 15.0 => 1,
        Some(h) if h <= 35.0 => 2,
        Some(h) if h <= 65.0 => 3,
        Some(_) => 4,
    };
    RADIATION[row][column]
}

/// Class by GB/T 3840-91 from the wind at 10 m and the radiation class.
pub fn gb_t_3840(u10: f64, radiation: i8) -> Stability {
    let row = GB_T_3840.iter().find(|(below, _)| u10 < *below).unwrap_or(&GB_T_3840[4]);
    Stability(row.1[(3 - radiation.clamp(-2, 3)) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_read_from_the_tables() {
        assert_eq!(pasquill(1.5, Sky::NightClear), Stability::F);
        assert_eq!(pasquill(4.0, Sky::Moderate), Stability(2.5));
        assert_eq!(pasquill(7.0, Sky::NightClear), Stability::D);
        assert_eq!(gb_t_3840(2.5, radiation_class(2.0, 1.0, None)), Stability::F);
        assert_eq!(gb_t_3840(1.0, radiation_class(3.0, 1.0, Some(70.0))), Stability::A);
        assert_eq!(gb_t_3840(4.0, radiation_class(10.0, 9.0, Some(70.0))), Stability::D);
        assert_eq!(Stability::of("B-C"), Some(Stability(2.5)));
        assert!(["A-D", "F-A", "D-D", "A-", "G"].iter().all(|text| Stability::of(text).is_none()));
    }
}
