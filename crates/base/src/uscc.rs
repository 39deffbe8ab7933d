//! The unified social credit code of a legal person. Source: GB 32100-2015; check character after its annex.

use std::fmt;

use serde::Serialize;

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^(i−1) mod 31 for i = 1…17.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct UnifiedCreditCode(String);

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum UsccError {
    #[error("a unified credit code has 18 characters; this has {0}")]
    Length(usize),
    #[error("`{0}` does not occur in a unified credit code")]
    Character(char),
    #[error("the check character should be `{expected}`, not `{found}`")]
    Check { expected: char, found: char },
}

impl UnifiedCreditCode {
    /// Upper-cases and drops spaces and hyphens first, as people type them.
    pub fn parse(text: &str) -> Result<Self, UsccError> {
        let code: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        let length = code.chars().count();
        if length != 18 {
            return Err(UsccError::Length(length));
        }
        let values = code.chars().map(value_of).collect::<Result<Vec<_>, _>>()?;
        let sum: u32 = values.iter().zip(WEIGHTS).map(|(v, w)| v * w).sum();
        let expected = ALPHABET[((31 - sum % 31) % 31) as usize] as char;
        let found = ALPHABET[values[17] as usize] as char;
        if found == expected { Ok(Self(code)) } else { Err(UsccError::Check { expected, found }) }
    }

    /// Completes 17 characters with their check character: for making fictitious enterprises.
    pub fn complete(first: &str) -> Option<Self> {
        ALPHABET.iter().find_map(|last| Self::parse(&format!("{first}{}", *last as char)).ok())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Department, kind of body, division, organisation code, check character: places 1, 2, 3–8, 9–17, 18.
    pub fn parts(&self) -> [&str; 5] {
        [&self.0[..1], &self.0[1..2], &self.0[2..8], &self.0[8..17], &self.0[17..]]
    }

    /// The check character that the organisation code within should have (GB 11714-1997). Some issued codes have another.
    pub fn organisation_check(&self) -> char {
        const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
        let digits = self.parts()[3].chars().map(|c| c.to_digit(36).expect("the alphabet has digits and capitals"));
        let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
        match 11 - sum % 11 {
            10 => 'X',
            11 => '0',
            check => char::from_digit(check, 10).expect("1 to 9"),
        }
    }
}

fn value_of(c: char) -> Result<u32, UsccError> {
    ALPHABET.iter().position(|a| *a as char == c).map(|at| at as u32).ok_or(UsccError::Character(c))
}

impl fmt::Display for UnifiedCreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fictitious_codes_check() {
        for good in ["91320411MAA1AA112Q", "91320411MAB2BB228R", "92320411MAD4DD449N", "91320411mae5ee554q", "9132 0411-MAE5EE554Q"] {
            assert!(UnifiedCreditCode::parse(good).is_ok(), "{good}");
        }
        assert_eq!(UnifiedCreditCode::parse("91320411MAA1AA1120"), Err(UsccError::Check { expected: 'Q', found: '0' }));
        assert_eq!(UnifiedCreditCode::parse("91320411MAB2BB228"), Err(UsccError::Length(17)));
        assert_eq!(UnifiedCreditCode::parse("91I20411MAC3CC333Q"), Err(UsccError::Character('I')));
    }

    #[test]
    fn the_organisation_code_has_its_own_check_character() {
        // 0·3 + 0·7 + 0·9 + 0·10 + 0·5 + 0·8 + 0·4 + 1·2 = 2; 11 − 2 = 9.
        for (organisation, check) in [("000000019", '9'), ("000000000", '0'), ("100000008", '8'), ("D2143569X", 'X')] {
            let code = UnifiedCreditCode::complete(&format!("91320411{organisation}")).unwrap();
            assert_eq!((code.parts()[3], code.organisation_check()), (organisation, check));
        }
    }
}
