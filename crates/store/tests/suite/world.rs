//! A small district to store things in: two kinds, three regions, two enterprises, three users.

use std::sync::Arc;

use anlan_access::{KindPolicy, Post, PostScope, ReadScope, Subject, read_scope};
use anlan_base::{EnterpriseId, Instant, Name, OrganisationId, RecordId, RegionPath, TaskId, UserId};
use anlan_ledger::LeafHash;
use anlan_records::kind::{Condition, Is, Kinds, Test};
use anlan_records::load::{SourceFile, read};
use anlan_records::record::{Change, FieldChange, Link, LinkTarget, Record, Task, TaskOwner};
use anlan_store::{NewEvent, Organisation, RecordQuery, Region, Store, StoreError, Target, Tx, User};
use serde_json::{Value, json};

/// Makes each test twice: `sqlite::name` and `postgres::name`.
macro_rules! both {
    ($($name:ident)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::world::World::embedded()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(world) = crate::world::World::clustered().await {
                    super::$name(world).await;
                }
            })+
        }
    };
}
pub(crate) use both;

const ENTERPRISE: &str = r#"
[kind]
id = "enterprise"
version = 1
zh = "企业"
en = "Enterprise"
home = "region"
title = "name"
[fields]
name = { type = "text", zh = "名称", en = "Name", search = true, required = true }
code = { type = "text", zh = "代码", en = "Code", unique = "kind" }
[create]
to = "operating"
by = ["platform"]
asks = ["name", "code"]
[states]
operating = { zh = "在业", en = "Operating", tone = "done", standing = true }
gone = { zh = "注销", en = "Gone", tone = "void", final = true }
[actions]
close = { zh = "注销", en = "Close", from = ["operating"], to = "gone", by = ["platform"] }
[list]
columns = ["title"]
[access]
read = ["safety"]
"#;

pub const FAULT: &str = r#"
[kind]
id = "fault"
version = 1
zh = "故障"
en = "Fault"
home = "enterprise"
title = "summary"
number = { pattern = "GZ-{year}-{seq:4}", scope = ["year"], at = "create" }
[fields]
summary = { type = "long_text", zh = "描述", en = "Summary", search = true }
place = { type = "text", zh = "部位", en = "Place", search = true }
level = { type = "choice", codes = "level", zh = "等级", en = "Level", filter = true }
tags = { type = "choice", codes = "tag", many = true, zh = "标签", en = "Tags", filter = true }
rectify_by = { type = "date", zh = "期限", en = "Rectify by", index = true }
cost = { type = "money", zh = "费用", en = "Cost", index = true }
share = { type = "decimal", places = 2, zh = "比例", en = "Share", index = true }
urgent = { type = "yes_no", zh = "紧急", en = "Urgent", filter = true }
seen_at = { type = "instant", zh = "发现时间", en = "Seen at", index = true }
tag_number = { type = "text", zh = "位号", en = "Tag number", unique = "enterprise" }
responsible = { type = "person", zh = "责任人", en = "Responsible", filter = true }
unit = { type = "organisation", zh = "单位", en = "Unit" }
cause = { type = "record", kind = "fault", zh = "起因", en = "Cause" }
spot = { type = "place", zh = "坐标", en = "Spot" }
photos = { type = "photos", zh = "照片", en = "Photos", filter = true }
phone = { type = "text", form = "phone", zh = "电话", en = "Phone", personal = true, filter = true }
[choices.level]
major = { zh = "重大", en = "Major", mark = "red" }
general = { zh = "一般", en = "General", mark = "yellow" }
[choices.tag]
fire = { zh = "火灾", en = "Fire" }
gas = { zh = "气体", en = "Gas" }
power = { zh = "用电", en = "Power" }
[create]
to = "found"
by = ["safety"]
asks = ["summary"]
[states]
found = { zh = "发现", en = "Found", tone = "waiting", owner = ["safety"], due = "fix" }
fixing = { zh = "整改", en = "Fixing", tone = "working", owner = ["person:responsible"], due = "fix" }
closed = { zh = "关闭", en = "Closed", tone = "done", final = true }
[actions]
start = { zh = "开始", en = "Start", from = ["found"], to = "fixing", by = ["safety"] }
close = { zh = "关闭", en = "Close", from = ["fixing"], to = "closed", by = ["safety"] }
[deadlines]
fix = { after = 3, unit = "days" }
[list]
columns = ["level", "number", "summary", "due_at", "state"]
[access]
read = ["safety"]
"#;

