//! A vessel that blows down through its gas space: gas alone, adiabatic and well mixed, or vapour over a boiling liquid. Specification 02 §5.

use libm::pow;

use super::gas::{self, GasHole};
use crate::numerics::{DormandPrince, brent};
use crate::properties::Substance;
use crate::validity::{not_negative, positive, within};
use crate::{Kelvin, Kg, KgPerS, Note, Pascal, R, Refusal, Seconds, SquareMetres, Validity};

const MODEL: &str = "discharge.vessel";

/// Mass left after `t` of choked flow: `M(t) = M_i [1 + (γ−1)/2 · t ṁ_i/M_i]^(−2/(γ−1))`.
pub fn choked_mass(m_i: Kg, rate_i: KgPerS, gamma: f64, t: Seconds) -> Result<Kg, Refusal> {
    if m_i.0 < 0.0 {
        return Err(Refusal::NegativeInventory { mass_kg: m_i.0 });
    }
    let m = positive("inventory, kg", m_i.0)?;
    let gamma = within("γ", gamma, 1.01, 1.9, "between 1.01 and 1.9")?;
    not_negative("first rate, kg/s", rate_i.0)?;
    not_negative("time, s", t.0)?;
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

/// State after `t`, choked or not: `dM/dt = −ṁ`, `T/T_i = (ρ/ρ_i)^(γ−1)`.
pub fn blowdown(hole: &GasHole, volume_m3: f64, t: Seconds) -> Result<Blowdown, Refusal> {
    let v = positive("volume, m³", volume_m3)?;
    let t = not_negative("time, s", t.0)?;
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
    let first = 0.01 * m_i / rate(m_i)?.max(1e-9 * m_i);
    let mut solver = DormandPrince::new(0.0, [m_i], first, t.max(1e-9), 1e-6, [1e-8 * m_i]);
    while solver.t < t {
        // At ambient pressure the rate ends in a corner too sharp for any step: the vessel is empty there.
        if solver.step(t, |_, y| Ok::<_, Refusal>([-rate(y[0])?]))?.is_none() {
            break;
        }
    }
    let m = solver.y[0];
    let (temperature, pressure) = at(m);
    Ok(Blowdown { mass: m, pressure, temperature, rate: rate(m)? })
}

/// A closed vessel of pressure-liquefied gas that loses vapour from above its liquid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Boiling<'a> {
    pub substance: &'a Substance,
    /// Liquid at the start, kg, its temperature, K, and the whole volume of the vessel, m³.
    pub liquid: f64,
    pub t0: f64,
    pub volume: f64,
    pub c_d: f64,
    pub hole_area: f64,
    pub p_a: f64,
    /// Heat through the wall, W; zero is adiabatic.
    pub q_wall: f64,
}

/// One instant of the boiling vessel.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BoilingAt {
    pub t: f64,
    /// Liquid, kg, temperature, K, and pressure, Pa: that of saturation.
    pub liquid: f64,
    pub temperature: f64,
    pub pressure: f64,
    /// Vapour out, kg/s.
    pub rate: f64,
}

/// The vessel over time at even steps, and when its liquid was gone, s.
#[derive(Debug, Clone, PartialEq)]
pub struct BoilingCourse {
    pub course: Vec<BoilingAt>,
    pub released: f64,
    pub dry_at: Option<f64>,
    pub notes: Validity,
}

