//! A hole in a vessel of pressure-liquefied gas: liquid below the level, gas above it, both where the boiling liquid swells to the hole.
//! Specification 02 §4, choice.

use libm::{pow, sqrt};
use serde::{Deserialize, Serialize};

use super::coefficient::{Opening, default_c_d};
use super::expansion::{Expanded, Outlet, two_phase as expand};
use super::gas::{self, Condensing, GasHole};
use super::liquid;
use super::two_phase::{self, Saturated};
use crate::numerics::brent;
use crate::properties::Substance;
use crate::validity::{not_negative, positive, within};
use crate::{G, Kelvin, KgPerM3, Metres, Note, Pascal, R, Refusal, SquareMetres, Validity};

const MODEL: &str = "discharge.liquefied";
/// Fill above which a hole above the liquid lets both phases out, whatever the swell says (conservative).
const FULL: f64 = 0.8;
/// Length of a path in which the flow reaches equilibrium, m.
const EQUILIBRIUM_M: f64 = 0.1;

/// The vessel and its hole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LiquefiedHole<'a> {
    pub substance: &'a Substance,
    /// Stored temperature, K, and absolute pressure, Pa; saturated where none is given.
    pub t0: f64,
    pub p0: Option<f64>,
    /// Share of the volume that is liquid, and height of the hole over that of the vessel, both 0…1.
    pub fill: f64,
    pub hole_share: f64,
    /// Liquid above the hole, m; zero where nobody knows.
    pub head: f64,
    /// Surface of the liquid, m²: over it the swell is spread.
    pub surface: f64,
    pub area: f64,
    /// Length of the path through wall or stub, m, and its diameter, m.
    pub path: f64,
    pub d: f64,
    pub p_a: f64,
}

/// What leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Liquid,
    TwoPhase,
    Gas,
}

/// The stream and its jet at ambient pressure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stream {
    pub phase: Phase,
    /// kg/s.
    pub rate: f64,
    /// Jet at ambient pressure: speed, m/s, temperature, K, share of vapour, density, kg/m³, area, m².
    pub jet: Expanded,
    pub notes: Validity,
}

impl Stream {
    /// The stream of an opening `by` times as large.
    pub(crate) fn wider(&mut self, by: f64) {
        self.rate *= by;
        self.jet.a_e *= by;
        self.jet.d_e *= sqrt(by);
    }
}

/// Mean void of a liquid through which vapour rises at the superficial speed `j`, m/s, as bubbles do (drift flux, DIERS; from-knowledge):
/// `j/u_∞ = α(1−α)²/((1−α³)(1−1.2α))`, `u_∞ = 1.18 (g σ (ρ_l−ρ_v)/ρ_l²)^¼`.
pub fn swell_void(j: f64, sigma: f64, rho_l: f64, rho_v: f64) -> Result<f64, Refusal> {
    let j = not_negative("vapour speed, m/s", j)?;
    let sigma = positive("surface tension, N/m", sigma)?;
    let u_inf = 1.18 * pow(G * sigma * (rho_l - rho_v) / (rho_l * rho_l), 0.25);
    if !(u_inf.is_finite() && u_inf > 0.0) {
        return Err(Refusal::OutOfDomain { input: "vapour density, kg/m³", value: rho_v, wanted: "below the liquid's" });
    }
    let psi = j / u_inf;
    let f = |a: f64| a * (1.0 - a) * (1.0 - a) / ((1.0 - a * a * a) * (1.0 - 1.2 * a)) - psi;
    // Toward the largest void the speed has no limit; beyond 0.8 all is froth.
    if f(0.8) < 0.0 {
        return Ok(0.8);
    }
    if psi == 0.0 {
        return Ok(0.0);
    }
    brent(f, 0.0, 0.8, 1e-9).ok_or(Refusal::NoSolution { model: MODEL, why: "no void for this vapour speed" })
}

