//! The published explosion cases: every analytic row of module `explosion`.

mod cases;

use anlan_consequence::explosion::{bst, epa_distance_1psi, multi_energy, tnt};

#[test]
fn analytic_cases() {
    cases::run("explosion", |case| {
        let n = |name| case.number(name);
        Some(match (case.model.as_str(), case.id.as_str()) {
            ("tnt_crowl_fit", _) => vec![tnt::crowl_louvar(n("W_kg"), n("r_m")).unwrap() / 1000.0],
            ("kingery_bulmash", "EXP-003") => vec![tnt::kingery_bulmash(n("W_kg"), n("r_m")).unwrap().impulse_pa_s],
            ("kingery_bulmash", _) => vec![tnt::kingery_bulmash(n("W_kg"), n("r_m")).unwrap().pressure_pa / 1000.0],
            ("tno_multi_energy_energy_and_scaled_distance", _) => {
                let e = multi_energy::energy(n("volume_m3"));
                vec![e, multi_energy::scaled_distance(n("r_m"), e, n("p0"))]
            }
            ("tno_multi_energy_class7", _) => {
                let e = multi_energy::energy(n("volume_m3"));
                vec![multi_energy::blast(e, n("cls") as u8, n("r_m"), n("p0"), 288.15).unwrap().pressure_pa / 1000.0]
            }
            ("bst", "EXP-012") => {
                vec![bst::scaled_distance(n("r_m"), multi_energy::energy(n("volume_m3")), n("p0"), n("ground_factor"))]
            }
            ("bst", _) => {
                let e = multi_energy::energy(n("volume_m3"));
                vec![bst::blast(e, n("Mf"), n("r_m"), n("p0"), 288.15).unwrap().pressure_pa / 1000.0]
            }
            ("epa_oca_vce_1psi", _) => {
                vec![epa_distance_1psi(n("quantity_lb") * 0.45359237, n("Hc"), n("yield_"), n("H_tnt")).unwrap()]
            }
            _ => return None,
        })
    });
}
