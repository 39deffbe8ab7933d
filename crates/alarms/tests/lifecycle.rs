//! The alarm model, boundary by boundary. A line is: clock time, what happens, what is to be seen, why.
//!
//! What happens: a value (with a quality, or `at` an earlier device time), `-` for nothing but the clock, `ack`. To be seen: the
//! events with their condition, or, where nothing happens, the open alarms with their state; `normal` if there are none.

use anlan_alarms::{Evaluator, Event, Rule, Transition, Watch};
use anlan_base::{Instant, Quality, Reading, UserId};

const POINT: u32 = 7;

fn level(ll: Option<f64>, l: Option<f64>, h: Option<f64>, hh: Option<f64>) -> Rule {
    Rule::new("high-level".into(), POINT, Watch::Analogue { ll, l, h, hh }, 10_000)
}

fn high_8m() -> Rule {
    level(None, None, Some(8.0), Some(9.0))
}

fn high_8m_for_30s() -> Rule {
    Rule { on_delay_ms: 30_000, deadband: 0.2, ..high_8m() }
}

fn time(text: &str) -> Instant {
    let (minutes, seconds) = text.split_once(':').unwrap_or_else(|| panic!("`{text}` is not mm:ss"));
    let ms = (minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()) * 1000.0;
    Instant::from_ms(1_795_400_000_000 + ms as i64)
}

fn seen(events: &[Transition], evaluator: &Evaluator) -> String {
    let mut words: Vec<String> = events.iter().map(|t| format!("{} {}", t.event.as_str(), t.alarm.condition.as_str())).collect();
    if words.is_empty() {
        words = evaluator.active().map(|a| format!("{} {}", a.state.as_str(), a.condition.as_str())).collect();
        words.sort();
    }
    if words.is_empty() { "normal".into() } else { words.join(", ") }
}

fn happen(evaluator: &mut Evaluator, now: Instant, what: &str) -> Vec<Transition> {
    let mut events = Vec::new();
    let words: Vec<&str> = what.split_whitespace().collect();
    match words[..] {
        ["-"] => evaluator.tick(now, &mut events),
        ["ack"] => {
            let ids: Vec<_> = evaluator.active().map(|a| a.id.clone()).collect();
            for id in ids {
                events.extend(evaluator.ack(&id, now, &UserId::from("op-2")).unwrap());
            }
        }
        [value, ref rest @ ..] => {
            let t = rest.iter().position(|w| *w == "at").map_or(now, |at| time(rest[at + 1]));
            let q = rest.iter().find_map(|w| Quality::parse(w)).unwrap_or(Quality::Good);
            evaluator.reading(Reading { point: POINT, t, v: value.parse().unwrap(), q }, now, &mut events);
        }
        [] => panic!("nothing happens"),
    }
    events
}

fn check(rule: &Rule, script: &str) -> Evaluator {
    let mut evaluator = Evaluator::new();
    evaluator.set_rules(vec![rule.clone()], time("00:00"), &mut Vec::new());
    follow(&mut evaluator, script);
    evaluator
}

fn follow(evaluator: &mut Evaluator, script: &str) {
    for line in script.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let columns: Vec<&str> = line.split("  ").map(str::trim).filter(|c| !c.is_empty()).collect();
        let [clock, what, expected, ..] = columns[..] else { panic!("`{line}` needs three columns") };
        let events = happen(evaluator, time(clock), what);
        assert_eq!(seen(&events, evaluator), expected, "{line}");
    }
}

#[test]
fn limits_are_inclusive() {
    check(
        &high_8m(),
        "
        00:00  7.999  normal
        00:01  8.0    raised H        the limit itself is alarm
        00:02  7.999  returned H
        00:03  8.999  reraised H
        00:04  9.0    escalated HH",
    );
    check(
        &level(Some(1.0), Some(2.0), None, None),
        "
        00:00  2.001  normal
        00:01  2.0    raised L
        00:02  1.001  unack_active L
        00:03  1.0    escalated LL
        00:04  2.001  returned LL",
    );
}

