//! What an expert may check: which situation gives which colour, and when.

use super::*;

const START: Instant = Instant::from_ms(1_795_400_000_000);

/// `minutes:seconds` after the start.
fn at(text: &str) -> Instant {
    let (minutes, seconds) = text.split_once(':').expect("a time such as 05:00");
    START.plus_s(minutes.parse::<i64>().unwrap() * 60 + seconds.parse::<i64>().unwrap())
}

fn clock(instant: Instant) -> String {
    let s = instant.since_ms(START) / 1000;
    format!("{:02}:{:02}", s / 60, s % 60)
}

fn alarm(point: &str, quantity: &str, condition: Condition, since: &str) -> LiveAlarm {
    LiveAlarm {
        id: AlarmId::from(point),
        point: point.to_owned(),
        point_name: point.to_owned(),
        quantity: quantity.to_owned(),
        condition,
        since: at(since),
        acked_at: None,
        returned_at: None,
        value: Some(8.2),
        limit: Some(8.0),
        unit: Some("m".to_owned()),
    }
}

fn scheme() -> Scheme {
    Scheme::read(&crate::load(&[]).expect("the kinds are sound")).expect("the settings are sound")
}

/// Each line: when, the colour and the rules that hold (or `none`), then `next` and the moment at which time alone changes something.
#[track_caller]
fn check(situation: &Situation, expected: &str) {
    let scheme = scheme();
    let mut found = String::new();
    for line in expected.trim().lines() {
        let when = line.split_whitespace().next().expect("a line begins with a time");
        let judgement = judge(situation, &scheme, at(when));
        let colour = judgement.colour().map_or_else(|| "none".to_owned(), |colour| format!("{colour:?}").to_lowercase());
        let rules: Vec<String> = judgement.terms.iter().filter_map(|term| term.rule.clone()).collect();
        let next = judgement.next_change_at.map_or_else(|| "never".to_owned(), clock);
        found.push_str(&[when, &colour, &rules.join(" "), "next", &next].join(" "));
        found.push('\n');
    }
    let tidy: Vec<String> = expected.trim().lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let found: Vec<String> = found.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(found.join("\n"), tidy.join("\n"));
}

#[test]
fn a_quiet_unit_has_no_colour() {
    check(&Situation::default(), "00:00  none  next never");
}

#[test]
fn high_high_is_blue_at_once_and_orange_when_it_stays() {
    let alarms = vec![alarm("LT-1", "level", Condition::HH, "00:00")];
    check(
        &Situation { alarms, ..Situation::default() },
        "00:00   blue    any_alarm    next 05:00
         04:59   blue    any_alarm    next 05:00
         05:00   orange  severe_held  next never
         40:00   orange  severe_held  next never",
    );
}

#[test]
fn a_source_of_level_1_or_2_turns_red_when_nobody_acknowledges() {
    let alarms = vec![alarm("LT-1", "level", Condition::LL, "00:00")];
    let situation = Situation { level: Some(Level::Level2), alarms, ..Situation::default() };
    check(
        &situation,
        "05:00   orange  severe_held            next 10:00
         10:00   red     severe_unacknowledged  next never",
    );
    let mut acknowledged = situation;
    acknowledged.alarms[0].acked_at = Some(at("02:00"));
    check(
        &acknowledged,
        "10:00   orange  severe_held  next 30:00
         30:00   red     severe_long  next never",
    );
}

#[test]
fn a_source_of_level_3_stays_orange() {
    let alarms = vec![alarm("LT-1", "level", Condition::HH, "00:00")];
    check(&Situation { level: Some(Level::Level3), alarms, ..Situation::default() }, "60:00  orange  severe_held  next never");
}

#[test]
fn high_is_yellow_after_half_an_hour() {
    let alarms = vec![alarm("TT-1", "temperature", Condition::H, "00:00")];
    check(
        &Situation { alarms, ..Situation::default() },
        "29:59   blue    any_alarm         next 30:00
         30:00   yellow  high_or_low_held  next never",
    );
}

#[test]
fn two_gas_detectors_at_level_2_are_red_and_one_that_chatters_is_not() {
    let two = vec![alarm("GD-1", "toxic_gas", Condition::HH, "00:00"), alarm("GD-2", "combustible_gas", Condition::HH, "10:00")];
    check(&Situation { alarms: two.clone(), ..Situation::default() }, "10:00  red  gas_at_two_detectors severe_held any_alarm  next 15:00");
    let mut late = two.clone();
    late[1].since = at("10:01");
    check(&Situation { alarms: late, ..Situation::default() }, "10:01  orange  severe_held any_alarm  next 15:01");
    let mut same = two;
    same[1].point = "GD-1".to_owned();
    check(&Situation { alarms: same, ..Situation::default() }, "10:00  orange  severe_held any_alarm  next 15:00");
}

