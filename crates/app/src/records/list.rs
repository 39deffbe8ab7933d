//! Lists: what was asked for as conditions over the kind's own fields, then a page of what the caller may see.

use anlan_base::{Instant, Name, Refusal, RegionPath};
use anlan_records::kind::{Condition, Field, FieldType, Is, Kind, Mark, Test};
use anlan_store::{OpenTask, RecordQuery, StoreError, TaskQuery, TasksOf};
use serde_json::{Value, json};

use super::{Page, RecordView, TaskView};
use crate::{App, AppError, Caller};

/// More features than this and a map only shows the first, and says so.
const MOST_FEATURES: u32 = 5000;

#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    pub page: u32,
    pub size: u32,
    pub sort: Vec<String>,
    pub q: Option<String>,
    pub states: Vec<String>,
    pub enterprises: Vec<String>,
    /// Region codes; each means its sub-tree.
    pub regions: Vec<String>,
    pub sectors: Vec<String>,
    pub view: Option<String>,
    pub overdue: Option<bool>,
    pub mine: Option<bool>,
    /// Envelope time, from (inclusive), to (exclusive).
    pub spans: Vec<(&'static str, Option<Instant>, Option<Instant>)>,
    /// `level` = value; `rectify_by.from` = value.
    pub fields: Vec<(String, String)>,
}

impl App {
    pub async fn list(&self, caller: &Caller, kind: &Kind, request: &ListRequest) -> Result<Page<RecordView>, AppError> {
        let query = self.query(caller, kind, request)?;
        let (records, total) = self.store.records(&self.scope(caller, &kind.id), &query).await.map_err(bad_query)?;
        Ok(Page { items: self.dress(caller, kind, records, Vec::new()).await?, total: total as u64 })
    }

    fn query(&self, caller: &Caller, kind: &Kind, request: &ListRequest) -> Result<RecordQuery, AppError> {
        let mut query = RecordQuery::of(kind.id.clone(), self.now());
        (query.page, query.size) = (request.page, request.size);
        query.q = request.q.clone();
        query.sort = if request.sort.is_empty() { kind.list.sort.clone() } else { request.sort.clone() };
        query.subject = Some(caller.subject.clone());
        let mut all = Vec::new();
        if let Some(view) = &request.view {
            let unknown = || AppError::BadRequest(Refusal::at("unknown_view", "view").with("view", view));
            let view = kind.views.get(view.as_str()).ok_or_else(unknown)?;
            query.conditions.extend(view.filter.clone());
            if request.sort.is_empty() && !view.sort.is_empty() {
                query.sort = view.sort.clone();
            }
        }
        let mut one_of = |subject: &str, values: Vec<Value>| {
            if !values.is_empty() {
                all.push(Test { subject: Name::of(subject), is: Is::OneOf(values) });
            }
        };
        one_of("state", request.states.iter().map(|s| json!(s)).collect());
        one_of("enterprise", request.enterprises.iter().map(|e| json!(e)).collect());
        one_of("sector", request.sectors.iter().map(|s| json!(s)).collect());
        one_of("overdue", request.overdue.iter().map(|o| json!(o)).collect());
        one_of("mine", request.mine.iter().map(|m| json!(m)).collect());
        let regions = self.regions();
        // An unknown code is a region without records, not an error that tells which codes exist.
        let nowhere = RegionPath::root().child(0);
        let paths = request.regions.iter().map(|code| json!(regions.path_of(code).unwrap_or_else(|| nowhere.clone()))).collect();
        one_of("region", paths);
        for (word, from, to) in &request.spans {
            let until = to.map(|to| json!(to.plus_ms(-1)));
            all.push(Test { subject: Name::of(word), is: Is::Between { min: from.map(|from| json!(from)), max: until } });
        }
        for test in field_tests(kind, &request.fields)? {
            all.push(test);
        }
        if !all.is_empty() {
            query.conditions.push(Condition(vec![all]));
        }
        Ok(query)
    }

    /// Records that have a place, as GeoJSON.
    pub async fn features(&self, caller: &Caller, kind: &Kind, request: &ListRequest) -> Result<Value, AppError> {
        let place = kind.fields.values().find(|field| matches!(field.kind, FieldType::Place { .. })).ok_or(AppError::NotFound)?;
        let query = self.query(caller, kind, request)?;
        let found = self.store.located(&self.scope(caller, &kind.id), &query, &place.id, MOST_FEATURES + 1).await.map_err(bad_query)?;
        let truncated = found.len() > MOST_FEATURES as usize;
        let marked = marked_field(kind);
        let mut features = Vec::new();
        for located in found.into_iter().take(MOST_FEATURES as usize) {
            let record = located.record;
            let mark = marked.and_then(|field| mark_of(kind, field, record.body.get(&*field.id)?.as_str()?));
            let enterprise = match &record.enterprise {
                Some(id) => self.enterprise_brief(id).await?,
                None => None,
            };
            features.push(json!({
                "type": "Feature", "id": record.id,
                "geometry": {"type": "Point", "coordinates": [located.lon, located.lat]},
                "properties": {
                    "id": record.id, "number": record.number, "title": record.title, "state": record.state,
                    "state_label": kind.states.get(&record.state).map(|state| &state.label),
                    "enterprise": enterprise, "mark": mark,
                },
            }));
        }
        Ok(json!({"type": "FeatureCollection", "features": features, "truncated": truncated}))
    }

