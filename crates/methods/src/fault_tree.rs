//! Fault trees: minimal cut sets, the bound they give for the top event, and its exact probability. Source: IEC 61025; NUREG-0492 (MOCUS, min-cut upper bound).

mod diagram;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::status::Status;
use diagram::Diagram;

/// A tree without circles: gates name events or other gates.
#[derive(Clone, Debug)]
pub struct FaultTree {
    pub top: String,
    pub gates: BTreeMap<String, Gate>,
    /// Probability of each basic event; basic events are independent of each other.
    pub events: BTreeMap<String, f64>,
}

#[derive(Clone, Debug)]
pub struct Gate {
    /// How many inputs must occur: 1 is OR, all of them AND.
    pub at_least: usize,
    pub inputs: Vec<String>,
}

pub type CutSet = BTreeSet<String>;

#[derive(Clone, Debug)]
pub struct Outcome {
    /// Smallest first, then by name.
    pub cut_sets: Vec<CutSet>,
    /// 1 − Π(1 − P(C)) over the minimal cut sets: never below the exact value.
    pub upper_bound: f64,
    /// Σ P(C), the rare-event approximation; may exceed 1.
    pub rare_event: f64,
    pub exact: f64,
    pub importance: Vec<Importance>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Importance {
    pub event: String,
    /// P(top | event occurs) − P(top | it does not).
    pub birnbaum: f64,
    /// Share of the top probability that passes through cut sets with this event; by the min-cut upper bound.
    pub fussell_vesely: f64,
}

/// More cut sets than anybody reads; beyond it the tree is refused.
pub const MOST_CUT_SETS: usize = 2_000;
/// Combinations looked at for one gate at a time.
const MOST_WAYS: usize = 20_000;
/// Deeper trees are a slip of the pen.
const DEEPEST: usize = 60;

pub fn analyse(tree: &FaultTree) -> Result<Outcome, Refusal> {
    check(tree)?;
    let mut cut_sets = cut_sets(tree, &tree.top, &mut BTreeMap::new())?;
    cut_sets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    let probability = |cut: &CutSet| cut.iter().map(|event| tree.events[event]).product::<f64>();
    let bound = |sets: &mut dyn Iterator<Item = &CutSet>| 1.0 - sets.map(|cut| 1.0 - probability(cut)).product::<f64>();
    let upper_bound = bound(&mut cut_sets.iter());
    let rare_event = cut_sets.iter().map(probability).sum();
    let diagram = Diagram::of(tree)?;
    let mut variables = diagram.variables(&tree.events);
    let exact = diagram.probability(&variables);
    let mut importance = Vec::new();
    for at in 0..variables.len() {
        let (event, own) = variables[at];
        let mut given = |p: f64| {
            variables[at].1 = p;
            diagram.probability(&variables)
        };
        let birnbaum = given(1.0) - given(0.0);
        variables[at].1 = own;
        let through = bound(&mut cut_sets.iter().filter(|cut| cut.contains(event)));
        let fussell_vesely = if upper_bound > 0.0 { through / upper_bound } else { 0.0 };
        importance.push(Importance { event: event.to_owned(), birnbaum, fussell_vesely });
    }
    importance.sort_by(|a, b| a.event.cmp(&b.event));
    Ok(Outcome { cut_sets, upper_bound, rare_event, exact, importance })
}

/// Every name leads somewhere, no gate leads to itself, votes can be reached.
fn check(tree: &FaultTree) -> Result<(), Refusal> {
    for (name, gate) in &tree.gates {
        let field = format!("gates.{name}");
        if tree.events.contains_key(name) {
            return Err(Refusal::Contradiction { field, found: "is both a gate and a basic event".to_owned() });
        }
        if gate.at_least == 0 || gate.at_least > gate.inputs.len() {
            let found = format!("{} of {} inputs", gate.at_least, gate.inputs.len());
            return Err(Refusal::OutOfRange { field, found, allowed: "one or more inputs, and at most all of them".to_owned() });
        }
        if let Some(lost) = gate.inputs.iter().find(|input| !tree.gates.contains_key(*input) && !tree.events.contains_key(*input)) {
            let help = format!("`{lost}` is neither a gate nor a basic event with a probability");
            return Err(Refusal::Required { field: format!("events.{lost}"), help });
        }
    }
    if !tree.gates.contains_key(&tree.top) && !tree.events.contains_key(&tree.top) {
        return Err(Refusal::Required { field: format!("gates.{}", tree.top), help: "the top event's gate".to_owned() });
    }
    no_circle(tree, &tree.top, &mut Vec::new(), &mut BTreeSet::new())
}

fn no_circle<'t>(tree: &'t FaultTree, at: &'t str, path: &mut Vec<&'t str>, done: &mut BTreeSet<&'t str>) -> Result<(), Refusal> {
    let Some(gate) = tree.gates.get(at).filter(|_| !done.contains(at)) else { return Ok(()) };
    let field = format!("gates.{at}");
    if path.contains(&at) {
        return Err(Refusal::Contradiction { field, found: format!("leads back to itself through {}", path.join(" → ")) });
    }
    if path.len() >= DEEPEST {
        return Err(Refusal::TooLarge { field, limit: DEEPEST as u64, unit: "levels".to_owned(), help: "split the tree".to_owned() });
    }
    path.push(at);
    for input in &gate.inputs {
        no_circle(tree, input, path, done)?;
    }
    path.pop();
    done.insert(at);
    Ok(())
}

