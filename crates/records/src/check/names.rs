//! Every name that one kind's file uses stands for something there, and what it declares is used.

use anlan_base::{Date, Instant, Name};
use serde_json::Value;

use super::{ENVELOPE, Proof, has_column};
use crate::kind::{
    Action, After, Condition, DeadlineFrom, During, Field, FieldType, Home, Is, Measure, Need, NumberPart, NumberRule, NumberScope, Party,
    RecordSet, Upgrade, Who,
};
use crate::load::codes_of;
use crate::load::table::either;

/// Where a condition stands decides what it may name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// One record: its fields and `state`.
    Record,
    /// A list of records as somebody sees it.
    List,
}

pub(super) fn check(p: &Proof) {
    head(p);
    states(p);
    actions(p);
    tasks(p);
    deadlines(p);
    lists(p);
    documents(p);
    indicators(p);
    access(p);
    upgrades(p);
}

fn head(p: &Proof) {
    let kind = p.kind;
    if let Some(title) = &kind.title {
        p.field_of(&["kind", "title"], title, &["text", "long_text"]);
    }
    if let Some(sector) = &kind.sector {
        p.field_of(&["kind", "sector"], sector, &["choice", "tree"]);
    }
    if let Some(number) = &kind.number {
        number_rule(p, &["kind", "number"], number);
        if number.at != "create" && !kind.actions.contains_key(&number.at) {
            let actions = kind.actions.keys().map(Name::as_str);
            p.add(&["kind", "number", "at"], format!("the action `{}`", number.at), either(std::iter::once("create").chain(actions)));
        }
    }
    for linked in &kind.with {
        let reached = kind.fields.values().any(|field| match &field.kind {
            FieldType::Record { kinds, .. } => kinds.contains(linked),
            FieldType::Enterprise { .. } => *linked == "enterprise",
            _ => false,
        });
        if !(reached || *linked == "enterprise" && kind.home == Home::Enterprise) {
            p.add(&["kind", "with"], format!("`{linked}`, which no field reaches"), "kinds of a `record` or `enterprise` field");
        }
    }
    for (name, group) in &kind.groups {
        if let Some(visible) = &group.visible {
            condition(p, &["groups", name, "visible"], visible, Over::Record);
        }
        if !kind.fields.values().any(|field| field.group.as_ref() == Some(name)) {
            p.add(&["groups", name], format!("the group `{name}` without a field"), "groups that fields name");
        }
    }
}

/// Numbers must differ wherever they are counted apart.
fn number_rule(p: &Proof, path: &[&str], rule: &NumberRule) {
    for scope in &rule.scope {
        let (word, part) = match scope {
            NumberScope::Year => ("year", NumberPart::Year),
            NumberScope::Month => ("month", NumberPart::Month),
            NumberScope::Region => ("region", NumberPart::Region),
            NumberScope::Enterprise => ("enterprise", NumberPart::Enterprise),
        };
        if !rule.parts.contains(&part) {
            p.add(
                path,
                format!("the scope `{word}`, which the pattern does not show"),
                format!("`{{{word}}}` in the pattern, or no such scope"),
            );
        }
    }
    let of_enterprise = rule.scope.contains(&NumberScope::Enterprise) || rule.parts.contains(&NumberPart::Enterprise);
    if of_enterprise && p.kind.home != Home::Enterprise {
        p.add(path, "a number by enterprise in a kind that belongs to none", "home = \"enterprise\"");
    }
}

fn form(p: &Proof, table: &[&str], needs: &[Need], asks: &[Name]) {
    let fill = |key: &str, name: &Name| {
        let path = [table, &[key]].concat();
        if let Some(field) = p.field(&path, name)
            && field.derive.is_some()
        {
            p.add(&path, format!("the derived field `{name}`"), "fields that people fill");
        }
    };
    for name in asks {
        fill("asks", name);
    }
    for name in needs.iter().flat_map(names_of) {
        fill("needs", name);
    }
}

pub(super) fn names_of(need: &Need) -> &[Name] {
    match need {
        Need::Field(name) => std::slice::from_ref(name),
        Need::OneOf(names) => names,
    }
}

