//! Users, their posts and units, sessions, preferences, and the count of failed log-ins.

use std::collections::BTreeSet;

use anlan_access::{Post, PostScope, Subject};
use anlan_base::{EnterpriseId, Instant, Name, OrganisationId, Place, RegionPath, UserId};

use crate::StoreError;
use crate::engine::{Conn, Row, Sql, args, json};
use crate::filter;
use crate::open::Store;
use crate::tx::Tx;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// What they log in with.
    pub username: String,
    pub name: String,
    pub title: Option<String>,
    pub disabled: bool,
    /// A demo account: offered on the log-in page, exempt from the second factor.
    pub demo: bool,
}

/// Which people a picker offers.
#[derive(Clone, Debug, Default)]
pub struct UserQuery {
    /// In the name or the user name.
    pub q: Option<String>,
    /// With a post at this enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// Members of this organisation.
    pub unit: Option<OrganisationId>,
    pub demo: bool,
    pub limit: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub user: UserId,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub last_seen: Instant,
}

const COLUMNS: &str = "u.id, u.username, u.name, u.title, u.disabled, u.demo";

fn user(row: &Row) -> Result<User, StoreError> {
    Ok(User {
        id: row.text(0)?.into(),
        username: row.text(1)?,
        name: row.text(2)?,
        title: row.opt_text(3)?,
        disabled: row.flag(4)?,
        demo: row.flag(5)?,
    })
}

/// From four columns: role, scope, place, sectors.
fn post(row: &Row, at: usize) -> Result<Post, StoreError> {
    let place = row.text(at + 2)?;
    let scope = match row.text(at + 1)?.as_str() {
        "region" => {
            PostScope::Region(RegionPath::parse(&place).ok_or_else(|| StoreError::corrupt(format!("`{place}` is no path of regions")))?)
        }
        "park" => PostScope::Park(place.into()),
        "enterprise" => PostScope::Enterprise(place.into()),
        _ => PostScope::Platform,
    };
    Ok(Post { role: row.name(at)?, scope, sectors: json(&row.text(at + 3)?)? })
}

fn scope_parts(scope: &PostScope) -> (&'static str, String) {
    match scope {
        PostScope::Region(path) => ("region", path.as_str().to_owned()),
        PostScope::Park(park) => ("park", park.0.clone()),
        PostScope::Enterprise(id) => ("enterprise", id.0.clone()),
        PostScope::Platform => ("platform", String::new()),
    }
}

async fn subject(conn: &mut Conn, id: &UserId) -> Result<Subject, StoreError> {
    let posts = Sql::new("SELECT p.role, p.scope, p.place, p.sectors FROM post p WHERE p.holder = $1 ORDER BY p.id", args![id]);
    let posts = conn.fetch("read posts", posts).await?.iter().map(|row| post(row, 0)).collect::<Result<Vec<_>, _>>()?;
    let units = Sql::new("SELECT organisation FROM unit_member WHERE member = $1", args![id]);
    let units =
        conn.fetch("read units", units).await?.iter().map(|row| row.text(0).map(OrganisationId)).collect::<Result<BTreeSet<_>, _>>()?;
    Ok(Subject { user: id.clone(), posts, units })
}

