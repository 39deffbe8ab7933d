//! The risk of a whole park, from one description: equipment, weather, people, targets and sources of ignition.
//!
//! Every model run becomes footprints and branches (`from_scenario`), laid on the grid, on the people and on the targets, and is dropped:
//! memory does not grow with the park. Absent on purpose: files, the clock, where threads come from.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::criteria::{Installation, Target};
use super::frequencies::{Class, Leak};
use super::from_scenario::{self, Blowing, Branch, End, Igniter, Indoors, Poison, SignedProbit};
use super::ignition::{Place, SourceKind, several};
use super::individual::{Grid, add_risk};
use super::plan::{self, Planned};
pub use super::report::{Contour, ParkRisk, ScenarioRisk, Societal, TargetRisk};
use super::rose::{BINS, Rose};
use super::societal::{self, Event, People};
use super::uncertainty::Contribution;
use super::{Case, Progress, Stopped, each, report};
use crate::scenario::{Congestion, Description, Effects, ReleaseDescription, ScenarioError, Source, WeatherDescription};
use crate::validity::{Note, Validity, not_negative, positive, within};
use crate::zones::Site;
use crate::{P0, Refusal};

/// A park as an engineer writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Park {
    pub name: String,
    /// Where east 0, north 0 lies, CGCS2000; without it there are contours in metres but no map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    /// Whether the installations are new (or renewed) or in service: it sets the limits.
    pub installation: Installation,
    /// Without one: 25 m cells to 1 km beyond the equipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridDescription>,
    pub air: AirDescription,
    pub winds: Winds,
    pub weather: Vec<WeatherShare>,
    pub equipment: Vec<Equipment>,
    /// Where people are. Missing is unknown, and refused; an empty place is written with zeros. See `societal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<Vec<Population>>,
    /// `false` leaves societal risk out, and then the population may be unknown.
    #[serde(default = "yes")]
    pub societal: bool,
    #[serde(default)]
    pub target: Vec<TargetDescription>,
    /// Sources of ignition. Missing is unknown: then the installation itself counts as one, within every flammable cloud. `[]` is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignition: Option<Vec<IgnitionSource>>,
    #[serde(default)]
    pub indoors: Indoors,
    #[serde(default)]
    pub uncertainty: Sampling,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridDescription {
    /// Centre of the south-west cell, m.
    pub west_m: f64,
    pub south_m: f64,
    pub cell_m: f64,
    pub columns: usize,
    pub rows: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AirDescription {
    /// Relative humidity 0–1.
    pub humidity: f64,
    pub roughness_m: f64,
    #[serde(default = "atmosphere")]
    pub pressure_pa: f64,
    #[serde(default = "ten")]
    pub wind_height_m: f64,
}

fn atmosphere() -> f64 {
    P0
}
fn ten() -> f64 {
    10.0
}

/// How often the wind blows from where: equal sectors, the first centred on north, clockwise; 12 or 16 as a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Winds {
    pub day: Vec<f64>,
    pub night: Vec<f64>,
    /// Share of the year that is day: people at work, doors open.
    #[serde(default = "day_share")]
    pub day_share: f64,
}

/// Day from 8:00 to 18:30 (Purple Book, from-knowledge).
fn day_share() -> f64 {
    0.44
}

/// One weather and its share of the days and of the nights; each adds up to one over all weathers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeatherShare {
    /// `"D"`, or two letters such as `"A-B"`.
    pub stability: String,
    pub wind_m_s: f64,
    pub temperature_c: f64,
    #[serde(default)]
    pub day: f64,
    #[serde(default)]
    pub night: f64,
    /// Its own rose, where the station's statistics tell one by class and speed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rose: Option<Vec<f64>>,
}

/// Equipment at one place: its scenarios are written down, or made from its class and contents, or both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equipment {
    pub name: String,
    pub east_m: f64,
    pub north_m: f64,
    /// CAS number.
    pub substance: String,
    /// Class in the table of failure frequencies: its rows become scenarios.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<Contents>,
    /// How many of them, how long, or how busy: what the table's unit asks for.
    #[serde(default = "one")]
    pub count: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_m: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_per_year: Option<f64>,
    /// The site's own frequencies instead of the table's, in the table's unit.
    #[serde(default)]
    pub frequency: Vec<OwnFrequency>,
    #[serde(default)]
    pub scenario: Vec<OwnScenario>,
    #[serde(default)]
    pub place: Place,
    /// Probability of direct ignition instead of the table's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct_ignition: Option<f64>,
    /// Of a substance both toxic and flammable, the share of releases that are taken as toxic only.
    #[serde(default = "half")]
    pub toxic_share: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toxic_probit: Option<SignedProbit>,
    /// Congested volumes its flammable clouds may reach, downwind whatever the wind.
    #[serde(default)]
    pub congestion: Vec<Congestion>,
}

