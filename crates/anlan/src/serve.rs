//! `anlan serve`: opens the installation, listens, and stops without losing anything that was acknowledged.

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anlan_app::App;
use anlan_app::monitoring::Sender;
use anlan_gateways::{Door, Pass, Refused, Submitted};
use anyhow::Context;
use bytes::Bytes;
use clap::Args;
use tokio::net::TcpListener;

use crate::cli::Place;
use crate::clock::WallClock;
use crate::platform::Platform;

/// The promise is ten seconds; what has not drained by then had not been acknowledged.
const DRAIN: Duration = Duration::from_secs(8);

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    place: Place,
    /// Where browsers and HTTP clients connect.
    #[arg(long, value_name = "ADDR", env = "ANLAN_LISTEN")]
    listen: Option<SocketAddr>,
    /// Where gateways connect with MQTT 3.1.1 or 5.
    #[arg(long, value_name = "ADDR", env = "ANLAN_MQTT")]
    mqtt: Option<SocketAddr>,
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    let (place, file) = options.place.resolve()?;
    let listen = options.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
    let mqtt = options.mqtt.or(file.mqtt);
    let platform = Platform::open(&place, Arc::new(WallClock), None).await?;
    platform.ensure_regions().await?;
    listen_and_serve(platform, listen, mqtt, std::future::pending()).await
}

/// Serves until a signal, or until `over`; then unready, drain, sync, close.
pub async fn listen_and_serve(
    platform: Platform,
    listen: SocketAddr,
    mqtt: Option<SocketAddr>,
    over: impl Future<Output = ()> + Send,
) -> anyhow::Result<()> {
    // Bound before anything is replayed, so that a port in use costs nothing.
    let http = TcpListener::bind(listen).await.with_context(|| format!("could not listen on {listen}"))?;
    let devices = match mqtt {
        Some(mqtt) => Some(TcpListener::bind(mqtt).await.with_context(|| format!("could not listen on {mqtt} for MQTT"))?),
        None => None,
    };
    let app = platform.app.clone();
    app.run().await.context("could not start watching")?;
    let address = http.local_addr()?;
    match &devices {
        Some(devices) => println!("Anlan is ready at http://{address} (MQTT at {})", devices.local_addr()?),
        None => println!("Anlan is ready at http://{address}"),
    }
    let gateways = devices.map(|listener| {
        let (door, stop) = (Arc::new(PlatformDoor(app.clone())), app.clone());
        tokio::spawn(async move { anlan_gateways::listen(listener, door, async move { stop.stopping().await }).await })
    });
    let stop = app.clone();
    let server = axum::serve(http, anlan_api::router(app.clone())).with_graceful_shutdown(async move { stop.stopping().await });
    let server = tokio::spawn(server.into_future());
    tokio::select! {
        () = told_to_stop() => {}
        () = over => {}
    }
    app.stop();
    let drained = async {
        if let Some(gateways) = gateways {
            let _ = gateways.await;
        }
        let _ = server.await;
    };
    if tokio::time::timeout(DRAIN, drained).await.is_err() {
        tracing::warn!("some connections were still open after {} s", DRAIN.as_secs());
    }
    if let Err(error) = app.save_tallies().await {
        tracing::warn!(%error, "the last counts of the gateways were not saved");
    }
    drop(app);
    platform.close().await;
    Ok(())
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("the process may listen to SIGTERM");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// The platform as gateways see it.
struct PlatformDoor(Arc<App>);

impl Door for PlatformDoor {
    async fn admit(&self, user: &str, key: &[u8]) -> Option<Pass> {
        let sender = self.0.gateway_sender(user, key).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a gateway could not be looked up");
            None
        })?;
        let enterprise_code = self.0.code_of(sender.enterprises.first()?).await.ok()??;
        Some(Pass { gateway: sender.name, enterprise_code })
    }

    async fn submit(&self, pass: &Pass, payload: Bytes) -> Submitted {
        let enterprise = match self.0.enterprise_of_code(&pass.enterprise_code).await {
            Ok(Some(enterprise)) => enterprise,
            Ok(None) | Err(_) => return Submitted::Unavailable,
        };
        let sender = Sender { name: pass.gateway.clone(), is_gateway: true, enterprises: vec![enterprise] };
        match self.0.take_json(&sender, &payload).await {
            Ok(_) => Submitted::Stored,
            Err(anlan_app::AppError::BadRequest(_) | anlan_app::AppError::TooLarge(_)) => Submitted::Malformed,
            Err(_) => Submitted::Unavailable,
        }
    }

    fn refused(&self, pass: Option<&Pass>, why: Refused) {
        self.0.count_refused(pass.map(|pass| pass.gateway.as_str()), why.code());
    }
}
