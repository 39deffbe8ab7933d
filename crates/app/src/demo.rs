//! What only a demo district has: a scenario that can be started from the screen, and accounts anybody may know.

use anlan_base::Refusal;
use serde_json::{Value, json};

use crate::people::only_enterprises;
use crate::{App, AppError, Caller, Scenarios};

impl App {
    pub fn demo_scenario(&self, _: &Caller) -> Result<Value, AppError> {
        let running = self.scenarios()?.running();
        Ok(json!({"running": running.is_some(), "name": running}))
    }

    pub fn start_scenario(&self, caller: &Caller, name: &str) -> Result<Value, AppError> {
        let scenarios = self.directed(caller)?;
        if !scenarios.start(name) {
            return Err(AppError::invalid(Refusal::at("unknown_code", "name")));
        }
        self.demo_scenario(caller)
    }

    pub fn stop_scenario(&self, caller: &Caller) -> Result<(), AppError> {
        self.directed(caller)?.stop();
        Ok(())
    }

    /// Whoever watches over the district may direct its scenarios; enterprises only live through them.
    fn directed(&self, caller: &Caller) -> Result<&dyn Scenarios, AppError> {
        let scenarios = self.scenarios()?;
        if only_enterprises(caller).is_some() || self.scope(caller, "warning").shows_nothing() {
            return Err(AppError::NotAllowed(Refusal::new("not_allowed")));
        }
        Ok(scenarios)
    }

    fn scenarios(&self) -> Result<&dyn Scenarios, AppError> {
        self.demo.as_deref().ok_or(AppError::NotFound)
    }
}