fn one() -> f64 {
    1.0
}
fn half() -> f64 {
    0.5
}

/// What is inside, as far as the scenarios of a class need it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum Contents {
    /// Gas liquefied by pressure.
    Liquefied {
        temperature_c: f64,
        inventory_kg: f64,
        #[serde(default = "one")]
        height_m: f64,
        /// Bore of the pipe, or of the largest connection.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bore_mm: Option<f64>,
        #[serde(default = "half_hour")]
        isolated_after_s: f64,
    },
    Gas {
        pressure_pa: f64,
        temperature_c: f64,
        inventory_kg: f64,
        #[serde(default = "one")]
        height_m: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bore_mm: Option<f64>,
        #[serde(default = "half_hour")]
        isolated_after_s: f64,
    },
    /// Liquid below its boiling point, with this much of it above the hole.
    Liquid {
        temperature_c: f64,
        inventory_kg: f64,
        head_m: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bund_radius_m: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bore_mm: Option<f64>,
        #[serde(default = "half_hour")]
        isolated_after_s: f64,
    },
}

/// A release is followed for half an hour, if nobody says when it is shut.
fn half_hour() -> f64 {
    1800.0
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnFrequency {
    pub leak: Leak,
    /// In the table's unit; zero leaves the leak out.
    pub value: f64,
    /// Where the figure comes from.
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnScenario {
    pub name: String,
    pub frequency_per_year: f64,
    /// Where the frequency comes from.
    pub source: String,
    pub release: ReleaseDescription,
}

/// People at a place, or spread evenly over a square.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    pub name: String,
    pub east_m: f64,
    pub north_m: f64,
    /// Side of the square, m; 0 is a point.
    #[serde(default)]
    pub across_m: f64,
    /// How many by day and by night; missing is unknown, and refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub night: Option<f64>,
    /// Share of them outdoors; a residential area's without (Purple Book).
    #[serde(default = "outdoors_day")]
    pub outdoors_day: f64,
    #[serde(default = "outdoors_night")]
    pub outdoors_night: f64,
}

fn outdoors_day() -> f64 {
    1.0 - crate::vulnerability::share_indoors(false)
}
fn outdoors_night() -> f64 {
    1.0 - crate::vulnerability::share_indoors(true)
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetDescription {
    pub name: String,
    pub east_m: f64,
    pub north_m: f64,
    pub class: Target,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IgnitionSource {
    pub name: String,
    pub east_m: f64,
    pub north_m: f64,
    #[serde(default)]
    pub radius_m: f64,
    /// A row of the table, or
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SourceKind>,
    /// the probability that one ignites a cloud within a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<f64>,
    /// Vehicles, persons, sites, lengths of 100 m.
    #[serde(default = "one")]
    pub count: f64,
    /// Share of the days and nights it is there.
    #[serde(default = "one")]
    pub day: f64,
    #[serde(default = "one")]
    pub night: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sampling {
    pub samples: usize,
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { samples: 1000, seed: 1 }
    }
}

/// Why a park has no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParkError {
    #[error("the park cannot be read: {0}")]
    Unreadable(String),
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A scenario that cannot be computed is never left out silently.
    #[error("{scenario}: {source}")]
    Scenario { scenario: String, source: ScenarioError },
    #[error("the run was cancelled")]
    Cancelled,
}

impl ParkError {
    /// The refusal it is about, whichever scenario met it.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) | Self::Scenario { source: ScenarioError::Refused(refusal), .. } => Some(refusal),
            _ => None,
        }
    }
}

impl From<Stopped> for ParkError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Cancelled => Self::Cancelled,
            Stopped::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

/// Reads a park written in TOML. Unknown and missing fields are named.
pub fn from_toml(text: &str) -> Result<Park, ParkError> {
    toml::from_str(text).map_err(|e| ParkError::Unreadable(e.to_string()))
}

