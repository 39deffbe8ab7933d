//! What rains out of a two-phase jet: one drop followed from the outlet to the ground. Specification 02 §7.
//! Absent on purpose: a spectrum of sizes, drops that meet, the fall of the jet itself.

use libm::{cbrt, log, pow, sqrt};

use super::expansion::Expanded;
use super::flash::{droplet, terminal_velocity};
use crate::numerics::{DormandPrince, brent};
use crate::properties::Substance;
use crate::validity::{not_negative, positive};
use crate::{CP_AIR, Kelvin, M_AIR, Note, Pascal, Refusal, Validity, air_density};

const MODEL: &str = "discharge.rain_out";
/// Conductivity of air, W/(m K), and Prandtl number.
const K_AIR: f64 = 0.025;
const PRANDTL: f64 = 0.71;
/// A flash above which trials saw nothing rain out.
const ALL_AIRBORNE: f64 = 0.30;
/// Square of the diameter over its first value at which a drop counts as gone: a thousandth of its mass.
const GONE: f64 = 0.01;

/// Where the liquid goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RainOut {
    /// Drop at the outlet, m, and at the ground, m: zero if it evaporates on its way.
    pub drop_m: f64,
    pub drop_at_ground_m: f64,
    /// Where the drop meets the ground, m from the outlet.
    pub touchdown_m: Option<f64>,
    /// Share of the released mass that rains out, by this model.
    pub share: f64,
    /// Airborne share of the released mass to run in an uncertainty study: nothing rains out; this model; only what flashed stays.
    pub airborne: [f64; 3],
    pub notes: Validity,
}

/// The drop and its air.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drop<'a> {
    pub substance: &'a Substance,
    pub jet: &'a Expanded,
    /// Stored temperature, K: superheat breaks drops.
    pub t0: f64,
    /// Height of the outlet, m; the jet is horizontal.
    pub height: f64,
    pub t_a: f64,
    pub p_a: f64,
    /// Wind at the jet's height, m/s: a jet does not become slower than the wind.
    pub u_wind: f64,
}

/// Follows the drop: it falls at its terminal velocity, moves with the jet at `u = min(u_e, 6.2 u_e D_e/x)` and shrinks by
/// `d(d²)/dt = −K Nu/2`, `K = 8 k_a/(ρ_l c_p) ln(1 + B)`, `B = c_p (T_g − T_d)/ΔH_v` at its wet-bulb temperature T_d.
///
/// The gas around it is the jet's: the source's share is `u/u_e`, and what has evaporated cooled it, so that a jet with little air keeps
/// its drops. `D_e` is the diameter of a jet of air with the same momentum, for which the decay 6.2 holds.
pub fn rain_out(drop: &Drop) -> Result<RainOut, Refusal> {
    followed(drop, 20.0)
}

