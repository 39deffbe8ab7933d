//! A pool from the first drop to the last: spreading, heat balance, boiling or evaporating, in one system. Specification 03, State.

use libm::{cbrt, pow, sin, sqrt};
use std::f64::consts::PI;

use super::boiling::{Ground, Rings, WATER_CONVECTION, water_flux};
use super::mass_transfer::{k_m_mackay_matsugu, stefan, wind};
use super::spreading::{Surface, growth};
use super::steps::{Curve, Steps, steps};
use crate::discharge::flash;
use crate::numerics::DormandPrince;
use crate::properties::Substance;
use crate::validity::{not_negative, positive};
use crate::{Kelvin, Metres, Note, Pascal, R, Refusal, Validity};

/// What spills where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spill<'a> {
    pub substance: &'a Substance,
    /// Rate, kg/s, and how long, s.
    pub rate: f64,
    pub duration_s: f64,
    /// Temperature of the liquid as it reaches the ground, K; above the boiling point a share flashes, see [`Pool::flash_kg_s`].
    pub t_in: f64,
    pub surface: Surface,
    /// Radius at which a bund stops the pool, m.
    pub r_bund: Option<f64>,
    /// Ground under the pool; water has its own heat flux.
    pub ground: Ground,
    pub t_ground: f64,
    pub t_air: f64,
    pub p_a: f64,
    pub u10: f64,
    /// Solar radiation on the pool, W/m²; see [`solar`].
    pub solar: f64,
    /// What a drain takes from the pool, kg/s.
    pub drain_kg_s: f64,
}

/// One instant of the pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoolAt {
    pub t: f64,
    pub mass: f64,
    pub radius: f64,
    pub temperature: f64,
    /// Vapour given off, kg/s, without what flashed on arrival.
    pub vapour: f64,
}

/// The pool over time and what it gave off.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// At even steps of a two-hundredth of the time followed.
    pub course: Vec<PoolAt>,
    /// Vapour of the pool and liquid drained, kg.
    pub evaporated: f64,
    pub drained: f64,
    /// Share of the arriving liquid that flashes, and its rate while the spill lasts, kg/s: vapour beside that of the pool.
    pub flash_share: f64,
    pub flash_kg_s: f64,
    /// When a thousandth of the pool was left, s.
    pub dry_at: Option<f64>,
    /// Mean rate, kg/s, over the time in which there was a pool.
    pub mean: f64,
    /// Mean rate of the first 10 and 60 minutes, kg/s; of the time followed, where that is less than 10; `None` where it is less than 60
    /// and there still is a pool.
    pub mean_10_min: f64,
    pub mean_60_min: Option<f64>,
    /// Greatest rate, kg/s, were the pool not cooled by evaporation: an upper bound beside the cooled rate.
    pub upper_bound: f64,
    pub notes: Validity,
}

impl Pool {
    /// The rate over time in at most five constant steps; see [`Steps::misplaced`] for what that loses.
    pub fn steps(&self) -> Steps {
        let dt = self.course.get(1).map_or(0.0, |at| at.t);
        steps(&Curve { from: 0.0, dt, rate: |i: usize| self.course[i].vapour, n: self.course.len() })
    }

    /// Widest radius, m.
    pub fn widest(&self) -> f64 {
        self.course.iter().map(|at| at.radius).fold(0.0, f64::max)
    }
}

/// Solar radiation, W/m²: `S = 1111 (1 − 0.0071 C_t²)(sin φ − 0.1)`, zero when sin φ < 0.1. Cloud cover 0–10, elevation in degrees.
pub fn solar(cloud: f64, elevation_deg: f64) -> f64 {
    (1111.0 * (1.0 - 0.0071 * cloud * cloud) * (sin(elevation_deg.to_radians()) - 0.1)).max(0.0)
}

const STEFAN_BOLTZMANN: f64 = 5.67e-8;
const ALBEDO: f64 = 0.14;
const EMISSIVITY: f64 = 0.97;
const SKY: f64 = 0.82;
const PRANDTL: f64 = 0.71;

