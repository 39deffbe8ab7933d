//! Distinct quantities as distinct types, so that a density cannot be passed as a duration. SI inside; conversion only at the edge.

use serde::{Deserialize, Serialize};

macro_rules! quantities {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub f64);
    )+};
}

quantities! {
    /// Length, m.
    Metres,
    /// Area, m².
    SquareMetres,
    /// Volume, m³.
    CubicMetres,
    /// Time, s.
    Seconds,
    /// Speed, m/s.
    MPerS,
    /// Mass, kg.
    Kg,
    /// Mass rate, kg/s.
    KgPerS,
    /// Mass flux, kg/(m² s).
    KgPerM2S,
    /// Density or concentration by mass, kg/m³.
    KgPerM3,
    /// Concentration, share of volume (0…1).
    VolumeFraction,
    /// Concentration, mg/m³.
    MgPerM3,
    /// Concentration, parts per million by volume.
    Ppm,
    /// Absolute pressure, Pa.
    Pascal,
    /// Absolute temperature, K.
    Kelvin,
    /// Energy, J.
    Joule,
    /// Heat flux, W/m².
    WPerM2,
    /// Molar mass, kg/mol.
    KgPerMol,
}

/// Gas constant, J/(mol K).
pub const R: f64 = 8.314_462_618;
/// Standard gravity, m/s².
pub const G: f64 = 9.806_65;
/// Standard atmosphere, Pa.
pub const P0: f64 = 101_325.0;
/// Molar mass of dry air, kg/mol.
pub const M_AIR: f64 = 0.028_964;
/// Molar mass of water, kg/mol.
pub const M_WATER: f64 = 0.018_015;
/// Heat capacity of dry air, J/(kg K).
pub const CP_AIR: f64 = 1006.0;
/// von Kármán's constant outside the SLAB-like model.
pub const KARMAN: f64 = 0.4;

impl KgPerM3 {
    pub fn mg_m3(self) -> MgPerM3 {
        MgPerM3(self.0 * 1e6)
    }
}

impl VolumeFraction {
    pub fn ppm(self) -> Ppm {
        Ppm(self.0 * 1e6)
    }
}

impl MgPerM3 {
    /// `c_ppm = c_mg · R T/(p M)`, M in kg/mol: 1 mg/m³ is 10⁻⁶ kg/m³ and 1 ppm is 10⁻⁶, so no factor remains.
    pub fn ppm(self, molar_mass: KgPerMol, temperature: Kelvin, pressure: Pascal) -> Ppm {
        Ppm(self.0 * R * temperature.0 / (pressure.0 * molar_mass.0))
    }
}

impl Ppm {
    pub fn mg_m3(self, molar_mass: KgPerMol, temperature: Kelvin, pressure: Pascal) -> MgPerM3 {
        MgPerM3(self.0 * pressure.0 * molar_mass.0 / (R * temperature.0))
    }

    pub fn fraction(self) -> VolumeFraction {
        VolumeFraction(self.0 * 1e-6)
    }
}

/// Density of dry air, kg/m³.
pub fn air_density(pressure: Pascal, temperature: Kelvin) -> KgPerM3 {
    KgPerM3(pressure.0 * M_AIR / (R * temperature.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ppm_of_chlorine_is_2_9_mg_per_cubic_metre() {
        let (m, t, p) = (KgPerMol(0.0709), Kelvin(298.15), Pascal(P0));
        assert!((Ppm(1.0).mg_m3(m, t, p).0 - 2.898).abs() < 0.002);
        assert!((MgPerM3(2.898).ppm(m, t, p).0 - 1.0).abs() < 0.001);
    }
}
