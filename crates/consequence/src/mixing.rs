//! Temperature, liquid and density of a release mixed adiabatically with air. Specification 01, homogeneous two-phase mixing.

use libm::exp;

use crate::numerics::brent;
use crate::{R, Refusal};

/// What is mixed: the released substance with two-constant vapour pressure `p exp(A − B/T)` and constant heat of vaporisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixing {
    /// Molar mass of the substance, kg/mol.
    pub m_s: f64,
    /// Molar mass of air, kg/mol.
    pub m_a: f64,
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

impl Mixing {
    /// `p_sat/p` at `t`: `exp(B (1/T_b − 1/T))`.
    pub fn saturation(&self, t: f64) -> f64 {
        exp((self.b * (1.0 / self.t_b - 1.0 / t)).min(50.0))
    }

    /// Liquid mass per kg of mixture at mass fraction `m` and temperature `t`.
    ///
    /// All vapour where the substance's share of the gas stays below saturation; else the gas holds `y_s = p_sat/p`.
    pub fn liquid(&self, m: f64, t: f64) -> f64 {
        let y_s = self.saturation(t);
        if y_s >= 1.0 || m <= 0.0 {
            return 0.0;
        }
        let held = y_s / (1.0 - y_s) * (1.0 - m) * self.m_s / self.m_a;
        (m - held).max(0.0)
    }

    /// Enthalpy of one kg of mixture above gas at `t0`, J/kg: gas `cp (T − T0)`, liquid less `ΔH − (cp_l − cp)(T − T_b)`.
    fn enthalpy(&self, m: f64, t: f64, t0: f64) -> f64 {
        let cp = m * self.cp_s + (1.0 - m) * self.cp_a;
        cp * (t - t0) - self.liquid(m, t) * (self.dh - (self.cp_l - self.cp_s) * (t - self.t_b))
    }

    /// The state whose enthalpy is `h` above gas at `t0`. One monotone equation in T, found by Brent.
    pub fn state(&self, m: f64, h: f64, t0: f64) -> Option<Mixture> {
        let cp = m * self.cp_s + (1.0 - m) * self.cp_a;
        let dry = t0 + h / cp;
        // Without liquid the answer is exact.
        let t = if dry > 20.0 && self.liquid(m, dry) <= 0.0 {
            dry
        } else {
            let wet = |t: f64| self.enthalpy(m, t, t0) - h;
            let low = dry.max(20.0);
            brent(wet, low, self.t_b.max(low) + 5.0, 1e-9).or_else(|| brent(wet, 20.0, self.t_b.max(low) + 500.0, 1e-9))?
        };
        // Near m = 1 the temperature stands at the boiling point and only the heat balance knows how much is liquid.
        let liquid = if t == dry { 0.0 } else { (cp * (t - t0) - h) / (self.dh - (self.cp_l - self.cp_s) * (t - self.t_b)) };
        Some(self.with_liquid(m, t, liquid.clamp(0.0, m)))
    }

    /// The state in equilibrium at a known temperature.
    pub fn at(&self, m: f64, t: f64) -> Mixture {
        self.with_liquid(m, t, self.liquid(m, t))
    }

    /// `1/ρ = Σ_gas w_i R T/(p M_i) + Σ_liq w_i/ρ_l,i`.
    fn with_liquid(&self, m: f64, t: f64, liquid: f64) -> Mixture {
        let gas = ((m - liquid) / self.m_s + (1.0 - m) / self.m_a) * R * t / self.p;
        let y = (m / self.m_s) / (m / self.m_s + (1.0 - m) / self.m_a);
        Mixture { t, liquid: if m > 0.0 { liquid / m } else { 0.0 }, rho: 1.0 / (gas + liquid / self.rho_l), y }
    }

    /// A source at its temperature and liquid share mixed with dry air. Cases MIX-001…003.
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
