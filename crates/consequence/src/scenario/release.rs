//! From the description of a leak to what enters the air.

use libm::{exp, log, pow, sqrt};
use serde::Serialize;
use std::f64::consts::PI;

use super::Findings;
use super::describe::{Air, Basin, Description, Direction, RainOut, ReleaseDescription, Surface, coefficient, kelvin};
use crate::discharge::burst::{Burst, expand};
use crate::discharge::coefficient::{Opening, default_c_d};
use crate::discharge::expansion::{Expanded, Outlet, two_phase as expanded};
use crate::discharge::gas::{self, Condensing, GasHole};
use crate::discharge::liquefied::{self, LiquefiedHole, Phase};
use crate::discharge::pipe::{self, GasPipe, SHARP_ENTRANCE};
use crate::discharge::rain_out::{Drop, rain_out};
use crate::discharge::tank::{self, Pad, Shape, Tank};
use crate::discharge::{round, two_phase};
use crate::evaporation::pool::{Pool, Spill, pool};
use crate::evaporation::spreading;
use crate::evaporation::steps::{Curve, MOST_STEPS, RateStep, steps};
use crate::explosion::vessel_burst;
use crate::properties::Substance;
use crate::units::{Kelvin, Pascal, R, Seconds, SquareMetres};
use crate::validity::{not_negative, positive, within};
use crate::{Note, Refusal, Validity};

/// What enters the air.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Released {
    pub source: Source,
    /// Airborne rate at its largest, kg/s: the flammable cloud and the jet fire. Zero for a burst.
    pub rate_kg_s: f64,
    /// Its mean over the worst ten minutes, kg/s: the toxic cloud.
    pub mean_rate_kg_s: f64,
    /// How long, s, and all of it, kg.
    pub duration_s: f64,
    pub mass_kg: f64,
    /// After expansion to ambient pressure.
    pub temperature_k: f64,
    /// Mass share that is liquid droplets.
    pub liquid_share: f64,
    /// Density of vapour and droplets together, kg/m³.
    pub density_kg_m3: f64,
    pub height_m: f64,
    /// The rate over time.
    pub steps: RateCurve,
    /// What leaves at its largest, airborne or not, kg/s: what is lit at the hole. Zero for a burst.
    #[serde(skip)]
    pub outflow_kg_s: f64,
    /// What falls out of a jet onto the ground.
    #[serde(skip)]
    pub rained: Option<Rained>,
}

/// Liquid that rains out of a jet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rained {
    pub rate_kg_s: f64,
    /// How far downwind of the hole, m.
    pub at_m: f64,
}

/// A rate over time in at most five constant steps.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RateCurve {
    steps: [RateStep; MOST_STEPS],
    n: usize,
}

impl RateCurve {
    pub fn as_slice(&self) -> &[RateStep] {
        &self.steps[..self.n]
    }

    /// Of rates at the ends of even steps of `dt` s.
    fn of(rates: &[f64], dt: f64) -> Self {
        let told = steps(&Curve { from: 0.0, dt, rate: |i: usize| rates[i], n: rates.len() });
        let mut curve = Self { n: told.as_slice().len(), ..Self::default() };
        curve.steps[..curve.n].copy_from_slice(told.as_slice());
        curve
    }

    fn scaled(mut self, by: f64) -> Self {
        self.steps.iter_mut().for_each(|step| step.rate *= by);
        self
    }
}

impl Serialize for RateCurve {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.as_slice())
    }
}

impl Released {
    /// Every rate and mass `by` times as large.
    pub(super) fn scaled(self, by: f64) -> Self {
        if by == 1.0 {
            return self;
        }
        let mut scaled =
            Self { rate_kg_s: self.rate_kg_s * by, mean_rate_kg_s: self.mean_rate_kg_s * by, mass_kg: self.mass_kg * by, ..self };
        scaled.steps = scaled.steps.scaled(by);
        scaled.outflow_kg_s *= by;
        if let Some(rained) = &mut scaled.rained {
            rained.rate_kg_s *= by;
        }
        if let Source::Jet { area_m2, .. } = &mut scaled.source {
            *area_m2 *= by;
        }
        scaled
    }
}

/// How it enters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// A jet of this area and speed after expansion; stagnation pressure and temperature for the flame.
    Jet { area_m2: f64, speed_m_s: f64, p_0: f64, t_0: f64, direction: Direction },
    /// A pool of this radius, and the liquid fed to it: kg/s, and for how long, s.
    Pool { radius_m: f64, fed_kg_s: f64, fed_s: f64, bunded: bool },
    /// All at once: inventory, its pressure and temperature for the fireball, energy of expansion for the blast, J; the half-sphere the
    /// cloud fills when its own expansion is spent, m.
    Burst { inventory_kg: f64, p_0: f64, t_0: f64, energy_j: f64, radius_m: f64 },
    /// Vapour without momentum.
    Vapour,
    /// A charge: kg of TNT with the same blast.
    Charge { tnt_kg: f64 },
}

