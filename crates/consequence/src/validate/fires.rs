//! Radiometers round jet fires, and emissive powers of pool fires.

use libm::sqrt;

use super::table::Table;
use super::{BadCases, Pair};
use crate::fire::{jet, pool};

/// Fluxes, kW/m², round natural-gas jets.
pub fn radiometers(rows: &Table) -> Result<Vec<Pair>, BadCases> {
    let mut pairs = Vec::new();
    for row in &rows.rows {
        let fire = jet::jet_fire(&jet::JetFireInput {
            mass_rate_kg_s: row.number("m_kg_s")?,
            p_0: row.number("p_stag_Pa")?,
            t_0: row.number("T_stag_K")?,
            mw: 0.01604,
            gamma: 1.304,
            h_c: 50.0e6,
            fuel: jet::JetFuel::MethaneRich,
            stoichiometric_fraction: jet::alkane_stoichiometric_fraction(0.01604),
            direction: jet::JetDirection::Horizontal,
            wind_m_s: row.number("u_wind_m_s")?,
            t_a: row.number("T_air_K")?,
            p_a: crate::P0,
            rh: row.number("RH")?,
        })
        .map_err(|e| row.bad(e))?;
        let at = [row.number("x_m_along_release")?, row.number("y_m_crosswise")?, row.number("z_m_rel_to_nozzle")?];
        let observed = row.number("flux_kW_m2_max_orientation")?;
        let away = sqrt(at.iter().map(|x| x * x).sum());
        let group = if away > fire.length_m { "beyond one flame length" } else { "within one flame length" };
        let (trial, what) = (row.text("test").to_owned(), format!("{} {at:?}", row.text("test")));
        pairs.push(Pair { unit: "kW/m2", trial, group: group.to_owned(), ..Pair::new(what, observed, fire.flux_kw_m2(at)) });
    }
    Ok(pairs)
}

/// Surface emissive power, kW/m², against the middle of the published band; and the fires more than a quarter outside theirs.
pub fn emissive_power(rows: &Table) -> Result<(Vec<Pair>, Vec<String>), BadCases> {
    let mut pairs = Vec::new();
    let mut beyond = Vec::new();
    for row in &rows.rows {
        let (kind, h_c) =
            if row.text("fuel").starts_with("LNG") { (pool::FlameKind::Lng, 50.0e6) } else { (pool::FlameKind::Sooty, 43.5e6) };
        let fire = pool::pool_fire(&pool::PoolFireInput {
            diameter_m: row.number("diameter_m")?,
            mass_flux: row.number("burn_rate_kg_m2_s")?,
            h_c,
            kind,
            wind_m_s: row.maybe("u_wind_m_s")?.unwrap_or(0.0),
            t_a: 288.15,
            rh: 0.6,
            rho_a: 1.2,
        })
        .map_err(|e| row.bad(e))?;
        let (low, high) = (row.number("sep_low_kW_m2")?, row.number("sep_high_kW_m2")?);
        let (what, predicted) = (row.text("test").to_owned(), fire.emissive_power_kw_m2);
        if !(0.75 * low..=1.25 * high).contains(&predicted) {
            beyond.push(format!("{what}: {predicted:.0} kW/m2, band {low}–{high} ± 25 %"));
        }
        pairs.push(Pair { unit: "kW/m2", trial: what.clone(), ..Pair::new(what, 0.5 * (low + high), predicted) });
    }
    Ok((pairs, beyond))
}