/// Rate and jet of the hole.
///
/// Below the level a thin wall (path < 2 d and < 0.1 m) lets liquid out, a longer one flashes on its way, driven by what presses
/// the liquid beyond its vapour pressure as well; above it gas leaves unless
/// the vessel is more than 0.8 full or the liquid swells to the hole: then both, as a homogeneous mixture by the omega method.
pub fn through_hole(hole: &LiquefiedHole) -> Result<Stream, Refusal> {
    let s = hole.substance;
    let fill = within("fill", hole.fill, 0.0, 1.0, "between 0 and 1")?;
    let at = within("height of the hole over the vessel's", hole.hole_share, 0.0, 1.0, "between 0 and 1")?;
    let a = positive("hole area, m²", hole.area)?;
    let path = not_negative("path length, m", hole.path)?;
    let d = positive("hole diameter, m", hole.d)?;
    let p_a = positive("ambient pressure, Pa", hole.p_a)?;
    let mut notes = Validity::new();
    let stored = saturated(s, hole.t0, p_a, &mut notes)?;
    let p0 = hole.p0.map_or(Ok(stored.p0), |p| positive("stored pressure, Pa", p))?.max(stored.p0);
    if hole.p0.is_some_and(|p| p < stored.p0) {
        notes.add(Note::Held { model: MODEL, input: "stored pressure, Pa", given: hole.p0.unwrap_or(p0), used: stored.p0 });
    }
    if at <= fill {
        let thin = path < 2.0 * d && path < EQUILIBRIUM_M;
        let head = not_negative("liquid head, m", hole.head)?;
        // At the hole the liquid's own height presses, too.
        let at_hole = p0 + stored.rho_l * G * head;
        if !thin && at_hole > stored.p0 {
            notes.add(Note::Assumed { model: MODEL, what: "pressure above the vapour's drives the liquid through a sharp entrance" });
        }
        let (rate, outlet) = if thin {
            let c_d = default_c_d(Opening::LiquidSharp);
            let rate = liquid::orifice(c_d, SquareMetres(a), KgPerM3(stored.rho_l), Pascal(p0), Pascal(p_a), Metres(head))?.0;
            (rate, Outlet::hole(rate, c_d, a, stored.rho_l, p_a))
        } else if path < EQUILIBRIUM_M {
            let rate = two_phase::pressed(two_phase::non_equilibrium(&stored, path, p_a)?, &stored, at_hole)?.0 * a;
            // From the narrowed stream at ambient pressure to a full one near its vapour pressure, as the path grows.
            let share = path / EQUILIBRIUM_M;
            let c_d = default_c_d(Opening::LiquidSharp);
            (rate, Outlet { q: rate, area: (c_d + (1.0 - c_d) * share) * a, rho: stored.rho_l, p: p_a + share * (stored.p0 - p_a) })
        } else {
            // Leung's nozzle is rounded: much pressed liquid passes the stub's sharp entrance first.
            let sharp = two_phase::pressed(two_phase::omega_saturated(&stored, p_a)?, &stored, at_hole)?.0;
            let rate = two_phase::omega_subcooled(&stored, at_hole, p_a)?.0.min(sharp) * a;
            (rate, Outlet::nozzle(rate, a, stored.rho_l, stored.p0))
        };
        let jet = expand(&outlet, s, hole.t0, p_a)?;
        notes.merge(&jet.notes);
        return Ok(Stream { phase: Phase::Liquid, rate, jet, notes });
    }
    let vapour = GasHole {
        c_d: default_c_d(Opening::GasRounded),
        a: SquareMetres(a),
        p0: Pascal(stored.p0),
        t0: Kelvin(hole.t0),
        m: s.molar_mass(),
        gamma: s.gamma_298,
        z: s.compressibility(Kelvin(hole.t0), Pascal(stored.p0)),
        p_a: Pascal(p_a),
    };
    let gas = gas::orifice(&vapour, Some(&Condensing::of(s, Pascal(p_a))?))?;
    let j = gas.rate / (stored.rho_v * positive("surface of the liquid, m²", hole.surface)?);
    let void = swell_void(j, s.sigma_N_m, stored.rho_l, stored.rho_v)?;
    if fill <= FULL && fill / (1.0 - void) < at {
        notes.merge(&gas.notes);
        let d_e = sqrt(4.0 * gas.a_e / std::f64::consts::PI);
        let jet = Expanded { u_e: gas.u_e, flash: 1.0 - gas.liquid, t_e: gas.t_e, rho_e: gas.rho_e, a_e: gas.a_e, d_e, notes };
        return Ok(Stream { phase: Phase::Gas, rate: gas.rate, jet, notes });
    }
    notes.add(Note::Assumed { model: MODEL, what: "the boiling liquid swells to the hole and leaves well mixed with its vapour" });
    // The froth fills the vessel: its void is the gas space.
    let gas_share = (1.0 - fill) * stored.rho_v;
    let froth = Saturated { x0: gas_share / (gas_share + fill * stored.rho_l), ..stored };
    let rate = two_phase::omega_saturated(&froth, p_a)?.0 * a;
    // Choked in the plane of the hole: there it stands at η_c p0 and is as thin as the omega law says.
    let omega = froth.omega();
    let eta = two_phase::omega_critical_ratio(omega)?.max(p_a / froth.p0);
    let outlet = Outlet { q: rate, area: a, rho: 1.0 / (froth.v0() * (omega * (1.0 / eta - 1.0) + 1.0)), p: eta * froth.p0 };
    let liquid = expand(&outlet, s, hole.t0, p_a)?;
    let flash = froth.x0 + (1.0 - froth.x0) * liquid.flash;
    let rho_e =
        1.0 / (flash * R * liquid.t_e / (p_a * s.molar_mass().0) + (1.0 - flash) / s.liquid_density(Kelvin(liquid.t_e), &mut notes)?.0);
    let a_e = rate / (rho_e * liquid.u_e);
    let jet = Expanded { flash, rho_e, a_e, d_e: sqrt(4.0 * a_e / std::f64::consts::PI), ..liquid };
    Ok(Stream { phase: Phase::TwoPhase, rate, jet, notes })
}