/// A rate over time: largest, mean of the worst ten minutes, duration, mass.
struct Course {
    rate: f64,
    mean: f64,
    duration: f64,
    mass: f64,
    steps: RateCurve,
}

/// Nothing is followed longer, s.
const LONGEST_S: f64 = 3600.0;
/// Time over which a toxic rate is averaged, s.
const WORST_S: f64 = 600.0;

impl Course {
    fn held(duration: f64, rate: f64) -> Self {
        Self { rate, mean: rate, duration, mass: rate * duration, steps: RateCurve::of(&[rate, rate], duration) }
    }

    fn of(rates: &[f64], dt: f64) -> Self {
        let mass: Vec<f64> = rates.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]) * dt).collect();
        let total: f64 = mass.iter().sum();
        let window = (libm::round(WORST_S / dt) as usize).clamp(1, mass.len().max(1));
        let worst = mass.windows(window).map(|some| some.iter().sum::<f64>()).fold(0.0, f64::max) / (window as f64 * dt);
        // What dribbles after 99 % counts as the end.
        let mut got = 0.0;
        let last = mass.iter().position(|m| {
            got += m;
            got >= 0.99 * total
        });
        let duration = last.map_or(0.0, |i| (i + 1) as f64 * dt);
        // A release shorter than the window has its own mean.
        let mean = worst.max(total / duration.max(dt)).min(rates.iter().copied().fold(0.0, f64::max));
        Self { rate: rates.iter().copied().fold(0.0, f64::max), mean, duration, mass: total, steps: RateCurve::of(rates, dt) }
    }
}

