//! Who dies where by each end of a release, as tables: heat, flash fire, blast and poison.

use libm::{atan2, exp, hypot, log, pow};
use serde::{Deserialize, Serialize};

use super::{End, MODEL, Poison};
use crate::numerics::largest;
use crate::qra::footprint::{Footprint, Shape};
use crate::qra::uncertainty::{Harm, Manner};
use crate::scenario::{BREATH_M, Effects, ExplosionKind, Fire, FireKind};
use crate::vulnerability::{
    DAMAGING_BLAST, Exposed, FATAL_BLAST, Shelter, ToxicProbit, blast_fatality, heat_fatality, probit_of, toxic_indoors,
};
use crate::{Refusal, Validity};

/// A share of deaths below this counts as none: it sets how far a footprint reaches.
pub const LEAST_SHARE: f64 = 1e-4;

/// What happens indoors in a toxic cloud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "rule", deny_unknown_fields)]
pub enum Indoors {
    /// A tenth of those who would die outdoors (Purple Book, AQ/T 3046).
    #[default]
    Tenth,
    /// By the load in a room of these air changes; never more than outdoors.
    Room { closed_per_h: f64, open_per_h: f64, shut_after_s: f64 },
}

/// Who dies where by one end of a release.
#[derive(Clone, Debug, PartialEq)]
pub struct Deadly {
    pub end: End,
    pub individual: Footprint,
    pub outdoors: Footprint,
    pub indoors: Footprint,
    pub manner: Manner,
}

/// Where the cloud is above its lower flammable limit, as a share of one or none. Asked once: of flash fires, explosions and ignition.
pub fn flammable_cloud(effects: &Effects) -> Result<Footprint, Refusal> {
    let Ok(lfl) = effects.lower_flammable_limit() else { return Ok(Footprint::none()) };
    let reach = 1.01 * figure(effects.farthest_concentration_m(lfl, 0.0, crate::scenario::FLAMMABLE_S))?;
    if reach <= 0.0 {
        return Ok(Footprint::none());
    }
    Footprint::region(reach, |x, y| effects.flash_fire(x, y))
}

/// Whether a place lies in a cloud of [`flammable_cloud`].
pub(super) fn burnt(cloud: &Footprint, x: f64, y: f64) -> bool {
    cloud.at(hypot(x, y), atan2(y, x).to_degrees()) >= 0.5
}

/// Tables of every end that kills somebody somewhere; `cloud` is the release's [`flammable_cloud`]. A share that is not a number is refused.
pub fn footprints(
    effects: &Effects,
    cloud: &Footprint,
    poison: &Poison,
    indoors: Indoors,
    notes: &mut Validity,
) -> Result<Vec<Deadly>, Refusal> {
    let mut all = Vec::new();
    // An ignition has one end of each kind, however many flames it has: a jet and the pool it rains out burn together.
    let (balls, flames): (Vec<&Fire>, Vec<&Fire>) = effects.fires().iter().partition(|fire| fire.kind == FireKind::Fireball);
    all.extend(burning(End::Fireball, &balls)?);
    all.extend(burning(End::Fire, &flames)?);
    all.extend(explosion(effects, cloud)?);
    all.extend(flash_fire(cloud));
    all.extend(match poison {
        Poison::Probit(probit) => by_probit(effects, probit, indoors, notes)?,
        Poison::Level(fraction) => by_level(effects, *fraction)?,
        Poison::None => None,
    });
    // A vessel that bursts strikes whatever burns or is breathed afterwards: the same people, who die once.
    if let Some(burst) = bursting(effects)? {
        for d in &mut all {
            d.individual = d.individual.either(&burst.individual)?;
            d.outdoors = d.outdoors.either(&burst.outdoors)?;
            d.indoors = d.indoors.either(&burst.indoors)?;
        }
        all.push(burst);
    }
    Ok(all)
}

/// Refuses a reach or a duration that is no figure: it would read as nobody killed.
fn figure(value: f64) -> Result<f64, Refusal> {
    if value.is_finite() { Ok(value) } else { Err(Refusal::NoSolution { model: MODEL, why: "a reach or a duration has no figure" }) }
}

fn counted(share: f64) -> f64 {
    if share < LEAST_SHARE { 0.0 } else { share }
}