/// The constants of one run.
struct Film<'a> {
    spill: &'a Spill<'a>,
    /// Boiling temperature, and that of the liquid that stays of what arrives, K.
    t_b: f64,
    t_in: f64,
    /// Liquid that stays of what arrives, kg/s.
    rate_in: f64,
    cp_l: f64,
    rho: f64,
    h_min: f64,
    r_bund: f64,
    u10: f64,
    sc: f64,
    /// Convection over mass transfer, J/(m³ K): `h_c/k_m = ρ_a c_p (Sc/Pr)^0.67`.
    h_over_k: f64,
    effusivity: f64,
    water: f64,
}

/// Mass, kg; radius while it spreads freely, m; temperature, K; evaporated and drained, kg.
type State = [f64; 5];

impl Film<'_> {
    fn radius(&self, y: &State, free: bool) -> f64 {
        let r_most = sqrt(y[0].max(0.0) / (self.rho * PI * self.h_min)).min(self.r_bund);
        if free { y[1].min(r_most) } else { r_most }
    }

    fn k_m(&self, r: f64) -> f64 {
        k_m_mackay_matsugu(self.u10, Metres(2.0 * r.max(0.005)), self.sc)
    }

    fn by_wind(&self, r: f64, t: f64, p_s: f64) -> f64 {
        let s = self.spill;
        let (m, p_a) = (s.substance.molar_mass().0, s.p_a);
        self.k_m(r) * PI * r * r * m * p_s.min(0.95 * p_a) / (R * t) * stefan(p_s, p_a)
    }

    /// Vapour, kg/s, and the change of the temperature, K/s.
    fn rates(&self, y: &State, r: f64, rings: &Rings, t: f64, arriving: f64, notes: &mut Validity) -> Result<(f64, f64), Refusal> {
        let s = self.spill;
        let (mass, t_p, p_a) = (y[0].max(1e-9), y[2], s.p_a);
        let area = PI * r * r;
        let p_s = s.substance.vapour_pressure(Kelvin(t_p), notes)?.0;
        let dh = s.substance.heat_of_vaporisation(Kelvin(t_p))?;
        // Q = Q_ground + Q_conv + Q_sol + Q_lw, W.
        let q_ground = match s.surface {
            Surface::Land { .. } => self.effusivity * (s.t_ground - t_p) * rings.sum(area, t),
            Surface::Water { .. } if self.t_b < s.t_ground => self.water * area,
            Surface::Water { .. } => WATER_CONVECTION * (s.t_ground - t_p) * area,
        };
        let q_conv = self.h_over_k * self.k_m(r) * (s.t_air - t_p) * area;
        let q_sol = (1.0 - ALBEDO) * s.solar * area;
        let q_lw = EMISSIVITY * STEFAN_BOLTZMANN * (SKY * pow(s.t_air, 4.0) - pow(t_p, 4.0)) * area;
        let q = q_ground + q_conv + q_sol + q_lw + arriving * self.cp_l * (self.t_in - t_p);
        let by_wind = self.by_wind(r, t_p, p_s);
        let by_heat = q.max(0.0) / dh;
        // Linear blend from wind-driven to boiling between p_s = 0.85 p and 0.95 p.
        let share = ((p_s / p_a - 0.85) / 0.10).clamp(0.0, 1.0);
        let vapour = (1.0 - share) * by_wind + share * by_heat.max(by_wind);
        Ok((vapour, (q - vapour * dh) / (mass * self.cp_l)))
    }
}