pub(super) fn release(d: &Description, s: &Substance, air: &Air, found: &mut Findings) -> Result<Released, Refusal> {
    let mut notes = Validity::new();
    let released = match d.release {
        ReleaseDescription::GasHole {
            pressure_pa,
            temperature_c,
            hole_mm,
            inventory_kg,
            height_m,
            isolated_after_s,
            discharge_coefficient,
            direction,
        } => {
            let t_0 = kelvin("release.temperature_c", temperature_c)?;
            let p_0 = stored_gas(s, pressure_pa, t_0, air, &mut notes)?;
            let (c_d, said) = coefficient(discharge_coefficient, Opening::GasRounded)?;
            found.assume(said);
            let hole = gas_hole(s, p_0, t_0, c_d, area(hole_mm)?.0, air);
            let jet = gas::orifice(&hole, Some(&Condensing::of(s, Pascal(air.p))?))?;
            notes.merge(&jet.notes);
            found.model("discharge.gas_orifice");
            let course = blow_down(s, inventory(inventory_kg)?, jet.rate, p_0, isolated_after_s, air, found)?;
            jetted(course, jet.a_e, jet.u_e, jet.t_e, jet.rho_e, jet.liquid, p_0, t_0, direction, height_m)?
        }
        ReleaseDescription::GasPipe {
            pressure_pa,
            temperature_c,
            diameter_mm,
            length_m,
            inventory_kg,
            height_m,
            roughness_mm,
            isolated_after_s,
            direction,
        } => {
            let t_0 = kelvin("release.temperature_c", temperature_c)?;
            let p_0 = stored_gas(s, pressure_pa, t_0, air, &mut notes)?;
            let dia = diameter(diameter_mm)?;
            let l = not_negative("release.length_m", length_m)?;
            let rough = not_negative("release.roughness_mm", roughness_mm)? / 1000.0;
            let f = pipe::fanning(rough / dia, 1e7);
            let z = s.compressibility(Kelvin(t_0), Pascal(p_0));
            let (rate, course) = match inventory_kg {
                Some(mass) => {
                    let from = GasPipe {
                        p0: p_0,
                        t0: t_0,
                        m: s.molar_mass().0,
                        gamma: s.gamma_298,
                        z,
                        d: dia,
                        l,
                        f,
                        sum_k: SHARP_ENTRANCE,
                        p_a: air.p,
                    };
                    let flow = pipe::gas(&from)?;
                    found.model("discharge.pipe_fanno");
                    found.assume(format!("the pipe leaves a vessel by a sharp entrance; Fanning friction factor {f:.4}"));
                    (flow.rate, blow_down(s, inventory(mass)?, flow.rate, p_0, isolated_after_s, air, found)?)
                }
                None => {
                    positive("release.length_m", length_m)?;
                    let c = sqrt(s.gamma_298 * z * R * t_0 / s.molar_mass().0);
                    let m0 = p_0 * s.molar_mass().0 / (z * R * t_0) * round(dia) * l;
                    let rate0 = gas::orifice(&gas_hole(s, p_0, t_0, 1.0, round(dia), air), None)?.rate;
                    let t_b = pipe::wilson_time(l, c, s.gamma_298, 4.0 * f, dia).0;
                    found.model("discharge.pipe_wilson");
                    found.assume("full-bore break of a line that nothing feeds: its own contents leave by Wilson's decay");
                    let until = shut(isolated_after_s)?;
                    // In steps of its own decay: the first seconds lose most.
                    let until = until.min(8.0 * t_b);
                    let n = 1200;
                    let rates = (0..=n)
                        .map(|i| pipe::wilson(rate0, m0, t_b, Seconds(until * f64::from(i) / f64::from(n))).map(|rate| rate.0))
                        .collect::<Result<Vec<f64>, _>>()?;
                    (rate0, Course::of(&rates, until / f64::from(n)))
                }
            };
            // The open end as a nozzle that passes this rate: its throat narrows until the jet is that of the pipe.
            let open = gas_hole(s, p_0, t_0, 1.0, round(dia), air);
            let full = gas::orifice(&open, Some(&Condensing::of(s, Pascal(air.p))?))?;
            notes.merge(&full.notes);
            let a_e = rate / (full.rho_e * full.u_e);
            jetted(course, a_e, full.u_e, full.t_e, full.rho_e, full.liquid, p_0, t_0, direction, height_m)?
        }
        ReleaseDescription::LiquefiedHole {
            temperature_c,
            hole_mm,
            path_m,
            inventory_kg,
            height_m,
            isolated_after_s,
            head_m,
            pressure_pa,
            discharge_coefficient,
            direction,
            rain_out,
            fill,
            hole_share,
            surface_m2,
        } => {
            let t_0 = kelvin("release.temperature_c", temperature_c)?;
            let a = area(hole_mm)?.0;
            let head = not_negative("release.head_m", head_m)?;
            let path = not_negative("release.path_m", path_m)?;
            let alone = |input| Refusal::OutOfDomain { input, value: f64::NAN, wanted: "given: fill and hole_share tell nothing alone" };
            let above = match (fill, hole_share) {
                (Some(_), None) => return Err(alone("release.hole_share")),
                (None, Some(_)) => return Err(alone("release.fill")),
                (fill, _) => fill.is_some(),
            };
            let hole = LiquefiedHole {
                substance: s,
                t0: t_0,
                p0: pressure_pa.map(|p| positive("release.pressure_pa", p)).transpose()?,
                fill: fill.map_or(Ok(1.0), |f| within("release.fill", f, 0.0, 1.0, "between 0 and 1"))?,
                hole_share: if above { hole_share.unwrap_or(0.0) } else { 0.0 },
                head,
                surface: if above {
                    surface_m2.ok_or(Refusal::OutOfDomain {
                        input: "release.surface_m2",
                        value: f64::NAN,
                        wanted: "given with fill and hole_share: the vapour swells the liquid over it",
                    })?
                } else {
                    1.0
                },
                area: a,
                path,
                d: hole_mm / 1000.0,
                p_a: air.p,
            };
            let mut stream = liquefied::through_hole(&hole)?;
            // What the model of each phase already has in its rate; one that is given stands in its place.
            let opening = match stream.phase {
                Phase::Gas => Some(Opening::GasRounded),
                Phase::Liquid if path < 0.1 => Some(Opening::LiquidSharp),
                Phase::Liquid | Phase::TwoPhase => None,
            };
            if discharge_coefficient.is_some() || opening.is_some() {
                let (c_d, said) = coefficient(discharge_coefficient, opening.unwrap_or(Opening::PipeRupture))?;
                let by = c_d / opening.map_or(1.0, default_c_d);
                stream.rate *= by;
                stream.jet.a_e *= by;
                let thin = stream.phase == Phase::Liquid && path < 2.0 * hole.d;
                found.assume(if thin && path < 0.1 && discharge_coefficient.is_none() {
                    "discharge coefficient 0.61 for a hole in the wall: none was given".to_owned()
                } else {
                    said
                });
            }
            notes.merge(&stream.notes);
            found.model(match (stream.phase, path) {
                (Phase::Gas, _) => "discharge.gas_orifice",
                (Phase::TwoPhase, _) => "discharge.omega_swollen",
                (Phase::Liquid, p) if p >= 0.1 => "discharge.omega",
                (Phase::Liquid, p) if p >= 2.0 * hole.d => "discharge.two_phase_non_equilibrium",
                _ => "discharge.liquid_orifice",
            });
            found.assume("the first rate is held until the inventory is gone, the leak is shut or an hour is over");
            let course = until_gone(inventory(inventory_kg)?, stream.rate, isolated_after_s)?;
            let p_0 = hole.p0.unwrap_or(s.vapour_pressure(Kelvin(t_0), &mut notes)?.0);
            flashed(course, s, air, &stream.jet, p_0, t_0, direction, height_m, rain_out, found, &mut notes)?
        }
        ReleaseDescription::TankHole {
            temperature_c,
            diameter_m,
            level_m,
            hole_height_m,
            hole_mm,
            pad_pa,
            isolated_after_s,
            discharge_coefficient,
            pool,
        } => {
            let t_0 = kelvin("release.temperature_c", temperature_c)?;
            let t_b = s.boiling_point(Pascal(air.p))?.0;
            if t_0 >= t_b {
                return Err(Refusal::WrongPhase {
                    substance: s.name_en.clone(),
                    temperature_k: t_0,
                    pressure_pa: air.p,
                    wanted: "a liquid below its boiling point",
                    help: "describe it as a liquefied_hole",
                });
            }
            let rho = s.liquid_density(Kelvin(t_0), &mut notes)?.0;
            let level = positive("release.level_m", level_m)?;
            let pad = not_negative("release.pad_pa", pad_pa)?;
            let (c_d, said) = coefficient(discharge_coefficient, Opening::LiquidSharp)?;
            found.assume(said);
            let r = 0.5 * positive("release.diameter_m", diameter_m)?;
            let tank = Tank {
                shape: Shape::VerticalCylinder { r, height: level },
                mass: PI * r * r * level * rho,
                rho,
                pad: if pad > 0.0 { Pad::Constant(pad) } else { Pad::Open },
                p_a: air.p,
                hole_height: within("release.hole_height_m", hole_height_m, 0.0, level, "between the floor and the level")?,
                hole_area: area(hole_mm)?.0,
                c_d,
            };
            let until = shut(isolated_after_s)?;
            let out = tank::outflow(&tank, Seconds(until), 120)?;
            notes.merge(&out.notes);
            found.model("discharge.tank");
            found.assume(if pad > 0.0 { "the blanketing keeps its pressure" } else { "the tank is open to the air" });
            // The mean would make the pool, and the fire on it, too small.
            let rate = positive("outflow, kg/s", if out.released > 0.0 { out.rate[0] } else { 0.0 })?;
            found.assume("the pool is fed at the first rate until all that leaves the tank is in it");
            spilled(s, air, rate, out.released / rate, t_0, &pool, found, &mut notes)?
        }
        ReleaseDescription::LiquidPipe {
            pressure_pa,
            temperature_c,
            diameter_mm,
            length_m,
            inventory_kg,
            height_m,
            roughness_mm,
            isolated_after_s,
            direction,
            pool,
        } => {
            let t_0 = kelvin("release.temperature_c", temperature_c)?;
            let p_0 = within("release.pressure_pa", pressure_pa, air.p * 1.0001, 1e9, "absolute, above ambient pressure")?;
            let dia = diameter(diameter_mm)?;
            let l = not_negative("release.length_m", length_m)?;
            let f = pipe::fanning(not_negative("release.roughness_mm", roughness_mm)? / 1000.0 / dia, 1e6);
            let p_sat = s.vapour_pressure(Kelvin(t_0), &mut notes)?.0;
            let rho = s.liquid_density(Kelvin(t_0), &mut notes)?.0;
            if p_0 < p_sat {
                return Err(Refusal::WrongPhase {
                    substance: s.name_en.clone(),
                    temperature_k: t_0,
                    pressure_pa: p_0,
                    wanted: "a liquid",
                    help: "describe it as a gas_pipe, or give the pressure that keeps it liquid",
                });
            }
            let friction = pipe::liquid(p_0 - p_sat.max(air.p), rho, dia, l, f, SHARP_ENTRANCE)?.0;
            found.assume(format!("sharp entrance to the pipe; Fanning friction factor {f:.4}"));
            if p_sat <= air.p {
                found.model("discharge.pipe_liquid");
                let course = until_gone(inventory(inventory_kg)?, friction, isolated_after_s)?;
                return spilled(s, air, course.rate, course.duration, t_0, &pool, found, &mut notes).inspect(|_| found.warn(&notes));
            }
            let stored = liquefied::saturated(s, t_0, air.p, &mut notes)?;
            let critical = two_phase::omega_subcooled(&stored, p_0, air.p)?.0 * round(dia);
            // Friction takes what drives the flow before it flashes; where it leaves none the mixture is driven by its own vapour.
            let own = two_phase::omega_saturated(&stored, air.p)?.0 * round(dia) / sqrt(1.0 + 4.0 * f * l / dia);
            let rate = critical.min(sqrt(friction * friction + own * own));
            found.model("discharge.pipe_flashing");
            notes.add(Note::Assumed {
                model: "discharge.pipe_flashing",
                what: "friction lowers the equilibrium flow as in a liquid pipe; from-knowledge",
            });
            let jet = expanded(&Outlet::nozzle(rate, round(dia), rho, p_sat), s, t_0, air.p)?;
            notes.merge(&jet.notes);
            let course = until_gone(inventory(inventory_kg)?, rate, isolated_after_s)?;
            flashed(course, s, air, &jet, p_0, t_0, direction, height_m, RainOut::None, found, &mut notes)?
        }
        ReleaseDescription::Spill { rate_kg_s, duration_s, temperature_c, bund_radius_m, surface, ground, solar_w_m2 } => {
            let rate = positive("release.rate_kg_s", rate_kg_s)?;
            let duration = positive("release.duration_s", duration_s)?.min(LONGEST_S);
            let t_in = kelvin("release.temperature_c", temperature_c)?;
            let basin = Basin { bund_radius_m, surface, ground, solar_w_m2 };
            spilled(s, air, rate, duration, t_in, &basin, found, &mut notes)?
        }
        ReleaseDescription::Burst { mass_kg, temperature_c } => {
            let t_0 = kelvin("release.temperature_c", temperature_c)?;
            let inventory_kg = inventory(mass_kg)?;
            let vessel = Burst { substance: s, mass: inventory_kg, t0: t_0, t_a: air.t, p_a: air.p, u10: air.u10 };
            let cloud = expand(&vessel)?;
            notes.merge(&cloud.notes);
            found.model("discharge.burst");
            found.assume("of a burst twice the flashed share goes into the cloud, at most all; the rest stays as liquid and is left out");
            found.assume(format!(
                "its own expansion mixes the cloud to {:.0} % by volume in a half-sphere of {:.0} m",
                100.0 * cloud.y,
                cloud.radius
            ));
            let vapour = (cloud.flash / cloud.airborne).min(1.0);
            let t_b = s.boiling_point(Pascal(air.p))?.0;
            let p_0 = s.vapour_pressure(Kelvin(t_0), &mut notes)?.0;
            Released {
                source: Source::Burst { inventory_kg, p_0, t_0, energy_j: cloud.energy * inventory_kg, radius_m: cloud.radius },
                rate_kg_s: 0.0,
                mean_rate_kg_s: 0.0,
                duration_s: 0.0,
                mass_kg: cloud.substance_kg,
                temperature_k: t_b,
                liquid_share: 1.0 - vapour,
                density_kg_m3: mixture_density(s, air, t_b, vapour, &mut notes)?,
                height_m: 0.0,
                steps: RateCurve::default(),
                outflow_kg_s: 0.0,
                rained: None,
            }
        }
        ReleaseDescription::GasBurst { pressure_pa, temperature_c, volume_m3 } => {
            let t_0 = kelvin("release.temperature_c", temperature_c)?;
            let p_0 = stored_gas(s, pressure_pa, t_0, air, &mut notes)?;
            let v = positive("release.volume_m3", volume_m3)?;
            let m = s.molar_mass().0;
            let mass = p_0 * v * m / (s.compressibility(Kelvin(t_0), Pascal(p_0)) * R * t_0);
            let gamma = s.gamma_298;
            let t_b = s.boiling_point(Pascal(air.p))?.0;
            let t_e = (t_0 * pow(air.p / p_0, (gamma - 1.0) / gamma)).max(t_b);
            let density = air.p * m / (R * t_e);
            found.model("discharge.gas_burst");
            found.assume("the gas expands without heat, at most to its boiling point, and is all in the cloud at once");
            Released {
                source: Source::Burst {
                    inventory_kg: mass,
                    p_0,
                    t_0,
                    energy_j: vessel_burst::isentropic_energy(p_0, v, gamma, air.p)?,
                    radius_m: libm::cbrt(3.0 * mass / density / (2.0 * PI)),
                },
                rate_kg_s: 0.0,
                mean_rate_kg_s: 0.0,
                duration_s: 0.0,
                mass_kg: mass,
                temperature_k: t_e,
                liquid_share: 0.0,
                density_kg_m3: density,
                height_m: 0.0,
                steps: RateCurve::default(),
                outflow_kg_s: 0.0,
                rained: None,
            }
        }
        ReleaseDescription::Vapour { rate_kg_s, duration_s, temperature_c, height_m } => {
            let t = kelvin("release.temperature_c", temperature_c)?;
            let t_b = s.boiling_point(Pascal(air.p))?.0;
            if t < t_b - 0.5 {
                return Err(Refusal::WrongPhase {
                    substance: s.name_en.clone(),
                    temperature_k: t,
                    pressure_pa: air.p,
                    wanted: "a vapour without air",
                    help: "describe the liquid it comes from as a spill",
                });
            }
            let rate = positive("release.rate_kg_s", rate_kg_s)?;
            let duration = positive("release.duration_s", duration_s)?;
            finished(
                Course::held(duration, rate),
                Source::Vapour,
                t,
                0.0,
                air.p * s.molar_mass().0 / (R * t),
                not_negative("release.height_m", height_m)?,
            )
        }
        ReleaseDescription::Explosive { mass_kg, tnt_share } => {
            let share = within("release.tnt_share", tnt_share, 0.01, 2.0, "kg of TNT per kg, 0.01 to 2")?;
            let tnt_kg = inventory(mass_kg)? * share;
            found.assume("a declared charge: its blast only, no cloud and no fire");
            finished(Course::held(0.0, 0.0), Source::Charge { tnt_kg }, air.t, 0.0, air.rho, 0.0)
        }
    };
    found.warn(&notes);
    Ok(released)
}

