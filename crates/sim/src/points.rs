//! What is measured: the points on each piece of equipment, their limits and how they behave, and the gateways that send them.

use crate::chemicals::{Chemical, Detection, chemical_named};
use crate::district::{AlarmRule, EnterpriseSeat, Equipment, Gateway, HazardUnit, Limits, Mqtt, Point, PointKind};
use crate::geo::LonLat;
use crate::random::Dice;
use crate::signal::{Excursion, Profile, Shape};
use crate::units::round;

/// Excursions a day over the whole district, as a duty officer would find busy but workable: ISA-18.2 calls 150 alarms a day acceptable.
const EXCURSIONS_PER_DAY: f64 = 30.0;

pub(crate) fn points(
    seed: u64,
    enterprises: &[EnterpriseSeat],
    units: &[HazardUnit],
    equipment: &[Equipment],
) -> (Vec<Gateway>, Vec<Point>) {
    let (mut gateways, mut points) = (Vec::new(), Vec::new());
    for enterprise in enterprises {
        let first = points.len();
        for item in equipment.iter().filter(|item| item.enterprise == enterprise.code) {
            let unit = units.iter().find(|unit| Some(&unit.key) == item.unit.as_ref());
            let mut build = Builder { dice: Dice::of(seed, &format!("{}/{}", item.enterprise, item.tag)), item, unit, points: &mut points };
            match item.kind {
                "tank" => build.tank(),
                "reactor" => build.reactor(),
                "vessel" => build.vessel(),
                "weather_station" => build.weather(),
                _ => build.warehouse(),
            }
        }
        if points.len() > first {
            let mqtt = if gateways.len() % 2 == 0 { Mqtt::V5 } else { Mqtt::V4 };
            let id = format!("{}-gw1", enterprise.code.to_lowercase());
            gateways.push(Gateway { id, enterprise: enterprise.code.clone(), mqtt, points: first..points.len() });
        }
    }
    share_excursions(&mut points);
    (gateways, points)
}

/// Turns the points' weights into chances per half day, so that the district as a whole has its number of excursions.
fn share_excursions(points: &mut [Point]) {
    let weights: f64 = points.iter().filter_map(|point| point.profile.excursion).map(|excursion| excursion.chance).sum();
    for excursion in points.iter_mut().filter_map(|point| point.profile.excursion.as_mut()) {
        excursion.chance *= EXCURSIONS_PER_DAY / 2.0 / weights;
    }
}

/// The alarm rules of the points that have limits.
pub(crate) fn rules(points: &[Point], units: &[HazardUnit]) -> Vec<AlarmRule> {
    let graded = |point: &Point| {
        let unit = units.iter().find(|unit| Some(&unit.key) == point.unit.as_ref());
        unit.is_some_and(|unit| matches!(unit.level, Some("level_1" | "level_2")))
    };
    let rule = |point: &Point| {
        let limits = point.limits?;
        Some(AlarmRule {
            enterprise: point.enterprise.clone(),
            point: point.id.clone(),
            hh: limits.hh,
            h: limits.h,
            l: limits.l,
            ll: limits.ll,
            alarm_at: limits.alarm_at,
            stale: matches!(point.quantity, "combustible_gas" | "toxic_gas") && graded(point),
            deadband: limits.deadband,
            on_delay_s: limits.on_delay_s,
            off_delay_s: 0.0,
            priority: limits.priority,
            top_priority: limits.top_priority,
        })
    };
    points.iter().filter_map(rule).collect()
}

struct Builder<'a> {
    dice: Dice,
    item: &'a Equipment,
    unit: Option<&'a HazardUnit>,
    points: &'a mut Vec<Point>,
}

/// One point before it knows its equipment.
struct Spec {
    tag: String,
    what: String,
    quantity: &'static str,
    unit: &'static str,
    span: (f64, f64),
    decimals: u8,
    kind: PointKind,
    profile: Profile,
    limits: Option<Limits>,
    offset_m: (f64, f64),
}

