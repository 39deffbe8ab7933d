//! Lists: who sees what, what a condition means, in which order it comes.

use std::collections::BTreeMap;

use anlan_access::{Grant, KindPolicy, PostScope, ReadScope, Relation, read_scope};
use anlan_base::{Instant, Name};
use anlan_records::kind::{Is, Test};
use anlan_records::record::{Record, TaskOwner};
use anlan_store::{RecordQuery, Store, StoreError, TaskQuery, TasksOf};
use serde_json::{Value, json};

use crate::world::*;

both! {
    a_post_shows_its_place_and_nothing_beside_it
    creators_and_assigned_see_their_own
    conditions_mean_what_they_say
    text_is_found_as_written
    lists_sort_with_blanks_last
    pages_neither_repeat_nor_skip
    what_cannot_be_asked_is_refused
    figures_add_up
    my_work_is_found_across_records
    places_come_with_their_degrees
}

async fn a_post_shows_its_place_and_nothing_beside_it(world: World) {
    let store = world.settled().await;
    let mut sectoral = fault("f2", json!({}));
    sectoral.sector = Some(Name::of("chemical"));
    keep(&store, &[fault("f1", json!({})), sectoral, fault("s1", json!({}))]).await;
    let sorted = RecordQuery { sort: vec!["created_at".into()], ..faults() };
    let cases: [(PostScope, &[&str]); 8] = [
        (PostScope::Region(path("/")), &["f1", "f2", "s1"]),
        (PostScope::Region(path("/1/")), &["f1", "f2", "s1"]),
        (PostScope::Region(path("/1/3/")), &["f1", "f2"]),
        (PostScope::Region(path("/1/30/")), &["s1"]),
        (PostScope::Region(path("/2/")), &[]),
        (PostScope::Park("park".into()), &["f1", "f2"]),
        (PostScope::Enterprise("south".into()), &["s1"]),
        (PostScope::Platform, &["f1", "f2", "s1"]),
    ];
    for (scope, expected) in cases {
        assert_eq!(ids(&store, &scope_of(scope.clone()), &sorted).await, expected, "{scope:?}");
        let shown = store.record(&scope_of(scope.clone()), &"s1".into()).await.unwrap().is_some();
        assert_eq!(shown, expected.contains(&"s1"), "one record follows the list: {scope:?}");
        let history = store.history(&scope_of(scope), &"s1".into()).await.unwrap();
        assert_eq!(!history.is_empty(), shown);
    }
    let mut chemist = subject("u3", &[("safety", PostScope::Region(path("/1/")))]);
    chemist.posts[0].sectors = vec![Name::of("chemical")];
    let policy = KindPolicy { grants: vec![Grant { role: Name::of("safety"), only: vec![] }], creator: false, assigned: false };
    assert_eq!(ids(&store, &read_scope(&chemist, &policy), &sorted).await, ["f2"]);
    let nobody = read_scope(&subject("u3", &[]), &policy);
    assert!(ids(&store, &nobody, &sorted).await.is_empty() && store.record(&nobody, &"f1".into()).await.unwrap().is_none());
}

