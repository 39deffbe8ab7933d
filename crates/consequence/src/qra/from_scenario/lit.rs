//! Whether a release is lit: at once by itself, or late by what its cloud reaches.

use libm::{cos, sin};
use std::f64::consts::PI;

use super::footprints::burnt;
use crate::Refusal;
use crate::qra::footprint::Footprint;
use crate::qra::ignition::{self, Amount, Flammability};
use crate::qra::individual::distance_bearing;
use crate::qra::rose::BINS;
use crate::scenario::{Effects, Source};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qra::from_scenario::example::{cloud, effects};

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
}
