//! What holds for any readings in any order.

use std::collections::{BTreeMap, BTreeSet};

use anlan_alarms::{AlarmState, Evaluator, Event, Rule, Transition, Watch};
use anlan_base::{Instant, Quality, Reading, UserId};
use proptest::prelude::*;

const START: i64 = 1_795_400_000_000;

fn rules() -> Vec<Rule> {
    let limits = |ll, l, h, hh| Watch::Analogue { ll, l, h, hh };
    vec![
        Rule { bad_quality: true, stale: true, ..Rule::new("r1".into(), 1, limits(Some(1.0), Some(2.0), Some(8.0), Some(9.0)), 1_000) },
        Rule { on_delay_ms: 3_000, deadband: 0.5, ..Rule::new("r2".into(), 1, limits(None, None, Some(7.0), Some(9.0)), 1_000) },
        Rule { off_delay_ms: 2_000, stale: true, ..Rule::new("r3".into(), 2, limits(None, Some(3.0), Some(8.0), None), 1_000) },
        Rule::new("r4".into(), 3, Watch::Interlock { alarm_at: 2.0 }, 1_000),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Reading(Reading),
    Wait(i64),
    Tick,
    Ack,
    Restart,
}

fn reading() -> impl Strategy<Value = Reading> {
    let v = prop_oneof![
        8 => (0_i32..21).prop_map(|n| f64::from(n) / 2.0),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(-0.0), Just(f64::MAX)],
        1 => any::<f64>(),
    ];
    let t = prop_oneof![8 => 0_i64..120_000, 1 => any::<i64>().prop_map(|t| t - START)];
    let q = prop_oneof![6 => Just(Quality::Good), 1 => Just(Quality::Uncertain), 1 => Just(Quality::Bad)];
    (1_u32..5, t, v, q).prop_map(|(point, t, v, q)| Reading { point, t: Instant::from_ms(START.wrapping_add(t)), v, q })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        10 => reading().prop_map(Step::Reading),
        3 => (0_i64..20_000).prop_map(Step::Wait),
        3 => Just(Step::Tick),
        1 => Just(Step::Ack),
        1 => Just(Step::Restart),
    ];
    proptest::collection::vec(step, 0..80)
}

fn evaluator() -> Evaluator {
    let mut evaluator = Evaluator::new();
    evaluator.set_rules(rules(), Instant::from_ms(START), &mut Vec::new());
    evaluator
}

fn play(evaluator: &mut Evaluator, steps: &[Step], restarts: bool) -> Vec<Transition> {
    let (mut now, mut out) = (Instant::from_ms(START), Vec::new());
    for step in steps {
        match step {
            Step::Reading(reading) => evaluator.reading(*reading, now, &mut out),
            Step::Wait(ms) => now = now.plus_ms(*ms),
            Step::Tick => evaluator.tick(now, &mut out),
            Step::Ack => {
                let ids: Vec<_> = evaluator.active().map(|a| a.id.clone()).collect();
                for id in ids {
                    out.extend(evaluator.ack(&id, now, &UserId::from("u")).unwrap());
                }
            }
            Step::Restart if restarts => *evaluator = Evaluator::restore(&evaluator.snapshot()).unwrap(),
            Step::Restart => {}
        }
    }
    out
}