#[test]
fn the_worst_limit_comes_first() {
    check(
        &high_8m(),
        "
        00:00  9.5    raised HH       one alarm, not H and HH
        00:01  9.6    unack_active HH",
    );
    check(
        &level(Some(1.0), Some(2.0), Some(8.0), Some(9.0)),
        "
        00:00  0.5    raised LL
        00:01  9.5    raised HH, returned LL   each side has its own
        00:02  5.0    returned HH",
    );
    check(
        &level(None, None, None, Some(9.0)),
        "
        00:00  8.9    normal
        00:01  9.0    raised HH
        00:02  8.9    returned HH",
    );
}

#[test]
fn every_transition_of_the_model() {
    check(
        &high_8m(),
        "
        00:00  8.5    raised H
        00:01  ack    acked H
        00:02  ack    acked_active H  a second acknowledgement changes nothing
        00:03  9.5    escalated HH    worse: somebody must look again
        00:04  -      unack_active HH
        00:05  ack    acked HH
        00:06  8.5    deescalated H   better: the acknowledgement holds
        00:07  -      acked_active H
        00:08  7.0    closed H
        00:09  -      normal",
    );
    check(
        &high_8m(),
        "
        00:00  8.5    raised H
        00:01  7.0    returned H
        00:02  -      rtn_unack H     nobody has seen it yet
        00:03  8.5    reraised H      the same alarm
        00:04  7.0    returned H
        00:05  ack    closed H
        00:06  8.5    raised H        another alarm",
    );
    check(
        &high_8m(),
        "
        00:00  9.5    raised HH
        00:01  8.5    deescalated H
        00:02  -      unack_active H  nobody had acknowledged",
    );
}

#[test]
fn the_dead_band_holds_the_alarm() {
    check(
        &Rule { deadband: 0.2, ..high_8m() },
        "
        00:00  7.9    normal          the dead-band does not raise
        00:01  8.0    raised H
        00:02  7.8    unack_active H  8.0 - 0.2 is still inside
        00:03  7.79   returned H
        00:04  7.9    rtn_unack H
        00:05  9.0    reraised HH
        00:06  8.8    unack_active HH
        00:07  8.79   deescalated H
        00:08  7.0    returned H",
    );
    check(
        &Rule { deadband: 0.5, ..level(None, Some(2.0), None, None) },
        "
        00:00  2.0    raised L
        00:01  2.5    unack_active L
        00:02  2.51   returned L",
    );
}

#[test]
fn the_condition_must_hold_for_the_on_delay() {
    check(
        &high_8m_for_30s(),
        "
        00:00  7.9    normal
        00:10  8.1    normal          above the limit, but not yet for 30 s
        00:20  8.1    normal
        00:39  8.1    normal
        00:40  8.1    raised H
        01:00  ack    acked H
        01:30  7.9    acked_active H  inside the 0.2 m dead-band
        01:40  7.7    closed H",
    );
    check(
        &high_8m_for_30s(),
        "
        00:10  8.1    normal
        00:20  8.1    normal
        00:30  7.99   normal          it was gone for a moment: the delay begins anew
        00:35  8.1    normal
        00:50  8.1    normal
        01:04  8.1    normal
        01:05  8.1    raised H",
    );
    check(
        &high_8m_for_30s(),
        "
        00:10  8.1    normal
        00:20  9.1    normal
        00:40  9.1    raised H
        00:49  9.1    unack_active H
        00:50  9.1    escalated HH    each limit has its own delay",
    );
    check(
        &high_8m_for_30s(),
        "
        00:00  8.1    normal
        00:20  8.1    normal
        00:40  7.0    raised H, returned H   it had held from 00:00 to 00:30, whoever looked",
    );
}