async fn creators_and_assigned_see_their_own(world: World) {
    let store = world.settled().await;
    let mut own = fault("f1", json!({}));
    own.created_by = "u3".into();
    let mut tx = store.write().await.unwrap();
    save(&mut tx, None, &own).await.unwrap();
    save(&mut tx, None, &fault("f2", json!({"responsible": "u3"}))).await.unwrap();
    save(&mut tx, None, &fault("f3", json!({"responsible": "u2"}))).await.unwrap();
    let mut by_task = change(None, &fault("f4", json!({})));
    by_task.opened = vec![task("t4", "found", &[TaskOwner::User("u3".into())], None)];
    save_change(&mut tx, &by_task).await.unwrap();
    tx.commit().await.unwrap();
    let sorted = RecordQuery { sort: vec!["created_at".into()], ..faults() };
    let worker = subject("u3", &[("safety", PostScope::Enterprise("north".into()))]);
    let only = |only: &[Relation]| {
        let grant = Grant { role: Name::of("safety"), only: only.to_vec() };
        read_scope(&worker, &KindPolicy { grants: vec![grant], creator: false, assigned: false })
    };
    assert_eq!(ids(&store, &only(&[Relation::Creator]), &sorted).await, ["f1"]);
    assert_eq!(ids(&store, &only(&[Relation::Assigned]), &sorted).await, ["f2", "f4"]);
    assert_eq!(ids(&store, &only(&[Relation::Creator, Relation::Assigned]), &sorted).await, ["f1", "f2", "f4"]);
    // Work done is no longer a reason to see.
    let mut done = change(Some(&by_task.after), &next(&by_task.after, "fixing", json!({})));
    done.closed = vec!["t4".into()];
    let mut tx = store.write().await.unwrap();
    save_change(&mut tx, &done).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ids(&store, &only(&[Relation::Assigned]), &sorted).await, ["f2"]);
}

/// f1 … f4 differ in every way a condition can see.
async fn varied(world: &World) -> Store {
    let store = world.settled().await;
    let at = |text: &str| Some(Instant::parse(text).unwrap());
    let mut records = [
        fault(
            "f1",
            json!({"summary": "灭火器压力不足", "level": "general", "tags": ["fire"], "rectify_by": "2026-11-01", "cost": 100, "share": 0.35,
                "urgent": true, "seen_at": "2026-11-01T15:59:59.999Z", "photos": ["p"], "phone": "1"}),
        ),
        fault(
            "f2",
            json!({"summary": "100% Leak_rate \\ GAS", "level": "major", "tags": ["gas", "fire"], "rectify_by": "2026-11-30", "cost": 2000,
                "share": -1.5, "urgent": false, "seen_at": "2026-11-01T16:00:00Z", "responsible": "u2", "cause": null}),
        ),
        fault("f3", json!({"summary": "100 leakrate", "tags": ["power"], "cost": 300, "photos": []})),
        fault("s4", json!({"summary": "空", "tags": []})),
    ];
    for (record, (state, due, number)) in records.iter_mut().zip([
        ("found", at("2026-11-10T16:00:00Z"), Some("GZ-3")),
        ("fixing", at("2027-11-10T16:00:00Z"), Some("GZ-1")),
        ("closed", at("2026-11-10T16:00:00Z"), None),
        ("found", None, Some("GZ-2")),
    ]) {
        record.state = Name::of(state);
        record.due_at = due;
        record.number = number.map(Into::into);
    }
    keep(&store, &records).await;
    store
}

