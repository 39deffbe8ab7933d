//! What the tanks hold: the figures of GB 18218-2018 and the gas limits that the fictitious units need.

/// How a leak of it is noticed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Detection {
    /// %LEL; level 1 and 2 at 25 and 50. Source: GB/T 50493-2019, 5.5.2.
    Combustible,
    /// mg/m³; level 1 and 2 at one and two times the exposure limit given here. Source: GB/T 50493-2019, 5.5.2; GBZ 2.1-2019.
    Toxic(f64),
    None,
}

#[derive(Clone, Copy, Debug)]
pub struct Chemical {
    pub name: &'static str,
    pub cas: &'static str,
    /// Q, t. Source: GB 18218-2018 Table 1; for hydrogen peroxide Table 2, W9.2.
    pub critical_t: f64,
    /// β. Source: GB 18218-2018 Tables 3 and 4.
    pub beta: f64,
    pub(crate) detection: Detection,
    /// t/m³ as stored, rounded.
    pub(crate) density: f64,
    /// As stored, °C.
    pub(crate) stored_c: f64,
    /// Gauge pressure as stored, MPa: nitrogen blanket or vapour pressure.
    pub(crate) stored_mpa: f64,
}

const fn chemical(
    name: &'static str,
    cas: &'static str,
    (critical_t, beta): (f64, f64),
    detection: Detection,
    (density, stored_c, stored_mpa): (f64, f64, f64),
) -> Chemical {
    Chemical { name, cas, critical_t, beta, detection, density, stored_c, stored_mpa }
}

use Detection::{Combustible, None as Nothing, Toxic};

pub(crate) const CHEMICALS: [Chemical; 9] = [
    chemical("苯乙烯", "100-42-5", (500.0, 1.0), Combustible, (0.91, 14.0, 0.012)),
    chemical("汽油", "86290-81-5", (200.0, 1.0), Combustible, (0.74, 18.0, 0.006)),
    chemical("甲醇", "67-56-1", (500.0, 1.0), Combustible, (0.79, 19.0, 0.008)),
    chemical("乙酸乙酯", "141-78-6", (500.0, 1.0), Combustible, (0.90, 19.0, 0.008)),
    chemical("环氧乙烷", "75-21-8", (10.0, 2.0), Combustible, (0.88, 4.0, 0.32)),
    chemical("丙烯腈", "107-13-1", (50.0, 1.0), Toxic(1.0), (0.81, 16.0, 0.010)),
    chemical("液氨", "7664-41-7", (10.0, 2.0), Toxic(20.0), (0.62, 12.0, 0.62)),
    chemical("液氯", "7782-50-5", (5.0, 4.0), Toxic(1.0), (1.42, 8.0, 0.50)),
    chemical("双氧水", "7722-84-1", (200.0, 1.0), Nothing, (1.19, 20.0, 0.002)),
];

pub(crate) fn chemical_named(name: &str) -> &'static Chemical {
    CHEMICALS.iter().find(|chemical| chemical.name == name).unwrap_or_else(|| panic!("no figures for {name}"))
}

/// α for the permanent residents within 500 m outside the boundary. Source: GB 18218-2018 Table 5.
pub fn alpha(residents: u32) -> f64 {
    match residents {
        100.. => 2.0,
        50..=99 => 1.5,
        30..=49 => 1.2,
        1..=29 => 1.0,
        0 => 0.5,
    }
}

/// Level by R of a unit with S ≥ 1, else none. Source: GB 18218-2018 Table 6.
pub(crate) fn level(s: f64, r: f64) -> Option<&'static str> {
    if s < 1.0 {
        return None;
    }
    Some(match r {
        r if r >= 100.0 => "level_1",
        r if r >= 50.0 => "level_2",
        r if r >= 10.0 => "level_3",
        _ => "level_4",
    })
}
