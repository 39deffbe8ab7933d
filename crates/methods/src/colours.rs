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
    pub code: String,
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

/// Reads `{enterprises: [{name, open_major_dangers, source_levels, units: [{name, points: [{name, colour | direct_major, confirmed_by}]}]}], policy?}` of one area.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["enterprises", "policy"])?;
    let (policy, own_policy) = policy(&ask)?;
    let mut enterprises = Vec::new();
    let mut shades = Vec::new();
    let mut unjudged = Vec::new();
    let mut statuses = vec![if own_policy { Status::Given } else { Status::FromKnowledge }];
    for one in ask.list("enterprises", &["name", "open_major_dangers", "source_levels", "units"])? {
        let name = one.need_text("name", "the enterprise's name")?;
        let mut units = Vec::new();
        for unit in one.list("units", &["name", "points"])? {
            units.push(unit_of(&unit, &mut unjudged, &mut statuses)?);
        }
        let (levels, dangers) = (source_levels(&one)?, one.count("open_major_dangers")?);
        // What nobody has counted is said so: it is not none.
        let open = [("open_major_dangers", dangers.is_none()), ("source_levels", levels.is_none())];
        let not_stated: Vec<&str> = open.into_iter().filter(|(_, open)| *open).map(|(name, _)| name).collect();
        let parts = units.iter().map(|(name, shade, _)| (*name, shade.colour));
        let shade = enterprise(parts, dangers.unwrap_or(0), levels.as_deref().unwrap_or_default(), policy);
        if shade.colour.is_none() {
            unjudged.push(one.here());
        }
        let units: Vec<Value> = units
            .iter()
            .map(|(name, shade, points)| json!({ "name": name, "colour": shade.colour, "because": shade.because, "points": points }))
            .collect();
        enterprises.push(json!({
            "name": name, "colour": shade.colour, "because": shade.because, "units": units, "open_major_dangers": dangers,
            "source_levels": levels, "not_stated": not_stated,
        }));
        shades.push((name, shade.colour));
    }
    if enterprises.is_empty() {
        return Err(ask.missing("enterprises", "at least one enterprise with its units and points"));
    }
    let area = worst(shades);
    Ok(json!({
        "colour": area.colour, "because": area.because, "enterprises": enterprises, "unjudged": unjudged, "own_policy": own_policy,
        "policy": { "open_major_danger": policy.open_major_danger, "source_of_level_1_or_2": policy.source_of_level_1_or_2 },
        "basis": "安委办〔2016〕11号", "status": Status::worst(statuses),
    }))
}

/// A unit's name, its colour, and its points with theirs.
type Unit<'v> = (&'v str, Shade, Vec<Value>);

fn unit_of<'v>(unit: &Ask<'v>, unjudged: &mut Vec<String>, statuses: &mut Vec<Status>) -> Result<Unit<'v>, Refusal> {
    let mut points = Vec::new();
    let mut shown = Vec::new();
    for point in unit.list("points", &["name", "colour", "direct_major", "confirmed_by"])? {
        let name = point.need_text("name", "the risk point's name")?;
        let judged = colour(&point, "colour")?;
        let direct = confirmed(&point)?;
        statuses.extend(direct.map(|reason| reason.status));
        let shade = if direct.is_some() { Some(Colour::Red) } else { judged };
        if shade.is_none() {
            unjudged.push(point.here());
        }
        shown.push(json!({
            "name": name, "colour": shade, "judged": judged, "direct_major": direct, "confirmed_by": point.text("confirmed_by")?,
        }));
        points.push((name, shade));
    }
    if points.is_empty() {
        unjudged.push(unit.here());
    }
    Ok((unit.need_text("name", "the unit's name")?, worst(points), shown))
}

/// A reason for red whatever the score. Software proposes it at most: a named person confirms it.
fn confirmed(point: &Ask) -> Result<Option<&'static DirectMajor>, Refusal> {
    let Some(code) = point.text("direct_major")? else { return Ok(None) };
    let codes = || direct_major().iter().map(|reason| reason.code.as_str());
    let reason =
        direct_major().iter().find(|reason| reason.code == code).ok_or_else(|| point.unknown_code("direct_major", code, codes()))?;
    match point.text("confirmed_by")?.filter(|name| !name.trim().is_empty()) {
        Some(_) => Ok(Some(reason)),
        None => Err(point.missing("confirmed_by", "who confirmed that the point is a major risk whatever its score")),
    }
}

fn colour(ask: &Ask, name: &str) -> Result<Option<Colour>, Refusal> {
    let parse = |text: &str| Colour::parse(text).ok_or_else(|| ask.unknown_code(name, text, ["red", "orange", "yellow", "blue"]));
    ask.text(name)?.map(parse).transpose()
}

/// The policy of the input, in which `none` lets a danger or source decide nothing; else that of most guides.
fn policy(ask: &Ask) -> Result<(Policy, bool), Refusal> {
    let Some(own) = ask.inner("policy", &["open_major_danger", "source_of_level_1_or_2"])? else { return Ok((Policy::default(), false)) };
    let part = |name: &str| match own.text(name)? {
        Some("none") => Ok(None),
        Some(_) => colour(&own, name),
        None => Err(own.missing(name, "a colour, or `none`")),
    };
    Ok((Policy { open_major_danger: part("open_major_danger")?, source_of_level_1_or_2: part("source_of_level_1_or_2")? }, true))
}

fn source_levels(ask: &Ask) -> Result<Option<Vec<u8>>, Refusal> {
    const LEVELS: [u64; 4] = [1, 2, 3, 4];
    let Some(value) = ask.get("source_levels") else { return Ok(None) };
    let level = |item: &Value| item.as_u64().filter(|level| LEVELS.contains(level)).map(|level| level as u8);
    let levels = value.as_array().and_then(|items| items.iter().map(level).collect());
    levels.map(Some).ok_or_else(|| ask.out_of_range("source_levels", value, "a list of levels 1 to 4"))
}
