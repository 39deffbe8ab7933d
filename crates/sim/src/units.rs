//! Hazard units and their equipment: each bund of the demo map is a storage unit, each plant a pair of reactors, each large cold
//! store an ammonia system. Design quantities are chosen so that the level comes out as the map says; S and R follow from them.

use anlan_base::Date;

use crate::chemicals::{Chemical, Detection, alpha, chemical_named, level};
use crate::district::{EnterpriseSeat, Equipment, HazardUnit, StoredChemical};
use crate::enterprises::Trade;
use crate::geo::{self, Feature, LonLat};
use crate::map_layer;
use crate::people::{principal_of, safety_of};
use crate::random::Dice;

pub(crate) fn units(seed: u64, enterprises: &[EnterpriseSeat]) -> (Vec<HazardUnit>, Vec<Equipment>) {
    let structures = geo::layer(map_layer("demo_park_structures"));
    let (mut units, mut equipment) = (Vec::new(), Vec::new());
    for enterprise in enterprises {
        let mut build = Builder {
            dice: Dice::of(seed, &format!("{}/units", enterprise.code)),
            enterprise,
            units: &mut units,
            equipment: &mut equipment,
        };
        match &enterprise.plot {
            Some(plot) => {
                let here: Vec<_> = structures.iter().filter(|feature| feature.text("plot") == plot).collect();
                build.tank_farms(&here);
                build.plants(&here);
                build.warehouses(&here);
            }
            None if enterprise.trade == "食品冷链" && enterprise.risk_level == "orange" => build.cold_store(),
            None => {}
        }
    }
    (units, equipment)
}

struct Builder<'a> {
    dice: Dice,
    enterprise: &'a EnterpriseSeat,
    units: &'a mut Vec<HazardUnit>,
    equipment: &'a mut Vec<Equipment>,
}

/// What a unit is, before its quantities are chosen.
struct Plan {
    code: String,
    name: String,
    category: &'static str,
    unit_type: &'static str,
    place: String,
    position: LonLat,
    /// R to reach, or an S below one.
    aim: Aim,
}

#[derive(Clone, Copy)]
enum Aim {
    R(f64),
    S(f64),
}

