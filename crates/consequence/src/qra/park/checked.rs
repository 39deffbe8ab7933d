//! A park's request checked, in the terms of a run: airs with their winds, people and sources of ignition by period, grid and targets.

use serde_json::json;

use super::plan::written;
use super::request::{Park, WeatherShare};
use super::{Findings, ParkError};
use crate::Refusal;
use crate::qra::from_scenario::Igniter;
use crate::qra::ignition::{SourceKind, several};
use crate::qra::individual::Grid;
use crate::qra::rose::Rose;
use crate::qra::societal::People;
use crate::scenario::WeatherDescription;
use crate::validity::{Note, not_negative, positive, within};

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

pub(super) fn airs(park: &Park) -> Result<Vec<Air>, ParkError> {
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
    if park.winds.day.len() != park.winds.night.len() {
        let value = park.winds.night.len() as f64;
        return Err(Refusal::OutOfDomain { input: "winds.night", value, wanted: "as many sectors as winds.day" }.into());
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
                description: written(json!({
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
pub(super) fn people(park: &Park, found: &mut Findings) -> Result<Option<[Vec<People>; PERIODS]>, Refusal> {
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

pub(super) fn igniters(park: &Park, found: &mut Findings) -> Result<[Vec<Igniter>; PERIODS], Refusal> {
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

pub(super) fn targets(park: &Park) -> Result<Vec<[f64; 2]>, Refusal> {
    park.target.iter().map(|t| place("target", t.east_m, t.north_m)).collect()
}

pub(super) fn check_sampling(park: &Park) -> Result<(), Refusal> {
    within("uncertainty.samples", park.uncertainty.samples as f64, 500.0, 1e6, "500 to a million").map(drop)
}

/// More cells than this are refused.
const MOST_CELLS: usize = 4_000_000;

pub(super) fn grid(park: &Park, found: &mut Findings) -> Result<Grid, Refusal> {
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
    let last = grid.centre(grid.columns.saturating_sub(1), grid.rows.saturating_sub(1));
    let beyond = |i: usize| bounds[i] < grid.origin[i] - 0.5 * grid.cell_m || bounds[i + 2] > last[i] + 0.5 * grid.cell_m;
    if beyond(0) || beyond(1) {
        found.warn(&Note::LeftOut {
            model: MODEL,
            what: "equipment stands outside the grid: the risk may be higher than the highest on the grid",
        });
    }
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
