//! Risk of a job by likelihood, exposure and consequence: D = L·E·C (Graham–Kinney, 作业条件危险性分析法).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::colours::{self, Colour};
use crate::exact::Exact;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

/// A score of one of the three tables.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Score {
    /// `l`, `e` or `c`.
    pub factor: String,
    pub value: Exact,
    pub label_zh: String,
    pub status: Status,
}

/// A range of D, from `min` upwards; without `min` itself where `exclusive`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Band {
    pub min: Exact,
    #[serde(deserialize_with = "table::yes")]
    pub exclusive: bool,
    pub label_zh: String,
    pub colour: Colour,
    pub risk_level: u8,
    pub status: Status,
}

pub fn scores() -> &'static [Score] {
    static SCORES: LazyLock<Vec<Score>> = LazyLock::new(|| table::rows(include_str!("../data/lec_scores.csv")));
    &SCORES
}

/// The classic five bands, worst first. Provincial guides differ in the colours: an enterprise may judge by its own.
pub fn bands() -> &'static [Band] {
    static BANDS: LazyLock<Vec<Band>> = LazyLock::new(|| table::rows(include_str!("../data/lec_bands.csv")));
    &BANDS
}

/// D = L·E·C. `None` if the product does not fit.
pub fn danger(l: Exact, e: Exact, c: Exact) -> Option<Exact> {
    l.times(e)?.times(c)
}

/// The band a danger lies in; `bands` worst first, the last one from zero.
pub fn band(d: Exact, bands: &[Band]) -> Option<&Band> {
    bands.iter().find(|band| d > band.min || (d == band.min && !band.exclusive))
}

/// Reads `{l, e, c, bands?: [{min, exclusive?, colour, label_zh?}]}`; bands of one's own worst first, the last from zero.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["l", "e", "c", "bands"])?;
    let l = score(&ask, "l", "the likelihood of an accident")?;
    let e = score(&ask, "e", "how often people are exposed")?;
    let c = score(&ask, "c", "the consequence of an accident")?;
    let d = danger(l.value, e.value, c.value).expect("three scores of the tables multiply");
    let own = own_bands(&ask)?;
    let band = band(d, own.as_deref().unwrap_or(bands())).expect("the bands reach down to zero");
    let status = Status::worst([l, e, c].map(|score| score.status).into_iter().chain([band.status]));
    Ok(json!({
        "D": d, "colour": band.colour, "risk_level": band.risk_level, "label_zh": band.label_zh, "formulae": ["D = L·E·C"],
        "own_bands": own.is_some(), "band": band, "steps": [l, e, c], "status": status,
    }))
}

/// Bands of an enterprise or a province: limits falling to zero, and no colour worse than the one above it.
fn own_bands(ask: &Ask) -> Result<Option<Vec<Band>>, Refusal> {
    if ask.get("bands").is_none() {
        return Ok(None);
    }
    let mut found: Vec<Band> = Vec::new();
    for one in ask.list("bands", &["min", "exclusive", "colour", "label_zh"])? {
        let min = one.exact_within("min", 0, 10_000, "where the band begins, D")?;
        let text = one.need_text("colour", "`red`, `orange`, `yellow` or `blue`")?;
        let colour = Colour::parse(text).ok_or_else(|| one.unknown_code("colour", text, ["red", "orange", "yellow", "blue"]))?;
        if found.last().is_some_and(|above| above.min <= min || above.colour < colour) {
            return Err(one.contradiction("min", "bands stand worst first: each begins lower than the one before, and is not worse"));
        }
        let level = colours::levels().iter().find(|level| level.colour == colour).expect("every colour has a level");
        found.push(Band {
            min,
            exclusive: one.flag("exclusive")?.unwrap_or(false),
            label_zh: one.text("label_zh")?.unwrap_or(&level.name_zh).to_owned(),
            colour,
            risk_level: level.risk_level,
            status: Status::Given,
        });
    }
    match found.last() {
        Some(last) if last.min.is_zero() && !last.exclusive => Ok(Some(found)),
        _ => Err(ask.missing("bands", "a last band that begins at `min` 0")),
    }
}

/// Only the printed scores: between them the method says nothing.
fn score(ask: &Ask, factor: &str, help: &str) -> Result<&'static Score, Refusal> {
    let value = ask.exact(factor, help)?;
    let of_factor = || scores().iter().filter(|score| score.factor == factor);
    of_factor().find(|score| score.value == value).ok_or_else(|| {
        let allowed: Vec<_> = of_factor().map(|score| score.value.to_string()).collect();
        ask.out_of_range(factor, value, &allowed.join(", "))
    })
}
