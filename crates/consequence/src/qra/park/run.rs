//! The run of a park: scenarios times weathers in parallel, each laid on the grid, on the people and on the targets, and dropped.

use serde_json::json;

use super::checked::{self, Air, PERIODS};
use super::plan::{self, Planned};
use super::report::{self, ParkRisk};
use super::request::Park;
use super::{Findings, ParkError};
use crate::qra::from_scenario::{self, Blowing, Branch, End, Igniter, Indoors, Poison};
use crate::qra::individual::add_risk;
use crate::qra::rose::BINS;
use crate::qra::societal::{self, Event, People};
use crate::qra::uncertainty::Contribution;
use crate::qra::{Case, Progress, each};
use crate::scenario::{Description, Effects, ScenarioError, Source};
use crate::validity::{Validity, within};

/// One model run's part of everything.
struct Part {
    branches: Vec<Branch>,
    events: Vec<Event>,
    /// [target]
    contributions: Vec<Vec<Contribution>>,
    found: Findings,
}

/// What every model run of a park is laid on.
struct Context<'a> {
    park: &'a Park,
    planned: &'a [Planned],
    airs: &'a [Air],
    igniters: &'a [Vec<Igniter>; PERIODS],
    people: Option<&'a [Vec<People>; PERIODS]>,
    targets: &'a [[f64; 2]],
    quiet: Progress<'a>,
}

/// Model runs taken together: bounds the memory, and how long a cancel may wait.
const CHUNK: usize = 64;

/// The risk of a park. The same description gives the same bits for any number of threads.
///
/// `progress` counts model runs: scenarios times weathers.
pub fn run(park: &Park, threads: usize, progress: Progress) -> Result<ParkRisk, ParkError> {
    let mut found = Findings::default();
    let airs = checked::airs(park)?;
    let people = checked::people(park, &mut found)?;
    let igniters = checked::igniters(park, &mut found)?;
    let grid = checked::grid(park, &mut found)?;
    let planned = plan::plan(park, &airs[0].description, &mut found)?;
    let targets = checked::targets(park)?;
    checked::check_sampling(park)?;
    assumed_everywhere(park, &mut found);

    let jobs: Vec<(usize, usize)> = (0..planned.len())
        .flat_map(|s| (0..airs.len()).map(move |w| (s, w)))
        .filter(|(_, w)| airs[*w].shares.iter().any(|p| *p > 0.0))
        .collect();
    let mut per_year = vec![0.0; grid.columns * grid.rows];
    let mut events: Vec<(usize, Event)> = Vec::new();
    let mut assumed: Vec<Findings> = planned.iter().map(|_| Findings::default()).collect();
    let mut contributions: Vec<Vec<Contribution>> = vec![Vec::new(); targets.len()];
    let quiet = Progress { tell: &|_, _| (), cancel: progress.cancel };
    let on = Context { park, planned: &planned, airs: &airs, igniters: &igniters, people: people.as_ref(), targets: &targets, quiet };
    let mut done = 0;
    for chunk in jobs.chunks(CHUNK) {
        let parts = each(chunk.len(), threads, progress, |i| part(&on, chunk[i].0, chunk[i].1))?;
        let mut laid = Vec::with_capacity(chunk.len());
        for (part, (s, w)) in parts.into_iter().zip(chunk) {
            let part = part.map_err(|e| named(e, &planned[*s].name, &airs[*w].name))?;
            part.found.assumptions.iter().for_each(|a| assumed[*s].assume(a.as_str()));
            found.merge(part.found);
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
    let result = report::Gathered {
        park,
        planned: &planned,
        grid,
        per_year,
        events,
        people_known: people.is_some(),
        contributions,
        shares,
        found,
        assumed,
    };
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

/// One scenario in one weather.
fn part(on: &Context, scenario: usize, weather: usize) -> Result<Part, ParkError> {
    let Context { park, quiet, .. } = *on;
    let (planned, air) = (&on.planned[scenario], &on.airs[weather]);
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
        on.igniters.iter().map(|period| from_scenario::lit_late(&effects, &cloud, planned.at, period)).collect::<Result<_, _>>()?;
    let periods: Vec<Blowing> = (0..PERIODS).map(|p| Blowing { share: air.shares[p], rose: &air.roses[p], lit_late: &late[p] }).collect();
    let burst = matches!(effects.released().source, Source::Burst { .. });
    let branches = from_scenario::branches(planned.frequency_per_year, direct, burst, toxic_share, deadly, &periods)?;

    let mut events = Vec::new();
    if let Some(people) = on.people {
        for (p, people) in people.iter().enumerate() {
            let cases: Vec<Case> = branches.iter().filter_map(|b| b.case_in(p, planned.at)).collect();
            events.extend(societal::events(people, &cases, 1, quiet)?);
        }
    }
    let flashing = effects.released().liquid_share > 0.0 && !burst;
    let contributions = on
        .targets
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
    let found = Findings { assumptions, warnings, models: effects.models().to_vec() };
    Ok(Part { branches, events, contributions, found })
}

/// Temperature the contents are kept at, K: decides whether they come out as gas. As the air, where a release has none of its own.
fn stored_k(d: &Description) -> f64 {
    let own = json!(d.release)["temperature_c"].as_f64();
    273.15 + own.unwrap_or(d.weather.temperature_c)
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
