//! GB 18218: editions by date, refusals, and laws that hold for every unit.

use anlan_base::Date;
use anlan_methods::gb18218::{Edition, Editions, Inventory, TEXTS_2018, TableTexts, Tables, Unit, identify, level_of, worst_level};
use anlan_methods::{Exact, Refusal, Status, run};
use proptest::prelude::*;
use serde_json::{Value, json};

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn chlorine(q: &str) -> Inventory {
    Inventory { field: "chemicals[0]".to_owned(), cas: Some("7782-50-5".to_owned()), q: Exact::parse(q).unwrap(), ..Inventory::default() }
}

fn unit(as_of: &str, population: u64, inventory: Vec<Inventory>) -> Unit {
    Unit { as_of: day(as_of), population, inventory }
}

/// The edition of 2018 until the end of 2026, and an invented one in which chlorine has Q 2 t instead of 5.
fn with_a_later_edition() -> Editions {
    let table1 = TEXTS_2018.table1.replace("12,氯,液氯;氯气,7782-50-5,5,verified", "12,氯,液氯;氯气,7782-50-5,2,single-source");
    assert_ne!(table1, TEXTS_2018.table1);
    let later = Tables::parse(&TableTexts { table1: &table1, ..TEXTS_2018 });
    Editions::new(vec![
        Edition {
            standard: "GB 18218-2018".into(),
            from: day("2019-03-01"),
            until: Some(day("2027-01-01")),
            tables: Some(Tables::parse(&TEXTS_2018)),
            status: Status::Verified,
        },
        Edition {
            standard: "GB 18218-20XX".into(),
            from: day("2027-01-01"),
            until: None,
            tables: Some(later),
            status: Status::FromKnowledge,
        },
    ])
}

#[test]
fn a_new_edition_changes_later_dates_only() {
    let editions = with_a_later_edition();
    for (as_of, edition, s, level, status) in [
        ("2019-03-01", "GB 18218-2018", "2", Some(4), Status::Verified),
        ("2026-12-31", "GB 18218-2018", "2", Some(4), Status::Verified),
        ("2027-01-01", "GB 18218-20XX", "5", Some(3), Status::FromKnowledge),
    ] {
        let found = identify(&unit(as_of, 10, vec![chlorine("10")]), &editions).unwrap();
        assert_eq!(
            (found.edition.as_str(), found.s.to_string().as_str(), found.level, found.status),
            (edition, s, level, status),
            "{as_of}"
        );
        assert!(found.steps.iter().all(|step| step.edition == edition), "{as_of}");
        assert_eq!(found.alpha_row.edition, edition);
        assert_eq!(found.level_row.map(|row| row.edition).as_deref(), Some(edition));
    }
}

#[test]
fn a_day_of_an_edition_that_is_not_held_is_refused_by_its_name() {
    for (as_of, standard) in [("2019-02-28", "GB 18218-2009"), ("2009-12-01", "GB 18218-2009"), ("2000-01-01", "no edition known here")] {
        match identify(&unit(as_of, 10, vec![chlorine("10")]), Editions::built_in()) {
            Err(Refusal::EditionNotHeld { standard: found, .. }) => assert_eq!(found, standard, "{as_of}"),
            other => panic!("{as_of}: {other:?}"),
        }
    }
}

#[test]
fn a_dike_is_not_added_to_its_neighbour_and_the_plant_shows_its_worst_unit() {
    let judge = |q| identify(&unit("2026-11-23", 0, vec![chlorine(q)]), Editions::built_in()).unwrap();
    let units = [judge("3"), judge("4"), judge("200")];
    assert_eq!(units.each_ref().map(|unit| unit.level), [None, None, Some(2)]);
    assert_eq!(worst_level(&units), Some(2));
    assert_eq!(worst_level(&units[..2]), None);
}