impl Builder<'_> {
    fn tank_farms(&mut self, here: &[&Feature]) {
        let bunds: Vec<_> = here.iter().filter(|feature| feature.text("kind") == "bund").collect();
        for (at, bund) in bunds.iter().enumerate() {
            let number = at + 1;
            let series = format!("T{number}");
            let tanks: Vec<_> = here.iter().filter(|feature| feature.text("tank").starts_with(&series)).collect();
            let media: Vec<_> = tanks.iter().map(|tank| chemical_named(tank.text("product"))).collect();
            let mut names: Vec<_> = Vec::new();
            for chemical in &media {
                if !names.contains(&chemical.name) {
                    names.push(chemical.name);
                }
            }
            let plan = Plan {
                code: format!("U{number}"),
                name: format!("{}罐区", names[..names.len().min(2)].join("、")),
                category: "storage",
                unit_type: "tank_farm",
                place: format!("{number}号罐区"),
                position: bund.centre(),
                aim: self.aim(number),
            };
            let place = plan.place.clone();
            let (unit, quantities) = self.unit(plan, &media);
            for ((tank, chemical), quantity) in tanks.iter().zip(&media).zip(quantities) {
                let tag = tank.text("tank");
                // Filled to nine tenths at the design quantity.
                let capacity = (quantity / chemical.density / 0.9).round().max(1.0);
                let pressure_vessel = chemical.stored_mpa > 0.1;
                let installed_on = self.some_day(2008, 12);
                let inspect_by = self.next_inspection(installed_on);
                self.equipment.push(Equipment {
                    enterprise: self.enterprise.code.clone(),
                    unit: Some(unit.clone()),
                    tag: tag.to_owned(),
                    name: format!("{tag} {}储罐", chemical.name),
                    kind: "tank",
                    place: place.clone(),
                    position: tank.centre(),
                    medium: Some(chemical.name),
                    capacity: Some(capacity),
                    design_pressure: Some(if pressure_vessel { round(chemical.stored_mpa * 2.0, 2) } else { 0.02 }),
                    design_temperature: Some(60.0),
                    installed_on,
                    special: pressure_vessel,
                    inspect_by: pressure_vessel.then_some(inspect_by),
                });
            }
        }
    }

    /// One production unit for the enterprise's plants, with two reactors in each plant.
    fn plants(&mut self, here: &[&Feature]) {
        let plants: Vec<_> = here.iter().filter(|feature| feature.text("kind") == "plant").collect();
        if plants.is_empty() {
            return;
        }
        let reacts = Trade::of(&self.enterprise.trade).reacts;
        let media = [chemical_named("甲醇"), chemical_named("乙酸乙酯")];
        let plan = Plan {
            code: "P1".into(),
            name: if reacts { "合成装置".into() } else { "调配灌装装置".into() },
            category: "production",
            unit_type: "process_unit",
            place: "生产区".into(),
            position: plants[0].centre(),
            aim: Aim::S(self.dice.between(0.05, 0.6)),
        };
        let (unit, _) = self.unit(plan, &media);
        for (at, plant) in plants.iter().enumerate() {
            for half in 1..=2 {
                let tag = format!("R{}0{half}", at + 1);
                let installed_on = self.some_day(2010, 12);
                let inspect_by = self.next_inspection(installed_on);
                self.equipment.push(Equipment {
                    enterprise: self.enterprise.code.clone(),
                    unit: Some(unit.clone()),
                    name: format!("{tag} {}", if reacts { "反应釜" } else { "调配釜" }),
                    tag,
                    kind: "reactor",
                    place: format!("{}车间", at + 1),
                    position: plant.centre().moved(if half == 1 { -8.0 } else { 8.0 }, 0.0),
                    medium: Some(media[half - 1].name),
                    capacity: Some(*self.dice.pick(&[3.0, 5.0, 6.3, 8.0, 10.0])),
                    design_pressure: Some(1.0),
                    design_temperature: Some(200.0),
                    installed_on,
                    special: true,
                    inspect_by: Some(inspect_by),
                });
            }
        }
    }

    fn warehouses(&mut self, here: &[&Feature]) {
        for (at, warehouse) in here.iter().filter(|feature| feature.text("kind") == "warehouse").enumerate() {
            self.plain("other", format!("W{:02}", at + 1), format!("{}号甲类仓库", at + 1), warehouse.centre());
        }
        if self.enterprise.code == "CW01" {
            let at = self.enterprise.position;
            self.plain("weather_station", "WS01".into(), "园区气象站".into(), at.moved(40.0, 60.0));
        }
    }

    fn cold_store(&mut self) {
        let position = self.enterprise.position;
        let plan = Plan {
            code: "U1".into(),
            name: "液氨制冷系统".into(),
            category: "production",
            unit_type: "process_unit",
            place: "制冷机房".into(),
            position,
            aim: if self.dice.chance(0.5) { Aim::R(4.8) } else { Aim::S(0.8) },
        };
        let (unit, quantities) = self.unit(plan, &[chemical_named("液氨")]);
        for (tag, name, share) in [("V01", "高压贮氨器", 0.6), ("V02", "低压循环桶", 0.4)] {
            let installed_on = self.some_day(2012, 9);
            let inspect_by = self.next_inspection(installed_on);
            self.equipment.push(Equipment {
                enterprise: self.enterprise.code.clone(),
                unit: Some(unit.clone()),
                tag: tag.into(),
                name: format!("{tag} {name}"),
                kind: "vessel",
                place: "制冷机房".into(),
                position,
                medium: Some("液氨"),
                capacity: Some(round(quantities[0] * share / 0.62 / 0.8, 1)),
                design_pressure: Some(2.0),
                design_temperature: Some(50.0),
                installed_on,
                special: true,
                inspect_by: Some(inspect_by),
            });
        }
    }

    fn plain(&mut self, kind: &'static str, tag: String, name: String, position: LonLat) {
        let installed_on = self.some_day(2009, 12);
        self.equipment.push(Equipment {
            enterprise: self.enterprise.code.clone(),
            unit: None,
            tag,
            place: name.clone(),
            name,
            kind,
            position,
            medium: None,
            capacity: None,
            design_pressure: None,
            design_temperature: None,
            installed_on,
            special: false,
            inspect_by: None,
        });
    }

    /// The first farm carries the level that the map gives the enterprise — at 示例·澄湾化工 the styrene farm, its second.
    fn aim(&mut self, number: usize) -> Aim {
        let leading = if self.enterprise.code == "CW01" { 2 } else { 1 };
        match self.enterprise.hazard_level {
            1 if number == leading => Aim::R(108.0),
            1 => Aim::R(self.dice.between(12.0, 24.0)),
            2 if number == leading => Aim::R(self.dice.between(55.0, 82.0)),
            3 if number == leading => Aim::R(self.dice.between(14.0, 34.0)),
            _ => Aim::S(self.dice.between(0.35, 0.85)),
        }
    }

    /// Adds the unit and gives its key and each medium's design quantity. Every medium takes an equal part of S.
    fn unit(&mut self, plan: Plan, media: &[&'static Chemical]) -> (String, Vec<f64>) {
        let code = &self.enterprise.code;
        let residents = if self.enterprise.in_park() { self.dice.whole(1, 48) } else { self.dice.whole(20, 180) } as u32;
        // The farm of the leak lies by the river.
        let residents = if code == "CW01" { 22 } else { residents };
        let alpha = alpha(residents);
        let share = |chemical: &Chemical| match plan.aim {
            Aim::R(r) => r / alpha / chemical.beta / media.len() as f64,
            Aim::S(s) => s / media.len() as f64,
        };
        let quantities: Vec<f64> = media.iter().map(|chemical| round(share(chemical) * chemical.critical_t, 1).max(0.1)).collect();
        let mut chemicals: Vec<StoredChemical> = Vec::new();
        for (chemical, quantity) in media.iter().zip(&quantities) {
            match chemicals.iter_mut().find(|stored| stored.cas == chemical.cas) {
                Some(stored) => stored.design_quantity = round(stored.design_quantity + quantity, 1),
                None => chemicals.push(StoredChemical {
                    chemical: chemical.name,
                    cas: chemical.cas,
                    design_quantity: *quantity,
                    critical_quantity: chemical.critical_t,
                    beta: chemical.beta,
                }),
            }
        }
        let ratio = |stored: &StoredChemical| stored.design_quantity / stored.critical_quantity;
        let s_value = round(chemicals.iter().map(ratio).sum(), 6);
        let r_value = round(alpha * chemicals.iter().map(|stored| stored.beta * ratio(stored)).sum::<f64>(), 6);
        let level = level(s_value, r_value);
        let identified_on = self.some_day(2023, 2);
        let key = format!("{code}-{}", plan.code);
        let operation = if code == "CW01" { "worker".to_owned() } else { safety_of(code) };
        self.units.push(HazardUnit {
            key: key.clone(),
            enterprise: code.clone(),
            code: plan.code,
            name: plan.name,
            category: plan.category,
            unit_type: plan.unit_type,
            place: plan.place,
            position: plan.position,
            chemicals,
            people_within_500m: residents,
            s_value,
            r_value,
            level,
            identified_on,
            chief: level.map(|_| principal_of(code)),
            technical: level.map(|_| safety_of(code)),
            operation: level.map(|_| operation),
            filed_on: level.map(|_| identified_on.plus_days(20)),
            filing_number: level.map(|_| format!("BA苏320411（演示）{key}")),
        });
        (key, quantities)
    }

    fn some_day(&mut self, from_year: i32, years: i64) -> Date {
        Date::ymd(from_year, 1, 15).expect("a date").plus_days(self.dice.whole(0, years * 365))
    }

    /// Every three years since installation, next after the demo's time.
    fn next_inspection(&mut self, installed_on: Date) -> Date {
        let month = installed_on.month() as i32 % 12 + 1;
        Date::ymd(2027 + (self.dice.whole(0, 2) as i32), month as u32, 1).expect("a date")
    }
}

impl Chemical {
    /// Whether a gas detector stands beside its tank.
    pub(crate) fn is_detected(&self) -> bool {
        self.detection != Detection::None
    }
}

pub(crate) fn round(value: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (value * scale).round() / scale
}
