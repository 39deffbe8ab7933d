//! What a save writes, and what it refuses.

use std::collections::BTreeSet;

use anlan_base::{AttachmentId, EnterpriseId, Name, RecordId, UserId};
use anlan_records::engine::References;
use anlan_records::record::{Record, TaskOwner};
use anlan_store::{Attachment, NewEvent, RecordQuery, Store, StoreError};
use serde_json::json;

use crate::world::*;

both! {
    what_is_saved_comes_back
    typed_fields_follow_each_change
    a_stale_revision_is_refused
    unique_fields_are_unique_in_their_realm
    numbers_have_no_gaps
    links_to_nothing_are_refused
    links_follow_the_body
    an_undone_transaction_leaves_nothing
    tasks_open_move_and_close
    every_event_has_its_leaf_in_order
    papers_stay_with_their_record
    news_waits_in_the_outbox
    only_what_exists_is_known
}

async fn what_is_saved_comes_back(world: World) {
    let store = world.settled().await;
    let mut record = fault(
        "f1",
        json!({"summary": "灭火器压力不足", "level": "major", "tags": ["fire", "gas"], "rectify_by": "2026-11-26", "cost": 12_000, "share": 0.35,
            "urgent": true, "seen_at": "2026-11-23T10:18:22+08:00", "spot": {"lon": 119.9, "lat": 31.7}, "photos": ["p"], "phone": "x"}),
    );
    record.number = Some("GZ-2026-0001".into());
    record.due_at = Some(NOW.plus_days(1));
    keep(&store, std::slice::from_ref(&record)).await;
    assert_eq!(read_back(&store, "f1").await, Some(record.clone()));

    let after = next(&record, "closed", json!({"level": "general", "tags": ["power"]}));
    let mut tx = store.write().await.unwrap();
    assert_eq!(tx.record(&all(), &record.id).await.unwrap(), Some(record.clone()));
    save(&mut tx, Some(&record), &after).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(read_back(&store, "f1").await, Some(after.clone()));

    let then = store.record_at(&all(), &record.id, NOW.plus_s(59)).await.unwrap().unwrap();
    assert_eq!((then.revision, then.body), (1, record.body.clone()), "what the platform knew then");
    assert_eq!(store.record_at(&all(), &record.id, after.updated_at).await.unwrap().unwrap().body, after.body);
    assert_eq!(store.record_at(&all(), &record.id, NOW.plus_s(-1)).await.unwrap(), None);

    let history = store.history(&all(), &record.id).await.unwrap();
    let told: Vec<_> = history.iter().map(|e| (e.revision, e.action.to_string(), e.state.to_string())).collect();
    assert_eq!(told, [(1, "create".into(), "found".into()), (2, "edit".into(), "closed".into())]);
    assert_eq!(history[0].changes[0].to, json!("灭火器压力不足"));
    let entered = store.entered(&all(), &record.kind, &[Name::of("closed")], NOW, NOW.plus_days(1)).await.unwrap();
    assert_eq!(entered, [(record.id, after.updated_at)]);
}

async fn typed_fields_follow_each_change(world: World) {
    let store = world.settled().await;
    let first = fault("f1", json!({"level": "major", "tags": ["fire", "gas"], "cost": 1}));
    keep(&store, std::slice::from_ref(&first)).await;
    let steps = [
        (json!({"cost": 2}), ["level=major", "tags=fire", "tags=gas", "cost=2"].as_slice()),
        (json!({"tags": ["power"]}), &["level=major", "tags=power", "cost=2"]),
        (json!({"level": null, "tags": []}), &["cost=2"]),
        (json!({}), &["cost=2"]),
    ];
    let mut record = first;
    for (body, expected) in steps {
        let after = next(&record, "found", body);
        let mut tx = store.write().await.unwrap();
        save(&mut tx, Some(&record), &after).await.unwrap();
        tx.commit().await.unwrap();
        record = after;
        let mut found = Vec::new();
        for (field, value) in [
            ("level", json!("major")),
            ("level", json!("general")),
            ("tags", json!("fire")),
            ("tags", json!("gas")),
            ("tags", json!("power")),
            ("cost", json!(1)),
            ("cost", json!(2)),
        ] {
            let query = RecordQuery { conditions: vec![is(field, std::slice::from_ref(&value))], ..faults() };
            if ids(&store, &all(), &query).await == ["f1"] {
                found.push(format!("{field}={}", value.as_str().map_or(value.to_string(), str::to_owned)));
            }
        }
        assert_eq!(found, expected);
    }
}