#[test]
fn the_clock_carries_a_delay_on_while_readings_are_fresh() {
    check(
        &high_8m_for_30s(),
        "
        00:00  8.1    normal
        00:20  8.1    normal
        00:29  -      normal
        00:30  -      raised H        no reading was needed",
    );
    check(
        &Rule { period_ms: 1_000, ..high_8m_for_30s() },
        "
        00:00  8.1    normal
        00:10  8.1    normal          of these 10 s only 5 count
        00:30  -      normal
        01:00  -      normal          ThingsBoard #14210: a value nobody renews does not keep counting
        01:30  -      normal
        02:00  8.1    normal          5 + 5 s so far
        02:05  8.1    normal
        02:10  8.1    normal
        02:15  8.1    normal
        02:19  -      normal
        02:20  -      raised H",
    );
}

#[test]
fn a_device_clock_that_is_wrong_delays_nothing() {
    check(
        &high_8m_for_30s(),
        "
        60:00  8.1 at 00:00   normal
        60:20  8.1 at 00:20   normal
        60:29  -              normal
        60:30  -              raised H",
    );
}

#[test]
fn the_off_delay_must_pass_before_it_returns() {
    check(
        &Rule { off_delay_ms: 20_000, deadband: 0.2, ..high_8m() },
        "
        00:00  8.5    raised H
        00:10  7.5    unack_active H
        00:20  7.9    unack_active H  back in the dead-band: the delay begins anew
        00:25  7.5    unack_active H
        00:35  7.5    unack_active H
        00:45  7.5    returned H",
    );
    check(
        &Rule { off_delay_ms: 20_000, period_ms: 1_000, ..high_8m() },
        "
        00:00  8.5    raised H
        00:01  7.5    unack_active H
        02:00  -      unack_active H  silence never clears an alarm",
    );
    check(
        &Rule { off_delay_ms: 10_000, ..high_8m() },
        "
        00:00  9.5    raised HH
        00:05  8.5    unack_active HH
        00:15  8.5    deescalated H
        00:16  7.0    unack_active H
        00:26  -      returned H",
    );
}

#[test]
fn bad_quality_neither_raises_nor_clears() {
    check(
        &high_8m(),
        "
        00:00  9.9 bad        normal
        00:01  8.5            raised H
        00:02  1.0 bad        unack_active H
        00:03  nan            unack_active H
        00:04  inf            unack_active H
        00:05  -inf           unack_active H
        00:06  7.0            returned H",
    );
    check(
        &high_8m_for_30s(),
        "
        00:00  8.1            normal
        00:10  8.1            normal
        00:20  8.1 bad        normal      20 s counted; from here on nothing is known
        00:50  8.1 bad        normal
        00:55  -              normal
        01:00  8.1            normal
        01:09  8.1            normal
        01:10  8.1            raised H",
    );
}

#[test]
fn an_uncertain_value_may_raise_but_not_clear() {
    check(
        &high_8m(),
        "
        00:00  8.5 uncertain  raised H
        00:01  1.0 uncertain  unack_active H
        00:02  1.0            returned H",
    );
}

#[test]
fn a_bad_instrument_is_an_alarm_of_its_own_if_the_rule_asks() {
    let rule = Rule { bad_quality: true, ..high_8m() };
    check(
        &rule,
        "
        00:00  8.5            raised H
        00:01  0.0 bad        raised bad_quality
        00:02  0.0 uncertain  unack_active H, unack_active bad_quality
        00:03  7.0            returned bad_quality, returned H",
    );
    check(
        &Rule { on_delay_ms: 20_000, ..rule },
        "
        00:00  0.0 bad        normal
        00:10  0.0 bad        normal
        00:15  5.0            normal
        00:20  0.0 bad        normal
        00:39  -              normal
        00:40  -              raised bad_quality",
    );
}

