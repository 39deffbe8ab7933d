//! Heat radiation from pool fires, jet fires and fireballs. Absent on purpose: flash fires, which burn only inside the cloud.
//!
//! Every receptor flux is in kW/m², as the thresholds are; everything else is SI. Expected scatter of a flux at a receptor
//! (specification 07 §6): a factor 1.5 for pool fires and fireballs, 2 for a jet within one flame length.

pub mod fireball;
pub mod jet;
pub mod pool;
pub mod stoichiometry;
pub mod transmissivity;
pub mod view_factor;
