// Written by `cargo run -p anlan-xtask -- generate` from the kinds. Change the kinds instead.

//! The domains: typed kinds and the rules that stand beside them.

#[expect(clippy::module_inception, reason = "the domain is named after its leading kind")]
pub mod enterprise {
    #[path = "enterprise.gen.rs"]
    pub mod enterprise;
    pub mod rules;
    pub use enterprise::Enterprise;
}

#[expect(clippy::module_inception, reason = "the domain is named after its leading kind")]
pub mod equipment {
    #[path = "equipment.gen.rs"]
    pub mod equipment;
    pub use equipment::Equipment;
}

#[expect(clippy::module_inception, reason = "the domain is named after its leading kind")]
pub mod hidden_danger {
    #[path = "hidden_danger.gen.rs"]
    pub mod hidden_danger;
    pub mod rules;
    pub use hidden_danger::HiddenDanger;
}

pub mod major_hazard {
    #[path = "hazard_unit.gen.rs"]
    pub mod hazard_unit;
    pub mod rules;
    pub use hazard_unit::HazardUnit;
}

pub mod monitoring {
    #[path = "alarm_rule.gen.rs"]
    pub mod alarm_rule;
    pub mod rules;
    pub use alarm_rule::AlarmRule;
}

#[expect(clippy::module_inception, reason = "the domain is named after its leading kind")]
pub mod warning {
    pub mod rules;
    pub mod scheme;
    pub mod terms;
    #[path = "warning.gen.rs"]
    pub mod warning;
    pub use warning::Warning;
}
