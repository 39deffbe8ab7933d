//! The outcome of a scenario as a person reads it at a terminal: what came out, how far it reaches, who should do what, and what to mistrust.

use std::fmt::Write;

use anlan_api::messages::Language;
use anlan_consequence::scenario::{Outcome, PlaceAdvice, Source};
use serde::Serialize;
use serde_json::json;

/// Four figures, as few as say the same.
fn figure(x: f64) -> String {
    format!("{x:.3e}").parse::<f64>().map_or_else(|_| x.to_string(), |x| x.to_string())
}

/// A distance, whole metres. What has no figure never reads as a short one.
fn metres(x: f64) -> String {
    if x.is_finite() { format!("{x:.0}") } else { "unknown".to_owned() }
}

/// A concentration; one that no instrument tells from nothing needs no figures.
fn ppm(x: f64) -> String {
    if x < 0.01 { "below 0.01".to_owned() } else { figure(x) }
}

/// The word by which a value stands in the answer for programs.
fn word(value: &impl Serialize) -> String {
    json!(value).as_str().unwrap_or_default().replace('_', " ")
}

pub fn table(outcome: &Outcome) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{}", text.trim_end()).expect("a string takes everything");
    line(format!("{} — {} ({})", outcome.description.name, outcome.substance, outcome.description.substance));
    released(outcome, &mut line);
    line("\nzones, reach in m".to_owned());
    line(format!("  {:<10}{:<8}{:<46}{:>8}{:>8}{:>10}  model", "hazard", "colour", "level", "likely", "zone", "possible"));
    for zone in &outcome.zones {
        let level = format!("{} {} ({})", figure(zone.level.value), zone.level.unit, zone.level.basis);
        let reach = if zone.rings.is_empty() && zone.reach_m == 0.0 { "none".to_owned() } else { metres(zone.reach_m) };
        let (likely, possible) = (metres(zone.band.likely_reach_m), metres(zone.band.possible_reach_m));
        let (hazard, colour) = (word(&zone.level.hazard), word(&zone.level.threat));
        line(format!("  {hazard:<10}{colour:<8}{level:<46}{likely:>8}{reach:>8}{possible:>10}  {}", zone.model));
    }
    if outcome.zones.is_empty() {
        line("  none: the assumptions below say why".to_owned());
    }
    for other in &outcome.beside {
        let (hazard, colour) = (word(&other.hazard), word(&other.threat));
        line(format!("  beside: {hazard} {colour} to {} m  [{}]", metres(other.reach_m), other.model));
    }
    for fire in &outcome.fires {
        let size = figure(fire.size_m);
        line(format!("  {} fire of {size} m for {} s  [{}]", word(&fire.kind), figure(fire.duration_s), fire.model));
    }
    for blast in &outcome.explosions {
        let reach = blast.to_6_9_kpa_m.map_or_else(String::new, |m| format!(", 6.9 kPa to {} m", metres(m)));
        line(format!("  explosion ({}) of {} MJ{reach}  [{}]", word(&blast.kind), figure(blast.energy_j * 1e-6), blast.model));
    }
    if !outcome.advice.is_empty() {
        line("\nplaces, first come first".to_owned());
        outcome.advice.iter().for_each(|place| line(format!("  {}", advice(place))));
    }
    if !outcome.warnings.is_empty() {
        line("\nwarnings".to_owned());
        outcome.warnings.iter().for_each(|note| line(format!("  - {}", Language::En.note(&json!(note)))));
    }
    line("\nassumed".to_owned());
    outcome.assumptions.iter().for_each(|what| line(format!("  - {what}")));
    line(format!("\nmodels {}; version {}", outcome.models.join(", "), outcome.version));
    out
}

