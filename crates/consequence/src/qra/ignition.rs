//! Whether and when a flammable release burns: the event tree and its probabilities (specification 10 §2; Purple Book, from-knowledge).

use std::sync::LazyLock;

use libm::{exp, log, pow};
use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::properties::Substance;
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

/// Where the release happens: ships, trains and lorries under way ignite otherwise than installations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    #[default]
    Stationary,
    TransportUnit,
}

/// One row of `data/ignition_probabilities.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub key: String,
    pub kind: String,
    pub item: String,
    pub condition: String,
    pub probability: f64,
    pub status: String,
    pub source: String,
}

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let text = include_str!("../../data/ignition_probabilities.csv");
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(|row| row.expect("the embedded table is whole")).collect()
});

/// The whole table, in its order.
pub fn table() -> &'static [Row] {
    &TABLE
}

fn probability(key: &str) -> f64 {
    TABLE.iter().find(|row| row.key == key).expect("keys are those of the embedded table").probability
}

/// Probability of direct ignition (Purple Book tables 4.5–4.7). On a transport unit the table knows gases only; liquids keep their own row.
pub fn direct(flammability: Flammability, amount: Amount, place: Place) -> f64 {
    let size = match amount {
        Amount::Continuous { kg_s } if kg_s < 10.0 => "small",
        Amount::Continuous { kg_s } if kg_s <= 100.0 => "medium",
        Amount::Instantaneous { kg } if kg < 1_000.0 => "small",
        Amount::Instantaneous { kg } if kg <= 10_000.0 => "medium",
        _ => "large",
    };
    match (flammability, place, amount) {
        (Flammability::GasReactive | Flammability::GasSluggish, Place::TransportUnit, Amount::Continuous { .. }) => {
            probability("transport_continuous")
        }
        (Flammability::GasReactive | Flammability::GasSluggish, Place::TransportUnit, Amount::Instantaneous { .. }) => {
            probability("transport_instantaneous")
        }
        (Flammability::GasReactive, ..) => probability(&format!("gas_reactive_{size}")),
        (Flammability::GasSluggish, ..) => probability(&format!("gas_sluggish_{size}")),
        (Flammability::K1, ..) => probability("k1"),
        (Flammability::K2, ..) => probability("k2"),
        (Flammability::K3, ..) => probability("k3"),
    }
}

impl Flammability {
    /// Class of a substance by its boiling and flash points, and what had to be assumed; `None` for what does not burn.
    pub fn of(s: &Substance, stored_k: f64) -> Option<(Self, Option<&'static str>)> {
        /// Ammonia, carbon monoxide, methane.
        const SLUGGISH: [&str; 3] = ["7664-41-7", "630-08-0", "74-82-8"];
        s.lfl_pct?;
        if SLUGGISH.contains(&s.cas.as_str()) {
            return Some((Self::GasSluggish, None));
        }
        // Boiling below the temperature it is kept at, or below 20 °C, it comes out as gas.
        if s.t_boil_K < stored_k.max(293.15) {
            return Some((Self::GasReactive, None));
        }
        Some(match s.t_flash_K {
            Some(t) if t < 273.15 + 21.0 => (Self::K1, None),
            Some(t) if t <= 273.15 + 55.0 => (Self::K2, None),
            Some(_) => (Self::K3, None),
            None => (Self::K1, Some("no flash point is tabled: ignites like a liquid that flashes below 21 °C")),
        })
    }
}

/// What may ignite a cloud late: the rows `delayed_1min` of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Each vehicle.
    MotorVehicle,
    Flare,
    OutdoorFurnace,
    IndoorFurnace,
    OutdoorBoiler,
    IndoorBoiler,
    Ship,
    DieselTrain,
    ElectricTrain,
    /// Each 100 m.
    TransmissionLine,
    /// Each site.
    ChemicalPlant,
    OilRefinery,
    HeavyIndustry,
    /// Each person.
    Resident,
    Employee,
}