/// Readings of the present, in order, a second apart.
fn in_order() -> impl Strategy<Value = Vec<Reading>> {
    let one = (1_u32..4, 0_i32..21, prop_oneof![8 => Just(Quality::Good), 1 => Just(Quality::Bad)]);
    proptest::collection::vec(one, 1..60).prop_map(|rows| {
        let each = rows.into_iter().zip(0_i64..);
        each.map(|((point, v, q), n)| Reading { point, t: Instant::from_ms(START + n * 1000), v: f64::from(v) / 2.0, q }).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn p22_there_is_never_a_second_standing_alarm_of_one_side(steps in steps()) {
        let mut evaluator = evaluator();
        let mut open = BTreeMap::new();
        for step in &steps {
            for transition in play(&mut evaluator, std::slice::from_ref(step), false) {
                let alarm = transition.alarm;
                // Each transition leads to a state the model allows, and closes only what was open.
                let before = open.get(&alarm.id).copied();
                let allowed: &[Option<AlarmState>] = match transition.event {
                    Event::Raised => &[None],
                    Event::Reraised => &[Some(AlarmState::RtnUnack)],
                    Event::Escalated | Event::Deescalated => &[Some(AlarmState::UnackActive), Some(AlarmState::AckedActive)],
                    // Returned again: the times of a late alarm were corrected.
                    Event::Returned if alarm.late => &[Some(AlarmState::UnackActive), Some(AlarmState::RtnUnack)],
                    Event::Returned | Event::Acked => &[Some(AlarmState::UnackActive)],
                    Event::Closed => &[Some(AlarmState::RtnUnack), Some(AlarmState::AckedActive)],
                };
                prop_assert!(allowed.contains(&before), "{} after {before:?}", transition.event.as_str());
                if alarm.state.is_open() { open.insert(alarm.id, alarm.state) } else { open.remove(&alarm.id) };
            }
            let known: BTreeMap<_, _> = evaluator.active().map(|a| (a.id.clone(), a.state)).collect();
            prop_assert_eq!(&known, &open, "what was told is what stands");
            let standing: Vec<_> = evaluator.active().filter(|a| a.state.is_standing()).map(|a| {
                let family = if a.side.as_str() == "other" { a.condition.as_str() } else { a.side.as_str() };
                (a.rule.clone(), a.point, family)
            }).collect();
            prop_assert_eq!(standing.iter().collect::<BTreeSet<_>>().len(), standing.len());
        }
    }

    #[test]
    fn a_restart_anywhere_changes_nothing(steps in steps()) {
        let (mut straight, mut restarted) = (evaluator(), evaluator());
        prop_assert_eq!(play(&mut straight, &steps, false), play(&mut restarted, &steps, true));
        prop_assert_eq!(straight.snapshot(), restarted.snapshot());
    }

    #[test]
    fn the_same_readings_again_change_nothing(readings in in_order(), copies in 1_usize..3) {
        let steps: Vec<_> = readings.iter().copied().map(Step::Reading).collect();
        let mut evaluator = evaluator();
        play(&mut evaluator, &steps, false);
        let alarms: Vec<_> = evaluator.active().cloned().collect();
        // As far back as the evaluator remembers; the intake keeps older copies away.
        let mut recent: BTreeMap<u32, Vec<Reading>> = BTreeMap::new();
        for reading in &readings {
            let of_point = recent.entry(reading.point).or_default();
            of_point.push(*reading);
            if of_point.len() > 8 {
                of_point.remove(0);
            }
        }
        let again: Vec<_> = recent.into_values().flatten().map(Step::Reading).collect();
        for _ in 0..copies {
            prop_assert_eq!(play(&mut evaluator, &again, false), vec![]);
        }
        prop_assert_eq!(evaluator.active().cloned().collect::<Vec<_>>(), alarms);
    }

    #[test]
    fn the_same_readings_in_the_same_order_give_the_same_alarms(steps in steps()) {
        prop_assert_eq!(play(&mut evaluator(), &steps, false), play(&mut evaluator(), &steps, false));
    }

    #[test]
    fn p23_without_delays_nothing_beyond_a_limit_stays_silent(mut readings in in_order(), swaps in proptest::collection::vec((0_usize..60, 0_usize..60), 0..20)) {
        let count = readings.len();
        for (a, b) in swaps {
            readings.swap(a % count, b % count);
        }
        let steps: Vec<_> = readings.iter().copied().map(Step::Reading).collect();
        let told = play(&mut evaluator(), &steps, false);
        for reading in readings.iter().filter(|r| r.point == 1 && r.q == Quality::Good && (r.v >= 8.0 || r.v <= 2.0)) {
            let side = if reading.v >= 8.0 { "high" } else { "low" };
            // Some alarm of this side was told, no more than the grace away from this reading or around it.
            let near = told.iter().any(|t| {
                let a = &t.alarm;
                a.rule.as_str() == "r1" && a.side.as_str() == side && a.onset <= reading.t.plus_ms(5_000)
                    && a.returned_at.is_none_or(|r| r.plus_ms(5_000) >= reading.t)
            });
            prop_assert!(near, "{reading:?}");
        }
    }

    #[test]
    fn other_bytes_are_no_snapshot(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), flip in any::<usize>()) {
        let _ = Evaluator::restore(&bytes);
        bytes.insert(0, 1);
        let _ = Evaluator::restore(&bytes);
        let mut real = evaluator().snapshot();
        let at = flip % (real.len() * 8);
        real[at / 8] ^= 1 << (at % 8);
        if let Ok(mut evaluator) = Evaluator::restore(&real) {
            evaluator.tick(Instant::from_ms(START), &mut Vec::new());
        }
    }
}
