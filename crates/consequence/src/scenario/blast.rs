//! Explosions of a release: its cloud where it meets obstacles and in the open, a vessel that bursts, a declared charge.

use libm::{cbrt, hypot};
use serde::Serialize;
use std::f64::consts::PI;

use super::Findings;
use super::cloud::Dispersed;
use super::describe::{Congestion, Description};
use super::release::{Released, Source};
use super::weather::Air;
use crate::explosion::{bst, distance_to, multi_energy, tnt, vessel_burst};
use crate::fire::stoichiometry::Formula;
use crate::properties::Substance;
use crate::validity::{positive, within};
use crate::{Note, Refusal, Validity};

/// What explodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExplosionKind {
    /// The part of the cloud among obstacles.
    Congested,
    /// The rest of it, in the open.
    OpenCloud,
    VesselBurst,
    Charge,
}

/// One explosion, ready to be asked for its pressure.
#[derive(Debug, Clone)]
pub struct Explosion {
    pub kind: ExplosionKind,
    pub model: &'static str,
    /// Middle, wind's frame, m.
    pub centre: [f64; 2],
    pub energy_j: f64,
    /// Multi-energy class; 10 for bursts and charges, which have none.
    pub class: u8,
    /// Flame Mach number of the second opinion (Baker–Strehlow–Tang); `None` where there is none.
    pub mach: Option<f64>,
    /// Factor by which pressures scatter.
    pub scatter: f64,
    pub validity: Validity,
    p_a: f64,
    t_a: f64,
}

/// An explosion in figures, for the result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplosionReport {
    pub kind: ExplosionKind,
    pub model: &'static str,
    pub downwind_m: f64,
    pub crosswind_m: f64,
    pub energy_j: f64,
    pub class: u8,
    /// Distance to 6.9 kPa by the model and by Baker–Strehlow–Tang, m.
    pub to_6_9_kpa_m: Option<f64>,
    pub to_6_9_kpa_bst_m: Option<f64>,
}

impl Explosion {
    /// Side-on overpressure at a place, kPa.
    pub fn overpressure_kpa(&self, x: f64, y: f64) -> f64 {
        self.at_kpa(hypot(x - self.centre[0], y - self.centre[1]))
    }

    /// A model that gives no answer gives no figure: that is not the same as no pressure.
    fn at_kpa(&self, r: f64) -> f64 {
        let r = r.max(0.1);
        let pa = match self.kind {
            ExplosionKind::Congested | ExplosionKind::OpenCloud => {
                multi_energy::blast(self.energy_j, self.class, r, self.p_a, self.t_a).map_or(f64::NAN, |blast| blast.pressure_pa)
            }
            ExplosionKind::VesselBurst => vessel_burst::blast(self.energy_j, true, r).map_or(f64::NAN, |blast| blast.pressure_pa),
            ExplosionKind::Charge => tnt::kingery_bulmash(self.energy_j / tnt::H_TNT, r).map_or(f64::NAN, |blast| blast.pressure_pa),
        };
        pa / 1000.0
    }

    /// The second opinion at a distance from its middle, kPa.
    pub fn second_opinion_kpa(&self, r: f64) -> Option<f64> {
        let blast = bst::blast(self.energy_j, self.mach?, r.max(0.1), self.p_a, self.t_a).ok()?;
        Some(blast.pressure_pa / 1000.0)
    }

    /// Distance from its middle at which the pressure is `kpa`, m; `None` where it is nowhere reached.
    pub fn radius_m(&self, kpa: f64) -> Option<f64> {
        distance_to(kpa, |r| self.at_kpa(r))
    }

    /// Farthest place with this pressure, m from the release; zero where it is nowhere reached.
    pub fn farthest_m(&self, kpa: f64) -> f64 {
        self.radius_m(kpa).map_or(0.0, |r| hypot(self.centre[0], self.centre[1]) + r)
    }

    pub(super) fn report(&self) -> ExplosionReport {
        let bst_kpa = |r: f64| self.second_opinion_kpa(r).unwrap_or(f64::NAN);
        ExplosionReport {
            kind: self.kind,
            model: self.model,
            downwind_m: self.centre[0],
            crosswind_m: self.centre[1],
            energy_j: self.energy_j,
            class: self.class,
            to_6_9_kpa_m: self.radius_m(6.9),
            to_6_9_kpa_bst_m: self.mach.and_then(|_| distance_to(6.9, bst_kpa)),
        }
    }
}

