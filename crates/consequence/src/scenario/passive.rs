//! Passive clouds as a scenario asks for them: a finite plume with a near and a far spread, a pool that is an area near by, a plume near
//! the ground by similarity, and a puff that begins with a size.

use libm::{erf, exp, log, pow, sqrt};
use std::f64::consts::PI;

use super::cloud::{Ellipse, FARTHEST_M, edge, envelope};
use super::effects::FLAMMABLE_S;
use super::release::{Released, Source};
use super::weather::Air;
use crate::dispersion::plume::{self, Plume, vertical};
use crate::dispersion::puff::Puff;
use crate::dispersion::sigma::{SigmaSet, Spread, averaging_factor};
use crate::dispersion::similarity::{PlumeAt, SimilarityPlume};
use crate::explosion::flammable_mass;
use crate::numerics::largest;
use crate::{Refusal, Validity};

/// To here the near set holds, from there the far one; between them ln c goes over, m.
const NEAR_M: f64 = 2_000.0;
const FAR_M: f64 = 3_000.0;
/// Roughness from which a place counts as built up, m.
const URBAN_M: f64 = 0.5;

/// A plume of limited duration. Concentrations in kg/m³.
#[derive(Debug, Clone, Copy)]
pub struct FinitePlume {
    near: Plume,
    far: Plume,
    duration_s: f64,
    /// How far upwind the virtual point of a pool lies, m.
    upwind_m: f64,
    /// Half the side of the square that stands for a pool, m; zero for a point.
    half_side_m: f64,
}

impl FinitePlume {
    pub fn of(r: &Released, air: &Air, duration_s: f64, compat_aqt3046: bool) -> Result<Self, Refusal> {
        let (near, far) = if compat_aqt3046 {
            let urban = SigmaSet::BriggsUrban { compat_aqt3046: true };
            (urban, urban)
        } else if air.z0 >= URBAN_M {
            (SigmaSet::BriggsUrban { compat_aqt3046: false }, SigmaSet::Tno { z0: air.z0.min(1.0) })
        } else {
            (SigmaSet::BriggsRural, SigmaSet::Isc3Rural)
        };
        let of = |sigmas: SigmaSet| Plume {
            q: r.rate_kg_s,
            u: air.wind(r.height_m.max(2.0)),
            h: r.height_m,
            stability: air.stability,
            sigmas,
            h_mix: air.h_mix,
            averaging_s: 600.0,
        };
        let (upwind_m, half_side_m) = match r.source {
            Source::Pool { radius_m, .. } => (plume::virtual_distance(near, air.stability, 2.0 * radius_m)?, 0.5 * sqrt(PI) * radius_m),
            _ => (0.0, 0.0),
        };
        Ok(Self { near: of(near), far: of(far), duration_s, upwind_m, half_side_m })
    }

    pub fn checked(&self) -> Result<Validity, Refusal> {
        self.near.checked()
    }

    pub fn wind(&self) -> f64 {
        self.near.u
    }

    pub fn urban(&self) -> bool {
        matches!(self.near.sigmas, SigmaSet::BriggsUrban { .. })
    }

    pub fn duration_s(&self) -> f64 {
        self.duration_s
    }

    /// Where its source begins, m: zero for a point.
    pub fn upwind_edge(&self) -> f64 {
        -self.half_side_m
    }

    /// Share of the far set at `x` from the virtual point.
    fn far_share(&self, x: f64) -> f64 {
        if self.near.sigmas == self.far.sigmas { 0.0 } else { (log(x.max(1.0) / NEAR_M) / log(FAR_M / NEAR_M)).clamp(0.0, 1.0) }
    }

    fn with(&self, plume: &Plume, averaging_s: f64) -> Plume {
        Plume { averaging_s: averaging_s.max(20.0), ..*plume }
    }

    /// The square of a pool counts itself to two diameters.
    fn over_pool(&self, x: f64) -> bool {
        self.half_side_m > 0.0 && x < 4.0 * self.half_side_m
    }