#[test]
fn the_answer_has_the_agreed_shape() {
    let input = json!({ "as_of": "2026-11-23", "population": 120, "chemicals": [{ "cas": "7782-50-5", "q_t": 12.5 }, { "name": "液氯", "q_t": 1 }, { "category": "W5.1", "q_t": 2 }] });
    let found = run("gb18218", input).unwrap();
    assert_eq!((&found["S"], &found["R"], &found["level"], &found["alpha"]), (&json!(2.9), &json!(22.2), &json!(3), &json!(2)));
    assert_eq!(
        found["steps"][0],
        json!({
            "chemical": "氯", "q": 12.5, "Q": 5, "beta": 4, "row": "table1:12", "beta_row": "table3:氯", "edition": "GB 18218-2018",
            "status": "verified", "q_over_Q": 2.5, "beta_q_over_Q": 10,
        })
    );
    assert_eq!(
        found["alpha_row"],
        json!({ "row": "table5:100+", "population": 120, "alpha": 2, "edition": "GB 18218-2018", "status": "verified" })
    );
    assert_eq!(
        found["level_row"],
        json!({ "row": "table6:3", "name_zh": "三级", "R": 22.2, "r_min": 10, "r_below": 50, "edition": "GB 18218-2018", "status": "verified" })
    );
    let clauses: Vec<_> =
        found["formulae"].as_array().unwrap().iter().map(|line| (&line["symbol"], &line["clause"], &line["value"])).collect();
    assert_eq!(clauses[0], (&json!("S"), &json!("4.2.1"), &json!("2.9")));
    assert_eq!(clauses[3], (&json!("R"), &json!("4.3.2"), &json!("22.2")));
    assert_eq!(found["as_of"], "2026-11-23");
    assert_eq!(found["steps"][1]["chemical"], "液氯");
    assert_eq!(found["steps"][2]["row"], "table2:W5.1");
}

#[test]
fn refusals_name_what_is_missing_and_what_would_help() {
    let good = json!({ "as_of": "2026-11-23", "population": 0, "chemicals": [{ "cas": "7782-50-5", "q_t": 1 }] });
    let with = |path: &str, value: Value| {
        let mut input = good.clone();
        *input.pointer_mut(path).unwrap() = value;
        run("gb18218", input).expect_err(path)
    };
    for (path, value, code, field, says) in [
        ("/population", Value::Null, "required", "population", "500 m"),
        ("/population", json!(-3), "not_allowed_value", "population", "0 or more"),
        ("/population", json!(2.5), "wrong_type", "population", "whole number"),
        ("/as_of", Value::Null, "required", "as_of", "edition"),
        ("/as_of", json!("tomorrow"), "wrong_type", "as_of", "2026-11-23"),
        ("/chemicals", json!([]), "required", "chemicals", "design maximum"),
        ("/chemicals/0/q_t", json!(-1), "not_allowed_value", "chemicals[0].q_t", "0 to 1000000000 t"),
        ("/chemicals/0/q_t", json!("much"), "wrong_type", "chemicals[0].q_t", "number"),
        ("/chemicals/0/q_t", Value::Null, "required", "chemicals[0].q_t", "tonnes"),
        ("/chemicals/0/cas", json!("1-2-3"), "unknown_chemical", "chemicals[0].cas", "check digit"),
        (
            "/chemicals/0",
            json!({ "cas": "7782-50-6", "category": "W5.4", "q_t": 1 }),
            "unknown_chemical",
            "chemicals[0].cas",
            "check digit",
        ),
        ("/chemicals/0/cas", json!("7732-18-5"), "unknown_chemical", "chemicals[0].cas", "hazard category of Table 2"),
        ("/chemicals/0", json!({ "name": "盐酸", "q_t": 1 }), "unknown_chemical", "chemicals[0].name", "safety data sheet"),
        ("/chemicals/0", json!({ "q_t": 1 }), "required", "chemicals[0]", "`cas`, `name`, `category`"),
        ("/chemicals/0", json!({ "name": " ", "q_t": 1 }), "required", "chemicals[0]", "`cas`, `name`, `category`"),
        ("/chemicals/0/cas", json!("9004-70-0"), "ambiguous", "chemicals[0].cas", "硝化纤维素(含乙醇≥25%)"),
        ("/chemicals/0", json!({ "cas": "7782-50-5", "name": "氨", "q_t": 1 }), "contradiction", "chemicals[0]", "`氯`"),
        ("/chemicals/0", json!({ "cas": "7732-18-5", "name": "液氯", "q_t": 1 }), "contradiction", "chemicals[0]", "7782-50-5"),
        (
            "/chemicals/0",
            json!({ "cas": "7732-18-5", "name": "一氧化碳", "category": "W2", "q_t": 1 }),
            "contradiction",
            "chemicals[0]",
            "630-08-0",
        ),
        (
            "/chemicals/0",
            json!({ "cas": "67-56-1", "same_class": false, "category": "W5.4", "q_t": 1 }),
            "required",
            "chemicals[0].mixture",
            "4.2.3",
        ),
        (
            "/chemicals/0",
            json!({ "cas": "67-56-1", "mixture": false, "same_class": false, "q_t": 1 }),
            "contradiction",
            "chemicals[0].same_class",
            "no mixture",
        ),
        ("/chemicals/0", json!({ "name": "水", "q_t": 1 }), "unknown_chemical", "chemicals[0].name", "leave a substance out"),
        ("/chemicals/0", json!({ "category": "W99", "q_t": 1 }), "unknown_code", "chemicals[0].category", "W5.1"),
        ("/chemicals/0", json!({ "cas": "7782-50-5", "qt": 1 }), "unknown_field", "chemicals[0].qt", "q_t"),
        ("/chemicals/0", json!({ "cas": "67-56-1", "mixture": true, "q_t": 1 }), "required", "chemicals[0].same_class", "4.2.3"),
        (
            "/chemicals/0",
            json!({ "cas": "67-56-1", "mixture": true, "same_class": false, "q_t": 1 }),
            "required",
            "chemicals[0].category",
            "own",
        ),
    ] {
        let refusal = with(path, value.clone());
        assert_eq!((refusal.code(), refusal.field()), (code, field), "{path} = {value}: {refusal}");
        assert!(refusal.to_string().contains(says), "{path} = {value}: `{refusal}` does not say `{says}`");
    }
}

