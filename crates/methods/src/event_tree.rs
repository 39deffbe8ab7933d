//! Event trees: what an initiating event leads to, branch by branch, and how often. Source: IEC 62502.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::status::Status;

#[derive(Clone, Debug)]
pub enum Node {
    Outcome(String),
    /// A question with two answers.
    Branch {
        question: String,
        p_yes: f64,
        yes: Box<Node>,
        no: Box<Node>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sequence {
    /// Answers on the way: question and whether yes.
    pub path: Vec<(String, bool)>,
    pub probability: f64,
    /// 1/a.
    pub frequency: f64,
    pub outcome: String,
}

/// Deeper trees are a slip of the pen.
const DEEPEST: usize = 40;

/// Every way through the tree, `yes` first. The probabilities add up to 1.
pub fn sequences(frequency: f64, tree: &Node) -> Vec<Sequence> {
    let mut found = Vec::new();
    walk(frequency, 1.0, tree, &mut Vec::new(), &mut found);
    found
}

fn walk(frequency: f64, probability: f64, node: &Node, path: &mut Vec<(String, bool)>, found: &mut Vec<Sequence>) {
    match node {
        Node::Outcome(outcome) => {
            let (path, frequency) = (path.clone(), frequency * probability);
            found.push(Sequence { path, probability, frequency, outcome: outcome.clone() });
        }
        Node::Branch { question, p_yes, yes, no } => {
            for (answer, p, next) in [(true, *p_yes, yes), (false, 1.0 - p_yes, no)] {
                path.push((question.clone(), answer));
                walk(frequency, probability * p, next, path, found);
                path.pop();
            }
        }
    }
}

/// How often each outcome comes about, 1/a.
pub fn outcomes(sequences: &[Sequence]) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for sequence in sequences {
        *sums.entry(sequence.outcome.clone()).or_insert(0.0) += sequence.frequency;
    }
    sums
}

/// Reads `{frequency, tree: NODE}`, NODE = `{question, p_yes, yes: NODE, no: NODE}` or `{outcome}`.
pub(crate) fn run(input: &Value) -> Result<Value, Refusal> {
    let ask = Ask::object(input, &["frequency", "tree"])?;
    let frequency = ask
        .number_where("frequency", |f| (0.0..=1e6).contains(&f), "0 to 1e6 a year")?
        .ok_or_else(|| ask.missing("frequency", "how often the initiating event happens, per year"))?;
    let tree = node(&ask, "tree", 0)?;
    let found = sequences(frequency, &tree);
    Ok(json!({
        "frequency": frequency, "outcomes": outcomes(&found), "sequences": found, "formulae": ["f = f₀ · Π p"], "basis": "IEC 62502",
        "status": Status::Given,
    }))
}

fn node(parent: &Ask, name: &str, depth: usize) -> Result<Node, Refusal> {
    let ask = parent
        .inner(name, &["question", "p_yes", "yes", "no", "outcome"])?
        .ok_or_else(|| parent.missing(name, "a branch `{question, p_yes, yes, no}` or an `{outcome}`"))?;
    if depth >= DEEPEST {
        let (field, help) = (parent.field(name), "split the tree".to_owned());
        return Err(Refusal::TooLarge { field, limit: DEEPEST as u64, unit: "levels".to_owned(), help });
    }
    match (ask.text("outcome")?, ask.text("question")?) {
        (Some(_), Some(_)) => {
            Err(Refusal::Contradiction { field: parent.field(name), found: "is both a branch and an outcome".to_owned() })
        }
        (Some(_), None) if ["p_yes", "yes", "no"].into_iter().any(|name| ask.get(name).is_some()) => {
            Err(Refusal::Contradiction { field: parent.field(name), found: "is both a branch and an outcome".to_owned() })
        }
        (Some(outcome), None) => Ok(Node::Outcome(outcome.to_owned())),
        (None, question) => Ok(Node::Branch {
            question: question.ok_or_else(|| ask.missing("question", "what the branch asks, or an `outcome`"))?.to_owned(),
            p_yes: ask.need_probability("p_yes", "the probability of yes, 0 to 1")?,
            yes: Box::new(node(&ask, "yes", depth + 1)?),
            no: Box::new(node(&ask, "no", depth + 1)?),
        }),
    }
}
