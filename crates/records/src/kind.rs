//! A kind as the engine holds it: the vocabulary of kind files, parsed. One struct a table, one field a key.

use anlan_base::{Date, Name};
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

/// Chinese first; `en` may be empty in a code row that comes from a legal text, and is then shown in Chinese.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Label {
    pub zh: String,
    pub en: String,
}

#[derive(Clone, Debug)]
pub struct Kind {
    pub id: Name,
    /// The folder it lives in.
    pub domain: Name,
    /// Path of the kind file, for messages.
    pub file: String,
    pub version: u32,
    pub label: Label,
    pub help: Option<Label>,
    pub icon: Option<String>,
    pub basis: Option<String>,
    pub home: Home,
    pub title: Option<Name>,
    pub sector: Option<Name>,
    pub number: Option<NumberRule>,
    pub with: Vec<Name>,
    pub groups: IndexMap<Name, Group>,
    pub fields: IndexMap<Name, Field>,
    pub rows: IndexMap<Name, IndexMap<Name, Field>>,
    /// Every code list the fields use, by the name the field gives (`level`, `domain/name`): inline choices and CSV alike.
    pub codes: IndexMap<String, CodeList>,
    pub create: Create,
    pub states: IndexMap<Name, State>,
    pub actions: IndexMap<Name, Action>,
    pub tasks: IndexMap<Name, SideTask>,
    pub deadlines: IndexMap<Name, Deadline>,
    pub list: ListSpec,
    pub views: IndexMap<Name, View>,
    pub documents: IndexMap<Name, Document>,
    pub indicators: IndexMap<Name, Indicator>,
    pub access: Access,
    pub upgrades: Vec<Upgrade>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Home {
    Enterprise,
    Region,
    Platform,
}

/// `YH-{year}-{seq:4}`: given in the same transaction, never reused, no gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberRule {
    pub parts: Vec<NumberPart>,
    pub scope: Vec<NumberScope>,
    /// `create`, or the action that gives the number.
    pub at: Name,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberPart {
    Literal(String),
    Year,
    Month,
    Region,
    Enterprise,
    Seq { width: usize },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberScope {
    Year,
    Month,
    Region,
    Enterprise,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub label: Label,
    pub visible: Option<Condition>,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub id: Name,
    pub label: Label,
    pub help: Option<Label>,
    pub group: Option<Name>,
    pub kind: FieldType,
    /// Of twelve columns.
    pub span: Option<u8>,
    /// Several values: `choice`, `tree`, the id types, `point`.
    pub many: bool,
    pub min: Option<usize>,
    pub max: Option<usize>,
    pub required: Requirement,
    pub visible: Option<Condition>,
    pub default: Option<Value>,
    pub fixed: bool,
    pub unique: Option<Unique>,
    pub search: bool,
    /// A typed column, sortable. `filter` implies it.
    pub index: bool,
    pub filter: bool,
    pub personal: bool,
    /// A Rust rule that computes the value; read-only for people.
    pub derive: Option<Name>,
}

#[derive(Clone, Debug)]
pub enum FieldType {
    Text {
        length: Option<(usize, usize)>,
        form: Option<Form>,
    },
    LongText {
        length: Option<(usize, usize)>,
    },
    Integer {
        range: Option<(i64, i64)>,
        unit: Option<String>,
    },
    /// Stored scaled by 10^places.
    Decimal {
        range: Option<(f64, f64)>,
        places: u8,
        unit: Option<String>,
    },
    /// Fen.
    Money {
        range: Option<(i64, i64)>,
    },
    YesNo,
    Date {
        range: Option<(Date, Date)>,
    },
    Time,
    Instant,
    Choice {
        codes: String,
        judged_on: Option<Name>,
    },
    Tree {
        codes: String,
        judged_on: Option<Name>,
    },
    Record {
        kinds: Vec<Name>,
        inverse: Option<Label>,
    },
    Enterprise {
        inverse: Option<Label>,
    },
    Person {
        inverse: Option<Label>,
    },
    Organisation {
        inverse: Option<Label>,
    },
    Point,
    Place {
        within: Option<Within>,
    },
    Photos {
        camera: bool,
        accept: Vec<String>,
    },
    Files {
        accept: Vec<String>,
    },
    Signature,
    Rows {
        of: Name,
        append_only: bool,
    },
}

impl FieldType {
    /// The word of the vocabulary.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::LongText { .. } => "long_text",
            Self::Integer { .. } => "integer",
            Self::Decimal { .. } => "decimal",
            Self::Money { .. } => "money",
            Self::YesNo => "yes_no",
            Self::Date { .. } => "date",
            Self::Time => "time",
            Self::Instant => "instant",
            Self::Choice { .. } => "choice",
            Self::Tree { .. } => "tree",
            Self::Record { .. } => "record",
            Self::Enterprise { .. } => "enterprise",
            Self::Person { .. } => "person",
            Self::Organisation { .. } => "organisation",
            Self::Point => "point",
            Self::Place { .. } => "place",
            Self::Photos { .. } => "photos",
            Self::Files { .. } => "files",
            Self::Signature => "signature",
            Self::Rows { .. } => "rows",
        }
    }
}

