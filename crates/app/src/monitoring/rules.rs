//! Alarm rules as the evaluator takes them: one a point, from the records of kind `alarm_rule`. A rule for one point goes before a rule
//! for all sensors of its type.

use std::collections::BTreeMap;

use anlan_access::ReadScope;
use anlan_alarms::{Priority, Rule, Watch};
use anlan_base::{EnterpriseId, Name};
use anlan_domains::monitoring::AlarmRule;
use anlan_domains::rule::Typed;
use anlan_records::kind::{Condition, Is, Test};
use anlan_records::record::Record;
use anlan_store::RecordQuery;
use anlan_telemetry::{Point, PointKind};
use serde_json::json;

use crate::{App, AppError};

impl App {
    /// Every active rule, by enterprise.
    pub(crate) async fn rules_by_enterprise(&self, only: Option<&EnterpriseId>) -> Result<BTreeMap<EnterpriseId, Vec<Rule>>, AppError> {
        let Some(kind) = self.kinds.get("alarm_rule") else { return Ok(BTreeMap::new()) };
        let mut tests = vec![Test { subject: Name::of("state"), is: Is::OneOf(vec![json!("active")]) }];
        if let Some(only) = only {
            tests.push(Test { subject: Name::of("enterprise"), is: Is::OneOf(vec![json!(only)]) });
        }
        let mut query = RecordQuery::of(kind.id.clone(), self.now());
        query.conditions = vec![Condition(vec![tests])];
        query.size = 1000;
        // Steady while pages are read, and of two rules for one point the older decides.
        query.sort = vec!["created_at".to_owned()];
        let mut by_enterprise: BTreeMap<EnterpriseId, Vec<Record>> = BTreeMap::new();
        loop {
            let (page, _) = self.store.records(&ReadScope::platform(), &query).await?;
            let full = page.len() as u32 == query.size;
            for record in page {
                if let Some(enterprise) = &record.enterprise {
                    by_enterprise.entry(enterprise.clone()).or_default().push(record);
                }
            }
            if !full {
                break;
            }
            query.page += 1;
        }
        let table = self.monitoring.points.read();
        let rules = by_enterprise.into_iter().map(|(enterprise, records)| {
            let points: Vec<&Point> = table.iter().map(|point| &**point).filter(|point| point.enterprise == enterprise).collect();
            let rules = per_point(&records, &points);
            (enterprise, rules)
        });
        Ok(rules.collect())
    }
}

fn per_point(records: &[Record], points: &[&Point]) -> Vec<Rule> {
    let typed: Vec<(&Record, AlarmRule)> =
        records.iter().filter_map(|record| Some((record, AlarmRule::read(&record.body).ok()?))).collect();
    let by_id: BTreeMap<&str, &Point> = points.iter().map(|point| (point.id.as_str(), *point)).collect();
    let mut rules: BTreeMap<u32, Rule> = BTreeMap::new();
    for (record, rule) in &typed {
        if let Some(point) = rule.point.as_deref().and_then(|id| by_id.get(id)) {
            rules.entry(point.number).or_insert_with(|| of_point(record, rule, point));
        }
    }
    for (record, rule) in &typed {
        let Some(quantity) = rule.quantity.as_deref().filter(|_| rule.point.is_none()) else { continue };
        for point in points.iter().filter(|point| point.quantity == quantity) {
            rules.entry(point.number).or_insert_with(|| of_point(record, rule, point));
        }
    }
    rules.into_values().collect()
}

fn of_point(record: &Record, rule: &AlarmRule, point: &Point) -> Rule {
    // A contact alarms at 1 unless the rule says otherwise.
    let alarm_at = rule.alarm_at.unwrap_or(1.0);
    let watch = match point.kind {
        PointKind::Analogue => Watch::Analogue { ll: rule.ll, l: rule.l, h: rule.h, hh: rule.hh },
        PointKind::Switch => Watch::Switch { alarm_at },
        PointKind::Interlock => Watch::Interlock { alarm_at },
        PointKind::Bypass => Watch::Bypass { alarm_at },
    };
    let priority = |field: &str| Priority::parse(record.body.get(field)?.as_str()?);
    let ms = |seconds: Option<f64>| seconds.map_or(0, |s| (s * 1000.0).round() as i64);
    Rule {
        deadband: rule.deadband.unwrap_or(0.0),
        on_delay_ms: ms(rule.on_delay_s),
        off_delay_ms: ms(rule.off_delay_s),
        priority: priority("priority").unwrap_or(Priority::Medium),
        top_priority: priority("top_priority").unwrap_or(Priority::Highest),
        bad_quality: rule.bad_quality.unwrap_or(false),
        stale: rule.stale.unwrap_or(false),
        ..Rule::new(record.id.clone(), point.number, watch, point.period_ms)
    }
}
