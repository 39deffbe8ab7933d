//! Pool fires as a solid, tilted flame: burning rate, flame shape, emissive power and flux (specification 07 §1).

use libm::{acos, exp, pow, sqrt};
use std::f64::consts::PI;

use super::transmissivity;
use super::view_factor::Frustum;
use crate::validity::{not_negative, positive};
use crate::{G, Refusal, Validity};

pub const MODEL: &str = "pool_fire.thomas_aga";

/// How the fuel burns: sets emissive power and the share of heat radiated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlameKind {
    /// LNG: clear flame, energy balance with χ = 0.28, at most 265 kW/m².
    Lng,
    /// LPG: χ = 0.33.
    Lpg,
    /// Petrol, kerosene, crude: smoke hides the flame (Mudan).
    Sooty,
    /// Light hydrocarbons: χ = 0.35 e^(−0.05 D), at least 0.08.
    LightHydrocarbon,
    /// Alcohols: χ = 0.2.
    Alcohol,
}

/// How a fuel burns in a large pool: mass flux of an infinite pool, kg/(m²·s), and extinction by mean beam length, 1/m.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burning {
    pub fuel: &'static str,
    pub cas: &'static [&'static str],
    pub m_infinite: f64,
    /// Infinite where the pool burns at its full rate from the smallest size.
    pub k_beta: f64,
    pub kind: FlameKind,
}

/// Burning rates of specification 07 §1 (Babrauskas 1983; status from-knowledge).
#[rustfmt::skip]
pub const BURNING: &[Burning] = &[
    Burning { fuel: "LNG",      cas: &["74-82-8"],                         m_infinite: 0.078, k_beta: 1.1,           kind: FlameKind::Lng },
    Burning { fuel: "LPG",      cas: &["74-98-6", "106-97-8", "75-28-5"],  m_infinite: 0.099, k_beta: 1.4,           kind: FlameKind::Lpg },
    Burning { fuel: "petrol",   cas: &["8006-61-9", "86290-81-5"],         m_infinite: 0.055, k_beta: 2.1,           kind: FlameKind::Sooty },
    Burning { fuel: "kerosene", cas: &["8008-20-6"],                       m_infinite: 0.039, k_beta: 3.5,           kind: FlameKind::Sooty },
    Burning { fuel: "crude",    cas: &["8002-05-9"],                       m_infinite: 0.0335, k_beta: 2.8,          kind: FlameKind::Sooty },
    Burning { fuel: "benzene",  cas: &["71-43-2"],                         m_infinite: 0.085, k_beta: 2.7,           kind: FlameKind::Sooty },
    Burning { fuel: "hexane",   cas: &["110-54-3"],                        m_infinite: 0.074, k_beta: 1.9,           kind: FlameKind::LightHydrocarbon },
    Burning { fuel: "methanol", cas: &["67-56-1"],                         m_infinite: 0.017, k_beta: f64::INFINITY, kind: FlameKind::Alcohol },
    Burning { fuel: "ethanol",  cas: &["64-17-5"],                         m_infinite: 0.015, k_beta: f64::INFINITY, kind: FlameKind::Alcohol },
];

/// The tabulated burning of a substance, by CAS number.
pub fn burning(cas: &str) -> Option<&'static Burning> {
    BURNING.iter().find(|b| b.cas.contains(&cas))
}

impl Burning {
    /// Mass flux of a pool of diameter `d` m: `ṁ'' = ṁ∞ (1 − e^(−kβ D))`, kg/(m²·s).
    pub fn mass_flux(&self, d: f64) -> f64 {
        self.m_infinite * (1.0 - exp(-self.k_beta * d))
    }
}

/// Mass flux of a fuel without tabulated burning, kg/(m²·s): `ṁ'' = 0.001 H_c/(ΔH_v + cp (T_b − T_a))`; no heating-up below ambient.
///
/// `h_c` heat of combustion J/kg, `h_v` heat of vaporisation J/kg, `cp` of the liquid J/(kg·K), `t_b` and `t_a` K. Source: 07 §1.
pub fn mass_flux_unlisted(h_c: f64, h_v: f64, cp: f64, t_b: f64, t_a: f64) -> f64 {
    0.001 * h_c / (h_v + cp * (t_b - t_a).max(0.0))
}

/// Diameter at which a steady leak burns as fast as it spills, m: `D = sqrt(4 V̇/(π ẏ))`.
pub fn steady_diameter(mass_rate_kg_s: f64, mass_flux: f64) -> f64 {
    sqrt(4.0 * mass_rate_kg_s / (PI * mass_flux))
}