/// Explosions of the vessel, the charge and the cloud.
pub(super) fn explosions(
    d: &Description,
    s: &Substance,
    air: &Air,
    r: &Released,
    dispersed: &Dispersed,
    flammable_kg: Option<f64>,
    found: &mut Findings,
) -> Result<Vec<Explosion>, Refusal> {
    for congestion in &d.congestion {
        checked(congestion)?;
    }
    let mut all = Vec::new();
    match r.source {
        Source::Burst { energy_j, .. } if energy_j > 0.0 => {
            let mut validity = vessel_burst::blast(energy_j, true, 100.0)?.validity;
            validity.add(Note::LeftOut { model: "blast.vessel_burst", what: "the field within two vessel diameters" });
            found.model("blast.vessel_burst");
            found.assume("half of the vessel's energy of expansion goes into its blast, the other half into fragments");
            all.push(Explosion {
                kind: ExplosionKind::VesselBurst,
                model: "blast.vessel_burst",
                centre: [0.0, 0.0],
                energy_j,
                class: 10,
                mach: None,
                scatter: 2.0,
                validity,
                p_a: air.p,
                t_a: air.t,
            });
        }
        Source::Charge { tnt_kg } => {
            found.model(tnt::MODEL);
            all.push(Explosion {
                kind: ExplosionKind::Charge,
                model: tnt::MODEL,
                centre: [0.0, 0.0],
                energy_j: tnt_kg * tnt::H_TNT,
                class: 10,
                mach: None,
                scatter: 1.5,
                validity: tnt::kingery_bulmash(tnt_kg, 100.0)?.validity,
                p_a: air.p,
                t_a: air.t,
            });
        }
        _ => {}
    }
    if let Some(flammable_kg) = flammable_kg {
        cloud_explosions(d, s, air, dispersed, flammable_kg, found, &mut all)?;
    }
    for explosion in &all {
        found.warn(&explosion.validity);
    }
    Ok(all)
}

fn checked(c: &Congestion) -> Result<(), Refusal> {
    positive("congestion.volume_m3", c.volume_m3)?;
    positive("congestion.height_m", c.height_m)?;
    within("congestion.class", f64::from(c.class), 1.0, 10.0, "a class from 1 to 10")?;
    within("congestion.downwind_m", c.downwind_m, -10_000.0, 10_000.0, "within 10 km")?;
    within("congestion.crosswind_m", c.crosswind_m, -10_000.0, 10_000.0, "within 10 km").map(drop)
}

/// Energy of a cubic metre of stoichiometric mixture, J/m³, and the mass of fuel in it, kg/m³; by the reaction, or as of a hydrocarbon.
fn mixture(s: &Substance, dispersed: &Dispersed, found: &mut Findings) -> Result<(f64, f64), Refusal> {
    let h_c = s.heat_of_combustion()?;
    match Formula::of(&s.formula) {
        Some(formula) if !formula.is_hydrocarbon() => {
            let fuel = formula.volume_fraction()? * dispersed.kg_m3;
            found.assume(format!("energy of a stoichiometric mixture from the reaction, {:.2} MJ/m³", fuel * h_c / 1e6));
            Ok((fuel * h_c, fuel))
        }
        Some(_) => Ok((multi_energy::STOICHIOMETRIC_ENERGY, multi_energy::STOICHIOMETRIC_ENERGY / h_c)),
        None => {
            found.assume("energy of a stoichiometric mixture as of a hydrocarbon, 3.5 MJ/m³: no formula is known");
            Ok((multi_energy::STOICHIOMETRIC_ENERGY, multi_energy::STOICHIOMETRIC_ENERGY / h_c))
        }
    }
}

