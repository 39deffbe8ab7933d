//! One row, one call: every analytic case against its model.

use serde_json::Value;

use super::metrics::score;
use super::table::{Row, Table};
use super::{Analytic, BadCases};
use crate::discharge::{flash, gas, liquid, round, tank, two_phase};
use crate::dispersion::britter_mcquaid::{DensePlume, DensePuff, plume_betas, puff_betas};
use crate::dispersion::plume::Plume;
use crate::dispersion::puff::Puff;
use crate::dispersion::rise;
use crate::dispersion::sigma::{SigmaSet, averaging_factor};
use crate::evaporation::{boiling, mass_transfer};
use crate::explosion::{bst, epa_distance_1psi, multi_energy, tnt};
use crate::fire::{fireball, jet, pool, view_factor};
use crate::meteorology::{Stability, length, profile, sun};
use crate::mixing::Mixing;
use crate::properties::substance;
use crate::qra::footprint::Footprint;
use crate::qra::individual::contributions;
use crate::qra::rose::Rose;
use crate::qra::{Case, criteria, societal};
use crate::{Kelvin, KgPerM3, KgPerMol, Metres, P0, Pascal, R, Refusal, Seconds, SquareMetres, Validity, domino, vulnerability};

const LB: f64 = 0.453_592_37;

/// Runs every row whose model is known; an unknown model is a failure, so that no case is skipped in silence.
pub fn run(rows: &Table) -> Result<Analytic, BadCases> {
    let mut result = Analytic::default();
    for row in &rows.rows {
        let id = row.text("case_id");
        let inputs: Value = serde_json::from_str(row.text("inputs_json")).map_err(|e| row.bad(format!("inputs_json: {e}")))?;
        let wrong = match answer(row, &Inputs { json: &inputs }) {
            Ok(Some(values)) => disagreement(row, &values)?,
            Ok(None) => Some(format!("no model called `{}`", row.text("model"))),
            Err(refusal) => Some(refusal.to_string()),
        };
        match wrong {
            None => result.passed += 1,
            Some(why) => {
                result.failed += 1;
                result.failures.push(format!("{id}: {why}"));
            }
        }
    }
    Ok(result)
}

/// A model's answer: figures, or a word.
enum Answer {
    Figures(Vec<f64>),
    Words(Vec<&'static str>),
}

fn disagreement(row: &Row, answer: &Answer) -> Result<Option<String>, BadCases> {
    let expected: Vec<&str> = row.text("expected").split(';').collect();
    match answer {
        Answer::Words(words) => Ok((words[..] != expected[..]).then(|| format!("{words:?}, expected {expected:?}"))),
        Answer::Figures(values) => {
            if values.len() != expected.len() {
                return Ok(Some(format!("{} values, expected {}", values.len(), expected.len())));
            }
            let (rel, abs) = (row.maybe("tol_rel")?.unwrap_or(0.0), row.maybe("tol_abs")?.unwrap_or(0.0));
            for (value, wanted) in values.iter().zip(&expected) {
                let wanted: f64 = wanted.parse().map_err(|_| row.bad(format!("expected `{wanted}` is no figure")))?;
                if value.is_nan() || (value - wanted).abs() > f64::max(rel * wanted.abs(), abs) {
                    return Ok(Some(format!("{value:.6}, expected {wanted}")));
                }
            }
            Ok(None)
        }
    }
}

struct Inputs<'a> {
    json: &'a Value,
}

impl Inputs<'_> {
    fn n(&self, name: &'static str) -> Result<f64, Refusal> {
        self.json[name].as_f64().ok_or(Refusal::OutOfDomain { input: name, value: f64::NAN, wanted: "given in the case" })
    }

    fn text(&self, name: &str) -> &str {
        self.json[name].as_str().unwrap_or_default()
    }

    fn class(&self) -> Result<Stability, Refusal> {
        Stability::of(self.text("stability")).ok_or(Refusal::OutOfDomain { input: "stability", value: f64::NAN, wanted: "a class A–F" })
    }
}