fn finished(course: Course, source: Source, temperature_k: f64, liquid_share: f64, density_kg_m3: f64, height_m: f64) -> Released {
    Released {
        source,
        rate_kg_s: course.rate,
        mean_rate_kg_s: course.mean,
        duration_s: course.duration,
        mass_kg: course.mass,
        temperature_k,
        liquid_share,
        density_kg_m3,
        height_m,
        steps: course.steps,
        outflow_kg_s: course.rate,
        rained: None,
    }
}

#[allow(clippy::too_many_arguments)] // The figures of a jet in the order of their model.
fn jetted(
    course: Course,
    a_e: f64,
    u_e: f64,
    t_e: f64,
    rho_e: f64,
    liquid: f64,
    p_0: f64,
    t_0: f64,
    direction: Direction,
    height_m: f64,
) -> Result<Released, Refusal> {
    let source = Source::Jet { area_m2: a_e, speed_m_s: u_e, p_0, t_0, direction };
    Ok(finished(course, source, t_e, liquid, rho_e, not_negative("release.height_m", height_m)?))
}

/// A jet of vapour and drops, less what rains out.
#[allow(clippy::too_many_arguments)]
fn flashed(
    mut course: Course,
    s: &Substance,
    air: &Air,
    jet: &Expanded,
    p_0: f64,
    t_0: f64,
    direction: Direction,
    height_m: f64,
    rain: RainOut,
    found: &mut Findings,
    notes: &mut Validity,
) -> Result<Released, Refusal> {
    let height = not_negative("release.height_m", height_m)?;
    let outflow_kg_s = course.rate;
    let mut at_m = 0.0;
    let lost = match rain {
        RainOut::None => {
            if jet.flash < 1.0 {
                found.assume("all droplets stay airborne (no rain-out): the upper bound of what enters the air");
            }
            0.0
        }
        RainOut::AllLiquid => {
            found.assume("only what flashed stays in the air (rain-out of all liquid): the lower bound of what enters it");
            1.0 - jet.flash
        }
        RainOut::Model => {
            let drop = Drop { substance: s, jet, t0: t_0, height, t_a: air.t, p_a: air.p, u_wind: air.wind(height.max(2.0)) };
            let fallen = rain_out(&drop)?;
            notes.merge(&fallen.notes);
            found.model("discharge.rain_out");
            found.assume(match fallen.touchdown_m {
                Some(x) => {
                    format!("{:.0} % rains out about {x:.0} m from the hole; what its pool gives off is left out", 100.0 * fallen.share)
                }
                None => "every drop evaporates before it reaches the ground".to_owned(),
            });
            at_m = fallen.touchdown_m.unwrap_or(0.0);
            fallen.share
        }
    };
    let stays = (1.0 - lost).max(1e-6);
    let vapour = (jet.flash / stays).clamp(0.0, 1.0);
    course.rate *= stays;
    course.mean *= stays;
    course.mass *= stays;
    course.steps = course.steps.scaled(stays);
    let density = mixture_density(s, air, jet.t_e, vapour, notes)?;
    let a_e = course.rate / (density * jet.u_e);
    let rained = (lost > 0.0).then_some(Rained { rate_kg_s: lost * outflow_kg_s, at_m });
    Ok(Released { outflow_kg_s, rained, ..jetted(course, a_e, jet.u_e, jet.t_e, density, 1.0 - vapour, p_0, t_0, direction, height)? })
}

