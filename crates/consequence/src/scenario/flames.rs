//! How a flammable release burns when it is lit at its source: jet fire, pool fire, fireball.

use libm::hypot;
use serde::Serialize;

use super::Findings;
use super::describe::Description;
use super::release::{Direction, Jet, Released, Source};
use super::weather::Air;
use crate::fire::stoichiometry::Formula;
use crate::fire::{fireball, jet, pool};
use crate::properties::Substance;
use crate::units::Pascal;
use crate::zones::{Ring, circle, outermost, star_ring};
use crate::{Note, Refusal, Validity};

/// Height of the exposed person, m.
const PERSON_M: f64 = 1.5;
/// Nobody is hurt farther off, m.
const FARTHEST_M: f64 = 5_000.0;
/// Share of heat radiated by the point source of AQ/T 3046.
const AQT_CHI: f64 = 0.2;
const AQT_MODEL: &str = "jet_fire.aqt3046";

/// How a release burns when lit at its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FireKind {
    Jet,
    Pool,
    Fireball,
}

/// One fire, ready to be asked for its heat. Frame of the wind, m.
#[derive(Debug, Clone)]
pub struct Fire {
    pub kind: FireKind,
    pub model: &'static str,
    /// How long it burns, s.
    pub duration_s: f64,
    /// Length of a flame, diameter of a pool or a fireball, m.
    pub size_m: f64,
    /// What burns in it, kg/s.
    pub burns_kg_s: f64,
    /// Factor by which fluxes scatter about the measured ones (07 §6).
    pub scatter: f64,
    pub validity: Validity,
    flame: Flame,
    /// Height of the hole above the ground, m.
    height_m: f64,
    /// Middle of a pool that rained out, m downwind of the hole.
    at_m: f64,
}

#[derive(Debug, Clone)]
enum Flame {
    Jet(Box<jet::JetFire>),
    /// One point at half the length: rate of heat by `h_c` and `m`.
    AqtJet {
        h_c: f64,
        m: f64,
        middle_m: f64,
    },
    Pool(Box<pool::PoolFire>),
    Ball(Box<fireball::Fireball>),
}

impl Fire {
    /// Heat on a person turned towards the flame, kW/m².
    pub fn heat_kw_m2(&self, x: f64, y: f64) -> f64 {
        match &self.flame {
            Flame::Jet(fire) => fire.flux_kw_m2([x, y, PERSON_M - self.height_m]),
            Flame::AqtJet { h_c, m, middle_m } => {
                let across = hypot(y, PERSON_M - self.height_m);
                jet::aqt3046_flux(AQT_CHI, *h_c, *m, hypot(x - middle_m, across).max(1.0)).max(0.0)
            }
            // Over the burning liquid one stands in the fire, however the wind bends the flame.
            Flame::Pool(fire) if hypot(x - self.at_m, y) <= fire.flame.base_radius_m => fire.emissive_power_kw_m2,
            Flame::Pool(fire) => fire.flux_kw_m2([x - self.at_m, y, PERSON_M]),
            Flame::Ball(ball) => ball.flux_kw_m2(hypot(x, y)),
        }
    }

    /// Where the heat is greatest, m downwind: rays to every side find its outline from here. A leaning flare heats most beside its foot.
    pub(super) fn middle_m(&self) -> f64 {
        match &self.flame {
            Flame::Jet(fire) if fire.frustum.axis[2] > 0.5 => {
                let at = |i: u32| fire.length_m * f64::from(i) / 20.0;
                (0..=20).map(at).max_by(|a, b| self.heat_kw_m2(*a, 0.0).total_cmp(&self.heat_kw_m2(*b, 0.0))).unwrap_or(0.0)
            }
            Flame::Jet(fire) => 0.5 * fire.length_m,
            Flame::AqtJet { middle_m, .. } => *middle_m,
            Flame::Pool(_) => self.at_m,
            Flame::Ball(_) => 0.0,
        }
    }

    /// Outline where the heat is `kw_m2`; `None` where it is nowhere reached.
    pub fn ring(&self, kw_m2: f64) -> Option<Ring> {
        match &self.flame {
            Flame::Ball(ball) if ball.flux_kw_m2(0.0) < kw_m2 => None,
            Flame::Ball(_) => Some(circle([0.0, 0.0], self.reach_m(kw_m2))),
            _ => star_ring(self.middle_m(), kw_m2, FARTHEST_M, |x, y| self.heat_kw_m2(x, y)),
        }
    }