#[test]
fn silence_is_an_alarm_once_the_point_has_spoken() {
    let rule = Rule { stale: true, ..high_8m() };
    check(
        &rule,
        "
        09:00  -              normal      never delivered: out of service, not silent
        10:00  5.0            normal
        10:59.999  -          normal
        11:00  -              raised stale
        11:30  5.0 bad        unack_active stale  it speaks, but says nothing
        11:40  5.0            returned stale
        12:40  -              reraised stale",
    );
    check(
        &Rule { period_ms: 60_000, ..rule.clone() },
        "
        00:00  5.0            normal
        02:59  -              normal      three periods are longer than 60 s
        03:00  -              raised stale",
    );
    check(
        &rule,
        "
        00:00  8.5            raised H
        01:00  -              raised stale
        01:01  -              unack_active H, unack_active stale   the process alarm stands
        05:00  7.0            returned stale, returned H",
    );
    check(
        &rule,
        "
        00:00  5.0            normal
        09:00  5.0            raised stale, returned stale   found at the next reading if no clock was running",
    );
}

#[test]
fn time_in_which_we_did_not_listen_is_nobodys_silence() {
    let mut evaluator = check(&Rule { stale: true, ..high_8m() }, "00:00  5.0  normal");
    evaluator.resume(time("30:00"));
    follow(
        &mut evaluator,
        "
        30:59  -      normal
        31:00  -      raised stale",
    );
}

#[test]
fn contacts_alarm_at_their_state() {
    let rule = |watch| Rule::new("contact".into(), POINT, watch, 1_000);
    check(
        &rule(Watch::Switch { alarm_at: 1.0 }),
        "
        00:00  0      normal
        00:01  1      raised state
        00:02  0      returned state",
    );
    check(
        &rule(Watch::Interlock { alarm_at: 2.0 }),
        "
        00:00  1      normal
        00:01  2      raised state
        00:02  2 bad  unack_active state
        00:03  1      returned state",
    );
    check(
        &rule(Watch::Bypass { alarm_at: 1.0 }),
        "
        00:00  1      raised bypass
        00:01  ack    acked bypass
        00:02  0      closed bypass",
    );
}

#[test]
fn p23_late_data_makes_a_late_alarm_never_a_silent_one() {
    check(
        &high_8m(),
        "
        00:00  7.0            normal
        00:30  7.0            normal
        00:31  8.5 at 00:10   raised H, returned H
        00:32  8.5 at 00:10   rtn_unack H     the same reading again
        00:33  8.6 at 00:12   rtn_unack H     the same run
        00:34  7.0 at 00:15   rtn_unack H
        00:35  8.5 at 00:20   raised H, returned H   another run: 00:15 lies between
        00:36  7.0            rtn_unack H, rtn_unack H",
    );
    check(
        &high_8m(),
        "
        00:00  7.0            normal
        00:30  8.5            raised H
        00:31  8.5 at 00:10   unack_active H  the run began earlier
        00:40  8.6            unack_active H
        00:41  9.5 at 00:35   escalated HH, deescalated H   it had been worse than we knew
        00:42  ack            acked H
        00:43  9.6 at 00:36   acked_active H  told already
        00:44  7.0 at 00:37   acked_active H  late data never clears",
    );
    check(
        &high_8m(),
        "
        00:00  7.0            normal
        00:20  7.0            normal
        00:21  8.5 at 00:10   raised H, returned H
        00:22  9.5 at 00:11   reraised HH, returned HH   the run was worse
        00:23  ack            closed HH
        00:24  8.5 at 00:12   normal          told and closed",
    );
}