/// A liquid on the ground: what flashes at once, and its pool.
#[allow(clippy::too_many_arguments)]
fn spilled(
    s: &Substance,
    air: &Air,
    rate: f64,
    duration: f64,
    t_in: f64,
    basin: &Basin,
    found: &mut Findings,
    notes: &mut Validity,
) -> Result<Released, Refusal> {
    let (surface, named) = match basin.surface {
        Surface::SmoothConcrete => (spreading::Surface::Land { h_min: 0.005 }, "smooth concrete, pool 5 mm deep at least"),
        Surface::Paved => (spreading::Surface::Land { h_min: 0.010 }, "paved ground, pool 10 mm deep at least"),
        Surface::GravelOrSand => (spreading::Surface::Land { h_min: 0.0225 }, "gravel or sand, pool 22 mm deep at least"),
        Surface::Grass => (spreading::Surface::Land { h_min: 0.015 }, "grass, pool 15 mm deep at least"),
        Surface::Water => (spreading::Surface::Water { rho_w: 1000.0, flux: None }, "water"),
    };
    let bund = basin.bund_radius_m.map(|r| positive("release.bund_radius_m", r)).transpose()?;
    let spill = Spill {
        substance: s,
        rate,
        duration_s: duration,
        t_in,
        surface,
        r_bund: bund,
        ground: basin.ground.row(),
        t_ground: air.t,
        t_air: air.t,
        p_a: air.p,
        u10: air.u10,
        solar: not_negative("release.solar_w_m2", basin.solar_w_m2)?,
        drain_kg_s: 0.0,
    };
    found.model("evaporation.pool");
    found.assume(format!("{named}, ground at air temperature; the toxic cloud is that of the pool's worst ten minutes"));
    let followed: Pool = pool(&spill, LONGEST_S)?;
    notes.merge(&followed.notes);
    if followed.flash_share > 0.0 {
        found.assume(format!(
            "{:.0} % of the spilled liquid flashes at once and joins the cloud; the rest boils as a pool",
            100.0 * followed.flash_share
        ));
    }
    let course = &followed.course;
    let widest = course.iter().max_by(|a, b| a.radius.total_cmp(&b.radius));
    let widest = widest.ok_or(Refusal::NoSolution { model: "evaporation.pool", why: "the pool has no course" })?;
    let dt = course.get(1).map_or(LONGEST_S, |at| at.t);
    let rates: Vec<f64> = course.iter().map(|at| at.vapour + if at.t < duration { followed.flash_kg_s } else { 0.0 }).collect();
    let mut over_time = Course::of(&rates, dt);
    positive("evaporation rate, kg/s", over_time.mean)?;
    // The first instants of a pool that is still a drop jump; a flammable cloud needs a minute to form.
    let window = (libm::round(60.0 / dt) as usize).clamp(1, rates.len());
    over_time.rate = rates.windows(window).map(|some| some.iter().sum::<f64>() / window as f64).fold(0.0, f64::max).max(over_time.mean);
    found.assume(format!("without the cooling by evaporation the pool would give {:.2} kg/s at most", followed.upper_bound));
    // The vapour is as warm as the pool when it is widest; what flashed as warm as the boiling point.
    let t = if followed.flash_share > 0.0 { s.boiling_point(Pascal(air.p))?.0 } else { widest.temperature };
    let fed_kg_s = rate - followed.flash_kg_s;
    let source = Source::Pool { radius_m: widest.radius.max(0.1), fed_kg_s, fed_s: duration, bunded: bund.is_some() };
    Ok(Released { outflow_kg_s: rate, ..finished(over_time, source, t, 0.0, air.p * s.molar_mass().0 / (R * t), 0.0) })
}