/// Vapour pressure, Pa, and boiling point at `p_a`, K, of a liquid that boils when it is let out; refused where it does not.
pub(super) fn boiling(s: &Substance, t0: f64, p_a: f64, notes: &mut Validity) -> Result<(f64, f64), Refusal> {
    let p0 = s.vapour_pressure(Kelvin(t0), notes)?.0;
    let t_b = s.boiling_point(Pascal(p_a))?.0;
    // The printed boiling point and the printed vapour pressure differ a little: both must say that it boils.
    if p0 <= p_a || t0 <= t_b {
        return Err(Refusal::WrongPhase {
            substance: s.name_en.clone(),
            temperature_k: t0,
            pressure_pa: p_a,
            wanted: "a liquid above its boiling point",
            help: "describe a colder liquid as a spill",
        });
    }
    Ok((p0, t_b))
}

/// The stored liquid at its vapour pressure; refused where that is not above `p_a`.
pub fn saturated(s: &Substance, t0: f64, p_a: f64, notes: &mut Validity) -> Result<Saturated, Refusal> {
    let (p0, _) = boiling(s, t0, p_a, notes)?;
    Ok(Saturated {
        t0,
        p0,
        cp_l: s.cp_liquid()?,
        rho_l: s.liquid_density(Kelvin(t0), notes)?.0,
        rho_v: p0 * s.molar_mass().0 / (s.compressibility(Kelvin(t0), Pascal(p0)) * R * t0),
        dh: s.heat_of_vaporisation(Kelvin(t0))?,
        x0: 0.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::substance;

    fn propane(fill: f64, hole_share: f64, path: f64) -> LiquefiedHole<'static> {
        LiquefiedHole {
            substance: substance("74-98-6").unwrap(),
            t0: 293.15,
            p0: None,
            fill,
            hole_share,
            head: 0.0,
            surface: 20.0,
            area: 7.85e-5,
            path,
            d: 0.01,
            p_a: 101_325.0,
        }
    }

    #[test]
    fn what_leaves_depends_on_where_the_hole_is() {
        let below = through_hole(&propane(0.5, 0.2, 0.0)).unwrap();
        let above = through_hole(&propane(0.5, 0.9, 0.0)).unwrap();
        let full = through_hole(&propane(0.85, 0.9, 0.0)).unwrap();
        assert_eq!((below.phase, above.phase, full.phase), (Phase::Liquid, Phase::Gas, Phase::TwoPhase));
        assert!(above.rate < full.rate && full.rate < below.rate, "{} {} {}", above.rate, full.rate, below.rate);
        assert!(above.jet.flash > 0.8 && full.jet.flash > below.jet.flash, "{above:?}");
        // A hole that empties the gas space fast makes the liquid swell to it.
        let large = through_hole(&LiquefiedHole { area: 0.02, d: 0.16, surface: 2.0, ..propane(0.7, 0.9, 0.0) }).unwrap();
        assert_eq!(large.phase, Phase::TwoPhase);
    }

    #[test]
    fn a_longer_path_lets_less_through() {
        let rate = |path: f64| through_hole(&propane(0.5, 0.2, path)).unwrap().rate;
        assert!(rate(0.0) >= rate(0.02) && rate(0.02) > rate(0.09) && rate(0.09) > 0.0 && rate(0.2) > 0.0);
        let pressed = through_hole(&LiquefiedHole { p0: Some(1.5e6), ..propane(0.5, 0.2, 0.2) }).unwrap().rate;
        assert!(pressed > rate(0.2));
        assert!(matches!(through_hole(&LiquefiedHole { t0: 220.0, ..propane(0.5, 0.2, 0.0) }), Err(Refusal::WrongPhase { .. })));
    }

    #[test]
    fn pressed_liquid_too_flows_slower_the_longer_its_path() {
        for (p0, head) in [(None, 0.0), (None, 4.0), (Some(1.0e6), 0.0), (Some(1.5e6), 2.0), (Some(4.0e6), 0.0)] {
            let rate = |mm: i32| {
                let path = f64::from(mm) / 1000.0;
                through_hole(&LiquefiedHole { p0, head, ..propane(0.5, 0.2, path) }).unwrap().rate
            };
            let all: Vec<f64> = (0..=120).map(rate).collect();
            assert!(all.windows(2).all(|pair| pair[1] <= 1.05 * pair[0]), "{p0:?}: {all:?}");
            assert!(all[120] <= 1.05 * all[99] && all[120] < all[0], "{p0:?}: {all:?}");
        }
        // What presses counts on every path.
        let at = |p0: Option<f64>, path: f64| through_hole(&LiquefiedHole { p0, ..propane(0.5, 0.2, path) }).unwrap().rate;
        assert!([0.0, 0.03, 0.09, 0.11].iter().all(|path| at(Some(1.5e6), *path) > 1.3 * at(None, *path)));
        let high = |path: f64| through_hole(&LiquefiedHole { head: 5.0, ..propane(0.5, 0.2, path) }).unwrap().rate;
        assert!([0.0, 0.03, 0.09, 0.11].iter().all(|path| high(*path) > at(None, *path)));
    }

    #[test]
    fn bubbles_swell_the_liquid_the_more_the_faster_they_rise() {
        let void = |j: f64| swell_void(j, 0.008, 500.0, 18.0).unwrap();
        assert_eq!(void(0.0), 0.0);
        assert!(void(0.01) < void(0.05) && void(0.05) < void(0.2) && void(5.0) <= 0.8);
    }
}
