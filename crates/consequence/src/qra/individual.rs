//! Individual risk: how often a year somebody who always stands there, outdoors and unprotected, would be killed.

use libm::{atan2, sqrt};
use serde::Serialize;

use super::footprint::Turned;
use super::rose::BINS;
use super::{Case, Progress, Stopped, check, shares};
use crate::validity::positive;

/// A map grid. Axes `[north][east]`, values at cell centres, metres from the reference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Grid {
    /// Centre of the south-west cell: metres east, north.
    pub origin: [f64; 2],
    /// At most 50 m; at most 25 m within 500 m of a source.
    pub cell_m: f64,
    pub columns: usize,
    pub rows: usize,
}

impl Grid {
    pub fn centre(&self, column: usize, row: usize) -> [f64; 2] {
        [self.origin[0] + column as f64 * self.cell_m, self.origin[1] + row as f64 * self.cell_m]
    }
}

/// Individual risk per year on a grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiskGrid {
    pub grid: Grid,
    /// `[north][east]`, row after row.
    pub per_year: Vec<f64>,
}

/// Cases turned before they are laid on the grid; bounds the memory to about 60 MB.
const BLOCK: usize = 256;

/// `IR(x, y) = Σ f p_d P(x, y)` over all cases and winds, on a grid.
///
/// The footprint of a case is convolved with its rose once, in polar coordinates, so that a cell costs one look-up however many
/// directions the rose has. `threads` changes the time, never the result.
pub fn risk_grid(grid: Grid, cases: &[Case], threads: usize, progress: Progress) -> Result<RiskGrid, Stopped> {
    let mut per_year = vec![0.0; grid.columns * grid.rows];
    add_risk(grid, &mut per_year, cases, threads, progress)?;
    Ok(RiskGrid { grid, per_year })
}

/// Adds the risk of further cases to a grid's values, `[north][east]`.
pub fn add_risk(grid: Grid, per_year: &mut [f64], cases: &[Case], threads: usize, progress: Progress) -> Result<(), Stopped> {
    check(cases)?;
    positive("cell_m", grid.cell_m)?;
    let mut done = 0;
    for block in cases.chunks(BLOCK) {
        let turned = turn(block, threads, progress)?;
        let mut bands: Vec<&mut [f64]> = Vec::new();
        let mut rest = &mut *per_year;
        let rows = shares(grid.rows, threads);
        for band in &rows {
            let (head, tail) = rest.split_at_mut(band.len() * grid.columns);
            bands.push(head);
            rest = tail;
        }
        std::thread::scope(|scope| {
            for (band, out) in rows.into_iter().zip(bands) {
                let turned = &turned;
                scope.spawn(move || lay(grid, block, turned, band, out, progress));
            }
        });
        if progress.cancelled() {
            return Err(Stopped::Cancelled);
        }
        done += block.len();
        (progress.tell)(done, cases.len());
    }
    Ok(())
}