pub fn kinds_with(fault: &str) -> Arc<Kinds> {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let files = [
        file("enterprise/enterprise.kind.toml", ENTERPRISE),
        file("fault/fault.kind.toml", fault),
        file("organisation/roles.toml", "[safety]\nzh = \"安全\"\nen = \"Safety\"\nscope = \"enterprise\"\n"),
    ];
    let kinds = read(&files, &[]).unwrap_or_else(|findings| panic!("{}", findings.iter().map(|f| format!("{f}\n")).collect::<String>()));
    Arc::new(kinds)
}

pub const NOW: Instant = Instant::from_ms(1_795_400_000_000);

pub struct World {
    pub target: Target,
    _folder: tempfile::TempDir,
}

impl World {
    pub fn embedded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { target: Target::folder(folder.path()), _folder: folder }
    }

    pub async fn clustered() -> Option<Self> {
        let server = crate::support::PgServer::start()?;
        let folder = tempfile::tempdir().unwrap();
        Some(Self { target: Target::postgres(server.database().await, folder.path()), _folder: folder })
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.target, kinds_with(FAULT)).await.unwrap()
    }

    /// Regions `/1/`, `/1/3/`, `/1/30/`; enterprises `north` in `/1/3/` (park `park`) and `south` in `/1/30/`; users u1, u2, u3; unit `bureau`.
    pub async fn settled(&self) -> Store {
        let store = self.open().await;
        let mut tx = store.write().await.unwrap();
        for (id, code, at) in [(1, "320411", "/1/"), (3, "320411003", "/1/3/"), (30, "320411030", "/1/30/")] {
            let (zh, level) = (format!("区域{id}"), "town".to_owned());
            tx.put_region(&Region { id, code: code.into(), zh, en: format!("Region {id}"), level, path: path(at) }).await.unwrap();
        }
        for id in ["park", "bureau"] {
            let organisation = Organisation { id: id.into(), zh: id.into(), en: id.into(), kind: "unit".into(), region: path("/1/") };
            tx.put_organisation(&organisation).await.unwrap();
        }
        for id in ["u1", "u2", "u3"] {
            tx.add_user(&person(id), "hash").await.unwrap();
        }
        for (id, at, park) in [("north", "/1/3/", Some("park")), ("south", "/1/30/", None)] {
            let mut record = blank("enterprise", id, json!({"name": format!("{id} 公司"), "code": id}));
            record.title = format!("{id} 公司");
            record.state = Name::of("operating");
            record.region = path(at);
            record.enterprise = Some(id.into());
            record.park = park.map(OrganisationId::from);
            save(&mut tx, None, &record).await.unwrap();
            tx.set_enterprise_code(&EnterpriseId::from(id), &id.to_uppercase()).await.unwrap();
        }
        tx.commit().await.unwrap();
        store
    }
}

pub fn path(text: &str) -> RegionPath {
    RegionPath::parse(text).unwrap()
}

pub fn person(id: &str) -> User {
    User { id: id.into(), username: id.into(), name: format!("某{id}"), title: None, disabled: false, demo: false }
}

fn blank(kind: &str, id: &str, body: Value) -> Record {
    Record {
        id: id.into(),
        kind: Name::of(kind),
        kind_version: 1,
        number: None,
        title: id.into(),
        state: Name::of("found"),
        state_since: NOW,
        due_at: None,
        enterprise: None,
        park: None,
        region: RegionPath::root(),
        sector: None,
        revision: 1,
        created_at: NOW,
        created_by: "u1".into(),
        updated_at: NOW,
        updated_by: "u1".into(),
        body: body.as_object().unwrap().clone(),
    }
}

/// A fault of `north` (or of `south`, where the id begins with `s`), unsaved.
pub fn fault(id: &str, body: Value) -> Record {
    let mut record = blank("fault", id, body);
    let south = id.starts_with('s');
    record.enterprise = Some(if south { "south" } else { "north" }.into());
    record.region = path(if south { "/1/30/" } else { "/1/3/" });
    record.park = (!south).then(|| "park".into());
    if let Some(Value::String(summary)) = record.body.get("summary") {
        record.title = summary.clone();
    }
    record
}

