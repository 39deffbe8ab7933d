//! `anlan doctor` and `anlan migrate`: what is wrong with an installation, and bringing it to this version.

use std::sync::Arc;

use crate::cli::Place;
use crate::clock::WallClock;
use crate::platform::Platform;

pub async fn migrate(place: Place) -> anyhow::Result<()> {
    let (place, _) = place.resolve()?;
    let platform = Platform::open(&place, Arc::new(WallClock), None).await?;
    println!("the data is at this version");
    platform.close().await;
    Ok(())
}

pub async fn run(place: Place) -> anyhow::Result<()> {
    let (place, _) = place.resolve()?;
    let platform = Platform::open(&place, Arc::new(WallClock), None).await?;
    let mut wrong = 0;
    for check in platform.app.readiness().await {
        println!("{} {}: {}", if check.ok { "ok   " } else { "WRONG" }, check.name, check.detail);
        wrong += u32::from(!check.ok);
    }
    let gaps = platform.app.ledger_gaps().await?;
    println!("{} ledger: {gaps} events without a leaf or leaves without an event", if gaps == 0 { "ok   " } else { "WRONG" });
    wrong += u32::from(gaps != 0);
    platform.close().await;
    if wrong > 0 { anyhow::bail!("{wrong} checks failed") } else { Ok(()) }
}
