//! A vessel of gas under pressure: its pressure, the hole in it, and how it empties.

use libm::{exp, log, pow};

use super::Setting;
use super::course::{Course, End};
use super::inputs::shut;
use crate::Refusal;
use crate::discharge::gas::GasHole;
use crate::units::{Kelvin, Pascal, SquareMetres};
use crate::validity::{positive, within};

/// Stored gas, checked: absolute pressure, Pa, and temperature, K.
#[derive(Clone, Copy)]
pub(super) struct StoredGas {
    pub p_0: f64,
    pub t_0: f64,
}

impl StoredGas {
    /// Refused where the substance is liquid at its pressure.
    pub fn of(at: &mut Setting, pressure_pa: f64, t_0: f64) -> Result<Self, Refusal> {
        let (s, air) = (at.s, at.air);
        let p_0 = within("release.pressure_pa", pressure_pa, air.p * 1.0001, 1e9, "absolute, above ambient pressure")?;
        if t_0 < s.t_crit_K && p_0 > 1.02 * s.vapour_pressure(Kelvin(t_0), &mut at.notes)?.0 {
            return Err(Refusal::WrongPhase {
                substance: s.name_en.clone(),
                temperature_k: t_0,
                pressure_pa: p_0,
                wanted: "a gas",
                help: "describe it as a liquefied_hole, a liquid_pipe or a burst",
            });
        }
        Ok(Self { p_0, t_0 })
    }

    pub fn compressibility(self, at: &Setting) -> f64 {
        at.s.compressibility(Kelvin(self.t_0), Pascal(self.p_0))
    }

    pub fn through(self, at: &Setting, c_d: f64, area_m2: f64) -> GasHole {
        GasHole {
            c_d,
            a: SquareMetres(area_m2),
            p0: Pascal(self.p_0),
            t0: Kelvin(self.t_0),
            m: at.s.molar_mass(),
            gamma: at.s.gamma_298,
            z: self.compressibility(at),
            p_a: Pascal(at.air.p),
        }
    }

    /// The vessel of `m_i` kg loses pressure: `ṁ = ṁ_i [1 + (γ−1)/2 t ṁ_i/M_i]^(−(γ+1)/(γ−1))`, the choked closed form, until ambient
    /// pressure.
    pub fn blow_down(self, at: &mut Setting, m_i: f64, rate_i: f64, isolated_after_s: Option<f64>) -> Result<Course, Refusal> {
        let rate_i = positive("release rate, kg/s", rate_i)?;
        let gamma = at.s.gamma_298;
        let until = shut(isolated_after_s)?;
        // The mass that stays at ambient pressure.
        let stays = pow(at.air.p / self.p_0, 1.0 / gamma);
        let share = |t: f64| exp(-2.0 / (gamma - 1.0) * log(1.0 + (gamma - 1.0) / 2.0 * t * rate_i / m_i));
        let empty = 2.0 / (gamma - 1.0) * (pow(stays, -(gamma - 1.0) / 2.0) - 1.0) * m_i / rate_i;
        let end = until.min(empty);
        at.found.assume("the vessel blows down without heat; the rate falls with its pressure");
        const N: usize = 60;
        let dt = end / N as f64;
        let rates: Vec<f64> = (0..=N).map(|i| rate_i * pow(share(i as f64 * dt), (gamma + 1.0) / 2.0)).collect();
        Ok(Course::of(&rates, dt, End::Known))
    }
}
