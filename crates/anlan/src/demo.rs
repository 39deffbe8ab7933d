//! `anlan demo`: the fictitious district, seeded once into its data folder, then served like any other, with simulated plants and people.

mod operators;
pub mod seed;
mod telemetry;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlan_app::Scenarios;
use anlan_base::Clock;
use anlan_sim::{District, Readings, Scenario};
use anyhow::{Context, bail};
use clap::Args;

use crate::clock::WallClock;
use crate::platform::Platform;
use crate::{check, serve};

/// The password of every demo account and the key of every demo gateway.
const SECRET: &str = "anlan-demo";

#[derive(Args)]
pub struct Options {
    /// The data folder; a second start on it continues.
    #[arg(long, value_name = "DIR", env = "ANLAN_DATA", default_value = "data/demo")]
    data: PathBuf,
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:1883")]
    mqtt: SocketAddr,
    /// Another district of the same kind.
    #[arg(long, value_name = "N", default_value_t = 320_411)]
    seed: u64,
    /// Seeds the district and starts no simulated traffic and no operators.
    #[arg(long)]
    quiet_sim: bool,
    /// Known passwords on an address that others can reach: only if you mean it.
    #[arg(long)]
    expose_demo: bool,
    /// Your own kinds and changes to ours.
    #[arg(long, value_name = "DIR")]
    overlay: Option<PathBuf>,
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    for address in [options.listen, options.mqtt] {
        if !address.ip().is_loopback() && !options.expose_demo {
            bail!("the demo's passwords are known to everybody: {address} is no loopback address (--expose-demo if you mean it)");
        }
    }
    let kinds = Arc::new(check::kinds(options.overlay.as_deref())?);
    let district = Arc::new(District::build(options.seed));
    seed_once(&options.data, &kinds, &district).await?;
    let leak = Scenario::default();
    let scenarios: Arc<dyn Scenarios> = Arc::new(Leak(leak.clone()));
    let ids = Arc::new(crate::clock::RandomIds);
    let platform = Platform::open_with(&options.data, None, kinds, Arc::new(WallClock), ids, Some(scenarios)).await?;
    let app = platform.app.clone();
    if !options.quiet_sim {
        let readings = Arc::new(Readings::new(district.clone(), leak));
        let (stop, mqtt) = (app.clone(), options.mqtt);
        tokio::spawn(async move {
            let counts = Arc::default();
            anlan_sim::publish(readings, mqtt, SECRET, Arc::new(WallClock), counts, async move { stop.stopping().await }).await;
        });
        tokio::spawn(operators::run(app.clone(), district.clone()));
    }
    println!(
        "The demo district: {} enterprises, {} hazard units, {} points. All of it is fictitious (演示数据).",
        district.enterprises.len(),
        district.units.len(),
        district.points.len()
    );
    println!("Accounts (password {SECRET}):");
    for person in district.people.iter().filter(|person| person.listed) {
        println!("  {:<12} {:<22} {}", person.username, person.role, person.name);
    }
    drop(app);
    serve::listen_and_serve(platform, options.listen, Some(options.mqtt), std::future::pending()).await
}

/// Into a folder beside, which gets its name when it is whole: a seeding that was cut short leaves nothing behind.
async fn seed_once(data: &Path, kinds: &Arc<anlan_records::kind::Kinds>, district: &Arc<District>) -> anyhow::Result<()> {
    if data.join("records.db").exists() {
        return Ok(());
    }
    let name = data.file_name().map_or_else(|| "demo".into(), |name| name.to_string_lossy().into_owned());
    let fresh = data.with_file_name(format!("{name}.seeding"));
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh).with_context(|| format!("could not remove {}", fresh.display()))?;
    }
    seed::district(&fresh, kinds.clone(), district).await?;
    if data.exists() {
        // Made by whoever chose the place; a folder with something else in it is refused here.
        std::fs::remove_dir(data).with_context(|| format!("{} is not an empty folder and not a demo district", data.display()))?;
    }
    std::fs::rename(&fresh, data).with_context(|| format!("could not name the seeded folder {}", data.display()))
}

/// The scripted leak, as the screen's button reaches it.
struct Leak(Scenario);

impl Scenarios for Leak {
    fn start(&self, name: &str) -> bool {
        let known = name == "leak";
        if known {
            self.0.start(WallClock.now());
        }
        known
    }
    fn stop(&self) {
        self.0.stop(WallClock.now());
    }
    fn running(&self) -> Option<String> {
        self.0.is_running().then(|| "leak".to_owned())
    }
}
