//! Fills a new data folder with the district: places, people, enterprises, units, points, rules, and sixty days of what people did.
//! Through the same use cases as ever, with the clock moved along.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anlan_access::{Post, PostScope};
use anlan_alarms::{Alarm, AlarmState, Condition, Priority, Side};
use anlan_app::App;
use anlan_app::monitoring::{NewPoint, Position};
use anlan_app::people::NewUser;
use anlan_app::seeding::{Seeder, Step};
use anlan_base::{AlarmId, Clock, EnterpriseId, Instant, ManualClock, Name, OrganisationId, Place, RegionPath, SeededIds};
use anlan_records::kind::Kinds;
use anlan_records::record::Body;
use anlan_sim::{At, District, LonLat, PastAlarm, Signals, Story};
use anlan_store::{Organisation, Region};
use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::{SECRET, telemetry};
use crate::clock::WallClock;
use crate::platform::Platform;

/// How far the district's past reaches.
const PAST_DAYS: u32 = 60;
/// Story numbers of what is no danger: kept apart from the simulator's own.
const ENTERPRISES: u64 = 1 << 50;
const UNITS: u64 = 2 << 50;
const EQUIPMENT: u64 = 3 << 50;
const RULES: u64 = 4 << 50;
const WARNINGS: u64 = 5 << 50;

pub async fn district(folder: &Path, kinds: Arc<Kinds>, district: &Arc<District>) -> anyhow::Result<()> {
    let now = WallClock.now();
    let clock = Arc::new(ManualClock::at(now.plus_days(-i64::from(PAST_DAYS) - 30)));
    let ids = Arc::new(SeededIds::new(district.seed));
    let platform = Platform::open_with(folder, None, kinds, clock.clone(), ids, None).await?;
    let progress = Progress::new();
    let paths = places(&platform.app, district).await?;
    let seeding = Seeding { app: &platform.app, district, clock: &clock, paths: &paths };
    let mut seeder = platform.app.seeder();
    progress.step("enterprises");
    seeding.enterprises(&mut seeder).await?;
    progress.step("people");
    seeding.people(&seeder).await?;
    progress.step("hazard units and equipment");
    seeding.units(&mut seeder).await?;
    progress.step("points, gateways and alarm rules");
    seeding.points(&seeder).await?;
    seeding.rules(&mut seeder).await?;
    progress.step("sixty days of dangers and warnings");
    let stories = anlan_sim::history(district, now, PAST_DAYS);
    let signals = Signals::new(district);
    let from = now.plus_days(-i64::from(PAST_DAYS));
    let alarms = anlan_sim::past_alarms(district, &signals, from, now);
    seeding.past(&mut seeder, &stories, &alarms, now).await?;
    progress.step("sixty days of alarms");
    seeding.alarms(&mut seeder, &alarms, now).await?;
    remember(&platform, &seeder, &stories, now).await?;
    progress.step("readings of seven days");
    telemetry::readings(&platform, district, now).await?;
    clock.set(now);
    platform.store.refresh_statistics().await?;
    drop(seeder);
    platform.close().await;
    progress.done();
    Ok(())
}

/// Regions and organisations; gives the path of each region's code.
async fn places(app: &App, district: &District) -> anyhow::Result<BTreeMap<&'static str, RegionPath>> {
    let mut paths: BTreeMap<&'static str, RegionPath> = BTreeMap::new();
    let mut regions = Vec::new();
    for (region, id) in district.regions.iter().zip(1_u32..) {
        let above = region.parent.and_then(|code| paths.get(code).cloned()).unwrap_or_else(RegionPath::root);
        let path = above.child(id);
        paths.insert(region.code, path.clone());
        let level = match region.level {
            1 => "province",
            2 => "city",
            3 => "district",
            _ => "town",
        };
        regions.push(Region { id, code: region.code.into(), zh: region.zh.into(), en: region.en.into(), level: level.into(), path });
    }
    let organisations: Vec<Organisation> = district
        .organisations
        .iter()
        .map(|o| Organisation {
            id: OrganisationId(o.key.clone()),
            zh: o.zh.clone(),
            en: o.en.clone(),
            kind: o.kind.to_owned(),
            region: paths.get(o.region).cloned().unwrap_or_else(RegionPath::root),
        })
        .collect();
    app.put_places(&regions, &organisations).await?;
    Ok(paths)
}

