//! Typed tables: the fields of a kind that lists filter and sort by, one column each. Derived data, rebuilt from the bodies.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anlan_base::{Instant, Name};
use anlan_records::kind::{During, Field, FieldType, Kind, Kinds, Measure, RecordSet, Unique};
use anlan_records::record::{Body, Record};
use serde_json::Value;

use crate::StoreError;
use crate::engine::{Conn, Sql, Val, args, json};
use crate::records;
use crate::schema::ddl;

/// How a field's value stands in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Integer,
    /// Times 10^places.
    Scaled(u8),
    YesNo,
    /// RFC 3339 in the body, milliseconds here.
    Instant,
    /// Two columns of degrees.
    Place,
    /// 1 where there is a value: papers, rows, personal data. Enough for `set`.
    Presence,
}

#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub field: Name,
    pub form: Form,
    /// Checked identifier; for a place the longitude's.
    pub name: String,
    pub unique: Option<Unique>,
}

impl Column {
    pub fn latitude(&self) -> String {
        format!("{}__lat", self.name)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct List {
    pub field: Name,
    pub form: Form,
    pub table: String,
}

#[derive(Clone, Debug)]
pub(crate) struct TypedKind {
    pub table: String,
    pub columns: Vec<Column>,
    pub lists: Vec<List>,
    pub finals: BTreeSet<Name>,
    /// Fields whose text `q` looks into.
    pub search: Vec<Name>,
    /// Fields that may hold links, rows of such included.
    linking: Vec<Name>,
    /// Equal text, equal tables.
    shape: String,
}

pub(crate) struct TypedKinds(BTreeMap<Name, TypedKind>);

impl TypedKinds {
    pub fn of(kinds: &Kinds) -> Result<Self, StoreError> {
        let typed: BTreeMap<_, _> = kinds.by_id.iter().map(|(id, kind)| (id.clone(), TypedKind::of(kind))).collect();
        let mut taken = BTreeSet::new();
        for table in typed.values().flat_map(TypedKind::tables) {
            if !taken.insert(table.to_owned()) {
                return Err(StoreError::corrupt(format!("two fields want the table `{table}`")));
            }
        }
        Ok(Self(typed))
    }

    pub fn get(&self, kind: &str) -> Result<&TypedKind, StoreError> {
        self.0.get(kind).ok_or_else(|| StoreError::bad(kind, "no such kind"))
    }
}

/// PostgreSQL cuts identifiers at 63 bytes, silently: longer ones end in a hash instead.
fn identifier(text: String) -> String {
    if text.len() <= 55 {
        return text;
    }
    let hash = anlan_ledger::sha256_hex(text.as_bytes());
    format!("{}_{}", &text[..44], &hash[..10])
}

/// Fields that some list, view or figure asks for.
fn wanted(kind: &Kind) -> BTreeSet<Name> {
    let mut names = BTreeSet::new();
    let mut set = |set: &RecordSet| {
        names.extend(set.filter.iter().flat_map(|c| c.0.iter().flatten()).map(|test| test.subject.clone()));
        if let Some(During::Field(field)) = &set.during {
            names.insert(field.clone());
        }
    };
    for indicator in kind.indicators.values() {
        match &indicator.measure {
            Measure::Count(of) => set(of),
            Measure::Sum { set: of, .. } => set(of),
        }
        indicator.of.iter().for_each(&mut set);
    }
    for indicator in kind.indicators.values() {
        names.extend(indicator.split.iter().cloned());
        if let Measure::Sum { field, .. } = &indicator.measure {
            names.insert(field.clone());
        }
    }
    for view in kind.views.values() {
        names.extend(view.filter.iter().flat_map(|c| c.0.iter().flatten()).map(|test| test.subject.clone()));
        names.extend(view.columns.iter().cloned());
        names.extend(view.sort.iter().filter_map(|key| Name::parse(key.trim_start_matches('-')).ok()));
    }
    names.extend(kind.list.columns.iter().chain(&kind.list.filters).cloned());
    names.extend(kind.list.sort.iter().filter_map(|key| Name::parse(key.trim_start_matches('-')).ok()));
    names
}

fn form(field: &Field) -> Form {
    if field.personal {
        return Form::Presence;
    }
    match &field.kind {
        FieldType::Integer { .. } | FieldType::Money { .. } => Form::Integer,
        FieldType::Decimal { places, .. } => Form::Scaled(*places),
        FieldType::YesNo => Form::YesNo,
        FieldType::Instant => Form::Instant,
        FieldType::Place { .. } => Form::Place,
        FieldType::Photos { .. } | FieldType::Files { .. } | FieldType::Signature | FieldType::Rows { .. } => Form::Presence,
        FieldType::Text { .. } | FieldType::LongText { .. } | FieldType::Date { .. } | FieldType::Time => Form::Text,
        FieldType::Choice { .. } | FieldType::Tree { .. } | FieldType::Point => Form::Text,
        FieldType::Record { .. } | FieldType::Enterprise { .. } | FieldType::Person { .. } | FieldType::Organisation { .. } => Form::Text,
    }
}

fn links(kind: &Kind, field: &Field) -> bool {
    match &field.kind {
        FieldType::Record { .. } | FieldType::Enterprise { .. } | FieldType::Person { .. } | FieldType::Organisation { .. } => true,
        FieldType::Rows { of, .. } => kind.rows.get(of).is_some_and(|columns| columns.values().any(|column| links(kind, column))),
        _ => false,
    }
}

impl TypedKind {
    fn of(kind: &Kind) -> Self {
        let wanted = wanted(kind);
        let table = identifier(format!("k_{}", kind.id));
        let (mut columns, mut lists, mut shape) = (Vec::new(), Vec::new(), String::new());
        for field in kind.fields.values() {
            let asked = field.index || field.filter || field.unique.is_some() || wanted.contains(&field.id);
            if !asked && !matches!(field.kind, FieldType::Place { .. }) {
                continue;
            }
            let form = form(field);
            // The shape is text on purpose: it is compared with what was stored when the tables were made.
            let _ = writeln!(shape, "{} {form:?} {} {:?}", field.id, field.many, field.unique);
            if field.many && form != Form::Presence {
                lists.push(List { field: field.id.clone(), form, table: identifier(format!("k_{}__{}", kind.id, field.id)) });
            } else {
                columns.push(Column { field: field.id.clone(), form, name: format!("f_{}", field.id), unique: field.unique });
            }
        }
        let search: Vec<Name> = kind.fields.values().filter(|f| f.search && !f.personal).map(|f| f.id.clone()).collect();
        let linking = kind.fields.values().filter(|field| links(kind, field)).map(|field| field.id.clone()).collect();
        let finals = kind.states.values().filter(|state| state.finals).map(|state| state.id.clone()).collect();
        let _ = writeln!(shape, "search {search:?} final {finals:?}");
        Self { table, columns, lists, finals, search, linking, shape }
    }

    fn tables(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.table.as_str()).chain(self.lists.iter().map(|list| list.table.as_str()))
    }

    pub fn column(&self, field: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.field == *field)
    }