/// A named check of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    Phone,
    IdCard,
    Uscc,
    Email,
    Url,
    Plate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    Enterprise,
    Region,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unique {
    Kind,
    Enterprise,
}

#[derive(Clone, Debug, Default)]
pub enum Requirement {
    #[default]
    Never,
    Always,
    When(Condition),
}

/// One of the tables holds; a table holds if all its entries do.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition(pub Vec<Vec<Test>>);

#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// A stored field, `state`, or, in views and indicators, `overdue` `mine` `region` `enterprise` `sector`.
    pub subject: Name,
    pub is: Is,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Is {
    /// Equal to one of these; for a field of many values: one of them is.
    OneOf(Vec<Value>),
    Set(bool),
    /// Inclusive bounds: numbers, or dates as text.
    Between {
        min: Option<Value>,
        max: Option<Value>,
    },
}

#[derive(Clone, Debug, Default)]
pub struct CodeList {
    /// Where it stands: the kind file or the CSV file.
    pub file: String,
    pub rows: Vec<CodeRow>,
}

#[derive(Clone, Debug)]
pub struct CodeRow {
    pub code: String,
    pub label: Label,
    pub parent: Option<String>,
    pub mark: Option<Mark>,
    pub effective_from: Option<Date>,
    /// The first day on which it is no longer in force.
    pub effective_to: Option<Date>,
    pub source: Option<String>,
    pub status: Option<String>,
}

/// The four national colours, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    Red,
    Orange,
    Yellow,
    Blue,
}

/// Who may or must: a role, or a relation to the record, perhaps only under a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Party {
    pub who: Who,
    pub when: Option<Condition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    Role(Name),
    Creator,
    Assigned,
    /// The user in this field.
    Person(Name),
    /// Whoever did this action last.
    Actor(Name),
    /// Inspectors and heads of the organisation in this field.
    Unit(Name),
    Clock,
    Platform,
}

#[derive(Clone, Debug)]
pub struct Create {
    pub to: Name,
    pub by: Vec<Party>,
    pub needs: Vec<Need>,
    pub asks: Vec<Name>,
    pub guard: Option<Name>,
    pub effect: Option<Name>,
}

/// A field that must be filled after the action, or a list of which at least one must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    Field(Name),
    OneOf(Vec<Name>),
}

#[derive(Clone, Debug)]
pub struct State {
    pub id: Name,
    pub label: Label,
    pub tone: Tone,
    pub finals: bool,
    pub standing: bool,
    pub owner: Vec<Party>,
    pub due: Option<Name>,
    pub edit: Vec<Party>,
    /// `None` with `edit`: the fields of `create.asks`.
    pub edit_fields: Option<Vec<Name>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Waiting,
    Working,
    Returned,
    Done,
    Void,
}

#[derive(Clone, Debug)]
pub struct Action {
    pub id: Name,
    pub label: Label,
    pub help: Option<Label>,
    pub from: Vec<Name>,
    /// `None`: the state stays.
    pub to: Option<Name>,
    pub by: Vec<Party>,
    pub needs: Vec<Need>,
    pub asks: Vec<Name>,
    pub when: Option<Condition>,
    pub guard: Option<Name>,
    pub effect: Option<Name>,
    pub reason: bool,
    pub grave: bool,
    pub accepts: bool,
    pub not_by: Vec<Party>,
    pub opens: Vec<Name>,
    pub settles: Vec<Name>,
    /// With `by = ["clock"]`: done when this deadline passes.
    pub at: Option<Name>,
}

