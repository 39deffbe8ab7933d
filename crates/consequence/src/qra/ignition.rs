//! Whether and when a flammable release burns: the event tree and its probabilities (specification 10 §2; Purple Book, from-knowledge).

use libm::{exp, log};
use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::validity::{not_negative, within};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flammability {
    /// Gas or liquefied gas of average or high reactivity.
    GasReactive,
    /// Gas of low reactivity: ammonia, carbon monoxide, methane.
    GasSluggish,
    /// Liquid, flash point below 21 °C.
    K1,
    /// Liquid, flash point 21–55 °C.
    K2,
    /// Liquid, flash point above 55 °C.
    K3,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Amount {
    Continuous { kg_s: f64 },
    Instantaneous { kg: f64 },
}

/// Probability of direct ignition at a stationary installation (Purple Book tables 4.5–4.7).
pub fn direct(flammability: Flammability, amount: Amount) -> f64 {
    let size = match amount {
        Amount::Continuous { kg_s } if kg_s < 10.0 => 0,
        Amount::Continuous { kg_s } if kg_s <= 100.0 => 1,
        Amount::Instantaneous { kg } if kg < 1_000.0 => 0,
        Amount::Instantaneous { kg } if kg <= 10_000.0 => 1,
        _ => 2,
    };
    match flammability {
        Flammability::GasReactive => [0.2, 0.5, 0.7][size],
        Flammability::GasSluggish => [0.02, 0.04, 0.09][size],
        Flammability::K1 => 0.065,
        Flammability::K2 => 0.01,
        Flammability::K3 => 0.0,
    }
}

/// A source of ignition inside the cloud's lower flammable limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Probability of igniting the cloud within one minute (`ignition_probabilities.csv`, `delayed_1min`).
    pub per_minute: f64,
    /// Share of the time the source is there.
    pub present: f64,
}

/// Probability that the cloud ignites late: `p = 1 − Π (1 − p_k)`, `p_k = P_present (1 − e^(−ω t))`, `ω = −ln(1 − P_1min)/60 s`.
pub fn delayed(sources: &[Source], t_s: f64) -> Result<f64, Refusal> {
    not_negative("t_s", t_s)?;
    let mut none = 1.0;
    for source in sources {
        let per_minute = within("per_minute", source.per_minute, 0.0, 1.0, "between 0 and 1")?;
        let present = within("present", source.present, 0.0, 1.0, "between 0 and 1")?;
        let ignites = if per_minute >= 1.0 { f64::from(u8::from(t_s > 0.0)) } else { 1.0 - exp(log(1.0 - per_minute) / 60.0 * t_s) };
        none *= 1.0 - present * ignites;
    }
    Ok(1.0 - none)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Fireball,
    /// Pool or jet fire.
    Fire,
    Explosion,
    FlashFire,
    /// Only a toxic cloud, or none.
    Unignited,
}

/// The ends of the tree and their probabilities; they add up to one.
///
/// `pressurised_burst`: instantaneous release of pressurised flammable contents, of which 0.7 of direct ignitions are fireballs.
/// Of late ignitions 0.4 explode and 0.6 burn as a flash fire.
pub fn event_tree(direct: f64, delayed: f64, pressurised_burst: bool) -> Result<[(Outcome, f64); 5], Refusal> {
    let direct = within("direct", direct, 0.0, 1.0, "between 0 and 1")?;
    let delayed = within("delayed", delayed, 0.0, 1.0, "between 0 and 1")?;
    let fireball = if pressurised_burst { 0.7 * direct } else { 0.0 };
    let late = (1.0 - direct) * delayed;
    Ok([
        (Outcome::Fireball, fireball),
        (Outcome::Fire, direct - fireball),
        (Outcome::Explosion, 0.4 * late),
        (Outcome::FlashFire, 0.6 * late),
        (Outcome::Unignited, (1.0 - direct) * (1.0 - delayed)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn direct_ignition_is_the_embedded_table() {
        let text = include_str!("../../data/ignition_probabilities.csv");
        let printed: Vec<f64> = csv::Reader::from_reader(text.as_bytes())
            .records()
            .map(Result::unwrap)
            .filter(|r| &r[0] == "direct")
            .map(|r| r[3].parse().unwrap())
            .collect();
        let rate = |kg_s| Amount::Continuous { kg_s };
        let gas = |f| [5.0, 50.0, 500.0].map(|kg_s| direct(f, rate(kg_s)));
        assert_eq!(gas(Flammability::GasReactive), printed[0..3]);
        assert_eq!(gas(Flammability::GasSluggish), printed[3..6]);
        let liquids = [Flammability::K1, Flammability::K2, Flammability::K3].map(|f| direct(f, rate(5.0)));
        assert_eq!(liquids, printed[6..9]);
        assert_eq!(direct(Flammability::GasReactive, Amount::Instantaneous { kg: 5_000.0 }), 0.5);
    }

    #[test]
    fn the_tree_is_whole() {
        for (d, l, burst) in [(0.0, 0.0, false), (0.5, 0.9, true), (1.0, 1.0, true), (0.065, 0.3, false)] {
            let total: f64 = event_tree(d, l, burst).unwrap().iter().map(|(_, p)| p).sum();
            assert!((total - 1.0).abs() < 1e-12);
        }
        assert!(event_tree(1.2, 0.0, false).is_err());
    }

    #[test]
    fn a_source_ignites_in_a_minute_as_tabled_and_a_flare_at_once() {
        let car = Source { per_minute: 0.4, present: 0.5 };
        assert!((delayed(&[car], 60.0).unwrap() - 0.2).abs() < 1e-12);
        assert_eq!(delayed(&[Source { per_minute: 1.0, present: 1.0 }], 1.0).unwrap(), 1.0);
        assert!(delayed(&[car, car], 60.0).unwrap() > 0.2);
        assert_eq!(delayed(&[], 60.0).unwrap(), 0.0);
    }
}
