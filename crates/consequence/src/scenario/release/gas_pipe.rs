//! Gas out of a broken pipe.

use libm::sqrt;
use serde::{Deserialize, Serialize};

use super::course::{Course, End};
use super::inputs::{bounded_mass, diameter, inventory, kelvin, rough, shut};
use super::jet::{Direction, Mouth, Outflow, jetted};
use super::stored_gas::StoredGas;
use super::{Kind, Released, Setting};
use crate::Refusal;
use crate::discharge::gas::{self, Condensing};
use crate::discharge::pipe::{self, SHARP_ENTRANCE};
use crate::discharge::round;
use crate::units::{Pascal, R, Seconds};
use crate::validity::{not_negative, positive};

/// Gas out of a broken pipe: from a vessel through `length_m` of it, or, without an inventory, out of the line itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GasPipe {
    pub pressure_pa: f64,
    pub temperature_c: f64,
    pub diameter_mm: f64,
    pub length_m: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory_kg: Option<f64>,
    pub height_m: f64,
    #[serde(default = "rough")]
    pub roughness_mm: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolated_after_s: Option<f64>,
    #[serde(default)]
    pub direction: Direction,
}

/// Inner diameter and length, m, and Fanning friction factor.
struct Line {
    d: f64,
    l: f64,
    f: f64,
}

impl Kind for GasPipe {
    fn bounded(&self) -> Result<(), Refusal> {
        self.inventory_kg.map_or(Ok(()), |kg| bounded_mass("release.inventory_kg", kg))
    }

    fn released(&self, at: &mut Setting) -> Result<Released, Refusal> {
        let t_0 = kelvin("release.temperature_c", self.temperature_c)?;
        let stored = StoredGas::of(at, self.pressure_pa, t_0)?;
        let dia = diameter(self.diameter_mm)?;
        let l = not_negative("release.length_m", self.length_m)?;
        let rough = not_negative("release.roughness_mm", self.roughness_mm)? / 1000.0;
        let f = pipe::fanning(rough / dia, 1e7);
        let line = Line { d: dia, l, f };
        let (rate, course) = match self.inventory_kg {
            Some(mass) => self.fed(at, stored, mass, &line)?,
            None => self.unfed(at, stored, &line)?,
        };
        // The open end as a nozzle that passes this rate: its throat narrows until the jet is that of the pipe.
        let open = stored.through(at, 1.0, round(dia));
        let full = gas::orifice(&open, Some(&Condensing::of(at.s, Pascal(at.air.p))?))?;
        at.notes.merge(&full.notes);
        let jet = Outflow { area: rate / (full.rho_e * full.u_e), ..Outflow::of(&full) };
        jetted(course, &jet, &Mouth { p_0: stored.p_0, t_0, direction: self.direction, height_m: self.height_m })
    }
}

impl GasPipe {
    /// First rate, kg/s, and the course of a vessel that empties through the line.
    fn fed(&self, at: &mut Setting, stored: StoredGas, mass: f64, line: &Line) -> Result<(f64, Course), Refusal> {
        let Line { d, l, f } = *line;
        let from = pipe::GasPipe {
            p0: stored.p_0,
            t0: stored.t_0,
            m: at.s.molar_mass().0,
            gamma: at.s.gamma_298,
            z: stored.compressibility(at),
            d,
            l,
            f,
            sum_k: SHARP_ENTRANCE,
            p_a: at.air.p,
        };
        let rate = at.by * pipe::gas(&from)?.rate;
        at.found.model("discharge.pipe_fanno");
        at.found.assume(format!("the pipe leaves a vessel by a sharp entrance; Fanning friction factor {f:.4}"));
        Ok((rate, stored.blow_down(at, inventory(mass)?, rate, self.isolated_after_s)?))
    }

    /// First rate, kg/s, and the course of a line that loses its own contents.
    fn unfed(&self, at: &mut Setting, stored: StoredGas, line: &Line) -> Result<(f64, Course), Refusal> {
        let Line { d: dia, l, f } = *line;
        let (s, z, StoredGas { p_0, t_0 }) = (at.s, stored.compressibility(at), stored);
        positive("release.length_m", self.length_m)?;
        let c = sqrt(s.gamma_298 * z * R * t_0 / s.molar_mass().0);
        let m0 = p_0 * s.molar_mass().0 / (z * R * t_0) * round(dia) * l;
        let rate0 = at.by * gas::orifice(&stored.through(at, 1.0, round(dia)), None)?.rate;
        let t_b = pipe::wilson_time(l, c, s.gamma_298, 4.0 * f, dia).0;
        at.found.model("discharge.pipe_wilson");
        at.found.assume("full-bore break of a line that nothing feeds: its own contents leave by Wilson's decay");
        let shut = shut(self.isolated_after_s)?;
        // In steps of its own decay: the first seconds lose most.
        let until = shut.min(8.0 * t_b);
        let n = 1200;
        let rates = (0..=n)
            .map(|i| pipe::wilson(rate0, m0, t_b, Seconds(until * f64::from(i) / f64::from(n))).map(|rate| rate.0))
            .collect::<Result<Vec<f64>, _>>()?;
        let end = if self.isolated_after_s.is_some() && shut <= 8.0 * t_b { End::Known } else { End::Open };
        Ok((rate0, Course::of(&rates, until / f64::from(n), end)))
    }
}