async fn a_stale_revision_is_refused(world: World) {
    let store = world.settled().await;
    let first = fault("f1", json!({"summary": "一"}));
    keep(&store, std::slice::from_ref(&first)).await;
    let mut tx = store.write().await.unwrap();
    save(&mut tx, Some(&first), &next(&first, "fixing", json!({}))).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.write().await.unwrap();
    let late = save(&mut tx, Some(&first), &next(&first, "closed", json!({}))).await;
    assert!(matches!(late, Err(StoreError::Stale { current: Some(2) })), "{late:?}");
    drop(tx);
    assert_eq!(read_back(&store, "f1").await.unwrap().state, "fixing");
}

async fn refusal(store: &Store, record: &Record) -> Option<String> {
    let mut tx = store.write().await.unwrap();
    match save(&mut tx, None, record).await {
        Ok(()) => {
            tx.commit().await.unwrap();
            None
        }
        Err(StoreError::NotUnique { field }) => Some(field),
        Err(other) => panic!("{other:?}"),
    }
}

async fn unique_fields_are_unique_in_their_realm(world: World) {
    let store = world.settled().await;
    let tagged = |id: &str| fault(id, json!({"tag_number": "P-101"}));
    assert_eq!(refusal(&store, &tagged("f1")).await, None);
    assert_eq!(refusal(&store, &tagged("f2")).await.as_deref(), Some("body.tag_number"));
    assert_eq!(refusal(&store, &tagged("s1")).await, None, "another enterprise may use the same tag");
    assert_eq!(refusal(&store, &fault("f3", json!({}))).await, None);
    assert_eq!(refusal(&store, &fault("f4", json!({}))).await, None, "no value is never taken");

    let numbered = |id: &str| Record { number: Some("GZ-1".into()), ..fault(id, json!({})) };
    assert_eq!(refusal(&store, &numbered("f5")).await, None);
    assert_eq!(refusal(&store, &numbered("f6")).await.as_deref(), Some("number"));

    let mut twin = read_back(&store, "north").await.unwrap();
    twin.id = "third".into();
    assert_eq!(refusal(&store, &twin).await.as_deref(), Some("body.code"), "unique in the whole kind");

    // Freed by a change, taken by another.
    let mut tx = store.write().await.unwrap();
    let first = tagged("f1");
    save(&mut tx, Some(&first), &next(&first, "found", json!({"tag_number": "P-102"}))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(refusal(&store, &tagged("f2")).await, None);
}

async fn numbers_have_no_gaps(world: World) {
    let store = world.settled().await;
    let kind = Name::of("fault");
    let mut workers = Vec::new();
    for worker in 0..6_u32 {
        let (store, kind) = (store.clone(), kind.clone());
        workers.push(tokio::spawn(async move {
            let mut given = Vec::new();
            for round in 0..10_u32 {
                let mut tx = store.write().await.unwrap();
                let number = tx.next_seq(&kind, "2026").await.unwrap();
                // Every fourth changes its mind.
                if (worker + round) % 4 == 0 {
                    drop(tx);
                } else {
                    tx.commit().await.unwrap();
                    given.push(number);
                }
            }
            given
        }));
    }
    let mut given = Vec::new();
    for worker in workers {
        given.extend(worker.await.unwrap());
    }
    given.sort_unstable();
    assert_eq!(given, (1..=given.len() as i64).collect::<Vec<_>>());
    let mut tx = store.write().await.unwrap();
    assert_eq!(tx.next_seq(&kind, "2027").await.unwrap(), 1, "each scope counts for itself");
}

async fn links_to_nothing_are_refused(world: World) {
    let store = world.settled().await;
    for body in [json!({"responsible": "nobody"}), json!({"unit": "none"}), json!({"cause": "f9"})] {
        let mut tx = store.write().await.unwrap();
        let saved = save(&mut tx, None, &fault("f1", body.clone())).await;
        assert!(matches!(saved, Err(StoreError::UnknownReference)), "{body}: {saved:?}");
    }
    let mut homeless = fault("f1", json!({}));
    homeless.enterprise = Some("nowhere".into());
    let mut tx = store.write().await.unwrap();
    assert!(matches!(save(&mut tx, None, &homeless).await, Err(StoreError::UnknownReference)));
    drop(tx);
    assert_eq!(read_back(&store, "f1").await, None);
}

async fn links_follow_the_body(world: World) {
    let store = world.settled().await;
    let cause = fault("f1", json!({"summary": "因"}));
    let effect = fault("f2", json!({"summary": "果", "cause": "f1", "responsible": "u2"}));
    keep(&store, &[cause.clone(), effect.clone()]).await;
    let mut query = faults();
    query.linked_to = Some(("f1".into(), Some(Name::of("cause"))));
    assert_eq!(ids(&store, &all(), &query).await, ["f2"]);

    let mut tx = store.write().await.unwrap();
    assert_eq!(tx.linked(&effect.id, &[Name::of("fault")]).await.unwrap().into_values().collect::<Vec<_>>(), [cause]);
    assert!(tx.linked(&effect.id, &[Name::of("enterprise")]).await.unwrap().is_empty(), "only of the kinds asked for");
    let mut without = next(&effect, "found", json!({}));
    without.body.remove("cause");
    save(&mut tx, Some(&effect), &without).await.unwrap();
    tx.commit().await.unwrap();
    assert!(ids(&store, &all(), &query).await.is_empty());

    let found = store.references(&["f1".into(), "u2".into(), "bureau".into(), "none".into()]).await.unwrap();
    let told: Vec<_> = found.iter().map(|(id, r)| (id.as_str(), r.kind.as_str(), r.title.as_str())).collect();
    assert_eq!(told, [("bureau", "organisation", "bureau"), ("f1", "fault", "因"), ("u2", "user", "某u2")]);
}

async fn an_undone_transaction_leaves_nothing(world: World) {
    let store = world.settled().await;
    let before = store.ledger_state().await.unwrap();
    let mut tx = store.write().await.unwrap();
    let mut change = change(None, &fault("f1", json!({"tags": ["fire"], "responsible": "u1"})));
    change.opened = vec![task("t1", "found", &[TaskOwner::User("u1".into())], None)];
    save_change(&mut tx, &change).await.unwrap();
    drop(tx);
    assert_eq!(read_back(&store, "f1").await, None);
    assert_eq!(store.ledger_state().await.unwrap(), before);
    // Nothing stands in the way of the same again.
    let mut tx = store.write().await.unwrap();
    save_change(&mut tx, &change).await.unwrap();
    tx.commit().await.unwrap();
    assert!(read_back(&store, "f1").await.is_some());
}

async fn tasks_open_move_and_close(world: World) {
    let store = world.settled().await;
    let (safety, boss) = (TaskOwner::Role(Name::of("safety")), TaskOwner::User(UserId::from("u2")));
    let record = fault("f1", json!({}));
    let mut create = change(None, &record);
    create.opened = vec![task("t1", "found", std::slice::from_ref(&safety), Some(NOW.plus_days(1)))];
    let mut tx = store.write().await.unwrap();
    save_change(&mut tx, &create).await.unwrap();
    assert_eq!(tx.tasks(&record.id).await.unwrap(), create.opened);
    let after = next(&record, "found", json!({}));
    let mut moved = change(Some(&record), &after);
    moved.moved = vec![task("t1", "found", &[safety, boss], Some(NOW.plus_days(5)))];
    save_change(&mut tx, &moved).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.tasks_of(&all(), &record.id).await.unwrap(), moved.moved);

    let mut tx = store.write().await.unwrap();
    let mut closing = change(Some(&after), &next(&after, "fixing", json!({})));
    closing.closed = vec!["t1".into()];
    save_change(&mut tx, &closing).await.unwrap();
    assert!(tx.tasks(&record.id).await.unwrap().is_empty());
    let deeds: Vec<_> = tx.deeds(&record.id).await.unwrap().into_iter().map(|deed| (deed.action.to_string(), deed.actor)).collect();
    assert_eq!(deeds, [("create".into(), Some("u1".into())), ("edit".into(), Some("u1".into())), ("edit".into(), Some("u1".into()))]);
}

