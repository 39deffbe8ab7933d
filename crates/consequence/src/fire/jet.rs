//! Jet fires: length and shape after Chamberlain, flux from points along the flame, and AQ/T 3046 for comparison (specification 07 §3).

use libm::{cos, exp, pow, sin, sqrt};
use std::f64::consts::PI;

use super::transmissivity;
use super::view_factor::Frustum;
use crate::units::{G, M_AIR, R};
use crate::validity::{not_negative, positive, within};
use crate::{Note, Refusal, Validity};

pub const MODEL: &str = "jet_fire.chamberlain_points";

/// Flame length of AQ/T 3046-2013 (E.57), m: `L = (H_c ṁ)^0.444/161.66`. `h_c` J/kg, `m` kg/s. Case FIR-001.
///
/// 17 % and 31 % long against two large methane jets; kept for comparison only.
pub fn aqt3046_length(h_c: f64, m: f64) -> f64 {
    pow(h_c * m, 0.444) / 161.66
}

/// Flux at `r` m from one point source of AQ/T 3046-2013 (E.58–E.59), kW/m²: `q = χ H_c ṁ τ/(4π r²)`. Case FIR-002.
pub fn aqt3046_flux(chi: f64, h_c: f64, m: f64, r: f64) -> f64 {
    chi * h_c * m * transmissivity::aqt3046(r) / (4.0 * PI * r * r) / 1000.0
}

/// Length after the API 521 style rule, m: `L ≈ 0.00326 (ṁ H_c)^0.478`. From-knowledge; 20–30 % long.
pub fn api521_length(h_c: f64, m: f64) -> f64 {
    0.00326 * pow(m * h_c, 0.478)
}

/// Distance for flare spacing, m: `D = sqrt(τ F Q/(4π K))`, `q_w` released W, `k` allowed W/m².
pub fn api521_distance(tau: f64, f: f64, q_w: f64, k: f64) -> f64 {
    sqrt(tau * f * q_w / (4.0 * PI * k))
}

/// Which way the hole points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JetDirection {
    Horizontal,
    Vertical,
}

/// Fuel families that radiate differently from methane (07 §3: propane × 1.3, C4+ and two-phase × 1.5, hydrogen about 0.08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JetFuel {
    MethaneRich,
    Propane,
    /// C4 and heavier, and every jet that carries liquid.
    HeavyOrTwoPhase,
    Hydrogen,
}

impl JetFuel {
    /// The family of a gas by its molar mass, kg/mol: hydrogen below 4, methane-rich to 22, propane-like to 50 g/mol.
    pub fn of_molar_mass(mw: f64, two_phase: bool) -> Self {
        match mw {
            _ if two_phase => Self::HeavyOrTwoPhase,
            m if m < 0.004 => Self::Hydrogen,
            m if m < 0.022 => Self::MethaneRich,
            m if m < 0.050 => Self::Propane,
            _ => Self::HeavyOrTwoPhase,
        }
    }
}

/// What a jet fire needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JetFireInput {
    pub mass_rate_kg_s: f64,
    /// Absolute stagnation pressure, Pa, and temperature, K.
    pub p_0: f64,
    pub t_0: f64,
    /// Molar mass kg/mol and isentropic exponent of the gas.
    pub mw: f64,
    pub gamma: f64,
    /// Lower heat of combustion, J/kg.
    pub h_c: f64,
    pub fuel: JetFuel,
    /// Stoichiometric mass fraction of fuel in air; [`alkane_stoichiometric_fraction`] for alkanes.
    pub stoichiometric_fraction: f64,
    pub direction: JetDirection,
    pub wind_m_s: f64,
    pub t_a: f64,
    pub p_a: f64,
    /// Relative humidity 0–1.
    pub rh: f64,
}

/// Stoichiometric mass fraction of an alkane in air, `M` in kg/mol: `W = M/(15.816 M + 0.0395)`.
pub fn alkane_stoichiometric_fraction(mw: f64) -> f64 {
    mw / (15.816 * mw + 0.0395)
}

