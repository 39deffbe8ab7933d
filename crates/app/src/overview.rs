//! Read models of two pages: the duty screen's figures and everything of one enterprise. Every figure is counted over what the caller may see.

use std::collections::BTreeMap;
use std::sync::Arc;

use anlan_access::PostScope;
use anlan_alarms::AlarmState;
use anlan_base::{Date, EnterpriseId, Instant, Name, RecordId, RegionPath};
use anlan_records::kind::{Condition, Is, Kind, Test};
use anlan_store::{AlarmQuery, PointQuery, RecordQuery, UserQuery};
use serde_json::{Map, Value, json};

use crate::monitoring::AlarmView;
use crate::records::{ListRequest, Page, RecordView};
use crate::{App, AppError, Caller};

const LOOP_DAYS: i64 = 14;

pub struct EnterpriseOverview {
    pub kind: Arc<Kind>,
    pub record: RecordView,
    pub groups: Vec<Group>,
    pub alarms: Page<AlarmView>,
    pub points: Value,
    pub users: Vec<Value>,
}

pub struct Group {
    pub kind: Arc<Kind>,
    pub total: u64,
    pub items: Vec<RecordView>,
}

fn one_of(subject: &str, values: Vec<Value>) -> Test {
    Test { subject: Name::of(subject), is: Is::OneOf(values) }
}

fn open_states(kind: &Kind) -> Test {
    one_of("state", kind.states.values().filter(|state| !state.finals).map(|state| json!(state.id)).collect())
}

impl App {
    fn counting(&self, kind: &Kind, tests: Vec<Test>) -> RecordQuery {
        let mut query = RecordQuery::of(kind.id.clone(), self.now());
        query.size = 500;
        query.conditions = if tests.is_empty() { Vec::new() } else { vec![Condition(vec![tests])] };
        query
    }

    async fn count(&self, caller: &Caller, kind: &Kind, tests: Vec<Test>) -> Result<i64, AppError> {
        Ok(self.store.count(&self.scope(caller, &kind.id), &self.counting(kind, tests)).await?)
    }

    pub async fn duty_overview(&self, caller: &Caller) -> Result<Value, AppError> {
        let (enterprise, unit) = (self.kind_for(caller, "enterprise")?, self.kind_for(caller, "hazard_unit")?);
        let (danger, warning) = (self.kind_for(caller, "hidden_danger")?, self.kind_for(caller, "warning")?);
        let now = self.now();
        let overdue = || one_of("overdue", vec![json!(true)]);
        let major = || one_of("level", vec![json!("major")]);
        let enterprises = self.count(caller, &enterprise, vec![open_states(&enterprise)]).await?;
        let risk = self
            .store
            .count_by(&self.scope(caller, "enterprise"), &self.counting(&enterprise, vec![open_states(&enterprise)]), "risk_level")
            .await?;
        let units = self.count(caller, &unit, vec![open_states(&unit)]).await?;
        let sources = self.count(caller, &unit, vec![open_states(&unit), Test { subject: Name::of("level"), is: Is::Set(true) }]).await?;
        let active = vec![AlarmState::UnackActive, AlarmState::AckedActive, AlarmState::RtnUnack];
        let alarms = |states: Vec<AlarmState>, from: Option<Instant>| AlarmQuery {
            states,
            raised_from: from,
            page: 1,
            size: 1,
            ..AlarmQuery::default()
        };
        let scope = self.scope(caller, "enterprise");
        Ok(json!({
            "at": now,
            "enterprises": self.monitored(caller, enterprises).await?,
            "points": self.point_states(caller).await?,
            "hazard_units": {"total": units, "major": sources, "by_colour": self.units_by_colour(caller, &warning, units).await?},
            "dangers": {
                "open": self.count(caller, &danger, vec![open_states(&danger)]).await?,
                "overdue": self.count(caller, &danger, vec![overdue()]).await?,
                "major_open": self.count(caller, &danger, vec![open_states(&danger), major()]).await?,
            },
            "risk": counts_of(&risk, &["red", "orange", "yellow", "blue"]),
            "alarms": {
                "active": self.store.count_alarms(&scope, &alarms(active, None)).await?,
                "unacked": self.store.count_alarms(&scope, &alarms(vec![AlarmState::UnackActive, AlarmState::RtnUnack], None)).await?,
                "today": self.store.count_alarms(&scope, &alarms(Vec::new(), Some(now.date().start()))).await?,
            },
            "loop": self.danger_loop(caller, &danger).await?,
            "towns": self.towns(caller, &danger).await?,
            "weather": self.weather(caller).await?,
        }))
    }

