//! The district's regions and its enterprises, from the demo map: one record a point on it.

use anlan_base::{Date, UnifiedCreditCode};

use crate::district::{DISTRICT_CODE, EnterpriseSeat, Region};
use crate::geo::{self, Feature};
use crate::map_layer;
use crate::random::Dice;

const fn region(code: &'static str, zh: &'static str, en: &'static str, level: u8, parent: &'static str) -> Region {
    Region { code, zh, en, level, parent: if level == 1 { None } else { Some(parent) } }
}

/// Edition of about 2023; the towns' codes are from a single source, that of 河海街道 from knowledge.
pub(crate) fn regions() -> Vec<Region> {
    const D: &str = DISTRICT_CODE;
    vec![
        region("320000", "江苏省", "Jiangsu", 1, ""),
        region("320400", "常州市", "Changzhou", 2, "320000"),
        region(D, "新北区", "Xinbei District", 3, "320400"),
        region("320411001", "河海街道", "Hehai Subdistrict", 4, D),
        region("320411002", "三井街道", "Sanjing Subdistrict", 4, D),
        region("320411003", "龙虎塘街道", "Longhutang Subdistrict", 4, D),
        region("320411004", "春江街道", "Chunjiang Subdistrict", 4, D),
        region("320411005", "魏村街道", "Weicun Subdistrict", 4, D),
        region("320411006", "新桥街道", "Xinqiao Subdistrict", 4, D),
        region("320411101", "孟河镇", "Menghe Town", 4, D),
        region("320411103", "薛家镇", "Xuejia Town", 4, D),
        region("320411104", "罗溪镇", "Luoxi Town", 4, D),
        region("320411105", "西夏墅镇", "Xixiashu Town", 4, D),
        region("320411122", "奔牛镇", "Benniu Town", 4, D),
    ]
}

/// Codes of the park's enterprises: the initials of their fictitious names.
const PARK_CODES: [&str; 19] = [
    "QH01", "BL01", "CX01", "SL01", "YY01", "HC01", "MT01", "CW01", "WA01", "JL01", "FD01", "XY01", "ZX01", "YH01", "LT01", "LY01", "YX01",
    "LZ01", "TL01",
];

/// 示例·澄湾化工, with the styrene tank farm of the scripted leak, and its neighbour 示例·苇岸化工, which feels a leak first.
const FIRST: [&str; 2] = ["CW01", "WA01"];

pub(crate) fn enterprises(seed: u64) -> Vec<EnterpriseSeat> {
    let towns = geo::layer(map_layer("demo_towns_schematic"));
    let layer = geo::layer(map_layer("demo_enterprises"));
    let mut all: Vec<_> = layer.iter().enumerate().map(|(at, feature)| enterprise(seed, at, feature, &towns)).collect();
    all.sort_by_key(|enterprise| FIRST.iter().position(|code| *code == enterprise.code).unwrap_or(FIRST.len()));
    all
}