/// A burning jet, ready to be asked for fluxes. Frame: hole at the origin, x along a horizontal jet (downwind for a vertical one), z up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JetFire {
    /// Visible length L_B, m.
    pub length_m: f64,
    /// Lean from the jet's axis, rad.
    pub tilt_rad: f64,
    pub lift_off_m: f64,
    /// Solid-flame shape, the second opinion near the flame.
    pub frustum: Frustum,
    /// Share of the heat radiated, F_s.
    pub radiated_share: f64,
    /// Velocity after expansion to ambient pressure, m/s.
    pub jet_velocity_m_s: f64,
    pub surface_power_kw_m2: f64,
    pub validity: Validity,
    points: [Point; POINTS],
    rh: f64,
    t_a: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    at: [f64; 3],
    /// Heat radiated from here, kW.
    kw: f64,
}

const POINTS: usize = 12;

/// Expanded Mach number, velocity m/s and temperature K of a gas jet: step 1 of Chamberlain's procedure.
pub fn expanded_jet(p_0: f64, t_0: f64, mw: f64, gamma: f64, p_a: f64) -> (f64, f64, f64) {
    let g = gamma;
    let p_c = p_0 * pow(2.0 / (g + 1.0), g / (g - 1.0));
    let mach = if p_c > p_a {
        sqrt(((g + 1.0) * pow(p_c / p_a, (g - 1.0) / g) - 2.0) / (g - 1.0))
    } else {
        sqrt(2.0 / (g - 1.0) * (pow(p_0 / p_a, (g - 1.0) / g) - 1.0))
    };
    let t_j = t_0 * pow(p_a / p_0, (g - 1.0) / g);
    (mach, mach * sqrt(g * R * t_j / mw), t_j)
}

/// Root Y of `0.024 (g D_s/u_j²)^(1/3) Y^(5/3) + 0.2 Y^(2/3) − (2.85/W)^(2/3) = 0`, step 3: flame length in source diameters.
pub fn still_air_length_ratio(d_s: f64, u_j: f64, w: f64) -> f64 {
    let a = 0.024 * pow(G * d_s / (u_j * u_j), 1.0 / 3.0);
    let c = pow(2.85 / w, 2.0 / 3.0);
    // With z = Y^(1/3) the left side rises and bends upwards, so Newton from above falls onto the root.
    let mut z = sqrt(c / 0.2);
    for _ in 0..60 {
        let f = a * pow(z, 5.0) + 0.2 * z * z - c;
        let step = f / (5.0 * a * pow(z, 4.0) + 0.4 * z);
        z -= step;
        if step.abs() <= 1e-12 * z {
            break;
        }
    }
    z * z * z
}

/// The flame of a burning gas jet. Valid for 0.5–100 kg/s; outside, the result says so.
pub fn jet_fire(input: &JetFireInput) -> Result<JetFire, Refusal> {
    let p_a = positive("p_a", input.p_a)?;
    let mw = positive("mw", input.mw)?;
    let t_0 = positive("t_0", input.t_0)?;
    within("p_0", input.p_0, p_a * 1.0001, 1e9, "above ambient pressure")?;
    within("gamma", input.gamma, 1.001, 2.0, "between 1 and 2")?;
    let (_, u_j, t_j) = expanded_jet(input.p_0, t_0, mw, input.gamma, p_a);
    flame(input, u_j, p_a * mw / (R * t_j), 1.0)
}

/// Flame of a jet of vapour and droplets, `u_e` m/s and `rho_e` kg/m³ after expansion to ambient pressure: the gas jet's equations with
/// the mixture's momentum and density, and a flame [`TWO_PHASE_LENGTH`] times as long (07 §3, from-knowledge).
pub fn two_phase_jet_fire(input: &JetFireInput, u_e: f64, rho_e: f64) -> Result<JetFire, Refusal> {
    positive("p_a", input.p_a)?;
    flame(input, positive("u_e", u_e)?, positive("rho_e", rho_e)?, TWO_PHASE_LENGTH)
}