#[test]
fn p23_an_alarm_of_late_data_covers_what_it_tells() {
    let late = |evaluator: &Evaluator| {
        let alarm = evaluator.active().find(|a| a.late).unwrap();
        (alarm.onset, alarm.returned_at.unwrap())
    };
    let backwards = check(
        &high_8m(),
        "
        09:00  7.0            normal
        10:00  7.0            normal
        10:01  8.5 at 05:00   raised H, returned H
        10:02  8.5 at 04:35   rtn_unack H     within the grace of its onset
        10:03  8.5 at 04:20   returned H      the same run, longer than it said: nobody is called twice",
    );
    assert_eq!(late(&backwards), (time("04:20"), time("05:30")));
    let forwards = check(
        &high_8m(),
        "
        00:00  7.0            normal
        10:00  8.5            raised H
        10:01  8.5 at 05:00   raised H, returned H
        10:02  8.5 at 05:25   rtn_unack H, unack_active H
        10:03  8.5 at 05:50   rtn_unack H, unack_active H
        10:04  8.5 at 06:15   returned H      longer than it said",
    );
    assert_eq!(late(&forwards), (time("05:00"), time("06:45")));
    check(
        &high_8m(),
        "
        10:00  7.0            normal
        10:01  8.5 at 05:00   raised H, returned H
        10:02  ack            closed H
        10:03  8.5 at 05:25   normal          told and closed
        10:04  8.5 at 05:50   normal
        10:05  8.5 at 06:15   raised H, returned H   nobody has been told of this",
    );
    check(
        &high_8m_for_30s(),
        "
        10:00  7.0            normal
        10:01  8.5 at 05:00   normal
        10:02  8.5 at 05:30   raised H, returned H
        10:03  8.5 at 04:40   rtn_unack H
        10:04  8.5 at 04:20   returned H      the delay was served before",
    );
}

#[test]
fn a_buffer_sent_in_any_order_is_one_alarm() {
    // An hour above the limit, a reading every 20 s, oldest first, newest first, and two halves in turn.
    let run: Vec<i64> = (0..180).map(|n| n * 20).collect();
    let halves = run[..90].iter().zip(&run[90..]).flat_map(|(a, b)| [*a, *b]).collect();
    for (order, alarms) in [(run.clone(), 1), (run.iter().rev().copied().collect(), 1), (halves, 2)] {
        let mut evaluator = Evaluator::new();
        let (now, mut events) = (time("90:00"), Vec::new());
        evaluator.set_rules(vec![high_8m()], now, &mut events);
        evaluator.reading(Reading { point: POINT, t: now, v: 7.0, q: Quality::Good }, now, &mut events);
        for s in order {
            evaluator.reading(Reading { point: POINT, t: time("10:00").plus_s(s), v: 8.5, q: Quality::Good }, now, &mut events);
        }
        let calls = events.iter().filter(|t| matches!(t.event, Event::Raised | Event::Reraised)).count();
        assert_eq!((calls, evaluator.active().count()), (alarms, alarms));
        let told: Vec<_> = evaluator.active().map(|a| (a.onset, a.returned_at.unwrap())).collect();
        for s in run.iter().map(|s| time("10:00").plus_s(*s)) {
            assert!(told.iter().any(|(from, to)| from.plus_s(-30) <= s && s <= to.plus_s(30)), "{s:?} {told:?}");
        }
        // An hour later nobody sends the rest.
        evaluator.tick(now.plus_s(3601), &mut events);
    }
}

#[test]
fn a_late_run_must_hold_for_the_on_delay_too() {
    check(
        &high_8m_for_30s(),
        "
        10:00  7.0            normal
        10:01  8.5 at 05:00   normal
        10:02  8.5 at 05:20   normal
        10:03  8.5 at 05:30   raised H, returned H",
    );
    check(
        &high_8m_for_30s(),
        "
        10:00  7.0            normal
        10:01  8.5 at 05:00   normal
        10:02  7.0 at 05:10   normal          contradicted
        10:03  8.5 at 05:20   normal
        10:04  8.5 at 05:35   normal
        10:05  8.5 at 05:50   raised H, returned H",
    );
    check(
        &high_8m_for_30s(),
        "
        00:00  7.0            normal
        00:10  7.0            normal
        00:20  7.0            normal
        00:21  8.5 at 00:15   normal          its neighbours were normal
        00:25  8.5 at 00:05   normal",
    );
}

#[test]
fn late_data_lengthens_the_run_it_belongs_to() {
    check(
        &high_8m_for_30s(),
        "
        00:00  7.0            normal
        00:30  8.5            normal
        00:31  8.5 at 00:20   normal
        00:32  8.5 at 00:10   normal
        00:39  -              normal
        00:40  8.5            raised H        since 00:10",
    );
}