    /// Farthest place downwind with this heat, m from the release; zero where there is none. A fireball reaches as far to every side.
    pub fn reach_m(&self, kw_m2: f64) -> f64 {
        let middle = self.middle_m();
        if self.heat_kw_m2(middle, 0.0) < kw_m2 {
            return 0.0;
        }
        middle + outermost(kw_m2, self.size_m.max(1.0), FARTHEST_M, |r| self.heat_kw_m2(middle + r, 0.0))
    }
}

/// The fires of an ignition at the source.
pub(super) fn fires(d: &Description, s: &Substance, air: &Air, r: &Released, found: &mut Findings) -> Result<Vec<Fire>, Refusal> {
    if s.lfl_pct.is_none() {
        return Ok(Vec::new());
    }
    let h_c = s.heat_of_combustion()?;
    let mut all = Vec::new();
    match (r.jet, r.source) {
        // Of a jet that leaves a thousandth of itself in the air the pool burns all.
        (Some(jet), _) if jet.rate_kg_s < 1e-3 * r.outflow_kg_s && r.rained.is_some() => {}
        (Some(jet), _) => all.push(jet_of(d, s, air, h_c, r, &jet, found)?),
        (None, Source::Pool { radius_m, fed_kg_s, fed_s, bunded }) => {
            // Unbunded, a burning pool grows only until it burns as fast as it is fed.
            let wide = |free: f64| if bunded { 2.0 * radius_m } else { f64::min(2.0 * radius_m, free) };
            all.push(pool_of(s, air, h_c, fed_kg_s, fed_s, wide, found)?);
        }
        (None, Source::Burst { inventory_kg, p_0, t_0, .. }) => all.push(ball_of(s, air, h_c, r, [inventory_kg, p_0, t_0], found)?),
        (None, Source::Vapour) => {
            found.assume("a vapour without momentum burns as a flash fire inside its flammable zone; no heat zone outside");
        }
        (None, Source::Jet { .. } | Source::Charge { .. }) => {}
    }
    if let Some(rained) = r.rained {
        found.assume(format!(
            "what rains out burns as a pool about {:.0} m from the hole, as wide as it burns what reaches it",
            rained.at_m
        ));
        let fire = pool_of(s, air, h_c, rained.rate_kg_s, r.duration_s, |free| free, found)?;
        all.push(Fire { at_m: rained.at_m, ..fire });
    }
    for fire in &all {
        if matches!(fire.kind, FireKind::Jet | FireKind::Pool) && fire.duration_s < 60.0 {
            found.assume(format!("the fire lasts {:.0} s, the heat levels are those of 60 s", fire.duration_s));
        }
        found.model(fire.model);
        found.warn(&fire.validity);
    }
    Ok(all)
}

/// The flame of a jet: of what it carries itself, not of the vapour of a pool under it.
fn jet_of(d: &Description, s: &Substance, air: &Air, h_c: f64, r: &Released, own: &Jet, found: &mut Findings) -> Result<Fire, Refusal> {
    let Jet { rate_kg_s, speed_m_s, density_kg_m3, liquid_share, p_0, t_0, direction, .. } = *own;
    if own.falls {
        found.assume(format!("the jet flame is that of the mean rate of the first minute, {rate_kg_s:.3} kg/s: the release falls"));
    }
    let fire = |model: &'static str, size_m: f64, validity: Validity, flame: Flame| Fire {
        kind: FireKind::Jet,
        model,
        duration_s: r.duration_s,
        size_m,
        burns_kg_s: rate_kg_s,
        scatter: 2.0,
        validity,
        flame,
        height_m: r.height_m,
        at_m: 0.0,
    };
    if d.compat_aqt3046 {
        found.assume("AQ/T 3046-2013: jet flame E.57, one point source at its middle with a fifth of the heat (E.58, E.59)");
        let length = jet::aqt3046_length(h_c, rate_kg_s);
        return Ok(fire(AQT_MODEL, length, Validity::new(), Flame::AqtJet { h_c, m: rate_kg_s, middle_m: 0.5 * length }));
    }
    let two_phase = liquid_share > 0.0;
    let formula = Formula::of(&s.formula);
    let stoichiometric = formula.map(|f| f.mass_fraction()).transpose()?;
    let input = jet::JetFireInput {
        mass_rate_kg_s: rate_kg_s,
        p_0,
        t_0,
        mw: s.molar_mass().0,
        gamma: s.gamma_298,
        h_c,
        fuel: jet::JetFuel::of_molar_mass(s.molar_mass().0, two_phase),
        stoichiometric_fraction: stoichiometric.unwrap_or_else(|| jet::alkane_stoichiometric_fraction(s.molar_mass().0)),
        direction: if direction == Direction::Vertical { jet::JetDirection::Vertical } else { jet::JetDirection::Horizontal },
        wind_m_s: air.u10,
        t_a: air.t,
        p_a: air.p,
        rh: air.rh,
    };
    let flame = if two_phase { jet::two_phase_jet_fire(&input, speed_m_s, density_kg_m3)? } else { jet::jet_fire(&input)? };
    let mut validity = flame.validity;
    if formula.is_none() {
        validity.add(Note::Assumed { model: jet::MODEL, what: "stoichiometric mixture of an alkane of the same molar mass" });
    }
    if !formula.is_some_and(|f| f.is_hydrocarbon()) {
        validity.add(Note::Assumed { model: jet::MODEL, what: "share of heat radiated as by a hydrocarbon of the same molar mass" });
    }
    found.assume(match direction {
        Direction::Horizontal => "the jet is horizontal and points downwind",
        Direction::Vertical => "the jet points upwards; the wind bends its flame",
        Direction::Down => "the jet points at the ground; its flame is taken as horizontal and downwind",
    });
    Ok(fire(jet::MODEL, flame.length_m, validity, Flame::Jet(Box::new(flame))))
}

