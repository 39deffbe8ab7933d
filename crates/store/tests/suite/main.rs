//! One suite, run on both engines: what is saved comes back, what is refused leaves nothing, what a scope hides stays hidden.

#[path = "../support/mod.rs"]
mod support;

mod history;
mod model_runs;
mod opening;
mod people;
mod reading;
mod saving;
mod signals;
mod world;