/// How much longer the flame of a two-phase jet is.
pub const TWO_PHASE_LENGTH: f64 = 1.2;

/// The flame of a jet of velocity `u_j`, m/s, and density `rho_j`, kg/m³, at ambient pressure, its length multiplied by `longer`.
fn flame(input: &JetFireInput, u_j: f64, rho_j: f64, longer: f64) -> Result<JetFire, Refusal> {
    let m = positive("mass_rate_kg_s", input.mass_rate_kg_s)?;
    let p_a = input.p_a;
    let t_a = positive("t_a", input.t_a)?;
    let h_c = positive("h_c", input.h_c)?;
    let w = positive("stoichiometric_fraction", input.stoichiometric_fraction)?;
    let u = not_negative("wind_m_s", input.wind_m_s)?;
    let mut validity = Validity::new();
    validity.range(MODEL, "mass_rate_kg_s", m, 0.5, 100.0);
    validity.add(Note::LeftOut {
        model: MODEL,
        what: "heat inside the flame: points stand for the flame, and close to one of them the heat comes out too large",
    });
    let rho_a = p_a * M_AIR / (R * t_a);

    let d_s = sqrt(4.0 * m / (PI * u_j * rho_a));
    let l_b0 = longer * still_air_length_ratio(d_s, u_j, w) * d_s;

    let r_w = u / u_j;
    let ri = l_b0 * pow(G / (d_s * d_s * u_j * u_j), 1.0 / 3.0);
    let (l_b, alpha) = match input.direction {
        // Chamberlain's wind correction is for flares; a horizontal jet keeps its still-air length.
        JetDirection::Horizontal => (l_b0, 0.0),
        JetDirection::Vertical => {
            let l_b = l_b0 * (0.51 * exp(-0.4 * u) + 0.49);
            let degrees = if r_w <= 0.05 { 8000.0 * r_w / ri } else { (134.0 + 1726.0 * sqrt(r_w - 0.026)) / ri };
            (l_b, degrees.min(90.0).to_radians())
        }
    };
    let k = 0.185 * exp(-20.0 * r_w) + 0.015;
    let lift_off = if alpha > 1e-6 { l_b * sin(k * alpha) / sin(alpha) } else { l_b * k };
    let b_sin = lift_off * sin(alpha);
    let r_l = sqrt(l_b * l_b - b_sin * b_sin) - lift_off * cos(alpha);

    let w_2 = l_b * (0.18 * exp(-1.5 * r_w) + 0.31) * (1.0 - 0.47 * exp(-25.0 * r_w));
    let c = 1000.0 * exp(-100.0 * r_w) + 0.8;
    let ri_d = d_s * pow(G / (d_s * d_s * u_j * u_j), 1.0 / 3.0);
    let w_1 = d_s * (13.5 * exp(-6.0 * r_w) + 1.5) * (1.0 - (1.0 - sqrt(rho_a / rho_j) / 15.0) * exp(-70.0 * pow(ri_d, c * r_w)));

    let f_s = radiated_share(input.fuel, u_j);
    let a = PI / 4.0 * (w_1 * w_1 + w_2 * w_2) + PI / 2.0 * (w_1 + w_2) * sqrt(r_l * r_l + (w_2 - w_1) * (w_2 - w_1) / 4.0);
    let radiated_kw = f_s * m * h_c / 1000.0;

    let (base, axis) = match input.direction {
        JetDirection::Horizontal => ([lift_off, 0.0, 0.0], [1.0, 0.0, 0.0]),
        JetDirection::Vertical => ([0.0, 0.0, lift_off], [sin(alpha), 0.0, cos(alpha)]),
    };
    Ok(JetFire {
        length_m: l_b,
        tilt_rad: alpha,
        lift_off_m: lift_off,
        frustum: Frustum { base, axis, length_m: r_l, base_radius_m: w_1 / 2.0, tip_radius_m: w_2 / 2.0 },
        radiated_share: f_s,
        jet_velocity_m_s: u_j,
        surface_power_kw_m2: radiated_kw / a,
        validity,
        points: points(input.direction, l_b, base, axis, r_l, radiated_kw),
        rh: input.rh,
        t_a,
    })
}

