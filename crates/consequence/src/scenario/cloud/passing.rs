//! A cloud as it passes a place: when, and the toxic load it leaves.

use libm::{erf, sqrt};

use crate::dispersion::slab::field::Passage;
use crate::vulnerability::ToxicProbit;

/// A cloud whose front runs at 1.5 times the wind and whose rear passes with the last air, `sigma` long.
pub(super) fn passing(x: f64, u: f64, duration_s: f64, sigma: f64) -> Option<Passage> {
    if x <= 0.0 {
        // A burst lies upwind of its middle as well until the wind takes it away.
        let reaches = 3.0 * sigma;
        let lies = sigma > 0.0 && duration_s == 0.0 && -x < reaches;
        return lies.then(|| Passage { arrival_s: 0.0, peak_s: 0.0, duration_s: (reaches + x) / u });
    }
    let arrival_s = x / (1.5 * u);
    let end_s = (x + 3.0 * sigma) / u + duration_s;
    Some(Passage { arrival_s, peak_s: x / u + 0.5 * duration_s, duration_s: end_s - arrival_s })
}

/// Load of a steady concentration `c`, kg/m³, that a release of `t_d` s brings past, its ends blurred by `sigma`.
pub(super) fn finite_load(probit: &ToxicProbit, c: f64, t_d: f64, sigma: f64, u: f64, unit: impl Fn(f64) -> f64) -> f64 {
    if c <= 0.0 {
        return 0.0;
    }
    let root = sqrt(2.0) * sigma.max(1e-6);
    if erf(u * t_d / (2.0 * root)) > 0.98 {
        return probit.load(unit(c), t_d / 60.0);
    }
    let half_s = 0.5 * t_d + 3.0 * sigma / u;
    worst_minutes(probit, half_s, |t| unit(c * 0.5 * (erf(u * (t + 0.5 * t_d) / root) - erf(u * (t - 0.5 * t_d) / root))))
}

/// Load of a passage from `−half_s` to `half_s` about its middle in 20 steps, the worst counted first.
pub(super) fn worst_minutes(probit: &ToxicProbit, half_s: f64, at: impl Fn(f64) -> f64) -> f64 {
    const STEPS: usize = 20;
    let dt = 2.0 * half_s / STEPS as f64;
    let mut steps = [0.0; STEPS];
    for (i, c) in steps.iter_mut().enumerate() {
        *c = at(-half_s + (i as f64 + 0.5) * dt);
    }
    steps.sort_by(|a, b| b.total_cmp(a));
    probit.load_of(steps.iter().map(|c| (*c, dt / 60.0)))
}
