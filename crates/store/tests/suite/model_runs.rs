//! Runs that somebody kept: whole again, and seen by whoever sees what they are about.

use anlan_access::{PostScope, ReadScope};
use anlan_base::{EnterpriseId, Name, UserId};
use anlan_store::{ModelRun, ModelRunQuery, RunScope, Store, StoredRun};
use serde_json::json;

use crate::world::*;

both! {
    a_run_comes_back_bit_for_bit
    a_run_is_seen_by_who_sees_what_it_is_about
    kept_runs_are_counted_by_their_maker
    a_run_is_about_what_there_is
}

fn run(id: &str, maker: &str, enterprise: Option<&str>, unit: Option<&str>) -> StoredRun {
    StoredRun {
        run: ModelRun {
            id: id.into(),
            name: format!("氯气 {id}"),
            made_at: NOW,
            made_by: maker.into(),
            made_by_name: format!("某{maker}"),
            enterprise: enterprise.map(Into::into),
            hazard_unit: unit.map(Into::into),
            hazard_unit_title: unit.map(|unit| format!("单元 {unit}")),
            region: enterprise.map(|id| path(if id == "north" { "/1/3/" } else { "/1/30/" })),
            sha256: "0".repeat(64),
            version: "0.1.0".into(),
        },
        description: r#"{"name":"氯气","wind":0.1}"#.into(),
        result: r#"{"reach_m":4.0400000000000004,"text":"\u0000 ≤ 5 %"}"#.into(),
    }
}

/// Units `f1` of north and `s1` of south; runs about a unit, about an enterprise, about nothing.
async fn stocked(world: &World) -> Store {
    let store = world.settled().await;
    keep(&store, &["f1", "s1"].map(|id| fault(id, json!({"summary": format!("单元 {id}")})))).await;
    let mut tx = store.write().await.unwrap();
    for (at, stored) in [
        run("r1", "u1", Some("north"), Some("f1")),
        run("r2", "u1", Some("south"), Some("s1")),
        run("r3", "u2", Some("north"), None),
        run("r4", "u2", None, None),
    ]
    .iter_mut()
    .enumerate()
    {
        stored.run.made_at = NOW.plus_s(at as i64);
        tx.add_model_run(stored).await.unwrap();
    }
    tx.commit().await.unwrap();
    store
}

fn about(scope: ReadScope) -> Vec<(Name, ReadScope)> {
    [Name::of("fault"), Name::of("enterprise")].map(|kind| (kind, scope.clone())).to_vec()
}

async fn a_run_comes_back_bit_for_bit(world: World) {
    let store = stocked(&world).await;
    let (everything, maker) = (about(all()), UserId::from("u2"));
    let scope = RunScope { about: &everything, maker: &maker };
    let mut expected = run("r1", "u1", Some("north"), Some("f1"));
    assert_eq!(store.model_run(&scope, &"r1".into()).await.unwrap().as_ref(), Some(&expected));
    expected = run("r4", "u2", None, None);
    expected.run.made_at = NOW.plus_s(3);
    assert_eq!(store.model_run(&scope, &"r4".into()).await.unwrap(), Some(expected));
    assert_eq!(store.model_run(&scope, &"r9".into()).await.unwrap(), None);
}

async fn a_run_is_seen_by_who_sees_what_it_is_about(world: World) {
    let store = stocked(&world).await;
    let north = about(scope_of(PostScope::Enterprise(EnterpriseId::from("north"))));
    let south = about(scope_of(PostScope::Region(path("/1/30/"))));
    let (everything, nothing) = (about(all()), Vec::new());
    // Sees the enterprise's record, but no unit.
    let enterprises_only = vec![(Name::of("enterprise"), all())];
    for (about, maker, enterprise, unit, expected) in [
        (&everything, "u1", None, None, "r3 r2 r1"),
        (&everything, "u2", None, None, "r4 r3 r2 r1"),
        (&north, "u1", None, None, "r3 r1"),
        (&north, "u1", Some("south"), None, ""),
        (&north, "u1", None, Some("f1"), "r1"),
        (&south, "u1", None, None, "r2"),
        (&south, "u1", Some("south"), Some("s1"), "r2"),
        (&enterprises_only, "u1", None, None, "r3"),
        (&nothing, "u1", None, None, ""),
        (&nothing, "u2", None, None, "r4"),
    ] {
        let maker = UserId::from(maker);
        let scope = RunScope { about, maker: &maker };
        let enterprises: Vec<EnterpriseId> = enterprise.map(Into::into).into_iter().collect();
        let query = ModelRunQuery { enterprises, hazard_units: unit.map(Into::into).into_iter().collect(), page: 1, size: 10 };
        let (found, total) = store.model_runs(&scope, &query).await.unwrap();
        let ids: Vec<&str> = found.iter().map(|run| run.id.as_str()).collect();
        assert_eq!((ids.join(" ").as_str(), total), (expected, ids.len() as i64), "{query:?} for {maker}");
        let all_listed = enterprise.is_none() && unit.is_none();
        for id in ["r1", "r2", "r3", "r4"].into_iter().filter(|_| all_listed) {
            assert_eq!(store.model_run(&scope, &id.into()).await.unwrap().is_some(), ids.contains(&id), "{id} for {maker}");
        }
    }
    let maker = UserId::from("u1");
    let second = ModelRunQuery { page: 2, size: 2, ..ModelRunQuery::default() };
    let (found, total) = store.model_runs(&RunScope { about: &everything, maker: &maker }, &second).await.unwrap();
    assert_eq!((found.len(), found[0].id.as_str(), total), (1, "r1", 3));
}

async fn kept_runs_are_counted_by_their_maker(world: World) {
    let store = stocked(&world).await;
    let mut tx = store.write().await.unwrap();
    let mut kept = Vec::new();
    for maker in ["u1", "u2", "nobody"] {
        kept.push(tx.model_runs_kept_by(&UserId::from(maker)).await.unwrap());
    }
    assert_eq!(kept.iter().sum::<i64>(), 4);
    assert!(kept[0] > 0 && kept[1] > 0 && kept[2] == 0, "{kept:?}");
}

async fn a_run_is_about_what_there_is(world: World) {
    let store = stocked(&world).await;
    for wrong in [run("r5", "nobody", None, None), run("r5", "u1", Some("nowhere"), None), run("r5", "u1", None, Some("nothing"))] {
        let mut tx = store.write().await.unwrap();
        let added = tx.add_model_run(&wrong).await;
        assert!(added.is_err() || tx.commit().await.is_err(), "{wrong:?}");
    }
}