    pub fn list(&self, field: &str) -> Option<&List> {
        self.lists.iter().find(|list| list.field == *field)
    }

    fn index_name(&self, column: &Column) -> String {
        identifier(format!("{}_{}", self.table.replacen('k', "x", 1), column.field))
    }

    /// The field behind a database's complaint about a unique index.
    pub fn unique_field(&self, complaint: &str) -> Option<&Name> {
        let blamed =
            |column: &&Column| complaint == self.index_name(column) || complaint.ends_with(&format!("{}.{}", self.table, column.name));
        self.columns.iter().filter(|column| column.unique.is_some()).find(blamed).map(|column| &column.field)
    }

    fn create(&self) -> String {
        let mut text = format!("CREATE TABLE {} (record TEXT PRIMARY KEY REFERENCES record(id), enterprise TEXT", self.table);
        for column in &self.columns {
            let name = &column.name;
            let _ = match column.form {
                Form::Text => write!(text, ", {name} TEXT"),
                Form::Place => write!(text, ", {name} REAL, {} REAL", column.latitude()),
                _ => write!(text, ", {name} INTEGER"),
            };
        }
        text.push_str(") STRICT;\n");
        for column in self.columns.iter().filter(|column| column.form != Form::Presence) {
            let (index, table, name) = (self.index_name(column), &self.table, &column.name);
            let _ = match column.unique {
                None => writeln!(text, "CREATE INDEX {index} ON {table}({name});"),
                Some(Unique::Kind) => writeln!(text, "CREATE UNIQUE INDEX {index} ON {table}({name});"),
                Some(Unique::Enterprise) => writeln!(text, "CREATE UNIQUE INDEX {index} ON {table}(enterprise, {name});"),
            };
        }
        for List { table, form, .. } in &self.lists {
            let value = if *form == Form::Text { "TEXT" } else { "INTEGER" };
            let _ = writeln!(
                text,
                "CREATE TABLE {table} (value {value} NOT NULL, record TEXT NOT NULL REFERENCES record(id), PRIMARY KEY (value, record)) STRICT;
                 CREATE INDEX {} ON {table}(record);",
                identifier(table.replacen('k', "x", 1)),
            );
        }
        text
    }

