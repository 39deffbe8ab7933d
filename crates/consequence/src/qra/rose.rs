//! How often the wind blows from where, spread over one-degree bins so that contours show no spokes.

use crate::Refusal;
use crate::validity::not_negative;

/// Bins of one degree. Bin `b` holds clouds travelling between bearings `b` and `b + 1`, clockwise from north.
pub const BINS: usize = 360;

#[derive(Clone, Debug, PartialEq)]
pub struct Rose {
    /// Three turns, so that a convolution reads on without wrapping.
    turns: Vec<f64>,
}

impl Rose {
    /// A rose of equal sectors, the first centred on wind **from** north, clockwise. Shares are scaled to add up to one.
    ///
    /// Between the centres of two sectors the density runs linearly; each sector keeps its share.
    pub fn from_sectors(shares: &[f64]) -> Result<Self, Refusal> {
        let n = shares.len();
        if !(4..=BINS).contains(&n) {
            return Err(Refusal::OutOfDomain { input: "sectors", value: n as f64, wanted: "4 to 360 sectors" });
        }
        let mut total = 0.0;
        for share in shares {
            total += not_negative("sector share", *share)?;
        }
        if total <= 0.0 {
            return Err(Refusal::OutOfDomain { input: "sector shares", value: total, wanted: "above zero together" });
        }
        let width = BINS as f64 / n as f64;
        let mut bins = vec![0.0; BINS];
        for (k, share) in shares.iter().enumerate() {
            // Wind from the north carries the cloud south.
            let centre = k as f64 * width + 180.0;
            let hat = |b: usize| {
                let away = ((b as f64 + 0.5 - centre).rem_euclid(360.0) + 180.0).rem_euclid(360.0) - 180.0;
                f64::max(1.0 - away.abs() / width, 0.0)
            };
            let weight: f64 = (0..BINS).map(hat).sum();
            for (b, bin) in bins.iter_mut().enumerate() {
                *bin += share / total * hat(b) / weight;
            }
        }
        Ok(Self { turns: [bins.as_slice(), bins.as_slice(), bins.as_slice()].concat() })
    }

    /// Equally often from everywhere.
    pub fn uniform() -> Self {
        Self { turns: vec![1.0 / BINS as f64; 3 * BINS] }
    }

    /// From weights of the bins, as frequencies: their sum, and the rose they make. `None` when nothing ever blows.
    pub(super) fn from_bins(weights: &[f64; BINS]) -> Option<(f64, Self)> {
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return None;
        }
        let bins: Vec<f64> = weights.iter().map(|w| w / total).collect();
        Some((total, Self { turns: [bins.as_slice(), bins.as_slice(), bins.as_slice()].concat() }))
    }

    /// Share of clouds travelling in bin `b`.
    pub fn share(&self, b: usize) -> f64 {
        self.turns[b % BINS]
    }

    pub(super) fn turns(&self) -> &[f64] {
        &self.turns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_wind_from_the_north_carries_south() {
        let mut sectors = vec![0.0; 16];
        sectors[0] = 3.0;
        let rose = Rose::from_sectors(&sectors).unwrap();
        let total: f64 = (0..BINS).map(|b| rose.share(b)).sum();
        assert!((total - 1.0).abs() < 1e-12);
        assert!(rose.share(180) > 0.0 && rose.share(0) == 0.0);
        assert_eq!(rose.share(179), rose.share(180));
    }

    #[test]
    fn equal_sectors_give_the_uniform_rose() {
        let rose = Rose::from_sectors(&[0.25; 12]).unwrap();
        assert!((0..BINS).all(|b| (rose.share(b) - 1.0 / 360.0).abs() < 1e-12));
    }

    #[test]
    fn a_rose_without_wind_is_refused() {
        assert!(Rose::from_sectors(&[0.0; 16]).is_err());
        assert!(Rose::from_sectors(&[1.0, -1.0, 1.0, 1.0]).is_err());
        assert!(Rose::from_sectors(&[1.0; 3]).is_err());
    }
}
