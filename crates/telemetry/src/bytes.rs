//! Small numbers in few bytes: LEB128 and zigzag, with a reader that never runs past its end.

pub(crate) fn put_u64(to: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        to.push(n as u8 | 0x80);
        n >>= 7;
    }
    to.push(n as u8);
}

pub(crate) fn put_i64(to: &mut Vec<u8>, n: i64) {
    put_u64(to, zigzag(n));
}

pub(crate) const fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)) as u64
}

pub(crate) const fn unzigzag(n: u64) -> i64 {
    (n >> 1) as i64 ^ -((n & 1) as i64)
}

/// `None` from any method: the bytes end too early or are not what was asked for.
pub(crate) struct Cursor<'a>(pub &'a [u8]);

impl<'a> Cursor<'a> {
    pub fn u8(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }
    pub fn u64(&mut self) -> Option<u64> {
        let mut n = 0_u64;
        for shift in (0..64).step_by(7) {
            let b = self.u8()?;
            let part = u64::from(b & 0x7f);
            if shift == 63 && part > 1 {
                return None;
            }
            n |= part << shift;
            if b < 0x80 {
                return Some(n);
            }
        }
        None
    }
    pub fn i64(&mut self) -> Option<i64> {
        self.u64().map(unzigzag)
    }
    pub fn f64(&mut self) -> Option<f64> {
        Some(f64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }
}

/// 10^places for places 0…6.
const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
pub(crate) const MAX_PLACES: u8 = 6;
/// Beyond 2^50 the neighbouring scaled numbers and their differences need no longer be exact.
const MAX_SCALED: f64 = (1_i64 << 50) as f64;

/// `v` as an integer of `10^-places`, if that gives back exactly `v`.
pub(crate) fn scale(v: f64, places: u8) -> Option<i64> {
    let scaled = (v * POWERS[places as usize]).round();
    if scaled.abs() > MAX_SCALED || scaled.is_nan() {
        return None;
    }
    let whole = scaled as i64;
    (unscale(whole, places).to_bits() == v.to_bits()).then_some(whole)
}

pub(crate) fn unscale(n: i64, places: u8) -> f64 {
    n as f64 / POWERS[places as usize]
}

/// The fewest places with which `v` is exact.
pub(crate) fn places_of(v: f64) -> Option<u8> {
    (0..=MAX_PLACES).find(|places| scale(v, *places).is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_are_found_and_given_back_exactly() {
        for (v, places) in [
            (0.0, Some(0)),
            (27.4, Some(1)),
            (-0.125, Some(3)),
            (1e-6, Some(6)),
            (1e15, Some(0)),
            (1e-7, None),
            (0.1 + 0.2, None),
            (-0.0, None),
            (f64::NAN, None),
        ] {
            assert_eq!(places_of(v), places, "{v}");
        }
    }

    proptest! {
        #[test]
        fn numbers_come_back(n in any::<i64>(), u in any::<u64>(), f in any::<f64>()) {
            let mut bytes = Vec::new();
            put_i64(&mut bytes, n);
            put_u64(&mut bytes, u);
            bytes.extend(f.to_le_bytes());
            let mut cursor = Cursor(&bytes);
            prop_assert_eq!(cursor.i64(), Some(n));
            prop_assert_eq!(cursor.u64(), Some(u));
            prop_assert_eq!(cursor.f64().map(f64::to_bits), Some(f.to_bits()));
            prop_assert!(cursor.0.is_empty());
            if let Some(places) = places_of(f) {
                prop_assert_eq!(unscale(scale(f, places).unwrap(), places).to_bits(), f.to_bits());
            }
        }

        #[test]
        fn any_bytes_are_read_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut cursor = Cursor(&bytes);
            while cursor.u64().is_some() {}
        }
    }
}