fn states(p: &Proof) {
    let kind = p.kind;
    p.known(&["create", "to"], "state", &kind.create.to, &kind.states);
    parties(p, &["create", "by"], &kind.create.by);
    form(p, &["create"], &kind.create.needs, &kind.create.asks);
    for (id, state) in &kind.states {
        let at = |key| ["states", id.as_str(), key];
        parties(p, &at("owner"), &state.owner);
        parties(p, &at("edit"), &state.edit);
        for owner in &state.owner {
            if matches!(owner.who, Who::Clock | Who::Platform) {
                p.add(&at("owner"), "a machine as owner", "roles, creator, assigned, person:FIELD, actor:ACTION, unit:FIELD");
            }
        }
        if let Some(due) = &state.due {
            p.known(&at("due"), "deadline", due, &kind.deadlines);
        }
        form(p, &["states", id], &[], state.edit_fields.as_deref().unwrap_or_default());
        if state.edit_fields.is_some() && state.edit.is_empty() {
            p.add(&at("edit_fields"), "`edit_fields` without `edit`", "`edit = [PARTY, …]` says who");
        }
        match (state.finals || state.standing, state.owner.is_empty(), state.due.is_none()) {
            (true, true, true) | (false, false, false) => {}
            (true, ..) => {
                p.add(&["states", id], format!("owner or due in the state `{id}`, which waits for nobody"), "neither owner nor due")
            }
            (false, true, _) => {
                p.add(&["states", id], format!("the state `{id}` without `owner`"), "owner = [PARTY, …], or final, or standing")
            }
            (false, false, true) => {
                p.add(&["states", id], format!("the state `{id}` without `due`"), "due = DEADLINE, or final, or standing")
            }
        }
        if state.finals && state.standing {
            p.add(&["states", id], format!("the state `{id}`, both final and standing"), "one of the two");
        }
    }
}

fn actions(p: &Proof) {
    let kind = p.kind;
    for (id, action) in &kind.actions {
        let at = |key| ["actions", id.as_str(), key];
        if matches!(id.as_str(), "create" | "edit") {
            p.add(&["actions", id], format!("an action named `{id}`"), "any other name: the history uses this one");
        }
        for from in &action.from {
            if p.known(&at("from"), "state", from, &kind.states).is_some_and(|state| state.finals) {
                p.add(&at("from"), format!("a way out of the final state `{from}`"), "states that are not final");
            }
        }
        if let Some(to) = &action.to {
            p.known(&at("to"), "state", to, &kind.states);
        }
        parties(p, &at("by"), &action.by);
        parties(p, &at("not_by"), &action.not_by);
        form(p, &["actions", id], &action.needs, &action.asks);
        if let Some(when) = &action.when {
            condition(p, &at("when"), when, Over::Record);
        }
        for task in &action.opens {
            p.known(&at("opens"), "task", task, &kind.tasks);
        }
        for task in &action.settles {
            p.known(&at("settles"), "task", task, &kind.tasks);
        }
        if let Some(deadline) = &action.at {
            p.known(&at("at"), "deadline", deadline, &kind.deadlines);
        }
        let by_clock = action.by.iter().any(|party| party.who == Who::Clock);
        if by_clock != action.at.is_some() {
            p.add(&["actions", id], "one of `by = [\"clock\"]` and `at`", "both or neither");
        }
        accepting(p, action);
    }
}

/// Nobody accepts their own work, and yet somebody can.
fn accepting(p: &Proof, action: &Action) {
    let at = ["actions", action.id.as_str(), "accepts"];
    if !action.accepts {
        return;
    }
    if action.not_by.is_empty() {
        p.add(&at, "`accepts` without `not_by`", "not_by = [\"actor:ACTION\", …]: whose work is accepted");
        return;
    }
    let single = |who: &Who| matches!(who, Who::Creator | Who::Person(_) | Who::Actor(_));
    let mut excluded: Vec<&Who> = action.not_by.iter().map(|party| &party.who).collect();
    // Whoever did an action that only one person may do is that person.
    for party in &action.not_by {
        if let Who::Actor(done) = &party.who
            && let Some([only]) = p.kind.actions.get(done).map(|action| action.by.as_slice())
            && single(&only.who)
        {
            excluded.push(&only.who);
        }
    }
    if action.by.iter().all(|party| excluded.contains(&&party.who)) {
        p.add(&at, format!("`{}`, which nobody may do: each of `by` is in `not_by`", action.id), "another holder in `by`");
    }
}

