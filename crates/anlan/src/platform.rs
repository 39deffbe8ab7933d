//! Puts a platform together from its place: kinds, data folder, store, journal, clock.

use std::path::Path;
use std::sync::Arc;

use anlan_app::monitoring::Telemetry;
use anlan_app::{App, Scenarios, Setup};
use anlan_base::{Clock, Ids};
use anlan_records::kind::Kinds;
use anlan_store::{Chunks, DataFolder, Region, Store, Target};
use anyhow::Context;

use crate::check;
use crate::cli::Place;
use crate::clock::RandomIds;

/// An opened installation. One process a data folder: the lock goes with it.
pub struct Platform {
    pub app: Arc<App>,
    pub store: Store,
    pub chunks: Arc<Chunks>,
    _lock: DataFolder,
}

impl Platform {
    pub async fn open(place: &Place, clock: Arc<dyn Clock>, demo: Option<Arc<dyn Scenarios>>) -> anyhow::Result<Self> {
        let kinds = Arc::new(check::kinds(place.overlay.as_deref())?);
        Self::open_with(place.data()?, place.database.as_deref(), kinds, clock, Arc::new(RandomIds), demo).await
    }

    pub async fn open_with(
        data: &Path,
        database: Option<&str>,
        kinds: Arc<Kinds>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        demo: Option<Arc<dyn Scenarios>>,
    ) -> anyhow::Result<Self> {
        let lock = DataFolder::lock(data)?;
        let target = match database {
            Some(url) => Target::postgres(url, data),
            None => Target::folder(data),
        };
        let store = Store::open(&target, kinds.clone()).await.context("could not open the records")?;
        let chunks = Arc::new(Chunks::open(&target).await.context("could not open the history")?);
        let telemetry = Telemetry {
            journal: data.join("journal"),
            on_fatal: Box::new(|error| {
                // After a failed fsync nobody knows what is on disk: only a restart, which replays, may acknowledge again (P05).
                eprintln!("anlan: the journal could not be synced to disk: {error}; stopping");
                std::process::exit(1);
            }),
        };
        let setup = Setup {
            kinds,
            rules: anlan_domains::rule_table(),
            calendar: anlan_domains::calendar(),
            store: store.clone(),
            chunks: chunks.clone(),
            clock,
            ids,
            randomness: Arc::new(|bytes| getrandom::fill(bytes).expect("the operating system gives randomness")),
            demo,
            telemetry,
        };
        let app = App::open(setup).await.context("could not start the platform")?;
        Ok(Self { app, store, chunks, _lock: lock })
    }

    /// A new installation begins with the administrative tree that came with the binary.
    pub async fn ensure_regions(&self) -> anyhow::Result<()> {
        if self.store.regions().await?.is_empty() {
            let regions: Vec<Region> = anlan_domains::regions()
                .into_iter()
                .map(|region| Region {
                    id: region.id,
                    code: region.code,
                    zh: region.zh,
                    en: region.en,
                    level: region.level,
                    path: region.path,
                })
                .collect();
            self.app.put_places(&regions, &[]).await?;
        }
        Ok(())
    }

    pub async fn close(self) {
        self.app.stop();
        drop(self.app);
        self.store.close().await;
        self.chunks.close().await;
    }
}