impl SourceKind {
    /// Probability that one of them ignites a cloud within a minute.
    pub fn per_minute(self) -> f64 {
        probability(match self {
            Self::MotorVehicle => "motor_vehicle",
            Self::Flare => "flare",
            Self::OutdoorFurnace => "outdoor_furnace",
            Self::IndoorFurnace => "indoor_furnace",
            Self::OutdoorBoiler => "outdoor_boiler",
            Self::IndoorBoiler => "indoor_boiler",
            Self::Ship => "ship",
            Self::DieselTrain => "diesel_train",
            Self::ElectricTrain => "electric_train",
            Self::TransmissionLine => "transmission_line",
            Self::ChemicalPlant => "chemical_plant",
            Self::OilRefinery => "oil_refinery",
            Self::HeavyIndustry => "heavy_industry",
            Self::Resident => "resident",
            Self::Employee => "employee",
        })
    }
}

/// `count` sources side by side, each on its own: `1 − (1 − p)^count`.
pub fn several(per_minute: f64, count: f64) -> f64 {
    if count <= 0.0 { 0.0 } else { 1.0 - pow(1.0 - per_minute, count) }
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
    let fireball = if pressurised_burst { probability("fireball") * direct } else { 0.0 };
    let late = (1.0 - direct) * delayed;
    let explosion = probability("explosion") * late;
    Ok([
        (Outcome::Fireball, fireball),
        (Outcome::Fire, direct - fireball),
        (Outcome::Explosion, explosion),
        (Outcome::FlashFire, late - explosion),
        (Outcome::Unignited, (1.0 - direct) * (1.0 - delayed)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn direct_ignition_goes_by_reactivity_amount_and_place() {
        let rate = |kg_s| Amount::Continuous { kg_s };
        let gas = |f| [5.0, 50.0, 500.0].map(|kg_s| direct(f, rate(kg_s), Place::Stationary));
        assert_eq!(gas(Flammability::GasReactive), [0.2, 0.5, 0.7]);
        assert_eq!(gas(Flammability::GasSluggish), [0.02, 0.04, 0.09]);
        let liquids = [Flammability::K1, Flammability::K2, Flammability::K3].map(|f| direct(f, rate(5.0), Place::Stationary));
        assert_eq!(liquids, [0.065, 0.01, 0.0]);
        let burst = Amount::Instantaneous { kg: 5_000.0 };
        assert_eq!(direct(Flammability::GasReactive, burst, Place::Stationary), 0.5);
        assert_eq!(direct(Flammability::GasReactive, burst, Place::TransportUnit), 0.4);
        assert_eq!(direct(Flammability::GasReactive, rate(500.0), Place::TransportUnit), 0.1);
        assert_eq!(direct(Flammability::K1, rate(5.0), Place::TransportUnit), 0.065);
    }

    #[test]
    fn every_late_source_has_its_row_and_the_rest_of_the_table_is_in_use() {
        use SourceKind::*;
        let kinds = [
            MotorVehicle,
            Flare,
            OutdoorFurnace,
            IndoorFurnace,
            OutdoorBoiler,
            IndoorBoiler,
            Ship,
            DieselTrain,
            ElectricTrain,
            TransmissionLine,
            ChemicalPlant,
            OilRefinery,
            HeavyIndustry,
            Resident,
            Employee,
        ];
        let tabled: Vec<f64> = table().iter().filter(|row| row.kind == "delayed_1min").map(|row| row.probability).collect();
        assert_eq!(kinds.map(SourceKind::per_minute).to_vec(), tabled);
        assert_eq!(probability("explosion") + probability("flash_fire"), 1.0);
        assert!((several(0.4, 2.0) - 0.64).abs() < 1e-12);
        assert_eq!(several(0.4, 0.0), 0.0);
    }

    #[test]
    fn a_substance_has_a_class() {
        use crate::properties::substance;
        let class = |cas, t| Flammability::of(substance(cas).unwrap(), t).map(|(class, _)| class);
        assert_eq!(class("74-98-6", 293.15), Some(Flammability::GasReactive));
        assert_eq!(class("7664-41-7", 293.15), Some(Flammability::GasSluggish));
        assert_eq!(class("71-43-2", 293.15), Some(Flammability::K1));
        assert_eq!(class("7782-50-5", 293.15), None);
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