/// Follows the pool for `duration_s`, or until it is dry.
pub fn pool(spill: &Spill, duration_s: f64) -> Result<Pool, Refusal> {
    let duration = positive("duration, s", duration_s)?;
    let rate = not_negative("spill rate, kg/s", spill.rate)?;
    let spill_s = not_negative("spill duration, s", spill.duration_s)?;
    let t_air = positive("air temperature, K", spill.t_air)?;
    let p_a = positive("ambient pressure, Pa", spill.p_a)?;
    let t_in = positive("liquid temperature, K", spill.t_in)?;
    let drain = not_negative("drain, kg/s", spill.drain_kg_s)?;
    // Refuses what is no liquid.
    spill.substance.heat_of_vaporisation(Kelvin(t_in))?;
    let h_min = positive("least depth, m", spill.surface.h_min())?;
    let mut notes = Validity::new();
    let u10 = wind(not_negative("wind at 10 m, m/s", spill.u10)?, &mut notes);
    let s = spill.substance;
    let t_b = s.boiling_point(Pascal(p_a))?.0;
    let cp_l = s.cp_liquid()?;
    let flash_share = flash::energy(cp_l, t_in, t_b, s.heat_of_vaporisation(Kelvin(t_b))?)?;
    let rho = s.liquid_density(Kelvin(t_in.min(t_b)), &mut notes)?.0;
    let sc = s.schmidt(Kelvin(t_air));
    let water = match spill.surface {
        Surface::Water { flux: Some(flux), .. } => positive("heat flux of the water, W/m²", flux)?,
        _ => water_flux(s).nominal,
    };
    let film = Film {
        spill,
        t_b,
        t_in: t_in.min(t_b),
        rate_in: (1.0 - flash_share) * rate,
        cp_l,
        rho,
        h_min,
        r_bund: spill.r_bund.map_or(Ok(f64::INFINITY), |r| positive("radius of the bund, m", r))?,
        u10,
        sc,
        h_over_k: crate::air_density(Pascal(p_a), Kelvin(t_air)).0 * crate::CP_AIR * pow(sc / PRANDTL, 0.67),
        effusivity: spill.ground.effusivity()?,
        water,
    };
    what_it_rests_on(&film, &mut notes);
    let mut run = Run::new(&film, duration, spill_s);
    if rate > 0.0 && spill_s > 0.0 {
        run.follow(drain, &mut notes)?;
    }
    run.fill(run.n);
    notes.range("pool", "diameter, m", 2.0 * run.widest, 1.0, 100.0);
    if run.y[2] < s.t_melt_K {
        notes.add(Note::LeftOut { model: "pool", what: "freezing of the liquid" });
    }
    let end = run.dry_at.unwrap_or(duration);
    Ok(Pool {
        evaporated: run.y[3],
        drained: run.y[4],
        flash_share,
        flash_kg_s: flash_share * rate,
        dry_at: run.dry_at,
        mean: run.y[3] / end,
        mean_10_min: run.first_10 / duration.min(600.0),
        mean_60_min: (duration >= 3600.0 || run.dry_at.is_some()).then_some(run.first_60 / 3600.0),
        upper_bound: run.upper_bound,
        course: run.course,
        notes,
    })
}

fn what_it_rests_on(film: &Film, notes: &mut Validity) {
    notes.add(Note::Assumed { model: "pool", what: "measured evaporation scatters about the model by ±50 %" });
    match film.spill.surface {
        Surface::Land { .. } => {
            if film.spill.r_bund.is_none() && film.spill.drain_kg_s == 0.0 {
                notes.add(Note::Assumed { model: "pool", what: "level ground without drains" });
            }
            if film.spill.ground.percolating {
                notes.add(Note::Assumed { model: "pool", what: "the liquid seeps into the ground and draws three times its heat" });
            }
        }
        Surface::Water { flux: None, .. } if film.t_b < film.spill.t_ground => {
            notes.add(Note::Assumed {
                model: "pool",
                what: "nominal heat flux of film boiling on water; observed values differ by a factor of two",
            });
        }
        Surface::Water { .. } if film.t_b >= film.spill.t_ground => {
            notes.add(Note::Assumed { model: "pool", what: "water warms a liquid that does not boil on it by 500 W/(m² K)" });
        }
        Surface::Water { .. } => {}
    }
}

