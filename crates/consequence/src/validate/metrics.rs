//! FAC2, MG, VG, FB, NMSE and their kin. Specification 12; case MTR-001.

use libm::{exp, log};
use serde::Serialize;

/// Scores of paired values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    pub n: usize,
    /// Share with `0.5 ≤ p/o ≤ 2`, and with `0.2 ≤ p/o ≤ 5`.
    pub fac2: f64,
    pub fac5: f64,
    /// `exp(mean ln(o/p))`; above 1 is under-prediction.
    pub mg: f64,
    /// `exp(mean (ln(o/p))²)`.
    pub vg: f64,
    /// `2(ō − p̄)/(ō + p̄)`; positive is under-prediction.
    pub fb: f64,
    /// `mean((o − p)²)/(ō p̄)`.
    pub nmse: f64,
    pub mrb: f64,
    pub rsmre: f64,
    pub median_abs_ln: f64,
    pub p90_abs_ln: f64,
}

/// Scores of (observed, predicted).
///
/// Observations of zero are left out. A prediction below a tenth of the least observation counts as that: no instrument of the set would have
/// told it from nothing, and no ratio is formed with zero. A model without an answer (NaN) has predicted nothing.
pub fn score(pairs: impl Iterator<Item = (f64, f64)>) -> Score {
    let mut pairs: Vec<(f64, f64)> = pairs.filter(|(o, _)| *o > 0.0).collect();
    let floor = 0.1 * pairs.iter().map(|(o, _)| *o).fold(f64::INFINITY, f64::min);
    pairs.iter_mut().for_each(|(_, p)| *p = if p.is_finite() { p.max(floor) } else { floor });
    let n = pairs.len();
    let mean = |f: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|&(o, p)| f(o, p)).sum::<f64>() / n.max(1) as f64;
    let (o_mean, p_mean) = (mean(&|o, _| o), mean(&|_, p| p));
    let mut ln: Vec<f64> = pairs.iter().map(|&(o, p)| log(p / o).abs()).collect();
    ln.sort_by(f64::total_cmp);
    Score {
        n,
        fac2: mean(&|o, p| f64::from(u8::from(p >= 0.5 * o && p <= 2.0 * o))),
        fac5: mean(&|o, p| f64::from(u8::from(p >= 0.2 * o && p <= 5.0 * o))),
        mg: exp(mean(&|o, p| log(o / p))),
        vg: exp(mean(&|o, p| log(o / p) * log(o / p))),
        fb: 2.0 * (o_mean - p_mean) / (o_mean + p_mean),
        nmse: mean(&|o, p| (o - p) * (o - p)) / (o_mean * p_mean),
        mrb: 2.0 * mean(&|o, p| (p - o) / (p + o)),
        rsmre: 4.0 * mean(&|o, p| (p - o) * (p - o) / ((p + o) * (p + o))),
        median_abs_ln: quantile(&ln, 0.5),
        p90_abs_ln: quantile(&ln, 0.9),
    }
}

/// Quantile of sorted values, linear between neighbours; 0 of none.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    if sorted.is_empty() {
        return 0.0;
    }
    let place = q * (sorted.len() - 1) as f64;
    let i = (place as usize).min(sorted.len() - 1);
    let j = (i + 1).min(sorted.len() - 1);
    sorted[i] + (place - i as f64) * (sorted[j] - sorted[i])
}
