//! Properties of pure substances from the project's table, as functions of temperature. Specification 01.

#![allow(non_snake_case)] // The columns of the printed table.

use libm::{exp, log, pow, sqrt};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

use crate::validity::within;
use crate::{Kelvin, KgPerM3, KgPerMol, Note, P0, Pascal, R, Refusal, Validity};

/// Constants of one substance, SI. Source: `data/chemicals.csv` (Perry 8e, CRC, VDI tables through the package `chemicals` 1.5.2).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Substance {
    pub cas: String,
    pub name_en: String,
    pub name_zh: String,
    /// Molar mass as printed, g/mol; see [`Substance::molar_mass`].
    pub mw: f64,
    pub t_boil_K: f64,
    pub t_melt_K: f64,
    pub t_crit_K: f64,
    pub p_crit_Pa: f64,
    pub omega: f64,
    pub psat_form: String,
    pub psat_C1: f64,
    pub psat_C2: f64,
    pub psat_C3: f64,
    pub psat_C4: Option<f64>,
    pub psat_C5: Option<f64>,
    pub psat_Tmin_K: f64,
    pub psat_Tmax_K: f64,
    pub rho_liq_ref_kg_m3: f64,
    pub rho_liq_T_K: f64,
    pub rhol_C1: Option<f64>,
    pub rhol_C2: Option<f64>,
    pub rhol_C3: Option<f64>,
    pub rhol_C4: Option<f64>,
    pub hvap_Tb_J_kg: f64,
    pub cp_liq_J_kgK: Option<f64>,
    pub cp_gas_J_kgK: f64,
    pub gamma_298: f64,
    pub sigma_N_m: f64,
    pub mu_liq_Pa_s: Option<f64>,
    pub hcomb_LHV_J_kg: Option<f64>,
    pub lfl_pct: Option<f64>,
    pub ufl_pct: Option<f64>,
    pub t_flash_K: Option<f64>,
    pub t_auto_K: Option<f64>,
    pub aegl1_60_ppm: Option<f64>,
    pub aegl2_60_ppm: Option<f64>,
    pub aegl3_60_ppm: Option<f64>,
    pub erpg1_ppm: Option<f64>,
    pub erpg2_ppm: Option<f64>,
    pub erpg3_ppm: Option<f64>,
    pub idlh_ppm: Option<f64>,
    pub pac1_ppm: Option<f64>,
    pub pac2_ppm: Option<f64>,
    pub pac3_ppm: Option<f64>,
    pub gas_density_class: String,
    /// Atoms, such as `C3H8`; empty where not known.
    #[serde(skip)]
    pub formula: String,
    #[serde(skip)]
    pub burns: Burns,
    /// Lower flammable limit of the database that disagrees, %.
    #[serde(skip)]
    pub lfl_other_pct: Option<f64>,
}

/// Whether a substance without a tabled limit may still burn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Burns {
    Yes,
    No,
    /// It burns or may burn, and its lower limit is not tabled.
    #[default]
    UnknownLimit,
}

/// One row of `data/combustion.csv`.
#[derive(Deserialize)]
struct Combustion {
    cas: String,
    formula: String,
    burns: Burns,
    lfl_other_pct: Option<f64>,
}

static SUBSTANCES: LazyLock<Vec<Substance>> = LazyLock::new(|| {
    let mut substances: Vec<Substance> = csv::Reader::from_reader(include_bytes!("../data/chemicals.csv").as_slice())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("data/chemicals.csv is read by the tests of every build");
    for row in csv::Reader::from_reader(include_bytes!("../data/combustion.csv").as_slice()).deserialize::<Combustion>() {
        let row = row.expect("data/combustion.csv is read by the tests of every build");
        if let Some(s) = substances.iter_mut().find(|s| s.cas == row.cas) {
            (s.formula, s.burns, s.lfl_other_pct) = (row.formula, row.burns, row.lfl_other_pct);
        }
    }
    substances
});

/// All substances of the table, in its order.
pub fn substances() -> &'static [Substance] {
    &SUBSTANCES
}

/// The substance with this CAS number.
pub fn substance(cas: &str) -> Result<&'static Substance, Refusal> {
    SUBSTANCES.iter().find(|s| s.cas == cas).ok_or_else(|| Refusal::UnknownCas { cas: cas.to_owned() })
}

const MODEL: &str = "properties";

impl Substance {
    pub fn molar_mass(&self) -> KgPerMol {
        KgPerMol(self.mw * 1e-3)
    }

    fn missing(&self, property: &'static str) -> Refusal {
        Refusal::MissingProperty { substance: self.name_en.clone(), property }
    }

    pub fn cp_liquid(&self) -> Result<f64, Refusal> {
        self.cp_liq_J_kgK.ok_or_else(|| self.missing("heat capacity of the liquid"))
    }

    /// Lower flammable limit, volume fraction; where two databases disagree, the lower (specification 11 §1).
    pub fn lower_flammable_limit(&self) -> Result<f64, Refusal> {
        let pct = self.lfl_pct.map(|pct| pct.min(self.lfl_other_pct.unwrap_or(pct)));
        pct.map(|pct| pct / 100.0).ok_or_else(|| self.missing("lower flammable limit"))
    }

