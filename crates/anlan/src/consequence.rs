//! `anlan consequence`: a described accident to its zones, a park to its risk, and the models against the published cases.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anlan_app::science::{read_description, refused_by_model};
use anlan_base::Refusal;
use anlan_consequence::qra::park::{Park, ParkError};
use anlan_consequence::qra::{Progress, park};
use anlan_consequence::scenario::{Description, ScenarioError};
use anlan_consequence::validate::{CaseFile, validate};
use anlan_consequence::{domino, inversion, scenario};
use anyhow::{Context, bail};
use clap::Subcommand;

use out::Refused;

pub mod out;
mod risk;
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
            let description: Description = described(&path).map_err(|refused| refused.tell(json))?;
            let of_model = |why: &anlan_consequence::Refusal| Refused::told(refused_by_model(why, Some(&description)));
            let outcome = scenario::run(&description).map_err(|why| of_scenario(&why, of_model).tell(json))?;
            if geojson {
                out::print(&outcome.geojson().map_err(|why| of_model(&why).tell(false))?.to_string())
            } else if json {
                out::print(&serde_json::to_value(&outcome)?.to_string())
            } else {
                out::print(&table::table(&outcome))
            }
        }
        ConsequenceCommand::Risk { park: path, json, geojson, threads } => {
            let park: Park = described(&path).map_err(|refused| refused.tell(json))?;
            if geojson && park.site.is_none() {
                // Said before the minutes of the run, not after them.
                return Err(Refused::told(Refusal::at("required", "site").with("help", "the park names no site")).tell(json));
            }
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
            let risk = risk.map_err(|why| of_park(&why).tell(json))?;
            if geojson {
                out::print(&risk.geojson().map_err(|refusal| anyhow::anyhow!("{refusal}"))?.to_string())
            } else if json {
                out::print(&serde_json::to_string(&risk)?)
            } else {
                out::print(&risk::table(&risk))
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

/// A description in TOML or JSON, refused by its field as a caller of the interface is.
fn described<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Refused> {
    let unread = |why: String| Refused::new("unreadable", None, why);
    let text = read(path).map_err(|why| unread(format!("{why:#}")))?;
    let named = |why: String| unread(format!("{} cannot be read: {why}", path.display()));
    let written: serde_json::Value = if is_json(path) {
        serde_json::from_str(&text).map_err(|why| named(why.to_string()))?
    } else {
        toml::from_str(&text).map_err(|why| named(why.to_string()))?
    };
    read_description(&written).map_err(Refused::told)
}

fn of_scenario(why: &ScenarioError, of_model: impl Fn(&anlan_consequence::Refusal) -> Refused) -> Refused {
    match why {
        ScenarioError::Unreadable(_) => Refused::new("unreadable", None, why),
        ScenarioError::Refused(refusal) => of_model(refusal),
    }
}

fn of_park(why: &ParkError) -> Refused {
    let Some(refusal) = why.refusal() else { return Refused::new("unreadable", None, why) };
    let told = Refused::told(refused_by_model(refusal, None));
    match why {
        ParkError::Scenario { scenario, .. } => Refused { message: format!("{scenario}: {}", told.message), ..told },
        _ => told,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    const CHLORINE: &str = r#"
        name = "x"
        substance = "7782-50-5"
        weather = { wind_m_s = 3, wind_from_deg = 120, stability = "D", temperature_c = 20, humidity = 0.6, roughness_m = 0.1 }
        release = { kind = "liquefied_hole", temperature_c = 20, hole_mm = 10, path_m = 0, inventory_kg = 1000, height_m = 1 }
    "#;

    /// What somebody is told who wrote this instead of that.
    fn told(that: &str, this: &str) -> String {
        assert!(CHLORINE.contains(that), "{that}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scenario.toml");
        std::fs::write(&path, CHLORINE.replacen(that, this, 1)).unwrap();
        let description: Description = match described(&path) {
            Ok(description) => description,
            Err(refused) => return refused.message,
        };
        let of_model = |why: &anlan_consequence::Refusal| Refused::told(refused_by_model(why, Some(&description)));
        match scenario::run(&description) {
            Ok(outcome) => of_model(&outcome.geojson().unwrap_err()).message,
            Err(why) => of_scenario(&why, of_model).message,
        }
    }

    #[track_caller]
    fn check(that: &str, this: &str, expected: &str) {
        let told = told(that, this);
        assert!(told.contains(expected), "{told}");
    }

    #[test]
    fn a_mistake_is_told_as_the_interface_tells_it() {
        check("7782-50-5", "chlorine", "“chlorine” is no CAS number; write 7782-50-5");
        check("hole_mm = 10", "hole_mm = \"10 mm\"", "release.hole_mm");
        check("hole_mm", "hole_m", "release.hole_m");
        check("temperature_c = 20, hole", "temperature_c = 200, hole", "200 °C");
        check("name", "site", "site");
        check("name = \"x\"", "name = \"x\"\nplaces = [{ name = \"school\" }]", "places[0]");
        check("humidity = 0.6", "humidity = 60", "weather.humidity = 60");
        check("{ wind", "{{ wind", "scenario.toml cannot be read: TOML parse error at line 4");
        check("x", "x", "the scenario names no site");
    }
}
