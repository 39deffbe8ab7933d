//! Air that hardly moves: which wind a model is given, and that nobody knows where it goes. Specification 04 §5.

use crate::validity::not_negative;
use crate::{Note, Refusal, Validity};

const MODEL: &str = "calm";
/// Wind at 10 m below which the air is calm, m/s; it is also the wind a model is then given.
pub const CALM_BELOW: f64 = 1.0;

/// The wind a model is to use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UsableWind {
    /// Wind at 10 m, m/s.
    pub u10: f64,
    /// Least spread of direction, degrees; in calm air between 30 (at 1 m/s) and 90 (still), else `None`.
    pub sigma_theta_deg: Option<f64>,
    /// In calm air nobody knows the direction: draw a circle with the reach of the plume about the source.
    pub direction_known: bool,
}

/// Wind for the models: as measured, or in calm air 1 m/s with a wide spread and no direction, noted.
pub fn usable_wind(u10: f64, notes: &mut Validity) -> Result<UsableWind, Refusal> {
    let u10 = not_negative("wind at 10 m, m/s", u10)?;
    if u10 >= CALM_BELOW {
        return Ok(UsableWind { u10, sigma_theta_deg: None, direction_known: true });
    }
    notes.add(Note::Held { model: MODEL, input: "wind at 10 m, m/s", given: u10, used: CALM_BELOW });
    notes.add(Note::Assumed { model: MODEL, what: "direction unknown: the zone is a circle with the reach of the plume" });
    let sigma_theta = 30.0 + 60.0 * (1.0 - u10 / CALM_BELOW);
    Ok(UsableWind { u10: CALM_BELOW, sigma_theta_deg: Some(sigma_theta), direction_known: false })
}

/// Points of the circle of `radius`, m, about the source: the outer envelope of a calm zone. The ring is not closed.
pub fn circle(radius: f64, ring: &mut [[f64; 2]]) {
    let n = ring.len() as f64;
    for (i, at) in ring.iter_mut().enumerate() {
        let angle = 2.0 * std::f64::consts::PI * i as f64 / n;
        *at = [radius * libm::cos(angle), radius * libm::sin(angle)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calm_air_has_no_direction() {
        let mut notes = Validity::new();
        let calm = usable_wind(0.4, &mut notes).unwrap();
        assert_eq!((calm.u10, calm.direction_known), (1.0, false));
        assert!((30.0..=90.0).contains(&calm.sigma_theta_deg.unwrap()) && notes.iter().count() == 2);
        let mut notes = Validity::new();
        assert_eq!(usable_wind(1.0, &mut notes).unwrap().sigma_theta_deg, None);
        assert!(notes.is_empty());
        assert!(usable_wind(-0.1, &mut notes).is_err());
    }
}
