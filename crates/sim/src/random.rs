//! Chance that repeats: every draw is a function of the seed and of what it is drawn for, never of what was drawn before elsewhere.

/// SplitMix64's finisher, Steele et al. 2014: neighbouring inputs give unrelated outputs.
pub(crate) const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A key for a word, the same on every machine.
pub(crate) fn key(seed: u64, word: &str) -> u64 {
    word.bytes().fold(mix(seed), |key, byte| mix(key ^ u64::from(byte)))
}

/// In [0, 1).
pub(crate) fn unit(hash: u64) -> f64 {
    // 53 bits: what the mantissa holds.
    (hash >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
}

/// Draws in a row, all for one thing.
#[derive(Clone, Debug)]
pub(crate) struct Dice {
    key: u64,
    drawn: u64,
}

impl Dice {
    pub(crate) fn of(seed: u64, word: &str) -> Self {
        Self { key: key(seed, word), drawn: 0 }
    }
    pub(crate) fn numbered(seed: u64, word: &str, number: u64) -> Self {
        Self { key: mix(key(seed, word) ^ mix(number)), drawn: 0 }
    }
    fn next(&mut self) -> u64 {
        self.drawn += 1;
        mix(self.key ^ mix(self.drawn))
    }
    pub(crate) fn unit(&mut self) -> f64 {
        unit(self.next())
    }
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }
    /// In [low, high).
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }
    /// In low..=high.
    pub(crate) fn whole(&mut self, low: i64, high: i64) -> i64 {
        low + (self.unit() * (high - low + 1) as f64) as i64
    }
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[(self.unit() * from.len() as f64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_repeat_and_cover_their_range() {
        let draw = |seed| {
            let mut dice = Dice::of(seed, "wheel");
            (0..1000).map(|_| dice.whole(1, 6)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        for face in 1..=6 {
            let count = draw(7).iter().filter(|roll| **roll == face).count();
            assert!((120..220).contains(&count), "{face} came {count} times");
        }
    }
}