    /// Upper flammable limit, volume fraction. `None`: not tabled.
    pub fn upper_flammable_limit(&self) -> Option<f64> {
        self.ufl_pct.map(|pct| pct / 100.0)
    }

    pub fn heat_of_combustion(&self) -> Result<f64, Refusal> {
        self.hcomb_LHV_J_kg.ok_or_else(|| self.missing("heat of combustion"))
    }

    fn below_critical(&self, t: Kelvin) -> Result<f64, Refusal> {
        let t = within("temperature_k", t.0, 1.0, 10_000.0, "an absolute temperature, K")?;
        if t >= self.t_crit_K { Err(Refusal::AboveCriticalPoint { temperature_k: t, critical_k: self.t_crit_K }) } else { Ok(t) }
    }

    /// Vapour pressure, Pa. Outside the table's range Clausius–Clapeyron from the nearer end, with a note. Cases EVA-00xc.
    pub fn vapour_pressure(&self, t: Kelvin, notes: &mut Validity) -> Result<Pascal, Refusal> {
        let t = self.below_critical(t)?;
        notes.range(MODEL, "temperature of the vapour pressure, K", t, self.psat_Tmin_K, self.psat_Tmax_K);
        // One row of the source states its range backwards.
        let t_end = t.clamp(self.psat_Tmin_K.min(self.psat_Tmax_K), self.psat_Tmax_K.max(self.psat_Tmin_K));
        let p_end = self.vapour_pressure_in_range(t_end)?;
        if t_end == t {
            return Ok(Pascal(p_end));
        }
        let h = self.heat_of_vaporisation(Kelvin(t_end.min(0.99 * self.t_crit_K)))?;
        Ok(Pascal(p_end * exp(-h * self.molar_mass().0 / R * (1.0 / t - 1.0 / t_end))))
    }

    fn vapour_pressure_in_range(&self, t: f64) -> Result<f64, Refusal> {
        let (c1, c2, c3) = (self.psat_C1, self.psat_C2, self.psat_C3);
        if self.psat_form.starts_with("Antoine") {
            return Ok(exp(c1 - c2 / (t + c3)));
        }
        let (Some(c4), Some(c5)) = (self.psat_C4, self.psat_C5) else { return Err(self.missing("vapour pressure")) };
        Ok(exp(c1 + c2 / t + c3 * log(t) + c4 * pow(t, c5)))
    }

    /// Density of the saturated liquid, kg/m³: DIPPR 105, else the one measured value with a note.
    pub fn liquid_density(&self, t: Kelvin, notes: &mut Validity) -> Result<KgPerM3, Refusal> {
        let t = self.below_critical(t)?;
        notes.range(MODEL, "temperature of the liquid density, K", t, self.t_melt_K, 0.98 * self.t_crit_K);
        let (Some(c1), Some(c2), Some(c3), Some(c4)) = (self.rhol_C1, self.rhol_C2, self.rhol_C3, self.rhol_C4) else {
            notes.add(Note::Assumed { model: MODEL, what: "liquid density is that of the reference temperature" });
            return Ok(KgPerM3(self.rho_liq_ref_kg_m3));
        };
        let left = (1.0 - t / c3).max(0.0);
        Ok(KgPerM3(c1 / pow(c2, 1.0 + pow(left, c4)) * self.mw))
    }

    /// Heat of vaporisation, J/kg (Watson): `ΔH(T) = ΔH(T_b)·((1−T/T_c)/(1−T_b/T_c))^0.38`.
    pub fn heat_of_vaporisation(&self, t: Kelvin) -> Result<f64, Refusal> {
        let t = self.below_critical(t)?;
        Ok(self.hvap_Tb_J_kg * pow((1.0 - t / self.t_crit_K) / (1.0 - self.t_boil_K / self.t_crit_K), 0.38))
    }

    /// Boiling temperature at `p`, K: where the vapour pressure equals it.
    pub fn boiling_point(&self, p: Pascal) -> Result<Kelvin, Refusal> {
        if (p.0 - P0).abs() < 1.0 {
            return Ok(Kelvin(self.t_boil_K));
        }
        let mut notes = Validity::new();
        let low = 0.4 * self.t_boil_K;
        crate::numerics::brent(
            |t| self.vapour_pressure(Kelvin(t), &mut notes).map_or(f64::NAN, |ps| log(ps.0 / p.0)),
            low,
            0.9999 * self.t_crit_K,
            1e-10,
        )
        .map(Kelvin)
        .ok_or(Refusal::OutOfDomain { input: "pressure_pa", value: p.0, wanted: "below the critical pressure" })
    }

    /// Diffusivity of the vapour in air, m²/s: `D = D_H2O·sqrt(18.015/M_g)`, `D_H2O = 2.4e-5·(T/293.15)^1.75`.
    pub fn diffusivity_in_air(&self, t: Kelvin) -> f64 {
        2.4e-5 * pow(t.0 / 293.15, 1.75) * sqrt(18.015 / self.mw)
    }

