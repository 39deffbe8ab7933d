//! A passive plume of limited duration with a near and a far spread; near a pool, an area.

use libm::{erf, exp, log, sqrt};
use std::f64::consts::PI;

use super::Model;
use super::outline::{along, edge, farthest};
use super::passing::{finite_load, passing};
use crate::dispersion::plume::{self, Plume};
use crate::dispersion::sigma::{SigmaSet, Spread};
use crate::dispersion::slab::field::Passage;
use crate::explosion::flammable_mass;
use crate::scenario::effects::FLAMMABLE_S;
use crate::scenario::release::{Released, Source};
use crate::scenario::weather::Air;
use crate::vulnerability::ToxicProbit;
use crate::zones::Ring;
use crate::{Refusal, Validity};

/// To here the near set holds, from there the far one; between them ln c goes over, m.
const NEAR_M: f64 = 2_000.0;
const FAR_M: f64 = 3_000.0;
/// Roughness from which a place counts as built up, m.
const URBAN_M: f64 = 0.5;

/// A plume of limited duration.
#[derive(Debug, Clone, Copy)]
pub struct FinitePlume {
    near: Plume,
    far: Plume,
    duration_s: f64,
    /// How far upwind the virtual point of a pool lies, m.
    upwind_m: f64,
    /// Half the side of the square that stands for a pool, m; zero for a point.
    half_side_m: f64,
    /// Mass of the pure gas in a cubic metre, kg/m³.
    kg_m3: f64,
}

impl FinitePlume {
    pub fn of(r: &Released, air: &Air, duration_s: f64, kg_m3: f64, compat_aqt3046: bool) -> Result<Self, Refusal> {
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
        Ok(Self { near: of(near), far: of(far), duration_s, upwind_m, half_side_m, kg_m3 })
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

    /// Where its source begins, m: zero for a point.
    fn upwind_edge(&self) -> f64 {
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
    fn steady(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
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
    fn spread(&self, x: f64, averaging_s: f64) -> Spread {
        let x = (x + self.upwind_m).max(1e-3);
        let share = self.far_share(x);
        let at = |plume: &Plume| self.with(plume, averaging_s).spread(x).unwrap_or(Spread { x: 1e-3, y: 1e-3, z: 1e-3 });
        let (near, far) = (at(&self.near), at(&self.far));
        let mix = |a: f64, b: f64| 1.0 / sqrt((1.0 - share) / (a * a) + share / (b * b));
        Spread { x: mix(near.x, far.x), y: mix(near.y, far.y), z: mix(near.z, far.z) }
    }

    /// Largest in time, kg/m³: a short release neither fills the plume's length nor the averaging time.
    fn mass_concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
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

    /// Half-width of the area over `c`, kg/m³, m.
    fn half_width(&self, x: f64, z: f64, c: f64, averaging_s: f64) -> f64 {
        let axis = self.mass_concentration(x, 0.0, z, averaging_s);
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
}

impl Model for FinitePlume {
    fn name(&self) -> &'static str {
        "dispersion.gaussian_plume"
    }

    fn concentration(&self, x: f64, y: f64, z: f64, averaging_s: f64) -> f64 {
        self.mass_concentration(x, y, z, averaging_s) / self.kg_m3
    }

    fn passage(&self, x: f64) -> Option<Passage> {
        passing(x, self.wind(), self.duration_s, 0.0)
    }

    fn load(&self, probit: &ToxicProbit, to_unit: &dyn Fn(f64) -> f64, x: f64, y: f64, z: f64) -> f64 {
        let averaging_s = self.duration_s.clamp(FLAMMABLE_S, 3600.0);
        let c = self.steady(x, y, z, averaging_s);
        let unit = |kg: f64| to_unit((kg / self.kg_m3).clamp(0.0, 1.0));
        finite_load(probit, c, self.duration_s, self.spread(x, averaging_s).x, self.wind(), unit)
    }

    fn reach(&self, c: f64, z: f64, averaging_s: f64) -> Option<f64> {
        farthest(|x| self.mass_concentration(x, 0.0, z, averaging_s), c * self.kg_m3)
    }

    fn ring(&self, c: f64, z: f64, averaging_s: f64) -> Ring {
        along(self.reach(c, z, averaging_s), self.upwind_edge(), |x| self.half_width(x, z, c * self.kg_m3, averaging_s))
    }

    /// On the axis at the height of the plume.
    fn flammable_mass(&self, lfl: f64, ufl: f64) -> f64 {
        let (u, h) = (self.near.u, self.near.h);
        let axis = |x: f64| self.steady(x - self.upwind_m, 0.0, h, FLAMMABLE_S);
        let end = self.reach(lfl, h, FLAMMABLE_S).map_or(0.0, |x| x + self.upwind_m);
        // A puff of short duration holds what was released; the caller limits to it.
        let from = self.upwind_m.max(0.1_f64.min(0.5 * end));
        let (kg_l, kg_u) = (lfl * self.kg_m3, ufl * self.kg_m3);
        flammable_mass::of_plume(self.near.q.max(1e-12), u, kg_l, kg_u, from.max(1e-6), end, axis).unwrap_or(f64::NAN)
    }
}
