//! Users, posts, sessions, preferences, places, and requests that are answered once.

use anlan_access::{Post, PostScope};
use anlan_base::{Name, OrganisationId, Place, UserId};
use anlan_store::{Begun, Session, StoreError, UserQuery};
use serde_json::json;

use crate::world::*;

both! {
    a_subject_has_its_posts_and_units
    holders_of_a_role_are_found_by_place
    a_session_ends_when_it_must
    people_are_found_for_a_picker
    preferences_and_settings_are_kept
    failed_log_ins_are_counted
    a_request_is_answered_once
    regions_and_codes_are_looked_up
}

async fn a_subject_has_its_posts_and_units(world: World) {
    let store = world.settled().await;
    let posts = [
        Post { role: Name::of("safety"), scope: PostScope::Region(path("/1/3/")), sectors: vec![Name::of("chemical")] },
        Post { role: Name::of("safety"), scope: PostScope::Enterprise("north".into()), sectors: vec![] },
        Post { role: Name::of("boss"), scope: PostScope::Park("park".into()), sectors: vec![] },
        Post { role: Name::of("auditor"), scope: PostScope::Platform, sectors: vec![] },
    ];
    let user = UserId::from("u1");
    let mut tx = store.write().await.unwrap();
    for post in &posts {
        tx.add_post(&user, post).await.unwrap();
    }
    tx.join_unit(&user, &"bureau".into()).await.unwrap();
    tx.commit().await.unwrap();
    let subject = store.subject(&user).await.unwrap().unwrap();
    assert_eq!(subject.posts, posts);
    assert!(subject.units.contains(&OrganisationId::from("bureau")));
    let mut tx = store.write().await.unwrap();
    tx.remove_post(&user, &Name::of("boss"), &PostScope::Park("park".into())).await.unwrap();
    assert_eq!(tx.subject(&user).await.unwrap().posts.len(), 3);
    tx.disable_user(&user, true).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.subject(&user).await.unwrap(), None, "the disabled are nobody");
    assert!(store.user(&user).await.unwrap().unwrap().disabled);
}

async fn holders_of_a_role_are_found_by_place(world: World) {
    let store = world.settled().await;
    let mut tx = store.write().await.unwrap();
    for (user, scope) in
        [("u1", PostScope::Region(path("/1/3/"))), ("u2", PostScope::Region(path("/1/30/"))), ("u3", PostScope::Enterprise("north".into()))]
    {
        tx.add_post(&user.into(), &Post { role: Name::of("safety"), scope, sectors: vec![] }).await.unwrap();
    }
    tx.commit().await.unwrap();
    let place = Place { region: path("/1/3/"), enterprise: Some("north".into()), park: None, sector: None };
    assert_eq!(store.holders("safety", &place).await.unwrap(), ["u1".into(), "u3".into()]);
    assert!(store.holders("boss", &place).await.unwrap().is_empty());
}

async fn a_session_ends_when_it_must(world: World) {
    let store = world.settled().await;
    let session = Session { user: "u1".into(), created_at: NOW, expires_at: NOW.plus_s(60), last_seen: NOW };
    let mut tx = store.write().await.unwrap();
    for token in ["a", "b", "c"] {
        tx.add_session(token, &session).await.unwrap();
    }
    tx.end_session("b").await.unwrap();
    tx.touch_session("c", NOW.plus_s(30), NOW.plus_s(90)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.session("a", NOW).await.unwrap(), Some(session));
    assert_eq!(store.session("a", NOW.plus_s(60)).await.unwrap(), None, "expired");
    assert_eq!(store.session("b", NOW).await.unwrap(), None, "logged out");
    assert_eq!(store.session("c", NOW.plus_s(89)).await.unwrap().unwrap().last_seen, NOW.plus_s(30));
    let mut tx = store.write().await.unwrap();
    tx.sweep_sessions(NOW.plus_s(60), NOW).await.unwrap();
    tx.disable_user(&"u1".into(), true).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.session("c", NOW.plus_s(61)).await.unwrap(), None, "revoked");
}