const SAMPLES: usize = 200;

/// The pool as it is followed.
struct Run<'a> {
    film: &'a Film<'a>,
    duration: f64,
    spill_s: f64,
    y: State,
    rings: Rings,
    course: Vec<PoolAt>,
    n: usize,
    widest: f64,
    upper_bound: f64,
    first_10: f64,
    first_60: f64,
    dry_at: Option<f64>,
}

impl<'a> Run<'a> {
    fn new(film: &'a Film<'a>, duration: f64, spill_s: f64) -> Self {
        let nothing = PoolAt { t: 0.0, mass: 0.0, radius: 0.0, temperature: film.t_in, vapour: 0.0 };
        let mut course = Vec::with_capacity(SAMPLES + 1);
        course.push(nothing);
        Self {
            film,
            duration,
            spill_s,
            y: [0.0, 0.0, film.t_in, 0.0, 0.0],
            rings: Rings::new(0.0),
            course,
            n: SAMPLES,
            widest: 0.0,
            upper_bound: 0.0,
            first_10: 0.0,
            first_60: 0.0,
            dry_at: None,
        }
    }

    fn follow(&mut self, drain: f64, notes: &mut Validity) -> Result<(), Refusal> {
        let film = self.film;
        // The first drops: no thicker than they are wide, and never thinner than the surface lets them.
        let start = (1e-3 * self.spill_s.min(self.duration)).min(0.1);
        let mass = film.rate_in * start;
        let r0 = cbrt(mass / (film.rho * PI)).min(sqrt(mass / (film.rho * PI * film.h_min))).min(film.r_bund);
        let mut free = mass > SPREAD * film.rho * PI * r0 * r0 * film.h_min && r0 < film.r_bund;
        self.y[0] = mass;
        self.y[1] = r0;
        self.rings.wet(PI * r0 * r0, start);
        let size = film.rate_in * self.spill_s.min(self.duration);
        let atol = [1e-6 * size, 1e-4, 1e-3, 1e-6 * size, 1e-6 * size];
        let mut solver = DormandPrince::new(start, self.y, start, self.duration / 20.0, 1e-5, atol);
        let mut peak = mass;
        while solver.t < self.duration && self.dry_at.is_none() {
            let arriving = if solver.t < self.spill_s { film.rate_in } else { 0.0 };
            let t_end = if arriving > 0.0 { self.spill_s.min(self.duration) } else { self.duration };
            let rings = self.rings;
            let spreading = free;
            let right_side = |t: f64, y: &State, notes: &mut Validity| -> Result<(State, f64), Refusal> {
                let r = film.radius(y, spreading);
                let (vapour, warming) = film.rates(y, r, &rings, t, arriving, notes)?;
                let away = drain.min(y[0].max(0.0) / DRAIN_S);
                let h = y[0] / (film.rho * PI * r * r);
                let spread = if spreading { growth(film.spill.surface, h, film.rho) } else { 0.0 };
                Ok(([arriving - vapour - away, spread, warming, vapour, away], vapour))
            };
            let mut quiet = Validity::new();
            let Some(step) = solver.step(t_end, |t, y| Ok::<_, Refusal>(right_side(t, y, &mut quiet)?.0))? else {
                return Err(Refusal::NoSolution { model: "pool", why: "its heat balance cannot be followed" });
            };
            let mut until = solver.t;
            // What ends first: the free spreading, or the pool.
            let thin = |_: f64, y: &State| (y[0] - SPREAD * film.rho * PI * y[1] * y[1] * film.h_min).min((film.r_bund - y[1]) * film.rho);
            if free && let Some(t) = step.event(thin) {
                free = false;
                until = t;
            }
            if arriving == 0.0 {
                let left = |_: f64, y: &State| y[0] - 1e-3 * peak;
                let gone = if left(step.t, &step.at(step.t)) <= 0.0 { Some(step.t) } else { step.event(left) };
                if let Some(t) = gone.filter(|t| *t <= until) {
                    self.dry_at = Some(t);
                    until = t;
                }
            }
            while self.course.len() <= self.n && self.sample_time() <= until + 1e-9 * self.duration {
                let t = self.sample_time();
                let y = step.at(t.min(until));
                let r = film.radius(&y, spreading);
                let (_, vapour) = right_side(t, &y, notes)?;
                let p_in = film.spill.substance.vapour_pressure(Kelvin(film.t_in), notes)?.0;
                let uncooled = if p_in < 0.95 * film.spill.p_a { film.by_wind(r, film.t_in, p_in) } else { 0.0 };
                self.upper_bound = self.upper_bound.max(vapour).max(uncooled);
                self.widest = self.widest.max(r);
                self.course.push(PoolAt { t, mass: y[0], radius: r, temperature: y[2], vapour });
            }
            let evaporated = |at: f64| step.at(at.clamp(step.t, until))[3];
            if step.t < 600.0 {
                self.first_10 = evaporated(600.0);
            }
            if step.t < 3600.0 {
                self.first_60 = evaporated(3600.0);
            }
            self.y = step.at(until);
            peak = peak.max(self.y[0]);
            let r = film.radius(&self.y, spreading);
            self.rings.wet(PI * r * r, until);
            // The right side has a jump where the spill ends or the spreading does.
            if until < solver.t || until >= t_end {
                solver.restart(until, self.y, 0.01 * (self.duration - until).max(1.0));
            } else {
                // Rings change with every step, and with them the slope at its end, though by little.
                solver.refresh();
            }
        }
        Ok(())
    }