/// Absolute pressure of a stored gas; refused where the substance is liquid at it.
fn stored_gas(s: &Substance, pressure_pa: f64, t_0: f64, air: &Air, notes: &mut Validity) -> Result<f64, Refusal> {
    let p_0 = within("release.pressure_pa", pressure_pa, air.p * 1.0001, 1e9, "absolute, above ambient pressure")?;
    if t_0 < s.t_crit_K && p_0 > 1.02 * s.vapour_pressure(Kelvin(t_0), notes)?.0 {
        return Err(Refusal::WrongPhase {
            substance: s.name_en.clone(),
            temperature_k: t_0,
            pressure_pa: p_0,
            wanted: "a gas",
            help: "describe it as a liquefied_hole, a liquid_pipe or a burst",
        });
    }
    Ok(p_0)
}

fn gas_hole(s: &Substance, p_0: f64, t_0: f64, c_d: f64, a: f64, air: &Air) -> GasHole {
    GasHole {
        c_d,
        a: SquareMetres(a),
        p0: Pascal(p_0),
        t0: Kelvin(t_0),
        m: s.molar_mass(),
        gamma: s.gamma_298,
        z: s.compressibility(Kelvin(t_0), Pascal(p_0)),
        p_a: Pascal(air.p),
    }
}

/// A vessel of gas that loses pressure: `ṁ = ṁ_i [1 + (γ−1)/2 t ṁ_i/M_i]^(−(γ+1)/(γ−1))`, the choked closed form, until ambient pressure.
fn blow_down(
    s: &Substance,
    m_i: f64,
    rate_i: f64,
    p_0: f64,
    isolated_after_s: Option<f64>,
    air: &Air,
    found: &mut Findings,
) -> Result<Course, Refusal> {
    let rate_i = positive("release rate, kg/s", rate_i)?;
    let gamma = s.gamma_298;
    let until = shut(isolated_after_s)?;
    // The mass that stays at ambient pressure.
    let stays = pow(air.p / p_0, 1.0 / gamma);
    let share = |t: f64| exp(-2.0 / (gamma - 1.0) * log(1.0 + (gamma - 1.0) / 2.0 * t * rate_i / m_i));
    let empty = 2.0 / (gamma - 1.0) * (pow(stays, -(gamma - 1.0) / 2.0) - 1.0) * m_i / rate_i;
    let end = until.min(empty);
    found.assume("the vessel blows down without heat; the rate falls with its pressure");
    const N: usize = 60;
    let dt = end / N as f64;
    let rates: Vec<f64> = (0..=N).map(|i| rate_i * pow(share(i as f64 * dt), (gamma + 1.0) / 2.0)).collect();
    let mut course = Course::of(&rates, dt);
    course.duration = end;
    Ok(course)
}

