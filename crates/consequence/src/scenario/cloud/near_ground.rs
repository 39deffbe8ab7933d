//! A plume near the ground by similarity: measured u* and L.

use libm::{erf, exp, log, pow, sqrt};
use std::f64::consts::PI;

use super::outline::{along, farthest};
use super::passing::{finite_load, passing};
use super::{FARTHEST_M, Model};
use crate::dispersion::sigma::averaging_factor;
use crate::dispersion::similarity::{PlumeAt, SimilarityPlume};
use crate::dispersion::slab::field::Passage;
use crate::explosion::flammable_mass;
use crate::scenario::effects::FLAMMABLE_S;
use crate::scenario::release::Released;
use crate::scenario::weather::Air;
use crate::vulnerability::ToxicProbit;
use crate::zones::Ring;
use crate::{Refusal, Validity};

/// A plume near the ground in measured turbulence, tabled in ln x.
#[derive(Debug, Clone)]
pub struct NearGround {
    plume: SimilarityPlume,
    duration_s: f64,
    at: [PlumeAt; NearGround::STATIONS],
    /// Mass of the pure gas in a cubic metre, kg/m³.
    kg_m3: f64,
}

impl NearGround {
    const STATIONS: usize = 96;

    fn x(i: usize) -> f64 {
        pow(FARTHEST_M, i as f64 / (Self::STATIONS - 1) as f64)
    }

    pub fn of(r: &Released, air: &Air, duration_s: f64, kg_m3: f64, notes: &mut Validity) -> Result<Self, Refusal> {
        let plume = SimilarityPlume {
            q: r.rate_kg_s,
            h: r.height_m,
            u_star: air.u_star,
            inverse_length: air.inverse_length,
            z0: air.z0,
            sigma_theta: air.sigma_theta_deg().to_radians(),
            h_mix: air.h_mix,
        };
        notes.merge(&plume.checked()?);
        let mut xs = [0.0; Self::STATIONS];
        xs.iter_mut().enumerate().for_each(|(i, x)| *x = Self::x(i));
        let mut at = [PlumeAt { z_mean: 1.0, u_p: 1.0, sigma_y: 1.0, s: 1.5 }; Self::STATIONS];
        plume.along(&xs, &mut at);
        Ok(Self { plume, duration_s, at, kg_m3 })
    }

    fn place(&self, x: f64) -> PlumeAt {
        let i = (log(x.clamp(1.0, FARTHEST_M)) / log(FARTHEST_M) * (Self::STATIONS - 1) as f64).min((Self::STATIONS - 1) as f64 - 1e-9);
        let (low, share) = (i as usize, i - libm::floor(i));
        let (a, b) = (&self.at[low], &self.at[low + 1]);
        let mix = |a: f64, b: f64| exp((1.0 - share) * log(a) + share * log(b));
        PlumeAt { z_mean: mix(a.z_mean, b.z_mean), u_p: mix(a.u_p, b.u_p), sigma_y: mix(a.sigma_y, b.sigma_y), s: mix(a.s, b.s) }
    }

    fn wind_at(&self, x: f64) -> f64 {
        self.place(x).u_p
    }

    fn sigma_y(&self, x: f64, averaging_s: f64) -> f64 {
        self.place(x).sigma_y * averaging_factor(averaging_s.max(20.0), 600.0)
    }

    /// Of a release without end, kg/m³.
    fn steady(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        let place = self.place(x);
        let sigma = self.sigma_y(x, averaging_s);
        self.plume.cross_wind_integral(&place, z) / (sqrt(2.0 * PI) * sigma) * exp(-0.5 * (y / sigma) * (y / sigma))
    }

    /// Largest in time, kg/m³.
    fn mass_concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        let finite = erf(self.wind_at(x) * self.duration_s / (2.0 * sqrt(2.0) * self.sigma_y(x, 600.0)));
        self.steady(x, y, z, averaging_s) * finite.min(self.duration_s / averaging_s.max(1.0)).min(1.0)
    }

    fn half_width(&self, x: f64, z: f64, c: f64, averaging_s: f64) -> f64 {
        let axis = self.mass_concentration(x, 0.0, z, averaging_s);
        if axis > c { self.sigma_y(x, averaging_s) * sqrt(2.0 * log(axis / c)) } else { 0.0 }
    }
}

impl Model for NearGround {
    fn name(&self) -> &'static str {
        "dispersion.similarity_plume"
    }

    fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        self.mass_concentration(x, y, z, averaging_s) / self.kg_m3
    }

    fn passage(&self, x: f64) -> Option<Passage> {
        passing(x, self.wind_at(x), self.duration_s, 0.0)
    }

    fn load(&self, probit: &ToxicProbit, to_unit: &dyn Fn(f64) -> f64, x: f64, y: f64, z: f64) -> f64 {
        let averaging_s = self.duration_s.clamp(FLAMMABLE_S, 3600.0);
        let c = self.steady(x, y, z, averaging_s);
        let unit = |kg: f64| to_unit((kg / self.kg_m3).clamp(0.0, 1.0));
        finite_load(probit, c, self.duration_s, self.sigma_y(x, averaging_s), self.wind_at(x), unit)
    }

    fn reach(&self, c: f64, z: f64, averaging_s: f64) -> Option<f64> {
        farthest(|x| self.mass_concentration(x, 0.0, z, averaging_s), c * self.kg_m3)
    }

    fn ring(&self, c: f64, z: f64, averaging_s: f64) -> Ring {
        along(self.reach(c, z, averaging_s), 0.0, |x| self.half_width(x, z, c * self.kg_m3, averaging_s))
    }

    fn flammable_mass(&self, lfl: f64, ufl: f64) -> f64 {
        let end = self.reach(lfl, 0.0, FLAMMABLE_S).unwrap_or(0.0);
        let axis = |x: f64| self.steady(x, 0.0, 0.0, FLAMMABLE_S);
        let u = self.wind_at(0.5 * end);
        let (kg_l, kg_u) = (lfl * self.kg_m3, ufl * self.kg_m3);
        flammable_mass::of_plume(self.plume.q.max(1e-12), u, kg_l, kg_u, 0.1_f64.min(0.5 * end).max(1e-6), end, axis).unwrap_or(f64::NAN)
    }
}