async fn every_event_has_its_leaf_in_order(world: World) {
    let store = world.settled().await;
    keep(&store, &(0..20).map(|n| fault(&format!("f{n}"), json!({}))).collect::<Vec<_>>()).await;
    assert_eq!(store.ledger_state().await.unwrap(), (22, 0), "twenty faults and two enterprises wait for their place");
    for (limit, placed) in [(15, 15), (100, 7), (100, 0)] {
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.sequence_leaves(limit).await.unwrap(), placed);
        tx.commit().await.unwrap();
    }
    assert_eq!(store.ledger_state().await.unwrap(), (0, 0));
    let mut places = Vec::new();
    for n in 0..20 {
        let event = store.history(&all(), &format!("f{n}").into()).await.unwrap().remove(0);
        assert_eq!(event.leaf, Some(format!("f{n}-1")));
        places.push((event.seq, event.leaf_index.unwrap()));
    }
    places.sort_unstable();
    assert_eq!(places.iter().map(|(_, place)| *place).collect::<Vec<_>>(), (2..22).collect::<Vec<_>>());
}

fn paper(id: &str, by: &str) -> Attachment {
    Attachment {
        id: id.into(),
        name: "现场.jpg".into(),
        size: 4,
        sha256: "ab".repeat(32),
        sm3: "cd".repeat(32),
        media_type: "image/jpeg".into(),
        uploaded_by: by.into(),
        uploaded_at: NOW,
    }
}