fn enterprise(seed: u64, at: usize, feature: &Feature, towns: &[Feature]) -> EnterpriseSeat {
    let in_park = feature.flag("in_park");
    let number = at + 1;
    let code = if in_park { PARK_CODES[at].to_owned() } else { format!("XB{number:03}") };
    let mut dice = Dice::of(seed, &code);
    let trade = Trade::of(feature.text("industry"));
    let position = feature.centre();
    let (region, town) = town_of(position, towns);
    // `示例·澄湾化工` → `示例澄湾`; `示例企业020` → `示例020`.
    let brand: String = match feature.text("name").split_once('·') {
        Some((head, tail)) => format!("{head}{}", tail.chars().take(2).collect::<String>()),
        None => format!("示例{number:03}"),
    };
    let employees = if in_park { dice.whole(60, 480) } else { dice.whole(12, 420) } as u32;
    let risk_level = ["red", "orange", "yellow", "blue"][feature.number("risk").clamp(1, 4) as usize - 1];
    let hazard_level = match feature.text("hazard_level") {
        "一级" => 1,
        "二级" => 2,
        "三级" => 3,
        _ => 0,
    };
    let contact = |who: &str| format!("{brand}{who}");
    let (principal, safety_contact) = match code.as_str() {
        "CW01" => ("示例乙".to_owned(), "示例戊".to_owned()),
        "WA01" => (contact("乙"), "示例寅".to_owned()),
        _ => (contact("乙"), contact("甲")),
    };
    EnterpriseSeat {
        name: feature.text("name").to_owned(),
        uscc: credit_code(number),
        region,
        address: if in_park {
            format!("{town}滨江化工园区演示路{}号", 10 + 2 * number)
        } else {
            format!("{town}演示大道{}号", dice.whole(1, 399))
        },
        position,
        industry: trade.industry,
        trade: feature.text("industry").to_owned(),
        sector: trade.sector,
        scale: match employees {
            300.. => "medium",
            20..=299 => "small",
            _ => "micro",
        },
        employees,
        founded_on: Date::ymd(2001, 1, 1).expect("a date").plus_days(dice.whole(0, 7000)),
        risk_level,
        risk_reason: match hazard_level {
            1..=2 => "构成较高等级重大危险源（演示）".to_owned(),
            3 => "构成重大危险源（演示）".to_owned(),
            _ => format!("按{}行业分级指南评定（演示）", feature.text("industry")),
        },
        key_processes: in_park && trade.reacts,
        key_chemicals: in_park,
        plot: in_park.then(|| format!("P{number:02}")),
        legal_representative: contact("丙"),
        principal,
        safety_contact,
        // 0519-0000…: no exchange begins with four zeros.
        safety_phone: format!("0519-0000{number:04}"),
        hazard_level,
        code,
    }
}

/// A credit code of the district with an invented organisation part.
fn credit_code(number: usize) -> UnifiedCreditCode {
    UnifiedCreditCode::complete(&format!("91{DISTRICT_CODE}MAYDEM{number:03}")).expect("seventeen characters of the alphabet")
}

/// The schematic cell that holds the position, or the nearest centre: the cells do not reach the river's far edge.
fn town_of(position: geo::LonLat, towns: &[Feature]) -> (&'static str, &'static str) {
    let nearest = || {
        towns.iter().min_by(|a, b| {
            let distance = |town: &Feature| town.centre().distance_squared(position);
            distance(a).total_cmp(&distance(b))
        })
    };
    let town = towns.iter().find(|town| town.holds(position)).or_else(nearest).expect("the map has towns");
    let region = regions().into_iter().find(|region| region.zh == town.text("name")).expect("every cell is a town of the district");
    (region.code, region.zh)
}

pub(crate) struct Trade {
    /// Division of GB/T 4754-2017.
    industry: &'static str,
    /// Supervision sector, as in the enterprise kind.
    sector: &'static str,
    /// Has reactors.
    pub(crate) reacts: bool,
}

impl Trade {
    pub(crate) fn of(words: &str) -> Self {
        let (industry, sector, reacts) = match words {
            "精细化工" | "农药中间体" | "新材料" | "氟化工" | "涂料树脂" | "锂电材料" => ("26", "chemical", true),
            "医药中间体" => ("27", "chemical", true),
            "气体分装" => ("26", "chemical", false),
            "石化仓储" | "危化品仓储" => ("59", "chemical", false),
            "加油站" => ("52", "chemical", false),
            "物流仓储" => ("59", "warehousing", false),
            "商贸综合体" => ("52", "crowded_places", false),
            "建筑工地" => ("47", "construction", false),
            "食品冷链" => ("14", "industry_trade", false),
            "纺织" => ("17", "industry_trade", false),
            "涉爆粉尘" => ("21", "industry_trade", false),
            "电子" => ("39", "industry_trade", false),
            "机械加工" => ("34", "industry_trade", false),
            "有限空间" => ("22", "industry_trade", false),
            _ => ("41", "other", false),
        };
        Self { industry, sector, reacts }
    }
}