    fn sample_time(&self) -> f64 {
        self.duration * self.course.len() as f64 / self.n as f64
    }

    /// Samples after the pool was dry.
    fn fill(&mut self, n: usize) {
        while self.course.len() <= n {
            let t = self.sample_time();
            self.course.push(PoolAt { t, mass: 0.0, radius: 0.0, temperature: self.y[2], vapour: 0.0 });
        }
    }
}

/// Depth over the least depth at which free spreading ends: from there the pool is as wide as its liquid allows.
const SPREAD: f64 = 1.02;
/// A drain takes no more than the pool would lose in this time, s.
const DRAIN_S: f64 = 10.0;

#[cfg(test)]
mod tests {
    use super::super::boiling::GROUNDS;
    use super::*;
    use crate::properties::substance;

    fn benzene() -> Spill<'static> {
        Spill {
            substance: substance("71-43-2").unwrap(),
            rate: 5.0,
            duration_s: 600.0,
            t_in: 298.0,
            surface: Surface::Land { h_min: 0.01 },
            r_bund: Some(8.0),
            ground: GROUNDS[0],
            t_ground: 298.0,
            t_air: 298.0,
            p_a: 101_325.0,
            u10: 3.0,
            solar: 0.0,
            drain_kg_s: 0.0,
        }
    }

    #[test]
    fn what_was_spilled_is_in_the_pool_or_in_the_air() {
        let done = pool(&benzene(), 1800.0).unwrap();
        let last = done.course.last().unwrap();
        assert!((last.mass + done.evaporated - 3000.0).abs() < 20.0, "{} + {}", last.mass, done.evaporated);
        assert!(last.radius <= 8.0);
        assert!(last.temperature < 298.0, "evaporation cools the pool");
    }

    #[test]
    fn more_wind_and_a_wider_bund_give_more_vapour() {
        let calm = pool(&Spill { u10: 1.0, ..benzene() }, 1800.0).unwrap().evaporated;
        let windy = pool(&Spill { u10: 6.0, ..benzene() }, 1800.0).unwrap().evaporated;
        let wide = pool(&Spill { r_bund: None, ..benzene() }, 1800.0).unwrap().evaporated;
        assert!(calm < windy);
        assert!(pool(&benzene(), 1800.0).unwrap().evaporated < wide);
    }

    #[test]
    fn a_refrigerated_liquid_boils_at_first_hardest() {
        let ammonia = Spill { substance: substance("7664-41-7").unwrap(), t_in: 239.8, ..benzene() };
        let done = pool(&ammonia, 1800.0).unwrap();
        assert!(done.course.iter().all(|at| at.temperature <= 239.85 && at.vapour.is_finite() && at.vapour >= 0.0));
        assert!(done.mean_10_min > done.mean * 0.9);
    }

    #[test]
    fn a_flashing_spill_keeps_its_vapour_apart() {
        let ammonia = Spill { substance: substance("7664-41-7").unwrap(), t_in: 260.0, ..benzene() };
        let done = pool(&ammonia, 1800.0).unwrap();
        assert!((0.05..0.09).contains(&done.flash_share), "{}", done.flash_share);
        let last = done.course.last().unwrap();
        let all = last.mass + done.evaporated + done.flash_kg_s * 600.0;
        assert!((all - 3000.0).abs() < 5.0, "{all}");
    }

    #[test]
    fn a_volatile_liquid_cools_itself_in_ten_minutes() {
        let acetone = Spill { substance: substance("67-64-1").unwrap(), rate: 1000.0, duration_s: 5.0, ..benzene() };
        let done = pool(&acetone, 600.0).unwrap();
        let last = done.course.last().unwrap();
        assert!((5.0..20.0).contains(&(298.0 - last.temperature)), "{last:?}");
        let lower = last.vapour / done.upper_bound;
        assert!((0.4..0.8).contains(&lower), "{lower}");
        assert_eq!(done.mean_60_min, None);
    }

    #[test]
    fn lng_on_water_boils_as_the_trials_did() {
        let lng = Spill {
            substance: substance("74-82-8").unwrap(),
            rate: 100.0,
            duration_s: 120.0,
            t_in: 111.0,
            surface: Surface::Water { rho_w: 1000.0, flux: None },
            r_bund: None,
            t_ground: 290.0,
            ..benzene()
        };
        let done = pool(&lng, 300.0).unwrap();
        let at = done.course.iter().find(|at| at.t > 100.0).unwrap();
        let flux = at.vapour / (PI * at.radius * at.radius);
        assert!((0.15..0.21).contains(&flux), "{flux}");
        assert!((at.vapour / 100.0 - 1.0).abs() < 0.1 && done.dry_at.is_some(), "{at:?}");
    }

    #[test]
    fn gravel_boils_more_and_a_drain_leaves_less() {
        let ammonia = Spill { substance: substance("7664-41-7").unwrap(), t_in: 239.8, ..benzene() };
        let soil = pool(&ammonia, 300.0).unwrap();
        let gravel = pool(&Spill { ground: GROUNDS[4], ..ammonia }, 300.0).unwrap();
        assert!(gravel.evaporated > soil.evaporated && gravel.notes.iter().count() > soil.notes.iter().count());
        let drained = pool(&Spill { drain_kg_s: 2.0, ..benzene() }, 1800.0).unwrap();
        assert!(drained.drained > 1000.0 && drained.evaporated < pool(&benzene(), 1800.0).unwrap().evaporated);
        let last = drained.course.last().unwrap();
        assert!((last.mass + drained.evaporated + drained.drained - 3000.0).abs() < 5.0);
    }

    #[test]
    fn the_rate_is_told_in_a_few_steps() {
        let ammonia = Spill { substance: substance("7664-41-7").unwrap(), t_in: 239.8, ..benzene() };
        let done = pool(&ammonia, 3600.0).unwrap();
        let steps = done.steps();
        let mass: f64 = steps.iter().map(|s| s.mass()).sum();
        assert!((mass / done.evaporated - 1.0).abs() < 0.05, "{mass} {}", done.evaporated);
        assert!(steps.iter().count() <= 5);
    }
}