fn burning(end: End, fires: &[&Fire]) -> Result<Option<Deadly>, Refusal> {
    let t = figure(largest(fires.iter().map(|fire| fire.duration_s)))?;
    if t <= 0.0 {
        return Ok(None);
    }
    // Flux at which the least share counted dies within the 20 s that count, or while the fire lasts.
    let dose = exp((probit_of(LEAST_SHARE) + 36.38) / 2.56);
    let least = pow(dose / t.min(20.0), 0.75) / 1000.0;
    let reach = 1.01 * figure(largest(fires.iter().map(|fire| fire.reach_m(least))))?;
    if reach <= 0.0 {
        return Ok(None);
    }
    let shares = |x: f64, y: f64| {
        // Of several flames the hottest there.
        let q = fires.iter().map(|fire| fire.heat_kw_m2(x, y)).reduce(|a, b| if a.is_nan() || a > b { a } else { b }).unwrap_or(0.0);
        let bare = heat_fatality(q, t, Exposed::Individual);
        // The least share is cut on bare skin for all, so that clothes shorten no footprint.
        if bare < LEAST_SHARE { [0.0; 3] } else { [bare, heat_fatality(q, t, Exposed::Outdoors), heat_fatality(q, t, Exposed::Indoors)] }
    };
    let [individual, outdoors, indoors] = if end == End::Fireball {
        let at = |n: usize| Footprint::round(reach, |r| shares(r, 0.0)[n]);
        [at(0)?, at(1)?, at(2)?]
    } else {
        Footprint::tabulated(reach, Shape::Smooth, shares)?
    };
    // Heat far off goes with the source, the dose with its 4/3; a fireball's with two thirds of that.
    let power = if end == End::Fireball { 2.0 / 3.0 } else { 1.0 };
    Ok(Some(Deadly {
        end,
        individual,
        outdoors,
        indoors,
        manner: Manner::Probit { harm: Harm::Heat, per_ln_source: 2.56 * 4.0 / 3.0 * power },
    }))
}

/// Everyone outdoors within the lower flammable limit, nobody indoors.
fn flash_fire(cloud: &Footprint) -> Option<Deadly> {
    (!cloud.is_none()).then(|| Deadly {
        end: End::FlashFire,
        individual: cloud.clone(),
        outdoors: cloud.clone(),
        indoors: Footprint::none(),
        manner: Manner::Rule { exponent: 0.6 },
    })
}

/// A circle in which a pressure is reached.
type Circle = ([f64; 2], f64);

/// Where the explosions of some kinds reach a pressure. The rule knows two levels, so their radii are all that is asked of a blast.
fn circles(effects: &Effects, pa: f64, kinds: [ExplosionKind; 2]) -> Vec<Circle> {
    effects.explosions().iter().filter(|e| kinds.contains(&e.kind)).filter_map(|e| Some((e.centre, e.radius_m(pa / 1000.0)?))).collect()
}

fn reach(circles: &[Circle]) -> f64 {
    largest(circles.iter().map(|(c, r)| hypot(c[0], c[1]) + r))
}

fn inside(circles: &[Circle], x: f64, y: f64) -> bool {
    circles.iter().any(|(c, r)| hypot(x - c[0], y - c[1]) <= *r)
}

/// The blast of what bursts or detonates where it stands, whether or not anything burns.
fn bursting(effects: &Effects) -> Result<Option<Deadly>, Refusal> {
    let of = |pa: f64| reach(&circles(effects, pa, [ExplosionKind::VesselBurst, ExplosionKind::Charge]));
    let (fatal, damaging) = (figure(of(FATAL_BLAST))?, figure(of(DAMAGING_BLAST))?);
    if damaging <= 0.0 {
        return Ok(None);
    }
    let table = |radius: f64, inner: f64, who: Exposed| {
        let at = |r: f64| blast_fatality(if r <= inner { FATAL_BLAST } else { DAMAGING_BLAST }, who);
        if radius > 0.0 { Footprint::round(radius, at) } else { Ok(Footprint::none()) }
    };
    let outdoors = table(fatal, fatal, Exposed::Outdoors)?;
    Ok(Some(Deadly {
        end: End::Burst,
        individual: outdoors.clone(),
        outdoors,
        indoors: table(damaging, fatal, Exposed::Indoors)?,
        manner: Manner::Rule { exponent: 1.0 / 3.0 },
    }))
}

