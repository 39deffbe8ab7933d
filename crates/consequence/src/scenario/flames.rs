//! Fire and blast of a flammable release, should it ignite: jet fire, pool fire, fireball, explosion of a congested volume.

use libm::hypot;
use serde::Serialize;

use super::Findings;
use super::describe::{Air, Description};
use super::release::{Released, Source};
use crate::explosion::{distance_to, multi_energy};
use crate::fire::{fireball, jet, pool};
use crate::properties::Substance;
use crate::units::R;
use crate::zones::{BLAST, HEAT, Ring, Zone, circle, star_ring};
use crate::{Note, Refusal, Validity};

/// Height of the exposed person, m, and the time the heat levels hold for, s.
const PERSON_M: f64 = 1.5;
const EXPOSED_S: f64 = 60.0;
/// Nobody is hurt farther off, m.
const FARTHEST_M: f64 = 5_000.0;

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
    pub validity: Validity,
    flame: Flame,
    /// Height of the hole above the ground, m.
    height_m: f64,
}

#[derive(Debug, Clone)]
enum Flame {
    Jet(Box<jet::JetFire>),
    Pool(Box<pool::PoolFire>),
    Ball(Box<fireball::Fireball>),
}

impl Fire {
    /// Heat on a person turned towards the flame, kW/m².
    pub fn heat_kw_m2(&self, x: f64, y: f64) -> f64 {
        match &self.flame {
            Flame::Jet(fire) => fire.flux_kw_m2([x, y, PERSON_M - self.height_m]),
            Flame::Pool(fire) => fire.flux_kw_m2([x, y, PERSON_M]),
            Flame::Ball(ball) => ball.flux_kw_m2(hypot(x, y)),
        }
    }

    /// Outline where the heat is `kw_m2`; `None` where it is nowhere reached.
    pub fn ring(&self, kw_m2: f64) -> Option<Ring> {
        match &self.flame {
            Flame::Jet(fire) => star_ring(0.5 * fire.length_m, kw_m2, FARTHEST_M, |x, y| self.heat_kw_m2(x, y)),
            Flame::Pool(_) => star_ring(0.0, kw_m2, FARTHEST_M, |x, y| self.heat_kw_m2(x, y)),
            Flame::Ball(ball) => distance_to(kw_m2, |x| ball.flux_kw_m2(x)).map(|reach| circle([0.0, 0.0], reach)),
        }
    }

    /// Farthest place with this heat, m from the release; zero where there is none.
    pub fn reach_m(&self, kw_m2: f64) -> f64 {
        self.ring(kw_m2).iter().flatten().map(|p| hypot(p[0], p[1])).fold(0.0, f64::max)
    }

    pub(super) fn zones(&self, zones: &mut Vec<Zone>) {
        for level in HEAT {
            let ring = self.ring(level.value);
            let reach_m = ring.iter().flatten().map(|p| hypot(p[0], p[1])).fold(0.0, f64::max);
            zones.push(Zone { level, model: self.model, reach_m, averaging_s: EXPOSED_S, rings: ring.into_iter().collect() });
        }
    }
}

/// The fires of an ignition at the source.
pub(super) fn fires(s: &Substance, air: &Air, r: &Released, found: &mut Findings) -> Result<Vec<Fire>, Refusal> {
    if s.lfl_pct.is_none() {
        return Ok(Vec::new());
    }
    let h_c = s.heat_of_combustion()?;
    let fire = match r.source {
        Source::Jet { p_0, t_0, .. } => {
            let two_phase = r.liquid_share > 0.0;
            let fire = jet::jet_fire(&jet::JetFireInput {
                mass_rate_kg_s: r.rate_kg_s,
                p_0,
                t_0,
                mw: s.molar_mass().0,
                gamma: s.gamma_298,
                h_c,
                fuel: jet::JetFuel::of_molar_mass(s.molar_mass().0, two_phase),
                stoichiometric_fraction: jet::alkane_stoichiometric_fraction(s.molar_mass().0),
                direction: jet::JetDirection::Horizontal,
                wind_m_s: air.u10,
                t_a: air.t,
                p_a: air.p,
                rh: air.rh,
            })?;
            let mut validity = fire.validity;
            validity.add(Note::Assumed { model: jet::MODEL, what: "stoichiometric mixture of an alkane of the same molar mass" });
            if two_phase {
                validity.add(Note::LeftOut { model: jet::MODEL, what: "droplets: the flame of a two-phase jet is about a fifth longer" });
            }
            found.assume("the jet is horizontal and points downwind");
            Fire {
                kind: FireKind::Jet,
                model: jet::MODEL,
                duration_s: r.duration_s,
                validity,
                flame: Flame::Jet(Box::new(fire)),
                height_m: r.height_m,
            }
        }
        Source::Pool { radius_m, fed_kg_s, bunded } => {
            let burning = pool::burning(&s.cas);
            let (m_infinite, kind) = match burning {
                Some(b) => (b.m_infinite, b.kind),
                None => {
                    found.assume("burning rate from heats of combustion and vaporisation, flame as of a light hydrocarbon: no table has the substance");
                    let rate = pool::mass_flux_unlisted(h_c, s.hvap_Tb_J_kg, s.cp_liquid()?, s.t_boil_K, air.t);
                    (rate, pool::FlameKind::LightHydrocarbon)
                }
            };
            // Unbunded, a burning pool grows only until it burns as fast as it is fed.
            let free = pool::steady_diameter(fed_kg_s, m_infinite);
            let diameter_m = if bunded { 2.0 * radius_m } else { f64::min(2.0 * radius_m, free) };
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
            Fire {
                kind: FireKind::Pool,
                model: pool::MODEL,
                duration_s: r.duration_s,
                validity: fire.validity,
                flame: Flame::Pool(Box::new(fire)),
                height_m: 0.0,
            }
        }
        Source::Burst { inventory_kg, t_0 } => {
            let mass_kg = fireball::burning_mass(inventory_kg, s.cp_liquid()?, t_0, s.t_boil_K, s.hvap_Tb_J_kg);
            let mut notes = Validity::new();
            let p_burst = s.vapour_pressure(crate::Kelvin(t_0), &mut notes)?.0;
            let ball = fireball::fireball(&fireball::FireballInput {
                mass_kg,
                h_c,
                radiated_share: fireball::radiated_share(p_burst),
                t_a: air.t,
                rh: air.rh,
            })?;
            notes.merge(&ball.validity);
            found.assume(format!(
                "the vessel bursts at its vapour pressure; the fireball lasts {:.1} s, the heat levels are those of 60 s",
                ball.size.duration_s
            ));
            Fire {
                kind: FireKind::Fireball,
                model: fireball::MODEL,
                duration_s: ball.size.duration_s,
                validity: notes,
                flame: Flame::Ball(Box::new(ball)),
                height_m: 0.0,
            }
        }
        Source::Vapour => {
            found.assume("a vapour without momentum burns as a flash fire inside its flammable zone; no heat zone outside");
            return Ok(Vec::new());
        }
    };
    found.model(fire.model);
    found.warn(&fire.validity);
    Ok(vec![fire])
}

