//! Properties a user gives: in place of the table's, or of a substance the table does not have.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::Findings;
use super::describe::Description;
use super::release::ReleaseDescription;
use crate::fire::stoichiometry::Formula;
use crate::properties::{Burns, Substance, substance};
use crate::units::{P0, R};
use crate::validity::{positive, within};
use crate::{Note, Refusal};

/// Each may be left out; a substance the table does not have needs a name, molar mass, boiling point, heat of vaporisation, liquid
/// density and the gas's heat capacity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GivenProperties {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Atoms, such as `C2H6O`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub molar_mass_g_mol: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boiling_point_c: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub critical_temperature_c: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub critical_pressure_pa: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liquid_density_kg_m3: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heat_of_vaporisation_j_kg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liquid_heat_capacity_j_kg_k: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gas_heat_capacity_j_kg_k: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surface_tension_n_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heat_of_combustion_j_kg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lfl_pct: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ufl_pct: Option<f64>,
}

/// A charge the table does not have, or that has no name: nothing is asked of it but to neither poison nor burn, as nitrogen.
fn charge(d: &Description) -> Result<Substance, Refusal> {
    let named = d.substance_properties.as_ref().and_then(|given| given.name.clone());
    Ok(Substance {
        cas: d.substance.clone(),
        name_en: named.clone().unwrap_or_else(|| "explosive".to_owned()),
        name_zh: named.unwrap_or_else(|| "爆炸物".to_owned()),
        ..substance("7727-37-9")?.clone()
    })
}

/// The substance of a description, with what was given marked in the findings.
pub(super) fn substance_of(d: &Description, found: &mut Findings) -> Result<Cow<'static, Substance>, Refusal> {
    let tabled = substance(&d.substance);
    if let (ReleaseDescription::Explosive(_), Err(_)) = (&d.release, &tabled) {
        return charge(d).map(Cow::Owned);
    }
    let Some(given) = &d.substance_properties else { return tabled.map(Cow::Borrowed) };
    let known = tabled.is_ok();
    let mut s = match tabled {
        Ok(s) => s.clone(),
        Err(_) => unknown(&d.substance, given, found)?,
    };
    let mut marked: Vec<&str> = Vec::new();
    let set = |place: &mut f64, value: Option<f64>, input: &'static str, marked: &mut Vec<&str>| -> Result<(), Refusal> {
        if let Some(value) = value {
            *place = positive(input, value)?;
            marked.push(input.trim_start_matches("substance_properties."));
        }
        Ok(())
    };
    set(&mut s.mw, given.molar_mass_g_mol, "substance_properties.molar_mass_g_mol", &mut marked)?;
    set(&mut s.p_crit_Pa, given.critical_pressure_pa, "substance_properties.critical_pressure_pa", &mut marked)?;
    set(&mut s.hvap_Tb_J_kg, given.heat_of_vaporisation_j_kg, "substance_properties.heat_of_vaporisation_j_kg", &mut marked)?;
    set(&mut s.cp_gas_J_kgK, given.gas_heat_capacity_j_kg_k, "substance_properties.gas_heat_capacity_j_kg_k", &mut marked)?;
    set(&mut s.sigma_N_m, given.surface_tension_n_m, "substance_properties.surface_tension_n_m", &mut marked)?;
    if given.gas_heat_capacity_j_kg_k.is_some() || given.molar_mass_g_mol.is_some() {
        s.gamma_298 = s.cp_gas_J_kgK / (s.cp_gas_J_kgK - R / s.molar_mass().0);
        within(
            "substance_properties.gas_heat_capacity_j_kg_k",
            s.gamma_298,
            1.01,
            1.9,
            "so that γ = cp/(cp − R/M) lies between 1.01 and 1.9",
        )?;
    }
    if let Some(density) = given.liquid_density_kg_m3 {
        s.rho_liq_ref_kg_m3 = positive("substance_properties.liquid_density_kg_m3", density)?;
        (s.rhol_C1, s.rhol_C2, s.rhol_C3, s.rhol_C4) = (None, None, None, None);
        marked.push("liquid_density_kg_m3");
    }
    let mut option = |place: &mut Option<f64>, value: Option<f64>, input: &'static str| -> Result<(), Refusal> {
        if let Some(value) = value {
            *place = Some(positive(input, value)?);
            marked.push(input.trim_start_matches("substance_properties."));
        }
        Ok(())
    };
    option(&mut s.cp_liq_J_kgK, given.liquid_heat_capacity_j_kg_k, "substance_properties.liquid_heat_capacity_j_kg_k")?;
    option(&mut s.hcomb_LHV_J_kg, given.heat_of_combustion_j_kg, "substance_properties.heat_of_combustion_j_kg")?;
    option(&mut s.lfl_pct, given.lfl_pct, "substance_properties.lfl_pct")?;
    option(&mut s.ufl_pct, given.ufl_pct, "substance_properties.ufl_pct")?;
    if given.lfl_pct.is_some() {
        (s.lfl_other_pct, s.burns) = (None, Burns::Yes);
    }
    if let (Some(lfl), Some(ufl)) = (s.lfl_pct, s.ufl_pct)
        && (lfl >= ufl || ufl > 100.0)
    {
        return Err(Refusal::OutOfDomain {
            input: "substance_properties.ufl_pct",
            value: ufl,
            wanted: "above the lower limit, at most 100 %",
        });
    }
    if let Some(formula) = &given.formula {
        if Formula::of(formula).is_none() {
            return Err(Refusal::NoSolution { model: "stoichiometry", why: "the given formula cannot be read" });
        }
        s.formula.clone_from(formula);
        marked.push("formula");
    }
    if let Some(name) = &given.name {
        s.name_en.clone_from(name);
        if !known {
            s.name_zh.clone_from(name);
        }
    }
    if known && (given.boiling_point_c.is_some() || given.critical_temperature_c.is_some()) {
        return Err(Refusal::OutOfDomain {
            input: "substance_properties.boiling_point_c",
            value: given.boiling_point_c.or(given.critical_temperature_c).unwrap_or_default(),
            wanted: "left out for a substance of the table, whose vapour pressure goes with it",
        });
    }
    if !marked.is_empty() {
        found.assume(format!("given in the description, not from the table: {}", marked.join(", ")));
        found.note(Note::Assumed { model: "properties", what: "properties given by the user" });
    }
    Ok(Cow::Owned(s))
}

