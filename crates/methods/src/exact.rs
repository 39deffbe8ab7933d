//! Fractions without rounding, so that a limit reached exactly counts as reached. Rounded only where they leave as JSON.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A fraction in lowest terms with a positive denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Exact {
    num: i128,
    den: i128,
}

impl Exact {
    pub const ZERO: Self = Self::whole(0);
    pub const ONE: Self = Self::whole(1);
    /// More decimals than a binary float can mean.
    const MOST_DECIMALS: i32 = 18;

    pub const fn whole(n: i64) -> Self {
        Self { num: n as i128, den: 1 }
    }

    fn new(num: i128, den: i128) -> Option<Self> {
        let divisor = gcd(num.unsigned_abs(), den.unsigned_abs());
        let divisor = i128::try_from(divisor).ok().filter(|d| *d != 0)?;
        let sign = if den < 0 { -1 } else { 1 };
        (den != 0).then_some(Self { num: sign * num / divisor, den: sign * den / divisor })
    }

    /// The number a person wrote, such as `12.5` or `1e-3`. `None` beyond 18 decimals or 18 digits before the point.
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (sign, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, mantissa),
        };
        let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
        let digit = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if before.is_empty() || !digit(before) || !digit(after) || before.len() + after.len() > 36 {
            return None;
        }
        let num: i128 = format!("{before}{after}").parse().ok()?;
        if num == 0 {
            return Some(Self::ZERO);
        }
        let places = i32::try_from(after.len()).ok()?.checked_sub(exponent)?;
        if !(-Self::MOST_DECIMALS..=Self::MOST_DECIMALS).contains(&places) {
            return None;
        }
        let scale = 10_i128.checked_pow(places.unsigned_abs())?;
        if places >= 0 { Self::new(sign * num, scale) } else { Self::new(num.checked_mul(sign * scale)?, 1) }
    }

    /// `None` where the sum does not fit into 127 bits.
    pub fn plus(self, other: Self) -> Option<Self> {
        let shared = i128::try_from(gcd(self.den.unsigned_abs(), other.den.unsigned_abs())).ok()?;
        let left = self.num.checked_mul(other.den / shared)?;
        let right = other.num.checked_mul(self.den / shared)?;
        Self::new(left.checked_add(right)?, self.den.checked_mul(other.den / shared)?)
    }

    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { num: -other.num, den: other.den })
    }

    pub fn times(self, other: Self) -> Option<Self> {
        // Cancel crosswise first: the product then overflows only if the result does.
        let a = Self::new(self.num, other.den)?;
        let b = Self::new(other.num, self.den)?;
        Some(Self { num: a.num.checked_mul(b.num)?, den: a.den.checked_mul(b.den)? })
    }

    /// `None` for a zero divisor too.
    pub fn over(self, other: Self) -> Option<Self> {
        self.times(Self::new(other.den, other.num)?)
    }

    pub fn is_negative(self) -> bool {
        self.num < 0
    }

    pub fn is_whole(self) -> bool {
        self.den == 1
    }

    pub fn is_zero(self) -> bool {
        self.num == 0
    }

    /// Rounded to so many decimals, half away from zero; for figures to be shown or paid, never to be compared. `None` where it does not fit.
    pub fn to_places(self, places: u32) -> Option<Self> {
        let scale = 10_i128.checked_pow(places)?;
        let scaled = self.num.checked_mul(scale)?;
        let (whole, rest) = (scaled / self.den, (scaled % self.den).unsigned_abs());
        let up = i128::from(rest >= self.den.unsigned_abs() - rest);
        Self::new(whole + scaled.signum() * up, scale)
    }

    /// A decimal for people: four places, of a small figure as many as show three digits; never a fraction such as 1/3.
    pub fn shown(self) -> String {
        const MOST_PLACES: u32 = 15;
        let rounded = (4..=MOST_PLACES).find_map(|places| {
            let found = self.to_places(places)?;
            let enough = |figure: Self| figure.num.checked_mul(10_i128.pow(places)).is_some_and(|digits| digits.abs() >= 100 * figure.den);
            (found == self || enough(found)).then_some(found)
        });
        rounded.map_or_else(|| format!("{:e}", self.rounded()), |rounded| rounded.to_string())
    }

    /// The nearest double, for display and JSON. Never compare it.
    pub fn rounded(self) -> f64 {
        self.num as f64 / self.den as f64
    }
}

