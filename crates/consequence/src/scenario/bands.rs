//! The zones of a scenario and how sure they are: by the published scatter of their models, or by many runs over what is not known.

use libm::{exp, hypot, log};

use super::ScenarioError;
use super::blast::{Explosion, ExplosionKind};
use super::cloud::{self, SCATTER, fraction, sampled};
use super::describe::{Description, Uncertainty};
use super::effects::{Effects, NO_FIGURE};
use super::flames::Fire;
use super::release::{RainOut, ReleaseDescription};
use crate::meteorology::direction::wedge_half_angle_deg;
use crate::numerics::largest;
use crate::qra::uncertainty::Dice;
use crate::validity::within;
use crate::zones::{Band, Hazard, Level, Ring, Zone, circle, wedge};
use crate::{Note, Refusal};

/// Time the heat levels hold for, s.
const EXPOSED_S: f64 = 60.0;
/// Most runs of an uncertainty study.
const MOST_SAMPLES: u32 = 2_000;

/// All zones, each with the band of its model's scatter. A reach without a figure is refused.
pub(super) fn zones(e: &Effects) -> Result<Vec<Zone>, Refusal> {
    let mut zones: Vec<Zone> = e.levels().iter().map(|level| cloud_zone(e, level)).collect();
    for fire in e.fires() {
        zones.extend(e.heat_levels().iter().map(|level| heat_zone(fire, level)));
    }
    for level in e.blast_levels() {
        zones.extend(blast_zone(e, level));
    }
    let figured = |zone: &Zone| [zone.reach_m, zone.band.likely_reach_m, zone.band.possible_reach_m].iter().all(|m| m.is_finite());
    if zones.iter().all(figured) { Ok(zones) } else { Err(Refusal::NoSolution { model: "scenario", why: NO_FIGURE }) }
}

fn cloud_zone(e: &Effects, level: &Level) -> Zone {
    let (z, averaging_s) = sampled(level);
    let c = fraction(level);
    let (ring, model, notes) = e.dispersed().outline(c, z, averaging_s);
    let reach_m = farthest_x(&ring);
    let (likely, _, _) = e.dispersed().outline(c * SCATTER, z, averaging_s);
    let possible_reach_m = largest([e.dispersed().reach(c / SCATTER, z, averaging_s), reach_m]);
    let likely_reach_m = least(farthest_x(&likely), reach_m);
    let possible = turned(e, &ring, possible_reach_m);
    // In calm air nobody knows where the cloud goes: all zones are circles.
    let drawn = |ring: Ring, reach_m: f64| match (e.air().direction_known, reach_m > 0.0) {
        (true, _) => ring,
        (false, true) => circle([0.0, 0.0], reach_m),
        (false, false) => Ring::new(),
    };
    let (ring, likely) = (drawn(ring, reach_m), drawn(likely, likely_reach_m));
    Zone {
        level: *level,
        model,
        reach_m,
        averaging_s,
        rings: some(ring),
        band: Band { factor: SCATTER, samples: 0, likely_reach_m, possible_reach_m, likely: some(likely), possible: some(possible) },
        notes: notes.iter().copied().collect(),
    }
}

/// The ring a zone may sweep when the wind turns, drawn out to `reach_m`: as far upwind, and as wide for its length, as the zone is.
fn turned(e: &Effects, ring: &Ring, reach_m: f64) -> Ring {
    if reach_m <= 0.0 {
        return Ring::new();
    }
    if !e.air().direction_known {
        return circle([0.0, 0.0], reach_m);
    }
    let own = farthest_x(ring).max(1e-9);
    let width = ring.iter().map(|p| p[1].abs()).fold(0.0, f64::max) * (reach_m / own).min(3.0);
    let back = ring.iter().map(|p| p[0]).fold(0.0, f64::min);
    let mut out = wedge(reach_m, width.max(1.0), wedge_half_angle_deg(e.air().sigma_theta_deg()));
    for p in out.iter_mut().take(2) {
        p[0] = back;
    }
    out
}