fn answer(row: &Row, i: &Inputs) -> Result<Option<Answer>, Refusal> {
    let model = row.text("model");
    let figures = match row.text("module") {
        "discharge" => discharge(model, i)?,
        "evaporation" => evaporation(model, i)?,
        "met" => met(model, i)?,
        "dispersion_passive" => passive(model, i)?,
        "dispersion_dense" => dense(model, row.text("case_id"), i)?,
        "properties" => mixing(i)?,
        "fire" => fire(model, i)?,
        "explosion" => explosion(model, row.text("quantity"), i)?,
        "vulnerability" => harm(model, i)?,
        "domino" => {
            let vessel = if model == "ttf_atmospheric" { domino::Vessel::Atmospheric } else { domino::Vessel::Pressurised };
            let failure = domino::failure_by_heat(vessel, i.n("q_kW_m2")?, i.n("V_m3")?, 0.0)?;
            vec![failure.time_s, failure.probability]
        }
        "metrics" => {
            let list = |name: &str| i.json[name].as_array().into_iter().flatten().filter_map(Value::as_f64).collect::<Vec<_>>();
            let s = score(list("obs").into_iter().zip(list("pred")));
            vec![s.fac2, s.mg, s.vg, s.fb, s.nmse]
        }
        "qra" => return risk(model, i),
        _ => return Ok(None),
    };
    Ok((!figures.is_empty()).then_some(Answer::Figures(figures)))
}

fn discharge(model: &str, i: &Inputs) -> Result<Vec<f64>, Refusal> {
    Ok(match model {
        "liquid_orifice" => {
            let (p, p_a) = match i.json["dp_Pa"].as_f64() {
                Some(dp) => (dp, 0.0),
                None => (i.n("p_up_Pa")?, i.n("p_atm_Pa")?),
            };
            let a = SquareMetres(round(i.n("d_hole_m")?));
            vec![liquid::orifice(i.n("cd")?, a, KgPerM3(i.n("rho")?), Pascal(p), Pascal(p_a), Metres(i.n("head_m")?))?.0]
        }
        "tank_drain_time_constant_pad" => {
            let (a, a_t) = (SquareMetres(round(i.n("d_hole_m")?)), SquareMetres(round(i.n("d_tank_m")?)));
            vec![tank::emptying_time(i.n("cd")?, a, a_t, Metres(i.n("h0_m")?), Pascal(i.n("pad_gauge_Pa")?), KgPerM3(i.n("rho")?))?.0]
        }
        "gas_orifice" | "gas_orifice_exit" => {
            let (p0, t0) = (i.n("p_up_Pa")?, i.n("T_K")?);
            // A stated density stands for the molar mass of an ideal gas.
            let m = match i.json["rho_up"].as_f64() {
                Some(rho) => rho * R * t0 / p0,
                None => i.n("mw")?,
            };
            let jet = gas::orifice(
                &gas::GasHole {
                    c_d: i.n("cd")?,
                    a: SquareMetres(round(i.n("d_hole_m")?)),
                    p0: Pascal(p0),
                    t0: Kelvin(t0),
                    m: KgPerMol(m),
                    gamma: i.n("gamma")?,
                    z: 1.0,
                    p_a: Pascal(i.n("p_atm_Pa")?),
                },
                None,
            )?;
            vec![if model == "gas_orifice" { jet.rate } else { jet.t_t }]
        }
        "flash_fraction_linear" => {
            let or = |a: &'static str, b: &'static str| i.n(a).or_else(|_| i.n(b));
            vec![flash::linear(or("cp", "cp_liq_at_T")?, or("T", "T_K")?, or("Tb", "Tb_K")?, or("hvap", "hvap_at_T")?)?]
        }
        "omega_choked_pressure_ratio" => vec![two_phase::omega_critical_ratio(i.n("omega")?)?],
        "omega_hem_saturated_liquid" => {
            let s = two_phase::Saturated {
                t0: i.n("T_K")?,
                p0: i.n("p0_Pa")?,
                cp_l: i.n("cp_liq")?,
                rho_l: i.n("rho_liq")?,
                rho_v: i.n("rho_vap")?,
                dh: i.n("hvap")?,
                x0: i.n("x0")?,
            };
            vec![two_phase::omega_saturated(&s, i.n("p_b_Pa")?)?.0 * i.n("cd")?]
        }
        "fauske_erm_saturated" => vec![two_phase::fauske(i.n("hvap")?, i.n("vfg")?, i.n("T_K")?, i.n("cp_liq")?)?.0],
        _ => vec![],
    })
}

