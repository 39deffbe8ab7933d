//! A pool from the first drop to the last: spreading, heat balance, boiling or evaporating, in one system. Specification 03, State.

use libm::{pow, sin, sqrt};
use std::f64::consts::PI;

use super::mass_transfer::{k_m_mackay_matsugu, stefan, wind};
use super::spreading::{Surface, growth};
use crate::properties::Substance;
use crate::validity::{not_negative, positive};
use crate::{Kelvin, Metres, Note, Pascal, R, Refusal, Validity};

/// What spills where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spill<'a> {
    pub substance: &'a Substance,
    /// Rate, kg/s, and how long, s.
    pub rate: f64,
    pub duration_s: f64,
    /// Temperature of the liquid as it reaches the ground, K; above the boiling point it is held there.
    pub t_in: f64,
    pub surface: Surface,
    /// Radius at which a bund stops the pool, m.
    pub r_bund: Option<f64>,
    /// Conductivity, W/(m K), and diffusivity, m²/s, of the ground; for water see `water_flux`.
    pub ground: (f64, f64),
    pub t_ground: f64,
    pub t_air: f64,
    pub p_a: f64,
    pub u10: f64,
    /// Solar radiation on the pool, W/m²; see [`solar`].
    pub solar: f64,
}

/// One instant of the pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoolAt {
    pub t: f64,
    pub mass: f64,
    pub radius: f64,
    pub temperature: f64,
    /// Vapour given off, kg/s.
    pub vapour: f64,
}

/// The pool over time and what it gave off.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    pub course: Vec<PoolAt>,
    pub evaporated: f64,
    /// Mean rate of the first 10 and 60 minutes, kg/s.
    pub mean_10_min: f64,
    pub mean_60_min: f64,
    pub notes: Validity,
}

/// Solar radiation, W/m²: `S = 1111 (1 − 0.0071 C_t²)(sin φ − 0.1)`, zero when sin φ < 0.1. Cloud cover 0–10, elevation in degrees.
pub fn solar(cloud: f64, elevation_deg: f64) -> f64 {
    (1111.0 * (1.0 - 0.0071 * cloud * cloud) * (sin(elevation_deg.to_radians()) - 0.1)).max(0.0)
}

/// Heat flux from water under a boiling pool, W/m² (nominal 25–35 kW/m²; LNG up to 150 observed).
pub const WATER_FLUX: f64 = 30_000.0;
const STEFAN_BOLTZMANN: f64 = 5.67e-8;
const ALBEDO: f64 = 0.14;
const EMISSIVITY: f64 = 0.97;
const SKY: f64 = 0.82;
const CP_AIR: f64 = crate::CP_AIR;
const PRANDTL: f64 = 0.71;