impl Default for Exact {
    fn default() -> Self {
        Self::ZERO
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    /// Compares whole parts, then the reciprocals of what remains: exact, and without a product that could overflow.
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (self.num.div_euclid(self.den), other.num.div_euclid(other.den));
        let (rest_a, rest_b) = (self.num.rem_euclid(self.den), other.num.rem_euclid(other.den));
        a.cmp(&b).then_with(|| match (rest_a, rest_b) {
            (0, 0) => Ordering::Equal,
            (0, _) => Ordering::Less,
            (_, 0) => Ordering::Greater,
            _ => Self { num: other.den, den: rest_b }.cmp(&Self { num: self.den, den: rest_a }),
        })
    }
}

/// A decimal where there is one, else `a/b`.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = (0..=Self::MOST_DECIMALS as u32).find_map(|places| {
            let scale = 10_i128.pow(places);
            (scale % self.den == 0).then(|| Some((places as usize, self.num.checked_mul(scale / self.den)?)))?
        });
        let Some((places, scaled)) = decimal else { return write!(f, "{}/{}", self.num, self.den) };
        let digits = format!("{:0>width$}", scaled.unsigned_abs(), width = places + 1);
        let (before, after) = digits.split_at(digits.len() - places);
        let sign = if scaled < 0 { "-" } else { "" };
        if after.is_empty() { write!(f, "{sign}{before}") } else { write!(f, "{sign}{before}.{after}") }
    }
}

/// As a JSON number; a whole one without decimals.
impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match i64::try_from(self.num) {
            Ok(whole) if self.den == 1 => to.serialize_i64(whole),
            _ => to.serialize_f64(self.rounded()),
        }
    }
}

/// From the text of a table.
impl<'d> Deserialize<'d> for Exact {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no decimal number")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn written_numbers_stay_what_they_are() {
        for (text, shown) in [("12.5", "12.5"), ("1e-3", "0.001"), ("-0.50", "-0.5"), ("2E3", "2000"), ("0", "0"), ("4999.5", "4999.5")] {
            assert_eq!(exact(text).to_string(), shown);
        }
        for bad in ["", "-", ".5", "1.2.3", "abc", "1e-40", "1e999999999999", "0x10", "+1", "NaN"] {
            assert_eq!(Exact::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_shown_is_a_decimal() {
        let over = |a: i64, b: i64| Exact::whole(a).over(Exact::whole(b)).unwrap();
        for (figure, shown) in [
            (over(1, 3), "0.3333"),
            (over(600, 7), "85.7143"),
            (over(-2, 3), "-0.6667"),
            (over(95, 1), "95"),
            (over(1, 50), "0.02"),
            (over(1, 700_000), "0.00000143"),
            (over(0, 3), "0"),
        ] {
            assert_eq!(figure.shown(), shown);
        }
        assert_eq!(exact("0.005").to_places(2), Some(exact("0.01")));
        assert_eq!(exact("-0.005").to_places(2), Some(exact("-0.01")));
        assert_eq!(exact("0.0049").to_places(2), Some(Exact::ZERO));
    }

    #[test]
    fn thirds_add_up_to_one() {
        let third = Exact::ONE.over(Exact::whole(3)).unwrap();
        assert_eq!(third.to_string(), "1/3");
        assert_eq!(third.plus(third).unwrap().plus(third), Some(Exact::ONE));
        assert!(exact("0.333333333333333333") < third && third < exact("0.333333333333333334"));
        assert!(exact("-1.5") < exact("-1.25"));
        assert_eq!(Exact::ONE.over(Exact::ZERO), None);
    }
}