async fn papers_stay_with_their_record(world: World) {
    let store = world.settled().await;
    let hash = "ab".repeat(32);
    store.blobs().put(&hash, "w1", b"jpeg").unwrap();
    store.blobs().put(&hash, "w2", b"jpeg").unwrap();
    assert_eq!(store.blobs().get(&hash).unwrap().as_deref(), Some(&b"jpeg"[..]));
    assert!(store.blobs().put("../../etc/passwd", "w3", b"x").is_err());

    let mut tx = store.write().await.unwrap();
    for (id, by) in [("a1", "u1"), ("a2", "u1")] {
        tx.add_attachment(&paper(id, by)).await.unwrap();
    }
    let mut held = change(None, &fault("f1", json!({"photos": ["a1"]})));
    held.attachments = BTreeSet::from([AttachmentId::from("a1")]);
    save_change(&mut tx, &held).await.unwrap();
    assert_eq!(tx.attachment_hashes(&held.attachments).await.unwrap(), [hash.as_str()]);
    tx.commit().await.unwrap();

    let kind = Name::of("fault");
    let north = scope_of(anlan_access::PostScope::Enterprise(EnterpriseId::from("north")));
    let south = scope_of(anlan_access::PostScope::Enterprise(EnterpriseId::from("south")));
    assert!(store.attachment_shown(&[(kind.clone(), north)], &"a1".into()).await.unwrap());
    assert!(!store.attachment_shown(&[(kind, south)], &"a1".into()).await.unwrap());

    let unused = store.unused_attachments(NOW.plus_s(1), 10).await.unwrap();
    assert_eq!(unused, [paper("a2", "u1")], "a1 is held by a record");
    let mut tx = store.write().await.unwrap();
    assert!(!tx.remove_attachment(&unused[0]).await.unwrap(), "a1 has the same bytes: the file stays");
    tx.commit().await.unwrap();
    assert_eq!(store.attachment(&"a2".into()).await.unwrap(), None);
    let mut tx = store.write().await.unwrap();
    let missing = change(None, &fault("f2", json!({})));
    let missing = anlan_records::record::Change { attachments: BTreeSet::from(["none".into()]), ..missing };
    assert!(matches!(save_change(&mut tx, &missing).await, Err(StoreError::UnknownReference)));
}

async fn news_waits_in_the_outbox(world: World) {
    let store = world.settled().await;
    let mut tx = store.write().await.unwrap();
    let record = fault("f1", json!({}));
    let leaf = anlan_ledger::LeafHash("h".into());
    tx.save(&change(None, &record), &NewEvent { actor: "clock", at: NOW, leaf: &leaf, announce: true }).await.unwrap();
    tx.enqueue("sms", &json!({"to": "duty"}), NOW).await.unwrap();
    assert_eq!(tx.deeds(&record.id).await.unwrap()[0].actor, None, "the clock is nobody");
    tx.commit().await.unwrap();
    let waiting = store.due_messages("record", NOW, 10).await.unwrap();
    assert_eq!(waiting[0].payload, json!({"kind": "fault", "id": "f1", "number": null, "state": "found", "revision": 1}));
    let mut tx = store.write().await.unwrap();
    tx.retry_later(waiting[0].id, NOW.plus_s(10)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.due_messages("record", NOW.plus_s(9), 10).await.unwrap().is_empty());
    assert_eq!(store.due_messages("record", NOW.plus_s(10), 10).await.unwrap()[0].tries, 1);
    let mut tx = store.write().await.unwrap();
    tx.delivered(&[waiting[0].id]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.due_messages("record", NOW.plus_days(9), 10).await.unwrap().is_empty());
}

async fn only_what_exists_is_known(world: World) {
    let store = world.settled().await;
    let mut tx = store.write().await.unwrap();
    tx.add_attachment(&paper("a1", "u1")).await.unwrap();
    save(&mut tx, None, &fault("f1", json!({}))).await.unwrap();
    let wanted = References {
        records: ["f1", "f2", "north"].map(RecordId::from).into(),
        users: ["u1", "u9"].map(UserId::from).into(),
        organisations: ["bureau".into()].into(),
        points: ["NORTH.1".into()].into(),
        attachments: ["a1".into()].into(),
    };
    let known = tx.known(&wanted, Some(&"u1".into()), None).await.unwrap();
    assert_eq!(known.records[&RecordId::from("f1")], (Name::of("fault"), Some("north".into())));
    assert_eq!((known.records.len(), known.users.len(), known.organisations.len(), known.points.len()), (2, 1, 1, 0));
    assert_eq!(known.attachments[&AttachmentId::from("a1")], "image/jpeg");
    let stranger = tx.known(&wanted, Some(&"u2".into()), None).await.unwrap();
    assert!(stranger.attachments.is_empty(), "somebody else's upload");
}
