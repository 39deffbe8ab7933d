//! Dense trials with the improved closures, and the manual's decks with SLAB's own.

use libm::{log, sqrt};

use super::table::{Row, Table};
use super::{BadCases, CaseFile, Figure, Pair};
use crate::discharge::round;
use crate::dispersion::slab::{self, Closure, Cloud, Release, Source, Weather};
use crate::meteorology::{Stability, length};
use crate::properties::substance;
use crate::{Kelvin, Pascal, Refusal, Validity};

/// A trial's release and weather as the model needs them.
fn scenario(t: &Row) -> Result<(Release, Weather), BadCases> {
    let p = t.number("p_air_Pa")?;
    let z0 = t.number("z0_m")?;
    let stability = Stability::of(t.text("stability")).ok_or_else(|| t.bad("stability is no class"))?;
    let inverse_length = t.maybe("L_m")?.map_or_else(|| length::inverse_length_slab(stability, z0), |l| 1.0 / l);
    let weather =
        Weather { u: t.number("u_m_s")?, z_m: t.number("z_u_m")?, z0, inverse_length, t_a: t.number("T_air_K")?, p, sigma_theta: None };
    let release = match t.text("substance") {
        name if name.starts_with("LNG") => lng(t, p),
        "NH3" => jet(t, p, "7664-41-7"),
        "HF" => jet(t, p, "7664-39-3"),
        _ => return Ok((cylinder(t)?, weather)),
    }?;
    Ok((release, weather))
}

/// LNG as methane: the pool of the trial, else `q/0.17 kg/m²/s` (specification 03 §1).
fn lng(t: &Row, p: f64) -> Result<Release, BadCases> {
    let s = substance("74-82-8").map_err(|e| t.bad(e))?;
    let t_b = s.boiling_point(Pascal(p)).map_err(|e| t.bad(e))?.0;
    let q = t.number("rate_kg_s")?;
    let area = t.maybe("source_area_m2")?.unwrap_or(q / 0.17);
    let source = Source::Pool { q, area, duration: t.number("duration_s")? };
    release_of("74-82-8", source, t_b, 0.0).map_err(|e| t.bad(e))
}

/// A pressure-liquefied jet: exit momentum from the orifice's flux, flash by the energy form.
fn jet(t: &Row, p_a: f64, cas: &str) -> Result<Release, BadCases> {
    let bad = |e: Refusal| t.bad(e);
    let s = substance(cas).map_err(bad)?;
    let q = t.number("rate_kg_s")?;
    let t0 = t.number("storage_T_K")?;
    let t_b = s.boiling_point(Pascal(p_a)).map_err(bad)?.0;
    let flash = crate::discharge::flash::energy(s.cp_liquid().map_err(bad)?, t0, t_b, s.heat_of_vaporisation(Kelvin(t_b)).map_err(bad)?)
        .map_err(bad)?;
    let a = round(t.number("nozzle_d_m")?);
    let mut notes = Validity::new();
    let rho_l = s.liquid_density(Kelvin(t0), &mut notes).map_err(bad)?.0;
    let p_sat = s.vapour_pressure(Kelvin(t0), &mut notes).map_err(bad)?.0;
    // u_e = u + (p_e − p_a) A/q; a saturated liquid leaves near its vapour pressure.
    let u_e = q / (rho_l * a) + (p_sat - p_a).max(0.0) * a / q;
    let rho_v = p_a * s.molar_mass().0 / (crate::R * t_b);
    let rho_e = 1.0 / (flash / rho_v + (1.0 - flash) / rho_l);
    let height = t.number("release_height_m")?;
    let source = Source::HorizontalJet { q, area: q / (rho_e * u_e), height, duration: t.number("duration_s")? };
    release_of(cas, source, t_b, 1.0 - flash).map_err(bad)
}

/// Thorney Island: freon and nitrogen of the stated relative density, at air temperature.
fn cylinder(t: &Row) -> Result<Release, BadCases> {
    let text = t.text("substance");
    let relative: f64 = text
        .rsplit_once("density ")
        .and_then(|(_, tail)| tail.trim_end_matches(')').parse().ok())
        .ok_or_else(|| t.bad(format!("`{text}` states no relative density")))?;
    let source = Source::Instantaneous { mass: t.number("mass_kg")?, area: t.number("source_area_m2")? };
    Ok(Release {
        source,
        m_s: relative * crate::M_AIR,
        cp_s: 700.0,
        cp_l: 1000.0,
        dh: 1.65e5,
        t_b: 150.0,
        rho_l: 1400.0,
        b_sat: None,
        t_s: t.number("T_air_K")?,
        liquid: 0.0,
    })
}

/// A pure substance at its boiling point.
fn release_of(cas: &str, source: Source, t_b: f64, liquid: f64) -> Result<Release, Refusal> {
    let s = substance(cas)?;
    let mut notes = Validity::new();
    Ok(Release {
        source,
        m_s: s.molar_mass().0,
        cp_s: s.cp_gas_J_kgK,
        cp_l: s.cp_liquid()?,
        dh: s.heat_of_vaporisation(Kelvin(t_b))?,
        t_b,
        rho_l: s.liquid_density(Kelvin(t_b), &mut notes)?.0,
        b_sat: None,
        t_s: t_b,
        liquid,
    })
}