struct Seeding<'a> {
    app: &'a App,
    district: &'a Arc<District>,
    clock: &'a ManualClock,
    paths: &'a BTreeMap<&'static str, RegionPath>,
}

impl Seeding<'_> {
    fn start(&self) -> Instant {
        self.clock.now()
    }

    fn enterprise_number(&self, code: &str) -> anyhow::Result<u64> {
        let at = self.district.enterprises.iter().position(|e| e.code == code).with_context(|| format!("no enterprise {code}"))?;
        Ok(ENTERPRISES + at as u64)
    }

    fn enterprise(&self, seeder: &Seeder<'_>, code: &str) -> anyhow::Result<EnterpriseId> {
        let id = seeder.made(self.enterprise_number(code)?).with_context(|| format!("{code} was not made"))?;
        Ok(EnterpriseId(id.0.clone()))
    }

    fn unit_number(&self, key: &str) -> anyhow::Result<u64> {
        let at = self.district.units.iter().position(|u| u.key == key).with_context(|| format!("no hazard unit {key}"))?;
        Ok(UNITS + at as u64)
    }

    async fn play(&self, seeder: &mut Seeder<'_>, steps: Vec<Step>) -> anyhow::Result<()> {
        let refused = seeder.play(&steps, |at| self.clock.set(at)).await?;
        for why in &refused {
            eprintln!("refused: {why}");
        }
        if let Some(first) = refused.first() {
            bail!("{} of {} steps were refused; the first: {first}", refused.len(), steps.len());
        }
        Ok(())
    }

    async fn enterprises(&self, seeder: &mut Seeder<'_>) -> anyhow::Result<()> {
        let steps = self.district.enterprises.iter().enumerate().map(|(at, e)| {
            let park = e.in_park().then(|| OrganisationId::from("park"));
            let place = Place { region: self.paths[e.region].clone(), enterprise: None, park: park.clone(), sector: None };
            let body = json!({
                "name": e.name, "code": e.code, "uscc": e.uscc, "industry": e.industry, "sector": e.sector, "scale": e.scale,
                "employees": e.employees, "founded_on": e.founded_on, "address": e.address, "position": position(e.position), "park": park,
                "risk_level": e.risk_level, "risk_reason": e.risk_reason, "key_processes": e.key_processes, "key_chemicals": e.key_chemicals,
                "legal_representative": e.legal_representative, "principal": e.principal, "safety_contact": e.safety_contact,
                "safety_phone": e.safety_phone,
            });
            create(self.start(), ENTERPRISES + at as u64, "enterprise", place, body)
        });
        self.play(seeder, steps.collect()).await
    }

    async fn people(&self, seeder: &Seeder<'_>) -> anyhow::Result<()> {
        let mut users = Vec::new();
        for person in &self.district.people {
            let scope = match &person.at {
                At::Region(code) => PostScope::Region(self.paths[code].clone()),
                At::Enterprise(code) => PostScope::Enterprise(self.enterprise(seeder, code)?),
                At::Platform => PostScope::Platform,
            };
            let post = Post { role: Name::parse(person.role)?, scope, sectors: Vec::new() };
            let user = NewUser {
                username: person.username.clone(),
                name: person.name.clone(),
                title: Some(person.title.clone()),
                password: SECRET.to_owned(),
                demo: person.listed,
            };
            users.push((user, vec![post], person.units.iter().map(|unit| OrganisationId(unit.clone())).collect()));
        }
        Ok(self.app.put_users(users, SECRET).await?)
    }

    async fn units(&self, seeder: &mut Seeder<'_>) -> anyhow::Result<()> {
        let mut steps = Vec::new();
        for (at, unit) in self.district.units.iter().enumerate() {
            let mut body = json!({
                "name": unit.name, "code": unit.code, "category": unit.category, "unit_type": unit.unit_type, "place": unit.place,
                "position": position(unit.position), "people_within_500m": unit.people_within_500m, "s_value": unit.s_value,
                "r_value": unit.r_value, "identified_on": unit.identified_on, "filed_on": unit.filed_on, "filing_number": unit.filing_number,
                "chemicals": unit.chemicals.iter().map(|c| json!({
                    "chemical": c.chemical, "cas": c.cas, "design_quantity": c.design_quantity,
                    "critical_quantity": c.critical_quantity, "beta": c.beta,
                })).collect::<Vec<_>>(),
            });
            for (field, username) in [("chief", &unit.chief), ("technical", &unit.technical), ("operation", &unit.operation)] {
                if let Some(username) = username {
                    body[field] = json!(seeder.user(username).await?);
                }
            }
            let place = seeder.place_of(&self.enterprise(seeder, &unit.enterprise)?).await?;
            steps.push(create(self.start(), UNITS + at as u64, "hazard_unit", place, body));
        }
        self.play(seeder, steps).await?;
        let mut steps = Vec::new();
        for (at, equipment) in self.district.equipment.iter().enumerate() {
            let unit = match &equipment.unit {
                Some(key) => seeder.made(self.unit_number(key)?).cloned(),
                None => None,
            };
            let body = json!({
                "name": equipment.name, "tag": equipment.tag, "type": equipment.kind, "hazard_unit": unit, "place": equipment.place,
                "position": position(equipment.position), "medium": equipment.medium, "capacity": equipment.capacity,
                "design_pressure": equipment.design_pressure, "design_temperature": equipment.design_temperature,
                "installed_on": equipment.installed_on, "special": equipment.special, "inspect_by": equipment.inspect_by,
            });
            let place = seeder.place_of(&self.enterprise(seeder, &equipment.enterprise)?).await?;
            steps.push(create(self.start(), EQUIPMENT + at as u64, "equipment", place, body));
        }
        self.play(seeder, steps).await
    }

    async fn points(&self, seeder: &Seeder<'_>) -> anyhow::Result<()> {
        let mut by_enterprise: BTreeMap<&str, Vec<NewPoint>> = BTreeMap::new();
        for point in &self.district.points {
            let unit = match &point.unit {
                Some(key) => seeder.made(self.unit_number(key)?).map(|id| id.0.clone()),
                None => None,
            };
            let equipment = self.district.equipment.iter().position(|e| e.enterprise == point.enterprise && e.tag == point.equipment);
            let equipment = equipment.and_then(|at| seeder.made(EQUIPMENT + at as u64)).map(|id| id.0.clone());
            by_enterprise.entry(&point.enterprise).or_default().push(NewPoint {
                id: point.id.clone(),
                name: point.name.clone(),
                enterprise: point.enterprise.clone(),
                hazard_unit: unit,
                equipment,
                quantity: point.quantity.to_owned(),
                unit: point.unit_of_measure.to_owned(),
                span: [point.span.0, point.span.1],
                period_s: f64::from(point.period_s),
                kind: point.kind.as_str().to_owned(),
                position: Some(Position { lon: point.position.lon, lat: point.position.lat }),
            });
        }
        for (code, points) in by_enterprise {
            self.app.seed_points(&self.enterprise(seeder, code)?, points).await?;
        }
        for gateway in &self.district.gateways {
            self.app.put_gateway(&gateway.id, &self.enterprise(seeder, &gateway.enterprise)?, SECRET).await?;
        }
        Ok(())
    }

    async fn rules(&self, seeder: &mut Seeder<'_>) -> anyhow::Result<()> {
        let mut places: BTreeMap<&str, Place> = BTreeMap::new();
        let mut steps = Vec::new();
        for (at, rule) in self.district.rules.iter().enumerate() {
            if !places.contains_key(rule.enterprise.as_str()) {
                places.insert(&rule.enterprise, seeder.place_of(&self.enterprise(seeder, &rule.enterprise)?).await?);
            }
            let body = json!({
                "point": rule.point, "hh": rule.hh, "h": rule.h, "l": rule.l, "ll": rule.ll, "alarm_at": rule.alarm_at, "stale": rule.stale,
                "deadband": rule.deadband, "on_delay_s": rule.on_delay_s, "off_delay_s": rule.off_delay_s, "priority": rule.priority,
                "top_priority": rule.top_priority,
            });
            steps.push(create(self.start(), RULES + at as u64, "alarm_rule", places[rule.enterprise.as_str()].clone(), body));
        }
        self.play(seeder, steps).await
    }

    /// Dangers and warnings together, in the order in which they happened.
    async fn past(&self, seeder: &mut Seeder<'_>, stories: &[Story], alarms: &[PastAlarm], now: Instant) -> anyhow::Result<()> {
        let mut steps = Vec::new();
        for story in stories {
            let place = seeder.place_of(&self.enterprise(seeder, &story.enterprise)?).await?;
            for step in story.steps.iter().filter(|step| step.at <= now) {
                steps.push(Step {
                    at: step.at,
                    story: story.id,
                    actor: Some(step.actor.clone()),
                    kind: Name::of("hidden_danger"),
                    action: Name::parse(step.action)?,
                    place: Some(place.clone()),
                    body: self.resolved(seeder, &step.actor, &step.body).await?,
                    comment: step.comment.map(str::to_owned),
                });
            }
        }
        for (at, alarm) in alarms.iter().enumerate() {
            steps.extend(self.past_warning(seeder, WARNINGS + at as u64, alarm, now).await?);
        }
        steps.sort_by_key(|step| step.at);
        self.play(seeder, steps).await
    }

    /// What people did about an alarm that is over: those of hazard units that lasted a few minutes became a warning.
    async fn past_warning(&self, seeder: &mut Seeder<'_>, story: u64, alarm: &PastAlarm, now: Instant) -> anyhow::Result<Vec<Step>> {
        let point = &self.district.points[self.district.point(&alarm.point).context("an alarm of a known point")?];
        let (Some(key), Some(returned)) = (&point.unit, alarm.returned_at) else { return Ok(Vec::new()) };
        let lasted_s = returned.since_ms(alarm.raised_at) / 1000;
        if lasted_s < 180 || returned.plus_s(7200) > now || !story.is_multiple_of(3) {
            return Ok(Vec::new());
        }
        let (safety, superior) =
            (self.staff(&point.enterprise, "enterprise_safety"), self.staff(&point.enterprise, "enterprise_principal"));
        let (Some(safety), Some(superior)) = (safety, superior) else { return Ok(Vec::new()) };
        let unit = seeder.made(self.unit_number(key)?).cloned().context("a unit that was made")?;
        let place = seeder.place_of(&self.enterprise(seeder, &point.enterprise)?).await?;
        let handler = seeder.user(&safety).await?;
        let words = |zh: bool| {
            if zh { format!("{} {} 报警", point.name, alarm.condition) } else { format!("{}: {} alarm", point.name, alarm.condition) }
        };
        let term = json!({
            "rule": "any_alarm", "colour": "blue", "since": alarm.raised_at, "text": words(true), "text_en": words(false), "point": alarm.point,
            "condition": alarm.condition, "value": alarm.value, "limit": alarm.limit, "unit": point.unit_of_measure,
        });
        let at = |after_s: i64| alarm.raised_at.plus_s(after_s);
        let over = returned.max(at(900));
        let step = |at: Instant, actor: Option<&str>, action: &str, body: Value| Step {
            at,
            story,
            actor: actor.map(str::to_owned),
            kind: Name::of("warning"),
            action: Name::of(action),
            place: Some(place.clone()),
            body: body_of(body),
            comment: None,
        };
        let terms = json!([term]);
        let cause = json!({"cause": "工况波动，现场核实后调整操作恢复正常"});
        let answer = json!({
            "cause": "工况波动，现场核实后调整操作恢复正常", "measures": "降低进料量，现场复测，恢复后持续观察半小时", "handler": handler,
            "readings": "报警解除后读数稳定在限值以下",
        });
        Ok(vec![
            step(alarm.raised_at, None, "create", json!({"hazard_unit": unit, "terms": terms})),
            step(at(150), Some(&safety), "receive", json!({})),
            step(at(420), Some(&safety), "verify", json!({})),
            step(at(700), Some(&safety), "handle", cause),
            step(over.plus_s(1), None, "update", json!({"terms": terms, "cleared_at": returned})),
            step(over.plus_s(600), Some(&safety), "feed_back", answer),
            step(over.plus_s(1500), Some(&superior), "confirm", json!({})),
            step(over.plus_s(1600), None, "close", json!({})),
        ])
    }

    fn staff(&self, enterprise: &str, role: &str) -> Option<String> {
        let here = At::Enterprise(enterprise.to_owned());
        self.district.people.iter().find(|person| person.at == here && person.role == role).map(|person| person.username.clone())
    }

    async fn resolved(&self, seeder: &mut Seeder<'_>, actor: &str, body: &Body) -> anyhow::Result<Body> {
        let mut words = Vec::new();
        // First collect, then look up: the lookups wait, the rewriting does not.
        anlan_sim::resolve(body, &mut |word| {
            words.push(word.to_owned());
            String::new()
        });
        let mut ids = BTreeMap::new();
        for word in words {
            let id = match word.split_once(':') {
                Some(("user", name)) => seeder.user(name).await?.0,
                Some(("unit", key)) => seeder.made(self.unit_number(key)?).with_context(|| format!("unit {key}"))?.0.clone(),
                Some(("organisation", key)) => key.to_owned(),
                Some(("photo", "before")) => seeder.file(actor, "整改前.png", anlan_sim::PHOTO_BEFORE).await?.0,
                Some(("photo", "after")) => seeder.file(actor, "整改后.png", anlan_sim::PHOTO_AFTER).await?.0,
                None if word == "paper" => seeder.file(actor, "材料.pdf", anlan_sim::PAPER).await?.0,
                _ => bail!("a story says @{word}, which means nothing"),
            };
            ids.insert(word, id);
        }
        Ok(anlan_sim::resolve(body, &mut |word| ids[word].clone()))
    }

    /// Alarms of the past that are over. Those that stand now will be raised again by the first readings.
    async fn alarms(&self, seeder: &mut Seeder<'_>, past: &[PastAlarm], now: Instant) -> anyhow::Result<()> {
        let mut alarms = Vec::new();
        for alarm in past {
            let Some(returned) = alarm.returned_at.filter(|at| *at < now) else { continue };
            let Some(rule) = self.district.rules.iter().position(|rule| rule.point == alarm.point) else { continue };
            let rule = seeder.made(RULES + rule as u64).cloned().context("a rule that was made")?;
            let point = self.app.point_number(&alarm.point).with_context(|| format!("point {}", alarm.point))?;
            let safety = self.district.points[self.district.point(&alarm.point).context("a known point")?].enterprise.clone();
            let acked_by = match alarm.acked_by.clone().or_else(|| self.staff(&safety, "enterprise_safety")) {
                Some(username) => Some(seeder.user(&username).await?),
                None => None,
            };
            let (condition, side) = match alarm.condition {
                "HH" => (Condition::HH, Side::High),
                "H" => (Condition::H, Side::High),
                "L" => (Condition::L, Side::Low),
                "LL" => (Condition::LL, Side::Low),
                "bypass" => (Condition::Bypass, Side::Other),
                _ => (Condition::State, Side::Other),
            };
            alarms.push(Alarm {
                id: AlarmId(format!("past-{}-{}", alarm.point, alarm.onset.as_ms())),
                rule,
                point,
                side,
                condition,
                priority: Priority::parse(alarm.priority).unwrap_or(Priority::Medium),
                state: AlarmState::Normal,
                onset: alarm.onset,
                raised_at: alarm.raised_at,
                acked_at: Some(alarm.acked_at.unwrap_or_else(|| returned.plus_s(180).min(now))),
                acked_by,
                returned_at: Some(returned),
                value: Some(alarm.value),
                limit: Some(alarm.limit),
                late: false,
            });
        }
        Ok(self.app.put_past_alarms(&alarms).await?)
    }
}

