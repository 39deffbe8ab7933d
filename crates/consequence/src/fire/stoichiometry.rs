//! How much air a fuel needs, from its formula: mass and volume share of the fuel in a stoichiometric mixture (specifications 07 §3, 08 §1).
//!
//! Products: CO2, H2O, N2, SO2, hydrogen halides, SiO2, P4O10, As2O3. Absent on purpose: equilibrium, partial combustion.

use crate::{M_AIR, Refusal};

/// Share of oxygen in dry air, by volume.
const OXYGEN: f64 = 0.2095;

/// Atoms of a molecule that matter to its burning, and its molar mass, kg/mol.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Formula {
    pub c: f64,
    pub h: f64,
    pub o: f64,
    pub n: f64,
    pub s: f64,
    /// F, Cl and Br together: each takes a hydrogen.
    pub halogen: f64,
    pub si: f64,
    pub p: f64,
    pub arsenic: f64,
    pub molar_mass: f64,
}

impl Formula {
    /// Reads `C2H4Cl2`. `None` for an element it does not know.
    pub fn of(text: &str) -> Option<Self> {
        let mut formula = Self::default();
        let mut rest = text;
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let name_len = 1 + rest.bytes().skip(1).take_while(u8::is_ascii_lowercase).count();
            let (element, after) = rest.split_at_checked(name_len)?;
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let (count, after) = after.split_at(digits);
            let n = if count.is_empty() { 1.0 } else { count.parse().ok()? };
            let (place, mass) = match element {
                "C" => (&mut formula.c, 12.0107),
                "H" => (&mut formula.h, 1.00794),
                "O" => (&mut formula.o, 15.9994),
                "N" => (&mut formula.n, 14.0067),
                "S" => (&mut formula.s, 32.065),
                "F" => (&mut formula.halogen, 18.9984),
                "Cl" => (&mut formula.halogen, 35.453),
                "Br" => (&mut formula.halogen, 79.904),
                "Si" => (&mut formula.si, 28.0855),
                "P" => (&mut formula.p, 30.97376),
                "As" => (&mut formula.arsenic, 74.9216),
                _ => return None,
            };
            *place += n;
            formula.molar_mass += n * mass * 1e-3;
            rest = after;
        }
        Some(formula)
    }

    /// Only carbon and hydrogen.
    pub fn is_hydrocarbon(&self) -> bool {
        self.c > 0.0 && self.h > 0.0 && self.o + self.n + self.s + self.halogen + self.si + self.p + self.arsenic == 0.0
    }

    /// Moles of oxygen one mole takes: `ν = C + (H − X)/4 + S + Si + 5/4 P + 3/4 As − O/2`.
    pub fn oxygen(&self) -> f64 {
        self.c + (self.h - self.halogen).max(0.0) / 4.0 + self.s + self.si + 1.25 * self.p + 0.75 * self.arsenic - self.o / 2.0
    }

    /// Volume fraction of the fuel in a stoichiometric mixture with air: `c_st = 1/(1 + ν/0.2095)`.
    pub fn volume_fraction(&self) -> Result<f64, Refusal> {
        Ok(1.0 / (1.0 + self.air()?))
    }

    /// Mass fraction of the fuel in a stoichiometric mixture with air: `W = M/(M + ν/0.2095 M_air)`.
    pub fn mass_fraction(&self) -> Result<f64, Refusal> {
        Ok(self.molar_mass / (self.molar_mass + self.air()? * M_AIR))
    }

    /// Moles of air for one of fuel.
    fn air(&self) -> Result<f64, Refusal> {
        let oxygen = self.oxygen();
        if oxygen > 0.0 {
            Ok(oxygen / OXYGEN)
        } else {
            Err(Refusal::NoSolution { model: "stoichiometry", why: "the substance takes no oxygen" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fire::jet::alkane_stoichiometric_fraction;
    use crate::properties::substances;

    #[test]
    fn every_formula_of_the_table_weighs_what_the_table_says() {
        for s in substances() {
            let formula = Formula::of(&s.formula).unwrap_or_else(|| panic!("{}: {}", s.name_en, s.formula));
            assert!((formula.molar_mass / s.molar_mass().0 - 1.0).abs() < 1e-3, "{}: {}", s.name_en, s.formula);
            if s.lfl_pct.is_some() {
                assert!(formula.oxygen() > 0.0, "{} burns and takes oxygen", s.name_en);
            }
        }
    }

    #[test]
    fn known_mixtures_come_out() {
        let of = |text: &str| Formula::of(text).unwrap();
        assert!((of("CH4").volume_fraction().unwrap() - 0.0948).abs() < 2e-4);
        assert!((of("H2").volume_fraction().unwrap() - 0.2953).abs() < 2e-4);
        assert!((of("NH3").volume_fraction().unwrap() - 0.2183).abs() < 3e-4);
        assert!((of("CO").mass_fraction().unwrap() - 0.288).abs() < 2e-3);
        assert!((of("CH4O").volume_fraction().unwrap() - 0.1225).abs() < 3e-4);
        // The alkane line of the jet model agrees with the reaction for alkanes, and is far off for hydrogen sulphide.
        for (text, m) in [("CH4", 0.01604), ("C3H8", 0.0441), ("C4H10", 0.0581)] {
            assert!((of(text).mass_fraction().unwrap() / alkane_stoichiometric_fraction(m) - 1.0).abs() < 0.01, "{text}");
        }
        assert!(of("H2S").mass_fraction().unwrap() > 2.0 * alkane_stoichiometric_fraction(0.03408));
    }

    #[test]
    fn what_does_not_burn_has_no_mixture() {
        assert!(Formula::of("CO2").unwrap().volume_fraction().is_err());
        assert!(Formula::of("Xx2").is_none() && Formula::of("").is_none() && Formula::of("氯").is_none());
        assert!(!Formula::of("CH3Cl").unwrap().is_hydrocarbon() && Formula::of("C6H6").unwrap().is_hydrocarbon());
    }
}