fn turn(block: &[Case], threads: usize, progress: Progress) -> Result<Vec<Turned>, Stopped> {
    let parts: Vec<Vec<Turned>> = std::thread::scope(|scope| {
        let handles: Vec<_> = shares(block.len(), threads)
            .into_iter()
            .map(|share| {
                let cases = &block[share];
                scope.spawn(move || {
                    cases.iter().take_while(|_| !progress.cancelled()).map(|case| case.individual.turned(case.rose)).collect::<Vec<_>>()
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("turning a footprint cannot panic")).collect()
    });
    if progress.cancelled() {
        return Err(Stopped::Cancelled);
    }
    Ok(parts.into_iter().flatten().collect())
}

fn lay(grid: Grid, block: &[Case], turned: &[Turned], rows: std::ops::Range<usize>, out: &mut [f64], progress: Progress) {
    let mut polar = vec![(0.0, 0.0); grid.columns];
    for (row, out) in rows.zip(out.chunks_mut(grid.columns)) {
        if progress.cancelled() {
            return;
        }
        let mut placed = [f64::NAN; 2];
        for (case, turned) in block.iter().zip(turned) {
            // Cases of one source follow one another as a rule; their geometry is the same.
            if case.source != placed {
                placed = case.source;
                for (column, polar) in polar.iter_mut().enumerate() {
                    *polar = distance_bearing(placed, grid.centre(column, row));
                }
            }
            for ((r, bearing), risk) in polar.iter().zip(out.iter_mut()) {
                if *r <= case.individual.reach_m() {
                    *risk += case.frequency_per_year * turned.at(*r, *bearing);
                }
            }
        }
    }
}

/// Distance, m, and bearing, degrees clockwise from north, 0–360, from one place to another.
pub fn distance_bearing(from: [f64; 2], to: [f64; 2]) -> (f64, f64) {
    let (east, north) = (to[0] - from[0], to[1] - from[1]);
    let bearing = atan2(east, north).to_degrees();
    (sqrt(east * east + north * north), if bearing < 0.0 { bearing + 360.0 } else { bearing })
}

/// What each case adds to the individual risk at one place, per year, in the order of the cases.
pub fn contributions(at: [f64; 2], cases: &[Case]) -> Vec<f64> {
    cases.iter().map(|case| case.frequency_per_year * share_at(at, case, |p| p)).collect()
}

/// Share killed at a place over all winds of a case, each wind's share first passed through `change`, which must keep zero.
///
/// Without a change it is what the turned footprint gives, without turning all of it.
pub fn share_at(at: [f64; 2], case: &Case, change: impl Fn(f64) -> f64) -> f64 {
    let (r, bearing) = distance_bearing(case.source, at);
    share_at_polar(r, bearing, case, change)
}

/// As [`share_at`], the place given by distance and bearing.
pub(super) fn share_at_polar(r: f64, bearing: f64, case: &Case, change: impl Fn(f64) -> f64) -> f64 {
    let mut sum = 0.0;
    for b in winds_near(case.individual.half_width_deg(r), bearing) {
        let rose = case.rose.share(b);
        if rose > 0.0 {
            sum += rose * change(case.individual.at(r, bearing - (b as f64 + 0.5)));
        }
    }
    sum
}

/// Bins of winds whose cloud may touch a bearing, the cloud `half_deg` wide to either side.
pub(super) fn winds_near(half_deg: usize, bearing: f64) -> impl Iterator<Item = usize> {
    let (first, n) = match half_deg {
        0 => (0, 0),
        half if half + 1 >= BINS / 2 => (0, BINS),
        half => (((bearing as usize % BINS) + BINS - half - 1) % BINS, 2 * half + 3),
    };
    (first..first + n).map(|b| b % BINS)
}

#[cfg(test)]
mod tests {
    use super::super::footprint::Footprint;
    use super::super::rose::Rose;
    use super::*;
    use std::sync::Mutex;
    use std::sync::atomic::AtomicBool;

    const GRID: Grid = Grid { origin: [-500.0, -500.0], cell_m: 20.0, columns: 51, rows: 51 };

    fn with_cases<T>(run: impl FnOnce(&[Case]) -> T) -> T {
        let rose = Rose::from_sectors(&[1.0, 2.0, 3.0, 1.0, 1.0, 1.0, 2.0, 5.0]).unwrap();
        let plume = Footprint::new(400.0, |x, y| if x > 0.0 && y.abs() < 0.2 * x { 0.8 } else { 0.0 }).unwrap();
        let ball = Footprint::round(120.0, |_| 1.0).unwrap();
        let case = |frequency_per_year, east, footprint| Case {
            frequency_per_year,
            source: [east, 0.0],
            rose: &rose,
            individual: footprint,
            outdoors: footprint,
            indoors: footprint,
        };
        run(&[case(1e-5, 0.0, &plume), case(2e-6, 0.0, &ball), case(1e-6, 100.0, &plume)])
    }

    #[test]
    fn threads_change_no_bit() {
        with_cases(|cases| {
            let cancel = AtomicBool::new(false);
            let progress = Progress { tell: &|_, _| (), cancel: &cancel };
            let one = risk_grid(GRID, cases, 1, progress).unwrap();
            assert_eq!(one, risk_grid(GRID, cases, 3, progress).unwrap());
            assert!(one.per_year.iter().all(|risk| risk.is_finite() && *risk >= 0.0));
        });
    }

    #[test]
    fn the_grid_is_the_sum_of_the_contributions() {
        with_cases(|cases| {
            let cancel = AtomicBool::new(false);
            let grid = risk_grid(GRID, cases, 2, Progress { tell: &|_, _| (), cancel: &cancel }).unwrap();
            for (column, row) in [(25, 25), (30, 10), (5, 40)] {
                let sum: f64 = contributions(GRID.centre(column, row), cases).iter().sum();
                let cell = grid.per_year[row * GRID.columns + column];
                // The turned table is kept in single precision.
                assert!((cell - sum).abs() <= 1e-6 * sum, "{cell} {sum}");
            }
        });
    }

    #[test]
    fn twice_the_frequency_is_twice_the_risk() {
        with_cases(|cases| {
            let cancel = AtomicBool::new(false);
            let progress = Progress { tell: &|_, _| (), cancel: &cancel };
            let doubled: Vec<Case> = cases.iter().map(|c| Case { frequency_per_year: 2.0 * c.frequency_per_year, ..*c }).collect();
            let (one, two) = (risk_grid(GRID, cases, 2, progress).unwrap(), risk_grid(GRID, &doubled, 2, progress).unwrap());
            assert!(one.per_year.iter().zip(&two.per_year).all(|(a, b)| (2.0 * a - b).abs() <= 1e-12 * b));
        });
    }

    #[test]
    fn a_run_tells_its_progress_and_can_be_cancelled() {
        with_cases(|cases| {
            let cancel = AtomicBool::new(false);
            let told = Mutex::new(Vec::new());
            let tell = |done, all| told.lock().unwrap().push((done, all));
            risk_grid(GRID, cases, 2, Progress { tell: &tell, cancel: &cancel }).unwrap();
            assert_eq!(*told.lock().unwrap(), [(3, 3)]);
            cancel.store(true, std::sync::atomic::Ordering::Relaxed);
            assert_eq!(risk_grid(GRID, cases, 2, Progress { tell: &tell, cancel: &cancel }), Err(Stopped::Cancelled));
        });
    }
}