    /// Concentration of a release without end, kg/m³. Zero upwind of the source.
    pub fn steady(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        if x <= self.upwind_edge() {
            return 0.0;
        }
        if self.over_pool(x) {
            return self.with(&self.near, averaging_s).from_area(self.half_side_m, x, y, z);
        }
        let x = x + self.upwind_m;
        match self.far_share(x) {
            0.0 => self.with(&self.near, averaging_s).concentration(x, y, z),
            1.0 => self.with(&self.far, averaging_s).concentration(x, y, z),
            share => {
                let (near, far) = (self.with(&self.near, averaging_s), self.with(&self.far, averaging_s));
                let ln = |plume: Plume| log(plume.concentration(x, y, z).max(1e-300));
                exp((1.0 - share) * ln(near) + share * ln(far))
            }
        }
    }

    /// Spread at `x`, m; that of the blend where two sets meet.
    pub fn spread(&self, x: f64, averaging_s: f64) -> Spread {
        let x = (x + self.upwind_m).max(1e-3);
        let share = self.far_share(x);
        let at = |plume: &Plume| self.with(plume, averaging_s).spread(x).unwrap_or(Spread { x: 1e-3, y: 1e-3, z: 1e-3 });
        let (near, far) = (at(&self.near), at(&self.far));
        let mix = |a: f64, b: f64| 1.0 / sqrt((1.0 - share) / (a * a) + share / (b * b));
        Spread { x: mix(near.x, far.x), y: mix(near.y, far.y), z: mix(near.z, far.z) }
    }

    /// Largest in time, kg/m³: a short release neither fills the plume's length nor the averaging time.
    pub fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        let c = self.steady(x, y, z, averaging_s);
        if c <= 0.0 {
            return 0.0;
        }
        c * self.time_share(x, averaging_s)
    }

    /// Share of the steady value that the release reaches at `x` in its worst `averaging_s`.
    fn time_share(&self, x: f64, averaging_s: f64) -> f64 {
        let finite = erf(self.near.u * self.duration_s / (2.0 * sqrt(2.0) * self.spread(x, 600.0).x));
        finite.min(self.duration_s / averaging_s.max(1.0)).min(1.0)
    }

    pub fn reach(&self, c: f64, z: f64, averaging_s: f64) -> Option<f64> {
        reach(|x| self.concentration(x, 0.0, z, averaging_s), c)
    }

    /// Half-width of the area over `c`, m.
    pub fn half_width(&self, x: f64, z: f64, c: f64, averaging_s: f64) -> f64 {
        let axis = self.concentration(x, 0.0, z, averaging_s);
        if axis <= c {
            return 0.0;
        }
        if self.over_pool(x) {
            // The square's own profile across the wind, with the spread from its middle to here.
            let b = self.half_side_m;
            let sigma = self.with(&self.near, averaging_s).spread((x + 0.5 * b).max(0.5)).map_or(0.5, |s| s.y);
            let root = sqrt(2.0) * sigma;
            let across = |y: f64| (erf((y + b) / root) - erf((y - b) / root)) / (2.0 * erf(b / root));
            return edge(b + 5.0 * sigma, |y| axis * across(y) >= c);
        }
        self.spread(x, averaging_s).y * sqrt(2.0 * log(axis / c))
    }

    /// Mass between two concentrations, kg: on the axis at the height of the plume.
    pub fn flammable_mass(&self, lfl: f64, ufl: f64) -> f64 {
        let (u, h) = (self.near.u, self.near.h);
        let axis = |x: f64| self.steady(x - self.upwind_m, 0.0, h, FLAMMABLE_S);
        let end = self.reach(lfl, h, FLAMMABLE_S).map_or(0.0, |x| x + self.upwind_m);
        // A puff of short duration holds what was released; the caller limits to it.
        let from = self.upwind_m.max(0.1_f64.min(0.5 * end));
        flammable_mass::of_plume(self.near.q.max(1e-12), u, lfl, ufl, from.max(1e-6), end, axis).unwrap_or(f64::NAN)
    }
}