/// Arc maxima as volume fractions, distances to the flammable limit, and the ratio of classes.
pub fn trials(trials: &Table, observed: &Table) -> Result<(Vec<Pair>, Vec<Figure>), BadCases> {
    let mut pairs = Vec::new();
    let mut figures = Vec::new();
    for t in &trials.rows {
        let (release, weather) = scenario(t)?;
        let cloud = slab::run(&release, &weather, Closure::Improved, 5000.0).map_err(|e| t.bad(e))?;
        for o in observed.rows.iter().filter(|o| o.text("trial") == t.text("trial")) {
            let t_av = averaging(o.text("averaging"));
            let z = o.maybe("z_m")?.unwrap_or(0.0);
            match o.text("quantity") {
                "arc_max" => {
                    let scale = if o.text("unit") == "ppm" { 1e-6 } else { 1e-2 };
                    let x = o.number("x_m")?;
                    let predicted = cloud.concentration(x, 0.0, z, t_av);
                    pairs.push(Pair { what: format!("{} {x} m", t.text("trial")), observed: o.number("value")? * scale, predicted });
                }
                "distance_to_5vol%" => {
                    let x = cloud.reach(0.05, z, t_av).unwrap_or(0.0);
                    pairs.push(Pair { what: format!("{} distance to 5 %", t.text("trial")), observed: o.number("value")?, predicted: x });
                    if t.text("trial") == "BU8" {
                        figures.push(Figure {
                            figure: "Burro 8 distance to LFL, m",
                            value: x,
                            must: (157.0, 910.0),
                            target: (314.0, 455.0),
                        });
                    }
                }
                "qualitative" => {
                    let ratio = class_ratio(&release, &weather).map_err(|e| t.bad(e))?;
                    figures.push(Figure { figure: "Thorney Island F over B at 300 m", value: ratio, must: (0.0, 3.0), target: (0.0, 2.0) });
                }
                _ => {}
            }
        }
    }
    Ok((pairs, figures))
}

/// Concentration at 300 m, 0.4 m high, in class F over that in class B, all else the same.
fn class_ratio(release: &Release, weather: &Weather) -> Result<f64, Refusal> {
    let at = |s: Stability| -> Result<f64, Refusal> {
        let weather = Weather { inverse_length: length::inverse_length_slab(s, weather.z0), ..*weather };
        Ok(slab::run(release, &weather, Closure::Improved, 1000.0)?.concentration(300.0, 0.0, 0.4, 0.0))
    };
    Ok(at(Stability::F)? / at(Stability::B)?)
}

/// Averaging time of an observation, s: `peak` is 1, a range counts with its middle.
fn averaging(text: &str) -> f64 {
    let numbers: Vec<f64> = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).filter_map(|n| n.parse().ok()).collect();
    match numbers[..] {
        [] => 1.0,
        [one] => one,
        [low, high, ..] => sqrt(low * high),
    }
}

/// Centre-line maxima of the decks by SLAB's own closures; and the rows outside their tolerance.
pub fn decks(decks: &Table, inputs: CaseFile) -> Result<(Vec<Pair>, Vec<String>), BadCases> {
    let bad = |why: String| BadCases { file: inputs.name.to_owned(), why };
    let json: serde_json::Value = serde_json::from_str(inputs.text).map_err(|e| bad(e.to_string()))?;
    let mut pairs = Vec::new();
    let mut beyond = Vec::new();
    let mut last: Option<(String, Cloud)> = None;
    for row in &decks.rows {
        let deck = row.text("deck");
        if last.as_ref().is_none_or(|(name, _)| name != deck) {
            let cloud = deck_run(&json[deck]).map_err(|e| bad(format!("{deck}: {e}")))?;
            last = Some((deck.to_owned(), cloud));
        }
        let Some((_, cloud)) = &last else { continue };
        let x = row.number("x_m")?;
        let t_av = json[deck]["tav"].as_f64().unwrap_or(0.0);
        let observed = row.number("c_max_vol_frac")?;
        let predicted = cloud.maximum(x, t_av);
        if log(predicted / observed).abs() > log(1.0 + row.number("tol_rel")?) {
            beyond.push(format!("{deck} {x} m: {predicted:.4} against {observed:.4}"));
        }
        pairs.push(Pair { what: format!("{deck} {x} m"), observed, predicted });
    }
    Ok((pairs, beyond))
}

fn deck_run(d: &serde_json::Value) -> Result<Cloud, Refusal> {
    let n = |name: &'static str| d[name].as_f64().ok_or(Refusal::OutOfDomain { input: name, value: f64::NAN, wanted: "in the deck" });
    let source = match n("idspl")? as i64 {
        1 => Source::Pool { q: n("qs")?, area: n("As")?, duration: n("tsd")? },
        2 => Source::HorizontalJet { q: n("qs")?, area: n("As")?, height: n("hs")?, duration: n("tsd")? },
        _ => Source::Instantaneous { mass: n("qtis")?, area: n("As")? },
    };
    let release = Release {
        source,
        m_s: n("wms")?,
        cp_s: n("cps")?,
        cp_l: n("cpsl")?,
        dh: n("dhe")?,
        t_b: n("tbp")?,
        rho_l: n("rhosl")?,
        b_sat: d["spb"].as_f64(),
        t_s: n("ts")?,
        liquid: d["cmed0"].as_f64().unwrap_or(0.0),
    };
    let weather =
        Weather { u: n("ua")?, z_m: n("za")?, z0: n("z0")?, inverse_length: n("invL")?, t_a: n("ta")?, p: crate::P0, sigma_theta: None };
    slab::run(&release, &weather, Closure::Slab, 3000.0)
}
