//! Opening what an earlier, a later or another program left.

use std::sync::Arc;

use anlan_store::{DataFolder, ModelRunQuery, RecordQuery, RunScope, Store, StoreError};
use serde_json::json;

use crate::world::*;

both! {
    a_second_start_continues
    a_new_version_of_a_kind_rebuilds_its_table
    a_kind_of_a_newer_program_is_refused
    a_newer_schema_is_refused
    an_older_schema_is_brought_up_to_date
    two_starts_at_once_make_one_schema
}

async fn a_second_start_continues(world: World) {
    let store = world.settled().await;
    keep(&store, &[fault("f1", json!({"level": "major"}))]).await;
    store.close().await;
    let store = world.open().await;
    assert_eq!(ids(&store, &all(), &RecordQuery { conditions: vec![is("level", &[json!("major")])], ..faults() }).await, ["f1"]);
    store.ping().await.unwrap();
}

async fn a_new_version_of_a_kind_rebuilds_its_table(world: World) {
    let store = world.settled().await;
    let old = fault("f1", json!({"place": "一车间", "level": "major", "summary": "旧"}));
    keep(&store, &[old.clone(), fault("f2", json!({}))]).await;
    let where_place = || RecordQuery { conditions: vec![is("place", &[json!("一车间")])], ..faults() };
    assert!(matches!(store.records(&all(), &where_place()).await, Err(StoreError::BadQuery { .. })), "not yet a typed field");
    store.close().await;

    // `place` becomes a filter, `level` is renamed, the state `found` too.
    let newer = FAULT
        .replace("version = 1", "version = 2")
        .replace(r#"en = "Place", search = true"#, r#"en = "Place", search = true, filter = true"#)
        .replace("level = { type", "grade = { type")
        .replace(r#"columns = ["level""#, r#"columns = ["grade""#)
        .replace("found = {", "reported = {")
        .replace(r#"to = "found""#, r#"to = "reported""#)
        .replace(r#"from = ["found"]"#, r#"from = ["reported"]"#)
        + "[[upgrade]]\nto = 2\nrename = { level = \"grade\" }\nstates = { found = \"reported\" }\n";
    let store = Store::open(&world.target, kinds_with(&newer)).await.unwrap();
    assert_eq!(ids(&store, &all(), &where_place()).await, ["f1"]);
    for condition in [is("grade", &[json!("major")]), is("state", &[json!("reported")])] {
        let found = ids(&store, &all(), &RecordQuery { conditions: vec![condition.clone()], ..faults() }).await;
        assert!(found.contains(&"f1".to_owned()), "{condition:?}: {found:?}");
    }
    let now = read_back(&store, "f1").await.unwrap();
    assert_eq!((now.kind_version, now.revision, now.body["grade"].clone()), (2, 1, json!("major")));
    let then = store.record_at(&all(), &old.id, NOW).await.unwrap().unwrap();
    assert_eq!(then.body, now.body, "old versions are read as today's");
    let again = next(&now, "closed", json!({}));
    let mut tx = store.write().await.unwrap();
    save(&mut tx, Some(&now), &again).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_kind_of_a_newer_program_is_refused(world: World) {
    let newer = FAULT.replace("version = 1", "version = 3");
    Store::open(&world.target, kinds_with(&newer)).await.unwrap().close().await;
    let refused = Store::open(&world.target, kinds_with(FAULT)).await.err().expect("refused");
    assert!(matches!(&refused, StoreError::Newer { found: 3, known: 1, .. }), "{refused}");
    assert_eq!(refused.to_string(), "the data is from a newer version of this program: kind `fault` is at 3, this program knows up to 1");
}

/// As a later release would: by the database's own means.
async fn by_hand(world: &World, sql: &'static str) {
    use sqlx::{Connection, Executor};
    match &world.target.postgres {
        Some(url) => sqlx::PgConnection::connect(url).await.unwrap().execute(sql).await.map(|_| ()).unwrap(),
        None => {
            let url = format!("sqlite://{}", world.target.folder.join("records.db").display());
            sqlx::SqliteConnection::connect(&url).await.unwrap().execute(sql).await.map(|_| ()).unwrap();
        }
    }
}

async fn a_newer_schema_is_refused(world: World) {
    world.open().await.close().await;
    by_hand(&world, "INSERT INTO schema_step (step, checksum) VALUES (99, 'later')").await;
    let refused = Store::open(&world.target, kinds_with(FAULT)).await.err().expect("refused");
    assert!(matches!(refused, StoreError::Newer { found: 99, .. }), "{refused}");
    by_hand(&world, "DELETE FROM schema_step WHERE step = 99").await;
    world.open().await.close().await;
    by_hand(&world, "UPDATE schema_step SET checksum = 'other'").await;
    let refused = Store::open(&world.target, kinds_with(FAULT)).await.err().expect("refused");
    assert!(matches!(refused, StoreError::ChangedStep { step: 1 }), "{refused}");
}

/// What the release before the second step left behind, with a record in it.
async fn an_older_schema_is_brought_up_to_date(world: World) {
    let store = world.settled().await;
    keep(&store, &[fault("f1", json!({}))]).await;
    store.close().await;
    by_hand(&world, "DROP TABLE model_run").await;
    by_hand(&world, "DELETE FROM schema_step WHERE step > 1").await;
    let store = world.open().await;
    assert!(read_back(&store, "f1").await.is_some());
    let (nobody, nothing) = ("u1".into(), []);
    let runs = RunScope { about: &nothing, maker: &nobody };
    assert_eq!(store.model_runs(&runs, &ModelRunQuery { size: 10, ..ModelRunQuery::default() }).await.unwrap().1, 0);
}

async fn two_starts_at_once_make_one_schema(world: World) {
    let kinds = kinds_with(FAULT);
    let open = || {
        let (target, kinds) = (world.target.clone(), Arc::clone(&kinds));
        tokio::spawn(async move { Store::open(&target, kinds).await })
    };
    let (a, b) = (open(), open());
    a.await.unwrap().unwrap().close().await;
    b.await.unwrap().unwrap().close().await;
}

#[test]
fn a_data_folder_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let held = DataFolder::lock(&folder.path().join("data")).unwrap();
    let second = DataFolder::lock(&folder.path().join("data"));
    assert!(matches!(&second, Err(StoreError::InUse { dir }) if dir.ends_with("data")), "{second:?}");
    drop(held);
    DataFolder::lock(&folder.path().join("data")).unwrap();
}
