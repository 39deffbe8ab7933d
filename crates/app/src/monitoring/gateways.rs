//! Gateways and points: who may send, and what there is to be measured.

use std::collections::BTreeMap;
use std::sync::Mutex;

use anlan_base::{EnterpriseId, Instant, Name, RecordId, Refusal};
use anlan_ledger::sha256_hex;
use anlan_records::kind::Kind;
pub use anlan_store::PointQuery;
use anlan_store::{Gateway, StoredPoint};
use anlan_telemetry::{Code, Point, PointKind, Receipt, is_point_id};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{App, AppError, Caller};

/// Whose readings these are: a gateway's or a person's, and which points they may speak for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    pub name: String,
    pub is_gateway: bool,
    pub enterprises: Vec<EnterpriseId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewGateway {
    pub id: String,
    /// Id or short code.
    pub enterprise: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPoint {
    pub id: String,
    pub name: String,
    /// Id or short code.
    pub enterprise: String,
    #[serde(default)]
    pub hazard_unit: Option<String>,
    #[serde(default)]
    pub equipment: Option<String>,
    pub quantity: String,
    pub unit: String,
    pub span: [f64; 2],
    pub period_s: f64,
    pub kind: String,
    #[serde(default)]
    pub position: Option<Position>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    pub lon: f64,
    pub lat: f64,
}

/// What a gateway did since it was added, by name of the count.
#[derive(Default)]
pub(crate) struct Tallies {
    by_gateway: Mutex<BTreeMap<String, Tally>>,
}

#[derive(Clone, Default)]
struct Tally {
    counts: BTreeMap<String, u64>,
    last_seen: Option<Instant>,
    /// Newest device time, for the lag.
    newest: Option<Instant>,
    unsaved: bool,
}

impl Tallies {
    pub(crate) fn restore(&self, gateways: &[Gateway]) {
        let mut all = self.by_gateway.lock().expect("no holder panics");
        for gateway in gateways {
            let counts = serde_json::from_value(gateway.counters.clone()).unwrap_or_default();
            all.insert(gateway.id.clone(), Tally { counts, last_seen: gateway.last_seen, newest: None, unsaved: false });
        }
    }

    pub(crate) fn count(&self, gateway: &str, now: Instant, what: &str, n: u64) {
        let mut all = self.by_gateway.lock().expect("no holder panics");
        let tally = all.entry(gateway.to_owned()).or_default();
        *tally.counts.entry(what.to_owned()).or_default() += n;
        tally.last_seen = Some(now);
        tally.unsaved = true;
    }

    fn receipt(&self, gateway: &str, now: Instant, receipt: &Receipt) {
        for (what, n) in [("accepted", receipt.accepted), ("duplicate", receipt.duplicate), ("corrected", receipt.corrected)] {
            self.count(gateway, now, what, n as u64);
        }
        for code in Code::ALL {
            let n = receipt.rejected.iter().filter(|rejected| rejected.code == code).count();
            if n > 0 {
                self.count(gateway, now, code.as_str(), n as u64);
            }
        }
    }

    fn view(&self, gateway: &Gateway, now: Instant) -> Value {
        let tally = self.by_gateway.lock().expect("no holder panics").get(&gateway.id).cloned().unwrap_or_default();
        let last_seen = tally.last_seen.or(gateway.last_seen);
        let online = last_seen.is_some_and(|seen| now.since_ms(seen) < 60_000);
        let count = |what: &str| tally.counts.get(what).copied().unwrap_or(0);
        let fixed = ["accepted", "duplicate", "corrected"];
        let rejected: BTreeMap<&String, u64> =
            tally.counts.iter().filter(|(what, _)| !fixed.contains(&what.as_str())).map(|(w, n)| (w, *n)).collect();
        json!({
            "id": gateway.id, "enterprise": gateway.enterprise, "state": if online { "online" } else { "offline" }, "last_seen": last_seen,
            "lag_s": tally.newest.zip(last_seen).map(|(newest, seen)| (seen.since_ms(newest) as f64 / 1000.0).max(0.0)),
            "accepted": count("accepted"), "duplicate": count("duplicate"), "corrected": count("corrected"), "rejected": rejected,
        })
    }
}

impl App {
    /// Adds a gateway. Its key is shown this once; only a hash is kept.
    pub async fn add_gateway(&self, caller: &Caller, new: NewGateway) -> Result<(String, String), AppError> {
        let enterprise = self.enterprise_named(caller, &new.enterprise).await?;
        if !self.manages_signals(caller, &enterprise).await? {
            return Err(AppError::NotAllowed(Refusal::new("not_allowed")));
        }
        let key = self.secret();
        self.put_gateway(&new.id, &enterprise, &key).await?;
        Ok((new.id, key))
    }

    /// As the platform: the command line and the demo.
    pub async fn put_gateway(&self, id: &str, enterprise: &EnterpriseId, key: &str) -> Result<(), AppError> {
        let fine = (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        if !fine {
            return Err(AppError::invalid(Refusal::at("bad_id", "id")));
        }
        let gateway = Gateway {
            number: 0,
            id: id.to_owned(),
            enterprise: enterprise.clone(),
            key_hash: sha256_hex(key.as_bytes()),
            created_at: self.now(),
            last_seen: None,
            counters: json!({}),
        };
        let mut tx = self.store.write().await?;
        tx.add_gateway(&gateway).await.map_err(taken("id"))?;
        tx.commit().await?;
        Ok(())
    }

    pub async fn gateway(&self, caller: &Caller, id: &str) -> Result<Value, AppError> {
        let gateways = self.store.gateways(&self.scope(caller, "enterprise")).await?;
        let gateway = gateways.iter().find(|gateway| gateway.id == id).ok_or(AppError::NotFound)?;
        Ok(self.monitoring.tallies.view(gateway, self.now()))
    }

    pub async fn gateways(&self, caller: &Caller, enterprise: Option<&str>, page: u32, size: u32) -> Result<Value, AppError> {
        let all = self.store.gateways(&self.scope(caller, "enterprise")).await?;
        let wanted: Vec<&Gateway> = all.iter().filter(|gateway| enterprise.is_none_or(|id| gateway.enterprise.as_str() == id)).collect();
        let from = ((page - 1) as usize).saturating_mul(size as usize);
        let items: Vec<Value> = wanted.iter().skip(from).take(size as usize).map(|g| self.monitoring.tallies.view(g, self.now())).collect();
        Ok(json!({"items": items, "total": wanted.len(), "page": page, "size": size}))
    }

    /// The gateway if its key is right. The same work is done whether or not it exists.
    pub async fn gateway_sender(&self, id: &str, key: &[u8]) -> Result<Option<Sender>, AppError> {
        let found = self.store.gateway(id).await?;
        let given = sha256_hex(key);
        let kept = found.as_ref().map_or_else(|| "0".repeat(64), |gateway| gateway.key_hash.clone());
        let differs = given.bytes().zip(kept.bytes()).fold(given.len() ^ kept.len(), |acc, (a, b)| acc | usize::from(a ^ b));
        Ok(found.filter(|_| differs == 0).map(|gateway| Sender {
            name: gateway.id,
            is_gateway: true,
            enterprises: vec![gateway.enterprise],
        }))
    }

    /// A person who may send readings for their own enterprise.
    pub fn user_sender(&self, caller: &Caller) -> Result<Sender, AppError> {
        let own = caller.subject.posts.iter().filter(|post| post.role == *"enterprise_safety").filter_map(|post| match &post.scope {
            anlan_access::PostScope::Enterprise(id) => Some(id.clone()),
            _ => None,
        });
        let enterprises: Vec<EnterpriseId> = own.collect();
        if enterprises.is_empty() {
            return Err(AppError::NotAllowed(Refusal::new("not_allowed")));
        }
        Ok(Sender { name: caller.user.id.0.clone(), is_gateway: false, enterprises })
    }

    pub(crate) fn tally(&self, sender: &Sender, receipt: &Receipt, newest: Option<Instant>) {
        if sender.is_gateway {
            self.monitoring.tallies.receipt(&sender.name, self.now(), receipt);
            let mut all = self.monitoring.tallies.by_gateway.lock().expect("no holder panics");
            if let Some(tally) = all.get_mut(&sender.name) {
                tally.newest = tally.newest.max(newest);
            }
        }
    }

    /// Something of a gateway was turned away before it could be read.
    pub fn count_refused(&self, gateway: Option<&str>, code: &str) {
        self.monitoring.tallies.count(gateway.unwrap_or("(unknown)"), self.now(), code, 1);
    }

    /// Counts are worth a write every few seconds, not one a message.
    pub async fn save_tallies(&self) -> Result<(), AppError> {
        let changed: Vec<(String, Tally)> = {
            let mut all = self.monitoring.tallies.by_gateway.lock().expect("no holder panics");
            let changed = all.iter_mut().filter(|(id, tally)| tally.unsaved && *id != "(unknown)");
            changed
                .map(|(id, tally)| {
                    tally.unsaved = false;
                    (id.clone(), tally.clone())
                })
                .collect()
        };
        if changed.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.write().await?;
        for (id, tally) in changed {
            tx.set_gateway_counters(&id, tally.last_seen, &json!(tally.counts)).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    pub async fn add_point(&self, caller: &Caller, new: NewPoint) -> Result<Value, AppError> {
        let enterprise = self.enterprise_named(caller, &new.enterprise).await?;
        if !self.manages_signals(caller, &enterprise).await? {
            return Err(AppError::NotAllowed(Refusal::new("not_allowed")));
        }
        for (field, id) in [("hazard_unit", &new.hazard_unit), ("equipment", &new.equipment)] {
            if let Some(id) = id {
                let kind = Name::of(field);
                let found = self.store.record(&self.scope(caller, &kind), &RecordId(id.clone())).await?;
                if !found.is_some_and(|record| record.kind == kind && record.enterprise.as_ref() == Some(&enterprise)) {
                    return Err(AppError::invalid(Refusal::at("unknown_reference", field)));
                }
            }
        }
        let point = self.put_points(&enterprise, vec![new]).await?.into_iter().next().ok_or(AppError::NotFound)?;
        self.reload_rules_of(&enterprise).await?;
        Ok(point_json(&point))
    }

    /// As the platform: checked, stored, known to the intake. All of one enterprise.
    pub(crate) async fn put_points(&self, enterprise: &EnterpriseId, new: Vec<NewPoint>) -> Result<Vec<StoredPoint>, AppError> {
        let brief = self.enterprise_brief(enterprise).await?.ok_or(AppError::NotFound)?;
        let mut all = Vec::with_capacity(new.len());
        for new in new {
            all.push(checked_point(new, enterprise, &brief.code)?);
        }
        let mut tx = self.store.write().await?;
        for stored in &mut all {
            stored.point.number = tx.add_point(stored).await.map_err(taken("id"))?;
        }
        tx.commit().await?;
        self.monitoring.points.put(all.iter().map(|stored| stored.point.clone()));
        Ok(all)
    }

    /// Measuring points the caller may see.
    pub async fn points(&self, caller: &Caller, query: &PointQuery) -> Result<Value, AppError> {
        let (page, size) = (query.page, query.size);
        let (points, total) = self.store.points(&self.scope(caller, "enterprise"), query).await?;
        let items: Vec<Value> = points.iter().map(point_json).collect();
        Ok(json!({"items": items, "total": total, "page": page, "size": size}))
    }

    /// An enterprise by id or short code, if the caller may see it.
    async fn enterprise_named(&self, caller: &Caller, text: &str) -> Result<EnterpriseId, AppError> {
        let id = match self.store.enterprise_by_code(text).await? {
            Some(id) => id,
            None => EnterpriseId::from(text),
        };
        let found = self.store.record(&self.scope(caller, "enterprise"), &RecordId(id.0.clone())).await?;
        let known = found.is_some_and(|record| record.enterprise.as_ref() == Some(&id));
        if known { Ok(id) } else { Err(AppError::invalid(Refusal::at("unknown_enterprise", "enterprise"))) }
    }

    /// Whoever may make alarm rules for an enterprise may say what is measured there.
    async fn manages_signals(&self, caller: &Caller, enterprise: &EnterpriseId) -> Result<bool, AppError> {
        let Some(rule) = self.kinds.get("alarm_rule") else { return Ok(false) };
        let found = self.store.record(&self.scope(caller, "enterprise"), &RecordId(enterprise.0.clone())).await?;
        Ok(found.is_some_and(|record| may_create_at(rule, caller, &record.place())))
    }
}

fn may_create_at(kind: &Kind, caller: &Caller, place: &anlan_base::Place) -> bool {
    let actor = anlan_records::record::Actor {
        user: Some(caller.user.id.clone()),
        holds: caller.subject.holds(place),
        ..anlan_records::record::Actor::default()
    };
    anlan_records::engine::may_create(kind, &actor)
}

fn checked_point(new: NewPoint, enterprise: &EnterpriseId, code: &str) -> Result<StoredPoint, AppError> {
    let mut wrong = Vec::new();
    if !is_point_id(&new.id, code) {
        wrong.push(Refusal::at("bad_point_id", "id").with("code", code));
    }
    if new.name.trim().is_empty() || new.name.chars().count() > 100 {
        wrong.push(Refusal::at("required", "name"));
    }
    if Name::parse(&new.quantity).is_err() {
        wrong.push(Refusal::at("bad_id", "quantity"));
    }
    if new.unit.chars().count() > 20 {
        wrong.push(Refusal::at("too_long", "unit").with("max", 20));
    }
    let [low, high] = new.span;
    if !(low.is_finite() && high.is_finite() && low < high) {
        wrong.push(Refusal::at("bad_span", "span"));
    }
    if !(new.period_s.is_finite() && (0.1..=86_400.0).contains(&new.period_s)) {
        wrong.push(Refusal::at("out_of_range", "period_s").with("min", "0.1").with("max", 86_400));
    }
    let kind = PointKind::parse(&new.kind);
    if kind.is_none() {
        wrong.push(Refusal::at("unknown_code", "kind"));
    }
    if new.position.is_some_and(|p| !(-180.0..=180.0).contains(&p.lon) || !(-90.0..=90.0).contains(&p.lat)) {
        wrong.push(Refusal::at("out_of_range", "position").with("min", "-180, -90").with("max", "180, 90"));
    }
    let (true, Some(kind)) = (wrong.is_empty(), kind) else { return Err(AppError::Invalid(wrong)) };
    Ok(StoredPoint {
        point: Point {
            number: 0,
            id: new.id,
            name: new.name,
            enterprise: enterprise.clone(),
            enterprise_code: code.to_owned(),
            hazard_unit: new.hazard_unit.map(RecordId),
            quantity: new.quantity,
            unit: new.unit,
            span: Some(new.span),
            period_ms: (new.period_s * 1000.0).round() as i64,
            kind,
        },
        equipment: new.equipment.map(RecordId),
        position: new.position.map(|p| (p.lon, p.lat)),
    })
}

pub(crate) fn point_json(stored: &StoredPoint) -> Value {
    let point = &stored.point;
    let mut out = json!({
        "id": point.id, "name": point.name, "enterprise": point.enterprise, "quantity": point.quantity, "unit": point.unit,
        "span": point.span, "period_s": point.period_ms as f64 / 1000.0, "kind": point.kind.as_str(),
    });
    if let Some(unit) = &point.hazard_unit {
        out["hazard_unit"] = json!(unit);
    }
    if let Some(equipment) = &stored.equipment {
        out["equipment"] = json!(equipment);
    }
    if let Some((lon, lat)) = stored.position {
        out["position"] = json!({"lon": lon, "lat": lat});
    }
    out
}

fn taken(field: &'static str) -> impl FnOnce(anlan_store::StoreError) -> AppError {
    move |error| match error {
        anlan_store::StoreError::NotUnique { .. } => AppError::Conflict(Refusal::at("exists_already", field)),
        other => other.into(),
    }
}

impl App {
    /// The short code of an enterprise.
    pub async fn code_of(&self, enterprise: &EnterpriseId) -> Result<Option<String>, AppError> {
        Ok(self.enterprise_brief(enterprise).await?.map(|brief| brief.code))
    }

    pub async fn enterprise_of_code(&self, code: &str) -> Result<Option<EnterpriseId>, AppError> {
        Ok(self.store.enterprise_by_code(code).await?)
    }

    /// A key nobody can guess.
    pub fn new_key(&self) -> String {
        self.secret()
    }
}