fn tasks(p: &Proof) {
    let kind = p.kind;
    for (id, task) in &kind.tasks {
        let at = |key| ["tasks", id.as_str(), key];
        parties(p, &at("owner"), &task.owner);
        if let Some(due) = &task.due {
            p.known(&at("due"), "deadline", due, &kind.deadlines);
        }
        for state in &task.during {
            p.known(&at("during"), "state", state, &kind.states);
        }
        if task.repeat.is_some() && task.during.is_empty() {
            p.add(&at("repeat"), "`repeat` without `during`", "during = [STATE, …]");
        }
        if task.repeat.is_none() && !kind.actions.values().any(|action| action.opens.contains(id)) {
            p.add(&["tasks", id], format!("the task `{id}`, which nothing opens"), "an action with `opens`, or `repeat`");
        }
        if !kind.actions.values().any(|action| action.settles.contains(id)) {
            p.add(&["tasks", id], format!("the task `{id}`, which nothing settles"), "an action with `settles`");
        }
    }
}

fn deadlines(p: &Proof) {
    let kind = p.kind;
    for (id, deadline) in &kind.deadlines {
        let at = |key| ["deadlines", id.as_str(), key];
        let of_states = kind.states.values().filter_map(|state| state.due.as_ref());
        let of_tasks = kind.tasks.values().filter_map(|task| task.due.as_ref());
        let of_actions = kind.actions.values().filter_map(|action| action.at.as_ref());
        if !of_states.chain(of_tasks).chain(of_actions).any(|due| due == id) {
            p.add(&["deadlines", id], format!("the deadline `{id}`, which nothing uses"), "`due` of a state or task, `at` of an action");
        }
        if let After::ByCode { field, by } = &deadline.after
            && let Some(field) = p.field_of(&at("by"), field, &["choice", "tree"])
        {
            let list = codes_of(field).and_then(|name| kind.codes.get(name));
            let codes: Vec<&str> = list.into_iter().flat_map(|list| &list.rows).map(|row| row.code.as_str()).collect();
            for code in by.keys().filter(|code| !codes.contains(&code.as_str())) {
                p.add(&["deadlines", id, "after", code], format!("the code `{code}`"), either(&codes));
            }
            for code in codes.iter().filter(|code| !by.contains_key(**code)) {
                p.add(&at("after"), format!("no figure for `{code}`"), "a figure for each code of the list");
            }
        }
        if let Some(field) = &deadline.field {
            p.field_of(&at("field"), field, &["date", "instant"]);
        }
        match &deadline.from {
            DeadlineFrom::Action(action) => {
                p.known(&at("from"), "action", action, &kind.actions);
            }
            DeadlineFrom::Field(field) => {
                p.field_of(&at("from"), field, &["date", "instant"]);
            }
            DeadlineFrom::Entered | DeadlineFrom::Created => {}
        }
        let to: Vec<Party> = deadline.escalate.iter().map(|step| step.to.clone()).collect();
        parties(p, &at("escalate"), &to);
    }
}

pub(super) fn parties(p: &Proof, path: &[&str], parties: &[Party]) {
    for party in parties {
        match &party.who {
            Who::Role(role) => p.role(path, role),
            Who::Person(field) => {
                p.field_of(path, field, &["person"]);
            }
            Who::Unit(field) => {
                p.field_of(path, field, &["organisation"]);
            }
            Who::Actor(action) => {
                p.known(path, "action", action, &p.kind.actions);
            }
            Who::Creator | Who::Assigned | Who::Clock | Who::Platform => {}
        }
        if let Some(when) = &party.when {
            condition(p, path, when, Over::Record);
        }
    }
}

