//! Energy of a bursting vessel, to be carried into a blast by an equivalent charge (specification 08 §5).

use libm::pow;

use super::tnt;
use crate::Refusal;
use crate::validity::{positive, within};

/// Energy of isentropic expansion, J: `E = p1 V/(γ−1) [1 − (p_a/p1)^((γ−1)/γ)]`.
pub fn isentropic_energy(p1: f64, v: f64, gamma: f64, p_a: f64) -> Result<f64, Refusal> {
    check(p1, v, gamma, p_a)?;
    Ok(p1 * v / (gamma - 1.0) * (1.0 - pow(p_a / p1, (gamma - 1.0) / gamma)))
}

/// Energy after Brode, J: `(p1 − p_a) V/(γ−1)`; the upper bound.
pub fn brode_energy(p1: f64, v: f64, gamma: f64, p_a: f64) -> Result<f64, Refusal> {
    check(p1, v, gamma, p_a)?;
    Ok((p1 - p_a) * v / (gamma - 1.0))
}

fn check(p1: f64, v: f64, gamma: f64, p_a: f64) -> Result<(), Refusal> {
    positive("v", v)?;
    positive("p_a", p_a)?;
    within("gamma", gamma, 1.001, 2.0, "between 1 and 2")?;
    within("p1", p1, p_a, 1e10, "at least ambient pressure").map(drop)
}

/// Blast of a bursting vessel at `r` m: Kingery–Bulmash with `W = E/H_TNT`, halved where fragments take energy.
///
/// Meant beyond two vessel diameters.
pub fn blast(energy_j: f64, fragments: bool, r: f64) -> Result<tnt::Blast, Refusal> {
    let share = if fragments { 0.5 } else { 1.0 };
    tnt::kingery_bulmash(share * positive("energy_j", energy_j)? / tnt::H_TNT, r)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brode_lies_above_the_isentropic_energy_and_both_vanish_at_ambient_pressure() {
        let (p_a, v) = (101325.0, 50.0);
        assert!(brode_energy(2e6, v, 1.4, p_a).unwrap() > isentropic_energy(2e6, v, 1.4, p_a).unwrap());
        assert_eq!(isentropic_energy(p_a, v, 1.4, p_a).unwrap(), 0.0);
        assert!(isentropic_energy(0.9 * p_a, v, 1.4, p_a).is_err());
    }

    #[test]
    fn fragments_take_half() {
        assert!(blast(1e9, true, 50.0).unwrap().pressure_pa < blast(1e9, false, 50.0).unwrap().pressure_pa);
    }
}