    /// Schmidt number of the vapour in air: `Sc = ν/D`, `ν = 1.5e-5·(T/293.15)^1.75`.
    pub fn schmidt(&self, t: Kelvin) -> f64 {
        1.5e-5 * pow(t.0 / 293.15, 1.75) / self.diffusivity_in_air(t)
    }

    /// Compressibility of the gas by Peng–Robinson when `p/p_c > 0.1`, else 1.
    pub fn compressibility(&self, t: Kelvin, p: Pascal) -> f64 {
        if p.0 / self.p_crit_Pa <= 0.1 {
            return 1.0;
        }
        let kappa = 0.37464 + 1.54226 * self.omega - 0.26992 * self.omega * self.omega;
        let tr = t.0 / self.t_crit_K;
        let alpha = (1.0 + kappa * (1.0 - sqrt(tr))) * (1.0 + kappa * (1.0 - sqrt(tr)));
        let a = 0.45724 * alpha * (p.0 / self.p_crit_Pa) / (tr * tr);
        let b = 0.0778 * (p.0 / self.p_crit_Pa) / tr;
        let f = |z: f64| z * z * z - (1.0 - b) * z * z + (a - 3.0 * b * b - 2.0 * b) * z - (a * b - b * b - b * b * b);
        // The largest root is the gas: walk down from above until the cubic turns negative.
        let mut high = 4.0 + b;
        for _ in 0..400 {
            let low = (high - 0.01).max(b);
            if f(low) <= 0.0 {
                return crate::numerics::brent(f, low, high, 1e-10).unwrap_or(high);
            }
            high = low;
        }
        1.0
    }
}

/// Lower flammable limit of a mixture, volume fraction (Le Chatelier): `1/LFL_mix = Σ y_i/LFL_i` over `(y_i, LFL_i)`.
pub fn le_chatelier(parts: &[(f64, f64)]) -> Option<f64> {
    let total: f64 = parts.iter().map(|(y, _)| y).sum();
    let sum: f64 = parts.iter().map(|(y, lfl)| y / lfl).sum();
    (sum.is_finite() && sum > 0.0).then_some(total / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_substance_of_the_table_is_read_and_boils_near_its_boiling_point() {
        assert!(substances().len() >= 90);
        for s in substances() {
            let p = s.vapour_pressure(Kelvin(s.t_boil_K), &mut Validity::new()).unwrap();
            // Where the table's range does not reach the boiling point the curve is only continued.
            let in_range = (s.psat_Tmin_K..=s.psat_Tmax_K).contains(&s.t_boil_K);
            assert!(!in_range || (p.0 / P0 - 1.0).abs() < 0.12, "{}: {} Pa at the boiling point", s.name_en, p.0);
            assert!(s.liquid_density(Kelvin(s.t_boil_K), &mut Validity::new()).unwrap().0 > 50.0);
        }
    }

    #[test]
    fn the_lower_of_two_databases_draws_the_flammable_zone() {
        for (cas, lfl) in
            [("107-06-2", 0.045), ("7784-42-1", 0.039), ("75-04-7", 0.027), ("7803-51-2", 0.016), ("98-95-3", 0.012), ("74-82-8", 0.044)]
        {
            assert!((substance(cas).unwrap().lower_flammable_limit().unwrap() - lfl).abs() < 1e-12, "{cas}");
        }
        for s in substances() {
            assert_eq!(s.lfl_pct.is_some(), s.burns == Burns::Yes, "{}", s.name_en);
        }
        assert_eq!(substance("10025-78-2").unwrap().burns, Burns::UnknownLimit);
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        assert_eq!(substance("1-2-3").unwrap_err().to_string(), "no substance with CAS number 1-2-3 in the table; give its properties");
        let chlorine = substance("7782-50-5").unwrap();
        assert!(matches!(chlorine.lower_flammable_limit(), Err(Refusal::MissingProperty { property: "lower flammable limit", .. })));
        let above = chlorine.vapour_pressure(Kelvin(430.0), &mut Validity::new());
        assert!(matches!(above, Err(Refusal::AboveCriticalPoint { .. })));
    }

    #[test]
    fn leaving_the_tables_range_is_noted() {
        let mut notes = Validity::new();
        let chlorine = substance("7782-50-5").unwrap();
        chlorine.vapour_pressure(Kelvin(160.0), &mut notes).unwrap();
        assert!(matches!(notes.iter().next(), Some(Note::OutOfRange { .. })));
    }

    #[test]
    fn a_real_gas_takes_less_room_than_an_ideal_one() {
        let propane = substance("74-98-6").unwrap();
        assert_eq!(propane.compressibility(Kelvin(298.0), Pascal(101_325.0)), 1.0);
        let z = propane.compressibility(Kelvin(320.0), Pascal(1.0e6));
        assert!((0.75..0.95).contains(&z), "{z}");
    }
}
