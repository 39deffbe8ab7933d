//! One kind file, table by table, in the order of the vocabulary's page.

use anlan_base::Name;
use indexmap::IndexMap;

use super::codes;
use super::fields::{self, Level};
use super::table::{Report, Table};
use super::tree::{Node, Val};
use super::words::{condition, needs, number, parties, party, reader, record_set, sort};
use crate::kind::{
    Access, Action, After, Better, CodeList, Create, Deadline, DeadlineFrom, DeadlineUnit, Document, Escalation, Group, Home, Indicator,
    Kind, ListSpec, Measure, Repeat, SideTask, State, Tone, Upgrade, View,
};

const HOMES: [(&str, Home); 3] = [("enterprise", Home::Enterprise), ("region", Home::Region), ("platform", Home::Platform)];
const TONES: [(&str, Tone); 5] =
    [("waiting", Tone::Waiting), ("working", Tone::Working), ("returned", Tone::Returned), ("done", Tone::Done), ("void", Tone::Void)];
const REPEATS: [(&str, Repeat); 5] = [
    ("daily", Repeat::Daily),
    ("weekly", Repeat::Weekly),
    ("monthly", Repeat::Monthly),
    ("quarterly", Repeat::Quarterly),
    ("yearly", Repeat::Yearly),
];
const UNITS: [(&str, DeadlineUnit); 6] = [
    ("minutes", DeadlineUnit::Minutes),
    ("hours", DeadlineUnit::Hours),
    ("days", DeadlineUnit::Days),
    ("working_days", DeadlineUnit::WorkingDays),
    ("months", DeadlineUnit::Months),
    ("years", DeadlineUnit::Years),
];
const FORMATS: [(&str, &str); 2] = [("pdf", "pdf"), ("docx", "docx")];
const BETTER: [(&str, Better); 2] = [("up", Better::Up), ("down", Better::Down)];

/// The kind as written, with its inline choices; lists from CSV files are joined later. `None` if there is no `[kind]` to speak of.
pub(crate) fn read(root: &Node, domain: &Name, report: &Report) -> Option<Kind> {
    let t = Table::of(root, "the kind file", report)?;
    let head = t.need("kind").and_then(|node| Table::of(node, "`kind`", report))?;
    let create = t.need("create").and_then(|node| Table::of(node, "`create`", report)).map(create);
    t.need("states");
    t.need("access");
    let kind = Kind {
        id: head.need_name("id"),
        domain: domain.clone(),
        file: root.file.to_string(),
        version: version(&head),
        label: head.label(),
        help: head.help(),
        icon: head.text("icon"),
        basis: head.text("basis"),
        home: head.need_word("home", &HOMES),
        title: head.name("title"),
        sector: head.name("sector"),
        number: head.get("number").and_then(|node| number(node, report)),
        with: head.names("with"),
        groups: t.named("groups", |_, t| Some(group(t))),
        fields: t.named("fields", |id, t| fields::field(id, t, Level::Body)),
        rows: fields::rows(&t),
        codes: choices(&t),
        // Without `[create]` there is a finding, and nobody sees this.
        create: create.unwrap_or_else(|| Create {
            to: Name::of("missing"),
            by: Vec::new(),
            needs: Vec::new(),
            asks: Vec::new(),
            guard: None,
            effect: None,
        }),
        states: t.named("states", |id, t| Some(state(id, t))),
        actions: t.named("actions", |id, t| Some(action(id, t))),
        tasks: t.named("tasks", |_, t| Some(task(t))),
        deadlines: t.named("deadlines", |_, t| Some(deadline(t))),
        list: t.inner("list").map(list).unwrap_or_default(),
        views: t.named("views", |_, t| Some(view(t))),
        documents: t.named("documents", |_, t| Some(document(t))),
        indicators: t.named("indicators", |_, t| indicator(t)),
        access: t.inner("access").map(access).unwrap_or_default(),
        upgrades: t.list("upgrade").into_iter().flatten().filter_map(|node| Table::of(node, "`upgrade`", report)).map(upgrade).collect(),
    };
    head.done();
    t.done();
    Some(kind)
}

fn version(head: &Table) -> u32 {
    let version = head.need("version").and_then(|node| head.as_whole("version", node)).unwrap_or(1);
    if version == 0 {
        head.report.add(head.node.nearest(&["version"]), "version 0", "1 or more");
    }
    version
}

fn when(t: &Table, key: &'static str) -> Option<crate::kind::Condition> {
    t.get(key).map(|node| condition(node, t.report))
}