async fn conditions_mean_what_they_say(world: World) {
    let store = varied(&world).await;
    let between = |min: Option<Value>, max: Option<Value>| Is::Between { min, max };
    let value = |value: Value| Is::OneOf(vec![value]);
    let cases: Vec<(&str, Is, &[&str])> = vec![
        ("level", value(json!("major")), &["f2"]),
        ("level", Is::OneOf(vec![json!("major"), json!("general")]), &["f1", "f2"]),
        ("level", Is::OneOf(vec![]), &[]),
        ("level", Is::Set(false), &["f3", "s4"]),
        ("level", Is::Set(true), &["f1", "f2"]),
        ("tags", value(json!("fire")), &["f1", "f2"]),
        ("tags", Is::OneOf(vec![json!("gas"), json!("power")]), &["f2", "f3"]),
        ("tags", Is::Set(true), &["f1", "f2", "f3"]),
        ("tags", Is::Set(false), &["s4"]),
        ("rectify_by", between(Some(json!("2026-11-01")), Some(json!("2026-11-29"))), &["f1"]),
        ("rectify_by", between(Some(json!("2026-11-02")), None), &["f2"]),
        ("cost", between(Some(json!(100)), Some(json!(300))), &["f1", "f3"]),
        ("share", value(json!(0.35)), &["f1"]),
        ("share", between(None, Some(json!(0))), &["f2"]),
        ("urgent", value(json!(false)), &["f2"]),
        ("urgent", Is::Set(false), &["f3", "s4"]),
        ("seen_at", between(None, Some(json!("2026-11-01"))), &["f1"]),
        ("seen_at", between(Some(json!("2026-11-02")), None), &["f2"]),
        ("responsible", value(json!("u2")), &["f2"]),
        ("photos", Is::Set(true), &["f1"]),
        ("phone", Is::Set(true), &["f1"]),
        ("state", value(json!("found")), &["f1", "s4"]),
        ("overdue", value(json!(true)), &["f1"]),
        ("overdue", value(json!(false)), &["f2", "f3", "s4"]),
        ("region", value(json!("/1/3/")), &["f1", "f2", "f3"]),
        ("region", Is::OneOf(vec![json!("/1/30/"), json!("/2/")]), &["s4"]),
        ("enterprise", value(json!("south")), &["s4"]),
        ("due_at", between(None, Some(json!("2026-11-10"))), &[]),
        ("due_at", between(Some(json!("2026-11-11")), Some(json!("2026-11-11"))), &["f1", "f3"]),
        ("created_at", between(Some(json!(NOW.to_string())), None), &["f1", "f2", "f3", "s4"]),
    ];
    for (subject, test, expected) in cases {
        let query = RecordQuery { conditions: vec![when(subject, test.clone())], sort: vec!["created_at".into()], ..faults() };
        assert_eq!(ids(&store, &all(), &query).await, expected, "{subject} {test:?}");
    }
    // Tables are alternatives, entries of one belong together.
    let test = |subject: &str, value: Value| Test { subject: Name::of(subject), is: Is::OneOf(vec![value]) };
    let either = anlan_records::kind::Condition(vec![
        vec![test("level", json!("major")), test("tags", json!("fire"))],
        vec![test("cost", json!(300))],
    ]);
    let query = RecordQuery { conditions: vec![either], sort: vec!["created_at".into()], ..faults() };
    assert_eq!(ids(&store, &all(), &query).await, ["f2", "f3"]);
}

async fn text_is_found_as_written(world: World) {
    let store = varied(&world).await;
    for (q, expected) in [
        ("灭火", vec!["f1"]),
        ("压力不", vec!["f1"]),
        ("100%", vec!["f2"]),
        ("100", vec!["f2", "f3"]),
        ("leak_", vec!["f2"]),
        ("LEAK", vec!["f2", "f3"]),
        ("gas", vec!["f2"]),
        ("\\", vec!["f2"]),
        ("gz-3", vec!["f1"]),
        ("  ", vec!["f1", "f2", "f3", "s4"]),
        ("' OR 1=1 --", vec![]),
        ("$1", vec![]),
    ] {
        let query = RecordQuery { q: Some(q.into()), sort: vec!["created_at".into()], ..faults() };
        assert_eq!(ids(&store, &all(), &query).await, expected, "{q}");
    }
    let scopes = [(Name::of("fault"), all()), (Name::of("enterprise"), scope_of(PostScope::Enterprise("south".into())))];
    let found = |q: &'static str| {
        let (store, scopes) = (store.clone(), scopes.clone());
        async move { store.search(&scopes, q, 10).await.unwrap().into_iter().map(|r| r.id.0).collect::<Vec<_>>() }
    };
    assert_eq!(found("公司").await, ["south"], "north is not in the scope of its kind");
    assert_eq!(found("压力").await, ["f1"]);
}

