//! Temperature, liquid and density of a release mixed adiabatically with air. Specification 01, homogeneous two-phase mixing.

use libm::exp;

use crate::properties::Substance;
use crate::{CP_AIR, M_AIR, M_WATER, P0, Pascal, R, Refusal, Validity};

/// Constant of water's vapour pressure, K.
const B_WATER: f64 = 5514.0;

/// Saturation pressure of water over one atmosphere: `exp(A − B/T)`, A = 15.08, B = 5514 K.
pub fn water_saturation(t: f64) -> f64 {
    exp(15.08 - B_WATER / t)
}

/// What is mixed: the released substance with two-constant vapour pressure `p exp(A − B/T)` and constant heat of vaporisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixing {
    /// Molar mass of the substance, kg/mol.
    pub m_s: f64,
    /// Molar mass of dry air, kg/mol, and water vapour per kg of moist air.
    pub m_a: f64,
    pub q_a: f64,
    /// Heat capacities of vapour, liquid and air, J/(kg K).
    pub cp_s: f64,
    pub cp_l: f64,
    pub cp_a: f64,
    /// Heat of vaporisation, J/kg.
    pub dh: f64,
    /// Boiling temperature at `p`, K.
    pub t_b: f64,
    /// Constant of the vapour pressure `p exp(B (1/T_b − 1/T))`, K; Clausius–Clapeyron gives `ΔH M/R`.
    pub b: f64,
    /// Density of the liquid, kg/m³; infinite neglects its volume.
    pub rho_l: f64,
    /// Pressure, Pa.
    pub p: f64,
}

/// State of the mixture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixture {
    /// Temperature, K.
    pub t: f64,
    /// Share of the substance that is liquid, 0…1.
    pub liquid: f64,
    /// Density, kg/m³.
    pub rho: f64,
    /// Mole fraction of the substance, liquid included.
    pub y: f64,
}

/// Heat of condensation of water, J/kg, and density of its drops, kg/m³.
const DH_WATER: f64 = 2.5e6;
const RHO_WATER: f64 = 1000.0;

/// Liquid per kg of mixture: of the substance and of water; and by how much they would grow per kelvin of cooling.
#[derive(Debug, Clone, Copy)]
struct Drops {
    substance: f64,
    water: f64,
    substance_per_k: f64,
    water_per_k: f64,
}

impl Mixing {
    /// A substance of the table in dry air of pressure `p`, Pa; its vapour pressure by Clausius–Clapeyron from its boiling point.
    pub fn of(s: &Substance, p: f64) -> Result<Self, Refusal> {
        let t_b = s.boiling_point(Pascal(p))?;
        let (dh, m_s) = (s.heat_of_vaporisation(t_b)?, s.molar_mass().0);
        Ok(Self {
            m_s,
            m_a: M_AIR,
            q_a: 0.0,
            cp_s: s.cp_gas_J_kgK,
            cp_l: s.cp_liq_J_kgK.unwrap_or(s.cp_gas_J_kgK),
            cp_a: CP_AIR,
            dh,
            t_b: t_b.0,
            b: dh * m_s / R,
            rho_l: s.liquid_density(t_b, &mut Validity::new())?.0,
            p,
        })
    }

    /// `p_sat/p` at `t`: `exp(B (1/T_b − 1/T))`.
    pub fn saturation(&self, t: f64) -> f64 {
        exp((self.b * (1.0 / self.t_b - 1.0 / t)).min(50.0))
    }

    /// What is liquid at mass fraction `m` and temperature `t`: each vapour's share of the gas stays at or below its saturation.
    fn drops(&self, m: f64, t: f64) -> Drops {
        let none = Drops { substance: 0.0, water: 0.0, substance_per_k: 0.0, water_per_k: 0.0 };
        let air = (1.0 - m) * (1.0 - self.q_a) / self.m_a;
        let n_w = (1.0 - m) * self.q_a / M_WATER;
        let n_s = m / self.m_s;
        let y_s = if m > 0.0 { self.saturation(t) } else { 1.0 };
        let y_w = if n_w > 0.0 { water_saturation(t) * P0 / self.p } else { 1.0 };
        let all = air + n_s + n_w;
        let (mut s_wet, mut w_wet) = (n_s > y_s * all, n_w > y_w * all);
        if !s_wet && !w_wet {
            return none;
        }
        // The gas that is left decides whether the other vapour is saturated as well.
        let gas = |s_wet: bool, w_wet: bool| {
            let (n_s, y_s) = if s_wet { (0.0, y_s) } else { (n_s, 0.0) };
            let (n_w, y_w) = if w_wet { (0.0, y_w) } else { (n_w, 0.0) };
            (air + n_s + n_w) / (1.0 - y_s - y_w).max(1e-12)
        };
        let n = gas(s_wet, w_wet);
        s_wet |= n_s > y_s * n;
        w_wet |= n_w > y_w * n;
        let n = gas(s_wet, w_wet);
        let (s_wet, w_wet) = (s_wet && y_s < 1.0, w_wet && y_w < 1.0);
        let substance = if s_wet { ((n_s - y_s * n) * self.m_s).max(0.0) } else { 0.0 };
        let water = if w_wet { ((n_w - y_w * n) * M_WATER).max(0.0) } else { 0.0 };
        // The gas shrinks as its vapours condense; that is in 1/(1 − y).
        let shrink = 1.0 / (1.0 - if s_wet { y_s } else { 0.0 } - if w_wet { y_w } else { 0.0 }).max(1e-12);
        Drops {
            substance,
            water,
            substance_per_k: if substance > 0.0 { y_s * self.b / (t * t) * n * shrink * self.m_s } else { 0.0 },
            water_per_k: if water > 0.0 { y_w * B_WATER / (t * t) * n * shrink * M_WATER } else { 0.0 },
        }
    }

