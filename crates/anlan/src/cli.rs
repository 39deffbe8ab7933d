//! The command line. Exit code 0 success, 1 refused or failed, 2 wrong usage.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{bench, check, consequence, demo, doctor, methods, people, serve};

#[derive(Parser)]
#[command(
    name = "anlan",
    version,
    about = "安澜: work-safety supervision and emergency response of a district",
    arg_required_else_help = true
)]
pub struct Arguments {
    /// Say more about what happens (or set ANLAN_LOG).
    #[arg(long, global = true)]
    pub verbose: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Starts the platform.
    #[command(after_help = "Example: anlan serve --data /var/lib/anlan --listen 127.0.0.1:8080 --mqtt 0.0.0.0:1883")]
    Serve(serve::Options),
    /// Starts the platform with the fictitious demo district and its simulator.
    #[command(after_help = "Example: anlan demo --seed 7\nAccounts are listed on the log-in page; the password is `anlan-demo`.")]
    Demo(demo::Options),
    /// Verifies the kinds: names file, line, what was found, what is allowed.
    #[command(after_help = "Example: anlan check --overlay my-kinds/")]
    Check(check::Options),
    /// Brings the data to this version and stops.
    Migrate(Place),
    /// Manages users.
    #[command(subcommand)]
    User(people::UserCommand),
    /// Manages gateways.
    #[command(subcommand)]
    Gateway(people::GatewayCommand),
    /// Looks at an installation and says what is wrong with it.
    Doctor(Place),
    /// Computes by a method of safety science: reads its input as JSON from standard input.
    #[command(after_help = "Example: anlan methods gb18218 --json < unit.json")]
    Methods(methods::Options),
    /// Computes the consequences of an accident, and holds the models against published cases.
    #[command(subcommand)]
    Consequence(consequence::ConsequenceCommand),
    /// Measures, on this machine.
    #[command(subcommand)]
    Bench(bench::Bench),
}

/// Where an installation is. The same words in every command.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// The data folder.
    #[arg(long, value_name = "DIR", env = "ANLAN_DATA")]
    pub data: Option<PathBuf>,
    /// Records in PostgreSQL instead of SQLite in the data folder.
    #[arg(long, value_name = "URL", env = "ANLAN_DATABASE")]
    pub database: Option<String>,
    /// Your own kinds and changes to ours.
    #[arg(long, value_name = "DIR")]
    pub overlay: Option<PathBuf>,
    /// A TOML file with `data`, `listen`, `mqtt`, `database`, `overlay`; the command line wins.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(serde::Deserialize, Default, Debug)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    pub data: Option<PathBuf>,
    pub listen: Option<SocketAddr>,
    pub mqtt: Option<SocketAddr>,
    pub database: Option<String>,
    pub overlay: Option<PathBuf>,
}

impl Place {
    /// The file's values, where the command line is silent.
    pub fn resolve(mut self) -> anyhow::Result<(Self, ConfigFile)> {
        let Some(path) = &self.config else { return Ok((self, ConfigFile::default())) };
        let text = std::fs::read_to_string(path).map_err(|e| anyhow::anyhow!("could not read {}: {e}", path.display()))?;
        let file: ConfigFile = toml::from_str(&text).map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?;
        self.data = self.data.or_else(|| file.data.clone());
        self.database = self.database.or_else(|| file.database.clone());
        self.overlay = self.overlay.or_else(|| file.overlay.clone());
        Ok((self, file))
    }

    pub fn data(&self) -> anyhow::Result<&PathBuf> {
        self.data.as_ref().ok_or_else(|| anyhow::anyhow!("say where the data is: --data DIR"))
    }
}

pub async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(options) => serve::run(options).await,
        Command::Demo(options) => demo::run(options).await,
        Command::Check(options) => check::run(&options),
        Command::Migrate(place) => doctor::migrate(place).await,
        Command::User(command) => people::user(command).await,
        Command::Gateway(command) => people::gateway(command).await,
        Command::Doctor(place) => doctor::run(place).await,
        Command::Methods(options) => methods::run(&options),
        Command::Consequence(command) => consequence::run(command),
        Command::Bench(bench) => bench::run(bench).await,
    }
}