impl Store {
    pub async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        let sql = Sql::new(&format!("SELECT {COLUMNS} FROM app_user u WHERE u.id = $1"), args![id]);
        self.read().await?.first("read a user", sql).await?.as_ref().map(user).transpose()
    }

    /// With the hash of their password.
    pub async fn user_by_name(&self, username: &str) -> Result<Option<(User, String)>, StoreError> {
        let sql = Sql::new(&format!("SELECT {COLUMNS}, u.password FROM app_user u WHERE u.username = $1"), args![username]);
        let row = self.read().await?.first("read a user", sql).await?;
        row.map(|row| Ok((user(&row)?, row.text(6)?))).transpose()
    }

    /// Those who can log in, by name.
    pub async fn users(&self, query: &UserQuery) -> Result<Vec<User>, StoreError> {
        let mut sql = Sql::default();
        sql.raw("SELECT ").raw(COLUMNS).raw(" FROM app_user u WHERE u.disabled = 0");
        if let Some(q) = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            let ways = [filter::contains("lower(u.name)", q), filter::contains("lower(u.username)", q)];
            sql.raw(" AND ").append(filter::joined(ways, " OR ", "1 = 0"));
        }
        if let Some(enterprise) = &query.enterprise {
            sql.raw(" AND EXISTS (SELECT 1 FROM post p WHERE p.holder = u.id AND p.scope = 'enterprise' AND p.place = ")
                .bind(enterprise)
                .raw(")");
        }
        if let Some(unit) = &query.unit {
            sql.raw(" AND EXISTS (SELECT 1 FROM unit_member m WHERE m.member = u.id AND m.organisation = ").bind(unit).raw(")");
        }
        if query.demo {
            sql.raw(" AND u.demo = 1");
        }
        sql.raw(" ORDER BY u.name, u.id LIMIT ").bind(query.limit);
        self.read().await?.fetch("list users", sql).await?.iter().map(user).collect()
    }

    /// The user with posts and units; `None` if there is none or they are disabled.
    pub async fn subject(&self, id: &UserId) -> Result<Option<Subject>, StoreError> {
        let mut conn = self.read().await?;
        let active = Sql::new("SELECT COUNT(*) FROM app_user WHERE id = $1 AND disabled = 0", args![id]);
        if conn.number("read a user", active).await? == 0 {
            return Ok(None);
        }
        subject(&mut conn, id).await.map(Some)
    }

    /// Who holds this role in a post that covers the place.
    pub async fn holders(&self, role: &str, place: &Place) -> Result<Vec<UserId>, StoreError> {
        let sql = Sql::new(
            "SELECT p.holder, p.role, p.scope, p.place, p.sectors FROM post p JOIN app_user u ON u.id = p.holder
             WHERE u.disabled = 0 AND p.role = $1 ORDER BY p.id",
            args![role],
        );
        let mut found = Vec::new();
        for row in self.read().await?.fetch("look for holders of a role", sql).await? {
            let (holder, post) = (UserId(row.text(0)?), post(&row, 1)?);
            if post.covers(place) && !found.contains(&holder) {
                found.push(holder);
            }
        }
        Ok(found)
    }

    /// A live session and its user's id; revoked users have none.
    pub async fn session(&self, token_hash: &str, now: Instant) -> Result<Option<Session>, StoreError> {
        let sql = Sql::new(
            "SELECT s.holder, s.created_at, s.expires_at, s.last_seen FROM session s JOIN app_user u ON u.id = s.holder
             WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.disabled = 0",
            args![token_hash, now],
        );
        let row = self.read().await?.first("read a session", sql).await?;
        row.map(|row| {
            let user = row.text(0)?.into();
            Ok(Session { user, created_at: row.instant(1)?, expires_at: row.instant(2)?, last_seen: row.instant(3)? })
        })
        .transpose()
    }

    pub async fn preference(&self, user: &UserId, key: &str) -> Result<Option<serde_json::Value>, StoreError> {
        let sql = Sql::new("SELECT value FROM preference WHERE holder = $1 AND name = $2", args![user, key]);
        self.read().await?.first("read a preference", sql).await?.map(|row| json(&row.text(0)?)).transpose()
    }

    /// Failed log-ins since then under this key (a user name, an address), and the latest of them.
    pub async fn login_failures(&self, who: &str, since: Instant) -> Result<(i64, Option<Instant>), StoreError> {
        let sql = Sql::new("SELECT COUNT(*), MAX(at) FROM login_attempt WHERE who = $1 AND at >= $2", args![who, since]);
        let row = self.read().await?.first("count failed log-ins", sql).await?;
        row.map_or(Ok((0, None)), |row| Ok((row.int(0)?, row.opt_instant(1)?)))
    }
}

impl Tx {
    pub async fn add_user(&mut self, user: &User, password_hash: &str) -> Result<(), StoreError> {
        let sql = Sql::new(
            "INSERT INTO app_user (id, username, name, title, password, disabled, demo) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![&user.id, &user.username, &user.name, user.title.as_ref(), password_hash, user.disabled, user.demo],
        );
        self.conn.run("add a user", sql).await.map(|_| ())
    }

    pub async fn set_password(&mut self, user: &UserId, password_hash: &str) -> Result<(), StoreError> {
        let sql = Sql::new("UPDATE app_user SET password = $1 WHERE id = $2", args![password_hash, user]);
        self.conn.run("set a password", sql).await.map(|_| ())
    }

    /// Also ends their sessions.
    pub async fn disable_user(&mut self, user: &UserId, disabled: bool) -> Result<(), StoreError> {
        let sql = Sql::new("UPDATE app_user SET disabled = $1 WHERE id = $2", args![disabled, user]);
        self.conn.run("disable a user", sql).await?;
        if disabled {
            self.end_sessions(user).await?;
        }
        Ok(())
    }

