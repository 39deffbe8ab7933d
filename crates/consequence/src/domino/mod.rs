//! Whether a fire or a blast takes the next vessel with it, and the chain that follows (specification 11 §3; Cozzani, Landucci; from-knowledge).

mod chain;
mod farm;
mod vessel;

pub use chain::{By, Chain, DEEPEST, Escalation, LASTING_S, MOST_TANKS, RAREST, Strike, Tank, escalate};
pub use farm::{Farm, NamedStrike};
pub use vessel::{Failure, Vessel, blast_threshold, failure_by_blast, failure_by_heat, heat_threshold};

pub const MODEL: &str = "domino.cozzani_landucci";