    pub async fn tasks(
        &self,
        caller: &Caller,
        mine: bool,
        overdue: Option<bool>,
        kind: Option<&str>,
        page: u32,
        size: u32,
    ) -> Result<Page<TaskView>, AppError> {
        let kind = kind.map(|kind| self.kind_for(caller, kind)).transpose()?;
        let of = if mine { TasksOf::Mine(caller.subject.clone()) } else { TasksOf::Shown(self.scopes(caller)) };
        let query = TaskQuery { of, overdue: overdue == Some(true), kind: kind.map(|kind| kind.id.clone()), now: self.now(), page, size };
        let (found, total) = self.store.tasks(&query).await?;
        let mut items = Vec::with_capacity(found.len());
        for open in found {
            items.push(self.task_view(open).await?);
        }
        Ok(Page { items, total: total as u64 })
    }

    async fn task_view(&self, open: OpenTask) -> Result<TaskView, AppError> {
        use anlan_records::kind::Label;
        use anlan_records::record::TaskOwner;
        let kind = self.kinds.get(&open.kind).ok_or(AppError::NotFound)?;
        let label = if open.task.side {
            kind.tasks.get(&open.task.name).map(|task| task.label.clone())
        } else {
            kind.states.get(&open.task.name).map(|state| state.label.clone())
        };
        let enterprise = match &open.enterprise {
            Some(id) => self.enterprise_brief(id).await?.map(|brief| brief.name),
            None => None,
        };
        let nobody = || TaskOwner::Role(Name::of("bureau_admin"));
        Ok(TaskView {
            id: open.task.id,
            record: open.record,
            kind: open.kind,
            number: open.number,
            title: open.title,
            task: open.task.name,
            label: label.unwrap_or_else(Label::default),
            owner: open.task.owners.into_iter().next().unwrap_or_else(nobody),
            enterprise_name: enterprise,
            since: open.task.since,
            due_at: open.task.due_at,
        })
    }

    /// My open work, and how much of it is overdue.
    pub async fn task_counts(&self, caller: &Caller) -> Result<(i64, i64), AppError> {
        let of = TasksOf::Mine(caller.subject.clone());
        let query = TaskQuery { of, overdue: false, kind: None, now: self.now(), page: 1, size: 1 };
        Ok(self.store.task_totals(&query).await?)
    }
}

/// The field that colours a record on the map: the first column whose codes have marks.
fn marked_field(kind: &Kind) -> Option<&Field> {
    let has_marks = |codes: &str| kind.codes.get(codes).is_some_and(|list| list.rows.iter().any(|row| row.mark.is_some()));
    kind.list.columns.iter().filter_map(|column| kind.fields.get(column)).find(|field| match &field.kind {
        FieldType::Choice { codes, .. } | FieldType::Tree { codes, .. } => has_marks(codes),
        _ => false,
    })
}

pub(crate) fn mark_of(kind: &Kind, field: &Field, code: &str) -> Option<Mark> {
    let FieldType::Choice { codes, .. } = &field.kind else { return None };
    kind.codes.get(codes)?.rows.iter().find(|row| row.code == code)?.mark
}

/// `field.NAME=value`, `.from`, `.to`: typed by the field, refused where the field cannot be filtered.
fn field_tests(kind: &Kind, pairs: &[(String, String)]) -> Result<Vec<Test>, AppError> {
    let mut tests: Vec<Test> = Vec::new();
    for (key, text) in pairs {
        let parameter = format!("field.{key}");
        let (name, bound) = match key.rsplit_once('.') {
            Some((name, "from")) => (name, Some(true)),
            Some((name, "to")) => (name, Some(false)),
            _ => (key.as_str(), None),
        };
        let unknown = || AppError::BadRequest(Refusal::at("unknown_parameter", &parameter).with("name", &parameter));
        let field = kind.fields.get(name).filter(|field| field.index || field.filter).ok_or_else(unknown)?;
        let bad = || AppError::BadRequest(Refusal::at("bad_parameter", &parameter).with("name", &parameter));
        let value = typed(&field.kind, text).ok_or_else(bad)?;
        let subject = field.id.clone();
        match bound {
            None => {
                let same = tests.iter_mut().find(|test| test.subject == subject && matches!(test.is, Is::OneOf(_)));
                match same {
                    Some(Test { is: Is::OneOf(values), .. }) => values.push(value),
                    _ => tests.push(Test { subject, is: Is::OneOf(vec![value]) }),
                }
            }
            Some(true) => tests.push(Test { subject, is: Is::Between { min: Some(value), max: None } }),
            Some(false) => tests.push(Test { subject, is: Is::Between { min: None, max: Some(value) } }),
        }
    }
    Ok(tests)
}

fn typed(kind: &FieldType, text: &str) -> Option<Value> {
    match kind {
        FieldType::Integer { .. } | FieldType::Money { .. } => text.parse::<i64>().ok().map(|n| json!(n)),
        FieldType::Decimal { .. } => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| json!(n)),
        FieldType::YesNo => text.parse::<bool>().ok().map(|b| json!(b)),
        FieldType::Date { .. } => anlan_base::Date::parse(text).ok().map(|d| json!(d)),
        FieldType::Instant => Instant::parse(text).ok().map(|t| json!(t)),
        _ => Some(json!(text)),
    }
}

fn bad_query(error: StoreError) -> AppError {
    match error {
        StoreError::BadQuery { subject, .. } => AppError::BadRequest(Refusal::at("bad_parameter", &subject).with("name", &subject)),
        other => other.into(),
    }
}