/// The fireball of a burst: inventory, kg, its pressure, Pa, and temperature, K.
fn ball_of(s: &Substance, air: &Air, h_c: f64, r: &Released, stored: [f64; 3], found: &mut Findings) -> Result<Fire, Refusal> {
    let [inventory_kg, p_0, t_0] = stored;
    let t_b = s.boiling_point(Pascal(air.p))?.0;
    let mass_kg =
        if r.liquid_share > 0.0 { fireball::burning_mass(inventory_kg, s.cp_liquid()?, t_0, t_b, s.hvap_Tb_J_kg) } else { r.mass_kg };
    let ball = fireball::fireball(&fireball::FireballInput {
        mass_kg,
        h_c,
        radiated_share: fireball::radiated_share(p_0),
        t_a: air.t,
        rh: air.rh,
    })?;
    found.assume(format!(
        "the vessel bursts at its stored pressure; the fireball lasts {:.1} s, the heat levels are those of 60 s",
        ball.size.duration_s
    ));
    found.assume(format!(
        "fragments: 80 to 90 % fall within {:.0} m (four fireball radii), single ones 15 to 30 radii away; no ring is drawn",
        2.0 * ball.size.diameter_m
    ));
    Ok(Fire {
        kind: FireKind::Fireball,
        model: fireball::MODEL,
        duration_s: ball.size.duration_s,
        size_m: ball.size.diameter_m,
        burns_kg_s: mass_kg / ball.size.duration_s,
        scatter: 1.5,
        validity: ball.validity,
        flame: Flame::Ball(Box::new(ball)),
        height_m: 0.0,
        at_m: 0.0,
    })
}

/// The fire of a pool; `wide` makes its diameter of that at which it burns as fast as it is fed, m.
fn pool_of(
    s: &Substance,
    air: &Air,
    h_c: f64,
    fed_kg_s: f64,
    fed_s: f64,
    wide: impl Fn(f64) -> f64,
    found: &mut Findings,
) -> Result<Fire, Refusal> {
    let burning = pool::burning(&s.cas);
    let (m_infinite, kind) = match burning {
        Some(b) => (b.m_infinite, b.kind),
        None => {
            found.assume(
                "burning rate from heats of combustion and vaporisation, flame as of a light hydrocarbon: no table has the substance",
            );
            let t_b = s.boiling_point(Pascal(air.p))?.0;
            (pool::mass_flux_unlisted(h_c, s.hvap_Tb_J_kg, s.cp_liquid()?, t_b, air.t), pool::FlameKind::LightHydrocarbon)
        }
    };
    let diameter_m = wide(pool::steady_diameter(fed_kg_s, m_infinite));
    let mass_flux = burning.map_or(m_infinite, |b| b.mass_flux(diameter_m));
    let fire = pool::pool_fire(&pool::PoolFireInput {
        diameter_m,
        mass_flux,
        h_c,
        kind,
        wind_m_s: air.u10,
        t_a: air.t,
        rh: air.rh,
        rho_a: air.rho,
    })?;
    Ok(Fire {
        kind: FireKind::Pool,
        model: pool::MODEL,
        // It burns while it is fed, and what has gathered until it is gone.
        duration_s: f64::max(fed_s, fed_kg_s * fed_s / fire.burning_rate_kg_s),
        size_m: diameter_m,
        burns_kg_s: fire.burning_rate_kg_s,
        scatter: 1.5,
        validity: fire.validity,
        flame: Flame::Pool(Box::new(fire)),
        height_m: 0.0,
        at_m: 0.0,
    })
}