fn heat_zone(fire: &Fire, level: &Level) -> Zone {
    let ring = fire.ring(level.value).unwrap_or_default();
    let reach_m = farthest(&ring);
    let (inner_m, outer_m) = (fire.reach_m(level.value * fire.scatter), fire.reach_m(level.value / fire.scatter));
    let likely = if inner_m > 0.0 { drawn(&ring, fire.middle_m(), inner_m) } else { Ring::new() };
    let possible =
        if ring.is_empty() { fire.ring(level.value / fire.scatter).unwrap_or_default() } else { drawn(&ring, fire.middle_m(), outer_m) };
    Zone {
        level: *level,
        model: fire.model,
        reach_m,
        averaging_s: EXPOSED_S,
        band: Band {
            factor: fire.scatter,
            samples: 0,
            likely_reach_m: least(farthest(&likely), reach_m),
            possible_reach_m: largest([farthest(&possible), reach_m]),
            likely: some(likely),
            possible: some(possible),
        },
        rings: some(ring),
        notes: fire.validity.iter().copied().collect(),
    }
}

/// A ring drawn larger or smaller about a point on the axis until it reaches `reach_m` downwind. Heat falls alike to every side, so the
/// shape changes little between neighbouring levels.
fn drawn(ring: &Ring, middle: f64, reach_m: f64) -> Ring {
    let own = farthest_x(ring) - middle;
    let by = if own > 0.0 { ((reach_m - middle) / own).max(0.0) } else { 1.0 };
    ring.iter().map(|p| [middle + by * (p[0] - middle), by * p[1]]).collect()
}

/// The explosions a zone is drawn of: the open cloud's weak blast is one only where it reaches a level of the site's own.
fn strong<'a>(e: &'a Effects, level: &Level) -> impl Iterator<Item = &'a Explosion> {
    let kpa = level.value;
    e.explosions().iter().filter(move |x| x.kind != ExplosionKind::OpenCloud || x.radius_m(kpa).is_some())
}

/// Of several explosions the strongest at a place: a ring each where it reaches, one zone. Its reach is from the release, as of every zone.
fn blast_zone(e: &Effects, level: &Level) -> Option<Zone> {
    let all: Vec<&Explosion> = strong(e, level).collect();
    let first = all.first()?;
    let circles = |kpa: f64| -> Vec<Ring> {
        let reached: Vec<([f64; 2], f64)> = all.iter().filter_map(|x| Some((x.centre, x.radius_m(kpa)?))).collect();
        // A circle inside another adds nothing; of two alike the first stays.
        let inside = |i: usize, j: usize| {
            let ((a, r), (b, s)) = (reached[i], reached[j]);
            hypot(a[0] - b[0], a[1] - b[1]) + r <= s && (r < s || j < i)
        };
        (0..reached.len())
            .filter(|&i| !(0..reached.len()).any(|j| j != i && inside(i, j)))
            .map(|i| circle(reached[i].0, reached[i].1))
            .collect()
    };
    let reach = |kpa: f64| largest(all.iter().map(|x| x.farthest_m(kpa)));
    let factor = all.iter().map(|x| x.scatter).fold(1.0, f64::max);
    let mut notes = Vec::new();
    for note in all.iter().flat_map(|x| x.validity.iter()) {
        if !notes.contains(note) {
            notes.push(*note);
        }
    }
    Some(Zone {
        level: *level,
        model: all.iter().max_by(|a, b| a.farthest_m(level.value).total_cmp(&b.farthest_m(level.value))).map_or(first.model, |x| x.model),
        reach_m: reach(level.value),
        averaging_s: 0.0,
        rings: circles(level.value),
        band: Band {
            factor,
            samples: 0,
            likely_reach_m: reach(level.value * factor),
            possible_reach_m: reach(level.value / factor),
            likely: circles(level.value * factor),
            possible: circles(level.value / factor),
        },
        notes,
    })
}

fn some(ring: Ring) -> Vec<Ring> {
    if ring.len() >= 3 { vec![ring] } else { Vec::new() }
}

