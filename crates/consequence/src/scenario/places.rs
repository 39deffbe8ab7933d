//! What people near by should do: leave, stay inside, or be fetched, with when, which way and how much reaches them (specification 11 §2).

use libm::round;
use serde::Serialize;

use super::describe::{Place, PlaceKind};
use super::effects::{BREATH_M, Effects};
use crate::Refusal;
use crate::dispersion::slab::field::Passage;
use crate::validity::{positive, within};
use crate::vulnerability::{ProbitSet, Shelter, toxic_probit};
use crate::zones::{Action, Exposure, Hazard, Threat, advise, map_to_downwind};

/// Warning, s, before anyone gets ready.
const WARNING_S: f64 = 300.0;
/// Averaging time of the colour of a toxic zone, s; what is breathed is the mean of the passage, within [`BREATHED_S`].
const TOXIC_S: f64 = 600.0;
const BREATHED_S: (f64, f64) = (20.0, 3600.0);

/// What one place gets and should do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlaceAdvice {
    pub name: String,
    pub kind: PlaceKind,
    /// `None`: nobody counted them.
    pub people: Option<u32>,
    /// In the wind's frame, m.
    pub downwind_m: f64,
    pub crosswind_m: f64,
    /// When the cloud comes and how long it stays, s; `None` where it never comes, or is below every level.
    pub arrival_s: Option<f64>,
    pub stays_s: Option<f64>,
    /// Worst colour of the toxic cloud there; `None` outside all.
    pub toxic: Option<Threat>,
    /// Outdoors, mean of the worst while the cloud stays, at most an hour, and at most indoors, ppm.
    pub outdoors_ppm: f64,
    pub indoors_ppm: f64,
    /// Over the whole passage, ppm·min.
    pub dose_outdoors_ppm_min: f64,
    pub dose_indoors_ppm_min: f64,
    /// Share of people outdoors who would die; `None` without a probit.
    pub fatality_outdoors: Option<f64>,
    pub flash_fire: bool,
    pub heat_kw_m2: f64,
    pub overpressure_kpa: f64,
    /// `None`: nothing reaches it.
    pub action: Option<Action>,
    /// Time to be out of the zone, s, and the bearing to leave by, degrees from north: across the wind.
    pub evacuation_s: Option<f64>,
    pub leave_towards_deg: Option<f64>,
}

/// Advice for every place, first come first: by arrival, then by people, those nobody counted before those that are few.
pub(super) fn advice(e: &Effects) -> Result<Vec<PlaceAdvice>, Refusal> {
    let mut all = e.description().places.iter().map(|place| of(e, place)).collect::<Result<Vec<_>, _>>()?;
    let people = |a: &PlaceAdvice| a.people.map_or(u32::MAX, |n| n);
    all.sort_by(|a, b| {
        let arrival = |a: &PlaceAdvice| if a.action.is_some() { a.arrival_s.unwrap_or(0.0) } else { f64::INFINITY };
        arrival(a).total_cmp(&arrival(b)).then(people(b).cmp(&people(a))).then_with(|| a.name.cmp(&b.name))
    });
    Ok(all)
}

/// How many people are where something reaches them. Refused where nobody counted them: unknown is not zero.
pub fn people_reached(advice: &[PlaceAdvice]) -> Result<u64, Refusal> {
    advice
        .iter()
        .filter(|a| a.action.is_some())
        .try_fold(0, |sum, a| a.people.map(|n| sum + u64::from(n)).ok_or_else(|| Refusal::UnknownPopulation { place: a.name.clone() }))
}

fn position(e: &Effects, place: &Place) -> Result<[f64; 2], Refusal> {
    let [east, north] = match (place.east_m, place.north_m, place.longitude, place.latitude) {
        (Some(east), Some(north), None, None) => [east, north],
        (None, None, Some(longitude), Some(latitude)) => {
            let site = e.description().site.ok_or(Refusal::NoSolution { model: "places", why: "a longitude needs the scenario's site" })?;
            within("places.longitude", longitude, -180.0, 180.0, "degrees from -180 to 180")?;
            within("places.latitude", latitude, -85.0, 85.0, "degrees from -85 to 85")?;
            site.offset(longitude, latitude)
        }
        _ => return Err(Refusal::NoSolution { model: "places", why: "a place needs east_m and north_m, or longitude and latitude" }),
    };
    within("places.east_m", east, -200_000.0, 200_000.0, "within 200 km")?;
    within("places.north_m", north, -200_000.0, 200_000.0, "within 200 km")?;
    Ok(map_to_downwind([east, north], e.description().weather.wind_from_deg))
}