const fn steady(base: f64, daily: f64, drift: f64, noise: f64) -> Profile {
    Profile { base, daily, drift, noise, shape: Shape::Plain, excursion: None }
}

impl Spec {
    fn analogue(
        tag: String,
        what: &str,
        quantity: &'static str,
        unit: &'static str,
        span: (f64, f64),
        decimals: u8,
        profile: Profile,
    ) -> Self {
        Self {
            tag,
            what: what.to_owned(),
            quantity,
            unit,
            span,
            decimals,
            kind: PointKind::Analogue,
            profile,
            limits: None,
            offset_m: (0.0, 0.0),
        }
    }
    /// A contact: 0 or 1. `normal` is where it mostly stands; a weight makes it change now and then.
    fn contact(tag: String, what: &str, quantity: &'static str, kind: PointKind, normal: f64, weight: f64) -> Self {
        let excursion = (weight > 0.0).then_some(Excursion { chance: weight, low: 1.0, high: 1.0, extreme: 1.0 });
        let profile = Profile { base: normal, daily: 0.0, drift: 0.0, noise: 0.0, shape: Shape::Contact, excursion };
        Self {
            tag,
            what: what.to_owned(),
            quantity,
            unit: "1",
            span: (0.0, 1.0),
            decimals: 0,
            kind,
            profile,
            limits: None,
            offset_m: (0.0, 0.0),
        }
    }
    fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }
    /// Beyond H now and then; a few times beyond HH.
    fn visits(mut self, weight: f64) -> Self {
        let limits = self.limits.expect("limits come before visits");
        let (h, hh) = (limits.h.expect("visits go beyond H"), limits.hh.unwrap_or(self.span.1));
        let room = hh - h;
        let extreme = hh + 0.25 * (self.span.1 - hh).min(room);
        self.profile.excursion = Some(Excursion { chance: weight, low: h + 0.3 * room, high: h + 0.75 * room, extreme });
        self
    }
    fn alarm_at(self, state: f64, priority: &'static str) -> Self {
        self.limits(Limits { alarm_at: Some(state), priority, ..Limits::default() })
    }
    fn beside(mut self, east_m: f64, north_m: f64) -> Self {
        self.offset_m = (east_m, north_m);
        self
    }
}

