//! Roots, integrals and differential equations with stated limits, the same on every machine. Absent on purpose: heap, NaN answers.

use libm::{pow, sqrt};

/// Steps after which Brent's method ends.
const MOST_STEPS: usize = 60;

/// Root of `f` between `a` and `b` by Brent's method; `None` unless `f` changes sign there. At most 60 steps; a bracket that is then still
/// wider than a millionth of the root or of the interval is no answer.
///
/// Source: R. P. Brent (1973), Algorithms for Minimization without Derivatives, chapter 4.
pub fn brent(mut f: impl FnMut(f64) -> f64, a: f64, b: f64, rtol: f64) -> Option<f64> {
    let width = (b - a).abs();
    let (mut a, mut b) = (a, b);
    let (mut fa, mut fb) = (f(a), f(b));
    if fa == 0.0 {
        return Some(a);
    }
    if fb == 0.0 {
        return Some(b);
    }
    if !(fa.is_finite() && fb.is_finite()) || fa.signum() == fb.signum() {
        return None;
    }
    let (mut c, mut fc) = (a, fa);
    let mut d = b - a;
    let mut e = d;
    for _ in 0..MOST_STEPS {
        if fb.signum() == fc.signum() {
            (c, fc) = (a, fa);
            d = b - a;
            e = d;
        }
        if fc.abs() < fb.abs() {
            (a, b, c) = (b, c, b);
            (fa, fb, fc) = (fb, fc, fb);
        }
        let tol = 2.0 * f64::EPSILON * b.abs() + 0.5 * rtol * b.abs().max(f64::MIN_POSITIVE);
        let m = 0.5 * (c - b);
        if m.abs() <= tol || fb == 0.0 {
            return Some(b);
        }
        if e.abs() >= tol && fa.abs() > fb.abs() {
            let s = fb / fa;
            let (mut p, mut q) = if a == c {
                (2.0 * m * s, 1.0 - s)
            } else {
                let q = fa / fc;
                let r = fb / fc;
                (s * (2.0 * m * q * (q - r) - (b - a) * (r - 1.0)), (q - 1.0) * (r - 1.0) * (s - 1.0))
            };
            if p > 0.0 {
                q = -q;
            }
            p = p.abs();
            if 2.0 * p < (3.0 * m * q - (tol * q).abs()).min((e * q).abs()) {
                e = d;
                d = p / q;
            } else {
                d = m;
                e = m;
            }
        } else {
            d = m;
            e = m;
        }
        (a, fa) = (b, fb);
        b += if d.abs() > tol { d } else { tol.copysign(m) };
        fb = f(b);
        if !fb.is_finite() {
            return None;
        }
    }
    ((c - b).abs() <= 1e-6 * b.abs().max(width) || fb == 0.0).then_some(b)
}

/// Largest of values that are not below zero; 0 of none, and no figure where one of them is none: that must never read as no effect.
pub fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, |most, value| if value.is_nan() || most.is_nan() { f64::NAN } else { f64::max(most, value) })
}

/// Nodes and weights of the 8-point Gauss–Legendre rule on −1…1 (positive half; the rule is symmetric).
pub const GAUSS_8: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// Integral of `f` from `a` to `b` by the 8-point Gauss rule.
pub fn gauss_8(mut f: impl FnMut(f64) -> f64, a: f64, b: f64) -> f64 {
    let m = 0.5 * (a + b);
    let h = 0.5 * (b - a);
    GAUSS_8.iter().map(|&(x, w)| w * (f(m - h * x) + f(m + h * x))).sum::<f64>() * h
}

/// Dormand and Prince's embedded Runge–Kutta rule of order 5(4) for `y' = f(t, y)` with N unknowns, all on the stack.
///
/// Source: J. R. Dormand, P. J. Prince (1980), J. Comp. Appl. Math. 6, 19–26; dense output and step control as in Hairer, Nørsett, Wanner,
/// Solving Ordinary Differential Equations I, II.4–II.6.
#[derive(Debug, Clone, Copy)]
pub struct DormandPrince<const N: usize> {
    pub t: f64,
    pub y: [f64; N],
    /// Relative error of a step, and the size below which an unknown does not count.
    pub rtol: f64,
    pub atol: [f64; N],
    /// Next step to try, and the longest.
    h: f64,
    h_most: f64,
    k1: Option<[f64; N]>,
}