/// The drop for `falls` times as long as it would fall at its first speed.
fn followed(drop: &Drop, falls: f64) -> Result<RainOut, Refusal> {
    let s = drop.substance;
    let jet = drop.jet;
    let height = not_negative("release height, m", drop.height)?;
    let t_a = positive("air temperature, K", drop.t_a)?;
    let p_a = positive("ambient pressure, Pa", drop.p_a)?;
    let u_e = positive("jet speed, m/s", jet.u_e)?;
    let u_wind = not_negative("wind, m/s", drop.u_wind)?;
    let mut notes = Validity::new();
    notes.add(Note::Assumed { model: MODEL, what: "one size of drop; published models of rain-out disagree by a factor three" });
    let liquid = 1.0 - jet.flash;
    let airborne = |share: f64| [1.0, 1.0 - share, jet.flash];
    let rho_a = air_density(Pascal(p_a), Kelvin(t_a)).0;
    let rho_l = s.liquid_density(Kelvin(jet.t_e), &mut notes)?.0;
    let d_e = positive("jet diameter, m", jet.d_e)? * sqrt(jet.rho_e / rho_a);
    let d0 = droplet(s.sigma_N_m, rho_a, u_e, drop.t0 - jet.t_e)?;
    if liquid <= 0.0 {
        return Ok(RainOut { drop_m: d0, drop_at_ground_m: 0.0, touchdown_m: None, share: 0.0, airborne: airborne(0.0), notes });
    }
    let t_d = wet_bulb(s, t_a, p_a)?;
    let dh = s.heat_of_vaporisation(Kelvin(t_d))?;
    let cp_s = s.cp_gas_J_kgK;
    let nu = 1.5e-5 * pow(t_a / 293.15, 1.75);
    // z, x and the square of the diameter over its first value.
    let motion = |_: f64, y: &[f64; 3]| -> Result<[f64; 3], Refusal> {
        let share = y[2].max(0.0);
        let d = d0 * sqrt(share);
        if share < GONE {
            return Ok([0.0; 3]);
        }
        let m = (6.2 * d_e / y[1].max(1e-6)).min(1.0);
        let u = (m * u_e).max(u_wind.min(u_e));
        // cp (T_g − T_a) = m [cp_s (T_e − T_a) − what evaporated ΔH_v]
        let evaporated = liquid * (1.0 - pow(share, 1.5));
        let t_g = t_a + m * (cp_s * (jet.t_e - t_a) - evaporated * dh) / (m * cp_s + (1.0 - m) * CP_AIR);
        let b = (CP_AIR * (t_g - t_d) / dh).max(0.0);
        let k = 8.0 * K_AIR / (rho_l * CP_AIR) * log(1.0 + b);
        let fall = terminal_velocity(d, rho_l, rho_a, nu);
        let nusselt = 2.0 + 0.6 * sqrt(fall * d / nu) * cbrt(PRANDTL);
        Ok([-fall, u, -k * nusselt / 2.0 / (d0 * d0)])
    };
    let fall0 = terminal_velocity(d0, rho_l, rho_a, nu);
    let t_most = falls * (height / fall0).max(1.0);
    let mut solver = DormandPrince::new(0.0, [height, 0.0, 1.0], 1e-3 * t_most, t_most / 10.0, 1e-5, [1e-5, 1e-4, 1e-5]);
    let mut landed = (height == 0.0).then_some([0.0, 0.0, 1.0]);
    while landed.is_none() && solver.t < t_most && solver.y[2] > GONE {
        let Some(step) = solver.step(t_most, motion)? else { break };
        landed = step.event(|_, y| y[0]).map(|t| step.at(t)).filter(|y| y[2] > GONE);
        if solver.y[0] <= 0.0 {
            break;
        }
    }
    let (touchdown_m, left) = landed.map_or((None, 0.0), |y| (Some(y[1]), pow(y[2].clamp(0.0, 1.0), 1.5)));
    // Neither landed nor gone: it is up there yet, or its course could be followed no further.
    if landed.is_none() && solver.y[0] > 0.0 && solver.y[2] > GONE {
        notes.add(Note::LeftOut { model: MODEL, what: "drops still in the air when their course ends; they count as evaporated" });
    }
    let share = liquid * left;
    if jet.flash >= ALL_AIRBORNE && share > 0.0 {
        notes.add(Note::OutOfRange {
            model: MODEL,
            input: "flash at which drops still reach the ground",
            value: jet.flash,
            low: 0.0,
            high: ALL_AIRBORNE,
        });
    }
    Ok(RainOut { drop_m: d0, drop_at_ground_m: d0 * cbrt(left), touchdown_m, share, airborne: airborne(share), notes })
}