async fn people_are_found_for_a_picker(world: World) {
    let store = world.settled().await;
    let mut tx = store.write().await.unwrap();
    let mut fourth = person("u4");
    (fourth.name, fourth.demo) = ("Wang_100%".into(), true);
    tx.add_user(&fourth, "hash4").await.unwrap();
    assert!(matches!(tx.add_user(&person("u4"), "x").await, Err(StoreError::NotUnique { .. })));
    drop(tx);
    let mut tx = store.write().await.unwrap();
    tx.add_user(&fourth, "hash4").await.unwrap();
    tx.add_post(&"u2".into(), &Post { role: Name::of("safety"), scope: PostScope::Enterprise("north".into()), sectors: vec![] })
        .await
        .unwrap();
    tx.join_unit(&"u3".into(), &"bureau".into()).await.unwrap();
    tx.set_password(&"u3".into(), "new").await.unwrap();
    tx.commit().await.unwrap();
    let base = UserQuery { limit: 10, ..UserQuery::default() };
    for (query, expected) in [
        (UserQuery { q: Some("wang_".into()), ..base.clone() }, vec!["u4"]),
        (UserQuery { q: Some("100%".into()), ..base.clone() }, vec!["u4"]),
        (UserQuery { q: Some("某".into()), ..base.clone() }, vec!["u1", "u2", "u3"]),
        (UserQuery { enterprise: Some("north".into()), ..base.clone() }, vec!["u2"]),
        (UserQuery { unit: Some("bureau".into()), ..base.clone() }, vec!["u3"]),
        (UserQuery { demo: true, ..base.clone() }, vec!["u4"]),
    ] {
        let found: Vec<_> = store.users(&query).await.unwrap().into_iter().map(|user| user.id.0).collect();
        assert_eq!(found, expected, "{query:?}");
    }
    assert_eq!(store.user_by_name("u3").await.unwrap().unwrap().1, "new");
    assert_eq!(store.user_by_name("nobody").await.unwrap(), None);
}

async fn preferences_and_settings_are_kept(world: World) {
    let store = world.settled().await;
    let user = UserId::from("u1");
    assert_eq!(store.preference(&user, "columns").await.unwrap(), None);
    for value in [json!(["a"]), json!({"b": 1})] {
        let mut tx = store.write().await.unwrap();
        tx.set_preference(&user, "columns", &value).await.unwrap();
        tx.set_setting("seeded", &value).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.preference(&user, "columns").await.unwrap(), Some(value.clone()));
        assert_eq!(store.setting("seeded").await.unwrap(), Some(value));
    }
}

async fn failed_log_ins_are_counted(world: World) {
    let store = world.settled().await;
    let mut tx = store.write().await.unwrap();
    for s in [0, 10, 20] {
        tx.note_login_failure("name:u1", NOW.plus_s(s)).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(store.login_failures("name:u1", NOW.plus_s(5)).await.unwrap(), (2, Some(NOW.plus_s(20))));
    assert_eq!(store.login_failures("name:u2", NOW).await.unwrap(), (0, None));
    let mut tx = store.write().await.unwrap();
    tx.clear_login_failures("name:u1").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.login_failures("name:u1", NOW).await.unwrap(), (0, None));
}

async fn a_request_is_answered_once(world: World) {
    let store = world.settled().await;
    let begin = |request: &'static str, at: i64| {
        let store = store.clone();
        async move {
            let mut tx = store.write().await.unwrap();
            let begun = tx.begin_request("u1 POST /records", "key", request, NOW.plus_s(at), NOW.plus_s(at - 60)).await.unwrap();
            tx.commit().await.unwrap();
            begun
        }
    };
    assert_eq!(begin("a", 0).await, Begun::New);
    assert_eq!(begin("a", 1).await, Begun::Running);
    assert_eq!(begin("b", 1).await, Begun::Mismatch);
    assert_eq!(begin("a", 61).await, Begun::New, "the first was abandoned");
    let mut tx = store.write().await.unwrap();
    tx.finish_request("u1 POST /records", "key", 201, "{}").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(begin("a", 300).await, Begun::Done { status: 201, body: "{}".into() });
    assert_eq!(begin("b", 300).await, Begun::Mismatch);
    let mut tx = store.write().await.unwrap();
    assert_eq!(tx.forget_requests_before(NOW.plus_days(1)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(begin("b", 301).await, Begun::New);
}

async fn regions_and_codes_are_looked_up(world: World) {
    let store = world.settled().await;
    let regions: Vec<_> = store.regions().await.unwrap().into_iter().map(|region| (region.id, region.code)).collect();
    assert_eq!(regions, [(1, "320411".into()), (3, "320411003".into()), (30, "320411030".into())], "parents first");
    assert_eq!(store.organisations(Some("PARK"), 10).await.unwrap().len(), 1);
    assert_eq!(store.enterprise_by_code("NORTH").await.unwrap(), Some("north".into()));
    assert_eq!(store.enterprise_codes().await.unwrap()[&"south".into()], "SOUTH");
    let mut tx = store.write().await.unwrap();
    assert!(matches!(tx.set_enterprise_code(&"south".into(), "NORTH").await, Err(StoreError::NotUnique { .. })));
}