fn by(t: &Table) -> Vec<crate::kind::Party> {
    parties(t.need_list("by"), t.report)
}

fn group(t: Table) -> Group {
    let group = Group { label: t.label(), visible: when(&t, "visible") };
    t.done();
    group
}

fn choices(t: &Table) -> IndexMap<String, CodeList> {
    let lists = t.named("choices", |name, t| Some(codes::inline(name, t.node, t.report)));
    lists.into_iter().map(|(name, list)| (name.to_string(), list)).collect()
}

fn create(t: Table) -> Create {
    let create = Create {
        to: t.need_name("to"),
        by: by(&t),
        needs: needs(&t),
        asks: t.names("asks"),
        guard: t.name("guard"),
        effect: t.name("effect"),
    };
    t.done();
    create
}

fn state(id: &Name, t: Table) -> State {
    let state = State {
        id: id.clone(),
        label: t.label(),
        tone: t.need_word("tone", &TONES),
        finals: t.flag("final"),
        standing: t.flag("standing"),
        owner: parties(t.list("owner").unwrap_or_default(), t.report),
        due: t.name("due"),
        edit: parties(t.list("edit").unwrap_or_default(), t.report),
        edit_fields: t.get("edit_fields").map(|_| t.names("edit_fields")),
    };
    t.done();
    state
}

fn action(id: &Name, t: Table) -> Action {
    t.need_list("from");
    let action = Action {
        id: id.clone(),
        label: t.label(),
        help: t.help(),
        from: t.names("from"),
        to: t.name("to"),
        by: by(&t),
        needs: needs(&t),
        asks: t.names("asks"),
        when: when(&t, "when"),
        guard: t.name("guard"),
        effect: t.name("effect"),
        reason: t.flag("reason"),
        grave: t.flag("grave"),
        accepts: t.flag("accepts"),
        not_by: parties(t.list("not_by").unwrap_or_default(), t.report),
        opens: t.names("opens"),
        settles: t.names("settles"),
        at: t.name("at"),
    };
    t.done();
    action
}

fn task(t: Table) -> SideTask {
    let task = SideTask {
        label: t.label(),
        owner: parties(t.need_list("owner"), t.report),
        due: t.name("due"),
        repeat: t.word("repeat", &REPEATS),
        during: t.names("during"),
    };
    t.done();
    task
}

fn deadline(t: Table) -> Deadline {
    let field = t.name("field");
    let by = t.name("by");
    // With `field` the date is set by people, and `after` only proposes it.
    let after = if field.is_some() { t.get("after") } else { t.need("after") };
    let deadline = Deadline {
        after: after.map_or(After::Fixed(0), |node| self::after(&t, node, by)),
        unit: if after.is_some() { t.need_word("unit", &UNITS) } else { t.word("unit", &UNITS).unwrap_or(DeadlineUnit::Days) },
        from: t.get("from").map_or(DeadlineFrom::Entered, |node| deadline_from(&t, node)),
        field,
        roll: t.flag("roll"),
        remind: t.wholes("remind"),
        escalate: t.list("escalate").into_iter().flatten().filter_map(|node| escalation(node, t.report)).collect(),
    };
    t.done();
    deadline
}

fn after(t: &Table, node: &Node, by: Option<Name>) -> After {
    match (&node.value, by) {
        (Val::Table(codes), Some(field)) => {
            let by = codes.iter().filter_map(|(code, node)| Some((code.clone(), t.as_whole("after", node)?))).collect();
            After::ByCode { field, by }
        }
        (Val::Table(_), None) => {
            t.report.add(node, "`after` by code without `by`", "`by = FIELD`, the choice whose codes these are");
            After::Fixed(0)
        }
        (_, Some(_)) => {
            t.report.add(node, "`by` with one `after` for all", "{ code = number, … }");
            After::Fixed(0)
        }
        (_, None) => After::Fixed(t.as_whole("after", node).unwrap_or(0)),
    }
}

fn deadline_from(t: &Table, node: &Node) -> DeadlineFrom {
    let from = node.text().and_then(|text| match text.split_once(':') {
        None if text == "entered" => Some(DeadlineFrom::Entered),
        None if text == "created" => Some(DeadlineFrom::Created),
        Some(("action", name)) => Name::parse(name).ok().map(DeadlineFrom::Action),
        Some(("field", name)) => Name::parse(name).ok().map(DeadlineFrom::Field),
        _ => None,
    });
    from.unwrap_or_else(|| {
        t.report.add(node, format!("{} for `from`", node.found()), "entered, created, action:ACTION, field:FIELD");
        DeadlineFrom::Entered
    })
}

