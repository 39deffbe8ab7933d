//! Keeps each hazard unit's warning true: alarms and dangers in, one open warning a unit out, each term with its evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use anlan_access::ReadScope;
use anlan_alarms::{AlarmState, Condition as AlarmCondition};
use anlan_base::{Instant, Name, RecordId};
use anlan_domains::major_hazard::HazardUnit;
use anlan_domains::rule::Typed;
use anlan_domains::warning::Warning;
use anlan_domains::warning::rules::severity;
use anlan_domains::warning::scheme::Scheme;
use anlan_domains::warning::terms::{Judgement, LiveAlarm, OpenDanger, Situation, judge, renewed};
use anlan_domains::warning::warning::Colour;
use anlan_records::kind::{Condition, Is, Kind, Test};
use anlan_records::record::{Body, Machine, Record};
use anlan_store::{AlarmQuery, RecordQuery, StoredAlarm};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::{App, AppError};

/// Every unit is judged again after this long, whatever happened: a missed sign costs a minute, not a life.
const SWEEP_MS: i64 = 60_000;

/// Which units have to be judged, and when time alone will change one.
#[derive(Default)]
pub(crate) struct Keeper {
    due: Mutex<BTreeMap<RecordId, Instant>>,
    wake: Notify,
}

impl Keeper {
    /// Something about this unit changed.
    pub(crate) fn look_at(&self, unit: RecordId) {
        self.due.lock().expect("no holder panics").insert(unit, Instant::from_ms(i64::MIN));
        self.wake.notify_one();
    }

    fn look_at_later(&self, unit: &RecordId, at: Instant) {
        let mut due = self.due.lock().expect("no holder panics");
        let entry = due.entry(unit.clone()).or_insert(at);
        *entry = (*entry).min(at);
    }

    fn take_due(&self, now: Instant) -> Vec<RecordId> {
        let mut due = self.due.lock().expect("no holder panics");
        let units: Vec<RecordId> = due.iter().filter(|(_, at)| **at <= now).map(|(unit, _)| unit.clone()).collect();
        for unit in &units {
            due.remove(unit);
        }
        units
    }

    fn next(&self) -> Option<Instant> {
        self.due.lock().expect("no holder panics").values().min().copied()
    }
}

impl App {
    /// Runs until the process ends.
    pub(crate) async fn keep_warnings(self: Arc<Self>) {
        let scheme = match Scheme::read(&self.kinds) {
            Ok(scheme) => scheme,
            Err(wrong) => {
                tracing::error!(wrong, "warnings cannot be judged: the settings of warnings are not right");
                return;
            }
        };
        let mut swept = Instant::from_ms(i64::MIN);
        while !self.is_stopping() {
            let now = self.now();
            if now.since_ms(swept) >= SWEEP_MS {
                swept = now;
                match self.all_units().await {
                    Ok(units) => units.into_iter().for_each(|unit| self.monitoring.keeper.look_at_later(&unit, now)),
                    Err(error) => tracing::error!(%error, "could not list the hazard units"),
                }
            }
            for unit in self.monitoring.keeper.take_due(now) {
                if let Err(error) = self.judge_unit(&unit, &scheme).await {
                    tracing::error!(%error, %unit, "could not judge a hazard unit; trying again");
                    self.monitoring.keeper.look_at_later(&unit, now.plus_s(2));
                }
            }
            let next = self.monitoring.keeper.next().unwrap_or_else(|| now.plus_ms(SWEEP_MS)).min(swept.plus_ms(SWEEP_MS));
            let wait = next.since_ms(self.now()).clamp(0, 1000) as u64;
            tokio::select! {
                () = self.monitoring.keeper.wake.notified() => {}
                () = tokio::time::sleep(std::time::Duration::from_millis(wait)) => {}
                () = self.stopping() => return,
            }
        }
    }

    async fn all_units(&self) -> Result<BTreeSet<RecordId>, AppError> {
        let Some(kind) = self.kinds.get("hazard_unit") else { return Ok(BTreeSet::new()) };
        Ok(self.open_records(kind).await?.into_iter().map(|record| record.id).collect())
    }

