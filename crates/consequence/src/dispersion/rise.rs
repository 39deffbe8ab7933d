//! How high a warm plume rises. Specification 05 §7 (Briggs); cases PLR-001…003.

use libm::{cbrt, pow};

use crate::validity::{not_negative, positive, within};
use crate::{G, Note, Refusal, Validity};

/// Buoyancy flux, m⁴/s³: `F_b = g v_s r² (T_s − T_a)/T_s`.
pub fn buoyancy_flux(v_s: f64, r: f64, t_s: f64, t_a: f64) -> f64 {
    G * v_s * r * r * (t_s - t_a) / t_s
}

/// Buoyancy flux from a heat rate in W: `F_b = 8.9e-6 Q_H`.
pub fn buoyancy_flux_of_heat(q_h: f64) -> f64 {
    8.9e-6 * q_h
}

/// Final rise, m, neutral or unstable: `F_b < 55`: `21.425 F_b^0.75/u`; else `38.71 F_b^0.6/u`.
pub fn final_neutral(f_b: f64, u: f64) -> f64 {
    if f_b < 55.0 { 21.425 * pow(f_b.max(0.0), 0.75) / u } else { 38.71 * pow(f_b, 0.6) / u }
}

/// Final rise, m, stable: `s = g/T_a dθ/dz`, `Δh = 2.6 (F_b/(u s))^(1/3)`; dθ/dz = 0.02 (E), 0.035 (F) K/m.
pub fn final_stable(f_b: f64, u: f64, t_a: f64, dtheta_dz: f64) -> f64 {
    let s = G / t_a * dtheta_dz;
    2.6 * cbrt(f_b / (u * s))
}

/// Rise on the way, m: `1.6 F_b^(1/3) x^(2/3)/u`.
pub fn transitional(f_b: f64, u: f64, x: f64) -> f64 {
    1.6 * cbrt(f_b) * pow(x.max(0.0), 2.0 / 3.0) / u
}

/// A warm plume and its air.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WarmPlume {
    /// Buoyancy flux, m⁴/s³.
    pub f_b: f64,
    /// Wind at the source's height, m/s.
    pub u: f64,
    pub t_a: f64,
    /// Gradient of potential temperature in stable air, K/m: 0.02 (E), 0.035 (F); `None` in neutral or unstable air.
    pub dtheta_dz: Option<f64>,
    /// Smoke of a fire.
    pub fire: bool,
}

/// Rise at a distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rise {
    /// m above the source.
    pub height: f64,
    /// It rises no further.
    pub ended: bool,
    /// Smoke that left the ground: not to be drawn on a map of the ground.
    pub lofted: bool,
    pub notes: Validity,
}

impl WarmPlume {
    /// Rise at `x`, m: on the way `1.6 F_b^(1/3) x^(2/3)/u` until that is the final rise.
    pub fn rise(&self, x: f64) -> Result<Rise, Refusal> {
        let f_b = not_negative("buoyancy flux, m⁴/s³", self.f_b)?;
        let u = positive("wind, m/s", self.u)?;
        let t_a = positive("air temperature, K", self.t_a)?;
        let x = not_negative("distance, m", x)?;
        let last = match self.dtheta_dz {
            Some(gradient) => {
                final_stable(f_b, u, t_a, within("gradient of potential temperature, K/m", gradient, 1e-4, 0.5, "above zero")?)
            }
            None => final_neutral(f_b, u),
        };
        let way = transitional(f_b, u, x);
        let mut notes = Validity::new();
        notes.range("plume_rise", "wind, m/s", u, 1.0, 30.0);
        let lofted = self.fire && last > 0.0;
        if lofted {
            notes.add(Note::LeftOut { model: "plume_rise", what: "smoke lofted by its fire: it is not on the map of the ground" });
        }
        Ok(Rise { height: way.min(last), ended: way >= last, lofted, notes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plume_rises_until_it_has_risen() {
        let plume = WarmPlume { f_b: 40.0, u: 4.0, t_a: 288.0, dtheta_dz: None, fire: false };
        let near = plume.rise(50.0).unwrap();
        let far = plume.rise(5000.0).unwrap();
        assert!(!near.ended && near.height < far.height && far.ended);
        assert_eq!(far.height, final_neutral(40.0, 4.0));
        let night = WarmPlume { dtheta_dz: Some(0.02), fire: true, ..plume }.rise(5000.0).unwrap();
        assert!(night.height < far.height && night.lofted && !night.notes.is_empty());
        assert!(WarmPlume { u: 0.0, ..plume }.rise(10.0).is_err());
    }
}