/// One accepted step with its interpolant.
#[derive(Debug, Clone, Copy)]
pub struct Step<const N: usize> {
    pub t: f64,
    pub h: f64,
    c: [[f64; N]; 5],
}

#[rustfmt::skip]
mod tableau {
    pub const C: [f64; 5] = [1.0 / 5.0, 3.0 / 10.0, 4.0 / 5.0, 8.0 / 9.0, 1.0];
    pub const A: [[f64; 5]; 5] = [
        [1.0 / 5.0,        0.0,              0.0,              0.0,           0.0],
        [3.0 / 40.0,       9.0 / 40.0,       0.0,              0.0,           0.0],
        [44.0 / 45.0,      -56.0 / 15.0,     32.0 / 9.0,       0.0,           0.0],
        [19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0, 0.0],
        [9017.0 / 3168.0,  -355.0 / 33.0,    46732.0 / 5247.0, 49.0 / 176.0,  -5103.0 / 18656.0],
    ];
    /// Of stages 1, 3, 4, 5, 6.
    pub const B: [f64; 5] = [35.0 / 384.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0];
    /// Fifth less fourth order, of stages 1, 3, 4, 5, 6, 7.
    pub const E: [f64; 6] = [71.0 / 57600.0, -71.0 / 16695.0, 71.0 / 1920.0, -17253.0 / 339200.0, 22.0 / 525.0, -1.0 / 40.0];
    /// Dense output, of stages 1, 3, 4, 5, 6, 7.
    pub const D: [f64; 6] = [
        -12715105075.0 / 11282082432.0, 87487479700.0 / 32700410799.0, -10690763975.0 / 1880347072.0,
        701980252875.0 / 199316789632.0, -1453857185.0 / 822651844.0, 69997945.0 / 29380423.0,
    ];
}

impl<const N: usize> DormandPrince<N> {
    pub fn new(t: f64, y: [f64; N], first_step: f64, longest_step: f64, rtol: f64, atol: [f64; N]) -> Self {
        Self { t, y, rtol, atol, h: first_step.min(longest_step), h_most: longest_step, k1: None }
    }

    /// Starts again from another state, where the right side has a jump; the next step is no longer than `first_step`.
    pub fn restart(&mut self, t: f64, y: [f64; N], first_step: f64) {
        (self.t, self.y, self.h, self.k1) = (t, y, self.h.min(first_step), None);
    }

    /// Asks anew for the slope where the last step ended: the right side has changed there.
    pub fn refresh(&mut self) {
        self.k1 = None;
    }

    /// One step, not beyond `t_end`; where `f` refuses a trial state the step is shortened. `None` where no step of a billionth of the way is good enough, or the state is not finite.
    pub fn step<E>(&mut self, t_end: f64, mut f: impl FnMut(f64, &[f64; N]) -> Result<[f64; N], E>) -> Result<Option<Step<N>>, E> {
        use tableau::{D, E};
        let (t, y) = (self.t, self.y);
        let k1 = match self.k1 {
            Some(k1) => k1,
            None => f(t, &y)?,
        };
        let least = 1e-9 * (t_end - t).abs().max(1e-9);
        for _ in 0..MOST_STEPS {
            // A last sliver is joined to the step before it.
            let left = t_end - t;
            let h = if self.h > 0.9 * left { left } else { self.h };
            let (k, y1) = match stages(t, h, &y, &k1, &mut f) {
                Ok(done) => done,
                Err(e) if h <= least => return Err(e),
                Err(_) => {
                    self.h = 0.2 * h;
                    continue;
                }
            };
            let mut error = 0.0;
            for i in 0..N {
                let e = h * (E[0] * k[0][i] + E[1] * k[2][i] + E[2] * k[3][i] + E[3] * k[4][i] + E[4] * k[5][i] + E[5] * k[6][i]);
                let size = self.atol[i] + self.rtol * y[i].abs().max(y1[i].abs());
                error += (e / size) * (e / size);
            }
            let error = sqrt(error / N as f64);
            let finite = error.is_finite();
            let grow = if finite { (0.9 * pow(error.max(1e-10), -0.2)).clamp(0.2, 5.0) } else { 0.1 };
            if finite && error <= 1.0 {
                self.h = if h < self.h { self.h } else { (h * grow).min(self.h_most) };
                (self.t, self.y, self.k1) = (t + h, y1, Some(k[6]));
                let mut c = [y; 5];
                for i in 0..N {
                    let rise = y1[i] - y[i];
                    let bend = h * k[0][i] - rise;
                    c[1][i] = rise;
                    c[2][i] = bend;
                    c[3][i] = rise - h * k[6][i] - bend;
                    c[4][i] = h * (D[0] * k[0][i] + D[1] * k[2][i] + D[2] * k[3][i] + D[3] * k[4][i] + D[4] * k[5][i] + D[5] * k[6][i]);
                }
                return Ok(Some(Step { t, h, c }));
            }
            self.h = h * grow;
            if self.h < least {
                return Ok(None);
            }
        }
        Ok(None)
    }
}

