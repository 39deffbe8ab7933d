//! The four colours of risk, from points to units, enterprises and areas: each takes the worst below it and says why.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// Ordered from the lowest risk to the highest. Source: 安委办〔2016〕11号.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    Blue,
    Yellow,
    Orange,
    Red,
}

impl Colour {
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Blue, Self::Yellow, Self::Orange, Self::Red].into_iter().find(|colour| colour.name() == text)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Red => "red",
        }
    }
}

/// What a colour stands for and who controls such a risk.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Level {
    pub risk_level: u8,
    pub code: String,
    pub name_zh: String,
    pub colour: Colour,
    pub colour_zh: String,
    pub hex: String,
    pub control_owner_zh: String,
    pub status: Status,
}

/// A reason for red whatever the score.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct DirectMajor {
    pub item_zh: String,
    pub status: Status,
}

/// Worst first.
pub fn levels() -> &'static [Level] {
    static ROWS: LazyLock<Vec<Level>> = LazyLock::new(|| table::rows(include_str!("../data/risk_colours.csv")));
    &ROWS
}

/// The list of most guides: a person confirms them, and then the point is red.
pub fn direct_major() -> &'static [DirectMajor] {
    static ROWS: LazyLock<Vec<DirectMajor>> = LazyLock::new(|| table::rows(include_str!("../data/risk_direct_major.csv")));
    &ROWS
}

/// What, beside its points, decides an enterprise's colour. Configurable: guides differ.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Colour of an enterprise with an open major hidden danger.
    pub open_major_danger: Option<Colour>,
    /// Colour of an enterprise with a major hazard source of level 1 or 2.
    pub source_of_level_1_or_2: Option<Colour>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { open_major_danger: Some(Colour::Red), source_of_level_1_or_2: Some(Colour::Red) }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shade {
    /// `None`: nothing below it has been judged. It is not blue.
    pub colour: Option<Colour>,
    /// The parts that have this colour.
    pub because: Vec<String>,
}

/// The worst of named parts; a part without a colour does not count.
pub fn worst<'p>(parts: impl IntoIterator<Item = (&'p str, Option<Colour>)>) -> Shade {
    let judged: Vec<(&str, Colour)> = parts.into_iter().filter_map(|(name, colour)| Some((name, colour?))).collect();
    let colour = judged.iter().map(|(_, colour)| *colour).max();
    let because = judged.iter().filter(|(_, each)| Some(*each) == colour).map(|(name, _)| (*name).to_owned()).collect();
    Shade { colour, because }
}

/// An enterprise: the worst of its units, its open major hidden dangers, its sources of level 1 and 2.
pub fn enterprise<'p>(
    units: impl IntoIterator<Item = (&'p str, Option<Colour>)>,
    open_major_dangers: u64,
    source_levels: &[u8],
    policy: Policy,
) -> Shade {
    let danger = policy.open_major_danger.filter(|_| open_major_dangers > 0);
    let source = policy.source_of_level_1_or_2.filter(|_| source_levels.iter().any(|level| matches!(level, 1 | 2)));
    worst(units.into_iter().chain([("open_major_danger", danger), ("major_hazard_source", source)]))
}

/// Reads `{enterprises: [{name, open_major_dangers, source_levels, units: [{name, points: [{name, colour}]}]}]}` of one area.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["enterprises"])?;
    let mut enterprises = Vec::new();
    let mut shades = Vec::new();
    for one in ask.list("enterprises", &["name", "open_major_dangers", "source_levels", "units"])? {
        let name = one.need_text("name", "the enterprise's name")?;
        let mut units = Vec::new();
        for unit in one.list("units", &["name", "points"])? {
            let mut points = Vec::new();
            for point in unit.list("points", &["name", "colour"])? {
                let colour = point
                    .text("colour")?
                    .map(|text| Colour::parse(text).ok_or_else(|| point.unknown_code("colour", text, ["red", "orange", "yellow", "blue"])));
                points.push((point.need_text("name", "the risk point's name")?, colour.transpose()?));
            }
            units.push((unit.need_text("name", "the unit's name")?, worst(points)));
        }
        let levels = source_levels(&one)?;
        let dangers = one.count("open_major_dangers")?.unwrap_or(0);
        let shade = enterprise(units.iter().map(|(name, shade)| (*name, shade.colour)), dangers, &levels, Policy::default());
        let units: Vec<Value> =
            units.iter().map(|(name, shade)| json!({ "name": name, "colour": shade.colour, "because": shade.because })).collect();
        enterprises.push(json!({ "name": name, "colour": shade.colour, "because": shade.because, "units": units }));
        shades.push((name, shade.colour));
    }
    let area = worst(shades);
    Ok(json!({ "colour": area.colour, "because": area.because, "enterprises": enterprises, "status": Status::FromKnowledge }))
}

fn source_levels(ask: &Ask) -> Result<Vec<u8>, Refusal> {
    const LEVELS: [u64; 4] = [1, 2, 3, 4];
    let Some(value) = ask.get("source_levels") else { return Ok(Vec::new()) };
    let level = |item: &Value| item.as_u64().filter(|level| LEVELS.contains(level)).map(|level| level as u8);
    let levels = value.as_array().and_then(|items| items.iter().map(level).collect());
    levels.ok_or_else(|| ask.out_of_range("source_levels", value, "a list of levels 1 to 4"))
}