/// Reads a park written in JSON, the same fields.
pub fn from_json(text: &str) -> Result<Park, ParkError> {
    serde_json::from_str(text).map_err(|e| ParkError::Unreadable(e.to_string()))
}

/// Day and night.
pub(super) const PERIODS: usize = 2;

/// A weather with its winds, checked.
pub(super) struct Air {
    pub name: String,
    pub description: WeatherDescription,
    /// Share of the year, of each period's part.
    pub shares: [f64; PERIODS],
    pub roses: [Rose; PERIODS],
}

/// What a run gathers besides its figures.
#[derive(Default)]
pub(super) struct Findings {
    pub assumptions: Vec<String>,
    pub warnings: Vec<Note>,
    pub models: Vec<&'static str>,
}

impl Findings {
    pub fn assume(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.assumptions.contains(&what) {
            self.assumptions.push(what);
        }
    }

    /// One note of a kind: a park of hundreds of runs leaves its range hundreds of times.
    pub fn warn(&mut self, note: &Note) {
        if !self.warnings.iter().any(|had| crate::validity::same(had, note)) {
            self.warnings.push(*note);
        }
    }

    fn model(&mut self, model: &'static str) {
        if !self.models.contains(&model) {
            self.models.push(model);
        }
    }
}

/// One model run's part of everything.
struct Part {
    branches: Vec<Branch>,
    events: Vec<Event>,
    /// [target]
    contributions: Vec<Vec<Contribution>>,
    effects: EffectsNotes,
}

struct EffectsNotes {
    assumptions: Vec<String>,
    warnings: Vec<Note>,
    models: Vec<&'static str>,
}

/// Model runs taken together: bounds the memory, and how long a cancel may wait.
const CHUNK: usize = 64;
/// More cells than this are refused.
const MOST_CELLS: usize = 4_000_000;

/// The risk of a park. The same description gives the same bits for any number of threads.
///
/// `progress` counts model runs: scenarios times weathers.
pub fn run(park: &Park, threads: usize, progress: Progress) -> Result<ParkRisk, ParkError> {
    let mut found = Findings::default();
    let airs = airs(park)?;
    let people = people(park, &mut found)?;
    let igniters = igniters(park, &mut found)?;
    let grid = grid(park, &mut found)?;
    let planned = plan::plan(park, &airs[0].description, &mut found)?;
    let targets = targets(park)?;
    check_sampling(park)?;
    assumed_everywhere(park, &mut found);

    let jobs: Vec<(usize, usize)> = (0..planned.len())
        .flat_map(|s| (0..airs.len()).map(move |w| (s, w)))
        .filter(|(_, w)| airs[*w].shares.iter().any(|p| *p > 0.0))
        .collect();
    let mut per_year = vec![0.0; grid.columns * grid.rows];
    let mut events: Vec<(usize, Event)> = Vec::new();
    let mut contributions: Vec<Vec<Contribution>> = vec![Vec::new(); targets.len()];
    let quiet = Progress { tell: &|_, _| (), cancel: progress.cancel };
    let mut done = 0;
    for chunk in jobs.chunks(CHUNK) {
        let parts = each(chunk.len(), threads, progress, |i| {
            let (s, w) = chunk[i];
            part(park, &planned[s], s, w, &airs[w], &igniters, people.as_ref(), &targets, quiet)
        })?;
        let mut laid = Vec::with_capacity(chunk.len());
        for (part, (s, w)) in parts.into_iter().zip(chunk) {
            let part = part.map_err(|e| named(e, &planned[*s].name, &airs[*w].name))?;
            part.effects.assumptions.iter().for_each(|a| found.assume(a.as_str()));
            part.effects.warnings.iter().for_each(|note| found.warn(note));
            part.effects.models.iter().for_each(|model| found.model(model));
            events.extend(part.events.iter().map(|event| (*s, *event)));
            for (all, own) in contributions.iter_mut().zip(part.contributions) {
                all.extend(own);
            }
            laid.push((planned[*s].at, part.branches));
        }
        let cases: Vec<Case> = laid.iter().flat_map(|(at, branches)| branches.iter().filter_map(|b| b.case(*at))).collect();
        add_risk(grid, &mut per_year, &cases, threads, quiet)?;
        done += chunk.len();
        (progress.tell)(done, jobs.len());
    }
    let shares: Vec<f64> = airs.iter().map(|air| air.shares.iter().sum()).collect();
    let result =
        report::Gathered { park, planned: &planned, grid, per_year, events, people_known: people.is_some(), contributions, shares, found };
    Ok(report::report(result)?)
}