/// Farthest x at which a concentration that falls with distance is still `c`, to 0.1 %; beyond [`FARTHEST_M`] it is that. No figure where a
/// concentration has none.
fn reach(at: impl Fn(f64) -> f64, c: f64) -> Option<f64> {
    let mut far = FARTHEST_M;
    let most = at(far);
    if most.is_nan() {
        return Some(f64::NAN);
    }
    if most >= c {
        return Some(far);
    }
    while far > 0.1 {
        let near = far / 1.12;
        let there = at(near);
        if there.is_nan() {
            return Some(f64::NAN);
        }
        if there >= c {
            let (mut low, mut high) = (near, far);
            while high / low > 1.0005 {
                let middle = sqrt(low * high);
                let between = at(middle);
                if between.is_nan() {
                    return Some(f64::NAN);
                }
                if between >= c { low = middle } else { high = middle }
            }
            return Some(low);
        }
        far = near;
    }
    None
}

/// A plume near the ground in measured turbulence, tabled in ln x. Concentrations in kg/m³.
#[derive(Debug, Clone)]
pub struct NearGround {
    plume: SimilarityPlume,
    duration_s: f64,
    at: [PlumeAt; NearGround::STATIONS],
}

impl NearGround {
    const STATIONS: usize = 96;

    fn x(i: usize) -> f64 {
        pow(FARTHEST_M, i as f64 / (Self::STATIONS - 1) as f64)
    }

    pub fn of(r: &Released, air: &Air, duration_s: f64, notes: &mut Validity) -> Result<Self, Refusal> {
        let plume = SimilarityPlume {
            q: r.rate_kg_s,
            h: r.height_m,
            u_star: air.u_star,
            inverse_length: air.inverse_length,
            z0: air.z0,
            sigma_theta: air.sigma_theta_deg().to_radians(),
            h_mix: air.h_mix,
        };
        notes.merge(&plume.checked()?);
        let mut xs = [0.0; Self::STATIONS];
        xs.iter_mut().enumerate().for_each(|(i, x)| *x = Self::x(i));
        let mut at = [PlumeAt { z_mean: 1.0, u_p: 1.0, sigma_y: 1.0, s: 1.5 }; Self::STATIONS];
        plume.along(&xs, &mut at);
        Ok(Self { plume, duration_s, at })
    }

    pub fn duration_s(&self) -> f64 {
        self.duration_s
    }

    fn place(&self, x: f64) -> PlumeAt {
        let i = (log(x.clamp(1.0, FARTHEST_M)) / log(FARTHEST_M) * (Self::STATIONS - 1) as f64).min((Self::STATIONS - 1) as f64 - 1e-9);
        let (low, share) = (i as usize, i - libm::floor(i));
        let (a, b) = (&self.at[low], &self.at[low + 1]);
        let mix = |a: f64, b: f64| exp((1.0 - share) * log(a) + share * log(b));
        PlumeAt { z_mean: mix(a.z_mean, b.z_mean), u_p: mix(a.u_p, b.u_p), sigma_y: mix(a.sigma_y, b.sigma_y), s: mix(a.s, b.s) }
    }

    pub fn wind_at(&self, x: f64) -> f64 {
        self.place(x).u_p
    }

    pub fn sigma_y(&self, x: f64, averaging_s: f64) -> f64 {
        self.place(x).sigma_y * averaging_factor(averaging_s.max(20.0), 600.0)
    }

    pub fn steady(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        let place = self.place(x);
        let sigma = self.sigma_y(x, averaging_s);
        self.plume.cross_wind_integral(&place, z) / (sqrt(2.0 * PI) * sigma) * exp(-0.5 * (y / sigma) * (y / sigma))
    }

    pub fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        let finite = erf(self.wind_at(x) * self.duration_s / (2.0 * sqrt(2.0) * self.sigma_y(x, 600.0)));
        self.steady(x, y, z, averaging_s) * finite.min(self.duration_s / averaging_s.max(1.0)).min(1.0)
    }

    pub fn reach(&self, c: f64, z: f64, averaging_s: f64) -> Option<f64> {
        reach(|x| self.concentration(x, 0.0, z, averaging_s), c)
    }

    pub fn half_width(&self, x: f64, z: f64, c: f64, averaging_s: f64) -> f64 {
        let axis = self.concentration(x, 0.0, z, averaging_s);
        if axis > c { self.sigma_y(x, averaging_s) * sqrt(2.0 * log(axis / c)) } else { 0.0 }
    }

    pub fn flammable_mass(&self, lfl: f64, ufl: f64) -> f64 {
        let end = self.reach(lfl, 0.0, FLAMMABLE_S).unwrap_or(0.0);
        let axis = |x: f64| self.steady(x, 0.0, 0.0, FLAMMABLE_S);
        let u = self.wind_at(0.5 * end);
        flammable_mass::of_plume(self.plume.q.max(1e-12), u, lfl, ufl, 0.1_f64.min(0.5 * end).max(1e-6), end, axis).unwrap_or(f64::NAN)
    }
}