/// Rooms of a place, and how long its people need to get ready, s.
fn rooms(kind: PlaceKind) -> (Shelter, f64) {
    let closed = |closed_per_h: f64| Shelter { closed_per_h, ..Shelter::default() };
    match kind {
        PlaceKind::Dwelling => (closed(0.5), 600.0),
        PlaceKind::OldDwelling => (closed(1.0), 600.0),
        PlaceKind::Workshop => (closed(3.0), 300.0),
        PlaceKind::School => (closed(1.0), 900.0),
        PlaceKind::Hospital => (closed(1.0), 900.0),
        // No walls: inside is outside.
        PlaceKind::OpenAir => (Shelter { closed_per_h: 3600.0, open_per_h: 3600.0, shut_after_s: 0.0 }, 300.0),
    }
}

fn of(e: &Effects, place: &Place) -> Result<PlaceAdvice, Refusal> {
    let [mut x, mut y] = position(e, place)?;
    if !e.air().direction_known {
        // Calm air may bring the cloud here as well as anywhere.
        (x, y) = (libm::hypot(x, y), 0.0);
    }
    let speed_m_s = positive("places.speed_m_s", place.speed_m_s)?;
    let ppm = 1e6 * e.concentration(x, y, BREATH_M, TOXIC_S);
    let levels: Vec<_> = e.levels().iter().filter(|level| level.hazard == Hazard::Toxic).collect();
    let toxic = levels.iter().find(|level| ppm >= level.value).map(|level| level.threat);
    let (flash_fire, heat_kw_m2, overpressure_kpa) = (e.flash_fire(x, y), e.heat_kw_m2(x, y), e.overpressure_kpa(x, y));
    // Upwind of a burst the cloud stands from its start and passes nowhere: its worst ten minutes hold.
    let standing = Passage { arrival_s: 0.0, peak_s: 0.0, duration_s: TOXIC_S };
    let passage = e.passage(x).or_else(|| toxic.map(|_| standing));
    let outdoors_ppm = passage.map_or(ppm, |p| 1e6 * e.breathed(x, y, p.duration_s.clamp(BREATHED_S.0, BREATHED_S.1)));
    if [ppm, outdoors_ppm, heat_kw_m2, overpressure_kpa].iter().any(|figure| figure.is_nan()) {
        return Err(Refusal::NoSolution { model: "places", why: "a concentration, a heat or a pressure there has no figure" });
    }
    // Far off the axis nothing comes, whatever passes beside it.
    let lowest = levels.iter().map(|level| level.value).fold(f64::INFINITY, f64::min);
    let comes = passage.filter(|_| toxic.is_some() || flash_fire || outdoors_ppm >= lowest);
    let (shelter, preparing_s) = rooms(place.kind);
    let probit = toxic_probit(&e.substance().cas, ProbitSet::Purple).or_else(|| toxic_probit(&e.substance().cas, ProbitSet::Ccps));
    let mut advice = PlaceAdvice {
        name: place.name.clone(),
        kind: place.kind,
        people: place.people,
        downwind_m: x,
        crosswind_m: y,
        arrival_s: comes.map(|p| p.arrival_s),
        stays_s: comes.map(|p| p.duration_s),
        toxic,
        outdoors_ppm,
        indoors_ppm: 0.0,
        dose_outdoors_ppm_min: 0.0,
        dose_indoors_ppm_min: 0.0,
        fatality_outdoors: probit.map(|probit| probit.fatality(e.toxic_load(probit, x, y, BREATH_M))),
        flash_fire,
        heat_kw_m2,
        overpressure_kpa,
        action: None,
        evacuation_s: None,
        leave_towards_deg: None,
    };
    if let Some(passage) = passage {
        advice.dose_outdoors_ppm_min = outdoors_ppm * passage.duration_s / 60.0;
        let (peak, dose) = indoors(&shelter, outdoors_ppm, passage.arrival_s, passage.duration_s);
        (advice.indoors_ppm, advice.dose_indoors_ppm_min) = (peak, dose);
    }
    let hot = heat_kw_m2 >= e.heat_levels()[2].value || overpressure_kpa >= e.blast_levels()[2].value || flash_fire;
    if toxic.is_none() && !hot {
        return Ok(advice);
    }
    // Out of the widest zone, across the wind, on the side one stands on.
    let edge = outside(e, x, y);
    let way_m = (edge - y.abs()).max(0.0) + 50.0;
    let side = if y >= 0.0 { -90.0 } else { 90.0 };
    advice.leave_towards_deg = Some(round((e.description().weather.wind_from_deg + 180.0 + side).rem_euclid(360.0)));
    let of = |threat: Threat| levels.iter().find(|level| level.threat == threat).map(|level| level.value);
    // AEGL-2, or half of AEGL-3; without either the lowest level there is.
    let bearable = of(Threat::Orange).or(of(Threat::Red).map(|red| 0.5 * red)).or(of(Threat::Yellow)).unwrap_or(f64::MAX);
    let exposure = Exposure {
        arrival_s: comes.map_or(0.0, |p| p.arrival_s),
        duration_s: comes.map_or(0.0, |p| p.duration_s),
        outdoors: outdoors_ppm,
        bearable,
        way_m,
        speed_m_s,
        through_zone: false,
        warning_s: WARNING_S,
        preparing_s,
    };
    let told = advise(&exposure, &shelter)?;
    // Walls do not keep out a fire or a blast, and nobody walks out of a hospital.
    let action = match told.action {
        Action::Shelter if hot => Action::Assist,
        Action::Evacuate if place.kind == PlaceKind::Hospital => Action::Assist,
        action => action,
    };
    (advice.action, advice.evacuation_s) = (Some(action), Some(told.evacuation_s));
    Ok(advice)
}