    /// What puts the record's fields into the tables, as far as they differ from those of `before`, whose rows are there.
    pub fn write(&self, record: &Record, before: Option<&Record>) -> Result<Vec<Sql>, StoreError> {
        let mut statements = Vec::new();
        let same = |field: &Name| before.is_some_and(|before| before.body.get(field.as_str()) == record.body.get(field.as_str()));
        let unmoved = before.is_some_and(|before| before.enterprise == record.enterprise);
        if !(unmoved && self.columns.iter().all(|column| same(&column.field))) {
            if before.is_some() {
                statements.push(Sql::new(&format!("DELETE FROM {} WHERE record = $1", self.table), args![&record.id]));
            }
            statements.push(self.row(record)?);
        }
        for list in self.lists.iter().filter(|list| !same(&list.field)) {
            if before.is_some() {
                statements.push(Sql::new(&format!("DELETE FROM {} WHERE record = $1", list.table), args![&record.id]));
            }
            statements.extend(list.rows(record)?);
        }
        Ok(statements)
    }

    /// Whether every field that makes links has the value it had: then the links stand.
    pub fn links_stand(&self, before: &Record, after: &Record) -> bool {
        self.linking.iter().all(|field| before.body.get(field.as_str()) == after.body.get(field.as_str()))
    }

    fn row(&self, record: &Record) -> Result<Sql, StoreError> {
        let mut sql = Sql::default();
        sql.raw("INSERT INTO ").raw(&self.table).raw(" (record, enterprise");
        let mut values = args![&record.id, record.enterprise.as_ref()];
        for column in &self.columns {
            sql.raw(", ").raw(&column.name);
            let value = record.body.get(column.field.as_str()).filter(|value| !value.is_null());
            if column.form == Form::Place {
                sql.raw(", ").raw(&column.latitude());
                for axis in ["lon", "lat"] {
                    values.push(Val::Real(value.and_then(|place| place.get(axis)).and_then(Value::as_f64)));
                }
            } else {
                values.push(match value {
                    Some(value) => column.form.value(value).ok_or_else(|| mismatch(&column.field, record))?,
                    None => column.form.none(),
                });
            }
        }
        sql.raw(") VALUES ").list(values);
        Ok(sql)
    }

    /// Lower-case text in which `q` looks: number, title, search fields.
    pub fn search_text(&self, number: Option<&str>, title: &str, body: &Body) -> String {
        let mut text = format!("{}\n{title}", number.unwrap_or_default());
        for field in &self.search {
            match body.get(field.as_str()) {
                Some(Value::String(value)) if value != title => {
                    text.push('\n');
                    text.push_str(value);
                }
                _ => {}
            }
        }
        text.to_lowercase()
    }
}

impl List {
    fn rows(&self, record: &Record) -> Result<Option<Sql>, StoreError> {
        let Some(Value::Array(items)) = record.body.get(self.field.as_str()) else { return Ok(None) };
        let mut rows: Vec<Vec<Val>> = Vec::new();
        for item in items {
            let row = vec![self.form.value(item).ok_or_else(|| mismatch(&self.field, record))?, Val::from(&record.id)];
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        let mut sql = Sql::default();
        sql.raw("INSERT INTO ").raw(&self.table).raw(" (value, record) VALUES ");
        Ok((!rows.is_empty()).then(|| {
            sql.rows(rows);
            sql
        }))
    }
}

fn mismatch(field: &Name, record: &Record) -> StoreError {
    StoreError::corrupt(format!("`{field}` of {} {} has a value of another type", record.kind, record.id))
}

impl Form {
    /// `None`: the value is not of this form.
    pub fn value(self, value: &Value) -> Option<Val> {
        Some(match self {
            Self::Text => value.as_str()?.into(),
            Self::Integer => value.as_i64()?.into(),
            Self::Scaled(places) => ((value.as_f64()? * 10_f64.powi(i32::from(places))).round() as i64).into(),
            Self::YesNo => value.as_bool()?.into(),
            Self::Instant => anlan_base::Instant::parse(value.as_str()?).ok()?.into(),
            Self::Presence => match value {
                Value::Array(items) if items.is_empty() => Val::Int(None),
                _ => Val::Int(Some(1)),
            },
            Self::Place => return None,
        })
    }