async fn lists_sort_with_blanks_last(world: World) {
    let store = varied(&world).await;
    for (sort, expected) in [
        ("cost", ["f1", "f3", "f2", "s4"]),
        ("-cost", ["f2", "f3", "f1", "s4"]),
        // As the kind lists its codes and states.
        ("level", ["f2", "f1", "f3", "s4"]),
        ("-level", ["f1", "f2", "f3", "s4"]),
        ("state", ["f1", "s4", "f2", "f3"]),
        ("number", ["f2", "s4", "f1", "f3"]),
        ("-number", ["f1", "s4", "f2", "f3"]),
        ("due_at", ["f1", "f3", "f2", "s4"]),
        ("rectify_by", ["f1", "f2", "f3", "s4"]),
        ("-share", ["f1", "f2", "f3", "s4"]),
        ("enterprise", ["f1", "f2", "f3", "s4"]),
        ("-region", ["s4", "f1", "f2", "f3"]),
        // Bytes decide, on both engines: space before `%`, Latin before Han.
        ("title", ["f3", "f2", "f1", "s4"]),
    ] {
        let found = ids(&store, &all(), &RecordQuery { sort: vec![sort.into()], ..faults() }).await;
        assert_eq!(found, expected, "{sort}");
    }
}

async fn pages_neither_repeat_nor_skip(world: World) {
    let store = world.settled().await;
    keep(&store, &(0..25).map(|n| fault(&format!("f{n:02}"), json!({"level": "major"}))).collect::<Vec<_>>()).await;
    let mut seen = Vec::new();
    for page in 1..=4 {
        let query = RecordQuery { page, size: 10, sort: vec!["-level".into()], ..faults() };
        let (records, total) = store.records(&all(), &query).await.unwrap();
        assert_eq!(total, 25);
        seen.extend(records.into_iter().map(|record| record.id.0));
    }
    assert_eq!(seen, (0..25).map(|n| format!("f{n:02}")).collect::<Vec<_>>());
}

async fn what_cannot_be_asked_is_refused(world: World) {
    let store = world.settled().await;
    let refused = |query: RecordQuery| {
        let store = store.clone();
        async move { matches!(store.records(&all(), &query).await, Err(StoreError::BadQuery { .. })) }
    };
    for condition in [
        is("colour", &[json!("red")]),
        is("summary", &[json!("x")]),
        is("cost", &[json!("cheap")]),
        is("region", &[json!("320411")]),
        is("photos", &[json!("p")]),
        is("mine", &[json!(true)]),
        is("overdue", &[json!("yes")]),
        when("urgent", Is::Between { min: Some(json!(1)), max: None }),
    ] {
        let query = RecordQuery { conditions: vec![condition.clone()], ..faults() };
        // `summary` is a column of the list, hence typed.
        assert_eq!(refused(query).await, condition.0[0][0].subject != *"summary", "{condition:?}");
    }
    for sort in ["colour", "tags", "spot", "photos", "r.id; DROP TABLE record", ""] {
        assert!(refused(RecordQuery { sort: vec![sort.into()], ..faults() }).await, "{sort}");
    }
    assert!(refused(RecordQuery::of(Name::of("ghost"), NOW)).await);
}

async fn figures_add_up(world: World) {
    let store = varied(&world).await;
    let by = |field: &'static str| {
        let store = store.clone();
        async move { store.count_by(&all(), &faults(), field).await.unwrap() }
    };
    let figures = |pairs: &[(Option<&str>, i64)]| pairs.iter().map(|(k, n)| (k.map(String::from), *n)).collect::<BTreeMap<_, _>>();
    assert_eq!(by("level").await, figures(&[(None, 2), (Some("general"), 1), (Some("major"), 1)]));
    assert_eq!(by("state").await, figures(&[(Some("closed"), 1), (Some("fixing"), 1), (Some("found"), 2)]));
    assert_eq!(by("region").await, figures(&[(Some("/1/3/"), 3), (Some("/1/30/"), 1)]));
    assert_eq!(store.sum(&all(), &faults(), "cost").await.unwrap(), 2400);
    assert_eq!(store.sum(&all(), &faults(), "share").await.unwrap(), -115, "hundredths");
    let none = scope_of(PostScope::Enterprise("elsewhere".into()));
    assert_eq!(store.sum(&none, &faults(), "cost").await.unwrap(), 0);
    assert!(store.count_by(&all(), &faults(), "cost").await.is_err());
}

