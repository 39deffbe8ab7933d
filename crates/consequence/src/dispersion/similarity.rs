//! Similarity plume near the ground, without classes: the height of the plume follows u* and L. Specification 05 §8.

use libm::{exp, log, pow, sqrt, tgamma};
use std::f64::consts::PI;

use crate::meteorology::profile::{psi_m, wind};
use crate::validity::{not_negative, positive};
use crate::{KARMAN, Note, Refusal, Validity};

const MODEL: &str = "similarity_plume";

/// Time scale of the sideways spread near the ground, s. Draxler's form with 1000 s is for elevated plumes; the measured σy of the stable
/// and neutral Prairie Grass runs gives 100 s without bias. Unstable runs spread 1.2 times more; the same value there offsets a
/// cross-wind integral that is too small (docs/models/similarity-plume.md).
pub const T_LATERAL: f64 = 100.0;

/// A ground-level point source in measured turbulence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimilarityPlume {
    /// Rate, kg/s, and release height, m.
    pub q: f64,
    pub h: f64,
    pub u_star: f64,
    pub inverse_length: f64,
    pub z0: f64,
    /// Measured spread of direction, rad.
    pub sigma_theta: f64,
    /// Mixing height, m.
    pub h_mix: Option<f64>,
}

/// The plume at one distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlumeAt {
    /// Mean height, m, speed of the plume, m/s, and lateral spread, m.
    pub z_mean: f64,
    pub u_p: f64,
    pub sigma_y: f64,
    /// Exponent of the vertical profile.
    pub s: f64,
}

impl SimilarityPlume {
    pub fn checked(&self) -> Result<Validity, Refusal> {
        not_negative("rate, kg/s", self.q)?;
        positive("u*, m/s", self.u_star)?;
        positive("roughness length, m", self.z0)?;
        positive("spread of direction, rad", self.sigma_theta)?;
        let mut notes = Validity::new();
        notes.range(MODEL, "release height, m", self.h, 0.0, 5.0);
        notes.range(MODEL, "1/L, 1/m", self.inverse_length, -0.25, 0.25);
        if self.h > 5.0 {
            notes.add(Note::LeftOut { model: MODEL, what: "elevated sources; use the Gaussian plume" });
        }
        Ok(notes)
    }

    fn growth(&self, z: f64) -> f64 {
        let zeta = 1.55 * z * self.inverse_length;
        let phi_h = if zeta >= 0.0 { 1.0 + 5.0 * zeta } else { 1.0 / sqrt(1.0 - 16.0 * zeta) };
        let l = self.inverse_length;
        let shape = (log(0.6 * z / self.z0) - psi_m(0.6 * z * l) + psi_m(self.z0 * l)).max(0.2);
        KARMAN * KARMAN / (shape * phi_h)
    }

    /// The plume at each distance of `xs`, in rising order, m: `dz̄/dx` by the midpoint rule in 4 % steps.
    pub fn along(&self, xs: &[f64], out: &mut [PlumeAt]) {
        let mut z = 2.0 * self.z0;
        let mut x: f64 = 0.0;
        let mut t = 0.0;
        for (target, place) in xs.iter().zip(out) {
            while x < *target {
                let dx = (0.04 * x).max(0.5).min(target - x);
                let mid = z + 0.5 * dx * self.growth(z);
                z += dx * self.growth(mid);
                if let Some(h_mix) = self.h_mix {
                    z = z.min(0.5 * h_mix);
                }
                x += dx;
                t += dx / self.u_p(z);
            }
            // A release above the ground only matters while it is higher than the plume is deep.
            let z = sqrt(z * z + self.h * self.h);
            *place = PlumeAt { z_mean: z, u_p: self.u_p(z), sigma_y: self.sigma_y(x, t), s: self.exponent(z) };
        }
    }

    fn u_p(&self, z: f64) -> f64 {
        wind(self.u_star, 0.6 * z, self.z0, self.inverse_length).max(0.05)
    }

    /// `σy = σ_θ x/(1 + 0.9 sqrt(t/T))` with [`T_LATERAL`].
    fn sigma_y(&self, x: f64, t: f64) -> f64 {
        self.sigma_theta * x / (1.0 + 0.9 * sqrt(t / T_LATERAL))
    }

    fn exponent(&self, z: f64) -> f64 {
        let zeta = z * self.inverse_length;
        if zeta >= 0.0 { 1.5 + 0.5 * zeta.min(1.0) } else { (1.5 / (1.0 - 0.02 * zeta)).max(1.0) }
    }

    /// Cross-wind integral, kg/m²: `C_y = A Q/(u_p z̄) exp(−(B z/z̄)^s)`, `A = s Γ(2/s)/Γ(1/s)²`, `B = Γ(2/s)/Γ(1/s)`.
    pub fn cross_wind_integral(&self, at: &PlumeAt, z: f64) -> f64 {
        let s = at.s;
        let (g1, g2) = (tgamma(1.0 / s), tgamma(2.0 / s));
        let a = s * g2 / (g1 * g1);
        let b = g2 / g1;
        a * self.q / (at.u_p * at.z_mean) * exp(-pow(b * z / at.z_mean, s))
    }

    /// Largest concentration across the wind, kg/m³: `C_y/(√(2π) σy)`.
    pub fn maximum(&self, at: &PlumeAt, z: f64) -> f64 {
        self.cross_wind_integral(at, z) / (sqrt(2.0 * PI) * at.sigma_y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plume_thickens_and_thins_out_downwind() {
        let plume = SimilarityPlume { q: 0.1, h: 0.46, u_star: 0.3, inverse_length: 0.01, z0: 0.006, sigma_theta: 0.1, h_mix: None };
        let mut at = [PlumeAt { z_mean: 0.0, u_p: 0.0, sigma_y: 0.0, s: 0.0 }; 4];
        plume.along(&[50.0, 100.0, 400.0, 800.0], &mut at);
        for pair in at.windows(2) {
            assert!(pair[1].z_mean > pair[0].z_mean && pair[1].sigma_y > pair[0].sigma_y);
            assert!(plume.maximum(&pair[1], 1.5) < plume.maximum(&pair[0], 1.5));
        }
        // Over all heights the flux is the rate.
        let flux = crate::numerics::gauss_8(|z| plume.cross_wind_integral(&at[3], z), 0.0, 4.0 * at[3].z_mean) * at[3].u_p;
        assert!((flux / 0.1 - 1.0).abs() < 0.02, "{flux}");
    }
}