fn explosion(effects: &Effects, cloud: &Footprint) -> Result<Option<Deadly>, Refusal> {
    let of = |pa: f64| circles(effects, pa, [ExplosionKind::Congested, ExplosionKind::OpenCloud]);
    let (fatal, damaging) = (of(FATAL_BLAST), of(DAMAGING_BLAST));
    figure(largest([reach(&fatal), reach(&damaging)]))?;
    if damaging.is_empty() {
        return Ok(None);
    }
    if let Some((centre, _)) = damaging.iter().find(|(c, _)| c[1] != 0.0) {
        let wanted = "0 in a park: the volume turns with the wind";
        return Err(Refusal::OutOfDomain { input: "congestion.crosswind_m", value: centre[1], wanted });
    }
    let outdoors_reach = (1.01 * reach(&fatal)).max(cloud.reach_m());
    let table =
        |reach: f64, share: &dyn Fn(f64, f64) -> f64| if reach > 0.0 { Footprint::new(reach, share) } else { Ok(Footprint::none()) };
    let outdoors = table(outdoors_reach, &|x, y| {
        if inside(&fatal, x, y) || burnt(cloud, x, y) { blast_fatality(FATAL_BLAST, Exposed::Outdoors) } else { 0.0 }
    })?;
    let indoors = table(1.01 * reach(&damaging), &|x, y| {
        let p = if inside(&fatal, x, y) { FATAL_BLAST } else { DAMAGING_BLAST };
        if inside(&damaging, x, y) { blast_fatality(p, Exposed::Indoors) } else { 0.0 }
    })?;
    Ok(Some(Deadly { end: End::Explosion, individual: outdoors.clone(), outdoors, indoors, manner: Manner::Rule { exponent: 1.0 / 3.0 } }))
}

fn by_probit(effects: &Effects, probit: &ToxicProbit, indoors: Indoors, notes: &mut Validity) -> Result<Option<Deadly>, Refusal> {
    let least = exp((probit_of(LEAST_SHARE) - probit.a) / probit.b);
    let reach = 1.01 * figure(effects.farthest_load_m(probit, least))?;
    if reach <= 1.0 {
        return Ok(None);
    }
    let load = |x: f64, y: f64| effects.toxic_load(probit, x, y, BREATH_M);
    let outdoors = Footprint::falling(reach, |x, y| counted(probit.fatality(load(x, y))))?;
    let inside = match indoors {
        Indoors::Tenth => outdoors.times(toxic_indoors(1.0)),
        Indoors::Room { closed_per_h, open_per_h, shut_after_s } => {
            let room = Room::of(probit, Shelter { closed_per_h, open_per_h, shut_after_s }, notes)?;
            Footprint::falling(reach, |x, y| {
                let out = load(x, y);
                let t_min = effects.passage(x).map_or(0.0, |passage| passage.duration_s / 60.0);
                counted(probit.fatality(out * room.share_of_load(t_min)).min(probit.fatality(out)))
            })?
        }
    };
    Ok(Some(Deadly {
        end: End::Toxic,
        individual: outdoors.clone(),
        outdoors,
        indoors: inside,
        manner: Manner::Probit { harm: Harm::Toxic, per_ln_source: probit.b * probit.n },
    }))
}

fn by_level(effects: &Effects, fraction: f64) -> Result<Option<Deadly>, Refusal> {
    const AVERAGED_S: f64 = 600.0;
    let reach = 1.01 * figure(effects.farthest_concentration_m(fraction, BREATH_M, AVERAGED_S))?;
    if reach <= 0.0 {
        return Ok(None);
    }
    let cloud = Footprint::region(reach, |x, y| {
        let c = effects.concentration(x, y, BREATH_M, AVERAGED_S);
        c >= fraction || c.is_nan()
    })?;
    Ok(Some(Deadly {
        end: End::Toxic,
        individual: cloud.clone(),
        indoors: cloud.times(toxic_indoors(1.0)),
        outdoors: cloud,
        manner: Manner::Rule { exponent: 0.6 },
    }))
}

/// Load indoors as a share of that outdoors, by how long the cloud stands there. It depends on time only, the room being linear.
struct Room {
    /// At 0.1 · 2^(i/2) min.
    shares: [f64; Room::TIMES],
}

impl Room {
    const TIMES: usize = 24;

    fn of(probit: &ToxicProbit, shelter: Shelter, notes: &mut Validity) -> Result<Self, Refusal> {
        let mut shares = [0.0; Self::TIMES];
        for (i, share) in shares.iter_mut().enumerate() {
            let t = Self::time(i);
            let inside = probit.indoors(&shelter, 1.0, t)?;
            notes.merge(&inside.validity);
            *share = inside.load / probit.load(1.0, t);
        }
        Ok(Self { shares })
    }

    fn time(i: usize) -> f64 {
        0.1 * pow(2.0, 0.5 * i as f64)
    }