async fn my_work_is_found_across_records(world: World) {
    let store = world.settled().await;
    let role = |name: &str| TaskOwner::Role(Name::of(name));
    let mut tx = store.write().await.unwrap();
    for (id, owner, due) in [
        ("f1", role("safety"), Some(1)),
        ("f2", TaskOwner::User("u2".into()), Some(-1)),
        ("f3", TaskOwner::Unit("bureau".into()), None),
        ("s4", role("safety"), Some(-2)),
        ("f5", role("boss"), None),
    ] {
        let record = Record { due_at: due.map(|days| NOW.plus_days(days)), ..fault(id, json!({})) };
        let mut create = change(None, &record);
        create.opened = vec![task(&format!("t-{id}"), "found", &[owner], record.due_at)];
        save_change(&mut tx, &create).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut inspector = subject("u2", &[("safety", PostScope::Region(path("/1/3/")))]);
    inspector.units.insert("bureau".into());
    let mine = TaskQuery { of: TasksOf::Mine(inspector.clone()), overdue: false, kind: None, now: NOW, page: 1, size: 10 };
    let (tasks, total) = store.tasks(&mine).await.unwrap();
    let told: Vec<_> = tasks.iter().map(|t| (t.record.as_str(), t.overdue, t.task.owners.len())).collect();
    assert_eq!(told, [("f2", true, 1), ("f1", false, 1), ("f3", false, 1)], "the most pressing first, the timeless last");
    assert_eq!(total, 3);
    assert_eq!(store.task_totals(&mine).await.unwrap(), (3, 1));
    assert_eq!(store.tasks(&TaskQuery { overdue: true, ..mine.clone() }).await.unwrap().1, 1);
    assert_eq!(store.tasks(&TaskQuery { kind: Some(Name::of("enterprise")), ..mine.clone() }).await.unwrap().1, 0);
    let shown = TasksOf::Shown(vec![(Name::of("fault"), scope_of(PostScope::Enterprise("south".into())))]);
    let (tasks, _) = store.tasks(&TaskQuery { of: shown, ..mine }).await.unwrap();
    assert_eq!(tasks.iter().map(|t| t.record.as_str()).collect::<Vec<_>>(), ["s4"]);

    let list = RecordQuery { subject: Some(inspector.clone()), conditions: vec![is("mine", &[json!(true)])], ..faults() };
    assert_eq!(ids(&store, &all(), &RecordQuery { sort: vec!["created_at".into()], ..list }).await, ["f1", "f2", "f3"]);
    let counts = store.counts(&[(Name::of("fault"), all())], &inspector, NOW).await.unwrap();
    let counts = counts[&Name::of("fault")];
    assert_eq!((counts.open, counts.mine, counts.overdue), (5, 3, 2));
    assert!(store.counts(&[(Name::of("fault"), nothing())], &inspector, NOW).await.unwrap().is_empty());
}

fn nothing() -> ReadScope {
    scope_of(PostScope::Enterprise("elsewhere".into()))
}

async fn places_come_with_their_degrees(world: World) {
    let store = world.settled().await;
    let here = json!({"lon": 119.95, "lat": 31.72});
    keep(&store, &[fault("f1", json!({"spot": here})), fault("f2", json!({}))]).await;
    let found = store.located(&all(), &faults(), "spot", 100).await.unwrap();
    let told: Vec<_> = found.iter().map(|l| (l.record.id.as_str(), l.lon, l.lat)).collect();
    assert_eq!(told, [("f1", 119.95, 31.72)]);
    assert!(store.located(&all(), &faults(), "summary", 100).await.is_err());
}