#[derive(Clone, Debug)]
pub struct SideTask {
    pub label: Label,
    pub owner: Vec<Party>,
    pub due: Option<Name>,
    pub repeat: Option<Repeat>,
    pub during: Vec<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    Daily,
    Weekly,
    Monthly,
    Quarterly,
    Yearly,
}

#[derive(Clone, Debug)]
pub struct Deadline {
    pub after: After,
    pub unit: DeadlineUnit,
    pub from: DeadlineFrom,
    /// A date that people set; `after` then only proposes it.
    pub field: Option<Name>,
    pub roll: bool,
    /// Days before.
    pub remind: Vec<u32>,
    pub escalate: Vec<Escalation>,
}

#[derive(Clone, Debug)]
pub enum After {
    Fixed(u32),
    ByCode { field: Name, by: IndexMap<String, u32> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineUnit {
    Minutes,
    Hours,
    Days,
    WorkingDays,
    Months,
    Years,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeadlineFrom {
    Entered,
    Created,
    Action(Name),
    Field(Name),
}

#[derive(Clone, Debug)]
pub struct Escalation {
    /// Days overdue.
    pub after: u32,
    pub to: Party,
}

#[derive(Clone, Debug, Default)]
pub struct ListSpec {
    /// Field ids or envelope words.
    pub columns: Vec<Name>,
    pub filters: Vec<Name>,
    /// `-due_at`: a minus sorts downwards.
    pub sort: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct View {
    pub label: Label,
    pub filter: Option<Condition>,
    pub sort: Vec<String>,
    pub columns: Vec<Name>,
}

#[derive(Clone, Debug)]
pub struct Document {
    pub label: Label,
    pub template: String,
    pub formats: Vec<String>,
    pub states: Vec<Name>,
    pub when: Option<Condition>,
    pub made_by: Option<Name>,
    pub number: Option<NumberRule>,
}

#[derive(Clone, Debug)]
pub struct Indicator {
    pub label: Label,
    pub unit: String,
    pub measure: Measure,
    pub of: Option<RecordSet>,
    pub split: Vec<Name>,
    pub better: Option<Better>,
    pub target: Option<f64>,
}

#[derive(Clone, Debug)]
pub enum Measure {
    Count(RecordSet),
    Sum { set: RecordSet, field: Name },
}

#[derive(Clone, Debug, Default)]
pub struct RecordSet {
    pub filter: Option<Condition>,
    pub during: Option<During>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum During {
    Created,
    Field(Name),
    Action(Name),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    Up,
    Down,
}

#[derive(Clone, Debug, Default)]
pub struct Access {
    pub read: Vec<Reader>,
    pub unmask: Vec<Name>,
    pub export: Vec<Name>,
    pub public: Vec<Name>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    pub role: Name,
    /// Empty: every record the post covers.
    pub only: Vec<Only>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Only {
    Creator,
    Assigned,
}

/// How a body and state of the version before become this one.
#[derive(Clone, Debug, Default)]
pub struct Upgrade {
    pub to: u32,
    pub rename: IndexMap<Name, Name>,
    pub drop: Vec<Name>,
    pub set: IndexMap<Name, Value>,
    pub states: IndexMap<Name, Name>,
}

/// A role of `domains/organisation/roles.toml`.
#[derive(Clone, Debug)]
pub struct Role {
    pub id: Name,
    pub label: Label,
    pub scope: RoleScope,
    /// Roles that never meet this one in one person.
    pub apart: Vec<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleScope {
    Enterprise,
    Region,
    Platform,
}

/// Everything that was loaded: the kinds in the order of their domains, the roles, the named settings of each domain.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    pub by_id: IndexMap<Name, std::sync::Arc<Kind>>,
    pub roles: IndexMap<Name, Role>,
    /// By domain: `domains/<domain>/settings.toml`.
    pub settings: IndexMap<Name, serde_json::Map<String, Value>>,
}

impl Kinds {
    pub fn get(&self, id: &str) -> Option<&std::sync::Arc<Kind>> {
        self.by_id.get(id)
    }
}