/// A puff that has a size when it starts. Concentrations in kg/m³.
#[derive(Debug, Clone, Copy)]
pub struct AgedPuff {
    pub puff: Puff,
    /// How far upwind a point puff would have started, m.
    pub upwind_m: f64,
}

impl AgedPuff {
    /// As wide as the half-sphere it starts with: `σy = R/2.15`, as the virtual source of a pool; never denser than the pure gas.
    pub fn of(r: &Released, air: &Air, radius_m: f64, kg_m3: f64) -> Result<Self, Refusal> {
        let puff = Puff {
            m: r.mass_kg,
            u: air.wind(r.height_m.max(2.0)),
            h: r.height_m,
            stability: air.stability,
            sigmas: SigmaSet::CcpsPuff,
            h_mix: air.h_mix,
        };
        let mut upwind_m = plume::virtual_distance(SigmaSet::CcpsPuff, air.stability, 2.0 * radius_m)?.max(0.1);
        while puff.peak(upwind_m, 0.0) > kg_m3 && upwind_m < 1e4 {
            upwind_m *= 1.1;
        }
        Ok(Self { puff, upwind_m })
    }

    pub fn spread(&self, x: f64) -> Spread {
        let x = (x.max(0.0) + self.upwind_m).max(1e-2);
        self.puff.sigmas.at(x, self.puff.stability).unwrap_or(Spread { x: 1.0, y: 1.0, z: 1.0 })
    }

    /// Peak as the middle passes `x ≥ 0`, mean of the worst `averaging_s`.
    fn middle(&self, x: f64, z: f64, averaging_s: f64) -> f64 {
        let s = self.spread(x);
        let peak = self.puff.m / (pow(2.0 * PI, 1.5) * s.x * s.y * s.z) * vertical(z, self.puff.h, s.z, self.puff.h_mix);
        let half = self.puff.u * averaging_s / (2.0 * sqrt(2.0) * s.x);
        if half < 0.05 { peak } else { peak * sqrt(PI) / 2.0 * erf(half) / half }
    }