/// Follows the pool for `duration_s` in steps of at most `duration_s/1000`.
pub fn pool(spill: &Spill, duration_s: f64) -> Result<Pool, Refusal> {
    let duration = positive("duration, s", duration_s)?;
    let rate_in = not_negative("spill rate, kg/s", spill.rate)?;
    not_negative("spill duration, s", spill.duration_s)?;
    let t_air = positive("air temperature, K", spill.t_air)?;
    let p_a = positive("ambient pressure, Pa", spill.p_a)?;
    let mut notes = Validity::new();
    let u10 = wind(not_negative("wind at 10 m, m/s", spill.u10)?, &mut notes);
    let s = spill.substance;
    let t_b = s.boiling_point(Pascal(p_a))?.0;
    let cp_l = s.cp_liquid()?;
    let m = s.molar_mass().0;
    let rho_a = crate::air_density(Pascal(p_a), Kelvin(t_air)).0;
    let mut t_p = positive("liquid temperature, K", spill.t_in)?.min(t_b);
    let rho = s.liquid_density(Kelvin(t_p), &mut notes)?.0;
    let h_min = match spill.surface {
        Surface::Land { h_min } => positive("least depth, m", h_min)?,
        Surface::Water { .. } => 0.0017,
    };
    let (k, alpha) = (positive("conductivity, W/(m K)", spill.ground.0)?, positive("diffusivity, m²/s", spill.ground.1)?);
    const STEPS: usize = 2000;
    let dt = duration / STEPS as f64;
    let mut course = Vec::with_capacity(STEPS / 10 + 2);
    let (mut mass, mut evaporated) = (0.0, 0.0);
    let mut r: f64 = 0.0;
    let (mut first_10, mut first_60) = (0.0, 0.0);
    for step in 0..STEPS {
        let t = (step as f64 + 0.5) * dt;
        let arriving = if t < spill.duration_s { rate_in } else { 0.0 };
        mass += arriving * dt;
        if mass <= 0.0 {
            course_push(&mut course, step, PoolAt { t, mass: 0.0, radius: r, temperature: t_p, vapour: 0.0 });
            continue;
        }
        // A pool begins no thicker than it is wide, and never thinner than the surface lets it.
        let r_start = pow(mass / (rho * PI), 1.0 / 3.0).min(sqrt(mass / (rho * PI * h_min)));
        r = r.max(r_start);
        let h = mass / (rho * PI * r * r);
        r += growth(spill.surface, h, rho) * dt;
        let r_most = sqrt(mass / (rho * PI * h_min)).min(spill.r_bund.unwrap_or(f64::INFINITY));
        r = r.min(r_most.max(1e-3));
        let area = PI * r * r;
        notes.range("pool", "diameter, m", 2.0 * r, 1e-3, 100.0);
        let p_s = s.vapour_pressure(Kelvin(t_p), &mut notes)?.0;
        let dh = s.heat_of_vaporisation(Kelvin(t_p))?;
        let sc = s.schmidt(Kelvin(t_air));
        let k_m = k_m_mackay_matsugu(u10, Metres(2.0 * r), sc);
        // Q = Q_ground + Q_conv + Q_sol + Q_lw, W/m².
        let q_ground = match spill.surface {
            Surface::Land { .. } => k * (spill.t_ground - t_p) / sqrt(PI * alpha * t.max(1.0)),
            Surface::Water { .. } => WATER_FLUX * ((spill.t_ground - t_p) / 100.0).clamp(0.0, 1.0),
        };
        let h_c = k_m * rho_a * CP_AIR * pow(sc / PRANDTL, 0.67);
        let q_conv = h_c * (t_air - t_p);
        let q_sol = (1.0 - ALBEDO) * spill.solar;
        let q_lw = EMISSIVITY * STEFAN_BOLTZMANN * (SKY * pow(t_air, 4.0) - pow(t_p, 4.0));
        let q = (q_ground + q_conv + q_sol + q_lw) * area;
        let by_wind = k_m * area * m * p_s.min(0.95 * p_a) / (R * t_p) * stefan(p_s, p_a);
        let by_heat = (q + arriving * cp_l * (spill.t_in.min(t_b) - t_p)).max(0.0) / dh;
        // Linear blend from wind-driven to boiling between p_s = 0.85 p and 0.95 p.
        let share = ((p_s / p_a - 0.85) / 0.10).clamp(0.0, 1.0);
        let vapour = ((1.0 - share) * by_wind + share * by_heat.max(by_wind)).min(mass / dt);
        let heat = q - vapour * dh + arriving * cp_l * (spill.t_in.min(t_b) - t_p);
        // The change of one step stays small: a film of liquid follows its heat balance at once.
        let change = (heat * dt / (mass * cp_l)).clamp(-2.0, 2.0);
        t_p = (t_p + change).min(t_b).max(0.6 * t_b);
        mass -= vapour * dt;
        evaporated += vapour * dt;
        first_10 += if t < 600.0 { vapour * dt } else { 0.0 };
        first_60 += if t < 3600.0 { vapour * dt } else { 0.0 };
        course_push(&mut course, step, PoolAt { t, mass, radius: r, temperature: t_p, vapour });
    }
    if spill.r_bund.is_none() && matches!(spill.surface, Surface::Land { .. }) {
        notes.add(Note::Assumed { model: "pool", what: "level ground without drains" });
    }
    Ok(Pool { course, evaporated, mean_10_min: first_10 / duration.min(600.0), mean_60_min: first_60 / duration.min(3600.0), notes })
}

fn course_push(course: &mut Vec<PoolAt>, step: usize, at: PoolAt) {
    if step.is_multiple_of(10) {
        course.push(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::substance;

    fn benzene() -> Spill<'static> {
        Spill {
            substance: substance("71-43-2").unwrap(),
            rate: 5.0,
            duration_s: 600.0,
            t_in: 298.0,
            surface: Surface::Land { h_min: 0.01 },
            r_bund: Some(8.0),
            ground: (0.92, 4.16e-7),
            t_ground: 298.0,
            t_air: 298.0,
            p_a: 101_325.0,
            u10: 3.0,
            solar: 0.0,
        }
    }

    #[test]
    fn what_was_spilled_is_in_the_pool_or_in_the_air() {
        let done = pool(&benzene(), 1800.0).unwrap();
        let last = done.course.last().unwrap();
        assert!((last.mass + done.evaporated - 3000.0).abs() < 20.0, "{} + {}", last.mass, done.evaporated);
        assert!(last.radius <= 8.0);
        assert!(last.temperature < 298.0, "evaporation cools the pool");
    }

    #[test]
    fn more_wind_and_a_wider_bund_give_more_vapour() {
        let calm = pool(&Spill { u10: 1.0, ..benzene() }, 1800.0).unwrap().evaporated;
        let windy = pool(&Spill { u10: 6.0, ..benzene() }, 1800.0).unwrap().evaporated;
        let wide = pool(&Spill { r_bund: None, ..benzene() }, 1800.0).unwrap().evaporated;
        assert!(calm < windy);
        assert!(pool(&benzene(), 1800.0).unwrap().evaporated < wide);
    }

    #[test]
    fn a_refrigerated_liquid_boils_at_first_hardest() {
        let ammonia = Spill { substance: substance("7664-41-7").unwrap(), t_in: 239.8, ..benzene() };
        let done = pool(&ammonia, 1800.0).unwrap();
        assert!(done.course.iter().all(|at| at.temperature <= 239.85 && at.vapour.is_finite() && at.vapour >= 0.0));
        assert!(done.mean_10_min > done.mean_60_min * 0.9);
    }
}
