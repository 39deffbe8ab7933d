//! Whether people at a place should leave, stay inside or be fetched, and how far off to begin with.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::validity::{not_negative, positive};
use crate::vulnerability::Shelter;

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
    let before_leaving_s = not_negative("warning_s", place.warning_s)? + not_negative("preparing_s", place.preparing_s)?;
    let evacuation_s = before_leaving_s + not_negative("way_m", place.way_m)? / speed;
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
        assert!(advise(&Exposure { warning_s: -900.0, ..place }, &room).is_err());
        assert!(advise(&place, &room).unwrap().indoor_share < 1.0);
    }
}
