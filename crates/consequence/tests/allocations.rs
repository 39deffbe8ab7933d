//! The inner loops take no memory from the heap (specification 12 §8): counted, not believed.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use anlan_consequence::dispersion::plume::Plume;
use anlan_consequence::dispersion::sigma::SigmaSet;
use anlan_consequence::dispersion::slab::{self, Closure, Release, Source, Weather};
use anlan_consequence::meteorology::Stability;
use anlan_consequence::properties::substance;

struct Counting;

thread_local! {
    static TAKEN: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TAKEN.with(|n| n.set(n.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: `place` came from `alloc` above.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn taken<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = TAKEN.with(Cell::get);
    let answer = work();
    (TAKEN.with(Cell::get) - before, answer)
}

#[test]
fn a_plume_and_its_outline_take_nothing() {
    let plume = Plume { q: 1.0, u: 3.0, h: 2.0, stability: Stability::D, sigmas: SigmaSet::BriggsRural, h_mix: None, averaging_s: 600.0 };
    let mut outline = [(0.0, 0.0); 80];
    plume.footprint(1e-5, 1.5, Some(600.0), &mut outline);
    let (n, filled) = taken(|| plume.footprint(1e-5, 1.5, Some(600.0), &mut outline));
    assert_eq!((n, filled), (0, Some(80)));
}

#[test]
fn a_dense_run_takes_its_stations_once() {
    let chlorine = substance("7782-50-5").unwrap();
    let weather = Weather { u: 2.0, z_m: 10.0, z0: 0.1, inverse_length: 0.02, t_a: 293.0, p: 101_325.0, humidity: 0.6, sigma_theta: None };
    for source in [
        Source::Pool { q: 5.0, area: 50.0, duration: 600.0 },
        Source::HorizontalJet { q: 5.0, area: 0.006, height: 1.0, duration: 600.0 },
        Source::Instantaneous { mass: 2000.0, area: 60.0 },
    ] {
        let release = Release::of(chlorine, source, 239.2, 0.5, 101_325.0).unwrap();
        let (n, cloud) = taken(|| slab::run(&release, &weather, Closure::Improved, 5000.0).unwrap());
        // The list of stations may grow once or twice when a plume goes on as a puff.
        assert!(n <= 3, "{source:?}: {n} for {} stations", cloud.stations.len());
        let (n, _) = taken(|| cloud.concentration(500.0, 10.0, 1.5, 600.0));
        assert_eq!(n, 0);
    }
}