/// A refusal of one run, with the scenario and weather it is about.
fn named(e: ParkError, scenario: &str, weather: &str) -> ParkError {
    match e {
        ParkError::Refused(refusal) => {
            ParkError::Scenario { scenario: format!("{scenario} in {weather}"), source: ScenarioError::Refused(refusal) }
        }
        ParkError::Scenario { source, .. } => ParkError::Scenario { scenario: format!("{scenario} in {weather}"), source },
        other => other,
    }
}

#[allow(clippy::too_many_arguments)]
fn part(
    park: &Park,
    planned: &Planned,
    scenario: usize,
    weather: usize,
    air: &Air,
    igniters: &[Vec<Igniter>; PERIODS],
    people: Option<&[Vec<People>; PERIODS]>,
    targets: &[[f64; 2]],
    quiet: Progress,
) -> Result<Part, ParkError> {
    let equipment = &park.equipment[planned.equipment];
    let description = planned.description(park, &air.description)?;
    let effects = Effects::of(&description).map_err(|source| ParkError::Scenario { scenario: planned.name.clone(), source })?;
    let mut notes = Validity::new();
    let mut assumptions = effects.assumptions().to_vec();
    let poison = Poison::of(effects.substance(), equipment.toxic_probit.as_ref(), &mut assumptions, &mut notes)?;
    let cloud = from_scenario::flammable_cloud(&effects)?;
    let deadly = from_scenario::footprints(&effects, &cloud, &poison, park.indoors, &mut notes)?;
    let burns = effects.lower_flammable_limit().is_ok();
    let toxic_share = match (&poison, burns) {
        (_, false) => 1.0,
        (Poison::None, true) => 0.0,
        _ => {
            assumptions.push(format!(
                "{}: toxic and flammable; {:.0} % of its releases are taken as toxic only, the rest goes through the event tree",
                effects.substance().name_en,
                100.0 * equipment.toxic_share
            ));
            equipment.toxic_share
        }
    };
    let direct = match equipment.direct_ignition {
        Some(p) => within("direct_ignition", p, 0.0, 1.0, "between 0 and 1")?,
        None => from_scenario::lit_at_once(&effects, stored_k(&description), equipment.place, &mut assumptions),
    };
    let late: Vec<[f64; BINS]> =
        igniters.iter().map(|period| from_scenario::lit_late(&effects, &cloud, planned.at, period)).collect::<Result<_, _>>()?;
    let periods: Vec<Blowing> = (0..PERIODS).map(|p| Blowing { share: air.shares[p], rose: &air.roses[p], lit_late: &late[p] }).collect();
    let burst = matches!(effects.released().source, Source::Burst { .. });
    let branches = from_scenario::branches(planned.frequency_per_year, direct, burst, toxic_share, deadly, &periods)?;

    let mut events = Vec::new();
    if let Some(people) = people {
        for (p, people) in people.iter().enumerate() {
            let cases: Vec<Case> = branches.iter().filter_map(|b| b.case_in(p, planned.at)).collect();
            events.extend(societal::events(people, &cases, 1, quiet)?);
        }
    }
    let flashing = effects.released().liquid_share > 0.0 && !burst;
    let contributions = targets
        .iter()
        .map(|at| {
            let of = |b: &Branch| {
                let cloud = matches!(b.deadly.end, End::FlashFire | End::Toxic);
                let case = b.case(planned.at)?;
                let c = Contribution::of(scenario, weather, *at, &case, b.deadly.manner, cloud, flashing);
                c.matters().then_some(c)
            };
            branches.iter().filter_map(of).collect()
        })
        .collect();
    let mut warnings = effects.warnings().to_vec();
    warnings.extend(notes.iter());
    let effects = EffectsNotes { assumptions, warnings, models: effects.models().to_vec() };
    Ok(Part { branches, events, contributions, effects })
}

/// Temperature the contents are kept at, K: decides whether they come out as gas. As the air, where a release has none of its own.
fn stored_k(d: &Description) -> f64 {
    let own = json!(d.release)["temperature_c"].as_f64();
    273.15 + own.unwrap_or(d.weather.temperature_c)
}

