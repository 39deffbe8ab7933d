//! Dense trials with the improved closures, and the manual's decks with SLAB's own.

use libm::{log, sqrt};

use super::table::{Row, Table};
use super::{BadCases, CaseFile, Figure, Pair};
use crate::discharge::expansion::{self, Outlet};
use crate::discharge::round;
use crate::dispersion::slab::{self, Closure, Cloud, Release, Source, Weather};
use crate::meteorology::{Stability, length};
use crate::properties::{Substance, substance, substances};
use crate::{Kelvin, Pascal, Refusal, Validity};

/// A trial's release and weather as the model needs them.
fn scenario(t: &Row) -> Result<(Release, Weather), BadCases> {
    let p = t.number("p_air_Pa")?;
    let z0 = t.number("z0_m")?;
    let stability = Stability::of(t.text("stability")).ok_or_else(|| t.bad("stability is no class"))?;
    let inverse_length = t.maybe("L_m")?.map_or_else(|| length::inverse_length_slab(stability, z0), |l| 1.0 / l);
    let weather = Weather {
        u: t.number("u_m_s")?,
        z_m: t.number("z_u_m")?,
        z0,
        inverse_length,
        t_a: t.number("T_air_K")?,
        p,
        humidity: 0.01 * t.maybe("rh_pct")?.unwrap_or(0.0),
        sigma_theta: None,
    };
    let how = t.text("release_type");
    let release = match substance_of(t.text("substance")) {
        _ if how.contains("instantaneous") => cylinder(t)?,
        Some(s) if how.contains("jet") => jet(t, s, p)?,
        Some(s) => pool(t, s, p)?,
        None => cylinder(t)?,
    };
    Ok((release, weather))
}

/// The table's substance a trial's words mean: LNG is taken as methane.
fn substance_of(text: &str) -> Option<&'static Substance> {
    let word = text.split([' ', '(', '/']).next().unwrap_or("");
    let cas = match word.to_ascii_uppercase().as_str() {
        "LNG" | "CH4" => "74-82-8",
        "NH3" => "7664-41-7",
        "HF" => "7664-39-3",
        "LPG" | "C3H8" => "74-98-6",
        "CL2" => "7782-50-5",
        "SO2" => "7446-09-5",
        "C2H4" => "74-85-1",
        _ => return substances().iter().find(|s| s.cas == word || s.name_en.eq_ignore_ascii_case(word)),
    };
    substance(cas).ok()
}

/// A boiling pool: its area in the trial, else `q/0.17 kg/m²/s` (specification 03 §1: LNG on water).
fn pool(t: &Row, s: &Substance, p: f64) -> Result<Release, BadCases> {
    let bad = |e: Refusal| t.bad(e);
    let q = t.number("rate_kg_s")?;
    let area = t.maybe("source_area_m2")?.unwrap_or(q / 0.17);
    let t_b = s.boiling_point(Pascal(p)).map_err(bad)?.0;
    Release::of(s, Source::Pool { q, area, duration: t.number("duration_s")? }, t_b, 0.0, p).map_err(bad)
}

/// A pressure-liquefied jet, expanded as every jet is: a saturated liquid leaves the nozzle near its vapour pressure.
fn jet(t: &Row, s: &Substance, p_a: f64) -> Result<Release, BadCases> {
    let bad = |e: Refusal| t.bad(e);
    let (q, t0) = (t.number("rate_kg_s")?, t.number("storage_T_K")?);
    let mut notes = Validity::new();
    let rho_l = s.liquid_density(Kelvin(t0), &mut notes).map_err(bad)?.0;
    let p_sat = s.vapour_pressure(Kelvin(t0), &mut notes).map_err(bad)?.0;
    let outlet = Outlet::nozzle(q, round(t.number("nozzle_d_m")?), rho_l, p_sat);
    let e = expansion::two_phase(&outlet, s, t0, p_a).map_err(bad)?;
    let (height, duration) = (t.number("release_height_m")?, t.number("duration_s")?);
    let source = Source::HorizontalJet { q, area: e.a_e, height, duration };
    Release::of(s, source, e.t_e, 1.0 - e.flash, p_a).map_err(bad)
}