    /// Judges one unit and brings its warning in line.
    pub(crate) async fn judge_unit(&self, unit: &RecordId, scheme: &Scheme) -> Result<(), AppError> {
        let (Some(kind), Some(unit_kind)) = (self.kinds.get("warning"), self.kinds.get("hazard_unit")) else { return Ok(()) };
        let Some(record) = self.store.record(&ReadScope::platform(), unit).await?.filter(|r| r.kind == unit_kind.id) else { return Ok(()) };
        let open = self.open_warning(kind, unit).await?;
        let situation = self.situation(&record, open.as_ref(), scheme).await?;
        let judgement = judge(&situation, scheme, self.now());
        if let Some(at) = judgement.next_change_at {
            self.monitoring.keeper.look_at_later(unit, at);
        }
        match open {
            None if judgement.terms.is_empty() => Ok(()),
            None => self.issue(kind, &record, judgement).await,
            Some(warning) => self.bring_in_line(kind, &warning, judgement).await,
        }
    }

    async fn issue(&self, kind: &Arc<Kind>, unit: &Record, judgement: Judgement) -> Result<(), AppError> {
        let new = Warning { hazard_unit: Some(unit.id.clone()), terms: judgement.terms, ..Warning::default() };
        let body = new.body().ok_or_else(|| AppError::failure("write a warning", "a colour that only an overlay knows"))?;
        self.create_as(Machine::Platform, kind, unit.place(), body).await.map(drop)
    }

    async fn bring_in_line(&self, kind: &Arc<Kind>, record: &Record, judgement: Judgement) -> Result<(), AppError> {
        let warning = Warning::read(&record.body).map_err(|refusal| AppError::failure("read a warning", refusal))?;
        let act =
            |action: &'static str| self.change_as(Machine::Platform, &record.id, kind.actions.get(action).map(|a| &a.id), Body::new());
        if judgement.terms.is_empty() {
            if warning.cleared_at.is_none() {
                self.edit_warning(record, json!({"cleared_at": self.now()})).await?;
            }
            // Which of the two is open depends on its state; the other says no, and that is no failure.
            for action in ["clear", "close"] {
                let open = kind.actions.get(action).is_some_and(|action| action.from.contains(&record.state));
                if open {
                    match act(action).await {
                        Ok(()) | Err(AppError::Conflict(_) | AppError::NotAllowed(_)) => {}
                        Err(other) => return Err(other),
                    }
                }
            }
            return Ok(());
        }
        let rank = |colour: Option<Colour>| colour.map_or(u8::MAX, severity);
        // Told again only for news: worse than it ever was, or bad again after it had been over.
        let against = if warning.cleared_at.is_some() { warning.colour } else { warning.peak.or(warning.colour) };
        let worse = rank(judgement.colour()) < rank(against);
        let terms = renewed(&warning.terms, judgement.terms);
        if terms.is_some() || warning.cleared_at.is_some() {
            let terms = terms.unwrap_or(warning.terms);
            self.edit_warning(record, json!({"terms": terms, "cleared_at": null})).await?;
        }
        let told_again = worse && kind.actions.get("reissue").is_some_and(|action| action.from.contains(&record.state));
        if told_again { act("reissue").await } else { Ok(()) }
    }

    async fn edit_warning(&self, record: &Record, patch: Value) -> Result<(), AppError> {
        let Value::Object(patch) = patch else { return Ok(()) };
        let update = self.kinds.get("warning").and_then(|kind| kind.actions.get("update"));
        self.change_as(Machine::Platform, &record.id, update.map(|action| &action.id), patch).await
    }

    async fn open_warning(&self, kind: &Kind, unit: &RecordId) -> Result<Option<Record>, AppError> {
        let open = kind.states.values().filter(|state| !state.finals).map(|state| json!(state.id)).collect();
        let mut query = RecordQuery::of(kind.id.clone(), self.now());
        let tests = vec![
            Test { subject: Name::of("state"), is: Is::OneOf(open) },
            Test { subject: Name::of("hazard_unit"), is: Is::OneOf(vec![json!(unit)]) },
        ];
        query.conditions = vec![Condition(vec![tests])];
        Ok(self.store.records(&ReadScope::platform(), &query).await?.0.into_iter().next())
    }