pub(super) fn condition(p: &Proof, path: &[&str], condition: &Condition, over: Over) {
    for test in condition.0.iter().flatten() {
        let (subject, is) = (&test.subject, &test.is);
        if let Some(field) = p.kind.fields.get(subject) {
            test_of_field(p, path, field, is);
            continue;
        }
        let texts = |is: &Is| matches!(is, Is::OneOf(values) if values.iter().all(Value::is_string));
        let flags = |is: &Is| matches!(is, Is::OneOf(values) if values.iter().all(Value::is_boolean));
        let fits = match (subject.as_str(), over) {
            ("state", _) => {
                if let Is::OneOf(values) = is {
                    for name in values.iter().filter_map(Value::as_str).filter(|name| !p.kind.states.contains_key(*name)) {
                        p.add(path, format!("the state `{name}`"), either(p.kind.states.keys().map(Name::as_str)));
                    }
                }
                texts(is)
            }
            ("overdue" | "mine", Over::List) => flags(is),
            ("region" | "enterprise" | "sector", Over::List) => texts(is) || matches!(is, Is::Set(_)),
            _ => {
                let words = if over == Over::List { "a field, state, overdue, mine, region, enterprise, sector" } else { "a field, state" };
                p.add(path, format!("`{subject}` in a condition"), words);
                continue;
            }
        };
        if !fits {
            p.add(path, format!("the test of `{subject}`"), "true or false for overdue and mine, words for the others");
        }
    }
}

/// What can be asked of this field, and with which values.
pub(super) fn test_of_field(p: &Proof, path: &[&str], field: &Field, is: &Is) {
    let wrong = |value: &Value, allowed: String| p.add(path, format!("{value} for `{}` in a condition", field.id), allowed);
    match is {
        Is::Set(_) => {}
        Is::OneOf(values) => {
            for value in values {
                if let Err(allowed) = comparable(p, field, value) {
                    wrong(value, allowed);
                }
            }
        }
        Is::Between { min, max } => {
            let ordered = matches!(field.kind.word(), "integer" | "decimal" | "money" | "date" | "time" | "instant");
            for value in [min, max].into_iter().flatten() {
                if !ordered {
                    wrong(value, format!("no bounds for a {}", field.kind.word()));
                } else if let Err(allowed) = comparable(p, field, value) {
                    wrong(value, allowed);
                }
            }
        }
    }
}

/// Whether a field of this type can equal this value.
fn comparable(p: &Proof, field: &Field, value: &Value) -> Result<(), String> {
    let fits = |fits: bool, allowed: &str| if fits { Ok(()) } else { Err(allowed.to_owned()) };
    match &field.kind {
        FieldType::Choice { codes, .. } | FieldType::Tree { codes, .. } => {
            let rows = p.kind.codes.get(codes).map(|list| list.rows.as_slice()).unwrap_or_default();
            if rows.iter().any(|row| value.as_str() == Some(row.code.as_str())) {
                return Ok(());
            }
            Err(either(rows.iter().map(|row| row.code.as_str())))
        }
        FieldType::YesNo => fits(value.is_boolean(), "true, false"),
        FieldType::Integer { .. } | FieldType::Money { .. } => fits(value.is_i64(), "a whole number"),
        FieldType::Decimal { .. } => fits(value.is_number(), "a number"),
        FieldType::Date { .. } => fits(value.as_str().is_some_and(|text| Date::parse(text).is_ok()), "a date"),
        FieldType::Instant => fits(value.as_str().is_some_and(|text| Instant::parse(text).is_ok()), "an RFC 3339 time"),
        FieldType::Photos { .. } | FieldType::Files { .. } | FieldType::Signature | FieldType::Rows { .. } | FieldType::Place { .. } => {
            Err("{ set = true }, { set = false }".to_owned())
        }
        _ => fits(value.is_string(), "a text"),
    }
}

fn lists(p: &Proof) {
    let list = &p.kind.list;
    columns(p, &["list", "columns"], &list.columns);
    for name in &list.filters {
        let field = p.kind.fields.get(name);
        if !(ENVELOPE.contains(&name.as_str()) || field.is_some_and(|field| field.filter)) {
            p.add(&["list", "filters"], format!("the filter `{name}`"), format!("fields with `filter = true`, {}", either(ENVELOPE)));
        }
    }
    sorts(p, &["list", "sort"], &list.sort);
    for (id, view) in &p.kind.views {
        if let Some(filter) = &view.filter {
            condition(p, &["views", id, "where"], filter, Over::List);
        }
        columns(p, &["views", id, "columns"], &view.columns);
        sorts(p, &["views", id, "sort"], &view.sort);
    }
}

