//! A mixed liquid: what stands over it and when that burns or harms. Specification 01, mixtures.
//! Absent on purpose: activity coefficients; solutions in water need measured partial pressures.

use crate::properties::{Substance, le_chatelier};
use crate::validity::{not_negative, positive};
use crate::{Kelvin, Refusal, Validity};

/// Solutes that are not ideal in water: ammonia, hydrogen chloride, hydrogen fluoride, formaldehyde.
const NOT_IDEAL_IN_WATER: [&str; 4] = ["7664-41-7", "7647-01-0", "7664-39-3", "50-00-0"];
const WATER: &str = "7732-18-5";
/// Most substances of a mixture.
pub const MOST_PARTS: usize = 8;

/// One substance of a liquid and its share of the moles.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    pub substance: &'a Substance,
    pub x: f64,
}

/// Measured partial pressure of a solute over its solution of one strength: rows of (temperature, K; Pa), in rising order.
#[derive(Debug, Clone, Copy)]
pub struct Solution<'a> {
    pub cas: &'a str,
    pub rows: &'a [(f64, f64)],
}

/// Partial pressures over a liquid, Pa, in the order of `parts`: Raoult's law `p_i = x_i p_sat,i(T)`.
///
/// A solution in water of what is not ideal there takes the measured figures of `solution`, and is refused without them.
pub fn partial_pressures(
    parts: &[Part],
    t: Kelvin,
    solution: Option<&Solution>,
    notes: &mut Validity,
) -> Result<[f64; MOST_PARTS], Refusal> {
    if parts.is_empty() || parts.len() > MOST_PARTS {
        return Err(Refusal::OutOfDomain { input: "parts of the mixture", value: parts.len() as f64, wanted: "one to eight substances" });
    }
    let total: f64 = parts.iter().map(|p| p.x).sum();
    if total.is_nan() || (total - 1.0).abs() > 1e-3 {
        return Err(Refusal::OutOfDomain { input: "shares of the moles", value: total, wanted: "one together" });
    }
    let watery = parts.iter().any(|p| p.substance.cas == WATER && p.x > 0.0);
    let mut p = [0.0; MOST_PARTS];
    for (p, part) in p.iter_mut().zip(parts) {
        let x = not_negative("share of the moles", part.x)?;
        let s = part.substance;
        *p = if watery && NOT_IDEAL_IN_WATER.contains(&s.cas.as_str()) {
            let table = solution.filter(|table| table.cas == s.cas);
            let none = || Refusal::MissingProperty {
                substance: format!("a solution of {} in water", s.name_en),
                property: "partial pressure by temperature at this strength",
            };
            interpolated(table.ok_or_else(none)?.rows, t.0)?
        } else if x > 0.0 {
            x * s.vapour_pressure(t, notes)?.0
        } else {
            0.0
        };
    }
    Ok(p)
}

/// Between the rows, ln p against temperature would need a logarithm of zero; the rows are close enough for a straight line.
fn interpolated(rows: &[(f64, f64)], t: f64) -> Result<f64, Refusal> {
    for pair in rows.windows(2) {
        let ((t0, p0), (t1, p1)) = (pair[0], pair[1]);
        if (t0..=t1).contains(&t) && t1 > t0 {
            return Ok(p0 + (p1 - p0) * (t - t0) / (t1 - t0));
        }
    }
    Err(Refusal::OutOfDomain { input: "temperature of the solution, K", value: t, wanted: "within the table of partial pressures" })
}

/// Mean molar mass of the vapour over a liquid, kg/mol.
pub fn vapour_molar_mass(parts: &[Part], p: &[f64; MOST_PARTS]) -> Result<f64, Refusal> {
    let sum: f64 = p.iter().sum();
    let sum = positive("vapour pressure of the mixture, Pa", sum)?;
    Ok(parts.iter().zip(p).map(|(part, p)| p / sum * part.substance.molar_mass().0).sum())
}

/// Lower flammable limit of the vapour over a liquid, volume fraction of vapour (Le Chatelier); what does not burn dilutes.
pub fn lower_flammable_limit(parts: &[Part], p: &[f64; MOST_PARTS]) -> Option<f64> {
    let mut shares = [(0.0, f64::INFINITY); MOST_PARTS];
    for ((share, part), p) in shares.iter_mut().zip(parts).zip(p) {
        *share = (*p, part.substance.lfl_pct.map_or(f64::INFINITY, |pct| pct / 100.0));
    }
    le_chatelier(&shares)
}

/// Sum of `c_i/c_limit,i` for substances with the same effect; over 1 the mixture harms as each alone would at its limit.
pub fn share_of_limits(parts: impl IntoIterator<Item = (f64, f64)>) -> f64 {
    parts.into_iter().map(|(c, limit)| c / limit).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::substance;

    fn part(cas: &str, x: f64) -> Part<'static> {
        Part { substance: substance(cas).unwrap(), x }
    }

    #[test]
    fn benzene_and_toluene_follow_raoult_and_burn_between_their_limits() {
        let parts = [part("71-43-2", 0.5), part("108-88-3", 0.5)];
        let p = partial_pressures(&parts, Kelvin(298.15), None, &mut Validity::new()).unwrap();
        assert!((p[0] / 6_340.0 - 1.0).abs() < 0.02 && (p[1] / 1_900.0 - 1.0).abs() < 0.03, "{p:?}");
        let lfl = lower_flammable_limit(&parts, &p).unwrap();
        assert!((0.011..0.0145).contains(&lfl), "{lfl}");
        assert!((0.078..0.082).contains(&vapour_molar_mass(&parts, &p).unwrap()));
        assert_eq!(share_of_limits([(5.0, 10.0), (1.0, 4.0)]), 0.75);
    }

    #[test]
    fn ammonia_water_needs_its_table() {
        let parts = [part("7664-41-7", 0.26), part("7732-18-5", 0.74)];
        let refused = partial_pressures(&parts, Kelvin(293.0), None, &mut Validity::new()).unwrap_err();
        assert!(matches!(refused, Refusal::MissingProperty { .. }), "{refused}");
        let table = Solution { cas: "7664-41-7", rows: &[(283.0, 20_000.0), (303.0, 50_000.0)] };
        let p = partial_pressures(&parts, Kelvin(293.0), Some(&table), &mut Validity::new()).unwrap();
        assert_eq!(p[0], 35_000.0);
        assert!(partial_pressures(&parts, Kelvin(320.0), Some(&table), &mut Validity::new()).is_err());
        assert!(partial_pressures(&[part("71-43-2", 0.5)], Kelvin(293.0), None, &mut Validity::new()).is_err());
    }
}