#[test]
fn recorded_figures_get_the_level_of_table_6() {
    let exact = |text: &str| Exact::parse(text).unwrap();
    for (s, r, level) in [
        ("0.999999", "500", None),
        ("1", "9.999999", Some(4)),
        ("1", "10", Some(3)),
        ("1", "49.999999", Some(3)),
        ("1", "50", Some(2)),
        ("1", "100", Some(1)),
    ] {
        for on in [None, Some(day("2011-12-01")), Some(day("2026-11-23"))] {
            assert_eq!(level_of(exact(s), exact(r), on), level, "S {s}, R {r}");
        }
    }
}

#[test]
fn the_name_tells_apart_rows_that_share_a_cas_number() {
    let input =
        |name: &str| json!({ "as_of": "2026-11-23", "population": 0, "chemicals": [{ "cas": "9004-70-0", "name": name, "q_t": 10 }] });
    assert_eq!(run("gb18218", input("硝化纤维素（含乙醇≥25%）")).unwrap()["steps"][0]["row"], "table1:39");
    assert_eq!(run("gb18218", input("硝化棉")).unwrap_err().code(), "ambiguous");
}

const KNOWN: [&str; 11] =
    ["7664-41-7", "75-44-5", "7782-50-5", "624-83-9", "67-56-1", "71-43-2", "7757-79-1", "68476-85-7", "1333-74-0", "75-21-8", "7664-39-3"];

/// Between one and eight substances, in thousandths of a tonne.
fn inventories() -> impl Strategy<Value = Vec<(usize, u64)>> {
    prop::collection::vec((0..KNOWN.len(), 0..5_000_000_u64), 1..8)
}

fn judged(items: &[(usize, u64)], population: u64) -> anlan_methods::gb18218::Identification {
    let inventory = items.iter().map(|(at, kg)| Inventory {
        cas: Some(KNOWN[*at].to_owned()),
        q: Exact::parse(&format!("{kg}e-3")).unwrap(),
        ..Inventory::default()
    });
    identify(&unit("2026-11-23", population, inventory.collect()), Editions::built_in()).unwrap()
}

/// 1 is worst; no level is best.
fn badness(level: Option<u8>) -> u8 {
    level.map_or(0, |level| 5 - level)
}

proptest! {
    #[test]
    fn more_of_a_substance_never_lowers_s_r_or_level(items in inventories(), at in 0..8_usize, more in 1..1_000_000_u64, population in 0..200_u64) {
        let before = judged(&items, population);
        let mut larger = items.clone();
        let at = at % larger.len();
        larger[at].1 += more;
        let after = judged(&larger, population);
        prop_assert!(after.s > before.s);
        prop_assert!(after.r >= before.r);
        prop_assert!(badness(after.level) >= badness(before.level));
    }

    #[test]
    fn more_people_never_improve_the_level(items in inventories(), population in 0..200_u64, more in 1..200_u64) {
        prop_assert!(badness(judged(&items, population + more).level) >= badness(judged(&items, population).level));
    }

    #[test]
    fn the_order_of_entries_does_not_matter(mut items in inventories(), turn in 0..8_usize) {
        let before = judged(&items, 60);
        let by = turn % items.len();
        items.rotate_left(by);
        items.reverse();
        let after = judged(&items, 60);
        prop_assert_eq!((before.s, before.r, before.level, before.status), (after.s, after.r, after.level, after.status));
    }

    #[test]
    fn one_entry_split_in_two_is_the_same_unit(at in 0..KNOWN.len(), a in 0..1_000_000_u64, b in 0..1_000_000_u64) {
        let (whole, parts) = (judged(&[(at, a + b)], 1), judged(&[(at, a), (at, b)], 1));
        prop_assert_eq!((whole.s, whole.r, whole.level), (parts.s, parts.r, parts.level));
    }
}
