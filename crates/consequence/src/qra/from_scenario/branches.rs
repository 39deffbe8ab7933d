//! The ends of a release through the event tree: how often each, with which winds.

use super::{Deadly, ENDS, End};
use crate::Refusal;
use crate::qra::Case;
use crate::qra::ignition::{self, Outcome};
use crate::qra::rose::{BINS, Rose};
use crate::validity::within;

/// The wind of one period: how often the weather blows from where, and how likely its cloud is lit late.
#[derive(Clone, Copy)]
pub struct Blowing<'a> {
    /// Share of the year: of the period, and of the weather within it.
    pub share: f64,
    pub rose: &'a Rose,
    pub lit_late: &'a [f64; BINS],
}

/// One end of one release: how often in the year and in each period, by direction, and who dies where.
#[derive(Clone, Debug)]
pub struct Branch {
    pub deadly: Deadly,
    /// Frequency a year and the winds it comes with; `None` where it never happens.
    pub yearly: Option<(f64, Rose)>,
    /// The same, of each period's part of the year.
    pub periods: Vec<Option<(f64, Rose)>>,
}

fn case_of<'a>(of: Option<&'a (f64, Rose)>, source: [f64; 2], d: &'a Deadly) -> Option<Case<'a>> {
    let (frequency_per_year, rose) = of?;
    Some(Case {
        frequency_per_year: *frequency_per_year,
        source,
        rose,
        individual: &d.individual,
        outdoors: &d.outdoors,
        indoors: &d.indoors,
    })
}

impl Branch {
    pub fn case(&self, source: [f64; 2]) -> Option<Case<'_>> {
        case_of(self.yearly.as_ref(), source, &self.deadly)
    }

    pub fn case_in(&self, period: usize, source: [f64; 2]) -> Option<Case<'_>> {
        case_of(self.periods.get(period)?.as_ref(), source, &self.deadly)
    }
}

/// Ends of the tree that have a footprint, with their frequencies by direction.
///
/// `toxic_share` of the releases of a substance that is both toxic and flammable are taken as toxic only; the rest go through the tree, and
/// of them the unignited are toxic. A burst that is lit at once without a fireball, and a release without a flame of its own, burn as a
/// flash fire; so does an explosion that reaches no damaging pressure. What leaves nobody burnt or poisoned still leaves the burst's blast.
pub fn branches(
    frequency_per_year: f64,
    direct: f64,
    burst: bool,
    toxic_share: f64,
    deadly: Vec<Deadly>,
    periods: &[Blowing],
) -> Result<Vec<Branch>, Refusal> {
    let toxic_share = within("toxic_share", toxic_share, 0.0, 1.0, "between 0 and 1")?;
    let has = |end: End| deadly.iter().any(|d| d.end == end);
    let burns_as = |outcome: Outcome| match outcome {
        Outcome::Fireball if has(End::Fireball) => End::Fireball,
        Outcome::Fire if !burst && has(End::Fire) => End::Fire,
        Outcome::Explosion if has(End::Explosion) => End::Explosion,
        Outcome::Fireball | Outcome::Fire | Outcome::Explosion | Outcome::FlashFire => End::FlashFire,
        Outcome::Unignited => End::Toxic,
    };
    let strikes = |end: End| if has(end) { end } else { End::Burst };
    // [period][end][direction]
    let mut weights = vec![[[0.0; BINS]; ENDS.len()]; periods.len()];
    for (period, weights) in periods.iter().zip(&mut weights) {
        for (b, lit_late) in period.lit_late.iter().enumerate() {
            let f = frequency_per_year * period.share * period.rose.share(b);
            if f <= 0.0 {
                continue;
            }
            for (outcome, p) in ignition::event_tree(direct, *lit_late, burst)? {
                weights[strikes(burns_as(outcome)) as usize][b] += f * (1.0 - toxic_share) * p;
            }
            weights[strikes(End::Toxic) as usize][b] += f * toxic_share;
        }
    }
    let of = |deadly: Deadly| {
        let mut all = [0.0; BINS];
        let end = deadly.end as usize;
        for period in &weights {
            all.iter_mut().zip(&period[end]).for_each(|(all, w)| *all += w);
        }
        let periods = weights.iter().map(|period| Rose::from_bins(&period[end])).collect();
        Branch { deadly, yearly: Rose::from_bins(&all), periods }
    };
    Ok(deadly.into_iter().map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Validity;
    use crate::qra::from_scenario::example::{BURST, cloud, effects, poison};
    use crate::qra::from_scenario::{Indoors, footprints};

    #[test]
    fn frequencies_of_the_ends_add_up_to_the_scenario() {
        let e = effects("74-98-6", BURST);
        let all = footprints(&e, &cloud(&e), &poison(&e), Indoors::Tenth, &mut Validity::new()).unwrap();
        let rose = Rose::from_sectors(&[1.0, 2.0, 3.0, 4.0]).unwrap();
        let late = [1.0; BINS];
        let periods = [0.4, 0.6].map(|share| Blowing { share, rose: &rose, lit_late: &late });
        let branches = branches(1e-5, 0.7, true, 0.0, all, &periods).unwrap();
        let f = |end| branches.iter().find(|b| b.deadly.end == end).and_then(|b| b.yearly.as_ref()).map_or(0.0, |(f, _)| *f);
        assert!((f(End::Fireball) / 0.49e-5 - 1.0).abs() < 1e-9);
        // 0.3 of the directly lit, and the late ones, 0.4 of which explode if the cloud can.
        assert!(((f(End::FlashFire) + f(End::Explosion)) / 0.51e-5 - 1.0).abs() < 1e-9);
        let by_period: f64 = branches.iter().flat_map(|b| &b.periods).flatten().map(|(f, _)| f).sum();
        assert!((by_period / 1e-5 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_vessel_that_bursts_strikes_once_whatever_follows() {
        let e = effects("74-98-6", BURST);
        let all = footprints(&e, &cloud(&e), &poison(&e), Indoors::Tenth, &mut Validity::new()).unwrap();
        let burst = all.iter().find(|d| d.end == End::Burst).unwrap();
        assert!(burst.indoors.reach_m() > burst.individual.reach_m());
        assert!(all.iter().all(|d| d.individual.at(0.9 * burst.individual.reach_m(), 180.0) == 1.0), "part of every end");
        // Nothing lights it and it is not toxic: the blast alone, with the whole frequency.
        let rose = Rose::uniform();
        let late = [0.0; BINS];
        let branches = branches(1e-5, 0.0, true, 0.0, all, &[Blowing { share: 1.0, rose: &rose, lit_late: &late }]).unwrap();
        for b in &branches {
            let f = b.yearly.as_ref().map_or(0.0, |(f, _)| *f);
            assert!((f - if b.deadly.end == End::Burst { 1e-5 } else { 0.0 }).abs() < 1e-12, "{:?} {f}", b.deadly.end);
        }
    }
}