/// Thorney Island: freon and nitrogen of the stated relative density, at air temperature, all at once or at a rate from the ground.
fn cylinder(t: &Row) -> Result<Release, BadCases> {
    let text = t.text("substance");
    let relative: f64 = text
        .rsplit_once("density ")
        .and_then(|(_, tail)| tail.trim_end_matches(')').parse().ok())
        .ok_or_else(|| t.bad(format!("`{text}` is no substance of the table and states no relative density")))?;
    let area = t.number("source_area_m2")?;
    let source = match t.maybe("rate_kg_s")?.filter(|q| *q > 0.0) {
        Some(q) => Source::Pool { q, area, duration: t.number("duration_s")? },
        None => Source::Instantaneous { mass: t.number("mass_kg")?, area },
    };
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

/// Arc maxima as volume fractions, distances to the flammable limit, and the ratio of classes.
pub fn trials(trials: &Table, observed: &Table) -> Result<(Vec<Pair>, Vec<Figure>), BadCases> {
    let mut pairs = Vec::new();
    let mut figures = Vec::new();
    for t in &trials.rows {
        let (release, weather) = scenario(t)?;
        let far = observed.rows.iter().filter_map(|o| o.maybe("x_m").ok()?).fold(5000.0, f64::max);
        let cloud = slab::run(&release, &weather, Closure::Improved, far).map_err(|e| t.bad(e))?;
        let pair = |what: String, unit, observed, predicted| Pair {
            unit,
            trial: t.text("trial").to_owned(),
            group: t.text("series").to_owned(),
            ..Pair::new(what, observed, predicted)
        };
        for o in observed.rows.iter().filter(|o| o.text("trial") == t.text("trial")) {
            let t_av = averaging(o.text("averaging"));
            let z = o.maybe("z_m")?.unwrap_or(0.0);
            match o.text("quantity") {
                "arc_max" => {
                    let scale = if o.text("unit") == "ppm" { 1e-6 } else { 1e-2 };
                    let x = o.number("x_m")?;
                    let predicted = cloud.concentration(x, 0.0, z, t_av);
                    pairs.push(pair(format!("{} {x} m", t.text("trial")), "volume fraction", o.number("value")? * scale, predicted));
                }
                "distance_to_5vol%" => {
                    let x = cloud.reach(0.05, z, t_av).unwrap_or(0.0);
                    pairs.push(pair(format!("{} distance to 5 %", t.text("trial")), "m", o.number("value")?, x));
                    if t.text("trial") == "BU8" {
                        let (low, high) = distances(t.text("trial"), observed)?;
                        let (must, target) = ((0.5 * low, 2.0 * high), (low, high));
                        figures.push(Figure { figure: "Burro 8 distance to LFL, m", value: x, must, target });
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

/// Least and largest of the distances to 5 % that were published for a trial: data sets differ.
fn distances(trial: &str, observed: &Table) -> Result<(f64, f64), BadCases> {
    let of = observed.rows.iter().filter(|o| o.text("trial") == trial && o.text("quantity").starts_with("distance_to_5vol%"));
    let mut band = (f64::INFINITY, f64::NEG_INFINITY);
    for o in of {
        let x = o.number("value")?;
        band = (band.0.min(x), band.1.max(x));
    }
    Ok(band)
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
        let tolerance = log(1.0 + row.number("tol_rel")?);
        let mut hold = |what: &str, predicted: f64, observed: f64| {
            if log(predicted / observed).abs().is_nan() || log(predicted / observed).abs() > tolerance {
                beyond.push(format!("{deck} {x} m {what}: {predicted:.4} against {observed:.4}"));
            }
        };
        hold("concentration", predicted, observed);
        let passage = cloud.passage(x);
        if let Some(observed) = row.maybe("t_of_max_s")? {
            hold("time of the peak, s", passage.map_or(f64::NAN, |p| p.peak_s), observed);
        }
        if let Some(observed) = row.maybe("cloud_duration_s")? {
            hold("duration, s", passage.map_or(f64::NAN, |p| p.duration_s), observed);
        }
        pairs.push(Pair { trial: deck.to_owned(), group: deck.to_owned(), ..Pair::new(format!("{deck} {x} m"), observed, predicted) });
    }
    Ok((pairs, beyond))
}

fn deck_run(d: &serde_json::Value) -> Result<Cloud, Refusal> {
    let n = |name: &'static str| d[name].as_f64().ok_or(Refusal::OutOfDomain { input: name, value: f64::NAN, wanted: "in the deck" });
    let source = match d["idspl"].as_i64() {
        Some(1) => Source::Pool { q: n("qs")?, area: n("As")?, duration: n("tsd")? },
        Some(2) => Source::HorizontalJet { q: n("qs")?, area: n("As")?, height: n("hs")?, duration: n("tsd")? },
        Some(3) => Source::VerticalJet { q: n("qs")?, area: n("As")?, height: n("hs")?, duration: n("tsd")? },
        Some(4) => Source::Instantaneous { mass: n("qtis")?, area: n("As")? },
        _ => return Err(Refusal::OutOfDomain { input: "idspl", value: n("idspl")?, wanted: "1 to 4" }),
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
    let weather = Weather {
        u: n("ua")?,
        z_m: n("za")?,
        z0: n("z0")?,
        inverse_length: n("invL")?,
        t_a: n("ta")?,
        p: crate::P0,
        humidity: 0.01 * d["rh"].as_f64().unwrap_or(0.0),
        sigma_theta: None,
    };
    slab::run(&release, &weather, Closure::Slab, 3000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deck_of_an_unknown_source_is_refused() {
        for idspl in [serde_json::json!(0), serde_json::json!(5), serde_json::json!(1.5), serde_json::json!("1")] {
            let deck = serde_json::json!({"idspl": idspl, "qs": 1.0, "qtis": 1.0, "As": 1.0, "tsd": 60.0, "hs": 0.0});
            assert!(matches!(deck_run(&deck), Err(Refusal::OutOfDomain { input: "idspl", .. })), "{idspl}");
        }
        let burst = serde_json::json!({"idspl": 4, "qtis": 1.0, "As": 1.0});
        assert!(matches!(deck_run(&burst), Err(Refusal::OutOfDomain { input: "wms", .. })));
    }
}
