//! Scopes and conditions as SQL over `record r` and its typed table `k`.

use anlan_access::{Filter, Post, PostScope, ReadScope, Subject};
use anlan_base::{Instant, Name, RegionPath};
use anlan_records::kind::{Condition, Is, Test};
use serde_json::Value;

use crate::StoreError;
use crate::engine::{Sql, Val, args};
use crate::typed::{Form, TypedKind, instant_bound};

/// What a scope shows. Over `r`, a record.
pub(crate) fn scope(scope: &ReadScope) -> Sql {
    filter(scope.filter())
}

fn filter(filter: &Filter) -> Sql {
    match filter {
        Filter::Everything => Sql::new("1 = 1", vec![]),
        Filter::Any(parts) => joined(parts.iter().map(self::filter), " OR ", "1 = 0"),
        Filter::All(parts) => joined(parts.iter().map(self::filter), " AND ", "1 = 1"),
        Filter::Region(path) => region("r.region", path),
        Filter::Park(park) => Sql::new("r.park = $1", args![park]),
        Filter::Enterprise(id) => Sql::new("r.enterprise = $1", args![id]),
        Filter::Sector(sectors) => one_of("r.sector", sectors),
        Filter::CreatedBy(user) => Sql::new("r.created_by = $1", args![user]),
        Filter::AssignedTo(user) => Sql::new(
            "(EXISTS (SELECT 1 FROM link l WHERE l.record = r.id AND l.to_user = $1 AND l.until_revision IS NULL)
              OR EXISTS (SELECT 1 FROM task t JOIN task_owner o ON o.task = t.id
                WHERE t.record = r.id AND t.closed_at IS NULL AND o.who = 'user' AND o.name = $1))",
            args![user],
        ),
    }
}

/// Records of several kinds, each under its own scope.
pub(crate) fn any_kind(scopes: &[(Name, ReadScope)]) -> Sql {
    let each = scopes.iter().filter(|(_, scope)| !scope.shows_nothing()).map(|(kind, scope)| {
        let mut sql = Sql::new("(r.kind = $1 AND ", args![kind]);
        sql.append(self::scope(scope)).raw(")");
        sql
    });
    joined(each, " OR ", "1 = 0")
}

pub(crate) fn joined(parts: impl IntoIterator<Item = Sql>, with: &str, none: &str) -> Sql {
    let mut parts = parts.into_iter();
    let Some(first) = parts.next() else { return Sql::new(none, vec![]) };
    let mut sql = Sql::new("(", vec![]);
    sql.append(first);
    for part in parts {
        sql.raw(with).append(part);
    }
    sql.raw(")");
    sql
}

pub(crate) fn one_of<V: Into<Val>>(column: &str, values: impl IntoIterator<Item = V>) -> Sql {
    let mut sql = Sql::default();
    sql.raw(column).raw(" IN ").list(values);
    sql
}

/// A sub-tree of paths is a range: digits and `/` only, and `0` is the byte after `/`.
pub(crate) fn region(column: &str, path: &RegionPath) -> Sql {
    let from = path.as_str();
    let until = format!("{}0", from.strip_suffix('/').unwrap_or(from));
    let mut sql = Sql::default();
    sql.raw("(").raw(column).raw(" >= ").bind(from).raw(" AND ").raw(column).raw(" < ").bind(until).raw(")");
    sql
}

/// `%text%` for a lower-case column, with the pattern's own characters taken literally.
pub(crate) fn contains(column: &str, text: &str) -> Sql {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    let mut sql = Sql::default();
    sql.raw(column).raw(" LIKE ").bind(pattern).raw(" ESCAPE '\\'");
    sql
}

/// Deadlines end with an instant: from then on the record is overdue, unless it is at its end.
pub(crate) fn overdue(now: Instant) -> Sql {
    Sql::new("(r.is_final = 0 AND r.due_at IS NOT NULL AND r.due_at <= $1)", args![now])
}

/// Whether the open task `t` of record `r` is the subject's work.
pub(crate) fn owned(subject: &Subject) -> Sql {
    let mut ways = vec![Sql::new("(o.who = 'user' AND o.name = $1)", args![&subject.user])];
    if !subject.units.is_empty() {
        let mut sql = Sql::new("(o.who = 'unit' AND o.name IN ", vec![]);
        sql.list(&subject.units).raw(")");
        ways.push(sql);
    }
    for post in &subject.posts {
        let mut sql = Sql::new("(o.who = 'role' AND o.name = $1 AND ", args![&post.role]);
        sql.append(covered(post)).raw(")");
        ways.push(sql);
    }
    let mut sql = Sql::new("EXISTS (SELECT 1 FROM task_owner o WHERE o.task = t.id AND ", vec![]);
    sql.append(joined(ways, " OR ", "1 = 0")).raw(")");
    sql
}

/// `Post::covers`, as SQL.
fn covered(post: &Post) -> Sql {
    let place = match &post.scope {
        PostScope::Region(path) => region("r.region", path),
        PostScope::Park(park) => Sql::new("r.park = $1", args![park]),
        PostScope::Enterprise(id) => Sql::new("r.enterprise = $1", args![id]),
        PostScope::Platform => Sql::new("1 = 1", vec![]),
    };
    if post.sectors.is_empty() { place } else { joined([place, one_of("r.sector", &post.sectors)], " AND ", "1 = 1") }
}