fn airs(park: &Park) -> Result<Vec<Air>, ParkError> {
    let day = within("winds.day_share", park.winds.day_share, 0.0, 1.0, "between 0 and 1")?;
    if park.weather.is_empty() {
        return Err(Refusal::OutOfDomain { input: "weather", value: 0.0, wanted: "at least one weather" }.into());
    }
    for (input, of) in [("weather.day", (|w| w.day) as fn(&WeatherShare) -> f64), ("weather.night", |w| w.night)] {
        let mut sum = 0.0;
        for w in &park.weather {
            sum += not_negative(input, of(w))?;
        }
        within(input, sum, 0.995, 1.005, "shares that add up to 1 over all weathers")?;
    }
    let roses = [Rose::from_sectors(&park.winds.day)?, Rose::from_sectors(&park.winds.night)?];
    park.weather
        .iter()
        .map(|w| {
            let roses = match &w.rose {
                Some(sectors) => {
                    let own = Rose::from_sectors(sectors)?;
                    [own.clone(), own]
                }
                None => roses.clone(),
            };
            Ok(Air {
                name: format!("weather {}{}", w.stability, w.wind_m_s),
                description: plan::written(json!({
                    "wind_m_s": positive("weather.wind_m_s", w.wind_m_s)?, "wind_from_deg": 0.0, "wind_height_m": park.air.wind_height_m,
                    "stability": w.stability, "temperature_c": w.temperature_c, "humidity": park.air.humidity,
                    "roughness_m": park.air.roughness_m, "pressure_pa": park.air.pressure_pa,
                }))?,
                shares: [day * w.day, (1.0 - day) * w.night],
                roses,
            })
        })
        .collect()
}

fn place(input: &'static str, east: f64, north: f64) -> Result<[f64; 2], Refusal> {
    Ok([
        within(input, east, -1e5, 1e5, "within 100 km of the reference")?,
        within(input, north, -1e5, 1e5, "within 100 km of the reference")?,
    ])
}

/// People by period; `None` when societal risk is not asked for. Unknown people are refused, never taken as zero.
fn people(park: &Park, found: &mut Findings) -> Result<Option<[Vec<People>; PERIODS]>, Refusal> {
    if !park.societal {
        found.assume("societal risk was not asked for: no F-N curve, no verdict on it");
        return Ok(None);
    }
    let unknown = |place: &str| Refusal::UnknownPopulation { place: place.to_owned() };
    let places = park.population.as_ref().filter(|places| !places.is_empty()).ok_or_else(|| unknown("population"))?;
    let mut all = [Vec::new(), Vec::new()];
    for p in places {
        let [east, north] = place("population", p.east_m, p.north_m)?;
        let across = not_negative("population.across_m", p.across_m)?;
        // A square is as many points as leave no more than 25 m between them, 40 a side at most.
        let side = ((across / 25.0).ceil() as usize).clamp(1, 40);
        let step = across / side as f64;
        for (period, (n, outdoors)) in [(p.day, p.outdoors_day), (p.night, p.outdoors_night)].into_iter().enumerate() {
            let n = not_negative("population", n.ok_or_else(|| unknown(&p.name))?)?;
            let outdoors = within("population.outdoors", outdoors, 0.0, 1.0, "between 0 and 1")?;
            let each = n / (side * side) as f64;
            for i in 0..side * side {
                let off = |k: usize| (k as f64 + 0.5) * step - 0.5 * across;
                let at = [east + off(i % side), north + off(i / side)];
                all[period].push(People { at, outdoors: each * outdoors, indoors: each * (1.0 - outdoors) });
            }
        }
    }
    Ok(Some(all))
}

fn igniters(park: &Park, found: &mut Findings) -> Result<[Vec<Igniter>; PERIODS], Refusal> {
    let Some(sources) = &park.ignition else {
        found.assume(
            "no sources of ignition are named: the installation itself counts as one (0.9 within a minute), in every flammable cloud",
        );
        let itself =
            Igniter { at: [0.0; 2], radius_m: 0.0, per_minute: SourceKind::ChemicalPlant.per_minute(), present: 1.0, at_release: true };
        return Ok([vec![itself], vec![itself]]);
    };
    found.assume("clouds are lit late only by the sources named; people and traffic that are not named light nothing");
    let mut all = [Vec::new(), Vec::new()];
    for s in sources {
        let one = match (s.kind, s.per_minute) {
            (Some(kind), None) => kind.per_minute(),
            (None, Some(p)) => within("ignition.per_minute", p, 0.0, 1.0, "between 0 and 1")?,
            _ => {
                return Err(Refusal::OutOfDomain {
                    input: "ignition.kind",
                    value: f64::NAN,
                    wanted: "a kind, or else a probability per_minute",
                });
            }
        };
        let per_minute = several(one, not_negative("ignition.count", s.count)?);
        for (period, present) in [s.day, s.night].into_iter().enumerate() {
            all[period].push(Igniter {
                at: place("ignition", s.east_m, s.north_m)?,
                radius_m: not_negative("ignition.radius_m", s.radius_m)?,
                per_minute,
                present: within("ignition.present", present, 0.0, 1.0, "between 0 and 1")?,
                at_release: false,
            });
        }
    }
    Ok(all)
}