fn area(hole_mm: f64) -> Result<SquareMetres, Refusal> {
    let d = within("release.hole_mm", hole_mm, 0.1, 3000.0, "0.1 to 3000 mm")? / 1000.0;
    Ok(SquareMetres(PI * d * d / 4.0))
}

fn diameter(diameter_mm: f64) -> Result<f64, Refusal> {
    Ok(within("release.diameter_mm", diameter_mm, 1.0, 3000.0, "1 to 3000 mm")? / 1000.0)
}

fn inventory(mass_kg: f64) -> Result<f64, Refusal> {
    if mass_kg < 0.0 {
        return Err(Refusal::NegativeInventory { mass_kg });
    }
    positive("release.inventory_kg", mass_kg)
}

/// When the leak ends whatever is left, s.
fn shut(isolated_after_s: Option<f64>) -> Result<f64, Refusal> {
    Ok(isolated_after_s.map_or(Ok(LONGEST_S), |s| positive("release.isolated_after_s", s))?.min(LONGEST_S))
}

fn until_gone(inventory_kg: f64, rate: f64, isolated_after_s: Option<f64>) -> Result<Course, Refusal> {
    let rate = positive("release rate, kg/s", rate)?;
    Ok(Course::held((inventory_kg / rate).min(shut(isolated_after_s)?), rate))
}