    async fn situation(&self, unit: &Record, open: Option<&Record>, scheme: &Scheme) -> Result<Situation, AppError> {
        let level = HazardUnit::read(&unit.body).ok().and_then(|unit| unit.level);
        let now = self.now();
        let mut query = AlarmQuery { hazard_units: vec![unit.id.clone()], page: 1, size: 200, ..AlarmQuery::default() };
        query.states = vec![AlarmState::UnackActive, AlarmState::AckedActive];
        let (mut stored, _) = self.store.alarms(&ReadScope::platform(), &query).await?;
        // One of two gas detectors may have returned, but not long ago.
        query.states = vec![AlarmState::RtnUnack, AlarmState::Normal];
        query.raised_from = Some(now.plus_s(-2 * i64::from(scheme.gas_at_two_detectors.within_s)));
        stored.extend(self.store.alarms(&ReadScope::platform(), &query).await?.0);
        let mut alarms = Vec::with_capacity(stored.len());
        for alarm in stored {
            alarms.push(self.live_alarm(alarm).await?);
        }
        let dangers = self.major_dangers(&unit.id).await?;
        let unanswered_since = open.filter(|warning| is_unanswered(&warning.state)).map(|warning| warning.created_at);
        Ok(Situation { level, alarms, dangers, unanswered_since })
    }

    async fn live_alarm(&self, stored: StoredAlarm) -> Result<LiveAlarm, AppError> {
        let alarm = stored.alarm;
        // An alarm that returned and came back began anew; one that became HH is judged as HH from then on.
        let severe = matches!(alarm.condition, AlarmCondition::HH | AlarmCondition::LL);
        let events = self.store.alarm_events(&ReadScope::platform(), &alarm.id).await?;
        let begins = events.iter().filter(|event| event.what == "reraised" || (severe && event.what == "escalated"));
        let since = begins.map(|event| event.at).max().map_or(alarm.raised_at, |at| at.max(alarm.raised_at));
        Ok(LiveAlarm {
            id: alarm.id,
            point: stored.point_id,
            point_name: stored.point_name,
            quantity: stored.quantity,
            condition: alarm.condition,
            since,
            acked_at: alarm.acked_at,
            returned_at: alarm.returned_at.filter(|_| !alarm.state.is_standing()),
            value: alarm.value,
            limit: alarm.limit,
            unit: Some(stored.unit).filter(|unit| !unit.is_empty()),
        })
    }

    async fn major_dangers(&self, unit: &RecordId) -> Result<Vec<OpenDanger>, AppError> {
        let Some(kind) = self.kinds.get("hidden_danger") else { return Ok(Vec::new()) };
        let open = kind.states.values().filter(|state| !state.finals).map(|state| json!(state.id)).collect();
        let tests = vec![
            Test { subject: Name::of("state"), is: Is::OneOf(open) },
            Test { subject: Name::of("hazard_unit"), is: Is::OneOf(vec![json!(unit)]) },
            Test { subject: Name::of("level"), is: Is::OneOf(vec![json!("major")]) },
        ];
        let mut query = RecordQuery::of(kind.id.clone(), self.now());
        query.conditions = vec![Condition(vec![tests])];
        let (found, _) = self.store.records(&ReadScope::platform(), &query).await?;
        let danger = |record: Record| OpenDanger { id: record.id, title: record.title, since: record.created_at, due_at: record.due_at };
        Ok(found.into_iter().map(danger).collect())
    }
}

/// Still in the enterprise's hands: nobody has answered yet.
fn is_unanswered(state: &str) -> bool {
    matches!(state, "issued" | "received" | "verifying" | "handling")
}

/// The interface's shape of terms: what a term rests on stands under `evidence`.
pub(crate) fn dress(body: &mut Body) {
    let Some(Value::Array(terms)) = body.get_mut("terms") else { return };
    for term in terms {
        let Value::Object(row) = term else { continue };
        let (mut outside, mut evidence) = (Body::new(), Body::new());
        for (name, value) in std::mem::take(row) {
            let to = if matches!(name.as_str(), "id" | "rule" | "colour") { &mut outside } else { &mut evidence };
            to.insert(name, value);
        }
        outside.insert("evidence".to_owned(), Value::Object(evidence));
        *row = outside;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_shows_what_it_rests_on() {
        let Value::Object(mut body) = json!({"terms": [{"id": "t", "rule": "any_alarm", "colour": "blue", "value": 27.4, "point": "P"}]})
        else {
            unreachable!()
        };
        dress(&mut body);
        assert_eq!(
            Value::Object(body),
            json!({"terms": [{"id": "t", "rule": "any_alarm", "colour": "blue", "evidence": {"value": 27.4, "point": "P"}}]})
        );
    }
}