fn targets(park: &Park) -> Result<Vec<[f64; 2]>, Refusal> {
    park.target.iter().map(|t| place("target", t.east_m, t.north_m)).collect()
}

fn check_sampling(park: &Park) -> Result<(), Refusal> {
    within("uncertainty.samples", park.uncertainty.samples as f64, 500.0, 1e6, "500 to a million").map(drop)
}

fn grid(park: &Park, found: &mut Findings) -> Result<Grid, Refusal> {
    const MODEL: &str = "risk.grid";
    if park.equipment.is_empty() {
        return Err(Refusal::OutOfDomain { input: "equipment", value: 0.0, wanted: "at least one" });
    }
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for e in &park.equipment {
        let [east, north] = place("equipment", e.east_m, e.north_m)?;
        bounds = [bounds[0].min(east), bounds[1].min(north), bounds[2].max(east), bounds[3].max(north)];
    }
    let grid = match park.grid {
        Some(g) => Grid {
            origin: place("grid", g.west_m, g.south_m)?,
            cell_m: within("grid.cell_m", g.cell_m, 1.0, 50.0, "1 to 50 m: contours of coarser cells are not shown")?,
            columns: g.columns,
            rows: g.rows,
        },
        None => {
            const CELL: f64 = 25.0;
            const BEYOND: f64 = 1000.0;
            found.assume("the grid reaches 1 km beyond the equipment, in cells of 25 m");
            let origin = [bounds[0] - BEYOND, bounds[1] - BEYOND];
            let cells = |low: f64, high: f64| ((high - low + 2.0 * BEYOND) / CELL).ceil() as usize + 1;
            Grid { origin, cell_m: CELL, columns: cells(bounds[0], bounds[2]), rows: cells(bounds[1], bounds[3]) }
        }
    };
    let cells = grid.columns.saturating_mul(grid.rows);
    within("grid", cells as f64, 4.0, MOST_CELLS as f64, "4 cells to 4 million")?;
    if grid.cell_m > 25.0 {
        found.warn(&Note::OutOfRange {
            model: MODEL,
            input: "grid.cell_m within 500 m of equipment",
            value: grid.cell_m,
            low: 0.0,
            high: 25.0,
        });
    }
    Ok(grid)
}

fn assumed_everywhere(park: &Park, found: &mut Findings) {
    found.assume("individual risk: somebody who stands outdoors all year, unprotected; societal risk: clothed people outdoors (0.14 of the heat deaths), buildings shelter");
    found.assume("failure frequencies and ignition probabilities of the tables are from knowledge (CPR 18E): a site's own go before");
    found.assume("fewer than one death in ten thousand counts as none: footprints end there");
    found.assume("a congested volume is where the description puts it downwind, whatever the wind's direction");
    found.assume("each piece of equipment fails by itself: escalation from one to the next is not in these figures (`domino`)");
    found.assume("late ignition happens when the cloud has its full extent; a burst lit at once without a fireball burns as a flash fire");
    found.assume(match park.indoors {
        Indoors::Tenth => "indoors a tenth of those die who would die of poison outdoors".to_owned(),
        Indoors::Room { closed_per_h, open_per_h, shut_after_s } => {
            format!("indoors by the load in rooms of {closed_per_h} air changes an hour, {open_per_h} until the windows are shut after {shut_after_s} s")
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_keeps_the_order_whatever_the_threads() {
        let cancel = std::sync::atomic::AtomicBool::new(false);
        let progress = Progress { tell: &|_, _| (), cancel: &cancel };
        let squares = |threads| each(100, threads, progress, |i| i * i).unwrap();
        assert_eq!(squares(1), squares(7));
        assert_eq!(squares(3)[99], 99 * 99);
    }
}