/// Share radiated, step 8: `F_s = 0.21 e^(−0.00323 u_j) + 0.11` for methane, times the fuel's factor, at most 0.5; hydrogen 0.08.
pub fn radiated_share(fuel: JetFuel, u_j: f64) -> f64 {
    let methane = 0.21 * exp(-0.00323 * u_j) + 0.11;
    match fuel {
        JetFuel::MethaneRich => methane,
        JetFuel::Propane => f64::min(1.3 * methane, 0.5),
        JetFuel::HeavyOrTwoPhase => f64::min(1.5 * methane, 0.5),
        JetFuel::Hydrogen => 0.08,
    }
}

/// Twelve sources along the flame: weights grow linearly to 0.6 L, then fall (07 §3, "flux at a receptor, v1").
fn points(direction: JetDirection, l: f64, base: [f64; 3], axis: [f64; 3], r_l: f64, radiated_kw: f64) -> [Point; POINTS] {
    let mut points = [Point { at: [0.0; 3], kw: 0.0 }; POINTS];
    let mut total = 0.0;
    for (i, point) in points.iter_mut().enumerate() {
        let a = (i as f64 + 0.5) / POINTS as f64;
        let weight = if a <= 0.6 { a / 0.6 } else { (1.0 - a) / 0.4 };
        point.at = match direction {
            // Straight to 0.3 L, then the hot gas rises; the tip lies at 0.95 L.
            JetDirection::Horizontal => [0.95 * l * a, 0.0, if a > 0.3 { 0.2 * l * pow((a - 0.3) / 0.7, 1.5) } else { 0.0 }],
            JetDirection::Vertical => [base[0] + axis[0] * r_l * a, base[1] + axis[1] * r_l * a, base[2] + axis[2] * r_l * a],
        };
        point.kw = weight;
        total += weight;
    }
    for point in &mut points {
        point.kw *= radiated_kw / total;
    }
    points
}

impl JetFire {
    /// Flux on the best turned target, kW/m²: the sum of `F_s ṁ H_c w_i τ_i/(4π r_i²)`.
    pub fn flux_kw_m2(&self, p: [f64; 3]) -> f64 {
        let mut q = 0.0;
        for point in &self.points {
            let d = [p[0] - point.at[0], p[1] - point.at[1], p[2] - point.at[2]];
            let r2 = f64::max(d[0] * d[0] + d[1] * d[1] + d[2] * d[2], 1e-6);
            q += point.kw * transmissivity::bagster(self.rh, self.t_a, sqrt(r2)) / (4.0 * PI * r2);
        }
        q
    }

