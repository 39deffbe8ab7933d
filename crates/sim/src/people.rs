//! Organisations and people: the demo accounts, and two members of staff for every enterprise. Names are clearly invented.

use crate::district::{At, DISTRICT_CODE, EnterpriseSeat, Organisation, PARK_TOWN_CODE, Person, Region};

pub(crate) fn people(regions: &[Region], enterprises: &[EnterpriseSeat]) -> (Vec<Organisation>, Vec<Person>) {
    (organisations(regions), demo_accounts(enterprises).into_iter().chain(officers(regions)).chain(staff(enterprises)).collect())
}

fn organisations(regions: &[Region]) -> Vec<Organisation> {
    let organisation =
        |key: &str, zh: &str, en: &str, kind, region| Organisation { key: key.into(), zh: zh.into(), en: en.into(), kind, region };
    let mut all = vec![
        organisation("bureau", "区应急管理局（演示）", "District emergency bureau (demo)", "bureau", DISTRICT_CODE),
        organisation("enforcement", "执法一科（演示）", "Enforcement section (demo)", "section", DISTRICT_CODE),
        organisation("committee", "区安委会办公室（演示）", "Safety committee office (demo)", "committee", DISTRICT_CODE),
        organisation("park", "滨江化工园区管委会（演示）", "Chemical park committee (demo)", "park", PARK_TOWN_CODE),
        organisation("rescue", "示例应急救援队", "Demo rescue team", "rescue_team", DISTRICT_CODE),
        organisation("store", "示例应急物资储备中心", "Demo emergency store", "store", DISTRICT_CODE),
    ];
    for town in regions.iter().filter(|region| region.level == 4) {
        let (zh, en) = (format!("{}应急管理办公室（演示）", town.zh), format!("{} emergency office (demo)", town.en));
        all.push(organisation(&format!("town-{}", town.code), &zh, &en, "town_office", town.code));
    }
    all
}

fn demo_accounts(enterprises: &[EnterpriseSeat]) -> Vec<Person> {
    let district = At::Region(DISTRICT_CODE);
    let town = At::Region(PARK_TOWN_CODE);
    let first = At::Enterprise(enterprises[0].code.clone());
    let second = At::Enterprise(enterprises[1].code.clone());
    let town_office = format!("town-{PARK_TOWN_CODE}");
    let person = |username: &str, name: &str, title: &str, role, at: &At, units: &[&str]| Person {
        username: username.into(),
        name: name.into(),
        title: title.into(),
        role,
        at: at.clone(),
        units: units.iter().map(|unit| (*unit).to_owned()).collect(),
        listed: true,
    };
    vec![
        person("leader", "示例己", "分管副区长", "district_leader", &district, &["committee"]),
        person("duty", "示例甲", "值班长", "duty_officer", &district, &["bureau"]),
        person("supervisor", "示例庚", "局管理员", "bureau_admin", &district, &["bureau"]),
        person("head", "示例辛", "局长", "bureau_head", &district, &["bureau", "enforcement"]),
        person("inspector", "示例丙", "执法员", "inspector", &district, &["bureau", "enforcement"]),
        person("inspector2", "示例壬", "执法员", "inspector", &district, &["bureau", "enforcement"]),
        person("town", "示例癸", "安监专员", "town_officer", &town, &[&town_office]),
        person("grid", "示例子", "网格员", "grid_officer", &town, &[&town_office]),
        person("enterprise", "示例戊", "安全总监", "enterprise_safety", &first, &[]),
        person("principal", "示例乙", "主要负责人", "enterprise_principal", &first, &[]),
        person("worker", "示例丑", "罐区操作工", "enterprise_worker", &first, &[]),
        person("enterprise2", "示例寅", "安全总监", "enterprise_safety", &second, &[]),
        person("expert", "示例丁", "化工安全专家", "expert", &district, &[]),
        person("third_party", "示例卯", "安全评价师", "third_party", &district, &[]),
        person("rescue", "示例辰", "救援队长", "rescue_team_leader", &district, &["rescue"]),
        person("storekeeper", "示例巳", "物资管理员", "store_keeper", &district, &["store"]),
        person("sysadmin", "示例午", "系统管理员", "system_admin", &At::Platform, &[]),
        person("secadmin", "示例未", "安全保密管理员", "security_admin", &At::Platform, &[]),
        person("auditor", "示例申", "安全审计员", "auditor", &At::Platform, &[]),
    ]
}

/// One safety officer for every other town, and the committee's office: deadlines escalate to them.
fn officers(regions: &[Region]) -> Vec<Person> {
    let officer = |username: String, name: String, title: &str, role, region, unit: String| Person {
        username,
        name,
        title: title.into(),
        role,
        at: At::Region(region),
        units: vec![unit],
        listed: false,
    };
    let mut all = vec![officer("committee".into(), "示例酉".into(), "安委办副主任", "committee_office", DISTRICT_CODE, "committee".into())];
    for town in regions.iter().filter(|region| region.level == 4 && region.code != PARK_TOWN_CODE) {
        let name = format!("示例{}甲", town.zh.chars().take(2).collect::<String>());
        let unit = format!("town-{}", town.code);
        all.push(officer(format!("town_{}", town.code), name, "安监专员", "town_officer", town.code, unit));
    }
    all
}

/// The safety manager and the principal of every enterprise, where no demo account is that person already.
fn staff(enterprises: &[EnterpriseSeat]) -> Vec<Person> {
    let mut all = Vec::new();
    for enterprise in enterprises {
        let mut add = |username: String, name: &str, title: &str, role| {
            if username.contains('_') {
                let at = At::Enterprise(enterprise.code.clone());
                all.push(Person { username, name: name.into(), title: title.into(), role, at, units: Vec::new(), listed: false });
            }
        };
        add(safety_of(&enterprise.code), &enterprise.safety_contact, "安全管理员", "enterprise_safety");
        add(principal_of(&enterprise.code), &enterprise.principal, "主要负责人", "enterprise_principal");
    }
    all
}

/// Username of an enterprise's safety manager.
pub(crate) fn safety_of(code: &str) -> String {
    match code {
        "CW01" => "enterprise".into(),
        "WA01" => "enterprise2".into(),
        _ => format!("{}_safety", code.to_lowercase()),
    }
}

/// Username of an enterprise's principal.
pub(crate) fn principal_of(code: &str) -> String {
    match code {
        "CW01" => "principal".into(),
        _ => format!("{}_principal", code.to_lowercase()),
    }
}