fn cloud_explosions(
    d: &Description,
    s: &Substance,
    air: &Air,
    dispersed: &Dispersed,
    flammable_kg: f64,
    found: &mut Findings,
    all: &mut Vec<Explosion>,
) -> Result<(), Refusal> {
    if flammable_kg <= 0.0 {
        found.assume("the cloud nowhere reaches its flammable limit: no blast");
        return Ok(());
    }
    if d.congestion.is_empty() {
        found.assume("no congested volume is named: only the open cloud explodes, weakly");
    }
    let lfl = s.lower_flammable_limit()?;
    let (energy_per_m3, fuel_per_m3) = mixture(s, dispersed, found)?;
    let most_m3 = flammable_kg / fuel_per_m3;
    let mut filled: Vec<(multi_energy::Volume, bst::Confinement)> = Vec::new();
    let mut sum_m3 = 0.0;
    for c in &d.congestion {
        let inside = dispersed.volume_above(lfl, c);
        let m3 = inside.min(most_m3);
        if m3 <= 0.0 {
            found.assume(format!("the flammable cloud does not reach the congested volume {:.0} m downwind", c.downwind_m));
            continue;
        }
        sum_m3 += m3;
        found.assume(format!(
            "{m3:.0} of {:.0} m³ of the congested volume {:.0} m downwind is filled with stoichiometric mixture; class {}",
            c.volume_m3, c.downwind_m, c.class
        ));
        let volume = multi_energy::Volume {
            centre: [c.downwind_m, c.crosswind_m],
            energy_j: m3 * energy_per_m3,
            class: c.class,
            radius_m: cbrt(3.0 * c.volume_m3 / (2.0 * PI)),
        };
        filled.push((volume, c.confinement));
    }
    // All volumes together hold no more than the flammable mass.
    let share = (most_m3 / sum_m3.max(1e-12)).min(1.0);
    let volumes: Vec<multi_energy::Volume> =
        filled.iter().map(|(v, _)| multi_energy::Volume { energy_j: v.energy_j * share, ..*v }).collect();
    let joined = multi_energy::join_near(&volumes);
    if joined.len() < volumes.len() {
        found.assume("congested volumes nearer than 10 m count as one; of several the strongest at a place holds");
    }
    for volume in joined {
        // A joined volume is as confined as its nearest part.
        let gap = |v: &multi_energy::Volume| hypot(v.centre[0] - volume.centre[0], v.centre[1] - volume.centre[1]);
        let nearest = filled.iter().min_by(|a, b| gap(&a.0).total_cmp(&gap(&b.0)));
        let confinement = nearest.map_or(bst::Confinement::TwoAndAHalfD, |(_, confinement)| *confinement);
        let congestion = match volume.class {
            7.. => bst::Level::High,
            4..=6 => bst::Level::Medium,
            _ => bst::Level::Low,
        };
        let mach = bst::flame_mach(confinement, bst::reactivity(&s.cas), congestion);
        let mut validity = multi_energy::blast(volume.energy_j, volume.class, 100.0, air.p, air.t)?.validity;
        let explosion = |validity: Validity| Explosion {
            kind: ExplosionKind::Congested,
            model: multi_energy::MODEL,
            centre: volume.centre,
            energy_j: volume.energy_j,
            class: volume.class,
            mach: Some(mach),
            scatter: 2.0,
            validity,
            p_a: air.p,
            t_a: air.t,
        };
        let probe = explosion(validity);
        found.model(bst::MODEL);
        // At the edge of the light zone, or as far as a weak class reaches.
        let r = probe.radius_m(6.9).unwrap_or(2.0 * volume.radius_m).max(1.0);
        let ratio = probe.at_kpa(r) / probe.second_opinion_kpa(r).unwrap_or(1.0);
        if !(1.0 / 3.0..=3.0).contains(&ratio) {
            validity.add(Note::OutOfRange {
                model: multi_energy::MODEL,
                input: "pressure over that of Baker–Strehlow–Tang",
                value: ratio,
                low: 1.0 / 3.0,
                high: 3.0,
            });
        }
        all.push(explosion(validity));
    }
    let open_m3 = most_m3 - sum_m3.min(most_m3);
    if open_m3 > 0.01 * most_m3 {
        let class = 2;
        let energy_j = open_m3 * energy_per_m3;
        let centre = [dispersed.flammable_middle(lfl), 0.0];
        found.assume(format!("the open part of the cloud, {open_m3:.0} m³ of mixture, explodes weakly: class {class}"));
        all.push(Explosion {
            kind: ExplosionKind::OpenCloud,
            model: multi_energy::MODEL,
            centre,
            energy_j,
            class,
            mach: None,
            scatter: 2.0,
            validity: multi_energy::blast(energy_j, class, 100.0, air.p, air.t)?.validity,
            p_a: air.p,
            t_a: air.t,
        });
    }
    found.model(multi_energy::MODEL);
    Ok(())
}