impl Builder<'_> {
    fn add(&mut self, spec: Spec) {
        let item = self.item;
        let mut profile = spec.profile;
        if item.unit.as_deref() == Some("CW01-U2") {
            // The farm of the scripted leak rests until the leak.
            profile.excursion = None;
        }
        self.points.push(Point {
            id: format!("{}.{}.{}", item.enterprise, item.tag, spec.tag),
            name: format!("{} {}", item.tag, spec.what),
            enterprise: item.enterprise.clone(),
            unit: item.unit.clone(),
            equipment: item.tag.clone(),
            quantity: spec.quantity,
            unit_of_measure: spec.unit,
            span: spec.span,
            period_s: 1,
            kind: spec.kind,
            decimals: spec.decimals,
            position: moved(item.position, spec.offset_m),
            profile,
            limits: spec.limits,
        });
    }

    /// `0203` for T203, `1101` for R101.
    fn loop_number(&self) -> String {
        let digits: String = self.item.tag.chars().filter(char::is_ascii_digit).collect();
        let series = if self.item.kind == "reactor" { 1 } else { 0 };
        format!("{series}{digits:0>3}")
    }

    fn chemical(&self) -> &'static Chemical {
        chemical_named(self.item.medium.expect("a tank or reactor has a medium"))
    }

    fn tank(&mut self) {
        let (n, chemical) = (self.loop_number(), self.chemical());
        let west = format!("{:04}", n.parse::<u32>().expect("digits") + 10);
        let stored_c = chemical.stored_c + self.dice.between(-1.5, 1.5);
        let temperature = steady(round(stored_c, 1), 1.2, 1.0, 0.08);
        let (h, hh) = (round(stored_c + 8.0, 0), round(stored_c + 12.0, 0));
        let limits = Limits { h: Some(h), hh: Some(hh), deadband: 1.0, on_delay_s: 60.0, ..plain("medium", Some("high")) };
        self.add(
            Spec::analogue(format!("TI-{n}"), "罐内温度", "temperature", "℃", (-20.0, 80.0), 1, temperature).limits(limits).visits(1.0),
        );

        let mpa = chemical.stored_mpa;
        let decimals = if mpa > 0.1 { 3 } else { 4 };
        let pressure = steady(mpa, 0.03 * mpa, 0.05 * mpa, 0.01 * mpa);
        let limits = Limits {
            l: Some(round(0.3 * mpa, 4)),
            h: Some(round(1.3 * mpa, 4)),
            hh: Some(round(1.5 * mpa, 4)),
            deadband: round(0.04 * mpa, 5),
            on_delay_s: 15.0,
            ..plain("medium", Some("high"))
        };
        self.add(
            Spec::analogue(format!("PI-{n}"), "罐顶压力", "pressure", "MPa", (0.0, round(2.0 * mpa, 3)), decimals, pressure)
                .limits(limits)
                .visits(0.7),
        );

        let height = if mpa > 0.1 { self.dice.between(2.6, 4.2) } else { self.dice.between(11.0, 16.0) };
        let height = round(height, 1);
        let level = steady(round(height * self.dice.between(0.45, 0.66), 2), 0.0, 0.12 * height, 0.004);
        let at = |part: f64| Some(round(part * height, 2));
        let limits = Limits {
            ll: at(0.08),
            l: at(0.15),
            h: at(0.85),
            hh: at(0.9),
            deadband: round(0.01 * height, 3),
            on_delay_s: 60.0,
            ..plain("medium", Some("high"))
        };
        self.add(Spec::analogue(format!("LI-{n}"), "液位", "level", "m", (0.0, height), 3, level).limits(limits).visits(1.4));
        self.add(Spec::contact(format!("LSHH-{n}"), "高高液位开关", "level", PointKind::Switch, 0.0, 0.15).alarm_at(1.0, "high"));

        let nominal = round(self.dice.between(18.0, 60.0), 0);
        let flow = steady(nominal, 0.0, 0.1 * nominal, 0.02 * nominal);
        self.add(Spec::analogue(format!("FI-{n}"), "进料流量", "flow", "m3/h", (0.0, 2.0 * nominal), 1, flow));
        if chemical.is_detected() {
            let reach = 14.0;
            self.gas(format!("GD-{n}"), "东侧", chemical, (reach, 2.0), 1.2);
            self.gas(format!("GD-{west}"), "西侧", chemical, (-reach, -2.0), 1.0);
        }
        for (suffix, what) in [("A", "进料切断阀"), ("B", "出料切断阀")] {
            self.add(Spec::contact(format!("XV-{n}{suffix}"), what, "valve_position", PointKind::Switch, 1.0, 0.0));
        }
        self.add(
            Spec::contact(format!("SIS-{n}"), "高高液位联锁", "interlock_state", PointKind::Interlock, 0.0, 0.05).alarm_at(1.0, "high"),
        );
        self.add(Spec::contact(format!("BP-{n}"), "联锁旁路", "interlock_state", PointKind::Bypass, 0.0, 0.06).alarm_at(1.0, "medium"));
    }

    fn gas(&mut self, tag: String, side: &str, chemical: &Chemical, offset_m: (f64, f64), weight: f64) {
        let top = if self.unit.is_some_and(|unit| matches!(unit.level, Some("level_1" | "level_2"))) { "highest" } else { "high" };
        let (quantity, unit, span, h, noise, decimals, what) = match chemical.detection {
            Detection::Combustible => ("combustible_gas", "%LEL", 100.0, 25.0, 0.6, 1, "可燃气体"),
            Detection::Toxic(limit) => {
                ("toxic_gas", "mg/m3", 10.0 * limit, limit, 0.02 * limit, if limit < 5.0 { 2 } else { 1 }, "有毒气体")
            }
            Detection::None => return,
        };
        // Fugitive vapour: the tank of the leak breathes a little more than the others.
        let base = if self.item.unit.as_deref() == Some("CW01-U2") { 2.4 } else { 0.0 };
        let profile = Profile { base, daily: 0.0, drift: base * 0.6 + noise * 0.4, noise, shape: Shape::Gas, excursion: None };
        let limits = Limits { h: Some(h), hh: Some(2.0 * h), deadband: round(0.04 * h, 3), ..plain("high", Some(top)) };
        let spec = Spec::analogue(tag, &format!("{side}{what}（{}）", chemical.name), quantity, unit, (0.0, span), decimals, profile);
        self.add(spec.limits(limits).visits(weight).beside(offset_m.0, offset_m.1));
    }

    fn reactor(&mut self) {
        let (n, chemical) = (self.loop_number(), self.chemical());
        let inner = format!("{:04}", n.parse::<u32>().expect("digits") + 10);
        let set_c = round(self.dice.between(55.0, 95.0), 0);
        let limits =
            Limits { h: Some(set_c + 8.0), hh: Some(set_c + 14.0), deadband: 1.5, on_delay_s: 15.0, ..plain("medium", Some("high")) };
        self.add(
            Spec::analogue(format!("TI-{n}"), "釜内温度", "temperature", "℃", (0.0, 200.0), 1, steady(set_c, 0.0, 2.2, 0.2))
                .limits(limits)
                .visits(1.2),
        );
        self.add(Spec::analogue(
            format!("TI-{inner}"),
            "夹套温度",
            "temperature",
            "℃",
            (0.0, 200.0),
            1,
            steady(set_c - 12.0, 0.0, 3.0, 0.3),
        ));
        let mpa = round(self.dice.between(0.12, 0.45), 2);
        let limits = Limits {
            h: Some(round(1.25 * mpa, 3)),
            hh: Some(round(1.45 * mpa, 3)),
            deadband: round(0.03 * mpa, 4),
            on_delay_s: 15.0,
            ..plain("medium", Some("high"))
        };
        self.add(
            Spec::analogue(format!("PI-{n}"), "釜内压力", "pressure", "MPa", (0.0, 1.0), 3, steady(mpa, 0.0, 0.06 * mpa, 0.01 * mpa))
                .limits(limits)
                .visits(0.8),
        );
        let feed = round(self.dice.between(1.5, 6.0), 1);
        self.add(Spec::analogue(format!("FI-{n}"), "进料流量", "flow", "m3/h", (0.0, 10.0), 2, steady(feed, 0.0, 0.1 * feed, 0.03 * feed)));
        let water = round(self.dice.between(20.0, 45.0), 0);
        let limits = Limits {
            ll: Some(round(0.4 * water, 0)),
            l: Some(round(0.6 * water, 0)),
            deadband: 1.0,
            on_delay_s: 15.0,
            ..plain("medium", Some("high"))
        };
        self.add(
            Spec::analogue(
                format!("FI-{inner}"),
                "冷却水流量",
                "cooling_water_flow",
                "m3/h",
                (0.0, 80.0),
                1,
                steady(water, 0.0, 0.08 * water, 0.02 * water),
            )
            .limits(limits),
        );
        let speed = *self.dice.pick(&[63.0, 85.0, 110.0]);
        self.add(Spec::analogue(format!("ST-{n}"), "搅拌速率", "agitator_speed", "r/min", (0.0, 200.0), 0, steady(speed, 0.0, 1.0, 0.6)));
        self.gas(format!("GD-{n}"), "釜旁", chemical, (4.0, 3.0), 0.6);
        self.add(Spec::contact(format!("SIS-{n}"), "超温联锁", "interlock_state", PointKind::Interlock, 0.0, 0.05).alarm_at(1.0, "high"));
        self.add(Spec::contact(format!("BP-{n}"), "联锁旁路", "interlock_state", PointKind::Bypass, 0.0, 0.06).alarm_at(1.0, "medium"));
    }

    fn vessel(&mut self) {
        let (n, chemical) = (self.loop_number(), self.chemical());
        let mpa = if self.item.tag == "V01" { 1.15 } else { 0.22 };
        let limits = Limits {
            h: Some(round(1.25 * mpa, 3)),
            hh: Some(round(1.4 * mpa, 3)),
            deadband: 0.01,
            on_delay_s: 15.0,
            ..plain("medium", Some("high"))
        };
        self.add(
            Spec::analogue(format!("PI-{n}"), "压力", "pressure", "MPa", (0.0, 2.5), 3, steady(mpa, 0.02 * mpa, 0.05 * mpa, 0.006))
                .limits(limits)
                .visits(0.8),
        );
        self.add(Spec::analogue(format!("LI-{n}"), "液位", "level", "m", (0.0, 2.0), 3, steady(0.9, 0.0, 0.2, 0.004)).limits(Limits {
            l: Some(0.3),
            h: Some(1.6),
            hh: Some(1.7),
            deadband: 0.03,
            on_delay_s: 60.0,
            ..plain("medium", Some("high"))
        }));
        self.gas(format!("GD-{n}"), "机房", chemical, (3.0, 2.0), 1.0);
    }

    fn warehouse(&mut self) {
        let number = self.item.tag.trim_start_matches('W').to_owned();
        let limits = Limits { h: Some(35.0), hh: Some(40.0), deadband: 1.0, on_delay_s: 60.0, ..plain("low", Some("medium")) };
        self.add(
            Spec::analogue(format!("TI-{number}"), "库内温度", "ambient_temperature", "℃", (-20.0, 60.0), 1, steady(19.0, 2.5, 1.0, 0.1))
                .limits(limits),
        );
        let limits = Limits { h: Some(85.0), hh: Some(92.0), deadband: 2.0, on_delay_s: 60.0, ..plain("low", None) };
        self.add(
            Spec::analogue(format!("HI-{number}"), "库内湿度", "humidity", "%RH", (0.0, 100.0), 0, steady(58.0, 6.0, 5.0, 0.5))
                .limits(limits)
                .visits(0.5),
        );
        self.gas(format!("GD-{number}"), "库内", chemical_named("乙酸乙酯"), (3.0, 0.0), 0.5);
        self.add(Spec::contact(format!("YS-{number}"), "感烟探测", "smoke", PointKind::Switch, 0.0, 0.1).alarm_at(1.0, "high"));
    }

    fn weather(&mut self) {
        let limits = Limits { h: Some(13.9), deadband: 0.5, on_delay_s: 60.0, ..plain("low", None) };
        self.add(
            Spec::analogue("WIND-SPEED".into(), "风速", "wind_speed", "m/s", (0.0, 40.0), 1, steady(4.1, 0.9, 1.6, 0.5)).limits(limits),
        );
        let north_east = Profile { base: 52.0, daily: 0.0, drift: 38.0, noise: 9.0, shape: Shape::Compass, excursion: None };
        self.add(Spec::analogue("WIND-DIR".into(), "风向", "wind_direction", "°", (0.0, 360.0), 0, north_east));
        self.add(Spec::analogue("TEMP".into(), "环境温度", "ambient_temperature", "℃", (-30.0, 60.0), 1, steady(13.5, 4.5, 1.5, 0.1)));
        self.add(Spec::analogue("HUM".into(), "相对湿度", "humidity", "%RH", (0.0, 100.0), 0, steady(70.0, 8.0, 6.0, 0.6)));
    }
}

fn plain(priority: &'static str, top_priority: Option<&'static str>) -> Limits {
    Limits { priority, top_priority, ..Limits::default() }
}

fn moved(at: LonLat, (east_m, north_m): (f64, f64)) -> LonLat {
    if (east_m, north_m) == (0.0, 0.0) { at } else { at.moved(east_m, north_m) }
}