    /// Flux from the frustum seen as a solid flame, kW/m²: the second opinion within half a flame length.
    pub fn solid_flame_flux_kw_m2(&self, p: [f64; 3]) -> f64 {
        let d = [p[0] - self.frustum.base[0], p[1] - self.frustum.base[1], p[2] - self.frustum.base[2]];
        let path = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
        transmissivity::bagster(self.rh, self.t_a, path) * self.surface_power_kw_m2 * self.frustum.maximum_view_factor(p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn methane(mass_rate_kg_s: f64, direction: JetDirection, wind_m_s: f64) -> JetFire {
        jet_fire(&JetFireInput {
            mass_rate_kg_s,
            p_0: 60e5,
            t_0: 288.15,
            mw: 0.01604,
            gamma: 1.304,
            h_c: 50e6,
            fuel: JetFuel::MethaneRich,
            stoichiometric_fraction: alkane_stoichiometric_fraction(0.01604),
            direction,
            wind_m_s,
            t_a: 288.15,
            p_a: 101325.0,
            rh: 0.7,
        })
        .unwrap()
    }

    #[test]
    fn flux_falls_with_distance_grows_with_rate_and_is_the_same_on_both_sides() {
        let (small, large) = (methane(5.0, JetDirection::Horizontal, 2.0), methane(10.0, JetDirection::Horizontal, 2.0));
        let mut last = f64::INFINITY;
        for y in [20.0, 40.0, 80.0, 160.0] {
            let q = small.flux_kw_m2([10.0, y, 0.0]);
            assert!(q < last && q > 0.0);
            assert!(large.flux_kw_m2([10.0, y, 0.0]) > q);
            assert!((q - small.flux_kw_m2([10.0, -y, 0.0])).abs() < 1e-12);
            last = q;
        }
    }

    #[test]
    fn wind_shortens_and_bends_a_flare() {
        let (calm, windy) = (methane(10.0, JetDirection::Vertical, 0.0), methane(10.0, JetDirection::Vertical, 10.0));
        assert_eq!(calm.tilt_rad, 0.0);
        assert!(windy.tilt_rad > 0.1 && windy.length_m < calm.length_m);
        assert!(windy.flux_kw_m2([40.0, 0.0, 0.0]) > windy.flux_kw_m2([-40.0, 0.0, 0.0]));
    }

    #[test]
    fn points_and_solid_flame_agree_within_a_factor_of_two_a_flame_length_away() {
        let fire = methane(10.0, JetDirection::Horizontal, 1.0);
        let p = [0.5 * fire.length_m, fire.length_m, 0.0];
        let ratio = fire.flux_kw_m2(p) / fire.solid_flame_flux_kw_m2(p);
        assert!((0.5..2.0).contains(&ratio), "{ratio}");
    }

    #[test]
    fn heavier_fuels_radiate_more_and_hydrogen_little() {
        assert!(radiated_share(JetFuel::Propane, 300.0) > radiated_share(JetFuel::MethaneRich, 300.0));
        assert!(radiated_share(JetFuel::HeavyOrTwoPhase, 0.0) <= 0.5);
        assert_eq!(JetFuel::of_molar_mass(0.002, false), JetFuel::Hydrogen);
        assert_eq!(JetFuel::of_molar_mass(0.044, true), JetFuel::HeavyOrTwoPhase);
    }

    #[test]
    fn small_jets_are_flagged() {
        let out = |m: f64| methane(m, JetDirection::Horizontal, 1.0).validity.iter().any(|note| matches!(note, Note::OutOfRange { .. }));
        assert!(out(0.1) && !out(5.0));
    }

    #[test]
    fn droplets_lengthen_the_flame_and_slow_momentum_fattens_its_source() {
        let propane = JetFireInput {
            mass_rate_kg_s: 5.0,
            p_0: 8.4e5,
            t_0: 293.0,
            mw: 0.0441,
            gamma: 1.13,
            h_c: 46e6,
            fuel: JetFuel::of_molar_mass(0.0441, true),
            stoichiometric_fraction: alkane_stoichiometric_fraction(0.0441),
            direction: JetDirection::Horizontal,
            wind_m_s: 2.0,
            t_a: 293.0,
            p_a: 101_325.0,
            rh: 0.6,
        };
        let (_, u_j, t_j) = expanded_jet(propane.p_0, propane.t_0, propane.mw, propane.gamma, propane.p_a);
        let gas = jet_fire(&propane).unwrap();
        let same = two_phase_jet_fire(&propane, u_j, propane.p_a * propane.mw / (R * t_j)).unwrap();
        assert!((same.length_m / gas.length_m - 1.2).abs() < 1e-12 && same.radiated_share == gas.radiated_share);
        let slow = two_phase_jet_fire(&propane, 53.0, 6.0).unwrap();
        assert_eq!(slow.jet_velocity_m_s, 53.0);
        assert!(slow.length_m != same.length_m && slow.radiated_share > same.radiated_share);
        assert!(two_phase_jet_fire(&propane, 0.0, 6.0).is_err());
    }
}
