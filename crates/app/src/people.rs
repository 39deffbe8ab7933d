//! Users and the posts they hold: added by administrators, picked in forms, listed in the menus they see.

use anlan_access::{Post, PostScope};
use anlan_base::{EnterpriseId, Name, Refusal, UserId};
use anlan_records::kind::RoleScope;
use anlan_store::{Tx, User, UserQuery};
use serde_json::{Value, json};

use crate::records::KindSummary;
use crate::{App, AppError, Caller, password};

pub struct NewUser {
    pub username: String,
    pub name: String,
    pub title: Option<String>,
    pub password: String,
    pub demo: bool,
}

impl App {
    /// Adds a user with posts. Roles that must stay apart never meet in one person.
    pub async fn add_user(&self, new: NewUser, posts: &[Post]) -> Result<UserId, AppError> {
        if !new.demo && new.password.chars().count() < 10 {
            return Err(AppError::invalid(Refusal::at("too_short", "password").with("min", 10)));
        }
        let fine = (1..=60).contains(&new.username.chars().count()) && !new.username.chars().any(|c| c.is_control() || c.is_whitespace());
        if !fine {
            return Err(AppError::invalid(Refusal::at("bad_id", "username")));
        }
        self.check_posts(posts)?;
        let secret = new.password.clone();
        let hash =
            tokio::task::spawn_blocking(move || password::hash(&secret)).await.map_err(|e| AppError::failure("hash a password", e))??;
        let mut tx = self.store.write().await?;
        let id = self.add_user_in(&mut tx, new, &hash, posts).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// As `add_user`, with the password's hash at hand: a demo district shares one.
    pub(crate) async fn add_user_in(&self, tx: &mut Tx, new: NewUser, hash: &str, posts: &[Post]) -> Result<UserId, AppError> {
        let id = UserId(self.ids.next(self.now()));
        let user = User { id: id.clone(), username: new.username, name: new.name, title: new.title, disabled: false, demo: new.demo };
        tx.add_user(&user, hash).await.map_err(|error| match error {
            anlan_store::StoreError::NotUnique { .. } => AppError::Conflict(Refusal::at("exists_already", "username")),
            other => other.into(),
        })?;
        for post in posts {
            tx.add_post(&id, post).await?;
        }
        Ok(id)
    }

    fn check_posts(&self, posts: &[Post]) -> Result<(), AppError> {
        for post in posts {
            let role = self
                .kinds
                .roles
                .get(&post.role)
                .ok_or_else(|| AppError::invalid(Refusal::at("unknown_code", "post").with("role", &post.role)))?;
            let fits = matches!(
                (&post.scope, role.scope),
                (PostScope::Enterprise(_), RoleScope::Enterprise)
                    | (PostScope::Region(_) | PostScope::Park(_), RoleScope::Region)
                    | (PostScope::Platform, RoleScope::Platform)
            );
            if !fits {
                return Err(AppError::invalid(Refusal::at("wrong_scope", "post").with("role", &post.role)));
            }
            if let Some(other) = posts.iter().find(|other| role.apart.contains(&other.role)) {
                return Err(AppError::invalid(Refusal::at("roles_apart", "post").with("role", &post.role).with("other", &other.role)));
            }
        }
        Ok(())
    }

    /// `ROLE@REGION[/SECTOR]`, `ROLE@enterprise:CODE`, `ROLE@park:ID`, `ROLE@platform`.
    pub async fn parse_post(&self, text: &str) -> Result<Post, AppError> {
        let bad = || AppError::invalid(Refusal::at("bad_post", "post").with("post", text));
        let (role, place) = text.split_once('@').ok_or_else(bad)?;
        let role = Name::parse(role).map_err(|_| bad())?;
        let (place, sectors) = match place.split_once('/') {
            Some((place, sector)) => (place, vec![Name::parse(sector).map_err(|_| bad())?]),
            None => (place, Vec::new()),
        };
        let scope = if place == "platform" {
            PostScope::Platform
        } else if let Some(code) = place.strip_prefix("enterprise:") {
            PostScope::Enterprise(self.store.enterprise_by_code(code).await?.ok_or_else(bad)?)
        } else if let Some(id) = place.strip_prefix("park:") {
            PostScope::Park(id.into())
        } else {
            PostScope::Region(self.regions().path_of(place).ok_or_else(bad)?)
        };
        Ok(Post { role, scope, sectors })
    }

    /// People a form may offer: an enterprise sees its own, authorities see all.
    pub async fn people(
        &self,
        caller: &Caller,
        q: Option<&str>,
        enterprise: Option<&str>,
        ids: &[&str],
        page: u32,
        size: u32,
    ) -> Result<Value, AppError> {
        let own = only_enterprises(caller);
        let mut wanted: Vec<Option<EnterpriseId>> = match (&own, enterprise) {
            (None, None) => vec![None],
            (None, Some(id)) => vec![Some(id.into())],
            (Some(own), None) => own.iter().cloned().map(Some).collect(),
            (Some(own), Some(id)) => own.iter().filter(|e| e.as_str() == id).cloned().map(Some).collect(),
        };
        wanted.dedup();
        let mut items = Vec::new();
        for enterprise in wanted {
            let query = UserQuery { q: q.map(str::to_owned), enterprise, unit: None, demo: false, limit: 10_000 };
            for user in self.store.users(&query).await? {
                if ids.is_empty() || ids.contains(&user.id.as_str()) {
                    items.push(json!({"id": user.id, "name": user.name, "title": user.title}));
                }
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        items.retain(|item| seen.insert(item["id"].to_string()));
        let total = items.len();
        let items: Vec<Value> = items.into_iter().skip(((page - 1) * size) as usize).take(size as usize).collect();
        Ok(json!({"items": items, "total": total, "page": page, "size": size}))
    }

    /// Whether the caller may name this person in a record.
    pub(crate) async fn may_name(&self, tx: &mut Tx, caller: &Caller, id: &UserId) -> Result<bool, AppError> {
        let Some(own) = only_enterprises(caller) else { return Ok(true) };
        if *id == caller.user.id {
            return Ok(true);
        }
        let subject = tx.subject(id).await?;
        Ok(subject.enterprises().any(|enterprise| own.contains(enterprise)))
    }

    /// What the caller's posts let them open: pages first, then groups of kinds.
    pub async fn menus(&self, caller: &Caller) -> Result<Vec<Value>, AppError> {
        let kinds = self.kinds_of(caller).await?;
        let sees = |kind: &str| kinds.iter().any(|summary| summary.kind.id == *kind);
        let page = |id: &str, zh: &str, en: &str, path: &str| json!({"id": id, "label": {"zh": zh, "en": en}, "path": path});
        let mut menus = vec![page("workbench", "工作台", "Workbench", "/workbench")];
        if sees("hazard_unit") {
            menus.push(page("map", "一张图", "Map", "/map"));
        }
        let own = only_enterprises(caller);
        if own.is_none() && sees("warning") && sees("enterprise") {
            menus.push(page("duty", "值班大屏", "Duty screen", "/screen"));
        }
        if let Some(own) = own.and_then(|own| own.into_iter().next()) {
            menus.push(page("enterprise_page", "本企业", "My enterprise", &format!("/enterprises/{own}")));
        }
        let mut placed: Vec<&str> = Vec::new();
        for group in anlan_domains::menus() {
            let mut items = Vec::new();
            if group.pages.iter().any(|name| name == "alarms") && sees("enterprise") {
                items.push(page("alarms", "报警台", "Alarm board", "/alarms"));
            }
            for summary in kinds.iter().filter(|summary| group.kinds.iter().any(|kind| summary.kind.id == **kind)) {
                placed.push(summary.kind.id.as_str());
                items.push(kind_item(summary));
                if group.views.iter().any(|kind| summary.kind.id == **kind) {
                    items.extend(summary.kind.views.iter().map(|(id, view)| {
                        let path = format!("/records/{}?view={id}", summary.kind.id);
                        let count = match id.as_str() {
                            "mine" => Some(summary.mine),
                            "overdue" => Some(summary.overdue),
                            _ => None,
                        };
                        json!({"id": format!("{}_{id}", summary.kind.id), "label": view.label, "path": path, "count": count})
                    }));
                }
            }
            if let Some(first) = items.first() {
                let path = first["path"].clone();
                menus.push(json!({"id": group.id, "label": {"zh": group.zh, "en": group.en}, "path": path, "items": items}));
            }
        }
        for summary in kinds.iter().filter(|summary| !placed.contains(&summary.kind.id.as_str())) {
            let item = kind_item(summary);
            menus.push(json!({"id": summary.kind.id, "label": summary.kind.label, "path": item["path"], "items": [item]}));
        }
        Ok(menus)
    }

    /// The demo's accounts. Elsewhere the page does not exist.
    pub async fn demo_accounts(&self) -> Result<Value, AppError> {
        if !self.is_demo() {
            return Err(AppError::NotFound);
        }
        let users = self.store.users(&UserQuery { demo: true, limit: 200, ..UserQuery::default() }).await?;
        let mut accounts = Vec::new();
        for user in users {
            let Some(subject) = self.store.subject(&user.id).await? else { continue };
            let Some(post) = subject.posts.first() else { continue };
            let place = match &post.scope {
                PostScope::Region(path) => self.regions().name_of(path),
                PostScope::Enterprise(id) => {
                    let name = self.enterprise_brief(id).await?.map_or_else(String::new, |brief| brief.name);
                    anlan_records::kind::Label { zh: name.clone(), en: name }
                }
                PostScope::Park(id) => {
                    let name = self.organisations().name_of(id);
                    anlan_records::kind::Label { zh: name.clone(), en: name }
                }
                PostScope::Platform => anlan_records::kind::Label { zh: "平台".into(), en: "Platform".into() },
            };
            let role = self.kinds.roles.get(&post.role).map(|role| role.label.clone());
            accounts.push(json!({"username": user.username, "name": user.name, "role_label": role, "where": place}));
        }
        Ok(Value::Array(accounts))
    }
}

fn kind_item(summary: &KindSummary) -> Value {
    let kind = &summary.kind;
    json!({"id": kind.id, "label": kind.label, "path": format!("/records/{}", kind.id), "kind": kind.id, "count": summary.open})
}

/// `Some` for people who belong to enterprises and hold no other post: they see no further than those.
pub(crate) fn only_enterprises(caller: &Caller) -> Option<Vec<EnterpriseId>> {
    let own: Vec<EnterpriseId> = caller.subject.enterprises().cloned().collect();
    (!own.is_empty() && own.len() == caller.subject.posts.len()).then_some(own)
}
