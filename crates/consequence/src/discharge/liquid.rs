//! Liquid through a hole. Specification 02 §1; cases DIS-001, 003, 013.

use libm::sqrt;

use crate::validity::{not_negative, positive};
use crate::{G, KgPerM3, KgPerS, Metres, Pascal, Refusal, SquareMetres};

/// Mass rate, kg/s: `ṁ = C_d A ρ sqrt(2[(p_pad − p_a)/ρ + g h])`. Zero where the outside pushes harder.
///
/// Only for a liquid below its boiling point at the outlet, or a thin hole (L/D < 2): else `two_phase`.
pub fn orifice(c_d: f64, a: SquareMetres, rho: KgPerM3, p_pad: Pascal, p_a: Pascal, h: Metres) -> Result<KgPerS, Refusal> {
    let c_d = positive("discharge coefficient", c_d)?;
    let a = not_negative("hole area, m²", a.0)?;
    let rho = positive("liquid density, kg/m³", rho.0)?;
    let h = not_negative("liquid head, m", h.0)?;
    let drive = 2.0 * ((p_pad.0 - p_a.0) / rho + G * h);
    if !drive.is_finite() {
        return Err(Refusal::OutOfDomain { input: "pressure, Pa", value: p_pad.0, wanted: "a finite pressure" });
    }
    Ok(KgPerS(c_d * a * rho * sqrt(drive.max(0.0))))
}
