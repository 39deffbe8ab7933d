//! EPA's look-up distances: agreement with another's model, not a physical truth.

use super::table::{Row, Table};
use super::{BadCases, Pair};
use crate::dispersion::plume::Plume;
use crate::dispersion::sigma::SigmaSet;
use crate::dispersion::slab::{self, Closure, Cloud, Release, Source, Weather};
use crate::meteorology::{Stability, length};
use crate::{MgPerM3, Refusal};

const MILE: f64 = 1609.344;
const LB_PER_MIN: f64 = 0.453_592_37 / 60.0;
/// Height at which people breathe, m.
const BREATH: f64 = 1.5;

/// The tables' least distance, m: what is nearer is printed as this.
const LEAST: f64 = 0.1 * MILE;

/// Distances, m, all of the tables; above 10 miles they are EPA's own extrapolations.
pub fn distances(rows: &Table) -> Result<Vec<Pair>, BadCases> {
    let mut pairs = Vec::new();
    let mut clouds: Vec<(String, Cloud)> = Vec::new();
    for row in &rows.rows {
        let observed = row.number("distance_mi")? * MILE;
        let stability = Stability::of(row.text("stability")).ok_or_else(|| row.bad("stability is no class"))?;
        let u = row.number("u_m_s")?;
        let predicted = match row.text("table") {
            "1" => neutral(row, u, stability)?,
            _ => dense(row, u, stability, &mut clouds)?,
        };
        let group = match observed {
            d if d < 1_000.0 => "below 1 km",
            d if d < 5_000.0 => "1 to 5 km",
            d if d < 16_000.0 => "5 to 16 km",
            _ => "beyond 16 km",
        };
        let what = format!("table {} {} m", row.text("table"), observed);
        let trial = format!("{} {} {}", row.text("table"), row.text("terrain"), row.text("lookup"));
        pairs.push(Pair { unit: "m", trial, group: group.to_owned(), ..Pair::new(what, observed, predicted.max(LEAST)) });
    }
    Ok(pairs)
}

/// Table 1: rate over endpoint in (lb/min)/(mg/L); one distance whatever the substance.
fn neutral(row: &Row, u: f64, stability: Stability) -> Result<f64, BadCases> {
    // c = endpoint for a rate of `lookup` lb/min per mg/L: take 1 mg/L = 1e-3 kg/m³.
    let q = row.number("lookup")? * LB_PER_MIN;
    let plume = Plume { q, u, h: 0.0, stability, sigmas: SigmaSet::Isc3Rural, h_mix: None, averaging_s: 600.0 };
    Ok(plume.reach(1e-3, 0.0, Some(60.0 * row.number("duration_min")?)).unwrap_or(0.0))
}

/// Table 5: a dense gas of chlorine's kind; table 9: liquefied ammonia at 200 ppm, 0.14 mg/L.
fn dense(row: &Row, u: f64, stability: Stability, clouds: &mut Vec<(String, Cloud)>) -> Result<f64, BadCases> {
    let ammonia = row.text("table") == "9";
    let rate = row.number("lookup")?;
    let urban = row.text("terrain") == "urban";
    let key = format!("{} {} {}", row.text("table"), rate, row.text("terrain"));
    if !clouds.iter().any(|(k, _)| *k == key) {
        let duration = 60.0 * row.number("duration_min")?;
        let cloud = run(rate * LB_PER_MIN, duration, ammonia, urban, u, stability).map_err(|e| row.bad(e))?;
        clouds.push((key.clone(), cloud));
    }
    let Some((_, cloud)) = clouds.iter().find(|(k, _)| *k == key) else { return Ok(0.0) };
    let endpoint_mg_l = row.maybe("endpoint_mg_L")?.unwrap_or(0.14);
    let c = MgPerM3(endpoint_mg_l * 1e3).ppm(crate::KgPerMol(cloud.m_s), crate::Kelvin(298.0), crate::Pascal(crate::P0)).fraction().0;
    Ok(cloud.reach(c, BREATH, 600.0).unwrap_or(0.0))
}

fn run(q: f64, duration: f64, ammonia: bool, urban: bool, u: f64, stability: Stability) -> Result<Cloud, Refusal> {
    let z0 = if urban { 1.0 } else { 0.03 };
    let weather = Weather {
        u,
        z_m: 10.0,
        z0,
        inverse_length: length::inverse_length_slab(stability, z0),
        t_a: 298.0,
        p: crate::P0,
        humidity: 0.0,
        sigma_theta: None,
    };
    let s = crate::properties::substance(if ammonia { "7664-41-7" } else { "7782-50-5" })?;
    let t_b = s.t_boil_K;
    let flash = if ammonia { crate::discharge::flash::energy(s.cp_liquid()?, 298.0, t_b, s.hvap_Tb_J_kg)? } else { 1.0 };
    // The source of the tables is at rest: an area whose vapour leaves at 0.01 m/s, at least a metre wide.
    let rho = crate::P0 * s.molar_mass().0 / (crate::R * t_b);
    let area = (q / (rho * 0.01)).max(1.0);
    let release = Release {
        source: Source::Pool { q, area, duration },
        m_s: s.molar_mass().0,
        cp_s: s.cp_gas_J_kgK,
        cp_l: s.cp_liquid()?,
        dh: s.hvap_Tb_J_kg,
        t_b,
        rho_l: s.rho_liq_ref_kg_m3,
        b_sat: None,
        t_s: t_b,
        liquid: 1.0 - flash,
    };
    slab::run(&release, &weather, Closure::Improved, 60_000.0)
}