fn farthest_x(ring: &Ring) -> f64 {
    largest(ring.iter().map(|p| p[0]))
}

fn farthest(ring: &Ring) -> f64 {
    largest(ring.iter().map(|p| hypot(p[0], p[1])))
}

/// The smaller of two; no figure where one of them is none.
fn least(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { f64::min(a, b) }
}

/// Replaces the bands by those of many runs over wind, class, discharge, rain-out and the models' own scatter. Returns how many ran.
///
/// `likely` is what 95 % of the runs reach, `possible` what only 5 % pass; their polygons are the zone drawn to that reach, the outer one turned
/// through the wind's wedge. The published factor is taken as the bounds of 84 % of the cases.
pub(super) fn sampled_bands(d: &Description, e: &Effects, study: &Uncertainty, zones: &mut [Zone]) -> Result<u32, ScenarioError> {
    let samples = within("uncertainty.samples", f64::from(study.samples), 20.0, f64::from(MOST_SAMPLES), "20 to 2000")? as u32;
    let mut dice = Dice::new(study.seed);
    let mut reaches: Vec<Vec<f64>> = vec![Vec::with_capacity(samples as usize); zones.len()];
    let mut ran = 0;
    for _ in 0..samples {
        let (changed, by) = vary(d, &mut dice);
        let scatter = dice.normal();
        // A sample the models refuse, such as a wind that is too weak, or that has no figure, counts as none; the caller tells how many.
        let Ok(one) = Effects::scaled(&changed, by) else { continue };
        let factor = |scatter_of: f64| exp(scatter * log(scatter_of) / 1.4);
        let of_zones: Vec<f64> = zones.iter().map(|zone| reach_of(&one, zone, factor(zone.band.factor))).collect();
        if of_zones.iter().any(|reach| reach.is_nan()) {
            continue;
        }
        ran += 1;
        reaches.iter_mut().zip(of_zones).for_each(|(reaches, reach)| reaches.push(reach));
    }
    if ran == 0 {
        return Ok(0);
    }
    for (zone, reaches) in zones.iter_mut().zip(&mut reaches) {
        reaches.sort_by(f64::total_cmp);
        let at = |share: f64| reaches[((share * (reaches.len() - 1) as f64) as usize).min(reaches.len() - 1)];
        let (low, high) = (at(0.05).min(zone.reach_m), at(0.95).max(zone.reach_m));
        let ring = zone.rings.first().cloned().unwrap_or_default();
        zone.band.samples = ran;
        zone.band.likely_reach_m = low;
        zone.band.possible_reach_m = high;
        let drawn = |reach_m: f64| -> Vec<Ring> {
            if reach_m <= 0.0 {
                Vec::new()
            } else if zone.level.hazard == Hazard::Blast {
                about_their_middles(&zone.rings, reach_m)
            } else {
                zone.rings.iter().map(|ring| about_its_middle(ring, reach_m / zone.reach_m.max(1e-9))).collect()
            }
        };
        let hazard_of_cloud = matches!(zone.level.hazard, Hazard::Toxic | Hazard::Flammable);
        (zone.band.likely, zone.band.possible) = (drawn(low), if hazard_of_cloud { some(turned(e, &ring, high)) } else { drawn(high) });
    }
    Ok(ran)
}

/// A ring drawn `by` times as large about the release, or about its own middle where that lies elsewhere.
fn about_its_middle(ring: &Ring, by: f64) -> Ring {
    let from = ring.iter().map(|p| p[0]).fold(f64::INFINITY, f64::min);
    let middle = if from > 0.0 { 0.5 * (from + farthest_x(ring)) } else { 0.0 };
    ring.iter().map(|p| [middle + by * (p[0] - middle), by * p[1]]).collect()
}

/// What is told where fewer samples ran than were asked for.
pub(super) fn refused(ran: u32, samples: u32) -> Option<(Note, String)> {
    let note =
        Note::LeftOut { model: "uncertainty", what: "samples the models refuse, such as too weak a wind: the bands are of the others" };
    (ran < samples).then(|| (note, format!("{} of {samples} samples were refused by the models and are in no band", samples - ran)))
}