/// Density at `t` of vapour (share `x`) with droplets, kg/m³.
fn mixture_density(s: &Substance, air: &Air, t: f64, x: f64, notes: &mut Validity) -> Result<f64, Refusal> {
    let gas = x * R * t / (air.p * s.molar_mass().0);
    if x >= 1.0 {
        return Ok(1.0 / gas);
    }
    let rho_l = s.liquid_density(Kelvin(t), notes)?.0;
    Ok(1.0 / (gas + (1.0 - x) / rho_l))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_falling_rate_is_told_in_at_most_five_steps_of_its_mass() {
        let rates: Vec<f64> = (0..=300).map(|i| 10.0 * exp(-f64::from(i) / 60.0)).collect();
        let course = Course::of(&rates, 1.0);
        let told = course.steps.as_slice();
        assert!((3..=5).contains(&told.len()));
        assert!((told.iter().map(|step| step.mass()).sum::<f64>() / course.mass - 1.0).abs() < 1e-6);
        assert!(told.windows(2).all(|pair| pair[0].rate > pair[1].rate), "{told:?}");
        assert!(course.rate == 10.0 && course.mean < 10.0 && course.mean > course.mass / 300.0);
    }

    #[test]
    fn a_held_rate_is_one_step() {
        let course = Course::held(120.0, 3.0);
        let told = course.steps.as_slice();
        assert!(told.len() == 1 && told[0].rate == 3.0 && told[0].to == 120.0 && course.mass == 360.0, "{told:?}");
    }
}
