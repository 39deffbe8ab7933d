//! From one described release to who dies where and how often: footprints from the models, branches from the event tree.
//!
//! Absent on purpose: where equipment stands and who lives around it (`park`).

use libm::{atan2, cos, exp, hypot, log, pow, sin};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

use super::Case;
use super::footprint::{Footprint, Shape};
use super::ignition::{self, Amount, Flammability, Outcome};
use super::individual::distance_bearing;
use super::rose::{BINS, Rose};
use super::uncertainty::{Harm, Manner};
use crate::numerics::largest;
use crate::properties::Substance;
use crate::scenario::{BREATH_M, Effects, ExplosionKind, Fire, FireKind, Source};
use crate::validity::{positive, within};
use crate::vulnerability::{
    DAMAGING_BLAST, Exposed, FATAL_BLAST, ProbitSet, Shelter, ToxicProbit, blast_fatality, heat_fatality, probit_of, toxic_indoors,
    toxic_probit,
};
use crate::{Note, Refusal, Validity};

const MODEL: &str = "risk.from_scenario";
/// A share of deaths below this counts as none: it sets how far a footprint reaches.
pub const LEAST_SHARE: f64 = 1e-4;

/// How a release ends, of the ends that kill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    Fireball,
    /// Pool or jet fire.
    Fire,
    /// Everyone outdoors in the flammable cloud, and its blast.
    Explosion,
    FlashFire,
    Toxic,
    /// Only the blast of a bursting vessel or of a charge: nothing burns and nobody is poisoned. It is part of every other end, too.
    Burst,
}

pub const ENDS: [End; 6] = [End::Fireball, End::Fire, End::Explosion, End::FlashFire, End::Toxic, End::Burst];

/// Constants of a toxic probit somebody answers for by name, where no table has the substance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedProbit {
    pub a: f64,
    pub b: f64,
    pub n: f64,
    pub unit: ProbitUnit,
    pub signed_by: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProbitUnit {
    #[serde(rename = "mg/m3")]
    MgPerM3,
    #[serde(rename = "ppm")]
    Ppm,
}

impl SignedProbit {
    fn checked(&self, cas: &str) -> Result<ToxicProbit, Refusal> {
        if self.signed_by.trim().is_empty() {
            return Err(Refusal::MissingProperty { substance: cas.to_owned(), property: "a name that answers for the probit (signed_by)" });
        }
        if !self.a.is_finite() {
            return Err(Refusal::OutOfDomain { input: "toxic_probit.a", value: self.a, wanted: "a number" });
        }
        Ok(ToxicProbit {
            cas: cas.to_owned(),
            name: cas.to_owned(),
            set: if self.unit == ProbitUnit::Ppm { ProbitSet::Ccps } else { ProbitSet::Purple },
            a: self.a,
            b: positive("toxic_probit.b", self.b)?,
            n: positive("toxic_probit.n", self.n)?,
            t_max_min: None,
            status: "given by the user".into(),
            source: self.signed_by.clone(),
        })
    }
}

/// How poison kills, and how well that is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Poison {
    Probit(ToxicProbit),
    /// Everyone above AEGL-3, nobody below: volume fraction.
    Level(f64),
    None,
}