/// Temperature of a drop whose heat from the air feeds its vapour (Lewis number 1):
/// `c_p (T_a − T)/ΔH_v = Y/(1 − Y)`, Y the mass share of vapour at the surface.
pub fn wet_bulb(s: &Substance, t_a: f64, p_a: f64) -> Result<f64, Refusal> {
    let t_b = s.boiling_point(Pascal(p_a))?.0;
    let m = s.molar_mass().0;
    let mut notes = Validity::new();
    let gap = |t: f64| {
        let y_s = s.vapour_pressure(Kelvin(t), &mut notes).map_or(f64::NAN, |p| p.0 / p_a).min(1.0 - 1e-9);
        let spalding = y_s * m / ((1.0 - y_s) * M_AIR);
        let dh = s.heat_of_vaporisation(Kelvin(t)).unwrap_or(f64::NAN);
        CP_AIR * (t_a - t) / dh - spalding
    };
    let high = t_b.min(t_a);
    brent(gap, 0.5 * high, high, 1e-8).ok_or(Refusal::NoSolution { model: MODEL, why: "no wet-bulb temperature" })
}

#[cfg(test)]
mod tests {
    use super::super::expansion::{Outlet, two_phase};
    use super::*;
    use crate::properties::substance;
    use crate::{P0, SquareMetres};

    fn jet(cas: &str, t0: f64, p0: f64, d: f64) -> (&'static Substance, Expanded) {
        let s = substance(cas).unwrap();
        let a = super::super::round(d);
        let rho_l = s.liquid_density(Kelvin(t0), &mut Validity::new()).unwrap();
        let q = super::super::liquid::orifice(0.61, SquareMetres(a), rho_l, Pascal(p0), Pascal(P0), crate::Metres(0.0)).unwrap().0;
        (s, two_phase(&Outlet::hole(q, 0.61, a, rho_l.0, P0), s, t0, P0).unwrap())
    }

    fn of(s: &Substance, jet: &Expanded, t0: f64, height: f64) -> RainOut {
        rain_out(&Drop { substance: s, jet, t0, height, t_a: 293.15, p_a: P0, u_wind: 3.0 }).unwrap()
    }

    #[test]
    fn a_much_superheated_liquid_stays_in_the_air() {
        let (propane, out) = jet("74-98-6", 293.15, 840_000.0, 0.02);
        let rain = of(propane, &out, 293.15, 1.5);
        assert_eq!((rain.share, rain.touchdown_m), (0.0, None));
        assert!(rain.drop_m <= 100e-6);
        assert_eq!(rain.airborne, [1.0, 1.0, out.flash]);
    }

    #[test]
    fn a_slow_jet_of_a_little_superheated_liquid_rains_out_near_by() {
        // Butane 8 K above its boiling point: slow, coarse drops.
        let (butane, out) = jet("106-97-8", 281.0, 150_000.0, 0.05);
        let rain = of(butane, &out, 281.0, 1.0);
        let x = rain.touchdown_m.unwrap();
        assert!(rain.share > 0.3 && (0.1..50.0).contains(&x), "{rain:?}");
        let higher = of(butane, &out, 281.0, 3.0);
        assert!(higher.share < rain.share && higher.touchdown_m.unwrap() > x, "{higher:?}");
        assert!(rain.airborne[2] < rain.airborne[1] && rain.airborne[1] < 1.0);
    }

    #[test]
    fn a_drop_not_followed_to_its_end_is_told() {
        let (butane, jet) = jet("106-97-8", 281.0, 150_000.0, 0.05);
        let drop = Drop { substance: butane, jet: &jet, t0: 281.0, height: 1.0, t_a: 293.15, p_a: P0, u_wind: 3.0 };
        let told = |rain: &RainOut| rain.notes.iter().any(|note| matches!(note, Note::LeftOut { model: MODEL, .. }));
        let cut = followed(&drop, 0.1).unwrap();
        assert!(told(&cut) && cut.share == 0.0 && cut.touchdown_m.is_none(), "{cut:?}");
        assert!(!told(&rain_out(&drop).unwrap()));
    }

    #[test]
    fn a_wet_bulb_lies_below_air_and_boiling_point() {
        let water = wet_bulb(substance("7732-18-5").unwrap(), 293.15, P0).unwrap();
        assert!((278.0..281.5).contains(&water), "dry air at 20 °C: about 5.7 °C, {water}");
        let propane = wet_bulb(substance("74-98-6").unwrap(), 293.15, P0).unwrap();
        assert!(propane < 231.0 && propane > 185.0, "{propane}");
    }
}