/// One explosion, ready to be asked for its pressure.
#[derive(Debug, Clone)]
pub struct Explosion {
    pub model: &'static str,
    /// Middle, wind's frame, m.
    pub centre: [f64; 2],
    pub energy_j: f64,
    /// Multi-energy class.
    pub class: u8,
    pub validity: Validity,
    p_a: f64,
    t_a: f64,
}

impl Explosion {
    /// Side-on overpressure at a place, kPa.
    pub fn overpressure_kpa(&self, x: f64, y: f64) -> f64 {
        self.at_kpa(hypot(x - self.centre[0], y - self.centre[1]))
    }

    fn at_kpa(&self, r: f64) -> f64 {
        multi_energy::blast(self.energy_j, self.class, r.max(0.1), self.p_a, self.t_a).map_or(0.0, |blast| blast.pressure_pa / 1000.0)
    }

    /// Distance from its middle at which the pressure is `kpa`, m; `None` where it is nowhere reached.
    pub fn radius_m(&self, kpa: f64) -> Option<f64> {
        distance_to(kpa, |r| self.at_kpa(r))
    }

    pub(super) fn zones(&self, zones: &mut Vec<Zone>) {
        for level in BLAST {
            let radius = self.radius_m(level.value);
            let rings = radius.map(|r| circle(self.centre, r)).into_iter().collect();
            zones.push(Zone { level, model: self.model, reach_m: radius.unwrap_or(0.0), averaging_s: 0.0, rings });
        }
    }
}

/// Blast of the named congested volume, filled at most by the flammable mass at stoichiometric mixture.
pub(super) fn explosions(
    d: &Description,
    s: &Substance,
    air: &Air,
    flammable_kg: Option<f64>,
    found: &mut Findings,
) -> Result<Vec<Explosion>, Refusal> {
    let Some(flammable_kg) = flammable_kg else { return Ok(Vec::new()) };
    let Some(congestion) = d.congestion else {
        found.assume("no congested volume is named: no blast is computed");
        return Ok(Vec::new());
    };
    let volume = crate::validity::positive("congestion.volume_m3", congestion.volume_m3)?;
    let h_c = s.heat_of_combustion()?;
    let gas_density = air.p * s.molar_mass().0 / (R * air.t);
    // E per volume of mixture is c_st ρ_g H_c; for hydrocarbons it is 3.5 MJ/m³, which gives c_st.
    let c_st = multi_energy::STOICHIOMETRIC_ENERGY / (gas_density * h_c);
    let filled = f64::min(volume, multi_energy::stoichiometric_volume(flammable_kg, gas_density, c_st));
    if filled <= 0.0 {
        found.assume("the cloud nowhere reaches its flammable limit: no blast");
        return Ok(Vec::new());
    }
    let energy_j = multi_energy::energy(filled);
    let first = multi_energy::blast(energy_j, congestion.class, 100.0, air.p, air.t)?;
    found.model(multi_energy::MODEL);
    found.warn(&first.validity);
    found.assume(format!(
        "{filled:.0} m³ of the congested volume is filled with stoichiometric mixture (3.5 MJ/m³); class {}",
        congestion.class
    ));
    Ok(vec![Explosion {
        model: multi_energy::MODEL,
        centre: [congestion.downwind_m, 0.0],
        energy_j,
        class: congestion.class,
        validity: first.validity,
        p_a: air.p,
        t_a: air.t,
    }])
}