/// The seven slopes of a step of length `h` and the state at its end.
type Stages<const N: usize> = ([[f64; N]; 7], [f64; N]);

fn stages<const N: usize, E>(
    t: f64,
    h: f64,
    y: &[f64; N],
    k1: &[f64; N],
    f: &mut impl FnMut(f64, &[f64; N]) -> Result<[f64; N], E>,
) -> Result<Stages<N>, E> {
    use tableau::{A, B, C};
    let mut k = [*k1; 7];
    for stage in 0..5 {
        let mut at = *y;
        for (i, at) in at.iter_mut().enumerate() {
            let sum: f64 = (0..=stage).map(|j| A[stage][j] * k[j][i]).sum();
            *at += h * sum;
        }
        k[stage + 1] = f(t + C[stage] * h, &at)?;
    }
    let mut y1 = *y;
    for (i, y1) in y1.iter_mut().enumerate() {
        *y1 += h * (B[0] * k[0][i] + B[1] * k[2][i] + B[2] * k[3][i] + B[3] * k[4][i] + B[4] * k[5][i]);
    }
    k[6] = f(t + h, &y1)?;
    Ok((k, y1))
}

impl<const N: usize> Step<N> {
    /// The unknowns at `t` within the step, to fourth order.
    pub fn at(&self, t: f64) -> [f64; N] {
        let s = (t - self.t) / self.h;
        let s1 = 1.0 - s;
        let mut y = self.c[0];
        for (i, y) in y.iter_mut().enumerate() {
            *y += s * (self.c[1][i] + s1 * (self.c[2][i] + s * (self.c[3][i] + s1 * self.c[4][i])));
        }
        y
    }

    /// When `g` changes sign within the step, by bisection; `None` if it does not.
    pub fn event(&self, mut g: impl FnMut(f64, &[f64; N]) -> f64) -> Option<f64> {
        let (mut low, mut high) = (self.t, self.t + self.h);
        let before = g(low, &self.at(low));
        let after = g(high, &self.at(high));
        if before.signum() == after.signum() || !(before.is_finite() && after.is_finite()) {
            return None;
        }
        for _ in 0..MOST_STEPS {
            let mid = 0.5 * (low + high);
            if g(mid, &self.at(mid)).signum() == before.signum() { low = mid } else { high = mid }
        }
        Some(high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use libm::{cos, sin};
    use std::convert::Infallible;

    #[test]
    fn a_circle_is_followed_and_its_crossing_found() {
        let circle = |_: f64, y: &[f64; 2]| Ok::<_, Infallible>([-y[1], y[0]]);
        let mut solver = DormandPrince::new(0.0, [1.0, 0.0], 0.1, 10.0, 1e-8, [1e-8; 2]);
        let mut crossed = None;
        let mut steps = 0;
        while solver.t < 10.0 {
            let step = solver.step(10.0, circle).unwrap().unwrap();
            steps += 1;
            let mid = step.t + 0.37 * step.h;
            assert!((step.at(mid)[0] - cos(mid)).abs() < 1e-6 && (step.at(mid)[1] - sin(mid)).abs() < 1e-6);
            crossed = crossed.or(step.event(|_, y| y[0]));
        }
        assert!((solver.y[0] - cos(10.0)).abs() < 1e-6 && steps < 100, "{:?} {steps}", solver.y);
        assert!((crossed.unwrap() - std::f64::consts::FRAC_PI_2).abs() < 1e-6);
    }

    #[test]
    fn a_root_is_found_or_there_is_none() {
        assert!((brent(|x| x * x - 2.0, 0.0, 2.0, 1e-12).unwrap() - sqrt(2.0)).abs() < 1e-12);
        assert_eq!(brent(|x| x * x + 1.0, 0.0, 2.0, 1e-12), None);
    }
}