pub(crate) fn mine(subject: &Subject) -> Sql {
    let mut sql = Sql::new("EXISTS (SELECT 1 FROM task t WHERE t.record = r.id AND t.closed_at IS NULL AND ", vec![]);
    sql.append(owned(subject)).raw(")");
    sql
}

/// What a condition may need to know besides the record.
pub(crate) struct About<'a> {
    pub typed: &'a TypedKind,
    pub now: Instant,
    pub subject: Option<&'a Subject>,
}

pub(crate) fn condition(condition: &Condition, about: &About) -> Result<Sql, StoreError> {
    let mut tables = Vec::new();
    for table in &condition.0 {
        let tests = table.iter().map(|test| self::test(test, about)).collect::<Result<Vec<_>, _>>()?;
        tables.push(joined(tests, " AND ", "1 = 1"));
    }
    Ok(joined(tables, " OR ", "1 = 1"))
}

fn test(test: &Test, about: &About) -> Result<Sql, StoreError> {
    let subject = test.subject.as_str();
    match subject {
        "overdue" => yes_or_no(overdue(about.now), test),
        "mine" => {
            let caller = about.subject.ok_or_else(|| StoreError::bad(subject, "nobody is asking"))?;
            yes_or_no(mine(caller), test)
        }
        "region" => match &test.is {
            Is::OneOf(values) => {
                let paths = values.iter().map(|value| {
                    let path = value.as_str().and_then(RegionPath::parse);
                    path.map(|path| region("r.region", &path)).ok_or_else(|| StoreError::bad(subject, "not a path of regions"))
                });
                Ok(joined(paths.collect::<Result<Vec<_>, _>>()?, " OR ", "1 = 0"))
            }
            _ => Err(StoreError::bad(subject, "only equality")),
        },
        "state" | "enterprise" | "sector" => single(&format!("r.{subject}"), Form::Text, test),
        "due_at" | "created_at" | "updated_at" | "state_since" => single(&format!("r.{subject}"), Form::Instant, test),
        field => {
            if let Some(column) = about.typed.column(field) {
                single(&format!("k.{}", column.name), column.form, test)
            } else if let Some(list) = about.typed.list(field) {
                many(&list.table, list.form, test)
            } else if matches!(field, "park" | "number" | "title") {
                single(&format!("r.{field}"), Form::Text, test)
            } else {
                Err(StoreError::bad(field, "it has no typed column"))
            }
        }
    }
}

fn yes_or_no(sql: Sql, test: &Test) -> Result<Sql, StoreError> {
    let Is::OneOf(values) = &test.is else { return Err(StoreError::bad(&test.subject, "only true or false")) };
    let wants = |wanted: bool| values.contains(&Value::Bool(wanted));
    Ok(match (wants(true), wants(false)) {
        (true, true) => Sql::new("1 = 1", vec![]),
        (true, false) => sql,
        (false, true) => {
            let mut not = Sql::new("NOT ", vec![]);
            not.append(sql);
            not
        }
        (false, false) => return Err(StoreError::bad(&test.subject, "only true or false")),
    })
}

/// A test on a column with at most one value a record. NULL meets only `set = false`.
fn single(column: &str, form: Form, test: &Test) -> Result<Sql, StoreError> {
    let mut sql = Sql::default();
    match &test.is {
        Is::Set(set) => {
            sql.raw(column).raw(if *set { " IS NOT NULL" } else { " IS NULL" });
        }
        Is::OneOf(values) => sql = one_of(column, converted(values, form, &test.subject)?),
        Is::Between { min, max } => {
            sql.raw(column).raw(" IS NOT NULL");
            for (bound, upper) in [(min, false), (max, true)] {
                let Some(value) = bound else { continue };
                let value = form.bound(value, upper).ok_or_else(|| StoreError::bad(&test.subject, "no range of such values"))?;
                sql.raw(" AND ").raw(column).raw(if upper { " <= " } else { " >= " }).bind(value);
            }
        }
    }
    Ok(sql)
}

/// A test on a field of many values: one of them meets it.
fn many(table: &str, form: Form, test: &Test) -> Result<Sql, StoreError> {
    let mut sql = Sql::default();
    if test.is == Is::Set(false) {
        sql.raw("NOT ");
    }
    sql.raw("EXISTS (SELECT 1 FROM ").raw(table).raw(" v WHERE v.record = r.id");
    if !matches!(test.is, Is::Set(_)) {
        sql.raw(" AND ").append(single("v.value", form, test)?);
    }
    sql.raw(")");
    Ok(sql)
}

fn converted(values: &[Value], form: Form, subject: &str) -> Result<Vec<Val>, StoreError> {
    let wrong = || StoreError::bad(subject, "a value of another type");
    if form == Form::Presence {
        return Err(StoreError::bad(subject, "only whether it is set"));
    }
    values
        .iter()
        .map(|value| match form {
            Form::Instant => value.as_str().and_then(|text| instant_bound(text, false)).map(Val::from),
            _ => form.value(value),
        })
        .map(|value| value.ok_or_else(wrong))
        .collect()
}