/// Vapour out of a vessel whose liquid boils at saturation: `dM_l/dt = −ṁ_v`, `M_l cp_l dT/dt = −ṁ_v ΔH_v + Q_wall`, to the end of
/// `duration`, of the liquid, or of the pressure. The vapour that stands in the vessel is left out: it is little against the liquid.
pub fn boil_down(vessel: &Boiling, duration: Seconds, samples: usize) -> Result<BoilingCourse, Refusal> {
    let s = vessel.substance;
    if vessel.liquid < 0.0 {
        return Err(Refusal::NegativeInventory { mass_kg: vessel.liquid });
    }
    let m0 = positive("liquid, kg", vessel.liquid)?;
    let t0 = positive("stored temperature, K", vessel.t0)?;
    let p_a = positive("ambient pressure, Pa", vessel.p_a)?;
    let duration = positive("duration, s", duration.0)?;
    let q_wall = not_negative("heat through the wall, W", vessel.q_wall)?;
    let cp_l = s.cp_liquid()?;
    let mut notes = Validity::new();
    let rho_l = s.liquid_density(Kelvin(t0), &mut notes)?.0;
    if m0 / rho_l > positive("volume of the vessel, m³", vessel.volume)? {
        return Err(Refusal::OutOfDomain { input: "liquid, kg", value: m0, wanted: "no more than the vessel holds" });
    }
    let mut quiet = Validity::new();
    let mut rate = |t: f64| -> Result<(f64, f64), Refusal> {
        let p = s.vapour_pressure(Kelvin(t), &mut quiet)?;
        let hole = GasHole {
            c_d: vessel.c_d,
            a: SquareMetres(vessel.hole_area),
            p0: p,
            t0: Kelvin(t),
            m: s.molar_mass(),
            gamma: s.gamma_298,
            z: s.compressibility(Kelvin(t), p),
            p_a: Pascal(p_a),
        };
        Ok((gas::orifice(&hole, None)?.rate, p.0))
    };
    let n = samples.clamp(1, 10_000);
    let dt = duration / n as f64;
    let (first, p_first) = rate(t0)?;
    if p_first <= p_a {
        notes.add(Note::LeftOut { model: MODEL, what: "breathing: the vapour pressure lies below ambient and nothing is driven out" });
    }
    let mut course = Vec::with_capacity(n + 1);
    course.push(BoilingAt { t: 0.0, liquid: m0, temperature: t0, pressure: p_first, rate: first });
    let t_ambient = saturation_temperature(s, p_a)?;
    let t_near = t_ambient + NEAR_K;
    let (near, _) = rate(t_near)?;
    let dh_near = s.heat_of_vaporisation(Kelvin(t_near))?;
    // What the wall's heat boils off passes the hole with next to no pressure.
    let open = near * dh_near > q_wall;
    // The last thousandth of the liquid counts as gone: it has no heat left to boil itself.
    let least = 1e-3 * m0;
    let h0 = (0.01 * m0 / first.max(1e-9 * m0)).min(dt);
    let mut solver = DormandPrince::new(0.0, [m0, t0], h0, duration, 1e-5, [1e-6 * m0, 1e-4]);
    let mut dry_at = None;
    while solver.t < duration && dry_at.is_none() {
        let from = solver.t;
        let [m, t] = solver.y;
        if open && t <= t_near {
            // Below ambient pressure it only warms; from there on the pressure stays and the wall's heat boils it off.
            let warm_for = if t < t_ambient { m * cp_l * (t_ambient - t) / q_wall } else { 0.0 };
            let boils = from + warm_for;
            let off = q_wall / s.heat_of_vaporisation(Kelvin(t_ambient.max(t)))?;
            let end = if off > 0.0 { boils + (m - least) / off } else { f64::INFINITY };
            dry_at = (end <= duration).then_some(end);
            let at = |time: f64| {
                if time < boils || warm_for.is_infinite() {
                    [m, t + q_wall * (time - from) / (m * cp_l), 0.0]
                } else {
                    [m - off * (time - boils), t.max(t_ambient), off]
                }
            };
            let until = end.min(duration);
            while course.len() <= n && dt * course.len() as f64 <= until + 1e-9 * duration {
                let time = dt * course.len() as f64;
                let [liquid, temperature, out] = at(time);
                course.push(BoilingAt { t: time, liquid, temperature, pressure: rate(temperature)?.1, rate: out });
            }
            let [liquid, temperature, _] = at(until);
            solver.y = [liquid, temperature];
            break;
        }
        let step = solver.step(duration, |_, y| {
            let (out, _) = rate(y[1])?;
            let dh = s.heat_of_vaporisation(Kelvin(y[1]))?;
            Ok::<_, Refusal>([-out, (-out * dh + q_wall) / (y[0].max(0.5 * least) * cp_l)])
        })?;
        let Some(step) = step else {
            return Err(Refusal::NoSolution { model: MODEL, why: "the boiling liquid cannot be followed" });
        };
        let mut until = solver.t;
        if open && let Some(t) = step.event(|_, y| y[1] - t_near) {
            until = t;
        }
        dry_at = step.event(|_, y| y[0] - least).filter(|t| *t <= until);
        until = dry_at.unwrap_or(until);
        while course.len() <= n && dt * course.len() as f64 <= until + 1e-9 * duration {
            let t = dt * course.len() as f64;
            let y = step.at(t.min(until));
            let (out, p) = rate(y[1])?;
            course.push(BoilingAt { t, liquid: y[0], temperature: y[1], pressure: p, rate: out });
        }
        if until < solver.t {
            let [liquid, temperature] = step.at(until);
            // On the near side of the limit, whatever the bisection left.
            solver.restart(until, [liquid, if dry_at.is_none() { temperature.min(t_near) } else { temperature }], h0);
        }
    }
    // After the liquid there is nothing left to tell.
    while course.len() <= n && dry_at.is_some() {
        course.push(BoilingAt { t: dt * course.len() as f64, liquid: 0.0, temperature: solver.y[1], pressure: p_a, rate: 0.0 });
    }
    if solver.y[1] < s.t_melt_K {
        notes.add(Note::LeftOut { model: MODEL, what: "freezing of the liquid that stays" });
    }
    notes.range(MODEL, "temperature of the boiling liquid, K", solver.y[1], s.t_melt_K, 0.98 * s.t_crit_K);
    Ok(BoilingCourse { course, released: (m0 - solver.y[0]).clamp(0.0, m0), dry_at, notes })
}