/// Length of the flame in calm air after Thomas, m: `L/D = 42 (ṁ''/(ρ_a sqrt(g D)))^0.61`. Case FIR-003.
pub fn thomas_length_calm(d: f64, m_flux: f64, rho_a: f64) -> f64 {
    d * 42.0 * pow(m_flux / (rho_a * sqrt(G * d)), 0.61)
}

/// Wind made dimensionless, at least 1: `u* = u/(g ṁ'' D/ρ_a)^(1/3)`.
pub fn dimensionless_wind(u: f64, d: f64, m_flux: f64, rho_a: f64) -> f64 {
    f64::max(u / pow(G * m_flux * d / rho_a, 1.0 / 3.0), 1.0)
}

/// Length of the flame in wind after Thomas, m: `L/D = 55 (ṁ''/(ρ_a sqrt(g D)))^0.67 u*^−0.21`. Case FIR-004.
///
/// Short for large LNG fires: 53 m against 78 m measured at Montoir; not tuned on purpose.
pub fn thomas_length_wind(d: f64, m_flux: f64, rho_a: f64, u: f64) -> f64 {
    let u_star = dimensionless_wind(u, d, m_flux, rho_a);
    d * 55.0 * pow(m_flux / (rho_a * sqrt(G * d)), 0.67) * pow(u_star, -0.21)
}

/// Lean of the flame from the vertical, rad (American Gas Association): `cos θ = u*^−½`, upright for `u* ≤ 1`.
pub fn aga_tilt(u_star: f64) -> f64 {
    if u_star <= 1.0 { 0.0 } else { acos(1.0 / sqrt(u_star)) }
}

/// How far wind drags the base out, as a ratio of diameters (Moorhouse): `D_w/D = 1.5 Fr₁₀^0.069`, at least 1.
pub fn moorhouse_drag(u_10: f64, d: f64) -> f64 {
    f64::max(1.5 * pow(u_10 * u_10 / (G * d), 0.069), 1.0)
}

/// Share of the heat of combustion radiated, by fuel and pool diameter. `None` where smoke, not energy, sets the emissive power.
pub fn radiated_share(kind: FlameKind, d: f64) -> Option<f64> {
    match kind {
        FlameKind::Lng => Some(0.28),
        FlameKind::Lpg => Some(0.33),
        FlameKind::LightHydrocarbon => Some(f64::max(0.35 * exp(-0.05 * d), 0.08)),
        FlameKind::Alcohol => Some(0.2),
        FlameKind::Sooty => None,
    }
}

/// Surface emissive power by energy, kW/m²: `E = χ ṁ'' H_c (π D²/4)/(π D L + π D²/4)`.
pub fn emissive_power_by_energy(chi: f64, m_flux: f64, h_c: f64, d: f64, l: f64) -> f64 {
    let top = PI * d * d / 4.0;
    chi * m_flux * h_c * top / (PI * d * l + top) / 1000.0
}

/// Surface emissive power of a sooty flame after Mudan, kW/m²: `E = 140 e^(−0.12 D) + 20 (1 − e^(−0.12 D))`.
pub fn emissive_power_mudan(d: f64) -> f64 {
    140.0 * exp(-0.12 * d) + 20.0 * (1.0 - exp(-0.12 * d))
}

/// Emissive power of a flame of this kind, kW/m², LNG at most 265.
pub fn emissive_power(kind: FlameKind, m_flux: f64, h_c: f64, d: f64, l: f64) -> f64 {
    match (kind, radiated_share(kind, d)) {
        (_, None) => emissive_power_mudan(d),
        (FlameKind::Lng, Some(chi)) => f64::min(emissive_power_by_energy(chi, m_flux, h_c, d, l), 265.0),
        (_, Some(chi)) => emissive_power_by_energy(chi, m_flux, h_c, d, l),
    }
}

/// What a pool fire needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoolFireInput {
    pub diameter_m: f64,
    /// Burning mass flux ṁ'', kg/(m²·s).
    pub mass_flux: f64,
    /// Lower heat of combustion, J/kg.
    pub h_c: f64,
    pub kind: FlameKind,
    pub wind_m_s: f64,
    pub t_a: f64,
    /// Relative humidity 0–1.
    pub rh: f64,
    pub rho_a: f64,
}