    fn share_of_load(&self, t_min: f64) -> f64 {
        let at = (2.0 * log(t_min.max(0.1) / 0.1) / std::f64::consts::LN_2).clamp(0.0, (Self::TIMES - 1) as f64);
        let i = (at as usize).min(Self::TIMES - 2);
        let f = at - i as f64;
        (1.0 - f) * self.shares[i] + f * self.shares[i + 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Note;
    use crate::qra::from_scenario::example::{BURST, CHLORINE, cloud, effects, poison};
    use crate::vulnerability::{ProbitSet, toxic_probit};
    use libm::{cos, sin};

    #[test]
    fn a_toxic_footprint_is_the_probit_of_the_load() {
        let e = effects("7782-50-5", CHLORINE);
        let all = footprints(&e, &cloud(&e), &poison(&e), Indoors::Tenth, &mut Validity::new()).unwrap();
        let [toxic] = all.as_slice() else { panic!("{} ends", all.len()) };
        assert_eq!(toxic.end, End::Toxic);
        let probit = toxic_probit("7782-50-5", ProbitSet::Purple).unwrap();
        for (r, phi) in [(40.0, 0.5), (80.0, 3.5), (120.0, 0.5)] {
            let (x, y) = (r * cos(f64::to_radians(phi)), r * sin(f64::to_radians(phi)));
            let wanted = probit.fatality(e.toxic_load(probit, x, y, BREATH_M));
            let got = toxic.individual.at(r, phi);
            assert!((got - wanted).abs() < 0.02, "{r} {phi}: {got} {wanted}");
            assert!((toxic.indoors.at(r, phi) - 0.1 * got).abs() < 1e-6);
        }
    }

    #[test]
    fn a_room_kills_fewer_than_the_open_air() {
        let e = effects("7782-50-5", CHLORINE);
        let mut notes = Validity::new();
        let s = Shelter::default();
        let rule = Indoors::Room { closed_per_h: s.closed_per_h, open_per_h: s.open_per_h, shut_after_s: s.shut_after_s };
        let all = footprints(&e, &cloud(&e), &poison(&e), rule, &mut notes).unwrap();
        let toxic = &all[0];
        assert!(toxic.indoors.at(60.0, 0.5) < toxic.outdoors.at(60.0, 0.5));
        assert!(notes.iter().any(|note| matches!(note, Note::Assumed { model: "shelter.one_room", .. })));
    }

    #[test]
    fn a_burst_of_propane_has_a_ball_and_a_flash_and_no_poison() {
        let e = effects("74-98-6", BURST);
        let all = footprints(&e, &cloud(&e), &poison(&e), Indoors::Tenth, &mut Validity::new()).unwrap();
        let ends: Vec<End> = all.iter().map(|d| d.end).collect();
        assert!(ends.contains(&End::Fireball) && ends.contains(&End::FlashFire) && ends.contains(&End::Burst), "{ends:?}");
        assert!(!ends.contains(&End::Toxic));
        let ball = &all[0];
        assert_eq!(ball.individual.at(20.0, 77.0), 1.0);
        assert!(ball.outdoors.at(0.9 * ball.individual.reach_m(), 0.0) < ball.individual.at(0.9 * ball.individual.reach_m(), 0.0));
    }

    #[test]
    fn a_fire_whose_duration_has_no_figure_is_refused_and_kills_not_nobody() {
        let e =
            effects("74-98-6", "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 50\npath_m = 0\ninventory_kg = 20000\nheight_m = 1");
        let good = &e.fires()[0];
        for duration_s in [f64::NAN, f64::INFINITY] {
            let mut bad = good.clone();
            bad.duration_s = duration_s;
            assert!(burning(End::Fire, &[&bad]).is_err() && burning(End::Fire, &[good, &bad]).is_err());
        }
        assert!(burning(End::Fire, &[good]).unwrap().is_some());
    }

    #[test]
    fn a_jet_fire_is_the_probit_of_its_heat() {
        let e =
            effects("74-98-6", "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 50\npath_m = 0\ninventory_kg = 20000\nheight_m = 1");
        let all = footprints(&e, &cloud(&e), &poison(&e), Indoors::Tenth, &mut Validity::new()).unwrap();
        let fire = all.iter().find(|d| d.end == End::Fire).unwrap();
        let reach = fire.individual.reach_m();
        for (r, phi) in [(0.3, 12.0), (0.5, 33.0), (0.7, 5.0), (0.8, 71.0), (0.4, 140.0)] {
            let r = r * reach;
            let q = e.fires()[0].heat_kw_m2(r * cos(f64::to_radians(phi)), r * sin(f64::to_radians(phi)));
            let wanted = heat_fatality(q, e.fires()[0].duration_s, Exposed::Individual);
            let got = fire.individual.at(r, phi);
            assert!((got - wanted).abs() < 0.03, "{r} {phi}: {got} {wanted} ({q} kW/m²)");
        }
    }
}