    /// The bound of a range; a date bounds an instant by its whole day.
    pub fn bound(self, value: &Value, upper: bool) -> Option<Val> {
        match self {
            Self::Instant => instant_bound(value.as_str()?, upper).map(Val::from),
            Self::YesNo | Self::Presence | Self::Place => None,
            _ => self.value(value),
        }
    }

    fn none(self) -> Val {
        match self {
            Self::Text => Val::Text(None),
            Self::Place => Val::Real(None),
            _ => Val::Int(None),
        }
    }
}

/// A moment, or a day: then its first or last millisecond.
pub(crate) fn instant_bound(text: &str, upper: bool) -> Option<Instant> {
    if let Ok(day) = anlan_base::Date::parse(text) {
        return Some(if upper { day.end().plus_ms(-1) } else { day.start() });
    }
    Instant::parse(text).ok()
}

/// Creates the tables of new kinds and rebuilds those of kinds that changed; refuses kinds from a newer program.
pub(crate) async fn bring_up_to_date(conn: &mut Conn, kinds: &Kinds, typed: &TypedKinds) -> Result<(), StoreError> {
    let rows = conn.fetch("read the kinds' versions", Sql::new("SELECT kind, version, shape, tables FROM kind_state", vec![])).await?;
    let mut stored = BTreeMap::new();
    for row in rows {
        stored.insert(row.text(0)?, (row.int(1)?, row.text(2)?, json::<Vec<String>>(&row.text(3)?)?));
    }
    for (id, kind) in &kinds.by_id {
        let new = typed.get(id)?;
        if let Some((version, shape, tables)) = stored.get(id.as_str()) {
            let known = i64::from(kind.version);
            if *version > known {
                return Err(StoreError::Newer { what: format!("kind `{id}`"), found: *version, known });
            }
            if *version == known && *shape == new.shape {
                continue;
            }
            for table in tables {
                conn.script("drop a typed table", format!("DROP TABLE IF EXISTS {table}")).await?;
            }
        }
        ddl(conn, &new.create()).await?;
        refill(conn, kind, new).await?;
        let tables = serde_json::to_string(&new.tables().collect::<Vec<_>>()).expect("a list of names is JSON");
        let note = Sql::new(
            "INSERT INTO kind_state (kind, version, shape, tables) VALUES ($1, $2, $3, $4)
             ON CONFLICT (kind) DO UPDATE SET version = excluded.version, shape = excluded.shape, tables = excluded.tables",
            args![id, kind.version, &new.shape, tables],
        );
        conn.run("note a kind's version", note).await?;
    }
    Ok(())
}

/// The current rows are brought to the kind's version; `record_version` keeps what was written then.
async fn refill(conn: &mut Conn, kind: &Kind, typed: &TypedKind) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let mut sql = Sql::default();
        sql.raw("SELECT ").raw(records::COLUMNS).raw(" FROM record r WHERE r.kind = ").bind(&kind.id);
        sql.raw(" AND r.id > ").bind(&after).raw(" ORDER BY r.id LIMIT 500");
        let page = conn.fetch("read records of a kind", sql).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.text(0)?;
        let mut statements = Vec::new();
        for row in &page {
            // Reading upgrades.
            let record = records::record(row, 0, kind)?;
            statements.push(Sql::new(
                "UPDATE record SET kind_version = $1, state = $2, is_final = $3, search = $4, body = $5 WHERE id = $6",
                args![
                    kind.version,
                    &record.state,
                    typed.finals.contains(&record.state),
                    typed.search_text(record.number.as_deref(), &record.title, &record.body),
                    records::body_text(&record.body),
                    &record.id
                ],
            ));
            statements.extend(typed.write(&record, None)?);
        }
        for chunk in statements.chunks(60) {
            conn.run_all("refill a typed table", chunk.to_vec()).await?;
        }
    }
}