#[test]
fn a_correction_of_the_newest_reading_counts_at_once() {
    check(
        &high_8m(),
        "
        00:00  7.0            normal
        00:01  8.5 at 00:00   raised H
        00:02  8.5 at 00:00   unack_active H
        00:03  7.0 at 00:00   returned H",
    );
}

#[test]
fn late_alarms_have_a_bound_but_are_still_told() {
    let mut evaluator = check(&high_8m(), "50:00  7.0  normal");
    for minute in (1..40).rev() {
        let events = happen(&mut evaluator, time("51:00"), &format!("8.5 at {minute:02}:00"));
        let words = events.iter().map(|t| t.event).collect::<Vec<_>>();
        assert!(matches!(words[..], [Event::Raised | Event::Reraised, Event::Returned]), "{minute}: {words:?}");
    }
    assert_eq!(evaluator.active().count(), 16);
}

#[test]
fn the_id_is_a_function_of_rule_point_side_and_onset() {
    let id = |script: &str| check(&high_8m(), script).active().next().unwrap().id.clone();
    let first = id("00:00  8.5  raised H");
    assert_eq!(first, id("00:00  7.0 at 00:00  normal\n 10:00  8.5 at 00:00  raised H"));
    assert_ne!(first, id("00:01  8.5  raised H"));
    assert_eq!(first.as_str().len(), 32);
    let late = id("05:00  7.0  normal\n 05:01  8.5 at 00:00  raised H, returned H");
    assert_eq!(first, late, "found late, it is still the same alarm");
}

#[test]
fn an_alarm_tells_its_onset_its_value_and_its_times() {
    let evaluator = check(
        &high_8m_for_30s(),
        "
        00:00  8.1    normal
        00:20  8.3    normal
        00:35  -      raised H
        00:40  7.0    returned H",
    );
    let alarm = evaluator.active().next().unwrap();
    assert_eq!((alarm.onset, alarm.raised_at), (time("00:00"), time("00:30")));
    assert_eq!((alarm.value, alarm.limit, alarm.returned_at), (Some(8.3), Some(8.0), Some(time("00:40"))));
}

#[test]
fn changed_rules_take_over_what_stands() {
    let mut evaluator = check(&high_8m(), "00:00  9.5  raised HH");
    let mut events = Vec::new();
    evaluator.set_rules(vec![level(None, None, Some(8.0), None)], time("00:01"), &mut events);
    assert_eq!(seen(&events, &evaluator), "deescalated H");
    follow(&mut evaluator, "00:02  ack  acked H");
    events.clear();
    evaluator.set_rules(vec![], time("00:03"), &mut events);
    assert_eq!(seen(&events, &evaluator), "closed H", "nothing watches it any more");
    follow(&mut evaluator, "00:04  9.5  normal");
    let mut evaluator = check(&high_8m(), "00:00  8.5  raised H");
    evaluator.set_rules(vec![], time("00:01"), &mut events);
    follow(
        &mut evaluator,
        "
        00:02  -      rtn_unack H     still to be acknowledged
        00:03  ack    closed H",
    );
}

#[test]
fn a_rule_is_checked_before_it_watches() {
    let refused = |rule: Rule| rule.check(Some([0.0, 10.0])).unwrap_err().to_string();
    assert!(high_8m_for_30s().check(Some([0.0, 10.0])).is_ok());
    assert_eq!(refused(level(None, None, Some(9.0), Some(8.0))), "limits_out_of_order at body.hh below=h");
    assert_eq!(refused(level(None, Some(8.0), Some(8.0), None)), "limits_out_of_order at body.h below=l");
    assert_eq!(refused(level(None, None, Some(10.1), None)), "out_of_range at body.h");
    assert_eq!(refused(level(Some(f64::NAN), None, None, None)), "out_of_range at body.ll");
    assert_eq!(refused(Rule { deadband: -1.0, ..high_8m() }), "out_of_range at body.deadband");
    assert_eq!(refused(Rule { on_delay_ms: -1, ..high_8m() }), "out_of_range at body.on_delay_s");
}
