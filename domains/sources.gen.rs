// Written by `cargo run -p anlan-xtask -- generate` from the kinds. Change the kinds instead.

/// Path from `domains/`, and text.
pub(crate) const FILES: &[(&str, &str)] = &[
    ("enterprise/codes/industry.csv", include_str!("enterprise/codes/industry.csv")),
    ("enterprise/codes/sector.csv", include_str!("enterprise/codes/sector.csv")),
    ("enterprise/enterprise.kind.toml", include_str!("enterprise/enterprise.kind.toml")),
    ("enterprise/samples/enterprise.v1.json", include_str!("enterprise/samples/enterprise.v1.json")),
    ("equipment/equipment.kind.toml", include_str!("equipment/equipment.kind.toml")),
    ("equipment/samples/equipment.v1.json", include_str!("equipment/samples/equipment.v1.json")),
    ("hidden_danger/codes/category.csv", include_str!("hidden_danger/codes/category.csv")),
    ("hidden_danger/codes/major_criteria.csv", include_str!("hidden_danger/codes/major_criteria.csv")),
    ("hidden_danger/codes/source.csv", include_str!("hidden_danger/codes/source.csv")),
    ("hidden_danger/codes/supervision_level.csv", include_str!("hidden_danger/codes/supervision_level.csv")),
    ("hidden_danger/hidden_danger.kind.toml", include_str!("hidden_danger/hidden_danger.kind.toml")),
    ("hidden_danger/samples/hidden_danger.v1.json", include_str!("hidden_danger/samples/hidden_danger.v1.json")),
    ("hidden_danger/settings.toml", include_str!("hidden_danger/settings.toml")),
    ("major_hazard/hazard_unit.kind.toml", include_str!("major_hazard/hazard_unit.kind.toml")),
    ("major_hazard/samples/hazard_unit.v1.json", include_str!("major_hazard/samples/hazard_unit.v1.json")),
    ("monitoring/alarm_rule.kind.toml", include_str!("monitoring/alarm_rule.kind.toml")),
    ("monitoring/codes/quantity.csv", include_str!("monitoring/codes/quantity.csv")),
    ("monitoring/samples/alarm_rule.v1.json", include_str!("monitoring/samples/alarm_rule.v1.json")),
    ("organisation/roles.toml", include_str!("organisation/roles.toml")),
    ("warning/samples/warning.v1.json", include_str!("warning/samples/warning.v1.json")),
    ("warning/settings.toml", include_str!("warning/settings.toml")),
    ("warning/warning.kind.toml", include_str!("warning/warning.kind.toml")),
];