    pub async fn add_post(&mut self, user: &UserId, post: &Post) -> Result<(), StoreError> {
        let (scope, place) = scope_parts(&post.scope);
        let sectors = serde_json::to_string(&post.sectors).expect("names are JSON");
        let sql = Sql::new(
            "INSERT INTO post (holder, role, scope, place, sectors) VALUES ($1, $2, $3, $4, $5)",
            args![user, &post.role, scope, place, sectors],
        );
        self.conn.run("add a post", sql).await.map(|_| ())
    }

    /// All their posts of this role at this place.
    pub async fn remove_post(&mut self, user: &UserId, role: &Name, scope: &PostScope) -> Result<(), StoreError> {
        let (scope, place) = scope_parts(scope);
        let sql =
            Sql::new("DELETE FROM post WHERE holder = $1 AND role = $2 AND scope = $3 AND place = $4", args![user, role, scope, place]);
        self.conn.run("remove a post", sql).await.map(|_| ())
    }

    /// Posts and units as this transaction sees them.
    pub async fn subject(&mut self, user: &UserId) -> Result<Subject, StoreError> {
        subject(&mut self.conn, user).await
    }

    /// From now on an inspector or head of this organisation.
    pub async fn join_unit(&mut self, user: &UserId, unit: &OrganisationId) -> Result<(), StoreError> {
        let sql = Sql::new("INSERT INTO unit_member (organisation, member) VALUES ($1, $2) ON CONFLICT DO NOTHING", args![unit, user]);
        self.conn.run("join a unit", sql).await.map(|_| ())
    }

    pub async fn add_session(&mut self, token_hash: &str, session: &Session) -> Result<(), StoreError> {
        let sql = Sql::new(
            "INSERT INTO session (token_hash, holder, created_at, expires_at, last_seen) VALUES ($1, $2, $3, $4, $5)",
            args![token_hash, &session.user, session.created_at, session.expires_at, session.last_seen],
        );
        self.conn.run("begin a session", sql).await.map(|_| ())
    }

    /// Still in use: moves its end.
    pub async fn touch_session(&mut self, token_hash: &str, now: Instant, expires_at: Instant) -> Result<(), StoreError> {
        let sql = Sql::new("UPDATE session SET last_seen = $1, expires_at = $2 WHERE token_hash = $3", args![now, expires_at, token_hash]);
        self.conn.run("prolong a session", sql).await.map(|_| ())
    }

    pub async fn end_session(&mut self, token_hash: &str) -> Result<(), StoreError> {
        self.conn.run("end a session", Sql::new("DELETE FROM session WHERE token_hash = $1", args![token_hash])).await.map(|_| ())
    }

    /// All of a user's, as after a change of password or posts.
    pub async fn end_sessions(&mut self, user: &UserId) -> Result<(), StoreError> {
        self.conn.run("end sessions", Sql::new("DELETE FROM session WHERE holder = $1", args![user])).await.map(|_| ())
    }

    /// Sweeps away what has ended: sessions, and failed log-ins older than `attempts_before`.
    pub async fn sweep_sessions(&mut self, now: Instant, attempts_before: Instant) -> Result<(), StoreError> {
        let ended = Sql::new("DELETE FROM session WHERE expires_at <= $1", args![now]);
        let old = Sql::new("DELETE FROM login_attempt WHERE at < $1", args![attempts_before]);
        self.conn.run_all("sweep sessions", vec![ended, old]).await
    }

    pub async fn set_preference(&mut self, user: &UserId, key: &str, value: &serde_json::Value) -> Result<(), StoreError> {
        let sql = Sql::new(
            "INSERT INTO preference (holder, name, value) VALUES ($1, $2, $3) ON CONFLICT (holder, name) DO UPDATE SET value = excluded.value",
            args![user, key, value.to_string()],
        );
        self.conn.run("save a preference", sql).await.map(|_| ())
    }

    pub async fn note_login_failure(&mut self, who: &str, at: Instant) -> Result<(), StoreError> {
        self.conn
            .run("note a failed log-in", Sql::new("INSERT INTO login_attempt (who, at) VALUES ($1, $2)", args![who, at]))
            .await
            .map(|_| ())
    }

    pub async fn clear_login_failures(&mut self, who: &str) -> Result<(), StoreError> {
        self.conn.run("clear failed log-ins", Sql::new("DELETE FROM login_attempt WHERE who = $1", args![who])).await.map(|_| ())
    }
}
