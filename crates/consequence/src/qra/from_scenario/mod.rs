//! From one described release to who dies where and how often: footprints from the models, branches from the event tree.
//!
//! Absent on purpose: where equipment stands and who lives around it (`park`).

mod branches;
mod footprints;
mod lit;
mod poison;

pub use branches::{Blowing, Branch, branches};
pub use footprints::{Deadly, Indoors, LEAST_SHARE, flammable_cloud, footprints};
pub use lit::{Igniter, lit_at_once, lit_late};
pub use poison::{Poison, ProbitUnit, SignedProbit};

use serde::Serialize;

const MODEL: &str = "risk.from_scenario";

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

/// Releases the tests of this folder look at.
#[cfg(test)]
mod example {
    use super::*;
    use crate::Validity;
    use crate::qra::footprint::Footprint;
    use crate::scenario::{Effects, from_toml};

    pub fn effects(cas: &str, release: &str) -> Effects {
        let text = format!(
            "name = 'test'\nsubstance = '{cas}'\n[weather]\nwind_m_s = 3\nwind_from_deg = 270\nstability = 'D'\ntemperature_c = 20\n\
             humidity = 0.6\nroughness_m = 0.1\n[release]\n{release}"
        );
        Effects::of(&from_toml(&text).unwrap()).unwrap()
    }

    pub const CHLORINE: &str = "kind = 'liquefied_hole'\ntemperature_c = 20\nhole_mm = 10\npath_m = 0\ninventory_kg = 1000\nheight_m = 1";
    pub const BURST: &str = "kind = 'burst'\nmass_kg = 20000\ntemperature_c = 25";

    pub fn cloud(e: &Effects) -> Footprint {
        flammable_cloud(e).unwrap()
    }

    pub fn poison(e: &Effects) -> Poison {
        Poison::of(e.substance(), None, &mut Vec::new(), &mut Validity::new()).unwrap()
    }
}
