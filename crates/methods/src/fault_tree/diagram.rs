//! A fault tree as a reduced ordered binary decision diagram: exact, also where an event stands under several gates (Bryant 1986).

use std::collections::{BTreeMap, HashMap};

use super::{FaultTree, Refusal};

/// Index of a node; 0 is "does not occur", 1 "occurs".
type Node = usize;

pub struct Diagram {
    /// Variable, node if the event does not occur, node if it does. Children come before parents.
    nodes: Vec<(usize, Node, Node)>,
    unique: HashMap<(usize, Node, Node), Node>,
    names: Vec<String>,
    root: Node,
}

const NO: Node = 0;
const YES: Node = 1;
/// Variable of the two ends: behind all others.
const END: usize = usize::MAX;
const MOST_NODES: usize = 200_000;

impl Diagram {
    pub fn of(tree: &FaultTree) -> Result<Self, Refusal> {
        let mut diagram = Self { nodes: vec![(END, NO, NO), (END, YES, YES)], unique: HashMap::new(), names: Vec::new(), root: NO };
        let mut order = BTreeMap::new();
        diagram.root = diagram.node_of(tree, &tree.top, &mut order, &mut HashMap::new())?;
        Ok(diagram)
    }

    /// The basic events by variable, each with its probability.
    pub fn variables<'d>(&'d self, events: &BTreeMap<String, f64>) -> Vec<(&'d str, f64)> {
        self.names.iter().map(|name| (name.as_str(), events[name])).collect()
    }

    /// Of the top event. Shannon's expansion at every node, from the ends upwards; `events` by variable.
    pub fn probability(&self, events: &[(&str, f64)]) -> f64 {
        let mut p = vec![0.0; self.nodes.len()];
        p[YES] = 1.0;
        for (at, &(variable, low, high)) in self.nodes.iter().enumerate().skip(2) {
            let (_, event) = events[variable];
            p[at] = (1.0 - event) * p[low] + event * p[high];
        }
        p[self.root]
    }

    fn node_of(
        &mut self,
        tree: &FaultTree,
        name: &str,
        order: &mut BTreeMap<String, usize>,
        done: &mut HashMap<String, Node>,
    ) -> Result<Node, Refusal> {
        if let Some(node) = done.get(name) {
            return Ok(*node);
        }
        let node = match tree.gates.get(name) {
            None => {
                let variable = *order.entry(name.to_owned()).or_insert(self.names.len());
                self.names.push(name.to_owned());
                self.make(variable, NO, YES)?
            }
            Some(gate) => {
                // reached[k]: at least k of the inputs so far occur.
                let mut reached = vec![NO; gate.at_least + 1];
                reached[0] = YES;
                let mut inputs = Vec::with_capacity(gate.inputs.len());
                for input in &gate.inputs {
                    inputs.push(self.node_of(tree, input, order, done)?);
                }
                // The last one first: what comes later then stands above, and a wide gate grows by one node an input.
                for occurs in inputs.into_iter().rev() {
                    for k in (1..=gate.at_least).rev() {
                        reached[k] = self.if_then_else(occurs, reached[k - 1], reached[k], &mut HashMap::new())?;
                    }
                }
                reached[gate.at_least]
            }
        };
        done.insert(name.to_owned(), node);
        Ok(node)
    }

    fn make(&mut self, variable: usize, low: Node, high: Node) -> Result<Node, Refusal> {
        if low == high {
            return Ok(low);
        }
        if let Some(node) = self.unique.get(&(variable, low, high)) {
            return Ok(*node);
        }
        if self.nodes.len() >= MOST_NODES {
            let help = "analyse the branches on their own, or use the min-cut upper bound".to_owned();
            return Err(Refusal::TooLarge { field: "gates".to_owned(), limit: MOST_NODES as u64, unit: "diagram nodes".to_owned(), help });
        }
        self.nodes.push((variable, low, high));
        self.unique.insert((variable, low, high), self.nodes.len() - 1);
        Ok(self.nodes.len() - 1)
    }

    fn if_then_else(&mut self, i: Node, t: Node, e: Node, done: &mut HashMap<(Node, Node, Node), Node>) -> Result<Node, Refusal> {
        match (i, t, e) {
            (YES, _, _) => return Ok(t),
            (NO, _, _) => return Ok(e),
            (_, YES, NO) => return Ok(i),
            _ if t == e => return Ok(t),
            _ => {}
        }
        if let Some(node) = done.get(&(i, t, e)) {
            return Ok(*node);
        }
        let variable = [i, t, e].map(|node| self.nodes[node].0).into_iter().min().unwrap_or(END);
        let branch = |diagram: &Self, node: Node, occurs: bool| match diagram.nodes[node] {
            (own, low, high) if own == variable => {
                if occurs {
                    high
                } else {
                    low
                }
            }
            _ => node,
        };
        let [low, high] = [false, true].map(|occurs| (branch(self, i, occurs), branch(self, t, occurs), branch(self, e, occurs)));
        let low = self.if_then_else(low.0, low.1, low.2, done)?;
        let high = self.if_then_else(high.0, high.1, high.2, done)?;
        let node = self.make(variable, low, high)?;
        done.insert((i, t, e), node);
        Ok(node)
    }
}