fn escalation(node: &Node, report: &Report) -> Option<Escalation> {
    let t = Table::of(node, "an escalation", report)?;
    let after = t.need("after").and_then(|node| t.as_whole("after", node));
    let to = t.need("to").and_then(|node| party(node, report));
    t.done();
    Some(Escalation { after: after?, to: to? })
}

fn list(t: Table) -> ListSpec {
    let list = ListSpec { columns: t.names("columns"), filters: t.names("filters"), sort: sort(&t) };
    t.done();
    list
}

fn view(t: Table) -> View {
    let view = View { label: t.label(), filter: when(&t, "where"), sort: sort(&t), columns: t.names("columns") };
    t.done();
    view
}

fn document(t: Table) -> Document {
    let formats = t.need_list("formats").iter().filter_map(|node| t.as_word("formats", node, &FORMATS)).map(str::to_owned).collect();
    let document = Document {
        label: t.label(),
        template: t.need_name("template").to_string(),
        formats,
        states: t.names("states"),
        when: when(&t, "when"),
        made_by: t.name("made_by"),
        number: t.get("number").and_then(|node| number(node, t.report)),
    };
    t.done();
    document
}

fn indicator(t: Table) -> Option<Indicator> {
    let set = |key: &'static str, summed| {
        t.inner(key).map(|inner| {
            let set = record_set(&inner, summed);
            inner.done();
            set
        })
    };
    let measure = match (set("count", false), set("sum", true)) {
        (Some((set, _)), None) => Some(Measure::Count(set)),
        (None, Some((set, Some(field)))) => Some(Measure::Sum { set, field }),
        _ => {
            t.report.add(t.node, "an indicator that does not say what it counts", "one of `count` and `sum`");
            None
        }
    };
    let label = t.label();
    let unit = t.need_text("unit");
    let of = set("of", false).map(|(set, _)| set);
    let (split, better, target) = (t.names("split"), t.word("better", &BETTER), t.real("target"));
    t.done();
    Some(Indicator { label, unit, measure: measure?, of, split, better, target })
}

fn access(t: Table) -> Access {
    let access = Access {
        read: t.need_list("read").iter().filter_map(|node| reader(node, t.report)).collect(),
        unmask: t.names("unmask"),
        export: t.names("export"),
        public: t.names("public"),
    };
    t.done();
    access
}

fn upgrade(t: Table) -> Upgrade {
    let pairs = |key: &'static str| -> IndexMap<Name, Name> {
        let Some(node) = t.get(key) else { return IndexMap::new() };
        let Some(entries) = node.table() else {
            t.report.add(node, format!("{} for `{key}`", node.found()), "{ old = \"new\", … }");
            return IndexMap::new();
        };
        let pair = |(old, new): (&String, &Node)| {
            let old_name = Name::parse(old).ok();
            if old_name.is_none() {
                t.report.add(new, format!("`{old}` in `{key}`"), "a name");
            }
            Some((old_name?, t.as_name(key, new)?))
        };
        entries.iter().filter_map(pair).collect()
    };
    let set = t.get("set").and_then(|node| node.table().map(|entries| (node, entries)));
    let upgrade = Upgrade {
        to: t.need("to").and_then(|node| t.as_whole("to", node)).unwrap_or(2),
        rename: pairs("rename"),
        drop: t.names("drop"),
        set: set
            .into_iter()
            .flat_map(|(_, entries)| entries)
            .filter_map(|(key, node)| match Name::parse(key) {
                Ok(name) => Some((name, node.json())),
                Err(error) => {
                    t.report.add(node, error.to_string(), "a field of the new version");
                    None
                }
            })
            .collect(),
        states: pairs("states"),
    };
    t.done();
    upgrade
}

/// `[role_id] zh, en, scope, apart`.
pub(crate) fn role(id: &Name, t: Table) -> crate::kind::Role {
    use crate::kind::{Role, RoleScope};
    const ROLE_SCOPES: [(&str, RoleScope); 3] =
        [("enterprise", RoleScope::Enterprise), ("region", RoleScope::Region), ("platform", RoleScope::Platform)];
    let role = Role { id: id.clone(), label: t.label(), scope: t.need_word("scope", &ROLE_SCOPES), apart: t.names("apart") };
    t.done();
    role
}
