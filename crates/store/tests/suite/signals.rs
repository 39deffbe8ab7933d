//! Gateways, points, alarms, and the evaluator's place in the journal.

use anlan_access::PostScope;
use anlan_alarms::{Alarm, AlarmState, Condition, Priority, Side};
use anlan_base::EnterpriseId;
use anlan_store::{AlarmEvent, AlarmQuery, Gateway, PointQuery, Snapshot, Store, StoredPoint};
use anlan_telemetry::{Point, PointKind, Position};
use serde_json::json;

use crate::world::*;

both! {
    points_and_gateways_belong_to_enterprises
    alarms_are_seen_by_who_sees_the_enterprise
    an_alarm_and_the_place_in_the_journal_commit_together
}

fn measuring(id: &str, enterprise: &str) -> StoredPoint {
    let point = Point {
        number: 0,
        id: format!("{}.{id}", enterprise.to_uppercase()),
        name: format!("{id} 液位"),
        enterprise: enterprise.into(),
        enterprise_code: enterprise.to_uppercase(),
        hazard_unit: Some("f1".into()),
        quantity: "level".into(),
        unit: "m".into(),
        span: Some([0.0, 12.5]),
        period_ms: 1000,
        kind: PointKind::Analogue,
    };
    StoredPoint { point, equipment: None, position: Some((119.9, 31.7)) }
}

async fn instrumented(world: &World) -> (Store, u32, u32) {
    let store = world.settled().await;
    keep(&store, &[fault("f1", json!({"summary": "规则"}))]).await;
    let mut tx = store.write().await.unwrap();
    let north = tx.add_point(&measuring("T1", "north")).await.unwrap();
    let south = tx.add_point(&measuring("T2", "south")).await.unwrap();
    tx.commit().await.unwrap();
    (store, north, south)
}

async fn points_and_gateways_belong_to_enterprises(world: World) {
    let (store, north, south) = instrumented(&world).await;
    assert!(north > 0 && south == north + 1, "small and dense");
    let found = store.points(&all(), &PointQuery::default()).await.unwrap();
    let mut expected = measuring("T1", "north");
    expected.point.number = north;
    assert_eq!((found.0[0].clone(), found.1), (expected, 2));
    let own = scope_of(PostScope::Enterprise(EnterpriseId::from("south")));
    let base = PointQuery { page: 1, size: 10, ..PointQuery::default() };
    for (query, expected) in [
        (base.clone(), 1),
        (PointQuery { q: Some("t2".into()), ..base.clone() }, 1),
        (PointQuery { q: Some("t1".into()), ..base.clone() }, 0),
        (PointQuery { quantity: Some("level".into()), hazard_unit: Some("f1".into()), ..base.clone() }, 1),
        (PointQuery { enterprise: Some("north".into()), ..base.clone() }, 0),
    ] {
        assert_eq!(store.points(&own, &query).await.unwrap().1, expected, "{query:?}");
    }

    let mut gateway = Gateway {
        number: 0,
        id: "gw-1".into(),
        enterprise: "north".into(),
        key_hash: "hash".into(),
        created_at: NOW,
        last_seen: None,
        counters: json!({}),
    };
    let mut tx = store.write().await.unwrap();
    gateway.number = tx.add_gateway(&gateway).await.unwrap();
    tx.set_gateway_counters("gw-1", Some(NOW), &json!({"accepted": 7})).await.unwrap();
    tx.commit().await.unwrap();
    (gateway.last_seen, gateway.counters) = (Some(NOW), json!({"accepted": 7}));
    assert_eq!(store.gateway("gw-1").await.unwrap(), Some(gateway));
    assert!(store.gateways(&own).await.unwrap().is_empty() && store.gateways(&all()).await.unwrap().len() == 1);
}

fn alarm(id: &str, point: u32, state: AlarmState) -> Alarm {
    Alarm {
        id: id.into(),
        rule: "f1".into(),
        point,
        side: Side::High,
        condition: Condition::HH,
        priority: Priority::Highest,
        state,
        onset: NOW,
        raised_at: NOW.plus_s(30),
        acked_at: None,
        acked_by: None,
        returned_at: None,
        value: Some(8.2),
        limit: Some(8.0),
        late: false,
    }
}