/// Above the temperature of boiling at ambient pressure the last tenths of a degree count as there, K: the rate has a corner no step passes.
const NEAR_K: f64 = 0.2;

/// Where the printed vapour pressure is `p`, K; the printed boiling point differs a little.
fn saturation_temperature(s: &Substance, p: f64) -> Result<f64, Refusal> {
    let mut quiet = Validity::new();
    let gap = |t: f64| s.vapour_pressure(Kelvin(t), &mut quiet).map_or(f64::NAN, |ps| libm::log(ps.0 / p));
    brent(gap, 0.4 * s.t_boil_K, 0.9999 * s.t_crit_K, 1e-10).ok_or(Refusal::OutOfDomain {
        input: "ambient pressure, Pa",
        value: p,
        wanted: "below the critical pressure",
    })
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

    #[test]
    fn an_ideal_gas_without_heats_is_refused() {
        assert!(choked_mass(Kg(1.0), KgPerS(1.0), 1.0, Seconds(1.0)).is_err());
    }

    #[test]
    fn a_vessel_blows_down_to_ambient_and_stops() {
        let hole = GasHole {
            c_d: 0.85,
            a: SquareMetres(1e-3),
            p0: Pascal(1e6),
            t0: Kelvin(300.0),
            m: KgPerMol(0.016),
            gamma: 1.3,
            z: 1.0,
            p_a: Pascal(101_325.0),
        };
        let end = blowdown(&hole, 1.0, Seconds(3600.0)).unwrap();
        assert!((end.pressure / 101_325.0 - 1.0).abs() < 1e-3, "{end:?}");
    }

    #[test]
    fn vapour_over_propane_cools_the_liquid_and_the_rate_falls() {
        let propane = crate::properties::substance("74-98-6").unwrap();
        let vessel = Boiling {
            substance: propane,
            liquid: 2000.0,
            t0: 293.15,
            volume: 5.0,
            c_d: 0.85,
            hole_area: 5e-5,
            p_a: 101_325.0,
            q_wall: 0.0,
        };
        let out = boil_down(&vessel, Seconds(7200.0), 100).unwrap();
        assert_eq!(out.course.len(), 101);
        for pair in out.course.windows(2) {
            assert!(pair[1].temperature <= pair[0].temperature && pair[1].rate <= pair[0].rate && pair[1].liquid <= pair[0].liquid);
        }
        let last = out.course[100];
        // What boiled away took the heat: M cp dT = −ΔH dM.
        let cooled = propane.cp_liq_J_kgK.unwrap() * libm::log(2000.0 / last.liquid).recip() * (293.15 - last.temperature);
        let dh = propane.heat_of_vaporisation(Kelvin(0.5 * (293.15 + last.temperature))).unwrap();
        assert!((cooled / dh - 1.0).abs() < 0.02, "{cooled} {dh}");
        assert!(last.pressure >= 101_000.0 && out.dry_at.is_none());
        // A fire under it keeps it boiling until it is dry.
        let heated = boil_down(&Boiling { q_wall: 60_000.0, ..vessel }, Seconds(36_000.0), 100).unwrap();
        assert!(heated.dry_at.is_some() && (heated.released / 2000.0 - 0.999).abs() < 1e-6, "{heated:?}");
    }
}