fn evaporation(model: &str, i: &Inputs) -> Result<Vec<f64>, Refusal> {
    Ok(match model {
        "epa_pool" => {
            let m_g = i.n("mw_g")?;
            let k_m = mass_transfer::k_m_epa(i.n("u_m_s")?, m_g);
            vec![mass_transfer::rate(k_m, SquareMetres(i.n("area_m2")?), m_g * 1e-3, i.n("p_vap_Pa")?, i.n("T_K")?)?.0]
        }
        "mackay_matsugu" => {
            let d = i.n("diameter_m")?;
            let k_m = mass_transfer::k_m_mackay_matsugu(i.n("u10_m_s")?, Metres(d), i.n("schmidt")?);
            vec![mass_transfer::rate(k_m, SquareMetres(round(d)), i.n("mw_g")? * 1e-3, i.n("p_vap_Pa")?, i.n("T_K")?)?.0]
        }
        "vapour_pressure" => vec![substance(i.text("cas"))?.vapour_pressure(Kelvin(i.n("T_K")?), &mut Validity::new())?.0],
        "epa_oca_liquid_factor" => {
            vec![mass_transfer::epa_shorthand_lb_min(i.n("quantity_lb")?, i.n("factor")?, i.n("LFA")?, i.n("DF")?)]
        }
        "ground_conduction_boiling" => vec![
            boiling::ground_conduction(
                (i.n("k")?, i.n("alpha")?),
                i.n("T_ground_K")?,
                i.n("T_boil_K")?,
                Seconds(i.n("t_s")?),
                i.n("hvap")?,
                SquareMetres(i.n("area_m2")?),
            )?
            .0,
        ],
        _ => vec![],
    })
}

fn met(model: &str, i: &Inputs) -> Result<Vec<f64>, Refusal> {
    let set = match model {
        "briggs_rural" => SigmaSet::BriggsRural,
        "briggs_urban" => SigmaSet::BriggsUrban { compat_aqt3046: false },
        "isc3_rural" => SigmaSet::Isc3Rural,
        "tno_plume" => SigmaSet::Tno { z0: 0.1 },
        "ccps_puff" => SigmaSet::CcpsPuff,
        "solar_elevation_gbt3840" => {
            return Ok(vec![sun::elevation_deg(i.n("day_of_year_zero_based")?, i.n("beijing_time_h")?, i.n("lat")?, i.n("lon")?)]);
        }
        "tno_mo_wind_profile" => {
            let (z0, z_ref) = (i.n("z0")?, i.n("z_ref")?);
            let inverse = length::inverse_length_tno(i.class()?, z0, &mut Validity::new());
            return Ok(vec![i.n("u_ref")? * profile::shape(15.0, z0, inverse) / profile::shape(z_ref, z0, inverse)]);
        }
        _ => return Ok(vec![]),
    };
    Ok(set.at(i.n("x_m")?, i.class()?).map_or(vec![], |s| vec![s.y, s.z]))
}

fn passive(model: &str, i: &Inputs) -> Result<Vec<f64>, Refusal> {
    let sigmas = match model {
        "gaussian_plume_briggs_urban" => SigmaSet::BriggsUrban { compat_aqt3046: false },
        "gaussian_plume_tno" | "finite_duration_palazzi_tno" => SigmaSet::Tno { z0: 0.1 },
        "gaussian_plume_isc3" => SigmaSet::Isc3Rural,
        _ => SigmaSet::BriggsRural,
    };
    Ok(match model {
        "gaussian_puff_ccps" => {
            let puff =
                Puff { m: i.n("M_kg")?, u: i.n("u_m_s")?, h: i.n("h")?, stability: i.class()?, sigmas: SigmaSet::CcpsPuff, h_mix: None };
            vec![puff.concentration(i.n("x")?, i.n("y")?, i.n("z")?, i.n("t")?)]
        }
        "sigma_y_averaging_time" => vec![averaging_factor(i.n("t_avg_s")?, i.n("t_ref_s")?)],
        "briggs_buoyant_rise_neutral" => vec![rise::final_neutral(i.n("Fb_m4_s3")?, i.n("u_m_s")?)],
        "briggs_buoyant_rise_stable" => vec![rise::final_stable(i.n("Fb_m4_s3")?, i.n("u_m_s")?, i.n("T_a")?, i.n("dthdz")?)],
        _ => {
            // A case in grams answers in grams.
            let q = i.n("Q_kg_s").or_else(|_| i.n("Q_g_s"))?;
            let plume = Plume {
                q,
                u: i.n("u_m_s")?,
                h: i.n("h")?,
                stability: i.class()?,
                sigmas,
                h_mix: i.json["h_mix"].as_f64(),
                averaging_s: 600.0,
            };
            let (x, y, z) = (i.n("x")?, i.n("y")?, i.n("z")?);
            match model {
                "finite_duration_palazzi_tno" => vec![plume.concentration_at(x, y, z, i.n("t")?, i.n("duration_s")?)],
                m if m.starts_with("gaussian_plume") => vec![plume.concentration(x, y, z)],
                _ => vec![],
            }
        }
    })
}