    /// Largest in time: as the middle passes; upwind of the start, as it starts.
    pub fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        let s = self.spread(x);
        let behind = x.min(0.0) / s.x;
        self.middle(x.max(0.0), z, averaging_s) * exp(-0.5 * ((y / s.y) * (y / s.y) + behind * behind))
    }

    pub fn reach(&self, c: f64, z: f64, averaging_s: f64) -> Option<f64> {
        envelope(&self.ellipses(c, z, averaging_s)).map(|ends| ends.1)
    }

    /// Outlines at a level as it travels.
    pub fn ellipses(&self, c: f64, z: f64, averaging_s: f64) -> Vec<Ellipse> {
        let Some(last) = reach(|x| self.middle(x, z, averaging_s), c) else {
            // Even where its middle stands at the start it may be over the level.
            let start = self.middle(0.0, z, averaging_s);
            return if start > c || start.is_nan() { vec![self.ellipse(0.0, c, z, averaging_s)] } else { Vec::new() };
        };
        const INSTANTS: usize = 48;
        let first = 0.01 * last;
        let at = |i: usize| first * pow(100.0, i as f64 / (INSTANTS - 1) as f64);
        std::iter::once(0.0).chain((0..INSTANTS).map(at)).map(|x| self.ellipse(x, c, z, averaging_s)).collect()
    }

    fn ellipse(&self, x: f64, c: f64, z: f64, averaging_s: f64) -> Ellipse {
        let s = self.spread(x);
        let ratio = self.middle(x, z, averaging_s) / c;
        let widths = if ratio <= 1.0 { 0.0 } else { sqrt(2.0 * log(ratio)) };
        (x, widths * s.x, widths * s.y)
    }

    /// Mass between two concentrations at the instant when it is largest, kg: the share of a Gaussian cloud between two shells.
    ///
    /// `F(r) = erf(r/√2) − √(2/π) r e^(−r²/2)`, `r² = 2 ln(c_0/c)`.
    pub fn flammable_mass(&self, lfl: f64, ufl: f64) -> f64 {
        let within = |ratio: f64| {
            if ratio <= 1.0 {
                return 0.0;
            }
            let r = sqrt(2.0 * log(ratio));
            erf(r / sqrt(2.0)) - sqrt(2.0 / PI) * r * exp(-0.5 * r * r)
        };
        let at = |x: f64| {
            let c0 = self.middle(x, self.puff.h, 0.0);
            self.puff.m * (within(c0 / lfl) - within(c0 / ufl))
        };
        largest((0..60).map(|i| at(pow(1.2, f64::from(i)) - 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meteorology::Stability;

    fn puff() -> AgedPuff {
        let puff = Puff { m: 1000.0, u: 3.0, h: 0.0, stability: Stability::D, sigmas: SigmaSet::CcpsPuff, h_mix: None };
        AgedPuff { puff, upwind_m: 100.0 }
    }

    #[test]
    fn the_mass_of_a_puff_between_its_limits_agrees_with_a_sum_over_its_volume() {
        let p = puff();
        let s = p.spread(0.0);
        let c0 = p.middle(0.0, 0.0, 0.0);
        // Choose limits that the puff straddles at its start, and count cells there.
        let (lfl, ufl) = (0.1 * c0, 0.4 * c0);
        let n = 60;
        let mut mass = 0.0;
        for i in 0..n {
            for j in 0..n {
                for k in 0..n {
                    let at = |i: usize| 4.0 * (i as f64 + 0.5) / n as f64;
                    let c = c0 * exp(-0.5 * (at(i) * at(i) + at(j) * at(j) + at(k) * at(k)));
                    if (lfl..=ufl).contains(&c) {
                        mass += 4.0 * c * s.x * s.y * s.z * (4.0 / n as f64).powi(3);
                    }
                }
            }
        }
        let within = |ratio: f64| {
            let r = sqrt(2.0 * log(ratio));
            erf(r / sqrt(2.0)) - sqrt(2.0 / PI) * r * exp(-0.5 * r * r)
        };
        let closed = p.puff.m * (within(c0 / lfl) - within(c0 / ufl));
        assert!((mass / closed - 1.0).abs() < 0.02, "{mass} {closed}");
        assert!(p.flammable_mass(lfl, ufl) >= closed * 0.999 && p.flammable_mass(lfl, ufl) <= 1000.0);
        assert_eq!(p.flammable_mass(2.0 * c0, 3.0 * c0), 0.0);
    }

    #[test]
    fn what_has_no_figure_has_no_reach_either() {
        assert!((reach(|x| 100.0 / x, 1.0).unwrap() / 100.0 - 1.0).abs() < 0.001);
        assert_eq!(reach(|_| 0.0, 1.0), None);
        assert!(reach(|_| f64::NAN, 1.0).unwrap().is_nan());
        assert!(reach(|x| if x < 500.0 { f64::NAN } else { 100.0 / x }, 1.0).unwrap().is_nan());
        let lost = AgedPuff { puff: Puff { m: f64::NAN, ..puff().puff }, ..puff() };
        assert!(lost.reach(1e-3, 0.0, 600.0).unwrap().is_nan() && lost.flammable_mass(0.01, 0.1).is_nan());
    }

    #[test]
    fn a_puff_that_starts_with_a_size_covers_places_upwind() {
        let p = puff();
        assert!(p.concentration(-5.0, 0.0, 0.0, 0.0) > 0.0 && p.concentration(-5.0, 0.0, 0.0, 0.0) < p.concentration(0.0, 0.0, 0.0, 0.0));
        let ellipses = p.ellipses(0.1 * p.middle(0.0, 0.0, 0.0), 0.0, 0.0);
        assert!(ellipses[0].0 - ellipses[0].1 < -5.0);
        assert!(p.concentration(0.0, 0.0, 0.0, 600.0) < p.concentration(0.0, 0.0, 0.0, 0.0));
    }
}
