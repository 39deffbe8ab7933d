//! Quantitative risk: individual risk on a grid, F–N curves, the criteria of GB 36894, ignition and uncertainty (specification 10).
//!
//! Everything is deterministic: each cell is summed by one thread in the order of the cases, so the number of threads changes no bit.

pub mod criteria;
pub mod external_distance;
pub mod footprint;
pub mod frequencies;
pub mod from_scenario;
pub mod ignition;
pub mod individual;
pub mod park;
pub mod rose;
pub mod societal;
pub mod uncertainty;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::Refusal;
use footprint::Footprint;
use rose::Rose;

/// One branch of one scenario in one weather: how often, where from, which way the wind blows, and who dies where.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Scenario × weather × ignition branch, per year; the wind's direction comes from the rose.
    pub frequency_per_year: f64,
    /// Source on the map: metres east and north of the grid's reference.
    pub source: [f64; 2],
    pub rose: &'a Rose,
    /// Share killed of people outdoors and unprotected all year.
    pub individual: &'a Footprint,
    /// Share killed of the clothed outdoors; for societal risk.
    pub outdoors: &'a Footprint,
    /// Share killed of those indoors.
    pub indoors: &'a Footprint,
}

/// Tells how far a long run has come, and may end it. The callback gets (done, all) and is called from any thread.
#[derive(Clone, Copy)]
pub struct Progress<'a> {
    pub tell: &'a (dyn Fn(usize, usize) + Sync),
    pub cancel: &'a AtomicBool,
}

impl Progress<'_> {
    fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}

/// Why a risk run has no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Stopped {
    #[error("the run was cancelled")]
    Cancelled,
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Splits `0..n` into as many runs as there are threads; the bounds depend on nothing else.
fn shares(n: usize, threads: usize) -> Vec<std::ops::Range<usize>> {
    let threads = threads.clamp(1, n.max(1));
    (0..threads).map(|i| n * i / threads..n * (i + 1) / threads).collect()
}

/// `f` of each of `0..n` in their order, worked off by as many threads as given; ends early when the run is cancelled.
///
/// Who computes what depends on the machine, what is returned does not.
fn each<T: Send>(n: usize, threads: usize, progress: Progress, f: impl Fn(usize) -> T + Sync) -> Result<Vec<T>, Stopped> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while !progress.cancelled() {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= n {
                break;
            }
            done.push((i, f(i)));
        }
        done
    };
    let mut all: Vec<(usize, T)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads.clamp(1, n.max(1))).map(|_| scope.spawn(work)).collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("models refuse, they do not panic")).collect()
    });
    if progress.cancelled() {
        return Err(Stopped::Cancelled);
    }
    all.sort_by_key(|(i, _)| *i);
    Ok(all.into_iter().map(|(_, t)| t).collect())
}

fn check(cases: &[Case]) -> Result<(), Refusal> {
    for case in cases {
        crate::validity::not_negative("frequency_per_year", case.frequency_per_year)?;
        if !(case.source[0].is_finite() && case.source[1].is_finite()) {
            return Err(Refusal::OutOfDomain { input: "source", value: case.source[0], wanted: "a place on the map" });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_keeps_the_order_whatever_the_threads() {
        let cancel = std::sync::atomic::AtomicBool::new(false);
        let progress = Progress { tell: &|_, _| (), cancel: &cancel };
        let squares = |threads| each(100, threads, progress, |i| i * i).unwrap();
        assert_eq!(squares(1), squares(7));
        assert_eq!(squares(3)[99], 99 * 99);
    }
}