#[test]
fn a_gas_detector_that_just_returned_still_counts_for_the_pair() {
    let mut alarms = vec![alarm("GD-1", "toxic_gas", Condition::HH, "00:00"), alarm("GD-2", "toxic_gas", Condition::HH, "03:00")];
    alarms[0].returned_at = Some(at("02:00"));
    check(
        &Situation { alarms, ..Situation::default() },
        "03:00   red     gas_at_two_detectors any_alarm    next 08:00
         08:00   red     gas_at_two_detectors severe_held  next 12:00
         12:00   orange  severe_held                       next never",
    );
}

#[test]
fn a_fire_signal_is_red_once_somebody_confirms_it() {
    let mut alarms = vec![alarm("FD-1", "fire_flame", Condition::State, "00:00")];
    check(&Situation { alarms: alarms.clone(), ..Situation::default() }, "01:00  blue  any_alarm  next never");
    alarms[0].acked_at = Some(at("01:00"));
    check(&Situation { alarms, ..Situation::default() }, "01:00  red  fire_confirmed  next never");
}

#[test]
fn an_instrument_out_of_order_is_no_process_alarm() {
    let alarms = vec![alarm("LT-1", "level", Condition::BadQuality, "00:00"), alarm("LT-2", "level", Condition::Stale, "00:00")];
    check(&Situation { alarms: alarms.clone(), ..Situation::default() }, "600:00  blue  any_alarm any_alarm  next never");
    check(
        &Situation { level: Some(Level::Level1), alarms, ..Situation::default() },
        "00:00   blue    any_alarm any_alarm     next 60:00
         60:00   yellow  offline_long any_alarm  next never",
    );
}

#[test]
fn a_bypass_is_orange_on_the_highest_levels_only() {
    let alarms = vec![alarm("XS-1", "interlock_state", Condition::Bypass, "00:00")];
    check(&Situation { level: Some(Level::Level1), alarms: alarms.clone(), ..Situation::default() }, "00:00  orange  bypassed  next never");
    check(&Situation { level: Some(Level::Level4), alarms, ..Situation::default() }, "00:00  blue  any_alarm  next never");
}

#[test]
fn a_major_danger_is_yellow_and_orange_when_overdue() {
    let danger =
        OpenDanger { id: RecordId::from("D1"), title: "紧急切断阀失效".to_owned(), since: at("00:00"), due_at: Some(at("20:00")) };
    check(
        &Situation { dangers: vec![danger], ..Situation::default() },
        "00:00   yellow  major_danger_open     next 20:00
         20:00   orange  major_danger_overdue  next never",
    );
}

#[test]
fn a_warning_nobody_answers_grows_worse() {
    let alarms = vec![alarm("LT-2", "level", Condition::BadQuality, "00:00")];
    check(
        &Situation { alarms, unanswered_since: Some(at("00:00")), ..Situation::default() },
        "00:00    blue    any_alarm             next 1440:00
         1440:00  yellow  unanswered any_alarm  next 1920:00
         1920:00  orange  unanswered any_alarm  next 2040:00
         2040:00  red     unanswered any_alarm  next never",
    );
}

#[test]
fn each_term_says_what_it_rests_on() {
    let alarms = vec![alarm("LT-1", "level", Condition::HH, "00:00")];
    let judgement = judge(&Situation { alarms, ..Situation::default() }, &scheme(), at("05:00"));
    let term = &judgement.terms[0];
    assert_eq!(term.text.as_deref(), Some("LT-1 HH 报警持续 5 分钟（8.2 m，限值 8 m）"));
    assert_eq!(term.text_en.as_deref(), Some("LT-1: HH for 5 min (8.2 m, limit 8 m)"));
    assert_eq!((term.alarm.as_deref(), term.condition.as_deref(), term.since), (Some("LT-1"), Some("HH"), Some(at("00:00"))));
}

#[test]
fn terms_that_did_not_change_keep_their_rows_and_cause_no_revision() {
    let alarms = vec![alarm("LT-1", "level", Condition::HH, "00:00"), alarm("LT-2", "level", Condition::H, "00:00")];
    let situation = Situation { alarms, ..Situation::default() };
    let first = judge(&situation, &scheme(), at("00:00")).terms;
    let standing: Vec<Term> = first.into_iter().zip(["a", "b"]).map(|(term, id)| Term { id: Some(id.to_owned()), ..term }).collect();
    assert_eq!(renewed(&standing, judge(&situation, &scheme(), at("04:59")).terms), None);
    let later = renewed(&standing, judge(&situation, &scheme(), at("05:00")).terms).expect("orange is news");
    let rows: Vec<_> = later.iter().map(|term| (term.rule.as_deref().unwrap(), term.id.as_deref())).collect();
    assert_eq!(rows, [("severe_held", None), ("any_alarm", Some("b"))]);
}