impl Poison {
    /// Of a substance: the user's own probit, the Purple Book's, the CCPS's; else AEGL-3 as yes or no, which is told. None is invented.
    pub fn of(s: &Substance, own: Option<&SignedProbit>, assumptions: &mut Vec<String>, notes: &mut Validity) -> Result<Self, Refusal> {
        let name = &s.name_en;
        if let Some(own) = own {
            assumptions.push(format!("{name}: toxic probit given and signed by {}", own.signed_by));
            return Ok(Self::Probit(own.checked(&s.cas)?));
        }
        if let Some(probit) = toxic_probit(&s.cas, ProbitSet::Purple) {
            assumptions.push(format!("{name}: toxic probit {} ({})", probit.source, probit.status));
            return Ok(Self::Probit(probit.clone()));
        }
        if let Some(probit) = toxic_probit(&s.cas, ProbitSet::Ccps) {
            assumptions.push(format!("{name}: toxic probit {} ({})", probit.source, probit.status));
            return Ok(Self::Probit(probit.clone()));
        }
        let Some(ppm) = s.aegl3_60_ppm else {
            notes.add(Note::LeftOut { model: MODEL, what: "toxic deaths of a substance with neither a probit nor AEGL-3" });
            assumptions.push(format!("{name}: neither a toxic probit nor AEGL-3 is tabled; toxic deaths are not counted"));
            return Ok(Self::None);
        };
        let fraction = ppm * 1e-6;
        // Poison weaker than the flammable limit kills nobody whom fire would not.
        if s.lfl_pct.is_some() && fraction >= s.lower_flammable_limit()? {
            assumptions.push(format!("{name}: AEGL-3 lies above the lower flammable limit; only fire and explosion are counted"));
            return Ok(Self::None);
        }
        notes.add(Note::Assumed {
            model: MODEL,
            what: "without a probit everyone above AEGL-3 (60 min) dies and nobody below it: a proxy, not a probability",
        });
        assumptions.push(format!("{name}: no toxic probit; AEGL-3 (60 min, {ppm} ppm) stands in as yes or no"));
        Ok(Self::Level(fraction))
    }
}

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
fn burnt(cloud: &Footprint, x: f64, y: f64) -> bool {
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

/// Refuses a reach that is no figure: it would read as nobody killed.
fn figure(reach_m: f64) -> Result<f64, Refusal> {
    if reach_m.is_finite() { Ok(reach_m) } else { Err(Refusal::NoSolution { model: MODEL, why: "a reach has no figure" }) }
}

fn counted(share: f64) -> f64 {
    if share < LEAST_SHARE { 0.0 } else { share }
}

fn burning(end: End, fires: &[&Fire]) -> Result<Option<Deadly>, Refusal> {
    let t = fires.iter().map(|fire| fire.duration_s).fold(0.0, f64::max);
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

/// A source of ignition on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Igniter {
    pub at: [f64; 2],
    /// Its extent, m: it lights the cloud that touches it.
    pub radius_m: f64,
    /// Probability of igniting within a minute, all of its units together.
    pub per_minute: f64,
    /// Share of the period it is there.
    pub present: f64,
    /// The installation itself: in the cloud whenever there is one.
    pub at_release: bool,
}

/// Probability that the cloud of each wind is lit late, by the sources inside its flammable limit and how long it stands there.
pub fn lit_late(effects: &Effects, cloud: &Footprint, source: [f64; 2], igniters: &[Igniter]) -> Result<[f64; BINS], Refusal> {
    let mut unlit = [1.0; BINS];
    let reach = cloud.reach_m();
    if reach <= 0.0 {
        return Ok([0.0; BINS]);
    }
    for igniter in igniters {
        let lights = |t_s: f64| ignition::delayed(&[ignition::Source { per_minute: igniter.per_minute, present: igniter.present }], t_s);
        if igniter.at_release {
            let stands = effects.passage(0.5 * reach).map_or(effects.released().duration_s, |passage| passage.duration_s);
            let p = lights(stands)?;
            unlit.iter_mut().for_each(|unlit| *unlit *= 1.0 - p);
            continue;
        }
        let (r, bearing) = distance_bearing(source, igniter.at);
        if r > reach + igniter.radius_m {
            continue;
        }
        for (b, unlit) in unlit.iter_mut().enumerate() {
            let phi = (bearing - (b as f64 + 0.5)).to_radians();
            let (x, y) = (r * cos(phi), r * sin(phi));
            // Its middle and eight places on its rim; the nearest to the release is among the interesting ones.
            let rim = (0..8).map(|k| f64::from(k) * PI / 4.0).map(|a| (x - igniter.radius_m * cos(a), y + igniter.radius_m * sin(a)));
            let rim = rim.take(if igniter.radius_m > 0.0 { 8 } else { 0 });
            let within = std::iter::once((x, y)).chain(rim).find(|(x, y)| burnt(cloud, *x, *y));
            if let Some((x, _)) = within {
                let stands = effects.passage(x).map_or(effects.released().duration_s, |passage| passage.duration_s);
                *unlit *= 1.0 - lights(stands)?;
            }
        }
    }
    Ok(unlit.map(|unlit| 1.0 - unlit))
}

/// How likely a release is lit at once, by its substance, amount and place.
pub fn lit_at_once(effects: &Effects, stored_k: f64, place: ignition::Place, assumptions: &mut Vec<String>) -> f64 {
    let Some((class, assumed)) = Flammability::of(effects.substance(), stored_k) else { return 0.0 };
    if let Some(assumed) = assumed {
        assumptions.push(format!("{}: {assumed}", effects.substance().name_en));
    }
    let released = effects.released();
    let amount = match released.source {
        Source::Burst { inventory_kg, .. } => Amount::Instantaneous { kg: inventory_kg },
        // What flashed or rained out left the hole, too.
        _ => Amount::Continuous { kg_s: released.outflow_kg_s },
    };
    ignition::direct(class, amount, place)
}

/// The wind of one period: how often the weather blows from where, and how likely its cloud is lit late.
#[derive(Clone, Copy)]
pub struct Blowing<'a> {
    /// Share of the year: of the period, and of the weather within it.
    pub share: f64,
    pub rose: &'a Rose,
    pub lit_late: &'a [f64; BINS],
}