fn dense(model: &str, id: &str, i: &Inputs) -> Result<Vec<f64>, Refusal> {
    if let Ok(alpha) = i.n("alpha") {
        return Ok(if model == "britter_mcquaid_plume" { plume_betas(alpha).collect() } else { puff_betas(alpha).collect() });
    }
    let t_a = i.n("T_a")?;
    let rho_a = i.n("rho_a").unwrap_or(P0 * crate::M_AIR / (R * t_a));
    if model == "britter_mcquaid_plume" {
        let plume = DensePlume { v0: i.n("q0_m3_s")?, rho0: i.n("rho0")?, t0: i.n("T0")?, u10: i.n("u10")?, rho_a, t_a };
        plume.checked()?;
        return Ok(if id == "BMQ-003" { plume.reach(0.05).into_iter().collect() } else { vec![plume.ratio(i.n("x")?)] });
    }
    let puff = DensePuff { v0: i.n("V0_m3")?, rho0: i.n("rho0")?, u10: i.n("u10_at_z")?, rho_a };
    Ok(vec![puff.ratio(i.n("x")?) * i.n("c0")?])
}

fn mixing(i: &Inputs) -> Result<Vec<f64>, Refusal> {
    let (cp, dh, m_s) = (i.n("cp_vap")?, i.n("hvap_const")?, i.n("mw")?);
    let mixing = Mixing {
        m_s,
        m_a: i.n("mw_air")?,
        q_a: 0.0,
        cp_s: cp,
        cp_l: cp,
        cp_a: i.n("cp_air")?,
        dh,
        t_b: i.n("T_source_K")?,
        b: dh * m_s / R,
        rho_l: f64::INFINITY,
        p: i.n("p_Pa")?,
    };
    let s = mixing.with_air(i.n("mass_fraction")?, i.n("liquid_fraction_source")?, i.n("T_source_K")?, i.n("T_air_K")?)?;
    Ok(vec![s.t, s.liquid, s.rho, s.y])
}

fn fire(model: &str, i: &Inputs) -> Result<Vec<f64>, Refusal> {
    let size = |s: fireball::FireballSize| vec![s.diameter_m, s.duration_s];
    Ok(match model {
        "aqt3046_jet_length" => vec![jet::aqt3046_length(i.n("hc_J_kg")?, i.n("m_kg_s")?)],
        "aqt3046_jet_point_source" => vec![jet::aqt3046_flux(i.n("rad_frac")?, i.n("hc_J_kg")?, i.n("m_kg_s")?, i.n("r_m")?)],
        "thomas_flame_length_calm" => vec![pool::thomas_length_calm(i.n("D_m")?, i.n("mdot")?, i.n("rho_a")?)],
        "thomas_flame_length_wind" => vec![pool::thomas_length_wind(i.n("D_m")?, i.n("mdot")?, i.n("rho_a")?, i.n("u_m_s")?)],
        "view_factor_vertical_cylinder" => view_factor::upright_cylinder(i.n("x_axis_to_target_m")?, i.n("H_m")?, i.n("R_m")?)
            .map_or(vec![], |f| vec![f.vertical, f.horizontal, f.maximum]),
        "fireball_ccps" => size(fireball::size_ccps(i.n("M_kg")?)),
        "fireball_tno" => size(fireball::size_tno(i.n("M_kg")?)),
        "fireball_flux" => {
            let input = fireball::FireballInput {
                mass_kg: i.n("M_kg")?,
                h_c: i.n("hc")?,
                radiated_share: i.n("rad_frac")?,
                t_a: i.n("T_K")?,
                rh: i.n("RH")?,
            };
            let (ball, x) = (fireball::fireball(&input)?, i.n("x_m")?);
            vec![ball.emissive_power_kw_m2, ball.view_factor(x), ball.transmissivity(x), ball.flux_kw_m2(x)]
        }
        "epa_oca_bleve" => vec![fireball::epa_distance(i.n("quantity_lb")? * LB, i.n("Hc")?, i.n("R")?, i.n("tau")?)],
        _ => vec![],
    })
}

