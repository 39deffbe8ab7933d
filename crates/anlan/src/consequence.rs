//! `anlan consequence`: a described accident to its zones, a park to its risk, and the models against the published cases.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anlan_consequence::qra::park::ParkError;
use anlan_consequence::qra::{Progress, park};
use anlan_consequence::scenario::ScenarioError;
use anlan_consequence::validate::{CaseFile, validate};
use anlan_consequence::{domino, inversion, scenario};
use anyhow::{Context, bail};
use clap::Subcommand;

use out::Refused;

pub mod out;
mod table;

#[derive(Subcommand)]
pub enum ConsequenceCommand {
    /// Runs a scenario written in TOML (or JSON): release, dispersion, fire, explosion, zones, with every warning and assumption.
    #[command(after_help = "Example: anlan consequence run scenario.toml --geojson > zones.geojson")]
    Run {
        scenario: PathBuf,
        /// The whole result on one line, for programs; a refusal as JSON on standard error.
        #[arg(long, conflicts_with = "geojson")]
        json: bool,
        /// Only the zones, around the scenario's site.
        #[arg(long)]
        geojson: bool,
    },
    /// Individual and societal risk of a park written in TOML (or JSON), against GB 36894, with every warning and assumption.
    #[command(after_help = "Example: anlan consequence risk examples/park.toml --geojson > risk.geojson")]
    Risk {
        park: PathBuf,
        /// The whole result on one line, for programs; a refusal as JSON on standard error.
        #[arg(long, conflicts_with = "geojson")]
        json: bool,
        /// Only the contours and the targets, around the park's site.
        #[arg(long)]
        geojson: bool,
        /// How many threads compute; the result is the same for any number.
        #[arg(long, value_name = "N")]
        threads: Option<usize>,
    },
    /// Rate, and place, of a leak from what detectors read (JSON: `readings` and either `search` or `known_source`).
    Invert { readings: PathBuf },
    /// The chain of tanks that fail one after the other (JSON: `tanks`, `first`, `frequency_per_year`, `strikes`).
    Domino { farm: PathBuf },
    /// Runs all published cases and trials; exit code 1 if a "must" is missed.
    Validate {
        /// A folder with files of the same shapes, instead of the cases in this binary.
        #[arg(long, value_name = "DIR")]
        cases: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
}

macro_rules! published {
    ($($name:literal),+ $(,)?) => { &[$(($name, include_str!(concat!("../../../tests/published/consequence/", $name)))),+] };
}

/// The cases that came with the binary.
const PUBLISHED: &[(&str, &str)] = published![
    "analytic.csv",
    "dense_trials.csv",
    "dense_trials_obs.csv",
    "epa_oca_tables.csv",
    "jet_fire_radiometers.csv",
    "jet_flame_length.csv",
    "pool_fire_sep.csv",
    "prairie_grass_arcs.csv",
    "prairie_grass_runs.csv",
    "slab_decks.csv",
    "slab_decks_inputs.json",
];

pub fn run(command: ConsequenceCommand) -> anyhow::Result<()> {
    match command {
        ConsequenceCommand::Run { scenario: path, json, geojson } => {
            let refused = |why: ScenarioError| of_scenario(&why).tell(json);
            let text = read(&path).map_err(|why| unread(&why).tell(json))?;
            let description = if is_json(&path) { scenario::from_json(&text) } else { scenario::from_toml(&text) }.map_err(refused)?;
            let outcome = scenario::run(&description).map_err(refused)?;
            if geojson {
                out::print(&outcome.geojson().map_err(|refusal| anyhow::anyhow!("{refusal}"))?.to_string())
            } else if json {
                out::print(&serde_json::to_value(&outcome)?.to_string())
            } else {
                out::print(&table::table(&outcome))
            }
        }
        ConsequenceCommand::Risk { park: path, json, geojson, threads } => {
            let refused = |why: ParkError| of_park(&why).tell(json);
            let text = read(&path).map_err(|why| unread(&why).tell(json))?;
            let park = if is_json(&path) { park::from_json(&text) } else { park::from_toml(&text) }.map_err(refused)?;
            let threads = threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
            let bar = indicatif::ProgressBar::new(0).with_message("model runs");
            bar.set_style(indicatif::ProgressStyle::with_template("{msg} {pos}/{len} {wide_bar} {elapsed}")?);
            let tell = |done: usize, all: usize| {
                bar.set_length(all as u64);
                bar.set_position(done as u64);
            };
            // Whoever waits at a terminal ends the run with the program.
            let never = AtomicBool::new(false);
            let risk = park::run(&park, threads, Progress { tell: &tell, cancel: &never });
            bar.finish_and_clear();
            let risk = risk.map_err(refused)?;
            if geojson {
                out::print(&risk.geojson().map_err(|refusal| anyhow::anyhow!("{refusal}"))?.to_string())
            } else if json {
                out::print(&serde_json::to_string(&risk)?)
            } else {
                out::print(&risk.table())
            }
        }
        ConsequenceCommand::Invert { readings: path } => {
            let request: inversion::Request = serde_json::from_str(&read(&path)?).context("the readings cannot be read")?;
            out::print(&serde_json::to_string_pretty(&request.answer()?)?)
        }
        ConsequenceCommand::Domino { farm: path } => {
            let farm: domino::Farm = serde_json::from_str(&read(&path)?).context("the tank farm cannot be read")?;
            out::print(&serde_json::to_string_pretty(&farm.escalate()?)?)
        }
        ConsequenceCommand::Validate { cases, json } => {
            let texts = match cases {
                Some(folder) => read_cases(&folder)?,
                None => PUBLISHED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
            };
            let files: Vec<CaseFile> = texts.iter().map(|(name, text)| CaseFile { name, text }).collect();
            let report = validate(&files).map_err(|bad| anyhow::anyhow!("{bad}"))?;
            out::print(&if json { serde_json::to_string(&report)? } else { report.table() })?;
            if report.passes() { Ok(()) } else { bail!("a figure that must be reached was missed") }
        }
    }
}

fn unread(why: &anyhow::Error) -> Refused {
    Refused::new("unreadable", None, format!("{why:#}"))
}

fn of_scenario(why: &ScenarioError) -> Refused {
    match why {
        ScenarioError::Unreadable(_) => Refused::new("unreadable", None, why),
        ScenarioError::Refused(refusal) => Refused::of(refusal, why),
    }
}

fn of_park(why: &ParkError) -> Refused {
    why.refusal().map_or_else(|| Refused::new("unreadable", None, why), |refusal| Refused::of(refusal, why))
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "json")
}

fn read_cases(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "csv" || ending == "json") {
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            files.push((name, std::fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?));
        }
    }
    files.sort();
    Ok(files)
}
