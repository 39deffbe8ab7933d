//! Societal risk: how often N or more people die together, and how many a year on average.

use serde::Serialize;

use super::individual::{distance_bearing, winds_near};
use super::rose::BINS;
use super::{Case, Progress, Stopped, check, shares};
use crate::Refusal;
use crate::validity::not_negative;

/// People living or working at one place, in one period of the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct People {
    /// Metres east and north of the reference.
    pub at: [f64; 2],
    pub outdoors: f64,
    pub indoors: f64,
}

/// One end of the event tree: a frequency a year and a number of deaths, which need not be whole.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Event {
    pub frequency_per_year: f64,
    pub deaths: f64,
}

/// Deaths of each case in each wind of the rose's one-degree bins: `N = Σ people · (out · P_out + in · P_in)`.
///
/// The footprint runs linearly between whole degrees, so neighbouring winds leave no spokes between them, at any distance. Winds that kill
/// nobody are one event of no deaths, so that frequencies add up. Without a single place the population is unknown, not zero: refused.
pub fn events(people: &[People], cases: &[Case], threads: usize, progress: Progress) -> Result<Vec<Event>, Stopped> {
    check(cases)?;
    if people.is_empty() {
        return Err(Refusal::UnknownPopulation { place: "population".into() }.into());
    }
    for p in people {
        not_negative("outdoors", p.outdoors)?;
        not_negative("indoors", p.indoors)?;
    }
    let parts: Vec<Vec<Event>> = std::thread::scope(|scope| {
        let handles: Vec<_> = shares(cases.len(), threads)
            .into_iter()
            .map(|share| {
                let cases = &cases[share];
                scope.spawn(move || {
                    let mut events = Vec::new();
                    for case in cases.iter().take_while(|_| !progress.cancelled()) {
                        case_events(people, case, &mut events);
                    }
                    events
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("counting deaths cannot panic")).collect()
    });
    if progress.cancelled() {
        return Err(Stopped::Cancelled);
    }
    (progress.tell)(cases.len(), cases.len());
    Ok(parts.into_iter().flatten().collect())
}

fn case_events(people: &[People], case: &Case, events: &mut Vec<Event>) {
    let mut deaths = [0.0; BINS];
    for p in people {
        let (r, bearing) = distance_bearing(case.source, p.at);
        let half = case.outdoors.half_width_deg(r).max(case.indoors.half_width_deg(r));
        for b in winds_near(half, bearing) {
            let off = bearing - (b as f64 + 0.5);
            deaths[b] += p.outdoors * case.outdoors.at(r, off) + p.indoors * case.indoors.at(r, off);
        }
    }
    let mut harmless = 0.0;
    for (b, deaths) in deaths.into_iter().enumerate() {
        let frequency_per_year = case.frequency_per_year * case.rose.share(b);
        if deaths > 0.0 && frequency_per_year > 0.0 {
            events.push(Event { frequency_per_year, deaths });
        } else {
            harmless += frequency_per_year;
        }
    }
    if harmless > 0.0 {
        events.push(Event { frequency_per_year: harmless, deaths: 0.0 });
    }
}

/// `F(N) = Σ f` over events with at least `n` deaths, per year. Case QRA-001.
pub fn frequency_of(events: &[Event], n: f64) -> f64 {
    events.iter().filter(|event| event.deaths >= n).map(|event| event.frequency_per_year).sum()
}

/// The whole F–N curve: for each number of deaths that occurs, at least one, how often that many or more die. Rising N.
pub fn fn_curve(events: &[Event]) -> Vec<(f64, f64)> {
    let mut deadly: Vec<Event> = events.iter().copied().filter(|event| event.deaths >= 1.0).collect();
    deadly.sort_by(|a, b| b.deaths.total_cmp(&a.deaths).then(b.frequency_per_year.total_cmp(&a.frequency_per_year)));
    let mut curve: Vec<(f64, f64)> = Vec::new();
    let mut sum = 0.0;
    for event in deadly {
        sum += event.frequency_per_year;
        match curve.last_mut() {
            Some(last) if last.0 == event.deaths => last.1 = sum,
            _ => curve.push((event.deaths, sum)),
        }
    }
    curve.reverse();
    curve
}

/// Deaths a year on average: `PLL = Σ f N`.
pub fn potential_loss_of_life(events: &[Event]) -> f64 {
    events.iter().map(|event| event.frequency_per_year * event.deaths).sum()
}

#[cfg(test)]
mod tests {
    use super::super::footprint::Footprint;
    use super::super::rose::Rose;
    use super::*;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn a_village_dies_only_when_the_wind_blows_there() {
        // Wind from the west half of the time carries the cloud east, where 100 people live.
        let rose = Rose::from_sectors(&[0.0, 0.0, 0.5, 0.5]).unwrap();
        let cloud = Footprint::new(500.0, |x, y| if x > 0.0 && y.abs() < 0.5 * x { 1.0 } else { 0.0 }).unwrap();
        let none = Footprint::none();
        let case = Case { frequency_per_year: 1e-5, source: [0.0, 0.0], rose: &rose, individual: &cloud, outdoors: &cloud, indoors: &none };
        let people = [People { at: [300.0, 0.0], outdoors: 100.0, indoors: 900.0 }];
        let cancel = AtomicBool::new(false);
        let events = events(&people, &[case], 2, Progress { tell: &|_, _| (), cancel: &cancel }).unwrap();
        let total: f64 = events.iter().map(|event| event.frequency_per_year).sum();
        assert!((total / 1e-5 - 1.0).abs() < 1e-12);
        let deadly = frequency_of(&events, 1.0);
        assert!(deadly > 0.2e-5 && deadly < 0.5e-5, "{deadly}");
        assert!((potential_loss_of_life(&events) / (100.0 * deadly) - 1.0).abs() < 0.05);
    }

    #[test]
    fn nobody_given_is_refused_and_nobody_there_is_not() {
        let rose = Rose::uniform();
        let ball = Footprint::round(100.0, |_| 1.0).unwrap();
        let case = Case { frequency_per_year: 1e-5, source: [0.0, 0.0], rose: &rose, individual: &ball, outdoors: &ball, indoors: &ball };
        let cancel = AtomicBool::new(false);
        let progress = Progress { tell: &|_, _| (), cancel: &cancel };
        let refused = events(&[], &[case], 1, progress).unwrap_err();
        assert!(matches!(refused, Stopped::Refused(Refusal::UnknownPopulation { .. })));
        let empty = People { at: [10.0, 0.0], outdoors: 0.0, indoors: 0.0 };
        let events = events(&[empty], &[case], 1, progress).unwrap();
        assert!(!events.is_empty() && fn_curve(&events).is_empty());
    }

    #[test]
    fn there_are_no_spokes_at_two_kilometres() {
        // A cloud 70 m wide to either side at 2 km, winds from everywhere: wherever on the circle they live, as many die.
        let rose = Rose::uniform();
        let cloud = Footprint::new(3000.0, |x, y| if x > 0.0 { libm::exp(-0.5 * y * y / (0.035 * x * 0.035 * x)) } else { 0.0 }).unwrap();
        let none = Footprint::none();
        let case = Case { frequency_per_year: 1e-5, source: [0.0, 0.0], rose: &rose, individual: &cloud, outdoors: &cloud, indoors: &none };
        let cancel = AtomicBool::new(false);
        let progress = Progress { tell: &|_, _| (), cancel: &cancel };
        let living = |bearing: f64| {
            let at = [2000.0 * libm::sin(bearing.to_radians()), 2000.0 * libm::cos(bearing.to_radians())];
            let events = events(&[People { at, outdoors: 10.0, indoors: 0.0 }], &[case], 1, progress).unwrap();
            (potential_loss_of_life(&events), frequency_of(&events, 5.0))
        };
        let (loss, often) = living(0.0);
        for k in 0..97 {
            let (l, f) = living(3.7137 * f64::from(k));
            assert!((l / loss - 1.0).abs() < 1e-5, "{k}: {l} {loss}");
            // How often at least half die: one wind more or less of five.
            assert!((f / often - 1.0).abs() < 0.26, "{k}: {f} {often}");
        }
    }

    #[test]
    fn the_curve_never_rises() {
        let event = |frequency_per_year, deaths| Event { frequency_per_year, deaths };
        let curve = fn_curve(&[event(1e-5, 2.0), event(2e-6, 12.5), event(5e-7, 45.0), event(1e-6, 12.5), event(1e-3, 0.4)]);
        assert_eq!(curve.len(), 3);
        assert!(curve.windows(2).all(|pair| pair[0].1 >= pair[1].1 && pair[0].0 < pair[1].0));
    }
}