    /// Of the enterprises that have points: how many deliver now.
    async fn monitored(&self, caller: &Caller, total: i64) -> Result<Value, AppError> {
        let mut online: BTreeMap<EnterpriseId, bool> = BTreeMap::new();
        for (point, fresh, _) in self.points_now(caller).await? {
            *online.entry(point.enterprise.clone()).or_default() |= fresh;
        }
        let up = online.values().filter(|up| **up).count();
        Ok(json!({"total": total, "monitored": online.len(), "online": up, "offline": online.len() - up}))
    }

    async fn point_states(&self, caller: &Caller) -> Result<Value, AppError> {
        let (mut good, mut bad, mut stale, mut silent) = (0, 0, 0, 0);
        for (_, fresh, quality) in self.points_now(caller).await? {
            match quality {
                None => silent += 1,
                Some(_) if !fresh => stale += 1,
                Some(anlan_base::Quality::Bad) => bad += 1,
                Some(_) => good += 1,
            }
        }
        Ok(json!({"total": good + bad + stale + silent, "good": good, "bad": bad, "stale": stale, "out_of_service": silent}))
    }

    async fn units_by_colour(&self, caller: &Caller, warning: &Kind, units: i64) -> Result<Value, AppError> {
        let scope = self.scope(caller, &warning.id);
        let counts = self.store.count_by(&scope, &self.counting(warning, vec![open_states(warning)]), "colour").await?;
        let mut by_colour = counts_of(&counts, &["red", "orange", "yellow", "blue"]);
        let coloured: i64 = counts.values().sum();
        by_colour.insert("none".to_owned(), json!((units - coloured).max(0)));
        Ok(Value::Object(by_colour))
    }

    /// Found, closed, and overdue at the day's end, for each of the last days.
    async fn danger_loop(&self, caller: &Caller, danger: &Kind) -> Result<Value, AppError> {
        let scope = self.scope(caller, &danger.id);
        let now = self.now();
        let today = now.date();
        let first = today.plus_days(1 - LOOP_DAYS);
        let finals: Vec<Name> = danger.states.values().filter(|state| state.finals).map(|state| state.id.clone()).collect();
        let found = self.store.entered(&scope, &danger.id, std::slice::from_ref(&danger.create.to), first.start(), now.plus_ms(1)).await?;
        let closed = self.store.entered(&scope, &danger.id, &finals, first.start(), now.plus_ms(1)).await?;
        let closed_at: BTreeMap<&RecordId, Instant> = closed.iter().map(|(id, at)| (id, *at)).collect();
        // Whoever was overdue on some day either is still open, or was closed within these days.
        let mut due: Vec<(Date, Option<Instant>)> = Vec::new();
        for record in self.all_shown(caller, danger, vec![open_states(danger)]).await? {
            due.extend(rectify_by(&record.body).map(|by| (by, None)));
        }
        let lately = Is::Between { min: Some(json!(first.start())), max: None };
        let ended =
            vec![one_of("state", finals.iter().map(|state| json!(state)).collect()), Test { subject: Name::of("updated_at"), is: lately }];
        for record in self.all_shown(caller, danger, ended).await? {
            due.extend(closed_at.get(&record.id).zip(rectify_by(&record.body)).map(|(at, by)| (by, Some(*at))));
        }
        let per_day = |events: &[(RecordId, Instant)], day: Date| events.iter().filter(|(_, at)| at.date() == day).count();
        let days = (0..LOOP_DAYS).map(|n| {
            let day = first.plus_days(n);
            let end = day.end().min(now);
            let overdue = due.iter().filter(|(by, closed)| by.end() <= end && closed.is_none_or(|at| at > end)).count();
            json!({"date": day, "found": per_day(&found, day), "closed": per_day(&closed, day), "overdue": overdue})
        });
        Ok(days.collect())
    }

    async fn all_shown(&self, caller: &Caller, kind: &Kind, tests: Vec<Test>) -> Result<Vec<anlan_records::record::Record>, AppError> {
        let mut query = self.counting(kind, tests);
        let mut all = Vec::new();
        loop {
            let (page, total) = self.store.records(&self.scope(caller, &kind.id), &query).await?;
            let done = page.is_empty();
            all.extend(page);
            if done || all.len() as i64 >= total {
                return Ok(all);
            }
            query.page += 1;
        }
    }

