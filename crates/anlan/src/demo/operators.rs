//! Simulated people at work: they find and close dangers, acknowledge alarms and answer warnings, through the same use cases as everybody.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anlan_app::monitoring::AlarmQuery;
use anlan_app::records::{ListRequest, New};
use anlan_app::{App, AppError, Caller};
use anlan_base::{Instant, RecordId};
use anlan_sim::{District, Intent, Operators, WarningSeen};
use serde_json::Value;

/// The setting that says when the district was seeded and which record each story is about.
pub const SEEDED: &str = "demo_seeded";
const PAUSE: Duration = Duration::from_secs(2);

pub async fn run(app: Arc<App>, district: Arc<District>) {
    let mut people = match People::new(app.clone(), district).await {
        Ok(people) => people,
        Err(error) => {
            tracing::error!(%error, "the simulated people could not begin");
            return;
        }
    };
    loop {
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = app.stopping() => return,
        }
        if let Err(error) = people.work().await {
            // A refusal is part of their lives; a failure is said and tried again.
            tracing::debug!(%error, "a simulated person was refused");
        }
    }
}

struct People {
    app: Arc<App>,
    district: Arc<District>,
    operators: Operators,
    records: BTreeMap<u64, RecordId>,
    callers: BTreeMap<String, Caller>,
}

impl People {
    async fn new(app: Arc<App>, district: Arc<District>) -> anyhow::Result<Self> {
        let now = app.now();
        let seeded = app.store().setting(SEEDED).await?.unwrap_or(Value::Null);
        let at = seeded["at"].as_str().and_then(|text| Instant::parse(text).ok()).unwrap_or(now);
        let days = seeded["days"].as_u64().and_then(|days| u32::try_from(days).ok()).unwrap_or(0);
        let stories = anlan_sim::history(&district, at, days);
        let mut records = BTreeMap::new();
        if let Some(made) = seeded["stories"].as_object() {
            records.extend(made.iter().filter_map(|(story, id)| Some((story.parse().ok()?, RecordId::from(id.as_str()?)))));
        }
        let operators = Operators::new(district.clone(), stories, at);
        Ok(Self { app, district, operators, records, callers: BTreeMap::new() })
    }

    async fn work(&mut self) -> anyhow::Result<()> {
        let now = self.app.now();
        for intent in self.operators.due(now) {
            let story = intent.story;
            if let Err(error) = self.take_step(intent).await {
                tracing::debug!(%error, story, "a simulated person gave up");
                self.operators.abandon(story);
            }
        }
        self.answer_alarms(now).await?;
        self.answer_warnings(now).await
    }

    async fn caller(&mut self, username: &str) -> Result<Caller, AppError> {
        if let Some(caller) = self.callers.get(username) {
            return Ok(caller.clone());
        }
        let caller = self.app.simulated(username).await?;
        self.callers.insert(username.to_owned(), caller.clone());
        Ok(caller)
    }

    async fn take_step(&mut self, intent: Intent) -> anyhow::Result<()> {
        let caller = self.caller(&intent.step.actor).await?;
        let kind = self.app.kind_for(&caller, "hidden_danger")?;
        let body = self.resolved(&caller, &intent.step.body).await?;
        let comment = intent.step.comment.map(str::to_owned);
        if intent.step.action == "create" {
            let enterprise = self.app.enterprise_of_code(&intent.enterprise).await?.map(|id| id.0);
            let view = self.app.create(&caller, &kind, New { body, enterprise, region: None, comment }).await?;
            self.records.insert(intent.story, view.record.id);
            return Ok(());
        }
        let id = self.records.get(&intent.story).cloned().ok_or_else(|| anyhow::anyhow!("a story without a record"))?;
        let revision = self.app.read(&caller, &kind, &id).await?.record.revision;
        self.app.act(&caller, &kind, &id, intent.step.action, revision, body, comment).await?;
        Ok(())
    }