/// What the simulated people need to go on after a restart: when it was seeded, and which record each story is about.
async fn remember(platform: &Platform, seeder: &Seeder<'_>, stories: &[Story], now: Instant) -> anyhow::Result<()> {
    let made: BTreeMap<String, &str> =
        stories.iter().filter_map(|story| Some((story.id.to_string(), seeder.made(story.id)?.as_str()))).collect();
    let mut tx = platform.store.write().await?;
    tx.set_setting(super::operators::SEEDED, &json!({"at": now, "days": PAST_DAYS, "stories": made})).await?;
    Ok(tx.commit().await?)
}

fn position(at: LonLat) -> Value {
    json!({"lon": at.lon, "lat": at.lat})
}

/// Without the fields that have no value.
fn body_of(body: Value) -> Body {
    match body {
        Value::Object(body) => body.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => Body::new(),
    }
}

fn create(at: Instant, story: u64, kind: &str, place: Place, body: Value) -> Step {
    Step {
        at,
        story,
        actor: None,
        kind: Name::of(kind),
        action: Name::of("create"),
        place: Some(place),
        body: body_of(body),
        comment: None,
    }
}

struct Progress(ProgressBar);

impl Progress {
    fn new() -> Self {
        let bar = ProgressBar::new(8);
        bar.set_style(
            ProgressStyle::with_template("seeding the demo district [{bar:24}] {msg}").unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        Self(bar)
    }
    fn step(&self, what: &'static str) {
        self.0.inc(1);
        self.0.set_message(what);
        if self.0.is_hidden() {
            eprintln!("seeding the demo district: {what}");
        }
    }
    fn done(&self) {
        self.0.finish_and_clear();
    }
}