/// A substance the table does not have. Its vapour pressure is Clausius–Clapeyron through the boiling point.
fn unknown(cas: &str, given: &GivenProperties, found: &mut Findings) -> Result<Substance, Refusal> {
    let name = given.name.clone().unwrap_or_else(|| cas.to_owned());
    let need =
        |value: Option<f64>, property: &'static str| value.ok_or_else(|| Refusal::MissingProperty { substance: name.clone(), property });
    let mw = positive("substance_properties.molar_mass_g_mol", need(given.molar_mass_g_mol, "substance_properties.molar_mass_g_mol")?)?;
    let boiling = need(given.boiling_point_c, "substance_properties.boiling_point_c")?;
    let t_boil = within("substance_properties.boiling_point_c", boiling, -270.0, 600.0, "-270 to 600 °C")? + 273.15;
    let hvap = need(given.heat_of_vaporisation_j_kg, "substance_properties.heat_of_vaporisation_j_kg")?;
    let hvap = positive("substance_properties.heat_of_vaporisation_j_kg", hvap)?;
    let density = need(given.liquid_density_kg_m3, "substance_properties.liquid_density_kg_m3")?;
    let cp_gas = need(given.gas_heat_capacity_j_kg_k, "substance_properties.gas_heat_capacity_j_kg_k")?;
    let t_crit = match given.critical_temperature_c {
        Some(celsius) => {
            within("substance_properties.critical_temperature_c", celsius, boiling + 1.0, 2000.0, "above the boiling point")? + 273.15
        }
        None => {
            found.assume("critical temperature from the boiling point, T_b/0.67 (Guldberg's rule): none was given");
            t_boil / 0.67
        }
    };
    found.assume("vapour pressure by Clausius–Clapeyron through the given boiling point");
    let b = hvap * mw * 1e-3 / R;
    Ok(Substance {
        cas: cas.to_owned(),
        name_en: name.clone(),
        name_zh: name,
        mw,
        t_boil_K: t_boil,
        t_melt_K: 0.4 * t_boil,
        t_crit_K: t_crit,
        p_crit_Pa: given.critical_pressure_pa.unwrap_or(4.0e6),
        omega: 0.2,
        psat_form: "Antoine".to_owned(),
        psat_C1: libm::log(P0) + b / t_boil,
        psat_C2: b,
        psat_C3: 0.0,
        psat_C4: None,
        psat_C5: None,
        psat_Tmin_K: 0.6 * t_boil,
        psat_Tmax_K: 0.9 * t_crit,
        rho_liq_ref_kg_m3: density,
        rho_liq_T_K: t_boil,
        rhol_C1: None,
        rhol_C2: None,
        rhol_C3: None,
        rhol_C4: None,
        hvap_Tb_J_kg: hvap,
        cp_liq_J_kgK: given.liquid_heat_capacity_j_kg_k,
        cp_gas_J_kgK: cp_gas,
        gamma_298: 1.3,
        sigma_N_m: 0.02,
        mu_liq_Pa_s: None,
        hcomb_LHV_J_kg: None,
        lfl_pct: None,
        ufl_pct: None,
        t_flash_K: None,
        t_auto_K: None,
        aegl1_60_ppm: None,
        aegl2_60_ppm: None,
        aegl3_60_ppm: None,
        erpg1_ppm: None,
        erpg2_ppm: None,
        erpg3_ppm: None,
        idlh_ppm: None,
        pac1_ppm: None,
        pac2_ppm: None,
        pac3_ppm: None,
        gas_density_class: String::new(),
        formula: String::new(),
        burns: Burns::UnknownLimit,
        lfl_other_pct: None,
    })
}