fn released(outcome: &Outcome, line: &mut impl FnMut(String)) {
    let r = &outcome.released;
    line("\nreleased".to_owned());
    if r.rate_kg_s > 0.0 {
        let mean = figure(r.mean_rate_kg_s);
        let over = if r.duration_s < 600.0 { "mean while it lasts" } else { "over its worst ten minutes" };
        line(format!("  rate         {} kg/s into the air at most; {mean} kg/s {over}", figure(r.rate_kg_s)));
        line(format!("  duration     {} s", figure(r.duration_s)));
    } else {
        line("  rate         all at once".to_owned());
    }
    line(format!("  mass         {} kg", figure(r.mass_kg)));
    let droplets = if r.liquid_share > 0.0 { format!("; {:.0} % of it droplets", 100.0 * r.liquid_share) } else { String::new() };
    // Only what was under pressure has expanded.
    let whose = match r.source {
        Source::Pool { .. } => " of the pool",
        Source::Jet { .. } | Source::Burst { .. } => " after expansion",
        Source::Vapour | Source::Charge { .. } => "",
    };
    line(format!("  temperature  {:.1} °C{whose}{droplets}", r.temperature_k - 273.15));
    if let Some(mass) = outcome.flammable_mass_kg {
        line(format!("  flammable    {} kg between the limits", figure(mass)));
    }
}

fn advice(place: &PlaceAdvice) -> String {
    let people = place.people.map_or_else(|| "people not counted".to_owned(), |n| format!("{n} people"));
    let mut parts =
        vec![format!("{} ({people}): {}", place.name, place.action.map_or_else(|| "no action advised".to_owned(), |a| word(&a)))];
    let mut part = |told: Option<String>| parts.extend(told);
    part(place.evacuation_s.map(|s| format!("out of the zone takes {s:.0} s")));
    part(place.leave_towards_deg.map(|deg| format!("leave towards {deg:.0}°")));
    part(place.arrival_s.map(|s| format!("the cloud comes after {s:.0} s")));
    part(place.stays_s.map(|s| format!("stays {s:.0} s")));
    part(place.toxic.map(|threat| format!("toxic {}", word(&threat))));
    part((place.outdoors_ppm > 0.0).then(|| format!("{} ppm outdoors, {} indoors", ppm(place.outdoors_ppm), ppm(place.indoors_ppm))));
    part(place.flash_fire.then(|| "flash fire".to_owned()));
    part((place.heat_kw_m2 >= 0.1).then(|| format!("{} kW/m2", figure(place.heat_kw_m2))));
    part((place.overpressure_kpa >= 0.1).then(|| format!("{} kPa", figure(place.overpressure_kpa))));
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_read_in_some_forty_lines() {
        let scenario = r#"
            name = "LPG"
            substance = "74-98-6"
            weather = { wind_m_s = 3, wind_from_deg = 90, stability = "D", temperature_c = 20, humidity = 0.6, roughness_m = 0.1 }
            release = { kind = "liquefied_hole", temperature_c = 20, hole_mm = 25, path_m = 0, inventory_kg = 4000, height_m = 1 }
            places = [{ name = "school", east_m = -150, north_m = 0, people = 300, kind = "school" }]
        "#;
        let outcome = anlan_consequence::scenario::run(&anlan_consequence::scenario::from_toml(scenario).unwrap()).unwrap();
        let text = table(&outcome);
        for word in ["kg/s", "°C", "flammable red", "heat      red", "likely", "possible", "school (300 people)", "version"] {
            assert!(text.contains(word), "`{word}` is not in\n{text}");
        }
        assert!(
            text.contains("kg/s mean while it lasts") && text.contains("°C after expansion") && text.contains("beside: flammable red to"),
            "{text}"
        );
        assert!(text.lines().count() < 60 && text.lines().all(|line| !line.contains("NaN")), "{text}");
    }

    #[test]
    fn a_pools_temperature_is_the_pools_and_a_trace_needs_no_figures() {
        let scenario = r#"
            name = "benzene"
            substance = "71-43-2"
            weather = { wind_m_s = 3, wind_from_deg = 90, stability = "D", temperature_c = 20, humidity = 0.6, roughness_m = 0.1 }
            release = { kind = "spill", rate_kg_s = 10, duration_s = 600, temperature_c = 20 }
        "#;
        let outcome = anlan_consequence::scenario::run(&anlan_consequence::scenario::from_toml(scenario).unwrap()).unwrap();
        let text = table(&outcome);
        assert!(text.contains("°C of the pool") && !text.contains("after expansion"), "{text}");
        assert_eq!([ppm(3.7e-14), ppm(0.01), ppm(22.391)], ["below 0.01", "0.01", "22.39"]);
    }
}