/// Circles about the middles of explosions, all by the factor with which the farthest comes to reach `reach_m` from the release.
fn about_their_middles(rings: &[Ring], reach_m: f64) -> Vec<Ring> {
    let middle = |ring: &Ring| {
        let of = |i: usize| {
            let ends = ring.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), p| (f64::min(low, p[i]), f64::max(high, p[i])));
            0.5 * (ends.0 + ends.1)
        };
        [of(0), of(1)]
    };
    let Some(first) = rings.iter().max_by(|a, b| farthest(a).total_cmp(&farthest(b))) else { return Vec::new() };
    let way = hypot(middle(first)[0], middle(first)[1]);
    let by = (reach_m - way) / (farthest(first) - way).max(1e-9);
    if by <= 0.0 {
        return Vec::new();
    }
    let about = |ring: &Ring| {
        let [x, y] = middle(ring);
        ring.iter().map(|p| [x + by * (p[0] - x), y + by * (p[1] - y)]).collect()
    };
    rings.iter().map(about).collect()
}

fn reach_of(e: &Effects, zone: &Zone, factor: f64) -> f64 {
    match zone.level.hazard {
        Hazard::Toxic | Hazard::Flammable => {
            let (z, averaging_s) = cloud::sampled(&zone.level);
            e.dispersed().reach(cloud::fraction(&zone.level) / factor, z, averaging_s)
        }
        Hazard::Heat => e.farthest_heat_m(zone.level.value / factor),
        Hazard::Blast => largest(strong(e, &zone.level).map(|x| x.farthest_m(zone.level.value / factor))),
    }
}

/// One description of what may be: wind × e^(0.2 N), class ± ½ N, discharge × e^(0.15 N), one of three fates of the droplets.
fn vary(d: &Description, dice: &mut Dice) -> (Description, f64) {
    let mut changed = Description { uncertainty: None, places: Vec::new(), ..d.clone() };
    let w = &mut changed.weather;
    w.wind_m_s = (w.wind_m_s * exp(0.2 * dice.normal())).max(0.5);
    w.stability.0 = (w.stability.0 + 0.5 * dice.normal()).clamp(1.0, 6.0);
    let by = exp(0.15 * dice.normal());
    let fate = dice.even();
    if let ReleaseDescription::LiquefiedHole(hole) = &mut changed.release {
        hole.rain_out = match fate {
            u if u < 1.0 / 3.0 => RainOut::None,
            u if u < 2.0 / 3.0 => RainOut::Model,
            _ => RainOut::AllLiquid,
        };
    }
    (changed, by)
}

/// Area of a ring, m².
pub(super) fn area(ring: &Ring) -> f64 {
    let pairs = ring.iter().zip(ring.iter().cycle().skip(1));
    pairs.map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>().abs() / 2.0
}

/// How far two areas lie apart, as a share of the larger.
pub(super) fn apart(a: f64, b: f64) -> f64 {
    let larger = a.max(b);
    if larger > 0.0 { (a - b).abs() / larger } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_that_did_not_run_are_told() {
        assert_eq!(refused(40, 40), None);
        let (note, how_many) = refused(31, 40).unwrap();
        assert!(matches!(note, Note::LeftOut { model: "uncertainty", .. }) && how_many.starts_with("9 of 40 samples were refused"));
    }

    #[test]
    fn circles_are_drawn_about_their_own_middles() {
        let drawn = about_their_middles(&[circle([100.0, 50.0], 40.0)], hypot(100.0, 50.0) + 20.0);
        assert!(drawn[0].iter().all(|p| (hypot(p[0] - 100.0, p[1] - 50.0) - 20.0).abs() < 0.5), "{drawn:?}");
        assert!(about_their_middles(&[circle([100.0, 50.0], 40.0)], 60.0).is_empty());
    }
}