fn explosion(model: &str, quantity: &str, i: &Inputs) -> Result<Vec<f64>, Refusal> {
    let energy = || i.n("volume_m3").map(multi_energy::energy);
    const T_A: f64 = 288.15;
    Ok(match (model, quantity) {
        ("tnt_crowl_fit", _) => vec![tnt::crowl_louvar(i.n("W_kg")?, i.n("r_m")?)? / 1000.0],
        ("kingery_bulmash", "i_so") => vec![tnt::kingery_bulmash(i.n("W_kg")?, i.n("r_m")?)?.impulse_pa_s],
        ("kingery_bulmash", _) => vec![tnt::kingery_bulmash(i.n("W_kg")?, i.n("r_m")?)?.pressure_pa / 1000.0],
        ("tno_multi_energy_energy_and_scaled_distance", _) => {
            vec![energy()?, multi_energy::scaled_distance(i.n("r_m")?, energy()?, i.n("p0")?)]
        }
        ("tno_multi_energy_class7", _) => {
            vec![multi_energy::blast(energy()?, i.n("cls")? as u8, i.n("r_m")?, i.n("p0")?, T_A)?.pressure_pa / 1000.0]
        }
        ("bst", "scaled_distance") => vec![bst::scaled_distance(i.n("r_m")?, energy()?, i.n("p0")?, i.n("ground_factor")?)],
        ("bst", _) => vec![bst::blast(energy()?, i.n("Mf")?, i.n("r_m")?, i.n("p0")?, T_A)?.pressure_pa / 1000.0],
        ("epa_oca_vce_1psi", _) => vec![epa_distance_1psi(i.n("quantity_lb")? * LB, i.n("Hc")?, i.n("yield_")?, i.n("H_tnt")?)?],
        _ => vec![],
    })
}

fn harm(model: &str, i: &Inputs) -> Result<Vec<f64>, Refusal> {
    let pr = match model {
        "toxic_probit_mgm3_min" => {
            let (a, b, n) = (i.n("a")?, i.n("b")?, i.n("n")?);
            a + b * libm::log(libm::pow(i.n("c_mg_m3")?, n) * i.n("t_min")?)
        }
        "thermal_probit_tsao_perry" => vulnerability::tsao_perry(i.n("q_kW_m2")?, i.n("t_s")?),
        "thermal_probit_eisenberg" => vulnerability::eisenberg_heat(i.n("q_kW_m2")?, i.n("t_s")?),
        "lung_haemorrhage_probit" => vulnerability::lung_haemorrhage(i.n("dp_Pa")?),
        _ => return Ok(vec![]),
    };
    Ok(vec![pr, vulnerability::probability(pr)])
}

fn risk(model: &str, i: &Inputs) -> Result<Option<Answer>, Refusal> {
    Ok(match model {
        "fn_curve" => {
            let number = |v: &Value, name: &str| v[name].as_f64().unwrap_or(f64::NAN);
            let events: Vec<societal::Event> = i.json["scenarios"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|s| societal::Event { frequency_per_year: number(s, "f"), deaths: number(s, "N") })
                .collect();
            Some(Answer::Figures([1.0, 10.0, 30.0, 100.0].iter().map(|n| societal::frequency_of(&events, *n)).collect()))
        }
        "gb36894_fn_zone" => {
            let points = i.json["points"].as_array().into_iter().flatten();
            let zone = |p: &Value| match criteria::societal_zone(p[0].as_f64().unwrap_or(0.0), p[1].as_f64().unwrap_or(0.0)) {
                criteria::Zone::Acceptable => "acceptable",
                criteria::Zone::Alarp => "ALARP",
                criteria::Zone::Intolerable => "intolerable",
            };
            Some(Answer::Words(points.map(zone).collect()))
        }
        "individual_risk_simple" => Some(Answer::Figures(vec![even_rose()?])),
        _ => None,
    })
}

/// The case's text: a cloud 30° wide to 400 m, 1e-5 a year, an even rose of twelve sectors, the target at 300 m in sector 3.
fn even_rose() -> Result<f64, Refusal> {
    let rose = Rose::from_sectors(&[1.0; 12])?;
    let inside = |x: f64, y: f64| x > 0.0 && libm::atan2(y, x).abs().to_degrees() < 15.0;
    let cloud = Footprint::new(400.0, |x, y| if inside(x, y) { 1.0 } else { 0.0 })?;
    let none = Footprint::none();
    let case = Case { frequency_per_year: 1e-5, source: [0.0, 0.0], rose: &rose, individual: &cloud, outdoors: &none, indoors: &none };
    Ok(contributions([300.0, 0.0], &[case]).iter().sum())
}
