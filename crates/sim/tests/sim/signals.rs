//! What the instruments show.

use anlan_base::Instant;
use anlan_sim::{PointKind, Readings, Scenario, Signals, past_alarms};

use crate::{district, now};

#[test]
fn readings_are_a_function_of_seed_point_and_time() {
    let (a, b) = (Signals::new(district()), Signals::new(district()));
    for point in (0..a.len()).step_by(97) {
        for second in 0..50 {
            let at = now().plus_s(second * 37);
            assert_eq!(a.value(point, at), b.value(point, at));
        }
    }
}

#[test]
fn at_rest_a_point_stays_away_from_its_limits() {
    let district = district();
    let signals = Signals::new(district);
    for rule in &district.rules {
        let at = district.point(&rule.point).unwrap();
        let (low, high) = (rule.l.unwrap_or(f64::MIN), rule.h.or(rule.alarm_at).unwrap_or(f64::MAX));
        for hour in 0..48 {
            let t = now().plus_s(hour * 3600 + 11);
            let near_excursion =
                signals.excursions(at, t.plus_s(-12 * 3600), t.plus_s(1)).iter().any(|(start, end)| t >= *start && t <= *end);
            let value = signals.value(at, t);
            assert!(near_excursion || (value > low && value < high - rule.deadband), "{} {value} at {t}", rule.point);
        }
    }
}

#[test]
fn readings_have_the_displays_decimals_and_lie_in_the_span() {
    let district = district();
    let signals = Signals::new(district);
    for (at, point) in district.points.iter().enumerate() {
        let value = signals.value(at, now());
        assert!((point.span.0..=point.span.1).contains(&value), "{} {value}", point.id);
        let shown = format!("{value:.*}", usize::from(point.decimals)).parse::<f64>().unwrap();
        assert!((shown - value).abs() < 1e-9, "{} {value}", point.id);
        assert!(point.kind == PointKind::Analogue || value == 0.0 || value == 1.0);
    }
}

#[test]
fn a_gas_detector_mostly_shows_zero() {
    let district = district();
    let signals = Signals::new(district);
    let at = district.point("WA01.T101.GD-0101").unwrap();
    let zeros = (0..1000).filter(|s| signals.value(at, now().plus_s(*s)) == 0.0).count();
    assert!((500..1000).contains(&zeros), "{zeros}");
}

#[test]
fn a_minute_holds_its_readings() {
    let district = district();
    let signals = Signals::new(district);
    for at in (0..signals.len()).step_by(31) {
        let start = Instant::from_ms(now().as_ms() / 60_000 * 60_000);
        let minute = signals.minute(at, start);
        let readings: Vec<_> = (0..60).map(|s| signals.value(at, start.plus_s(s))).collect();
        let mean = readings.iter().sum::<f64>() / 60.0;
        let point = &district.points[at];
        // One unit of the display, and a tenth of the noise, is what two ends cannot know.
        let near = 0.002 * (point.span.1 - point.span.0) + 10_f64.powi(-i32::from(point.decimals));
        if point.quantity == "wind_direction" {
            continue;
        }
        assert_eq!((minute.count, minute.last), (60, readings[59].clamp(minute.min, minute.max)), "{}", point.id);
        assert!(minute.min <= minute.max && (minute.sum / 60.0 - mean).abs() <= 2.0 * near, "{} {minute:?} {mean}", point.id);
        assert!(readings.iter().all(|v| *v >= minute.min - near && *v <= minute.max + near), "{} {minute:?} {readings:?}", point.id);
    }
}

#[test]
fn alarms_come_at_a_pace_that_a_duty_officer_can_follow() {
    let district = district();
    let signals = Signals::new(district);
    let alarms = past_alarms(district, &signals, now().plus_days(-60), now());
    let per_day = alarms.len() as f64 / 60.0;
    assert!((20.0..=40.0).contains(&per_day), "{per_day} a day");
    let standing = |t: Instant| alarms.iter().filter(|a| a.raised_at <= t && a.returned_at.is_none_or(|end| end > t)).count();
    let counts: Vec<_> = (0..240).map(|n| standing(now().plus_s(-n * 6 * 3600))).collect();
    let mean = counts.iter().sum::<usize>() as f64 / counts.len() as f64;
    assert!((1.0..=6.0).contains(&mean), "{mean} stand at a time");
    assert!(alarms.iter().filter(|a| a.condition == "HH").count() * 5 < alarms.len(), "the highest limit is reached seldom");
    for alarm in &alarms {
        assert!(alarm.onset <= alarm.raised_at && alarm.value >= alarm.limit, "{alarm:?}");
        assert!(alarm.returned_at.is_none_or(|end| end > alarm.raised_at), "{alarm:?}");
        assert_eq!(alarm.acked_at.is_some(), alarm.acked_by.is_some());
    }
}

#[test]
fn the_leak_raises_its_detectors_and_empties_its_tank() {
    let district = district();
    let scenario = Scenario::default();
    let readings = Readings::new(district.clone(), scenario.clone());
    let value = |id: &str, s: i64| readings.value(district.point(id).unwrap(), now().plus_s(s));
    let before = value("CW01.T203.LI-0203", 600);
    assert!(value("CW01.T203.GD-0203", 90) < 10.0);
    scenario.start(now());
    assert!(value("CW01.T203.GD-0203", 40) >= 25.0, "beyond H");
    assert!(value("CW01.T203.GD-0203", 75) >= 50.0, "beyond HH");
    assert!(value("CW01.T202.GD-0202", 240) >= 25.0, "the neighbour follows");
    assert!(value("CW01.T203.LI-0203", 600) < before - 0.5);
    scenario.stop(now().plus_s(600));
    assert!(value("CW01.T203.GD-0203", 900) < 10.0);
}