/// One end of one release: how often in the year and in each period, by direction, and who dies where.
#[derive(Clone, Debug)]
pub struct Branch {
    pub deadly: Deadly,
    /// Frequency a year and the winds it comes with; `None` where it never happens.
    pub yearly: Option<(f64, Rose)>,
    /// The same, of each period's part of the year.
    pub periods: Vec<Option<(f64, Rose)>>,
}

fn case_of<'a>(of: Option<&'a (f64, Rose)>, source: [f64; 2], d: &'a Deadly) -> Option<Case<'a>> {
    let (frequency_per_year, rose) = of?;
    Some(Case {
        frequency_per_year: *frequency_per_year,
        source,
        rose,
        individual: &d.individual,
        outdoors: &d.outdoors,
        indoors: &d.indoors,
    })
}

impl Branch {
    pub fn case(&self, source: [f64; 2]) -> Option<Case<'_>> {
        case_of(self.yearly.as_ref(), source, &self.deadly)
    }

    pub fn case_in(&self, period: usize, source: [f64; 2]) -> Option<Case<'_>> {
        case_of(self.periods.get(period)?.as_ref(), source, &self.deadly)
    }
}

/// Ends of the tree that have a footprint, with their frequencies by direction.
///
/// `toxic_share` of the releases of a substance that is both toxic and flammable are taken as toxic only; the rest go through the tree, and
/// of them the unignited are toxic. A burst that is lit at once without a fireball, and a release without a flame of its own, burn as a
/// flash fire; so does an explosion that reaches no damaging pressure. What leaves nobody burnt or poisoned still leaves the burst's blast.
pub fn branches(
    frequency_per_year: f64,
    direct: f64,
    burst: bool,
    toxic_share: f64,
    deadly: Vec<Deadly>,
    periods: &[Blowing],
) -> Result<Vec<Branch>, Refusal> {
    let toxic_share = within("toxic_share", toxic_share, 0.0, 1.0, "between 0 and 1")?;
    let has = |end: End| deadly.iter().any(|d| d.end == end);
    let burns_as = |outcome: Outcome| match outcome {
        Outcome::Fireball if has(End::Fireball) => End::Fireball,
        Outcome::Fire if !burst && has(End::Fire) => End::Fire,
        Outcome::Explosion if has(End::Explosion) => End::Explosion,
        Outcome::Fireball | Outcome::Fire | Outcome::Explosion | Outcome::FlashFire => End::FlashFire,
        Outcome::Unignited => End::Toxic,
    };
    let strikes = |end: End| if has(end) { end } else { End::Burst };
    // [period][end][direction]
    let mut weights = vec![[[0.0; BINS]; ENDS.len()]; periods.len()];
    for (period, weights) in periods.iter().zip(&mut weights) {
        for (b, lit_late) in period.lit_late.iter().enumerate() {
            let f = frequency_per_year * period.share * period.rose.share(b);
            if f <= 0.0 {
                continue;
            }
            for (outcome, p) in ignition::event_tree(direct, *lit_late, burst)? {
                weights[strikes(burns_as(outcome)) as usize][b] += f * (1.0 - toxic_share) * p;
            }
            weights[strikes(End::Toxic) as usize][b] += f * toxic_share;
        }
    }
    let of = |deadly: Deadly| {
        let mut all = [0.0; BINS];
        let end = deadly.end as usize;
        for period in &weights {
            all.iter_mut().zip(&period[end]).for_each(|(all, w)| *all += w);
        }
        let periods = weights.iter().map(|period| Rose::from_bins(&period[end])).collect();
        Branch { deadly, yearly: Rose::from_bins(&all), periods }
    };
    Ok(deadly.into_iter().map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::from_toml;

    fn effects(cas: &str, release: &str) -> Effects {
        let text = format!(
            "name = 'test'\nsubstance = '{cas}'\n[weather]\nwind_m_s = 3\nwind_from_deg = 270\nstability = 'D'\ntemperature_c = 20\n\
             humidity = 0.6\nroughness_m = 0.1\n[release]\n{release}"
        );
        Effects::of(&from_toml(&text).unwrap()).unwrap()
    }

    const CHLORINE: &str = "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 10\npath_m = 0\ninventory_kg = 1000\nheight_m = 1";
    const BURST: &str = "kind = 'burst'\nmass_kg = 20000\ntemperature_c = 25";

    fn cloud(e: &Effects) -> Footprint {
        flammable_cloud(e).unwrap()
    }

    fn poison(e: &Effects) -> Poison {
        Poison::of(e.substance(), None, &mut Vec::new(), &mut Validity::new()).unwrap()
    }

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

    #[test]
    fn frequencies_of_the_ends_add_up_to_the_scenario() {
        let e = effects("74-98-6", BURST);
        let all = footprints(&e, &cloud(&e), &poison(&e), Indoors::Tenth, &mut Validity::new()).unwrap();
        let rose = Rose::from_sectors(&[1.0, 2.0, 3.0, 4.0]).unwrap();
        let late = [1.0; BINS];
        let periods = [0.4, 0.6].map(|share| Blowing { share, rose: &rose, lit_late: &late });
        let branches = branches(1e-5, 0.7, true, 0.0, all, &periods).unwrap();
        let f = |end| branches.iter().find(|b| b.deadly.end == end).and_then(|b| b.yearly.as_ref()).map_or(0.0, |(f, _)| *f);
        assert!((f(End::Fireball) / 0.49e-5 - 1.0).abs() < 1e-9);
        // 0.3 of the directly lit, and the late ones, 0.4 of which explode if the cloud can.
        assert!(((f(End::FlashFire) + f(End::Explosion)) / 0.51e-5 - 1.0).abs() < 1e-9);
        let by_period: f64 = branches.iter().flat_map(|b| &b.periods).flatten().map(|(f, _)| f).sum();
        assert!((by_period / 1e-5 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_vessel_that_bursts_strikes_once_whatever_follows() {
        let e = effects("74-98-6", BURST);
        let all = footprints(&e, &cloud(&e), &poison(&e), Indoors::Tenth, &mut Validity::new()).unwrap();
        let burst = all.iter().find(|d| d.end == End::Burst).unwrap();
        assert!(burst.indoors.reach_m() > burst.individual.reach_m());
        assert!(all.iter().all(|d| d.individual.at(0.9 * burst.individual.reach_m(), 180.0) == 1.0), "part of every end");
        // Nothing lights it and it is not toxic: the blast alone, with the whole frequency.
        let rose = Rose::uniform();
        let late = [0.0; BINS];
        let branches = branches(1e-5, 0.0, true, 0.0, all, &[Blowing { share: 1.0, rose: &rose, lit_late: &late }]).unwrap();
        for b in &branches {
            let f = b.yearly.as_ref().map_or(0.0, |(f, _)| *f);
            assert!((f - if b.deadly.end == End::Burst { 1e-5 } else { 0.0 }).abs() < 1e-12, "{:?} {f}", b.deadly.end);
        }
    }

    #[test]
    fn what_flashes_or_rains_out_counts_for_ignition_at_the_hole() {
        let p = |e: &Effects| lit_at_once(e, 293.15, ignition::Place::Stationary, &mut Vec::new());
        // 11 kg/s leave: more than 10, though a third flashes.
        let e = effects("106-97-8", "kind = 'spill'\nrate_kg_s = 11\nduration_s = 300\ntemperature_c = 20");
        assert!(matches!(e.released().source, Source::Pool { fed_kg_s, .. } if fed_kg_s < 10.0));
        let (class, _) = Flammability::of(e.substance(), 293.15).unwrap();
        assert_eq!(p(&e), ignition::direct(class, Amount::Continuous { kg_s: 11.0 }, ignition::Place::Stationary));
        assert!(p(&e) > ignition::direct(class, Amount::Continuous { kg_s: 9.0 }, ignition::Place::Stationary));
    }

    #[test]
    fn a_furnace_lights_the_clouds_that_blow_its_way() {
        let e =
            effects("74-98-6", "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 50\npath_m = 0\ninventory_kg = 20000\nheight_m = 1");
        let furnace = Igniter { at: [30.0, 0.0], radius_m: 0.0, per_minute: 0.9, present: 1.0, at_release: false };
        let late = lit_late(&e, &cloud(&e), [0.0, 0.0], &[furnace]).unwrap();
        assert!(late[90] > 0.9 && late[270] == 0.0, "{} {}", late[90], late[270]);
        assert_eq!(late[89], late[90]);
        let itself = lit_late(&e, &cloud(&e), [0.0, 0.0], &[Igniter { at_release: true, ..furnace }]).unwrap();
        assert!(itself.iter().all(|p| *p > 0.9));
        assert!(lit_late(&e, &cloud(&e), [0.0, 0.0], &[]).unwrap().iter().all(|p| *p == 0.0));
    }

    #[test]
    fn poison_without_a_probit_is_a_flagged_yes_or_no_or_signed_for() {
        let e = effects("67-56-1", "kind = 'spill'\nrate_kg_s = 10\nduration_s = 600\ntemperature_c = 20");
        let mut notes = Validity::new();
        let mut assumptions = Vec::new();
        let level = Poison::of(e.substance(), None, &mut assumptions, &mut notes).unwrap();
        assert!(matches!(level, Poison::Level(_)), "{level:?}");
        assert!(!notes.is_empty() && assumptions[0].contains("AEGL-3"));
        let own = SignedProbit { a: -10.0, b: 1.0, n: 1.0, unit: ProbitUnit::Ppm, signed_by: "a toxicologist".into() };
        assert!(matches!(Poison::of(e.substance(), Some(&own), &mut assumptions, &mut notes).unwrap(), Poison::Probit(_)));
        let nobody = SignedProbit { signed_by: " ".into(), ..own };
        assert!(Poison::of(e.substance(), Some(&nobody), &mut assumptions, &mut notes).is_err());
    }
}