/// MOCUS from below: the minimal cut sets of a node from those of its inputs. `done` keeps what several gates share.
fn cut_sets<'t>(tree: &'t FaultTree, node: &'t str, done: &mut BTreeMap<&'t str, Vec<CutSet>>) -> Result<Vec<CutSet>, Refusal> {
    let Some(gate) = tree.gates.get(node) else { return Ok(vec![CutSet::from([node.to_owned()])]) };
    if let Some(sets) = done.get(node) {
        return Ok(sets.clone());
    }
    let too_large = |limit: usize, unit: &str| {
        let (field, help) = (format!("gates.{node}"), "analyse the branches on their own".to_owned());
        Refusal::TooLarge { field, limit: limit as u64, unit: unit.to_owned(), help }
    };
    // reached[k]: ways in which k of the inputs so far occur; more than `at_least` say nothing new.
    let mut reached: Vec<Vec<CutSet>> = vec![Vec::new(); gate.at_least + 1];
    reached[0].push(CutSet::new());
    for input in &gate.inputs {
        let sets = cut_sets(tree, input, done)?;
        for k in (0..gate.at_least).rev() {
            if reached[k].len() * sets.len() > MOST_WAYS {
                return Err(too_large(MOST_WAYS, "combinations of cut sets"));
            }
            let more: Vec<CutSet> = reached[k].iter().flat_map(|way| sets.iter().map(move |set| way | set)).collect();
            more.into_iter().for_each(|set| keep_minimal(&mut reached[k + 1], set));
            if reached[k + 1].len() > MOST_CUT_SETS {
                return Err(too_large(MOST_CUT_SETS, "cut sets"));
            }
        }
    }
    let found = reached.swap_remove(gate.at_least);
    done.insert(node, found.clone());
    Ok(found)
}

/// Adds a set to sets of which none contains another, and keeps it so.
fn keep_minimal(kept: &mut Vec<CutSet>, set: CutSet) {
    if !kept.iter().any(|smaller| smaller.is_subset(&set)) {
        kept.retain(|larger| !set.is_subset(larger));
        kept.push(set);
    }
}

/// Reads `{top, gates: [{id, type: "and" | "or" | "vote", at_least?, inputs}], events: [{id, p}]}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["top", "gates", "events"])?;
    let top = ask.need_text("top", "the id of the top event's gate")?.to_owned();
    let mut tree = FaultTree { top, gates: BTreeMap::new(), events: BTreeMap::new() };
    let twice = |field: String, id: &str| Refusal::Contradiction { field, found: format!("the id `{id}` is given twice") };
    for one in ask.list("events", &["id", "p", "name"])? {
        let id = one.need_text("id", "the basic event's id")?;
        let p = one.need_probability("p", "the probability of the basic event, 0 to 1")?;
        if tree.events.insert(id.to_owned(), p).is_some() {
            return Err(twice(one.field("id"), id));
        }
    }
    for one in ask.list("gates", &["id", "type", "at_least", "inputs", "name"])? {
        let id = one.need_text("id", "the gate's id")?;
        let inputs: Vec<String> = one.texts("inputs")?.into_iter().map(str::to_owned).collect();
        let kind = one.need_text("type", "`and`, `or` or `vote`")?;
        if matches!(kind, "and" | "or") && one.get("at_least").is_some() {
            return Err(one.contradiction("at_least", "belongs to a `vote`: an `or` has one, an `and` all of its inputs"));
        }
        let at_least = match kind {
            "or" => 1,
            "and" => inputs.len(),
            "vote" => one.need_count("at_least", "how many of the inputs must occur")?.min(1_000) as usize,
            other => return Err(one.unknown_code("type", other, ["and", "or", "vote"])),
        };
        if tree.gates.insert(id.to_owned(), Gate { at_least, inputs }).is_some() {
            return Err(twice(one.field("id"), id));
        }
    }
    let outcome = analyse(&tree)?;
    Ok(json!({
        "cut_sets": outcome.cut_sets,
        "upper_bound": outcome.upper_bound,
        "rare_event": outcome.rare_event,
        "exact": outcome.exact,
        "importance": outcome.importance,
        "formulae": ["P(C) = Π p", "bound = 1 − Π (1 − P(C))", "sum = Σ P(C)", "exact: P = (1 − p)·P₀ + p·P₁"],
        "basis": "IEC 61025; NUREG-0492",
        "status": Status::Given,
    }))
}
