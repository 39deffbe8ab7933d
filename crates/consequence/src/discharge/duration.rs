//! How long a release lasts and how long somebody is exposed to it. Specification 02 §8 (Purple Book; from-knowledge).

use serde::{Deserialize, Serialize};

use crate::validity::{not_negative, positive};
use crate::{Kg, KgPerS, Refusal, Seconds};

/// How the leak is shut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// A detector closes the valve: 2 min.
    Automatic,
    /// The control room closes it: 10 min.
    Remote,
    /// Somebody walks there: 30 min.
    Manual,
}

impl Isolation {
    pub fn time(self) -> Seconds {
        Seconds(match self {
            Isolation::Automatic => 120.0,
            Isolation::Remote => 600.0,
            Isolation::Manual => 1800.0,
        })
    }
}

/// Longest exposure counted in a risk analysis, s.
pub const LONGEST_EXPOSURE: Seconds = Seconds(1800.0);

/// Duration at a constant rate, s: until the inventory is gone or the leak is shut.
pub fn duration(inventory: Kg, rate: KgPerS, isolation: Option<Isolation>) -> Result<Seconds, Refusal> {
    if inventory.0 < 0.0 {
        return Err(Refusal::NegativeInventory { mass_kg: inventory.0 });
    }
    let gone = not_negative("inventory, kg", inventory.0)? / positive("release rate, kg/s", rate.0)?;
    Ok(Seconds(isolation.map_or(gone, |i| gone.min(i.time().0))))
}

/// Exposure a risk analysis counts, s.
pub fn exposure(duration: Seconds) -> Seconds {
    Seconds(duration.0.min(LONGEST_EXPOSURE.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_ends_with_its_inventory_or_its_valve() {
        let of = |m: f64, isolation| duration(Kg(m), KgPerS(2.0), isolation).unwrap().0;
        assert_eq!(of(100.0, Some(Isolation::Remote)), 50.0);
        assert_eq!(of(1e6, Some(Isolation::Automatic)), 120.0);
        assert_eq!(of(1e6, None), 5e5);
        assert_eq!(exposure(Seconds(5e5)).0, 1800.0);
        assert!(matches!(duration(Kg(-1.0), KgPerS(1.0), None), Err(Refusal::NegativeInventory { .. })));
    }
}