/// Highest concentration indoors while the cloud stands, and the dose until the rooms are aired when it has passed, ppm and ppm·min.
fn indoors(shelter: &Shelter, ppm: f64, arrival_s: f64, duration_s: f64) -> (f64, f64) {
    const STEPS: usize = 60;
    let dt = duration_s / STEPS as f64;
    let (mut c, mut dose) = (0.0, 0.0);
    for i in 0..STEPS {
        let next = shelter.step(c, ppm, arrival_s + i as f64 * dt, dt);
        dose += 0.5 * (c + next) * dt / 60.0;
        c = next;
    }
    (c, dose)
}

/// How far from the axis, m, the outermost zone goes at `x`.
fn outside(e: &Effects, x: f64, y: f64) -> f64 {
    let lowest = e.levels().iter().filter(|level| level.hazard == Hazard::Toxic).map(|level| level.value).fold(f64::INFINITY, f64::min);
    let held = |y: f64| {
        1e6 * e.concentration(x, y, BREATH_M, TOXIC_S) >= lowest
            || e.heat_kw_m2(x, y) >= e.heat_levels()[2].value
            || e.overpressure_kpa(x, y) >= e.blast_levels()[2].value
            || e.flash_fire(x, y)
    };
    let mut far = y.abs().max(10.0);
    // A zone wider than 20 km is left by other means.
    while held(far) && far < 20_000.0 {
        far *= 1.25;
    }
    far
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_place_has_no_indoors_and_a_shut_room_has_less() {
        let (open, _) = indoors(&rooms(PlaceKind::OpenAir).0, 100.0, 600.0, 1200.0);
        let (room, dose) = indoors(&rooms(PlaceKind::Dwelling).0, 100.0, 600.0, 1200.0);
        assert!(open > 99.0 && room < 20.0 && dose < 100.0 * 20.0 * 0.2);
    }
}