/// A burning pool, ready to be asked for fluxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoolFire {
    pub flame: Frustum,
    pub length_m: f64,
    pub tilt_rad: f64,
    pub emissive_power_kw_m2: f64,
    pub burning_rate_kg_s: f64,
    pub validity: Validity,
    rh: f64,
    t_a: f64,
}

/// The flame over a burning pool. Valid for 1–80 m and winds to 15 m/s; outside, the result says so.
pub fn pool_fire(input: &PoolFireInput) -> Result<PoolFire, Refusal> {
    let d = positive("diameter_m", input.diameter_m)?;
    let m_flux = positive("mass_flux", input.mass_flux)?;
    let h_c = positive("h_c", input.h_c)?;
    let u = not_negative("wind_m_s", input.wind_m_s)?;
    let rho_a = positive("rho_a", input.rho_a)?;
    let mut validity = Validity::new();
    validity.range(MODEL, "diameter_m", d, 1.0, 80.0);
    validity.range(MODEL, "wind_m_s", u, 0.0, 15.0);
    let u_star = dimensionless_wind(u, d, m_flux, rho_a);
    // Below u* = 1 the wind does not yet bend the flame, and the calm form holds.
    let length_m = if u_star > 1.0 { thomas_length_wind(d, m_flux, rho_a, u) } else { thomas_length_calm(d, m_flux, rho_a) };
    let tilt_rad = aga_tilt(u_star);
    Ok(PoolFire {
        flame: Frustum::tilted_cylinder(d / 2.0, length_m, tilt_rad),
        length_m,
        tilt_rad,
        emissive_power_kw_m2: emissive_power(input.kind, m_flux, h_c, d, length_m),
        burning_rate_kg_s: m_flux * PI * d * d / 4.0,
        validity,
        rh: input.rh,
        t_a: input.t_a,
    })
}

impl PoolFire {
    /// Flux on the best turned target, kW/m²: `q = τ E F_max`. Frame: pool centre, x downwind, z up, m.
    pub fn flux_kw_m2(&self, p: [f64; 3]) -> f64 {
        let path = f64::max(sqrt(p[0] * p[0] + p[1] * p[1]) - self.flame.base_radius_m, 0.0);
        transmissivity::bagster(self.rh, self.t_a, path) * self.emissive_power_kw_m2 * self.flame.maximum_view_factor(p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fire(diameter_m: f64, wind_m_s: f64) -> PoolFire {
        let petrol = burning("8006-61-9").unwrap();
        pool_fire(&PoolFireInput {
            diameter_m,
            mass_flux: petrol.mass_flux(diameter_m),
            h_c: 43.7e6,
            kind: petrol.kind,
            wind_m_s,
            t_a: 293.15,
            rh: 0.6,
            rho_a: 1.2,
        })
        .unwrap()
    }

    #[test]
    fn flux_falls_with_distance_and_is_larger_downwind() {
        let fire = fire(20.0, 5.0);
        let mut last = f64::INFINITY;
        for x in [12.0, 20.0, 40.0, 80.0, 160.0] {
            let q = fire.flux_kw_m2([x, 0.0, 1.5]);
            assert!(q < last && q > 0.0);
            last = q;
        }
        assert!(fire.flux_kw_m2([40.0, 0.0, 1.5]) > fire.flux_kw_m2([-40.0, 0.0, 1.5]));
        assert!((fire.flux_kw_m2([0.0, 40.0, 1.5]) - fire.flux_kw_m2([0.0, -40.0, 1.5])).abs() < 1e-12);
    }

    #[test]
    fn wider_pools_burn_more_and_smoke_more() {
        assert!(fire(30.0, 2.0).burning_rate_kg_s > fire(10.0, 2.0).burning_rate_kg_s);
        assert!(fire(30.0, 2.0).emissive_power_kw_m2 < fire(10.0, 2.0).emissive_power_kw_m2);
    }

    #[test]
    fn leaving_the_range_is_part_of_the_answer() {
        assert!(fire(20.0, 5.0).validity.is_empty());
        assert!(!fire(120.0, 5.0).validity.is_empty());
        assert!(!fire(20.0, 18.0).validity.is_empty());
    }

    #[test]
    fn a_pool_without_size_is_refused_by_name() {
        let refused = pool_fire(&PoolFireInput {
            diameter_m: 0.0,
            mass_flux: 0.05,
            h_c: 43.7e6,
            kind: FlameKind::Sooty,
            wind_m_s: 2.0,
            t_a: 293.15,
            rh: 0.6,
            rho_a: 1.2,
        })
        .unwrap_err();
        assert!(refused.to_string().contains("diameter_m"));
    }
}