fn columns(p: &Proof, path: &[&str], columns: &[Name]) {
    if columns.len() > 8 {
        p.add(path, format!("{} columns", columns.len()), "at most 8");
    }
    for name in columns {
        let field = p.kind.fields.get(name);
        // The title field stands in the envelope.
        let shown = ENVELOPE.contains(&name.as_str()) || p.kind.title.as_ref() == Some(name) || field.is_some_and(has_column);
        if !shown {
            p.add(path, format!("the column `{name}`"), format!("the title, fields with `index` or `filter`, {}", either(ENVELOPE)));
        }
        if field.is_some_and(|field| field.personal) {
            p.add(path, format!("the personal field `{name}` as a column"), "fields that are not personal");
        }
    }
}

fn sorts(p: &Proof, path: &[&str], sorts: &[String]) {
    for sort in sorts {
        let name = sort.strip_prefix('-').unwrap_or(sort);
        if !(ENVELOPE.contains(&name) || p.kind.fields.get(name).is_some_and(has_column)) {
            p.add(path, format!("the sort `{sort}`"), format!("fields with `index` or `filter`, {}", either(ENVELOPE)));
        }
    }
}

fn documents(p: &Proof) {
    for (id, document) in &p.kind.documents {
        let at = |key| ["documents", id.as_str(), key];
        for state in &document.states {
            p.known(&at("states"), "state", state, &p.kind.states);
        }
        if let Some(when) = &document.when {
            condition(p, &at("when"), when, Over::Record);
        }
        if let Some(action) = &document.made_by {
            p.known(&at("made_by"), "action", action, &p.kind.actions);
        }
        if let Some(number) = &document.number {
            number_rule(p, &at("number"), number);
        }
    }
}

fn indicators(p: &Proof) {
    for (id, indicator) in &p.kind.indicators {
        let at = |key| ["indicators", id.as_str(), key];
        match &indicator.measure {
            Measure::Count(set) => record_set(p, &at("count"), set),
            Measure::Sum { set, field } => {
                record_set(p, &at("sum"), set);
                p.field_of(&at("sum"), field, &["integer", "decimal", "money"]);
            }
        }
        if let Some(of) = &indicator.of {
            record_set(p, &at("of"), of);
        }
        if indicator.unit == "%" && indicator.of.is_none() {
            p.add(&at("unit"), "`%` without `of`", "of = { … }, the whole of which this is a part");
        }
        for name in &indicator.split {
            let splits =
                matches!(name.as_str(), "region" | "enterprise" | "sector" | "state") || p.kind.fields.get(name).is_some_and(has_column);
            if !splits {
                p.add(&at("split"), format!("the split `{name}`"), "fields with `index` or `filter`, region, enterprise, sector, state");
            }
        }
    }
}

fn record_set(p: &Proof, path: &[&str], set: &RecordSet) {
    if let Some(filter) = &set.filter {
        condition(p, path, filter, Over::List);
    }
    match &set.during {
        Some(During::Field(field)) => {
            p.field_of(path, field, &["date", "instant"]);
        }
        Some(During::Action(action)) => {
            p.known(path, "action", action, &p.kind.actions);
        }
        Some(During::Created) | None => {}
    }
}

fn access(p: &Proof) {
    let access = &p.kind.access;
    for reader in &access.read {
        p.role(&["access", "read"], &reader.role);
    }
    for role in &access.unmask {
        p.role(&["access", "unmask"], role);
    }
    for role in &access.export {
        p.role(&["access", "export"], role);
    }
    for name in &access.public {
        if p.field(&["access", "public"], name).is_some_and(|field| field.personal) {
            p.add(&["access", "public"], format!("the personal field `{name}`"), "fields that are not personal");
        }
    }
}

/// Only the last step ends in this version: names of the versions between are not known any more.
fn upgrades(p: &Proof) {
    let kind = p.kind;
    let mut seen = Vec::new();
    for Upgrade { to, rename, drop: _, set, states } in &kind.upgrades {
        if !(2..=kind.version).contains(to) || seen.contains(to) {
            p.add(&["upgrade"], format!("an upgrade to version {to}"), format!("each version from 2 to {} once", kind.version));
        }
        seen.push(*to);
        if *to == kind.version {
            for name in rename.values().chain(set.keys()) {
                p.field(&["upgrade"], name);
            }
            for state in states.values() {
                p.known(&["upgrade"], "state", state, &kind.states);
            }
        }
    }
}
