//! Prairie Grass: a point source over grass, arcs at 50 to 800 m.

use super::table::Table;
use super::{BadCases, Pair};
use crate::dispersion::similarity::{PlumeAt, SimilarityPlume};

/// Arc maxima, mg/m³, by the similarity plume from each run's own u*, L and σ_θ.
pub fn prairie_grass(runs: &Table, arcs: &Table) -> Result<Vec<Pair>, BadCases> {
    let mut pairs = Vec::new();
    for run in &runs.rows {
        let plume = SimilarityPlume {
            q: run.number("q_g_s")? * 1e-3,
            h: run.number("release_height_m")?,
            u_star: run.number("u_star_m_s")?,
            inverse_length: 1.0 / run.number("L_m")?,
            z0: run.number("z0_m")?,
            sigma_theta: run.number("sigma_theta_deg")?.to_radians(),
            h_mix: run.maybe("h_mix_m")?,
        };
        plume.checked().map_err(|e| run.bad(e))?;
        for arc in arcs.rows.iter().filter(|arc| arc.text("trial") == run.text("trial")) {
            let observed = arc.number("c_max_mg_m3")?;
            if observed <= 0.0 {
                continue;
            }
            let mut at = [PlumeAt { z_mean: 0.0, u_p: 0.0, sigma_y: 0.0, s: 0.0 }];
            plume.along(&[arc.number("x_m")?], &mut at);
            let predicted = plume.maximum(&at[0], run.number("receptor_height_m")?) * 1e6;
            let what = format!("{} {} {} m", run.text("trial"), run.text("stability_from_L"), arc.text("x_m"));
            let group = format!("class {}", run.text("stability_from_L"));
            pairs.push(Pair { unit: "mg/m3", trial: run.text("trial").to_owned(), group, ..Pair::new(what, observed, predicted) });
        }
    }
    Ok(pairs)
}
