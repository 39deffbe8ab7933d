//! The levels whose zones are drawn, and how each is asked for.

use super::TOXIC_S;
use crate::properties::{Burns, Substance};
use crate::scenario::Findings;
use crate::scenario::describe::Description;
use crate::scenario::effects::{BREATH_M, FLAMMABLE_S};
use crate::scenario::release::{Released, Source};
use crate::vulnerability::{ProbitSet, toxic_probit};
use crate::zones::{Hazard, Level, flammable_levels, own_levels, toxic_levels};
use crate::{Note, Refusal};

/// Limits the zones are drawn for.
pub(in crate::scenario) fn levels(d: &Description, s: &Substance, r: &Released, found: &mut Findings) -> Result<Vec<Level>, Refusal> {
    let mut levels: Vec<Level> = Vec::new();
    if matches!(r.source, Source::Charge { .. }) {
        return Ok(levels);
    }
    let own = d.levels.clone().unwrap_or_default();
    match (own.toxic_ppm, toxic_levels(s)) {
        (Some(values), _) => levels.extend(own_levels(Hazard::Toxic, values)?),
        (None, Ok(toxic)) => {
            found
                .assume(format!("toxic zones by {}, one set for all colours", toxic[0].basis.split([' ', '-']).next().unwrap_or_default()));
            levels.extend(for_the_duration(s, r, own.toxic_for_the_duration, toxic, found));
        }
        (None, Err(_)) => {
            found.note(Note::LeftOut {
                model: "toxic_level",
                what: "the toxic zone: no toxic level is tabled for the substance; give levels if it is toxic",
            });
            found.assume("no toxic level is tabled for the substance: no toxic zone");
        }
    }
    match (s.lfl_pct, s.burns) {
        (Some(_), _) => {
            levels.extend(flammable_levels(s)?);
            if let (Some(lfl), Some(other)) = (s.lfl_pct, s.lfl_other_pct) {
                found.assume(format!("databases give {lfl} and {other} % as lower flammable limit; the lower draws the zone"));
            }
            if s.ufl_pct.is_none() {
                found.note(Note::Assumed {
                    model: "flammable_limits",
                    what: "the upper flammable limit is not tabled: all above the lower burns",
                });
            }
        }
        (None, Burns::No) => found.assume("the substance does not burn: no flammable zone, fire or explosion"),
        (None, _) => {
            found.note(Note::LeftOut {
                model: "flammable_limits",
                what: "fire and explosion: the substance may burn, but its lower flammable limit is not tabled; give it",
            });
            found
                .assume("no flammable limit is tabled for the substance, which may burn: no flammable zone, fire or explosion is computed");
        }
    }
    if levels.is_empty() {
        // A vessel of nitrogen bursts all the same.
        if matches!(r.source, Source::Burst { .. }) {
            found.note(Note::LeftOut {
                model: "toxic_level",
                what: "the cloud of the burst, which has neither a toxic level nor a flammable limit; close by it may displace the air",
            });
            return Ok(levels);
        }
        return Err(Refusal::MissingProperty { substance: s.name_en.clone(), property: "toxic level or flammable limit" });
    }
    Ok(levels)
}

/// Levels for 60 min at another duration by `cⁿ t = const`: for shorter ones when asked, for longer ones always; n is the probit's.
fn for_the_duration(s: &Substance, r: &Released, asked: bool, levels: Vec<Level>, found: &mut Findings) -> Vec<Level> {
    let minutes = r.duration_s / 60.0;
    if (minutes - 60.0).abs() < 0.02 {
        return levels;
    }
    let n = toxic_probit(&s.cas, ProbitSet::Purple).or_else(|| toxic_probit(&s.cas, ProbitSet::Ccps)).map(|probit| probit.n);
    let scaled = |n: f64, minutes: f64| {
        let factor = libm::pow(60.0 / minutes, 1.0 / n);
        levels.iter().map(|level| Level { value: level.value * factor, ..*level }).collect()
    };
    if minutes > 60.0 {
        found.note(Note::OutOfRange { model: "toxic_level", input: "duration of the release, min", value: minutes, low: 0.0, high: 60.0 });
    }
    match n {
        Some(n) if minutes > 60.0 || asked => {
            if minutes < 10.0 {
                found.assume(format!("toxic levels scaled from 60 to 10 min by c^n t, n = {n} of the probit; the release is shorter"));
            } else {
                found.assume(format!("toxic levels scaled from 60 to {minutes:.0} min by c^n t, n = {n} of the probit"));
            }
            scaled(n, minutes.max(10.0))
        }
        _ => {
            found.note(Note::Assumed { model: "toxic_level", what: "levels for 60 minutes hold, though the release lasts otherwise" });
            levels
        }
    }
}

/// A level as volume fraction.
pub(in crate::scenario) fn fraction(level: &Level) -> f64 {
    match level.hazard {
        Hazard::Toxic => level.value * 1e-6,
        _ => level.value,
    }
}

/// Height, m, and averaging time, s, at which a level's zone is drawn.
pub(in crate::scenario) fn sampled(level: &Level) -> (f64, f64) {
    match level.hazard {
        Hazard::Toxic => (BREATH_M, TOXIC_S),
        _ => (0.0, FLAMMABLE_S),
    }
}
