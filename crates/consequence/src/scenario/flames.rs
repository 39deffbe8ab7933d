//! Fire and blast of a flammable release, should it ignite: jet fire, pool fire, fireball, explosion of a congested volume.

use libm::sqrt;

use super::Findings;
use super::describe::{Air, Description};
use super::release::{Released, Source};
use crate::explosion::{distance_to, multi_energy};
use crate::fire::{fireball, jet, pool};
use crate::properties::Substance;
use crate::units::R;
use crate::zones::{BLAST, HEAT, Level, Ring, Zone, circle, star_ring};
use crate::{Note, Refusal, Validity};

/// Height of the exposed person, m, and the time the heat levels hold for, s.
const PERSON_M: f64 = 1.5;
const EXPOSED_S: f64 = 60.0;
/// Nobody is hurt farther off, m.
const FARTHEST_M: f64 = 5_000.0;

pub(super) fn burn(s: &Substance, air: &Air, r: &Released, found: &mut Findings) -> Result<(), Refusal> {
    if s.lfl_pct.is_none() {
        return Ok(());
    }
    let h_c = s.heat_of_combustion()?;
    match r.source {
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
            let z = PERSON_M - r.height_m;
            heat_zones(found, jet::MODEL, &validity, |level| {
                star_ring(0.5 * fire.length_m, level.value, FARTHEST_M, |x, y| fire.flux_kw_m2([x, y, z]))
            });
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
            heat_zones(found, pool::MODEL, &fire.validity, |level| {
                star_ring(0.0, level.value, FARTHEST_M, |x, y| fire.flux_kw_m2([x, y, PERSON_M]))
            });
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
            heat_zones(found, fireball::MODEL, &notes, |level| {
                let reach = distance_to(level.value, |x| ball.flux_kw_m2(x))?;
                Some(circle([0.0, 0.0], reach))
            });
        }
        Source::Vapour => found.assume("a vapour without momentum burns as a flash fire inside its flammable zone; no heat zone outside"),
    }
    Ok(())
}

fn heat_zones(found: &mut Findings, model: &'static str, validity: &Validity, ring: impl Fn(&Level) -> Option<Ring>) {
    found.model(model);
    found.warn(validity);
    for level in HEAT {
        let ring = ring(&level);
        let reach_m = ring.iter().flatten().map(|p| sqrt(p[0] * p[0] + p[1] * p[1])).fold(0.0, f64::max);
        found.zones.push(Zone { level, model, reach_m, averaging_s: EXPOSED_S, rings: ring.into_iter().collect() });
    }
}

/// Blast of the named congested volume, filled at most by the flammable mass at stoichiometric mixture.
pub(super) fn explode(d: &Description, s: &Substance, air: &Air, flammable_kg: Option<f64>, found: &mut Findings) -> Result<(), Refusal> {
    let Some(flammable_kg) = flammable_kg else { return Ok(()) };
    let Some(congestion) = d.congestion else {
        found.assume("no congested volume is named: no blast is computed");
        return Ok(());
    };
    let volume = crate::validity::positive("congestion.volume_m3", congestion.volume_m3)?;
    let h_c = s.heat_of_combustion()?;
    let gas_density = air.p * s.molar_mass().0 / (R * air.t);
    // E per volume of mixture is c_st ρ_g H_c; for hydrocarbons it is 3.5 MJ/m³, which gives c_st.
    let c_st = multi_energy::STOICHIOMETRIC_ENERGY / (gas_density * h_c);
    let filled = f64::min(volume, multi_energy::stoichiometric_volume(flammable_kg, gas_density, c_st));
    if filled <= 0.0 {
        found.assume("the cloud nowhere reaches its flammable limit: no blast");
        return Ok(());
    }
    let e = multi_energy::energy(filled);
    let first = multi_energy::blast(e, congestion.class, 100.0, air.p, air.t)?;
    found.model(multi_energy::MODEL);
    found.warn(&first.validity);
    found.assume(format!(
        "{filled:.0} m³ of the congested volume is filled with stoichiometric mixture (3.5 MJ/m³); class {}",
        congestion.class
    ));
    for level in BLAST {
        let pressure = |r: f64| multi_energy::blast(e, congestion.class, r, air.p, air.t).map_or(0.0, |blast| blast.pressure_pa / 1000.0);
        let reach = distance_to(level.value, pressure);
        let rings = reach.map(|r| circle([congestion.downwind_m, 0.0], r)).into_iter().collect();
        let reach_m = reach.unwrap_or(0.0);
        found.zones.push(Zone { level, model: multi_energy::MODEL, reach_m, averaging_s: 0.0, rings });
    }
    Ok(())
}
