//! Bow-ties: threats and their barriers on the left, the top event, its consequences and their barriers on the right.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::status::Status;

#[derive(Clone, Debug, Serialize)]
pub struct Barrier {
    pub id: String,
    /// Probability of failure on demand, in (0, 1].
    pub pfd: f64,
}

/// A threat with its frequency in 1/a, or a consequence with its conditional probability.
#[derive(Clone, Debug)]
pub struct Branch {
    pub name: String,
    pub figure: f64,
    pub barriers: Vec<Barrier>,
}

#[derive(Clone, Debug)]
pub struct BowTie {
    pub top: String,
    pub threats: Vec<Branch>,
    pub consequences: Vec<Branch>,
}

#[derive(Clone, Debug)]
pub struct Outcome {
    /// Frequency of the top event, 1/a: the sum over the threats.
    pub top: f64,
    /// What each threat contributes, 1/a.
    pub threats: Vec<(String, f64)>,
    /// How often each consequence comes about, 1/a.
    pub consequences: Vec<(String, f64)>,
    /// Barriers that several branches rely on: when they fail, they fail for all.
    pub shared: Vec<String>,
    /// Barriers that guard a threat and a consequence at once: after the top event they may have failed already.
    pub both_sides: Vec<String>,
}

/// f_top = Σ f_threat · Π PFD; f_consequence = f_top · p · Π PFD. A barrier counts once in a branch.
pub fn analyse(tie: &BowTie) -> Outcome {
    let left = |branch: &Branch| branch.figure * product(&branch.barriers);
    let threats: Vec<_> = tie.threats.iter().map(|branch| (branch.name.clone(), left(branch))).collect();
    let top = threats.iter().map(|(_, f)| f).sum();
    // A barrier on both sides is no second line: it earns no credit on the right.
    let on_left = |id: &str| tie.threats.iter().flat_map(|t| &t.barriers).any(|barrier| barrier.id == id);
    let right = |branch: &Branch| {
        let fresh: Vec<Barrier> = branch.barriers.iter().filter(|barrier| !on_left(&barrier.id)).cloned().collect();
        top * branch.figure * product(&fresh)
    };
    let consequences = tie.consequences.iter().map(|branch| (branch.name.clone(), right(branch))).collect();
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for branch in tie.threats.iter().chain(&tie.consequences) {
        let mut ids: Vec<&str> = branch.barriers.iter().map(|barrier| barrier.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().for_each(|id| *uses.entry(id).or_default() += 1);
    }
    let shared: Vec<String> = uses.iter().filter(|(_, count)| **count > 1).map(|(id, _)| (*id).to_owned()).collect();
    let on_right = |id: &str| tie.consequences.iter().flat_map(|c| &c.barriers).any(|barrier| barrier.id == id);
    let both_sides = shared.iter().filter(|id| on_left(id) && on_right(id)).cloned().collect();
    Outcome { top, threats, consequences, shared, both_sides }
}

fn product(barriers: &[Barrier]) -> f64 {
    let once: BTreeMap<&str, f64> = barriers.iter().map(|barrier| (barrier.id.as_str(), barrier.pfd)).collect();
    once.values().product()
}

/// Reads `{top, threats: [{name, frequency, barriers: [{id, pfd}]}], consequences: [{name, probability, barriers}]}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["top", "threats", "consequences"])?;
    let top = ask.need_text("top", "the name of the top event")?.to_owned();
    let mut pfds = BTreeMap::new();
    let threats = branches(&ask, "threats", "frequency", 1e6, &mut pfds)?;
    if threats.is_empty() {
        return Err(ask.missing("threats", "at least one threat, with its `frequency` per year"));
    }
    let consequences = branches(&ask, "consequences", "probability", 1.0, &mut pfds)?;
    let in_all: f64 = consequences.iter().map(|consequence| consequence.figure).sum();
    let outcome = analyse(&BowTie { top: top.clone(), threats, consequences });
    let branch = |(name, f): &(String, f64)| json!({ "name": name, "frequency": f });
    let warning = |code: &'static str, ids: &[String]| ids.iter().map(move |id| json!({ "code": code, "barrier": id })).collect::<Vec<_>>();
    let mut warnings = [warning("shared_barrier", &outcome.shared), warning("no_credit_on_both_sides", &outcome.both_sides)].concat();
    // Consequences of one top event that exclude each other share its probability.
    if in_all > 1.0 + 1e-9 {
        warnings.push(json!({ "code": "consequences_above_one", "field": ask.field("consequences"), "sum": in_all }));
    }
    Ok(json!({
        "top": top,
        "frequency": outcome.top,
        "threats": outcome.threats.iter().map(branch).collect::<Vec<_>>(),
        "consequences": outcome.consequences.iter().map(branch).collect::<Vec<_>>(),
        "formulae": ["f_top = Σ f · Π PFD", "f_consequence = f_top · p · Π PFD"],
        "warnings": warnings,
        "status": Status::Given,
    }))
}

fn branches(ask: &Ask, side: &str, figure: &str, most: f64, pfds: &mut BTreeMap<String, f64>) -> Result<Vec<Branch>, Refusal> {
    let mut found = Vec::new();
    for one in ask.list(side, &["name", figure, "barriers"])? {
        let number = one.number_where(figure, |n| (0.0..=most).contains(&n), &format!("0 to {most}"))?;
        let mut barriers = Vec::new();
        for barrier in one.list("barriers", &["id", "pfd", "name"])? {
            let id = barrier.need_text("id", "the barrier's id; the same id is the same barrier")?.to_owned();
            let given = barrier.number_where("pfd", |p| p > 0.0 && p <= 1.0, "above 0, at most 1")?;
            let pfd = given.ok_or_else(|| barrier.missing("pfd", "the barrier's probability of failure on demand"))?;
            if pfds.insert(id.clone(), pfd).is_some_and(|earlier| earlier != pfd) {
                return Err(Refusal::Contradiction { field: barrier.field("pfd"), found: format!("`{id}` has another figure elsewhere") });
            }
            barriers.push(Barrier { id, pfd });
        }
        found.push(Branch {
            name: one.need_text("name", "what it is called")?.to_owned(),
            figure: number.ok_or_else(|| one.missing(figure, &format!("0 to {most}")))?,
            barriers,
        });
    }
    Ok(found)
}
