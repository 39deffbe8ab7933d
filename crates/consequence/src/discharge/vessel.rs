//! A gas vessel that blows down, adiabatic and well mixed. Specification 02 §5.

use libm::pow;

use super::gas::{self, GasHole};
use crate::validity::positive;
use crate::{Kelvin, Kg, KgPerS, Pascal, R, Refusal, Seconds};

/// Mass left after `t` of choked flow: `M(t) = M_i [1 + (γ−1)/2 · t ṁ_i/M_i]^(−2/(γ−1))`.
pub fn choked_mass(m_i: Kg, rate_i: KgPerS, gamma: f64, t: Seconds) -> Result<Kg, Refusal> {
    if m_i.0 < 0.0 {
        return Err(Refusal::NegativeInventory { mass_kg: m_i.0 });
    }
    let m = positive("inventory, kg", m_i.0)?;
    Ok(Kg(m * pow(1.0 + (gamma - 1.0) / 2.0 * t.0 * rate_i.0 / m, -2.0 / (gamma - 1.0))))
}

/// State of a vessel during blow-down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blowdown {
    pub mass: f64,
    pub pressure: f64,
    pub temperature: f64,
    pub rate: f64,
}

/// State after `t`, choked or not: `dM/dt = −ṁ`, `T/T_i = (ρ/ρ_i)^(γ−1)`, in 200 Runge–Kutta steps.
pub fn blowdown(hole: &GasHole, volume_m3: f64, t: Seconds) -> Result<Blowdown, Refusal> {
    let v = positive("volume, m³", volume_m3)?;
    let m_i = hole.p0.0 * v * hole.m.0 / (hole.z * R * hole.t0.0);
    let at = |m: f64| {
        let share = (m / m_i).max(1e-9);
        let temperature = hole.t0.0 * pow(share, hole.gamma - 1.0);
        let pressure = hole.p0.0 * pow(share, hole.gamma);
        (temperature, pressure)
    };
    let rate = |m: f64| {
        let (temperature, pressure) = at(m);
        gas::orifice(&GasHole { p0: Pascal(pressure), t0: Kelvin(temperature), ..*hole }, None).map(|jet| jet.rate)
    };
    let dt = crate::validity::not_negative("time, s", t.0)? / 200.0;
    let mut m = m_i;
    for _ in 0..200 {
        let k1 = rate(m)?;
        let k2 = rate(m - 0.5 * dt * k1)?;
        let k3 = rate(m - 0.5 * dt * k2)?;
        let k4 = rate(m - dt * k3)?;
        m = (m - dt * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0).max(0.0);
    }
    let (temperature, pressure) = at(m);
    Ok(Blowdown { mass: m, pressure, temperature, rate: rate(m)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KgPerMol, SquareMetres};

    #[test]
    fn the_integration_follows_the_closed_form_while_choked() {
        let hole = GasHole {
            c_d: 0.85,
            a: SquareMetres(1e-4),
            p0: Pascal(1e6),
            t0: Kelvin(300.0),
            m: KgPerMol(0.016),
            gamma: 1.3,
            z: 1.0,
            p_a: Pascal(101_325.0),
        };
        let rate_i = gas::orifice(&hole, None).unwrap().rate;
        let m_i = 1e6 * 5.0 * 0.016 / (R * 300.0);
        let closed = choked_mass(Kg(m_i), KgPerS(rate_i), 1.3, Seconds(100.0)).unwrap().0;
        let stepped = blowdown(&hole, 5.0, Seconds(100.0)).unwrap();
        assert!((stepped.mass / closed - 1.0).abs() < 1e-3, "{} {closed}", stepped.mass);
        assert!(stepped.pressure < 1e6 && stepped.temperature < 300.0);
        assert!(matches!(choked_mass(Kg(-1.0), KgPerS(1.0), 1.3, Seconds(1.0)), Err(Refusal::NegativeInventory { .. })));
    }
}