    async fn resolved(&mut self, caller: &Caller, body: &serde_json::Map<String, Value>) -> anyhow::Result<serde_json::Map<String, Value>> {
        let mut words = Vec::new();
        anlan_sim::resolve(body, &mut |word| {
            words.push(word.to_owned());
            String::new()
        });
        let mut ids = BTreeMap::new();
        for word in words {
            let id = match word.split_once(':') {
                Some(("user", name)) => self.caller(name).await?.user.id.0,
                Some(("unit", key)) => self.unit(caller, key).await?,
                Some(("organisation", key)) => key.to_owned(),
                Some(("photo", "before")) => self.app.attach(caller, "整改前.png", anlan_sim::PHOTO_BEFORE).await?.id.0,
                Some(("photo", "after")) => self.app.attach(caller, "整改后.png", anlan_sim::PHOTO_AFTER).await?.id.0,
                _ => self.app.attach(caller, "材料.pdf", anlan_sim::PAPER).await?.id.0,
            };
            ids.insert(word, id);
        }
        Ok(anlan_sim::resolve(body, &mut |word| ids[word].clone()))
    }

    /// The record of a hazard unit by its key: enterprise code, dash, unit code.
    async fn unit(&self, caller: &Caller, key: &str) -> anyhow::Result<String> {
        let (enterprise, code) = key.split_once('-').unwrap_or((key, ""));
        let kind = self.app.kind_for(caller, "hazard_unit")?;
        let enterprises = self.app.enterprise_of_code(enterprise).await?.map(|id| id.0).into_iter().collect();
        let request = ListRequest { page: 1, size: 100, enterprises, ..ListRequest::default() };
        let page = self.app.list(caller, &kind, &request).await?;
        let found = page.items.into_iter().find(|view| view.record.body.get("code").and_then(Value::as_str) == Some(code));
        found.map(|view| view.record.id.0).ok_or_else(|| anyhow::anyhow!("no hazard unit {key}"))
    }

    async fn answer_alarms(&mut self, now: Instant) -> anyhow::Result<()> {
        let duty = self.caller("duty").await?;
        let query = AlarmQuery { states: vec!["unack_active".into(), "rtn_unack".into()], page: 1, size: 200, ..AlarmQuery::default() };
        for view in self.app.alarms(&duty, &query).await?.items {
            let answer = anlan_sim::answer_alarm(&self.district, &view.point, view.alarm.onset);
            if let Some(answer) = answer.filter(|answer| answer.at <= now) {
                let by = self.caller(&answer.by).await?;
                self.app.acknowledge(&by, &view.alarm.id, Some(answer.comment.to_owned())).await?;
            }
        }
        Ok(())
    }

    async fn answer_warnings(&mut self, now: Instant) -> anyhow::Result<()> {
        let duty = self.caller("duty").await?;
        let kind = self.app.kind_for(&duty, "warning")?;
        let request = ListRequest { page: 1, size: 200, view: Some("open".into()), ..ListRequest::default() };
        for view in self.app.list(&duty, &kind, &request).await?.items {
            let text = |field: &str| view.record.body.get(field).and_then(Value::as_str).unwrap_or_default();
            let Some(enterprise) = &view.enterprise else { continue };
            let unit = self.unit_key(&duty, &enterprise.code, text("hazard_unit")).await?;
            let seen = WarningSeen {
                id: view.record.id.as_str(),
                enterprise: &enterprise.code,
                unit: &unit,
                state: &view.record.state,
                state_since: view.record.state_since,
                peak: text("peak"),
                cleared: view.record.body.contains_key("cleared_at"),
            };
            let Some(next) = anlan_sim::answer_warning(&self.district, &seen).filter(|next| next.at <= now) else { continue };
            let by = self.caller(&next.by).await?;
            let body = self.resolved(&by, &next.body).await?;
            // Somebody may have been faster: then there is nothing left to do.
            let outcome = self.app.act(&by, &kind, &view.record.id, next.action, view.record.revision, body, None).await;
            if let Err(error) = outcome {
                tracing::debug!(%error, action = next.action, "a warning was not moved on");
            }
        }
        Ok(())
    }

    async fn unit_key(&self, caller: &Caller, enterprise: &str, unit: &str) -> anyhow::Result<String> {
        let kind = self.app.kind_for(caller, "hazard_unit")?;
        let view = self.app.read(caller, &kind, &RecordId::from(unit)).await?;
        let code = view.record.body.get("code").and_then(Value::as_str).unwrap_or_default();
        Ok(format!("{enterprise}-{code}"))
    }
}