async fn alarms_are_seen_by_who_sees_the_enterprise(world: World) {
    let (store, north, south) = instrumented(&world).await;
    let raised = alarm("a1", north, AlarmState::UnackActive);
    let mut silent = alarm("a2", south, AlarmState::Normal);
    (silent.condition, silent.side, silent.value, silent.limit) = (Condition::Stale, Side::Other, None, None);
    let mut tx = store.write().await.unwrap();
    tx.put_alarm(&raised).await.unwrap();
    tx.put_alarm(&silent).await.unwrap();
    tx.commit().await.unwrap();
    let stored = store.alarm(&all(), &"a1".into()).await.unwrap().unwrap();
    assert_eq!((&stored.alarm, stored.point_id.as_str(), stored.unit.as_str()), (&raised, "NORTH.T1", "m"));
    assert_eq!((stored.rule_title.as_str(), stored.enterprise_title.as_str()), ("规则", "north 公司"));
    assert_eq!(store.alarm(&all(), &"a2".into()).await.unwrap().unwrap().alarm, silent);

    let base = AlarmQuery { page: 1, size: 10, ..AlarmQuery::default() };
    let active = AlarmQuery { states: vec![AlarmState::UnackActive, AlarmState::AckedActive], ..base.clone() };
    let (north, south) = (PostScope::Region(path("/1/3/")), PostScope::Region(path("/1/30/")));
    for (scope, query, expected) in [
        (&north, base.clone(), 1),
        (&north, active.clone(), 1),
        (&south, active, 0),
        (&south, base.clone(), 1),
        (&north, AlarmQuery { points: vec!["NORTH.T1".into()], priorities: vec!["low".into(), "highest".into()], ..base.clone() }, 1),
        (&north, AlarmQuery { raised_from: Some(NOW.plus_s(31)), ..base.clone() }, 0),
        (&north, AlarmQuery { enterprises: vec!["south".into()], ..base }, 0),
    ] {
        let scope = scope_of(scope.clone());
        assert_eq!(store.alarms(&scope, &query).await.unwrap().1, expected, "{query:?}");
        assert_eq!(store.count_alarms(&scope, &query).await.unwrap(), expected);
    }
    assert_eq!(store.alarm(&scope_of(south), &"a1".into()).await.unwrap(), None);
}

async fn an_alarm_and_the_place_in_the_journal_commit_together(world: World) {
    let (store, point, _) = instrumented(&world).await;
    let mut raised = alarm("a1", point, AlarmState::UnackActive);
    let event = |what: &str, state| AlarmEvent {
        seq: 0,
        alarm: "a1".into(),
        at: NOW,
        what: what.into(),
        state,
        actor: (what == "acked").then(|| "u1".into()),
        value: Some(8.2),
        comment: None,
    };
    let snapshot = |position| Snapshot { state: vec![0, 1, 255], position: Position(position), at: NOW };
    let mut tx = store.write().await.unwrap();
    tx.put_alarm(&raised).await.unwrap();
    tx.add_alarm_event(&event("raised", raised.state)).await.unwrap();
    tx.put_snapshot("north", &snapshot(10)).await.unwrap();
    drop(tx);
    assert_eq!(store.snapshot("north").await.unwrap(), None);
    assert_eq!(store.alarm(&all(), &"a1".into()).await.unwrap(), None);

    // The replay meets the same alarm again.
    for (position, state) in [(20, AlarmState::UnackActive), (30, AlarmState::AckedActive)] {
        raised.state = state;
        let mut tx = store.write().await.unwrap();
        tx.put_alarm(&raised).await.unwrap();
        tx.add_alarm_event(&event(if position == 20 { "raised" } else { "acked" }, state)).await.unwrap();
        tx.put_snapshot("north", &snapshot(position)).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(store.snapshot("north").await.unwrap(), Some(snapshot(30)));
    let events = store.alarm_events(&all(), &"a1".into()).await.unwrap();
    let told: Vec<_> = events.iter().map(|e| (e.what.as_str(), e.actor.as_ref().map(|a| a.as_str()))).collect();
    assert_eq!(told, [("raised", None), ("acked", Some("u1"))]);
    assert_eq!(store.alarms(&all(), &AlarmQuery { size: 10, ..AlarmQuery::default() }).await.unwrap().1, 1);
}