/// The next revision of a record with other values.
pub fn next(before: &Record, state: &str, body: Value) -> Record {
    let mut after = before.clone();
    after.revision += 1;
    after.state = Name::of(state);
    after.updated_at = before.updated_at.plus_s(60);
    after.updated_by = "u2".into();
    after.body.extend(body.as_object().unwrap().clone());
    after
}

/// The change from one to the other, its links as the body has them.
pub fn change(before: Option<&Record>, after: &Record) -> Change {
    let text = |field: &str| after.body.get(field).and_then(Value::as_str);
    let mut links = Vec::new();
    for (field, to) in [
        ("responsible", text("responsible").map(|id| LinkTarget::User(id.into()))),
        ("unit", text("unit").map(|id| LinkTarget::Organisation(id.into()))),
        ("cause", text("cause").map(|id| LinkTarget::Record(id.into()))),
    ] {
        links.extend(to.map(|to| Link { field: Name::of(field), to }));
    }
    let changes = vec![FieldChange { field: "body.summary".into(), from: Value::Null, to: json!(text("summary")) }];
    Change {
        before: before.cloned(),
        after: after.clone(),
        action: Name::of(if before.is_some() { "edit" } else { "create" }),
        comment: None,
        changes,
        number_wanted: false,
        opened: Vec::new(),
        closed: Vec::new(),
        moved: Vec::new(),
        links,
        attachments: Default::default(),
        follows: Vec::new(),
    }
}

pub async fn save(tx: &mut Tx, before: Option<&Record>, after: &Record) -> Result<(), StoreError> {
    save_change(tx, &change(before, after)).await
}

pub async fn save_change(tx: &mut Tx, change: &Change) -> Result<(), StoreError> {
    let leaf = LeafHash(format!("{}-{}", change.after.id, change.after.revision));
    tx.save(change, &NewEvent { actor: "u1", at: change.after.updated_at, leaf: &leaf, announce: false }).await
}

pub async fn keep(store: &Store, records: &[Record]) {
    let mut tx = store.write().await.unwrap();
    for record in records {
        save(&mut tx, None, record).await.unwrap();
    }
    tx.commit().await.unwrap();
}

pub fn task(id: &str, name: &str, owners: &[TaskOwner], due_at: Option<Instant>) -> Task {
    Task { id: TaskId::from(id), name: Name::of(name), side: false, owners: owners.to_vec(), since: NOW, due_at }
}

pub fn subject(user: &str, posts: &[(&str, PostScope)]) -> Subject {
    let posts = posts.iter().map(|(role, scope)| Post { role: Name::of(role), scope: scope.clone(), sectors: Vec::new() }).collect();
    Subject { user: UserId::from(user), posts, units: Default::default() }
}

/// What the policy "this role reads all it covers" shows to a holder of it there.
pub fn scope_of(scope: PostScope) -> ReadScope {
    let policy =
        KindPolicy { grants: vec![anlan_access::Grant { role: Name::of("safety"), only: Vec::new() }], creator: false, assigned: false };
    read_scope(&subject("u3", &[("safety", scope)]), &policy)
}

pub fn all() -> ReadScope {
    ReadScope::platform()
}

pub fn faults() -> RecordQuery {
    RecordQuery::of(Name::of("fault"), NOW)
}

pub fn when(subject: &str, is: Is) -> Condition {
    Condition(vec![vec![Test { subject: Name::of(subject), is }]])
}

pub fn is(subject: &str, values: &[Value]) -> Condition {
    when(subject, Is::OneOf(values.to_vec()))
}

/// Ids of the matching faults, in the query's order.
pub async fn ids(store: &Store, scope: &ReadScope, query: &RecordQuery) -> Vec<String> {
    let (records, total) = store.records(scope, query).await.unwrap();
    assert_eq!(store.count(scope, query).await.unwrap(), total, "the count agrees with the page's total");
    records.into_iter().map(|record| record.id.0).collect()
}

pub async fn read_back(store: &Store, id: &str) -> Option<Record> {
    store.record(&all(), &RecordId::from(id)).await.unwrap()
}