    async fn towns(&self, caller: &Caller, danger: &Kind) -> Result<Value, AppError> {
        let scope = self.scope(caller, &danger.id);
        let open = self.store.count_by(&scope, &self.counting(danger, vec![open_states(danger)]), "region").await?;
        let overdue = self.store.count_by(&scope, &self.counting(danger, vec![one_of("overdue", vec![json!(true)])]), "region").await?;
        let regions = self.regions();
        let mut towns: Vec<(i64, Value)> = Vec::new();
        for (path, count) in open {
            let Some(path) = path.and_then(|path| RegionPath::parse(&path)) else { continue };
            let late = overdue.get(&Some(path.to_string())).copied().unwrap_or(0);
            let name = regions.name_of(&path);
            towns.push((count, json!({"code": regions.code_of(&path), "name": name, "open": count, "overdue": late})));
        }
        towns.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        Ok(towns.into_iter().map(|(_, town)| town).collect())
    }

    async fn weather(&self, caller: &Caller) -> Result<Value, AppError> {
        let mut weather = Map::new();
        let names = [
            ("wind_speed", "wind_speed"),
            ("wind_direction", "wind_direction"),
            ("ambient_temperature", "temperature"),
            ("humidity", "humidity"),
        ];
        for (quantity, name) in names {
            let query = PointQuery { quantity: Some(quantity.to_owned()), page: 1, size: 1, ..PointQuery::default() };
            let (points, _) = self.store.points(&self.scope(caller, "enterprise"), &query).await?;
            let Some(point) = points.first() else { continue };
            if let Some(latest) = self.latest_of(point.point.number) {
                weather.insert(name.to_owned(), json!(latest.v));
                weather.insert("at".to_owned(), json!(latest.t));
            }
        }
        Ok(if weather.is_empty() { Value::Null } else { Value::Object(weather) })
    }

    /// Everything of one enterprise that the caller may see, on one page.
    pub async fn enterprise_overview(&self, caller: &Caller, id: &RecordId) -> Result<EnterpriseOverview, AppError> {
        let kind = self.kind_for(caller, "enterprise")?;
        let record = self.read(caller, &kind, id).await?;
        let own = EnterpriseId(id.0.clone());
        let mut groups = Vec::new();
        for summary in self.kinds_of(caller).await? {
            if summary.kind.id == kind.id {
                continue;
            }
            let request = ListRequest { page: 1, size: 5, enterprises: vec![id.0.clone()], ..ListRequest::default() };
            let page = self.list(caller, &summary.kind, &request).await?;
            groups.push(Group { kind: summary.kind, total: page.total, items: page.items });
        }
        let active = vec!["active".to_owned()];
        let query =
            crate::monitoring::AlarmQuery { states: active, enterprises: vec![id.0.clone()], page: 1, size: 5, ..Default::default() };
        let alarms = self.alarms(caller, &query).await?;
        let points: Vec<bool> =
            self.points_now(caller).await?.into_iter().filter(|(p, ..)| p.enterprise == own).map(|(_, fresh, _)| fresh).collect();
        let mut users = Vec::new();
        for user in self.store.users(&UserQuery { enterprise: Some(own.clone()), limit: 200, ..UserQuery::default() }).await? {
            let Some(subject) = self.store.subject(&user.id).await? else { continue };
            let here = subject.posts.iter().filter(|post| post.scope == PostScope::Enterprise(own.clone()));
            let roles: Vec<Value> =
                here.filter_map(|post| self.kinds.roles.get(&post.role)).map(|role| json!({"id": role.id, "label": role.label})).collect();
            users.push(json!({"id": user.id, "name": user.name, "title": user.title, "roles": roles}));
        }
        let points = json!({"total": points.len(), "good": points.iter().filter(|fresh| **fresh).count()});
        Ok(EnterpriseOverview { kind, record, groups, alarms, points, users })
    }
}

fn rectify_by(body: &Map<String, Value>) -> Option<Date> {
    body.get("rectify_by")?.as_str().and_then(|text| Date::parse(text).ok())
}

fn counts_of(counts: &BTreeMap<Option<String>, i64>, names: &[&str]) -> Map<String, Value> {
    names.iter().map(|name| ((*name).to_owned(), json!(counts.get(&Some((*name).to_owned())).copied().unwrap_or(0)))).collect()
}