    /// Heat of vaporisation of the substance at `t`, J/kg.
    fn latent(&self, t: f64) -> f64 {
        self.dh - (self.cp_l - self.cp_s) * (t - self.t_b)
    }

    /// The state whose enthalpy is `h` above gas at `t0`, J/kg: gas `cp (T − T0)`, liquid less `ΔH − (cp_l − cp)(T − T_b)`, water less its heat
    /// of condensation. One monotone equation in T: Newton's method, kept between brackets; `None` if nothing closes the balance.
    pub fn state(&self, m: f64, h: f64, t0: f64) -> Option<Mixture> {
        if !(m.is_finite() && h.is_finite()) {
            return None;
        }
        let cp = m * self.cp_s + (1.0 - m) * self.cp_a;
        let dry = t0 + h / cp;
        if dry > 20.0 {
            let drops = self.drops(m, dry);
            // Without liquid the answer is exact.
            if drops.substance <= 0.0 && drops.water <= 0.0 {
                return Some(self.with_liquid(m, dry, 0.0, 0.0));
            }
        }
        let (mut low, mut high) = (dry.max(20.0), self.t_b.max(t0).max(dry) + 500.0);
        let mut t = low;
        let mut drops = self.drops(m, t);
        for _ in 0..60 {
            let rest = cp * (t - t0) - drops.substance * self.latent(t) - drops.water * DH_WATER - h;
            if rest < 0.0 {
                low = t
            } else {
                high = t
            }
            let slope = cp + drops.substance_per_k * self.latent(t) + drops.water_per_k * DH_WATER;
            let newton = t - rest / slope;
            let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
            let done = (next - t).abs() < 1e-8 * t;
            t = next;
            drops = self.drops(m, t);
            if done {
                break;
            }
        }
        if !t.is_finite() {
            return None;
        }
        // Near m = 1 the temperature stands at the boiling point and only the heat balance knows how much is liquid.
        let liquid = (cp * (t - t0) - drops.water * DH_WATER - h) / self.latent(t);
        Some(self.with_liquid(m, t, liquid.clamp(0.0, m), drops.water))
    }

    /// The state in equilibrium at a known temperature.
    pub fn at(&self, m: f64, t: f64) -> Mixture {
        let drops = self.drops(m, t);
        self.with_liquid(m, t, drops.substance, drops.water)
    }

    /// `1/ρ = Σ_gas w_i R T/(p M_i) + Σ_liq w_i/ρ_l,i`.
    fn with_liquid(&self, m: f64, t: f64, liquid: f64, water: f64) -> Mixture {
        let (air, vapour) = ((1.0 - m) * (1.0 - self.q_a) / self.m_a, ((1.0 - m) * self.q_a - water) / M_WATER);
        let gas = ((m - liquid) / self.m_s + air + vapour) * R * t / self.p;
        let y = (m / self.m_s) / (m / self.m_s + air + (1.0 - m) * self.q_a / M_WATER);
        let rho = 1.0 / (gas + liquid / self.rho_l + water / RHO_WATER);
        Mixture { t, liquid: if m > 0.0 { liquid / m } else { 0.0 }, rho, y }
    }

    /// A source at its temperature and liquid share mixed with air. Cases MIX-001…003 (dry air).
    pub fn with_air(&self, m: f64, liquid_source: f64, t_source: f64, t_air: f64) -> Result<Mixture, Refusal> {
        // Gas at the air's temperature is the zero of the enthalpy.
        let h = m * (self.cp_s * (t_source - t_air) - liquid_source * self.dh);
        self.state(m, h, t_air).ok_or(Refusal::NoSolution { model: "mixing", why: "no temperature closes the heat balance" })
    }
}

impl Mixing {
    /// Enthalpy of one kg of source above its gas at `t0`, J/kg.
    pub fn source_enthalpy(&self, liquid: f64, t: f64, t0: f64) -> f64 {
        self.cp_s * (t - t0) - liquid * (self.dh - (self.cp_l - self.cp_s) * (t - self.t_b))
    }
}
